"""Writes an edit of a value as LaTeX, in several spellings, the nicest first. Reading them tells which of them means the edit."""

import re
from collections.abc import Callable, Iterator, Mapping

from qedoc.read.tree import SYMBOLS
from qedoc.repair.edits import Edit

_FRACTION = re.compile(r"(\\[tdc]?frac)\{((?:[^{}]|\{[^{}]*\})*)\}\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_ATOM = re.compile(r"[A-Za-z0-9]|\\[A-Za-z]+|\d+(?:\.\d+)?")
_OPEN = re.compile(r"(?:\\left\s*)?\($")
_CLOSE = re.compile(r"\s*(?:\\right\s*)?\)")

OPERAND = re.compile(r"[\w})\]|!']\s*$")
"""The end of an operand, after which a sign joins two of them."""


def spellings(latex: str, span: tuple[int, int], edit: Edit, kept: str = "") -> list[str]:
    """Returns texts of the formula with an edit.

    Args:
        latex: the formula as written.
        span: the place.
        edit: the edit.
        kept: for `keep`, the part of the text that replaces the place.
    """
    start, end = span
    before, text, after = latex[:start], latex[start:end], latex[end:]
    if edit.kind == "negate":
        return list(dict.fromkeys(_negated(before, text, after)))
    if edit.kind in ("drop", "zero"):
        return list(dict.fromkeys(_dropped(before, text, after, "1" if edit.kind == "drop" else "0")))
    if edit.kind in ("square", "raise") and (close := _CLOSE.match(after)) and _OPEN.search(before.rstrip()):
        power = f"^{{{edit.word or 2}}}" if len(edit.word or "2") > 1 else f"^{edit.word or 2}"
        return [before + text + close[0] + power + after[close.end() :], *(before + one + after for one in _spelled(text, edit, kept))]
    return [before + one + after for one in dict.fromkeys(_spelled(text, edit, kept))]


def _spelled(text: str, edit: Edit, kept: str) -> list[str]:
    made = _SPELLED[edit.kind](text, edit.word or _OPERANDS.get(edit.kind, ""), kept)
    return list(made)


def _bracketed(text: str) -> str:
    return rf"\left({text}\right)"


def _negated(before: str, text: str, after: str) -> Iterator[str]:
    left = before.rstrip()
    gap = before[len(left) :]
    binary = left[-1:] in ("+", "-") and OPERAND.search(left[:-1]) is not None
    if text[:1] in ("+", "-"):
        rest = text[1:].lstrip()
        inside = OPERAND.search(left) is not None
        if text[0] == "+":
            yield f"{before}-{text[1:]}{after}"
        elif inside:
            yield f"{before}+{text[1:]}{after}"
        else:
            yield f"{before}{rest}{after}"
    if left[-1:] == "-" and not binary:
        yield left[:-1] + text + after
    if binary:
        yield left[:-1] + ("-" if left[-1] == "+" else "+") + (gap or " ") + text + after
    yield f"{before}-{text}{after}"
    yield f"{before}-{_bracketed(text)}{after}"
    yield rf"{before}\left(-{text}\right){after}"


def _dropped(before: str, text: str, after: str, neutral: str) -> Iterator[str]:
    after = after.lstrip(" ") if before.endswith(" ") or not before else after
    if neutral == "1":
        power = re.search(r"\^\s*(\{?)\s*$", before)
        if power:
            yield before[: power.start()] + (after[1:] if power[1] and after[:1] == "}" else after)
        yield re.sub(r"(?:\\cdot|\\times|\*)\s*$", "", before) + after
        yield before + re.sub(r"^\s*(?:\\cdot|\\times|\*|/)(?![A-Za-z])\s*", "", after)
    else:
        yield re.sub(r"[+-]\s*$", "", before.rstrip()) + after
        yield before + re.sub(r"^\s*\+\s*", "", after)
    yield f"{before}{neutral}{after}"


def _multiplied(text: str, word: str, _: str) -> Iterator[str]:
    if text[:1] in ("+", "-"):
        yield f"{text[0]}{word} {text[1:].lstrip()}"
        yield rf"{text[0]}{word} \cdot {text[1:].lstrip()}"
    yield f"{word} {text}"
    yield f"{word} {_bracketed(text)}"
    yield rf"{word} \cdot {text}"
    yield f"{text} {word}"
    yield f"{_bracketed(text)} {word}"


def _divided(text: str, word: str, _: str) -> Iterator[str]:
    if word.isdigit() and (re.fullmatch(r"[a-z]", text) or not _ATOM.fullmatch(text)):
        yield rf"\frac{{1}}{{{word}}} {text}"
    yield rf"\frac{{{text}}}{{{word}}}"
    yield rf"\frac{{1}}{{{word}}} {_bracketed(text)}"


def _inverted(text: str, _: str, __: str) -> Iterator[str]:
    if found := _FRACTION.fullmatch(text):
        yield f"{found[1]}{{{found[3]}}}{{{found[2]}}}"
    yield rf"\frac{{1}}{{{text}}}"


def _added(sign: str) -> Callable[[str, str, str], Iterator[str]]:
    def made(text: str, word: str, _: str) -> Iterator[str]:
        if text.isdigit() and word == "1":
            yield str(int(text) + int(f"{sign}1"))
        yield f"{text} {sign} {word}"
        yield rf"\left({text} {sign} {word}\right)"
        yield rf"\left({_bracketed(text)} {sign} {word}\right)"

    return made


def _raised(text: str, word: str, _: str) -> Iterator[str]:
    power = f"^{word}" if len(word) == 1 else f"^{{{word}}}"
    if _ATOM.fullmatch(text) or re.fullmatch(r"\\left\(.*\\right\)|\(.*\)", text, re.DOTALL):
        yield f"{text}{power}"
    yield f"{_bracketed(text)}{power}"


def _complemented(text: str, _: str, __: str) -> Iterator[str]:
    yield f"1 - {text}"
    yield f"1 - {_bracketed(text)}"
    yield rf"\left(1 - {text}\right)"
    yield rf"\left(1 - {_bracketed(text)}\right)"


def _of(pattern: str) -> Callable[[str, str, str], Iterator[str]]:
    def made(text: str, word: str, _: str) -> Iterator[str]:
        yield pattern.replace("TEXT", text).replace("WORD", word)

    return made


def _called(text: str, word: str, _: str) -> Iterator[str]:
    yield f"{word}{text}" if re.fullmatch(r"\((?:[^()]*)\)|\\left\((?:[^()]*)\\right\)", text) else rf"{word}({text})"
    yield f"{word}{_bracketed(text)}"


_SPELLED: Mapping[str, Callable[[str, str, str], Iterator[str]]] = {
    "double": _multiplied,
    "multiply": _multiplied,
    "halve": _divided,
    "divide": _divided,
    "invert": _inverted,
    "increase": _added("+"),
    "add": _added("+"),
    "decrease": _added("-"),
    "subtract": _added("-"),
    "square": _raised,
    "raise": _raised,
    "complement": _complemented,
    "root": _of(r"\sqrt{TEXT}"),
    "absolute": _of(r"\left|TEXT\right|"),
    "logarithm": _of(r"\log\left(TEXT\right)"),
    "exponential": _of(r"\exp\left(TEXT\right)"),
    "apply": _called,
    "least": _of(r"\min(TEXT, WORD)"),
    "most": _of(r"\max(TEXT, WORD)"),
    "replace": lambda _, word, __: iter((word, f"{word} ", rf"\left({word}\right)")),
    "keep": lambda _, __, kept: iter((kept, _bracketed(kept))),
}

_OPERANDS = {"double": "2", "halve": "2", "increase": "1", "decrease": "1", "square": "2"}


def author_letter(name: str, text: str) -> str | None:
    """Returns how an author writes a symbol; None if this is not known.

    Args:
        name: the name of the symbol.
        text: the LaTeX of the author.
    """
    if name in SYMBOLS or re.search(rf"\\{re.escape(name)}(?![A-Za-z])", text):
        return rf"\{name}"
    return name if len(name) == 1 or name in text else None
