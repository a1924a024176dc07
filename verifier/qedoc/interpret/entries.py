"""The grammar of entries of the section on arguments. An entry is a tuple of items about its parameter.

("range", range)  ("condition", condition)  ("is", phrase)  ("unit", unit)  ("logged",)  ("text",)
"""

from typing import Any

from qedoc.interpret.conditions import any_range
from qedoc.interpret.lexicon import GIVEN, OPERATORS, QUANTITIES, RESULTS, SPECIFYING, changes
from qedoc.interpret.parsing import Parser, always, either, form, maybe, pick, rule, sequence, some, token
from qedoc.interpret.phrases import DET, PLAIN_WORDS, phrase
from qedoc.interpret.statements import LOOSE, NOUN

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


def _is_computed(noun: Any) -> bool:
    """Whether a noun phrase says what is computed of its last noun, to which a symbol after it belongs: `the logarithm of the scale s`."""
    return bool(noun[2]) and any(phrase in _OPERATIONS for phrase in noun[1])


_OPERATIONS = frozenset(phrase for table in (OPERATORS, QUANTITIES) for meaning, phrases in table.items() for phrase in (meaning, *phrases))

_TELLS_NOTHING = token(
    "WORD", "NEUT", "THING", "DET", "OF", "TO", "AND", "OR", "BY", "OPEN", "SELF", "NUMBER_OF", "LIKE", "FILL", "OUT", "SHAPE"
)
"""Words after a noun that can neither restrict nor change it: there is no number, symbol, sign, relation or negation among them."""


def _is_own_unit(inner: Any) -> bool:
    """Whether a phrase is only the parameter with its unit. A symbol with a unit is another number: `sigma on a logarithmic scale`."""
    return bool(inner[0] == "unit" and inner[2][0] == "param")


LOGARITHM = ("logged",)
"""The item of a parameter that is a logarithm: the ranges of its entry are those of its exponential."""

_WITHOUT = token(
    "WORD", "NEUT", "THING", "DET", "OF", "FILL", "SELF", "IS", "MUST", "ASSUME", "NUM", "OUT", "RETURNS", "IN", "TO", "AND", "HELD"
)
"""Words after `if not given`. They are about the default, as long as they name no other parameter."""

_ADJECTIVES = frozenset({"positive", "nonnegative", "negative", "nonpositive", "nonzero", "even", "odd", "finite"})
_SPECIFYING = sequence(token("WORD"), to=lambda word: word if word in SPECIFYING else None)

_OF_SHAPES = token("DET", "NEUT", "OF", "AND", "PARAM", "SYM", "EXPR", "UNREAD", "WORD", "SHAPE", "THING")
"""What the shape of a parameter fits: it says nothing about the numbers in it."""

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
        sequence(DET, token("SIGN"), _SPECIFYING, some(LOOSE), to=lambda _, sign, *__: ("range", ("sign", sign))),
        sequence(DET, token("LPAR"), token("SIGN"), token("RPAR"), NOUN, to=lambda _, __, sign, *___: ("range", ("sign", sign))),
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
        sequence(NOUN, any_range, to=lambda noun, inner: ("range", inner) if inner[0] != "not" and _is_itself(noun) else None),
        sequence(
            NOUN,
            token("LPAR"),
            maybe(token("MUST", "IS")),
            any_range,
            token("RPAR"),
            to=lambda noun, __, ___, inner, ____: ("range", inner) if _is_itself(noun) else None,
        ),
        sequence(
            NOUN,
            token("COMMA"),
            maybe(token("MUST", "IS")),
            any_range,
            to=lambda noun, __, ___, inner: ("range", inner) if _is_itself(noun) else None,
        ),
        sequence(
            maybe(NOUN),
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
        sequence(maybe(NOUN), token("LPAR"), token("SYM"), token("RPAR"), to=lambda _, __, symbol, ___: ("is", ("sym", symbol))),
        sequence(
            DET,
            some(sequence(token("OPERATOR"), maybe(token("OF")), DET, to=pick(0)), 1),
            maybe(PLAIN_WORDS),
            token("LPAR"),
            token("SYM"),
            token("RPAR"),
            to=lambda _, operators, __, ___, symbol, ____: ("is", _applied(operators, symbol)),
        ),
        sequence(maybe(NOUN), token("LPAR"), token("EXPR"), token("RPAR"), to=lambda _, __, expression, ___: ("is", ("expr", expression))),
        sequence(NOUN, token("SYM"), to=lambda noun, symbol: ("is", ("sym", symbol)) if not _is_computed(noun) else None),
        sequence(maybe(NOUN), token("COMMA"), token("SYM"), to=lambda _, __, symbol: ("is", ("sym", symbol))),
        sequence(  # `the minuend, written b above`
            maybe(NOUN),
            maybe(token("COMMA")),
            maybe(token("IS")),
            token("LIKE", "NAMED"),
            token("SYM", "PARAM"),
            maybe(token("LIKE")),
            to=lambda *found: ("is", ("sym", found[4])),
        ),
        sequence(
            phrase, to=lambda inner: ("is", inner) if inner[0] not in ("num", "param", "described") and not _is_own_unit(inner) else None
        ),
        sequence(DET, token("PARAM"), maybe(token("LPAR", "COMMA")), token("UNIT"), maybe(token("RPAR")), to=form("unit", 3)),
        sequence(DET, phrase, to=lambda _, inner: ("text",) if inner[0] in ("param", "described") and inner[0] != "num" else None),
        sequence(token("OPEN", "OF"), token("SHAPE"), token("WORD", "SET", "EXPR", "UNREAD", "PARAM", "SYM", "NUM"), to=always(("text",))),
        sequence(
            maybe(_ITSELF),
            maybe(token("DET")),
            maybe(token("SHAPE")),
            maybe(token("MUST", "IS")),
            token("BROADCASTS"),
            some(_OF_SHAPES, 1),
            to=always(("text",)),
        ),
        sequence(maybe(_ITSELF), maybe(token("MUST", "IS")), token("LOGGED"), some(_TELLS_NOTHING), to=always(LOGARITHM)),
        sequence(
            maybe(NOUN),
            token("OPEN", "OF"),
            some(token("DET", "NEUT")),
            token("SHAPE"),
            some(_TELLS_NOTHING),
            token("PARAM", "SYM"),
            to=always(("text",)),
        ),
        sequence(token("ABSENT"), maybe(token("COMMA")), some(_WITHOUT), to=always(("text",))),
        sequence(token("UNIT"), to=form("unit", 0)),
        sequence(NOUN, maybe(token("LPAR", "COMMA")), token("UNIT"), maybe(token("RPAR")), to=form("unit", 2)),
        sequence(NOUN, to=always(("text",))),
        sequence(either(NOUN, sequence(DET, token("NUMBER_OF"))), some(_TELLS_NOTHING, 1), to=always(("text",))),
        sequence(
            token("LPAR"), token("SYM", "PARAM"), token("LIKE"), token("RPAR"), maybe(NOUN), to=lambda *found: ("is", ("sym", found[1]))
        ),
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
