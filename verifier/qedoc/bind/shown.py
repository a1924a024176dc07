"""Values that a formula shows as a whole: matrices that are written out, and complex numbers by their real and imaginary parts."""

from dataclasses import replace
from functools import reduce

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.records import Obstruction
from qedoc.claims.spec import Spec
from qedoc.read import UNIT, EntryAt, Equation, Reading
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import Formula

PART = sp.Symbol("complex_part")
"""The index that says which part of a complex number is compared: 1 for its real part, 2 for its imaginary part."""

MOST = 8
"""The largest power of a complex number that is written out."""

_ENTIRE = (sp.Add, sp.Mul, sp.exp, sp.sin, sp.cos, sp.sinh, sp.cosh, EntryAt)
_CIRCULAR = {sp.sin: (sp.sin, sp.cos, sp.cosh, sp.sinh, 1), sp.cos: (sp.cos, sp.sin, sp.cosh, sp.sinh, -1)}
_HYPERBOLIC = {sp.sinh: (sp.sinh, sp.cosh), sp.cosh: (sp.cosh, sp.sinh)}

Parts = tuple[sp.Expr, sp.Expr]


def in_parts(context: Context, formula: Formula, value: sp.Expr, equation: Equation) -> tuple[sp.Expr, Equation]:
    """A complex value as its real and its imaginary part, with an index that says which of them is meant.

    A real value stays as it is, unless the letter i was read as the imaginary unit: the code must then return complex numbers. A formula
    with complex numbers inside of moduli alone has real values. The entries of a matrix that is written out may be the complex numbers of
    the code too, with an imaginary part of 0.

    Args:
        context: the docstring.
        formula: the formula as written.
        value: the value, whose letters are real numbers.
        equation: the equation that states it.

    Raises:
        Obstruction: for a function of a complex number whose parts are not known.
    """
    if not (value.has(sp.I) or value.has(EntryAt) or _has_unit(context, formula)):
        return value, equation
    if _is_of_moduli(value):
        return _parts(value)[0], equation
    entry = equation.entry
    if isinstance(equation.left, sp.Indexed):
        entry = tuple((index, None) for index in equation.left.indices)
        equation = replace(equation, left=equation.left.base.label)
    return EntryAt(PART, *_parts(value)), replace(equation, entry=(*entry, (PART, (sp.S.One, sp.Integer(2)))))


def _is_of_moduli(value: sp.Expr) -> bool:
    """Whether complex numbers stand inside of moduli, and nowhere else."""
    moduli = {modulus: sp.Dummy() for modulus in value.atoms(sp.Abs) if modulus.has(sp.I)}
    return bool(moduli) and not value.xreplace(moduli).has(sp.I)


def _has_unit(context: Context, formula: Formula) -> bool:
    """Whether the letter i was read as the imaginary unit."""
    reading = context.readings.get(formula)
    option = reading.taken.get("i") if isinstance(reading, Reading) else None
    return option is not None and option.value == UNIT


def shown(context: Context, formula: Formula, spec: Spec, equation: Equation) -> Spec:
    """The claim with the shape of the result that the equation shows, and with the part of a complex number that its index names."""
    is_complex = any(index == PART for index, _ in equation.entry)
    axes = [ends for index, ends in equation.entry if index != PART]
    lengths = [last - first + 1 for first, last in filter(None, axes)]
    whole = tuple(map(int, lengths)) if len(lengths) == len(axes) and all(length.is_Integer for length in lengths) else ()
    may_be_real = is_complex and not _has_unit(context, formula) and _vanishes(spec.formula.args[2])
    return replace(spec, whole=whole, is_complex=is_complex, may_be_real=may_be_real, origin=spec.location) if whole or is_complex else spec


def _vanishes(value: sp.Expr) -> bool:
    """Whether a value, or each entry of it, is the number 0."""
    return all(map(_vanishes, value.args[1:])) if isinstance(value, EntryAt) else value == 0


