"""Turns LaTeX into MathML for pages, with latex2mathml.

The markup is written anew from the tree that latex2mathml builds: only elements and attributes of MathML Core that are listed here, and
every text escaped. latex2mathml's own output is never used, because it unescapes the text of a docstring.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any
from xml.etree.ElementTree import Element

from qedoc.errors import attempt
from qedoc.report.latex_text import prepared

LONGEST = 5000
"""Longer LaTeX is shown as text."""

NARROW = 20.0
"""Width in em that fits on a narrow screen. A wider formula may be broken before relations, and before + and - outside of brackets."""

MARGIN = 1.15
"""Fonts differ: the estimated width of a formula is larger than its usual width by this factor."""

DEEPEST = 2
"""Formulas are broken inside of at most so many brackets."""

WIDE = 40.0
"""Width in em of the widest table of rows that keeps its columns. Wider rows become lines of their own."""

_TAGS = frozenset(
    (
        "mrow",
        "mi",
        "mn",
        "mo",
        "mtext",
        "mspace",
        "msup",
        "msub",
        "msubsup",
        "mfrac",
        "msqrt",
        "mroot",
        "mover",
        "munder",
        "munderover",
        "mtable",
        "mtr",
        "mtd",
        "mstyle",
        "mpadded",
        "mphantom",
    )
)
_FLAGS = frozenset(("stretchy", "fence", "separator", "largeop", "movablelimits", "accent", "accentunder", "displaystyle"))
_LENGTHS = frozenset(("width", "height", "depth", "lspace", "rspace", "voffset", "minsize", "maxsize", "linethickness"))
_LENGTH = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:em|ex|px|pt)?")
_REFERENCE = re.compile(r"&#x([0-9A-Fa-f]{1,6});")
_UNKNOWN = re.compile(r"\\[A-Za-z]+")
_TALL = frozenset(("mfrac", "mtable", "munder", "mover", "munderover", "mroot", "msqrt"))
"""Elements around which brackets grow."""
_LIMITS = frozenset(("max", "min", "sup", "inf", "lim", "arg\u2009max", "arg\u2009min", "argmax", "argmin"))
_LARGE = frozenset("∑∏∐⋂⨁⨂\N{N-ARY UNION}")
_INTEGRALS = frozenset("∫∬∭∮")
_RELATIONS = frozenset("=≈≡≤≥<>≜≔\N{TILDE OPERATOR}≃≅≠∈→←↦⇒⟹:")
_SIGNS = frozenset("+−±∓")
_OPEN, _CLOSE = frozenset("([{⟨⌊⌈"), frozenset(")]}⟩⌋⌉")
_VARIANTS = {
    "bold": "BOLD",
    "italic": "ITALIC",
    "bold-italic": "BOLD ITALIC",
    "double-struck": "DOUBLE-STRUCK",
    "script": "SCRIPT",
    "fraktur": "FRAKTUR",
    "sans-serif": "SANS-SERIF",
    "monospace": "MONOSPACE",
}


class _CannotShowError(Exception):
    """The LaTeX has a command that cannot be shown."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Markup and its estimated width in em."""

    markup: str
    width: float


@dataclass(frozen=True, slots=True)
class Math:
    """A formula on a page.

    Args:
        lines: its lines: the estimated width of the widest piece in em, and the pieces between which the line may be broken.
    """

    lines: tuple[tuple[float, tuple[str, ...]], ...]


def rendered(latex: str, macros: Mapping[str, "str | tuple[Any, ...]"] | None = None, *, display: bool = True) -> Math | None:
    """Returns a formula as MathML; None for LaTeX that cannot be shown, such as a command that nobody defines.

    Args:
        latex: the formula.
        macros: the macros of the project, by name without backslash.
        display: whether the formula stands on lines of its own.
    """
    return _rendered(prepared(latex, macros), display) if latex.strip() and len(latex) <= LONGEST else None


@lru_cache(maxsize=4096)
def _rendered(latex: str, display: bool) -> Math | None:
    from latex2mathml.converter import Converter

    def converted() -> Math:
        tree = Converter(display="block" if display else "inline").convert_to_element(latex)
        return _math(list(_flat(list(tree))), display=display)

    return attempt(converted, None)  # latex2mathml raises errors of many kinds for LaTeX that it cannot read


def _math(found: list[Element], *, display: bool) -> Math:
    rows = [found]
    if display and len(found) == 1 and found[0].tag == "mtable" and _sequence(found).width > WIDE:
        rows = [[part for cell in row for part in _flat(list(cell))] for row in found[0]]
    lines = [[_sequence(part) for part in _broken(row)] if display else [_sequence(row)] for row in rows if row]
    style = 'display="block"' if display and len(lines) == 1 == len(lines[0]) else f'displaystyle="{str(display).lower()}"'
    return Math(
        tuple(
            (MARGIN * max(piece.width for piece in line) + 0.5, tuple(f"<math {style}>{piece.markup}</math>" for piece in line))
            for line in lines
        )
    )


