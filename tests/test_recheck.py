"""A project over time, as its maintainer meets it: a wrong formula, its correction, a change of the code, an edit of its layout."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
from documents import inside, tree

from qedoc.lock.store import load

SOURCE = Path(__file__).parents[1] / "verifier"
SARIF_SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text())
QUICK = ("-j", "1", "--max-points", "40")

LIBRARY = '''\
"""A library."""

GAIN = 2.0


def shifted(x):
    """x + 1."""
    return x + 1


def ramp(slope, x):
    """A ramp."""
    return GAIN * slope * shifted(x)


def other(x):
    return x
'''

SPEC = """\
from sympy import symbols
from qedoc import NonDecreasing, Parameter, Reals, Spec

a, x = symbols("a x")
place = Parameter(x, "x", Reals(), "place")

ramp = Spec(
    target="scratch.ramp",
    formula=2 * a * x,
    symbols=[Parameter(a, "slope", Reals(), "slope"), place],
    properties=[NonDecreasing(x, where=(a > 0,))],
)
other = Spec(target="scratch.other", formula=x, symbols=[place])
"""

NO_HEAVY = """\
import sys
from qedoc.cli.main import main

if __name__ == "__main__":
    try:
        main(sys.argv[1:], prog_name="qedoc")
    finally:
        heavy = ("jax", "sympy", "numpy", "hypothesis", "matplotlib", "optax", "flint", "z3", "pebble", "rich", "multiprocessing", "pytest")
        print(sorted(set(heavy) & set(sys.modules)), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("project")
    (made / "scratch.py").write_text(LIBRARY)
    (made / "spec").mkdir()
    (made / "spec" / "ramp.py").write_text(SPEC)
    (made / "light.py").write_text(NO_HEAVY)
    (made / "pyproject.toml").write_text("[tool.qedoc]\nmax-points = 40\njobs = 1\n")
    return made


def qedoc(project: Path, *arguments: str, program: tuple[str, ...] = ("-m", "qedoc")) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(SOURCE), "XDG_CACHE_HOME": str(project / ".cache")}
    environment.pop("COLUMNS", None)
    command = [sys.executable, *program, *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, env=environment, timeout=900, check=False)


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def summary(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout.splitlines()[-1].rpartition(";")[0]


def _locked_without_a_lock_file(project: Path) -> None:
    """Without a lock file nothing is locked."""
    lock = project / "qedoc.lock"
    missing = qedoc(project, "check", "--locked")
    assert missing.returncode == 1
    assert "spec/ramp.py  stale  QED401\nspec/ramp.py:1\n  reason      not verified yet; run qedoc check" in missing.stdout
    assert not lock.exists()


def _wrong_in_every_form(project: Path) -> None:
    """A wrong formula fails, in every form, with file, line and counterexample."""
    wrong = qedoc(project, "check")
    assert wrong.returncode == 1
    assert summary(wrong) == "2 targets: 1 proved, 1 refuted; 1 property: all hold"
    annotations = qedoc(project, "check", "--format", "github")
    assert annotations.returncode == 1
    (line,) = annotations.stdout.splitlines()
    assert line.startswith("::error file=spec/ramp.py,line=7,title=QED101 ")
    point = line.partition("scratch.ramp: at ")[2].partition("%0A")[0]
    assert "documented " in point
    document = json.loads(
        qedoc(project, "check", "--format", "sarif", "--output", "report.sarif").stdout or (project / "report.sarif").read_text()
    )
    jsonschema.validate(document, SARIF_SCHEMA, jsonschema.Draft4Validator)
    result = document["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "spec/ramp.py", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 7},
    }
    assert point in result["message"]["text"]
    case = inside(tree(qedoc(project, "check", "--format", "junit").stdout), ".//testcase[@name='scratch.ramp']")
    assert (case.get("file"), case.get("line")) == ("spec/ramp.py", "7")
    assert point in str(inside(case, "failure").get("message"))


def _answered_by_the_lock_file(project: Path) -> None:
    """All of these were answered by the lock file, and none of them changed it."""
    lock = project / "qedoc.lock"
    assert load(lock).claims.keys() == {"scratch.ramp", "scratch.other"}
    before = lock.read_bytes()
    again = qedoc(project, "check", program=("light.py",))
    assert (again.returncode, again.stderr) == (1, "[]\n")
    assert summary(again) == "2 targets: 1 proved, 1 refuted; 1 property: all hold; 2 claims unchanged"
    assert lock.read_bytes() == before


def _corrected(project: Path) -> None:
    """The formula is corrected: only its claim is verified."""
    spec = project / "spec" / "ramp.py"
    edit(spec, "2 * a * x", "2 * a * (x + 1)")
    locked = qedoc(project, "check", "--locked")
    assert locked.returncode == 1
    assert "the spec file has changed" in locked.stdout
    right = qedoc(project, "check")
    assert right.returncode == 0
    assert summary(right) == "2 targets: 2 proved; 1 property: all hold; 1 claim unchanged"
    assert qedoc(project, "check", "--locked").returncode == 0


def _laid_out_otherwise(project: Path) -> None:
    """Layout, comments and docstrings, of the code and of the spec, do not count."""
    spec, library, lock = project / "spec" / "ramp.py", project / "scratch.py", project / "qedoc.lock"
    edit(library, "    return GAIN * slope", "    # twice\n    return GAIN   * slope")
    edit(library, '"""A ramp."""', '"""A straight ramp."""')
    edit(library, "def other(x):\n    return x", "def other(x):\n\n    return x  # as it is")
    edit(spec, "ramp = Spec(", "# The ramp.\nramp = Spec(")
    before = lock.read_bytes()
    laid_out = qedoc(project, "check", "--locked", "--format", "json", program=("light.py",))
    assert (laid_out.returncode, laid_out.stderr) == (0, "[]\n")
    assert [claim["source"]["line"] for claim in json.loads(laid_out.stdout)["claims"]] == [8, 14]
    assert json.loads(laid_out.stdout)["unchanged"] == 2
    assert lock.read_bytes() == before


def _changed_where_it_counts(project: Path) -> None:
    """A constant that the code reads, and a function that it calls, do."""
    library = project / "scratch.py"
    edit(library, "GAIN = 2.0", "GAIN = 3.0")
    locked = qedoc(project, "check", "--locked")
    assert locked.returncode == 1
    assert (
        "scratch.ramp  stale  QED401\nspec/ramp.py:8\n  reason      the code has changed: scratch.py: GAIN; run qedoc check"
        in locked.stdout
    )
    changed = qedoc(project, "check")
    assert changed.returncode == 1
    assert summary(changed) == "2 targets: 1 proved, 1 refuted; 1 property: all hold; 1 claim unchanged"
    edit(library, "GAIN = 3.0", "GAIN = 2.0")
    edit(library, "return x + 1", "return x + 2")
    assert "the code has changed: scratch.py: " in qedoc(project, "check", "--locked").stdout


def _shortened_and_verified_whole(project: Path) -> None:
    """A claim that is gone leaves the lock file; --all verifies everything."""
    spec, library, lock = project / "spec" / "ramp.py", project / "scratch.py", project / "qedoc.lock"
    edit(library, "return x + 2", "return x + 1")
    text = spec.read_text()
    spec.write_text(text.partition("other = Spec(")[0])
    everything = qedoc(project, "check", "--all")
    assert everything.returncode == 0
    assert summary(everything) == "1 target: 1 proved; 1 property: all hold"
    assert set(load(lock).claims) == {"scratch.ramp"}
    assert [file.name.partition("-")[0] for file in (project / "qedoc.lock.d").iterdir()] == ["scratch.ramp"]


def _run_twice(project: Path) -> None:
    """The same run gives the same bytes."""
    lock = project / "qedoc.lock"
    before = lock.read_bytes()
    points = {file.name: file.read_bytes() for file in (project / "qedoc.lock.d").iterdir()}
    qedoc(project, "check", "--all")
    assert lock.read_bytes() == before
    assert {file.name: file.read_bytes() for file in (project / "qedoc.lock.d").iterdir()} == points
    assert str(project) not in lock.read_text()


def test_a_project_over_time(project: Path) -> None:
    """Each step needs the lock file of the one before."""
    _locked_without_a_lock_file(project)
    _wrong_in_every_form(project)
    _answered_by_the_lock_file(project)
    _corrected(project)
    _laid_out_otherwise(project)
    _changed_where_it_counts(project)
    _shortened_and_verified_whole(project)
    _run_twice(project)


def test_options_that_exclude_each_other_are_refused(project: Path) -> None:
    done = qedoc(project, "check", "--locked", "--all")
    assert (done.returncode, done.stderr) == (2, "error: --locked and --all cannot be combined; use only one of them\n")


def test_without_the_lock_nothing_is_read_or_written(tmp_path: Path) -> None:
    (tmp_path / "scratch.py").write_text(LIBRARY)
    (tmp_path / "ramp.py").write_text(SPEC)
    (tmp_path / "qedoc.lock").write_text("no lock")
    done = qedoc(tmp_path, "check", "--no-lock", "ramp.py", "scratch.other", *QUICK)
    assert done.returncode == 0
    assert (tmp_path / "qedoc.lock").read_text() == "no lock"
    refused = qedoc(tmp_path, "check", "ramp.py")
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"error: {tmp_path / 'qedoc.lock'}: not a valid lock file (JSONDecodeError: ")


