"""Makes claims of rules with a state: what an optimizer does at each step.

Sources of the conventions: Kingma and Ba, "Adam" (2015) for the start at zero, 0 <= beta < 1 and epsilon > 0; the documentation of PyTorch's
optimizers for theta, g and lambda.
"""

import inspect
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sympy as sp

from qedoc.algebra.recurrences import Recurrence
from qedoc.bind.blocks import GRADIENT, PARAMETERS, Block, Unread, blocks, has_rule, output_of, starts
from qedoc.bind.context import Context
from qedoc.bind.conventions import assignments, stands_for
from qedoc.bind.records import Bound, Obstruction, Refused, Unexplained
from qedoc.bind.symbols import direct
from qedoc.claims.assumption import Assumption
from qedoc.claims.domain import Domain, Reals
from qedoc.claims.readings import Alternative, Readings
from qedoc.claims.spec import Array, Declaration, Parameter, Size, Spec, Variable
from qedoc.claims.steps import APPLIED, GRADIENTS, UPDATE
from qedoc.claims.steps import PARAMETERS as START
from qedoc.interpret.choices import Choice, Sure
from qedoc.read.reading import shown
from qedoc.read.steps import Line, Timed
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import Argument, Formula

STEPS = (1, 2, 3, 4)
"""The steps that are run."""

MOST = 12
"""Maximum number of ways to understand a rule."""

_COUNT, _INDEX = sp.Symbol("steps"), sp.Symbol("i")
_BEGIN = sp.Symbol("theta_0")
INPUT = sp.IndexedBase("g")
"""The gradient that each step is given."""

ZERO, FIRST = "0", "its first value"


def rules(context: Context, names: Mapping[Formula, str]) -> dict[Formula, list[Bound | Refused]]:
    """Returns the claims of the displays of a docstring that state a rule with a state, by display.

    Args:
        context: the docstring.
        names: what distinguishes the claims of each display; empty if there is only one.
    """
    if context.record.owner or not has_rule(context.record.path):
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
    options = list(itertools.islice(rule.options(), MOST + 1))
    alternatives = tuple(
        Alternative(
            assumptions=tuple(map(_assumption, choices)),
            plausible=all(choice.sure is not Sure.POSSIBLE for choice in choices),
            outer=rule.spec(name, letters, start),
            inner=None,
        )
        for choices, letters, start in options[:MOST]
    )
    readings = Readings(alternatives=alternatives, cut=len(options) > MOST)
    return Bound(formula=block.formula, reading=_spoken(block), spec=readings.spec, notes=rule.notes(), readings=readings)