def _flat(elements: Sequence[Element]) -> Iterator[Element]:
    """The elements without groups around them, but with those whose brackets grow with what they enclose."""
    for element in elements:
        if element.tag != "mrow":
            yield element
        elif not _is_fenced(element):
            yield from _flat(list(element))
        elif any(part.tag in _TALL for part in element.iter()):
            yield element
        else:
            for mark in (element[0], element[-1]):
                if mark.tag == "mo":
                    mark.set("stretchy", "false")
            yield from _flat(list(element))


def _is_fenced(element: Element) -> bool:
    return element.tag == "mrow" and len(element) > 0 and element[0].tag == "mo" and element[0].get("fence") == "true"


def _broken(row: list[Element], depth: int = 0) -> list[list[Element]]:
    """The parts of a formula between which a line may be broken: none if it is narrow. Breaks are as far outside as possible."""
    if _sequence(row).width <= NARROW or depth > DEEPEST:
        return [row]
    parts: list[list[Element]] = [[]]
    inside = 0
    for element in row:
        text = _text(element) if element.tag == "mo" else ""
        inside -= text in _CLOSE
        if parts[-1] and inside <= depth and _may_begin(element, text, parts[-1][-1]):
            parts.append([])
        inside += text in _OPEN
        parts[-1].append(element)
    for part in parts[1:]:
        if part[0].tag == "mo" and _text(part[0]) in _RELATIONS | _SIGNS:
            part[0].set("form", "infix")  # it is the first of its part, but no prefix
    return [inner for part in parts for inner in _broken(part, depth + 1)]


def _may_begin(element: Element, text: str, before: Element) -> bool:
    """Whether a line may begin with an element: a relation, a sum, or a factor in large brackets."""
    if text in _RELATIONS:
        return _text(before) not in _RELATIONS
    return (text in _SIGNS and _is_infix(before)) or (_is_fenced(element) and before.tag != "mo" and not _is_function(before))


def _is_infix(before: Element) -> bool:
    """Whether a sign after an element is an operation, and not the sign of what follows."""
    return before.tag != "mo" or _text(before) in _CLOSE


def _sequence(elements: Sequence[Element]) -> Piece:
    """Markup of elements in a row. Letters of a name are joined, and a function is set apart from its argument."""
    joined = list(_joined(elements))
    pieces: list[Piece] = []
    for k, element in enumerate(joined):
        if _is_function(element) and k and joined[k - 1].tag not in ("mo", "mspace"):
            pieces.append(_THIN)
        pieces.append(_piece(element))
        if k + 1 < len(joined) and _is_function(element) and not _opens(joined[k + 1]) and not _is_function(joined[k + 1]):
            pieces.append(_THIN)
    return Piece("".join(piece.markup for piece in pieces), sum(piece.width for piece in pieces))


_THIN = Piece('<mspace width="0.167em"></mspace>', 0.167)
"""The space that TeX puts around a function without brackets."""


def _joined(elements: Sequence[Element]) -> Iterator[Element]:
    name: Element | None = None
    for element in elements:
        variant = element.get("mathvariant") if element.tag == "mi" else None
        if name is not None and variant == name.get("mathvariant"):
            name.text = (name.text or "") + _text(element)
            continue
        if name is not None:
            yield name
        name = None
        if variant in ("normal", "monospace", "sans-serif"):
            name = Element("mi", {"mathvariant": variant})
            name.text = _text(element)
        else:
            yield element
    if name is not None:
        yield name


def _is_function(element: Element) -> bool:
    if element.tag in ("msub", "msup", "msubsup", "munder"):
        return len(element) > 0 and _is_function(element[0])
    if element.tag == "mrow" and len(element) == 1:
        return _is_function(element[0])
    text = _text(element)
    return element.tag in ("mi", "mo") and len(text) > 1 and text.isalpha() and text.isascii()


def _opens(element: Element) -> bool:
    """Whether an element begins with a bracket, or is a script or punctuation, before which no space is needed."""
    if element.tag == "mrow" and len(element):
        return _opens(element[0])
    return element.tag in ("mo", "mspace")


def _text(element: Element) -> str:
    """The text of an element. latex2mathml leaves references such as `&#x003B1;` in it."""
    return _REFERENCE.sub(lambda found: chr(int(found[1], 16)), element.text or "")


def _piece(element: Element) -> Piece:
    if element.tag in ("mi", "mn", "mo", "mtext"):
        return _token(element)
    if element.tag == "mspace":
        width = element.get("width", "0")
        amount = float(re.sub(r"[^\d.+-]", "", width) or 0) if _LENGTH.fullmatch(width) and width.endswith("em") else 0.0
        return Piece(f"<mspace{_attributes(element)}></mspace>", max(amount, 0.0))
    if element.tag in ("mrow", "mstyle", "mpadded", "mphantom", "mtd", "msqrt") or element.tag not in _TAGS:
        inner = _sequence(list(element))
        tag = element.tag if element.tag in _TAGS else "mrow"
        return Piece(f"<{tag}{_attributes(element)}>{inner.markup}</{tag}>", inner.width + (0.9 if tag == "msqrt" else 0.0))
    if element.tag in ("mtable", "mtr"):
        return _table(element)
    return _scripts(element)


