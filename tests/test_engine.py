"""Runs of real worker processes: one run meets everything that can happen to a task, and each test looks at a part of it."""

import gc
import multiprocessing
import os
import time
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
import sympy as sp

from qedoc.claims.limits import Limits
from qedoc.engine import check_tasks, collect_tasks, worker
from qedoc.engine.pool import Died, Overrun, Pool, settled
from qedoc.engine.schedule import lift, verify
from qedoc.errors import QedocError
from qedoc.execute import lockstep
from qedoc.results.curve import View
from qedoc.results.outcome import Checked, Collected, Event, Outcome
from qedoc.results.verdict import CaseResult, ClaimResult, Verdict
from qedoc.sources.specfiles import find

TARGETS = """\
import os, signal, time

def double(x): return 2 * x
def hang(x): time.sleep(3600)
def vanish(x): os._exit(3)
def starve(x): os.kill(os.getpid(), signal.SIGKILL)
def chatter(x):
    print("from python")
    os.system("echo from a child process")
    return x
constant = 3
"""

HEAD = """\
from sympy import symbols
from qedoc import Parameter, Reals, Size, Spec
x, n = symbols("x n")
"""


def claim(target: str, formula: str = "2 * x", *, name: str = "", parameter: str = "x", domain: str = "Reals()", sizes: str = "") -> str:
    symbols = f'[Parameter(x, "{parameter}", {domain}, "input"), {sizes}]'
    return f'_{target}_{name} = Spec(target="targets_of_engine.{target}", name="{name}", formula={formula}, symbols={symbols})\n'


SPECS = {
    "a_bad.py": HEAD + claim("vanish") + claim("starve"),
    "b_good.py": HEAD
    + claim("double")
    + claim("double", "2 * x + 0 * n", name="sized", sizes='Size(n, [1, 2], "unused")')
    + claim("double", "3 * x", name="wrong")
    + claim("chatter", "x"),
    "c_errors.py": HEAD
    + claim("absent")
    + claim("constant")
    + claim("double", name="parameter", parameter="y")
    + claim("double", name="nowhere", domain="Reals(above=1, most=1)")
    + 'lost = Spec(target="no_such_module.f", formula=x, symbols=[Parameter(x, "x", Reals(), "")])',
    "d_syntax.py": "def f(:",
    "f_exit.py": "import os\nos._exit(4)",
    "g_again.py": HEAD + claim("double", name="wrong"),
}
ENDLESS = {"y_target.py": HEAD + claim("hang"), "z_spec.py": "while True: pass"}


@dataclass(frozen=True)
class Run:
    outcome: Outcome
    events: list[Event]

    def claim(self, name: str) -> ClaimResult:
        return next(claim for claim in self.outcome.claims if claim.id == f"targets_of_engine.{name}")

    def case(self, name: str) -> CaseResult:
        return self.claim(name).decisive

    def errors(self, file: str) -> list[str]:
        return [str(error) for error in self.outcome.errors if error.location and error.location.path.endswith(file)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("project")
    (made / "targets_of_engine.py").write_text(TARGETS)
    for name, text in (SPECS | ENDLESS).items():
        (made / name).write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made)
        yield made


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    events: list[Event] = []
    files, _ = find(sorted(SPECS))
    return Run(verify(files, limits=Limits(max_points=50), jobs=2, notify=events.append), events)


def test_what_does_not_end_is_stopped(folder: Path) -> None:
    outcome = verify(find(sorted(ENDLESS))[0], limits=Limits(timeout=5), jobs=2)
    assert [str(error) for error in outcome.errors] == [
        "z_spec.py:1: running the spec file: no result within 5 s; increase the limit with --timeout",
    ]
    case = outcome.claims[0].decisive
    assert (case.id, case.verdict, case.seconds) == ("targets_of_engine.hang", Verdict.UNDECIDED, 5)
    assert case.reason == "the time limit of 5 s was reached (reading the code)"


