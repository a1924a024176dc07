"""Lifts the formula that a target computes: of a number, of each part of its result, or of an optimizer's steps."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import sympy as sp

from qedoc.algebra.recurrences import Recurrence
from qedoc.claims.domain import Reals
from qedoc.claims.spec import Declaration, Parameter, Spec, Variable
from qedoc.claims.steps import UPDATE, Steps, holder, steps
from qedoc.claims.target import call_by_name, resolve, signature_check
from qedoc.errors import TargetError, attempt
from qedoc.judge import infer
from qedoc.judge.describe import settled
from qedoc.judge.lifted_rules import inferred, lifted_rule
from qedoc.judge.pair import Pair
from qedoc.judge.paths import formula
from qedoc.judge.shortened import ordered, presented, shortened, valued
from qedoc.results.verdict import Formula

STATES = frozenset({"carry", "hidden", "state"})
"""The names of a first parameter that is a state, of which a function returns the next one."""

MOST_PARTS = 12
"""Maximum number of parts of a result that are lifted."""


def lifted(target: str, spec: Spec | None, letters: Mapping[str, str] | None = None, settings: Mapping[str, Any] | None = None) -> Formula:
    """Returns the formula that the code computes.

    Args:
        target: dotted path of the function.
        spec: declares the symbols and the domain. Without a spec, the parameters that are numbers become unknowns.
        letters: the letter of a parameter, by parameter, if there is no spec.
        settings: values of parameters, if there is no spec.

    Raises:
        TargetError: for a target that cannot be called with numbers.
        UnsupportedError: for code that qedoc has no rule for.
    """
    if spec is not None:
        function = resolve(spec.target)
        if isinstance(function, Steps) and isinstance(spec.formula, Recurrence):
            return presented(lifted_rule(spec.target, function, spec))
        return infer.lifted(target, spec)
    path, function = _steps(target, {**(settings or {}), **dict.fromkeys(letters or {}, 0.5)})
    if isinstance(function, Steps):
        signature_check(target, function, [*(settings or {}), *(letters or {})])
        return presented(lifted_rule(target, function, _with(inferred(path, function), letters or {}, settings or {})))
    if letters or settings:
        raise TargetError(f"{target}: --bind and --set are for optimizers; write a spec that binds its parameters")
    found = next(_of_parts(target, function), None)
    return infer.lifted(target, None) if found is None else found


def _with(spec: Spec, letters: Mapping[str, str], settings: Mapping[str, Any]) -> Spec:
    """The spec of an optimizer with other letters and values of its parameters."""
    kept = [d for d in spec.symbols if getattr(d, "name", None) not in (*letters, *settings)]
    declared: list[Declaration] = [Parameter(sp.Symbol(letter), name, Reals(above=0), "") for name, letter in letters.items()]
    return replace(spec, symbols=[*declared, *kept], bind={**spec.bind, **settings})


def _steps(target: str, arguments: Mapping[str, Any]) -> tuple[str, Callable[..., Any]]:
    """The steps of a target that gives an optimizer, with their path; anything else as it is."""
    function = resolve(target)
    if isinstance(function, Steps):
        return target, function
    held = holder(function)
    if held is not None:
        return f"{target}.{held.attribute}", Steps(held, UPDATE)
    made = steps(function, UPDATE)
    if made is None and not isinstance(function, type) and _gives_steps(function, arguments):
        made = Steps(function, UPDATE)
    return (target, function) if made is None else (target, made)


def _gives_steps(function: Callable[..., Any], arguments: Mapping[str, Any]) -> bool:
    """Whether a function returns an object with `init` and `update`."""

    def called() -> Any:
        needed = [p.name for p in inspect.signature(function).parameters.values() if p.default is p.empty]
        return call_by_name(function, {**dict.fromkeys(needed, 0.5), **arguments})

    result = attempt(called, None)
    return isinstance(result, tuple) and all(callable(getattr(result, name, None)) for name in ("init", "update"))


def _of_parts(target: str, function: Callable[..., Any]) -> Iterator[Formula]:
    """The formulas of the parts of a result that is a tuple; nothing for any other result."""
    for spec, values in _called(target, function):
        result = attempt(partial(call_by_name, function, values), None)
        if result is None:
            continue
        places = list(_places(result))
        if isinstance(result, tuple | list) and 0 < len(places) <= MOST_PARTS:
            yield _parts(spec, function, result, places)
        return


def _called(target: str, function: Callable[..., Any]) -> Iterator[tuple[Spec, dict[str, Any]]]:
    """Ways to call a function with numbers: a state may also be a tuple of some."""
    try:
        parameters = [p for p in inspect.signature(function).parameters.values() if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    except (TypeError, ValueError):
        return
    unknown = [p for p in parameters if not isinstance(p.default, infer.SWITCHES)]
    for many in (1, 2, 3, 4):
        symbols: list[Declaration] = [Parameter(sp.Symbol(p.name), p.name, Reals(), "") for p in unknown]
        values: dict[str, Any] = dict.fromkeys((p.name for p in unknown), 1.0)
        bind: dict[str, Any] = {}
        if many > 1:
            if not unknown or unknown[0].name not in STATES:
                return
            name = unknown[0].name
            parts = tuple(sp.Symbol(f"{name}_{k}") for k in range(1, many + 1))
            symbols = [*(Variable(part, Reals(), "") for part in parts), *symbols[1:]]
            bind, values[name] = {name: parts}, (1.0,) * many
        yield Spec(target=target, formula=sp.S.Zero, symbols=symbols, bind=bind), values


def _places(result: Any) -> Iterator[tuple[int, ...]]:
    """The place of each number in nested tuples."""
    if isinstance(result, tuple | list):
        for k, part in enumerate(result):
            yield from ((k, *inner) for inner in _places(part))
    elif getattr(result, "shape", ()) == ():
        yield ()


def _parts(spec: Spec, function: Callable[..., Any], result: Any, places: list[tuple[int, ...]]) -> Formula:
    """The formula of each part of a result, as lines: as a rule if it takes a state and returns the next one."""
    values = [_formula(replace(spec, entry=place)) for place in places]
    own = {s: plain for value in values for s in value.free_symbols for d in spec.symbols if s.name == (plain := d.symbol).name}
    state = [d.symbol for d in spec.symbols if d.symbol.name.rstrip("_0123456789") in STATES]
    after = [place for place in places if place[0] == 0]
    t = sp.Symbol("t", integer=True, positive=True)
    if not (state and len(result) == 2 and len(after) == len(state)):
        lines = [(sp.IndexedBase("y")[tuple(k + 1 for k in place)], value) for place, value in zip(places, values, strict=True)]
        return presented(Recurrence(lines[-1][0], lines, {}, (t, t)))
    rest = len(places) - len(after)
    outputs = [sp.IndexedBase("y")] if rest == 1 else [sp.IndexedBase(f"y_{k + 1}") for k in range(rest)]
    given = {p.name for p in inspect.signature(function).parameters.values() if p.default is p.empty}
    before = {s: sp.IndexedBase(s.name)[t - 1] for s in state} | {
        s: sp.IndexedBase(s.name)[t] for d in spec.symbols if (s := d.symbol) not in state and s.name in given
    }
    named = [sp.IndexedBase(s.name)[t] for s in state] + [base[t] for base in outputs]
    told = [value.xreplace({s: before.get(plain, plain) for s, plain in own.items()}) for value in values]
    lines = ordered(shortened(dict(zip(named, told, strict=True))))
    return presented(Recurrence(lines[-1][0], lines, {}, (t, t)))


def _formula(spec: Spec) -> sp.Expr:
    """The formula of the code, where it has a value."""
    pair = Pair(spec, {})
    pair.code.explore(pair.facts)
    if not pair.code.branches:
        raise TargetError(f"{spec.target}: found no point at which the code can be lifted")
    return valued(settled(formula(pair.code.branches), pair.facts))
