"""The lock file in a repository with branches: merges without conflicts, repaired conflicts, and the merge driver, with real git."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from qedoc.lock.merging import conflicted, merged, read, sides
from qedoc.lock.seals import is_broken, sealed
from qedoc.lock.store import Lock, load

SOURCE = Path(__file__).parents[1] / "verifier"

LIBRARY = '''\
"""A library."""

HALF = 0.5


def shared(x):
    """Helps."""
    return HALF * x


'''


def function(name: str, formula: str, code: str) -> str:
    return f'''\
def {name}(x):
    r"""A function.

    .. math::
        f(x) = {formula}
    """
    return {code}


'''


FUNCTIONS = {"alpha": ("x + 1", "x + 1"), "beta": ("2 x", "4 * shared(x)"), "gamma": ("3 x", "3 * x"), "delta": ("x / 2", "shared(x)")}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text('[tool.qedoc]\ndocstrings = ["mylib"]\nmax-points = 40\njobs = 1\nrepair-timeout = 0\n')
    (tmp_path / "mylib").mkdir()
    (tmp_path / "mylib" / "__init__.py").write_text("")
    (tmp_path / "mylib" / "core.py").write_text(LIBRARY + "".join(function(name, *both) for name, both in FUNCTIONS.items()))
    (tmp_path / ".gitignore").write_text("__pycache__\n.cache\n.qedoc.lock.guard\n")
    git(tmp_path, "init", "-q", "-b", "main")
    assert check(tmp_path).returncode == 0
    commit(tmp_path, "start")
    return tmp_path


def git(folder: Path, *arguments: str, fails: bool = False) -> str:
    environment = {**environ(folder), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    command = [str(shutil.which("git")), *who, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode != 0) is fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)


def environ(folder: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(SOURCE), "XDG_CACHE_HOME": str(folder / ".cache"), "PYTHONDONTWRITEBYTECODE": "1"}


def check(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "qedoc", "check", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environ(folder), check=False, timeout=600)


def on_branch(folder: Path, name: str, *edits: tuple[str, str]) -> None:
    """Commits edits and their lock file on a new branch of main."""
    git(folder, "checkout", "-q", "-b", name, "main")
    core = folder / "mylib" / "core.py"
    for old, new in edits:
        assert old in core.read_text()
        core.write_text(core.read_text().replace(old, new))
    check(folder)
    commit(folder, name)


def stale(folder: Path) -> dict[str, str]:
    """The claims that must be verified again, with the reasons."""
    done = check(folder, "--locked", "--format", "json")
    return {one["id"]: one["reason"] for one in json.loads(done.stdout)["stale"]}


def test_branches_that_edit_different_functions_merge_without_a_conflict(project: Path) -> None:
    on_branch(project, "one", ("f(x) = x + 1", "f(x) = x + 2"), ("return x + 1", "return x + 2"))
    on_branch(project, "two", ("return 3 * x", "return x + x + x"), ('"""A library."""', '"""A library of functions."""'))
    git(project, "checkout", "-q", "one")
    assert "CONFLICT" not in git(project, "merge", "-q", "--no-edit", "two")
    assert stale(project) == {}
    assert check(project, "--locked").returncode == 0


def test_what_no_claim_rests_on_leaves_every_claim_fresh_and_a_change_is_named(project: Path) -> None:
    core = project / "mylib" / "core.py"
    text = core.read_text()
    plain = text.replace('"""A library."""', '"""Another text."""').replace('"""Helps."""', '"""Helps others."""')
    helper = 'import math\n\n\ndef helper(y):\n    """Helps, too."""\n    return math.pi * y  # a comment\n\n\n'
    core.write_text(plain.replace("def shared", f"{helper}def shared"))
    (project / "mylib" / "new.py").write_text("def more(z):\n    return z\n")
    with (project / "pyproject.toml").open("a") as table:
        table.write('[project]\nname = "mylib"\nversion = "0.2"\n')
    assert stale(project) == {}
    core.write_text(text.replace("return HALF * x", "return x * HALF"))
    assert stale(project) == dict.fromkeys(("mylib.core.beta", "mylib.core.delta"), "the code has changed: mylib/core.py: shared")
    core.write_text(text.replace("f(x) = 3 x", "f(x) = 4 x"))
    assert stale(project) == {"mylib.core.gamma": "the text that it was read with has changed: mylib/core.py: gamma"}
    core.write_text(text + function("epsilon", "x", "x"))
    (told,) = stale(project).values()
    assert told == "a formula that was not read yet: mylib/core.py: epsilon"


def test_a_conflict_is_repaired_with_what_holds_of_both_sides(project: Path) -> None:
    on_branch(project, "one", ("f(x) = x + 1", "f(x) = x + 2"), ("return x + 1", "return x + 2"), ("HALF * x", "x * HALF"))
    on_branch(project, "two", ("return 3 * x", "return x + x + x"), ("HALF = 0.5", "HALF = 1 / 2"))
    git(project, "checkout", "-q", "one")
    assert "CONFLICT" in git(project, "merge", "-q", "--no-edit", "two", fails=True)
    assert "<<<<<<<" not in (project / "mylib" / "core.py").read_text()
    locked = check(project, "--locked")
    assert locked.returncode == 2
    assert "the lock file has merge conflicts; qedoc check keeps what holds of both sides" in locked.stderr
    done = check(project)
    assert done.returncode == 0
    assert "qedoc.lock had merge conflicts: kept the results of both sides that hold (2); 2 hold on neither side" in done.stderr
    assert "2 claims unchanged" in done.stdout
    assert check(project, "--locked").returncode == 0


def test_a_merge_never_makes_a_result_that_nobody_has_verified(project: Path) -> None:
    """Each branch is right alone; together they are wrong, and the lock file must not say otherwise."""
    on_branch(
        project, "one", ("HALF = 0.5", "HALF = 0.25"), ("return 4 * shared(x)", "return 8 * shared(x)"), ("f(x) = x / 2", "f(x) = x / 4")
    )
    on_branch(project, "two", ("return HALF * x", "return HALF * 2 * x"), ("return 4 *", "return 2 *"), ("f(x) = x / 2", "f(x) = x"))
    git(project, "checkout", "-q", "one")
    git(project, "merge", "-q", "--no-edit", "two", fails=True)
    core = project / "mylib" / "core.py"
    git(project, "checkout", "-q", "--ours", "mylib/core.py")
    core.write_text(core.read_text().replace("return HALF * x", "return HALF * 2 * x"))
    done = check(project)
    assert done.returncode == 1
    assert "mylib.core.beta" in done.stdout
    assert "mylib.core.delta" in done.stdout


def with_driver(folder: Path) -> None:
    driver = f"{shlex.quote(sys.executable)} -m qedoc merge-lock %O %A %B %P"
    git(folder, "config", "merge.qedoc.driver", driver)
    git(folder, "config", "merge.qedoc.name", "merges the results of both sides")
    (folder / ".gitattributes").write_text("qedoc.lock merge=qedoc\n")
    commit(folder, "driver")


def test_the_merge_driver_leaves_no_conflict(project: Path) -> None:
    with_driver(project)
    on_branch(project, "one", ("f(x) = x + 1", "f(x) = x + 2"), ("return x + 1", "return x + 2"), ("HALF * x", "x * HALF"))
    on_branch(project, "two", ("return 3 * x", "return x + x + x"), ("HALF = 0.5", "HALF = 1 / 2"))
    git(project, "checkout", "-q", "one")
    told = git(project, "merge", "--no-edit", "two")
    assert "qedoc.lock: verify again with qedoc check, because both sides have changed them: mylib.core.beta, mylib.core.delta" in told
    assert not conflicted((project / "qedoc.lock").read_text())
    assert set(stale(project)) == {"mylib.core.beta", "mylib.core.delta"}
    assert check(project).returncode == 0
    (project / "broken").write_text("{")
    done = subprocess.run(
        [sys.executable, "-m", "qedoc", "merge-lock", "qedoc.lock", "broken", "qedoc.lock"],
        cwd=project, env=environ(project), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: qedoc.lock: one of the versions is not a lock file (JSONDecodeError")


A, B, C = ({"x": letter} for letter in "abc")


def test_records_are_merged_whole() -> None:
    base, ours, theirs = Lock(claims={"k": A, "m": A, "n": A}), Lock(claims={"k": B, "m": A, "n": B}), Lock(claims={"k": A, "m": C, "n": C})
    assert merged(base, ours, theirs) == (Lock(claims={"k": B, "m": C}), ["n"])
    assert merged(base, ours, ours) == (ours, [])
    assert merged(Lock(), Lock(claims={"k": A}), Lock(claims={"m": B})) == (Lock(claims={"k": A, "m": B}), [])
    assert merged(base, Lock(claims={"k": A, "n": A}), base)[0].claims.keys() == {"k", "n"}  # one side has removed the claim


def test_both_sides_of_a_conflict_are_read_also_where_only_parts_of_an_entry_differ() -> None:
    wide = {"text": "y" * 150, "value": 1}
    text = Lock(files={"f": {"claims": []}}, claims={"a": wide, "b": wide, "c": wide}).text()
    assert read(text) == Lock(files={"f": {"claims": []}}, claims={"a": wide, "b": wide, "c": wide})
    before, middle, after = text.partition('   "value": 1\n')
    ours, theirs = sides(f'{before}<<<<<<< HEAD\n{middle}||||||| base\n   "value": 7\n=======\n   "value": 2\n>>>>>>> two\n{after}')
    assert ours.claims == {"a": wide, "b": wide, "c": wide}
    assert theirs.claims == {"a": wide | {"value": 2}, "b": wide, "c": wide}
    assert sides("<<<<<<< HEAD\n{\n=======\n>>>>>>> two\n") == (Lock(), Lock())


def test_an_entry_that_is_put_together_has_a_broken_seal() -> None:
    one, two = sealed({"a": 1, "b": 2, "points": None}), sealed({"a": 3, "b": 4, "points": None})
    assert not is_broken(one | {"points": "file"})
    assert not is_broken({"a": 1})
    assert is_broken(one | {"a": 3})
    assert is_broken(one | {"seal": two["seal"]})
    assert not is_broken(sealed(one, "a") | {"b": 7}, "a")
    assert load(Path("nowhere")) == Lock()
