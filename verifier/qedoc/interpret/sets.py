"""Sets of numbers, as LaTeX and text write them."""

import re
from dataclasses import dataclass
from typing import Any

import sympy as sp

_INTERVAL = re.compile(r"\s*([\[(\]])\s*([^,;]+?)\s*[,;]\s*([^,;]+?)\s*([\])\[])\s*")
_FIELD = re.compile(r"\\mathbb\s*\{?\s*([RNZ])\s*\}?\s*(.*)")
_DOUBTFUL = frozenset({("R", "+"), ("R", "-"), ("Z", "+"), ("Z", "-"), ("N", "")})
"""Sets of numbers that may contain zero, by their letter and mark."""


@dataclass(frozen=True, slots=True)
class Member:
    """A set of numbers, as a relation on the symbol `MEMBER`."""

    relation: Any


MEMBER = sp.Symbol("@member@")


def members_of(text: str) -> tuple[Member, ...]:
    r"""The sets that LaTeX or text may write: one for most, two for `\mathbb{R}_+`, with and without zero; none for what is no set."""
    found = member_of(text)
    if found is None:
        return ()
    named = _FIELD.fullmatch(text.strip().strip("$"))
    rest = re.sub(r"[\s{}^_\\]", "", named[2]) if named else ""
    if named is None or (named[1], rest) not in _DOUBTFUL:
        return (found,)
    return found, Member(sp.And(found.relation, MEMBER < 0 if rest == "-" else MEMBER > 0))


def member_of(text: str) -> Member | None:
    r"""The set that LaTeX or text such as `[0, 1)`, `(0, \infty)` or `\mathbb{R}_{>0}` writes, with zero if that is not sure, or None."""
    text = re.sub(r"\\(?:left|right|,|;|!| )", "", text).strip().strip("$")
    but = re.fullmatch(r"(.+?)\\setminus\s*\\?\{?(.+?)\\?\}?", text)
    if but:
        base, out = member_of(but[1]), number_of(but[2].strip("\\{} "))
        return Member(sp.And(base.relation, sp.Ne(MEMBER, out))) if base is not None and out is not None else None
    named = _FIELD.fullmatch(text)
    if named:
        return _field(named[1], re.sub(r"[\s{}^_\\]", "", named[2].replace(r"\geq", "ge").replace(r"\ge", "ge")))
    found = _INTERVAL.fullmatch(text)
    if not found:
        return None
    low, high = number_of(found[2]), number_of(found[3])
    if low is None or high is None or not low.is_extended_real or not high.is_extended_real or low >= high:
        return None
    lower = low <= MEMBER if found[1] == "[" else low < MEMBER
    upper = high >= MEMBER if found[4] == "]" else high > MEMBER
    return Member(sp.And(lower if low != -sp.oo else sp.true, upper if high != sp.oo else sp.true))


_MAPS = re.compile(
    r"(?:this|the|it)\s*[\w -]{0,30}\bmaps\s+(?:its\s+)?(?:inputs?\s+)?from\s+`+([^`]+)`+\s+(?:to|into|onto)\s+`+([^`]+)`+\s*\.?",
    re.IGNORECASE,
)


def mapped_from(text: str) -> Member | None:
    """The first set of 'It maps inputs from `[0, 1]` to `[0, inf]`.', which is that of the input; None for any other sentence."""
    found = _MAPS.fullmatch(text.strip())
    return member_of(found[1]) if found and member_of(found[2]) is not None else None


def _field(letter: str, rest: str) -> Member | None:
    whole = sp.Eq(MEMBER, sp.floor(MEMBER))
    bounds = {
        "": sp.true,
        "+": MEMBER >= 0,
        "ge0": MEMBER >= 0,
        ">0": MEMBER > 0,
        "++": MEMBER > 0,
        "0+": MEMBER >= 0,
        ">=0": MEMBER >= 0,
        "-": MEMBER <= 0,
        "<0": MEMBER < 0,
    }
    if rest not in bounds and not (letter == "N" and rest in ("0", "1", "*")):
        return None
    if letter == "R":
        return Member(bounds[rest])
    if letter == "Z":
        return Member(sp.And(whole, bounds[rest]))
    return Member(sp.And(whole, (1 if rest in ("1", "*", "+", ">0") else 0) <= MEMBER))


def number_of(text: str) -> Any:
    """Give the number that a text or LaTeX writes, or None."""
    text = text.strip().replace("−", "-")
    text = re.sub(r"\\?\binfty\b|∞|\binfinity\b|\binf\b|\\infty", "oo", text)
    text = re.sub(r"\\pi|π", "pi", text)
    text = re.sub(r"\\d?frac\{(-?\d+)\}\{(\d+)\}", r"\1/\2", text)
    if not re.fullmatch(r"[-+]?\s*(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|oo|pi|\d*pi)(?:\s*/\s*\d+)?", text):
        return None
    return sp.nsimplify(re.sub(r"(\d)pi", r"\1*pi", text), rational=True)
