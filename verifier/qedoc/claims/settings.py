"""Values that a user fixes a parameter to: Python literals, and objects at a dotted path."""

import ast
import pkgutil
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from qedoc.errors import QedocError, told

SHORT = {"jnp": "jax.numpy", "np": "numpy", "lax": "jax.lax"}
"""The usual short names of modules."""

_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_EXPECTED = "expected a Python literal such as 0.5, None, 'mean' or (1, 2), or the dotted path of an object such as jnp.sum"


@dataclass(frozen=True, slots=True, repr=False)
class Imported:
    """An object that is imported when it is needed. Unlike many objects, it can be pickled, and it is the same in each run.

    Args:
        path: its dotted path, with the full name of the module.
    """

    path: str

    @property
    def value(self) -> Any:
        """The object."""
        return _found(self.path)

    def __repr__(self) -> str:
        return self.path

    @property
    def module(self) -> str:
        """The module to import before the path can be written in Python."""
        return self.path.rpartition(".")[0]


@lru_cache(maxsize=64)
def _found(path: str) -> Any:
    return pkgutil.resolve_name(path)


def setting(name: str, text: str) -> Any:
    """Returns the value of a parameter as it is written on the command line. The text is never evaluated as code.

    Args:
        name: the parameter.
        text: a Python literal, or the dotted path of an object. `jnp`, `np` and `lax` stand for their modules.

    Raises:
        QedocError: for a text that is neither, and for an object that cannot be imported.
    """
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        pass
    if _PATH.fullmatch(text):
        return _imported(name, text)
    hint = ""
    if text.isidentifier():
        quoted = f"{name}='{text}'"
        hint = f'; for a string, write --set "{quoted}"'
    raise QedocError(f"--set {name}={text}: {_EXPECTED}{hint}")


def _imported(name: str, text: str) -> Imported:
    first, _, rest = text.partition(".")
    made = Imported(f"{SHORT.get(first, first)}.{rest}")
    try:
        _ = made.value
    except Exception as error:  # importing a module may run any code
        raise QedocError(f"--set {name}={text}: {made.path} cannot be imported: {told(error)}") from error
    return made
