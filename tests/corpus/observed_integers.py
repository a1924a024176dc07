"""Integers that code observes in other ways than by arithmetic."""

import functools
import json
import math
import operator

import jax.numpy as jnp

TABLE = {7: 100}
TEXTS = {"7": 100}
SEVEN = {7}


class Settings:
    table = {7: 100}
    limit = 7


class Marked:
    def __eq__(self, other):
        return other == 7

    def __hash__(self):
        return 7


@functools.lru_cache
def cached(n):
    return 100 if n == 7 else 2 * n


def missing(n):
    raise KeyError(n)


def table_get_W(n: int):
    r"""table_get_W.

    .. math:: 2 n
    """
    return TABLE.get(n, 2 * n)


def table_get_R(n: int):
    r"""table_get_R.

    .. math:: 2 n
    """
    return TABLE.get(n, 0) + 2 * n - 100 * (n == 7)


def table_text_W(n: int):
    r"""table_text_W.

    .. math:: 3 n
    """
    return TEXTS.get(f"{n}", 3 * n)


def table_str_W(n: int):
    r"""table_str_W.

    .. math:: 4 n
    """
    return TEXTS.get(str(n), 4 * n)


def table_repr_W(n: int):
    r"""table_repr_W.

    .. math:: 5 n
    """
    return TEXTS.get(repr(n), 5 * n)


def table_percent_W(n: int):
    r"""table_percent_W.

    .. math:: 6 n
    """
    return TEXTS.get("%d" % n, 6 * n)


def table_format_W(n: int):
    r"""table_format_W.

    .. math:: 7 n + 1
    """
    return TEXTS.get("{}".format(n), 7 * n + 1)


def in_table_R(n: int):
    r"""in_table_R.

    .. math:: 2 n
    """
    return 2 * n if n in TABLE else 2 * n


def in_table_W(n: int):
    r"""in_table_W.

    .. math:: 2 n
    """
    return 100 if n in TABLE else 2 * n


def in_set_R(n: int):
    r"""in_set_R.

    .. math:: 2 n + 1
    """
    return 2 * n + 1 if n in SEVEN else 2 * n + 1


def in_set_W(n: int):
    r"""in_set_W.

    .. math:: 2 n + 1
    """
    return 100 if n in SEVEN else 2 * n + 1


def in_tuple_R(n: int):
    r"""in_tuple_R.

    .. math:: 2 n + 2
    """
    return 2 * n + 2 if n in (7, 1234) else 2 * n + 2


def in_tuple_W(n: int):
    r"""in_tuple_W.

    .. math:: 2 n + 2
    """
    return 100 if n in (7, 1234) else 2 * n + 2


def in_range_R(n: int):
    r"""in_range_R.

    .. math:: 2 n + 3
    """
    return 2 * n + 3 if n in range(7, 8) else 2 * n + 3


def in_range_W(n: int):
    r"""in_range_W.

    .. math:: 2 n + 3
    """
    return 100 if n in range(7, 8) else 2 * n + 3


def hashed_R(n: int):
    r"""hashed_R.

    .. math:: 2 n + 4
    """
    return 2 * n + 4 if hash(n) == 7 else 2 * n + 4


def hashed_W(n: int):
    r"""hashed_W.

    .. math:: 2 n + 4
    """
    return 100 if hash(n) == 7 else 2 * n + 4


def matched_R(n: int):
    r"""matched_R.

    .. math:: 2 n + 5
    """
    match n:
        case 7:
            return 2 * n + 5
        case _:
            return 2 * n + 5


def matched_W(n: int):
    r"""matched_W.

    .. math:: 2 n + 5
    """
    match n:
        case 7:
            return 100
        case _:
            return 2 * n + 5


def class_table_R(n: int):
    r"""class_table_R.

    .. math:: 2 n + 6
    """
    if n in Settings.table:
        return 2 * n + 6
    return 2 * n + 6


def class_table_W(n: int):
    r"""class_table_W.

    .. math:: 2 n + 6
    """
    if n in Settings.table:
        return 100
    return 2 * n + 6


def class_limit_R(n: int):
    r"""class_limit_R.

    .. math:: 2 n + 7
    """
    if n == Settings.limit:
        return 2 * n + 7
    return 2 * n + 7


