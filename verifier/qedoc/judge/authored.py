"""Reads the LaTeX that the author of a spec writes for its formula, and checks that it means the same."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from qedoc.algebra.analysis import totalise
from qedoc.algebra.conditions import TooManyBranches
from qedoc.algebra.satisfiable import Facts
from qedoc.claims.case import Case, instantiate
from qedoc.claims.domain import Functions
from qedoc.claims.spec import Size, Spec, base
from qedoc.enclose.compare import Comparison
from qedoc.enclose.compare import compare as enclosed
from qedoc.enclose.enclosure import Undefined, compile
from qedoc.enclose.values import shortest
from qedoc.errors import SpecError, UnsupportedError
from qedoc.judge.inputs import format_inputs, named
from qedoc.judge.paths import interpretation_of
from qedoc.prove.cells import Budget, CellLimitError
from qedoc.prove.equality import Standing, compare
from qedoc.read import Application, Equation, Names, Reading, read
from qedoc.search.sampling import Plan, drawing_order
from qedoc.sources.specfiles import sizes as sizes_of

MOST_CELLS = 2000
"""Maximum number of cells in which the two formulas are compared."""

DIFFERENT = (Comparison.DISJOINT, Comparison.LEFT_UNDEFINED, Comparison.RIGHT_UNDEFINED)

POINTS = 40
"""Points that are tried to show where the two formulas differ."""


def check_latex(spec: Spec) -> None:
    """Checks that the LaTeX of a spec means the same as its formula, on the whole domain and for every combination of sizes.

    Raises:
        SpecError: for LaTeX that cannot be read, or that is not proved to mean the same.
    """
    for value in _values(spec):
        if value == spec.formula:
            continue
        other = replace(spec, formula=value, latex="", origin=spec.location)
        for sizes in sizes_of(spec):
            _check_case(spec, other, sizes)


def _values(spec: Spec) -> Iterator[sp.Expr]:
    """The values that the LaTeX states, in the symbols of the spec: one, or one for each link of a chain."""
    found = read(spec.latex, _names(spec))
    if not isinstance(found, Reading):
        raise spec.refuse(f"latex= cannot be read: {found}")
    for equation in found.equations:
        yield _value(spec, equation)


def _value(spec: Spec, equation: Equation) -> sp.Expr:
    known = {str(base(d.symbol)): base(d.symbol) for d in spec.symbols}
    left = equation.left
    plain = isinstance(left, Application) and not (left.event or left.variable or left.logarithm or left.by)
    arguments = left.arguments if isinstance(left, Application) else ()
    if left is not None and not (plain and all(str(argument) in known for argument in arguments)) and not _is_name(left, known):
        raise spec.refuse(f"latex= states a value of {left}; write the formula alone, or a name before it, as in f(t) = ...")
    if equation.condition != sp.true or equation.entry or equation.settings:
        what = f"the condition {equation.condition}" if equation.condition != sp.true else "entries or settings"
        raise spec.refuse(f"latex= states {what} beside the value; use where= and cases")
    return _in_symbols(spec, equation.right, known)


def _is_name(left: Any, known: Mapping[str, Any]) -> bool:
    """Whether the left side is a name of the value: a symbol that the spec does not declare."""
    return isinstance(left, sp.Symbol | sp.Indexed) and str(base(left)) not in known


def _names(spec: Spec) -> Names:
    """What the reader is told: every symbol is explained, arrays have entries, and functions have arguments."""
    functions = {str(d.symbol) for d in spec.symbols if not isinstance(d, Size) and isinstance(d.domain, Functions)}
    arrays = {str(base(d.symbol)): d.symbol for d in spec.symbols if isinstance(d.symbol, sp.Indexed)}
    return Names(
        functions=frozenset(functions),
        legend={str(base(d.symbol)): d.meaning or "a symbol" for d in spec.symbols if str(base(d.symbol)) not in functions},
        vectors=frozenset(arrays),
        matrices=frozenset(name for name, entry in arrays.items() if len(entry.indices) > 1),
    )


def _in_symbols(spec: Spec, value: sp.Expr, known: Mapping[str, Any]) -> sp.Expr:
    """A formula as read, in the symbols of the spec. The names of a reader have no assumptions."""
    bound = {s for e in value.atoms(sp.Sum, sp.Product) for s in e.variables}
    arrays = {entry.base.label for entry in value.atoms(sp.Indexed)}
    strange = [s for s in value.free_symbols if isinstance(s, sp.Symbol) and s not in arrays | bound and str(s) not in known]
    strange += [call.func for call in value.atoms(AppliedUndef) if str(call.func) not in known]
    if strange:
        raise spec.refuse(f"latex= contains {strange[0]}, which the spec does not declare; declared symbols: {', '.join(known)}")
    plain = {s: known[str(s)] for s in value.free_symbols if isinstance(s, sp.Symbol) and str(s) in known and s not in bound}
    moved = value.xreplace({s: new for s, new in plain.items() if isinstance(new, sp.Symbol)})
    moved = moved.replace(
        lambda part: isinstance(part, sp.Indexed) and str(part.base.label) in known,
        lambda part: sp.IndexedBase(known[str(part.base.label)])[part.indices],
    )
    return moved.replace(
        lambda part: isinstance(part, AppliedUndef) and str(part.func) in known,
        lambda part: known[str(part.func)](*part.args),
    )


def _check_case(spec: Spec, other: Spec, sizes: Mapping[str, int]) -> None:
    symbols = {d.symbol: sizes[str(d.symbol)] for d in spec.symbols if isinstance(d, Size)}
    case = instantiate(spec, symbols)
    try:
        said = totalise(instantiate(other, symbols).formula)
        meant = totalise(case.formula)
        if said == meant:
            return
        plan = Plan(drawing_order(case), case.where, [meant, said])
        rulings = compare(meant, said, Facts(case.domain()), plan.symbols, Budget(MOST_CELLS))
    except (UnsupportedError, TooManyBranches, CellLimitError) as error:
        raise _differs(spec, f"not shown to mean the same as the formula: {error}") from None
    if not all(ruling.standing in (Standing.EQUAL, Standing.BOTH_UNDEFINED) for ruling in rulings):
        raise _differs(spec, _where(case, plan, meant, said) or "not shown to mean the same as the formula")


def _where(case: Case, plan: Plan, meant: sp.Expr, said: sp.Expr) -> str:
    """A point at which the two formulas have different values, in words; empty if none is found."""
    left, right = (compile(side, plan.symbols, interpretation_of) for side in (said, meant))
    for row in itertools.islice(itertools.chain(plan.simple(POINTS), plan.landmarks()), 2 * POINTS):
        if enclosed(left, right, row) in DIFFERENT:
            shown = ["no value" if isinstance(value := side(row), Undefined) else shortest(value) for side in (left, right)]
            return f"not the formula: at {format_inputs(named(case, plan.point(row)))} it gives {shown[0]}, and the formula {shown[1]}"
    return ""


def _differs(spec: Spec, reason: str) -> SpecError:
    return spec.refuse(f"latex= is {reason}; correct one of the two")
