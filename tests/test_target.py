"""From a dotted path to a function, and whether it takes the keywords of a claim."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qedoc.claims.target import call_by_name, resolve, signature_check
from qedoc.errors import TargetError, meant, question


@pytest.mark.parametrize(
    ("target", "value"),
    [("math.cos", math.cos), ("pathlib.Path.cwd", Path.cwd), ("qedoc.claims.target.resolve", resolve)],
)
def test_a_path_goes_through_modules_and_attributes(target: str, value: Callable[..., Any]) -> None:
    assert resolve(target) == value


def test_a_module_that_its_package_does_not_import_is_found() -> None:
    """`import jax` alone does not bring jax.scipy.stats.cauchy; the longest module prefix does."""
    assert resolve("jax.scipy.stats.cauchy.pdf").__name__ == "pdf"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("no_such_module.f", "no module named 'no_such_module'"),
        ("math.coss", r"module math has no attribute 'coss'; did you mean .*cos"),
        ("pathlib.Path.read_txt", "object pathlib.Path has no attribute 'read_txt'; did you mean read_text"),
        ("math.pi", "math.pi is not callable: found an object of type float"),
        ("math", "math is not callable: found an object of type module"),
        ("math..cos", "dotted path"),
        ("", "dotted path"),
        (".cos", "dotted path"),
        ("optax.cosine decay", "dotted path"),
    ],
)
def test_a_wrong_path_is_refused_with_what_is_wrong(target: str, message: str) -> None:
    with pytest.raises(TargetError, match=message):
        resolve(target)


@pytest.mark.parametrize("target", ["broken_module_for_test.f", "broken_package_for_test.part.f"])
def test_a_module_that_fails_to_import_is_refused(target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_module_for_test.py").write_text("1 / 0\n")
    (tmp_path / "broken_package_for_test").mkdir()
    (tmp_path / "broken_package_for_test" / "__init__.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(TargetError, match="ZeroDivisionError"):
        resolve(target)


def test_an_unknown_keyword_is_refused_with_the_known_ones() -> None:
    def schedule(init_value: float, /, decay_steps: int, *, alpha: float = 0.0) -> float:
        return init_value * decay_steps * alpha

    signature_check("schedule", schedule, ["decay_steps", "alpha"])
    with pytest.raises(
        TargetError, match=r"no parameter 'decay_step'; its parameters are init_value, decay_steps, alpha; did you mean decay_steps"
    ):
        signature_check("schedule", schedule, ["alpha", "decay_step"])
    signature_check("schedule", schedule, ["init_value", "decay_steps"])
    assert call_by_name(schedule, {"alpha": 0.5, "decay_steps": 3, "init_value": 2.0}) == 3.0
    with pytest.raises(TargetError, match="it has no parameters"):
        signature_check("f", lambda: 0, ["x"])


def test_a_function_with_double_star_takes_every_keyword() -> None:
    def anything(**keywords: float) -> float:
        return sum(keywords.values())

    signature_check("anything", anything, ["a", "b"])


def test_a_builtin_without_a_signature_is_left_to_the_call() -> None:
    signature_check("builtins.max", max, ["x"])


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("coss", ["cos", "cosh"]),  # spelled almost so
        ("cosine", ["cosine_decay_schedule", "cosine_similarity"]),  # the beginning
        ("cosine_deacy_schedule", ["cosine_decay_schedule"]),
        ("cos_", ["cos", "cosh"]),
        ("nothing", []),
        ("co", ["cos"]),
        ("x", []),
        ("", []),
    ],
)
def test_names_that_may_have_been_meant(name: str, found: list[str]) -> None:
    known = ["cos", "cosh", "cosine_decay_schedule", "cosine_similarity", "microbatching", "cos"]
    assert meant(name, known, most=2) == found


def test_a_question_names_what_may_have_been_meant() -> None:
    assert question(["cos", "cosh"]) == "did you mean cos or cosh?"
    assert question([]) == ""
