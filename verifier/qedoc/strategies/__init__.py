"""Hypothesis strategies over the domain of a spec, for tests that people write themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from qedoc.claims.spec import Spec
from qedoc.judge.inputs import named, pasteable
from qedoc.judge.pair import Pair, midpoint
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
        keywords: what the target is called with, structures built as the spec binds them.
        arguments: what the function that the target returns is called with; None if the target's own result is the value.
        values: the point by parameter and argument names, as reports show it.
        documented: what the formula gives there.
        call: a line of Python that anyone can paste.
    """

    keywords: dict[str, Any]
    arguments: tuple[Any, ...] | None
    values: Mapping[str, Any]
    documented: float
    call: str

    def __repr__(self) -> str:
        return f"<{', '.join(f'{name}={value}' for name, value in self.values.items())}>"


def specs(path: str | Path) -> tuple[Spec, ...]:
    """The specs of a spec file, in order of definition.

    Args:
        path: of the file.

    Raises:
        SpecError: for a path without a spec file, or a file that does not run.
    """
    files, errors = find([str(path)])
    if errors:
        raise errors[0]
    return tuple(spec for file in files for spec in load(file))


def inputs(spec: Spec, **sizes: int) -> st.SearchStrategy[Inputs]:
    """Points of a spec's domain, with its edges; shrinks towards simple values.

    Settings are Hypothesis's own: profiles, the database and `derandomize` work as in any other test.

    Args:
        spec: the claim.
        sizes: the value of each size, by symbol name; one of those of the spec is drawn if none is given.

    Raises:
        SpecError: for sizes that the spec does not have.
        TargetError: for a target that does not exist.
    """
    known = all_sizes(spec)
    chosen = [given for given in known if given.items() >= sizes.items()]
    if not chosen:
        raise spec.refuse(f"no case has the sizes {sizes}; the cases are {known}")
    strategies = [_of(Pair(spec, given)) for given in chosen]
    return strategies[0] if len(strategies) == 1 else st.one_of(strategies)


def _of(pair: Pair) -> st.SearchStrategy[Inputs]:
    @st.composite  # a composite's examples are shown as they are, those of `map` as calls of the function
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
