"""How long a check takes, start of the worker apart; run by `nox -s bench`, not by pytest alone."""

from pathlib import Path
from typing import Any

import pytest

from qedoc.claims.limits import Limits
from qedoc.judge.check import check
from qedoc.results.verdict import Verdict
from qedoc.sources.specfiles import find, load, sizes

FOLDER = Path(__file__).parents[2] / "spec" / "optax"


@pytest.mark.parametrize("name", ["cosine_decay_schedule", "piecewise_constant_schedule"])
def test_check(benchmark: Any, name: str) -> None:
    files, errors = find([str(FOLDER / f"{name}.py")])
    assert not errors
    spec = load(files[0])[0]
    result = benchmark.pedantic(check, args=(spec, sizes(spec)[-1], Limits(), lambda _: None), rounds=3, warmup_rounds=1)
    assert result.verdict in (Verdict.PROVED, Verdict.TESTED)
