"""Prepares a worker process for its tasks, and frees its memory between tasks."""

import ctypes
import gc
import io
import itertools
import os
import resource
import signal
import sys
import warnings
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from qedoc.engine.environment import cache_folder

YOUNG = 500_000
"""Garbage collection threshold. A check creates millions of small objects, of which few are in reference cycles."""

PERIOD = 32
"""Number of cases between two clean-ups, which free reference cycles with compiled code, and unused memory pages."""

LARGE = 450 * 2**20
"""Memory size in bytes above which a clean-up is made after each case, and also drops compiled kernels and what SymPy remembers."""

_CASES = itertools.count(1)

_LOCAL = "is_local_module_file"  # a function of Hypothesis that is replaced, since there is no setting for it


def warm_up() -> None:
    """Prepares a worker: standard output belongs to the report, a stop is immediate, and the slow imports are made once."""
    os.dup2(2, 1)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # a process that is killed writes nothing more
    warnings.simplefilter("ignore")  # warnings of the checked code; its results are compared, including nan and infinity
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ["JAX_PLATFORMS"] = "cpu"  # a check runs small scalar code; `environment` reports that another device was requested
    if os.environ.get("TF_CPP_MIN_LOG_LEVEL", "1") == "1":  # JAX's default, with which JAX logs two lines for each cached program
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # JAX 0.8 logs them as errors, JAX 0.9 as warnings; real errors of XLA are exceptions
    _keep_compiled_code()
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.append(here)
    gc.disable()  # an import makes a million objects that stay; the collector would look at them again and again
    try:
        _draw_alike()
        import_module("qedoc.judge.check")
    except Exception:  # noqa: BLE001  # the first task raises the same error, and that is reported
        return
    finally:
        gc.enable()
    gc.freeze()  # imported objects stay alive, so the garbage collector can skip them
    gc.set_threshold(YOUNG)


def _draw_alike() -> None:
    """Makes Hypothesis deterministic. By default it also tries constants from all loaded modules, which depend on earlier cases."""
    with suppress(ImportError):
        setattr(import_module("hypothesis.internal.conjecture.providers"), _LOCAL, lambda path: False)


def _keep_compiled_code() -> None:
    """Enables JAX's persistent compilation cache: compiling the small kernels of a check takes longer than running them."""
    folder = cache_folder() / "xla"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # the home folder is not writable; each worker compiles for itself
        return
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(folder))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")


def tidy() -> None:
    """Frees memory of a worker process after every `PERIOD` cases, and after each case that leaves it large."""
    is_large = _resident() > LARGE
    if next(_CASES) % PERIOD and not is_large:
        return
    gc.collect()
    if is_large:
        from sympy.core.cache import clear_cache

        from qedoc.execute import lockstep

        lockstep.forget()
        clear_cache()
        gc.collect()
    with suppress(OSError, AttributeError):  # only the GNU C library has malloc_trim
        ctypes.CDLL(None).malloc_trim(0)


def _resident() -> int:
    """The resident memory of this process in bytes; 0 if the system does not provide it."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    except OSError:
        return 0
