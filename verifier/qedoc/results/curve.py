"""Plot data of a claim: plain numbers along one variable, with the other inputs fixed."""

from typing import TypeAlias

from qedoc.records import dataclass, field
from qedoc.results.verdict import Inputs

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the user asks of a plot.

    Args:
        at: values of inputs, by the name of the parameter or argument.
        span: the part of the horizontal axis to show; None for one that shows the shape of the curve.
    """

    at: Inputs = field(default_factory=dict)
    span: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """A value of the variable at which the formula changes its form, such as a clamp or the end of a phase.

    Args:
        at: the value.
        label: its name, such as `decay_steps`; empty if it has none.
    """

    at: float
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """A counterexample on the curve: the documented and the actual value at one point."""

    at: float
    documented: float
    actual: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A formula and executions of its code along one variable.

    Args:
        claim: the id of the claim with its sizes.
        variable: the name of the argument on the horizontal axis.
        meaning: a one-line description of the variable.
        fixed: the other inputs, by name. If there is a counterexample, they have its values.
        formula: the documented values as connected lines. At a jump, one line ends and the next starts.
        executed: the results of running the code. Non-finite values are drawn as gaps.
        boundaries: the values in the plotted range at which the formula changes its form.
        counterexample: the point at which documentation and code differ.
    """

    claim: str
    variable: str
    meaning: str
    fixed: Inputs
    formula: tuple[tuple[Point, ...], ...]
    executed: tuple[Point, ...]
    boundaries: tuple[Boundary, ...] = ()
    counterexample: Contrast | None = None
