"""`python -m soundness run` checks pairs, `python -m soundness summary` adds up what several runs found."""

import sys
import time
from pathlib import Path

import click

from soundness import checking

STATE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def main() -> None:
    """Counts right and wrong verdicts on generated pairs of formulas."""


@main.command()
@click.option("--pairs", default=5000, show_default=True, help="How many pairs.")
@click.option("--start", default=0, show_default=True, help="The number of the first pair.")
@click.option("--seed", default=0, show_default=True, help="Another seed gives other pairs.")
@click.option("--state", type=STATE, default=Path("soundness.jsonl"), show_default=True, help="Keeps what is finished.")
@click.option("-j", "--jobs", default=2, show_default=True, help="Worker processes.")
def run(pairs: int, start: int, seed: int, state: Path, jobs: int) -> None:
    """Checks pairs. Ctrl-C keeps what is finished; the same command goes on from there."""
    began, before = time.monotonic(), len(checking.read([state]))

    def tell(done: int, total: int) -> None:
        minutes = (time.monotonic() - began) / 60
        fresh = len(checking.read([state])) - before
        speed = f", {fresh / minutes:.0f} pairs a minute" if fresh else ""
        click.echo(f"{done} of {total} pairs{speed}", err=True)

    numbers = range(start, start + pairs)
    stopped = checking.run(seed, numbers, state, jobs, tell)
    _end([c for c in checking.read([state]).values() if c.seed == seed and c.number in numbers], stopped)


@main.command()
@click.argument("files", nargs=-1, required=True, type=STATE)
def summary(files: tuple[Path, ...]) -> None:
    """Adds up what several runs found; a pair that occurs in two files counts once."""
    _end(list(checking.read(files).values()), 0)


def _end(checked: list[checking.Checked], stopped: int) -> None:
    click.echo(checking.report(sorted(checked, key=lambda c: c.key)))
    sys.exit(128 + stopped if stopped else int(any(c.module for c in checked)))


if __name__ == "__main__":
    main()
