r"""Notations of losses and statistics: `P(i)`, `\bar x`, `L = \{l_1, \dots, l_N\}`, cases by the name of a reduction, logarithms.

Each rule has a right formula, a wrong twin, and words or a notation with another meaning.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fixture_modules import Claims, Judge, judged_claim, judging, written

from qedoc.read import Names, Reading, Unreadable, read
from qedoc.results.verdict import Verdict

HOLDS = {Verdict.PROVED, Verdict.TESTED}


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    with judging(tmp_path, monkeypatch, "losses") as judged:
        yield judged


@pytest.fixture
def claims_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Claims]:
    yield from written(tmp_path, monkeypatch, "divergences")


# ---------------------------------------------------------------------- distributions in bare letters

DIVERGENCE = r"""
.. math:: D_{KL}(P||Q) = \sum_i P(i) \log\frac{P(i)}{Q(i)}

where P is the target distribution and Q is the predicted distribution.
"""
LOGARITHMS = "log_predictions, targets"
KL = "jnp.sum(targets * (jnp.log(targets) - log_predictions))"


@pytest.mark.parametrize("words", ["The loss uses the kernel formula:", "The function uses the softplus formula:"])
def test_a_formula_that_the_function_uses_may_be_an_ingredient(judge: Judge, words: str) -> None:
    assert judge("x", f"{words}\n\n.. math:: e^x", "jnp.exp(x) + 1")[0] not in HOLDS | {Verdict.REFUTED}
    assert judge("x", f"{words.replace(words.split()[4], 'numerically stable')}\n\n.. math:: e^x", "jnp.exp(x) + 1")[0] is Verdict.REFUTED


def test_a_name_made_of_a_subscript_does_not_count_against_the_text(judge: Judge) -> None:
    text = ".. math:: x / \\sigma_x\n\nwhere :math:`\\sigma_x` is the MEANING."
    assert judge("x, x_scale", text.replace("MEANING", "scale"), "x / x_scale")[0] in HOLDS
    assert judge("x, x_scale", text.replace("MEANING", "variance"), "x / x_scale")[0] not in HOLDS | {Verdict.REFUTED}


def test_bare_letters_are_the_parameters_that_the_text_says_they_are(judge: Judge) -> None:
    assert judge(LOGARITHMS, DIVERGENCE, KL, name="kl_divergence")[0] in HOLDS
    swapped = DIVERGENCE.replace("P is the target", "P is the predicted").replace("Q is the predicted", "Q is the target")
    assert judge(LOGARITHMS, swapped, KL, name="kl_divergence")[0] not in HOLDS
    assert judge(LOGARITHMS, DIVERGENCE.replace(r"\frac{P(i)}{Q(i)}", r"\frac{Q(i)}{P(i)}"), KL, name="kl_divergence")[0] not in HOLDS


def test_the_name_of_a_logarithm_is_not_read_as_one_where_the_text_says_log(judge: Judge) -> None:
    text = ".. math:: x e^{s}\n\nwhere :math:`s` is the log scale."
    assert judge("x, log_scale", text, "x * jnp.exp(log_scale)")[0] in HOLDS
    assert judge("x, log_scale", text, "x * log_scale")[0] is Verdict.REFUTED


def test_a_symbol_for_predictions_may_be_the_logarithms_or_what_they_are_of(judge: Judge) -> None:
    text = ".. math:: t^2 q\n\nwhere :math:`q` are the predictions."
    for code in ("t ** 2 * jnp.exp(log_predictions)", "t ** 2 * log_predictions"):
        assert judge("t, log_predictions", text, code)[0] is not Verdict.REFUTED
    assert judge("t, log_predictions", text, "t ** 2 * log_predictions + 1")[0] is Verdict.REFUTED


VARIANTS = r'''
import jax.numpy as jnp


def kl_divergence(log_predictions, targets):
    """The divergence."""
    return jnp.sum(targets * (jnp.log(targets) - log_predictions))


def convex_kl_divergence(log_predictions, targets):
    r"""A convex version of the divergence.

    The convex divergence is defined as:

    .. math:: D_{convex}(P||Q) = D_{KL}(P||Q) + \sum_i (Q(i) - P(i))
    """
    return kl_divergence(log_predictions, targets) + jnp.sum(jnp.exp(log_predictions) - targets)


def kl_divergence_with_log_targets(log_predictions, log_targets):
    r"""The divergence of logarithms.

    The computation uses the log-space formula:

    .. math:: D_{KL}(P||Q) = \sum_i \exp(\log P(i)) \cdot (\log P(i) - \log Q(i))
    """
    return jnp.sum(jnp.exp(log_targets) * (log_targets - log_predictions))


def kl_divergence_with_penalty(targets, predictions, penalty=0.5):
    r"""The divergence with a penalty.

    The plain divergence is

    .. math:: D_{KL}(P||Q) = \sum_i P(i) \log\frac{P(i)}{Q(i)}
    """
    return kl_divergence(jnp.log(predictions), targets) + penalty * jnp.sum(predictions)
'''


@pytest.mark.parametrize("name", ["convex_kl_divergence", "kl_divergence_with_log_targets"])
def test_a_divergence_that_is_named_after_another_one(claims_of: Claims, name: str) -> None:
    (right,) = claims_of(VARIANTS, name)
    assert judged_claim(right).verdict in HOLDS
    (wrong,) = claims_of(VARIANTS.replace("(Q(i) - P(i))", "2 (Q(i) - P(i))").replace(r"- \log Q(i)", r"+ \log Q(i)"), name)
    assert judged_claim(wrong).verdict not in HOLDS


def test_a_divergence_in_bits_or_with_a_definition_of_its_own_is_not_the_usual_one(claims_of: Claims) -> None:
    for words in ("The convex divergence in bits is", r"With :math:`D_{KL}(P, Q) = \sum_i Q(i)`, it is"):
        (claim,) = claims_of(VARIANTS.replace("The convex divergence is defined as:", words), "convex_kl_divergence")
        assert judged_claim(claim).verdict not in HOLDS | {Verdict.REFUTED}


def test_a_divergence_in_the_docstring_of_a_longer_one_is_not_its_value(claims_of: Claims) -> None:
    (claim,) = claims_of(VARIANTS, "kl_divergence_with_penalty")
    assert judged_claim(claim).verdict not in HOLDS | {Verdict.REFUTED}


# ---------------------------------------------------------------------- means with a bar

CORRELATION = r"""
.. math::

    L = 1 - r(\hat y, y), \qquad
    r = \frac{\sum_i (\hat y_i - \bar{\hat y})(y_i - \bar y)}
             {\sqrt{\sum_i (\hat y_i - \bar{\hat y})^2 \sum_i (y_i - \bar y)^2}}.
