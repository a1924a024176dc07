"""Results for a caller that asks for one claim after the other, in one process or in several that share a folder."""

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qedoc.claims.limits import Limits
from qedoc.config.options import Mode, spec_paths, usable_cores
from qedoc.config.table import Config
from qedoc.engine.incremental import check_changed
from qedoc.errors import QedocError
from qedoc.lock.freshness import Noted, claims_in, claims_of, docstrings_key
from qedoc.lock.store import load
from qedoc.lock.syntax import digest
from qedoc.results.outcome import Outcome
from qedoc.results.verdict import ClaimResult
from qedoc.sources.specfiles import SpecFile, find

if TYPE_CHECKING:
    from qedoc.engine.pool import Pool


class Runs:
    """Checks the claims that are expected together, each target once, and answers from the project's lock file where that stands.

    The lock file itself is left as it is; what is found is kept in a folder until the end.

    Args:
        config: of the project.
        limits: the bounds of each case.
        shared: the folder that several processes share; None for the process that makes it.
    """

    def __init__(self, config: Config, limits: Limits, shared: Path | None) -> None:
        self.config = config
        self.limits = limits
        self.shared = shared is not None
        self._folder = shared
        self._expected: set[str] = set()
        self._files: dict[str, SpecFile] = {}
        self._noted: dict[str, list[Noted]] = {}
        self._documented: dict[str, list[Noted]] = {}
        self._results: dict[str, ClaimResult] = {}
        self._errors: tuple[QedocError, ...] = ()
        self.unread: tuple[QedocError, ...] = ()
        self._pool: Pool | None = None
        self._asked = False
        self.jobs = 1 if self.shared else config.jobs or usable_cores()

    @property
    def folder(self) -> Path:
        """Where results are kept until the end."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="qedoc-"))
        return self._folder

    def claims(self, file: SpecFile) -> list[Noted]:
        """The claims of a spec file, from the lock file if it knows them.

        Raises:
            QedocError: for a file that does not run.
        """
        if file.path not in self._noted:
            lock = load(self.config.root / self.config.lock)
            known = claims_of(file.text, lock.files.get(self._name(file)))
            self._noted[file.path] = self._collect([file], ()) if isinstance(known, str) else known
        self._files[file.path] = file
        return self._noted[file.path]

    def in_docstrings(self) -> list[Noted]:
        """The claims in the docstrings that the project's table names, from the lock file if it knows them.

        What ends the process while a package is read is in `unread`; the rest of the package is here.

        Raises:
            QedocError: for a package that cannot be read.
        """
        for name in self.config.docstrings:
            if name not in self._documented:
                lock = load(self.config.root / self.config.lock)
                known = claims_in(name, lock.files.get(docstrings_key(name)))
                self._documented[name] = self._collect(self._specs(), [name]) if isinstance(known, str) else known
        return list({claim.id: claim for claims in self._documented.values() for claim in claims}.values())

    def _collect(self, files: Sequence[SpecFile], docstrings: Sequence[str]) -> list[Noted]:
        from qedoc.engine import schedule  # what the lock file knows needs no processes
        from qedoc.engine.recording import noted

        claims, errors = schedule.collect(files, docstrings, self.limits, self._workers())
        if errors and not (docstrings and claims):
            raise errors[0]
        if docstrings:
            self.unread += errors
        return [noted(claim) for claim in claims if bool(claim.written) == bool(docstrings)]

    def _specs(self) -> list[SpecFile]:
        """All spec files of the project: where a spec has the id of a docstring's claim, the latter is called another way."""
        return find([path for path in spec_paths(self.config) if Path(path).exists()])[0]

    def expect(self, targets: set[str]) -> None:
        """Notes which targets will be asked for."""
        self._expected |= targets

    def result(self, claim: Noted) -> ClaimResult:
        """The result of a claim that was collected.

        Raises:
            QedocError: for a claim that cannot be checked.
        """
        if claim.id not in self._results:
            self._check(claim)
        if claim.id in self._results:
            return self._results[claim.id]
        near = [error for error in self._errors if claim.target in error.message] or list(self._errors)
        raise near[0] if near else QedocError("the run ended before the claim was checked")

    def _check(self, claim: Noted) -> None:
        """Checks the claim's target: with all that is expected, or alone if other processes check the others."""
        if not self._asked:
            self._asked = True
            self._keep(self._recheck(sorted(self._expected), self.config.root / self.config.lock, Mode.LOCKED))
            if claim.id in self._results:
                return
        targets = {claim.target} if self.shared else {*self._open(), claim.target}
        from filelock import FileLock  # what the lock file answers needs no others to wait

        with FileLock(self.folder / f"{digest(claim.target)}.guard"):
            self._keep(self._recheck(sorted(targets), self.folder / "qedoc.lock", Mode.CHANGED))

    def _open(self) -> set[str]:
        """The targets that are expected and have a claim without a result."""
        noted = [claim for claims in (*self._noted.values(), *self._documented.values()) for claim in claims]
        return {claim.target for claim in noted if claim.target in self._expected and claim.id not in self._results}

    def _recheck(self, targets: list[str], lock: Path, mode: Mode) -> Outcome:
        wanted = {*targets}
        docstrings = [name for name, claims in self._documented.items() if any(claim.target in wanted for claim in claims)]
        files = [file for path, file in self._files.items() if any(claim.target in wanted for claim in self._noted[path])]
        if docstrings:
            files = list({file.path: file for file in (*files, *self._specs())}.values())
        return check_changed(
            files,
            lock=lock,
            mode=mode,
            wanted=targets,
            limits=self.limits,
            jobs=self.jobs,
            pool=None if mode is Mode.LOCKED else self._workers(),
            docstrings=docstrings,
        )

    def _keep(self, found: Outcome) -> None:
        if found.stopped:
            raise KeyboardInterrupt(found.stopped)
        self._results |= {result.id: result for result in found.claims}
        self._errors = found.errors

    def _workers(self) -> "Pool":
        from qedoc.engine import environment, worker
        from qedoc.engine.pool import Pool

        if self._pool is None:
            environment.remarks()
            self._pool = Pool(self.jobs, worker.warm_up)
            self._pool.__enter__()
        return self._pool

    def _name(self, file: SpecFile) -> str:
        return Path(os.path.relpath(file.path, self.config.root)).as_posix()

    def close(self) -> None:
        """Ends the worker processes, and removes the folder."""
        if self._pool is not None:
            self._pool.__exit__(None, None, None)
            self._pool = None
        if self._folder is not None and not self.shared:
            shutil.rmtree(self._folder, ignore_errors=True)
