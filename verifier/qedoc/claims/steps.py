"""Pairs of functions that keep a state between steps, such as the `init` and `update` of an optimizer, as one function of all inputs."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

UPDATE = "update"
"""The output of a step: what is added to the parameters."""

APPLIED = "apply_updates"
"""The parameters after a step."""

GRADIENTS, PARAMETERS = "updates", "params"
"""The names of the inputs: the gradient of each step, and the parameters before the first one."""


MOST_WRITTEN = 12
"""Maximum number of steps that are written out in a line of Python."""


class Steps:
    """The outputs of a gradient transformation, step by step, as a function of its hyperparameters and of all gradients.

    Args:
        factory: returns an object with `init(params)` and `update(updates, state, params)`.
        output: `update` for the updates, `apply_updates` for the parameters after each of them.
    """

    def __init__(self, factory: Callable[..., Any], output: str) -> None:
        self.factory, self.output = factory, output
        function = getattr(factory, "func", factory)
        self.__name__ = f"{function.__name__}.{output}"
        self.__module__ = function.__module__
        self.__wrapped__ = factory

    @property
    def __signature__(self) -> inspect.Signature:
        known = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in inspect.signature(self.factory).parameters.values()]
        known = [p for p in known if p.name not in (GRADIENTS, PARAMETERS)]
        return inspect.Signature([*known, *(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in (GRADIENTS, PARAMETERS))])

    def __call__(self, *, updates: Any, params: Any, **hyperparameters: Any) -> Any:
        """Returns an array with the output of each step.

        The parameters move by each update, as a training loop moves them.

        Args:
            updates: the gradient of each step, along the first axis.
            params: the parameters before the first step.
            hyperparameters: the arguments of the factory.
        """
        import jax.numpy as jnp  # the import takes seconds

        made = self.factory(**hyperparameters)
        params = jnp.asarray(params) + jnp.zeros_like(updates[0])
        state = made.init(params)
        outputs = []
        for gradient in updates:
            change, state = made.update(gradient, state, params)
            params = params + change
            outputs.append(change if self.output == UPDATE else params)
        return jnp.stack(outputs)

    def line(self, path: str, arguments: Mapping[str, str], gradients: Sequence[str], params: str) -> str:
        """A line of Python that runs the steps and prints the last output.

        Args:
            path: the dotted path of this target.
            arguments: the text of each argument of the factory, by keyword.
            gradients: the text of the gradient of each step.
            params: the text of the parameters before the first step.
        """
        given = ", ".join(f"{name}={text}" for name, text in arguments.items())
        imports = f"import {path.partition('.')[0]}; import jax.numpy as jnp"
        if len(gradients) > MOST_WRITTEN:
            alike = len(set(gradients)) == 1
            listed = f"jnp.full({len(gradients)}, {gradients[0]})" if alike else f"jnp.array([{', '.join(gradients)}])"
            call = f"resolve({path!r})({given}{', ' if given else ''}updates={listed}, params={params})[-1]"
            return f"{imports}; from qedoc.claims.target import resolve; print({call})"
        made = f"o = {path.rpartition('.')[0]}({given}); p = jnp.array({params}); s = o.init(p)"
        moves = "; p = p + u; ".join(f"u, s = o.update(jnp.array({gradient}), s, p)" for gradient in gradients)
        return f"{imports}; {made}; {moves}; print({'u' if self.output == UPDATE else 'p + u'})"


def steps(factory: Any, name: str) -> Steps | None:
    """Returns the steps of a factory of gradient transformations; None if `name` is no output, or the function is no such factory.

    Args:
        factory: any object.
        name: `update` or `apply_updates`.
    """
    return Steps(factory, name) if name in (UPDATE, APPLIED) and is_transformation(factory) else None


def is_transformation(factory: Any) -> bool:
    """Whether a function says that it returns a gradient transformation, by its annotation.

    Args:
        factory: any object.
    """
    if not (inspect.isfunction(factory) or isinstance(factory, partial)):
        return False
    annotation = inspect.signature(factory).return_annotation
    name = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    return "GradientTransformation" in name
