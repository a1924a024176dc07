"""Determines the size of inverted matrices and of matrices with a determinant, and what the text says about their entries."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.records import Unranged
from qedoc.claims.spec import Array, ForAll
from qedoc.read import SYMMETRIC, TRIANGULAR, WHOLE, DeterminantOf, InverseEntry

_SYMMETRIC = re.compile(r"\b(?:symmetric|covariance|positive[ -](?:semi-?)?definite|Hermitian)\b", re.IGNORECASE)
_DEFINITE = re.compile(r"\bcovariance\b|\bpositive[ -]definite\b", re.IGNORECASE)
_TRIANGULAR = re.compile(
    r"(?<!or )(?<!non-)\blower[ -]triangular\b(?! (?:or|part|portion|half|block|entries|elements|and upper))", re.IGNORECASE
)
_DENIES = re.compile(
    r"\b(?:not|never|no|non|cannot|unlike|instead|without|neither|rather than|isn't|aren't|needn't|if|unless|may|can)\b", re.IGNORECASE
)
_SIZE = re.compile(r"the (?:rank|dimension|order|size)\b", re.IGNORECASE)


def whole(value: sp.Expr) -> dict[str, sp.Expr]:
    """The matrices whose determinant or inverse a value contains, each with its size, which is an Extent."""
    return {call.args[0].name: call.args[1 if isinstance(call, DeterminantOf) else 3] for call in value.atoms(*WHOLE)}


def sized(context: Context, value: sp.Expr) -> tuple[sp.Expr, tuple[str, ...]]:
    """Replaces the symbols that the text calls the rank or size of the only inverted matrix. Also returns a note about them."""
    matrices = whole(value)
    known = {*context.parameters, *context.bound}
    told = {s for s in value.free_symbols if s.name not in known and _SIZE.match(context.legend.get(s.name, ""))}
    if not told or len(matrices) != 1:
        return value, ()
    ((name, size),) = matrices.items()
    return value.xreplace(dict.fromkeys(told, size)), tuple(f"{symbol} is the size of {name}, which has an inverse" for symbol in told)


def symmetric(context: Context) -> set[str]:
    """The matrices that the text calls symmetric, directly or by a term that implies it."""
    return {name for name in {*context.legend, *context.parameters} if _SYMMETRIC.search(_told(context, name))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """A value whose matrices have the entries that the text allows.

    Args:
        value: the value, in which the entries below the diagonal of a symmetric matrix equal those above.
        arrays: how each array is passed to the target.
        where: conditions for positive definite matrices.
        notes: assumptions from the text.
    """

    value: sp.Expr
    arrays: dict[str, Array]
    where: tuple[ForAll, ...]
    notes: tuple[str, ...]


def with_diagonals(value: sp.Expr) -> sp.Expr:
    """The value without the inverse and the determinant of a diagonal matrix made of a vector, `diag(v)`."""
    made: dict[sp.Basic, sp.Expr] = {}
    for total in value.atoms(sp.Sum):
        factors = sp.Mul.make_args(total.function)
        inverse = next((part for part in factors if isinstance(part, InverseEntry) and _diagonal(part.args[0]) is not None), None)
        index = total.limits[0][0]
        if inverse is not None and len(total.limits) == 1 and index in inverse.args[1:3]:
            other = inverse.args[1] if index == inverse.args[2] else inverse.args[2]
            rest = sp.Mul(*(part for part in factors if part != inverse))
            made[total] = rest.xreplace({index: other}) / sp.IndexedBase(_diagonal(inverse.args[0]))[other]
    value = value.xreplace(made)
    products = {}
    for call in value.atoms(DeterminantOf):
        if (vector := _diagonal(call.args[0])) is not None:
            index = sp.Symbol(f"{vector}_entry")
            products[call] = sp.Product(sp.IndexedBase(vector)[index], (index, 1, call.args[1]))
    return value.xreplace(products)


def _diagonal(matrix: sp.Basic) -> sp.Symbol | None:
    """The vector v of `diag(v)`; None for any other matrix."""
    called = isinstance(matrix, sp.core.function.AppliedUndef) and matrix.func.__name__ == "diag" and len(matrix.args) == 1
    return matrix.args[0] if called and isinstance(matrix.args[0], sp.Symbol) else None


def restricted(context: Context, value: sp.Expr, arrays: dict[str, Array]) -> Entries:
    """Restricts the entries of symmetric and positive definite matrices.

    Args:
        context: the docstring.
        value: a value in entries.
        arrays: how each array is passed to the target.
    """
    notes: list[str] = []
    where: list[ForAll] = []
    made = dict(arrays)
    for name, array in arrays.items():
        said = _told(context, name)
        triangular = _is_triangular(said)
        if len(array.indices) != 2 or not (triangular or _SYMMETRIC.search(said)):
            continue
        if triangular and _SYMMETRIC.search(said):
            raise Unranged(f"it is not clear whether {name} is symmetric or triangular", "say it in its own sentence")
        (row, first, last), (column, *_) = array.indices
        base = sp.IndexedBase(sp.Symbol(name))
        if triangular:
            made[name] = Array(_below(base, row, column), *array.indices)
            value = value.xreplace({e: _below(base, *e.indices) for e in _entries(value, name)})
            value = value.xreplace({call: call.func(*call.args, TRIANGULAR) for call in value.atoms(*WHOLE) if call.args[0].name == name})
            notes.append(f"{name} is lower triangular, as the text says")
            continue
        made[name] = Array(base[sp.Min(row, column), sp.Max(row, column)], *array.indices)
        value = value.xreplace({e: base[sp.Min(*e.indices), sp.Max(*e.indices)] for e in _entries(value, name)})
        value = value.xreplace({call: call.func(*call.args, SYMMETRIC) for call in value.atoms(*WHOLE) if call.args[0].name == name})
        notes.append(f"{name} is symmetric, as the text says")
        if _DEFINITE.search(said):
            if first != 1:
                raise Unranged(f"the rows of the matrix {name} are counted from {first}", "count from 1")
            minor = sp.Symbol("minor")
            where.append(ForAll(sp.Gt(DeterminantOf(sp.Symbol(name), minor, SYMMETRIC), 0), (minor, 1, last)))
            notes.append(f"{name} is positive definite, as the text says")
    return Entries(value=value, arrays=made, where=tuple(where), notes=tuple(notes))


def _is_triangular(said: str) -> bool:
    """Whether a text says that a matrix is lower triangular, and nothing before it takes this back."""
    found = _TRIANGULAR.search(said)
    return found is not None and not _DENIES.search(said[: found.start()])


def _below(base: sp.IndexedBase, row: sp.Expr, column: sp.Expr) -> sp.Expr:
    """The entry of a lower triangular matrix: zero above the diagonal."""
    return sp.Piecewise((base[row, column], sp.Ge(row, column)), (sp.S.Zero, True))


def _told(context: Context, name: str) -> str:
    """What the text says of a symbol, and the beginning of what it says of its parameter."""
    parameter = context.parameters.get(context.bound.get(name, name))
    return f"{context.legend.get(name, '')} {parameter.text.partition('.')[0] if parameter is not None else ''}"


def _entries(value: sp.Expr, name: str) -> Iterable[sp.Indexed]:
    return (entry for entry in value.atoms(sp.Indexed) if entry.base.label.name == name)
