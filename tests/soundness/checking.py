"""Pairs put before qedoc in batches, and what became of them in a state file."""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from qedoc.claims.limits import Limits
from qedoc.engine import schedule, worker
from qedoc.engine.pool import Pool
from qedoc.results.verdict import Verdict
from soundness.pairs import Pair, module, pair

LIMITS = Limits(max_points=100, timeout=8)

BATCH = 25
"""Pairs in a module."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What qedoc said of a pair.

    Args:
        seed: of the run.
        number: of the pair.
        kind: of the pair.
        right: the verdict on the right formula.
        wrong: the verdict on the wrong one.
        seconds: the time of both.
        module: the pair as a module, if one of the verdicts is wrong.
    """

    seed: int
    number: int
    kind: str
    right: str
    wrong: str
    seconds: float
    module: str = ""

    @property
    def key(self) -> tuple[int, int]:
        return self.seed, self.number


def is_wrong(verdict: Verdict, *, right: bool) -> bool:
    """Whether a verdict says the contrary of the truth."""
    return verdict is Verdict.REFUTED if right else verdict.holds


def read(files: Sequence[Path]) -> dict[tuple[int, int], Checked]:
    """The pairs of state files, each once; a last line that was cut off is left out."""
    found = {}
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
            try:
                checked = Checked(**json.loads(line))
            except ValueError:
                continue
            found[checked.key] = checked
    return found


def _keep(file: Path, checked: Sequence[Checked]) -> None:
    whole = not file.exists() or file.read_bytes()[-1:] in (b"", b"\n")
    with file.open("a", encoding="utf-8") as state:
        state.write(("" if whole else "\n") + "".join(json.dumps(asdict(c)) + "\n" for c in checked))
        state.flush()
        os.fsync(state.fileno())


@contextmanager
def workers(jobs: int) -> Iterator[tuple[Path, Pool]]:
    """A folder for modules, and worker processes that import from it."""
    with TemporaryDirectory(prefix="qedoc-soundness-") as name:
        sys.path.insert(0, name)
        try:
            with Pool(jobs, worker.warm_up) as pool:
                yield Path(name), pool
        finally:
            sys.path.remove(name)


def check(pairs: Sequence[Pair], folder: Path, pool: Pool, jobs: int) -> tuple[list[Checked], int]:
    """The pairs whose claims both have a verdict, and the signal that ended the run early, or 0.

    Raises:
        RuntimeError: if qedoc could not run.
    """
    name = f"pairs_{pairs[0].seed}_{pairs[0].number}"
    (folder / f"{name}.py").write_text(module(pairs), encoding="utf-8")
    found = schedule.audit([name], limits=LIMITS, jobs=jobs, pool=pool)
    if not found.stopped and found.errors:
        raise RuntimeError("\n".join(error.message for error in found.errors))
    claims = {claim.id.removeprefix(f"{name}."): claim for claim in found.claims}
    checked = []
    for made in pairs:
        right, wrong = (claims.get(made.name(right=side)) for side in (True, False))
        if right is None or wrong is None:
            continue
        bad = is_wrong(right.verdict, right=True) or is_wrong(wrong.verdict, right=False)
        checked.append(
            Checked(
                seed=made.seed,
                number=made.number,
                kind=made.kind,
                right=right.verdict,
                wrong=wrong.verdict,
                seconds=round(right.seconds + wrong.seconds, 2),
                module=made.module() if bad else "",
            )
        )
    if not found.stopped and len(checked) < len(pairs):
        missing = {made.number for made in pairs} - {c.number for c in checked}
        raise RuntimeError(f"no verdict on the pairs {sorted(missing)} of seed {pairs[0].seed}")
    return checked, found.stopped


def run(seed: int, numbers: range, state: Path, jobs: int, tell: Callable[[int, int], None]) -> int:
    """Checks the pairs that the state file does not have yet; gives the signal that ended it early, or 0.

    Args:
        seed: of the pairs.
        numbers: of the pairs.
        state: where each finished batch is kept.
        jobs: worker processes.
        tell: hears of how many pairs are done, of how many.
    """
    done = read([state])
    waiting = [k for k in numbers if (seed, k) not in done]
    with workers(jobs) as (folder, pool):
        for start in range(0, len(waiting), BATCH):
            tell(len(numbers) - len(waiting) + start, len(numbers))
            checked, stopped = check([pair(seed, k) for k in waiting[start : start + BATCH]], folder, pool, jobs)
            _keep(state, checked)
            if stopped:
                return stopped
    tell(len(numbers), len(numbers))
    return 0


def table(checked: Sequence[Checked]) -> str:
    """Right and wrong claims by verdict, and by kind."""
    sides = {side: Counter(str(getattr(c, side)) for c in checked) for side in ("right", "wrong")}
    verdicts = [str(v) for v in Verdict if any(counts[v] for counts in sides.values())]
    lines = [" " * 12 + "".join(f"{verdict:>13}" for verdict in verdicts)]
    lines += [f"{side:12}" + "".join(f"{counts[verdict]:13}" for verdict in verdicts) for side, counts in sides.items()]
    lines += ["", f"{'kind':12}{'pairs':>13}{'right holds':>13}{'refuted':>13}"]
    for kind in sorted({c.kind for c in checked}):
        of = [c for c in checked if c.kind == kind]
        holds, refuted = sum(Verdict(c.right).holds for c in of), sum(c.wrong == Verdict.REFUTED for c in of)
        lines.append(f"{kind:12}{len(of):13}{holds:13}{refuted:13}")
    return "\n".join(lines)


def report(checked: Sequence[Checked]) -> str:
    """The table, and each pair with a wrong verdict."""
    bad = [c for c in checked if c.module]
    parts = [table(checked), f"{len(checked)} pairs, {len(bad)} with a wrong verdict"]
    parts += [f"# seed {c.seed}, pair {c.number}: the right formula is {c.right}, the wrong one {c.wrong}\n{c.module}" for c in bad]
    return "\n\n".join(parts)
