"""The grammar of noun phrases and conditions. Values are tuples, which `meaning` turns into expressions and relations.

A noun phrase is one of
    ("param", name)  ("sym", name)  ("num", number)  ("expr", expression)       what it names
    ("apply", operator, phrase)  ("arith", "+", phrase, phrase)                   what is computed from it
    ("unit", unit, phrase)  ("described", words, phrase)  ("words", words)      how it is described

A range is a property of a number
    ("sign", sign)  ("compare", "ge", phrase)  ("member", set)  ("not", range)  ("and", ranges)  ("or", ranges)  ("unclear",)

and a condition is a range of a subject
    ("holds", subject, range)  ("relation", relation)  ("all", conditions)  ("any", conditions)  ("no", condition)  ("unclear",)
"""

from typing import Any

from qedoc.interpret.lexicon import changes
from qedoc.interpret.parsing import Parser, always, either, form, maybe, pick, rule, sequence, some, token

DET = some(token("DET"))
PLAIN_WORDS = some(token("WORD", "NEUT", "THING", "OPERATOR", "QUANTITY", "OTHER", "FEATURE"), 1)

_HEADS = ("WORD", "NEUT", "THING")


def _described(words: tuple[Any, ...], phrase: Any) -> Any:
    return ("described", words, phrase)


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
        sequence(some(token(*_HEADS), 1), token("PARAM"), to=lambda words, name: _described(words, ("param", name))),
        sequence(token("NUMBER_OF"), DET, token("PARAM"), to=lambda _, __, name: _described(("number", "of"), ("param", name))),
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
            arithmetic, token("OF", "IN"), DET, some(token(*_HEADS), 1), to=lambda inner, _, __, words: _described(("of", *words), inner)
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
            arithmetic,
            token("RPAR"),
            to=lambda _, words, __, inner, ___: _apposition(words, inner),
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

# ------------------------------------------------------------------ ranges

bound: Parser = rule(lambda: either(arithmetic))

_COMPARISONS = either(
    *(sequence(token(kind), to=lambda _, kind=kind: kind.lower()) for kind in ("GE", "LE", "GT", "LT")),
    sequence(token("EQUAL"), to=always("eq")),
    sequence(token("UNEQUAL"), to=always("ne")),
    sequence(token("NOT"), token("EQUAL"), to=always("ne")),
)
_INCLUSION = either(
    sequence(maybe(token("COMMA")), token("INCLUSIVE"), to=always("in")),
    sequence(maybe(token("COMMA")), token("EXCLUSIVE"), to=always("ex")),
    sequence(token("LPAR"), token("INCLUSIVE"), token("RPAR"), to=always("in")),
    sequence(token("LPAR"), token("EXCLUSIVE"), token("RPAR"), to=always("ex")),
)
_END_INCLUSION = maybe(_INCLUSION, "")


def _between(strict: Any, _: Any, low: Any, low_kind: str, __: Any, high: Any, high_kind: str) -> Any:
    both = low_kind or high_kind
    least = "gt" if strict or (low_kind or (both if not low_kind and high_kind == "ex" else "")) == "ex" else "ge"
    most = "lt" if strict or high_kind == "ex" else "le"
    return ("and", (("compare", least, low), ("compare", most, high)))


def _from_to(strict: Any, _: Any, low: Any, low_kind: str, __: Any, high: Any, high_kind: str) -> Any:
    """An exclusion after the second number of `from a to b, exclusive` may be of both ends or of the last: either is possible."""
    if high_kind == "ex" and not low_kind:
        return ("unclear",)
    return _between(strict, _, low, low_kind, __, high, high_kind)


_SET_WORDS = frozenset(["interval", "range", "domain", "set", "closed", "open", "half-open", "unit", "values", "value", "numbers", "the"])

