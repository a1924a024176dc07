"""The grammar of noun phrases. Values are tuples, which `meaning` turns into expressions.

A noun phrase is one of
    ("param", name)  ("sym", name)  ("num", number)  ("expr", expression)       what it names
    ("apply", operator, phrase)  ("arith", "+", phrase, phrase)                   what is computed from it
    ("unit", unit, phrase)  ("described", words, phrase)  ("words", words)      how it is described
    ("either", phrase, phrase)                                                  one of two: half the width (``w``) is w or w/2
    ("opaque",)                                                                 something that is made of it in a way that no word says
"""

from typing import Any

from qedoc.interpret.lexicon import COUNTED
from qedoc.interpret.parsing import Parser, always, either, form, maybe, pick, rule, sequence, some, token

DET = some(token("DET"))
PLAIN_WORDS = some(token("WORD", "NEUT", "THING", "OPERATOR", "QUANTITY", "OTHER", "FEATURE"), 1)

_HEADS = ("WORD", "NEUT", "THING")


atom: Parser = rule(
    lambda: either(
        sequence(token("PARAM"), to=form("param", 0)),
        sequence(token("SYM"), to=form("sym", 0)),
        sequence(token("NUM"), to=form("num", 0)),
        sequence(token("EXPR"), to=form("expr", 0)),
        sequence(token("LPAR"), phrase, token("RPAR"), to=pick(1)),
        sequence(token("BAR"), phrase, token("BAR"), to=form("apply", "Abs(x)", 1)),
        sequence(token("OP"), token("NUM", "PARAM"), to=_signed),
    )
)


def _signed(sign: str, value: Any) -> Any:
    if sign != "-":
        return None
    return ("apply", "-x", ("param", value)) if isinstance(value, str) else ("num", -value)


def _number_of(name: str) -> Any:
    """The number of steps is the parameter `steps`; the number of weights may be another number than `weights`."""
    inner = ("param", name)
    return inner if name.rpartition("_")[2] in COUNTED else ("described", ("number of",), inner)


head: Parser = rule(
    lambda: either(
        atom,
        sequence(token("THING", "NEUT"), atom, to=lambda _, inner: inner if inner[0] in ("param", "sym") else None),
        sequence(token("PARAM"), token("THING"), to=form("param", 0)),
        sequence(
            token("PARAM"),
            maybe(token("THING")),
            token("OF", "OPEN"),
            token("SHAPE"),
            token("WORD", "SET", "EXPR", "UNREAD", "PARAM", "SYM", "NUM"),
            to=form("param", 0),
        ),
        sequence(token("PARAM"), token("SYM"), to=form("named", 0, 1)),
        sequence(some(token(*_HEADS), 1), token("PARAM"), to=lambda words, name: ("described", words, ("param", name))),
        sequence(some(token(*_HEADS), 1), token("SYM"), to=lambda words, name: ("described", words, ("sym", name))),
        sequence(
            token("NUMBER_OF"), DET, some(token(*_HEADS)), token("SYM"), to=lambda _, __, words, name: ("described", words, ("sym", name))
        ),
        sequence(token("NUMBER_OF"), DET, token("PARAM"), to=lambda _, __, name: _number_of(name)),
    )
)

applied: Parser = rule(
    lambda: either(
        head,
        sequence(token("OPERATOR"), maybe(token("OF")), DET, applied, to=form("apply", 0, 3)),
        sequence(
            token("OPERATOR"),
            maybe(token("OF")),
            DET,
            token("SUM"),
            token("OF"),
            DET,
            applied,
            token("AND", "TO"),
            DET,
            applied,
            to=lambda operator, _, __, ___, ____, _____, a, ______, _______, b: ("apply", operator, ("arith", "+", a, b)),
        ),
        sequence(token("SUM"), token("OF"), DET, applied, token("AND", "TO"), DET, applied, to=form("arith", "+", 3, 6)),
        sequence(token("DIFFERENCE"), token("OF", "BETWEEN"), DET, applied, token("AND", "TO"), DET, applied, to=form("arith", "-", 3, 6)),
        sequence(token("PRODUCT"), token("OF"), DET, applied, token("AND", "TO"), DET, applied, to=form("arith", "*", 3, 6)),
        sequence(token("RATIO"), token("OF", "BETWEEN"), DET, applied, token("AND", "TO"), DET, applied, to=form("arith", "/", 3, 6)),
    )
)

