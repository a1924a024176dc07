"""A claim as a picture shows it: plain numbers along one variable, the other inputs held fixed."""

from dataclasses import dataclass
from typing import TypeAlias

from qedoc.results.verdict import Inputs

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """A value of the variable where the formula changes its form: a clamp, a boundary, the end of a phase.

    Args:
        at: the value.
        label: what stands there, such as `decay_steps`; empty if it has no name.
    """

    at: float
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """A counterexample on the curve: both values at one place."""

    at: float
    documented: float
    actual: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A formula and executions of its code along one variable.

    Args:
        claim: the claim's id with its sizes.
        variable: the name of the argument along the horizontal axis.
        meaning: its one-line meaning.
        fixed: the other inputs, by name; the counterexample's, if there is one.
        formula: the documented values as unbroken lines; a jump ends one line and starts the next.
        executed: what running the code gave; non-finite values are drawn as gaps.
        boundaries: where the formula changes its form, inside the range shown.
        counterexample: where documentation and code differ.
    """

    claim: str
    variable: str
    meaning: str
    fixed: Inputs
    formula: tuple[tuple[Point, ...], ...]
    executed: tuple[Point, ...]
    boundaries: tuple[Boundary, ...] = ()
    counterexample: Contrast | None = None
