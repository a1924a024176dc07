"""Formats points for people and for Python, and parses them back."""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any

import sympy as sp

from qedoc.algebra.stand_ins import stand_in
from qedoc.claims.case import Case, Scalar
from qedoc.claims.given_objects import WithObject
from qedoc.claims.members import Member
from qedoc.claims.returned import Returned
from qedoc.claims.settings import Imported
from qedoc.claims.spec import Array, Spec
from qedoc.claims.steps import GRADIENTS, OBJECTIVES, PARAMETERS, Steps
from qedoc.claims.surroundings import Surrounded
from qedoc.claims.target import resolve
from qedoc.lift.opaque import interpretation
from qedoc.results.verdict import Inputs, Number

MOST_RUNS = 4
"""A list of more runs of equal entries is written entry by entry."""


def number(x: Fraction) -> Number:
    """An exact value as a JSON number: an int if it is an integer, otherwise the nearest double."""
    return int(x) if x.denominator == 1 else float(x)


def named(case: Case, point: Mapping[sp.Symbol, Fraction]) -> Inputs:
    """Maps parameter and argument names to the values at a point. A vector is a list of its elements, a matrix a list of rows.

    Args:
        case: the claim.
        point: a value for each symbol. A symbol that the case does not declare appears under its own name.
    """
    scalars = {scalar.symbol: scalar for scalar in case.scalars}
    shown: dict[str, Any] = {}
    rows: dict[tuple[str, int], list[Number]] = {}
    for symbol, value in sorted(point.items(), key=lambda item: _place(case, item[0])):
        scalar = scalars.get(symbol)
        if scalar is None or not scalar.vector:
            shown[scalar.name if scalar else symbol.name] = number(value)
            continue
        entries = shown.setdefault(scalar.vector, [])
        if len(scalar.indices) > 1:
            row = scalar.vector, scalar.indices[0]
            if row not in rows:
                rows[row] = []
                entries.append(rows[row])
            entries = rows[row]
        entries.append(number(value))
    shown |= {name: _mirrored(value) for name, value in shown.items() if _symmetric(case.spec.bind.get(name))}
    return shown | {name: value for name, value in _fixed(case) if name not in shown}


def _symmetric(template: Any) -> bool:
    """Whether an array is given by its entries on and above the diagonal."""
    return isinstance(template, Array) and len(template.indices) == 2 and template.item.has(sp.Min, sp.Max)


def _mirrored(rows: list[list[Number]]) -> list[list[Number]]:
    """Completes a symmetric matrix whose rows hold only the entries from the diagonal on."""
    places = range(len(rows))
    return [[rows[min(i, j)][abs(i - j)] for j in places] for i in places]


def _fixed(case: Case) -> Iterator[tuple[str, Any]]:
    """Yields arrays of fixed numbers, such as labels."""
    for name, template in case.spec.bind.items():
        if isinstance(template, Array) and not template.item.atoms(sp.Indexed):
            keywords = case.arguments(dict.fromkeys(case.symbols, 0), _stand_in, _Entries)[0]
            yield name, keywords[name]


def row_of(scalars: Sequence[Scalar], inputs: Inputs) -> tuple[Fraction, ...]:
    """Inverts `named`: returns the values of the unknowns, in the order of the unknowns."""
    known: dict[sp.Symbol, Fraction] = {}
    for name, value in inputs.items():
        own = sorted((s for s in scalars if name == (s.vector or s.name)), key=lambda s: s.indices)
        if own:
            entries = _flat(value)
            if isinstance(value, list) and len(entries) > len(own):  # a symmetric matrix: its upper half holds all unknowns
                entries = [item for place, row in enumerate(value) for item in _flat(row)[place:]]
            known |= {scalar.symbol: Fraction(str(item)) for scalar, item in zip(own, entries, strict=True)}
    return tuple(known[scalar.symbol] for scalar in scalars)


def _flat(value: Any) -> list[Any]:
    return [item for part in value for item in _flat(part)] if isinstance(value, list) else [value]


def _place(case: Case, symbol: sp.Symbol) -> int:
    return case.symbols.index(symbol) if symbol in case.symbols else len(case.symbols)


