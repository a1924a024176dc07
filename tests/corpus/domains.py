"""Formulas that have no value everywhere, or for a share of their inputs only in one row."""

import jax
import jax.numpy as jnp
from jax import lax


def xlogx_R(x):
    r"""xlogx_R.

    .. math:: \begin{cases} x \log x & x > 0 \\ 0 & x \le 0 \end{cases}
    """
    return jnp.where(x > 0, x * jnp.log(jnp.where(x > 0, x, 1.0)), 0.0)


def xlogx_W(x):
    r"""xlogx_W.

    .. math:: \begin{cases} x \log x & x > 0 \\ 1 & x \le 0 \end{cases}
    """
    return jnp.where(x > 0, x * jnp.log(jnp.where(x > 0, x, 1.0)), 0.0)


def sinc_R(x):
    r"""sinc_R.

    .. math:: \begin{cases} \frac{\sin x}{x} & x \ne 0 \\ 1 & \text{otherwise} \end{cases}
    """
    return jnp.where(x == 0, 1.0, jnp.sin(x) / jnp.where(x == 0, 1.0, x))


def sinc_W(x):
    r"""sinc_W.

    .. math:: \begin{cases} \frac{\sin x}{x} & x \ne 0 \\ 0 & \text{otherwise} \end{cases}
    """
    return jnp.where(x == 0, 1.0, jnp.sin(x) / jnp.where(x == 0, 1.0, x))


def inverse_or_zero_R(x):
    r"""inverse_or_zero_R.

    .. math:: \begin{cases} \frac{1}{x} & x \ne 0 \\ 0 & \text{otherwise} \end{cases}
    """
    return jnp.where(x == 0, 0.0, 1 / jnp.where(x == 0, 1.0, x))


def inverse_or_zero_W(x):
    r"""inverse_or_zero_W.

    .. math:: \begin{cases} \frac{1}{x} & x \ne 0 \\ 1 & \text{otherwise} \end{cases}
    """
    return jnp.where(x == 0, 0.0, 1 / jnp.where(x == 0, 1.0, x))


def root_or_zero_R(x):
    r"""root_or_zero_R.

    .. math:: \begin{cases} \sqrt{x} & x \ge 0 \\ 0 & \text{otherwise} \end{cases}
    """
    return jnp.where(x >= 0, jnp.sqrt(jnp.where(x >= 0, x, 0.0)), 0.0)


def root_or_zero_W(x):
    r"""root_or_zero_W.

    .. math:: \begin{cases} \sqrt{x} & x \ge 0 \\ x & \text{otherwise} \end{cases}
    """
    return jnp.where(x >= 0, jnp.sqrt(jnp.where(x >= 0, x, 0.0)), 0.0)


def log_or_linear_R(x):
    r"""log_or_linear_R.

    .. math:: \begin{cases} \log x & x > 1 \\ x - 1 & \text{otherwise} \end{cases}
    """
    return jnp.where(x > 1, jnp.log(jnp.where(x > 1, x, 1.0)), x - 1)


def log_or_linear_W(x):
    r"""log_or_linear_W.

    .. math:: \begin{cases} \log x & x > 1 \\ 1 - x & \text{otherwise} \end{cases}
    """
    return jnp.where(x > 1, jnp.log(jnp.where(x > 1, x, 1.0)), x - 1)


def elu_R(x):
    r"""elu_R.

    .. math:: \begin{cases} x & x > 0 \\ e^x - 1 & \text{otherwise} \end{cases}
    """
    return jnp.where(x > 0, x, jnp.expm1(x))


def elu_W(x):
    r"""elu_W.

    .. math:: \begin{cases} x & x > 0 \\ e^x & \text{otherwise} \end{cases}
    """
    return jnp.where(x > 0, x, jnp.expm1(x))


def power_row_R(x, p):
    r"""power_row_R.

    .. math:: \begin{cases} x^p & x > 0 \\ -1 & \text{otherwise} \end{cases}
    """
    return jnp.where(x > 0, jnp.where(x > 0, x, 1.0) ** p, -1.0)


def power_row_W(x, p):
    r"""power_row_W.

    .. math:: \begin{cases} x^p & x > 0 \\ 1 & \text{otherwise} \end{cases}
    """
    return jnp.where(x > 0, jnp.where(x > 0, x, 1.0) ** p, -1.0)


# The power is defined for every p.
def positive_base_R(t, p):
    r"""positive_base_R.

    .. math:: (1 + t^2)^{\max(p, 0)}
    """
    return jnp.where(p > 0, (1 + t**2) ** p, 1.0)


# The power is defined for every p.
def positive_base_W(t, p):
    r"""positive_base_W.

    .. math:: (1 + t^2)^p
    """
    return jnp.where(p > 0, (1 + t**2) ** p, 1.0)


