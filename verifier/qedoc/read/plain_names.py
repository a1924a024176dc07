"""Writes names of plain mathematics: symbols with subscripts, functions with arguments, sums and products."""

from abc import abstractmethod
from collections.abc import Sequence

from qedoc.read.functions import FUNCTIONS
from qedoc.read.plain_writer import Writer
from qedoc.read.reading import Obstacle, Refused
from qedoc.read.standard import STANDARD
from qedoc.read.tokens import Kind
from qedoc.read.tree import SYMBOLS
from qedoc.sources.plain_lexemes import Bracket, Item, Lexeme, cut, related

PROBABILITY = frozenset({"P", "Pr", "Prob"})
_WORDS = frozenset({"if", "when", "for", "where", "otherwise", "else", "and", "or", "mod"})
_LARGE = {"sum": "sum", "prod": "prod", "product": "prod", "int": "int"}
_INFINITE = frozenset({"inf", "infty", "infinity", "oo", "Inf"})
_ORDERED = frozenset("IJKY")
_BETA, _GAMMA = "Beta", frozenset({"Gamma", "gamma"})
_CALLED = frozenset({*FUNCTIONS, *_GAMMA, _BETA, "B", "zeta", "psi"})
_INVERSES = frozenset({"inv", "inverse"})
_ENDS_TERM = ("+", "-", ",", ";", "=", "==", "<", "<=", ">", ">=", "!=")


