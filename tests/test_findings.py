"""Findings by code: the table, the choice of codes, and the reports that other programs read."""

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from documents import inside, tree
from test_report import PROVED, REFUTED, outcome, sized

from qedoc.claims.assumption import Assumption
from qedoc.cli.project import explained
from qedoc.config.table import Config
from qedoc.errors import Location, QedocError
from qedoc.report import baseline, github, json_report, junit, sarif
from qedoc.report.findings import exit_code, notices, reported
from qedoc.report.formats import FORMATS, Report, render, report
from qedoc.results import codes, links
from qedoc.results.codes import CODES, Level, chosen
from qedoc.results.outcome import Outcome, Stale, Unread
from qedoc.results.verdict import Finding, Interpretation, PropertyResult, Verdict

ROOT = Path(__file__).parents[1]
SARIF_SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text())
REPORT_SCHEMA = json.loads(json_report.schema_text())

OPEN = PropertyResult(statement="continuous in t", verdict=Verdict.UNDECIDED, reason="no proof was found")
ROUNDED = Finding(kind="accuracy", message="float32 gives inf, the exact value is 100", inputs={"x": 100})
LEFT_OUT = Finding(
    kind="default", message="the formula holds for the default c=1, not for c=2: at x=1 it gives 1, the code 2", inputs={"x": 1}
)


def claim(verdict: Verdict) -> Any:
    return replace(sized([verdict]), id=f"f#{verdict}")


INTERPRETED = tuple(
    Interpretation(
        assumptions=(Assumption(about="domain", subject="", value="x < 1", words="small for x < 1", sure="suggested", line=2),),
        plausible=True,
        formula="x",
        verdict=verdict,
        reason="why",
        counterexample=found,
    )
    for verdict, found in ((Verdict.PROVED, None), (Verdict.REFUTED, REFUTED.cases[0].counterexample))
)
DEPENDS = replace(
    claim(Verdict.UNDECIDED),
    id="f#depends",
    cases=(replace(claim(Verdict.UNDECIDED).cases[0], interpretations=INTERPRETED, reason="it depends on what the text means: ..."),),
)

EVERYTHING = replace(
    outcome(
        PROVED,
        REFUTED,
        *map(claim, (Verdict.UNREADABLE, Verdict.UNSUPPORTED, Verdict.UNDECIDED, Verdict.TESTED, Verdict.NOT_A_CLAIM)),
        DEPENDS,
        replace(PROVED, id="f#open", cases=(replace(PROVED.cases[0], properties=(OPEN,), findings=(ROUNDED, LEFT_OUT)),)),
    ),
    stale=(Stale(id="f#stale", location=Location(path="spec/f.py", line=3), reason="the claim has changed"),),
    unread=(
        Unread(name="f.plots", reason="f.plots cannot be imported: ImportError", location=Location(path="f/plots.py", line=1)),
        Unread(name="g", reason="g: no display formula in 2 docstrings", empty=True),
    ),
    errors=(QedocError("no module named 'f'", Location(path="spec/a,b: 50%.py", line=2)),),
)


def made(found: Outcome, tmp_path: Path, **options: Any) -> Report:
    settings: dict[str, Any] = {"select": (), "ignore": (), "strict": False, **options}
    return report(found, Config(root=tmp_path), **settings)


def written(found: Report, style: str, *, asked: bool = False) -> str:
    file = io.StringIO()
    render(found, style, file, asked=asked)
    return file.getvalue()


# The table


def test_codes_are_unique_and_complete() -> None:
    assert len({code.code for code in CODES}) == len({code.name for code in CODES}) == len(CODES)
    for code in CODES:
        assert re.fullmatch(r"QED[1-5]\d\d", code.code)
        assert all((code.title, code.explanation, code.example, code.advice))
        assert code.explanation.endswith(".")
        assert code.advice.endswith(".")


def test_each_code_is_the_code_of_some_finding(tmp_path: Path) -> None:
    accepted = baseline.Accepted(code="QED101", claim=PROVED.id, subject="", message="m", reason="r")
    gone, _ = baseline.against([], [accepted], {PROVED.id}, tmp_path / "b.json")
    assert {notice.code for notice in (*notices(EVERYTHING), *gone)} == {*CODES} - {
        codes.UNUSED,
        codes.INVALID,
    }  # those of comments, as in test_suppressions.py


