"""Reports of results made by hand: what people and programs are told, letter by letter."""

import io
import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from qedoc.errors import Location, QedocError
from qedoc.report import json_report, layout, terminal
from qedoc.report.plot import check_file, draw
from qedoc.results import codes
from qedoc.results.curve import Boundary, Contrast, Curve
from qedoc.results.outcome import Outcome
from qedoc.results.verdict import (
    Accuracy,
    CaseResult,
    ClaimResult,
    Counterexample,
    Finding,
    Formula,
    Inputs,
    PropertyResult,
    SymbolEntry,
    Verdict,
)

WRONG = Formula(latex=r"\alpha", sympy="I*(cos(pi*t/T) + 1)/2 + alpha", pretty="I*(cos(pi*t/T) + 1)/2 + alpha")
RIGHT = Formula(latex=r"I \alpha", sympy="I*alpha", pretty="I*α")
POINT = {"init_value": 1, "decay_steps": 1, "alpha": 1, "count": 0}

PROVED = ClaimResult(
    id="optax.constant_schedule",
    target="optax.constant_schedule",
    location=Location(path="spec/constant.py", line=5),
    formula=RIGHT,
    symbols=(SymbolEntry(symbol="I", latex="I", name="init_value", domain="reals", meaning="initial value"),),
    domain=("I in reals",),
    source="Optax 0.2.8, docstring",
    cases=(
        CaseResult(
            id="optax.constant_schedule",
            verdict=Verdict.PROVED,
            reason="equal in exact arithmetic on the whole domain: 1 cell on 1 path",
            code=RIGHT,
            cells=1,
            paths=1,
            points=100,
            runs=300,
            properties=(PropertyResult(statement="constant for t >= 0", verdict=Verdict.PROVED, reason="in every cell"),),
            accuracy=(
                Accuracy(dtype="float32", result="float32", ulps=0.5, inputs={"init_value": 0.1}, points=100),
                Accuracy(dtype="bfloat16", result="bfloat16", ulps=math.inf, inputs={"init_value": 3}, points=100),
            ),
            seconds=0.25,
        ),
    ),
    versions={"optax": "0.2.8", "jax": "0.10.2"},
)

REFUTED = replace(
    PROVED,
    id="optax.cosine_decay_schedule#wrong",
    target="optax.cosine_decay_schedule",
    location=Location(path="spec/cosine.py", line=9),
    formula=WRONG,
    cases=(
        CaseResult(
            id="optax.cosine_decay_schedule#wrong",
            verdict=Verdict.REFUTED,
            reason="formula and code have different values at a point of the domain",
            code=RIGHT,
            counterexample=Counterexample(
                inputs=POINT,
                documented=2,
                actual=1,
                ran=1.0,
                call="optax.cosine_decay_schedule(init_value=1, decay_steps=1, alpha=1)(0)",
            ),
            findings=(Finding(kind="domain", message="the code raises ValueError", inputs={"decay_steps": 0}),),
            properties=(
                PropertyResult(statement="constant for t >= T", verdict=Verdict.REFUTED, reason="differs", counterexample={"t": 2}),
                PropertyResult(statement="continuous in t", verdict=Verdict.PROVED, reason="in every cell"),
            ),
            seconds=1.5,
        ),
    ),
)


def sized(verdicts: list[Verdict]) -> ClaimResult:
    cases = tuple(
        CaseResult(id=f"optax.constant_schedule[n={n}]", verdict=verdict, reason=f"because of {n}", seconds=0.5)
        for n, verdict in enumerate(verdicts)
    )
    return replace(PROVED, cases=cases)


def outcome(*claims: ClaimResult, **fields: Any) -> Outcome:
    return Outcome(claims=claims, planned=len(claims), seconds=2.0, errors=(), **fields)


def text(write: Callable[[Outcome, Console], None], found: Outcome, width: int = 80) -> str:
    file = io.StringIO()
    write(found, Console(file=file, width=width, highlight=False, markup=False, emoji=False))
    return file.getvalue()


