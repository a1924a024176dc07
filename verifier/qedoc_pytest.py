"""Entry point of the pytest plugin.

This module is not part of the package, so that projects without claims do not import qedoc.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

TABLE = b"tool.qedoc"


def pytest_addoption(parser: "pytest.Parser") -> None:
    """Adds qedoc's options to pytest."""
    group = parser.getgroup("qedoc", "documented formulas (qedoc)")
    group.addoption("--qedoc", action="store_true", help="also collect the spec files and packages listed in [tool.qedoc]")
    group.addoption("--qedoc-points", type=int, metavar="N", help="maximum number of points per claim")
    group.addoption("--qedoc-seed", type=int, metavar="N", help="seed for random points")
    group.addoption("--qedoc-timeout", type=float, metavar="SECONDS", help="time limit per case")
    group.addoption("--qedoc-repair-timeout", type=float, metavar="SECONDS", help="time limit for the correction of a refuted formula")
    group.addoption("--qedoc-strict", action="store_true", help="fail claims and properties that have no answer")


def pytest_configure(config: "pytest.Config") -> None:
    """Registers the plugin if the project uses qedoc."""
    if config.option.qedoc or _has_table(config.rootpath / "pyproject.toml"):
        from qedoc.pytest.items import Claims  # other projects must not import qedoc

        config.pluginmanager.register(Claims(config), "qedoc-claims")


def _has_table(file: Path) -> bool:
    try:
        return TABLE in file.read_bytes()
    except OSError:
        return False
