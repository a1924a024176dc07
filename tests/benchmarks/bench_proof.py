"""What lifting, proving and refuting cost in a process that is warm; run by `nox -s bench`."""

import statistics
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sympy as sp
from benchmarks.measuring import ROUNDS, Table, seconds

from qedoc.algebra.recurrences import Recurrence
from qedoc.bind.claims import claims
from qedoc.bind.records import Bound
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Spec
from qedoc.claims.steps import Steps
from qedoc.claims.target import resolve
from qedoc.judge.check import check
from qedoc.judge.induction import induct
from qedoc.judge.lifting import lifted
from qedoc.judge.pair import Pair
from qedoc.judge.proof import prove
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import record_of
from qedoc.sources.specfiles import find, load, sizes

FOLDER = Path("spec/optax")
I, T, alpha, p, t = sp.symbols("I T alpha p t")
ramp = (1 + sp.cos(sp.pi * sp.Min(t, T) / T)) / 2

TWINS = {
    "does not stay flat": alpha * I + (1 - alpha) * I * ((1 + sp.cos(sp.pi * t / T)) / 2) ** p,
    "alpha is not scaled": alpha + (1 - alpha) * I * ramp**p,
    "the exponent binds the cosine alone": alpha * I + (1 - alpha) * I * (1 + sp.cos(sp.pi * sp.Min(t, T) / T) ** p) / 2,
    "of an article": I * ramp + alpha,
    "of an article, not flat either": I * (1 + sp.cos(sp.pi * t / T)) / 2 + alpha,
    "a sign is wrong": alpha * I + (1 - alpha) * I * ((1 - sp.cos(sp.pi * sp.Min(t, T) / T)) / 2) ** p,
}
"""What the cosine was documented as, or may be by a slip."""

P, d, D, W, n, i = sp.symbols("P d D W n i")
b, f = sp.IndexedBase("b"), sp.IndexedBase("f")

SLIPS = [
    ("piecewise_constant_schedule", "the boundary itself is left out", {sp.Ge(t, b[i]): sp.Lt(b[i], t)}, {"n": 2}),
    ("cosine_onecycle_schedule", "the end is a fraction of the peak", {P / (D * d): P / D}, {}),
    ("warmup_cosine_decay_schedule", "the cosine runs too long", {T - W: T}, {}),
]
"""Schedule, what is wrong, what is put for what, and the sizes."""


def spec(name: str) -> Spec:
    return load(find([str(FOLDER / f"{name}.py")])[0][0])[0]


def median(work: Any) -> float:
    work()
    return statistics.median(seconds(work) for _ in range(ROUNDS))


def proved(claim: Spec, given: dict[str, int]) -> bool:
    pair = Pair(claim, given)
    pair.code.explore(pair.facts)
    return prove(pair).complete


def test_lift_and_proof(table: Table) -> None:
    for file in sorted(FOLDER.glob("*.py")):
        claim = spec(file.stem)
        if isinstance(claim.formula, Recurrence):  # below
            continue
        given = sizes(claim)[-1]
        whole = proved(claim, given)
        spent = median(lambda claim=claim, given=given: proved(claim, given))
        at = "".join(f", {name} = {size}" for name, size in given.items())
        name = f"Lift and proof of `{file.stem}`{at}" + ("" if whole else ", which is not proved")
        if file.stem == "cosine_decay_schedule":
            assert whole
            table.at_most(name, spent, 1.5, "s")
        else:
            table.line(name, f"{spent:.2f} s")


def refuting(right: Spec, wrong: sp.Expr, given: dict[str, int]) -> float:
    """Median seconds of a check that refutes the formula; what the claim promises besides is checked of the code, and left out."""
    claim = replace(right, formula=wrong, properties=())
    assert check(claim, given, Limits(), lambda _: None).verdict is Verdict.REFUTED
    return median(lambda: check(claim, given, Limits(), lambda _: None))


@pytest.mark.parametrize("name", TWINS)
def test_refuting_a_wrong_twin(name: str, table: Table) -> None:
    table.at_most(f"Refuting a wrong cosine ({name})", refuting(spec("cosine_decay_schedule"), TWINS[name], {}), 2, "s")


@pytest.mark.parametrize(("schedule", "slip", "put", "given"), SLIPS, ids=[slip for _, slip, *_ in SLIPS])
def test_refuting_a_slip(schedule: str, slip: str, put: dict[Any, Any], given: dict[str, int], table: Table) -> None:
    right = spec(schedule)
    wrong = right.formula.xreplace(put)
    assert wrong != right.formula
    table.at_most(f"Refuting a wrong `{schedule}` ({slip})", refuting(right, wrong, given), 2, "s")


def test_growth_over_boundaries(table: Table) -> None:
    claim = spec("piecewise_constant_schedule")
    spent = {n: median(lambda n=n: check(claim, {"n": n}, Limits(), lambda _: None)) for n in (1, 2, 4, 8)}
    told = ", ".join(f"{n}: {each:.2f} s" for n, each in spent.items())
    table.line("Check of `piecewise_constant_schedule`, by the number of boundaries", told)
    table.at_most("... with 8 boundaries against 1", spent[8] / spent[1], 16)


def test_rule_with_a_state(table: Table) -> None:
    claim = claims(record_of("optax.adam"))[0]
    assert isinstance(claim, Bound)
    steps = resolve(claim.spec.target)
    assert isinstance(steps, Steps)
    assert not induct(claim.spec, steps).reason

    def both() -> None:
        lifted("optax.adam", None)
        induct(claim.spec, steps)

    table.at_most("Lift of the rule of `optax.adam`, and proof for every step", median(both), 2, "s")
    table.line("... of these, the lift alone", f"{median(lambda: lifted('optax.adam', None)):.2f} s")
    table.line("Check of `optax.adam`", f"{median(lambda: check(claim.spec, {'steps': 4}, Limits(), lambda _: None)):.2f} s")


def test_rules_of_specs(table: Table) -> None:
    for file in sorted(FOLDER.glob("*.py")):
        for claim in load(find([str(file)])[0][0]):
            steps = resolve(claim.target)
            if isinstance(claim.formula, Recurrence) and isinstance(steps, Steps):
                assert not induct(claim, steps).reason
                table.line(
                    f"Proof of `{claim.id}` for every step", f"{median(lambda claim=claim, steps=steps: induct(claim, steps)):.2f} s"
                )
