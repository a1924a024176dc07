"""The command `merge-lock`: the merge driver for lock files, which git calls."""

import sys
from pathlib import Path
from typing import Any

import click

_FILE: Any = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command(name="merge-lock")
@click.argument("base", type=_FILE)
@click.argument("ours", type=_FILE)
@click.argument("theirs", type=_FILE)
@click.argument("name", required=False, default="qedoc.lock")
def merge_lock(base: Path, ours: Path, theirs: Path, name: str) -> None:
    """Merge two versions of a lock file; git calls this.

    BASE is the common ancestor, OURS and THEIRS are the two versions; the result is written to OURS. NAME is the path for messages. Set it
    up with `git config merge.qedoc.driver 'qedoc merge-lock %O %A %B %P'` and the line `qedoc.lock merge=qedoc` in .gitattributes.
    A result that both versions changed is left out, and the next `qedoc check` verifies its claim again.
    """
    from qedoc.lock.merging import merged, read
    from qedoc.lock.store import replace

    try:
        versions = [read(file.read_text(encoding="utf-8")) for file in (base, ours, theirs)]
        lock, left_out = merged(*versions)
        text = lock.text()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        click.echo(
            f"error: {name}: one of the versions is not a lock file ({type(error).__name__}: {error}); git keeps the conflict", err=True
        )
        sys.exit(2)
    replace(ours, text.encode())
    if left_out:
        click.echo(f"{name}: verify again with qedoc check, because both sides have changed them: {', '.join(left_out)}", err=True)
