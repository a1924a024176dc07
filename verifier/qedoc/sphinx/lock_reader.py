"""Reads the lock files for a Sphinx build: every formula, and whether its result is still valid, as far as this machine can tell."""

import marshal
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

from qedoc.claims.limits import Limits
from qedoc.config.table import Config, configuration
from qedoc.errors import Location, QedocError, meant, question
from qedoc.lock import record
from qedoc.lock.dependencies import find as find_source
from qedoc.lock.dependencies import locate
from qedoc.lock.freshness import Noted, claims_of, why_stale
from qedoc.lock.reach import VERSION
from qedoc.lock.seals import adjusted
from qedoc.lock.store import Lock, load
from qedoc.lock.syntax import digest
from qedoc.lock.versions import installed
from qedoc.results.verdict import SEVERITY, ClaimResult, PropertyResult, Verdict
from qedoc.sources import specfiles
from qedoc.sources.surveyed import TOGETHER, claims_in, docstrings_key

STALE = "stale"


@dataclass(frozen=True, kw_only=True)  # no slots, because of the cached properties
class Entry:
    """A formula of a lock file.

    Args:
        result: the recorded result. Its location is the spec's current line, with the path relative to the project's folder.
        stale: why the result is no longer valid; empty if it is.
        file: the spec file, or the source file of the docstring.
        points: the file with the data of the plot, if there is one.
        lock: the lock file.
        shown: the part of the record that pages show.
        in_docstring: whether the formula is in a docstring rather than in a spec file.
        accepted: whether the project's baseline accepts every refutation of the formula.
    """

    result: ClaimResult
    stale: str
    file: Path
    points: Path | None
    lock: Path
    shown: dict[str, Any]
    in_docstring: bool
    accepted: bool = False

    @cached_property
    def digest(self) -> str:
        """A fingerprint of everything that a page shows of the formula, except for the plot."""
        content = [sorted(self.shown.items()), self.stale, str(self.result.location), self.accepted]
        return blake2b(marshal.dumps(content, 2), digest_size=10).hexdigest()  # ten times faster than text; version 3 depends on identities

    @property
    def status(self) -> str:
        """The verdict, or `stale`."""
        return STALE if self.stale else str(self.result.verdict)

    @cached_property
    def promises(self) -> list[PropertyResult]:
        """One result per property: the weakest of all cases. Of cases that write it out in different ways, a small one comes first."""
        rows = [case.properties for case in self.result.cases if case.properties]
        if len({len(row) for row in rows}) > 1:
            found: dict[str, list[PropertyResult]] = {}
            for promise in (promise for row in rows for promise in row):
                found.setdefault(promise.statement, []).append(promise)
            groups = list(found.values())
        else:
            middle = min(2, len(rows) - 1)
            groups = [list(same) for same in zip(*rows[middle:], *rows[:middle], strict=True)]
        return [min(same, key=lambda promise: SEVERITY.index(promise.verdict)) for same in groups]

    @property
    def refuted(self) -> bool:
        """Whether the formula or one of its properties is refuted."""
        return Verdict.REFUTED in (self.result.verdict, *(promise.verdict for promise in self.promises))


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A folder with specs and a lock file.

    Args:
        config: its table of pyproject.toml.
        stale: why its lock file does not cover all of its specs; empty if it does.
    """

    config: Config
    stale: str


@dataclass(frozen=True, slots=True)
class Library:
    """The formulas of all projects in a Sphinx build.

    Args:
        entries: the formulas by claim id, sorted.
        projects: the projects in the configured order.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    projects: tuple[Project, ...] = ()

    @property
    def digest(self) -> str:
        """A fingerprint of everything that pages show."""
        return digest(" ".join(f"{id_}={entry.digest}" for id_, entry in self.entries.items()))

    def of(self, name: str) -> list[Entry]:
        """Returns the formulas of an object, which another public path may name, with fewer or more of the same modules.

        Args:
            name: dotted path of the object.
        """
        targets = sorted({entry.result.target for entry in self.entries.values()})
        chosen = [name] if name in targets else [target for target in targets if _is_alias(name, target)]
        return [entry for entry in self.entries.values() if entry.result.target in chosen] if len(chosen) == 1 else []

    def find(self, name: str) -> Entry:
        """Returns the formula for a name, which is a claim's id or the end of one.

        Raises:
            LookupError: for a name that matches no formula or several. The message suggests similar names.
        """
        if name in self.entries:
            return self.entries[name]
        fitting = [id_ for id_ in self.entries if id_.endswith(f".{name}")]
        if len(fitting) == 1:
            return self.entries[fitting[0]]
        family = fitting or [id_ for id_ in self.entries if id_.partition("#")[0] == name or id_.partition("#")[0].endswith(f".{name}")]
        if len(family) == 1:
            return self.entries[family[0]]
        if family:
            raise LookupError(f"formula {name!r} is ambiguous: it may be {' or '.join(family)}; write one of these ids")
        short = {id_.rpartition(".")[2] if "#" not in id_ else id_: id_ for id_ in self.entries}
        asked = question(meant(name, [*self.entries, *short]))
        hint = f"; {asked or ('run qedoc check or correct the name' if self.entries else 'run qedoc check')}"
        places = " or ".join(f"{project.config.lock}{f' ({project.stale})' if project.stale else ''}" for project in self.projects)
        raise LookupError(f"no formula {name!r} in {places or 'any lock file'}{hint}")


