"""Pairs: code, a right formula for it, and a wrong one."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from textwrap import indent

import mpmath

from soundness.mutate import mutated
from soundness.tree import CLOSE, DIGITS, Node, Point, UndefinedError, code, entry, holds, latex, number, value, variable

HEAD = '"""Generated."""\n\nimport jax\nimport jax.numpy as jnp\n'

ATTEMPTS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A pair of claims about the same code.

    Args:
        seed: of the run.
        number: of the pair in it.
        kind: what the formula is about.
        parameters: of the functions, with annotations.
        body: of the functions.
        right: the right formula.
        wrong: the wrong one.
        conditions: where both are claimed.
        witness: a point at which they differ.
    """

    seed: int
    number: int
    kind: str
    parameters: tuple[str, ...]
    body: str
    right: Node
    wrong: Node
    conditions: tuple[Node, ...]
    witness: Point

    def claim(self, *, right: bool) -> str:
        """A documented function."""
        name = self.name(right=right)
        shown = latex(self.right if right else self.wrong)
        left = "y_i = " if self.kind == "entries" else ""
        lines = [f"{name}.", "", f".. math:: {left}{shown}"]
        if self.conditions:
            lines += ["", "for " + " and ".join(f":math:`{latex(c)}`" for c in self.conditions) + "."]
        if self.kind in ("vectors", "entries"):
            lines += ["", "Args:", *(f"    {parameter}: a vector." for parameter in self.parameters)]
        text = indent("\n".join([f'r"""{lines[0]}', *lines[1:], '"""', self.body]), "    ")
        return f"def {name}({', '.join(self.parameters)}):\n{text}\n"

    def name(self, *, right: bool) -> str:
        return f"pair{self.number}_{'R' if right else 'W'}"

    def module(self) -> str:
        """A module of the pair alone, for reports."""
        return "\n\n".join([HEAD, self.claim(right=True), self.claim(right=False)])


def module(pairs: Sequence[Pair]) -> str:
    """A module of pairs."""
    return "\n\n".join([HEAD, *(pair.claim(right=right) for pair in pairs for right in (True, False))])


def pair(seed: int, count: int) -> Pair:
    """The pair of that number; the same each time."""
    rng = Random(f"{seed}:{count}")
    kind = KINDS[count % len(KINDS)]
    while True:
        made = MAKERS[kind](rng)
        points = list(_points(made, rng))
        for _ in range(ATTEMPTS):
            wrong = mutated(made.formula, rng)
            witness = difference(made.formula, wrong, made.conditions, points)
            if witness is not None:
                return Pair(
                    seed=seed,
                    number=count,
                    kind=kind,
                    parameters=made.parameters,
                    body=_body(made, rng),
                    right=made.formula,
                    wrong=wrong,
                    conditions=made.conditions,
                    witness=witness,
                )


def difference(right: Node, wrong: Node, conditions: Sequence[Node], points: Sequence[Point]) -> Point | None:
    """A point where both formulas have a value, and not the same; None if none of the points shows one."""
    return next((point for point in points if _within(conditions, point) and _apart(right, wrong, point)), None)


def _within(conditions: Sequence[Node], point: Point) -> bool:
    try:
        return all(holds(condition, point) for condition in conditions)
    except UndefinedError:
        return False


def _apart(right: Node, wrong: Node, point: Point) -> bool:
    indices = range(len(point["x"])) if any(node.op == "entry" for node in right.nodes()) else (0,)
    for i in indices:
        try:
            one, other = value(right, point, {"i": i}), value(wrong, point, {"i": i})
        except UndefinedError:
            continue
        with mpmath.workdps(DIGITS):
            gap = abs(mpmath.mpf(1) * _number(one) - _number(other))
            if gap > CLOSE * (1 + abs(_number(one))):
                return True
    return False


def _number(x: object) -> mpmath.mpf:
    return mpmath.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else x


@dataclass(frozen=True, slots=True)
class Made:
    """A formula before it has code: its parameters, and the conditions under which it is claimed."""

    formula: Node
    parameters: tuple[str, ...]
    conditions: tuple[Node, ...] = ()


PLACES = [Fraction(p, q) for p, q in [(0, 1), (1, 1), (-1, 1), (2, 1), (-2, 1), (1, 2), (-1, 2), (3, 1), (1, 10), (-7, 4), (5, 3), (13, 4)]]


