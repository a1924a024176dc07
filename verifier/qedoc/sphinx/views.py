"""Plots at values and ranges that a page asks for: their data is computed in another process and kept beside the lock file."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from qedoc.config import views
from qedoc.errors import QedocError
from qedoc.lock.store import points_path, replace
from qedoc.lock.syntax import digest
from qedoc.sphinx.lock_reader import Entry, Project
from qedoc.sphinx.verification import When

FOLDER = "views"
"""The folder with the data, in the folder beside the lock file. A clone that has it needs no JAX."""


def points(entry: Entry, at: str, span: str, projects: Sequence[Project], when: When) -> Path:
    """Returns the file with the data of a plot, and computes it if it is not there.

    Args:
        entry: the formula in the lock file.
        at: values of inputs, as the page has them.
        span: the part of the horizontal axis; may be empty.
        projects: the projects of the build.
        when: when the build runs code.

    Raises:
        QedocError: for values or a range that cannot be read, inputs that the formula does not have, and data that cannot be had.
    """
    asked = views.view([at] if at.strip() else [], span, ":")
    known = {name.partition("[")[0] for symbol in entry.result.symbols for name in (symbol.name, symbol.symbol)}
    for name in asked.at:
        if name not in known:
            has = ", ".join(dict.fromkeys(symbol.name.partition("[")[0] for symbol in entry.result.symbols))
            raise QedocError(f":at: {at!r}: the formula {entry.result.id} has no input {name!r}; it has {has}")
    code = [case.code.sympy if case.code else "" for case in entry.result.cases]
    name = digest(f"{entry.result.id} {asked}")[:12]
    file = points_path(entry.lock, "").parent / FOLDER / f"{name}-{digest(f'{entry.result.formula.sympy} {code}')[:12]}.json"
    if file.is_file():
        return file
    what = f"the plot of {entry.result.id} at {at or span!r}"
    if when is When.NEVER:
        raise QedocError(f"{what} has no data in {file.parent}; build the pages once with qedoc_verify = 'stale', and commit the file")
    root = next((project.config.root for project in projects if project.config.root / project.config.lock == entry.lock), entry.lock.parent)
    file.parent.mkdir(parents=True, exist_ok=True)
    made = _computed(entry, at, span, root, what)
    for old in file.parent.glob(f"{name}-*.json"):
        old.unlink(missing_ok=True)
    replace(file, made.encode())
    return file


def _computed(entry: Entry, at: str, span: str, root: Path, what: str) -> str:
    with TemporaryDirectory() as folder:
        made = Path(folder) / "plot.json"
        options = [*(["--at", at] if at.strip() else []), *(["--range", span] if span.strip() else [])]
        command = [sys.executable, "-m", "qedoc", "check", entry.result.id, "--no-lock", "--quiet", "--plot", str(made), *options]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603  # runs qedoc itself
        curves = json.loads(made.read_text(encoding="utf-8")) if made.is_file() else []
    own = [curve for curve in curves if curve["claim"] == entry.result.id or curve["claim"].startswith(f"{entry.result.id}[")]
    if not own:
        lines = done.stderr.strip().splitlines()
        raise QedocError(f"{what} could not be computed: {lines[-1] if lines else f'qedoc check ended with exit code {done.returncode}'}")
    return json.dumps(own[0], ensure_ascii=False, indent=0) + "\n"
