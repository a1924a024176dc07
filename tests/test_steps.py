r"""Formulas for one step, `y_{n+1} = y_n + h f(y_n, t_n)`, parameters that are functions, and settings that code reads elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fixture_modules import Claims, Judge, judged_claim, judging, written

from qedoc.bind.records import Bound
from qedoc.claims.target import resolve
from qedoc.results.verdict import Verdict

HOLDS = {Verdict.PROVED, Verdict.TESTED}


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    with judging(tmp_path, monkeypatch, "steps") as judged:
        yield judged


@pytest.fixture
def claims_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Claims]:
    yield from written(tmp_path, monkeypatch, "surroundings")


HEUN = r"""
.. math::

    k_1 = f(y_n, t_n),\\
    k_2 = f\big(y_n + \Delta t\,k_1,\ t_n + \Delta t\big),\\
    y_{n+1} = y_n + \tfrac{\Delta t}{2}\,(k_1 + k_2).

Args:
    f: callable, the right-hand side.
    y: the state.
    t: the time.

Returns:
    The updated state.
"""
CODE = "y + dt / 2 * (f(y, t) + f(y + dt * f(y, t), t + dt))"


def last(verdicts: list[Verdict]) -> Verdict:
    """The verdict of the step; those of the stages are parts of it."""
    return verdicts[-1]


@pytest.mark.parametrize(
    ("docstring", "code", "verdicts"),
    [
        (HEUN, CODE, HOLDS),
        (HEUN.replace("(k_1 + k_2)", "(k_1 - k_2)"), CODE, {Verdict.REFUTED}),
        (HEUN.replace(r"t_n + \Delta t\big", r"t_n\big"), CODE, {Verdict.REFUTED}),
        (HEUN, CODE.replace("t + dt", "t"), {Verdict.REFUTED}),
        (HEUN.replace("f(y_n, t_n)", "f(t_n, y_n)"), CODE, {Verdict.REFUTED}),
        (HEUN.replace("The updated state.", "The increment of the updated state."), CODE.removeprefix("y + "), {Verdict.UNDECIDED}),
        (HEUN.replace("The updated state.", "The result."), CODE, HOLDS),  # a step by convention, which counts against nothing
        (HEUN.replace("The updated state.", "The result.").replace("(k_1 + k_2)", "k_1"), CODE, {Verdict.UNDECIDED}),
    ],
)
def test_a_step_with_stages(judge: Judge, docstring: str, code: str, verdicts: set[Verdict]) -> None:
    assert last(judge("f, y, t, dt", docstring, code, name="advance")) in verdicts


@pytest.mark.parametrize(
    "words",
    [
        "f: callable, a linear function.",
        "f: callable, the right-hand side. It must be convex.",
        "f: callable, the right-hand side, which is monotone.",
    ],
)
def test_nothing_counts_against_a_function_of_a_certain_kind(judge: Judge, words: str) -> None:
    docstring = HEUN.replace("f: callable, the right-hand side.", words)
    assert last(judge("f, y, t, dt", docstring, CODE, name="advance")) in HOLDS
    assert last(judge("f, y, t, dt", docstring.replace("(k_1 + k_2)", "k_1"), CODE, name="advance")) is Verdict.UNDECIDED


def test_a_number_of_a_step_that_is_something_else_too(judge: Judge) -> None:
    docstring = ".. math:: y_{n+1} = y_n + n\n\nReturns:\n    The updated state."
    assert judge("y, n", docstring, "y + n")[0] not in HOLDS | {Verdict.REFUTED}


def test_a_function_that_is_called_with_different_numbers_of_arguments(judge: Judge) -> None:
    docstring = ".. math:: f(y) + f(y, t)\n\nArgs:\n    f: callable, the rate."
    assert judge("f, y, t", docstring, "f(y) + f(y, t)", name="advance")[0] not in HOLDS | {Verdict.REFUTED}


def test_words_that_count_the_parts_of_a_display(judge: Judge) -> None:
    words = "The standard scheme uses two stages:\n" + HEUN
    assert last(judge("f, y, t, dt", words, CODE, name="advance")) in HOLDS
    other = "The gradient of the scheme uses two stages:\n" + HEUN
    assert last(judge("f, y, t, dt", other, CODE, name="advance")) not in HOLDS | {Verdict.REFUTED}


SURROUNDINGS = '''
import sys
import types
from contextlib import contextmanager

environ = types.ModuleType("environ_MODULE")
sys.modules["environ_MODULE"] = environ
environ.SETTINGS = {}


def get(name):
    return environ.SETTINGS[name]


def get_dt():
    return get("dt")


@contextmanager
def context(**settings):
    before = dict(environ.SETTINGS)
    environ.SETTINGS.update(settings)
    try:
        yield
    finally:
        environ.SETTINGS.clear()
        environ.SETTINGS.update(before)


environ.get, environ.get_dt, environ.context = get, get_dt, context


def step(y: float, rate: float):
    r"""One step.

    .. math:: y_{n+1} = y_n - \\Delta t\\, \\mathrm{rate}\\, y_n

    Returns:
        The updated value.
    """
    dt = READ
    return y - dt * rate * yFACTOR
'''


@pytest.mark.parametrize("read", ["environ.get_dt()", "environ.get('dt')"])
@pytest.mark.parametrize(("factor", "verdicts"), [("", HOLDS), (" * 2", {Verdict.REFUTED})])
def test_a_setting_of_the_surroundings(claims_of: Claims, read: str, factor: str, verdicts: set[Verdict]) -> None:
    text = SURROUNDINGS.replace("\\\\", "\\").replace("READ", read).replace("FACTOR", factor)
    (claim,) = claims_of(text, "step")
    assert isinstance(claim, Bound)
    assert judged_claim(claim).verdict in verdicts


def test_a_name_that_is_read_from_something_else_is_no_setting(claims_of: Claims) -> None:
    text = SURROUNDINGS.replace("\\\\", "\\").replace("READ", "SETTINGS.get('dt')").replace("FACTOR", "") + "\n\nSETTINGS = {'dt': 0.5}\n"
    (claim,) = claims_of(text, "step")
    assert not isinstance(claim, Bound) or judged_claim(claim).verdict not in HOLDS | {Verdict.REFUTED}


def test_a_setting_with_a_value_is_no_parameter(claims_of: Claims) -> None:
    text = (
        SURROUNDINGS.replace("\\\\", "\\")
        .replace("READ", "environ.get_dt()")
        .replace("FACTOR", "")
        .replace("SETTINGS = {}", "SETTINGS = {'dt': 0.5}")
    )
    (claim,) = claims_of(text, "step")
    assert not isinstance(claim, Bound)
    assert "Delta_t" in claim.reason


@pytest.mark.parametrize(("words", "holds"), [("", True), ("where :math:`\\Delta t` is the residual delay.", False)])
def test_a_difference_that_the_text_explains_is_no_parameter_by_its_name(judge: Judge, words: str, holds: bool) -> None:
    verdict = judge("y, dt", f".. math:: y + \\Delta t\n\n{words}", "y + dt", name="shifted")[0]
    assert (verdict in HOLDS) is holds
    assert verdict is not Verdict.REFUTED


def test_a_function_with_a_setting_takes_it_by_name(claims_of: Claims, monkeypatch: pytest.MonkeyPatch) -> None:
    text = SURROUNDINGS.replace("\\\\", "\\").replace("READ", "environ.get_dt()").replace("FACTOR", "")
    (claim,) = claims_of(text, "step")
    assert isinstance(claim, Bound)
    function = resolve(claim.spec.target)
    assert function(y=1.0, rate=0.5, dt=0.5) == 0.75
    with pytest.raises(KeyError):
        function(y=1.0, rate=0.5)


UNHASHABLE = """
class _Interval:
    '''The numbers between two others.

    .. math:: f(x) = 2 x
    '''

    def __eq__(self, other):
        return isinstance(other, _Interval)

    def __call__(self, x):
        return {code}


unit = _Interval()
"""


@pytest.mark.parametrize(("code", "verdict"), [("2 * x", Verdict.PROVED), ("3 * x", Verdict.REFUTED)])
def test_an_object_without_a_hash_is_judged(claims_of: Claims, code: str, verdict: Verdict) -> None:
    (claim,) = claims_of(UNHASHABLE.format(code=code), "unit")
    assert judged_claim(claim).verdict is verdict
