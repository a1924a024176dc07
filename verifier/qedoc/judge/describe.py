"""What readers see of a claim besides its verdict: formulas, symbol table, domain, versions."""

from importlib import metadata

import sympy as sp

from qedoc.algebra.satisfiable import Facts
from qedoc.claims.domain import Functions
from qedoc.claims.spec import Declaration, ForAll, Size, Spec
from qedoc.lock.dependencies import closure
from qedoc.results.verdict import ClaimResult, Formula, SymbolEntry

MOST_OPERATIONS = 200
"""A formula with more operations is not drawn in two dimensions: nobody reads it, and drawing it takes longer than proving it."""

CORE = ("qedoc", "jax", "jaxlib", "sympy", "python-flint", "z3-solver")


def describe(spec: Spec) -> ClaimResult:
    """The claim without its cases."""
    return ClaimResult(
        id=spec.id,
        target=spec.target,
        location=spec.location,
        formula=written(spec.formula),
        symbols=tuple(map(_entry, spec.symbols)),
        domain=(*map(_domain_line, spec.symbols), *map(_relation, spec.where)),
        source=spec.source,
        cases=(),
        versions=versions(spec.target),
        sources=closure(spec.target, ()),
    )


def written(expression: sp.Expr) -> Formula:
    """A formula in the notations that readers use."""
    text = str(expression)
    drawn = sp.count_ops(expression) <= MOST_OPERATIONS
    return Formula(
        latex=sp.latex(expression),
        sympy=text,
        pretty=sp.pretty(expression, use_unicode=True, wrap_line=False) if drawn else text,
    )


def described(code: sp.Expr, facts: Facts) -> Formula:
    """A code formula for people: guards that the facts settle are left out."""
    return written(_settled(code, facts, {}))


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
    """The versions that a verdict rests on: qedoc's own parts and the package that holds the target."""
    package = target.partition(".")[0]
    found = {}
    for name in (*CORE, package):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:  # a target that is not from an installed distribution has no version
            continue
    return found
