"""Words away from a display which may say that the code computes something else: results, reversed signs, inputs that are changed first."""

import re
from collections.abc import Iterator, Sequence

import sympy as sp

from qedoc.interpret.parsing import Lattice
from qedoc.sources import markup

_RESULTS = frozenset({"returns", "return", "yields"})
_OPERATIONS = {
    r"squares?|squared": r"\^\s*\{?\s*2|square|\\\||\\Vert",
    r"log|logs|logarithm\w*|log-\w+": r"log|ln|\blg",
    r"absolute|magnitude|modulus": r"\||vert|abs|sign",
    r"exponential of|exponentiated": r"exp|e\s*\^",
    r"root": r"sqrt|\^\s*\{?\s*(?:1\s*/|0?\.5|\\[dt]?frac)",
    r"negative|negated|negation|minus": r"-|\u2212",
    r"reciprocal|inverse of": r"/|frac|\^\s*\{?\s*-",
    r"derivative|gradient|slope": r"'|prime|partial|nabla|frac\s*\{\s*\\?d|\bd",
    r"complement": r"1\s*-",
    r"half|halved|twice|double|doubled": r"2|\.5",
}
"""How a formula writes the operations that a text names."""

_SHOWN = {re.compile(rf"(?<![\w-])(?:{name})(?![\w-])", re.IGNORECASE): re.compile(sign) for name, sign in _OPERATIONS.items()}
_TYPE = re.compile(r"^[\w.\[\], |]{1,40}:\s+(?=[A-Z`a-z])")
_RETURNS = re.compile(
    r"^(?:(?:note:?|it|this|the (?:function|method|code|implementation)|and|then)\s+)*returns?\s+(?P<what>.*)", re.IGNORECASE | re.DOTALL
)
_CODE = re.compile(r"^`*\s*[A-Za-z]\w*`*\s*(?:[-+*/^]|\*\*)\s*`*\w[\w. ]*`*[.;]?$")

_PARTICIPLES = (
    r"(?:flipped|swapped|interchanged|exchanged|reversed|negated|inverted|squared|doubled|halved|clipped|clamped|rounded|truncated|rescaled|"
    r"normali[sz]ed|standardi[sz]ed|cent(?:e)?red|shifted|wrapped|replaced|rectified|thresholded|squashed|transformed|exponentiated)"
)
_CHANGED = re.compile(
    rf"\b(?:is|are|gets?|was|were|be)\s+(?:(?:then|first|also|afterwards|additionally|internally|automatically|silently|always)\s+)*{_PARTICIPLES}\b"
    rf"|\b{_PARTICIPLES}\s+(?:first|beforehand|internally|afterwards|automatically)\b|\bopposite sign\b",
    re.IGNORECASE,
)

_MARKS = (
    r"(?:(?:double |vertical |curly |square |angle |round )?(?:bars?|brackets?|parentheses|braces)|dots?|stars?|asterisks?|primes?|hats?|"
    r"tildes?|cross(?:es)?|circles?|carets?|superscripts?|subscripts?)"
)
_REDEFINED = re.compile(
    rf"\b(?:a|an|the|two|single|double)?\s*{_MARKS}\s+(?:denotes?|is|are|means?|marks?|stands? for|represents?|indicates?)\s+(?P<what>.*)",
    re.IGNORECASE,
)
_USUAL = re.compile(
    r"\b(?:absolute|modulus|norm|cardinality|product|multiplication|floor|ceiling|integer part|transpose|conjugate|estimate\w*|predict\w+|"
    r"derivative|mean|average|index|indices|indicator|grouping|optional)\b",
    re.IGNORECASE,
)
_SIGN = re.compile(
    r":math:`\s*\\?(?:\*|cdot|times|circ|star|ast|odot|oplus|otimes)\s*`\s+(?:denotes?|is|means?|represents?)\s+(?P<what>.*)", re.IGNORECASE
)
_SIGNS = re.compile(r"\b(?:product|multiplication|composition)\b(?<!cross product)", re.IGNORECASE)


def changed(text: str) -> bool:
    """Whether a sentence says that a number is changed: `the sign is flipped`, `it is centered first`.

    Args:
        text: the sentence.
    """
    return bool(_CHANGED.search(text))


def redefines(text: str) -> bool:
    """Whether a sentence gives an unusual meaning to a sign: `bars denote the number of digits`.

    Args:
        text: the sentence.
    """
    found, sign = _REDEFINED.search(text), _SIGN.search(text)
    return bool((found and not _USUAL.search(found["what"])) or (sign and not _SIGNS.search(sign["what"])))


def results(lines: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yields what the text says of the result that no display shows: `the squared difference` beside `x - y`, with its line.

    Args:
        lines: the docstring without its indentation.
    """
    displays = " ".join(block.latex for block in markup.blocks(lines))
    for paragraph in markup.paragraphs(lines):
        own = _RETURNS.match(paragraph.text) if paragraph.section not in markup.ARGUMENTS else None
        if paragraph.section not in _RESULTS and own is None:
            continue
        text = own["what"] if own else _TYPE.sub("", paragraph.text)
        head = re.split(r"[.;:,(]\s|[.;:,]?$", text, maxsplit=1)[0]
        words = " ".join(head.split()[:6])
        named = [sign for name, sign in _SHOWN.items() if name.search(words)]
        if any(not sign.search(displays) for sign in named) or (own and _CODE.match(text.strip())):
            yield paragraph.text, paragraph.line


def meant(lattice: Lattice) -> tuple[sp.Expr, ...]:
    """The number with which an entry begins that says what it means: `zero means the default`. A formula need not hold there.

    Args:
        lattice: a sentence of the entry.
    """
    if len(lattice.words) < 2 or lattice.words[1].lower() not in _MEANING:
        return ()
    return tuple(edge.value for edge in lattice.edges[0] if edge.kind == "NUM" and edge.end == 1)


_MEANING = frozenset({"means", "disables", "deactivates", "selects", "enables", "turns", "stands", "denotes", "indicates", "uses", "is"})
