"""The finding codes. Each code is permanent and has an explanation, an example and advice."""

from collections.abc import Sequence
from enum import StrEnum

from qedoc.errors import QedocError, meant, question
from qedoc.records import dataclass
from qedoc.results import links
from qedoc.results.verdict import CaseResult, Verdict

PREFIX = "QED"


class Level(StrEnum):
    """The severity of a finding. An error fails the run, a warning fails it with --strict, a note never does."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A kind of finding.

    Args:
        code: the permanent code, such as QED101.
        name: a readable name, for tools that show rules.
        title: a one-line description.
        level: the severity.
        explanation: what the finding means and what it is based on.
        example: an example message.
        advice: what to do about it.
    """

    code: str
    name: str
    title: str
    level: Level
    explanation: str
    example: str
    advice: str

    @property
    def url(self) -> str:
        """The address of its explanation in the documentation."""
        return links.page(f"findings.md#{self.code.lower()}")


REFUTED = Code(
    code="QED101",
    name="formula-refuted",
    title="the documented formula differs from the code",
    level=Level.ERROR,
    explanation=(
        "At a rational point of the claim's domain, the enclosures of the documented formula and of the code's formula are disjoint. So "
        "the two have different values in exact arithmetic. A run of the code at this point agrees with the code's formula. No tolerance "
        "is involved."
    ),
    example="optax.cosine_decay_schedule: at init_value=1, decay_steps=1, alpha=1, count=0: documented 2, code 1",
    advice="Run the line of Python in the report to reproduce the difference. Then correct the formula or the code, whichever is wrong.",
)
PROPERTY_REFUTED = Code(
    code="QED102",
    name="property-refuted",
    title="a claimed property does not hold",
    level=Level.ERROR,
    explanation="At the reported point of the claim's domain, the formula that the code computes violates the property.",
    example="optax.linear_schedule: non-increasing in t: the value grows there at init_value=0, end_value=1, count=0",
    advice="Restrict the property with where=, remove it, or correct the code.",
)
UNREADABLE = Code(
    code="QED201",
    name="formula-unreadable",
    title="the formula cannot be read, or its symbols cannot be bound to parameters",
    level=Level.WARNING,
    explanation=(
        "The LaTeX is not a formula with exactly one meaning, or one of its symbols is not a parameter of the function. The code was not "
        "checked."
    ),
    example="mylib.loss: the symbol w is no parameter of mylib.loss; it has x, y",
    advice="Follow the suggestion in the reason, or write a spec that binds the symbol.",
)
UNSUPPORTED = Code(
    code="QED202",
    name="code-unsupported",
    title="the code uses an operation that qedoc has no rule for",
    level=Level.WARNING,
    explanation=(
        "While tracing the code with symbols, qedoc reached an operation that has no exact formula or that cannot be traced. The reason "
        "names the operation and its line."
    ),
    example="mylib.draw: layers.py:12: no rule for the primitive threefry2x32 (uint32[])",
    advice="Make a claim about a part of the function that qedoc supports, or accept the finding with qedoc baseline.",
)
UNDECIDED = Code(
    code="QED203",
    name="undecided",
    title="no answer was found",
    level=Level.WARNING,
    explanation=(
        "A limit was reached, the formula or the code has no value at a point of the domain, or two stages of qedoc contradict each other. "
        "The reason says which. An undecided claim never counts as passed, and it fails with --strict."
    ),
    example="mylib.slow: the time limit of 60 s was reached (proving the formula)",
    advice="Increase the time limit with --timeout, or restrict the domain to points where both formula and code have a value.",
)
PROPERTY_OPEN = Code(
    code="QED204",
    name="property-undecided",
    title="a claimed property was neither proved nor refuted",
    level=Level.WARNING,
    explanation="The formula of the claim has an answer, but one of its properties has none.",
    example="mylib.ramp: continuous in t: no proof was found",
    advice="Restrict the property with where=, or remove it.",
)
DEPENDS = Code(
    code="QED205",
    name="depends-on-reading",
    title="the answer depends on what the text means",
    level=Level.WARNING,
    explanation=(
        "The text around the formula can be understood in more than one way, and the answers differ. The reason quotes the words, and "
        "says what the answer is in each case."
    ),
    example=("mylib.loss: it depends on what the text means: if 'for x < 1' restricts the formula, it is proved; if not, x=2 refutes it"),
    advice=(
        "Write the condition into the formula, or say it in other words. qedoc show --why lists the interpretations, and --interpret N or "
        "a comment below the formula settles one."
    ),
)
UNREAD = Code(
    code="QED206",
    name="module-unread",
    title="a module of the package could not be imported, or a public name could not be read",
    level=Level.WARNING,
    explanation=(
        "A module of the package raises an exception on import, or its import takes too long. Or a name that the package lists does not "
        "exist, or raises an exception when it is read. Its docstrings were not read, so the audit is incomplete. The rest was read."
    ),
    example=(
        "mylib.plots cannot be imported: ModuleNotFoundError: No module named 'matplotlib'; install the package that provides matplotlib"
    ),
    advice="Do what the message says, or name the modules to read instead of the package.",
)
DOMAIN = Code(
    code="QED301",
    name="domain",
    title="formula and code have different domains",
    level=Level.NOTE,
    explanation=(
        "At some point, either the formula or the code has a value and the other has none (nan, infinity, an exception). Or the code "
        "accepts inputs that the claim excludes."
    ),
    example="optax.constant_schedule: the code accepts count=-1, outside of the declared integers in [0, oo), and gives 1",
    advice="State in the documentation where the formula holds, or make the code reject inputs outside of this domain.",
)
ACCURACY = Code(
    code="QED302",
    name="accuracy",
    title="the code loses accuracy to rounding",
    level=Level.NOTE,
    explanation=(
        "Formula and code agree in exact arithmetic. But at the reported point, the floating-point result of the code is far from the "
        "exact value."
    ),
    example="mylib.softplus: float32 gives inf at x=100, the exact value is 100",
    advice="Rearrange the computation, for instance with log1p, expm1 or logsumexp.",
)
TESTED = Code(
    code="QED303",
    name="tested-not-proved",
    title="no difference was found, but there is no proof",
    level=Level.NOTE,
    explanation="Formula and code agree at all tested points, whose number is recorded. This is evidence, but not a proof.",
    example="optax.cosine_onecycle_schedule: no difference at 200 points; not proved: the proof needs more than 2000 cells",
    advice="No action is needed.",
)
DEFAULT = Code(
    code="QED304",
    name="default-only",
    title="the formula holds only for a default value",
    level=Level.NOTE,
    explanation=(
        "The formula in a docstring omits a parameter that affects the result. The formula holds for the default of this parameter, but "
        "not for the other value in the message."
    ),
    example="mylib.loss: the formula holds for the default scale=1, not for scale=2: at x=1 it gives 1, the code 2",
    advice="Add the parameter to the formula, or state in the documentation that the formula assumes the default.",
)
EMPTY = Code(
    code="QED305",
    name="no-formula",
    title="no display formula was found under a given name",
    level=Level.NOTE,
    explanation=(
        "A name from the command line or from docstrings in [tool.qedoc] was read, but none of its docstrings has a display formula. If a "
        "run finds nothing at all to check, the exit code is 2."
    ),
    example="mylib.io: no display formula in 12 docstrings (.. math::, $$, \\[ or a math fence)",
    advice="Correct the name or remove it.",
)
STALE = Code(
    code="QED401",
    name="lock-stale",
    title="the lock file has no current result for the claim",
    level=Level.ERROR,
    explanation=(
        "With --locked, qedoc verifies nothing. A claim that changed since the lock file was written, or that was never verified, fails. "
        "The reason says what changed."
    ),
    example="optax.linear_schedule: the code has changed: optax/schedules/_schedule.py: linear_schedule",
    advice="Run qedoc check, review the results, and commit the updated lock file.",
)
GONE = Code(
    code="QED402",
    name="baseline-gone",
    title="an accepted finding no longer occurs",
    level=Level.WARNING,
    explanation="The baseline file accepts a finding, and this run checked its claim without making the finding.",
    example="optax.cosine_decay_schedule: QED101 is accepted in qedoc-baseline.json but no longer occurs",
    advice="Run qedoc baseline to remove the entry. Otherwise the finding could return unnoticed.",
)
UNUSED = Code(
    code="QED403",
    name="suppression-unused",
    title="a comment silences a finding that does not occur",
    level=Level.WARNING,
    explanation=(
        "A comment below a formula, such as '.. qedoc: ignore QED101: reason', silences a finding, and this run checked the formula "
        "without making the finding."
    ),
    example="mylib.loss: the comment silences QED101, but the formula has no such finding; remove the comment",
    advice="Remove the comment, or the code that it need not silence. Otherwise the finding could return unnoticed.",
)
INVALID = Code(
    code="QED404",
    name="suppression-invalid",
    title="a comment that should silence a finding is not understood",
    level=Level.ERROR,
    explanation=(
        "A comment that begins with 'qedoc: ignore' has no reason, names a code that does not exist or that is not about a formula, or "
        "stands below no formula. It silences nothing."
    ),
    example="mylib/losses.py:12: expected one or more codes, a colon and a reason, found 'ignore QED101'",
    advice="Write the comment below the formula, with a code and a reason, as in '.. qedoc: ignore QED101: the sum is over all devices'.",
)
BROKEN = Code(
    code="QED501",
    name="cannot-run",
    title="a claim cannot be checked",
    level=Level.ERROR,
    explanation=(
        "A spec file does not run, its target does not exist or does not have the parameters that the spec binds, a given module cannot be "
        "imported, the code ends the process, or there is nothing to check. The exit code is 2."
    ),
    example="spec/loss.py:7: mylib.los: module mylib has no attribute 'los'; did you mean loss?",
    advice="Follow the message. This code can be neither ignored nor accepted.",
)

