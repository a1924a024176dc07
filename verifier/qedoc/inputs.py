"""Points as people read, paste and parse them."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import sympy as sp

from qedoc.case import Case, Scalar
from qedoc.lift.opaque import interpretation
from qedoc.spec import Size
from qedoc.verdict import Inputs, Number


def number(x: Fraction) -> Number:
    """An exact value as a JSON number: an int if it is one, else the nearest double."""
    return int(x) if x.denominator == 1 else float(x)


def named(case: Case, point: Mapping[sp.Symbol, Fraction]) -> Inputs:
    """The point by parameter and argument names; the elements of a vector together, under the vector's name.

    Args:
        case: the claim.
        point: a value for each symbol; a symbol that is not the case's goes by its own name.
    """
    names = {scalar.symbol: scalar.name for scalar in case.scalars}
    shown: dict[str, Any] = {}
    for symbol, value in sorted(point.items(), key=lambda item: _place(case, item[0])):
        vector, _, index = symbol.name.rpartition("_")
        if vector and index.isdigit() and names.get(symbol) == symbol.name and _is_element(case, vector):
            shown.setdefault(vector, []).append(number(value))
        else:
            shown[names.get(symbol, symbol.name)] = number(value)
    return shown


def row_of(scalars: Sequence[Scalar], inputs: Inputs) -> tuple[Fraction, ...]:
    """The values of the unknowns at a point that `named` wrote, in the order of the unknowns."""
    flat: dict[str, Fraction] = {}
    for name, value in inputs.items():
        if isinstance(value, list):
            elements = [s for s in scalars if s.symbol.name.rpartition("_")[0] == name]
            flat |= {s.name: Fraction(str(item)) for s, item in zip(elements, value, strict=True)}
        else:
            flat[name] = Fraction(str(value))
    return tuple(flat[scalar.name] for scalar in scalars)


def _place(case: Case, symbol: sp.Symbol) -> int:
    return case.symbols.index(symbol) if symbol in case.symbols else len(case.symbols)


def _is_element(case: Case, vector: str) -> bool:
    symbols = [d.symbol for d in case.spec.symbols if not isinstance(d, Size)]
    return any(isinstance(symbol, sp.Indexed) and symbol.base.label.name == vector for symbol in symbols)


def pasteable(case: Case, point: Mapping[sp.Symbol, Fraction]) -> str:
    """A line of Python that calls the target at the point."""
    values = {symbol: _literal(symbol, value) for symbol, value in point.items()}
    keywords, curried = case.arguments(values, _stand_in)
    module = case.spec.target.partition(".")[0]
    call = f"{case.spec.target}({', '.join(f'{name}={_text(value)}' for name, value in keywords.items())})"
    arguments = "" if curried is None else f"({', '.join(map(_text, curried))})"
    return f"import {module}; print({call}{arguments})"


def _literal(symbol: sp.Symbol, value: Fraction) -> int | float:
    return int(value) if symbol.is_integer else float(value)


class _Variable:
    """Stands for x while the source of an opaque function is written."""


def _stand_in(_name: str, index: int, x: Any) -> Any:
    c, d, e = map(float, interpretation(index))
    return f"lambda x: {c!r} + {d!r} * x + {e!r} * x**2" if isinstance(x, _Variable) else c + d * x + e * x * x


def _text(value: Any) -> str:
    text = partial(map, _text)
    match value:
        case dict():
            return "{" + ", ".join(f"{_text(key)}: {_text(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(text(value)) + "]"
        case tuple():
            return "(" + "".join(f"{item}, " for item in text(value)).strip() + ")"
        case _ if callable(value):
            return str(value(_Variable()))
        case _:
            return repr(value)


def spoken(inputs: Inputs) -> str:
    """`init_value=1, decay_steps=1`, as in a sentence."""
    return ", ".join(f"{name}={value}" for name, value in inputs.items())
