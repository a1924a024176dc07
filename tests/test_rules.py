"""Every rule of the lifter against execution, and a wrong twin of every rule that the comparison must catch."""

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.extend.core
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp
from jax import lax
from jax.ad_checkpoint import checkpoint_name
from later import array_function, holding, primitive
from lifting import disagreements

from qedoc.algebra.conditions import is_condition
from qedoc.algebra.partial import Partial, partial, strict
from qedoc.lift.arrays import ARRAY_RULES
from qedoc.lift.bits import Bits
from qedoc.lift.concrete import ARITHMETIC
from qedoc.lift.control import CONTROL_RULES
from qedoc.lift.jax_internals import opened
from qedoc.lift.rules import RULES, rule_for

REALS = [(0.0,), (0.5,), (-0.5,), (1.0,), (-1.0,), (2.25,), (-3.0,)]
UNIT = [(0.0,), (0.5,), (-0.75,), (1.0,), (-1.0,), (1.5,), (-2.0,)]
POSITIVE = [(0.0,), (0.5,), (1.0,), (3.75,), (-2.0,)]
PAIRS = [(1.5, 2.0), (-1.5, 2.0), (0.0, 0.0), (2.0, 0.0), (0.0, -2.5), (-3.0, -0.5), (2.0, 2.0)]
INTEGERS = [(7, 2), (-7, 2), (7, -2), (-7, -2), (0, 3), (4, 4)]
TRUTHS = [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)]
VECTORS = [([0.5, -1.5, 2.0],), ([2.0, 2.0, 1.0],), ([0.0, -3.0, -1.0],), ([1.0, 3.0, 2.0],)]
MATRICES = [([[1.0, -2.0, 0.5], [0.0, 3.0, 4.0]],), ([[2.0, 2.0, 2.0], [-1.0, 0.25, 8.0]],)]
TRUTH_VECTORS = [([1.0, -1.0, 2.0],), ([1.0, 1.0, 2.0],), ([-1.0, -1.0, -2.0],)]


def at_places(x: Any) -> Any:
    """Rows 2 and 0 of a vector, by a gather with known places."""
    return x[jnp.array([2, 0])]


def scatter(method: str) -> Callable[[Any, Any], Any]:
    return lambda x, y: getattr(x.at[jnp.array([0, 2, 0])], method)(y)


def counted(x: Any) -> Any:
    return lax.while_loop(lambda s: s[1] < x, lambda s: (s[0] + s[1] * s[1], s[1] + 1.0), (x, 0.0))[0]


@jax.custom_vjp
def own_vjp(x: Any) -> Any:
    return jnp.sin(x) * x


own_vjp.defvjp(lambda x: (own_vjp(x), x), lambda x, g: (g,))


@jax.custom_jvp
def own_jvp(x: Any) -> Any:
    return jnp.cos(x) * x


own_jvp.defjvps(lambda t, _, x: t)


def doubled_with_fewer_digits(x: Any) -> Any:
    """2 x, by a number that has fewer digits than x: the same for numbers of few digits."""
    x = jnp.asarray(x, jnp.float64)
    bits = lax.bitcast_convert_type(x, jnp.uint64) & jnp.asarray(2**64 - 2**27, jnp.uint64)
    high = lax.bitcast_convert_type(bits, jnp.float64)
    return 3 * high - x


DYADIC = [(0.5,), (-3.0,), (2.25,)]
SCATTER = [([1.0, 2.0, 3.0], [5.0, -7.0, 0.5]), ([0.0, -2.0, 3.0], [0.25, 4.0, 2.0])]


