"""Looks for words that may change what a display says, in sentences that were not understood as a whole.

They are no reading: what they find only withholds a verdict.
"""

import re
from collections.abc import Collection

_GIVEN = re.compile(
    r"\b(?:passed|given|entered|supplied|specified|expected|measured|expressed|stored|encoded|quoted|reported|stated)\s+(?:\w+ly\s+)?"
    r"(?P<how>as|in|through|via)\s+(?:an? |the |its |their )?(?P<what>[^.;,]*)",
    re.IGNORECASE,
)
"""How a number is given: `arguments are passed as reciprocals`, `the gain is specified in decibels`."""

_KINDS = re.compile(
    r"(?:\w+[- ])??(?:python|jax|numpy|jnp|plain|single|static|ordinary|real|positional|keyword|one-hot|[12]-?d|\d|[\[(]|\W*$)|(?:\w+ )?"
    r"(?:arrays?|tuples?|lists?|vectors?|matri\w+|tensors?|scalars?|floats?|ints?|integers?|strings?|numbers?|arguments?|functions?|"
    r"callables?|attributes?|dict\w*|pytrees?|tree|references?|papers?|order|sections?|equations?|constructor|config\w*|terms|"
    r"docstring|documentation|appendix|chapter|form|type|dtype|precision|options?|sequences?|pairs?|input|inputs)\b",
    re.IGNORECASE,
)
"""What is no other number: types, and places in texts."""

_NEVER = r"(?!)"
_OPERATIONS = {
    r"reciprocals?|inverse(?:ly)?|inverted|inverts?": r"/|frac|\^\s*\{?\s*-",
    r"per ?cent(?:age)?s?|per mille|hundredths|thousandths|basis points": r"100|\\%|%",
    r"decibels?|dB": r"10",
    r"(?:are|is|as|in|of) turns|revolutions?|full circle": r"180|360|pi",
    r"logarithms?(?! of the (?:gamma|softmax))": r"log|ln|lg|ell",
    r"half|halved|halves|twice(?! (?:continuously )?differentiable)|doubl\w+(?! precision)|tripl\w+|thrice|"
    r"quarters?|thirds?(?!,)": r"2|3|4|0?\.5",
    r"squared|squares": r"\^\s*\{?\s*2|\\\||\\Vert|square",
    r"cubed|cubes": r"\^\s*\{?\s*3",
    r"negated|negates?|negation|opposite|signs? (?:is |are )?(?:changed|flipped|reversed)": r"-",
    r"complements?|complemented": r"1\s*-",
    r"(?<!or )one (?:larger|smaller|more|less|greater|higher|lower|fewer)|(?:plus|minus|less) one|successor|predecessor": r"[-+]\s*1",
    r"one over|over one": r"/|frac|\^\s*\{?\s*-",
    r"(?:mean|average|averaged) (?:over|of both|of the two)": r"frac|/|bar|mean|mathbb",
    r"signs? of (?=`|:math:|\$|the (?:argument|input|first|second))": r"sign|sgn",
    r"clipped|clamped|capped|rectified|thresholded|cut off": r"min|max|cases|clip|\\\{",
    r"rounded|truncated|floored|quanti[sz]ed": r"floor|ceil|round",
    r"multiplied|raised to": r"[A-Za-z\d}]\s*[A-Za-z\d\\(]|\^",
    r"subtracted": r"-",
    r"converted|replaced|substituted|exchanged|interchanged|swapped|flipped|mirrored|rotated|reversed|permuted|transposed|omitted|discarded|"
    r"dropped|offset|rescaled(?! range)|"
    r"treated (?:like|as)(?! (?:an? )?(?:static|constants?|scalars?|batch\w*|arrays?|floats?|missing))": _NEVER,
    r"symmetry|antisymmetry|parity|half-line|half-plane|quadrant|principal (?:value|branch)": _NEVER,
    r"whereas|conversely|contrary|strictly speaking|mistake\w*|actually": _NEVER,
    r"positional|(?:denominators?|numerators?|exponents?|bases?) (?:comes? )?(?:first|last)": _NEVER,
    r"handed back|comes? out|part of (?:the |its )?(?:value|result|output)": _NEVER,
    r"starts? (?:with|at|from)|begins? (?:with|at|from)": _NEVER,
    r"(?:symbol|letter|:math:`[^`]*`|\$[^$]*\$) above": _NEVER,
}
"""Operations in words, and what else speaks of a display, each with how the display shows it."""

_SHOWN = {re.compile(rf"(?<![\w`\\-])(?:{name})(?![\w-])", re.IGNORECASE): re.compile(sign) for name, sign in _OPERATIONS.items()}

