"""Real arithmetic with domains, each rule beside a wrong twin."""

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp

from qedoc.algebra import analysis, real_functions
from qedoc.algebra import partial as p
from qedoc.algebra.conditions import MOST_BRANCHES, TooManyBranches, choose, either, relate
from qedoc.lift.exact import Undefined, holds, value_at

x, y = sp.symbols("x y", real=True)
n = sp.Symbol("n", integer=True)
positive = sp.Symbol("r", positive=True)
NUMBERS = [Fraction(k, 2) for k in range(-6, 7)]


def at(formula: Any, **values: Any) -> Any:
    """The value at a point; None where there is none."""
    point = {symbol: Fraction(values[symbol.name]) for symbol in formula.free_symbols}
    try:
        return value_at(formula, point)
    except Undefined:
        return None


@pytest.mark.parametrize(
    ("formula", "condition"),
    [
        (real_functions.divide(x, x), sp.Ne(x, 0)),
        (real_functions.divide(sp.Integer(1), x - 1), sp.Ne(x, 1)),
        (real_functions.logarithm(x), x > 0),
        (real_functions.root(x), x >= 0),
        (real_functions.arcsine(x), (x >= -1) & (x <= 1)),
        (real_functions.arccosine(x), (x >= -1) & (x <= 1)),
        (real_functions.arccosh(x), x >= 1),
        (real_functions.arctanh(x), (x > -1) & (x < 1)),
        (real_functions.power(x, sp.Integer(-2)), sp.Ne(x, 0)),
        (real_functions.power(x, sp.Rational(1, 3)), x >= 0),
        (real_functions.power(x, sp.Rational(-1, 3)), x > 0),
        (real_functions.apply(sp.erfinv, x), (x > -1) & (x < 1)),
        (real_functions.apply(sp.gamma, x), (x > 0) | sp.Ne(x, sp.floor(x))),
        (real_functions.apply(sp.loggamma, x), x > 0),
        (real_functions.apply(sp.cot, x), sp.Ne(sp.sin(x), 0)),
        (real_functions.apply(sp.acoth, x), (x < -1) | (x > 1)),
        (real_functions.apply(sp.asec, x), (x <= -1) | (x >= 1)),
        (real_functions.apply(sp.asech, x), (x > 0) & (x <= 1)),
        (real_functions.apply(sp.coth, x), sp.Ne(x, 0)),
    ],
)
def test_operation_is_undefined_exactly_outside_its_domain(formula: sp.Expr, condition: sp.Basic) -> None:
    for number in NUMBERS:
        assert (at(formula, x=number) is not None) is holds(condition, {x: number}), (formula, number)


@pytest.mark.parametrize("formula", [x / x, x**0 * 1, sp.log(sp.exp(x)), sp.Integer(1)])
def test_wrong_twin_without_a_guard_is_told_from_the_quotient(formula: sp.Expr) -> None:
    """SymPy's own x/x is defined at 0; the comparison above would notice."""
    assert at(sp.sympify(formula), x=0) is not None
    assert at(real_functions.divide(x, x), x=0) is None


@pytest.mark.parametrize(
    ("base", "exponent", "value"),
    [(0, 0, 1), (0, 2, 0), (0, -1, None), (0, "1/2", 0), (-2, 3, -8), (-2, -1, "-1/2"), (-2, "1/2", None), (4, "1/2", 2), (2, -2, "1/4")],
)
def test_power_is_that_of_c(base: Any, exponent: Any, value: Any) -> None:
    """As a formula of unknowns, and with the exponent or the base known."""
    wanted = None if value is None else sp.Rational(value)
    base, exponent = sp.Rational(base), sp.Rational(exponent)
    assert at(real_functions.power(x, y), x=Fraction(base), y=Fraction(exponent)) == wanted
    assert at(real_functions.power(x, exponent), x=Fraction(base)) == wanted
    assert at(real_functions.power(base, y), y=Fraction(exponent)) == wanted
    if exponent.is_integer:
        assert at(real_functions.power(x, n), x=Fraction(base), n=Fraction(exponent)) == wanted


