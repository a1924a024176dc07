"""Writes a claim whose lengths restrict each other in lengths that may be any: an even n as 2 n, and n >= m as m + n - 1."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sympy as sp

from qedoc.claims.spec import Array, Size, Spec
from qedoc.judge.lengths import LENGTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """A claim whose lengths may be any.

    Args:
        spec: the claim. Each of its lengths may be any number from 1 on, or from `least`.
        lengths: the lengths of the original claim, in those of this one.
        extent: the lengths of the original claim in words.
        least: the smallest value of each length that may not be 1.
    """

    spec: Spec
    lengths: Mapping[sp.Symbol, sp.Expr]
    extent: str
    least: Mapping[sp.Symbol, int] = field(default_factory=dict)

    def original(self, sizes: Mapping[sp.Symbol, int]) -> dict[sp.Symbol, int]:
        """The lengths of the original claim for some lengths of this one."""
        known = {symbol.name: size for symbol, size in sizes.items()}
        return {symbol: int(value.subs({own: known[own.name] for own in value.free_symbols})) for symbol, value in self.lengths.items()}


def freed(spec: Spec) -> Freed | None:
    """Returns the claim in lengths that may be any; None if it has no arrays whose length may be any.

    Args:
        spec: the claim.
    """
    declared = {d.symbol: d for d in spec.symbols if isinstance(d, Size) and d.meaning == LENGTH}
    if not declared:
        return None
    words = {symbol: f"every {symbol} >= {max(1, min(size.values))}" for symbol, size in declared.items()}
    put: dict[sp.Symbol, sp.Expr] = {}
    for symbol, value, text in (*_multiples(spec, declared), *_longer(spec, declared)):
        if symbol not in put and not value.free_symbols & put.keys():
            put[symbol], words[symbol] = value, text
    least = {symbol: 2 for symbol in declared if symbol not in put and any(_leaves_out(relation, symbol) for relation in spec.where)}
    words |= {symbol: f"every {symbol} >= {low}" for symbol, low in least.items()}
    kept = [relation for relation in spec.where if not any(relation == _divides(n, value) for n, value in put.items())]
    changed = replace(
        spec,
        formula=spec.formula.subs(put, simultaneous=True),
        bind={name: _changed(template, put) for name, template in spec.bind.items()},
        where=[relation.subs(put, simultaneous=True) if isinstance(relation, sp.Basic) else relation for relation in kept],
        entry=tuple(sp.sympify(place).subs(put, simultaneous=True) for place in spec.entry),
        origin=spec.location,
    )
    lengths = {symbol: put.get(symbol, symbol) for symbol in declared}
    return Freed(spec=changed if put else spec, lengths=lengths, extent=" and ".join(words.values()), least=least)


def _multiples(spec: Spec, declared: Mapping[sp.Symbol, Size]) -> Iterator[tuple[sp.Symbol, sp.Expr, str]]:
    """Lengths that a number divides."""
    for symbol in declared:
        for divisor in range(2, 1 + max((int(q) for relation in spec.where for q in _divisors(relation)), default=1)):
            if _divides(symbol, divisor * symbol) in spec.where:
                yield symbol, divisor * symbol, f"every {symbol} >= {divisor} that {divisor} divides"


def _divides(symbol: sp.Symbol, value: sp.Expr) -> sp.Basic:
    """The relation that says that a length is a multiple, as the binder writes it."""
    return sp.Eq(sp.Mod(symbol / sp.cancel(value / symbol), 1), 0, evaluate=False)


def _divisors(relation: Any) -> set[sp.Integer]:
    return {1 / factor for factor in relation.atoms(sp.Rational) if factor.p == 1} if isinstance(relation, sp.Eq) else set()


def _longer(spec: Spec, declared: Mapping[sp.Symbol, Size]) -> Iterator[tuple[sp.Symbol, sp.Expr, str]]:
    """Lengths that are at least as large as another one, because an index runs from one to the other."""
    for size in spec.symbols:
        if not isinstance(size, Size) or size.symbol in declared:
            continue
        last = [relation.rhs for relation in spec.where if isinstance(relation, sp.Le) and relation.lhs == size.symbol]
        first = [relation.rhs for relation in spec.where if isinstance(relation, sp.Ge) and relation.lhs == size.symbol]
        first = first or [sp.Integer(min(size.values))]
        for room in (sp.expand(high - low) for high in last for low in first):
            for symbol in declared:
                other = symbol - room
                if other in declared:
                    yield symbol, other + symbol - 1, f"every {symbol} >= {other}"


def _leaves_out(relation: Any, symbol: sp.Symbol) -> bool:
    """Whether a relation says that a length is not 1, and nothing else."""
    if not isinstance(relation, sp.Ne):
        return False
    difference = sp.expand(relation.lhs - relation.rhs)
    return difference in (symbol - 1, 1 - symbol)


def _changed(template: Any, put: Mapping[sp.Symbol, sp.Expr]) -> Any:
    if not isinstance(template, Array):
        return template
    ends = [(index, *(sp.sympify(end).subs(put, simultaneous=True) for end in bounds)) for index, *bounds in template.indices]
    return Array(template.item, *ends)
