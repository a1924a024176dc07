"""Words for domains, conditions, properties and assumptions, as pieces of text, code and mathematics."""

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import NamedTuple

from qedoc.results.notation import clauses, letter, plain, tex


class Kind(Enum):
    """What a piece is."""

    TEXT = "text"
    CODE = "code"
    MATH = "math"


class Piece(NamedTuple):
    """A part of a sentence.

    Args:
        kind: what it is.
        text: the text; for mathematics, a form for pages without it.
        latex: the LaTeX of mathematics.
    """

    kind: Kind
    text: str
    latex: str = ""


Letters = Mapping[str, str]
"""The LaTeX of symbols, by name."""


def math(text: str, letters: Letters) -> Piece:
    """A formula or condition as SymPy prints it; code if it is none."""
    latex = tex(text, letters)
    return Piece(Kind.CODE, text) if latex is None else Piece(Kind.MATH, plain(text), latex)


def conditions(text: str, letters: Letters) -> Iterator[Piece]:
    """A condition, divided where it says "and" or "or", so that a long one has places where a line may end."""
    word, parts = clauses(text)
    for number, part in enumerate(parts):
        if number:
            yield Piece(Kind.TEXT, f" {word} ")
        yield math(part, letters)


def _said(template: str, letters: Letters, **parts: str) -> Iterator[Piece]:
    """The pieces of a template with formulas in braces."""
    for number, part in enumerate(re.split(r"\{(\w+)\}", template)):
        if number % 2:
            yield from conditions(parts[part], letters)
        elif part:
            yield Piece(Kind.TEXT, part)


_PROPERTIES = (
    (r"(?P<low>.+) <= formula <= (?P<high>.+)", "the value lies between {low} and {high}"),
    (r"(?P<low>.+) <= formula", "the value is at least {low}"),
    (r"formula <= (?P<high>.+)", "the value is at most {high}"),
    (r"non-increasing in (?P<x>.+)", "the value does not rise as {x} grows"),
    (r"non-decreasing in (?P<x>.+)", "the value does not fall as {x} grows"),
    (r"constant for (?P<where>.+)", "the value is constant for {where}"),
    (r"continuous in (?P<x>.+)", "the value is continuous in {x}"),
    (r"tends to (?P<v>.+) as (?P<x>.+) -> oo", "the value tends to {v} as {x} grows without bound"),
    (r"no update if every gradient is (?P<v>.+)", "there is no update if every gradient is {v}"),
    (
        r"unchanged if all gradients are multiplied by (?P<c>.+)",
        "the outputs do not change if all gradients are multiplied by a number {c}",
    ),
    (
        r"multiplied by (?P<v>.+) if all gradients are multiplied by (?P<c>.+)",
        "the outputs are multiplied by {v} if all gradients are multiplied by a number {c}",
    ),
)


def statement(text: str, letters: Letters) -> list[Piece]:
    """The words of a property.

    Args:
        text: the property as `claims.properties.spoken` says it.
        letters: the LaTeX of symbols, by name.
    """
    claim, _, where = text.partition(", where ")
    return [*_claim(claim, letters), *_where(where, letters)]


def _claim(claim: str, letters: Letters) -> Iterator[Piece]:
    for pattern, template in _PROPERTIES:
        if (found := re.fullmatch(pattern, claim)) is not None:
            yield from _said(template, letters, **found.groupdict())
            return
    value, at, places = claim.rpartition(" at ")
    if not at:
        yield Piece(Kind.TEXT, claim)
        return
    yield from _said("the value is {v} at ", letters, v=value)
    yield from _listed([re.sub(r" = ", " == ", place) for place in re.split(r", (?=\w+(?:\[.*?\])? = )", places)], letters)


def _where(where: str, letters: Letters) -> Iterator[Piece]:
    if where:
        yield Piece(Kind.TEXT, ", if ")
        yield from _listed(where.split(" and "), letters)


def _listed(conditions: list[str], letters: Letters) -> Iterator[Piece]:
    for number, condition in enumerate(conditions):
        if number:
            yield Piece(Kind.TEXT, " and ")
        made = math(condition, letters)
        yield made._replace(text=made.text.replace(" == ", " = "))


