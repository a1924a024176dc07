"""What stops qedoc from running: a user's mistake, said so that it can be mended."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A line of a file, as a person names it.

    Args:
        path: path of the file, as given or absolute.
        line: line in the file, from 1.
    """

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class QedocError(Exception):
    """qedoc cannot run as asked; the command line ends with exit code 2.

    Args:
        message: what was expected, what was found, and what to do.
        location: the place in the user's files, if there is one.
    """

    def __init__(self, message: str, location: Location | None = None) -> None:
        super().__init__(message, location)
        self.message = message
        self.location = location

    def __str__(self) -> str:
        return f"{self.location}: {self.message}" if self.location else self.message


class UnknownTargetError(QedocError):
    """No spec has a target or a claim of this name.

    Args:
        message: names it, with the near ones.
        target: the name.
    """

    def __init__(self, message: str, target: str) -> None:
        super().__init__(message)
        self.target = target


class SpecError(QedocError):
    """A spec contradicts itself, its target, or Python's grammar."""


class TargetError(QedocError):
    """The target of a claim cannot be imported, or is not callable."""


class UnsupportedError(QedocError):
    """The code uses something that qedoc has no rule for; it becomes the verdict `unsupported`.

    Args:
        message: names the primitive (or the act) and what is missing.
        location: the line of the user's code.
    """


LONGEST_MESSAGE = 500
"""Characters of another program's message that are shown."""


def told(error: BaseException) -> str:
    """The kind and the message of an exception of any code, whose message may itself fail.

    Args:
        error: the exception.
    """
    try:
        message = str(error)
    except BaseException:  # noqa: BLE001  __str__ of a foreign exception may raise anything, and a report of an error must not fail
        message = "its message cannot be shown"
    if len(message) > LONGEST_MESSAGE:
        message = f"{message[:LONGEST_MESSAGE]} ..."
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


LEAST = 4
"""Letters of a name that may be the beginning of a longer one."""


def meant(name: str, known: Iterable[str], most: int = 1) -> list[str]:
    """The known names that may have been meant: those that are spelled almost so, then those that begin so.

    Args:
        name: as it was written.
        known: the names that there are.
        most: how many.
    """
    from difflib import get_close_matches  # needed for a mistake only

    names = list(dict.fromkeys(known))
    longer = [other for other in names if len(name) >= LEAST and other.startswith(name)]
    return list(dict.fromkeys([*get_close_matches(name, names, n=most, cutoff=0.7), *longer]))[:most]


def question(names: Iterable[str]) -> str:
    """Asks whether one of the names was meant; nothing if there is none."""
    found = " or ".join(names)
    return f"did you mean {found}?" if found else ""
