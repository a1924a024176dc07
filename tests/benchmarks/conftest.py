"""`--table FILE`: where the benchmarks write what they found; `--rounds N`: for less than an hour."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.measuring import ROUNDS, Table


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=ROUNDS, help="how often what takes minutes is measured")
    parser.addoption("--table", type=Path, metavar="FILE", help="write what the benchmarks find into this file")


@pytest.fixture(scope="session")
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    made = Table(request.config.getoption("--table"), request.config.getoption("--rounds"))
    yield made
    made.write()


@pytest.fixture(scope="session")
def rounds(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--rounds"))
