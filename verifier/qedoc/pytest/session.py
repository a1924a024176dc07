"""Provides the results of single claims to the pytest plugin, in one process or in several that share a folder."""

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
from qedoc.lock.freshness import Noted, claims_of
from qedoc.lock.store import load
from qedoc.lock.syntax import digest
from qedoc.results.outcome import Outcome
from qedoc.results.verdict import ClaimResult
from qedoc.sources.specfiles import SpecFile, find
from qedoc.sources.surveyed import claims_in, docstrings_key

if TYPE_CHECKING:
    from qedoc.engine.pool import Pool


class Runs:
    """Checks all expected claims together, and uses valid results from the project's lock file.

    The lock file itself is not changed. New results are stored in a temporary folder until the end of the session.

    Args:
        config: the configuration of the project.
        limits: the limits of each case.
        shared: the folder that several processes share; None for the process that creates it.
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
        """The folder of results, which exists until the end of the session."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="qedoc-"))
        return self._folder

    def claims(self, file: SpecFile) -> list[Noted]:
        """Returns the claims of a spec file, from the lock file if possible.

        Raises:
            QedocError: if the file does not run.
        """
        if file.path not in self._noted:
            lock = load(self.config.root / self.config.lock)
            known = claims_of(file.text, lock.files.get(self._name(file)))
            self._noted[file.path] = self._collect([file], ()) if isinstance(known, str) else known
        self._files[file.path] = file
        return self._noted[file.path]

    def in_docstrings(self) -> list[Noted]:
        """Returns the claims in the docstrings that the project's table lists, from the lock file if possible.

        If a part of a package ends the process, the error is added to `unread`, and the claims of the other parts are returned.

        Raises:
            QedocError: if a package cannot be read.
        """
        for name in self.config.docstrings:
            if name not in self._documented:
                lock = load(self.config.root / self.config.lock)
                known = claims_in(name, lock.files.get(docstrings_key(name)))
                if isinstance(known, str) or any(claim.stale for claim in known):
                    known = self._collect(self._specs(), [name])
                self._documented[name] = known
        return list({claim.id: claim for claims in self._documented.values() for claim in claims}.values())

    def _collect(self, files: Sequence[SpecFile], docstrings: Sequence[str]) -> list[Noted]:
        from qedoc.engine import schedule  # not needed if the lock file contains all claims
        from qedoc.engine.recording import noted

        claims, errors = schedule.collect(files, docstrings, self.limits, self._workers())
        if errors and not (docstrings and claims):
            raise errors[0]
        if docstrings:
            self.unread += errors
        return [noted(claim) for claim in claims if bool(claim.written) == bool(docstrings)]

    def _specs(self) -> list[SpecFile]:
        """All spec files of the project. They are needed for docstrings too, whose claims get another id if a spec has the same one."""
        return find([path for path in spec_paths(self.config) if Path(path).exists()])[0]

    def expect(self, targets: set[str]) -> None:
        """Registers targets whose results will be requested."""
        self._expected |= targets

    def result(self, claim: Noted) -> ClaimResult:
        """Returns the result of a collected claim.

        Raises:
            QedocError: if the claim cannot be checked.
        """
        if claim.id not in self._results:
            self._check(claim)
        if claim.id in self._results:
            return self._results[claim.id]
        near = [error for error in self._errors if claim.target in error.message] or list(self._errors)
        raise near[0] if near else QedocError("the run ended before the claim was checked")

    def _check(self, claim: Noted) -> None:
        """Checks the target of a claim, together with all expected targets unless other processes check these."""
        if not self._asked:
            self._asked = True
            self._keep(self._recheck(sorted(self._expected), self.config.root / self.config.lock, Mode.LOCKED))
            if claim.id in self._results:
                return
        targets = {claim.target} if self.shared else {*self._open(), claim.target}
        from filelock import FileLock  # not needed if the lock file contains the result

        with FileLock(self.folder / f"{digest(claim.target)}.guard"):
            self._keep(self._recheck(sorted(targets), self.folder / "qedoc.lock", Mode.CHANGED))

    def _open(self) -> set[str]:
        """The expected targets that have a claim without a result."""
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
        """Stops the worker processes and removes the folder."""
        if self._pool is not None:
            self._pool.__exit__(None, None, None)
            self._pool = None
        if self._folder is not None and not self.shared:
            shutil.rmtree(self._folder, ignore_errors=True)
