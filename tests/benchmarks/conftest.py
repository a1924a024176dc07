"""`--table FILE`: where the benchmarks write what they found."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.measuring import Table


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--table", type=Path, metavar="FILE", help="write what the benchmarks find into this file")


@pytest.fixture(scope="session")
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    made = Table(request.config.getoption("--table"))
    yield made
    made.write()
