"""What a run and its worker processes send each other: plain records, which need neither jax nor sympy."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from qedoc.errors import Location, QedocError, told
from qedoc.results.outcome import Unread
from qedoc.results.verdict import ClaimResult, Formula
from qedoc.sources.specfiles import SpecFile

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


def plain(claim: Claim) -> ClaimResult:
    """What is known of a claim whose description failed; it has no cases yet.

    Args:
        claim: the claim.
    """
    formula = Formula(latex=claim.written, sympy="", pretty=claim.written or "not shown")
    return ClaimResult(
        id=claim.id, target=claim.target, location=claim.location, formula=formula, symbols=(), domain=(), source="", cases=()
    )


def case_id(claim: Claim, sizes: dict[str, int]) -> str:
    """The claim's id with the sizes, as a case names itself."""
    return f"{claim.id}[{','.join(f'{name}={size}' for name, size in sizes.items())}]" if sizes else claim.id


def reported(function: Callable[P, T]) -> Callable[P, T | Failure]:
    """A task that gives back what went wrong, in place of raising it.

    Args:
        function: the task.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T | Failure:
        try:
            return function(*args, **kwargs)
        except BaseException as error:  # noqa: BLE001  one claim's failure may not end the others
            return failure(error)

    return run


def failure(error: BaseException) -> Failure:
    """Says what an exception of any kind means for the run.

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


def ran_out(error: MemoryError | RecursionError) -> str:
    """Says what ran out.

    Args:
        error: how Python says it.
    """
    return f"{'memory' if isinstance(error, MemoryError) else 'the recursion limit of Python'} ran out"
