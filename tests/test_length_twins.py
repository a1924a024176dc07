"""Wrong twins of code over arrays: none is proved, and every one is refuted, also if it differs for long arrays only."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from fixture_modules import Claims, written
from length_twins import BASES, Code, early, late

from qedoc.algebra.large import Largest, Smallest
from qedoc.bind.records import Bound
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Size
from qedoc.claims.target import resolve
from qedoc.judge.length_runs import computed
from qedoc.judge.lengths import LENGTH
from qedoc.judge.long_arrays import on_long_arrays
from qedoc.judge.readings import check_readings
from qedoc.judge.vectors import vectorised
from qedoc.results.verdict import CaseResult, Verdict


@pytest.fixture
def claims_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Claims]:
    yield from written(tmp_path, monkeypatch, "lengths")


def bound(claims_of: Claims, code: Code) -> Bound:
    (claim,) = claims_of(code.text, code.name)
    assert isinstance(claim, Bound), claim
    return claim


def judged(claims_of: Claims, code: Code) -> CaseResult:
    """The result for the longest arrays that are checked one by one, and the first entry of the result."""
    claim = bound(claims_of, code)
    assert claim.readings is not None
    declared = [d for d in claim.spec.symbols if isinstance(d, Size)]
    longest = {str(d.symbol): max(d.values) if d.meaning == LENGTH else min(d.values) for d in declared}
    return check_readings(claim.readings, longest, Limits(max_points=60), lambda _: None)


@pytest.mark.parametrize("code", BASES, ids=lambda code: code.name)
def test_wrong_twins_are_refuted_and_never_proved(code: Code, claims_of: Claims, record_property: Callable[[str, object], None]) -> None:
    counts: Counter[str] = Counter()
    wrong = []
    for kind, twins in (("differing from some length on", late(code)), ("differing at once", early(code))):
        for twin in twins:
            result = judged(claims_of, twin)
            counts[f"{result.verdict} {kind}"] += 1
            if result.verdict is not Verdict.REFUTED:
                wrong.append(f"{twin}: {result.verdict}: {result.reason}")
    record_property("lengths", dict(counts))
    assert not wrong, "\n".join(wrong)


def test_there_are_enough_twins() -> None:
    assert len(BASES) >= 15
    assert sum(1 for code in BASES for _ in late(code)) >= 100
    assert sum(1 for code in BASES for _ in early(code)) >= 50


@pytest.mark.parametrize("code", BASES, ids=lambda code: code.name)
def test_right_code_agrees_with_its_formula_for_long_arrays(code: Code, claims_of: Claims) -> None:
    claim = bound(claims_of, code)
    found = on_long_arrays(claim.spec, resolve(claim.spec.target), claim.spec.id)
    assert (found.refuted, found.is_complete) == (None, True)


@pytest.mark.parametrize("code", [code for code in BASES if code.name in ("mean", "inner")], ids=lambda code: code.name)
def test_right_code_is_proved_for_every_length(code: Code, claims_of: Claims) -> None:
    result = judged(claims_of, code)
    assert (result.verdict, result.extent) == (Verdict.PROVED, "every n >= 1")


def test_a_counterexample_has_the_smallest_length_and_simple_entries(claims_of: Claims) -> None:
    twin = next(twin for twin in late(BASES[0]) if "1000" in twin.change)
    result = judged(claims_of, twin)
    assert result.counterexample is not None
    assert "n = 1000, runs differ" in result.reason or "n = 1001, runs differ" in result.reason
    assert "[0.5] * " in result.counterexample.call
    assert len(result.counterexample.inputs["x"]) in (1000, 1001)


MEAN = BASES[0]


@pytest.mark.parametrize(
    ("value", "complete"),
    [
        ("jnp.sum(x) / n + 1e-6 * (n > 500)", True),  # a difference that is not larger than that of an approximation
        ("jnp.where(n > 500, jnp.nan, jnp.sum(x) / n)", False),  # no value
        ("jnp.sum(x.astype(jnp.float32)).astype(x.dtype) / n + (x.dtype == jnp.float32) * (n > 500)", True),  # in one format only
    ],
)
def test_rounding_and_missing_values_refute_nothing(claims_of: Claims, value: str, complete: bool) -> None:
    claim = bound(claims_of, replace(MEAN, value=value))
    found = on_long_arrays(claim.spec, resolve(claim.spec.target), claim.spec.id)
    assert (found.refuted, found.is_complete) == (None, complete)


def test_steps_near_overflow_refute_nothing(claims_of: Claims) -> None:
    claim = bound(claims_of, replace(MEAN, value="jnp.log(jnp.minimum(jnp.exp(jnp.sum(x)), 1e30)) / n"))
    assert on_long_arrays(claim.spec, resolve(claim.spec.target), claim.spec.id).refuted is None


# Numbers of formulas

i, j, k = sp.symbols("i j k", integer=True, nonnegative=True)
n = sp.Symbol("n", integer=True, positive=True)
x, y = (sp.IndexedBase(letter, real=True) for letter in "xy")
VALUES = {"x": np.array([1.0, -2.0, 0.5, 3.0]), "y": np.array([0.5, 0.25, 2.0, 1.0]), "n": 4, "i": 2}


@pytest.mark.parametrize(
    "formula",
    [
        sp.Sum(x[k] * y[k], (k, 0, n - 1)),
        sp.Sum((x[k] - sp.Sum(x[j], (j, 0, n - 1)) / n) ** 2, (k, 0, n - 1)) / n,
        sp.Sum(sp.Sum(x[j] * y[k], (j, 0, k)), (k, 0, n - 1)),
        sp.Sum(x[j] * y[k], (j, 0, k), (k, 0, n - 1)),
        sp.Sum(x[j], (j, 0, i)),
        sp.Product(sp.Abs(x[k]) + 1, (k, 0, n - 1)),
        Largest(x[k], (k, 0, n - 1)) - Smallest(sp.exp(y[k]), (k, 1, n - 1)),
        sp.Sum(sp.Piecewise((x[k - 1], k >= 1), (7, True)), (k, 0, n - 1)),
        sp.Sum(sp.Piecewise((1, (x[k] > 0) & (y[k] < 1)), (0, True)), (k, 0, n - 1)),
        sp.Sum(sp.gamma(y[k] + 1) * sp.sqrt(y[k]), (k, 0, n - 1)),
        sp.Max(x[0], x[1], sp.Rational(1, 3)) ** k.subs(k, n),
        sp.Sum(x[k], (k, 2, 1)) + 1,
    ],
)
def test_numbers_of_formulas_are_those_of_their_terms(formula: sp.Expr) -> None:
    assert vectorised(formula, VALUES) == pytest.approx(computed(formula, VALUES), rel=1e-12)


@pytest.mark.parametrize(
    "formula",
    [
        sp.log(x[1]),
        x[n],
        sp.Sum(x[k - 1], (k, 0, n - 1)),
        1 / (x[0] - 1),
        Largest(x[k], (k, n, 0)),
        sp.Sum(sp.Sum(sp.Sum(x[0] + i + j + k, (i, 0, 999)), (j, 0, 999)), (k, 0, 999)),
        sp.Sum(sp.gamma(k + 1), (k, 0, 9999)),
        sp.Symbol("unknown") + 1,
        sp.Product(y[k] / 10**200, (k, 0, n - 1)) ** sp.Rational(1, 4),  # a step is no float, although the value is
        sp.log(sp.Product(y[k] * 10**200, (k, 0, n - 1))),
    ],
)
def test_no_number_is_given_where_there_is_no_value(formula: sp.Expr) -> None:
    assert vectorised(formula, VALUES) is None
