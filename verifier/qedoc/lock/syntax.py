"""Analyses Python source independently of its layout: fingerprints of the names that a module binds, and what each name uses."""

import ast
import builtins
import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from qedoc.errors import QedocError
from qedoc.lock.documents import canonical, documents, is_text
from qedoc.lock.scopes import chains, reaches

FORM = 3
"""The version of fingerprints and cached analyses. It must change whenever their meaning changes."""

SIDE_EFFECTS = ""
"""The pseudo-name of module-level statements that are run for their effects: calls, loops, registrations."""

INERT = ("abc", "chex", "contextlib", "dataclasses", "functools", "jax", "typing", "typing_extensions", "warnings")
"""Libraries whose decorators affect only the function that they decorate."""

_BUILT_IN = frozenset(dir(builtins)) - {"__doc__", "__name__"}


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
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    made = _analysis(tree)
    _remember(key, made)
    return made


def digest(text: str) -> str:
    """A short fingerprint of a text."""
    return sha256(text.encode()).hexdigest()[:20]


def _analysis(tree: ast.Module) -> Analysis:
    dumps: dict[str, list[str]] = {}
    uses: dict[str, dict[str, None]] = {}
    imports: dict[str, list[list[str]]] = {}
    stars: list[str] = []
    spans: list[list[str | int]] = []
    reach: dict[str, str] = {}
    effects: list[str] = []
    for statement in tree.body:
        if is_text(statement) or _is_for_readers(statement):
            continue
        dump, mentioned, bound = canonical(statement), dict.fromkeys(chains(statement)), _bound(statement, imports)
        far = "package" if "__getattr__" in bound else reaches(statement)
        if SIDE_EFFECTS in bound:
            effects.append(_effect(statement, dump))
        for name in bound:
            if far:
                reach[name] = min(far, reach.get(name, far), key=("package", "module").index)
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
        loads=[alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names if "." in alias.name],
        spans=spans,
        calls=[node.lineno for node in ast.walk(tree) if isinstance(node, ast.Call)],
        documented=digest(canonical(tree, docstrings=True)),
        documents={name: [one.line, digest(one.header + one.text)] for name, one in documents(tree).items()},
        reach=reach,
        effects=digest("".join([*effects, *sorted(_BUILT_IN & {*dumps})])) if effects or _BUILT_IN & {*dumps} else "",
    )


def _effect(statement: ast.stmt, dump: str) -> str:
    """What matters of a statement to a module that does not mention its names: of a decorated function, the decorators."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return f"{statement.name}: {''.join(map(canonical, statement.decorator_list))}"
    return dump


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _is_for_readers(statement: ast.stmt) -> bool:
    """Whether a statement is `if TYPE_CHECKING:` or `if __name__ == "__main__":` without `else`, whose body does not run on import."""
    if not isinstance(statement, ast.If) or statement.orelse:
        return False
    match statement.test:
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(value=ast.Name(), attr="TYPE_CHECKING"):
            return True
        case ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant(value="__main__")]):
            return True
    return False


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
    root = next(chains(decorator), "").partition(".")[0]
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
