"""A formula on the command line: what it lacks is said at once, with a command to paste; parameters are fixed; arrays are understood."""

import json
import os
import pickle
import shlex
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pasting import paste

from qedoc.bind import Bound, Refused, given
from qedoc.claims.limits import Limits
from qedoc.claims.request import Request
from qedoc.claims.settings import Imported, setting
from qedoc.cli.main import main
from qedoc.engine import collect_tasks
from qedoc.engine.check_tasks import check_case
from qedoc.engine.messages import Failure
from qedoc.engine.pool import unpickled
from qedoc.errors import QedocError
from qedoc.lock.content import content
from qedoc.results.verdict import CaseResult, Verdict

CODE = '''
import jax.numpy as jnp


def scaled(x, rate, offset=1.0):
    """A scaled value."""
    return rate * x + offset


def reduced(x, reduce_fn, power=2):
    """A reduced value."""
    return reduce_fn(x**power)


def bare(x, kind):
    if kind == "double":
        return 2 * x
    return x


def mean_square(x, y):
    """The mean over the last axis."""
    return jnp.mean((x - y) ** 2, axis=-1)


def by_entry(x, k=1.0):
    """The code takes vectors only."""
    if jnp.ndim(x) != 1:
        raise ValueError("expected a vector")
    return k * x**2


def coupled(x):
    """Every entry depends on the others."""
    return x - jnp.mean(x, axis=-1)


def table(x):
    """A table."""
    return x[:, None] * x[None, :]


def lam(x, lam):
    """A parameter with a spelling of its own."""
    return lam * x


def factory(rate):
    """A function of t."""

    def value(t):
        return rate * t

    return value
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("commanded")
    (made / "commanded.py").write_text(CODE, encoding="utf-8")
    return made


@pytest.fixture(autouse=True)
def importable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(folder))
    yield
    sys.modules.pop("commanded", None)


def message(name: str, latex: str, **more: Any) -> str:
    found = collect_tasks.given(Request(target=f"commanded.{name}", latex=latex, **more))
    assert isinstance(found, Failure), found
    assert not found.trace, found.trace
    return found.message


def verdict(tmp_path: Path, name: str, latex: str, **more: Any) -> CaseResult:
    claims = collect_tasks.given(Request(target=f"commanded.{name}", latex=latex, **more))
    assert isinstance(claims, tuple), claims
    results = [check_case(claims[0], size, Limits(max_points=30), tmp_path) for size in claims[0].sizes]
    assert all(isinstance(result, CaseResult) for result in results)
    failing = [result for result in results if isinstance(result, CaseResult) and not result.verdict.holds]
    last = failing[0] if failing else results[-1]
    assert isinstance(last, CaseResult)
    return last


# What is missing


def test_all_symbols_that_are_no_parameter_are_told_at_once_with_a_command() -> None:
    told = message("scaled", "a q + w v")
    assert "the symbols a, q, v and w are no parameter of commanded.scaled (it has x, rate, offset)" in told
    assert "--bind SYMBOL=PARAMETER says what a symbol is, --where CONDITIONS where the formula holds" in told
    assert told.splitlines()[-1] == (
        "  qedoc check commanded.scaled --latex 'a q + w v' --bind a=PARAMETER --bind q=PARAMETER --bind v=PARAMETER --bind w=PARAMETER"
    )


def test_what_can_be_guessed_is_in_the_command_and_the_command_works(tmp_path: Path) -> None:
    told = message("scaled", "r x + o + q", bind={"x": "x"}, where=("x > 0",))
    words = shlex.split(told.splitlines()[-1])
    assert words == [
        *("qedoc", "check", "commanded.scaled", "--latex", "r x + o + q", "--bind", "x=x", "--bind", "o=offset"),
        *("--bind", "q=PARAMETER", "--bind", "r=rate", "--where", "x > 0"),
    ]
    assert verdict(tmp_path, "scaled", "r x + o", bind={"r": "rate", "o": "offset"}).verdict is Verdict.PROVED
    assert verdict(tmp_path, "scaled", "r x - o", bind={"r": "rate", "o": "offset"}).verdict is Verdict.REFUTED


def test_every_refused_formula_names_the_options() -> None:
    told = message("scaled", r"p(x + 1) \lim x")
    assert "--bind SYMBOL=PARAMETER" in told
    assert "--where CONDITIONS" in told


def test_all_wrong_parameters_are_told_at_once() -> None:
    told = message("scaled", "r x + o", bind={"r": "rat", "o": "off"}, settings={"axis": "1"})
    assert told == (
        "commanded.scaled has no parameter 'rat' for r and no 'off' for o and no 'axis' for --set; "
        "it has x, rate, offset; did you mean rate?"
    )


def test_a_symbol_that_is_not_in_the_formula_is_an_error() -> None:
    assert "--bind s=rate: s is not a symbol of the formula" in message("scaled", "x", bind={"s": "rate"})
    assert "--where 's > 0': s is not a symbol of the formula" in message("scaled", "x", where=("s > 0",))


def test_arguments_of_a_returned_function_are_guessed_too() -> None:
    assert message("factory", "a t + b").splitlines()[-1].endswith("--bind a=PARAMETER --bind b=PARAMETER --bind t=t")


# --set


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.5", 0.5), ("-2", -2), ("None", None), ("'mean'", "mean"), ("(1, 2)", (1, 2)), (" True ", True), ("{'a': [1]}", {"a": [1]})],
)
def test_a_literal(text: str, value: object) -> None:
    assert setting("p", text) == value


def test_the_path_of_an_object() -> None:
    import jax.numpy as jnp

    made = setting("p", "jnp.add")
    assert made == Imported("jax.numpy.add")
    assert unpickled(BytesIO(pickle.dumps(made))).value is jnp.add
    assert setting("p", "np.pi").value == pytest.approx(3.14159, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("double", "for a string, write --set \"p='double'\""),
        ("jnp.nothing", "jax.numpy.nothing cannot be imported: AttributeError"),
        ("no_such_module.x", "no_such_module.x cannot be imported: ModuleNotFoundError"),
        ("__import__('os').getcwd()", "expected a Python literal such as 0.5"),
        ("lambda x: x", "expected a Python literal"),
        ("1 +", "expected a Python literal"),
    ],
)
def test_anything_else_is_refused_and_never_run(text: str, told: str) -> None:
    with pytest.raises(QedocError) as error:
        setting("p", text)
    assert told in error.value.message


def test_a_parameter_is_fixed_to_a_function(tmp_path: Path) -> None:
    summed = {"reduce_fn": "jnp.sum"}
    assert verdict(tmp_path, "reduced", r"\sum_i x_i^2", settings=summed).verdict is Verdict.PROVED
    wrong = verdict(tmp_path, "reduced", r"\sum_i x_i", settings=summed)
    assert wrong.verdict is Verdict.REFUTED
    assert wrong.counterexample is not None
    assert "reduce_fn=jax.numpy.sum" in wrong.counterexample.call
    paste(wrong.counterexample.call)
    assert verdict(tmp_path, "reduced", r"\frac{1}{n} \sum_{i=1}^n x_i^2", settings={"reduce_fn": "jnp.mean"}).verdict is Verdict.PROVED


def test_a_string_and_a_target_without_a_docstring(tmp_path: Path) -> None:
    assert verdict(tmp_path, "bare", "2 x", settings={"kind": "'double'"}).verdict is Verdict.PROVED
    assert verdict(tmp_path, "bare", "2 x", settings={"kind": "'other'"}).verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("name", "latex", "settings"), [("scaled", r"\mathit{rate} x + o", {"rate": "2"}), ("lam", r"\lambda x", {"lam": "0.1"})]
)
def test_a_number_stands_for_the_symbol_too(tmp_path: Path, name: str, latex: str, settings: dict[str, str]) -> None:
    bind = {"o": "offset"} if name == "scaled" else {}
    assert verdict(tmp_path, name, latex, bind=bind, settings=settings).verdict is Verdict.PROVED
    assert verdict(tmp_path, name, f"{latex} + x", bind=bind, settings=settings).verdict is Verdict.REFUTED


def test_a_bound_symbol_has_the_number_of_its_parameter(tmp_path: Path) -> None:
    assert verdict(tmp_path, "scaled", "r x + 1", bind={"r": "rate"}, settings={"rate": "0.1", "offset": "1"}).verdict is Verdict.PROVED
    assert verdict(tmp_path, "scaled", "x / 10 + 1", settings={"rate": "0.1", "offset": "1"}).verdict is Verdict.PROVED


def test_what_is_set_is_no_value_of_a_letter_that_stands_for_another_parameter(tmp_path: Path) -> None:
    """`rate` may be written as eta. Here the user says that eta is the offset."""
    bind, fixed = {r"\eta": "offset"}, {"rate": "2"}
    assert verdict(tmp_path, "scaled", r"2 x + \eta", bind=bind, settings=fixed).verdict is Verdict.PROVED
    assert verdict(tmp_path, "scaled", r"\eta x + \eta", bind=bind, settings=fixed).verdict is Verdict.REFUTED


def test_an_infinite_number_is_no_value_of_a_symbol() -> None:
    assert "--set rate=float('inf')" in message("scaled", r"\mathit{rate} x", settings={"rate": "float('inf')"})


def test_a_symbol_cannot_be_something_that_is_no_number() -> None:
    fixed = {"rate": "jnp.sum"}
    assert "--set rate=jnp.sum: rate is a symbol of the formula" in message("scaled", r"\mathit{rate} x", settings=fixed)
    told = message("scaled", "r x", bind={"r": "rate"}, settings=fixed)
    assert "--bind r=rate and --set rate=jnp.sum contradict each other" in told


def test_what_is_set_is_noted_and_part_of_the_content() -> None:
    def claim(text: str) -> Bound:
        (found,) = given("commanded.reduced", r"\sum_i x_i^2", {}, (), {"reduce_fn": text})
        assert isinstance(found, Bound)
        return found

    assert "reduce_fn=jax.numpy.sum, as --set says" in claim("jnp.sum").notes
    contents = [content(claim(text).spec) for text in ("jnp.sum", "jax.numpy.sum", "jnp.mean")]
    assert contents[0] == contents[1] != contents[2]


def test_a_parameter_without_which_the_code_does_not_run_is_told() -> None:
    told = message("reduced", "x^2")
    assert "the formula does not contain reduce_fn, which has no default" in told
    assert told.splitlines()[-1] == "  qedoc check commanded.reduced --latex 'x^2' --set reduce_fn=VALUE"


# Numbers and arrays


def test_a_formula_about_numbers_is_compared_with_code_for_arrays_entry_by_entry(tmp_path: Path) -> None:
    assert verdict(tmp_path, "by_entry", "k x^2").verdict is Verdict.PROVED
    assert verdict(tmp_path, "by_entry", "k x^3").verdict is Verdict.REFUTED
    assert verdict(tmp_path, "by_entry", "k |x|^2", where=("x > 0",)).verdict is Verdict.PROVED
    (claim,) = given("commanded.by_entry", "k x^2", {}, ())
    assert isinstance(claim, Bound)
    assert any("so the formula is about each entry" in note for note in claim.notes)


@pytest.mark.parametrize(
    ("name", "latex", "told"),
    [
        ("mean_square", "(x - y)^2", r"combines the entries to one number; write it with entries, as in \sum_{i=1}^n x_i"),
        ("coupled", "x", "gives an array of shape (2,)"),
        ("table", "x^2", "gives an array of shape (2, 2); name the entry on the left, as in y_{ij} = ..."),
    ],
)
def test_or_the_message_says_how_to_write_it(tmp_path: Path, name: str, latex: str, told: str) -> None:
    if name == "coupled":
        assert verdict(tmp_path, name, latex).verdict is Verdict.REFUTED
        return
    (refused,) = given(f"commanded.{name}", latex, {}, ())
    assert isinstance(refused, Refused)
    assert told in f"{refused.reason}; {refused.suggestion}"
    assert "for numbers" in refused.reason


def test_written_as_the_message_says_it_holds(tmp_path: Path) -> None:
    assert verdict(tmp_path, "mean_square", r"\frac{1}{n} \sum_{i=1}^n (x_i - y_i)^2").verdict is Verdict.PROVED


# The command


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["a.f", "--latex", "x", "--set", "k"], "--set k: expected PARAMETER=VALUE"),
        (["a.f", "--latex", "x", "--set", "k="], "--set k=: expected PARAMETER=VALUE"),
        (["a.f", "--latex", "x", "--set", "k=1", "--set", "k=2"], "--set k=2: k is already set to 1"),
        (["a.f", "--set", "k=1"], "--bind, --where and --set require a formula; add --latex FORMULA"),
    ],
)
def test_options_that_do_not_go_together_are_refused_at_once(arguments: list[str], told: str) -> None:
    done = CliRunner().invoke(main, ["check", *arguments])
    assert done.exit_code == 2
    assert told in done.output


def test_the_command_as_a_whole(folder: Path) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), *sys.path]), "COLUMNS": "120"}
    command = [
        sys.executable,
        "-m",
        "qedoc",
        "check",
        "commanded.bare",
        "--latex",
        "2 x",
        "--set",
        "kind='double'",
        "-j1",
        "--max-points",
        "30",
    ]
    done = subprocess.run(
        [*command, "--format", "json"], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    (claim,) = json.loads(done.stdout)["claims"]
    assert (claim["verdict"], claim["notes"]) == ("proved", ["kind='double', as --set says"])
    shown = subprocess.run(
        [*command, "--format", "full"], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert "assumed     kind='double', as --set says" in shown.stdout


def test_a_finding_says_how_to_find_it_again(folder: Path) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), *sys.path])}
    options = ["check", "commanded.scaled", "--latex", "r x - 1", "--bind", "r=rate", "--set", "offset=1.0"]
    command = [sys.executable, "-m", "qedoc", *options, "-j1", "--max-points", "30", "--format", "json"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1, done.stderr
    replays = [finding["replay"] for finding in json.loads(done.stdout)["findings"] if finding["code"] == "QED101"]
    assert [shlex.split(replay) for replay in replays] == [["qedoc", *options, "--seed", "0"]]