SCALAR_CASES: dict[str, tuple[Callable[..., Any], list[Any]]] = {
    "abs": (jnp.abs, REALS),
    "acos": (lax.acos, UNIT),
    "acosh": (lax.acosh, [(0.5,), (1.0,), (2.5,), (-3.0,)]),
    "add": (lax.add, PAIRS),
    "add_any": (jax.extend.core.primitives.add_jaxvals_p.bind, PAIRS),
    "and[bool]": (lambda x, y: lax.bitwise_and(x > 0, y > 0), TRUTHS),
    "asin": (lax.asin, UNIT),
    "asinh": (lax.asinh, REALS),
    "atan": (lax.atan, REALS),
    "atan2": (lax.atan2, PAIRS),
    "atanh": (lax.atanh, UNIT),
    "bessel_i0e": (lax.bessel_i0e, REALS),
    "bessel_i1e": (lax.bessel_i1e, REALS),
    "cbrt": (lax.cbrt, [(8.0,), (-27.0,), (0.0,), (0.3,)]),
    "ceil": (lax.ceil, REALS),
    "clamp": (lax.clamp, [(-1.0, 0.5, 1.0), (-1.0, 3.0, 1.0), (-1.0, -3.0, 1.0), (-1.0, 1.0, 1.0)]),
    "convert_element_type": (
        lambda x: (lax.convert_element_type(x, "int64"), lax.convert_element_type(x, bool)),
        [*REALS, (2.9,), (-2.9,)],
    ),
    "convert_element_type[bool]": (lambda x: lax.convert_element_type(x > 0, "float64"), REALS),
    "copy": (lambda x: jnp.array(x, copy=True), REALS),
    "cos": (lax.cos, REALS),
    "cosh": (lax.cosh, REALS),
    "digamma": (lax.digamma, [(0.5,), (3.0,), (-0.5,), (-2.0,), (0.0,)]),
    "div": (lax.div, PAIRS),
    "div[integer]": (lax.div, INTEGERS),
    "eq": (lax.eq, PAIRS),
    "eq[bool]": (lambda x, y: lax.eq(x > 0, y > 0), TRUTHS),
    "erf": (lax.erf, REALS),
    "erf_inv": (lax.erf_inv, UNIT),
    "erfc": (lax.erfc, REALS),
    "eq_to": (jax.extend.core.primitives.eq_to_p.bind, PAIRS),
    "le_to": (jax.extend.core.primitives.le_to_p.bind, PAIRS),
    "lt_to": (jax.extend.core.primitives.lt_to_p.bind, PAIRS),
    "exp": (lax.exp, REALS),
    "exp2": (lax.exp2, REALS),
    "expm1": (lax.expm1, REALS),
    "floor": (lax.floor, REALS),
    "ge": (lax.ge, PAIRS),
    "gt": (lax.gt, PAIRS),
    "igamma": (lax.igamma, [(0.5, 1.0), (2.0, 0.25), (3.0, 9.0)]),
    "igammac": (lax.igammac, [(0.5, 1.0), (2.0, 0.25), (3.0, 9.0)]),
    "integer_pow": (lambda x: (lax.integer_pow(x, 3), lax.integer_pow(x, -2)), REALS),
    "is_finite": (lax.is_finite, REALS),
    "le": (lax.le, PAIRS),
    "lgamma": (lax.lgamma, [(0.5,), (3.0,), (-0.5,), (-1.5,), (-2.0,), (0.0,)]),
    "log": (lax.log, POSITIVE),
    "log1p": (lax.log1p, [(0.0,), (0.5,), (-1.0,), (-0.5,), (-2.0,)]),
    "log2": (getattr(lax, "log2", primitive("log2").bind), POSITIVE),
    "logistic": (lax.logistic, REALS),
    "lt": (lax.lt, PAIRS),
    "max": (lax.max, PAIRS),
    "min": (lax.min, PAIRS),
    "mul": (lax.mul, PAIRS),
    "name": (lambda x: checkpoint_name(x, "x"), REALS),
    "ne": (lax.ne, PAIRS),
    "ne[bool]": (lambda x, y: lax.ne(x > 0, y > 0), TRUTHS),
    "neg": (lax.neg, REALS),
    "not[bool]": (lambda x: lax.bitwise_not(x > 0), REALS),
    "or[bool]": (lambda x, y: lax.bitwise_or(x > 0, y > 0), TRUTHS),
    "one_minus_square": (getattr(lax, "one_minus_square", primitive("one_minus_square").bind), REALS),
    "polynomial": (
        (lambda x, *c: lax.polynomial(x, c)) if hasattr(lax, "polynomial") else primitive("polynomial").bind,
        [(0.5, 1.0, -2.0, 3.0), (-2.0, 0.25, 4.0, 0.5), (0.0, 1.0, 2.0, 3.0)],
    ),
    "polygamma": (lax.polygamma, [(1.0, 0.5), (2.0, 3.0), (0.0, 1.5)]),
    "pow": (lax.pow, [(2.0, 0.5), (2.0, -1.5), (0.0, 0.0), (0.0, 2.0), (0.0, -1.0), (-2.0, 3.0), (-2.0, 0.5), (-0.5, -2.0), (-0.5, -1.5)]),
    "and[integer]": (doubled_with_fewer_digits, DYADIC),
    "reduce_precision": (lambda x: lax.reduce_precision(x, 11, 52), REALS),
    "regularized_incomplete_beta": (lax.betainc, [(0.5, 2.0, 0.25), (2.0, 3.0, 0.5), (1.0, 1.0, 1.0), (2.0, 0.5, 0.0)]),
    "rem": (lax.rem, [*PAIRS, (7.5, 2.0), (-7.5, 2.0), (7.5, -2.0)]),
    "round": (
        lambda x: (lax.round(x, lax.RoundingMethod.AWAY_FROM_ZERO), lax.round(x, lax.RoundingMethod.TO_NEAREST_EVEN)),
        [(0.5,), (1.5,), (2.5,), (-0.5,), (-1.5,), (-2.5,), (0.25,), (-3.75,), (0.0,)],
    ),
    "rsqrt": (lax.rsqrt, POSITIVE),
    "select_n": (lambda x, y: lax.select_n(x > 0, y, x), TRUTHS),
    "sign": (lax.sign, REALS),
    "sin": (lax.sin, REALS),
    "sinh": (lax.sinh, REALS),
    "sqrt": (lax.sqrt, POSITIVE),
    "square": (lax.square, REALS),
    "stop_gradient": (lax.stop_gradient, REALS),
    "sub": (lax.sub, PAIRS),
    "tan": (lax.tan, REALS),
    "tanh": (lax.tanh, REALS),
    "xor[bool]": (lambda x, y: lax.bitwise_xor(x > 0, y > 0), TRUTHS),
    "zeta": (lax.zeta, [(2.0, 1.0), (1.5, 0.25), (4.0, 3.0)]),
}