CONCISE = """\
target                   verdict  claims  cases  properties   time
optax 0.2.8
  constant_schedule      proved        1      1         1/1  0.2 s
  cosine_decay_schedule  refuted       1      1         1/2  1.5 s

optax.cosine_decay_schedule#wrong  refuted  QED101
spec/cosine.py:9
  formula     I*(cos(pi*t/T) + 1)/2 + alpha
  code        I*α
  found       init_value=1, decay_steps=1, alpha=1, count=0: documented 2, code 1
  paste       optax.cosine_decay_schedule(init_value=1, decay_steps=1, alpha=1)(0)  # 1
  property    refuted  QED102  constant for t >= T: differs at t=2

findings: 1 on domain; see qedoc show TARGET
2 targets: 1 proved, 1 refuted; 3 properties: 2 hold; 2.0 s
"""

FULL = """\
optax.constant_schedule  proved
spec/constant.py:5
  formula     I*α
  code        I*α
  symbols     I  init_value  reals  initial value
  source      Optax 0.2.8, docstring
  reason      equal in exact arithmetic on the whole domain: 1 cell on 1 path
  cases       proved  1 cell, 1 path, 100 points, 300 runs, 0.2 s
  property    proved  constant for t >= 0
  accuracy    float32   0.5 ulp  100 points, worst at init_value=0.1
              bfloat16  inf ulp  100 points, worst at init_value=3
  ran with    optax 0.2.8, jax 0.10.2; seed 0

1 target: 1 proved; 1 property: all hold; 2.0 s
"""


def test_concise_tells_what_is_wrong_and_nothing_more() -> None:
    assert text(terminal.concise, outcome(PROVED, REFUTED)) == CONCISE


def test_full_tells_everything() -> None:
    assert text(terminal.full, outcome(PROVED)) == FULL


def test_a_target_is_one_row_with_its_weakest_verdict() -> None:
    tested = replace(sized([Verdict.PROVED, Verdict.TESTED]), id="optax.constant_schedule#sized")
    row = text(terminal.concise, outcome(PROVED, tested)).splitlines()[2]
    assert row.split() == ["constant_schedule", "tested", "2", "3", "1/1", "1.2", "s"]


def test_a_case_without_an_answer_is_named_with_its_reason() -> None:
    written = text(terminal.concise, outcome(sized([Verdict.PROVED, Verdict.UNDECIDED, Verdict.PROVED])))
    assert "  reason      optax.constant_schedule[n=1]: because of 1\n" in written
    assert written.endswith("1 target: 1 undecided; 2.0 s\n")


def test_a_property_counts_once_and_as_its_worst_case() -> None:
    def case(verdict: Verdict) -> CaseResult:
        return CaseResult(
            id="f", verdict=Verdict.PROVED, reason="", properties=(PropertyResult(statement="p", verdict=verdict, reason="r"),)
        )

    claim = replace(PROVED, cases=(case(Verdict.PROVED), case(Verdict.UNDECIDED), case(Verdict.TESTED)))
    assert [promise.verdict for promise in terminal.promises(claim)] == [Verdict.UNDECIDED]
    assert "1 property: 0 hold" in text(terminal.concise, outcome(claim))


def test_a_case_that_says_nothing_of_a_property_leaves_it_open() -> None:
    stopped = CaseResult(id="f[n=2]", verdict=Verdict.UNDECIDED, reason="the time limit of 60 s was reached")
    (promise,) = terminal.promises(replace(PROVED, cases=(*PROVED.cases, stopped)))
    assert (promise.verdict, promise.reason) == (Verdict.UNDECIDED, "f[n=2]: the time limit of 60 s was reached")


def test_findings_are_counted_by_kind_and_those_that_differ_in_their_point_count_once() -> None:
    points = [Finding(kind="domain", message=f"message {n % 5}, at n={n}", inputs={"n": n}) for n in range(20)]
    rounded = Finding(kind="accuracy", message="nan in float32", inputs={"n": 7})
    claim = replace(PROVED, cases=(replace(PROVED.cases[0], findings=(*points, rounded)),))
    assert "\nfindings: 5 on domain, 1 on accuracy; see qedoc show TARGET\n" in text(terminal.concise, outcome(claim))
    _, shown_at, table = text(terminal.full, outcome(claim)).partition("  findings    ")
    shown = re.findall(r"^ *(domain|accuracy)  +(QED30\d  .*)$", table, re.MULTILINE)
    assert shown_at
    assert shown == [
        *(("domain", f"QED301  message {n}, at n={n}") for n in range(5)),
        ("accuracy", "QED302  nan in float32, at n=7"),
    ]


