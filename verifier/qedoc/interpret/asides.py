"""Recognises sentences and clauses that say nothing of the values of parameters: their shapes and types, random variables, factorials."""

import re

from qedoc.read.functions import FUNCTIONS
from qedoc.read.library import library

_NAME = r"(?::\w+:)?`+[~.]?\w+`+"
_NAMES = rf"(?:(?:the |both )?(?:parameters?|arguments?|inputs?|arrays?|tensors?)? ?(?:both )?{_NAME}(?:(?:,? (?:or|and) |, ){_NAME})*)"
_MUST = r"(?:must|should|may|can|needs? to|has to|have to|are required to)"
_GIVEN = r"(?:(?:passed|supplied|filled)(?: in)?|specified|provided|given|set|used)"
_ONE = r"(?:only|exactly|precisely|at most|at least|just|not more than) one of"

_ALTERNATIVES = (
    rf"(?:{_ONE}|one of|either) {_NAMES} {_MUST} be {_GIVEN}(?:(?:,? but|, and)? not both)?",
    rf"(?:you {_MUST} )?(?:please )?(?:pass|specify|provide|give|set|use|supply) (?:{_ONE}|either) {_NAMES}(?:(?:,? but|, and)? not both)?",
    rf"{_NAMES} are mutually exclusive",
    rf"{_NAMES} (?:cannot|can not|must not|may not|should not) (?:both )?be {_GIVEN}(?: both| together| at the same time)?",
)
"""A sentence about which of several parameters are given, and about nothing else."""

_OTHER = rf"(?: (?:with|to|against|as) (?:each other|one another|that of {_NAMES}|the shapes? of {_NAMES}|{_NAMES})| together)?"
_SHAPES = r"(?:the same|equal|identical|matching|(?:broadcast[ -]?)?compatible|broadcastable) shapes?"
_BROADCASTS = (
    rf"(?:be broadcastable|broadcast|be broadcast|have shapes that (?:are broadcastable|can be broadcast|broadcast)){_OTHER}",
    rf"(?:have|be of) {_SHAPES}{_OTHER}",
    r"be shaped (?:in a way that|in such a way that|so that they|such that they) (?:supports?|allows?|permits?|enables?) broadcasting",
    rf"be shaped (?:so|such) that they (?:can be broadcast|broadcast|are broadcastable){_OTHER}",
)
_VALID = r"(?:,? \(?(?:e\.g\.|i\.e\.|for example|that is),? `+[^`<>=]*`+ is (?:a )?valid(?: operation| expression)?\)?)?"
_SHAPED = (
    *(rf"{_NAMES} (?:{_MUST}) {way}{_VALID}" for way in _BROADCASTS),
    rf"{_NAMES} are broadcast{_OTHER}{_VALID}",
    rf"{_NAMES} have {_SHAPES}{_OTHER}",
    rf"(?:the )?shapes? of {_NAMES} {_MUST} (?:be compatible|be broadcastable|broadcast|match|agree|be equal|be the same){_OTHER}{_VALID}",
)
"""A sentence about the shapes of parameters, and about nothing else."""

_LISTED = r"(?:it is|they are) (?:an? )?(?:lists?|tuples?)(?: or (?:an? )?(?:lists?|tuples?))?"
_KEPT = r"(?:it is|they are) (?:left unchanged|left as (?:it is|they are)|treated as (?:an? )?(?:scalars?|numbers?))"
_OTHERWISE = rf"[,;]? (?:and )?(?:otherwise|else) {_KEPT}(?: and (?:it |they )?{_MUST} have {_SHAPES}(?: after conversion)?)?"
_CONVERTED = (
    rf"{_NAMES} (?:is|are) (?:first )?converted to (?:an? )?(?:(?:jax|numpy) )?(?:nd)?arrays? (?:only )?if {_LISTED}(?:{_OTHERWISE})?"
)
"""A sentence about how an argument becomes an array, and about nothing else."""

_AXES = r"`*[(\[][A-Za-z_]\w*(?:, ?(?:[A-Za-z_]\w*|\.\.\.))*,?[)\]]`*"
_OF_AXES = rf"(?:(?:the|its|their) )?(?:expected )?shapes? (?:(?:should|must|has to|needs to) be|is|are|of) {_AXES}"
"""A sentence about the shape of a parameter with a name for each axis, `The shape should be (batch_size,)`. A number would be a length."""

