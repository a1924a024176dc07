"""Products of matrices and vectors written without indices, and the entries that they stand for."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any, Protocol

import sympy as sp

from qedoc.algebra.large import LARGE
from qedoc.read.reading import Extent, extent

MATRIX, COLUMN, ROW, SCALAR = 2, 1, -1, 0
"""The kind of a value: a matrix, a vector, a transposed vector, or a number."""

_FOLDED = {(2, 2): 2, (2, 1): 1, (-1, 2): -1, (-1, 1): 0, (1, -1): 2}
"""The kind of the product of two kinds. Any other pair has no product."""

ACTIVATIONS = frozenset({"sigma", "sigmoid", "ReLU", "relu", "tanh", "softplus", "silu", "gelu", "elu"})
"""Names of functions that are taken of each entry of a vector, whatever they are."""

LARGEST = 4
"""Determinants of matrices up to this size are expanded."""


SYMMETRIC, TRIANGULAR = 1, 2
"""What is known of the entries of a matrix: it is symmetric, or lower triangular."""


class Matmul(sp.Function):
    """A product of matrices and vectors."""


class TransposeOf(sp.Function):
    """A transposed matrix or vector."""


class InverseOf(sp.Function):
    """The inverse of a matrix."""


class CrossOf(sp.Function):
    """The cross product of two vectors of length 3."""


class DiagonalOf(sp.Function):
    """The diagonal matrix of a vector."""


class MatrixOf(sp.Function):
    """`MatrixOf(m, n, a, b, ...)`: a matrix of m rows and n columns that is written out, row by row."""

    @property
    def shape(self) -> tuple[int, int]:
        """The number of rows and of columns."""
        return int(self.args[0]), int(self.args[1])

    def at(self, row: sp.Expr, column: sp.Expr) -> sp.Expr:
        """The entry at a row and a column, counted from 1."""
        rows, columns = self.shape
        entries = self.args[2:]
        return EntryAt(row, *(EntryAt(column, *entries[k * columns : (k + 1) * columns]) for k in range(rows)))


class EntryAt(sp.Function):
    """`EntryAt(i, a, b, ...)`: the i-th of the values, counted from 1."""

    def _sympystr(self, printer: Any) -> str:
        index, *values = map(printer.doprint, self.args)
        return f"[{', '.join(values)}][{index}]"

    def _latex(self, printer: Any, exp: str = "") -> str:
        index, *values = map(printer.doprint, self.args)
        return _raised(rf"\left({', '.join(values)}\right)_{{{index}}}", exp)

    @classmethod
    def eval(cls, index: Any, *values: Any) -> Any:
        """Becomes the value once the index is a number."""
        if index.is_Integer and 1 <= index <= len(values):
            return values[int(index) - 1]
        return values[0] if len(values) == 1 else None


NODES = (Matmul, TransposeOf, InverseOf, CrossOf, DiagonalOf, MatrixOf)


class DeterminantOf(sp.Function):
    """`DeterminantOf(A, n)` of a square matrix of size n, counted from 1. A third argument says that A is `SYMMETRIC` or `TRIANGULAR`."""

    nargs = (2, 3)

    def _latex(self, printer: Any, exp: str = "") -> str:
        return _raised(rf"\det {printer.doprint(self.args[0])}", exp)

    @classmethod
    def eval(cls, matrix: Any, size: Any, told: Any = 0) -> Any:
        """Expands to a polynomial in the entries once the size is a number."""
        if size.is_Integer and 0 < size <= LARGEST:
            return _determinant(matrix, range(1, int(size) + 1), range(1, int(size) + 1), told)
        return None


class InverseEntry(sp.Function):
    """`InverseEntry(A, i, j, n)` of the inverse of a square matrix of size n. A fifth argument says what A is, as for `DeterminantOf`."""

    nargs = (4, 5)

    def _latex(self, printer: Any, exp: str = "") -> str:
        matrix, row, column = map(printer.doprint, self.args[:3])
        return _raised(rf"\left({matrix}^{{-1}}\right)_{{{row},{column}}}", exp)

    @classmethod
    def eval(cls, matrix: Any, row: Any, column: Any, size: Any, told: Any = 0) -> Any:
        """Expands to the cofactor over the determinant once size and indices are numbers."""
        if not (size.is_Integer and row.is_Integer and column.is_Integer and 0 < size <= LARGEST):
            return None
        all_ = range(1, int(size) + 1)
        rows, columns = [k for k in all_ if k != column], [k for k in all_ if k != row]
        minor = _determinant(matrix, rows, columns, told) if rows else sp.Integer(1)
        return sp.Mul((-1) ** int(row + column) * minor, sp.Pow(_determinant(matrix, all_, all_, told), -1, evaluate=False), evaluate=False)


WHOLE = (DeterminantOf, InverseEntry)
"""Functions of a whole matrix, whose first argument is the matrix's name."""


