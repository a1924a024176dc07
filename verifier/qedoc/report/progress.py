"""The progress bar on a terminal, which disappears when the run ends."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from qedoc.results.outcome import Checked, Collected, Event, Repaired, Repairing
from qedoc.results.verdict import Verdict

REPAIRING = "looking for corrections; Ctrl-C skips this"


@contextmanager
def progress(console: Console, *, shown: bool) -> Iterator[Callable[[Event], None]]:
    """Provides the callback for the events of the engine. It writes only if `shown` is set and the console is a terminal."""
    if not (shown and console.is_terminal):
        yield lambda _: None
        return
    columns = (BarColumn(bar_width=24), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("collecting claims", total=None)
        refuted = 0

        def notify(event: Event) -> None:
            nonlocal refuted
            if isinstance(event, Collected):
                bar.update(task, total=event.cases, description="")
            elif isinstance(event, Checked):
                refuted += event.verdict is Verdict.REFUTED
                count = f"{refuted} refuted, " if refuted else ""
                bar.update(task, advance=1, description=f"{count}{event.id} {event.verdict}")
            elif isinstance(event, Repairing):
                bar.reset(task, total=event.claims, description=REPAIRING)
            elif isinstance(event, Repaired):
                bar.update(task, advance=1)

        yield notify
