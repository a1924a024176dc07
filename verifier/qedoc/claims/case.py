"""Expands a spec into cases: claims at fixed sizes, with scalar symbols, an unrolled formula and the arguments of the target."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from qedoc.algebra.closed_forms import closed
from qedoc.algebra.undefined import undefined, valued
from qedoc.claims.domain import Functions, Integers, Reals
from qedoc.claims.properties import ONLY_OF_RULES, Property
from qedoc.claims.results import array_of, is_complex, part_of
from qedoc.claims.settings import Imported
from qedoc.claims.spec import Argument, Array, Parameter, Size, Spec, base
from qedoc.claims.target import call_by_name, slope_by_name
from qedoc.claims.templates import Stack, indices_of, translated
from qedoc.errors import ShapeError

Opaque = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A real or integer variable of a case.

    Args:
        symbol: the SymPy symbol, with the assumptions that its domain justifies.
        domain: the set of its values. The endpoints may contain other symbols of the case.
        meaning: a one-line description.
        name: the name of the parameter or argument; otherwise the name of the symbol.
        vector: the name of the vector or matrix that it is an element of; empty for a scalar.
        indices: its indices in that vector or matrix, as used in the formula.
    """

    symbol: sp.Symbol
    domain: Reals | Integers
    meaning: str
    name: str
    vector: str = ""
    indices: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """A spec with every size fixed.

    Args:
        spec: the spec.
        sizes: the value of each Size symbol, by name.
        formula: the documented formula in the symbols of the case, with sums and products expanded.
        scalars: the variables.
        where: the relations between the variables, in addition to their domains.
        undefined: the condition under which the formula is explicitly undefined; `false` if it never is.
        properties: the properties, in the symbols of the case.
        opaque: the names of functions about which nothing is assumed.
        entry: the position of the formula's value in the result of the target.
        keywords: for each parameter of the target: a symbol, a constant, or a structure of these.
        curried: the symbols of the arguments of the function that the target returns.
        translate: converts an expression or structure of the spec to the symbols of the case.
    """

    spec: Spec
    sizes: Mapping[str, int]
    formula: sp.Expr
    scalars: tuple[Scalar, ...]
    where: tuple[sp.Basic, ...]
    undefined: sp.Basic = sp.false
    properties: tuple[Property, ...]
    opaque: tuple[str, ...]
    entry: tuple[int, ...]
    keywords: Mapping[str, Any]
    curried: tuple[sp.Symbol, ...]
    translate: Callable[[Any], Any]

    @property
    def id(self) -> str:
        """The id of the claim with the sizes, such as `optax.piecewise_constant_schedule[n=2]`."""
        sizes = ",".join(f"{name}={value}" for name, value in self.sizes.items())
        return f"{self.spec.id}[{sizes}]" if sizes else self.spec.id

    @property
    def symbols(self) -> tuple[sp.Symbol, ...]:
        """The symbols of the variables, in the order of declaration."""
        return tuple(scalar.symbol for scalar in self.scalars)

    def domain(self) -> tuple[sp.Basic, ...]:
        """All conditions of the domain, except that a variable is an integer."""
        ends = [c for scalar in self.scalars for c in scalar.domain.conditions(scalar.symbol)]
        return (*(c for c in ends if c is not sp.true), *self.where)

    def arguments(
        self, values: Mapping[sp.Symbol, Any], opaque: Opaque, stack: Callable[[list[Any]], Any] | None = None
    ) -> tuple[dict[str, Any], list[Any] | None]:
        """Returns the keyword arguments of the target, and the arguments of the function that it returns (None if the spec has none).

        Args:
            values: the value of each symbol: Python numbers, arrays or tracers.
            opaque: called as `opaque(name, index, x, ...)` for a function in the domain `Functions`.
            stack: builds an array from its entries along the first axis. The default uses JAX, so tracers are allowed.
        """
        stack = stack or _stacked

        def build(template: Any) -> Any:
            match template:
                case dict():
                    return {build(key): build(value) for key, value in template.items()}
                case list():
                    return [build(item) for item in template]
                case tuple():
                    return tuple(build(item) for item in template)
                case Stack(entries=entries):
                    return stack([build(item) for item in entries])
                case sp.Lambda():
                    return _Unknown(template, opaque)
                case Imported():
                    return template.value
                case sp.Symbol():
                    return values[template]
                case sp.Integer():
                    return int(template)
                case sp.Expr() if template.is_number:
                    return float(template)
                case sp.Expr():
                    return sp.lambdify(list(values), template, modules="math")(*values.values())
                case _:
                    return template

        return {name: build(template) for name, template in self.keywords.items()}, [values[s] for s in self.curried] or None

    @property
    def stacked(self) -> bool:
        """Whether an argument is an array with entries of its own."""
        return any(isinstance(template, Stack) for template in self.keywords.values())

    def call(self, target: Callable[..., Any], values: Mapping[sp.Symbol, Any], opaque: Opaque) -> Any:
        """Calls the target. If the spec has Arguments, also calls the function that the target returns."""
        keywords, curried = self.arguments(values, opaque)
        parameter = self.spec.derivative
        result = slope_by_name(target, keywords, parameter) if parameter else call_by_name(target, keywords)
        return self._entry(result if curried is None else result(*curried))

    def call_shifted(self, target: Callable[..., Any], values: Mapping[sp.Symbol, Any], opaque: Opaque, by: float) -> Any:
        """Calls the target of a claim about a derivative, with the parameter of the derivative increased by a number. Returns the value."""
        keywords, curried = self.arguments(values, opaque)
        parameter = self.spec.derivative
        result = call_by_name(target, {**keywords, parameter: keywords[parameter] + by})
        return self._entry(result if curried is None else result(*curried))

    def _misfit(self, message: str, shape: tuple[int, ...]) -> ShapeError:
        return ShapeError(f"{self.spec.id}: {message}", self.spec.location, shape)

    def _entry(self, result: Any) -> Any:
        """Selects the entry of the result that the formula describes.

        Raises:
            ShapeError: if the result has no such entry, if it is an array and the spec selects no entry, or if it is real and should not.
        """
        result = self._as_shown(result) if self.spec.whole else result
        whole = tuple(getattr(result, "shape", ()))
        places = self.entry[:-1] if self.spec.is_complex else self.entry
        for axis, position in enumerate(places):
            length = len(result) if isinstance(result, tuple | list) else (*getattr(result, "shape", ()), 0)[0]
            if not 0 <= position < length:
                raise self._misfit(f"entry={self.entry} is out of range: axis {axis} of the target's result has length {length}", whole)
            result = result[position]
        if not places and self._keeps_axes(getattr(result, "shape", ())):
            for _ in result.shape:
                result = result[0]
        if getattr(result, "shape", ()) != () and not places:
            message = f"the target returns an array of shape {result.shape}; select the entry that the formula describes with entry="
            raise self._misfit(message, whole)
        if not self.spec.is_complex:
            return result
        if not is_complex(result) and not self.spec.may_be_real:
            raise self._misfit("the formula has complex values, and the target returns real numbers", whole)
        return part_of(result, self.entry[-1])

    def _keeps_axes(self, shape: tuple[int, ...]) -> bool:
        """Whether the result is one number of arrays whose axes the code kept, with the length 1, as `keepdims=True` does."""
        return self.spec.natural and self.stacked and set(shape) == {1}

    def _as_shown(self, result: Any) -> Any:
        """The result as an array of the shape that the formula shows.

        Raises:
            ShapeError: if it has another shape. A column may be an array with two axes.
        """
        result = array_of(result)
        found, shown = tuple(getattr(result, "shape", ())), tuple(self.spec.whole)
        if found == (*shown, 1) and len(shown) == 1:
            return result[:, 0]
        if found != shown:
            raise self._misfit(f"the target returns an array of shape {found}, and the formula shows one of shape {shown}", found)
        return result


