"""The command line as its users meet it: real processes, their output, and their exit codes."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from qedoc import __version__
from qedoc.cli.main import main

QEDOC = [sys.executable, "-m", "qedoc"]
QUICK = ("-j", "1", "--max-points", "40")

TARGETS = """\
import os, time

def line(slope, x):
    return slope * x

def hang(x):
    time.sleep(1)
    with open("hanging.part", "w") as file:
        file.write(str(os.getpid()))
    os.rename("hanging.part", "hanging")
    time.sleep(3600)

constant = 3
"""

HEAD = """\
from sympy import symbols
from qedoc import Argument, NonDecreasing, Parameter, Reals, Spec
a, x = symbols("a x")
slope, place = Parameter(a, "slope", Reals(), "slope"), Parameter(x, "x", Reals(), "place")
"""

LINE = 'line = Spec(target="my_targets.line", formula=a * x, symbols=[slope, place], properties=[NonDecreasing(x, where=(a > 0,))])\n'
WRONG = 'wrong = Spec(target="my_targets.line", name="wrong", formula=a * x + a, symbols=[slope, place])\n'
HANG = 'hang = Spec(target="my_targets.hang", formula=x, symbols=[place])\n'

BROKEN = {
    "syntax.py": HEAD + "def f(:\n",
    "absent.py": HEAD + 'f = Spec(target="my_targets.lime", formula=x, symbols=[place])\n',
    "constant.py": HEAD + 'f = Spec(target="my_targets.constant", formula=x, symbols=[place])\n',
    "twice.py": HEAD + 'f = Spec(target="my_targets.line", name="twice", formula=x, symbols=[place, place])\n',
    "free.py": HEAD + 'f = Spec(target="my_targets.line", name="free", formula=a * x, symbols=[place])\n',
    "parameter.py": HEAD + 'f = Spec(target="my_targets.hang", name="p", formula=a, symbols=[slope])\n',
    "raises.py": HEAD + "1 / 0\n",
    "nothing.py": HEAD,
}


def run(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [*QEDOC, *arguments]
    known = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "FORCE_COLOR")}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=known | environment, timeout=120, check=False)


def write_project(made: Path) -> Path:
    (made / "my_targets.py").write_text(TARGETS)
    for name, text in {
        "spec/line.py": HEAD + LINE,
        "wrong/line.py": HEAD + LINE + WRONG,
        "slow/a.py": HEAD + LINE,
        "slow/b.py": HEAD + HANG,
        **{f"broken/{name}": text for name, text in BROKEN.items()},
    }.items():
        (made / name).parent.mkdir(exist_ok=True)
        (made / name).write_text(text)
    return made


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of its own, so that no test meets the lock file of another."""
    return write_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def refuted(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    return run("check", "wrong", *QUICK, folder=write_project(tmp_path_factory.mktemp("refuted")))


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    return run("check", "broken", "spec", "absent/folder", *QUICK, folder=write_project(tmp_path_factory.mktemp("broken")))


def test_the_version_is_told(project: Path) -> None:
    done = run("--version", folder=project)
    assert (done.stdout, done.stderr, done.returncode) == (f"qedoc {__version__}\n", "", 0)


LIGHT = """\
import sys
from qedoc.cli.main import main

if __name__ == "__main__":
    try:
        main(sys.argv[1:], prog_name="qedoc")
    finally:
        print([name for name in ("jax", "sympy", "numpy", "matplotlib") if name in sys.modules], file=sys.stderr)
"""


def light(*arguments: str, project: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """A run whose standard error ends with the heavy packages that its main process has imported."""
    program = folder / "light.py"
    program.write_text(LIGHT)
    command = [sys.executable, str(program), *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["check", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str], project: Path, tmp_path: Path) -> None:
    done = light(*arguments, project=project, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "[]\n")


def test_a_table_and_a_summary_are_the_whole_report_if_all_is_well(project: Path, tmp_path: Path) -> None:
    done = light("check", *QUICK, project=project, folder=tmp_path)
    lines = [line for line in done.stdout.splitlines() if not line.startswith("findings: ")]
    assert (done.returncode, done.stderr) == (0, "[]\n")
    assert lines[0].split() == ["target", "verdict", "claims", "cases", "properties", "time"]
    assert lines[1] == "my_targets"
    assert lines[2].split()[:5] == ["line", "proved", "1", "1", "1/1"]
    assert lines[3] == ""
    assert re.fullmatch(r"1 target: 1 proved; 1 property: all hold; [\d.]+ s", lines[4])


def test_lift_prints_the_formula_of_the_code(project: Path, tmp_path: Path) -> None:
    done = light("lift", "my_targets.line", project=project, folder=tmp_path)
    assert (done.stdout, done.stderr) == ("my_targets.line\n\nlatex  a x\nsympy  a*x\n", "[]\n")


def test_lift_of_what_is_not_there_is_refused(project: Path) -> None:
    done = run("lift", "math.isqrtt", "--format", "json", folder=project)
    assert done.returncode == 2
    assert "has no attribute 'isqrtt'" in done.stderr
    assert json.loads(done.stdout)["lifted"] == []


def test_a_refutation_shows_both_formulas_the_difference_the_place_and_a_line_to_paste(
    refuted: subprocess.CompletedProcess[str], project: Path
) -> None:
    assert refuted.returncode == 1
    written = refuted.stdout
    assert "my_targets.line#wrong  refuted  QED101\nwrong/line.py:6\n" in written
    assert re.search(r"^  formula     a\S* ?", written, re.MULTILINE)
    assert re.search(r"^  code        a\S*x$", written, re.MULTILINE)
    found = re.search(r"^  found       slope=(\S+), x=(\S+): documented (\S+), code (\S+)$", written, re.MULTILINE)
    assert found
    slope, x, documented, actual = map(float, found.groups())
    assert (documented, actual) == (slope * x + slope, slope * x)
    pasted = re.search(r"^  paste       (.*)  # (\S+)$", written, re.MULTILINE)
    assert pasted
    shown = subprocess.run([sys.executable, "-c", pasted[1]], cwd=project, capture_output=True, text=True, check=True).stdout
    assert float(shown) == float(pasted[2]) == actual


def test_a_piped_report_has_no_colour_and_fits_a_page(refuted: subprocess.CompletedProcess[str]) -> None:
    assert "\x1b" not in refuted.stdout
    assert all(len(line) <= 80 for line in refuted.stdout.splitlines() if not line.startswith("  paste"))
    assert all(line == line.rstrip() for line in refuted.stdout.splitlines())


def test_json_and_a_picture_go_to_files(project: Path, tmp_path: Path) -> None:
    report, picture = tmp_path / "report.json", tmp_path / "line.svg"
    report.write_text("old")
    done = run("check", "wrong", "--format", "json", "--output", str(report), "--plot", str(picture), "--seed", "3", *QUICK, folder=project)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    assert sorted(tmp_path.iterdir()) == [picture, report]
    made = json.loads(report.read_text(), parse_constant=pytest.fail)
    assert (made["schema"], made["qedoc"], made["summary"]) == (1, __version__, {"proved": 1, "refuted": 1})
    good, wrong = made["claims"]
    assert (good["verdict"], good["counterexample"], good["formula"]["sympy"]) == ("proved", None, "a*x")
    assert good["code"]["sympy"] == "a*x"
    assert set(wrong["counterexample"]["inputs"]) == {"slope", "x"}
    assert wrong["source"] == {"path": "wrong/line.py", "line": 6}
    shown = set(re.findall(r"<!-- (.*?) -->", picture.read_text()))
    assert {"my_targets.line", "my_targets.line#wrong", "place (x)", "formula", "code, executed"} <= shown
    assert any(word.startswith("documented ") for word in shown)


def test_a_target_chooses_among_the_specs_and_an_unknown_one_is_refused_with_the_near_ones(project: Path) -> None:
    done = run("check", "my_targets.line", "my_targets.lime", "slow", "--format", "json", *QUICK, folder=project)
    assert done.returncode == 2
    assert done.stderr == "error: no spec has the target my_targets.lime; did you mean my_targets.line?\n"
    assert [claim["id"] for claim in json.loads(done.stdout)["claims"]] == ["my_targets.line"]


def test_all_that_is_broken_is_listed_and_the_rest_is_checked(broken: subprocess.CompletedProcess[str]) -> None:
    assert broken.returncode == 2
    assert "1 target: 1 proved" in broken.stdout
    assert "Traceback" not in broken.stderr
    told = broken.stderr.splitlines()
    assert all(line.startswith("error: ") for line in told)
    for expected in (
        r"absent/folder: expected a spec file or a folder of them, found nothing at this path",
        r"broken/syntax.py:5: syntax error: invalid syntax",
        r"broken/absent.py:5: my_targets.lime: module my_targets has no attribute 'lime'; did you mean .*line\?",
        r"broken/constant.py:5: my_targets.constant is not callable: found an object of type int; the target must be a function",
        r"broken/twice.py:5: my_targets.line#twice: symbol x is declared twice; declare each symbol once",
        r"broken/free.py:5: my_targets.line#free: formula contains the undeclared symbol a; declared symbols: x; add a to symbols=",
        r"broken/parameter.py:5: my_targets.hang has no parameter 'slope'; its parameters are x",
        r"broken/raises.py:5: the spec does not run: ZeroDivisionError: division by zero; .*",
        r"broken/nothing.py:1: expected a Spec, or a list of them, at module level; found none",
    ):
        assert sum(bool(re.fullmatch(f"error: {expected}", line)) for line in told) == 1, (expected, told)
    assert len(told) == len(BROKEN) + 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "--timeout", "0"], "error: timeout must be a positive number of seconds, found 0"),
        (["check", "--timeout", "nan"], "error: timeout must be a positive number of seconds, found nan"),
        (["check", "--timeout", "-1"], "error: timeout must be a positive number of seconds, found -1"),
        (["check", "--timeout", "soon"], "'soon' is not a valid float"),
        (["check", "--max-points", "0"], "error: the maximum number of points must be at least 1, found 0"),
        (["check", "--seed", "-1"], "error: seed must be at least 0, found -1"),
        (["check", "-j", "-1"], "-1 is not in the range x>=0"),
        (["check", "--format", "xml"], "'xml' is not one of 'concise', 'full', 'html', 'lines', 'json'"),
        (["check", "--plot", "f.gif"], "error: --plot f.gif: expected one of the suffixes .svg, .png, .pdf, .json, found '.gif'"),
        (["check", "--plot", "no/f.svg"], "error: no/f.svg: expected a file path in an existing folder"),
        (["check", "--output", "spec"], "error: spec: expected a file path in an existing folder"),
        (["check", "nowhere.py"], "error: nowhere.py: expected a spec file or a folder of them, found nothing at this path"),
        (["lift", "my_targets.line", "--timeout", "0"], "error: timeout must be a positive number of seconds, found 0"),
        (["lift", "my_targets.line", "--set", "x"], "error: --set x: expected PARAMETER=VALUE, such as axis=0"),
        (["lift", "my_targets.line", "--set", "x=jnp"], "error: --set x=jnp: expected a Python literal, such as True or 0.9"),
        (["lift", "my_targets.line", "--bind", "mu"], "error: --bind mu: expected SYMBOL=PARAMETER, such as T=decay_steps"),
        (["lift", "my_targets.line", "--bind", "a=x", "--bind", "b=x"], "expected one letter, such as mu, for each parameter"),
        (["lift", "my_targets.line", "--bind", "a=x", "--set", "x=1"], "x is already bound to a; use --bind or --set, not both"),
        (["show"], "Missing argument 'TARGET'"),
        (["chekc"], "No such command 'chekc'"),
    ],
)
def test_bad_arguments_are_refused_at_once(
    arguments: list[str], message: str, project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    with pytest.raises(SystemExit) as caught:
        main(arguments, prog_name="qedoc")
    written = capfd.readouterr()
    assert caught.value.code == 2
    assert written.out == ""
    assert message in written.err


def test_a_bad_argument_ends_the_process_with_2(project: Path) -> None:
    done = run("check", "--timeout", "0", folder=project)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "error: timeout must be a positive number of seconds, found 0\n")


