"""What qedoc costs when nothing has changed, against the least that Python and pytest cost; run by `nox -s bench`."""

import os
import pty
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from benchmarks.measuring import Table

ROOT = Path(__file__).parents[2]
ROUNDS = 25
MOST_STARTS = {"piped": 6.0, "terminal": 8.0}
"""A check in which nothing changed takes at most so many times `python -c pass`."""

MOST_COLLECTING = 1.05
"""Collecting a project without claims takes at most so many times what it takes without the plugin."""

SPECS = ("constant_schedule", "linear_schedule", "warmup_constant_schedule", "polynomial_schedule", "cosine_decay_schedule")


def seconds(command: list[str], folder: Path, *, terminal: bool = False) -> float:
    """Wall time of a process, with bytecode compiled as an installation compiles it; its output is discarded or goes to a terminal."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    paths = {"PYTHONPATH": str(ROOT / "verifier"), "PYTHONPYCACHEPREFIX": str(folder.parent / "bytecode")}
    if not terminal:
        started = time.perf_counter()
        subprocess.run(command, cwd=folder, env=environment | paths, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        return time.perf_counter() - started
    ours, theirs = pty.openpty()
    try:
        started = time.perf_counter()
        subprocess.run(command, cwd=folder, env=environment | paths | {"TERM": "xterm"}, check=True, stdout=theirs, stderr=theirs)
        return time.perf_counter() - started
    finally:
        os.close(theirs)
        os.close(ours)


def alternating(commands: dict[str, list[str]], folder: Path) -> dict[str, float]:
    """The median time of each command, taken in turns so that the machine's moods fall on all alike."""
    for name, command in commands.items():
        seconds(command, folder, terminal=name == "terminal")
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            taken[name].append(seconds(command, folder, terminal=name == "terminal"))
    return {name: statistics.median(times) for name, times in taken.items()}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made = tmp_path / "project"
    made.mkdir()
    return made


def test_check_in_which_nothing_changed(project: Path, table: Table) -> None:
    (project / "pyproject.toml").write_text("[tool.qedoc]\n")
    (project / "spec").mkdir()
    for name in SPECS:
        shutil.copy(ROOT / "spec" / "optax" / f"{name}.py", project / "spec")
    check = [sys.executable, "-m", "qedoc", "check"]
    subprocess.run([*check, "--max-points", "40"], cwd=project, check=True, env=os.environ | {"PYTHONPATH": str(ROOT / "verifier")})
    unchanged = [*check, "--max-points", "40", "--locked"]
    medians = alternating({"pass": [sys.executable, "-c", "pass"], "piped": unchanged, "terminal": unchanged}, project)
    for name, most in MOST_STARTS.items():
        where = "on a terminal" if name == "terminal" else "piped"
        table.at_most(f"`qedoc check` with nothing changed, {where}, against `python -c pass`", medians[name] / medians["pass"], most)


def test_collecting_a_project_without_claims(benchmark: Any, project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    for number in range(20):
        tests = "".join(f"def test_{k}():\n    pass\n\n" for k in range(20))
        (project / f"test_{number}.py").write_text(tests)
    collect = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    commands = {"without": [*collect, "-p", "no:qedoc"], "with": [*collect, "-p", "no:qedoc", "-p", "qedoc_pytest"]}
    medians = benchmark.pedantic(alternating, args=(commands, project), rounds=1)
    ratio = medians["with"] / medians["without"]
    benchmark.extra_info.update(medians, ratio=ratio)
    print(f"\n{medians['with']:.3f} s against {medians['without']:.3f} s: {100 * (ratio - 1):+.1f} %")
    assert ratio <= MOST_COLLECTING
