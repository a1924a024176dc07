"""Formulas over arrays of any length in two right spellings and in one wrong one."""

from typing import Any, NamedTuple

import sympy as sp
from summed import A, B, C, a, b, c, d, eps, g, i, j, k, l, largest, m, mean, n, p, q, s, t, total, u, v, w, where, x, z

from qedoc.algebra.large import Smallest

exp, log, sqrt, Abs, Max, Min, Eq, Rational = sp.exp, sp.log, sp.sqrt, sp.Abs, sp.Max, sp.Min, sp.Eq, sp.Rational


class Pair(NamedTuple):
    name: str
    left: sp.Expr
    right: sp.Expr
    wrong: sp.Expr
    facts: dict[str, Any]


PAIRS: list[Pair] = []


def pair(name: str, left: Any, right: Any, wrong: Any, **facts: Any) -> None:
    PAIRS.append(Pair(name, *map(sp.sympify, (left, right, wrong)), facts))


def lse(body: Any, index: Any = k, length: Any = n) -> sp.Expr:
    return log(total(exp(body), (index, length)))


def softmax(array: Any, at: Any, index: Any = k) -> sp.Expr:
    return exp(array[at]) / total(exp(array[index]), (index, n))


def sigmoid(value: Any) -> sp.Expr:
    return 1 / (1 + exp(-value))


top = largest(x[j], (j, n))
mu = mean(x[k])
variance = mean((x[k] - mean(x[l], l)) ** 2)
squares = total(x[k] ** 2, (k, n))
sigma = sqrt(squares)