def positive_base_exp_R(x, p):
    r"""positive_base_exp_R.

    .. math:: (2 + \cos x)^p
    """
    return jnp.exp(p * jnp.log(2 + jnp.cos(x)))


def positive_base_exp_W(x, p):
    r"""positive_base_exp_W.

    .. math:: (2 + \cos x)^{|p|}
    """
    return jnp.exp(p * jnp.log(2 + jnp.cos(x)))


def base_e_R(x, p):
    r"""base_e_R.

    .. math:: \begin{cases} 1 & p < 0 \\ e^{x p} & p \ge 0 \end{cases}
    """
    return jnp.where(p < 0, 1.0, jnp.exp(x * p))


def base_e_W(x, p):
    r"""base_e_W.

    .. math:: e^{x p}
    """
    return jnp.where(p < 0, 1.0, jnp.exp(x * p))


def base_two_R(p):
    r"""base_two_R.

    .. math:: \begin{cases} 2^p & p \ge 0 \\ 0 & \text{otherwise} \end{cases}
    """
    return jnp.where(p < 0, 0.0, 2.0**p)


def base_two_W(p):
    r"""base_two_W.

    .. math:: 2^p
    """
    return jnp.where(p < 0, 0.0, 2.0**p)


def base_abs_R(x, p):
    r"""base_abs_R.

    .. math:: \begin{cases} (|x| + 1)^p & p \ge 0 \\ 3 & \text{otherwise} \end{cases}
    """
    return jnp.where(p < 0, 3.0, (jnp.abs(x) + 1) ** p)


def base_abs_W(x, p):
    r"""base_abs_W.

    .. math:: (|x| + 1)^p
    """
    return jnp.where(p < 0, 3.0, (jnp.abs(x) + 1) ** p)


def sigma_positive_R(x, sigma):
    r"""sigma_positive_R.

    .. math:: \frac{x}{|\sigma|}
    """
    return x / jnp.abs(sigma)


def sigma_positive_W(x, sigma):
    r"""sigma_positive_W.

    .. math:: \frac{x}{\sigma}
    """
    return x / jnp.abs(sigma)


def gauss_density_R(x, sigma):
    r"""gauss_density_R.

    .. math:: \frac{1}{\sigma \sqrt{2 \pi}} e^{-\frac{x^2}{2 \sigma^2}}
    """
    return jnp.exp(-(x**2) / (2 * sigma**2)) / (sigma * jnp.sqrt(2 * jnp.pi))


def gauss_density_W(x, sigma):
    r"""gauss_density_W.

    .. math:: \frac{1}{\sigma \sqrt{2 \pi}} e^{-\frac{x^2}{\sigma^2}}
    """
    return jnp.exp(-(x**2) / (2 * sigma**2)) / (sigma * jnp.sqrt(2 * jnp.pi))


def root_of_square_R(x):
    r"""root_of_square_R.

    .. math:: |x|
    """
    return jnp.sqrt(x**2)


def root_of_square_W(x):
    r"""root_of_square_W.

    .. math:: \max(x, 0)
    """
    return jnp.sqrt(x**2)


def log_of_square_R(x):
    r"""log_of_square_R.

    .. math:: 2 \log |x|
    """
    return jnp.log(x**2)


def log_of_square_W(x):
    r"""log_of_square_W.

    .. math:: 2 + 2 \log |x|
    """
    return jnp.log(x**2)


def log_of_square_half_R(x):
    r"""log_of_square_half_R.

    .. math:: \log(x^2) + \begin{cases} 1 & x < 0 \\ 0 & x \ge 0 \end{cases}
    """
    return jnp.log(x**2) + jnp.where(x < 0, 1.0, 0.0)


def log_of_square_half_W(x):
    r"""log_of_square_half_W.

    .. math:: \log(x^2)
    """
    return jnp.log(x**2) + jnp.where(x < 0, 1.0, 0.0)


def cancelled_R(x):
    r"""cancelled_R.

    .. math:: x + 1
    """
    return (x**2 - 1) / (x - 1)


def cancelled_W(x):
    r"""cancelled_W.

    .. math:: x - 1
    """
    return (x**2 - 1) / (x - 1)


def cube_root_R(x):
    r"""cube_root_R.

    .. math:: \begin{cases} x^{1/3} & x \ge 0 \\ -(-x)^{1/3} & x < 0 \end{cases}
    """
    return jnp.cbrt(x)


def cube_root_W(x):
    r"""cube_root_W.

    .. math:: \begin{cases} x^{1/3} & x \ge 0 \\ (-x)^{1/3} & x < 0 \end{cases}
    """
    return jnp.cbrt(x)


def power_law_R(x, a):
    r"""power_law_R.

    .. math:: x^{-a}

    for :math:`x > 0`.
    """
    return x ** (-a)


