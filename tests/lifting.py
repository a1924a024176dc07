"""Comparison of what is lifted with what runs, for the tests of `qedoc.lift`."""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from types import CodeType, FunctionType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp

from qedoc.claims import case
from qedoc.lift.exact import Undefined, holds, value_at
from qedoc.lift.path import Path
from qedoc.lift.trace import run

Point = Sequence[Any]


def of_qedoc(source: str) -> Callable[..., Any]:
    """The function of a lambda expression as if a module of qedoc had it: qedoc makes the structures with which code is called."""
    (code,) = (part for part in compile(source, case.__file__, "eval").co_consts if isinstance(part, CodeType))
    return FunctionType(code, {})


def unknowns(point: Point) -> list[Any]:
    """A symbol for each number of a point: an integer symbol for an int, a real one for a float; an object array for a list."""

    def symbol(name: str, number: Any) -> sp.Symbol:
        return sp.Symbol(name, integer=True) if isinstance(number, int) else sp.Symbol(name, real=True)

    made: list[Any] = []
    for k, number in enumerate(point):
        if isinstance(number, (int, float)):
            made.append(symbol(f"x{k}", number))
        else:
            flat = [symbol(f"x{k}_{i}", entry) for i, entry in enumerate(np.array(number).ravel().tolist())]
            array = np.empty(len(flat), dtype=object)
            array[:] = flat
            made.append(array.reshape(np.shape(number)))
    return made


def assignment(symbols: Sequence[Any], point: Point) -> dict[sp.Symbol, Fraction]:
    """The exact number of each symbol at a point."""
    values: dict[sp.Symbol, Fraction] = {}
    for unknown, number in zip(symbols, point, strict=True):
        if isinstance(unknown, sp.Symbol):
            values[unknown] = Fraction(number)
        else:
            values |= dict(zip(unknown.ravel(), map(Fraction, np.array(number).ravel().tolist()), strict=True))
    return values


def lift(function: Callable[..., Any], point: Point) -> tuple[Path, list[Any]]:
    """Runs a function on unknowns at a point."""
    symbols = unknowns(point)
    arrays = {f"x{k}": unknown for k, unknown in enumerate(symbols) if not isinstance(unknown, sp.Symbol)}

    def call(values: Any) -> Any:
        return function(*(values[u] if isinstance(u, sp.Symbol) else values[f"x{k}"] for k, u in enumerate(symbols)))

    return run(call, assignment(symbols, point), arrays), symbols


def execute(function: Callable[..., Any], point: Point) -> list[float]:
    """All numbers that a function gives at a point, in float64."""
    with jax.enable_x64(True):
        result = function(*(number if isinstance(number, (int, float)) else jnp.asarray(number) for number in point))
        return [float(entry) for leaf in jax.tree.leaves(result) for entry in np.asarray(leaf).ravel()]


def evaluate(value: Any, values: dict[sp.Symbol, Fraction]) -> list[float]:
    """All numbers that a lifted value has at a point; nan where it is undefined or infinite."""

    def number(formula: Any) -> float:
        if isinstance(formula, sp.logic.boolalg.Boolean) and not isinstance(formula, sp.Expr):
            return {True: 1.0, False: 0.0, None: math.nan}[holds(formula, values)]
        try:
            exact = value_at(formula, values)
        except Undefined:
            return math.nan
        decimal = sp.N(exact, 30)
        return float(decimal) if decimal.is_finite else math.nan

    leaves = jax.tree.leaves(value, is_leaf=lambda leaf: isinstance(leaf, (sp.Basic, np.ndarray)))
    return [number(formula) for leaf in leaves for formula in np.ravel(np.array(leaf, dtype=object))]


def disagreements(function: Callable[..., Any], points: Sequence[Point], *, relative: float = 1e-9) -> list[str]:
    """Where formula and execution differ: each point's path is compared at every point that satisfies its conditions."""
    found = []
    executed = [execute(function, point) for point in points]
    for start, began in zip(points, executed, strict=True):
        path, symbols = lift(function, start)
        assert path.raised is None, path.raised
        assert path.consistent, (start, path.conditions)
        concrete = [float(entry) for leaf in jax.tree.leaves(path.concrete) for entry in np.ravel(leaf)]
        if not np.allclose(concrete, began, rtol=1e-12, atol=1e-14, equal_nan=True):
            found.append(f"at {start} the concrete values are {concrete}, execution gives {began}")
        for point, ran in zip(points, executed, strict=True):
            values = assignment(symbols, point)
            if not all(holds(condition, values) for condition in path.conditions):
                continue
            formula = evaluate(path.value, values)
            assert len(formula) == len(ran)
            for mine, its in zip(formula, ran, strict=True):
                both_undefined = math.isnan(mine) and not math.isfinite(its)
                if not both_undefined and not math.isclose(mine, its, rel_tol=relative, abs_tol=1e-12):
                    found.append(f"lifted at {start}, compared at {point}: formula {mine}, execution {its}; {path.value}")
    return found
