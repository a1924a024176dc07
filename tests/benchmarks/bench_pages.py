"""What formulas of the lock file cost on a page, against plain mathematics; run by `nox -s bench`."""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROUNDS = 15
FORMULAS = 100
MOST = 1.10
"""A page of formulas with their status takes at most so many times the page with plain mathematics."""

CONF = """\
extensions = ["qedoc.sphinx"]
qedoc_projects = [{root!r}]
qedoc_verify = "never"
"""


def pages() -> dict[str, str]:
    """The same page three times: plain, with the status of each formula, with all that is known of it."""
    claims = json.loads((ROOT / "qedoc.lock").read_text())["claims"]
    ids = [list(claims)[k % len(claims)] for k in range(FORMULAS)]
    head = "Formulas\n========\n\n"
    plain = [f"``{id_}``\n\n.. math::\n\n   {' '.join(claims[id_]['formula']['latex'].split())}\n" for id_ in ids]
    return {
        "plain": head + "\n".join(plain),
        "short": head + "\n".join(f".. formula:: {id_}\n   :short:\n   :no-index:\n" for id_ in ids),
        "full": head + "\n".join(f".. formula:: {id_}\n   :code:\n   :no-index:\n" for id_ in ids),
    }


def seconds(folder: Path) -> float:
    """Wall time of a whole build from nothing."""
    command = [sys.executable, "-m", "sphinx", "-q", "-E", "-a", "-b", "html", "-d", "trees", ".", "built"]
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - started


def test_page_of_100_formulas(tmp_path: Path) -> None:
    folders = {}
    for name, text in pages().items():
        folders[name] = tmp_path / name
        folders[name].mkdir()
        (folders[name] / "conf.py").write_text(CONF.format(root=str(ROOT)) if name != "plain" else "")
        (folders[name] / "index.rst").write_text(text)
    taken: dict[str, list[float]] = {name: [] for name in folders}
    for round_ in range(ROUNDS + 1):
        for name, folder in folders.items():
            spent = seconds(folder)
            if round_:
                taken[name].append(spent)
    median = {name: statistics.median(times) for name, times in taken.items()}
    for name, time_ in median.items():
        print(f"{name:6} {time_:.3f} s, {time_ / median['plain']:.2f} of plain")
    assert median["short"] <= MOST * median["plain"]


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-s", "-n0"]))
