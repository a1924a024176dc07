r"""Slips: what people get wrong in LaTeX. Each kind gives the texts with one slip of its kind.

The slips are made on the text alone, and know nothing of the edits by which qedoc looks for corrections.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from qedoc.read.tree import SYMBOLS

Slip: TypeAlias = tuple[int, int, str]
"""The part of a text that a slip replaces: its start, its end, and what stands there instead."""

_GREEK = "|".join(sorted(SYMBOLS - {"pi", "Gamma", "Phi", "psi", "zeta"}, key=len, reverse=True))
_TAKEN = r"\\(?:text|operatorname|mathrm|textrm|mbox|begin|end)\*?\s*\{[^{}]*\}|\\[A-Za-z]+|\\."
_ATOM = re.compile(rf"\\(?:{_GREEK})(?![A-Za-z])|(?<![A-Za-z])[A-Za-z](?![A-Za-z])")
_NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.])")
_RELATION = re.compile(r"\\(?:leq?|geq?|lt|gt)(?![A-Za-z])|[<>]=?")
_SUBSCRIPT = re.compile(r"_(?:\{\s*([a-z])\s*\}|([a-z]))")
_LOWER = re.compile(r"\\(?:sum|prod)(?:\\limits)?\s*_\{\s*[a-z]\s*=\s*(\d|[a-z])\s*\}")
_UPPER = re.compile(r"\\(?:sum|prod)(?:\\limits)?\s*_\{[^{}]*\}\s*\^(\{[^{}]*\}|\w)")
_FAMILIES = (("cos", "sin", "tan"), ("cosh", "sinh", "tanh"), ("log", "exp"), ("ln", "exp"), ("min", "max"), ("sum", "prod"))
_OPENERS, _CLOSERS = "([{", ")]}"


def planted(rng: random.Random, latex: str, within: tuple[int, int]) -> tuple[str, str] | None:
    """Returns the kind of a random slip and the text with it; None if there is no place for this kind.

    Args:
        rng: draws the slip.
        latex: the formula.
        within: the part of it that may change.
    """
    part = latex[slice(*within)]
    kind = rng.choice(tuple(KINDS))
    found = [slip for slip in KINDS[kind](part) if part[slip[0] : slip[1]] != slip[2]]
    if not found:
        return None
    start, end, text = rng.choice(found)
    spaced = f"{text} " if re.search(r"\\[A-Za-z]+$", text) and part[end : end + 1].isalpha() else text
    return kind, latex[: within[0] + start] + spaced + latex[within[0] + end :]


def _taken(part: str) -> list[tuple[int, int]]:
    """Commands and words, in which no letter or sign is one of the formula."""
    return [found.span() for found in re.finditer(_TAKEN, part)]


def _free(part: str, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    """What matches outside of commands and words, or is a command as a whole."""
    taken = _taken(part)
    return [m for m in pattern.finditer(part) if not any(a < m.end() and m.start() < b and (a, b) != m.span() for a, b in taken)]


def _is_subscript(part: str, at: int) -> bool:
    return re.search(r"_(?:\{[^{}]*)?$", part[:at]) is not None


def _atoms(part: str) -> list[re.Match[str]]:
    """The letters that stand for values, without those of subscripts and differentials."""
    return [m for m in _free(part, _ATOM) if not _is_subscript(part, m.start()) and m[0] not in ("d", "e")]


def _signs(part: str) -> Iterator[Slip]:
    for found in _free(part, re.compile(r"[+-]")):
        if _is_subscript(part, found.start()):
            continue
        after_operand = re.search(r"[\w})\]|!']\s*$", part[: found.start()]) is not None
        yield *found.span(), "-" if found[0] == "+" else "+" if after_operand else ""
    for found in _atoms(part):
        if re.search(r"(?:^|[({,&=]|\\\\)\s*$", part[: found.start()]):
            yield found.start(), found.start(), "-"


def _factors(part: str) -> Iterator[Slip]:
    for found in _free(part, _NUMBER):
        if not _is_subscript(part, found.start()) and not part[: found.start()].endswith("^"):
            yield from ((*found.span(), other) for other in ("1", str(2 * int(found[0]))))
    for found in re.finditer(r"\\pi(?![A-Za-z])", part):
        yield *found.span(), ""
        yield *found.span(), r"2 \pi"
    for found in _atoms(part):
        yield from ((found.start(), found.start(), more) for more in ("2 ", r"\pi "))


def _dropped(part: str) -> Iterator[Slip]:
    """A factor or a term that is forgotten."""
    for found in _atoms(part):
        if re.match(r"\s*[\\\w(]", part[found.end() :]) or re.search(r"[\w)}]\s*$", part[: found.start()]):
            yield *found.span(), ""
    for found in _free(part, re.compile(rf"[+-]\s*(?:{_ATOM.pattern}|\d+)(?=\s*[)}}\]+,.-]|\s*$)")):
        yield *found.span(), ""


def _symbols(part: str) -> Iterator[Slip]:
    atoms = _atoms(part)
    letters = sorted({found[0] for found in atoms})
    for found in atoms:
        yield from ((*found.span(), other) for other in letters if other != found[0])


def _exponents(part: str) -> Iterator[Slip]:
    for found in _free(part, re.compile(r"\^\s*(?:\{|[A-Za-z0-9])")):
        end = _closed(part, found.end() - 1) if found[0].endswith("{") else found.end()
        inner = part[found.end() - 1 : end].strip("{}")
        if (
            re.search(r"\\(?:sum|prod|int)(?:\\limits)?\s*(?:_\{[^{}]*\}|_\w)?\s*$", part[: found.start()])
            or "top" in inner
            or inner == "T"
        ):
            continue
        yield found.start(), end, "^{" + (inner[1:].strip() if inner[:1] == "-" else f"-{inner}") + "}"
        yield found.start(), end, ""
        if inner.isdigit():
            yield found.start(), end, f"^{int(inner) + 1}"
        close = part.find(")", end)
        if close >= 0 and "(" not in part[end:close] and part.count("{", end, close) == part.count("}", end, close):
            yield found.start(), close + 1, part[end : close + 1] + "^{" + inner + "}"
    for found in _atoms(part):
        if not re.match(r"\s*[\^_]", part[found.end() :]):
            yield found.end(), found.end(), "^2"


def _relations(part: str) -> Iterator[Slip]:
    others = {"<": (r"\le ", ">"), ">": (r"\ge ", "<"), "l": ("<", r"\ge "), "g": (">", r"\le ")}
    for found in _RELATION.finditer(part):
        sign = found[0].lstrip("\\")
        key = sign if sign in ("<", ">") else {"lt": "<", "gt": ">", "<=": "l", ">=": "g"}.get(sign, sign[0])
        yield from ((*found.span(), other) for other in others[key])


def _indices(part: str) -> Iterator[Slip]:
    found = list(_SUBSCRIPT.finditer(part))
    letters = sorted({m[1] or m[2] for m in found})
    for one in found:
        index = one[1] or one[2]
        yield from ((*one.span(), f"_{{{other}}}") for other in (f"{index}+1", f"{index}-1", *letters) if other != index)


def _limits(part: str) -> Iterator[Slip]:
    for found in _LOWER.finditer(part):
        low = found[1]
        yield from ((*found.span(1), other) for other in ((str(int(low) + 1), str(abs(int(low) - 1))) if low.isdigit() else (f"{low}+1",)))
    for found in _UPPER.finditer(part):
        high = found[1].strip("{}")
        yield from ((*found.span(1), f"{{{high}{other}}}") for other in ("-1", "+1"))


def _functions(part: str) -> Iterator[Slip]:
    for family in _FAMILIES:
        for found in re.finditer(r"\\(" + "|".join(family) + r")(?![A-Za-z])", part):
            yield from ((*found.span(1), other) for other in family if other != found[1])


def _roots(part: str) -> Iterator[Slip]:
    for found in re.finditer(r"\\sqrt\s*\{", part):
        end = _closed(part, found.end() - 1)
        inner = part[found.end() : end - 1]
        yield found.start(), end, inner if re.fullmatch(r"\w|\\[A-Za-z]+", inner) else f"({inner})"


def _misplaced(part: str) -> Iterator[Slip]:
    """Numerator and denominator swapped, and an operand that leaves a bracket, a root or a fraction."""
    for found in re.finditer(r"\\[tdc]?frac\s*\{", part):
        middle = _closed(part, found.end() - 1)
        if part[middle : middle + 1] == "{":
            end = _closed(part, middle)
            yield found.end() - 1, end, part[middle:end] + part[found.end() - 1 : middle]
    for found in re.finditer(r"(?:\\left\s*)?\(|(?<=sqrt)\{|(?<=frac)\{", part):
        end = _closed(part, found.end() - 1)
        closer = len(re.sub(r"\\right\s*\Z", "", part[: end - 1]))
        at = _last_term(part, found.end(), closer)
        if at is not None and end > found.end():
            yield at, end, f"{part[closer:end]} {part[at:closer]}"


def _last_term(part: str, start: int, end: int) -> int | None:
    """Where the last term of a sum in brackets begins; None if it has only one term."""
    depth, at = 0, None
    for k in range(start, end):
        depth += (part[k] in _OPENERS) - (part[k] in _CLOSERS)
        if depth == 0 and part[k] in "+-" and re.search(r"[\w})\]|!']\s*$", part[start:k]):
            at = k
    return at


def _by_one(part: str) -> Iterator[Slip]:
    for found in _free(part, re.compile(r"[+-]\s*1(?![\d.])")):
        yield *found.span(), ""
    for found in _free(part, _NUMBER):
        yield from ((*found.span(), str(int(found[0]) + step)) for step in (1, -1) if int(found[0]) + step >= 0)
    for found in _atoms(part):
        if re.match(r"\s*[)}]", part[found.end() :]):
            yield from ((found.end(), found.end(), step) for step in (" + 1", " - 1"))


def _closed(part: str, at: int) -> int:
    """The offset after the delimiter that closes the one at a place; the place itself if nothing closes it."""
    opener = part[at]
    closer = _CLOSERS[_OPENERS.index(opener)]
    depth = 0
    for k in range(at, len(part)):
        depth += (part[k] == opener) - (part[k] == closer)
        if depth == 0:
            return k + 1
    return at


KINDS: Mapping[str, Callable[[str], Iterator[Slip]]] = {
    "sign": _signs,
    "factor": _factors,
    "dropped": _dropped,
    "symbol": _symbols,
    "exponent": _exponents,
    "relation": _relations,
    "index": _indices,
    "limit": _limits,
    "function": _functions,
    "root": _roots,
    "misplaced": _misplaced,
    "one": _by_one,
}


def is_rich(latex: str) -> bool:
    """Whether a formula has sums, cases, indices or special functions."""
    words: Sequence[str] = (
        "sum",
        "prod",
        "cases",
        "_",
        "Gamma",
        "erf",
        "Phi",
        "zeta",
        "psi",
        "int",
        "binom",
        "mathrm",
        "operatorname",
        "max",
        "min",
    )
    return any(word in latex for word in words)
