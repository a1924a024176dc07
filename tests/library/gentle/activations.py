"""Activations, with docstrings in MyST."""

import jax
import jax.numpy as jnp


def swish(x: jax.Array, beta: float = 1.0) -> jax.Array:
    r"""Swish, a smooth rectifier.

    $$
    \frac{x}{1 + e^{-\beta x}}
    $$

    where $\beta$ is the sharpness `beta`.
    """
    return x / (1 + jnp.exp(-beta * x))


def softplus(x: jax.Array, beta: float = 1.0) -> jax.Array:
    r"""Softplus, a smooth rectifier that is positive.

    ```{math}
    \frac{1}{\beta} \log(1 + e^{\beta x})
    ```

    where $\beta$ is the sharpness `beta`, which must be positive.
    """
    return jnp.log(1 + jnp.exp(beta * x)) / beta


def leaky(x: jax.Array, slope: float) -> jax.Array:
    """Rectifier with a slope for negative inputs."""
    return jnp.where(x > 0, x, slope * x)
