"""A first check in a worker process, so that the next one finds warm caches, a running XLA and compiled kernels."""

from pathlib import Path
from tempfile import TemporaryDirectory

from qedoc.claims.limits import Limits
from qedoc.claims.request import Request
from qedoc.engine import check_tasks, collect_tasks
from qedoc.engine.messages import Failure
from qedoc.engine.remembered import forget
from qedoc.lock import clock


def rehearse() -> None:
    """Checks a formula of jax, and forgets when it began: the code of the user is imported later."""
    found = collect_tasks.given(Request(target="jax.nn.softplus", latex=r"\log(1 + e^x)"))
    with TemporaryDirectory() as folder:
        for claim in () if isinstance(found, Failure) else found:
            check_tasks.describe(claim)
            check_tasks.check_case(claim, {}, Limits(max_points=300), Path(folder))
    forget()
    clock.rest()
