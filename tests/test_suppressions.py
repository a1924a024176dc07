"""Comments below formulas that silence findings, with a reason."""

import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from documents import inside, tree
from test_findings import REPORT_SCHEMA, SARIF_SCHEMA, made, written
from test_report import PROVED, REFUTED, outcome, sized

from qedoc.errors import Location
from qedoc.report import baseline
from qedoc.report.baseline import Accepted
from qedoc.report.findings import BASELINE, COMMENT, notices
from qedoc.report.formats import render
from qedoc.report.suppressions import silenced
from qedoc.results import codes
from qedoc.results.verdict import ClaimResult, Formula, Verdict
from qedoc.sources.pages import pages, passages
from qedoc.sources.silenced import comments, without

MODULE = r'''"""Losses."""


def first(x):
    r"""First.

    .. math:: x^2

    .. qedoc: ignore QED101: the square is
       taken on the device

    .. math::

        x^3
    """


def second(x):
    """Second.

    .. math:: \\frac{x}{2}

    .. qedoc: ignore QED101, QED203: known
    """
'''


def wrong(name: str, latex: str, line: int, path: Path, verdict: Verdict = Verdict.REFUTED) -> ClaimResult:
    """A claim without a property, and its only finding."""
    case = replace(REFUTED.cases[0], id=name, verdict=verdict, findings=(), properties=())
    formula = Formula(latex=latex, sympy=latex, pretty=latex)
    return replace(REFUTED, id=name, target=name, formula=formula, location=Location(path=str(path), line=line), cases=(case,))


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "mylib.py"
    path.write_text(MODULE)
    return path


