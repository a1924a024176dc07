"""Spans hold what executions give and what is exact: each rule against the real primitive, and a wrong twin of each that is caught."""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st
from jax import lax
from later import primitive

from qedoc.execute.precision import FORMATS, nearest
from qedoc.execute.rounding import EITHER, FALSE, TRUE, Infinite, Known, Span, Step, hull, literal, point, settle, stored, widen
from qedoc.execute.rounding_arrays import ARRAYS, array, products, total
from qedoc.execute.rounding_rules import ELEMENTARY, EXACT, INTEGER, apply

FLOATS = ["float32", "float64", "bfloat16"]
COUNT = 60

rationals = st.fractions(-1000, 1000)
spans = st.tuples(rationals, rationals).map(lambda ends: Span(min(ends), max(ends)))


def holds(span: Known, x: Fraction | float) -> bool:
    return isinstance(span, Span) and span.lower <= Fraction(x) <= span.upper


# Settling


@given(span=spans, part=st.fractions(0, 1), dtype=st.sampled_from(FLOATS))
def test_settling_holds_the_exact_and_the_rounded_numbers(span: Span, part: Fraction, dtype: str) -> None:
    x = span.lower + part * (span.upper - span.lower)
    assert holds(settle(span, dtype), x)
    assert holds(settle(span, dtype), nearest(x, dtype))


@given(x=rationals, dtype=st.sampled_from(FLOATS))
def test_settling_is_no_wider_than_the_neighbours(x: Fraction, dtype: str) -> None:
    found = settle(point(x), dtype)
    assert found is not None
    if abs(x) >= FORMATS[dtype].smallest:
        assert found.upper - found.lower <= abs(x) * Fraction(2) ** (1 - FORMATS[dtype].p)
    assert settle(found, dtype) == found


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_ends_of_a_format(dtype: str) -> None:
    f = FORMATS[dtype]
    assert settle(point(f.largest), dtype) == point(f.largest)
    assert settle(point(f.largest + 1), dtype) is None
    assert settle(point(-f.largest - 1), dtype) is None
    assert settle(point(f.smallest / 2), dtype) == Span(Fraction(0), f.smallest)
    assert settle(point(-f.smallest / 2), dtype) == Span(-f.smallest, Fraction(0))
    assert settle(point(0), dtype) == point(0)


def test_integers_do_not_round_and_do_not_wrap() -> None:
    assert settle(point(2**31 - 1), "int32") == point(2**31 - 1)
    assert settle(point(2**31), "int32") is None
    assert settle(point(2**31), "int64") == point(2**31)
    assert settle(point(1), "complex64") is None


def test_literals_are_exact_if_they_are_short() -> None:
    assert literal(0.5, "float32") == point(Fraction(1, 2))
    assert literal(7, "float32") == point(7)
    assert literal(True, "bool") == TRUE
    assert literal(math.inf, "float32") == Infinite(1)
    assert literal(math.nan, "float32") is None
    assert holds(literal(0.1, "float32"), Fraction(1, 10))
    assert holds(literal(0.1, "float32"), float(np.float32(0.1)))
    assert holds(literal(0.1, "float64"), Fraction(1, 10))
    assert not holds(literal(0.1, "float64"), Fraction(1, 10) + Fraction(1, 10**14))


def test_numbers_out_of_arrays_are_exact_if_they_are_short() -> None:
    assert stored(0.5, "float32") == point(Fraction(1, 2))
    assert stored(2**30 + 1, "int32") == point(2**30 + 1)
    assert stored(math.nan, "float32") is None
    assert holds(stored(float(np.float32(0.1)), "float32"), Fraction(1, 10))


def test_hull_of_something_unknown_is_unknown() -> None:
    assert hull([point(1), point(3)]) == Span(Fraction(1), Fraction(3))
    assert hull([point(1), None]) is None
    assert hull([]) is None
    assert hull([Infinite(1), Infinite(1)]) == Infinite(1)
    assert hull([Infinite(1), point(1)]) is None


# Elementwise rules: the primitive, and random operands


