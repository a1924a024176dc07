"""Plots of claims: the formula as a line, executions as points, and the counterexample with both values."""

import math
import textwrap
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from qedoc.errors import QedocError
from qedoc.report.json_report import curve_text
from qedoc.report.layout import point
from qedoc.results.curve import Boundary, Contrast, Curve
from qedoc.results.wording import prose

SUFFIXES = (".svg", ".png", ".pdf", ".json")

_DOCUMENTED = "#1f5fa8"
_EXECUTED = "#2b2b2b"
_WRONG = "#c62828"
_QUIET = "#9aa0a6"
_GREY = "#5f6368"
_LETTER = 0.011  # width of one letter of a label, as a fraction of the panel's width
_STYLE: Any = {
    "svg.hashsalt": "qedoc",  # fixes the ids, so that equal plots have equal bytes
    "font.family": "DejaVu Sans",
    "text.parse_math": False,  # a docstring may have dollar signs that enclose no mathematics
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _QUIET,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "xtick.color": _GREY,
    "ytick.color": _GREY,
    "legend.frameon": False,
    "figure.facecolor": "white",
}


def check_file(file: Path) -> None:
    """Checks, before anything is computed, that the plot can be drawn.

    Raises:
        QedocError: if the suffix is unknown or matplotlib is missing.
    """
    if file.suffix.lower() not in SUFFIXES:
        raise QedocError(f"--plot {file}: expected one of the suffixes {', '.join(SUFFIXES)}, found {file.suffix or 'none'!r}")
    if file.suffix.lower() == ".json":
        return
    try:
        import matplotlib as mpl  # optional, and slow to import
    except ImportError:
        raise QedocError("--plot needs matplotlib, which is not installed; install it with: pip install 'qedoc[plot]'") from None
    del mpl


def draw(curves: Sequence[Curve], file: Path) -> bytes:
    """Draws one panel per curve, in the format given by the file's suffix. Equal curves give equal bytes. JSON has their data."""
    if file.suffix.lower() == ".json":
        return f"[{','.join(map(curve_text, curves))}]\n".encode()
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(7.2, 3.6 * len(curves)), layout="constrained")
        for axes, curve in zip(figure.subplots(len(curves), squeeze=False)[:, 0], curves, strict=True):
            _panel(axes, curve)
        written = BytesIO()
        kind = file.suffix.lower()[1:]
        dates: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}
        figure.savefig(written, format=kind, dpi=160, metadata=dates[kind])
    return written.getvalue()


def _panel(axes: Any, curve: Curve) -> None:
    fixed = textwrap.wrap(point(curve.fixed), 105, break_long_words=False)
    title = textwrap.wrap(curve.claim, 60, break_long_words=True)
    axes.set_title("\n".join(title), pad=7 + 13 * len(fixed))
    axes.text(0, 1.02, "\n".join(fixed), transform=axes.transAxes, va="bottom", fontsize=8, color=_GREY)
    axes.set_xlabel("\n".join(textwrap.wrap(axis(curve), 90)))
    axes.set_ylabel("value")
    for k, line in enumerate(curve.formula):
        axes.plot(*_columns(line), color=_DOCUMENTED, lw=1.8, solid_capstyle="round", zorder=2, label="formula" if k == 0 else None)
    shown = [(x, y) for x, y in curve.executed if math.isfinite(y)]
    axes.plot(*_columns(shown), "o", ms=3.2, mfc="white", mec=_EXECUTED, mew=0.9, zorder=3, label="code, executed")
    axes.margins(x=0.03, y=0.14)
    if curve.counterexample:
        _counterexample(axes, curve.counterexample)
    _boundaries(axes, curve.boundaries)
    lines = 1 + axes.get_xlabel().count("\n")
    axes.legend(loc="upper left", bbox_to_anchor=(0, -0.15 - 0.05 * lines), borderaxespad=0, ncols=2, fontsize=8)


def axis(curve: Curve) -> str:
    """The title of the horizontal axis in words, with the name of the argument: `step (count)`.

    Args:
        curve: the data of the plot.
    """
    words = " ".join("".join(piece.text for piece in prose(curve.meaning)).split()).rstrip(".")
    return curve.variable if words in ("", curve.variable) else f"{words} ({curve.variable})"


def _columns(points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]


def _boundaries(axes: Any, boundaries: Sequence[Boundary]) -> None:
    """Draws thin vertical lines. Leaves out a label that would overlap the previous one."""
    left, right = axes.get_xlim()
    free = -math.inf
    for boundary in sorted(boundaries, key=lambda boundary: boundary.at):
        axes.axvline(boundary.at, color=_QUIET, lw=0.7, ls=(0, (4, 3)), zorder=1)
        place = (boundary.at - left) / (right - left)
        if boundary.label and place >= free:
            free = place + 0.02 + _LETTER * len(boundary.label)
            style = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points", "va": "top", "fontsize": 8, "color": _GREY}
            axes.annotate(boundary.label, (boundary.at, 1), (3, -2), **style)


def _counterexample(axes: Any, found: Contrast) -> None:
    """Draws both values and a line between them, with the label of the larger value above and of the smaller below."""
    axes.plot([found.at] * 2, [found.documented, found.actual], color=_WRONG, lw=1.2, zorder=4)
    above = found.documented > found.actual
    for value, what, up in ((found.documented, "documented", above), (found.actual, "code", not above)):
        axes.plot([found.at], [value], "D" if what == "documented" else "o", ms=6, color=_WRONG, mfc="white", mew=1.4, zorder=5)
        ground = {"fc": "white", "ec": "none", "alpha": 0.85, "pad": 1}
        style = {"textcoords": "offset points", "va": "bottom" if up else "top", "color": _WRONG, "zorder": 6, "bbox": ground}
        left, right = axes.get_xlim()
        late = right > left and (found.at - left) / (right - left) > 0.7  # near the right edge, the label stands to the left
        axes.annotate(
            f"{what} {value:.6g}", (found.at, value), (-7 if late else 7, 4 if up else -4), ha="right" if late else "left", **style
        )
