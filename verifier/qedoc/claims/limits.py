"""Limits of a check: seed, number of points and time."""

import math

from qedoc.errors import QedocError
from qedoc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of a check. Equal limits give equal verdicts, unless the time limit is reached.

    Args:
        seed: seed for random points, at least 0.
        max_points: approximate maximum number of points that are enclosed and executed per claim, at least 1. The cases of a claim share
            these points.
        timeout: time limit per case in seconds, greater than 0.
        repair: time limit in seconds for the correction of a refuted formula, at least 0; 0 for no corrections.

    Raises:
        QedocError: if a limit is out of range.
    """

    seed: int = 0
    max_points: int = 1000
    timeout: float = 60.0
    repair: float = 0.0

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise QedocError(f"seed must be at least 0, found {self.seed}")
        if self.max_points < 1:
            raise QedocError(f"the maximum number of points must be at least 1, found {self.max_points}")
        if not (self.timeout > 0 and math.isfinite(self.timeout)):
            raise QedocError(f"timeout must be a positive number of seconds, found {self.timeout:g}")
        if not (self.repair >= 0 and math.isfinite(self.repair)):
            raise QedocError(f"the repair timeout must be a number of seconds, at least 0 (0 for no corrections), found {self.repair:g}")
