"""What an editor shows when the pointer rests on a formula, in Markdown with formulas between `$$`."""

from collections.abc import Iterator

from qedoc.report import why
from qedoc.report.layout import number, point
from qedoc.report.markdown import plain
from qedoc.results import codes
from qedoc.results.corrections import described
from qedoc.results.verdict import CaseResult, ClaimResult, Formula


def card(result: ClaimResult, reading: Formula | None = None) -> str:
    """Returns the card of a formula: the verdict, the formula as it was read, that of the code, and how the text was understood.

    Args:
        result: the result of the claim.
        reading: the formula as it was read, if that is known.
    """
    return "\n\n".join(_parts(result, reading))


def _parts(result: ClaimResult, reading: Formula | None) -> Iterator[str]:
    case = result.decisive
    yield f"**{result.verdict}**{_code(case)} `{result.id}`"
    if result.symbols:
        yield "read as" if reading is not None else "documented"
        yield _display((reading or result.formula).latex)
    if case.code is not None:
        yield "the code computes"
        yield _display(case.code.latex)
    if case.counterexample is not None:
        found = case.counterexample
        yield f"at `{point(found.inputs)}`: documented `{number(found.documented)}`, code `{number(found.actual)}`"
        yield f"```python\n{found.call}  # {number(found.ran)}\n```"
    else:
        extent = f" ({result.extent})" if result.extent else ""
        yield plain(case.reason + extent)
    for correction in result.corrections:
        yield f"correction ({described(correction)})"
        yield _display(correction.latex)
    if result.domain:
        yield "for " + ", ".join(f"`{condition}`" for condition in result.domain)
    yield from _interpretation(case)


def _code(case: CaseResult) -> str:
    code = codes.of_case(case)
    return f" [{code.code}]({code.url})" if code is not None else ""


def _interpretation(case: CaseResult) -> Iterator[str]:
    """The choices of the interpretation with the most plausible reading, as a list."""
    groups = list(why.grouped(case.interpretations))
    if not groups:
        return
    choices = [
        f"- {plain(why.about(one))}: `{one.value or 'anything'}` ({one.sure}"
        + (f": {plain(words)})" if (words := why.quoted(one)) else ")")
        for one in groups[0][0].assumptions
    ]
    if choices:
        more = f" (1 of {len(groups)} interpretations)" if len(groups) > 1 else ""
        yield f"understood as{more}"
        yield "\n".join(choices)


def _display(latex: str) -> str:
    """A formula between dollar signs. Blank lines would end it."""
    return f"$$\n{chr(10).join(line for line in latex.splitlines() if line.strip())}\n$$"
