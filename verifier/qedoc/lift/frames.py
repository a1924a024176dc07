"""Finds the lines of the user's code that are running, and the lines that compiled code came from."""

import ast
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

import jax

from qedoc.errors import Location

_JAX = str(Path(jax.__file__).absolute().parent) + os.sep
_LIFT = str(Path(__file__).absolute().parent) + os.sep
_QEDOC = str(Path(__file__).absolute().parents[1]) + os.sep
# Parts of JAX whose documentation has formulas: they are code under test, not internals.
_LIBRARY = tuple(_JAX + part.replace("/", os.sep) for part in ("_src/nn/", "nn/", "_src/scipy/", "scipy/", "experimental/"))

_TELLING = tuple(str(Path(module.__file__).absolute()) for module in (logging, warnings) if module.__file__)
# Functions that only write their arguments, and whose results are not used.
_WRITERS = frozenset({"print", "debug", "info", "warn", "warning", "error", "exception", "critical", "log"})


def is_users(path: str) -> bool:
    """Whether a file belongs neither to JAX's internals nor to qedoc."""
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
    """Returns the location and (file, first line of the function) of each of the user's frames in which an equation was traced.

    Args:
        source: the `source_info` of a jaxpr equation.
    """
    for frame in getattr(source.traceback, "frames", ()):
        if is_users(frame.file_name):
            yield Location(path=frame.file_name, line=frame.line_num), (frame.file_name, frame.function_start_line)


def raised_here(error: BaseException) -> bool:
    """Whether qedoc itself raised the error, and not the user's code."""
    innermost = error.__traceback__
    while innermost is not None and innermost.tb_next is not None:
        innermost = innermost.tb_next
    return innermost is not None and innermost.tb_frame.f_code.co_filename.startswith(_LIFT)


def is_ours(interpreter: str) -> bool:
    """Whether qedoc's own code is running. qedoc builds the structures that it passes to the user's code, and knows their keys.

    Args:
        interpreter: the calling file. Its frames and those of this folder are skipped.
    """
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # as in `running`
    while frame is not None and (frame.f_code.co_filename.startswith(_LIFT) or frame.f_code.co_filename == interpreter):
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename.startswith(_QEDOC)


def is_message(frames: Iterator[FrameType]) -> bool:
    """Whether running code creates a text for people only: for an exception, a warning or a log.

    Args:
        frames: the user's frames, innermost first.
    """
    frame = next(frames, None)
    if frame is None:
        return False
    if any(f.f_code.co_filename in _TELLING for f in (frame, *frames)):
        return True
    spans = list(frame.f_code.co_positions())
    first, last, *_ = spans[frame.f_lasti // 2] if frame.f_lasti >= 0 else (None, None)
    return first is not None and any(a <= first and (last or first) <= b for a, b in _messages(frame.f_code.co_filename))


@lru_cache(maxsize=256)
def _messages(path: str) -> tuple[tuple[int, int], ...]:
    """The first and last lines of code in a file that only creates messages."""
    try:
        tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return ()
    found: list[ast.AST] = []
    for node in ast.walk(tree):
        match node:
            case ast.Raise():
                found.append(node)
            case ast.Assert(msg=ast.expr() as message, test=test) if message.lineno > (test.end_lineno or 0):
                found.append(message)
            case ast.Expr(value=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name))) if name in _WRITERS:
                found.append(node)
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            for before, after in pairwise(block if isinstance(block, list) else ()):
                if isinstance(before, ast.Assign) and isinstance(after, ast.Raise) and _names(before.targets) == _names(_arguments(after)):
                    found.append(before)
    return tuple((node.lineno, node.end_lineno or node.lineno) for node in found)  # type: ignore[attr-defined]  # statements and expressions


def _arguments(statement: ast.Raise) -> list[ast.expr]:
    return statement.exc.args if isinstance(statement.exc, ast.Call) else []


def _names(nodes: list[ast.expr]) -> list[str]:
    return [node.id if isinstance(node, ast.Name) else "" for node in nodes]
