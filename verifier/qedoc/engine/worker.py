"""What runs inside a worker process: only these functions import jax and sympy, and each gives back plain records."""

import ctypes
import gc
import itertools
import os
import pickle
import resource
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import wraps
from importlib import import_module
from io import BytesIO
from pathlib import Path
from textwrap import indent
from types import ModuleType
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import platformdirs

from qedoc.claims.limits import Limits
from qedoc.engine.deadline import Expired, deadline
from qedoc.errors import Location, QedocError, SpecError, TargetError, told
from qedoc.lock.dependencies import locate, portable
from qedoc.lock.syntax import digest
from qedoc.results.curve import Curve
from qedoc.results.outcome import Unread
from qedoc.results.verdict import CaseResult, ClaimResult, Formula, Inputs, Verdict
from qedoc.sources import specfiles
from qedoc.sources.specfiles import SpecFile

if TYPE_CHECKING:
    from qedoc.bind.records import Bound, Refused
    from qedoc.claims.spec import Spec
    from qedoc.sources.docstrings import Documented

YOUNG = 500_000
"""New objects between two collections; a check makes millions of small ones, few of them in cycles."""

PERIOD = 32
"""Cases after which a worker gives back what is left of them: cycles that hold compiled code, and pages that nothing uses."""

LARGE = 2**30
"""Bytes from which it also forgets what it has compiled."""

IMPORTING = 60.0
"""Seconds for the import of one module, at least: an import loads libraries, the formula of a docstring does not."""

NAMING, IMPORT, READING = "naming", "importing", "reading"
"""The steps of a survey: finding what is named, importing a module inside of it, reading the formulas of an object."""

_DOING, _DONE, _EXPIRED = "doing", "done", "expired"

