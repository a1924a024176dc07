"""Finds sentences that give an object's value in running text: 'Computes ``log(1 + x)``', 'returns :math:`x^2` element-wise'."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from qedoc.sources.markup import ARGUMENTS, PLAIN, SILENT, Paragraph
from qedoc.sources.plain_math import is_expression
from qedoc.sources.prose import sentences

_SPAN = r"(?::math:`(?P<latex>[^`]+)`|``(?P<double>[^`]+)``|(?<![`:])`(?P<single>[^`]+)`)"
_SUBJECT = r"(?:(?:this|the)\s+(?:function|method|operation|op|activation|loss|kernel)\s+|it\s+|\w+\s*[:.\u2013-]\s+)?"
_NOUN = r"(?:the|its)\s+(?:output|result|value|(?:return|returned)\s+value|function|loss)\s+"
_PASSIVE = r"(?:is|equals|is\s+(?:given|defined|computed)\s+(?:by|as))"
_VERB = rf"(?:{_SUBJECT}(?:returns?|computes?|calculates?|evaluates?|applies)|{_NOUN}{_PASSIVE}|(?:(?:it|this)\s+is\s+)?equivalent\s+to)"
_OBJECT = r"(?:\s+(?:the\s+)?(?:value|function|quantity|expression|element-?wise(?:\s+function)?))?"
_WAY = r"(?:\s*,?\s*(?:element-?wise|component-?wise|entry-?wise|accurately|stably|precisely|in a numerically stable (?:way|manner)))*"
_GIVES = re.compile(rf"{_VERB}{_OBJECT}\s*:?\s+{_SPAN}{_WAY}\s*[.;]?", re.IGNORECASE)
_NAMES = re.compile(
    rf"(?:an?\s+|the\s+)?(?:[\w-]+\s+){{0,4}}(?:transform(?:ation)?|bijection|map|mapping|activation|function|kernel|loss|layer)"
    rf"(?:\s+using\s+[\w-]+)?\s*[,:]?\s+{_SPAN}{_WAY}\s*[.;]?",
    re.IGNORECASE,
)
"""A summary that is a noun with an equation: 'Tanh bijection :math:`y = \\tanh(x)`.'"""

_DEFINES = re.compile(
    rf"(?:it|this|the\s+(?:function|matrix|vector|operator|gate|state|tensor|kernel|density))\s+{_PASSIVE}\s*:?\s+{_SPAN}\s*[.;]?",
    re.IGNORECASE,
)
"""A sentence that defines what the docstring has named before: 'Rotation :math:`R`. It is defined by :math:`R = \\dots`.'"""

_LEFT = re.compile(r"\s*(?P<name>[A-Za-z]\w*|\\mathrm\{(?P<upright>\w+)\})\s*(?:\([^()=]*\)\s*)?=(?!=)")
_RESULTS = frozenset({"y", "out", "output", "result", "f"})
_DROPPED = frozenset({"out", "output", "result"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A value that a sentence gives.

    Args:
        text: the formula.
        line: the line where its paragraph starts, from 0.
        notation: `plain` for plain text; empty for LaTeX.
    """

    text: str
    line: int
    notation: str


def given_values(paragraphs: Sequence[Paragraph], own: str, parameters: Collection[str], *, is_class: bool = False) -> list[Given]:
    """Returns the values that whole sentences of a docstring give.

    Args:
        paragraphs: the running text.
        own: the name of the documented object.
        parameters: the names of its parameters.
        is_class: whether it is a class, whose sentences on what it computes may be about any method.
    """
    found: list[Given] = []
    for paragraph in paragraphs:
        if paragraph.section in SILENT or paragraph.section in ARGUMENTS:
            continue
        for sentence in sentences(paragraph):
            first = not found and paragraph is paragraphs[0]
            named = _NAMES.fullmatch(sentence.strip()) if first else None
            span = (None if is_class else _GIVES.fullmatch(sentence.strip())) or (
                named if named and _LEFT.match(named["latex"] or named["double"] or "") else None
            )
            if span is None:
                defined = None if is_class else _DEFINES.fullmatch(sentence.strip())
                if defined and defined["latex"] and _is_named(defined["latex"], paragraphs, paragraph):
                    found.append(Given(text=defined["latex"], line=paragraph.line, notation=""))
                continue
            latex, code = span["latex"], span["double"] or span["single"] or ""
            text = _value(latex or code, own, parameters)
            if latex and text.startswith((own, rf"\mathrm{{{own}}}")) and "=" in text:
                continue  # an inline equation that names the object is a formula already
            if text and (latex or is_expression(text.partition("=")[2] or text)):
                found.append(Given(text=text, line=paragraph.line, notation="" if latex else PLAIN))
    return found


def _is_named(latex: str, paragraphs: Sequence[Paragraph], own: Paragraph) -> bool:
    """Whether the left side of an equation is what the summary, or the section on the result, calls the value."""
    left, _, right = latex.partition("=")
    told = [one.text for one in paragraphs if one is not own and (one is paragraphs[0] or one.section in _RETURNS)]
    return bool(right) and any(left.strip() == name.strip() for text in told for name in _ROLE.findall(text))


_ROLE = re.compile(r":math:`([^`]+)`")
_RETURNS = frozenset({"returns", "return"})


def _value(text: str, own: str, parameters: Collection[str]) -> str:
    """A formula whose left side, if it has one, names the result; an empty string for any other."""
    left = _LEFT.match(text)
    if left is None:
        return "" if re.search(r"(?<![<>!=])=", text) else text
    name = left["upright"] or left["name"]
    if name in parameters or name not in {own, *_RESULTS}:
        return ""
    return text[left.end() :].strip() if name in _DROPPED else text
