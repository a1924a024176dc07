"""Finds formulas on pages of documentation, and the function that each of them is about: reStructuredText, Markdown and notebooks."""

import itertools
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

from qedoc.errors import Location, QedocError
from qedoc.records import dataclass
from qedoc.sources import markup, silenced
from qedoc.sources.fences import fences

SUFFIXES = (".rst", ".md", ".ipynb")
"""The suffixes of pages."""

_COMMENT = re.compile(r"^\s*(?:\.\.|%|<!--)\s*qedoc:\s*(?!interpret\s+\d|ignore\b)([A-Za-z_][\w.]*)\s*(?:-->)?\s*$")
_ROLE = re.compile(
    r"(?::(?:py:)?(?:func|class|meth|attr|data|obj):|\{(?:py:)?(?:func|class|meth|attr|data|obj)\})`(?:[^`<]*<)?[~!.]?([\w.]+)(?:\(\))?>?`"
)
_CODE = re.compile(r"(?<![:}`])`{1,2}([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?:\([^`]*\))?`{1,2}(?!`)")
_MODULE = re.compile(r"^\s*(?:\.\. +|```\{|:::\{)(?:py:)?(?:currentmodule|module|automodule)(?:::|\})\s*([\w.]+)\s*$")
MARK = re.compile(r"^\s*(?:\.\. +math ?::.*|`{3,}.*|~{3,}.*|:{3,}.*|:[\w-]+:.*|\$\$|\\\[|\.\.\s*)?$")
"""A line that is blank or only the mark of a display."""
_HEADING = re.compile(r"^#{1,6}\s+\S")
_RULE = re.compile(r"^([=\-~^\"'*+#])\1{2,}\s*$")
_GOES_ON = re.compile(r"^(?:where|and|with|for|here|or|so that)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page.

    Args:
        path: its path, as given.
        lines: its text; for a notebook, that of its Markdown cells.
        places: the line in the file of each line, from 1.
    """

    path: str
    lines: tuple[str, ...]
    places: tuple[int, ...]

    def location(self, line: int) -> Location:
        """The place of a line of the text."""
        return Location(path=self.path, line=self.places[line] if line < len(self.places) else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """The formulas of one section about one function.

    Args:
        page: the page.
        function: the dotted path as written; empty if the text names none.
        reason: why there is no function.
        start: the first line of the section, from 0.
        lines: the section, without headings and comments.
        displays: the first line of each of its displays that is about the function, from 0 in the section.
    """

    page: Page
    function: str
    reason: str
    start: int
    lines: tuple[str, ...]
    displays: tuple[int, ...] = ()


def is_pages(name: str) -> bool:
    """Whether a name is a page, or a folder of pages and no package."""
    path = Path(name)
    if path.is_file():
        return path.suffix in SUFFIXES
    if not path.is_dir():
        return path.suffix in SUFFIXES and not name.isidentifier()
    named = os.sep in name or name in (".", "..")
    return named or (not any(path.glob("*.py")) and any(file.suffix in SUFFIXES for file in path.rglob("*")))


_ON_PAGE = re.compile(rf"^[^#]+#(.+(?:{'|'.join(map(re.escape, SUFFIXES))})):\d+")


def page_of(name: str) -> str:
    """Returns the page in the id of a claim, such as `mylib.loss#docs/page.md:12`; empty for any other name."""
    found = _ON_PAGE.match(name)
    return found[1] if found else ""


def pages(name: str) -> list[Page]:
    """Returns the pages at a path, in the order of their names. Folders that begin with `_` or `.` are skipped.

    Args:
        name: a page or a folder.

    Raises:
        QedocError: if there is no page, or one cannot be read.
    """
    path = Path(name)
    if path.is_file():
        return [_page(path)]
    if not path.is_dir():
        raise QedocError(f"{name}: expected a page ({', '.join(SUFFIXES)}) or a folder of pages, found nothing at this path")
    found = [
        file
        for file in sorted(path.rglob("*"))
        if file.is_file() and file.suffix in SUFFIXES and not any(part[0] in "_." for part in file.relative_to(path).parts)
    ]
    if not found:
        raise QedocError(f"{name}: expected pages ({', '.join(SUFFIXES)}) in this folder, found none")
    return [_page(file) for file in found]


def _page(path: Path) -> Page:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QedocError(f"{path}: the page cannot be read as UTF-8 text: {error}") from None
    lines = text.split("\n")
    if path.suffix == ".ipynb":
        return _notebook(path, text, lines)
    return Page(path=str(path), lines=tuple(line.rstrip("\r") for line in lines), places=tuple(range(1, len(lines) + 1)))


def _notebook(path: Path, text: str, raw: Sequence[str]) -> Page:
    """The Markdown cells of a notebook of version 4, with a blank line between two cells."""
    try:
        cells = json.loads(text)["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "markdown"]
    except (ValueError, KeyError, TypeError):
        raise QedocError(f"{path}: expected a Jupyter notebook of version 4; open it with Jupyter and save it") from None
    lines: list[str] = []
    places: list[int] = []
    at = 0
    for source in sources:
        for line in ("".join(source) if isinstance(source, list) else str(source)).split("\n"):
            spellings = {json.dumps(line, ensure_ascii=ascii_)[1:-1] for ascii_ in (False, True)}
            after = range(at, len(raw))
            at = next((place for place in after if line.strip() and any(spelling in raw[place] for spelling in spellings)), at)
            lines.append(line)
            places.append(at + 1)
        lines.append("")
        places.append(at + 1)
    return Page(path=str(path), lines=tuple(lines), places=tuple(places))


def passages(page: Page) -> list[Passage]:
    """Returns the formulas of a page by section and function, in the order written."""
    lines = silenced.without(page.lines)
    found: list[Passage] = []
    ends = [*_starts(lines), len(lines)]
    module = ""
    for start, end in itertools.pairwise(ends):
        named: dict[tuple[str, str], list[int]] = {}
        last = ("", "")
        section = [line.expandtabs() for line in lines[start:end]]
        blocks = markup.blocks(markup.dedented("\n".join(section)))
        modules = [match[1] for line in section if (match := _MODULE.match(line))]
        module = modules[-1] if modules else module
        for first in dict.fromkeys(block.first for block in blocks):
            block = next(one for one in blocks if one.first == first)
            last = _function(section, block.first, block.last, module) or last
            named.setdefault(last, []).append(first)
            last = last if last[0] else ("", "")
        text = tuple(_blanked(section))
        found += [
            Passage(page=page, function=name, reason=reason, start=start, lines=text, displays=tuple(displays))
            for (name, reason), displays in named.items()
        ]
    return found


def _starts(lines: Sequence[str]) -> list[int]:
    """The lines where sections begin."""
    fenced = {place for fence in fences(lines) for place in range(fence.start + 1, fence.last + 1)}
    starts = [place for place in range(len(lines)) if place not in fenced and _is_heading(lines, place)]
    return starts if starts[:1] == [0] else [0, *starts]


def _is_heading(lines: Sequence[str], place: int) -> bool:
    line = lines[place]
    following = lines[place + 1] if place + 1 < len(lines) else ""
    return bool(_HEADING.match(line)) or (
        bool(line.strip()) and not line[0].isspace() and bool(_RULE.match(following)) and not _RULE.match(line)
    )


def _blanked(section: Sequence[str]) -> list[str]:
    """The section without its headings and the comments for qedoc. The number of lines stays the same."""
    fenced = {place for fence in fences(section) for place in range(fence.start, fence.last + 1)}
    kept: list[str] = []
    for place, line in enumerate(section):
        title = place not in fenced and (_is_heading(section, place) or (place > 0 and _RULE.match(line) and section[place - 1].strip()))
        kept.append("" if title or _COMMENT.match(line) or _MODULE.match(line) else line)
    return kept


def _function(section: Sequence[str], first: int, last: int, module: str) -> tuple[str, str] | None:
    """The function that the text names for a display, or why it names none; None if the display goes on with the one before.

    Args:
        section: the lines of the section.
        first: the first line of the display.
        last: its last line.
        module: the module in which names without dots stand.
    """
    above, below = first - 1, last + 1
    while above >= 0 and MARK.match(section[above]) and not _COMMENT.match(section[above]):
        above -= 1
    while below < len(section) and MARK.match(section[below]) and not _COMMENT.match(section[below]):
        below += 1
    for place in (above, below):
        if 0 <= place < len(section) and (comment := _COMMENT.match(section[place])):
            return comment[1], ""
    paragraph: list[str] = []
    while above >= 0 and section[above].strip() and not _is_heading(section, above):
        paragraph.insert(0, section[above].strip())
        above -= 1
    text = " ".join(paragraph)
    names = list(dict.fromkeys([*_ROLE.findall(text), *_CODE.findall(text)]))
    if len(names) == 1:
        return (names[0] if "." in names[0] or not module else f"{module}.{names[0]}"), ""
    if len(names) > 1:
        return "", f"the text before it names {', '.join(names)}"
    return None if not text or _GOES_ON.match(text) else ("", "the text before it names no function")
