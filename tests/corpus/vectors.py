"""Vectors, matrices, reductions, and what depends on an order."""

import jax
import jax.numpy as jnp
from jax import lax, scipy


def total_R(x):
    r"""total_R.

    .. math:: \sum_{i=1}^n x_i

    Args:
        x: a vector.
    """
    return jnp.sum(x)


def total_W(x):
    r"""total_W.

    .. math:: \sum_{i=2}^n x_i

    Args:
        x: a vector.
    """
    return jnp.sum(x)


def mean_R(x):
    r"""mean_R.

    .. math:: \frac{1}{n} \sum_{i=1}^n x_i

    Args:
        x: a vector.
    """
    return jnp.mean(x)


def mean_W(x):
    r"""mean_W.

    .. math:: \frac{1}{n - 1} \sum_{i=1}^n x_i

    Args:
        x: a vector.
    """
    return jnp.mean(x)


def squares_R(x):
    r"""squares_R.

    .. math:: \sum_{i=1}^n x_i^2

    Args:
        x: a vector.
    """
    return jnp.sum(x**2)


def squares_W(x):
    r"""squares_W.

    .. math:: \left(\sum_{i=1}^n x_i\right)^2

    Args:
        x: a vector.
    """
    return jnp.sum(x**2)


def norm_R(x):
    r"""norm_R.

    .. math:: \sqrt{\sum_{i=1}^n x_i^2}

    Args:
        x: a vector.
    """
    return jnp.linalg.norm(x)


def norm_W(x):
    r"""norm_W.

    .. math:: \sum_{i=1}^n |x_i|

    Args:
        x: a vector.
    """
    return jnp.linalg.norm(x)


def norm_one_R(x):
    r"""norm_one_R.

    .. math:: \sum_{i=1}^n |x_i|

    Args:
        x: a vector.
    """
    return jnp.linalg.norm(x, 1)


def norm_one_W(x):
    r"""norm_one_W.

    .. math:: \left|\sum_{i=1}^n x_i\right|

    Args:
        x: a vector.
    """
    return jnp.linalg.norm(x, 1)


def variance_R(x):
    r"""variance_R.

    .. math:: \frac{1}{n} \sum_{i=1}^n x_i^2 - \left(\frac{1}{n} \sum_{i=1}^n x_i\right)^2

    Args:
        x: a vector.
    """
    return jnp.var(x)


def variance_W(x):
    r"""variance_W.

    .. math:: \frac{1}{n} \sum_{i=1}^n x_i^2 - \frac{1}{n} \left(\sum_{i=1}^n x_i\right)^2

    Args:
        x: a vector.
    """
    return jnp.var(x)


def product_R(x):
    r"""product_R.

    .. math:: \prod_{i=1}^n x_i

    Args:
        x: a vector.
    """
    return jnp.prod(x)


def product_W(x):
    r"""product_W.

    .. math:: \prod_{i=1}^n (x_i + 1)

    Args:
        x: a vector.
    """
    return jnp.prod(x)


def log_sum_exp_R(x):
    r"""log_sum_exp_R.

    .. math:: \log \sum_{i=1}^n e^{x_i}

    Args:
        x: a vector.
    """
    return jax.nn.logsumexp(x)


def log_sum_exp_W(x):
    r"""log_sum_exp_W.

    .. math:: \log \left(\frac{1}{n} \sum_{i=1}^n e^{x_i}\right)

    Args:
        x: a vector.
    """
    return jax.nn.logsumexp(x)


def weighted_R(x):
    r"""weighted_R.

    .. math:: \sum_{i=1}^n (i - 1) x_i

    Args:
        x: a vector.
    """
    return jnp.sum(jnp.arange(x.shape[0]) * x)


def weighted_W(x):
    r"""weighted_W.

    .. math:: \sum_{i=1}^n i x_i

    Args:
        x: a vector.
    """
    return jnp.sum(jnp.arange(x.shape[0]) * x)


def alternating_R(x):
    r"""alternating_R.

    .. math:: \sum_{i=1}^n (-1)^{i - 1} x_i

    Args:
        x: a vector.
    """
    return jnp.sum(x * (-1.0) ** jnp.arange(x.shape[0]))


def alternating_W(x):
    r"""alternating_W.

    .. math:: \sum_{i=1}^n (-1)^{i} x_i

    Args:
        x: a vector.
    """
    return jnp.sum(x * (-1.0) ** jnp.arange(x.shape[0]))


