"""Biases of a formula for which the code of a layer has no array."""

import re
from collections.abc import Collection, Sequence
from typing import Any

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.members import has
from qedoc.claims.members import member, parameters
from qedoc.claims.transformed import Transformed
from qedoc.interpret.choices import Choice, Sure
from qedoc.sources.objects import named

OTHER = sp.Rational(9, 8)
"""A value that a bias may have. Code without the bias hardly contains it."""

_WORDS = "the layer holds no array for it"
_DOUBTS = re.compile(
    r"\b(?:no|not|non|without|omit\w*|drop\w*|zero|ignor\w*|absent|optional(?:ly)?(?=\s+(?:\w+\s+)?bias)|(?:is|are|be)\s+optional|unless|if|"
    r"when(?!\s+initiali)|whether|shar\w*|tied|same|fus\w*|only|merg\w*)\b",
    re.IGNORECASE,
)
"""Words in a sentence about biases that may say that the layer has fewer of them than the formula."""


def absences(letters: Sequence[str]) -> tuple[Choice, ...]:
    """Returns the choices that some biases are nothing in the code, which is the same as zero.

    Args:
        letters: the biases.
    """
    return tuple(Choice(about="symbol", subject=one, value=sp.S.Zero, words=_WORDS, sure=Sure.POSSIBLE) for one in letters)


def is_absence(choice: Choice) -> bool:
    """Whether a choice says that a bias of the formula is nothing in the code.

    Args:
        choice: the choice.
    """
    return choice.about == "symbol" and choice.words == _WORDS


def may_lack(context: Context, letters: Collection[str]) -> bool:
    """Whether nothing says where the biases of a formula come from which the code of a layer lacks.

    Words may say that a layer has no such bias, and a setting may add it.

    Args:
        context: the docstring.
        letters: the biases.
    """
    if not letters or any(letter in context.legend or letter in context.bound for letter in letters):
        return False
    sentences = re.split(r"[.\n]\s*\n|\.\s", context.record.docstring)
    if any("bias" in sentence.lower() and _DOUBTS.search(sentence) for sentence in sentences):
        return False
    owner, aim = named(context.record.owner), context.aim
    called = member(owner, aim.member) if isinstance(owner, type) and aim is not None and has(context.record.owner, aim.member) else None
    if called is None or not isinstance(called.holds, Transformed):
        return False
    given = {name: p.default for name, p in parameters(owner).items() if isinstance(p.default, str | int | float | None)}
    if any("bias" in name and not isinstance(default, bool) for name, default in {**given, **dict.fromkeys(called.takes)}.items()):
        return False
    return not any(_adds(called.with_settings({name: value})) for name, value in _switched(owner))


def _switched(owner: type) -> list[tuple[str, Any]]:
    """The switches of a constructor, each with the value that it does not have by default."""
    return [(name, not p.default) for name, p in parameters(owner).items() if isinstance(p.default, bool)]


def _adds(arrays: Collection[str] | None) -> bool:
    """Whether a setting adds arrays, or nothing is known of it."""
    return arrays is None or bool(arrays)
