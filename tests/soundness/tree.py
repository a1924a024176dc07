"""Expression trees, printed as LaTeX and as JAX code, and evaluated exactly; qedoc is not used."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, TypeAlias

import mpmath

Point: TypeAlias = Mapping[str, Any]
"""A rational number for each scalar, a list of them for each vector."""

DIGITS = 50

CLOSE = mpmath.mpf(10) ** -35
"""Numbers that are nearer than this may be equal."""


class UndefinedError(Exception):
    """A formula has no value at a point, or it is not known which."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node of an expression.

    Args:
        op: an operator, a function, `number`, `variable`, `entry`, `sum`, `size`, `cases`, or a relation.
        args: the operands; of `cases` the condition and the value of each row, and the value otherwise.
        name: of a variable, or the text of a number.
        index: of an entry or a sum.
    """

    op: str
    args: "tuple[Node, ...]" = ()
    name: str = ""
    index: str = ""

    def nodes(self) -> "Iterator[Node]":
        yield self
        for child in self.args:
            yield from child.nodes()


def number(text: str | int) -> Node:
    return Node("number", name=str(text))


def variable(name: str) -> Node:
    return Node("variable", name=name)


def entry(name: str, index: str) -> Node:
    return Node("entry", name=name, index=index)


RELATIONS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "=": "=", "!=": r"\ne"}
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
PLAIN = {"variable", "entry", "size", "abs", "min", "max", "floor", "ceil", "log", "sin", "cos", "tanh", "sqrt", "cases"}


def latex(node: Node) -> str:
    """The documented formula."""
    texts = [latex(child) for child in node.args]
    match node.op, texts:
        case "number", _:
            return node.name
        case "variable", _:
            return node.name
        case "entry", _:
            return f"{node.name}_{node.index}"
        case "size", _:
            return "n"
        case "add", [a, _]:
            return f"{a} + {_bracketed(node.args[1])}"
        case "sub", [a, _]:
            return f"{a} - {_bracketed(node.args[1])}"
        case "mul", _:
            return rf"{_bracketed(node.args[0])} \cdot {_bracketed(node.args[1])}"
        case "div", [a, b]:
            return rf"\frac{{{a}}}{{{b}}}"
        case "neg", _:
            return f"-{_bracketed(node.args[0])}"
        case "pow", [_, b]:
            return f"{_bracketed(node.args[0])}^{{{b}}}"
        case "exp", [a]:
            return f"e^{{{a}}}"
        case (("log" | "sin" | "cos" | "tanh"), [a]):
            return rf"\{node.op}({a})"
        case (("min" | "max"), [a, b]):
            return rf"\{node.op}({a}, {b})"
        case "sqrt", [a]:
            return rf"\sqrt{{{a}}}"
        case "abs", [a]:
            return rf"\left|{a}\right|"
        case (("floor" | "ceil"), [a]):
            return rf"\left\l{node.op} {a} \right\r{node.op}"
        case "mod", _:
            return rf"({_bracketed(node.args[0])} \bmod {_bracketed(node.args[1])})"
        case "sum", _:
            return rf"\sum_{{{node.index}=1}}^{{n}} {_bracketed(node.args[0])}"
        case "cases", _:
            rows = [rf"{value} & {condition}" for condition, value in zip(texts[:-1:2], texts[1::2], strict=True)]
            return r"\begin{cases} " + r" \\ ".join([*rows, rf"{texts[-1]} & \text{{otherwise}}"]) + r" \end{cases}"
        case _, [a, b]:
            return f"{a} {RELATIONS[node.op]} {b}"
    raise AssertionError(node.op)


def _bracketed(node: Node) -> str:
    simple = node.op in PLAIN or (node.op == "number" and not node.name.startswith("-"))
    return latex(node) if simple else f"({latex(node)})"


def code(node: Node, rng: Random, same: Callable[[Node], str | None] = lambda node: None) -> str:
    """Code that computes the formula, at times in another form that is equal in real arithmetic.

    Args:
        node: the formula.
        rng: chooses the forms.
        same: another name for a node, on the domain of the claim.
    """

    def told(child: Node) -> str:
        return code(child, rng, same)

    if (other := same(node)) is not None:
        return other
    changed = rng.random() < 0.4
    args = node.args
    match node.op:
        case "number":
            return f"({node.name})"
        case "variable" | "entry":
            return node.name
        case "size":
            return "x.shape[0]"
        case "add" if changed:
            return f"({told(args[1])} + {told(args[0])})"
        case "add":
            return f"({told(args[0])} + {told(args[1])})"
        case "sub" if changed:
            return f"(-({told(args[1])} - {told(args[0])}))"
        case "sub":
            return f"({told(args[0])} - {told(args[1])})"
        case "mul" if changed and args[0].op in ("add", "sub"):
            sign = "+" if args[0].op == "add" else "-"
            return f"({told(args[0].args[0])} * {told(args[1])} {sign} {told(args[0].args[1])} * {told(args[1])})"
        case "mul" if changed:
            return f"({told(args[1])} * {told(args[0])})"
        case "mul":
            return f"({told(args[0])} * {told(args[1])})"
        case "div":
            return f"({told(args[0])} * (1 / {told(args[1])}))" if changed else f"({told(args[0])} / {told(args[1])})"
        case "neg":
            return f"(0 - {told(args[0])})" if changed else f"(-{told(args[0])})"
        case "pow" if changed and args[1].name in ("2", "3"):
            return "(" + " * ".join([told(args[0])] * int(args[1].name)) + ")"
        case "pow":
            return f"({told(args[0])} ** {args[1].name})"
        case "exp" if changed and args[0].op == "add":
            return f"(jnp.exp({told(args[0].args[0])}) * jnp.exp({told(args[0].args[1])}))"
        case "sqrt" if changed:
            return f"({told(args[0])} ** 0.5)"
        case "exp" | "log" | "sqrt" | "sin" | "cos" | "tanh":
            return f"jnp.{node.op}({told(args[0])})"
        case "abs" if changed:
            return f"jnp.maximum({told(args[0])}, -{told(args[0])})"
        case "abs" | "floor" | "ceil":
            return f"jnp.{node.op}({told(args[0])})"
        case "min" | "max" if changed:
            relation = "<" if node.op == "min" else ">"
            return f"jnp.where({told(args[0])} {relation} {told(args[1])}, {told(args[0])}, {told(args[1])})"
        case "min" | "max":
            return f"jnp.{node.op}imum({told(args[0])}, {told(args[1])})"
        case "mod" if changed:
            return f"({told(args[0])} - {told(args[1])} * ({told(args[0])} // {told(args[1])}))"
        case "mod":
            return f"({told(args[0])} % {told(args[1])})"
        case "sum":
            return f"jnp.sum({told(args[0])})"
        case "cases" if len(args) == 1:
            return told(args[0])
        case "cases":
            rest = told(Node("cases", args[2:]))
            if changed:
                opposite = Node(OPPOSITE[args[0].op], args[0].args)
                return f"jnp.where({told(opposite)}, {rest}, {told(args[1])})"
            return f"jnp.where({told(args[0])}, {told(args[1])}, {rest})"
        case relation:
            return f"{told(args[0])} {'==' if relation == '=' else relation} {told(args[1])}"


def value(node: Node, point: Point, index: Mapping[str, int] | None = None) -> Any:
    """The formula's value: a fraction, or a number of `DIGITS` digits.

    Raises:
        UndefinedError: if there is none, or a condition is too close to its boundary.
    """
    at = index or {}
    args = node.args
    match node.op:
        case "number":
            return Fraction(node.name)
        case "variable":
            return point[node.name]
        case "entry":
            return point[node.name][at[node.index]]
        case "size":
            return Fraction(len(point["x"]))
        case "sum":
            return _total(value(args[0], point, {**at, node.index: k}) for k in range(len(point["x"])))
        case "cases":
            for condition, row in zip(args[:-1:2], args[1::2], strict=True):
                if holds(condition, point, at):
                    return value(row, point, at)
            return value(args[-1], point, at)
    with mpmath.workdps(DIGITS):
        return _computed(node.op, [value(child, point, at) for child in args])


def holds(relation: Node, point: Point, index: Mapping[str, int] | None = None) -> bool:
    """Whether a relation holds."""
    one, other = (value(child, point, index) for child in relation.args)
    order = _order(one, other)
    return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0, "=": order == 0, "!=": order != 0}[relation.op]


def _order(one: Any, other: Any) -> int:
    """-1, 0 or 1; numbers that are no fractions cannot be seen to be equal."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return (one > other) - (one < other)
    with mpmath.workdps(DIGITS):
        difference = _real(one) - _real(other)
        if abs(difference) < CLOSE:
            raise UndefinedError
        return 1 if difference > 0 else -1


