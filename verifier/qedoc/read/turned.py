r"""Which letters are matrices and which are vectors, where a formula has transposes and the text does not say it: `x^\top A x`.

A transpose is of a matrix or a vector, never of a number. Capital letters are conventionally matrices, and small letters are vectors
or numbers. What is left is decided by the products and sums: only some kinds of the letters can be multiplied and added.

Source of the convention: Petersen and Pedersen, "The Matrix Cookbook" (2012), section "Notation and nomenclature".
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from itertools import product as combinations

from qedoc.read.columns import TRANSPOSES
from qedoc.read.matrices import COLUMN, MATRIX, ROW, SCALAR
from qedoc.read.reading import Option
from qedoc.read.tokens import BOLD, Kind, Token
from qedoc.read.tree import SYMBOLS, Group, Node, contents, equated, relation, spelled, walk

_ACCENTS = frozenset({"hat", "bar", "tilde", "widehat", "widetilde"})
_PRODUCT = {(2, 2): 2, (2, 1): 1, (-1, 2): -1, (-1, 1): 0, (1, -1): 2}
_TRACES = frozenset({"tr", "Tr", "trace"})
_OF_MATRIX = _TRACES | {"det"}
_OF_NUMBER = frozenset({"log", "ln", "exp", "sqrt"})
_SPACES = frozenset({",", ".", ";", "&"})
_GAPS = ("quad", "qquad", "text", "mathrm")
_MOST = 6
"""The largest number of letters whose kinds are not known, so that all their kinds can be tried."""


KINDS = "the kinds of letters"
"""The notation of letters whose kinds only transposes tell."""

_DATA = frozenset({"X", "Y", "Z", "W", "Phi"})
"""Matrices of data and weights, which libraries store with their rows in either order."""

_NAMES = {MATRIX: "a matrix", COLUMN: "a vector", SCALAR: "a number"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The kinds of the letters of a formula.

    Args:
        kinds: the kind of each letter that the text does not explain.
        flipped: the matrices that the code stores transposed.
        option: the assignment as a way to read the formula.
    """

    kinds: dict[str, int]
    flipped: frozenset[str]
    option: Option


def assignments(nodes: Sequence[Node], known: Mapping[str, int], numbers: Collection[str]) -> list[Assignment]:
    """Returns the kinds that the letters of a formula with transposes can have, the most usual first.

    Args:
        nodes: the formula.
        known: the kinds that the text tells.
        numbers: letters that are numbers, as the text says.
    """
    made: list[Assignment] = []
    for given in list(kinds(nodes, known, numbers))[:_WAYS]:
        said = ", ".join(f"{name} is {_NAMES[kind]}" for name, kind in sorted(given.items()))
        why = "the transposes and products allow it, and capital letters are usually matrices"
        option = Option(value=said, why=why, sure="possible" if made else "suggested")
        made.append(Assignment(kinds=given, flipped=frozenset(), option=option))
    data = frozenset(name for name, kind in made[0].kinds.items() if kind == MATRIX and name.partition("_")[0] in _DATA) if made else ()
    if data:
        option = replace(made[0].option, value=f"{made[0].option.value}, stored transposed", sure="possible")
        made.append(replace(made[0], flipped=frozenset(data), option=option))
    return made


_WAYS = 3
"""The most assignments that are tried."""


class _Mismatch(Exception):
    """Kinds that cannot be multiplied or added."""


class _Unknown(Exception):
    """A notation whose kind is not known here."""


def kinds(nodes: Sequence[Node], known: Mapping[str, int], numbers: Collection[str]) -> Iterator[dict[str, int]]:
    """Yields the kinds that the letters of a formula with transposes can have, the most usual first.

    Args:
        nodes: the formula.
        known: the kinds that the text tells.
        numbers: letters that are numbers, as the text says.
    """
    left, *rights = equated(nodes)
    sides = [side for side in _values(nodes) if _turned(side)]
    if (
        (rights and _turned(left))
        or not sides
        or _has_letter_t(nodes)
        or any(node.is_char("_") and _is_indexed(items, at) for items, at, node in _scripts(sides))
    ):
        return
    reader = _Kinds({**known, **dict.fromkeys(numbers, SCALAR)})
    try:
        for side in sides:
            reader.letters(side)
    except _Unknown:
        return
    open_ = [name for name in reader.found if name not in reader.known]
    identities = {name: MATRIX for name in reader.found if is_identity(name) and name not in known}
    if not (open_ or identities) or len(open_) > _MOST:
        return
    choices = [_ways(name, name in reader.transposed) for name in open_]
    found: list[tuple[int, dict[str, int]]] = []
    for row in combinations(*choices):
        given = dict(zip(open_, row, strict=True))
        trial = _Kinds({**reader.known, **given})
        try:
            results = [trial.sum(side) for side in sides]
        except _Mismatch:
            continue
        except _Unknown:
            return
        if ROW not in results:
            unusual = sum(given[name] == SCALAR for name in open_ if _is_capital(name))
            unusual += sum((given[name] != SCALAR) != (name in trial.after) for name in open_ if not _is_capital(name))
            if any(row) or identities:
                found.append((unusual, given | identities))
    yield from (given for _, given in sorted(found, key=lambda one: one[0]))