def _is_alias(name: str, target: str) -> bool:
    """Whether one path is the other without some of its modules, as `optax.adam` is `optax.transforms.adam` without `transforms`."""
    short, long = sorted((name.split("."), target.split(".")), key=len)
    rest = iter(long)
    return short[0] == long[0] and short[-1] == long[-1] and all(part in rest for part in short)


def read(folders: Sequence[Path]) -> Library:
    """Reads the projects that contain the folders.

    Args:
        folders: where the search for pyproject.toml starts, upwards.

    Raises:
        QedocError: for a table or a lock file that cannot be read.
    """
    configs = {config.root: config for config in map(configuration, folders)}
    entries: dict[str, Entry] = {}
    projects = []
    for config in configs.values():
        with _importable(config.root):
            project, found = _read(config)
        entries |= found
        projects.append(project)
    return Library(dict(sorted(entries.items())), tuple(projects))


@contextmanager
def _importable(root: Path) -> Iterator[None]:
    """Makes the project's folder importable, as `qedoc check` does."""
    before = list(sys.path)
    sys.path.append(str(root))
    try:
        yield
    finally:
        sys.path[:] = before


def _read(config: Config) -> tuple[Project, dict[str, Entry]]:
    path = config.root / config.lock
    lock = load(path)
    try:
        current = _current_claims(config, lock)
        reasons = [f"{name}: {claims}" for name, claims in current.items() if isinstance(claims, str)]
        reasons += [
            f"no result for {id_}" for claims in current.values() if not isinstance(claims, str) for id_ in claims if id_ not in lock.claims
        ]
        written = {claim["id"] for entry in lock.files.values() if "package" in entry for claim in entry["claims"]}
        entries = {id_: _entry(id_, kept, path, current, in_docstring=id_ in written) for id_, kept in lock.claims.items()}
    except (QedocError, KeyError, TypeError, ValueError, AttributeError) as error:  # edited by hand, or written by an older qedoc
        reason = f"{config.lock} is damaged ({type(error).__name__}: {error})"
        return Project(config=config, stale=reason), {}
    entries = _with_excuses(entries, config.root / config.baseline)
    reasons += [f"{id_}: {entry.stale}" for id_, entry in entries.items() if entry.stale]
    return Project(config=config, stale=reasons[0] if reasons else ""), entries


def _with_excuses(entries: dict[str, Entry], file: Path) -> dict[str, Entry]:
    """Marks the entries whose refutations are all accepted by the baseline or silenced by comments."""
    from qedoc.report import baseline, suppressions
    from qedoc.report.findings import of_claim
    from qedoc.results import codes

    accepted = baseline.load(file)

    def with_acceptance(entry: Entry) -> Entry:
        refutations = (codes.REFUTED, codes.PROPERTY_REFUTED)
        found = [notice for notice in of_claim(entry.result) if notice.code in refutations]
        if not found:
            return entry
        placed = replace(entry.result, location=replace(entry.result.location, path=str(entry.file)))
        kept, _ = suppressions.silenced(found, [placed])
        left, _ = baseline.against([notice for notice in kept if notice.code in refutations], accepted, (), file)
        return replace(entry, accepted=not left)

    return {id_: with_acceptance(entry) for id_, entry in entries.items()}


