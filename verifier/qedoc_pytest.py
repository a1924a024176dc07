"""The pytest plugin's entry point: outside of the package, so that a project without claims does not even import qedoc."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

TABLE = b"tool.qedoc"


def pytest_addoption(parser: "pytest.Parser") -> None:
    """Adds the options of qedoc."""
    group = parser.getgroup("qedoc", "documented formulas (qedoc)")
    group.addoption("--qedoc", action="store_true", help="collect the spec files of [tool.qedoc] beside what is named")
    group.addoption("--qedoc-points", type=int, metavar="N", help="most points of each claim")
    group.addoption("--qedoc-seed", type=int, metavar="N", help="where random points start")
    group.addoption("--qedoc-timeout", type=float, metavar="SECONDS", help="time limit of each case")
    group.addoption("--qedoc-strict", action="store_true", help="claims and properties without an answer fail")


def pytest_configure(config: "pytest.Config") -> None:
    """Brings in the plugin itself, where a project has claims."""
    if config.option.qedoc or _has_table(config.rootpath / "pyproject.toml"):
        from qedoc.pytest.items import Claims  # only now: it reads the project's table

        config.pluginmanager.register(Claims(config), "qedoc-claims")


def _has_table(file: Path) -> bool:
    try:
        return TABLE in file.read_bytes()
    except OSError:
        return False
