"""The HTML report of 300 claims, against that of coverage.py for the same package; run by `nox -s bench`."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from benchmarks.many import project
from benchmarks.measuring import Table, alternating

ROOT = Path(__file__).parents[2]
CLAIMS = 300
CALLS = f"import many_targets\nfor k in range({CLAIMS}): getattr(many_targets, f'f{{k}}')(1.0, 0.5)\n"


def ran(folder: Path, *arguments: str) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "verifier"), str(folder)])}
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, with a lock file and the data of coverage.py, so that only the reports are measured."""
    folder = project(tmp_path_factory.mktemp("report"), CLAIMS)
    ran(folder, "qedoc", "check", "-j2", "--quiet")
    (folder / "calls.py").write_text(CALLS)
    ran(folder, "coverage", "run", "--include", "many_targets.py", "calls.py")
    return folder


def test_report_of_300_claims(checked: Path, table: Table, rounds: int) -> None:
    report = ["qedoc", "check", "--locked", "--quiet", "--format"]
    works = {
        "html": partial(ran, checked, *report, "html", "--output", "report"),
        "json": partial(ran, checked, *report, "json", "--output", "report.json"),
        "coverage": partial(ran, checked, "coverage", "html", "-q"),
    }
    taken = alternating(works, rounds)
    table.line(
        f"HTML report of {CLAIMS} claims, with pictures, against `coverage html` of the package",
        f"{taken['html'] / taken['coverage']:.1f} times",
    )
    table.line(f"HTML report of {CLAIMS} claims, with pictures, against the JSON report", f"{taken['html'] / taken['json']:.1f} times")
