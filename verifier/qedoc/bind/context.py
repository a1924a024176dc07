"""Collects what all formulas of a docstring share: names, constants, definitions and conditions."""

import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import sympy as sp

from qedoc.algebra.large import LARGE
from qedoc.bind.annotations import may_be_input
from qedoc.bind.callables import callables
from qedoc.bind.commands import macros, with_hint
from qedoc.bind.declared import is_conditional, labelled_entries, letters_of_arrays, said_lengths, solved, with_index
from qedoc.bind.layers import letters_of
from qedoc.bind.members import Aim, moment_of
from qedoc.bind.records import Slope
from qedoc.interpret.findings import Described as Spoken
from qedoc.interpret.interpreter import Interpreter
from qedoc.interpret.words import Vocabulary
from qedoc.read import Application, Equation, Names, NotAClaim, Reading, Silence, Unreadable, defined, plain, read, read_condition
from qedoc.read.macros import spelled_out
from qedoc.read.scope import KNOWN_LETTERS
from qedoc.sources import fields, markup, prose, settled, worded
from qedoc.sources.arguments import Argument as Described
from qedoc.sources.docstrings import Documented, Formula, record_of
from qedoc.sources.markup import PLAIN, WORDS

_EULER = re.compile(r"\bEuler\W{1,3}Mascheroni\b|\bEuler's constant\b")
_SHARED: tuple[str, ...] = ("owner", "own", "others", "parameters", "legend", "names", "explained")
_SHARED += ("constants", "readings", "stated", "text", "lines", "said_lengths")
"""What does not depend on the interpretation."""

_VALUED = re.compile(
    r"\b(?:where|and|let|letting|setting|using|define|defining|denoting|writing|put|putting)\s*$|(?:^|[,;:.(]|\band)\s*with\s*$|,\s*$",
    re.IGNORECASE,
)
_DEFINES = re.compile(r"\s*([A-Za-z\\]\w*(?:_\{?\w+\}?)?)\s*\([^()=]*\)\s*(?::=|\\coloneqq|\\triangleq|\\equiv)")
"""An equation that defines a function, and does not state that two things are equal."""

