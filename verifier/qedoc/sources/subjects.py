"""Which function or class of a module a formula in the docstring of the module is about."""

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from types import ModuleType
from typing import Any

from qedoc.sources import markup
from qedoc.sources.objects import public, unwrapped
from qedoc.sources.pages import MARK

_NAMED = re.compile(
    r":(?:py:)?(?:func|class|meth|obj):`(?:[^`<]*<)?[~!.]?(?:\w+\.)*(\w+)(?:\(\))?>?`"
    r"|(?<![:}`\w])`{1,2}(?:\w+\.)*([A-Za-z_]\w*)(?:\([^`]*\))?`{1,2}(?!`)"
)
"""A role or a code span with the name of an object."""

_GOES_ON = re.compile(r"^(?:where|and|with|for|here|or|so that)\b", re.IGNORECASE)
_PARTS = re.compile(r"\\\\|\\q?quad\b")
_STYLE = re.compile(
    r"\\(?:mathrm|mathit|mathtt|mathsf|text\w*|operatorname\*?)(?![A-Za-z])|\\[!,;:]|\\(?:left|[bB]igg?l?)(?![A-Za-z])|[\\{}&\s]"
)


def subjects(module: ModuleType, lines: Sequence[str]) -> dict[int, tuple[str, ...]]:
    """Returns the functions and classes that the displays of a module's docstring are about, by the first line of the display.

    A display is about what its left sides name, or else about the only object that the text right above it names. If there is neither, it
    is about the class of the module if the module has only one, or about the object that the module is named after.

    Args:
        module: the module.
        lines: its docstring without its indentation.
    """
    objects = _defined(module)
    usual = _eponym(module.__name__.rpartition(".")[2], objects)
    found: dict[int, tuple[str, ...]] = {}
    last: tuple[str, ...] = ()
    for first, blocks in groupby(markup.blocks(lines), lambda block: block.first):
        heads = [name for block in blocks for name in _heads(block.latex) if name in objects]
        text = _before(lines, first)
        named = list(dict.fromkeys(name for pair in _NAMED.findall(text) for name in pair if name in objects))
        if heads:
            last = tuple(dict.fromkeys(heads))
        elif len(named) == 1:
            last = (named[0],)
        elif named or (text and not _GOES_ON.match(text)):
            last = ()
        of = last or (() if len(named) > 1 else usual)
        if of:
            found[first] = of
    return found


def _defined(module: ModuleType) -> dict[str, Any]:
    """The public functions and classes that a module itself defines."""
    own = {name: unwrapped(vars(module)[name]) for name in public(module) if name in vars(module)}
    return {
        name: value
        for name, value in own.items()
        if (inspect.isclass(value) or inspect.isroutine(value)) and getattr(value, "__module__", None) == module.__name__
    }


def _eponym(name: str, objects: Mapping[str, Any]) -> tuple[str, ...]:
    """The only class of a module without functions, or the object that has the name of the module."""
    if [inspect.isclass(value) for value in objects.values()] == [True]:
        return tuple(objects)
    return tuple(one for one in objects if one.replace("_", "").lower() == name.replace("_", "").lower())[:1]


def _heads(latex: str) -> Iterator[str]:
    r"""The names on the left sides of a display, without their arguments: `ln_q` of `\ln_q(x) = ...`."""
    for part in _PARTS.split(latex):
        left, equals, _ = part.partition("=")
        if equals:
            yield _STYLE.sub("", left.rstrip(":").partition("(")[0])


def _before(lines: Sequence[str], first: int) -> str:
    """The paragraph right above a display, without the headings and the marks of markup."""
    above = first - 1
    while above >= 0 and MARK.match(lines[above]):
        above -= 1
    paragraph: list[str] = []
    while above >= 0 and lines[above].strip():
        paragraph.insert(0, lines[above].strip())
        above -= 1
    return " ".join(paragraph)


def names(found: Iterable[tuple[str, ...]]) -> list[str]:
    """Returns the objects that some display is about, each once.

    Args:
        found: the objects of each display.
    """
    return list(dict.fromkeys(name for of in found for name in of))