"""
CENTRED = "(lambda p, t: 1 - jnp.sum(p * t) / jnp.sqrt(jnp.sum(p**2) * jnp.sum(t**2)))"
PEARSON = f"{CENTRED}(prediction - jnp.mean(prediction), target - jnp.mean(target))"


def test_a_bar_beside_entries_is_their_mean(judge: Judge) -> None:
    assert judge("prediction, target", CORRELATION, PEARSON)[0] in HOLDS
    assert judge("prediction, target", CORRELATION, f"2 * {PEARSON}")[0] is Verdict.REFUTED
    uncentred = f"{CENTRED}(prediction, target)"
    assert judge("prediction, target", CORRELATION, uncentred)[0] is Verdict.REFUTED


def test_a_bar_that_the_text_explains_is_what_it_says(judge: Judge) -> None:
    text = ".. math:: \\sum_i (x_i - \\bar x)^2\n\nwhere :math:`\\bar x` is MEANING."
    mean, other = "jnp.sum((x - jnp.mean(x)) ** 2)", "jnp.sum((x - bound) ** 2)"
    assert judge("x", text.replace("MEANING", "the sample mean"), mean)[0] in HOLDS
    assert judge("x, bound", text.replace("MEANING", "the ``bound``"), other)[0] in HOLDS
    assert judge("x, bound", text.replace("MEANING", "the ``bound``"), mean.replace("** 2)", "** 2) + bound"))[0] not in HOLDS
    assert judge("x", text.replace("MEANING", "the trimmed mean"), mean)[0] not in HOLDS | {Verdict.REFUTED}
    told = text.replace("is MEANING", "comes from a trimmed sample")
    assert judge("x", told, mean)[0] not in HOLDS | {Verdict.REFUTED}


def test_a_bar_beside_weights_may_be_another_mean(judge: Judge) -> None:
    text = r".. math:: \sum_i w_i (x_i - \bar x)^2"
    weighted = "jnp.sum(w * (x - jnp.sum(w * x) / jnp.sum(w)) ** 2)"
    assert judge("x, w", text, weighted)[0] not in HOLDS | {Verdict.REFUTED}


def test_an_estimate_of_an_array_with_a_bar_is_no_weight(judge: Judge) -> None:
    text = r".. math:: 1 - \frac{\sum_i (y_i - \hat y_i)^2}{\sum_i (y_i - \bar y)^2}"
    code = "1 - jnp.sum((target - prediction) ** 2) / jnp.sum((target - CENTRE) ** 2)"
    assert judge("prediction, target", text, code.replace("CENTRE", "jnp.mean(target)"))[0] in HOLDS
    assert judge("prediction, target", text, code.replace("CENTRE", "jnp.mean(prediction)"))[0] is Verdict.REFUTED


DETERMINATION = r"""
.. math:: R^2 = 1 - \frac{SSE}{SST}

