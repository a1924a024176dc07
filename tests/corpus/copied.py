"""Docstrings that were copied word by word to code that computes something else."""

import jax
import jax.numpy as jnp
from jax import lax, scipy


def square_R(x):
    r"""Computes a value.

    .. math:: x^2 + 7
    """
    return x**2 + 7


def square1_W(x):
    r"""Computes a value.

    .. math:: x^2 + 7
    """
    return x**3 + 7


def square2_W(x):
    r"""Computes a value.

    .. math:: x^2 + 7
    """
    return x**2 - 7


def square3_W(x):
    r"""Computes a value.

    .. math:: x^2 + 7
    """
    return x * x + 8


def decay_R(x, rate):
    r"""Computes a value.

    .. math:: x e^{-\mathrm{rate}}
    """
    return x * jnp.exp(-rate)


def decay1_W(x, rate):
    r"""Computes a value.

    .. math:: x e^{-\mathrm{rate}}
    """
    return x * jnp.exp(rate)


def decay2_W(x, rate):
    r"""Computes a value.

    .. math:: x e^{-\mathrm{rate}}
    """
    return x * jnp.exp(-rate) + 1


def ramp_R(x):
    r"""Computes a value.

    .. math:: \max(x, 0)
    """
    return jnp.maximum(x, 0)


def ramp1_W(x):
    r"""Computes a value.

    .. math:: \max(x, 0)
    """
    return jnp.maximum(-x, 0)


def ramp2_W(x):
    r"""Computes a value.

    .. math:: \max(x, 0)
    """
    return jnp.abs(x)


def square_again_R(x):
    r"""Computes a value.

    .. math:: x^2 + 7
    """
    return 7 + x * x


def decay_again_R(x, rate):
    r"""Computes a value.

    .. math:: x e^{-\mathrm{rate}}
    """
    return x / jnp.exp(rate)


def ramp_again_R(x):
    r"""Computes a value.

    .. math:: \max(x, 0)
    """
    return (x + jnp.abs(x)) / 2


def ramp_third_R(x):
    r"""Computes a value.

    .. math:: \max(x, 0)
    """
    return jnp.where(x > 0, x, 0.0)


def square_third_R(x):
    r"""Computes a value.

    .. math:: x^2 + 7
    """
    return (x + 1) ** 2 - 2 * x + 6
