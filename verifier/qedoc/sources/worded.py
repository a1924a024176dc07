"""Finds formulas in words around code spans: 'returns `a` scaled by the product of all factors `f_i` such that `t >= b_i`'."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qedoc.sources.markup import SILENT, Paragraph
from qedoc.sources.prose import sentences

_TOKEN = re.compile(r"``(?P<double>[^`]+)``|`(?P<single>[^`]+)`|(?P<word>[A-Za-z][\w'-]*)|(?P<mark>[^\s\w])|(?P<other>\w+)")
_VERBS = frozenset({"returns", "return", "is", "equals", "gives", "yields", "computes", "outputs"})
_SUBJECTS = frozenset(
    {"this", "the", "it", "its", "schedule", "function", "value", "output", "result", "that", "returned", "resulting", "method", "which"}
)
_ANY = frozenset({"each", "any", "every", "all", "a", "the", "given"})
_FOLDS = {"product": ("prod", "*", "1"), "sum": ("sum", "+", "0")}
_BY = {("scaled", "by"): "*", ("multiplied", "by"): "*", ("times",): "*", ("plus",): "+", ("divided", "by"): "/"}
_SUCH = (("such", "that"), ("for", "which"), ("with",), ("where",))
_ENTRIES = frozenset({"entries", "items", "pairs", "elements"})
_INDEXED = re.compile(r"([A-Za-z]\w*?)_([a-z])")
_PAIR = re.compile(r"\(\s*([A-Za-z]\w*?)_([a-z])\s*,\s*([A-Za-z]\w*?)_\2\s*\)")
_MAP = re.compile(
    r"\b(?:map|mapping|dict|dictionary)\s+from\s+(?:[\w-]+\s+){0,4}`+([A-Za-z]\w*?)_([a-z])`+\s+to\s+(?:[\w-]+\s+){0,4}`+([A-Za-z]\w*?)_\2`+",
    re.IGNORECASE,
)
_NAMED = re.compile(r"^(?:An?|The)\s+(?:[\w-]+\s+){1,4}`+([A-Za-z]\w*)`+\s*[.,;]?(?:\s|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """A formula in words.

    Args:
        text: the sentence.
        line: the line where its paragraph starts, from 0.
        formula: the formula as plain text.
        pairs: for a parameter that is a dict, the letters of its keys and values.
        input: the code span that the words before the subject introduce, such as `t` of 'at each step `t`'; empty without them.
        noun: the words for it.
    """

    text: str
    line: int
    formula: str
    pairs: Mapping[str, tuple[str, str]]
    input: str
    noun: str


class _Words:
    """The words and code spans of a sentence."""

    def __init__(self, text: str) -> None:
        self.items = [(found.lastgroup or "", found.group(found.lastgroup or 0)) for found in _TOKEN.finditer(text)]
        self.at = 0

    def code(self) -> str:
        """Takes a code span; returns an empty string if there is none."""
        kind, text = self.items[self.at] if self.at < len(self.items) else ("", "")
        self.at += kind in ("double", "single")
        return text.strip() if kind in ("double", "single") else ""

    def takes(self, *words: str) -> bool:
        """Takes these words if they follow."""
        ahead = tuple(text.lower() for kind, text in self.items[self.at : self.at + len(words)] if kind in ("word", "mark"))
        found = ahead == words
        self.at += len(words) if found else 0
        return found

    def run(self, known: frozenset[str] | None, most: int) -> list[str]:
        """Takes words, of a list if there is one."""
        taken: list[str] = []
        while self.at < len(self.items) and len(taken) < most:
            kind, text = self.items[self.at]
            if kind != "word" or (known is not None and text.lower() not in known):
                break
            taken.append(text.lower())
            self.at += 1
        return taken

    @property
    def done(self) -> bool:
        """Whether only a full stop is left."""
        return [text for _, text in self.items[self.at :]] in ([], ["."])


def worded(paragraphs: Sequence[Paragraph], arguments: Mapping[str, tuple[str, int]], own: str) -> list[Worded]:
    """Returns the formulas in words of a docstring.

    Args:
        paragraphs: the running text.
        arguments: the description of each parameter, with its first line.
        own: the name of the documented object.
    """
    texts = [(paragraph.text, paragraph.line) for paragraph in paragraphs if paragraph.section not in SILENT and _is_text(paragraph)]
    texts += list(arguments.values())
    known = {name: (mapped[1], mapped[3]) for name, (text, _) in arguments.items() if (mapped := _MAP.search(text))}
    found: list[Worded] = []
    for text, line in texts:
        for sentence in sentences(Paragraph(text=text, line=line, section="")):
            made = _parsed(sentence, line, known, own)
            found += [made] if made is not None and all(one.text != made.text for one in found) else []
    return found


def _is_text(paragraph: Paragraph) -> bool:
    """Whether a paragraph is running text, and no entry of the section on arguments, which is read by parameter."""
    return paragraph.section not in ("args", "arguments", "parameters")


def symbols(arguments: Mapping[str, tuple[str, int]]) -> dict[str, str]:
    """Returns the name that the entry of a parameter gives it, with the parameter: an initial value ``init_v``."""
    found = [(_NAMED.match(text), name) for name, (text, _) in arguments.items() if not _MAP.search(text)]
    return {match[1]: name for match, name in found if match and match[1] not in arguments}


def _parsed(sentence: str, line: int, known: Mapping[str, tuple[str, str]], own: str) -> Worded | None:
    words = _Words(sentence)
    variable, noun = _input(words)
    words.run(_SUBJECTS | {own.lower()}, 5)
    if not words.run(_VERBS, 1):
        return None
    start, sign = words.code(), ""
    if start:
        sign = next((sign for phrase, sign in _BY.items() if words.takes(*phrase)), "")
        if not sign:
            return None
    folded = _fold(words)
    if folded is None:
        return None
    formula, item, letter = folded
    pairs = _pairs(words) or {name: pair for name, pair in known.items() if pair[1] == item}
    if not words.done or letter == variable:
        return None
    return Worded(
        text=sentence, line=line, formula=f"({start}) {sign} {formula}" if start else formula, pairs=pairs, input=variable, noun=noun
    )  # fmt: skip


def _input(words: _Words) -> tuple[str, str]:
    """The code span of 'at each step `t`,', with the words for it."""
    start = words.at
    if words.run(frozenset({"at", "for", "in", "given"}), 1):
        words.run(_ANY, 2)
        noun = words.run(None, 3)
        variable = words.code()
        if noun and re.fullmatch(r"[A-Za-z]\w*", variable):
            words.takes(",")
            return variable, " ".join(noun)
    words.at = start
    return "", ""


def _fold(words: _Words) -> tuple[str, str, str] | None:
    """'the product of all factors `f_i` such that `t >= b_i`' as plain text, with the letter of its item and of its index."""
    words.takes("the")
    kind = words.run(frozenset(_FOLDS), 1)
    if not kind or not words.takes("of"):
        return None
    words.run(_ANY | {"those", "of"}, 3)
    words.run(None, 3)
    item = words.code()
    named = _INDEXED.fullmatch(item)
    if named is None or not any(words.takes(*phrase) for phrase in _SUCH):
        return None
    condition = words.code()
    index = f"_{named[2]}"
    if not re.search(r"[<>=]", condition) or index not in condition:
        return None
    operator, _, neutral = _FOLDS[kind[0]]
    return f"{operator}{index} ({item} if {condition} else {neutral})", named[1], named[2]


def _pairs(words: _Words) -> dict[str, tuple[str, str]]:
    """', where `(b_i, f_i)` are the entries in `parameter`'."""
    start = words.at
    words.takes(",")
    if words.takes("where"):
        pair = _PAIR.fullmatch(words.code())
        if pair and words.takes("are") and (words.takes("the") or words.at):
            words.run(frozenset({"key-value", "key", "value"}), 2)
            if words.run(_ENTRIES, 1) and words.run(frozenset({"in", "of"}), 1):
                words.takes("the")
                parameter = words.code()
                if parameter:
                    return {parameter: (pair[1], pair[3])}
    words.at = start
    return {}


_LEGEND = re.compile(
    r":math:`\(\s*([A-Za-z])_\{?([a-z])\}?\s*,\s*([A-Za-z])_\{?\2\}?\s*\)` are the "
    r"(?:key-value )?(?:entries|items|pairs) (?:in|of) ``?(\w+)``?\s*(?:[.;]|$)"
)


def pairs(paragraphs: Sequence[Paragraph], names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Returns the letters of keys and values that a legend gives: `(b_i, f_i)` are the entries in a parameter, and nothing follows.

    Args:
        paragraphs: the running text.
        names: the parameters.
    """
    texts = [paragraph.text for paragraph in paragraphs if paragraph.section not in SILENT and _is_text(paragraph)]
    return {found[4]: (found[1], found[3]) for text in texts for found in _LEGEND.finditer(text) if found[4] in names}


def formula_of(text: str) -> str:
    """The plain text of a formula in words."""
    made = _parsed(text, 0, {}, "")
    return made.formula if made is not None else ""


def without(lines: Sequence[str], texts: Sequence[str]) -> list[str]:
    """The lines without some sentences. The number of lines stays the same."""
    whole = "\n".join(lines)
    for text in texts:
        pattern = r"\s+".join(map(re.escape, text.split()))
        whole = re.sub(pattern, lambda found: "\n" * found.group().count("\n"), whole, count=1)
    return whole.split("\n")