def test_assumptions_drop_guards() -> None:
    assert real_functions.divide(x, positive) == x / positive
    assert real_functions.logarithm(positive) == sp.log(positive)
    assert real_functions.power(positive, y) == positive**y
    assert real_functions.root(1 + x**2) == sp.sqrt(1 + x**2)
    assert real_functions.divide(x, 1 + sp.exp(-x)) == x / (1 + sp.exp(-x))


def test_known_violation_is_nan() -> None:
    assert real_functions.divide(x, sp.Integer(0)) is sp.nan
    assert real_functions.logarithm(sp.Integer(0)) is sp.nan
    assert real_functions.logarithm(sp.Integer(-1)) is sp.nan
    assert real_functions.root(sp.Integer(-1)) is sp.nan
    assert real_functions.power(sp.Integer(-8), sp.Rational(1, 3)) is sp.nan


def test_cancellation_keeps_the_domain() -> None:
    for formula in (1 / x - 1 / x, sp.log(x) - sp.log(x)):
        assert formula == 0
    unity, nothing = p.partial(x / x, sp.Ne(x, 0)), p.partial(sp.log(x), x > 0)
    zero = p.joined(p.strict(lambda a: a - a, nothing))
    assert at(zero, x=-1) is None
    assert at(zero, x=1) == 0
    product = p.joined(p.strict(lambda a, b: 0 * a * b, unity, nothing))
    assert at(product, x=0) is None


def test_split_reads_what_joined_writes() -> None:
    part = p.partial(x / y, sp.Ne(y, 0), x > 1)
    assert p.split(p.joined(part)) == part
    assert real_functions.divide(real_functions.divide(x, y), x) == p.joined(p.partial(1 / y, sp.Ne(x, 0), sp.Ne(y, 0)))


# Selections and truth values


def test_branch_that_is_not_chosen_may_be_undefined() -> None:
    safe = p.joined(
        p.select(p.partial(sp.Eq(x, 0)), p.partial(sp.Integer(1)), p.strict(real_functions.ratio, p.partial(sp.sin(x)), p.partial(x)))
    )
    assert at(safe, x=0) == 1
    assert at(safe, x=1) == sp.sin(1)
    wrong = p.joined(p.strict(lambda a, b: either(sp.Eq(x, 0), a, b), p.partial(sp.Integer(1)), p.partial(sp.sin(x) / x, sp.Ne(x, 0))))
    assert at(wrong, x=0) is None


def test_undefined_condition_leaves_the_selection_undefined_unless_both_branches_agree() -> None:
    undefined = p.partial(1 / x > 1, sp.Ne(x, 0))
    one, two = p.partial(sp.Integer(1)), p.partial(sp.Integer(2))
    assert at(p.joined(p.select(undefined, one, two)), x=0) is None
    assert p.select(undefined, one, one) == one
    known = p.partial(sp.true, sp.Ne(x, 0))
    assert at(p.joined(p.select(known, one, two)), x=0) is None
    assert at(p.joined(p.select(known, one, two)), x=3) == 1


def test_connectives_are_decided_by_one_part() -> None:
    undefined = p.partial(sp.log(x) > -5, x > 0)
    both = p.conjunction(p.partial(x > 0), undefined)
    assert not both.domain or all(holds(c, {x: Fraction(-1)}) for c in both.domain)
    assert holds(both.value, {x: Fraction(-1)}) is False
    either_one = p.disjunction(p.partial(x <= 0), undefined)
    assert all(holds(c, {x: Fraction(-1)}) for c in either_one.domain)
    wrong = p.conjunction(p.partial(x < 5), undefined)
    assert not all(holds(c, {x: Fraction(-1)}) for c in wrong.domain)


def test_connectives_with_a_part_that_is_nowhere_defined() -> None:
    part = p.conjunction(p.partial(x > 0), p.UNDEFINED)
    assert [holds(c, {x: Fraction(-1)}) for c in part.domain] == [True]
    assert [holds(c, {x: Fraction(1)}) for c in part.domain] == [False]


# Conditions


def test_relation_is_decided_by_assumptions_only() -> None:
    assert relate("gt", positive, sp.S.Zero) is sp.true
    assert relate("lt", positive, sp.S.Zero) is sp.false
    assert relate("ne", positive, sp.S.Zero) is sp.true
    assert relate("le", x, x) is sp.true
    assert relate("lt", x, x) is sp.false
    assert relate("lt", x, sp.oo) is sp.true
    assert relate("gt", x, sp.oo) is sp.false
    assert relate("lt", sp.Integer(2), sp.pi) is sp.true
    assert isinstance(relate("gt", x, sp.S.Zero), sp.Gt)