ARRAY_CASES: dict[str, tuple[Callable[..., Any], list[Any]]] = {
    "argmax": (lambda x: (lax.argmax(x, 0, "int64"), lax.argmax(x > 0.5, 0, "int64")), VECTORS),
    "argmin": (lambda x: lax.argmin(x, 0, "int64"), VECTORS),
    "bitcast_convert_type": (doubled_with_fewer_digits, DYADIC),
    "broadcast_in_dim": (lambda x: lax.broadcast_in_dim(x, (2, 3), (1,)), VECTORS),
    "concatenate": (lambda x: lax.concatenate([x, 2 * x], 0), VECTORS),
    "cumlogsumexp": (lambda x: lax.cumlogsumexp(x, axis=1), MATRICES),
    "cummax": (lambda x: lax.cummax(x, axis=1), MATRICES),
    "cummin": (lambda x: lax.cummin(x, axis=0), MATRICES),
    "cumprod": (lambda x: lax.cumprod(x, axis=1, reverse=True), MATRICES),
    "cumsum": (lambda x: (lax.cumsum(x, axis=1), lax.cumsum(x, axis=0, reverse=True)), MATRICES),
    "dot_general": (lambda x: (jnp.einsum("ij,kj->ik", x, x), jnp.einsum("bi,bi->b", x, x), (x[0] > 0) @ x[1]), MATRICES),
    "dynamic_slice": (lambda x: lax.dynamic_slice(x, (1,), (2,)), VECTORS),
    "dynamic_update_slice": (lambda x: lax.dynamic_update_slice(x, x[:2], (1,)), VECTORS),
    "gather": (at_places, VECTORS),
    "pad": (lambda x: lax.pad(x, 7.0, [(1, 2, 1)]), VECTORS),
    "pmax": (jax.vmap(lambda row: lax.pmax(row, "rows"), axis_name="rows"), MATRICES),
    "pmin": (jax.vmap(lambda row: lax.pmin(row, "rows"), axis_name="rows"), MATRICES),
    "psum": (jax.vmap(lambda row: row - lax.pmean(row, "rows"), axis_name="rows"), MATRICES),
    "reduce_and": (lambda x: jnp.all(x > 0), TRUTH_VECTORS),
    "reduce_max": (jnp.max, VECTORS),
    "reduce_min": (lambda x: jnp.min(x, axis=1), MATRICES),
    "reduce_or": (lambda x: jnp.any(x > 0), TRUTH_VECTORS),
    "reduce_prod": (lambda x: jnp.prod(x, axis=0), MATRICES),
    "reduce_sum": (lambda x: (jnp.sum(x, axis=0), jnp.sum(x)), MATRICES),
    "reshape": (lambda x: lax.reshape(x, (3, 2)), MATRICES),
    "rev": (lambda x: lax.rev(x, (1,)), MATRICES),
    "scatter": (lambda x, y: x.at[jnp.array([0, 2])].set(y[:2]), SCATTER),
    "scatter-add": (scatter("add"), SCATTER),
    "scatter-max": (scatter("max"), SCATTER),
    "scatter-min": (scatter("min"), SCATTER),
    "scatter-mul": (scatter("multiply"), SCATTER),
    "scatter-sub": (scatter("subtract"), SCATTER),
    "slice": (lambda x: lax.slice(x, (0, 1), (2, 3), (1, 1)), MATRICES),
    "sort": (lambda x: (jnp.sort(x), jnp.argsort(x)), VECTORS),
    "split": (lambda x: lax.split(x, (1, 2), axis=1), MATRICES),
    "squeeze": (lambda x: lax.squeeze(x[:, :1], (1,)), MATRICES),
    "stack": (lambda x: array_function("stack", axis=1)(x[0], x[1], x[0]), MATRICES),
    "tile": (array_function("tile", reps=(2, 1)), MATRICES),
    "symmetric_product": (lambda x: lax.linalg.symmetric_product(x, x @ x.T + 1.0, alpha=2.0, beta=-0.5), MATRICES),
    "top_k": (lambda x: lax.top_k(x, 2), VECTORS),
    "transpose": (lambda x: lax.transpose(x, (1, 0)), MATRICES),
    "unstack": (array_function("unstack", axis=1), MATRICES),
}