WAITING = """\
import time
from pathlib import Path

def waits(x):
    while not Path("go").exists():
        time.sleep(0.01)
    return x
"""

MANY = """\
from sympy import symbols
from qedoc import Parameter, Reals, Spec
x = symbols("x")
claims = [Spec(target="scratch.other", name=f"n{k}", formula=x, symbols=[Parameter(x, "x", Reals(), "place")]) for k in range(12)]
last = Spec(target="waiting.waits", formula=x, symbols=[Parameter(x, "x", Reals(), "place")])
"""


def test_a_kill_keeps_what_was_finished(tmp_path: Path) -> None:
    (tmp_path / "scratch.py").write_text(LIBRARY)
    (tmp_path / "waiting.py").write_text(WAITING)
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "many.py").write_text(MANY)
    lock = tmp_path / "qedoc.lock"
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-m", "qedoc", "check", *QUICK]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment) as process:
        while process.poll() is None and len(load(lock).claims) < 12:  # the last one waits: the others are kept meanwhile
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
    assert sorted(load(lock).claims) == sorted(f"scratch.other#n{k}" for k in range(12))
    (tmp_path / "go").touch()
    done = qedoc(tmp_path, "check", *QUICK)
    assert done.returncode == 0
    assert "12 claims unchanged" in done.stdout
    whole = load(lock).claims
    assert len(whole) == 13
    assert sorted(str(tmp_path / record["points"]) for record in whole.values()) == sorted(map(str, (tmp_path / "qedoc.lock.d").iterdir()))
    assert not (tmp_path / ".qedoc.lock.journal").exists()


