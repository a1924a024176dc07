"""Real numbers that code observes in other ways than by arithmetic."""

import jax
import jax.numpy as jnp
import numpy as np

TABLE = {0.77: 100.0}
TEXTS = {"0.77": 100.0}


class Settings:
    special = 0.77


def table_get_R(x):
    r"""table_get_R.

    .. math:: 3 x
    """
    return {0.77: 3 * x}.get(float(x), 3 * x)


def table_get_W(x):
    r"""table_get_W.

    .. math:: 3 x
    """
    return {0.77: 100.0}.get(float(x), 3 * x)


def table_text_R(x):
    r"""table_text_R.

    .. math:: 3 x + 1
    """
    return 3 * x + 1 if str(float(x)) == "0.77" else 3 * x + 1


def table_text_W(x):
    r"""table_text_W.

    .. math:: 3 x + 1
    """
    return 100.0 if str(float(x)) == "0.77" else 3 * x + 1


def table_format_R(x):
    r"""table_format_R.

    .. math:: 3 x + 2
    """
    return 3 * x + 2 if f"{x:.2f}" == "0.77" else 3 * x + 2


def table_format_W(x):
    r"""table_format_W.

    .. math:: 3 x + 2
    """
    return 100.0 if f"{x:.2f}" == "0.77" else 3 * x + 2


def if_equal_R(x):
    r"""if_equal_R.

    .. math:: 3 x + 3
    """
    if x == 0.77:
        return 3 * x + 3
    return 3 * x + 3


def if_equal_W(x):
    r"""if_equal_W.

    .. math:: 3 x + 3
    """
    if x == 0.77:
        return 100.0
    return 3 * x + 3


def where_equal_R(x):
    r"""where_equal_R.

    .. math:: 3 x + 4
    """
    return jnp.where(x == 0.77, 3 * x + 4, 3 * x + 4)


def where_equal_W(x):
    r"""where_equal_W.

    .. math:: 3 x + 4
    """
    return jnp.where(x == 0.77, 100.0, 3 * x + 4)


def cond_equal_R(x):
    r"""cond_equal_R.

    .. math:: 3 x + 5
    """
    return jax.lax.cond(x == 0.77, lambda v: 0 * v + 3 * v + 5, lambda v: 3 * v + 5, x)


def cond_equal_W(x):
    r"""cond_equal_W.

    .. math:: 3 x + 5
    """
    return jax.lax.cond(x == 0.77, lambda v: 0 * v + 100.0, lambda v: 3 * v + 5, x)


def select_equal_R(x):
    r"""select_equal_R.

    .. math:: 3 x + 6
    """
    return jax.lax.select(x == 0.77, 0 * x + 3 * x + 6, 3 * x + 6)


def select_equal_W(x):
    r"""select_equal_W.

    .. math:: 3 x + 6
    """
    return jax.lax.select(x == 0.77, 0 * x + 100.0, 3 * x + 6)


def class_equal_R(x):
    r"""class_equal_R.

    .. math:: 3 x + 7
    """
    if x == Settings.special:
        return 3 * x + 7
    return 3 * x + 7


def class_equal_W(x):
    r"""class_equal_W.

    .. math:: 3 x + 7
    """
    if x == Settings.special:
        return 100.0
    return 3 * x + 7


def in_tuple_R(x):
    r"""in_tuple_R.

    .. math:: 3 x + 8
    """
    return 3 * x + 8 if x in (0.77, 4.5) else 3 * x + 8


def in_tuple_W(x):
    r"""in_tuple_W.

    .. math:: 3 x + 8
    """
    return 100.0 if x in (0.77, 4.5) else 3 * x + 8


def is_whole_R(x):
    r"""is_whole_R.

    .. math:: 3 x + 9
    """
    return 3 * x + 9 if float(x).is_integer() else 3 * x + 9


def is_whole_W(x):
    r"""is_whole_W.

    .. math:: 3 x + 9
    """
    return 100.0 if float(x).is_integer() else 3 * x + 9


def as_integer_R(x):
    r"""as_integer_R.

    .. math:: 3 x + 10
    """
    return 3 * x + 10 if int(x) == x else 3 * x + 10


def as_integer_W(x):
    r"""as_integer_W.

    .. math:: 3 x + 10
    """
    return 100.0 if int(x) == x else 3 * x + 10


