"""What the lock files of a documentation say: every formula, and whether what was found still stands, as far as can be seen from here."""

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
from qedoc.lock.freshness import Noted, claims_in, claims_of, docstrings_key, why_stale
from qedoc.lock.store import Lock, load
from qedoc.lock.syntax import digest
from qedoc.lock.versions import installed
from qedoc.results.verdict import SEVERITY, ClaimResult, PropertyResult, Verdict
from qedoc.sources import specfiles

STALE = "stale"


@dataclass(frozen=True, kw_only=True)  # no slots: fingerprint and promises are made on first use
class Entry:
    """A formula of a lock file.

    Args:
        result: what was found; its location is the spec's line now, with the path from the project's folder.
        stale: why that no longer stands; empty if it does.
        file: the spec file, or the source file of the docstring.
        points: the file that holds the numbers of the picture, if there is one.
        shown: of its record, all that pages show.
        in_docstring: whether it stands in a docstring, and not in a spec file.
        accepted: whether the project's baseline accepts all that is refuted of it.
    """

    result: ClaimResult
    stale: str
    file: Path
    points: Path | None
    shown: dict[str, Any]
    in_docstring: bool
    accepted: bool = False

    @cached_property
    def digest(self) -> str:
        """A fingerprint of all that a page shows of it, but for the picture."""
        told = [sorted(self.shown.items()), self.stale, str(self.result.location), self.accepted]
        return blake2b(marshal.dumps(told, 2), digest_size=10).hexdigest()  # as text, it took ten times as long; form 3 tells identities

    @property
    def status(self) -> str:
        """The verdict, or `stale`."""
        return STALE if self.stale else str(self.result.verdict)

    @cached_property
    def promises(self) -> list[PropertyResult]:
        """One result for each property: the weakest of all cases."""
        found: dict[str, list[PropertyResult]] = {}
        for case in self.result.cases:
            for promise in case.properties:
                found.setdefault(promise.statement, []).append(promise)
        return [min(same, key=lambda promise: SEVERITY.index(promise.verdict)) for same in found.values()]

    @property
    def refuted(self) -> bool:
        """Whether the formula or one of its properties is."""
        return Verdict.REFUTED in (self.result.verdict, *(promise.verdict for promise in self.promises))


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A folder with specs and a lock file.

    Args:
        config: its table of pyproject.toml.
        stale: why its lock file does not answer for all of its specs; empty if it does.
    """

    config: Config
    stale: str


@dataclass(frozen=True, slots=True)
class Library:
    """The formulas of all projects of a documentation.

    Args:
        entries: by the claim's id, sorted.
        projects: in the order in which they were named.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    projects: tuple[Project, ...] = ()

    @property
    def digest(self) -> str:
        """A fingerprint of all that pages show."""
        return digest(" ".join(f"{id_}={entry.digest}" for id_, entry in self.entries.items()))

    def of(self, name: str) -> list[Entry]:
        """The formulas of an object, named by this path or by another public one that leads through fewer or more of the same modules.

        Args:
            name: dotted path of the object.
        """
        targets = sorted({entry.result.target for entry in self.entries.values()})
        chosen = [name] if name in targets else [target for target in targets if _is_alias(name, target)]
        return [entry for entry in self.entries.values() if entry.result.target in chosen] if len(chosen) == 1 else []

    def find(self, name: str) -> Entry:
        """The formula that a name stands for: a claim's id, or the end of one.

        Raises:
            LookupError: for a name that stands for none, or for several; says which are near.
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
            raise LookupError(f"formula {name!r} may be {' or '.join(family)}; write one of them")
        short = {id_.rpartition(".")[2] if "#" not in id_ else id_: id_ for id_ in self.entries}
        asked = question(meant(name, [*self.entries, *short]))
        hint = f"; {asked or ('run qedoc check, or mend the name' if self.entries else 'run qedoc check')}"
        places = " or ".join(f"{project.config.lock}{f' ({project.stale})' if project.stale else ''}" for project in self.projects)
        raise LookupError(f"no formula {name!r} in {places or 'any lock file'}{hint}")


def _is_alias(name: str, target: str) -> bool:
    """Whether one of two paths is the other without some of its modules, as `optax.adam` is of `optax.transforms.adam`."""
    short, long = sorted((name.split("."), target.split(".")), key=len)
    rest = iter(long)
    return short[0] == long[0] and short[-1] == long[-1] and all(part in rest for part in short)


def read(folders: Sequence[Path]) -> Library:
    """The library of the projects that hold the folders.

    Args:
        folders: where pyproject.toml is looked for, upwards.

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
    """As in a check: sources of the project at hand are found from its folder."""
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
        told = _told(config, lock)
        reasons = [f"{name}: {claims}" for name, claims in told.items() if isinstance(claims, str)]
        reasons += [
            f"no record of {id_}" for claims in told.values() if not isinstance(claims, str) for id_ in claims if id_ not in lock.claims
        ]
        written = {claim["id"] for entry in lock.files.values() if "package" in entry for claim in entry["claims"]}
        entries = {id_: _entry(id_, kept, path, told, in_docstring=id_ in written) for id_, kept in lock.claims.items()}
    except (QedocError, KeyError, TypeError, ValueError, AttributeError) as error:  # a hand has been at the file, or an older qedoc
        reason = f"{config.lock} is not whole ({type(error).__name__}: {error})"
        return Project(config=config, stale=reason), {}
    if (config.root / config.baseline).is_file():
        entries = _with_baseline(entries, config.root / config.baseline)
    reasons += [f"{id_}: {entry.stale}" for id_, entry in entries.items() if entry.stale]
    return Project(config=config, stale=reasons[0] if reasons else ""), entries


