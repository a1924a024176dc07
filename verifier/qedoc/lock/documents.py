"""Turns syntax trees into text that does not depend on layout, and finds the docstrings in them."""

import ast
import inspect
from collections.abc import Iterator
from typing import NamedTuple

_SKIPPED = ("lineno", "col_offset", "end_lineno", "end_col_offset", "ctx", "type_comment", "kind", "type_ignores")


class Document(NamedTuple):
    """A function, class or module with its docstring.

    Args:
        line: the first line of the docstring; that of the definition if there is none.
        text: the docstring, without its indentation; empty if there is none.
        header: the signature of a function with its decorators; of a class, everything except for its methods; empty for a module.
    """

    line: int
    text: str
    header: str


def documents(tree: ast.Module) -> dict[str, Document]:
    """Returns the functions and classes of a module with their docstrings, by qualified name. The empty name stands for the module.

    Of several definitions of one name, the last one counts, and the headers of all.

    Args:
        tree: the syntax tree of the module.
    """
    found: dict[str, Document] = {}
    for name, node in _definitions("", tree):
        first = node.body[0] if node.body and is_text(node.body[0]) else None
        line = getattr(node, "lineno", 1) if first is None else first.lineno
        header = f"{found[name].header}{found[name].text}" if name in found else ""
        found[name] = Document(line, inspect.cleandoc(ast.get_docstring(node, clean=False) or ""), header + _header(node))
    return found


def _definitions(name: str, node: ast.AST) -> Iterator[tuple[str, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]]:
    """The definitions in a syntax tree, each before those inside of it, with the names that Python gives them."""
    inside = name
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        yield name, node
        inside = "" if isinstance(node, ast.Module) else f"{name}." if isinstance(node, ast.ClassDef) else f"{name}.<locals>."
    for child in ast.iter_child_nodes(node):
        defined = isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        yield from _definitions(f"{inside}{child.name}" if defined else inside, child)  # type: ignore[attr-defined]  # it has a name


def _header(node: ast.AST) -> str:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return "".join(canonical(part) for part in (node.args, *node.decorator_list, *filter(None, (node.returns,))))
        case ast.ClassDef():
            methods = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
            plain = [part for part in node.body if not isinstance(part, methods) and not is_text(part)]
            return "".join(canonical(part) for part in (*node.bases, *node.keywords, *node.decorator_list, *plain))
    return ""


def canonical(node: ast.AST, *, docstrings: bool = False) -> str:
    """Converts a syntax tree to text without positions and comments. The text is the same in every version of Python.

    Args:
        node: the tree.
        docstrings: whether to include docstrings.
    """
    parts: list[str] = []
    _write(node, parts, docstrings=docstrings)
    return "".join(parts)


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
    if documented and isinstance(body, list) and body and is_text(body[0]):
        return body[1:]
    return body


def is_text(statement: ast.stmt) -> bool:
    """Whether a statement is a string alone, such as a docstring."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)
