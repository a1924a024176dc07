"""Checked points per second inside a Hypothesis run, against tests that people write; run by `nox -s bench`.

A point is checked where formula and code are both evaluated, and compared. All compare the same formula, of `optax.cosine_decay_schedule`.
"""

import itertools
import math
import os
from typing import Any

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import numpy as np
import optax
from benchmarks.measuring import Table, alternating
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from qedoc.judge.pair import Pair
from qedoc.search.screening import ROWS, Screen
from qedoc.search.strategies import seeded
from qedoc.sources.specfiles import find, load

SPEC = "spec/optax/cosine_decay_schedule.py"
NAMES = ("I", "T", "alpha", "p", "t")
BATCH = 4096
TINY = 1e-30
"""Below this, float32 is too coarse for a relative comparison."""

QUIET = {"database": None, "deadline": None, "suppress_health_check": list(HealthCheck)}


def code(I: Any, T: Any, alpha: Any, p: Any, t: Any) -> Any:
    """What Optax computes, without its checks, which jit cannot trace."""
    return I * ((1 - alpha) * (0.5 * (1 + jnp.cos(jnp.pi * jnp.minimum(t, T) / T))) ** p + alpha)


def documented(I: float, T: int, alpha: float, p: float, t: int) -> float:
    return alpha * I + (1 - alpha) * I * ((1 + math.cos(math.pi * min(t, T) / T)) / 2) ** p


def documented_of_rows(I: Any, T: Any, alpha: Any, p: Any, t: Any) -> Any:
    return alpha * I + (1 - alpha) * I * ((1 + np.cos(np.pi * np.minimum(t, T) / T)) / 2) ** p


def scalar_test(examples: int) -> Any:
    @settings(max_examples=examples, **QUIET)
    @given(I=st.floats(-1e6, 1e6), T=st.integers(1, 10**6), alpha=st.floats(0, 1), p=st.floats(0.1, 10), t=st.integers(0, 2 * 10**6))
    def test(I: float, T: int, alpha: float, p: float, t: int) -> None:
        found = float(optax.cosine_decay_schedule(I, T, alpha, p)(t))
        assert math.isclose(found, documented(I, T, alpha, p, t), rel_tol=1e-3, abs_tol=1e-3 * abs(I) + TINY)

    return test


def agree(columns: list[Any], run: Any) -> None:
    assert np.all(np.abs(run(*columns) - documented_of_rows(*columns)) <= 1e-9 * np.abs(columns[0]) + TINY)


def seeded_test(examples: int, run: Any) -> Any:
    @settings(max_examples=examples, **QUIET)
    @given(seed=st.integers(0, 2**32 - 1))
    def test(seed: int) -> None:
        draw = np.random.default_rng(seed)
        I, alpha, p = draw.uniform(-1e6, 1e6, BATCH), draw.random(BATCH), draw.uniform(0.1, 10, BATCH)
        agree([I, draw.integers(1, 10**6, BATCH), alpha, p, draw.integers(0, 2 * 10**6, BATCH)], run)

    return test


def arrays_test(examples: int, run: Any) -> Any:
    def reals(low: float, high: float) -> Any:
        return hnp.arrays(np.float64, BATCH, elements=st.floats(low, high))

    def integers(low: int, high: int) -> Any:
        return hnp.arrays(np.int64, BATCH, elements=st.integers(low, high))

    @settings(max_examples=examples, **QUIET)
    @given(st.tuples(reals(-1e6, 1e6), integers(1, 10**6), reals(0, 1), reals(0.125, 10), integers(0, 2 * 10**6)))
    def test(columns: tuple[Any, ...]) -> None:
        agree(list(columns), run)

    return test


def screened_test(examples: int, pair: Pair, screen: Screen) -> Any:
    @settings(max_examples=examples, **QUIET)
    @given(seed=st.integers(0, 2**32 - 1))
    def test(seed: int) -> None:
        assert not any(map(pair.refuted_at, screen.suspects(seed, 40)))

    return test


def test_points_in_a_hypothesis_run(table: Table) -> None:
    pair = Pair(load(find([SPEC])[0][0])[0], {})
    pair.code.explore(pair.facts)
    marks = [*itertools.islice(pair.plan.landmarks(), 500), *seeded(pair.plan, 250, 0)]
    screen = Screen(pair.call, pair.plan, pair.case.formula, marks)
    with jax.enable_x64(True):
        run = jax.jit(jax.vmap(code))
        ((columns, _),) = screen.batch(0)
        by_name = dict(zip(map(str, pair.plan.symbols), columns, strict=True))
        raw = [jnp.asarray(by_name[name]) for name in NAMES]
        compiled: list[str] = []
        counts = {"scalar": 200, "arrays": 8, "seeded": 100, "screened": 16, "raw": 16}
        works = {
            "scalar": scalar_test(counts["scalar"]),
            "arrays": arrays_test(counts["arrays"], run),
            "seeded": seeded_test(counts["seeded"], run),
            "screened": screened_test(counts["screened"], pair, screen),
            "raw": lambda: [run(*raw).block_until_ready() for _ in range(counts["raw"])],
        }
        for work in works.values():
            work()
        jax.monitoring.register_event_duration_secs_listener(lambda event, spent, **_: compiled.append(event))
        works["screened"]()
        recompiled = [event for event in compiled if "compile" in event]
        jax.monitoring.clear_event_listeners()
        taken = alternating(works)
    rows = {"scalar": 1, "arrays": BATCH, "seeded": BATCH, "screened": ROWS, "raw": ROWS}
    rate = {name: counts[name] * rows[name] / spent for name, spent in taken.items()}
    table.line("Points of the cosine formula checked per second inside a Hypothesis run", f"{rate['screened'] / 1e6:.1f} million")
    table.at_least("... against a scalar Hypothesis test written by hand", rate["screened"] / rate["scalar"], 5000)
    table.at_least("... against 4,096 rows a test from a seed, in `jit(vmap)`", rate["screened"] / rate["seeded"], 2)
    table.at_least("... against 4,096 rows a test from `hnp.arrays`, in `jit(vmap)`", rate["screened"] / rate["arrays"], 2)
    table.at_most("`jit(vmap)` of the code alone, against this", rate["raw"] / rate["screened"], 5)
    table.at_most("Compilations after the first batch", len(recompiled), 0, "")
