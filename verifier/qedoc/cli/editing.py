"""The commands for people who are writing: `lsp` and `watch`."""

import sys
from importlib.util import find_spec
from pathlib import Path

import click

from qedoc.cli.run import Refused, guarded


def required(library: str, extra: str, command: str) -> None:
    """Exits if the library of a command is not installed, with the line that installs it."""
    if not _installed(library):
        raise Refused(f"qedoc {command} needs {library}; install it with: pip install 'qedoc[{extra}]'")


def _installed(library: str) -> bool:
    try:
        return find_spec(library) is not None
    except ValueError:  # something stands in its place
        return False


@click.command()
@click.option("--stdio", is_flag=True, help="Talk over standard input and output. This is the default; some editors pass the option.")
def lsp(*, stdio: bool) -> None:
    """Serve an editor over the Language Server Protocol.

    Formulas in docstrings, pages and spec files are checked when a file is opened or saved. An editor starts this command in the folder of
    the project and talks with it over standard input and output; it is not for a terminal.
    """
    required("pygls", "lsp", "lsp")
    if sys.stdin.isatty():
        raise Refused("qedoc lsp talks with an editor over standard input, and this is a terminal; set up your editor to start it")
    from qedoc.editor.server import serve

    serve()


@click.command()
@click.argument("what", metavar="[PATH|TARGET]...", nargs=-1)
@click.option("--no-lock", is_flag=True, help="Neither read nor write the lock file. Results are kept while the command runs.")
@click.option(
    "-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Number of worker processes [default: usable cores, at most 8]."
)
@click.option("--timeout", type=float, metavar="SECONDS", help="Time limit per case.")
@click.option("--repair-timeout", type=float, metavar="SECONDS", help="Time limit for the correction of each refuted formula; 0 for none.")
def watch(what: tuple[str, ...], *, no_lock: bool, jobs: int | None, timeout: float | None, repair_timeout: float | None) -> None:
    """Check claims, and check again what a save touches.

    PATHs are spec files, pages, modules or folders of them; TARGETs are dotted names [default: the claims of the project]. After each save,
    only claims whose formula or code has changed are verified. Ctrl-C ends the command, with exit code 0 whatever was found.
    """
    from tempfile import TemporaryDirectory

    required("watchfiles", "watch", "watch")
    from qedoc.cli.watching import Watch, loop

    with TemporaryDirectory(prefix="qedoc-") as folder:
        lock = Path(folder, "qedoc.lock") if no_lock else None
        made = guarded(Watch, what=what, timeout=timeout, repair=repair_timeout, jobs=jobs, lock=lock)
        try:
            loop(made)
        except KeyboardInterrupt:
            pass
        finally:
            made.close()


COMMANDS = (lsp, watch)