DOCUMENTED = '''\
"""Ramps."""

GAIN = 2.0


def ramp(slope, x):
    r"""A ramp.

    .. math::
        \\mathrm{ramp}(m, x) = 2 m x + m

    Args:
      slope: The slope :math:`m`, a real number.
      x: The place :math:`x`, a real number.
    """
    return GAIN * slope * x


def same(x):
    r"""Itself.

    .. math::
        f(x) = x
    """
    return x
'''


def test_a_wrong_docstring_is_corrected_and_then_the_code_drifts(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.qedoc]\ndocstrings = ["scratchlib"]\nmax-points = 40\njobs = 1\nrepair-timeout = 120\n')
    source = tmp_path / "scratchlib" / "ramps.py"
    source.parent.mkdir()
    (source.parent / "__init__.py").write_text("from scratchlib.ramps import ramp, same\n")
    source.write_text(DOCUMENTED)
    (tmp_path / "light.py").write_text(NO_HEAVY)
    line = DOCUMENTED.splitlines().index("    .. math::") + 2
    counterexample = "scratchlib.ramp: at slope=1, x=1: documented 3, code 2"

    # The wrong docstring fails, and every form names the file, the line of the formula, and the counterexample.
    wrong = qedoc(tmp_path, "check", "--format", "github")
    assert wrong.returncode == 1
    (annotation,) = wrong.stdout.splitlines()
    place = re.match(r"::error file=scratchlib/ramps\.py,line=(\d+),", annotation)
    assert place
    assert int(place[1]) in (line - 1, line)  # the directive, or the formula in it
    assert f"::{counterexample}%0A" in annotation
    assert "%0Acorrection (proved):%0A  - \\mathrm{ramp}(m, x) = 2 m x + m%0A  + \\mathrm{ramp}(m, x) = 2 m x" in annotation
    again = qedoc(tmp_path, "check", "--format", "sarif", program=("light.py",))
    assert again.stderr == "[]\n"
    document = json.loads(again.stdout)
    jsonschema.validate(document, SARIF_SCHEMA, jsonschema.Draft4Validator)
    result = document["runs"][0]["results"][0]
    physical = result["locations"][0]["physicalLocation"]
    assert (physical["artifactLocation"]["uri"], physical["region"]["startLine"]) == ("scratchlib/ramps.py", int(place[1]))
    assert result["message"]["text"].startswith(counterexample)
    (replacement,) = result["fixes"][0]["artifactChanges"][0]["replacements"]  # from the lock file
    assert (replacement["deletedRegion"]["startLine"], replacement["insertedContent"]) == (line, {"text": ""})
    case = inside(tree(qedoc(tmp_path, "check", "--format", "junit").stdout), ".//testcase[@name='scratchlib.ramp']")
    assert (case.get("file"), case.get("line")) == ("scratchlib/ramps.py", place[1])
    assert inside(case, "failure").get("message") == counterexample

    # The docstring is corrected: only its claim is verified.
    edit(source, "2 m x + m", "2 m x")
    locked = " ".join(qedoc(tmp_path, "check", "--locked").stdout.split())
    assert "the text that it was read with has changed: scratchlib/ramps.py: ramp" in locked
    assert "1 claim unchanged; 1 stale" in locked
    right = qedoc(tmp_path, "check")
    assert right.returncode == 0
    assert summary(right) == "2 targets: 2 proved; 1 claim unchanged"

    # Layout and comments of the code do not count, and lines are those of the file as it is now.
    edit(source, "GAIN = 2.0\n", "# The gain.\n\nGAIN = 2.0  # of the ramp\n\n\n")
    edit(source, "return GAIN * slope * x", "return (GAIN * slope\n            * x)")
    laid_out = qedoc(tmp_path, "check", "--locked", "--format", "json", program=("light.py",))
    assert (laid_out.returncode, laid_out.stderr) == (0, "[]\n")
    told = json.loads(laid_out.stdout)
    assert told["unchanged"] == 2
    assert told["claims"][0]["source"]["line"] == int(place[1]) + 4

    # The code drifts away from the docstring.
    edit(source, "GAIN = 2.0", "GAIN = 3.0")
    assert qedoc(tmp_path, "check", "--locked").returncode == 1
    drifted = qedoc(tmp_path, "check")
    assert drifted.returncode == 1
    assert summary(drifted) == "2 targets: 1 proved, 1 refuted; 1 claim unchanged"
    assert str(tmp_path) not in (tmp_path / "qedoc.lock").read_text()


