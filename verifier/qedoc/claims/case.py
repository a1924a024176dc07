"""Expands a spec into cases: claims at fixed sizes, with scalar symbols, an unrolled formula and the arguments of the target."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from qedoc.algebra.closed_forms import closed
from qedoc.algebra.conditions import TooManyBranches
from qedoc.algebra.undefined import undefined, valued
from qedoc.claims.domain import Functions, Integers, Reals
from qedoc.claims.properties import Property
from qedoc.claims.spec import Argument, Array, Dict, ForAll, Index, List, Parameter, Size, Spec, base
from qedoc.claims.target import call_by_name, slope_by_name

Opaque = Callable[[str, int, Any], Any]


@dataclass(frozen=True, slots=True)
class Stack:
    """An array argument with symbolic entries.

    Args:
        entries: expressions, or stacks along the next axis. All have the same shape.
    """

    entries: tuple[Any, ...]


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
            opaque: called as `opaque(name, index, x)` for a function in the domain `Functions`.
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
                    name, index = template.expr.func.__name__, int(template.expr.args[0])
                    return lambda x: opaque(name, index, x)
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

    def call(self, target: Callable[..., Any], values: Mapping[sp.Symbol, Any], opaque: Opaque) -> Any:
        """Calls the target. If the spec has Arguments, also calls the function that the target returns."""
        keywords, curried = self.arguments(values, opaque)
        parameter = self.spec.derivative
        result = slope_by_name(target, keywords, parameter) if parameter else call_by_name(target, keywords)
        return self._entry(result if curried is None else result(*curried))

    def _entry(self, result: Any) -> Any:
        """Selects the entry of the result that the formula describes.

        Raises:
            SpecError: if the result has no such entry, or if it is an array and the spec selects no entry.
        """
        for axis, position in enumerate(self.entry):
            length = len(result) if isinstance(result, tuple | list) else (*getattr(result, "shape", ()), 0)[0]
            if not 0 <= position < length:
                raise self.spec.refuse(f"entry={self.entry} is out of range: axis {axis} of the target's result has length {length}")
            result = result[position]
        if getattr(result, "shape", ()) != () and not self.entry:
            message = f"the target returns an array of shape {result.shape}; select the entry that the formula describes with entry="
            raise self.spec.refuse(message)
        return result


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
    elements = _elements(spec, sizes)
    symbols: dict[sp.Basic, sp.Symbol] = {}
    for label, declaration in domains.items():
        if isinstance(declaration.domain, Functions):
            continue
        assumptions = declaration.domain.assumptions()
        if isinstance(declaration.symbol, sp.Indexed):
            for at in elements.get(label, ()):
                symbols[sp.IndexedBase(label)[at]] = sp.Symbol("_".join(map(str, (label, *at))), **assumptions)
        else:
            symbols[label] = sp.Symbol(label.name, **assumptions)

    def translate(template: Any) -> Any:
        return _translate(template, sizes, symbols, spec)

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
        properties=tuple(_property(promise, translate) for promise in spec.properties),
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


def _elements(spec: Spec, sizes: Mapping[sp.Symbol, int]) -> dict[Any, list[tuple[int, ...]]]:
    """The indices of each IndexedBase, as they occur in the structures that the target is called with."""
    found: dict[Any, list[tuple[int, ...]]] = {}

    def visit(template: Any, at: Mapping[Any, int]) -> None:
        match template:
            case List(item=item, index=index):
                for k in _range(index, sizes):
                    visit(item, {**at, index[0]: k})
            case Dict(key=key, value=value, index=index):
                for k in _range(index, sizes):
                    visit([key, value], {**at, index[0]: k})
            case Array(item=item, indices=(index, *inner)):
                for k in _range(index, sizes):
                    visit(Array(item, *inner) if inner else item, {**at, index[0]: k})
            case Mapping():
                for pair in template.items():
                    visit(list(pair), at)
            case list() | tuple():
                for item in template:
                    visit(item, at)
            case sp.Basic():
                for element in unroll(template.subs(dict(at)), sizes).atoms(sp.Indexed):
                    known = found.setdefault(element.base.label, [])
                    indices = tuple(map(int, element.indices))
                    if indices not in known:
                        known.append(indices)

    for template in spec.bind.values():
        visit(template, {})
    return found


def _range(index: Index, sizes: Mapping[sp.Symbol, int]) -> range:
    _, first, last = index
    return range(int(sp.sympify(first).subs(sizes)), int(sp.sympify(last).subs(sizes)) + 1)


def _translate(template: Any, sizes: Mapping[sp.Symbol, int], symbols: Mapping[Any, Any], spec: Spec) -> Any:
    def at(item: Any, index: Index) -> list[Any]:
        return [_substitute(item, index[0], k) for k in _range(index, sizes)]

    def go(part: Any) -> Any:
        return _translate(part, sizes, symbols, spec)

    match template:
        case List(item=item, index=index):
            return [go(part) for part in at(item, index)]
        case Array(item=item, indices=(index, *inner)):
            parts = at(Array(item, *inner) if inner else item, index)
            return Stack(tuple(go(part) for part in parts))
        case Dict(key=key, value=value, index=index):
            return {go(k): go(v) for k, v in zip(at(key, index), at(value, index), strict=True)}
        case ForAll(condition=condition, index=index):
            return [go(part) for part in at(condition, index)]
        case Mapping():
            return {go(key): go(value) for key, value in template.items()}
        case list():
            return [go(item) for item in template]
        case tuple():
            return tuple(go(item) for item in template)
        case sp.Basic():

            def leaf(part: sp.Basic) -> sp.Basic:
                unknown = [e for e in part.atoms(sp.Indexed) if e not in symbols]
                if unknown:
                    raise spec.refuse(f"the index of {unknown[0]} is out of range; bind= declares {', '.join(sorted(map(str, symbols)))}")
                return _with_real_functions(part.xreplace(dict(symbols)))

            return unroll(template, sizes, leaf)
        case _:
            return template


def _with_real_functions(expression: sp.Basic) -> sp.Basic:
    """Declares the values of opaque functions as real, as the lifter does."""
    calls = expression.atoms(sp.core.function.AppliedUndef)
    return expression.xreplace({call: sp.Function(call.func.__name__, real=True)(*map(_with_real_functions, call.args)) for call in calls})


def _substitute(template: Any, variable: sp.Symbol, value: int) -> Any:
    """Replaces an index variable by its value in a template."""
    match template:
        case Mapping():
            return {_substitute(k, variable, value): _substitute(v, variable, value) for k, v in template.items()}
        case list() | tuple():
            return type(template)(_substitute(item, variable, value) for item in template)
        case Array(item=item, indices=indices):
            return Array(_substitute(item, variable, value), *_substitute(indices, variable, value))
        case sp.Basic():
            return template.subs(variable, value)
        case _:
            return template


_BINDERS = (sp.Sum, sp.Product, sp.Derivative)
MOST_TERMS = 1000


class TooManyTerms(TooManyBranches):
    """Sums and products have more than `MOST_TERMS` terms in total and are not expanded."""


def unroll(
    expression: sp.Basic,
    sizes: Mapping[sp.Symbol, int],
    leaf: Callable[[sp.Basic], sp.Basic] = lambda part: part,
    written: list[int] | None = None,
) -> sp.Basic:
    """Expands finite sums and products, outer indices first, and evaluates derivatives.

    The surrounding expression is rebuilt without evaluation, because SymPy would cancel factors that may be zero.

    Args:
        expression: a formula or relation.
        sizes: the value of each size symbol.
        leaf: applied to each part without sums, products and derivatives.
        written: a list with one entry: the number of terms expanded so far. The function increments it.

    Raises:
        TooManyTerms: if the expansion has more than `MOST_TERMS` terms; the terms of nested sums multiply.
    """
    written = [0] if written is None else written
    expression = expression.subs(sizes) if sizes else expression
    if not expression.has(*_BINDERS):
        return leaf(expression)
    if isinstance(expression, sp.Derivative):
        return leaf(expression.doit())
    if isinstance(expression, sp.Sum | sp.Product):
        body, *inner, (variable, first, last) = expression.args
        if not (first.is_Integer and last.is_Integer):
            return leaf(expression)
        _check_count(int(last) - int(first) + 1, inner, written)
        body = expression.func(body, *inner) if inner else body
        terms = []
        for k in range(int(first), int(last) + 1):
            part = body.subs(variable, k)
            written[0] += not part.has(sp.Sum, sp.Product)
            _check_count(0, (), written)
            terms.append(unroll(part, {}, leaf, written))
        return _joined(sp.Add if isinstance(expression, sp.Sum) else sp.Mul, terms)
    parts = [unroll(part, {}, leaf, written) for part in expression.args]
    return _joined(expression.func, parts) if isinstance(expression, sp.Add | sp.Mul | sp.Pow) else expression.func(*parts)


def _check_count(terms: int, inner: Sequence[Any], written: list[int]) -> None:
    """Raises TooManyTerms for a sum that has too many terms, before it is expanded."""
    for _, *ends in inner:
        first, last = ends if len(ends) == 2 else (0, 0)
        terms *= max(int(last) - int(first) + 1, 0) if sp.sympify(first).is_Integer and sp.sympify(last).is_Integer else 1
    if terms > MOST_TERMS:
        raise TooManyTerms(f"a sum or product has {terms} terms; qedoc expands at most {MOST_TERMS}")
    if written[0] > MOST_TERMS:
        raise TooManyTerms(f"the sums and products have more than {MOST_TERMS} terms in total; qedoc expands at most {MOST_TERMS}")


def _joined(operation: Any, parts: list[sp.Basic]) -> sp.Basic:
    return operation(*parts, evaluate=False) if len(parts) > 1 else operation(*parts)