def test_errors_and_interruptions_are_in_the_summary() -> None:
    found = replace(outcome(PROVED), errors=(QedocError("no"),), planned=3, stopped=2)
    assert text(terminal.concise, found).splitlines()[-1].endswith("; 1 error; interrupted: 1 of 3 claims finished; 2.0 s")


def test_a_terminal_without_the_letters_of_a_formula_shows_it_in_plain_letters() -> None:
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace")
    terminal.concise(outcome(REFUTED), layout.Plain(file))
    file.seek(0)
    assert "  code        I*alpha\n" in file.read()


def test_the_version_is_that_of_the_first_claim_that_has_one() -> None:
    unread = replace(sized([Verdict.UNREADABLE]), id="optax.a", target="optax.a", versions={})
    assert text(terminal.concise, outcome(unread, PROVED)).splitlines()[1] == "optax 0.2.8"


def test_a_run_without_claims_has_no_table() -> None:
    assert text(terminal.concise, replace(outcome(), errors=(QedocError("no"),))) == "0 targets; 1 error; 2.0 s\n"


@pytest.mark.parametrize("write", [terminal.concise, terminal.full])
def test_no_line_is_wider_than_the_page_but_those_that_are_copied(write: Callable[[Outcome, Console], None]) -> None:
    long = Formula(latex="", sympy=" + ".join(f"a_{n}*(b_{n} - 1)**2" for n in range(30)), pretty="x" * 300)
    claim = replace(REFUTED, formula=long, source="word " * 60, cases=(replace(REFUTED.cases[0], code=long, reason="word " * 60),))
    lines = [line for line in text(write, outcome(claim)).splitlines() if not line.startswith(("  paste", "  found"))]
    assert max(map(len, lines)) <= 80


def test_colour_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    file = io.StringIO()
    terminal.concise(outcome(REFUTED), Console(file=file, force_terminal=True, color_system="standard", width=80))
    assert "\x1b[1;31mrefuted\x1b[0m" in file.getvalue()
    assert "\x1b" not in text(terminal.concise, outcome(REFUTED))
    monkeypatch.setenv("NO_COLOR", "1")
    file = io.StringIO()
    terminal.concise(outcome(REFUTED), Console(file=file, force_terminal=True, width=80))
    assert not re.search(r"\x1b\[[\d;]*3\d", file.getvalue())


def test_a_code_is_a_link_on_a_terminal_and_plain_text_elsewhere() -> None:
    file = io.StringIO()
    terminal.concise(outcome(REFUTED), Console(file=file, force_terminal=True, color_system="standard", width=80))
    links = re.findall(r"\x1b\]8;[^;]*;([^\x1b]+)\x1b\\(?:\x1b\[[\d;]*m)*(QED\d+)", file.getvalue())
    assert {(codes.REFUTED.url, "QED101"), (codes.PROPERTY_REFUTED.url, "QED102")} == {*links}
    assert "http" not in text(terminal.concise, outcome(REFUTED))


def test_square_brackets_are_no_markup() -> None:
    claim = replace(
        PROVED, id="f[red]", cases=(replace(PROVED.cases[0], id="f[red][n=1]", verdict=Verdict.UNDECIDED, reason="[bold]x[/bold]"),)
    )
    assert "f[red][n=1]: [bold]x[/bold]" in text(terminal.concise, outcome(claim))


FORMULAS = st.text(alphabet="ab +-*,()[]/1", min_size=1, max_size=200).map(str.strip)


@given(FORMULAS, st.integers(10, 60))
def test_folding_a_formula_loses_nothing(formula: str, width: int) -> None:
    lines = layout.fold(formula, width)
    assert "".join("".join(lines).split()) == "".join(formula.split())


def test_a_formula_is_broken_outside_its_brackets() -> None:
    assert layout.fold("f(a, b, c) + g(d, e, f)*h(k, l) - n", 24) == ["f(a, b, c) +", "  g(d, e, f)*h(k, l) - n"]
    assert layout.fold("x**exponent*y", 8) == ["x**", "  exponent*", "  y"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1, "1"),
        (1.0, "1"),
        (0.1, "0.1"),
        (-2.5, "-2.5"),
        ("1/3", "1/3"),
        (2.0**60, "1.152921504606847e+18"),
        (math.nan, "nan"),
        (math.inf, "inf"),
    ],
)
def test_numbers_are_short_and_exact(value: float | str, shown: str) -> None:
    assert layout.number(value) == shown


