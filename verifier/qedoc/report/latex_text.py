r"""Prepares the LaTeX of a docstring for latex2mathml, which knows fewer environments than MathJax, and no `\\` outside of them."""

import re
from collections.abc import Mapping
from typing import Any

_ROWS = ("align", "alignat", "aligned", "alignedat", "eqnarray", "flalign", "gather", "gathered", "multline", "split")
"""Environments of rows, which are aligned at `&`."""
_LONE = ("displaymath", "equation", "math", "subequations")
"""Environments around a single formula."""

_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([A-Za-z]+)(\*?)\}(?:\s*\[[tbc]\])?")
_COLUMNS = re.compile(r"(\\begin\{split\})\s*\{\d+\}")
_DROPPED = re.compile(r"\\(?:label|eqref|ref|cite)\s*\{[^{}]*\}|\\(?:nonumber|notag|allowbreak|displaylimits)(?![A-Za-z])")
_OUTER = re.compile(r"^\s*(?:\$\$(.*)\$\$|\\\[(.*)\\\]|\\\((.*)\\\)|\$([^$]*)\$)\s*$", re.DOTALL)
_TOKEN = re.compile(r"\\begin\s*\{[^{}]*\}|\\end\s*\{[^{}]*\}|\\[A-Za-z]+|\\.|[{}&]", re.DOTALL)
_WORD = re.compile(r"[A-Za-z]{2,}")
_MARKS = re.compile(r"[\\{}^]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_INSIDE_TEXT = re.compile(r"\\(?:text|mbox)\s*\{([^{}$]*)\$([^{}$]+)\$([^{}]*)\}")


def is_plain(text: str) -> bool:
    """Whether a formula is plain text, such as `loss = max(0, 1 - y * x)`, rather than LaTeX.

    Args:
        text: the formula.
    """
    return "**" in text or bool(_WORD.search(text) and not _MARKS.search(text))


def prepared(latex: str, macros: Mapping[str, "str | tuple[Any, ...]"] | None = None) -> str:
    r"""Returns LaTeX with environments that latex2mathml knows. Rows that are in no environment are put into one, as Sphinx does.

    Args:
        latex: the formula.
        macros: the macros of the project, by name without backslash, as in `[tool.qedoc.macros]`.
    """
    while outer := _OUTER.match(latex):
        latex = next(part for part in outer.groups() if part is not None)
    latex = re.sub(r"(?<!\\)%[^\n]*\n?", "", latex)
    latex = _COLUMNS.sub(r"\1", _ENVIRONMENT.sub(_known, _DROPPED.sub("", latex)))
    latex = _INSIDE_TEXT.sub(r"\\text{\1} \2 \\text{\3}", latex).replace(r"\renewcommand", r"\newcommand")
    latex = re.sub(r"\n\s*\n", r" \\\\ ", latex.strip())
    if _has_rows(latex):
        latex = rf"\begin{{split}} {latex} \end{{split}}"
    return "".join(_definition(name, given) for name, given in (macros or {}).items() if rf"\{name}" in latex) + latex


def _known(found: re.Match[str]) -> str:
    place, name, star = found.groups()
    if name in _LONE:
        return ""
    if name in _ROWS:
        return rf"\{place}{{split}}"
    return rf"\{place}{{{'cases' if name in ('dcases', 'rcases') else name + star}}}"


def _has_rows(latex: str) -> bool:
    r"""Whether `\\` or `&` stands outside of environments and braces."""
    depth = 0
    for part in _TOKEN.findall(latex):
        if part == "{" or part.startswith(r"\begin"):
            depth += 1
        elif part == "}" or part.startswith(r"\end"):
            depth -= 1
        elif depth == 0 and part in ("\\\\", "&", r"\cr"):
            return True
    return False


def _definition(name: str, given: "str | tuple[Any, ...]") -> str:
    body, count = (given, 0) if isinstance(given, str) else (given[0], given[1])
    arguments = f"[{count}]" if count else ""
    return rf"\newcommand{{\{name}}}{arguments}{{{body}}}"
