"""Classes of solvers, whose objects hold an objective function: one step from the value and the gradient of the objective.

A solver has a method that starts it, `init_state(params, ...)` or `init(params, ...)`, and one for a step, `update(params, state, ...)` or
`step(params, state, ...)`, which returns the parameters and the state after it.
"""

import inspect
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from qedoc.claims.members import parameters

BEND, OTHER_BEND = 0.40625, 1.28125
"""The curvature of the objective of a step, and another one. Value and gradient at the parameters of the step do not depend on it."""

_STARTS, _STEPS = ("init_state", "init"), ("update", "step")
_POINT = re.compile(r"(?:(?:init|initial)_)?(?:params?|parameters|weights?|[xwyz]|theta|iterates?|points?|variables?)(?:_?0|_init)?")
"""What the argument is called that is the parameters."""

_STATE = re.compile(r"(?:\w+_)?state")
_VALUE = re.compile(r"f|func?|fn|function|(?:objective|loss|cost|energy|value)(?:_(?:f|func?|fn|function))?")
"""What a function is called that returns a value to be minimised."""

_GRADIENT = re.compile(r"(?:grad(?:ient)?|df)(?:_(?:f|func?|fn|function))?|(?:f|func?|fn|objective|loss)_(?:grad|gradient)")
"""What a function is called that returns a gradient."""

_BOTH = re.compile(r"(?:value|f|func?|fn|loss)_and_grad(?:ient)?(?:_(?:f|func?|fn|function))?")
_STATE_FIRST = re.compile(r"\breturn\s+\(?\s*(?:\w+_)?state\w*\s*,")
"""Code that returns the state before the parameters."""


def _valued(params: Any, gradient: Any, value: Any, at: Any, bend: float) -> Any:
    import jax.numpy as jnp  # the import takes seconds

    apart = params - at
    return value + jnp.sum(gradient * apart) + bend * jnp.sum(apart**2)


def _sloped(params: Any, gradient: Any, value: Any, at: Any, bend: float) -> Any:
    del value
    return gradient + 2 * bend * (params - at)


def _both(params: Any, gradient: Any, value: Any, at: Any, bend: float) -> Any:
    return _valued(params, gradient, value, at, bend), _sloped(params, gradient, value, at, bend)


_WRITTEN = {
    _valued: f"v + jnp.sum(g * (p - q)) + {BEND} * jnp.sum((p - q)**2)",
    _sloped: f"g + {2 * BEND} * (p - q)",
    _both: f"(v + jnp.sum(g * (p - q)) + {BEND} * jnp.sum((p - q)**2), g + {2 * BEND} * (p - q))",
}
"""The text of the value of each kind of objective."""


