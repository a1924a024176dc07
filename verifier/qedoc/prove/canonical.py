"""Rewrites branch-free formulas as rational functions of independent generators, which reduces equality to a polynomial zero test.

A generator stands for a transcendental part: the cosine of a base angle, a base to a symbolic exponent, the logarithm of a positive factor,
or any other function at canonical arguments. Every rewriting holds for all real values that the facts allow. A step that needs a sign asks
the facts.
"""

from math import gcd, lcm

import sympy as sp

from qedoc.algebra.satisfiable import Facts

LARGEST_MULTIPLE = 24
"""Angles up to this multiple of the base angle are expanded. Beyond it, the polynomials become too expensive."""

LARGEST_FACTOR = 10_000
"""Prime factors up to this one are looked for. The rest of a long number stays as it is, because its factors may take hours."""

LARGEST_SHIFT = 8
"""Arguments of gamma functions are made smaller by up to this integer."""

LARGEST_PASSES = 8
"""Maximum number of passes. A pass that finds a smaller common angle or exponent is repeated; formulas that people write need two."""


class Canon:
    """Rewrites the formulas of one cell over a shared set of generators.

    Args:
        facts: what is known in the cell.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._generators: dict[tuple[object, ...], sp.Dummy] = {}
        self._steps: dict[tuple[object, ...], tuple[int, int]] = {}
        self._relations: dict[sp.Dummy, tuple[int, sp.Expr]] = {}
        self._forms: dict[sp.Expr, sp.Expr] = {}

    def zero(self, expression: sp.Expr) -> bool:
        """True only if the expression is zero wherever the facts hold and the expression is defined."""
        for _ in range(LARGEST_PASSES):
            steps = dict(self._steps)
            self._forms.clear()
            numerator = self._numerator(self.form(expression))
            if self._steps == steps:  # no generator changed its meaning during the pass
                return bool(numerator == 0)
        return False

    def form(self, expression: sp.Expr) -> sp.Expr:
        """The expression as p/q, where p and q are polynomials in symbols and generators."""
        if expression not in self._forms:
            self._forms[expression] = self._form(expression)
        return self._forms[expression]

    def _form(self, expression: sp.Expr) -> sp.Expr:
        match expression:
            case sp.Symbol() | sp.Rational():
                return expression
            case sp.Add() | sp.Mul():
                return self._reduce(expression.func(*map(self.form, expression.args)))
            case sp.Pow() if expression.exp.is_Integer:
                return self._reduce(self.form(expression.base) ** expression.exp)
            case sp.Pow():
                return self._power(expression.base, expression.exp)
            case sp.exp():
                return self._exponential(expression.args[0])
            case sp.log():
                return self._logarithm(expression.args[0])
            case sp.cos() | sp.sin():
                return self._trigonometric(expression.func, expression.args[0])
            case sp.tan() | sp.sec() | sp.csc() | sp.cot():
                return self.form(_sines_and_cosines(expression))
            case sp.sinh() | sp.cosh() | sp.tanh() | sp.coth():
                return self.form(expression.rewrite(sp.exp))
            case sp.erf() | sp.erfc():
                return self._error_function(expression)
            case sp.gamma():
                return self._gamma(expression.args[0])
            case sp.loggamma() if self._facts.entails(expression.args[0] > 0):
                return self._logarithm(sp.gamma(expression.args[0], evaluate=False))
            case sp.beta() if all(self._facts.entails(part > 0) for part in expression.args):
                first, second = expression.args
                return self.form(sp.gamma(first) * sp.gamma(second) / sp.gamma(first + second))
            case _:
                return self._opaque(expression)

    def _error_function(self, expression: sp.Expr) -> sp.Expr:
        """Rewrites erf, which is odd, and its complement as erf of an angle without a leading minus sign."""
        argument, sign = self.form(expression.args[0]), 1
        if argument == 0:
            return sp.Integer(isinstance(expression, sp.erfc))
        if argument.could_extract_minus_sign():
            argument, sign = self._reduce(-argument), -1
        value = sign * self._generator((sp.erf, argument))
        return value if isinstance(expression, sp.erf) else 1 - value

    def _gamma(self, argument: sp.Expr) -> sp.Expr:
        """Rewrites gamma of an argument as a product with gamma of the smallest argument that differs by an integer and is positive."""
        factor: sp.Expr = sp.Integer(1)
        for _ in range(LARGEST_SHIFT):
            if not self._facts.entails(argument - 1 > 0):
                break
            argument = sp.expand(argument - 1)
            factor *= self.form(argument)
        return self._reduce(factor * self._generator((sp.gamma, self.form(argument))))

    def _numerator(self, expression: sp.Expr) -> sp.Expr:
        return self._relate(sp.expand(sp.fraction(sp.together(expression))[0]))

    def _reduce(self, expression: sp.Expr) -> sp.Expr:
        """Reduces to lowest terms and applies the algebraic relations of the generators."""
        if expression.is_polynomial(*expression.free_symbols):
            return self._relate(sp.expand(expression))
        numerator, denominator = (self._relate(sp.expand(part)) for part in sp.fraction(sp.together(expression)))
        return sp.cancel(numerator / denominator) if denominator.free_symbols else sp.expand(numerator / denominator)

    def _relate(self, polynomial: sp.Expr) -> sp.Expr:
        for generator, (degree, value) in list(self._relations.items()):
            if polynomial.has(generator):
                polynomial = sp.expand(sp.rem(polynomial, generator**degree - value, generator))
        return polynomial

    def _generator(self, key: tuple[object, ...]) -> sp.Dummy:
        return self._generators.setdefault(key, sp.Dummy(f"g{len(self._generators)}", real=True))

    def _stepped(self, key: tuple[object, ...], multiple: sp.Rational) -> tuple[sp.Dummy, int]:
        """Returns the generator of the key's base quantity, the largest common part so far, and the multiple in that unit."""
        top, bottom = self._steps.get(key, (0, 1))
        common = lcm(bottom, multiple.q)
        step = (gcd(top * (common // bottom), abs(multiple.p) * (common // multiple.q)), common)
        self._steps[key] = step
        return self._generator(key), int(multiple * step[1] / step[0])

    def _opaque(self, expression: sp.Expr) -> sp.Expr:
        if not expression.args:
            return self._generator((expression,))
        return self._generator((expression.func, *map(self.form, expression.args)))

    def _trigonometric(self, function: type, angle: sp.Expr) -> sp.Expr:
        angle = self.form(angle)
        if angle == 0:
            return function(0)
        content, primitive = _content(angle)
        cosine, multiple = self._stepped(("cos", primitive), content)
        if multiple > LARGEST_MULTIPLE:
            return self._generator((function, angle))
        sine = self._generator(("sin", primitive))
        self._relations[sine] = (2, 1 - cosine**2)
        sign = 1
        if multiple < 0:
            multiple, sign = -multiple, (1 if function is sp.cos else -1)
        if function is sp.cos:
            return sp.expand(sp.chebyshevt(multiple, cosine))
        return sp.expand(sign * sine * sp.chebyshevu(multiple - 1, cosine))

    def _power(self, base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
        """Rewrites a power whose exponent is not an integer constant."""
        constant, factors = _factors(self.form(base))
        power = self.form(exponent)
        if constant == 0:
            return sp.Integer(0) if self._facts.entails(self._value(power) > 0) else self._generator((sp.Pow, constant, power))
        constant, factors = self._positive(constant, factors)
        signs_needed = len(factors) > 1
        if constant < 0 or (signs_needed and not all(self._facts.entails(self._value(factor) >= 0) for factor, _ in factors)):
            return self._generator((sp.Pow, self.form(base), power))
        numbers = [(sp.Integer(prime), k) for prime, k in sp.factorrat(constant, limit=LARGEST_FACTOR).items()]
        return sp.Mul(*(self._single(factor, k, power) for factor, k in [*numbers, *factors]))

    def _positive(self, constant: sp.Rational, factors: list[tuple[sp.Expr, int]]) -> tuple[sp.Rational, list[tuple[sp.Expr, int]]]:
        """Makes the constant positive if a factor of odd power can take its sign. Factors known to be <= 0 change sign first."""
        turned = []
        for factor, k in factors:
            negative = self._facts.entails(self._value(factor) <= 0)
            turned.append((-factor if negative else factor, k))
            constant *= sp.Integer(-1) ** k if negative else 1
        odd = [i for i, (_, k) in enumerate(turned) if k % 2]
        if constant < 0 and odd:
            factor, k = turned[odd[0]]
            turned[odd[0]], constant = (-factor, k), -constant
        return constant, turned

    def _single(self, factor: sp.Expr, k: int, power: sp.Expr) -> sp.Expr:
        """Rewrites (factor**k)**power for one irreducible factor."""
        meaning = self._value(factor)
        if self._facts.entails(meaning > 0):
            return self._product(factor, sp.expand(k * power))
        if k == 1 or self._facts.entails(meaning >= 0):
            return self._zero_base(factor, sp.expand(k * power))
        return self._generator((sp.Pow, factor**k, power))

    def _zero_base(self, factor: sp.Expr, power: sp.Expr) -> sp.Expr:
        """Rewrites factor**power where the factor may be zero. Only positive multiples of the same exponent may be merged."""
        content, primitive = _content(power)
        if primitive == 1 and content > 0:
            return self._root(factor, content)
        if content < 0 or not self._facts.entails(self._value(primitive) > 0):
            return self._generator((sp.Pow, factor, power))
        generator, multiple = self._stepped((sp.Pow, factor, primitive), content)
        return generator**multiple

    def _root(self, factor: sp.Expr, exponent: sp.Rational) -> sp.Expr:
        generator = self._generator((sp.Pow, factor, sp.Rational(1, exponent.q)))
        self._relations[generator] = (int(exponent.q), factor)
        return self._relate(sp.expand(generator ** int(exponent.p)))

    def _product(self, factor: sp.Expr, power: sp.Expr) -> sp.Expr:
        """Rewrites factor**power for a positive factor, with one generator per monomial of the exponent."""
        result: sp.Expr = sp.Integer(1)
        for term in sp.Add.make_args(power):
            content, monomial = term.as_coeff_Mul()
            if monomial == 1 and content.q == 1:
                result *= factor**content
            elif monomial == 1:
                whole = sp.floor(content)
                result *= factor**whole * self._root(factor, content - whole)
            else:
                generator, multiple = self._stepped((sp.Pow, factor, monomial), content)
                result *= generator**multiple
        return result

    def _exponential(self, exponent: sp.Expr) -> sp.Expr:
        """Rewrites exp of a sum, with one generator per term. A term with a logarithm as factor becomes a power of its argument."""
        power = self.form(exponent)
        logarithms = {g: key[1] for key, g in self._generators.items() if key[0] is sp.log}
        result: sp.Expr = sp.Integer(1)
        for term in sp.Add.make_args(sp.expand(power)):
            inside = [g for g in logarithms if term.has(g) and not sp.cancel(term / g).has(g)]
            if len(inside) == 1:
                result *= self._product(logarithms[inside[0]], sp.cancel(term / inside[0]))
            else:
                result *= self._product(self._generator((sp.E,)), term)
        return self._reduce(result)

    def _logarithm(self, argument: sp.Expr) -> sp.Expr:
        constant, factors = self._positive(*_factors(self.form(argument)))
        if constant <= 0 or not all(self._facts.entails(self._value(factor) > 0) for factor, _ in factors):
            return self._generator((sp.log, self.form(argument)))
        result: sp.Expr = sp.Integer(0)
        for factor, k in [*((sp.Integer(p), k) for p, k in sp.factorrat(constant, limit=LARGEST_FACTOR).items()), *factors]:
            result += k * self._log_of(factor)
        return sp.expand(result)

    def _log_of(self, factor: sp.Expr) -> sp.Expr:
        """Rewrites log of one positive factor. If the factor is a generator b**m, the result is m*log(b)."""
        for key, generator in self._generators.items():
            if generator == factor and key[0] is sp.Pow and len(key) == 3 and self._facts.entails(self._value(key[1]) > 0):
                top, bottom = self._steps.get(key, (1, 1))
                inner = sp.Integer(1) if key[1] == self._generators.get((sp.E,)) else self._log_of(key[1])
                return sp.Rational(top, bottom) * key[2] * inner
        if factor == self._generators.get((sp.E,)):
            return sp.Integer(1)
        return self._generator((sp.log, factor))

    def _value(self, form: sp.Expr) -> sp.Expr:
        """Expands the generators of a canonical form back into functions, so that the facts can decide its sign."""
        while True:
            meaning = {g: self._written(key) for key, g in self._generators.items() if form.has(g)}
            if not meaning:
                return form
            form = form.xreplace(meaning)

    def _written(self, key: tuple[object, ...]) -> sp.Expr:
        match key:
            case ("cos" | "sin" as name, sp.Expr() as angle):
                top, bottom = self._steps[("cos", angle)]
                return (sp.cos if name == "cos" else sp.sin)(sp.Rational(top, bottom) * angle)
            case (sp.E,):
                return sp.E
            case (sp.Pow, sp.Expr() as base, sp.Expr() as power):
                top, bottom = self._steps.get(key, (1, 1))
                return base ** (sp.Rational(top, bottom) * power)
            case (sp.Expr() as constant,):
                return constant
            case (function, *arguments):
                return function(*arguments)  # type: ignore[operator]  # the first item of the key is a SymPy function
        raise AssertionError(key)


def _sines_and_cosines(function: sp.Expr) -> sp.Expr:
    sine, cosine = sp.sin(function.args[0]), sp.cos(function.args[0])
    return {sp.tan: sine / cosine, sp.cot: cosine / sine, sp.sec: 1 / cosine, sp.csc: 1 / sine}[function.func]


def _content(form: sp.Expr) -> tuple[sp.Rational, sp.Expr]:
    """Splits a form into a rational number and a form whose numerator has coprime integer coefficients and a positive leading one."""
    numerator, denominator = sp.fraction(sp.together(form))
    symbols = sorted(form.free_symbols, key=sp.default_sort_key)
    if not symbols:
        return sp.Rational(form), sp.Integer(1)
    parts = []
    for part in (numerator, denominator):
        content, primitive = sp.Poly(part, *symbols).primitive()
        sign = -1 if primitive.LC() < 0 else 1
        parts.append((sp.Rational(content) * sign, (primitive * sign).as_expr()))
    return parts[0][0] / parts[1][0], parts[0][1] / parts[1][1]


def _factors(form: sp.Expr) -> tuple[sp.Rational, list[tuple[sp.Expr, int]]]:
    """Splits a form into a rational number and powers of irreducible polynomials."""
    top, bottom = (sp.factor_list(part) for part in sp.fraction(sp.together(form)))
    constant = sp.Rational(top[0]) / sp.Rational(bottom[0])
    return constant, [*top[1], *((factor, -k) for factor, k in bottom[1])]
