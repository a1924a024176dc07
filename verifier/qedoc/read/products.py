"""Combines neighbouring factors into matrix products, and recognizes cross products."""

from collections.abc import Sequence
from dataclasses import replace

import sympy as sp

from qedoc.read.factor import Factor
from qedoc.read.matrices import COLUMN, MATRIX, ROW, SCALAR, CrossOf, Matmul, TransposeOf, kind, product
from qedoc.read.reading import Option
from qedoc.read.scope import Scope

CROSS = "cross"
"""The function whose formula may contain a cross product."""


def joined(factors: Sequence[Factor], operations: Sequence[str], scope: Scope) -> tuple[list[Factor], list[str]]:
    """Merges the factors of each product of matrices or vectors into one factor.

    Args:
        factors: the factors of a term, as written.
        operations: the sign before each of them; empty if there is none.
        scope: which names are matrices and which are vectors.
    """
    kinds = [kind(factor.value, scope) for factor in factors]
    places = [place for place, known in enumerate(kinds) if known != SCALAR]
    together = len(places) > 1 and places == list(range(places[0], places[-1] + 1))
    if not together or None in kinds or operations[places[0]] == "/":
        return list(factors), list(operations)
    run, known = [factors[place] for place in places], [kinds[place] for place in places]
    signs = {operations[place] for place in places[1:]}
    if signs == {"."} and known == [COLUMN, COLUMN]:
        if not _inner(scope):
            return list(factors), ["o" if place in places[1:] else operation for place, operation in enumerate(operations)]
        value = Matmul(TransposeOf(run[0].value), run[1].value)
    elif scope.weights and signs <= {"", "*"} and set(known) == {COLUMN}:
        return list(factors), [
            "o" if place in places[1:] and not operation.strip("*") else operation for place, operation in enumerate(operations)
        ]
    elif signs == {""} and _are_columns(run, scope) and _of_columns(scope):
        value = Matmul(TransposeOf(run[0].value), run[1].value)
    elif signs == {"x"} and are_vectors(run[0], run[-1], scope) and len(run) == 2:
        if not _crossed(scope):
            return list(factors), ["o" if operation == "x" else operation for operation in operations]
        value = CrossOf(*(factor.value for factor in run))
    elif signs <= {"", "@"} and {MATRIX, ROW} & set(known) and product(known) is not None:
        value = Matmul(*(_stored(factor.value, scope) for factor in run))
        value = value if kind(value, scope) else scope.opener.entry(value, ())
    else:
        return list(factors), list(operations)
    made = replace(run[0], value=value, captured=run[-1].captured)
    first, last = places[0], places[-1]
    return [*factors[:first], made, *factors[last + 1 :]], [*operations[: first + 1], *operations[last + 1 :]]


def _stored(value: sp.Expr, scope: Scope) -> sp.Expr:
    """A matrix of a layer as the code stores it, with a row or with a column for each output. Shapes decide, unless it is square."""
    if not isinstance(value, sp.Symbol) or value.name not in scope.weights:
        return value
    rows = Option(value="a row for each output", why="a matrix before a vector has a row for each output", sure="suggested")
    columns = Option(value="a column for each output", why="libraries store the weights of a layer transposed", sure="suggested")
    return value if scope.choose("the weights of the layer", rows, columns) == rows.value else TransposeOf(value)


def _inner(scope: Scope) -> bool:
    r"""Whether `\cdot` between two vectors is their inner product."""
    inner = Option(value="the inner product", why="a dot between two vectors is conventionally their inner product", sure="suggested")
    entries = Option(value="entry by entry", why="a dot between two arrays may multiply their entries", sure="possible")
    return scope.choose("a dot between two vectors", inner, entries) == inner.value


def _are_columns(run: Sequence[Factor], scope: Scope) -> bool:
    """Whether factors are two letters, each of a vector, in the formula of one number."""
    return len(run) == 2 and all(isinstance(factor.value, sp.Symbol) and factor.value.name in scope.columns for factor in run)


def _of_columns(scope: Scope) -> bool:
    """Whether two vectors side by side, in the formula of one number, are their inner product."""
    inner = Option(value="the inner product", why="the result is one number", sure="suggested")
    entries = Option(value="unclear", why="the product of two arrays may be taken entry by entry", sure="possible")
    return scope.choose("two vectors side by side", inner, entries) == inner.value


def are_vectors(left: Factor, right: Factor, scope: Scope) -> bool:
    """Whether two factors are vectors."""
    return kind(left.value, scope) == kind(right.value, scope) == COLUMN


def _crossed(scope: Scope) -> bool:
    r"""Whether `\times` between two vectors is their cross product."""
    if CROSS in scope.own:
        return True
    cross = Option(value="the cross product", why="a cross between two vectors is conventionally their cross product", sure="suggested")
    entries = Option(value="entry by entry", why="a cross between two arrays may multiply their entries", sure="possible")
    return scope.choose("a cross between two vectors", cross, entries) == cross.value
