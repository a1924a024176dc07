"""What people meet first: a library file instead of a spec, no project, lines to paste, paths of reports."""

import json
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from test_findings import made, written
from test_report import REFUTED, outcome, text

from qedoc.cli.run import is_path
from qedoc.config.options import Mode, mode_for, settled
from qedoc.errors import Location, QedocError, SpecError
from qedoc.report import terminal
from qedoc.report.findings import notices
from qedoc.report.paths import portable
from qedoc.sources.pages import page_of
from qedoc.sources.specfiles import SpecFile, load

QUICK = ("-j", "1", "--max-points", "40")
LIBRARY = 'def square(x):\n    r"""The square.\n\n    .. math:: x^3\n    """\n    return x * x\n'
SPEC = """\
from sympy import symbols
from qedoc import Parameter, Reals, Spec

x = symbols("x")
square = Spec(target="shapes.square", formula=x**3, symbols=[Parameter(x, "x", Reals(), "side")])
"""


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "qedoc", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)


def package(tmp_path: Path, text: str = LIBRARY) -> Path:
    """A library in src/, in a package inside a package."""
    for folder in ("mylib", "mylib/losses"):
        (tmp_path / "src" / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / "src" / folder / "__init__.py").write_text("")
    file = tmp_path / "src" / "mylib" / "losses" / "square.py"
    file.write_text(text)
    return file


# A file of a library


@pytest.mark.parametrize("text", [LIBRARY, "from . import other\n"])
def test_a_library_file_says_what_to_type(text: str, tmp_path: Path) -> None:
    file = package(tmp_path, text)
    with pytest.raises(SpecError, match=r"; to check the formulas in the docstrings of this file, use qedoc audit mylib\.losses\.square$"):
        load(SpecFile(path=str(file), text=text))
    init = file.with_name("__init__.py")
    with pytest.raises(SpecError, match=r"use qedoc audit mylib\.losses$"):
        load(SpecFile(path=str(init), text=""))


def test_a_file_that_uses_qedoc_is_a_spec_and_gets_no_such_hint(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"at module level; found none$"):
        load(SpecFile(path=str(tmp_path / "empty.py"), text="from qedoc import Spec\n"))
    with pytest.raises(SpecError, match=r"fix this line, or install what it needs$"):
        load(SpecFile(path=str(tmp_path / "broken.py"), text="import qedoc\n1 / 0\n"))


# The lock file


def test_a_lock_file_belongs_to_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ways = {"timeout": None, "max_points": None, "seed": None, "jobs": 1}

    def mode(*paths: str, **options: bool) -> Mode:
        return mode_for(paths, settled(**ways, **options))

    assert mode("article.py") is Mode.UNLOCKED
    assert mode("article.py", again=True) is Mode.UNLOCKED
    assert mode("article.py", no_lock=False) is Mode.CHANGED
    assert mode("article.py", locked=True) is Mode.LOCKED
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    assert mode("article.py") is Mode.UNLOCKED
    (tmp_path / "pyproject.toml").write_text("[tool.qedoc]\n")
    assert mode("article.py") is mode() is Mode.CHANGED
    assert mode("article.py", again=True) is Mode.ALL
    assert mode("article.py", no_lock=True) is Mode.UNLOCKED
    assert mode("/elsewhere/spec") is mode("article.py", "../spec") is Mode.UNLOCKED
    (tmp_path / "pyproject.toml").unlink()
    (tmp_path / "spec").mkdir()
    assert mode() is Mode.CHANGED
    (tmp_path / "spec").rmdir()
    (tmp_path / "qedoc.lock").write_text("")
    assert mode() is Mode.CHANGED


# Lines to paste


def test_the_line_that_repeats_a_check_names_the_spec_file() -> None:
    found = outcome(REFUTED, paths=("spec/cosine.py", "my specs"))
    assert {notice.replay for notice in notices(found)} == {
        "qedoc check --no-lock --seed 0 spec/cosine.py 'optax.cosine_decay_schedule#wrong'"
    }
    assert "\nfindings: 1 on domain; see qedoc show TARGET spec/cosine.py 'my specs'\n" in text(terminal.concise, found)


def test_the_id_of_a_formula_on_a_page_names_the_page() -> None:
    assert page_of("mylib.f#docs/a page.md:12") == "docs/a page.md"
    assert page_of("mylib.f#docs/page.rst:12.2") == "docs/page.rst"
    assert [page_of(name) for name in ("mylib.f", "mylib.f#2", "docs/page.md", "mylib.f#page.md")] == [""] * 4
    assert not is_path("mylib.f#docs/page.md:12")
    assert is_path("docs/page.md")


def test_lines_to_paste_work_outside_of_a_project(tmp_path: Path) -> None:
    (tmp_path / "shapes.py").write_text(LIBRARY)
    (tmp_path / "page.md").write_text("# A\n\n`shapes.square` is\n\n$$\nx^2\n$$\n\n# B\n\n`shapes.square` is\n\n$$\nx^3\n$$\n")
    (tmp_path / "article.py").write_text(SPEC)
    for command in (["audit", "shapes"], ["audit", "page.md"], ["check", "article.py"]):
        first = run(*command, "--format", "json", "--repair-timeout", "0", *QUICK, folder=tmp_path)
        (finding,) = [one for one in json.loads(first.stdout)["findings"] if one["level"] == "error"]
        again = run(*shlex.split(finding["replay"])[1:], "--format", "json", "-j", "1", folder=tmp_path)
        assert again.stderr == ""
        (claim,) = json.loads(again.stdout)["claims"]
        assert (claim["id"], claim["verdict"]) == (finding["claim"], "refuted")
    shown = run("show", "shapes.square", "--repair-timeout", "0", *QUICK, folder=tmp_path)
    assert "shapes.square  refuted  QED101\n" in shown.stdout
    assert {path.name for path in tmp_path.iterdir()} <= {"shapes.py", "page.md", "article.py", "__pycache__"}


# Paths


def test_paths_are_those_of_the_project_and_of_installed_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "project" / ".venv" / "lib" / "site-packages"
    monkeypatch.setattr(sys, "path", [*sys.path, str(installed)])
    monkeypatch.chdir(tmp_path)
    root = str(tmp_path / "project")
    assert portable(str(tmp_path / "project" / "src" / "f.py"), root) == "src/f.py"
    assert portable("project/src/f.py", root) == "src/f.py"
    assert portable(str(installed / "optax" / "losses" / "f.py"), root) == "optax/losses/f.py"
    assert portable("/elsewhere/f.py", root) == "/elsewhere/f.py"


def test_all_paths_in_json_are_portable(tmp_path: Path) -> None:
    place = Location(path=str(tmp_path / "src" / "f.py"), line=3)
    found = replace(outcome(replace(REFUTED, location=place)), errors=(QedocError("no", place),))
    document = json.loads(written(made(found, tmp_path), "json"))
    places = [document["claims"][0]["source"], document["findings"][0]["source"], document["errors"][0]["source"]]
    assert places == [{"path": "src/f.py", "line": 3}] * 3
    assert str(tmp_path) not in json.dumps(document)