_AFTER = either(
    sequence(token("AFTER"), to=lambda operator: lambda inner: ("apply", operator, inner)),
    sequence(token("COMMA"), token("AFTER"), to=lambda _, operator: lambda inner: ("apply", operator, inner)),
    sequence(token("UNIT"), to=lambda unit: lambda inner: ("unit", unit, inner)),
    sequence(token("LPAR"), token("UNIT"), token("RPAR"), to=lambda _, unit, __: lambda inner: ("unit", unit, inner)),
    sequence(token("BY"), DET, token("OPERATOR"), to=lambda _, __, operator: lambda inner: ("apply", operator, inner)),
)

term: Parser = rule(lambda: sequence(applied, some(_AFTER), to=_followed))


def _followed(inner: Any, functions: tuple[Any, ...]) -> Any:
    for function in functions:
        inner = function(inner)
    return inner


_SIGN_WORDS = either(
    sequence(token("PLUS"), to=always("+")),
    sequence(token("MINUS"), to=always("-")),
    sequence(token("TIMES"), to=always("*")),
    sequence(token("OVER"), to=always("/")),
    token("OP"),
)

arithmetic: Parser = rule(
    lambda: sequence(DET, term, some(sequence(_SIGN_WORDS, DET, term)), to=lambda _, first, rest: _computed(first, rest))
)


def _computed(first: Any, rest: tuple[Any, ...]) -> Any:
    """Left to right, with multiplication before addition; exponents bind most."""
    values, signs = [first], []
    for sign, _, value in rest:
        signs.append(sign)
        values.append(value)
    for level in ("^", "*/", "+-"):
        at = 0
        while at < len(signs):
            if signs[at] in level:
                values[at : at + 2] = [("arith", signs.pop(at), values[at], values[at + 1])]
            else:
                at += 1
    return values[0]


phrase: Parser = rule(
    lambda: either(
        arithmetic,
        sequence(arithmetic, token("USED"), some(token(*_HEADS, "DET", "OF", "AND", "OPERATOR", "FILL", "TO"), 1), to=pick(0)),
        sequence(arithmetic, token("COMMA"), token("NOT"), arithmetic, to=pick(0)),
        sequence(arithmetic, token("BUT", "AND"), token("NOT"), arithmetic, to=pick(0)),
        sequence(
            arithmetic, token("OF", "IN"), DET, some(token(*_HEADS), 1), to=lambda inner, _, __, words: ("described", ("of", *words), inner)
        ),
        sequence(
            DET,
            some(token(*_HEADS), 1),
            token("COMMA"),
            maybe(token("FILL")),
            maybe(token("COMMA")),
            arithmetic,
            to=lambda _, words, __, ___, ____, inner: _apposition(words, inner),
        ),
        sequence(
            DET,
            some(token(*_HEADS), 1),
            token("LPAR"),
            maybe(token("NAMED")),
            arithmetic,
            token("RPAR"),
            to=lambda _, words, __, ___, inner, ____: _apposition(words, inner),
        ),
        sequence(
            DET,
            token("OPERATOR"),
            maybe(token("OF")),
            DET,
            some(token(*_HEADS), 1),
            token("LPAR"),
            maybe(token("NAMED")),
            token("PARAM"),
            token("RPAR"),
            to=lambda *found: ("either", ("param", found[-2]), ("apply", found[1], ("param", found[-2]))),
        ),
        sequence(token("PARAM"), token("COMMA"), arithmetic, to=lambda _, __, inner: inner if inner[0] not in ("param", "sym") else None),
    )
)


def _apposition(words: tuple[Any, ...], inner: Any) -> Any:
    """The precision, the inverse square of the scale: the second phrase says what it is."""
    return inner if inner[0] != "num" else None


description: Parser = sequence(
    DET,
    PLAIN_WORDS,
    some(sequence(token("OF", "IN", "TO", "AND", "BY"), DET, PLAIN_WORDS)),
    to=lambda _, words, more: ("words", (*words, *(word for _, __, run in more for word in run))),
)
