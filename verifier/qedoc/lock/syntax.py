"""Analyses Python source independently of its layout: fingerprints of the names that a module binds, and what each name uses."""

import ast
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeGuard

from qedoc.errors import QedocError

FORM = 2
"""The version of fingerprints and cached analyses. It must change whenever their meaning changes."""

SIDE_EFFECTS = ""
"""The pseudo-name of module-level statements that are run for their effects: calls, loops, registrations."""

INERT = ("abc", "chex", "contextlib", "dataclasses", "functools", "jax", "typing", "typing_extensions", "warnings")
"""Libraries whose decorators affect only the function that they decorate."""

_SKIPPED = ("lineno", "col_offset", "end_lineno", "end_col_offset", "ctx", "type_comment", "kind", "type_ignores")


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """The analysis of a module's source.

    Args:
        whole: fingerprint of the whole source, without docstrings.
        names: fingerprint of each name that is bound at module level.
        uses: for each name, the dotted chains such as `jnp.exp` in the statements that bind it.
        imports: for each imported name, its origins as [module with leading dots, attribute]; the attribute is empty for a module.
        stars: modules that are imported with `*`.
        spans: [first line, last line, name] of each statement that binds a name.
        calls: the line of each call, in the order of the syntax tree, which does not depend on formatting.
        documented: fingerprint of the whole source, including docstrings.
        texts: first and last line of each string literal, in the order of the syntax tree.
    """

    whole: str
    names: dict[str, str]
    uses: dict[str, list[str]]
    imports: dict[str, list[list[str]]]
    stars: list[str]
    spans: list[list[str | int]]
    calls: list[int]
    documented: str
    texts: list[list[int]]


def analyse(text: str) -> Analysis | None:
    """Analyses Python source. Caches the analysis on disk, by content. Returns None for text that is not valid Python."""
    key = sha256(f"{FORM} {text}".encode()).hexdigest()
    cached = _recall(key)
    if cached is not None:
        return cached
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    made = _analysis(tree)
    _remember(key, made)
    return made


def canonical(node: ast.AST, *, docstrings: bool = False) -> str:
    """Converts a syntax tree to text without positions and comments. The text is the same in every version of Python.

    Args:
        node: the tree.
        docstrings: whether to include docstrings.
    """
    parts: list[str] = []
    _write(node, parts, docstrings=docstrings)
    return "".join(parts)


def digest(text: str) -> str:
    """A short fingerprint of a text."""
    return sha256(text.encode()).hexdigest()[:20]


def _write(value: object, parts: list[str], *, docstrings: bool) -> None:
    if isinstance(value, ast.AST):
        parts.append(f"({type(value).__name__}")
        for name in value._fields:
            inner = getattr(value, name, None)
            if name in _SKIPPED or inner is None or inner == []:
                continue
            parts.append(f" {name}=")
            _write(inner if docstrings or name != "body" else _without_docstring(value, inner), parts, docstrings=docstrings)
        parts.append(")")
    elif isinstance(value, list):
        parts.append("[")
        for item in value:
            _write(item, parts, docstrings=docstrings)
        parts.append("]")
    else:
        parts.append(f"{type(value).__name__}:{value!r},")


def _without_docstring(node: ast.AST, body: object) -> object:
    documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    if documented and isinstance(body, list) and body and _is_text(body[0]):
        return body[1:]
    return body


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)


