"""Makes claims of rules with a state: what an optimizer does at each step.

Sources of the conventions: Kingma and Ba, "Adam" (2015) for 0 <= beta < 1 and epsilon > 0; the documentation of the optimizers of PyTorch
for theta, g and lambda.
"""

import inspect
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sympy as sp

from qedoc.algebra.large import LARGE
from qedoc.algebra.recurrences import Recurrence
from qedoc.bind.blocks import Block, Unread, blocks, factory_of, has_rule
from qedoc.bind.context import Context
from qedoc.bind.coupled import ENTRIES, ENTRY, LONGEST, Coupled
from qedoc.bind.objectives import is_about_pole
from qedoc.bind.owners import told
from qedoc.bind.pieces import without_entry_phrase
from qedoc.bind.records import Bound, Obstruction, Refused
from qedoc.bind.rule_choices import MOST, RuleChoices, elements, is_number
from qedoc.bind.rule_lines import BEGIN, INPUT, OBJECTIVE, RuleLines
from qedoc.claims.assumption import Assumption
from qedoc.claims.domain import Domain, Reals
from qedoc.claims.readings import Alternative, Readings
from qedoc.claims.spec import Array, Declaration, Parameter, Size, Spec, Variable
from qedoc.claims.steps import APPLIED, GRADIENTS, OBJECTIVES, UPDATE
from qedoc.claims.steps import PARAMETERS as START
from qedoc.interpret.choices import Choice, Sure
from qedoc.interpret.departures import resets
from qedoc.interpret.doubts import alters
from qedoc.interpret.findings import DEVIATES, VALUE
from qedoc.read.reading import shown
from qedoc.read.step_names import Timed
from qedoc.results.verdict import STEP, Verdict
from qedoc.sources.docstrings import Formula

STEPS = (1, 2, 3, 4)
"""The steps that are run."""

_DECAY = re.compile(r"b\d|beta_?\d?|betas\[\d\]|mu|rho|momentum|(?:\w+_)?decay(?:_rate)?(?<!weight_decay)", re.IGNORECASE)
"""The names of parameters that conventionally are in [0, 1): decay rates of running averages, and momentum."""

_MARKUP = re.compile(r":\w+:`[^`]*`|`+[^`]*`+|\$[^$]*\$")
_INTRODUCING = frozenset({
    "a", "according", "adopt", "adopts", "algorithm", "all", "an", "and", "are", "as", "at", "be", "by", "can", "cases", "computed",
    "current", "defined", "defining", "each", "final", "finally", "following", "follows", "for", "form", "from", "function", "given",
    "gradient", "gradients", "in", "incoming", "is", "it", "iteration", "iterations", "its", "learning", "method", "momentum", "of",
    "on", "optimizer", "our", "outgoing", "parameter", "parameters", "previous", "rate", "returns", "rule", "rules", "scaled", "sets",
    "size", "solver", "state", "step", "steps", "stepsize", "takes", "that", "the", "then", "this", "to", "transformation", "update",
    "updated", "updates", "updating", "used", "using", "variable", "variables", "vector", "via", "we", "weight", "weights", "well",
    "where", "with", "written"
})  # fmt: skip
"""The words of a sentence that introduces a rule. Any other word may say that it is another rule."""

_OWN = re.compile(r"the ([\w-]+?)(?:'s)? (?:update|step)(?: rule)? (?:uses|combines|applies) ([\w' -]+):?", re.IGNORECASE)
"""A sentence that says what the update of a named optimizer is made of."""

_PARTS = frozenset({
    "adaptive", "average", "averages", "bias", "corrected", "correction", "decay", "decoupled", "estimate", "estimates", "exponential",
    "first", "infinity", "moment", "moments", "moving", "nesterov", "norm", "rates", "running", "second", "sign", "squared"
})  # fmt: skip
"""The words of which it may consist, beside those of `_INTRODUCING` and "Adam's"."""

_OF_OPTIONS = ("while", "whereas", "accepts", "hyperparameters", "parameters")
"""Other words of a sentence that says for which option a display holds, and which parameters it has."""

