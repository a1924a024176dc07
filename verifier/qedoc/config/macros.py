r"""Finds the LaTeX macros of a project: those in `[tool.qedoc] macros`, and those that it gives to Sphinx in `conf.py`.

`conf.py` is read and not run: its settings must be literals, or be put together from literals.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from qedoc.config.table import FILE, configuration, is_macro
from qedoc.records import dataclass, field, replace

Given: TypeAlias = "str | tuple[Any, ...]"

PLACES = ("docs/conf.py", "doc/conf.py", "docs/source/conf.py", "doc/source/conf.py", "source/conf.py", "conf.py")
"""Where a project keeps the configuration of Sphinx."""

_MATHJAX = ("mathjax3_config", "mathjax4_config")
_KATEX = ("katex_macros", "katex_options")
_SETTINGS = (*_MATHJAX, *_KATEX, "latex_elements", "latex_macros")
_JAVASCRIPT = re.compile(r"""["'](\\\\[A-Za-z]+)["']\s*:\s*(["'])((?:[^"'\\]|\\.)*)\2""", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectMacros:
    r"""The macros of a project.

    Args:
        given: each macro by name without backslash: its body, or its body with the number of arguments and the default of the first.
        preambles: LaTeX that defines macros with `\newcommand`, `\def` or `\DeclareMathOperator`.
        problems: settings of `conf.py` that could not be read, one sentence each.
    """

    given: Mapping[str, Given] = field(default_factory=dict)
    preambles: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def project_macros(start: Path) -> ProjectMacros:
    """Returns the macros of the project that contains a folder. The table of pyproject.toml overrides `conf.py`.

    Raises:
        QedocError: if the table is not valid.
    """
    start = start.absolute()
    files = [folder / FILE for folder in (start, *start.parents)]
    return _found(str(start), tuple((str(file), file.stat().st_mtime_ns) for file in files if file.is_file()))


@lru_cache(maxsize=8)
def _found(start: str, _stamps: tuple[tuple[str, int], ...]) -> ProjectMacros:
    config = configuration(Path(start))
    sphinx = next((file for place in PLACES if (file := config.root / place).is_file()), None)
    found = _of_sphinx(sphinx) if sphinx is not None else ProjectMacros()
    return replace(found, given={**found.given, **config.macros})


def _of_sphinx(path: Path) -> ProjectMacros:
    """The macros that a `conf.py` gives to MathJax, KaTeX or LaTeX."""
    shown = f"{path.parent.name}/{path.name}"
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, UnicodeDecodeError, ValueError) as error:
        return ProjectMacros(problems=(f"{shown} cannot be read: {error}",))
    known: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for statement in tree.body:
        for name, make, line in _assigned(statement, known):
            try:
                known[name] = make()
                problems.pop(name, None)
            except _NotLiteral:
                known.pop(name, None)
                if name in _SETTINGS:
                    problems[name] = f"{name} in {shown}, line {line}, is not a literal, so its macros are not known"
    given: dict[str, Given] = {}
    for name in _MATHJAX:
        given |= _table(_inside(known.get(name), "tex", "macros"))
    for name in _KATEX:
        setting = known.get(name)
        given |= _table(setting if name == "katex_macros" else _inside(setting, "macros"))
        given |= _of_javascript(setting) if isinstance(setting, str) else {}
    texts = [known.get("latex_macros"), *(_inside(known.get("latex_elements"), key) for key in ("preamble", "extrapackages"))]
    return ProjectMacros(given=given, preambles=tuple(text for text in texts if isinstance(text, str)), problems=tuple(problems.values()))


def _inside(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _table(value: Any) -> dict[str, Given]:
    """The macros of a table, by name without backslash; what is no macro is left out."""
    if not isinstance(value, dict):
        return {}
    named = {name.removeprefix("\\"): made for name, made in value.items() if isinstance(name, str)}
    return {name: tuple(made) if isinstance(made, list) else made for name, made in named.items() if name.isalpha() and is_macro(made)}


def _of_javascript(text: str) -> dict[str, Given]:
    r"""The macros in the text of a JavaScript object: `"\\R": "\\mathbb{R}"`."""
    return {found[1].lstrip("\\"): re.sub(r"\\(.)", r"\1", found[3]) for found in _JAVASCRIPT.finditer(text)}


class _NotLiteral(Exception):
    """An expression needs more than literals."""


def _assigned(statement: ast.stmt, known: dict[str, Any]) -> Iterator[tuple[str, Any, int]]:
    """The names that a statement sets, each with a function that makes the value: `a = ...`, `a["k"] = ...`, `a.update(...)`."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                match target:
                    case ast.Name(id=name):
                        yield name, lambda value=value: _literal(value, known), statement.lineno
                    case ast.Subscript(value=ast.Name(id=name), slice=key):
                        yield (
                            name,
                            lambda name=name, key=key: _with(known, name, {_literal(key, known): _literal(value, known)}),
                            target.lineno,
                        )
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, lambda: _literal(value, known), statement.lineno
        case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value):
            yield name, lambda: _added(_known(known, name), _literal(value, known)), statement.lineno
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="update"), args=[value], keywords=[])):
            yield name, lambda: _with(known, name, _literal(value, known)), statement.lineno


def _known(known: Mapping[str, Any], name: str) -> Any:
    if name not in known:
        raise _NotLiteral
    return known[name]


def _with(known: Mapping[str, Any], name: str, more: Any) -> Any:
    before = _known(known, name)
    if not isinstance(before, dict) or not isinstance(more, dict):
        raise _NotLiteral
    return before | more


def _added(one: Any, other: Any) -> Any:
    if type(one) is not type(other) or not isinstance(one, str | list | tuple):
        raise _NotLiteral
    return one + other


def _literal(node: ast.expr, known: Mapping[str, Any]) -> Any:
    """The value of an expression of literals and of names with a known value."""
    match node:
        case ast.Constant(value=constant):
            return constant
        case ast.Name(id=name):
            return _known(known, name)
        case ast.List(elts=parts):
            return [_literal(part, known) for part in parts]
        case ast.Tuple(elts=parts):
            return tuple(_literal(part, known) for part in parts)
        case ast.Dict(keys=keys, values=values):
            made: dict[Any, Any] = {}
            for key, value in zip(keys, values, strict=True):
                made |= _literal(value, known) if key is None else {_literal(key, known): _literal(value, known)}
            return made
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
            return {word.arg: _literal(word.value, known) for word in keywords if word.arg}
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _added(_literal(left, known), _literal(right, known))
    raise _NotLiteral
