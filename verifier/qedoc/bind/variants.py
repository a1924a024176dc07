"""The readings of an equation, with what the text says about the values in it."""

from collections.abc import Iterator
from dataclasses import replace

import sympy as sp
from sympy.core.function import AppliedUndef

from qedoc.bind.attributes import with_attributes
from qedoc.bind.context import Context
from qedoc.bind.counted import with_counts
from qedoc.bind.functions import with_own
from qedoc.bind.gradients import undone
from qedoc.bind.interpreted import Variant
from qedoc.bind.means import with_means
from qedoc.bind.moduli import with_moduli
from qedoc.bind.numbered import with_numbered
from qedoc.bind.ranks import with_ranks
from qedoc.bind.settings import settled
from qedoc.bind.spelled import with_spelled
from qedoc.bind.statistics import with_statistics
from qedoc.bind.steps import with_steps
from qedoc.bind.symbols import of_lag
from qedoc.interpret.choices import Choice, Sure
from qedoc.read import Application, Equation, NotAClaim, Reading, Unreadable
from qedoc.sources.docstrings import Formula


def variants_of(
    inside: Context,
    formula: Formula,
    as_read: tuple[Reading, Reading | Unreadable | NotAClaim],
    link: int,
    where: sp.Basic,
    made: tuple[Choice, ...],
) -> Iterator[Variant]:
    """Yields the readings of one equation.

    Args:
        inside: the docstring, about the member that the equation is about.
        formula: the formula as written.
        as_read: the formula as given, and with the names of the object that it is about.
        link: the number of the equation in the display.
        where: the conditions that the user gives.
        made: why the equation is about the member.
    """
    reading, again = as_read
    count = len(reading.equations)
    first = again if isinstance(again, Reading) and len(again.equations) == count else reading
    for one in (first, *(other for other in first.others if len(other.equations) == count)):
        for read, step in with_steps(inside, one):
            own = of_lag(inside, with_own(inside, undone(inside, read.equations[link]) if made else read.equations[link], where))
            meant, means = with_means(inside, with_attributes(inside, own))
            context = inside if read is again else inside.interpreted(taken={formula: read})
            for counted, counts in with_counts(inside, meant):
                equation, spelled = with_spelled(inside, counted)
                equation, complex_ = with_moduli(inside, _with_name(inside, equation))
                said = (*made, *_taken(one), *step, *means, *counts, *spelled, *complex_)
                for put, told in with_statistics(context, equation):
                    for ranked, order in with_ranks(context, put):
                        for entries, counted_from in with_numbered(context, ranked):
                            yield Variant(
                                equation=entries, choices=(*said, *settled(entries), *told, *order, *counted_from), context=context
                            )


def _with_name(context: Context, equation: Equation) -> Equation:
    r"""The equation with the name of the function on its left side, where that spells the name out: `\log(\cosh(x))` of `log_cosh`."""
    names, inner = list[str](), equation.left
    while isinstance(inner, sp.Function) and len(inner.args) == 1 and not isinstance(inner, AppliedUndef):
        names.append(type(inner).__name__.lower())
        (inner,) = inner.args
    name = next((name for name in ("_".join(names), "".join(names)) if name in context.own), "")
    if len(names) < 2 or not name or not isinstance(inner, sp.Symbol) or context.record.owner:
        return equation
    return replace(equation, left=Application(name=name, arguments=(inner,)))


def _taken(reading: Reading) -> tuple[Choice, ...]:
    """How a reading takes the notations that have several readings."""
    return tuple(
        Choice(about="reading", subject=notation, value=option.value, words=option.why, sure=Sure[option.sure.upper()])
        for notation, option in reading.taken.items()
    )
