"""Parser combinators that return every parse, so that no ambiguity is resolved in secret."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Edge:
    """A meaning of the words from one position to another.

    Args:
        kind: the kind of token, such as `PARAM`.
        value: its meaning.
        end: the position after the words.
    """

    kind: str
    value: Any
    end: int


@dataclass(slots=True)
class Lattice:
    """A sentence: for each position, the meanings of the words that start there.

    Args:
        edges: the edges that start at each position.
        words: the words as they are written.
    """

    edges: Sequence[Sequence[Edge]]
    words: Sequence[str]
    known: dict[tuple[int, int], "Parses"] = field(default_factory=dict)


Parses: TypeAlias = tuple[tuple[Any, int], ...]
Parser: TypeAlias = Callable[[Lattice, int], Parses]


def _once(found: list[tuple[Any, int]]) -> Parses:
    return tuple(dict.fromkeys(found))


def token(*kinds: str) -> Parser:
    """A token of one of the kinds. Its value is the token's meaning."""
    wanted = frozenset(kinds)

    def parse(lattice: Lattice, at: int) -> Parses:
        if at >= len(lattice.edges):
            return ()
        return tuple((edge.value, edge.end) for edge in lattice.edges[at] if edge.kind in wanted)

    return parse


def sequence(*parts: Parser, to: Callable[..., Any] = lambda *values: values) -> Parser:
    """All parts in order. `to` makes the value from theirs, or returns None to reject a parse."""

    def parse(lattice: Lattice, at: int) -> Parses:
        states: list[tuple[tuple[Any, ...], int]] = [((), at)]
        for part in parts:
            states = [((*values, value), end) for values, place in states for value, end in part(lattice, place)]
            if not states:
                return ()
        return _once([(made, end) for values, end in states if (made := to(*values)) is not None])

    return parse


def pick(place: int) -> Callable[..., Any]:
    """The value of one part."""
    return lambda *values: values[place]


def always(value: Any) -> Callable[..., Any]:
    """A value that does not depend on those of the parts."""
    return lambda *_: value


def form(*items: str | int) -> Callable[..., Any]:
    """A tuple of words and of the values of parts, which are given by their place."""
    return lambda *values: tuple(item if isinstance(item, str) else values[item] for item in items)


def either(*options: Parser) -> Parser:
    """Each of the options."""
    return lambda lattice, at: _once([found for option in options for found in option(lattice, at)])


def maybe(part: Parser, missing: Hashable = ()) -> Parser:
    """The part, or nothing."""
    return lambda lattice, at: _once([*part(lattice, at), (missing, at)])


def some(part: Parser, least: int = 0) -> Parser:
    """The part repeatedly; its value is the tuple of their values."""

    def parse(lattice: Lattice, at: int) -> Parses:
        found: list[tuple[Any, int]] = []
        states: list[tuple[tuple[Any, ...], int]] = [((), at)]
        count = 0
        while states:
            if count >= least:
                found += states
            count += 1
            states = [((*values, value), end) for values, place in states for value, end in part(lattice, place) if end > place]
        return _once(found)

    return parse


def rule(make: Callable[[], Parser]) -> Parser:
    """A named rule, made when it is first used, so that rules can contain each other. It remembers its parses at each position."""
    made: list[Parser] = []

    def parse(lattice: Lattice, at: int) -> Parses:
        key = id(parse), at
        if key not in lattice.known:
            if not made:
                made.append(make())
            lattice.known[key] = ()  # a rule that begins with itself has no parse that way
            lattice.known[key] = made[0](lattice, at)
        return lattice.known[key]

    return parse


def whole(parser: Parser, lattice: Lattice, start: int = 0, end: int | None = None) -> tuple[Any, ...]:
    """The values of all parses that use every word from start to end."""
    last = len(lattice.edges) if end is None else end
    return tuple(value for value, stop in parser(lattice, start) if stop == last)