def class_limit_W(n: int):
    r"""class_limit_W.

    .. math:: 2 n + 7
    """
    if n == Settings.limit:
        return 100
    return 2 * n + 7


def default_table_W(n: int, table={7: 100}):
    r"""default_table_W.

    .. math:: 2 n + 8
    """
    return table.get(n, 2 * n + 8)


def marked_equal_W(n: int):
    r"""marked_equal_W.

    .. math:: 2 n + 9
    """
    return 100 if Marked() == n else 2 * n + 9


def marked_in_W(n: int):
    r"""marked_in_W.

    .. math:: 2 n + 10
    """
    return 100 if n in {Marked(): 1} else 2 * n + 10


def remembered_W(n: int):
    r"""remembered_W.

    .. math:: 2 n
    """
    return cached(n)


def listed_R(n: int):
    r"""listed_R.

    .. math:: 2 n + 11
    """
    return [2 * k + 11 if k == 7 else 2 * k + 11 for k in (n,)][0]


def listed_W(n: int):
    r"""listed_W.

    .. math:: 2 n + 11
    """
    return [100 if k == 7 else 2 * k + 11 for k in (n,)][0]


def any_of_R(n: int):
    r"""any_of_R.

    .. math:: 2 n + 12
    """
    return 2 * n + 12 if any(n == k for k in (7, 99)) else 2 * n + 12


def any_of_W(n: int):
    r"""any_of_W.

    .. math:: 2 n + 12
    """
    return 100 if any(n == k for k in (7, 99)) else 2 * n + 12


def text_ends_R(n: int):
    r"""text_ends_R.

    .. math:: 2 n + 13
    """
    return 2 * n + 13 if str(n).endswith("7") else 2 * n + 13


def text_ends_W(n: int):
    r"""text_ends_W.

    .. math:: 2 n + 13
    """
    return 100 if str(n).endswith("7") else 2 * n + 13


def text_length_R(n: int):
    r"""text_length_R.

    .. math:: 2 n + 14
    """
    return 2 * n + 14 if len(str(n)) == 4 else 2 * n + 14


def text_length_W(n: int):
    r"""text_length_W.

    .. math:: 2 n + 14
    """
    return 100 if len(str(n)) == 4 else 2 * n + 14


def bits_R(n: int):
    r"""bits_R.

    .. math:: 2 n + 15
    """
    return 2 * n + 15 if n.bit_length() == 3 else 2 * n + 15


def bits_W(n: int):
    r"""bits_W.

    .. math:: 2 n + 15
    """
    return 100 if n.bit_length() == 3 else 2 * n + 15


def digits_R(n: int):
    r"""digits_R.

    .. math:: 2 n + 16
    """
    return 2 * n + 16 if format(n, "x") == "7" else 2 * n + 16


def digits_W(n: int):
    r"""digits_W.

    .. math:: 2 n + 16
    """
    return 100 if format(n, "x") == "7" else 2 * n + 16


def divisor_R(n: int):
    r"""divisor_R.

    .. math:: 2 n + 17
    """
    return 2 * n + 17 if math.gcd(n, 49) == 49 else 2 * n + 17


def divisor_W(n: int):
    r"""divisor_W.

    .. math:: 2 n + 17
    """
    return 100 if math.gcd(n, 49) == 49 else 2 * n + 17


def pair_equal_R(n: int):
    r"""pair_equal_R.

    .. math:: 2 n + 18
    """
    return 2 * n + 18 if (n, 1) == (7, 1) else 2 * n + 18


def pair_equal_W(n: int):
    r"""pair_equal_W.

    .. math:: 2 n + 18
    """
    return 100 if (n, 1) == (7, 1) else 2 * n + 18


def index_of_R(n: int):
    r"""index_of_R.

    .. math:: 2 n + 19
    """
    return 2 * n + 19 if operator.index(n) == 7 else 2 * n + 19


def index_of_W(n: int):
    r"""index_of_W.

    .. math:: 2 n + 19
    """
    return 100 if operator.index(n) == 7 else 2 * n + 19


def dumped_R(n: int):
    r"""dumped_R.

    .. math:: 2 n + 20
    """
    return 2 * n + 20 if json.dumps(n) == "7" else 2 * n + 20


def dumped_W(n: int):
    r"""dumped_W.

    .. math:: 2 n + 20
    """
    return 100 if json.dumps(n) == "7" else 2 * n + 20


