"""Pairs of functions that keep a state between steps, such as the `init` and `update` of an optimizer, as one function of all inputs."""

import inspect
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

from qedoc.claims import rule
from qedoc.claims.members import held_by, parameters
from qedoc.claims.solvers import OTHER_BEND, Solver, Solving, solver
from qedoc.errors import attempt

UPDATE, APPLIED = rule.UPDATE, rule.APPLIED
"""The outputs of a step: what is added to the parameters, and the parameters after it."""

GRADIENTS, PARAMETERS = rule.GRADIENTS, rule.PARAMETERS
"""The names of the inputs: the gradient of each step, and the parameters before the first one."""

OBJECTIVES = "value"
"""The name of an input that some steps are given too: the value of the function at the parameters."""

FED = (GRADIENTS, OBJECTIVES)
"""The inputs that each step is given."""

SAMPLE = 0.125
"""The value of arguments without a default with which an object is made to see what it holds."""

_RETURNED = re.compile(r"^\s*Returns:?\s*(?:-+\s*)?[^\n]*\bGradientTransformation(?:ExtraArgs)?\b", re.MULTILINE)
"""The beginning of the section on results of a function that returns a gradient transformation."""

MOST_WRITTEN = 12
"""Maximum number of steps that are written out in a line of Python."""


class Steps:
    """The outputs of a gradient transformation or of a solver, step by step, as a function of its hyperparameters and of all gradients.

    Args:
        factory: returns an object with `init(params)` and `update(updates, state, params)`, or a solver.
        output: `update` for the updates, `apply_updates` for the parameters after each of them.
    """

    def __init__(self, factory: Callable[..., Any], output: str) -> None:
        self.factory, self.output = factory, output
        function = getattr(factory, "func", factory)
        self.__name__ = f"{function.__name__}.{output}"
        self.__module__ = function.__module__
        self.__wrapped__ = factory

    @property
    def is_solver(self) -> bool:
        """Whether the steps are those of a solver, whose objective has a value at each step."""
        return isinstance(self.factory, Solver)

    @property
    def bent(self) -> "Steps":
        """The same steps with other objectives, which have the same values and gradients at the parameters of the steps."""
        factory = replace(self.factory, bend=OTHER_BEND) if isinstance(self.factory, Solver) else self.factory
        return Steps(factory, self.output)

    @property
    def __signature__(self) -> inspect.Signature:
        known = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in inspect.signature(self.factory).parameters.values()]
        known = [p for p in known if p.name not in (GRADIENTS, PARAMETERS)]
        own = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in (GRADIENTS, PARAMETERS)]
        if not any(p.name == OBJECTIVES for p in known):
            own.append(inspect.Parameter(OBJECTIVES, inspect.Parameter.KEYWORD_ONLY, default=None))
        return inspect.Signature([*known, *own])

    def __call__(self, *, updates: Any, params: Any, value: Any = None, **hyperparameters: Any) -> Any:
        """Returns an array with the output of each step.

        The parameters move by each update, as a training loop moves them.

        Args:
            updates: the gradient of each step, along the first axis.
            params: the parameters before the first step.
            value: the value of the function at the parameters before each step; None if a step is not given it.
            hyperparameters: the arguments of the factory.
        """
        import jax.numpy as jnp  # the import takes seconds

        if OBJECTIVES in inspect.signature(self.factory).parameters:  # it is an argument of the factory
            hyperparameters, value = hyperparameters | ({} if value is None else {OBJECTIVES: value}), None
        made = self.factory(**hyperparameters)
        params = jnp.asarray(params) + jnp.zeros_like(updates[0])
        values = [None] * len(updates) if value is None else value
        state = self.begin(made, params, updates[0], values[0])
        outputs = []
        for gradient, objective in zip(updates, values, strict=True):
            output, params, state = self.advance(made, gradient, state, params, objective)
            outputs.append(output)
        return jnp.stack(outputs)

    def begin(self, made: Any, params: Any, gradient: Any, value: Any = None) -> Any:
        """Returns the state before the first step.

        Args:
            made: what the factory returned.
            params: the parameters.
            gradient: the gradient of the first step, which a solver may look at.
            value: the value of the function at the parameters; None if a step is not given it.
        """
        return made.begin(params, gradient, value) if isinstance(made, Solving) else made.init(params)

    def advance(self, made: Any, gradient: Any, state: Any, params: Any, value: Any = None) -> tuple[Any, Any, Any]:
        """Returns the output of a step, and the parameters and the state after it.

        Args:
            made: what the factory returned.
            gradient: the gradient of the step.
            state: the state before it.
            params: the parameters before it.
            value: the value of the function at the parameters; None if a step is not given it.
        """
        if isinstance(made, Solving):
            after, state = made.advance(gradient, state, params, value)
            return after, after, state
        change, state = made.update(gradient, state, params, **({} if value is None else {OBJECTIVES: value}))
        params = params + change
        return (change if self.output == UPDATE else params), params, state

    def line(
        self,
        path: str,
        arguments: Mapping[str, str],
        gradients: Sequence[str],
        params: str,
        entry: Sequence[int] = (),
        values: Sequence[str] = (),
    ) -> str:
        """A line of Python that runs the steps and prints the last output.

        Args:
            path: the dotted path of this target.
            arguments: the text of each argument of the factory, by keyword.
            gradients: the text of the gradient of each step.
            params: the text of the parameters before the first step.
            entry: the place of the output in its array.
            values: the text of the value of the function at each step, if a step is given it.
        """
        given = ", ".join(f"{name}={text}" for name, text in arguments.items())
        place = "".join(f"[{position}]" for position in entry)
        imports = f"import {path.partition('.')[0]}; import jax.numpy as jnp"
        if len(gradients) > MOST_WRITTEN:
            told = f", {OBJECTIVES}=jnp.array([{', '.join(values)}])" if values else ""
            alike = len(set(gradients)) == 1
            listed = f"jnp.full({len(gradients)}, {gradients[0]})" if alike else f"jnp.array([{', '.join(gradients)}])"
            call = f"resolve({path!r})({given}{', ' if given else ''}updates={listed}, params={params}{told})[-1]{place}"
            return f"{imports}; from qedoc.claims.target import resolve; print({call})"
        constructor, holder = path.rpartition(".")[0], isinstance(self.factory, Holder)
        if isinstance(self.factory, Solver):
            fed = list(zip(map(_array, gradients), values or [""] * len(gradients), strict=True))
            return f"{imports}; {self.factory.lines(constructor, arguments, fed, _array(params))}; print(p{place})"
        made = f"o = {constructor.rpartition('.')[0] if holder else constructor}({given})"
        made += f"{'.' + self.factory.attribute if isinstance(self.factory, Holder) else ''}; p = {_array(params)}; s = o.init(p)"
        extra = [f", {OBJECTIVES}={value}" for value in values] or [""] * len(gradients)
        moves = "; p = p + u; ".join(
            f"u, s = o.update({_array(gradient)}, s, p{value})" for gradient, value in zip(gradients, extra, strict=True)
        )
        return f"{imports}; {made}; {moves}; print({'u' if self.output == UPDATE else '(p + u)' if place else 'p + u'}{place})"