@dataclass(frozen=True, slots=True)
class Solver:
    """A class of solvers as a function of its options. It returns a solver to which each step hands an objective of its own.

    Args:
        owner: the class.
        objective: the parameter of the constructor that is the objective.
        oracle: what the objective returns, as a function of the parameters, the gradient, the value, the point that has them, and the
            curvature.
        start: the name of the method that starts it.
        step: the name of the method for a step.
        passes: whether the methods pass further arguments to the objective.
        bend: the curvature of the objective of each step.
    """

    owner: type
    objective: str
    oracle: Callable[..., Any]
    start: str
    step: str
    passes: bool
    bend: float = BEND

    @property
    def __name__(self) -> str:
        return self.owner.__name__

    @property
    def __module__(self) -> str:  # type: ignore[override]  # typeshed lets it be assigned; objects of this class are frozen
        return self.owner.__module__

    @property
    def __wrapped__(self) -> Any:
        """The code of a step, from which the numbers in it are collected."""
        return getattr(self.owner, self.step)

    @property
    def __signature__(self) -> inspect.Signature:
        options = [p for name, p in parameters(self.owner).items() if name != self.objective]
        return inspect.Signature([p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in options])

    def __call__(self, **options: Any) -> "Solving":
        """Returns a new solver.

        Args:
            options: the arguments of the constructor beside the objective.
        """
        return Solving(self, options)

    def lines(self, path: str, options: Mapping[str, str], steps: list[tuple[str, str]], params: str) -> str:
        """Lines of Python, separated by semicolons, that run the steps from the parameters `p` on.

        Args:
            path: the dotted path of the class.
            options: the text of each option, by keyword.
            steps: the text of the gradient and of the value of the objective for each step; an empty value for any.
            params: the text of the parameters before the first step.
        """
        given = "".join(f", {name}={text}" for name, text in options.items())
        oracle = _WRITTEN[self.oracle]
        fed = [f"d = ({gradient}, {value or f'jnp.sum({gradient} * p)'}, p)" for gradient, value in steps]
        if self.passes:
            made, solver, more = f"o = {path}({self.objective}=lambda p, g, v, q: {oracle}{given})", "o", ", *d"
        else:
            made, solver, more = f"o = lambda g, v, q: {path}({self.objective}=lambda p: {oracle}{given})", "o(*d)", ""
        start = f"{fed[0]}; s = {solver}.{self.start}(p{more})"
        moves = [f"p, s = {solver}.{self.step}(p, s{more})" for _ in steps]
        moved = [moves[0], *(f"{data}; {move}" for data, move in zip(fed[1:], moves[1:], strict=True))]
        return "; ".join([made, f"p = {params}", start, *moved])


class Solving:
    """A solver with its options. The objective of a step has the given value and gradient at the parameters before the step.

    It is a parabola through this point. A solver that looks at other points, or at second derivatives, sees its curvature.

    Args:
        solver: the class.
        options: the arguments of its constructor beside the objective.
    """

    def __init__(self, solver: Solver, options: Mapping[str, Any]) -> None:
        self.solver, self.options = solver, options
        self.made = self._make(self._objective) if solver.passes else None

    def begin(self, params: Any, gradient: Any, value: Any) -> Any:
        """Returns the state before the first step.

        Args:
            params: the parameters.
            gradient: the gradient of the objective of the first step.
            value: its value; None for any.
        """
        return self._called(self.solver.start, (params,), gradient, params, value)

    def advance(self, gradient: Any, state: Any, params: Any, value: Any) -> tuple[Any, Any]:
        """Returns the parameters and the state after a step.

        Args:
            gradient: the gradient of the objective at the parameters.
            state: the state before the step.
            params: the parameters before it.
            value: the value of the objective there; None for any.

        Raises:
            ValueError: if the method returns anything else.
        """
        found = self._called(self.solver.step, (params, state), gradient, params, value)
        if not isinstance(found, tuple) or len(found) != 2:
            raise ValueError(f"{self.solver.step} of {self.solver.__name__} must return the parameters and the state")
        after, state = found
        return after, state

    def returns_state_first(self, params: Any) -> bool:
        """Whether a step with the gradient zero returns the parameters, unchanged, in the place of the state.

        Args:
            params: the parameters, which must not be zero.
        """
        import numpy as np

        after, state = self.advance(0 * params, self.begin(params, 0 * params, 0.0), params, 0.0)
        is_array = getattr(state, "shape", None) == np.shape(params)
        return is_array and np.array_equal(state, params) and not np.array_equal(after, params)

    def _called(self, name: str, given: tuple[Any, ...], gradient: Any, params: Any, value: Any) -> Any:
        """The result of a method for the objective of a step."""
        data = (gradient, _value(params, gradient, value), params)
        made = self._make(lambda at: self._objective(at, *data)) if self.made is None else self.made
        before = _attributes(made)
        found = getattr(made, name)(*given, *(data if self.made is not None else ()))
        if not _same(before, _attributes(made)):
            raise ValueError(f"{name} of {self.solver.__name__} changes the attributes of its object, which are no part of the state")
        return found

    def _objective(self, params: Any, gradient: Any, value: Any, at: Any) -> Any:
        return self.solver.oracle(params, gradient, value, at, self.solver.bend)

    def _make(self, objective: Callable[..., Any]) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self.solver.owner(**{self.solver.objective: objective}, **self.options)