def samples(random: Random, dtype: str, low: float, high: float, count: int = COUNT) -> list[Fraction]:
    """Numbers of the dtype, half of them spread over magnitudes, some at the ends and whole."""
    found = []
    for _ in range(count):
        if dtype.startswith("int"):
            found.append(Fraction(random.randint(int(low), int(high))))
            continue
        x = random.uniform(low, high)
        if random.random() < 0.5:
            x *= 10 ** random.uniform(-8, 0)
        if random.random() < 0.1:
            x = float(round(x))
        found.append(nearest(Fraction(min(max(x, low), high)), dtype))
    return found


def execute(primitive: Any, dtypes: Sequence[str], operands: Sequence[Sequence[Fraction]], params: dict[str, Any]) -> Any:
    columns = [
        jnp.asarray(np.array([x.numerator / x.denominator if d in FORMATS else int(x) for x in c]), dtype=d)
        for d, c in zip(dtypes, operands, strict=True)
    ]
    return primitive.bind(*columns, **params)


UNARY: dict[str, tuple[Any, float, float, dict[str, Any]]] = {
    "neg": (lax.neg_p, -9, 9, {}),
    "abs": (lax.abs_p, -9, 9, {}),
    "sign": (lax.sign_p, -9, 9, {}),
    "floor": (lax.floor_p, -9, 9, {}),
    "ceil": (lax.ceil_p, -9, 9, {}),
    "round": (lax.round_p, -9, 9, {"rounding_method": lax.RoundingMethod.TO_NEAREST_EVEN}),
    "is_finite": (lax.is_finite_p, -9, 9, {}),
    "square": (lax.square_p, -9, 9, {}),
    "one_minus_square": (primitive("one_minus_square"), -9, 9, {}),
    "log2": (primitive("log2"), 1e-30, 1e30, {"accuracy": None} if hasattr(lax, "log2_p") else {}),
    "sqrt": (lax.sqrt_p, 0, 1e6, {"accuracy": None}),
    "exp": (lax.exp_p, -80, 80, {"accuracy": None}),
    "expm1": (lax.expm1_p, -20, 80, {"accuracy": None}),
    "log": (lax.log_p, 1e-30, 1e30, {"accuracy": None}),
    "log1p": (lax.log1p_p, -0.999, 1e6, {"accuracy": None}),
    "tanh": (lax.tanh_p, -12, 12, {"accuracy": None}),
    "logistic": (lax.logistic_p, -60, 60, {"accuracy": None}),
    "erf": (lax.erf_p, -5, 5, {}),
    "erfc": (lax.erfc_p, -5, 8, {}),
    "sinh": (lax.sinh_p, -60, 60, {}),
    "cosh": (lax.cosh_p, -60, 60, {}),
    "asinh": (lax.asinh_p, -1e6, 1e6, {}),
    "atan": (lax.atan_p, -1e6, 1e6, {}),
    "asin": (lax.asin_p, -1, 1, {}),
    "acos": (lax.acos_p, -1, 1, {}),
    "cbrt": (lax.cbrt_p, -1e6, 1e6, {"accuracy": None}),
    "rsqrt": (lax.rsqrt_p, 1e-30, 1e30, {"accuracy": None}),
    "cos": (lax.cos_p, -1e4, 1e4, {"accuracy": None}),
    "sin": (lax.sin_p, -1e4, 1e4, {"accuracy": None}),
}
BINARY: dict[str, tuple[Any, tuple[float, float], tuple[float, float]]] = {
    "add": (lax.add_p, (-9, 9), (-9, 9)),
    "sub": (lax.sub_p, (-9, 9), (-9, 9)),
    "mul": (lax.mul_p, (-9, 9), (-9, 9)),
    "div": (lax.div_p, (-9, 9), (1, 9)),
    "rem": (lax.rem_p, (-9, 9), (1, 9)),
    "max": (lax.max_p, (-9, 9), (-9, 9)),
    "min": (lax.min_p, (-9, 9), (-9, 9)),
    "pow": (lax.pow_p, (0, 9), (0.125, 20)),
    "lt": (lax.lt_p, (-2, 2), (-2, 2)),
    "le": (lax.le_p, (-2, 2), (-2, 2)),
    "gt": (lax.gt_p, (-2, 2), (-2, 2)),
    "ge": (lax.ge_p, (-2, 2), (-2, 2)),
    "eq": (lax.eq_p, (-2, 2), (-2, 2)),
    "ne": (lax.ne_p, (-2, 2), (-2, 2)),
}
ON_INTEGERS = {"neg", "abs", "sign", "square", "add", "sub", "mul", "div", "rem", "max", "min", "lt", "le", "gt", "ge", "eq", "ne"}