def test_each_code_has_a_page_in_the_documentation_that_says_the_same() -> None:
    page = (ROOT / "docs" / "findings.md").read_text()
    sections = re.findall(r"^## (QED\d+)", page, re.MULTILINE)
    assert sections == [code.code for code in CODES]
    plain = " ".join(page.split())
    for code in CODES:
        for text in (code.name, f"{code.title[0].upper()}{code.title[1:]}.", code.explanation, code.example, code.advice):
            assert " ".join(text.split()) in plain, text


REFUTED_PAGE = """\
QED101 formula-refuted (error: fails the run)
The documented formula differs from the code.

At a rational point of the claim's domain, the enclosures of the documented formula and
of the code's formula are disjoint. So the two have different values in exact
arithmetic. A run of the code at this point agrees with the code's formula. No tolerance
is involved.

Example:
  optax.cosine_decay_schedule: at init_value=1, decay_steps=1, alpha=1, count=0: documented 2, code 1

Run the line of Python in the report to reproduce the difference. Then correct the
formula or the code, whichever is wrong."""


def test_a_code_is_explained() -> None:
    assert explained(codes.named("qed101")) == REFUTED_PAGE
    assert codes.named("formula-refuted") is codes.REFUTED


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("QED111", "unknown code 'QED111'; did you mean QED101? the codes are QED101, "),
        ("formula-refused", "unknown code 'formula-refused'; did you mean formula-refuted? "),
        ("xyz", "unknown code 'xyz'; the codes are QED101, "),
    ],
)
def test_an_unknown_code_is_refused(code: str, message: str) -> None:
    with pytest.raises(QedocError) as caught:
        codes.named(code)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        ((), (), True),
        ((), ("QED1",), False),
        ((), ("QED2",), True),
        (("QED2",), (), False),
        (("qed1",), (), True),
        (("QED101",), ("QED1",), True),
        (("QED1",), ("QED101",), False),
        (("QED1",), ("QED1",), False),
    ],
)
def test_the_longest_beginning_decides(select: tuple[str, ...], ignore: tuple[str, ...], expected: bool) -> None:
    assert chosen(codes.REFUTED, select, ignore) is expected


def test_what_cannot_run_cannot_be_ignored() -> None:
    assert chosen(codes.BROKEN, ("QED1",), ("QED5",))


@pytest.mark.parametrize("prefix", ["", "QED9", "101", "E"])
def test_a_beginning_of_no_code_is_refused(prefix: str) -> None:
    with pytest.raises(QedocError, match="expected a code or a code prefix, such as QED101 or QED1, found"):
        codes.check_prefixes(["QED1", prefix])


# Findings


def test_findings_say_what_where_and_how_to_see_it() -> None:
    found = notices(EVERYTHING)
    assert [(notice.code.code, notice.message) for notice in found] == [
        ("QED101", "optax.cosine_decay_schedule#wrong: at init_value=1, decay_steps=1, alpha=1, count=0: documented 2, code 1"),
        ("QED102", "optax.cosine_decay_schedule#wrong: constant for t >= T: differs at t=2"),
        ("QED301", "optax.cosine_decay_schedule#wrong: the code raises ValueError, at decay_steps=0"),
        ("QED201", "f#unreadable: because of 0"),
        ("QED202", "f#unsupported: because of 0"),
        ("QED203", "f#undecided: because of 0"),
        ("QED303", "f#tested: because of 0"),
        ("QED205", "f#depends: it depends on what the text means: ..."),
        ("QED204", "f#open: continuous in t: no proof was found"),
        ("QED302", "f#open: float32 gives inf, the exact value is 100, at x=100"),
        ("QED304", "f#open: the formula holds for the default c=1, not for c=2: at x=1 it gives 1, the code 2"),
        ("QED206", "f.plots cannot be imported: ImportError"),
        ("QED305", "g: no display formula in 2 docstrings"),
        ("QED401", "f#stale: the claim has changed"),
        ("QED501", "no module named 'f'"),
    ]
    assert found[0].location == Location(path="spec/cosine.py", line=9)
    assert found[0].details == (
        "formula: I*(cos(pi*t/T) + 1)/2 + alpha",
        "code: I*alpha",
        "paste: optax.cosine_decay_schedule(init_value=1, decay_steps=1, alpha=1)(0)  # 1",
    )
    assert found[0].replay == "qedoc check --no-lock --seed 0 'optax.cosine_decay_schedule#wrong'"


