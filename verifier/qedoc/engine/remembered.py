"""A history that remembers results in this process, for programs that check the same files again and again."""

from dataclasses import dataclass, field

from qedoc.claims.limits import Limits
from qedoc.engine.history import History
from qedoc.engine.messages import Claim
from qedoc.errors import QedocError
from qedoc.lock import reach, record, versions
from qedoc.lock.freshness import why_stale
from qedoc.lock.record import Record
from qedoc.results.verdict import ClaimResult
from qedoc.sources import surveyed


def forget() -> None:
    """Forgets the state of files and packages, before a run in a process in which an earlier run has looked at them."""
    reach.forget()
    surveyed.forget()
    versions.forget()


@dataclass(slots=True, kw_only=True)
class Memory:
    """What earlier runs of this process found.

    Attributes:
        records: the records of claims, by file and id.
        claims: the claims of the last run of each file, by file and id.
    """

    records: dict[tuple[str, str], Record] = field(default_factory=dict)
    claims: dict[tuple[str, str], Claim] = field(default_factory=dict)


class Remembering(History):
    """The history of one run.

    Args:
        memory: is read and changed.
        limits: the limits of the run.
    """

    def __init__(self, memory: Memory, limits: Limits) -> None:
        self.memory = memory
        self.limits = limits
        self.unchanged = 0

    def known(self, claim: Claim) -> ClaimResult | None:
        """Returns the remembered result if neither the claim nor the code that it rests on has changed."""
        key = _key(claim)
        self.memory.claims[key] = claim
        kept = self.memory.records.get(key)
        if kept is None or why_stale(kept, claim.content, self.limits):
            return None
        try:
            found = record.read(claim.id, kept, claim.location)
        except QedocError:
            return None
        self.unchanged += 1
        return found

    def finished(self, claim: Claim, result: ClaimResult) -> None:
        """Remembers a result."""
        limits = {name: getattr(self.limits, name) for name in ("seed", "max_points", "timeout")}
        made = record.write(result, claim.file.path)
        self.memory.records[_key(claim)] = made | {"content": claim.content, "limits": limits, "checked": claim.answer is None}

    def repaired(self, claim: Claim, result: ClaimResult) -> None:
        """Remembers the corrections of a claim."""
        if (kept := self.memory.records.get(_key(claim))) is not None:
            kept |= record.corrections(result)


def _key(claim: Claim) -> tuple[str, str]:
    return claim.file.path, claim.id
