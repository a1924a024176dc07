"""Pictures of formulas: SVG that follows the colours of the page and says in words what it shows, PDF for LaTeX, both kept by content."""

import json
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from qedoc.errors import QedocError
from qedoc.lock.store import replace
from qedoc.lock.syntax import digest
from qedoc.lock.versions import installed
from qedoc.report import plot
from qedoc.report.layout import count, number, point
from qedoc.results.curve import Boundary, Contrast, Curve

FORM = 1
"""Changes with the way in which pictures are made, so that none of an earlier form is taken for one of this."""

COLOURS: Mapping[str, str] = {
    "#1f5fa8": "var(--qedoc-documented, #1f5fa8)",
    "#2b2b2b": "var(--qedoc-executed, #2b2b2b)",
    "#c62828": "var(--qedoc-wrong, #c62828)",
    "#9aa0a6": "var(--qedoc-quiet, #9aa0a6)",
    "#5f6368": "var(--qedoc-grey, #5f6368)",
    "#ffffff": "var(--qedoc-ground, #ffffff)",
    "#000000": "currentColor",
}
"""What a style sheet may say of each colour of a picture; the text takes that of the page."""

_ROOT = 'class="qedoc-picture" fill="currentColor" stroke-linejoin="round" stroke-linecap="butt" role="img"'


def can_draw() -> bool:
    """Whether the library that draws is installed."""
    return bool(installed(["matplotlib"]))


def load(points: Path) -> Curve:
    """The numbers of a picture.

    Raises:
        QedocError: for a file that is missing or not whole.
    """
    try:
        told: dict[str, Any] = json.loads(points.read_text(encoding="utf-8"))
        against = told.pop("counterexample")
        return Curve(
            formula=tuple(tuple((float(x), float(y)) for x, y in line) for line in told.pop("formula")),
            executed=tuple((float(x), float(y)) for x, y in told.pop("executed")),
            boundaries=tuple(Boundary(**boundary) for boundary in told.pop("boundaries")),
            counterexample=Contrast(**{key: float(value) for key, value in against.items()}) if against else None,
            **told,
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise QedocError(f"{points}: no numbers of a picture ({type(error).__name__}: {error}); run qedoc check") from None


def title(curve: Curve) -> str:
    """What a picture is of."""
    return f"{curve.claim} along {curve.variable}"


def description(curve: Curve) -> str:
    """What a picture shows, for those who do not see it."""
    ends = [line[place] for line, place in ((curve.formula[0], 0), (curve.formula[-1], -1))] if curve.formula else []
    parts = [f"Other inputs: {point(curve.fixed)}."] if curve.fixed else []
    if ends:
        (x, y), (last_x, last_y) = ends
        heights = [height for line in curve.formula for _, height in line]
        parts.append(
            f"The formula goes from {number(y)} at {curve.variable}={number(x)} to {number(last_y)} at {curve.variable}={number(last_x)}, "
            f"between {number(min(heights))} and {number(max(heights))}."
        )
    parts.append(f"{count(len(curve.executed), 'execution')} of the code {'is' if len(curve.executed) == 1 else 'are'} drawn as points.")
    if curve.boundaries:
        places = [f"{number(b.at)}{f' ({b.label})' if b.label else ''}" for b in curve.boundaries]
        parts.append(f"The formula changes its form at {', '.join(places)}.")
    if (found := curve.counterexample) is not None:
        parts.append(f"At {number(found.at)} the formula gives {number(found.documented)}, the code {number(found.actual)}.")
    return " ".join(parts)


def svg(points: Path, cache: Path) -> str:
    """The picture as an element of a page.

    Args:
        points: the file of its numbers.
        cache: the folder in which pictures are kept.
    """
    return _kept(points, cache, ".svg").decode()


def pdf(points: Path, cache: Path) -> Path:
    """The file that LaTeX includes; arguments as for `svg`."""
    _kept(points, cache, ".pdf")
    return _file(points, cache, ".pdf")


def _file(points: Path, cache: Path, suffix: str) -> Path:
    version = installed(["matplotlib"]).get("matplotlib", "")
    numbers = points.read_text(encoding="utf-8")
    return cache / f"qedoc-{digest(f'{FORM} {version} {numbers}')}{suffix}"


def _kept(points: Path, cache: Path, suffix: str) -> bytes:
    file = _file(points, cache, suffix)
    if not file.is_file():
        curve = load(points)
        drawn = plot.draw([curve], Path(f"picture{suffix}"))
        cache.mkdir(parents=True, exist_ok=True)
        replace(file, _for_pages(drawn.decode(), curve, file.stem).encode() if suffix == ".svg" else drawn)
    return file.read_bytes()


def _for_pages(drawn: str, curve: Curve, name: str) -> str:
    """An SVG document as part of a page: named in words, in the colours of the page, its ids its own."""
    inner = drawn[drawn.index("<svg") :].strip()
    inner = re.sub(r"<metadata>.*?</metadata>\s*|<defs>\s*<style.*?</style>\s*</defs>\s*", "", inner, flags=re.DOTALL)
    inner = re.sub(r'(\bid="|href="#|url\(#)', lambda found: f"{found[1]}{name}-", inner)
    inner = re.sub("|".join(COLOURS), lambda found: COLOURS[found[0]], inner)
    inner = re.sub(r'(?<=<svg )(?:xmlns:xlink="[^"]*" |width="[^"]*" |height="[^"]*" )+', "", inner).replace("xlink:href", "href")
    start, rest = inner.split(">", 1)
    words = f'<title id="{name}-title">{escape(title(curve))}</title>\n <desc id="{name}-desc">{escape(description(curve))}</desc>'
    return f'{start} {_ROOT} aria-labelledby="{name}-title {name}-desc">\n {words}{rest}\n'
