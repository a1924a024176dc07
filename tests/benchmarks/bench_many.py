"""Many claims: more processes, more claims, more machines, and what a worker needs of memory; run by `nox -s bench`."""

import json
import os
import resource
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from benchmarks.many import project
from benchmarks.measuring import Table, alternating, seconds
from distributed import LocalCluster

ROOT = Path(__file__).parents[2]
CLAIMS = 100
COUNTING = "for _ in range(10**8): pass"


def check(folder: Path, *options: str) -> dict[str, Any]:
    """`qedoc check` of a project that was never checked; its report, without times."""
    for left in folder.glob("qedoc.lock*"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    command = [sys.executable, "-m", "qedoc", "check", "--format", "json", *options]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "verifier")}
    done = subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout, object_hook=lambda made: {key: made[key] for key in made if key != "seconds"})
    assert found["summary"] == {"proved": len(found["claims"])}
    return found


@pytest.fixture(scope="module")
def hundred(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("hundred"), CLAIMS)


def count(processes: int) -> None:
    """Processes that share nothing, neither a file nor memory, and do the same work of some seconds each."""
    running = [subprocess.Popen([sys.executable, "-c", COUNTING]) for _ in range(processes)]
    assert [process.wait() for process in running] == [0] * processes


def test_more_processes(hundred: Path, table: Table, rounds: int) -> None:
    assert check(hundred, "-j1") == check(hundred, "-j2")  # what is found is the same
    works = {
        "1": partial(check, hundred, "-j1"),
        "2": partial(check, hundred, "-j2"),
        "one": partial(count, 1),
        "two": partial(count, 2),
    }
    taken = alternating(works, rounds, warm=False)
    machine = 2 * taken["one"] / taken["two"]
    table.line("Two processes that only count, against one: what the machine allows", f"{machine:.3g} times", slow=True)
    table.line(f"Check of {CLAIMS} small claims, with the start of all processes, `-j 1`", f"{taken['1']:.1f} s", slow=True)
    table.at_least("... `-j 2` against `-j 1`", taken["1"] / taken["2"], 1.6, guard=min(1.6, 0.8 * machine), slow=True)
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20  # of all processes that were waited for
    table.at_most("Peak memory of a worker", largest, 2, "GB")


def test_more_claims(tmp_path: Path, hundred: Path, table: Table, rounds: int) -> None:
    folders = {10: project(tmp_path / "10", 10), CLAIMS: hundred}
    taken = alternating({str(count): partial(check, folder, "-j2") for count, folder in folders.items()}, rounds, warm=False)
    thousand = seconds(partial(check, project(tmp_path / "1000", 1000), "-j2"))
    table.line("Check of 10 and of 100 small claims, `-j 2`", f"{taken['10']:.1f} s and {taken['100']:.1f} s", slow=True)
    table.at_most("Check of 1,000 claims (once) against 100, `-j 2`", thousand / taken["100"], 11, slow=True)


def test_more_machines(hundred: Path, table: Table, rounds: int) -> None:
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as one,
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as two,
    ):
        one_, two_ = (str(cluster.scheduler_address).replace("tcp://", "dask://") for cluster in (one, two))
        assert check(hundred, "--scheduler", two_) == check(hundred, "-j2")
        works = {
            "here": partial(check, hundred, "-j2"),
            "one": partial(check, hundred, "--scheduler", one_),
            "two": partial(check, hundred, "--scheduler", two_),
        }
        taken = alternating(works, rounds, warm=False)
    table.line(
        "A cluster of two workers against one, 100 claims; scheduler and run on the same 2 cores",
        f"{taken['one'] / taken['two']:.2f} times",
        slow=True,
    )
    table.line(
        "A cluster of two workers against `-j 2`, 100 claims; scheduler and run on the same 2 cores",
        f"{taken['two'] / taken['here']:.2f} times",
        slow=True,
    )
