"""Runs on a cluster of two workers: what they find is what worker processes of this machine find."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from distributed import LocalCluster

from qedoc.claims.limits import Limits
from qedoc.engine import cluster_worker
from qedoc.engine.cluster import Cluster
from qedoc.engine.schedule import verify
from qedoc.engine.worker import warm_up
from qedoc.errors import QedocError
from qedoc.results.outcome import Checked, Event
from qedoc.results.verdict import CaseResult, Verdict
from qedoc.sources.specfiles import find

TARGETS = """\
import os, time

def scale(x, k): return k * x
def hang(x): time.sleep(3600)
def vanish(x): os._exit(3)
"""

HEAD = """\
from sympy import symbols
from qedoc import Integers, Parameter, Reals, Size, Spec
x, k, n = symbols("x k n")
X, K = Parameter(x, "x", Reals(), "input"), Parameter(k, "k", Integers(least=1), "factor")
"""

GOOD = (
    HEAD
    + """\
right = Spec(target="targets_of_cluster.scale", formula=k * x, symbols=[X, K])
wrong = Spec(target="targets_of_cluster.scale", name="wrong", formula=(k + 1) * x, symbols=[X, K])
sized = Spec(target="targets_of_cluster.scale", name="sized", formula=k * x + 0 * n, symbols=[X, K, Size(n, [1, 2], "unused")])
"""
)

BAD = (
    HEAD
    + """\
