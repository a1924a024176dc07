"""Numbers of a program: those that code may compare with are found, and a wrong value at one of them is seen."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp

from qedoc.claims.domain import Integers
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Parameter, Spec
from qedoc.judge.check import check
from qedoc.results.verdict import Verdict
from qedoc.search.code_constants import MOST, written
from qedoc.search.guards import rational_roots

TABLE = {41: 1.5, "43": 2.0}
EDGES = np.array([0.125, 47.0])


class Settings:
    keys = frozenset({53})
    unused = 54


def helper(n: Any) -> Any:
    return n == 59


def inner(n: Any) -> Any:
    def nested(m: Any) -> bool:
        return bool(m == 61)

    return nested(n)


def by_default(n: Any, table: Any = ((67, 1.0),), *, last: int = 71) -> Any:
    return n in dict(table) or n == last


def closing(key: int) -> Any:
    return lambda n: n == key


@pytest.mark.parametrize(
    ("function", "numbers"),
    [
        (lambda n: TABLE.get(n, n), ["41", "43", "3/2"]),
        (lambda n: n in EDGES, ["1/8", "47"]),
        (lambda n: n in Settings.keys, ["53"]),
        (helper, ["59"]),
        (inner, ["61"]),
        (by_default, ["67", "71"]),
        (closing(73), ["73"]),
        (lambda n: n in (79, [83], {"x": 89.5}), ["79", "83", "179/2"]),
        (lambda n: f"{n}" == "97", ["97"]),
        (lambda n: [5, 6, 7][n], ["3", "2", "4", "-3", "-4"]),
    ],
)
def test_numbers_are_found(function: Any, numbers: list[str]) -> None:
    assert {Fraction(number) for number in numbers} <= {*written(function)}


def test_numbers_that_code_does_not_name_are_not() -> None:
    found = written(lambda n: n in Settings.keys)
    assert Fraction(54) not in found
    assert Fraction(41) not in found


def test_they_are_few_and_the_plainest_come_first() -> None:
    many = {k: k for k in range(1000, 5000)}
    found = written(many.get)
    assert len(found) <= MOST
    assert found == sorted(found, key=lambda x: (len(str(x)), x)) or found[0] in (0, 1)


@pytest.mark.parametrize("thing", [None, 3, "text", len, np.sin, Settings, object()])
def test_what_is_no_program_has_none(thing: Any) -> None:
    assert all(isinstance(number, Fraction) for number in written(thing))


def test_rational_roots() -> None:
    x = sp.Symbol("x", real=True)
    assert {*rational_roots(x**2 - 4, x)} == {2, -2}
    assert rational_roots(x**2 - 2, x) == []
    assert rational_roots(sp.exp(x) - 1, x) == []


CODE = """
TABLE = {4711: 100.0}


def looked_up(n):
    return TABLE.get(n, 2 * n)


def right(n):
    return TABLE.get(-1, 2 * n)
"""


@pytest.mark.parametrize(("name", "verdict"), [("looked_up", Verdict.REFUTED), ("right", Verdict.PROVED)])
def test_a_rare_key_is_met(name: str, verdict: Verdict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "targets_of_written.py").write_text(CODE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    n = sp.Symbol("n")
    spec = Spec(target=f"targets_of_written.{name}", formula=2 * n, symbols=[Parameter(n, "n", Integers(), "")], natural=True)
    result = check(spec, {}, Limits(max_points=200), lambda _: None)
    assert result.verdict is verdict, result.reason
    if result.counterexample is not None:
        assert result.counterexample.inputs == {"n": 4711}
