"""Formulas of arrays of every length: what the code computes, and the proof that a documented formula is equal to it."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from qedoc.algebra.conditions import TooManyBranches
from qedoc.algebra.large import LARGE
from qedoc.claims.domain import Functions
from qedoc.claims.settings import Imported
from qedoc.claims.spec import Argument, Array, Parameter, Size, Spec, base
from qedoc.claims.target import call_by_name, resolve
from qedoc.errors import UnsupportedError
from qedoc.judge.free_lengths import Freed, freed
from qedoc.judge.length_runs import FEW, MANY, computed, contradicted, runs
from qedoc.judge.lengths import LENGTH
from qedoc.lift.any_length import Unsized, read_unsized
from qedoc.sums.domain import Domain, assuming, current
from qedoc.sums.equality import compare, vanishes
from qedoc.sums.formulas import read
from qedoc.sums.products import Values
from qedoc.sums.terms import Poly, RefusedError, minus, number, plus, variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Whether a claim is proved for every length.

    Args:
        extent: the lengths, such as `every n >= 1`.
        reason: why there is no proof; empty if there is one.
        suspect: lengths at which a run gives another value than the formula that was read for every length.
        value: computes the formula that was read, from the lengths of the claim and the arguments by name, at an entry of the result. None
            if the code treats single lengths in another way, for which the claim must be proved by itself.
        code: the formula of the code, for lengths that it does not treat in another way.
    """

    extent: str
    reason: str = ""
    suspect: Mapping[sp.Symbol, int] = field(default_factory=dict)
    value: Callable[[Mapping[str, int], Mapping[str, Any], Sequence[int]], float | None] | None = None
    code: sp.Expr | None = None


class _Entries:
    """An array of a spec as an argument of the code.

    Args:
        array: the array of the spec.
        is_integer: whether the entries are integers.
    """

    def __init__(self, array: sp.IndexedBase, *, is_integer: bool) -> None:
        self.array, self.is_integer = array, is_integer

    def __getitem__(self, places: tuple[sp.Expr, ...]) -> sp.Expr:
        return self.array[places]

    def __str__(self) -> str:
        return str(self.array.label)


def every_length(spec: Spec) -> Found | None:
    """Tries to prove a claim of a docstring for every length of its arrays.

    Args:
        spec: the claim.

    Returns:
        None if the claim has no arrays whose length may be any.
    """
    found = freed(spec) if spec.natural else None
    if found is None:
        return None
    lengths = {d.symbol: d for d in found.spec.symbols if isinstance(d, Size) and d.meaning == LENGTH}
    extent = found.extent
    least = {str(symbol): low for symbol, low in found.least.items()}
    try:
        call, arrays, shapes = arguments(found.spec)
        code = read_unsized(call, arrays, shapes, least)
        _refuse_apart(code, lengths if found.spec is spec else {})
        domain = _domain(found, lengths)
        with assuming(domain):
            equal = _equal(found.spec, code, lengths)
    except UnsupportedError as error:
        return Found(extent=extent, reason=error.message)
    except (RefusedError, RecursionError, TooManyBranches) as error:
        return Found(extent=extent, reason=str(error))
    if not equal:
        return Found(extent=extent, reason="the formulas with sums are not shown to be equal")
    ran = runs(code, call, arrays, MANY)
    sizes = found.original(ran.suspect or ran.silent) if ran.suspect or ran.silent else {}
    at = ", ".join(f"{symbol} = {size}" for symbol, size in sizes.items())
    if ran.suspect:
        return Found(extent=extent, reason=f"a run with {at} gives another value than the formula of the code", suspect=sizes)
    reason = f"a run with {at} gives no finite value" if ran.silent else ""
    value = None if code.apart else partial(_value, code, arrays, found)
    return Found(extent=extent, reason=reason, value=value, code=None if code.apart or reason else tidied(code, least))


def _value(
    code: Unsized, arrays: Mapping[str, Any], lengths: Freed, sizes: Mapping[str, int], inputs: Mapping[str, Any], entry: Sequence[int]
) -> float | None:
    """The value of a formula at single lengths; None if it has none."""
    solved = sp.solve([value - sizes[str(symbol)] for symbol, value in lengths.lengths.items()], list(lengths.lengths), dict=True)
    known = {
        str(symbol): np.asarray(inputs[name]) if code_shape else inputs[name]
        for (name, symbol), code_shape in zip(arrays.items(), code.arguments, strict=True)
    }
    places = entry or (0,) * len(code.indices)
    known |= {symbol.name: int(size) for one in solved for symbol, size in one.items()}
    known |= {symbol.name: place for symbol, place in zip(code.indices, places, strict=True)}
    return computed(code.value, known)


