"""Branches, and what happens at their ends."""

import jax
import jax.numpy as jnp
from jax import lax


def where_le_R(x):
    r"""where_le_R.

    .. math:: \begin{cases} x^2 & x \le 1 \\ 3 x & \text{otherwise} \end{cases}
    """
    return jnp.where(x <= 1, x**2, 3 * x)


def where_le_W(x):
    r"""where_le_W.

    .. math:: \begin{cases} x^2 & x < 1 \\ 3 x & \text{otherwise} \end{cases}
    """
    return jnp.where(x <= 1, x**2, 3 * x)


def where_ge_R(x):
    r"""where_ge_R.

    .. math:: \begin{cases} x + 4 & x \ge -0.5 \\ -x & \text{otherwise} \end{cases}
    """
    return jnp.where(x >= -0.5, x + 4, -x)


def where_ge_W(x):
    r"""where_ge_W.

    .. math:: \begin{cases} x + 4 & x > -0.5 \\ -x & \text{otherwise} \end{cases}
    """
    return jnp.where(x >= -0.5, x + 4, -x)


def cond_lt_R(x):
    r"""cond_lt_R.

    .. math:: \begin{cases} 5 x & x < 2 \\ x^2 + 1 & \text{otherwise} \end{cases}
    """
    return lax.cond(x < 2, lambda v: 5 * v, lambda v: v**2 + 1, x)


def cond_lt_W(x):
    r"""cond_lt_W.

    .. math:: \begin{cases} 5 x & x \le 2 \\ x^2 + 1 & \text{otherwise} \end{cases}
    """
    return lax.cond(x < 2, lambda v: 5 * v, lambda v: v**2 + 1, x)


def if_gt_R(x):
    r"""if_gt_R.

    .. math:: \begin{cases} 2 x & x > 0.25 \\ x - 7 & \text{otherwise} \end{cases}
    """
    if x > 0.25:
        return 2 * x
    return x - 7


def if_gt_W(x):
    r"""if_gt_W.

    .. math:: \begin{cases} 2 x & x \ge 0.25 \\ x - 7 & \text{otherwise} \end{cases}
    """
    if x > 0.25:
        return 2 * x
    return x - 7


def switch_R(n: int):
    r"""switch_R.

    .. math:: \begin{cases} 1 & n \le 0 \\ 4 & n = 1 \\ 9 & n \ge 2 \end{cases}
    """
    return lax.switch(jnp.clip(n, 0, 2), [lambda: 1.0, lambda: 4.0, lambda: 9.0])


def switch_W(n: int):
    r"""switch_W.

    .. math:: \begin{cases} 1 & n \le 0 \\ 4 & n = 1 \\ 9 & n = 2 \\ 16 & n \ge 3 \end{cases}
    """
    return lax.switch(jnp.clip(n, 0, 2), [lambda: 1.0, lambda: 4.0, lambda: 9.0])


def three_where_R(x):
    r"""three_where_R.

    .. math:: \begin{cases} -1 & x < -1 \\ x^3 & -1 \le x \le 1 \\ 1 & x > 1 \end{cases}
    """
    return jnp.where(x < -1, -1.0, jnp.where(x > 1, 1.0, x**3))


def three_where_W(x):
    r"""three_where_W.

    .. math:: \begin{cases} -1 & x < -1 \\ x^3 & -1 \le x \le 1 \\ x & x > 1 \end{cases}
    """
    return jnp.where(x < -1, -1.0, jnp.where(x > 1, 1.0, x**3))


def clip_R(x):
    r"""clip_R.

    .. math:: \min(\max(2 x, -1), 3)
    """
    return jnp.clip(2 * x, -1, 3)


def clip_W(x):
    r"""clip_W.

    .. math:: 2 \min(\max(x, -1), 3)
    """
    return jnp.clip(2 * x, -1, 3)


def clip_ends_R(x):
    r"""clip_ends_R.

    .. math:: x + \max(\min(x, 0.75), 0.25)
    """
    return jnp.clip(x, 0.25, 0.75) + x


def clip_ends_W(x):
    r"""clip_ends_W.

    .. math:: x + \max(\min(x, 0.75), 0.2)
    """
    return jnp.clip(x, 0.25, 0.75) + x


# The two differ where a > b.
def clip_crossed_R(x, a, b):
    r"""clip_crossed_R.

    .. math:: \min(\max(x, a), b)
    """
    return jnp.clip(x, a, b)