def _raised(latex: str, exponent: str) -> str:
    return rf"\left({latex}\right)^{{{exponent}}}" if exponent else latex


def _determinant(matrix: sp.Symbol, rows: Sequence[int], columns: Sequence[int], told: Any) -> sp.Expr:
    base = sp.IndexedBase(matrix)
    total = sp.Integer(0)
    symmetric = told == SYMMETRIC
    for order in permutations(range(len(rows))):
        sign = sp.LeviCivita(*order) if len(order) > 1 else 1
        places = [(rows[at], columns[to]) for at, to in enumerate(order)]
        if told == TRIANGULAR and any(row < column for row, column in places):
            continue
        total += sign * sp.Mul(*(base[tuple(sorted(place)) if symmetric else place] for place in places))
    return total


class Shapes(Protocol):
    """Which names are matrices and which are vectors."""

    matrices: set[str]
    vectors: set[str]
    identities: set[str]
    flipped: frozenset[str]


def kind(value: Any, scope: Shapes) -> int | None:
    """Whether a value is a matrix, a vector, a row or a number. None if that is unknown.

    Args:
        value: the value as it was read.
        scope: which names are matrices and which are vectors.
    """
    match value:
        case sp.Symbol(name=name):
            return MATRIX if name in scope.matrices else COLUMN if name in scope.vectors else SCALAR
        case sp.Indexed() | DeterminantOf() | InverseEntry():
            return SCALAR
        case InverseOf() | DiagonalOf():
            return MATRIX
        case MatrixOf():
            return COLUMN if value.shape[1] == 1 else ROW if value.shape[0] == 1 else MATRIX
        case CrossOf():
            return COLUMN
        case EntryAt():
            return SCALAR
        case Matmul():
            return product([kind(part, scope) for part in value.args])
        case TransposeOf():
            inner = kind(value.args[0], scope)
            return inner if inner in (MATRIX, SCALAR, None) else -inner
    parts = [kind(part, scope) for part in value.args]
    if not any(parts) and None not in parts:
        return SCALAR
    return _elementwise(value, parts)


def of_matrices(value: sp.Expr, scope: Shapes) -> bool:
    """Whether a value has an exponential, a logarithm or a root of a matrix, which is another than that of its entries."""
    roots = (part for part in value.atoms(sp.Pow) if part.exp == sp.S.Half)
    return any(kind(part.args[0], scope) == MATRIX for part in (*value.atoms(sp.exp, sp.log), *roots))


def _elementwise(value: Any, parts: Sequence[int | None]) -> int | None:
    """The kind of an operation on entries, whose operands are numbers or all of one kind; of a sum all must be of one kind.

    A function of a matrix is none if there is a product: its exponential is another than that of its entries. A vector has entries only,
    but bars and powers of it may be its norm.
    """
    numbers = isinstance(value, sp.Add) and all(part.is_number for part, known in zip(value.args, parts, strict=True) if known == SCALAR)
    found = set(parts) - (set() if isinstance(value, sp.Add) and not (numbers and COLUMN in parts) else {SCALAR})
    if isinstance(value, sp.Pow) and isinstance(value.base, sp.Add) and value.exp == -1 and found == {COLUMN}:
        return COLUMN  # `1 / (1 + exp(-x))` is no norm
    whole = has_product(value) and not isinstance(value, sp.Add | sp.Mul) and (found != {COLUMN} or isinstance(value, sp.Pow | sp.Abs))
    if isinstance(value, sp.core.function.AppliedUndef) and value.func.__name__ in ACTIVATIONS and found == {COLUMN}:
        return COLUMN
    if whole or isinstance(value, (sp.core.function.AppliedUndef, sp.Integral, sp.Piecewise, sp.Derivative, *LARGE)):
        return None
    return found.pop() if len(found) == 1 else None


def product(kinds: Sequence[int | None]) -> int | None:
    """The kind of a product of matrices and vectors. None if two neighbours have no product."""
    folded = kinds[0]
    for other in kinds[1:]:
        if folded is None or other is None:
            return None
        folded = _FOLDED.get((folded, other))
    return folded


