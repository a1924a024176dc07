"""Plots of formulas: SVG with the page's colours and a description in words, and PDF for LaTeX. Both are cached by content."""

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
"""Version of the way plots are drawn. A new version invalidates the cache."""

COLOURS: Mapping[str, str] = {
    "#1f5fa8": "var(--qedoc-documented, #1f5fa8)",
    "#2b2b2b": "var(--qedoc-executed, #2b2b2b)",
    "#c62828": "var(--qedoc-wrong, #c62828)",
    "#9aa0a6": "var(--qedoc-quiet, #9aa0a6)",
    "#5f6368": "var(--qedoc-grey, #5f6368)",
    "#ffffff": "var(--qedoc-ground, #ffffff)",
    "#000000": "currentColor",
}
"""The CSS variable for each colour of a plot. Text takes the colour of the page."""

_ROOT = 'class="qedoc-picture" fill="currentColor" stroke-linejoin="round" stroke-linecap="butt" role="img"'


def can_draw() -> bool:
    """Whether matplotlib is installed."""
    return bool(installed(["matplotlib"]))


def load(points: Path) -> Curve:
    """Reads the data of a plot.

    Raises:
        QedocError: for a file that is missing or invalid.
    """
    try:
        data: dict[str, Any] = json.loads(points.read_text(encoding="utf-8"))
        contrast = data.pop("counterexample")
        return Curve(
            formula=tuple(tuple((float(x), float(y)) for x, y in line) for line in data.pop("formula")),
            executed=tuple((float(x), float(y)) for x, y in data.pop("executed")),
            boundaries=tuple(Boundary(**boundary) for boundary in data.pop("boundaries")),
            counterexample=Contrast(**{key: float(value) for key, value in contrast.items()}) if contrast else None,
            **data,
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise QedocError(f"{points}: cannot read the data of the plot ({type(error).__name__}: {error}); run qedoc check") from None


def title(curve: Curve) -> str:
    """The title of a plot."""
    return f"{curve.claim} along {curve.variable}"


def description(curve: Curve) -> str:
    """Describes a plot in words, for screen readers and for builders without images."""
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
        parts.append(f"The formula changes form at {', '.join(places)}.")
    if (found := curve.counterexample) is not None:
        parts.append(f"At {number(found.at)} the formula gives {number(found.documented)} and the code gives {number(found.actual)}.")
    return " ".join(parts)


def svg(points: Path, cache: Path) -> str:
    """Returns the plot as an element of a page.

    Args:
        points: the file with the plot's data.
        cache: the folder with cached plots.
    """
    return _cached(points, cache, ".svg").decode()


def pdf(points: Path, cache: Path) -> Path:
    """Returns the file that LaTeX includes. Takes the same arguments as `svg`."""
    _cached(points, cache, ".pdf")
    return _file(points, cache, ".pdf")


def _file(points: Path, cache: Path, suffix: str) -> Path:
    version = installed(["matplotlib"]).get("matplotlib", "")
    numbers = points.read_text(encoding="utf-8")
    return cache / f"qedoc-{digest(f'{FORM} {version} {numbers}')}{suffix}"


def _cached(points: Path, cache: Path, suffix: str) -> bytes:
    file = _file(points, cache, suffix)
    if not file.is_file():
        curve = load(points)
        drawn = plot.draw([curve], Path(f"picture{suffix}"))
        cache.mkdir(parents=True, exist_ok=True)
        replace(file, _for_pages(drawn.decode(), curve, file.stem).encode() if suffix == ".svg" else drawn)
    return file.read_bytes()


def _for_pages(drawn: str, curve: Curve, name: str) -> str:
    """Adapts an SVG document to a page: adds a title and description, uses the page's colours, and makes its ids unique."""
    inner = drawn[drawn.index("<svg") :].strip()
    inner = re.sub(r"<metadata>.*?</metadata>\s*|<defs>\s*<style.*?</style>\s*</defs>\s*", "", inner, flags=re.DOTALL)
    inner = re.sub(r'(\bid="|href="#|url\(#)', lambda found: f"{found[1]}{name}-", inner)
    inner = re.sub("|".join(COLOURS), lambda found: COLOURS[found[0]], inner)
    inner = re.sub(r'(?<=<svg )(?:xmlns:xlink="[^"]*" |width="[^"]*" |height="[^"]*" )+', "", inner).replace("xlink:href", "href")
    start, rest = inner.split(">", 1)
    words = f'<title id="{name}-title">{escape(title(curve))}</title>\n <desc id="{name}-desc">{escape(description(curve))}</desc>'
    return f'{start} {_ROOT} aria-labelledby="{name}-title {name}-desc">\n {words}{rest}\n'
