"""Recognises sentences which say that the code computes something else than a display, or that the display is about something else."""

import re
from collections.abc import Sequence

from qedoc.interpret import lexicon
from qedoc.interpret.notations import renames
from qedoc.sources import markup

_DOER = r"(?:it|this|we|(?:the |this |our )?(?:function|method|code|implementation|routine|layer|result|output|value|actual \w+))"
_DOES = (
    r"(?:add|subtract|multipl(?:y|ie)|divide|scale|rescale|halve|double|square|negate|clip|clamp|round|truncate|normali[sz]e|shift|cent(?:er|re)|"
    r"standardi[sz]e|omit|drop|ignore|replace|exponentiate|invert|reverse|swap|flip)(?:e?s)?"
)
_ALSO = r"(?:(?:then|first|also|additionally|internally|automatically|silently|always|actually|further|in fact|really) )*"
_MADE = (
    r"(?:negative|negation|opposite|square|(?:square |cube )?root|log(?:arithm)?|inverse|reciprocal|exponential|absolute value|half|"
    r"double|twice|complement|derivative|gradient|integral)"
)
_THIS = r"(?:this|it|that|the (?:above|formula|expression|value|result|sum|quantity|equation|display))"
_PART = (
    r"(?:constants?|terms?|factors?|prefactors?|coefficients?|offset|normali[sz]\w+|denominator|numerator|exponent|sign|half|logarithm|"
    r"square|root)"
)
_OPERATED = (
    r"(?:omitted|neglected|ignored|dropped|suppressed|left out|discarded|removed|absorbed|cancel(?:l)?ed|not included|never taken|skipped)"
)
_LETTERS = r"(?:roles?|letters?|symbols?|arguments?|names?|parameters?)"
_FORMULA = r"(?:formula|display|definition|expression)"
_STEPS = (
    r"(?:(?:re|de|un)?(?:scaling|normali[sz]ing|normali[sz]ation|standardi[sz]ing|standardi[sz]ation|cent(?:e)?ring|clipping|clamping|"
    r"rounding|truncation|truncating|squaring|sorting|masking|reversal|reversing|subtracting|adding|averaging|whitening|thresholding|shifting|dropout))"
)

_AMOUNT = r"(?:zero|one|two|three|four|ten|half|unity|\d+|`[^`]*`|x)\b"

_STILL = (
    rf"\b{_DOER} (?:\w+ )?(?:still|currently|actually|nevertheless|nonetheless|really|in fact|yet|however) (?:returns?|computes?|gives?|"
    r"uses?|evaluates?|implements?|outputs?)\b(?!\s+(?:it|this|that|the (?:above|formula|expression|same))\b)"
)
_EXCEEDS = (
    r"\b(?:exceeds?|surpass(?:es)?|(?:is|are|lies?|differs?)(?: \w+)? (?:larger|greater|less|more|higher|lower|fewer|off))"
    r"\b[^.;]*\b(?:the following|the above|it|this|the formula|the display|the expression)\b[^.;]*"
    rf"\bby (?:a |an |exactly )?(?:factor of )?{_AMOUNT}"
)
_UNITS = (
    r"\b(?:in|as) (?:units?|multiples?|steps) of\b|\b(?:one|a|the) units? (?:of|is|are|stands?|means?)\b(?! (?:measure|variance|time))|"
    r"\bunits? (?:is|are) (?!dimension|positive)"
)

_GIVES = (
    r"^\W*(?:negative|positive|non-?\w+|large|small|zero) (?:inputs?|values?|arguments?|numbers?|entries|elements)\b[^.;]{0,20}\b"
    rf"(?:gives?|yields?|returns?|maps? to|results? in|produces?|evaluates? to|becomes?) {_AMOUNT}"
)

_WEIGHED = (
    r"(?:counts?|weighs?|costs?|(?:is|are) (?:counted|weighted|weighed|penali[sz]ed)) (?:for )?"
    r"(?:double|twice|half|triple|more|less|\d+ times)"
)
_IGNORED = r"(?:ignored|disregarded|not (?:used|applied)|taken (?:as|to be)|set to|replaced)\b"

_RESET = r"\b(?:is|are|gets) (?:\w+ly |then )?(?:reset|restarted|zeroed|cleared|re-?initiali[sz]ed)\b"