def shape(value: Any, scope: Shapes) -> tuple[int, ...] | None:
    """The numbers of rows and columns of a value, if matrices that are written out tell them. None if they differ or are not known.

    Args:
        value: a matrix or a vector.
        scope: which names are matrices and which are vectors.
    """
    match value:
        case MatrixOf():
            rows, columns = value.shape
            return (max(rows, columns),) if 1 in (rows, columns) else (rows, columns)
        case TransposeOf(args=(inner,)):
            found = shape(inner, scope)
            return None if found is None else found[::-1]
        case CrossOf():
            return (3,)
        case Matmul(args=(first, *_, last)):
            ends = shape(first, scope) or (), shape(last, scope) or ()
            sides = kind(first, scope) == MATRIX, kind(last, scope) == MATRIX
            found = tuple(end[place] for end, is_matrix, place in zip(ends, sides, (0, -1), strict=True) if end and is_matrix)
            return found if len(found) == kind(value, scope) else None
        case InverseOf():
            return None
    parts = {shape(part, scope) for part in value.args if kind(part, scope) not in (SCALAR, None)}
    return parts.pop() if len(parts) == 1 else None


def has_product(value: Any) -> bool:
    """Whether a value contains a product of matrices or vectors, a transpose or an inverse."""
    return bool(value.has(*NODES))


def trace(value: sp.Expr, opener: "Opener") -> sp.Expr:
    """The sum of the diagonal of a matrix.

    Args:
        value: the matrix.
        opener: writes entries.
    """
    index = opener.fresh()
    return sp.Sum(opener.entry(value, (index, index)), (index, 1, extent(index.name)))


class Opener:
    """Expands products without indices into entries.

    Args:
        scope: which names are matrices and which are vectors.
        taken: names that no index may have.
    """

    def __init__(self, scope: Shapes, taken: set[str]) -> None:
        self.scope = scope
        self.taken = taken

    def fresh(self) -> sp.Symbol:
        """Returns an index that occurs nowhere."""
        name = next(name for name in (*"ijklmnpqrs", *(f"i_{k}" for k in range(1, 999))) if name not in self.taken)
        self.taken.add(name)
        return sp.Symbol(name)

    def entry(self, value: Any, at: tuple[sp.Expr, ...]) -> sp.Expr:
        """The entry of a value. A matrix takes two indices, a vector or a row one, and a number none."""
        known = kind(value, self.scope)
        match value:
            case sp.Symbol(name=name) if name in self.scope.identities:
                return sp.KroneckerDelta(*at)
            case sp.Symbol() if at and known:
                return sp.IndexedBase(value)[self._stored(value, at)]
            case TransposeOf(args=(inner,)):
                return self.entry(inner, at[::-1])
            case InverseOf(args=(matrix,)):
                return InverseEntry(matrix, *self._stored(matrix, at), extent(matrix.name))
            case DiagonalOf(args=(vector,)):
                return sp.KroneckerDelta(*at) * self.entry(vector, at[:1])
            case MatrixOf():
                row, column = at if len(at) == 2 else (sp.S.One, at[0]) if value.shape[0] == 1 else (at[0], sp.S.One)
                return value.at(row, column)
            case CrossOf(args=(left, right)):
                j, k = self.fresh(), self.fresh()
                term = sp.LeviCivita(*at, j, k) * self.entry(left, (j,)) * self.entry(right, (k,))
                return sp.Sum(term, (k, 1, 3), (j, 1, 3))
            case Matmul(args=(left, *others)):
                return self._product(left, others, at)
        if not value.args or isinstance(value, sp.Indexed | DeterminantOf | InverseEntry) or not (at or has_product(value)):
            return value
        return value.func(*(self.entry(part, at if kind(part, self.scope) else ()) for part in value.args))

    def _stored(self, value: sp.Symbol, at: tuple[sp.Expr, ...]) -> tuple[sp.Expr, ...]:
        """The place of an entry in the array as the code stores it."""
        return at[::-1] if value.name in self.scope.flipped else at

    def _product(self, left: Any, others: Sequence[Any], at: tuple[sp.Expr, ...]) -> sp.Expr:
        """The entry of a product; the index between two factors is summed over, unless a column meets a row."""
        right = others[0] if len(others) == 1 else Matmul(*others)
        first, second = kind(left, self.scope), kind(right, self.scope)
        if (first, second) == (COLUMN, ROW) or second == SCALAR:
            return self.entry(left, at[:1]) * self.entry(right, at[1:])
        index = self.fresh()
        before = (at[0], index) if first == MATRIX else (index,)
        after = (index, at[-1]) if second == MATRIX else (index,)
        inner = {*(shape(left, self.scope) or ())[-1:], *(shape(right, self.scope) or ())[:1]}
        last = sp.Integer(inner.pop()) if len(inner) == 1 else extent(index.name)
        return sp.Sum(self.entry(left, before) * self.entry(right, after), (index, 1, last))


def sizes(value: Any) -> dict[Extent, str]:
    """The sizes of the matrices whose determinants and inverses a value contains, each with the matrix's name."""
    return {call.args[-1]: call.args[0].name for call in value.atoms(*WHOLE)}
