"""Reads the formula of array code with symbolic lengths: one formula in indices, for every length."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from functools import partial as bound
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp
from jax import export

from qedoc.algebra.conditions import RELATIONS, is_condition, relate
from qedoc.algebra.large import LARGE
from qedoc.algebra.partial import Partial, partial
from qedoc.errors import QedocError, UnsupportedError, told
from qedoc.lift.fields import Field, FieldStep, numeric
from qedoc.lift.gathers import ALL_RULES
from qedoc.lift.hidden import by_rows, finite, is_hidden, selected, without_cases
from qedoc.lift.jax_internals import Literal, opened
from qedoc.lift.literals import literal
from qedoc.lift.rules import REQUIREMENTS, SILENT, is_lazy, kind, rule_for
from qedoc.lift.symbolic import ENTERED, traced

LETTERS = ("k", "l", "r", "s", "t", "u", "v", "w")
"""Names of the indices of sums, if the formula does not use them for something else."""

RESULT_LETTERS = ("i", "j", "g", "h")
"""Names of the indices of the result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsized:
    """The formula of an array result for every length.

    Args:
        arguments: the dimensions of each argument.
        shape: the dimensions of the result.
        indices: the indices of the result, which count from 0.
        value: the entry at these indices.
        apart: pairs of lengths that the code takes for different, as `watched` gives them. The formula need not hold where they are equal.
    """

    arguments: tuple[tuple[sp.Expr, ...], ...]
    shape: tuple[sp.Expr, ...]
    indices: tuple[sp.Symbol, ...]
    value: sp.Expr
    apart: tuple[tuple[str, Any], ...] = ()


def read_unsized(
    call: Callable[..., Any], arrays: Mapping[str, Any], shapes: Mapping[str, str], least: Mapping[str, int] | None = None
) -> Unsized:
    """Reads the formula that code computes for arrays of every length.

    Args:
        call: takes the arguments in the order of `arrays`.
        arrays: for each argument an IndexedBase, or a symbol for a number.
        shapes: the shape of each array as `jax.export.symbolic_shape` reads it, such as `m, n`. Lengths are at least 1.
        least: the smallest values of lengths that may not be 1.

    Raises:
        UnsupportedError: if the code depends on single lengths, or does something that has no rule for all of them.
    """
    scope = export.SymbolicScope([f"{length} >= {low}" for length, low in (least or {}).items()])
    with jax.enable_x64(True):
        dims = [export.symbolic_shape(shapes[name], scope=scope) if name in shapes else () for name in arrays]
        jaxpr, result, asked = traced(call, dims, list(map(_dtype, arrays.values())))
        if len(jax.tree.leaves(result)) != 1:
            raise UnsupportedError("the code returns several arrays", None)
        reader = _Reader()
        operands = [_field(symbol, reader.shape(shape)) for symbol, shape in zip(arrays.values(), dims, strict=True)]
        try:
            (field,) = reader.evaluate(*opened(jaxpr), operands)
            found = _named(field, set(map(str, arrays.values())), tuple(operand.shape for operand in operands))
        except QedocError:
            raise
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError, NotImplementedError) as error:
            raise UnsupportedError(f"the code could not be read for every length: {told(error)}", None) from error
    return replace(found, apart=tuple((str(length), other) for length, other in asked))


def _dtype(symbol: Any) -> Any:
    return jnp.int64 if symbol.is_integer else jnp.float64


def _field(symbol: Any, shape: tuple[sp.Expr, ...]) -> Field:
    return Field(shape, lambda places: symbol[places] if shape else symbol)


class _Reader:
    """Interprets a jaxpr whose dimensions are symbolic."""

    def dimension(self, length: Any) -> sp.Expr:
        """A dimension as an expression.

        Raises:
            UnsupportedError: if it is no polynomial of the lengths.
        """
        if isinstance(length, int | np.integer):
            return sp.Integer(int(length))
        text = str(length)
        if any(word in text for word in ("floordiv", "mod", "max", "min", "non_negative")):
            raise UnsupportedError(f"an axis of length {text} is not read for every length", None)
        names = {name: sp.Symbol(name, integer=True, positive=True) for name in _words(text)}
        return sp.sympify(text, locals=names)

    def shape(self, lengths: Sequence[Any]) -> tuple[sp.Expr, ...]:
        """A shape as expressions."""
        return tuple(map(self.dimension, lengths))

    def evaluate(self, jaxpr: Any, consts: Sequence[Any], arguments: Sequence[Field]) -> list[Field]:
        """The results of a jaxpr."""
        known = dict(zip(jaxpr.constvars, map(self.constant, consts), strict=True)) | dict(zip(jaxpr.invars, arguments, strict=True))

        def read(atom: Any) -> Field:
            return self.constant(atom.val) if isinstance(atom, Literal) else known[atom]

        for equation in jaxpr.eqns:
            made = self.interpret(equation, [read(atom) for atom in equation.invars])
            known |= zip(equation.outvars, map(_remembered, made), strict=True)
        return [read(atom) for atom in jaxpr.outvars]

    def constant(self, value: Any) -> Field:
        """A number of the code, or an array of equal numbers.

        Raises:
            UnsupportedError: for an array of different numbers.
        """
        array = np.asarray(value)
        if array.size == 0 or ((array != array.ravel()[0]).any() and not np.isnan(array).all()):
            raise UnsupportedError("an array of constants is not read for every length", None)
        entry = literal(array.ravel()[0], array.dtype)
        return Field(self.shape(array.shape), lambda places: entry)

    def interpret(self, equation: Any, operands: list[Field]) -> list[Field]:
        """The results of a primitive.

        Raises:
            UnsupportedError: if it has no rule.
        """
        name, params = equation.primitive.name, equation.params
        if name in ENTERED:
            return self.evaluate(*opened(params.get(ENTERED[name]) or params["jaxpr"]), operands)
        shapes = tuple(self.shape(out.aval.shape) for out in equation.outvars)
        if name == "cond":
            return self.branched(params["branches"], operands[0].at(()), operands[1:])
        if name in ALL_RULES:
            return ALL_RULES[name](FieldStep(params=params, operands=tuple(operands), shapes=shapes, dimension=self.dimension))
        dtype = equation.invars[-1].aval.dtype if equation.invars else None
        if rule_for(name, dtype) is None or name in REQUIREMENTS:
            raise UnsupportedError(f"the primitive {name} has no rule for every length", None)
        if any(kind(out.aval.dtype) not in ("bool", "integer", "real") for out in equation.outvars):
            raise UnsupportedError(f"the primitive {name} gives {equation.outvars[0].aval.dtype}", None)
        return [Field(shapes[0], lambda places: _elementwise(name, dtype, params, [_entry(field, places) for field in operands]))]

    def branched(self, branches: Sequence[Any], choice: Any, operands: list[Field]) -> list[Field]:
        """The results of the branch with a number, or cases of them. A number outside counts as the nearest one."""
        last = len(branches) - 1
        if choice.is_Integer:
            return self.evaluate(*opened(branches[min(max(int(choice), 0), last)]), operands)
        choice = numeric(choice)
        made = [self.evaluate(*opened(branch), operands) for branch in branches]
        return [Field(results[0].shape, bound(_chosen, results, choice)) for results in zip(*made, strict=True)]


