"""The format `lines`: one line per finding, which editors and problem matchers parse."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from test_findings import EVERYTHING, made, written
from test_report import REFUTED, outcome

from qedoc.errors import Location

PARSED = re.compile(r"^(?P<file>.+?):(?P<line>\d+):(?P<column>\d+): (?P<code>QED\d{3}) (?P<message>.+)$")
"""A pattern as those of problem matchers. Ruff, mypy and GCC write lines of this form."""


def test_each_finding_is_one_line_that_programs_parse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = written(made(EVERYTHING, tmp_path), "lines").splitlines()
    found = [PARSED.match(line) for line in lines]
    assert all(found)
    assert [match["code"] for match in found if match] == [
        *("QED101", "QED102", "QED201", "QED202", "QED203", "QED205", "QED204", "QED206", "QED401", "QED501")
    ]
    assert lines[0] == (
        "spec/cosine.py:9:1: QED101 optax.cosine_decay_schedule#wrong: "
        "at init_value=1, decay_steps=1, alpha=1, count=0: documented 2, code 1"
    )


def test_notes_are_written_if_their_codes_are_asked_for(tmp_path: Path) -> None:
    lines = written(made(EVERYTHING, tmp_path, select=("QED3",)), "lines", asked=True).splitlines()
    assert {match["code"] for line in lines if (match := PARSED.match(line))} == {
        "QED301",
        "QED302",
        "QED303",
        "QED304",
        "QED305",
        "QED501",
    }


def test_the_column_is_where_the_line_begins_and_paths_are_those_of_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "mylib.py").write_text("def f(x):\n    r'''F.\n\n        x^2\n    '''\n")
    monkeypatch.chdir(tmp_path)
    inside = replace(REFUTED, location=Location(path=str(project / "mylib.py"), line=4))
    outside = replace(REFUTED, location=Location(path="/elsewhere/mylib.py", line=4))
    lines = written(made(outcome(inside, outside), project), "lines").splitlines()
    assert lines[0].startswith("mylib.py:4:9: QED101 ")
    assert lines[2].startswith("/elsewhere/mylib.py:4:1: QED101 ")


def test_a_message_of_several_lines_is_one(tmp_path: Path) -> None:
    broken = replace(REFUTED, cases=(replace(REFUTED.cases[0], counterexample=None, reason="first\nsecond", properties=()),))
    (line,) = written(made(outcome(broken), tmp_path), "lines").splitlines()
    assert line.endswith(": first second")
