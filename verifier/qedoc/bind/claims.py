"""Turns a documented object, or a formula given for it, into claims that can be checked."""

import inspect
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sympy as sp

from qedoc.algebra.conditions import TooManyBranches
from qedoc.algebra.large import LARGE
from qedoc.bind.aimed import aimed
from qedoc.bind.alternatives import substituted
from qedoc.bind.annotations import no_number
from qedoc.bind.assembly import Parts, assembled, meaningful, natural
from qedoc.bind.attributes import taking_objects
from qedoc.bind.axes import axes
from qedoc.bind.callables import callables
from qedoc.bind.context import Context
from qedoc.bind.distributions import distribution
from qedoc.bind.domains import place
from qedoc.bind.entries import bases
from qedoc.bind.functions import expanded, with_moments
from qedoc.bind.gradients import differentiated
from qedoc.bind.held import alike, held_axes, not_held
from qedoc.bind.interpreted import Variant, interpreted
from qedoc.bind.layout import Layout, divisors, result_of
from qedoc.bind.linked import linked
from qedoc.bind.matrices import restricted, sized, symmetric
from qedoc.bind.minimisers import minimum
from qedoc.bind.numbered import numbered
from qedoc.bind.owners import letters_of_name
from qedoc.bind.pairs import paired, pairs_of
from qedoc.bind.parts import check_use, with_parts
from qedoc.bind.records import Bound, Obstruction, Refused
from qedoc.bind.restated import restated
from qedoc.bind.rules import rules
from qedoc.bind.samplers import with_names
from qedoc.bind.settings import agreed
from qedoc.bind.shown import in_parts, shown
from qedoc.bind.slices import entries
from qedoc.bind.slopes import is_slope, slope
from qedoc.bind.spelled import spelled_out
from qedoc.bind.switches import switches
from qedoc.bind.symbols import Roles, at_numbers, direct, merged, of_head, roles
from qedoc.bind.unknowns import as_entry, ends, index_ranges, lengths_of, unknowns, with_lengths
from qedoc.bind.unread import right_side
from qedoc.bind.values import about_nothing, defaults, is_record, single, target_value
from qedoc.bind.variants import variants_of
from qedoc.bind.windows import windows
from qedoc.claims.consulted import remembered
from qedoc.claims.domain import Functions, Integers, Reals
from qedoc.claims.spec import Parameter, Spec
from qedoc.errors import QedocError
from qedoc.read import Application, Equation, Extent, NotAClaim, Reading, Silence, Unreadable, extent
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import Documented, Formula, documented, record_of

GIVES_UP = (ArithmeticError, AttributeError, NotImplementedError, RecursionError, TypeError, ValueError)
"""The exceptions that SymPy raises for an expression that it cannot rearrange.

SymPy raises NotImplementedError where it has no algorithm, ValueError for a domain that it cannot use, ArithmeticError for a division by
zero, and RecursionError for deep expressions. Its solvers also fail with AttributeError and TypeError.
"""

LONGEST = 200
"""Maximum number of characters shown of a SymPy message."""


def claims(record: Documented) -> tuple[Bound | Refused, ...]:
    """Returns the claims of a documented object, at least one for each display formula."""
    context = Context(record, lettered=lettered(record) if record.owner else {})
    found: list[Bound | Refused] = []
    several = len(context.readings) > 1
    names = {formula: formula.label or (str(number) if several else "") for number, formula in enumerate(context.readings, start=1)}
    ruled = rules(context, names)
    for formula, reading in context.readings.items():
        whole = names[formula]
        if formula in ruled:
            found += ruled[formula]
            continue
        if formula.value and not _is_known_value(context, formula, reading):
            continue
        made = list(of_formula(context, formula, reading, whole))
        if any(isinstance(one, Refused) and one.verdict is Verdict.UNREADABLE for one in made):
            made = _of_objects(record, formula, whole) or made
        if record.module:  # a display about several objects is a claim of each of them
            made = [one for one in made if isinstance(one, Bound) or one.verdict is not Verdict.NOT_A_CLAIM or len(made) == 1]
        found += [one for one in made if isinstance(one, Bound)] if formula.value else made  # running text promises nothing that is unclear
    return with_parts(found)


