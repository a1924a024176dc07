"""Builds a spec without a formula from a function's signature, enough to lift the formula that the code computes."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import jax.numpy as jnp
import sympy as sp

from qedoc.claims.domain import Integers, Reals
from qedoc.claims.spec import Argument, Declaration, Parameter, Spec
from qedoc.claims.target import call_by_name, resolve
from qedoc.errors import ShapeError, TargetError
from qedoc.judge.cases import flattened
from qedoc.judge.describe import described, written
from qedoc.judge.every_length import lifted_for_every_length, lifted_of_claim
from qedoc.judge.pair import Pair
from qedoc.judge.paths import formula
from qedoc.judge.shortened import presented, valued
from qedoc.results.verdict import Formula

SWITCHES = (bool, str, type(None))


def lifted(target: str, spec: Spec | None) -> Formula:
    """Returns the formula that the code computes.

    Args:
        target: dotted path of the function.
        spec: declares the symbols and the domain. Without a spec, the parameters of a function that sums or compares the entries of
            arrays, or takes no numbers, become arrays of any length n. The parameters of any other function become real or integer
            unknowns, and so do the parameters of a function that it returns. Parameters whose default is a bool, a string or None keep
            that default. Points at which the code has no value are left out then.

    Raises:
        TargetError: for a target that cannot be called with numbers.
        UnsupportedError: for code that qedoc has no rule for.
    """
    whole = lifted_for_every_length(target) if spec is None else lifted_of_claim(spec) if spec.natural else None
    if whole is not None:
        return written(whole)
    try:
        return _of_numbers(target, spec)
    except (TargetError, ShapeError):
        whole = lifted_for_every_length(target, only_sums=False) if spec is None else None
        if whole is None:
            raise
        return written(whole)


def _of_numbers(target: str, spec: Spec | None) -> Formula:
    pair = Pair(spec or infer(target), {} if spec is None else _smallest(spec))
    pair.code.explore(pair.facts)
    if not pair.code.branches:
        raise TargetError(f"{target}: found no point at which the code can be lifted")
    if spec is not None:
        return described(formula(pair.code.branches), pair.facts)
    return presented(flattened(valued(flattened(formula(pair.code.branches), pair.facts)), pair.facts))


def _smallest(spec: Spec) -> dict[str, int]:
    from qedoc.sources.specfiles import sizes

    made = sizes(spec)
    return made[min(2, len(made) - 1)]


def infer(target: str) -> Spec:
    """Builds a spec that binds each parameter of the target to a symbol of the same name. Its formula is a placeholder, 0.

    Args:
        target: dotted path of the function.
    """
    function = resolve(target)
    outer = _unknowns(target, function)
    symbols: list[Declaration] = [Parameter(sp.Symbol(name), name, _domain(p), "") for name, p in outer.items()]
    inner = _returned(target, function, outer)
    if inner is not None:
        symbols += [Argument(sp.Symbol(_fresh(name, outer)), name, _domain(p), "") for name, p in _unknowns(target, inner).items()]
    return Spec(target=target, formula=sp.Integer(0), symbols=symbols)


def _fresh(name: str, taken: dict[str, Any]) -> str:
    return name if name not in taken else f"{name}'"


def _unknowns(target: str, function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError) as error:
        raise TargetError(f"{target}: cannot read its signature ({error}); write a spec that binds its parameters") from error
    plain = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_ONLY)
    return {p.name: p for p in parameters if p.kind in plain and not isinstance(p.default, SWITCHES)}


def _domain(parameter: inspect.Parameter) -> Reals | Integers:
    return Integers() if parameter.annotation in (int, "int") else Reals()


def _returned(target: str, function: Callable[..., Any], outer: dict[str, inspect.Parameter]) -> Callable[..., Any] | None:
    """The function that the target returns, or None if it does not return one."""
    errors: list[Exception] = []
    for values in _numbers(outer):
        try:
            result = call_by_name(function, values)
        except Exception as error:  # noqa: BLE001  # the user's code may raise anything
            errors.append(error)
        else:
            return result if callable(result) else None
    found = f"{type(errors[0]).__name__}: {errors[0]}"
    raise TargetError(f"{target} cannot be called with numbers ({found}); write a spec that binds its parameters") from errors[0]


def _numbers(outer: dict[str, inspect.Parameter]) -> Iterator[dict[str, Any]]:
    """Numbers for the parameters of a function: code may demand that some differ, that they are no integers, or that they have a dtype."""
    yield dict.fromkeys(outer, 1)
    yield {name: place for place, name in enumerate(outer, start=1)}
    yield {name: place / 2 for place, name in enumerate(outer, start=1)}
    yield {name: jnp.asarray(place / 2) for place, name in enumerate(outer, start=1)}
