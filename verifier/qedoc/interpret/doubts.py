"""Words away from a display which may say that the code computes something else: results, reversed signs, inputs that are changed first."""

import re
from collections.abc import Iterator, Sequence

import sympy as sp

from qedoc.interpret import lexicon
from qedoc.interpret.departures import departs, foreign
from qedoc.interpret.findings import Described
from qedoc.interpret.meaning import OUTPUT
from qedoc.interpret.parsing import Lattice
from qedoc.interpret.passages import sentences
from qedoc.sources import markup

_RESULTS = frozenset({"returns", "return", "yields"})
_OPERATIONS = {
    r"squares? of|squared": r"\^\s*\{?\s*2|square|\\\||\\Vert",
    r"cubes? of|cubed": r"\^\s*\{?\s*3|cube",
    r"log(?:arithm)?(?: of|\W*$)": r"log|ln|\blg",
    r"(?:absolute|magnitude of|modulus of)": r"\||vert|abs|sign",
    r"exponential of|exponentiated": r"exp|e\s*\^",
    r"(?:square |cube )?root of": r"sqrt|\^\s*\{?\s*(?:1\s*/|0?\.5|\\[dt]?frac)",
    r"negative of|negated|negation of|opposite of|minus": r"-|\u2212",
    r"reciprocal of|inverse of": r"/|frac|\^\s*\{?\s*-",
    r"(?:derivative|gradient|slope) of": r"'|prime|partial|nabla|frac\s*\{\s*\\?d|\bd",
    r"complement of|one minus": r"1\s*-",
    r"half (?:of|the)|halved|twice|double|doubled": r"2|\.5",
}
"""How a formula writes the operations that a text names."""

_SHOWN = {
    re.compile(rf"(?:the |an? |its )?(?:natural )?(?:{name})(?![\w-])", re.IGNORECASE): re.compile(sign)
    for name, sign in _OPERATIONS.items()
}
_LOG_SUMMARY = re.compile(
    r"(?:(?:computes?|returns?|evaluates?|calculates?|gives?) )?(?:the |an? )?(?:natural )?log(?:arithm)?[- ]?(?:of (?:the )?)?[- ]?"
    r"(?:density|probability|likelihood|pdf|pmf|cdf|mass|odds|survival)\b",
    re.IGNORECASE,
)
_TYPE = re.compile(r"^[\w.\[\], |]{1,40}:\s+(?=[A-Z`a-z])")
_RETURNS = re.compile(
    r"^(?:(?:note:?|it|this|the (?:function|method|code|implementation)|and|then)\s+)*returns?\s+(?P<what>.*)", re.IGNORECASE | re.DOTALL
)
_ENDED = re.compile(r"[.!]\W*$")
_CODE = re.compile(r"^`*\s*[A-Za-z]\w*`*\s*(?:[-+*/^]|\*\*)\s*`*\w[\w. ]*`*[.;]?$")

_NO_TEXT = re.compile(r"[`\s]|[.;]\s*$")

_PARTICIPLES = (
    r"(?P<how>flipped|swapped|interchanged|exchanged|reversed|negated|inverted|squared|doubled|halved|clipped|clamped|rounded|truncated|"
    r"rescaled|normali[sz]ed|standardi[sz]ed|cent(?:e)?red|shifted|wrapped|replaced|rectified|thresholded|squashed|transformed|"
    r"exponentiated|brought to|reduced to|turned into)"
)
_SUBJECTS = (
    r"(?:it|this|that|they|these|which|signs?|order|arguments?|roles?|inputs?|values?|results?|outputs?|numbers?|entries|elements|"
    r"difference|sum|formula|expression|exponent|argument|base|denominator|numerator|fraction|"
    r"root|logarithm|weights|scores|labels|and|`+\w+`+|:math:`[^`]*`)"
)
_ADVERBS = r"(?:(?:then|first|also|afterwards|additionally|internally|automatically|silently|always)\s+)*"
_CHANGED = re.compile(
    rf"(?<!\w){_SUBJECTS},?\s+(?:will\s+)?(?:is|are|gets?|was|were|be)\s+{_ADVERBS}{_PARTICIPLES}\b(?!\s+distribution)",
    re.IGNORECASE,
)
_BEFOREHAND = re.compile(rf"\b{_PARTICIPLES}\s+(?:first|beforehand|internally|afterwards|automatically)\b", re.IGNORECASE)
_CLIPPED = re.compile(r",? (?:clipped|clamped|rounded|truncated|limited|rescaled) to\b", re.IGNORECASE)
_PRONOUN = re.compile(r"^(?:It|This|They|The (?:value|result|output)s?)\s+(?=is\b|are\b|lies?\b)")
_NUMBER = r"\W{0,8}(?P<number>-?\d+(?:\.\d+)?)(?!\w)"
_ABOVE = re.compile(rf"\b(?:saturat(?:es?|ed|ing) (?:at|to)|never exceeds?){_NUMBER}", re.IGNORECASE)
_BELOW = re.compile(rf"\bnever (?:falls?|drops?) below{_NUMBER}", re.IGNORECASE)
_DENSITY = re.compile(r"^(?:[\w'\u2019-]+ ){0,5}?(?:density|pdf|pmf|probability mass)\b", re.IGNORECASE)
"""The beginning of a sentence about a density, which is never negative: `Gamma density with shape k`."""

