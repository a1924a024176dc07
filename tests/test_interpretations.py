"""One verdict of all interpretations: what holds, what is refuted, and what is undecided because the text can mean two things.

Each rule has a right formula, a wrong twin, and a text with the same words about something else.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fixture_modules import functions, judged_claim

from qedoc.bind import Bound, Refused, claims, given
from qedoc.claims.limits import Limits
from qedoc.judge.readings import check_readings
from qedoc.results.agreement import agreeing
from qedoc.results.verdict import CaseResult, Verdict
from qedoc.sources.settled import settlement
from qedoc.sources.specfiles import sizes

HOLDS = {Verdict.PROVED, Verdict.TESTED}
Judge = Callable[..., CaseResult]


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    """Judges the formula of a function that is given by its parameters, docstring and code."""
    with functions(tmp_path, monkeypatch, "interpreted") as record:

        def judged(parameters: str, docstring: str, code: str, *, name: str = "f") -> CaseResult:
            return judged_claim(claims(record(parameters, docstring, code, name=name))[0])

        yield judged


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


@pytest.mark.parametrize(
    "legend",
    [
        r"where :math:`b` is half the width (``width``).",
        r"where :math:`b` is half of the width (`width`).",
        r"where :math:`b` is half the ``width``.",
    ],
)
def test_code_that_repeats_the_noun_before_it_is_the_noun(judge: Judge, legend: str) -> None:
    assert judge("x, width", shown("b x", legend), "x * width / 2").verdict in HOLDS
    assert judge("x, width", shown("b x", legend), "x * width").verdict is Verdict.REFUTED


def test_code_that_repeats_a_whole_phrase_is_the_phrase(judge: Judge) -> None:
    text = shown("b x", r"where :math:`b` is half the width (``half_width``).")
    assert judge("x, half_width", text, "x * half_width").verdict in HOLDS
    assert judge("x, half_width", text, "x * half_width / 2").verdict is Verdict.REFUTED


def test_code_after_a_computed_noun_is_the_noun_or_what_is_computed(judge: Judge) -> None:
    text = shown("b x", r"where :math:`b` is half the width (``w``).")
    for code in ("x * w / 2", "x * w"):
        assert judge("x, w", text, code).depends_on_reading
    assert judge("x, w", text, "x * w * 2").verdict is Verdict.REFUTED


@pytest.mark.parametrize("words", ["minus one", "times two", "of the box, divided by two", "in the blarg, squared"])
def test_a_computation_after_a_quoted_parameter_is_not_lost(judge: Judge, words: str) -> None:
    text = shown("b x", rf"where :math:`b` is the number of steps (``n``) {words}.")
    assert judge("x, n", text, "x * n").depends_on_reading
    assert judge("x, n", text, "x * (n - 1)").depends_on_reading
    plain = shown("b x", r"where :math:`b` is the number of steps of the schedule (``n``).")
    assert judge("x, n", plain, "x * n").verdict in HOLDS
    assert judge("x, n", plain, "x * (n - 1)").verdict is Verdict.REFUTED


def test_the_beginning_of_a_phrase_is_no_value(judge: Judge) -> None:
    text = shown("b x", r"where :math:`b` is half the blarg of the zorp.")
    for code in ("x / 2 + 0 * width", "x * width", "x * width / 2"):
        assert judge("x, width", text, code).verdict in (Verdict.UNDECIDED, Verdict.UNREADABLE)


@pytest.mark.parametrize(
    ("words", "code", "verdict"),
    [
        (r"for :math:`x \in \mathbb{R}_+`.", "jnp.abs(x)", HOLDS),
        (r"for :math:`x \in \mathbb{R}_+`.", "jnp.where(x > 0, x, 1.0)", {Verdict.UNDECIDED}),  # it may be about x > 0 only
        (r"for :math:`x \in \mathbb{R}_{>0}`.", "jnp.where(x > 0, x, 1.0)", HOLDS),
        (r"for :math:`x \in \mathbb{R}_{\ge 0}`.", "jnp.where(x > 0, x, 1.0)", {Verdict.REFUTED}),
        (r"for :math:`x \in \mathbb{R}_+`.", "2 * x", {Verdict.REFUTED}),
        (r"for :math:`x \in \mathbb{R}^*`.", "jnp.where(x != 0, x, 1.0)", {Verdict.UNDECIDED}),
    ],
)
def test_a_set_that_may_contain_zero_decides_nothing_at_zero(judge: Judge, words: str, code: str, verdict: set[Verdict]) -> None:
    assert judge("x", shown("x", words), code).verdict in verdict


@pytest.mark.parametrize(
    ("condition", "code", "verdict"),
    [
        (r"x \in \mathbb{R}_+", "jnp.where(x > 0, x, 1.0)", {Verdict.UNDECIDED}),
        (r"x \in \mathbb{R}^*", "jnp.where(x != 0, x, 1.0)", HOLDS),
        (r"x \in \mathbb{R}^*", "jnp.abs(x)", {Verdict.REFUTED}),
        (r"x > 1 \text{ or } x < -1", "jnp.where(jnp.abs(x) > 1, x, 0.0)", HOLDS),
        (r"x > 1 \text{ or } x < -1", "jnp.where(x > 1, x, 0.0)", {Verdict.REFUTED}),
    ],
)
def test_a_condition_in_the_formula_restricts(judge: Judge, condition: str, code: str, verdict: set[Verdict]) -> None:
    assert judge("x", shown(rf"x, \quad {condition}"), code).verdict in verdict


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
    assert judge("x", text, "2 * x").verdict is Verdict.REFUTED
    assert judge("x", shown("2 x", before="It is"), "x**2").verdict is Verdict.REFUTED


def test_a_derivative_is_not_refuted_at_a_kink(judge: Judge) -> None:
    text = shown(r"\begin{cases} 1 & x \ge 0 \\ 0 & x < 0 \end{cases}", before="Its derivative is")  # jax.grad gives 0 at x = 0
    assert judge("x", text, "jnp.where(x > 0, x, 0.0)").verdict is not Verdict.REFUTED
    assert judge("x", text, "jnp.where(x > 0, 2 * x, 0.0)").verdict is Verdict.REFUTED
    assert judge("x", text, "jnp.where(jnp.lexsort((jnp.stack([x, 0.0]),))[0] == 1, 2 * x, 0.0)").verdict is not Verdict.PROVED


@pytest.mark.parametrize(("by", "formula", "twin"), [("x", "2 x y", "x y"), ("y", "x^2", "2 x y")])
def test_the_text_says_by_which_symbol_the_derivative_is_taken(judge: Judge, by: str, formula: str, twin: str) -> None:
    before = f"Its derivative with respect to :math:`{by}` is"
    assert judge("x, y", shown(formula, before=before), "x**2 * y").verdict in HOLDS
    assert judge("x, y", shown(twin, before=before), "x**2 * y").verdict is Verdict.REFUTED
    assert judge("x, y", shown(formula, before="Its derivative is"), "x**2 * y").verdict is Verdict.UNDECIDED
    clipped = shown(formula, before=f"The derivative of the loss with respect to :math:`{by}` is clipped:")
    assert judge("x, y", clipped, "x**2 * y").verdict not in HOLDS


def test_a_case_between_two_ends_supposes_their_order(judge: Judge) -> None:
    cases = r"\\begin{cases} x & l \\le x \\le m \\\\ 0 & \\text{otherwise} \\end{cases}".replace("\\\\", "\\")
    found = judge("x, l, m", shown(cases), "jnp.where((x < l) | ((x > m) & (l <= m)), 0.0, x)")
    assert found.verdict is Verdict.UNDECIDED
    assert "'l <= m, because the formula has a case between them' restricts the formula" in found.reason
    assert judge("x, l, m", shown(cases), "jnp.where((x < l) | (x > m), 0.0, x)").verdict in HOLDS
    assert judge("x, l, m", shown(cases), "jnp.where((x < l) | (x > m), 1.0, x)").verdict is Verdict.REFUTED


def test_the_largest_entry_is_compared(judge: Judge) -> None:
    text = shown(r"\max_i (x_i - 1)^2")
    assert judge("x", text, "jnp.max((x - 1)**2)").verdict in HOLDS
    assert judge("x", text, "jnp.max(x - 1)**2").verdict is Verdict.REFUTED
    assert judge("x", text, "jnp.min((x - 1)**2)").verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("latex", "code", "holds"),
    [
        (r"\max_i x_i", "jnp.max(x)", True),
        (r"\max_i x_i", "jnp.max(x[:4])", False),
        (r"\sum_i x_i^2", "jnp.sum(x[:12]**2)", False),
        (r"\frac{1}{n} \sum_{i=1}^n x_i^2", "x**2", False),
        (r"\frac{1}{n} \sum_{i=1}^n x_i^2", "jnp.mean(x**2, keepdims=True)", True),
        (r"x_i \sum_j x_j", "jnp.sum(x)**2", False),
    ],
)
def test_a_formula_is_about_the_whole_result_and_about_arrays_of_every_length(
    latex: str, code: str, holds: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    name = f"interpreted_whole_{abs(hash((latex, code)))}"
    (tmp_path / f"{name}.py").write_text(f'import jax.numpy as jnp\n\n\ndef f(x):\n    """F."""\n    return {code}\n')
    (claim,) = given(f"{name}.f", latex, {}, ())
    assert isinstance(claim, Bound)
    assert claim.readings is not None
    found = {check_readings(claim.readings, size, Limits(max_points=50), lambda _: None).verdict for size in sizes(claim.spec)}
    assert found <= HOLDS if holds else Verdict.REFUTED in found


def test_what_is_said_after_a_formula_to_have_a_purpose_does_not_hide_it(judge: Judge) -> None:
    said = "it is written such that everybody can read it."
    assert judge("x", shown("x^2", said), "x**2").verdict in HOLDS
    assert judge("x", shown("x^2", said), "x**3").verdict not in HOLDS
    assert judge("x", shown("x^2", before="Finds the number such that"), "x**2").verdict is Verdict.UNDECIDED


@pytest.mark.parametrize(
    ("before", "twin"),
    [
        ("It specifies the colour that everybody draws", Verdict.REFUTED),
        ("It is related to other functions by the identity", Verdict.UNDECIDED),
        ("It is approximately", Verdict.UNDECIDED),
    ],
)
def test_a_left_side_that_names_the_function_states_its_value(judge: Judge, before: str, twin: Verdict) -> None:
    assert judge("x", shown("f(x) = x^2", before=before), "x**2").verdict in HOLDS
    assert judge("x", shown("f(x) = x^2", before=before), "x**3").verdict is twin
    assert judge("x", shown("x^2", before=before), "x**3").verdict is Verdict.UNDECIDED


def test_a_word_that_only_joins_two_formulas_says_nothing(judge: Judge) -> None:
    text = shown("b x", "where\n\n.. math::\n    b = 2")
    assert judge("x", text, "2 * x").verdict in HOLDS
    assert judge("x", text, "3 * x").verdict is Verdict.REFUTED
    assert judge("x", text.replace("where", "unless"), "3 * x").verdict is not Verdict.REFUTED


def test_a_condition_between_two_formulas_is_not_lost(judge: Judge) -> None:
    text = shown("b x", "where :math:`x > 0` and\n\n.. math::\n    b = 2")
    assert judge("x", text, "jnp.where(x > 0, 2 * x, 7.0)").verdict is not Verdict.REFUTED
    assert judge("x", text, "3 * x").verdict not in HOLDS


@pytest.mark.parametrize("joined", ["where", "with", ""])
def test_a_relation_on_its_own_may_restrict_the_formula_beside_it(judge: Judge, joined: str) -> None:
    text = shown("x", f"{joined}\n\n.. math::\n    x > 0")
    assert judge("x", text, "jnp.abs(x)").verdict is Verdict.UNDECIDED
    assert judge("x", text, "jnp.abs(x) + 1").verdict is Verdict.REFUTED


def test_one_of_two_results_is_not_refuted_by_the_other(judge: Judge) -> None:
    text = shown("x^2", "and\n\n.. math::\n    x^3")
    assert judge("x", text, "x**2").verdict in HOLDS
    assert judge("x", text, "x**3").verdict is Verdict.UNDECIDED


@pytest.mark.parametrize("words", ["It holds only for :math:`f(x) = 1`.", "if :math:`f(x) = x`."])
def test_an_equation_that_is_supposed_states_no_value(judge: Judge, words: str) -> None:
    assert judge("x", shown("x", words), "jnp.abs(x)").verdict is Verdict.UNDECIDED


@pytest.mark.parametrize(
    ("words", "formula", "code", "verdict"),
    [
        ("square root", "|x|", "x**2", Verdict.PROVED),
        ("square root", "x", "x**2", Verdict.UNDECIDED),
        ("square root", "-|x|", "x**2", Verdict.UNDECIDED),
        ("exponential", "x^2 + 1", "jnp.log(x**2 + 1)", Verdict.PROVED),
        ("exponential", "x", "jnp.log(jnp.abs(x))", Verdict.UNDECIDED),
    ],
)
def test_a_root_or_an_exponential_has_its_sign(judge: Judge, words: str, formula: str, code: str, verdict: Verdict) -> None:
    assert judge("x", shown(formula, before=f"Its {words} is"), code).verdict is verdict


def test_two_formulas_that_name_the_function_are_not_refuted_by_each_other(judge: Judge) -> None:
    """The words may say when each of them holds, so that neither is the value everywhere."""
    text = shown("f(x) = x^2", "Afterwards, everybody writes\n\n.. math::\n    f(x) = 2 x", before="At first, everybody writes")
    assert judge("x", text, "2 * x").verdict is not Verdict.REFUTED


def test_a_symbol_that_is_approximately_something_decides_nothing(judge: Judge) -> None:
    for words in (
        "Here {} is approximately the inverse of the rate for :math:`x > 1`.",
        "where {} is approximately the rate.",
        "where {} is proportional to the rate, as everybody knows.",
    ):
        text = shown("b x", words.format(":math:`b`"))
        for code in ("rate * x", "x / rate", "2 * x / rate"):
            assert judge("x, rate", text, code).verdict not in HOLDS, (words, code)
    assert judge("x", shown("x^2", "The value is approximately large for :math:`x > 1`."), "x**3").verdict is Verdict.REFUTED


def test_a_description_that_names_a_parameter_and_is_not_understood_decides_nothing(judge: Judge) -> None:
    text = shown("b x", r"where :math:`b` is the width of the scale after calibration.")
    for code in ("scale * x", "2 * scale * x"):
        assert judge("x, scale", text, code).verdict is Verdict.UNDECIDED


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


ARRAYS = "jax.Array | np.ndarray | np.bool | np.number | bool | int | float | complex"
"""What `jax.typing.ArrayLike` is."""


@pytest.mark.parametrize(
    "annotation", ["float", "jax.Array", "jax.typing.ArrayLike", f"'{ARRAYS}'", "'np.ndarray[tuple[int], np.dtype[float]]'"]
)
def test_an_annotation_of_arrays_hides_no_parameter(judge: Judge, annotation: str) -> None:
    parameters = f"foo: {annotation}, bar: {annotation}"
    assert judge(parameters, shown("(u - q)^2"), "(bar - foo) ** 2").verdict in HOLDS
    assert judge(parameters, shown("(u - q)^2"), "(bar + foo) ** 2").verdict is Verdict.REFUTED


@pytest.mark.parametrize("annotation", ["bool", "str", "'dict[str, jax.Array]'", "'Callable[[jax.Array], float]'", "'PRNGKeyArray'"])
def test_what_is_annotated_as_no_number_is_no_symbol(judge: Judge, annotation: str) -> None:
    found = judge(f"foo, bar: {annotation}", shown("u - q"), "foo")
    assert found.verdict is Verdict.UNREADABLE
    assert "the symbols u and q match no parameter" in found.reason or "the symbols q and u match no parameter" in found.reason


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


def test_a_formula_about_numbers_is_about_the_entries_of_arrays_of_every_length(judge: Judge) -> None:
    assert judge("x", shown("x^2"), "x**2").extent == "every n >= 1, entry by entry"
    for limit in (4, 8, 100):
        found = judge("x", shown("x^2"), f"x**2 if jnp.size(x) <= {limit} else 2 * x")
        assert (found.verdict, found.extent) == (Verdict.REFUTED, ""), found.reason
        assert "equal entries the code gives another value than for arrays with 3" in found.reason
        assert found.counterexample is not None
        assert "jnp.full(" in found.counterexample.call
    mixed = judge("x", shown("x^2"), "x**2 if jnp.size(x) < 8 else x**2 + x - jnp.mean(x)")
    assert mixed.verdict is Verdict.UNDECIDED
    assert "with 16 entries: for arrays the result depends on the other entries" in mixed.reason
    cut = judge("x", shown("x^2"), "x**2 if jnp.size(x) < 8 else x[:8]**2")
    assert cut.verdict is Verdict.UNDECIDED
    assert judge("x: float", shown("x^2"), "x**2").extent == ""


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
    symbol, _, quantity, *_ = one.assumptions
    assert (symbol.about, symbol.subject, symbol.value, symbol.sure) == ("symbol", "b", "1/scale", "stated")
    assert symbol.words == "where :math:`b` is the inverse scale."
    assert (quantity.about, quantity.value) == ("quantity", "the value")


def test_a_positive_name_prevents_a_refutation_and_supports_no_proof(judge: Judge) -> None:
    text = shown(r"\frac{x}{s}", "where :math:`s` is the ``scale``.")
    found = judge("x, scale", text, "x / jnp.abs(scale)")
    assert found.depends_on_reading
    assert "'s > 0, because scale is positive by convention'" in found.reason
    assert judge("x, scale", text, "x / scale").verdict in HOLDS
    assert judge("x, scale", text, "x * scale").verdict is Verdict.REFUTED


def test_a_density_is_not_refuted_where_the_code_is_zero(judge: Judge) -> None:
    text, code = shown("e^{-x}"), "jnp.where(x >= 0, jnp.exp(-x), 0.0)"
    found = judge("x", text, code, name="pdf")
    assert found.verdict is Verdict.UNDECIDED
    assert "where the code gives 0.0, as outside of the support or at its edge; write where the formula holds" in found.reason
    assert judge("x", shown("e^{-x}", r"for :math:`x \ge 0`."), code, name="pdf").verdict in HOLDS
    assert judge("x", text, code.replace("(-x)", "(-2 * x)"), name="pdf").verdict is Verdict.REFUTED
    assert judge("x", text, code, name="weight").verdict is Verdict.REFUTED  # no density: zero is a value like others


def test_a_rounded_constant_does_not_hide_a_difference_outside_of_the_support(judge: Judge) -> None:
    text, code = shown(r"\frac{1}{\sqrt{2} + \ln 3} e^{-x^2}"), "0.39795833825318366 * jnp.exp(-(x**2))"
    assert judge("x", text, code, name="pdf").verdict is Verdict.TESTED
    found = judge("x", text, f"jnp.where(x >= 0, {code}, 0.0)", name="pdf")
    assert (found.verdict, "outside of the support" in found.reason) == (Verdict.UNDECIDED, True)


def test_a_distribution_function_that_saturates_is_compared_up_to_what_floats_can_show(judge: Judge) -> None:
    text, code = shown(r"\frac{1}{1 + e^{-x}}"), "jnp.where(x > {end}, 1.0, 1 / (1 + jnp.exp(-x)))"
    assert judge("x", text, code.replace("{end}", "40"), name="cdf").verdict in HOLDS
    assert judge("x", text, code.replace("{end}", "2"), name="cdf").verdict is Verdict.UNDECIDED
    assert judge("x", text, code.replace("{end}", "40").replace("1 + jnp", "2 + jnp"), name="cdf").verdict is Verdict.REFUTED


def test_points_at_which_the_code_raises_refute_nothing(judge: Judge) -> None:
    code = "x + (int('no') if not isinstance(x, jax.core.Tracer) and x < 0 else 0)"  # it validates values, not tracers
    found = judge("x", shown("|x|"), code)
    assert found.verdict is Verdict.TESTED
    assert "but running the code there raises ValueError" in found.reason
    assert judge("x", shown("2 |x|"), code).verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("formula", "code", "twin"),
    [
        (r"\sin 2 \pi x", "jnp.sin(2 * jnp.pi * x)", "x * jnp.sin(2 * jnp.pi)"),
        (r"1/2 x", "x / 2", "x / 3"),
        (r"1/2 x", "1 / (2 * x)", "2 / x"),
        (r"\tanh x / 2", "jnp.tanh(x / 2)", "jnp.tanh(2 * x)"),
        (r"\tanh x / 2", "jnp.tanh(x) / 2", "2 * jnp.tanh(x)"),
        (r"\exp -x", "jnp.exp(-x)", "-jnp.exp(x)"),
        (r"\sigma(x)", "jax.nn.sigmoid(x)", "jax.nn.tanh(x)"),
        (r"e^{2 x} + e", "jnp.exp(2 * x) + jnp.e", "jnp.exp(2 * x) + 1"),
        (r"c(x + 1), \text{ where } c = x^2", "x**2 * (x + 1)", "x**2 + x + 1"),
        (r"\|x\|", "jnp.abs(x)", "x"),
        (r"\|x\|", "jnp.sqrt(jnp.sum(jnp.square(x)[None] if jnp.ndim(x) == 0 else x**2))", "jnp.sum(jnp.abs(x)) + 1"),
        (r"\mathbb{1}[x > 0]", "jnp.where(x > 0, 1.0, 0.0)", "jnp.where(x >= 0, 1.0, 0.0)"),
        (r"x + \gamma", "x + jnp.euler_gamma", "x + 0.5"),
    ],
)
def test_a_notation_with_several_readings_is_checked_in_each(judge: Judge, formula: str, code: str, twin: str) -> None:
    right, wrong = judge("x", shown(formula), code), judge("x", shown(formula), twin)
    assert right.verdict in HOLDS, right.reason
    assert wrong.verdict is Verdict.REFUTED, wrong.reason


def test_a_reading_says_its_convention(judge: Judge) -> None:
    found = judge("x", shown(r"\sigma(x)"), "jax.nn.sigmoid(x)")
    (choice,) = [one for one in found.interpretations[0].assumptions if one.about == "reading"]
    assert (choice.subject, choice.value) == ("sigma before a bracket", "the logistic function")
    assert (choice.words, choice.sure) == ("sigma of something is conventionally the logistic function", "suggested")


@pytest.mark.parametrize("comment", [".. qedoc: interpret 2", "<!-- qedoc: interpret 2 -->"])
def test_a_comment_settles_an_interpretation(judge: Judge, comment: str) -> None:
    text = shown("1/2 x", comment)
    assert judge("x", text, "1 / (2 * x)").verdict in HOLDS
    assert judge("x", text, "x / 2").verdict is Verdict.REFUTED  # it is the first interpretation
    found = judge("x", text.replace("2 -->", "3 -->").replace("interpret 2", "interpret 3"), "x / 2")
    assert (found.verdict, found.reason) == (
        Verdict.UNDECIDED,
        "the comment below the formula chooses interpretation 3, and there are 2",
    )


def test_a_comment_belongs_to_the_formula_above_it() -> None:
    lines = ["F.", "", ".. math:: x", "", ".. math:: y", "", ".. qedoc: interpret 2", ""]
    assert [settlement(lines, line) for line in (2, 4)] == [0, 2]
    assert settlement(["$$", "x", "$$", "<!-- qedoc: interpret 12 -->"], 0) == 12
    assert settlement(["$$", "x", "$$", "<!-- qedoc: interpret two -->"], 0) == 0


def test_a_notation_with_several_readings_does_not_hide_what_the_text_says(judge: Judge) -> None:
    text = shown(r"\sigma(x)", before="Up to a constant, it is")
    found = judge("x", text, "jax.nn.sigmoid(x) + 1")
    assert (found.verdict, found.reason) == (
        Verdict.UNDECIDED,
        "the text says that the formula is up to a constant, and qedoc does not check that",
    )


def test_a_parameter_that_selects_the_path_is_used_by_the_code(judge: Judge) -> None:
    code = "jax.lax.cond(mode > 0, lambda v: v**2, lambda v: v**3, x)"
    found = judge("x, mode", shown("x^2"), code)
    assert found.verdict is Verdict.UNDECIDED
    assert "the formula does not say what mode of " in found.reason
    assert judge("x, mode", shown("x^2"), "x**3").verdict is Verdict.REFUTED  # neither formula nor code uses it
    assert judge("x, mode", shown("x^2"), "x**2").verdict in HOLDS


def test_a_constant_formula_does_not_pass_for_a_reduction(judge: Judge) -> None:
    assert judge("x", shown("1 + 0 x"), "jnp.mean(jnp.ones_like(x))").verdict is Verdict.UNDECIDED
    assert judge("x", shown("1 + 0 x"), "jnp.ones_like(x)").verdict in HOLDS


def test_a_density_that_cannot_be_lifted_is_not_refuted_off_its_support(judge: Judge) -> None:
    code = "jnp.real(jnp.where(x >= 0, jnp.exp(-x), 0.0) + 0j)"  # complex numbers cannot be lifted
    assert judge("x", shown("e^{-x}"), code, name="pdf").verdict is not Verdict.REFUTED
    assert judge("x", shown("e^{-x}"), code.replace("(-x)", "(-2 * x)"), name="pdf").verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    "words",
    [
        r"Following the usual convention, :math:`x \ge 0`.",
        "See the paper, where ``x`` must be positive.",
        r"For :math:`x > 0`, the absolute value is",
    ],
)
def test_a_reference_or_the_own_name_hides_no_condition(judge: Judge, words: str) -> None:
    before = words if words.endswith(" is") else ""
    text = shown("x", "" if before else words, before)
    assert judge("x", text, "jnp.abs(x)", name="absolute_value").verdict is not Verdict.REFUTED
    assert judge("x", text, "jnp.abs(x) + 1", name="absolute_value").verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    "entry", ["the input (default 1, must be positive).", "the input; a zorp fraction between 0 and 1 of it.", "a number greater than 0."]
)
def test_a_default_or_a_noun_hides_no_range(judge: Judge, entry: str) -> None:
    text = shown("x", f"Args:\n  x: {entry}")
    assert judge("x", text, "jnp.abs(x)").verdict is not Verdict.REFUTED
    assert judge("x", text, "x + 1").verdict is not Verdict.PROVED


def test_a_comment_cannot_choose_what_is_not_understood(judge: Judge) -> None:
    text = shown("b x", r"where :math:`b` is the residual scale." + "\n\n.. qedoc: interpret 2")
    found = judge("x, scale", text, "scale * x")
    assert found.verdict is Verdict.UNDECIDED
    assert found.reason.startswith("the comment below the formula chooses interpretation 2, which cannot be checked: it is not clear what")


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("It is computed in log space, especially for :math:`x < 0` and large values.", Verdict.REFUTED),
        ("It is computed in log space for :math:`x < 0`.", Verdict.UNDECIDED),
        ("It is computed in log space, especially if :math:`x` is large, only for :math:`x < 0`.", Verdict.UNDECIDED),
        ("It is computed in log space, especially if it is large but only for :math:`x < 0`.", Verdict.UNDECIDED),
        ("Use it especially when :math:`x < 0` holds.", Verdict.UNDECIDED),
    ],
)
def test_what_a_sentence_only_stresses_restricts_nothing(judge: Judge, words: str, verdict: Verdict) -> None:
    assert judge("x", f"{words}\n{shown('2 x')}", "jnp.where(x < 0, 2 * x, x)").verdict is verdict


def test_words_between_two_formulas_say_nothing_of_a_third(judge: Judge) -> None:
    """`given` is a formula of its own, of which the words between two displays say nothing."""
    text = f"{shown('f(x) = q + q')}where :math:`q` is valid only for some inputs:\n{shown('q = x')}"
    judge("x", text, "2 * x")
    assert judge_given("interpreted_1.f", "3 x") is Verdict.REFUTED
    assert judge_given("interpreted_1.f", "2 x") in HOLDS


def judge_given(target: str, latex: str) -> Verdict:
    return judged_claim(given(target, latex, {}, [])[0]).verdict


@pytest.mark.parametrize("words", ["in [0, 1]", "in (0, 1)", "a number that is between 0 and 1 in most cases"])
def test_a_doubtful_range_that_contains_the_domain_restricts_nothing(judge: Judge, words: str) -> None:
    judge("y", f"{shown('y')}\nArgs:\n  y: labels, which may be soft: {words} for smoothing or so", "jnp.where(y < 2, y, 0)")
    (claim,) = given("interpreted_1.f", "2 y", {}, ["0 < y", "y < 1"])
    assert judged_claim(claim).verdict is Verdict.REFUTED


ENTRIES = r"c_2 - \frac{1}{n} \sum_{i=FIRST}^{LAST} c_i"
MARGIN = r"\sum_{i=1}^n \max(0, w_2 (c_i - c_2))"


@pytest.mark.parametrize(
    ("formula", "code", "verdict"),
    [
        (ENTRIES.replace("FIRST", "1").replace("LAST", "n"), "c[1] - jnp.mean(c)", HOLDS),
        (ENTRIES.replace("FIRST", "1").replace("LAST", "n"), "c[2] - jnp.mean(c)", {Verdict.REFUTED}),
        (ENTRIES.replace("FIRST", "0").replace("LAST", "{n-1}"), "c[2] - jnp.mean(c)", HOLDS),
        (ENTRIES.replace("FIRST", "0").replace("LAST", "{n-1}"), "c[1] - jnp.mean(c)", {Verdict.REFUTED}),
    ],
)
def test_an_entry_with_a_number_is_counted_as_the_other_entries(judge: Judge, formula: str, code: str, verdict: set[Verdict]) -> None:
    assert judge("c", shown(formula), code).verdict in verdict


def test_an_entry_before_the_first_one_is_refused(judge: Judge) -> None:
    judge("c", shown("1"), "c[0]")
    (claim,) = given("interpreted_1.f", r"c_0 - \sum_{i=1}^n c_i", {}, [])
    assert isinstance(claim, Refused)
    assert "the entry 0 of an axis that is counted from 1 does not exist" in claim.reason


def test_a_number_as_a_subscript_may_be_an_entry_of_a_parameter(judge: Judge) -> None:
    """The entries of c show that an index is meant; the code decides whether w has entries."""
    assert judge("c, w", shown(MARGIN), "jnp.sum(jnp.maximum(0, w[1] * (c - c[1])))").verdict is Verdict.PROVED
    assert judge("c, w", shown(MARGIN), "jnp.sum(jnp.maximum(0, w[0] * (c - c[1])))").verdict is Verdict.REFUTED
    assert judge("c, w_2", shown(MARGIN), "jnp.sum(jnp.maximum(0, w_2 * (c - c[1])))").verdict is Verdict.PROVED


POWERS = r"\sum_{k=0}^{n-1} c_k (x_1 - x_OTHER)^k"


@pytest.mark.parametrize(
    ("other", "code", "verdict"),
    [
        ("2", "x[0] - x[1]", Verdict.UNREADABLE),  # coefficients are counted from 0, and coordinates from 1
        ("2", "x[1] - x[2]", Verdict.UNREADABLE),
        ("0", "x[1] - x[0]", Verdict.PROVED),
        ("0", "x[0] - x[1]", Verdict.REFUTED),
    ],
)
def test_other_axes_that_are_counted_from_0_do_not_say_it_of_all(judge: Judge, other: str, code: str, verdict: Verdict) -> None:
    judge("c, x", shown("1"), f"jnp.sum(c * ({code}) ** jnp.arange(c.shape[0]))")
    (claim,) = given("interpreted_1.f", POWERS.replace("OTHER", other), {}, [])
    assert (claim.verdict if isinstance(claim, Refused) else judged_claim(claim).verdict) is verdict


def test_a_number_that_a_condition_gives_can_be_an_index(judge: Judge) -> None:
    judge("c, y", shown("1"), "c[y] + jnp.sum(c)")
    formula = r"c_2 + \sum_{i=1}^n c_i + 0 y"
    assert judged_claim(given("interpreted_1.f", formula, {}, ["y = 1"])[0]).verdict is Verdict.PROVED
    assert judged_claim(given("interpreted_1.f", formula, {}, ["y = 0"])[0]).verdict is Verdict.REFUTED


def test_an_interpretation_that_only_the_code_chooses_is_one_for_all_lengths(judge: Judge) -> None:
    formula, halves, products = shown(r"\sum_{i=1}^n c_i / 2 a"), "jnp.sum(c) / (2 * a)", "jnp.sum(c) / 2 * a"
    assert judge("c, a", formula, halves).verdict in HOLDS
    assert judge("c, a", formula, products).verdict in HOLDS
    found = judge("c, a", formula, f"{halves} if c.shape == (1,) else {products}")
    assert (found.verdict, "in no single interpretation" in found.reason) == (Verdict.UNDECIDED, True)


def test_what_is_kept_when_time_runs_out_says_in_which_interpretation_it_holds(judge: Judge) -> None:
    judge("c, a", shown("1"), "jnp.sum(c) / 2 * a if c.shape == (1,) else jnp.sum(c) / (2 * a)")
    (claim,) = given("interpreted_1.f", r"\sum_{i=1}^n c_i / 2 a", {}, [])
    assert isinstance(claim, Bound)
    assert claim.readings is not None
    cases: list[CaseResult] = []
    for size in sizes(claim.spec)[:2]:
        kept: list[CaseResult] = []
        check_readings(claim.readings, size, Limits(max_points=30), lambda _: None, kept.append)
        cases.append(kept[0])
    assert [case.verdict for case in cases] == [Verdict.TESTED, Verdict.TESTED]
    assert [case.verdict for case in agreeing(cases)] == [Verdict.UNDECIDED, Verdict.UNDECIDED]
    assert agreeing(cases[:1]) == (cases[0],)


@pytest.mark.parametrize("bound", ["at least half", "greater than half"])
def test_a_bound_that_begins_a_phrase_may_restrict(judge: Judge, bound: str) -> None:
    text = shown(r"\sqrt{(x - 1/4)^2}", before=f"Note that :math:`x` must be {bound} so that the gizmo frobs.")
    assert judge("x", text, "x - 0.25").verdict is Verdict.UNDECIDED
    assert judge("x", text, "x + 0.25").verdict is not Verdict.PROVED


@pytest.mark.parametrize(
    "words",
    [
        "Draws a number such that X ~ Normal(0, 1) and :math:`a` must be positive.",
        "Draws a number such that X ~ Normal(0, 1) => exp(X) ~ LogNormal(0, 1), where :math:`a` must be positive.",
        "Draws a number such that it is a :class:`~jax.Array`, and :math:`a` must be positive.",
    ],
)
def test_words_after_a_distribution_may_restrict(judge: Judge, words: str) -> None:
    text = shown(r"\sqrt{a^2} x", before=words)
    assert judge("x, a", text, "a * x").verdict is Verdict.UNDECIDED
    assert judge("x, a", text.replace(" and :math:`a` must be positive", ""), "2 * a * x").verdict is not Verdict.PROVED


def test_a_noun_is_the_parameter_of_its_name_whatever_is_said_after_it(judge: Judge) -> None:
    text = shown("b x", "where :math:`b` is the success probability per trial (:attr:`probs`).")
    assert judge("x, probs", text, "x * probs").verdict in HOLDS
    assert judge("x, probs", text, "x * (1 - probs)").verdict not in HOLDS


@pytest.mark.parametrize(
    "words",
    [
        "the success probability per trial minus one (:attr:`probs`)",
        "the success probability per squared trial (:attr:`probs`)",
        "the residual success probability per trial (:attr:`probs`)",
        "the cost of the success probability (:attr:`probs`)",
    ],
)
def test_words_that_may_compute_something_of_the_noun_are_no_more_than_suggested(judge: Judge, words: str) -> None:
    for code in ("x * probs", "x * jnp.log(probs)"):
        assert judge("x, probs", shown("b x", f"where :math:`b` is {words}."), code).verdict is not Verdict.REFUTED


def test_two_reasons_for_one_claim_are_one_interpretation(judge: Judge) -> None:
    text = "Args:\n    n: The number of steps (n).\n" + shown("n x", "where :math:`n` is the number of steps.")
    result = judge("x, n", text, "x * n")
    assert result.verdict in HOLDS
    shown_claims = [(one.formula, tuple((a.about, a.subject, a.value) for a in one.assumptions)) for one in result.interpretations]
    assert len(shown_claims) == len(set(shown_claims))


def test_a_code_span_in_parentheses_gives_a_parameter_a_short_name(judge: Judge) -> None:
    before = "The value, in terms of `concentration` (`con`) and `rate`, is"
    text = shown(r"\text{con} x - \text{rate}", before=before)
    assert judge("x, concentration, rate", text, "concentration * x - rate").verdict in HOLDS
    assert judge("x, concentration, rate", text, "concentration * x + rate").verdict is Verdict.REFUTED
    other = shown(r"\text{con} x - \text{rate}", before=before.replace("(`con`)", "(`Tensor`)"))
    assert judge("x, concentration, rate", other, "concentration * x + rate").verdict is not Verdict.REFUTED


UNLIFTED = "jax.pure_callback(lambda x: (CODE).astype(x.dtype), jax.ShapeDtypeStruct(jnp.shape(x), jnp.asarray(x).dtype), jnp.asarray(x))"
CUT = "(x <= 1.5) * x * 2.718281828459045 ** -x"
MIXED = "(x <= 1.5) * x[::-1] * 2.718281828459045 ** -x[::-1] if x.ndim else (x <= 1.5) * x * 2.718281828459045 ** -x"


@pytest.mark.parametrize(
    ("text", "code", "verdict"),
    [
        ("for :math:`x < 1.5`.", CUT, Verdict.TESTED),
        ("", CUT, Verdict.UNSUPPORTED),  # it gives 0 where the formula has other values
        ("for :math:`x < 1.5`.", MIXED, Verdict.UNDECIDED),
    ],
)
def test_code_that_is_only_run_is_compared_in_its_support(judge: Judge, text: str, code: str, verdict: Verdict) -> None:
    found = judge("x", shown("x e^{-x}", text), UNLIFTED.replace("CODE", code), name="pdf")
    assert found.verdict is verdict
    assert found.reason.startswith("for arrays the result depends on the other entries") == (verdict is Verdict.UNDECIDED)


BERNOULLI = r"-p \log p - (1 - p) \log(1 - p)"
ENTROPY = "-p * jnp.log(p) - (1 - p) * jnp.log(1 - p)"


@pytest.mark.parametrize("head", ["h[X]", "H(X)", r"\mathrm{H}[X]"])
def test_a_function_named_after_a_distribution_and_its_quantity_gives_it(judge: Judge, head: str) -> None:
    assert judge("p", shown(f"{head} = {BERNOULLI}"), ENTROPY, name="bernoulli_entropy").verdict in HOLDS
    assert judge("p", shown(f"{head} = {BERNOULLI[1:]}"), ENTROPY, name="bernoulli_entropy").verdict is Verdict.REFUTED


@pytest.mark.parametrize("name", ["cross_entropy", "bernoulli_cross_entropy", "max_entropy", "bernoulli_variance", "bernoulli_loss"])
def test_a_function_named_after_something_else_does_not(judge: Judge, name: str) -> None:
    found = judge("p", shown(f"h[X] = {BERNOULLI}"), ENTROPY + " + 1", name=name)
    assert found.verdict not in {*HOLDS, Verdict.REFUTED}
    assert judge("p", shown(f"h[X] = {BERNOULLI}"), ENTROPY, name=name).verdict not in HOLDS


def test_the_quantity_in_a_name_is_computed_from_that_of_the_left_side(judge: Judge) -> None:
    variance, code = shown(r"\mathrm{Var}[X] = b^2"), "b"
    assert judge("b", variance, f"jnp.abs({code})", name="normal_std").verdict in HOLDS
    assert judge("b", variance, f"jnp.abs({code}) + 1", name="normal_std").verdict is Verdict.REFUTED
    assert judge("b", variance, f"{code}**2", name="normal_std").verdict is Verdict.REFUTED


def test_embeddings_are_positive_and_negative_in_name_alone(judge: Judge) -> None:
    entries = "Args:\n    a: the anchor.\n    p: An array of positive THINGS (similar to ``a``).\n    n: An array of negative THINGS."
    text = shown(r"\max(a - p - n, 0)", entries)
    wrong = "jnp.maximum(a - p - jnp.abs(n), 0)"  # right where n > 0, and wrong where it is negative, as the numbers would be
    right = "jnp.maximum(a - p - n, 0)"
    assert judge("a, p, n", text.replace("THINGS", "embeddings"), right).verdict in HOLDS
    assert judge("a, p, n", text.replace("THINGS", "embeddings"), wrong).verdict is Verdict.REFUTED
    assert judge("a, p, n", text.replace("THINGS", "numbers"), "jnp.maximum(a - jnp.abs(p) - n, 0)").verdict is not Verdict.REFUTED
