"""Formulas over lists and dicts with any number of entries: right ones, wrong twins, and code that is not read."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sympy import Expr, IndexedBase, Integer, Piecewise, Product, Rational, Sum, sqrt, symbols

from qedoc.algebra.large import Largest
from qedoc.claims.domain import Integers, Reals
from qedoc.claims.limits import Limits
from qedoc.claims.properties import Bounds
from qedoc.claims.spec import Dict, ForAll, List, Parameter, Size, Spec, Variable
from qedoc.claims.target import resolve
from qedoc.errors import SpecError
from qedoc.judge.any_count import every_count
from qedoc.judge.check import check
from qedoc.judge.large_containers import on_large_containers
from qedoc.results.verdict import CaseResult, Verdict
from qedoc.sources.specfiles import sizes

FEW = Limits(max_points=200)
I, n, i = symbols("I n i")
x, y, b, f = (IndexedBase(letter) for letter in "xybf")
TOTAL = Sum(x[i], (i, 1, n))
SCALED = I * Product(Piecewise((f[i], b[i] <= 300), (1, True)), (i, 1, n))
ORDERED = (ForAll(b[i] < b[i + 1], (i, 1, n - 1)),)


@pytest.fixture(autouse=True)
def _on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "unsized"))


def of_dict(code: str, formula: Expr = SCALED, where: Sequence[Any] = ORDERED, **more: Any) -> Spec:
    return Spec(
        target=f"loops.{code}",
        formula=formula,
        symbols=[
            Parameter(I, "start", Reals(), ""),
            Size(n, least=0, meaning="number of factors"),
            Variable(b[i], Integers(least=0), ""),
            Variable(f[i], Reals(least=0), ""),
        ],
        bind={"factors": Dict(b[i], f[i], (i, 1, n))},
        where=where,
        **more,
    )


def of_list(code: str, formula: Expr, least: int = 1, entries: Reals | None = None) -> Spec:
    return Spec(
        target=f"loops.{code}",
        formula=formula,
        symbols=[Size(n, least=least, meaning="number of entries"), Variable(x[i], entries or Reals(), "")],
        bind={"xs": List(x[i], (i, 1, n))},
    )


RIGHT = {
    "scaled": of_dict("scaled"),
    "branching": of_dict("branching"),
    "looked_up": of_dict("looked_up"),
    "mean": of_list("mean", TOTAL / n),
    "mean_by_terms": of_list("mean_by_terms", TOTAL / n),
    "mean_from_the_first": of_list("mean_from_the_first", TOTAL / n),
    "largest": of_list("largest", Largest(x[i], (i, 1, n))),
    "norm": of_list("norm", sqrt(Sum(x[i] ** 2, (i, 1, n))), least=0),
    "roughness": of_list("roughness", Sum((x[i + 1] - x[i]) ** 2, (i, 1, n - 1))),
    "roughness from 2": of_list("roughness", Sum((x[i] - x[i - 1]) ** 2, (i, 2, n))),
    "numbered": of_list("numbered", Sum(i * x[i], (i, 1, n)), least=0),
    "all_positive": of_list("all_positive", TOTAL, entries=Reals(above=0)),
    "counted": of_list("counted", n, least=0),
}
WRONG = {
    "strict": of_dict("strict"),
    "scaled, the factor squared": of_dict("scaled", SCALED.xreplace({f[i]: f[i] ** 2})),
    "scaled, the first left out": of_dict("scaled", I * Product(Piecewise((f[i], b[i] <= 300), (1, True)), (i, 2, n))),
    "scaled, a wrong start": of_dict("scaled", SCALED + 1),
    "without_the_seventh": of_dict("without_the_seventh"),
    "mean, n - 1": of_list("mean", TOTAL / (n - 1), least=2),
    "mean, n + 1": of_list("mean", TOTAL / (n + 1)),
    "mean_of_some": of_list("mean_of_some", TOTAL / n),
    "mean_by_terms, not divided": of_list("mean_by_terms", TOTAL),
    "largest is no sum": of_list("largest", TOTAL),
    "norm without the root": of_list("norm", Sum(x[i] ** 2, (i, 1, n))),
    "roughness, half": of_list("roughness", Sum((x[i + 1] - x[i]) ** 2, (i, 1, n - 1)) / 2, least=2),
    "numbered from 0": of_list("numbered", Sum((i - 1) * x[i], (i, 1, n))),
    "numbered, weights that agree up to 4": of_list("numbered", Sum(Piecewise((i, i <= 4), (4, True)) * x[i], (i, 1, n))),
    "all_positive, of either sign": of_list("all_positive", TOTAL),
    "of_no_entry": of_list("of_no_entry", TOTAL),
    "counted, one more": of_list("counted", n + 1),
}
UNREAD = {
    "without_the_two_hundredth": "no step of the loop was proved",
    "without_the_last_of_many": "no step of the loop was proved",
    "another_at_two_hundred": "no step of the loop was proved",
    "nothing_from_two_hundred": "does not start value from a value of the formula",
    "the_first_two_hundred": "reads the entries [slice(None, 200, None)] of a container of unknown size",
    "remembering": "calls something for its effect",
    "remembering_elsewhere": "calls something for its effect",
    "remembering_in_a_default": "has a default that may change",
    "remembering_in_an_array": "reads COUNTS, which may change",
    "counted_by_numpy": "is no plain function",
    "ending_early": "may end early",
    "nested": "contains another one",
    "hiding_errors": "is not followed: try",
}


def at_largest(spec: Spec, count: int = 1) -> list[CaseResult]:
    """The results at the largest numbers that are checked one by one. The last one is about every number."""
    return [check(spec, chosen, FEW, lambda _: None) for chosen in sizes(spec)[-count:]]


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_formula_is_proved_for_every_number(name: str) -> None:
    found = every_count(RIGHT[name])
    assert found.reason == ""
    assert found.cells


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_formula_is_not_proved_for_every_number(name: str) -> None:
    assert every_count(WRONG[name]).reason


@pytest.mark.parametrize("name", ["strict", "without_the_seventh", "mean_of_some", "numbered, weights that agree up to 4"])
def test_a_wrong_formula_is_refuted_by_some_number(name: str) -> None:
    assert Verdict.REFUTED in {result.verdict for result in at_largest(WRONG[name], 2)}


@pytest.mark.parametrize("code", UNREAD)
def test_code_that_may_do_something_else_later_is_tested(code: str) -> None:
    assert UNREAD[code] in every_count(of_dict(code)).reason


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("another_at_two_hundred", 200),
        ("the_first_two_hundred", 201),
        ("without_the_last_of_many", 1000),
    ],
)
def test_code_that_treats_large_containers_in_another_way_is_refuted(code: str, count: int) -> None:
    (result,) = at_largest(of_dict(code))
    assert result.verdict is Verdict.REFUTED
    assert result.reason == f"for {count} entries, runs differ from the formula in both float32 and float64"
    assert result.counterexample is not None
    assert len(result.counterexample.inputs["b"]) == count


@pytest.mark.parametrize("code", ["scaled", "largest", "norm", "roughness", "numbered"])
def test_right_formula_is_not_refuted_by_large_containers(code: str) -> None:
    spec = RIGHT[code]
    size = next(d for d in spec.symbols if isinstance(d, Size))
    assert on_large_containers(spec, resolve(spec.target), size) is None


def test_code_that_is_not_proved_for_every_number_is_tested() -> None:
    (result,) = at_largest(of_dict("counted_by_numpy"))
    assert (result.verdict, result.extent) == (Verdict.TESTED, "")
    assert result.reason.startswith("proved for n = 0 to 8, and not for every n: ")


@pytest.mark.parametrize("code", ["by_sum", "by_sum_inside"])
def test_no_entry_stands_for_all_of_them(code: str) -> None:
    assert "takes all entries" in every_count(of_list(code, TOTAL)).reason


def test_lists_of_one_length_are_read_side_by_side() -> None:
    symbols_ = [Size(n, least=0, meaning=""), Variable(x[i], Reals(), ""), Variable(y[i], Reals(), "")]
    bind = {"xs": List(x[i], (i, 1, n)), "ys": List(y[i], (i, 1, n))}
    right = Spec(target="loops.dot", formula=Sum(x[i] * y[i], (i, 1, n)), symbols=symbols_, bind=bind)
    assert every_count(right).reason == ""
    wrong = replace(right, formula=Sum(x[i] * y[i] ** 2, (i, 1, n)), origin=right.location)
    assert every_count(wrong).reason


@pytest.mark.parametrize("where", [(), (ForAll(b[i] <= b[i + 1], (i, 1, n - 1)),)])
def test_keys_that_may_be_equal_are_not_read(where: Sequence[Any]) -> None:
    """A dict has one entry for two equal keys."""
    assert every_count(of_dict("scaled", where=where)).reason == "the keys of a dict may be equal"


def test_the_order_of_a_list_must_be_known_to_sort_it() -> None:
    backwards = (ForAll(b[i] > b[i + 1], (i, 1, n - 1)),)
    assert "its order is not known" in every_count(of_dict("scaled", where=backwards)).reason
    assert every_count(of_dict("branching", where=backwards)).reason == ""


def test_the_verdict_says_for_which_numbers() -> None:
    proved = at_largest(of_list("mean", TOTAL / n))[0]
    assert (proved.verdict, proved.extent) == (Verdict.PROVED, "every n >= 1")
    assert "by induction: total is Sum(x[i], (i, 1, n)) for the entries so far" in proved.reason
    tested = at_largest(of_dict("counted_by_numpy"))[0]
    assert (tested.verdict, tested.extent) == (Verdict.TESTED, "")
    assert tested.reason.startswith("proved for n = 0 to 8, and not for every n: ")


def test_a_property_is_proved_for_single_numbers_only() -> None:
    promised = of_dict("scaled", properties=[Bounds(lower=Integer(0), where=(I >= 0,))])
    (found,) = check(promised, {"n": 8}, FEW, lambda _: None).properties
    assert (found.verdict, found.reason) == (Verdict.TESTED, "proved for n = 0 to 8")


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (Size(n), "size n has no values; give at least one, or the smallest as least=0 for every size"),
        (Size(n, [1, 3], least=1), "expected values that begin at least and have no gaps, found values 1, 3 and least=1"),
        (Size(n, [2, 3], least=1), "expected values that begin at least and have no gaps, found values 2, 3 and least=1"),
        (Size(n, least=-1), "expected values that begin at least and have no gaps"),
    ],
)
def test_a_size_without_sense_is_refused(size: Size, message: str) -> None:
    spec = of_list("mean", TOTAL * Rational(1, 2))
    with pytest.raises(SpecError, match=message):
        sizes(replace(spec, symbols=[size, *spec.symbols[1:]], origin=spec.location))
