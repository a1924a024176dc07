"""Edits that agree with the code, as texts and as claims, and corrections in the order in which they are shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qedoc.bind.records import Bound
from qedoc.results.verdict import Correction, Verdict

NEAR = 0.3
"""A correction that costs this much more than a proved one is not looked for: it has the same values, and is farther from the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An edit that agrees with the code at all points, with its spellings."""

    cost: float
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A text with an edit, read and bound."""

    cost: float
    text: str
    bound: Bound

    @property
    def size(self) -> int:
        """The number of characters, without spaces."""
        return len("".join(self.text.split()))

    @property
    def meaning(self) -> str:
        """What the formula says, without how it is written."""
        return str(self.bound.spec.formula)


def taken(waiting: dict[str, Candidate]) -> Iterator[Candidate]:
    """The candidates, the smallest edit first. None of them waits any longer."""
    some = sorted(waiting.values(), key=lambda one: one.cost)
    waiting.clear()
    yield from some


def ranked(found: Sequence[Correction]) -> list[Correction]:
    """The best first: proved corrections before tested ones, then the smallest edit."""
    return sorted(found, key=lambda made: (made.verdict is not Verdict.PROVED, made.cost))


def is_settled(found: Sequence[Correction], cost: float) -> bool:
    """Whether a proved correction is so much nearer to the text that another one need not be looked at."""
    return any(one.verdict is Verdict.PROVED and cost > one.cost + NEAR for one in found)
