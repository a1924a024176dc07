"""Lays a formula with its legend out as a block of a docstring, and puts it where readers look for it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qedoc.sources import markup

WIDTH = 79
"""Maximum width of a line of the legend."""

_MARKDOWN = re.compile(r"^\s*(?:\$\$|```|#{1,6} )|\[[^\]\n]+\]\(\w|(?<![\\$])\$[^$\n]+\$", re.MULTILINE)
_REST = re.compile(r"``[^`]+``(?!`)|:\w+:`|`_|^\s*\.\. +\w+", re.MULTILINE)
_FIELD = re.compile(r"^\s*:(?:param|return|raises|type)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A formula with what a reader must know.

    Args:
        latex: the formula.
        legend: each letter with what it is: a parameter's name, in code.
        entries: letters of the keys and values of a dict, with the parameter.
        conditions: relations in LaTeX.
        fixed: settings for which it holds, as the name of a parameter and its value.
    """

    latex: str
    legend: Sequence[tuple[str, str]]
    entries: Sequence[tuple[str, str]] = ()
    conditions: Sequence[str] = ()
    fixed: Sequence[tuple[str, str]] = ()

    def text(self, *, markdown: bool) -> str:
        """The lines of the block, without indentation."""
        return f"{_display(self.latex, markdown=markdown)}\n\n{self._words(markdown=markdown)}".rstrip("\n")

    def _words(self, *, markdown: bool) -> str:
        def math(latex: str) -> str:
            return f"${latex}$" if markdown else f":math:`{latex}`"

        def code(name: str) -> str:
            return f"`{name}`" if markdown else f"``{name}``"

        parts = [f"{math(letter)} is {code(name)}" for letter, name in self.legend]
        parts += [f"{math(pair)} are the entries in {code(name)}" for pair, name in self.entries]
        sentences = [f"where {_listed(parts)}."] if parts else []
        if self.conditions:
            sentences.append(f"It holds for {_listed([math(one) for one in self.conditions])}.")
        if self.fixed:
            sentences.append(f"Here {_listed([f'{code(name)} is {code(value)}' for name, value in self.fixed])}.")
        return _wrapped(" ".join(sentences))


def is_markdown(docstring: str) -> bool:
    """Whether a docstring is written in Markdown. Without evidence it is reStructuredText."""
    return bool(_MARKDOWN.search(docstring)) and not _REST.search(docstring)


def summary(name: str) -> str:
    """The first line of a docstring for a function that has none, made of its name."""
    return f"{name.rpartition('.')[2].replace('_', ' ').strip().capitalize()}."


def place(docstring: str) -> int:
    """The line of a docstring before which a block belongs: after the description, before the first section."""
    lines = docstring.split("\n")
    plain = markup.dedented(docstring)
    for at in range(1, len(lines)):
        if markup.section_heading(plain, at) or _FIELD.match(plain[at]) or re.match(r"\s*\.\. +(?:note|warning|seealso|rubric)", plain[at]):
            return at
    end = len(lines)
    while end > 1 and not lines[end - 1].strip():
        end -= 1
    return end


def margin(docstring: str, default: str) -> str:
    """The indentation of a docstring's lines after the first."""
    indents = [line[: len(line) - len(line.lstrip())] for line in docstring.split("\n")[1:] if line.strip()]
    return min(indents, key=len, default=default)


def inserted(docstring: str, at: int, text: str, indent: str) -> str:
    """A docstring with a block.

    Args:
        docstring: the docstring.
        at: the line before which the block stands.
        text: the block.
        indent: the indentation of each of its lines.
    """
    return "\n".join(part for part in pieces(docstring.split("\n"), at, text, indent))


def pieces(lines: Sequence[str], at: int, text: str, indent: str) -> list[str]:
    """The lines of a docstring with those of a block, which blank lines set apart."""
    own = [f"{indent}{line}" if line else "" for line in text.split("\n")]
    before, after = list(lines[:at]), list(lines[at:])
    last = before[-1] if before else ""
    above = [""] if last.strip() else []
    below = [""] if after and after[0].strip() else []
    return [*before, *above, *own, *below, *(after or [indent])]


def _display(latex: str, *, markdown: bool) -> str:
    if markdown:
        return f"$$\n{latex}\n$$"
    lines = latex.split("\n")
    if len(lines) == 1:
        return f".. math:: {latex}"
    return "\n".join([".. math::", "", *(f"  {line}" for line in lines)])


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _wrapped(text: str) -> str:
    """A text in lines of a readable width. Formulas and code are not broken."""
    lines = [""]
    for word in re.findall(r"(?::\w+:)?`+[^`]*`+\S*|\$[^$]*\$\S*|\S+", text):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > WIDTH - 8:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return "\n".join(lines)
