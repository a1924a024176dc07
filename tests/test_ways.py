"""Code that gives different values to different ways of calling it: each contradiction is found, and rounding is none."""

from pathlib import Path
from typing import Any

import pytest
import sympy as sp
from pasting import paste

from qedoc.claims.domain import Integers, Reals
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Parameter, Spec
from qedoc.judge.check import check
from qedoc.results.verdict import CaseResult, Verdict

x, n = sp.symbols("x n")

CODE = '''
import jax
import jax.numpy as jnp
import numpy as np


def traced(x):
    return 4 * x if isinstance(x, jax.core.Tracer) else 5 * x


def of_python(n):
    return 0 if type(n) is int else 13 * n


def of_python_at_seven(n):
    return 0 if isinstance(n, int) and n == 7 else 13 * n


def of_numpy(x):
    return 0.0 if isinstance(x, np.ndarray) else 3 * x


def in_single(x):
    return 4 * x + 1 if jnp.asarray(x).dtype == jnp.float64 else 4 * x + 3


def eager(x):
    return 3 * x if isinstance(jnp.asarray(x), jax.core.Tracer) else 3.0 * x


def by_eps(x):
    """What many libraries do: a small number for each format."""
    return 3 * x + jnp.finfo(jnp.asarray(x).dtype).eps


def method(x):
    return x.astype(jnp.float32) * 2


def cancelling(x):
    return (x - 1) + (1 - x)


def lossy(x):
    """Nothing is left of x in float32."""
    return (x + 1e9) - 1e9


def absorbing(x):
    """A compiler takes the constants together, and a run step by step does not."""
    return (x + 1e20) - 1e20 + 2 * x


def guarded(x):
    if not isinstance(x, jax.Array):
        raise TypeError("expected an array")
    return 3 * x
'''


@pytest.fixture(autouse=True)
def _targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "targets_of_ways.py").write_text(CODE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))


def checked(name: str, formula: Any, least: Any = None) -> CaseResult:
    symbol = Parameter(n, "n", Integers(), "") if n in formula.free_symbols else Parameter(x, "x", Reals(least=least), "")
    spec = Spec(target=f"targets_of_ways.{name}", formula=formula, symbols=[symbol], natural=True)
    return check(spec, {}, Limits(max_points=100), lambda _: None)


def pasted(line: str) -> float:
    """The number that a line of a report prints when it is pasted into Python."""
    printed: list[float] = []
    paste(line, print=lambda value: printed.append(float(value)))
    (number,) = printed
    return number


@pytest.mark.parametrize(
    ("name", "formula", "reason"),
    [
        ("traced", 4 * x, "under jit"),
        ("of_python", 13 * n, "for Python numbers"),
        ("of_python_at_seven", 13 * n, "for Python numbers"),
        ("in_single", 4 * x + 1, "in float32"),
    ],
)
def test_what_a_person_sees_refutes(name: str, formula: sp.Expr, reason: str) -> None:
    result = checked(name, formula)
    assert result.verdict is Verdict.REFUTED, result.reason
    assert reason in result.reason
    found = result.counterexample
    assert found is not None
    printed = pasted(found.call)
    assert printed == pytest.approx(float(found.ran))
    assert printed != pytest.approx(float(found.documented))


def test_what_a_compiler_may_reorder_is_no_other_way() -> None:
    assert checked("absorbing", 3 * x).verdict is not Verdict.REFUTED
    assert checked("absorbing", 4 * x).verdict is Verdict.REFUTED


def test_a_rarer_way_leaves_it_undecided() -> None:
    result = checked("of_numpy", 3 * x)
    assert result.verdict is Verdict.UNDECIDED
    assert "0 for NumPy arrays" in result.reason


@pytest.mark.parametrize(
    ("name", "formula"),
    [("eager", 3 * x), ("by_eps", 3 * x), ("cancelling", sp.Piecewise((0, x > 5), (0, True), evaluate=False)), ("lossy", x)],
)
def test_rounding_is_no_other_way(name: str, formula: sp.Expr) -> None:
    """by_eps differs from its formula in exact arithmetic, by less than any run shows."""
    assert checked(name, formula, least=1).verdict.holds


@pytest.mark.parametrize(("name", "formula", "verdict"), [("method", 3 * x, Verdict.REFUTED), ("guarded", 3 * x, Verdict.PROVED)])
def test_code_that_takes_arrays_alone_is_given_arrays(name: str, formula: sp.Expr, verdict: Verdict) -> None:
    result = checked(name, formula)
    assert result.verdict is verdict, result.reason
    if result.counterexample is not None:
        assert "jnp.asarray(" in result.counterexample.call
        assert pasted(result.counterexample.call) == pytest.approx(float(result.counterexample.ran))


def test_code_that_takes_arrays_alone_is_refuted_with_arrays() -> None:
    result = checked("guarded", 4 * x)
    assert result.verdict is Verdict.REFUTED
    assert result.counterexample is not None
    assert "jnp.asarray(1.0)" in result.counterexample.call
