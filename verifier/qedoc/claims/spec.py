"""The spec language: declares a documented formula, its symbols, its domain and the function that it describes."""

import dataclasses
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from typing import Any, TypeAlias

import sympy as sp

from qedoc.claims.domain import Domain, Functions, Number, Reals, exact
from qedoc.claims.properties import OF_RULES, ONLY_OF_RULES, Property, RuleProperty
from qedoc.claims.rule import GRADIENTS, PARAMETERS, Rule, RuleError
from qedoc.errors import Location, SpecError

Index: TypeAlias = tuple[sp.Symbol, Any, Any]

SIZES = 9
"""The number of sizes that are checked one by one for a claim about every size."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A symbol of the formula that occurs inside a structure in `Spec.bind`.

    Args:
        symbol: a Symbol, an element `b[i]` of an IndexedBase, or a SymPy Function.
        domain: the set of its values.
        meaning: a one-line description.
    """

    symbol: Any
    domain: Domain
    meaning: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A symbol that stands for a parameter of the target.

    Args:
        symbol: the symbol.
        name: the name of the parameter.
        domain: the set of its values.
        meaning: a one-line description.
    """

    symbol: sp.Symbol
    name: str
    domain: Domain
    meaning: str


@dataclass(frozen=True, slots=True)
class Argument:
    """A symbol that stands for an argument of the function that the target returns. The order of declaration is the order of arguments.

    Args:
        symbol: the symbol.
        name: the name of the argument.
        domain: the set of its values.
        meaning: a one-line description.
    """

    symbol: sp.Symbol
    name: str
    domain: Domain
    meaning: str


@dataclass(frozen=True, slots=True)
class Size:
    """A symbol that counts entries. The claim covers each of its values, or every number from `least` on.

    Args:
        symbol: the symbol, such as n in a product over i = 1..n.
        values: the sizes that are checked one by one; by default the first nine from `least` on.
        meaning: a one-line description.
        least: the smallest size of a claim about every size. If it is not given, the claim covers only `values`.
    """

    symbol: sp.Symbol
    values: Sequence[int] = ()
    meaning: str = ""
    least: int | None = None

    def __post_init__(self) -> None:
        if self.least is not None and not len(self.values):
            object.__setattr__(self, "values", range(self.least, self.least + SIZES))


Declaration: TypeAlias = Variable | Parameter | Argument | Size


@dataclass(frozen=True, slots=True)
class ForAll:
    """A relation that holds for each value of an index: `ForAll(b[i] < b[i + 1], (i, 1, n - 1))`."""

    condition: sp.Basic
    index: Index


@dataclass(frozen=True, slots=True)
class List:
    """A list argument with one item for each value of an index: `List(b[i], (i, 1, n))`.

    Args:
        item: an expression, a Lambda for a function, or a dict, list or tuple of these.
        index: (symbol, first, last); both ends are included.
    """

    item: Any
    index: Index


@dataclass(frozen=True, slots=True)
class Dict:
    """A dict argument with one entry for each value of an index: `Dict(b[i], f[i], (i, 1, n))`."""

    key: Any
    value: Any
    index: Index


@dataclass(frozen=True, slots=True, init=False)
class Array:
    """An array argument: `Array(x[i], (i, 1, n))`, or `Array(x[i, j], (i, 1, m), (j, 1, n))` for a matrix, rows first.

    Args:
        item: an expression.
        indices: one (symbol, first, last) for each axis; both ends are included.
    """

    item: Any
    indices: tuple[Index, ...]

    def __init__(self, item: Any, *indices: Index) -> None:
        if not indices:
            raise ValueError("an Array needs an index (symbol, first, last) for each axis")
        object.__setattr__(self, "item", item)
        object.__setattr__(self, "indices", indices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum:
    """Says that the target gives a point at which the formula is smallest, instead of the value of the formula.

    Args:
        point: the point that is looked for: a Symbol, or an Array of its entries `y[i]`.
        constraints: relations that restrict the point.
    """

    point: Any
    constraints: Sequence[sp.Basic | ForAll] = ()

    @property
    def name(self) -> str:
        """The name of the point."""
        return str(base(self.point.item if isinstance(self.point, Array) else self.point))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spec:
    """A claim about a function, written in SymPy.

    Args:
        target: dotted path of the function, such as `optax.cosine_decay_schedule`. A path such as `package.Class.method` means an object
            that is made first: the parameters of the constructor and of the method can be bound. Where both have a parameter `x`, that of
            the constructor is `self_x`.
        formula: the documented value. A float means the decimal that it is written as. A `Rule` says what the optimizer that the target
            returns does at each step.
        symbols: the declarations of all symbols in the formula.
        bind: a constant or a structure of symbols (`List`, `Dict`, `Array`, plain containers) for each other parameter of the target.
        where: relations between symbols, in addition to their domains. A relation between sizes selects the combinations of sizes.
        entry: the position of the formula's value in the result of the target, counted from 0; may contain sizes. Empty for a number.
        whole: the shape of the result, if the formula shows all of it; a column may have two axes. Empty if the shape may be any.
        is_complex: whether the last position of `entry` is the part of a complex number: 0 for its real part, 1 for its imaginary part.
        may_be_real: for a complex number, whether the target may return a real one, whose imaginary part is 0.
        natural: whether the claim is restricted to points where the formula has a value.
        derivative: the parameter with respect to which the target is differentiated; empty if the claim is about the value itself.
        properties: properties that are claimed in addition to the value.
        name: distinguishes several specs of one target. The id of the claim is `target#name`.
        beside: formulas of other cases of the same value, where the documentation does not say where each of them holds. A point where one
            of them gives the value does not refute the claim.
        minimum: for a target that gives the point at which the formula is smallest, what that point is called and what restricts it.
        documented: the object whose docstring states the formula, if it is not the target. Its path then replaces the target in the id.
        source: where the formula is documented (page, paper, equation).
        written: the formula as readers see it, if it is not `formula`.
        latex: the formula as the author writes it, for pages and reports. It is read back, and must mean the same as `formula`.
        promises: the properties of a rule, about every step. `properties` is then empty.
        at: the values that plots give to symbols. The other symbols get values that show the shape of the curve.
        origin: the file and line of the claim; by default, those of the call that creates the spec.

    Raises:
        SpecError: if a symbol is undeclared or declared twice, or if a parameter is bound twice. The error has the location of the spec.
    """

    target: str
    formula: Any
    symbols: Sequence[Declaration]
    bind: Mapping[str, Any] = field(default_factory=dict)
    where: Sequence[sp.Basic | ForAll] = ()
    entry: Sequence[Any] = ()
    whole: Sequence[int] = ()
    is_complex: bool = False
    may_be_real: bool = False
    natural: bool = False
    derivative: str = ""
    properties: Sequence[Property | RuleProperty] = ()
    name: str = ""
    beside: Sequence[sp.Expr] = ()
    minimum: Minimum | None = None
    documented: str = ""
    source: str = ""
    written: sp.Expr | None = None
    latex: str = ""
    promises: Sequence[RuleProperty] = ()
    at: Mapping[Any, Number] = field(default_factory=dict)
    origin: InitVar[Location | None] = None
    location: Location = field(init=False)

    def __post_init__(self, origin: Location | None) -> None:
        object.__setattr__(self, "location", origin or _caller())
        if self.latex and isinstance(self.formula, Rule):
            raise self.refuse("latex= says nothing of a Rule, which is written from its lines; leave latex out")
        if isinstance(self.formula, Rule):
            self._take(self.formula)
        object.__setattr__(self, "formula", exact(self.formula))
        self._check()

    @property
    def id(self) -> str:
        """The id of the claim in reports and lock files."""
        of = self.documented or self.target
        return f"{of}#{self.name}" if self.name else of

    @property
    def keywords(self) -> list[str]:
        """The parameters of the target that the spec binds."""
        return [d.name for d in self.symbols if isinstance(d, Parameter)] + list(self.bind)

    def refuse(self, message: str) -> SpecError:
        """Returns an error with the id and the location of this spec."""
        return SpecError(f"{self.id}: {message}", self.location)

    def _take(self, rule: Rule) -> None:
        """Takes the value of a rule at its last step as the formula, and declares the gradients, the parameters and the steps.

        Raises:
            SpecError: for a rule that contradicts itself.
        """
        given = [name for name in ("entry", "whole", "derivative", "minimum", "beside") if getattr(self, name)]
        if given:
            raise self.refuse(f"{given[0]}= says nothing of a Rule, whose value is the output of each step; leave it out")
        for name in (GRADIENTS, PARAMETERS):
            if name in self.keywords:
                raise self.refuse(f"the Rule gives the optimizer its {name}; leave {name} out")
        for promise in self.properties:
            if not isinstance(promise, OF_RULES):
                known = ", ".join(kind.__name__ for kind in OF_RULES)
                raise self.refuse(f"property '{promise}' says nothing of a rule; a rule may have {known}")
        try:
            rule.check()
        except RuleError as error:
            raise self.refuse(str(error)) from None
        taken = {str(base(d.symbol)) for d in self.symbols} | {str(rule.step)}
        begin, last, index = (_fresh(name, taken) for name in ("params_0", "steps", "i"))
        added: list[Declaration] = [
            Parameter(begin, PARAMETERS, Reals(), "the parameters before the first step"),
            Variable(rule.gradient.base[index], Reals(), "the gradient of each step"),
            Size(last, [rule.steps], "the number of steps that are run"),
        ]
        changes = {
            "target": f"{self.target}.{rule.kind}",
            "documented": self.documented or self.target,
            "formula": rule.recurrence(begin, last),
            "written": rule.written(),
            "symbols": [*self.symbols, *added],
            "bind": {**self.bind, GRADIENTS: Array(rule.gradient.base[index], (index, 1, last))},
            "entry": (last - 1,),
            "promises": tuple(self.properties),
            "properties": (),
        }
        for name, value in changes.items():
            object.__setattr__(self, name, value)

    def _check(self) -> None:
        if not isinstance(self.formula, sp.Expr):
            raise self.refuse(f"formula must be a SymPy expression, found {type(self.formula).__name__}")
        declared = [base(d.symbol) for d in self.symbols]
        for symbol in declared:
            if declared.count(symbol) > 1:
                raise self.refuse(f"symbol {symbol} is declared twice; declare each symbol once")
        for one in self.symbols:
            if isinstance(domain := getattr(one, "domain", None), type):
                raise self.refuse(f"the domain of {one.symbol} is the class {domain.__name__}; write {domain.__name__}()")
        for promise in self.properties:
            if isinstance(promise, ONLY_OF_RULES):
                raise self.refuse(f"property '{promise}' is one of rules; the formula is no Rule")
        for name in self.keywords:
            if self.keywords.count(name) > 1:
                raise self.refuse(f"parameter {name} is bound twice; bind it with a Parameter or in bind=, not both")
        if self.derivative and self.derivative not in self.keywords:
            bound = ", ".join(self.keywords)
            raise self.refuse(f"derivative={self.derivative!r} is not a parameter that the spec binds; it binds {bound}")
        for symbol in self.at:
            if base(symbol) not in declared:
                known = ", ".join(map(str, declared))
                raise self.refuse(f"at= gives a value to {symbol}, which is not declared; declared symbols: {known}")
        for place, expression in self._expressions():
            for symbol in sorted(free(expression) - set(declared), key=str):
                known = ", ".join(str(d) for d in declared)
                raise self.refuse(f"{place} contains the undeclared symbol {symbol}; declared symbols: {known}; add {symbol} to symbols=")

    def _expressions(self) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = [("formula", self.formula)]
        found += [("beside", formula) for formula in self.beside]
        found += [("where", relation) for relation in self.where]
        found += [("minimum", part) for part in (self.minimum.point, *self.minimum.constraints)] if self.minimum is not None else []
        found += [(f"bind[{name!r}]", template) for name, template in self.bind.items()]
        found += [("entry", sp.sympify(position)) for position in self.entry]
        for declaration in self.symbols:
            if not isinstance(declaration, Size) and not isinstance(declaration.domain, Functions):
                found += [(f"domain of {declaration.symbol}", sp.Tuple(declaration.domain.lower, declaration.domain.upper))]
        for promise in (*self.properties, *self.promises):
            found += [(f"property '{promise}'", part) for part in parts(promise)]
        return found


def _caller() -> Location:
    """The line in the spec file: the first frame outside of dataclasses and this module."""
    frame = inspect.currentframe()
    assert frame is not None  # CPython has frames
    while frame.f_code.co_filename in (dataclasses.__file__, "<string>", __file__) and frame.f_back is not None:
        frame = frame.f_back
    return Location(path=frame.f_code.co_filename, line=frame.f_lineno)


def _fresh(name: str, taken: set[str]) -> sp.Symbol:
    """A symbol that the spec does not use."""
    return sp.Symbol(next(made for made in (name, *(f"{name}_{k}" for k in range(len(taken) + 1))) if made not in taken))


def base(symbol: Any) -> Any:
    """The object that a declaration declares: an Indexed element declares its base."""
    return symbol.base.label if isinstance(symbol, sp.Indexed) else symbol


def parts(promise: Property | RuleProperty) -> list[Any]:
    """The SymPy expressions inside a property."""
    found: list[Any] = []
    for name in promise.__slots__:
        value = getattr(promise, name)
        if isinstance(value, Mapping):
            found += [*value.keys(), *map(sp.sympify, value.values())]
        elif isinstance(value, tuple):
            found += value
        elif value is not None:
            found.append(sp.sympify(value))
    return found


def is_literal(symbol: Any) -> bool:
    """Whether a symbol stands for a number in the code that is only known up to a radius."""
    return hasattr(symbol, "midpoint") and hasattr(symbol, "radius")


def free(template: Any) -> set[Any]:
    """The symbols, indexed bases and functions in a template, without index variables."""
    match template:
        case List(item=item, index=(variable, first, last)):
            return (free(item) | free(first) | free(last)) - {variable}
        case Dict(key=key, value=value, index=(variable, first, last)):
            return (free(key) | free(value) | free(first) | free(last)) - {variable}
        case Array(item=item, indices=indices):
            ends = [part for _, first, last in indices for part in (first, last)]
            return (free(item) | free(ends)) - {variable for variable, _, _ in indices}
        case ForAll(condition=condition, index=(variable, first, last)):
            return (free(condition) | free(first) | free(last)) - {variable}
        case Mapping():
            return set().union(*(free(part) for pair in template.items() for part in pair))
        case list() | tuple():
            return set().union(*map(free, template))
        case sp.Basic():
            functions = {call.func for call in template.atoms(sp.core.function.AppliedUndef)}
            return {s for s in template.free_symbols if not isinstance(s, sp.Indexed) and not is_literal(s)} | functions
        case _:
            return set()
