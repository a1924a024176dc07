"""Generates straight-line Python for an expression, with each sub-expression once and lazy branches in separate blocks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy as sp
from flint import arb, fmpq

from qedoc.enclose import codegen as source
from qedoc.enclose.arithmetic import divide
from qedoc.enclose.lazy import CachedByPrecision, Lazy
from qedoc.enclose.rules import Call, Choice, Connective, Constant, Context, Extreme, Product, Step, Sum, step
from qedoc.enclose.values import DOUBT, IN_DOUBT, ONE, UNDEFINED, NoRealValueError, conjunction, disjunction, hull, hull_of_truths, trimmed


@dataclass(eq=False, slots=True)
class _Scope:
    """Lines that run together: the body of a function, of a branch, or of a shared lazy value.

    Args:
        parent: the enclosing scope.
        depth: number of enclosing scopes.
        nesting: number of enclosing choices.
    """

    parent: "_Scope | None" = None
    depth: int = 0
    nesting: int = 0
    lines: list[str] = field(default_factory=list)

    def inside(self, deeper: int = 0) -> "_Scope":
        """Creates a scope inside this one."""
        return _Scope(self, self.depth + 1, self.nesting + deeper)


@dataclass(eq=False, slots=True)
class _Node:
    """An expression during code generation.

    Args:
        step: how it is evaluated; None for a symbol.
        name: the Python expression for its value.
        exact_ball: the same value as a ball of radius zero, for a sum or product of balls; empty if there is none.
        weight: estimates the length of a rational value, in numbers of inputs.
        rational: whether the value is rational if the inputs are.
        demands: scopes that need its value.
        home: the scope that contains its lines.
        shared: the scope that defines it as a lazy value; None if it is evaluated at once.
        parts: scopes of its lazy operands.
    """

    step: Step | None
    name: str
    exact_ball: str = ""
    weight: int = 1
    rational: bool = False
    demands: list[_Scope] = field(default_factory=list)
    home: _Scope = field(default_factory=_Scope)
    shared: _Scope | None = None
    parts: list[_Scope] = field(default_factory=list)


_DEEPEST = 7
"""Maximum nesting of choices in one function. Python nests at most 20 blocks; a choice takes two, and so does a loop."""

_LONGEST = 32
"""Weight above which the length of a rational is checked."""

_NOTHING = object()


class Program:
    """Generates functions of fixed symbols.

    Args:
        symbols: the parameters, in order.
        context: what the rules need in addition to the expression.
    """

    def __init__(self, symbols: Sequence[sp.Symbol], context: Context) -> None:
        self._names = {symbol: f"x{i}" for i, symbol in enumerate(symbols)}
        self._context = context
        self._outlines: dict[sp.Basic, Callable[..., Any]] = {}
        self._steps: dict[sp.Basic, Step] = {}
        self._namespace: dict[str, Any] = {
            "NoRealValueError": NoRealValueError,
            "UNDEFINED": UNDEFINED,
            "NOTHING": _NOTHING,
            "ONE": ONE,
            "DOUBT": DOUBT,
            "IN_DOUBT": IN_DOUBT,
            "Lazy": Lazy,
            "conjunction": conjunction,
            "disjunction": disjunction,
            "divide": divide,
            "fmpq": fmpq,
            "hull": hull,
            "hull_of_truths": hull_of_truths,
            "trimmed": trimmed,
        }

    def function(self, expression: sp.Basic) -> Callable[..., Any]:
        """Returns a function that computes the value of the expression from the values of the symbols.

        The function returns a number or a truth value, and raises `NoRealValueError` where there certainly is no value.

        Raises:
            UnsupportedError: the expression contains a function without a rule, or a symbol without a value.
        """
        nodes = self._prepare(expression)
        lines = self._lines(expression, nodes)
        return self._define(", ".join(self._names.values()), [*lines, f"return {nodes[expression].name}"])

    def loop(self, expression: sp.Basic) -> Callable[[Sequence[Sequence[Any]]], list[Any]]:
        """Returns a function that computes the values of the expression at many points, `UNDEFINED` where there certainly is no value.

        Raises:
            UnsupportedError: as for `function`.
        """
        nodes = self._prepare(expression)
        for node in nodes.values():
            if isinstance(node.step, Constant) and isinstance(node.step.value, fmpq) and (ball := arb(node.step.value)).is_exact():
                node.exact_ball = self._fresh("k", ball)
        lines = [*self._lines(expression, nodes), f"found.append({nodes[expression].name})"]
        guarded = ["try:", *source.indented(lines), "except NoRealValueError: found.append(UNDEFINED)"]
        names = "".join(f"{name}, " for name in self._names.values())
        return self._define("rows", ["found = []", f"for ({names}) in rows:", *source.indented(guarded), "return found"])

    def _prepare(self, expression: sp.Basic) -> dict[sp.Basic, _Node]:
        nodes = self._nodes(expression)
        for key in self._constants(nodes):
            nodes[key].step = Call(CachedByPrecision(self._constant_function(key)), ())
        return nodes

    def _lines(self, expression: sp.Basic, nodes: dict[sp.Basic, _Node]) -> list[str]:
        """Returns the lines that assign the value of the expression to its variable."""
        body = _Scope()
        nodes[expression].demands.append(body)
        for key in reversed(nodes):
            self._place(key, nodes)
        for node in nodes.values():
            if node.demands and node.step is not None and not isinstance(node.step, Constant):
                self._emit(node, nodes)
        return body.lines

    def _define(self, parameters: str, lines: list[str]) -> Callable[..., Any]:
        name = self._fresh("enclose")
        text = "\n".join([f"def {name}({parameters}):", *source.indented(lines)])
        exec(text, self._namespace)  # noqa: S102  # the source holds numbered names only; nothing of the expression is text in it
        function: Callable[..., Any] = self._namespace[name]
        return function

    def _fresh(self, prefix: str, value: Any = None) -> str:
        name = f"{prefix}{len(self._namespace)}"
        self._namespace[name] = value
        return name

    def _nodes(self, root: sp.Basic) -> dict[sp.Basic, _Node]:
        """All sub-expressions, operands before the expressions that use them."""
        nodes = {symbol: _Node(None, name, rational=True) for symbol, name in self._names.items()}
        opened: set[sp.Basic] = set()
        pending = [root]
        while pending:
            expression = pending[-1]
            if expression in nodes:
                pending.pop()
                continue
            how = self._steps.get(expression) or self._steps.setdefault(expression, step(expression, self._context))
            if expression in opened:
                name = self._fresh("k", how.value) if isinstance(how, Constant) else f"t{len(nodes)}"
                nodes[expression] = _Node(how, name, rational=isinstance(how, Constant))
            else:
                opened.add(expression)
                pending.extend(x for x in (*_strict(how), *_lazy(how)) if x not in nodes)
        return nodes

    def _constants(self, nodes: dict[sp.Basic, _Node]) -> set[sp.Basic]:
        """The largest sub-expressions without any of the symbols, except plain constants of flint."""
        fixed: set[sp.Basic] = set()
        largest: set[sp.Basic] = set()
        for key, node in nodes.items():
            operands = (*_strict(node.step), *_lazy(node.step))
            if node.step is not None and all(x in fixed for x in operands):
                fixed.add(key)
            else:
                largest.update(x for x in operands if x in fixed)
        return {key for key in largest if not isinstance(nodes[key].step, Constant) and not key.is_NumberSymbol}

    def _constant_function(self, expression: sp.Basic) -> Callable[[], Any]:
        """Compiles an expression that contains none of the symbols to a function without arguments."""
        program = Program((), self._context)
        nodes = program._nodes(expression)
        lines = program._lines(expression, nodes)
        return program._define("", [*lines, f"return {nodes[expression].name}"])

    def _place(self, key: sp.Basic, nodes: dict[sp.Basic, _Node]) -> None:
        """Chooses the scope of a node after all of its users have one, and passes its demands on to its operands."""
        node = nodes[key]
        if not node.demands or node.step is None or isinstance(node.step, Constant):
            return
        home = node.demands[0]
        for other in node.demands[1:]:
            home = _common_scope(home, other)
        if all(home is not scope for scope in node.demands):
            node.shared, home = home, home.inside()
        if isinstance(node.step, Choice | Connective) and home.nesting >= _DEEPEST:
            node.step = Call(self._outline(key), tuple(self._names))
        node.home = home
        for operand in _strict(node.step):
            nodes[operand].demands.append(home)
        for operand in _lazy(node.step):
            node.parts.append(home.inside(deeper=1))
            nodes[operand].demands.append(node.parts[-1])

    def _outline(self, expression: sp.Basic) -> Callable[..., Any]:
        """Compiles an expression that is nested too deeply in choices to a separate function."""
        if expression not in self._outlines:
            self._outlines[expression] = self.function(expression)
        return self._outlines[expression]

    def _emit(self, node: _Node, nodes: dict[sp.Basic, _Node]) -> None:
        """Writes the lines of a node after those of its operands."""
        operands = [nodes[x] for x in _strict(node.step)]
        names = [x.name for x in operands]
        lazy = [source.Lazy(part.lines, nodes[x].name) for part, x in zip(node.parts, _lazy(node.step), strict=True)]
        node.weight = max(1, sum(x.weight for x in operands))
        node.rational = isinstance(node.step, Sum | Product) and all(x.rational for x in operands)
        lines = node.home.lines
        match node.step:
            case Sum():
                first, count = _rational_first(operands, len(node.step.plus)), len(node.step.plus)
                lines.extend(source.sum_of(node.name, first, count))
            case Product():
                first, count = _rational_first(operands, len(node.step.above)), len(node.step.above)
                lines.extend(source.product_of(node.name, first, count, node.step.negative))
            case Call():
                lines.append(f"{node.name} = {self._fresh('f', node.step.function)}({', '.join(names)})")
            case Extreme():
                function = self._fresh("f", node.step.function)
                lines.extend(source.extreme_of(node.name, names[0], names[1], node.step.least, function))
            case Choice():
                parts = [source.Lazy([], names[0]), *lazy]
                lines.extend(source.choice_of(node.name, _pairs(parts), node.step.of_truths))
                node.weight = max(nodes[x].weight for x, _ in node.step.branches)
            case Connective():
                lines.extend(source.connective_of(node.name, lazy, node.step.conjunction))
        if node.weight > _LONGEST:
            lines.append(f"{node.name} = trimmed({node.name})")
            node.weight = 1
        if node.shared is not None:
            node.shared.lines.extend(source.shared_of(node.name, lines))
            node.name = f"{node.name}_lazy()"


def _rational_first(operands: Sequence[_Node], split: int) -> list[str]:
    """The names of the operands, with the rational ones first in each of the two parts. Their results stay exact, so no ball widens."""
    return [x.exact_ball or x.name for part in (operands[:split], operands[split:]) for x in sorted(part, key=lambda x: not x.rational)]


def _pairs(parts: list[source.Lazy]) -> list[tuple[source.Lazy, source.Lazy]]:
    return list(zip(parts[::2], parts[1::2], strict=True))


def _strict(how: Step | None) -> tuple[sp.Basic, ...]:
    """The operands that are always evaluated."""
    match how:
        case Sum():
            return how.plus + how.minus
        case Product():
            return how.above + how.below
        case Call() | Extreme():
            return how.operands
        case Choice():
            return (how.branches[0][1],)
    return ()


def _lazy(how: Step | None) -> tuple[sp.Basic, ...]:
    """The operands that may stay unevaluated. For a choice: the first value, then each condition and its value."""
    match how:
        case Choice():
            (first, _), *others = how.branches
            return (first, *(x for value, condition in others for x in (condition, value)))
        case Connective():
            return how.operands
    return ()


def _common_scope(one: _Scope, other: _Scope) -> _Scope:
    """The innermost scope that encloses both scopes."""
    while one is not other:
        if one.depth < other.depth:
            one, other = other, one
        assert one.parent is not None
        one = one.parent
    return one
