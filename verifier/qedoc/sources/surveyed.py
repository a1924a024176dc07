"""The lock file's entry for the docstrings of a package: its claims, each with the texts that it was read with, and where others may be."""

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from qedoc.claims.consulted import CODE
from qedoc.config.macros import project_macros
from qedoc.errors import Location
from qedoc.lock.dependencies import analysis, dotted, files_of, find, is_module, is_own, key_of, locate, portable
from qedoc.lock.documents import Document, canonical, documents
from qedoc.lock.freshness import MERGED, Noted
from qedoc.lock.reach import absolute, changed, closure, origins
from qedoc.lock.seals import is_broken, sealed
from qedoc.lock.syntax import SIDE_EFFECTS, confirmed, confirms, digest, read
from qedoc.lock.versions import installed
from qedoc.results.outcome import Unread

Texts: TypeAlias = dict[str, dict[str, str]]
"""Fingerprints of docstrings with their signatures, by file and qualified name."""


TOGETHER = ("stated", "public")


def docstrings_key(name: str) -> str:
    """The key of the lock file's entry for the docstrings of a package."""
    return f"docstrings of {name}"


def _macros() -> str:
    """The fingerprint of the project's LaTeX macros; empty if it has none."""
    found = project_macros(Path.cwd())
    return digest(repr((sorted(found.given.items()), found.preambles))) if found.given or found.preambles else ""


def docstrings_entry(name: str, claims: Sequence[Noted], unread: Sequence[Unread] = ()) -> dict[str, Any]:
    """Returns the lock file's entry for the docstrings of a package, module or object.

    Args:
        name: the dotted path.
        claims: the claims in the docstrings.
        unread: the modules that could not be imported; or the name itself, if it has no formula.
    """
    missing = [{"name": one.name, "reason": portable(one.reason), "empty": one.empty} for one in unread]
    package = _Package(name)
    made = [_claim_entry(claim, package) for claim in claims]
    known = {(file, at) for claim in made for file, texts in claim["read"].items() for at in texts}
    stated: Texts = {}
    for file, at, found in package.stated():
        if (file, at) not in known:
            stated.setdefault(file, {})[at] = found
    entry = {
        "package": package.whole() if any(not one.empty for one in unread) else None,
        "versions": installed(["qedoc"] if package.files else [name.partition(".")[0], "qedoc"]),
        "claims": made,
        "stated": stated,
        "public": package.public(),
        **({"unread": missing} if missing else {}),
        **({"macros": macros} if (macros := _macros()) else {}),
    }
    return sealed(entry, *TOGETHER)


def _claim_entry(claim: Noted, package: "_Package") -> dict[str, Any]:
    path = Path(claim.path)
    texts, code, whole = package.resolved(claim.read, claim.target)
    entry = {
        "id": claim.id,
        "target": claim.target,
        "content": claim.content,
        "file": key_of(path),
        "at": list(_position(path, claim.line)),
        "read": texts,
        "names": package.named(texts),
        **({"code": code} if code else {}),
        **({"package": package.whole()} if whole and package.files else {}),
    }
    return sealed(entry)


def _position(path: Path, line: int) -> tuple[str, int]:
    """The qualified name of the docstring that contains a line, and the offset of the line in it. Other edits do not change these."""
    here = analysis(path)
    before = [(int(first), at) for at, (first, _) in here.documents.items() if int(first) <= line] if here is not None else []
    first, at = max(before, default=(0, ""))
    return at, line - first


def unread_in(entry: dict[str, Any] | None) -> list[Unread]:
    """Returns the modules and names that were not read, from the lock file's entry for docstrings.

    Args:
        entry: the entry from `docstrings_entry`.
    """
    found = []
    for one in (entry or {}).get("unread", ()):
        path = None if one["empty"] else locate(one["name"])
        place = None if path is None else Location(path=str(path), line=1)
        found.append(Unread(name=one["name"], reason=one["reason"], location=place, empty=one["empty"]))
    return found


