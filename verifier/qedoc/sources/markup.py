"""Parses docstrings as reStructuredText and MyST: formulas with their lines, sections, and the running text between them."""

import itertools
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from qedoc.records import dataclass
from qedoc.sources.fences import Fence, fences
from qedoc.sources.markdown import canonical
from qedoc.sources.plain_math import statements

PLAIN = "plain"
"""The notation of formulas in plain text."""
WORDS = "words"
"""The notation of formulas in words around code spans."""
COMMENT = "comment"
"""The notation of formulas that are not printed: `.. math:` with one colon is a comment."""

ARGUMENTS = frozenset({"args", "arguments", "parameters", "other parameters", "keyword args", "keyword arguments"})
SILENT = frozenset({"example", "examples", "references", "reference", "see also", "raises", "usage", "returns", "return", "yields"})
"""Sections that say nothing about a formula's symbols."""
_RESULTS = frozenset({"returns", "return", "yields"})
SECTIONS = ARGUMENTS | SILENT | {"attributes", "note", "notes", "warning", "warnings", "todo"}

_DIRECTIVE = re.compile(r"^(\s*(?:(?:[-*+]|\d+[.)]|#\.) +)*)\.\. +math ?::(?: +(.*))?$", re.IGNORECASE)
"""Matches directives as Docutils does: a blank may precede the colons, and the directive may begin a list item."""
_COMMENTED = re.compile(r"^(\s*(?:(?:[-*+]|\d+[.)]|#\.) +)*)\.\. +math ?:(?!:)(?: +(.*))?$", re.IGNORECASE)
FENCED = re.compile(r"^\s*(?:`{3,}|~{3,}|:{3,})\s*(?:\{[\w:-]+\}.*|[\w-]*)$")
"""A line that opens or closes a fence."""
_FENCE = re.compile(r"^(\s*)(`{3,}|:{3,})\s*\{math\}\s*$")
_OPTION = re.compile(r"^\s*:(?![: ])[\w-]+:(?: |$)")
_ROLE = re.compile(r":math:`([^`]+)`")
_HEADING = re.compile(r"^(\s*)([A-Za-z][A-Za-z ]*):{0,2}\s*$")
_TITLE = re.compile(r"^\s*#{1,6}\s+(.*?)\s*#*$")
_RULE = re.compile(r"^\s*([-=~])\1{2,}\s*$")
_ADMONITION = re.compile(
    r"^\s*\.\. +(?:note|warning|caution|attention|important|danger|error|hint|tip) ?:: +(?P<text>\S.*)$", re.IGNORECASE
)
"""The text in the line of an admonition, which belongs to the running text."""
_OTHER_DIRECTIVE = re.compile(r"^(\s*)\.\. +(?:(?!_)\w)+(?:[-._+:](?:(?!_)\w)+)* ?::(?: |$)")
_PROGRAM = re.compile(
    r"^(\s*)\.\. +(?:code|code-block|sourcecode|jupyter-(?:execute|input|output)|plot|pyplot|(?:bokeh|altair)-plot|ipython|exec"
    r"|execute_code|test(?:code|setup|cleanup|output)|doctest|prompt|graphviz|digraph|mermaid|uml|tikz|raw) ?::(?: |$)"
)
"""Directives whose content is a program, its output or a drawing, and no text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A display formula in a docstring.

    Args:
        latex: the formula, without its markup.
        first: the first line of the display, from 0. The formulas of one block of plain text have the same.
        last: the last line of the display.
        line: the first line of the formula itself, or -1 for that of the display.
        notation: `plain` for plain text, `comment` for a formula that is not printed; empty for LaTeX.
    """

    latex: str
    first: int
    last: int
    line: int = -1
    notation: str = ""

    @property
    def start(self) -> int:
        """The first line of the formula itself."""
        return self.first if self.line < 0 else self.line


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """An inline formula.

    Args:
        latex: the formula.
        line: the line where it starts, from 0.
    """

    latex: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Running text without a blank line.

    Args:
        text: its words, separated by single spaces.
        line: its first line, from 0.
        section: its section, in lower case; empty before the first section.
    """

    text: str
    line: int
    section: str


def dedented(docstring: str) -> list[str]:
    """The lines of a docstring without their common indentation, and with one markup for inline formulas. Their number stays the same."""
    lines = docstring.expandtabs().split("\n")
    margins = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    margin = min(margins, default=0)
    return canonical([lines[0].strip(), *(line[margin:].rstrip() for line in lines[1:])])


def blocks(lines: Sequence[str]) -> list[Block]:
    r"""Finds the display formulas: `.. math::`, MyST fences, `$$`, `\[`, and blocks of plain text."""
    return list(_blocks(tuple(lines)))


@lru_cache(maxsize=64)
def _blocks(lines: tuple[str, ...]) -> tuple[Block, ...]:
    found: list[Block] = []
    printed = {fence.start: fence for fence in fences(lines)}
    silent = _silent(lines)
    at = 0
    while at < len(lines):
        if at in printed and not _DIRECTIVE.match(lines[at]):
            fence = printed[at]
            found += _plain(fence, silent=at in silent)
            at = fence.last + 1
            continue
        block = _directive(lines, at) or _fenced(lines, at) or _delimited(lines, at, "$$", "$$") or _delimited(lines, at, r"\[", r"\]")
        if block is not None:
            found += [block] if block.latex else []
            at = block.last
        at += 1
    return tuple(found)


def _plain(fence: Fence, *, silent: bool) -> list[Block]:
    """The formulas of a block that is printed as it is. A fence may also hold LaTeX."""
    if fence.language in ("math", "latex", "tex") and "\\" in "".join(fence.lines):
        latex = "\n".join(line.strip() for line in fence.lines).strip()
        return [Block(latex=latex, first=fence.first, last=fence.last)] if latex and fence.language == "math" else []
    if fence.programmed or (silent and not fence.marked):
        return []
    made = statements(fence.lines, marked=fence.marked)
    first = fence.first + made[0].first if made else 0
    return [Block(latex=one.text, first=first, last=fence.last, line=fence.first + one.first, notation=PLAIN) for one in made]


def beside(lines: Sequence[str]) -> set[int]:
    """Returns the lines of sections that may show any formula: examples, references, what else to see.

    Args:
        lines: the docstring without its indentation.
    """
    return _within(lines, SILENT - _RESULTS)


def _silent(lines: Sequence[str]) -> set[int]:
    """The lines of sections without formulas: examples, arguments, references."""
    return _within(lines, ARGUMENTS | SILENT)


def _within(lines: Sequence[str], names: frozenset[str]) -> set[int]:
    """The lines of sections with some names, and of those for examples, usage and references."""
    found: set[int] = set()
    section = ""
    for place, line in enumerate(lines):
        titled = _TITLE.match(line)
        section = section_heading(lines, place) or (titled[1].strip().lower() if titled else section)
        if section in names or re.search(r"\b(?:examples?|usage|references)\b", section):
            found.add(place)
    return found


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _directive(lines: Sequence[str], at: int) -> Block | None:
    opened, commented = _DIRECTIVE.match(lines[at]), _COMMENTED.match(lines[at])
    opened = opened or commented
    if not opened:
        return None
    margin = len(opened[1])
    last = at
    for place in range(at + 1, len(lines)):
        if lines[place].strip() and _indent(lines[place]) <= margin:
            break
        if lines[place].strip():
            last = place
    whole = [(at, opened[2] or ""), *((place, lines[place]) for place in range(at + 1, last + 1))]
    head = next((k for k, (_, line) in enumerate(whole) if k and not line.strip()), len(whole))
    options = next((k for k, (_, line) in enumerate(whole[:head]) if _OPTION.match(line)), head)
    body = [*whole[:options], *whole[head:]]
    while body and not body[0][1].strip():
        body.pop(0)
    first = body[0][0] if body else last
    latex = "\n".join(line.strip() for _, line in body).strip()
    return Block(latex=latex, first=first, last=last, notation=COMMENT if commented else "")


def _fenced(lines: Sequence[str], at: int) -> Block | None:
    opened = _FENCE.match(lines[at])
    if not opened:
        return None
    for place in range(at + 1, len(lines)):
        if lines[place].strip() == opened[2]:
            body = [line.strip() for line in lines[at + 1 : place] if not _OPTION.match(line)]
            return Block(latex="\n".join(body).strip(), first=at + 1, last=place)
    return None


def _delimited(lines: Sequence[str], at: int, opening: str, closing: str) -> Block | None:
    """A formula between delimiters, of which the first starts a line."""
    line = lines[at].strip()
    if not line.startswith(opening):
        return None
    rest = line[len(opening) :]
    if closing in rest:
        return Block(latex=rest.partition(closing)[0].strip(), first=at, last=at) if rest.strip().endswith(closing) else None
    for place in range(at + 1, len(lines)):
        if closing in lines[place]:
            body = [rest, *(line.strip() for line in lines[at + 1 : place]), lines[place].partition(closing)[0].strip()]
            return Block(latex="\n".join(body).strip(), first=at, last=place)
    return None


def roles(lines: Sequence[str]) -> list[Role]:
    """Finds the inline formulas, in the order written."""
    text = "\n".join(lines)
    return [Role(latex=" ".join(found[1].split()), line=text.count("\n", 0, found.start())) for found in _ROLE.finditer(text)]


def paragraphs(lines: Sequence[str]) -> list[Paragraph]:
    """Returns the running text, without formulas, code and directives."""
    covered = {place for block in blocks(lines) for place in range(block.first, block.last + 1)}
    covered |= {place for fence in fences(lines) if _covers(fence, lines) for place in range(_mark(fence), fence.last + 1)}
    covered |= {*_field_lines(lines), *_program_lines(lines)}
    found: list[Paragraph] = []
    for start, words, section in _runs(lines, covered):
        found.append(Paragraph(text=" ".join(" ".join(words).split()), line=start, section=section))
    return found


def _program_lines(lines: Sequence[str]) -> Iterator[int]:
    """The lines of directives that contain no text."""
    for place, line in enumerate(lines):
        if opened := _PROGRAM.match(line):
            yield place
            for after, text in enumerate(lines[place + 1 :], start=place + 1):
                if text.strip() and _indent(text) <= len(opened[1]):
                    break
                yield after


def _field_lines(lines: Sequence[str]) -> Iterator[int]:
    """The lines of the fields on parameters, results and errors, `:param x: ...`."""
    for place, line in enumerate(lines):
        if found := _ANY_FIELD.match(line):
            yield place
            for after, text in enumerate(lines[place + 1 :], start=place + 1):
                if not text.strip() or _indent(text) <= len(found[1]):
                    break
                yield after


def _covers(fence: Fence, lines: Sequence[str]) -> bool:
    """Whether a block is no running text: one between fences, or one with formulas."""
    return fence.fenced or any(fence.first <= block.first <= fence.last for block in blocks(lines))


def _mark(fence: Fence) -> int:
    """The first line of a block that is no text: the paragraph before a literal block is text."""
    return fence.first if fence.first - fence.start > 1 else fence.start


def _runs(lines: Sequence[str], covered: set[int]) -> Iterator[tuple[int, list[str], str]]:
    section = ""
    run: list[str] = []
    start = margin = 0
    outside = -1  # the indentation of the heading of a section whose text is indented
    for place, line in enumerate(lines):
        heading = section_heading(lines, place)
        if heading:
            below = next((text for text in lines[place + 1 :] if text.strip()), "")
            outside = _indent(line) if _indent(below) > _indent(line) else -1
        elif outside >= 0 and line.strip() and _indent(line) <= outside:
            if run:
                yield start, run, section
                run = []
            section, outside = "", -1
        new_item = bool(re.match(r"\s*([-*+]|\d+\.)\s", line)) or (section in ARGUMENTS and run and _indent(line) <= margin)
        ends = place in covered or not line.strip() or heading or _OTHER_DIRECTIVE.match(line) or line.lstrip().startswith((">>>", "..."))
        if run and (ends or new_item):
            yield start, run, section
            run = []
        if heading:
            section = heading
        elif admonition := _ADMONITION.match(line):
            start, margin, run = place, _indent(line), [admonition["text"]]
        elif not ends and not _DIRECTIVE.match(line) and not _COMMENTED.match(line) and not FENCED.match(line) and not _RULE.match(line):
            if not run:
                start, margin = place, _indent(line)
            run.append(line.strip())
    if run:
        yield start, run, section


def section_heading(lines: Sequence[str], place: int) -> str:
    """The section that starts at a line, in lower case, or an empty string."""
    line = lines[place]
    heading = _HEADING.match(line)
    if not heading or heading[2].strip().lower() not in SECTIONS:
        return ""
    below = lines[place + 1] if place + 1 < len(lines) else ""
    above = (
        bool(below.strip()) and _indent(below) > _indent(line) and heading[2][0].isupper() and (place == 0 or not lines[place - 1].strip())
    )
    return heading[2].strip().lower() if _RULE.match(below) or above or line.rstrip().endswith(":") else ""


def arguments(lines: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Returns the description of each parameter, with its first line: in the section on arguments, or in a field `:param name:`."""
    found: dict[str, tuple[str, int]] = {}
    for name, line, words in (*_items(lines), *_fields(lines)):
        for single in re.split(r"\s*,\s*", name):
            found.setdefault(single.lstrip("*"), (" ".join(" ".join(words).split()), line))
    return found


