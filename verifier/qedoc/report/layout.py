"""Layout of text reports: labelled fields, aligned columns, and formulas with sensible line breaks."""

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, TypeAlias

from qedoc.records import dataclass
from qedoc.results import codes
from qedoc.results.verdict import Entries, Formula, Inputs, Number, Verdict

if TYPE_CHECKING:
    from rich.console import Console

STYLES = {
    Verdict.PROVED: "green",
    Verdict.TESTED: "cyan",
    Verdict.REFUTED: "bold red",
    Verdict.UNREADABLE: "yellow",
    Verdict.UNSUPPORTED: "yellow",
    Verdict.UNDECIDED: "yellow",
    Verdict.NOT_A_CLAIM: "dim",
}
INDENT = 2
LABEL = 12
PLAIN_WIDTH = 80

MOST_LINES = 30
"""Number of lines of a formula or correction that a concise report shows."""

Excuses: TypeAlias = "Mapping[tuple[str, str], tuple[str, str]]"
"""For the id of a claim and a part of it, as in a finding: `accepted` or `suppressed`, and the reason."""

NO_EXCUSES: Excuses = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a text report says beside the results.

    Args:
        silent: the ids of claims whose problems are not shown, because they are accepted or not selected.
        remarks: additional lines before the summary.
        excuses: the accepted and suppressed parts of claims.
    """

    silent: Collection[str] = ()
    remarks: Sequence[str] = ()
    excuses: Excuses = NO_EXCUSES


NOTHING = Beside()

_CODE = re.compile(r"\bQED\d{3}\b")

Part: TypeAlias = "str | tuple[str, str]"
"""A text, or a text and its style."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A console without colours, for files and pipes. It avoids the slow import of rich."""

    file: IO[str]

    @property
    def width(self) -> int:
        """The line width in characters."""
        columns = os.environ.get("COLUMNS", "")
        return int(columns) if columns.isdecimal() and int(columns) else PLAIN_WIDTH

    @property
    def is_terminal(self) -> bool:
        """Always False."""
        return False

    def print(self, text: str = "") -> None:
        """Writes a line."""
        self.file.write(text + "\n")


ANSI = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


class Terminal(Plain):
    """A console with colours, for a terminal that follows the standard ANSI X3.64. It avoids the slow import of rich."""

    __slots__ = ()

    @property
    def width(self) -> int:
        """The line width in characters."""
        try:
            columns = os.environ.get("COLUMNS", "")
            return int(columns) if columns.isdecimal() and int(columns) else os.get_terminal_size(self.file.fileno()).columns or PLAIN_WIDTH
        except (OSError, ValueError):
            return PLAIN_WIDTH

    @property
    def is_terminal(self) -> bool:
        """Always True."""
        return True

    def styled(self, text: str, style: str) -> str:
        """Returns a text with the escape sequences of a style, such as `bold red`."""
        codes = ";".join(ANSI[name] for name in style.split() if name in ANSI)
        return f"\x1b[{codes}m{text}\x1b[0m" if codes and text and not os.environ.get("NO_COLOR") else text


def _linked(code: re.Match[str]) -> str:
    """A finding code as a link (OSC 8) to its explanation. Terminals without links ignore the sequences around it."""
    style = _link(code[0])
    return f"\x1b]8;;{style.removeprefix('link ')}\x1b\\{code[0]}\x1b]8;;\x1b\\" if style else code[0]


def _link(code: str) -> str:
    """The style of a finding code: a link to its explanation, which terminals without links show as plain text."""
    return next((f"link {known.url}" for known in codes.CODES if known.code == code), "")


