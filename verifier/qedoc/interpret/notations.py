"""Recognises sentences that give a notation of formulas another meaning than the usual one: `x!` is the subfactorial of x."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qedoc.sources import markup


@dataclass(frozen=True, slots=True, kw_only=True)
class _Notation:
    """A notation with a usual meaning.

    Args:
        sign: how LaTeX writes it.
        alone: a formula that only shows the notation.
        words: how texts call it.
        usual: words of an explanation that gives it the usual meaning; empty if any explanation may.
        other: words of an explanation that gives it another meaning, whatever else it says.
        equal: what it is equal to, if a formula says it.
    """

    sign: str
    alone: str
    words: str = r"(?!)"
    usual: str = ""
    other: str
    equal: str = ""


_NAMED = r"\\(?:operatorname"
"""How the pattern of a function with a name begins."""


def _named(*names: str) -> str:
    return rf"\\(?:operatorname\*?|mathrm|text|mathop)\{{\s*(?:{'|'.join(names)})\s*\}}|" + "|".join(
        rf"\\{name}(?![A-Za-z])" for name in names
    )


def _applied(*names: str) -> str:
    return rf"(?:{_named(*names)})(?:\s*[({{]?[\w\\.\s]*[)}}]?)"


_NOTATIONS = (
    _Notation(
        sign=r"!(?!=)",
        alone=r"\(?\w*\)?\s*!",
        words=r"exclamation (?:marks?|points?|signs?)",
        usual=r"factorial",
        other=r"sub|double|multi|super|hyper|rising|falling|primorial|\bgamma\b|derangement|shifted|negation",
        equal=r"\\Gamma\s*\(\s*\w+\s*\+\s*1|\\prod|\\cdot|\\times|\\[lc]?dots",
    ),
    _Notation(
        sign=rf"\\p?mod(?![A-Za-z])|{_named('bmod', 'mod')}|\\%",
        alone=r"\w*\s*(?:\\[bp]?mod|\\(?:operatorname|mathrm|text)\{\s*mod\s*\}|\\%|mod)\s*\w*",
        words=r"mod|modulo",
        usual=r"modulo|modulus|\bmod\b|remainder|residue",
        other=r"truncat|symmetric|cent(?:e)?red|balanced|fmod|sense of C\b|as in C\b|C'?s|dividend|numerator|inverse|least absolute"
        r"|towards? zero|sign of (?:the )?(?:first|left)",
    ),
    _Notation(
        sign=r"\||\\[lr]?[vV]ert|\\abs",
        alone=r"(?:\||\\l?vert)[^|]+(?:\||\\r?vert)|\\abs\{?\w*\}?",
        usual=r"absolute|modulus|magnitude|norm|length|cardinality|number of|size|determinant|distance|amplitude|abs\b|value",
        other=r"squared|square of|digits|bits|signed|rounded|number of ones",
    ),
    _Notation(
        sign=r"\\lfloor|\\floor",
        alone=r"\\l?floor.*",
        usual=r"floor|integer|round\w* down",
        other=r"nearest|towards? zero|truncat|round\w* up",
    ),
    _Notation(
        sign=r"\\lceil|\\ceil",
        alone=r"\\l?ceil.*",
        usual=r"ceil|integer|round\w* up",
        other=r"nearest|away from zero|truncat|round\w* down",
    ),
    _Notation(
        sign=r"\\[dt]?binom|\\choose",
        alone=r"\\[dt]?binom\{?\w*\}?\{?\w*\}?|\{?\w+\s*\\choose\s*\w+\}?",
        usual=r"binomial|choose|combinations|ways",
        other=r"gauss|q-binomial|multiset|with repetition|column vector|legendre|inverse|reciprocal",
        equal=r"!|\\Gamma|\\frac",
    ),
    _Notation(
        sign=r"\\\||\\[lr]?Vert|\\norm",
        alone=r"(?:\\left)?(?:\\\||\\l?Vert)[^|_]+(?:\\\||\\r?Vert)|\\norm\{[^{}]*\}",
        words="norm",
        usual=r"norm|length|magnitude|distance",
        other=r"sum of (?:the )?abs|maxim|\bmax\b|infinity|manhattan|taxicab|squared|nuclear|spectral|operator|mahalanobis|weighted|\bsup"
        r"|[lL]_?1\b|1-norm|root mean|rms|average",
    ),
    _Notation(sign=_named("lg"), alone=_applied("lg"), words="lg", usual=r"log", other=r"binary|base\W{0,3}(?:2|two)|natural|dual"),
    _Notation(
        sign=_named("ln"),
        alone=_applied("ln"),
        words="ln",
        usual=r"log",
        other=r"binary|base\W{0,3}(?:2|two|10|ten)|decimal|decadic|common|dual",
    ),
    _Notation(sign=_named("sinc"), alone=_applied("sinc"), words="sinc", other=r"un-?normali[sz]ed|sin\W*\(?\s*x\s*\)?\s*/\s*x\b"),
    _Notation(sign=_named("sgn", "sign"), alone=_applied("sgn", "sign"), words="sgn", other=r"(?:one|1) at (?:zero|0)|parity|permutation"),
    _Notation(
        sign=_named("erf", "erfc"),
        alone=_applied("erf", "erfc"),
        words="erfc?",
        other=r"scaled|un-?normali[sz]ed|inverse|imaginary|complement\w* error.*\berf\b",
    ),
    _Notation(
        sign=r"\\Gamma\s*\\?l?e?f?t?\(",
        alone=r"\\Gamma\s*\([^,()]*\)",
        other=r"incomplete|log|di-?gamma|reciprocal|inverse|multivariate|regulari[sz]ed",
    ),
    _Notation(
        sign=_named("exp"),
        alone=_applied("exp"),
        words="exp",
        other=r"matrix exp|exponential integral|base\W{0,3}(?:2|two|10|ten)|minus one|truncat",
    ),
    _Notation(
        sign=_named("tanh", "sinh", "cosh", "sin", "cos", "tan"),
        alone=_applied("tanh", "sinh", "cosh", "sin", "cos", "tan"),
        words="tanh|sinh|cosh|sin|cos|tan",
        other=r"inverse|degrees|approximat|\bhard\b|clip|hyperbolic (?:secant|cosecant)",
    ),
    _Notation(
        sign=_named("max", "min", "softmax", "softplus", "relu", "ReLU"),
        alone=_applied("max", "min", "softmax", "softplus", "relu", "ReLU"),
        words="max|min|softmax|softplus|relu",
        other=r"smooth|soft max|log-sum-exp|logsumexp|leaky|parametric|clipped|base.2|approximat",
    ),
)

_IS = r"(?:is|are|computes?|gives?|returns?)"
_MEANS = r"(?:denotes?|means?|stands? for|represents?|refers? to)"
_MATH = r"(?::math:`(?P<math>[^`]*)`|\$(?P<dollar>[^$]*)\$|`+(?P<code>[^`]*)`+)"
_EXPLAINED = re.compile(
    rf"{_MATH}\s*,?\s*(?:here |just |simply |always |now )?(?:{_IS}|(?P<means>{_MEANS})|(?=(?:the|an?) ))\b(?P<what>.*)",
    re.IGNORECASE | re.DOTALL,
)
_SET = re.compile(
    r"(?:\b(?:where|here|that is|i\.e\.|with|meaning|namely|define|defined as|convention)\b|,)[\w\s,]{0,24}"
    r"(?::math:`|\$)(?P<left>[^`$=<>]{1,24}?)\s*(?::?=|\\equiv|\\coloneqq)(?P<right>[^`$]*)",
    re.IGNORECASE,
)


def renames(text: str, lines: Sequence[str]) -> bool:
    """Whether a sentence gives another meaning to a notation that displays use.

    A sentence that says what a notation denotes must use its usual words. One that says what it is may only describe it.

    Args:
        text: the sentence.
        lines: the docstring without its indentation.
    """
    displays = " ".join(block.latex for block in markup.blocks(lines))
    used = [notation for notation in _NOTATIONS if re.search(notation.sign, displays)]
    return any(_explains_otherwise(text, one) or _sets(text, one) for one in used)


def _explains_otherwise(text: str, notation: _Notation) -> bool:
    for found in _EXPLAINED.finditer(text):
        latex = next(filter(None, (found["math"], found["dollar"], found["code"])), "")
        if re.fullmatch(notation.alone, latex.strip()) and _is_unusual(notation, found["what"], defines=bool(found["means"])):
            return True
    named = re.search(rf"\b(?:{notation.words})\W+(?:{_IS}|(?P<means>{_MEANS}))\b(?P<what>.*)", text, re.IGNORECASE | re.DOTALL)
    return named is not None and _is_unusual(notation, named["what"], defines=bool(named["means"]))


def _is_unusual(notation: _Notation, what: str, *, defines: bool) -> bool:
    if re.search(notation.other, what, re.IGNORECASE):
        return True
    return defines and bool(notation.usual) and not re.search(notation.usual, what, re.IGNORECASE)


def _sets(text: str, notation: _Notation) -> bool:
    r"""Whether a sentence sets a notation to something: `where x! = \Gamma(x)`."""
    found = _SET.search(text)
    if notation.sign.startswith(_NAMED):  # `where \ln{p} = ...` says what p is
        return False
    if found is None or not re.fullmatch(notation.alone, found["left"].strip()):
        return False
    return not (notation.equal and re.search(notation.equal, found["right"]))
