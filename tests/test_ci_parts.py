"""What a project takes from this repository, as its maintainer uses it: commands, hook, action, recipes, the wheel."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from test_report import PROVED, REFUTED, outcome, sized

from qedoc.cli.main import main
from qedoc.errors import Location
from qedoc.report.badge import shield
from qedoc.report.json_report import schema_text
from qedoc.results.codes import CODES
from qedoc.results.outcome import Stale
from qedoc.results.verdict import Verdict

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs" / "ci.md"

LIBRARY = "def double(x):\n    return 2 * x\n"
SPEC = """\
from sympy import symbols
from qedoc import Parameter, Reals, Spec

x = symbols("x")
double = Spec(target="scratch.double", formula=2 * x, symbols=[Parameter(x, "x", Reals(), "place")])
"""
WRONG = SPEC.replace("2 * x", "2 + x")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A git repository with one claim, and qedoc on the path as an installation puts it there."""
    made = tmp_path / "project"
    (made / "spec").mkdir(parents=True)
    (made / "scratch.py").write_text(LIBRARY)
    (made / "spec" / "double.py").write_text(SPEC)
    (made / "pyproject.toml").write_text("[tool.qedoc]\nmax-points = 40\njobs = 1\n")
    (made / ".gitignore").write_text("__pycache__/\n.cache/\n")
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "qedoc").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m qedoc "$@"\n')
    (programs / "qedoc").chmod(0o755)
    git(made, "init", "-q")
    return made


