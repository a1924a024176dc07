"""qedoc: doctest for the mathematics in documentation."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qedoc.algebra.recurrences import Recurrence as Recurrence
    from qedoc.claims.domain import Functions as Functions
    from qedoc.claims.domain import Integers as Integers
    from qedoc.claims.domain import Reals as Reals
    from qedoc.claims.properties import Bounds as Bounds
    from qedoc.claims.properties import ConstantFrom as ConstantFrom
    from qedoc.claims.properties import Continuous as Continuous
    from qedoc.claims.properties import FixedPoint as FixedPoint
    from qedoc.claims.properties import Homogeneous as Homogeneous
    from qedoc.claims.properties import Limit as Limit
    from qedoc.claims.properties import NonDecreasing as NonDecreasing
    from qedoc.claims.properties import NonIncreasing as NonIncreasing
    from qedoc.claims.properties import Property as Property
    from qedoc.claims.properties import RuleProperty as RuleProperty
    from qedoc.claims.properties import Value as Value
    from qedoc.claims.rule import Rule as Rule
    from qedoc.claims.spec import Argument as Argument
    from qedoc.claims.spec import Array as Array
    from qedoc.claims.spec import Declaration as Declaration
    from qedoc.claims.spec import Dict as Dict
    from qedoc.claims.spec import ForAll as ForAll
    from qedoc.claims.spec import List as List
    from qedoc.claims.spec import Minimum as Minimum
    from qedoc.claims.spec import Parameter as Parameter
    from qedoc.claims.spec import Size as Size
    from qedoc.claims.spec import Spec as Spec
    from qedoc.claims.spec import Variable as Variable

__version__ = "0.1.0"

_HOME = {
    "qedoc.algebra.recurrences": ("Recurrence",),
    "qedoc.claims.domain": ("Functions", "Integers", "Reals"),
    "qedoc.claims.properties": (
        *("Bounds", "ConstantFrom", "Continuous", "FixedPoint", "Homogeneous"),
        *("Limit", "NonDecreasing", "NonIncreasing", "Property", "RuleProperty", "Value"),
    ),
    "qedoc.claims.rule": ("Rule",),
    "qedoc.claims.spec": ("Argument", "Array", "Declaration", "Dict", "ForAll", "List", "Minimum", "Parameter", "Size", "Spec", "Variable"),
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}

__all__ = list(_MODULE)
__all__ += ["__version__"]


def __getattr__(name: str) -> Any:
    """Imports a public name on first use, so that `import qedoc` does not import sympy or jax."""
    if name not in _MODULE:
        raise AttributeError(f"module 'qedoc' has no attribute {name!r}")
    return getattr(import_module(_MODULE[name]), name)


def load_ipython_extension(shell: Any) -> None:
    """Registers the magics of qedoc in IPython, for `%load_ext qedoc`."""
    from qedoc.notebook.magics import load

    load(shell)


def __dir__() -> list[str]:
    return __all__
