"""Words beside a display that say nothing against it: uses, types, the function's own name. Each has a twin with words that do."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from doubted import HOLDS, REFUTED, RIGHT, WRONG, shown
from fixture_modules import judging

from qedoc.results.verdict import Verdict

Judge = Callable[..., Verdict]


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    with judging(tmp_path, monkeypatch, "beside") as verdicts:

        def judged(parameters: str, docstring: str, code: str, name: str = "f") -> Verdict:
            return verdicts(parameters, docstring, code, name=name)[0]

        yield judged


MEAN = r"\frac{1}{n} \sum_i x_i^2"


@pytest.mark.parametrize(
    ("after", "code", "verdicts"),
    [
        ("Most commonly used for warmup (a < b).", "x + a - b", HOLDS),
        ("Most commonly used for warmup (a < b).", "x + a + b", REFUTED),
        ("Can also be used for cooldown (a > b).", "x + a + b", REFUTED),
        ("It can only be used for a warmup (a < b).", "jnp.where(a < b, x + a - b, x)", RIGHT),
        ("Useful for positive values (x > 0).", "jnp.where(x > 0, x + a - b, 0)", RIGHT),
        ("Typically used for small inputs (x < 1).", "jnp.where(x < 1, x + a - b, 1)", RIGHT),
        ("Mostly used for normalized scores.", "jnp.clip(x, 0, 1) + a - b", RIGHT),
        ("Commonly used for warmup, where a < b.", "jnp.where(a < b, x + a - b, x)", RIGHT),
    ],
)
def test_what_people_use_a_function_for_restricts_nothing(judge: Judge, after: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge("x, a, b", shown("x + a - b", "The value is", after), code) in verdicts


@pytest.mark.parametrize(
    ("entry", "after", "code", "verdicts"),
    [
        ("float or jax.Array, default=1.0 Threshold parameter of the transition.", "where a is the threshold.", "x + a", HOLDS),
        ("float or jax.Array, default=1.0 Threshold parameter of the transition.", "where a is the threshold.", "x - a", REFUTED),
        ("float or jax.Array, default=1.0 Half-life of the signal.", "where a is the threshold.", "x + a", WRONG),
        ("float or jax.Array, default=1.0 Half-life of the signal.", "where a is the threshold.", "x - a", RIGHT),
    ],
)
def test_the_type_of_a_parameter_is_not_its_noun(judge: Judge, entry: str, after: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge("x, a=1.0", shown("x + a", "The value is", after.replace(" a ", " :math:`a` "), a=entry), code) in verdicts


@pytest.mark.parametrize(
    ("note", "code", "verdicts"),
    [
        ("Note that ``a`` is treated as a static Python float.", "x + a", HOLDS),
        ("Note that ``a`` is treated as a static Python float.", "x - a", REFUTED),
        ("Note that ``a`` is treated as zero below one.", "jnp.where(a < 1, x, x + a)", RIGHT),
        ("Note that ``a`` is treated as a percentage.", "x + a / 100", RIGHT),
        ("Note that ``a`` is treated as a percentage.", "x + a", WRONG),
    ],
)
def test_a_kind_of_argument_changes_no_value(judge: Judge, note: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge("x, a", shown("x + a", "The value is", note), code) in verdicts


@pytest.mark.parametrize(
    ("after", "code", "verdicts"),
    [
        ("where :math:`u` contains log-probabilities.", "jnp.sum(log_probs)", HOLDS),
        ("where :math:`u` contains log-probabilities.", "jnp.sum(log_probs) + 1", WRONG),
        ("where :math:`u` contains squared log-probabilities.", "jnp.sum(log_probs**2)", RIGHT),
        ("where :math:`u` contains probabilities.", "jnp.sum(jnp.exp(log_probs))", RIGHT),
        ("where :math:`u` contains the squares of the log-probabilities.", "jnp.sum(log_probs**2)", RIGHT),
        ("where :math:`u` contains the squares of the log-probabilities.", "jnp.sum(log_probs)", WRONG),
    ],
)
def test_what_an_array_contains(judge: Judge, after: str, code: str, verdicts: set[Verdict]) -> None:
    doc = shown(r"\sum_i u_i", "The value is", after, log_probs="Log-probabilities of each class.")
    assert judge("log_probs", doc, code) in verdicts


@pytest.mark.parametrize("verb", ["contains", "denotes"])
@pytest.mark.parametrize(("noun", "code"), [("differences", "jnp.sum(jnp.diff(x))"), ("logarithms of the inputs", "jnp.sum(jnp.log(x))")])
def test_numbers_made_of_the_inputs_are_not_the_inputs(judge: Judge, verb: str, noun: str, code: str) -> None:
    told = (f"where :math:`x` {verb} the {noun}.", f"Here x {verb} {noun}.") if "of" in noun else (f"where :math:`x` {verb} the {noun}.",)
    for after in told:
        doc = shown(r"\sum_i x_i", "The value is", after, x="The inputs.")
        assert judge("x", doc, code) in RIGHT
        assert judge("x", doc, "jnp.sum(x)") in WRONG


@pytest.mark.parametrize(
    ("note", "code", "verdicts"),
    [
        ("For a Poisson process the power factor is 1 in each bin.", "jnp.mean(x**2)", HOLDS),
        ("For a Poisson process the power factor is 1 in each bin.", "jnp.mean(x)", WRONG),
        ("The leading factor is one.", "jnp.sum(x**2)", RIGHT),
        ("The power factor is halved.", "jnp.mean(x**2) / 2", RIGHT),
    ],
)
def test_the_name_of_the_function_is_no_part_of_the_formula(judge: Judge, note: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge("x", shown(MEAN, "Computes the power factor of a signal.", note), code, "power_factor") in verdicts


@pytest.mark.parametrize(
    ("before", "latex", "code", "verdicts"),
    [
        ("The order parameter is the mean energy of the signal,", MEAN, "jnp.mean(x**2)", HOLDS),
        ("The order parameter is the mean of the energies,", MEAN, "jnp.mean(x**2)", HOLDS),
        ("The order parameter is the mean energy of the signal,", MEAN, "jnp.mean(x**3)", WRONG),
        ("The order parameter is the mean of the errors,", "x_i^2", "jnp.mean(x**2)", RIGHT),
        ("The order parameter is the mean of", "x_i^2", "jnp.mean(x**2)", RIGHT),
        ("The order parameter is the mean of", MEAN, "jnp.mean(x**2)", WRONG),
        ("The squared order parameter is the mean energy of the signal,", MEAN, "jnp.mean(x**2)", WRONG),
        ("The order parameter is the inverse of the mean square of the signal,", MEAN, "jnp.mean(x**2)", WRONG),
    ],
)
def test_an_operation_in_words_that_the_display_shows(judge: Judge, before: str, latex: str, code: str, verdicts: set[Verdict]) -> None:
    doc = "Computes the order parameter of a signal.\n\n" + shown(latex, before)
    assert judge("x", doc, code, "order_parameter") in verdicts


@pytest.mark.parametrize(
    ("entry", "code", "verdicts"),
    [
        ("Parameter of the Huber function.", "x + a", HOLDS),
        ("Parameter of the Huber function.", "x - a", REFUTED),
        ("Logarithm of the parameter.", "x + jnp.exp(a)", RIGHT),
    ],
)
def test_what_a_parameter_controls_is_not_what_it_is(judge: Judge, entry: str, code: str, verdicts: set[Verdict]) -> None:
    doc = shown("x + a", "The value is", "where :math:`a` is a parameter controlling the transition between two curves.", a=entry)
    assert judge("x, a", doc, code) in verdicts


@pytest.mark.parametrize("noun", ["squares", "ranks", "exponentials", "cubes"])
@pytest.mark.parametrize("verb", ["denotes", "are", "contains"])
def test_what_is_made_of_a_parameter_is_not_the_parameter(judge: Judge, noun: str, verb: str) -> None:
    after = f"where :math:`u` {verb} the {noun} of the learning rates."
    assert judge("learning_rates", shown(r"\sum_i u_i", "The value is", after), "jnp.sum(learning_rates)") in WRONG


@pytest.mark.parametrize("words", ["the learning rates", "the vector of the learning rates"])
def test_what_contains_a_parameter_is_the_parameter(judge: Judge, words: str) -> None:
    doc = shown(r"\sum_i u_i", "The value is", f"where :math:`u` denotes {words}.")
    assert judge("learning_rates", doc, "jnp.sum(learning_rates)") in HOLDS
    assert judge("learning_rates", doc, "jnp.sum(learning_rates**2)") in WRONG


@pytest.mark.parametrize("entry", ["", "The parameter.", "A positive number.", "The constant, given."])
def test_a_parameter_may_be_called_a_mean_or_a_power(judge: Judge, entry: str) -> None:
    after = r"where :math:`\mu` is the mean of the distribution and :math:`p` is the power."
    doc = shown(r"(x - \mu)^p", "The value is", after, **({"x": "The value.", "mu": entry, "p": entry} if entry else {}))
    assert judge("x, mu, p", doc, "(x - mu) ** p") in HOLDS
    assert judge("x, mu, p", doc, "(x + mu) ** p") in WRONG


@pytest.mark.parametrize("entry", ["The rate.", "A positive rate.", "The rate p."])
def test_a_parameter_that_is_called_otherwise_elsewhere_is_not_settled(judge: Judge, entry: str) -> None:
    doc = shown(r"x^p", "The value is", r"where :math:`p` is the power.", x="The value.", p=entry)
    assert judge("x, p", doc, "x ** p") in WRONG
    assert judge("x, p", doc, "x ** (1 / p)") in RIGHT


@pytest.mark.parametrize(
    "entries",
    [
        {"c": "A factor. Has no effect when ``b = 0``."},
        {"c": "A factor, unused for ``b = 0``."},
        {"b": "The offset. Only relevant when ``x = 0``."},
        {"b": "The offset, ignored if ``b = 0``."},
    ],
)
def test_when_a_parameter_counts_does_not_say_where_the_formula_holds(judge: Judge, entries: dict[str, str]) -> None:
    doc = shown("x + b", "The value is", "", **entries)
    assert judge("x, b, c=1.0", doc, "x - b") in WRONG
    assert judge("x, b, c=1.0", doc, "x + b") in RIGHT


@pytest.mark.parametrize("end", ["with the default of ``r``", "and the default of ``end_value``"])
def test_a_condition_counts_beside_words_about_a_default(judge: Judge, end: str) -> None:
    doc = shown("x^r", "The value is", f"It holds for :math:`x > 0`, {end}.")
    assert judge("x, r=2", doc, "jnp.where(x > 0, x**r, 7)") in HOLDS
    assert judge("x, r=2", doc, "jnp.where(x > 0, x**-r, 7)") in REFUTED
    default = shown("x^r", "The value is", "The default of :math:`r` is 2 for :math:`x > 0`.")
    assert judge("x, r=2", default, "jnp.where(x > 0, x**r, 7)") in WRONG


@pytest.mark.parametrize("entry", [r"The rate, :math:`\lambda > 0`.", r"The rate :math:`\lambda`, with :math:`\lambda > 0`."])
def test_a_condition_on_the_letter_of_a_parameter_restricts(judge: Judge, entry: str) -> None:
    doc = shown(r"x + \lambda", "The value is", "", x="The input.", rate=entry)
    assert judge("x, rate", doc, "jnp.where(rate > 0, x + rate, 7)") in HOLDS
    assert judge("x, rate", doc, "jnp.where(rate > 0, x - rate, 7)") in REFUTED


@pytest.mark.parametrize("where", ["for positive inputs", "for :math:`x > 0`"])
def test_what_a_parameter_is_for_some_inputs_is_no_case_of_the_formula(judge: Judge, where: str) -> None:
    doc = shown(r"x + \lambda", "The value is", "", x="The input.", rate=rf"The rate :math:`\lambda` {where}.")
    assert judge("x, rate", doc, "jnp.where(x > 0, x - rate, x + rate)") in WRONG
    assert judge("x, rate", doc, "x + rate") in RIGHT