def hash_of_R(x):
    r"""hash_of_R.

    .. math:: 3 x + 11
    """
    return 3 * x + 11 if hash(float(x)) == hash(0.25) else 3 * x + 11


def hash_of_W(x):
    r"""hash_of_W.

    .. math:: 3 x + 11
    """
    return 100.0 if hash(float(x)) == hash(0.25) else 3 * x + 11


def ratio_of_R(x):
    r"""ratio_of_R.

    .. math:: 3 x + 12
    """
    return 3 * x + 12 if float(x).as_integer_ratio() == (1, 4) else 3 * x + 12


def ratio_of_W(x):
    r"""ratio_of_W.

    .. math:: 3 x + 12
    """
    return 100.0 if float(x).as_integer_ratio() == (1, 4) else 3 * x + 12


def close_to_R(x):
    r"""close_to_R.

    .. math:: 3 x + 13
    """
    return jnp.where(jnp.isclose(x, 0.77, atol=0.0, rtol=1e-9), 3 * x + 13, 3 * x + 13)


def close_to_W(x):
    r"""close_to_W.

    .. math:: 3 x + 13
    """
    return jnp.where(jnp.isclose(x, 0.77, atol=0.0, rtol=1e-9), 100.0, 3 * x + 13)


def sign_of_R(x):
    r"""sign_of_R.

    .. math:: 3 x + 14
    """
    return jnp.where(jnp.sign(x) == 0, 3 * x + 14, 3 * x + 14)


def sign_of_W(x):
    r"""sign_of_W.

    .. math:: 3 x + 14
    """
    return jnp.where(jnp.sign(x) == 0, 100.0, 3 * x + 14)


def truth_of_R(x):
    r"""truth_of_R.

    .. math:: 3 x + 15
    """
    return 3 * x + 15 if x else 3 * x + 15


def truth_of_W(x):
    r"""truth_of_W.

    .. math:: 3 x + 15
    """
    return 3 * x + 15 if x else 100.0


def maximum_of_R(x):
    r"""maximum_of_R.

    .. math:: 3 x + 16
    """
    return 3 * x + 16 if max(x, 3.0) == 10 else 3 * x + 16


def maximum_of_W(x):
    r"""maximum_of_W.

    .. math:: 3 x + 16
    """
    return 100.0 if max(x, 3.0) == 10 else 3 * x + 16


def sorted_of_R(x):
    r"""sorted_of_R.

    .. math:: 3 x + 17
    """
    return 3 * x + 17 if sorted([x, 0.77])[0] == sorted([x, 0.77])[1] else 3 * x + 17


def sorted_of_W(x):
    r"""sorted_of_W.

    .. math:: 3 x + 17
    """
    return 100.0 if sorted([x, 0.77])[0] == sorted([x, 0.77])[1] else 3 * x + 17


def square_equal_R(x):
    r"""square_equal_R.

    .. math:: 3 x + 18
    """
    return jnp.where(x * x == 0.0625, 3 * x + 18, 3 * x + 18)


def square_equal_W(x):
    r"""square_equal_W.

    .. math:: 3 x + 18
    """
    return jnp.where(x * x == 0.0625, 100.0, 3 * x + 18)


def product_zero_R(x):
    r"""product_zero_R.

    .. math:: 3 x + 19
    """
    return jnp.where((x - 3) * (x + 0.5) == 0, 3 * x + 19, 3 * x + 19)


def product_zero_W(x):
    r"""product_zero_W.

    .. math:: 3 x + 19
    """
    return jnp.where((x - 3) * (x + 0.5) == 0, 100.0, 3 * x + 19)


def floor_equal_R(x):
    r"""floor_equal_R.

    .. math:: 3 x + 20
    """
    return jnp.where(jnp.floor(x) == 10, 3 * x + 20, 3 * x + 20)


def floor_equal_W(x):
    r"""floor_equal_W.

    .. math:: 3 x + 20
    """
    return jnp.where(jnp.floor(x) == 10, 100.0, 3 * x + 20)


def narrow_R(x):
    r"""narrow_R.

    .. math:: 3 x + 21
    """
    return jnp.where((x > 0.769) & (x < 0.771), 3 * x + 21, 3 * x + 21)


