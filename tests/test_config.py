"""`[tool.qedoc]`: what is taken from it, and what is said of a table that is wrong."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from qedoc.config.options import settled
from qedoc.config.table import KEYS, Config, configuration
from qedoc.errors import QedocError

ROOT = Path(__file__).parents[1]


def table(folder: Path, text: str, head: str = "[project]\nname = 'p'\n\n[tool.qedoc]\n") -> Path:
    (folder / "pyproject.toml").write_text(head + text)
    return folder


def test_a_project_without_the_table_goes_by_the_defaults(tmp_path: Path) -> None:
    assert configuration(tmp_path) == Config(root=tmp_path)
    assert configuration(table(tmp_path, "", head="[tool.other]\nqedoc = 1\n")) == Config(root=tmp_path)


def test_all_keys_are_taken(tmp_path: Path) -> None:
    text = """\
specs = ["claims", "docs/spec.py"]
docstrings = ["mylib", "mylib.losses.huber"]
lock = "ci/claims.lock"
baseline = "ci/known.json"
jobs = 3
timeout = 5
max-points = 20
seed = 4
strict = true
fail-on = ["unreadable"]
select = ["QED1"]
ignore = ["QED102"]
"""
    assert configuration(table(tmp_path, text)) == Config(
        root=tmp_path,
        specs=("claims", "docs/spec.py"),
        docstrings=("mylib", "mylib.losses.huber"),
        lock="ci/claims.lock",
        baseline="ci/known.json",
        jobs=3,
        timeout=5,
        max_points=20,
        seed=4,
        strict=True,
        fail_on=("unreadable",),
        select=("QED1",),
        ignore=("QED102",),
        found=True,
    )


def test_the_nearest_table_counts(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    table(tmp_path, "seed = 1\n")
    table(tmp_path / "a", "", head="[project]\n")
    assert configuration(inner).seed == 1
    assert configuration(inner).root == tmp_path
    table(inner, "seed = 2\n")
    assert configuration(inner).seed == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "max_points = 5",
            "5: tool.qedoc.max_points: unknown key; did you mean max-points? the keys are specs, docstrings, lock, baseline, jobs, ",
        ),
        ("zzz = 5", "5: tool.qedoc.zzz: unknown key; the keys are specs, docstrings, lock, "),
        ("seed = 1\njobs = -1", "6: tool.qedoc.jobs: expected an integer >= 0 (0 means one per usable core), found -1"),
        ("jobs = true", "5: tool.qedoc.jobs: expected an integer >= 0 (0 means one per usable core), found True"),
        ("timeout = 0", "5: tool.qedoc.timeout: expected a positive number of seconds, found 0"),
        ("timeout = nan", "5: tool.qedoc.timeout: expected a positive number of seconds, found nan"),
        ('timeout = "1"', "5: tool.qedoc.timeout: expected a positive number of seconds, found '1'"),
        ("repair-timeout = -1", "5: tool.qedoc.repair-timeout: expected a number of seconds >= 0 (0 for no corrections), found -1"),
        ("max-points = 0", "5: tool.qedoc.max-points: expected an integer >= 1, found 0"),
        ("seed = 1.5", "5: tool.qedoc.seed: expected an integer >= 0, found 1.5"),
        ('strict = "yes"', "5: tool.qedoc.strict: expected true or false, found 'yes'"),
        ('specs = "spec"', "5: tool.qedoc.specs: expected a list of paths, such as [\"spec\"], found 'spec'"),
        ("specs = []", '5: tool.qedoc.specs: expected a list of paths, such as ["spec"], found []'),
        (
            'docstrings = ["my lib"]',
            "5: tool.qedoc.docstrings: expected a list of dotted paths, such as [\"mylib.losses\"], found ['my lib']",
        ),
        ('lock = ""', "5: tool.qedoc.lock: expected a file path as a string, found ''"),
        (
            "ignore = [1]",
            '5: tool.qedoc.ignore: expected a list of codes or code prefixes, such as ["QED1"]; qedoc rule lists all codes, found [1]',
        ),
    ],
)
def test_a_wrong_table_names_the_key_and_what_is_allowed(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(QedocError) as caught:
        configuration(table(tmp_path, text))
    assert str(caught.value).startswith(f"{tmp_path / 'pyproject.toml'}:{message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [("[tool]\nqedoc = 3\n", "tool.qedoc: expected a table, found 3"), ("[tool.qedoc\n", "pyproject.toml: invalid TOML: ")],
)
def test_a_file_that_has_no_such_table_is_refused(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(QedocError) as caught:
        configuration(table(tmp_path, "", head=text))
    assert message in str(caught.value)


def test_an_option_goes_before_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(table(tmp_path, 'seed = 4\nmax-points = 20\njobs = 2\nignore = ["QED3"]\nlock = "a.lock"\n'))
    unasked = settled(timeout=None, max_points=None, seed=None, jobs=None)
    assert (unasked.limits.seed, unasked.limits.max_points, unasked.jobs, unasked.ignore) == (4, 20, 2, ("QED3",))
    assert unasked.lock == tmp_path / "a.lock"
    asked = settled(timeout=3.0, max_points=7, seed=0, jobs=1, ignore="QED1, QED2", select="QED")
    assert (asked.limits.seed, asked.limits.max_points, asked.limits.timeout, asked.jobs) == (0, 7, 3.0, 1)
    assert (asked.ignore, asked.select) == (("QED1", "QED2"), ("QED",))


def test_a_code_that_there_is_not_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(table(tmp_path, 'ignore = ["E501"]\n'))
    with pytest.raises(QedocError, match="expected a code or a code prefix, such as QED101 or QED1, found 'E501'"):
        settled(timeout=None, max_points=None, seed=None, jobs=None)


def test_the_documentation_tells_all_keys_and_their_defaults() -> None:
    page = (ROOT / "docs" / "ci.md").read_text()
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", page, re.MULTILINE))
    assert {key: rows[key] for key in KEYS} == {key: known.expected for key, known in KEYS.items()}
    shown = tomllib.loads(re.findall(r"```toml\n(.*?)```", page, re.DOTALL)[0])["tool"]["qedoc"]
    defaults = {
        field.name.replace("_", "-"): getattr(Config(), field.name) for field in fields(Config) if field.name not in ("root", "found")
    }
    assert {key: tuple(value) if isinstance(value, list) else value for key, value in shown.items()} == defaults
    assert {*shown} == {*KEYS}
