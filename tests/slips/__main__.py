"""`python -m slips REPORT...` plants slips in the formulas that hold in reports of `qedoc audit --format json`, and corrects them."""

import json
import random
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import click

from qedoc.engine import worker
from qedoc.engine.pool import Died, Overrun, Pool, settled, unpickled
from slips.measuring import FOUND, GRACE, Row, correct, judge, plant
from slips.planting import is_rich

FILE = click.Path(path_type=Path, dir_okay=False)
PATIENCE = 600.0
"""Seconds after which a task is given up. The limit of a search counts computing time, so that other programs do not change the result."""


@click.command()
@click.argument("reports", nargs=-1, required=True, type=FILE)
@click.option("--count", default=300, show_default=True, help="How many formulas with slips.")
@click.option("--slips", default=1, show_default=True, help="How many slips in each.")
@click.option("--seed", default=0, show_default=True, help="Another seed gives other slips.")
@click.option("--seconds", default=20.0, show_default=True, help="The time limit of each search.")
@click.option("--state", type=FILE, default=Path("slips.jsonl"), show_default=True, help="Keeps what is finished.")
@click.option("--only", default="", help="Only the formula with this id.")
@click.option("-j", "--jobs", default=2, show_default=True, help="Worker processes.")
def main(reports: tuple[Path, ...], *, count: int, slips: int, seed: int, seconds: float, state: Path, only: str, jobs: int) -> None:
    """Plants slips in right formulas, corrects them, and counts. Ctrl-C keeps what is finished; the same command goes on from there."""
    rows = [json.loads(line) for line in state.read_text().splitlines()] if state.exists() else []
    done = {(row["id"], row["seed"], row["slips"]) for row in rows}
    wanted = [one for one in _drawn(reports, seed) if only in ("", one[0])]
    with Pool(jobs, worker.warm_up) as pool, state.open("a") as kept:
        left = (one for one in wanted if (*one, slips) not in done)
        have = sum(row["slips"] == slips and bool(row["kinds"]) and row["seed"] in _seeds(seed) for row in rows)
        for row in _measured(pool, left, slips, seconds, jobs):
            kept.write(json.dumps(row) + "\n")
            kept.flush()
            rows.append(row)
            have += bool(row["kinds"])
            click.echo(_line(row), err=True)
            if have >= count:
                break
    click.echo(summary([row for row in rows if row["slips"] == slips]))


def _seeds(seed: int) -> range:
    return range(100 * seed, 100 * seed + 100)


def _drawn(reports: Sequence[Path], seed: int) -> list[tuple[str, int]]:
    """The formulas that hold, in random order, several times with other seeds."""
    claims = [claim for report in reports for claim in json.loads(report.read_text())["claims"]]
    found = {claim["id"]: claim["formula"]["latex"] for claim in claims if claim["verdict"] in ("proved", "tested")}
    distinct = {latex: id_ for id_, latex in found.items()}
    rng = random.Random(seed)
    ids = sorted(distinct.values())
    rng.shuffle(ids)
    return [(id_, number) for number in _seeds(seed) for id_ in ids]


def _measured(pool: Pool, wanted: Iterator[tuple[str, int]], slips: int, seconds: float, jobs: int) -> Iterator[Row]:
    with ThreadPoolExecutor(jobs) as threads:
        while some := list(islice(wanted, 4 * jobs)):
            yield from threads.map(lambda one: _one(pool, *one, slips, seconds), some)


def _one(pool: Pool, id_: str, seed: int, slips: int, seconds: float) -> Row:
    made: Any = settled(pool.submit(PATIENCE, plant, id_, seed, slips))
    row: Row = {"id": id_, "seed": seed, "slips": slips, "kinds": []}
    if not isinstance(made, dict):
        return row | {"why": str(made)}
    row |= made
    reply: Any = settled(pool.submit(PATIENCE, correct, id_, made["wrong"], seconds, folder=True))
    killed = isinstance(reply, Overrun | Died)
    if killed:
        reply = unpickled(BytesIO(reply.left[FOUND])) if FOUND in reply.left else ((), 0)
    corrections, took = reply
    judged: Any = settled(pool.submit(PATIENCE, judge, id_, [one.latex for one in corrections])) if corrections else []
    return row | {
        "killed": killed,
        "took": round(seconds + GRACE if killed else took, 2),
        "corrections": [{"latex": one.latex, "verdict": str(one.verdict), "cost": one.cost, "reason": one.reason} for one in corrections],
        "judged": judged if isinstance(judged, list) else [str(judged)],
    }


def is_right(row: Row) -> bool:
    """Whether the best correction equals the original."""
    return bool(row["judged"]) and row["judged"][0] == "equal"


def _line(row: Row) -> str:
    if not row["kinds"]:
        return f"-     no slip in {row['id']} {row.get('why', '')}"
    best = next((f"{one['latex']!r} {one['verdict']}" for one in row["corrections"]), "none")
    head = f"{'OK' if is_right(row) else 'NO'} {row['took']:6.1f} s {'+'.join(row['kinds']):10} {row['id']} {row['seed']} {row['judged']}"
    return f"{head}\n      wrong {row['wrong']!r}\n      " + (f"right {row['right']!r}\n      found {best}" if not is_right(row) else best)


def summary(rows: Sequence[Row]) -> str:
    """What the rows say together."""
    slipped = [row for row in rows if row["kinds"]]
    if not slipped:
        return "no slips"
    right = [row for row in slipped if is_right(row)]
    rich = [row for row in slipped if is_rich(row["right"])]
    shown = Counter(one.partition(" ")[0] for row in slipped for one in row["judged"])
    lines = [
        f"{len(right)} of {len(slipped)} are corrected ({100 * len(right) / len(slipped):.1f} %)",
        f"{sum(map(is_right, rich))} of {len(rich)} with sums, cases, indices or special functions are corrected",
        f"median {statistics.median(row['took'] for row in slipped):.1f} s of computing time",
        f"median {statistics.median(row['took'] for row in right) if right else 0:.1f} s for the corrected ones",
        f"{sum(row['corrections'][0]['verdict'] == 'proved' for row in right)} of the right corrections are proved",
        "shown corrections: " + ", ".join(f"{count} {what}" for what, count in shown.most_common()),
    ]
    for kind in dict.fromkeys(kind for row in slipped for kind in row["kinds"]):
        some = [row for row in slipped if kind in row["kinds"]]
        lines.append(f"  {kind}: {sum(map(is_right, some))} of {len(some)}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
