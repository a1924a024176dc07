r"""What is shown of corrections: the edit and its columns, each format, the lock file, and a run that looks for them."""

import json
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import jsonschema
import pytest
from click.testing import CliRunner
from documents import inside, tree
from test_findings import REPORT_SCHEMA, SARIF_SCHEMA, made, written
from test_report import REFUTED, outcome

from qedoc.claims.limits import Limits
from qedoc.cli.main import main
from qedoc.config.options import Mode
from qedoc.engine import incremental, repairs, schedule
from qedoc.engine.collect import Collector
from qedoc.engine.messages import Claim, Failure
from qedoc.engine.pool import Died, Ended, Overrun
from qedoc.errors import Location
from qedoc.lock import record
from qedoc.lock.freshness import Noted
from qedoc.lock.store import Lock
from qedoc.report.suggestions import changes, suggestion
from qedoc.results.corrections import edits, hunks, may_be_corrected, pieces, position
from qedoc.results.outcome import Event, Outcome, Repaired, Repairing
from qedoc.results.verdict import STEP, ClaimResult, Correction, Formula, SymbolEntry, Verdict
from qedoc.sources import surveyed
from qedoc.sources.specfiles import SpecFile

OLD = "f(x) = \\frac{1}{\\alpha}\n    + 2 \\cos(x_k)"
NEW = "f(x) = \\frac{1}{\\alpha}\n    - 2 \\sin(x_i)"
BEST = Correction(latex=NEW, sympy="1/alpha - 2*sin(x)", verdict=Verdict.PROVED, reason="1 cell on 1 path", cost=1.0)
OTHER = Correction(latex=OLD.replace("2 ", ""), sympy="1/alpha + cos(x)", verdict=Verdict.TESTED, reason="100 points", cost=2.0)
FILE = f'def f(x):\n    """F.\n\n    .. math::\n        {OLD.replace(chr(92), chr(92) * 2)}\n\n    The end.\n    """\n'


@pytest.fixture
def wrong(tmp_path: Path) -> ClaimResult:
    """A refuted formula with two corrections, in a docstring whose backslashes are doubled."""
    (tmp_path / "lib.py").write_text(FILE)
    place = Location(path=str(tmp_path / "lib.py"), line=5)
    formula = Formula(latex=OLD, sympy="1/alpha + 2*cos(x)", pretty="1/α + 2⋅cos(x)")
    cases = (replace(REFUTED.cases[0], id="lib.f", properties=()),)
    return replace(
        REFUTED, id="lib.f", target="lib.f", location=place, formula=formula, cases=cases, corrections=(BEST, OTHER), repair=20.0
    )


# The edit


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("x_k", "x_i", [("k", "i")]),
        (r"\alpha x", r"\beta x", [(r"\alpha", r"\beta")]),
        ("a b c", "a c", [("b ", "")]),
        ("e^{t}", "e^{-t}", [("", "-")]),
        ("x^2", r"\sqrt{x^2}", [("", r"\sqrt{"), ("", "}")]),
        ("a + b k", "a - b i", [("+", "-"), ("k", "i")]),
        ("a + a", "a + a + a", [("", " + a")]),
        ("x", "x", []),
        ("", "x", [("", "x")]),
        ("x_{10}", "x_{100}", [("10", "100")]),
        (r"f = a b + c \cos d", r"f = (d c)^b - \sin a", [(r"a b + c \cos d", r"(d c)^b - \sin a")]),
    ],
)
def test_an_edit_replaces_whole_commands_and_numbers(old: str, new: str, parts: list[tuple[str, str]]) -> None:
    found = edits(old, new)
    assert [(old[edit.start : edit.end], new[edit.begin : edit.stop]) for edit in found] == parts
    after = old
    for edit in reversed(found):
        after = after[: edit.start] + new[edit.begin : edit.stop] + after[edit.end :]
    assert after == new


