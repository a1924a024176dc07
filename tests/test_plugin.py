"""The pytest plugin in projects of its own: each test runs pytest as a user does, in a process of its own."""

import os
import re
import shlex
import sys
from importlib import metadata
from pathlib import Path

import pytest
from documents import tree

from qedoc.cli import scaffold
from qedoc.errors import SpecError
from qedoc.strategies import specs

pytest_plugins = ["pytester"]

SOURCE = Path(__file__).parents[1] / "verifier"

LIBRARY = "def line(slope, x):\n    return slope * x\n\n\ndef same(x):\n    return x\n\n\ndef odd(x):\n    return list(x)\n"

SPEC = """\
from sympy import symbols
from qedoc import Bounds, NonDecreasing, Parameter, Reals, Spec

a, x = symbols("a x")
slope, place = Parameter(a, "slope", Reals(), "slope"), Parameter(x, "x", Reals(), "place")

line = Spec(target="scratch.line", formula=a * x, symbols=[slope, place], properties=[NonDecreasing(x, where=(a > 0,)), Bounds(lower=0)])
wrong = Spec(target="scratch.same", name="wrong", formula=x + 1, symbols=[place])
"""
ODD = """\
from sympy import symbols
from qedoc import Parameter, Reals, Spec

x = symbols("x")
odd = Spec(target="scratch.odd", formula=x, symbols=[Parameter(x, "x", Reals(), "place")])
"""

