"""Recognises sentences and clauses that say nothing of the values of parameters: their shapes, random variables, factorials."""

import re

from qedoc.read.functions import FUNCTIONS
from qedoc.read.library import library

_NAMES = r"`+\w+`+(?:(?:,? (?:or|and) |, )`+\w+`+)*"

_ALTERNATIVES = re.compile(
    rf"(?:only|exactly|at most|just) one of {_NAMES} (?:should|must|may|can|needs to|has to) be "
    r"(?:passed(?: in)?|specified|provided|given|set|supplied|used)\.?",
    re.IGNORECASE,
)
"""A sentence about which of several parameters are given."""

_SHAPED = re.compile(
    rf"(?:the )?(?:parameters? |arguments? )?{_NAMES} (?:must|should) be shaped in a way that supports? broadcasting"
    r"(?:,? \((?:e\.g\.|for example),? `+[^`<>=]*`+ is a valid operation\))?\.?",
    re.IGNORECASE,
)
"""A sentence about the shapes of parameters."""

_WAYS = re.compile(
    r"there are (?:(?:many|several|various|some|multiple|a few|two|three|four) )?(?:different )?"
    r"(?:variations|ways|variants|options|possibilities) (?:of|for|in|to) "
    r"(?!.*\b(?:negative|positive|zero|nonzero|greater|less|larger|smaller|finite|only|must)\b)[^`$<>=\d]*",
    re.IGNORECASE,
)
"""A sentence that announces a list of ways to use an object."""

_PASSED = re.compile(
    r"[\w ,./`-]+ in which case `*[\w*]+`* (?:should|must|can) be set to `*(?:True|False|None)`* and (?:(?:again|then) )?"
    r"`+\w+`+(?:(?:/| and | or )`+\w+`+)* (?:aren't|are not|isn't|is not|are|is) passed(?: in)?(?: when [\w ]+ is called)?\.?",
    re.IGNORECASE,
)
"""A sentence about how arguments are passed."""

_MATHS = r"(?::math:`|`+|\$)"

_FACTORIAL = re.compile(
    rf"(?:where |and |here,? )?{_MATHS}(\w+)!(?:`+|\$) (?:is|denotes|means|represents|stands for) "
    rf"(?:{_MATHS}\1(?:`+|\$) factorial|(?:the )?factorial of {_MATHS}\1(?:`+|\$))[.,;]?(?: and,?)?",
    re.IGNORECASE,
)
"""A sentence that explains the sign of the factorial, and says nothing of the number before it."""

_TERM = r"[\w.-]+(?:\([^()]*\))?"
_DISTRIBUTED = re.compile(rf",?\s+such that\s+{_TERM}\s+~\s+{_TERM}(?:(?:,?\s+and|,|\s*=>)\s+{_TERM}\s+~\s+{_TERM})*(?=[.,;]|\s*$)")


def is_aside(text: str) -> bool:
    """Whether a sentence only says how parameters are given, what shapes they have, or what the sign of the factorial means."""
    return any(pattern.fullmatch(text) for pattern in (_ALTERNATIVES, _SHAPED, _FACTORIAL, _WAYS, _PASSED))


def without_distributions(text: str) -> str:
    """A sentence without the clause that says how random variables are distributed: `such that X ~ A => exp(X) ~ B`."""
    return _DISTRIBUTED.sub("", text)


_PLURAL = re.compile(r"(?<![\w`\\$])([A-Za-z]{4,})\((e?s)\)(?![\w^_(])")


def with_plurals(text: str) -> str:
    """The text with `distributions` for `distribution(s)`, which is no function; `tanh(s)` is one."""
    return _PLURAL.sub(_plural, text)


def _plural(found: re.Match[str]) -> str:
    word = found[1]
    return found[0] if word.lower() in FUNCTIONS or library(word) is not None else word + found[2]