def test_a_point_shows_vectors_as_lists() -> None:
    assert layout.point({"a": 1.0, "b": [1, 0.5]}) == "a=1, b=[1, 0.5]"


# JSON


def strict(written: str) -> Any:
    def refuse(token: str) -> NoReturn:
        raise AssertionError(f"{token} is no JSON")

    return json.loads(written, parse_constant=refuse)


def test_json_is_the_contract() -> None:
    made = strict(json_report.dump(json_report.document(outcome(PROVED, REFUTED))))
    assert made["schema"] == 1
    assert made["summary"] == {"proved": 1, "refuted": 1}
    claim = made["claims"][1]
    assert list(claim) == [
        *("id", "target", "source", "formula", "code", "verdict", "reason", "cause", "domain", "notes", "interpretations"),
        *("evidence", "counterexample", "corrections", "accuracy", "seconds"),
    ]
    assert claim["source"] == {"path": "spec/cosine.py", "line": 9}
    assert claim["formula"] == {"latex": WRONG.latex, "sympy": WRONG.sympy}
    assert claim["code"] == {"latex": RIGHT.latex, "sympy": RIGHT.sympy}
    assert claim["verdict"] == "refuted"
    assert {name: claim["counterexample"][name] for name in ("inputs", "documented", "actual")} == {
        "inputs": POINT,
        "documented": 2,
        "actual": 1,
    }
    assert [promise["verdict"] for promise in claim["evidence"]["properties"]] == ["refuted", "proved"]
    assert [case["id"] for case in claim["evidence"]["cases"]] == ["optax.cosine_decay_schedule#wrong"]


def test_json_says_null_where_nothing_was_found() -> None:
    claim = json_report.document(outcome(sized([Verdict.UNSUPPORTED])))["claims"][0]
    assert claim["code"] is claim["counterexample"] is None
    assert claim["accuracy"] == []


def test_json_lists_errors_with_their_places() -> None:
    errors = (QedocError("no", Location(path="a.py", line=2)), QedocError("none"))
    made = json_report.document(replace(outcome(), errors=errors))
    assert made["errors"] == [{"message": "no", "source": {"path": "a.py", "line": 2}}, {"message": "none", "source": None}]


def test_json_evidence_adds_the_cases_up() -> None:
    case = replace(PROVED.cases[0], points=10, runs=4)
    evidence = json_report.document(outcome(replace(PROVED, cases=(case, case))))["claims"][0]["evidence"]
    assert (evidence["points"], evidence["runs"], evidence["dtypes"]) == (20, 8, ["bfloat16", "float32"])


@pytest.mark.parametrize("value", [1, -0.5, math.nan, math.inf, -math.inf, "0.1", "1/3", "nan", "1e400", 2**100, "-7"])
def test_json_numbers_are_numbers_or_strings_that_float_reads(value: float | str) -> None:
    (read,) = strict(json.dumps([json_report.readable(value)], allow_nan=False))
    assert isinstance(read, (int, float)) or isinstance(float(read), float)


def test_json_inputs_may_be_vectors_with_values_that_are_not_finite() -> None:
    found = replace(REFUTED.cases[0].counterexample, inputs={"a": [1, math.nan], "b": math.inf}, documented="nan")
    claim = replace(REFUTED, cases=(replace(REFUTED.cases[0], counterexample=found),))
    made = strict(json_report.dump(json_report.document(outcome(claim))))["claims"][0]["counterexample"]
    assert (made["inputs"], made["documented"]) == ({"a": [1, "nan"], "b": "inf"}, "nan")


def test_the_worst_accuracy_of_all_cases_is_kept() -> None:
    def case(ulps: float) -> CaseResult:
        return replace(PROVED.cases[0], accuracy=(Accuracy(dtype="float32", result="float32", ulps=ulps, inputs={}, points=1),))

    def worst(*ulps: float) -> float:
        return json_report.worst_accuracy(replace(PROVED, cases=tuple(map(case, ulps))))[0].ulps

    assert worst(1, 3, 2) == 3
    assert math.isnan(worst(1, math.nan))
    assert worst(math.inf, 1) == math.inf


