"""One rule for each elementwise primitive: the span of its exact results, and the largest error of an execution.

The model of an execution: + - * / sqrt and conversions round to a neighbour. The error of an elementary function is at most the units in
`ELEMENTARY`, in float32 if the format is narrower. The units are several times the errors that were measured with XLA on a CPU.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, trunc
from typing import Any, TypeAlias

from flint import arb, ctx, fmpq

from qedoc.execute.precision import FORMATS
from qedoc.execute.rounding import EITHER, FALSE, INTEGER_BITS, TRUE, Infinite, Known, Span, Step, hull, point, settle, widen
from qedoc.execute.rounding_infinite import at_infinity

_BITS = 128
_SCALE = 1200  # no format has numbers beyond 2**1200 or below 2**-1200
_EXPONENT = 64  # larger integer powers are unknown

_UNDERFLOW = 4  # smallest normal numbers that the steps of an elementary function can lose


Rule: TypeAlias = Callable[..., Span | None]


def apply(step: Step, *operands: Known) -> Known:
    """Returns the span of the results of a primitive. None if it is unknown or the primitive has no rule.

    Args:
        step: which primitive.
        operands: one span for each operand.
    """
    if step.name == "select_n":
        return _select(*operands)
    if any(isinstance(a, Infinite) for a in operands):
        return at_infinity(step, *operands)
    found = _finite(step, [a for a in operands if isinstance(a, Span)]) if None not in operands else None
    return EITHER if found is None and step.dtype == "bool" else found


def _finite(step: Step, operands: list[Span]) -> Span | None:
    if step.name in ELEMENTARY:
        return _elementary(step, ELEMENTARY[step.name], operands)
    rules = INTEGER if step.name in INTEGER and step.dtype in INTEGER_BITS else EXACT
    exact = rules[step.name](step, *operands) if step.name in rules else None
    return None if exact is None else settle(exact, step.dtype)


@dataclass(frozen=True, slots=True)
class Elementary:
    """A function that is not rounded correctly.

    Args:
        rule: span of the exact results.
        units: relative error, in units in the last place, or a function of the operands that gives it.
        absolute: absolute error, in units in the last place of 1.
        composite: XLA computes it by steps in the format itself, even if float32 is wider.
        least: lower bound of all executions.
        most: upper bound of all executions.
    """

    rule: Rule
    units: int | Callable[..., int] = 8
    absolute: int = 0
    composite: bool = False
    least: Fraction | None = None
    most: Fraction | None = None


def _elementary(step: Step, function: Elementary, operands: list[Span]) -> Span | None:
    exact = function.rule(step, *operands)
    if exact is None or step.dtype not in FORMATS:
        return None
    units = function.units(*operands) if callable(function.units) else function.units
    unit = step.unit if function.composite else step.elementary_unit
    lower, upper = _underflowing(widen(exact, units * unit, function.absolute * unit), FORMATS[step.dtype].smallest)
    lower = lower if function.least is None else max(lower, function.least)
    upper = upper if function.most is None else min(upper, function.most)
    return settle(Span(lower, upper), step.dtype)


def _exponential_units(a: Span) -> int:
    """XLA computes sinh and cosh with exp(x + log(1/2)). The rounding of the sum becomes a relative error of the result."""
    return 64 + min(ceil(4 * a.magnitude), _SCALE)


def _log1p_units(a: Span) -> int:
    """XLA on a CPU loses up to seven bits of a double between -1/2 and -1/4, and none elsewhere."""
    return 256 if a.lower <= -Fraction(1, 4) and a.upper >= -Fraction(1, 2) else 8


def _underflowing(a: Span, smallest: Fraction) -> tuple[Fraction, Fraction]:
    """Widens the ends by an underflow in an intermediate step, which does not change the sign."""
    room = _UNDERFLOW * smallest
    lower = a.lower - room if a.lower < 0 else max(Fraction(0), a.lower - room)
    upper = a.upper + room if a.upper > 0 else min(Fraction(0), a.upper + room)
    return lower, upper


def _select(which: Known, *cases: Known) -> Known:
    if not isinstance(which, Span):
        return hull(cases)
    return hull(cases[int(which.lower) : int(which.upper) + 1])


def _monotone(f: Callable[..., Any]) -> Rule:
    """The rule of a function that does not decrease in any argument and is exact on rationals."""
    return lambda _, *spans: Span(Fraction(f(*(a.lower for a in spans))), Fraction(f(*(a.upper for a in spans))))


def _multiply(_: Step, a: Span, b: Span) -> Span | None:
    products = [x * y for x in (a.lower, a.upper) for y in (b.lower, b.upper)]
    return Span(min(products), max(products))


def _divide(step: Step, a: Span, b: Span) -> Span | None:
    if b.lower <= 0 <= b.upper:
        return None
    return _multiply(step, a, Span(1 / b.upper, 1 / b.lower))


def _absolute(_: Step, a: Span) -> Span:
    return Span(max(Fraction(0), a.lower, -a.upper), a.magnitude)


def _sign(x: Fraction) -> int:
    return (x > 0) - (x < 0)


def _less(_: Step, a: Span, b: Span) -> Span | None:
    return TRUE if a.upper < b.lower else FALSE if a.lower >= b.upper else EITHER


def _at_most(_: Step, a: Span, b: Span) -> Span | None:
    return TRUE if a.upper <= b.lower else FALSE if a.lower > b.upper else EITHER


def _equal(_: Step, a: Span, b: Span) -> Span:
    if a.is_point and a == b:
        return TRUE
    return FALSE if a.upper < b.lower or b.upper < a.lower else EITHER


def _not(step: Step, a: Span) -> Span:
    return Span(1 - a.upper, 1 - a.lower) if step.dtype == "bool" else Span(-1 - a.upper, -1 - a.lower)


def _round(step: Step, a: Span) -> Span | None:
    def to_nearest(x: Fraction) -> int:
        if int(step.params["rounding_method"]) == 1:  # ties to even, as Python's round
            return round(x)
        return _sign(x) * floor(abs(x) + Fraction(1, 2))

    return Span(Fraction(to_nearest(a.lower)), Fraction(to_nearest(a.upper)))


def _convert(step: Step, a: Span) -> Span | None:
    if step.dtype == "bool":
        return FALSE if a == FALSE else EITHER if a.lower <= 0 <= a.upper else TRUE
    if step.dtype in INTEGER_BITS:
        return Span(Fraction(trunc(a.lower)), Fraction(trunc(a.upper)))
    return a


def _points(f: Callable[[int, int], int | None]) -> Rule:
    """The rule of a function of integers. It is evaluated only for known integers and can be None even then."""

    def rule(_: Step, a: Span, b: Span) -> Span | None:
        found = f(int(a.lower), int(b.lower)) if a.is_point and b.is_point else None
        return None if found is None else point(found)

    return rule


def _quotient(a: int, b: int) -> int:
    """a / b rounded to zero, as XLA divides integers; b != 0."""
    return trunc(Fraction(a, b))


def _integer_divide(step: Step, a: Span, b: Span) -> Span | None:
    return None if b.lower <= 0 <= b.upper else _points(_quotient)(step, a, b)


def _remainder(step: Step, a: Span, b: Span) -> Span | None:
    """The remainder has the sign of the dividend; it is exact in floating point too."""
    if not (a.is_point and b.is_point) or b.lower == 0:
        return None
    return point(a.lower - b.lower * trunc(a.lower / b.lower))


def _whole_power(a: Span, n: int) -> Span:
    """a**n for n >= 0."""
    if n % 2 == 0 and a.lower < 0:
        return Span(max(Fraction(0), -a.upper) ** n, a.magnitude**n)
    return Span(a.lower**n, a.upper**n)


def _integer_power(step: Step, a: Span) -> Span | None:
    """Repeated multiplication, and a division for a negative exponent."""
    n = step.params["y"]
    if abs(n) > _EXPONENT:
        return None
    power = settle(widen(_whole_power(a, abs(n)), max(0, abs(n) - 1) * step.unit), step.dtype)
    return power if n >= 0 or power is None else _divide(step, point(1), power)


def _below(ball: arb) -> Fraction | None:
    """A rational that is close to the ball and not above any of it."""
    if not ball.is_finite():
        return None
    m, e = (int(part) for part in ball.lower().man_exp())
    top = e + abs(m).bit_length()
    if m == 0 or top < -_SCALE:
        return Fraction(0) if m >= 0 else -(Fraction(2) ** -_SCALE)
    return Fraction(m) * Fraction(2) ** e if top <= _SCALE else None


def _ball_span(lower: arb, upper: arb) -> Span | None:
    low, high = _below(lower), _below(-upper)
    return None if low is None or high is None else Span(low, -high)


def _number(x: Fraction) -> arb:
    return arb(fmpq(x.numerator, x.denominator))


def _increasing(f: Callable[[arb], arb]) -> Rule:
    def rule(_: Step, a: Span) -> Span | None:
        with ctx.workprec(_BITS):
            return _ball_span(f(_number(a.lower)), f(_number(a.upper)))

    return rule


def _decreasing(f: Callable[[arb], arb]) -> Rule:
    increasing = _increasing(lambda x: f(-x))
    return lambda step, a: increasing(step, Span(-a.upper, -a.lower))


def _even(f: Callable[[arb], arb]) -> Rule:
    """The rule of an even function that increases on the positive numbers."""
    return lambda step, a: _increasing(f)(step, _absolute(step, a))


def _wave(f: Callable[[arb], arb]) -> Rule:
    def rule(_: Step, a: Span) -> Span | None:
        with ctx.workprec(_BITS):
            ball = f(_number(a.lower).union(_number(a.upper)))
            return _ball_span(ball, ball)

    return rule


def _cube_root(x: arb) -> arb:
    return x.root(3) if x >= 0 else -((-x).root(3))


def _one_minus_square(step: Step, a: Span) -> Span | None:
    """(1 + x)(1 - x), as XLA computes it."""
    sum_, difference = (settle(span, step.dtype) for span in (Span(1 + a.lower, 1 + a.upper), Span(1 - a.upper, 1 - a.lower)))
    return None if sum_ is None or difference is None else _multiply(step, sum_, difference)


def _polynomial(step: Step, x: Span, *coefficients: Span) -> Span | None:
    """Horner's scheme, from the last coefficient to the constant one."""
    *others, value = coefficients
    for coefficient in reversed(others):
        multiplied = _multiply(step, value, x)
        settled = None if multiplied is None else settle(multiplied, step.dtype)
        if settled is None:
            return None
        added = settle(Span(settled.lower + coefficient.lower, settled.upper + coefficient.upper), step.dtype)
        if added is None:
            return None
        value = added
    return value


