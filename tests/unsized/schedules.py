"""Schedules with any number of parts, each with one mistake."""

import jax.numpy as jnp


def piecewise_strict(init_value, boundaries_and_scales):
    """The factor counts after its boundary, and not at it."""

    def schedule(count):
        v = init_value
        for threshold, scale in sorted(boundaries_and_scales.items()):
            v = jnp.where(count > threshold, scale * v, v)
        return v

    return schedule


def piecewise_without_the_seventh(init_value, boundaries_and_scales):
    def schedule(count):
        v = init_value
        for place, (threshold, scale) in enumerate(sorted(boundaries_and_scales.items())):
            indicator = jnp.maximum(0.0, jnp.sign(threshold - count))
            v = v * indicator + (1 - indicator) * (1.0 if place == 6 else scale) * v
        return v

    return schedule


def joined_strict(schedules, boundaries):
    def schedule(step):
        output = schedules[0](step)
        for boundary, following in zip(boundaries, schedules[1:]):
            output = jnp.where(step <= boundary, output, following(step - boundary))
        return output

    return schedule


def joined_without_restart(schedules, boundaries):
    def schedule(step):
        output = schedules[0](step)
        for boundary, following in zip(boundaries, schedules[1:]):
            output = jnp.where(step < boundary, output, following(step))
        return output

    return schedule


def joined_without_the_seventh(schedules, boundaries):
    def schedule(step):
        output = schedules[0](step)
        for place, (boundary, following) in enumerate(zip(boundaries, schedules[1:])):
            if place != 6:
                output = jnp.where(step < boundary, output, following(step - boundary))
        return output

    return schedule