def _parts(value: sp.Expr) -> Parts:
    """The real and the imaginary part of a value."""
    if not value.has(sp.I):
        return value, sp.S.Zero
    match value:
        case sp.I:
            return sp.S.Zero, sp.S.One
        case sp.Add():
            reals, imaginaries = zip(*map(_parts, value.args), strict=True)
            return sp.Add(*reals), sp.Add(*imaginaries)
        case sp.Mul():
            return reduce(_product, map(_parts, value.args))
        case sp.Pow(base=base, exp=sp.Integer() as exponent) if 0 < exponent <= MOST:
            return reduce(_product, [_parts(base)] * int(exponent))
        case sp.Pow(base=base, exp=sp.S.NegativeOne):
            real, imaginary = _parts(base)
            return _quotient(real, -imaginary, real**2 + imaginary**2)
        case sp.exp(args=(power,)):
            real, imaginary = _parts(power)
            return _product((sp.exp(real), sp.S.Zero), (sp.cos(imaginary), sp.sin(imaginary)))
        case sp.sin(args=(angle,)) | sp.cos(args=(angle,)):
            same, other, even, odd, sign = _CIRCULAR[value.func]
            real, imaginary = _parts(angle)
            return _scaled(same(real), even(imaginary)), _scaled(sign * other(real), odd(imaginary))
        case sp.sinh(args=(angle,)) | sp.cosh(args=(angle,)):
            same, other = _HYPERBOLIC[value.func]
            real, imaginary = _parts(angle)
            return _scaled(same(real), sp.cos(imaginary)), _scaled(other(real), sp.sin(imaginary))
        case sp.Abs(args=(number,)):
            real, imaginary = _parts(number)
            return sp.sqrt(real**2 + imaginary**2), sp.S.Zero
        case EntryAt(args=(index, *values)):
            reals, imaginaries = zip(*map(_parts, values), strict=True)
            return EntryAt(index, *reals), EntryAt(index, *imaginaries)
        case sp.Sum():
            real, imaginary = _parts(value.function)
            return sp.Sum(real, *value.limits), sp.Sum(imaginary, *value.limits)
        case sp.Piecewise():
            if not any(condition.has(sp.I) for _, condition in value.args):
                pairs = [(_parts(part), condition) for part, condition in value.args]
                real, imaginary = (sp.Piecewise(*((parts[k], c) for parts, c in pairs), evaluate=False) for k in (0, 1))
                return real, imaginary
    what = f"the real and the imaginary part of {value.func.__name__} of a complex number are not known"
    raise Obstruction(what, "write them separately", Verdict.UNDECIDED)


def _product(left: Parts, right: Parts) -> Parts:
    (a, b), (c, d) = left, right
    return _scaled(a, c) - _scaled(b, d), _scaled(a, d) + _scaled(b, c)


def _quotient(real: sp.Expr, imaginary: sp.Expr, divisor: sp.Expr) -> Parts:
    inverse = sp.Pow(divisor, -1, evaluate=False)
    return _scaled(real, inverse), _scaled(imaginary, inverse)


def _scaled(left: sp.Expr, right: sp.Expr) -> sp.Expr:
    """A product of real numbers.

    Raises:
        Obstruction: if a factor without a value somewhere would vanish beside a zero.
    """
    if 0 in (left, right) and not (_is_entire(left) and _is_entire(right)):
        raise Obstruction("a part of the complex value is zero where another part has no value", verdict=Verdict.UNDECIDED)
    return left * right


def _is_entire(value: sp.Expr) -> bool:
    """Whether a value is a number for all values of its letters."""
    if not value.args or value.is_number or isinstance(value, sp.Indexed):
        return bool(value.is_finite is not False)
    if isinstance(value, sp.Sum):
        return _is_entire(value.function)
    power = isinstance(value, sp.Pow) and value.exp.is_Integer and value.exp > 0
    return (power or isinstance(value, _ENTIRE)) and all(map(_is_entire, value.args))