def reference(name: str) -> Callable[..., arb]:
    """The exact function, from flint and without the rules."""
    special: dict[str, Callable[..., arb]] = {
        "logistic": lambda x: 1 / (1 + (-x).exp()),
        "square": lambda x: x * x,
        "one_minus_square": lambda x: 1 - x * x,
        "log2": lambda x: x.log() / arb(2).log(),
        "cbrt": lambda x: x.root(3) if x > 0 else -(-x).root(3) if x < 0 else arb(0),
        "pow": lambda x, y: x**y,
        "add": lambda x, y: x + y,
        "sub": lambda x, y: x - y,
        "mul": lambda x, y: x * y,
        "div": lambda x, y: x / y,
    }
    return special.get(name) or (lambda x: getattr(x, name)())


REFERENCED = {*ELEMENTARY, "sqrt", "square", "one_minus_square", "add", "sub", "mul", "div"}


def failures(name: str, dtype: str, rule: Callable[..., Known] = apply) -> int:
    """How many executions or exact values lie outside of what the rule says; operands are exact or spans around them."""
    random = Random(f"{name} {dtype}")
    if name in UNARY:
        primitive, low, high, params = UNARY[name]
        ranges = [(low, high)]
    else:
        primitive, *ranges = BINARY[name]
        params = {}
    operands = [samples(random, dtype, *r) for r in ranges]
    if name in {"lt", "le", "gt", "ge", "eq", "ne"}:
        operands[1][::4] = operands[0][::4]
    with jax.enable_x64(dtype in ("float64", "int64")):
        results = execute(primitive, [dtype] * len(operands), operands, params)
        step = Step(name=name, dtype=results.dtype.name, params=params)
        values = np.asarray(results).astype(np.float64).tolist()
    wrong = 0
    for value, *row in zip(values, *operands, strict=True):
        around = [widen(point(x), Fraction(random.randint(0, 3), 10**6)) if not dtype.startswith("int") else point(x) for x in row]
        for given_ in ([point(x) for x in row], around):
            span = rule(step, *given_)
            if span is None:
                continue
            wrong += not holds(span, value)
            if name in REFERENCED and not dtype.startswith("int"):
                with ctx.workprec(200):
                    exact = reference(name)(*(arb(fmpq(x.numerator, x.denominator)) for x in row))
                    inside = arb(fmpq(span.lower.numerator, span.lower.denominator)).union(
                        arb(fmpq(span.upper.numerator, span.upper.denominator))
                    )
                    wrong += exact.is_finite() and not inside.overlaps(exact)
    return wrong


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", [*UNARY, *BINARY])
def test_executions_and_exact_values_are_inside(name: str, dtype: str) -> None:
    assert failures(name, dtype) == 0


@pytest.mark.parametrize("name", sorted(ON_INTEGERS))
def test_executions_on_integers_are_inside(name: str) -> None:
    assert failures(name, "int32") == 0


TWINS = {
    "neg": "abs", "abs": "neg", "sign": "abs", "floor": "ceil", "ceil": "floor", "round": "floor", "is_finite": "not", "square": "abs",
    "one_minus_square": "square", "log2": "log",
    "sqrt": "cbrt", "exp": "sinh", "expm1": "exp", "log": "atan", "log1p": "log", "tanh": "atan", "logistic": "tanh",
    "erf": "tanh", "erfc": "erf", "sinh": "asinh", "cosh": "sinh", "asinh": "sinh", "atan": "tanh", "asin": "atan", "acos": "asin",
    "cbrt": "atan", "rsqrt": "sqrt", "cos": "sin", "sin": "cos", "add": "sub", "sub": "add", "mul": "add", "div": "mul", "rem": "div",
    "max": "min", "min": "max", "pow": "mul", "lt": "le", "le": "lt", "gt": "lt", "ge": "le", "eq": "ne", "ne": "eq",
}  # fmt: skip


@pytest.mark.parametrize("name", [*UNARY, *BINARY])
def test_a_wrong_rule_is_caught(name: str) -> None:
    """With another primitive's rule in its place, executions fall outside."""
    assert failures(name, "float32", lambda step, *spans: apply(replace(step, name=TWINS[name]), *spans)) > 0


