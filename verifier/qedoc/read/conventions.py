r"""What the text says of functions that are written alike: the base of `\log`, and the unit of the angles of `\sin`."""

import re
from collections.abc import Callable
from typing import TypeAlias

import sympy as sp

from qedoc.read import arithmetic
from qedoc.read.parser import Parser
from qedoc.read.reading import Option

Build: TypeAlias = Callable[..., sp.Expr]

_NATURAL = "e"
_NUMBERS = {"two": "2", "ten": "10"}
_BASE = re.compile(r"\bbase(?:[\s:-]|is\b|of\b|equals\b|math\b|[`$=*])+(?P<base>two|ten|[a-z]|\d{1,2})(?![\w.]\w|\w)", re.IGNORECASE)
_NAMED = {
    "2": re.compile(r"\b(?:binary|dyadic) log\w*|\blog2\b|\bin (?:bits|shannons)\b", re.IGNORECASE),
    "10": re.compile(r"\b(?:common|decimal|decadic) log\w*|\blog10\b|\bin (?:decibels?|decades)\b", re.IGNORECASE),
}

_DEGREES = re.compile(r"\bin degrees?\b(?! (?:of|celsius|fahrenheit))|\bdegrees? as (?:the |its )?unit", re.IGNORECASE)
_RADIANS = re.compile(r"\bradians?\b", re.IGNORECASE)
_OF_ANGLES = frozenset({"sin", "cos", "tan", "cot", "sec", "csc"})
_TO_ANGLES = frozenset({*(f"a{name}" for name in _OF_ANGLES), *(f"arc{name}" for name in _OF_ANGLES), "atan2", "arctan2"})


def build_of(parser: Parser, name: str, build: Build) -> Build:
    """Returns what a known function computes by the conventions of the text.

    Args:
        parser: the parser, whose scope knows the text.
        name: the name of the function.
        build: the function without such conventions.
    """
    if name == "log":
        return _unbased(parser, build)
    if name in _OF_ANGLES and _in_degrees(parser):
        return lambda x: build(arithmetic.multiply([x, sp.pi / 180]))
    if name in _TO_ANGLES and _in_degrees(parser):
        return lambda *arguments: arithmetic.multiply([build(*arguments), 180 / sp.pi])
    return build


def _texts(parser: Parser) -> tuple[str, ...]:
    return (parser.scope.about, *parser.scope.said)


def _in_degrees(parser: Parser) -> bool:
    """Whether angles are in degrees. Only a text that speaks of degrees can say so; radians beside them are those of the formula."""
    if not any(_DEGREES.search(text) for text in _texts(parser)):
        return False
    both = any(_RADIANS.search(text) for text in _texts(parser))
    degrees = Option(value="degrees", why="the text speaks of degrees", sure="possible" if both else "suggested")
    radians = Option(value="radians", why="angles are usually in radians", sure="suggested" if both else "possible")
    ways = (radians, degrees) if both else (degrees, radians)
    return parser.scope.choose("the unit of angles", *ways) == degrees.value


def _unbased(parser: Parser, build: Build) -> Build:
    r"""Reads `\log` without a base: the natural logarithm, unless the text speaks of another base."""
    texts = _texts(parser)
    bases = {_NUMBERS.get(hit["base"].lower(), hit["base"]) for text in texts for hit in _BASE.finditer(text)}
    bases |= {base for base, pattern in _NAMED.items() if any(pattern.search(text) for text in texts)}
    if bases <= {_NATURAL}:
        return build
    ways = [Option(value=base, why="the text speaks of this base", sure="suggested") for base in sorted(bases & {*_NAMED, _NATURAL})]
    if _NATURAL not in bases:
        ways.append(Option(value=_NATURAL, why="a logarithm without a base is usually natural", sure="possible"))
    if bases - {_NATURAL, *_NAMED}:
        ways.append(Option(value="another number", why="the text speaks of a base", sure="opaque"))
    chosen = parser.scope.choose(r"the base of \log", *ways)
    if chosen not in _NAMED:
        return build
    return lambda x: arithmetic.divide(build(x), arithmetic.elementary(sp.log, sp.Integer(chosen)))