class _Unknown:
    """A function about which nothing is assumed, as an argument of the target.

    Args:
        template: a Lambda of `s(index, x, ...)`.
        opaque: gives the value of the function.
    """

    def __init__(self, template: sp.Lambda, opaque: Opaque) -> None:
        self.name, self.index = template.expr.func.__name__, int(template.expr.args[0])
        self.arity = len(template.variables)
        self.opaque = opaque

    def __call__(self, *arguments: Any) -> Any:
        """The value at some arguments."""
        return self.opaque(self.name, self.index, *arguments)


def _stacked(entries: list[Any]) -> Any:
    import jax.numpy as jnp  # the import takes seconds, and most claims need no array

    return jnp.stack([jnp.asarray(entry) for entry in entries])


def cases(spec: Spec) -> Iterator[Case]:
    """The cases of a spec, one for each combination of its sizes, in the order in which the sizes are declared."""
    for sizes in combinations(spec):
        yield instantiate(spec, sizes)


def combinations(spec: Spec) -> Iterator[dict[sp.Symbol, int]]:
    """The combinations of sizes that satisfy all relations between sizes."""
    sizes = [d for d in spec.symbols if isinstance(d, Size)]
    symbols = {size.symbol for size in sizes}
    relations = [r for r in spec.where if isinstance(r, sp.Basic) and r.free_symbols and r.free_symbols <= symbols]
    for values in itertools.product(*(size.values for size in sizes)):
        chosen = {size.symbol: int(value) for size, value in zip(sizes, values, strict=True)}
        if all(relation.subs(chosen) is sp.true or relation.subs(chosen) == sp.true for relation in relations):
            yield chosen


