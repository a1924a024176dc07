"""Infinities and values that are documented as undefined."""

import jax
import jax.numpy as jnp
from jax import lax


def barrier_R(x):
    r"""barrier_R.

    .. math:: \begin{cases} -\log x & x > 0 \\ \infty & \text{otherwise} \end{cases}
    """
    return jnp.where(x > 0, -jnp.log(jnp.where(x > 0, x, 1.0)), jnp.inf)


def barrier_W(x):
    r"""barrier_W.

    .. math:: \begin{cases} \log x & x > 0 \\ \infty & \text{otherwise} \end{cases}
    """
    return jnp.where(x > 0, -jnp.log(jnp.where(x > 0, x, 1.0)), jnp.inf)


def support_R(x):
    r"""support_R.

    .. math:: \begin{cases} -x & x \ge 0 \\ -\infty & \text{otherwise} \end{cases}
    """
    return jnp.where(x >= 0, -x, -jnp.inf)


def support_W(x):
    r"""support_W.

    .. math:: \begin{cases} -2 x & x \ge 0 \\ -\infty & \text{otherwise} \end{cases}
    """
    return jnp.where(x >= 0, -x, -jnp.inf)


# Minus infinity is documented, and a number is another answer.
def support_sign_R(x):
    r"""support_sign_R.

    .. math:: \begin{cases} 1 - x & x \ge 0 \\ -\infty & \text{otherwise} \end{cases}
    """
    return jnp.where(x >= 0, 1 - x, -jnp.inf)


# Minus infinity is documented, and a number is another answer.
def support_sign_W(x):
    r"""support_sign_W.

    .. math:: \begin{cases} 1 - x & x \ge 0 \\ -\infty & \text{otherwise} \end{cases}
    """
    return jnp.where(x >= 0, 1 - x, 0.0)


# Minus infinity is documented, and a number is another answer.
def support_sign2_W(x):
    r"""support_sign2_W.

    .. math:: \begin{cases} 1 - x & x \ge 0 \\ -\infty & \text{otherwise} \end{cases}
    """
    return jnp.where(x >= 1, 1 - x, -jnp.inf)


def support_infinite_R(x):
    r"""support_infinite_R.

    .. math:: \begin{cases} 2 - x & x \ge 0 \\ -\infty & \text{otherwise} \end{cases}
    """
    return jnp.where(x >= 0, 2 - x, -jnp.inf)


def support_infinite_W(x):
    r"""support_infinite_W.

    .. math:: \begin{cases} 2 - x & x \ge 0 \\ -\infty & \text{otherwise} \end{cases}
    """
    return jnp.where(x >= 0, 2 - x, jnp.inf)


def uniform_log_R(x):
    r"""uniform_log_R.

    .. math:: \begin{cases} -\log 2 & 0 \le x \le 2 \\ -\infty & \text{otherwise} \end{cases}
    """
    return jnp.where((x >= 0) & (x <= 2), -jnp.log(2.0), -jnp.inf)


def uniform_log_W(x):
    r"""uniform_log_W.

    .. math:: \begin{cases} -\log 2 & 0 \le x \le 2 \\ -\infty & \text{otherwise} \end{cases}
    """
    return jnp.where((x >= 0) & (x <= 2), jnp.log(2.0), -jnp.inf)


# The code passes log(0), which is minus infinity.
def log_density_R(x):
    r"""log_density_R.

    .. math:: \begin{cases} -x & x \ge 0 \\ -\infty & \text{otherwise} \end{cases}
    """
    return jnp.log(jnp.where(x >= 0, jnp.exp(-x), 0.0))


# The code passes log(0), which is minus infinity.
def log_density_W(x):
    r"""log_density_W.

    .. math:: \begin{cases} -x & x \ge 0 \\ -\infty & \text{otherwise} \end{cases}
    """
    return jnp.log(jnp.where(x >= 0, jnp.exp(-2 * x), 0.0))


def log_density_ends_R(x):
    r"""log_density_ends_R.

    .. math:: \begin{cases} \log 2 & x > 1 \\ -\infty & \text{otherwise} \end{cases}
    """
    return jnp.log(jnp.where(x > 1, 2.0, 0.0))


def log_density_ends_W(x):
    r"""log_density_ends_W.

    .. math:: \begin{cases} \log 2 & x > 1 \\ -\infty & \text{otherwise} \end{cases}
    """
    return jnp.log(jnp.where(x >= 1, 2.0, 0.0))


