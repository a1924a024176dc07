"""What the benchmarks share: medians of runs that alternate, and the table of the documentation."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROUNDS = 5

HEAD = ("| Measured | Median | Required |", "|---|---|---|")


def seconds(work: Callable[[], object]) -> float:
    """Wall time of a call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def alternating(works: Mapping[str, Callable[[], object]], rounds: int = ROUNDS, *, warm: bool = True) -> dict[str, float]:
    """The median wall time of each; they take turns, so that a change of the machine's speed meets all.

    Args:
        works: what to measure.
        rounds: how many turns.
        warm: whether a turn is taken before, which does not count.
    """
    taken: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(rounds + warm):
        for name, work in works.items():
            spent = seconds(work)
            if turn >= warm:
                taken[name].append(spent)
    return {name: statistics.median(times) for name, times in taken.items()}


@dataclass(slots=True)
class Table:
    """What was measured, one line each, in a file that a page of the documentation includes.

    Args:
        path: the file; None to print only.
        rounds: how often what is slow is measured.
    """

    path: Path | None
    rounds: int = ROUNDS
    lines: dict[str, str] = field(default_factory=dict)

    def line(self, name: str, found: str, required: str = "", *, slow: bool = False) -> None:
        """Notes and prints a line, with the number of rounds where there were fewer than is usual."""
        if slow and self.rounds < ROUNDS:
            found += f" (median of {self.rounds})" if self.rounds > 1 else " (once)"
        self.lines[name] = f"| {name} | {found} | {required} |"
        print(f"\n{self.lines[name]}")

    def at_least(self, name: str, found: float, least: float, *, guard: float | None = None, slow: bool = False) -> None:
        """Notes a ratio that is to be so large; one that is not reached yet has a guard against becoming worse."""
        missed = "" if found >= least else ", not reached"
        self.line(name, f"{_short(found)} times", f"at least {least:,g} times{missed}", slow=slow)
        assert found >= (least if guard is None else guard)

    def at_most(self, name: str, found: float, most: float, unit: str = "times", *, guard: float | None = None, slow: bool = False) -> None:
        """Notes a ratio, or a measure with a unit, that may be so large; one that is larger yet has a guard against becoming worse."""
        missed = "" if found <= most else ", not reached"
        self.line(name, f"{_short(found)} {unit}".strip(), f"at most {most:,g} {unit}".strip() + missed, slow=slow)
        assert found <= (most if guard is None else guard)

    def write(self) -> None:
        """Writes the lines; those that were not measured this time stay."""
        if self.path is None or not self.lines:
            return
        before = self.path.read_text(encoding="utf-8").splitlines()[len(HEAD) :] if self.path.exists() else []
        kept = {line.split(" | ")[0].removeprefix("| "): line for line in before}
        self.path.write_text("\n".join([*HEAD, *(kept | self.lines).values()]) + "\n", encoding="utf-8")


def _short(x: float) -> str:
    return f"{x:,.0f}" if x >= 100 else f"{x:.3g}"