# The two differ where a > b.
def clip_crossed_W(x, a, b):
    r"""clip_crossed_W.

    .. math:: \max(\min(x, b), a)
    """
    return jnp.clip(x, a, b)


def truncated_R(x):
    r"""truncated_R.

    .. math:: \begin{cases} 10 x & 2 \le x < 3 \\ x - 1 & \text{otherwise} \end{cases}
    """
    if int(x) == 2:
        return 10 * x
    return x - 1


def truncated_W(x):
    r"""truncated_W.

    .. math:: \begin{cases} 10 x & 2 < x < 3 \\ x - 1 & \text{otherwise} \end{cases}
    """
    if int(x) == 2:
        return 10 * x
    return x - 1


def floored_R(x):
    r"""floored_R.

    .. math:: \begin{cases} 10 x & 1 \le x < 2 \\ x - 2 & \text{otherwise} \end{cases}
    """
    return jnp.where(jnp.floor(x) == 1, 10 * x, x - 2)


def floored_W(x):
    r"""floored_W.

    .. math:: \begin{cases} 10 x & 1 \le x \le 2 \\ x - 2 & \text{otherwise} \end{cases}
    """
    return jnp.where(jnp.floor(x) == 1, 10 * x, x - 2)


def digitize_R(x):
    r"""digitize_R.

    .. math:: \begin{cases} 0 & x < 0 \\ 2 & 0 \le x < 1 \\ 4 & x \ge 1 \end{cases}
    """
    return jnp.digitize(x, jnp.array([0.0, 1.0])) * 2.0


def digitize_W(x):
    r"""digitize_W.

    .. math:: \begin{cases} 0 & x \le 0 \\ 2 & 0 < x \le 1 \\ 4 & x > 1 \end{cases}
    """
    return jnp.digitize(x, jnp.array([0.0, 1.0])) * 2.0


def searchsorted_R(x):
    r"""searchsorted_R.

    .. math:: \begin{cases} 0 & x \le 0 \\ 3 & 0 < x \le 1 \\ 6 & x > 1 \end{cases}
    """
    return jnp.searchsorted(jnp.array([0.0, 1.0]), x) * 3.0


def searchsorted_W(x):
    r"""searchsorted_W.

    .. math:: \begin{cases} 0 & x < 0 \\ 3 & 0 \le x < 1 \\ 6 & x \ge 1 \end{cases}
    """
    return jnp.searchsorted(jnp.array([0.0, 1.0]), x) * 3.0


def interp_R(x):
    r"""interp_R.

    .. math:: \begin{cases} 1 & x < 0 \\ 1 + 2 x & 0 \le x \le 1 \\ 2 + x & 1 < x \le 2 \\ 4 & x > 2 \end{cases}
    """
    return jnp.interp(x, jnp.array([0.0, 1.0, 2.0]), jnp.array([1.0, 3.0, 4.0]))


def interp_W(x):
    r"""interp_W.

    .. math:: \begin{cases} 1 & x < 0 \\ 1 + 2 x & 0 \le x \le 1 \\ 2 + x & x > 1 \end{cases}
    """
    return jnp.interp(x, jnp.array([0.0, 1.0, 2.0]), jnp.array([1.0, 3.0, 4.0]))


def select_R(x):
    r"""select_R.

    .. math:: \begin{cases} -x & x < 0 \\ x^2 & 0 \le x < 2 \\ 4 & x \ge 2 \end{cases}
    """
    return jnp.select([x < 0, x < 2], [-x, x**2], 4.0)


def select_W(x):
    r"""select_W.

    .. math:: \begin{cases} -x & x < 0 \\ x^2 & 0 \le x < 2 \\ 2 x & x \ge 2 \end{cases}
    """
    return jnp.select([x < 0, x < 2], [-x, x**2], 4.0)


def piecewise_R(x):
    r"""piecewise_R.

    .. math:: \begin{cases} -x & x < 0 \\ x^2 & 0 \le x < 2 \\ x + 2 & x \ge 2 \end{cases}
    """
    return jnp.piecewise(jnp.asarray(x, float), [x < 0, x >= 2], [lambda v: -v, lambda v: v + 2, lambda v: v**2])


def piecewise_W(x):
    r"""piecewise_W.

    .. math:: \begin{cases} -x & x < 0 \\ x^2 & 0 \le x < 2 \\ x + 1 & x \ge 2 \end{cases}
    """
    return jnp.piecewise(jnp.asarray(x, float), [x < 0, x >= 2], [lambda v: -v, lambda v: v + 2, lambda v: v**2])