AFTER = sp.IndexedBase("after")
"""The parameters after a step, for a solver whose rule gives what is added to them."""

_COUNT, _INDEX = sp.Symbol("steps"), sp.Symbol("i")


def rules(context: Context, names: Mapping[Formula, str]) -> dict[Formula, list[Bound | Refused]]:
    """Returns the claims of the displays of a docstring that state a rule with a state, by display.

    Args:
        context: the docstring.
        names: what distinguishes the claims of each display; empty if there is only one.
    """
    if context.record.owner not in ("", context.record.path) or not has_rule(context.record.path):
        return {}
    found: dict[Formula, list[Bound | Refused]] = {}
    for formula, made in blocks(context).items():
        whole = names.get(formula, "")
        if isinstance(made, Unread):
            found[formula] = [_unread(context, formula, made, whole)]
            continue
        found[formula] = [
            _claim(context, block, f"{whole or '1'}.{part}" if len(made) > 1 else whole) for part, block in enumerate(made, start=1)
        ]
    return found


def introduces(words: str, names: Sequence[str] = ()) -> bool:
    """Whether a sentence before a rule says that it is what the function does: it speaks of updates, and every word is known.

    Args:
        words: the sentence.
        names: what the function is called.
    """
    plain = re.findall(r"[a-z]+(?:'[a-z]+)?", _MARKUP.sub(" ", words).lower())
    own = {word.lower() for name in names for word in (name, *re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name))}
    if (said := _OWN.fullmatch(" ".join(words.split()))) and said[1].lower() in own:
        return all(word in _INTRODUCING | _PARTS or word.endswith("'s") for word in said[2].lower().replace("-", " ").split())
    sizes = {"step", "size"} <= set(plain) or "stepsize" in plain
    return (sizes or any(word.startswith("updat") for word in plain)) and set(plain) <= _INTRODUCING | own


def _named(context: Context, name: str) -> str:
    return f"{context.record.name}#{name}" if name else context.record.name


def _unread(context: Context, formula: Formula, made: Unread, name: str) -> Refused:
    id = _named(context, name)
    if isinstance(made.reason, str):
        verdict = Verdict.NOT_A_CLAIM if made.quoted else Verdict.UNREADABLE
        return Refused(formula=formula, name=id, verdict=verdict, reason=made.reason, cause="step" if made.quoted else "unknown")
    why = made.reason
    at = f"line {why.line}, column {why.column} of the formula: {why.what}"
    return Refused(
        formula=formula, name=id, verdict=Verdict.UNREADABLE, reason=at, suggestion=why.suggestion, place=(why.line, why.column),
        cause=why.obstacle.value, construct=why.what,
    )  # fmt: skip


def _claim(context: Context, block: Block, name: str) -> Bound | Refused:
    try:
        return _bound(context, block, name)
    except Obstruction as found:
        return Refused(
            formula=block.formula, name=_named(context, name), verdict=found.verdict, reason=found.reason, suggestion=found.suggestion,
            reading=_spoken(block), cause=found.cause, lacking=tuple(name for name, _ in found.symbols),
        )  # fmt: skip


def _bound(context: Context, block: Block, name: str) -> Bound:
    rule = _Rule(context, block)
    options = list(itertools.islice(rule.choices.options(), MOST + 1))
    alternatives = tuple(
        Alternative(
            assumptions=tuple(map(_assumption, choices)),
            plausible=all(choice.sure is not Sure.POSSIBLE for choice in choices),
            outer=(spec := rule.spec(name, letters, start)),
            inner=replace(spec, where=[*spec.where, *rule.inside], origin=spec.location) if rule.inside else None,
        )
        for choices, letters, start in options[:MOST]
    )
    sure = rule.stated and block.sure and rule.rule.is_at_sure_points
    cut = len(options) > MOST or rule.choices.has_strangers or not sure
    readings = Readings(alternatives=alternatives, cut=cut)
    return Bound(formula=block.formula, reading=_spoken(block), spec=readings.spec, notes=rule.notes(), readings=readings)


