"""Determines the domain of a documented formula from the text, the signature and the formula itself."""

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy as sp
from sympy.logic.boolalg import BooleanAtom

from qedoc.bind.constraints import constraints
from qedoc.bind.context import Context
from qedoc.bind.implied import DENSITY, convergent, divisors_of, intervals, names_in, ordered, positive_arguments, powers
from qedoc.bind.records import Obstruction
from qedoc.bind.symbols import Roles
from qedoc.claims.domain import Integers, Reals
from qedoc.read.reading import shown
from qedoc.results.verdict import Verdict
from qedoc.sources.arguments import Argument as Described

_INT = re.compile(r"(?:<class ')?\bint\b(?:'>)?(?:\s*\|\s*None)?$")
_COUNT = re.compile(r"\bnumber of\b|\bhow many\b|\bcount\b|\bsteps?\b|\bsize\b|\blength\b", re.IGNORECASE)
_POSITIVE = frozenset(
    {"scale", "std", "stddev", "stdev", "sigma", "variance", "lengthscale", "ell", "ls", "df", "concentration", "temperature"}
)
"""Names, or parts of names, of parameters that are positive by convention."""

_COUNTED = re.compile(r"(?:^|_)(?:steps?|count|size|length|num|begin)(?:_|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The domain of an equation.

    Args:
        domains: the set of each symbol, by name.
        where: relations that are not a bound of a single symbol.
        notes: assumptions, and the conditions that were read.
        supposed: the assumptions that only names and notation suggest.
        fixed: numbers that the text gives to parameters that are no symbols of the formula, by parameter.
    """

    domains: Mapping[str, Reals | Integers]
    where: tuple[sp.Basic, ...]
    notes: tuple[str, ...]
    supposed: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)


def place(
    context: Context,
    value: sp.Expr,
    roles: Roles,
    stated: sp.Basic,
    inherited: Sequence[tuple[str, Reals | Integers]],
) -> Place:
    """Determines the domain of an equation.

    Args:
        context: the docstring.
        value: the equation's value.
        roles: the role of each symbol.
        stated: the condition in the equation itself.
        inherited: domains of symbols that are passed to other documented functions.
    """
    symbols = [*roles.parameters, *roles.arguments]
    notes: list[str] = []
    supposed: list[str] = []
    fixed: dict[str, Any] = {}
    integers = set(_integers(context, value, roles.parameters, notes))
    ends: dict[str, list[tuple[str, sp.Expr]]] = {name: [] for name in symbols}
    for name in roles.arguments:
        ends[name].append(("least", sp.Integer(0)))
        integers.add(name)
        notes.append(f"{name} counts steps: 0, 1, 2, ...")
    for name in (name for name, parameter in roles.parameters.items() if context.aim is not None and parameter == context.aim.steps):
        ends[name].append(("least", sp.Integer(0)))
        integers.add(name)
        notes.append(f"{name} counts steps: 0, 1, 2, ...")
    for name, why in _scales(context, value, roles.parameters):
        ends[name].append(why)
        notes.append(f"{name} {'>' if why[0] == 'above' else '>='} 0, because it is {'a scale' if why[0] == 'above' else 'a set size'}")
    for name, domain in inherited:
        if name in ends:
            ends[name] += domain_ends(domain)
            integers |= {name} if domain.integer else set()
    where: list[sp.Basic] = []
    told = constraints(context, value, roles.parameters)
    notes += [note for _, note in told]
    for relation in _relations(context, roles.parameters, [stated, *(relation for relation, _ in told)], ends, notes):
        if (whole := _whole(relation)) in ends:
            integers.add(whole)
        elif (set_to := _set(context, relation, symbols)) is not None:
            fixed |= set_to
        elif names_in(relation) <= set(symbols):
            where.append(relation)
            integers |= _numbered(context, relation, roles.parameters)
    where += positive_arguments(context, value, roles.parameters, ends, notes)
    where += convergent(value, notes)
    where += _supposed(context, value, roles, integers, ends, supposed)
    for name in sorted(divisors_of(value) & integers):
        if ("least", 0) in ends[name]:
            ends[name].append(("above", sp.Integer(0)))
            notes.append(f"{name} is not zero, because the formula divides by it")
    return Place(
        domains={name: _domain(name, ends[name], integer=name in integers) for name in symbols},
        where=_distinct(where),
        notes=tuple(dict.fromkeys((*notes, *supposed))),
        supposed=tuple(dict.fromkeys(supposed)),
        fixed=fixed,
    )


def _distinct(relations: Sequence[sp.Basic]) -> tuple[sp.Basic, ...]:
    """The relations without those that say the same the other way round: `x >= a` after `a <= x`."""
    kept: list[sp.Basic] = []
    for relation in relations:
        reversed_ = relation.reversed if isinstance(relation, sp.core.relational.Relational) else relation
        if relation not in kept and reversed_ not in kept:
            kept.append(relation)
    return tuple(kept)


def _supposed(
    context: Context, value: sp.Expr, roles: Roles, integers: set[str], ends: dict[str, list[tuple[str, sp.Expr]]], notes: list[str]
) -> Iterator[sp.Basic]:
    """What names and notation suggest. It may prevent a refutation, and never supports a proof."""
    if not context.supposes:
        return
    for name, parameter in roles.parameters.items():
        described = context.parameters[parameter]
        if described.made and _positive_default(described.default) and not any(kind in ("above", "least") for kind, _ in ends[name]):
            ends[name].append(("above", sp.Integer(0)))
            notes.append(f"{name} > 0, as its default {described.default!r}")
    for name in sorted(integers & set(roles.parameters)):
        if _is_count(context, name, context.parameters[roles.parameters[name]]) and not any(
            kind in ("above", "least") for kind, _ in ends[name]
        ):
            ends[name].append(("least", sp.Integer(0)))
            notes.append(f"{name} >= 0, because it is a count")
    for name, parameter in roles.parameters.items():
        if set(parameter.lower().split("_")) & _POSITIVE and not any(kind in ("above", "least") for kind, _ in ends[name]):
            ends[name].append(("above", sp.Integer(0)))
            notes.append(f"{name} > 0, because {parameter} is positive by convention")
    yield from ordered(roles.parameters, notes)
    for low, high in intervals(value):
        notes.append(f"{low} <= {high}, because the formula has a case between them")
        yield sp.Le(low, high)
    for name, row in powers(context, value, {s: p for s, p in roles.parameters.items() if s not in integers}):
        ends[name].append(("above", sp.Integer(0)))
        notes.append(f"{name} > 0, because the row {shown(row)} assumes that 0**{name} is 0")


def _positive_default(default: Any) -> bool:
    return isinstance(default, int | float) and not isinstance(default, bool) and default > 0


def _whole(relation: sp.Basic) -> str:
    """The symbol that a relation says is an integer; empty if it says something else."""
    if isinstance(relation, sp.Eq):
        for side, other in ((relation.lhs, relation.rhs), (relation.rhs, relation.lhs)):
            if isinstance(side, sp.Symbol) and other == sp.floor(side):
                return str(side.name)
    return ""


def _numbered(context: Context, relation: sp.Basic, roles: Mapping[str, str]) -> set[str]:
    """The symbol that a relation sets to an integer. Without an annotation and a default, the code may need it as an index."""
    name = str(relation.lhs) if isinstance(relation, sp.Eq) and relation.rhs.is_Integer else ""
    described = context.parameters.get(roles.get(name, ""))
    unsaid = described is not None and not described.annotation and described.default is inspect.Parameter.empty
    return {name} if unsaid else set()


def _set(context: Context, relation: sp.Basic, symbols: Sequence[str]) -> dict[str, Any] | None:
    """The number that a relation gives to a parameter that is no symbol of the formula."""
    if not isinstance(relation, sp.Eq) or not isinstance(relation.lhs, sp.Symbol) or not relation.rhs.is_Rational:
        return None
    name = relation.lhs.name
    if name in symbols or name not in context.parameters:
        return None
    return {name: int(relation.rhs) if relation.rhs.is_Integer else float(relation.rhs)}


def _integers(context: Context, value: sp.Expr, roles: Mapping[str, str], notes: list[str]) -> Iterator[str]:
    """The symbols that stand for integers."""
    for name, parameter in roles.items():
        described = context.parameters[parameter]
        if _INT.search(described.annotation):
            yield name
    for call in sorted(value.atoms(sp.factorial, sp.binomial, sp.factorial2), key=str):
        for symbol in sorted(names_in(call)):
            if symbol in roles:
                notes.append(f"{symbol} is an integer, as {type(call).__name__} requires")
                yield symbol
    for call in sorted(value.atoms(sp.polygamma), key=str):
        if isinstance(call.args[0], sp.Symbol) and call.args[0].name in roles:
            notes.append(f"{call.args[0]} is an integer, because it is the order of a polygamma function")
            yield call.args[0].name


def _scales(context: Context, value: sp.Expr, roles: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, sp.Expr]]]:
    """The scale of a distribution, which is positive, and the number of things of which a binomial coefficient chooses."""
    if DENSITY.match(context.record.path.rpartition(".")[2]):
        yield from ((name, ("above", sp.Integer(0))) for name, parameter in roles.items() if parameter == "scale")
    pools = {call.args[0] for call in value.atoms(sp.binomial)}
    yield from (
        (pool.name, ("least", sp.Integer(0))) for pool in sorted(pools, key=str) if isinstance(pool, sp.Symbol) and pool.name in roles
    )


def _is_count(context: Context, name: str, described: Described) -> bool:
    return bool(_COUNT.search(described.text) or _COUNT.search(context.legend.get(name, "")) or _COUNTED.search(described.name))


def _relations(
    context: Context, roles: Mapping[str, str], stated: Sequence[sp.Basic], ends: dict[str, list[Any]], notes: list[str]
) -> Iterator[sp.Basic]:
    """The conditions of the text, of the equation and of the object, single ends put with their symbols."""
    symbols = list(ends)
    by_parameter = {sp.Symbol(parameter): sp.Symbol(name) for name, parameter in roles.items()}
    told = [
        (relation.xreplace({s: t for s, t in by_parameter.items() if s.name not in symbols}), text) for relation, text in context.conditions
    ]
    for relation, text in (*told, *((relation, "") for relation in stated)):
        parts = [part for part in sp.And.make_args(relation) if part is not sp.true]
        for part in parts:
            _check_constant(part)
        free = [part for part in parts if _set(context, part, symbols) is not None]
        if not parts or any(not (names_in(part) and names_in(part) <= set(symbols)) for part in parts if part not in free):
            continue
        if text:
            notes.append(f"the text says {text}")
        for part in parts:
            end = _end(part)
            if end is None:
                yield part
            else:
                ends[end[0]].append(end[1:])


def _end(relation: Any) -> tuple[str, str, sp.Expr] | None:
    """`x > 0` as an end of x; None for any other relation."""
    if not isinstance(relation, sp.Gt | sp.Ge | sp.Lt | sp.Le):
        return None
    if isinstance(relation.rhs, sp.Symbol) and relation.lhs.is_number:
        relation = relation.reversed
    if not isinstance(relation.lhs, sp.Symbol) or not relation.rhs.is_number or not relation.rhs.is_finite:
        return None
    kind = {sp.Gt: "above", sp.Ge: "least", sp.Lt: "below", sp.Le: "most"}[type(relation)]
    return relation.lhs.name, kind, relation.rhs


def _domain(name: str, ends: Sequence[tuple[str, sp.Expr]], *, integer: bool) -> Reals | Integers:
    """The set between the tightest of the ends.

    Raises:
        Obstruction: if it is empty.
    """
    lower = max((end for end in ends if end[0] in ("above", "least")), key=lambda end: (end[1], end[0] == "above"), default=None)
    upper = min((end for end in ends if end[0] in ("below", "most")), key=lambda end: (end[1], end[0] == "most"), default=None)
    chosen: dict[str, Any] = dict(end for end in (lower, upper) if end is not None)
    if lower is not None and upper is not None and _is_empty(lower, upper, integer=integer):
        raise nowhere(f"the conditions {name} {_SIGN[lower[0]]} {lower[1]} and {name} {_SIGN[upper[0]]} {upper[1]} contradict each other")
    return Integers(**chosen) if integer else Reals(**chosen)


_SIGN = {"above": ">", "least": ">=", "below": "<", "most": "<="}


def _is_empty(lower: tuple[str, sp.Expr], upper: tuple[str, sp.Expr], *, integer: bool) -> bool:
    (kind, low), (end, high) = lower, upper
    if not (low.is_number and high.is_number):
        return False
    if integer:
        first = sp.floor(low) + 1 if kind == "above" else sp.ceiling(low)
        last = sp.ceiling(high) - 1 if end == "below" else sp.floor(high)
        return bool(first > last)
    return bool(low > high or (low == high and (kind, end) != ("least", "most")))


def nowhere(reason: str) -> Obstruction:
    """Creates the obstruction for an empty domain."""
    suggestion = "write formulas with different conditions as one formula by cases"
    return Obstruction(reason, suggestion, Verdict.UNDECIDED, empty=True)


def _check_constant(relation: sp.Basic) -> None:
    """Raises for a condition without a symbol that is false: it holds at no point."""
    if isinstance(relation, sp.core.relational.Relational | BooleanAtom) and not relation.free_symbols:
        try:
            truth = relation.doit()
        except TypeError:  # a side has no value
            truth = sp.false
        if truth == sp.false:
            said = "the conditions contradict each other" if relation is sp.false else f"the condition {relation} holds nowhere"
            raise nowhere(f"{said}: the domain is empty")


def domain_ends(domain: Reals | Integers) -> list[tuple[str, sp.Expr]]:
    """The bounds of a set, as arguments for its constructor."""
    found: list[tuple[str, sp.Expr]] = []
    if domain.lower != -sp.oo:
        found.append(("above" if domain.lower_open else "least", domain.lower))
    if domain.upper != sp.oo:
        found.append(("below" if domain.upper_open else "most", domain.upper))
    return found