def claims_in(name: str, entry: dict[str, Any] | None) -> list[Noted] | str:
    """Returns the claims in the docstrings of a package with their current lines, or the reason why the docstrings must be read again.

    A claim whose texts have changed says so in its field `stale`.

    Args:
        name: the dotted path.
        entry: the entry from `docstrings_entry`.
    """
    if entry is None:
        return "not verified yet"
    if "stated" not in entry:
        return "its entry in the lock file is of an older version of qedoc"
    package = _Package(name)
    versions = {key: version for key, version in entry["versions"].items() if not (package.files and key == name.partition(".")[0])}
    if versions != installed(versions):
        return "the version of the package or of qedoc has changed"
    if entry.get("macros", "") != _macros():
        return "the LaTeX macros of the project have changed"
    if entry["package"] is not None and entry["package"] != package.whole():
        return "the source or the docstrings of the package have changed"
    stale = package.outdated(entry)
    if isinstance(stale, str):
        return stale
    found = []
    for claim in entry["claims"]:
        path = find(claim["file"])
        here = None if path is None else analysis(path)
        if path is None or here is None:
            return f"{claim['file']} was not found, or is not valid Python"
        at, offset = claim["at"]
        line = int(here.documents[at][0]) + offset if at in here.documents else 1
        known = Noted(
            id=claim["id"],
            target=claim["target"],
            content=claim["content"],
            line=line,
            properties=(),
            path=str(path),
            stale=stale.get(claim["id"], ""),
        )
        found.append(known)
    return found