def test_only_the_lines_with_an_edit_are_shown_without_their_indentation() -> None:
    (hunk,) = hunks(OLD, NEW)
    assert [(line.text, line.carets) for line in hunk.old] == [(r"+ 2 \cos(x_k)", "^   ^^^^   ^")]
    assert [(line.text, line.carets) for line in hunk.new] == [(r"- 2 \sin(x_i)", "^   ^^^^   ^")]
    assert list(pieces(hunk.new[0])) == [("-", True), (" 2 ", False), (r"\sin", True), ("(x_", False), ("i", True), (")", False)]
    first, last = hunks("a\nb\nc", "x\nb\ny")
    assert [first.old[0].text, first.new[0].text, last.old[0].text, last.new[0].text] == ["a", "x", "c", "y"]


def test_lines_that_are_joined_or_missing() -> None:
    (joined,) = hunks("a\n  + b", "a + b")
    assert ([line.text for line in joined.old], [line.text for line in joined.new]) == (["a", "  + b"], ["a + b"])
    (missing,) = hunks("a c", "a b c")
    assert list(pieces(missing.old[0])) == [("a ", False), ("", True), ("c", False)]
    assert (missing.old[0].carets, missing.new[0].carets) == ("", "  ^")


def test_positions_count_from_one() -> None:
    assert [position("ab\ncd", k) for k in range(6)] == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)]


# Reports

SHOWN = r"""
  correction  proved
              - + 2 \cos(x_k)
                ^   ^^^^   ^
              + - 2 \sin(x_i)
                ^   ^^^^   ^
  or          tested, not proved
              - + 2 \cos(x_k)
                  ^
              + + \cos(x_k)
  to apply    qedoc fix --write lib.f
"""


@pytest.mark.parametrize("audited", [(), ("lib",)], ids=["check", "audit"])
@pytest.mark.parametrize("style", ["concise", "full"])
def test_the_terminal_shows_the_line_with_the_edit(wrong: ClaimResult, tmp_path: Path, style: str, audited: tuple[str, ...]) -> None:
    assert SHOWN in written(made(outcome(wrong, audited=audited), tmp_path), style)


def test_a_long_line_is_folded_with_its_carets(wrong: ClaimResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    long = replace(wrong, formula=replace(wrong.formula, latex="a + " * 12 + "b"), corrections=(replace(BEST, latex="a + " * 12 + "c"),))
    shown = written(made(outcome(long), tmp_path), "concise")
    assert (
        "              + a + a + a + a + a + a + \n                a + a + a + a + a + a + \n                c\n                ^\n"
        in shown
    )


def test_nothing_is_said_where_no_correction_was_found(wrong: ClaimResult, tmp_path: Path) -> None:
    without = made(outcome(replace(wrong, corrections=())), tmp_path)
    for style in ("concise", "full", "junit", "github", "markdown"):
        shown = written(without, style)
        assert shown
        assert "correction" not in shown.lower()
        assert "fix" not in shown
    assert json.loads(written(without, "json"))["claims"][0]["corrections"] == []
    assert "fixes" not in json.loads(written(without, "sarif"))["runs"][0]["results"][0]


def test_json_has_the_edits_with_their_columns(wrong: ClaimResult, tmp_path: Path) -> None:
    document = json.loads(written(made(outcome(wrong), tmp_path), "json"))
    jsonschema.validate(document, REPORT_SCHEMA, jsonschema.Draft202012Validator)
    best, other = document["claims"][0]["corrections"]
    assert (best["latex"], best["sympy"], best["verdict"]) == (NEW, BEST.sympy, "proved")
    assert [(e["line"], e["column"], e["end_line"], e["end_column"], e["old"], e["new"]) for e in best["edits"]] == [
        (2, 5, 2, 6, "+", "-"),
        (2, 9, 2, 13, r"\cos", r"\sin"),
        (2, 16, 2, 17, "k", "i"),
    ]
    assert (other["verdict"], len(other["edits"])) == ("tested", 1)
    document["claims"][0]["corrections"][0]["verdict"] = "refuted"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, REPORT_SCHEMA, jsonschema.Draft202012Validator)