hang = Spec(target="targets_of_cluster.hang", formula=x, symbols=[X])
vanish = Spec(target="targets_of_cluster.vanish", formula=x, symbols=[X])
"""
)

LIMITS = Limits(max_points=50)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    place = str(tmp_path_factory.mktemp("cluster"))
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", local_directory=place) as made:
        yield made


@pytest.fixture(scope="module")
def address(cluster: Any) -> str:
    return str(cluster.scheduler_address).replace("tcp://", "dask://")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("project")
    (made / "targets_of_cluster.py").write_text(TARGETS)
    (made / "spec").mkdir()
    (made / "spec" / "good.py").write_text(GOOD)
    (made / "bad.py").write_text(BAD)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made)
        yield made


def check(folder: Path, *options: str) -> tuple[Any, dict[str, bytes]]:
    """The JSON report of `qedoc check` without its times, and the files that it leaves."""
    command = [sys.executable, "-m", "qedoc", "check", "--max-points", "50", "--format", "json", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    files = {str(file.relative_to(folder)): file.read_bytes() for file in folder.glob("qedoc.lock*/**/*") if file.is_file()}
    files["qedoc.lock"] = (folder / "qedoc.lock").read_bytes()
    return json.loads(done.stdout, object_hook=lambda found: {key: found[key] for key in found if key != "seconds"}), files


def local(folder: Path) -> dict[str, CaseResult]:
    outcome = verify(find([str(folder / "spec")])[0], limits=LIMITS, jobs=2)
    return {case.id: without_time(case) for claim in outcome.claims for case in claim.cases}


def without_time(case: CaseResult) -> CaseResult:
    return replace(case, seconds=0)


def test_reports_and_lock_files_are_the_same_to_the_byte(folder: Path, address: str) -> None:
    here = check(folder, "-j2")
    there = check(folder, "--all", "--scheduler", address)
    assert there == here
    verdicts = {claim["id"].partition(".")[2]: claim["verdict"] for claim in there[0]["claims"]}
    assert verdicts == {"scale": "proved", "scale#wrong": "refuted", "scale#sized": "proved"}
    wrong = next(claim for claim in there[0]["claims"] if claim["id"].endswith("wrong"))
    assert wrong["counterexample"]["inputs"] == {"x": 1, "k": 1}


def test_a_worker_that_is_killed_loses_nothing(folder: Path, cluster: Any, address: str) -> None:
    killed: list[int] = []

    def kill(event: Event) -> None:
        if isinstance(event, Checked) and not killed:
            killed.append(cluster.workers[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    files, _ = find([str(folder / "spec")])
    with Cluster(address, warm_up) as pool:
        outcome = verify(files, limits=LIMITS, jobs=1, pool=pool, notify=kill)
    assert killed
    assert not outcome.errors
    assert {case.id: without_time(case) for claim in outcome.claims for case in claim.cases} == local(folder)


def test_a_task_that_does_not_end_or_ends_its_process_costs_only_itself(folder: Path, address: str) -> None:
    with Cluster(address, warm_up) as pool:
        outcome = verify(find([str(folder / "bad.py")])[0], limits=Limits(timeout=5), jobs=1, pool=pool)
    hang, vanish = (claim.decisive for claim in outcome.claims)
    assert (hang.verdict, hang.reason) == (Verdict.UNDECIDED, "the time limit of 5 s was reached (reading the code)")
    assert vanish.verdict is Verdict.UNDECIDED
    assert vanish.reason.startswith("the code ends the process (exit code 3)")


def test_an_interrupt_ends_the_processes_and_keeps_what_is_finished(folder: Path, cluster: Any, address: str) -> None:
    def interrupt(event: Event) -> None:
        if isinstance(event, Checked):
            raise KeyboardInterrupt

    with Cluster(address, warm_up) as pool:
        outcome = verify(find([str(folder / "spec")])[0], limits=LIMITS, jobs=1, pool=pool, notify=interrupt)
    assert outcome.exit_code() == 130
    with cluster.get_client() as client:
        assert set(client.run(lambda: len(multiprocessing.active_children())).values()) == {0}


def test_a_worker_with_other_versions_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    here = cluster_worker.installed(cluster_worker.DECIDING)
    monkeypatch.setattr(cluster_worker, "installed", lambda names: here | {"sympy": "0.1"})
    with Cluster(address, warm_up) as pool, pytest.raises(QedocError, match=rf"tcp://.*: sympy {here['sympy']} \(this machine: 0.1\)"):
        pool.submit(10, abs, 1)


def test_the_fingerprint_of_the_source_covers_the_whole_package() -> None:
    names = {path.relative_to(cluster_worker.HOME).as_posix() for path in cluster_worker.sources()}
    assert {"__init__.py", "judge/check.py", "lift/trace.py", "engine/cluster_worker.py"} <= names


def test_what_a_worker_lacks_is_said(folder: Path) -> None:
    wanted = cluster_worker.Surroundings(folder=str(folder), python="3.11", versions={"jax": "1", "sympy": "1"}, source="a")
    assert not wanted.missing(wanted)
    other = cluster_worker.Surroundings(folder="/", python="3.12", versions={"jax": "2"}, source="b")
    assert wanted.missing(other) == "Python 3.12 (this machine: 3.11); jax 2 (this machine: 1); sympy is missing (this machine: 1)"
    edited = cluster_worker.Surroundings(folder="/", python="3.11", versions=wanted.versions, source="b")
    assert wanted.missing(edited) == "the source of qedoc differs, although the version is the same"
    far = cluster_worker.Surroundings(folder="/no/such", python="3.11", versions=wanted.versions, source="a")
    assert far.missing(wanted) == "the folder /no/such, in which the run was started, does not exist"


def test_the_answer_to_another_source_is_refused(folder: Path) -> None:
    sources = {"targets_of_cluster.py": {"scale": "the fingerprint of another function"}}
    case = CaseResult(id="scale", verdict=Verdict.PROVED, reason="", sources=sources)
    with pytest.raises(QedocError, match=r"checked scale with a version of targets_of_cluster\.py: scale that differs from this machine"):
        Cluster("dask://localhost:1", warm_up)._checked(case)


@pytest.mark.parametrize("address", ["dask://", "dask://host", "tcp://host:8786", "host:8786", "dask://host:port", "dask://host:1/path"])
def test_an_address_of_another_form_is_refused(address: str) -> None:
    with pytest.raises(QedocError, match="expected dask://HOST:PORT, such as dask://127"):
        Cluster(address, warm_up)


def test_where_no_scheduler_answers_nothing_runs(folder: Path) -> None:
    command = [sys.executable, "-m", "qedoc", "check", "--no-lock", "--scheduler", "dask://127.0.0.1:1"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: dask://127.0.0.1:1: no Dask scheduler responds: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_cluster_without_workers_says_so() -> None:
    with LocalCluster(n_workers=0, dashboard_address=":0") as empty:
        address = str(empty.scheduler_address).replace("tcp://", "dask://")
        with Cluster(address, warm_up) as pool, pytest.raises(QedocError, match="the cluster has no workers"):
            pool.submit(10, abs, 1)


def test_processes_here_and_a_cluster_exclude_each_other(folder: Path) -> None:
    command = [sys.executable, "-m", "qedoc", "check", "-j2", "--scheduler", "dask://127.0.0.1:1"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, "use only one of them" in done.stderr) == (2, True)