def pmf_R(k: int, p):
    r"""pmf_R.

    .. math:: \begin{cases} p & k = 1 \\ 1 - p & k = 0 \\ 0 & \text{otherwise} \end{cases}
    """
    return jnp.where(k == 1, p, jnp.where(k == 0, 1 - p, 0.0))


def pmf_W(k: int, p):
    r"""pmf_W.

    .. math:: \begin{cases} p & k = 1 \\ 1 - p & k = 0 \\ 0 & \text{otherwise} \end{cases}
    """
    return jnp.where(k == 1, p, jnp.where(k == 0, 1 - p, 1.0))


def log_pmf_R(k: int, p):
    r"""log_pmf_R.

    .. math:: \begin{cases} \log p & k = 1 \\ \log(1 - p) & k = 0 \\ -\infty & \text{otherwise} \end{cases}

    for :math:`0 < p < 1`.
    """
    return jnp.where(k == 1, jnp.log(p), jnp.where(k == 0, jnp.log1p(-p), -jnp.inf))


def log_pmf_W(k: int, p):
    r"""log_pmf_W.

    .. math:: \begin{cases} \log p & k = 1 \\ \log(1 - p) & k = 0 \\ -\infty & \text{otherwise} \end{cases}

    for :math:`0 < p < 1`.
    """
    return jnp.where(k == 1, jnp.log(p), jnp.where(k == 0, jnp.log1p(-p), 0.0))


def log_geometric_R(k: int, p):
    r"""log_geometric_R.

    .. math:: \begin{cases} \log(p (1 - p)^{k - 1}) & k \ge 1 \\ -\infty & \text{otherwise} \end{cases}

    for :math:`0 < p < 1`.
    """
    return jnp.where(k >= 1, (k - 1) * jnp.log1p(-p) + jnp.log(p), -jnp.inf)


def log_geometric_W(k: int, p):
    r"""log_geometric_W.

    .. math:: \begin{cases} \log(p (1 - p)^{k - 1}) & k \ge 1 \\ -\infty & \text{otherwise} \end{cases}

    for :math:`0 < p < 1`.
    """
    return jnp.where(k >= 0, (k - 1) * jnp.log1p(-p) + jnp.log(p), -jnp.inf)


def hinge_infinite_R(x):
    r"""hinge_infinite_R.

    .. math:: \begin{cases} x & x \le 3 \\ \infty & \text{otherwise} \end{cases}
    """
    return jnp.where(x <= 3, x, jnp.inf)


def hinge_infinite_W(x):
    r"""hinge_infinite_W.

    .. math:: \begin{cases} x & x \le 3 \\ \infty & \text{otherwise} \end{cases}
    """
    return jnp.where(x < 3, x, jnp.inf)


def not_a_number_R(x):
    r"""not_a_number_R.

    .. math:: \sqrt{x}
    """
    return jnp.where(x >= 0, jnp.sqrt(x), jnp.nan)


def not_a_number_W(x):
    r"""not_a_number_W.

    .. math:: \sqrt{x}
    """
    return jnp.where(x >= 0, jnp.sqrt(x) + 1, jnp.nan)


def inverse_square_R(x):
    r"""inverse_square_R.

    .. math:: x^{-2}
    """
    return 1 / x**2


def inverse_square_W(x):
    r"""inverse_square_W.

    .. math:: x^{-2}
    """
    return 1 / x**2 + 1


def half_infinite_R(x):
    r"""half_infinite_R.

    .. math:: 2 x
    """
    return 2 * jnp.minimum(x, jnp.inf)


def half_infinite_W(x):
    r"""half_infinite_W.

    .. math:: 2 x
    """
    return 2 * jnp.minimum(x, 100.0)


def max_of_infinity_R(x):
    r"""max_of_infinity_R.

    .. math:: 3 x
    """
    return 3 * jnp.maximum(x, -jnp.inf)


def max_of_infinity_W(x):
    r"""max_of_infinity_W.

    .. math:: 3 x
    """
    return 3 * jnp.maximum(x, -100.0)


def exp_of_infinity_R(x):
    r"""exp_of_infinity_R.

    .. math:: \begin{cases} e^{-x} & x > 0 \\ 0 & \text{otherwise} \end{cases}
    """
    return jnp.exp(jnp.where(x > 0, -x, -jnp.inf))