def test_sarif_fixes_make_the_file_right(wrong: ClaimResult, tmp_path: Path) -> None:
    document = json.loads(written(made(outcome(wrong), tmp_path), "sarif"))
    jsonschema.validate(document, SARIF_SCHEMA, jsonschema.Draft4Validator)
    best, _ = document["runs"][0]["results"][0]["fixes"]
    (change,) = best["artifactChanges"]
    assert change["artifactLocation"] == {"uri": "lib.py", "uriBaseId": "SRCROOT"}
    rows = FILE.split("\n")
    for one in reversed(change["replacements"]):
        region = one["deletedRegion"]
        assert region["startLine"] == region["endLine"]
        row = rows[region["startLine"] - 1]
        rows[region["startLine"] - 1] = row[: region["startColumn"] - 1] + one["insertedContent"]["text"] + row[region["endColumn"] - 1 :]
    assert "\n".join(rows) == FILE.replace("+ 2 \\\\cos(x_k)", "- 2 \\\\sin(x_i)")


def test_pull_requests_get_the_lines_of_the_file(wrong: ClaimResult, tmp_path: Path) -> None:
    block = "```suggestion\n    - 2 \\\\sin(x_i)\n```"
    markdown = written(made(outcome(wrong), tmp_path), "markdown")
    assert f"Correction (proved) of line 6:\n\n{block}\n" in markdown
    assert "Or (tested, not proved):\n\n```diff\n- + 2 \\cos(x_k)\n+ + \\cos(x_k)\n```\n" in markdown
    assert markdown.startswith("## qedoc: 1 claim (1 refuted), 1 finding\n\n### QED101 ")
    (annotation,) = written(made(outcome(wrong), tmp_path), "github").splitlines()
    assert f"%0Aline 6:%0A{block}%0A".replace("\n", "%0A") in annotation


def test_markdown_keeps_backticks_and_markup_apart(wrong: ClaimResult, tmp_path: Path) -> None:
    case = replace(wrong.cases[0], verdict=Verdict.UNDECIDED, counterexample=None, reason="a*b* <i> `c`", code=None)
    strange = replace(wrong, id="f#`a`", formula=replace(wrong.formula, sympy="```"), cases=(case,), corrections=())
    shown = written(made(outcome(strange), tmp_path), "markdown")
    assert "`` f#`a` ``" in shown
    assert "a\\*b\\* \\<i\\> \\`c\\`" in shown
    assert "````text\nformula: ```\n````" in shown


def test_junit_shows_the_edit(wrong: ClaimResult, tmp_path: Path) -> None:
    failure = inside(tree(written(made(outcome(wrong), tmp_path), "junit")), ".//testcase[@name='lib.f']/failure")
    assert "correction (proved):\n  - + 2 \\cos(x_k)\n    ^   ^^^^   ^\n  + - 2 \\sin(x_i)\n" in str(failure.text)


