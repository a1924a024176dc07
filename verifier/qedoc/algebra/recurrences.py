"""Values of sequences that rules define: each step is computed from the one before."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import sympy as sp

from qedoc.algebra.large import LARGE, WRITTEN_OUT

MOST_STEPS = 64
"""Maximum number of steps that are written out."""


class Recurrence(sp.Expr):
    """The value of a sequence at a step: `Recurrence(u[t], [(m[t], ...), (u[t], ...)], {m: 0}, (t, n))`.

    A line gives the value of a name at the step t. It may use the values of lines before it, at t, and of all names and inputs one step
    before, at t - 1. If the entries of an array depend on each other, `m[t, j]` is the name of an entry, and sums over the entries are
    sums over k of `m[t, k]`. The value is then that of the first entry.

    Args:
        output: the name that has the value, at the step t.
        lines: pairs of a name at the step t and its value, in the order of computation.
        start: the value of each name at the step 0, if a line uses it at t - 1. It may be the value at the first step, `r[1]`.
        index: the letter of the step, and the step whose value is meant, counted from 1.
        entries: the letter of the entries of an array, and their number; None if each line holds entry by entry.
    """

    is_commutative = True
    is_extended_real = True

    def __new__(
        cls,
        output: sp.Indexed,
        lines: Sequence[tuple[sp.Indexed, sp.Expr]],
        start: Mapping[sp.IndexedBase, sp.Expr] | sp.Tuple,
        index: tuple[sp.Symbol, sp.Expr],
        entries: tuple[sp.Symbol, sp.Expr] | None = None,
    ) -> Self:
        """Builds the value; the arguments of SymPy's expression are those of the class, as tuples."""
        begins = start.items() if isinstance(start, Mapping) else start
        rows = sp.Tuple(*(sp.Tuple(left, sp.sympify(right)) for left, right in lines))
        own = () if entries is None else (sp.Tuple(*entries),)
        made: Self = sp.Expr.__new__(
            cls, output, rows, sp.Tuple(*(sp.Tuple(name, sp.sympify(value)) for name, value in begins)), sp.Tuple(*index), *own
        )
        return made

    @property
    def output(self) -> sp.Indexed:
        """The name that has the value, at the step t."""
        return self.args[0]

    @property
    def lines(self) -> tuple[tuple[sp.Indexed, sp.Expr], ...]:
        """The names at the step t with their values, in the order of computation."""
        return tuple((left, right) for left, right in self.args[1])

    @property
    def start(self) -> dict[sp.IndexedBase, sp.Expr]:
        """The values at the step 0."""
        return dict(tuple(pair) for pair in self.args[2])

    @property
    def step(self) -> sp.Symbol:
        """The letter of the step."""
        return self.args[3][0]

    @property
    def last(self) -> sp.Expr:
        """The step whose value is meant."""
        return self.args[3][1]

    @property
    def entries(self) -> tuple[sp.Symbol, sp.Expr] | None:
        """The letter of the entries of an array, and their number; None if each line holds entry by entry."""
        return tuple(self.args[4]) if len(self.args) > 4 else None

    @property
    def free_symbols(self) -> set[sp.Basic]:
        """The symbols of the lines and of the start, without the step, the entry, and the names that the lines define."""
        named = {left.base.label for left, _ in self.lines}
        letters = {self.step, *([] if self.entries is None else self.entries[:1])}
        found = set[sp.Basic]().union(*(value.free_symbols for _, value in (*self.lines, *self.start.items())))
        own: set[sp.Basic] = {s for s in found if s not in letters and s not in named and not isinstance(s, sp.Indexed)}
        last: set[sp.Basic] = self.last.free_symbols
        return own | last | (self.entries[1].free_symbols if self.entries is not None else set())

    def begin(self, name: sp.Indexed) -> sp.Expr | None:
        """The value of a name at the step 0; None if nothing gives it.

        Args:
            name: the name at the step t.
        """
        start = self.start
        return start.get(name, start.get(name.base))

    def written_out(self, count: int) -> "Recurrence":
        """The rule for arrays of some length, with a line for each entry, and all sums over the entries written out.

        Args:
            count: the number of entries.
        """
        if self.entries is None:
            return self
        letter, number = self.entries

        def of(value: sp.Basic, k: int) -> sp.Basic:
            return _expanded(value.subs({letter: k, **({number: count} if number.is_Symbol else {})}))

        every = range(1, count + 1)
        lines = [(left.subs(letter, k), of(right, k)) for left, right in self.lines for k in (every if left.has(letter) else (1,))]
        begins = {left: of(self.start[left.base], left.indices[-1]) for left, _ in lines if left.base in self.start}
        given = {left.base for left, _ in self.lines}
        for name, value in self.start.items():
            if name not in given:  # an input before the first step
                begins |= {name[self.step, k]: of(value, k) for k in every}
        return Recurrence(self.output.subs(letter, 1), lines, begins, (self.step, self.last))

    def at(self, count: int) -> sp.Expr:
        """The value at a step, in the inputs of all steps up to it.

        The expression is built without evaluation, because SymPy would cancel factors that may be zero.

        Args:
            count: the step, from 1.

        Raises:
            ValueError: if there are too many steps, or a line uses a value that no line or start gives.
        """
        if not 1 <= count <= MOST_STEPS:
            raise ValueError(f"expected a step from 1 to {MOST_STEPS}, found {count}")
        if self.entries is not None:
            return self.written_out(int(self.entries[1])).at(count)
        values: dict[sp.Basic, sp.Expr] = {
            name.subs(self.step, 0) if isinstance(name, sp.Indexed) else name[0]: value for name, value in self.start.items()
        }
        for k in range(1, count + 1):
            for left, right in self.lines:
                value = put(right.subs(self.step, k), values)
                values[left.subs(self.step, k)] = put(value, values) if k == 1 else value
        found = values[self.output.subs(self.step, count)]
        named = {left.base for left, _ in self.lines}
        missing = [entry for entry in found.atoms(sp.Indexed) if entry.base in named]
        if missing:
            raise ValueError(f"nothing gives {missing[0]}")
        return found

    def _latex(self, printer: Any) -> str:
        rows = [rf"{printer.doprint(left)} &= {printer.doprint(right)}" for left, right in self.lines]
        rows += [rf"{printer.doprint(name[0])} &= {printer.doprint(value)}" for name, value in self.start.items()]
        return r"\begin{aligned} " + r" \\ ".join(rows) + r" \end{aligned}"

    def _sympystr(self, printer: Any) -> str:
        rows = [f"{printer.doprint(left)} = {printer.doprint(right)}" for left, right in self.lines]
        rows += [f"{printer.doprint(name[0])} = {printer.doprint(value)}" for name, value in self.start.items()]
        return "; ".join(rows)

    def _eval_subs(self, old: sp.Basic, new: sp.Basic) -> "Recurrence | None":
        return self if old == self.step else None


