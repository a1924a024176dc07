"""doctest for the mathematics in documentation."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qedoc.domain import Functions as Functions
    from qedoc.domain import Integers as Integers
    from qedoc.domain import Reals as Reals
    from qedoc.properties import Bounds as Bounds
    from qedoc.properties import ConstantFrom as ConstantFrom
    from qedoc.properties import Continuous as Continuous
    from qedoc.properties import Limit as Limit
    from qedoc.properties import NonDecreasing as NonDecreasing
    from qedoc.properties import NonIncreasing as NonIncreasing
    from qedoc.properties import Value as Value
    from qedoc.spec import Argument as Argument
    from qedoc.spec import Array as Array
    from qedoc.spec import Dict as Dict
    from qedoc.spec import ForAll as ForAll
    from qedoc.spec import List as List
    from qedoc.spec import Parameter as Parameter
    from qedoc.spec import Size as Size
    from qedoc.spec import Spec as Spec
    from qedoc.spec import Variable as Variable

__version__ = "0.1.0"

_HOME = {
    "qedoc.domain": ("Functions", "Integers", "Reals"),
    "qedoc.properties": ("Bounds", "ConstantFrom", "Continuous", "Limit", "NonDecreasing", "NonIncreasing", "Value"),
    "qedoc.spec": ("Argument", "Array", "Dict", "ForAll", "List", "Parameter", "Size", "Spec", "Variable"),
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}

__all__ = list(_MODULE)
__all__ += ["__version__"]


def __getattr__(name: str) -> Any:
    """Imports a public name on first use, so that `import qedoc` needs neither sympy nor jax."""
    if name not in _MODULE:
        raise AttributeError(f"module 'qedoc' has no attribute {name!r}")
    return getattr(import_module(_MODULE[name]), name)


def __dir__() -> list[str]:
    return __all__