def test_without_specs_the_user_is_told_where_to_go(tmp_path: Path) -> None:
    done = run("check", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    where = "run qedoc in the folder that contains spec/, name spec files, or run qedoc init"
    assert done.stderr == f"error: there is no folder spec/ here; {where}\n"


def test_show_tells_everything_of_a_target(project: Path) -> None:
    done = run("show", "my_targets.line", *QUICK, folder=project)
    assert done.returncode == 0
    labels = re.findall(r"^  (\w+(?: with)?) ", done.stdout, re.MULTILINE)
    assert [label for label in labels if label != "finding"] == [
        *("formula", "code", "symbols", "reason", "cases", "property", "accuracy", "ran with"),
    ]
    assert "a  slope  reals  slope" in done.stdout
    assert "proved  non-decreasing in x" in done.stdout


def test_strict_wants_an_answer(project: Path) -> None:
    done = run("check", "slow/b.py", "--timeout", "2", "--strict", "-j", "1", folder=project)
    assert done.returncode == 1
    assert re.search(r"reason      my_targets.hang: the time limit of 2 s was reached", done.stdout)


def stopped(project: Path, number: signal.Signals, *, group: bool) -> subprocess.CompletedProcess[str]:
    """A run that would take an hour, ended by a signal while its second claim is checked."""
    hanging = project / "hanging"
    hanging.unlink(missing_ok=True)
    command = [*QEDOC, "check", "slow", "-j", "1", "--timeout", "3600", "--format", "json"]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    if signal.getsignal(number) is signal.SIG_IGN:  # what a shell starts in the background ignores SIGINT, and so do its children
        signal.signal(number, signal.SIG_DFL)
    with subprocess.Popen(command, cwd=project, start_new_session=True, **streams) as process:
        while not hanging.exists() and process.poll() is None:
            time.sleep(0.05)
        (os.killpg if group else os.kill)(process.pid, number)
        try:
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    with pytest.raises(ProcessLookupError):  # the worker is gone
        os.kill(int(hanging.read_text()), 0)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


@pytest.mark.parametrize(("number", "group"), [(signal.SIGINT, True), (signal.SIGTERM, False)])
def test_a_signal_ends_the_workers_and_keeps_what_is_finished(number: signal.Signals, group: bool, project: Path) -> None:
    done = stopped(project, number, group=group)
    assert done.returncode == 128 + number
    assert done.stderr == "interrupted: 1 of 2 claims finished\n"
    assert [(claim["id"], claim["verdict"]) for claim in json.loads(done.stdout)["claims"]] == [("my_targets.line", "proved")]


def on_a_terminal(arguments: list[str], project: Path) -> tuple[str, str]:
    """Standard output of a run, and what its standard error, a terminal, has shown."""
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")} | {"TERM": "xterm"}
    shown = b""
    with subprocess.Popen([*QEDOC, *arguments], cwd=project, stdout=subprocess.PIPE, stderr=theirs, env=environment) as process:
        os.close(theirs)
        with suppress(OSError):  # EIO: the other end is closed
            while part := os.read(ours, 4096):
                shown += part
        assert process.stdout is not None
        out = process.stdout.read()
    os.close(ours)
    return out.decode(), shown.decode()


def test_progress_is_for_terminals_and_on_standard_error(project: Path) -> None:
    out, shown = on_a_terminal(["check", "--format", "json", *QUICK], project)
    assert json.loads(out)["summary"] == {"proved": 1}
    assert "collecting claims" in shown


def test_quiet_shows_no_progress(project: Path) -> None:
    _, shown = on_a_terminal(["check", "--quiet", *QUICK], project)
    assert shown == ""