def test_a_task_that_takes_its_process_down_is_undecided(run: Run) -> None:
    assert run.case("vanish").verdict is run.case("starve").verdict is Verdict.UNDECIDED
    assert run.case("vanish").reason.startswith("the code ends the process (exit code 3)")
    assert run.case("starve").reason.startswith("the worker process died (signal 9, possibly out of memory)")


def test_the_claims_beside_them_are_checked(run: Run) -> None:
    assert run.claim("double").verdict is Verdict.PROVED
    assert run.claim("double#wrong").verdict is Verdict.REFUTED
    assert [case.id for case in run.claim("double#sized").cases] == [f"targets_of_engine.double#sized[n={n}]" for n in (1, 2)]


def test_results_stream_in_the_order_of_the_specs(run: Run) -> None:
    names = ["vanish", "starve", "double", "double#sized", "double#wrong", "chatter"]
    streamed = [event for event in run.events if isinstance(event, ClaimResult)]
    assert [claim.id for claim in streamed] == [f"targets_of_engine.{name}" for name in names]
    assert tuple(streamed) == run.outcome.claims


def test_each_case_is_heard_of_once(run: Run) -> None:
    assert isinstance(run.events[0], Collected)
    heard = [event.id for event in run.events if isinstance(event, Checked)]
    known = [case.id for claim in run.outcome.claims for case in claim.cases]
    assert len(heard) == len(set(heard))
    assert set(known) <= set(heard)


def test_all_errors_are_listed_with_file_and_line(run: Run) -> None:
    absent, number, parameter, nowhere, module = sorted(run.errors("c_errors.py"))
    assert absent.startswith("c_errors.py:4: ")
    assert "has no attribute 'absent'" in absent
    assert "targets_of_engine.constant is not callable: found an object of type int" in number
    assert "has no parameter 'y'" in parameter
    assert nowhere.startswith("c_errors.py:7: ")
    assert "empty" in nowhere
    assert "no module named 'no_such_module'" in module
    assert run.errors("d_syntax.py") == ["d_syntax.py:1: syntax error: invalid syntax"]


def test_a_spec_file_that_dies_is_an_error(run: Run) -> None:
    assert run.errors("f_exit.py") == ["f_exit.py:1: running the spec file: the worker process died (exit code 4)"]


def test_a_second_claim_of_the_same_id_is_an_error(run: Run) -> None:
    (error,) = run.errors("g_again.py")
    assert error.startswith("g_again.py:4: targets_of_engine.double#wrong: duplicate spec id, already used at b_good.py:6")


def test_errors_outrank_refutations_in_the_exit_code(run: Run) -> None:
    assert run.outcome.exit_code() == 2


def test_nothing_but_the_wanted_claims_is_checked(folder: Path) -> None:
    files, _ = find(["b_good.py"])
    wanted = ["targets_of_engine.chatter", "targets_of_engine.doubel", "double"]
    outcome = verify(files, wanted=wanted, limits=Limits(max_points=50), jobs=1)
    assert [claim.id for claim in outcome.claims] == ["targets_of_engine.chatter"]
    assert [error.message for error in outcome.errors] == [
        "no spec has the target targets_of_engine.doubel; did you mean targets_of_engine.double?",
        "no spec has the target double, and no file or folder has this name; did you mean targets_of_engine.double?",
    ]


def test_what_targets_print_stays_off_standard_output(run: Run, capfd: pytest.CaptureFixture[str], folder: Path) -> None:
    verify(find(["b_good.py"])[0], wanted=["targets_of_engine.chatter"], limits=Limits(max_points=50), jobs=1)
    captured = capfd.readouterr()
    assert captured.out == ""
    assert "from python" in captured.err


def test_a_picture_shows_one_target(folder: Path) -> None:
    outcome = verify(find(["b_good.py"])[0], limits=Limits(), jobs=1, curves=View())
    assert not outcome.claims
    assert "a plot can only show the claims of one target, found 2 targets; name one target" in [e.message for e in outcome.errors]