def _of_objects(record: Documented, formula: Formula, name: str) -> list[Bound | Refused]:
    """The claims of a formula about the numbers of which an object is made that the function takes; empty if one cannot be bound."""
    taking = taking_objects(record)
    if taking is None:
        return []
    context = Context(taking)
    found = list(of_formula(context, formula, context.readings[formula], name)) if formula in context.readings else []
    return found if all(isinstance(one, Bound) for one in found) else []


def _is_known_value(context: Context, formula: Formula, reading: Reading | Unreadable | NotAClaim) -> bool:
    """Whether each symbol of a value in running text is a parameter, of the object's method too."""
    if not isinstance(reading, Reading) or not context.record.owner:
        return context.knows(reading)
    seen = [inside for equation in reading.equations for inside, _ in aimed(context, formula, equation)]
    return bool(seen) and all(inside.knows(reading) for inside in seen)


def lettered(record: Documented) -> Mapping[str, str]:
    """Returns the letters of parameters of the constructor: in `X ~ Name(a, b)`, and in the formulas of the class.

    Args:
        record: the docstring.
    """
    own = letters_of_name(record)
    return own if record.owner == record.name else dict(_letters(record.owner)) | own


@remembered()
def _letters(owner: str) -> Mapping[str, str]:
    """The letters that the formulas of a class use for parameters of its constructor and of its methods."""
    found: dict[str, str] = {}
    for claim in claims(record_of(owner)):
        best = claim.readings.alternatives[0] if isinstance(claim, Bound) and claim.readings is not None else None
        declared = best.outer.symbols if best is not None and best.plausible and best.outer is not None else ()
        for parameter in declared:
            if isinstance(parameter, Parameter):
                found.setdefault(str(parameter.symbol), parameter.name)
    return found


def of_formula(
    context: Context, formula: Formula, reading: Reading | Unreadable | NotAClaim, name: str, where: sp.Basic = sp.true
) -> Iterator[Bound | Refused]:
    """Yields the claims of one formula, one for each link of a chain.

    Args:
        context: the docstring.
        formula: the formula as written.
        reading: the formula as read.
        name: distinguishes the formulas of one docstring; empty if there is only one.
        where: the conditions that the user gives.
    """
    target = context.record.name
    match reading:
        case Unreadable() if is_record(target):
            id = f"{target}#{name}" if name else target
            reason = f"a notation: {target} is a record, which computes no value"
            yield Refused(formula=formula, name=id, verdict=Verdict.NOT_A_CLAIM, reason=reason, cause="record")
        case Unreadable() if unread := _unread(context, formula, right_side(context, formula, reading), name, where):
            yield from unread
        case Unreadable():
            at = f"line {reading.line}, column {reading.column} of the formula: {reading.what}"
            id = f"{target}#{name}" if name else target
            place = reading.line, reading.column
            yield Refused(
                formula=formula, name=id, verdict=Verdict.UNREADABLE, reason=at, suggestion=reading.suggestion, place=place,
                cause=reading.obstacle.value, construct=reading.what,
            )  # fmt: skip
        case NotAClaim(silence=Silence.PROBLEM) if (made := _minimum(context, formula, name)) is not None:
            yield made
        case NotAClaim():
            id = f"{target}#{name}" if name else target
            cause = reading.silence.name.lower()
            yield Refused(formula=formula, name=id, verdict=Verdict.NOT_A_CLAIM, reason=str(reading), cause=cause)
        case Reading(equations=(Equation(left=None, entry=(), right=sp.Symbol() as symbol),)) if not _is_known(context, symbol):
            id = f"{target}#{name}" if name else target
            yield Refused(formula=formula, name=id, verdict=Verdict.NOT_A_CLAIM, reason=f"a notation: only {symbol}", cause="notation")
        case Reading(equations=(equation,)) if (stated := distribution(context, formula, equation, name)) is not None:
            yield stated
        case Reading(equations=equations, notes=notes):
            for link, equation in enumerate(equations, start=1):
                part = f"{name or '1'}.{link}" if len(equations) > 1 else name
                seen = aimed(context, formula, equation)
                if not seen:
                    id = f"{target}#{part}" if part else target
                    reason = f"nothing says that {equation.left} is a derivative of {target}"
                    yield Refused(formula=formula, name=id, verdict=Verdict.NOT_A_CLAIM, reason=reason, reading=str(equation))
                    continue
                readings = [reading if inside is context else inside.readings.get(formula, reading) for inside, _ in seen]
                variants = [
                    variant
                    for (inside, made), again in zip(seen, readings, strict=True)
                    for variant in variants_of(inside, formula, (reading, again), link - 1, where, made)
                ]
                claim = _claim(seen[0][0], formula, variants, part)
                yield replace(claim, notes=(*notes, *claim.notes)) if isinstance(claim, Bound) else claim