def while_powers_R(n: int):
    r"""while_powers_R.

    .. math:: 2^{\max(\min(n, 6), 0)}
    """
    return lax.while_loop(lambda c: c[0] < jnp.minimum(n, 6), lambda c: (c[0] + 1, c[1] * 2), (0, 1))[1]


def while_powers_W(n: int):
    r"""while_powers_W.

    .. math:: 2^{\max(\min(n, 6), 1)}
    """
    return lax.while_loop(lambda c: c[0] < jnp.minimum(n, 6), lambda c: (c[0] + 1, c[1] * 2), (0, 1))[1]


def fori_sum_R(n: int):
    r"""fori_sum_R.

    .. math:: \begin{cases} 0 & n \le 0 \\ \frac{n (n - 1)}{2} & 0 < n \le 4 \\ 6 & n > 4 \end{cases}
    """
    return lax.fori_loop(0, jnp.clip(n, 0, 4), lambda i, s: s + i, 0)


def fori_sum_W(n: int):
    r"""fori_sum_W.

    .. math:: \begin{cases} 0 & n \le 0 \\ \frac{n (n + 1)}{2} & 0 < n \le 4 \\ 10 & n > 4 \end{cases}
    """
    return lax.fori_loop(0, jnp.clip(n, 0, 4), lambda i, s: s + i, 0)


def python_loop_R(x):
    r"""python_loop_R.

    .. math:: \sum_{k=0}^{4} x^k
    """
    s = 0
    for k in range(5):
        s = s + x**k
    return s


def python_loop_W(x):
    r"""python_loop_W.

    .. math:: \sum_{k=0}^{5} x^k
    """
    s = 0
    for k in range(5):
        s = s + x**k
    return s


def heaviside_R(x):
    r"""heaviside_R.

    .. math:: x + \begin{cases} 0 & x < 0 \\ 0.5 & x = 0 \\ 1 & x > 0 \end{cases}
    """
    return jnp.heaviside(x, 0.5) + x


def heaviside_W(x):
    r"""heaviside_W.

    .. math:: x + \begin{cases} 0 & x < 0 \\ 1 & x \ge 0 \end{cases}
    """
    return jnp.heaviside(x, 0.5) + x


def sign_R(x):
    r"""sign_R.

    .. math:: x + \begin{cases} -4 & x < 0 \\ 0 & x = 0 \\ 4 & x > 0 \end{cases}
    """
    return jnp.sign(x) * 4 + x


def sign_W(x):
    r"""sign_W.

    .. math:: x + \begin{cases} -4 & x < 0 \\ 4 & x \ge 0 \end{cases}
    """
    return jnp.sign(x) * 4 + x


def abs_branch_R(x):
    r"""abs_branch_R.

    .. math:: |x|
    """
    return jnp.where(x > 0, x, -x)


def abs_branch_W(x):
    r"""abs_branch_W.

    .. math:: |x| + x
    """
    return jnp.where(x > 0, x, -x)


def huber_R(x):
    r"""huber_R.

    .. math:: \begin{cases} \frac{x^2}{2} & |x| \le 1.5 \\ 1.5 (|x| - 0.75) & \text{otherwise} \end{cases}
    """
    return jnp.where(jnp.abs(x) <= 1.5, 0.5 * x**2, 1.5 * (jnp.abs(x) - 0.75))


def huber_W(x):
    r"""huber_W.

    .. math:: \begin{cases} \frac{x^2}{2} & |x| \le 1.5 \\ 1.5 (|x| - 1.5) & \text{otherwise} \end{cases}
    """
    return jnp.where(jnp.abs(x) <= 1.5, 0.5 * x**2, 1.5 * (jnp.abs(x) - 0.75))


# Both pieces give 2 at |x| = 2, so that a strict end is right as well.
def huber_ends_R(x):
    r"""huber_ends_R.

    .. math:: \begin{cases} \frac{x^2}{2} & |x| < 2 \\ 2 |x| - 2 & \text{otherwise} \end{cases}
    """
    return jnp.where(jnp.abs(x) <= 2, 0.5 * x**2, 2 * (jnp.abs(x) - 1))


# Both pieces give 2 at |x| = 2, so that a strict end is right as well.
def huber_ends_W(x):
    r"""huber_ends_W.

    .. math:: \begin{cases} \frac{x^2}{2} & |x| < 1 \\ 2 |x| - 2 & \text{otherwise} \end{cases}
    """
    return jnp.where(jnp.abs(x) <= 2, 0.5 * x**2, 2 * (jnp.abs(x) - 1))