def pairs_R(x):
    r"""pairs_R.

    .. math:: \sum_{i=1}^n \sum_{j=1}^n (x_i - x_j)^2

    Args:
        x: a vector.
    """
    return jnp.sum((x[:, None] - x[None, :]) ** 2)


def pairs_W(x):
    r"""pairs_W.

    .. math:: \frac{1}{2} \sum_{i=1}^n \sum_{j=1}^n (x_i - x_j)^2

    Args:
        x: a vector.
    """
    return jnp.sum((x[:, None] - x[None, :]) ** 2)


def softmax_R(x):
    r"""softmax_R.

    .. math:: y_i = \frac{e^{x_i}}{\sum_{j=1}^n e^{x_j}}

    Args:
        x: a vector.
    """
    return jax.nn.softmax(x)


def softmax_W(x):
    r"""softmax_W.

    .. math:: y_i = \frac{e^{x_i}}{1 + \sum_{j=1}^n e^{x_j}}

    Args:
        x: a vector.
    """
    return jax.nn.softmax(x)


def centred_R(x):
    r"""centred_R.

    .. math:: y_i = x_i - \frac{1}{n} \sum_{j=1}^n x_j

    Args:
        x: a vector.
    """
    return x - jnp.mean(x)


def centred_W(x):
    r"""centred_W.

    .. math:: y_i = x_i - \sum_{j=1}^n x_j

    Args:
        x: a vector.
    """
    return x - jnp.mean(x)


def first_dropped_R(x):
    r"""first_dropped_R.

    .. math:: \sum_{i=2}^n x_i

    Args:
        x: a vector.
    """
    return jnp.sum(x[1:])


def first_dropped_W(x):
    r"""first_dropped_W.

    .. math:: \sum_{i=1}^{n - 1} x_i

    Args:
        x: a vector.
    """
    return jnp.sum(x[1:])


def entropy_R(x):
    r"""entropy_R.

    .. math:: -\sum_{i=1}^n x_i \log x_i

    Args:
        x: a vector.
    """
    return -jnp.sum(x * jnp.log(x))


def entropy_W(x):
    r"""entropy_W.

    .. math:: -\sum_{i=1}^n \log x_i

    Args:
        x: a vector.
    """
    return -jnp.sum(x * jnp.log(x))


def harmonic_R(x):
    r"""harmonic_R.

    .. math:: \frac{n}{\sum_{i=1}^n \frac{1}{x_i}}

    Args:
        x: a vector.
    """
    return 1 / jnp.mean(1 / x)


def harmonic_W(x):
    r"""harmonic_W.

    .. math:: \frac{\sum_{i=1}^n x_i}{n}

    Args:
        x: a vector.
    """
    return 1 / jnp.mean(1 / x)


def dot_R(x, y):
    r"""dot_R.

    .. math:: \sum_{i=1}^n x_i y_i

    Args:
        x: a vector.
        y: a vector.
    """
    return jnp.dot(x, y)


def dot_W(x, y):
    r"""dot_W.

    .. math:: \sum_{i=1}^n x_i y_i^2

    Args:
        x: a vector.
        y: a vector.
    """
    return jnp.dot(x, y)


def squared_error_R(x, y):
    r"""squared_error_R.

    .. math:: \sum_{i=1}^n (x_i - y_i)^2

    Args:
        x: a vector.
        y: a vector.
    """
    return jnp.sum((x - y) ** 2)


def squared_error_W(x, y):
    r"""squared_error_W.

    .. math:: \frac{1}{2} \sum_{i=1}^n (x_i - y_i)^2

    Args:
        x: a vector.
        y: a vector.
    """
    return jnp.sum((x - y) ** 2)


def absolute_error_R(x, y):
    r"""absolute_error_R.

    .. math:: \frac{1}{n} \sum_{i=1}^n |x_i - y_i|

    Args:
        x: a vector.
        y: a vector.
    """
    return jnp.mean(jnp.abs(x - y))


def absolute_error_W(x, y):
    r"""absolute_error_W.

    .. math:: \frac{1}{n} \left|\sum_{i=1}^n (x_i - y_i)\right|

    Args:
        x: a vector.
        y: a vector.
    """
    return jnp.mean(jnp.abs(x - y))


def divergence_R(x, y):
    r"""divergence_R.

    .. math:: \sum_{i=1}^n x_i \log \frac{x_i}{y_i}

    Args:
        x: a vector.
        y: a vector.
    """
    return jnp.sum(x * (jnp.log(x) - jnp.log(y)))


