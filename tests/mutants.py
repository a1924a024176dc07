"""Formulas made wrong mechanically: every way in which a person, or an edit, gets a formula wrong by one step."""

from collections.abc import Iterator

import sympy as sp

Mutant = tuple[str, sp.Expr]


def mutants(formula: sp.Expr) -> Iterator[Mutant]:
    """Each formula that differs from `formula` by one mistake, with the kind of the mistake; each once."""
    seen = {formula}
    labels = {element.base.label for element in formula.atoms(sp.Indexed)}
    symbols = sorted((s for s in formula.free_symbols if not isinstance(s, sp.Indexed) and s not in labels), key=str)
    for kind, wrong in _everywhere(formula, symbols):
        if wrong not in seen:
            seen.add(wrong)
            yield kind, wrong


def _everywhere(node: sp.Basic, symbols: list[sp.Symbol]) -> Iterator[tuple[str, sp.Basic]]:
    """Mistakes at this node, then at each node below it."""
    yield from _here(node, symbols)
    if isinstance(node, sp.Symbol | sp.Number | sp.NumberSymbol | sp.Indexed | sp.IndexedBase):
        return
    for place, child in enumerate(node.args):
        if isinstance(node, sp.Sum | sp.Product) and place:  # the range of the index
            continue
        for kind, wrong in _everywhere(child, symbols):
            arguments = (*node.args[:place], wrong, *node.args[place + 1 :])
            yield kind, node.func(*arguments)


def _here(node: sp.Basic, symbols: list[sp.Symbol]) -> Iterator[tuple[str, sp.Basic]]:
    match node:
        case sp.Add():
            for term in node.args:
                yield "changed sign", node - 2 * term
                yield "dropped term", node - term
            yield "swapped operator", sp.Mul(*node.args)
        case sp.Mul():
            for factor in node.args:
                yield "dropped factor", sp.Mul(*(other for other in node.args if other != factor))
            yield "swapped operator", sp.Add(*node.args)
        case sp.Pow():
            yield "dropped exponent", node.base
            if isinstance(node.base, sp.Mul):
                first, *rest = node.base.args
                yield "moved exponent", first * sp.Mul(*rest) ** node.exp
            if isinstance(node.base, sp.Add):
                yield "moved exponent", sp.Add(*(term if term.is_number else term**node.exp for term in node.base.args))
            yield "changed exponent", node.base ** (node.exp + 1)
        case sp.Min() | sp.Max():
            for argument in node.args:
                yield "dropped clamp", argument
            yield "swapped operator", (sp.Max if isinstance(node, sp.Min) else sp.Min)(*node.args)
        case sp.Piecewise():
            for value, _ in node.args:
                yield "dropped branch", value
        case sp.core.relational.Relational():
            yield from (("strict for non-strict", wrong) for wrong in _neighbours(node))
        case sp.cos():
            yield "wrong function", sp.sin(*node.args)
        case sp.floor():
            yield "wrong function", sp.ceiling(*node.args)
            yield "dropped floor", node.args[0]
        case sp.Rational() if node != 0:
            yield "changed constant", node + 1
            yield "changed sign", -node
        case sp.Symbol():
            yield from (("exchanged symbol", other) for other in symbols if other != node)


def _neighbours(relation: sp.Basic) -> Iterator[sp.Basic]:
    left, right = relation.args
    match relation:
        case sp.Lt():
            yield sp.Le(left, right)
        case sp.Le():
            yield sp.Lt(left, right)
        case sp.Gt():
            yield sp.Ge(left, right)
        case sp.Ge():
            yield sp.Gt(left, right)