def _value(params: Any, gradient: Any, value: Any) -> Any:
    """The value of an objective, also where nothing gives one."""
    import jax.numpy as jnp  # the import takes seconds

    return jnp.sum(gradient * params) if value is None else value


def _attributes(made: Any) -> dict[str, tuple[Any, int]]:
    """The attributes of an object, each with its length if it can grow."""
    found = getattr(made, "__dict__", {})
    return {name: (value, len(value) if isinstance(value, list | dict | set) else 0) for name, value in dict(found).items()}


def _same(one: Mapping[str, tuple[Any, int]], other: Mapping[str, tuple[Any, int]]) -> bool:
    """Whether the attributes are the same objects."""
    return one.keys() == other.keys() and all(one[name][0] is other[name][0] and one[name][1] == other[name][1] for name in one)


def solver(owner: Any) -> Solver | None:
    """Returns the steps of a class of solvers; None for anything else.

    Args:
        owner: any object, also one that has no hash.
    """
    return _solver(owner) if isinstance(owner, type) else None


@lru_cache(maxsize=256)
def _solver(owner: type) -> Solver | None:
    if inspect.isabstract(owner) or (found := _objective(owner)) is None:
        return None
    for start, step in ((start, step) for start in _STARTS for step in _STEPS):
        begins, moves = _positional(owner, start, 1), _positional(owner, step, 2)
        if begins is None or moves is None or not _POINT.fullmatch(begins[0]) or not _POINT.fullmatch(moves[0]):
            continue
        if _STATE.fullmatch(moves[1]) and not _returns_state_first(getattr(owner, step)):
            return Solver(owner, *found, start, step, _passes(owner, start) and _passes(owner, step))
    return None


def _objective(owner: type) -> tuple[str, Callable[..., Any]] | None:
    """The parameter of a constructor that is the objective, and what it returns; None if it is not the only function that is needed."""
    needed = [p for p in parameters(owner).values() if p.default is inspect.Parameter.empty]
    kinds = [
        (p.name, kind)
        for p in needed
        for shape, kind in ((_VALUE, _valued), (_GRADIENT, _sloped), (_BOTH, _both))
        if shape.fullmatch(p.name)
    ]
    functions = {p.name for p in needed if "Callable" in str(p.annotation)}
    return kinds[0] if len(kinds) == 1 and functions <= {kinds[0][0]} else None


def _positional(owner: type, name: str, count: int) -> list[str] | None:
    """The names of the arguments that a method needs beside `self`; None if there are not as many as expected."""
    listed = _parameters(owner, name)
    needed = [
        p for p in listed if p.default is inspect.Parameter.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
    ]
    fits = len(needed) == count and all(p.kind is not p.KEYWORD_ONLY for p in needed)
    return [p.name for p in needed] if fits else None


def _passes(owner: type, name: str) -> bool:
    """Whether a method takes any further positional arguments, which it passes to the objective."""
    listed = _parameters(owner, name)
    named = [p for p in listed if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return any(p.kind is p.VAR_POSITIONAL for p in listed) and all(p.default is p.empty for p in named)


def _parameters(owner: type, name: str) -> list[inspect.Parameter]:
    """The parameters of a method, without `self`; empty if the class has no such method."""
    held = inspect.getattr_static(owner, name, None)
    if held is None or isinstance(held, staticmethod | classmethod | property):
        return []
    try:
        return list(inspect.signature(getattr(owner, name)).parameters.values())[1:]
    except (TypeError, ValueError):
        return []


def _returns_state_first(method: Any) -> bool:
    try:
        return bool(_STATE_FIRST.search(inspect.getsource(inspect.unwrap(method))))
    except (OSError, TypeError):
        return False
