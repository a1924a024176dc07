"""The lock file: what makes a result stale, what does not, and what many writers and kills leave of it."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from sympy import Lambda, Symbol, symbols

import qedoc
from qedoc.claims.limits import Limits
from qedoc.errors import Location, QedocError
from qedoc.lock import clock, dependencies, parsing, reach, record, syntax
from qedoc.lock.content import PLACES, content
from qedoc.lock.freshness import Noted, claims_of, file_entry, why_stale
from qedoc.lock.store import Lock, Store, load, points_path, update
from qedoc.lock.versions import installed
from qedoc.results.verdict import Accuracy, CaseResult, ClaimResult, Counterexample, Finding, Formula, PropertyResult, SymbolEntry, Verdict
from qedoc.sources import surveyed

SOURCE = Path(__file__).parents[1] / "verifier"

MODULE = '''\
"""Layers."""

import math
from functools import partial
from typing import TYPE_CHECKING

import jax.numpy as jnp

from lib import parts
from lib.parts import shift as moved

if TYPE_CHECKING:
    from lib.types import Array

HALF = 0.5  # of what
UNUSED = 3
REGISTRY = {}

@partial(print, "x")
def scale(x):
    """Scales."""
    return HALF * x

def line(x):
    """A line."""
    return scale(moved(x)) + parts.OFFSET

def other(x):
    return UNUSED * x

REGISTRY["line"] = line
'''
PARTS = "OFFSET = 1\nSECOND = 2\ndef shift(x):\n    return x + inner()\ndef inner():\n    return 2\n"


@pytest.fixture
def lib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A local package that is on the path."""
    folder = tmp_path / "src" / "lib"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("from lib.layers import line\n")
    (folder / "layers.py").write_text(MODULE)
    (folder / "parts.py").write_text(PARTS)
    monkeypatch.syspath_prepend(str(folder.parent))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(clock, "_BEGAN", [time.time() + 60])
    forget()
    return folder


def forget() -> None:
    reach.forget()
    surveyed.forget()


def edited(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    forget()


# What a function rests on


def test_the_sources_of_a_function_are_what_it_mentions_across_modules(lib: Path) -> None:
    sources = reach.closure("lib.line", [])
    assert list(sources) == ["lib/__init__.py", "lib/layers.py", "lib/parts.py", "imports of lib"]
    assert set(sources["lib/__init__.py"]) == {"line"}
    assert set(sources["lib/layers.py"]) == {"", "HALF", "REGISTRY", "jnp", "line", "moved", "parts", "partial", "scale"} - {"jnp"}
    assert set(sources["lib/parts.py"]) == {"OFFSET", "shift", "inner"}
    assert reach.changed(sources) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("layers.py", "return HALF * x", "return HALF * x * 2", "lib/layers.py: scale"),
        ("layers.py", "HALF = 0.5", "HALF = 0.25", "lib/layers.py: HALF"),
        ("layers.py", "from lib.parts import shift as moved", "from lib.parts import inner as moved", "lib/layers.py: moved"),
        ("layers.py", 'REGISTRY["line"] = line', 'REGISTRY["line"] = scale', "lib/layers.py: module level"),
        ("parts.py", "return 2", "return 3", "lib/parts.py: inner"),
        ("parts.py", "OFFSET = 1", "OFFSET = 2", "lib/parts.py: OFFSET"),
        ("__init__.py", "import line", "import other as line", "lib/__init__.py: line"),
        ("parts.py", "def inner():\n    return 2\n", "", "lib/parts.py: inner"),
    ],
)
def test_a_change_of_behaviour_is_seen(lib: Path, file: str, old: str, new: str, named: str) -> None:
    sources = reach.closure("lib.line", [])
    edited(lib / file, old, new)
    assert named in reach.changed(sources)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("layers.py", "# of what", "# of a line"),
        ("layers.py", '"""A line."""', '"""A straight line."""'),
        ("layers.py", "return HALF * x", "return (HALF\n            * x)  # scaled"),
        ("layers.py", "def scale", "\n\n\n\ndef scale"),
        ("layers.py", "UNUSED = 3", "UNUSED = 4"),
        ("layers.py", "return UNUSED * x", "return x"),
        ("layers.py", "from lib.types import Array", "from lib.types import Arrays"),
        ("parts.py", "SECOND = 2", "SECOND = 3"),
    ],
)
def test_layout_comments_docstrings_and_what_is_not_used_do_not_count(lib: Path, file: str, old: str, new: str) -> None:
    sources = reach.closure("lib.line", [])
    edited(lib / file, old, new)
    assert reach.changed(sources) == []


