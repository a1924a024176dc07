"""A slice of `nox -s soundness`, and the generator itself: its labels, its state file, its exit code."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import jax
import numpy as np
import pytest
from click.testing import CliRunner
from pasting import paste
from soundness import checking
from soundness.__main__ import main
from soundness.checking import Checked
from soundness.mutate import mutated
from soundness.pairs import HEAD, KINDS, Pair, difference, pair
from soundness.tree import Node, Point, UndefinedError, code, number, value, variable

from qedoc.results.verdict import Verdict

SEED = 2026

SLICES = [range(20), range(22, 42), range(44, 66)]
"""Of the pairs: all kinds are in it."""

X = variable("x")


@pytest.mark.parametrize("numbers", SLICES, ids=str)
def test_no_verdict_on_generated_pairs_is_wrong(numbers: range, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    state = tmp_path / "state.jsonl"
    assert checking.run(SEED, numbers, state, 1, lambda done, total: None) == 0
    found = list(checking.read([state]).values())
    assert [c.number for c in found] == list(numbers)
    record_property("generated", dict(Counter(f"{side} {getattr(c, side)}" for c in found for side in ("right", "wrong"))))
    assert not [c.module for c in found if c.module]
    assert sum(Verdict(c.right).holds for c in found) >= 0.8 * len(found)
    assert sum(c.wrong == Verdict.REFUTED for c in found) >= 0.8 * len(found)


def function(made: Pair) -> Callable[..., Any]:
    found: Callable[..., Any] = paste(HEAD + made.claim(right=True))[made.name(right=True)]
    return found


def values(formula: Node, point: Point) -> np.ndarray:
    """The formula as floats: of each entry, if it has an index."""
    indices: Sequence[int] = range(len(point["x"])) if _is_indexed(formula) else (0,)
    return np.array([float(value(formula, point, {"i": i})) for i in indices])


def _is_indexed(formula: Node) -> bool:
    return any(node.op == "entry" for node in formula.nodes() if node.index == "i") and formula.op != "sum"


def run(made: Pair, point: Point) -> np.ndarray:
    """The code in float64."""
    whole = made.kind == "integers"
    inputs = [
        np.array([float(x) for x in given]) if isinstance(given, list) else int(given) if whole else float(given)
        for given in (point[parameter.partition(":")[0]] for parameter in made.parameters)
    ]
    with jax.enable_x64(True):
        return np.atleast_1d(np.asarray(function(made)(*inputs), dtype=float))


def labelled(made: Pair) -> bool:
    """Whether the code agrees with the right formula and differs from the wrong one, where they are said to differ."""
    try:
        right, wrong = values(made.right, made.witness), values(made.wrong, made.witness)
    except UndefinedError:  # of another entry than the one that differs
        return True
    ran = run(made, made.witness)
    agrees = np.allclose(ran, right if ran.shape == right.shape else right[:1], rtol=1e-9, atol=1e-12)
    apart = any(abs(a - b) > 1e-12 * (1 + abs(a)) for a, b in zip(right, wrong, strict=True))
    return bool(agrees) and apart


def test_labels_agree_with_runs_of_the_code() -> None:
    assert not [made.module() for made in (pair(SEED, k) for k in range(110)) if not labelled(made)]


def test_a_wrong_label_is_caught() -> None:
    made = pair(SEED, 0)
    assert labelled(made)
    assert not labelled(replace(made, wrong=made.right))
    assert not labelled(replace(made, right=made.wrong, wrong=made.right))


def test_a_mutation_that_changes_nothing_is_not_called_wrong() -> None:
    points = [{"x": Fraction(k, 4)} for k in range(-12, 13)]
    square = Node("pow", (X, number(2)))
    assert difference(square, Node("mul", (X, X)), (), points) is None
    assert difference(Node("abs", (X,)), X, (Node(">", (X, number(0))),), points) is None
    assert difference(Node("abs", (X,)), X, (), points) == {"x": Fraction(-3)}
    thirds = Node("mul", (Node("div", (X, number(3))), number(3)))
    assert difference(thirds, X, (), points) is None


def test_a_difference_at_a_single_point_is_seen() -> None:
    special = Node("cases", (Node("=", (X, number("0.77"))), number(5), X))
    points = [{"x": x} for x in (Fraction(0), Fraction(1), Fraction("0.77"))]
    assert difference(special, X, (), points) == {"x": Fraction("0.77")}
    assert difference(special, X, (), points[:2]) is None


def test_where_a_formula_has_no_value_there_is_no_difference() -> None:
    points = [{"x": Fraction(0)}, {"x": Fraction(-1)}]
    assert difference(Node("log", (X,)), Node("sqrt", (X,)), (), points) is None


def test_the_same_number_gives_the_same_pair() -> None:
    assert [pair(SEED, k) for k in range(22)] == [pair(SEED, k) for k in range(22)]
    assert {pair(SEED, k).kind for k in range(22)} == set(KINDS)
    assert pair(SEED, 0).module() != pair(SEED + 1, 0).module()


def test_code_is_written_in_several_forms_and_formulas_in_several_wrong_ones() -> None:
    made = Node("mul", (Node("add", (X, number(1))), Node("max", (X, number(0)))))
    assert len({code(made, Random(k)) for k in range(40)}) >= 8
    assert len({mutated(made, Random(k)) for k in range(40)}) >= 8


def answer(pairs: Sequence[Pair], stop_after: int | None = None) -> tuple[list[Checked], int]:
    found = [
        Checked(seed=made.seed, number=made.number, kind=made.kind, right=Verdict.PROVED, wrong=Verdict.REFUTED, seconds=0.0)
        for made in pairs
    ]
    return (found, 0) if stop_after is None else (found[:stop_after], 2)


def quietly(done: int, total: int) -> None:
    pass


def test_an_interrupted_run_that_goes_on_is_a_run_without_interruption(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def checked(pairs: Sequence[Pair], *rest: object) -> tuple[list[Checked], int]:
        asked.extend(made.number for made in pairs)
        return answer(pairs, 4 if len(asked) == 20 and interrupting else None)

    monkeypatch.setattr(checking, "BATCH", 10)
    monkeypatch.setattr(checking, "check", checked)
    whole, parts = tmp_path / "whole.jsonl", tmp_path / "parts.jsonl"
    interrupting = False
    assert checking.run(SEED, range(35), whole, 1, quietly) == 0
    asked.clear()
    interrupting = True
    assert checking.run(SEED, range(35), parts, 1, quietly) == 2
    assert len(checking.read([parts])) == 14
    with parts.open("a", encoding="utf-8") as state:
        state.write('{"seed": 2026, "num')  # it was killed while it wrote
    interrupting = False
    asked.clear()
    assert checking.run(SEED, range(35), parts, 1, quietly) == 0
    assert asked == list(range(14, 35))
    assert checking.read([parts]) == checking.read([whole])


def test_runs_count_together_and_no_pair_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "check", lambda pairs, *rest: answer(pairs))
    one, other = tmp_path / "one.jsonl", tmp_path / "other.jsonl"
    checking.run(1, range(10), one, 1, quietly)
    checking.run(1, range(5, 15), other, 1, quietly)
    checking.run(2, range(5), other, 1, quietly)
    done = CliRunner().invoke(main, ["summary", str(one), str(other)])
    assert done.exit_code == 0
    assert "20 pairs, 0 with a wrong verdict" in done.output


def test_a_wrong_verdict_makes_the_exit_code_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The right formula and the wrong one are exchanged, so that the verdicts of qedoc on both are wrong."""
    made = pair(SEED, 1)
    monkeypatch.setattr(checking, "pair", lambda seed, count: replace(made, right=made.wrong, wrong=made.right))
    state = tmp_path / "state.jsonl"
    command = ["run", "--pairs", "1", "--start", "1", "--seed", str(SEED), "--state", str(state), "-j", "1"]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 1
    assert "1 pairs, 1 with a wrong verdict" in done.output
    assert f"def {made.name(right=True)}(" in done.output
    assert CliRunner().invoke(main, ["summary", str(state)]).exit_code == 1
