"""Bounds in time for work inside this process."""

import faulthandler
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

AGAIN = 1.0
"""Seconds until the bound is raised again, where code has caught it."""

GRACE = 10.0
"""Seconds that code has to react to its bound; then the process is ended."""


class Expired(BaseException):
    """The time for a step is over. Not an Exception: `except Exception:` of the code in hand must not catch it."""


@contextmanager
def deadline(seconds: float, mark: Path | None = None) -> Iterator[None]:
    """Raises `Expired` in the block after some seconds, and ends the process if that does not end the block.

    Only the main thread of a process can have a deadline, and one at a time. Code that does not return to Python (a loop in C) cannot be
    interrupted: a thread outside of Python ends the process then.

    Args:
        seconds: the bound.
        mark: a file that is written to before the process is ended; without one, the process is not ended.

    Raises:
        Expired: when the time is over.
    """
    open_ = True

    def ring(number: int, frame: FrameType | None) -> None:
        if open_:
            raise Expired

    before = signal.signal(signal.SIGALRM, ring)
    watched = None if mark is None else os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        if watched is not None:
            faulthandler.dump_traceback_later(seconds + GRACE, exit=True, file=watched)
        signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
        yield
    finally:
        open_ = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if watched is not None:
            faulthandler.cancel_dump_traceback_later()
            os.close(watched)
