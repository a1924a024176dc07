"""Says what to do if a module cannot be imported, or if a name that it lists cannot be read."""

import sys
from importlib.util import find_spec


def remedy(path: str, error: BaseException) -> str:
    """What to install or to correct so that a module can be imported.

    Args:
        path: dotted path of the module, or of a name that its module loads when it is read.
        error: the exception that the import raised.
    """
    own = path.partition(".")[0]
    wanted = _wanted(error)
    root = wanted.partition(".")[0]
    if root == own:
        return f"{own} lacks a part of its own: correct this import, or install {own} again"
    if root in sys.stdlib_module_names:
        return f"install a version of {own} for this version of Python"
    if root and isinstance(error, ModuleNotFoundError) and not _installed(root):
        return f"install the package that provides {root}"
    if root := root or _origin(error, own):
        return f"install versions of {own} and {root} that work together"
    return "import it in Python to see the traceback"


def _wanted(error: BaseException) -> str:
    """The module that a failed import statement names; empty for any other exception."""
    name = error.name if isinstance(error, ImportError) else None
    return name if isinstance(name, str) else ""


def _installed(root: str) -> bool:
    """Whether a top-level module can be found."""
    try:
        return root in sys.modules or find_spec(root) is not None
    except (ImportError, ValueError):
        return False


def _origin(error: BaseException, own: str) -> str:
    """The other package whose code raised an exception; empty if it is the package's own code or Python's."""
    raised, trace = "", error.__traceback__
    while trace is not None:
        root = str(trace.tb_frame.f_globals.get("__name__", "")).partition(".")[0]
        raised = root if root and root not in sys.stdlib_module_names else raised
        trace = trace.tb_next
    return "" if raised in (own, "qedoc", "__main__") else raised