def combined(name: str, ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """Combines two entries for the docstrings of a package: what describes the source as it is now, as far as one of the two does.

    What they say about docstrings without claims and about public names is taken from one of them, because nobody has read the package in
    the state of a mixture.

    Args:
        name: dotted path of the package.
        ours: one entry.
        theirs: the other entry.
    """
    package = _Package(name)
    try:
        fitting = next((entry for entry in (ours, theirs) if not isinstance(package.outdated(entry), str)), ours)
        other = {claim["id"]: claim for claim in (theirs if fitting is ours else ours)["claims"]}
        claims = {claim["id"]: claim for claim in fitting["claims"]}
        whole = package.whole()
        for id_, claim in claims.items():
            if package.reread(claim, whole) and id_ in other and not package.reread(other[id_], whole):
                claims[id_] = other[id_]
        return fitting | {"claims": [*claims.values(), *(claim for id_, claim in other.items() if id_ not in claims)]}
    except (KeyError, TypeError, ValueError, AttributeError):  # of an older version, or edited by hand
        return ours


class _Found(NamedTuple):
    """A file of a package: its name in the lock file, its path, its syntax tree, and its docstrings."""

    key: str
    path: Path
    tree: ast.Module
    documents: dict[str, Document]


class _Package:
    """The source files of a local package. An installed package has none: its version says whether it has changed.

    Args:
        name: dotted path of the package or of an object in it.
    """

    def __init__(self, name: str) -> None:
        self.top = name.partition(".")[0]
        self.files = files_of(name)

    def whole(self) -> str:
        """A fingerprint of all source files, including docstrings."""
        found = {key_of(file): here for file in self.files if (here := analysis(file)) is not None}
        return digest("\n".join(f"{key} {here.documented}" for key, here in sorted(found.items())))

    def outdated(self, entry: Mapping[str, Any]) -> dict[str, str] | str:
        """Returns why claims must be read again, by claim id, or why all must be."""
        if not self.files:
            return {}
        whole, texts = self.whole(), sorted({file for claim in entry["claims"] for file in claim["read"]})  # also of other packages
        others = [here.documented if (path := find(file)) and (here := analysis(path)) else "" for file in texts]
        seen = digest(f"{whole} {others} {json.dumps(entry, sort_keys=True)}")
        code = {claim["id"]: different[0] for claim in entry["claims"] if (different := changed(claim.get("code", {})))}
        stale = {id_: f"the code that its formula names has changed: {reason}" for id_, reason in code.items()}
        if confirmed(seen):
            return stale
        if is_broken(entry, *TOGETHER):
            return MERGED
        recorded: Texts = {file: dict(texts) for file, texts in entry["stated"].items()}
        for claim in entry["claims"]:
            for file, texts in claim["read"].items():
                recorded.setdefault(file, {}).update(texts)
        for file, at, found in self.stated():
            if at not in recorded.get(file, {}):
                return f"a formula that was not read yet: {file}: {at or 'its docstring'}"
            if entry["stated"].get(file, {}).get(at, found) != found:
                return f"a docstring with a formula has changed: {file}: {at or 'its docstring'}"
        public = self.public()
        for file in sorted({*public, *entry["public"]}):
            if public.get(file) != entry["public"].get(file):
                return f"what the package makes public has changed: {file}"
        texts_of = {claim["id"]: reason for claim in entry["claims"] if (reason := self.reread(claim, whole))}
        if not texts_of:
            confirms(seen)
        return stale | texts_of

    def reread(self, claim: Mapping[str, Any], whole: str) -> str:
        """Returns why a claim must be read again; empty if its texts are those that it was read with."""
        if is_broken(claim):
            return MERGED
        if "package" in claim and claim["package"] != whole:
            return "its text is made by code, and the source or the docstrings of the package have changed"
        for file, texts in claim["read"].items():
            path = find(file)
            here = None if path is None else analysis(path)
            for at, known in texts.items():
                if here is None or here.documents.get(at, (0, ""))[1] != known:
                    return f"the text that it was read with has changed: {file}: {at or 'the docstring of the module'}"
        if claim["names"] != self.named(claim["read"]):
            return "the text that it was read with names something that was added or removed"
        return ""

    def resolved(self, read: Iterable[tuple[str, str, str]], target: str) -> tuple[Texts, dict[str, dict[str, str]], bool]:
        """Returns the texts that were read, the code that was read, and whether a text is not in the source as it is at run time."""
        texts: Texts = {}
        code: dict[str, dict[str, str]] = {}
        whole = False
        for module, at, text in read:
            if module == CODE:
                if _overlap(at, target) or at.partition(".")[0] != self.top:
                    continue  # the record of the claim has the sources of the target, and the versions of other packages
                for file, names in closure(at, []).items():
                    code.setdefault(file, {}).update(names)
                continue
            path = locate(module)
            if module and (path is None or not is_own(path)):
                continue  # another package, which is tracked by version
            here = None if path is None else _found(path)
            document = None if here is None else here.documents.get(at)
            if here is None or (document is None and text) or (document is not None and text and digest(document.text) != text):
                whole = True
            elif document is not None:
                texts.setdefault(here.key, {})[at] = digest(document.header + document.text)
        return {file: dict(sorted(found.items())) for file, found in sorted(texts.items())}, code, whole

    def named(self, texts: Texts) -> str:
        """A fingerprint of the names of the package that occur in texts. Such a name may get another meaning, or a first one."""
        words = {word for key, found in texts.items() for at in found for word in _words(key, at)}
        used = sorted(f"{key} {name}" for key, names in self._names().items() for name in names if _plain(name) in words)
        return digest("\n".join(used)) if used else ""

    def _names(self) -> dict[str, list[str]]:
        if not hasattr(self, "_bound"):
            self._bound = {
                key_of(file): [dotted(file)[-1], *(name for name in here.names if not is_module(here, name))]
                for file in self.files
                if (here := analysis(file)) is not None
            }
        return self._bound

    def stated(self) -> Iterator[tuple[str, str, str]]:
        """The docstrings that may state a formula: file, qualified name and fingerprint."""
        for here in map(_found, self.files):
            if here is not None:
                stating = ((at, one) for at, one in here.documents.items() if _states(at, one.text))
                yield from ((here.key, at, digest(one.header + one.text)) for at, one in stating)

    def public(self) -> dict[str, str]:
        """A fingerprint for each file of what may give an object with a formula a public path.

        These are imports, assignments, classes and decorators. Imports and `__all__` count only for what is not certainly a plain function
        without a formula.
        """
        found = {}
        for here in map(_found, self.files):
            parts = [] if here is None else [part for statement in here.tree.body for part in self._exposed(here, statement)]
            if here is not None and parts:
                found[here.key] = digest("\n".join(parts))
        return found

    def _exposed(self, here: _Found, statement: ast.stmt) -> Iterator[str]:
        match statement:
            case ast.Import():
                return  # it binds modules, which are read as such
            case ast.ImportFrom():
                if not statement.level and (statement.module or "").partition(".")[0] != self.top:
                    return
                for alias in statement.names:
                    inner = ".".join([*absolute(here.path, f"{'.' * statement.level}{statement.module or ''}"), alias.name])
                    if alias.name == "*" or (locate(inner) is None and not _is_plain(here, alias.asname or alias.name)):
                        yield f"{'.' * statement.level}{statement.module}: {alias.name} {alias.asname}"
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                if statement.decorator_list:
                    yield f"{statement.name}: {''.join(map(canonical, statement.decorator_list))}"
            case ast.ClassDef():
                yield f"{statement.name}: {here.documents[statement.name].header}"
                for member in statement.body:
                    if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                        decorators = "".join(map(canonical, member.decorator_list))
                        if decorators or isinstance(member, ast.ClassDef):
                            yield f"{member.name}: {decorators}"
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List() | ast.Tuple() as listed):
                for item in listed.elts:
                    if not (isinstance(item, ast.Constant) and _is_plain(here, str(item.value))):
                        yield canonical(item)
            case ast.Assign() | ast.AnnAssign():
                from qedoc.sources.stating import is_data

                if not is_data(statement.value):
                    yield canonical(statement)
            case ast.Expr(value=ast.Constant()):
                return
            case _:
                yield canonical(statement)


