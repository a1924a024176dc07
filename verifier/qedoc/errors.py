"""Errors that stop qedoc, and helpers for their messages.

Most errors are mistakes of the user. Each message says what was expected, what was found, where, and how to fix it.
"""

import warnings
from collections.abc import Callable, Iterable
from typing import TypeVar

from qedoc.records import dataclass

Value = TypeVar("Value")
Otherwise = TypeVar("Otherwise")


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A line in a file.

    Args:
        path: path of the file, as given or absolute.
        line: line number, starting at 1.
    """

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class QedocError(Exception):
    """qedoc cannot do what was requested. The command line exits with code 2.

    Args:
        message: what was expected, what was found, and how to fix it.
        location: the position in the user's files, if known.
    """

    def __init__(self, message: str, location: Location | None = None) -> None:
        super().__init__(message, location)
        self.message = message
        self.location = location

    def __str__(self) -> str:
        return f"{self.location}: {self.message}" if self.location else self.message


class UnknownTargetError(QedocError):
    """No spec has a target or claim with this name.

    Args:
        message: contains the name and similar known names.
        target: the name.
    """

    def __init__(self, message: str, target: str) -> None:
        super().__init__(message)
        self.target = target


class SpecError(QedocError):
    """A spec is invalid: it contradicts itself or its target, or it is not valid Python."""


class ShapeError(SpecError):
    """The result of the target does not have the shape that the claim describes.

    Args:
        message: the message.
        location: the claim.
        shape: the shape of the result.
    """

    def __init__(self, message: str, location: Location | None, shape: tuple[int, ...]) -> None:
        super().__init__(message, location)
        self.shape = shape


class TargetError(QedocError):
    """The target of a claim cannot be imported, or is not callable."""


class UnsupportedError(QedocError):
    """The code uses an operation that qedoc has no rule for. The verdict becomes `unsupported`.

    Args:
        message: names the primitive or operation and what is missing.
        location: the line in the user's code.
    """


LONGEST_MESSAGE = 500
"""Longer messages of foreign exceptions are cut after this many characters."""


def told(error: BaseException) -> str:
    """Describes any exception by its type and message. An exception whose `__str__` fails is allowed.

    Args:
        error: the exception.
    """
    try:
        message = str(error)
    except BaseException:  # noqa: BLE001  # __str__ of a foreign exception may raise anything, and a report of an error must not fail
        message = "its message cannot be shown"
    if len(message) > LONGEST_MESSAGE:
        message = f"{message[:LONGEST_MESSAGE]} ..."
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def attempt(call: Callable[[], Value], otherwise: Otherwise) -> Value | Otherwise:
    """Returns what a call of a library's code gives, without its warnings, or something else if the code raises an error.

    Args:
        call: the call.
        otherwise: what to return if it raises.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return call()
        except Exception:  # noqa: BLE001  # a library that is looked at may raise anything, and nothing is known then
            return otherwise


MIN_PREFIX = 4
"""Names of at least this many letters also match longer names that start with them."""


def meant(name: str, known: Iterable[str], most: int = 1) -> list[str]:
    """Returns the known names that the user probably meant: similar spellings first, then names that start with `name`.

    Args:
        name: the name as the user wrote it.
        known: all valid names.
        most: the maximum number of suggestions.
    """
    from difflib import get_close_matches  # only needed after a mistake

    names = list(dict.fromkeys(known))
    longer = [other for other in names if len(name) >= MIN_PREFIX and other.startswith(name)]
    return list(dict.fromkeys([*get_close_matches(name, names, n=most, cutoff=0.7), *longer]))[:most]


def question(names: Iterable[str]) -> str:
    """Returns `did you mean a or b?`, or an empty string if there are no names."""
    suggestions = " or ".join(names)
    return f"did you mean {suggestions}?" if suggestions else ""
