r"""Moduli of complex numbers, as formulas of real numbers: `|\frac{1}{n} \sum_k e^{i \phi_k}|`, and `R e^{i \psi} = ...`, which gives R."""

from dataclasses import replace

import sympy as sp

from qedoc.algebra.large import LARGE
from qedoc.bind.context import Context
from qedoc.interpret.choices import Choice, Sure
from qedoc.read import Equation

_UNITS = ("j", "I")
"""Letters of the imaginary unit, beside the i that the reader takes for it."""


def with_moduli(context: Context, equation: Equation) -> tuple[Equation, tuple[Choice, ...]]:
    """The equation with the moduli of complex numbers written in real numbers, and the reason for the imaginary unit.

    Args:
        context: the docstring.
        equation: the equation as read.
    """
    left, right = equation.left, equation.right
    if right.has(sp.I):
        radius = _radius(left, sp.I)
        return (equation if radius is None else replace(equation, left=radius, right=sp.Abs(right, evaluate=False))), ()
    unit = _unit(context, equation)
    if unit is None:
        return equation, ()
    radius = _radius(left, unit)
    if radius is not None:
        found = _modulus(right, unit)
        made = None if found is None else replace(equation, left=radius, right=found)
    else:
        put = {part: _modulus(part.args[0], unit) for part in right.atoms(sp.Abs) if unit in part.free_symbols}
        known = {part: value for part, value in put.items() if value is not None}
        made = replace(equation, right=right.xreplace(known)) if known else None
    if made is None or unit in made.right.free_symbols:
        return equation, ()
    words = f"{unit} before an angle in an exponent is conventionally the imaginary unit"
    return made, (Choice(about="reading", subject=str(unit), value="the imaginary unit", words=words, sure=Sure.SUGGESTED),)


def _unit(context: Context, equation: Equation) -> sp.Symbol | None:
    """The letter of the imaginary unit in an exponent: one that nothing declares, and that is no index."""
    indices = {s for entry in equation.right.atoms(sp.Indexed) for index in entry.indices for s in index.free_symbols}
    indices |= {limits[0] for part in equation.right.atoms(*LARGE) for limits in part.limits}
    for name in _UNITS:
        letter = sp.Symbol(name)
        known = name in context.parameters or name in context.bound or name in context.legend or letter in indices
        if not known and any(letter in power.exp.free_symbols for power in _powers(equation.right)):
            return letter
    return None


def _powers(value: sp.Expr) -> set[sp.Expr]:
    return set(value.atoms(sp.exp))


def _radius(left: object, unit: sp.Expr) -> sp.Symbol | None:
    """R of a left side `R e^{i psi}`; None for any other."""
    if not isinstance(left, sp.Mul) or len(left.args) != 2:
        return None
    phase = next((part for part in left.args if isinstance(part, sp.exp)), None)
    radius = next((part for part in left.args if isinstance(part, sp.Symbol)), None)
    angle = phase.exp / unit if phase is not None else None
    return radius if isinstance(angle, sp.Symbol) and radius != unit else None


def _modulus(value: sp.Expr, unit: sp.Symbol) -> sp.Expr | None:
    parts = _parts(value, unit)
    return None if parts is None else sp.sqrt(parts[0] ** 2 + parts[1] ** 2)


def _parts(value: sp.Expr, unit: sp.Symbol) -> tuple[sp.Expr, sp.Expr] | None:
    """The real and the imaginary part; None for something that is not made of sums, products and exponentials."""
    if unit not in value.free_symbols:
        return value, sp.S.Zero
    if value == unit:
        return sp.S.Zero, sp.S.One
    match value:
        case sp.exp():
            return _exponential(value.exp, unit)
        case sp.Sum():
            inner = _parts(value.function, unit)
            return None if inner is None else (sp.Sum(inner[0], *value.limits), sp.Sum(inner[1], *value.limits))
        case sp.Add():
            terms = [_parts(term, unit) for term in value.args]
            known = [term for term in terms if term is not None]
            return (sp.Add(*(a for a, _ in known)), sp.Add(*(b for _, b in known))) if len(known) == len(terms) else None
        case sp.Mul():
            real, imaginary = sp.S.One, sp.S.Zero
            for factor in value.args:
                parts = _parts(factor, unit)
                if parts is None:
                    return None
                real, imaginary = real * parts[0] - imaginary * parts[1], real * parts[1] + imaginary * parts[0]
            return real, imaginary
    return None


def _exponential(exponent: sp.Expr, unit: sp.Symbol) -> tuple[sp.Expr, sp.Expr] | None:
    parts = _parts(sp.expand(exponent), unit)
    if parts is None or parts[0].has(unit) or parts[1].has(unit):
        return None
    growth, angle = parts
    return sp.exp(growth) * sp.cos(angle), sp.exp(growth) * sp.sin(angle)
