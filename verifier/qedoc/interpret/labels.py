"""Reads labels above displays, `**Warmup phase** (t < n):`, and conditions that open a list of labelled displays, `When t >= a:`."""

import re
from typing import Any

from qedoc.interpret.introductions import introduction
from qedoc.interpret.parsing import Lattice, whole
from qedoc.interpret.passages import Passage
from qedoc.interpret.words import Vocabulary

LABEL = re.compile(
    r"\**(?:\d+[.)]\s*)?\**(?P<words>[^()*:`]+ )?(?:mode|phase|case|regime|branch|stage)\**\s*\((?P<inside>[^()]+)\)\s*:?\**:?",
    re.IGNORECASE,
)
"""A label: words, of which the last one says that it names a case, and a condition or setting in parentheses."""

_OPENING = re.compile(r"(?:when|if|for)\b.*:", re.IGNORECASE)


def labelled(vocabulary: Vocabulary, text: str) -> tuple[Any, ...]:
    """Returns the parses of the condition or setting in a label above a display; none for words that are no label.

    The label must name a case by its last word, and nothing else than the value: no gradient, no error.

    Args:
        vocabulary: what the words of the docstring can mean.
        text: the words above the display.
    """
    label = LABEL.fullmatch(text)
    if label is None:
        return ()
    words = vocabulary.lattice(label["words"] or "")
    if any(edge.kind in ("OTHER", "QUANTITY", "NOT") for edges in words.edges for edge in edges):
        return ()
    return whole(introduction, vocabulary.lattice(f"If ``{label['inside'].strip('`')}``,"))


def equates(lattice: Lattice) -> bool:
    """Whether words describe the value itself in words that were not understood, and end: `The loss is the weighted sum of both:`.

    The display may also be a part of it, so that a difference decides nothing. It is a part if the words go on with it
    (`the sum of both and`) or speak of it (`twice the following`), which is no description.

    Args:
        lattice: the words.
    """
    words = [word.lower() for word in lattice.words]
    if len(words) < 2 or words[-1] != ":" or words[-2] in _JOINING or _AHEAD & set(words):
        return False
    kinds = [{edge.kind for edge in edges} for edges in lattice.edges]
    starts = {edge.end for edge in lattice.edges[0] if edge.kind in ("SELF", "OUT")}
    described = any(end < len(kinds) - 1 and "IS" in kinds[end] for end in starts)
    return described and not any(each & _OTHERS for each in kinds)


_AHEAD = frozenset({"following", "below", "next", "this", "these", "formula", "equation", "expression", "term", "quantity"})
"""Words that speak of the display."""

_JOINING = frozenset(
    {"of", "and", "or", "by", "from", "to", "plus", "minus", "times", "over", "with", "as", "than", "in", "on", "is", "are"}
)
"""Words before a colon after which the display is a part of the sentence."""

_OTHERS = frozenset({"QUANTITY", "UPTO", "PROPTO", "SOLVES", "SUCH", "PROPERTY", "NOT", "MUSTNOT", "FAILS", "UNLESS", "OTHER"})
"""The kinds of words that may say that a display is no value."""


def opening(lattice: Lattice, passage: Passage) -> tuple[Any, ...]:
    """Returns the parses of a condition with a colon that stands before no display, `When t >= a:`; none for other words.

    Args:
        lattice: the words.
        passage: the words with their place.
    """
    if passage.after >= 0 or passage.first or not _OPENING.fullmatch(passage.text):
        return ()
    return tuple(parse for parse in whole(introduction, lattice) if parse[0] == "value" and parse[1] is not None)
