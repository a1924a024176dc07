"""Formulas with many operations: a wrong one is refuted from a point, and a right one keeps its values."""

from fractions import Fraction

import numpy as np
import sympy as sp

from qedoc.bind.given import given
from qedoc.bind.records import Bound
from qedoc.claims.limits import Limits
from qedoc.claims.readings import Readings
from qedoc.execute.float_formula import MOST_OPERATIONS, computed
from qedoc.judge.check import check
from qedoc.judge.readings import check_readings
from qedoc.results.verdict import Verdict

x = sp.Symbol("x", real=True)


def test_a_large_wrong_formula_is_refuted_before_anything_is_proved() -> None:
    latex = " + ".join(f"x^{{{k}}}/{k}" for k in range(1, 200))
    (claim,) = given("jax.nn.softplus", latex, {}, [], {})
    assert isinstance(claim, Bound)
    made, notes = claim.readings or claim.spec, list[str]()
    limits = Limits(max_points=40)
    result = check_readings(made, {}, limits, notes.append) if isinstance(made, Readings) else check(made, {}, limits, notes.append)
    assert result.verdict is Verdict.REFUTED
    assert "proving the formula" not in notes


def test_a_large_formula_has_the_values_of_its_parts() -> None:
    formula = sum((x**k / k for k in range(1, 120)), sp.Integer(0))
    assert sp.count_ops(formula) > MOST_OPERATIONS
    rows = [[Fraction(k, 16)] for k in range(-15, 16)]
    expected = [float(sum(row[0] ** k / k for k in range(1, 120))) for row in rows]
    for dtype, close in (("float64", 1e-13), ("float32", 1e-5)):
        found = computed(formula, [x], rows, dtype)
        assert found is not None
        np.testing.assert_allclose(found, expected, rtol=close, atol=close)
    assert computed(sp.Function("unknown")(formula), [x], rows, "float32") is None