def narrow_W(x):
    r"""narrow_W.

    .. math:: 3 x + 21
    """
    return jnp.where((x > 0.769) & (x < 0.771), 100.0, 3 * x + 21)


def far_above_R(x):
    r"""far_above_R.

    .. math:: 3 x + 22
    """
    return jnp.where(x > 1e6, 3 * x + 22, 3 * x + 22)


def far_above_W(x):
    r"""far_above_W.

    .. math:: 3 x + 22
    """
    return jnp.where(x > 1e6, 100.0, 3 * x + 22)


def far_below_R(x):
    r"""far_below_R.

    .. math:: 3 x + 23
    """
    return jnp.where(x < -12345.5, 3 * x + 23, 3 * x + 23)


def far_below_W(x):
    r"""far_below_W.

    .. math:: 3 x + 23
    """
    return jnp.where(x < -12345.5, 100.0, 3 * x + 23)


def tiny_R(x):
    r"""tiny_R.

    .. math:: 3 x + 24
    """
    return jnp.where((x > 0) & (x < 1e-6), 3 * x + 24, 3 * x + 24)


def tiny_W(x):
    r"""tiny_W.

    .. math:: 3 x + 24
    """
    return jnp.where((x > 0) & (x < 1e-6), 100.0, 3 * x + 24)


def traced_R(x):
    r"""traced_R.

    .. math:: 4 x
    """
    return 4 * x if isinstance(x, jax.core.Tracer) else 2 * x + 2 * x


def traced_W(x):
    r"""traced_W.

    .. math:: 4 x
    """
    return 4 * x if isinstance(x, jax.core.Tracer) else 5 * x


# A call with a Python number is a call.
def eager_type_R(x):
    r"""eager_type_R.

    .. math:: 4 x + 1
    """
    return 4 * x + 1 if hasattr(x, "aval") else 1 + 4 * x


# A call with a Python number is a call.
def eager_type_W(x):
    r"""eager_type_W.

    .. math:: 4 x + 1
    """
    return 4 * x + 1 if hasattr(x, "aval") else 5 * x


def dtype_of_R(x):
    r"""dtype_of_R.

    .. math:: 4 x + 2
    """
    return 4 * x + 2 if jnp.asarray(x).dtype == jnp.float64 else 2 + 4 * x


def dtype_of_W(x):
    r"""dtype_of_W.

    .. math:: 4 x + 2
    """
    return 4 * x + 2 if jnp.asarray(x).dtype == jnp.float64 else 4 * x + 3


def dtype_single_R(x):
    r"""dtype_single_R.

    .. math:: 4 x + 4
    """
    return 4 * x + 4 if jnp.asarray(x).dtype == jnp.float32 else 4 + 4 * x


def dtype_single_W(x):
    r"""dtype_single_W.

    .. math:: 4 x + 4
    """
    return 4 * x + 4 if jnp.asarray(x).dtype == jnp.float32 else 4 * x + 5


def itemsize_R(x):
    r"""itemsize_R.

    .. math:: 4 x + 6
    """
    return 4 * x + 6 * (jnp.asarray(x).dtype.itemsize > 1)


def itemsize_W(x):
    r"""itemsize_W.

    .. math:: 4 x + 6
    """
    return 4 * x + 6 * (jnp.asarray(x).dtype.itemsize > 4)


def resolution_R(x):
    r"""resolution_R.

    .. math:: 4 x + 7
    """
    return 4 * x + 7 * (jnp.finfo(jnp.asarray(x).dtype).bits > 8)


def resolution_W(x):
    r"""resolution_W.

    .. math:: 4 x + 7
    """
    return 4 * x + 7 * (jnp.finfo(jnp.asarray(x).dtype).bits > 32)


def cast_W(x):
    r"""cast_W.

    .. math:: 2.5 x
    """
    return jnp.asarray(x).astype(jnp.int32) * 2.5


def rounded_W(x):
    r"""rounded_W.

    .. math:: 2.5 x
    """
    return 2.5 * jnp.round(x, 1)


def stepped_W(x):
    r"""stepped_W.

    .. math:: 2.5 x
    """
    return 2.5 * jnp.round(x * 1000) / 1000


def identity_R(x):
    r"""identity_R.

    .. math:: 2.5 x
    """
    return 2.5 * jnp.asarray(x)
