"""Worker tasks that make blocks for docstrings from code."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qedoc.claims.limits import Limits
from qedoc.engine import environment, worker
from qedoc.engine.dispatch import Dispatcher
from qedoc.engine.messages import reported
from qedoc.engine.pool import Pool, settled

if TYPE_CHECKING:
    from qedoc.errors import QedocError
    from qedoc.results.written import Written


@reported
def written(target: str) -> "Written":
    """Returns a block for the docstring of a function.

    Args:
        target: dotted path of the function.
    """
    from qedoc.compose.writing import written as made

    return made(target)


def write(targets: Sequence[str], seconds: float, jobs: int) -> "tuple[list[Written], tuple[QedocError, ...]]":
    """Makes a block for each target.

    Args:
        targets: dotted paths of functions.
        seconds: time limit for each of them.
        jobs: the number of worker processes.

    Returns:
        the blocks, and the errors.
    """
    environment.remarks()
    with Pool(jobs, worker.warm_up) as pool:
        dispatcher = Dispatcher(pool=pool, limits=Limits(timeout=seconds))
        waiting = [(target, dispatcher.submit(written, target)) for target in dict.fromkeys(targets)]
        found: list[Written] = []
        for target, future in waiting:
            reply = settled(future)
            made = dispatcher.accept(reply, f"reading the code of {target}", None)
            found += [made] if made is not None else []
    return found, dispatcher.distinct()
