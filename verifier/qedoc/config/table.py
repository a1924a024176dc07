"""`[tool.qedoc]`: one table that the command line, pytest and pages share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from qedoc.errors import Location, QedocError, meant, question

TABLE = "tool.qedoc"
FILE = "pyproject.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a project asks for; every option of the command line that is given goes before it.

    Args:
        root: the folder of pyproject.toml; the current one if there is none.
        specs: spec files and folders of them, from the root.
        docstrings: packages, modules and objects whose docstrings are checked, by dotted path.
        lock: the lock file, from the root.
        baseline: the file of accepted findings, from the root.
        jobs: worker processes; 0 for one for each usable core.
        timeout: seconds for each case.
        max_points: most points of each claim.
        seed: where random points start.
        strict: whether a claim without an answer fails.
        select: the codes of findings that are reported; all if empty.
        ignore: the codes of findings that are left out.
        found: whether the table is there.
    """

    root: Path = Path()
    specs: tuple[str, ...] = ("spec",)
    docstrings: tuple[str, ...] = ()
    lock: str = "qedoc.lock"
    baseline: str = "qedoc-baseline.json"
    jobs: int = 0
    timeout: float = 60.0
    max_points: int = 1000
    seed: int = 0
    strict: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    found: bool = False


@dataclass(frozen=True, slots=True)
class _Key:
    """What a key may hold: said in words, and tested."""

    expected: str
    allows: Callable[[Any], bool]


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


_PATHS = _Key('a list of paths, such as ["spec"]', lambda value: _is_texts(value) and bool(value))
_NAMES = _Key(
    'a list of dotted paths, such as ["mylib.losses"]',
    lambda value: _is_texts(value) and all(part.isidentifier() for name in value for part in name.split(".")),
)
_CODES = _Key('a list of codes or their beginnings, such as ["QED1"]; qedoc rule lists them', _is_texts)
_FILE_NAME = _Key("the path of a file, as a string", lambda value: isinstance(value, str) and bool(value))

KEYS: Mapping[str, _Key] = {
    "specs": _PATHS,
    "docstrings": _NAMES,
    "lock": _FILE_NAME,
    "baseline": _FILE_NAME,
    "jobs": _Key("an integer, at least 0 (0: one for each usable core)", lambda value: _is_count(value, 0)),
    "timeout": _Key("a number of seconds above 0", lambda value: _is_number(value) and 0 < value < float("inf")),
    "max-points": _Key("an integer, at least 1", lambda value: _is_count(value, 1)),
    "seed": _Key("an integer, at least 0", lambda value: _is_count(value, 0)),
    "strict": _Key("true or false", lambda value: isinstance(value, bool)),
    "select": _CODES,
    "ignore": _CODES,
}
"""The keys of the table; each is a field of Config."""


def configuration(start: Path) -> Config:
    """The configuration of the project that holds a folder: of the nearest pyproject.toml that has the table, else of the nearest.

    Raises:
        QedocError: for a file that is no TOML, an unknown key, or a value that a key does not allow; names what is allowed.
    """
    start = start.absolute()
    files = [folder / FILE for folder in (start, *start.parents) if (folder / FILE).is_file()]
    for file in files:
        text = _read(file)
        if TABLE in text or ("[tool]" in text and "qedoc" in text):  # most files need not be parsed
            table = _table(text, file)
            if table is not None:
                return _checked(table, file, text)
    return Config(root=files[0].parent if files else start)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QedocError(f"{file}: cannot be read as UTF-8 text: {error}") from None


def _table(text: str, file: Path) -> Any:
    import tomllib  # a project without the table does without

    try:
        return tomllib.loads(text).get("tool", {}).get("qedoc")
    except (tomllib.TOMLDecodeError, AttributeError) as error:
        raise QedocError(f"{file}: not TOML: {error}") from None


def _checked(table: Any, file: Path, text: str) -> Config:
    place = Location(path=str(file), line=_line(text, f"[{TABLE}]"))
    if not isinstance(table, dict):
        raise QedocError(f"{TABLE}: expected a table, found {table!r}", place)
    values: dict[str, Any] = {}
    for key, value in table.items():
        known = KEYS.get(key)
        at = Location(path=str(file), line=_line(text, key))
        if known is None:
            hints = [*filter(None, [question(meant(key, KEYS))]), f"the keys are {', '.join(KEYS)}"]
            raise QedocError(f"{TABLE}.{key}: no such key; {' '.join(hints)}", at)
        if not known.allows(value):
            raise QedocError(f"{TABLE}.{key}: expected {known.expected}, found {value!r}", at)
        values[key.replace("-", "_")] = tuple(value) if isinstance(value, list) else value
    assert values.keys() <= {field.name for field in fields(Config)}
    return Config(root=file.parent, found=True, **values)


def _line(text: str, beginning: str) -> int:
    """The line that begins with a key or a table's head, below the table's head if it is a key."""
    lines = [line.strip() for line in text.splitlines()]
    head = next((number for number, line in enumerate(lines) if line.startswith(f"[{TABLE}]")), 0)
    return next((number + 1 for number, line in enumerate(lines) if number >= head and line.startswith(beginning)), head + 1)
