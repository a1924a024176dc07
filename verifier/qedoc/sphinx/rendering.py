"""Renders a formula of the lock file as the nodes of a page."""

from dataclasses import dataclass

from docutils import nodes

from qedoc.report.layout import number, point
from qedoc.results import wording
from qedoc.results.examples import example_of
from qedoc.results.verdict import Verdict
from qedoc.sphinx.badges import MEANINGS, WORDS
from qedoc.sphinx.corrections import corrections
from qedoc.sphinx.details import account_node, heading_node, letters, sizes
from qedoc.sphinx.lock_reader import Entry
from qedoc.sphinx.nodes import COUNTEREXAMPLE, fold, formula, line, summary, written


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of a formula to show.

    Args:
        short: show only the formula and its status.
        code: show the code's own formula, in a fold.
    """

    short: bool = False
    code: bool = False


def rendered(entry: Entry, parts: Parts, source: tuple[str | None, int | None]) -> list[nodes.Node]:
    """Renders a formula with its details.

    Args:
        entry: the formula in the lock file.
        parts: the parts to show.
        source: file and line of the page.
    """
    result = entry.result
    made: list[nodes.Node] = [heading_node(entry), formula(result.formula.latex, result.formula.pretty, source)]
    if entry.stale:
        made.append(line(f"Stale: {entry.stale}. The last verdict was {WORDS[result.verdict]}.", "qedoc-why"))
    elif not parts.short:
        made.append(line(MEANINGS[entry.status], "qedoc-meaning"))
    if parts.short:
        return made + counterexamples(entry) + corrections(entry, source)
    made += [*counterexamples(entry), *corrections(entry, source), account_node(entry)]
    if parts.code:
        made += _code(entry, source)
    return made


def counterexamples(entry: Entry) -> list[nodes.Node]:
    """Renders where documentation and code differ: inputs, both values, and a line to paste."""
    made: list[nodes.Node] = []
    found = entry.result.decisive.counterexample
    if found is not None:
        text = (
            f"At {point(found.inputs)} the documented formula gives {number(found.documented)} and the code gives {number(found.actual)}."
        )
        call = nodes.literal_block(found.call, found.call, language="python")
        made.append(nodes.container("", line(text), call, classes=[COUNTEREXAMPLE]))
    for promise in entry.promises:
        if promise.verdict is Verdict.REFUTED and promise.counterexample is not None:
            said = written(wording.statement(promise.statement, letters(entry)))
            text = f". This does not hold at {point(promise.counterexample)}: {promise.reason}."
            paragraph = nodes.paragraph("", "", nodes.Text("Property: "), *said, nodes.Text(text))
            made.append(nodes.container("", paragraph, classes=[COUNTEREXAMPLE]))
    return made


def difference(entry: Entry) -> str:
    """Says in one line why a formula does not hold as documented."""
    case = entry.result.decisive
    if case.verdict is Verdict.REFUTED and case.counterexample is not None:
        found = case.counterexample
        return f"at {point(found.inputs)}: documented {number(found.documented)}, code {number(found.actual)}"
    for promise in entry.promises:
        if promise.verdict is Verdict.REFUTED:
            where = f" at {point(promise.counterexample)}" if promise.counterexample is not None else ""
            return f"{promise.statement!r} does not hold{where}: {promise.reason}"
    return case.reason


def _code(entry: Entry, source: tuple[str | None, int | None]) -> list[nodes.Node]:
    """Renders what the code computes, as one formula: for every length if it was read so, otherwise for one of the sizes."""
    cases = entry.result.cases
    whole = next((case.general for case in cases if case.general is not None), None)
    if whole is not None:
        note = line("This is the formula for arrays of every length. Indices count from 0.")
        return [fold("", summary("", CODE), formula(whole.latex, whole.pretty, source), note)]
    case = example_of(entry.result)
    if case is None or case.code is None:
        return []
    title = summary("", "", nodes.Text(CODE), *(written(sizes(case.id)) if len(cases) > 1 else []))
    return [fold("", title, formula(case.code.latex, case.code.pretty, source))]


CODE = "What the code computes"
"""The title of the fold with the formula of the code."""
