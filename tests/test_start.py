"""The command line without click: the same answers as with it, and only where nothing has changed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from qedoc.cli import main, start

SOURCE = Path(__file__).parents[1] / "verifier"

LIBRARY = "def line(x):\n    return 2 * x\n\n\ndef wrong(x):\n    return 3 * x\n"
SPEC = """\
from sympy import symbols
from qedoc import Parameter, Reals, Spec
x = symbols("x")
place = [Parameter(x, "x", Reals(), "place")]
line = Spec(target="lib_of_lines.line", formula=2 * x, symbols=place)
wrong = Spec(target="lib_of_lines.wrong", formula=2 * x, symbols=place)
"""
WITH_CLICK = "import sys\nfrom qedoc.cli.main import main\n\nif __name__ == '__main__':\n    main(sys.argv[1:], prog_name='qedoc')\n"
LIGHT = """\
import sys
from qedoc.cli.start import main

if __name__ == "__main__":
    try:
        main()
    finally:
        print(sorted({"click", "rich", "inspect", "dataclasses", "sympy", "jax", "numpy"} & {*sys.modules}), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("project")
    (made / "lib_of_lines.py").write_text(LIBRARY)
    (made / "spec").mkdir()
    (made / "spec" / "lines.py").write_text(SPEC)
    (made / "click_too.py").write_text(WITH_CLICK)
    (made / "light.py").write_text(LIGHT)
    (made / "pyproject.toml").write_text("[tool.qedoc]\nmax-points = 40\njobs = 1\n")
    assert qedoc(made, "check", "--quiet").returncode == 1
    return made


def qedoc(folder: Path, *arguments: str, program: tuple[str, ...] = ("-m", "qedoc")) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(SOURCE), "XDG_CACHE_HOME": str(folder / ".cache")}
    command = [sys.executable, *program, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, timeout=900, check=False)


def told(done: subprocess.CompletedProcess[str]) -> tuple[int, str]:
    return done.returncode, re.sub(r"\d+\.\d s|\"seconds\": [\d.e-]+|time=\"[\d.]+\"", "-", done.stdout)


@pytest.mark.parametrize(
    "options",
    [(), ("--strict",), ("--locked", "--format", "full"), ("spec/lines.py",), *(("--format", style) for style in start.FORMATS[2:])],
)
def test_the_answer_is_the_same_with_click_and_without(options: tuple[str, ...], project: Path) -> None:
    light = qedoc(project, "check", *options, program=("light.py",))
    assert light.stderr == "[]\n" or options
    assert "click" not in light.stderr
    assert told(light) == told(qedoc(project, "check", *options, program=("click_too.py",)))


@pytest.mark.parametrize(
    "options",
    [
        ("--help",),
        ("--all",),
        ("--no-lock",),
        ("--max-points", "many"),
        ("--max-points",),
        ("--unknown",),
        ("lib_of_lines.line",),
        ("--format", "other"),
        ("no/such.py",),
        ("-j", "-1"),
        ("--format", "html"),
    ],
)
def test_all_else_is_for_click(options: tuple[str, ...], project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    assert start._answered(["check", *options]) is None


def test_what_has_changed_is_for_click(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    assert start._answered(["check", "--max-points", "50"]) is None
    assert start._answered(["audit", "lib_of_lines"]) is None
    monkeypatch.setenv("_QEDOC_COMPLETE", "bash_source")
    assert start._answered(["check"]) is None


def test_the_formats_are_those_of_the_command() -> None:
    assert set(start.FORMATS) == set(main.FORMATS) - {"html"}  # a folder of pages is for click