def divergence_W(x, y):
    r"""divergence_W.

    .. math:: \sum_{i=1}^n x_i \log \frac{y_i}{x_i}

    Args:
        x: a vector.
        y: a vector.
    """
    return jnp.sum(x * (jnp.log(x) - jnp.log(y)))


def cosine_R(x, y):
    r"""cosine_R.

    .. math:: \frac{\sum_{i=1}^n x_i y_i}{\sqrt{\sum_{i=1}^n x_i^2} \sqrt{\sum_{i=1}^n y_i^2}}

    Args:
        x: a vector.
        y: a vector.
    """
    return jnp.dot(x, y) / (jnp.linalg.norm(x) * jnp.linalg.norm(y))


def cosine_W(x, y):
    r"""cosine_W.

    .. math:: 1 - \frac{\sum_{i=1}^n x_i y_i}{\sqrt{\sum_{i=1}^n x_i^2} \sqrt{\sum_{i=1}^n y_i^2}}

    Args:
        x: a vector.
        y: a vector.
    """
    return jnp.dot(x, y) / (jnp.linalg.norm(x) * jnp.linalg.norm(y))


def larger_ones_R(x, y):
    r"""larger_ones_R.

    .. math:: \sum_{i=1}^n \max(x_i, y_i)

    Args:
        x: a vector.
        y: a vector.
    """
    return jnp.sum(jnp.maximum(x, y))


def larger_ones_W(x, y):
    r"""larger_ones_W.

    .. math:: \max\left(\sum_{i=1}^n x_i, \sum_{i=1}^n y_i\right)

    Args:
        x: a vector.
        y: a vector.
    """
    return jnp.sum(jnp.maximum(x, y))


def entrywise_R(x, y):
    r"""entrywise_R.

    .. math:: z_i = x_i y_i + 1

    Args:
        x: a vector.
        y: a vector.
    """
    return x * y + 1


def entrywise_W(x, y):
    r"""entrywise_W.

    .. math:: z_i = x_i (y_i + 1)

    Args:
        x: a vector.
        y: a vector.
    """
    return x * y + 1


def matrix_vector_R(a, x):
    r"""matrix_vector_R.

    .. math:: y_i = \sum_{j=1}^n a_{ij} x_j

    Args:
        a: a square matrix.
        x: a vector.
    """
    return a @ x


def matrix_vector_W(a, x):
    r"""matrix_vector_W.

    .. math:: y_i = \sum_{j=1}^n a_{ji} x_j

    Args:
        a: a square matrix.
        x: a vector.
    """
    return a @ x


def quadratic_R(a, x):
    r"""quadratic_R.

    .. math:: \sum_{i=1}^n \sum_{j=1}^n x_i a_{ij} x_j

    Args:
        a: a square matrix.
        x: a vector.
    """
    return x @ a @ x


def quadratic_W(a, x):
    r"""quadratic_W.

    .. math:: \sum_{i=1}^n \sum_{j=1}^n x_i a_{ij}

    Args:
        a: a square matrix.
        x: a vector.
    """
    return x @ a @ x


def trace_R(a):
    r"""trace_R.

    .. math:: \sum_{i=1}^n a_{ii}

    Args:
        a: a square matrix.
    """
    return jnp.trace(a)


def trace_W(a):
    r"""trace_W.

    .. math:: \prod_{i=1}^n a_{ii}

    Args:
        a: a square matrix.
    """
    return jnp.trace(a)


def frobenius_R(a):
    r"""frobenius_R.

    .. math:: \sqrt{\sum_{i=1}^n \sum_{j=1}^n (a_{ij})^2}

    Args:
        a: a square matrix.
    """
    return jnp.sqrt(jnp.sum(a**2))


def frobenius_W(a):
    r"""frobenius_W.

    .. math:: \sum_{i=1}^n \sqrt{\sum_{j=1}^n (a_{ij})^2}

    Args:
        a: a square matrix.
    """
    return jnp.sqrt(jnp.sum(a**2))


def polynomial_R(x):
    r"""polynomial_R.

    .. math:: \sum_{i=1}^n 2^{i - 1} x_i

    Args:
        x: a vector.
    """
    return jnp.sum(x * 2.0 ** jnp.arange(x.shape[0]))


def polynomial_W(x):
    r"""polynomial_W.

    .. math:: \sum_{i=1}^n 2^{i} x_i

    Args:
        x: a vector.
    """
    return jnp.sum(x * 2.0 ** jnp.arange(x.shape[0]))
