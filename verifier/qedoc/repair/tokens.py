"""Edits that are no operation on a value: relations, indices, limits of sums, and names of functions and symbols."""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from qedoc.repair.spelling import OPERAND

_RELATION = re.compile(r"\\(?:leq?|geq?|lt|gt)(?![A-Za-z])|<=?|>=?")
_OTHER = {"<": ("\\le ", ">", "\\ge "), ">": ("\\ge ", "<", "\\le "), "le": ("<", "\\ge ", ">"), "ge": (">", "\\le ", "<")}
_SUBSCRIPT = re.compile(r"_(\{([^{}]+)\}|([a-z0-9]))")
_UPPER = re.compile(r"(?<=\})\^(\{([^{}]+)\}|(\w))")
_POWER = re.compile(r"\^(?:\{[^{}]*\}|\w)")
_LIMITED = re.compile(r"\\(?:sum|prod|int|lim|max|min)\S*\s*(?:_\{[^{}]*\}|_\w)?\s*$")
_NUMBER = re.compile(r"(?<![\w.{])(?<!_)\d+(?![\w.])|(?<=\{)\d+(?=\})")
_FAMILIES = (
    ("cos", "sin", "tan"), ("cosh", "sinh", "tanh"), ("arccos", "arcsin", "arctan"), ("log", "exp"), ("ln", "exp"), ("min", "max"),
    ("phi", "Phi"), ("sum", "prod"),
)  # fmt: skip
_OPENER = re.compile(r"(?:\\left\s*)?\(|(?<=sqrt)\{|(?<=frac)\{|(?<=\})\{")
_CLOSER = re.compile(r"(?:\\right\s*)?[)}]$")


