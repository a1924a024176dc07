"""Blocks for docstrings that were made from code."""

from qedoc.errors import Location
from qedoc.records import dataclass
from qedoc.results.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A block that holds.

    Args:
        target: dotted path of the function.
        text: the block, without indentation.
        docstring: the docstring with the block, as it was judged.
        documented: whether the function has a docstring without the block.
        place: the file and line of the function.
        verdict: `proved` or `tested`.
        reason: what the verdict is based on.
        warning: why the docstring as a whole does not confirm the block; empty if it does.
        other: the line of a formula that the docstring has already; 0 if there is none.
    """

    target: str
    text: str
    docstring: str
    documented: bool
    place: Location
    verdict: Verdict
    reason: str
    warning: str = ""
    other: int = 0
