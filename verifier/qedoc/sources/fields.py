"""The lines of a docstring, in which the attributes of a class may be the parameters of its constructor."""

import re
from dataclasses import is_dataclass
from typing import Any

from qedoc.claims.solvers import solver
from qedoc.sources import markup
from qedoc.sources.objects import named

_ATTRIBUTES = re.compile(r"^(\s*)Attributes(?=:?\s*$)")


def lines(value: Any, docstring: str) -> list[str]:
    """Returns the lines of a docstring without their common indentation. Their number stays the same.

    The section on the attributes of a solver that is a dataclass is one on parameters.

    Args:
        value: the documented object, or the dotted path of its class; empty for none.
        docstring: its docstring.
    """
    found = markup.dedented(docstring)
    value = named(value) if isinstance(value, str) and value else value
    has_fields = is_dataclass(value) and solver(value) is not None
    return [_ATTRIBUTES.sub(r"\1Parameters", line) for line in found] if has_fields else found
