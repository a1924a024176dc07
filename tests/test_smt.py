"""The incremental solver: its levels, its limits, and its second try without a history."""

import sympy as sp
import z3

from qedoc.algebra.satisfiable import Facts
from qedoc.algebra.smt import Solver

a, b, x, y = sp.symbols("a b x y", real=True)


def hard(context: object) -> z3.BoolRef:
    """A condition that z3 does not decide within its limits: 42 is a sum of three cubes, but only of large ones."""
    p, q, r = (z3.Int(name, context) for name in "pqr")
    return p * p * p + q * q * q + r * r * r == 42


def test_formulas_of_a_level_that_was_left_are_gone_after_a_second_try() -> None:
    context = z3.Context()
    k = z3.Int("k", context)
    solver = Solver(context)
    solver.add(k > 0)
    solver.push()
    solver.add(k < 0)
    assert solver.check() == z3.unsat
    solver.pop()
    solver.push()
    solver.add(hard(context))
    assert solver.check() == z3.unknown
    solver.pop()
    assert solver.check() == z3.sat
    assert solver.model()[k].as_long() > 0
    solver.push()
    solver.add(k < 1)
    assert solver.check() == z3.unsat  # the formula of the first level is still there


def test_query_that_is_given_up_decides_nothing() -> None:
    p, q, r = sp.symbols("p q r", integer=True)
    facts = Facts([sp.Eq(p**3 + q**3 + r**3, 42)])
    assert not facts.empty()
    assert facts.decide(p > q) is None
    assert facts.entails(2 * p >= 2 * p - 1)
    with facts.assuming(p > 0, p < 0):
        assert facts.empty()
    assert not facts.empty()


def test_answers_do_not_depend_on_facts_that_were_asked_before() -> None:
    def model() -> object:
        return Facts([x * y > a, a > 1, x**2 + b**2 < 9]).model([a, b, x, y])

    first = model()
    for number in range(20):
        Facts([sp.Symbol(f"other{number}", real=True) * x > y**2]).model([x, y])
    assert first is not None
    assert model() == first