def pasteable(case: Case, point: Mapping[sp.Symbol, Fraction], *, arrays: bool = False, length: int = 0) -> str:
    """Returns a line of Python that calls the target at the point.

    Args:
        case: the claim.
        point: a number for each unknown.
        arrays: whether to pass the numbers as JAX arrays.
        length: if it is positive, each number is passed as an array of so many equal entries, and the first entry of the result is printed.
    """
    values: dict[sp.Symbol, Any] = {symbol: _literal(symbol, value) for symbol, value in point.items()}
    if length:
        values = {symbol: _Repeated(x, length) for symbol, x in values.items()}
    elif arrays:
        values = {symbol: _ArrayInt(x) if isinstance(x, int) else _ArrayFloat(x) for symbol, x in values.items()}
    keywords, curried = case.arguments(values, _stand_in, _Entries)
    by = case.spec.derivative
    keywords |= {name: value for name, value in case.spec.bind.items() if isinstance(value, Imported)}
    texts = {name: by if name == by else _text(value) for name, value in keywords.items()}
    if isinstance(steps := resolve(case.spec.target), Steps):
        gradients = [_text(value) for value in keywords[GRADIENTS]]
        objectives = [_text(value) for value in keywords[OBJECTIVES]] if OBJECTIVES in case.spec.bind else []
        own = (GRADIENTS, PARAMETERS, *([OBJECTIVES] if objectives else []))
        arguments = {name: text for name, text in texts.items() if name not in own}
        return steps.line(case.spec.target, arguments, gradients, texts[PARAMETERS], case.entry[1:], objectives)
    module, before, call = _called(case.spec.target, texts)
    module = ", ".join(dict.fromkeys((module, *(value.module for value in keywords.values() if isinstance(value, Imported)))))
    called = "" if curried is None else f"({', '.join(map(_text, curried))})"
    whole, part = case.spec.whole, case.entry[-1:] if case.spec.is_complex else ()
    entry = "".join(f"[{position}]" for position in (case.entry[:-1] if part else case.entry))
    entry += "[0]" if length else ""
    entry += ".imag" if part == (1,) else ".real" if part else ""
    call, called = (f"jnp.asarray({call}{called})", "") if whole or part else (call, called)
    imports = "import jax.numpy as jnp; " if "jnp." in call + called else ""
    if by:
        call, module = f"jax.grad(lambda {by}: {call})({_text(keywords[by])})", ", ".join(dict.fromkeys(("jax", module)))
    return f"import {module}; {imports}{before}print({call}{called}{entry})"


def pasted(spec: Spec, inputs: Inputs, entry: Sequence[int]) -> str:
    """Returns a line of Python that calls the target of a claim about arrays.

    Args:
        spec: the claim.
        inputs: the arguments that are numbers, and arrays as lists.
        entry: the place in the result.
    """
    fixed = {name: value for name, value in spec.bind.items() if name not in inputs}
    texts = {name: _array_text(value) if isinstance(value, list) else _text(value) for name, value in {**fixed, **inputs}.items()}
    module, before, call = _called(spec.target, texts)
    modules = ", ".join(dict.fromkeys((module, *(value.module for value in fixed.values() if isinstance(value, Imported)))))
    return f"import {modules}; import jax.numpy as jnp; {before}print({call}{''.join(f'[{place}]' for place in entry)})"


def _array_text(entries: list[Any]) -> str:
    """The text of an array: one number in brackets and a factor for many equal ones."""
    if isinstance(entries[0], list):
        return f"jnp.array({entries!r})"
    runs = [(value, len(list(same))) for value, same in groupby(entries)]
    return (
        f"jnp.array({' + '.join(f'[{value!r}] * {many}' if many > 1 else f'[{value!r}]' for value, many in runs)})"
        if (len(runs) <= MOST_RUNS)
        else f"jnp.array({entries!r})"
    )