def exp_of_infinity_W(x):
    r"""exp_of_infinity_W.

    .. math:: \begin{cases} e^{-x} & x > 0 \\ 0 & \text{otherwise} \end{cases}
    """
    return jnp.exp(jnp.where(x >= 0, -x, -jnp.inf))


def inverse_infinity_R(x):
    r"""inverse_infinity_R.

    .. math:: \begin{cases} \frac{1}{x} & x > 0 \\ 0 & \text{otherwise} \end{cases}
    """
    return 1 / jnp.where(x > 0, x, jnp.inf)


def inverse_infinity_W(x):
    r"""inverse_infinity_W.

    .. math:: \begin{cases} \frac{1}{x} & x > 0 \\ 0 & \text{otherwise} \end{cases}
    """
    return 1 / jnp.where(x > -1, x, jnp.inf)


def tanh_infinity_R(x):
    r"""tanh_infinity_R.

    .. math:: \begin{cases} 1 & x > 0 \\ -1 & \text{otherwise} \end{cases}
    """
    return jnp.tanh(jnp.where(x > 0, jnp.inf, -jnp.inf))


def tanh_infinity_W(x):
    r"""tanh_infinity_W.

    .. math:: \begin{cases} 1 & x > 0 \\ -1 & \text{otherwise} \end{cases}
    """
    return jnp.tanh(jnp.where(x > 1, jnp.inf, -jnp.inf))


def isfinite_of_R(x):
    r"""isfinite_of_R.

    .. math:: x + 1
    """
    return jnp.where(jnp.isfinite(x), x + 1, 0.0)


def isfinite_of_W(x):
    r"""isfinite_of_W.

    .. math:: x + 1
    """
    return jnp.where(jnp.isfinite(x), x + 2, 0.0)


# log(0) is minus infinity and not nan; for x < 0 it is nan.
def isnan_of_R(x):
    r"""isnan_of_R.

    .. math:: \max(x, 0)
    """
    return jnp.where(jnp.isnan(jnp.log(x)), 0.0, x)


# log(0) is minus infinity and not nan; for x < 0 it is nan.
def isnan_of_W(x):
    r"""isnan_of_W.

    .. math:: \max(x, 0)
    """
    return jnp.where(jnp.isnan(jnp.log(x)), 1.0, x)


def isinf_of_R(x):
    r"""isinf_of_R.

    .. math:: \begin{cases} 5 & x = 0 \\ x & \text{otherwise} \end{cases}
    """
    return jnp.where(jnp.isinf(1 / jnp.abs(x)), 5.0, x)


def isinf_of_W(x):
    r"""isinf_of_W.

    .. math:: \begin{cases} 5 & x = 0 \\ x & \text{otherwise} \end{cases}
    """
    return jnp.where(jnp.isinf(1 / jnp.abs(x)), 6.0, x)


def nan_to_num_R(x):
    r"""nan_to_num_R.

    .. math:: \begin{cases} \sqrt{x} & x \ge 0 \\ 0 & \text{otherwise} \end{cases}
    """
    return jnp.nan_to_num(jnp.sqrt(x), nan=0.0)


def nan_to_num_W(x):
    r"""nan_to_num_W.

    .. math:: \begin{cases} \sqrt{x} & x \ge 0 \\ 0 & \text{otherwise} \end{cases}
    """
    return jnp.nan_to_num(jnp.sqrt(x), nan=1.0)


def log_add_R(x, y):
    r"""log_add_R.

    .. math:: \log(e^x + e^y)
    """
    return jnp.logaddexp(x, y)


def log_add_W(x, y):
    r"""log_add_W.

    .. math:: \log(e^x + e^y)
    """
    return jnp.logaddexp2(x, y)


def limit_row_R(x):
    r"""limit_row_R.

    .. math:: \begin{cases} \frac{e^x - 1}{x} & x \ne 0 \\ 1 & \text{otherwise} \end{cases}
    """
    return jnp.where(x == 0, 1.0, jnp.expm1(x) / jnp.where(x == 0, 1.0, x))


def limit_row_W(x):
    r"""limit_row_W.

    .. math:: \begin{cases} \frac{e^x - 1}{x} & x \ne 0 \\ 1 & \text{otherwise} \end{cases}
    """
    return jnp.where(x == 0, 0.0, jnp.expm1(x) / jnp.where(x == 0, 1.0, x))
