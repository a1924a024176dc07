"""Worker tasks for one claim: describe it, check a case, compute plot data, lift the code."""

import pickle
import shlex
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qedoc.claims.limits import Limits
from qedoc.engine.messages import Claim, case_id, ran_out, reported
from qedoc.engine.pool import unpickled
from qedoc.engine.worker import tidy
from qedoc.errors import QedocError, SpecError, TargetError, UnsupportedError
from qedoc.lock.dependencies import portable
from qedoc.results.curve import Curve, View
from qedoc.results.verdict import CaseResult, ClaimResult, Formula, Inputs, Verdict
from qedoc.sources import specfiles

if TYPE_CHECKING:
    from qedoc.claims.readings import Readings
    from qedoc.claims.spec import Spec

_STAGE, _KNOWN = "stage", "known"


@reported
def describe(claim: Claim) -> ClaimResult:
    """Returns the result of a claim without any cases: its formula, symbols, domain and source."""
    from qedoc.judge.check import describe as describe_spec

    described = describe_spec(_spec(claim))
    if not claim.written:
        return described
    return replace(described, formula=replace(described.formula, latex=claim.written), notes=claim.notes)


@reported
def reading(claim: Claim) -> Formula:
    """Returns the formula of a claim as it was read."""
    from qedoc.judge.check import describe as describe_spec

    return describe_spec(_spec(claim)).formula


@reported
def check_case(claim: Claim, sizes: dict[str, int], limits: Limits, folder: Path) -> CaseResult:
    """Checks one case.

    Args:
        claim: the claim.
        sizes: the sizes of the case.
        limits: the limits of the case.
        folder: the task's folder. If this process is killed, `left_behind` reads the files that the task wrote there.
    """
    from qedoc.claims.readings import Readings
    from qedoc.judge.check import check as check_spec
    from qedoc.judge.readings import check_readings

    try:
        made = _loaded(claim)
        check_made = partial(check_readings, made) if isinstance(made, Readings) else partial(check_spec, made)
        result = check_made(sizes, limits, lambda doing: _note(folder, doing), lambda known: _keep(folder, known))
    except SpecError as error:
        if not claim.spec:
            raise
        return CaseResult(id=case_id(claim, sizes), verdict=Verdict.UNDECIDED, reason=error.message)  # there is no spec file to fix
    except (MemoryError, RecursionError) as error:
        return CaseResult(id=case_id(claim, sizes), verdict=Verdict.UNDECIDED, reason=ran_out(error))
    finally:
        tidy()
    return replace(result, reason=portable(result.reason))


@reported
def curve(claim: Claim, sizes: dict[str, int], at: Inputs | None, view: View | None) -> Curve:
    """Computes the plot data of a case, through the inputs `at` if there is a counterexample that no other inputs show better."""
    from qedoc.judge.check import curve as curve_of_spec

    return curve_of_spec(_spec(claim), sizes, at, view)


@reported
def lifted(
    target: str, claim: Claim | None, letters: Mapping[str, str] | None = None, settings: Mapping[str, Any] | None = None
) -> list[tuple[str, Formula]]:
    """Returns the formulas that the code computes, with their names.

    They are in the symbols of the claim, or in the target's own parameters if there is no claim. If the target takes no numbers, they are
    in the symbols of its docstring.

    Args:
        target: dotted path of the function.
        claim: a claim about it.
        letters: the letter of a parameter, by parameter, if there is no claim.
        settings: values of parameters, if there is no claim.
    """
    from qedoc.judge.check import lifted as lifted_spec

    if claim is not None:
        return [(claim.id, lifted_spec(target, _spec(claim)))]
    try:
        return [(target, lifted_spec(target, None, letters, settings))]
    except (TargetError, UnsupportedError):
        found = [] if letters or settings else list(_documented(target))
        if not found:
            raise
        return found


def _documented(target: str) -> Iterator[tuple[str, Formula]]:
    """The formulas that the code computes for the values that the docstring of an object describes."""
    from qedoc.bind.claims import claims
    from qedoc.bind.records import Bound
    from qedoc.judge.check import lifted as lifted_spec
    from qedoc.sources.docstrings import record_of

    try:
        made = claims(record_of(target))
    except QedocError:
        return
    for one in made:
        if isinstance(one, Bound):
            with suppress(QedocError):
                yield one.spec.id, lifted_spec(one.spec.target, one.spec)


def left_behind(files: Mapping[str, bytes]) -> tuple[str, CaseResult | None]:
    """Returns the last stage of a case whose worker was killed, and its preliminary result, if it is tested or refuted.

    Args:
        files: the files in the task's folder.
    """
    stage = files.get(_STAGE, b"").decode(errors="replace")
    if _KNOWN not in files:
        return stage, None
    found: CaseResult = unpickled(BytesIO(files[_KNOWN]))
    return stage, found if found.verdict in (Verdict.TESTED, Verdict.REFUTED) else None


def _spec(claim: Claim) -> "Spec":
    """The claim; for a formula with several interpretations, the most plausible one that can be checked."""
    from qedoc.claims.readings import Readings

    made = _loaded(claim)
    return made.spec if isinstance(made, Readings) else made


def _loaded(claim: Claim) -> "Spec | Readings":
    if not claim.spec:
        return specfiles.load(claim.file)[claim.index]
    from qedoc.claims.readings import Readings

    made: Spec | Readings = pickle.loads(claim.spec)  # noqa: S301  # a worker of this run wrote it
    if not claim.interpret or not isinstance(made, Readings):
        return made
    many = len(made.alternatives)
    if claim.interpret > many or made.alternatives[claim.interpret - 1].outer is None:
        can = [number for number, one in enumerate(made.alternatives, start=1) if one.outer is not None]
        listed = f"it has {', '.join(map(str, can))}; qedoc show --why {shlex.quote(claim.id)} lists them"
        raise QedocError(
            f"--interpret {claim.interpret}: {claim.id} has no such interpretation that can be checked; {listed}", claim.location
        )
    return replace(made, settled=claim.interpret)


def _keep(folder: Path, known: CaseResult) -> None:
    part = folder / "part"
    part.write_bytes(pickle.dumps(known))
    part.replace(folder / _KNOWN)


def _note(folder: Path, doing: str) -> None:
    (folder / _STAGE).write_text(doing, encoding="utf-8")
