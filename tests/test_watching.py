"""`qedoc watch` as its users meet it: a process that goes on while files change."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qedoc.cli.main import main

SOURCE = Path(__file__).parents[1] / "verifier"

MODULE = '''\
def double(x):
    r"""Doubles x.

    .. math::

        f(x) = 2 x
    """
    return 2 * x


def triple(x):
    r"""Triples x.

    .. math::

        f(x) = 3 x
    """
    return 3 * x
'''

SPEC = """\
from sympy import symbols
from qedoc import Parameter, Reals, Spec
x = symbols("x")
double = Spec(target="scales.double", formula=2 * x, symbols=[Parameter(x, "x", Reals(), "place")])
triple = Spec(target="scales.triple", formula=3 * x, symbols=[Parameter(x, "x", Reals(), "place")])
"""


@contextmanager
def watching(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in test_isolation
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    command = [sys.executable, "-m", "qedoc", "watch", *arguments]
    environment = os.environ | {"PYTHONPATH": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1"}
    with (folder / "errors").open("w") as errors:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(process: subprocess.Popen[str], beginning: str) -> list[str]:
    """The lines of output up to one that begins with a text."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if line.startswith(beginning):
            return lines
    raise AssertionError(lines)


def test_a_save_checks_what_it_touches(tmp_path: Path) -> None:
    module = tmp_path / "scales.py"
    module.write_text(MODULE)
    with watching(tmp_path, "scales.py", "--repair-timeout", "120") as process:
        first = until(process, "watching")
        assert first[0].startswith("2 claims: 2 proved;")
        module.write_text(MODULE.replace("= 3 x", "= 4 x"))
        lines = until(process, "2 claims")
        assert "scales.py:16: QED101 scales.triple: at x=1: documented 4, code 3" in lines
        assert "    + f(x) = 3 x" in lines
        assert lines[-1].startswith("2 claims: 1 proved, 1 refuted, 1 unchanged;")
        module.write_text(MODULE + "\n)")
        assert any("syntax error" in line for line in until(process, "error"))
        module.write_text(MODULE)
        assert until(process, "2 claims")[-1].startswith("2 claims: 2 proved, 1 unchanged;")
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0
    assert "Traceback" not in (tmp_path / "errors").read_text()


def test_the_claims_of_a_project_are_kept_in_its_lock_file(tmp_path: Path) -> None:
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "scales.py").write_text(SPEC)
    (tmp_path / "pyproject.toml").write_text("[tool.qedoc]\nmax-points = 40\n")
    module = tmp_path / "scales.py"
    module.write_text(MODULE)
    with watching(tmp_path) as process:
        assert until(process, "watching")[0].startswith("2 claims: 2 proved;")
        module.write_text(MODULE.replace("return 3 * x", "return 4 * x"))
        lines = until(process, "2 claims")
        assert lines[-1].startswith("2 claims: 1 proved, 1 refuted, 1 unchanged;")
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0
    command = [sys.executable, "-m", "qedoc", "check", "--locked"]
    done = subprocess.run(command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(SOURCE)}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "scales.triple  refuted" in done.stdout


def test_the_commands_name_the_extra_that_they_need(tmp_path: Path) -> None:
    program = "import sys\nsys.modules[{name!r}] = None\nfrom qedoc.cli.main import main\nmain([{command!r}])"
    for name, command in (("pygls", "lsp"), ("watchfiles", "watch")):
        assert main.commands[command].help
        text = program.format(name=name, command=command)
        environment = os.environ | {"PYTHONPATH": str(SOURCE)}
        done = subprocess.run([sys.executable, "-c", text], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert f"pip install 'qedoc[{command}]'" in done.stderr
        assert "Traceback" not in done.stderr
