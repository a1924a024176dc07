r"""Reads classical orthogonal polynomials, `T_n(x)`, `P_{n+1}(x)`, `He_k(x)`, where the text names their family.

A letter means nothing alone: `L_n` is a Legendre polynomial in one text, and a Laguerre polynomial in the other.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sympy as sp

from qedoc.read.parser import Parser
from qedoc.read.reading import Option
from qedoc.read.scope import spelled_all
from qedoc.read.scripts import Scripts
from qedoc.read.standard import is_changed
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import Node

Build = Callable[..., sp.Expr]

_NAMES = {
    "Chebyshev": r"chebyshev|chebychev|tschebyscheff?|tchebychev",
    "Legendre": r"legendre",
    "Hermite": r"hermitee?|hermite_e",
    "Laguerre": r"laguerre",
    "other": r"lagrange|jacobi|gegenbauer|ultraspherical|zernike|bernstein|bernoulli|bessel|charlier|krawtchouk|hahn|meixner|romanovski",
}
_OTHERWISE = re.compile(
    r"\b(?:associated|generali[sz]ed|shifted|rational|orthonormal|normali[sz]ed|unnormali[sz]ed|monic|reversed|modified|rescaled|"
    r"weighted|discrete|hermite functions?|laguerre functions?|legendre functions?)\b",
    re.IGNORECASE,
)
_SECOND = re.compile(r"\bsecond[ -]kind\b", re.IGNORECASE)
_FIRST = re.compile(r"\bfirst[ -]kind\b", re.IGNORECASE)
_PROBABILIST = re.compile(r"\bprobabilis\w*|\bhermitee\b|\bhermite_e\b", re.IGNORECASE)
_PHYSICIST = re.compile(r"\bphysicis\w*", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n\s*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Family:
    """A family of polynomials.

    Args:
        name: the mathematician whose name it has.
        spoken: how the choice calls it.
        build: the polynomial of its degree and its argument.
    """

    name: str
    spoken: str
    build: Build


_LEGENDRE = _Family(name="Legendre", spoken="the Legendre polynomial", build=sp.legendre)
_PHYSICISTS = _Family(name="Hermite", spoken="the Hermite polynomial of physicists", build=sp.hermite)
_PROBABILISTS = _Family(name="Hermite", spoken="the Hermite polynomial of probabilists", build=sp.hermite_prob)
_FAMILIES: dict[str, tuple[_Family, ...]] = {
    "T": (_Family(name="Chebyshev", spoken="the Chebyshev polynomial of the first kind", build=sp.chebyshevt),),
    "U": (_Family(name="Chebyshev", spoken="the Chebyshev polynomial of the second kind", build=sp.chebyshevu),),
    "P": (_LEGENDRE,),
    "L": (_LEGENDRE, _Family(name="Laguerre", spoken="the Laguerre polynomial", build=sp.laguerre)),
    "H": (_PHYSICISTS, _PROBABILISTS),
    "He": (_PROBABILISTS,),
}

POLYNOMIALS = (sp.chebyshevt, sp.chebyshevu, sp.legendre, sp.hermite, sp.hermite_prob, sp.laguerre)
"""The functions of a degree and an argument that the letters stand for."""

LETTERS = frozenset(_FAMILIES)
"""The letters of orthogonal polynomials."""


def polynomial(parser: Parser, name: str, scripts: Scripts, count: int) -> tuple[Build, Sequence[Node] | None] | None:
    """The polynomial of a letter with a degree as its subscript, and its exponent. None if the text does not name its family.

    Args:
        parser: the parser, which stands before the arguments.
        name: the letter.
        scripts: its scripts.
        count: the number of arguments.
    """
    if count != 1 or scripts.lower is None or not _is_degree(scripts.lower):
        return None
    families = _of_text(name, parser.scope.about)
    if not families:
        return None
    sure = "suggested" if len(families) == 1 else "possible"
    ways = [Option(value=one.spoken, why=f"the text speaks of {one.name} polynomials", sure=sure) for one in families]
    chosen = parser.scope.choose(f"{name} with a degree before a bracket", *ways)
    family = next(one for one in families if one.spoken == chosen)
    degree = parser.part(scripts.lower, scripts.lower_at)
    if degree.is_number and not (degree.is_Integer and degree >= 0):
        return None
    return (lambda x: family.build(degree, x)), scripts.upper


def _of_text(name: str, text: str) -> list[_Family]:
    """The families that a letter may stand for in a text. Empty if the text names another family, or changes the polynomials."""
    found = {one for one, names in _NAMES.items() if re.search(rf"\b(?:{names})\b", text, re.IGNORECASE)}
    families = [one for one in _FAMILIES[name] if one.name in found]
    if not families or found - {one.name for one in families}:
        return []
    spellings = "|".join(_NAMES[one.name] for one in families)
    told = [part for part in _SENTENCE.split(text) if re.search(rf"\b(?:{spellings})\b", part, re.IGNORECASE)]
    if any(_OTHERWISE.search(part) or is_changed(part) for part in told):
        return []
    said = " ".join(told)
    second = bool(_SECOND.search(said))
    if families[0].name == "Chebyshev" and (second != (name == "U") or (second and _FIRST.search(said))):
        return []
    if name == "H" and bool(_PROBABILIST.search(said)) != bool(_PHYSICIST.search(said)):
        return [_PROBABILISTS if _PROBABILIST.search(said) else _PHYSICISTS]
    return families


def _is_degree(nodes: Sequence[Node]) -> bool:
    """Whether a subscript is a number, one letter, or a computed value. Several letters are several indices."""
    lone = nodes[0] if len(nodes) == 1 else None
    if isinstance(lone, Token):
        return lone.text.isdigit() or (lone.kind in (Kind.WORD, Kind.MACRO) and (len(lone.text) == 1 or lone.kind is Kind.MACRO))
    return "," not in spelled_all(nodes) and any(node.is_char("+", "-") for node in nodes)