CODES = (
    REFUTED,
    PROPERTY_REFUTED,
    UNREADABLE,
    UNSUPPORTED,
    UNDECIDED,
    PROPERTY_OPEN,
    DEPENDS,
    UNREAD,
    DOMAIN,
    ACCURACY,
    TESTED,
    DEFAULT,
    EMPTY,
    STALE,
    GONE,
    UNUSED,
    INVALID,
    BROKEN,
)

_OF_VERDICT = {
    Verdict.REFUTED: REFUTED,
    Verdict.UNREADABLE: UNREADABLE,
    Verdict.UNSUPPORTED: UNSUPPORTED,
    Verdict.UNDECIDED: UNDECIDED,
    Verdict.TESTED: TESTED,
}
_OF_KIND = {"domain": DOMAIN, "accuracy": ACCURACY, "default": DEFAULT}


def of_case(case: CaseResult) -> Code | None:
    """Returns the code of the finding about the formula of a case; None if the case is proved or states no value."""
    return DEPENDS if case.depends_on_reading else _OF_VERDICT.get(case.verdict)


def of_property(verdict: Verdict) -> Code | None:
    """Returns the code of the finding about a property with this verdict; None if the property holds."""
    return None if verdict.holds else PROPERTY_REFUTED if verdict is Verdict.REFUTED else PROPERTY_OPEN


