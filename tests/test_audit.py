"""A library audited as its maintainer would: every formula of its docstrings is accounted for, in the terminal and in JSON."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from qedoc.claims.limits import Limits
from qedoc.claims.request import Request
from qedoc.cli.main import main
from qedoc.engine.check_tasks import check_case
from qedoc.engine.collect_tasks import given
from qedoc.engine.messages import Failure
from qedoc.results.verdict import CaseResult, Verdict

LIBRARY = r'''
"""A library."""
import jax.numpy as jnp

__all__ = ["damped", "flipped", "quotient", "loose", "bound_to_be", "norm"]


def damped(x, rate):
    r"""A damped value.

    .. math:: \mathrm{damped}(x, r) = x e^{-r}

    Args:
        x: the value.
        rate: the rate :math:`r`.
    """
    return x * jnp.exp(-rate)


def flipped(x):
    r"""A parabola.

    .. math:: \mathrm{flipped}(x) = -x^2 + 1
    """
    return x**2 + 1


def quotient(x):
    r"""Where x is zero the code has no value.

    .. math:: \mathrm{quotient}(x) = x + 2
    """
    return (x**2 + 2 * x) / x


def loose(x):
    r"""Dots are no formula.

    .. math:: \mathrm{loose}(x) = x + \ldots + x^n
    """
    return x


def bound_to_be(x):
    r"""A constraint.

    .. math:: x \geq 0
    """
    return x


def norm(x):
    r"""The length of a vector.

    .. math:: \mathrm{norm}(x) = \sqrt{\sum_{i=1}^n x_i^2} = \sqrt{\sum_{i=1}^n x_i^2} + 1

    Args:
        x: a vector.
    """
    return jnp.sqrt(jnp.sum(x**2))
'''


def qedoc(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), *sys.path]), "COLUMNS": "120"}
    command = [sys.executable, "-m", "qedoc", arguments[0], "--repair-timeout", "0", *arguments[1:]]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    (folder / "scratch_library.py").write_text(LIBRARY, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def found(library: Path) -> dict[str, dict[str, object]]:
    done = qedoc("audit", "scratch_library", "--format", "json", "-j1", folder=library)
    assert done.returncode == 1, done.stderr
    return {claim["id"].removeprefix("scratch_library."): claim for claim in json.loads(done.stdout)["claims"]}


def test_every_formula_of_the_docstrings_has_a_verdict(found: dict[str, dict[str, object]]) -> None:
    """Right, wrong, without a value somewhere, unreadable, no claim, and a chain of which one link is right."""
    assert {name: claim["verdict"] for name, claim in found.items()} == {
        "damped": "proved",
        "flipped": "refuted",
        "quotient": "proved",
        "loose": "unreadable",
        "bound_to_be": "not-a-claim",
        "norm#1.1": "proved",
        "norm#1.2": "refuted",
    }


def test_a_formula_stands_at_its_own_line_as_it_is_written(found: dict[str, dict[str, object]]) -> None:
    line = LIBRARY.splitlines().index(r"    .. math:: \mathrm{flipped}(x) = -x^2 + 1") + 1
    source, formula = found["flipped"]["source"], found["flipped"]["formula"]
    assert isinstance(source, dict)
    assert isinstance(formula, dict)
    assert (Path(source["path"]).name, source["line"]) == ("scratch_library.py", line)
    assert formula == {"latex": r"\mathrm{flipped}(x) = -x^2 + 1", "sympy": "1 - x**2"}


def test_a_counterexample_can_be_pasted(found: dict[str, dict[str, object]]) -> None:
    counterexample = found["flipped"]["counterexample"]
    assert isinstance(counterexample, dict)
    assert (counterexample["inputs"], counterexample["documented"], counterexample["actual"]) == ({"x": 1}, 0, 2)


def test_a_point_without_a_value_is_told_beside_the_proof(found: dict[str, dict[str, object]]) -> None:
    """A docstring states no domain: that the code has no value at 0 is a finding, and no reason to doubt the formula elsewhere."""
    evidence = found["quotient"]["evidence"]
    assert isinstance(evidence, dict)
    assert "wherever formula and code have a value" in str(found["quotient"]["reason"])
    assert any("x=0" in finding["message"] and finding["kind"] == "domain" for finding in evidence["findings"])


def test_the_table_counts_formulas_and_the_rest_tells_why(library: Path) -> None:
    done = qedoc("audit", "scratch_library", "-j1", folder=library)
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["module", "formulas", "proved", "refuted", "unreadable", "not-a-claim"]
    assert lines[1].split() == ["scratch_library", "6", "2", "2", "1", "1"]
    assert "x=1: documented 0, code 2" in done.stdout
    assert any("scratch_library.loose: line 1, column" in line for line in lines)
    assert lines[-1].startswith("6 formulas: 2 proved, 2 refuted, 1 unreadable, 1 not a claim; ")
    assert done.stderr == ""


def test_a_formula_whose_domain_has_no_point_has_no_answer(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No spec was written that could be mended, so that it is no error either."""
    monkeypatch.syspath_prepend(str(library))
    claims = given(Request(target="scratch_library.flipped", latex=r"\log(-x^2 - 1)"))
    assert isinstance(claims, tuple)
    result = check_case(claims[0], {}, Limits(max_points=20), tmp_path)
    assert isinstance(result, CaseResult)
    assert result.verdict is Verdict.UNDECIDED
    assert "the domain is empty, or no point in it could be found" in result.reason