TABLE = "[tool.qedoc]\nmax-points = 40\njobs = 1\nrepair-timeout = 120\n"


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    pytester.path.joinpath("scratch.py").write_text(LIBRARY)
    pytester.path.joinpath("pyproject.toml").write_text(TABLE)
    pytester.path.joinpath("spec").mkdir()
    pytester.path.joinpath("spec", "line.py").write_text(SPEC)
    pytester.path.joinpath("test_own.py").write_text("def test_own():\n    pass\n")
    monkeypatch.setenv("PYTHONPATH", str(SOURCE))
    monkeypatch.delenv("COLUMNS", raising=False)
    for name in [name for name in os.environ if name.startswith("PYTEST_")]:
        monkeypatch.delenv(name)
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Runs pytest; the plugin is loaded by its entry point, or by name where qedoc is not installed."""
    installed = any(point.name == "qedoc" for point in metadata.entry_points(group="pytest11"))
    plugin = () if installed else ("-p", "qedoc_pytest")
    return project.runpytest_subprocess(*plugin, "-p", "no:cacheprovider", *arguments, timeout=900)


def ids(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if "::" in line and not line.startswith(("FAILED", "ERROR"))]


ALL = [
    "spec/line.py::scratch.line::formula",
    "spec/line.py::scratch.line::non-decreasing in x, where a > 0",
    "spec/line.py::scratch.line::0 <= formula",
    "spec/line.py::scratch.same#wrong::formula",
]


def test_claims_and_properties_are_items_that_fail_with_the_counterexample(project: pytest.Pytester) -> None:
    result = run(project, "--qedoc", "--junitxml=report.xml", "-v")
    result.assert_outcomes(passed=3, failed=2)
    text = result.stdout.str()
    (formula,) = set(re.findall(r"^scratch\.same#wrong: (at x=.*: documented .*, code .*)$", text, re.MULTILINE))
    assert "QED101 the documented formula differs from the code\n" in text
    assert "\nat spec/line.py:8\n" in text
    assert "formula: x + 1\ncode: x\npaste: import scratch; print(scratch.same(x=" in text
    assert "QED102 a claimed property does not hold\nscratch.line: 0 <= formula: " in text
    assert "--- qedoc ---" in re.sub("-+", "---", text)
    assert "\n2 claims: 1 proved, 1 refuted\n2 properties: 1 proved, 1 refuted\n" in text
    assert "Traceback" not in text

    # JUnit names them and tells the same.
    cases = {case.get("name"): case for case in tree((project.path / "report.xml").read_text(encoding="utf-8")).iter("testcase")}
    assert {"formula", "0 <= formula", "test_own"} <= set(cases)
    failures = [str(failure.text) for case in cases.values() for failure in case.iter("failure")]
    assert any(formula in failure for failure in failures)

    # What replays it fails the same way.
    (command,) = {line for line in re.findall(r"^replay: pytest (.*)$", text, re.MULTILINE) if "wrong" in line}
    again = run(project, *shlex.split(command))
    again.assert_outcomes(failed=1)
    assert formula in again.stdout.str()

    # The project's lock file is neither written nor needed.
    assert not (project.path / "qedoc.lock").exists()


def test_collection_lists_and_selects(project: pytest.Pytester) -> None:
    project.run(sys.executable, "-m", "qedoc", "check", "--quiet")  # the lock file knows the claims, so that no run needs processes
    assert ids(run(project, "--collect-only", "-q", "--qedoc", "test_own.py")) == ["test_own.py::test_own", *ALL]
    assert ids(run(project, "--collect-only", "-q", "spec")) == ALL
    assert ids(run(project, "--collect-only", "-q", "spec", "-k", "decreasing")) == [ALL[1]]
    assert ids(run(project, "--collect-only", "-q", "spec", "-k", "wrong")) == [ALL[3]]
    assert ids(run(project, "--collect-only", "-q", "spec", "-m", "qedoc_property")) == ALL[1:3]
    assert ids(run(project, "--collect-only", "-q", "spec", "-m", "qedoc", "--strict-markers")) == [ALL[0], ALL[3]]
    assert ids(run(project, "--collect-only", "-q")) == [*ALL, "test_own.py::test_own"]


def test_a_project_with_a_lock_file_is_collected_and_answered_without_processes(project: pytest.Pytester) -> None:
    checked = project.run(sys.executable, "-m", "qedoc", "check", "--quiet")
    assert checked.ret == 1
    project.path.joinpath("conftest.py").write_text(
        "import sys\ndef pytest_unconfigure():\n"
        "    print('heavy:', sorted({'jax', 'sympy', 'pebble', 'hypothesis.core', 'filelock', 'click'} & set(sys.modules)))\n"
    )
    before = (project.path / "qedoc.lock").read_bytes()
    result = run(project, "spec", "-p", "no:hypothesispytest")
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["heavy: []"])
    assert (project.path / "qedoc.lock").read_bytes() == before


def test_workers_of_xdist_share_the_checks(project: pytest.Pytester) -> None:
    result = run(project, "--qedoc", "-n", "2")
    result.assert_outcomes(passed=3, failed=2)
    result.stdout.fnmatch_lines(["*2 claims: 1 proved, 1 refuted", "*2 properties: 1 proved, 1 refuted"])
    assert "documented" in result.stdout.str()


def test_what_has_no_answer_is_skipped_and_fails_if_strict(project: pytest.Pytester) -> None:
    project.path.joinpath("spec", "line.py").write_text(ODD)
    result = run(project, "spec", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED [[]1] spec/line.py:5: QED203 scratch.odd: the code has no value, but the formula does: *"])
    strict = run(project, "spec", "--qedoc-strict")
    strict.assert_outcomes(failed=1)
    strict.stdout.fnmatch_lines(["QED203 *", "replay: pytest *", "1 claim: 1 undecided"])


def test_accepted_findings_are_expected_failures_and_ignored_ones_are_skipped(project: pytest.Pytester) -> None:
    accepted = '{"code": "QED101", "claim": "scratch.same#wrong", "subject": "", "message": "m", "reason": "the paper says so"}'
    project.path.joinpath("qedoc-baseline.json").write_text(f'{{"baseline": 1, "findings": [{accepted}]}}')
    project.path.joinpath("pyproject.toml").write_text(f'{TABLE}ignore = ["QED102"]\n')
    result = run(project, "spec", "-rxs")
    result.assert_outcomes(passed=2, xfailed=1, skipped=1)
    result.stdout.fnmatch_lines(["XFAIL *accepted: the paper says so", "SKIPPED [[]1] spec/line.py:7: QED102 is ignored: *"])


def test_points_and_seed_are_taken_and_bad_ones_refused(project: pytest.Pytester) -> None:
    result = run(project, "spec", "--qedoc-points", "0")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*qedoc: the maximum number of points must be at least 1, found 0"])
    project.path.joinpath("pyproject.toml").write_text("[tool.qedoc]\npoints = 3\n")
    result = run(project, "spec")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*pyproject.toml:2: tool.qedoc.points: unknown key; *the keys are specs, docstrings, lock, *"])


def test_a_spec_that_does_not_run_is_a_collection_error(project: pytest.Pytester) -> None:
    project.path.joinpath("spec", "line.py").write_text("1 / 0\n")
    result = run(project, "spec")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*spec/line.py:1: the spec does not run: ZeroDivisionError: division by zero; *"])
    project.path.joinpath("spec", "line.py").write_text(ODD.replace("scratch.odd", "scratch.absent"))
    absent = run(project, "spec")
    absent.assert_outcomes(failed=1)
    absent.stdout.fnmatch_lines(["cannot be checked: *scratch.absent: module scratch has no attribute 'absent'*"])


def test_a_project_without_the_table_is_left_alone(project: pytest.Pytester) -> None:
    project.path.joinpath("pyproject.toml").write_text("[tool.other]\n")
    project.path.joinpath("conftest.py").write_text("import sys\ndef pytest_unconfigure():\n    print('qedoc:', 'qedoc' in sys.modules)\n")
    result = run(project, "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["qedoc: False"])


DOCUMENTED = '''\
def same(x):
    r"""Itself.

    .. math::
        f(x) = x + 1
    """
    return x
'''


def test_claims_in_docstrings_are_items_of_their_source_file(project: pytest.Pytester) -> None:
    project.path.joinpath("pyproject.toml").write_text(f'{TABLE}docstrings = ["docs_of"]\n')
    project.path.joinpath("docs_of.py").write_text(DOCUMENTED)
    result = run(project, "docs_of.py", "-v")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "docs_of.py::docs_of.same::formula FAILED*",
            "docs_of.same: at x=*: documented *, code *",
            "correction (proved):",
            "  - f(x) = x + 1",
            "  + f(x) = x*",
            "at docs_of.py:[45]",
            "replay: pytest --qedoc-seed=0 --qedoc-points=40 docs_of.py::docs_of.same::formula",
        ]
    )
    assert "docs_of.py::docs_of.same::formula" in ids(run(project, "--qedoc", "--collect-only", "-q", "test_own.py"))


STRATEGY = """\
import importlib.util
from hypothesis import given, settings
from qedoc.strategies import inputs, specs
import scratch

