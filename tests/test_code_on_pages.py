"""Pages show one formula of the code, and one line for each property, however many sizes a claim has."""

from pathlib import Path
from typing import Any

import jax.numpy as jnp
import pytest
import sympy as sp

from qedoc import Array, Parameter, Reals, Size, Spec, Variable
from qedoc.errors import Location
from qedoc.judge.every_length import every_length
from qedoc.judge.lengths import LENGTH
from qedoc.lock import record
from qedoc.results.verdict import CaseResult, ClaimResult, Counterexample, Formula, PropertyResult, SymbolEntry, Verdict
from qedoc.sphinx.details import facts, shown_symbols, symbol_latex
from qedoc.sphinx.lock_reader import Entry
from qedoc.sphinx.rendering import Parts, rendered

PLACE = Location(path="spec/f.py", line=1)


def formula(text: str) -> Formula:
    return Formula(latex=text, sympy=text, pretty=text)


def case(n: int, verdict: Verdict = Verdict.PROVED, **more: Any) -> CaseResult:
    promise = PropertyResult(
        statement=f"tends to {'*'.join(['I', *(f'f_{k + 1}' for k in range(n))])} as t -> oo", verdict=verdict, reason=""
    )
    return CaseResult(id=f"lib.f[n={n}]", verdict=verdict, reason="", code=formula(f"code {n}"), properties=(promise,), **more)


def entry(*cases: CaseResult, symbols: tuple[SymbolEntry, ...] = (), domain: tuple[str, ...] = ()) -> Entry:
    result = ClaimResult(
        id="lib.f", target="lib.f", location=PLACE, formula=formula("x"), symbols=symbols, domain=domain, source="", cases=cases
    )
    return Entry(result=result, stale="", file=Path("f.py"), points=None, lock=Path("qedoc.lock"), shown={}, in_docstring=False)


def folds(made: Entry) -> list[str]:
    shown = [node.astext() for node in rendered(made, Parts(code=True), (None, None)) if node.tagname == "fold"]
    return [" ".join(text.split()) for text in shown]


def test_one_formula_stands_for_all_sizes() -> None:
    assert folds(entry(*map(case, range(9)))) == ["What the code computes, for n=2 code 2"]
    wrong = Counterexample(inputs={}, documented=1, actual=2, ran=2, call="f()")
    assert folds(entry(case(1), case(2), case(3, Verdict.REFUTED, counterexample=wrong))) == ["What the code computes, for n=3 code 3"]
    assert folds(entry(case(1))) == ["What the code computes code 1"]
    (whole,) = folds(entry(case(1), case(2, general=formula("sum"))))
    assert whole.startswith("What the code computes sum This is the formula for arrays of every length.")


def test_one_line_stands_for_a_property_of_all_sizes() -> None:
    made = entry(*map(case, range(9)))
    (properties,) = facts(made)
    assert [line.text for line in properties.lines] == ["the value tends to I*f_1*f_2 as t grows without bound, for n = 2"]
    worst = entry(case(0), case(1, Verdict.REFUTED), case(2))
    assert [str(promise.verdict) for promise in worst.promises] == ["refuted"]


def test_symbols_that_qedoc_made_up_are_not_shown() -> None:
    symbols = (
        SymbolEntry(
            symbol="x[axis_1, axis_2]", latex=r"{x}_{axis_{1},axis_{2}}", name="x[axis_1, axis_2]", domain="reals", meaning="logits"
        ),
        SymbolEntry(
            symbol="y_number", latex="y_{number}", name="y_number", domain="0 to 3", meaning="the labels y, encoded as a number in base m"
        ),
    )
    made = entry(case(1), symbols=symbols, domain=("x in reals", "y_number in 0 to 3", "y_number < m**n", "m > 0"))
    (shown,) = shown_symbols(made)
    assert symbol_latex(shown, {"axis_1": "i", "axis_2": "j"}) == "x_{i, j}"
    where = next(fact for fact in facts(made) if fact.name == "Where")
    assert [line.text for line in where.lines] == ["m > 0"]


def test_formula_for_every_length_is_kept_in_the_lock_file() -> None:
    result = entry(case(1, general=formula("sum")), case(2)).result
    kept = record.write(result, "spec/f.py")
    assert [found.general for found in record.read("lib.f", kept, PLACE).cases] == [formula("sum"), None]


def total(x: Any, scale: Any) -> Any:
    return scale * jnp.sum(x)


@pytest.mark.parametrize(("power", "proved"), [(1, True), (2, False)])
def test_code_of_arrays_has_a_formula_for_every_length(power: int, proved: bool) -> None:
    n, i, s = sp.symbols("n i s")
    x = sp.IndexedBase("x")
    spec = Spec(
        target="test_code_on_pages.total",
        formula=s * sp.Sum(x[i] ** power, (i, 1, n)),
        symbols=[Size(n, (1, 2), LENGTH), Variable(x[i], Reals(), "entries"), Parameter(s, "scale", Reals(), "scale")],
        bind={"x": Array(x[i], (i, 1, n))},
        natural=True,
    )
    found = every_length(spec)
    assert found is not None
    assert (found.code is not None, not found.reason) == (proved, proved)