_CASES = itertools.count(1)
_LOCAL = "is_local_module_file"  # of Hypothesis, which has no setting for it

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim, as a process without sympy knows it.

    Args:
        file: the spec file, or the source file of the docstring.
        index: the claim's position in the spec file, from 0.
        id: the claim's name.
        target: dotted path of the function.
        location: the spec's line.
        sizes: the sizes of each of its cases.
        content: a fingerprint of what it says.
        properties: what it promises, in words.
        spec: the spec of a claim that was read from LaTeX, pickled; that of a spec file is made by running the file.
        written: the LaTeX that the claim was read from.
        notes: what was taken without being written there.
        answer: the result of a claim that cannot be checked.
    """

    file: SpecFile
    index: int
    id: str
    target: str
    location: Location
    sizes: tuple[dict[str, int], ...]
    content: str = ""
    properties: tuple[str, ...] = ()
    spec: bytes = b""
    written: str = ""
    notes: tuple[str, ...] = ()
    answer: ClaimResult | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a function of this module has no result; exceptions themselves need not survive the way to another process.

    Args:
        message: what went wrong.
        location: the place in the user's files, if there is one.
        trace: the traceback, if qedoc itself is at fault.
        ends: whether the code in hand wanted to end the process.
        undecided: whether only the claim in hand has no answer, and nothing is wrong with the run.
    """

    message: str
    location: Location | None = None
    trace: str = ""
    ends: bool = False
    undecided: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found in the docstrings of a package, a module or an object.

    Args:
        claims: the claims, in the order of the files.
        unread: modules that were not imported, and objects whose formulas were not read.
        failures: mistakes of qedoc that were met.
        looked: how many docstrings were read.
    """

    claims: tuple[Claim, ...]
    unread: tuple[Unread, ...] = ()
    failures: tuple[Failure, ...] = ()
    looked: int = 0


def warm_up() -> None:
    """Prepares a worker: standard output belongs to the report, a stop is immediate, and the slow imports are made once."""
    os.dup2(2, 1)
    warnings.simplefilter("ignore")  # of the code in hand: what it gives is compared, nan and infinity too
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    _keep_compiled_code()
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.append(here)
    _draw_alike()
    try:
        import_module("qedoc.judge.check")
    except Exception:  # noqa: BLE001  the first task raises it again, where it can be reported
        return
    gc.freeze()  # what the imports made stays: the collector need not look at it again
    gc.set_threshold(YOUNG)


def _draw_alike() -> None:
    """Keeps Hypothesis to what it is asked for: it also tries numbers of all modules that are loaded, which depend on earlier cases."""
    with suppress(ImportError):
        setattr(import_module("hypothesis.internal.conjecture.providers"), _LOCAL, lambda path: False)


def _keep_compiled_code() -> None:
    """Lets JAX keep what it compiles between workers and runs: compiling the small kernels of a check takes longer than running them."""
    folder = platformdirs.user_cache_path("qedoc") / "xla"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # a home that cannot be written to: each worker compiles for itself
        return
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(folder))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")


def _reported(function: Callable[P, T]) -> Callable[P, T | Failure]:
    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T | Failure:
        try:
            return function(*args, **kwargs)
        except BaseException as error:  # noqa: BLE001  one claim's failure may not end the others
            return failure(error)

    return run


def failure(error: BaseException) -> Failure:
    """What an exception of any kind means for the run.

    Args:
        error: the exception.
    """
    match error:
        case QedocError():
            return Failure(message=error.message, location=error.location)
        case SystemExit() | KeyboardInterrupt():
            return Failure(message=f"the code ends the process: {_exit(error)}", ends=True)
        case Exception():
            return Failure(message=told(error), trace="".join(traceback.format_exception(error)))
    if type(error).__module__.partition(".")[0] == "qedoc":  # a signal of a run that is over, from a value of it
        return Failure(message="the code keeps a value of an earlier call and uses it in a later one", undecided=True)
    return Failure(message=f"the code raises {told(error)}, which is no Exception", undecided=True)


def _exit(error: SystemExit | KeyboardInterrupt) -> str:
    """How code ended the process, as it may be written."""
    if isinstance(error, KeyboardInterrupt):
        return "raise KeyboardInterrupt"
    plain = error.code is None or isinstance(error.code, int | str)
    return f"sys.exit({'' if error.code is None else repr(error.code) if plain else '...'})"


@_reported
def collect(file: SpecFile) -> tuple[Claim, ...]:
    """The claims of a spec file, in order of definition."""
    from qedoc.claims.properties import spoken
    from qedoc.lock.content import content

    return tuple(
        Claim(
            file=file,
            index=index,
            id=spec.id,
            target=spec.target,
            location=spec.location,
            sizes=tuple(specfiles.sizes(spec)),
            content=content(spec),
            properties=tuple(map(spoken, spec.properties)),
        )
        for index, spec in enumerate(specfiles.load(file))
    )


@_reported
def survey(
    name: str,
    seconds: float,
    left_out: Mapping[str, tuple[str, bool]],
    done: frozenset[str],
    folder: Path,
) -> Survey:
    """The claims in the docstrings of a package, a module or an object, in the order of the files.

    Args:
        name: its dotted path.
        seconds: the bound for the formulas of one object.
        left_out: steps that are left out, since a process ended over them: the reason, and whether the code ended it.
        done: objects that were read before.
        folder: for what `left_over` reads, should this process not come to its end.
    """
    from qedoc.sources.docstrings import documented, named

    visit = _Visit(folder=folder, left_out=left_out, seconds=_importing(seconds))
    visit.note(NAMING, name)
    try:
        with deadline(visit.seconds, folder / _EXPIRED):
            named(name)
    except Expired:
        raise TargetError(f"{name} cannot be imported: {slow(NAMING, seconds)}") from None
    except (SystemExit, KeyboardInterrupt) as error:
        raise TargetError(f"{name} cannot be imported: {failure(error).message}") from None
    records = documented(name, visit.load)
    unread, failures = visit.unread, list[Failure]()
    claims: list[Claim] = []
    for record in records:
        if record.name not in done:
            found = _claims_of(record, seconds, visit)
            _append(folder, record.name, found)
            claims += found.claims
            unread += found.unread
            failures += found.failures
    return Survey(claims=tuple(claims), unread=tuple(unread), failures=tuple(failures), looked=len(records))


def _claims_of(record: "Documented", seconds: float, visit: "_Visit") -> Survey:
    """The claims of one object; undecided, if reading them takes too long or ends in another way."""
    from qedoc.bind.claims import claims

    step = f"{READING} {record.name}"
    if step in visit.left_out:
        reason, ends = visit.left_out[step]
        return _unanswered(record, Failure(message=reason, ends=ends))
    if record.formulas:
        visit.note(READING, record.name)
    try:
        with deadline(seconds, visit.folder / _EXPIRED):
            return Survey(claims=tuple(map(_of_docstring, claims(record))))
    except Expired:
        return _unanswered(record, Failure(message=slow(READING, seconds)))
    except (MemoryError, RecursionError) as error:
        return _unanswered(record, Failure(message=_ran_out(error)))
    except BaseException as error:  # noqa: BLE001  one object's failure may not end the others
        return _unanswered(record, failure(error))


def _unanswered(record: "Documented", found: Failure) -> Survey:
    """The formulas of an object that could not be read, without an answer."""
    from qedoc.bind.records import Refused

    formulas = [formula for formula in record.formulas if formula.display]
    names = [f"{record.name}#{number}" if len(formulas) > 1 else record.name for number in range(1, len(formulas) + 1)]
    refused = [
        Refused(formula=formula, name=name, verdict=Verdict.UNDECIDED, reason=found.message)
        for formula, name in zip(formulas, names, strict=True)
    ]
    place = formulas[0].location if formulas else record.location
    ended = [Unread(name=record.name, reason=f"{record.name}: {found.message}", location=place, ends=True)] if found.ends else []
    broken = [replace(found, location=place)] if found.trace else []
    return Survey(claims=tuple(map(_of_docstring, refused)), unread=tuple(ended), failures=tuple(broken))


def slow(step: str, seconds: float) -> str:
    """Says that a step of a survey took too long.

    Args:
        step: what was done.
        seconds: the limit of a case.
    """
    if step == READING:
        return f"time limit of {seconds:g} s ran out (reading the formula)"
    return f"the import takes longer than {_importing(seconds):g} s"


def _importing(seconds: float) -> float:
    return max(seconds, IMPORTING)


def _ran_out(error: MemoryError | RecursionError) -> str:
    return f"{'memory' if isinstance(error, MemoryError) else 'the recursion limit of Python'} ran out"


def _append(folder: Path, name: str, found: Survey) -> None:
    with (folder / _DONE).open("ab") as file:
        pickle.dump((name, found), file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """What a survey whose process did not come to its end has left.

    Args:
        doing: a step (`naming`, `importing` or `reading`) with the name of the module or object; empty if none was begun.
        done: what was found of each object that was read.
        expired: whether the time for that one step was over.
    """

    doing: str
    done: dict[str, Survey]
    expired: bool


def left_over(files: Mapping[str, bytes]) -> Leftover:
    """What a survey has left in its folder.

    Args:
        files: of its folder.
    """
    done: dict[str, Survey] = {}
    stream = BytesIO(files.get(_DONE, b""))
    with suppress(EOFError, pickle.UnpicklingError):  # the last one may not be whole
        while True:
            name, found = pickle.load(stream)  # noqa: S301  a worker of this run wrote it
            done[name] = found
    return Leftover(doing=files.get(_DOING, b"").decode(errors="replace"), done=done, expired=bool(files.get(_EXPIRED)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """The modules on the way of a survey.

    Args:
        folder: where it is noted what is being done.
        left_out: as for `survey`.
        seconds: the bound for one module.
        unread: the modules that could not be imported.
    """

    folder: Path
    left_out: Mapping[str, tuple[str, bool]]
    seconds: float
    unread: list[Unread] = field(default_factory=list)

    def note(self, step: str, name: str) -> None:
        """Records the current step, so that it is known if the process dies."""
        (self.folder / _DOING).write_text(f"{step} {name}", encoding="utf-8")

    def load(self, name: str) -> ModuleType | None:
        """A module of the package; None for one that cannot be imported."""
        step = f"{IMPORT} {name}"
        if step in self.left_out:
            reason, ends = self.left_out[step]
            self._leave_out(name, reason, ends=ends)
            return None
        self.note(IMPORT, name)
        try:
            with deadline(self.seconds, self.folder / _EXPIRED):
                return import_module(name)
        except Expired:
            self._leave_out(name, slow(IMPORT, self.seconds), ends=False)
        except Exception as error:  # noqa: BLE001  whatever a part of a package raises, the rest can be read
            self._leave_out(name, told(error), ends=False)
        except BaseException as error:  # noqa: BLE001  as above
            found = failure(error)
            self._leave_out(name, found.message, ends=found.ends)
        return None

    def _leave_out(self, name: str, reason: str, *, ends: bool) -> None:
        self.unread.append(Unread(name=name, reason=f"{name} cannot be imported: {reason}", location=_module_place(name), ends=ends))


def _module_place(name: str) -> Location | None:
    path = locate(name)
    return None if path is None else Location(path=str(path), line=1)


@_reported
def given(target: str, latex: str, bind: dict[str, str], where: tuple[str, ...]) -> tuple[Claim, ...]:
    """The claims of a formula that is given for a function.

    Raises:
        QedocError: for a formula that cannot be read or bound; the one who gave it is there to change it.
    """
    from qedoc.bind.claims import given as given_for
    from qedoc.bind.records import Refused

    found = given_for(target, latex, bind, where)
    for claim in found:
        if isinstance(claim, Refused):
            help = f"; {claim.suggestion}" if claim.suggestion else ""
            if claim.reason.startswith("the condition "):
                raise QedocError(f"--where: {claim.reason}{help}")
            raise QedocError(f"--latex: {claim.reason}{help}\n{_pointed(latex, claim.place)}")
    return tuple(map(_of_docstring, found))


def _pointed(latex: str, place: tuple[int, int] | None) -> str:
    """The formula, up to the line of a place with a mark below it."""
    if place is None:
        return indent(latex, "  ")
    line, column = place
    return indent("\n".join([*latex.split("\n")[:line], " " * (column - 1) + "^"]), "  ")


def _of_docstring(claim: "Bound | Refused") -> Claim:
    from qedoc.bind.records import Refused
    from qedoc.lock.content import content

    written = claim.formula.latex.strip()
    file = SpecFile(path=claim.formula.location.path, text="")
    if not isinstance(claim, Refused):
        spec = claim.spec
        return Claim(
            file=file,
            index=0,
            id=spec.id,
            target=spec.target,
            location=claim.formula.location,
            sizes=tuple(specfiles.sizes(spec)),
            content=digest(f"{content(spec)} {written} {claim.notes}"),
            spec=pickle.dumps(spec),
            written=written,
            notes=claim.notes,
        )
    reason = f"{claim.reason}; {claim.suggestion}" if claim.suggestion else claim.reason
    target = claim.name.partition("#")[0]
    answer = ClaimResult(
        id=claim.name,
        target=target,
        location=claim.formula.location,
        formula=Formula(latex=written, sympy=claim.reading, pretty=claim.reading or written),
        symbols=(),
        domain=(),
        source="",
        cases=(CaseResult(id=claim.name, verdict=claim.verdict, reason=reason),),
    )
    return Claim(
        file=file,
        index=0,
        id=claim.name,
        target=target,
        location=answer.location,
        sizes=(),
        content=digest(f"{written} {reason}"),
        written=written,
        answer=answer,
    )


def undecided(target: str, latex: str, reason: str) -> Claim:
    """The claim of a formula of the command line that could not be read in time.

    Args:
        target: dotted path of the function.
        latex: the formula.
        reason: what was in the way.
    """
    location = Location(path="--latex", line=1)
    claim = Claim(file=SpecFile(path=location.path, text=""), index=0, id=target, target=target, location=location, sizes=(), written=latex)
    case = CaseResult(id=target, verdict=Verdict.UNDECIDED, reason=reason)
    return replace(claim, answer=replace(plain(claim), cases=(case,)))


def _spec(claim: Claim) -> "Spec":
    if not claim.spec:
        return specfiles.load(claim.file)[claim.index]
    made: Spec = pickle.loads(claim.spec)  # noqa: S301  a worker of this run wrote it
    return made


@_reported
def describe(claim: Claim) -> ClaimResult:
    """All that a report says of a claim before it is checked; it has no cases yet."""
    from qedoc.judge.check import describe as describe_spec

    described = describe_spec(_spec(claim))
    if not claim.written:
        return described
    return replace(described, formula=replace(described.formula, latex=claim.written), notes=claim.notes)


def plain(claim: Claim) -> ClaimResult:
    """What is known of a claim whose description failed; it has no cases yet.

    Args:
        claim: the claim.
    """
    formula = Formula(latex=claim.written, sympy="", pretty=claim.written or "not shown")
    return ClaimResult(
        id=claim.id, target=claim.target, location=claim.location, formula=formula, symbols=(), domain=(), source="", cases=()
    )


@_reported
def check_case(claim: Claim, sizes: dict[str, int], limits: Limits, folder: Path) -> CaseResult:
    """Checks one case.

    Args:
        claim: the claim.
        sizes: the case's sizes.
        limits: the bounds.
        folder: for what `left_behind` reads, should this process not come to its end.
    """
    from qedoc.judge.check import check as check_spec

    try:
        result = check_spec(_spec(claim), sizes, limits, lambda doing: _note(folder, doing), lambda known: _keep(folder, known))
    except SpecError as error:
        if not claim.spec:
            raise
        return CaseResult(id=case_id(claim, sizes), verdict=Verdict.UNDECIDED, reason=error.message)  # nobody wrote a spec to mend
    except (MemoryError, RecursionError) as error:
        return CaseResult(id=case_id(claim, sizes), verdict=Verdict.UNDECIDED, reason=_ran_out(error))
    finally:
        _tidy()
    return replace(result, reason=portable(result.reason))


_STAGE, _KNOWN = "stage", "known"


def left_behind(files: Mapping[str, bytes]) -> tuple[str, CaseResult | None]:
    """What a case whose worker did not come to its end was doing, and the result that stands for it, if there is one.

    Args:
        files: of its folder.
    """
    stage = files.get(_STAGE, b"").decode(errors="replace")
    if _KNOWN not in files:
        return stage, None
    found: CaseResult = pickle.loads(files[_KNOWN])  # noqa: S301  a worker of this run wrote it
    return stage, found if found.verdict in (Verdict.TESTED, Verdict.REFUTED) else None


def _keep(folder: Path, known: CaseResult) -> None:
    part = folder / "part"
    part.write_bytes(pickle.dumps(known))
    part.replace(folder / _KNOWN)


def _tidy() -> None:
    """Keeps a worker from growing with the number of its cases."""
    if next(_CASES) % PERIOD:
        return
    gc.collect()
    if _resident() > LARGE:
        from qedoc.execute import lockstep

        lockstep.forget()
        gc.collect()
    with suppress(OSError, AttributeError):  # of the GNU library alone
        ctypes.CDLL(None).malloc_trim(0)


def _resident() -> int:
    """Bytes of memory that this process has now; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def _note(folder: Path, doing: str) -> None:
    (folder / _STAGE).write_text(doing, encoding="utf-8")


@_reported
def curve(claim: Claim, sizes: dict[str, int], at: Inputs | None) -> Curve:
    """Formula and executions along one variable, through the inputs `at` if there is a counterexample."""
    from qedoc.judge.check import curve as curve_of_spec

    return curve_of_spec(_spec(claim), sizes, at)


@_reported
def lifted(target: str, claim: Claim | None) -> Formula:
    """The formula that the code computes; without a claim, in the target's own parameters."""
    from qedoc.judge.check import lifted as lifted_spec

    return lifted_spec(target, _spec(claim) if claim else None)


def case_id(claim: Claim, sizes: dict[str, int]) -> str:
    """The claim's id with the sizes, as a case names itself."""
    return f"{claim.id}[{','.join(f'{name}={size}' for name, size in sizes.items())}]" if sizes else claim.id