def test_a_finding_keeps_its_name_when_its_point_or_place_changes() -> None:
    case = REFUTED.cases[0]
    assert case.counterexample is not None
    point = replace(case.counterexample, inputs={"init_value": 7}, documented=9)
    moved = replace(REFUTED, location=Location(path="elsewhere.py", line=1), cases=(replace(case, counterexample=point),))
    names = [[notice.fingerprint for notice in notices(outcome(claim))] for claim in (REFUTED, moved)]
    assert names[0] == names[1]
    assert len({*names[0]}) == len(names[0])


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("verdict", [*Verdict])
def test_without_a_choice_the_exit_code_is_that_of_the_verdicts(verdict: Verdict, strict: bool) -> None:
    for promise in (Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED):
        case = replace(sized([verdict]).cases[0], properties=(PropertyResult(statement="p", verdict=promise, reason=""),))
        found = outcome(replace(PROVED, cases=(case,)))
        assert exit_code(found, notices(found), strict=strict) == found.exit_code(strict=strict)


def test_what_is_ignored_does_not_fail(tmp_path: Path) -> None:
    found = outcome(REFUTED)
    assert made(found, tmp_path).exit_code == 1
    assert made(found, tmp_path, ignore=("QED1",)).exit_code == 0
    assert made(found, tmp_path, ignore=("QED101",)).exit_code == 1
    assert made(found, tmp_path, select=("QED3",)).exit_code == 0
    assert made(replace(found, errors=(QedocError("no"),)), tmp_path, ignore=("QED",)).exit_code == 2


def test_what_is_ignored_is_not_told(tmp_path: Path) -> None:
    text = written(made(outcome(PROVED, REFUTED), tmp_path, ignore=("QED1",)), "concise")
    assert "found       " not in text
    assert "cosine_decay_schedule  refuted" in text


STALE = """\
spec/f.py  stale  QED401
spec/f.py:1
  reason      not verified yet; run qedoc check and commit the updated lock file

0 targets; 1 stale; 2.0 s
"""


def test_what_is_stale_is_told_with_its_place_and_what_to_do(tmp_path: Path) -> None:
    stale = Stale(id="", location=Location(path="spec/f.py", line=1), reason="not verified yet")
    found = made(replace(outcome(), stale=(stale,)), tmp_path)
    assert written(found, "concise") == STALE
    assert found.exit_code == 1


# Reports for programs


@pytest.mark.parametrize("style", FORMATS)
def test_every_form_can_be_written_of_everything(style: str, tmp_path: Path) -> None:
    assert written(made(EVERYTHING, tmp_path), style)


@pytest.mark.parametrize("found", [EVERYTHING, outcome(PROVED), outcome()], ids=["everything", "proved", "nothing"])
def test_json_is_of_the_published_schema(found: Outcome, tmp_path: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(REPORT_SCHEMA)
    document = json.loads(written(made(found, tmp_path), "json"))
    jsonschema.validate(document, REPORT_SCHEMA, jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda d: d.update(schema=2),
        lambda d: d.pop("claims"),
        lambda d: d["claims"][1].update(verdict="maybe"),
        lambda d: d["claims"][1]["counterexample"]["inputs"].update(alpha="one"),
        lambda d: d["findings"][0].update(code="E1"),
        lambda d: d["claims"][0]["source"].update(line=0),
    ],
)
def test_the_schema_refuses_what_is_not_the_contract(wrong: Any, tmp_path: Path) -> None:
    document = json.loads(written(made(EVERYTHING, tmp_path), "json"))
    wrong(document)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, REPORT_SCHEMA, jsonschema.Draft202012Validator)


