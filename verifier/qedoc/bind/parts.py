"""Finds the claims that a definition is put into: it is judged together with them."""

from collections.abc import Sequence
from dataclasses import replace

from qedoc.bind.records import Bound, Refused


def with_parts(found: Sequence[Bound | Refused]) -> tuple[Bound | Refused, ...]:
    """Returns the claims of a docstring, each definition with the claims that it is a part of.

    Args:
        found: the claims.
    """
    return tuple(_as_part(claim, found) if isinstance(claim, Refused) and claim.cause == "definition" else claim for claim in found)


def _as_part(claim: Refused, found: Sequence[Bound | Refused]) -> Refused:
    users = tuple(other.spec.id for other in found if isinstance(other, Bound) and claim.formula in other.uses)
    if not users:
        return claim
    return replace(claim, part_of=users, reason=claim.reason.replace("another formula of the docstring uses", f"{users[0]} uses"))
