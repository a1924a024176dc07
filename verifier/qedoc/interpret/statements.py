"""The grammar of sentences, of entries of the section on arguments, and of the words that introduce a display.

A sentence is a tuple of items:
    ("legend", symbol, phrase)  ("define", symbol, expression)                     what a symbol means
    ("condition", condition)  ("case", condition)                                  where the formula holds; where another value holds
    ("other",)  ("output",)  ("says",)                                             about something else; about the result; what it returns

An entry is a tuple of items about its parameter:
    ("range", range)  ("condition", condition)  ("is", phrase)  ("unit", unit)  ("text",)

An introduction is one of
    ("value", condition or None)                                                   the display is the value
    ("named", words)  ("computes", words)                                          the display is something named; the function computes it
    ("display is", quantities)  ("value is", quantities)                           the derivative of the value is the display; and reversed
    ("related", how)                                                               up to a constant, an equation to solve, a property
"""

from typing import Any

from qedoc.interpret.lexicon import GIVEN, RESULTS, SPECIFYING, changes
from qedoc.interpret.parsing import Parser, always, either, form, maybe, pick, rule, sequence, some, token
from qedoc.interpret.phrases import DET, OPEN, PLAIN_WORDS, any_range, condition, description, phrase, statements, subject, subjects

_MEANS = either(token("MEANS"), sequence(token("COLON")))
_LET = maybe(either(token("OPEN", "ASSUME", "FILL"), sequence(token("OPEN"), token("FILL"))))
_FILLS = some(token("FILL", "COMMA", "COLON"))
_SELF = either(sequence(DET, token("SELF", "OUT"), to=always("self")), token("SELF", "OUT"))
_SPEAKS = either(token("RETURNS", "IS"), sequence(token("IS"), token("RETURNS")))