_LOGGED = re.compile(r"\blog|\bscore\b|derivative|gradient|difference", re.IGNORECASE)
_APPROXIMATES = re.compile(
    r"\b(?:this|it|which|formula|expression|equation|the above)\b[^.;:,]{0,24}\b(?:is|are|was)\b[^.;:,]{0,12}"
    r"\b(?:approximat\w+|simplif\w+|ideali[sz]\w+)\b",
    re.IGNORECASE,
)
_DRAWN = re.compile(r"\b(?:in|for) the (?:plot|figure|picture|graph|example)s?\b", re.IGNORECASE)
_OUTSIDE = re.compile(r"(?:any |all )?(?:out[- ]of[- ](?:range|bounds?)|too (?:large|small))\s+[\w`: -]*\b(?:is|are)\b", re.IGNORECASE)
"""The beginning of a sentence about arguments for which the formula has no value."""

_OPPOSITE = re.compile(r"\bopposite sign\b", re.IGNORECASE)
_WHOLE = re.compile(r"\binteger", re.IGNORECASE)
_ROUNDED = frozenset({"rounded", "truncated"})

_MARKS = (
    r"(?:(?:double |vertical |curly |square |angle |round )?(?:bars?|brackets?|parentheses|braces)|dots?|stars?|asterisks?|primes?|hats?|"
    r"tildes?|cross(?:es)?|circles?|carets?|superscripts?|subscripts?)"
)
_VERBS = r"(?:denotes?|is|are|means?|marks?|stands? for|represents?|indicates?)"
_REDEFINED = re.compile(rf"(?:\b{_MARKS}\s+{_VERBS}|^\W*(?:the|these) {_MARKS})\s+(?P<what>.*)", re.IGNORECASE)
_MEANS = r"denotes?|means?|stands? for|represents?|signif\w+"
_SIGN_NAMES = {
    rf"(?:the minus(?: signs?)?|hyphens?)\s+(?:{_MEANS}|is|are)": r"subtract|negat|difference",
    rf"the plus(?: signs?)?\s+(?:{_MEANS}|is)": r"addition|sum|union",
    rf"(?:slash(?:es)?|fraction bars?)\s+(?:{_MEANS}|is|are)": r"division|quotient|ratio|divided",
    rf"(?:juxtaposition|concatenation)\s+(?:{_MEANS}|is)": r"product|multiplication",
    rf"(?:here|where|the (?:number|digit))\W+(?:\d+|zero|one|two|unity)\s+(?:{_MEANS})": r"(?!)",
}
"""What explains signs by their names, each with the words of the usual meaning. A number has no meaning to explain."""

_EXPLAINED = {re.compile(rf"\b{name}\s+(?P<what>.*)", re.IGNORECASE): usual for name, usual in _SIGN_NAMES.items()}
_USUAL = re.compile(
    r"\b(?:absolute|modulus|norm|cardinality|product|multiplication|floor|ceiling|integer part|transpose|conjugate|estimate\w*|predict\w+|"
    r"derivative|mean|average|index|indices|indicator|grouping|optional)\b",
    re.IGNORECASE,
)
_SIGN = re.compile(
    rf":math:`\s*\\?(?:\*|cdot|times|circ|star|ast|odot|oplus|otimes)\s*`\s+{_VERBS}\s+(?P<what>.*)", re.IGNORECASE | re.DOTALL
)
_SIGNS = re.compile(r"\b(?:product|multiplication|composition|any number)\b(?<!cross product)", re.IGNORECASE)

