"""Accepted findings: what is accepted, what is new, what is gone."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from test_findings import EVERYTHING, made, written
from test_report import PROVED, REFUTED, outcome

from qedoc.errors import QedocError
from qedoc.report import baseline
from qedoc.report.baseline import Accepted, accept, against
from qedoc.report.findings import BASELINE, notices

SEEN = {claim.id for claim in EVERYTHING.claims}


def test_what_fails_is_accepted_and_notes_and_errors_are_not() -> None:
    kept = accept(notices(EVERYTHING), [], SEEN, "known")
    assert [(entry.code, entry.claim, entry.subject) for entry in kept] == [
        ("QED101", REFUTED.id, ""),
        ("QED102", REFUTED.id, "constant for t >= T"),
        ("QED201", "f#unreadable", ""),
        ("QED202", "f#unsupported", ""),
        ("QED203", "f#undecided", ""),
        ("QED205", "f#depends", ""),
        ("QED204", "f#open", "continuous in t"),
        ("QED206", "", "f.plots"),
    ]
    assert {entry.reason for entry in kept} == {"known"}


def test_a_baseline_comes_back_and_is_sorted(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    kept = accept(notices(EVERYTHING), [], SEEN, "known")
    baseline.save(path, kept)
    assert baseline.load(path) == sorted(kept, key=lambda entry: (entry.claim, entry.code, entry.subject))
    assert baseline.load(tmp_path / "absent.json") == []


def test_reasons_stay_and_what_is_gone_goes_and_what_was_not_looked_at_stays() -> None:
    (first, second) = accept(notices(outcome(REFUTED)), [], SEEN, "known")
    other = replace(first, claim="other")
    gone = replace(first, code="QED203")
    kept = accept(notices(outcome(REFUTED)), [replace(first, reason="mine"), other, gone], {REFUTED.id}, "new")
    assert kept == [other, replace(first, reason="mine"), replace(second, reason="new")]


def test_a_module_that_was_not_read_is_accepted_once() -> None:
    found = [notice for notice in notices(EVERYTHING) if notice.code.code == "QED206"]
    first = accept(found, [], SEEN, "optional")
    assert accept(found, first, SEEN, "other") == first
    assert [entry.reason for entry in first] == ["optional"]


def test_only_new_findings_fail(tmp_path: Path) -> None:
    formula, promise = accept(notices(outcome(REFUTED)), [], SEEN, "known")
    baseline.save(tmp_path / "qedoc-baseline.json", [formula])
    one = made(outcome(REFUTED), tmp_path)
    assert (one.exit_code, one.many(BASELINE)) == (1, 1)
    assert [notice.code.code for notice in one.found if notice.fails(strict=False)] == ["QED102"]
    baseline.save(tmp_path / "qedoc-baseline.json", [formula, promise])
    both = made(outcome(REFUTED), tmp_path)
    assert both.exit_code == 0
    text = written(both, "concise")
    assert "\naccepted: 2 findings, see qedoc-baseline.json\n" in text
    assert "found       " not in text


def test_what_is_gone_is_said_and_fails_if_strict(tmp_path: Path) -> None:
    gone = Accepted(code="QED101", claim=PROVED.id, subject="", message="m", reason="r")
    baseline.save(tmp_path / "qedoc-baseline.json", [gone, replace(gone, claim="of another run")])
    found = made(outcome(PROVED), tmp_path)
    assert "\nQED402 optax.constant_schedule: QED101 is accepted in qedoc-baseline.json but no longer occurs\n" in written(found, "concise")
    assert found.exit_code == 0
    assert made(outcome(PROVED), tmp_path, strict=True).exit_code == 1
    assert [notice.code.code for notice in against([], [gone], set(), tmp_path)[0]] == []


ENTRY = {"code": "QED101", "claim": "f", "subject": "", "message": "m", "reason": "r"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "cannot read the baseline: "),
        ("[]", 'expected {"baseline": 1, "findings": [...]}; create the file with qedoc baseline'),
        ('{"baseline": 2, "findings": []}', 'expected {"baseline": 1, '),
        (
            json.dumps({"baseline": 1, "findings": [ENTRY, {"code": "QED101"}]}),
            "finding 2: expected an object with the strings code, claim, subject, message, reason, ",
        ),
        (
            json.dumps({"baseline": 1, "findings": [{**ENTRY, "reason": " "}]}),
            "finding 1 (QED101 of f) has no reason; add why it is accepted",
        ),
    ],
)
def test_a_file_that_is_no_baseline_is_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text(text)
    with pytest.raises(QedocError) as caught:
        baseline.load(path)
    assert str(caught.value).startswith(f"{path}: {message}")