CONTROL_CASES: dict[str, tuple[Callable[..., Any], list[Any]]] = {
    "composite": (lax.composite(lambda x: jnp.sin(x) + 1.0, name="test.sine"), REALS),
    "closed_call": (holding("closed_call"), REALS),
    "cond": (lambda x, y: lax.cond(x > y, lambda: x - y, lambda: x * y), PAIRS),
    "custom_jvp_call": (own_jvp, REALS),
    "custom_vjp_call": (own_vjp, REALS),
    "debug_callback": (lambda x: (jax.debug.callback(lambda _: None, x), x)[1], REALS),
    "debug_print": (lambda x: (jax.debug.print("{}", x), x)[1], REALS),
    "eval_jaxpr": (holding("eval_jaxpr"), REALS),
    "jit": (jax.jit(lambda x: jnp.sin(x) + 2 * x), REALS),
    "optimization_barrier": (lambda x: lax.optimization_barrier((x, 2 * x)), REALS),
    "remat2": (jax.checkpoint(lambda x: jnp.sin(x) * x), REALS),
    "scan": (lambda x: lax.scan(lambda c, a: (c * 0.5 + a, c - a), 1.0, x, reverse=True), VECTORS),
    "while": (counted, [(0.5,), (2.5,), (-1.0,)]),
}