def _unread(context: Context, formula: Formula, reading: Reading | None, name: str, where: sp.Basic) -> list[Bound]:
    """The claim of a right side whose left side is not understood; empty if it cannot be bound."""
    found = [] if reading is None else list(of_formula(context, formula, reading, name, where))
    return [claim for claim in found if isinstance(claim, Bound)]


def _minimum(context: Context, formula: Formula, name: str) -> Bound | Refused | None:
    """The claim of an optimisation problem whose solution the function returns, or the reason for none; None for any other problem."""
    try:
        return minimum(context, formula, name)
    except Obstruction as found:
        verdict, reason, suggestion = found.verdict, found.reason, found.suggestion
    except QedocError as error:
        verdict, reason, suggestion = Verdict.UNREADABLE, error.message, ""
    id = f"{context.record.name}#{name}" if name else context.record.name
    return Refused(formula=formula, name=id, verdict=verdict, reason=reason, suggestion=suggestion)


def _is_known(context: Context, symbol: sp.Symbol) -> bool:
    """Whether a formula that is only a symbol states a value: of a parameter, or of something that the text explains."""
    return symbol.name in context.parameters or symbol.name in context.bound or symbol.name in context.legend


def _claim(context: Context, formula: Formula, variants: Sequence[Variant], name: str) -> Bound | Refused:
    """One equation, bound in each way in which it and the text can be understood, or refused."""
    equation = variants[0].equation
    context = context.interpreted(display=formula.line)
    variants = [replace(variant, context=variant.context.interpreted(display=formula.line)) for variant in variants]
    id = f"{context.record.name}#{name}" if name else context.record.name
    try:
        check_use(variants[0].context, formula, equation)
        if context.record.owner and context.aim is None:
            raise about_nothing(context, equation)
        return interpreted(context, formula, variants, name, _bound)
    except Obstruction as found:
        return Refused(
            formula=formula, name=id, verdict=found.verdict, reason=found.reason, reading=str(equation), suggestion=found.suggestion,
            empty=found.empty, cause=found.cause, lacking=tuple(name for name, _ in found.symbols),
        )  # fmt: skip
    except TooManyBranches as error:
        verdict, reason = Verdict.UNDECIDED, str(error)
    except QedocError as error:
        verdict, reason = Verdict.UNREADABLE, error.message
    except GIVES_UP as error:
        said = " ".join(str(error).split())
        verdict, reason = Verdict.UNDECIDED, f"the formula could not be bound: {type(error).__name__}: {said[:LONGEST]}"
    return Refused(formula=formula, name=id, verdict=verdict, reason=reason, reading=str(equation))