def _power(step: Step, a: Span, b: Span) -> Span | None:
    rounded = settle(b, step.dtype)  # an integer exponent is converted to the format of the base
    if rounded is None:
        return None
    b = rounded
    if b == point(0):
        return point(1)
    if a.lower < 0:
        n = b.lower
        if not (b.is_point and n.denominator == 1 and abs(n) <= _EXPONENT):
            return None
        power = _whole_power(a, abs(int(n)))
        return power if n >= 0 else _divide(step, point(1), power)
    if a.lower == 0 and b.lower < 0:
        return None
    corners = [_positive_power(x, y) for x in (a.lower, a.upper) for y in (b.lower, b.upper)]
    known = [corner for corner in corners if corner is not None]
    return Span(min(c.lower for c in known), max(c.upper for c in known)) if len(known) == len(corners) else None


def _positive_power(x: Fraction, y: Fraction) -> Span | None:
    """x**y for x >= 0, y >= 0 if x = 0. It is monotone in each argument while the other is fixed."""
    if x == 0:
        return point(0) if y > 0 else point(1)
    with ctx.workprec(_BITS):
        ball = _number(x) ** _number(y)
        return _ball_span(ball, ball)


def _power_units(a: Span, b: Span) -> int:
    """The error of exp(b log a) in the working format is a number of units of the logarithm. XLA on a CPU is more accurate."""
    if a.lower <= 0:
        return _SCALE
    magnitude = max(abs(x.numerator.bit_length() - x.denominator.bit_length()) + 1 for x in (a.lower, a.upper))
    return 8 + min(ceil(2 * b.magnitude * magnitude), _SCALE)


