"""The ways to understand a rule with a state: which parameter each letter is, and with which values the rule starts.

Sources of the conventions: Kingma and Ba, "Adam" (2015) for the start at zero; the table of `conventions` for letters.
"""

import inspect
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import sympy as sp

from qedoc.bind.blocks import starts
from qedoc.bind.context import Context
from qedoc.bind.conventions import assignments, stands_for
from qedoc.bind.owners import told
from qedoc.bind.records import Obstruction, Unexplained
from qedoc.bind.rule_lines import INPUT, RuleLines
from qedoc.bind.symbols import direct
from qedoc.interpret.choices import Choice, Sure, parameter
from qedoc.read.tree import SYMBOLS
from qedoc.results.verdict import Verdict
from qedoc.sources.arguments import Argument

MOST = 12
"""Maximum number of ways to understand a rule."""


SYMBOL = re.compile(rf"(?:[A-Za-z]|{'|'.join(sorted(SYMBOLS))})(?:_(?:\d|[a-z]+))?")
"""A letter that may be a number of the optimizer. A word, such as `trust_ratio`, may be a value that something else defines."""


_LEAST = re.compile(
    r"(?:f|func?|fn|function|objective|loss|value)_(?:min|star|opt|lower(?:_bound)?)|(?:min|optimal)_(?:f|func?|value|loss)"
)
"""What a parameter is called that is the least value of an objective."""