def _points(made: Made, rng: Random) -> Iterator[Point]:
    """Where two formulas are compared: simple points, the numbers of the formula and their neighbours, random points."""
    names = [parameter.partition(":")[0] for parameter in made.parameters]
    if any(node.op == "entry" for node in made.formula.nodes()):
        quarters = [Fraction(k, 4) for k in range(1, 17)]
        for size in (2, 3, 1, 2, 3):
            yield {name: [rng.choice(quarters) * rng.choice((1, -1)) for _ in range(size)] for name in names}
        return
    if ": int" in made.parameters[0]:
        yield from ({**dict.fromkeys(names, Fraction(k))} for k in range(-12, 25))
        return
    told = {Fraction(node.name) for node in made.formula.nodes() if node.op == "number"}
    near = [x + d for x in sorted(told) for d in (Fraction(0), Fraction(1, 1000), Fraction(-1, 1000))]
    places = [*PLACES, *near, *(-x for x in near), *(Fraction(rng.randrange(-40, 41), 8) for _ in range(20))]
    if len(names) == 1:
        yield from ({names[0]: x} for x in places)
        return
    for xs in itertools.product(places[:: max(1, len(places) // 14)], repeat=len(names)):
        yield dict(zip(names, xs, strict=True))


def _body(made: Made, rng: Random) -> str:
    """The code: an expression, or branches of Python or of JAX."""
    positive = bool(made.conditions) and made.conditions[0].op in (">", ">=") and rng.random() < 0.5

    def same(node: Node) -> str | None:
        return "jnp.abs(x)" if positive and node == variable("x") and rng.random() < 0.5 else None

    formula = made.formula
    if formula.op != "cases" or len(formula.args) != 3 or rng.random() < 0.5:
        return f"return {code(formula, rng, same)}"
    condition, first, second = (code(child, rng, same) for child in formula.args)
    if rng.random() < 0.5:
        return f"if {condition}:\n    return {first}\nreturn {second}"
    return f"return jax.lax.cond({condition}, lambda: jnp.asarray(1.0 * {first}), lambda: jnp.asarray(1.0 * {second}))"


X, Y, N = variable("x"), variable("y"), variable("n")


def _linear(rng: Random, of: Node) -> Node:
    scaled = Node("mul", (number(rng.choice((2, 3, "0.5", "0.1", 4))), of))
    return Node(rng.choice(("add", "sub")), (scaled, number(rng.choice((1, 2, 3, "0.25")))))


def _bounded_power(rng: Random, of: Node) -> Node:
    return Node("pow", (of, number(rng.choice((2, 2, 3)))))


def _smooth(rng: Random, of: Node, depth: int) -> Node:
    """A formula that has a value everywhere."""
    if depth == 0:
        return rng.choice((of, of, _linear(rng, of), _bounded_power(rng, of)))
    inner = _smooth(rng, of, depth - 1)
    above = Node("add", (number(rng.choice((1, 2, 3))), Node("pow", (inner, number(2)))))
    forms: tuple[Callable[[], Node], ...] = (
        lambda: Node("sin", (inner,)),
        lambda: Node("cos", (inner,)),
        lambda: Node("tanh", (inner,)),
        lambda: Node("abs", (inner,)),
        lambda: Node("exp", (Node("neg", (Node("abs", (inner,)),)),)),
        lambda: Node("exp", (Node("add", (Node("cos", (inner,)), Node("neg", (Node("pow", (of, number(2))),)))),)),
        lambda: Node("log", (above,)),
        lambda: Node("sqrt", (above,)),
        lambda: Node("div", (inner, above)),
        lambda: Node("max", (inner, number(rng.choice((0, 1, "0.5"))))),
        lambda: Node("min", (inner, number(rng.choice((0, 1, "0.5"))))),
        lambda: Node("add", (inner, _smooth(rng, of, 0))),
        lambda: Node("mul", (inner, _smooth(rng, of, 0))),
        lambda: Node("sub", (inner, _smooth(rng, of, 0))),
    )
    return rng.choice(forms)()


def _scalars(rng: Random) -> Made:
    if rng.random() < 0.6:
        return Made(_smooth(rng, X, 2), ("x",))
    return Made(Node(rng.choice(("add", "mul", "sub", "max")), (_smooth(rng, X, 1), _smooth(rng, Y, 1))), ("x", "y"))


def _cases(rng: Random) -> Made:
    ends = sorted(rng.sample([-3, -2, -1, 0, 1, 2, 3], rng.choice((1, 1, 2))))
    rows = [part for end in ends for part in (Node(rng.choice(("<", "<=")), (X, number(end))), _smooth(rng, X, rng.choice((0, 0, 1))))]
    return Made(Node("cases", (*rows, _smooth(rng, X, rng.choice((0, 1))))), ("x",))


def _edges(rng: Random) -> Made:
    end = number(rng.choice(("0.77", "0.1", "0.3", "1.1", "2.5", "0.05", "0.7", "1.9")))
    relation = rng.choice(("=", "=", "<", "<=", ">", ">="))
    return Made(Node("cases", (Node(relation, (X, end)), _smooth(rng, X, 0), _smooth(rng, X, rng.choice((0, 1))))), ("x",))


def _conditions(rng: Random) -> Made:
    relation = rng.choice(((">", 0), (">", 1), (">=", 1), (">=", 2)))
    forms = (
        Node("log", (X,)),
        Node("sqrt", (X,)),
        Node("div", (number(1), X)),
        Node("mul", (X, Node("abs", (X,)))),
        Node("log", (Node("add", (X, number(1))),)),
    )
    of = rng.choice(forms)
    shape = Node(rng.choice(("add", "mul", "sub")), (of, _smooth(rng, X, rng.choice((0, 1)))))
    return Made(shape, ("x",), (Node(relation[0], (X, number(relation[1]))),))


def _integers(rng: Random) -> Made:
    m = number(rng.choice((2, 3, 4, 5, 7)))
    base = rng.choice((N, Node("add", (N, number(1))), Node("mul", (number(2), N))))
    remainder, floored = Node("mod", (base, m)), Node("floor", (Node("div", (base, m)),))
    forms = (
        Node("add", (remainder, Node("mul", (number(3), N)))),
        Node("mul", (remainder, N)),
        Node("add", (floored, remainder)),
        Node("sub", (N, Node("mul", (m, floored)))),
        Node("cases", (Node("=", (Node("mod", (N, m)), number(0))), Node("add", (N, number(4))), Node("mul", (number(3), N)))),
        Node("cases", (Node(rng.choice(("<", "<=")), (N, m)), Node("pow", (N, number(2))), Node("add", (N, number(1))))),
        Node("max", (Node("sub", (N, m)), number(0))),
        Node("add", (Node("abs", (N,)), remainder)),
    )
    return Made(rng.choice(forms), ("n: int",))


def _vector_body(rng: Random, index: str, *, two: bool) -> Node:
    x, y = entry("x", index), entry("y", index)
    ones = (x, Node("pow", (x, number(2))), Node("abs", (x,)), Node("max", (x, number(0))), Node("exp", (x,)), Node("cos", (x,)))
    if not two:
        return rng.choice(ones)
    twos = (Node("mul", (x, y)), Node("pow", (Node("sub", (x, y)), number(2))), Node("abs", (Node("sub", (x, y)),)), Node("min", (x, y)))
    return rng.choice(twos)


def _vectors(rng: Random) -> Made:
    two = rng.random() < 0.4
    total = Node("sum", (_vector_body(rng, "i", two=two),), index="i")
    forms = (
        total,
        Node("div", (total, Node("size"))),
        Node("sqrt", (Node("sum", (Node("pow", (_vector_body(rng, "i", two=two), number(2))),), index="i"),)),
        Node("mul", (number(rng.choice((2, "0.5", 3))), total)),
        Node("add", (total, number(1))),
        Node("log", (Node("sum", (Node("exp", (_vector_body(rng, "i", two=two),)),), index="i"),)),
    )
    parameters = ("x", "y") if two else ("x",)
    return Made(rng.choice(forms), parameters)


def _entries(rng: Random) -> Made:
    total = Node("sum", (_vector_body(rng, "j", two=False),), index="j")
    mine = _vector_body(rng, "i", two=False)
    forms = (
        Node("sub", (mine, Node("div", (total, Node("size"))))),
        Node("div", (Node("exp", (entry("x", "i"),)), Node("sum", (Node("exp", (entry("x", "j"),)),), index="j"))),
        Node("add", (mine, number(rng.choice((1, 2, "0.5"))))),
        Node("mul", (mine, total)),
    )
    return Made(rng.choice(forms), ("x",))


MAKERS: dict[str, Callable[[Random], Made]] = {
    "scalars": _scalars,
    "cases": _cases,
    "edges": _edges,
    "conditions": _conditions,
    "integers": _integers,
    "vectors": _vectors,
    "entries": _entries,
}

KINDS = (*4 * ("scalars", "cases", "edges", "conditions", "integers"), "vectors", "entries")
"""Kinds by turns: a claim about vectors takes longer, since it is checked at several sizes."""
