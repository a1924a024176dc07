"""Checks code that is documented to give the point at which an objective is smallest, by runs.

No run proves that a point is the smallest of all. A point that satisfies the constraints and has a clearly lower objective refutes it. Such
points are looked for near the result and far from it, by two optimisers that share nothing with the code. What they find is only a
candidate: constraints and objective are enclosed at an exact point before anything is called refuted.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import Any

import jax
import numpy as np
import sympy as sp

from qedoc.claims.case import Case, instantiate
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Size, Spec
from qedoc.claims.target import call_by_name, resolve, signature_check
from qedoc.errors import TargetError, UnsupportedError, told
from qedoc.judge.inputs import format_inputs, named, pasteable
from qedoc.judge.problems import LOWER, Array, Lower, Point, Problem
from qedoc.lift.opaque import opaque
from qedoc.results.verdict import CaseResult, Counterexample, Verdict

POINTS = 40
"""Maximum number of points at which the code is run, for each size."""

COMPARED = 12
"""Number of compared points that is enough."""

FEWEST = 8
"""Minimum number of points that must be compared before the claim counts as tested."""


def minimised(spec: Spec, sizes: Mapping[str, int], limits: Limits) -> CaseResult:
    """Compares the objective at the code's results with the objective at other points that satisfy the constraints.

    Args:
        spec: the claim, with the minimum that it states.
        sizes: the value of each size, by symbol name.
        limits: the seed.

    Raises:
        TargetError: for a target that does not exist or lacks a parameter.
    """
    symbols = {d.symbol: sizes[str(d.symbol)] for d in spec.symbols if isinstance(d, Size)}
    case = instantiate(spec, symbols)
    try:
        target = resolve(spec.target)
        signature_check(spec.target, target, spec.keywords)
    except TargetError as error:
        raise TargetError(error.message, spec.location) from error
    problem = Problem(case)
    runs = 0
    failed: Exception | None = None
    for point in _points(case, problem, limits.seed):
        try:
            result = _run(case, target, point, len(problem.variables))
        except UnsupportedError as error:
            return CaseResult(id=case.id, verdict=Verdict.UNSUPPORTED, reason=str(error))
        except Exception as error:  # noqa: BLE001  # the user's code may raise anything
            failed = error
            continue
        compared, lower = problem.compare(point, result)
        runs += compared
        if lower is not None and _is_steady(case, target, lower):
            return _refuted(case, problem, lower, runs)
        if lower is not None:
            reason = f"runs in float32 and in float64 differ at {format_inputs(named(case, point))}, where a lower objective was found"
            return CaseResult(id=case.id, verdict=Verdict.UNDECIDED, reason=reason, runs=runs)
        if runs >= COMPARED:
            break
    if runs < FEWEST:
        reason = f"{runs} points could be compared" + (f"; the code raises {told(failed)}" if failed is not None and not runs else "")
        return CaseResult(id=case.id, verdict=Verdict.UNDECIDED, reason=reason, runs=runs)
    reason = f"at {runs} points, the result satisfies the constraints, and no point with a lower objective was found near it or far from it"
    return CaseResult(id=case.id, verdict=Verdict.TESTED, reason=reason, runs=runs, points=runs)


def _points(case: Case, problem: Problem, seed: int) -> Iterator[dict[sp.Symbol, Fraction]]:
    """Inputs: small multiples of 1/4, so that the points of a report are plain."""
    random = Random(seed)
    positive = {s.symbol for s in case.scalars if s.domain.lower == 0}
    entries = {s.symbol for s in case.scalars if s.vector}
    for _ in range(POINTS):
        least = {s: 1 if s in positive else -12 if s in entries else -4 for s in problem.inputs}
        point = {s: Fraction(random.randint(least[s], 12), 4) for s in problem.inputs}
        at = {s: sp.Rational(x.numerator, x.denominator) for s, x in point.items()}
        if all(relation.subs(at) == sp.true for relation in case.where):
            yield point


def _run(case: Case, target: Callable[..., Any], point: Point, length: int, *, x64: bool = True) -> Array:
    """The code's result in float64 or in float32, as a row."""
    values = {symbol: float(value) for symbol, value in point.items()}
    values |= dict.fromkeys((s for s in case.symbols if s not in values), 0.0)
    with jax.enable_x64(x64):
        keywords, _ = case.arguments(values, opaque)
        found = np.asarray(call_by_name(target, keywords), dtype=np.float64)
    if found.size != length:
        raise UnsupportedError(f"the target returns an array of shape {found.shape}; expected {length} number{'s' if length > 1 else ''}")
    return found.ravel()


def _is_steady(case: Case, target: Callable[..., Any], lower: Lower) -> bool:
    """Whether a run in float32 gives the same result as the one in float64, up to rounding."""
    again = _run(case, target, lower.point, lower.result.size, x64=False)
    size = 1 + np.max(np.abs(lower.result), initial=0.0)
    return bool(np.all(np.abs(again - lower.result) <= LOWER * size))


def _refuted(case: Case, problem: Problem, lower: Lower, runs: int) -> CaseResult:
    inputs = named(case, lower.point)
    y = [float(x) for x in lower.better]
    better, result = (_listed(row) for row in (y, lower.result))
    at = f"at {format_inputs(inputs)}, the result {result}"
    if lower.violated:
        reason = f"{at} violates {lower.violated}, and {better} satisfies all constraints"
    else:
        reason = f"{at} has the objective {lower.actual:.6g}, and {better}, which satisfies the constraints, has {lower.documented:.6g}"
    return CaseResult(
        id=case.id,
        verdict=Verdict.REFUTED,
        reason=reason,
        runs=runs,
        points=runs,
        counterexample=Counterexample(
            inputs=inputs, documented=lower.documented, actual=lower.actual, ran=lower.actual, call=_call(case, problem, lower, y)
        ),
    )  # fmt: skip


def _listed(row: Sequence[float] | Array) -> str:
    return f"[{', '.join(f'{float(x):.6g}' for x in row)}]"


def _call(case: Case, problem: Problem, lower: Lower, y: Sequence[float]) -> str:
    """A line of Python that prints the code's result, and the objective (or the violation) there and at the better point."""
    point = dict.fromkeys(case.symbols, Fraction(0)) | dict(lower.point)
    head, _, call = pasteable(case, point).rpartition("print(")
    at = {s: sp.Rational(x.numerator, x.denominator) for s, x in lower.point.items()}
    own = {s: sp.Symbol(f"y{place}", real=True) for place, s in enumerate(problem.variables)}
    text = sp.pycode(lower.measure.subs(at).xreplace(own), fully_qualified_modules=True)
    names = ", ".join(str(s) for s in own.values())
    imports = "import math; import numpy; " if "math." in text else "import numpy; "
    return f"{head}{imports}f = lambda {names}: {text}; y = {call[:-1]}; print(y, f(*numpy.ravel(y)), f({', '.join(map(repr, y))}))"
