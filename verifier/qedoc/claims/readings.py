"""The ways in which a documented formula can be understood, each as a claim that can be checked."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from qedoc.claims.assumption import Assumption
from qedoc.claims.spec import Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A relation in words that were not understood: it may restrict the formula, or say something else.

    Args:
        relation: the relation.
        words: the words.
        inside: the claim where the relation holds; None if it holds nowhere.
        outside: the claim where it does not hold; None if it holds everywhere.
    """

    relation: str
    words: str
    inside: Spec | None
    outside: Spec | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One way to understand a formula.

    Args:
        assumptions: the choices.
        plausible: whether a proof must hold for it.
        outer: the claim on the stated domain; None if it cannot be checked.
        inner: the claim on the part of it to which words or names may restrict the formula; None if there is no such part.
        restricts: the words and names that may restrict it to that part.
        doubts: relations in words that were not understood.
        blocked: why it cannot be checked; empty if it can.
        unsettled: why a difference does not refute it; empty if it does.
        unsaid: the symbols of parameters that the formula does not contain. A difference refutes it if the code does not use them either.
        absent: the letters of the formula that are nothing in the code. `outer` is about the value zero, which is the same.
        present: the claim for another value of these letters, which must hold too; None without such letters.
    """

    assumptions: tuple[Assumption, ...]
    plausible: bool
    outer: Spec | None
    inner: Spec | None
    restricts: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    blocked: str = ""
    unsettled: str = ""
    unsaid: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    present: Spec | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """All ways to understand a formula, the most plausible first.

    Args:
        alternatives: the alternatives.
        cut: whether there are more than are tried.
        settled: the number of the alternative that the user chose, from 1; 0 if none.
        given: whether the user gave the formula, which is then about the whole result of the function.
    """

    alternatives: tuple[Alternative, ...]
    cut: bool = False
    settled: int = 0
    given: bool = False

    @property
    def plain(self) -> bool:
        """Whether there is one interpretation, and nothing in it is in doubt."""
        first, *more = self.alternatives
        return not (more or self.cut or first.inner is not None or first.doubts or first.unsettled or first.unsaid or first.absent)

    @property
    def spec(self) -> Spec:
        """The claim that stands for the formula in reports: the one that the user chose, or the most plausible one that can be checked."""
        chosen = self.alternatives[self.settled - 1].outer if self.settled else None
        return chosen or next(one.outer for one in self.alternatives if one.outer is not None)


def distinct(alternatives: Iterable[Alternative]) -> tuple[Alternative, ...]:
    """The alternatives without those that make the same claim as an earlier one, only with other words as the reason.

    Args:
        alternatives: the alternatives, the most plausible first.
    """
    found: list[Alternative] = []
    for one in alternatives:
        if not any(_is_same(one, other) for other in found):
            found.append(one)
    return tuple(found)


def _is_same(one: Alternative, other: Alternative) -> bool:
    if one.outer is None or one.plausible != other.plausible or one.blocked or other.blocked:
        return False
    said = [(alternative.unsettled, alternative.unsaid, alternative.restricts, _relations(alternative)) for alternative in (one, other)]
    return said[0] == said[1] and all(map(_is_same_claim, _claims(one), _claims(other)))


def _relations(alternative: Alternative) -> list[tuple[str, str]]:
    return [(doubt.relation, doubt.words) for doubt in alternative.doubts]


def _claims(alternative: Alternative) -> list[Spec | None]:
    sides = [side for doubt in alternative.doubts for side in (doubt.inside, doubt.outside)]
    return [alternative.outer, alternative.inner, *sides]


def _is_same_claim(one: Spec | None, other: Spec | None) -> bool:
    if one is None or other is None:
        return one is other
    return all(getattr(one, field.name) == getattr(other, field.name) for field in fields(Spec) if field.init)
