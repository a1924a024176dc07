"""The specs of spec/optax against the installed Optax, at exact points of their domains.

This check shares nothing with the verifier but the records: it draws its own points, evaluates the formula with SymPy and calls
the function.
"""

import functools
import importlib
import importlib.util
import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import jax
import pytest
import sympy as sp
from sympy.core.function import AppliedUndef

from qedoc.algebra.recurrences import Recurrence
from qedoc.claims.case import Case, cases
from qedoc.claims.domain import Integers, Reals
from qedoc.claims.properties import Bounds, ConstantFrom, Continuous, Limit, NonDecreasing, NonIncreasing, Property, Value
from qedoc.claims.spec import Size, Spec

FOLDER = Path(__file__).parents[1] / "spec" / "optax"
POINTS = 12
ROUNDING = sp.Rational(1, 2**29)
FACTORIES = {
    "constant_schedule",
    "cosine_decay_schedule",
    "cosine_onecycle_schedule",
    "exponential_decay",
    "join_schedules",
    "linear_onecycle_schedule",
    "linear_schedule",
    "piecewise_constant_schedule",
    "piecewise_interpolate_schedule",
    "polynomial_schedule",
    "sgdr_schedule",
    "warmup_constant_schedule",
    "warmup_cosine_decay_schedule",
    "warmup_exponential_decay_schedule",
}

Point = dict[sp.Symbol, sp.Expr]
Conditions = tuple[sp.Basic, ...]


def load(path: Path) -> ModuleType:
    found = importlib.util.spec_from_file_location(f"specs_under_test_{path.stem}", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


FILES = {path.stem: [s for s in vars(load(path)).values() if isinstance(s, Spec)] for path in sorted(FOLDER.glob("*.py"))}
RULES = [spec for specs in FILES.values() for spec in specs if isinstance(spec.formula, Recurrence)]
"""Rules of optimizers, which `test_rule_specs` checks against Optax, with wrong twins."""

SPECS = {stem: specs for stem, specs in FILES.items() if not any(spec in RULES for spec in specs)}
CASES = [case for specs in SPECS.values() for spec in specs for case in cases(spec)]

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)


@pytest.fixture(autouse=True)
def _float64() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def opaque_value(index: Any, x: Any) -> Any:
    """What stands for the functions about which nothing is assumed."""
    return 1000 * index + x * x + 3 * x


def exact(expression: Any, point: Point) -> Any:
    """The expression's value at a rational point."""
    there = sp.sympify(expression).xreplace(point)
    return there.replace(lambda part: isinstance(part, AppliedUndef), lambda part: opaque_value(*part.args)).doit()


def number(expression: Any, point: Point) -> sp.Float:
    value = exact(expression, point).evalf(30, maxn=400)
    assert value.is_Float or value.is_Integer or value.is_Rational, f"{value} is no real number"
    return value


def true(conditions: Iterable[sp.Basic], point: Point) -> bool:
    return all(exact(condition, point) == sp.true for condition in conditions)


def last(case: Case) -> sp.Symbol:
    """The step: the argument of the returned schedule."""
    return case.symbols[-1]


def candidates(domain: Reals | Integers) -> list[sp.Rational]:
    """Small members of a set, as far as its ends are numbers.

    Reals are multiples of 1/8, so that their products with the steps are exact in float64.
    """
    grid = [sp.Integer(k) if isinstance(domain, Integers) else sp.Rational(k, 8) for k in range(-24, 25)]
    return [x for x in grid if all(condition != sp.false for condition in domain.conditions(x))]


def inside(case: Case, point: Point) -> bool:
    ends = [condition for scalar in case.scalars for condition in scalar.domain.conditions(point[scalar.symbol])]
    return true(ends, point) and true(case.where, point)


