"""One claim or module can cost its own answer, never another's: code that ends its process, that does not end, that keeps values."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from qedoc.claims.limits import Limits
from qedoc.config.table import Config
from qedoc.engine.deadline import Expired, deadline
from qedoc.engine.pool import Died, Ended, KeepingContext, Pool, opened, sealed, settled
from qedoc.pytest.session import Runs

DOCUMENTED = '''
def {name}(x):
    r"""{name}.

    .. math:: {formula}
    """
    {body}
'''


def function(name: str, body: str, formula: str = "2 x") -> str:
    return DOCUMENTED.format(name=name, body=body, formula=formula)


FUNCTIONS = "import os, signal, sys\n_kept = {}\n" + "".join(
    [
        function("a_right", "return 2 * x"),
        function("b_exit", "sys.exit(0)"),
        function("c_leave", "os._exit(0)"),
        function("d_interrupt", "raise KeyboardInterrupt"),
        function("e_code", "raise SystemExit(3)"),
        function("f_base", "raise BaseException('strange')"),
        function("g_kept", "return _kept.setdefault('x', x) + x"),
        function("h_none", "return None"),
        function("i_text", "return 'two'"),
        function("j_generator", "yield x"),
        function("k_dict", "return {'a': x}"),
        function("l_local", "class Local(Exception):\n        def __str__(self): raise ValueError\n    raise Local(x)"),
        function("m_keep_tracer", "_kept['y'] = x; return 2 * x"),
        function("n_killed", "os.kill(os.getpid(), signal.SIGKILL)"),
        "async " + function("o_coroutine", "return 2 * x").lstrip(),
        function("z_wrong", "return 2 * x", "2 x + 1"),
    ]
)

PACKAGE = {
    "__init__.py": "",
    "a_arguments.py": "import argparse\nargparse.ArgumentParser().parse_args(['--unknown'])\n",
    "b_leaves.py": "import os\nos._exit(0)\n",
    "c_interrupts.py": "raise KeyboardInterrupt\n",
    "d_missing.py": "import surely_not_installed\n",
    "e_raises.py": "class Odd(Exception):\n    def __str__(self): raise SystemExit\nraise Odd\n",
    "f_crashes.py": "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n",
    "g_right.py": function("g", "return 2 * x"),
    "plain/inside.py": function("h", "return 2 * x", "3 x"),
}
DEFAULTS = """
import os, sys
class Leaves:
    def __repr__(self): os._exit(0)
class Exits:
    def __repr__(self): sys.exit(0)
class Stays:
    def __repr__(self):
        while True:
            pass