def test_a_file_that_is_gone_or_no_python_is_a_change(lib: Path) -> None:
    sources = reach.closure("lib.line", [])
    (lib / "parts.py").write_text("def (")
    forget()
    assert reach.changed(sources)[0] == "lib/parts.py"
    (lib / "parts.py").unlink()
    forget()
    assert reach.changed(sources)[0] == "lib/parts.py"


def test_a_function_that_was_seen_at_work_is_a_source_though_nothing_mentions_it(lib: Path) -> None:
    line = MODULE.splitlines().index("    return UNUSED * x") + 1
    sources = reach.closure("lib.line", [(str(lib / "layers.py"), line)])
    assert {"other", "UNUSED"} <= set(sources["lib/layers.py"])


def test_modules_that_import_a_name_from_each_other_are_followed_once(lib: Path) -> None:
    (lib / "again.py").write_text("from lib.back import thing\n")
    (lib / "back.py").write_text("from lib.again import thing\nfrom lib.stars import *\n")
    (lib / "stars.py").write_text("from lib.back import *\n")
    forget()
    assert set(reach.closure("lib.again.thing", [])) == {"lib/again.py", "lib/back.py", "lib/stars.py", "imports of lib.again"}
    assert set(reach.closure("lib.stars.other", [])["lib/stars.py"]) >= {"other", "*"}  # unknown names rest on everything


