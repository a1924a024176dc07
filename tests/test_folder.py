"""A folder of pages is written whole or not at all, and only where nothing else is."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from qedoc.errors import QedocError
from qedoc.report.folder import MARKER, check_folder, write_folder


def content(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir()}


def test_a_report_replaces_a_report(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    write_folder(folder, {"index.html": "one", "old.html": "old"})
    write_folder(folder, {"index.html": "two"})
    assert content(folder) == {"index.html": "two", MARKER: '["index.html"]\n'}
    assert [path.name for path in tmp_path.iterdir()] == ["report"]
    (tmp_path / "new").mkdir()
    assert folder.stat().st_mode == (tmp_path / "new").stat().st_mode


def test_an_empty_folder_may_be_used(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    write_folder(tmp_path / "report", {"index.html": "one"})
    assert content(tmp_path / "report")["index.html"] == "one"


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "report").symlink_to("real")
    write_folder(tmp_path / "report", {"index.html": "one"})
    assert (tmp_path / "report").is_symlink()
    assert content(tmp_path / "real")["index.html"] == "one"


class Interrupted(Mapping[str, str]):
    """Files of which the second is never made."""

    def __getitem__(self, name: str) -> str:
        if name == "b.html":
            raise KeyboardInterrupt
        return "new"

    def __iter__(self) -> Iterator[str]:
        return iter(["a.html", "b.html"])

    def __len__(self) -> int:
        return 2


@pytest.mark.parametrize("before", [True, False])
def test_an_interrupt_leaves_what_was_there(tmp_path: Path, before: bool) -> None:
    folder = tmp_path / "report"
    if before:
        write_folder(folder, {"index.html": "one"})
    with pytest.raises(KeyboardInterrupt):
        write_folder(folder, Interrupted())
    assert [path.name for path in tmp_path.iterdir()] == (["report"] if before else [])
    assert not before or content(folder)["index.html"] == "one"


@pytest.mark.parametrize("marker", [None, "", "{", "[1]", '["index.html"]'])
def test_a_folder_with_something_else_is_left_alone(tmp_path: Path, marker: str | None) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text("mine")
    (folder / "notes.txt").write_text("mine")
    if marker is not None:
        (folder / MARKER).write_text(marker)
    with pytest.raises(QedocError, match=r"is no report of qedoc, because it contains (?:index\.html|notes\.txt|\.qedoc-report)"):
        write_folder(folder, {"index.html": "new"})
    assert content(folder)["index.html"] == "mine"


def test_mistakes_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    (tmp_path / "inner").mkdir()
    wrong = {
        None: "add --output FOLDER",
        tmp_path / "file": "expected a folder, found a file",
        tmp_path / "no" / "where": "does not exist",
        tmp_path: "expected a folder of its own",
        tmp_path.parent: "expected a folder of its own",
    }
    for folder, said in wrong.items():
        with pytest.raises(QedocError, match=said):
            check_folder(folder)
    check_folder(tmp_path / "inner")
    check_folder(Path("report"))
    write_folder(Path("report"), {"index.html": "x"})
    assert json.loads((tmp_path / "report" / MARKER).read_text()) == ["index.html"]