class NameWriter(Writer):
    """Writes names, with what belongs to them."""

    __slots__ = ()

    @abstractmethod
    def indicator(self, group: Bracket) -> None:
        """Writes a condition that counts as a number: one where it holds, and zero elsewhere."""

    def name(self, items: Sequence[Item], place: int) -> int:
        """Writes a name with its subscript, its arguments or its index, and returns the place after it."""
        item, follower = items[place], items[place + 1] if place + 1 < len(items) else None
        assert isinstance(item, Lexeme)  # for mypy: a bracket has no name
        special = None if item.text in self.declared else self._keyword(items, place, item)
        if special is not None:
            return special
        self.base = len(self.tokens)
        self._check_words(items, place)
        if isinstance(follower, Bracket) and self._probability(item, follower):
            return place + 2
        if isinstance(follower, Bracket) and self._is_call(item, follower):
            self._spelled(item, follower)
            self.enclosed(follower, Kind.CHAR, "(", ")")
            self.last = "call"
            return place + 2
        self._spelled(item, None)
        place += 1
        if follower is not None and follower.is_op("_"):
            place = self.subscript(items, place)
            follower = items[place] if place < len(items) else None
            if isinstance(follower, Bracket) and not follower.spaced and follower.opener.text == "(":
                if item.text in _ORDERED and item.text not in self.declared:
                    self.enclosed(follower, Kind.CHAR, "(", ")")
                    self.last = "call"
                    return place + 1
                raise Refused(Obstacle.UNSUPPORTED, f"the function {item.text} of a computed order", item.start, "")
        if isinstance(follower, Bracket) and self._expects(item, follower):
            what = "an expectation over a distribution"
            raise Refused(Obstacle.UNSUPPORTED, what, item.start, "write its value in closed form")
        apart = isinstance(follower, Bracket) and not follower.spaced
        if apart and isinstance(follower, Bracket) and follower.opener.text == "[":
            if related(follower.items):
                what = f"{item.text}[...] with a condition: a probability, a selection, or a product"
                raise Refused(Obstacle.AMBIGUOUS, what, item.start, "write * before a condition that counts as 1 or 0")
            self.enclosed(follower, Kind.CHAR, "[", "]")
            self.last = "name"
            return place + 1
        bare = item.text in FUNCTIONS and item.text not in self.declared
        self.last = "function" if bare or apart else "name" if item.text in self.declared else "symbol"
        return place

    def _expects(self, item: Lexeme, group: Bracket) -> bool:
        """Whether a bracket after `E` or `E_p` holds more than a random variable."""
        named = item.text == "E" or item.text.startswith("E_")
        alone = len(group.items) == 1 and isinstance(group.items[0], Lexeme)
        return named and item.text not in self.declared and group.opener.text == "[" and not alone

    def _keyword(self, items: Sequence[Item], place: int, item: Lexeme) -> int | None:
        """Writes a sum, a product, an indicator or a word of a condition; returns None for any other name."""
        follower = items[place + 1] if place + 1 < len(items) else None
        stem, mark, suffix = item.text.partition("_")
        if stem in _LARGE and (mark or (follower is not None and follower.is_op("_"))):
            return self.large(items, place, stem, suffix)
        if item.text in _LARGE and follower is not None and _ranged(follower):
            raise Refused(Obstacle.UNSUPPORTED, f"{item.text} over a list", item.start, f"write {item.text}_{{i=1}}^n")
        if item.text == "sum" and item.text not in self.functions and _lone_bracket(items, place + 1):
            return self.total(items, place)
        if item.text in ("I", "indicator") and conditional(items, place + 1):
            return self.one_where(items, place)
        if item.text in (*_INVERSES, "det") and item.text not in self.functions and self._holds_matrix(items, place + 1):
            return self._of_matrix(items, place)
        if item.text in _WORDS:
            self.put(Kind.TEXT, item.text, item.start, item.end, font="text")
        elif item.text == "in":
            self.put(Kind.MACRO, "in", item.start, item.end)
        else:
            return None
        self.last, self.divided = "", False
        return place + 1

    def _holds_matrix(self, items: Sequence[Item], place: int) -> bool:
        """Whether a bracket with one value, which contains a matrix, stands at a place."""
        group = items[place] if _lone_bracket(items, place) else None
        return isinstance(group, Bracket) and any(inner.is_name(*self.matrices) for inner in group.items)

    def _of_matrix(self, items: Sequence[Item], place: int) -> int:
        """Writes `inv(A)` and `det(A)` of a matrix with a name as its inverse and its determinant."""
        item, group = items[place : place + 2]
        assert isinstance(item, Lexeme)  # for mypy: the word before a bracket
        assert isinstance(group, Bracket)
        self.base = len(self.tokens)
        if item.text == "det":
            self.put(Kind.MACRO, "det", item.start, item.end)
            self.enclosed(group, Kind.CHAR, "(", ")")
            self.last = "call"
            return place + 2
        named = group.items[0] if len(group.items) == 1 else None
        if not isinstance(named, Lexeme) or named.kind != "name":
            raise Refused(Obstacle.UNSUPPORTED, "the inverse of a matrix without a name", item.start, "give the matrix a name")
        self.word(named.text, named)
        for kind, text in ((Kind.CHAR, "^"), (Kind.OPEN, "{"), (Kind.CHAR, "-"), (Kind.NUMBER, "1"), (Kind.CLOSE, "}")):
            self.put(kind, text, group.end, group.end)
        self.last = "power"
        return place + 2

    def one_where(self, items: Sequence[Item], place: int) -> int:
        """Writes `1[x > 0]` or `I[x > 0]`."""
        group = items[place + 1]
        assert isinstance(group, Bracket)  # for mypy: a condition stands in a bracket
        self.indicator(group)
        self.last = "call"
        return place + 2

    def _probability(self, item: Lexeme, group: Bracket) -> bool:
        """Writes `P[X <= x]` as `cdf(x)` and `P[X > x]` as `(1 - cdf(x))` for an argument x, and says whether it did."""
        if item.text not in PROBABILITY or len(group.items) != 3 or variable_of(group) != self.variable:
            return False
        argument = group.items[2]
        above = group.items[1].is_op(">")
        if not (above or group.items[1].is_op("<=")) or not argument.is_name(*self.arguments):
            return False
        marks = [(Kind.CHAR, "("), (Kind.NUMBER, "1"), (Kind.CHAR, "-")] if above else []
        for kind, text in marks:
            self.put(kind, text, item.start, item.start)
        self.put(Kind.TEXT, "cdf", item.start, item.end, font="mathrm")
        self.put(Kind.CHAR, "(", group.start, group.start + 1)
        self.expression([argument])
        self.put(Kind.CHAR, ")", group.end - 1, group.end)
        if above:
            self.put(Kind.CHAR, ")", group.end, group.end)
        self.called.add("cdf")
        self.last = "bracket"
        return True

    def _check_words(self, items: Sequence[Item], place: int) -> None:
        """Refuses two words side by side that nothing declares: they are a sentence rather than a product."""
        pair = items[place : place + 2]
        words = [item for item in pair if isinstance(item, Lexeme) and item.kind == "name" and len(item.text) > 1]
        if len(words) == 2 and not any(
            word.text in self.declared or word.text in SYMBOLS or word.text in _CALLED or word.text in _WORDS or word.text in _LARGE
            for word in words
        ):
            what = f"'{words[0].text} {words[1].text}': words, or a product of two symbols"
            raise Refused(Obstacle.AMBIGUOUS, what, words[0].start, "write * for a product")

    def _is_call(self, item: Lexeme, follower: Bracket) -> bool:
        """Whether a bracket after a name holds the arguments of a function."""
        if item.text in self.functions:
            return True
        if item.text in self.declared:
            return False
        known = item.text in _CALLED or item.text in STANDARD or item.text.lower() in FUNCTIONS or item.text in self.meanings
        ordered = item.text[0] in _ORDERED and item.text[1:].lstrip("_").isdigit()
        if known or ordered or follower.opener.text != "(" or follower.spaced:
            return known or (ordered and follower.opener.text == "(")
        self.called.add(item.text)
        return True

    def _spelled(self, item: Lexeme, called: Bracket | None) -> None:
        """Writes a name as the LaTeX reader knows it."""
        name = item.text
        if name in self.declared or (name in self.functions and called is not None):
            self.word(name, item)
            return
        if called is not None and self.meanings.get(name):
            self.put(Kind.MACRO, self.meanings[name], item.start, item.end)
            return
        if called is not None and name in (_BETA, *_GAMMA):
            self._special(name, item, called)
            return
        if name in _INFINITE:
            self.put(Kind.MACRO, "infty", item.start, item.end)
            return
        stem, mark, suffix = name.partition("_")
        digits = name[1:].lstrip("_")
        if called is not None and name[0] in _ORDERED and digits.isdigit():
            stem, mark, suffix = name[0], "_", digits
        short = suffix.isdigit() or len(suffix) == 1 or suffix in SYMBOLS
        if not mark or not short:
            self.word(name, item)
            return
        middle = item.start + len(stem)
        self.word(stem, Lexeme(kind="name", text=stem, start=item.start, end=middle))
        self.put(Kind.CHAR, "_", middle, middle + 1)
        inner = Lexeme(kind="name", text=suffix, start=item.end - len(suffix), end=item.end)
        if suffix.isdigit():
            self.put(Kind.OPEN, "{", inner.start, inner.start)
            self.put(Kind.NUMBER, suffix, inner.start, inner.end)
            self.put(Kind.CLOSE, "}", inner.end, inner.end)
        else:
            self.word(suffix, inner)

    def _special(self, name: str, item: Lexeme, called: Bracket) -> None:
        """The gamma and beta functions. With another number of arguments, these are the names of distributions."""
        count = len(cut(called.items, ",", ";"))
        if name in _GAMMA and count == 1:
            self.put(Kind.MACRO, "Gamma", item.start, item.end)
        elif name == _BETA and count < 3 and "B" not in self.declared:
            self.put(Kind.TEXT if count == 1 else Kind.WORD, "B", item.start, item.end)
        else:
            what = f"{name} with {count} arguments: a distribution, or a function"
            raise Refused(Obstacle.AMBIGUOUS, what, item.start, "say what it is in the text")

    def subscript(self, items: Sequence[Item], place: int) -> int:
        """Writes `_{...}` after a name."""
        mark = items[place]
        inner = items[place + 1] if place + 1 < len(items) else None
        if inner is None or (isinstance(inner, Lexeme) and inner.kind not in ("name", "number")):
            raise Refused(Obstacle.MALFORMED, "a subscript is missing", mark.start, "")
        last = self.last
        self.put(Kind.CHAR, "_", mark.start, mark.end)
        self.put(Kind.OPEN, "{", inner.start, inner.start)
        self.expression(inner.items if isinstance(inner, Bracket) else [inner])
        self.put(Kind.CLOSE, "}", inner.end, inner.end)
        self.last = last
        return place + 2

    def large(self, items: Sequence[Item], place: int, stem: str, suffix: str) -> int:
        """Writes `sum_i`, `sum_{i=1}^n` or `prod_j`. As a divisor, it takes all that follows in its term."""
        item = items[place]
        if place and items[place - 1].is_op("/"):
            stop = next((n for n in range(place, len(items)) if items[n].is_op(*_ENDS_TERM)), len(items))
            if not any(inner.is_op("*", "/") for inner in items[place:stop]):
                end = items[stop - 1].end
                self.put(Kind.CHAR, "(", item.start, item.start)
                self.expression(items[place:stop])
                self.put(Kind.CHAR, ")", end, end)
                self.last, self.divided = "bracket", True
                return stop
        self.put(Kind.MACRO, _LARGE[stem], item.start, item.start + len(stem))
        if suffix:
            at = item.start + len(stem)
            self.put(Kind.CHAR, "_", at, at + 1)
            self.word(suffix, Lexeme(kind="name", text=suffix, start=at + 1, end=item.end))
            place += 1
        else:
            place = self.subscript(items, place + 1)
        if place < len(items) and items[place].is_op("^"):
            self.put(Kind.CHAR, "^", items[place].start, items[place].end)
            stop = self.primary(items, place + 1, items[place])
            bound = items[place + 1 : stop]
            inner = bound[0].items if len(bound) == 1 and isinstance(bound[0], Bracket) else bound
            self.put(Kind.OPEN, "{", bound[0].start, bound[0].start)
            self.expression(inner)
            self.put(Kind.CLOSE, "}", bound[-1].end, bound[-1].end)
            place = stop
        self.last = ""
        return place

    def total(self, items: Sequence[Item], place: int) -> int:
        """Writes `sum(x)`, the sum over the entries of a vector."""
        item, group = items[place : place + 2]
        assert isinstance(group, Bracket)  # for mypy: a sum has its argument in a bracket
        self.put(Kind.CHAR, "(", item.start, item.start)
        self.put(Kind.MACRO, "sum", item.start, item.end)
        self.group(group)
        self.put(Kind.CHAR, ")", group.end, group.end)
        self.last = "bracket"
        return place + 2


def variable_of(group: Bracket) -> str:
    """The random variable of `P[X <= x]`, a capital letter; empty for any other bracket."""
    variable, sign = group.items[:2] if len(group.items) > 1 else (None, None)
    lone = isinstance(variable, Lexeme) and variable.kind == "name" and len(variable.text) == 1 and variable.text.isupper()
    return variable.text if lone and isinstance(variable, Lexeme) and sign is not None and related([sign]) else ""


def _ranged(item: Item) -> bool:
    """Whether a bracket holds a value and, after a colon, what it runs over."""
    return isinstance(item, Bracket) and any(inner.is_op(":") for inner in item.items)


def _lone_bracket(items: Sequence[Item], place: int) -> bool:
    """Whether a round bracket with one value stands at a place."""
    item = items[place] if place < len(items) else None
    return isinstance(item, Bracket) and item.opener.text == "(" and not any(inner.is_op(",", ";") for inner in item.items)


def conditional(items: Sequence[Item], place: int) -> bool:
    """Whether a bracket with a condition stands at a place."""
    item = items[place] if place < len(items) else None
    return isinstance(item, Bracket) and related(item.items) and item.opener.text in ("[", "{", "(")
