"""Messages between a run and its worker processes: plain records that need neither jax nor sympy."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from qedoc.errors import Location, QedocError, told
from qedoc.lock.clock import begin
from qedoc.results.outcome import Unread
from qedoc.results.verdict import ClaimResult, Formula
from qedoc.sources.specfiles import SpecFile

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim in a form that does not need sympy.

    Args:
        file: the spec file, or the source file of the docstring.
        index: the position of the claim in the spec file, counted from 0.
        id: the id of the claim.
        target: dotted path of the function.
        location: the location of the claim.
        sizes: the sizes of each case.
        content: the fingerprint of the content of the claim.
        properties: the properties, in words.
        spec: the pickled spec of a claim that was read from LaTeX. It is empty for a spec file, which is run again instead.
        written: the LaTeX that the claim was read from; empty for a spec file.
        notes: assumptions that the documentation does not state.
        answer: the result of a claim that cannot be checked.
        interpret: the number of the interpretation that the user chose, from 1; 0 if none.
        part_of: for a definition, the ids of the claims that it is put into.
        read: the docstrings that were read for a claim of a docstring, as in `sources.consulted`.
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
    interpret: int = 0
    part_of: tuple[str, ...] = ()
    read: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a task has no result. It replaces the exception, which may not be picklable.

    Args:
        message: what went wrong.
        location: the position in the user's files, if known.
        trace: the traceback, if the cause is a bug in qedoc.
        ends: whether the user's code tried to end the process.
        undecided: whether the claim merely has no answer, and the run has no error.
    """

    message: str
    location: Location | None = None
    trace: str = ""
    ends: bool = False
    undecided: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The claims in the docstrings of a package, module or object.

    Args:
        claims: the claims, in the order of the files.
        unread: modules that were not imported, and objects whose formulas were not read.
        failures: failures that are bugs in qedoc.
        looked: the number of docstrings that were read.
    """

    claims: tuple[Claim, ...]
    unread: tuple[Unread, ...] = ()
    failures: tuple[Failure, ...] = ()
    looked: int = 0


def plain(claim: Claim) -> ClaimResult:
    """Returns a minimal result without cases, for a claim whose description failed.

    Args:
        claim: the claim.
    """
    formula = Formula(latex=claim.written, sympy="", pretty=claim.written or "not shown")
    return ClaimResult(
        id=claim.id, target=claim.target, location=claim.location, formula=formula, symbols=(), domain=(), source="", cases=()
    )


def case_id(claim: Claim, sizes: dict[str, int]) -> str:
    """The id of a case: the id of the claim with the sizes."""
    return f"{claim.id}[{','.join(f'{name}={size}' for name, size in sizes.items())}]" if sizes else claim.id


def reported(function: Callable[P, T]) -> Callable[P, T | Failure]:
    """Decorates a task so that it returns a `Failure` instead of raising an exception.

    Args:
        function: the task.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T | Failure:
        begin()
        try:
            return function(*args, **kwargs)
        except BaseException as error:  # noqa: BLE001  # a failure must not affect other claims
            return failure(error)

    return run


def failure(error: BaseException) -> Failure:
    """Converts any exception to a `Failure`.

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
    if type(error).__module__.partition(".")[0] == "qedoc":  # a tracer of an earlier call raised one of qedoc's internal signals
        return Failure(message="the code keeps a value of an earlier call and uses it in a later one", undecided=True)
    return Failure(message=f"the code raises {told(error)}, which is not a subclass of Exception", undecided=True)


def _exit(error: SystemExit | KeyboardInterrupt) -> str:
    """The Python expression with which the code ended the process."""
    if isinstance(error, KeyboardInterrupt):
        return "raise KeyboardInterrupt"
    plain = error.code is None or isinstance(error.code, int | str)
    return f"sys.exit({'' if error.code is None else repr(error.code) if plain else '...'})"


def ran_out(error: MemoryError | RecursionError) -> str:
    """Describes which resource was exhausted.

    Args:
        error: the exception.
    """
    return "the memory was exhausted" if isinstance(error, MemoryError) else "Python's recursion limit was reached"