def _expanded(expression: sp.Basic) -> sp.Basic:
    """Writes out the sums, and evaluates nothing else."""
    if not expression.has(*LARGE):
        return expression
    if isinstance(expression, LARGE):
        body, (variable, first, last) = expression.args
        terms = [_expanded(body.subs(variable, k)) for k in range(int(first), int(last) + 1)]
        return joined(WRITTEN_OUT[type(expression)], terms)
    return joined(expression.func, [_expanded(part) for part in expression.args])


def joined(operation: Any, parts: Sequence[sp.Basic]) -> sp.Expr:
    """An expression of some parts. Sums, products and powers are not evaluated.

    Args:
        operation: its class.
        parts: the parts.
    """
    plain = issubclass(operation, sp.Add | sp.Mul | sp.Pow) and len(parts) > 1
    return operation(*parts, evaluate=False) if plain else operation(*parts)


def put(expression: sp.Expr, values: Mapping[sp.Basic, sp.Expr]) -> sp.Expr:
    """Replaces parts of an expression, and evaluates nothing.

    Args:
        expression: the expression.
        values: what replaces each part.
    """
    if expression in values:
        return values[expression]
    if not expression.args or not expression.has(*values):
        return expression
    parts = [put(part, values) for part in expression.args]
    if parts == list(expression.args):
        return expression
    return joined(expression.func, parts)
