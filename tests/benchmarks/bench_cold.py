"""A whole check from nothing, against tests that people write; run by `nox -s bench`."""

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.measuring import Table, alternating

ROOT = Path(__file__).parents[2]


def ran(command: list[str], cache: Path, expected: int = 0) -> None:
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'verifier'}:{ROOT / 'tests'}", "JAX_PLATFORMS": "cpu", "XDG_CACHE_HOME": str(cache)}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, stdout=subprocess.DEVNULL)
    assert done.returncode == expected


def test_fourteen_schedules(tmp_path: Path, table: Table, rounds: int) -> None:
    numbers = iter(range(1000))
    check = [sys.executable, "-m", "qedoc", "check", "--no-lock", "spec/optax"]
    handwritten = [sys.executable, "-m", "pytest", "-q", "-o", "addopts=", "-p", "no:cacheprovider", "tests/benchmarks/handwritten.py"]
    works = {
        "handwritten": lambda: ran(handwritten, tmp_path / "other"),
        "cold": lambda: ran(check, tmp_path / f"cold{next(numbers)}"),
        "warm": lambda: ran(check, tmp_path / "warm"),
    }
    taken = alternating(works, rounds, warm=False)
    table.line(
        "`qedoc check` of the 14 schedules of Optax: 22 claims, 38 cases, 147 properties; no cache", f"{taken['cold']:.1f} s", slow=True
    )
    table.line("... with the kernels that an earlier run compiled", f"{taken['warm']:.1f} s", slow=True)
    least = taken["handwritten"] / taken["cold"]
    table.at_least("14 tests of 1,000 examples written by hand, in one process of pytest, against this", least, 1, slow=True)


MOST_JAX = 2.2
"""A check of one formula takes at most so many times `import jax`, with the kernels that an earlier run compiled."""

ADDED = "import jax.numpy as jnp\n\n\ndef f(x):\n    return jnp.exp(2 * x) + 1\n"


def test_one_formula(tmp_path: Path, table: Table, rounds: int) -> None:
    (tmp_path / "added.py").write_text(ADDED)
    paths = {
        "PYTHONPATH": f"{ROOT / 'verifier'}:{tmp_path}",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "PYTHONPYCACHEPREFIX": str(tmp_path / "bytecode"),
    }
    environment = (
        {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | paths | {"JAX_PLATFORMS": "cpu"}
    )

    def run(*command: str) -> None:
        subprocess.run([sys.executable, *command], cwd=tmp_path, env=environment, check=True, stdout=subprocess.DEVNULL)

    check = ("-m", "qedoc", "check", "added.f", "--latex", r"\exp(2 x) + 1", "--quiet")
    taken = alternating({"jax": lambda: run("-c", "import jax"), "check": lambda: run(*check)}, max(rounds, 5))
    table.at_most(
        '`qedoc check TARGET --latex` of a short formula, against `python -c "import jax"`',
        taken["check"] / taken["jax"],
        MOST_JAX,
        guard=3.0,
    )


def test_audit(tmp_path: Path, table: Table, rounds: int) -> None:
    report = tmp_path / "audit.json"
    audit = [sys.executable, "-m", "qedoc", "audit", "optax", "--format", "json", "--output", str(report)]
    taken = alternating({"audit": lambda: ran(audit, tmp_path / "audit", expected=1)}, rounds, warm=False)  # one formula is refuted
    formulas = len(json.loads(report.read_text())["claims"])
    table.line(f"`qedoc audit optax`: {formulas} formulas, kernels kept from the first round on", f"{taken['audit']:.1f} s", slow=True)