def test_every_rule_is_tested() -> None:
    elsewhere = {"polynomial", "add_any", "clamp", "not", "and", "or", "xor", "convert_element_type", "integer_pow", "shift_right_logical"}
    assert {*EXACT, *INTEGER, *ELEMENTARY} == {*UNARY, *BINARY, *elsewhere}


@pytest.mark.parametrize("name", ["exp", "log", "cos", "pow", "tanh"])
def test_a_model_without_room_for_error_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The units of the elementary functions are needed: correctly rounded they are not."""
    monkeypatch.setitem(ELEMENTARY, name, replace(ELEMENTARY[name], units=0, absolute=0))

    def shrunk(step: Step, *spans: Known) -> Known:
        found = apply(step, *spans)
        return point(found.lower) if isinstance(found, Span) else found

    assert failures(name, "float32", shrunk) > 0


@pytest.mark.parametrize(("units", "wrong"), [(None, False), (0, True)])
def test_log1p_of_doubles_below_a_quarter_needs_room(units: int | None, wrong: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(UNARY, "log1p", (lax.log1p_p, -0.5, -0.25, {"accuracy": None}))
    if units is not None:
        monkeypatch.setitem(ELEMENTARY, "log1p", replace(ELEMENTARY["log1p"], units=units))
    assert (failures("log1p", "float64") > 0) is wrong


# The rules that need operands of their own kind


def step(name: str, dtype: str, **params: Any) -> Step:
    return Step(name=name, dtype=dtype, params=params)


def test_comparisons_are_three_valued() -> None:
    one, wide, two = point(1), Span(Fraction(0), Fraction(2)), point(2)
    for name, answers in {
        "lt": (FALSE, EITHER, TRUE),
        "le": (TRUE, EITHER, TRUE),
        "gt": (FALSE, EITHER, FALSE),
        "ge": (TRUE, EITHER, FALSE),
        "eq": (TRUE, EITHER, FALSE),
        "ne": (FALSE, EITHER, TRUE),
    }.items():
        assert tuple(apply(step(name, "bool"), one, other) for other in (one, wide, two)) == answers
        assert apply(step(name, "bool"), one, None) == EITHER


def test_conditions_combine() -> None:
    for name, table in {"and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "xor": (0, 1, 1, 0)}.items():
        rows = [(a, b) for a in (FALSE, TRUE) for b in (FALSE, TRUE)]
        assert [apply(step(name, "bool"), a, b) for a, b in rows] == [point(x) for x in table]
        assert apply(step(name, "bool"), EITHER, EITHER) == EITHER
    assert apply(step("and", "bool"), FALSE, EITHER) == FALSE
    assert apply(step("not", "bool"), EITHER) == EITHER
    assert apply(step("not", "bool"), TRUE) == FALSE
    assert apply(step("not", "int32"), point(5)) == point(-6)
    assert apply(step("and", "int32"), point(6), point(3)) == point(2)
    assert apply(step("or", "int32"), point(6), point(3)) == point(7)
    assert apply(step("xor", "int32"), point(6), point(3)) == point(5)
    assert apply(step("and", "int32"), Span(Fraction(5), Fraction(6)), point(3)) is None
    assert apply(step("shift_right_logical", "int32"), point(13), point(2)) == point(3)
    assert apply(step("shift_right_logical", "int32"), point(-1), point(1)) is None


def test_a_selection_that_is_open_is_a_hull() -> None:
    cases = (point(1), point(5), None)
    assert apply(step("select_n", "float32"), FALSE, *cases) == point(1)
    assert apply(step("select_n", "float32"), TRUE, *cases) == point(5)
    assert apply(step("select_n", "float32"), EITHER, *cases) == Span(Fraction(1), Fraction(5))
    assert apply(step("select_n", "float32"), point(2), *cases) is None
    assert apply(step("select_n", "float32"), None, *cases) is None


def test_division_by_what_may_be_zero_is_unknown() -> None:
    straddling = Span(Fraction(-1), Fraction(1))
    for dtype in ("float32", "int32"):
        assert apply(step("div", dtype), point(1), straddling) is None
        assert apply(step("rem", dtype), point(1), point(0)) is None
    assert apply(step("div", "int32"), point(-7), point(2)) == point(-3)
    assert apply(step("rem", "int32"), point(-7), point(2)) == point(-1)


def test_functions_outside_of_their_domain_are_unknown() -> None:
    for name in ("log", "sqrt", "rsqrt", "log1p", "asin", "acos"):
        assert apply(step(name, "float32"), Span(Fraction(-2), Fraction(-3, 2))) is None
        assert apply(step(name, "float32"), Span(Fraction(-2), Fraction(1, 2))) is None
    assert apply(step("log", "float32"), point(0)) is None
    assert apply(step("exp", "float32"), point(100)) is None
    assert apply(step("exp", "float32"), point(10**6)) is None
    low = apply(step("exp", "float32"), point(-(10**6)))
    assert low is not None
    assert holds(low, 0)


@given(a=st.fractions(0, 4), b=st.fractions(0, 4), c=st.fractions(-3, 6), d=st.fractions(-3, 6), u=st.fractions(0, 1), v=st.fractions(0, 1))
def test_powers_of_spans(a: Fraction, b: Fraction, c: Fraction, d: Fraction, u: Fraction, v: Fraction) -> None:
    base, power = Span(min(a, b), max(a, b)), Span(min(c, d), max(c, d))
    x, y = base.lower + u * (base.upper - base.lower), power.lower + v * (power.upper - power.lower)
    found = apply(step("pow", "float64"), base, power)
    if base.lower == 0 and power.lower < 0:
        assert found is None
    elif found is not None:
        assert holds(found, float(x) ** float(y)) or math.isclose(float(x) ** float(y), float(found.lower), rel_tol=1e-9)


def test_powers_at_zero_and_of_negative_numbers() -> None:
    power = step("pow", "float32")
    assert holds(apply(power, point(0), point(0)), 1)
    assert apply(power, point(0), point(2)) == point(0)
    assert apply(power, point(0), point(-1)) is None
    assert holds(apply(power, point(-2), point(3)), -8)
    assert holds(apply(power, point(-2), point(-1)), Fraction(-1, 2))
    assert apply(power, point(-2), point(Fraction(1, 2))) is None
    assert apply(power, Span(Fraction(-1), Fraction(1)), Span(Fraction(1), Fraction(2))) is None


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("n", [-7, -2, -1, 0, 1, 2, 3, 10, 63])
def test_integer_powers(dtype: str, n: int) -> None:
    xs = [x for x in samples(Random(n), dtype, -2, 2, 200) if abs(x) > Fraction(1, 4)]
    with jax.enable_x64(dtype == "float64"):
        results = np.asarray(execute(lax.integer_pow_p, [dtype], [xs], {"y": n})).astype(float).tolist()
    for x, result in zip(xs, results, strict=True):
        found = apply(step("integer_pow", dtype, y=n), point(x))
        assert holds(found, result)
        assert holds(found, x**n)
    assert apply(step("integer_pow", dtype, y=1000), point(1)) is None


@pytest.mark.parametrize(
    ("source", "dtype"),
    [
        ("float32", "bfloat16"),
        ("float64", "float32"),
        ("int32", "float32"),
        ("int32", "bfloat16"),
        ("float32", "int32"),
        ("float32", "bool"),
    ],
)
def test_conversions(source: str, dtype: str) -> None:
    xs = samples(Random(source), source, -1e9, 1e9)
    with jax.enable_x64(source == "float64"):
        results = np.asarray(
            execute(lax.convert_element_type_p, [source], [xs], {"new_dtype": jnp.dtype(dtype), "weak_type": False, "sharding": None})
        )
    for x, result in zip(xs, results.astype(float).tolist(), strict=True):
        assert holds(apply(Step(name="convert_element_type", dtype=dtype, params={}), point(x)), result)
    assert apply(step("convert_element_type", "int32"), point(2**31)) is None
    assert apply(step("convert_element_type", "int32"), Span(Fraction(-3, 2), Fraction(3, 2))) == Span(Fraction(-1), Fraction(1))
    assert apply(step("convert_element_type", "bool"), Span(Fraction(0), Fraction(1))) == EITHER


def test_clamp() -> None:
    assert apply(step("clamp", "float32"), point(0), Span(Fraction(-1), Fraction(5)), point(2)) == Span(Fraction(0), Fraction(2))


def test_an_unknown_primitive_and_an_unknown_operand_are_unknown() -> None:
    assert apply(step("no_such_primitive", "float32"), point(1)) is None
    assert apply(step("add", "float32"), point(1), None) is None
    assert apply(step("no_such_primitive", "bool"), point(1)) == EITHER


def test_infinities_that_the_code_writes_down() -> None:
    """Each rule against numpy, on both infinities and a number."""
    operands = {math.inf: Infinite(1), -math.inf: Infinite(-1), 2.0: point(2)}
    numpy = {
        "max": np.maximum, "min": np.minimum, "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide,
        "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal, "eq": np.equal, "ne": np.not_equal,
    }  # fmt: skip
    for name, function in numpy.items():
        dtype = "bool" if name in {"lt", "le", "gt", "ge", "eq", "ne"} else "float32"
        for (a, known_a), (b, known_b) in itertools.product(operands.items(), repeat=2):
            with np.errstate(invalid="ignore"):
                value = float(function(a, b))
            found = apply(step(name, dtype), known_a, known_b)
            if math.isinf(value) and found is not None:
                assert found == Infinite(1 if value > 0 else -1)
            elif not math.isinf(value):
                assert found is None or holds(found, value)
            if name in {"max", "min"} or dtype == "bool":
                assert found is not None
                assert found != EITHER
    for x, infinity in list(operands.items())[:2]:
        assert apply(step("neg", "float32"), infinity) == operands[-x]
        assert apply(step("abs", "float32"), infinity) == Infinite(1)
        assert apply(step("is_finite", "bool"), infinity) == FALSE
        assert apply(step("convert_element_type", "bfloat16"), infinity) == infinity
        assert apply(step("convert_element_type", "int32"), infinity) is None
        assert apply(step("tanh", "float32"), infinity) is None
        assert apply(step("lt", "bool"), infinity, None) == EITHER
        assert apply(step("max", "float32"), infinity, None) is None
    assert apply(step("exp", "float32"), Infinite(-1)) == point(0)
    assert apply(step("exp", "float32"), Infinite(1)) == Infinite(1)
    clamp = step("clamp", "float32")
    assert apply(clamp, point(0), point(3), Infinite(1)) == point(3)
    assert apply(clamp, point(5), point(3), Infinite(1)) == point(5)
    assert apply(clamp, Infinite(-1), point(3), point(1)) == point(1)
    assert apply(clamp, Infinite(1), point(3), point(1)) is None
    assert apply(clamp, point(0), Infinite(1), point(1)) is None
    assert apply(clamp, point(0), point(1), Infinite(-1)) is None


# Arrays


def points(numbers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return array([point(Fraction(float(x))) for x in numbers.ravel()], numbers.shape)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    ("primitive", "params"),
    [
        (lax.reduce_sum_p, {"axes": (1,), "out_sharding": None}),
        (lax.reduce_sum_p, {"axes": (0, 1), "out_sharding": None}),
        (lax.reduce_max_p, {"axes": (0,), "out_sharding": None}),
        (lax.reduce_min_p, {"axes": (1,), "out_sharding": None}),
        (lax.cumsum_p, {"axis": 1, "reverse": False}),
        (lax.cumsum_p, {"axis": 0, "reverse": True}),
        (lax.cumprod_p, {"axis": 1, "reverse": False}),
        (lax.cumprod_p, {"axis": 1, "reverse": True}),
        (lax.cummax_p, {"axis": 1, "reverse": False}),
        (lax.cummin_p, {"axis": 0, "reverse": True}),
    ],
)
def test_reductions(primitive: Any, params: dict[str, Any], dtype: str) -> None:
    random = np.random.default_rng(3)
    for _ in range(5):
        numbers = np.array([[float(nearest(Fraction(x), dtype)) for x in row] for row in random.normal(size=(4, 7)).tolist()])
        with jax.enable_x64(dtype == "float64"):
            result = np.asarray(primitive.bind(jnp.asarray(numbers, dtype=dtype), **params)).astype(float)
        found = ARRAYS[primitive.name](step(primitive.name, dtype, **params), points(numbers))
        assert found.shape == result.shape
        assert all(holds(span, x) for span, x in zip(found.ravel(), result.ravel().tolist(), strict=True))


@pytest.mark.parametrize("dtype", FLOATS)
def test_dot_products_with_batches(dtype: str) -> None:
    random = np.random.default_rng(4)
    a, b = random.integers(-50, 50, size=(3, 4, 5)) / 8, random.integers(-50, 50, size=(5, 3, 2)) / 8
    params = {
        "dimension_numbers": (((2,), (0,)), ((0,), (1,))),
        "precision": None,
        "preferred_element_type": jnp.dtype(dtype),
        "out_sharding": None,
    }
    with jax.enable_x64(dtype == "float64"):
        result = np.asarray(lax.dot_general_p.bind(jnp.asarray(a, dtype=dtype), jnp.asarray(b, dtype=dtype), **params)).astype(float)
    found = ARRAYS["dot_general"](step("dot_general", dtype, **params), points(a), points(b))
    assert found.shape == result.shape == (3, 4, 2)
    assert all(holds(span, x) for span, x in zip(found.ravel(), result.ravel().tolist(), strict=True))
    exact = np.einsum("gik,kgj->gij", a, b)
    assert all(holds(span, x) for span, x in zip(found.ravel(), exact.ravel().tolist(), strict=True))
    assert not any(holds(span, x + 64) for span, x in zip(found.ravel(), exact.ravel().tolist(), strict=True))


def test_a_sum_of_one_number_is_exact() -> None:
    s = step("reduce_sum", "float32")
    assert total(s, [point(0), point(3), point(0)]) == point(3)
    assert total(s, []) == point(0)
    assert total(s, [point(1), None]) is None


def test_a_sum_has_room_for_every_order() -> None:
    """1 - 1 + tiny is tiny in one order and 0 in another."""
    tiny = Fraction(2) ** -40
    for order in ([1, -1, tiny], [1, tiny, -1]):
        value = np.float32(0)
        for x in order:
            value = np.float32(value + np.float32(x))
        assert holds(total(step("reduce_sum", "float32"), [point(1), point(-1), point(tiny)]), float(value))
    big = FORMATS["float32"].largest
    assert total(step("reduce_sum", "float32"), [point(big), point(big), point(-big)]) is None


@pytest.mark.parametrize("dtype", FLOATS)
def test_polynomials_are_inside(dtype: str) -> None:
    """Horner's scheme, and a wrong twin: the coefficients in the other order."""
    random = Random(dtype)
    operands = [samples(random, dtype, -9, 9) for _ in range(4)]
    with jax.enable_x64(dtype == "float64"):
        results = execute(primitive("polynomial"), [dtype] * 4, operands, {})
    found = {1: 0, -1: 0}
    for value, x, *coefficients in zip(np.asarray(results).astype(np.float64).tolist(), *operands, strict=True):
        for order in found:
            span = apply(step("polynomial", dtype), point(x), *map(point, coefficients[::order]))
            found[order] += span is not None and not holds(span, value)
    assert found[1] == 0
    assert found[-1] > 0


