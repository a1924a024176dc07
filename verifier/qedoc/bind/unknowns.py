"""The unknowns of an equation, its lengths, and the ranges of its indices."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import sympy as sp

from qedoc.algebra.large import LARGE
from qedoc.bind.channels import with_channels
from qedoc.bind.context import Context
from qedoc.bind.descriptions import makes_another
from qedoc.bind.entries import summed
from qedoc.bind.records import Obstruction
from qedoc.claims.spec import is_literal
from qedoc.read import Application, Equation, Extent, conventional_index, is_number_of
from qedoc.read.tree import SYMBOLS
from qedoc.results.verdict import Verdict

_PLACES = frozenset("ijt")
"""Letters that are places of an array and no lengths, in `y_i = \\sum_{j=0}^{i} x_j`."""

_COUNT = re.compile(r"\W*(?:the )?(?:total )?(?:number|count) of (?:elements|entries|components)\W*", re.IGNORECASE)


def as_entry(context: Context, equation: Equation) -> Equation:
    """The equation for an entry of the result: `y_i`, or no left side, where nothing but the entries of the right side says what i is."""
    equation = _of_family(context, with_channels(context, equation))
    left, right = equation.left, equation.right
    bound = {r.symbol for r in summed(right)}
    used = {s for entry in right.atoms(sp.Indexed) for index in entry.indices for s in index.free_symbols} - bound
    known = {*context.parameters, *context.bound, *context.legend}
    if isinstance(left, sp.Symbol):
        vector, _, index = left.name.rpartition("_")
        entry = vector and sp.Symbol(index) in used and index not in {*context.parameters, *context.bound}
        return replace(equation, left=sp.IndexedBase(sp.Symbol(vector))[sp.Symbol(index)]) if entry else equation
    if isinstance(left, Application) and (indices := _of_entry(left, used, known)):
        return replace(equation, left=sp.IndexedBase(sp.Symbol(left.name.partition("_")[0]))[indices])
    outside = right.xreplace({entry: sp.Dummy() for entry in right.atoms(sp.Indexed)}).free_symbols
    free = [s for s in used if conventional_index(s.name) and s.name not in known and s not in outside]
    whole = left is None or (isinstance(left, Application) and left.name in context.own)
    if whole and not equation.entry and len(used) == len(free) == 1:
        return replace(equation, entry=((free[0], None),))
    return equation


def _of_family(context: Context, equation: Equation) -> Equation:
    r"""The equation for the entry at k of a function whose name bears the index: `\mathrm{sinc}_k(x)`, with the range of k in the text.

    The name may be the end of the function's name: `\mathrm{fourier}_k(x)` of `basic_fourier`.
    """
    left = equation.left
    if not isinstance(left, Application) or equation.entry or left.variable or left.logarithm or left.by:
        return equation
    stem, _, index = left.name.rpartition("_")
    span = index_ranges(context, equation).get(index)
    short = stem not in context.record.siblings and any(name.endswith(f"_{stem}") for name in context.own) and len(stem) > 1
    if not stem or span is None or not (stem in context.own or short) or sp.Symbol(index) in left.arguments:
        return equation
    (own, *_) = sorted(context.own)
    return replace(equation, left=replace(left, name=own), entry=((sp.Symbol(index), span),))


def _of_entry(left: Application, used: set[sp.Symbol], known: set[str]) -> tuple[sp.Symbol, ...]:
    r"""The indices of the entry that a left side such as `\sigma_i(x)` or `\lambda_{ij}(s, y)` names; none if it names no entry."""
    letter, _, script = left.name.partition("_")
    plain = not (left.variable or left.logarithm or left.by or left.given) and all(isinstance(a, sp.Symbol) for a in left.arguments)
    indices = tuple(sp.Symbol(index) for index in script)
    if not plain or not (len(letter) == 1 or letter in SYMBOLS) or len(set(indices)) < len(indices):
        return ()
    return indices if all(i in used and conventional_index(i.name) and i.name not in known for i in indices) else ()


def unknowns(value: sp.Expr, indices: set[sp.Symbol], ranked: set[str]) -> list[str]:
    """The names of the symbols and vectors that have to be something of the target's."""
    bound = {r.symbol for r in summed(value)}
    plain_symbols = (
        {s for s in value.free_symbols if isinstance(s, sp.Symbol) and not isinstance(s, Extent) and not is_literal(s)} - indices - bound
    )
    return sorted({s.name for s in plain_symbols} | ranked)


