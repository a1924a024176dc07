"""Learning rates by step, with docstrings in the style of NumPy."""

import jax
import jax.numpy as jnp


def warmup(step: int, peak: float, steps: int) -> jax.Array:
    r"""Linear warmup to a peak.

    .. math:: p \min(t / W, 1)

    Parameters
    ----------
    step : int
        The step (:math:`t`), not negative.
    peak : float
        The peak (:math:`p`).
    steps : int
        The number of steps (:math:`W`), at least 1.

    Returns
    -------
    jax.Array
        The learning rate.
    """
    return peak * jnp.minimum(step / steps, 1)


def inverse_time(step: int, init_value: float, rate: float) -> jax.Array:
    r"""Inverse time decay.

    .. math:: \frac{I}{1 + k t}

    Parameters
    ----------
    step : int
        The step (:math:`t`), not negative.
    init_value : float
        The initial value (:math:`I`).
    rate : float
        The rate of the decay (:math:`k`), positive.

    Returns
    -------
    jax.Array
        The learning rate.
    """
    return init_value / (1 + rate * step)


def linear(step: int, init_value: float, end_value: float, steps: int) -> jax.Array:
    r"""Linear schedule from a first to a last value.

    .. math:: I - (E - I) \frac{t}{T}

    Parameters
    ----------
    step : int
        The step (:math:`t`), not negative.
    init_value : float
        The first value (:math:`I`).
    end_value : float
        The last value (:math:`E`).
    steps : int
        The number of steps (:math:`T`), at least 1.

    Returns
    -------
    jax.Array
        The learning rate.
    """
    return init_value + (end_value - init_value) * (step / steps)
