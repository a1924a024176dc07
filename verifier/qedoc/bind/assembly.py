"""Assembles a claim from what is known about its symbols, arrays and domain."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from qedoc.bind.axes import Axes
from qedoc.bind.callables import unknown_functions
from qedoc.bind.context import Context
from qedoc.bind.domains import Place, nowhere
from qedoc.bind.entries import summed
from qedoc.bind.records import Obstruction
from qedoc.bind.symbols import Roles, direct
from qedoc.claims.case import instantiate
from qedoc.claims.spec import Argument, Array, Declaration, ForAll, Parameter, Size, Spec, Variable
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import Formula
from qedoc.sources.specfiles import sizes

COUNTS = 4
"""How many values to try for a parameter that is a number of terms or an order of a derivative."""

FARTHEST = 12
"""Upper limit of these values, exclusive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What is known about an equation.

    Args:
        roles: its symbols.
        axes: its value, with the arrays.
        place: where it holds.
        fixed: parameters that the text sets.
        determined: parameters that are an expression of others.
        conditions: additional conditions on matrices and lengths.
    """

    roles: Roles
    axes: Axes
    place: Place
    fixed: Mapping[str, Any]
    determined: Mapping[sp.Symbol, sp.Expr]
    conditions: tuple[ForAll | sp.Basic, ...] = ()


def assembled(context: Context, formula: Formula, name: str, parts: Parts) -> Spec:
    """Builds the claim of an equation.

    Args:
        context: the docstring.
        formula: the formula as written.
        name: distinguishes the claims of one docstring.
        parts: what is known about the equation.

    Raises:
        SpecError: for parts that do not fit each other.
    """
    found, shaped, holds = parts.roles, parts.axes, parts.place
    counted = _counts(shaped, found.parameters)
    declared: list[Declaration] = []
    bind: dict[str, Any] = dict(parts.fixed)
    for symbol, parameter in found.parameters.items():
        meaning = context.legend.get(symbol, "") or context.parameters[parameter].text
        domain = holds.domains[symbol]
        if sp.Symbol(symbol) in parts.determined:
            bind[parameter] = parts.determined[sp.Symbol(symbol)]
            continue
        if symbol in shaped.labels:
            bind[parameter] = shaped.labels[symbol]
            continue
        if symbol in shaped.arrays:
            array = shaped.arrays[symbol]
            letters = tuple(letter for letter, *_ in array.indices)
            declared.append(Variable(sp.IndexedBase(sp.Symbol(symbol))[letters], domain, meaning))
            bind[parameter] = array
        elif symbol in counted:
            ends = domain.conditions(sp.Symbol(symbol))
            values = [k for k in range(FARTHEST) if all(end.subs(sp.Symbol(symbol), k) == sp.true for end in ends)]
            declared.append(Size(sp.Symbol(symbol), values[:COUNTS], meaning))
            bind[parameter] = sp.Symbol(symbol)
        else:
            declared.append(Parameter(sp.Symbol(symbol), parameter, domain, meaning))
    for size in shaped.sizes:
        parameter = direct(context, str(size.symbol))
        if parameter and parameter not in bind:
            bind[parameter] = size.symbol
    for symbol, argument in found.arguments.items():
        declared.append(Argument(sp.Symbol(symbol), argument, holds.domains[symbol], context.legend.get(symbol, "")))
    value, functions, given = unknown_functions(context.record, shaped.value.xreplace(dict(parts.determined)))
    return Spec(
        target=context.record.path,
        documented=context.record.name if context.record.target else "",
        formula=value,
        symbols=[*declared, *functions, *shaped.sizes],
        bind={**bind, **given},
        where=[
            *(_of_entries(relation.xreplace(dict(parts.determined)), shaped.arrays) for relation in (*holds.where, *shaped.where)),
            *parts.conditions,
        ],
        entry=shaped.entry,
        natural=True,
        name=name,
        source=f"docstring of {context.record.name}",
        origin=formula.location,
    )


def _of_entries(relation: sp.Basic, arrays: Mapping[str, Array]) -> sp.Basic | ForAll:
    """A relation of arrays as one of each of their entries; of the diagonal, for a triangular matrix, whose other entries may be zero.

    Raises:
        Obstruction: for a relation of arrays of several shapes, or of another matrix.
    """
    told = {s: arrays[s.name] for s in relation.free_symbols if isinstance(s, sp.Symbol) and s.name in arrays}
    entries = {entry.base.label for entry in relation.atoms(sp.Indexed)}
    if not told or entries & set(told):
        return relation
    ranges = {array.indices[0][1:] for array in told.values()}
    ranks = {len(array.indices) for array in told.values()}
    if len(ranges) > 1 or len(ranks) > 1 or max(ranks) > 2 or (2 in ranks and any(isinstance(a.item, sp.Indexed) for a in told.values())):
        raise Obstruction(f"it is not clear for which entries {relation} holds", "write the condition with indices", Verdict.UNDECIDED)
    index = sp.Symbol("each")
    ((first, last),) = ranges
    (rank,) = ranks
    return ForAll(relation.xreplace({s: sp.IndexedBase(s)[(index,) * rank] for s in told}), (index, first, last))


def _counts(shaped: Axes, names: Mapping[str, str]) -> set[str]:
    """Parameters that must be a definite number: the last value of an index, the order of a derivative."""
    value = shaped.value
    ends = {s for r in summed(value) for s in r.last.free_symbols}
    ends |= {s for relation in shaped.where for s in relation.free_symbols}
    ends |= {s for d in value.atoms(sp.Derivative) for _, order in d.variable_count for s in order.free_symbols}
    return {s.name for s in ends if s.name in names}


def meaningful(spec: Spec) -> Spec:
    """The claim without the smallest lengths if the formula has a value nowhere for them, as a correlation of one pair of numbers."""
    lengths = [declared.symbol for declared in spec.symbols if isinstance(declared, Size)]
    if len(lengths) != 1:
        return spec
    (length,) = lengths
    tried = [int(size[str(length)]) for size in sizes(spec)]
    first = next((value for value in tried if sp.false not in instantiate(spec, {length: value}).where), tried[0])
    return spec if first == tried[0] else replace(spec, where=[*spec.where, sp.Ge(length, first)], origin=spec.location)


def natural(spec: Spec) -> tuple[str, ...]:
    """Describes where the formula has a value, unless it has one everywhere. Also verifies that the spec can be built.

    Raises:
        Obstruction: if no point satisfies the conditions.
    """
    first = next(iter(sizes(spec)), None)
    if first is None:
        raise nowhere("no length that is tried satisfies the conditions")
    symbols = {d.symbol: first[str(d.symbol)] for d in spec.symbols if isinstance(d, Size)}
    case, free = instantiate(spec, symbols), instantiate(replace(spec, natural=False, origin=spec.location), symbols)
    if sp.false in free.where:
        raise nowhere("the conditions hold nowhere: the domain is empty")
    added = [str(relation) for relation in case.where if relation not in free.where]
    return (f"where the formula has a value: {' and '.join(added)}",) if added else ()
