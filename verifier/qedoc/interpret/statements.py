"""The grammar of sentences. A sentence is a tuple of items.

("legend", symbol, phrase)  ("define", symbol, expression)                     what a symbol means
("condition", condition)  ("case", condition)                                  where the formula holds; where another value holds
("brief", condition)                                                           where another value holds, in words without a verb
("otherwise", value)                                                              what holds elsewhere
("other",)  ("output", range)  ("says",)                                             about something else; about the result; what it returns
"""

from typing import Any

from qedoc.interpret.conditions import OPEN, any_range, condition, statements, subject, subjects
from qedoc.interpret.parsing import Parser, always, either, form, maybe, pick, rule, sequence, some, token
from qedoc.interpret.phrases import DET, PLAIN_WORDS, description, phrase

_MEANS = either(token("MEANS"), sequence(token("COLON")))
_LET = maybe(either(token("OPEN", "ASSUME", "FILL"), sequence(token("OPEN"), token("FILL"))))
SELF = either(sequence(DET, token("SELF", "OUT"), to=always("self")), token("SELF", "OUT"))
SPEAKS = either(token("RETURNS", "IS"), sequence(token("IS"), token("RETURNS")))

NOUN = sequence(DET, PLAIN_WORDS, some(sequence(token("OF", "IN", "TO", "AND", "OR", "BY"), DET, PLAIN_WORDS)))

LOOSE = token(
    "WORD",
    "DET",
    "FILL",
    "THING",
    "NEUT",
    "RETURNS",
    "IS",
    "MEANS",
    "OF",
    "LIKE",
    "OTHER",
    "FEATURE",
    "AND",
    "TO",
    "IN",
    "BY",
    "PARAM",
    "SYM",
    "NUM",
    "HOLDS",
    "FAILS",
    "NOT",
    "SIGN",
    "OUT",
    "SELF",
    "COMMA",
    "GE",
    "LE",
    "GT",
    "LT",
    "OPERATOR",
    "MUST",
    "EQUALLY",
    "HELD",
    "AT",
    "SHAPE",
)

_THING = either(phrase, sequence(DET, PLAIN_WORDS, to=lambda _, words: ("words", words)))

legend: Parser = rule(
    lambda: either(
        sequence(token("ASSUME"), token("SYM"), token("IS"), either(phrase, description), to=form("legend", 1, 3)),
        sequence(_LET, DET, some(token("THING", "WORD")), token("SYM"), _MEANS, either(phrase, description), to=form("legend", 3, 5)),
        sequence(
            _LET,
            token("EXPR"),
            _MEANS,
            DET,
            token("PARAM"),
            to=lambda _, expression, __, ___, name: ("solve", expression, ("param", name)) if len(expression.free_symbols) == 1 else None,
        ),
        sequence(
            _LET,
            token("SYM"),
            maybe(token("COMMA")),
            either(phrase, description),
            to=lambda _, symbol, __, inner: ("legend", symbol, inner) if inner[0] not in ("num", "sym") else None,
        ),
        sequence(_LET, token("SYM"), token("CONTAINS"), either(phrase, description), to=form("legend", 1, 3)),
        sequence(
            _LET,
            token("SYM"),
            _MEANS,
            DET,
            any_range,
            maybe(sequence(OPEN, DET, PLAIN_WORDS)),
            to=lambda _, symbol, __, ___, inner, ____: ("condition", ("holds", ("sym", symbol), inner)),
        ),
        sequence(
            _LET,
            token("SYM"),
            _MEANS,
            either(phrase, description),
            maybe(token("COMMA")),
            token("SELF"),
            token("MUST", "IS"),
            any_range,
            to=lambda _, symbol, __, inner, ___, ____, _____, found: (
                "both",
                ("legend", symbol, inner),
                ("condition", ("holds", ("sym", symbol), found)),
            ),
        ),
        sequence(
            _LET,
            token("SYM"),
            some(sequence(token("COMMA"), token("SYM"), to=pick(1))),
            maybe(token("COMMA")),
            token("AND"),
            token("SYM"),
            _MEANS,
            _THING,
            some(sequence(token("COMMA"), _THING, to=pick(1))),
            maybe(token("COMMA")),
            token("AND"),
            _THING,
            maybe(token("COMMA")),
            maybe(token("RESP")),
            to=lambda _, a, b, __, ___, c, ____, p, q, _____, ______, r, *_r: _each((a, *b, c), (p, *q, r)),
        ),
        sequence(
            _LET,
            token("SYM"),
            _MEANS,
            DET,
            token("SIGN"),
            token("PARAM"),
            to=lambda _, symbol, __, ___, sign, name: _signed(symbol, sign, ("param", name)),
        ),
        sequence(_LET, DET, token("NUM"), maybe(token("COMMA")), token("SYM", "PARAM"), to=lambda *found: _constant(found[4], found[2])),
        sequence(_LET, token("SYM"), token("EQUAL"), DET, token("PARAM"), to=lambda *found: ("legend", found[1], ("param", found[4]))),
        sequence(_LET, token("PARAM"), _MEANS, DET, token("NUM"), to=lambda *found: _constant(found[1], found[4])),
        sequence(_LET, token("DEFINITION"), to=lambda _, found: ("define", *found)),
        sequence(
            _LET,
            DET,
            phrase,
            token("MEANS"),
            token("SYM"),
            to=lambda _, __, inner, ___, symbol: ("legend", symbol, inner) if inner[0] in ("param", "apply", "described") else None,
        ),
    )
)