class _Rule:
    """A rule of a docstring, which becomes a claim for each way to understand it.

    Args:
        context: the docstring.
        block: the rule.
    """

    def __init__(self, context: Context, block: Block) -> None:
        self.context, self.block = context, block
        self.rule = RuleLines(block)
        self.choices = RuleChoices(context, self.rule)
        self.where: list[sp.Basic] = []
        self.inside: list[sp.Basic] = []
        self.stated = self._is_stated()

    def _is_stated(self) -> bool:
        """Whether the text says that the display is what the function does, everywhere; else a difference refutes nothing.

        Raises:
            Obstruction: for a rule that does not hold from the first step on.
        """
        said = told(self.context, self.block.formula.line)
        t = self.block.step
        for choice in (*said.domain, *said.doubtful):
            relation = choice.value
            if not isinstance(relation, sp.Basic):
                return False
            if self._is_of_entry(relation, choice.words):
                continue
            if choice in said.doubtful and (own := self._in_letters(relation)) is not None:
                self.inside.append(own)
                continue
            names = {s.name for s in relation.free_symbols}
            if t in relation.free_symbols:
                if names != {t.name} or relation.subs(t, 1) != sp.true or relation.subs(t, 2) != sp.true:
                    raise Obstruction("the rule holds at some steps only", "state it from the first step on", Verdict.UNDECIDED)
            elif names <= set(self.rule.letters):
                self.where.append(relation)
            elif not all(name.endswith("_0") for name in names):
                return False
        if departs := next((c.words for c in said.quantities if c.value == DEVIATES and (alters(c.words) or resets(c.words))), ""):
            reason = f"'{departs}' may say that the code does something else than the rule"
            raise Obstruction(reason, "say it in other words, or write it into the rule", Verdict.UNDECIDED)
        sure = (choice.value == VALUE and choice.sure >= Sure.SUGGESTED for choice in said.quantities)
        own = [self.context.record.name.rpartition(".")[2]]
        before = self.context.lines[: self.block.formula.line]
        stated = all(sure) or introduces(said.quantities[0].words, own) or introduces(without_entry_phrase(before), own)
        return stated and all(map(self._is_stated_part, self.block.parts))

    def _is_stated_part(self, formula: Formula) -> bool:
        """Whether the text says that a display with lines of the rule holds everywhere."""
        said = told(self.context, formula.line)
        if not all(isinstance(choice.value, sp.Basic) and self._is_of_entry(choice.value, choice.words) for choice in said.domain):
            return False
        lefts = [word for line in self.block.lines if line.left.shift is None for word in line.left.base.split("_")]
        doubted = [choice for choice in said.quantities if choice.value != VALUE or choice.sure is not Sure.STATED]
        doubted = [choice for choice in doubted if not is_about_pole(choice.words, formula.latex)]
        plain = {word for choice in doubted for word in re.findall(r"[a-z]+", _MARKUP.sub(" ", choice.words).lower())}
        chosen = [name for name, value in self.block.settings.items() if isinstance(value, str)]
        return plain <= _INTRODUCING | set(lefts) | ({*chosen, *_OF_OPTIONS} if chosen else set())

    def _in_letters(self, relation: sp.Basic) -> sp.Basic | None:
        """A condition on a parameter as one on its letter; None if it is about anything else."""
        letters = self.choices.letters_of
        names = {s: s.name.removeprefix("@") for s in relation.free_symbols}
        if not all(s.name.startswith("@") and name in letters for s, name in names.items()):
            return None
        return relation.xreplace({s: sp.Symbol(letters[name]) for s, name in names.items()})

    def _is_of_entry(self, relation: sp.Basic, words: str) -> bool:
        """Whether a condition is a part of the entry of a parameter: its default, or values of one that the rule does not mention."""
        names = {s.name for s in relation.free_symbols}
        parameter = self.context.parameters.get(min(names, default="").removeprefix("@")) if len(names) == 1 else None
        if parameter is None:
            return False
        default = parameter.default
        if isinstance(default, tuple):
            return all(sp.Rational(str(number)) in relation.atoms(sp.Number) for number in default)
        if isinstance(relation, sp.Eq) and isinstance(default, int | float) and relation.rhs == sp.Rational(str(default)):
            return True
        mentioned = {*self.choices.letters_of} - {*self.block.settings}
        return parameter.name not in mentioned and words in " ".join(parameter.text.split())

    def spec(self, name: str, letters: Mapping[str, str], start: Mapping[str, sp.Expr]) -> Spec:
        """The claim in one interpretation.

        Args:
            name: distinguishes the claims of one docstring.
            letters: the parameter of each letter.
            start: the value of each name before the first step.
        """
        t, context = self.block.step, self.context
        lines = [(self.rule.symbols(base)[t], value) for base, value in self.rule.lines]
        begins = {self.rule.source(base): value for base, value in start.items()}
        output = self.rule.symbols(self.rule.output.base)
        held = (
            {e.base for _, value in self.rule.lines for e in value.atoms(sp.Indexed)}
            - {left.base for left, _ in lines}
            - {INPUT, OBJECTIVE}
        )
        if self.rule.applied:
            begins[output] = BEGIN
        for moved in sorted(held, key=str):
            lines = [(moved[t], AFTER[t - 1] if self.block.objective else moved[t - 1] + output[t - 1]), *lines]
            begins |= {} if self.block.objective else {moved: BEGIN, output: sp.S.Zero}
        if self.block.objective and not self.rule.applied:
            lines.append((AFTER[t], AFTER[t - 1] + output[t]))
            begins, output = {**begins, AFTER: BEGIN}, AFTER
        declared: list[Declaration] = [
            Parameter(sp.Symbol(letter), parameter, self._domain(letter, parameter), context.parameters[parameter].text)
            if parameter in context.parameters
            else Variable(sp.Symbol(letter), self._domain(letter, parameter), f"{parameter} of {context.record.name}")
            for letter, parameter in letters.items()
        ]
        rest = [
            p
            for p in context.parameters.values()
            if p.default is inspect.Parameter.empty and p.name not in (*letters.values(), *self.block.settings, self.block.objective)
        ]
        bind: dict[str, Any] = dict(self.block.settings) | self._elements(letters)
        for p in rest:
            if not is_number(p):
                raise Obstruction(f"the rule does not say what {p.name} of {context.record.name} is", "name the parameter in the text")
            declared.append(Parameter(sp.Symbol(p.name), p.name, Reals(above=0), p.text))
        formula = Recurrence(output[t], lines, begins, (t, _COUNT))
        fed: list[Declaration] = [
            Parameter(BEGIN, START, Reals(), "the parameters before the first step"),
            Variable(INPUT[_INDEX], Reals(), "the gradient of each step"),
        ]
        bind |= {GRADIENTS: Array(INPUT[_INDEX], (_INDEX, 1, _COUNT))}
        entry: tuple[Any, ...] = (_COUNT - 1,)
        if any(value.has(*LARGE) for _, value in lines) or self.block.values:
            coupled = Coupled(lines, [INPUT, *(self.rule.symbols(base) for base in self.block.moved)], BEGIN)
            if output not in coupled.arrays:
                raise Obstruction("the rule gives a number for a whole array", "give the update of each entry")
            formula = Recurrence(output[t, ENTRY], coupled.lines, coupled.begins(begins), (t, _COUNT), (ENTRY, ENTRIES))
            begin, gradient = coupled.start[ENTRY], INPUT[_INDEX, ENTRY]
            fed = [
                Variable(begin, Reals(), "the parameters before the first step"),
                Variable(gradient, Reals(), "the gradient of each step"),
                Size(ENTRIES, (LONGEST,), "number of entries"),
            ]
            one = (ENTRY, 1, ENTRIES)
            bind |= {GRADIENTS: Array(gradient, (_INDEX, 1, _COUNT), one), START: Array(begin, one)}
            entry = (*entry, 0)
        if self.block.values:
            fed.append(Variable(OBJECTIVE[_INDEX], Reals(), "the value of the function at each step"))
            bind |= {OBJECTIVES: Array(OBJECTIVE[_INDEX], (_INDEX, 1, _COUNT))}
        return Spec(
            target=f"{factory_of(context.record.path)}.{APPLIED if self.rule.applied or self.block.objective else UPDATE}",
            documented=context.record.name,
            formula=formula,
            symbols=[*declared, *fed, Size(_COUNT, STEPS[-1:], STEP)],
            bind=bind,
            where=self.where,
            entry=entry,
            natural=True,
            name=name,
            source=f"docstring of {context.record.name}",
            origin=self.block.formula.location,
        )

    def _elements(self, letters: Mapping[str, str]) -> dict[str, tuple[Any, ...]]:
        """The parameters that are tuples of numbers with a letter for some of them."""
        placed = {parameter: sp.Symbol(letter) for letter, parameter in letters.items()}
        found = {}
        for p in self.context.parameters.values():
            entries = elements(p)
            if (tag := next((one.tag for one in self.choices.tagged.values() if one.parameter == p.name), None)) is not None:
                found[p.name] = (tag, placed[f"{p.name}[1]"])
            if any(entry in placed for entry in entries):
                found[p.name] = tuple(placed.get(entry, number) for entry, number in entries.items())
        return found

    def _domain(self, letter: str, parameter: str) -> Domain:
        """The values of a hyperparameter, unless the text says more: a decay rate is less than 1, other numbers are positive."""
        symbol = sp.Symbol(letter)
        values = [value for _, value in self.rule.lines]
        powers = [power for value in values for power in value.atoms(sp.Pow) if power.base == symbol and power.exp.has(self.block.step)]
        rests = [part for value in values for part in value.atoms(sp.Add) if part == 1 - symbol]
        if powers or rests or _DECAY.fullmatch(parameter):
            return Reals(least=0, below=1)
        if parameter not in self.context.parameters:
            return Reals(above=0)
        default = self.context.parameters[parameter].default
        if isinstance(default, int | float) and not isinstance(default, bool) and default == 0:
            return Reals(least=0)
        return Reals(above=0)

    def notes(self) -> tuple[str, ...]:
        """What the rule does not mention, and what is assumed of its numbers."""
        _, letters, _ = next(self.choices.options())
        bound = {*letters.values(), *self.block.settings, *self._elements(letters), self.block.objective}
        left = [p for p in self.context.parameters.values() if p.name not in bound]
        found = [
            f"{p.name}={p.default!r} is left at its default"
            for p in left
            if p.default is not inspect.Parameter.empty and not callable(p.default)
        ]
        found += [f"{letter}: {self._domain(letter, parameter)}" for letter, parameter in letters.items()]
        found += [f"{base} is taken as a running average like {other}" for base, other in self.rule.averages.items()]
        if self.block.repeats:
            found.append("a row that repeats the end of the row above it is left out")
        if self.block.of:
            found.append(f"the other lines are those of {self.block.of}")
        return tuple(found)


def _assumption(choice: Choice) -> Assumption:
    subject = f"{choice.subject}_0" if choice.about == "quantity" else choice.subject
    return Assumption(
        about=choice.about, subject=subject, value=str(choice.value).removeprefix("@"), words=choice.words, sure=choice.sure.name.lower()
    )


def _spoken(block: Block) -> str:
    """The rule in SymPy's notation, a line each."""
    names = {symbol: sp.Symbol(_written(name, block.step)) for symbol, name in block.names.items()}
    return "\n".join(
        f"{_written(line.left, block.step)} = {shown(value.xreplace(names))}" for line in block.lines for _, value in line.values
    )


def _written(name: Timed, step: sp.Symbol) -> str:
    return name.base if name.shift is None else f"{name.base}[{shown(step + name.shift)}]"
