"""Lines of Python for the steps of an evaluation; `name` is always the variable that gets the value."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_TERMS = 40
"""Operands of a sum or product on one line: Python's own compiler recurses over them."""


@dataclass(frozen=True, slots=True)
class Lazy:
    """Lines that are run only when needed, and the expression for their value."""

    lines: list[str]
    value: str


def indented(lines: Iterable[str]) -> list[str]:
    """The lines as the body of a block."""
    return [f" {line}" for line in lines]


def sum_of(name: str, names: list[str], positive: int) -> Iterator[str]:
    """Add the first operands and subtract the others."""
    signed = [f"+ {x}" for x in names[:positive]] + [f"- {x}" for x in names[positive:]]
    yield f"{name} = {' '.join(signed[:_TERMS]).removeprefix('+ ')}"
    for start in range(_TERMS, len(signed), _TERMS):
        yield f"{name} = {name} {' '.join(signed[start : start + _TERMS])}"


def product_of(name: str, names: list[str], above: int, negative: bool) -> Iterator[str]:
    """Multiply the first operands and divide by the others."""
    if names[:above]:
        yield from _factors(name, names[:above])
    if names[above:]:
        divisor = names[above] if len(names) == above + 1 else f"{name}_below"
        if len(names) > above + 1:
            yield from _factors(divisor, names[above:])
        dividend = f"{name}_above"
        yield from (f"{dividend} = {name if above else 'ONE'}", *_division(name, dividend, divisor))
    if not names:
        yield f"{name} = ONE"
    if negative:
        yield f"{name} = -{name}"


def _division(name: str, dividend: str, divisor: str) -> Iterator[str]:
    """Divide, and leave to `divide` what is not an ordinary quotient."""
    yield from ("try:", f" {name} = {dividend} / {divisor}", "except ZeroDivisionError: raise NoRealValueError from None")
    yield f"if not isinstance({name}, fmpq) and not {name}.is_finite(): {name} = divide({dividend}, {divisor})"


def _factors(name: str, names: list[str]) -> Iterator[str]:
    yield f"{name} = {' * '.join(names[:_TERMS])}"
    for start in range(_TERMS, len(names), _TERMS):
        yield f"{name} = {name} * {' * '.join(names[start : start + _TERMS])}"


def extreme_of(name: str, first: str, second: str, least: bool, function: str) -> Iterator[str]:
    """The lesser or the greater of two; the function decides where their order is not certain."""
    order, other = ("<=", "<") if least else (">=", ">")
    yield f"{name} = {first} if {first} {order} {second} else {second} if {second} {other} {first} else {function}({first}, {second})"


def choice_of(name: str, branches: list[tuple[Lazy, Lazy]], of_truths: bool) -> Iterator[str]:
    """Take the first value whose condition holds; the hull of all values that may be the first.

    Args:
        name: the variable.
        branches: pairs of condition and value; the lines of the first condition have run already.
        of_truths: whether the values are truth values.
    """
    hull, doubt = ("hull_of_truths", "DOUBT") if of_truths else ("hull", "IN_DOUBT")
    test, found = f"{name}_if", f"{name}_then"

    def join(value: str) -> str:
        return f"{name} = {value} if {name} is NOTHING else {hull}({name}, {value})"

    lines: list[str] = []
    for position, (condition, value) in enumerate(branches):
        if position == 0:
            lines.append(f"{test} = {condition.value}")
        else:
            lines += _attempt(condition, test)
            lines += [f"if {test} is UNDEFINED:", f" {join('UNDEFINED')}", " break"]
        taken = [*_attempt(value, found), join(found), f"if {test} is True: break"]
        taken += [f"if {test} is DOUBT:", f" {name} = {doubt}", " break"]
        lines += [f"if {test} is not False:", *indented(taken)]
    lines += [join("UNDEFINED"), "break"]
    yield from (f"{name} = NOTHING", "while True:", *indented(lines), f"if {name} is UNDEFINED: raise NoRealValueError")


def connective_of(name: str, operands: list[Lazy], conjunction: bool) -> Iterator[str]:
    """Join truth values by and (or by or), up to the first that decides."""
    joined, decisive = ("conjunction", False) if conjunction else ("disjunction", True)
    lines: list[str] = []
    for operand in operands:
        lines += _attempt(operand, f"{name}_of")
        lines += [f"{name} = {joined}({name}, {name}_of)", f"if {name} is {decisive}: break"]
    lines.append("break")
    yield from (f"{name} = {not decisive}", "while True:", *indented(lines), f"if {name} is UNDEFINED: raise NoRealValueError")


def shared_of(name: str, lines: list[str]) -> Iterator[str]:
    """Define `{name}_lazy()`, which runs the lines when it is first called."""
    yield from (f"def {name}_body():", *indented([*lines, f"return {name}"]), f"{name}_lazy = Lazy({name}_body)")


def _attempt(lazy: Lazy, name: str) -> list[str]:
    return ["try:", *indented([*lazy.lines, f"{name} = {lazy.value}"]), "except NoRealValueError:", f" {name} = UNDEFINED"]