def _is_string(node: ast.AST) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _analysis(tree: ast.Module) -> Analysis:
    dumps: dict[str, list[str]] = {}
    uses: dict[str, dict[str, None]] = {}
    imports: dict[str, list[list[str]]] = {}
    stars: list[str] = []
    spans: list[list[str | int]] = []
    for statement in tree.body:
        if _is_text(statement) or _is_for_readers(statement):
            continue
        dump, mentioned = canonical(statement), dict.fromkeys(_chains(statement))
        for name in _bound(statement, imports):
            dumps.setdefault(name, []).append(dump)
            uses.setdefault(name, {}).update(mentioned)
            spans.append([_first_line(statement), statement.end_lineno or statement.lineno, name])
        for node in ast.walk(statement):
            if isinstance(node, ast.Import | ast.ImportFrom):
                stars += _note_import(node, imports)
    return Analysis(
        whole=digest(canonical(tree)),
        names={name: digest("".join(found)) for name, found in dumps.items()},
        uses={name: list(found) for name, found in uses.items()},
        imports=imports,
        stars=stars,
        spans=spans,
        calls=[node.lineno for node in ast.walk(tree) if isinstance(node, ast.Call)],
        documented=digest(canonical(tree, docstrings=True)),
        texts=[[node.lineno, node.end_lineno or node.lineno] for node in ast.walk(tree) if _is_string(node)],
    )


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _is_for_readers(statement: ast.stmt) -> bool:
    """Whether a statement is an `if` on `TYPE_CHECKING` or `__name__`, whose body does not run on import."""
    return isinstance(statement, ast.If) and any(
        isinstance(node, ast.Name | ast.Attribute) and getattr(node, "id", getattr(node, "attr", "")) in ("TYPE_CHECKING", "__name__")
        for node in ast.walk(statement.test)
    )


def _bound(statement: ast.stmt, imports: dict[str, list[list[str]]]) -> list[str]:
    """The names that a module-level statement binds, plus SIDE_EFFECTS if it may have other effects."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [statement.name, *([] if all(_is_inert(d, imports) for d in statement.decorator_list) else [SIDE_EFFECTS])]
        case ast.Import() | ast.ImportFrom():
            return [_local_name(alias, statement) for alias in statement.names]
    names = list(dict.fromkeys(_stored(statement)))
    plain = isinstance(statement, ast.Assign | ast.AnnAssign) and all(isinstance(t, ast.Name | ast.Tuple) for t in _targets(statement))
    return names if plain and "_" not in names else [*names, SIDE_EFFECTS]


def _is_inert(decorator: ast.expr, imports: dict[str, list[list[str]]]) -> bool:
    """Whether a decorator is known to have no side effects: it is built in, or it comes from a library in INERT."""
    root = next(_chains(decorator), "").partition(".")[0]
    if root not in imports:
        return root in ("property", "staticmethod", "classmethod")
    return all(module.partition(".")[0] in INERT for module, _ in imports[root])


def _targets(statement: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return statement.targets if isinstance(statement, ast.Assign) else [statement.target]


def _stored(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (_local_name(alias, node) for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _local_name(alias: ast.alias, statement: ast.Import | ast.ImportFrom) -> str:
    if alias.asname:
        return alias.asname
    return alias.name.partition(".")[0] if isinstance(statement, ast.Import) else alias.name


def _note_import(node: ast.Import | ast.ImportFrom, imports: dict[str, list[list[str]]]) -> list[str]:
    """Adds the names that an import statement binds to `imports`. Returns the module if the statement imports `*` from it."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            whole = alias.name if alias.asname else alias.name.partition(".")[0]
            imports.setdefault(_local_name(alias, node), []).append([whole, ""])
        return []
    module = "." * node.level + (node.module or "")
    for alias in node.names:
        if alias.name != "*":
            imports.setdefault(_local_name(alias, node), []).append([module, alias.name])
    return [module] if any(alias.name == "*" for alias in node.names) else []


def _chains(node: ast.AST) -> Iterator[str]:
    """The dotted chains in a syntax tree, such as `jnp.exp`; each is as long as possible."""
    if isinstance(node, ast.Attribute):
        names, inner = [node.attr], node.value
        while isinstance(inner, ast.Attribute):
            names.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name):
            yield ".".join([inner.id, *reversed(names)])
            return
    if isinstance(node, ast.Name):
        yield node.id
    for child in ast.iter_child_nodes(node):
        yield from _chains(child)


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


def read(path: Path) -> str:
    """Reads a source file.

    Raises:
        QedocError: if the file cannot be read as UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QedocError(f"{path}: cannot be read as Python {sys.version_info.major} source in UTF-8: {error}") from None