# exit codes


@pytest.mark.parametrize(
    ("verdicts", "code", "strict_code"),
    [
        ([Verdict.PROVED, Verdict.TESTED, Verdict.NOT_A_CLAIM], 0, 0),
        ([Verdict.PROVED, Verdict.REFUTED], 1, 1),
        ([Verdict.UNDECIDED], 0, 1),
        ([Verdict.UNSUPPORTED], 0, 1),
        ([Verdict.UNREADABLE], 0, 1),
    ],
)
def test_exit_codes_of_verdicts(verdicts: list[Verdict], code: int, strict_code: int) -> None:
    found = outcome(*(sized([verdict]) for verdict in verdicts))
    assert (found.exit_code(), found.exit_code(strict=True)) == (code, strict_code)


@pytest.mark.parametrize(("verdict", "code", "strict_code"), [(Verdict.REFUTED, 1, 1), (Verdict.UNDECIDED, 0, 1), (Verdict.TESTED, 0, 0)])
def test_exit_codes_of_properties(verdict: Verdict, code: int, strict_code: int) -> None:
    promise = PropertyResult(statement="p", verdict=verdict, reason="")
    found = outcome(replace(PROVED, cases=(replace(PROVED.cases[0], properties=(promise,)),)))
    assert (found.exit_code(), found.exit_code(strict=True)) == (code, strict_code)


def test_what_cannot_be_run_outranks_refutations_and_a_signal_outranks_both() -> None:
    failed = replace(outcome(REFUTED), errors=(QedocError("no"),))
    assert (failed.exit_code(), replace(failed, stopped=2).exit_code()) == (2, 130)


# pictures

CURVE = Curve(
    claim="optax.cosine_decay_schedule",
    variable="count",
    meaning="step",
    fixed={"decay_steps": 10},
    formula=(((0.0, 1.0), (5.0, 0.5)), ((5.0, 0.2), (12.0, 0.2))),
    executed=((0.0, 1.0), (1.0, math.nan), (2.0, 0.9), (3.0, math.inf)),
    boundaries=(Boundary(at=5.0, label="boundary"), Boundary(at=5.1, label="hidden"), Boundary(at=10.0, label="decay_steps")),
    counterexample=Contrast(at=10.0, documented=0.2, actual=0.4),
)


def words(svg: bytes) -> set[str]:
    """The texts of a picture; matplotlib keeps each beside its outlines, as a comment."""
    return set(re.findall(r"<!-- (.*?) -->", svg.decode()))


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_the_same_curves_give_the_same_bytes(kind: str) -> None:
    file = Path(f"f.{kind}")
    assert draw([CURVE], file) == draw([CURVE], file)
    assert draw([CURVE], file).startswith({"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}[kind])
    assert draw([CURVE], file) != draw([replace(CURVE, counterexample=None)], file)


def test_a_picture_says_what_it_shows() -> None:
    shown = words(draw([CURVE], Path("f.svg")))
    assert {"optax.cosine_decay_schedule", "decay_steps=10", "step (count)", "value", "formula", "code, executed"} <= shown
    assert {"documented 0.2", "code 0.4", "decay_steps", "boundary"} <= shown
    assert "hidden" not in shown
    assert b"<dc:date>" not in draw([CURVE], Path("f.svg"))


def test_each_claim_has_a_panel() -> None:
    assert {"optax.cosine_decay_schedule", "other"} <= words(draw([CURVE, replace(CURVE, claim="other")], Path("f.svg")))


def test_a_picture_needs_a_known_suffix(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("f.gif", "f"):
        with pytest.raises(QedocError, match=r"expected one of the suffixes \.svg, \.png, \.pdf"):
            check_file(Path(name))
    check_file(Path("F.SVG"))


def test_a_picture_needs_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    with pytest.raises(QedocError, match=r"pip install 'qedoc\[plot\]'"):
        check_file(Path("f.svg"))


def test_a_matrix_is_shown_row_by_row() -> None:
    inputs: Inputs = {"logits": [[1, 0.5], [2, "1/3"]], "n": 2}
    assert layout.point(inputs) == "logits=[[1, 0.5], [2, 1/3]], n=2"
    assert json_report._inputs(inputs) == {"logits": [[1, 0.5], [2, repr(1 / 3)]], "n": 2}
