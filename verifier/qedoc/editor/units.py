"""Positions as the Language Server Protocol counts them: lines from 0, and columns in the code units of an encoding."""

from dataclasses import dataclass

from lsprotocol import types as lsp

_WIDTH = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


@dataclass(frozen=True, slots=True)
class Units:
    """Converts between offsets in a text and positions.

    Args:
        encoding: `utf-8`, `utf-16` or `utf-32`, as the editor chose.
    """

    encoding: str

    def position(self, text: str, offset: int) -> lsp.Position:
        """The position of an offset."""
        start = text.rfind("\n", 0, offset) + 1
        return lsp.Position(line=text.count("\n", 0, offset), character=self._length(text[start:offset]))

    def range(self, text: str, start: int, end: int) -> lsp.Range:
        """The range between two offsets."""
        return lsp.Range(start=self.position(text, start), end=self.position(text, end))

    def offset(self, text: str, position: lsp.Position) -> int:
        """The offset of a position. One outside of the text becomes the nearest offset inside."""
        lines = text.split("\n")
        if position.line >= len(lines):
            return len(text)
        codec, width = _WIDTH[self.encoding]
        line = lines[position.line]
        before = line.encode(codec)[: position.character * width].decode(codec, errors="ignore")
        return sum(len(one) + 1 for one in lines[: position.line]) + len(before)

    def _length(self, text: str) -> int:
        codec, width = _WIDTH[self.encoding]
        return len(text.encode(codec)) // width
