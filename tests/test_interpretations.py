"""One verdict of all interpretations: what holds, what is refuted, and what is undecided because the text can mean two things.

Each rule has a right formula, a wrong twin, and a text with the same words about something else.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qedoc.bind import Bound, claims
from qedoc.claims.limits import Limits
from qedoc.judge.readings import check_readings
from qedoc.results.verdict import CaseResult, Verdict
from qedoc.sources.docstrings import documented
from qedoc.sources.specfiles import sizes

HOLDS = {Verdict.PROVED, Verdict.TESTED}
Judge = Callable[..., CaseResult]


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    """Judges the formula of a function that is given by its parameters, docstring and code."""
    monkeypatch.syspath_prepend(str(tmp_path))
    count = 0

    def judged(parameters: str, docstring: str, code: str, *, max_points: int = 100) -> CaseResult:
        nonlocal count
        count += 1
        name = f"interpreted_{count}"
        lines = "\n".join(f"    {line}".rstrip() for line in docstring.strip("\n").split("\n"))
        text = f'import jax\nimport jax.numpy as jnp\n\n\ndef f({parameters}):\n    r"""F.\n\n{lines}\n    """\n    return {code}\n'
        (tmp_path / f"{name}.py").write_text(text)
        (record,) = documented(name)
        (claim,) = claims(record)
        if not isinstance(claim, Bound):
            return CaseResult(id=claim.name, verdict=claim.verdict, reason=claim.reason)
        assert claim.readings is not None
        (size, *_) = sizes(claim.spec)
        return check_readings(claim.readings, size, Limits(max_points=max_points), lambda _: None)

    yield judged
    for module in [name for name in sys.modules if name.startswith("interpreted_")]:
        del sys.modules[module]


def shown(formula: str, text: str = "", before: str = "") -> str:
    return f"{before}\n\n.. math::\n    {formula}\n\n{text}"


@pytest.mark.parametrize(
    ("legend", "code"),
    [
        (r"where :math:`b` is the inverse scale.", "x / scale"),
        (r"where :math:`b` is the square root of the scale.", "x * jnp.sqrt(scale)"),
        (r"where :math:`b` is one minus the scale.", "x * (1 - scale)"),
        (r"where :math:`b` is the scale.", "x * scale"),
    ],
)
def test_an_operator_in_a_legend_is_applied(judge: Judge, legend: str, code: str) -> None:
    assert judge("x, scale", shown("b x", legend), code).verdict in HOLDS
    assert judge("x, scale", shown("b x", legend), code.replace("x ", "3 * x ", 1)).verdict is Verdict.REFUTED


def test_words_that_may_change_a_symbol_decide_nothing(judge: Judge) -> None:
    text = shown("b x", r"where :math:`b` is the residual scale.")
    right, wrong = judge("x, scale", text, "scale * x"), judge("x, scale", text, "x / scale")
    assert right.verdict is wrong.verdict is Verdict.UNDECIDED
    assert right.depends_on_reading
    assert "if b is something else ('where :math:`b` is the residual scale.'), it is not clear what" in right.reason


def test_a_condition_restricts_and_its_twin_fails(judge: Judge) -> None:
    text = shown("x", r"for :math:`x \ge 0`.")
    assert judge("x", text, "jnp.abs(x)").verdict in HOLDS
    assert judge("x", text, "jnp.where(x > 2, 2 * x, jnp.abs(x))").verdict is Verdict.REFUTED
    assert judge("x", shown("x"), "jnp.abs(x)").verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    "words",
    [
        r"The gradient is constant for :math:`x > 0`.",
        r"The function is smooth for :math:`x > 0`.",
        "The result is positive.",
        r"Its derivative is 1 for :math:`x > 0`.",
    ],
)
def test_a_condition_of_something_else_restricts_nothing(judge: Judge, words: str) -> None:
    assert judge("x", shown("x", words), "jnp.abs(x)").verdict not in HOLDS
    assert judge("x", shown(r"|x|", words), "jnp.abs(x)").verdict in HOLDS


def test_a_relation_in_words_that_are_not_understood_is_a_doubt(judge: Judge) -> None:
    text = shown("x", r"Quuxly, the zorp of it is blarg when :math:`x > 0`.")
    found = judge("x", text, "jnp.abs(x)")
    assert found.verdict is Verdict.UNDECIDED
    assert found.depends_on_reading
    assert "if 'Quuxly, the zorp of it is blarg when :math:`x > 0`.' restricts the formula, it is proved; if not, x=-1 refutes it" in (
        found.reason
    )
    assert judge("x", text, "x + 1").verdict is Verdict.REFUTED  # it fails on both sides of the relation
    assert judge("x", text, "x * 1.0").verdict in HOLDS


def test_an_order_that_names_suggest_proves_nothing(judge: Judge) -> None:
    clip = shown(r"\min(\max(x, l), h)", "where :math:`l` is ``low`` and :math:`h` is ``high``.")
    found = judge("x, low, high", clip, "jnp.maximum(jnp.minimum(x, high), low)")
    assert found.depends_on_reading
    assert "'l <= h, as their names say' restricts the formula, it is proved" in found.reason
    assert judge("x, low, high", clip, "jnp.minimum(jnp.maximum(x, low), high)").verdict in HOLDS
    assert judge("x, low, high", clip, "jnp.minimum(jnp.maximum(x, low), high) + 1").verdict is Verdict.REFUTED


def test_a_display_can_be_the_derivative(judge: Judge) -> None:
    text = shown("2 x", before="Its derivative is")
    assert judge("x", text, "x**2").verdict in HOLDS
    assert judge("x", text, "2 * x").verdict not in HOLDS
    assert judge("x", shown("2 x", before="It is"), "x**2").verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("before", "formula", "code"),
    [
        ("Its logarithm is", "-x^2", "jnp.exp(-x**2)"),
        ("Computes the logarithm of", "e^{x^2}", "x**2"),
        ("Computes the square root of", "x^2 + 1", "jnp.sqrt(x**2 + 1)"),
        ("The reciprocal of the value is", "x^2 + 1", "1 / (x**2 + 1)"),
        ("Computes the negative of", "x", "-x"),
    ],
)
def test_a_display_can_be_a_function_of_the_value_or_the_other_way_round(judge: Judge, before: str, formula: str, code: str) -> None:
    assert judge("x", shown(formula, before=before), code).verdict in HOLDS
    assert judge("x", shown(formula, before=before), f"2 + {code}").verdict is Verdict.REFUTED
    assert judge("x", shown(formula, before="The value is"), code).verdict is Verdict.REFUTED


def test_up_to_a_constant_is_not_checked(judge: Judge) -> None:
    found = judge("x", shown("x^2", before="Up to a constant, it is"), "x**2 + 1")
    assert (found.verdict, found.reason) == (
        Verdict.UNDECIDED,
        "the text says that the formula is up to a constant, and qedoc does not check that",
    )


def test_a_symbol_is_matched_by_convention(judge: Judge) -> None:
    text = shown(r"\frac{x - \mu}{\sigma}")
    assert judge("x, loc, scale", text, "(x - loc) / scale").verdict in HOLDS
    assert judge("x, loc, scale", text, "(x - scale) / loc").verdict not in HOLDS
    assert judge("x, loc, scale", text, "(x + loc) / scale").verdict is Verdict.REFUTED


def test_the_code_matches_symbols_without_a_convention(judge: Judge) -> None:
    text = shown("u - q")
    found = judge("foo, bar", text, "bar - foo")
    assert found.verdict in HOLDS
    one = next(one for one in found.interpretations if one.verdict in HOLDS)
    assert {(a.subject, a.value, a.sure) for a in one.assumptions if a.about == "symbol"} == {
        ("u", "bar", "possible"),
        ("q", "foo", "possible"),
    }
    assert judge("foo, bar", text, "bar + foo").verdict is Verdict.REFUTED


def test_a_parameter_that_the_formula_does_not_mention_may_have_any_value(judge: Judge) -> None:
    assert judge("x, noise", shown("x^2"), "x**2 + 0 * noise").verdict in HOLDS
    found = judge("x, noise", shown("x^2"), "x**2 + noise")
    assert found.verdict is Verdict.UNDECIDED
    assert "the formula does not say what noise of " in found.reason


def test_a_formula_about_numbers_does_not_pass_for_code_that_combines_entries(judge: Judge) -> None:
    found = judge("x", shown("x^2"), "jnp.sum(x**2)")
    assert found.verdict is Verdict.UNDECIDED
    assert found.reason == (
        "for arrays of shape (3,) the code gives one number, and the formula does not say how their entries are combined"
    )
    assert judge("x", shown("x^2"), "x**2").verdict in HOLDS
    assert judge("x: float", shown("x^2"), "jnp.sum(x**2)").verdict in HOLDS


def test_code_that_mixes_the_entries_of_an_array_does_not_pass(judge: Judge) -> None:
    found = judge("x", shown("x"), "x + 0 * x if jnp.ndim(x) == 0 else x[::-1]")
    assert found.verdict is Verdict.UNDECIDED
    assert found.reason.startswith("for arrays the result depends on the other entries: at x=")


def test_a_formula_that_is_only_a_parameter_states_the_value(judge: Judge) -> None:
    assert judge("x", shown("x"), "x * 1.0").verdict in HOLDS
    assert judge("x", shown("x"), "2 * x").verdict is Verdict.REFUTED
    found = judge("x", shown(r"\hat{m}"), "2 * x")
    assert (found.verdict, found.reason) == (Verdict.NOT_A_CLAIM, "a notation: only m_hat")


def test_a_case_in_words_is_left_out(judge: Judge) -> None:
    text = shown("x", r"If :math:`x < 0`, the value is 0.")
    assert judge("x", text, "jnp.maximum(x, 0)").verdict in HOLDS
    assert judge("x", text, "jnp.where(x > 3, 3.0, jnp.maximum(x, 0))").verdict is Verdict.REFUTED


def test_conditions_that_list_cases_restrict_nothing(judge: Judge) -> None:
    text = shown("x", "``x`` is positive for gains and negative for losses.")
    assert judge("x", text, "x + 0.0").verdict in HOLDS
    assert judge("x", text, "jnp.abs(x)").verdict is not Verdict.PROVED


def test_the_interpretations_are_part_of_the_result(judge: Judge) -> None:
    found = judge("x, scale", shown("b x", r"where :math:`b` is the inverse scale."), "x / scale")
    (one,) = found.interpretations
    assert (one.verdict, one.plausible, one.formula) == (found.verdict, True, "x/scale")
    symbol, _, quantity = one.assumptions
    assert (symbol.about, symbol.subject, symbol.value, symbol.sure) == ("symbol", "b", "1/scale", "stated")
    assert symbol.words == "where :math:`b` is the inverse scale."
    assert (quantity.about, quantity.value) == ("quantity", "the value")