def _bound(context: Context, formula: Formula, equation: Equation, name: str) -> Bound:
    if pairs_of(context, equation):
        return _with_settings(context, paired(context, formula, equation, name))
    if context.lacking:
        raise Obstruction(context.lacking, verdict=Verdict.UNDECIDED)
    if is_slope(equation.left):
        spec = slope(context, formula, equation, name)
        notes = defaults(context, {*spec.bind, *context.settings})
        return _with_settings(context, Bound(formula=formula, reading=str(equation), spec=spec, notes=notes))
    equation = as_entry(context, with_moments(context, equation))
    value, which, notes = target_value(context, equation)
    if equation.left is None:
        value, words = restated(context, formula, value)
        notes = (*notes, *words)
    expansion = expanded(context, value, stated_domains)
    known = substituted(expansion.value, {sp.Symbol(name): number for name, number in context.numbers.items()})
    value, equation = with_lengths(context, *in_parts(context, formula, known, equation))
    value, measures = sized(context, merged(context, value))
    laid, links = _laid(context, equation, value)
    value, result = laid.value, result_of(equation, laid)
    written = unknowns(value, set(result), set(bases(value)))
    symbols = list(dict.fromkeys((*written, *of_head(context, equation.left), *_of_condition(equation, value))))
    lengths = lengths_of(context, value, symbols, equation) | laid.lengths
    found = roles(context, equation, [s for s in symbols if s not in lengths])
    absent = not_held(context, found, switches(context, formula.line))
    unsaid = _unsaid(
        context, found, lengths | ends(context, equation, laid.said, result),
        {*switches(context, formula.line), *absent, *at_numbers(context, equation.left)},
    )  # fmt: skip
    found = replace(found, parameters={**found.parameters, **unsaid})
    told = {name: _renamed(right, name) for name, right in context.determined.items() if name in found.parameters}
    stated = sp.And.make_args(equation.condition)
    ranges = [part for part in stated if any(_is_length(symbol, lengths) for symbol in part.free_symbols)]
    rest = sp.And(*(part for part in stated if part not in ranges))
    together = sp.Tuple(value, *told.values(), *ranges) if told or ranges else value
    shaped = axes(
        result, together, replace(laid, said={**index_ranges(context, equation), **laid.said}, alike=alike(context, found)),
        frozenset(found.parameters), symmetric(context), held_axes(context, found, value),
    )  # fmt: skip
    value, *rights = shaped.value if told or ranges else (shaped.value,)
    ranges = rights[len(told) :]
    determined = {sp.Symbol(name): right for name, right in zip(told, rights[: len(told)], strict=True)}
    allowed = restricted(context, value, dict(shaped.arrays))
    shaped = replace(shaped, value=allowed.value, arrays=allowed.arrays, entry=(*which, *shaped.entry))
    holds = place(context, shaped.value, found, rest, expansion.domains)
    fixed = agreed(equation, {**switches(context, formula.line), **holds.fixed, **at_numbers(context, equation.left)})
    several = [sp.Ne(r.rhs, 1) for r in shaped.where if isinstance(r, sp.Le) and r.lhs in result] if single(context) else []
    spans = [str(size.symbol) for size in shaped.sizes if size.symbol not in result]
    conditions = tuple(dict.fromkeys((*allowed.where, *laid.where, *several, *ranges, *divisors(shaped.value, spans))))
    parts = Parts(roles=found, axes=shaped, place=holds, fixed=fixed, determined=determined, conditions=conditions)
    spec = assembled(context, formula, name, parts)
    spec = shown(context, formula, spec, equation) if context.slope is None else differentiated(context, spec)
    spec = meaningful(with_names(context, spec) if context.renamed else spec)
    left = defaults(context, {*found.parameters.values(), *spec.bind, *absent})
    notes = (
        *notes, *expansion.notes, *measures, *links, *found.notes, *shaped.notes, *allowed.notes, *holds.notes,
        *(f"{name} = {right}, as the text says" for name, right in determined.items()),
        *(f"{p}={said!r}, as {'--set' if p in context.settings else 'the text'} says" for p, said in _said(context, fixed)),
        *left,
        *natural(spec),
    )  # fmt: skip
    named = {str(argument) for argument in equation.left.arguments} if isinstance(equation.left, Application) else set()
    named |= {context.slope.by} if context.slope is not None else set()
    missing = tuple(name for name in unsaid if name not in named)  # `f(x) = 1` says that x does not matter
    return Bound(
        formula=formula, reading=str(equation), spec=spec, notes=notes, supposed=holds.supposed, unsaid=missing, uses=expansion.uses
    )  # fmt: skip


