"""The grammar of the words that introduce a display. An introduction is one of these.

("value", condition or None)                                                   the display is the value
("inexact",)                                                                   the display may be the value, or approximate it
("named", words)  ("computes", words)                                          the display is something named; the function computes it
("display is", quantities)  ("value is", quantities)                           the derivative of the value is the display; and reversed
("related", how)                                                               up to a constant, an equation to solve, a property
"""

from typing import Any

from qedoc.interpret.conditions import condition, statements, subjects
from qedoc.interpret.lexicon import NUMERICAL
from qedoc.interpret.parsing import Parser, always, either, form, maybe, pick, rule, sequence, some, token
from qedoc.interpret.phrases import DET, PLAIN_WORDS
from qedoc.interpret.statements import LOOSE, NOUN, SELF, SPEAKS, restriction

_FILLS = some(token("FILL", "COMMA", "COLON"))
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
_ELEMENTWISE = some(token("WORD", "NEUT", "FILL"))
_VARIABLES = maybe(
    either(
        sequence(token("OF", "OPEN", "AT"), subjects),
        sequence(token("OF", "OPEN", "AT"), DET, PLAIN_WORDS, maybe(token("SYM", "PARAM", "NUM"))),
    )
)

_BY = maybe(sequence(token("WRT", "IN", "OPEN"), DET, some(token("THING", "NEUT")), token("SYM", "PARAM"), to=pick(3)), "")


def _display_is(parts: tuple[Any, ...], by: str) -> Any:
    """What a display is, with the name by which the derivative is taken."""
    if by and parts != (("quantity", "derivative"),):
        return None
    return ("display is", (("derivative", by),) if by else parts)


def _uses(*parts: Any) -> Any:
    """The formula that the computation uses is the value, if its adjectives only say how it is computed. Else it may be an ingredient."""
    words = {word for run in parts[3] if isinstance(run, str) for word in run.lower().split()}
    return ("value", None) if words <= NUMERICAL | {","} else None


