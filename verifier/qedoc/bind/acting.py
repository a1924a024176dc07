"""Parameters that the formula does not contain, and whose descriptions say that they change the value: `eps: added to x`."""

import re
from collections.abc import Collection
from typing import Any

from qedoc.bind.context import Context
from qedoc.sources.arguments import Argument as Described

_ADDS = re.compile(r"\b(?:add(?:s|ed|itive)?|subtract(?:s|ed)?|shift(?:s|ed)?|offset|bias|smoothing|stability|plus|minus)\b", re.IGNORECASE)
_MULTIPLIES = re.compile(
    r"\b(?:multipl(?:y|ies|ied|ier|icative)|scal(?:e|es|ed|ing)|factor|divid(?:e|es|ed|ing)|divisor|weights?|temperature|power|exponent|"
    r"percent|units?)\b",
    re.IGNORECASE,
)
_BASE = re.compile(r"\bbase of (?:the )?log\w*", re.IGNORECASE)
_SWITCHES = re.compile(
    r"\b(?:whether|if (?:`+)?true|when (?:`+)?true|(?:normali[sz]|standardi[sz]|cent|clip|squar|averag|rescal|round)\w+)\b", re.IGNORECASE
)


def acting(context: Context, contained: Collection[str]) -> str:
    """Returns a parameter that the formula does not contain, and whose default changes the value by its description; empty for none.

    Args:
        context: the docstring.
        contained: the parameters that the formula contains.
    """
    others = (p for p in context.parameters.values() if p.name not in contained)
    return next((p.name for p in others if _changes(p)), "")


def _changes(described: Described) -> bool:
    """Whether a description says that a number is changed by a parameter, whose default is not the number that changes nothing."""
    default: Any = described.default
    text = f"{described.name.replace('_', ' ')} {described.text}"
    if isinstance(default, bool):
        return default and bool(_SWITCHES.search(text))
    if isinstance(default, int | float):
        if _BASE.search(text):
            return True
        return (default != 0 and bool(_ADDS.search(text))) or (default != 1 and bool(_MULTIPLIES.search(text)))
    return False