_SUMS = re.compile(r"\b(?:sums?|summing|adds?(?: up)?|adding(?: up)?) to (?:one|1(?:\.0)?|unity|zero|0)\b", re.IGNORECASE)
_ONE = r"(?:one|1)\b"
_COUNTS = re.compile(
    rf"\b(?:start(?:s|ing)?|begin(?:s|ning)?|count(?:s|ed|ing)?|indexed|numbered) (?:at|from|with) {_ONE}|\b{_ONE}-(?:based|indexed)\b",
    re.IGNORECASE,
)

_ZERO = r"(?:zero|0)\b"
_FROM_ZERO = re.compile(
    rf"\b(?:start(?:s|ing)?|begin(?:s|ning)?|count(?:s|ed|ing)?|indexed|numbered) (?:at|from|with) {_ZERO}|\b{_ZERO}-(?:based|indexed)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"_\{?\s*[1-9]")
_NUMBERED_ZERO = re.compile(r"(?:_\{?\s*|=\s*)0")

_MEANING = frozenset({"means", "disables", "deactivates", "selects", "enables", "turns", "stands", "denotes", "indicates", "uses", "is"})


def changed(text: str) -> bool:
    """Whether a sentence says that a number is changed, or that a formula is not exact: `the sign is flipped`, `it is centered first`.

    Args:
        text: the sentence.
    """
    found = None if _DRAWN.search(text) else _CHANGED.search(text) or _BEFOREHAND.search(text)
    if found and found["how"].lower() in _ROUNDED and _WHOLE.search(text[: found.start()]):
        return False  # the text says that the number is whole
    return bool(found or any(pattern.search(text) for pattern in (_OPPOSITE, _APPROXIMATES)))


def counts_from_zero(text: str, lines: Sequence[str]) -> bool:
    """Whether a sentence counts from zero, beside displays with numbered entries of which none is number 0.

    Args:
        text: the sentence.
        lines: the docstring without its indentation.
    """
    displays = " ".join(block.latex for block in markup.blocks(lines)) if _FROM_ZERO.search(text) else ""
    return bool(_NUMBERED.search(displays)) and not _NUMBERED_ZERO.search(displays)


def alters(text: str) -> bool:
    """Whether a sentence says that the value is another one, or that a sign means something else.

    What happens to arguments for which the formula has no value is another matter: `out-of-range targets are clamped`.

    Args:
        text: the sentence.
    """
    return (changed(text) and not _OUTSIDE.match(text)) or redefines(text)


def constrains(text: str) -> bool:
    """Whether a sentence restricts numbers in words that give no relation of one number: `the weights sum to one`.

    Args:
        text: the sentence.
    """
    return bool(_SUMS.search(text) or _OUTSIDE.match(text))


def limits(text: str) -> tuple[sp.Basic, ...]:
    """The bounds of the value that a sentence states in other words: `it saturates at 3`.

    Args:
        text: the sentence.
    """
    above, below = _ABOVE.search(text), _BELOW.search(text)
    density = _DENSITY.match(text) and not _LOGGED.search(text)
    return (
        *((sp.Ge(OUTPUT, 0),) if density else ()),
        *((sp.Le(OUTPUT, sp.nsimplify(above["number"], rational=True)),) if above else ()),
        *((sp.Ge(OUTPUT, sp.nsimplify(below["number"], rational=True)),) if below else ()),
    )


def counts_from_one(text: str) -> bool:
    """Whether a sentence counts something from one, so that its number may be another than that of the code.

    Args:
        text: the sentence.
    """
    return bool(_COUNTS.search(text))


def counts_steps(text: str) -> bool:
    """Whether a sentence says how steps are counted: `Steps count from one`.

    Args:
        text: the sentence.
    """
    return bool(re.search(r"\b(?:steps?|iterations?|epochs?|updates?|counters?|counts?|counting)\b", text, re.IGNORECASE))


def redefines(text: str) -> bool:
    """Whether a sentence gives an unusual meaning to a sign: `bars denote the number of digits`.

    Args:
        text: the sentence.
    """
    found, sign = _REDEFINED.search(text), _SIGN.search(text)
    named = [(one["what"], usual) for pattern, usual in _EXPLAINED.items() if (one := pattern.search(text))]
    if any(not re.search(rf"\b(?:{usual})", what, re.IGNORECASE) for what, usual in named):
        return True
    return bool((found and not _USUAL.search(found["what"])) or (sign and not _SIGNS.search(sign["what"])))


def results(lines: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yields what the text says of the result that no display shows: `the squared difference` beside `x - y`, with its line.

    Args:
        lines: the docstring without its indentation.
    """
    displays = " ".join(block.latex for block in markup.blocks(lines))
    for paragraph in markup.paragraphs(lines):
        own = _RETURNS.match(paragraph.text) if paragraph.section not in markup.ARGUMENTS else None
        if paragraph.section not in _RESULTS and (own is None or not _ENDED.search(paragraph.text)):
            continue  # without a full stop, it introduces a display
        text = own["what"] if own else _TYPE.sub("", paragraph.text)
        named = [sign for name, sign in _SHOWN.items() if name.match(text)]
        computed = own and _CODE.match(text.strip()) and _NO_TEXT.sub("", text) not in _NO_TEXT.sub("", displays)
        said = paragraph.section in _RESULTS and departs(text, lines)
        if said or _CLIPPED.search(text) or any(not sign.search(displays) for sign in named) or computed:
            yield paragraph.text, paragraph.line


def logged(lines: Sequence[str]) -> str:
    """Words about a logarithm that begin a paragraph, `Log-density of a normal`, if no display shows one; empty without such words.

    Args:
        lines: the docstring without its indentation.
    """
    said = (paragraph.text for paragraph in markup.paragraphs(lines) if not paragraph.section and _LOG_SUMMARY.match(paragraph.text))
    shown = any(re.search(r"log|ln|ell|mathcal", block.latex) for block in markup.blocks(lines))
    return "" if shown else next(said, "")


def returned(lines: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yields the first sentence about what is returned, without its type, with its line: `a number between 0 and 3`.

    Args:
        lines: the docstring without its indentation.
    """
    for paragraph in markup.paragraphs(lines):
        if paragraph.section in _RESULTS:
            for sentence in sentences(_TYPE.sub("", paragraph.text)):
                yield _PRONOUN.sub("", sentence), paragraph.line


def meant(lattice: Lattice) -> tuple[sp.Expr, ...]:
    """The number with which an entry begins that says what it means: `zero means the default`. A formula need not hold there.

    Args:
        lattice: a sentence of the entry.
    """
    if len(lattice.words) < 2 or lattice.words[1].lower() not in _MEANING:
        return ()
    return tuple(edge.value for edge in lattice.edges[0] if edge.kind == "NUM" and edge.end == 1)


_NO_PART = re.compile(
    r"\b(?:no|any|an?|its|little) (?:effect|influence|impact|role|part)\b|\b(?:ignored|unused|disregarded|irrelevant|redundant)\b"
    r"|\b(?:not|only|never) (?:used|needed|required|relevant|considered|taken into account)\b",
    re.IGNORECASE,
)


def has_no_part(text: str) -> bool:
    """Whether a sentence says when a parameter counts, and not which values it has: `has no effect when b = 0`.

    Args:
        text: the sentence.
    """
    return bool(_NO_PART.search(text))


def deviates(text: str, lines: Sequence[str], parameters: Sequence[Described], *, first: bool) -> bool:
    """Whether a sentence says that a display is not what the code computes, or not written as usual.

    Args:
        text: the sentence.
        lines: the docstring without its indentation.
        parameters: the parameters.
        first: whether it is the summary, which may be in any language.
    """
    if (first and foreign(text)) or _OUTSIDE.match(text):
        return False
    return (
        alters(text) or counts_from_zero(text, lines) or _mixes_units(text) or departs(text, lines) or _is_reparametrised(text, parameters)
    )


def _is_reparametrised(text: str, parameters: Sequence[Described]) -> bool:
    """Whether a sentence names other parameters than the function has: `parametrised by its precision`, beside a scale."""
    named = re.search(r"\bparamet(?:e)?ri[sz]ed (?:by|with|in terms of|via|through) (?P<what>[^.;]*)", text, re.IGNORECASE)
    return any(lexicon.opposed(named["what"], f"{one.name.replace('_', ' ')} {one.text}") for one in parameters) if named else False


def _mixes_units(text: str) -> bool:
    """Whether a sentence gives numbers in two units of one quantity: `tau in milliseconds and t in seconds`."""
    said = {
        unit for unit, words in lexicon.UNITS.items() if any(re.search(rf"\b{re.escape(phrase)}(?!\w)", text.lower()) for phrase in words)
    }
    return any({one, other} <= said for one, other in lexicon.CONVERSIONS)
