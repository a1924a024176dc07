"""Locates docstrings in source files, including docstrings that a program assembles."""

import ast
import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from qedoc.errors import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """A string literal in a program.

    Args:
        value: its value.
        path: the file.
        first: its first line.
        last: its last line.
    """

    value: str
    path: str
    first: int
    last: int


def home(value: Any) -> tuple[str, int]:
    """The file and the first line of an object's definition, or ("", 0) if Python does not know."""
    try:
        unwrapped = inspect.unwrap(value)
    except ValueError:
        unwrapped = value
    if isinstance(unwrapped, ModuleType):
        return getattr(unwrapped, "__file__", None) or "", 1
    if isinstance(unwrapped, property):
        unwrapped = unwrapped.fget
    elif isinstance(unwrapped, cached_property):
        unwrapped = unwrapped.func
    code = getattr(getattr(unwrapped, "__func__", unwrapped), "__code__", None)
    if code is not None:
        return code.co_filename, code.co_firstlineno
    module = sys.modules.get(getattr(unwrapped, "__module__", None) or "")
    path = getattr(module, "__file__", None) or ""
    if isinstance(unwrapped, type) and path:
        line = next((node.lineno for node in classes(path) if node.name == unwrapped.__qualname__.rpartition(".")[2]), 1)
        return path, line
    return path, 1


@lru_cache(maxsize=256)
def _tree(path: str) -> ast.Module | None:
    try:
        return ast.parse(Path(path).read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return None


def classes(path: str) -> Iterator[ast.ClassDef]:
    """Yields the classes that a file defines."""
    tree = _tree(path)
    return (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)) if tree else iter(())


@lru_cache(maxsize=256)
def literals(path: str) -> tuple[Literal, ...]:
    """The strings of a file that span at least one line, in the order written."""
    tree = _tree(path)
    if tree is None:
        return ()
    found = [
        Literal(value=node.value, path=path, first=node.lineno, last=node.end_lineno or node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 3
    ]
    return tuple(sorted(found, key=lambda literal: literal.first))


@lru_cache(maxsize=4096)
def _lines(path: str) -> tuple[str, ...]:
    try:
        return tuple(Path(path).read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError):
        return ()


def locate(docstring: str, line: int, path: str, defined: int) -> Location:
    """Returns the location of a docstring's line.

    Args:
        docstring: the docstring at run time.
        line: the line in it, from 0.
        path: the file that defines the object. The string may be elsewhere in this file.
        defined: the line of the definition, which is returned if no string contains the text.
    """
    text = docstring.split("\n")[line].strip()
    own = [literal for literal in literals(path) if literal.first >= defined]
    for literal in (*own, *literals(path)):
        if literal.value == docstring:
            return Location(path=path, line=_line(literal, line, text))
    holding = [literal for literal in literals(path) if text and any(text == part.strip() for part in literal.value.split("\n"))]
    nearest = min(holding, key=lambda literal: (literal.first < defined, abs(literal.first - defined)), default=None)
    if nearest is None:
        return Location(path=path, line=max(defined, 1))
    inner = next(number for number, part in enumerate(nearest.value.split("\n")) if part.strip() == text)
    return Location(path=path, line=_line(nearest, inner, text))


def _line(literal: Literal, inner: int, text: str) -> int:
    """The file's line of a literal's inner line, which escapes and continued lines may shift."""
    lines = _lines(literal.path)
    straight = literal.first + inner
    for place in sorted(range(literal.first, literal.last + 1), key=lambda place: abs(place - straight)):
        written = lines[place - 1] if place <= len(lines) else ""
        if text and text in (written.strip(), written.strip().replace("\\\\", "\\")):
            return place
    for place in sorted(range(literal.first, literal.last + 1), key=lambda place: abs(place - straight)):
        written = lines[place - 1] if place <= len(lines) else ""
        if text and (text in written or text in written.replace("\\\\", "\\")):
            return place
    return min(straight, literal.last)


def find_literal(docstring: str, package: str) -> tuple[str, int]:
    """The file and line of the string that is a docstring, among the loaded modules of a package, or ("", 0) if there is none."""
    longest = max((line.strip() for line in docstring.split("\n")), key=len)
    spellings = {longest, longest.replace("\\", "\\\\")}
    for name, module in sorted(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if name.partition(".")[0] != package or not path or not path.endswith(".py"):
            continue
        if not any(spelling in line for line in _lines(path) for spelling in spellings):
            continue
        for literal in literals(path):
            if literal.value == docstring:
                return path, literal.first
    return "", 0
