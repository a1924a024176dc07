"""What the project's files say of each other."""

import re
import tomllib
from pathlib import Path

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