def two_inputs_R(x, y):
    r"""two_inputs_R.

    .. math:: 1 + \min(x, y)
    """
    return jnp.where(x < y, x, y) + 1


def two_inputs_W(x, y):
    r"""two_inputs_W.

    .. math:: 1 + \max(x, y)
    """
    return jnp.where(x < y, x, y) + 1


def diagonal_R(x, y):
    r"""diagonal_R.

    .. math:: \begin{cases} 0 & x = y \\ x - y + 1 & \text{otherwise} \end{cases}
    """
    return jnp.where(x == y, 0.0, x - y + 1)


def diagonal_W(x, y):
    r"""diagonal_W.

    .. math:: x - y + 1
    """
    return jnp.where(x == y, 0.0, x - y + 1)


def hyperplane_R(x, y):
    r"""hyperplane_R.

    .. math:: \begin{cases} 0 & x + 2 y = 1 \\ x y + 5 & \text{otherwise} \end{cases}
    """
    return jnp.where(x + 2 * y == 1, 0.0, x * y + 5)


def hyperplane_W(x, y):
    r"""hyperplane_W.

    .. math:: x y + 5
    """
    return jnp.where(x + 2 * y == 1, 0.0, x * y + 5)


def circle_R(x, y):
    r"""circle_R.

    .. math:: \begin{cases} x + 1 & x^2 + y^2 \le 25 \\ 2 x + 2 & \text{otherwise} \end{cases}
    """
    return jnp.where(x**2 + y**2 <= 25, 1.0, 2.0) * (x + 1)


def circle_W(x, y):
    r"""circle_W.

    .. math:: \begin{cases} x + 1 & x^2 + y^2 < 25 \\ 2 x + 2 & \text{otherwise} \end{cases}
    """
    return jnp.where(x**2 + y**2 <= 25, 1.0, 2.0) * (x + 1)


def box_cox_R(x, lmbda):
    r"""box_cox_R.

    .. math:: \begin{cases} \log x & \lambda = 0 \\ \frac{x^\lambda - 1}{\lambda} & \text{otherwise} \end{cases}

    for :math:`x > 0`.
    """
    s = jnp.where(lmbda == 0, 1.0, lmbda)
    return jnp.where(lmbda == 0, jnp.log(x), (x**s - 1) / s)


def box_cox_W(x, lmbda):
    r"""box_cox_W.

    .. math:: \begin{cases} \log x & \lambda = 0 \\ \frac{x^\lambda - 1}{\lambda} & \text{otherwise} \end{cases}

    for :math:`x > 0`.
    """
    s = jnp.where(lmbda == 0, 1.0, lmbda)
    return jnp.where(lmbda == 0, x, (x**s - 1) / s)


def box_cox2_W(x, lmbda):
    r"""box_cox2_W.

    .. math:: \begin{cases} \log x & \lambda = 0 \\ \frac{x^\lambda - 1}{\lambda} & \text{otherwise} \end{cases}

    for :math:`x > 0`.
    """
    s = jnp.where(lmbda == 0, 1.0, lmbda)
    return jnp.where(lmbda == 1, jnp.log(x), (x**s - 1) / s)


def threshold_77_R(x):
    r"""threshold_77_R.

    .. math:: \begin{cases} x & x < 0.77 \\ x + 1 & \text{otherwise} \end{cases}
    """
    return jnp.where(x < 0.77, x, x + 1)


def threshold_77_W(x):
    r"""threshold_77_W.

    .. math:: \begin{cases} x & x < 0.77 \\ x + 1 & \text{otherwise} \end{cases}
    """
    return jnp.where(x <= 0.77, x, x + 1)


def threshold_01_R(x):
    r"""threshold_01_R.

    .. math:: \begin{cases} x^2 & x \ge 0.1 \\ x - 1 & \text{otherwise} \end{cases}
    """
    return jnp.where(x >= 0.1, x**2, x - 1)


def threshold_01_W(x):
    r"""threshold_01_W.

    .. math:: \begin{cases} x^2 & x \ge 0.1 \\ x - 1 & \text{otherwise} \end{cases}
    """
    return jnp.where(x > 0.1, x**2, x - 1)