def _refuse_apart(code: Unsized, lengths: Mapping[sp.Symbol, Size]) -> None:
    """Checks that the code compares a length with nothing but those that are proved one by one.

    Raises:
        UnsupportedError: if it does.
    """
    checked = {str(symbol): size.values for symbol, size in lengths.items()} if len(lengths) == 1 else {}
    for length, other in code.apart:
        if other is None:
            raise UnsupportedError(f"the code asks for the length {length}, as a table or a comparison does", None)
        if other not in checked.get(length, ()):
            raise UnsupportedError(f"the code may treat arrays with {length} = {other} in another way", None)


def _equal(spec: Spec, code: Unsized, lengths: Mapping[sp.Symbol, Size]) -> bool:
    places = _indices(spec, lengths)
    entry = [read(sp.sympify(position), places) for position in spec.entry]
    if not entry and all(length == 1 for length in code.shape):
        entry = [{} for _ in code.shape]
    if len(entry) != len(code.indices):
        raise RefusedError(f"the code returns an array with {len(code.indices)} axes, and the formula describes an entry at {len(entry)}")
    inside = {symbol.name: value for symbol, value in zip(code.indices, entry, strict=True)}
    difference = minus(read(from_zero(spec), places), read(code.value, inside))
    return vanishes(difference)


def from_zero(spec: Spec) -> sp.Expr:
    """The formula of a spec with arrays whose indices count from 0, as those of the code do."""
    arrays = [template for template in spec.bind.values() if isinstance(template, Array)]
    first = {base(array.item): [sp.sympify(low) for _, low, _ in array.indices] for array in arrays if isinstance(array.item, sp.Indexed)}
    moved = {}
    for entry in spec.formula.atoms(sp.Indexed):
        places = zip(entry.indices, first.get(base(entry), [sp.S.Zero] * len(entry.indices)), strict=True)
        moved[entry] = entry.base[tuple(place - low for place, low in places)]
    return spec.formula.xreplace(moved)


def _indices(spec: Spec, lengths: Mapping[sp.Symbol, Size]) -> Values:
    """The sizes that are indices of the result, counted from 0: their bounds are relations of the claim."""
    found: dict[str, Poly] = {}
    for size in [d for d in spec.symbols if isinstance(d, Size) and d.symbol not in lengths]:
        ends = [relation.rhs for relation in spec.where if isinstance(relation, sp.Le) and relation.lhs == size.symbol]
        if not ends:
            raise RefusedError(f"{size.symbol} is a size with no bound")
        least = [relation.rhs for relation in spec.where if isinstance(relation, sp.Ge) and relation.lhs == size.symbol]
        first = read(sp.sympify(least[0]), {}) if least else number(int(min(size.values)))
        name = f"{size.symbol}'"
        current().ranges[name] = plus(minus(read(ends[0], {}), first), number(1))
        found[str(size.symbol)] = plus(variable(name), first)
    return found


def _domain(found: Freed, lengths: Mapping[sp.Symbol, Size]) -> Domain:
    known: dict[str, dict[str, bool]] = {}
    for declaration in found.spec.symbols:
        if not isinstance(declaration, Size) and not isinstance(declaration.domain, Functions):
            known[str(base(declaration.symbol))] = declaration.domain.assumptions()
    return Domain(
        least={str(symbol): max(found.least.get(symbol, 1), int(min(size.values))) for symbol, size in lengths.items()},
        positive=frozenset(name for name, facts in known.items() if facts.get("positive")),
        nonnegative=frozenset(name for name, facts in known.items() if facts.get("nonnegative")),
        integers=frozenset(name for name, facts in known.items() if facts.get("integer")),
    )