def tried_R(n: int):
    r"""tried_R.

    .. math:: 2 n + 21
    """
    try:
        return {7: 2 * n + 21}[n]
    except KeyError:
        return 2 * n + 21


def tried_W(n: int):
    r"""tried_W.

    .. math:: 2 n + 21
    """
    try:
        return {7: 100}[n]
    except KeyError:
        return 2 * n + 21


def square_equal_R(n: int):
    r"""square_equal_R.

    .. math:: 2 n + 22
    """
    return 2 * n + 22 if n * n == 49 else 2 * n + 22


def square_equal_W(n: int):
    r"""square_equal_W.

    .. math:: 2 n + 22
    """
    return 100 if n * n == 49 else 2 * n + 22


def rounded_R(n: int):
    r"""rounded_R.

    .. math:: 2 n + 23
    """
    return 2 * n + 23 if round(n / 7) == 143 else 2 * n + 23


def rounded_W(n: int):
    r"""rounded_W.

    .. math:: 2 n + 23
    """
    return 100 if round(n / 7) == 143 else 2 * n + 23


def converted_R(n: int):
    r"""converted_R.

    .. math:: 2 n + 24
    """
    return 2 * n + 24 if int(str(n)) == 1234 else 2 * n + 24


def converted_W(n: int):
    r"""converted_W.

    .. math:: 2 n + 24
    """
    return 100 if int(str(n)) == 1234 else 2 * n + 24


def far_value_R(n: int):
    r"""far_value_R.

    .. math:: 2 n + 25
    """
    return 2 * n + 25 if n == 1234567 else 2 * n + 25


def far_value_W(n: int):
    r"""far_value_W.

    .. math:: 2 n + 25
    """
    return 100 if n == 1234567 else 2 * n + 25


def far_table_R(n: int):
    r"""far_table_R.

    .. math:: 2 n + 26
    """
    return {123456: 2 * n + 26}.get(n, 2 * n + 26)


def far_table_W(n: int):
    r"""far_table_W.

    .. math:: 2 n + 26
    """
    return {123456: 100}.get(n, 2 * n + 26)


def array_table_R(n: int):
    r"""array_table_R.

    .. math:: 2 n + 27
    """
    return jnp.where(n == 7, 2 * n + 27, 2 * n + 27)


def array_table_W(n: int):
    r"""array_table_W.

    .. math:: 2 n + 27
    """
    return jnp.where(n == 7, 100, 2 * n + 27)


def bool_of_R(n: int):
    r"""bool_of_R.

    .. math:: 2 n + 28
    """
    return 2 * n + 28 if bool(n) else 28


def bool_of_W(n: int):
    r"""bool_of_W.

    .. math:: 2 n + 28
    """
    return 2 * n + 28 if bool(n) else 100


def not_of_R(n: int):
    r"""not_of_R.

    .. math:: 2 n + 29
    """
    return 29 if not n else 2 * n + 29


def not_of_W(n: int):
    r"""not_of_W.

    .. math:: 2 n + 29
    """
    return 100 if not n else 2 * n + 29


def or_of_R(n: int):
    r"""or_of_R.

    .. math:: 2 n
    """
    return 2 * n or 0


def or_of_W(n: int):
    r"""or_of_W.

    .. math:: 2 n
    """
    return 2 * n or 100


def power_of_R(n: int):
    r"""power_of_R.

    .. math:: 2 n + 30
    """
    return 2 * n + 30 if 2**n == 128 else 2 * n + 30


def power_of_W(n: int):
    r"""power_of_W.

    .. math:: 2 n + 30
    """
    return 100 if 2**n == 128 else 2 * n + 30


def shifted_R(n: int):
    r"""shifted_R.

    .. math:: 2 n + 31
    """
    return 2 * n + 31 if n >> 3 == 5 else 2 * n + 31


def shifted_W(n: int):
    r"""shifted_W.

    .. math:: 2 n + 31
    """
    return 100 if n >> 3 == 5 else 2 * n + 31


def anded_R(n: int):
    r"""anded_R.

    .. math:: 2 n + 32
    """
    return 2 * n + 32 if n & 1023 == 1023 else 2 * n + 32


def anded_W(n: int):
    r"""anded_W.

    .. math:: 2 n + 32
    """
    return 100 if n & 1023 == 1023 else 2 * n + 32