def _called(target: str, texts: Mapping[str, str]) -> tuple[str, str, str]:
    """The module to import for a call, what to run before it, and the call."""
    function = resolve(target)
    if isinstance(function, Member):
        owner = target.removesuffix(f".{function.name}")
        return ", ".join(dict.fromkeys((owner.rpartition(".")[0], *function.modules()))), "", function.written(owner, texts)
    if isinstance(function, WithObject):
        modules = ", ".join(dict.fromkeys((imported(target), function.made.__module__)))
        return modules, "", function.written(target.rpartition(".")[0], texts)
    if isinstance(function, Returned):
        return "qedoc.claims.target", "", function.written(texts)
    if isinstance(function, Surrounded):
        return function.written(target, texts)
    return imported(target), "", f"{target}({', '.join(f'{name}={text}' for name, text in texts.items())})"


def imported(target: str) -> str:
    """The module whose import makes a target available: its first package, unless that does not import the target's module.

    Args:
        target: the dotted path of an object whose modules have been imported.
    """
    name, *rest = target.split(".")
    deepest = name
    needed = False
    for part in rest:
        if f"{deepest}.{part}" not in sys.modules:
            break
        needed = needed or not _mentions(sys.modules.get(deepest), part)
        deepest = f"{deepest}.{part}"
    return deepest if needed else name


def _mentions(package: ModuleType | None, name: str) -> bool:
    """Whether the source of a package contains a name, so that importing the package may import the module of that name."""
    file = getattr(package, "__file__", None)
    if file is None:
        return False  # a namespace package imports nothing
    try:
        return re.search(rf"\b{re.escape(name)}\b", Path(file).read_text(encoding="utf-8", errors="replace")) is not None
    except OSError:
        return True


class _ArrayFloat(float):
    """A float that is written as a JAX array."""

    def __repr__(self) -> str:
        return f"jnp.asarray({float(self)!r})"


class _ArrayInt(int):
    """An integer that is written as a JAX array."""

    def __repr__(self) -> str:
        return f"jnp.asarray({int(self)!r})"


class _Repeated:
    """A number that is written as an array of equal entries."""

    def __init__(self, value: float, length: int) -> None:
        self._value, self._length = value, length

    def __repr__(self) -> str:
        return f"jnp.full({self._length}, {self._value!r})"


class _Entries(list[Any]):
    """The entries of an array that is written as `jnp.array([...])`."""


def _literal(symbol: sp.Symbol, value: Fraction) -> int | float:
    return int(value) if symbol.is_integer else float(value)


class _Variable:
    """Placeholder for an argument while the source of an opaque function is written."""


def _stand_in(_name: str, index: int, *arguments: Any) -> Any:
    c, d, e = coefficients = tuple(map(float, interpretation(index)))
    if not any(isinstance(one, _Variable) for one in arguments):
        return stand_in(coefficients, arguments)
    letters = ("x", "y", "z")[: len(arguments)] if len(arguments) <= 3 else [f"x{place}" for place in range(len(arguments))]
    first = letters[0]
    others = (f" + {place * d!r} * {y} + {place * e!r} * {first} * {y}" for place, y in enumerate(letters[1:], start=2))
    return f"lambda {', '.join(letters)}: {c!r} + {d!r} * {first} + {e!r} * {first}**2{''.join(others)}"


def _text(value: Any) -> str:
    text = partial(map, _text)
    match value:
        case _Entries():
            return f"jnp.array({_nested(value)})"
        case dict():
            return "{" + ", ".join(f"{_text(key)}: {_text(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(text(value)) + "]"
        case tuple():
            return "(" + "".join(f"{item}, " for item in text(value)).strip() + ")"
        case Imported():
            return repr(value)
        case _ if callable(value):
            return str(value(*(_Variable() for _ in range(getattr(value, "arity", 1)))))
        case _:
            return repr(value)


def _nested(value: Any) -> str:
    if isinstance(value, _Entries):
        return f"[{', '.join(map(_nested, value))}]"
    return repr(int(value) if isinstance(value, _ArrayInt) else float(value) if isinstance(value, _ArrayFloat) else value)


def format_inputs(inputs: Inputs) -> str:
    """Formats inputs for a sentence, as `init_value=1, decay_steps=1`."""
    return ", ".join(f"{name}={value}" for name, value in inputs.items())
