r"""Which array of a model's parameters a letter is: `\beta_k` is the *emission rate*, `params.emissions.rate`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from qedoc.claims.returned import Returned, factory, keyword_array
from qedoc.read import plain
from qedoc.sources.docstrings import Documented, record_of

_MATH = re.compile(r":math:`([^`]*)`")
_EMPHASIS = re.compile(r"(?<!\*)\*([A-Za-z][\w -]*?)\*(?!\*)")
_LETTER = re.compile(r"(\\[A-Za-z]+|[A-Za-z])\s*(?:_\s*(\w|\{[^{}]*\}))?")
_NAMING = r"(?:denot\w+|are|is|be|being)(?: the| an?)?\s*"

_PLAIN_WORDS = frozenset({
    "a", "an", "the", "of", "for", "parameter", "parameters", "model", "manually", "specified", "given", "optional", "emission",
    "emissions", "standard", "deviation", "deviations",
})  # fmt: skip
"""Words beside a letter that say that it is the parameter itself, and not a function of it."""

_USUAL = {
    "mu": ("mean", "means", "loc", "locs"),
    "m": ("mean", "means", "loc", "locs"),
    "sigma": ("scale", "scales", "std", "stddev", "scale_diag", "scale_diags"),
    "Sigma": ("cov", "covs", "covariance", "covariances"),
    "lambda": ("rate", "rates"),
}
"""The names of arrays for letters that usually stand for them."""


@dataclass(frozen=True, slots=True)
class Name:
    r"""A symbol as its letter and its indices: `\mu_{z_t, n}` is mu with z_t and n."""

    letter: str
    indices: tuple[Any, ...] = ()


def name_of(atom: Any) -> Name:
    """Takes a symbol apart."""
    if isinstance(atom, sp.Indexed):
        return Name(atom.base.label.name, tuple(atom.indices))
    letter, _, below = str(atom).partition("_")
    return Name(letter, (sp.Integer(below) if below.isdigit() else sp.Symbol(below),) if below else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The array of a letter.

    Args:
        array: its name.
        words: the words or the rule that say it.
        stated: whether the text says it; otherwise only a convention does.
    """

    array: str
    words: str
    stated: bool


def found(of: Returned, record: Documented, letter: str, used: Sequence[str]) -> Found | None:
    """Returns the array that a letter of a formula is; None if nothing says it, or if the text names two.

    Args:
        of: the log density.
        record: the docstring of the class.
        letter: the plain name of the letter, without its index.
        used: the arrays on which the log density depends.
    """
    told = [*_of_factory(of, record, letter), *_of_words(of, record, letter)]
    if len({one.array for one in told}) > 1:
        return None
    if told:
        return next((one for one in told if one.stated), told[0])
    usual = [name for name in used if any(name == one or name.endswith(f"_{one}") for one in _USUAL.get(letter, ()))]
    return Found(array=usual[0], words=f"{letter} conventionally is {usual[0]}", stated=False) if len(usual) == 1 else None


def _of_factory(of: Returned, record: Documented, letter: str) -> Iterator[Found]:
    """The arrays that the docstring of the method that makes them calls by the letter: `emission_weights: parameter $H$`."""
    name = factory(of.owner) or ""
    for argument in record_of(f"{record.name}.{name}").arguments:
        letters = {_plain(text) for text in _MATH.findall(argument.text)}
        if letters == {letter} and (array := keyword_array(of, argument.name)):
            words = re.findall(r"[a-z]+", _MATH.sub(" ", argument.text).lower().replace("defaults to none", ""))
            own = {_singular(word) for word in argument.name.split("_")}
            stated = all(word in _PLAIN_WORDS or _singular(word) in own for word in words)
            yield Found(array=array, words=f"{name}({argument.name}): {' '.join(argument.text.split())}", stated=stated)


def _of_words(of: Returned, record: Documented, letter: str) -> Iterator[Found]:
    r"""The arrays that emphasised words beside the letter name: `*emission rate* :math:`\beta_k``, `:math:`\Sigma` is the *covariance*`."""
    for phrase, letters, words in _named(record.docstring):
        arrays = [array for array in of.arrays if _alike(phrase, array)]
        if letter in letters and len(arrays) == 1:
            yield Found(array=arrays[0], words=words, stated=True)


def _named(docstring: str) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """The emphasised phrases of a text with the letter that each of them names, and the words."""
    text = re.sub(r"\$\$.*?\$\$", "\n\n", docstring, flags=re.DOTALL)
    text = re.sub(r"(?<!\\)\$([^$]+)\$", r":math:`\1`", text)
    for sentence in re.split(r"\n\s*\n|(?<=[.;])\s+(?=[A-Z])", text):
        flat = " ".join(sentence.split())
        yield from _before(flat)
        yield from _after(flat)
        yield from _respectively(flat)


def _before(text: str) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """A phrase right before its letter."""
    for hit in re.finditer(rf"{_EMPHASIS.pattern} {_MATH.pattern}", text):
        yield hit[1], (_plain(hit[2]),), hit[0]


def _after(text: str) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """A letter, and a phrase that says what it is. Between them there is nothing but ranges of its indices."""
    for hit in re.finditer(rf"{_MATH.pattern}(?P<ranges>(?: (?:for|and) :math:`\w=[^`]*`)*) {_NAMING}{_EMPHASIS.pattern}(?! :math:)", text):
        if not re.search(r"\\\{.*,", hit[1]):
            yield hit[3], (_plain(hit[1]),), hit[0]


def _respectively(text: str) -> Iterator[tuple[str, tuple[str, ...], str]]:
    r"""A set of letters, and one phrase for each of them: `\theta = \{\mu_k, \Sigma_k\}` denoting the *means* and *covariances*."""
    listed = rf"{_EMPHASIS.pattern}(?:(?:,| and|, and) {_EMPHASIS.pattern})+"
    for hit in re.finditer(rf"{_MATH.pattern} {_NAMING}(?P<phrases>{listed})", text):
        inside = re.search(r"\\\{(.*?)\\\}", hit[1])
        letters = [_plain(item) for item in re.split(r",(?![^{]*\})", inside[1])] if inside else []
        phrases = _EMPHASIS.findall(hit["phrases"])
        if len(letters) == len(phrases):
            for phrase, letter in zip(phrases, letters, strict=True):
                yield phrase, (letter,), hit[0]


def _plain(latex: str) -> str:
    r"""The plain name of the letter that a piece of LaTeX begins with, without its index; empty for a power, and for an expression."""
    hit = re.match(rf"\s*{_LETTER.pattern}\s*(?P<rest>\\in\b.*)?$", latex, re.DOTALL)
    return plain(hit[1]) if hit else ""


def _alike(phrase: str, array: str) -> bool:
    """Whether the words of a phrase are the parts of a name: emission covariances, `emissions_covs`."""
    words, parts = [_singular(word) for word in re.split(r"[\s-]+", phrase.lower())], [_singular(part) for part in array.lower().split("_")]
    return len(words) == len(parts) and all(
        word == part or (len(part) >= 3 and word.startswith(part)) for word, part in zip(words, parts, strict=True)
    )


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith("ases"):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "as")) else word