def of_kind(kind: str) -> Code:
    """Returns the code of a finding beside the verdict, by its kind: `domain`, `accuracy` or `default`."""
    return _OF_KIND.get(kind, DOMAIN)


def named(code: str) -> Code:
    """Returns the kind of finding with a code or a name. Upper and lower case are the same.

    Raises:
        QedocError: if there is no such code or name.
    """
    for known in CODES:
        if code.upper() == known.code or code.lower() == known.name:
            return known
    names = [name for known in CODES for name in (known.code, known.name)]
    hints = [*filter(None, [question(meant(code.upper(), names) or meant(code.lower(), names))]), "the codes are"]
    raise QedocError(f"unknown code {code!r}; {' '.join(hints)} {', '.join(known.code for known in CODES)}")


def check_prefixes(prefixes: Sequence[str]) -> None:
    """Checks that each string is a code or the prefix of a code.

    Raises:
        QedocError: if no code starts with one of the strings.
    """
    for prefix in prefixes:
        if not prefix or not any(known.code.startswith(prefix.upper()) for known in CODES):
            raise QedocError(
                f"expected a code or a code prefix, such as QED101 or QED1, found {prefix!r}; "
                f"the codes are {', '.join(known.code for known in CODES)}"
            )


_BY_VERDICT = {
    "refuted": (REFUTED, PROPERTY_REFUTED),
    "unreadable": (UNREADABLE,),
    "unsupported": (UNSUPPORTED,),
    "undecided": (UNDECIDED, PROPERTY_OPEN, DEPENDS),
    "tested": (TESTED,),
}


def failing(kinds: Sequence[str]) -> frozenset[str]:
    """Returns the finding codes of verdicts, names, codes and beginnings of codes.

    Args:
        kinds: such as `unreadable`, `domain`, `QED205` or `QED3`.

    Raises:
        QedocError: if no code belongs to one of them.
    """
    found: set[str] = set()
    for kind in kinds:
        of_verdict = _BY_VERDICT.get(kind.lower(), ())
        new = {
            known.code
            for known in CODES
            if known in of_verdict or known.name == kind.lower() or (kind and known.code.startswith(kind.upper()))
        }
        if not new:
            known = [*_BY_VERDICT, *(known.code for known in CODES), *(known.name for known in CODES)]
            hint = question(meant(kind.lower(), known) or meant(kind.upper(), known))
            raise QedocError(
                f"fail-on: expected verdicts ({', '.join(_BY_VERDICT)}) or finding codes, such as QED205, found {kind!r}"
                + (f"; {hint}" if hint else "")
            )
        found |= new
    return frozenset(found)


def chosen(code: Code, select: Sequence[str], ignore: Sequence[str]) -> bool:
    """Whether findings of a code are reported. The longest matching prefix decides; with equal lengths, `ignore` wins.

    Args:
        code: the kind of finding.
        select: codes or code prefixes; empty for all codes.
        ignore: codes or code prefixes.
    """

    def longest_match(prefixes: Sequence[str]) -> int:
        return max((len(prefix) for prefix in prefixes if code.code.startswith(prefix.upper())), default=-1)

    selected = longest_match(select) if select else 0
    return code is BROKEN or (selected >= 0 and selected > longest_match(ignore))