def is_identity(name: str) -> bool:
    """Whether a name is conventionally the identity matrix: `I`, `I_d`.

    Args:
        name: the plain name of a symbol.
    """
    base, _, size = name.partition("_")
    return base == "I" and len(size) <= 1 and not size.isdigit()


def _ways(name: str, transposed: bool) -> tuple[int, ...]:
    if _is_capital(name):
        return (MATRIX,) if transposed else (MATRIX, SCALAR)
    return (COLUMN,) if transposed else (SCALAR, COLUMN)


def _is_capital(name: str) -> bool:
    return name[:1].isupper()


def _values(nodes: Sequence[Node]) -> Iterator[list[Node]]:
    """The parts of a formula that have a value: its sides after the first, without the conditions beside them."""
    sides = equated(nodes)
    for side in sides if len(sides) == 1 else sides[1:]:
        piece: list[Node] = []
        for node in side:
            if node.is_char(",") or _is_gap(node):
                break
            if not node.is_char(*_SPACES):
                piece.append(node)
        yield piece


def _is_gap(node: Node) -> bool:
    """Whether a node stands before what is no part of the value: a wide space, or words."""
    return isinstance(node, Token) and (node.text in _GAPS or (node.kind is Kind.TEXT and " " in node.text))


def _scripts(sides: Sequence[Sequence[Node]]) -> Iterator[tuple[Sequence[Node], int, Node]]:
    for side in sides:
        for items in walk(side):
            yield from ((items, at, node) for at, node in enumerate(items))


def _is_indexed(items: Sequence[Node], at: int) -> bool:
    """Whether a subscript may be an index, so that the letter before it is an array and its entries are meant."""
    script = contents(items[at + 1]) if at + 1 < len(items) else ()
    return any(
        isinstance(one, Token) and one.kind is Kind.WORD and one.text in ("i", "j", "k", "ij", "ii", "jj", "ik", "kj") for one in script
    )


def _turned(side: Sequence[Node]) -> bool:
    """Whether a side has a transpose or a trace."""
    for items in walk(side):
        for node, after in pairwise(items):
            traced = isinstance(node, Token) and node.text in _TRACES and node.kind in (Kind.MACRO, Kind.TEXT) and isinstance(after, Group)
            if traced or (node.is_char("^") and node is not items[0] and _is_mark(after)):
                return True
    return False


def _is_mark(node: Node) -> bool:
    mark = contents(node)
    return len(mark) == 1 and isinstance(mark[0], Token) and mark[0].text in TRANSPOSES


def _has_letter_t(nodes: Sequence[Node]) -> bool:
    """Whether T is a letter of the formula, so that it may be an exponent too."""
    for items in walk(nodes):
        for at, node in enumerate(items):
            lone = isinstance(node, Token) and node.kind is Kind.WORD and node.text == "T"
            script = at > 0 and items[at - 1].is_char("^")
            if lone and not script and len(items) != 1:
                return True
    return False


