"""Chooses the letters of parameters, as people do: `T` for `transition_steps`, `r` for `decay_rate`."""

import string
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sympy.core.alphabets import greeks

_USUAL = {
    "rate": "r",
    "exponent": "p",
    "power": "p",
    "loc": r"\mu",
    "mean": r"\mu",
    "std": r"\sigma",
    "temperature": r"\tau",
    "eps": r"\epsilon",
}
"""Letters that most texts use for a word."""

_CONFUSING = frozenset("defgijklnoO")
"""Letters that readers take for functions, indices, numbers or differentials."""

_STEPS = frozenset({"count", "step", "steps", "iteration", "epoch"})
"""Arguments that count steps. Their letter is `t`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Something that needs a letter.

    Args:
        name: its name in the code.
        whole: whether it is an integer.
        argument: whether it is an argument of the function that the target returns.
    """

    name: str
    whole: bool = False
    argument: bool = False


def letters(things: Sequence[Named], known: Mapping[str, str], avoided: Collection[str]) -> dict[str, str]:
    """Returns the LaTeX of a letter for each name.

    Args:
        things: what needs a letter, arguments of a returned function included.
        known: the letters that the text gives already, by name.
        avoided: letters that mean something else in the text.
    """
    found = {thing.name: known[thing.name] for thing in things if thing.name in known}
    for usual in (True, False):
        for thing in things:
            if thing.name not in found:
                taken = {*found.values(), *(() if thing.argument and usual else avoided)}
                letter = next((letter for letter in _suggested(thing, usual=usual) if letter not in taken), "")
                if letter:
                    found[thing.name] = letter
    return {thing.name: found[thing.name] for thing in things}


def _suggested(thing: Named, *, usual: bool) -> Iterator[str]:
    words = [word for word in thing.name.lower().split("_") if word]
    if usual:
        if thing.argument and thing.name in _STEPS:
            yield "t"
        if len(thing.name) == 1 and thing.name.isalpha():
            yield thing.name
        if thing.name.removesuffix("_") in greeks:
            yield rf"\{thing.name.removesuffix('_')}"
        yield from (_USUAL[word] for word in words[-1:] if word in _USUAL)
        return
    initials = [word[0] for word in words if word[0].isalpha()]
    for initial in initials:
        if not thing.whole and initial not in _CONFUSING:
            yield initial
        if initial.upper() not in _CONFUSING:
            yield initial.upper()
    yield from (initial for initial in initials if initial not in _CONFUSING)
    yield from (letter for letter in string.ascii_letters if letter not in _CONFUSING)
    yield from (rf"\{name}" for name in greeks)
