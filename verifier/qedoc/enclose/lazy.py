"""Values that are evaluated at most once, and only when needed."""

from collections.abc import Callable
from typing import Any

from flint import ctx

from qedoc.enclose.values import UNDEFINED, NoRealValueError

_NOTHING = object()


class Lazy:
    """A value that several branches share. It is evaluated when the first of them needs it."""

    __slots__ = ("body", "undefined", "value")

    def __init__(self, body: Callable[[], Any]) -> None:
        self.body: Callable[[], Any] | None = body
        self.undefined = False
        self.value: Any = None

    def __call__(self) -> Any:
        """The value. Raises `NoRealValueError` on every call if there is none."""
        if self.body is not None:
            body, self.body = self.body, None
            try:
                self.value = body()
            except NoRealValueError:
                self.undefined = True
        if self.undefined:
            raise NoRealValueError
        return self.value


class CachedByPrecision:
    """A value that depends only on the precision. It is evaluated once per precision."""

    __slots__ = ("body", "found")

    def __init__(self, body: Callable[[], Any]) -> None:
        self.body = body
        self.found: dict[int, Any] = {}

    def __call__(self) -> Any:
        """The value at the current precision. Raises `NoRealValueError` on every call if there is none."""
        found = self.found.get(ctx.prec, _NOTHING)
        if found is _NOTHING:
            try:
                found = self.body()
            except NoRealValueError:
                found = UNDEFINED
            self.found[ctx.prec] = found
        if found is UNDEFINED:
            raise NoRealValueError
        return found