def _token(element: Element) -> Piece:
    text, tag, attributes = _text(element), element.tag, _attributes(element)
    if tag != "mtext" and _UNKNOWN.fullmatch(text):
        raise _CannotShowError(text)
    variant = element.get("mathvariant", "")
    if tag == "mi" and text in _OPEN | _CLOSE | {"|", "‖"}:
        tag, attributes = "mo", ' stretchy="false"'
    elif tag == "mo" and text.isalpha() and text.isascii() and len(text) > 1 and text not in _LIMITS:
        tag, attributes = "mi", ""  # an operator would have space on both sides
    elif tag == "mo" and text in _LIMITS:
        attributes = ' form="prefix" lspace="0" rspace="0" movablelimits="true"'
    elif tag == "mi" and len(text) > 1 and variant == "monospace":
        tag, attributes = "mtext", ' class="mono"'
    elif tag == "mi" and variant == "normal" and len(text) == 1:
        attributes = ' mathvariant="normal"'
    elif tag in ("mi", "mn") and variant in _VARIANTS:
        text = "".join(_letter(letter, _VARIANTS[variant]) for letter in text)
    return Piece(f"<{tag}{attributes}>{escape(text)}</{tag}>", _width(text, tag))


def _letter(letter: str, variant: str) -> str:
    """The letter of Unicode for a variant of a letter: browsers know no other variants."""
    try:
        plain = unicodedata.name(letter)
    except ValueError:
        return letter
    short = re.sub(r"^(?:LATIN|GREEK) |^DIGIT |LETTER ", lambda found: "DIGIT " if found[0] == "DIGIT " else "", plain)
    for name in (f"MATHEMATICAL {variant} {short}", f"{variant} {short}", f"{variant.replace('FRAKTUR', 'BLACK-LETTER')} {short}"):
        try:
            return unicodedata.lookup(name)
        except KeyError:
            continue
    return letter


def _width(text: str, tag: str) -> float:
    if tag == "mo":
        if text in _RELATIONS or text in _SIGNS:
            return 1.3
        if text in _LARGE or text in _INTEGRALS:
            return 1.6
        return 0.45 * len(text) + (0.2 if text.isalpha() else 0.0)
    return sum(0.32 if letter in "ijlt ,.'|\N{PRIME}" else 0.62 for letter in text)


def _table(element: Element) -> Piece:
    rows = [[_piece(cell) for cell in row] for row in element] if element.tag == "mtable" else [[_piece(cell) for cell in element]]
    columns = max(map(len, rows), default=0)
    width = 1.2 * sum(max((row[k].width for row in rows if k < len(row)), default=0.0) + 0.8 for k in range(columns))
    if element.tag == "mtr":
        return Piece(f"<mtr>{''.join(cell.markup for cell in rows[0])}</mtr>", width)
    inner = "".join(f"<mtr>{''.join(cell.markup for cell in row)}</mtr>" for row in rows)
    return Piece(f"<mtable{_attributes(element)}>{inner}</mtable>", width)


def _scripts(element: Element) -> Piece:
    """Markup of fractions, roots and scripts, each with the number of parts that MathML wants."""
    parts = [_piece(part) for part in element]
    wanted = 3 if element.tag in ("msubsup", "munderover") else 2
    if len(parts) != wanted:
        raise _CannotShowError(element.tag)
    tag, widths = element.tag, [part.width for part in parts]
    if tag in ("msub", "msup", "msubsup") and _has_limits(element[0]):
        tag = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}[tag]
    if tag == "mfrac":
        width = max(widths) + 0.2
    elif tag in ("mover", "munder", "munderover"):
        width = max(widths[0], *(0.75 * script for script in widths[1:]))
    else:
        width = widths[0] + 0.75 * max(widths[1:])
    return Piece(f"<{tag}{_attributes(element)}>{''.join(part.markup for part in parts)}</{tag}>", width)


def _has_limits(base: Element) -> bool:
    """Whether scripts of a base stand above and below it in a displayed formula."""
    return base.tag == "mo" and (_text(base) in _LARGE or _text(base) in _LIMITS)


def _attributes(element: Element) -> str:
    """The attributes that are kept, with values that are known to be harmless."""
    kept = []
    for name, value in element.attrib.items():
        if (name in _FLAGS and value in ("true", "false")) or (name in _LENGTHS and _LENGTH.fullmatch(value)):
            kept.append(f' {name}="{value}"')
        elif name == "form" and value in ("prefix", "infix", "postfix"):
            kept.append(f' form="{value}"')
        elif name == "scriptlevel" and value in ("0", "1", "2"):
            kept.append(f' scriptlevel="{value}"')
        elif name == "columnalign" and element.tag == "mtd" and value in ("left", "right"):
            kept.append(f' class="{value}"')
    return "".join(kept)
