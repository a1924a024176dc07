"""What the names of a rule with a state are: the gradient, the parameters, the update."""

import re
from collections.abc import Collection, Sequence

from qedoc.bind.context import Context
from qedoc.read.step_names import Timed
from qedoc.read.steps import Line, Lines

MOVED = ("theta", "w", "params")
"""What the parameters that a rule moves are conventionally called."""

ALSO_MOVED = ("x", "p", "phi")
"""What they are called too, and other values as well."""

GRADIENT = "g"
"""What the gradient is conventionally called."""

UPDATES = ("u", "Delta w", "Delta theta", "Delta x", "Delta")
"""What the update of a step is conventionally called."""

_IS_GRADIENT = re.compile(
    r"\W*(?:(?:an?|the|incoming|current|stochastic|mini-?batch|mean|loss)\s+)*(?:gradients?|derivatives?|grads?)\b", re.IGNORECASE
)
_IS_MOVED = re.compile(r"\b(?:param(?:eter)?s?|weights?|iterates?|variables?|points?|models?)\b", re.IGNORECASE)

_OF_ENTRY = re.compile(r":math:`([^`]+?)\^\{?\(\w\)\}?`\W*(?:(?:is|denotes|represents|are)\s+)?([^:.;]+)")
"""A name of one entry, `G_t^{(l)}`, and what the text says about it."""


def roles(context: Context, read: Lines) -> tuple[frozenset[str], frozenset[str]]:
    """Returns the names of the gradient and of the parameters in a rule: by what the text calls them, or else by convention.

    Args:
        context: the docstring.
        read: the lines of the rule.
    """
    gradients, moved = set[str](), set[str]()
    updates = any(line.left.base in UPDATES for line in read.lines)
    entries = {name: words for text in context.lines for name, words in _OF_ENTRY.findall(text)}
    legend = {**entries, **context.legend}
    for base in {name.base for name in (*read.names.values(), *(line.left for line in read.lines))}:
        said = legend.get(f"{base}_{read.step}") or legend.get(base) or ""
        if base == GRADIENT if not said else _IS_GRADIENT.match(said):
            gradients.add(base)
        elif base in MOVED or (base in ALSO_MOVED and not updates):
            moved |= {base} if not said or _IS_MOVED.search(said) else set()
        elif said and re.match(r"\W*(?:the )?(?:model )?(?:parameters?|weights?|iterates?)\b(?! (?:decay|of|for))", said, re.IGNORECASE):
            moved.add(base)
    defined = {line.left.base for line in read.lines}
    points = {name.base for name in read.names.values() if name.slope} - defined if updates else set()
    moved |= {base for base in points & {*ALSO_MOVED} if not (said := legend.get(base, "")) or _IS_MOVED.search(said)}
    return frozenset(gradients - (defined - {GRADIENT})), frozenset(moved)


def output_of(lines: Sequence[Line], moved: Collection[str]) -> Timed | None:
    """What a rule gives: the parameters after the step, or the update; None if it has neither.

    Args:
        lines: its lines.
        moved: the names of the parameters.
    """
    given = [line.left for line in lines if line.left.shift is not None]
    return next((left for names in (moved, UPDATES) for left in given if left.base in names), None)
