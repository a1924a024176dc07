"""The pytest plugin and its items: one for the formula of each claim, and one for each property."""

import os
import re
import shlex
import sys
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import pytest

from qedoc.claims.limits import Limits
from qedoc.config.table import Config, configuration
from qedoc.engine.environment import remarks
from qedoc.errors import QedocError
from qedoc.lock.dependencies import locate
from qedoc.lock.freshness import Noted
from qedoc.pytest.session import Runs
from qedoc.report import baseline, suppressions
from qedoc.report.corrections import lines
from qedoc.report.findings import Notice, of_claim
from qedoc.report.layout import count
from qedoc.report.paths import relative
from qedoc.report.terminal import promises
from qedoc.results.codes import INVALID, chosen, failing
from qedoc.results.verdict import ClaimResult, Verdict
from qedoc.sources.specfiles import find

FORMULA = "formula"
MARKERS = (
    "qedoc: a documented claim, checked by qedoc",
    "qedoc_property: a property of a documented claim, checked by qedoc",
)


class ClaimError(Exception):
    """A claim or property does not hold."""


class Claims:
    """The plugin object of a project with claims.

    Args:
        config: the configuration of pytest.
    """

    def __init__(self, config: pytest.Config) -> None:
        for marker in MARKERS:
            config.addinivalue_line("markers", marker)
        option = config.option
        try:
            self.config = configuration(config.rootpath)
            self.limits = Limits(
                seed=self.config.seed if option.qedoc_seed is None else option.qedoc_seed,
                max_points=self.config.max_points if option.qedoc_points is None else option.qedoc_points,
                timeout=float(self.config.timeout if option.qedoc_timeout is None else option.qedoc_timeout),
                repair=float(self.config.repair_timeout if option.qedoc_repair_timeout is None else option.qedoc_repair_timeout),
            )
            self.accepted = baseline.load(self.config.root / self.config.baseline)
            self.fail_on = failing(self.config.fail_on)
        except QedocError as error:
            raise pytest.UsageError(f"qedoc: {error}") from None
        self.strict: bool = option.qedoc_strict or self.config.strict
        worker = getattr(config, "workerinput", None)
        self.runs = Runs(self.config, self.limits, None if worker is None else Path(worker["qedoc_folder"]))
        self.packages = package_roots(self.config)
        self.named = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
        if option.qedoc:  # also in each worker of pytest-xdist, since workers collect independently
            roots = [*spec_roots(self.config), *self.packages]
            config.args += [str(root) for root in roots if root not in self.named and root.exists()]

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Passes the folder of shared results to each worker of pytest-xdist."""
        node.workerinput["qedoc_folder"] = str(self.runs.folder)

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> Generator[None, Any, list[Any]]:
        """Collects the spec files of the project's table, and the source files of packages whose docstrings it lists.

        If the command line does not name such a package, nothing else is collected from it, such as its own tests.
        """
        found = yield
        path = file_path.resolve()
        inside = any(path.is_relative_to(root) for root in self.packages)
        requested = any(path.is_relative_to(name) for name in self.named)
        own = self._collector(file_path, parent, inside=inside)
        return [*(found if requested or not inside else ()), *([] if own is None else [own])]

    def _collector(self, path: Path, parent: pytest.Collector, *, inside: bool) -> pytest.Collector | None:
        if path.suffix != ".py":
            return None
        if any(_is_below(path, root) for root in spec_roots(self.config)):
            return SpecFile.from_parent(parent, path=path, claims=self)
        return SourceFile.from_parent(parent, path=path, claims=self) if inside else None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Registers the targets of all collected items, so that they are checked together."""
        self.runs.expect({item.noted.target for item in session.items if isinstance(item, ClaimItem)})

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Prints the number of claims and properties with each verdict."""
        counts: dict[str, Counter[str]] = {"claim": Counter(), "property": Counter()}
        for reports in terminalreporter.stats.values():
            for report in reports:
                properties = dict(getattr(report, "user_properties", ())) if getattr(report, "when", "") == "call" else {}
                if "qedoc_verdict" in properties:
                    counts[properties["qedoc_kind"]][properties["qedoc_verdict"]] += 1
        if any(counts.values()):
            terminalreporter.section("qedoc", "-")
            for kind, verdicts in counts.items():
                if verdicts:
                    ordered = [f"{verdicts[verdict]} {verdict}" for verdict in Verdict if verdicts[verdict]]
                    terminalreporter.line(f"{count(verdicts.total(), kind)}: {', '.join(ordered)}")
            with suppress(QedocError):  # each claim has already failed with this error
                for remark in remarks():
                    terminalreporter.line(f"warning: {remark}")

    def pytest_unconfigure(self) -> None:
        """Stops the worker processes."""
        self.runs.close()


def spec_roots(config: Config) -> list[Path]:
    """The absolute paths of a project's spec files and folders."""
    return [(config.root / path).resolve() for path in config.specs]


def package_roots(config: Config) -> list[Path]:
    """The folders (or single files) of the packages whose docstrings a project checks."""
    if (here := str(Path.cwd())) not in sys.path:  # as in a worker
        sys.path.append(here)
    found = (locate(name.partition(".")[0]) for name in config.docstrings)
    return [(path.parent if path.name == "__init__.py" else path).resolve() for path in found if path is not None]


def _is_below(path: Path, root: Path) -> bool:
    path = path.resolve()
    shown = not any(part[0] in "_." for part in path.relative_to(root).parts) if path.is_relative_to(root) else False
    return path == root or shown