_DEPARTURES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:^|[\s,;(]){_DOER} {_ALSO}{_DOES}\b(?!\s+(?:up|to (?:one|1|zero|0)|\w+ly|well|with|like|as|between)\b)",
        rf"\b{_MADE} (?:of )?{_THIS}\b[^.;]*?\b(?:is|are|gets) (?:\w+ly )?(?:returned|computed|used|given|reported|output|evaluated)\b",
        r"\b(?:terms?|(?:pre)?factors?|offset)\b[^.;]{0,20}\b(?:is|are|has been|have been) (?:now |set to )?(?:zero|one|unity|0|1)\b",
        rf"\b(?:half|twice|double|thrice|an? (?:third|quarter|tenth)|(?:two|three|four|ten) times) (?:of )?{_THIS}\b",
        r"\bread (?:an? |the )?[\w`:$\\]+ (?:for|as|in place of)\b",
        rf"\b{_PART}\b[^.;]{{0,40}}\b(?:is|are|was|were|has been) (?:\w+ly )?{_OPERATED}",
        rf"\b(?:after|before|prior to|following) (?:\w+ly |being |its )?{_STEPS}\b",
        r"\b(?:formula|display|expression|equation)s?\b(?: \w+){0,2} (?:is|are) (?:only )?(?:that|the one|those|for one|of one|about)\b",
        rf"\b{_DOER} (?:returns?|computes?|gives?|is|outputs?) (?:the |an? |its )?[\w -]+,? (?:and )?not (?:the|its|an?)\b",
        r"\b(?:errat(?:a|um)|typo|misprint|mistaken?|wrong sign|should read|is incorrect)\b",
        r"\b(?:entr(?:y|ies)|elements?|items?|values?) (?:is|are) (?:left out|excluded|dropped|removed)\b",
        _STILL,
        _EXCEEDS,
        _UNITS,
        r"\bsigns? (?:are |is )?(?:reversed|flipped|changed|inverted)\b",
        r"\b(?:returns?|uses?|takes?|(?<!\bx , but )(?:expects?|accepts?|receives?))\b[^.;]*\b(?:instead of|in place of|rather than)\b",
        rf"\b(?:contrary to|in contrast to|unlike|deviat\w+ from|differ\w* from) (?:this|the|that) {_FORMULA}\b",
        r"\bin (?:the )?code\b[^.;]*\bin the (?:formula|equation)\b|\bin the (?:formula|equation)\b[^.;]*\bin (?:the )?code\b",
        rf"\b{_LETTERS}\b[^.;]{{0,40}}\b(?:are|is) (?:interchanged|exchanged|swapped|reversed|permuted)\b",
        rf"\b{_LETTERS}\b[^.;]{{0,40}}\b(?:trad(?:e|es|ing)|chang(?:e|es|ing)|switch(?:es|ing)?|swap(?:s|ping)?)\b[^.;]*\bplaces\b",
        r"\b(?:numerator|denominator|exponent|argument|base|sign)s?\b[^.;]{0,30}\b(?:is|are) (?:that|those) of\b",
        rf"\b{_MADE}\b[^.;]*\bis what (?:comes out|is returned|one gets|you get|it returns|the (?:code|function) (?:returns|computes))\b",
        _GIVES,
        _RESET,
        rf"\b{_WEIGHED}\b",
        rf"\b(?:for|if|when|whenever|where)\b(?![^.;]*\bnone\b)[^.;]*\b(?:is|are) (?:\w+ly )?{_IGNORED}",
        r"\bcount(?:s|ing|ed) (?:starts?|begins?|from|at)\b",
        r"\(evaluated (?:at|for|with|on)\b",
    )
)
"""What the code does that a display does not show, and displays that are about something else."""