TWIN = """\
from sympy import symbols
from qedoc import Parameter, Reals, Spec
x = symbols("x")
same = Spec(target="scratchlib.ramps.same", formula=x, symbols=[Parameter(x, "x", Reals(), "place")])
"""


def test_a_spec_and_a_docstring_of_one_name_are_two_claims_and_two_specs_of_one_name_an_error(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.qedoc]\ndocstrings = ["scratchlib.ramps.same"]\nmax-points = 40\njobs = 1\n')
    (tmp_path / "scratchlib").mkdir()
    (tmp_path / "scratchlib" / "__init__.py").write_text("")
    (tmp_path / "scratchlib" / "ramps.py").write_text(DOCUMENTED)
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "a.py").write_text(TWIN)
    for unchanged in (0, 2):
        done = json.loads(qedoc(tmp_path, "check", "--format", "json").stdout)
        assert {claim["id"]: claim["verdict"] for claim in done["claims"]} == {
            "scratchlib.ramps.same": "proved",
            "scratchlib.ramps.same@docstring": "proved",
        }
        assert done["unchanged"] == unchanged
    (tmp_path / "spec" / "b.py").write_text(TWIN.replace("formula=x", "formula=2 * x"))
    assert qedoc(tmp_path, "check", "spec/b.py").returncode == 1
    both = qedoc(tmp_path, "check")
    assert both.returncode == 2
    assert "spec/b.py:4: scratchlib.ramps.same: duplicate spec id, already used at spec/a.py:4" in both.stderr
