"""Properties: true promises are proved, and promises that are a little too strong are not."""

import pytest
import sympy as sp
from sympy import IndexedBase, Max, Min, Piecewise, Product, cos, floor, pi, sin

from qedoc.algebra.analysis import totalise
from qedoc.claims.case import instantiate
from qedoc.claims.domain import Integers, Reals
from qedoc.claims.properties import Bounds, ConstantFrom, Continuous, Limit, NonDecreasing, NonIncreasing, Property, Value
from qedoc.claims.spec import Argument, Dict, ForAll, Parameter, Size, Spec, Variable
from qedoc.prove.cells import Budget
from qedoc.prove.obligations import UnclearError, holds, obligations

I, E, T, B, P, alpha, p, r, t, x = sp.symbols("I E T B P alpha p r t x")
n, i = sp.symbols("n i")
b, f = IndexedBase("b"), IndexedBase("f")

DOMAINS = {
    I: Reals(),
    E: Reals(),
    T: Integers(above=0),
    B: Integers(least=0),
    P: Reals(above=0),
    alpha: Reals(),
    p: Reals(above=0),
    r: Reals(above=0),
    x: Reals(),
}

COSINE = I * ((1 - alpha) * ((1 + cos(pi * Min(t, T) / T)) / 2) ** p + alpha)
POLYNOMIAL = Piecewise((I, t < B), ((I - E) * (1 - (t - B) / T) ** P + E, t < B + T), (E, True))
EXPONENTIAL = Piecewise((I, t <= B), (I * r ** ((t - B) / T), True))
STAIRCASE = Piecewise((I, t <= B), (I * r ** floor((t - B) / T), True))
JUMP = Piecewise((I, t < T), (E, True))
FALLING = (I >= 0, r <= 1)
FRACTION = (I >= 0, alpha >= 0, alpha <= 1)


def proved(formula: sp.Expr, promise: Property) -> bool:
    symbols = [Parameter(s, s.name, DOMAINS[s], "") for s in sorted(formula.free_symbols - {t}, key=str)]
    spec = Spec(target="module.f", formula=formula, symbols=[*symbols, Argument(t, "count", Integers(least=0), "")], properties=[promise])
    return all_hold(spec)


def all_hold(spec: Spec, **sizes: int) -> bool:
    case = instantiate(spec, {sp.Symbol(name): value for name, value in sizes.items()})
    return all(holds(duty, Budget(500)) for duty in obligations(case.properties[0], case, totalise(case.formula), Budget(500)))


