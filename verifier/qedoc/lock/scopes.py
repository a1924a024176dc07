"""Finds the global names that Python source mentions, and the ways in which it may reach names that it does not mention."""

import ast
from collections.abc import Iterator, Sequence
from typing import TypeAlias

Scope: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

IN_MODULE = frozenset({"globals", "locals", "vars", "f_globals"})
"""Functions and attributes that give the names of their own module."""

ANYWHERE = frozenset({"eval", "exec", "compile", "__import__"})
"""Functions that may reach any name of any module."""

ATTRIBUTES = frozenset(
    {
        *("__import__", "__globals__", "__subclasses__", "exec_module", "load_module", "import_module", "find_spec", "run_module"),
        *("run_path", "f_back"),
    }
)
"""Attributes that may reach any name of any module, also where they are imported by name."""


def chains(node: ast.AST, hidden: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yields the dotted chains in a syntax tree whose first name is global, such as `jnp.exp`. Each is as long as possible.

    A name is left out only if it is certainly local: a parameter, or assigned in the function, and neither declared `global` nor imported.

    Args:
        node: the tree.
        hidden: the local names of the functions around the tree.
    """
    match node:
        case ast.Attribute():
            names, inner = [node.attr], node.value
            while isinstance(inner, ast.Attribute):
                names.append(inner.attr)
                inner = inner.value
            if isinstance(inner, ast.Name):
                if inner.id not in hidden:
                    yield ".".join([inner.id, *reversed(names)])
                return
            yield from chains(inner, hidden)
        case ast.Name():
            if node.id not in hidden:
                yield node.id
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            inside, outside = _body(node), _outside(node)
            for part in outside:
                yield from chains(part, hidden)
            for part in inside:
                yield from chains(part, (hidden - _declared(inside, ast.Global)) | _locals(node))
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield from chains(node.generators[0].iter, hidden)
            own = hidden | {name for part in node.generators for name in _stored(part.target)}
            for part in _inside(node):
                yield from chains(part, own)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from chains(child, hidden)


def reaches(node: ast.AST) -> str:
    """How far a syntax tree may reach without a name: `package`, `module` or, usually, the empty string.

    Args:
        node: the tree.
    """
    names = {*chains(node)}
    parts = {inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute)} | {name.partition(".")[0] for name in names}
    loaded = any("modules" in name.split(".")[:2] for name in names)
    called = {name.removeprefix("builtins.") for name in names}
    hidden = any(map(_registers, ast.walk(node))) or any(map(_renames, ast.walk(node)))
    if called & ANYWHERE or "builtins" in names or parts & ATTRIBUTES or loaded or hidden:
        return "package"
    return "module" if called & IN_MODULE or parts & {"f_globals"} else ""


def _registers(node: ast.AST) -> bool:
    """Whether a class sees the classes that inherit from it, wherever they are defined."""
    match node:
        case ast.FunctionDef(name="__init_subclass__"):
            return True
        case ast.ClassDef():
            made = [keyword.value for keyword in node.keywords if keyword.arg in ("metaclass", None)]
            return any(not isinstance(value, ast.Name | ast.Attribute) or not ast.unparse(value).endswith("ABCMeta") for value in made)
    return False


def _renames(node: ast.AST) -> bool:
    """Whether an import gives another name to what may reach any name: `import builtins as b`, `from sys import modules as loaded`."""
    match node:
        case ast.Import():
            return any(alias.name == "builtins" and alias.asname for alias in node.names)
        case ast.ImportFrom(module="builtins"):
            return any(alias.name in {"*"} | ANYWHERE | IN_MODULE for alias in node.names if alias.asname or alias.name == "*")
        case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in ("importlib", "pkgutil", "runpy", "sys"):
            return any(alias.name in {"modules", "resolve_name", "_getframe"} | ATTRIBUTES for alias in node.names)
    return False


def _body(node: Scope) -> Sequence[ast.AST]:
    return [node.body] if isinstance(node, ast.Lambda) else node.body


def _outside(node: Scope) -> Iterator[ast.AST]:
    """The parts of a function that are evaluated where it is defined."""
    yield node.args
    if not isinstance(node, ast.Lambda):
        yield from node.decorator_list
        if node.returns is not None:
            yield node.returns
        yield from getattr(node, "type_params", [])


def _inside(node: _Comprehension) -> Iterator[ast.AST]:
    yield from (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
    for number, part in enumerate(node.generators):
        yield part.target
        yield from part.ifs
        if number:
            yield part.iter


def _locals(node: Scope) -> frozenset[str]:
    """The names that are certainly local to a function."""
    given = node.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
    body = _body(node)
    bound = {name for part in body for name in _stored(part)}
    return frozenset({argument.arg for argument in every} | (bound - _declared(body, ast.Global, ast.Nonlocal) - _imported(body)))


def _stored(node: ast.AST) -> Iterator[str]:
    """The names that a syntax tree binds in its own scope. Those that inner scopes bind are left out, and so are rare forms."""
    match node:
        case ast.Name():
            if isinstance(node.ctx, ast.Store):
                yield node.id
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            return
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _stored(child)


def _declared(body: Sequence[ast.AST], *kinds: type[ast.Global | ast.Nonlocal]) -> frozenset[str]:
    return frozenset(name for part in body for node in ast.walk(part) if isinstance(node, kinds) for name in node.names)


def _imported(body: Sequence[ast.AST]) -> frozenset[str]:
    found = (node for part in body for node in ast.walk(part) if isinstance(node, ast.Import | ast.ImportFrom))
    return frozenset((alias.asname or alias.name).partition(".")[0] for node in found for alias in node.names)