_ELSEWHERE = re.compile(
    r"^\W*(?:for|if|when|where|unless|whenever|on|in)\b.*?\b(?:others|the other|elsewhere|otherwise|else|remaining|rest|beyond|outside|"
    r"(?:smaller|larger|lower|higher|bigger|greater) (?:`|:math:|\$|values?\b|ones?\b|inputs?\b|arguments?\b|numbers?\b))",
    re.IGNORECASE,
)
"""Words after a display that speak of the values for which it does not hold: `for negative inputs, and the identity for the others`."""

_CODE = re.compile(r"`+[^`]*`+")
_FORMULAS = re.compile(r":math:`(?P<role>[^`]*)`|\$(?P<dollars>[^$]*)\$")
_RELATED = re.compile(
    r"[<>=\u2264\u2265\u2260\u2208]|\\(?:le|ge|leq|geq|lt|gt|ne|neq|in|to|approx|sim|ll|gg|equiv|rightarrow|infty|mathbb)(?![a-z])"
)
_COMPUTES = re.compile(r"[-+*/^']|\\(?:frac|sqrt|log|ln|exp|sin|cos|tan|prime|cdot|times)(?![a-z])")
_PLACE = re.compile(r"\\cdot\s*[),|}\\]|[(|]\s*\\cdot")
"""A dot in the place of a number: `(\\cdot)_k` shows a notation."""

_RESULT = re.compile(
    r"\b(?:evaluates?|returns?|computes?|gives?|yields?|implements?|outputs?) (?:the |its |an? )?(?:\w+ )?(?::math:`|\$)", re.IGNORECASE
)
_INDEX = re.compile(r"_\s*\{[^{}]*\}")
_OPERATOR_NAMES = re.compile(r"\\(?:frac|sqrt|log|ln|exp|sin|cos|tan|prime|cdot|times|left|right|mathrm|text|operatorname|pi)(?![a-z])")
_CALL = re.compile(r"(?<![\w.])[A-Za-z_]\w*\((?:(?:\w+, )+\w+\)(?:\s*==.*)?|\w+\)\s*==.*)`+$")
_NAMES = re.compile(r"\s*(?:is|denotes|are) (?:the|an?)\b")
_DERIVES = re.compile(
    r"\b(?:follows from|(?:derived|computed|obtained|determined|calculated) (?:from|by)|depends on|function of|comes from)\b",
    re.IGNORECASE,
)
_LISTED = re.compile(r"\W*[A-Za-z]\w*\W*,[^<>=]*[A-Za-z][^<>=]*$")
_LIMIT = re.compile(r"\blimit\b(?! (?:of|to|on)\b)", re.IGNORECASE)
"""A sentence about a limit, where the formula itself has no value."""

_OF_SLOPE = re.compile(r"\W*(?:by default,? )?(?:the |its )?(?:\w+ )?(?:gradients?|derivatives?|jacobians?|inverse)\b", re.IGNORECASE)
"""The beginning of a sentence about the gradient or the inverse of a function, and not about its value."""

_OF_OTHERS = re.compile(
    r"\W*(?:any |all )?(?:out[- ]of[- ](?:range|bounds?)|too (?:large|small))\b|"
    r"\W*(?:if|when|unless) `+\w+`+ is (?:`*(?:True|False|None)|set|given)\b|"
    r".*\b(?:in|for) the (?:plot|figure|picture|graph|example)s?\b",
    re.IGNORECASE,
)
"""A sentence about arguments for which a formula has no value, about a setting, or about a picture."""

_OPERATOR = re.compile(r"[-+*/^]|\b(?:log|exp|sqrt)\b")
_COMPARES = re.compile(r"[<>=]")

_BEFORE = r"(?:returns? |computes? |evaluates? )?(?:the |an? |first |second |partial |natural )*"
_OF_FUNCTIONS = {
    re.compile(rf"{_BEFORE}(?:{name})\b(?: function)? of\b", re.IGNORECASE): re.compile(sign)
    for name, sign in {
        r"derivative|gradient|slope": r"'|prime|partial|nabla|\bd|dot|mathrm\s*\{\s*d|D|grad",
        r"antiderivative|indefinite integral": r"int|F",
        r"quantiles?|percent[- ]point|inverse (?:cdf|cumulative distribution)": r"-\s*1|Q|q|inv|ppf",
        r"survival|complementary cumulative": r"S|bar|overline|P|Pr|sf|R|1",
    }.items()
}
"""Functions of functions in words, each with how the left side of a display shows it."""


def changes(text: str, latex: str, names: Collection[str], *, first: bool, after: bool) -> bool:
    """Whether words that were not understood may change what a display says.

    Args:
        text: the sentence.
        latex: the displays.
        names: the parameters.
        first: whether it is the summary, whose nouns say what the function computes.
        after: whether it stands directly after a display.
    """
    if first or given_otherwise(text):
        return given_otherwise(text)
    of_numbers = operates(text, latex, names) or computes(text, latex, names) or assigns(text, names) or follows(text, names)
    return of_numbers or calls(text) or (after and goes_on_elsewhere(text))


