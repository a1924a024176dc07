"""Integers: remainders, floors, parity, powers, signs and size."""

import jax
import jax.numpy as jnp
from jax import lax, scipy


def mod_R(n: int, m: int):
    r"""mod_R.

    .. math:: n - m \lfloor n / m \rfloor
    """
    return n % m


def mod_W(n: int, m: int):
    r"""mod_W.

    .. math:: n - m \lceil n / m \rceil
    """
    return n % m


def mod_bracket_R(n: int, m: int):
    r"""mod_bracket_R.

    .. math:: (n + 1) \bmod m

    for :math:`m > 0`.
    """
    return (n + 1) % m


def mod_bracket_W(n: int, m: int):
    r"""mod_bracket_W.

    .. math:: (n - 1) \bmod m

    for :math:`m > 0`.
    """
    return (n + 1) % m


def mod_after_R(n: int, m: int):
    r"""mod_after_R.

    .. math:: (n \bmod m) + 1

    for :math:`m > 0`.
    """
    return n % m + 1


def mod_after_W(n: int, m: int):
    r"""mod_after_W.

    .. math:: (n + 1) \bmod m

    for :math:`m > 0`.
    """
    return n % m + 1


def mod_product_R(n: int):
    r"""mod_product_R.

    .. math:: 3 (n \bmod 4)
    """
    return 3 * (n % 4)


def mod_product_W(n: int):
    r"""mod_product_W.

    .. math:: (3 n) \bmod 4
    """
    return 3 * (n % 4)


def rem_negative_R(n: int):
    r"""rem_negative_R.

    .. math:: \begin{cases} n \bmod 3 & n \ge 0 \\ -((-n) \bmod 3) & n < 0 \end{cases}
    """
    return lax.rem(n, 3) + 0 * n


def rem_negative_W(n: int):
    r"""rem_negative_W.

    .. math:: n \bmod 3
    """
    return lax.rem(n, 3) + 0 * n


def floor_div_R(n: int):
    r"""floor_div_R.

    .. math:: \lfloor n / 4 \rfloor
    """
    return n // 4


def floor_div_W(n: int):
    r"""floor_div_W.

    .. math:: \lceil n / 4 \rceil
    """
    return n // 4


def floor_negative_R(n: int):
    r"""floor_negative_R.

    .. math:: \begin{cases} \lfloor n / 4 \rfloor & n \ge 0 \\ \lceil n / 4 \rceil & n < 0 \end{cases}
    """
    return lax.div(n, 4)


def floor_negative_W(n: int):
    r"""floor_negative_W.

    .. math:: \lfloor n / 4 \rfloor
    """
    return lax.div(n, 4)


def floor_two_R(n: int, m: int):
    r"""floor_two_R.

    .. math:: \lfloor n / m \rfloor

    for :math:`m > 0`.
    """
    return n // m


def floor_two_W(n: int, m: int):
    r"""floor_two_W.

    .. math:: \lfloor (n + 1) / m \rfloor

    for :math:`m > 0`.
    """
    return n // m


