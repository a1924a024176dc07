"""Looks in the source of a function for what one step of a loop may leave behind, besides the variables of the loop."""

import ast
import builtins
import inspect
import textwrap
from collections.abc import Callable, Iterator
from fractions import Fraction
from types import FunctionType, ModuleType
from typing import Any

import jax
import numpy as np

LIBRARIES = frozenset({"jax", "jaxlib", "math", "functools", "fractions", "typing"})
"""Packages whose functions change nothing that the caller sees. NumPy is none: `copyto`, `put` and `random` do."""

METHODS = frozenset({"items", "keys", "values", "astype", "reshape", "item", "sum", "max", "min", "mean"})
"""Methods that change nothing."""

CHANGING = frozenset(
    {"setattr", "delattr", "exec", "eval", "compile", "open", "input", "next", "iter", "globals", "locals", "vars", "__import__", "print"}
)
"""Builtins that change something, or that give access to what others change."""

DEEPEST = 8
"""How many calls within calls are followed."""

_REFUSED = (
    *(ast.Global, ast.Nonlocal, ast.ClassDef, ast.Delete, ast.NamedExpr),
    *(ast.Try, ast.TryStar, ast.With, ast.Yield, ast.YieldFrom, ast.Await),
)
"""Statements that change what lies outside of a step, or that may hide an error."""


def impurity(function: Callable[..., Any], depth: int = 0) -> str | None:
    """Returns what a function may change that outlives it, or why this is not known; None if it changes nothing.

    Args:
        function: a function.
        depth: the number of calls around it.
    """
    if not isinstance(function, FunctionType):
        return f"{getattr(function, '__name__', 'the target')} is no plain function"
    if depth > DEEPEST:
        return "the code calls functions within functions, too many to follow"
    try:
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    except (OSError, TypeError, SyntaxError, ValueError):
        return f"the source of {function.__name__} is not known"
    if not isinstance(tree, ast.FunctionDef):
        return f"the source of {function.__name__} is no definition of a function"
    kept = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    if not all(map(_is_constant, kept)):
        return f"{function.__name__} has a default that may change"
    return next(_impurities(tree, function, depth), None)


def _impurities(tree: ast.FunctionDef, function: FunctionType, depth: int) -> Iterator[str]:
    own = _own_names(tree)
    for node in ast.walk(tree):
        where = f"line {getattr(node, 'lineno', 0)} of {function.__name__}"
        if isinstance(node, _REFUSED):
            yield f"{where} has a statement that is not followed: {type(node).__name__.lower()}"
        elif isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):
            yield f"{where} calls something for its effect"
        elif isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            yield f"{where} changes an object"
        elif isinstance(node, ast.Name) and node.id not in own and not _is_constant(_value(node, function)):
            yield f"{where} reads {node.id}, which may change"
        elif isinstance(node, ast.Call):
            yield from _of_call(node.func, function, own, depth, where)


def _of_call(called: ast.expr, function: FunctionType, own: set[str], depth: int, where: str) -> Iterator[str]:
    if isinstance(called, ast.Attribute) and _root(called) in own | {None}:
        if called.attr not in METHODS:
            yield f"{where} calls the method {called.attr}, which may change an object"
        return
    if isinstance(called, ast.Name | ast.Subscript) and _root(called) in own:
        return  # a function that is an argument or an entry, of which nothing is assumed, or one that is defined here
    value = _value(called, function)
    if value is None:
        yield f"{where} calls {ast.unparse(called)}, which is not known"
        return
    package = (value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None) or "").partition(".")[0]
    if package in LIBRARIES or isinstance(value, np.ufunc) or (isinstance(value, type) and issubclass(value, BaseException)):
        return
    if package == "builtins" or getattr(builtins, getattr(value, "__name__", ""), None) is value:
        if value.__name__ in CHANGING:
            yield f"{where} calls {value.__name__}"
        return
    inner = impurity(value, depth + 1)
    if inner is not None:
        yield inner


def _is_constant(value: Any) -> bool:
    """Whether a value stays as it is: a number, a text, a function, a class, a module, an array of JAX, or a tuple of these."""
    if isinstance(value, tuple | frozenset):
        return all(map(_is_constant, value))
    plain = isinstance(value, int | float | complex | str | bytes | Fraction | ModuleType | type | None)
    return plain or isinstance(value, jax.Array | np.ufunc | np.generic) or callable(value)


def _own_names(tree: ast.FunctionDef) -> set[str]:
    """The names that are bound in a definition: parameters, variables, functions inside."""
    found = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    found |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return found | {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node is not tree}


def _root(called: ast.expr) -> str | None:
    while isinstance(called, ast.Attribute | ast.Subscript):
        called = called.value
    return called.id if isinstance(called, ast.Name) else None


def _value(called: ast.expr, function: FunctionType) -> Any:
    """What a dotted name stands for in the module or the surroundings of a function; None if this is not known."""
    names: list[str] = []
    while isinstance(called, ast.Attribute):
        names.insert(0, called.attr)
        called = called.value
    if not isinstance(called, ast.Name):
        return None
    closure = inspect.getclosurevars(function)
    value = {**closure.builtins, **vars(builtins), **function.__globals__, **closure.nonlocals}.get(called.id)
    for name in names:
        value = getattr(value, name, None)
    return value