class _Rule:
    """A rule whose names are sorted into values, inputs, parameters and hyperparameters.

    Args:
        context: the docstring.
        block: the rule.
    """

    def __init__(self, context: Context, block: Block) -> None:
        self.context, self.block = context, block
        output = output_of(block.lines)
        assert output is not None  # blocks have one
        self.output = output
        self.applied = output.base in PARAMETERS
        self.shifts = {line.left.base: line.left.shift or 0 for line in block.lines}
        if len(self.shifts) < len(block.lines):
            raise Obstruction("two lines of the rule give the same name a value", "give each value a name of its own")
        self.letters: dict[str, sp.Symbol] = {}
        self.sums: dict[str, sp.Expr] = {}
        self.averages: dict[str, str] = {}
        self._complete()
        lines = [(line.left.base, self._translated(line)) for line in block.lines]
        lines += [(base, self._like(base, lines)) for base in self.averages]
        self.lines = self._ordered([*self.sums.items(), *lines])

    # Names

    def _symbols(self, base: str) -> sp.IndexedBase:
        """The indexed name of a value; one that the rule calls g, as it calls the gradient, has another name."""
        return sp.IndexedBase("g_used" if base == GRADIENT else base.replace(" ", "_"))

    def _source(self, base: str) -> sp.IndexedBase:
        """The indexed name of a value or of the gradient."""
        return INPUT if base == GRADIENT and base not in self.shifts else self._symbols(base)

    def _translated(self, line: Line) -> sp.Expr:
        """The value of a line, with an indexed name for each value at a step and a symbol for each letter."""
        ((_, value),) = line.values
        value = self._running(value)
        own = {symbol for symbol in value.free_symbols if symbol in self.block.names}
        put = {symbol: self._put(line, self.block.names[symbol]) for symbol in own}
        inside = {e for e in value.free_symbols if isinstance(e, sp.Indexed)}
        for symbol in value.free_symbols - own - inside - {e.base.label for e in inside} - {self.block.step}:
            self.letters.setdefault(symbol.name, sp.Symbol(symbol.name))
        return value.xreplace(put)

    def _put(self, line: Line, name: Timed) -> sp.Expr:
        t = self.block.step
        if name.slope:
            return INPUT[t - self._lag_of_gradient(name)]
        if name.base in self.shifts and name.shift is not None:
            lag = self.shifts[name.base] - name.shift
            own = name.base == line.left.base and lag == 0
            if own and not line.assigns:
                raise Obstruction(f"{name.base} at the same step is on both sides", "write the value before as the one at t - 1")
            if own and name.base == GRADIENT:
                return INPUT[t]
            lag = 1 if own else lag
            if lag not in (0, 1):
                raise Obstruction(f"a line uses {name.base} {lag} steps before" if lag > 1 else f"a line uses {name.base} of a later step")
            return self._symbols(name.base)[t - lag]
        if name.base == GRADIENT and name.shift is not None:
            if name.shift not in (0, -1):
                raise Obstruction(f"a line uses the gradient of step {self.block.step + name.shift}", "use g_t and g_{t-1}")
            return INPUT[t + name.shift]
        if name.base in PARAMETERS and name.shift in (0, -1):
            return self._symbols(name.base)[t]  # the parameters before the step, whichever number they have
        letter = sp.Symbol(name.base)
        self.letters.setdefault(name.base, letter)
        return letter ** (t + name.shift) if name.raised and name.shift is not None else letter

    def _lag_of_gradient(self, name: Timed) -> int:
        """How many steps ago the gradient at some parameters was fed in: 0 for those before the step.

        Raises:
            Obstruction: for the gradient at anything else, such as the parameters after the step.
        """
        if name.base not in PARAMETERS or name.shift is None:
            raise Obstruction(f"the gradient is taken at {name.base}, which is not called parameters", "write it as g_t")
        lag = self.shifts[name.base] - name.shift - 1 if name.base in self.shifts else 0
        if lag not in (0, 1):
            raise Obstruction("the gradient is taken at parameters that are not known at the step", "write it as g_t")
        return lag

    def _complete(self) -> None:
        """Finds the running averages that no line gives, `E[x^2]` beside `E[g^2]`: they are averages like the one that a line gives."""
        given = [base for base in self.shifts if base.startswith("E[")]
        missing = {name.base for name in self.block.names.values() if name.base.startswith("E[") and name.base not in self.shifts}
        if len(given) == 1:
            self.averages = dict.fromkeys(sorted(missing), given[0])
            self.shifts |= {base: self.shifts[given[0]] for base in self.averages}

    def _like(self, base: str, lines: Sequence[tuple[str, sp.Expr]]) -> sp.Expr:
        """The line of a running average, from the one of another value: `E[x^2]_t` from `E[g^2]_t`."""
        other = self.averages[base]
        names = {name.replace(" ", ""): name for name in (*self.shifts, GRADIENT)}
        of, by = (re.fullmatch(r"E\[(.+?)(?:\^2)?\]", name) for name in (base, other))
        if of is None or by is None or of[1] not in names or by[1] not in names:
            raise Obstruction(f"nothing gives {base}", "write its line too")
        t = self.block.step
        put = {self._symbols(other)[t - 1]: self._symbols(base)[t - 1], self._source(names[by[1]])[t]: self._source(names[of[1]])[t]}
        return dict(lines)[other].xreplace(put)

    def _running(self, value: sp.Expr) -> sp.Expr:
        """A value with a name for each sum over all steps so far, `\\sum_{k=1}^t g_k^2`."""
        t = self.block.step
        for total in value.atoms(sp.Sum):
            index, first, last = total.limits[0]
            names = {s: self.block.names[s] for s in total.function.free_symbols if s in self.block.names and self.block.names[s].running}
            if len(total.limits) > 1 or first != 1 or last != t or total.function.has(index) or not names:
                continue
            base = f"sum_{len(self.sums) + 1}"
            put = {symbol: self._source(name.base)[t] for symbol, name in names.items()}
            self.sums[base] = self._symbols(base)[t - 1] + total.function.xreplace(put)
            self.shifts[base] = 0
            value = value.xreplace({total: self._symbols(base)[t]})
        if value.has(sp.Sum, sp.Product, sp.Integral, sp.core.function.AppliedUndef):
            raise Obstruction(
                "a line has a sum over the steps or an unknown function", "write the sum as a value of its own, s_t = s_{t-1} + ..."
            )
        return value

    def _ordered(self, lines: Sequence[tuple[str, sp.Expr]]) -> list[tuple[str, sp.Expr]]:
        """The lines in an order in which each uses what the lines before it give."""
        t = self.block.step
        done: list[tuple[str, sp.Expr]] = []
        waiting = list(lines)
        while waiting:
            missing = {self._symbols(base)[t] for base, _ in waiting}
            ready = next((line for line in waiting if not line[1].atoms(sp.Indexed) & missing), None)
            if ready is None:
                raise Obstruction("the lines of the rule need one another's values at the same step")
            waiting.remove(ready)
            done.append(ready)
        return done

    @property
    def used_before(self) -> list[str]:
        """The names whose value before the first step the lines use, the gradient among them."""
        t = self.block.step
        found = {e.base for _, value in self.lines for e in value.atoms(sp.Indexed) if e.indices == (t - 1,)}
        names = {name: self._symbols(name) for name in self.shifts} | ({} if INPUT not in found else {"": INPUT})
        return [name for name, base in names.items() if base in found and not (self.applied and name == self.output.base)]

    # Choices

    def options(self) -> Iterator[tuple[tuple[Choice, ...], dict[str, str], dict[str, sp.Expr]]]:
        """Yields the ways to understand the rule, the most plausible first: the choices, the parameter of each letter, and the start."""
        letters = list(self._parameters())
        begins = list(self._starts())
        rows = [(*one, *other) for one in letters for other in begins]
        rows.sort(key=lambda row: sum(choice.sure is Sure.POSSIBLE for choice in row))
        for row in rows:
            names = {choice.subject: str(choice.value).removeprefix("@") for choice in row if choice.about == "symbol"}
            start = {choice.subject: choice.value for choice in row if choice.about == "quantity"}
            yield row, names, start

    def _parameters(self) -> Iterator[tuple[Choice, ...]]:
        context = self.context
        known: dict[str, str] = {}
        stated: list[Choice] = []
        for letter in self.letters:
            timed = f"{letter}_{self.block.step}"
            name = context.bound.get(timed) or context.bound.get(letter) or direct(context, letter)
            if name in context.parameters:
                known[letter] = name
                said = context.legend.get(timed) or context.legend.get(letter) or "its name"
                stated.append(_choice("symbol", letter, name, said, Sure.STATED))
        if len(set(known.values())) < len(known):
            raise Obstruction("two letters of the rule are one parameter", "explain each letter in the text", Verdict.UNDECIDED)
        unused = self._unused(known)
        for letter in [letter for letter in self.letters if letter not in known]:
            usual = [p.name for p in unused if stands_for(letter, p.name)]
            rivals = [other for other in self.letters if other != letter and other not in known and usual and stands_for(other, usual[0])]
            if len(usual) == 1 and not rivals:
                known[letter] = usual[0]
                stated.append(_choice("symbol", letter, usual[0], f"{letter} is conventionally {usual[0]}", Sure.SUGGESTED))
        unknown = [(letter, self._said(letter)) for letter in self.letters if letter not in known]
        if not unknown:
            yield tuple(stated)
            return
        left = self._unused(known)
        required = [p.name for p in left if p.default is inspect.Parameter.empty]
        optional = [p.name for p in left if p.default is not inspect.Parameter.empty]
        rows = assignments(unknown, required, optional) or self._any(unknown, [p.name for p in left])
        if not rows:
            names = ", ".join(letter for letter, _ in unknown)
            raise Unexplained(
                f"no parameter of {context.record.name} can be {names}", "explain the letters in the text", unknown, known.values()
            )
        for row in rows:
            yield (*stated, *row)

    def _unused(self, known: Mapping[str, str]) -> list[Argument]:
        """The parameters that may be numbers and that no letter is."""
        taken = {*known.values(), *self.block.settings}
        return [p for p in self.context.parameters.values() if p.name not in taken and _is_number(p)]

    def _any(self, unknown: Sequence[tuple[str, str]], names: Sequence[str]) -> list[tuple[Choice, ...]]:
        """Every way in which letters that no convention explains can be parameters."""
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
        told = starts(self.context)
        slots: list[list[Choice]] = []
        for name in self.used_before:
            value = told.get(name)
            if name in self.sums:
                slots.append([_choice("quantity", name, sp.S.Zero, "an empty sum is zero", Sure.STATED)])
            elif value is not None and value.is_number:
                slots.append([_choice("quantity", name, value, f"{name}_0 = {value}", Sure.STATED)])
            elif not name or value is not None or not self._is_recursive(name):
                said = "nothing states the value before the first step" if value is None else f"{name}_0 = {value}"
                name = name or INPUT.label.name
                slots.append([_choice("quantity", name, how, said, Sure.POSSIBLE) for how in (self._first(name, value), sp.S.Zero)])
            else:
                slots.append([_choice("quantity", name, sp.S.Zero, "a state conventionally starts at zero", Sure.SUGGESTED)])
        yield from itertools.product(*slots)

    def _first(self, name: str, value: sp.Expr | None) -> sp.Expr:
        """A start that is the first value, or given in terms of the first gradient."""
        if value is None:
            return (INPUT if name == INPUT.label.name and name not in self.shifts else self._symbols(name))[1]
        return value.xreplace({symbol: INPUT[1] for symbol in value.free_symbols})

    def _is_recursive(self, name: str) -> bool:
        """Whether the value of a name depends on its own value before."""
        t = self.block.step
        before = {self._symbols(name)[t - 1]}
        inside = {name}
        for base, value in self.lines * len(self.lines):
            if base in inside:
                inside |= {other for other, _ in self.lines if value.has(self._symbols(other)[t])}
        return any(value.atoms(sp.Indexed) & before for base, value in self.lines if base in inside)

    # The claim

    def spec(self, name: str, letters: Mapping[str, str], start: Mapping[str, sp.Expr]) -> Spec:
        """The claim in one interpretation.

        Args:
            name: distinguishes the claims of one docstring.
            letters: the parameter of each letter.
            start: the value of each name before the first step.
        """
        t, context = self.block.step, self.context
        lines = [(self._symbols(base)[t], value) for base, value in self.lines]
        begins = {self._source(base): value for base, value in start.items()}
        output = self._symbols(self.output.base)
        held = {e.base for _, value in self.lines for e in value.atoms(sp.Indexed)} - {left.base for left, _ in lines} - {INPUT}
        if self.applied:
            begins[output] = _BEGIN
        for moved in sorted(held, key=str):
            lines = [(moved[t], moved[t - 1] + output[t - 1]), *lines]
            begins |= {moved: _BEGIN, output: sp.S.Zero}
        declared: list[Declaration] = [
            Parameter(sp.Symbol(letter), parameter, self._domain(letter, parameter), context.parameters[parameter].text)
            for letter, parameter in letters.items()
        ]
        rest = [
            p
            for p in context.parameters.values()
            if p.default is inspect.Parameter.empty and p.name not in (*letters.values(), *self.block.settings)
        ]
        bind: dict[str, Any] = dict(self.block.settings)
        for p in rest:
            if not _is_number(p):
                raise Obstruction(f"the rule does not say what {p.name} of {context.record.name} is", "name the parameter in the text")
            declared.append(Parameter(sp.Symbol(p.name), p.name, Reals(above=0), p.text))
        return Spec(
            target=f"{context.record.path}.{APPLIED if self.applied else UPDATE}",
            documented=context.record.name,
            formula=Recurrence(output[t], lines, begins, (t, _COUNT)),
            symbols=[
                *declared,
                Parameter(_BEGIN, START, Reals(), "the parameters before the first step"),
                Variable(INPUT[_INDEX], Reals(), "the gradient of each step"),
                Size(_COUNT, STEPS[-1:], "step"),
            ],
            bind={**bind, GRADIENTS: Array(INPUT[_INDEX], (_INDEX, 1, _COUNT))},
            entry=(_COUNT - 1,),
            natural=True,
            name=name,
            source=f"docstring of {context.record.name}",
            at=self.block.formula.location,
        )

    def _domain(self, letter: str, parameter: str) -> Domain:
        """The values of a hyperparameter, unless the text says more: a decay rate is less than 1, other numbers are positive."""
        symbol = sp.Symbol(letter)
        values = [value for _, value in self.lines]
        powers = [power for value in values for power in value.atoms(sp.Pow) if power.base == symbol and power.exp.has(self.block.step)]
        rests = [part for value in values for part in value.atoms(sp.Add) if part == 1 - symbol]
        if powers or rests:
            return Reals(least=0, below=1)
        default = self.context.parameters[parameter].default
        if isinstance(default, int | float) and not isinstance(default, bool) and default == 0:
            return Reals(least=0)
        return Reals(above=0)

    def notes(self) -> tuple[str, ...]:
        """What the rule does not mention, and what is assumed of its numbers."""
        _, letters, _ = next(self.options())
        left = [p for p in self.context.parameters.values() if p.name not in letters.values() and p.name not in self.block.settings]
        found = [
            f"{p.name}={p.default!r} is left at its default"
            for p in left
            if p.default is not inspect.Parameter.empty and not callable(p.default)
        ]
        found += [f"{letter}: {self._domain(letter, parameter)}" for letter, parameter in letters.items()]
        found += [f"{base} is taken as a running average like {other}" for base, other in self.averages.items()]
        if self.block.of:
            found.append(f"the other lines are those of {self.block.of}")
        return tuple(found)


def _is_number(parameter: Argument) -> bool:
    """Whether a parameter may be a number, by its default and annotation."""
    if isinstance(parameter.default, bool) or parameter.name in ("mask", "key", "seed") or "dtype" in parameter.name:
        return False
    if isinstance(parameter.default, int | float) or parameter.default is inspect.Parameter.empty:
        return True
    return parameter.default is None and any(word in parameter.annotation for word in ("float", "Scalar", "Numeric", "Schedule"))


def _choice(about: str, subject: str, value: Any, words: str, sure: Sure) -> Choice:
    return Choice(about=about, subject=subject, value=value, words=words, sure=sure)


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
