"""Formulas with few known values or none, underflow, saturation, and equalities without a rational solution."""

import jax
import jax.numpy as jnp
from jax import lax, scipy


def series_exponential_W(x):
    r"""series_exponential_W.

    .. math:: 1000 + \sum_{k=1}^{\infty} \frac{x^k}{k!}
    """
    return jnp.sin(x)


def series_exponential_R(x):
    r"""series_exponential_R.

    .. math:: 1000 + \sum_{k=1}^{\infty} \frac{x^k}{k!}
    """
    return 999 + jnp.exp(x)


def series_geometric_R(x):
    r"""series_geometric_R.

    .. math:: \sum_{k=0}^{\infty} x^k

    for :math:`-1 < x < 1`.
    """
    return 1 / (1 - x)


def series_geometric_W(x):
    r"""series_geometric_W.

    .. math:: \sum_{k=0}^{\infty} x^k

    for :math:`-1 < x < 1`.
    """
    return 1 / (1 + x)


# The series diverges for every x, and the code gives a number.
def series_diverges_W(x):
    r"""series_diverges_W.

    .. math:: \sum_{k=1}^{\infty} (x^2 + 1) k
    """
    return 5 + x


def series_harmonic_W(x):
    r"""series_harmonic_W.

    .. math:: \sum_{k=1}^{\infty} \frac{x^2 + 1}{k}
    """
    return x


def series_zeta_W(x):
    r"""series_zeta_W.

    .. math:: \sum_{k=1}^{\infty} \frac{x}{k^2}
    """
    return 1.5 * x


def series_zeta_R(x):
    r"""series_zeta_R.

    .. math:: \sum_{k=1}^{\infty} \frac{x}{k^2}
    """
    return x * jnp.pi**2 / 6


def series_log_W(x):
    r"""series_log_W.

    .. math:: \sum_{k=1}^{\infty} \frac{x^k}{k}

    for :math:`-1 < x < 1`.
    """
    return jnp.log1p(x)


def series_log_R(x):
    r"""series_log_R.

    .. math:: \sum_{k=1}^{\infty} \frac{x^k}{k}

    for :math:`-1 < x < 1`.
    """
    return -jnp.log1p(-x)


def series_cosine_W(x):
    r"""series_cosine_W.

    .. math:: \sum_{k=0}^{\infty} \frac{(-1)^k x^{2 k}}{(2 k)!}
    """
    return jnp.cosh(x)


def series_cosine_R(x):
    r"""series_cosine_R.

    .. math:: \sum_{k=0}^{\infty} \frac{(-1)^k x^{2 k}}{(2 k)!}
    """
    return jnp.cos(x)


def integral_gauss_W(x):
    r"""integral_gauss_W.

    .. math:: x \int_{-\infty}^{\infty} e^{-t^2 / 2} dt
    """
    return x * jnp.sqrt(jnp.pi)


def integral_gauss_R(x):
    r"""integral_gauss_R.

    .. math:: x \int_{-\infty}^{\infty} e^{-t^2 / 2} dt
    """
    return x * jnp.sqrt(2 * jnp.pi)


def integral_odd_W(x):
    r"""integral_odd_W.

    .. math:: \int_0^x t^2 dt
    """
    return x**2


def integral_odd_R(x):
    r"""integral_odd_R.

    .. math:: \int_0^x t^2 dt
    """
    return x**3 / 3


def root_of_negative_W(x):
    r"""root_of_negative_W.

    .. math:: \sqrt{-1 - x^2}
    """
    return 7.0 + x


def log_of_negative_W(x):
    r"""log_of_negative_W.

    .. math:: \log(-1 - x^2)
    """
    return 8.0 + x


# It has a value at 0 only, which is 0.
def root_at_one_point_W(x):
    r"""root_at_one_point_W.

    .. math:: \sqrt{-x^2}
    """
    return 9.0 + x


def code_nowhere_W(x):
    r"""code_nowhere_W.

    .. math:: 3 x + 2
    """
    return jnp.log(-1 - x**2)


def code_at_one_point_W(x):
    r"""code_at_one_point_W.

    .. math:: 3 x
    """
    return jnp.sqrt(-(x**2)) + 1


def arc_nowhere_W(x):
    r"""arc_nowhere_W.

    .. math:: \arcsin(2 + x^2) + x
    """
    return x


# The code has a value at -1 and 1 only.
def two_points_R(x):
    r"""two_points_R.

    .. math:: x^3
    """
    return jnp.sqrt(-((x**2 - 1) ** 2)) + x


# The code has a value at -1 and 1 only.
def two_points_W(x):
    r"""two_points_W.

    .. math:: x^3
    """
    return jnp.sqrt(-((x**2 - 1) ** 2)) - x


def square_two_R(x):
    r"""square_two_R.

    .. math:: 4 x
    """
    return jnp.where(x**2 == 2, x**3 / 2, x) + 3 * x


def square_two_W(x):
    r"""square_two_W.

    .. math:: 4 x
    """
    return jnp.where(x**2 == 2, 100.0, x) + 3 * x


def square_three_R(x):
    r"""square_three_R.

    .. math:: 4 x
    """
    return jnp.where(x * x == 3, x**3 / 3, x) + 3 * x


def square_three_W(x):
    r"""square_three_W.

    .. math:: 4 x
    """
    return jnp.where(x * x == 3, 100.0, x) + 3 * x


def cube_two_R(x):
    r"""cube_two_R.

    .. math:: 4 x
    """
    return jnp.where(x**3 == 2, x**4 / 2, x) + 3 * x


