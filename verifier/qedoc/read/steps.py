"""Reads the lines of a rule with a state: names at the current step and one step before or after, such as `m_t` and `m_{t-1}`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sympy as sp

from qedoc.read.brackets import split
from qedoc.read.cases import trimmed
from qedoc.read.macros import tokens
from qedoc.read.parser import Parser
from qedoc.read.reading import Names, Obstacle, Refused, Unreadable
from qedoc.read.scope import Scope
from qedoc.read.step_names import Timed, base_of, indices, is_entry, numbered, spelled, suffix, untimed, up_to
from qedoc.read.step_rows import is_state, joined, repeats, rows_of, settings
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import Group, Node, contents, equated, nest, relation, walk

_SHIFTED = re.compile(r"(?<![A-Za-z])([a-z])\s*[-+]\s*1")
_ALONE = re.compile(r"(?:_\{?|\^\{?\()([tkn])\)?\}?(?![A-Za-z])")
_GRADIENT = "nabla"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a rule.

    Args:
        left: the name that it gives a value.
        assigns: whether an arrow gives the value, so that the name itself on the right is its value before.
        values: the value, or one for each setting of a parameter, such as `("nesterov", True)`; an empty setting means always.
    """

    left: Timed
    assigns: bool
    values: tuple[tuple[tuple[str, bool] | None, sp.Expr], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The lines of a rule.

    Args:
        lines: the lines, in the order written.
        names: the name at a step that each symbol stands for.
        step: the letter of the step.
        repeats: whether a row that repeats the end of the row above was left out.
    """

    lines: tuple[Line, ...]
    names: Mapping[sp.Symbol, Timed]
    step: sp.Symbol
    repeats: bool = False


def step_letter(latex: str) -> str:
    """The letter that counts the steps: the one to which one is added, or else `t`, `k` or `n` as a subscript; empty if there is none.

    Args:
        latex: the display.
    """
    found = [*_SHIFTED.findall(latex), *_ALONE.findall(latex)]
    return found[0] if found else ""


def read_steps(latex: str, names: Names, function: str = "", step: str = "") -> Lines | Unreadable:
    """Reads a display of lines.

    Args:
        latex: the display.
        names: what is known about the names in it.
        function: the letter of a function whose value and gradient at the parameters each step is given; empty if there is none.
        step: the letter of the step, for a display without one.
    """
    letter = step_letter(latex) or step
    if not letter:
        what = "a rule without a letter for the step"
        return Refused(Obstacle.UNKNOWN, what, 0, "write the step as a subscript, as in m_t and m_{t-1}").at(latex)
    try:
        written = tokens(latex, names)
        return _Reader(replace(names, macros=written.macros), letter, function).lines(nest(written.tokens))
    except Refused as refused:
        return refused.at(latex)
    except RecursionError:
        return Refused(Obstacle.LIMIT, "too deeply nested here", 0, "define names for the inner parts").at(latex)


def read_sum(latex: str, names: Names, step: sp.Symbol) -> Lines | Unreadable:
    r"""Reads `G = \sum_{t=1}^\tau g_t^2`, a sum over all steps so far that gives a name without a step its value.

    Args:
        latex: the formula.
        names: what is known about the names in it.
        step: the letter of the step of the rule that uses the name.
    """
    try:
        written = tokens(latex, names)
        reader = _Reader(replace(names, macros=written.macros), "")
        nodes = nest(written.tokens)
        at = next((k for k, node in enumerate(nodes) if relation(node) == "="), 0)
        name, rest = untimed(nodes[:at])
        reader.indices = {node.text for items in walk(nodes) for node in indices(items) if isinstance(node, Token)}
        put = reader.replaced(nodes[at + 1 :])
        value = _value(put, replace(reader.names, legend={**names.legend, **dict.fromkeys(reader.known.values(), "a value")}))
    except Refused as refused:
        return refused.at(latex)
    sums = value.atoms(sp.Sum)
    if name is None or rest or sums != {value} or len(value.limits) > 1 or value.limits[0][1] != 1 or not value.limits[0][2].is_Symbol:
        return Refused(Obstacle.UNSUPPORTED, "a definition that is no sum over the steps", 0, "").at(latex)
    body = value.function
    if body.has(value.limits[0][0]):
        return Refused(Obstacle.UNSUPPORTED, "a sum whose terms depend on the number of the step", 0, "").at(latex)
    value = sp.Sum(body, (sp.Symbol("k_step"), 1, step))
    line = Line(left=name, assigns=False, values=((None, value),))
    return Lines(lines=(line,), names={sp.Symbol(text): timed for timed, text in reader.known.items()}, step=step)


def read_step_size(latex: str, names: Names, function: str) -> Lines | Unreadable:
    r"""Reads a display that is the step size of gradient descent, with `f(x)` and `\nabla f(x)` at the parameters of the step.

    Args:
        latex: the display.
        names: what is known about the names in it.
        function: the letter of the function.

    Returns:
        One line, which gives the update `u`.
    """
    try:
        written = tokens(latex, names)
        reader = _Reader(replace(names, macros=written.macros), "t", function)
        nodes = [node for node in nest(written.tokens) if not node.is_char(".", ",") and not node.is_macro(",")]
        at = next((k + 1 for k, node in enumerate(nodes) if relation(node) == "="), 0)
        put = reader.replaced(nodes[at:])
        legend = {**names.legend, **dict.fromkeys(reader.known.values(), "a value")}
        value = _value(put, replace(reader.names, legend=legend))
    except Refused as refused:
        return refused.at(latex)
    gradients = {name for name in reader.known if name.slope}
    if len(gradients) != 1:
        return Refused(Obstacle.UNKNOWN, "a step size without the gradient at one point", 0, "write it as a rule, u_t = ...").at(latex)
    (gradient,) = gradients
    line = Line(left=Timed("u", 0), assigns=False, values=((None, -value * sp.Symbol(reader.known[gradient])),))
    return Lines(lines=(line,), names={sp.Symbol(text): name for name, text in reader.known.items()}, step=sp.Symbol("t"))


class _Reader:
    """Reads lines, and remembers the names at steps that occur in them.

    Args:
        names: what is known about the names.
        letter: the letter of the step.
        function: the letter of a function whose value at the parameters is a value at the step; empty if there is none.
    """

    def __init__(self, names: Names, letter: str, function: str = "") -> None:
        self.names, self.letter, self.function = names, letter, function
        self.known: dict[Timed, str] = {}
        self.indices: set[str] = set()

    def lines(self, nodes: Sequence[Node]) -> Lines:
        """Reads all lines."""
        found: list[tuple[Timed, bool, list[Node]]] = []
        whole = [up_to(row, self.letter) for row in rows_of(nodes) if row]
        stray = {k for k in range(1, len(whole)) if repeats(whole[k - 1], whole[k])}
        for row in joined([row for k, row in enumerate(whole) if k not in stray]):
            at = next(k for k, node in enumerate(row) if relation(node) in ("=", "<-"))
            left, right = trimmed(row[:at]), trimmed(row[at + 1 :])
            if is_state(left, right):
                continue
            name, rest = self.timed(left)
            if name is None:
                name, rest = untimed(left)
            if name is None or rest:
                raise Refused(
                    Obstacle.UNSUPPORTED, "a line of a rule whose left side is no name at a step", row[0].start, "write m_t = ..."
                )
            if any(relation(node) in ("=", "<-") for node in right):
                raise Refused(Obstacle.UNSUPPORTED, "a chain in a line of a rule", row[0].start, "write each line with one sign")
            found.append((name, relation(row[at]) == "<-", right))
        if not found:
            raise Refused(Obstacle.UNSUPPORTED, "a rule without lines", 0, "")
        self.indices = {node.text for row in whole for items in walk(row) for node in indices(items) if isinstance(node, Token)}
        put = [(name, assigns, [(setting, self.replaced(part)) for setting, part in settings(right)]) for name, assigns, right in found]
        symbols = {sp.Symbol(text): name for name, text in self.known.items()}
        legend = {**self.names.legend, **dict.fromkeys(self.known.values(), "a value"), self.letter: "the step"}
        told = replace(self.names, legend=legend)
        lines = [
            Line(left=name, assigns=assigns, values=tuple((setting, _value(part, told)) for setting, part in values))
            for name, assigns, values in put
        ]
        return Lines(lines=tuple(lines), names=symbols, step=sp.Symbol(self.letter), repeats=bool(stray))

    def replaced(self, nodes: Sequence[Node]) -> list[Node]:
        """The nodes with one token for each name at a step, and for each name with a number."""
        found: list[Node] = []
        rest = list(nodes)
        while rest:
            if rest[0].is_macro("circ", "odot"):  # both are products of entries here, because each line holds entry by entry
                rest[0] = Token(kind=Kind.MACRO, text="cdot", start=rest[0].start, end=rest[0].end)
            name, after = self.gradient(rest)
            if name is None:
                name, after = self.objective(rest)
            if name is None:
                name, after = self.timed(rest)
            if name is None:
                name, after = self.summed(rest)
            if name is None:
                name, after = numbered(rest)
            if name is not None:
                found.append(self.token(name, rest[0]))
                rest = after
                continue
            node = rest.pop(0)
            found.append(replace(node, items=tuple(self.replaced(node.items))) if isinstance(node, Group) else node)
        return found

    def token(self, name: Timed, place: Node) -> Token:
        """A token that stands for a name."""
        text = self.known.setdefault(name, f"step{chr(97 + len(self.known) % 26)}{'x' * (len(self.known) // 26)}")
        return Token(kind=Kind.TEXT, text=text, start=place.start, end=place.end, font="mathrm")

    def summed(self, nodes: Sequence[Node]) -> tuple[Timed | None, list[Node]]:
        r"""A name at the index of a sum, `g_{\tau}^{(i)}`, at the beginning of nodes, and what follows."""
        base, rest = base_of(nodes)
        if not base or len(rest) < 2 or not rest[0].is_char("_") or spelled(contents(rest[1])) not in self.indices:
            return None, list(nodes)
        after = rest[4:] if len(rest) > 3 and rest[2].is_char("^") and is_entry(rest[3]) else rest[2:]
        return Timed(base, None, running=True), after

    def gradient(self, nodes: Sequence[Node]) -> tuple[Timed | None, list[Node]]:
        r"""The gradient at the beginning of nodes, `\nabla f(w_t)`, as a name at the step of its point; and what follows."""
        if not nodes or not nodes[0].is_macro(_GRADIENT) or len(nodes) < 3:
            return None, list(nodes)
        by = 2 if self.function and nodes[1].is_char("_") else 0  # the name by which it is taken
        place = next(
            (k for k, node in enumerate(nodes[1 + by : 4 + by], start=1 + by) if isinstance(node, Group) and node.opener == "("), 0
        )
        if not place:
            return None, list(nodes)
        point = self.point(nodes[place])
        return (None, list(nodes)) if point is None else (Timed(point.base, point.shift, slope=True), list(nodes[place + 1 :]))

    def objective(self, nodes: Sequence[Node]) -> tuple[Timed | None, list[Node]]:
        r"""The value of the function at the parameters, `f(x)`, or its least one, `f(x^\star)`, at the beginning; and what follows."""
        base, rest = base_of(nodes)
        first = nodes[0] if nodes else None
        if isinstance(first, Token) and first.kind is Kind.TEXT and first.text.isidentifier():
            base, rest = first.text, list(nodes[1:])
        group = rest[0] if rest else None
        if not self.function or base != self.function or not isinstance(group, Group) or group.opener != "(":
            return None, list(nodes)
        if (point := self.point(group)) is not None:
            return Timed(point.base, point.shift, height=True), rest[1:]
        _, marks = base_of(group.items)
        least = len(marks) == 2 and marks[0].is_char("^", "_") and spelled(contents(marks[1])) in ("star", "ast", "*")
        return (Timed(f"{base}^star", None), rest[1:]) if least else (None, list(nodes))

    def point(self, group: Node) -> Timed | None:
        """The argument of a function, such as `x_t`. The function of the rule may also have an argument without a step, `x`."""
        inside = list(group.items) if isinstance(group, Group) else []
        for name, rest in (self.timed(inside), untimed(inside) if self.function else (None, [])):
            if name is not None and not rest:
                return name
        return None

    def timed(self, nodes: Sequence[Node]) -> tuple[Timed | None, list[Node]]:
        """The name at a step at the beginning of nodes, if there is one, and what follows."""
        base, rest = base_of(nodes)
        if not base:
            return None, list(nodes)
        shift: int | None = None
        raised = False
        while len(rest) > 1 and rest[0].is_char("_", "^"):
            mark, script = rest[0], rest[1]
            at = self.shift(script, raised=mark.is_char("^"))
            if at is not None and shift is None:
                shift, raised = at, mark.is_char("^")
            elif mark.is_char("_") and shift is None and (label := suffix(script)):
                base = f"{base}_{label}"
            elif mark.is_char("^") and (shift is not None or raised) and is_entry(script):
                pass
            else:
                break
            rest = rest[2:]
        return (None, list(nodes)) if shift is None else (Timed(base, shift, raised), rest)

    def zeroth(self, nodes: Sequence[Node]) -> str:
        """The name of which nodes are the value at the step 0; empty for anything else."""
        base, rest = base_of(nodes)
        for script in rest[1::2]:
            inside = contents(script)
            lone = inside[0] if len(inside) == 1 else None
            inside = lone.items if isinstance(lone, Group) and lone.opener == "(" else inside
            text = spelled(inside)
            if text == "0":
                return base
            if text.isdigit():
                base = f"{base}_{text}"
        return ""

    def shift(self, script: Node, *, raised: bool) -> int | None:
        """The step that a script names, counted from the current one; None for any other script."""
        inside = list(contents(script))
        if raised:
            lone = inside[0] if len(inside) == 1 else None
            if not isinstance(lone, Group) or lone.opener != "(":
                return None
            inside = list(lone.items)
        text = "".join(node.text if isinstance(node, Token) else "?" for node in inside).replace(" ", "")
        return {self.letter: 0, f"{self.letter}-1": -1, f"{self.letter}+1": 1, f"{self.letter}-2": -2}.get(text)


def read_start(latex: str, names: Names) -> dict[str, sp.Expr]:
    r"""The values at the step 0 that a formula states, by name: `m_0 = 0`, `S_0 := (m_0, v_0) = (0, 0)`. Empty for any other formula.

    Args:
        latex: the formula.
        names: what is known about the names in it.
    """
    try:
        nodes = [node for node in nest(tokens(latex, names).tokens) if not node.is_char(":")]
        sides: list[list[Node]] = [[], [], *equated(nodes)]
        left, right = sides[-2:]
        if not left or not right:
            return {}
        reader = _Reader(names, "")
        bases = [reader.zeroth(part) for part in _listed(left)]
        values = [
            _value(reader.replaced(part), replace(names, legend={**names.legend, **dict.fromkeys(reader.known.values(), "a value")}))
            for part in _listed(right)
        ]
    except (Refused, RecursionError):
        return {}
    if len(bases) != len(values) or not all(bases):
        return {}
    told = {sp.Symbol(text): sp.Symbol(name.base) for text, name in ((text, name) for name, text in reader.known.items())}
    return {base: value.xreplace(told) for base, value in zip(bases, values, strict=True)}


def _listed(nodes: Sequence[Node]) -> list[list[Node]]:
    lone = nodes[0] if len(nodes) == 1 else None
    inside = lone.items if isinstance(lone, Group) and lone.opener in ("(", "[", r"\{") else nodes
    return [trimmed(part) for part in split(inside, ",")]


def _value(nodes: Sequence[Node], names: Names) -> sp.Expr:
    parser = Parser(nodes, Scope(names, nodes), nodes[-1].end if nodes else 0)
    if not nodes:
        raise Refused(Obstacle.MALFORMED, "a line without a value", 0, "")
    return parser.value()
