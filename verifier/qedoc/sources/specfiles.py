"""Finds spec files without running them, and runs them to get their claims."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from qedoc.errors import Location, QedocError, SpecError
from qedoc.records import dataclass

if TYPE_CHECKING:
    from qedoc.claims.spec import Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecFile:
    """A spec file with its text at the time it was found. Every process uses this text, even if the file changes later.

    Args:
        path: as given by the user, or inside the folder that the user gave.
        text: its content.
    """

    path: str
    text: str


def find(paths: Sequence[str]) -> tuple[list[SpecFile], list[QedocError]]:
    """Returns the spec files named by `paths`, each once, and the errors in `paths`.

    Args:
        paths: Python files, or folders that are searched for `*.py`. Files and folders in them that begin with `_` or `.` are skipped.
    """
    found: dict[Path, SpecFile] = {}
    errors: list[QedocError] = []
    for path in map(Path, paths):
        try:
            for file in _files(path):
                found.setdefault(file.resolve(), _read(file))
        except QedocError as error:
            errors.append(error)
    return list(found.values()), errors


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        shown = (file for file in path.rglob("*.py") if not any(part[0] in "_." for part in file.relative_to(path).parts))
        inside = sorted(shown)
        if not inside:
            raise SpecError(f"{path}: expected spec files (*.py) in this folder, found none")
        yield from inside
    elif not path.exists():
        raise SpecError(f"{path}: expected a spec file or a folder of them, found nothing at this path")
    elif path.suffix != ".py":
        raise SpecError(f"{path}: expected a Python file, found the suffix '{path.suffix}'; specs are written in .py files")
    else:
        yield path


def _read(path: Path) -> SpecFile:
    try:
        return SpecFile(path=str(path), text=path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"{path}: the file cannot be read as UTF-8 text: {error}") from None


@cache
def load(file: SpecFile) -> tuple["Spec", ...]:
    """Runs a spec file under a unique module name and returns its claims in order of definition.

    Raises:
        SpecError: for a syntax error, an exception while the file runs, or a file without a Spec.
    """
    from qedoc.claims.spec import Spec  # needs sympy, which a process that only finds files does not import

    found: dict[int, Spec] = {}
    for value in _run(file).__dict__.values():
        for item in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(item, Spec):
                found.setdefault(id(item), item)
    if not found:
        hint = _other_command(file)
        raise SpecError(f"expected a Spec, or a list of them, at module level; found none{hint}", Location(path=file.path, line=1))
    return tuple(found.values())


def _run(file: SpecFile) -> ModuleType:
    from hashlib import sha256  # not needed if nothing has changed

    module = ModuleType(f"qedoc_spec_{sha256(file.path.encode()).hexdigest()[:16]}")
    module.__file__ = file.path
    sys.modules[module.__name__] = module  # dataclasses and pickle look up their module here
    try:
        exec(compile(file.text, file.path, "exec", dont_inherit=True), module.__dict__)  # noqa: S102  # specs are programs
    except QedocError:
        raise
    except Exception as error:
        raise _failure(file, error) from error
    except SystemExit as error:
        raise SpecError(f"the spec exits Python (SystemExit: {error}); a spec file may only define specs", _place(file, error)) from error
    return module


def _failure(file: SpecFile, error: Exception) -> SpecError:
    kind = type(error).__name__
    if isinstance(error, SyntaxError) and error.filename == file.path:
        return SpecError(f"syntax error: {error.msg}", Location(path=file.path, line=error.lineno or 1))
    return SpecError(
        f"the spec does not run: {kind}: {error}; fix this line, or install what it needs{_other_command(file)}",
        _place(file, error),
    )


def _other_command(file: SpecFile) -> str:
    """What to type for a file of a library, which has docstrings and no specs; empty for a file that mentions qedoc."""
    if "qedoc" in file.text:
        return ""
    path = Path(file.path).absolute()
    parts = [] if path.name == "__init__.py" else [path.stem]
    folder = path.parent
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    return f"; to check the formulas in the docstrings of this file, use qedoc audit {'.'.join(parts)}" if parts else ""


def _place(file: SpecFile, error: BaseException) -> Location:
    import traceback  # only needed for a spec that fails

    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file.path]
    return Location(path=file.path, line=(lines[-1] if lines else None) or 1)


def sizes(spec: "Spec") -> list[dict[str, int]]:
    """The sizes of each case of a spec, by symbol name, in the order of checking."""
    from qedoc.claims.case import combinations  # needs sympy, as above
    from qedoc.claims.spec import Size

    for size in (d for d in spec.symbols if isinstance(d, Size)):
        if not len(size.values):
            raise spec.refuse(f"size {size.symbol} has no values; give at least one, or the smallest as least=0 for every size")
        if size.least is not None and (size.least < 0 or list(size.values) != list(range(size.least, size.least + len(size.values)))):
            found = f"values {', '.join(map(str, size.values))} and least={size.least}"
            raise spec.refuse(f"size {size.symbol}: expected values that begin at least and have no gaps, found {found}")
    return [{str(symbol): value for symbol, value in made.items()} for made in combinations(spec)]


def duplicates(claims: Iterable[tuple[str, Location]]) -> list[SpecError]:
    """Returns an error for each claim whose id an earlier one already has."""
    first: dict[str, Location] = {}
    errors: list[SpecError] = []
    for name, location in claims:
        if name in first:
            message = f"{name}: duplicate spec id, already used at {first[name]}; give one of the specs a name="
            errors.append(SpecError(message, location))
        first.setdefault(name, location)
    return errors