""" + "".join(
    [
        function("a_right", "return 2 * x"),
        *(function(f"b_{kind}", "return 2 * x").replace("(x)", f"(x, y={kind.title()}())") for kind in ("leaves", "exits", "stays")),
        function("z_wrong", "return 2 * x", "3 x"),
    ]
)
SLOW = "import time\n" + function("a_right", "return 2 * x") + function("b_huge", "return x", r"\sum_{i=1}^{1000000000} x^i")


def qedoc(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), *sys.path]), "COLUMNS": "120"}
    command = [sys.executable, "-m", "qedoc", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hostile")
    (made / "hostile_functions.py").write_text(FUNCTIONS)
    (made / "hostile_slow.py").write_text(SLOW)
    (made / "hostile_defaults.py").write_text(DEFAULTS)
    (made / "hostile_end.py").write_text("import sys\nsys.exit(0)\n")
    (made / "formless.py").write_text('def f(x):\n    """No formula."""\n')
    for root in ("hostile_package", "hostile_harmless"):
        for name, text in PACKAGE.items():
            if root == "hostile_package" or name[0] not in "abcf":
                (made / root / name).parent.mkdir(parents=True, exist_ok=True)
                (made / root / name).write_text(text)
    (made / "hostile_harmless" / "__init__.py").unlink()
    return made


def verdicts(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    return {claim["id"].rpartition(".")[2]: claim["verdict"] for claim in json.loads(done.stdout)["claims"]}


@pytest.fixture(scope="module")
def functions(folder: Path) -> subprocess.CompletedProcess[str]:
    return qedoc("audit", "hostile_functions", "--format", "json", "-j1", "--max-points", "40", folder=folder)


@pytest.fixture(scope="module")
def package(folder: Path) -> subprocess.CompletedProcess[str]:
    return qedoc("audit", "hostile_package", "--format", "json", "-j1", "--max-points", "40", folder=folder)


def test_each_function_has_a_verdict_of_its_own(functions: subprocess.CompletedProcess[str]) -> None:
    found = verdicts(functions)
    assert (found.pop("a_right"), found.pop("z_wrong")) == ("proved", "refuted")
    assert found.pop("m_keep_tracer") == "proved"  # it keeps a tracer, and does not use it
    assert set(found.values()) <= {"undecided", "unsupported"}
    assert len(found) == FUNCTIONS.count(".. math::") - 3


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("b_exit", "the code ends the process: sys.exit(0)"),
        ("c_leave", "the code ends the process (exit code 0)"),
        ("d_interrupt", "the code ends the process: raise KeyboardInterrupt"),
        ("e_code", "the code ends the process: sys.exit(3)"),
    ],
)
def test_code_that_ends_the_process_is_named_and_the_run_cannot_pass(
    functions: subprocess.CompletedProcess[str], name: str, reason: str
) -> None:
    report = json.loads(functions.stdout)
    (claim,) = (claim for claim in report["claims"] if claim["id"].endswith(name))
    assert claim["reason"].startswith(reason)
    assert any(f"{name}: {reason}" in error["message"] and error["source"]["line"] > 1 for error in report["errors"])
    assert functions.returncode == 2


def test_other_failures_are_reasons_and_no_errors(functions: subprocess.CompletedProcess[str]) -> None:
    report = json.loads(functions.stdout)
    assert all(claim["reason"] for claim in report["claims"])
    told = " ".join(error["message"] for error in report["errors"])
    assert not [name for name in ("a_right", "f_base", "g_kept", "m_keep_tracer", "n_killed", "z_wrong") if name in told]


def test_each_module_that_can_be_imported_is_read(package: subprocess.CompletedProcess[str]) -> None:
    assert verdicts(package) == {"g": "proved", "h": "refuted"}


def test_modules_that_end_the_process_are_errors_and_others_findings(package: subprocess.CompletedProcess[str]) -> None:
    report = json.loads(package.stdout)
    errors = sorted(error["message"] for error in report["errors"])
    assert [message.partition(" cannot")[0] for message in errors] == [
        f"hostile_package.{name}" for name in ("a_arguments", "b_leaves", "c_interrupts")
    ]
    unread = {finding["subject"]: finding for finding in report["findings"] if finding["code"] == "QED206"}
    assert set(unread) == {f"hostile_package.{name}" for name in ("d_missing", "e_raises", "f_crashes")}
    missing = unread["hostile_package.d_missing"]
    assert missing["level"] == "warning"
    assert missing["source"]["path"].endswith("d_missing.py")
    assert "ModuleNotFoundError: No module named 'surely_not_installed'" in missing["message"]
    assert package.returncode == 2


@pytest.mark.parametrize(("options", "code"), [((), 1), (("--ignore", "QED1"), 0), (("--ignore", "QED1", "--strict"), 1)])
def test_a_module_that_raises_fails_with_strict_alone(folder: Path, options: tuple[str, ...], code: int) -> None:
    """A namespace package at that: it has no `__init__.py`."""
    done = qedoc("audit", "hostile_harmless", "-j1", "--max-points", "40", *options, folder=folder)
    assert done.returncode == code, done.stderr
    assert "QED206 hostile_harmless.d_missing cannot be imported" in done.stdout
    assert "2 formulas: 1 proved, 1 refuted" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("audit", "hostile_end"), "hostile_end cannot be imported: the code ends the process: sys.exit(0)"),
        (("audit", "hostile_package.b_leaves"), "hostile_package.b_leaves cannot be imported: the code ends the process (exit code 0)"),
        (("audit", "hostile_package.d_missing"), "hostile_package.d_missing cannot be imported: No module named"),
        (("audit", "formless"), "nothing was checked: formless: no display formula in 1 docstring"),
        (("check", "hostile_functions.b_exit", "--latex", "2 x"), "hostile_functions.b_exit: the code ends the process: sys.exit(0)"),
        (("check", "hostile_end.f", "--latex", "2 x"), "the code ends the process: sys.exit(0)"),
        (("lift", "hostile_functions.b_exit"), "the code ends the process: sys.exit(0)"),
        (("lift", "hostile_functions.c_leave"), "lifting hostile_functions.c_leave"),
    ],
)
def test_what_cannot_be_done_ends_with_exit_code_2_and_a_message(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    done = qedoc(*arguments, folder=folder)
    assert said in done.stderr
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)


@pytest.mark.parametrize(("context", "code"), [(KeepingContext(), 0), (multiprocessing.get_context("spawn"), 1)])
def test_a_worker_that_starts_while_the_pool_stops_finds_its_locks(capfd: pytest.CaptureFixture[str], context: Any, code: int) -> None:
    lock = context.RLock()
    worker = context.Process(target=id, args=(lock,))
    worker.start()
    del lock  # as Pebble does when it stops
    worker.join()
    assert (worker.exitcode, "Traceback" in capfd.readouterr().err) == (code, bool(code))


def test_a_name_without_formulas_is_told_beside_one_with(folder: Path) -> None:
    done = qedoc("audit", "formless", "hostile_slow.a_right", "-j1", "--max-points", "40", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "QED305 formless: no display formula in 1 docstring" in done.stdout


def test_a_sum_of_a_billion_terms_costs_itself(folder: Path) -> None:
    done = qedoc("audit", "hostile_slow", "--format", "json", "-j1", "--max-points", "40", folder=folder)
    assert verdicts(done) == {"a_right": "proved", "b_huge": "undecided"}
    assert "qedoc expands at most 1000" in done.stdout
    assert (done.returncode, done.stderr) == (0, "")


def test_what_happens_while_a_formula_is_read_costs_that_formula(folder: Path) -> None:
    """A default whose text is asked for while the formula is bound ends the process, or takes for ever."""
    done = qedoc("audit", "hostile_defaults", "--format", "json", "-j1", "--timeout", "15", "--max-points", "40", folder=folder)
    claims = {claim["id"].rpartition(".")[2]: (claim["verdict"], claim["reason"]) for claim in json.loads(done.stdout)["claims"]}
    assert claims.pop("a_right")[0] == "proved"
    assert claims.pop("z_wrong")[0] == "refuted"
    assert claims == {
        "b_leaves": ("undecided", "the code ends the process (exit code 0)"),
        "b_exits": ("undecided", "the code ends the process: sys.exit(0)"),
        "b_stays": ("undecided", "the time limit of 15 s was reached (reading the formula)"),
    }
    assert {error["message"] for error in json.loads(done.stdout)["errors"]} == {
        "hostile_defaults.b_leaves: the code ends the process (exit code 0)",
        "hostile_defaults.b_exits: the code ends the process: sys.exit(0)",
    }
    assert done.returncode == 2


@pytest.fixture
def project(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text('[tool.qedoc]\ndocstrings = ["hostile_harmless", "formless"]\nmax-points = 40\n')
    for name in ("hostile_harmless", "formless.py"):
        (tmp_path / name).symlink_to(folder / name)
    return tmp_path


def test_the_lock_file_keeps_what_was_not_read(project: Path) -> None:
    first = qedoc("check", "--format", "json", folder=project)
    again = qedoc("check", "--format", "json", "--locked", folder=project)
    codes = [[finding["code"] for finding in json.loads(done.stdout)["findings"]] for done in (first, again)]
    assert sorted(codes[0]) == sorted(codes[1])
    assert codes[0].count("QED206") == 2
    assert codes[0].count("QED305") == 1
    assert (first.returncode, again.returncode) == (1, 1)


def test_a_module_that_ends_the_process_is_an_error_of_each_run(project: Path, folder: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.qedoc]\ndocstrings = ["hostile_package"]\nmax-points = 40\n')
    (project / "hostile_package").symlink_to(folder / "hostile_package")
    for _ in range(2):  # the lock file does not hide it
        done = qedoc("check", folder=project)
        assert "hostile_package.b_leaves cannot be imported: the code ends the process (exit code 0)" in done.stderr
        assert "2 targets: 1 proved, 1 refuted" in done.stdout
        assert done.returncode == 2


def test_a_table_that_names_nothing_with_a_formula_checks_nothing(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.qedoc]\ndocstrings = ["formless"]\n')
    for _ in range(2):  # the second time from the lock file
        done = qedoc("check", folder=project)
        assert "nothing was checked: formless: no display formula in 1 docstring" in done.stderr
        assert done.returncode == 2


def test_a_spec_file_that_interrupts_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "a.py").write_text("raise KeyboardInterrupt\n")
    done = qedoc("check", folder=tmp_path)
    assert "the code ends the process: raise KeyboardInterrupt" in done.stderr
    assert done.returncode == 2


def test_an_interrupt_of_the_run_itself_is_still_one(tmp_path: Path) -> None:
    """It comes when the code of the claim has begun."""
    begun = tmp_path / "begun"
    (tmp_path / "stays.py").write_text(
        f"import pathlib, time\n{function('stays', f'pathlib.Path({str(begun)!r}).touch(); time.sleep(1000)')}"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    command = [sys.executable, "-m", "qedoc", "audit", "stays", "--timeout", "1000"]
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # what a shell starts in the background ignores it, and so do its children
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not begun.exists() and process.poll() is None:
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130


QUEUED = """
import gc, time
from qedoc.engine.pool import Pool