def draw(case: Case, rng: random.Random, where: Conditions = ()) -> Point:
    """A random point of the domain where further conditions hold.

    Its step is often at a sum of the integers or beside it, where the pieces of a schedule meet.
    """
    while True:
        point: Point = {}
        for scalar in case.scalars[:-1]:
            point[scalar.symbol] = sp.sympify(rng.choice(candidates(scalar.domain)))
        boundaries = [symbol for symbol in point if symbol.name.startswith("b_")]
        point |= dict(zip(boundaries, sorted(point[symbol] for symbol in boundaries), strict=True))
        integers = [value for symbol, value in point.items() if symbol.is_integer]
        edge = sum(rng.sample(integers, rng.randint(0, len(integers))), sp.Integer(rng.randint(-1, 1)))
        point[last(case)] = rng.choice([edge, edge, sp.Integer(rng.randint(0, 12)), sp.Integer(rng.randint(0, 60))])
        if inside(case, point) and true(where, point):
            return point


@functools.cache
def points(case: Case, count: int = POINTS, where: Conditions = ()) -> tuple[Point, ...]:
    rng = random.Random(case.id)
    return tuple(draw(case, rng, where) for _ in range(count))


def run(case: Case, point: Point) -> float:
    module, _, name = case.spec.target.rpartition(".")
    target: Callable[..., Any] = getattr(importlib.import_module(module), name)
    values = {s: int(v) if s.is_integer else float(v) for s, v in point.items()}
    return float(case.call(target, values, lambda _, index, x: opaque_value(index, x)))


def differences(case: Case, formula: sp.Expr) -> list[Point]:
    """The points at which Optax is further from the formula than rounding can take it.

    In the drawn range no intermediate value exceeds 2**10 unless the result does, a schedule takes fewer than 2**6 roundings, and
    none is amplified by more than 2**8 (the worst is `1 + cos` one step before the end of 24): 2**(10 + 6 + 8 - 53) = 2**-29.
    """
    found = []
    for point in points(case):
        documented = number(formula, point)
        if not abs(run(case, point) - documented) <= ROUNDING * max(1, abs(documented)):
            found.append(point)
    return found


def test_every_factory_of_optax_schedules_has_a_spec() -> None:
    assert set(SPECS) == FACTORIES
    for name, specs in SPECS.items():
        assert specs
        assert {spec.target for spec in specs} == {f"optax.{name}"}


def test_ids_are_unique() -> None:
    ids = [case.id for case in CASES]
    assert sorted(set(ids)) == sorted(ids)


@pytest.mark.parametrize("spec", RULES, ids=lambda spec: spec.id)
def test_a_rule_is_documented(spec: Spec) -> None:
    assert spec.source.startswith("Optax 0.2.8, docstring")
    assert all(declaration.meaning for declaration in spec.symbols)


@pytest.mark.parametrize("spec", [spec for specs in SPECS.values() for spec in specs], ids=lambda spec: spec.id)
def test_spec_is_documented(spec: Spec) -> None:
    assert spec.source.startswith("Optax 0.2.8, docstring")
    about_every_size = any(isinstance(d, Size) and d.least is not None for d in spec.symbols)
    assert spec.properties or about_every_size  # a property is proved for single sizes only, so it stands in a spec of its own
    assert all(declaration.meaning for declaration in spec.symbols)


@each_case
def test_formula_agrees_with_optax(case: Case) -> None:
    assert differences(case, case.formula) == []


@each_case
def test_wrong_twin_is_caught(case: Case) -> None:
    """A formula that is one step late, or off by a thousandth where the step does not matter."""
    t = last(case)
    late = case.formula.xreplace({t: t + 1})
    moves = any(number(late, point) != number(case.formula, point) for point in points(case))
    assert differences(case, late if moves else case.formula + sp.Rational(1, 1000))


TWINS = {
    "optax.cosine_decay_schedule": "I*(1 + cos(pi*Min(t, T)/T))/2 + alpha",
    "optax.cosine_onecycle_schedule": "Piecewise((P/d + (P - P/d)*(1 - cos(pi*t/floor(p*T)))/2, t < floor(p*T)),"
    "(P/D + (P - P/D)*(1 + cos(pi*(t - floor(p*T))/(T - floor(p*T))))/2, t < T), (P/D, True))",
    "optax.linear_onecycle_schedule": "Piecewise((P/d + (P - P/d)*t/floor(p*T), t < floor(p*T)),"
    "(P + (P/d - P)*(t - floor(p*T))/(floor(q*T) - floor(p*T)), t < floor(q*T)),"
    "(P/d + (P/D - P/d)*(t - floor(q*T))/(T - floor(q*T)), t < T), (P/D, True))",
    "optax.warmup_cosine_decay_schedule": "Piecewise((I + (P - I)*t/W, t < W), (E + (P - E)*((1 + cos(pi*Min(t - W, T)/T))/2)**p, True))",
    "optax.piecewise_constant_schedule[n=2]": "I*Piecewise((f_1, t > b_1), (1, True))*Piecewise((f_2, t > b_2), (1, True))",
    "optax.piecewise_interpolate_schedule#linear[n=1]": "I + (f_1 - I)*Min(1, t/b_1)",
    "optax.exponential_decay#staircase": "I*r**((t - B)/T)",
    "optax.polynomial_schedule": "Piecewise((I, t < B), ((I - E)*(1 - (t - B)/T)**P + E, True))",
}


