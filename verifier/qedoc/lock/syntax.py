"""Analyses Python source independently of its layout: fingerprints of the names that a module binds, and what each name uses."""

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from qedoc.errors import QedocError
from qedoc.records import asdict, dataclass

try:
    from _sha2 import sha256  # type: ignore[import-not-found]  # without OpenSSL, whose import takes as long as all else here
except ImportError:
    from hashlib import sha256

SIDE_EFFECTS = ""
"""The pseudo-name of module-level statements that are run for their effects: calls, loops, registrations."""

FORM = 6
"""The version of fingerprints and cached analyses. It must change whenever their meaning changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """The analysis of a module's source.

    Args:
        whole: fingerprint of the whole source, without docstrings.
        names: fingerprint of each name that is bound at module level.
        uses: for each name, the dotted chains such as `jnp.exp` in the statements that bind it.
        imports: for each imported name, its origins as [module with leading dots, attribute]; the attribute is empty for a module.
        stars: modules that are imported with `*`.
        loads: modules that are imported inside of packages, as `a.b` in `import a.b`, which binds `a`.
        spans: [first line, last line, name] of each statement that binds a name.
        calls: the line of each call, in the order of the syntax tree, which does not depend on formatting.
        documented: fingerprint of the whole source, including docstrings.
        documents: for each function and class by its qualified name, and for the module itself (the empty name): the first line of its
            docstring, and a fingerprint of its docstring and of the signature, as in `documents.documents`.
        reach: for each name whose statements may reach names that they do not mention: how far, as in `scopes.reaches`.
        effects: fingerprint of what an import of the module does besides binding names, without the bodies of functions, and of the
            built-in names that the module replaces.
    """

    whole: str
    names: dict[str, str]
    uses: dict[str, list[str]]
    imports: dict[str, list[list[str]]]
    stars: list[str]
    loads: list[str]
    spans: list[list[str | int]]
    calls: list[int]
    documented: str
    documents: dict[str, list[Any]]
    reach: dict[str, str]
    effects: str


def analyse(text: str) -> Analysis | None:
    """Analyses Python source. Caches the analysis on disk, by content. Returns None for text that is not valid Python."""
    key = sha256(f"{FORM} {text}".encode()).hexdigest()
    cached = _recall(key)
    if cached is not None:
        return cached
    from qedoc.lock.parsing import parsed  # not needed for a text that was analysed before

    found = parsed(text, digest)
    if found is None:
        return None
    made = Analysis(**found)
    _remember(key, made)
    return made


def digest(text: str) -> str:
    """A short fingerprint of a text."""
    return str(sha256(text.encode()).hexdigest())[:20]


def _folder() -> Path:
    """The folder of cached analyses. They are stored by content, so they never become outdated."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")  # noqa: PTH111, PTH118  # pathlib is slow
    return Path(cache) / "qedoc" / "sources"


def _recall(key: str) -> Analysis | None:
    try:
        with open(_folder() / key, encoding="utf-8") as file:  # noqa: PTH123  # pathlib is slow
            return Analysis(**json.load(file))
    except (OSError, ValueError, TypeError):  # missing or damaged
        return None


def _remember(key: str, analysis: Analysis) -> None:
    folder = _folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = folder / f"{key}.{os.getpid()}"
        made.write_text(json.dumps(asdict(analysis)), encoding="utf-8")
        made.replace(folder / key)
    except OSError:  # the home folder is not writable; nothing is cached
        return


def confirmed(key: str) -> bool:
    """Whether a fingerprint was passed to `confirms`, in this process or in an earlier one on this machine."""
    return os.path.exists(_folder() / f"{FORM}-{key}")  # noqa: PTH110  # pathlib is slow


def confirms(key: str) -> None:
    """Keeps that a comparison of the texts with this fingerprint has found no difference."""
    folder = _folder()
    with suppress(OSError):  # the home folder is not writable; nothing is cached
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{FORM}-{key}").touch()


def read(path: Path) -> str:
    """Reads a source file.

    Raises:
        QedocError: if the file cannot be read as UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QedocError(f"{path}: cannot be read as Python {sys.version_info.major} source in UTF-8: {error}") from None
