"""Options of everyday use: what fails, colors, jobs, the cache, and a run that leaves the lock file alone."""

import io
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_cli import QUICK, run, write_project
from test_findings import EVERYTHING, claim, made, tree, written
from test_report import PROVED, REFUTED, outcome

from qedoc.cli import main as commands
from qedoc.cli import start
from qedoc.cli.main import main
from qedoc.config.options import Mode, settled, usable_cores, with_failures
from qedoc.errors import QedocError
from qedoc.report.formats import FORMATS, render
from qedoc.results.codes import failing
from qedoc.results.verdict import Verdict

NOTHING = {"timeout": None, "max_points": None, "seed": None}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("project"))


# --fail-on


@pytest.mark.parametrize(
    ("kinds", "codes"),
    [
        (["refuted"], {"QED101", "QED102"}),
        (["refuted", "unreadable"], {"QED101", "QED102", "QED201"}),
        (["Undecided"], {"QED203", "QED204", "QED205"}),
        (["qed3"], {"QED301", "QED302", "QED303", "QED304", "QED305"}),
        (["domain"], {"QED301"}),
        ([], set()),
    ],
)
def test_kinds_that_fail_are_verdicts_and_codes(kinds: list[str], codes: set[str]) -> None:
    assert failing(kinds) == codes


@pytest.mark.parametrize(
    ("kind", "message"),
    [("unreadible", "did you mean unreadable?"), ("", "found ''"), ("proved", "found 'proved'"), ("QED9", "found 'QED9'")],
)
def test_a_kind_that_there_is_not_is_refused(kind: str, message: str) -> None:
    with pytest.raises(QedocError, match="fail-on: expected verdicts .*" + re.escape(message)):
        failing([kind])


@pytest.mark.parametrize("verdict", [*Verdict])
def test_what_is_listed_fails_and_nothing_else_but_errors(verdict: Verdict, tmp_path: Path) -> None:
    found = made(outcome(claim(verdict)), tmp_path, fail_on=failing(["unreadable"]))
    assert found.exit_code == int(verdict in (Verdict.UNREADABLE, Verdict.REFUTED))


def test_a_verdict_that_is_listed_is_a_failure_in_junit(tmp_path: Path) -> None:
    found = outcome(claim(Verdict.UNREADABLE), claim(Verdict.TESTED), claim(Verdict.UNDECIDED))
    root = tree(written(made(found, tmp_path, fail_on=failing(["unreadable", "tested"])), "junit"))
    assert (root.get("failures"), root.get("skipped")) == ("2", "1")


def test_the_option_overrides_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.qedoc]\nfail-on = ["undecided"]\njobs = 3\n')
    monkeypatch.chdir(tmp_path)
    settings = settled(**NOTHING, jobs=None)
    assert settings.fail_on == {"QED203", "QED204", "QED205"}
    assert with_failures(settings, None) == settings
    assert with_failures(settings, "unreadable, QED301").fail_on == {"QED201", "QED301"}
    with pytest.raises(QedocError, match="found 'x'"):
        with_failures(settings, "x")


# --exit-zero


def test_exit_zero_is_for_findings_and_not_for_what_cannot_run(project: Path) -> None:
    for options, code in (((), 1), (("--exit-zero",), 0)):
        done = run("check", "wrong", "--no-lock", "-q", *options, *QUICK, folder=project)
        assert done.returncode == code, done.stderr
        assert "refuted  QED101" in done.stdout
    assert run("check", "broken/absent.py", "--no-lock", "--exit-zero", *QUICK, folder=project).returncode == 2


# -j, --all --no-lock


def test_zero_jobs_are_all_cores_whatever_the_table_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.qedoc]\njobs = 3\n")
    monkeypatch.chdir(tmp_path)
    assert settled(**NOTHING, jobs=None).jobs == 3
    assert settled(**NOTHING, jobs=0).jobs == usable_cores()
    assert CliRunner().invoke(main, ["check", "-j", "-1"]).exit_code == 2


def test_all_without_the_lock_file_checks_everything_and_leaves_the_file_alone(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    assert settled(**NOTHING, jobs=1, again=True, no_lock=True).mode is Mode.UNLOCKED
    with pytest.raises(QedocError, match="--locked and --no-lock cannot be combined"):
        settled(**NOTHING, jobs=1, locked=True, no_lock=True)
    done = run("check", "spec", "--all", "--no-lock", *QUICK, folder=project)
    assert (done.returncode, done.stderr) == (0, "")
    assert not list(project.glob(".qedoc*")) + list(project.glob("qedoc.lock*"))


# --color


def shown(color: str, *, terminal: bool = False) -> str:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return terminal

    file = Terminal()
    render(made(outcome(PROVED, REFUTED), Path()), "concise", file, asked=False, color=color)
    return file.getvalue()


def test_color_is_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    red, link = "\x1b[1;31mrefuted\x1b[0m", "\x1b]8;"
    assert red in shown("auto", terminal=True)
    assert "\x1b" not in shown("auto")
    assert "\x1b" not in shown("never") + shown("never", terminal=True)
    assert red in shown("always")
    assert link in shown("always")
    monkeypatch.setenv("NO_COLOR", "1")
    assert red not in shown("auto", terminal=True)
    assert red in shown("always")
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert red in shown("auto")
    assert "\x1b" not in shown("never")


# cache


def test_the_cache_is_shown_and_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "qedoc"
    assert CliRunner().invoke(main, ["cache"]).output == f"{folder}: empty\n"
    (folder / "xla").mkdir(parents=True)
    (folder / "xla" / "kernel").write_bytes(b"\0" * 2**21)
    assert CliRunner().invoke(main, ["cache"]).output == f"{folder}: 2.0 MiB in 1 file; delete it with: qedoc cache --clear\n"
    assert CliRunner().invoke(main, ["cache", "--clear"]).output == f"{folder}: deleted 2.0 MiB in 1 file\n"
    assert not folder.exists()


@pytest.mark.parametrize("style", ["json", "lines"])
def test_formats_for_programs_have_no_color(style: str) -> None:
    file = io.StringIO()
    render(made(EVERYTHING, Path()), style, file, asked=False, color="always")
    assert "\x1b" not in file.getvalue()


def test_the_formats_are_the_same_everywhere() -> None:
    assert {*start.FORMATS} <= {*FORMATS} == {*commands.FORMATS}
    assert "lines" in start.FORMATS


def test_the_short_way_knows_the_options_that_change_no_result(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    known = start._options(["-q", "-j", "0", "--format", "lines"])
    assert known is not None
    assert (known["quiet"], known["j"], known["format"]) == (True, 0, "lines")
    assert start._options(["--exit-zero"]) is start._options(["--color", "always"]) is start._options(["--fail-on", "domain"]) is None
    (tmp_path / "article.py").write_text("")
    assert start._report(paths=["article.py"]) is None  # there is no project, so nothing is kept