_ONE = Fraction(1)

EXACT: dict[str, Rule] = {
    "add": _monotone(lambda x, y: x + y),
    "add_any": _monotone(lambda x, y: x + y),
    "sub": lambda _, a, b: Span(a.lower - b.upper, a.upper - b.lower),
    "mul": _multiply,
    "div": _divide,
    "rem": _remainder,
    "neg": lambda _, a: Span(-a.upper, -a.lower),
    "max": _monotone(max),
    "min": _monotone(min),
    "clamp": _monotone(lambda low, x, high: min(max(x, low), high)),
    "abs": _absolute,
    "sign": _monotone(_sign),
    "floor": _monotone(floor),
    "ceil": _monotone(ceil),
    "round": _round,
    "is_finite": lambda _, a: TRUE,
    "lt": _less,
    "le": _at_most,
    "gt": lambda step, a, b: _less(step, b, a),
    "ge": lambda step, a, b: _at_most(step, b, a),
    "eq": _equal,
    "ne": lambda step, a, b: _not(step, _equal(step, a, b)),
    "not": _not,
    "and": _monotone(min),
    "or": _monotone(max),
    "xor": lambda step, a, b: _not(step, _equal(step, a, b)),
    "convert_element_type": _convert,
    "square": lambda _, a: _whole_power(a, 2),
    "one_minus_square": _one_minus_square,
    "polynomial": _polynomial,
    "integer_pow": _integer_power,
    "sqrt": _increasing(lambda x: x.sqrt()),
}