# log-sum-exp, softmax, cross entropy
pair("log-sum-exp with the maximum", lse(x[k]), log(total(exp(x[k] - top), (k, n))) + top, log(total(exp(x[k] - top), (k, n))) - top)
pair("log-sum-exp with a shift", lse(x[k] + c), lse(x[k]) + c, lse(x[k]) + n * c)
pair(
    "softmax with the maximum", softmax(x, i), exp(x[i] - top) / total(exp(x[k] - top), (k, n)), exp(x[i] - top) / total(exp(x[k]), (k, n))
)
pair("softmax sums to 1", total(exp(x[i]) / total(exp(x[k]), (k, n)), (i, n)), 1, 1 / n)
pair("log of softmax", log(softmax(x, i)), x[i] - lse(x[k]), x[i] + lse(x[k]))
pair("log-softmax with the maximum", x[i] - top - log(total(exp(x[k] - top), (k, n))), x[i] - lse(x[k]), x[i] - top - lse(x[k]))
pair(
    "cross entropy",
    -total(z[i] * log(softmax(x, i)), (i, n)),
    total(z[i], (i, n)) * lse(x[k]) - total(z[i] * x[i], (i, n)),
    lse(x[k]) - total(z[i] * x[i], (i, n)),
)
pair(
    "cross entropy of labels that sum to 1",
    -total(p[i] * log(softmax(x, i)), (i, n)),
    lse(x[k]) - total(p[i] * x[i], (i, n)),
    lse(x[k]) + total(p[i] * x[i], (i, n)),
    unit="p",
)
pair("one-hot and index", -total(where(Eq(k, i), 1) * log(softmax(x, k, l)), (k, n)), lse(x[k]) - x[i], lse(x[k]) - x[0])
pair("log of the mean of exp", log(mean(exp(x[k]))), lse(x[k]) - log(n), lse(x[k]) - n)
pair("softmax with a temperature", softmax(x, i).subs(x, x), exp(x[i]) / total(exp(x[l]), (l, n)), exp(x[i] / s) / total(exp(x[l]), (l, n)))
pair(
    "softmax over a temperature with the maximum",
    exp(x[i] / s) / total(exp(x[k] / s), (k, n)),
    exp((x[i] - top) / s) / total(exp((x[k] - top) / s), (k, n)),
    exp((x[i] - top) / s) / total(exp(x[k] - top / s), (k, n)),
)
pair(
    "entropy of softmax",
    -total(softmax(x, i) * log(softmax(x, i)), (i, n)),
    lse(x[k]) - total(x[i] * exp(x[i]), (i, n)) / total(exp(x[k]), (k, n)),
    lse(x[k]) - total(x[i], (i, n)) / total(exp(x[k]), (k, n)),
)
pair("ratio of two entries of softmax", softmax(x, i) / softmax(x, j), exp(x[i] - x[j]), exp(x[j] - x[i]))
# sigmoid and softplus
bce = -total(z[k] * log(sigmoid(x[k])) + (1 - z[k]) * log(1 - sigmoid(x[k])), (k, n))
pair(
    "binary cross entropy by softplus",
    bce,
    total(log(1 + exp(x[k])) - z[k] * x[k], (k, n)),
    total(log(1 + exp(-x[k])) - z[k] * x[k], (k, n)),
)
pair(
    "binary cross entropy, stable",
    bce,
    total(Max(x[k], 0) - x[k] * z[k] + log(1 + exp(-Abs(x[k]))), (k, n)),
    total(Max(x[k], 0) + x[k] * z[k] + log(1 + exp(-Abs(x[k]))), (k, n)),
)
pair("two sigmoids", total(sigmoid(x[k]) + sigmoid(-x[k]), (k, n)), n, 1)
pair("tanh by sigmoid", mean(2 * sigmoid(2 * x[k]) - 1), mean(sp.tanh(x[k])), mean(sp.tanh(2 * x[k])))
# moments
pair("variance two ways", variance, mean(x[k] ** 2) - mu**2, mean(x[k] ** 2) - mu)
pair(
    "covariance",
    mean((x[k] - mean(x[l], l)) * (z[k] - mean(z[l], l))),
    mean(x[k] * z[k]) - mu * mean(z[k]),
    mean(x[k] * z[k]) + mu * mean(z[k]),
)
pair(
    "unbiased variance",
    total((x[k] - mean(x[l], l)) ** 2, (k, n)) / (n - 1),
    n / (n - 1) * (mean(x[k] ** 2) - mu**2),
    mean(x[k] ** 2) - mu**2,
    least=2,
)
pair(
    "standardised",
    (x[i] - mu) / sqrt(variance + eps),
    (x[i] - mu) / sqrt(mean(x[k] ** 2) - mu**2 + eps),
    (x[i] - mu) / sqrt(mean(x[k] ** 2) + eps),
)
pair("centred values sum to 0", total(x[k] - mean(x[l], l), (k, n)), 0, mu)
pair(
    "layer norm",
    g[i] * (x[i] - mu) / sqrt(variance + eps) + w[i],
    g[i] * (n * x[i] - total(x[k], (k, n))) / sqrt(n * squares - total(x[k], (k, n)) ** 2 + n**2 * eps) + w[i],
    g[i] * (n * x[i] - total(x[k], (k, n))) / sqrt(n * squares - total(x[k], (k, n)) ** 2 + eps) + w[i],
)
pair("root mean square norm", x[i] / sqrt(mean(x[k] ** 2)), sqrt(n) * x[i] / sigma, n * x[i] / sigma)
pair("mean of squared differences", total((x[i] - x[j]) ** 2, (i, n), (j, n)) / n**2, 2 * variance, variance)
pair("variance of a multiple", mean((c * x[k] - mean(c * x[l], l)) ** 2), c**2 * variance, c * variance)
pair("bias and variance", mean((x[k] - c) ** 2), variance + (mu - c) ** 2, variance + (mu + c) ** 2)
pair(
    "weighted mean",
    total(p[k] * (x[k] - a), (k, n)) / total(p[k], (k, n)),
    total(p[k] * x[k], (k, n)) / total(p[k], (k, n)) - a,
    total(p[k] * x[k], (k, n)) / total(p[k], (k, n)) - n * a,
)
# divergences
pair(
    "divergence split",
    total(p[k] * (log(p[k]) - log(q[k])), (k, n)),
    total(p[k] * log(p[k] / q[k]), (k, n)),
    total(q[k] * log(p[k] / q[k]), (k, n)),
)
pair(
    "divergence with cases",
    total(where(Eq(p[k], 0), 0, p[k] * (log(p[k]) - log(q[k]))), (k, n)),
    total(p[k] * log(p[k] / q[k]), (k, n)),
    total(p[k] * log(q[k] / p[k]), (k, n)),
)
pair(
    "divergence from the uniform distribution",
    total(p[k] * (log(p[k]) + log(n)), (k, n)),
    log(n) + total(p[k] * log(p[k]), (k, n)),
    n + total(p[k] * log(p[k]), (k, n)),
    unit="p",
)
pair(
    "Hellinger distance",
    total((sqrt(p[k]) - sqrt(q[k])) ** 2, (k, n)),
    2 - 2 * total(sqrt(p[k] * q[k]), (k, n)),
    2 - total(sqrt(p[k] * q[k]), (k, n)),
    unit="pq",
)
pair("geometric mean", exp(mean(log(p[k]))), exp(total(log(p[k]), (k, n)) / n), exp(total(log(p[k]), (k, n))) / n)
# losses with cases
error = Abs(x[k] - z[k])
pair(
    "Huber loss",
    mean(where(error <= s, error**2 / 2, s * (error - s / 2))),
    mean(Min(error, s) ** 2 / 2 + s * (error - Min(error, s))),
    mean(Min(error, s) ** 2 + s * (error - Min(error, s))),
)
pair(
    "hinge loss",
    mean(Max(0, 1 - x[k] * z[k])),
    mean(where(x[k] * z[k] < 1, 1 - x[k] * z[k])),
    mean(where(x[k] * z[k] > 1, 1 - x[k] * z[k])),
)
pair("two rectifiers", total(Max(x[k], 0) - Max(-x[k], 0), (k, n)), total(x[k], (k, n)), total(Abs(x[k]), (k, n)))
pair(
    "absolute values by rectifiers",
    total(Abs(x[k]), (k, n)),
    total(Max(x[k], 0) + Max(-x[k], 0), (k, n)),
    total(Max(x[k], 0) - Max(-x[k], 0), (k, n)),
)
pair(
    "quantile loss",
    mean(Max(a * (x[k] - z[k]), (a - 1) * (x[k] - z[k]))),
    mean((x[k] - z[k]) * (a - where(x[k] < z[k], 1))),
    mean((x[k] - z[k]) * (a - where(x[k] > z[k], 1))),
)
# norms
cosine = total(x[k] * z[k], (k, n)) / (sigma * sqrt(total(z[k] ** 2, (k, n))))
pair(
    "cosine of unit vectors",
    total(x[i] / sigma * (z[i] / sqrt(total(z[k] ** 2, (k, n)))), (i, n)),
    cosine,
    total(x[i] / sigma * z[i], (i, n)),
)
pair(
    "cosine with one root",
    cosine,
    total(x[k] * z[k], (k, n)) / sqrt(squares * total(z[k] ** 2, (k, n))),
    total(x[k] * z[k], (k, n)) / squares,
)
pair("norm of a multiple", sqrt(total((c * x[k]) ** 2, (k, n))), Abs(c) * sigma, c * sigma)
pair("norm of a unit vector", total((x[i] / sigma) ** 2, (i, n)), 1, 1 / sigma)
pair(
    "squared distance",
    total((A[i, k] - B[j, k]) ** 2, (k, d)),
    total(A[i, k] ** 2, (k, d)) - 2 * total(A[i, k] * B[j, k], (k, d)) + total(B[j, k] ** 2, (k, d)),
    total(A[i, k] ** 2, (k, d)) - 2 * total(A[i, k] * B[k, j], (k, d)) + total(B[j, k] ** 2, (k, d)),
)
pair("largest size of a multiple", largest(s * Abs(x[k]), (k, n)), s * largest(Abs(x[k]), (k, n)), largest(Abs(x[k]), (k, n)))
pair("smallest and largest", Smallest(x[k], (k, 0, n - 1)), -largest(-x[k], (k, n)), -top)
pair("largest of exp", largest(exp(x[k]), (k, n)), exp(largest(x[k], (k, n))), exp(-largest(-x[k], (k, n))))
pair("largest with a shift", largest(x[k] + c, (k, n)), top + c, top - c)
# indices
pair("split sum", total(x[k], (k, n + m)), total(x[k], (k, n)) + total(x[n + k], (k, m)), total(x[k], (k, n)) + total(x[n + k + 1], (k, m)))
pair("first term split off", total(x[k], (k, n)), x[0] + total(x[k + 1], (k, n - 1)), x[0] + total(x[k + 1], (k, n)))
pair("shifted sum", total(x[k - 1], (k, 1, n)), total(x[k], (k, n)), total(x[k], (k, 1, n)))
pair("reversed sum", total(x[n - 1 - k], (k, n)), total(x[k], (k, n)), total(x[n - k], (k, n)))
pair("reversed convolution", total(x[k] * z[n - 1 - k], (k, n)), total(x[n - 1 - k] * z[k], (k, n)), total(x[k] * z[k], (k, n)))
pair("telescoping sum", total(x[k + 1] - x[k], (k, n)), x[n] - x[0], x[n - 1] - x[0])
pair(
    "exchanged sums",
    total(A[l, k] * x[l], (l, n), (k, m)),
    total(x[l] * total(A[l, k], (k, m)), (l, n)),
    total(x[i] * total(A[l, k], (k, m)), (l, n)),
)
pair("sum of a constant", total(c, (k, n)), n * c, n * c + c)
pair("sum of the indices", total(k + 1, (k, n)), n * (n + 1) / 2, n * (n - 1) / 2)
pair("sum of squared indices", total(k**2, (k, n)), n * (n - 1) * (2 * n - 1) / 6, n * (n + 1) * (2 * n + 1) / 6)
pair("cumulative sum by a mask", total(where(k <= i, x[k]), (k, n)), total(x[k], (k, 0, i)), total(x[k], (k, 0, i - 1)))
pair("sum of cumulative sums", total(total(x[l], (l, 0, k)), (k, n)), total((n - l) * x[l], (l, n)), total(l * x[l], (l, n)))
pair(
    "triangle exchanged",
    total(total(A[k, l], (l, 0, k)), (k, n)),
    total(total(A[k, l], (k, l, n - 1)), (l, n)),
    total(total(A[k, l], (k, 0, l)), (l, n)),
)
pair("product of sums", total(x[k], (k, n)) * total(z[l], (l, m)), total(x[k] * z[l], (k, n), (l, m)), total(x[k] * z[k], (k, n)))
pair(
    "summation by parts",
    total(x[k] * (z[k + 1] - z[k]), (k, n)),
    x[n] * z[n] - x[0] * z[0] - total(z[k + 1] * (x[k + 1] - x[k]), (k, n)),
    x[n] * z[n] - x[0] * z[0] - total(z[k] * (x[k + 1] - x[k]), (k, n)),
)
pair(
    "mean of the first entries",
    total(where(k < t, x[k]), (k, 0, t - 1)) / t,
    total(x[k], (k, 0, t - 1)) / t,
    total(x[k], (k, 0, t - 1)) / n,
    first=1,
)
# matrices
pair(
    "matrices and a vector",
    total(total(A[i, k] * B[k, l], (k, m)) * v[l], (l, n)),
    total(A[i, k] * total(B[k, l] * v[l], (l, n)), (k, m)),
    total(A[k, i] * total(B[k, l] * v[l], (l, n)), (k, m)),
)
pair(
    "trace of a product",
    total(A[k, l] * B[l, k], (l, m), (k, n)),
    total(B[l, k] * A[k, l], (k, n), (l, m)),
    total(B[l, k] * A[l, k], (k, n), (l, m)),
)
pair(
    "trace of three factors",
    total(A[k, l] * B[l, t] * C[t, k], (k, n), (l, m), (t, d)),
    total(total(C[t, k] * total(A[k, l] * B[l, t], (l, m)), (k, n)), (t, d)),
    total(total(C[t, k] * total(A[k, l] * B[t, l], (l, m)), (k, n)), (t, d)),
)
pair(
    "quadratic form",
    total(x[k] * A[k, l] * x[l], (k, n), (l, n)),
    total(x[k] * (A[k, l] + A[l, k]) / 2 * x[l], (k, n), (l, n)),
    total(x[k] * A[k, k] * x[k], (k, n)),
)
score = total(u[t] * A[k, t], (t, d)) / sqrt(d)
attention = total(exp(score) / total(exp(score.subs(k, l)), (l, n)) * B[k, j], (k, n))
high = largest(score.subs(k, l), (l, n))
pair(
    "attention",
    attention,
    total(exp(score - high) * B[k, j], (k, n)) / total(exp(score - high), (k, n)),
    total(exp(score - high) * B[k, j], (k, n)) / total(exp(score), (k, n)),
)
pair("blocks", mean(mean(A[l, k], k, n), l, m), total(A[l, k], (l, m), (k, n)) / (m * n), total(A[l, k], (l, m), (k, n)) / m)
pair("softmax of two", exp(a) / (exp(a) + exp(b)), sigmoid(a - b), sigmoid(b - a))

