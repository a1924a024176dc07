"""Schedules of Optax for every number of boundaries, and of unknown schedules that are joined: specs, docstring, and wrong twins."""

from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp

from qedoc.bind.claims import claims
from qedoc.bind.records import Bound
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Size, Spec
from qedoc.judge.any_count import every_count
from qedoc.judge.check import check
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import documented
from qedoc.sources.specfiles import find, load, sizes

FEW = Limits(max_points=200)


@pytest.fixture(autouse=True)
def _on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "unsized"))


def of_file(name: str, position: int = 0) -> Spec:
    files, problems = find([str(Path(__file__).parents[1] / "spec" / "optax" / f"{name}.py")])
    assert not problems
    return load(files[0])[position]


def of_docstring() -> Spec:
    (claim,) = (claim for record in documented("optax.piecewise_constant_schedule") for claim in claims(record))
    assert isinstance(claim, Bound)
    return claim.spec


PIECEWISE, JOINED = of_file("piecewise_constant_schedule"), of_file("join_schedules")


@pytest.mark.parametrize("spec", [PIECEWISE, JOINED, of_docstring()], ids=["piecewise", "joined", "docstring"])
def test_schedule_is_proved_for_every_number(spec: Spec) -> None:
    (size,) = (d for d in spec.symbols if isinstance(d, Size))
    assert size.least is not None
    found = every_count(spec)
    assert found.reason == ""
    assert found.held[0].endswith("is the formula for the entries so far")


def strictly(formula: sp.Expr) -> sp.Expr:
    return formula.replace(sp.Ge, sp.Gt).replace(sp.Le, sp.Lt)


def targeting(spec: Spec, code: str) -> Spec:
    return replace(spec, target=f"schedules.{code}", origin=spec.location)


WRONG = {
    "the formula of Optax 0.2.4": replace(PIECEWISE, formula=strictly(PIECEWISE.formula), origin=PIECEWISE.location),
    "the docstring of Optax 0.2.4": replace(of_docstring(), formula=strictly(of_docstring().formula), origin=PIECEWISE.location),
    "strict code": targeting(PIECEWISE, "piecewise_strict"),
    "code without the seventh boundary": targeting(PIECEWISE, "piecewise_without_the_seventh"),
    "joined one step late": targeting(JOINED, "joined_strict"),
    "joined without a restart": targeting(JOINED, "joined_without_restart"),
    "joined without the seventh boundary": targeting(JOINED, "joined_without_the_seventh"),
}


@pytest.mark.parametrize("spec", WRONG.values(), ids=WRONG)
def test_wrong_twin_is_refuted_and_not_proved_for_every_number(spec: Spec) -> None:
    assert every_count(spec).reason
    assert check(spec, sizes(spec)[-1], FEW, lambda _: None).verdict is Verdict.REFUTED
