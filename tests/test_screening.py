"""Batches of rows in float64: what they show, and that they decide nothing."""

import itertools
import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

from qedoc import Integers, Parameter, Reals, Spec
from qedoc.claims.limits import Limits
from qedoc.judge.check import search
from qedoc.judge.pair import Pair
from qedoc.judge.proof import Proof
from qedoc.search.screening import ROWS, Screen
from qedoc.search.strategies import seeded

x, n = sp.symbols("x n")
UNIT = [Parameter(x, "x", Reals(least=0, most=1), "input"), Parameter(n, "n", Integers(least=1), "count")]


def hump(x: Any, n: Any) -> Any:
    return x * n


def band(x: Any, n: Any) -> Any:
    """Wrong between 0.7 and 0.7001 alone."""
    return x * n + jnp.where((x > 0.7) & (x < 0.7001), 0.125, 0.0)


def forked(x: Any, n: Any) -> Any:
    """Python itself asks: the rows part. Wrong where it does not go the usual way."""
    return x * n if x <= 0.75 else x * n * 1.25


def raising(x: Any, n: Any) -> Any:
    raise ValueError(x)


def pair(target: str, formula: sp.Expr = x * n, **keywords: Any) -> Pair:
    return Pair(Spec(target=f"{__name__}.{target}", formula=formula, symbols=UNIT, **keywords), {})


def screen(made: Pair) -> Screen:
    marks = [*itertools.islice(made.plan.landmarks(), 100), *seeded(made.plan, 100, 0)]
    return Screen(made.call, made.plan, made.case.formula, marks)


def place(made: Pair, row: tuple[Fraction, ...]) -> Mapping[str, Fraction]:
    return {symbol.name: value for symbol, value in made.plan.point(row).items()}


def test_where_both_agree_nothing_is_suspect() -> None:
    assert screen(pair("hump")).suspects(0, 20) == []


def test_a_thin_band_is_seen() -> None:
    made = pair("band")
    rows = screen(made).suspects(0, 20)
    assert 0 < len(rows) <= 20
    assert all(Fraction("0.7") < place(made, row)["x"] < Fraction("0.7001") for row in rows)


def test_a_suspect_refutes_only_by_enclosures_and_becomes_simple() -> None:
    nothing = Proof(cells=0, suspects=(), reason="not tried", complete=False, left_out=0)
    made = pair("band")
    made.code.explore(made.facts)
    row = search(made, nothing, Limits(max_points=40))
    assert row is not None
    assert Fraction("0.7") < place(made, row)["x"] < Fraction("0.7001")
    assert place(made, row)["n"] == 1
    right = pair("hump")
    right.code.explore(right.facts)
    assert search(right, nothing, Limits(max_points=40)) is None


def test_rows_that_go_different_ways_are_run_way_by_way() -> None:
    made = pair("forked")
    rows = screen(made).suspects(0, 20)
    assert rows
    assert all(place(made, row)["x"] > Fraction(3, 4) for row in rows)


def test_all_suspects_lie_in_the_domain() -> None:
    made = pair("hump", x * n + sp.Rational(1, 8), where=(n * x < 3,))
    rows = screen(made).suspects(0, 40)
    assert rows
    assert all(made.plan.holds(row) for row in rows)
    assert all(place(made, row)["n"].denominator == 1 for row in rows)


@pytest.mark.parametrize("formula", [x * n, sp.Function("unheard_of")(x), sp.Integral(sp.Symbol("s"), (sp.Symbol("s"), 0, x))])
def test_what_cannot_be_run_on_rows_shows_nothing(formula: sp.Expr) -> None:
    made = pair("raising" if formula == x * n else "hump")
    marks = seeded(made.plan, 10, 0)
    assert Screen(made.call, made.plan, formula, marks).suspects(0, 20) == []


def test_a_seed_gives_a_batch_and_another_one_another() -> None:
    made = pair("band")
    assert screen(made).suspects(3, 20) == screen(made).suspects(3, 20)
    assert screen(made).suspects(3, 20) != screen(made).suspects(4, 20)


def test_a_batch_is_compiled_once() -> None:
    made = screen(pair("band"))
    compiled: list[str] = []
    jax.monitoring.register_event_duration_secs_listener(lambda event, seconds, **_: compiled.append(event))
    list(made.batch(0))
    assert [event for event in compiled if "compile" in event]
    compiled.clear()
    for seed in range(1, 4):
        for columns, errors in made.batch(seed):
            assert len(columns) == 2
            assert np.asarray(errors).shape == (ROWS,)
    jax.monitoring.clear_event_listeners()
    assert not [event for event in compiled if "compile" in event]


def test_numbers_are_spread_over_the_domain() -> None:
    made = screen(pair("hump"))
    ((columns, _),) = made.batch(0)
    numbers = dict(zip((symbol.name for symbol in made._plan.symbols), map(np.asarray, columns), strict=True))
    assert 0 <= numbers["x"].min() < 1e-3
    assert 0.999 < numbers["x"].max() <= 1
    assert len(np.unique(numbers["x"])) > ROWS // 4
    assert numbers["n"].min() == 1
    assert math.log10(numbers["n"].max()) > 5