with

.. math:: SSE = \sum_i (y_i - \hat y_i)^2

and

.. math:: SST = \sum_i (y_i - \bar y)^2
"""
DETERMINED = "1 - jnp.sum((target - prediction) ** 2) / jnp.sum((target - CENTRE) ** 2)"


def test_a_bar_in_the_definition_of_a_part_is_a_mean(judge: Judge) -> None:
    right, wrong = (DETERMINED.replace("CENTRE", centre) for centre in ("jnp.mean(target)", "jnp.mean(prediction)"))
    assert judge("prediction, target", DETERMINATION, right, name="r2_score")[0] in HOLDS
    assert judge("prediction, target", DETERMINATION, wrong, name="r2_score")[0] is Verdict.REFUTED


@pytest.mark.parametrize(
    ("name", "value"), [("r2_score", "R^2"), ("r_squared", "R^2"), ("chi2", r"\chi^2"), ("chi_square_statistic", r"\chi^2")]
)
def test_a_squared_letter_in_the_name_of_a_function_is_its_value(judge: Judge, name: str, value: str) -> None:
    assert judge("x", f".. math:: {value} = x + 1", "x + 1", name=name)[0] in HOLDS
    assert judge("x", f".. math:: {value} = x + 1", "x - 1", name=name)[0] is Verdict.REFUTED


@pytest.mark.parametrize(
    ("name", "value"), [("score", "R^2"), ("r3", "R^2"), ("r", "R^2"), ("x2", "x^2"), ("l2", "L^2"), ("w2", "W^2"), ("r2", "R^3")]
)
def test_another_power_is_no_value(judge: Judge, name: str, value: str) -> None:
    assert judge("x", f".. math:: {value} = x + 1", "x - 1", name=name)[0] not in HOLDS | {Verdict.REFUTED}


def test_a_bar_without_entries_is_a_name(judge: Judge) -> None:
    assert judge("x, x_bar", r".. math:: (x - \bar x)^2", "(x - x_bar) ** 2")[0] in HOLDS
    assert judge("x", r".. math:: (x - \bar x)^2", "(x - jnp.mean(x)) ** 2")[0] not in HOLDS | {Verdict.REFUTED}


@pytest.mark.parametrize(
    ("latex", "factors"),
    [(r"\sum_i x_i^2 \sum_i y_i", 2), (r"\sum_i x_i \cdot \sum_i y_i", 2), (r"\sum_{i=1}^n x_i \sum_{i=1}^n y_i", 2)],
)
def test_sums_over_the_same_index_beside_each_other_are_factors(latex: str, factors: int) -> None:
    found = read(latex, Names(parameters=frozenset({"x", "y"})))
    assert isinstance(found, Reading)
    assert len(found.equations[0].right.args) == factors


@pytest.mark.parametrize("latex", [r"\sum_i \sum_i x_i", r"\sum_i x_i (\sum_i y_i)", r"\sum_i x_i / \sum_i y_i"])
def test_sums_inside_a_sum_over_the_same_index_are_refused(latex: str) -> None:
    assert isinstance(read(latex, Names(parameters=frozenset({"x", "y"}))), Unreadable)


# ---------------------------------------------------------------------- entries, and cases by a name

LISTED = r"""
The loss with ``reduction`` set to ``'none'`` can be described as:

.. math:: \ell(x, y) = L = \{l_1, \dots, l_N\}^\top, \quad l_n = (x_n - y_n)^2

If ``reduction`` is not ``'none'`` (default ``'mean'``), then:

