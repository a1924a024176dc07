"""Divides the display of a rule with a state into the rows that are its lines."""

import re
from collections.abc import Iterator, Sequence

from qedoc.read.brackets import split
from qedoc.read.cases import CASES, rows, trimmed
from qedoc.read.reading import Obstacle, Refused
from qedoc.read.step_names import RUNNING, goes_on
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import Group, Node, relation

STATE = re.compile(r"[A-Z]")
"""How a name is written that stands for all values of a state: `S_t`."""

_SETTING = re.compile(r"(?:if|when|for|with)?\s*(\w+)\s*(?:=|is)\s*(\w+)")
_TRUTHS = {"True": True, "False": False, "true": True, "false": False}
_DISPLAYS = frozenset({"align", "aligned", "equation", "gather", "gathered", "split", "eqnarray", "array", "math", "lines"})


def rows_of(nodes: Sequence[Node]) -> Iterator[list[Node]]:
    """The rows of a display, without alignment marks."""
    kept = trimmed(nodes)
    lone = kept[0] if len(kept) == 1 else None
    if isinstance(lone, Group) and lone.name in _DISPLAYS:
        first = lone.items[0] if lone.items else None
        columns = lone.name == "array" and isinstance(first, Group) and first.opener == "{"
        kept = list(lone.items[1:] if columns else lone.items)
    paragraph: list[Node] = []
    for node in (*kept, None):
        if node is None or (isinstance(node, Token) and node.kind is Kind.PARAGRAPH):
            for row in rows(paragraph):
                yield trimmed([item for item in row if not item.is_char("&")])
            paragraph = []
        else:
            paragraph.append(node)


def joined(found: Sequence[list[Node]]) -> list[list[Node]]:
    """The rows with a sign, each with the rows that go on with it."""
    lines: list[list[Node]] = []
    for row in found:
        if any(relation(node) in ("=", "<-") for node in row):
            lines.append(list(row))
        elif lines and (goes_on(row[0]) or goes_on(lines[-1][-1])):
            lines[-1] += row
        else:
            raise Refused(
                Obstacle.UNSUPPORTED, "a row of a rule without a sign between two sides", row[0].start, "write each line as m_t = ..."
            )
    return lines


def repeats(above: Sequence[Node], row: Sequence[Node]) -> bool:
    r"""Whether a row only writes the last term of the row above once more, as in `m_t = a m_{t-1} + g_t \\ g_t`. It may be a factor."""
    end = above[-len(row) :]
    before = above[-len(row) - 1] if len(above) > len(row) else None
    same = len(end) == len(row) and _spelled(end) == _spelled(row)
    return same and before is not None and (before.is_char("+", "-") or relation(before) in ("=", "<-"))


def _spelled(nodes: Sequence[Node]) -> str:
    return " ".join(node.text if isinstance(node, Token) else f"{node.opener} {_spelled(node.items)}" for node in nodes)


def is_state(left: Sequence[Node], right: Sequence[Node]) -> bool:
    """Whether a line only names the state: `S_t = (m_t, v_t)`, `S_t = m_t`."""
    first = left[0] if left else None
    letter = isinstance(first, Token) and first.kind is Kind.WORD and len(first.text) == 1 and bool(STATE.match(first.text))
    named = letter and len(left) == 3
    lone = right[0] if len(right) == 1 else None
    inside = lone.items if isinstance(lone, Group) and lone.opener in ("(", "[", r"\{") else right
    return named and not any(
        goes_on(node) or node.is_macro(*RUNNING) or (isinstance(node, Group) and node.opener == "(") for node in inside
    )


def settings(right: Sequence[Node]) -> list[tuple[tuple[str, bool] | None, Sequence[Node]]]:
    r"""The values of a line for each setting, `\begin{cases} a & \text{if } \texttt{nesterov = True} ...`; one value if there are none."""
    lone = right[0] if len(right) == 1 else None
    if not isinstance(lone, Group) or lone.name not in CASES:
        return [(None, right)]
    found: list[tuple[tuple[str, bool] | None, Sequence[Node]]] = []
    for row in rows(lone.items):
        cells = split(row, "&")
        said = " ".join(node.text for node in cells[-1] if isinstance(node, Token))
        match = _SETTING.fullmatch(said.strip())
        if len(cells) != 2 or match is None or match[2] not in _TRUTHS:
            return [(None, right)]
        found.append(((match[1], _TRUTHS[match[2]]), trimmed(cells[0])))
    return found
