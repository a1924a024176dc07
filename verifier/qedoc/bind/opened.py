r"""Members of a class whose docstring begins with a letter of its formulas: ":math:`\psi(\theta)` at the current parameters"."""

import inspect
import re
from typing import Any

import sympy as sp

from qedoc.bind.members import Aim, has
from qedoc.read import Application
from qedoc.sources.objects import named, own_docstring

_OPENING = re.compile(
    r"\s*(?::math:`(?P<role>[^`]+)`|\$(?P<dollars>[^$]+)\$)"
    r"(?:\s*$|\s*[.,:;—]|\s+--?\s|\s+(?:for|at|from|given|with|evaluated|computed|as a function)\b)"
)
"""A formula as the subject of a summary. Words such as `squared` or `on the boundary` would make it another value."""

_LOG = re.compile(r"\\?(?:log|ln)(?![a-zA-Z])")


def opened(owner: str, left: Any) -> Aim | None:
    """Returns the method or property that the left side of a formula of a class names, by how the docstring of that member begins.

    Two members with the same beginning say nothing.

    Args:
        owner: the dotted path of the class.
        left: the left side.
    """
    made = named(owner)
    if not isinstance(made, type) or not isinstance(left, sp.Symbol | Application):
        return None
    if isinstance(left, Application) and (left.variable or left.event or left.by):
        return None
    arguments = left.arguments if isinstance(left, Application) else ()
    logarithm = isinstance(left, Application) and left.logarithm
    plain = _plain(f"{left.name}({','.join(map(str, arguments))})" if arguments else left.name)
    found = []
    for name in dir(made):
        opening = "" if name.startswith("__") else _opening(made, name)
        of_log = bool(_LOG.match(opening))
        if (
            _plain(_LOG.sub("", opening, count=1) if of_log else opening) == plain
            and _takes(made, name, len(arguments))
            and has(owner, name)
        ):
            found.append((name, "x" if of_log == logarithm else "log(x)" if of_log else "exp(x)"))
    public = [one for one in found if not one[0].startswith("_")] or found
    if len(public) != 1:
        return None
    ((name, value),) = public
    return Aim(member=name, quantity="value", value=value, words=f"the docstring of {name} begins with {left}", by_head=True)


def _opening(made: type, name: str) -> str:
    """What the formula at the beginning of a member's docstring gives a value for; empty if it begins with something else.

    A method without a docstring has that of the method that it overrides.
    """
    owners = [vars(base)[name] for base in made.__mro__ if name in vars(base)]
    texts = (own_docstring(getattr(held, "__func__", held)) for held in owners)
    summary = next(filter(None, texts), "").strip().partition("\n\n")[0]
    found = _OPENING.match(" ".join(summary.split()))
    return (found["role"] or found["dollars"]).partition("=")[0].strip() if found is not None else ""


def _plain(latex: str) -> str:
    """A left side without the commands and the spaces that change nothing."""
    return re.sub(r"\\(?:left|right|[bB]ig+[lr]?)(?![a-z])|\\[,;! ]|[\\{}\s]", "", latex)


def _takes(made: type, name: str, count: int) -> bool:
    """Whether a member takes as many arguments as a left side has. A class method makes another object, and gives no value."""
    held = inspect.getattr_static(made, name, None)
    if isinstance(held, classmethod):
        return False
    if not isinstance(held, staticmethod) and not inspect.isfunction(held):
        return count == 0
    given = list(inspect.signature(getattr(held, "__func__", held)).parameters.values())
    given = given if isinstance(held, staticmethod) else given[1:]
    return len([one for one in given if one.default is one.empty]) == count
