"""Turns a sentence into a lattice: each word, formula and piece of code with all the meanings that it can have."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import sympy as sp

from qedoc.interpret import lexicon
from qedoc.interpret.asides import with_plurals
from qedoc.interpret.choices import parameter
from qedoc.interpret.counters import counters
from qedoc.interpret.parsing import Edge, Lattice
from qedoc.interpret.sets import MEMBER, Member, member_of, members_of, number_of
from qedoc.read import Application, Names, Reading, plain, read, read_condition

LONGEST = 8
"""Maximum number of words of a phrase in the lexicon."""

_PIECE = re.compile(
    r"(?P<math>:math:`[^`]*`|\$[^$]+\$)|(?P<cite>:(?:foot)?cite[\w:]*:`[^`]*`)|:[\w:]+:`~?(?P<role>[^`]*)`|(?P<code>``[^`]+``|`[^`]+`)"
    r"|(?P<set>(?<![\w)])[\[(\]]\s*-?\s*[\w./∞π+-]+\s*,\s*[-+]?\s*[\w./∞π+-]+\s*[\])\[](?!\w))"
    r"|(?P<number>(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w]))"
    r"|(?P<op>>=|<=|==|!=|\*\*|[<>=≥≤≠+*/|^−]|(?<=\s)-(?=\s)|-(?=\d)|(?<!\w)-(?=[a-z]))"
    r"|(?P<word>[^\W\d_][\w'\u2019-]*(?:(?<=_)\*)?|\d+-[a-z]+)|(?P<mark>[,;.:()\u2013—]|\S)"
)
_SYMBOL = re.compile(
    r"(?:\\[A-Za-z]+|[A-Za-z])(?:_(?:\\?[A-Za-z0-9]+|\{[^{}]*\}))?'*|\\(?:hat|bar|tilde|mathbf|vec|boldsymbol|mathcal|mathrm|widehat|operatorname|text|mathit)"
    r"\s*\{?\\?[A-Za-z_\\]+\}?(?:_(?:\w|\{[^{}]*\}))?"
)
_RELATION = re.compile(r"\\(?:le|leq|leqslant|ge|geq|geqslant|lt|gt|ne|neq|in|notin)(?![A-Za-z])|[<>]|\\not")
_MARKS = {",": "COMMA", ";": "SEMI", ".": "DOT", ":": "COLON", "(": "LPAR", ")": "RPAR", "\u2013": "DASH", "—": "DASH", "-": "DASH"}
_SHIFTED = re.compile(r"([A-Za-z_]\w*)\s*([-+])\s*(\d+)")
_REALS = frozenset({"R", "\u211d"})
"""Code spans that are the set of all real numbers."""

_SETTING = re.compile(r"(\w+)\s*={1,2}\s*(?:True|False|None|'[^']*'|\"[^\"]*\")")
_NAMES_A_VALUE = re.compile(r"[A-Za-z]\w*\s*=\s*[A-Za-z]\w*\([A-Za-z]\w*\)\s*=(?!=)")
"""`Y = g(X) = ...`, which says what Y is, and restricts nothing."""

_APOSTROPHE = "\u2019"
_DEFAULT = re.compile(
    r"\s*\((?:the )?default[^(),;]*\)|,?\s*\bdefaults?\s*(?:\bis\b|\bto\b|=|:)\s*(?:`+[^`]*`+|[^\s,;.]+(?:\.\d+)?)", re.IGNORECASE
)
"""A default, which restricts nothing: `(default is 2)`, `defaults to 1.0`."""

_EMPHASIS = re.compile(r"(?<![\w*])\*{1,2}(\w(?:[^*]*\w)?)\*{1,2}(?![\w*])")
_OPERATIONS = {"+": "+", "-": "-", "−": "-", "*": "*", "/": "/", "**": "^", "^": "^", "|": "BAR"}
_OPENERS = frozenset({"", "where", "here", "with", "and", "let", ",", ";", "("})
_VERBS = frozenset({"is", "denotes", "represents", "means", "equals", "indicates", "contains"})
_LETTERS = frozenset({"a", "A", "I", "i"})
"""Letters that are words of English: a parameter of this name is meant only in code or where the grammar needs one."""

_SIGNS = {sign: sign for sign in (">=", "<=", "!=", ">", "<")}
_SIGNS |= {r"\ge": ">=", r"\geq": ">=", r"\le": "<=", r"\leq": "<=", r"\ne": "!=", r"\neq": "!=", r"\gt": ">", r"\lt": "<"}
_BOUND = re.compile(rf"(?::math:)?[`$]+\s*({'|'.join(map(re.escape, sorted(_SIGNS, reverse=True)))})\s*(-?[\d.]+)\s*[`$]+")
"""A bound without its left side: ``>= 1``, which means the same as the words outside of code."""

_COUNTED = re.compile(r"[A-Za-z]\s*=\s*\d[^=]*\\l?dots(?![a-z])")
_TWO = re.compile(r"^\s*(\d)\s*(<|\\le|\\leq)\s+([i-n])\s*,\s*([i-n])\s*(<|\\le|\\leq)\s+(\w+)\s*$")
"""Two indices with a common range: `0 \\le i, j < n`."""


@cache
def phrases() -> Mapping[str, tuple[tuple[str, Any], ...]]:
    """The kinds and meanings of each phrase of the lexicon, in lower case."""
    found: dict[str, list[tuple[str, Any]]] = {}

    def add(kind: str, words: Iterable[str], value: Any = None) -> None:
        for phrase in words:
            found.setdefault(phrase, []).append((kind, phrase if value is None else value))

    for kind, text in lexicon.KINDS.items():
        add(kind, text)
    for sign, text in lexicon.SIGNS.items():
        add("SIGN", text, sign)
    for number, text in lexicon.NUMBERS.items():
        add("NUM", text, sp.sympify(number))
    for operator, text in lexicon.OPERATORS.items():
        add("OPERATOR", text, operator)
    for operator, text in lexicon.AFTER.items():
        add("AFTER", text, operator)
    for unit, text in lexicon.UNITS.items():
        add("UNIT", text, unit)
    for interval, text in lexicon.INTERVALS.items():
        add("SET", text, member_of(interval))
    for quantity, text in lexicon.QUANTITIES.items():
        add("QUANTITY", text, quantity)
    return {phrase: tuple(kinds) for phrase, kinds in found.items()}


@dataclass(frozen=True)
class Vocabulary:
    """What the words of one docstring can mean.

    Args:
        parameters: the description of each parameter, by name.
        names: for the LaTeX reader.
        symbols: the symbols of the display formulas, by plain name.
        own: the names of the documented object.
    """

    parameters: Mapping[str, str]
    names: Names
    symbols: frozenset[str] = field(default_factory=frozenset)
    own: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def called(self) -> frozenset[str]:
        """The object's own names in words, in lower case."""
        return frozenset(form for name in self.own for form in (name.lower(), name.lower().replace("_", " ").strip()))

    @cached_property
    def spoken(self) -> Mapping[str, tuple[str, ...]]:
        """The parameters that a phrase in lower case can mean."""
        found: dict[str, list[str]] = {}
        for name, text in self.parameters.items():
            forms = {name, name.replace("_", " ").strip()}
            parts = [lexicon.ABBREVIATIONS.get(part, part) for part in name.lower().split("_") if part]
            forms |= {" ".join(parts)}
            head = re.match(r"(?:the|a|an)\s+([a-z][a-z -]{2,40}?)\s*(?:[.,;:(]|$)", text.lower())
            if head and not any(is_sensitive(word) for word in head[1].split()) and head[1] not in phrases():
                forms.add(head[1])
            for form in {form.lower() for form in forms}:
                single = form if len(form) <= 3 or form.rpartition(" ")[2] in lexicon.COUNTED else form.removesuffix("s")
                for spelled in {form, f"{form}s", single}:
                    found.setdefault(spelled, []).append(name)
        return {phrase: tuple(dict.fromkeys(names)) for phrase, names in found.items()}

    def lattice(self, text: str) -> Lattice:
        """The lattice of a sentence."""
        pieces = self._unrepeated(list(_pieces(with_plurals(_DEFAULT.sub("", _EMPHASIS.sub(r"\1", text))))))
        edges: list[list[Edge]] = [[] for _ in pieces]
        for at, (kind, word) in enumerate(pieces):
            edges[at] += [Edge(k, v, at + 1) for k, v in self._single(kind, word)]
            if kind == "word" and word in self.symbols and [mark for _, mark in pieces[at + 1 : at + 3]] == ["^", "2"]:
                edges[at].append(Edge("EXPR", self.symbol(word) ** 2, at + 3))
            if kind == "word" and word in self.symbols and _is_subject(pieces, at):
                edges[at] = [edge for edge in edges[at] if edge.kind not in ("DET", "WORD", "PARAM")] + [Edge("SYM", word, at + 1)]
            elif kind in ("word", "op", "number"):
                edges[at] += self._phrases(pieces, at)
            elif kind == "code" and (setting := self._setting(pieces[at : at + 3])):
                edges[at].append(Edge("SETTING", setting, at + 3))
        return Lattice([tuple(dict.fromkeys(found)) for found in _longest(edges)], [word for _, word in pieces])

    def _unrepeated(self, pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """The pieces with code in place of the noun that it repeats: half the width (``width``) is half the ``width``."""
        kept: list[tuple[str, str]] = []
        for piece in pieces:
            kept.append(piece)
            code = kept[-2][1].strip("`").strip() if len(kept) > 3 and kept[-2][0] == "code" else ""
            if code not in self.parameters or kept[-3][1] != "(" or piece[1] != ")":
                continue
            words = [word.lower() if kind == "word" else "" for kind, word in kept[:-3]]
            for size in range(1, min(len(words), LONGEST) + 1):
                noun = " ".join(word for word in words[-size:] if word not in ("the", "a", "an"))
                if self.spoken.get(noun) == (code,):
                    kept[-3 - size :] = [kept[-2]]
                    break
        return kept

    def _setting(self, pieces: Sequence[tuple[str, str]]) -> str:
        """The setting in the words ``a`` is True; empty for other words."""
        name, verb, value = (word.strip("` ") for _, word in pieces) if len(pieces) == 3 else ("", "", "")
        setting = f"{name}={value}"
        return setting if verb in ("is", "equals") and name in self.parameters and _SETTING.fullmatch(setting) else ""

    def _phrases(self, pieces: list[tuple[str, str]], at: int) -> Iterator[Edge]:
        run = ""
        for end in range(at, min(len(pieces), at + LONGEST)):
            kind, word = pieces[end]
            if kind not in ("word", "op", "number"):
                return
            run = f"{run} {word.lower()}".strip().replace(_APOSTROPHE, "'")
            yield from (Edge(k, v, end + 1) for k, v in phrases().get(run, ()))
            if run not in ("a", "i", "as", "is", "in", "of", "the", "to", "it"):
                yield from (Edge("PARAM", name, end + 1) for name in self.spoken.get(run, ()))
            if run in self.called:
                yield Edge("SELF", run, end + 1)

    def _single(self, kind: str, word: str) -> Iterator[tuple[str, Any]]:
        match kind:
            case "math":
                yield from self._math(word[7:-1] if word.startswith(":") else word.strip("$"))
            case "code":
                yield from self._code(word.strip("`").strip())
            case "cite":
                yield from (("CITE", word), ("WORD", word))
            case "role":
                own = word.rpartition(".")[2].lower() in self.called
                yield ("PARAM", word) if word in self.parameters else ("SELF", word) if own else ("WORD", word)
            case "set":
                found = member_of(word)
                yield ("SET", found) if found is not None else ("WORD", word)
            case "number":
                yield "NUM", sp.nsimplify(word, rational=True)
            case "mark":
                yield _MARKS.get(word, "MARK"), word
            case "op":
                if word in _OPERATIONS:
                    yield ("BAR", word) if word == "|" else ("OP", _OPERATIONS[word])
            case _:
                lower = word.lower()
                if len(word) == 1 and word in self.symbols and word not in self.parameters and word not in _LETTERS:
                    yield "SYM", word
                if self._is_own_operator(lower):
                    yield "SELF", lower
                if word in self.parameters and word not in _LETTERS:
                    yield "PARAM", word
                kinds = {k for k, _ in phrases().get(lower, ())}
                if kinds <= _COLD and lower not in _PRONOUNS:
                    yield "WORD", lower

    def means(self, word: str, operator: str) -> bool:
        """Whether a word can mean an operator."""
        return ("OPERATOR", operator) in phrases().get(word, ())

    def _is_own_operator(self, word: str) -> bool:
        """Whether a word is another word for the function itself: `signum` for `sign`."""
        operators = {value for kind, value in phrases().get(word, ()) if kind == "OPERATOR"}
        return any(self.means(name, operator) for name in self.called for operator in operators)

    def _code(self, inner: str) -> Iterator[tuple[str, Any]]:
        found = member_of(inner)
        if inner in self.parameters:
            yield "PARAM", inner
        elif inner.rpartition(".")[2].lower() in ("nan", "none"):
            yield "FAILS", inner
        elif inner.partition("(")[0].lower() in self.called:
            yield "SELF", inner
        elif found is not None:
            yield "SET", found
        elif inner in _REALS and inner not in self.symbols:
            yield "SET", Member(sp.true)
        elif (number := number_of(inner)) is not None:
            yield "NUM", number
        elif (setting := _SETTING.fullmatch(inner)) and setting[1] in self.parameters:
            yield "SETTING", inner
        elif _NAMES_A_VALUE.match(inner):
            yield "WORD", inner
        elif re.search(r"[<>=]", inner):
            code = re.sub(r"[A-Za-z_]\w+", lambda word: self._upright(word[0]), inner)
            yield from self._stated(
                re.sub(r"\*\*", "^", code.replace(">=", r"\ge ").replace("<=", r"\le ").replace("!=", r"\ne ").replace("==", "="))
            )
        elif inner in self.symbols:
            yield "SYM", inner
        elif shifted := _SHIFTED.fullmatch(inner):
            yield "EXPR", sp.Symbol(shifted[1]) + sp.Integer(f"{shifted[2]}{shifted[3]}")
        else:
            yield "WORD", inner

    def _stated(self, latex: str) -> Iterator[tuple[str, Any]]:
        """A relation in code; plain words if it is about names that are nothing here, such as an argument of another function."""
        names = set(re.findall(r"(?<!\\)\b[^\W\d]\w*", latex))
        if names and not names & {*self.parameters, *self.symbols}:
            yield "WORD", latex
        else:
            yield from (("RELATION", relation) for relation in self._relations(latex))

    def _math(self, latex: str) -> Iterator[tuple[str, Any]]:
        latex = latex.strip()
        bare, _, rest = latex.partition("=")
        if re.match(r"\{?[A-Z](?:_\w)?\}?\s*\\sim(?![A-Za-z])", latex):  # it names a random variable, and restricts nothing
            yield "RELATION", sp.true
        elif found := members_of(latex):
            yield from (("SET", member) for member in found)
        elif (number := number_of(latex)) is not None and plain(latex) not in self.parameters:
            yield "NUM", number
        elif _SYMBOL.fullmatch(latex) or (latex.count("_") and plain(latex) in self.symbols):
            yield "SYM", plain(latex)
        elif _SYMBOL.fullmatch(bare.strip()) and not rest.strip():
            yield "SYM", plain(bare.strip())
        elif rest and self._is_own_value(bare, latex):
            yield "UNREAD", latex
            yield "RELATION", None  # `for :math:`f(x) = 1``
        elif _RELATION.search(latex) or _COUNTED.match(latex):
            yield from (("RELATION", relation) for relation in self._relations(latex))
        else:
            yield from self._equation(latex)

    def _is_own_value(self, left: str, latex: str) -> bool:
        """Whether LaTeX gives the value of the object itself: `f(x) = ...`. What it contains restricts nothing else."""
        if "(" not in left or _RELATION.search(left):
            return False
        reading = read(latex, self.names)
        lefts = [equation.left for equation in reading.equations] if isinstance(reading, Reading) else []
        return bool(lefts) and isinstance(lefts[0], Application) and lefts[0].name in self.own

    def _relations(self, latex: str) -> tuple[Any, ...]:
        r"""The relation of LaTeX over the symbols of formulas and parameters, or None if it cannot be read; two if it can mean two."""
        inside = re.fullmatch(r"(.+?)\\in(?![A-Za-z])(.+)", latex, re.DOTALL)
        if inside:
            names = [self.symbol(plain(part.strip())) for part in inside[1].split(",") if _SYMBOL.fullmatch(part.strip())]
            found = members_of(inside[2]) if len(names) == inside[1].count(",") + 1 else ()
            return tuple(sp.And(*(one.relation.xreplace({MEMBER: name}) for name in names)) for one in found) or (None,)
        relation = read_condition(_TWO.sub(r"\1\2 \3 \5\6, \1\2 \4 \5\6", latex), self.names)
        return (self.known(relation) if isinstance(relation, sp.Basic) else None,)

    def _equation(self, latex: str) -> Iterator[tuple[str, Any]]:
        reading = read(latex, self.names)
        if not isinstance(reading, Reading) or len(reading.equations) != 1:
            yield "UNREAD", latex
            return
        (equation,) = reading.equations
        if isinstance(equation.left, sp.Symbol):
            yield "DEFINITION", (equation.left.name, self.known(equation.right))
            if equation.right.is_number:
                yield "RELATION", sp.Eq(self.symbol(equation.left.name), equation.right)
        elif equation.left is None:
            yield "EXPR", self.known(equation.right)
        else:
            yield "UNREAD", latex

    _counters = cached_property(lambda self: counters(self.names.legend, self.symbols))

    def symbol(self, name: str) -> sp.Symbol:
        """The symbol of a name in an interpretation: of the parameter of this name, or else of the formula."""
        return parameter(name) if name in self.parameters and name not in self.symbols else sp.Symbol(name)

    def _upright(self, word: str) -> str:
        """A word in code that is a symbol of a formula, as LaTeX. Parameters are known as they are."""
        if word in {*self.symbols} - {*self.parameters}:
            return rf"\mathrm{{{word}}}".replace("_", r"\_")
        return word if word in self.parameters else self._counters.get(word, word)

    def known(self, expression: Any) -> Any:
        """The expression with plain symbols."""
        put = {s: self.symbol(s.name) for s in expression.free_symbols if isinstance(s, sp.Symbol)}
        return expression.xreplace({s: t for s, t in put.items() if s != t}).replace(sp.re, lambda z: z)


def _is_subject(pieces: Sequence[tuple[str, str]], at: int) -> bool:
    """Whether the word at a position is what a clause explains: `where a is the gain`. An article is never before such a verb."""
    before, after = (pieces[place][1].lower() if 0 <= place < len(pieces) else "" for place in (at - 1, at + 1))
    return before in _OPENERS and after in _VERBS


def _longest(edges: list[list[Edge]]) -> list[list[Edge]]:
    """The edges without those inside a longer operator or term: the `root of` in `square root of`, the sign in `positive definite`."""
    found = [list(those) for those in edges]
    for at, those in enumerate(edges):
        terms = [edge for edge in those if edge.kind == "TERM" or (edge.kind == "NUM" and edge.value in (sp.oo, -sp.oo))]
        end = max((edge.end for edge in terms), default=at)
        if end > at + 1:
            found[at] = [Edge("WORD" if edge.kind == "TERM" else "NUM", edge.value, end) for edge in terms if edge.end == end]
            found[at + 1 : end] = [[] for _ in range(at + 1, end)]
    for at, those in enumerate(found):
        end = max((edge.end for edge in those if edge.kind in _SENSITIVE), default=at)
        if end > at + 1:  # `no larger than` is one relation: neither its words nor a part of it are anything else
            found[at] = [edge for edge in those if edge.end >= end or edge.kind not in {*_SENSITIVE, "WORD", "DET", "FILL"}]
            for inner in range(at + 1, end):
                found[inner] = [edge for edge in found[inner] if edge.kind not in {*_COMPARING, "WORD"} or edge.end > end]
    for at in range(len(edges)):
        longest = max((edge.end for edge in found[at] if edge.kind == "OPERATOR"), default=at)
        if longest <= at + 1:
            continue
        found[at] = [edge for edge in found[at] if edge.end >= longest or edge.kind not in ("OPERATOR", "NUM", "QUANTITY", "DET", "WORD")]
        for inner in range(at + 1, longest):
            found[inner] = [edge for edge in found[inner] if edge.kind not in ("OPERATOR", "NUM", "SOLVES", "QUANTITY", "MINUS", "PLUS")]
    return found


_COMPARING = frozenset(["GE", "LE", "GT", "LT", "SIGN", "EQUAL", "UNEQUAL", "BETWEEN", "EXCEEDS", "FALLS"])
_SENSITIVE = _COMPARING | frozenset(["MUST", "MUSTNOT", "LIMITED", "UNLESS", "NOT", "OUTSIDE", "ASSUME"])
"""Kinds that restrict. Their words never become plain words."""

_PRONOUNS = frozenset(("it", "this", "that", "which", "these", "they"))
_COLD = frozenset(
    {
        *("THING", "NEUT", "SELF", "OUT", "HOLDS", "RESP", "FILL", "EQUALLY", "QUANTITY", "OTHER", "FEATURE", "TIMES", "OVER"),
        *("AVERAGE", "RATIO", "SUM", "PRODUCT", "DIFFERENCE", "NUMBER_OF", "LIKE", "RETURNS", "WHOSE", "BY", "PROPERTY", "SOLVES"),
        *("OPERATOR", "SHAPE", "USED", "AT", "HELD", "FORMULA", "USES", "CONTAINS"),
    }
)
"""A word that can only be of these kinds may also be a plain word of a description."""


def is_sensitive(word: str) -> bool:
    """Whether a word may restrict or change a value: it never becomes a plain word."""
    return not {kind for kind, _ in phrases().get(word.lower(), ())} <= _COLD


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    for found in _PIECE.finditer(text):
        kind = found.lastgroup or "mark"
        bound = _BOUND.fullmatch(found[kind]) if kind in ("math", "code") else None
        if bound:
            yield from _pieces(f"{_SIGNS[bound[1]]} {bound[2]}")
        else:
            yield kind, found[kind]