INTEGER: dict[str, Rule] = {
    "div": _integer_divide,
    "and": _points(lambda x, y: x & y),
    "or": _points(lambda x, y: x | y),
    "xor": _points(lambda x, y: x ^ y),
    "shift_right_logical": _points(lambda x, n: x >> n if x >= 0 <= n else None),
}

ELEMENTARY: dict[str, Elementary] = {
    "exp": Elementary(_increasing(lambda x: x.exp()), least=Fraction(0)),
    "expm1": Elementary(_increasing(lambda x: x.expm1())),
    "log": Elementary(_increasing(lambda x: x.log())),
    "log2": Elementary(_increasing(lambda x: x.log() / arb(2).log()), composite=True),
    "log1p": Elementary(_increasing(lambda x: x.log1p()), units=_log1p_units),
    "tanh": Elementary(_increasing(lambda x: x.tanh()), least=-_ONE, most=_ONE),
    "logistic": Elementary(_increasing(lambda x: 1 / (1 + (-x).exp())), composite=True, least=Fraction(0), most=_ONE),
    "erf": Elementary(_increasing(lambda x: x.erf()), units=16),
    "erfc": Elementary(_decreasing(lambda x: x.erfc()), units=256, least=Fraction(0)),
    "sinh": Elementary(_increasing(lambda x: x.sinh()), units=_exponential_units),
    "cosh": Elementary(_even(lambda x: x.cosh()), units=_exponential_units),
    "asinh": Elementary(_increasing(lambda x: x.asinh()), composite=True),
    "atan": Elementary(_increasing(lambda x: x.atan())),
    "asin": Elementary(_increasing(lambda x: x.asin()), composite=True),
    "acos": Elementary(_decreasing(lambda x: x.acos()), composite=True),
    "cbrt": Elementary(_increasing(_cube_root)),
    "rsqrt": Elementary(_decreasing(lambda x: x.rsqrt())),
    "cos": Elementary(_wave(lambda x: x.cos()), units=0, absolute=1, least=-_ONE, most=_ONE),
    "sin": Elementary(_wave(lambda x: x.sin()), units=0, absolute=1, least=-_ONE, most=_ONE),
    "pow": Elementary(_power, units=_power_units),
}