def environment(project: Path, **more: str) -> dict[str, str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_", "PRE_COMMIT"))}
    paths = os.pathsep.join([str(project.parent / "bin"), str(Path(sys.executable).parent), known["PATH"]])
    person = {f"GIT_{who}_{what}": "qedoc@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    cache = {"XDG_CACHE_HOME": str(project.parent / ".cache"), "PRE_COMMIT_HOME": str(project.parent / ".pre-commit")}
    return known | person | cache | {"PATH": paths, "PYTHONPATH": str(ROOT / "verifier")} | more


def run(project: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=project, capture_output=True, text=True, env=environment(project, **more), timeout=900, check=False)


def git(folder: Path, *arguments: str) -> str:
    done = run(folder, "git", "-c", "init.defaultBranch=main", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commit(folder: Path, message: str) -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)
    return git(folder, "rev-parse", "HEAD")


def said(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """A command in this process."""
    with pytest.raises(SystemExit) as caught:
        main(arguments, prog_name="qedoc")
    out, err = capfd.readouterr()
    return int(caught.value.code or 0), out, err


# Commands


def test_rule_lists_and_explains(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(["rule"], capfd)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == [known.code for known in CODES]
    assert said(["rule", "domain"], capfd)[1].startswith("QED301 domain (note: never fails a run)\n")
    code, out, err = said(["rule", "QED999"], capfd)
    assert (code, out) == (2, "")
    assert err.startswith("error: unknown code 'QED999'; ")


def test_the_schema_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    assert said(["schema"], capfd)[1] == schema_text()


def test_init_writes_a_table_and_a_spec_that_is_proved(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'p'")
    done = run(tmp_path, sys.executable, "-m", "qedoc", "init")
    assert (done.returncode, done.stderr) == (0, "")
    told = ["wrote [tool.qedoc] to pyproject.toml", "wrote spec/softplus.py; check it with: qedoc check"]
    assert done.stdout.splitlines()[:-1] == told
    assert (tmp_path / "pyproject.toml").read_text().startswith("[project]\nname = 'p'\n\n[tool.qedoc]\n")
    checked = run(tmp_path, sys.executable, "-m", "qedoc", "check", "--max-points", "40")
    assert checked.returncode == 0
    assert "1 target: 1 proved; 2 properties: all hold" in checked.stdout
    again = run(tmp_path, sys.executable, "-m", "qedoc", "init")
    assert again.returncode == 2
    assert again.stderr.endswith("pyproject.toml: already contains [tool.qedoc]; edit this table\n")


def test_init_leaves_the_specs_that_are_there(project: Path) -> None:
    (project / "pyproject.toml").unlink()
    done = run(project, "qedoc", "init")
    assert "wrote [tool.qedoc] to pyproject.toml\n" in done.stdout
    assert "left spec/ unchanged, because it contains specs\n" in done.stdout
    assert [file.name for file in (project / "spec").iterdir()] == ["double.py"]


@pytest.mark.parametrize(
    ("found", "message", "color"),
    [
        (outcome(PROVED, sized([Verdict.TESTED])), "1 proved, 1 tested", "brightgreen"),
        (outcome(PROVED, sized([Verdict.UNDECIDED])), "1 proved, 1 undecided", "yellow"),
        (outcome(PROVED, REFUTED), "1 proved, 1 refuted", "red"),
        (outcome(), "no claims", "lightgrey"),
        (outcome(PROVED, stale=(Stale(id="f", location=Location(path="f.py", line=1), reason="r"),)), "stale", "lightgrey"),
    ],
)
def test_a_badge_tells_the_verdicts(found: Any, message: str, color: str) -> None:
    assert shield(found) == {"schemaVersion": 1, "label": "formulas", "message": message, "color": color}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_printed(shell: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert "_QEDOC_COMPLETE" in said(["completion", shell], capfd)[1]


def _badge(project: Path) -> None:
    """A badge before anything was verified."""
    assert json.loads(run(project, "qedoc", "badge").stdout)["message"] == "stale"
    assert run(project, "qedoc", "check").returncode == 0
    assert run(project, "qedoc", "badge", "--output", "badge.json").stdout == ""
    assert json.loads((project / "badge.json").read_text())["message"] == "1 proved"


def _completion(project: Path) -> None:
    """Targets are completed from the lock file."""
    words = {"_QEDOC_COMPLETE": "bash_complete", "COMP_WORDS": "qedoc check scr", "COMP_CWORD": "2"}
    assert run(project, "qedoc", **words).stdout == "plain,scratch.double\n"
    assert run(project, "qedoc", **words | {"COMP_WORDS": "qedoc rule qed10"}).stdout == "plain,QED101\nplain,QED102\n"


def _hooks(project: Path) -> None:
    """The hooks, from a repository of their own, as pre-commit takes them."""
    hooks = project.parent / "hooks"
    hooks.mkdir()
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
    git(hooks, "init", "-q")
    revision = commit(hooks, "hooks")
    entry = {"repo": str(hooks), "rev": revision, "hooks": [{"id": "qedoc-locked"}]}
    (project / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [entry]}))
    git(project, "add", "-A")
    assert run(project, "pre-commit", "install").returncode == 0
    good = run(project, "git", "commit", "-m", "all is well")
    assert good.returncode == 0, good.stdout + good.stderr
    assert "qedoc check --locked" in good.stderr
    assert "Passed" in good.stderr
    (project / "scratch.py").write_text(LIBRARY.replace("2 * x", "3 * x"))
    git(project, "add", "-A")
    bad = run(project, "git", "commit", "-m", "the code has changed")
    assert bad.returncode == 1
    assert "the code has changed: scratch.py: double; run qedoc check" in bad.stderr


def _action(project: Path) -> None:
    """The action: annotations, a summary, SARIF, an exit code."""
    files = {name: project.parent / name for name in ("summary", "output")}
    github = {"GITHUB_STEP_SUMMARY": str(files["summary"]), "GITHUB_OUTPUT": str(files["output"]), "GITHUB_WORKSPACE": str(project)}
    step = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"][0]
    inputs = {"QEDOC_ARGS": "--strict scratch.double", "QEDOC_SARIF": "qedoc.sarif"}
    assert set(step["env"]) == set(inputs)
    done = run(project, step["shell"], "-c", step["run"], **github, **inputs, GITHUB_ACTION_PATH=str(ROOT))
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=spec/double.py,line=5,title=QED101 ")
    assert files["output"].read_text() == "exit-code=1\n"
    assert "scratch.double  refuted  QED101\nspec/double.py:5\n" in files["summary"].read_text()
    (result,) = [r for r in json.loads((project / "qedoc.sarif").read_text())["runs"][0]["results"] if r["level"] == "error"]
    assert result["ruleId"] == "QED101"


def _acceptance(project: Path) -> None:
    """The finding is accepted, and later gone."""
    accepted = run(project, "qedoc", "baseline", "--reason", "the code will follow")
    assert (accepted.returncode, accepted.stdout) == (0, "qedoc-baseline.json: 1 accepted, 0 removed\n")
    (entry,) = json.loads((project / "qedoc-baseline.json").read_text())["findings"]
    assert (entry["code"], entry["claim"], entry["reason"]) == ("QED101", "scratch.double", "the code will follow")
    known = run(project, "qedoc", "check")
    assert known.returncode == 0
    assert "\naccepted: 1 finding, see qedoc-baseline.json\n" in known.stdout
    assert re.search(r"^  double  refuted, accepted ", known.stdout, re.MULTILINE)
    other = run(project, "qedoc", "baseline", "--reason", "reported upstream")
    assert other.stdout == "qedoc-baseline.json: 1 accepted, 0 removed (reason of 1 changed)\n"
    assert json.loads((project / "qedoc-baseline.json").read_text())["findings"] == [entry | {"reason": "reported upstream"}]
    spec = project / "spec" / "more.py"
    spec.write_text(WRONG.replace("Spec(", 'Spec(name="more", '))
    more = run(project, "qedoc", "baseline", "--reason", "new")
    assert more.stdout == "qedoc-baseline.json: 2 accepted, 0 removed (1 new, reason of 1 kept; name targets to change it)\n"
    named = run(project, "qedoc", "baseline", "scratch.double#more", "--reason", "newer")
    assert named.stdout == "qedoc-baseline.json: 2 accepted, 0 removed (reason of 1 changed)\n"
    found = json.loads((project / "qedoc-baseline.json").read_text())["findings"]
    assert [one["reason"] for one in found] == ["reported upstream", "newer"]
    assert run(project, "qedoc", "baseline").stdout == "qedoc-baseline.json: 2 accepted, 0 removed\n"
    spec.unlink()
    assert run(project, "qedoc", "baseline").returncode == 0
    (project / "scratch.py").write_text(LIBRARY)
    gone = run(project, "qedoc", "check")
    assert gone.returncode == 0
    assert "\nQED402 scratch.double: QED101 is accepted in qedoc-baseline.json but no longer occurs\n" in gone.stdout
    assert run(project, "qedoc", "check", "--strict").returncode == 1
    assert run(project, "qedoc", "baseline").stdout == "qedoc-baseline.json: 0 accepted, 1 removed\n"
    assert run(project, "qedoc", "check", "--strict").returncode == 0


def _codes(project: Path) -> None:
    """Findings that are ignored do not fail, and codes that there are not are refused."""
    assert run(project, "qedoc", "check", "--ignore", "QED9").stderr.startswith("error: expected a code or a code prefix")


def test_a_project_lives_with_baseline_badge_completion_hook_and_action(project: Path) -> None:
    """One after the other in one project, as each finds there what the one before has left."""
    for part in (_badge, _completion, _hooks, _action, _acceptance, _codes):
        part(project)


def test_bisect_finds_the_commit_by_the_documented_recipe(project: Path) -> None:
    good = commit(project, "right")
    (project / "note").write_text("1")
    commit(project, "right still")
    (project / "scratch.py").write_text("import no_such_module\n" + LIBRARY)
    commit(project, "cannot run")
    (project / "scratch.py").write_text(LIBRARY)
    (project / "spec" / "double.py").write_text(WRONG)
    wrong = commit(project, "wrong")
    (project / "note").write_text("2")
    bad = commit(project, "wrong still")
    recipe = re.findall(r"^git bisect .*$", DOCS.read_text(), re.MULTILINE)
    start, go = (line.replace("BAD", bad).replace("GOOD", good).replace("TARGET", "scratch.double") for line in recipe)
    assert run(project, "bash", "-c", start).returncode == 0
    done = run(project, "bash", "-c", go)
    assert wrong in done.stdout
    assert "wrong" in done.stdout


def test_the_wheel_has_the_plugin_the_schema_and_the_templates(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        points = archive.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()
    assert {"qedoc_pytest.py", "qedoc/report/schema.json", "qedoc/py.typed", "qedoc/lock/store.py"} <= names
    templates = {path.name for path in (ROOT / "verifier/qedoc/report/templates").iterdir()}
    assert templates == {name.rpartition("/")[2] for name in names if name.startswith("qedoc/report/templates/")}
    assert {"index.html", "report.css", "report.js"} <= templates
    assert "[pytest11]\nqedoc = qedoc_pytest" in points


def test_the_action_and_the_hooks_say_what_they_run() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    assert action["runs"]["using"] == "composite"
    assert os.access(ROOT / "action" / "check.sh", os.X_OK)
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert [hook["id"] for hook in hooks] == ["qedoc", "qedoc-locked"]
    assert all(hook["entry"].startswith("qedoc check") and hook["language"] == "system" for hook in hooks)


def test_the_documented_nox_session_is_python() -> None:
    (session,) = re.findall(r"```python\n(@nox.*?)```", DOCS.read_text(), re.DOTALL)
    compile(session, "docs/ci.md", "exec")