def test_lift_gives_a_formula_for_each_spec_or_one_without(folder: Path) -> None:
    formulas, none = lift("targets_of_engine.double", find(["b_good.py"])[0], Limits())
    assert [name for name, _ in formulas] == [f"targets_of_engine.double{name}" for name in ("", "#sized", "#wrong")]
    assert ({formula.sympy for _, formula in formulas}, none) == ({"2*x"}, ())
    ((name, formula),), none = lift("targets_of_engine.double", [], Limits())
    assert (name, formula.sympy, none) == ("targets_of_engine.double", "2*x", ())


def test_no_worker_outlives_a_run(run: Run) -> None:
    assert multiprocessing.active_children() == []


def test_a_pool_replaces_the_workers_that_it_loses() -> None:
    with Pool(1, gc.collect) as pool:
        futures = [pool.submit(60, abs, -42), pool.submit(60, os._exit, 5), pool.submit(1, time.sleep, 3600), pool.submit(60, abs, -42)]
        assert [settled(future) for future in futures] == [42, Died(code=5), Overrun(), 42]


def test_a_pool_frees_its_locks_when_it_ends() -> None:
    with Pool(1, gc.collect) as pool:
        assert settled(pool.submit(60, abs, -42)) == 42
        locks = [weakref.ref(lock) for lock in pool._context._kept]
    assert locks
    assert [lock() for lock in locks] == [None] * len(locks)


def test_a_pool_without_workers_says_so() -> None:
    with Pool(1, partial(os._exit, 7)) as pool, pytest.raises(QedocError, match="the worker processes keep dying"):
        settled(pool.submit(60, abs, -42))


@pytest.mark.parametrize(
    ("code", "text"),
    [(1, "exit code 1"), (-9, "signal 9, possibly out of memory"), (-11, "signal 11")],
)
def test_how_a_worker_died_is_said(code: int, text: str) -> None:
    assert str(Died(code=code)) == f"the worker process died ({text})"


def test_a_worker_that_has_grown_forgets_and_finds_the_same(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(folder)
    claim = collect_tasks.collect(find(["b_good.py"])[0][0])
    assert isinstance(claim, tuple)
    first = check_tasks.check_case(claim[0], {}, Limits(max_points=50), tmp_path)
    forgotten: list[None] = []
    monkeypatch.setattr(worker, "PERIOD", 1)
    monkeypatch.setattr(worker, "LARGE", 0)
    monkeypatch.setattr(lockstep, "forget", lambda: forgotten.append(lockstep._compiled.cache_clear()))
    again = check_tasks.check_case(claim[0], {}, Limits(max_points=50), tmp_path)
    assert len(forgotten) == 1
    assert isinstance(first, CaseResult)
    assert isinstance(again, CaseResult)
    assert replace(first, seconds=0) == replace(again, seconds=0)


def test_what_a_worker_draws_does_not_depend_on_what_it_has_loaded(folder: Path) -> None:
    found = "len(__import__('hypothesis.internal.conjecture.providers', fromlist=['_'])._get_local_constants())"
    with Pool(1, worker.warm_up) as pool:
        assert pool.submit(60, eval, "__import__('targets_of_engine').constant").result() == 3
        assert pool.submit(60, eval, found).result() == 0
    with Pool(1, gc.collect) as pool:
        pool.submit(60, eval, "__import__('sys').path.append('.') or __import__('targets_of_engine')")
        assert pool.submit(60, eval, found).result() > 0


def test_a_large_process_forgets_after_each_case(monkeypatch: pytest.MonkeyPatch) -> None:
    sp.Add(sp.Symbol("x"), 1)
    kept = sp.Add.__new__.cache_info  # of SymPy's cache
    monkeypatch.setattr(worker, "LARGE", 2**60)
    worker.tidy()
    assert kept().currsize > 0
    monkeypatch.setattr(worker, "LARGE", 0)
    worker.tidy()
    assert kept().currsize == 0
