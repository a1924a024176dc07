r"""Formulas whose left side says nothing that qedoc knows: `\int_{-\infty}^u K(t) dt = \Phi(u)` in the docstring of a method `cdf`.

Their right side may be the value. If the code agrees, the formula holds; if it does not, the left side may be something else, so that
nothing is refuted.
"""

import re
from dataclasses import replace

from qedoc.bind.context import Context
from qedoc.read import Equation, Reading, Unreadable, read
from qedoc.sources.docstrings import Formula

_RELATION = re.compile(r"<|>|\\(?:approx|sim|propto|le|leq|ge|geq|ne|neq|to|in|rightarrow|leftarrow|gets|mapsto)(?![A-Za-z])|[!=]=")
_ROWS = re.compile(r"\\\\|&|\\begin\s*\{(?:align|split|gather|eqnarray)")
_OPENERS, _CLOSERS = "{([", "})]"


def right_side(context: Context, formula: Formula, reading: Unreadable) -> Reading | None:
    """Returns the right side of a formula whose left side cannot be read, as a value; None for any other formula.

    The right side must be more than one name, and the left side must not contain the name of another documented function.

    Args:
        context: the docstring.
        formula: the formula as written.
        reading: why it cannot be read, and where.
    """
    place = _equality(formula.latex)
    if formula.notation or not context.record.arguments or place < 0 or reading.offset >= place:
        return None
    left, right = formula.latex[:place].rstrip(" :"), formula.latex[place + 1 :]
    if _RELATION.search(_outside(left)) or _names_another(context, left):
        return None
    found = read(right, context.names)
    if not isinstance(found, Reading) or any(len(one.equations) != 1 for one in (found, *found.others)):
        return None
    others = tuple(replace(one, equations=(_alone(one.equations[0], left),)) for one in found.others)
    return replace(found, equations=(_alone(found.equations[0], left),), others=others) if found.equations[0].right.args else None


def _alone(equation: Equation, left: str) -> Equation:
    return replace(equation, left=None, unread=" ".join(left.split()))


def _equality(latex: str) -> int:
    """The place of the only equality sign outside of brackets; -1 if there is none, or if the formula has rows."""
    if _ROWS.search(latex.partition("=")[0]):
        return -1
    depth, places = 0, list[int]()
    for place, letter in enumerate(latex):
        escaped = latex[place - 1 : place] == "\\"
        if letter in _OPENERS and not (escaped and letter != "{"):
            depth += 1
        elif letter in _CLOSERS and not (escaped and letter != "}"):
            depth -= 1
        elif letter == "=" and depth == 0 and "begin" not in latex[:place]:
            places.append(place)
    return places[0] if len(places) == 1 else -1


def _outside(left: str) -> str:
    """A left side without what stands in braces: the conditions on the index of a sum."""
    before = ""
    while before != left:
        before, left = left, re.sub(r"\{[^{}]*\}", " ", left)
    return left


def _names_another(context: Context, left: str) -> bool:
    """Whether a left side contains the name of another documented function."""
    said = set(re.findall(r"[A-Za-z]\w+", left.replace(r"\_", "_")))
    return bool(said & {name for name in context.record.siblings | context.others if len(name) > 1})