def threshold_third_R(x):
    r"""threshold_third_R.

    .. math:: \begin{cases} x^2 & 3 x \ge 1 \\ x - 2 & \text{otherwise} \end{cases}
    """
    return jnp.where(3 * x >= 1, x**2, x - 2)


def threshold_third_W(x):
    r"""threshold_third_W.

    .. math:: \begin{cases} x^2 & 3 x \ge 1 \\ x - 2 & \text{otherwise} \end{cases}
    """
    return jnp.where(3 * x > 1, x**2, x - 2)


def and_ends_R(x):
    r"""and_ends_R.

    .. math:: \begin{cases} x & 0 < x < 1 \\ 0 & \text{otherwise} \end{cases}
    """
    return jnp.where((x > 0) & (x < 1), x, 0.0)


def and_ends_W(x):
    r"""and_ends_W.

    .. math:: \begin{cases} x & 0 < x < 1 \\ 0 & \text{otherwise} \end{cases}
    """
    return jnp.where((x > 0) & (x <= 1), x, 0.0)


def or_ends_R(x):
    r"""or_ends_R.

    .. math:: \begin{cases} 5 & 0 \le x \le 1 \\ x + 1 & \text{otherwise} \end{cases}
    """
    return jnp.where((x < 0) | (x > 1), x + 1, 5.0)


def or_ends_W(x):
    r"""or_ends_W.

    .. math:: \begin{cases} 5 & 0 \le x \le 1 \\ x + 1 & \text{otherwise} \end{cases}
    """
    return jnp.where((x <= 0) | (x > 1), x + 1, 5.0)


def not_branch_R(x):
    r"""not_branch_R.

    .. math:: \begin{cases} x & x \le 2 \\ 7 & \text{otherwise} \end{cases}
    """
    return jnp.where(jnp.logical_not(x > 2), x, 7.0)


def not_branch_W(x):
    r"""not_branch_W.

    .. math:: \begin{cases} x & x \le 2 \\ 7 & \text{otherwise} \end{cases}
    """
    return jnp.where(jnp.logical_not(x >= 2), x, 7.0)


def nested_cond_R(x):
    r"""nested_cond_R.

    .. math:: \begin{cases} 0 & x \le 0 \\ x^2 & 0 < x \le 1 \\ x & x > 1 \end{cases}
    """
    return lax.cond(x > 0, lambda v: lax.cond(v > 1, lambda u: u, lambda u: u**2, v), lambda v: 0 * v, x)


def nested_cond_W(x):
    r"""nested_cond_W.

    .. math:: \begin{cases} 0 & x \le 0 \\ x^2 & 0 < x \le 1 \\ x & x > 1 \end{cases}
    """
    return lax.cond(x > 0, lambda v: lax.cond(v > 2, lambda u: u, lambda u: u**2, v), lambda v: 0 * v, x)


def root_two_where_R(x):
    r"""root_two_where_R.

    .. math:: \begin{cases} x & |x| > \sqrt{2} \\ 2.5 - x & \text{otherwise} \end{cases}
    """
    return jnp.where(x**2 > 2, x, 2.5 - x)


def root_two_where_W(x):
    r"""root_two_where_W.

    .. math:: \begin{cases} x & |x| > \sqrt{2} \\ 2.5 - x & \text{otherwise} \end{cases}
    """
    return jnp.where(x**2 > 2.25, x, 2.5 - x)


def log_threshold_R(x):
    r"""log_threshold_R.

    .. math:: \begin{cases} x & x > \mathrm{e} \\ 0 & \text{otherwise} \end{cases}

    for :math:`x > 0`.
    """
    return jnp.where(jnp.log(x) > 1, x, 0.0)


def log_threshold_W(x):
    r"""log_threshold_W.

    .. math:: \begin{cases} x & x > \mathrm{e} \\ 0 & \text{otherwise} \end{cases}

    for :math:`x > 0`.
    """
    return jnp.where(jnp.log(x) > 1.5, x, 0.0)


def exponential_threshold_R(x):
    r"""exponential_threshold_R.

    .. math:: \begin{cases} x + 1 & x < \log 3 \\ 2 & \text{otherwise} \end{cases}
    """
    return jnp.where(jnp.exp(x) < 3, x + 1, 2.0)


def exponential_threshold_W(x):
    r"""exponential_threshold_W.

    .. math:: \begin{cases} x + 1 & x < \log 3 \\ 2 & \text{otherwise} \end{cases}
    """
    return jnp.where(jnp.exp(x) < 4, x + 1, 2.0)
