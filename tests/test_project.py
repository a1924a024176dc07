"""What the project's files say of each other."""

import re
import runpy
import shutil
import tomllib
from pathlib import Path

import pytest
import yaml

import qedoc
from qedoc.results import links
from qedoc.results.codes import CODES

ROOT = Path(__file__).parents[1]


def set_up_lines() -> list[str]:
    """The commands of README.md that make an environment."""
    return re.findall(r"^python3 -m venv .*$", (ROOT / "README.md").read_text(), re.MULTILINE)


def test_two_lines_set_up_a_fresh_clone() -> None:
    check, test = set_up_lines()
    assert check.endswith("&& .venv/bin/qedoc check --all")
    assert test.endswith("&& .venv/bin/pytest")


def test_ci_runs_the_line_of_the_readme() -> None:
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == set_up_lines()[1]


def test_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == qedoc.__version__
    assert f"\nversion: {qedoc.__version__}\n" in (ROOT / "CITATION.cff").read_text()


def test_links_between_documents_lead_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
    broken = [
        f"{document.name}: {link}"
        for document in documents
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text())
        if not link.startswith("http") and not (document.parent / link).exists()
    ]
    assert broken == []


def test_the_addresses_of_the_project_stand_in_one_place() -> None:
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]
    assert urls["Repository"] == urls["Homepage"] == links.REPOSITORY
    assert urls["Documentation"] == links.DOCUMENTATION
    assert all(url.startswith(links.REPOSITORY) for url in urls.values())
    sources = [path for path in (ROOT / "verifier").rglob("*.py") if path.name != "links.py"]
    assert [path.name for path in sources if "github.com/qedoc" in path.read_text()] == []
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "CITATION.cff"]
    found = {url for path in documents for url in re.findall(r"(?:https?|git\+https)://github\.com/qedoc[\w/-]*", path.read_text())}
    assert found
    assert all(url.removeprefix("git+").startswith(links.REPOSITORY) for url in found)


def test_the_address_of_each_code_leads_to_its_section() -> None:
    anchors = {f"#{heading.lower()}" for heading in re.findall(r"^## (QED\d+)$", (ROOT / "docs" / "findings.md").read_text(), re.MULTILINE)}
    assert {code.url for code in CODES} == {f"{links.DOCUMENTATION}/findings.md{anchor}" for anchor in anchors}


RELEASE = runpy.run_path(str(ROOT / ".ci" / "release.py"))


def repository(folder: Path) -> Path:
    """The files of this repository that contain the version, and the changelog."""
    for name in (*RELEASE["PLACES"], "CHANGELOG.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


def test_a_release_sets_the_version_everywhere_and_dates_the_changelog(tmp_path: Path) -> None:
    made = repository(tmp_path)
    RELEASE["prepare"](made, "9.8.7rc1", "2030-01-02")
    assert RELEASE["version"](made) == "9.8.7rc1"
    assert '__version__ = "9.8.7rc1"\n' in (made / "verifier" / "qedoc" / "__init__.py").read_text()
    assert "\nversion: 9.8.7rc1\n" in (made / "CITATION.cff").read_text()
    assert "## [Unreleased]\n\n## [9.8.7rc1] - 2030-01-02\n\n### " in (made / "CHANGELOG.md").read_text()
    with pytest.raises(SystemExit, match="expected changes below"):
        RELEASE["prepare"](made, "9.8.8", "2030-01-02")


@pytest.mark.parametrize("version", ["1.0", "v1.0.0", "", "1.0.0-beta"])
def test_what_is_no_version_is_refused(version: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"expected a version such as 0\.2\.0"):
        RELEASE["prepare"](repository(tmp_path), version, "2030-01-02")


def test_the_release_is_published_without_a_password() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text())
    build, publish = workflow["jobs"]["build"], workflow["jobs"]["publish"]
    assert publish["permissions"] == {"id-token": "write"}
    assert publish["needs"] == "build"
    assert [step["uses"].partition("@")[0] for step in publish["steps"]] == ["actions/download-artifact", "pypa/gh-action-pypi-publish"]
    assert not re.search(r"password|secrets", (ROOT / ".github" / "workflows" / "release.yml").read_text().partition("jobs:")[2])
    commands = [step["run"] for step in build["steps"] if "run" in step]
    assert any("python -m build" in command for command in commands)
    assert any("twine check --strict" in command for command in commands)
    assert any('test "$GITHUB_REF_NAME" = "v$(python .ci/release.py)"' in command for command in commands)


def test_lines_that_install_qedoc_work_before_a_release() -> None:
    pages = [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]
    lines = [line for page in pages for line in page.read_text().splitlines() if "install" in line and re.search(r"\bqedoc(\[|\b)", line)]
    commands = [line for line in lines if re.search(r"^\s*(- run: |- )?(pip |python -m pip |session\.)install", line)]
    assert commands
    assert [line for line in commands if "git+" + links.REPOSITORY not in line] == []
