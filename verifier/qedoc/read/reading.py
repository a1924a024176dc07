"""The input and output records of the LaTeX reader."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

import sympy as sp


class Obstacle(Enum):
    """Why a formula could not be read."""

    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"
    UNSUPPORTED = "unsupported"
    MALFORMED = "malformed"
    LIMIT = "limit"


class Silence(Enum):
    """Why a formula says nothing about a value."""

    CONSTRAINT = "a constraint"
    NOTATION = "a notation"
    STEP = "a step of an algorithm"
    PROBLEM = "an optimisation problem"
    APPROXIMATION = "an approximation"
    PROPORTION = "a proportionality"
    DISTRIBUTION = "a distribution"
    FACTORISATION = "a factorisation"
    EQUATION = "an equation to be solved"
    EXPECTATION = "an expectation"
    SETTING = "a setting"


class Extent(sp.Symbol):
    """The number of values of an index, if a sum names the index without its range.

    It is not a symbol of the formula. Binding replaces it by the length of the axis that the index runs over.
    """

    __slots__ = ()


def shown(expression: sp.Basic) -> str:
    """The text of an expression. SymPy's own ordering of terms would compute every constant, which may take very long."""
    return str(sp.sstr(expression, order="none"))


def extent(index: str) -> Extent:
    """The number of values of `index`, counted from 1."""
    return Extent(f"n_{index}", integer=True, positive=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Macro:
    """A LaTeX macro of a project.

    Args:
        body: what it stands for, with `#1`, `#2`, ... for its arguments.
        arguments: the number of arguments.
        default: the first argument where it is left out; None if it must be given.
        starred: whether a star may follow its name, which changes only the size of its brackets.
    """

    body: str
    arguments: int = 0
    default: str | None = None
    starred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    r"""What is known about the names in a formula. A name may be given as LaTeX (`\beta_1`) or plain (`beta_1`).

    Args:
        functions: names of functions: the object's own name, and parameters that are callables.
        parameters: the parameters of the object, in the order of its signature.
        descriptions: what the docstring says of the parameters.
        legend: symbols that the text explains, each with its explanation.
        siblings: documented functions next to the object, which the formula may name.
        vectors: symbols that have entries, so that `x_1` is an entry and a product of two vectors is not elementwise.
        columns: the vectors of a function whose result is a number, so that bars around them are no absolute values.
        matrices: the vectors that are matrices, so that `A B` is a matrix product and `A^T` is a transpose.
        step: the letter of the current step, so that `h_{t-1}` is the name of a value before it; empty if there are no steps.
        group: the letter that numbers the groups of an array, of which there is one: `x_i` is all of x; empty if there are no groups.
        channel: the letter that numbers the channels of a batch, so that `x_i` is one channel; empty if there are no channels.
        weights: the matrices of a layer, of which nothing says whether their rows or their columns are outputs.
        constants: symbols with a known value.
        about: the text around the formula, which tells a factorisation or an equation to be solved from a value.
        decisions: how notations with several readings are read, by the notation.
        macros: the macros of the project, by their names without backslash.
        supposed: those of the macros that nothing defines, and whose meaning only their names suggest.
    """

    functions: frozenset[str] = frozenset()
    parameters: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    legend: Mapping[str, str] = field(default_factory=dict)
    siblings: frozenset[str] = frozenset()
    vectors: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()
    matrices: frozenset[str] = frozenset()
    weights: frozenset[str] = frozenset()
    step: str = ""
    group: str = ""
    channel: str = ""
    constants: Mapping[str, sp.Expr] = field(default_factory=dict)
    about: str = ""
    decisions: Mapping[str, str] = field(default_factory=dict)
    macros: Mapping[str, Macro] = field(default_factory=dict)
    supposed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    r"""A function's name with its arguments, as the left side of a definition.

    Args:
        name: the name in plain form, such as `f_pdf` or `kl_div`.
        arguments: one expression per argument, in the order written; empty if only the name is written.
        given: the number of arguments after a bar or semicolon, as in `f(x; a)`.
        event: the relation of a probability, such as `=` for `P(X = k)`; the value of the variable is the first argument.
        variable: the random variable of `E[X]` or `P(X = k)`; for a function of it, the text.
        logarithm: whether it is the logarithm of the function.
        by: the letter by which the function `f` is differentiated, if the left side is `\frac{df}{dx}`; the name is then `f'`.
    """

    name: str
    arguments: tuple[sp.Expr, ...]
    given: int = 0
    event: str = ""
    variable: str = ""
    logarithm: bool = False
    by: str = ""

    def __str__(self) -> str:
        text = self._bare()
        return f"log {text}" if self.logarithm else text

    def _bare(self) -> str:
        count = len(self.arguments) - self.given
        first, given = (", ".join(map(shown, part)) for part in (self.arguments[:count], self.arguments[count:]))
        if self.event:
            first = f"{self.variable} {self.event} {first}"
        elif self.variable:
            return f"{self.name}[{'; '.join(filter(None, (self.variable, given)))}]"
        inside = "; ".join(filter(None, (first, given)))
        return f"{self.name}({inside})" if inside else self.name


Position: TypeAlias = tuple[sp.Symbol, tuple[sp.Expr, sp.Expr] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    r"""One value that a formula states.

    Args:
        left: what has the value. In a chain `a = b = c` it is the first member, for each later member. None for a bare expression.
        right: the value.
        condition: the condition that the formula states, in addition to the domain; `true` if it states none.
        latex: the piece of the formula that `right` was read from.
        entry: the indices, if `right` is an entry of a result that is written without indices. Each index has its first and last value, or
            None if these are the bounds of the axis that it runs over.
        settings: the names that parameters have where the equation holds: `\text{if reduction} = \text{'mean'}`.
        unread: a left side that is not understood, as it is written; empty if there is none.
        spans: the arrays whose entries are written as letters with numbers, each with its first and its last number.
    """

    left: sp.Expr | Application | None
    right: sp.Expr
    condition: sp.Basic
    latex: str
    entry: tuple[Position, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    unread: str = ""
    spans: tuple[tuple[str, int, int], ...] = ()

    def __str__(self) -> str:
        left = self.left if isinstance(self.left, Application) or self.left is None else shown(self.left)
        if self.entry:
            left = f"{'' if left is None else left}[{', '.join(str(index) for index, _ in self.entry)}]"
        text = shown(self.right) if left is None else f"{left} = {shown(self.right)}"
        return text if self.condition == sp.true else f"{text}, if {shown(self.condition)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way to read a notation.

    Args:
        value: how it is read.
        why: the convention.
        sure: `stated` if the field agrees, `suggested` for the usual reading, `possible` for a rare one or one of several equal ones,
            `opaque` for one that changes the formula in a way that is not understood.
    """

    value: str
    why: str
    sure: str


UNDEFINED = "the command \\"
"""How the subject of a choice begins that is about a command which nothing defines."""

GOES_ON = "a sum that goes on"
"""The subject of the choice that a sum goes on after its first term."""


def is_supposed(subject: str) -> bool:
    """Whether a choice is about a notation whose only sensible meaning is a supposition. A difference is then no evidence."""
    return subject == GOES_ON or subject.startswith(UNDEFINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A formula that was read: one equation for each link of a chain and each row.

    Args:
        equations: the equations, in the order written.
        notes: the assumptions that the reader made.
        taken: for each notation with several readings, the option that was taken.
        others: the readings with other options, the most usual first.
    """

    equations: tuple[Equation, ...]
    notes: tuple[str, ...] = ()
    taken: Mapping[str, Option] = field(default_factory=dict)
    others: tuple["Reading", ...] = ()

    def __str__(self) -> str:
        return "\n".join(map(str, self.equations))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A formula without a certain reading.

    Args:
        obstacle: the kind of reason.
        what: the construct that cannot be read.
        offset: its position, in characters from the start of the LaTeX.
        line: its line in the LaTeX, from 1.
        column: its column in that line, from 1.
        suggestion: what to write or declare instead; empty if nothing would help.
    """

    obstacle: Obstacle
    what: str
    offset: int
    line: int
    column: int
    suggestion: str

    def __str__(self) -> str:
        text = f"line {self.line}, column {self.column}: {self.what}"
        return f"{text}; {self.suggestion}" if self.suggestion else text


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAClaim:
    """A formula that states no value.

    Args:
        silence: what it is instead.
        why: the construct that shows this.
    """

    silence: Silence
    why: str

    def __str__(self) -> str:
        return f"{self.silence.value}: {self.why}"


class Refused(Exception):
    """Ends a reading. `read` converts it to `Unreadable`, so it never leaves the package."""

    def __init__(self, obstacle: Obstacle, what: str, offset: int, suggestion: str = "") -> None:
        super().__init__(what)
        self.obstacle = obstacle
        self.what = what
        self.offset = offset
        self.suggestion = suggestion

    def at(self, latex: str) -> Unreadable:
        """Adds the line and column in `latex`."""
        offset = max(0, min(self.offset, len(latex)))
        before = latex[:offset]
        return Unreadable(
            obstacle=self.obstacle,
            what=self.what,
            offset=offset,
            line=before.count("\n") + 1,
            column=offset - (before.rfind("\n") + 1) + 1,
            suggestion=self.suggestion,
        )


class Silent(Exception):
    """Ends a reading of something that states no value. `read` converts it to `NotAClaim`."""

    def __init__(self, silence: Silence, why: str) -> None:
        super().__init__(why)
        self.finding = NotAClaim(silence=silence, why=why)