def ceil_div_R(n: int):
    r"""ceil_div_R.

    .. math:: \lceil n / 5 \rceil
    """
    return -(-n // 5)


def ceil_div_W(n: int):
    r"""ceil_div_W.

    .. math:: \lfloor n / 5 \rfloor + 1
    """
    return -(-n // 5)


def parity_R(n: int):
    r"""parity_R.

    .. math:: \begin{cases} n & n \bmod 2 = 0 \\ 3 n + 1 & \text{otherwise} \end{cases}
    """
    return jnp.where(n % 2 == 0, n, 3 * n + 1)


def parity_W(n: int):
    r"""parity_W.

    .. math:: \begin{cases} n & n \bmod 2 = 1 \\ 3 n + 1 & \text{otherwise} \end{cases}
    """
    return jnp.where(n % 2 == 0, n, 3 * n + 1)


def alternating_R(n: int):
    r"""alternating_R.

    .. math:: (-1)^n
    """
    return jnp.where(n % 2 == 0, 1, -1)


def alternating_W(n: int):
    r"""alternating_W.

    .. math:: (-1)^{n + 1}
    """
    return jnp.where(n % 2 == 0, 1, -1)


def sign_power_R(n: int):
    r"""sign_power_R.

    .. math:: (-1)^n
    """
    return 1 - 2 * (n % 2)


def sign_power_W(n: int):
    r"""sign_power_W.

    .. math:: (-1)^{\lfloor n / 2 \rfloor}
    """
    return 1 - 2 * (n % 2)


def triangle_R(n: int):
    r"""triangle_R.

    .. math:: \frac{n (n + 1)}{2}
    """
    return n * (n + 1) // 2


def triangle_W(n: int):
    r"""triangle_W.

    .. math:: \frac{n (n - 1)}{2}
    """
    return n * (n + 1) // 2


def triangle_sum_R(n: int):
    r"""triangle_sum_R.

    .. math:: \sum_{k=1}^{n} k

    for :math:`n \ge 0`.
    """
    return n * (n + 1) // 2


def triangle_sum_W(n: int):
    r"""triangle_sum_W.

    .. math:: \sum_{k=1}^{n - 1} k

    for :math:`n \ge 0`.
    """
    return n * (n + 1) // 2


def square_sum_R(n: int):
    r"""square_sum_R.

    .. math:: \sum_{k=1}^{n} k^2

    for :math:`n \ge 0`.
    """
    return n * (n + 1) * (2 * n + 1) // 6


def square_sum_W(n: int):
    r"""square_sum_W.

    .. math:: \sum_{k=1}^{n} k^3

    for :math:`n \ge 0`.
    """
    return n * (n + 1) * (2 * n + 1) // 6


def product_R(n: int, m: int):
    r"""product_R.

    .. math:: n m
    """
    return n * m


def product_W(n: int, m: int):
    r"""product_W.

    .. math:: n m + \lfloor n / 1000 \rfloor
    """
    return n * m


def truncated_root_R(n: int):
    r"""truncated_root_R.

    .. math:: \lfloor \sqrt{n} \rfloor

    for :math:`n \ge 0`.
    """
    return jnp.floor(jnp.sqrt(n))


def truncated_root_W(n: int):
    r"""truncated_root_W.

    .. math:: \lceil \sqrt{n} \rceil

    for :math:`n \ge 0`.
    """
    return jnp.floor(jnp.sqrt(n))


def even_half_R(n: int):
    r"""even_half_R.

    .. math:: \lfloor n / 2 \rfloor
    """
    return jnp.where(n % 2 == 0, n // 2, (n - 1) // 2)


def even_half_W(n: int):
    r"""even_half_W.

    .. math:: \frac{n}{2}
    """
    return jnp.where(n % 2 == 0, n // 2, (n - 1) // 2)


def last_digit_R(n: int):
    r"""last_digit_R.

    .. math:: |n| \bmod 10
    """
    return jnp.abs(n) % 10


def last_digit_W(n: int):
    r"""last_digit_W.

    .. math:: n \bmod 10
    """
    return jnp.abs(n) % 10


# They differ at halves only.
def rounded_half_R(x):
    r"""rounded_half_R.

    .. math:: \lfloor x + 0.5 \rfloor
    """
    return jnp.floor(x + 0.5)


# They differ at halves only.
def rounded_half_W(x):
    r"""rounded_half_W.

    .. math:: \lceil x - 0.5 \rceil
    """
    return jnp.floor(x + 0.5)


def truncate_R(x):
    r"""truncate_R.

    .. math:: \begin{cases} \lfloor x \rfloor & x \ge 0 \\ \lceil x \rceil & x < 0 \end{cases}
    """
    return jnp.trunc(x)


def truncate_W(x):
    r"""truncate_W.

    .. math:: \lfloor x \rfloor
    """
    return jnp.trunc(x)


def fraction_R(x):
    r"""fraction_R.

    .. math:: x - \lfloor x \rfloor
    """
    return x - jnp.floor(x)


def fraction_W(x):
    r"""fraction_W.

    .. math:: x - \lceil x \rceil
    """
    return x - jnp.floor(x)


def real_mod_R(x):
    r"""real_mod_R.

    .. math:: x - 1.5 \lfloor x / 1.5 \rfloor
    """
    return jnp.mod(x, 1.5)


def real_mod_W(x):
    r"""real_mod_W.

    .. math:: x - 1.5 \lceil x / 1.5 \rceil
    """
    return jnp.mod(x, 1.5)


def power_integer_R(x, n: int):
    r"""power_integer_R.

    .. math:: x^n

    for :math:`n \ge 1`.
    """
    return x**n


def power_integer_W(x, n: int):
    r"""power_integer_W.

    .. math:: |x|^n

    for :math:`n \ge 1`.
    """
    return x**n


def min_max_R(n: int, m: int):
    r"""min_max_R.

    .. math:: n + m
    """
    return jnp.minimum(n, m) + jnp.maximum(n, m)


def min_max_W(n: int, m: int):
    r"""min_max_W.

    .. math:: |n - m|
    """
    return jnp.minimum(n, m) + jnp.maximum(n, m)


def huge_R(n: int):
    r"""huge_R.

    .. math:: n + 9007199254740993
    """
    return n + 9007199254740993


def huge_W(n: int):
    r"""huge_W.

    .. math:: n + 9007199254740993
    """
    return n + 9007199254740992


def huge_threshold_R(n: int):
    r"""huge_threshold_R.

    .. math:: \begin{cases} n & n > 9007199254740993 \\ 0 & \text{otherwise} \end{cases}
    """
    return jnp.where(n > 9007199254740993, n, 0)


def huge_threshold_W(n: int):
    r"""huge_threshold_W.

    .. math:: \begin{cases} n & n > 9007199254740993 \\ 0 & \text{otherwise} \end{cases}
    """
    return jnp.where(n >= 9007199254740993, n, 0)


def xor_parity_R(n: int):
    r"""xor_parity_R.

    .. math:: n + (n \bmod 2)
    """
    return n + (n & 1)


def xor_parity_W(n: int):
    r"""xor_parity_W.

    .. math:: n + (n \bmod 2)
    """
    return n + (n | 1) - n


def shift_left_R(n: int):
    r"""shift_left_R.

    .. math:: 8 n
    """
    return n << 3


def shift_left_W(n: int):
    r"""shift_left_W.

    .. math:: 8 n
    """
    return n << 2