def test_sarif_is_of_the_official_schema_and_names_file_line_and_counterexample(tmp_path: Path) -> None:
    inside = replace(REFUTED, location=Location(path=str(tmp_path / "spec" / "my cosine.py"), line=9))
    document = json.loads(written(made(replace(EVERYTHING, claims=(inside, *EVERYTHING.claims)), tmp_path), "sarif"))
    jsonschema.validate(document, SARIF_SCHEMA, jsonschema.Draft4Validator)
    (run,) = document["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [code.code for code in CODES]
    assert all(rule["help"]["text"] and rule["help"]["markdown"] for rule in run["tool"]["driver"]["rules"])
    assert run["tool"]["driver"]["informationUri"] == links.REPOSITORY
    assert [rule["helpUri"] for rule in run["tool"]["driver"]["rules"]] == [code.url for code in CODES]
    first = run["results"][0]
    assert (first["ruleId"], first["level"]) == ("QED101", "error")
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == "QED101"
    place = first["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "spec/my%20cosine.py", "uriBaseId": "SRCROOT"}, "region": {"startLine": 9}}
    assert "documented 2, code 1" in first["message"]["text"]
    assert "alpha=1" in first["message"]["text"]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert [note["message"]["text"] for note in invocation["toolExecutionNotifications"]] == ["no module named 'f'"]


def test_a_document_that_is_no_sarif_is_refused_by_the_schema(tmp_path: Path) -> None:
    document = sarif.document(EVERYTHING, notices(EVERYTHING), base=str(tmp_path))
    document["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SARIF_SCHEMA, jsonschema.Draft4Validator)


def test_junit_names_file_line_and_counterexample(tmp_path: Path) -> None:
    root = tree(written(made(EVERYTHING, tmp_path), "junit"))
    assert (root.tag, root.get("failures"), root.get("errors"), root.get("skipped")) == ("testsuites", "3", "1", "6")
    assert int(root.get("tests") or 0) == len(root.findall(".//testcase"))
    wrong = inside(root, ".//testcase[@name='optax.cosine_decay_schedule#wrong']")
    assert (wrong.get("classname"), wrong.get("line")) == ("optax.cosine_decay_schedule", "9")
    assert str(wrong.get("file")).endswith("spec/cosine.py")
    failure = inside(wrong, "failure")
    assert failure.get("type") == "QED101"
    assert "documented 2, code 1" in str(failure.get("message"))
    assert "spec/cosine.py:9\n" in str(failure.text)
    assert "replay: qedoc check" in str(failure.text)
    assert inside(root, ".//testcase[@name='optax.cosine_decay_schedule#wrong: constant for t >= T']/failure").get("type") == "QED102"
    kept = inside(root, ".//testcase[@name='optax.cosine_decay_schedule#wrong: continuous in t']")
    assert len(kept) == 0


def test_junit_holds_no_character_that_xml_cannot(tmp_path: Path) -> None:
    bad = replace(REFUTED, id="f#\x00\x1b", cases=(replace(REFUTED.cases[0], counterexample=None, reason="a\x08b <&>\ud800"),))
    root = tree(junit.document(outcome(bad), notices(outcome(bad)), strict=False, base=str(tmp_path)))
    assert "a\ufffdb <&>\ufffd" in str(inside(root, ".//failure").get("message"))


def test_strict_makes_failures_of_what_is_skipped(tmp_path: Path) -> None:
    root = tree(written(made(EVERYTHING, tmp_path, strict=True), "junit"))
    assert (root.get("failures"), root.get("skipped")) == ("9", "0")


ANNOTATION = (
    "::error file=spec/cosine.py,line=9,title=QED101 the documented formula differs from the code::"
    "optax.cosine_decay_schedule#wrong: at init_value=1, decay_steps=1, alpha=1, count=0: documented 2, code 1"
    "%0Aformula: I*(cos(pi*t/T) + 1)/2 + alpha%0Acode: I*alpha"
    "%0Apaste: optax.cosine_decay_schedule(init_value=1, decay_steps=1, alpha=1)(0)  # 1"
    "%0Areplay: qedoc check --no-lock --seed 0 'optax.cosine_decay_schedule#wrong'"
)


def test_github_annotates_the_line_of_the_formula(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = written(made(EVERYTHING, tmp_path), "github").splitlines()
    assert lines[0] == ANNOTATION
    assert lines[-1] == "::error file=spec/a%2Cb%3A 50%25.py,line=2,title=QED501 a claim cannot be checked::no module named 'f'"
    assert not any(line.startswith("::notice") for line in lines)
    asked = written(made(EVERYTHING, tmp_path, select=("QED3",)), "github", asked=True).splitlines()
    assert [line.partition(" ")[0] for line in asked] == ["::notice"] * 5 + ["::error"]


def test_paths_of_annotations_begin_at_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert "file=sub/spec/cosine.py," in written(made(outcome(REFUTED), tmp_path / "sub"), "github")
    assert "/somewhere/else.py" in github.annotations(
        [replace(notices(outcome(REFUTED))[0], location=Location(path="/somewhere/else.py", line=1))], str(tmp_path)
    )


def test_levels_say_what_fails() -> None:
    by_level = {level: {code.code for code in CODES if code.level is level} for level in Level}
    assert by_level[Level.ERROR] == {"QED101", "QED102", "QED401", "QED404", "QED501"}
    assert by_level[Level.NOTE] == {"QED301", "QED302", "QED303", "QED304", "QED305"}
    warned = [notice for notice in notices(EVERYTHING) if notice.code.level is Level.WARNING]
    assert all(notice.fails(strict=True) and not notice.fails(strict=False) for notice in warned)


def test_codes_choose_findings() -> None:
    assert {notice.code.code for notice in reported(notices(EVERYTHING), ("QED1",), ("QED102",))} == {"QED101", "QED501"}