def _each(symbols: tuple[str, ...], phrases: tuple[Any, ...]) -> Any:
    """One legend for each symbol. The last noun may belong to all phrases: `the lower and upper limits`."""
    if len(symbols) != len(phrases):
        return None
    *_, (kind, *rest) = phrases
    if kind == "words" and len(rest[0]) > 1 and all(one[0] == "words" and len(one[1]) == len(rest[0]) - 1 for one in phrases[:-1]):
        phrases = (*(("words", (*one[1], rest[0][-1])) for one in phrases[:-1]), phrases[-1])
    return ("both", *(("legend", symbol, inner) for symbol, inner in zip(symbols, phrases, strict=True)))


def _constant(symbol: str, number: Any) -> Any:
    """A letter that is a famous number: `with Euler's number e`. A rational number before a letter may be its factor."""
    return ("legend", symbol, ("num", number)) if number.is_rational is False else None


def _signed(symbol: str, sign: str, inner: Any) -> Any:
    """A symbol with an adjective: `the positive scale`. The negative rate is another number, and the normalised scale may be."""
    if sign == "negative":
        return None
    if sign == "unknown":
        return ("legend", symbol, ("opaque",))
    return ("both", ("legend", symbol, inner), ("condition", ("holds", ("sym", symbol), ("sign", sign))))


_ABOUT = either(
    sequence(DET, some(token("WORD", "NEUT", "THING", "OPERATOR")), token("OTHER"), to=always("other")),
    sequence(token("WHOSE", "POSSESSIVE"), some(token("WORD", "NEUT")), token("OTHER"), to=always("other")),
    sequence(SELF, SPEAKS, maybe(token("NOT", "WORD")), token("FEATURE"), to=always("other")),
    token("FEATURE"),
)
other: Parser = rule(
    lambda: either(
        sequence(_ABOUT, some(LOOSE), maybe(sequence(OPEN, statements)), some(LOOSE), to=always(("other",))),
        sequence(OPEN, statements, maybe(token("COMMA")), _ABOUT, some(LOOSE), to=always(("other",))),
    )
)

_SELF_OUT = sequence(DET, token("OUT"), to=always("out"))

output: Parser = rule(
    lambda: either(
        sequence(
            _SELF_OUT,
            either(token("IS", "RETURNS", "LIMITED"), sequence(token("IS"), token("ONLY"))),
            maybe(token("DET")),
            any_range,
            to=form("output", 3),
        ),
        sequence(_SELF_OUT, any_range, to=form("output", 1)),
    )
)

_VALUE = either(token("NUM", "EXPR", "SYM", "PARAM"), phrase)
case: Parser = rule(
    lambda: either(
        sequence(
            condition,
            maybe(token("COMMA")),
            SELF,
            SPEAKS,
            either(token("NUM", "EXPR", "SYM", "PARAM", "FAILS", "DEFINITION"), phrase, sequence(token("NOT"), token("HOLDS"))),
            to=form("case", 0),
        ),
        sequence(condition, maybe(token("COMMA")), some(LOOSE), SELF, token("IS"), token("HELD"), _VALUE, to=form("case", 0)),
        sequence(
            condition,
            maybe(token("COMMA")),
            maybe(token("FILL")),
            SELF,
            token("IS"),
            token("HELD"),
            _VALUE,
            to=form("case", 0),
        ),
        sequence(condition, maybe(token("COMMA")), either(_VALUE, token("FAILS")), token("GIVEN"), to=form("case", 0)),
        sequence(either(_VALUE, token("FAILS")), token("GIVEN"), condition, to=form("case", 2)),
        sequence(SELF, token("IS"), token("HELD"), _VALUE, condition, to=form("case", -1)),
        sequence(
            SELF,
            SPEAKS,
            token("FAILS"),
            token("OPEN"),
            DET,
            some(token("THING", "WORD", "NEUT")),
            token("OUTSIDE"),
            DET,
            some(token("WORD", "THING")),
            token("SET"),
            to=lambda *found: ("case", ("holds", ("input",), ("not", ("member", found[-1])))),
        ),
        sequence(
            SELF,
            SPEAKS,
            either(token("NUM", "EXPR", "SYM", "PARAM", "FAILS"), phrase, sequence(token("NOT"), token("HOLDS"))),
            condition,
            to=form("case", 3),
        ),
        sequence(either(token("NUM", "EXPR"), phrase), condition, to=form("brief", 1)),
        sequence(maybe(SELF), maybe(SPEAKS), phrase, token("OTHERWISE"), to=form("otherwise", 2)),
        sequence(token("OTHERWISE"), maybe(token("COMMA")), maybe(SELF), maybe(SPEAKS), phrase, to=form("otherwise", 4)),
    )
)

