"""The causes for which formulas have no answer, or state no value. Reports group formulas by them."""

from qedoc.records import dataclass
from qedoc.results.verdict import CaseResult, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A cause.

    Args:
        slug: its permanent name, which the JSON report contains.
        title: what is in the way, as a noun.
        advice: what to do about it; empty if there is nothing to do.
    """

    slug: str
    title: str
    advice: str = ""


CAUSES = {
    cause.slug: cause
    for cause in (
        Cause(
            slug="ambiguous", title="a notation with several meanings", advice="write it so that it has one meaning; the reason says how"
        ),
        Cause(slug="unknown", title="an unknown command or name", advice="correct it, or use standard LaTeX"),
        Cause(slug="unsupported", title="a notation that qedoc does not read", advice="use another notation, or write a spec"),
        Cause(slug="malformed", title="a mistake in the LaTeX", advice="correct the formula"),
        Cause(slug="limit", title="a formula that is too long or too deeply nested", advice="split it, or name its parts"),
        Cause(
            slug="unexplained-symbol",
            title="a symbol that is no parameter and that nothing explains",
            advice="say in the docstring what it is, as in: where :math:`x` is ... (``parameter``)",
        ),
        Cause(slug="unknown-function", title="a function that nothing defines", advice="define it in the docstring"),
        Cause(
            slug="left-side",
            title="a left side that does not name the function",
            advice=r"write \mathrm{name}(...) on the left, or remove the left side",
        ),
        Cause(
            slug="no-function",
            title="a formula on a page whose text names no function",
            advice="name it in a comment above the formula: .. qedoc: package.function",
        ),
        Cause(slug="index", title="an index or axis without a clear range", advice="write the first and the last value of each index"),
        Cause(slug="unbound", title="a formula that does not fit the parameters", advice="see the reasons"),
        Cause(
            slug="unclear-words",
            title="words beside the formula that were not understood",
            advice="say it in other words, or write it into the formula; qedoc show --why TARGET quotes them",
        ),
        Cause(
            slug="depends-on-reading",
            title="an answer that depends on what the text means",
            advice="write the condition into the formula; qedoc show --why TARGET lists the interpretations",
        ),
        Cause(slug="time", title="the time limit", advice="increase it with --timeout"),
        Cause(slug="no-value", title="no point at which both formula and code have a value", advice="state where the formula holds"),
        Cause(slug="code", title="code that qedoc has no rule for", advice="write a spec for a part of it; qedoc rule QED202 explains it"),
        Cause(slug="open", title="neither a proof nor a counterexample", advice="see the reasons; qedoc rule QED203 explains them"),
        Cause(slug="constraint", title="a constraint"),
        Cause(slug="notation", title="a notation"),
        Cause(slug="step", title="a step of an algorithm, or a recurrence without an initial value"),
        Cause(slug="problem", title="an optimisation problem"),
        Cause(slug="approximation", title="an approximation"),
        Cause(slug="proportion", title="a proportionality"),
        Cause(slug="distribution", title="a distribution"),
        Cause(slug="factorisation", title="a factorisation"),
        Cause(slug="equation", title="an equation to be solved"),
        Cause(slug="expectation", title="an expectation"),
        Cause(slug="setting", title="a setting"),
        Cause(slug="record", title="the documentation of a record, which computes no value"),
        Cause(slug="definition", title="a definition that another formula uses"),
        Cause(slug="other", title="a statement about something else than the value of the object"),
    )
}
"""All causes, by slug."""

_USUAL = {
    Verdict.UNREADABLE: "unbound",
    Verdict.UNSUPPORTED: "code",
    Verdict.UNDECIDED: "open",
    Verdict.NOT_A_CLAIM: "other",
}


def cause_of(case: CaseResult) -> Cause | None:
    """The cause for which a case has no answer; None if it has one.

    Args:
        case: the case.
    """
    if case.verdict not in _USUAL:
        return None
    if case.depends_on_reading:
        return CAUSES["depends-on-reading"]
    if case.cause in CAUSES:
        return CAUSES[case.cause]
    if case.verdict is Verdict.UNDECIDED and case.paths and not case.points:
        return CAUSES["no-value"]
    return CAUSES[_USUAL[case.verdict]]
