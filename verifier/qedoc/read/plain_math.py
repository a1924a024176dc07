"""Turns mathematics in plain text into the tokens of the LaTeX reader, each with its place in the text.

A name of several letters is one symbol. `**` and `^` are powers, `[x > 0]` is one where its condition holds, and a bracket after a space
is a factor. All other questions are those of the LaTeX reader.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from qedoc.read.library import library
from qedoc.read.plain_cases import Row, cases, equated
from qedoc.read.plain_head import Head, head
from qedoc.read.plain_names import PROBABILITY, NameWriter, conditional, variable_of
from qedoc.read.reading import Names, Obstacle, Refused, Silence, Silent
from qedoc.read.scope import plain
from qedoc.read.tokens import LONGEST, Kind, Token
from qedoc.sources.plain_lexemes import Bracket, Item, Lexeme, Unbalanced, related
from qedoc.sources.plain_math import items_of

_FUNCTION = re.compile(r"\bfunctions?\b", re.IGNORECASE)
_RELATIONS = {
    "<=": "leq", ">=": "geq", "!=": "neq", "~": "sim", "~=": "approx", "->": "to", "<-": "leftarrow", "...": "ldots",
}  # fmt: skip
_OPERATIONS = ("+", "-", "*", "/", "^")
_OTHERWISE = {"[": "a list, an integer part, an indicator", "{": "a set, a fractional part"}
"""What square brackets and braces around a lone value may be."""

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
    values = [name for name, told in names.legend.items() if not _FUNCTION.search(told)]
    declared = {plain(name) for name in (*names.parameters, *values, *names.constants, *names.vectors)} - set(names.functions)
    writer = _Expressions(declared=declared, functions={plain(name) for name in names.functions}, meanings=_meanings(names))
    writer.matrices = frozenset(plain(name) for name in (*names.matrices, *names.weights))
    writer.formula(items)
    known = writer.declared | set(names.siblings)
    called = {name: "a function" for name in writer.called if name not in names.functions and (name in known or not library(name))}
    called |= {"pi": "an argument"} if "pi" in writer.arguments else {}
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


class _Expressions(NameWriter):
    """Writes formulas, expressions and powers."""

    __slots__ = ()

    def formula(self, items: Sequence[Item]) -> None:
        """Writes equations, with the conditions of the left side after the right one."""
        if any(item.is_op("~") for item in items):
            raise Silent(Silence.DISTRIBUTION, "~ says how something is distributed, not which value it has")
        variables = set(_variables(items))
        self.variable = variables.pop() if len(variables) == 1 else ""
        sides, signs = equated(items)
        compared = next((sign for sign in signs if sign.is_op("==")), None)
        if compared is not None and any(not sign.is_op("==") for sign in signs):
            what = "= and == in one formula: two equations, or a comparison that is 1 where it holds"
            raise Refused(Obstacle.AMBIGUOUS, what, compared.start, "put a comparison in square brackets")
        left = head(sides[0]) if len(sides) > 1 else None
        if left is not None:
            self.declared |= left.symbols - self.functions
            self.arguments = frozenset(left.symbols)
            if left.name.text == "cdf" and len(sides) == 2 and sides[1] and sides[1][0].is_name(*PROBABILITY):
                raise Silent(Silence.NOTATION, "the definition of a distribution function")
            self._head(left)
        rest = sides if left is None else sides[1:]
        rows = cases(rest if left is not None else rest[1:] or rest)
        shown = rest[: len(rest) - rows.sides] if rows else rest
        for number, side in enumerate(shown):
            if number or left is not None:
                self.sign("=", signs[number - (left is None)])
            self.expression(side)
        if rows:
            if shown or left is not None:
                self.sign("=", signs[len(sides) - 1 - rows.sides])
            self._cases(rows.rows)
        for condition in left.conditions if left is not None else ():
            self.put(Kind.TEXT, "if", condition[0].start, condition[0].start, font="text")
            self.expression(condition)

    def _head(self, left: Head) -> None:
        self.word(left.name.text, left.name)
        self.put(Kind.CHAR, "(", left.bracket.start, left.bracket.start + 1)
        for number, argument in enumerate(left.arguments):
            if number:
                self.sign(left.marks[number - 1].text, left.marks[number - 1])
            self.expression(argument)
        self.put(Kind.CHAR, ")", left.bracket.end - 1, left.bracket.end)

    def _cases(self, rows: Sequence[Row]) -> None:
        start = rows[0].value[0].start
        end = max((*rows[-1].value, *rows[-1].condition), key=lambda item: item.end).end
        self.put(Kind.BEGIN, "cases", start, start)
        for number, row in enumerate(rows):
            if number:
                self.put(Kind.BREAK, "\\", row.value[0].start, row.value[0].start)
            self.expression(row.value)
            at = row.value[-1].end
            self.put(Kind.CHAR, "&", at, at)
            if row.condition:
                self.put(Kind.TEXT, "if", at, at, font="text")
                self.expression(row.condition)
            else:
                self.put(Kind.TEXT, "otherwise", at, at, font="text")
        self.put(Kind.END, "cases", end, end)
        self.last = "bracket"

    def expression(self, items: Sequence[Item]) -> None:
        """Writes the items of one bracket or side."""
        outer = self.divided, self.bars, self.base
        self.last, self.divided, self.bars = "", False, 0
        place = 0
        while place < len(items):
            place = self._item(items, place)
        self.divided, self.bars, self.base = outer

    def _item(self, items: Sequence[Item], place: int) -> int:
        """Writes the item at a place, with what belongs to it, and returns the place after it."""
        item = items[place]
        if isinstance(item, Bracket):
            self._factor_before(item)
            self.base = len(self.tokens)
            self.group(item)
            self.last = "bracket"
            return place + 1
        if item.kind == "number":
            self.base = len(self.tokens)
            if item.text == "1" and conditional(items, place + 1):
                return self.one_where(items, place)
            if _is_scientific(items[place : place + 4]):
                what = "a number in scientific notation, or a product with e"
                raise Refused(Obstacle.AMBIGUOUS, what, item.start, "write * after the number")
            self.number(item)
            self.last = "number"
            return place + 1
        if item.kind == "name":
            return self.name(items, place)
        if item.is_op("^"):
            return self._power(items, place)
        if item.is_op("_"):
            return self.subscript(items, place)
        self._operator(item)
        return place + 1

    def _operator(self, item: Lexeme) -> None:
        match item.text:
            case "@":
                self.sign("@", item)
                self.last = ""
            case "||" | "|":
                opens = not (self.bars and self.last)
                if opens:
                    self._factor_before(item)
                self.put(Kind.MACRO if item.text == "||" else Kind.CHAR, "|", item.start, item.end)
                self.bars += 1 if opens else -1
                self.last = "" if opens else "bracket"
            case "!" | "'":
                self.sign(item.text, item)
            case ".T":
                self.put(Kind.CHAR, "^", item.start, item.end)
                self.put(Kind.WORD, "T", item.start, item.end)
                self.last = "power"
            case "*" | "/":
                self.sign(item.text, item)
                self.divided = self.divided or item.text == "/"
                self.last = ""
            case _:
                if item.text in _RELATIONS:
                    self.put(Kind.MACRO, _RELATIONS[item.text], item.start, item.end)
                else:
                    self.sign("=" if item.text == "==" else item.text, item)
                self.divided, self.last = False, ""

    def _factor_before(self, item: Item) -> None:
        """Writes the sign of a product before a bracket that can only be a factor. After a quotient, that is not sure."""
        if self.last in _ENDS and not self.divided and (item.spaced or self.last in ("number", "bracket")):
            self.put(Kind.CHAR, "*", item.start, item.start)

    def group(self, group: Bracket) -> None:
        """Writes a bracket: a condition that counts as a number, a binomial coefficient, a set, or grouping."""
        chosen = [place for place, item in enumerate(group.items) if item.is_name("choose")]
        if group.opener.text == "[" and related(group.items):
            self.indicator(group)
            return
        if len(chosen) == 1 and group.opener.text == "(":
            self.put(Kind.OPEN, "{", group.start, group.start + 1)
            self.expression(group.items[: chosen[0]])
            self.put(Kind.MACRO, "choose", group.items[chosen[0]].start, group.items[chosen[0]].end)
            self.expression(group.items[chosen[0] + 1 :])
            self.put(Kind.CLOSE, "}", group.end - 1, group.end)
            return
        within = bool(self.tokens) and self.tokens[-1].is_macro("in")
        if group.opener.text == "{" and within:
            self.enclosed(group, Kind.MACRO, "{", "}")
            return
        if group.opener.text == "[" and (within or any(item.is_op(",", ";") for item in group.items)):
            self.enclosed(group, Kind.CHAR, "[", "]")
            return
        chosen_by = any(item.is_name("if", "else") for item in group.items)
        lone = not any(isinstance(item, Bracket) or item.is_op(*_OPERATIONS) for item in group.items)
        if group.opener.text in _OTHERWISE and lone and not chosen_by:
            what = f"a lone value in {group.opener.text}: {_OTHERWISE[group.opener.text]}, or grouping"
            raise Refused(Obstacle.AMBIGUOUS, what, group.start, "write parentheses for grouping")
        rows = cases([group.items]) if chosen_by else None
        self.put(Kind.CHAR, "(", group.start, group.start + 1)
        if rows:
            self._cases(rows.rows)
        else:
            self.expression(group.items)
        self.put(Kind.CHAR, ")", group.end - 1, group.end)

    def indicator(self, group: Bracket) -> None:
        """Writes a condition that counts as a number: one where it holds, and zero elsewhere."""
        self.put(Kind.MACRO, "mathbb", group.start, group.start)
        self.put(Kind.OPEN, "{", group.start, group.start)
        self.put(Kind.NUMBER, "1", group.start, group.start)
        self.put(Kind.CLOSE, "}", group.start, group.start)
        self.enclosed(group, Kind.CHAR, "[", "]")

    def _power(self, items: Sequence[Item], place: int) -> int:
        sign = items[place]
        if not self.last:
            raise Refused(Obstacle.MALFORMED, "a power without a base", sign.start, "")
        marked = any(token.is_char("_") for token in self.tokens[self.base :])
        if self.last in ("call", "power") or (self.last in ("name", "symbol") and marked) or self.tokens[-1].is_char("!"):
            start, end = self.tokens[self.base].start, self.tokens[-1].end
            self.tokens.insert(self.base, Token(kind=Kind.CHAR, text="(", start=start, end=start))
            self.put(Kind.CHAR, ")", end, end)
        self.put(Kind.CHAR, "^", sign.start, sign.end)
        stop = place + 1
        while stop < len(items) and items[stop].is_op("-", "+"):
            stop += 1
        stop = self.primary(items, stop, sign)
        exponent = items[place + 1 : stop]
        self.put(Kind.OPEN, "{", exponent[0].start, exponent[0].start)
        alone = exponent[0] if len(exponent) == 1 else None
        base = self.base
        if isinstance(alone, Bracket) and alone.opener.text != "[":
            self.expression(alone.items)
        else:
            self.expression(exponent)
        self.put(Kind.CLOSE, "}", exponent[-1].end, exponent[-1].end)
        self.last, self.base = "power", base
        return stop

    def primary(self, items: Sequence[Item], place: int, sign: Item) -> int:
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
            stop = self.primary(items, stop + 1, items[stop])
        return stop


def _is_scientific(items: Sequence[Item]) -> bool:
    """Whether items begin with `1e-3`, written together with what follows."""
    if len(items) < 4 or not items[1].is_name("e", "E") or not items[2].is_op("+", "-"):
        return False
    number = items[3]
    return isinstance(number, Lexeme) and number.kind == "number" and all(not item.spaced for item in items[1:])


def _variables(items: Sequence[Item]) -> Iterator[str]:
    """The random variables of the probabilities in a formula."""
    for place, item in enumerate(items):
        if isinstance(item, Bracket):
            if place and items[place - 1].is_name(*PROBABILITY):
                yield variable_of(item)
            yield from _variables(item.items)
