"""What formulas of the lock file cost on a page, against plain mathematics; run by `nox -s bench`."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qedoc.lock.store import Lock, load

ROOT = Path(__file__).parents[2]
ROUNDS = 15
FORMULAS = 100
MOST = 1.10
"""A page of formulas takes at most so many times the page with plain mathematics, in the same project: with status alone, and with all."""

CONF = """\
extensions = ["qedoc.sphinx"]
qedoc_verify = "never"
"""


def library(folder: Path) -> list[str]:
    """A project with the specs of this repository several times over, each time under other names; gives the claims' ids."""
    lock, made = load(ROOT / "qedoc.lock"), Lock()
    for k in range(FORMULAS // len(lock.claims) + 1):
        names = {id_: f"{id_}{'-' if '#' in id_ else '#'}{k}" for id_ in lock.claims}
        for path, entry in lock.files.items():
            copy = path.replace("/optax/", f"/optax{k}/")
            (folder / copy).parent.mkdir(parents=True, exist_ok=True)
            (folder / copy).write_text((ROOT / path).read_text())
            made.files[copy] = entry | {"claims": [claim | {"id": names[claim["id"]]} for claim in entry["claims"]]}
        for id_, kept in lock.claims.items():
            place = kept["location"]["path"].replace("/optax/", f"/optax{k}/")
            made.claims[names[id_]] = kept | {"location": kept["location"] | {"path": place}}
    (folder / "qedoc.lock").write_text(made.text())
    (folder / "pyproject.toml").write_text("[tool.qedoc]\n")
    return list(made.claims)[:FORMULAS]


def pages(folder: Path) -> dict[str, str]:
    """The same page: without qedoc, and with it: plain, with the status of each formula, with all that is known of it."""
    ids, claims = library(folder), load(folder / "qedoc.lock").claims
    head = "Formulas\n========\n\n"
    plain = [f"``{id_}``\n\n.. math::\n\n   {' '.join(claims[id_]['formula']['latex'].split())}\n" for id_ in ids]
    return {
        "without": head + "\n".join(plain),
        "plain": head + "\n".join(plain),
        "short": head + "\n".join(f".. formula:: {id_}\n   :short:\n" for id_ in ids),
        "full": head + "\n".join(f".. formula:: {id_}\n" for id_ in ids),
    }


def seconds(folder: Path) -> float:
    """Wall time of a whole build from nothing, with bytecode compiled as an installation compiles it."""
    command = [sys.executable, "-m", "sphinx", "-q", "-E", "-a", "-b", "html", "-d", "trees", ".", "built"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    paths = {"PYTHONPATH": str(ROOT / "verifier"), "PYTHONPYCACHEPREFIX": str(folder.parent / "bytecode")}
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment | paths, check=True, capture_output=True, text=True)
    assert not done.stderr, done.stderr
    return time.perf_counter() - started


def test_page_of_100_formulas(tmp_path: Path) -> None:
    folders = {}
    for name, text in pages(tmp_path).items():
        folders[name] = tmp_path / name
        folders[name].mkdir()
        (folders[name] / "conf.py").write_text(CONF if name != "without" else "")
        (folders[name] / "index.rst").write_text(text)
    taken: dict[str, list[float]] = {name: [] for name in folders}
    for round_ in range(ROUNDS + 1):
        for name, folder in folders.items():
            spent = seconds(folder)
            if round_:
                taken[name].append(spent)
    median = {name: statistics.median(times) for name, times in taken.items()}
    for name, time_ in median.items():
        print(f"{name:8}{time_:.3f} s, {time_ / median['plain']:.2f} of plain")
    assert max(median["short"], median["full"]) <= MOST * median["plain"]


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-s", "-n0"]))
