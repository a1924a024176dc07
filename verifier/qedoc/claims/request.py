"""A formula that a user gives on the command line."""

import shlex
from collections.abc import Mapping, Sequence

from qedoc.records import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A formula from the command line.

    Args:
        target: dotted path of the function.
        latex: the formula.
        bind: the parameter of each symbol, by the symbol's LaTeX. It may be an argument of the function that the target returns.
        where: relations that hold in addition to those in the function's docstring.
        settings: the values of parameters that the user fixes, as written, by parameter.
    """

    target: str
    latex: str
    bind: Mapping[str, str] = field(default_factory=dict)
    where: Sequence[str] = ()
    settings: Mapping[str, str] = field(default_factory=dict)

    def command(self, bind: Mapping[str, str], settings: Mapping[str, str]) -> str:
        """The command that asks the same, with more bindings and settings.

        Args:
            bind: the parameter of each symbol, by plain name.
            settings: the values of parameters.
        """
        words = ["qedoc", "check", self.target, "--latex", self.latex]
        for option, given in (("--bind", {**self.bind, **bind}), ("--set", {**self.settings, **settings})):
            words += [word for name, value in given.items() for word in (option, f"{name}={value}")]
        words += [word for text in self.where for word in ("--where", text)]
        return shlex.join(words)