_SHOWN = (
    (r"^\W*(?:and |then |but )*(?-i:rounded|truncated|floored|discreti[sz]ed|quanti[sz]ed)\b", r"floor|ceil|round"),
    (r"^\W*(?:and |then |but )*(?-i:negated|inverted|reversed|squared|halved|doubled|clipped|clamped|shifted|scaled)\b", r"(?!)"),
    (r"\b(?:is|are|gets?|then|and|first) (?:\w+ly )?averaged\b|\baveraged over\b|^averag", r"frac|/|bar|overline|mean|mathbb\s*\{?\s*E"),
    (r"\b(?:is|are|gets?|then|and|first) (?:\w+ly )?summed\b|\bsummed over\b|^summ(?:ed|ing)", r"\\sum|\+|\bsum\b"),
    (r"\b(?:capped|clipped|clamped|floored|saturated|truncated) (?:at|to|from|between)\b", r"min|max|cases|clip|\\left\\\{"),
    (
        r"\b(?:is|are) (?:treated as(?! an? (?:static|concrete|compile-time|python)\b)|mapped to|replaced (?:by|with)|regarded as)\b",
        r"min|max|cases|clip|\\mapsto|\\to",
    ),
    (r"\b(?:is|are|gets?) (?:then |\w+ly )?subtracted\b", r"-|\u2212"),
    (r"\b(?:is|are|gets?) (?:then |\w+ly )?added\b", r"\+|\\sum"),
    (r"\b(?:is|are|gets?) (?:then |\w+ly )?divided\b", r"frac|/|\^\s*\{?\s*-"),
    (r"\bthe (?:\w+ )?(?:result|value|output) is (?:the |an? )?(?:sum|total) (?:of|over)\b", r"\\sum|\+"),
    (r"\bthe (?:\w+ )?(?:result|value|output) is (?:the |an? )?(?:mean|average) (?:of|over)\b", r"frac|/|bar|overline|mean"),
    (r"\bthe (?:\w+ )?(?:result|value|output) is (?:the |an? )?product of (?:two|three|all|both|several|such|these)\b", r"\\prod"),
    (
        r"\bthe (?:\w+ )?(?:result|value|output) is (?:the |an? )?(?:square|root|logarithm|negative|reciprocal|inverse)\b",
        r"\^|sqrt|log|ln|-|frac|/",
    ),
)
"""Operations in words, each with the sign of a display that shows it."""

_TWO = r"(?<![\^_])(?<!\^\{)2"
_NUMBERS = {"half": r"frac|/|\.5", "two": _TWO, "2": _TWO, "twice": _TWO, "three": "3", "ten": "10", "hundred": "100", "minus": "-"}
_NUMBER = rf"(?:(?:one )?{'|'.join(word for word in _NUMBERS if word.isalpha())}|\d+(?:\.\d+)?)"
_NUMBERED = re.compile(
    rf"\b(?:multiplied|divided|scaled|shifted|raised|increased|decreased|reduced|offset) (?:by|to) (?:a |the )?(?:factor of )?(?:one )?"
    rf"(?P<by>{_NUMBER})\b|(?<!no )\b(?:factor|constant|term|offset)s? of (?:one )?(?P<of>{_NUMBER})\b[^.;]*?"
    r"\b(?:is|are|was) (?:\w+ly )?(?:included|added|applied|used|inserted|present)\b",
    re.IGNORECASE,
)
"""A number in words, which a display with the same operation contains."""

_STABLE = re.compile(
    r"\bmax\w*\b[^.;]*\bsubtracted\b[^.;]*\bexponentia\w+|\bsubtract\w* (?:the |its )?max\w*\b[^.;]*\bexponentia\w+", re.IGNORECASE
)
"""The maximum that is subtracted before exponentials: it cancels, and only keeps numbers small."""

_SCRIPTS = re.compile(r"[\u0370-\u052f\u0590-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2}")
_SPACES = re.compile(r"\s+")
_MARKUP = re.compile(r":[\w:]+:`[^`]*`|`[^`]*`|\$[^$]*\$")


def departs(text: str, lines: Sequence[str]) -> bool:
    """Whether a sentence says that the code computes something else than a display, or gives a sign another meaning.

    Args:
        text: the sentence.
        lines: the docstring without its indentation.
    """
    plain = _SPACES.sub(" ", _MARKUP.sub(" x ", text))
    if _STABLE.search(plain):
        return False
    if any(pattern.search(plain) for pattern in _DEPARTURES) or renames(text, lines) or foreign(text):
        return True
    said = [sign for words, sign in _SHOWN if re.search(words, plain, re.IGNORECASE)]
    for found in _NUMBERED.finditer(plain):
        number = (found["by"] or found["of"]).lower().split()[-1]
        said.append(_NUMBERS.get(number, re.escape(number)))
    displays = " ".join(block.latex for block in markup.blocks(lines)) if said else ""
    return any(not re.search(sign, displays) for sign in said)


def resets(text: str) -> bool:
    """Whether a sentence says that a value is reset: `every tenth step, the momentum is reset`.

    Args:
        text: the sentence.
    """
    return re.search(_RESET, text, re.IGNORECASE) is not None


def foreign(text: str) -> bool:
    """Whether a sentence is in another language than English, so that nothing says what it means.

    Args:
        text: the sentence.
    """
    plain = _MARKUP.sub(" ", text)
    words = {word.lower() for word in re.findall(r"[^\W\d_]+", plain)}
    return bool(_SCRIPTS.search(plain)) or (len(words & lexicon.FOREIGN) > len(words & lexicon.ENGLISH) and len(words) > 2)