_AT = sequence(token("AT"), DET, maybe(PLAIN_WORDS), maybe(token("SYM", "PARAM", "NUM")))
_SETTINGS = sequence(token("SETTING"), some(sequence(maybe(token("COMMA")), token("AND"), token("SETTING"))))
"""Settings that `bind.switches` finds too: ``a=True`` and ``b=False``."""

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
        sequence(token("LABEL"), some(token("CITE")), to=always(("value", None))),
        sequence(token("OPEN"), _SETTINGS, maybe(token("COMMA")), maybe(introduction_body, ("value", None)), to=pick(3)),
        sequence(SELF, token("COMMA"), token("OPEN"), _SETTINGS, token("COMMA"), SPEAKS, to=always(("value", None))),
        sequence(restriction, maybe(token("COMMA")), maybe(SELF), maybe(SPEAKS), to=form("value", 0)),
        sequence(SELF, _AT, maybe(token("FILL", "COMMA")), SPEAKS, to=always(("value", None))),
        sequence(SELF, _VARIABLES, maybe(token("COMMA")), maybe(condition, None), maybe(token("COMMA")), SPEAKS, to=form("value", 3)),
        sequence(maybe(restriction, None), maybe(token("COMMA")), token("HAVE"), to=form("value", 0)),
        sequence(token("ASIDE"), maybe(token("COMMA")), maybe(introduction_body, ("value", None)), to=pick(2)),
        sequence(
            either(SELF, sequence(DET, PLAIN_WORDS, some(sequence(token("OF", "IN"), DET, PLAIN_WORDS)))),
            token("ESTIMATED"),
            some(LOOSE),
            to=always(("inexact",)),
        ),
        sequence(SELF, maybe(token("FILL")), SPEAKS, maybe(sequence(token("OPEN"), statements, to=pick(1)), None), to=form("value", 3)),
        sequence(
            maybe(token("FILL")),
            SELF,
            token("RETURNS"),
            DET,
            PLAIN_WORDS,
            maybe(token("SYM")),
            maybe(sequence(token("OF"), some(LOOSE))),
            token("RETURNS"),
            to=lambda _, __, ___, ____, words, symbol, *_r: ("value", None) if symbol else ("computes", words),
        ),
        sequence(SELF, token("USES"), DET, some(token("WORD", "NEUT", "COMMA")), token("FORMULA"), to=_uses),
        sequence(maybe(SELF), token("RETURNS"), maybe(token("SELF")), to=always(("value", None))),
        sequence(token("RETURNS"), DET, _ELEMENTWISE, maybe(token("SELF", "OUT", "THING")), to=form("computes", 2)),
        sequence(token("POSSESSIVE"), quantities, _BY, SPEAKS, to=lambda _, parts, by, __: _display_is(parts, by)),
        sequence(
            DET,
            quantities,
            token("OF"),
            SELF,
            _VARIABLES,
            _BY,
            SPEAKS,
            to=lambda _, parts, __, ___, ____, by, _____: _display_is(parts, by),
        ),
        sequence(DET, quantities, SELF, _VARIABLES, SPEAKS, to=form("display is", 1)),
        sequence(DET, quantities, _VARIABLES, SPEAKS, to=form("display is", 1)),
        sequence(DET, quantities, _BY, SPEAKS, to=lambda _, parts, by, __: _display_is(parts, by)),
        sequence(token("TAKING"), DET, quantities, maybe(sequence(token("OF"), some(LOOSE))), token("RETURNS"), to=form("display is", 2)),
        sequence(maybe(SELF), maybe(SPEAKS), DET, quantities, to=form("value is", 3)),
        sequence(
            maybe(SELF),
            maybe(SPEAKS),
            DET,
            quantities,
            token("OF"),
            DET,
            PLAIN_WORDS,
            maybe(sequence(token("COMMA"), token("WHOSE"), PLAIN_WORDS, token("IS"))),
            to=form("value is", 3),
        ),
        sequence(maybe(SELF), maybe(SPEAKS), DET, quantities, token("OF"), DET, SELF, to=form("value is", 3)),
        sequence(
            maybe(SELF),
            maybe(SPEAKS),
            DET,
            token("AVERAGE"),
            maybe(token("OF")),
            DET,
            some(token("WORD", "PARAM", "NEUT", "THING")),
            maybe(token("OF")),
            to=always(("related", "a mean or a sum")),
        ),
        sequence(some(LOOSE), token("UPTO"), some(LOOSE), to=always(("related", "up to a constant"))),
        sequence(maybe(NOUN), token("UPTO"), maybe(token("COMMA")), maybe(SELF), maybe(SPEAKS), to=always(("related", "up to a constant"))),
        sequence(
            maybe(NOUN),
            maybe(SELF),
            maybe(token("IS")),
            token("PROPTO"),
            maybe(token("COMMA")),
            maybe(SELF),
            maybe(SPEAKS),
            to=always(("related", "up to a factor")),
        ),
        sequence(
            maybe(NOUN),
            maybe(SELF),
            maybe(token("IS", "RETURNS")),
            DET,
            some(token("WORD", "THING", "SIGN", "NEUT")),
            token("SOLVES", "SUCH"),
            some(token("WORD", "DET", "NEUT", "THING", "OF")),
            to=always(("related", "an equation to solve")),
        ),
        sequence(
            maybe(SELF),
            maybe(token("DET")),
            some(token("WORD", "NEUT", "THING", "OUT")),
            token("PROPERTY"),
            some(token("WORD", "DET")),
            to=always(("related", "a property")),
        ),
        sequence(
            maybe(SELF),
            maybe(token("RETURNS", "IS")),
            DET,
            PLAIN_WORDS,
            some(sequence(token("OF", "IN", "AND", "BY", "TO", "OR", "COMMA"), DET, PLAIN_WORDS)),
            maybe(SPEAKS),
            to=lambda own, verb, _, words, more, last: (
                "computes" if own or verb else "named",
                (*words, *(w for _a, _b, run in more for w in run)),
            ),
        ),
        sequence(DET, PLAIN_WORDS, _VARIABLES, SPEAKS, to=form("named", 1)),
    )
)
