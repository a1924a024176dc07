"""A claim's result as the lock file holds it: everything that a reader needs, nothing that differs from run to run."""

import math
from dataclasses import asdict, replace
from typing import Any, TypeAlias

from qedoc.errors import Location, QedocError
from qedoc.results.verdict import Accuracy, CaseResult, ClaimResult, Counterexample, Finding, Formula, PropertyResult, SymbolEntry, Verdict

Record: TypeAlias = dict[str, Any]


def write(result: ClaimResult, path: str) -> Record:
    """A result as JSON values; times are left out.

    Args:
        result: of a claim.
        path: of the spec file, from the lock file's folder.
    """
    sources: dict[str, dict[str, str]] = {}
    for found in (result.sources, *(case.sources for case in result.cases)):
        for file, names in found.items():
            sources.setdefault(file, {}).update(names)
    made: Record = asdict(replace(result, sources={}, cases=tuple(replace(case, sources={}) for case in result.cases)))
    made["location"]["path"] = path
    made["sources"] = sources
    made["verdict"] = str(result.verdict)
    for case in made["cases"]:
        del case["seconds"], case["sources"]
    del made["id"]
    plain = _plain(made)
    assert isinstance(plain, dict)  # a dict goes in
    return plain


def _plain(value: Any) -> Any:
    """JSON values: a number that JSON lacks becomes its name, and what is empty is left out of a record."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return str(value) if isinstance(value, Verdict) else value


def read(id_: str, record: Record, location: Location) -> ClaimResult:
    """The result that a record holds.

    Args:
        id_: the claim's id.
        record: as `write` made it.
        location: where the claim stands now.

    Raises:
        QedocError: for a record that is not whole.
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
        )
    except (KeyError, TypeError, ValueError) as error:
        raise QedocError(f"the lock file's record of {id_} is not whole ({type(error).__name__}: {error})") from None


def _case(record: Record) -> CaseResult:
    fields = dict(record)
    found = fields.pop("counterexample")
    return CaseResult(
        verdict=Verdict(fields.pop("verdict")),
        code=Formula(**code) if (code := fields.pop("code")) else None,
        counterexample=Counterexample(**found) if found else None,
        findings=tuple(Finding(**finding) for finding in fields.pop("findings")),
        accuracy=tuple(Accuracy(**{**worst, "ulps": float(worst["ulps"])}) for worst in fields.pop("accuracy")),
        properties=tuple(PropertyResult(**{**p, "verdict": Verdict(p["verdict"])}) for p in fields.pop("properties")),
        **fields,
    )