def _said(context: Context, fixed: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The parameters that the user or the text sets, without those that only an interpretation sets."""
    return [(name, value) for name, value in fixed.items() if name not in context.chosen]


def _with_settings(context: Context, bound: Bound) -> Bound:
    """A claim with the parameters that the user sets.

    Raises:
        Obstruction: for one that the formula gives a value.
    """
    if not context.settings:
        return bound
    spec = bound.spec
    if both := sorted(set(context.settings) & set(spec.keywords)):
        raise Obstruction(f"the formula gives {both[0]} a value, and so does --set {both[0]}={context.settings[both[0]]!r}")
    notes = (f"{name}={value!r}, as --set says" for name, value in context.settings.items())
    return replace(bound, spec=replace(spec, bind={**spec.bind, **context.settings}, origin=spec.location), notes=(*bound.notes, *notes))


def _of_condition(equation: Equation, value: sp.Expr) -> list[str]:
    """The names in the condition of an equation that the value does not have: it holds only where they are known."""
    indices = {
        s for entry in (value, equation.condition) for one in entry.atoms(sp.Indexed) for index in one.indices for s in index.free_symbols
    }
    indices |= {index for index, _ in equation.entry}
    plain = {s for s in equation.condition.free_symbols if isinstance(s, sp.Symbol) and not isinstance(s, Extent)}
    labels = {one.base.label for one in equation.condition.atoms(sp.Indexed)}
    return sorted(s.name for s in plain - indices - labels)


def _is_length(symbol: sp.Basic, lengths: Collection[str]) -> bool:
    """Whether a symbol is the length of an axis, which only the arrays of an equation determine."""
    return isinstance(symbol, Extent) or symbol.name in lengths


def _unsaid(context: Context, found: Roles, lengths: set[str], fixed: Collection[str]) -> dict[str, str]:
    """The parameters that the formula does not contain, each with a symbol: the formula must hold for all their values."""
    if found.arguments:
        return {}
    given = {*found.parameters.values(), *fixed, *(direct(context, name) for name in lengths), *callables(context.record)}
    left = [p for p in context.parameters.values() if p.default is inspect.Parameter.empty and p.name not in given]
    missing = [p.name for p in left if not no_number(p.annotation)]
    taken = {*found.parameters, *lengths}
    return {name if name not in taken else f"{name}_": name for name in missing}


def _laid(context: Context, equation: Equation, value: sp.Expr) -> tuple[Layout, tuple[str, ...]]:
    """What the notation of an equation, and another function that the text links, tell of its axes; with a note of the latter."""
    said = {str(index): ends for index, ends in equation.entry if ends is not None}
    cut = Layout(value=value, entry=equation.entry, said=said).beside(entries(context, value))
    cut = cut.beside(spelled_out(context, cut.value)).beside(numbered(equation, cut.value))
    slid = cut.beside(windows(cut.value, result_of(equation, cut)))
    found, notes = linked(context, slid.value, result_of(equation, slid), _specs)
    return slid.beside(found), notes


def _renamed(right: sp.Expr, name: str) -> sp.Expr:
    """The value of a parameter, with indices of its own."""
    put: dict[sp.Expr, sp.Expr] = {}
    for total in right.atoms(*LARGE):
        ((index, first, last),) = total.limits
        own = sp.Symbol(f"{index}_{name}")
        put[total] = total.func(total.function.subs(index, own), (own, first, extent(own.name) if isinstance(last, Extent) else last))
    return right.xreplace(put)


_IN_HAND: list[str] = []
"""Functions whose documentation is being read, so that two that name each other end."""


def stated_domains(path: str) -> Mapping[str, Reals | Integers]:
    """Where a function is documented to be defined: the set of each parameter, by its name; empty where nothing is known."""
    declared = [d for spec in _specs(path)[:1] for d in spec.symbols if isinstance(d, Parameter)]
    return {d.name: d.domain for d in declared if not isinstance(d.domain, Functions)}


def _specs(path: str) -> tuple[Spec, ...]:
    """The claims that a function's documentation makes; none while it is being collected."""
    return () if path in _IN_HAND else _documented(path)


@remembered()
def _documented(path: str) -> tuple[Spec, ...]:
    _IN_HAND.append(path)
    try:
        record = next((r for r in documented(path) if path in (r.name, *r.aliases)), None)
        return tuple(claim.spec for claim in claims(record) if isinstance(claim, Bound)) if record is not None else ()
    finally:
        _IN_HAND.pop()
