r"""Cases that a parameter of the function tells apart by a name: `\operatorname{mean}(L), & \text{if reduction} = \text{`mean'}`.

Source of the notation: the losses of PyTorch, whose documentation other libraries follow.
"""

import re
from collections.abc import Collection, Sequence

from qedoc.read.brackets import split
from qedoc.read.cases import CASES, rows, trimmed
from qedoc.read.tree import Group, Node, spelled

_SETTING = re.compile(
    r"(?:if|when|for)?\s*[`'\"]{0,2}([A-Za-z_]\w+)[`'\"]{0,2}\s*(?:={1,2}|is)\s*"
    r"[`'\"\u2018\u201c]+(\w+)['\"\u2019\u201d]+[\s;.,]*"
)


def by_setting(side: Sequence[Node], parameters: Collection[str]) -> list[tuple[str, str, list[Node]]]:
    """Returns the cases of a side, each with a parameter, its name in this case and the value; empty if another condition stands there.

    Args:
        side: the side of an equation.
        parameters: the parameters of the function.
    """
    group = side[0] if len(side) == 1 else None
    if not isinstance(group, Group) or group.name not in CASES:
        return []
    found: list[tuple[str, str, list[Node]]] = []
    for row in rows(group.items):
        value, *rest = split(row, "&")
        said = _SETTING.fullmatch(" ".join(spelled(node) for cell in rest for node in cell).strip())
        if said is None or said[1] not in parameters:
            return []
        found.append((said[1], said[2], trimmed(value)))
    names = {name for name, _, _ in found}
    return found if len(names) == 1 and len({setting for _, setting, _ in found}) == len(found) else []
