r"""Log densities of the distributions that formulas name, in scalars, vectors and matrices: `\mathcal{N}(y \mid m, S)`.

Sources of the names and of their parameters: Murphy, "Probabilistic Machine Learning" (2022), and Bishop, "Pattern Recognition and
Machine Learning" (2006).
"""

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

Entries = Any
"""A number, or an object array of expressions with one or two axes."""


class Unread(Exception):
    """Ends the evaluation of a formula that is no density that can be evaluated. It never leaves the package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A family of distributions.

    Args:
        name: what it is called in notes.
        heads: the plain names that formulas use for it.
        conventions: for each meaning of the last parameter, the usual one first, the log density of a value for parameters.
        support: the values: `real`, `positive`, `count` or `bit`.
        spreads: the positions of parameters that are positive, or positive definite.
        chance: whether the parameter is a probability.
    """

    name: str
    heads: str
    conventions: Mapping[str, Callable[..., sp.Expr]]
    support: str
    spreads: tuple[int, ...] = ()
    chance: bool = False


def _normal(y: Entries, mean: Entries, spread: Entries) -> sp.Expr:
    if np.ndim(y) == np.ndim(mean) == np.ndim(spread) == 0:
        return -(sp.log(2 * sp.pi * spread) + (y - mean) ** 2 / spread) / 2
    n = len(y) if np.ndim(y) == 1 else 0
    if not n or np.shape(mean) != (n,) or np.shape(spread) != (n, n):
        raise Unread
    matrix, away = sp.Matrix(spread.tolist()), sp.Matrix((y - mean).tolist())
    if matrix != matrix.T:
        raise Unread
    determinant = matrix.det()
    form = (away.T * matrix.adjugate() * away)[0] / determinant
    return -(n * sp.log(2 * sp.pi) + sp.log(determinant) + form) / 2


def _normal_of_precision(y: Entries, mean: Entries, precision: Entries) -> sp.Expr:
    if np.ndim(precision) == 0:
        return _normal(y, mean, 1 / precision)
    if np.ndim(precision) != 2:
        raise Unread
    return _normal(y, mean, np.array(sp.Matrix(precision.tolist()).inv().tolist(), dtype=object))


def _normal_of_deviation(y: Entries, mean: Entries, deviation: Entries) -> sp.Expr:
    return _normal(y, mean, deviation**2 if np.ndim(deviation) == 0 else deviation.dot(deviation))


def _gamma(y: Entries, shape: Entries, rate: Entries) -> sp.Expr:
    _numbers(y, shape, rate)
    return shape * sp.log(rate) - sp.loggamma(shape) + (shape - 1) * sp.log(y) - rate * y


def _poisson(y: Entries, rate: Entries) -> sp.Expr:
    _numbers(y, rate)
    return y * sp.log(rate) - rate - sp.loggamma(y + 1)


def _bernoulli(y: Entries, chance: Entries) -> sp.Expr:
    _numbers(y, chance)
    return sp.Piecewise((sp.log(1 - chance), sp.Eq(y, 0)), (sp.log(chance), True))


FAMILIES = (
    Family(
        name="normal distribution",
        heads="cal_N N Normal Gaussian",
        conventions={"covariance": _normal, "standard deviation": _normal_of_deviation, "precision": _normal_of_precision},
        support="real",
        spreads=(2,),
    ),
    Family(
        name="gamma distribution",
        heads="Ga Gam Gamma",
        conventions={"rate": _gamma, "scale": lambda y, shape, scale: _gamma(y, shape, 1 / scale)},
        support="positive",
        spreads=(1, 2),
    ),
    Family(name="Poisson distribution", heads="Po Poi Pois Poisson", conventions={"rate": _poisson}, support="count", spreads=(1,)),
    Family(
        name="Bernoulli distribution",
        heads="Bern Ber Bernoulli",
        conventions={"probability": _bernoulli},
        support="bit",
        spreads=(1,),
        chance=True,
    ),
)


def family(head: str) -> Family | None:
    """The family that a name stands for; None if it stands for none.

    Args:
        head: the plain name.
    """
    return next((one for one in FAMILIES if head in one.heads.split()), None)


def evaluated(expression: Any, atom: Callable[[Any], Entries]) -> Entries:
    """Evaluates the argument of a density in vectors and matrices.

    Args:
        expression: the argument. A product may have one matrix at most, because it does not tell the order of its factors.
        atom: gives the entries of a symbol or of an indexed symbol.

    Raises:
        Unread: if the shapes do not fit, or something is no sum, product or power.
    """
    if isinstance(expression, sp.Symbol | sp.Indexed):
        return atom(expression)
    if isinstance(expression, sp.Number | sp.NumberSymbol):
        return expression
    if isinstance(expression, sp.Add):
        parts = [evaluated(part, atom) for part in expression.args]
        if len({np.shape(part) for part in parts}) != 1:
            raise Unread
        return sum(parts[1:], parts[0])
    if isinstance(expression, sp.Mul):
        return _multiplied([evaluated(part, atom) for part in expression.args])
    if isinstance(expression, sp.Pow) and isinstance(expression.exp, sp.Number):
        base = evaluated(expression.base, atom)
        if np.ndim(base) == 2 or (np.ndim(base) == 1 and expression.exp != 2):
            raise Unread
        return base**expression.exp
    if isinstance(expression, sp.core.function.AppliedUndef) and expression.func.__name__ == "diag" and len(expression.args) == 1:
        entries = evaluated(expression.args[0], atom)
        if np.ndim(entries) != 1:
            raise Unread
        return np.array(sp.diag(*entries).tolist(), dtype=object)
    raise Unread


_BESIDE = re.compile(
    r"[_^]\s*(?:\{[^{}]*\}|\\?\w+)|\\(?:math\w+|bm|boldsymbol|left|right|cdot|[,;:! ])|[{}()\[\]\d]",
)
"""What may stand between two factors, or belong to one."""


def check_order(latex: str, axes: Mapping[str, int]) -> None:
    """Raises Unread for a vector before a matrix, `z H`: it is a row, or the factors are in the wrong order.

    Args:
        latex: the formula as written. Its products no longer tell the order when they are read.
        axes: the number of axes of each letter.
    """
    letters = re.findall(r"\\[A-Za-z]+|\S", _BESIDE.sub(" ", latex))
    if (1, 2) in itertools.pairwise(axes.get(letter.lstrip("\\"), 0) for letter in letters):
        raise Unread


def _multiplied(parts: list[Entries]) -> Entries:
    numbers = [part for part in parts if np.ndim(part) == 0]
    vectors = [part for part in parts if np.ndim(part) == 1]
    matrices = [part for part in parts if np.ndim(part) == 2]
    scale = sp.Mul(*numbers)
    if len(vectors) > 1 or len(matrices) > 1:
        raise Unread
    if vectors and matrices:
        if matrices[0].shape[1] != len(vectors[0]):
            raise Unread
        return scale * matrices[0].dot(vectors[0])
    rest = (*vectors, *matrices)
    return scale * rest[0] if rest else scale


def _numbers(*values: Entries) -> None:
    if any(np.ndim(value) for value in values):
        raise Unread
