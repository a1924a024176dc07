"""Reads the plot data beside a lock file."""

import json
from pathlib import Path
from typing import Any

from qedoc.errors import QedocError
from qedoc.results.curve import Boundary, Contrast, Curve


def curve_of(points: Path) -> Curve:
    """Reads the data of a plot.

    Args:
        points: the file.

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