def test_what_is_not_there_is_refused(library: Path) -> None:
    done = qedoc("audit", "scratch_librarian", folder=library)
    assert (done.returncode, done.stdout.count("\n")) == (2, 1)
    assert "scratch_librarian" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("latex", "options", "code"),
    [
        (r"x e^{-r}", ["--bind", "r=rate"], 0),
        (r"x e^{-k}", ["--bind", "k=rate", "--where", "k > 0, x >= 1"], 0),
        (r"\mathrm{damped}(x, r) = x e^{r}", [], 1),
        (r"|y| e^{-k}", ["--bind", "k=rate", "--bind", "y=x", "--where", "k > 0", "--where", "y \\ge 1"], 0),
        (r"|x| e^{-k}", ["--bind", "k=rate", "--where", "x \\ge 1", "--where", "\\max(k, 0) > 0"], 0),
        (r"|x| e^{-k}", ["--bind", "k=rate", "--where", "k > 0"], 1),
    ],
)
def test_a_formula_on_the_command_line(latex: str, options: list[str], code: int, library: Path) -> None:
    done = qedoc("check", "scratch_library.damped", "--latex", latex, *options, "-j1", folder=library)
    assert done.returncode == code, done.stdout + done.stderr
    assert ("proved" if code == 0 else "refuted") in done.stdout
    assert not (library / "qedoc.lock").exists()


def test_show_why_lists_the_choices_with_their_words(library: Path) -> None:
    done = qedoc("show", "--why", "scratch_library.damped", folder=library)
    assert done.returncode == 0, done.stdout + done.stderr
    shown = " ".join(done.stdout.split())
    assert "interpretation 1 proved read as x*exp(-r)" in shown
    assert "r rate suggested 'the rate :math:`r`.' (line 7)" in shown, shown
    assert "states the value stated a display states the value" in shown


def test_show_why_leaves_out_what_interpretations_share(tmp_path: Path) -> None:
    text = """The loss, which the users of the library have asked for many times, where :math:`r` is the rate.

    .. math:: 1/2 r x
    """
    (tmp_path / "scratch_halves.py").write_text(f'def half(x, rate):\n    r"""{text}"""\n    return rate * x / 2\n')
    done = qedoc("show", "--why", "scratch_halves.half", folder=tmp_path)
    first, second = " ".join(done.stdout.split()).split("interpretation 2")
    assert "r rate stated '... where :math:`r` is the rate.' (line 1)" in first, first
    assert ("choices" in first, "choices" in second, "but with" in second) == (True, False, True)
    assert "is the rate" not in second


