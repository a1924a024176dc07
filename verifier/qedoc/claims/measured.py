"""The value of a metric that is a class: a class method makes an object from arrays, and a method of the object computes the value.

This is the convention of `clu.metrics`, which libraries for Flax follow: `Metric.from_model_output(...).compute()`.
"""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from qedoc.claims.members import Member, call_with, listing

MAKES, GIVES = "from_model_output", "compute"
MEASURED = f"{MAKES}.{GIVES}"
"""What follows the path of the class in a target."""


@dataclass(frozen=True)
class Measured(Member):
    """The value of a metric as a function of the keywords of the class method."""

    @property
    def __wrapped__(self) -> Any:
        return self.method

    @cached_property
    def made_of(self) -> dict[str, inspect.Parameter]:
        """The class method makes the object, so that the constructor is given nothing."""
        return {}

    @cached_property
    def holds(self) -> None:
        """A metric is no module."""

    def __call__(self, **arguments: Any) -> Any:
        """Makes the object from the arrays and computes its value."""
        return getattr(call_with(getattr(self.owner, MAKES), self.takes, arguments), GIVES)()

    def written(self, path: str, arguments: Mapping[str, str]) -> str:
        """The call in Python.

        Args:
            path: the dotted path of the class.
            arguments: the text of each argument, by keyword.
        """
        return f"{path}.{MAKES}({listing(self.takes, arguments)}).{GIVES}()"


def measured(owner: type) -> Measured | None:
    """Returns the value of a metric; None for a class without the two methods.

    Args:
        owner: the class.
    """
    makes = next((vars(base)[MAKES] for base in owner.__mro__ if MAKES in vars(base)), None)
    gives = getattr(owner, GIVES, None)
    if not isinstance(makes, classmethod) or not inspect.isfunction(gives) or _needed(gives) != 1:
        return None
    return Measured(owner, MEASURED, makes.__func__)


def _needed(method: Any) -> int:
    """The number of parameters that a method must be given, with the object itself."""
    return sum(p.default is inspect.Parameter.empty for p in inspect.signature(method).parameters.values())
