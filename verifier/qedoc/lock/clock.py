"""When this process began to import code that may change. What was saved later may not be what it has imported."""

import time

_BEGAN = [time.time()]


def began() -> float:
    """The time; 0 if no code was imported yet."""
    return min(_BEGAN, default=0.0)


def rest() -> None:
    """Says that the process has imported no code that may change. `begin` says when it does."""
    _BEGAN.clear()


def begin() -> None:
    """Notes the time at which the process begins to import code that may change, unless it is noted already."""
    if not _BEGAN:
        _BEGAN.append(time.time())
