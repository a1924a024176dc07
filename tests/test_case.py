"""Cases with arrays: entries of vectors and matrices, and which entry of the result a formula is of."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
import sympy as sp

from qedoc import Array, Integers, Parameter, Reals, Size, Spec, Variable
from qedoc.claims.case import cases, instantiate
from qedoc.claims.limits import Limits
from qedoc.errors import Location, SpecError
from qedoc.judge.check import check
from qedoc.judge.inputs import named, pasteable, row_of
from qedoc.results.verdict import Verdict
from qedoc.sources.specfiles import sizes

i, j, m, n = sp.symbols("i j m n")
a, x, y = map(sp.IndexedBase, "axy")


def softmax(formula: sp.Expr, entry: Sequence[sp.Expr] = (i - 1,), origin: Location | None = None) -> Spec:
    return Spec(
        target="jax.nn.softmax",
        formula=formula,
        symbols=[Variable(x[j], Reals(), ""), Size(n, range(1, 4), ""), Size(i, range(1, 4), "")],
        where=[i <= n],
        bind={"x": Array(x[j], (j, 1, n))},
        entry=entry,
        origin=origin,
    )


RIGHT = sp.exp(x[i]) / sp.Sum(sp.exp(x[j]), (j, 1, n))
WRONG = sp.exp(-x[i]) / sp.Sum(sp.exp(x[j]), (j, 1, n))


def verdict(spec: Spec, size: dict[str, int]) -> Verdict:
    return check(spec, size, Limits(max_points=60), lambda _: None).verdict


def test_sizes_that_depend_on_each_other() -> None:
    assert sizes(softmax(RIGHT)) == [{"n": k, "i": at} for k in (1, 2, 3) for at in range(1, k + 1)]
    assert len(list(cases(softmax(RIGHT)))) == 6


def test_an_entry_of_an_array_is_proved() -> None:
    assert verdict(softmax(RIGHT), {"n": 2, "i": 2}) is Verdict.PROVED


def test_a_wrong_entry_is_refuted_with_a_line_to_paste() -> None:
    result = check(softmax(WRONG), {"n": 2, "i": 2}, Limits(max_points=60), lambda _: None)
    assert result.verdict is Verdict.REFUTED
    assert result.counterexample is not None
    assert result.counterexample.inputs == {"x": [1, 1]}
    assert result.counterexample.call == "import jax; import jax.numpy as jnp; print(jax.nn.softmax(x=jnp.array([1.0, 1.0]))[1])"


def test_a_neighbouring_entry_is_refuted() -> None:
    """The formula of entry i held against entry n - i + 1."""
    assert verdict(softmax(RIGHT, entry=(n - i,)), {"n": 2, "i": 1}) is Verdict.REFUTED


def test_an_array_where_a_number_is_documented_is_refused() -> None:
    with pytest.raises(SpecError, match=r"the target returns an array of shape \(2,\); select the entry"):
        verdict(softmax(RIGHT, entry=()), {"n": 2, "i": 1})


def test_an_entry_that_is_not_there_is_refused() -> None:
    with pytest.raises(SpecError, match=r"entry=\(2,\) is out of range: axis 0 of the target's result has length 2"):
        verdict(softmax(RIGHT, entry=(n,)), {"n": 2, "i": 1})


def matrix() -> Spec:
    rows = Array(a[i, j], (i, 1, m), (j, 0, n - 1))
    return Spec(
        target="jax.numpy.sum",
        formula=sp.Sum(a[i, j], (i, 1, m), (j, 0, n - 1)),
        symbols=[Variable(a[i, j], Integers(least=-3), ""), Size(m, (2,), ""), Size(n, (1, 3), "")],
        bind={"a": rows},
    )


def test_a_matrix_row_by_row() -> None:
    case = instantiate(matrix(), {m: 2, n: 3})
    assert [str(symbol) for symbol in case.symbols] == ["a_1_0", "a_1_1", "a_1_2", "a_2_0", "a_2_1", "a_2_2"]
    point = {symbol: Fraction(k) for k, symbol in enumerate(case.symbols)}
    shown = named(case, point)
    assert shown == {"a": [[0, 1, 2], [3, 4, 5]]}
    assert row_of(case.scalars, shown) == tuple(map(Fraction, range(6)))
    assert pasteable(case, point) == "import jax; import jax.numpy as jnp; print(jax.numpy.sum(a=jnp.array([[0, 1, 2], [3, 4, 5]])))"
    assert verdict(matrix(), {"m": 2, "n": 3}) is Verdict.PROVED


def test_one_of_several_results() -> None:
    t = sp.Symbol("t")
    spec = Spec(target="jax.numpy.divmod", formula=sp.floor(t / 3), symbols=[Parameter(t, "x1", Reals(), "")], bind={"x2": 3}, entry=(0,))
    assert verdict(spec, {}) in (Verdict.PROVED, Verdict.TESTED)
    twin = Spec(target="jax.numpy.divmod", formula=sp.floor(t / 3), symbols=[Parameter(t, "x1", Reals(), "")], bind={"x2": 3}, entry=(1,))
    assert verdict(twin, {}) is Verdict.REFUTED


def test_a_claim_where_its_formula_has_a_value() -> None:
    t = sp.Symbol("t")

    def spec(**where: bool) -> Spec:
        return Spec(target="jax.numpy.log", formula=sp.log(t), symbols=[Parameter(t, "x", Reals(), "")], **where)

    assert [str(c) for c in instantiate(spec(natural=True), {}).where] == ["t >= 0"]  # at 0 it is minus infinity
    assert verdict(spec(natural=True), {}) is Verdict.PROVED
    assert verdict(spec(), {}) is Verdict.UNDECIDED


t, s = sp.symbols("t s")


def natural(formula: sp.Expr) -> Spec:
    return Spec(
        target="jax.numpy.log", formula=formula, symbols=[Parameter(t, "x", Reals(), ""), Parameter(s, "s", Reals(), "")], natural=True
    )


def pieces(*rows: tuple[sp.Expr, sp.Basic]) -> sp.Expr:
    return sp.Piecewise(*rows, evaluate=False)


@pytest.mark.parametrize(
    ("formula", "undefined", "where"),
    [
        (sp.log(t), "False", ["t >= 0"]),
        (pieces((sp.sqrt(t), t > 0), (sp.nan, True)), "t <= 0", ["(t >= 0) | (t <= 0)"]),
        (pieces((sp.sqrt(t), t > 1), (sp.nan, True)), "t <= 1", ["(t >= 0) | (t <= 1)"]),
        (pieces((sp.sqrt(t), t > -1), (sp.nan, True)), "t <= -1", ["(t >= 0) | (t <= -1)"]),
        (pieces((sp.nan, t < 0), (1 / t, True)), "t < 0", ["(t < 0) | Ne(t, 0)"]),
        (pieces((sp.nan, t < 0), (sp.nan, t < 1), (t, True)), "(t < 0) | (t < 1)", []),
        (pieces((t, t < 0), (sp.nan, t < 1), (t, True)), "(t >= 0) & (t < 1)", []),
        (pieces((t, sp.log(t) > 0), (sp.nan, True)), "(t > 0) & (log(t) <= 0)", ["t > 0"]),
        (s + pieces((t, t > 0), (sp.nan, True)), "t <= 0", []),
        (1 / s + pieces((t, t > 0), (sp.nan, True)), "(t <= 0) & Ne(s, 0)", ["Ne(s, 0)"]),
        (pieces((pieces((sp.nan, s > 0), (s, True)), t > 0), (1 / t, True)), "(s > 0) & (t > 0)", ["(t > 0) | Ne(t, 0)"]),
        (pieces((t, t > 0), (sp.zoo, True)), "False", ["t > 0"]),
        (pieces((t, t > 0), (sp.oo, True)), "False", []),
    ],
    ids=str,
)
def test_where_a_formula_says_that_it_has_no_value(formula: sp.Expr, undefined: str, where: list[str]) -> None:
    case = instantiate(natural(formula), {})
    assert str(case.undefined) == undefined
    assert [str(condition) for condition in case.where] == where


def test_what_a_formula_says_of_its_value_does_not_widen_a_declared_domain() -> None:
    spec = Spec(target="jax.numpy.log", formula=pieces((t, t > 0), (sp.nan, True)), symbols=[Parameter(t, "x", Reals(above=-1), "")])
    case = instantiate(spec, {})
    assert [str(condition) for condition in case.domain()] == ["t > -1"]
    assert str(case.undefined) == "t <= 0"


def test_the_place_of_a_claim_can_be_given() -> None:
    place = Location(path="docs.py", line=7)
    assert softmax(RIGHT, origin=place).location == place
    assert softmax(RIGHT).location.path == __file__


def test_an_array_needs_an_index() -> None:
    with pytest.raises(ValueError, match="an Array needs an index"):
        Array(x[i])
