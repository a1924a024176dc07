"""No wrong formula is proved, every wrong formula is refuted, and a right one in other words never is.

The mutants are made mechanically. Whether one is equivalent to its original is decided here by mpmath, which the engine does not use: at
many points of the domain, edges included, both are evaluated to 40 digits.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import mpmath
import pytest
import sympy as sp
from mutants import mutants
from sympy import Min, Piecewise, Product, Rational, cos, exp, log, pi, symbols
from verdicts import SPECS, compared, spec, specs, told

from qedoc.algebra.recurrences import Recurrence
from qedoc.claims.case import instantiate
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Size, Spec
from qedoc.errors import SpecError
from qedoc.judge.inputs import row_of
from qedoc.results.verdict import Inputs, Verdict
from qedoc.search.sampling import Plan, drawing_order
from qedoc.search.strategies import Row, seeded
from qedoc.sources import specfiles

Formula: TypeAlias = Callable[..., Any]

LIMITS = Limits(max_points=400)

MOST = 5
"""Mutants of one kind and one spec that are checked, spread evenly over those that there are."""

SLOW = (
    "cosine_onecycle_schedule",
    "exponential_decay",
    "linear_onecycle_schedule",
    "sgdr_schedule",
    "warmup_cosine_decay_schedule",
    "warmup_exponential_decay_schedule",
)
"""Topics of which one mutant of each kind and spec is checked: their code is long, or is read anew at each point."""

PINNED = ("optax.cosine_onecycle_schedule", "optax.linear_onecycle_schedule")
"""Code that takes single values of its inputs is read anew at each of them: a share of its mutants is checked."""

POINTS = 600


TOPICS = [
    stem
    for stem in sorted(path.stem for path in SPECS.glob("*.py"))
    if not any(isinstance(claim.formula, Recurrence) for claim in specs(stem))
]
"""Formulas of one value. `test_rule_twins` and `test_rule_specs` change the rules of optimizers."""


def chosen(topic: str) -> Iterator[tuple[Spec, dict[str, int], str, sp.Expr]]:
    """The mutants of a topic that the suite checks: of every kind from every spec, at one of the spec's smaller sizes."""
    for claim in specs(topic):
        smaller = specfiles.sizes(claim)[:3]
        sizes = smaller[0 if topic in SLOW else -1]
        by_kind = defaultdict(list)
        for kind, wrong in mutants(claim.formula):
            by_kind[kind].append(wrong)
        most = 1 if topic in SLOW else MOST
        for kind, found in by_kind.items():
            step = -(-len(found) // most)
            for wrong in found[::step]:
                yield claim, sizes, kind, wrong


def differs(claim: Spec, wrong: sp.Expr, sizes: dict[str, int]) -> bool:
    """Whether mpmath finds the two formulas different at a point of the domain."""
    plan, right, other = _both(claim, wrong, sizes)
    rows = [*plan.simple(POINTS // 2), *seeded(plan, POINTS // 2, seed=7)]
    return any(_apart(right, other, row) for row in rows if max(map(abs, row)) < 10**7)


def apart_at(claim: Spec, wrong: sp.Expr, sizes: dict[str, int], inputs: Inputs | None) -> bool:
    """Whether mpmath finds the two formulas different at a counterexample."""
    plan, right, other = _both(claim, wrong, sizes)
    assert inputs is not None
    return _apart(right, other, row_of(plan.scalars, inputs))


def _both(claim: Spec, wrong: sp.Expr, sizes: dict[str, int]) -> tuple[Plan, Formula, Formula]:
    fixed = {d.symbol: sizes[str(d.symbol)] for d in claim.symbols if isinstance(d, Size)}
    case, mutated = instantiate(claim, fixed), instantiate(told(claim, wrong), fixed)
    plan = Plan(drawing_order(case), case.where, [case.formula, mutated.formula])
    opaque = {"s": lambda k, x: mpmath.mpf(3 * k + 1) / 4 + (-1) ** int(k) * x * (2 * k + 1) / 8 + x * x * (k + 1) / 64}
    right, other = (sp.lambdify(plan.symbols, f, modules=[opaque, "mpmath"]) for f in (case.formula, mutated.formula))
    return plan, right, other


def _value(function: Formula, row: Row) -> mpmath.mpf | None:
    """The formula's real value; None where it has none."""
    try:
        value = mpmath.mpmathify(function(*(mpmath.mpf(x.numerator) / x.denominator for x in row)))
    except (ZeroDivisionError, ValueError, TypeError, OverflowError):
        return None
    return mpmath.re(value) if mpmath.isfinite(value) and abs(mpmath.im(value)) < mpmath.mpf(10) ** -30 else None


def _apart(right: Formula, wrong: Formula, row: Row) -> bool:
    with mpmath.workdps(40):
        one, other = _value(right, row), _value(wrong, row)
        if one is None or other is None:
            return False
        return bool(abs(one - other) > mpmath.mpf(10) ** -25 * (1 + abs(one) + abs(other)))


@pytest.mark.parametrize("topic", TOPICS)
def test_mutants_are_refuted_and_never_proved(topic: str, record_property: Callable[[str, object], None]) -> None:
    counts: Counter[str] = Counter()
    survivors = []
    for claim, sizes, kind, wrong in chosen(topic):
        try:
            verdict, inputs = compared(told(claim, wrong), sizes, LIMITS)
        except SpecError:  # the mutant names an element that there is not, and is no claim at all
            counts["refused"] += 1
            continue
        equivalent = verdict is not Verdict.REFUTED and not differs(claim, wrong, sizes)
        counts["equivalent" if equivalent else str(verdict)] += 1
        if verdict is Verdict.REFUTED:
            assert apart_at(claim, wrong, sizes, inputs), f"{claim.id}: {kind}: {wrong}: mpmath finds no difference at {inputs}"
        elif not equivalent:
            survivors.append(f"{claim.id} {sizes}: {kind}: {wrong}: {verdict}")
    record_property("mutants", dict(counts))
    assert not survivors, "\n".join(survivors)


def test_there_are_enough_mutants_of_every_kind() -> None:
    made = [kind for topic in TOPICS for _, _, kind, _ in chosen(topic)]
    assert len(made) >= 350
    assert set(made) >= {
        "swapped operator",
        "strict for non-strict",
        "moved exponent",
        "dropped clamp",
        "changed constant",
        "changed sign",
        "exchanged symbol",
    }


I, T, p, t = symbols("I T p t")
alpha, n, i = symbols("alpha n i")
P, d, D, W = symbols("P d D W")


def cosine(wrong: sp.Expr) -> Spec:
    return told(spec("optax.cosine_decay_schedule"), wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        I * Rational(1, 2) * (1 + cos(pi * Min(t, T) / T)) + alpha,
        I * Rational(1, 2) * (1 + cos(pi * t / T)) + alpha,
        Piecewise((I * ((1 - alpha) / 2 * (1 + cos(pi * t / T) ** p) + alpha), t <= T), (I * alpha, True)),
        I * ((1 - alpha) * ((1 + cos(pi * t / T)) / 2) ** p + alpha),
    ],
)
def test_the_wrong_tellings_of_the_cosine_formula(wrong: sp.Expr) -> None:
    verdict, inputs = compared(cosine(wrong), {}, LIMITS)
    assert verdict is Verdict.REFUTED
    assert inputs is not None
    assert all(isinstance(x, (int, float)) and abs(x) <= 3 and float(x) * 4 == int(float(x) * 4) for x in inputs.values())


def test_a_boundary_told_too_late_is_caught_at_the_boundary() -> None:
    right = spec("optax.piecewise_constant_schedule")
    b, f = sp.IndexedBase("b"), sp.IndexedBase("f")
    wrong = I * Product(Piecewise((f[i], b[i] < t), (1, True)), (i, 1, n))
    assert {s.name for s in right.formula.free_symbols if not isinstance(s, sp.Indexed)} >= {"I", "n", "t"}
    for size in (1, 2, 3):
        verdict, inputs = compared(told(right, wrong), {"n": size}, LIMITS)
        assert verdict is Verdict.REFUTED
        assert inputs is not None
        boundaries = inputs["b"]
        assert isinstance(boundaries, list)
        assert inputs["count"] in boundaries


def test_a_cycle_that_ends_at_the_wrong_value_is_refuted() -> None:
    right = spec("optax.cosine_onecycle_schedule")
    verdict, inputs = compared(told(right, right.formula.subs(P / (D * d), P / D)), {}, LIMITS)
    assert verdict is Verdict.REFUTED
    assert inputs is not None
    assert inputs["div_factor"] != 1


def test_a_warmup_whose_cosine_runs_too_long_is_refuted() -> None:
    right = spec("optax.warmup_cosine_decay_schedule")
    wrong = right.formula.subs(T - W, T)
    assert wrong != right.formula
    verdict, inputs = compared(told(right, wrong), {}, LIMITS)
    assert verdict is Verdict.REFUTED
    assert inputs is not None
    steps = inputs["warmup_steps"]
    assert isinstance(steps, int)
    assert steps > 0


@pytest.mark.parametrize(
    "same",
    [
        sp.expand(I * ((1 - alpha) * ((1 + cos(pi * Min(t, T) / T)) / 2) ** p + alpha)),
        I * ((1 - alpha) * (cos(pi * Min(t, T) / (2 * T)) ** 2) ** p + alpha),
        Piecewise((I * ((1 - alpha) * exp(p * log((1 + cos(pi * t / T)) / 2)) + alpha), t < T), (I * alpha, True)),
        Piecewise((I * ((1 - alpha) * cos(pi * t / (2 * T)) ** (2 * p) + alpha), t < T), (I * alpha, True)),
        I * (1 - (1 - alpha) * (1 - ((1 + cos(pi * Min(t, T) / T)) / 2) ** p)),
    ],
)
def test_the_right_formula_in_other_words(same: sp.Expr) -> None:
    verdict, _ = compared(cosine(same), {}, LIMITS)
    assert verdict is Verdict.PROVED


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_verdicts_do_not_depend_on_the_seed(seed: int) -> None:
    for claim in (claim for topic in TOPICS for claim in specs(topic)):
        if claim.target not in PINNED:
            verdict, _ = compared(claim, specfiles.sizes(claim)[-1], Limits(seed=seed, max_points=100))
            assert verdict is Verdict.PROVED, claim.id
