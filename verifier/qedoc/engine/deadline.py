"""Time limits for code that runs in this process."""

import faulthandler
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

AGAIN = 1.0
"""Seconds after which `Expired` is raised again, in case the code caught it."""

GRACE = 10.0
"""Seconds after the time limit until the process is ended."""


class Expired(BaseException):
    """The time limit of a step is reached. It is not an Exception, so that `except Exception:` in user code does not catch it."""


@contextmanager
def deadline(seconds: float, mark: Path | None = None) -> Iterator[None]:
    """Raises `Expired` in the `with` block after a time limit, and ends the process if the block does not stop then.

    Only the main thread of a process can have a deadline, and only one at a time. Code that does not return to Python, such as a loop in C,
    cannot be interrupted. In this case a thread outside of Python ends the process.

    Args:
        seconds: the time limit.
        mark: a file that is written to before the process is ended. Without it, the process is not ended.

    Raises:
        Expired: when the time limit is reached.
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