@pytest.mark.parametrize(
    ("formula", "promise", "wrong_twin"),
    [
        (COSINE, Bounds(lower=alpha * I, upper=I, where=FRACTION), Bounds(lower=alpha * I, upper=I, where=FRACTION[:2])),
        (COSINE, NonIncreasing(t, where=FRACTION), NonIncreasing(t, where=FRACTION[:2])),
        (COSINE, ConstantFrom(t, T), ConstantFrom(t, T - 1)),
        (COSINE, Value({t: 0}, I), Value({t: 1}, I)),
        (COSINE, Value({t: T}, alpha * I), Value({t: T}, I)),
        (COSINE, Limit(t, alpha * I), Limit(t, alpha)),
        (POLYNOMIAL, NonIncreasing(t, where=(I >= E,)), NonIncreasing(t)),
        (POLYNOMIAL, NonDecreasing(t, where=(I <= E,)), NonDecreasing(t, where=(I >= E,))),
        (POLYNOMIAL, Bounds(lower=E, upper=I, where=(I >= E,)), Bounds(lower=E, upper=I)),
        (POLYNOMIAL, Continuous(t), Value({t: B}, E)),
        (POLYNOMIAL, ConstantFrom(t, B + T), ConstantFrom(t, B)),
        (EXPONENTIAL, NonIncreasing(t, where=FALLING), NonIncreasing(t, where=FALLING[:1])),
        (EXPONENTIAL, Bounds(lower=0, upper=I, where=FALLING), Bounds(lower=0, upper=I * r, where=FALLING)),
        (EXPONENTIAL, Limit(t, 0, where=(r < 1,)), Limit(t, 1, where=(r < 1,))),
        (STAIRCASE, NonIncreasing(t, where=FALLING), NonDecreasing(t, where=FALLING)),
        (STAIRCASE, Limit(t, 0, where=(r < 1,)), Limit(t, I, where=(r < 1,))),
        (EXPONENTIAL, Continuous(t), Limit(t, I, where=(r < 1,))),
        (JUMP, Value({t: T}, E), Continuous(t)),
        (STAIRCASE, Value({t: B + T - 1}, I, where=(T > 1,)), Value({t: B + T}, I, where=(T > 1,))),
        (Max(EXPONENTIAL, E), Limit(t, Max(0, E), where=(r < 1,)), Limit(t, E, where=(r < 1,))),
        (Max(EXPONENTIAL, E), Continuous(t), NonDecreasing(t, where=FALLING)),
        (Max(EXPONENTIAL, E), NonIncreasing(t, where=FALLING), NonIncreasing(t, where=(I >= 0,))),
        (Min(EXPONENTIAL, E), Limit(t, E, where=(r > 1, I > 0)), Limit(t, E, where=(r > 1, I >= 0))),
        (Max(STAIRCASE, E), Limit(t, Max(0, E), where=(r < 1,)), Continuous(t)),
        (Piecewise((I + (E - I) * t / B, t < B), (E, True)), Continuous(t), Value({t: 0}, I)),  # B may be 0: then nothing rises
        (1 / (1 + t) + I, Limit(t, I), Limit(t, I + 1)),
        (Min(t, T) * x, Continuous(t), Bounds(lower=0)),
    ],
)
def test_promise_and_its_wrong_twin(formula: sp.Expr, promise: Property, wrong_twin: Property) -> None:
    assert proved(formula, promise)
    try:
        assert not proved(formula, wrong_twin)
    except UnclearError:
        return  # not reduced to anything that could be proved


@pytest.mark.parametrize(
    ("formula", "promise"),
    [
        (EXPONENTIAL, Limit(t, 0)),  # r may be 1 or more
        (STAIRCASE, Continuous(t)),
        (t**2 * (1 / (t + 1)), Limit(t, 0)),  # a vanishing factor times a growing one
        (sin(t) + I, Limit(t, I)),
        (Piecewise((I, sin(t) > 0), (E, True)), Limit(t, I)),
    ],
)
def test_what_cannot_be_reduced_is_said_to_be_unclear(formula: sp.Expr, promise: Property) -> None:
    with pytest.raises(UnclearError):
        proved(formula, promise)


@pytest.mark.parametrize("size", [0, 1, 4])
def test_any_number_of_boundaries(size: int) -> None:
    def spec(promise: Property) -> Spec:
        return Spec(
            target="module.f",
            formula=I * Product(Piecewise((f[i], t >= b[i]), (1, True)), (i, 1, n)),
            symbols=[
                Parameter(I, "init_value", Reals(), ""),
                Size(n, range(9), ""),
                Variable(b[i], Integers(least=0), ""),
                Variable(f[i], Reals(least=0), ""),
                Argument(t, "count", Integers(least=0), ""),
            ],
            bind={"boundaries_and_scales": Dict(b[i], f[i], (i, 1, n))},
            where=[ForAll(b[i] < b[i + 1], (i, 1, n - 1))],
            properties=[promise],
        )

    assert all_hold(spec(Limit(t, I * Product(f[i], (i, 1, n)))), n=size)
    assert all_hold(spec(Bounds(lower=0, where=(I >= 0,))), n=size)
    assert all_hold(spec(Continuous(t)), n=size) == (size == 0)
    assert all_hold(spec(Limit(t, I)), n=size) == (size == 0)


def test_a_promise_at_an_empty_place_is_kept() -> None:
    """Nothing contradicts a promise about points that the domain does not have."""
    assert proved(COSINE, Bounds(lower=5, where=(I > 0, I < 0)))