simple_range: Parser = rule(
    lambda: either(
        sequence(token("SIGN"), to=form("sign", 0)),
        sequence(
            maybe(token("STRICTLY")),
            _COMPARISONS,
            DET,
            bound,
            to=lambda strict, kind, _, value: ("compare", {"ge": "gt", "le": "lt"}.get(kind, kind) if strict else kind, value),
        ),
        sequence(token("EXCEEDS"), bound, to=form("compare", "gt", 1)),
        sequence(token("FALLS"), bound, to=form("compare", "lt", 1)),
        sequence(maybe(token("STRICTLY")), token("BETWEEN"), bound, _END_INCLUSION, token("TO", "AND"), bound, _END_INCLUSION, to=_from_to),
        sequence(
            maybe(token("IN")),
            DET,
            some(token("THING", "WORD")),
            token("SET"),
            to=lambda _, __, words, found: ("member", found) if all(word in _SET_WORDS for word in words) else None,
        ),
        sequence(
            maybe(token("IN")),
            DET,
            some(token("THING", "WORD")),
            token("RELATION"),
            to=lambda _, __, words, found: ("relation", found) if all(word in _SET_WORDS for word in words) else None,
        ),
        sequence(
            token("LIMITED"),
            DET,
            some(token("THING", "WORD")),
            token("SET"),
            to=lambda _, __, words, found: ("member", found) if all(word in _SET_WORDS for word in words) else None,
        ),
        sequence(token("LIMITED"), DET, token("SIGN"), maybe(token("THING", "SIGN")), to=form("sign", 2)),
        sequence(token("DET"), token("SIGN"), maybe(token("THING")), to=form("sign", 1)),
        sequence(some(token("NEUT"), 1), token("SIGN"), maybe(token("THING")), to=form("sign", 1)),
        sequence(token("SIGN"), some(token("NEUT")), token("THING"), to=form("sign", 0)),
        sequence(token("DET"), some(token("NEUT"), 0), token("THING"), simple_range, to=pick(3)),
        sequence(token("THING"), simple_range, to=pick(1)),
        sequence(
            token("DET"), token("SIGN"), maybe(token("THING")), simple_range, to=lambda _, sign, __, inner: ("and", (("sign", sign), inner))
        ),
        sequence(token("SIGN"), maybe(token("THING")), simple_range, to=lambda sign, _, inner: ("and", (("sign", sign), inner))),
        sequence(token("SIGN"), token("COMMA"), simple_range, to=lambda sign, _, inner: ("and", (("sign", sign), inner))),
        sequence(
            token("OUTSIDE"),
            DET,
            some(token("THING", "WORD")),
            token("SET"),
            to=lambda _, __, words, found: ("not", ("member", found)) if all(word in _SET_WORDS for word in words) else None,
        ),
        sequence(token("NOT"), simple_range, to=form("not", 1)),
        sequence(token("LPAR"), simple_range, token("RPAR"), to=pick(1)),
        sequence(token("IS"), token("NUM"), to=lambda _, number: ("compare", "eq", ("num", number))),
    )
)
any_range: Parser = rule(
    lambda: either(
        simple_range,
        sequence(
            simple_range,
            maybe(token("COMMA")),
            token("AND"),
            maybe(token("ONLY")),
            simple_range,
            to=lambda a, _, __, ___, b: ("and", (a, b)),
        ),
        sequence(
            simple_range,
            maybe(token("COMMA")),
            token("BUT", "AND"),
            token("NOT"),
            simple_range,
            to=lambda a, _, __, ___, b: ("and", (a, ("not", b))),
        ),
        sequence(simple_range, maybe(token("COMMA")), token("BUT"), simple_range, to=lambda a, _, __, b: ("and", (a, b))),
        sequence(simple_range, maybe(token("COMMA")), token("UNLESS"), bound, to=lambda a, _, __, b: ("and", (a, ("compare", "ne", b)))),
        sequence(simple_range, token("OR"), simple_range, to=lambda a, _, b: ("or", (a, b))),
        sequence(
            token("WORD"), simple_range, token("OR"), simple_range, to=lambda word, a, _, b: ("or", (a, b)) if word == "either" else None
        ),
        sequence(
            token("WORD"),
            simple_range,
            token("WORD"),
            simple_range,
            to=lambda word, a, nor, b: ("and", (("not", a), ("not", b))) if word == "neither" and nor == "nor" else None,
        ),
        sequence(simple_range, token("COMMA"), simple_range, to=lambda a, _, b: ("and", (a, b))),
    )
)

# ------------------------------------------------------------------ subjects and conditions

subject: Parser = rule(
    lambda: either(
        sequence(DET, some(token("THING", "NEUT")), token("SYM"), to=form("sym", 2)),
        sequence(DET, some(token("THING", "NEUT")), token("PARAM"), to=form("param", 2)),
        sequence(DET, token("PARAM"), token("THING"), to=form("param", 1)),
        sequence(DET, token("WORD"), token("PARAM"), to=lambda _, word, name: ("param", name) if not changes((word,)) else None),
        sequence(token("PARAM"), token("SYM"), to=form("sym", 1)),
        sequence(DET, some(token("NEUT")), token("THING"), to=always(("input",))),
        sequence(token("BAR"), subject, token("BAR"), to=lambda _, inner, __: ("abs", inner) if inner[0] in ("sym", "param") else None),
        sequence(
            DET,
            token("OPERATOR"),
            token("OF"),
            DET,
            subject,
            to=lambda _, operator, __, ___, inner: ("abs", inner) if operator == "Abs(x)" else None,
        ),
        sequence(token("EXPR"), to=form("expr", 0)),
    )
)
subjects: Parser = rule(
    lambda: either(
        sequence(subject, to=lambda one: (one,)),
        sequence(subject, token("AND", "OR", "COMMA"), subject, to=lambda a, _, b: (a, b) if ("input",) not in (a, b) else None),
        sequence(subject, token("COMMA"), subject, maybe(token("COMMA")), token("AND"), subject, to=lambda a, _, b, __, ___, c: (a, b, c)),
    )
)

