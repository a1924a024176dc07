"""Reads what code spans beside plain mathematics say about symbols: `loc = mu`, and `Z` is the normalization constant."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qedoc.sources.markup import SILENT, Paragraph

_SPAN = re.compile(r"(`{1,2})([^`]+)\1")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*")
_EQUAL = re.compile(r"(?<![<>=!:~])=(?!=)")
_RELATION = re.compile(r"[<>≤≥]|!=")
_IS = re.compile(r"\s*(?:is|are|denotes?|represents?|stands for|means|being)\s+(?=(?:the|an?|its)\b)", re.IGNORECASE)
_SUPPOSED = re.compile(r"\b(?:if|when|unless|whether|case|until|while|setting|set|with)\s*$", re.IGNORECASE)
_TELLS = re.compile(r"(?:^|[\s(])(?:where|with|and|constant|given by)\W*(?:[*-]\s*)?$|^\W*[*-]\s+$|,\s*$", re.IGNORECASE)
_PLACED = re.compile(r"(?:(?<=[.] )|^)(?:This|It) is `+([A-Za-z]\w*)`+ in `+[^`]*=[^`]*`+\.?\s*")
_LINK = re.compile(r"\[([^\]]*)\]\s*\([^)]*\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What code spans say.

    Args:
        legend: the explanation of each symbol.
        definitions: the equations that define a name, each with its line, from 0.
    """

    legend: dict[str, str]
    definitions: tuple[tuple[str, int], ...]


def told(paragraphs: Sequence[Paragraph], parameters: Collection[str]) -> Told:
    """Returns what the code spans of a docstring with plain mathematics say about symbols.

    Args:
        paragraphs: the running text.
        parameters: the names of the parameters.
    """
    legend: dict[str, str] = {}
    definitions: list[tuple[str, int]] = []
    for paragraph in paragraphs:
        if paragraph.section in SILENT:
            continue
        for kind, name, text in _said(paragraph.text, parameters):
            if kind == "define":
                definitions.append((text, paragraph.line))
            else:
                legend.setdefault(name, text)
    return Told(legend=legend, definitions=tuple(definitions))


def _said(text: str, parameters: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """What each code span of a text says: its kind, its name, and the explanation or the definition."""
    linked = _LINK.sub(r"\1", text)
    for span in _SPAN.finditer(linked):
        inner = span[2].strip()
        before, after = linked[: span.start()], linked[span.end() :]
        if _SUPPOSED.search(before):
            continue
        if _NAME.fullmatch(inner):
            explained = _IS.match(after)
            if explained and inner not in parameters:
                yield "explain", inner, _first_clause(after[explained.end() :])
            continue
        members = [_RELATION.split(member)[0].strip() for member in _EQUAL.split(inner)]
        if len(members) < 2:
            continue
        one, other = members[:2]
        names = [member for member in (one, other) if _NAME.fullmatch(member)]
        known = [name for name in names if name in parameters]
        if len(names) == 2 and len(known) == 1:
            symbol = other if known[0] == one else one
            yield "bind", symbol, f"``{known[0]}``"
        elif names == [one] and one not in parameters and not _RELATION.search(inner) and _TELLS.search(before):
            yield "define", one, inner


def placed(described: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Returns the symbols that entries place in a formula, 'This is `c` in `y = c x`.', and the entries without these sentences.

    Args:
        described: the description of each parameter.
    """
    legend = {found[1]: f"``{name}``" for name, text in described.items() for found in _PLACED.finditer(text) if found[1] not in described}
    return legend, {name: _PLACED.sub("", text).strip() for name, text in described.items()}


def _first_clause(text: str) -> str:
    """The words up to the next code span or the end of the sentence."""
    return re.split(r"`|[;]|[.](?:\s|$)|,\s+(?:and\b|$)|\s+(?:aka|a\.k\.a\.|also called|i\.e\.)\s", text)[0].strip(" ,")
