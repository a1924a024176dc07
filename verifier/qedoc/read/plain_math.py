"""Turns mathematics in plain text into the tokens of the LaTeX reader, each with its place in the text.

A name of several letters is one symbol. `**` and `^` are powers, `[x > 0]` is one where its condition holds, and a bracket after a space
is a factor. All other questions are those of the LaTeX reader.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from qedoc.read.functions import FUNCTIONS
from qedoc.read.plain_cases import Row, cases, equated
from qedoc.read.plain_head import Head, head
from qedoc.read.reading import Names, Obstacle, Refused, Silence, Silent
from qedoc.read.scope import plain
from qedoc.read.tokens import LONGEST, Kind, Token
from qedoc.read.tree import SYMBOLS
from qedoc.sources.plain_lexemes import Bracket, Item, Lexeme, Unbalanced, cut, related
from qedoc.sources.plain_math import items_of

_RELATIONS = {
    "<=": "leq", ">=": "geq", "!=": "neq", "~": "sim", "~=": "approx", "->": "to", "<-": "leftarrow", "...": "ldots",
}  # fmt: skip
_WORDS = frozenset({"if", "when", "for", "where", "otherwise", "else", "and", "or", "mod"})
_LARGE = {"sum": "sum", "prod": "prod", "product": "prod", "int": "int"}
_INFINITE = frozenset({"inf", "infty", "infinity", "oo", "Inf"})
_ORDERED = frozenset("IJKY")
_BETA, _GAMMA = "Beta", frozenset({"Gamma", "gamma"})
_CALLED = frozenset({*FUNCTIONS, *_GAMMA, _BETA, "B", "zeta", "psi"})
_ENDS = frozenset({"number", "name", "bracket", "call", "power"})
"""What can be followed by a bracket that is a factor."""


def plain_tokens(text: str, names: Names) -> tuple[list[Token], Names]:
    """Returns the tokens of a formula in plain text, and the names with those that are called: `g(X)` without a space is no product.

    Args:
        text: the formula.
        names: what is known about the names in it.

    Raises:
        Refused: for a character that has no place in a formula, brackets that do not match, or a text longer than `LONGEST` characters.
    """
    if len(text) > LONGEST:
        raise Refused(Obstacle.LIMIT, f"{len(text)} characters; the limit is {LONGEST}", LONGEST, "split the formula")
    try:
        found, items = items_of(text)
    except Unbalanced as error:
        raise Refused(Obstacle.MALFORMED, error.what, error.start, "match the brackets") from None
    odd = next((lexeme for lexeme in found if lexeme.kind == "odd"), None)
    if odd is not None:
        raise Refused(Obstacle.MALFORMED, f"{odd.text} in plain mathematics", odd.start, "write the formula as LaTeX")
    declared = {plain(name) for name in (*names.parameters, *names.legend, *names.constants, *names.vectors)} - set(names.functions)
    writer = _Writer(declared=declared, functions={plain(name) for name in names.functions}, meanings=_meanings(names))
    writer.formula(items)
    called = {name: "a function" for name in writer.called if name not in names.functions}
    return writer.tokens, replace(names, legend={**called, **names.legend})


def _meanings(names: Names) -> dict[str, str]:
    """What the text calls each function that has a known meaning: `GammaInc` is the lower incomplete gamma function."""
    found: dict[str, str] = {}
    for name, text in names.legend.items():
        said = text.lower()
        if "incomplete gamma function" in said and "regulari" not in said:
            found[plain(name)] = "Gamma" if "upper" in said else "gamma" if "lower" in said else ""
        elif "zeta function" in said:
            found[plain(name)] = "zeta"
    return found


@dataclass(slots=True, kw_only=True)
class _Writer:
    """Writes the tokens of one formula.

    Args:
        declared: the names of values.
        functions: the names of functions.
        meanings: the macro of each function whose meaning the text tells.
        tokens: what is written so far.
        called: the names that are called and have no known meaning.
    """

    declared: set[str]
    functions: set[str]
    meanings: dict[str, str]
    tokens: list[Token] = field(default_factory=list)
    called: set[str] = field(default_factory=set)
    _last: str = ""
    _base: int = 0
    _divided: bool = False
    _bars: int = 0

    # ------------------------------------------------------------------ whole formulas

    def formula(self, items: Sequence[Item]) -> None:
        """Writes equations, with the conditions of the left side after the right one."""
        if any(item.is_op("~") for item in items):
            raise Silent(Silence.NOTATION, "~ gives a distribution, not a value")
        sides, signs = equated(items)
        left = head(sides[0]) if len(sides) > 1 else None
        if left is not None:
            self.declared |= left.symbols - self.functions
            if left.name.text == "cdf" and len(sides) == 2 and sides[1] and sides[1][0].is_name("P", "Pr", "Prob"):
                raise Silent(Silence.NOTATION, "the definition of a distribution function")
            self._head(left)
        rest = sides if left is None else sides[1:]
        rows = cases(rest if left is not None else rest[1:] or rest)
        shown = rest[: len(rest) - rows.sides] if rows else rest
        for number, side in enumerate(shown):
            if number or left is not None:
                self._sign("=", signs[number - (left is None)])
            self.expression(side)
        if rows:
            if shown or left is not None:
                self._sign("=", signs[len(sides) - 1 - rows.sides])
            self._cases(rows.rows)
        for condition in left.conditions if left is not None else ():
            self._put(Kind.TEXT, "if", condition[0].start, condition[0].start, font="text")
            self.expression(condition)

    def _head(self, left: Head) -> None:
        self._word(left.name.text, left.name)
        self._put(Kind.CHAR, "(", left.bracket.start, left.bracket.start + 1)
        for number, argument in enumerate(left.arguments):
            if number:
                self._sign(left.marks[number - 1].text, left.marks[number - 1])
            self.expression(argument)
        self._put(Kind.CHAR, ")", left.bracket.end - 1, left.bracket.end)

    def _cases(self, rows: Sequence[Row]) -> None:
        start = rows[0].value[0].start
        end = max((*rows[-1].value, *rows[-1].condition), key=lambda item: item.end).end
        self._put(Kind.BEGIN, "cases", start, start)
        for number, row in enumerate(rows):
            if number:
                self._put(Kind.BREAK, "\\", row.value[0].start, row.value[0].start)
            self.expression(row.value)
            at = row.value[-1].end
            self._put(Kind.CHAR, "&", at, at)
            if row.condition:
                self._put(Kind.TEXT, "if", at, at, font="text")
                self.expression(row.condition)
            else:
                self._put(Kind.TEXT, "otherwise", at, at, font="text")
        self._put(Kind.END, "cases", end, end)
        self._last = "bracket"

    # ------------------------------------------------------------------ expressions

    def expression(self, items: Sequence[Item]) -> None:
        """Writes the items of one bracket or side."""
        outer = self._divided, self._bars, self._base
        self._last, self._divided, self._bars = "", False, 0
        place = 0
        while place < len(items):
            place = self._item(items, place)
        self._divided, self._bars, self._base = outer

    def _item(self, items: Sequence[Item], place: int) -> int:
        """Writes the item at a place, with what belongs to it, and returns the place after it."""
        item = items[place]
        if isinstance(item, Bracket):
            self._factor_before(item)
            self._base = len(self.tokens)
            self._group(item)
            self._last = "bracket"
            return place + 1
        if item.kind == "number":
            self._base = len(self.tokens)
            if item.text == "1" and _conditional(items, place + 1):
                return self._one_where(items, place)
            self._number(item)
            self._last = "number"
            return place + 1
        if item.kind == "name":
            return self._name(items, place)
        if item.is_op("^"):
            return self._power(items, place)
        self._operator(item)
        return place + 1

    def _operator(self, item: Lexeme) -> None:
        match item.text:
            case "@":
                raise Refused(Obstacle.UNSUPPORTED, "a matrix product", item.start, "write it with indices")
            case "||" | "|":
                opens = not (self._bars and self._last)
                self._put(Kind.MACRO if item.text == "||" else Kind.CHAR, "|", item.start, item.end)
                self._bars += 1 if opens else -1
                self._last = "" if opens else "bracket"
            case "!" | "'":
                self._sign(item.text, item)
            case "_":
                raise Refused(Obstacle.MALFORMED, "a subscript without a name", item.start, "")
            case ".T":
                self._put(Kind.CHAR, "^", item.start, item.end)
                self._put(Kind.WORD, "T", item.start, item.end)
                self._last = "power"
            case "*" | "/":
                self._sign(item.text, item)
                self._divided = self._divided or item.text == "/"
                self._last = ""
            case _:
                if item.text in _RELATIONS:
                    self._put(Kind.MACRO, _RELATIONS[item.text], item.start, item.end)
                else:
                    self._sign("=" if item.text == "==" else item.text, item)
                self._divided, self._last = False, ""

    def _factor_before(self, item: Item) -> None:
        """Writes the sign of a product before a bracket that can only be a factor. After a quotient, that is not sure."""
        if self._last in _ENDS and not self._divided and (item.spaced or self._last in ("number", "bracket")):
            self._put(Kind.CHAR, "*", item.start, item.start)

    def _group(self, group: Bracket) -> None:
        """Writes a bracket: a condition that counts as a number, a binomial coefficient, or grouping."""
        chosen = [place for place, item in enumerate(group.items) if item.is_name("choose")]
        if group.opener.text == "[" and related(group.items):
            self._indicator(group)
            return
        if len(chosen) == 1 and group.opener.text == "(":
            self._put(Kind.OPEN, "{", group.start, group.start + 1)
            self.expression(group.items[: chosen[0]])
            self._put(Kind.MACRO, "choose", group.items[chosen[0]].start, group.items[chosen[0]].end)
            self.expression(group.items[chosen[0] + 1 :])
            self._put(Kind.CLOSE, "}", group.end - 1, group.end)
            return
        rows = cases([group.items]) if any(item.is_name("if", "else") for item in group.items) else None
        self._put(Kind.CHAR, "(", group.start, group.start + 1)
        if rows:
            self._cases(rows.rows)
        else:
            self.expression(group.items)
        self._put(Kind.CHAR, ")", group.end - 1, group.end)

    def _indicator(self, group: Bracket) -> None:
        self._put(Kind.MACRO, "mathbb", group.start, group.start)
        self._put(Kind.OPEN, "{", group.start, group.start)
        self._put(Kind.NUMBER, "1", group.start, group.start)
        self._put(Kind.CLOSE, "}", group.start, group.start)
        self._put(Kind.CHAR, "[", group.start, group.start + 1)
        self.expression(group.items)
        self._put(Kind.CHAR, "]", group.end - 1, group.end)

    # ------------------------------------------------------------------ powers

    def _power(self, items: Sequence[Item], place: int) -> int:
        sign = items[place]
        if not self._last:
            raise Refused(Obstacle.MALFORMED, "a power without a base", sign.start, "")
        marked = any(token.is_char("_") for token in self.tokens[self._base :])
        if self._last in ("call", "power") or (self._last in ("name", "symbol") and marked) or self.tokens[-1].is_char("!"):
            start, end = self.tokens[self._base].start, self.tokens[-1].end
            self.tokens.insert(self._base, Token(kind=Kind.CHAR, text="(", start=start, end=start))
            self._put(Kind.CHAR, ")", end, end)
        self._put(Kind.CHAR, "^", sign.start, sign.end)
        stop = place + 1
        while stop < len(items) and items[stop].is_op("-", "+"):
            stop += 1
        stop = self._primary(items, stop, sign)
        exponent = items[place + 1 : stop]
        self._put(Kind.OPEN, "{", exponent[0].start, exponent[0].start)
        alone = exponent[0] if len(exponent) == 1 else None
        base = self._base
        if isinstance(alone, Bracket) and alone.opener.text != "[":
            self.expression(alone.items)
        else:
            self.expression(exponent)
        self._put(Kind.CLOSE, "}", exponent[-1].end, exponent[-1].end)
        self._last, self._base = "power", base
        return stop

    def _primary(self, items: Sequence[Item], place: int, sign: Item) -> int:
        """The place after the first factor of an exponent: a number, a bracket, or a name with its arguments."""
        if place >= len(items):
            raise Refused(Obstacle.MALFORMED, "a power without an exponent", sign.end, "")
        item, stop = items[place], place + 1
        if isinstance(item, Lexeme) and item.kind not in ("number", "name"):
            raise Refused(Obstacle.MALFORMED, f"{item.text} as an exponent", item.start, "put the exponent in parentheses")
        while isinstance(item, Lexeme) and item.kind == "name" and stop < len(items):
            follower = items[stop]
            subscript = follower.is_op("_") and stop + 1 < len(items)
            if not subscript and not (isinstance(follower, Bracket) and not follower.spaced and item.text not in self.declared):
                break
            stop += 2 if subscript else 1
            if not subscript:
                break
        if stop < len(items) and items[stop].is_op("^"):
            stop = self._primary(items, stop + 1, items[stop])
        return stop

    # ------------------------------------------------------------------ names

    def _name(self, items: Sequence[Item], place: int) -> int:
        item = items[place]
        assert isinstance(item, Lexeme)  # for mypy: a bracket has no name
        stem, mark, suffix = item.text.partition("_")
        if item.text not in self.declared and stem in _LARGE and (mark or (place + 1 < len(items) and items[place + 1].is_op("_"))):
            return self._large(items, place, stem, suffix)
        if item.text in _LARGE and place + 1 < len(items) and _ranged(items[place + 1]):
            raise Refused(Obstacle.UNSUPPORTED, f"{item.text} over a list", item.start, f"write {item.text}_{{i=1}}^n")
        if item.text in _WORDS and item.text not in self.declared:
            self._put(Kind.TEXT, item.text, item.start, item.end, font="text")
            self._last, self._divided = "", False
            return place + 1
        self._base = len(self.tokens)
        self._check_words(items, place)
        if item.text == "in":
            self._put(Kind.MACRO, "in", item.start, item.end)
            self._last = ""
            return place + 1
        if item.text in ("I", "indicator") and item.text not in self.declared and _conditional(items, place + 1):
            return self._one_where(items, place)
        follower = items[place + 1] if place + 1 < len(items) else None
        if isinstance(follower, Bracket) and self._probability(item, follower):
            return place + 2
        called = isinstance(follower, Bracket) and self._is_call(item, follower)
        self._spelled(item, follower if called else None)
        place += 1
        if not called and follower is not None and follower.is_op("_"):
            place = self._subscript(items, place)
            follower = items[place] if place < len(items) else None
            if isinstance(follower, Bracket) and not follower.spaced and follower.opener.text == "(":
                raise Refused(Obstacle.UNSUPPORTED, f"the function {item.text} of a computed order", item.start, "")
        if called and isinstance(follower, Bracket):
            self._put(Kind.CHAR, "(", follower.start, follower.start + 1)
            self.expression(follower.items)
            self._put(Kind.CHAR, ")", follower.end - 1, follower.end)
            self._last = "call"
            return place + 1
        if isinstance(follower, Bracket) and not follower.spaced and follower.opener.text == "[" and not related(follower.items):
            self._put(Kind.CHAR, "[", follower.start, follower.start + 1)
            self.expression(follower.items)
            self._put(Kind.CHAR, "]", follower.end - 1, follower.end)
            self._last = "name"
            return place + 1
        bare = item.text in FUNCTIONS and item.text not in self.declared
        apart = isinstance(follower, Bracket) and not follower.spaced
        self._last = "function" if bare or apart else "name" if item.text in self.declared else "symbol"
        return place

    def _one_where(self, items: Sequence[Item], place: int) -> int:
        """Writes `1[x > 0]` or `I[x > 0]`."""
        group = items[place + 1]
        assert isinstance(group, Bracket)  # for mypy: a condition stands in a bracket
        self._indicator(group)
        self._last = "call"
        return place + 2

    def _probability(self, item: Lexeme, group: Bracket) -> bool:
        """Writes `P[X <= x]` as `cdf(x)` and `P[X > x]` as `(1 - cdf(x))`, and says whether it did."""
        signs = [n for n, inner in enumerate(group.items) if related([inner])]
        variable = group.items[0] if group.items else None
        one = isinstance(variable, Lexeme) and variable.kind == "name" and len(variable.text) == 1 and variable.text.isupper()
        if item.text not in ("P", "Pr", "Prob") or signs != [1] or not one or variable.text in self.declared:
            return False
        if not group.items[1].is_op("<=", ">") or any(inner.is_op(",", ";", "|") for inner in group.items):
            return False
        above = group.items[1].is_op(">")
        marks = [(Kind.CHAR, "("), (Kind.NUMBER, "1"), (Kind.CHAR, "-")] if above else []
        for kind, text in marks:
            self._put(kind, text, item.start, item.start)
        self._put(Kind.TEXT, "cdf", item.start, item.end, font="mathrm")
        self._put(Kind.CHAR, "(", group.start, group.start + 1)
        self.expression(group.items[2:])
        self._put(Kind.CHAR, ")", group.end - 1, group.end)
        if above:
            self._put(Kind.CHAR, ")", group.end, group.end)
        self.called.add("cdf")
        self._last = "bracket"
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
        known = item.text in _CALLED or item.text.lower() in FUNCTIONS or item.text in self.meanings
        ordered = item.text[0] in _ORDERED and item.text[1:].lstrip("_").isdigit()
        if known or ordered or follower.opener.text != "(" or follower.spaced:
            return known or (ordered and follower.opener.text == "(")
        self.called.add(item.text)
        return True

    def _spelled(self, item: Lexeme, called: Bracket | None) -> None:
        """Writes a name as the LaTeX reader knows it."""
        name = item.text
        if name in self.declared or (name in self.functions and called is not None):
            self._word(name, item)
            return
        if called is not None and self.meanings.get(name):
            self._put(Kind.MACRO, self.meanings[name], item.start, item.end)
            return
        if called is not None and name in (_BETA, *_GAMMA):
            self._special(name, item, called)
            return
        if name in _INFINITE:
            self._put(Kind.MACRO, "infty", item.start, item.end)
            return
        stem, mark, suffix = name.partition("_")
        digits = name[1:].lstrip("_")
        if called is not None and name[0] in _ORDERED and digits.isdigit():
            stem, mark, suffix = name[0], "_", digits
        short = suffix.isdigit() or len(suffix) == 1 or suffix in SYMBOLS
        if not mark or not short:
            self._word(name, item)
            return
        middle = item.start + len(stem)
        self._word(stem, Lexeme(kind="name", text=stem, start=item.start, end=middle))
        self._put(Kind.CHAR, "_", middle, middle + 1)
        inner = Lexeme(kind="name", text=suffix, start=item.end - len(suffix), end=item.end)
        if suffix.isdigit():
            self._put(Kind.OPEN, "{", inner.start, inner.start)
            self._put(Kind.NUMBER, suffix, inner.start, inner.end)
            self._put(Kind.CLOSE, "}", inner.end, inner.end)
        else:
            self._word(suffix, inner)

    def _special(self, name: str, item: Lexeme, called: Bracket) -> None:
        """The gamma and beta functions. With another number of arguments, these are the names of distributions."""
        count = len(cut(called.items, ",", ";"))
        if name in _GAMMA and count == 1:
            self._put(Kind.MACRO, "Gamma", item.start, item.end)
        elif name == _BETA and count < 3 and "B" not in self.declared:
            self._put(Kind.WORD, "B", item.start, item.end)
        else:
            what = f"{name} with {count} arguments: a distribution, or a function"
            raise Refused(Obstacle.AMBIGUOUS, what, item.start, "say what it is in the text")

    def _word(self, name: str, item: Lexeme) -> None:
        if name in SYMBOLS:
            self._put(Kind.MACRO, name, item.start, item.end)
        elif len(name) == 1:
            self._put(Kind.WORD, name, item.start, item.end)
        else:
            self._put(Kind.TEXT, name, item.start, item.end, font="mathrm")

    def _subscript(self, items: Sequence[Item], place: int) -> int:
        """Writes `_{...}` after a name."""
        mark = items[place]
        group = items[place + 1] if place + 1 < len(items) else None
        if not isinstance(group, Bracket):
            raise Refused(Obstacle.MALFORMED, "a subscript is missing", mark.start, "")
        base = self._base
        self._put(Kind.CHAR, "_", mark.start, mark.end)
        self._put(Kind.OPEN, "{", group.start, group.start + 1)
        self.expression(group.items)
        self._put(Kind.CLOSE, "}", group.end - 1, group.end)
        self._base = base
        return place + 2

    # ------------------------------------------------------------------ sums and products

    def _large(self, items: Sequence[Item], place: int, stem: str, suffix: str) -> int:
        """Writes `sum_i`, `sum_{i=1}^n` or `prod_j`."""
        item = items[place]
        self._put(Kind.MACRO, _LARGE[stem], item.start, item.start + len(stem))
        if suffix:
            at = item.start + len(stem)
            self._put(Kind.CHAR, "_", at, at + 1)
            self._word(suffix, Lexeme(kind="name", text=suffix, start=at + 1, end=item.end))
            place += 1
        else:
            place = self._subscript(items, place + 1)
        if place < len(items) and items[place].is_op("^"):
            self._put(Kind.CHAR, "^", items[place].start, items[place].end)
            stop = self._primary(items, place + 1, items[place])
            bound = items[place + 1 : stop]
            inner = bound[0].items if len(bound) == 1 and isinstance(bound[0], Bracket) else bound
            self._put(Kind.OPEN, "{", bound[0].start, bound[0].start)
            self.expression(inner)
            self._put(Kind.CLOSE, "}", bound[-1].end, bound[-1].end)
            place = stop
        self._last = ""
        return place


    # ------------------------------------------------------------------ tokens

    def _number(self, item: Lexeme) -> None:
        text = item.text.lower()
        if "e" in text:
            digits, _, power = text.partition("e")
            value = f"{Decimal(digits).scaleb(int(power)):f}"
            text = value
        text = text.removesuffix(".")
        self._put(Kind.NUMBER, f"0{text}" if text.startswith(".") else text, item.start, item.end)

    def _sign(self, text: str, item: Item) -> None:
        self._put(Kind.CHAR, text, item.start, item.end)

    def _put(self, kind: Kind, text: str, start: int, end: int, *, font: str = "") -> None:
        self.tokens.append(Token(kind=kind, text=text, start=start, end=end, font=font))


def _ranged(item: Item) -> bool:
    """Whether a bracket holds a value and, after a colon, what it runs over."""
    return isinstance(item, Bracket) and any(inner.is_op(":") for inner in item.items)


def _conditional(items: Sequence[Item], place: int) -> bool:
    """Whether a bracket with a condition stands at a place."""
    item = items[place] if place < len(items) else None
    return isinstance(item, Bracket) and related(item.items) and item.opener.text in ("[", "{", "(")
