"""Plots of formulas: SVG for HTML pages and PDF for LaTeX, cached by content."""

from pathlib import Path

from qedoc.lock.points import curve_of
from qedoc.lock.store import replace
from qedoc.lock.syntax import digest
from qedoc.lock.versions import installed
from qedoc.report import plot
from qedoc.report.picture import for_pages

FORM = 2
"""Version of the way plots are drawn. A new version invalidates the cache."""


def can_draw() -> bool:
    """Whether matplotlib is installed."""
    return bool(installed(["matplotlib"]))


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
        curve = curve_of(points)
        drawn = plot.draw([curve], Path(f"picture{suffix}"))
        cache.mkdir(parents=True, exist_ok=True)
        replace(file, for_pages(drawn.decode(), curve, file.stem).encode() if suffix == ".svg" else drawn)
    return file.read_bytes()