says: Parser = rule(
    lambda: either(
        sequence(maybe(token("AND")), SELF, SPEAKS, either(token("EXPR", "UNREAD"), phrase), to=always(("says",))),
        sequence(SPEAKS, token("UNREAD"), to=always(("says",))),
    )
)

_VALID = either(token("HOLDS"), sequence(token("IS"), token("HOLDS")), sequence(token("IS"), token("ONLY"), token("HOLDS")))

restriction: Parser = rule(
    lambda: either(
        sequence(condition, maybe(token("COMMA")), some(token("FILL")), to=pick(0)),
        sequence(token("ONLY"), statements, maybe(token("IS")), token("HOLDS"), to=pick(1)),
        sequence(maybe(SELF), maybe(token("ONLY")), _VALID, maybe(token("ONLY")), condition, maybe(token("ONLY")), to=pick(-2)),
        sequence(maybe(SELF), token("ONLY"), condition, maybe(token("HOLDS")), to=pick(2)),
        sequence(maybe(SELF), token("ASSUME"), statements, some(token("FILL")), to=pick(2)),
        sequence(maybe(SELF), token("ASSUME"), DET, any_range, to=lambda _, __, ___, inner: ("holds", ("input",), inner)),
        sequence(token("OPEN", "IN"), token("FILL", "SELF"), maybe(token("COMMA")), statements, to=pick(-1)),
        sequence(
            subjects, token("MUST", "LIMITED"), any_range, to=lambda found, _, inner: ("all", tuple(("holds", one, inner) for one in found))
        ),
        sequence(token("FILL"), maybe(token("COMMA")), statements, to=pick(-1)),
        sequence(
            DET, token("SIGN"), subject, token("IS"), token("FAILS"), to=lambda _, sign, one, *__: ("no", ("holds", one, ("sign", sign)))
        ),
        sequence(
            DET,
            token("SIGN"),
            subject,
            token("IS"),
            token("NOT"),
            token("HOLDS"),
            to=lambda _, sign, one, *__: ("no", ("holds", one, ("sign", sign))),
        ),
        sequence(
            token("ONLY"),
            DET,
            token("SIGN"),
            subject,
            token("IS"),
            token("HOLDS"),
            to=lambda _, __, sign, one, *___: ("holds", one, ("sign", sign)),
        ),
        sequence(SELF, token("IS"), either(token("FAILS"), sequence(token("NOT"), token("HOLDS"))), condition, to=form("no", 3)),
        sequence(either(token("FAILS"), sequence(token("NOT"), token("HOLDS"))), condition, to=form("no", 1)),
        sequence(maybe(SELF), maybe(token("IS")), token("FAILS"), token("AT"), statements, to=form("no", 4)),
        sequence(statements, token("IS"), either(token("FAILS"), sequence(token("NOT"), token("HOLDS"))), to=form("no", 0)),
        sequence(
            DET,
            some(token("WORD", "NEUT", "THING")),
            token("IS", "MEANS", "LIMITED"),
            DET,
            token("SET"),
            to=lambda _, words, __, ___, found: (
                ("holds", ("input",), ("member", found)) if words and words[-1] in ("domain", "support") else None
            ),
        ),
    )
)

item: Parser = rule(
    lambda: either(
        legend,
        other,
        output,
        case,
        says,
        sequence(restriction, to=form("condition", 0)),
        sequence(statements, to=form("condition", 0)),
        sequence(maybe(token("UNLESS")), token("ASIDE"), to=always(("other",))),
        sequence(token("LPAR"), item, token("RPAR"), to=pick(1)),
    )
)

_GLUE = some(token("COMMA", "SEMI", "AND", "BUT", "FILL", "OR"), 1)
_STOP = some(token("DOT", "SEMI", "COMMA"))

sentence: Parser = rule(
    lambda: sequence(
        some(token("FILL", "COLON", "COMMA", "AND")),
        item,
        some(sequence(_GLUE, item, to=pick(1))),
        _STOP,
        to=lambda _, first, rest, __: _flat((first, *rest)),
    )
)


def _flat(items: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(one for found in items for one in (found[1:] if found[0] == "both" else (found,)))