def arguments(spec: Spec) -> tuple[Callable[..., Any], dict[str, Any], dict[str, str]]:
    """The call of the target, its arguments in the arrays and symbols of a spec, and the shapes of the arrays.

    Raises:
        UnsupportedError: if the claim or the code is not read for every length.
    """
    if spec.whole or spec.is_complex or spec.derivative or spec.minimum is not None:
        raise UnsupportedError("only formulas of one real entry are proved for every length", None)
    target = resolve(spec.target)
    facts: dict[Any, dict[str, bool]] = {}
    arrays: dict[str, Any] = {}
    shapes: dict[str, str] = {}
    fixed: dict[str, Any] = {}
    for declaration in spec.symbols:
        if isinstance(declaration, Size):
            continue
        if isinstance(declaration, Argument) or isinstance(declaration.domain, Functions):
            raise UnsupportedError(f"{declaration.symbol} is not read for every length", None)
        facts[base(declaration.symbol)] = declaration.domain.assumptions()
        if isinstance(declaration, Parameter):
            arrays[declaration.name] = sp.Symbol(declaration.symbol.name, **facts[declaration.symbol])
    for name, template in spec.bind.items():
        match template:
            case Array(item=sp.Indexed() as item, indices=indices) if tuple(item.indices) == tuple(one[0] for one in indices):
                arrays[name] = _Entries(item.base, is_integer=bool(facts[item.base.label].get("integer")))
                shapes[name] = ", ".join(_length(low, high) for _, low, high in indices) + ","
            case Imported(value=value):
                fixed[name] = value
            case bool() | str() | None | int() | float():
                fixed[name] = template
            case sp.Integer() | sp.Rational():
                fixed[name] = int(template) if template.is_Integer else float(template)
            case _:
                raise UnsupportedError(f"the argument {name} is not read for every length", None)
    if set(map(str, facts)) - set(map(str, arrays.values())):
        raise UnsupportedError("a symbol of the formula is no argument of its own", None)
    return _called(target, tuple(arrays), fixed), arrays, shapes


def lifted_for_every_length(target: str, *, only_sums: bool = True) -> sp.Expr | None:
    """The formula that a function of arrays computes for every length; None if it is not read.

    Args:
        target: dotted path of the function. Its parameters without a default become arrays with one axis of the same length.
        only_sums: whether to return only a formula that contains a sum or another operator over an index.
    """
    function = resolve(target)
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    needed = {p.name: p for p in parameters if p.default is p.empty and p.kind in plain}
    names = list(needed)
    may_be_arrays = [name for name, p in needed.items() if p.annotation not in (float, int, "float", "int")]
    for arrays in dict.fromkeys((tuple(may_be_arrays), tuple(may_be_arrays[:1]))) if may_be_arrays else ():
        symbols = {name: sp.IndexedBase(name, real=True) if name in arrays else sp.Symbol(name, real=True) for name in names}
        made = _lifted(_called(function, tuple(names), {}), symbols, dict.fromkeys(arrays, "n,"))
        if made is not None and (made.has(*LARGE) or not only_sums):
            return made
    return None


def lifted_of_claim(spec: Spec) -> sp.Expr | None:
    """The formula that the code of a claim about arrays computes for every length; None if it is not read.

    Args:
        spec: the claim. Where it is about even lengths, n is half of the length.
    """
    found = freed(spec)
    try:
        least = {} if found is None else {str(symbol): low for symbol, low in found.least.items()}
        return None if found is None else _lifted(*arguments(found.spec), least)
    except UnsupportedError:
        return None


def _lifted(
    call: Callable[..., Any], arrays: Mapping[str, Any], shapes: Mapping[str, str], least: Mapping[str, int] | None = None
) -> sp.Expr | None:
    try:
        code = read_unsized(call, arrays, shapes, least)
    except (UnsupportedError, TooManyBranches):
        return None
    return None if code.apart or contradicted(code, call, arrays, FEW) else tidied(code, least or {})


def _length(low: Any, high: Any) -> str:
    return str(sp.expand(sp.sympify(high) - sp.sympify(low) + 1)).replace(" ", "")


def _called(target: Callable[..., Any], names: tuple[str, ...], fixed: Mapping[str, Any]) -> Callable[..., Any]:
    return lambda *values: call_by_name(target, {**fixed, **dict(zip(names, values, strict=True))})


def tidied(code: Unsized, least: Mapping[str, int]) -> sp.Expr:
    """The formula of code without absolute values of what is never negative, and without maxima that are decided.

    Args:
        code: the formula.
        least: the smallest values of lengths that may not be 1.
    """
    lengths = {symbol.name for symbol in code.value.free_symbols if isinstance(symbol, sp.Symbol) and symbol.is_positive}
    bounds = zip(code.indices, code.shape, strict=True)
    value = code.value
    for part in sorted(value.atoms(sp.Abs, sp.Max, sp.Min), key=sp.count_ops):
        for argument in part.args:
            domain = Domain(least={**dict.fromkeys(lengths, 1), **least})
            with assuming(domain):
                domain.ranges.update({index.name: read(length, {}) for index, length in bounds})
            if compare(part, argument, domain).equal:
                value = value.xreplace({part: argument})
                break
    return value