@pytest.mark.parametrize("name", TWINS)
def test_plausible_mistake_is_caught(name: str) -> None:
    case = next(case for case in CASES if case.id == name)
    names = {symbol.name: symbol for symbol in case.symbols}
    twin = sp.sympify(TWINS[name], locals=names)
    rng = random.Random(name)
    drawn = (draw(case, rng) for _ in range(100))
    assert any(not (value := exact(twin, point)).is_real or abs(value.evalf(30) - run(case, point)) > 1e-6 for point in drawn)


def check(promise: Property, formula: sp.Expr, point: Point, t: sp.Symbol) -> bool | None:
    """Whether the formula keeps a promise at a point; None where nothing is promised."""
    slack = sp.Rational(1, 2**20)

    def at(step: Any) -> Any:
        return number(formula, {**point, t: sp.sympify(step)})

    def promised(step: Any) -> bool:
        return true(promise.where, {**point, t: sp.sympify(step)})

    step = point[t]
    match promise:
        case Bounds(lower=lower, upper=upper):
            if not promised(step):
                return None
            above = lower is None or number(lower, point) <= at(step) + slack
            return above and (upper is None or at(step) <= number(upper, point) + slack)
        case NonIncreasing() | NonDecreasing():
            sign = 1 if isinstance(promise, NonDecreasing) else -1
            later = [s for s in (step + 1, step + 2, step + 5, 2 * step + 1) if promised(step) and promised(s)]
            return all(sign * (at(s) - at(step)) >= -slack for s in later) if later else None
        case ConstantFrom(start=start):
            first = exact(start, point)
            return all(at(first + k) == at(first) for k in (1, 2, 7, 50)) if promised(step) else None
        case Continuous():
            # A power of 1/8, the smallest drawn, turns 2**-200 into 2**-25.
            near = [s for s in (step - sp.Rational(1, 2**200), step + sp.Rational(1, 2**200)) if s >= 0 and promised(s)]
            return all(abs(at(s) - at(step)) <= slack for s in near) if near and promised(step) else None
        case Value(at=place, equals=equals):
            there = {**point, **{symbol: exact(value, point) for symbol, value in place.items()}}
            return abs(number(formula, there) - number(equals, there)) <= slack if true(promise.where, there) else None
        case Limit(equals=equals):
            return abs(at(10**4) - number(equals, point)) <= slack if promised(step) else None


PROMISES = [(case, promise) for case in CASES for promise in case.properties]

each_promise = pytest.mark.parametrize(("case", "promise"), PROMISES, ids=[f"{case.id}: {promise}" for case, promise in PROMISES])


@each_promise
def test_promise_is_kept(case: Case, promise: Property) -> None:
    answers = [check(promise, case.formula, point, last(case)) for point in points(case, POINTS // 2, promise.where)]
    assert False not in answers
    assert True in answers


@each_promise
def test_broken_promise_is_caught(case: Case, promise: Property) -> None:
    t = last(case)
    drawn = list(points(case, POINTS // 2, promise.where))
    broken = case.formula + 10**4 * (t + 1) * (-1) ** sp.floor(sp.Symbol("real")).xreplace({sp.Symbol("real"): t})
    if isinstance(promise, Continuous):
        broken = case.formula + sp.Piecewise((1, t > 3), (0, True))
        drawn = [{**point, t: sp.Integer(3)} for point in drawn]
    assert False in [check(promise, broken, point, t) for point in drawn]
