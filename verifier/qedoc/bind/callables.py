"""Parameters that are functions: `f` in `y + h f(y, t)`, about which nothing is assumed."""

import inspect
import re
from typing import Any

import sympy as sp

from qedoc.bind.records import Obstruction
from qedoc.claims.domain import Functions
from qedoc.claims.spec import Spec, Variable
from qedoc.interpret.passages import sentences
from qedoc.sources.arguments import Argument
from qedoc.sources.docstrings import Documented

_ANNOTATED = re.compile(r"\bCallable\b")
_OPTIONAL = re.compile(r"\bNone\b|\bOptional\b|\bUnion\b|\|")
_DESCRIBED = re.compile(
    r"^\W*(?:an? |the )?(?:callable\b|function(?=\s*[.,:(]|\s+(?:that|which|to|from|mapping|with|taking|returning)\b))", re.IGNORECASE
)


def callables(record: Documented) -> frozenset[str]:
    """The parameters that are functions, by their annotation or description, and have no default.

    Args:
        record: the documented object.
    """
    return frozenset(argument.name for argument in record.arguments if _is_function(argument))


def _is_function(argument: Argument) -> bool:
    if argument.default is not inspect.Parameter.empty or argument.axes >= 0:
        return False
    if argument.annotation:
        return bool(_ANNOTATED.search(argument.annotation)) and not _OPTIONAL.match(argument.annotation.removeprefix("typing."))
    return bool(_DESCRIBED.search(argument.text))


def calls_of(value: Any, names: frozenset[str]) -> list[Any]:
    """The calls of the functions of these names in a value."""
    return [call for call in value.atoms(sp.core.function.AppliedUndef) if _calls(call, names)]


def restricted_function(record: Documented, spec: Spec) -> str:
    """Words that may restrict an unknown function of a claim, `a linear function`; empty if there are none.

    No counterexample counts then: the function that stands in for the unknown one may be another kind.

    Args:
        record: the documented object.
        spec: the claim.
    """
    for name in (name for name, value in spec.bind.items() if isinstance(value, sp.Lambda)):
        own = next(argument.text for argument in record.arguments if argument.name == name)
        named = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)")
        told = [own, *(one for one in sentences(" ".join(record.docstring.split())) if named.search(one))]
        found = next((one for one in told if _KINDS.search(one)), "")
        if found:
            return found
    return ""


_KINDS = re.compile(
    r"\b(?:linear|affine|(?:strictly |strongly )?con(?:vex|cave)|monoton\w*|(?:in|de)creasing|(?:non-?)?(?:positive|negative)|bounded|odd|"
    r"even|periodic|(?:anti)?symmetric|invertible|bijecti\w*|lipschitz|contract\w*|probabilit\w*|densit\w*|distributions?|norm\w*|kernel|"
    r"cumulative|inverse|identity|constant|homogeneous|additive|polynomial|quadratic|must|should|satisf\w*|only|assum\w*)\b",
    re.IGNORECASE,
)
"""Words for kinds of functions, and for demands."""


def unknown_functions(record: Documented, value: sp.Expr) -> tuple[sp.Expr, list[Variable], dict[str, sp.Lambda]]:
    """Returns a formula with its calls of functions that are parameters, the declarations of these functions, and their arguments.

    Args:
        record: the documented object.
        value: the formula as read.

    Raises:
        Obstruction: for a function that is called with different numbers of arguments.
    """
    known = callables(record)
    found = calls_of(value, known)
    told = {argument.name: argument.text for argument in record.arguments}
    declared: list[Variable] = []
    bind: dict[str, sp.Lambda] = {}
    for name in sorted({call.func.__name__ for call in found}):
        counts = {len(call.args) for call in found if call.func.__name__ == name}
        if len(counts) > 1:
            raise Obstruction(f"{name} is called with {' and '.join(map(str, sorted(counts)))} arguments")
        (count,) = counts
        letters = sp.symbols(f"argument_1:{count + 1}")
        declared.append(Variable(sp.Function(name), Functions(count), told[name]))
        bind[name] = sp.Lambda(letters, sp.Function(name)(0, *letters))
    made = value.replace(lambda part: _calls(part, known), lambda call: call.func(sp.Integer(0), *call.args)) if found else value
    return made, declared, bind


def _calls(part: Any, names: frozenset[str]) -> bool:
    return isinstance(part, sp.core.function.AppliedUndef) and part.func.__name__ in names