def instantiate(spec: Spec, sizes: Mapping[sp.Symbol, int]) -> Case:
    """Replaces each size symbol of a spec by its value.

    Raises:
        SpecError: if a formula contains an element whose index is out of range.
        TooManyBranches: if the expanded formula has too many terms or cases.
    """
    domains = {base(d.symbol): d for d in spec.symbols if not isinstance(d, Size)}
    indices = indices_of(spec, sizes)
    symbols: dict[sp.Basic, sp.Symbol] = {}
    for label, declaration in domains.items():
        if isinstance(declaration.domain, Functions):
            continue
        assumptions = declaration.domain.assumptions()
        if isinstance(declaration.symbol, sp.Indexed):
            for at in indices.get(label, ()):
                symbols[sp.IndexedBase(label)[at]] = sp.Symbol("_".join(map(str, (label, *at))), **assumptions)
        else:
            symbols[label] = sp.Symbol(label.name, **assumptions)

    def translate(template: Any) -> Any:
        return translated(template, sizes, symbols, spec)

    scalars = []
    vectors = _vectors(spec)
    for written, symbol in symbols.items():
        declaration = domains[base(written)]
        index = dict(zip(declaration.symbol.indices, written.indices, strict=True)) if isinstance(written, sp.Indexed) else {}
        scalars.append(_scalar(declaration, symbol, index, translate, vectors))
    relations: list[sp.Basic] = []
    for relation in spec.where:
        made = translate(relation)
        relations += made if isinstance(made, list) else [made]
    formula = closed(translate(spec.formula))
    if spec.natural:
        relations += valued(formula)
    return Case(
        spec=spec,
        sizes={str(symbol): value for symbol, value in sizes.items()},
        formula=formula,
        scalars=tuple(scalars),
        where=tuple(r for r in relations if r is not sp.true),
        undefined=undefined(formula),
        properties=tuple(_property(promise, translate) for promise in spec.properties if not isinstance(promise, ONLY_OF_RULES)),
        opaque=tuple(str(d.symbol) for d in domains.values() if isinstance(d.domain, Functions)),
        entry=tuple(int(sp.sympify(position).subs(sizes)) for position in spec.entry),
        keywords={
            **{d.name: translate(d.symbol) for d in spec.symbols if isinstance(d, Parameter)},
            **{name: translate(template) for name, template in spec.bind.items()},
        },
        curried=tuple(translate(d.symbol) for d in spec.symbols if isinstance(d, Argument)),
        translate=translate,
    )


def _vectors(spec: Spec) -> dict[Any, str]:
    """The display name of each vector: the parameter whose entries are exactly its elements, otherwise its own name."""
    found = {d.symbol.base.label: str(d.symbol.base.label) for d in spec.symbols if isinstance(d.symbol, sp.Indexed)}
    for name, template in spec.bind.items():
        if isinstance(template, Array) and isinstance(template.item, sp.Indexed):
            found[template.item.base.label] = name
    return found


def _scalar(
    declaration: Any, symbol: sp.Symbol, index: Mapping[Any, Any], translate: Callable[[Any], Any], vectors: Mapping[Any, str]
) -> Scalar:
    domain = declaration.domain
    ends: dict[str, Any] = {}
    if domain.lower != -sp.oo:
        ends["above" if domain.lower_open else "least"] = translate(domain.lower.subs(index))
    if domain.upper != sp.oo:
        ends["below" if domain.upper_open else "most"] = translate(domain.upper.subs(index))
    name = getattr(declaration, "name", symbol.name)
    vector = vectors.get(base(declaration.symbol), "")
    indices = tuple(int(k) for k in index.values())
    return Scalar(symbol=symbol, domain=type(domain)(**ends), meaning=declaration.meaning, name=name, vector=vector, indices=indices)


def _property(promise: Property, translate: Callable[[Any], Any]) -> Property:
    def part(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {translate(key): translate(sp.sympify(item)) for key, item in value.items()}
        if isinstance(value, tuple):
            return tuple(map(translate, value))
        return None if value is None else translate(sp.sympify(value))

    return replace(promise, **{name: part(getattr(promise, name)) for name in promise.__slots__})