def _array(text: str) -> str:
    """The text of an array, from that of a number or of an array."""
    return text if text.startswith("jnp.array(") else f"jnp.array({text})"


class Holder:
    """A class whose objects hold a gradient transformation, as a function that returns it.

    Args:
        owner: the class.
        attribute: the name of the attribute.
    """

    def __init__(self, owner: type, attribute: str) -> None:
        self.owner, self.attribute = owner, attribute
        self.__name__, self.__module__ = f"{owner.__name__}.{attribute}", owner.__module__
        self.__wrapped__ = held_by(owner, "__init__")

    @property
    def __signature__(self) -> inspect.Signature:
        known = parameters(self.owner).values()
        return inspect.Signature([p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in known])

    def __call__(self, **arguments: Any) -> Any:
        """Returns the transformation of a new object."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return getattr(self.owner(**arguments), self.attribute)


def steps(factory: Any, name: str) -> Steps | None:
    """Returns the steps of a factory of gradient transformations or of a class of solvers; None if it is neither, or `name` is no output.

    A class of solvers has a method `update` of its own, so that its only output is `apply_updates`.

    Args:
        factory: any object.
        name: `update` or `apply_updates`.
    """
    if name == APPLIED and (found := solver(factory)) is not None:
        return Steps(found, name)
    return Steps(factory, name) if name in (UPDATE, APPLIED) and (isinstance(factory, Holder) or is_transformation(factory)) else None


def holder(owner: Any) -> Holder | None:
    """Returns the factory that a class is if its objects hold one gradient transformation; None for anything else.

    The class must say so: a constructor of the class or of a base takes one, or an attribute is annotated as one.

    Args:
        owner: any object, also one that has no hash.
    """
    return _holder(owner) if isinstance(owner, type) else None


@lru_cache(maxsize=256)
def _holder(owner: type) -> Holder | None:
    if not any(map(_mentions, owner.__mro__)):
        return None
    needed = {name: SAMPLE for name, p in parameters(owner).items() if p.default is inspect.Parameter.empty}
    held = attempt(lambda: [name for name, value in vars(owner(**needed)).items() if _transforms(value)], [])
    return Holder(owner, held[0]) if len(held) == 1 else None


def _mentions(owner: type) -> bool:
    own = vars(owner).get("__annotations__")
    told = {**(own if isinstance(own, dict) else {}), **getattr(vars(owner).get("__init__"), "__annotations__", {})}
    return any("GradientTransformation" in str(annotation) for annotation in told.values())


def _transforms(value: Any) -> bool:
    """Whether a value is a pair of functions `init` and `update`."""
    return isinstance(value, tuple) and all(callable(getattr(value, name, None)) for name in ("init", "update"))


def is_transformation(factory: Any) -> bool:
    """Whether a function returns a gradient transformation, by its annotation, or else by its section on results or its code.

    Args:
        factory: any object.
    """
    if not (inspect.isfunction(factory) or isinstance(factory, partial)):
        return False
    annotation = inspect.signature(factory).return_annotation
    if annotation is inspect.Signature.empty:
        return bool(_RETURNED.search(inspect.getdoc(factory) or "")) or _makes_one(factory)
    name = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    return "GradientTransformation" in name


@lru_cache(maxsize=256)
def _makes_one(factory: Any) -> bool:
    """Whether the code of a function names the class of gradient transformations, and a call gives one."""
    code = getattr(inspect.unwrap(factory), "__code__", None) if inspect.isfunction(factory) else None
    if code is None or not any(name.startswith("GradientTransformation") for name in code.co_names):
        return False
    needed = {name: SAMPLE for name, p in parameters(factory).items() if p.default is inspect.Parameter.empty}
    return attempt(lambda: _transforms(factory(**needed)), False)
