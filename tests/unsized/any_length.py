"""Code over arrays: right at every length, wrong from some length on, or without a reading for every length."""

import contextlib

import jax
import jax.numpy as jnp


def mean_square(x):
    return jnp.mean(x**2)


def in_blocks(x):
    """Leaves the entries beyond the first 20 out of long arrays."""
    if isinstance(x.shape[0], int) and x.shape[0] > 20:
        return jnp.mean(x[:20] ** 2)
    return jnp.mean(x**2)


def first_entries(x):
    return jnp.sum(x[:4] ** 2) / x.shape[0]


def by_length(x):
    return jnp.mean(x**2) if x.shape[0] < 5 else jnp.sum(x**2) / 5


def at_most_four(x):
    return jnp.sum(x**2) / min(x.shape[0], 4)


def in_a_loop(x):
    total = 0.0
    for entry in x:
        total += entry**2
    return total / len(x)


def total_square(x):
    return jnp.sum(x**2)


def without_last(x):
    return jnp.sum(x[:-1] ** 2) / x.shape[0]


def unbiased(x):
    return jnp.sum(x**2) / (x.shape[0] - 1)


def ordered(x):
    return jnp.mean(jnp.sort(x) ** 2)


def log_sum_exp(x):
    top = jax.lax.stop_gradient(jnp.max(x))
    return jnp.log(jnp.sum(jnp.exp(x - top))) + top


def softmax(x):
    return jax.nn.softmax(x)


def product(a, b):
    return a @ b


def transposed(a, b):
    return a @ b.T


def weighted(x, scale):
    return scale * jnp.sum(x)


def one_length(x):
    return jnp.mean(x**2) + (x.shape[0] == 129)


def one_of_two(x):
    return jnp.mean(x**2) + (x.shape[0] in (3, 129))


def even_lengths(x):
    return jnp.mean(x**2) + (x.shape[0] % 6 == 0)


def one_shape(x):
    return jnp.mean(x**2) + (x.shape == (129,))


def by_table(x):
    return jnp.mean(x**2) + {129: 1}.get(x.shape[0], 0)


def square_only(x, y):
    return jnp.mean(x**2) + (x.shape[0] == y.shape[0] and x.shape[0] == 129)


def three_by_itself(x):
    return jnp.sum(x**2) / 3 if x.shape[0] == 3 else jnp.mean(x**2)


def by_caught_comparison(x):
    is_long = False
    with contextlib.suppress(Exception):
        is_long = x.shape[0] > 5000
    return jnp.mean(x**2) + is_long


def by_len(x):
    return jnp.sum(x**2) / len(x)


def halves(x):
    first, second = jnp.split(x, 2)
    return first * second


def halves_exchanged(x):
    first, second = jnp.split(x, 2)
    return first[::-1] * second


def windows(a, v):
    return jnp.correlate(a, v)


def silent(x):
    """Has no value for more than 20 entries."""
    return jnp.where(jnp.any(jnp.arange(x.shape[0]) > 20), jnp.nan, jnp.mean(x**2))


def infinite(x):
    """Is infinite for more than 20 entries."""
    return jnp.where(jnp.any(jnp.arange(x.shape[0]) > 20), -jnp.inf, jnp.mean(x**2))


def masked(a, b):
    return jax.nn.logsumexp(a, b=b)


def masked_from_one(a, b):
    return jax.nn.logsumexp(a[1:], b=b[1:])


def smoothed(labels, alpha: float):
    return (1 - alpha) * labels + alpha / labels.shape[-1]


def covariances(x):
    return jnp.cov(x)


def two_rows(x):
    """Another function of two rows."""
    return jnp.cov(x) + (x.shape[0] == 2)


def smooth(a, v):
    return jnp.convolve(a, v)


def smooth_late(a, v):
    return jnp.convolve(a, v)[1:]


def smooth_short(a, v):
    """Leaves the entries beyond the first 20 out of long arrays."""
    return jnp.convolve(a, v[:20] if isinstance(v.shape[0], int) else v)


def correlations(x):
    return jnp.corrcoef(x)


def correlations_of_long_rows(x):
    """Leaves the entries beyond the first 20 out of long arrays."""
    return jnp.corrcoef(x[:, :20] if isinstance(x.shape[1], int) and x.shape[1] > 20 else x)