def test_an_interpretation_is_settled_by_its_number(library: Path) -> None:
    half = ("check", "scratch_library.flipped", "--latex", "1/2 x^2", "--format", "json")
    done = [json.loads(qedoc(*half, "--interpret", number, folder=library).stdout)["claims"][0] for number in ("1", "2")]
    assert [claim["interpretations"][0]["formula"] for claim in done] == ["x**2/2", "1/(2*x**2)"]
    assert {claim["verdict"] for claim in done} == {"refuted"}
    beyond = qedoc(*half, "--interpret", "3", folder=library)
    assert beyond.returncode == 2
    assert "--interpret 3: scratch_library.flipped has no such interpretation that can be checked; it has 1, 2; qedoc show --why" in (
        beyond.stderr
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--interpret", "0"], "0 is not in the range x>=1"),
        (["--why", "--format", "json"], "--why is a table; --format json has the interpretations too"),
    ],
)
def test_wrong_options_of_show_say_what_is_right(options: list[str], told: str, library: Path) -> None:
    done = qedoc("show", "scratch_library.damped", *options, folder=library)
    assert done.returncode == 2
    assert told in done.stderr


@pytest.mark.parametrize(
    ("latex", "bind", "where", "told"),
    [
        (r"x e^{-r", {}, (), ["line 1, column 5", "never closed"]),
        (r"x \expp{r}", {}, (), ["line 1, column 3", r"did you mean \exp?", "\n  x \\expp{r}\n    ^"]),
        ("x +\n  \\expp r\n + 1", {}, (), ["line 2, column 3", "\n  x +\n    \\expp r\n    ^"]),
        (
            "x e^{-k} + q",
            {},
            (),
            ["the symbols k and q are no parameter of scratch_library.damped (it has x, rate)", "--bind k=PARAMETER --bind q=PARAMETER"],
        ),
        ("x", {"k": "speed"}, (), ["no parameter 'speed'", "rate"]),
        ("x e^{-r}", {}, ("x >",), ["--where: the condition 'x >'"]),
        ("x e^{-r}", {}, ("r > 0", "s > 0"), ["--where 's > 0': s is not a symbol of the formula; the symbols of the formula are r, x"]),
        ("x e^{-r}", {"s": "rate"}, (), ["--bind s=rate: s is not a symbol of the formula; the symbols of the formula are r, x"]),
        ("k e^{-r}", {"k": "x"}, ("x > 0",), ["--where 'x > 0': x is not a symbol of the formula"]),
        (r"x e^{-\alpha}", {r"\alpha": "rate", "alpha": "x"}, (), ["--bind alpha=x: alpha is bound to rate already"]),
    ],
)
def test_a_mistake_in_a_formula_is_shown_where_it_is(
    latex: str, bind: dict[str, str], where: tuple[str, ...], told: list[str], library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(library))
    found = given(Request(target="scratch_library.damped", latex=latex, bind=bind, where=where))
    assert isinstance(found, Failure)
    assert not found.trace
    assert all(text in found.message for text in told), found.message


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["a.f", "--latex", "x", "--bind", "k"], "SYMBOL=PARAMETER"),
        (["a.f", "--latex", " "], "--latex is empty"),
        (["--latex", "x"], "expected one TARGET, found none"),
        (["a.f", "a.g", "--latex", "x"], "expected one TARGET, found a.f a.g"),
        (["a.f", "--bind", "r=rate"], "add --latex FORMULA"),
        (["a.f", "--where", "x > 0"], "add --latex FORMULA"),
        (["a.f", "--latex", "x", "--where", " , "], "--where ' , ': expected comma-separated conditions"),
        (["a.f", "--latex", "x", "--bind", "k=a", "--bind", "k=b"], "--bind k=b: k is already bound to a"),
        (["a.f", "--latex", "x", "--bind", "=a"], "--bind =a: expected SYMBOL=PARAMETER"),
    ],
)
def test_options_that_do_not_go_together_are_refused_at_once(arguments: list[str], told: str) -> None:
    done = CliRunner().invoke(main, ["check", *arguments])
    assert done.exit_code == 2
    assert told in done.output