def given_otherwise(text: str) -> bool:
    """Whether a sentence says that a number is given in another form or unit than the formula has it.

    Args:
        text: the sentence.
    """
    return any(not _KINDS.match(found["what"]) for found in _GIVEN.finditer(text))


def operates(text: str, latex: str, names: Collection[str]) -> bool:
    """Whether a sentence names an operation that no display shows, or one on a parameter: `the reciprocal of beta`.

    Args:
        text: the sentence.
        latex: the displays.
        names: the parameters.
    """
    if _OF_SLOPE.match(text) or _OF_OTHERS.match(text):
        return False
    of = "|".join(re.escape(name) for name in names)
    if of and any(re.search(rf"{name.pattern} of (?:the )?`*(?:{of})(?!\w)", text, re.IGNORECASE) for name in _SHOWN):
        return True
    spelled = " ".join((latex, *_CODE.findall(text)))
    return any(name.search(text) and not sign.search(spelled) for name, sign in _SHOWN.items())


def goes_on_elsewhere(text: str) -> bool:
    """Whether words after a display say what holds where the display does not hold.

    Args:
        text: the words.
    """
    return bool(_ELSEWHERE.match(text))


def computes(text: str, latex: str, names: Collection[str]) -> bool:
    """Whether a sentence makes another number of the value or of a parameter: `This evaluates :math:`s'``, `:math:`2 s` is ``sigma```.

    Args:
        text: the sentence.
        latex: the displays, which may contain the same expression.
        names: the parameters.
    """
    if _OF_SLOPE.match(text) or _LIMIT.search(text) or not (_RESULT.search(text) or _in_code(text, names)):
        return False
    spelled = (found["role"] or found["dollars"] or "" for found in _FORMULAS.finditer(text))
    numbers = (one for one in spelled if not _RELATED.search(one) and not _PLACE.search(one) and _bare(one) not in _bare(latex))
    return any(_COMPUTES.search(_INDEX.sub("", one)) and re.search(r"[A-Za-z]", _OPERATOR_NAMES.sub("", one)) for one in numbers)


def assigns(text: str, names: Collection[str]) -> bool:
    """Whether a sentence lists letters in mathematics, and parameters in code: `the interval is :math:`[b, a]` = ``[lower, upper]```.

    Args:
        text: the sentence.
        names: the parameters.
    """
    letters = any(_LISTED.match(found["role"] or found["dollars"] or "") for found in _FORMULAS.finditer(text))
    lists = (code for code in _CODE.findall(_FORMULAS.sub(" ", text)) if "," in code)
    return letters and any(sum(_in_code(code, [name]) for name in names) > 1 for code in lists)


def follows(text: str, names: Collection[str]) -> bool:
    """Whether a clause derives a symbol from a parameter in a way that it does not tell: `the frequency :math:`f` follows from ``period```.

    Args:
        text: the clause.
        names: the parameters.
    """
    letters = any(re.fullmatch(r"\s*\\?[A-Za-z]\w*\s*", found["role"] or found["dollars"] or "") for found in _FORMULAS.finditer(text))
    return letters and bool(_DERIVES.search(text)) and _in_code(text, names)


def calls(text: str) -> bool:
    """Whether a sentence shows a call with plain names or numbers, which may be another order or another value: ``difference(b, a)``.

    Args:
        text: the sentence.
    """
    plain = _FORMULAS.sub(" ", text)
    return any(_CALL.search(found[0]) and not _NAMES.match(plain[found.end() :]) for found in _CODE.finditer(plain))


def makes_of(text: str, name: str) -> bool:
    """Whether the description of a parameter contains code that makes another number of it: `the rate is ``log(2) / k```.

    Args:
        text: the description.
        name: the parameter.
    """
    if _OF_SLOPE.match(text):
        return False
    made = re.compile(rf"(?<![\w.]){re.escape(name)}(?![\w(\[=])")
    return any(made.search(code) and _OPERATOR.search(code) and not _COMPARES.search(code) for code in _CODE.findall(text))


def is_of_another(summary: str, latex: str, own: str) -> bool:
    """Whether a summary says that the value is made of a function, `Derivative of softsign`, and a display states the function itself.

    Args:
        summary: the first sentence.
        latex: the display.
        own: the name of the function that is documented.
    """
    left, _, right = latex.partition("=")
    named = re.match(r"\s*(?:\\\w+\s*\{)?\s*\\?(\w+)\}?\s*(?:\(|\\left)", left)
    if not right or named is None or named[1] == own:
        return False
    return any(name.match(summary) and not sign.search(left) for name, sign in _OF_FUNCTIONS.items())


def _in_code(text: str, names: Collection[str]) -> bool:
    code = " ".join(_CODE.findall(_FORMULAS.sub(" ", text)))
    return any(re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", code) for name in names)


def _bare(latex: str) -> str:
    return re.sub(r"[\s{}]|\\[,;:! ]|\\left|\\right", "", latex)
