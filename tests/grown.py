"""Random formulas over arrays, and small changes that make a formula wrong."""

import random
from collections.abc import Iterator
from typing import Any

import sympy as sp
from summed import A, a, c, i, j, largest, m, n, p, total, where, x, z

from qedoc.algebra.large import Largest, Smallest

INDICES = sp.symbols("k0 k1 k2", integer=True, nonnegative=True)


class Grower:
    """Draws random trees.

    Args:
        seed: seeds the draws.
    """

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def tree(self, depth: int, indices: tuple[sp.Symbol, ...] = ()) -> sp.Expr:
        """A tree of at most a depth in which some indices are bound outside."""
        choice = self.draw.random()
        if depth == 0 or choice < 0.1:
            return self._leaf(indices)

        def part() -> sp.Expr:
            return self.tree(depth - 1, indices)

        makers: list[tuple[float, Any]] = [
            (0.14, lambda: part() + part()),
            (0.16, lambda: part() * part()),
            (0.23, lambda: self._bound(depth, indices)),
            (0.08, lambda: where(self._relation(indices), part(), part())),
            (0.04, lambda: where(self._relation(indices), self._partial(part()), part())),
            (0.04, lambda: self.draw.choice([sp.Max, sp.Min])(part(), part())),
            (0.03, lambda: sp.Abs(part())),
            (0.06, lambda: sp.exp(part() / 4)),
            (0.04, lambda: sp.log(1 + part() ** 2)),
            (0.05, lambda: self._partial(part())),
            (0.04, lambda: part() / (1 + part() ** 2)),
            (0.05, lambda: sp.sqrt(part() ** 2)),
            (0.04, lambda: part() ** 2),
        ]
        make = self.draw.choices([make for _, make in makers], [weight for weight, _ in makers])[0]
        return make()

    def _partial(self, value: sp.Expr) -> sp.Expr:
        return self.draw.choice([lambda: 1 / value, lambda: sp.log(value), lambda: sp.sqrt(value)])()

    def _leaf(self, indices: tuple[sp.Symbol, ...]) -> sp.Expr:
        place = self._place(indices)
        count = sp.Integer(self.draw.randint(-2, 3))
        return self.draw.choice([x[place], z[place], p[place], A[place, self._place(indices)], count, a, n, indices[-1] if indices else c])

    def _place(self, indices: tuple[sp.Symbol, ...]) -> sp.Expr:
        if not indices:
            return self.draw.choice([i, j, sp.Integer(0)])
        one = self.draw.choice(indices)
        return self.draw.choice([one, one, one + 1, n - 1 - one, one - 1, i])

    def _relation(self, indices: tuple[sp.Symbol, ...]) -> sp.Basic:
        left = self.draw.choice([*indices, *indices, i])
        right = self.draw.choice([i, j, sp.Integer(2), n - 2, *indices, x[self._place(indices)]])
        if left == right:
            right = j
        return self.draw.choice([sp.Eq, sp.Ne, sp.Lt, sp.Le, sp.Gt, sp.Ge])(left, right)

    def _bound(self, depth: int, indices: tuple[sp.Symbol, ...]) -> sp.Expr:
        if len(indices) == len(INDICES):
            return self._leaf(indices)
        index = INDICES[len(indices)]
        inside = self.tree(depth - 1, (*indices, index))
        if self.draw.random() < 0.2:
            return self.draw.choice([Largest, Smallest])(inside, (index, 0, self.draw.choice([n, m]) - 1))
        ends = [(0, n - 1), (0, n - 1), (1, n - 1), (0, n), (1, n), (0, m - 1), (0, i), (i, n - 1), (2, n + 1)]
        ends += [(0, indices[-1]), (0, indices[-1] - 1)] if indices else []
        return sp.Sum(inside, (index, *self.draw.choice(ends)))


def places(tree: sp.Basic, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], sp.Basic]]:
    """The parts of a tree that can be replaced, with the way to them."""
    yield path, tree
    for number, part in enumerate(tree.args):
        is_binder = isinstance(tree, sp.Sum | Largest | Smallest)
        if (
            (is_binder and number > 0)
            or (isinstance(tree, sp.Indexed) and number == 0)
            or isinstance(part, sp.Tuple | sp.core.relational.Relational)
        ):
            continue
        yield from places(part, (*path, number))


def put(tree: sp.Basic, path: tuple[int, ...], new: sp.Basic) -> sp.Basic:
    """A tree with one part replaced."""
    if not path:
        return new
    parts = list(tree.args)
    parts[path[0]] = put(parts[path[0]], path[1:], new)
    return tree.func(*parts, evaluate=False) if isinstance(tree, sp.Piecewise) else tree.func(*parts)


def mutants(tree: sp.Expr) -> Iterator[sp.Expr]:
    """The tree with small changes, of which many agree with it at short lengths."""
    for path, part in places(tree):
        for new in _changed(part, inside=bool(path)):
            yield put(tree, path, new)


def _changed(part: sp.Basic, *, inside: bool) -> Iterator[sp.Basic]:
    match part:
        case sp.Sum() | Largest() | Smallest():
            body, *rest, (index, low, high) = part.args
            for changed in ((index, low, high - 1), (index, low, high + 1), (index, low + 1, high)):
                yield part.func(body, *rest, changed)
            for longest in (4, 6, 8):
                yield part.func(where(index < longest, body), *rest, (index, low, high))
            yield part.func(where(index < 5, body, body - 1), *rest, (index, low, high))
            yield (
                part.func(body + 1, *rest, (index, low, high)) if isinstance(part, sp.Sum) else part.func(-body, *rest, (index, low, high))
            )
        case sp.Indexed():
            for number, place in enumerate(part.indices):
                yield part.base[(*part.indices[:number], place + 1, *part.indices[number + 1 :])]
            yield sp.IndexedBase("v", real=True)[part.indices]
            yield 2 * part
            yield -part
        case sp.Symbol() if part == n and inside:
            yield from (sp.Min(n, 4), n - 1, m, where(n > 4, 4, n))
        case sp.log() | sp.exp() | sp.Abs() if inside:
            yield part.args[0]
        case sp.Pow() if inside and part.exp.is_Rational:
            yield part.base ** (part.exp + 1)
            yield part.base ** (-part.exp)
        case sp.Rational() if inside and part.is_positive:
            yield part + 1


__all__ = ["Grower", "largest", "mutants", "total"]