# Signs that the formula implies
weighted = total(z[k] * exp(x[k]), (k, n))
pair("logarithm of a size where a logarithm has a value", log(Abs(weighted)), log(weighted), log(2 * weighted))
pair("logarithm of a difference and of its size", log(Abs(a - b)) + c, log(a - b) + c, log(a - b) - c)
pair("a case that changes nothing", where(a > 0, log(c) + a, log(c) + a), log(c) + a, log(c) - a)
pair("a case that cancels", where(mu > c, log(b) - c, log(b)) + where(mu > c, c), log(b), log(b) + where(mu > c, c))

# Correlations lie between -1 and 1


def spread(one: Any, other: Any) -> sp.Expr:
    return total((one[k] - mean(one[l], l)) * (other[k] - mean(other[l], l)), (k, n))


correlation = spread(x, z) / sqrt(spread(x, x)) / sqrt(spread(z, z))
cosine = total(x[k] * z[k], (k, n)) / sqrt(squares) / sqrt(total(z[k] ** 2, (k, n)))
pair("correlation between -1 and 1", Max(-1, Min(1, correlation)), correlation, Max(Rational(-1, 2), Min(1, correlation)), least=2)
pair("correlation with one root", correlation, spread(x, z) / sqrt(spread(x, x) * spread(z, z)), spread(x, z) / sqrt(spread(x, x)), least=2)
pair("cosine of an angle", Min(1, cosine), cosine, Min(1, 2 * cosine), least=2)
pair("cosine of two rows", Max(-1, cosine), cosine, Max(-1, cosine * sqrt(squares)), least=2)
pair("multiple of a cosine", Min(3, 3 * cosine), 3 * cosine, Min(3, 4 * cosine), least=2)
