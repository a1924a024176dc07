"""Lets a caller hear from which part of a formula each value was read, and put another value in its place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias

import sympy as sp

Hear: TypeAlias = Callable[[sp.Expr, int, int], sp.Expr]

_WANTED: ContextVar[tuple[str, Hear] | None] = ContextVar("wanted", default=None)
_ACTIVE: ContextVar[Hear | None] = ContextVar("active", default=None)


@contextmanager
def listening(latex: str, hear: Hear) -> Iterator[None]:
    """Calls a function for each value of a formula while that formula is read.

    Args:
        latex: the formula. Other formulas that are read in between are not heard.
        hear: gets a value and the offsets of its first character and of the one after its last; returns the value to go on with.
    """
    token = _WANTED.set((latex, hear))
    try:
        yield
    finally:
        _WANTED.reset(token)


@contextmanager
def reading(latex: str) -> Iterator[None]:
    """Marks the time in which a formula is read."""
    wanted = _WANTED.get()
    token = _ACTIVE.set(wanted[1] if wanted is not None and wanted[0] == latex else None)
    try:
        yield
    finally:
        _ACTIVE.reset(token)


def heard(value: sp.Expr, start: int, end: int) -> sp.Expr:
    """A value that was read, or what the listener puts in its place."""
    hear = _ACTIVE.get()
    return value if hear is None else hear(value, start, end)
