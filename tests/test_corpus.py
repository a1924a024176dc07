"""The corpus of claims whose truth is known: no wrong one is proved or tested, no right one is refuted, and most have an answer.

A name that ends in `_R` has a right formula, one that ends in `_W` a wrong one. `corpus/transcriptions.py` says so without qedoc: it holds
each documented formula in plain Python.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from corpus.transcriptions import CLAIMS, Truth

from qedoc.claims.limits import Limits
from qedoc.engine import schedule, worker
from qedoc.engine.pool import Pool
from qedoc.results.verdict import Verdict

LIMITS = {"vectors": Limits(max_points=60, timeout=60)}
"""For modules whose claims have many cases."""

MODULES = sorted(path.stem for path in (Path(__file__).parent / "corpus").glob("*.py") if path.stem != "transcriptions")

REALS = (-3.0, -1.5, -1.0, -0.5, 0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.7)

FEWEST = 3
"""Points at which a right claim is compared."""

ENOUGH = 0.8
"""Share of the right claims of a module that hold, and of its wrong ones that are refuted."""

OPEN = ("nowhere",)
"""Modules of which no share is expected: "undecided" is right where nothing can be compared."""


def is_right(name: str) -> bool:
    assert name.endswith(("_R", "_W")), name
    return name.endswith("_R")


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(1, worker.warm_up) as workers:
        yield workers


@pytest.mark.parametrize("module", MODULES)
def test_no_wrong_claim_holds_and_no_right_one_is_refuted(module: str, pool: Pool, record_property: Callable[[str, object], None]) -> None:
    found = schedule.audit([f"corpus.{module}"], limits=LIMITS.get(module, Limits(timeout=60)), jobs=1, pool=pool)
    counts: Counter[str] = Counter()
    wrong = []
    for claim in found.claims:
        right = is_right(claim.target)
        counts[f"{'right' if right else 'wrong'} {claim.verdict}"] += 1
        if claim.verdict is Verdict.REFUTED if right else claim.verdict.holds:
            wrong.append(f"{claim.id} is {claim.verdict}: {claim.decisive.reason}")
    record_property("corpus", dict(counts))
    assert not wrong, "\n".join(wrong)
    assert not found.errors
    names = {name.partition(".")[2] for name in CLAIMS if name.startswith(f"{module}.")}
    assert {claim.target.rpartition(".")[2] for claim in found.claims} == names
    if module not in OPEN:
        total = Counter("right" if is_right(claim.target) else "wrong" for claim in found.claims)
        assert counts["right proved"] + counts["right tested"] >= ENOUGH * total["right"], counts
        assert counts["wrong refuted"] >= ENOUGH * total["wrong"], counts


@pytest.mark.parametrize("module", MODULES)
def test_what_is_right_and_what_is_wrong_is_known_without_qedoc(module: str) -> None:
    mislabelled = [name for name in CLAIMS if name.startswith(f"{module}.") and not labelled(name, CLAIMS[name])]
    assert not mislabelled


def test_a_label_is_not_believed() -> None:
    """A right formula that is called wrong, and a wrong one that is called right."""
    double = "observed_integers.in_table_R"
    assert labelled(double, Truth(lambda n: 2 * n, at=[1, 2, 3]))
    assert not labelled(double, Truth(lambda n: 2 * n + (n == 3), at=[1, 2, 3]))
    assert not labelled(double.replace("_R", "_W"), Truth(lambda n: 2 * n, at=[1, 2, 3]))


def test_there_are_enough_claims() -> None:
    assert len(CLAIMS) >= 400
    assert 0.4 <= sum(map(is_right, CLAIMS)) / len(CLAIMS) <= 0.6


def test_few_labels_rest_on_a_reason_alone() -> None:
    assert sum(bool(truth.because) for truth in CLAIMS.values()) <= 0.06 * len(CLAIMS)


def labelled(name: str, truth: Truth) -> bool:
    """Whether runs of the code agree with the transcription where the claim is right, and differ from it somewhere where it is wrong."""
    if truth.because:
        return True
    module, _, function = name.partition(".")
    code = getattr(import_module(f"corpus.{module}"), function)
    with jax.enable_x64(not truth.single), np.errstate(all="ignore"):
        same = [agrees for row in rows(truth) if (agrees := compared(code, truth, row)) is not None]
    return all(same) and len(same) >= min(FEWEST, len(truth.at) or FEWEST) if is_right(name) else not all(same)


def rows(truth: Truth) -> Iterator[tuple[Any, ...]]:
    if truth.at:
        yield from (row if isinstance(row, tuple) else (row,) for row in truth.at)
        return
    count = truth.formula.__code__.co_argcount
    for shift in range(max(1, count)):
        for k in range(len(REALS)):
            yield tuple(REALS[(k * (1 + shift * i) + 3 * i) % len(REALS)] for i in range(count))


def compared(code: Callable[..., Any], truth: Truth, row: Sequence[Any]) -> bool | None:
    """Whether code and transcription agree; None where one of them has no value."""
    try:
        documented = np.asarray(truth.formula(*row), dtype=float)
        actual = np.asarray(called(code, [argument(value) for value in row]), dtype=float)
    except (ZeroDivisionError, ValueError, OverflowError):
        return None
    if np.any(np.isnan(documented)) or np.any(np.isnan(actual)):
        return None
    tolerance = 1e-4 if truth.single else 1e-9
    return documented.shape == actual.shape and np.allclose(actual, documented, rtol=tolerance, atol=tolerance * 1e-3)


def called(code: Callable[..., Any], inputs: Sequence[Any]) -> Any:
    """The value of the code; that of a factory is a function of one more input."""
    count = code.__code__.co_argcount - len(code.__defaults__ or ())
    made = code(*inputs[:count])
    return made(*inputs[count:]) if callable(made) else made


def argument(value: Any) -> Any:
    return jax.numpy.asarray(value) if isinstance(value, list) else value
