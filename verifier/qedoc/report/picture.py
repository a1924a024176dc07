"""A plot as SVG for a page: with the page's colours and a description in words."""

import re
from collections.abc import Mapping
from html import escape

from qedoc.report.layout import count, number, point
from qedoc.results.curve import Curve

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


def for_pages(drawn: str, curve: Curve, name: str) -> str:
    """Adapts an SVG document to a page: adds a title and description, uses the page's colours, and makes its ids unique.

    Args:
        drawn: the document.
        curve: the plot.
        name: a name that no other plot on the page has, of letters, digits and hyphens.
    """
    inner = drawn[drawn.index("<svg") :].strip()
    inner = re.sub(r"<!--.*?-->\s*|<metadata>.*?</metadata>\s*|<defs>\s*<style.*?</style>\s*</defs>\s*", "", inner, flags=re.DOTALL)
    inner = re.sub(r'(\bid="|href="#|url\(#)', lambda found: f"{found[1]}{name}-", inner)
    inner = re.sub("|".join(COLOURS), lambda found: COLOURS[found[0]], inner)
    inner = re.sub(r'(?<=<svg )(?:xmlns:xlink="[^"]*" |width="[^"]*" |height="[^"]*" )+', "", inner).replace("xlink:href", "href")
    start, rest = inner.split(">", 1)
    words = f'<title id="{name}-title">{escape(title(curve))}</title>\n <desc id="{name}-desc">{escape(description(curve))}</desc>'
    return f'{start} {_ROOT} aria-labelledby="{name}-title {name}-desc">\n {words}{rest}\n'
