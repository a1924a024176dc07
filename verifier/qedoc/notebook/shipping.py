"""Finds the object that a name means in a notebook, and makes it known to worker processes."""

import linecache
import sys
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from types import CodeType, ModuleType
from typing import Any

from qedoc.engine.carried import MODULE, Carried
from qedoc.errors import QedocError, meant, question, told

ANONYMOUS = "<dynamic-code>"
"""The file name of code that cloudpickle has pickled by value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """An object of a notebook.

    Args:
        target: the dotted path under which worker processes find it.
        carried: what they must load first; None for an object that they can import.
    """

    target: str
    carried: Carried | None = None


def shipped(name: str, names: Mapping[str, Any]) -> Shipment:
    """Returns the object that a name means.

    Args:
        name: a name of the notebook, perhaps with attributes: `f`, `optax.adam`, `Model.loss`.
        names: the names of the notebook.

    Raises:
        QedocError: if there is no such object, or it cannot be sent to another process.
    """
    first, *rest = name.split(".")
    if not all(map(str.isidentifier, (first, *rest))):
        raise QedocError(f"expected the name of a function, such as f or optax.adam, found {name!r}")
    if first not in names:
        raise QedocError(f"{first} is not defined in this notebook; run the cell that defines it{_asked(first, names)}")
    root = names[first]
    if isinstance(root, ModuleType):
        return Shipment(target=".".join([root.__name__, *rest]))
    if path := _import_path(root):
        return Shipment(target=".".join([path, *rest]))
    return Shipment(target=".".join([MODULE, first, *rest]), carried=_carried(first, root))


def _asked(name: str, names: Mapping[str, Any]) -> str:
    alike = question(meant(name, [known for known in names if not known.startswith("_")]))
    return f"; {alike}" if alike else ""


def _import_path(value: Any) -> str:
    """The dotted path under which another process can import an object; empty if there is none."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(name, str) or module == "__main__" or module not in sys.modules:
        return ""
    if not getattr(sys.modules[module], "__file__", None):
        return ""
    found: Any = sys.modules[module]
    for part in name.split("."):
        found = getattr(found, part, None)
    return f"{module}.{name}" if found is value else ""


def _carried(name: str, value: Any) -> Carried:
    try:
        import cloudpickle
    except ModuleNotFoundError:
        message = f"{name} has no file, so cloudpickle has to send it to a worker process; install it with: pip install 'qedoc[notebook]'"
        raise QedocError(message) from None
    try:
        objects = _pickled(cloudpickle, {name: value})
    except Exception as error:  # noqa: BLE001  # pickling runs code of the objects, which may raise anything
        reason = f"{name} cannot be sent to a worker process ({told(error)})"
        advice = "it may use an open file, a lock or a generator; put the function into a module, and import it"
        raise QedocError(f"{reason}; {advice}") from None
    cells = {file: "".join(entry[2]) for file, entry in linecache.cache.items() if len(entry) == 4 and entry[1] is None}
    return Carried(objects=objects, sources=cells)


def _pickled(library: ModuleType, objects: dict[str, Any]) -> bytes:
    """Pickles objects by value. Their code keeps the names of its files, under which its source is sent; cloudpickle leaves them out."""
    stream = BytesIO()
    pickler = library.Pickler(stream)
    reduce = pickler.dispatch_table[CodeType]

    def named(code: CodeType) -> tuple[Any, ...]:
        made, values = reduce(code)
        return made, tuple(code.co_filename if value == ANONYMOUS else value for value in values)

    pickler.dispatch_table = ChainMap({CodeType: named}, pickler.dispatch_table)
    pickler.dump(objects)
    return stream.getvalue()
