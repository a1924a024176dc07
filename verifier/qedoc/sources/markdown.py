r"""Writes the inline formulas of Markdown, `$x$`, `\(x\)` and the MyST role, as roles of reStructuredText, line by line."""

import re
from collections.abc import Sequence

from qedoc.sources.fences import fences

_RST = re.compile(r":math:`|^\s*\.\. +math ?::", re.MULTILINE)
_HIDDEN = re.compile(r"(?<!`)(`+)(?!`)(?:(?!\n\s*\n).)+?(?<!`)\1(?!`)", re.DOTALL)
_DISPLAY = re.compile(r"^\s*\$\$.*?\$\$\s*[.,;]?\s*$", re.DOTALL | re.MULTILINE)
_DOLLARS = re.compile(r"(?<![\\$\w])(\$\$?)(?=[^\s$])((?:\\.|[^$`\n]|\n(?!\s*\n))+?)(?<=[^\s\\])\1(?![\d$])")
_PARENTHESES = re.compile(r"(?<!\\)\\\((?=\s*\S)((?:[^`\n]|\n(?!\s*\n))+?)\\\)")
_ROLE = re.compile(r"\{math\}`([^`]+)`")
_NAME = re.compile(r"[A-Za-z](?:['*]+|_?\d+)?|-?\d+(?:\.\d+)?")
_SIGN = re.compile(r"\\[A-Za-z]|[_^=<>+*/|!]|(?<=\w)\s*[-,]\s*(?=\w)|\w\(|\([^)]*\)|\[[^\]]*\]")
_MONEY = re.compile(r"\d[\d,.]*\s*(?:[A-Za-z]{2,}|[-/]|$)")
_SHELL = re.compile(r"[A-Z_][A-Z0-9_]{2,}\b|\{[A-Za-z_]\w*\}|\(\w+(?:\s+[-\w./]+)*\)|[\d@#?*!$-]$")


def canonical(lines: Sequence[str]) -> list[str]:
    """The lines with each inline formula as a role. The number of lines stays the same.

    Dollar signs are mathematics only in a text without roles and directives of reStructuredText for it. Those of money, of shell variables
    and in code are none.

    Args:
        lines: a docstring or a page without common indentation.
    """
    text = "\n".join(lines)
    if "$" not in text and r"\(" not in text and "{math}`" not in text:
        return list(lines)
    hidden = _covered(text, lines)
    rewritten = [(found.start(), found.end(), found[1]) for found in _ROLE.finditer(text)]
    rewritten += [
        (found.start(), found.end(), found[1])
        for found in _PARENTHESES.finditer(text)
        if not _inside(found, hidden) and _mathematics(found[1])
    ]
    if not _RST.search(text):
        shown = [found.span() for found in _DISPLAY.finditer(text)]
        found_ones = (found for found in _DOLLARS.finditer(text) if not _inside(found, [*hidden, *shown]) and _mathematics(found[2]))
        rewritten += [(found.start(), found.end(), found[2]) for found in found_ones]
    for start, end, latex in sorted(rewritten, reverse=True):
        text = f"{text[:start]}:math:`{latex.strip(' ')}`{text[end:]}"
    return text.split("\n")


def _covered(text: str, lines: Sequence[str]) -> list[tuple[int, int]]:
    """The parts of a text that are code: code spans, and blocks that are printed as they are."""
    found = [span.span() for span in _HIDDEN.finditer(text)]
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    found += [(starts[fence.first], starts[fence.last + 1]) for fence in fences(lines) if fence.marked or fence.programmed or fence.fenced]
    found += [(starts[place], starts[place + 1]) for place, line in enumerate(lines) if line.lstrip().startswith((">>>", "... "))]
    return found


def _inside(found: re.Match[str], spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < found.end() and found.start() < end for start, end in spans)


def _mathematics(content: str) -> bool:
    """Whether what stands between dollar signs is a formula: a letter, a number, or something with a sign of mathematics."""
    inner = content.strip()
    if _NAME.fullmatch(inner):
        return True
    if _MONEY.match(inner) or _SHELL.match(inner) or inner.endswith(("/", ":", ".", ",", "-", "=")):
        return False
    words = re.findall(r"(?<![\\\w{])[a-z]{3,}\s+[a-z]{2,}\b", re.sub(r"\\[A-Za-z]+\s*\{[^{}]*\}", "", inner))
    return bool(_SIGN.search(inner)) and not words
