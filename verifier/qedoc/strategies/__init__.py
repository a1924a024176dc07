"""Hypothesis strategies that draw inputs from the domain of a spec, for your own tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from qedoc.claims.spec import Spec
from qedoc.judge.inputs import named, pasteable
from qedoc.judge.pair import Pair
from qedoc.judge.sharp import midpoint
from qedoc.lift.opaque import opaque
from qedoc.search.strategies import Row, rows
from qedoc.sources.specfiles import find, load
from qedoc.sources.specfiles import sizes as all_sizes

if TYPE_CHECKING:
    import sympy as sp


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """A point of a spec's domain.

    Args:
        keywords: keyword arguments for the target, with structures built as the spec binds them.
        arguments: arguments for the function that the target returns; None if the target's own result is the value.
        values: the point by parameter and argument names, as in reports.
        documented: the value of the formula at the point.
        call: a line of Python that calls the target at the point.
    """

    keywords: dict[str, Any]
    arguments: tuple[Any, ...] | None
    values: Mapping[str, Any]
    documented: float
    call: str

    def __repr__(self) -> str:
        return f"<{', '.join(f'{name}={value}' for name, value in self.values.items())}>"


def specs(path: str | Path) -> tuple[Spec, ...]:
    """Returns the specs of a spec file, in order of definition.

    Args:
        path: the spec file.

    Raises:
        SpecError: for a path without a spec file, or a file that does not run.
    """
    files, errors = find([str(path)])
    if errors:
        raise errors[0]
    return tuple(spec for file in files for spec in load(file))


def inputs(spec: Spec, **sizes: int) -> st.SearchStrategy[Inputs]:
    """Returns a strategy for points of a spec's domain, including its edges, that shrinks towards simple values.

    Hypothesis settings apply as usual: profiles, the database and `derandomize` work as in any other test.

    Args:
        spec: the claim.
        sizes: the value of each size, by symbol name. Sizes that are not given are drawn from those of the spec.

    Raises:
        SpecError: for sizes that the spec does not have.
        TargetError: for a target that does not exist.
    """
    known = all_sizes(spec)
    chosen = [given for given in known if given.items() >= sizes.items()]
    if not chosen:
        raise spec.refuse(f"expected the sizes of a case, found {sizes}; the cases are {known}")
    strategies = [_of(Pair(spec, given)) for given in chosen]
    return strategies[0] if len(strategies) == 1 else st.one_of(strategies)


def _of(pair: Pair) -> st.SearchStrategy[Inputs]:
    @st.composite  # Hypothesis shows drawn values of a composite as they are, but those of `map` as calls
    def point(draw: st.DrawFn) -> Inputs:
        return _inputs(pair, draw(rows(pair.plan)))

    return point()


def _inputs(pair: Pair, row: Row) -> Inputs:
    case = pair.case
    point = pair.plan.point(row)
    values: dict[sp.Symbol, Any] = {symbol: int(x) if symbol.is_integer else float(x) for symbol, x in point.items()}
    keywords, arguments = case.arguments(values, opaque)
    return Inputs(
        keywords=keywords,
        arguments=None if arguments is None else tuple(arguments),
        values=named(case, point),
        documented=midpoint(pair.documented(row)),
        call=pasteable(case, point),
    )
