"""Puts a block into the docstring of a function in its file, and touches nothing else."""

import ast
import inspect
import io
import re
import tokenize
from dataclasses import dataclass

from qedoc.compose import blocks
from qedoc.errors import QedocError
from qedoc.repair.source import Replacement, applied
from qedoc.results.written import Written

_PREFIX = re.compile(r"[A-Za-z]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Docstring:
    """A docstring in a file.

    Args:
        start: the offset of the string with its prefix.
        end: the offset after its closing quotes.
        prefix: the letters before its quotes.
        quote: its quotes.
        source: what stands between the quotes.
        value: what the source means.
        indent: the white space before it.
    """

    start: int
    end: int
    prefix: str
    quote: str
    source: str
    value: str
    indent: str


def insertion(text: str, made: Written) -> list[Replacement]:
    """Returns the parts of a file to replace so that the docstring of a function has a block.

    Args:
        text: the file.
        made: the block.

    Raises:
        QedocError: for a function that is not where it was, and for a docstring that cannot be edited. The location is its line.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    node = _function(text, made)
    found = _docstring(text, node)
    if found is None:
        if made.documented:
            raise QedocError("the docstring is made by code; put the block in by hand", made.place)
        edits = [_new(text, node, made, newline)]
    else:
        edits = [_longer(found, made, newline)]
    after = applied(text, edits)
    got = ast.get_docstring(_function(after, made), clean=True) or ""
    if got.split() != inspect.cleandoc(made.docstring).split():
        raise QedocError("the docstring in the file is not the one that was read; the file has changed, or code changes it", made.place)
    return edits


def _function(text: str, made: Written) -> ast.FunctionDef | ast.AsyncFunctionDef:
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise QedocError(f"the file is no valid Python: {error}", made.place) from error
    name = made.target.rpartition(".")[2]
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    here = [node for node in functions if made.place.line in (node.lineno, *(one.lineno for one in node.decorator_list))]
    if len(here) != 1:
        raise QedocError(f"no function {name} starts here; the file has changed, or the function is made by code", made.place)
    return here[0]


def _docstring(text: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> _Docstring | None:
    first = node.body[0]
    if not (isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)):
        return None
    starts = _starts(text)
    for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
        if token.type == tokenize.STRING and token.start[0] == first.lineno and token.start[1] >= _column(text, first):
            start, end = (starts[line - 1] + column for line, column in (token.start, token.end))
            if end != _offset(text, first.end_lineno or first.lineno, first.end_col_offset or 0):
                return None  # it is made of several strings
            prefix = _PREFIX.match(token.string)
            assert prefix is not None  # it matches the empty text too
            rest = token.string[prefix.end() :]
            quote = rest[:3] if rest[:3] in ('"""', "'''") else rest[:1]
            return _Docstring(
                start=start, end=end, prefix=prefix[0], quote=quote, source=rest[len(quote) : -len(quote)], value=first.value.value,
                indent=_indent(text, first.lineno),
            )  # fmt: skip
    return None


def _longer(found: _Docstring, made: Written, newline: str) -> Replacement:
    """The docstring with the block. It becomes a raw string if it has no backslash yet; else those of the block are doubled."""
    lines = found.source.replace("\r\n", "\n").split("\n")
    if len(lines) != found.value.count("\n") + 1:
        raise QedocError(r"the docstring has escaped line ends (\n); put the block in by hand", made.place)
    prefix, block = found.prefix, made.text
    if "\\" in block and "r" not in prefix.lower():
        if "\\" in found.source:
            block = block.replace("\\", "\\\\")
        else:
            prefix = "r"
    quote = found.quote
    if len(quote) == 1:
        if "\\" in found.source or '"""' in found.source:
            raise QedocError("the docstring is a string in single quotes with escapes; write it in triple quotes first", made.place)
        quote = '"""'
    pieces = blocks.pieces(lines, blocks.place(found.value), block, blocks.margin(found.value, found.indent))
    if pieces[-1].strip() and found.value.count("\n") == 0:
        pieces.append(found.indent)
    return Replacement(start=found.start, end=found.end, text=f"{prefix}{quote}{newline.join(pieces)}{quote}")


def _new(text: str, node: ast.FunctionDef | ast.AsyncFunctionDef, made: Written, newline: str) -> Replacement:
    """A docstring for a function without one."""
    first = node.body[0]
    line = min([first.lineno, *(one.lineno for one in getattr(first, "decorator_list", ()))])
    indent = _indent(text, line)
    at = _starts(text)[line - 1]
    if text[at : at + len(indent)].strip() or line <= node.lineno or text[at + len(indent) : _offset(text, line, first.col_offset)].strip():
        raise QedocError("the function stands on one line; give its body a line of its own first", made.place)
    raw = "r" if "\\" in made.text else ""
    pieces = blocks.pieces([blocks.summary(made.target)], 1, made.text, indent)
    return Replacement(start=at, end=at, text=f'{indent}{raw}"""{newline.join(pieces)}"""{newline}')


def _starts(text: str) -> list[int]:
    return [0, *(k + 1 for k, character in enumerate(text) if character == "\n")]


def _indent(text: str, line: int) -> str:
    whole = text[_starts(text)[line - 1] :].partition("\n")[0]
    return whole[: len(whole) - len(whole.lstrip())]


def _offset(text: str, line: int, column: int) -> int:
    """The offset of a place that Python gives as a line and a column in bytes."""
    start = _starts(text)[line - 1]
    return start + len(text[start:].partition("\n")[0].encode()[:column].decode())


def _column(text: str, node: ast.stmt) -> int:
    return _offset(text, node.lineno, node.col_offset) - _starts(text)[node.lineno - 1]