_RESTRICTS = re.compile(r"[<>≥≤=]|\\(?:[gl]eq?|in)\b|\b(?:positive|negative|non-?zero|integer)\b|\bin\s*[\[(]")


def _type(text: str | None) -> str:
    """The parts of a type in parentheses that restrict the parameter, as a sentence: `>= 0. ` of `(float, >= 0)`."""
    parts = [part.strip() for part in (text or "").strip("()").split(",")]
    return "".join(f"{part}. " for part in parts if _RESTRICTS.search(part) and not part.startswith("default"))


_ANY_FIELD = re.compile(
    r"^(\s*):(?:param|parameter|arg|argument|key|keyword|type|returns?|rtype|raises?|except|exception|yields?|var|ivar|cvar|vartype)"
    r"(?: [^`]*?)?:(?: |$)"
)
_FIELD = re.compile(r"^(\s*):(?:param|parameter|arg|argument|key|keyword)\s+(?:[^:`]+\s)?\\?(?P<name>\*{0,2}\w+)\s*:(?: +(?P<text>.*))?$")
"""A field that describes a parameter, with or without its type: `:param float scale: the scale`."""


def _fields(lines: Sequence[str]) -> Iterator[tuple[str, int, list[str]]]:
    for place, line in enumerate(lines):
        if found := _FIELD.match(line):
            more = itertools.takewhile(lambda text: text.strip() and _indent(text) > len(found[1]), lines[place + 1 :])
            yield found["name"], place, [found["text"] or "", *map(str.strip, more)]


