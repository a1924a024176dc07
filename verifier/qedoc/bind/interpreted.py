"""Binds an equation in each way in which the text can be understood."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import sympy as sp

from qedoc.bind.absent import OTHER, is_absence
from qedoc.bind.acting import acting
from qedoc.bind.alternatives import MOST, Alternative, alternatives, placed, substituted
from qedoc.bind.assigned import assigned
from qedoc.bind.callables import restricted_function
from qedoc.bind.cases import elsewhere_of, other_cases, with_beside
from qedoc.bind.context import Context
from qedoc.bind.owners import told
from qedoc.bind.quantities import stated
from qedoc.bind.records import Bound, Conflict, Misfit, Obstruction, Unexplained
from qedoc.bind.relations import placed_relation, strangers, with_outputs
from qedoc.bind.settings import ABOUT, chosen, listed
from qedoc.bind.spelled import may_be_unit
from qedoc.bind.stacks import check_part
from qedoc.claims.assumption import Assumption
from qedoc.claims.readings import Alternative as Checked
from qedoc.claims.readings import Doubt, Readings, distinct
from qedoc.claims.spec import Parameter, Spec
from qedoc.errors import QedocError
from qedoc.interpret.choices import Choice, Choices, Sure
from qedoc.interpret.findings import CASE, VALUE
from qedoc.read import Equation
from qedoc.read.reading import is_supposed, shown
from qedoc.results.verdict import Verdict
from qedoc.sources import markup, settled
from qedoc.sources.docstrings import Formula

MOST_DOUBTS = 2
"""Maximum number of relations in words that were not understood. Each needs two more checks."""

Regions: TypeAlias = tuple[tuple[sp.Basic, str], ...]
Bind: TypeAlias = Callable[[Context, Formula, Equation, str], Bound]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """An equation in one interpretation of the text.

    Args:
        context: the docstring, with the meaning of the symbols.
        formula: the formula as written.
        equation: the equation for the value.
        name: distinguishes the claims of one docstring.
        derivative: whether the equation gives the derivative of the value.
        by: the symbol by which the derivative is taken; empty if the text does not say it.
        bind: binds an equation in a context.
    """

    context: Context
    formula: Formula
    equation: Equation
    name: str
    derivative: bool
    by: str
    bind: Bind

    def bound(self, regions: Regions, *, supposes: bool) -> Bound:
        """The claim on a domain.

        Raises:
            Obstruction: if the equation cannot be bound, or no point is left.
        """
        found = self.bind(self.context.interpreted(regions=regions, supposes=supposes), self.formula, self.equation, self.name)
        return replace(found, spec=_differentiated(self.context, found.spec, self.by)) if self.derivative else found


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One reading of an equation.

    Args:
        equation: the equation.
        choices: how it takes the notations that have several readings.
        context: the docstring, with what the equation is about.
    """

    equation: Equation
    choices: tuple[Choice, ...] = ()
    context: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """An equation with what the text says about it.

    Args:
        context: the docstring.
        formula: the formula as written.
        equation: the equation as read.
        taken: how it takes the notations that have several readings.
        name: distinguishes the claims of one docstring.
        said: what the text says.
        bind: binds an equation in a context.
        others: other formulas, if they and this one are cases of one value.
    """

    context: Context
    formula: Formula
    equation: Equation
    taken: tuple[Choice, ...]
    name: str
    said: Choices
    bind: Bind
    others: Sequence[tuple[Formula, Equation]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """An equation in one alternative.

    Args:
        option: the alternative.
        checked: the alternative as it is checked.
        bound: the claim on the stated domain; None if there is none.
        obstruction: what prevents it, other than words that were not understood.
    """

    option: Alternative
    checked: Checked
    bound: Bound | None = None
    obstruction: Obstruction | None = None


def interpreted(context: Context, formula: Formula, variants: Sequence[Variant], name: str, bind: Bind) -> Bound:
    """Binds an equation in each way in which it and the text can be understood.

    Args:
        context: the docstring.
        formula: the formula as written.
        variants: the readings of the equation, the most usual first.
        name: distinguishes the claims of one docstring.
        bind: binds an equation in a context.

    Raises:
        Obstruction: if the most plausible interpretations cannot be bound.
    """
    tried: list[_Tried] = []
    unusable: list[_Tried] = []
    cut = False
    for variant in variants:
        seen = variant.context
        said = told(seen, formula.line)
        said = replace(said, doubtful=(*said.doubtful, *may_be_unit(seen, variant.equation)))
        case = _Case(
            context=seen, formula=formula, equation=variant.equation, taken=variant.choices, name=name, said=said,
            bind=bind, others=() if seen.slope is not None else other_cases(seen, formula, variant.equation),
        )  # fmt: skip
        found, more = _all_tried(case)
        nothing = all(isinstance(one.obstruction, Unexplained | Misfit) for one in found)
        (unusable if nothing else tried).extend(found)  # a reading with a symbol that is nothing here, or of another shape, is none
        cut = cut or more
    tried = tried or unusable
    tried.sort(key=lambda one: one.option.doubt)
    best = next((one for one in tried if one.bound is not None), None)
    if best is None or best.bound is None:
        raise tried[0].obstruction or Obstruction(tried[0].checked.blocked, _WRITE, Verdict.UNDECIDED)
    kept = distinct(one.checked for one in tried[:MOST])
    readings = Readings(alternatives=kept, cut=cut or len(tried) > MOST, settled=_settled(context, formula, kept), given=not formula.line)
    return replace(best.bound, notes=(*best.bound.notes, *_notes(best.option)), readings=readings)


def _settled(context: Context, formula: Formula, alternatives_: Sequence[Checked]) -> int:
    """The number of the interpretation that a comment below the formula chooses; 0 without a comment.

    Raises:
        Obstruction: if there is no interpretation with this number, or it cannot be checked.
    """
    number = settled.settlement(markup.dedented(context.record.docstring), formula.line)
    chosen = f"the comment below the formula chooses interpretation {number}"
    if number > len(alternatives_):
        raise Obstruction(f"{chosen}, and there are {len(alternatives_)}", _SHOW, Verdict.UNDECIDED)
    if number and alternatives_[number - 1].outer is None:
        raise Obstruction(f"{chosen}, which cannot be checked: {alternatives_[number - 1].blocked}", _SHOW, Verdict.UNDECIDED)
    return number


def _all_tried(case: _Case) -> tuple[list[_Tried], bool]:
    """The equation in each alternative, with all assignments of symbols that nothing explains, and whether there are more."""
    settings = listed(case.context, case.equation) if case.formula.line else []  # a given formula is about the function as it is called
    options, cut = alternatives(case.context, case.equation, case.said, settings, is_case=bool(case.others))
    first, *others = [replace(option, choices=(*case.taken, *option.choices)) for option in options]
    tried = _tried(case, first)
    rows = assigned(case.context, case.equation, case.said, tried.obstruction) if isinstance(tried.obstruction, Unexplained) else []
    if not rows:
        return [tried, *(_tried(case, option) for option in others)], cut
    made = sorted((replace(one, choices=(*row, *one.choices)) for one in (first, *others) for row in rows), key=lambda one: one.doubt)
    found = [_tried(case, option) for option in made[:MOST]]
    possible = [one for one in found if not isinstance(one.obstruction, Conflict)]  # two symbols cannot be one parameter
    return possible or found, cut or len(made) > MOST


_SHOW = "qedoc show --why numbers them"
_WRITE = "say it in other words, or write it into the formula"


def _tried(case: _Case, option: Alternative) -> _Tried:
    context, equation, said = case.context, case.equation, with_outputs(case.said, case.equation)
    assumptions = tuple(_assumption(choice) for choice in (*option.choices, *said.domain, *said.doubtful, *said.unclear))
    blank = Checked(assumptions=assumptions, plausible=option.plausible, outer=None, inner=None)
    if (opaque := option.opaque) is not None:
        return _Tried(option=option, checked=replace(blank, blocked=_not_understood(opaque)))
    bound, put = placed(context, option)
    of = {parameter: symbol for symbol, parameter in bound.items()}

    relations = [(placed_relation(choice.value, of, put), choice) for choice in said.domain]
    strange = strangers(context, equation, relations, of)
    inside_of, elsewhere = elsewhere_of(said, relations)
    known = [(relation, choice.sure) for relation, choice in relations if choice not in strange and relation != inside_of]

    def regions(least: Sure) -> Regions:
        return tuple((relation, shown(relation)) for relation, sure in known if sure >= least)

    absent = tuple(choice.subject for choice in option.choices if is_absence(choice))
    numbers = {**context.numbers, **dict.fromkeys(absent, sp.S.Zero)}
    inside = context.interpreted(meant=bound, chosen=chosen(option.choices), numbers=numbers)
    try:
        check_part(context.aim, bound)
        right = substituted(equation.right, put)
        right = right if elsewhere is None else sp.Piecewise((right, inside_of), (elsewhere, True))
        value = replace(equation, right=right, condition=substituted(equation.condition, put))
        meant = stated(inside, value, option.quantity)
        one = Interpretation(
            context=inside, formula=case.formula, equation=meant.equation, name=case.name, derivative=meant.derivative, by=meant.by,
            bind=case.bind,
        )  # fmt: skip
        outer, inner, unsettled = _domains(one, regions(Sure.STATED), regions(Sure.SUGGESTED))
        unsettled = unsettled or next((choice.words for choice in option.choices if is_supposed(choice.subject)), "")
        present = None
        if absent:
            held = replace(one, context=inside.interpreted(numbers={**context.numbers, **dict.fromkeys(absent, OTHER)}))
            present = held.bound(regions(Sure.STATED), supposes=False).spec
        if option.quantity == CASE:
            beside = [replace(one, formula=f, equation=replace(e, left=None)) for f, e in case.others]
            formulas = [other.bound(regions(Sure.STATED), supposes=False).spec.formula for other in beside]
            outer, inner = with_beside(outer, formulas), None if inner is None else with_beside(inner, formulas)
    except Obstruction as found:
        plausible = option.plausible and option.quantity != CASE  # a formula that holds as the value holds as a case of it
        return _Tried(option=option, checked=replace(blank, blocked=found.reason, plausible=plausible), obstruction=found)
    unclear = next((choice.words for choice in (*said.unclear, *(c for c, index in strange.items() if not index))), "")
    if unclear:
        unsettled = unsettled or f"it is not clear how '{unclear}' restricts the formula"
    if kinds := restricted_function(context.record, outer.spec):
        unsettled = unsettled or f"it is not clear how '{kinds}' restricts the function"
    contained = {*bound.values(), *(d.name for d in outer.spec.symbols if isinstance(d, Parameter)), *chosen(option.choices)}
    if case.formula.line and (acts := acting(inside, contained)):
        unsettled = unsettled or f"the formula does not contain {acts}, which changes the value by its description"
    told = {part for relation, _ in known for part in sp.And.make_args(relation)}
    doubtful = [(relation, choice.words) for choice in said.doubtful if (relation := placed_relation(choice.value, of, put)) not in told]
    doubts, problem = _doubts(one, regions(Sure.SUGGESTED), doubtful)
    restricts = tuple(dict.fromkeys(choice.words for choice in said.domain if choice.sure is Sure.SUGGESTED))
    suppositions = () if inner is None else tuple(_supposition(words) for words in inner.supposed)
    checked = replace(
        blank,
        assumptions=(*assumptions, *_by_place(outer, option), *suppositions),
        outer=outer.spec,
        inner=None if inner is None else inner.spec,
        restricts=() if inner is None else (*restricts, *inner.supposed),
        doubts=doubts,
        unsettled=unsettled or problem,
        unsaid=_unsaid(outer) if case.formula.line else (),  # a given formula is about the whole function
        absent=absent,
        present=present,
    )
    return _Tried(option=option, checked=checked, bound=outer)


def _unsaid(bound: Bound) -> tuple[str, ...]:
    """The parameters that neither the formula nor those of other cases contain."""
    said = {symbol.name for formula in bound.spec.beside for symbol in formula.free_symbols}
    return tuple(name for name in bound.unsaid if name not in said)


def _domains(one: Interpretation, least: Regions, most: Regions) -> tuple[Bound, Bound | None, str]:
    """The claim on the stated domain, the claim on the suggested part of it if there is one, and why a difference would not refute it."""
    try:
        full = one.bound(most, supposes=True)
    except Obstruction as found:
        if not found.empty:
            raise
        outer = one.bound(least, supposes=False)  # this raises if what is stated leaves no point
        return outer, None, "the conditions that the text may state contradict each other"
    if least == most and not full.supposed:
        return full, None, ""
    return one.bound(least, supposes=False), full, ""


def _doubts(one: Interpretation, regions: Regions, doubtful: list[tuple[Any, str]]) -> tuple[tuple[Doubt, ...], str]:
    made: list[Doubt] = []
    for relation, words in dict.fromkeys(doubtful):
        if len(made) == MOST_DOUBTS:
            return tuple(made), f"it is not clear how '{words}' restricts the formula"
        sides: list[Spec | None] = []
        for side in (relation, sp.Not(relation)):
            try:
                sides.append(_within(one, regions, side))
            except (Obstruction, QedocError):
                return tuple(made), f"it is not clear how '{words}' restricts the formula"
        made.append(Doubt(relation=shown(relation), words=words, inside=sides[0], outside=sides[1]))
    return tuple(made), ""


def _within(one: Interpretation, regions: Regions, side: Any) -> Spec | None:
    """The claim where a relation holds; None if it holds nowhere in the domain, as `y < 0 or y > 1` for a probability y."""
    found: list[Any] = []
    for part in sp.Or.make_args(sp.to_nnf(side, simplify=False)):
        try:
            last = one.bound((*regions, (part, shown(part))), supposes=True).spec
        except Obstruction as obstruction:
            if not obstruction.empty:
                raise
        else:
            found.append((part, last))
    if len(found) <= 1:
        return found[0][1] if found else None
    whole = sp.Or(*(part for part, _ in found))
    return one.bound((*regions, (whole, shown(whole))), supposes=True).spec


def _differentiated(context: Context, spec: Spec, by: str) -> Spec:
    """The claim about the derivative by a symbol, or else by the function's only parameter without a default."""
    required = [p.name for p in context.parameters.values() if p.default is inspect.Parameter.empty]
    named = [by if by in context.parameters else context.bound.get(by, "")] if by else required
    if len(named) != 1 or named[0] not in spec.keywords:
        raise Obstruction("the text does not say by which parameter the derivative is taken", verdict=Verdict.UNDECIDED)
    return replace(spec, derivative=named[0], origin=spec.location)


def _not_understood(choice: Choice) -> str:
    if choice.about == "quantity":
        return f"'{choice.words}' may say that the formula is something else than the value"
    if choice.about == "reading":
        return f"it is not clear how {choice.subject} restricts it"
    return f"it is not clear what '{choice.words}' says about {choice.subject}"


def _by_place(bound: Bound, option: Alternative) -> Iterator[Assumption]:
    """The symbols that are parameters for another reason than a choice of the text: their place, or a spelling of their name."""
    for declared in bound.spec.symbols:
        subject = str(declared.symbol)
        if isinstance(declared, Parameter) and subject not in option.symbols:
            noted = next((note for note in bound.notes if note.startswith(f"{subject} is taken as ")), "its name")
            yield Assumption(about="symbol", subject=subject, value=declared.name, words=noted, sure="stated")


def _supposition(words: str) -> Assumption:
    return Assumption(about="domain", subject="", value=words.partition(",")[0], words=words, sure="suggested")


def _assumption(choice: Choice) -> Assumption:
    value = "" if choice.value is None else _spoken(choice.value)
    return Assumption(
        about=choice.about, subject=choice.subject, value=value, words=choice.words, sure=choice.sure.name.lower(), line=choice.line
    )  # fmt: skip


def _spoken(value: Any) -> str:
    if isinstance(value, sp.And):
        return " and ".join(_spoken(part) for part in value.args)
    if isinstance(value, sp.Eq) and value.rhs == sp.floor(value.lhs):
        return f"{_spoken(value.lhs)} is an integer"
    if isinstance(value, sp.Basic):
        return shown(value).replace("@", "")
    match value:
        case ("value",):
            return "the value"
        case ("unknown",) | ("deviates",):
            return "something else"
        case ("case",):
            return "a case of the value"
        case ("related", how):
            return str(how)
        case (kind, parts):
            made = " of ".join(f"derivative by {part}" if about == "derivative" else str(part) for about, part in parts)
            return f"{made} of the formula is the value" if kind == "value is" else f"{made} of the value is the formula"
    return str(value)


def _notes(option: Alternative) -> Iterator[str]:
    """What a reader of a report should know of the choices: symbols that are not a parameter, and displays that are not the value."""
    for choice in option.choices:
        if choice.about == "symbol" and not isinstance(choice.value, sp.Symbol) and not is_absence(choice):
            yield f"{choice.subject} = {_spoken(choice.value)}, as the text says"
        if choice.about == ABOUT:
            yield f"{choice.subject}={choice.value!r}, because {choice.words}"
        if choice.about == "quantity" and choice.value != VALUE:
            yield f"{_spoken(choice.value)}, as the text says"