def values(domain: str, symbol: str, letters: Letters) -> list[Piece]:
    """The words of the set of values of a symbol: `integers in [0, T)` is "integer, 0 ≤ W < T".

    Args:
        domain: the set, as `claims.domain` and the symbol table say it.
        symbol: the symbol.
        letters: the LaTeX of symbols, by name.
    """
    found = re.fullmatch(r"(integers|reals) in ([\[(])(.+), (.+)([\])])", domain)
    if found is None:
        return [Piece(Kind.TEXT, {"integers": "integer", "reals": "real number"}.get(domain, domain))]
    kind, left, low, high, right = found.groups()
    word = "integer" if kind == "integers" else "real number"
    if (low, high) == ("0", "oo") and kind == "reals" and left == "(":
        return [Piece(Kind.TEXT, "positive number")]
    below = "" if low == "-oo" else f"{low} {'<' if left == '(' else '<='} "
    above = "" if high == "oo" else f" {'<' if right == ')' else '<='} {high}"
    one_sided = below and not above
    relation = f"{symbol} {'>' if left == '(' else '>='} {low}" if one_sided else f"{below}{symbol}{above}"
    return [Piece(Kind.TEXT, f"{word}, "), math(relation, letters)]


def condition(text: str, letters: Letters) -> list[Piece]:
    """The words of a condition, which may be one for each value of an index.

    Args:
        text: the condition, as the domain of a claim has it.
        letters: the LaTeX of symbols, by name.
    """
    each = re.fullmatch(r"(.+) for (\w+) = (.+?)\.\.(.+)", text)
    if each is None:
        return list(conditions(text, letters))
    relation, index, first, last = each.groups()
    ends = [tex(part, letters) for part in (first, last)]
    if None in ends:
        return [math(relation, letters), Piece(Kind.TEXT, f" for {index} = {first}..{last}")]
    latex = rf"{letter(index, letters)} = {ends[0]}, \dots, {ends[1]}"
    return [math(relation, letters), Piece(Kind.TEXT, " for "), Piece(Kind.MATH, f"{index} = {first}, ..., {last}", latex)]


def assumption(text: str, letters: Letters) -> list[Piece]:
    """The words of an assumption.

    Args:
        text: the note of a claim.
        letters: the LaTeX of symbols, by name.
    """
    for pattern, template in (
        (r"the text says (?P<c>.+)", "the text says: {c}"),
        (r"where the formula has a value: (?P<c>.+)", "where the formula has a value: {c}"),
    ):
        found = re.fullmatch(pattern, text)
        if found is not None and tex(found["c"], letters) is not None:
            return list(_said(template, letters, c=found["c"]))
    head, comma, rest = text.partition(", as in ")
    if comma and tex(head, letters) is not None:
        return [math(head, letters), Piece(Kind.TEXT, f"{comma}{rest}")]
    left = re.fullmatch(r"(\w+=\S+) (is left at its default)", text)
    if left is not None:
        return [Piece(Kind.CODE, left[1]), Piece(Kind.TEXT, f" {left[2]}")]
    count = re.fullmatch(r"(\w+) (is a number of things: not negative|counts steps: .*|is positive, .*|is taken as .*)", text)
    if count is not None:
        said = {"is a number of things: not negative": "is a count, so it is not negative"}.get(count[2], count[2])
        return [math(count[1], letters), Piece(Kind.TEXT, f" {said}")]
    return prose(text)


_MARKUP = re.compile(r"``(?P<code>[^`]+)``|:(?P<role>[\w:+-]+):`(?P<said>[^`]+)`|`(?P<name>[^`]+)`|\$(?P<tex>[^$]+)\$")


def prose(text: str) -> list[Piece]:
    """The pieces of a sentence in reStructuredText or Markdown: code, mathematics, and the names that roles link.

    Args:
        text: the sentence.
    """
    made: list[Piece] = []
    end = 0
    for found in _MARKUP.finditer(text):
        made += [Piece(Kind.TEXT, text[end : found.start()])] if found.start() > end else []
        end = found.end()
        if found["tex"] or found["role"] == "math":
            latex = found["tex"] or found["said"]
            made.append(Piece(Kind.MATH, latex, latex))
        else:
            name = found["code"] or found["name"] or found["said"]
            made.append(Piece(Kind.CODE, name.rpartition(".")[2] if name.startswith("~") else name.lstrip("!")))
    return [*made, Piece(Kind.TEXT, text[end:])] if end < len(text) or not made else made