signed: Parser = sequence(token("SIGN"), token("PARAM"), to=lambda sign, name: ("holds", ("param", name), ("sign", sign)))
"""An adjective before a parameter: `integer labels`."""

_IS = maybe(token("IS", "MUST"))


def _each(found: tuple[Any, ...], one_range: Any) -> Any:
    return ("all", tuple(("holds", one, one_range) for one in found)) if len(found) > 1 else ("holds", found[0], one_range)


_TURNED = {"ge": "le", "le": "ge", "gt": "lt", "lt": "gt", "eq": "eq", "ne": "ne"}

chain: Parser = rule(
    lambda: sequence(
        bound,
        _COMPARISONS,
        subject,
        _COMPARISONS,
        bound,
        to=lambda low, first, one, second, high: ("holds", one, ("and", (("compare", _TURNED[first], low), ("compare", second, high)))),
    )
)

statement: Parser = rule(
    lambda: either(
        sequence(token("RELATION"), to=lambda found: ("relation", found) if found is not None else ("unclear",)),
        chain,
        sequence(subjects, _IS, maybe(token("DET", "ONLY")), any_range, to=lambda found, _, __, inner: _each(found, inner)),
        sequence(subjects, token("MUSTNOT"), any_range, to=lambda found, _, inner: _each(found, ("not", inner))),
        sequence(
            subjects,
            token("MUSTNOT"),
            bound,
            to=lambda found, _, value: _each(found, ("compare", "ne", value)) if value[0] == "num" else None,
        ),
        sequence(subjects, token("IS"), token("NOT"), any_range, to=lambda found, _, __, inner: _each(found, ("not", inner))),
        sequence(
            subjects, token("MUSTNOT"), token("EXCEEDS"), bound, to=lambda found, _, __, value: _each(found, ("compare", "le", value))
        ),
        sequence(
            subjects, token("IS"), bound, to=lambda found, _, value: _each(found, ("compare", "eq", value)) if value[0] == "num" else None
        ),
        sequence(DET, token("SIGN"), some(token("NEUT")), subjects, to=lambda _, sign, __, found: _each(found, ("sign", sign))),
        sequence(DET, token("SET"), to=lambda _, found: ("holds", ("input",), ("member", found))),
        sequence(
            token("IN"),
            DET,
            some(token("THING", "WORD")),
            token("SET"),
            to=lambda _, __, words, found: ("holds", ("input",), ("member", found)) if all(w in _SET_WORDS for w in words) else None,
        ),
        sequence(subject, token("OPEN"), statement, to=pick(2)),
        sequence(DET, token("THING"), token("OPEN"), statement, to=pick(3)),
    )
)

statements: Parser = rule(
    lambda: either(
        statement,
        sequence(
            statement,
            maybe(token("COMMA")),
            token("AND", "COMMA"),
            maybe(token("OPEN")),
            statement,
            to=lambda a, _, __, ___, b: ("all", (a, b)),
        ),
        sequence(
            statement, maybe(token("COMMA")), token("OR"), maybe(token("OPEN")), statement, to=lambda a, _, __, ___, b: ("any", (a, b))
        ),
        sequence(
            statement,
            token("COMMA"),
            statement,
            maybe(token("COMMA")),
            token("AND"),
            statement,
            to=lambda a, _, b, __, ___, c: ("all", (a, b, c)),
        ),
    )
)
OPEN = sequence(maybe(token("ONLY")), some(token("OPEN"), 1), maybe(token("ONLY")), maybe(token("COMMA")), to=always("open"))

condition: Parser = rule(
    lambda: either(
        sequence(OPEN, statements, to=pick(1)),
        sequence(token("UNLESS"), maybe(token("OPEN")), statements, to=form("no", 2)),
    )
)
"""A condition with the word that opens it: `for x > 0`."""
