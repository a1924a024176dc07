"""The grammar of ranges, of the numbers that they are about, and of conditions. Values are tuples, which `meaning` turns into relations.

A range is a property of a number
    ("sign", sign)  ("compare", "ge", phrase)  ("member", set)  ("not", range)  ("and", ranges)  ("or", ranges)  ("unclear",)

and a condition is a range of a subject
    ("holds", subject, range)  ("relation", relation)  ("all", conditions)  ("any", conditions)  ("no", condition)  ("unclear",)
"""

from collections.abc import Callable
from typing import Any

from qedoc.interpret.lexicon import changes
from qedoc.interpret.parsing import Parser, always, either, form, maybe, pick, rule, sequence, some, token
from qedoc.interpret.phrases import DET, arithmetic

OPEN = sequence(maybe(token("ONLY")), some(token("OPEN"), 1), maybe(token("ONLY")), maybe(token("COMMA")), to=always("open"))

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


def _equal(value: Any) -> Any:
    """The range of a number that is another number. `e is Euler's number` says what a letter means, and is no range."""
    return ("compare", "eq", value) if value[0] == "num" and value[1].is_rational is not False else None


_SET_WORDS = frozenset(["interval", "range", "domain", "set", "closed", "open", "half-open", "unit", "values", "value", "numbers", "the"])


def _set_after(opening: Parser, kind: str, make: Callable[[Any], Any]) -> Parser:
    """A set after words such as `in the interval`, and what is made of it. Words that are no part of that leave no parse."""
    return sequence(
        opening,
        DET,
        some(token("THING", "WORD")),
        token(kind),
        to=lambda _, __, words, found: make(found) if all(word in _SET_WORDS for word in words) else None,
    )


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
        _set_after(maybe(token("IN")), "SET", form("member", 0)),
        _set_after(maybe(token("IN")), "RELATION", form("relation", 0)),
        _set_after(token("LIMITED"), "SET", form("member", 0)),
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
        _set_after(token("OUTSIDE"), "SET", lambda found: ("not", ("member", found))),
        sequence(token("NOT"), simple_range, to=form("not", 1)),
        sequence(token("LPAR"), simple_range, token("RPAR"), to=pick(1)),
        sequence(token("IS"), token("NUM"), to=lambda _, number: _equal(("num", number))),
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


def _all_signs(signs: tuple[str, ...]) -> Any:
    found = tuple(("sign", sign) for sign in signs)
    return found[0] if len(found) == 1 else ("and", found)


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
            subjects, token("IS"), bound, to=lambda found, _, value: _each(found, equal) if (equal := _equal(value)) is not None else None
        ),
        sequence(subjects, token("SELF"), token("IS", "MUST"), any_range, to=lambda found, _, __, inner: _each(found, inner)),
        sequence(subjects, token("UNLESS"), bound, to=lambda found, _, value: _each(found, ("compare", "ne", value))),
        sequence(
            DET, some(token("SIGN"), 1), some(token("NEUT")), subjects, to=lambda _, signs, __, found: _each(found, _all_signs(signs))
        ),
        sequence(DET, token("SET"), to=lambda _, found: ("holds", ("input",), ("member", found))),
        _set_after(token("IN"), "SET", lambda found: ("holds", ("input",), ("member", found))),
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
            some(sequence(token("COMMA"), statement, to=pick(1)), 1),
            maybe(token("COMMA")),
            token("AND"),
            statement,
            to=lambda first, more, _, __, last: ("all", (first, *more, last)),
        ),
    )
)

condition: Parser = rule(
    lambda: either(
        sequence(OPEN, statements, to=pick(1)),
        sequence(token("UNLESS"), maybe(token("OPEN")), statements, to=form("no", 2)),
    )
)
"""A condition with the word that opens it: `for x > 0`."""