class SpecFile(pytest.File):
    """A spec file. Its children are its claims."""

    def __init__(self, *, claims: Claims, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.claims = claims

    def collect(self) -> Iterator[pytest.Collector]:
        """Returns the claims. Does not run the file if the lock file contains them."""
        files, errors = find([os.path.relpath(self.path)])
        if errors:
            raise self.CollectError(str(errors[0]))
        try:
            noted = self.claims.runs.claims(files[0])
        except QedocError as error:
            raise self.CollectError(str(error)) from None
        for claim in noted:
            yield ClaimCollector.from_parent(self, name=claim.id, noted=claim, claims=self.claims)


class SourceFile(pytest.File):
    """A source file. Its children are the claims in its docstrings."""

    def __init__(self, *, claims: Claims, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.claims = claims

    def collect(self) -> Iterator[pytest.Collector]:
        """Returns the claims. Does not import the package if the lock file contains them."""
        try:
            noted = self.claims.runs.in_docstrings()
        except QedocError as error:
            raise self.CollectError(str(error)) from None
        for found in self.claims.runs.unread:
            if found.location is None or Path(found.location.path).resolve() == self.path.resolve():
                raise self.CollectError(str(found))
        for claim in noted:
            if Path(claim.path).resolve() == self.path.resolve():
                yield ClaimCollector.from_parent(self, name=claim.id, noted=claim, claims=self.claims)


class ClaimCollector(pytest.Collector):
    """A claim. Its items are its formula and its properties."""

    def __init__(self, *, noted: Noted, claims: Claims, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.noted = noted
        self.claims = claims

    def collect(self) -> Iterator[pytest.Item]:
        """Returns the items."""
        names = [FORMULA, *self.noted.properties]
        for number, name in enumerate(names):
            shown = name if names.count(name) == 1 else f"{name} ({number})"
            yield ClaimItem.from_parent(self, name=shown, noted=self.noted, claims=self.claims, number=number - 1)


class ClaimItem(pytest.Item):
    """The test item of a formula (number -1) or of a property."""

    def __init__(self, *, noted: Noted, claims: Claims, number: int, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.noted = noted
        self.claims = claims
        self.number = number
        self.add_marker("qedoc" if number < 0 else "qedoc_property")
        if number >= 0:  # `-k` cannot contain the signs of `0 <= formula`
            self.extra_keyword_matches |= {f"property{number + 1}", *_words(noted.properties[number])}

    def runtest(self) -> None:
        """Checks the formula or the property.

        Raises:
            ClaimError: if it does not hold.
        """
        try:
            result = self.claims.runs.result(self.noted)
        except QedocError as error:
            raise ClaimError(f"cannot be checked: {error}") from None
        verdict, notice = _ruling(result, self.number)
        self.user_properties += [("qedoc_verdict", str(verdict)), ("qedoc_kind", "claim" if self.number < 0 else "property")]
        fails = notice is not None and notice.fails(strict=self.claims.strict, fail_on=self.claims.fail_on)
        if notice is None or (verdict.holds and not fails):
            return
        kept, silenced = suppressions.silenced([notice], [result])
        if wrong := [one for one in kept if one.code is INVALID]:
            raise ClaimError(f"{INVALID.code} {wrong[0].location}: {wrong[0].message}")
        excused = [*silenced, *baseline.against(kept, self.claims.accepted, (), Path())[1]]
        if excused:
            pytest.xfail(f"{excused[0].word}: {excused[0].reason}")
        if not chosen(notice.code, self.claims.config.select, self.claims.config.ignore):
            self._skip(f"{notice.code.code} is ignored: {notice.message}")
        if not fails:
            self._skip(f"{notice.code.code} {notice.message}")
        raise ClaimError("\n".join(self._describe(notice)))

    def _skip(self, reason: str) -> NoReturn:
        raise pytest.skip.Exception(reason, _use_item_location=True)  # shows the line of the spec, as a skip mark does

    def _describe(self, notice: Notice) -> Iterable[str]:
        yield f"{notice.code.code} {notice.code.title}"
        yield notice.message
        yield from notice.details
        yield from lines(notice.formula, notice.corrections)
        if notice.location is not None:
            yield f"at {relative(notice.location.path, str(Path.cwd()))}:{notice.location.line}"
        options = [f"--qedoc-seed={self.claims.limits.seed}", f"--qedoc-points={self.claims.limits.max_points}"]
        yield f"replay: {shlex.join(['pytest', *options, self.nodeid])}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Shows the finding without a traceback, which would only show code of qedoc."""
        if isinstance(excinfo.value, ClaimError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Returns the file and line of the claim."""
        return self.path, self.noted.line - 1, f"{self.noted.id}: {self.name}"


def _words(statement: str) -> set[str]:
    """A name for `pytest -k` that stands for a property whose statement consists of signs."""
    return {"bounds"} if re.search(r"[<>]=? formula|formula [<>]=?", statement) else set()


def _ruling(result: ClaimResult, number: int) -> tuple[Verdict, Notice | None]:
    """Returns the verdict on the formula or a property, and the finding that explains why it does not hold."""
    found = list(of_claim(result))
    whole = next((notice for notice in found if not notice.subject), None)
    if number < 0:
        return result.verdict, whole
    made = promises(result)
    if number >= len(made):  # the check ended before this property
        return Verdict.UNDECIDED, whole
    promise = made[number]
    return promise.verdict, next((notice for notice in found if notice.subject == promise.statement), whole)