def test_constant_factor_is_dropped_before_zero() -> None:
    assert relate("gt", -2 * x, sp.S.Zero) == (x < 0)
    assert relate("ne", sp.pi * x, sp.S.Zero) == sp.Ne(x, 0)
    assert relate("ge", x / 3, sp.S.Zero) == (x >= 0)


@pytest.mark.parametrize("relation", ["lt", "le", "gt", "ge", "eq", "ne"])
def test_relation_of_selections_becomes_cases(relation: str) -> None:
    selection = either(x > 0, x, -2 * x) + either(y > 1, y, sp.Integer(0))
    condition = relate(relation, selection, sp.Integer(3))
    assert not condition.atoms(sp.Piecewise)
    for a in NUMBERS:
        for b in NUMBERS:
            point = {x: a, y: b}
            total = (a if a > 0 else -2 * a) + (b if b > 1 else 0)
            assert holds(condition, point) is bool(getattr(sp, relation.capitalize())(sp.Rational(total), 3))


def test_too_many_cases_are_refused() -> None:
    symbols = sp.symbols(f"a:{MOST_BRANCHES.bit_length()}", real=True)
    with pytest.raises(TooManyBranches, match=str(MOST_BRANCHES)):
        relate("gt", sp.Add(*(either(s > 0, s, s**2) for s in symbols)), sp.S.One)


@pytest.mark.parametrize("first", [x > 0, sp.true, sp.false])
@pytest.mark.parametrize("second", [y > 0, sp.true, sp.false])
def test_choose_is_a_selection_of_truth_values(first: sp.Basic, second: sp.Basic) -> None:
    condition = choose(x + y > 1, first, second)
    for a in NUMBERS:
        for b in NUMBERS:
            point = {x: a, y: b}
            assert holds(condition, point) is holds(first if a + b > 1 else second, point)


# User formulas


@pytest.mark.parametrize(
    ("formula", "numbers"),
    [
        (sp.sin(x) / x, {0: None, 1: sp.sin(1)}),
        (sp.log(x) * 0 + x, {-1: -1}),
        (sp.Piecewise((sp.sin(x) / x, sp.Ne(x, 0)), (1, True)), {0: 1, 1: sp.sin(1)}),
        (sp.Piecewise((x, x > 0)), {1: 1, -1: None}),
        (sp.Piecewise((1, 1 / x > 0), (2, True)), {0: None, 1: 1, -1: 2}),
        ((x + 1) ** sp.Rational(1, 2) + sp.Abs(x), {-2: None, 3: 5}),
        (1 / (1 + 1 / x), {0: None, -1: None, 1: sp.Rational(1, 2)}),
        (sp.tan(x) * sp.Max(x, 2), {0: 0}),
        (sp.Mod(7, x), {0: None, 2: 1}),
        (sp.atan2(x, 0 * x), {0: None, 2: sp.pi / 2}),
    ],
)
def test_totalise_knows_where_a_formula_is_defined(formula: sp.Expr, numbers: dict[int, Any]) -> None:
    total = analysis.totalise(formula)
    for number, value in numbers.items():
        assert at(total, x=number) == value


def test_totalise_leaves_a_total_formula_alone() -> None:
    formula = x * sp.exp(-(y**2)) + sp.Min(sp.Max(x, 0), 1) + sp.Function("f", real=True)(1, x)
    assert analysis.totalise(formula) == formula


def test_totalise_reads_conditions() -> None:
    total = analysis.totalise((1 / x > 0) | (y > 0))
    assert holds(total, {x: Fraction(0), y: Fraction(1)}) is True
    assert holds(total, {x: Fraction(0), y: Fraction(-1)}) is False
    assert holds(total, {x: Fraction(1), y: Fraction(-1)}) is True
    assert holds(analysis.totalise(sp.Not(x > 0)), {x: Fraction(-1)}) is True


def test_defined_says_where() -> None:
    assert analysis.defined(sp.log(x) / y) == ((x > 0) & sp.Ne(y, 0))
    assert analysis.defined(sp.exp(x)) is sp.true