_DIMENSIONS = (
    rf"(?:if|when) {_NAMES} (?:is|are|has|have) (?:an? )?(?:[0-3]-?D|(?:one|two|three|multi)-?dimensional|(?:fewer|less|more) than \w+ "
    r"dimensions?)(?: arrays?)?"
)
_RESHAPED = (
    rf"{_DIMENSIONS},? (?:then )?`+[^`]*`+ (?:will )?(?:have|has) the same shape as {_NAMES}",
    rf"{_DIMENSIONS},? (?:a )?ones? (?:is|are) (?:implicitly )?(?:appended|prepended|added) to its shape(?: to make it [0-9]-?D)?",
)
"""A sentence about the shape of the result of an array with some number of axes, and about nothing else."""

_ADDED = re.compile(r"(?:added|adds|new:?) support for (?!.*\b(?:only|but|except|unless|must|no longer|instead)\b).*", re.IGNORECASE)
"""A release note that says what else is accepted since a version, which restricts nothing."""

_WAYS = re.compile(
    r"there are (?:(?:many|several|various|some|multiple|a few|two|three|four) )?(?:different )?"
    r"(?:variations|ways|variants|options|possibilities) (?:of|for|in|to) "
    r"(?!.*\b(?:negative|positive|zero|nonzero|greater|less|larger|smaller|finite|only|must)\b)[^`$<>=\d]*",
    re.IGNORECASE,
)
"""A sentence that announces a list of ways to use an object."""

_VALUE = r"(?:`*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?:\s?[-\u2013]\s?\d[\d.]*)?`*|\[[^\[\]]*\]|'[^']*'|\"[^\"]*\")"
_EXAMPLE = re.compile(
    r"(?!.*\b(?:must|only|require\w*|need\w*|valid|holds?|if|when|where|unless|case|domain|conditions?|constrain\w*|restrict\w*|"
    r"limit\w*|assum\w*|fix\w*|range|scope|applies|supports?|supported|not|never|with|for|at|note|defaults?|here)\b)"
    rf"\**[A-Z][\w /-]*(?: \([^()=<>]*\))?:\**\s+`*\w+\s?=\s?{_VALUE}(?:,? (?:and )?`*\w+\s?=\s?{_VALUE})+(?: \([^()=<>]*\))?",
    re.IGNORECASE,
)
"""A named example of a setting, `Warmup: start=0.01, end=1.0, steps=5-10`: two parameters or more, each with its value."""

_NUMBERS = (
    r"\w|inputs?|values?|arguments?|numbers?|scores?|data|positive|negative|non\w*|small|large|tiny|bounded|finite|unit|normali[sz]ed"
    r"|standardi[sz]ed"
)
"""Words for numbers of some kind: a sentence with one may say for which numbers a formula holds."""

_USAGE = re.compile(
    r"(?:(?:most |more )?(?:commonly|typically|often|frequently|widely|mostly|mainly) used|(?:can|may) (?:also )?be used|(?:also )?useful) "
    rf"(?:for|in|as|to) (?![^()]*\b(?:only|must|when|if|where|unless|require\w*|valid|range|domain|{_NUMBERS})\b)[A-Za-z][A-Za-z /,-]*"
    r"(?: \([A-Za-z_]\w* [<>] [A-Za-z_]\w*\))?",
    re.IGNORECASE,
)
"""A sentence about what people use an object for, and not for which numbers: `Most commonly used for warmup (start < end)`."""

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
    said = " ".join(text.split()).removesuffix(".")
    ways = any(re.fullmatch(way, said, re.IGNORECASE) for way in (*_ALTERNATIVES, *_SHAPED, _CONVERTED, _OF_AXES, *_RESHAPED))
    return (
        ways
        or any(pattern.fullmatch(text) for pattern in (_FACTORIAL, _WAYS, _ADDED))
        or any(pattern.fullmatch(said) for pattern in (_EXAMPLE, _USAGE))
    )


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
