"""The structures of a spec's arguments at fixed sizes: lists, dicts and arrays with every index replaced by its values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from qedoc.claims.spec import Array, Dict, ForAll, Index, List, Spec
from qedoc.claims.unroll import unroll


@dataclass(frozen=True, slots=True)
class Stack:
    """An array argument with symbolic entries.

    Args:
        entries: expressions, or stacks along the next axis. All have the same shape.
    """

    entries: tuple[Any, ...]


def indices_of(spec: Spec, sizes: Mapping[sp.Symbol, int]) -> dict[Any, list[tuple[int, ...]]]:
    """The indices of each IndexedBase, as they occur in the structures that the target is called with."""
    found: dict[Any, list[tuple[int, ...]]] = {}

    def visit(template: Any, at: Mapping[Any, int]) -> None:
        match template:
            case List(item=item, index=index):
                for k in _range(index, sizes):
                    visit(item, {**at, index[0]: k})
            case Dict(key=key, value=value, index=index):
                for k in _range(index, sizes):
                    visit([key, value], {**at, index[0]: k})
            case Array(item=item, indices=(index, *inner)):
                for k in _range(index, sizes):
                    visit(Array(item, *inner) if inner else item, {**at, index[0]: k})
            case Mapping():
                for pair in template.items():
                    visit(list(pair), at)
            case list() | tuple():
                for item in template:
                    visit(item, at)
            case sp.Basic():
                for element in unroll(template.subs(dict(at)), sizes).atoms(sp.Indexed):
                    known = found.setdefault(element.base.label, [])
                    indices = tuple(map(int, element.indices))
                    if indices not in known:
                        known.append(indices)

    for template in (*spec.bind.values(), *([spec.minimum.point] if spec.minimum is not None else [])):
        visit(template, {})
    return found


def _range(index: Index, sizes: Mapping[sp.Symbol, int]) -> range:
    _, first, last = index
    return range(int(sp.sympify(first).subs(sizes)), int(sp.sympify(last).subs(sizes)) + 1)


def translated(template: Any, sizes: Mapping[sp.Symbol, int], symbols: Mapping[Any, Any], spec: Spec) -> Any:
    """A structure at fixed sizes, with the symbols of the case in it.

    Args:
        template: a structure of the spec language, or an expression.
        sizes: the value of each size symbol.
        symbols: the symbol of the case for each symbol and entry of the spec.
        spec: the spec, for error messages.

    Raises:
        SpecError: for an index that is out of range.
    """

    def at(item: Any, index: Index) -> list[Any]:
        return [_substitute(item, index[0], k) for k in _range(index, sizes)]

    def go(part: Any) -> Any:
        return translated(part, sizes, symbols, spec)

    match template:
        case List(item=item, index=index):
            return [go(part) for part in at(item, index)]
        case Array(item=item, indices=(index, *inner)):
            parts = at(Array(item, *inner) if inner else item, index)
            return Stack(tuple(go(part) for part in parts))
        case Dict(key=key, value=value, index=index):
            return {go(k): go(v) for k, v in zip(at(key, index), at(value, index), strict=True)}
        case ForAll(condition=condition, index=index):
            return [go(part) for part in at(condition, index)]
        case Mapping():
            return {go(key): go(value) for key, value in template.items()}
        case list():
            return [go(item) for item in template]
        case tuple():
            return tuple(go(item) for item in template)
        case sp.Basic():

            def leaf(part: sp.Basic) -> sp.Basic:
                unknown = [e for e in part.atoms(sp.Indexed) if e not in symbols]
                if unknown:
                    raise spec.refuse(f"the index of {unknown[0]} is out of range; bind= declares {', '.join(sorted(map(str, symbols)))}")
                return _with_real_functions(part.xreplace(dict(symbols)))

            return unroll(template, sizes, leaf)
        case _:
            return template


def _with_real_functions(expression: sp.Basic) -> sp.Basic:
    """Declares the values of opaque functions as real, as the lifter does."""
    calls = expression.atoms(sp.core.function.AppliedUndef)
    return expression.xreplace({call: sp.Function(call.func.__name__, real=True)(*map(_with_real_functions, call.args)) for call in calls})


def _substitute(template: Any, variable: sp.Symbol, value: int) -> Any:
    """Replaces an index variable by its value in a template."""
    match template:
        case Mapping():
            return {_substitute(k, variable, value): _substitute(v, variable, value) for k, v in template.items()}
        case list() | tuple():
            return type(template)(_substitute(item, variable, value) for item in template)
        case Array(item=item, indices=indices):
            return Array(_substitute(item, variable, value), *_substitute(indices, variable, value))
        case sp.Basic():
            return template.subs(variable, value)
        case _:
            return template
