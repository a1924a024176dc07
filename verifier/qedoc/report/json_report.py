"""The JSON report, schema version 1."""

import json
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from qedoc import __version__
from qedoc.errors import Location, QedocError
from qedoc.records import asdict
from qedoc.report import corrections
from qedoc.results.causes import cause_of
from qedoc.results.curve import Curve
from qedoc.results.outcome import Outcome, Unread
from qedoc.results.verdict import (
    Accuracy,
    CaseResult,
    ClaimResult,
    Counterexample,
    Entries,
    Finding,
    Formula,
    Inputs,
    Interpretation,
    Number,
    PropertyResult,
)

SCHEMA = 1


def document(outcome: Outcome, findings: Sequence[dict[str, Any]] = (), excused: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """Returns the document as plain dicts, lists, strings and finite numbers.

    Args:
        outcome: the outcome of the run.
        findings: the reported findings as JSON values.
        excused: the accepted and suppressed findings as JSON values.
    """
    return {
        "schema": SCHEMA,
        "qedoc": __version__,
        "claims": [_claim(claim) for claim in outcome.claims],
        "summary": dict(Counter(str(claim.verdict) for claim in outcome.claims)),
        "findings": list(findings),
        "excused": list(excused),
        "stale": [{"id": stale.id, "source": source(stale.location), "reason": stale.reason} for stale in outcome.stale],
        "unchanged": outcome.unchanged,
        "unread": [_unread(one) for one in outcome.unread],
        "errors": [_error(error) for error in outcome.errors],
        "seconds": round(outcome.seconds, 3),
    }


def schema_text() -> str:
    """Returns the JSON Schema of the document."""
    from importlib.resources import files

    return files("qedoc.report").joinpath("schema.json").read_text(encoding="utf-8")


def dump(value: object) -> str:
    """Serializes a value to strictly valid JSON, without NaN and Infinity tokens."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _claim(claim: ClaimResult) -> dict[str, Any]:
    decisive = claim.decisive
    return {
        "id": claim.id,
        "target": claim.target,
        "source": source(claim.location),
        "formula": formula(claim.formula),
        "code": formula(decisive.code) if decisive.code else None,
        "verdict": str(claim.verdict),
        "reason": decisive.reason,
        "cause": found.slug if (found := cause_of(decisive)) else None,
        "domain": list(claim.domain),
        "notes": list(claim.notes),
        "interpretations": [_interpretation(one) for one in decisive.interpretations],
        "evidence": _evidence(claim),
        "counterexample": _counterexample(decisive.counterexample),
        "corrections": [corrections.as_json(claim.formula.latex, one) for one in claim.corrections],
        "accuracy": [_accuracy(worst) for worst in worst_accuracy(claim)],
        "seconds": round(claim.seconds, 3),
    }


def formula(made: Formula) -> dict[str, str]:
    """A formula as JSON values."""
    return {"latex": made.latex, "sympy": made.sympy}


def _evidence(claim: ClaimResult) -> dict[str, Any]:
    return {
        **{name: sum(getattr(case, name) for case in claim.cases) for name in ("cells", "paths", "points", "runs")},
        "dtypes": sorted({accuracy.dtype for case in claim.cases for accuracy in case.accuracy}),
        "seed": claim.seed,
        "extent": claim.extent,
        "versions": claim.versions,
        "documentation": claim.source,
        "symbols": [asdict(symbol) for symbol in claim.symbols],
        "properties": [_property(promise, case) for case in claim.cases for promise in case.properties],
        "findings": [_finding(finding, case) for case in claim.cases for finding in case.findings],
        "cases": [_case(case) for case in claim.cases],
    }


def _case(case: CaseResult) -> dict[str, Any]:
    return {
        "id": case.id,
        "verdict": str(case.verdict),
        "reason": case.reason,
        "code": formula(case.code) if case.code else None,
        "cells": case.cells,
        "paths": case.paths,
        "points": case.points,
        "runs": case.runs,
        "counterexample": _counterexample(case.counterexample),
        "accuracy": [_accuracy(accuracy) for accuracy in case.accuracy],
        "seconds": round(case.seconds, 3),
    }


def _interpretation(one: Interpretation) -> dict[str, Any]:
    return {
        "assumptions": [asdict(assumption) for assumption in one.assumptions],
        "plausible": one.plausible,
        "formula": one.formula,
        "verdict": str(one.verdict),
        "reason": one.reason,
        "counterexample": _counterexample(one.counterexample),
    }


def _counterexample(found: Counterexample | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "inputs": _inputs(found.inputs),
        "documented": readable(found.documented),
        "actual": readable(found.actual),
        "ran": readable(found.ran),
        "call": found.call,
    }


def _accuracy(accuracy: Accuracy) -> dict[str, Any]:
    return {
        "dtype": accuracy.dtype,
        "result": accuracy.result,
        "ulps": readable(accuracy.ulps),
        "inputs": _inputs(accuracy.inputs),
        "points": accuracy.points,
    }


def _property(promise: PropertyResult, case: CaseResult) -> dict[str, Any]:
    return {
        "case": case.id,
        "statement": promise.statement,
        "verdict": str(promise.verdict),
        "reason": promise.reason,
        "counterexample": None if promise.counterexample is None else _inputs(promise.counterexample),
    }


def _finding(finding: Finding, case: CaseResult) -> dict[str, Any]:
    return {"case": case.id, "kind": finding.kind, "message": finding.message, "inputs": _inputs(finding.inputs)}


def _unread(one: Unread) -> dict[str, Any]:
    return {"name": one.name, "reason": one.reason, "source": source(one.location) if one.location else None, "empty": one.empty}


def _error(error: QedocError) -> dict[str, Any]:
    return {"message": error.message, "source": source(error.location) if error.location else None}


def source(place: Location) -> dict[str, Any]:
    """A location as JSON values."""
    return {"path": place.path, "line": place.line}


def _inputs(inputs: Inputs) -> dict[str, Any]:
    return {name: _entries(value) for name, value in inputs.items()}


def _entries(value: Entries) -> Any:
    return list(map(_entries, value)) if isinstance(value, list) else readable(value)


def readable(number: Number) -> Number:
    """Converts a number to a JSON number, or to a string that `float()` can read."""
    if isinstance(number, float):
        return number if math.isfinite(number) else str(number)
    if isinstance(number, int):
        return number
    try:
        float(number)
    except ValueError:
        from fractions import Fraction  # rarely needed: most numbers are decimals

        return repr(float(Fraction(number)))
    return number


def worst_accuracy(claim: ClaimResult) -> list[Accuracy]:
    """The largest rounding error of all cases, one for each dtype."""
    worst: dict[str, Accuracy] = {}
    for accuracy in (accuracy for case in claim.cases for accuracy in case.accuracy):
        if accuracy.dtype not in worst or not accuracy.ulps <= worst[accuracy.dtype].ulps:
            worst[accuracy.dtype] = accuracy
    return list(worst.values())


def curve_text(curve: Curve) -> str:
    """Serializes a curve to JSON, with one line per field.

    Args:
        curve: the data of a plot.
    """
    values = {key: json.dumps(_rounded(value), ensure_ascii=False) for key, value in sorted(asdict(curve).items())}
    lines = ",\n".join(f" {json.dumps(key)}: {value}" for key, value in values.items())
    return f"{{\n{lines}\n}}\n"


def _rounded(value: Any) -> Any:
    """Rounds numbers to the precision of a plot, so that the last bits, which depend on the machine, do not matter."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return readable(float(f"{value:.6g}")) if isinstance(value, float) else value