def _with_baseline(entries: dict[str, Entry], file: Path) -> dict[str, Entry]:
    """The entries, with those marked of which all that is refuted is accepted."""
    from qedoc.report import baseline
    from qedoc.report.findings import of_claim
    from qedoc.results import codes  # most projects do without

    accepted = baseline.load(file)

    def marked(entry: Entry) -> Entry:
        found = [notice for notice in of_claim(entry.result) if notice.code in (codes.REFUTED, codes.PROPERTY_REFUTED)]
        known = bool(found) and all(any(one.is_of(notice) for one in accepted) for notice in found)
        return replace(entry, accepted=known)

    return {id_: marked(entry) for id_, entry in entries.items()}


def _told(config: Config, lock: Lock) -> dict[str, dict[str, Noted] | str]:
    """The claims of each spec file and of each package's docstrings as they are now, by id; or why they are not known."""
    files, _ = specfiles.find([str(config.root / name) for name in config.specs if (config.root / name).exists()])
    found: dict[str, dict[str, Noted] | str] = {}
    for file in files:
        name = Path(os.path.relpath(file.path, config.root)).as_posix()
        found[name] = _by_id(claims_of(file.text, _seen_file(lock.files.get(name))), config.root / name)
    for name in config.docstrings:
        entry = lock.files.get(docstrings_key(name))
        if entry is not None and not _is_here(name.partition(".")[0]):
            found[name] = {claim["id"]: _as_recorded(claim, lock.claims[claim["id"]]) for claim in entry["claims"]}
        else:
            found[name] = _by_id(claims_in(name, entry and entry | {"versions": installed_of(entry["versions"])}), None)
    return found


def _by_id(claims: list[Noted] | str, file: Path | None) -> dict[str, Noted] | str:
    if isinstance(claims, str):
        return claims
    return {claim.id: claim if file is None else claim._replace(path=str(file)) for claim in claims}


def _as_recorded(claim: dict[str, Any], kept: dict[str, Any]) -> Noted:
    """A claim of a docstring that is not here."""
    line = kept["location"]["line"]
    return Noted(id=claim["id"], target=claim["target"], content=claim["content"], line=line, properties=())


def _entry(id_: str, kept: dict[str, Any], path: Path, told: dict[str, dict[str, Noted] | str], *, in_docstring: bool) -> Entry:
    place = Location(path=kept["location"]["path"], line=kept["location"]["line"])
    known = next((claims[id_] for claims in told.values() if not isinstance(claims, str) and id_ in claims), None)
    stale, file = "", path.parent / place.path
    if known is not None:
        place = Location(path=place.path, line=known.line)
        file = Path(known.path) if known.path else file
        stale = why_stale(_seen(kept), known.content, Limits(**kept["limits"]))
    else:
        reasons = [claims for claims in told.values() if isinstance(claims, str)]
        own = told.get(place.path)
        stale = own if isinstance(own, str) else reasons[0] if own is None and reasons else "the claim is not there any more"
    points = path.parent / kept["points"] if kept["points"] else None
    shown = {key: value for key, value in kept.items() if key not in ("sources", "content")}
    return Entry(
        result=record.read(id_, kept, place),
        stale=stale,
        file=file,
        points=points,
        shown=shown,
        in_docstring=in_docstring,
    )


def _seen(kept: dict[str, Any]) -> dict[str, Any]:
    """A record without what cannot be compared here: distributions and sources that are not installed."""
    versions, sources = installed_of(kept["versions"]), _found(kept["sources"])
    whole = len(versions) == len(kept["versions"]) and len(sources) == len(kept["sources"])
    return kept | {"versions": versions, "sources": sources, "checked": kept["checked"] and whole}


def _seen_file(entry: dict[str, Any] | None) -> dict[str, Any] | None:
    return entry and entry | {"imports": _found(entry["imports"])}


def installed_of(versions: dict[str, str]) -> dict[str, str]:
    """Those of the versions whose distributions are installed here."""
    here = installed(versions)
    return {name: version for name, version in versions.items() if name in here}


def _found(sources: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {key: names for key, names in sources.items() if find_source(key) is not None or _is_here(key.partition("/")[0])}


def _is_here(top: str) -> bool:
    """Whether the package or module is here of which a file is missing."""
    return locate(top.removesuffix(".py")) is not None or any(Path(entry, top).exists() for entry in sys.path)