def told(claims: list[ClaimResult]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    kept, excused = silenced(notices(outcome(*claims)), claims)
    return [(one.code.code, one.claim) for one in kept], [(one.notice.claim, one.reason) for one in excused]


def test_a_comment_silences_the_formula_above_it_and_no_other(module: Path) -> None:
    square, cube = wrong("mylib.first#1", "x^2", 7, module), wrong("mylib.first#2", "x^3", 14, module)
    assert told([square, cube]) == ([("QED101", "mylib.first#2")], [("mylib.first#1", "the square is taken on the device")])
    assert told([cube]) == ([("QED101", "mylib.first#2")], [])


def test_a_comment_silences_only_its_codes(module: Path) -> None:
    claim = wrong("mylib.first#1", "x^2", 7, module, Verdict.UNDECIDED)
    kept, excused = silenced(notices(outcome(claim)), [claim])
    assert not excused
    assert [one.code for one in kept] == [codes.UNDECIDED, codes.UNUSED]
    assert kept[1].message == (
        "mylib.first#1: the comment silences QED101, but the formula has no such finding; it has QED203; remove the comment"
    )
    assert kept[1].location == Location(path=str(module), line=9)


def test_a_literal_with_escapes_has_its_comment_too(module: Path) -> None:
    kept, excused = told([wrong("mylib.second", r"\frac{x}{2}", 21, module)])
    assert excused == [("mylib.second", "known")]
    assert kept == [("QED403", "mylib.second")]


def test_one_that_silences_nothing_is_a_finding(module: Path) -> None:
    right = replace(wrong("mylib.first#1", "x^2", 7, module), cases=PROVED.cases)
    kept, excused = silenced([], [right])
    assert ([one.code for one in kept], excused) == ([codes.UNUSED], [])
    assert kept[0].fails(strict=True)
    assert not kept[0].fails(strict=False)


PAGE = """\
# Losses

`mylib.first` is

$$
x^2
$$

<!-- qedoc: ignore QED101: printed
on two lines -->

```md
<!-- qedoc: ignore QED101 -->
```

and `mylib.second` is

$$
x^3
$$
"""


@pytest.mark.parametrize("suffix", [".md", ".ipynb"])
def test_pages_have_comments_of_markdown(suffix: str, tmp_path: Path) -> None:
    page = tmp_path / f"page{suffix}"
    cells = [{"cell_type": "markdown", "source": PAGE.splitlines(keepends=True)}]
    page.write_text(PAGE if suffix == ".md" else json.dumps({"cells": cells, "nbformat": 4}, indent=1))
    (read,) = pages(str(page))
    first, second = (read.location(PAGE.splitlines().index(latex)).line for latex in ("x^2", "x^3"))
    claims = [wrong("mylib.first", "x^2", first, page), wrong("mylib.second", "x^3", second, page)]
    assert told(claims) == ([("QED101", "mylib.second")], [("mylib.first", "printed on two lines")])


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("QED101", "expected one or more codes, a colon and a reason, as in "),
        ("QED101:", "expected one or more codes, a colon and a reason, as in "),
        (": why", "expected one or more codes, a colon and a reason, as in "),
        ("QED111: why", "unknown code 'QED111'; did you mean QED101? "),
        (
            "QED401: why",
            "QED401 (the lock file has no current result for the claim) is not about a formula and cannot be silenced below one",
        ),
    ],
)
def test_a_comment_that_is_not_understood_is_an_error_with_its_place(comment: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "mylib.py"
    path.write_text(MODULE.replace("QED101: the square is\n       taken on the device", comment))
    claim = wrong("mylib.first#1", "x^2", 7, path)
    kept, excused = silenced(notices(outcome(claim)), [claim])
    assert not excused
    assert [one.code for one in kept] == [codes.REFUTED, codes.INVALID]
    assert kept[1].message.startswith(message)
    assert kept[1].location == Location(path=str(path), line=9)
    assert made(outcome(replace(claim, cases=PROVED.cases)), tmp_path).exit_code == 1


def test_a_comment_below_no_formula_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "mylib.py"
    path.write_text('def first(x):\n    """.. qedoc: ignore QED101: why\n\n    .. math:: x^2\n    """\n')
    kept, _ = silenced([], [wrong("mylib.first", "x^2", 4, path)])
    assert [one.message.partition(";")[0] for one in kept] == ["the comment stands below no formula"]


def test_comments_are_no_text_and_lines_stay() -> None:
    lines = MODULE.split("\n")
    assert [(one.first, one.last) for one in comments(lines)] == [(8, 9), (22, 22)]
    assert [line for line in without(lines) if "qedoc" in line or "device" in line] == []
    assert len(without(lines)) == len(lines)
    assert comments(["::", "", "    text"]) == comments([]) == []


def test_a_comment_is_no_name_of_a_function(tmp_path: Path) -> None:
    page = tmp_path / "page.rst"
    page.write_text("It is\n\n.. math:: x^2\n\n.. qedoc: ignore\n\n.. qedoc: mylib.first\n")
    (read,) = pages(str(page))
    assert [passage.function for passage in passages(read)] == ["mylib.first"]


# Reports


@pytest.fixture
def project(module: Path) -> Path:
    baseline.save(
        module.parent / "qedoc-baseline.json",
        [Accepted(code="QED101", claim="mylib.second", subject="", message="m", reason="reported upstream")],
    )
    module.write_text(MODULE.replace(".. qedoc: ignore QED101, QED203: known", ""))
    return module.parent


def claims_of(project: Path) -> list[ClaimResult]:
    path = project / "mylib.py"
    return [wrong("mylib.first#1", "x^2", 7, path), wrong("mylib.second", r"\frac{x}{2}", 21, path)]


CONCISE = """\
target     verdict              claims  cases  properties   time
mylib
  first#1  refuted, suppressed       1      1           -  1.5 s
  second   refuted, accepted         1      1           -  1.5 s

accepted: 1 finding, see qedoc-baseline.json
suppressed: 1 finding, by comments below the formulas
2 targets: 1 refuted and accepted, 1 refuted and suppressed; 2.0 s
"""


def test_known_findings_look_known_in_a_check(project: Path) -> None:
    found = made(outcome(*claims_of(project)), project)
    assert (found.exit_code, found.many(BASELINE), found.many(COMMENT)) == (0, 1, 1)
    assert written(found, "concise") == CONCISE
    full = written(found, "full")
    assert "mylib.second  refuted, accepted  QED101\n" in full
    assert "  accepted    reported upstream\n" in full
    assert "  suppressed  the square is taken on the device\n" in full


def test_known_findings_look_known_in_an_audit(project: Path) -> None:
    audited = replace(outcome(*claims_of(project)), audited=("mylib",))
    lines = written(made(audited, project), "concise").splitlines()
    assert lines[0].split() == ["module", "formulas", "refuted", "accepted", "suppressed"]
    assert lines[1].split() == ["mylib", "2", "2", "1", "1"]
    assert f"    {project / 'mylib.py'}:7  refuted QED101 mylib.first#1: the square is taken on the device" in lines
    assert lines[-1] == "2 formulas: 2 refuted; 1 accepted, 1 suppressed; 2.0 s"
    assert not any("found   " in line for line in lines)


def test_a_property_that_is_accepted_looks_accepted(tmp_path: Path) -> None:
    entry = Accepted(code="QED102", claim=REFUTED.id, subject="constant for t >= T", message="m", reason="by design")
    baseline.save(tmp_path / "qedoc-baseline.json", [entry])
    found = made(outcome(REFUTED), tmp_path)
    assert "  property " not in written(found, "concise")
    assert "constant for t >= T: differs at t=2 (accepted: by\n" in written(found, "full")


def test_known_findings_look_known_to_programs(project: Path) -> None:
    found = made(outcome(*claims_of(project)), project)
    document = json.loads(written(found, "json"))
    jsonschema.validate(document, REPORT_SCHEMA, jsonschema.Draft202012Validator)
    assert document["findings"] == []
    assert {(one["claim"], one["by"], one["reason"]) for one in document["excused"]} == {
        ("mylib.first#1", "comment", "the square is taken on the device"),
        ("mylib.second", "baseline", "reported upstream"),
    }
    root = tree(written(found, "junit"))
    assert (root.get("failures"), root.get("skipped")) == ("0", "2")
    assert inside(root, ".//testcase[@name='mylib.second']/skipped").get("message") == "accepted: reported upstream"
    document = json.loads(written(found, "sarif"))
    jsonschema.validate(document, SARIF_SCHEMA, jsonschema.Draft4Validator)
    kinds = {result["suppressions"][0]["kind"]: result["suppressions"][0]["justification"] for result in document["runs"][0]["results"]}
    assert kinds == {"inSource": "the square is taken on the device", "external": "reported upstream"}
    markdown = written(found, "markdown")
    assert markdown.startswith("## qedoc: 2 claims (2 refuted), 0 findings, 1 accepted, 1 suppressed\n")
    assert "- QED101 `mylib.second`, accepted: reported upstream" in markdown
    assert written(found, "lines") == written(found, "github") == ""


def test_a_finding_that_a_comment_silences_is_not_gone_from_the_baseline(project: Path) -> None:
    entries = [Accepted(code="QED101", claim=name, subject="", message="m", reason="r") for name in ("mylib.first#1", "mylib.second")]
    baseline.save(project / "qedoc-baseline.json", entries)
    found = made(outcome(*claims_of(project)), project)
    assert found.found == ()
    assert (found.many(BASELINE), found.many(COMMENT)) == (1, 1)


def test_a_broken_comment_is_told_with_its_place(project: Path) -> None:
    file = io.StringIO()
    path = project / "mylib.py"
    path.write_text(path.read_text().replace("QED101: the square is", "QED101"))
    render(made(outcome(*claims_of(project)), project), "concise", file, asked=False)
    assert f"\nQED404 {path}:9: expected one or more codes, a colon and a reason" in file.getvalue()


def test_nothing_is_read_in_files_without_a_comment(tmp_path: Path) -> None:
    for name, text in (("broken.py", "def f(:"), ("data.bin", "\0"), ("missing.py", None)):
        if text is not None:
            (tmp_path / name).write_text(text)
        claim = wrong("f", "x", 1, tmp_path / name)
        assert silenced([], [claim]) == ([], [])
    (tmp_path / "broken.py").write_text('def f(:\n".. qedoc: ignore QED101: why"')
    assert silenced([], [wrong("f", "x", 1, tmp_path / "broken.py")]) == ([], [])
    assert sized([Verdict.PROVED])


# A whole run

LIBRARY = r'''
def double(x):
    r"""Twice the input.

    .. math:: 2 x

    .. qedoc: ignore QED101: COMMENT
    """
    return 2 * abs(x)


def triple(x):
    r"""Three times the input.

    .. math:: 2 x

    .. qedoc: ignore QED101: the factor is
       fixed in the next release
    """
    return 3 * x


def half(x):
    r"""Half of the input.

    .. math:: x / 3
    """
    return x / 2
'''


def test_a_reason_is_no_condition_and_a_comment_changes_no_verdict(tmp_path: Path) -> None:
    (tmp_path / "mylib.py").write_text(LIBRARY.replace("COMMENT", "for :math:`x > 0` only, where :math:`x` is positive"))
    (tmp_path / "pyproject.toml").write_text('[tool.qedoc]\ndocstrings = ["mylib"]\nmax-points = 50\nrepair-timeout = 0\njobs = 1\n')
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "qedoc", "check", "--format", "json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment, timeout=300, check=False)
    document = json.loads(done.stdout)
    assert done.returncode == 1, done.stderr
    assert {claim["id"]: claim["verdict"] for claim in document["claims"]} == dict.fromkeys(
        ("mylib.double", "mylib.triple", "mylib.half"), "refuted"
    )
    assert [finding["claim"] for finding in document["findings"] if finding["level"] == "error"] == ["mylib.half"]
    assert {one["claim"]: one["reason"] for one in document["excused"]} == {
        "mylib.double": "for :math:`x > 0` only, where :math:`x` is positive",
        "mylib.triple": "the factor is fixed in the next release",
    }
    source = (tmp_path / "mylib.py").read_text()
    (tmp_path / "mylib.py").write_text(source.replace("3 * x", "2 * x"))
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment, timeout=300, check=False)
    unused = [finding for finding in json.loads(again.stdout)["findings"] if finding["code"] == "QED403"]
    assert [finding["claim"] for finding in unused] == ["mylib.triple"]