def lengths_of(context: Context, value: sp.Expr, symbols: Sequence[str], equation: Equation) -> set[str]:
    """Symbols that are no parameter and are the last value of an index: lengths, unless the text makes another number of a length."""
    ends = {s.name for r in summed(value) for s in r.last.free_symbols} | {last.name for _, last in _counted(context, equation)}
    known = {*context.parameters, *context.bound}
    found = {name for name in symbols if name in ends and name not in known and not makes_another(context.legend.get(name, ""))}
    place = equation.left.name.rpartition("_")[2] if isinstance(equation.left, sp.Symbol) else ""
    if place in found and place in _PLACES:
        raise Obstruction(
            f"the formula gives the entry {place} of the result by a sum that ends at {place}, which is not read", verdict=Verdict.UNDECIDED
        )
    return found


def with_lengths(context: Context, value: sp.Expr, equation: Equation) -> tuple[sp.Expr, Equation]:
    r"""A value and its equation with the lengths that the text gives a name, `n = \dim(x)`, as the last values of indices."""
    put: dict[sp.Basic, sp.Expr] = {}
    named = {sp.Symbol(name) for name in context.said_lengths}
    value = value.replace(lambda part: isinstance(part, LARGE), lambda part: _without(part, named))
    for name, array in (*context.said_lengths.items(), *_counts(context, value)):
        for part in summed(value):
            entries = [e for e in value.atoms(sp.Indexed) if e.indices == (part.symbol,) and e.base.label.name == array]
            if entries and isinstance(part.last, Extent):
                put[part.last] = sp.Symbol(name) + part.first - 1
    return value.xreplace(put), replace(equation, condition=equation.condition.xreplace(put))


def _counts(context: Context, value: sp.Expr) -> list[tuple[str, str]]:
    """The symbols of which the text says that they are the number of elements, with the only vector of a value."""
    known = {*context.parameters, *context.bound}
    names = [s.name for s in value.free_symbols if s.name not in known and _COUNT.fullmatch(context.legend.get(s.name, ""))]
    vectors = {entry.base.label.name for entry in value.atoms(sp.Indexed)}
    return [(name, vector) for name in names for vector in vectors] if len(vectors) == 1 else []


def _without(total: sp.Expr, names: set[sp.Symbol]) -> sp.Expr:
    """A sum whose index has another name than a length: `k` in a sum over an axis of the length k."""
    taken = {symbol.name for symbol in total.atoms(sp.Symbol)}
    put = {index: sp.Symbol(next(one for one in (f"{index}_{n}" for n in range(1, 99)) if one not in taken)) for index, *_ in total.limits}
    put = {index: other for index, other in put.items() if index in names}
    return total.func(total.function.xreplace(put), *((put.get(index, index), *ends) for index, *ends in total.limits)) if put else total


def index_ranges(context: Context, equation: Equation) -> dict[str, tuple[sp.Expr, sp.Expr]]:
    r"""Indices of which the text, or the formula itself, gives the range, as `0 \le i, j < n`."""
    ends: dict[str, dict[str, sp.Expr]] = {}
    own = {index for index, _ in equation.entry}
    inside = [part for part in sp.And.make_args(equation.condition) if part.free_symbols & own]
    for relation in (*(relation for relation, _ in context.conditions), *inside):
        for part in sp.And.make_args(relation):
            if not isinstance(part, sp.Gt | sp.Ge | sp.Lt | sp.Le):
                continue
            for side, other, greater in (
                (part.lhs, part.rhs, isinstance(part, sp.Gt | sp.Ge)),
                (part.rhs, part.lhs, isinstance(part, sp.Lt | sp.Le)),
            ):
                strict = 1 if isinstance(part, sp.Gt | sp.Lt) else 0
                if isinstance(side, sp.Symbol):
                    ends.setdefault(side.name, {})["first" if greater else "last"] = other + strict if greater else other - strict
    counted = {str(index): (sp.Integer(1), last) for index, last in _counted(context, equation)}
    return counted | {
        name: (found["first"], found["last"])
        for name, found in ends.items()
        if len(found) == 2 and name not in context.parameters and name not in context.bound and found["first"].is_Integer
    }


def _counted(context: Context, equation: Equation) -> Iterator[tuple[sp.Symbol, sp.Symbol]]:
    r"""Yields the indices of the left side whose last value is their capital letter, `K` of `k`, where the text counts with it."""
    left = equation.left
    for index in left.indices if isinstance(left, sp.Indexed) else ():
        last = sp.Symbol(str(index).upper())
        known = {*context.parameters, *context.bound, str(index)}
        if isinstance(index, sp.Symbol) and last.name not in known and is_number_of(context.legend.get(last.name, "")):
            yield index, last


def ends(context: Context, equation: Equation, said: Mapping[str, tuple[sp.Expr, sp.Expr]], result: Sequence[sp.Symbol]) -> set[str]:
    """The symbols in the ranges of the indices of the result, such as the K of `k = 0, ..., K - 1`: they are lengths."""
    told = {**index_ranges(context, equation), **said}
    return {s.name for index in result for end in told.get(str(index), ()) for s in end.free_symbols}
