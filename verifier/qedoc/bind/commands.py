"""Gives the LaTeX macros of the project to the reader of formulas."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from qedoc.config.macros import ProjectMacros, project_macros
from qedoc.read import Macro, NotAClaim, Obstacle, Reading, Unreadable
from qedoc.read.macros import definitions


def macros() -> Mapping[str, Macro]:
    """Returns the macros of the project in the current folder."""
    return _made(_Key(project_macros(Path.cwd())))


def with_hint(reading: Reading | Unreadable | NotAClaim) -> Reading | Unreadable | NotAClaim:
    """Says where an unknown command that resembles no other can be defined, and which settings of the project could not be read."""
    if not isinstance(reading, Unreadable) or reading.obstacle is not Obstacle.UNKNOWN or "command" not in reading.what:
        return reading
    if reading.suggestion:
        return reading
    return replace(reading, suggestion="; ".join(["define it in [tool.qedoc] macros", *project_macros(Path.cwd()).problems]))


class _Key:
    """The macros of a project as a key of a cache."""

    def __init__(self, found: ProjectMacros) -> None:
        self.found = found
        self.spelled = repr(found)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.spelled == other.spelled

    def __hash__(self) -> int:
        return hash(self.spelled)


@lru_cache(maxsize=8)
def _made(key: _Key) -> Mapping[str, Macro]:
    defined: dict[str, Macro] = {}
    for found in (found for text in key.found.preambles for found in definitions(text)):
        if found.holds(defined):
            defined[found.name] = found.macro
    return defined | {name: _macro(given) for name, given in key.found.given.items()}


def _macro(given: Any) -> Macro:
    if isinstance(given, str):
        return Macro(body=given, arguments=max((int(number) for number in re.findall(r"#([1-9])", given)), default=0))
    body, count, *default = given
    return Macro(body=body, arguments=count, default=default[0] if default else None)