line, wrong = specs("spec/line.py")


@given(inputs(line))
def test_line(point):
    assert abs(scratch.line(**point.keywords) - point.documented) <= 1e-12 * abs(point.documented)
    assert set(point.values) == {"slope", "x"}


@given(inputs(wrong))
def test_wrong(point):
    assert scratch.same(**point.keywords) == point.documented
"""


def test_a_spec_is_a_hypothesis_strategy_under_the_profile_of_the_project(project: pytest.Pytester) -> None:
    project.path.joinpath("test_own.py").write_text(STRATEGY)
    project.path.joinpath("conftest.py").write_text(
        "from hypothesis import settings\n"
        "settings.register_profile('few', max_examples=7, derandomize=True, database=None, deadline=None)\nsettings.load_profile('few')\n"
    )
    first, second = (run(project, "test_own.py", "--hypothesis-show-statistics") for _ in range(2))
    for result in (first, second):
        result.assert_outcomes(passed=1, failed=1)
    falsified = [
        re.findall(r"^E +point=(<x=.*>),", result.stdout.str(), re.MULTILINE) or re.findall(r"point = (<x=.*>)", result.stdout.str())
        for result in (first, second)
    ]
    assert falsified[0]
    assert falsified[0] == falsified[1]
    assert "7 passing, 0 failing" in first.stdout.str()
    assert not (project.path / ".hypothesis" / "examples").exists()


@pytest.fixture
def package(project: pytest.Pytester) -> pytest.Pytester:
    """A package with a formula, and with tests of its own inside."""
    project.path.joinpath("pyproject.toml").write_text(f'{TABLE}docstrings = ["inner"]\n')
    project.path.joinpath("inner").mkdir()
    project.path.joinpath("inner", "__init__.py").write_text("")
    project.path.joinpath("inner", "docs_of.py").write_text(DOCUMENTED)
    project.path.joinpath("inner", "test_inner.py").write_text("def test_inner():\n    pass\n")
    return project


CLAIM, INNER, OWN = "inner/docs_of.py::inner.docs_of.same::formula", "inner/test_inner.py::test_inner", "test_own.py::test_own"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--qedoc", "test_own.py"), {OWN, CLAIM}),
        (("--qedoc", "test_own.py", "inner/test_inner.py"), {OWN, CLAIM, INNER}),
        (("--qedoc", "test_own.py", "--doctest-modules"), {OWN, CLAIM}),
        (("inner",), {CLAIM, INNER}),
        (("test_own.py",), {OWN}),
    ],
)
def test_tests_inside_a_package_are_collected_only_if_named(
    package: pytest.Pytester, arguments: tuple[str, ...], expected: set[str]
) -> None:
    found = {name for name in ids(run(package, *arguments, "--collect-only", "-q")) if not name.startswith("spec/")}
    assert found == expected


def test_tests_inside_a_package_are_not_collected_by_workers_either(package: pytest.Pytester) -> None:
    package.path.joinpath("inner", "test_inner.py").write_text("def test_inner():\n    assert False\n")
    result = run(package, "--qedoc", "test_own.py", "-n", "2", "-k", "inner or own")
    result.assert_outcomes(passed=1, failed=1)
    assert "test_inner" not in result.stdout.str()


def test_a_module_that_ends_the_process_fails_alone(package: pytest.Pytester) -> None:
    package.path.joinpath("inner", "ending.py").write_text("import os\nos._exit(0)\n")
    result = run(package, "inner")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*inner.ending cannot be imported: the code ends the process (exit code 0)*"])
    going_on = run(package, "inner", "--continue-on-collection-errors")
    going_on.assert_outcomes(errors=1, failed=1, passed=1)


def test_the_recipe_of_the_documentation_works_as_it_is_pasted(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Path(__file__).parents[1].joinpath("docs", "ci.md").read_text(encoding="utf-8")
    (recipe,) = re.findall(r"```python\n(.*?import given.*?)```", page, re.DOTALL)
    assert {line for line in recipe.splitlines() if "qedoc" in line} == {"from qedoc.strategies import inputs, specs"}
    monkeypatch.setenv("PYTHONPATH", str(SOURCE))
    scaffold.table(pytester.path, [])
    scaffold.write_spec(pytester.path / "spec" / scaffold.NAME, scaffold.SPEC)
    pytester.path.joinpath("test_recipe.py").write_text(recipe)
    run(pytester, "test_recipe.py").assert_outcomes(passed=1)
    pytester.path.joinpath("test_recipe.py").write_text(recipe.replace(">= 0", ">= 1"))
    run(pytester, "test_recipe.py").assert_outcomes(failed=1)


def test_a_path_without_specs_is_refused_by_the_loader(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="found nothing at this path"):
        specs(tmp_path / "absent.py")


def test_properties_are_chosen_by_words(project: pytest.Pytester) -> None:
    for words, chosen in (
        ("line and bounds", 1),
        ("line and property1", 1),
        ("property2", 1),
        ("property3", 0),
        ("bounds and property1", 0),
    ):
        found = run(project, "--collect-only", "-q", "spec", "-k", words)
        assert sum("::scratch.line::" in line for line in found.outlines) == chosen, words
