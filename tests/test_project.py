"""What the project's files say of each other."""

import re
import tomllib
from pathlib import Path

import qedoc

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
