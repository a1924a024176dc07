"""A worker process: how it is prepared for its tasks, and what it gives back between them."""

import ctypes
import gc
import itertools
import os
import resource
import signal
import sys
import warnings
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import platformdirs

YOUNG = 500_000
"""New objects between two collections; a check makes millions of small ones, few of them in cycles."""

PERIOD = 32
"""Cases after which a worker gives back what is left of them: cycles that hold compiled code, and pages that nothing uses."""

LARGE = 2**30
"""Bytes from which it also forgets what it has compiled."""

_CASES = itertools.count(1)

_LOCAL = "is_local_module_file"  # of Hypothesis, which has no setting for it


def warm_up() -> None:
    """Prepares a worker: standard output belongs to the report, a stop is immediate, and the slow imports are made once."""
    os.dup2(2, 1)
    warnings.simplefilter("ignore")  # of the code in hand: what it gives is compared, nan and infinity too
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ["JAX_PLATFORMS"] = "cpu"  # a check runs small scalar code; `environment` tells who asked for another device
    _keep_compiled_code()
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.append(here)
    _draw_alike()
    try:
        import_module("qedoc.judge.check")
    except Exception:  # noqa: BLE001  the first task raises it again, where it can be reported
        return
    gc.freeze()  # what the imports made stays: the collector need not look at it again
    gc.set_threshold(YOUNG)


def _draw_alike() -> None:
    """Keeps Hypothesis to what it is asked for: it also tries numbers of all modules that are loaded, which depend on earlier cases."""
    with suppress(ImportError):
        setattr(import_module("hypothesis.internal.conjecture.providers"), _LOCAL, lambda path: False)


def _keep_compiled_code() -> None:
    """Lets JAX keep what it compiles between workers and runs: compiling the small kernels of a check takes longer than running them."""
    folder = platformdirs.user_cache_path("qedoc") / "xla"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # a home that cannot be written to: each worker compiles for itself
        return
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(folder))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")


def tidy() -> None:
    """Keeps a worker from growing with the number of its cases."""
    if next(_CASES) % PERIOD:
        return
    gc.collect()
    if _resident() > LARGE:
        from qedoc.execute import lockstep

        lockstep.forget()
        gc.collect()
    with suppress(OSError, AttributeError):  # of the GNU library alone
        ctypes.CDLL(None).malloc_trim(0)


def _resident() -> int:
    """Bytes of memory that this process has now; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    except OSError:
        return 0
