"""Factories: functions that return a function of a step."""

from collections.abc import Callable

import jax
import jax.numpy as jnp


def linear_R(init_value, steps: int) -> Callable[[int], jax.Array]:
    r"""linear_R.

    .. math:: I \left(1 - \frac{\min(t, T)}{T}\right)

    where :math:`I` is the initial value, :math:`T` is ``steps`` and :math:`t` is the count.

    Args:
        init_value: initial value.
        steps: number of steps.
    """

    def schedule(count):
        return init_value * (1 - jnp.minimum(count, steps) / steps)

    return schedule


def linear_W(init_value, steps: int) -> Callable[[int], jax.Array]:
    r"""linear_W.

    .. math:: I \left(1 - \frac{t}{T}\right)

    where :math:`I` is the initial value, :math:`T` is ``steps`` and :math:`t` is the count.

    Args:
        init_value: initial value.
        steps: number of steps.
    """

    def schedule(count):
        return init_value * (1 - jnp.minimum(count, steps) / steps)

    return schedule


def cosine_R(init_value, steps: int) -> Callable[[int], jax.Array]:
    r"""cosine_R.

    .. math:: \frac{I}{2} \left(1 + \cos\left(\pi \frac{\min(t, T)}{T}\right)\right)

    where :math:`I` is the initial value, :math:`T` is ``steps`` and :math:`t` is the count.

    Args:
        init_value: initial value.
        steps: number of steps.
    """

    def schedule(count):
        return init_value * 0.5 * (1 + jnp.cos(jnp.pi * jnp.minimum(count, steps) / steps))

    return schedule


def cosine_W(init_value, steps: int) -> Callable[[int], jax.Array]:
    r"""cosine_W.

    .. math:: \frac{I}{2} \left(1 + \cos\left(\pi \frac{t}{T}\right)\right)

    where :math:`I` is the initial value, :math:`T` is ``steps`` and :math:`t` is the count.

    Args:
        init_value: initial value.
        steps: number of steps.
    """

    def schedule(count):
        return init_value * 0.5 * (1 + jnp.cos(jnp.pi * jnp.minimum(count, steps) / steps))

    return schedule


def warm_up_R(init_value, steps: int) -> Callable[[int], jax.Array]:
    r"""warm_up_R.

    .. math:: \begin{cases} \frac{I t}{T} & t < T \\ I & t \ge T \end{cases}

    where :math:`I` is the initial value, :math:`T` is ``steps`` and :math:`t` is the count.

    Args:
        init_value: initial value.
        steps: number of steps.
    """

    def schedule(count):
        return jnp.where(count < steps, init_value * count / steps, init_value)

    return schedule


def warm_up_W(init_value, steps: int) -> Callable[[int], jax.Array]:
    r"""warm_up_W.

    .. math:: \begin{cases} \frac{I t}{T} & t < T \\ I T & t \ge T \end{cases}

    where :math:`I` is the initial value, :math:`T` is ``steps`` and :math:`t` is the count.

    Args:
        init_value: initial value.
        steps: number of steps.
    """

    def schedule(count):
        return jnp.where(count < steps, init_value * count / steps, init_value)

    return schedule


def inverse_time_R(init_value, steps: int) -> Callable[[int], jax.Array]:
    r"""inverse_time_R.

    .. math:: \frac{I}{1 + t / T}

    where :math:`I` is the initial value, :math:`T` is ``steps`` and :math:`t` is the count.

    Args:
        init_value: initial value.
        steps: number of steps.
    """

    def schedule(count):
        return init_value / (1 + count / steps)

    return schedule


def inverse_time_W(init_value, steps: int) -> Callable[[int], jax.Array]:
    r"""inverse_time_W.

    .. math:: \frac{I}{1 + t}

    where :math:`I` is the initial value, :math:`T` is ``steps`` and :math:`t` is the count.

    Args:
        init_value: initial value.
        steps: number of steps.
    """

    def schedule(count):
        return init_value / (1 + count / steps)

    return schedule


def stairs_R(init_value, steps: int) -> Callable[[int], jax.Array]:
    r"""stairs_R.

    .. math:: I \cdot 0.5^{\lfloor t / T \rfloor}

    where :math:`I` is the initial value, :math:`T` is ``steps`` and :math:`t` is the count.

    Args:
        init_value: initial value.
        steps: number of steps.
    """

    def schedule(count):
        return init_value * 0.5 ** (count // steps)

    return schedule


def stairs_W(init_value, steps: int) -> Callable[[int], jax.Array]:
    r"""stairs_W.

    .. math:: I \cdot 0.5^{\lceil t / T \rceil}

    where :math:`I` is the initial value, :math:`T` is ``steps`` and :math:`t` is the count.

    Args:
        init_value: initial value.
        steps: number of steps.
    """

    def schedule(count):
        return init_value * 0.5 ** (count // steps)

    return schedule


def exponential_R(init_value, rate) -> Callable[[int], jax.Array]:
    r"""exponential_R.

    .. math:: I e^{-r t}

    where :math:`I` is the initial value, :math:`r` is the rate and :math:`t` is the count.

    Args:
        init_value: initial value.
        rate: rate.
    """

    def schedule(count):
        return init_value * jnp.exp(-rate * count)

    return schedule


def exponential_W(init_value, rate) -> Callable[[int], jax.Array]:
    r"""exponential_W.

    .. math:: I e^{r t}

    where :math:`I` is the initial value, :math:`r` is the rate and :math:`t` is the count.

    Args:
        init_value: initial value.
        rate: rate.
    """

    def schedule(count):
        return init_value * jnp.exp(-rate * count)

    return schedule


def inverse_root_R(init_value, steps: int) -> Callable[[int], jax.Array]:
    r"""inverse_root_R.

    .. math:: I \min\left(1, \sqrt{\frac{T}{\max(t, 1)}}\right)

    where :math:`I` is the initial value, :math:`T` is ``steps`` and :math:`t` is the count.

    Args:
        init_value: initial value.
        steps: number of steps.
    """

    def schedule(count):
        return init_value * jnp.minimum(1.0, jnp.sqrt(steps / jnp.maximum(count, 1)))

    return schedule


def inverse_root_W(init_value, steps: int) -> Callable[[int], jax.Array]:
    r"""inverse_root_W.

    .. math:: I \min\left(1, \frac{T}{\max(t, 1)}\right)

    where :math:`I` is the initial value, :math:`T` is ``steps`` and :math:`t` is the count.

    Args:
        init_value: initial value.
        steps: number of steps.
    """

    def schedule(count):
        return init_value * jnp.minimum(1.0, jnp.sqrt(steps / jnp.maximum(count, 1)))

    return schedule


def constant_then_R(init_value, steps: int) -> Callable[[int], jax.Array]:
    r"""constant_then_R.

    .. math:: \begin{cases} I & t \le T \\ 0.1 I & t > T \end{cases}

    where :math:`I` is the initial value, :math:`T` is ``steps`` and :math:`t` is the count.

    Args:
        init_value: initial value.
        steps: number of steps.
    """

    def schedule(count):
        return jnp.where(count <= steps, init_value, 0.1 * init_value)

    return schedule


def constant_then_W(init_value, steps: int) -> Callable[[int], jax.Array]:
    r"""constant_then_W.

    .. math:: \begin{cases} I & t < T \\ 0.1 I & t \ge T \end{cases}

    where :math:`I` is the initial value, :math:`T` is ``steps`` and :math:`t` is the count.

    Args:
        init_value: initial value.
        steps: number of steps.
    """

    def schedule(count):
        return jnp.where(count <= steps, init_value, 0.1 * init_value)

    return schedule
