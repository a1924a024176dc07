"""Converts a claim's result to and from its record in the lock file. A record contains nothing that differs between equal runs."""

import math
from typing import Any, TypeAlias

from qedoc.claims.assumption import Assumption
from qedoc.errors import Location, QedocError
from qedoc.records import asdict, replace
from qedoc.results.verdict import (
    Accuracy,
    CaseResult,
    ClaimResult,
    Correction,
    Counterexample,
    Finding,
    Formula,
    Interpretation,
    PropertyResult,
    SymbolEntry,
    Verdict,
)

Record: TypeAlias = dict[str, Any]


def write(result: ClaimResult, path: str) -> Record:
    """Converts a result to JSON values, without times.

    Args:
        result: the result of a claim.
        path: the path of the spec file, relative to the folder of the lock file.
    """
    sources: dict[str, dict[str, str]] = {}
    for found in (result.sources, *(case.sources for case in result.cases)):
        for file, names in found.items():
            sources.setdefault(file, {}).update(names)
    cases = tuple(replace(case, sources={}) for case in result.cases)
    made: Record = asdict(replace(result, sources={}, cases=cases, corrections=()))
    made["location"]["path"] = path
    made["sources"] = sources
    made["verdict"] = str(result.verdict)
    for case in made["cases"]:
        del case["seconds"], case["sources"]
        for name in ("interpretations", "cause", "construct", "general"):
            if not case[name]:
                del case[name]
    for name in ("id", "corrections", "repair"):
        del made[name]
    made |= corrections(result)
    plain = _plain(made)
    assert isinstance(plain, dict)  # for mypy: _plain maps a dict to a dict
    return plain


def corrections(result: ClaimResult) -> Record:
    """Converts the corrections of a claim to JSON values. The record of a claim without a search for corrections has none of these keys.

    Args:
        result: the result of the claim.
    """
    if not result.repair:
        return {}
    return {"corrections": [_plain(asdict(correction)) for correction in result.corrections], "repair": result.repair}


def _plain(value: Any) -> Any:
    """Converts a value to JSON values. An infinite float or nan becomes a string, and a tuple becomes a list."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return str(value) if isinstance(value, Verdict) else value


def read(id_: str, record: Record, location: Location) -> ClaimResult:
    """Converts a record back to a result.

    Args:
        id_: the id of the claim.
        record: the record from `write`.
        location: the current location of the claim.

    Raises:
        QedocError: if the record is invalid.
    """
    try:
        return ClaimResult(
            id=id_,
            target=record["target"],
            location=location,
            formula=Formula(**record["formula"]),
            symbols=tuple(SymbolEntry(**entry) for entry in record["symbols"]),
            domain=tuple(record["domain"]),
            source=record["source"],
            cases=tuple(map(_case, record["cases"])),
            versions=record["versions"],
            seed=record["seed"],
            notes=tuple(record["notes"]),
            sources=record["sources"],
            corrections=tuple(Correction(**{**one, "verdict": Verdict(one["verdict"])}) for one in record.get("corrections", ())),
            repair=float(record.get("repair", 0)),
        )
    except (KeyError, TypeError, ValueError) as error:
        message = f"the record of {id_} in the lock file is invalid ({type(error).__name__}: {error}); replace it with qedoc check --all"
        raise QedocError(message) from None


def _case(record: Record) -> CaseResult:
    fields = dict(record)
    found = fields.pop("counterexample")
    return CaseResult(
        verdict=Verdict(fields.pop("verdict")),
        code=Formula(**code) if (code := fields.pop("code")) else None,
        general=Formula(**general) if (general := fields.pop("general", None)) else None,
        counterexample=Counterexample(**found) if found else None,
        findings=tuple(Finding(**finding) for finding in fields.pop("findings")),
        accuracy=tuple(Accuracy(**{**worst, "ulps": float(worst["ulps"])}) for worst in fields.pop("accuracy")),
        properties=tuple(PropertyResult(**{**p, "verdict": Verdict(p["verdict"])}) for p in fields.pop("properties")),
        interpretations=tuple(map(_interpretation, fields.pop("interpretations", ()))),
        **fields,
    )


def _interpretation(record: Record) -> Interpretation:
    found = record["counterexample"]
    return Interpretation(
        assumptions=tuple(Assumption(**assumption) for assumption in record["assumptions"]),
        plausible=record["plausible"],
        formula=record["formula"],
        verdict=Verdict(record["verdict"]),
        reason=record["reason"],
        counterexample=Counterexample(**found) if found else None,
    )
