"""The SARIF 2.1.0 report for code scanning services: one result per finding, one rule per code."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from qedoc import __version__
from qedoc.errors import Location
from qedoc.report.corrections import lines
from qedoc.report.findings import COMMENT, Excused, Notice
from qedoc.report.paths import relative
from qedoc.results.codes import CODES, Code
from qedoc.results.corrections import described
from qedoc.results.links import REPOSITORY
from qedoc.results.outcome import Outcome

if TYPE_CHECKING:
    from qedoc.report.suggestions import Change

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
BASE = "SRCROOT"


def document(outcome: Outcome, found: Sequence[Notice], *, base: str, excused: Sequence[Excused] = ()) -> dict[str, Any]:
    """Returns the document as JSON values.

    Args:
        outcome: the outcome of the run.
        found: the reported findings.
        base: the folder to which paths are relative.
        excused: the accepted and suppressed findings.
    """
    results = [notice for notice in found if not notice.code.code.startswith("QED5")]
    errors = [notice for notice in found if notice.code.code.startswith("QED5")]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "qedoc", "version": __version__, "informationUri": REPOSITORY, "rules": [*map(_rule, CODES)]}},
                "originalUriBaseIds": {BASE: {"description": {"text": "The folder in which qedoc ran: the root of the repository."}}},
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": not (outcome.errors or outcome.stopped),
                        "toolExecutionNotifications": [_notification(notice, base) for notice in errors],
                    }
                ],
                "results": [*(_result(notice, base) for notice in results), *(_known(one, base) for one in excused)],
            }
        ],
    }


def _rule(code: Code) -> dict[str, Any]:
    text = f"{code.explanation}\n\nExample: {code.example}\n\n{code.advice}"
    return {
        "id": code.code,
        "name": "".join(word.title() for word in code.name.split("-")),
        "shortDescription": {"text": _sentence(code.title)},
        "fullDescription": {"text": code.explanation},
        "helpUri": code.url,
        "help": {"text": text, "markdown": f"{code.explanation}\n\n    {code.example}\n\n{code.advice}"},
        "defaultConfiguration": {"level": str(code.level)},
    }


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _result(notice: Notice, base: str) -> dict[str, Any]:
    corrected = lines(notice.formula, notice.corrections)
    details = [*notice.details, *corrected, *([f"replay: {notice.replay}"] if notice.replay else [])]
    made: dict[str, Any] = {
        "ruleId": notice.code.code,
        "ruleIndex": CODES.index(notice.code),
        "level": str(notice.code.level),
        "message": {"text": "\n".join([notice.message, *details])},
        "partialFingerprints": {"qedoc/v1": notice.fingerprint},
    }
    if notice.location:
        made["locations"] = [_location(notice.location, notice.claim, base)]
        if fixes := list(_fixes(notice, notice.location, base)):
            made["fixes"] = fixes
    return made


def _known(one: Excused, base: str) -> dict[str, Any]:
    """The result of a finding that code scanning services show as dismissed."""
    kind = "inSource" if one.by == COMMENT else "external"
    return _result(one.notice, base) | {"suppressions": [{"kind": kind, "status": "accepted", "justification": one.reason}]}


def _fixes(notice: Notice, place: Location, base: str) -> Iterator[dict[str, Any]]:
    """The changes of the file that make the formula right, one fix for each correction."""
    from qedoc.report.suggestions import changes

    for correction in notice.corrections:
        if found := changes(place, notice.formula, correction):
            text = f"Correct the formula ({described(correction)}): {' '.join(correction.latex.split())}"
            replacements = [{"deletedRegion": _region(change), "insertedContent": {"text": change.text}} for change in found]
            yield {
                "description": {"text": text},
                "artifactChanges": [{"artifactLocation": _artifact(place, base), "replacements": replacements}],
            }


def _region(change: "Change") -> dict[str, int]:
    (line, column), (end_line, end_column) = change.start, change.end
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _location(place: Location, claim: str, base: str) -> dict[str, Any]:
    made: dict[str, Any] = {"physicalLocation": _physical(place, base)}
    if claim:
        made["logicalLocations"] = [{"fullyQualifiedName": claim.partition("#")[0], "kind": "function"}]
    return made


def _artifact(place: Location, base: str) -> dict[str, str]:
    path = relative(place.path, base)
    return {"uri": Path(path).as_uri()} if Path(path).is_absolute() else {"uri": quote(path), "uriBaseId": BASE}


def _physical(place: Location, base: str) -> dict[str, Any]:
    return {"artifactLocation": _artifact(place, base), "region": {"startLine": max(place.line, 1)}}


def _notification(notice: Notice, base: str) -> dict[str, Any]:
    made: dict[str, Any] = {"descriptor": {"id": notice.code.code}, "level": "error", "message": {"text": notice.message}}
    if notice.location:
        made["locations"] = [{"physicalLocation": _physical(notice.location, base)}]
    return made