@pytest.mark.parametrize("text", [None, FILE.replace("cos", "tan"), f"TEXT = {FILE[FILE.index('def') :]!r}\n", "def f(x:\n"])
def test_a_file_that_is_not_as_it_was_read_gets_no_suggestion(wrong: ClaimResult, tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "lib.py"
    file.unlink() if text is None else file.write_text(text)
    assert changes(wrong.location, OLD, BEST) == []
    assert suggestion(wrong.location, OLD, BEST) is None
    assert r"+ - 2 \sin(x_i)" in written(made(outcome(wrong), tmp_path), "markdown")


def test_a_suggestion_may_join_lines(tmp_path: Path) -> None:
    (tmp_path / "page.rst").write_text(".. math::\n\n   a\n   + b c\n\nEnd\n")
    place = Location(path=str(tmp_path / "page.rst"), line=1)
    made_right = suggestion(place, "a\n+ b c", replace(BEST, latex="d\n+ c"))
    assert made_right is not None
    assert (made_right.first, made_right.last, made_right.text) == (3, 4, "   d\n   + c")


# The lock file


def test_the_lock_file_keeps_corrections(wrong: ClaimResult) -> None:
    kept = json.loads(json.dumps(record.write(wrong, "lib.py"), allow_nan=False))
    back = record.read("lib.f", kept, wrong.location)
    assert (back.corrections, back.repair) == (wrong.corrections, 20.0)
    never = record.write(replace(wrong, corrections=(), repair=0.0), "lib.py")
    assert {"corrections", "repair"}.isdisjoint(never)
    old = record.read("lib.f", json.loads(json.dumps(never)), wrong.location)
    assert (old.corrections, old.repair) == ((), 0.0)


def test_a_formula_is_searched_once(wrong: ClaimResult) -> None:
    searched = replace(wrong, corrections=())
    assert not may_be_corrected(wrong, 60)
    assert not may_be_corrected(searched, 20)
    assert may_be_corrected(searched, 60)
    assert may_be_corrected(replace(searched, repair=0.0), 20)
    assert not may_be_corrected(replace(searched, repair=0.0), 0)
    assert not may_be_corrected(replace(searched, repair=0.0, cases=(replace(wrong.cases[0], verdict=Verdict.UNDECIDED),)), 20)
    steps = SymbolEntry(symbol="steps", latex="steps", name="steps", domain="4", meaning=STEP)
    assert not may_be_corrected(replace(searched, repair=0.0, symbols=(*wrong.symbols, steps)), 20)


@pytest.mark.parametrize(
    ("mode", "repair", "searched"), [(Mode.CHANGED, 20.0, True), (Mode.CHANGED, 0.0, False), (Mode.LOCKED, 20.0, False)]
)
def test_an_old_lock_file_answers_and_a_run_adds_corrections(
    wrong: ClaimResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: Mode, repair: float, *, searched: bool
) -> None:
    limits = Limits(repair=repair)
    kept = record.write(replace(wrong, corrections=(), repair=0.0, versions={}), "lib.py")
    kept |= {"content": "c", "limits": {"seed": 0, "max_points": 1000, "timeout": 60.0}, "checked": False, "points": ""}
    lock = Lock(files={"docstrings of lib": {"claims": []}}, claims={"lib.f": kept})
    monkeypatch.setattr(incremental, "load", lambda path: lock)
    monkeypatch.setattr(surveyed, "unread_in", lambda entry: [])
    noted = [Noted(id="lib.f", target="lib.f", content="c", line=5, properties=(), path=wrong.location.path)]
    monkeypatch.setattr(surveyed, "claims_in", lambda name, entry: noted)
    monkeypatch.setattr(schedule, "verify", lambda files, **given: outcome(wrong))
    found = incremental.check_changed([], lock=tmp_path / "qedoc.lock", mode=mode, limits=limits, jobs=1, docstrings=["lib"])
    assert [one.verdict for one in found.claims] == [Verdict.REFUTED]
    assert bool(found.claims[0].corrections) is searched


# A run


class Workers:
    """Workers that answer each task at once with a given reply, or raise it."""

    def __init__(self, *replies: Any) -> None:
        self.replies: Iterator[Any] = iter(replies)
        self.tasks: list[tuple[Any, ...]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, timeout: float, function: Callable[..., Any], *args: Any, folder: bool = False) -> Future[Any]:
        self.tasks.append((timeout, function, *args, folder))
        reply = next(self.replies)
        if isinstance(reply, KeyboardInterrupt):
            raise reply
        found: Future[Any] = Future()
        if isinstance(reply, Overrun | Died):
            found.set_exception(Ended(reply))
        else:
            found.set_result(reply)
        return found


def ran(
    wrong: ClaimResult, monkeypatch: pytest.MonkeyPatch, pool: Workers, repair: float = 20.0, interpret: int = 0, **fields: Any
) -> tuple[Outcome, list[Event]]:
    """A run over a formula of a docstring that is refuted."""
    known = replace(wrong, corrections=(), repair=0.0)
    file = SpecFile(path=wrong.location.path, text="")
    settings = {"spec": b"spec", "written": OLD, **fields}
    claim = Claim(file=file, index=0, id="lib.f", target="lib.f", location=wrong.location, sizes=(), answer=known, **settings)
    monkeypatch.setattr(Collector, "asked", lambda self, names, within: [claim])
    events: list[Event] = []
    limits = Limits(timeout=3.0, repair=repair)
    return schedule.audit(["lib"], limits=limits, jobs=1, pool=pool, notify=events.append, interpret=interpret), events


def test_a_run_looks_for_corrections_when_all_verdicts_are_there(wrong: ClaimResult, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Workers((BEST, OTHER))
    found, events = ran(wrong, monkeypatch, pool)
    assert [(one.verdict, one.corrections, one.repair) for one in found.claims] == [(Verdict.REFUTED, (BEST, OTHER), 20.0)]
    ((timeout, function, *args),) = pool.tasks
    assert (function, args) == (repairs.corrections, ["lib.f", wrong.location.path, 20.0, None, True])
    assert timeout > 20.0  # not that of a case
    assert [type(event) for event in events[1:]] == [ClaimResult, Repairing, Repaired]


@pytest.mark.parametrize("fields", [{"repair": 0.0}, {"spec": b""}, {"interpret": 2}])
def test_a_run_looks_for_no_corrections(wrong: ClaimResult, monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any]) -> None:
    """It is turned off, the formula is in no docstring, or the user chose an interpretation."""
    pool = Workers()
    found, _ = ran(wrong, monkeypatch, pool, **fields)
    assert (found.claims[0].corrections, pool.tasks) == ((), [])


@pytest.mark.parametrize("ended", [Overrun, Died])
def test_a_killed_worker_keeps_the_corrections_that_it_found(wrong: ClaimResult, monkeypatch: pytest.MonkeyPatch, ended: Any) -> None:
    code = {"code": -9} if ended is Died else {}
    found, _ = ran(wrong, monkeypatch, Workers(ended(left={"found": pickle.dumps((BEST,))}, **code)))
    assert (found.claims[0].corrections, found.errors) == ((BEST,), ())
    found, _ = ran(wrong, monkeypatch, Workers(ended(**code)))
    assert (found.claims[0].corrections, found.claims[0].repair, found.errors) == ((), 20.0, ())


def test_a_search_that_fails_is_a_warning(wrong: ClaimResult, monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = ran(wrong, monkeypatch, Workers(Failure(message="ValueError: no", trace="...")))
    assert found.remarks[-1] == "lib.f: the search for corrections failed: ValueError: no"
    assert found.exit_code() == 1


def test_an_interrupted_search_keeps_the_verdicts(wrong: ClaimResult, monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = ran(wrong, monkeypatch, Workers(KeyboardInterrupt(2)))
    assert [one.verdict for one in found.claims] == [Verdict.REFUTED]
    assert (found.exit_code(), found.interruption) == (
        130,
        "interrupted: all claims have a verdict, but not all corrections were looked for",
    )


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf"])
@pytest.mark.parametrize("command", [["check"], ["audit", "lib"], ["show", "lib.f"]], ids=lambda command: command[0])
def test_a_bad_limit_is_refused(command: list[str], seconds: str) -> None:
    found = CliRunner().invoke(main, [*command, "--repair-timeout", seconds])
    assert found.exit_code == 2
    assert f"the repair timeout must be a number of seconds, at least 0 (0 for no corrections), found {seconds}" in found.output
    assert "Traceback" not in found.output
