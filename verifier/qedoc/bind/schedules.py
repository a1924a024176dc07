r"""Objects that count their own steps, such as schedules of a learning rate: `\eta_t = ...` is their value after t steps.

Source of the names: `torch.optim.lr_scheduler` (`last_epoch`, `step()`, `get_lr()`), which other libraries follow.
"""

import math
import re
from collections.abc import Callable
from typing import Any

import sympy as sp

from qedoc.bind.members import Aim, has
from qedoc.claims.consulted import remembered
from qedoc.claims.members import parameters
from qedoc.errors import attempt
from qedoc.read import Application
from qedoc.sources.objects import named

_COUNTERS = ("last_epoch", "last_step", "start_step", "start_epoch")
"""What the parameter of a constructor is called that says how many steps were made."""

_VALUE = "get_lr"
_RATES = frozenset({"eta", "alpha", "lr", "gamma"})
"""Letters of a learning rate."""

_ANNOUNCED = re.compile(
    r"^(?:the )?learning rate(?: (?:at|after|in) (?:the )?(?:epoch|step|iteration|time)(?: :math:`\w+`)?)?"
    r"(?: is)?(?: (?:computed|given|defined|set))?(?: as| by| to)?(?: follows)?\s*:?$",
    re.IGNORECASE,
)
"""Words that say that a formula gives the learning rate, and nothing else."""

_TRIED = (1, 2, 5)
"""Numbers of steps after which two objects are compared."""


def value_after_steps(owner: str, left: Any, words: str) -> Aim | None:
    r"""Returns the value that a left side such as `\eta_t` or `\eta(t)` names; None for another left side or another object.

    Args:
        owner: the dotted path of the class.
        left: the left side.
        words: the words that introduce the formula.
    """
    name, _, step = left.name.partition("_") if isinstance(left, sp.Symbol) else _applied(left)
    if name not in _RATES or (step and not step.isalpha()) or len(step) > 1 or not has(owner, _VALUE):
        return None
    counter, entry = _counter(owner), _entry(owner)
    if not counter or entry is None:
        return None
    announced = bool(_ANNOUNCED.match(words))
    said = words if announced else f"{left} is the learning rate after {step or 't'} steps"
    return Aim(member=_VALUE, quantity="learning rate", value="x", words=said, by_head=announced, entry=entry, steps=counter)


def _applied(left: Any) -> tuple[str, str, str]:
    """The letter of a left side that is a function or a sequence, and its argument."""
    if isinstance(left, Application) and len(left.arguments) == 1 and not left.given and isinstance(left.arguments[0], sp.Symbol):
        return left.name, "", left.arguments[0].name
    if isinstance(left, sp.Indexed) and len(left.indices) == 1 and isinstance(left.indices[0], sp.Symbol):
        return left.base.label.name, "", left.indices[0].name
    return "", "", ""


@remembered()
def _counter(owner: str) -> str:
    """The parameter of the constructor that counts steps; empty if an object made with it differs from one that made the steps."""
    made = named(owner)
    if not isinstance(made, type):
        return ""
    counter = next((name for name in _COUNTERS if name in parameters(made)), "")
    if not counter or not has(owner, "step"):
        return ""
    alike = attempt(lambda: all(_alike(_made(made, {counter: steps}), _stepped(made, steps)) for steps in _TRIED), False)
    return counter if alike else ""


@remembered()
def _entry(owner: str) -> tuple[int, ...] | None:
    """Where the value is in the result: a number, or a list of one. None for other results."""
    result = attempt(lambda: _made(named(owner), {}), None)
    if isinstance(result, list | tuple):
        return (0,) if len(result) == 1 else None
    return ()


def _made(made: Callable[..., Any], settings: dict[str, Any]) -> Any:
    return getattr(made(**settings), _VALUE)()


def _stepped(made: Callable[..., Any], steps: int) -> Any:
    one = made()
    for _ in range(steps):
        one.step()
    return getattr(one, _VALUE)()


def _alike(first: Any, second: Any) -> bool:
    both = [list(value) if isinstance(value, list | tuple) else [value] for value in (first, second)]
    return len(both[0]) == len(both[1]) and all(math.isclose(float(a), float(b), rel_tol=1e-6) for a, b in zip(*both, strict=True))
