"""Parses Python source for `syntax`: the names that a module binds, and what each of them uses."""

import ast
import builtins
from collections.abc import Callable, Iterator
from typing import Any

from qedoc.lock.documents import canonical, documents, is_text
from qedoc.lock.scopes import chains, reaches

EFFECTS = ""  # as SIDE_EFFECTS in `syntax`

INERT = ("abc", "chex", "contextlib", "dataclasses", "functools", "jax", "typing", "typing_extensions", "warnings")
"""Libraries whose decorators affect only the function that they decorate."""

_BUILT_IN = frozenset(dir(builtins)) - {"__doc__", "__name__"}


def parsed(text: str, digest: Callable[[str], str]) -> dict[str, Any] | None:
    """Returns the fields of the analysis of Python source; None for text that is not valid Python.

    Args:
        text: the source.
        digest: makes a short fingerprint of a text.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    return _fields(tree, digest)


def _fields(tree: ast.Module, digest: Callable[[str], str]) -> dict[str, Any]:
    dumps: dict[str, list[str]] = {}
    uses: dict[str, dict[str, None]] = {}
    imports: dict[str, list[list[str]]] = {}
    stars: list[str] = []
    spans: list[list[str | int]] = []
    reach: dict[str, str] = {}
    effects: list[str] = []
    used: set[str] = set()
    for statement in tree.body:
        if is_text(statement) or _is_for_readers(statement):
            continue
        dump, mentioned, bound = canonical(statement), dict.fromkeys(chains(statement)), _bound(statement, imports)
        for name in _imported_by_name(statement):
            imports.setdefault(key := f"import {name}".replace(".", "/"), []).append([name, ""])
            mentioned[key] = None
        far = "package" if "__getattr__" in bound else reaches(statement)
        if EFFECTS in bound:
            effects.append(_effect(statement, dump))
            used |= {chain.partition(".")[0] for chain in mentioned}
        for name in bound:
            if far:
                reach[name] = min(far, reach.get(name, far), key=("package", "module").index)
            dumps.setdefault(name, []).append(dump)
            uses.setdefault(name, {}).update(mentioned)
            spans.append([_first_line(statement), statement.end_lineno or statement.lineno, name])
        for node in ast.walk(statement):
            if isinstance(node, ast.Import | ast.ImportFrom):
                stars += _note_import(node, imports)
    effects += [dump for name in sorted(used & {*dumps}) for dump in dumps[name] if dump.startswith(("(Assign", "(AnnAssign"))]
    return dict(  # noqa: C408  # the fields of a record, by name
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


def _imported_by_name(statement: ast.stmt) -> Iterator[str]:
    """The modules that a statement imports by a name in quotes: `importlib.import_module("other")`."""
    for node in ast.walk(statement):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
        if called in ("import_module", "__import__") and isinstance(node.args[0].value, str):
            yield node.args[0].value


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
    """The names that a module-level statement binds, plus EFFECTS if it may have other effects."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [statement.name, *([] if all(_is_inert(d, imports) for d in statement.decorator_list) else [EFFECTS])]
        case ast.Import() | ast.ImportFrom():
            return [_local_name(alias, statement) for alias in statement.names]
    names = list(dict.fromkeys(_stored(statement)))
    plain = isinstance(statement, ast.Assign | ast.AnnAssign) and all(isinstance(t, ast.Name | ast.Tuple) for t in _targets(statement))
    plain = plain and all(_is_known(node.func, imports) for node in ast.walk(statement) if isinstance(node, ast.Call))
    return names if plain and "_" not in names else [*names, EFFECTS]


def _is_known(function: ast.expr, imports: dict[str, list[list[str]]]) -> bool:
    """Whether a call certainly changes nothing else: that of a built-in function, or of a library in INERT or beside it."""
    root = next(chains(function), "").partition(".")[0]
    if root not in imports:
        return root in _BUILT_IN - {"setattr", "delattr", "exec", "eval"}
    return all(module.partition(".")[0] in (*INERT, "numpy", "math", "sympy", "qedoc") for module, _ in imports[root])


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
