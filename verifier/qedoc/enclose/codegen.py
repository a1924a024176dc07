"""Generates the Python lines for the steps of an evaluation. `name` is always the variable that receives the value."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_TERMS = 40
"""Maximum number of operands of a sum or product on one line, because Python's compiler recurses over them."""


@dataclass(frozen=True, slots=True)
class Lazy:
    """Lines that run only when needed, and the expression for their value."""

    lines: list[str]
    value: str


def indented(lines: Iterable[str]) -> list[str]:
    """Indents lines for the body of a block."""
    return [f" {line}" for line in lines]


def sum_of(name: str, names: list[str], positive: int) -> Iterator[str]:
    """Adds the first operands and subtracts the others."""
    signed = [f"+ {x}" for x in names[:positive]] + [f"- {x}" for x in names[positive:]]
    yield f"{name} = {' '.join(signed[:_TERMS]).removeprefix('+ ')}"
    for start in range(_TERMS, len(signed), _TERMS):
        yield f"{name} = {name} {' '.join(signed[start : start + _TERMS])}"


def product_of(name: str, names: list[str], above: int, negative: bool) -> Iterator[str]:
    """Multiplies the first operands and divides by the others."""
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
    """Divides, and calls `divide` if the quotient is not finite."""
    yield from ("try:", f" {name} = {dividend} / {divisor}", "except ZeroDivisionError: raise NoRealValueError from None")
    yield f"if not isinstance({name}, fmpq) and not {name}.is_finite(): {name} = divide({dividend}, {divisor})"


def _factors(name: str, names: list[str]) -> Iterator[str]:
    yield f"{name} = {' * '.join(names[:_TERMS])}"
    for start in range(_TERMS, len(names), _TERMS):
        yield f"{name} = {name} * {' * '.join(names[start : start + _TERMS])}"


def extreme_of(name: str, first: str, second: str, least: bool, function: str) -> Iterator[str]:
    """Takes the smaller or larger of two values. The function decides if their order is uncertain."""
    order, other = ("<=", "<") if least else (">=", ">")
    yield f"{name} = {first} if {first} {order} {second} else {second} if {second} {other} {first} else {function}({first}, {second})"


def choice_of(name: str, branches: list[tuple[Lazy, Lazy]], of_truths: bool) -> Iterator[str]:
    """Takes the first value whose condition holds. If that is uncertain, takes the hull of all values that may be the first.

    Args:
        name: the variable.
        branches: pairs of condition and value. The lines of the first condition have already run.
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
    """Joins truth values by and (or by or), and stops at the first one that decides."""
    joined, decisive = ("conjunction", False) if conjunction else ("disjunction", True)
    lines: list[str] = []
    for operand in operands:
        lines += _attempt(operand, f"{name}_of")
        lines += [f"{name} = {joined}({name}, {name}_of)", f"if {name} is {decisive}: break"]
    lines.append("break")
    yield from (f"{name} = {not decisive}", "while True:", *indented(lines), f"if {name} is UNDEFINED: raise NoRealValueError")


def shared_of(name: str, lines: list[str]) -> Iterator[str]:
    """Defines `{name}_lazy()`, which runs the lines on its first call."""
    yield from (f"def {name}_body():", *indented([*lines, f"return {name}"]), f"{name}_lazy = Lazy({name}_body)")


def _attempt(lazy: Lazy, name: str) -> list[str]:
    return ["try:", *indented([*lazy.lines, f"{name} = {lazy.value}"]), "except NoRealValueError:", f" {name} = UNDEFINED"]
