"""Shows and writes the changes of source files."""

import difflib
import os
import stat
from pathlib import Path

from qedoc.errors import QedocError
from qedoc.lock.store import replace as write_whole


def diff(path: str, before: str, after: str) -> str:
    """The unified diff of a file."""
    old, new = (text.splitlines(keepends=True) for text in (before, after))
    lines = difflib.unified_diff(old, new, f"a/{path.lstrip('/')}", f"b/{path.lstrip('/')}")
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def rewritten(file: Path, before: str, after: str, encoding: str) -> None:
    """Writes a file whole, with its permissions, if it still is as it was read.

    Args:
        file: the file.
        before: its text as it was read.
        after: its new text.
        encoding: its encoding.

    Raises:
        QedocError: for a file that has changed, is read-only or cannot be written, and for a change that would break its syntax.
    """
    file = file.resolve()
    try:
        if file.read_bytes() != before.encode(encoding):
            raise QedocError(f"{file} has changed since it was read; run the command again")
        mode = stat.S_IMODE(file.stat().st_mode)
        if not mode & stat.S_IWUSR or not os.access(file, os.W_OK):
            raise QedocError(f"{file} is read-only; nothing was written")
        if file.suffix == ".py":
            compile(after, str(file), "exec")
        write_whole(file, after.encode(encoding))
        file.chmod(mode)
    except SyntaxError as error:
        raise QedocError(f"{file} would be no valid Python after the change ({error}); nothing was written") from error
    except (OSError, UnicodeEncodeError) as error:
        raise QedocError(f"{file} cannot be written: {error}") from error