def power_law_W(x, a):
    r"""power_law_W.

    .. math:: x^{a}

    for :math:`x > 0`.
    """
    return x ** (-a)


def log_ratio_R(x, y):
    r"""log_ratio_R.

    .. math:: \log \frac{x}{y}

    for :math:`x > 0` and :math:`y > 0`.
    """
    return jnp.log(x) - jnp.log(y)


def log_ratio_W(x, y):
    r"""log_ratio_W.

    .. math:: \frac{\log x}{\log y}

    for :math:`x > 0` and :math:`y > 0`.
    """
    return jnp.log(x) - jnp.log(y)


def condition_used_R(x):
    r"""condition_used_R.

    .. math:: x^2

    for :math:`x > 0`.
    """
    return x * jnp.abs(x)


def condition_used_W(x):
    r"""condition_used_W.

    .. math:: -x^2

    for :math:`x > 0`.
    """
    return x * jnp.abs(x)


def condition_kept_R(x):
    r"""condition_kept_R.

    .. math:: 2 x

    for :math:`x > 0`.
    """
    return x + jnp.abs(x)


def condition_kept_W(x):
    r"""condition_kept_W.

    .. math:: 2 x + 1

    for :math:`x > 0`.
    """
    return x + jnp.abs(x)


def condition_edge_R(x):
    r"""condition_edge_R.

    .. math:: x^2

    for :math:`x \ge 1`.
    """
    return jnp.where(x >= 1, x**2, x)


def condition_edge_W(x):
    r"""condition_edge_W.

    .. math:: x^2

    for :math:`x \ge 1`.
    """
    return jnp.where(x > 1, x**2, -x)


def condition_between_R(x):
    r"""condition_between_R.

    .. math:: x^3

    for :math:`0 \le x \le 1`.
    """
    return jnp.where(x < 0, -1.0, jnp.where(x > 1, -1.0, x**3))


def condition_between_W(x):
    r"""condition_between_W.

    .. math:: x^3

    for :math:`0 \le x \le 1`.
    """
    return jnp.where(x < 0, -1.0, jnp.where(x >= 1, -1.0, x**3))


def condition_far_R(x):
    r"""condition_far_R.

    .. math:: 2 x

    for :math:`x > 10`.
    """
    return jnp.where(x > 10, 2 * x, 0.0)


def condition_far_W(x):
    r"""condition_far_W.

    .. math:: 2 x

    for :math:`x > 10`.
    """
    return jnp.where(x > 20, 2 * x, 0.0)


def condition_two_R(x, y):
    r"""condition_two_R.

    .. math:: x - y

    for :math:`x > y`.
    """
    return jnp.where(x > y, x - y, 0.0)


def condition_two_W(x, y):
    r"""condition_two_W.

    .. math:: x - y

    for :math:`x > y`.
    """
    return jnp.where(x > 2 * y, x - y, 0.0)


def unit_interval_R(p):
    r"""unit_interval_R.

    .. math:: -p \log p - (1 - p) \log(1 - p)

    for :math:`0 < p < 1`.
    """
    return -p * jnp.log(p) - (1 - p) * jnp.log(1 - p)


def unit_interval_W(p):
    r"""unit_interval_W.

    .. math:: -p \log p - (1 - p) \log(1 - p)

    for :math:`0 < p < 1`.
    """
    return -p * jnp.log(p) - (1 - p) * jnp.log(1 + p)


def logit_R(p):
    r"""logit_R.

    .. math:: \log \frac{p}{1 - p}

    for :math:`0 < p < 1`.
    """
    return jnp.log(p) - jnp.log1p(-p)


def logit_W(p):
    r"""logit_W.

    .. math:: \log \frac{p}{1 - p}

    for :math:`0 < p < 1`.
    """
    return jnp.log(p) - jnp.log1p(p)


def arc_cosine_R(x):
    r"""arc_cosine_R.

    .. math:: \frac{\pi}{2} + x

    for :math:`-1 \le x \le 1`.
    """
    return jnp.arccos(x) + jnp.arcsin(x) + x


def arc_cosine_W(x):
    r"""arc_cosine_W.

    .. math:: \frac{\pi}{2} + x

    for :math:`-1 \le x \le 1`.
    """
    return jnp.arccos(x) - jnp.arcsin(x) + x


def integer_condition_R(n: int):
    r"""integer_condition_R.

    .. math:: 2 n

    for :math:`n \ge 3`.
    """
    return jnp.where(n >= 3, 2 * n, -1)


def integer_condition_W(n: int):
    r"""integer_condition_W.

    .. math:: 2 n

    for :math:`n \ge 3`.
    """
    return jnp.where(n > 3, 2 * n, -1)