def replays(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [finding["replay"] for finding in json.loads(done.stdout)["findings"] if finding["code"] == "QED101"]


def test_what_an_audit_refutes_is_found_again_outside_of_a_project(library: Path) -> None:
    """By the line that comes with the finding, by `check` and by `show`, with the id of the claim; and its neighbour holds."""
    done = qedoc("audit", "scratch_library.norm", "--format", "json", "-j1", "--max-points", "40", folder=library)
    (replay,) = replays(done)
    assert replay == "qedoc audit --timeout 15 --max-points 40 --seed 0 'scratch_library.norm#1.2'"
    for line in (shlex.split(replay)[1:], ["check", "--no-lock", "--seed", "0", "scratch_library.norm#1.2"]):
        again = qedoc(*line, "--format", "json", folder=library)
        assert [(claim["id"], claim["verdict"]) for claim in json.loads(again.stdout)["claims"]] == [
            ("scratch_library.norm#1.2", "refuted")
        ]
        assert (again.returncode, again.stderr) == (1, "")
    shown = qedoc("show", "scratch_library.norm#1.1", folder=library)
    assert (shown.returncode, shown.stdout.startswith("scratch_library.norm#1.1  proved")) == (0, True)
    assert not (library / "qedoc.lock").exists()


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (
            "scratch_library.norm#7",
            "no formula has the id scratch_library.norm#7; existing ids: scratch_library.norm#1.1, scratch_library.norm#1.2",
        ),
        ("scratch_library.nrom", "scratch_library has no 'nrom'; did you mean norm?"),
        (
            "scratch_library",
            "there is no folder spec/ here, and scratch_library is neither a file nor the dotted name of a function; to check",
        ),
        ("scrach", "there is no folder spec/ here, and scrach is neither a file"),
    ],
)
def test_a_target_without_a_formula_is_refused(target: str, said: str, library: Path) -> None:
    done = qedoc("check", target, folder=library)
    assert said in done.stderr
    assert done.returncode == 2


def test_a_project_with_specs_falls_back_to_docstrings(library: Path, tmp_path: Path) -> None:
    """A spec of the target overrides its docstring. A target without a spec is checked by its docstring, without the lock file."""
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "flipped.py").write_text(
        "from sympy import symbols\nfrom qedoc import Parameter, Reals, Spec\nx = symbols('x')\n"
        "s = Spec(target='scratch_library.flipped', formula=x**2 + 1, symbols=[Parameter(x, 'x', Reals(), 'value')])\n"
    )
    (tmp_path / "scratch_library.py").write_text(LIBRARY)
    done = qedoc("check", "scratch_library.flipped", "scratch_library.damped", "--format", "json", "--max-points", "40", folder=tmp_path)
    found = {claim["id"]: claim["verdict"] for claim in json.loads(done.stdout)["claims"]}
    assert found == {"scratch_library.flipped": "proved", "scratch_library.damped": "proved"}
    assert list(json.loads((tmp_path / "qedoc.lock").read_text())["claims"]) == ["scratch_library.flipped"]
    unknown = qedoc("check", "scratch_library.damped", "scratch_library.dumped", folder=tmp_path)
    assert unknown.returncode == 2
    assert "error: no spec has the target scratch_library.dumped" in unknown.stderr


PARTS = '''
import jax.numpy as jnp


def pdf(x, scale):
    """Density.

    ```none
    pdf(x; scale) = exp(-x / scale) / Z
    Z = {constant}
    ```
    """
    return jnp.exp(-x / scale) / scale
'''


@pytest.mark.parametrize(("constant", "verdicts"), [("scale", ["proved", "proved"]), ("2 scale", ["refuted", "not-a-claim"])])
def test_a_definition_holds_with_the_formula_that_uses_it(tmp_path: Path, constant: str, verdicts: list[str]) -> None:
    (tmp_path / "scratch_parts.py").write_text(PARTS.format(constant=constant))
    done = qedoc("audit", "scratch_parts", "--format", "json", folder=tmp_path)
    found = {claim["id"]: claim for claim in json.loads(done.stdout)["claims"]}
    assert [found[f"scratch_parts.pdf#{number}"]["verdict"] for number in (1, 2)] == verdicts