class _Kinds:
    """Finds the kinds of parts of a formula.

    Args:
        known: the kinds of letters.
    """

    def __init__(self, known: Mapping[str, int]) -> None:
        self.known = dict(known)
        self.found: dict[str, None] = {}
        self.transposed: set[str] = set()
        self.after: set[str] = set()
        self.listing = False

    def letters(self, side: Sequence[Node]) -> None:
        """Collects the letters of a side."""
        self.listing = True
        self.sum(side)
        self.listing = False

    def sum(self, nodes: Sequence[Node]) -> int:
        """The kind of a sum."""
        terms: list[list[Node]] = [[]]
        for node in nodes:
            if node.is_char("+", "-") and not (terms[-1] and terms[-1][-1].is_char("^", "_")):
                terms.append([])
            elif relation(node):
                raise _Unknown
            else:
                terms[-1].append(node)
        found = [self._term(term) for term in terms if term]
        if not found:
            raise _Unknown
        if not self.listing and len(set(found)) > 1:
            raise _Mismatch
        return found[0]

    def _term(self, nodes: Sequence[Node]) -> int:
        total, at, divided = SCALAR, 0, False
        while at < len(nodes):
            node = nodes[at]
            if node.is_macro("cdot", ",", "!", ";", ":", " ") or node.is_char("*", "@", "~"):
                at += 1
                continue
            if node.is_char("/"):
                divided = True
                at += 1
                continue
            start = at
            known, at = self._factor(nodes, at)
            if total in (MATRIX, ROW) and at == start + 1 and isinstance(node, Token):
                self.after.add(node.text)  # what stands after a matrix is usually multiplied by it
            if divided and known != SCALAR and not self.listing:
                raise _Mismatch
            divided = False
            total = self._times(total, known)
        return total

    def _times(self, left: int, right: int) -> int:
        if self.listing or right == SCALAR:
            return left
        if left == SCALAR:
            return right
        if (left, right) not in _PRODUCT:
            raise _Mismatch
        return _PRODUCT[left, right]

    def _factor(self, nodes: Sequence[Node], at: int) -> tuple[int, int]:
        """The kind of the factor at a place, with its scripts, and the place after it."""
        node, at = nodes[at], at + 1
        name = ""
        if isinstance(node, Group):
            known = self._group(node)
        elif node.kind is Kind.NUMBER:
            known = SCALAR
        elif node.is_macro("frac", "tfrac", "dfrac") and at + 1 < len(nodes):
            first = nodes[at]
            if isinstance(first, Token) and first.kind is Kind.NUMBER and len(first.text) > 1:
                return self._scripted(nodes, at + 1, SCALAR, "")  # `frac12`
            top, bottom = (self.sum(contents(part)) for part in nodes[at : at + 2])
            if bottom != SCALAR and not self.listing:
                raise _Mismatch
            known, at = top, at + 2
        elif node.text in _OF_NUMBER and (node.kind is Kind.MACRO or node.kind is Kind.TEXT) and at < len(nodes):
            return self._called(nodes, at, node.text)
        elif node.text in _OF_MATRIX and node.kind in (Kind.MACRO, Kind.TEXT) and at < len(nodes):
            inner, at = self._factor(nodes, at)
            if inner != MATRIX and not self.listing:
                raise _Mismatch
            known = SCALAR
        elif node.text == "diag" and node.kind in (Kind.MACRO, Kind.TEXT) and at < len(nodes) and isinstance(nodes[at], Group):
            inner, at = self._factor(nodes, at)
            if inner != COLUMN and not self.listing:
                raise _Mismatch
            known = MATRIX
        else:
            name, at = self._name(nodes, at - 1)
            if name == "pi" or (name == "e" and name not in self.known):
                name, known = "", SCALAR
            else:
                self.found.setdefault(name, None)
                known = MATRIX if is_identity(name) and name not in self.known else self.known.get(name, SCALAR)
                if is_identity(name):
                    self.known.setdefault(name, MATRIX)
        return self._scripted(nodes, at, known, name)

    def _called(self, nodes: Sequence[Node], at: int, function: str) -> tuple[int, int]:
        """A function of a number with its argument: a bracket, bars, another function, or what stands beside it."""
        inner, at = self._factor(nodes, at)
        if function != "sqrt" and not isinstance(nodes[at - 1], Group):
            while at < len(nodes) and not nodes[at].is_char("+", "-", "/") and not isinstance(nodes[at], Group):
                other, at = self._factor(nodes, at)
                inner = self._times(inner, other)
        if inner != SCALAR and not self.listing:
            raise _Mismatch
        return SCALAR, at

    def _group(self, group: Group) -> int:
        if group.opener in ("|", r"\|"):
            inner = self.sum(group.items)
            if not self.listing and inner == ROW:
                raise _Mismatch
            return SCALAR
        if group.opener not in ("(", "[", "{") or group.closer != group.opener or any(item.is_char(",", ";") for item in group.items):
            raise _Unknown
        return self.sum(group.items)

    def _name(self, nodes: Sequence[Node], at: int) -> tuple[str, int]:
        """The plain name of the letter at a place, with its subscript, and the place after it."""
        node, at = nodes[at], at + 1
        if not isinstance(node, Token):
            raise _Unknown
        if node.kind is Kind.MACRO and node.text in _ACCENTS | BOLD and at < len(nodes):
            inner = contents(nodes[at])
            if len(inner) != 1 or not isinstance(inner[0], Token):
                raise _Unknown
            base = f"{inner[0].text}_{node.text.removeprefix('wide')}" if node.text in _ACCENTS else inner[0].text
            at += 1
        elif (
            (node.kind is Kind.WORD and (len(node.text) == 1 or node.text in self.known))
            or (node.kind is Kind.MACRO and node.text in SYMBOLS)
            or (node.kind is Kind.TEXT and node.text.isidentifier())
        ):
            base = node.text
        else:
            raise _Unknown
        if at + 1 < len(nodes) and nodes[at].is_char("_"):
            base, at = f"{base}_{spelled(nodes[at + 1])}", at + 2
        return base, at

    def _scripted(self, nodes: Sequence[Node], at: int, known: int, name: str) -> tuple[int, int]:
        while at + 1 < len(nodes) and nodes[at].is_char("^"):
            script, at = nodes[at + 1], at + 2
            if _is_mark(script):
                self.transposed |= {name} if name else set()
                if known == SCALAR and not self.listing:
                    raise _Mismatch
                known = -known if known in (COLUMN, ROW) else known
            elif spelled(script) == "-1":
                if known in (COLUMN, ROW) and not self.listing:
                    raise _Mismatch
            else:
                inner = self.sum(contents(script))
                if not self.listing and (known, inner) != (SCALAR, SCALAR):
                    raise _Mismatch
        if at < len(nodes) and nodes[at].is_char("_", "^", "'", "!"):
            raise _Unknown
        return known, at
