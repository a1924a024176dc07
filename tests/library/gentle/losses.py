"""Losses of a residual, with docstrings in the style of Google."""

import jax
import jax.numpy as jnp


def huber(residual: jax.Array, delta: float = 1.0) -> jax.Array:
    r"""Huber loss, quadratic near zero and linear elsewhere.

    .. math::

        \begin{cases}
        \frac{1}{2} r^2 & \text{if } |r| \leq \delta \\
        \delta \left(|r| - \frac{1}{2} \delta\right) & \text{otherwise}
        \end{cases}

    Args:
        residual: the residual :math:`r`.
        delta: the threshold :math:`\delta`, must be positive.

    Returns:
        The loss.
    """
    size = jnp.abs(residual)
    return jnp.where(size <= delta, 0.5 * residual**2, delta * (size - 0.5 * delta))


def quantile(residual: jax.Array, tau: float) -> jax.Array:
    r"""Quantile loss, also called pinball loss.

    .. math::

        \max(\tau r, (1 - \tau) r)

    Args:
        residual: the residual :math:`r`.
        tau: the quantile :math:`\tau`, between 0 and 1.

    Returns:
        The loss.
    """
    return jnp.maximum(tau * residual, (tau - 1) * residual)


def log_cosh(residual: jax.Array) -> jax.Array:
    r"""Logarithm of the hyperbolic cosine.

    .. math::

        \log \cosh r

    Args:
        residual: the residual :math:`r`.

    Returns:
        The loss.
    """
    return jnp.log(jnp.cosh(residual))
