"""Corrects the formula of a spec in its SymPy source: a relation that is too strict or points the other way, or a sign."""

import ast
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from qedoc.claims.limits import Limits
from qedoc.claims.spec import Spec
from qedoc.compose.reading import FAILS
from qedoc.errors import QedocError
from qedoc.judge.check import check
from qedoc.repair.source import Replacement, applied, decoded
from qedoc.results.verdict import CaseResult, Correction, Verdict, weakest
from qedoc.sources.specfiles import SpecFile, load
from qedoc.sources.specfiles import sizes as sizes_of

_RELATIONS: dict[type[ast.AST], tuple[str, tuple[str, ...]]] = {
    ast.Lt: ("<", ("<=", ">", ">=")),
    ast.LtE: ("<=", ("<", ">=", ">")),
    ast.Gt: (">", (">=", "<", "<=")),
}
_RELATIONS |= {ast.GtE: (">=", (">", "<=", "<"))}
_SIGNS: dict[type[ast.AST], tuple[str, tuple[str, ...]]] = {ast.Add: ("+", ("-",)), ast.Sub: ("-", ("+",))}
_NAMES = {"Lt": ("Le",), "Le": ("Lt",), "Gt": ("Ge",), "Ge": ("Gt",)}

MOST_POINTS = 200
"""Maximum number of points that are compared for each case."""


def corrected_spec(
    path: str, line: int, claim: str, timeout: float, clock: Callable[[], float] = time.monotonic
) -> tuple[Correction, Replacement] | None:
    """Returns a correction of the formula of a spec, with the part of the file to replace; None if no edit corrects it.

    Args:
        path: the spec file.
        line: the line of the spec.
        claim: the id of the claim.
        timeout: seconds after which nothing more is tried.
        clock: the time in seconds.

    Raises:
        QedocError: for a file that cannot be read.
    """
    text, _ = decoded(Path(path))
    deadline = clock() + timeout
    for cost, edit in sorted(_edits(text, line), key=lambda found: found[0]):
        if clock() > deadline:
            break
        try:
            made = load(SpecFile(path=path, text=applied(text, [edit])))
        except QedocError:
            continue
        spec = next((one for one in made if one.id == claim), None)
        verdict, reason = (Verdict.UNDECIDED, "") if spec is None else _judged(spec)
        if spec is not None and verdict.holds:
            return Correction(latex=edit.text, sympy=str(spec.formula), verdict=verdict, reason=reason, cost=cost), edit
    return None


def _judged(spec: Spec) -> tuple[Verdict, str]:
    """The verdict on all cases, and its reason. It ends at the first case that does not hold."""
    results: list[CaseResult] = []
    try:
        for sizes in sizes_of(spec)[::-1]:
            results.append(check(spec, sizes, Limits(max_points=MOST_POINTS), lambda _: None))
            if not results[-1].verdict.holds:
                break
    except FAILS as error:
        return Verdict.UNDECIDED, str(error)
    verdict = weakest([result.verdict for result in results])
    return verdict, next(result.reason for result in results if result.verdict is verdict)


def _edits(text: str, line: int) -> Iterator[tuple[float, Replacement]]:
    """The edits of the formula of a spec, each with its cost."""
    formula = _formula(ast.parse(text), line)
    for node in ast.walk(formula) if formula is not None else ():
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            table, left, right = _RELATIONS.get(type(node.ops[0])), node.left, node.comparators[0]
        elif isinstance(node, ast.BinOp):
            table, left, right = _SIGNS.get(type(node.op)), node.left, node.right
        elif isinstance(node, ast.Name) and node.id in _NAMES:
            start = _offset(text, node.lineno, node.col_offset)
            yield from ((1.0, Replacement(start=start, end=start + len(node.id), text=name)) for name in _NAMES[node.id])
            continue
        else:
            continue
        if table is None:
            continue
        written, others = table
        begin, end = _offset(text, left.end_lineno or 0, left.end_col_offset or 0), _offset(text, right.lineno, right.col_offset)
        at = text.find(written, begin, end)
        for place, other in enumerate(others if at >= 0 else ()):
            yield (2.0 if written in "+-" else 1.0 + place / 2), Replacement(start=at, end=at + len(written), text=other)


def _formula(tree: ast.Module, line: int) -> ast.expr | None:
    """The expression of the formula of the spec in a line, also if a name stands for it."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.lineno <= line <= (node.end_lineno or 0)]
    found = next((keyword.value for call in calls for keyword in call.keywords if keyword.arg == "formula"), None)
    if not isinstance(found, ast.Name):
        return found
    named = [node.value for node in tree.body if isinstance(node, ast.Assign) and _names(node) == [found.id]]
    return named[0] if len(named) == 1 else None


def _names(node: ast.Assign) -> list[str]:
    return [target.id for target in node.targets if isinstance(target, ast.Name)]


def _offset(text: str, line: int, column: int) -> int:
    """The offset of a place that Python gives as a line and a column in bytes."""
    lines = text.split("\n")
    return sum(len(one) + 1 for one in lines[: line - 1]) + len(lines[line - 1].encode()[:column].decode())