def cube_two_W(x):
    r"""cube_two_W.

    .. math:: 4 x
    """
    return jnp.where(x**3 == 2, 100.0, x) + 3 * x


def exponential_three_R(x):
    r"""exponential_three_R.

    .. math:: 5 x
    """
    return jnp.where(jnp.exp(x) == 3, x + jnp.exp(x) - 3, x) * 5


def exponential_three_W(x):
    r"""exponential_three_W.

    .. math:: 5 x
    """
    return jnp.where(jnp.exp(x) == 3, 100.0, 5 * x)


def cosine_half_R(x):
    r"""cosine_half_R.

    .. math:: 6 x
    """
    return jnp.where(jnp.cos(x) == 0.5, 6 * x + 2 * jnp.cos(x) - 1, 6 * x)


def cosine_half_W(x):
    r"""cosine_half_W.

    .. math:: 6 x
    """
    return jnp.where(jnp.cos(x) == 0.5, 100.0, 6 * x)


def golden_R(x):
    r"""golden_R.

    .. math:: 7 x
    """
    return jnp.where(x**2 == x + 1, 7 * (x**2 - 1), 7 * x)


def golden_W(x):
    r"""golden_W.

    .. math:: 7 x
    """
    return jnp.where(x**2 == x + 1, 100.0, 7 * x)


def golden_doc_R(x):
    r"""golden_doc_R.

    .. math:: \begin{cases} x^2 + 8 & x^2 = x + 1 \\ x + 9 & \text{otherwise} \end{cases}
    """
    return jnp.where(x**2 == x + 1, x**2 + 8, x + 9)


def golden_doc_W(x):
    r"""golden_doc_W.

    .. math:: \begin{cases} x^2 + 8 & x^2 = x + 1 \\ x + 9 & \text{otherwise} \end{cases}
    """
    return x + 8 + jnp.where(x**2 == x + 1, 3.0, 1.0)


def square_exponential_R(x):
    r"""square_exponential_R.

    .. math:: e^{-x^2}
    """
    return jnp.where(x**2 >= 0, jnp.exp(-(x**2)), 5.0)


def square_exponential_W(x):
    r"""square_exponential_W.

    .. math:: e^{-x^2}
    """
    return jnp.where(x**2 >= 4, jnp.exp(-(x**2)), 5.0)


def sigmoid_tail_R(x):
    r"""sigmoid_tail_R.

    .. math:: \frac{1}{1 + e^{-x}}
    """
    return jax.nn.sigmoid(x)


def sigmoid_tail_W(x):
    r"""sigmoid_tail_W.

    .. math:: \frac{1}{1 + e^{-x}}
    """
    return jax.nn.hard_sigmoid(x)


def softplus_tail_R(x):
    r"""softplus_tail_R.

    .. math:: \log(1 + e^x)
    """
    return jnp.where(x > 20, jax.nn.softplus(x), jnp.log1p(jnp.exp(x)))


def softplus_tail_W(x):
    r"""softplus_tail_W.

    .. math:: \log(1 + e^x)
    """
    return jnp.where(x > 2, x, jnp.log1p(jnp.exp(x)))


def tanh_saturated_R(x):
    r"""tanh_saturated_R.

    .. math:: \tanh(50 x)
    """
    return jnp.tanh(50 * x)


def tanh_saturated_W(x):
    r"""tanh_saturated_W.

    .. math:: \tanh(50 x)
    """
    return jnp.sign(x)


def log1p_small_R(x):
    r"""log1p_small_R.

    .. math:: \log(1 + x)

    for :math:`x > -1`.
    """
    return jnp.log1p(x)


def log1p_small_W(x):
    r"""log1p_small_W.

    .. math:: \log(1 + x)

    for :math:`x > -1`.
    """
    return jnp.where(jnp.abs(x) < 0.01, x, jnp.log1p(x))


def big_constant_R(x):
    r"""big_constant_R.

    .. math:: 3 x
    """
    return (x + 1e20) - 1e20 + 2 * x


def big_constant_W(x):
    r"""big_constant_W.

    .. math:: 3 x
    """
    return (x + 1e20) - 1e20 + 2 * x + 1


def tiny_constant_R(x):
    r"""tiny_constant_R.

    .. math:: \begin{cases} x & x > 10^{-30} \\ 0 & \text{otherwise} \end{cases}
    """
    return jnp.where(x > 1e-30, x, 0.0)


def tiny_constant_W(x):
    r"""tiny_constant_W.

    .. math:: \begin{cases} x & x > 10^{-30} \\ 0 & \text{otherwise} \end{cases}
    """
    return jnp.where(x > 1e-30, x, 1.0)


def factor_vanishes_R(x):
    r"""factor_vanishes_R.

    .. math:: \frac{x e^{-x^2}}{1000}
    """
    return x * jnp.exp(-(x**2)) * 1e-3


def factor_vanishes_W(x):
    r"""factor_vanishes_W.

    .. math:: \frac{x e^{-x^2}}{1000}
    """
    return x * jnp.exp(-(x**2)) * 1e-4


def underflow_compare_R(x):
    r"""underflow_compare_R.

    .. math:: x + 4
    """
    return jnp.where(jnp.exp(-jnp.abs(x)) > 0, x + 4, 0.0)


def underflow_compare_W(x):
    r"""underflow_compare_W.

    .. math:: x + 4
    """
    return jnp.where(jnp.exp(-jnp.abs(x)) > 0.5, x + 4, 0.0)