def test_running_products_have_room_for_every_grouping() -> None:
    """2**-100 * 2**-100 * 2**127 is zero in one grouping and tiny in the other."""
    terms: list[Known] = [point(Fraction(2) ** -100), point(Fraction(2) ** -100), point(Fraction(2) ** 127)]
    *_, last = products(step("cumprod", "float32"), terms)
    assert holds(last, 0)
    assert holds(last, Fraction(2) ** -73)
    huge: list[Known] = [point(Fraction(2) ** -100), point(Fraction(2) ** 100), point(Fraction(2) ** 100)]
    assert products(step("cumprod", "float32"), huge)[-1] is None


@pytest.mark.parametrize("name", sorted(ELEMENTARY.keys() - {"pow"}))
def test_bfloat16_at_all_magnitudes(name: str) -> None:
    """Numbers of all magnitudes, the smallest ones too."""
    with np.errstate(invalid="ignore"):  # signalling nans
        every = np.arange(2**16, dtype=np.uint16)[::61].view(jnp.bfloat16.dtype).astype(np.float64).tolist()
    xs = [x for x in every if x == 0 or FORMATS["bfloat16"].smallest <= abs(x) < 1e9]
    function = getattr(lax, name) if hasattr(lax, name) else primitive(name).bind
    results = np.asarray(function(jnp.asarray(xs, dtype=jnp.bfloat16))).astype(np.float64).tolist()
    for x, result in zip(xs, results, strict=True):
        span = apply(step(name, "bfloat16"), point(Fraction(x)))
        assert span is None or holds(span, result), (x, result, span)
