"""Reads `[tool.qedoc]` from pyproject.toml. The command line, the pytest plugin and the Sphinx extension share this table."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from qedoc.errors import Location, QedocError, meant, question
from qedoc.records import dataclass, field

TABLE = "tool.qedoc"
FILE = "pyproject.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The configuration of a project. Command line options override it.

    Args:
        root: the folder of pyproject.toml; the current folder if there is none.
        specs: spec files and folders of spec files, relative to the root.
        docstrings: packages, modules and objects whose docstrings are checked, as dotted paths.
        lock: the lock file, relative to the root.
        baseline: the file of accepted findings, relative to the root.
        jobs: the number of worker processes; 0 for one per usable core.
        timeout: time limit per case in seconds.
        repair_timeout: time limit in seconds for the correction of a refuted formula; 0 for no corrections.
        max_points: maximum number of points per claim.
        seed: seed for random points.
        strict: whether a claim without an answer fails.
        fail_on: verdicts and finding codes that fail too.
        select: the finding codes to report; empty for all.
        ignore: the finding codes to leave out.
        macros: LaTeX macros for the formulas in docstrings, by name: the body, or the body with the number of arguments and the default
            of the first.
        found: whether the table exists.
    """

    root: Path = Path()
    specs: tuple[str, ...] = ("spec",)
    docstrings: tuple[str, ...] = ()
    lock: str = "qedoc.lock"
    baseline: str = "qedoc-baseline.json"
    jobs: int = 0
    timeout: float = 60.0
    repair_timeout: float = 20.0
    max_points: int = 1000
    seed: int = 0
    strict: bool = False
    fail_on: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    macros: Mapping[str, "str | tuple[Any, ...]"] = field(default_factory=dict)
    found: bool = False


@dataclass(frozen=True, slots=True)
class _Key:
    """The allowed values of a key, as a description and as a test."""

    expected: str
    allows: Callable[[Any], bool]


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def is_macro(value: Any) -> bool:
    r"""Whether a value is a LaTeX macro: a body such as `\mathbb{#1}`, or a list of a body, a number of arguments, and a default."""
    if isinstance(value, str):
        return bool(value)
    if not isinstance(value, list | tuple) or not 2 <= len(value) <= 3 or not isinstance(value[0], str) or not _is_count(value[1], 0):
        return False
    return value[1] <= 9 and (len(value) == 2 or (isinstance(value[2], str) and value[1] > 0))


def _are_macros(value: Any) -> bool:
    return isinstance(value, dict) and all(name.removeprefix("\\").isalpha() and is_macro(body) for name, body in value.items())


_PATHS = _Key('a list of paths, such as ["spec"]', lambda value: _is_texts(value) and bool(value))
_NAMES = _Key(
    'a list of dotted paths, such as ["mylib.losses"]',
    lambda value: _is_texts(value) and all(part.isidentifier() for name in value for part in name.split(".")),
)
_CODES = _Key('a list of codes or code prefixes, such as ["QED1"]; qedoc rule lists all codes', _is_texts)
_FILE_NAME = _Key("a file path as a string", lambda value: isinstance(value, str) and bool(value))

KEYS: Mapping[str, _Key] = {
    "specs": _PATHS,
    "docstrings": _NAMES,
    "lock": _FILE_NAME,
    "baseline": _FILE_NAME,
    "jobs": _Key("an integer >= 0 (0 means one per usable core)", lambda value: _is_count(value, 0)),
    "timeout": _Key("a positive number of seconds", lambda value: _is_number(value) and 0 < value < float("inf")),
    "repair-timeout": _Key(
        "a number of seconds >= 0 (0 for no corrections)", lambda value: _is_number(value) and 0 <= value < float("inf")
    ),
    "max-points": _Key("an integer >= 1", lambda value: _is_count(value, 1)),
    "seed": _Key("an integer >= 0", lambda value: _is_count(value, 0)),
    "strict": _Key("true or false", lambda value: isinstance(value, bool)),
    "fail-on": _Key('a list of verdicts and codes, such as ["unreadable", "QED205"]', _is_texts),
    "select": _CODES,
    "ignore": _CODES,
    "macros": _Key(r"""a table of LaTeX macros, such as {R = '\mathbb{R}', ip = ['\langle #1, #2 \rangle', 2]}""", _are_macros),
}
"""The keys of the table. Each key is a field of `Config`."""


def configuration(start: Path) -> Config:
    """Returns the configuration of the project that contains a folder.

    It comes from the nearest pyproject.toml with the table in this folder or its parents. If no file has the table, the defaults apply, and
    the root is the folder of the nearest pyproject.toml.

    Raises:
        QedocError: if the file is not valid TOML, a key is unknown, or a value is not allowed. The message lists what is allowed.
    """
    start = start.absolute()
    files = [folder / FILE for folder in (start, *start.parents) if (folder / FILE).is_file()]
    for file in files:
        text = _read(file)
        if TABLE in text or ("[tool]" in text and "qedoc" in text):  # avoids parsing most files
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
    import tomllib  # not needed in projects without the table

    try:
        return tomllib.loads(text).get("tool", {}).get("qedoc")
    except (tomllib.TOMLDecodeError, AttributeError) as error:
        raise QedocError(f"{file}: invalid TOML: {error}") from None


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
            raise QedocError(f"{TABLE}.{key}: unknown key; {' '.join(hints)}", at)
        if not known.allows(value):
            raise QedocError(f"{TABLE}.{key}: expected {known.expected}, found {value!r}", at)
        values[key.replace("-", "_")] = _frozen(value)
    assert values.keys() <= {*Config.__annotations__}
    return Config(root=file.parent, found=True, **values)


def _frozen(value: Any) -> Any:
    """The value of a key with tuples for lists, and names of macros without backslash."""
    if isinstance(value, dict):
        return {name.removeprefix("\\"): _frozen(inner) for name, inner in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _line(text: str, beginning: str) -> int:
    """The line number of the table header, or of the first key below it that starts with `beginning`."""
    lines = [line.strip() for line in text.splitlines()]
    header = next((number for number, line in enumerate(lines) if line.startswith(f"[{TABLE}]")), 0)
    return next((number + 1 for number, line in enumerate(lines) if number >= header and line.startswith(beginning)), header + 1)
