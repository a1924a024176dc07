"""How far a check goes before it says that it does not know."""

import math
from dataclasses import dataclass

from qedoc.errors import QedocError


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What bounds a check; the same limits give the same verdicts, time apart.

    Args:
        seed: where random points start; at least 0.
        max_points: about so many points of each claim are enclosed, and run, at most; its cases share them; at least 1.
        timeout: seconds for each case; above 0.

    Raises:
        QedocError: for a limit outside its range.
    """

    seed: int = 0
    max_points: int = 1000
    timeout: float = 60.0

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise QedocError(f"seed must be at least 0, found {self.seed}")
        if self.max_points < 1:
            raise QedocError(f"the number of points must be at least 1, found {self.max_points}")
        if not (self.timeout > 0 and math.isfinite(self.timeout)):
            raise QedocError(f"timeout must be a number of seconds above 0, found {self.timeout:g}")
