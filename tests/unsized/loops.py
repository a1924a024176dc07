"""Code with loops over lists and dicts. The tests say which formula each function has."""

import jax.numpy as jnp
import numpy as np


def scaled(start, factors):
    value = start
    for boundary, factor in sorted(factors.items()):
        value = jnp.where(boundary <= 300, value * factor, value)
    return value


def branching(start, factors):
    value = start
    for boundary, factor in factors.items():
        if boundary <= 300:
            value *= factor
    return value


def looked_up(start, factors):
    if any(factor < 0 for factor in factors.values()):
        raise ValueError("negative")
    value = start
    for boundary in sorted(factors):
        value = jnp.where(boundary <= 300, value * factors[boundary], value)
    return value


def strict(start, factors):
    value = start
    for boundary, factor in sorted(factors.items()):
        value = jnp.where(boundary < 300, value * factor, value)
    return value


def without_the_seventh(start, factors):
    value = start
    for place, (boundary, factor) in enumerate(sorted(factors.items())):
        if place != 6:
            value = jnp.where(boundary <= 300, value * factor, value)
    return value


def without_the_last_of_many(start, factors):
    value = start
    for boundary, factor in sorted(factors.items()):
        value = jnp.where(boundary <= 300, value * factor, value)
    return value if len(factors) < 1000 else 2 * value


def without_the_two_hundredth(start, factors):
    value = start
    for place, (boundary, factor) in enumerate(sorted(factors.items())):
        if place != 200:
            value = jnp.where(boundary <= 300, value * factor, value)
    return value


def another_at_two_hundred(start, factors):
    value = start
    for boundary, factor in sorted(factors.items()):
        value = jnp.where(boundary <= 300, value * factor, value)
    return value if len(factors) != 200 else 2 * value


def nothing_from_two_hundred(start, factors):
    if len(factors) >= 200:
        return start
    value = start
    for boundary, factor in sorted(factors.items()):
        value = jnp.where(boundary <= 300, value * factor, value)
    return value


def the_first_two_hundred(start, factors):
    value = start
    for boundary, factor in sorted(factors.items())[:200]:
        value = jnp.where(boundary <= 300, value * factor, value)
    return value


def remembering(start, factors):
    value, seen = start, []
    for boundary, factor in sorted(factors.items()):
        seen.append(boundary)
        value = jnp.where(boundary <= 300, value * factor, value)
    return value if len(seen) < 1000 else 2 * value


SEEN = []


def _noted(factor):
    SEEN.append(factor)
    return factor


def remembering_elsewhere(start, factors):
    value = start
    for boundary, factor in sorted(factors.items()):
        value = jnp.where(boundary <= 300, value * _noted(factor), value)
    return value


def _kept(factor, seen=[]):
    seen += [factor]
    return factor if len(seen) < 10_000 else 2 * factor


def remembering_in_a_default(start, factors):
    value = start
    for boundary, factor in sorted(factors.items()):
        value = jnp.where(boundary <= 300, value * _kept(factor), value)
    return value


COUNTS = np.zeros(1)


def remembering_in_an_array(start, factors):
    value = start
    for boundary, factor in sorted(factors.items()):
        value = jnp.where(boundary <= 300, value * factor * np.add(COUNTS[0], 1), value)
    return value


def counted_by_numpy(start, factors):
    value = start
    for boundary, factor in sorted(factors.items()):
        value = jnp.where(boundary <= 300, value * factor * np.ones_like(1), value)
    return value


def ending_early(start, factors):
    value = start
    for boundary, factor in sorted(factors.items()):
        if boundary > 300:
            break
        value = value * factor
    return value


def nested(start, factors):
    value = start
    for boundary, factor in factors.items():
        for other in factors:
            value = jnp.where((other <= boundary) & (boundary <= 300), value * factor, value)
    return value


def hiding_errors(start, factors):
    try:
        value = start
        for boundary, factor in sorted(factors.items()):
            value = jnp.where(boundary <= 300, value * factor, value)
    except ValueError:
        return start
    return value


def mean(xs):
    total = 0.0
    for x in xs:
        total = total + x
    return total / len(xs)


def mean_by_terms(xs):
    total = 0.0
    for x in xs:
        total += x / len(xs)
    return total


def mean_from_the_first(xs):
    total = xs[0]
    for x in xs[1:]:
        total = total + x
    return total / len(xs)


def mean_of_some(xs):
    total = 0.0
    for x in xs[:-1]:
        total = total + x
    return total / len(xs)


def largest(xs):
    found = xs[0]
    for x in xs[1:]:
        found = jnp.maximum(found, x)
    return found


def norm(xs):
    total = 0.0
    for x in xs:
        total += _square(x)
    return jnp.sqrt(total)


def _square(x):
    return x * x


def roughness(xs):
    total = 0.0
    for one, other in zip(xs[:-1], xs[1:]):
        total += (other - one) ** 2
    return total


def numbered(xs):
    total = 0.0
    for place, x in enumerate(xs, 1):
        total += place * x
    return total


def dot(xs, ys):
    if len(xs) != len(ys):
        raise ValueError("the lists differ in length")
    total = 0.0
    for x, y in zip(xs, ys):
        total += x * y
    return total


def all_positive(xs):
    total = 0.0
    for x in xs:
        total += x
    return total if all(x > 0 for x in xs) else -total


def by_sum(xs):
    return sum(x for x in xs)


def by_sum_inside(xs):
    total = 0.0
    for x in xs:
        total += x
    return total if all(sum(y for y in xs) >= x for x in xs) else total + 1


def of_no_entry(xs):
    total = 0.0
    for x in xs[:0]:
        total += x
    return total


def counted(xs):
    count = 0
    for _ in xs:
        count += 1
    return count