def _current_claims(config: Config, lock: Lock) -> dict[str, dict[str, Noted] | str]:
    """Reads the current claims of each spec file and each package's docstrings, by id, or the reason why they are unknown."""
    files, _ = specfiles.find([str(config.root / name) for name in config.specs if (config.root / name).exists()])
    found: dict[str, dict[str, Noted] | str] = {}
    for file in files:
        name = Path(os.path.relpath(file.path, config.root)).as_posix()
        found[name] = _by_id(claims_of(file.text, _comparable_file(lock.files.get(name))), config.root / name)
    for name in config.docstrings:
        entry = lock.files.get(docstrings_key(name))
        if entry is not None and not _is_here(name.partition(".")[0]):
            found[name] = {claim["id"]: _as_recorded(claim, lock.claims[claim["id"]]) for claim in entry["claims"]}
        else:
            found[name] = _by_id(claims_in(name, entry and adjusted(entry, {"versions": installed_of(entry["versions"])}, *TOGETHER)), None)
    return found


def _by_id(claims: list[Noted] | str, file: Path | None) -> dict[str, Noted] | str:
    if isinstance(claims, str):
        return claims
    return {claim.id: claim if file is None else claim._replace(path=str(file)) for claim in claims}


def _as_recorded(claim: dict[str, Any], kept: dict[str, Any]) -> Noted:
    """Recreates a docstring claim whose package is not installed."""
    line = kept["location"]["line"]
    return Noted(id=claim["id"], target=claim["target"], content=claim["content"], line=line, properties=())


def _entry(id_: str, kept: dict[str, Any], path: Path, current: dict[str, dict[str, Noted] | str], *, in_docstring: bool) -> Entry:
    place = Location(path=kept["location"]["path"], line=kept["location"]["line"])
    known = next((claims[id_] for claims in current.values() if not isinstance(claims, str) and id_ in claims), None)
    stale, file = "", path.parent / place.path
    if known is not None:
        place = Location(path=place.path, line=known.line)
        file = Path(known.path) if known.path else file
        stale = known.stale or why_stale(_comparable(kept), known.content, Limits(**kept["limits"]))
    else:
        reasons = [claims for claims in current.values() if isinstance(claims, str)]
        own = current.get(place.path)
        stale = own if isinstance(own, str) else reasons[0] if own is None and reasons else "the claim no longer exists"
    points = path.parent / kept["points"] if kept["points"] else None
    shown = {key: value for key, value in kept.items() if key not in ("sources", "content")}
    return Entry(
        result=record.read(id_, kept, place),
        stale=stale,
        file=file,
        points=points,
        lock=path,
        shown=shown,
        in_docstring=in_docstring,
    )


def _comparable(kept: dict[str, Any]) -> dict[str, Any]:
    """Removes what cannot be compared on this machine from a record: distributions and sources that are not installed."""
    versions, sources = installed_of(kept["versions"]), _available(kept["sources"])
    whole = len(versions) == len(kept["versions"]) and len(sources) == len(kept["sources"])
    return adjusted(kept, {"versions": versions, "sources": sources, "checked": kept["checked"] and whole})


def _comparable_file(entry: dict[str, Any] | None) -> dict[str, Any] | None:
    return entry and adjusted(entry, {"imports": _available(entry["imports"])})


def installed_of(versions: dict[str, str]) -> dict[str, str]:
    """The versions of those distributions that are installed."""
    here = installed(versions)
    return {name: version for name, version in versions.items() if name in here}


def _available(sources: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {key: names for key, names in sources.items() if find_source(key) is not None or _is_here(_top_of(key))}


def _top_of(key: str) -> str:
    """The top-level module, or the distribution, that a key of sources is about."""
    name = key.rpartition(" ")[2]
    if key.startswith(VERSION):
        return name if installed([name]) else ":"
    return name.partition(".")[0] if " " in key else key.partition("/")[0]


def _is_here(top: str) -> bool:
    """Whether the package or module of a missing file is installed."""
    return locate(top.removesuffix(".py")) is not None or bool(installed([top])) or any(Path(entry, top).exists() for entry in sys.path)
