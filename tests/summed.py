"""Numbers of formulas over arrays: of a SymPy tree, and of its canonical form, by rules that share nothing."""

import itertools
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from qedoc.algebra.large import Largest, Smallest
from qedoc.sums.domain import Domain
from qedoc.sums.terms import INDICATORS, Atom, Mono, Poly, bound_names, bounds_of, number, plus, variable

n, m, d = sp.symbols("n m d", integer=True, positive=True)
i, j, k, l, t = sp.symbols("i j k l t", integer=True, nonnegative=True)
a, b, c = sp.symbols("a b c", real=True)
s, eps = sp.symbols("s eps", positive=True)
x, z, u, v, w = (sp.IndexedBase(name, real=True) for name in "xzuvw")
p, q, g = (sp.IndexedBase(name, real=True) for name in "pqg")
A, B, C = (sp.IndexedBase(name, real=True) for name in "ABC")

LENGTHS = {n: 1, m: 1, d: 1}


def domain(*, least: int = 1, unit: str = "", first: int = 0) -> Domain:
    """n, m and d are lengths, i and j indices below n, p and q positive arrays; those in `unit` sum to 1; `first` is the least t."""
    return Domain(
        least={"n": least, "m": 1, "d": 1, "t": first},
        ranges={"i": variable("n"), "j": variable("n")},
        positive=frozenset({"s", "eps", "p", "q"}),
        unit={name: variable("n") for name in unit},
    )


def total(body: Any, *ranges: Any) -> sp.Expr:
    """A sum; a range (k, n) is over k = 0..n-1, and (k, low, high) has inclusive ends."""
    return sp.Sum(body, *map(ends, ranges))


def ends(limits: Any) -> tuple[Any, ...]:
    return (limits[0], 0, limits[1] - 1) if len(limits) == 2 else limits


def largest(body: Any, limits: Any) -> sp.Expr:
    return Largest(body, ends(limits))


def mean(body: Any, index: Any = k, length: Any = n) -> sp.Expr:
    return total(body, (index, length)) / length


def where(condition: Any, yes: Any, no: Any = 0) -> sp.Expr:
    return sp.Piecewise((yes, condition), (no, True), evaluate=False)


@dataclass
class World:
    """Numbers for the symbols and arrays of the tests."""

    seed: int
    sizes: Mapping[str, int]
    unit: str = ""
    scalars: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        draw = random.Random(self.seed)
        self.scalars = {name: draw.uniform(-2, 2) for name in "abc"} | {name: draw.uniform(0.2, 2) for name in ("s", "eps")}
        self.scalars |= dict(self.sizes) | {name: draw.randrange(self.sizes["n"]) for name in "ij"}
        self.scalars |= {"t": draw.randrange(1, self.sizes["n"] + 1)}

    def entry(self, array: str, places: tuple[int, ...]) -> float:
        if array in self.unit and 0 <= places[-1] < self.sizes["n"]:
            row = [self._raw(array, (*places[:-1], at)) for at in range(self.sizes["n"])]
            return row[places[-1]] / sum(row)
        return self._raw(array, places)

    def _raw(self, array: str, places: tuple[int, ...]) -> float:
        draw = random.Random(f"{self.seed}{array}{places}")
        return draw.uniform(0.1, 2) if array in "pq" else draw.choice([draw.uniform(-2, 2), draw.choice([-1.0, 0.0, 0.5])])


Evaluate = Callable[[sp.Basic], Any]


def of_tree(tree: sp.Basic, world: World, values: Mapping[str, float] | None = None) -> Any:
    """The number that a SymPy tree stands for. Raises ArithmeticError or ValueError where it has none."""
    known = world.scalars if values is None else values

    def go(part: sp.Basic) -> Any:
        return of_tree(part, world, known)

    match tree:
        case sp.Rational():
            return tree.p / tree.q
        case sp.Symbol():
            return known[tree.name]
        case sp.core.numbers.Exp1():
            return math.e
        case sp.Indexed():
            return world.entry(str(tree.base.label), tuple(int(go(place)) for place in tree.indices))
        case sp.Add():
            return math.fsum(map(go, tree.args))
        case sp.Mul():
            return math.prod(map(go, tree.args))
        case sp.Pow():
            return _power(go(tree.base), go(tree.exp))
        case sp.Piecewise():
            return next(go(value) for value, test in tree.args if test == sp.true or holds(test, go))
        case sp.Sum() | Largest() | Smallest():
            return _over(tree, world, known)
    if tree.func in (sp.Max, sp.Min):
        return (max if tree.func is sp.Max else min)(map(go, tree.args))
    functions = {sp.exp: math.exp, sp.log: math.log, sp.Abs: abs, sp.tanh: math.tanh, sp.sign: lambda one: (one > 0) - (one < 0)}
    return functions[tree.func](go(tree.args[0]))