_LOOSE = token(
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

legend: Parser = rule(
    lambda: either(
        sequence(token("ASSUME"), token("SYM"), token("IS"), either(phrase, description), to=form("legend", 1, 3)),
        sequence(_LET, DET, some(token("THING", "WORD")), token("SYM"), _MEANS, either(phrase, description), to=form("legend", 3, 5)),
        sequence(
            _LET,
            token("SYM"),
            maybe(token("COMMA")),
            either(phrase, description),
            to=lambda _, symbol, __, inner: ("legend", symbol, inner) if inner[0] not in ("num", "sym") else None,
        ),
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
            token("AND"),
            token("SYM"),
            _MEANS,
            DET,
            token("PARAM"),
            token("AND"),
            DET,
            token("PARAM"),
            maybe(token("COMMA")),
            maybe(token("RESP")),
            to=lambda _, a, __, b, ___, ____, p, _____, ______, q, *_r: ("both", ("legend", a, ("param", p)), ("legend", b, ("param", q))),
        ),
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

_ABOUT = either(
    sequence(DET, some(token("WORD", "NEUT", "THING", "OPERATOR")), token("OTHER"), to=always("other")),
    sequence(token("WHOSE", "POSSESSIVE"), some(token("WORD", "NEUT")), token("OTHER"), to=always("other")),
    sequence(_SELF, _SPEAKS, maybe(token("NOT", "WORD")), token("FEATURE"), to=always("other")),
    token("FEATURE"),
)
other: Parser = rule(
    lambda: either(
        sequence(_ABOUT, some(_LOOSE), maybe(sequence(OPEN, statements)), some(_LOOSE), to=always(("other",))),
        sequence(OPEN, statements, maybe(token("COMMA")), _ABOUT, some(_LOOSE), to=always(("other",))),
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
            to=always(("output",)),
        ),
        sequence(_SELF_OUT, any_range, to=always(("output",))),
    )
)

_VALUE = either(token("NUM", "EXPR", "SYM", "PARAM"), phrase)
case: Parser = rule(
    lambda: either(
        sequence(
            condition,
            maybe(token("COMMA")),
            _SELF,
            _SPEAKS,
            either(token("NUM", "EXPR", "SYM", "PARAM", "FAILS", "DEFINITION"), phrase, sequence(token("NOT"), token("HOLDS"))),
            to=form("case", 0),
        ),
        sequence(condition, maybe(token("COMMA")), some(_LOOSE), _SELF, token("IS"), token("HELD"), _VALUE, to=form("case", 0)),
        sequence(
            condition,
            maybe(token("COMMA")),
            maybe(token("FILL")),
            _SELF,
            token("IS"),
            token("HELD"),
            _VALUE,
            to=form("case", 0),
        ),
        sequence(_SELF, token("IS"), token("HELD"), _VALUE, condition, to=form("case", -1)),
        sequence(
            _SELF,
            _SPEAKS,
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
            _SELF,
            _SPEAKS,
            either(token("NUM", "EXPR", "SYM", "PARAM", "FAILS"), phrase, sequence(token("NOT"), token("HOLDS"))),
            condition,
            to=form("case", 3),
        ),
        sequence(either(token("NUM", "EXPR"), phrase), condition, to=form("case", 1)),
        sequence(either(token("NUM", "EXPR"), phrase), token("OTHERWISE"), to=always(("otherwise",))),
        sequence(
            token("OTHERWISE"),
            maybe(token("COMMA")),
            maybe(_SELF),
            maybe(_SPEAKS),
            either(token("NUM", "EXPR"), phrase),
            to=always(("otherwise",)),
        ),
    )
)

says: Parser = rule(lambda: sequence(maybe(token("AND")), _SELF, _SPEAKS, either(token("EXPR", "UNREAD"), phrase), to=always(("says",))))

_VALID = either(token("HOLDS"), sequence(token("IS"), token("HOLDS")), sequence(token("IS"), token("ONLY"), token("HOLDS")))

restriction: Parser = rule(
    lambda: either(
        sequence(condition, maybe(token("COMMA")), some(token("FILL")), to=pick(0)),
        sequence(token("ONLY"), statements, maybe(token("IS")), token("HOLDS"), to=pick(1)),
        sequence(maybe(_SELF), maybe(token("ONLY")), _VALID, maybe(token("ONLY")), condition, maybe(token("ONLY")), to=pick(-2)),
        sequence(maybe(_SELF), token("ONLY"), condition, maybe(token("HOLDS")), to=pick(2)),
        sequence(maybe(_SELF), token("ASSUME"), statements, to=pick(2)),
        sequence(maybe(_SELF), token("ASSUME"), DET, any_range, to=lambda _, __, ___, inner: ("holds", ("input",), inner)),
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
        sequence(_SELF, token("IS"), either(token("FAILS"), sequence(token("NOT"), token("HOLDS"))), condition, to=form("no", 3)),
        sequence(either(token("FAILS"), sequence(token("NOT"), token("HOLDS"))), condition, to=form("no", 1)),
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


# ------------------------------------------------------------------ entries

_NOUN = sequence(DET, PLAIN_WORDS, some(sequence(token("OF", "IN", "TO", "AND", "OR", "BY"), DET, PLAIN_WORDS)))
_ITSELF = either(
    token("SELF", "PARAM"),
    sequence(DET, token("THING"), to=always("it")),
    sequence(DET, token("NEUT"), token("THING"), to=always("it")),
)


def _is_itself(noun: Any) -> bool:
    """Whether a noun phrase can be the parameter itself: not the result, and nothing that is done to the parameter (`clipped to`)."""
    runs = (noun[1], *(run for *_, run in noun[2]))
    words = [word for run in runs for phrase in run for word in str(phrase).split()]
    return not any(word in RESULTS or (word.endswith("ed") and word not in GIVEN) for word in words)


_TELLS_NOTHING = token("WORD", "NEUT", "THING", "DET", "OF", "TO", "AND", "OR", "BY", "OPEN", "SELF", "NUMBER_OF", "LIKE", "FILL", "OUT")
"""Words after a noun that can neither restrict nor change it: there is no number, symbol, sign, relation or negation among them."""

_ADJECTIVES = frozenset({"positive", "nonnegative", "negative", "nonpositive", "nonzero", "even", "odd", "finite"})
_SPECIFYING = sequence(token("WORD"), to=lambda word: word if word in SPECIFYING else None)

entry_item: Parser = rule(
    lambda: either(
        sequence(
            DET,
            some(token("NEUT", "WORD")),
            token("SIGN"),
            some(token("NEUT", "WORD")),
            maybe(token("THING", "PARAM")),
            to=lambda _, words, sign, ___, ____: ("range", ("sign", sign)) if sign in _ADJECTIVES or not changes(words) else None,
        ),
        sequence(DET, token("SIGN"), _SPECIFYING, some(_LOOSE), to=lambda _, sign, *__: ("range", ("sign", sign))),
        sequence(DET, token("LPAR"), token("SIGN"), token("RPAR"), _NOUN, to=lambda _, __, sign, *___: ("range", ("sign", sign))),
        sequence(DET, PLAIN_WORDS, token("OF"), DET, token("SIGN"), PLAIN_WORDS, to=lambda *_: None),
        sequence(
            maybe(_ITSELF),
            token("MUST", "LIMITED", "IS"),
            maybe(token("DET")),
            any_range,
            maybe(sequence(token("FOR"))),
            to=form("range", 3),
        ),
        sequence(maybe(_ITSELF), token("MUSTNOT"), any_range, to=lambda _, __, inner: ("range", ("not", inner))),
        sequence(maybe(_ITSELF), token("MUSTNOT"), token("NUM"), to=lambda _, __, number: ("range", ("compare", "ne", ("num", number)))),
        sequence(
            maybe(_ITSELF),
            token("MUSTNOT"),
            token("EXCEEDS"),
            token("NUM"),
            to=lambda _, __, ___, number: ("range", ("compare", "le", ("num", number))),
        ),
        sequence(maybe(token("DET")), any_range, to=form("range", 1)),
        sequence(_NOUN, any_range, to=lambda noun, inner: ("range", inner) if inner[0] != "not" and _is_itself(noun) else None),
        sequence(
            _NOUN,
            token("LPAR"),
            maybe(token("MUST", "IS")),
            any_range,
            token("RPAR"),
            to=lambda noun, __, ___, inner, ____: ("range", inner) if _is_itself(noun) else None,
        ),
        sequence(
            _NOUN,
            token("COMMA"),
            maybe(token("MUST", "IS")),
            any_range,
            to=lambda noun, __, ___, inner: ("range", inner) if _is_itself(noun) else None,
        ),
        sequence(
            maybe(_NOUN),
            maybe(token("OPEN", "LPAR", "COMMA", "MUST")),
            token("RELATION"),
            maybe(token("RPAR")),
            to=lambda _, __, found, ___: ("condition", ("relation", found)) if found is not None else ("unclear",),
        ),
        sequence(
            DET,
            token("SIGN"),
            token("THING"),
            token("IS"),
            either(token("FAILS"), sequence(token("NOT"), token("HOLDS"))),
            to=lambda _, sign, *__: ("range", ("not", ("sign", sign))),
        ),
        sequence(
            token("ONLY"), token("SIGN"), token("THING"), token("IS"), token("HOLDS"), to=lambda _, sign, *__: ("range", ("sign", sign))
        ),
        sequence(
            DET, token("OUT"), either(token("IS", "MUST", "RETURNS", "LIMITED")), maybe(token("DET")), any_range, to=always(("text",))
        ),
        sequence(maybe(_NOUN), token("LPAR"), token("SYM"), token("RPAR"), to=lambda _, __, symbol, ___: ("is", ("sym", symbol))),
        sequence(
            DET,
            some(sequence(token("OPERATOR"), maybe(token("OF")), DET, to=pick(0)), 1),
            maybe(PLAIN_WORDS),
            token("LPAR"),
            token("SYM"),
            token("RPAR"),
            to=lambda _, operators, __, ___, symbol, ____: ("is", _applied(operators, symbol)),
        ),
        sequence(maybe(_NOUN), token("LPAR"), token("EXPR"), token("RPAR"), to=lambda _, __, expression, ___: ("is", ("expr", expression))),
        sequence(_NOUN, token("SYM"), to=lambda _, symbol: ("is", ("sym", symbol))),
        sequence(maybe(_NOUN), token("COMMA"), token("SYM"), to=lambda _, __, symbol: ("is", ("sym", symbol))),
        sequence(phrase, to=lambda inner: ("is", inner) if inner[0] not in ("num", "param", "described") else None),
        sequence(DET, phrase, to=lambda _, inner: ("text",) if inner[0] in ("param", "described") and inner[0] != "num" else None),
        sequence(token("OPEN", "OF"), token("SHAPE"), token("WORD", "SET", "EXPR", "UNREAD", "PARAM", "SYM", "NUM"), to=always(("text",))),
        sequence(token("UNIT"), to=form("unit", 0)),
        sequence(_NOUN, maybe(token("LPAR", "COMMA")), token("UNIT"), maybe(token("RPAR")), to=form("unit", 2)),
        sequence(_NOUN, to=always(("text",))),
        sequence(either(_NOUN, sequence(DET, token("NUMBER_OF"))), some(_TELLS_NOTHING, 1), to=always(("text",))),
        sequence(token("LPAR"), entry_item, token("RPAR"), to=pick(1)),
    )
)


def _applied(operators: tuple[str, ...], symbol: str) -> Any:
    inner: Any = ("sym", symbol)
    for operator in reversed(operators):
        inner = ("apply", operator, inner)
    return inner


entry: Parser = rule(
    lambda: sequence(
        entry_item,
        some(sequence(some(token("COMMA", "SEMI", "DOT", "AND", "DASH", "BUT"), 1), entry_item, to=pick(1))),
        some(token("DOT", "SEMI")),
        to=lambda first, rest, _: (first, *rest),
    )
)

# ------------------------------------------------------------------ introductions

quantities: Parser = rule(
    lambda: some(
        sequence(
            either(sequence(token("OPERATOR"), to=form("operator", 0)), sequence(token("QUANTITY"), to=form("quantity", 0))),
            maybe(token("OF")),
            DET,
            to=pick(0),
        ),
        1,
    )
)
_OWN = either(_SELF, token("POSSESSIVE"))
_ELEMENTWISE = some(token("WORD", "NEUT", "FILL"))
_VARIABLES = maybe(
    either(
        sequence(token("OF", "OPEN", "AT"), subjects),
        sequence(token("OF", "OPEN", "AT"), DET, PLAIN_WORDS, maybe(token("SYM", "PARAM", "NUM"))),
    )
)

_AT = sequence(token("AT"), DET, maybe(PLAIN_WORDS), maybe(token("SYM", "PARAM", "NUM")))

introduction: Parser = rule(
    lambda: sequence(
        _FILLS,
        some(token("EQUALLY", "COMMA", "COLON", "AND")),
        introduction_body,
        some(token("COMMA", "COLON", "EQUALLY")),
        to=pick(2),
    )
)

introduction_body: Parser = rule(
    lambda: either(
        sequence(some(token("FILL", "EQUALLY", "COMMA", "COLON", "AND"), 1), to=always(("value", None))),
        sequence(token("OPEN"), token("SETTING"), maybe(token("COMMA")), maybe(introduction_body, ("value", None)), to=pick(3)),
        sequence(restriction, maybe(token("COMMA")), maybe(_SELF), maybe(_SPEAKS), to=form("value", 0)),
        sequence(_SELF, _AT, maybe(token("FILL", "COMMA")), _SPEAKS, to=always(("value", None))),
        sequence(_SELF, _VARIABLES, maybe(token("COMMA")), maybe(condition, None), maybe(token("COMMA")), _SPEAKS, to=form("value", 3)),
        sequence(maybe(restriction, None), maybe(token("COMMA")), token("HAVE"), to=form("value", 0)),
        sequence(token("ASIDE"), maybe(token("COMMA")), maybe(introduction_body, ("value", None)), to=pick(2)),
        sequence(
            either(_SELF, sequence(DET, PLAIN_WORDS, some(sequence(token("OF", "IN"), DET, PLAIN_WORDS)))),
            token("ESTIMATED"),
            some(_LOOSE),
            to=always(("inexact",)),
        ),
        sequence(_SELF, maybe(token("FILL")), _SPEAKS, maybe(sequence(token("OPEN"), statements, to=pick(1)), None), to=form("value", 3)),
        sequence(
            maybe(token("FILL")),
            _SELF,
            token("RETURNS"),
            DET,
            PLAIN_WORDS,
            maybe(token("SYM")),
            maybe(sequence(token("OF"), some(_LOOSE))),
            token("RETURNS"),
            to=lambda _, __, ___, ____, words, symbol, *_r: ("value", None) if symbol else ("computes", words),
        ),
        sequence(maybe(_SELF), token("RETURNS"), maybe(token("SELF")), to=always(("value", None))),
        sequence(token("RETURNS"), DET, _ELEMENTWISE, maybe(token("SELF", "OUT", "THING")), to=form("computes", 2)),
        sequence(token("POSSESSIVE"), quantities, maybe(sequence(token("OPEN"), subjects)), _SPEAKS, to=form("display is", 1)),
        sequence(
            DET,
            quantities,
            token("OF"),
            _SELF,
            _VARIABLES,
            maybe(sequence(token("IN"), token("SYM", "PARAM"))),
            _SPEAKS,
            to=form("display is", 1),
        ),
        sequence(DET, quantities, _SELF, _VARIABLES, _SPEAKS, to=form("display is", 1)),
        sequence(DET, quantities, _VARIABLES, _SPEAKS, to=form("display is", 1)),
        sequence(maybe(_SELF), maybe(_SPEAKS), DET, quantities, to=form("value is", 3)),
        sequence(
            maybe(_SELF),
            maybe(_SPEAKS),
            DET,
            quantities,
            token("OF"),
            DET,
            PLAIN_WORDS,
            maybe(sequence(token("COMMA"), token("WHOSE"), PLAIN_WORDS, token("IS"))),
            to=form("value is", 3),
        ),
        sequence(maybe(_SELF), maybe(_SPEAKS), DET, quantities, token("OF"), DET, _SELF, to=form("value is", 3)),
        sequence(
            maybe(_SELF),
            maybe(_SPEAKS),
            DET,
            token("AVERAGE"),
            maybe(token("OF")),
            DET,
            some(token("WORD", "PARAM", "NEUT", "THING")),
            maybe(token("OF")),
            to=always(("related", "a mean or a sum")),
        ),
        sequence(
            maybe(_NOUN), token("UPTO"), maybe(token("COMMA")), maybe(_SELF), maybe(_SPEAKS), to=always(("related", "up to a constant"))
        ),
        sequence(
            maybe(_NOUN),
            maybe(_SELF),
            maybe(token("IS")),
            token("PROPTO"),
            maybe(token("COMMA")),
            maybe(_SELF),
            maybe(_SPEAKS),
            to=always(("related", "up to a factor")),
        ),
        sequence(
            maybe(_NOUN),
            maybe(_SELF),
            maybe(token("IS", "RETURNS")),
            DET,
            some(token("WORD", "THING", "SIGN", "NEUT")),
            token("SOLVES"),
            some(token("WORD", "DET", "NEUT", "THING", "OF")),
            to=always(("related", "an equation to solve")),
        ),
        sequence(
            maybe(_SELF),
            maybe(token("DET")),
            some(token("WORD", "NEUT", "THING", "OUT")),
            token("PROPERTY"),
            some(token("WORD", "DET")),
            to=always(("related", "a property")),
        ),
        sequence(
            maybe(_SELF),
            maybe(token("RETURNS", "IS")),
            DET,
            PLAIN_WORDS,
            some(sequence(token("OF", "IN", "AND", "BY", "TO", "OR", "COMMA"), DET, PLAIN_WORDS)),
            maybe(_SPEAKS),
            to=lambda own, verb, _, words, more, last: (
                "computes" if own or verb else "named",
                (*words, *(w for _a, _b, run in more for w in run)),
            ),
        ),
        sequence(DET, PLAIN_WORDS, _VARIABLES, _SPEAKS, to=form("named", 1)),
    )
)