def _overlap(path: str, target: str) -> bool:
    """Whether an object is the target, is inside of it, or contains it."""
    return f"{path}.".startswith(f"{target}.") or f"{target}.".startswith(f"{path}.")


@cache
def _found(path: Path) -> _Found | None:
    if analysis(path) is None:
        return None
    tree = ast.parse(read(path))
    return _Found(key_of(path), path, tree, documents(tree))


def _is_plain(here: _Found, name: str) -> bool:
    """Whether a name of a module is certainly a function with no decorator whose docstring states no formula."""
    places = list(origins(here.path, name))
    return bool(places) and all(_is_plain_function(path, at) for path, at in places)


def _is_plain_function(path: Path, name: str) -> bool:
    here, known = _found(path), analysis(path)
    if here is None or known is None:
        return False
    if name in known.imports and name not in here.documents:
        return True  # its origin is among the places too
    made = [statement for statement in here.tree.body if getattr(statement, "name", None) == name]
    plain = bool(made) and all(isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and not one.decorator_list for one in made)
    return plain and len(made) == 1 and not _states(name, here.documents[name].text) and SIDE_EFFECTS not in known.names


@cache
def _states(at: str, text: str) -> bool:
    from qedoc.sources.stating import states  # not needed if nothing has changed

    return states(at.rpartition(".")[2], text)


@cache
def _words(key: str, at: str) -> frozenset[str]:
    """The words of a docstring and of the signature."""
    path = find(key)
    here = None if path is None else _found(path)
    if here is None or at not in here.documents:
        return frozenset()
    document = here.documents[at]
    text = re.sub(r":math:|\.\. +math *::", " ", document.text.replace("\\_", "_"))
    return frozenset(map(_plain, (*re.findall(r"[^\W\d]\w*", text), *re.findall(r"str:'(\w+)'", document.header))))


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def forget() -> None:
    """Forgets what was read of source files, as `reach.forget`."""
    for remembered in (_found, _words):
        remembered.cache_clear()