_SUPPOSED = re.compile(r"\b(?:if|when|whenever|unless|until|while|for|which|(?:such|so) that)$", re.IGNORECASE)
"""Words after which an equation is supposed, not stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """An equation that defines a name for use in other formulas.

    Args:
        arguments: the symbols that the name takes as arguments.
        value: the value of the name.
        formula: the formula that defines it.
        random: whether the argument is a random variable, so that the definition is one of `E(Y)` alone and not of `E(X)`.
    """

    arguments: tuple[sp.Symbol, ...]
    value: sp.Expr
    formula: Formula
    random: bool = False


@dataclass(frozen=True)
class Context:
    """A documented object with its formulas read.

    Args:
        record: the object.
        given: symbols that the user binds to parameters, by plain name.
        called: symbols that the user binds to arguments of the function that the object returns, by plain name.
        meant: the parameter of each symbol in one interpretation of the text, by plain name.
        regions: the conditions of one interpretation, each with the words that state it.
        supposes: whether names and notation may restrict the domain: a count is not negative, a lower end is not above the upper one.
        aim: for the formula of an object, the method or property that it is about.
        lettered: the parameters that the formulas of the class give letters to, by plain name.
        display: the line of the display that is bound, whose own definitions come before those of other displays; -1 for none.
        settings: parameters that the user fixes, with their values.
        chosen: parameters that one interpretation of the text sets, with their values.
        numbers: symbols that the user fixes to a number, by plain name.
        members: the same text about each member of a class that some formula is about, so that it is read once for each.
        slope: for a formula for a derivative, the symbol by which it is taken.
        renamed: for a formula for the density of samples, the density's name of each parameter of the sampler.
        aside: descriptions of parameters that the formula is not about: the key of a sampler, the shape of its samples.
        lacking: why the formula cannot be compared with anything; empty if it can.
        taken: the display that is bound, in the reading that is bound, whose definitions are read in the same way; empty for the usual one.
    """

    record: Documented
    given: dict[str, str] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    meant: dict[str, str] = field(default_factory=dict)
    regions: tuple[tuple[sp.Basic, str], ...] = ()
    supposes: bool = True
    aim: Aim | None = None
    lettered: Mapping[str, str] = field(default_factory=dict)
    display: int = -1
    settings: Mapping[str, Any] = field(default_factory=dict)
    chosen: Mapping[str, Any] = field(default_factory=dict)
    numbers: Mapping[str, sp.Expr] = field(default_factory=dict)
    members: dict[str, "Context"] = field(default_factory=dict, compare=False, repr=False)
    slope: Slope | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)
    aside: tuple[str, ...] = ()
    lacking: str = ""
    taken: Mapping[Formula, Reading] = field(default_factory=dict)

    def interpreted(self, **changes: Any) -> "Context":
        """The same docstring in one interpretation. It is read once for all of them."""
        assert self.text is not None  # reads it
        new = replace(self, **changes)
        new.__dict__.update({name: self.__dict__[name] for name in _SHARED if name in self.__dict__})
        return new

    @cached_property
    def owner(self) -> "Context | None":
        """The docstring of the class, for that of a method or property; that of the object itself, for that of its module."""
        record = self.record
        path = record.name if record.module else record.owner
        return Context(record_of(path)) if record.module or path not in ("", record.name) else None

    @cached_property
    def own(self) -> frozenset[str]:
        """The names that formulas may use for the object."""
        return frozenset(path.rpartition(".")[2] for path in (self.record.name, *self.record.aliases))

    @cached_property
    def others(self) -> frozenset[str]:
        """The names of other objects with the same docstring."""
        return frozenset(path.rpartition(".")[2] for path in self.record.copies) - self.own

    @cached_property
    def parameters(self) -> dict[str, Described]:
        """The parameters by name, in order."""
        return {argument.name: argument for argument in self.record.arguments}

    @cached_property
    def legend(self) -> dict[str, str]:
        """The text's explanation of each symbol, by plain name."""
        return {plain(spelled_out(symbol, macros())): text for symbol, text in self.record.legend.items()}

    @cached_property
    def bound(self) -> dict[str, str]:
        """The parameter that the text or the user names for a symbol, by plain name."""
        return {plain(spelled_out(symbol, macros())): name for symbol, name in self.record.bound.items()} | self.meant | self.given

    @cached_property
    def names(self) -> Names:
        """The names for the LaTeX reader."""
        record, known, entries = self.record, macros(), labelled_entries(self.record.legend)
        layer = letters_of(record)
        names = Names(
            functions=self.own | self.others | callables(record),
            parameters=record.parameters,
            descriptions=tuple(f"{argument.name.replace('_', ' ')}: {argument.text}" for argument in record.arguments),
            legend={spelled_out(symbol, known): text for symbol, text in record.legend.items() if symbol not in entries}
            | {label: "the class" for _, label in entries.values()}
            | {symbol: f"``{name}``" for symbol, name in (self.given | self.called).items()}
            | letters_of_arrays(record, known),
            siblings=record.siblings,
            vectors=frozenset(
                spelled_out(symbol, known) for symbol in (*record.vectors, *self.said_lengths.values(), *(v for v, _ in entries.values()))
            )
            | layer.vectors,
            columns=layer.columns,
            weights=layer.weights,
            step=layer.step,
            group=layer.group,
            channel=layer.channel,
            matrices=frozenset(spelled_out(symbol, known) for symbol in record.matrices),
            constants=self.constants,
            about=record.docstring.partition("Args:")[0],
            macros=known,
        )
        for formula in record.formulas:
            if formula.display or formula in self.explained or _DEFINES.match(formula.latex):
                names = defined(formula.latex, names, formula.notation)
        for formula in self.owner.explained if self.owner is not None else ():
            names = defined(formula.latex, names, formula.notation)
        return replace(names, functions=names.functions - (KNOWN_LETTERS - self._defined_letters))

    @property
    def _defined_letters(self) -> set[str]:
        r"""The letters of usual functions that the text defines as another one: `J_n(t) := ...`."""
        return {plain(found[1]) for formula in self.record.formulas if (found := _DEFINES.match(formula.latex)) and not formula.display}

    @cached_property
    def explained(self) -> frozenset[Formula]:
        """The equations in running text that explain a symbol of a formula: 'where :math:`p(k) = ...`'."""
        found = set[Formula]()
        for formula in self.record.formulas:
            if (
                not (formula.display or formula.value)
                and "=" in formula.latex
                and (formula.notation == PLAIN or _VALUED.search(self._before(formula)))
                and not is_conditional(self.lines, formula)
            ):
                found.add(formula)
        return frozenset(found)

    def _before(self, formula: Formula) -> str:
        """The words before an inline formula, in its line or the one before."""
        lines = self.lines
        here = lines[formula.line].partition(f"`{formula.latex}`")[0].replace(":math:", "")
        return (here if here.strip() else lines[max(0, formula.line - 1)]).strip()

    said_lengths = cached_property(lambda self: said_lengths(self.record.formulas, self.parameters, self.record.docstring))

    @cached_property
    def constants(self) -> dict[str, sp.Expr]:
        r"""Symbols with a fixed value: Euler's constant, and symbols that the text sets to a number (`\lambda = 1.05`)."""
        found: dict[str, sp.Expr] = {name: sp.EulerGamma for name, text in self.legend.items() if _EULER.search(text)}
        names = Names(parameters=self.record.parameters, legend=self.record.legend, macros=macros())
        for formula in self.explained:
            reading = read(formula.latex, names, formula.notation)
            equation = reading.equations[0] if isinstance(reading, Reading) and len(reading.equations) == 1 else None
            if equation is not None and isinstance(equation.left, sp.Symbol) and equation.right.is_number and equation.right.is_real:
                name = equation.left.name
                if name not in self.parameters and name not in self.bound:
                    found[name] = equation.right
        return {**found, **self.numbers}

    @cached_property
    def readings(self) -> dict[Formula, Reading | Unreadable | NotAClaim]:
        """The reading of each display formula, and of each formula in the text that defines the object's value."""
        found: dict[Formula, Reading | Unreadable | NotAClaim] = {}
        for formula in self.record.formulas:
            reading = with_hint(read(formula.latex, self.names, formula.notation))
            if (
                formula.display
                or (formula.value and isinstance(reading, Reading))
                or (
                    isinstance(reading, Reading)
                    and all(map(self._states, reading.equations))
                    and not _SUPPOSED.search(self._before(formula))
                )
            ):
                found[formula] = reading
        return found

    def knows(self, reading: Reading | Unreadable | NotAClaim) -> bool:
        """Whether each symbol of a value in running text is a parameter, by its name or by the text. Nothing is guessed there."""
        known = {*self.parameters, *self.bound, *self.constants}
        equations = reading.equations if isinstance(reading, Reading) else ()
        symbols = {s for equation in equations for s in _written(replace(equation, left=None))}
        indices = {s for e in equations for entry in e.right.atoms(sp.Indexed) for index in entry.indices for s in index.free_symbols}
        indices |= {index for e in equations for index, _ in e.entry}
        return bool(equations) and all(symbol.name in known for symbol in symbols - indices)

    @cached_property
    def text(self) -> Interpreter:
        """What the words of the docstring say."""
        symbols = {
            s.name for reading in self.readings.values() if isinstance(reading, Reading) for e in reading.equations for s in _written(e)
        }
        told = markup.arguments(self.lines)
        vocabulary = Vocabulary(
            parameters={name: argument.text for name, argument in self.parameters.items()},
            names=self.names,
            symbols=frozenset(symbols | set(self.legend)),
            own=self.own,
        )
        spoken = tuple(
            Spoken(name=name, text=_at_default(argument), line=told[name][1] if name in told else -1, numeric=_is_input(argument))
            for name, argument in self.parameters.items()
        )
        relations = {
            formula.line: read_condition(formula.latex, self.names, formula.notation)
            for formula, reading in self.readings.items()
            if isinstance(reading, NotAClaim) and reading.silence is Silence.CONSTRAINT
        }
        stated = {line: relation if isinstance(relation, sp.Basic) else None for line, relation in relations.items()}
        return Interpreter(lines=self.lines, vocabulary=vocabulary, parameters=spoken, constraints=stated)

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the docstring without their indentation."""
        said = [formula.latex for formula in self.record.formulas if formula.notation == WORDS]
        return worded.without(settled.without_comments(fields.lines(self.record.owner, self.record.docstring)), said)

    def names_value(self, equation: Equation) -> bool:
        """Whether the left side of an equation names the object: `f(x) = ...`."""
        if self.aim is not None and isinstance(equation.left, Application):
            return True
        return isinstance(equation.left, Application) and equation.left.name in self.own

    @cached_property
    def stated(self) -> int:
        """The number of formulas whose left side names the object."""
        read_ones = [reading for reading in self.readings.values() if isinstance(reading, Reading)]
        return sum(any(map(self.names_value, reading.equations)) for reading in read_ones)

    def _states(self, equation: Equation) -> bool:
        """Whether an equation gives the object's value at its parameters."""
        left = equation.left
        arguments = left.arguments if isinstance(left, Application) and self.names_value(equation) else ()
        return bool(arguments) and all(isinstance(argument, sp.Symbol) for argument in arguments)

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """Names that one formula of the docstring defines and another one uses.

        Of several definitions of a name, the one in the same display counts, and else the first.
        """
        explained = {formula: read(formula.latex, self.names, formula.notation) for formula in self.explained}
        readings = {**self.readings, **explained, **self.taken}
        read_ones = [(formula, e) for formula, r in readings.items() if isinstance(r, Reading) for e in r.equations]
        equations = [(formula, with_index(e) if formula in self.explained else e) for formula, e in read_ones]
        found: dict[str, Definition] = {}
        for place, (formula, equation) in enumerate(equations):
            name = self._defined(equation)
            used = any(name in mentioned(other.right) for k, (_, other) in enumerate(equations) if k != place)
            nearer = name in found and formula.line == self.display != found[name].formula.line
            if name and used and (name not in found or nearer) and name not in mentioned(equation.right):
                left = equation.left
                variable = left.variable if isinstance(left, Application) else ""
                arguments = left.arguments if isinstance(left, Application) else left.indices if isinstance(left, sp.Indexed) else ()
                arguments = (*arguments, *(index for index, _ in equation.entry if index not in arguments))
                arguments = (sp.Symbol(variable), *arguments) if variable else tuple(arguments)
                found[name] = Definition(arguments=arguments, value=solved(equation), formula=formula, random=bool(variable))
        return self._of_class(equations) | found

    def _of_class(self, equations: Sequence[tuple[Formula, Equation]]) -> dict[str, Definition]:
        """The names that the text of the class defines, where the formulas use them."""
        if self.owner is None:
            return {}
        used = set[str]().union(*(mentioned(equation.right) for _, equation in equations))
        found: dict[str, Definition] = {}
        for formula in sorted(self.owner.explained, key=lambda formula: formula.line):
            reading = read(formula.latex, self.names, formula.notation)
            for equation in reading.equations if isinstance(reading, Reading) and len(reading.equations) == 1 else ():
                name = self._defined(equation)
                if name in used and name not in mentioned(equation.right):
                    arguments = equation.left.arguments if isinstance(equation.left, Application) else ()
                    found[name] = Definition(arguments=tuple(arguments), value=solved(equation), formula=formula)
        return found

    def _defined(self, equation: Equation) -> str:
        """The auxiliary name on the left of an equation; empty if it is none."""
        match equation.left:
            case Application(name=name, arguments=arguments) if all(isinstance(a, sp.Symbol) for a in arguments):
                return "" if name in self.own else name
            case sp.Symbol(name=name) if name not in self.parameters and name not in self.bound:
                return "" if self.record.owner and moment_of(self.record.owner, name) is not None else str(name)
            case sp.Pow(args=(sp.Symbol(name=name), sp.Integer(p=2))) | sp.log(args=(sp.Symbol(name=name),)):
                return "" if name in self.parameters or name in self.bound else str(name)  # a square defines a length
            case sp.Indexed(base=base, indices=indices) if all(isinstance(index, sp.Symbol) for index in indices):
                name = base.label.name
                return "" if name in self.parameters or name in self.bound or not equation.right.atoms(sp.Indexed) else str(name)
            case _:
                return ""

    @cached_property
    def determined(self) -> dict[str, sp.Expr]:
        r"""Parameters that the text defines by others, by name: 'with :math:`n = \sum_i x_i`'."""
        found: dict[str, sp.Expr] = {}
        for formula in sorted(self.explained, key=lambda formula: formula.line):
            reading = read(formula.latex, self.names, formula.notation)
            for equation in reading.equations if isinstance(reading, Reading) and len(reading.equations) == 1 else ():
                name = equation.left.name if isinstance(equation.left, sp.Symbol) else ""
                symbols = {entry.base.label.name for entry in equation.right.atoms(sp.Indexed)} or {
                    s.name for s in equation.right.free_symbols
                }
                if name in self.parameters and symbols and symbols <= set(self.parameters) - {name}:
                    found[name] = equation.right
        return found

    def vector(self, name: str) -> bool:
        """Whether the text says that a symbol, or its parameter, has entries."""
        said = {plain(vector) for vector in self.record.vectors}
        return name in said or self.bound.get(name, name) in said

    @property
    def conditions(self) -> tuple[tuple[sp.Basic, str], ...]:
        """The conditions that the text states for the formula, each with its words."""
        return self.regions


def _written(equation: Equation) -> set[sp.Symbol]:
    """The symbols of an equation."""
    sides = [equation.right, equation.condition, *([equation.left] if isinstance(equation.left, sp.Basic) else [])]
    bases = {entry.base.label for side in sides for entry in side.atoms(sp.Indexed)}
    return bases | {s for side in sides for s in side.free_symbols if isinstance(s, sp.Symbol)}


def _at_default(argument: Described) -> str:
    """What the entry of a parameter says; for a switch, only what its default does."""
    return prose.of_default(argument.text, argument.default) if isinstance(argument.default, bool) else argument.text


def _is_input(argument: Described) -> bool:
    """Whether a parameter can be the input: not an integer, a switch or a function, and without a default."""
    return argument.default is inspect.Parameter.empty and may_be_input(argument.annotation)


def mentioned(expression: Any) -> set[str]:
    """The names of the symbols, vectors and undefined functions in an expression, without the indices of its sums."""
    calls = {call.func.__name__ for call in expression.atoms(sp.core.function.AppliedUndef)}
    bound = {limit[0].name for total in expression.atoms(sp.Integral, *LARGE) for limit in total.limits}
    return calls | ({symbol.name for symbol in expression.atoms(sp.Symbol)} - bound)