def _chosen(results: Sequence[Field], choice: sp.Expr, places: tuple[sp.Expr, ...]) -> Any:
    """An entry of the result with a number, from 0 on."""
    *others, value = [_entry(field, places) for field in results]
    for place, other in reversed(list(enumerate(others))):
        value = selected(relate("le", choice, sp.Integer(place)), other, value)
    return value


def _remembered(field: Field) -> Field:
    """The same array, whose entry at some indices is always made with the same indices of sums, so that equal conditions look alike."""
    return Field(field.shape, cache(field.at))


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d]\w*", text))


def _entry(field: Field, places: tuple[sp.Expr, ...]) -> Any:
    return field.at(places if field.shape else ())


def _elementwise(name: str, dtype: Any, params: Mapping[str, Any], values: list[Any]) -> Any:
    """The rule of single numbers. Where the result has a value, it is the value of the rule."""
    if name == "select_n" and any(map(is_hidden, values)) and is_condition(values[0]):
        return selected(values[0], values[2], values[1])
    if name == "convert_element_type" and kind(params["new_dtype"]) != "real" and any(map(is_hidden, values)):
        raise UnsupportedError("an infinity as an integer is not read for every length", None)
    rule: Any = rule_for(name, dtype)
    spoken = {key: value for key, value in params.items() if key not in SILENT}

    def plain(finite_values: Sequence[Any]) -> Any:
        result = rule(*map(partial, finite_values), **spoken) if is_lazy(name, dtype) else rule(*finite_values, **spoken)
        return result.value if isinstance(result, Partial) else result

    return by_rows(name, [*map(without_cases, values)] if name in RELATIONS else values, plain)


def _named(field: Field, taken: set[str], arguments: tuple[tuple[sp.Expr, ...], ...]) -> Unsized:
    """Gives the indices of the result and of the sums their names."""
    letters = [letter for letter in RESULT_LETTERS if letter not in taken]
    if len(letters) < len(field.shape):
        raise UnsupportedError("the result has too many axes", None)
    indices = tuple(sp.Symbol(letter, integer=True, nonnegative=True) for letter, _ in zip(letters, field.shape, strict=False))
    value = finite(numeric(field.at(indices)))
    if any(symbol.name.startswith("_k") for symbol in value.free_symbols if isinstance(symbol, sp.Symbol)):
        raise UnsupportedError("a case depends on the index of a sum", None)
    lengths = {symbol.name for length in field.shape for symbol in length.free_symbols}
    used = taken | lengths | {str(symbol) for symbol in value.free_symbols} | set(map(str, indices))
    free = [letter for letter in LETTERS if letter not in used]
    return Unsized(arguments=arguments, shape=field.shape, indices=indices, value=_renamed(value, free, 0))


def _renamed(value: Any, letters: Sequence[str], depth: int) -> Any:
    """Renames the indices of sums by how deep they are nested."""
    if not isinstance(value, sp.Basic) or not value.has(*LARGE):
        return value
    if not isinstance(value, LARGE):
        parts = [_renamed(part, letters, depth) for part in value.args]
        return sp.Piecewise(*parts, evaluate=False) if isinstance(value, sp.Piecewise) else value.func(*parts)
    body, *limits = value.args
    if depth + len(limits) > len(letters):
        raise UnsupportedError("the sums are nested too deeply", None)
    names = [sp.Symbol(letter, integer=True, nonnegative=True) for letter in letters[depth : depth + len(limits)]]
    put = {old: new for (old, _, _), new in zip(limits, names, strict=True)}
    body = _renamed(body, letters, depth + len(limits)).xreplace(put)
    return value.func(body, *((put[old], low.xreplace(put), high.xreplace(put)) for old, low, high in limits))
