"""Describes a claim for readers: formulas, symbol table, domain and versions."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import metadata
from types import ModuleType

import sympy as sp

from qedoc.algebra.recurrences import Recurrence
from qedoc.algebra.satisfiable import Facts
from qedoc.claims.domain import Functions
from qedoc.claims.spec import Declaration, ForAll, Size, Spec, Variable, base
from qedoc.judge.authored import check_latex
from qedoc.lock.dependencies import is_own, locate
from qedoc.lock.reach import closure
from qedoc.results.verdict import ClaimResult, Formula, SymbolEntry

MOST_OPERATIONS = 200
"""Formulas with more operations are not drawn in two dimensions. Nobody reads them, and drawing takes longer than proving."""

CORE = ("qedoc", "jax", "jaxlib", "sympy", "python-flint", "z3-solver")


def describe(spec: Spec) -> ClaimResult:
    """Describes a claim, without its cases.

    Raises:
        SpecError: for LaTeX that does not mean the same as the formula.
    """
    formula = written(spec.formula if spec.written is None else spec.written)
    if spec.latex:
        check_latex(spec)
        formula = replace(formula, latex=spec.latex.strip())
    return ClaimResult(
        id=spec.id,
        target=spec.target,
        location=spec.location,
        formula=formula,
        symbols=tuple(map(_entry, _shown(spec))),
        domain=(*map(_domain_line, _shown(spec)), *map(_relation, spec.where)),
        source=spec.source,
        cases=(),
        versions=versions(spec.target),
        sources=closure(spec.target, ()),
    )


def _shown(spec: Spec) -> Sequence[Declaration]:
    """The declarations of the symbols that readers see. In a rule, the gradient is that of a step."""
    if not isinstance(rule := spec.written, Recurrence):
        return spec.symbols
    entries = {entry.base.label: entry for entry in rule.atoms(sp.Indexed) if entry.indices == (rule.step,)}
    found: list[Declaration] = []
    for d in spec.symbols:
        if base(d.symbol) in entries and isinstance(d, Variable):
            found.append(replace(d, symbol=entries[base(d.symbol)]))
        elif d.symbol in rule.free_symbols:
            found.append(d)
    return found


def written(expression: sp.Expr) -> Formula:
    """Writes a formula in the notations that readers use."""
    text = str(expression)
    drawn = sp.count_ops(expression) <= MOST_OPERATIONS
    with _without_units():
        return Formula(
            latex=sp.latex(expression),
            sympy=text,
            pretty=sp.pretty(expression, use_unicode=True, wrap_line=False) if drawn else text,
        )


UNITS = "sympy.physics.units"


@contextmanager
def _without_units() -> Iterator[None]:
    """Spares the import of all units: SymPy's printers of products look for quantities with one, which no formula contains."""
    if UNITS in sys.modules:
        yield
        return
    stand_in = ModuleType(UNITS)
    stand_in.Quantity = type("Quantity", (), {})  # type: ignore[attr-defined]  # the only name that they import
    sys.modules[UNITS] = stand_in
    try:
        yield
    finally:
        del sys.modules[UNITS]


def described(code: sp.Expr, facts: Facts) -> Formula:
    """Writes a code formula for people, without the guards that the facts decide."""
    return written(settled(code, facts))


def settled(code: sp.Expr, facts: Facts) -> sp.Expr:
    """A code formula without the guards that the facts decide."""
    return _settled(code, facts, {})


def _settled(expression: sp.Expr, facts: Facts, known: dict[sp.Expr, sp.Expr]) -> sp.Expr:
    if expression not in known:
        known[expression] = _settle(expression, facts, known) if expression.has(sp.Piecewise) else expression
    return known[expression]


def _settle(expression: sp.Expr, facts: Facts, known: dict[sp.Expr, sp.Expr]) -> sp.Expr:
    if isinstance(expression, sp.Piecewise):
        pieces = []
        for value, condition in expression.args:
            pieces.append((_settled(value, facts, known), condition))
            if facts.entails(condition):
                break
        return pieces[0][0] if len(pieces) == 1 else sp.Piecewise(*pieces[:-1], (pieces[-1][0], True), evaluate=False)
    return expression.func(*(_settled(part, facts, known) for part in expression.args))


def _entry(declaration: Declaration) -> SymbolEntry:
    symbol = declaration.symbol
    return SymbolEntry(
        symbol=str(symbol),
        latex=sp.latex(symbol) if isinstance(symbol, sp.Basic) else str(symbol),
        name=getattr(declaration, "name", str(symbol)),
        domain=_set(declaration),
        meaning=declaration.meaning,
    )


def _set(declaration: Declaration) -> str:
    if isinstance(declaration, Size):
        values = list(declaration.values)
        whole = values == list(range(values[0], values[-1] + 1))
        return f"{values[0]} to {values[-1]}" if whole and len(values) > 1 else ", ".join(map(str, values))
    return str(declaration.domain)


def _domain_line(declaration: Declaration) -> str:
    verb = "are" if not isinstance(declaration, Size) and isinstance(declaration.domain, Functions) else "in"
    return f"{declaration.symbol} {verb} {_set(declaration)}"


def _relation(relation: object) -> str:
    if isinstance(relation, ForAll):
        variable, first, last = relation.index
        return f"{relation.condition} for {variable} = {first}..{last}"
    return str(relation)


def versions(target: str) -> dict[str, str]:
    """The versions that a verdict depends on: qedoc's core dependencies and the installed package that contains the target."""
    package = target.partition(".")[0]
    found = {}
    for name in CORE if is_own(locate(package)) else (*CORE, package):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:  # the target may belong to no installed distribution
            continue
    return found
