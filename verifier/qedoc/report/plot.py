"""A picture of a claim: the formula as a line, executions as points, the counterexample with both values."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qedoc.curve import Curve
from qedoc.errors import QedocError
from qedoc.report.layout import number, point

SUFFIXES = (".svg", ".png", ".pdf")

_DOCUMENTED = "#1f5fa8"
_EXECUTED = "#2b2b2b"
_WRONG = "#c62828"
_QUIET = "#9aa0a6"
_STYLE: Any = {
    "svg.hashsalt": "qedoc",  # fixes the ids, so that the same picture has the same bytes
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _QUIET,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "xtick.color": "#555555",
    "ytick.color": "#555555",
    "legend.frameon": False,
    "figure.facecolor": "white",
}


def check_file(file: Path) -> None:
    """Makes sure, before anything is computed, that the picture can be drawn.

    Raises:
        QedocError: for an unknown suffix, or if matplotlib is missing.
    """
    if file.suffix.lower() not in SUFFIXES:
        raise QedocError(f"--plot {file}: the suffix tells the format; use {', '.join(SUFFIXES)}, found {file.suffix or 'none'!r}")
    try:
        import matplotlib  # optional, and slow to import
    except ImportError:
        raise QedocError("--plot needs matplotlib, which is not installed: pip install 'qedoc[plot]'") from None
    del matplotlib


def draw(curves: Sequence[Curve], file: Path) -> bytes:
    """The picture, one panel for each curve, in the format of the file's suffix; the same curves give the same bytes."""
    import io

    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(7.2, 3.6 * len(curves)), layout="constrained")
        for axes, curve in zip(figure.subplots(len(curves), squeeze=False)[:, 0], curves, strict=True):
            _panel(axes, curve)
        written = io.BytesIO()
        kind = file.suffix.lower()[1:]
        dates: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}
        figure.savefig(written, format=kind, dpi=160, metadata=dates[kind])
    return written.getvalue()


def _panel(axes: Any, curve: Curve) -> None:
    axes.set_title(curve.claim, pad=22 if curve.fixed else 6)
    if curve.fixed:
        axes.text(0, 1.02, point(curve.fixed), transform=axes.transAxes, va="bottom", color="#555555")
    meaning = f": {curve.meaning}" if curve.meaning else ""
    axes.set_xlabel(f"{curve.variable}{meaning}")
    axes.set_ylabel("value")
    _boundaries(axes, curve)
    for k, line in enumerate(curve.formula):
        axes.plot(*_columns(line), color=_DOCUMENTED, lw=1.8, solid_capstyle="round", zorder=2, label="formula" if k == 0 else None)
    shown = [(x, y) for x, y in curve.executed if math.isfinite(y)]
    axes.plot(*_columns(shown), "o", ms=3.2, mfc="white", mec=_EXECUTED, mew=0.9, zorder=3, label="code, executed")
    _counterexample(axes, curve)
    axes.margins(x=0.03, y=0.12)
    axes.legend(loc="best", fontsize=8)


def _columns(points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]


def _boundaries(axes: Any, curve: Curve) -> None:
    for boundary in curve.boundaries:
        axes.axvline(boundary.at, color=_QUIET, lw=0.7, ls=(0, (4, 3)), zorder=1)
        if boundary.label:
            place = {"xy": (boundary.at, 1), "xycoords": ("data", "axes fraction"), "xytext": (3, -2), "textcoords": "offset points"}
            axes.annotate(boundary.label, **place, va="top", fontsize=8, color="#6b7075")


def _counterexample(axes: Any, curve: Curve) -> None:
    found = curve.counterexample
    if found is None:
        return
    axes.plot([found.at] * 2, [found.documented, found.actual], color=_WRONG, lw=1.2, zorder=4)
    for value, what, marker in ((found.documented, "documented", "D"), (found.actual, "code", "o")):
        axes.plot([found.at], [value], marker, ms=6, color=_WRONG, mfc=_WRONG if what == "code" else "white", zorder=5)
        axes.annotate(f"{what} {number(value)}", (found.at, value), (8, 0), textcoords="offset points", va="center", color=_WRONG)