_TAGGED = r"``(\w+)`` sets the [\w -]*:math:`\\?{}_0`(?: \([^()]*\))? to the given value"
"""What the text says of a parameter that is a pair of a tag and a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """A value at the step 0 that a parameter gives, which is a pair of a tag and a number.

    Args:
        letter: the letter of the value.
        parameter: the name of the parameter.
        tag: the tag.
        words: what the text says.
    """

    letter: str
    parameter: str
    tag: str
    words: str


class RuleChoices:
    """The choices that a rule leaves open.

    Args:
        context: the docstring.
        rule: the lines of the rule.
    """

    def __init__(self, context: Context, rule: RuleLines) -> None:
        self.context, self.rule, self.block = context, rule, rule.block

    def options(self) -> Iterator[tuple[tuple[Choice, ...], dict[str, str], dict[str, sp.Expr]]]:
        """Yields the ways to understand the rule, the most plausible first: the choices, the parameter of each letter, and the start."""
        letters = list(self._parameters())
        begins = list(self._starts())
        rows = [(*one, *other) for one in letters for other in begins]
        rows.sort(key=lambda row: sum(choice.sure is Sure.POSSIBLE for choice in row))
        for row in rows:
            names = {choice.subject: str(choice.value).removeprefix("@") for choice in row if choice.about == "symbol"}
            names |= {tagged.letter: f"{tagged.parameter}[1]" for tagged in self.tagged.values()}
            start = {choice.subject: choice.value for choice in row if choice.about == "quantity"}
            yield row, names, start

    @cached_property
    def _settled(self) -> dict[str, Choice]:
        """The letters that the text, their names or a convention explain."""
        context = self.context
        found: dict[str, Choice] = {}
        for letter in self.rule.letters:
            timed = f"{letter}_{self.block.step}"
            name = context.bound.get(timed) or context.bound.get(letter) or direct(context, letter) or self._starred(letter)
            if name is None and (least := self._least(letter)):
                found[letter] = _choice("symbol", letter, least, f"{least} is conventionally the least value", Sure.SUGGESTED)
            elif name in context.parameters:
                said = context.legend.get(timed) or context.legend.get(letter) or "its name"
                found[letter] = _choice("symbol", letter, name, said, Sure.STATED)
            elif (entry := self._entry(letter)) is not None:
                found[letter] = _choice("symbol", letter, entry, f"{letter} is conventionally {entry}", Sure.SUGGESTED)
        for letter, choice in found.items():
            self._agrees(letter, choice.value)
        if len({choice.value for choice in found.values()}) < len(found):
            raise Obstruction("two letters of the rule are one parameter", "explain each letter in the text", Verdict.UNDECIDED)
        open_ = [letter for letter in self.rule.letters if letter not in found]
        for letter in open_:
            usual = [p.name for p in self._unused(found) if stands_for(letter, p.name)]
            if len(usual) == 1 and not any(stands_for(other, usual[0]) for other in open_ if other != letter):
                found[letter] = _choice("symbol", letter, usual[0], f"{letter} is conventionally {usual[0]}", Sure.SUGGESTED)
        return found

    def _agrees(self, letter: str, chosen: sp.Expr) -> None:
        """Checks that the text does not make something else of a letter: `beta` is one minus ``beta``.

        Raises:
            Obstruction: if it does.
        """
        meanings = told(self.context, self.block.formula.line).meanings
        for meant in meanings.get(f"{letter}_{self.block.step}", ()) or meanings.get(letter, ()):
            if meant.value is not None and meant.value.free_symbols == chosen.free_symbols and meant.value != chosen:
                reason = f"the text says '{meant.words}' of {letter}, which may be another number than {str(chosen).removeprefix('@')}"
                raise Obstruction(reason, "write it into the rule", Verdict.UNDECIDED)

    def _starred(self, letter: str) -> str | None:
        r"""The parameter that the text quotes beside a letter with a star: `f^\star` is the smallest value, set with ``f_min``."""
        base, star, _ = letter.partition("^star")
        text = " ".join(" ".join(self.context.lines).split())
        said = re.search(rf":math:`\\?{base}\^\{{?(?:\\star|\\ast|\*)\}}?` (?:is|denotes)\b([^.`]*)``(\w+)``", text) if star else None
        return said[2] if said and said[2] in self.context.parameters else None

    def _least(self, letter: str) -> str:
        """The parameter that is conventionally the least value of the objective, `f^star`; empty if there is none, or several."""
        if not self.block.objective or not letter.endswith("^star"):
            return ""
        found = [p.name for p in self.context.parameters.values() if is_number(p) and _LEAST.fullmatch(p.name)]
        return found[0] if len(found) == 1 else ""

    @property
    def letters_of(self) -> dict[str, str]:
        """The letter of each parameter that the text, its name or a convention explains."""
        return {str(choice.value).removeprefix("@"): letter for letter, choice in self._settled.items()}

    def _entry(self, letter: str) -> str | None:
        """The entry of a parameter that is a tuple of numbers: `beta_1` is the first one of `betas`."""
        base, _, number = letter.rpartition("_")
        entries = [entry for p in self.context.parameters.values() if p.name == f"{base}s" for entry in elements(p)]
        return entries[int(number) - 1] if number.isdigit() and 0 < int(number) <= len(entries) else None

    def _parameters(self) -> Iterator[tuple[Choice, ...]]:
        """Yields the parameters of all letters: one that nothing explains may be any parameter that is left."""
        settled = tuple(self._settled.values())
        unknown = [(letter, self._said(letter)) for letter in self.rule.letters if letter not in self._settled]
        left = self._unused(self._settled)
        required = [p.name for p in left if p.default is inspect.Parameter.empty]
        optional = [p.name for p in left if p.default is not inspect.Parameter.empty]
        rows = assignments(unknown, required, optional) if unknown else [()]
        known = [{(choice.subject, choice.value) for choice in row} for row in rows]
        rows += [
            row for row in self._any(unknown, [p.name for p in left]) if {(choice.subject, choice.value) for choice in row} not in known
        ]
        if not rows:
            names = ", ".join(letter for letter, _ in unknown)
            reason = f"no parameter of {self.context.record.name} can be {names}"
            raise Unexplained(reason, "explain the letters in the text", unknown, [str(choice.value)[1:] for choice in settled])
        for row in rows:
            yield (*settled, *row)

    @property
    def has_strangers(self) -> bool:
        """Whether a letter with a step that nothing explains may be no parameter at all, such as a noise of each step."""
        timed = {name.base for name in self.block.names.values() if name.shift is not None}
        open_ = [letter for letter in self.rule.letters if letter not in self._settled and not self._said(letter)]
        told = {formula.latex.replace(" ", "") for formula in self.context.record.formulas if not formula.display}
        begun = any(f"{of}_0" in latex for base, of in self.rule.over.items() if base not in self.tagged for latex in told)
        return begun or any(letter in timed or not SYMBOL.fullmatch(letter) for letter in open_)

    @cached_property
    def tagged(self) -> dict[str, "Tagged"]:
        """For an extreme of all steps so far: the parameter of which the text says that a tag sets the value at the step 0."""
        found = {}
        for base, of in self.rule.over.items():
            for p in self.context.parameters.values():
                said = re.search(_TAGGED.format(re.escape(of)), " ".join(p.text.split()))
                if said and isinstance(p.default, tuple) and len(p.default) == 2 and isinstance(p.default[0], str):
                    found[base] = Tagged(letter=f"{of}_0", parameter=p.name, tag=said[1], words=said[0])
        return found

    def _unused(self, known: Mapping[str, Choice]) -> list[Argument]:
        """The parameters that may be numbers and that no letter is."""
        taken = {*(str(choice.value).removeprefix("@") for choice in known.values()), *self.block.settings, self.block.objective}
        return [p for p in self.context.parameters.values() if p.name not in taken and is_number(p)]

    def _any(self, unknown: Sequence[tuple[str, str]], names: Sequence[str]) -> list[tuple[Choice, ...]]:
        """Every way in which letters that nothing explains can be parameters."""
        if not unknown:
            return []
        return [
            tuple(
                _choice("symbol", letter, name, "a parameter that no symbol is", Sure.POSSIBLE)
                for (letter, _), name in zip(unknown, row, strict=True)
            )
            for row in itertools.islice(itertools.permutations(names, len(unknown)), MOST + 1)
        ]

    def _said(self, letter: str) -> str:
        legend = self.context.legend
        return legend.get(letter, "") or legend.get(f"{letter}_{self.block.step}", "")

    def _starts(self) -> Iterator[tuple[Choice, ...]]:
        """Yields the values before the first step: those that the text states, or else 0, or the first value."""
        given = starts(self.context)
        slots: list[list[Choice]] = []
        for name in self.rule.used_before:
            value = given.get(name)
            if name in self.rule.sums:
                empty, tagged = self.rule.empty[name], self.tagged.get(name)
                said = "an empty sum is zero" if empty == 0 else "the first value is the only one"
                start = _choice("quantity", name, empty, said, Sure.STATED)
                slots.append([start if tagged is None else replace(start, value=sp.Symbol(tagged.letter), words=tagged.words)])
            elif value is not None and value.is_number:
                slots.append([_choice("quantity", name, value, f"{name}_0 = {value}", Sure.STATED)])
            elif not name or value is not None or not self._is_recursive(name):
                said = "nothing states the value before the first step" if value is None else f"{name}_0 = {value}"
                ways = (self._first(name or INPUT.label.name, value), sp.S.Zero)
                slots.append([_choice("quantity", name or INPUT.label.name, how, said, Sure.POSSIBLE) for how in ways])
            elif self._begins_otherwise(name):
                raise Obstruction(f"the text says what {name}_0 is in words that were not understood", "write its value", Verdict.UNDECIDED)
            else:
                slots.append([_choice("quantity", name, sp.S.Zero, "a state conventionally starts at zero", Sure.SUGGESTED)])
        yield from itertools.product(*slots)

    def _begins_otherwise(self, name: str) -> bool:
        """Whether running text explains the value of a name at the step 0."""
        text = " ".join(" ".join(self.context.lines).split())
        return re.search(rf":math:`\\?{re.escape(name)}_\{{?0\}}?`,? (?:is|denotes|equals|contains|starts)\b", text) is not None

    def _first(self, name: str, value: sp.Expr | None) -> sp.Expr:
        """A start that is the first value, or given in terms of the first gradient."""
        if value is None:
            return self.rule.source(name)[1]
        return value.xreplace(dict.fromkeys(value.free_symbols, INPUT[1]))

    def _is_recursive(self, name: str) -> bool:
        """Whether the value of a name depends on its own value before."""
        t = self.block.step
        before = {self.rule.symbols(name)[t - 1]}
        inside = {name}
        for base, value in self.rule.lines * len(self.rule.lines):
            if base in inside:
                inside |= {other for other, _ in self.rule.lines if value.has(self.rule.symbols(other)[t])}
        return any(value.atoms(sp.Indexed) & before for base, value in self.rule.lines if base in inside)

    # The claim


def elements(parameter: Argument) -> dict[str, float]:
    """The entries of a parameter whose default is a tuple of numbers, as `betas[0]`, with their defaults."""
    default = parameter.default
    if not isinstance(default, tuple) or not all(isinstance(number, int | float) for number in default):
        return {}
    return {f"{parameter.name}[{place}]": number for place, number in enumerate(default)}


def is_number(parameter: Argument) -> bool:
    """Whether a parameter may be a number, by its default and annotation."""
    if isinstance(parameter.default, bool) or parameter.name in ("mask", "key", "seed") or "dtype" in parameter.name:
        return False
    if isinstance(parameter.default, int | float) or parameter.default is inspect.Parameter.empty:
        return True
    return parameter.default is None and any(word in parameter.annotation for word in ("float", "Scalar", "Numeric", "Schedule"))


def _choice(about: str, subject: str, value: Any, words: str, sure: Sure) -> Choice:
    return Choice(about=about, subject=subject, value=parameter(value) if about == "symbol" else value, words=words, sure=sure)