if __name__ == "__main__":
    try:
        with Pool(1, int) as pool:
            pool.submit(1000, time.sleep, 1000)
            waiting = [pool.submit(1000, len, bytes(100_000)) for _ in range(20)]
            time.sleep(1)  # the pipe to the worker is full now
            print("ready", flush=True)
            time.sleep(1000)
    except KeyboardInterrupt:
        print([type(future.exception()).__name__ for future in waiting if future.exception() is None])
    del waiting
    gc.collect()
"""


def test_an_interrupt_while_tasks_wait_prints_nothing(tmp_path: Path) -> None:
    """The thread that sends a task to a full pipe fails when the pipe closes."""
    (tmp_path / "queued.py").write_text(QUEUED)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "queued.py"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (0, "[]\n", "")


# The parts


class Unsendable:
    def __reduce__(self) -> Any:
        raise ValueError("no pickle of this")


class Foreign:
    """A class that the main process must not load."""


def test_a_reply_that_cannot_be_sent_or_read_costs_its_task() -> None:
    for value, said in [(Unsendable, "ValueError: no pickle of this"), (Foreign, "Foreign")]:
        with pytest.raises(Ended) as ended:
            opened(sealed(value))
        assert said in str(ended.value.how)
    assert opened(sealed(abs, -1)) == 1


def test_an_exit_code_of_0_is_a_death_too() -> None:
    with Pool(1, int) as pool:
        futures = [pool.submit(60, os._exit, 0), pool.submit(60, sys.exit, 0), pool.submit(60, abs, -42)]
        left, exited, answered = (settled(future) for future in futures)
    assert left == Died(code=0)
    assert isinstance(left, Died)
    assert left.by_itself
    assert isinstance(exited, Died)
    assert (exited.cause, answered) == ("the task failed: SystemExit: 0", 42)


def swallowing() -> str:
    try:
        with deadline(0.05):
            while True:
                with suppress(Exception):
                    while True:
                        pass
    except Expired:
        return "expired"


def test_a_deadline_is_no_exception_that_code_catches() -> None:
    assert swallowing() == "expired"
    with deadline(100):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


STUCK = """
import collections, itertools
from qedoc.engine import deadline as module

def shorten():
    module.GRACE = 0.1

def stuck(folder):
    with module.deadline(0.1, folder / "mark"):
        collections.deque(itertools.repeat(1), maxlen=0)  # a loop in C that holds the interpreter
"""


def test_code_in_c_is_ended_with_its_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stuck_in_c.py").write_text(STUCK)
    monkeypatch.syspath_prepend(tmp_path)
    stuck = import_module("stuck_in_c")
    with Pool(1, stuck.shorten) as pool:
        found = settled(pool.submit(100, stuck.stuck, folder=True))
        assert settled(pool.submit(60, abs, -42)) == 42
    assert isinstance(found, Died)
    assert found.left["mark"]


def test_the_plugin_collects_what_can_be_read(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    runs = Runs(Config(root=tmp_path, docstrings=("hostile_package",)), Limits(max_points=40), None)
    try:
        assert [claim.id for claim in runs.in_docstrings()] == ["hostile_package.g_right.g", "hostile_package.plain.inside.h"]
        assert {error.message.partition(" cannot")[0] for error in runs.unread} == {
            f"hostile_package.{name}" for name in ("a_arguments", "b_leaves", "c_interrupts")
        }
    finally:
        runs.close()