def _real(x: Any) -> Any:
    return mpmath.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else x


def _total(values: Iterator[Any]) -> Any:
    total: Any = Fraction(0)
    with mpmath.workdps(DIGITS):
        for x in values:
            total = _computed("add", [total, x])
    return total


def _computed(op: str, xs: Sequence[Any]) -> Any:
    exact = all(isinstance(x, Fraction) for x in xs)
    a, b = (xs if exact else [_real(x) for x in xs]) if len(xs) == 2 else (xs[0] if exact else _real(xs[0]), None)
    match op:
        case "add":
            return a + b
        case "sub":
            return a - b
        case "mul":
            return a * b
        case "div":
            if _order(b, Fraction(0)) == 0:
                raise UndefinedError
            return a / b
        case "neg":
            return -a
        case "pow":
            if b != int(b) or (b <= 0 and _order(a, Fraction(0)) == 0):
                raise UndefinedError
            return a ** int(b)
        case "min":
            return a if _order_or_equal(a, b) <= 0 else b
        case "max":
            return a if _order_or_equal(a, b) >= 0 else b
        case "abs":
            return abs(a)
        case "floor" | "ceil":
            if not exact:
                raise UndefinedError
            return Fraction(a.__floor__() if op == "floor" else a.__ceil__())
        case "mod":
            if not exact or b <= 0:  # signs of remainders by negative numbers differ between languages
                raise UndefinedError
            return a - b * Fraction((a / b).__floor__())
    x = _real(a)
    if (op == "log" and x <= 0) or (op == "sqrt" and x < 0) or (op == "exp" and abs(x) > 500):
        raise UndefinedError
    return getattr(mpmath, op)(x)


def _order_or_equal(one: Any, other: Any) -> int:
    """As `_order`; of two numbers that may be equal it does not matter which is taken."""
    try:
        return _order(one, other)
    except UndefinedError:
        return 0
