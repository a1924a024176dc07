"""Lifts the formula that a function computes on the domain that a block states."""

from collections.abc import Iterator
from dataclasses import dataclass

import sympy as sp
from sympy.core.relational import Relational

from qedoc.algebra.satisfiable import Facts
from qedoc.claims.spec import Spec
from qedoc.errors import TargetError, UnsupportedError
from qedoc.judge.describe import settled
from qedoc.judge.pair import Pair
from qedoc.judge.paths import Branch, formula
from qedoc.judge.shortened import valued
from qedoc.prove.cells import negation


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """What the code computes.

    Args:
        value: its formula, with conditions on plain symbols.
        facts: its domain.
        needed: conditions without which the code raises.
    """

    value: sp.Expr
    facts: Facts
    needed: tuple[Relational, ...] = ()


def lifted(spec: Spec) -> Lifted:
    """Returns the formula that the target of a claim computes on the domain of the claim.

    Args:
        spec: the claim; its formula does not matter.

    Raises:
        QedocError: for code that cannot be lifted.
    """
    pair = Pair(spec, {})
    pair.code.explore(pair.facts)
    if not pair.code.branches:
        raise TargetError(f"{spec.target}: found no point at which the code can be lifted")
    if pair.code.pinned:
        raise UnsupportedError(f"{spec.target}: the code takes its arguments as numbers of Python, so that it cannot be lifted")
    value = valued(settled(formula(pair.code.branches), pair.facts))
    return Lifted(value=value, facts=pair.facts, needed=tuple(dict.fromkeys(_needed(pair.code.branches, pair.facts))))


def _needed(branches: list[Branch], facts: Facts) -> Iterator[Relational]:
    """The conditions without which the code raises, on every path."""
    raising = [branch for branch in branches if branch.path.raised is not None]
    others = [branch for branch in branches if branch.path.raised is None]
    for condition in dict.fromkeys(condition for branch in raising for condition in branch.path.conditions):
        if isinstance(condition, Relational):
            with facts.assuming(condition):
                if all(_contradicts(branch, facts) for branch in others):
                    yield negation(condition)


def _contradicts(branch: Branch, facts: Facts) -> bool:
    with facts.assuming(*branch.path.conditions):
        return facts.empty()
