"""`qedoc init` in a library, and the way from there to a lock file that CI accepts."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from qedoc.cli import scaffold
from qedoc.cli.packages import Function, candidates, packages, richest
from qedoc.config.table import configuration
from qedoc.errors import QedocError
from qedoc.results import links

ROOT = Path(__file__).parents[1]
LIBRARY = Path(__file__).parent / "library"

BASH = shutil.which("bash") or "bash"

FORMULAS = '''"""Losses."""


def square(x, scale: float = 1.0, *, flag=False):
    """Square.

    .. math:: s x^2
    """
    return scale * x**2


def cube(x: float, n: int) -> float:
    """Cube.

    Args:
        x: the "input".
    """
    return x**3 / n


def named(x: str):
    return x


def _private(x):
    return x
'''


def package(folder: Path, name: str, **files: str) -> None:
    (folder / name).mkdir(parents=True)
    for file, text in {"__init__": "", **files}.items():
        (folder / name / f"{file}.py").write_text(text)


# What is found


@pytest.mark.parametrize("folder", [".", "src"])
def test_packages_are_found_with_their_formulas_and_functions(folder: str, tmp_path: Path) -> None:
    package(tmp_path / folder, "mylib", losses=FORMULAS, broken="def f(:", losses_test=FORMULAS)
    package(tmp_path / folder, "tests", test_losses=FORMULAS)
    (tmp_path / "setup.py").write_text("")
    (found,) = packages(tmp_path)
    assert (found.name, found.folder, found.formulas) == ("mylib", folder, 1)
    assert [module.name for module in found.modules] == ["mylib", "mylib.losses"]
    assert richest([found], 3) == ["mylib.losses"]
    (function,) = candidates([found])
    assert function == Function(
        target="mylib.losses.cube", parameters={"x": False, "n": True}, meanings={"x": 'the "input"', "n": ""}, documented=False
    )


def test_the_package_with_the_name_of_the_project_is_the_one(tmp_path: Path) -> None:
    package(tmp_path, "my_lib", losses=FORMULAS)
    package(tmp_path, "vendored", losses=FORMULAS)
    assert [one.name for one in packages(tmp_path)] == ["my_lib", "vendored"]
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "My-Lib"\n')
    assert [one.name for one in packages(tmp_path)] == ["my_lib"]
    (tmp_path / "pyproject.toml").write_text("[project\n")
    assert len(packages(tmp_path)) == 2


def test_a_single_module_is_a_library_too(tmp_path: Path) -> None:
    assert packages(tmp_path) == []
    (tmp_path / "losses.py").write_text(FORMULAS)
    (tmp_path / "conftest.py").write_text("")
    (found,) = packages(tmp_path)
    assert (found.name, found.folder, found.formulas) == ("losses", ".", 1)


# What is written


def test_the_table_proposes_the_packages_with_formulas(tmp_path: Path) -> None:
    package(tmp_path, "mylib", losses=FORMULAS)
    package(tmp_path, "plain")
    (tmp_path / "pyproject.toml").write_text("[project]\nversion = '1'")
    told = scaffold.table(tmp_path, packages(tmp_path))
    assert told == 'wrote [tool.qedoc] to pyproject.toml, with docstrings = ["mylib"]'
    assert configuration(tmp_path).docstrings == ("mylib",)
    text = (tmp_path / "pyproject.toml").read_text()
    assert text.startswith("[project]\nversion = '1'\n\n[tool.qedoc]\n")
    assert links.DOCUMENTATION in text
    with pytest.raises(QedocError, match=r"already contains \[tool.qedoc\]; edit this table"):
        scaffold.table(tmp_path, [])


def test_the_files_beside_the_lock_file_are_ignored_once(tmp_path: Path) -> None:
    assert scaffold.ignored(tmp_path) == ""
    (tmp_path / ".git").mkdir()
    assert scaffold.ignored(tmp_path) == "added .qedoc.lock.guard and .qedoc.lock.journal to .gitignore"
    assert scaffold.ignored(tmp_path) == ""
    (tmp_path / ".gitignore").write_text("*.pyc\n.qedoc.lock.guard")
    assert scaffold.ignored(tmp_path) == "added .qedoc.lock.journal to .gitignore"
    assert (tmp_path / ".gitignore").read_text() == "*.pyc\n.qedoc.lock.guard\n.qedoc.lock.journal\n"


def function(*names: str) -> Function:
    return Function(target="m.f", parameters=dict.fromkeys(names, False), meanings=dict.fromkeys(names, 'a "b" \\c'), documented=False)


@pytest.mark.parametrize(
    "formula", ["Sum(x[k]**2, (k, 0, n - 1))", "f(x)", "Piecewise((x, (x > 0) | (x < 1)), (1, True))", "nan", "x +", "x + w"]
)
def test_a_formula_that_is_not_simple_gives_no_spec(formula: str) -> None:
    assert scaffold.spec(function("x"), formula) is None


def test_a_parameter_that_is_called_like_a_function_gives_no_spec() -> None:
    assert scaffold.spec(function("exp"), "exp + 1") is None


def test_a_first_spec_is_valid_and_exact() -> None:
    text = scaffold.spec(function("x", "f"), "exp(-x)/3 + 1/2 + f**2")
    assert text is not None
    assert "from sympy import exp, Rational, symbols\n" in text
    assert "    formula=exp(-x) / 3 + Rational(1, 2) + f ** 2,\n" in text
    assert "f_spec = Spec(" in text
    assert 'Parameter(x, "x", Reals(), "a b c")' in text
    compile(text, "spec.py", "exec")


# From nothing to a lock file


def shell(command: str, folder: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    """Runs one line in a shell, with qedoc on the path as an installation puts it there."""
    programs = folder.parent / "bin"
    programs.mkdir(exist_ok=True)
    (programs / "qedoc").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m qedoc "$@"\n')
    (programs / "qedoc").chmod(0o755)
    person = {f"GIT_{who}_{what}": "qedoc@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    known = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_"))}
    paths = {"PATH": f"{programs}{os.pathsep}{known['PATH']}", "PYTHONPATH": str(ROOT / "verifier"), "XDG_CACHE_HOME": str(cache)}
    return subprocess.run(
        [BASH, "-c", command], cwd=folder, capture_output=True, text=True, env=known | person | paths, timeout=900, check=False
    )


def test_a_library_is_under_control_after_five_commands(tmp_path: Path) -> None:
    project = tmp_path / "gentle"
    shutil.copytree(LIBRARY, project, ignore=shutil.ignore_patterns("__pycache__"))
    (project / "gitignore").rename(project / ".gitignore")
    assert shell("git init -q && git add -A && git commit -qm library", project, tmp_path / "cache").returncode == 0

    first = shell("qedoc init", project, tmp_path / "cache")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.startswith("found gentle: 4 modules, 8 display formulas\n")
    assert 'with docstrings = ["gentle"]\n' in first.stdout
    assert "wrote spec/leaky.py: what gentle.activations.leaky computes" in first.stdout
    planted = {"gentle.losses.quantile", "gentle.schedules.linear"}
    assert {*re.findall(r"^(\S+)  refuted  QED101$", first.stdout, re.MULTILINE)} == planted
    assert re.search(r"^8 formulas: .*\b2 refuted", first.stdout, re.MULTILINE)
    assert "\n2 formulas of these modules are wrong\n" in first.stdout
    assert links.page("howto/adopt.md") in first.stdout
    assert not (project / "qedoc.lock").exists()

    wrong = shell("qedoc audit gentle --format lines --repair-timeout 0", project, tmp_path / "cache")
    assert wrong.returncode == 1
    places = re.findall(r"^(gentle/\w+\.py):(\d+):\d+: QED101 (\S+):", wrong.stdout, re.MULTILINE)
    assert {name for _, _, name in places} == planted
    for path, line, name in places:  # as in an editor
        lines = (project / path).read_text().split("\n")
        before, after = {"gentle.losses.quantile": ("(1 - ", "(-1 + "), "gentle.schedules.linear": ("I - (", "I + (")}[name]
        assert before in lines[int(line) - 1]
        lines[int(line) - 1] = lines[int(line) - 1].replace(before, after).replace("(-1 + \\tau)", "(\\tau - 1)")
        (project / path).write_text("\n".join(lines))

    checked = shell("qedoc check -q", project, tmp_path / "cache")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert re.search(r"^9 targets: \d proved", checked.stdout, re.MULTILINE)
    assert "refuted" not in checked.stdout

    assert shell("git add -A && git commit -qm 'Formulas are checked'", project, tmp_path / "cache").returncode == 0
    locked = shell("qedoc check --locked", project, tmp_path / "cache")
    assert (locked.returncode, locked.stderr) == (0, "")
    status = shell("git status --porcelain --ignored && git ls-files", project, tmp_path / "cache").stdout
    assert "qedoc.lock\n" in status
    assert not re.search(r"^(\?\?| M)", status, re.MULTILINE)
    assert ".qedoc.lock.guard" not in shell("git ls-files", project, tmp_path / "cache").stdout


def test_a_library_that_is_not_installed_is_told_to_be_installed(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    package(project / "src", "not_installed_here", losses=FORMULAS)
    done = shell("qedoc init", project, tmp_path / "cache")
    assert (done.returncode, done.stderr) == (0, "")
    assert "found not_installed_here in src/: 2 modules, 1 display formula\n" in done.stdout
    assert "cannot be imported here; install it (pip install -e .), and run qedoc audit not_installed_here\n" in done.stdout
    assert configuration(project).docstrings == ("not_installed_here",)
    assert not (project / "spec").exists()