def _power(base: float, exponent: float) -> float:
    if base < 0 and exponent % 1:
        raise ValueError("a root of a negative number")
    return base**exponent


def _over(tree: Any, world: World, known: Mapping[str, float]) -> float:
    body, *inner, (index, low, high) = tree.args
    body = tree.func(body, *inner) if inner else body
    first, last = (int(of_tree(end, world, known)) for end in (low, high))
    found = [of_tree(body, world, {**known, index.name: at}) for at in range(first, last + 1)]
    fold = {sp.Sum: math.fsum, Largest: max, Smallest: min}[tree.func]
    return fold(found)


def holds(test: sp.Basic, go: Evaluate) -> bool:
    match test:
        case sp.And():
            return all(holds(part, go) for part in test.args)
        case sp.Or():
            return any(holds(part, go) for part in test.args)
        case sp.Not():
            return not holds(test.args[0], go)
    if test in (sp.true, sp.false):
        return bool(test)
    left, right = go(test.lhs), go(test.rhs)
    return {
        sp.Eq: left == right,
        sp.Ne: left != right,
        sp.Lt: left < right,
        sp.Le: left <= right,
        sp.Gt: left > right,
        sp.Ge: left >= right,
    }[test.func]


def of_form(poly: Poly, world: World, values: Mapping[str, float] | None = None) -> float:
    """The number that a canonical form stands for."""
    known = world.scalars if values is None else values
    return math.fsum(float(coefficient) * _of_mono(mono, world, known) for mono, coefficient in poly.items())


def _of_mono(mono: Mono, world: World, known: Mapping[str, float]) -> float:
    """The number of a monomial: 0 if one of its indicators is 0, even where another factor is undefined."""
    marks = [number_of(lambda atom=atom: _of_atom(atom, world, known)) for atom, _ in mono if atom[0] in INDICATORS]
    if 0 in marks:
        return 0.0
    powers = [(atom, float(exponent) if exponent.denominator > 1 else int(exponent)) for atom, exponent in mono]
    return math.prod(_power(_of_atom(atom, world, known), exponent) for atom, exponent in powers)


def _of_atom(atom: Atom, world: World, known: Mapping[str, float]) -> float:
    def go(poly: Any) -> float:
        return of_form(dict(poly), world, known)

    match atom[0]:
        case "var":
            return known[atom[1]]
        case "prime":
            return atom[1]
        case "entry":
            return world.entry(atom[1], tuple(round(go(place)) for place in atom[2]))
        case "exp":
            return math.exp(_of_mono(atom[1], world, known))
        case "log":
            return math.log(go(atom[1]))
        case "root":
            return go(atom[1])
        case "above":
            return float(go(atom[1]) > 1e-12)
        case "zero":
            return float(abs(go(atom[1])) < 1e-12)
        case "not":
            return 1 - _of_atom(atom[1], world, known)
    ranges = [range(round(go(bound))) for bound in bounds_of(atom)]
    names = bound_names(atom)
    places = [{**known, **dict(zip(names, at, strict=True))} for at in itertools.product(*ranges)]
    if atom[0] == "sum":
        return math.fsum(_of_mono(atom[2], world, at) for at in places)
    return max(of_form(dict(atom[3]), world, at) for at in places)


def close(left: float, right: float) -> bool:
    return abs(left - right) <= 1e-7 * (1 + abs(left) + abs(right))


def number_of(make: Callable[[], float]) -> float | None:
    """The number, or None where there is none."""
    try:
        return make()
    except (ArithmeticError, ValueError):
        return None


__all__ = [name for name in globals() if not name.startswith("__")] + ["number", "plus"]
