"""Array code read with symbolic lengths, and formulas that are proved for every length."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import pytest
import sympy as sp
from jax import export
from sympy import Abs, Expr, IndexedBase, Max, Piecewise, Product, Sum, exp, log, sign, sqrt, symbols, tanh

from qedoc.algebra.large import Largest, Smallest
from qedoc.bind.claims import claims
from qedoc.bind.records import Bound
from qedoc.claims.domain import Reals
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Array, Parameter, Size, Spec, Variable
from qedoc.claims.target import resolve
from qedoc.errors import TargetError, UnsupportedError
from qedoc.judge.check import check
from qedoc.judge.every_length import every_length
from qedoc.judge.infer import lifted
from qedoc.judge.length_runs import FEW, MANY, contradicted, corners
from qedoc.judge.lengths import LENGTH
from qedoc.lift.any_length import Unsized, read_unsized
from qedoc.lift.elementwise import treats_entries_alone
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import documented
from qedoc.sums.domain import Domain
from qedoc.sums.equality import compare
from qedoc.sums.terms import variable

i, j, k, l, r = symbols("i j k l r", integer=True, nonnegative=True)
n, m, p = symbols("n m p", integer=True, positive=True)
s = sp.Symbol("s", real=True)
x, y = (IndexedBase(name, real=True) for name in "xy")
top = Largest(x[l], (l, 0, n - 1))
mu = Sum(x[l], (l, 0, n - 1)) / n
TOTAL = Sum(x[k], (k, 0, n - 1))
MEAN = {place: Sum(x[place, l], (l, 0, m - 1)) / m for place in (i, j)}
VARIANCE = Sum((x[k] - mu) ** 2, (k, 0, n - 1)) / n
POSITIVE = Max(0, sign(x[k]))


def shown(place: Expr) -> Expr:
    return Piecewise((exp(x[place]), y[place] > 0), (0, True), evaluate=False)


DOMAIN = Domain(least={"n": 1, "m": 1, "p": 1}, ranges={"i": variable("n"), "j": variable("p")})


def read(call: Callable[..., Any], **shapes: str) -> tuple[Unsized, dict[str, Any]]:
    arrays = {name: IndexedBase(name, real=True) if shape else sp.Symbol(name, real=True) for name, shape in shapes.items()}
    code = read_unsized(call, arrays, {name: shape for name, shape in shapes.items() if shape})
    return code, arrays


FORMULAS: list[tuple[str, Callable[..., Any], dict[str, str], Expr]] = [
    ("softmax", jax.nn.softmax, {"x": "n,"}, exp(x[i] - top) / Sum(exp(x[k] - top), (k, 0, n - 1))),
    ("log softmax", jax.nn.log_softmax, {"x": "n,"}, x[i] - log(Sum(exp(x[k]), (k, 0, n - 1)))),
    ("log-sum-exp", jax.nn.logsumexp, {"x": "n,"}, log(Sum(exp(x[k]), (k, 0, n - 1)))),
    ("mean", jnp.mean, {"x": "n,"}, Sum(x[k], (k, 0, n - 1)) / n),
    ("mean over an axis", lambda x: jnp.mean(x, axis=1), {"x": "n, m"}, Sum(x[i, k], (k, 0, m - 1)) / m),
    ("variance", jnp.var, {"x": "n,"}, Sum(x[k] ** 2, (k, 0, n - 1)) / n - mu**2),
    ("standard deviation", jnp.std, {"x": "n,"}, sqrt(Sum(x[k] ** 2, (k, 0, n - 1)) / n - mu**2)),
    (
        "standardize",
        lambda x: jax.nn.standardize(x, epsilon=1),
        {"x": "n,"},
        (x[i] - mu) / sqrt(Sum((x[k] - mu) ** 2, (k, 0, n - 1)) / n + 1),
    ),
    ("norm", jnp.linalg.norm, {"x": "n,"}, sqrt(Sum(x[k] ** 2, (k, 0, n - 1)))),
    ("largest size", lambda x: jnp.linalg.norm(x, ord=jnp.inf), {"x": "n,"}, Largest(Abs(x[k]), (k, 0, n - 1))),
    ("smallest", jnp.min, {"x": "n,"}, Smallest(x[k], (k, 0, n - 1))),
    ("spread", jnp.ptp, {"x": "n,"}, Largest(x[k], (k, 0, n - 1)) - Smallest(x[k], (k, 0, n - 1))),
    ("product", lambda x: jnp.prod(jnp.exp(x)), {"x": "n,"}, Product(exp(x[k]), (k, 0, n - 1))),
    ("matrix product", jnp.matmul, {"x": "n, m", "y": "m, p"}, Sum(x[i, k] * y[k, j], (k, 0, m - 1))),
    ("transposed product", lambda x, y: x @ y.T, {"x": "n, m", "y": "p, m"}, Sum(x[i, k] * y[j, k], (k, 0, m - 1))),
    ("inner product", jnp.vdot, {"x": "n,", "y": "n,"}, Sum(x[k] * y[k], (k, 0, n - 1))),
    ("batches", lambda x, y: jnp.einsum("bi,bi->b", x, y), {"x": "n, m", "y": "n, m"}, Sum(x[i, k] * y[i, k], (k, 0, m - 1))),
    ("outer product", jnp.outer, {"x": "n,", "y": "p,"}, x[i] * y[j]),
    ("trace", jnp.trace, {"x": "n, n"}, Sum(x[k, k], (k, 0, n - 1))),
    ("cumulative sum", jnp.cumsum, {"x": "n,"}, Sum(x[k], (k, 0, i))),
    ("cumulative product", lambda x: jnp.cumprod(jnp.exp(x)), {"x": "n,"}, exp(Sum(x[k], (k, 0, i)))),
    ("reversed", jnp.flip, {"x": "n,"}, x[n - 1 - i]),
    ("reversed cumulative sum", lambda x: jax.lax.cumsum(x, reverse=True), {"x": "n,"}, Sum(x[k], (k, i, n - 1))),
    ("joined", lambda x, y: jnp.sum(jnp.concatenate([x, y])), {"x": "n,", "y": "m,"}, Sum(x[k], (k, 0, n - 1)) + Sum(y[k], (k, 0, m - 1))),
    ("padded", lambda x: jnp.sum(jnp.pad(x, (2, 1), constant_values=3.0)), {"x": "n,"}, Sum(x[k], (k, 0, n - 1)) + 9),
    ("stacked", lambda x, y: jnp.sum(jnp.stack([x, y]), axis=0), {"x": "n,", "y": "n,"}, x[i] + y[i]),
    ("halves", lambda x: jnp.sum(jnp.multiply(*jnp.split(x, 2))), {"x": "2*n,"}, Sum(x[k] * x[k + n], (k, 0, n - 1))),
    ("one-hot", lambda x: jnp.sum(jax.nn.one_hot(jnp.int64(0), 3) * x), {"x": "3,"}, x[0]),
    ("masked", lambda x: jnp.sum(jnp.where(jnp.arange(x.shape[0]) < 1, x, 0)), {"x": "n,"}, x[0]),
    ("weights", lambda x, y: jnp.average(x, weights=y), {"x": "n,", "y": "n,"}, Sum(x[k] * y[k], (k, 0, n - 1)) / Sum(y[k], (k, 0, n - 1))),
    ("scaled", lambda x, s: s * jnp.sum(jnp.tanh(x)), {"x": "n,", "s": ""}, s * Sum(tanh(x[k]), (k, 0, n - 1))),
    ("hinge", lambda x: jnp.mean(jax.nn.relu(1 - x)), {"x": "n,"}, Sum(Max(0, 1 - x[k]), (k, 0, n - 1)) / n),
    ("any", lambda x: jnp.any(x > 0) * 1.0, {"x": "n,"}, Piecewise((1, Largest(POSITIVE, (k, 0, n - 1)) > 0), (0, True))),
    ("all", lambda x: jnp.all(x > 0) * 1.0, {"x": "n,"}, Piecewise((1, Smallest(POSITIVE, (k, 0, n - 1)) > 0), (0, True))),
    ("differences", jnp.diff, {"x": "n + 1,"}, x[i + 1] - x[i]),
    ("last and first", lambda x: x[-1] - x[0], {"x": "n,"}, x[n - 1] - x[0]),
    ("from the end", lambda x: x[::-1], {"x": "n,"}, x[n - 1 - i]),
    ("one row", lambda x: jnp.sum(x[0]), {"x": "n, m"}, Sum(x[0, k], (k, 0, m - 1))),
    ("number of entries", lambda x: jnp.sum(x) / len(x), {"x": "n,"}, Sum(x[k], (k, 0, n - 1)) / n),
    ("log-sum-exp with weights", lambda x, y: jax.nn.logsumexp(x, b=y), {"x": "n,", "y": "n,"}, log(Sum(y[k] * exp(x[k]), (k, 0, n - 1)))),
    (
        "masked softmax",
        lambda x, y: jax.nn.softmax(jnp.where(y > 0, x, -jnp.inf)),
        {"x": "n,", "y": "n,"},
        shown(i) / Sum(shown(k), (k, 0, n - 1)),
    ),
    ("windows", jnp.correlate, {"x": "n + m - 1,", "y": "m,"}, Sum(x[i + k] * y[k], (k, 0, m - 1))),
    ("gates", jax.nn.glu, {"x": "2*n,"}, x[i] / (1 + exp(-x[i + n]))),
    ("diagonal", jnp.diag, {"x": "n, n"}, x[i, i]),
    ("covariances", jnp.cov, {"x": "n, m"}, Sum((x[i, k] - MEAN[i]) * (x[j, k] - MEAN[j]), (k, 0, m - 1)) / (m - 1)),
    ("squeezed", lambda x: jnp.squeeze(x[:, None]) * 2, {"x": "n,"}, 2 * x[i]),
    ("cond", lambda x: jax.lax.cond(jnp.sum(x) > 0, jnp.sum, jnp.max, x), {"x": "n,"}, Piecewise((TOTAL, TOTAL > 0), (top, True))),
    ("switch", lambda x: jax.lax.switch(2, [jnp.sum, jnp.min, jnp.max], x), {"x": "n,"}, top),
    (
        "switch by a number",
        lambda x: jax.lax.switch(jnp.int32(jnp.sum(x) > 0) + jnp.int32(x[0] > 0), [jnp.sum, jnp.max, jnp.min], x),
        {"x": "n,"},
        Piecewise(
            (Piecewise((Smallest(x[k], (k, 0, n - 1)), x[0] > 0), (top, True)), TOTAL > 0),
            (Piecewise((top, x[0] > 0), (TOTAL, True)), True),
        ),
    ),
    (
        "smoothed",
        lambda x, y: jnp.convolve(x, y, mode="valid"),
        {"x": "n + m - 1,", "y": "m,"},
        Sum(x[i + m - 1 - k] * y[k], (k, 0, m - 1)),
    ),
    ("count", lambda x: jnp.sum(x > 0), {"x": "n,"}, Sum(Piecewise((1, x[k] > 0), (0, True)), (k, 0, n - 1))),
]


@pytest.mark.parametrize(("name", "call", "shapes", "formula"), FORMULAS, ids=[case[0] for case in FORMULAS])
def test_code_is_read_for_every_length(name: str, call: Callable[..., Any], shapes: dict[str, str], formula: Expr) -> None:
    code, arrays = read(call, **shapes)
    assert contradicted(code, call, arrays, FEW) == {}
    assert compare(code.value, formula, DOMAIN).equal, code.value
    assert not compare(code.value, formula + 1, DOMAIN).equal


def test_formula_is_as_a_person_would_write_it() -> None:
    code, _ = read(jax.nn.softmax, x="n,")
    assert str(code.value) == "exp(x[i] - Largest(x[k], (k, 0, n - 1)))/Sum(exp(x[k] - Largest(x[l], (l, 0, n - 1))), (k, 0, n - 1))"
    assert (code.shape, code.arguments) == ((n,), ((n,),))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (jnp.sort, "sort"),
        (lambda x: jnp.convolve(x, x, mode="same"), "floordiv"),
        (lambda x: x[:4].sum(), "min"),
        (lambda x: jnp.mean(x) if x.shape[0] < 5 else jnp.sum(x), "cannot be traced for every length"),
        (lambda x: sum(entry for entry in x), "cannot be traced for every length"),
        (lambda x: x.reshape(2, -1).sum(), "cannot be traced for every length"),
        (lambda x: jnp.sum(x * jnp.array([1.0, 2.0, 3.0])), "cannot be traced for every length"),
        (lambda x: (x, x), "several arrays"),
        (lambda x: jnp.where(x > 0, x, -jnp.inf), "infinity"),
        (lambda x: jnp.sum(jnp.where(x > 0, x, -jnp.inf)), "may be infinite"),
        (lambda x: jnp.max(jnp.where(x > 0, jnp.log(x), -jnp.inf)) + 1, "several may be infinite"),
        (lambda x: jnp.sqrt(jnp.max(jnp.where(x > 0, x, -jnp.inf))), "sqrt of an infinite value"),
        (jnp.fft.fft, "complex"),
    ],
)
def test_code_without_a_reading_for_every_length_is_named(call: Callable[..., Any], message: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        read(call, x="n,")
    assert message in str(caught.value)


def test_code_that_looks_at_single_lengths_is_found_by_runs() -> None:
    def cut(x: Any) -> Any:
        return jnp.sum(x[:20] if isinstance(x.shape[0], int) and x.shape[0] > 20 else x)

    code, arrays = read(cut, x="n,")
    assert contradicted(code, cut, arrays, FEW) == {}
    assert contradicted(code, cut, arrays, MANY) == {n: 33}


# Claims

I, J, M, N = symbols("i j m n")
a, b = (IndexedBase(name) for name in "ab")
SQUARES = Sum(x[k] ** 2, (k, 1, N)) / N


@pytest.fixture(autouse=True)
def _found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


def spec(
    target: str, formula: Expr, *, natural: bool = True, arrays: Mapping[str, Any] | None = None, more: tuple[Any, ...] = (), **others: Any
) -> Spec:
    bound = arrays or {"x": Array(x[k], (k, 1, N))}
    names = {template.item.base: template.item for template in bound.values()}
    variables = [Variable(item, Reals(), "an array") for item in names.values()]
    symbols_ = [*variables, Size(N, (1, 2, 3, 4), LENGTH), *more]
    return Spec(target=f"unsized.any_length.{target}", formula=formula, symbols=symbols_, bind=bound, natural=True, **others)


RIGHT = {
    "mean_square": spec("mean_square", SQUARES),
    "log_sum_exp": spec("log_sum_exp", log(Sum(exp(x[k]), (k, 1, N)))),
    "weighted": spec("weighted", s * Sum(x[k], (k, 1, N)), more=(Parameter(s, "scale", Reals(), ""),)),
    "softmax": spec(
        "softmax",
        exp(x[I]) / Sum(exp(x[k]), (k, 1, N)),
        more=(Size(I, range(1, 5), "index of the result"),),
        where=(I <= N,),
        entry=(I - 1,),
    ),
    "product": spec(
        "product",
        Sum(a[1, k] * b[k, 2], (k, 1, N)),
        arrays={"a": Array(a[k, l], (k, 1, 3), (l, 1, N)), "b": Array(b[k, l], (k, 1, N), (l, 1, 2))},
        entry=(0, 1),
    ),
    "by_len": spec("by_len", SQUARES),
}

MASKED = spec("masked", log(Sum(b[k] * exp(a[k]), (k, 1, N))), arrays={"a": Array(a[k], (k, 1, N)), "b": Array(b[k], (k, 1, N))})


@pytest.mark.parametrize("claim", RIGHT.values(), ids=RIGHT)
def test_right_claim_is_proved_for_every_length(claim: Spec) -> None:
    found = every_length(claim)
    assert found is not None
    assert (found.reason, found.extent) == ("", "every n >= 1")


WRONG = {
    "sum for mean": ("mean_square", SQUARES * N),
    "off by one": ("mean_square", Sum(x[k] ** 2, (k, 1, N - 1)) / N),
    "from 2 on": ("mean_square", Sum(x[k] ** 2, (k, 2, N)) / N),
    "unbiased": ("mean_square", SQUARES * N / (N - 1)),
    "first four": ("mean_square", Sum(Piecewise((x[k] ** 2, k <= 4), (0, True)), (k, 1, N)) / N),
    "four at most": ("mean_square", Sum(x[k] ** 2, (k, 1, N)) / sp.Min(N, 4)),
    "four from five on": ("mean_square", Piecewise((SQUARES, N < 5), (SQUARES * N / 4, True))),
    "without the logarithm": ("log_sum_exp", Sum(exp(x[k]), (k, 1, N))),
    "code without the last": ("without_last", SQUARES),
    "code divides by n - 1": ("unbiased", SQUARES),
    "code without the mean": ("total_square", SQUARES),
}


@pytest.mark.parametrize(("target", "formula"), WRONG.values(), ids=WRONG)
def test_wrong_claim_is_not_proved_for_every_length(target: str, formula: Expr) -> None:
    found = every_length(spec(target, formula))
    assert found is not None
    assert found.reason


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("first_entries", "min"),
        ("by_length", "cannot be traced"),
        ("at_most_four", "cannot be traced"),
        ("in_a_loop", "cannot be traced"),
        ("ordered", "sort"),
        ("in_blocks", "a run with n = 33 gives another value"),
        ("one_length", "n = 129 in another way"),
        ("one_of_two", "n = 129 in another way"),
        ("even_lengths", "mod(n, 6) = 0 in another way"),
        ("one_shape", "n = 129 in another way"),
        ("by_caught_comparison", "asks for the length n"),
        ("by_table", "asks for the length n"),
        ("silent", "a run with n = 33 gives no finite value"),
        ("infinite", "infinity"),
    ],
)
def test_code_that_depends_on_the_length_is_not_proved(target: str, reason: str) -> None:
    found = every_length(spec(target, SQUARES))
    assert found is not None
    assert reason in found.reason


def test_length_that_is_proved_by_itself_may_be_treated_in_another_way() -> None:
    found = every_length(spec("three_by_itself", SQUARES))
    assert found is not None
    assert found.reason == ""


def test_length_that_is_not_one_is_part_of_the_claim() -> None:
    """`squeeze` drops an axis of length 1, and a covariance needs two observations."""
    centred = {place: x[place, k] - Sum(x[place, l], (l, 1, N)) / N for place in (I, J)}
    products = Sum(centred[I] * centred[J], (k, 1, N))
    right = products / (N - 1)
    found = every_length(covariances("covariances", right))
    assert found is not None
    assert (found.reason, found.extent) == ("", "every n >= 2 and every m >= 2")
    wrong = (products / N, right.subs(J, I), Sum(x[I, k] * x[J, k], (k, 1, N)) / (N - 1))
    for target, formula in (("two_rows", right), *(("covariances", one) for one in wrong)):
        other = every_length(covariances(target, formula))
        assert other is not None
        assert other.reason
    single = every_length(covariances("covariances", right, where=(sp.Ne(N - 1, 0),)))
    assert single is not None
    assert "m = 1 in another way" in single.reason


def test_formula_that_is_large_at_single_lengths_is_proved_for_every_length_only() -> None:
    centred = {place: x[place, k] - Sum(x[place, l], (l, 1, N)) / N for place in (I, J)}
    products = {both: Sum(centred[both[0]] * centred[both[1]], (k, 1, N)) for both in ((I, I), (I, J), (J, J))}
    right = products[I, J] / sqrt(products[I, I] * products[J, J])
    sizes = {"n": 3, "m": 2, "i": 1, "j": 2}
    result = check(covariances("correlations", right), sizes, Limits(max_points=40), lambda _: None)
    assert (result.verdict, result.extent, result.cells) == (Verdict.PROVED, "every n >= 2 and every m >= 2", 0)
    twin = check(covariances("correlations_of_long_rows", right), sizes, Limits(max_points=40), lambda _: None)
    assert twin.verdict is Verdict.TESTED  # `clip` is saturated on the diagonal, so that runs alone refute nothing
    assert "proved" not in twin.reason.replace("not proved", "")


def test_entries_off_the_diagonal_are_compared() -> None:
    assert corners([(0, 3), (0, 4)]) == [(0, 0), (3, 4), (0, 4), (3, 0)]
    assert corners([(2, 5)]) == [(2,), (5,)]
    assert corners([(0, 0), (0, 0)]) == [(0, 0)]
    assert corners([]) == [()]


def test_claim_about_a_convolution_is_proved_for_every_window() -> None:
    """The code adds as many zeros as one of the arrays is long."""
    found = every_length(convolved("smooth", Sum(a[I - j] * b[j], (j, 0, M - 1))))
    assert found is not None
    assert (found.reason, found.extent) == ("", "every n >= m and every m >= 1")
    for target, formula in (
        ("smooth", Sum(a[I + j - M + 1] * b[j], (j, 0, M - 1))),
        ("smooth", Sum(a[I - j] * b[j], (j, 0, M - 2))),
        ("smooth_late", Sum(a[I - j] * b[j], (j, 0, M - 1))),
        ("smooth_short", Sum(a[I - j] * b[j], (j, 0, M - 1))),
    ):
        other = every_length(convolved(target, formula))
        assert other is not None
        assert other.reason


def test_comparison_of_two_lengths_is_not_proved() -> None:
    arrays = {"x": Array(x[k], (k, 1, N)), "y": Array(y[k], (k, 1, M))}
    found = every_length(spec("square_only", SQUARES, arrays=arrays, more=(Size(M, (1, 2, 3), LENGTH),)))
    assert found is not None
    assert "n = m in another way" in found.reason


def test_comparisons_of_lengths_are_as_before_after_a_reading() -> None:
    length = type(export.symbolic_shape("n")[0])
    before = length.__eq__, length.__hash__
    with pytest.raises(UnsupportedError):
        read(lambda _: 1 / 0, x="n,")
    assert (length.__eq__, length.__hash__) == before


def halved(target: str, formula: Expr) -> Spec:
    return spec(
        target,
        formula,
        more=(Size(I, range(1, 3), "index of the result"),),
        where=(I <= N / 2, sp.Eq(sp.Mod(N / 2, 1), 0, evaluate=False)),
        entry=(I - 1,),
    )


def test_claim_about_even_lengths_is_proved_for_all_of_them() -> None:
    formula = x[I] * x[I + N / 2]
    found = every_length(halved("halves", formula))
    assert found is not None
    assert (found.reason, found.extent) == ("", "every n >= 2 that 2 divides")
    for target, wrong in (("halves_exchanged", formula), ("halves", x[I] * x[I + N / 2 - 1]), ("halves", x[I] * x[N + 1 - I])):
        other = every_length(halved(target, wrong))
        assert other is not None
        assert other.reason


def windowed(formula: Expr) -> Spec:
    lengths = (Size(M, (1, 2, 3), LENGTH), Size(I, range(3), "index of the result"))
    arrays = {"a": Array(a[k], (k, 0, N - 1)), "v": Array(b[k], (k, 0, M - 1))}
    return spec("windows", formula, arrays=arrays, more=lengths, where=(I <= N - M,), entry=(I,))


def test_claim_about_a_window_is_proved_for_every_window() -> None:
    found = every_length(windowed(Sum(a[I + j] * b[j], (j, 0, M - 1))))
    assert found is not None
    assert (found.reason, found.extent) == ("", "every n >= m and every m >= 1")
    for wrong in (Sum(a[I + j] * b[M - 1 - j], (j, 0, M - 1)), Sum(a[I + j] * b[j], (j, 0, M - 2)), Sum(a[j] * b[j], (j, 0, M - 1))):
        other = every_length(windowed(wrong))
        assert other is not None
        assert other.reason


def convolved(target: str, formula: Expr) -> Spec:
    arrays = {"a": Array(a[k], (k, 0, N - 1)), "v": Array(b[k], (k, 0, M - 1))}
    lengths = (Size(M, (1, 2, 3), LENGTH), Size(I, range(3), "index of the result"))
    return spec(target, formula, arrays=arrays, more=lengths, where=(I <= N - 1, I >= M - 1), entry=(I,))


def covariances(target: str, formula: Expr, where: tuple[Any, ...] = (sp.Ne(M, 1), sp.Ne(N - 1, 0))) -> Spec:
    places = tuple(Size(place, range(1, 4), "index of the result") for place in (I, J))
    return spec(
        target,
        formula,
        arrays={"x": Array(x[k, l], (k, 1, M), (l, 1, N))},
        more=(Size(M, (1, 2), LENGTH), *places),
        where=(I <= M, J <= M, *where),
        entry=(I - 1, J - 1),
    )


@pytest.mark.parametrize(
    "formula", [Sum(b[k] * exp(a[k]), (k, 1, N)), log(Sum(exp(a[k]), (k, 1, N))), log(Sum(exp(b[k] * a[k]), (k, 1, N)))]
)
def test_wrong_claim_about_masked_entries_is_not_proved(formula: Expr) -> None:
    arrays = {"a": Array(a[k], (k, 1, N)), "b": Array(b[k], (k, 1, N))}
    found = every_length(spec("masked", formula, arrays=arrays))
    assert found is not None
    assert found.reason
    other = every_length(spec("masked_from_one", log(Sum(b[k] * exp(a[k]), (k, 1, N))), arrays=arrays))
    assert other is not None
    assert other.reason


def test_result_without_a_proof_for_single_lengths_is_proved_for_every_length() -> None:
    """Masked entries are infinite on the way, which no proof for single lengths models."""
    result = check(MASKED, {"n": 2}, Limits(max_points=40), lambda _: None)
    assert (result.verdict, result.extent) == (Verdict.PROVED, "every n >= 1")
    for wrong in (log(Sum(b[k] ** 2 * exp(a[k]), (k, 1, N))), log(Sum(b[k] * exp(a[k]), (k, 1, N)) / N)):
        twin = check(spec("masked", wrong, arrays=MASKED.bind), {"n": 2}, Limits(max_points=40), lambda _: None)
        assert twin.verdict is Verdict.REFUTED


def test_transposed_matrix_is_not_proved() -> None:
    square = {"a": Array(a[k, l], (k, 1, N), (l, 1, N)), "b": Array(b[k, l], (k, 1, N), (l, 1, N))}
    formula = Sum(a[1, k] * b[k, 1], (k, 1, N))
    for target, proved in (("product", True), ("transposed", False)):
        found = every_length(spec(target, formula, arrays=square, entry=(0, 0)))
        assert found is not None
        assert (not found.reason) is proved


def test_result_says_for_which_lengths_it_is_proved() -> None:
    limits = Limits(max_points=40)
    result = check(RIGHT["mean_square"], {"n": 4}, limits, lambda _: None)
    assert (result.verdict, result.extent) == (Verdict.PROVED, "every n >= 1")
    assert "proved for every n >= 1 with symbolic lengths" in result.reason
    assert check(RIGHT["mean_square"], {"n": 3}, limits, lambda _: None).extent == ""
    single = check(spec("in_a_loop", SQUARES), {"n": 4}, limits, lambda _: None)
    assert (single.verdict, single.extent) == (Verdict.TESTED, "")
    assert "proved for n = 1 to 4, and not for every length" in single.reason


@pytest.mark.parametrize("target", ["in_blocks", "one_length"])
def test_code_that_treats_long_arrays_in_another_way_is_refuted(target: str) -> None:
    result = check(spec(target, SQUARES), {"n": 4}, Limits(max_points=40), lambda _: None)
    assert result.verdict is Verdict.REFUTED


@pytest.mark.parametrize("target", ["jax.nn.softmax", "jax.nn.logsumexp", "optax.softmax_cross_entropy", "jax.numpy.var"])
def test_lift_prints_one_formula_for_all_lengths(target: str) -> None:
    formula = lifted(target, None)
    assert "Sum(" in formula.sympy
    assert r"\sum_{" in formula.latex
    assert "_1" not in formula.sympy
    assert "\n" not in formula.sympy + formula.latex
    assert "Abs(" not in formula.sympy


@pytest.mark.parametrize(
    ("target", "cases", "points"),
    [
        ("optax.cosine_decay_schedule", 1, [(2.0, 10, 0.5, 2.0, 3), (2.0, 10, 0.5, 2.0, 30)]),
        ("optax.linear_schedule", 3, [(1.0, 2.0, 0, 0, 5), (1.0, 2.0, 10, 2, 5), (1.0, 2.0, 10, -2, 5), (1.0, 2.0, 10, 2, 50)]),
    ],
)
def test_lift_without_a_spec_leaves_out_points_without_a_value_and_no_others(
    target: str, cases: int, points: list[tuple[float, ...]]
) -> None:
    found = lifted(target, None)
    assert "nan" not in found.sympy
    assert found.sympy.count("Piecewise") == (cases > 1)
    assert r"\mathrm{init\_value}" in found.latex
    value = sp.sympify(found.sympy, locals={name: sp.Symbol(name) for name in NAMES[target]})
    for point in points:
        *given, count = point
        code = float(resolve(target)(*given)(count))
        assert float(value.subs(dict(zip(NAMES[target], point, strict=True)))) == pytest.approx(code, rel=1e-5)


NAMES = {
    "optax.cosine_decay_schedule": ("init_value", "decay_steps", "alpha", "exponent", "count"),
    "optax.linear_schedule": ("init_value", "end_value", "transition_steps", "transition_begin", "count"),
}


def test_lift_of_elementwise_code_stays_a_formula_of_numbers() -> None:
    assert "[" not in lifted("jax.nn.softplus", None).sympy


@pytest.mark.parametrize(
    ("target", "formula"),
    [
        ("unsized.any_length.smoothed", "alpha/n + (1 - alpha)*labels[i]"),  # `alpha: float` is no array
        ("jax.numpy.outer", "a[i]*b[j]"),
        ("optax.losses.l2_loss", "predictions**2/2"),
        ("optax.losses.sigmoid_binary_cross_entropy", "-labels*(-log(1 + exp(-Abs(logits))) - Max(0, -logits))"),  # needs a dtype
    ],
)
def test_lift_of_code_that_takes_no_python_numbers(target: str, formula: str) -> None:
    assert lifted(target, None).sympy.startswith(formula)


def test_lift_of_a_claim_about_even_lengths_is_one_formula() -> None:
    record = next(one for one in documented("jax.nn.glu") if one.name == "jax.nn.glu")
    claim = claims(record)[0]
    assert isinstance(claim, Bound)
    assert lifted("jax.nn.glu", claim.spec).sympy == "x[i]/(1 + exp(-x[i + n]))"


def test_lift_of_code_without_a_call_says_what_is_missing() -> None:
    with pytest.raises(TargetError, match=r"jax.numpy.interp cannot be called with numbers"):
        lifted("jax.numpy.interp", None)


# Formulas about numbers


ALONE: dict[str, tuple[Callable[..., Any], bool]] = {
    "polynomial": (lambda x, y: x**2 + y, True),
    "selection": (lambda x, y: jnp.where(x > y, jax.nn.softplus(x), 0.0), True),
    "calls": (lambda x, y: jax.nn.relu(x) + jax.scipy.special.xlogy(x, y), True),
    "clipped": (lambda x, y: jnp.clip(x, 0, 1) * y, True),
    "another function for arrays": (lambda x, y: x + y if jnp.ndim(x) else x - y, False),
    "constant for arrays": (lambda x, y: x + y + (1.0 if jnp.ndim(x) else 2.0), False),
    "other rounding for arrays": (lambda x, y: jnp.round(x + y) if jnp.ndim(x) else jnp.floor(x + y), False),
    "operands exchanged": (lambda x, y: x - y if jnp.ndim(x) else y - x, False),
}


@pytest.mark.parametrize(("call", "alone"), ALONE.values(), ids=ALONE)
def test_code_that_treats_entries_alone_is_recognised(call: Callable[..., Any], alone: bool) -> None:
    assert treats_entries_alone(call, [False, False], [True, True]) is alone


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: x - jnp.mean(x), "reduce_sum"),
        (lambda x: jnp.cumsum(x) if jnp.ndim(x) else x, "cumsum"),
        (lambda x: jnp.flip(x) if jnp.ndim(x) else x, "rev"),
        (lambda x: jnp.sort(x) if jnp.ndim(x) else x, "sort"),
        (lambda x: x if jnp.size(x) < 8 else x + 1, "cannot be traced for every length"),
        (lambda x: x + 1 if jnp.size(x) == 50 else x, "asks for the length n"),
        (lambda x: jnp.full_like(x, x[0]) if jnp.ndim(x) else x, "may combine"),
        (lambda x: jnp.broadcast_to(x[-1:], x.shape) if jnp.ndim(x) else x, "may combine"),
        (lambda x: x + jnp.roll(x, 1) if jnp.ndim(x) else 2 * x, "may combine"),
    ],
)
def test_code_that_may_combine_entries_is_named(call: Callable[..., Any], message: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        treats_entries_alone(call, [False], [True])
    assert message in str(caught.value)


def test_a_layer_is_proved_for_single_sizes_and_says_so() -> None:
    record = next(one for one in documented("flax.linen.SimpleCell") if one.name == "flax.linen.SimpleCell")
    claim = claims(record)[0]
    assert isinstance(claim, Bound)
    declared = [d for d in claim.spec.symbols if isinstance(d, Size)]
    longest = {str(d.symbol): max(d.values) if d.meaning == LENGTH else min(d.values) for d in declared}
    found = check(claim.spec, longest, Limits(max_points=100), lambda _: None)
    assert found.verdict is Verdict.PROVED
    assert found.extent == "n = 1 to 2 and l = 1 to 2"
    assert "because a layer is made for one size" in found.reason
