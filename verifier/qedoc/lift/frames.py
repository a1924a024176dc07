"""Which lines of the user's code are running, and which of them a compiled piece of code came from."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import jax

from qedoc.errors import Location

_JAX = str(Path(jax.__file__).absolute().parent) + os.sep
_LIFT = str(Path(__file__).absolute().parent) + os.sep
_QEDOC = str(Path(__file__).absolute().parents[1]) + os.sep
# Parts of jax that are documented mathematics themselves: code under test, not machinery.
_LIBRARY = tuple(_JAX + part.replace("/", os.sep) for part in ("_src/nn/", "nn/", "_src/scipy/", "scipy/", "experimental/"))


def is_users(path: str) -> bool:
    """Whether a file is neither jax's machinery nor qedoc."""
    if path.startswith(_LIBRARY):
        return True
    return not path.startswith((_JAX, _QEDOC, "<"))


def own_frame() -> FrameType:
    """The caller's frame."""
    return sys._getframe(1)  # noqa: SLF001  # as in `running`


def running(until: FrameType | None) -> Iterator[FrameType]:
    """The user's frames on the stack, innermost first, up to (not including) the frame `until`."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # the stack can be read in no other way without formatting it
    while frame is not None and frame is not until:
        if is_users(frame.f_code.co_filename):
            yield frame
        frame = frame.f_back


def origins(source: Any) -> Iterator[tuple[Location, tuple[str, int]]]:
    """Place and (file, first line of the function) of each of the user's frames that an equation was traced through.

    Args:
        source: the `source_info` of a jaxpr equation.
    """
    for frame in getattr(source.traceback, "frames", ()):
        if is_users(frame.file_name):
            yield Location(path=frame.file_name, line=frame.line_num), (frame.file_name, frame.function_start_line)


def raised_here(error: BaseException) -> bool:
    """Whether qedoc itself raised the error, on behalf of no one."""
    innermost = error.__traceback__
    while innermost is not None and innermost.tb_next is not None:
        innermost = innermost.tb_next
    return innermost is not None and innermost.tb_frame.f_code.co_filename.startswith(_LIFT)