def test_a_file_that_changed_while_it_was_checked_stays_stale(lib: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_BEGAN", [0.0])
    sources = reach.closure("lib.line", [])
    forget()
    assert "lib/layers.py: line" in reach.changed(sources)


def test_installed_packages_are_followed_inside_and_left_to_their_versions_outside() -> None:
    forget()
    sources = reach.closure("optax.sgdr_schedule", [])
    assert {"sgdr_schedule", "warmup_cosine_decay_schedule", "linear_schedule"} <= set(sources["optax/schedules/_schedule.py"])
    assert "join_schedules" in sources["optax/schedules/_join.py"]
    assert all(file.startswith(("optax/", "version of ")) for file in sources)
    assert sources["version of numpy"] == {"": installed(["numpy"])["numpy"]}


def test_a_text_is_analysed_once(lib: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = syntax.analyse(MODULE)
    monkeypatch.setattr(parsing.ast, "parse", lambda text: pytest.fail("parsed again"))
    assert syntax.analyse(MODULE) == made
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    assert syntax.analyse(MODULE) == made


def test_files_in_a_text_are_named_as_they_are_everywhere(lib: Path) -> None:
    text = f"{lib / 'layers.py'}:12: no rule for the primitive f (see /no/such.py and a/b.py)"
    told = dependencies.portable(text)
    assert told.startswith("lib/layers.py:12: no rule for the primitive f (see ")
    assert "a/b.py" in told


def test_versions_are_those_of_the_metadata() -> None:
    from importlib import metadata

    names = ["jax", "python-flint", "Python_Flint", "sympy", "z3-solver"]
    assert installed([*names, "no-such-distribution"]) == {name: metadata.version(name) for name in names}


# What a claim says

x, a = symbols("x a")
SPEC = qedoc.Spec(
    target="lib.line",
    formula=a * x,
    symbols=[qedoc.Parameter(a, "a", qedoc.Reals(), "slope"), qedoc.Parameter(x, "x", qedoc.Reals(least=0), "place")],
    properties=[qedoc.NonDecreasing(x, where=(a > 0,))],
    bind={"mode": "plain", "steps": [1, 2]},
    where=[a < 5],
)


def test_two_claims_that_say_the_same_have_one_fingerprint() -> None:
    assert content(replace(SPEC)) == content(SPEC)
    assert content(replace(SPEC, formula=x * a)) == content(SPEC)
    with_function = {"mode": "plain", "f": Lambda(x, x)}
    assert content(replace(SPEC, bind=with_function)) == content(replace(SPEC, bind=dict(with_function)))


@pytest.mark.parametrize(
    "change",
    [
        {"formula": a * x + 1},
        {"target": "lib.other"},
        {"name": "n"},
        {"source": "page 2"},
        {"where": [a <= 5]},
        {"where": []},
        {"natural": True},
        {"derivative": "x"},
        {"minimum": qedoc.Minimum(point=x, constraints=())},
        {"beside": [a + x]},
        {"documented": "lib.Class"},
        {"entry": [1]},
        {"whole": (2,)},
        {"is_complex": True},
        {"may_be_real": True},
        {"bind": {"mode": "plain", "steps": qedoc.Array(a, (x, 1, 2))}},
        {"bind": {"mode": "other", "steps": [1, 2]}},
        {"bind": {"mode": "plain", "steps": [1, 3]}},
        {"written": a * x},
        {"latex": "a x"},
        {"at": {x: 1}},
        {"promises": [qedoc.FixedPoint(0)]},
        {"properties": [qedoc.NonDecreasing(x, where=(a >= 0,))]},
        {"properties": [qedoc.NonIncreasing(x, where=(a > 0,))]},
        {"symbols": [qedoc.Parameter(a, "a", qedoc.Reals(), "slope"), qedoc.Parameter(x, "x", qedoc.Reals(above=0), "place")]},
        {"symbols": [qedoc.Parameter(a, "a", qedoc.Reals(), "slope"), qedoc.Parameter(x, "x", qedoc.Integers(least=0), "place")]},
        {"symbols": [qedoc.Parameter(a, "b", qedoc.Reals(), "slope"), qedoc.Parameter(x, "x", qedoc.Reals(least=0), "place")]},
    ],
)
def test_a_claim_that_says_something_else_has_another_fingerprint(change: dict[str, object]) -> None:
    assert content(replace(SPEC, **change)) != content(SPEC)


def test_every_size_is_another_claim_than_some_sizes() -> None:
    some, every = (
        qedoc.Spec(target="lib.f", formula=a, symbols=[size], origin=SPEC.location)
        for size in (qedoc.Size(a, range(9), "count"), qedoc.Size(a, least=0, meaning="count"))
    )
    assert content(some) != content(every)


def test_every_field_of_a_spec_counts() -> None:
    told = {"target", "formula", "symbols", "bind", "where", "entry", "natural", "derivative", "minimum", "properties", "name", "source"}
    told |= {"beside", "documented", "whole", "is_complex", "may_be_real", "written", "promises", "latex", "at"}
    assert {field.name for field in fields(qedoc.Spec)} == told | {PLACES[0]}, "a new field: add a change of it to the test above"


def test_every_spec_of_the_repository_can_be_written_down() -> None:
    from verdicts import specs

    for spec in specs():
        assert content(spec) == content(replace(spec)), spec.id


def test_what_cannot_be_written_down_is_never_the_same() -> None:
    made = replace(SPEC, bind={"f": lambda value: value})
    assert content(made) != content(made)


# What is kept

RESULT = ClaimResult(
    id="lib.line",
    target="lib.line",
    location=Location(path="/somewhere/spec/line.py", line=3),
    formula=Formula(latex="a x", sympy="a*x", pretty="a⋅x"),
    symbols=(SymbolEntry(symbol="a", latex="a", name="a", domain="reals", meaning="slope"),),
    domain=("a in reals",),
    source="page 1",
    cases=(
        CaseResult(
            id="lib.line",
            verdict=Verdict.REFUTED,
            reason="differs",
            code=Formula(latex="x", sympy="x", pretty="x"),
            cells=1,
            paths=2,
            points=3,
            runs=4,
            counterexample=Counterexample(inputs={"a": 1, "b": [0.5, 2]}, documented=2, actual="1/3", ran=float("inf"), call="f()"),
            findings=(Finding(kind="domain", message="m", inputs={"a": 0.1}),),
            accuracy=(Accuracy(dtype="float32", result="float32", ulps=float("inf"), inputs={}, points=2),),
            properties=(PropertyResult(statement="s", verdict=Verdict.REFUTED, reason="r", counterexample={"a": 1}),),
            seconds=3.5,
            sources={"lib/layers.py": {"line": "1"}},
        ),
    ),
    versions={"jax": "1"},
    seed=3,
    notes=("x is real",),
    sources={"lib/layers.py": {"scale": "2"}},
)


def test_a_record_tells_all_of_a_result_but_its_time() -> None:
    made = json.loads(json.dumps(record.write(RESULT, "spec/line.py"), allow_nan=False))
    back = record.read("lib.line", made, RESULT.location)
    expected = replace(
        RESULT,
        cases=(replace(RESULT.cases[0], seconds=0.0, sources={}, counterexample=replace(RESULT.cases[0].counterexample, ran="inf")),),
        sources={"lib/layers.py": {"line": "1", "scale": "2"}},
    )
    assert back == expected
    assert made["location"] == {"path": "spec/line.py", "line": 3}
    assert "seconds" not in json.dumps(made)


def test_a_record_that_is_not_whole_is_refused() -> None:
    made = record.write(RESULT, "spec/line.py")
    del made["cases"]
    with pytest.raises(QedocError, match=r"the record of lib\.line in the lock file is invalid"):
        record.read("lib.line", made, RESULT.location)


# What is stale


def kept(**changes: object) -> dict[str, object]:
    base = {"content": "c", "limits": {"seed": 0, "max_points": 1000, "timeout": 60.0}, "versions": installed(["jax"]), "sources": {}}
    return {**base, "verdict": "proved", "checked": True, "target": "jax.nn.relu", **changes}


@pytest.mark.parametrize(
    ("record_", "limits", "reason"),
    [
        (None, Limits(), "not verified yet"),
        (kept(content="d"), Limits(), "the claim has changed"),
        (kept(), Limits(seed=2), "verified with seed 0, but this run uses 2"),
        (kept(), Limits(max_points=5), "verified with max-points 1000, but this run uses 5"),
        (kept(versions={"jax": "0.1"}), Limits(), f"verified with jax 0.1, but {installed(['jax'])['jax']} is installed"),
        (kept(versions={"gone-away": "0.1"}, sources={"lib.py": {}}), Limits(), "verified with gone-away 0.1, but none is installed"),
        (kept(verdict="undecided"), Limits(timeout=90), "undecided within 60 s, but this run allows 90 s"),
        (kept(sources={"nowhere.py": {"f": "1"}}), Limits(), "the code has changed: nowhere.py"),
        (kept(target="lib.f"), Limits(), "the source of its target was not found, so changes to it cannot be detected"),
        (kept(target="lib.f", checked=False), Limits(), ""),
        (kept(verdict="undecided"), Limits(timeout=30), ""),
        (kept(), Limits(timeout=90), ""),
        (kept(), Limits(), ""),
    ],
)
def test_why_a_claim_is_verified_again(record_: dict[str, object] | None, limits: Limits, reason: str) -> None:
    assert why_stale(record_, "c", limits) == reason


SPECS = "from qedoc import Spec\n\n\none = Spec(f(1))\ntwo = Spec(\n    2,\n)\n"


def noted(name: str, line: int) -> Noted:
    return Noted(id=name, target="f", content=f"c-{name}", line=line, properties=("p",))


def test_claims_keep_their_lines_when_a_spec_file_is_laid_out_anew() -> None:
    claims = [noted("two", 5), noted("one", 4)]
    entry = json.loads(json.dumps(file_entry(SPECS, claims, {})))
    assert claims_of(SPECS, entry) == claims
    moved = SPECS.replace("one = Spec(f(1))", "# first\n\none = Spec(\n    f(1)\n)\n# second")
    assert claims_of(moved, entry) == [noted("two", 10), noted("one", 6)]
    assert claims_of(SPECS.replace("2", "3"), entry) == "the spec file has changed"
    assert claims_of(SPECS, None) == "not verified yet"
    assert claims_of("def (", entry) == "the spec file has changed"


def test_what_a_spec_file_imports_counts(lib: Path) -> None:
    text = "from lib.parts import OFFSET\nimport sympy\n"
    imports = reach.imported(text)
    assert {file: set(names) for file, names in imports.items()} == {"lib/parts.py": {"OFFSET"}}
    entry = file_entry(text, [], imports)
    assert claims_of(text, entry) == []
    edited(lib / "parts.py", "OFFSET = 1", "OFFSET = 2")
    assert claims_of(text, entry) == "an import of the spec file has changed: lib/parts.py: OFFSET"


# The file


def test_a_lock_is_sorted_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "qedoc.lock"
    update(path, lambda lock: lock.claims.update(b={"x": 1}, a={"x": 2}))
    text = path.read_text()
    assert text.index('"a"') < text.index('"b"')
    assert text.endswith("}\n")
    assert load(path) == Lock(claims={"a": {"x": 2}, "b": {"x": 1}})
    before = path.stat().st_mtime_ns
    update(path, lambda lock: lock.claims.update(a={"x": 2}))
    assert path.stat().st_mtime_ns == before
    assert load(tmp_path / "absent") == Lock()
    assert path.stat().st_mode & 0o777 == 0o666 & ~_mask()


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not a valid lock file (JSONDecodeError"),
        ("<<<<<<< ours\n{", "the lock file has merge conflicts; qedoc check keeps what holds of both sides"),
        ('{"lock": 9}', "expected lock file format 1, found 9; delete the file and run qedoc check again"),
        ("[]", "expected lock file format 1, found 'list'"),
        ('{"lock": 1}', "not a valid lock file (KeyError: 'files')"),
    ],
)
def test_a_file_that_is_no_lock_is_refused_with_its_name(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "qedoc.lock"
    path.write_text(text)
    with pytest.raises(QedocError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)


def test_the_points_of_claims_that_look_alike_stand_in_different_files(tmp_path: Path) -> None:
    paths = {points_path(tmp_path / "qedoc.lock", name) for name in ("a#b", "a/b", "a b")}
    assert len(paths) == 3
    assert {path.parent.name for path in paths} == {"qedoc.lock.d"}


WRITER = """\
import sys
from pathlib import Path
from qedoc.lock.store import Store

store, name, count, entry = Store(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3]), {"pad": "x" * 20000}
for k in range(count):
    if k % 3 == 1:
        store.note(f"{name}-{k}", entry)
    else:
        store.update(lambda lock: lock.claims.update({f"{name}-{k}": entry}))
    print(k, flush=True)
"""


@pytest.fixture
def writer(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    program = tmp_path / "writer.py"
    program.write_text(WRITER)
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}

    def start(name: str, count: int) -> subprocess.Popen[str]:
        command = [sys.executable, str(program), str(tmp_path / "qedoc.lock"), name, str(count)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)

    return start


def test_eight_writers_at_once_lose_nothing(writer: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    processes = [writer(f"w{number}", 12) for number in range(8)]
    assert [process.wait(timeout=100) for process in processes] == [0] * 8
    for process in processes:
        process.communicate()
    assert set(load(tmp_path / "qedoc.lock").claims) == {f"w{number}-{k}" for number in range(8) for k in range(12)}
    assert sorted(file.name for file in tmp_path.iterdir() if file.name != ".qedoc.lock.guard") == ["qedoc.lock", "writer.py"]


def test_two_hundred_kills_leave_a_lock_that_parses_and_lacks_nothing_finished(
    writer: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    chance = random.Random(5)
    path = tmp_path / "qedoc.lock"
    finished: set[str] = set()
    for number in range(200):
        with writer(f"k{number}", 1000) as process:
            assert process.stdout is not None
            first = process.stdout.readline()  # it is at work
            time.sleep(chance.random() * 0.03)
            os.kill(process.pid, signal.SIGKILL)
            told = first + process.stdout.read()  # communicate() would lose what readline() has read ahead
        finished |= {f"k{number}-{line}" for line in told.splitlines()}
        kept = load(path).claims
        assert finished <= set(kept)
        assert all(entry == {"pad": "x" * 20000} for entry in kept.values())
        if len(kept) > 40:  # a lock stays as long as those of real projects
            path.unlink()
            finished.clear()
    update(path, lambda lock: None)
    assert list(tmp_path.glob(".qedoc.lock-*")) == []  # what the kills left of unfinished files


def test_a_noted_record_is_read_at_once_and_taken_in_by_the_next_writer(tmp_path: Path) -> None:
    path = tmp_path / "qedoc.lock"
    journal = tmp_path / ".qedoc.lock.journal"
    store = Store(path)
    store.update(lambda lock: lock.claims.update(a={"x": 1}, b={"x": 1}))
    store.note("b", {"x": "\u2028\n"})
    assert "\u2028" in journal.read_text()
    assert "\u2028" not in path.read_text()
    assert load(path).claims == {"a": {"x": 1}, "b": {"x": "\u2028\n"}}
    with journal.open("a") as cut:
        cut.write('{"a": {"x": 7')  # a kill in the midst of writing
    Store(path).note("c", {"x": 3})
    assert load(path).claims == {"a": {"x": 1}, "b": {"x": "\u2028\n"}, "c": {"x": 3}}
    store.update(lambda lock: lock.claims.update(d={"x": 4}))
    assert not journal.exists()
    assert list(load(path).claims) == ["a", "b", "c", "d"]


@pytest.mark.parametrize("line", [b"3", b"[1]", b"\xff\xfe", b'{"a": ', b"null", b"{}", b'"text"'])
def test_a_line_of_the_journal_that_is_no_record_is_none(line: bytes, tmp_path: Path) -> None:
    path = tmp_path / "qedoc.lock"
    (tmp_path / ".qedoc.lock.journal").write_bytes(line + b'\n{"a": {"x": 1}}\n')
    assert load(path).claims == {"a": {"x": 1}}


def test_a_symbol_with_other_assumptions_is_another_symbol() -> None:
    assert content(replace(SPEC, bind={"m": Symbol("m", positive=True)}, symbols=[*SPEC.symbols, M])) != content(
        replace(SPEC, bind={"m": Symbol("m")}, symbols=[*SPEC.symbols, qedoc.Variable(Symbol("m"), qedoc.Reals(), "")])
    )


M = qedoc.Variable(Symbol("m", positive=True), qedoc.Reals(), "")


@pytest.mark.parametrize(
    "record", [{}, {"content": "c"}, {"content": "c", "limits": {"seed": 0, "max_points": 1000}}, {"content": "c", "limits": 3}]
)
def test_a_record_of_another_form_is_stale(record: dict[str, object]) -> None:
    assert why_stale(record, "c", Limits()).startswith("its record in the lock file is invalid (")


def test_a_lock_file_is_laid_out_the_same_whether_whole_or_record_by_record(tmp_path: Path) -> None:
    text = (Path(__file__).parents[1] / "qedoc.lock").read_text()
    whole = json.loads(text)
    assert load(Path(__file__).parents[1] / "qedoc.lock").text() == text
    store = Store(tmp_path / "qedoc.lock")
    for id_, kept_ in whole["claims"].items():
        store.update(lambda lock, id_=id_, kept_=kept_: lock.claims.update({id_: kept_ | {"points": None}}))
    for id_, kept_ in reversed(whole["claims"].items()):
        store.update(lambda lock, id_=id_, kept_=kept_: lock.claims.update({id_: kept_}))
    store.update(lambda lock: lock.files.update(whole["files"]))
    assert (tmp_path / "qedoc.lock").read_text() == text


def test_one_who_writes_often_sees_what_others_write(tmp_path: Path) -> None:
    store = Store(tmp_path / "qedoc.lock")
    store.update(lambda lock: lock.claims.update(a={"x": 1}))
    update(tmp_path / "qedoc.lock", lambda lock: lock.claims.update(b={"x": 2}))
    store.update(lambda lock: lock.claims.update(c={"x": 3}))
    (tmp_path / "qedoc.lock").unlink()
    store.update(lambda lock: lock.claims.update(d={"x": 4}))
    assert load(tmp_path / "qedoc.lock").claims == {"d": {"x": 4}}


def test_a_change_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Store(tmp_path / "qedoc.lock")
    store.update(lambda lock: lock.claims.update(a={"x": 1}))

    def fails(lock: Lock) -> None:
        lock.claims["b"] = {"x": 2}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.update(fails)
    store.update(lambda lock: None)
    assert load(tmp_path / "qedoc.lock").claims == {"a": {"x": 1}}
