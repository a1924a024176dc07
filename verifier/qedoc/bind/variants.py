"""The readings of one equation, with what the documentation puts in for its symbols."""

from collections.abc import Iterator

import sympy as sp

from qedoc.bind.attributes import with_attributes
from qedoc.bind.context import Context
from qedoc.bind.functions import with_own
from qedoc.bind.gradients import undone
from qedoc.bind.interpreted import Variant
from qedoc.bind.means import with_means
from qedoc.bind.ranks import with_ranks
from qedoc.bind.settings import settled
from qedoc.bind.statistics import with_statistics
from qedoc.interpret.choices import Choice, Sure
from qedoc.read import NotAClaim, Reading, Unreadable
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
        inside: the docstring, with what the equation is about.
        formula: the formula as written.
        as_read: the formula as given, and with the names of the object that it is about.
        link: the number of the equation in the formula, from 0.
        where: the conditions that the user gives.
        made: the choices that say what the equation is about.
    """
    reading, again = as_read
    count = len(reading.equations)
    first = again if isinstance(again, Reading) and len(again.equations) == count else reading
    for one in (first, *(other for other in first.others if len(other.equations) == count)):
        equation = with_own(inside, undone(inside, one.equations[link]) if made else one.equations[link], where)
        equation, means = with_means(inside, with_attributes(inside, equation))
        context = inside if one is again else inside.interpreted(taken={formula: one})
        for put, told in with_statistics(context, equation):
            for ranked, order in with_ranks(context, put):
                yield Variant(equation=ranked, choices=(*made, *_taken(one), *means, *settled(ranked), *told, *order), context=context)


def _taken(reading: Reading) -> tuple[Choice, ...]:
    """How a reading takes the notations that have several readings."""
    return tuple(
        Choice(about="reading", subject=notation, value=option.value, words=option.why, sure=Sure[option.sure.upper()])
        for notation, option in reading.taken.items()
    )