def primitives(jaxpr: Any) -> Iterator[str]:
    """The names of the primitives of a jaxpr and of those inside it."""
    for equation in jaxpr.eqns:
        yield equation.primitive.name
        for held in equation.params.values():
            for inner in held if isinstance(held, tuple) else [held]:
                if hasattr(opened(inner)[0], "eqns"):
                    yield from primitives(opened(inner)[0])


CASES = SCALAR_CASES | ARRAY_CASES | CONTROL_CASES


@pytest.mark.parametrize("name", CASES)
def test_formula_agrees_with_execution(name: str) -> None:
    function, points = CASES[name]
    assert disagreements(function, points) == []


@pytest.mark.parametrize("name", CASES)
def test_case_runs_the_rule_that_it_is_named_for(name: str) -> None:
    """Not another primitive, and for a rule that holds for one kind of operands, that kind."""
    function, points = CASES[name]
    with jax.enable_x64(True):
        jaxpr = jax.make_jaxpr(function)(*(x if isinstance(x, (int, float)) else np.array(x) for x in points[0]))
    assert name.partition("[")[0] in set(primitives(jaxpr.jaxpr))
    if name.endswith("]"):
        operand = {"bool": bool, "integer": np.int64}[name.partition("[")[2][:-1]]
        assert rule_for(name.partition("[")[0], np.dtype(operand)) is RULES[name]


def test_every_rule_has_a_case() -> None:
    assert set(SCALAR_CASES) == set(RULES)
    assert set(ARRAY_CASES) == set(ARRAY_RULES)
    assert set(CONTROL_CASES) == set(CONTROL_RULES)


def spoilt(part: Any) -> Any:
    """A wrong value of the same kind."""

    def other(value: Any) -> Any:
        if isinstance(value, Bits):
            return Bits(other(value.args[0]), value.args[1])
        return sp.Not(value) if is_condition(value) else value + sp.Rational(1, 1000)

    return strict(other, part)


@pytest.mark.parametrize("name", SCALAR_CASES)
def test_wrong_twin_of_a_scalar_rule_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right, (function, points) = RULES[name], CASES[name]

    def wrong(*arguments: Any, **params: Any) -> Any:
        result = right(*arguments, **params)
        return spoilt(result if isinstance(result, Partial) else partial(result))

    monkeypatch.setitem(RULES, name, wrong)
    assert disagreements(function, points[:2]) != []


@pytest.mark.parametrize("name", ARRAY_CASES)
def test_wrong_twin_of_an_array_rule_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin gives a wrong last element."""
    right, (function, points) = ARRAY_RULES[name], CASES[name]

    def wrong(step: Any) -> Any:
        *first, last = (result.copy() for result in right(step))
        last[(-1,) * last.ndim] = spoilt(last[(-1,) * last.ndim])
        return [*first, last]

    monkeypatch.setitem(ARRAY_RULES, name, wrong)
    assert disagreements(function, points[:1]) != []


@pytest.mark.parametrize("name", [name for name in ARITHMETIC if f"{name}[bool]" not in RULES or name in RULES])
def test_wrong_twin_of_a_concrete_operation_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right, (function, points) = ARITHMETIC[name], CASES[name]
    monkeypatch.setitem(ARITHMETIC, name, lambda *values: ~right(*values) if right(*values).dtype == bool else right(*values) + 1)
    assert disagreements(function, points[:1]) != []
