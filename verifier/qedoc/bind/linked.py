"""Replaces entries that, according to the text, another function computes, by the documented formula of that function."""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence

import sympy as sp

from qedoc.algebra.large import LARGE
from qedoc.bind.context import Context
from qedoc.bind.layout import Layout
from qedoc.claims.spec import Array, Size, Spec

_COMPUTED = re.compile(r"\b([A-Za-z][A-Za-z -]*?)\s+(?:computed|given|returned)\s+by\s+:\w+:`~?([\w.]+)`")

Documented = Callable[[str], Sequence[Spec]]
"""Returns the claims in a function's documentation, given its path."""


def linked(context: Context, value: sp.Expr, result: Sequence[sp.Symbol], stated: Documented) -> tuple[Layout, tuple[str, ...]]:
    r"""Replaces entries of arrays such as 'a sample covariance :math:`C_{ij}`' if the text links the function that computes them.

    Args:
        context: the docstring.
        value: the value as it was read.
        result: the indices of the entry of the result.
        stated: returns the claims of another function.
    """
    links = {" ".join(phrase.lower().split()): path for phrase, path in _COMPUTED.findall(" ".join(context.record.docstring.split()))}
    for name in sorted({entry.base.label.name for entry in value.atoms(sp.Indexed)}):
        said = re.sub(r"^(?:an?|the)\s+", "", context.legend.get(name, "").lower())
        path = next((path for phrase, path in links.items() if said and f" {phrase}".endswith(f" {said}")), "")
        entries = sorted((e for e in value.atoms(sp.Indexed) if e.base.label.name == name), key=str)
        spec = next((s for s in stated(path) if len(s.entry) == len(entries[0].indices)), None) if path else None
        if spec is None or name in context.parameters or name in context.bound or any(set(e.indices) - set(result) for e in entries):
            continue
        laid = _put(context, value, entries, result, spec)
        if laid is not None:
            return laid, (f"{name} is {path}, as it is documented",)
    return Layout(value=value), ()


def _put(context: Context, value: sp.Expr, entries: Sequence[sp.Indexed], result: Sequence[sp.Symbol], spec: Spec) -> Layout | None:
    """The entries replaced by the formula of another claim, of whose arrays there is one: it is the function's own array."""
    arrays = {name: made for name, made in spec.bind.items() if isinstance(made, Array)}
    required = [p.name for p in context.parameters.values() if p.default is inspect.Parameter.empty]
    if len(arrays) != 1 or len(required) != 1 or not all(isinstance(d, Size) for d in spec.symbols[1:]):
        return None
    ((_, array),) = arrays.items()
    places = _places(spec, array)
    if places is None:
        return None
    base, own = array.item.base.label, sp.Symbol(required[0])
    formula = spec.formula.xreplace({e: sp.IndexedBase(own)[e.indices] for e in spec.formula.atoms(sp.Indexed) if e.base.label == base})
    made = value
    for entry in entries:
        apart = _apart(formula, {*places, *result})
        made = made.xreplace({entry: apart.subs(dict(zip(places, entry.indices, strict=True)), simultaneous=True)})
    lasts: Mapping[sp.Symbol, sp.Expr] = {r.lhs: r.rhs for r in spec.where if isinstance(r, sp.Le) and r.lhs in places}
    if set(lasts) != set(places) or len({str(last) for last in lasts.values()}) != 1:
        return None
    last = lasts[places[0]]
    lengths = {symbol for _, _, end in array.indices for symbol in end.free_symbols}
    where = tuple(r for r in spec.where if isinstance(r, sp.Basic) and r.free_symbols <= lengths)
    said = {index.name: (sp.Integer(1), last) for index in result}
    return Layout(value=made, said=said, where=where, lengths=frozenset(symbol.name for symbol in lengths))


def _places(spec: Spec, array: Array) -> list[sp.Symbol] | None:
    """The indices of the result, where they count from 1 as those of the array do."""
    found = [sp.expand(position + 1) for position in spec.entry]
    counted = all(isinstance(index, sp.Symbol) for index in found) and all(first == 1 for _, first, _ in array.indices)
    return found if counted and len(set(found)) == len(found) else None


def _apart(formula: sp.Expr, taken: set[sp.Symbol]) -> sp.Expr:
    """The formula with other letters for the indices that it sums over, where these are taken."""
    put = {}
    for total in formula.atoms(*LARGE):
        for index, *_ in total.limits:
            if index in taken:
                put[index] = sp.Symbol(f"{index}_1")
    return formula.xreplace(put)