@dataclass(frozen=True, slots=True)
class Page:
    """A console that writes the elements of a text report, such as lines, labelled fields and tables.

    Args:
        console: where it writes.
        most: the number of lines of a field above which the others are counted and not shown; None for all lines.
    """

    console: "Console | Plain"
    most: int | None = None

    @property
    def room(self) -> int:
        """The width available next to a label, in characters."""
        return max(self.console.width - INDENT - LABEL, 20)

    def line(self, *parts: Part) -> None:
        """Writes one line of parts, each a text or (text, style). The line is never wrapped, so it can be copied."""
        if isinstance(self.console, Terminal):
            line = "".join(part if isinstance(part, str) else self.console.styled(*part) for part in parts)
            self.console.print(_CODE.sub(_linked, line))
            return
        if isinstance(self.console, Plain):
            self.console.print("".join(part if isinstance(part, str) else part[0] for part in parts))
            return
        from rich.text import Text

        text = Text.assemble(*parts)
        text.highlight_regex(_CODE, _link)
        self.console.print(text, soft_wrap=True)

    def field(self, label: str, lines: Iterable[str | Sequence[Part]]) -> None:
        """Writes lines next to a label. Each line is a text or a sequence of parts."""
        lines = list(lines)
        if self.most is not None and len(lines) > self.most + 1:
            lines = [*lines[: self.most], [(f"... {len(lines) - self.most} more lines; --format full shows them", "dim")]]
        for number, content in enumerate(lines):
            name = label if number == 0 else ""
            parts = [content] if isinstance(content, str) else content
            self.line((" " * INDENT + name.ljust(LABEL), "dim"), *parts)

    def prose(self, label: str, content: str) -> None:
        """Writes text next to a label, wrapped at words."""
        self.field(label, words(content, self.room))

    def finding(self, label: str, content: str) -> None:
        """Writes a line that programs may search for: wrapped on a terminal, unwrapped in a file or pipe."""
        self.field(label, words(content, self.room) if self.console.is_terminal else [content])

    def table(self, rows: Sequence[Sequence[str | tuple[str, str]]]) -> None:
        """Writes rows of cells, each a text or (text, style). The first two columns are left-aligned, the others right-aligned."""
        plain = [[cell if isinstance(cell, str) else cell[0] for cell in row] for row in rows]
        widths = [max(len(row[k]) for row in plain if k < len(row)) for k in range(max(map(len, plain)))]
        for row, texts in zip(rows, plain, strict=True):
            parts: list[tuple[str, str]] = []
            for k, (cell, text) in enumerate(zip(row, texts, strict=True)):
                filled = text.ljust(widths[k]) if k < 2 else text.rjust(widths[k])
                parts.append((("  " if k else "") + filled, "" if isinstance(cell, str) else cell[1]))
            parts[-1] = (parts[-1][0].rstrip(), parts[-1][1])
            self.line(*parts)

    def formula(self, label: str, formula: Formula) -> None:
        """Writes a formula next to a label: pretty-printed if it fits and can be encoded, otherwise as wrapped SymPy text."""
        self.field(label, drawn(formula, self.room) if self._encodes(formula.pretty) else fold(formula.sympy, self.room))

    def _encodes(self, text: str) -> bool:
        try:
            text.encode(getattr(self.console.file, "encoding", None) or "utf-8", "surrogatepass")
        except UnicodeEncodeError:
            return False
        return True

    def columns(self, label: str, rows: Sequence[Sequence[str]], styles: Sequence[str] = ()) -> None:
        """Writes rows in aligned columns next to a label. The last column is wrapped at words.

        Args:
            label: the label of the first row.
            rows: rows of equal length. Empty columns are left out.
            styles: the style of the first column in each row.
        """
        if not rows:
            return
        used = [k for k in range(len(rows[0])) if any(row[k] for row in rows)]
        rows = [[row[k] for k in used] for row in rows]
        widths = [max(len(row[k]) for row in rows) for k in range(len(used) - 1)]
        room = max(self.room - sum(widths) - 2 * len(widths), 16)
        lines: list[Sequence[Part]] = []
        for number, row in enumerate(rows):
            for fold, last in enumerate(words(row[-1], room) or [""]):
                cells = [cell.ljust(width) + "  " for cell, width in zip(row if fold == 0 else [""] * len(row), widths, strict=False)]
                text = "".join([*cells, last]).rstrip()
                first = len(row[0]) if fold == 0 and styles else 0
                lines.append([(text[:first], styles[number]), text[first:]] if first else [text])
        self.field(label, lines)


def words(text: str, width: int) -> list[str]:
    """Wraps text at words. A word that is longer than a line is not broken."""
    import textwrap  # not needed if all claims hold

    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def drawn(formula: Formula, width: int) -> list[str]:
    """The lines of a formula: pretty-printed if it fits, otherwise as wrapped SymPy text."""
    lines = [line.rstrip() for line in formula.pretty.splitlines()]
    return lines if lines and max(map(len, lines)) <= width else fold(formula.sympy, width)


def fold(text: str, width: int) -> list[str]:
    """Wraps a formula to lines of at most `width` characters, with line breaks where the fewest brackets are open.

    A line ends after a space, a comma, an asterisk or an opening bracket, and is at least half full if possible.
    """
    lines: list[str] = []
    rest = text
    while len(rest) > width:
        end = break_at(rest, width)
        lines.append(rest[:end].rstrip())
        rest = "  " + rest[end:].lstrip()
    return [*lines, rest] if rest.strip() else lines


def break_at(text: str, width: int) -> int:
    """Returns the end of the first line of a formula. Prefers few open brackets, then sums over products, then long lines."""
    ends = [match.end() for match in re.finditer(r"\*\*|[ ,*(]", text) if text[: match.end()].strip()]
    fitting = [end for end in ends if width // 2 <= len(text[:end].rstrip()) <= width]
    if fitting:
        return min(fitting, key=lambda end: (_depth(text[:end]), text[end - 1] == "*", -end))
    return max((end for end in ends if end <= width), default=ends[0] if ends else len(text))


def _depth(text: str) -> int:
    return sum((letter in "([") - (letter in ")]") for letter in text)


def number(value: Number) -> str:
    """Formats a number exactly, without a trailing `.0`."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else str(value)


def point(inputs: Inputs) -> str:
    """Formats a point of the domain, such as `init_value=1, count=0`."""
    return ", ".join(f"{name}={_value(value)}" for name, value in inputs.items())


def _value(value: Entries) -> str:
    return f"[{', '.join(map(_value, value))}]" if isinstance(value, list) else number(value)


def seconds(value: float) -> str:
    """Formats a duration in seconds, with one decimal below 100 s."""
    return f"{value:.1f} s" if value < 100 else f"{value:.0f} s"


def count(many: int, noun: str) -> str:
    """Formats a number with a noun in singular or plural, such as `1 target` or `3 properties`."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{many} {noun if many == 1 else plural}"