_TYPED = re.compile(r"^\s*[`*\w, ]+ : [^:`]*\w$")
"""The line of a parameter with its type in the style of NumPy, `steps : int`, below which the description stands."""
_ITEM = re.compile(
    r"^(\s*)(?:[-*]\s+)?``?(?P<quoted>\*{0,2}\w+)``?\s*(?P<type_q>\([^)]*\))?\s*:\s*(?P<text_q>.*)$|^(\s*)(?P<name>\*{0,2}\w+(\s*,\s*\*{0,2}\w+)*)\s*(?P<type>\([^)]*\))?\s*:\s*(?P<text>.*)$"
)


def _items(lines: Sequence[str]) -> Iterator[tuple[str, int, list[str]]]:
    inside, base = False, 0
    margin: int | None = None
    name, start, words = "", 0, list[str]()
    for place, line in enumerate(lines):
        heading = section_heading(lines, place)
        outside = heading or (inside and line.strip() and margin is not None and _indent(line) < margin and not _RULE.match(line))
        if outside and inside:
            if name:
                yield name, start, words
            name, words, inside = "", [], False
        if heading:
            inside, base, margin = heading in ARGUMENTS, _indent(line), None
            continue
        if not inside or not line.strip() or _RULE.match(line):
            continue
        if margin is None:
            margin = _indent(line)
            inside = margin >= base
        item = _ITEM.match(line) if _indent(line) == margin else None
        if item:
            if name:
                yield name, start, words
            name, start = item["quoted"] or item["name"], place
            text = item["text_q"] or item["text"] or ""
            following = lines[place + 1] if place + 1 < len(lines) else ""
            typed = _TYPED.match(line) and following.strip() and _indent(following) > _indent(line)
            words = [_type(item["type_q"] or item["type"]) + (f"{text}." if typed else text)]
        elif name:
            words.append(line.strip())
    if name and inside:
        yield name, start, words
