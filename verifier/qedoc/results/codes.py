"""Every kind of finding, with a code that stays: what it means, what it looks like, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from qedoc.errors import QedocError, meant, question

PREFIX = "QED"


class Level(StrEnum):
    """How much a finding weighs: an error fails, a warning fails with --strict, a note never does."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A kind of finding.

    Args:
        code: its name for good, such as QED101.
        name: its name in words, for tools that show rules.
        title: what is the case, in one line.
        level: how much it weighs.
        explanation: what it means and what it rests on.
        example: what it looks like.
        advice: what to do.
    """

    code: str
    name: str
    title: str
    level: Level
    explanation: str
    example: str
    advice: str


REFUTED = Code(
    code="QED101",
    name="formula-refuted",
    title="the documented formula is not what the code computes",
    level=Level.ERROR,
    explanation=(
        "At a rational point of the claim's domain the enclosures of the documented formula and of the code's "
        "formula are disjoint: in exact "
        "arithmetic they have different values there. Running the code at the point gave what its formula says. No tolerance is involved."
    ),
    example="optax.cosine_decay_schedule: at init_value=1, decay_steps=1, alpha=1, count=0: documented 2, code 1",
    advice=("Paste the line that comes with the finding to see for yourself. Then correct the formula, or the code, whichever is wrong."),
)
PROPERTY_REFUTED = Code(
    code="QED102",
    name="property-refuted",
    title="a promised property does not hold",
    level=Level.ERROR,
    explanation=(
        "The point that comes with the finding lies in the claim's domain and contradicts the property, of the formula that the "
        "code computes."
    ),
    example="optax.linear_schedule: non-increasing in t: the value grows there at init_value=0, end_value=1, count=0",
    advice="Restrict the property with where=, drop it, or correct the code.",
)
UNREADABLE = Code(
    code="QED201",
    name="formula-unreadable",
    title="the formula could not be read, or its symbols not bound to the function's parameters",
    level=Level.WARNING,
    explanation=(
        "What is written is not a formula that has one reading, or it has a symbol that is no parameter of the function. Nothing "
        "is said about the code."
    ),
    example="mylib.loss: the symbol w is no parameter of mylib.loss; it has x, y",
    advice="Write what the reason proposes, or write a spec that binds the symbol.",
)
UNSUPPORTED = Code(
    code="QED202",
    name="code-unsupported",
    title="the code does something that qedoc has no rule for",
    level=Level.WARNING,
    explanation=(
        "The code was run on symbols and reached an operation that has no exact reading, or that cannot be traced. The reason "
        "names it and its line."
    ),
    example="mylib.draw: layers.py:12: no rule for the primitive threefry2x32 (uint32[])",
    advice="Claim something about a part of the function that can be read, or accept the finding with qedoc baseline.",
)
UNDECIDED = Code(
    code="QED203",
    name="undecided",
    title="no answer was found",
    level=Level.WARNING,
    explanation=(
        "A limit ran out, formula or code have no value at a point of the domain, or two stages of qedoc "
        "contradict each other. The reason says "
        "which. Unknown is never counted as a pass, and with --strict it fails."
    ),
    example="mylib.slow: time limit of 60 s ran out (proving the formula)",
    advice="Give it more time with --timeout, or restrict the domain to where both sides have a value.",
)
PROPERTY_OPEN = Code(
    code="QED204",
    name="property-undecided",
    title="a promised property was neither proved nor refuted",
    level=Level.WARNING,
    explanation="The claim has an answer, but one of its properties has none.",
    example="mylib.ramp: continuous in t: no proof was found",
    advice="Restrict the property with where=, or drop it.",
)
UNREAD = Code(
    code="QED206",
    name="module-unread",
    title="a module of the package could not be imported",
    level=Level.WARNING,
    explanation=(
        "The package was named, and this module inside it raises an exception when it is imported, or takes too long. Its docstrings were "
        "not read; those of the other modules were."
    ),
    example="mylib.plots: mylib.plots cannot be imported: ModuleNotFoundError: No module named 'matplotlib'",
    advice="Install what the module needs, or name the modules that are to be read.",
)
DOMAIN = Code(
    code="QED301",
    name="domain",
    title="formula and code have different domains",
    level=Level.NOTE,
    explanation=(
        "At a point, one side has a value and the other has none (nan, infinity, an exception), or the code accepts what the "
        "claim excludes."
    ),
    example="optax.constant_schedule: the code accepts count=-1, outside of the declared integers in [0, oo), and gives 1",
    advice="Say in the documentation where the formula holds, or let the code refuse what is outside.",
)
ACCURACY = Code(
    code="QED302",
    name="accuracy",
    title="rounding costs more than it should",
    level=Level.NOTE,
    explanation=(
        "Formula and code agree in exact arithmetic; in floating-point arithmetic the code is far from the exact value at the point."
    ),
    example="mylib.softplus: float32 gives inf at x=100, the exact value is 100",
    advice="Rearrange the computation, for instance with log1p, expm1 or logsumexp.",
)
TESTED = Code(
    code="QED303",
    name="tested-not-proved",
    title="no difference was found, and no proof either",
    level=Level.NOTE,
    explanation="At a recorded number of points formula and code agree. That is evidence, and it is not called a proof.",
    example="optax.cosine_onecycle_schedule: no difference at 200 points; not proved: the proof needs more than 2000 cells",
    advice="Nothing needs to be done.",
)
DEFAULT = Code(
    code="QED304",
    name="default-only",
    title="the formula holds for a default alone",
    level=Level.NOTE,
    explanation=(
        "The formula in a docstring leaves out a parameter that changes the result: it holds for the parameter's default, and not for "
        "another value, which the message names."
    ),
    example="mylib.loss: the formula holds for the default scale=1, not for scale=2: at x=1 it gives 1, the code 2",
    advice="Put the parameter into the formula, or say in the documentation that the formula is for its default.",
)
EMPTY = Code(
    code="QED305",
    name="no-formula",
    title="what was named has no display formula",
    level=Level.NOTE,
    explanation=(
        "A name of the command line or of docstrings in [tool.qedoc] was read, and none of its docstrings has a display formula. If a run "
        "finds nothing at all to check, the exit code is 2."
    ),
    example="mylib.io: no display formula in 12 docstrings (.. math::, $$, \\[ or a math fence)",
    advice="Correct the name, or leave it out.",
)
STALE = Code(
    code="QED401",
    name="lock-stale",
    title="the lock file does not answer for the claim as it is now",
    level=Level.ERROR,
    explanation=(
        "With --locked nothing is verified: what changed since the lock file was written, or was never verified, fails. The "
        "reason says what changed."
    ),
    example="optax.linear_schedule: the code has changed: optax/schedules/_schedule.py: linear_schedule",
    advice="Run qedoc check, look at what it says, and commit the lock file that it writes.",
)
GONE = Code(
    code="QED402",
    name="baseline-gone",
    title="an accepted finding is gone",
    level=Level.WARNING,
    explanation="The baseline file accepts a finding that this run did not make, although it looked at its claim.",
    example="optax.cosine_decay_schedule: QED101 is accepted in qedoc-baseline.json and is gone",
    advice="Run qedoc baseline to drop it, so that it cannot come back unseen.",
)
BROKEN = Code(
    code="QED501",
    name="cannot-run",
    title="a claim could not be checked at all",
    level=Level.ERROR,
    explanation=(
        "A spec file does not run, its target does not exist or does not have the parameters that the spec binds, a module that was named "
        "cannot be imported, code ends the process, or there was nothing to check. The exit code is 2."
    ),
    example="spec/loss.py:7: mylib.los: module mylib has no attribute 'los'; did you mean loss?",
    advice="Do what the message says. This code can be neither ignored nor accepted.",
)

CODES = (
    REFUTED,
    PROPERTY_REFUTED,
    UNREADABLE,
    UNSUPPORTED,
    UNDECIDED,
    PROPERTY_OPEN,
    UNREAD,
    DOMAIN,
    ACCURACY,
    TESTED,
    DEFAULT,
    EMPTY,
    STALE,
    GONE,
    BROKEN,
)


def named(code: str) -> Code:
    """The kind of finding that a code, in any case, or a name stands for.

    Raises:
        QedocError: for what is neither.
    """
    for known in CODES:
        if code.upper() == known.code or code.lower() == known.name:
            return known
    names = [name for known in CODES for name in (known.code, known.name)]
    hints = [*filter(None, [question(meant(code.upper(), names) or meant(code.lower(), names))]), "the codes are"]
    raise QedocError(f"no such code {code!r}; {' '.join(hints)} {', '.join(known.code for known in CODES)}")


def check_prefixes(prefixes: Sequence[str]) -> None:
    """Checks that each text is a code or the beginning of one.

    Raises:
        QedocError: for one that no code begins with.
    """
    for prefix in prefixes:
        if not prefix or not any(known.code.startswith(prefix.upper()) for known in CODES):
            raise QedocError(
                f"expected a code or the beginning of one, such as QED101 or QED1, found {prefix!r}; "
                f"the codes are {', '.join(known.code for known in CODES)}"
            )


def chosen(code: Code, select: Sequence[str], ignore: Sequence[str]) -> bool:
    """Whether findings of a code are reported: the longest beginning that fits decides, and `ignore` if both are as long.

    Args:
        code: the kind of finding.
        select: codes or their beginnings; all codes if empty.
        ignore: codes or their beginnings.
    """

    def fit(prefixes: Sequence[str]) -> int:
        return max((len(prefix) for prefix in prefixes if code.code.startswith(prefix.upper())), default=-1)

    wanted = fit(select) if select else 0
    return code is BROKEN or (wanted >= 0 and wanted > fit(ignore))
