r"""Writes formulas in the LaTeX that people write: `\frac`, `\min`, `cases` with a line for each case."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp
from sympy.core.relational import Relational
from sympy.printing.latex import LatexPrinter

_NAMES = {"acos": "arccos", "asin": "arcsin", "atan": "arctan"}
_KNOWN = frozenset({"sin", "cos", "tan", "sinh", "cosh", "tanh", *_NAMES})
_PAIRED = {"(": ")", "|": "|"}
_TALL = re.compile(r"\\(?:frac|begin|sum|prod|left|binom)")
_SIGNS = {sp.StrictLessThan: "<", sp.LessThan: r"\le", sp.StrictGreaterThan: ">", sp.GreaterThan: r"\ge", sp.Eq: "=", sp.Ne: r"\ne"}

LARGEST, DIGITS = 12, 9
"""A fraction with a larger denominator is a decimal, if it has at most so many digits after the point."""


def latex(value: sp.Basic, letters: Mapping[sp.Basic, str] | None = None) -> str:
    """Returns a formula or condition in LaTeX. Formulas by cases have several lines.

    Args:
        value: the formula.
        letters: the LaTeX of symbols, where it is not that of their names.
    """
    made = str(_Printer({"symbol_names": dict(letters or {})}).doprint(value))
    return re.sub(r"([_^])\{(\w)\}", r"\1\2", _with_small_brackets(re.sub(r"(^|[{(|])- ", r"\1-", made)))


def cases(rows: Sequence[tuple[str, sp.Basic]], letters: Mapping[sp.Basic, str] | None = None) -> str:
    """Returns a formula by cases in LaTeX, a line for each.

    Args:
        rows: the LaTeX of each value, with its condition; the last one may be `true`.
        letters: the LaTeX of symbols, where it is not that of their names.
    """
    lines = []
    for value, condition in rows:
        said = r"\text{otherwise}" if condition == sp.true else rf"\text{{if }} {latex(condition, letters)}"
        lines.append(f"{' '.join(value.split())} & {said}")
    return "\\begin{cases}\n  " + " \\\\\n  ".join(lines) + "\n\\end{cases}"


def _with_small_brackets(text: str) -> str:
    r"""The text with plain brackets instead of `\left` and `\right` where what they hold is not tall."""
    stack: list[int] = []
    at = 0
    while (found := re.compile(r"\\(left|right)(?![a-z])").search(text, at)) is not None:
        at = found.end()
        if found[1] == "left":
            stack.append(found.start())
            continue
        start = stack.pop()
        opening = text[start + len("\\left")]
        inner = text[start + len("\\left") + 1 : found.start()]
        if opening in _PAIRED and not _TALL.search(inner):
            plain = f"{opening}{inner}{_PAIRED[opening]}"
            text = text[:start] + plain + text[found.end() + 1 :]
            at = start + len(plain)
    return text


class _Printer(LatexPrinter):
    def _print_Piecewise(self, value: sp.Piecewise) -> str:  # noqa: N802  # SymPy's name
        return cases([(self._print(part), condition) for part, condition in value.args], self._settings["symbol_names"])

    def _print_And(self, value: sp.And) -> str:  # noqa: N802  # SymPy's name
        return self._joined(value, "and")

    def _print_Or(self, value: sp.Or) -> str:  # noqa: N802  # SymPy's name
        return self._joined(value, "or")

    def _joined(self, value: sp.Basic, word: str) -> str:
        return rf" \text{{ {word} }} ".join(self._print(part) for part in sorted(value.args, key=sp.default_sort_key))

    def _print_Relational(self, value: Relational) -> str:  # noqa: N802  # SymPy's name
        """A relation with the negative terms of a side on the other one: `t <= B` for `t - B <= 0`."""
        left, right = value.lhs, value.rhs
        if right == 0 and isinstance(left, sp.Add):
            minus = [term for term in left.args if term.could_extract_minus_sign()]
            if 0 < len(minus) < len(left.args):
                right = -sp.Add(*minus)
                left = left + right
        return f"{self._print(left)} {_SIGNS[type(value)]} {self._print(right)}"

    def _print_Add(self, value: sp.Add, order: Any = None) -> str:  # noqa: N802  # SymPy's name
        """A sum that begins with a term without a minus sign, if there is one."""
        terms = list(value.as_ordered_terms())
        minus = [term.could_extract_minus_sign() for term in terms]
        early = any(minus) or any(isinstance(term, sp.Function) for term in terms)
        ordered = sorted(range(len(terms)), key=lambda place: (minus[place], terms[place].is_number is not early, place))
        text = ""
        for place in ordered:
            part = self._print(-terms[place] if minus[place] else terms[place])
            if self._needs_add_brackets(terms[place]) or (minus[place] and (-terms[place]).is_Add):
                part = rf"\left({part}\right)"
            text += (" - " if minus[place] else " + ") + part if text else ("-" if minus[place] else "") + part
        return text

    def _print_Mul(self, expr: sp.Mul) -> str:  # noqa: N802  # SymPy's name
        r"""A product, `\frac{1}{2} x^2` for half of a square."""
        number, rest = expr.as_coeff_Mul()
        if number.is_Rational and "." in (decimal := self._print_Rational(abs(number))):
            sign = "-" if number < 0 else ""
            return f"{sign}{decimal} " + (rf"\left({self._print(rest)}\right)" if rest.is_Add else self._print(rest))
        if number.is_Rational and number.p == 1 and number.q > 1 and sp.fraction(rest)[1] == 1 and (rest.is_Pow or rest.is_Mul):
            part = self._print(rest)
            return rf"\frac{{1}}{{{number.q}}} " + (rf"\left({part}\right)" if rest.is_Add else part)
        return str(super()._print_Mul(expr))

    def _print_Rational(self, expr: sp.Rational) -> str:  # noqa: N802  # SymPy's name
        """A fraction, or a decimal where it has few digits and a large denominator."""
        decimal = expr * 10**DIGITS
        if expr.q > LARGEST and decimal.q == 1:
            sign, digits = ("-" if decimal.p < 0 else ""), str(abs(decimal.p)).rjust(DIGITS + 1, "0")
            return f"{sign}{digits[:-DIGITS]}.{digits[-DIGITS:].rstrip('0')}"
        return str(super()._print_Rational(expr))

    def _print_Function(self, expr: sp.Function, exp: str | None = None) -> str:  # noqa: N802  # SymPy's name
        name = expr.func.__name__
        if len(expr.args) != 1 or name not in _KNOWN:
            return str(super()._print_Function(expr, exp))
        return self._applied(_NAMES.get(name, name), expr, exp)

    def _print_log(self, expr: sp.log, exp: str | None = None) -> str:
        return self._applied("log", expr, exp)

    def _applied(self, name: str, expr: sp.Function, exp: str | None) -> str:
        power = "" if exp is None else f"^{{{exp}}}"
        return rf"\{name}{power}\left({self._print(expr.args[0])}\right)"

    def _print_Abs(self, expr: sp.Abs, exp: str | None = None) -> str:  # noqa: N802  # SymPy's name
        return rf"\left|{self._print(expr.args[0])}\right|" + ("" if exp is None else f"^{{{exp}}}")

    def _print_floor(self, expr: sp.floor, exp: str | None = None) -> str:
        return rf"\left\lfloor {self._print(expr.args[0])} \right\rfloor" + ("" if exp is None else f"^{{{exp}}}")

    def _print_ceiling(self, expr: sp.ceiling, exp: str | None = None) -> str:
        return rf"\left\lceil {self._print(expr.args[0])} \right\rceil" + ("" if exp is None else f"^{{{exp}}}")
