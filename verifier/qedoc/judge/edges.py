"""Points at which a difference between formula and code says nothing: outside of a support, at its edge, or refused by the code."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeAlias

import sympy as sp

from qedoc.claims.case import Case
from qedoc.claims.members import Member
from qedoc.enclose.enclosure import Enclosure
from qedoc.enclose.infinities import Ends
from qedoc.judge.sharp import midpoint, sharpest
from qedoc.search.strategies import Row

ROUNDED = 2.0**-50
"""A number that stands for zero: code that clips to the rounding unit of float64 leaves as much."""

UNIT = Fraction(1, 2**23)
"""The rounding unit of float32 at 1."""

EDGE = 1.125
"""How much smaller than the value at that distance a value may be."""

_MEASURE = re.compile(r"(?:^|[._])(?P<log>log_?)?(?:base|carrier)_measure(?:_|$)")
_DENSITY = re.compile(r"(?:^|[._])(?:log_?)?(?:pdf|pmf|cdf|sf|prob|density|base_measure|carrier_measure)(?:_|$)")

Ran: TypeAlias = float | int | Exception


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """The edges of a claim's domain.

    Args:
        case: the claim.
        target: the code.
        documented: encloses the documented value.
        infinity: the documented value where it is infinite, and 0 elsewhere.
        run: runs the code at a point.
        run_case: runs the code at a point, for a case with other keywords.
    """

    case: Case
    target: Callable[..., Any]
    documented: Enclosure
    infinity: Ends
    run: Callable[[Row], Ran]
    run_case: Callable[[Case, Row], Ran]

    def keeps_away(self, row: Row) -> bool:
        """Whether the code keeps away from a point where a docstring's formula is infinite, by no more than the rounding of its input.

        Its value there is then as large as that of the formula at a distance of the rounding unit of float32. A clip at a larger distance
        is another function.
        """
        edge = next((edge for edge in (row, *whole_numbers_near(row)) if self.infinity(edge)), None)
        if edge is None or not self.case.spec.natural or self.case.formula.has(sp.oo, -sp.oo, sp.zoo):
            return False
        infinity, ran = self.infinity(edge), self.run(row)
        if isinstance(ran, Exception) or not math.isfinite(ran) or ran * infinity <= 0:
            return False
        near = [(*edge[:place], x + step, *edge[place + 1 :]) for place, x in enumerate(edge) for step in (UNIT, -UNIT)]
        values = [midpoint(sharpest(self.documented, other)) for other in near]
        return any(value * infinity > 0 and abs(ran) * EDGE >= abs(value) for value in values if math.isfinite(value))

    def is_out(self, row: Row) -> bool:
        """Whether a point is outside of what the documented object is for: of its support, or of the parameters that it accepts."""
        if self.is_density:
            ran = self.run(row)
            if not isinstance(ran, Exception) and self.is_off_support(ran, infinite=bool(self.infinity(row))):
                return True
        return self.refuses(row)

    @property
    def is_density(self) -> bool:
        """Whether the claim is the formula of a density, of its base measure, or of a distribution function, without cases."""
        return bool(self.case.spec.natural and not self.case.spec.formula.has(sp.Piecewise) and _DENSITY.search(self.case.spec.target))

    def is_off_support(self, ran: float, *, infinite: bool = False) -> bool:
        """Whether a density or a distribution function gives the value that it has outside of its support.

        Documentation often gives the formula of a density and leaves the support to the reader. A formula by cases does not. Code for
        logarithms of densities often keeps away from the edge of the support, where the logarithm is infinite.

        Args:
            ran: the value that the code gives.
            infinite: whether the formula is infinite there.
        """
        if (measure := _MEASURE.search(self.case.spec.target)) is not None:  # it is 1 on the support of many distributions
            return self.is_density and (infinite or ran == (-math.inf if measure["log"] else 0))
        return self.is_density and (infinite or ran in (0, 1, -math.inf))

    def refuses(self, row: Row) -> bool:
        """Whether the class of a documented object refuses the parameters at a point when it is asked to check them."""
        if not self.case.spec.natural or not isinstance(self.target, Member) or not self.target.checks:
            return False
        checked = replace(self.case, keywords={**self.case.keywords, self.target.checks: True})
        return isinstance(self.run_case(checked, row), Exception)


def whole_numbers_near(row: Row) -> Iterator[Row]:
    """The points with an integer in place of a coordinate that is one up to rounding."""
    for place, x in enumerate(row):
        if 0 < abs(x - round(x)) < ROUNDED:
            yield (*row[:place], Fraction(round(x)), *row[place + 1 :])