.. math::

    \ell(x, y) = \begin{cases}
        \operatorname{mean}(L), & \text{if reduction} = \text{`mean';}\\
        \operatorname{sum}(L), & \text{if reduction} = \text{`sum'.}
    \end{cases}
"""
REDUCED = "(lambda e: e if reduction == 'none' else jnp.mean(e) if reduction == 'mean' else jnp.sum(e))((x - y) ** 2)"


def test_cases_that_a_parameter_tells_apart_by_a_name(judge: Judge) -> None:
    _, mean, total = judge("x, y, reduction='mean'", LISTED, REDUCED)
    assert mean in HOLDS
    assert total in HOLDS
    _, mean, total = judge("x, y, reduction='mean'", LISTED.replace("{sum}(L)", "{mean}(L)"), REDUCED)
    assert mean in HOLDS
    assert total is Verdict.REFUTED
    _, mean, total = judge("x, y, reduction='mean'", LISTED.replace("l_n = (x_n", "l_n = 2 (x_n"), REDUCED)
    assert (mean, total) == (Verdict.REFUTED, Verdict.REFUTED)


def test_words_about_another_setting_are_not_those_of_the_case(judge: Judge) -> None:
    text = LISTED.replace("is not ``'none'`` (default ``'mean'``)", "is ``'none'``")
    assert not HOLDS & set(judge("x, y, reduction='mean'", text, REDUCED)[1:])


@pytest.mark.parametrize(
    "latex", [r"L = \{l_1, \dots, l_N\}^\top, \quad k_n = x_n", r"L = \{l_1, l_2\}, l_n = x_n", r"L = \{1, \dots, N\}, l_n = x_n"]
)
def test_a_list_whose_entries_nothing_gives_is_refused(latex: str) -> None:
    assert isinstance(read(latex, Names(parameters=frozenset({"x"}))), Unreadable)


CRITERION = r'''
import jax.numpy as jnp


class Loss:
    r"""A loss.

    .. math:: HEAD = WEIGHT (x - y)^2
    """

    def __init__(self, weight=2.0):
        self.weight = weight

    def update(self, x, y):
        return self.weight * (x - y) ** 2

'''


def test_the_only_method_of_a_loss_gives_its_value(claims_of: Claims) -> None:
    text = CRITERION.replace("WEIGHT", r"\mathrm{weight}").replace("HEAD", r"\ell(x, y)")
    assert judged_claim(claims_of(text, "Loss")[0]).verdict in HOLDS
    assert judged_claim(claims_of(text.replace("(x - y)^2", "(x + y)^2"), "Loss")[0]).verdict is Verdict.REFUTED
    other = text + "    def reset(self, x):\n        return x\n"
    assert judged_claim(claims_of(other, "Loss")[0]).verdict is Verdict.UNREADABLE
    assert judged_claim(claims_of(text.replace(r"\ell(x, y)", "f(x, y)"), "Loss")[0]).verdict is Verdict.UNREADABLE


def test_a_parameter_that_is_one_integer_is_no_array(judge: Judge) -> None:
    text = r".. math:: F = \frac{\operatorname{Var}[n]}{\operatorname{E}[n]}"
    code = "jnp.var(x) / jnp.mean(x)"
    assert judge("x, n_bins: int = 3", text, code)[0] in HOLDS
    assert judge("x, n_bins: int = 3", text, "jnp.var(x) / jnp.mean(x) ** 2")[0] is Verdict.REFUTED


# ---------------------------------------------------------------------- indices that run on the left side

SMOOTHED = r"""
.. math:: \tilde{y}_k = (1 - \alpha) y_k + \frac{\alpha}{K}

where :math:`y_k` is the original label for class :math:`k`, and :math:`K` is the number of classes.
"""
SMOOTHING = "(1 - alpha) * labels + alpha / labels.shape[-1]"


@pytest.mark.parametrize(
    ("formula", "code", "verdicts"),
    [
        (SMOOTHED, SMOOTHING, HOLDS),
        (SMOOTHED.replace("{K}", "{K - 1}"), SMOOTHING, {Verdict.REFUTED}),
        (SMOOTHED, SMOOTHING.replace("alpha /", "2 * alpha /"), {Verdict.REFUTED}),
        (SMOOTHED.replace("the number of classes", "the budget"), SMOOTHING, {Verdict.UNREADABLE}),
    ],
)
def test_the_capital_letter_of_an_index_is_its_last_value_where_the_text_counts(
    judge: Judge, formula: str, code: str, verdicts: set[Verdict]
) -> None:
    assert judge("labels, alpha", formula, code)[0] in verdicts


def test_a_subscript_whose_capital_letter_is_a_parameter_may_be_a_name(judge: Judge) -> None:
    text = ".. math:: z_k = y_k / K\n\nwhere :math:`y_k` is the label, and :math:`K` is the number of classes."
    assert judge("y_k, K", text, "y_k / K")[0] in HOLDS
    assert judge("y_k, K", text, "y_k / (K + 1)")[0] is Verdict.REFUTED


# ---------------------------------------------------------------------- moduli of complex numbers, covariances

MEAN_PHASOR = r"\left| \frac{1}{n} \sum_{k=1}^n e^{i x_k} \right|"
RESULTANT = "jnp.sqrt(jnp.mean(jnp.cos(x)) ** 2 + jnp.mean(jnp.sin(x)) ** 2)"


@pytest.mark.parametrize(
    ("formula", "code", "verdicts"),
    [
        (MEAN_PHASOR, RESULTANT, HOLDS),
        (MEAN_PHASOR, RESULTANT.replace("jnp.sin(x)", "2 * jnp.sin(x)"), {Verdict.REFUTED}),
        (MEAN_PHASOR.replace("i x_k", "2 i x_k"), RESULTANT, {Verdict.REFUTED}),
        (r"R e^{i \psi} = " + MEAN_PHASOR.replace(r"\left|", "").replace(r"\right|", ""), RESULTANT, HOLDS),
        (r"R e^{i \psi} = \sum_{k=1}^n e^{i x_k}", RESULTANT, {Verdict.REFUTED}),
    ],
)
def test_the_modulus_of_a_complex_number(judge: Judge, formula: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge("x", f".. math:: {formula}\n\nwhere :math:`x` is a vector.", code)[0] in verdicts


def test_the_letter_of_the_imaginary_unit_may_be_a_parameter(judge: Judge) -> None:
    text = r".. math:: \left| e^{i x} - 2 \right|"
    assert judge("x, i", text, "jnp.abs(jnp.exp(i * x) - 2)")[0] in HOLDS
    assert judge("x, i", text, "jnp.abs(jnp.exp(x) - 2) + 0 * i")[0] is Verdict.REFUTED


COVARIANCE = r"\mathrm{Cov}(x, y)"
CODE_OF_COVARIANCE = "jnp.mean((x - jnp.mean(x)) * (y - jnp.mean(y)))"
WEIGHTED = "jnp.sum(w * x) / jnp.sum(w)"


@pytest.mark.parametrize(
    ("parameters", "formula", "code", "verdicts"),
    [
        ("x, y", COVARIANCE, CODE_OF_COVARIANCE, HOLDS),
        ("x, y", COVARIANCE, CODE_OF_COVARIANCE.replace("jnp.mean(y)", "0"), HOLDS),
        ("x, y", COVARIANCE, CODE_OF_COVARIANCE.replace("jnp.mean(y)", "1 - y"), {Verdict.REFUTED}),
        ("x, y", COVARIANCE, "jnp.sum((x - jnp.mean(x)) * (y - jnp.mean(y))) / (x.shape[0] - 1)", {Verdict.UNDECIDED}),
        ("x, w", r"\mathrm{mean}_w(x)", WEIGHTED, HOLDS),
        ("x, w", r"\mathrm{mean}_w(x)", "jnp.mean(w * x)", {Verdict.REFUTED}),
        ("x, w", r"\mathrm{Var}_w(x)", f"jnp.sum(w * (x - {WEIGHTED}) ** 2) / jnp.sum(w)", HOLDS),
        ("x, w", r"\mathrm{Var}_w(x)", f"jnp.sum(w * (x - {WEIGHTED})) / jnp.sum(w) + 1", {Verdict.REFUTED}),
        ("x, w", r"\mathrm{Var}_w(x)", f"jnp.sum(w * (x - {WEIGHTED}) ** 2) / (jnp.sum(w) - 1)", {Verdict.UNDECIDED}),
    ],
)
def test_covariances_and_moments_with_weights(judge: Judge, parameters: str, formula: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge(parameters, f".. math:: {formula}", code)[0] in verdicts


# ---------------------------------------------------------------------- left sides that spell out the name of the function

LOG_COSH = r".. math:: \log(\cosh(x)) = |x| + \operatorname{softplus}(-2 |x|) - \log 2"
CODE_OF_LOG_COSH = "jnp.log(jnp.cosh(values))"


def test_a_left_side_that_spells_out_the_name_of_the_function(judge: Judge) -> None:
    assert judge("values", LOG_COSH, CODE_OF_LOG_COSH, name="log_cosh")[0] in HOLDS
    assert judge("values", LOG_COSH.replace("-2 |x|", "2 |x|"), CODE_OF_LOG_COSH, name="log_cosh")[0] is Verdict.REFUTED
    assert judge("values", LOG_COSH, CODE_OF_LOG_COSH, name="loss")[0] not in HOLDS | {Verdict.REFUTED}
    assert judge("values", LOG_COSH, "jnp.cosh(jnp.log(values))", name="cosh_log")[0] not in HOLDS | {Verdict.REFUTED}