def token_edits(latex: str, within: tuple[int, int], letters: Sequence[str]) -> Iterator[tuple[float, str]]:
    """Yields texts of a formula with an edit, each with its cost.

    Args:
        latex: the formula as written.
        within: the part of it that may be edited.
        letters: the LaTeX of the symbols that may be written.
    """
    start, end = within
    part = latex[start:end]

    def put(span: tuple[int, int], text: str) -> str:
        return latex[: start + span[0]] + text + latex[start + span[1] :]

    for found in _RELATION.finditer(part):
        for other in _OTHER[_plain(found[0])]:
            yield 0.8, put(found.span(), other)
    yield from ((cost, put(span, text)) for cost, span, text in _indices(part, letters))
    for found in re.finditer(r"[+-]", part):
        other = "-" if found[0] == "+" else "+" if OPERAND.search(part[: found.start()]) else ""
        yield 1.0, put(found.span(), other)
    for start_of, end_of, text in _terms_moved(part):
        yield 1.1, put((start_of, end_of), text)
    for family in _FAMILIES:
        for found in re.finditer(r"\\(" + "|".join(family) + r")(?![A-Za-z])", part):
            yield from ((1.5, put(found.span(1), other)) for other in family if other != found[1])
    for found in _POWER.finditer(part):
        if not _LIMITED.search(part[: found.start()]):
            yield 1.3, put(found.span(), "")
    for found in _NUMBER.finditer(part):
        number = int(found[0])
        others = {number - 1, number + 1, 2 * number, number // 2 if number % 2 == 0 else number - 1}
        yield from ((1.3, put(found.span(), str(other))) for other in sorted(others - {number}) if other >= 0)
    for found in _OPENER.finditer(part):
        close = _closed(part, found.end() - 1)
        if close > found.end() and part[found.end() - 1] == "{" and not part[: found.end() - 1].endswith("sqrt"):
            yield 1.15, put((found.end(), close - 1), rf"\sqrt{{{part[found.end() : close - 1]}}}")
        elif close > found.end() and part[close : close + 1] not in ("^", "_"):
            yield 1.15, put((found.start(), close), rf"\sqrt{{{part[found.end() : _inner_end(part, close)]}}}")
    for text in _renamed(part, letters):
        yield 1.2, latex[:start] + text + latex[end:]


def _plain(relation: str) -> str:
    strict = {"<": "<", ">": ">", "\\lt": "<", "\\gt": ">"}
    return strict.get(relation, "le" if relation.startswith(("\\le", "<")) else "ge")


def _indices(part: str, letters: Sequence[str]) -> Iterator[tuple[float, tuple[int, int], str]]:
    for found in _SUBSCRIPT.finditer(part):
        inner, span = (found[2], found.span(2)) if found[2] else (found[3], found.span(1))
        head, equals, low = inner.partition("=")
        if equals:
            shifted = {"0": ("1",), "1": ("0", "2")}.get(low.strip(), (f"{low}+1", f"{low}-1"))
            yield from ((1.0, span, f"{head}={one}") for one in shifted)
        elif inner.isdigit():
            number = int(inner)
            yield from ((1.0, span, str(other)) for other in (number - 1, number + 1, number - 2, number + 2) if other >= 0)
        elif re.fullmatch(r"\s*\w\s*", inner):
            others = (f"{inner}+1", f"{inner}-1", *(x for x in letters if len(x) == 1 and x != inner))
            yield from ((1.0, span, one if found[2] else f"{{{one}}}") for one in others)
        elif (shifted_by := re.fullmatch(r"\s*(\w)\s*([+-])\s*\d+\s*", inner)) is not None:
            other_way = inner.replace(*("+-" if shifted_by[2] == "+" else "-+"))
            yield from ((1.0, span, one) for one in (shifted_by[1], other_way))
    for found in _UPPER.finditer(part):
        if re.search(r"\\(?:sum|prod)\S*\s*_\{[^{}]*\}$", part[: found.start()]):
            inner = found[2] or found[3]
            fewer = (re.sub(pattern, "", inner) for pattern in (r"\s*[+-]\s*1\s*$", r"\^(?:\d|\{[^{}]*\})"))
            others = (f"{inner}-1", f"{inner}+1", *(x for x in (*fewer, *letters) if x != inner))
            yield from ((1.0, found.span(), f"^{{{one}}}") for one in others)


def _terms_moved(part: str) -> Iterator[tuple[int, int, str]]:
    """The last term of a bracket, root or fraction moved out of it, and the term after one moved into it."""
    for found in _OPENER.finditer(part):
        end = _closed(part, found.end() - 1)
        closer = _CLOSER.search(part[:end])
        if closer is None or end <= found.end():
            continue
        signs = list(_signs(part, found.end(), closer.start()))
        if signs:
            yield signs[-1], end, f"{part[closer.start() : end]} {part[signs[-1] : closer.start()]}"
        after = re.match(r"\s*[+-]", part[end:])
        if after is not None:
            first = end + after.end()
            if (factor := re.match(r"\s*(?:\d+|\\?[A-Za-z]+)", part[first:])) is not None:
                stop = first + factor.end()
                yield closer.start(), stop, f" {part[end:stop].strip()}{part[closer.start() : end]}"
            stop = next(_signs(part, first, len(part)), _level(part, first))
            yield closer.start(), stop, f" {part[end:stop].strip()}{part[closer.start() : end]}" + " " * part[end:stop].endswith(" ")


def _closed(part: str, at: int) -> int:
    """The offset after the delimiter that closes the one at a place; 0 if nothing closes it."""
    opener, depth = part[at], 0
    closer = {"(": ")", "{": "}"}[opener]
    for k in range(at, len(part)):
        depth += (part[k] == opener) - (part[k] == closer)
        if depth == 0:
            return k + 1
    return 0


def _inner_end(part: str, end: int) -> int:
    """Where the inside of a bracket ends, before its closing delimiter."""
    return len(re.sub(r"\\right\s*\Z", "", part[: end - 1]))


def _level(part: str, start: int) -> int:
    """Where the bracket, the entry or the row ends in which a place is."""
    depth = 0
    for k in range(start, len(part)):
        depth += (part[k] in "([{") - (part[k] in ")]}")
        if depth < 0 or (depth == 0 and (part[k] in ",&=" or part[k : k + 2] == "\\\\")):
            return k
    return len(part)


def _signs(part: str, start: int, end: int) -> Iterator[int]:
    """Where the terms of a sum begin, without its first."""
    depth = 0
    for k in range(start, min(end, _level(part, start))):
        depth += (part[k] in "([{") - (part[k] in ")]}")
        if depth == 0 and part[k] in "+-" and OPERAND.search(part[start:k]):
            yield k


def _renamed(part: str, letters: Sequence[str]) -> Iterator[str]:
    """One symbol for another everywhere or once, and two symbols swapped."""

    def pattern(letter: str) -> str:
        return rf"(?<![A-Za-z\\]){re.escape(letter)}(?![A-Za-z])"

    def spaced(letter: str) -> str:
        return f"{letter} " if letter.startswith("\\") else letter

    written = [letter for letter in letters if re.search(pattern(letter), part)]
    for one, other in itertools.product(written, letters):
        if one == other:
            continue
        for found in re.finditer(pattern(one), part):
            yield part[: found.start()] + spaced(other) + part[found.end() :]
        yield _put(part, {one: spaced(other)}, pattern)
    for one, other in itertools.combinations(written, 2):
        yield _put(part, {one: spaced(other), other: spaced(one)}, pattern)


def _put(part: str, names: Mapping[str, str], pattern: Callable[[str], str]) -> str:
    """A text with names replaced, all of them at once."""
    return re.sub("|".join(map(pattern, names)), lambda found: names[found[0]], part)
