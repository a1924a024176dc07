"""Formulas of docstrings, bound to parameters: right ones, wrong twins that must be refused, and what is taken without being said."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sympy as sp

from qedoc.bind import Bound, Refused, claims, given
from qedoc.claims.case import instantiate
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Argument, Spec
from qedoc.claims.unroll import MOST_TERMS
from qedoc.errors import QedocError, TargetError
from qedoc.judge.check import check
from qedoc.judge.inputs import row_of
from qedoc.judge.readings import check_readings
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import documented
from qedoc.sources.specfiles import sizes

HEAD = """
import inspect
from collections.abc import Callable

import jax
import jax.numpy as jnp

"""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An importable module, whose text a test writes."""
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path / "documents.py"
    sys.modules.pop("documents", None)
    sys.path_importer_cache.clear()


def bound(library: Path, text: str, name: str = "f") -> tuple[Bound | Refused, ...]:
    """The claims of a function of the module."""
    library.write_text(HEAD + text)
    sys.modules.pop("documents", None)
    (record,) = [record for record in documented("documents") if record.name == f"documents.{name}"]
    return claims(record)


def only(found: Sequence[Bound | Refused]) -> Bound:
    (claim,) = found
    assert isinstance(claim, Bound), claim
    return claim


def refused(found: Sequence[Bound | Refused]) -> Refused:
    (claim,) = found
    assert isinstance(claim, Refused), claim
    return claim


def verdicts(claim: Bound) -> set[Verdict]:
    assert claim.readings is not None
    return {check_readings(claim.readings, size, Limits(max_points=40), lambda _: None).verdict for size in sizes(claim.spec)}


def supposed(claim: Bound) -> Spec:
    """The claim where all that the text and the names suggest holds."""
    assert claim.readings is not None
    first = claim.readings.alternatives[0]
    return first.inner or claim.spec


def suppositions(claim: Bound) -> list[str]:
    """What only names and notation suggest."""
    assert claim.readings is not None
    return [assumption.words for assumption in claim.readings.alternatives[0].assumptions if assumption.sure == "suggested"]


def domains(claim: Bound) -> dict[str, str]:
    return {str(d.symbol): str(getattr(d, "domain", "")) for d in supposed(claim).symbols}


def names(claim: Bound) -> dict[str, str]:
    return {str(d.symbol): d.name for d in claim.spec.symbols if hasattr(d, "name")}


SCHEDULE = '''
def f(init_value, transition_steps: int, rate=0.5) -> Callable:
    r"""A schedule.

    The value at iteration :math:`t` is

    .. math::

      I + (1 - I) \\frac{{t}}{{{steps}}} {more}

    where :math:`I` is the initial value{legend}.
    """
    return lambda step: init_value + (1 - init_value) * step / transition_steps
'''


def test_symbols_by_the_legend_and_the_argument_of_a_returned_function(library: Path) -> None:
    claim = only(bound(library, SCHEDULE.format(steps="T", more="", legend=" and :math:`T` is the number of transition steps")))
    assert names(claim) == {"I": "init_value", "T": "transition_steps", "t": "step"}
    assert domains(claim) == {"I": "reals", "T": "integers in (0, oo)", "t": "integers in [0, oo)"}
    assert claim.spec.location == claim.formula.location
    assert claim.spec.location.path == str(library)
    assert "T >= 0, because it is a count" in suppositions(claim)
    assert "rate=0.5 is left at its default" in claim.notes
    assert verdicts(claim) == {Verdict.PROVED}


def test_a_symbol_that_nothing_explains_is_refused(library: Path) -> None:
    found = refused(bound(library, SCHEDULE.format(steps="T", more="+ Q", legend=" and :math:`T` is the number of transition steps")))
    assert found.verdict is Verdict.UNREADABLE
    assert "the symbols Q and t match no parameter of documents.f (it has init_value, transition_steps, rate)" in found.reason
    assert found.suggestion == "say what Q and t are: where :math:`Q` is ... (``parameter``) and :math:`t` is ... (``parameter``)"


def test_a_parameter_that_the_formula_needs_and_does_not_name_is_refused(library: Path) -> None:
    found = refused(bound(library, SCHEDULE.format(steps="8", more="", legend="")))
    assert found.reason == "the formula does not say what transition_steps of documents.f is"


def test_two_symbols_for_one_parameter_are_refused(library: Path) -> None:
    legend = ", :math:`T` is the ``transition_steps`` and :math:`S` is the ``transition_steps``"
    found = refused(bound(library, SCHEDULE.format(steps="T", more="+ S", legend=legend)))
    assert found.reason == "the symbols S and T would both be the parameter transition_steps"


PLACED = '''
def f(x, df, loc=0):
    r"""A value.

    .. math:: f({arguments}) = {value}
    """
    return x * df + loc
'''


def test_symbols_by_place(library: Path) -> None:
    claim = only(bound(library, PLACED.format(arguments=r"x, \nu", value=r"\nu x")))
    assert names(claim) == {"nu": "df", "x": "x"}
    assert "nu is taken as df, based on its position in f(x, nu)" in claim.notes
    assert verdicts(claim) == {Verdict.PROVED}


def test_symbols_in_another_order_are_not_taken_by_place(library: Path) -> None:
    claim = only(bound(library, PLACED.format(arguments=r"\nu, x", value=r"\nu x")))
    assert not any("position" in note for note in claim.notes)
    assert suppositions(claim) == ["nu is conventionally the degrees of freedom", "nu > 0, because df is positive by convention"]
    assert verdicts(claim) == {Verdict.PROVED}


def test_a_parameter_with_a_default_is_not_taken_by_place(library: Path) -> None:
    found = refused(bound(library, PLACED.format(arguments=r"x, df, k", value=r"\mathrm{df} x + k")))
    assert "the symbol k matches no parameter" in found.reason


def test_a_wrong_formula_is_bound_and_refuted(library: Path) -> None:
    claim = only(bound(library, PLACED.format(arguments=r"x, \nu", value=r"\nu + x")))
    assert verdicts(claim) == {Verdict.REFUTED}


LOGARITHM = '''
def pdf(x, scale=1.0):
    r"""Density.

    .. math:: f(x) = \\begin{{cases}} e^{{-x}} & x \\ge 0 \\\\ 0 & \\mathrm{{otherwise}} \\end{{cases}}
    """
    return jnp.where(x < 0, 0.0, jnp.exp(-x))

def logpdf(x, scale=1.0):
    r"""Log density.

    .. math:: {left} = \\begin{{cases}} e^{{-x}} & x \\ge 0 \\\\ 0 & \\mathrm{{otherwise}} \\end{{cases}}
    """
    return jnp.where(x < 0, -jnp.inf, -x)
'''


def test_a_logarithm_of_a_density_is_compared_with_its_logarithm(library: Path) -> None:
    claim = only(bound(library, LOGARITHM.format(left="f(x)"), "logpdf"))
    assert "logpdf is the logarithm of f(x)" in claim.notes
    assert "where the formula has a value: x >= 0" in claim.notes
    assert verdicts(claim) == {Verdict.PROVED}


def test_a_density_that_is_called_by_the_name_of_the_logarithm_is_taken_at_its_word(library: Path) -> None:
    claim = only(bound(library, LOGARITHM.format(left=r"\mathrm{logpdf}(x)"), "logpdf"))
    assert verdicts(claim) == {Verdict.REFUTED}


def test_a_density_is_no_distribution_function(library: Path) -> None:
    found = refused(bound(library, LOGARITHM.format(left=r"f_{pdf}(x)").replace("def logpdf", "def logcdf"), "logcdf"))
    assert "logcdf is a logarithm, but not of" in found.reason or "a function other than" in found.reason


SIBLING = '''
def inner(x):
    r"""Inner.

    .. math:: \\mathrm{{inner}}(x) = \\max(x, 0)

    defined for :math:`x > -1`.
    """
    return jnp.maximum(x, 0) {twist}

def f(x):
    r"""Outer.

    .. math:: f(x) = x \\cdot \\mathrm{{{name}}}({argument})
    """
    return x * inner(x + 3)
'''


def test_a_sibling_stands_for_what_its_code_computes(library: Path) -> None:
    claim = only(bound(library, SIBLING.format(name="inner", argument="x + 3", twist="* 7")))
    assert "inner is documents.inner, as its code computes it" in claim.notes
    assert verdicts(claim) == {Verdict.PROVED}
    assert domains(claim) == {"x": "reals"}


def test_where_a_sibling_is_documented_holds_for_a_symbol_that_is_handed_on(library: Path) -> None:
    claim = only(bound(library, SIBLING.format(name="inner", argument="x", twist="")))
    assert domains(claim) == {"x": "reals in (-1, oo)"}
    assert verdicts(claim) == {Verdict.REFUTED}


def test_a_function_that_is_nowhere_is_refused(library: Path) -> None:
    found = refused(bound(library, SIBLING.format(name="outer", argument="x", twist="")))
    assert found.verdict is Verdict.UNREADABLE


VECTORS = '''
def f(x, w):
    r"""Entries.

    .. math:: y_i = {value}

    {text}

    Args:
      x: vector of values.
      w: vector of weights.
    """
    return jnp.{code}

def total(x, w):
    r"""Total.

    .. math:: {value}

    Args:
      x: vector of values.
      w: vector of weights.
    """
    return jnp.sum(x * w)
'''


def test_a_free_index_is_an_entry_of_the_result(library: Path) -> None:
    claim = only(bound(library, VECTORS.format(value=r"\frac{x_i w_i}{\sum_j w_j}", text="", code="divide(x * w, jnp.sum(w))")))
    assert sizes(claim.spec)[:3] == [{"n": 1, "i": 1}, {"n": 2, "i": 1}, {"n": 2, "i": 2}]
    assert [str(position) for position in claim.spec.entry] == ["i - 1"]
    assert verdicts(claim) <= {Verdict.PROVED, Verdict.TESTED}


def test_a_sum_without_range_runs_over_the_axis(library: Path) -> None:
    claim = only(bound(library, VECTORS.format(value=r"\sum_i x_i w_i", text="", code="sum(x)"), "total"))
    assert [size["n"] for size in sizes(claim.spec)] == [1, 2, 3, 4]
    assert verdicts(claim) == {Verdict.PROVED}


def test_an_index_that_is_a_number_needs_to_be_told_where_it_begins(library: Path) -> None:
    text = VECTORS.format(value=r"i \cdot x_i w_i", text="{}", code="arange(x.shape[0]) * x * w")
    found = refused(bound(library, text.format("")))
    assert found.reason == "the text does not say whether the index i starts at 0 or 1"
    assert verdicts(only(bound(library, text.format(r"for :math:`0 \le i < n`.")))) == {Verdict.PROVED}
    assert Verdict.REFUTED in verdicts(only(bound(library, text.format(r"for :math:`1 \le i \le n`."))))


def test_axes_with_two_ranges_are_refused(library: Path) -> None:
    found = refused(bound(library, VECTORS.format(value=r"\sum_{j=1}^n x_j w_j + \sum_{k=0}^n x_k w_k", text="", code="sum(x)")))
    assert found.reason == "one axis has different ranges, with the bounds 0, 1, n"


def test_labels_select_an_entry(library: Path) -> None:
    text = '''
def f(x, labels):
    r"""Chosen.

    .. math:: s_i = x_{{i y_i}} - \\sum_j x_{{i j}}

    where :math:`y` is the vector of labels (``labels``).
    """
    return {code}
'''.replace("{{", "{").replace("}}", "}")
    chosen = "jnp.take_along_axis(x, labels[:, None], axis=1)[:, 0]"
    claim = only(bound(library, text.replace("{code}", f"{chosen} - jnp.sum(x, axis=1)")))
    assert domains(claim)["y_number"] == ""
    assert len(sizes(claim.spec)) == 16
    assert "the entries of y are counted from 0, as in Python" in claim.notes
    assert verdicts(claim) <= {Verdict.PROVED, Verdict.TESTED}
    assert Verdict.REFUTED in verdicts(only(bound(library, text.replace("{code}", f"{chosen} + jnp.sum(x, axis=1)"))))


DEFINED = '''
def f(a, d: int):
    r"""Value.

    .. math:: f(a, d) = \\log G_d(a)

    with

    .. math:: G_d(a) = \\prod_{k=1}^d e^{a k}

    """
    return a * d * (d + 1) / 2
'''


def test_a_formula_that_defines_a_name_for_another(library: Path) -> None:
    claim, auxiliary = bound(library, DEFINED)
    assert isinstance(claim, Bound)
    assert isinstance(auxiliary, Refused)
    assert auxiliary.verdict is Verdict.NOT_A_CLAIM
    assert auxiliary.reason == "it defines G_d, which documents.f#1 uses"
    assert [size["d"] for size in sizes(claim.spec)] == [0, 1, 2, 3]
    assert verdicts(claim) <= {Verdict.PROVED, Verdict.TESTED}


SWITCHED = '''
def f(x, negative=False):
    r"""Value.

    If ``negative=False``, it is

    .. math:: f(x) = 2 x

    If ``negative=True``, it is

    .. math:: f(x) = -2 x
    """
    return -2 * x if negative else 2 * x
'''


def test_what_the_words_before_a_formula_set(library: Path) -> None:
    found = bound(library, SWITCHED)
    assert [claim.spec.bind for claim in found if isinstance(claim, Bound)] == [{"negative": False}, {"negative": True}]
    assert [claim.spec.id for claim in found if isinstance(claim, Bound)] == ["documents.f#1", "documents.f#2"]
    assert all(verdicts(claim) == {Verdict.PROVED} for claim in found if isinstance(claim, Bound))


SEVERAL = '''
def f(x) -> tuple[jax.Array, jax.Array]:
    r"""Values.

    .. math::

      A(x) &= x + 1 \\\\
      B(x) &= x + 2

    Returns:
      {returns}
    """
    return {code}
'''


def test_one_of_several_results_by_its_name(library: Path) -> None:
    found = bound(library, SEVERAL.format(returns="The values of B and A.", code="x + 2, x + 1"))
    assert [claim.spec.entry for claim in found if isinstance(claim, Bound)] == [(1,), (0,)]
    assert all(verdicts(claim) == {Verdict.PROVED} for claim in found if isinstance(claim, Bound))


def test_several_results_that_are_not_named_are_in_the_order_written(library: Path) -> None:
    found = bound(library, SEVERAL.format(returns="Both.", code="x + 1, x + 2"))
    assert [claim.spec.entry for claim in found if isinstance(claim, Bound)] == [(0,), (1,)]
    assert all("the results are in the order of their formulas" in claim.notes for claim in found if isinstance(claim, Bound))


CONDITIONS = '''
def f({parameters}):
    r"""Value.

    .. math:: f({arguments}) = {value}

    {text}
    """
    return x
'''


@pytest.mark.parametrize(
    ("parameters", "value", "text", "expected"),
    [
        ("x", "x", r"defined for :math:`x > 0` and :math:`x \le 3`.", {"x": "reals in (0, 3]"}),
        ("x", "x!", "", {"x": "integers"}),
        ("x, b", r"x^2 + b^{x} + \lfloor b \rfloor / b", "", {"b": "reals", "x": "reals"}),
        ("x, p", r"(1 + x)^p", "", {"p": "reals", "x": "reals"}),
        ("x, min, max", r"x + \mathrm{min} + \mathrm{max}", "", {"max": "reals", "min": "reals", "x": "reals"}),
    ],
)
def test_where_a_formula_holds(library: Path, parameters: str, value: str, text: str, expected: dict[str, str]) -> None:
    arguments = ", ".join(rf"\mathrm{{{p}}}" for p in parameters.split(", "))
    claim = only(bound(library, CONDITIONS.format(parameters=parameters, arguments=arguments, value=value, text=text)))
    assert domains(claim) == expected


def test_ends_of_an_interval_are_in_their_order(library: Path) -> None:
    text = CONDITIONS.format(parameters="x, min, max", arguments="x", value=r"x + \mathrm{min} + \mathrm{max}", text="")
    claim = only(bound(library, text))
    assert supposed(claim).where == [sp.Le(sp.Symbol("min"), sp.Symbol("max"))]
    assert "min <= max, as their names say" in suppositions(claim)


def test_division_that_its_own_condition_guards_is_no_restriction(library: Path) -> None:
    value = r"\begin{cases} 1 / b & b \ne 0 \\ x & b = 0 \end{cases}"
    claim = only(bound(library, CONDITIONS.format(parameters="x, b", arguments="x, b", value=value, text="")))
    assert claim.spec.where == []


PARTIAL = '''
def f({parameters}):
    r"""Value.

    .. math:: {value}

    {text}
    """
    return {code}
'''
BOXCOX = r"\begin{cases} %s & b = 0 \\ \frac{x^b - 1}{b} & \text{otherwise} \end{cases}"
BOXCOX_CODE = "jnp.where(b == 0, jnp.log(x), (x ** jnp.where(b == 0, 1, b) - 1) / jnp.where(b == 0, 1, b))"


@pytest.mark.parametrize(
    ("parameters", "value", "text", "code", "verdict"),
    [
        ("x, b", BOXCOX % r"\log x", "for :math:`x > 0`.", BOXCOX_CODE, Verdict.PROVED),
        ("x, b", BOXCOX % "x", "for :math:`x > 0`.", BOXCOX_CODE, Verdict.REFUTED),
        ("x, p", "(1 + x^2)^p", "", "(1 + x**2) ** p", Verdict.PROVED),
        ("x, p", "(1 + x^2)^p", "", "jnp.where(p > 0, (1 + x**2) ** p, 1.0)", Verdict.REFUTED),
        ("x, p", "(1 - x)^p", "", "(1 - x) ** p", Verdict.PROVED),
        ("x, p", "(1 - x)^p", "", "jnp.where(p > 0, (1 - x) ** p, 1.0)", Verdict.REFUTED),
        ("x", r"\begin{cases} 1 & x = 0 \\ x / x & x \ne 0 \end{cases}", "", "jnp.where(x == 0, 2.0, 1.0)", Verdict.REFUTED),
        ("x", r"\begin{cases} x & x \le 0 \\ \log x & x > 0 \end{cases}", "", "jnp.where(x <= 0, 2 * x, jnp.log(x))", Verdict.REFUTED),
        ("x, k", "x^{-k}", "", "jnp.where(x == 0, 7.0, x ** (-k))", Verdict.REFUTED),
    ],
)  # fmt: skip
def test_a_claim_is_made_wherever_its_formula_has_a_value(
    library: Path, parameters: str, value: str, text: str, code: str, verdict: Verdict
) -> None:
    text = PARTIAL.format(parameters=parameters, value=value, text=text, code=code)
    assert verdicts(only(bound(library, text))) == {verdict}


ROWS = r"\begin{cases} b (1 - x)^p & x < 1 \\ %s & x \ge 1 \end{cases}"


@pytest.mark.parametrize(
    ("row", "text", "expected"),
    [
        ("0", ":math:`p` is the exponent.", "reals in (0, oo)"),
        ("0", ":math:`p` is a number.", "reals"),  # nothing says what it is
        ("b", ":math:`p` is the exponent.", "reals"),  # the row is not what 0**p = 0 gives
    ],
)
def test_an_exponent_is_positive_where_the_formula_supposes_it(library: Path, row: str, text: str, expected: str) -> None:
    claim = only(bound(library, PARTIAL.format(parameters="x, b, p", value=ROWS % row, text=text, code="x + b + p")))
    assert domains(claim)["p"] == expected
    assert ("p > 0, because the row 0 assumes that 0**p is 0" in suppositions(claim)) == (expected != "reals")


def test_a_number_of_things_that_divides_in_one_row_may_be_zero(library: Path) -> None:
    value = r"\begin{cases} 3 & x < 0 \\ x / n & x \ge 0 \end{cases}"
    for formula, expected in ((value, "integers in [0, oo)"), ("x / n", "integers in (0, oo)")):
        text = PARTIAL.format(parameters="x, n: int", value=formula, text=":math:`n` is the number of things.", code="x / n")
        assert domains(only(bound(library, text)))["n"] == expected


ROW = r"\begin{cases} x & x > %s \\ 1 & x \le %s \end{cases}"
MANY = "the sums and products have more than 1000 terms in total; qedoc expands at most 1000"
TERMS = r"\sum_{k=1}^{%s} x^k"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (TERMS % 1000, ""),
        (TERMS % 1001, "a sum or product has 1001 terms; qedoc expands at most 1000"),
        (TERMS % "10^9", "a sum or product has 1000000000 terms; qedoc expands at most 1000"),
        (r"\prod_{k=1}^{10^6} (x + k)", "a sum or product has 1000000 terms; qedoc expands at most 1000"),
        (r"\sum_{k=1}^{40} \sum_{j=1}^{40} x^k j", "a sum or product has 1600 terms; qedoc expands at most 1000"),
        (r"\sum_{k=1}^{60} \sum_{j=k}^{60} x^k j", MANY),
        (f"{TERMS % 600} + {(TERMS % 600).replace('x', '(x + 1)')}", MANY),
        (r"\frac{1}{" + " + ".join(ROW % (k, k) for k in range(8)) + "}", "a condition has more than 64 cases"),
    ],
    ids=lambda value: value[:20],
)  # fmt: skip
def test_a_formula_that_is_too_long_to_write_out_is_not_decided(library: Path, value: str, reason: str) -> None:
    assert MOST_TERMS == 1000
    (found,) = bound(library, PARTIAL.format(parameters="x", value=value, text="", code="x"))
    assert isinstance(found, Refused) == bool(reason)
    if isinstance(found, Refused):
        assert (found.verdict, found.reason) == (Verdict.UNDECIDED, reason)


def test_a_formula_that_is_too_long_leaves_the_others_alone(library: Path) -> None:
    long, short = bound(library, PARTIAL.format(parameters="x", value=f"{TERMS % 5000}\n\n    .. math:: x + 1\n", text="", code="x"))
    assert isinstance(long, Refused)
    assert isinstance(short, Bound)


RANGES = r'''
def f(x):
    r"""Value. For :math:`x > 0`{mark}

    .. math:: {first}

    {words} :math:`x \le 0`{mark}

    .. math:: {second}
    """
    return x * jnp.abs(x)
'''


@pytest.mark.parametrize(("words", "mark"), [("and for", ","), ("For", ":"), ("If", ",")])
def test_words_before_each_of_two_formulas_are_about_that_formula(library: Path, words: str, mark: str) -> None:
    for first, second, verdict in (("x^2", "-x^2", [Verdict.PROVED] * 2), ("x^3", "-x^2", [Verdict.REFUTED, Verdict.PROVED])):
        one, other = bound(library, RANGES.format(words=words, mark=mark, first=first, second=second))
        assert isinstance(one, Bound)
        assert isinstance(other, Bound)
        assert [domains(claim)["x"] for claim in (one, other)] == ["reals in (0, oo)", "reals in (-oo, 0]"]
        assert [v for claim in (one, other) for v in verdicts(claim)] == verdict


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (r"for :math:`x > 0` and :math:`x \le 0`.", "the conditions x > 0 and x <= 0 contradict each other"),
        (r"for :math:`x > 3` and :math:`x < 2`.", "the conditions x > 3 and x < 2 contradict each other"),
        (r"for :math:`x \ge 1` and :math:`x < 1`.", "the conditions x >= 1 and x < 1 contradict each other"),
        (r"for :math:`2 > 3`.", "the condition 2 > 3 holds nowhere: the domain is empty"),
    ],
)
def test_conditions_that_exclude_each_other(library: Path, text: str, reason: str) -> None:
    (found,) = bound(library, PARTIAL.format(parameters="x", value="x + 1", text=text, code="x"))
    if isinstance(found, Refused):
        assert (found.verdict, found.reason) == (Verdict.UNDECIDED, reason)
    else:  # the formula fails at x = 2, and so does every reading of the text
        assert verdicts(found) == {Verdict.UNDECIDED}


def test_conditions_that_leave_one_point(library: Path) -> None:
    text = PARTIAL.format(parameters="x", value="x + 1", text=r"for :math:`x \ge 1` and :math:`x \le 1`.", code="x**2")
    assert domains(only(bound(library, text))) == {"x": "reals in [1, 1]"}


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (["x < 0"], "--where 'x < 0' leaves no point of the domain: the conditions x > 0 and x < 0 contradict each other"),
        (["x < 2", "x > 3"], "--where 'x < 2, x > 3' leaves no point of the domain: the conditions x > 3 and x < 2 contradict each other"),
        (["1 > 2"], "--where '1 > 2' leaves no point of the domain: the condition 1 > 2 holds nowhere"),
        (["x > x"], "--where 'x > x' leaves no point of the domain: the conditions hold nowhere"),
        (["z > 1"], "--where 'z > 1': z is not a symbol of the formula; the symbols of the formula are x"),
    ],
)
def test_given_conditions_that_leave_no_point(library: Path, where: list[str], message: str) -> None:
    bound(library, PARTIAL.format(parameters="x", value="x + 1", text=r"for :math:`x > 0`.", code="x"))
    assert isinstance(only(given("documents.f", "x + 1", {}, ["x < 3", "x > 2"])), Bound)
    with pytest.raises(QedocError) as raised:
        given("documents.f", "x + 1", {}, where)
    assert raised.value.message.startswith(message)
    assert "\n" not in raised.value.message


def test_a_given_condition_may_contradict_what_only_a_name_suggests(library: Path) -> None:
    bound(library, PARTIAL.format(parameters="x, scale", value="x s", text="where :math:`s` is the ``scale``.", code="x * scale"))
    assert verdicts(only(given("documents.f", "x s", {"s": "scale"}, ["s < 0"]))) == {Verdict.PROVED}
    assert verdicts(only(given("documents.f", "x |s|", {"s": "scale"}, ["s < 0"]))) != {Verdict.PROVED}


COPIED = '''
def f(x):
    r"""Value.

    .. math:: {formula}
    """
    return x**2 + 7


def g(x):
    r"""Value.

    .. math:: {formula}
    """
    return x**3 + 7
'''


def test_a_copied_docstring_is_a_claim_of_each_function(library: Path) -> None:
    text = COPIED.format(formula="x^2 + 7")
    one, other = only(bound(library, text)), only(bound(library, text, "g"))
    assert (one.spec.id, other.spec.id) == ("documents.f", "documents.g")
    assert (verdicts(one), verdicts(other)) == ({Verdict.PROVED}, {Verdict.REFUTED})


def test_a_copied_formula_with_the_name_of_the_other_function(library: Path) -> None:
    text = COPIED.format(formula="f(x) = x^2 + 7")
    assert verdicts(only(bound(library, text))) == {Verdict.PROVED}
    found = refused(bound(library, text, "g"))
    assert found.verdict is Verdict.UNREADABLE
    assert found.reason == "the docstring also belongs to documents.f, and the formula is named f"


def test_one_docstring_with_the_formulas_of_two_functions(library: Path) -> None:
    text = COPIED.format(formula="f(x) = x^2 + 7\n\n    .. math:: g(x) = x^3 + 7\n")
    for name, verdict in (("f", ["Bound", "Refused"]), ("g", ["Refused", "Bound"])):
        found = bound(library, text, name)
        assert [type(claim).__name__ for claim in found] == verdict
        assert all(claim.verdict is Verdict.NOT_A_CLAIM for claim in found if isinstance(claim, Refused))
        assert {v for claim in found if isinstance(claim, Bound) for v in verdicts(claim)} == {Verdict.PROVED}


@pytest.mark.parametrize(
    ("formula", "verdict", "reason"),
    [
        (r"x + b = y", Verdict.UNREADABLE, "does not name a value of f"),
        (r"\nabla f(0) = 0", Verdict.UNDECIDED, "a statement about a derivative"),
        (r"m_t = x m_{t-1}", Verdict.NOT_A_CLAIM, "a recurrence"),
        (r"x = b + 1", Verdict.NOT_A_CLAIM, "or a parameter"),
        (r"x \le b", Verdict.NOT_A_CLAIM, "a constraint"),
        (r"f(x) = \frac{x", Verdict.UNREADABLE, "line 1, column"),
    ],
)
def test_what_states_no_value_of_the_function(library: Path, formula: str, verdict: Verdict, reason: str) -> None:
    text = f'def f(x, b):\n    r"""Value.\n\n    .. math:: {formula}\n\n    """\n    return x + b\n'
    found = refused(bound(library, text))
    assert found.verdict is verdict
    assert reason in found.reason


def test_each_link_of_a_chain_is_a_claim() -> None:
    (record,) = documented("jax.nn.silu")
    one, other = claims(record)
    assert isinstance(one, Bound)
    assert isinstance(other, Bound)
    assert (one.spec.id, one.reading) == ("jax.nn.silu#1.1", "silu(x) = x*sigmoid(x)")
    assert (other.spec.id, other.reading) == ("jax.nn.silu#1.2", "silu(x) = x/(1 + exp(-x))")


ARTICLE = r"init \cdot 0.5 \left(1 + \cos(\pi \min(t, T) / T)\right) + \alpha"
OWN = r"""\begin{cases}
  \alpha I + (1 - \alpha) I [\frac{1}{2} (1+ \cos(\pi\,\frac{t}{T}))]^p & \text{, if } t \leq T \\
  \alpha I & \text{, if } t > T
\end{cases}"""
COSINE = {"T": "decay_steps", "I": "init_value", r"\mathit{init}": "init_value", "p": "exponent"}


def test_a_formula_that_is_given() -> None:
    claim = only(given("optax.cosine_decay_schedule", OWN, {"T": "decay_steps", "I": "init_value", "p": "exponent"}, ["p > 0"]))
    assert verdicts(claim) == {Verdict.PROVED}
    twin = only(given("optax.cosine_decay_schedule", ARTICLE, {"T": "decay_steps", "init": "init_value"}, ["T > 0"]))
    assert "exponent=1.0 is left at its default" in twin.notes
    assert verdicts(twin) == {Verdict.REFUTED}


def test_a_given_formula_with_a_typo_says_where() -> None:
    found = refused(given("optax.cosine_decay_schedule", ARTICLE.replace(r"\cos", r"\cosine"), {"init": "init_value"}, []))
    assert found.verdict is Verdict.UNREADABLE
    assert found.reason == "line 1, column 26 of the formula: unknown command \\cosine"
    assert found.place == (1, 26)


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        (r"\coos(T)", r"did you mean \cos?"),
        (r"\alpah T", r"did you mean \alpha?"),
        (r"\farc{T}{2}", r"did you mean \frac?"),
        (r"\nonsense T", "define it in [tool.qedoc] macros"),
    ],
)
def test_a_command_with_a_typo_names_the_one_that_was_meant(typo: str, meant: str) -> None:
    found = refused(given("optax.cosine_decay_schedule", typo, {"T": "decay_steps"}, []))
    assert (found.place, found.suggestion) == ((1, 1), meant)


def test_a_function_with_a_typo_names_the_one_that_was_meant() -> None:
    found = refused(given("optax.cosine_decay_schedule", "coos(t) + T", {"T": "decay_steps"}, []))
    assert (found.place, found.suggestion) == (None, "did you mean cos?")


def test_a_given_condition_that_cannot_be_read_is_named() -> None:
    with pytest.raises(QedocError, match="--where: the condition 'T >' cannot be read"):
        given("optax.cosine_decay_schedule", OWN, {}, ["T >"])


def test_a_binding_to_a_parameter_that_is_not_there() -> None:
    with pytest.raises(TargetError, match="has no parameter 'steps' for T; it has init_value, decay_steps, alpha, exponent"):
        given("optax.cosine_decay_schedule", OWN, {"T": "steps"}, [])


def test_a_symbol_is_bound_to_the_argument_of_the_function_that_is_returned() -> None:
    bind = {"s": "count", "T": "decay_steps", "I": "init_value", "p": "exponent"}
    claim = only(given("optax.cosine_decay_schedule", OWN.replace("{t}", "{s}").replace("t ", "s "), bind, ["p > 0"]))
    assert [declared.name for declared in claim.spec.symbols if isinstance(declared, Argument)] == ["count"]
    assert verdicts(claim) == {Verdict.PROVED}
    with pytest.raises(TargetError, match=r"has no parameter 'cont' for s; it has .*, exponent, and returns a function of count"):
        given("optax.cosine_decay_schedule", OWN, bind | {"s": "cont"}, [])
    found = refused(given("optax.cosine_decay_schedule", "T + s + t", {"s": "count", "t": "count", "T": "decay_steps"}, []))
    assert found.reason == "the symbols s and t would both be the parameter count"


def test_a_schedule_is_proved_from_its_docstring() -> None:
    (record,) = documented("optax.linear_schedule")
    assert verdicts(only(claims(record))) == {Verdict.PROVED}


def test_a_power_of_zero_that_only_a_row_supposes_proves_nothing() -> None:
    (record,) = documented("optax.polynomial_schedule")
    claim = only(claims(record))
    assert "P > 0, because the row E assumes that 0**P is 0" in suppositions(claim)
    assert claim.readings is not None
    (size,) = sizes(claim.spec)
    result = check_readings(claim.readings, size, Limits(max_points=300), lambda _: None)
    assert result.depends_on_reading
    assert "if 'P > 0, because the row E assumes that 0**P is 0' restricts the formula, it is proved; if not, " in result.reason, result


def test_the_missing_sign_of_integer_labels_is_found() -> None:
    (record,) = documented("optax.softmax_cross_entropy_with_integer_labels")
    claim = only(claims(record))
    result = check(claim.spec, {"n": 1, "m": 2, "y_number": 1, "i": 1}, Limits(max_points=60), lambda _: None)
    assert result.verdict is Verdict.REFUTED
    assert result.counterexample is not None
    assert result.counterexample.inputs["labels"] == [1]


DETERMINED = '''
def f(x, n):
    r"""Value.

    .. math:: f(x, n) = n + \\\\sum_i x_i

    with :math:`n = {right}`.

    Args:
      x: vector of values.
    """
    return n + jnp.sum(x)
'''


def test_a_parameter_that_the_text_determines(library: Path) -> None:
    claim = only(bound(library, DETERMINED.format(right=r"\sum_i x_i").replace("\\\\", "\\")))
    assert names(claim) == {}
    assert "n = Sum(x[i_n], (i_n, 1, m)), as the text says" in claim.notes
    assert verdicts(claim) <= {Verdict.PROVED, Verdict.TESTED}  # it is proved for single lengths, and not for every length


def test_a_parameter_that_is_determined_by_itself_is_free(library: Path) -> None:
    claim = only(bound(library, DETERMINED.format(right="n + 1").replace("\\\\", "\\")))
    assert names(claim) == {"n": "n"}


MATRICES = '''
def f(a, b, scale=1.0):
    r"""Value.

    .. math:: {value}

    where :math:`A` is the first matrix (``a``) and :math:`B` is the {kind} matrix (``b``).

    Args:
      a: matrix.
      b: matrix.
    """
    return {code}
'''


def test_a_product_of_matrices_is_checked_entry_by_entry(library: Path) -> None:
    text = MATRICES.format(value=r"A B^T + A", kind="second", code="a @ BOTH + a")
    claim = only(bound(library, text.replace("BOTH", "b.T")))
    assert [str(position) for position in claim.spec.entry] == ["i - 1", "j - 1"]
    size = {"n": 2, "m": 2, "i": 1, "j": 2}
    assert size in sizes(claim.spec)
    assert check(claim.spec, size, Limits(max_points=40), lambda _: None).verdict is Verdict.PROVED
    twin = only(bound(library, text.replace("BOTH", "b")))
    assert check(twin.spec, size, Limits(max_points=40), lambda _: None).verdict is Verdict.REFUTED


def test_a_symmetric_matrix_is_given_as_one(library: Path) -> None:
    text = MATRICES.format(value="A B", kind="KIND", code="a @ b.T")
    size = {"n": 2, "m": 2, "i": 1, "j": 2}
    claim = only(bound(library, text.replace("KIND", "symmetric")))
    assert "B is symmetric, as the text says" in claim.notes
    assert check(claim.spec, size, Limits(max_points=40), lambda _: None).verdict is Verdict.PROVED
    twin = only(bound(library, text.replace("KIND", "second")))
    assert check(twin.spec, {**size, "l": 2}, Limits(max_points=40), lambda _: None).verdict is Verdict.REFUTED


NORMAL = '''
def pdf(x, mean, cov):
    r"""Density.

    .. math:: f(x) = \\frac{{1}}{{{root}(2\\pi)^k \\det\\Sigma{end}}}\\exp\\left(-\\frac{{(x-\\mu)^T\\Sigma^{{-1}}(x-\\mu)}}{{2}}\\right)

    where :math:`\\mu` is the ``mean``, :math:`\\Sigma` is the covariance matrix (``cov``), and :math:`k` is the rank of :math:`\\Sigma`.
    """
    return jax.scipy.stats.multivariate_normal.pdf(x, mean, cov)
'''.replace("\\\\", "\\")


def test_a_quadratic_form_with_an_inverse_and_a_determinant(library: Path) -> None:
    claim = only(bound(library, NORMAL.format(root=r"\sqrt{", end="}"), "pdf"))
    assert "k is the size of Sigma, which has an inverse" in claim.notes
    assert "Sigma is positive definite, as the text says" in claim.notes
    assert r"\det \Sigma" in sp.latex(claim.spec.formula)
    assert r"\left(\Sigma^{-1}\right)_{i,j}" in sp.latex(claim.spec.formula)
    assert [check(claim.spec, {"n": n}, Limits(max_points=30), lambda _: None).verdict for n in (1, 2)] == [Verdict.TESTED] * 2
    twin = only(bound(library, NORMAL.format(root="", end=""), "pdf"))
    found = check(twin.spec, {"n": 2}, Limits(max_points=30), lambda _: None)
    assert found.verdict is Verdict.REFUTED
    assert found.counterexample is not None
    point = found.counterexample.inputs
    (one, two), (three, four) = point["cov"]
    assert two == three
    scalars = instantiate(twin.spec, {sp.Symbol("n"): 2}).scalars
    assert [value for scalar, value in zip(scalars, row_of(scalars, point), strict=True) if scalar.vector == "cov"] == [one, two, four]


CROSSED = '''
def cross(a, b):
    r"""Product.

    .. math:: c = a \\times b

    Args:
      a: vector.
      b: vector.
    """
    return jnp.cross({order})
'''.replace("\\\\", "\\")


def test_a_cross_product(library: Path) -> None:
    assert verdicts(only(bound(library, CROSSED.format(order="a, b"), "cross"))) == {Verdict.PROVED}
    assert Verdict.REFUTED in verdicts(only(bound(library, CROSSED.format(order="b, a"), "cross")))


SLICED = '''
def gate(x):
    r"""Gate: an element-wise function."""
    return jnp.tanh(x)

def softmax(x):
    r"""Normalises."""
    return jax.nn.softmax(x)

def f(x):
    r"""Halves.

    .. math:: f(x) = x[\\ldots, 0:\\frac{{n}}{{2}}] \\cdot \\mathrm{{{name}}}(x[\\ldots, \\frac{{n}}{{2}}:n])
    """
    left, right = jnp.split(x, 2)
    return {code}
'''.replace("\\\\", "\\")


def test_slices_are_checked_entry_by_entry(library: Path) -> None:
    claim = only(bound(library, SLICED.format(name="gate", code="left * jnp.tanh(right)")))
    assert sizes(claim.spec) == [{"n": 2, "i": 0}, {"n": 4, "i": 0}, {"n": 4, "i": 1}]
    assert verdicts(claim) <= {Verdict.PROVED, Verdict.TESTED}  # an axis of odd length cannot be halved
    assert verdicts(only(bound(library, SLICED.format(name="gate", code="right * jnp.tanh(left)")))) == {Verdict.REFUTED}


def test_a_function_of_a_slice_must_be_elementwise(library: Path) -> None:
    found = refused(bound(library, SLICED.format(name="softmax", code="left * jax.nn.softmax(right)")))
    assert found.reason == "the documentation does not say that softmax works elementwise"


def test_slices_that_are_not_an_axis_together_are_refused(library: Path) -> None:
    text = SLICED.format(name="gate", code="left * jnp.tanh(right)")
    assert "do not determine its length" in refused(bound(library, text.replace(r"\frac{n}{2}:n", r"0:\frac{n}{2}"))).reason
    assert (
        "do not have the same array and the same length" in refused(bound(library, text.replace(r"\frac{n}{2}:n", r"\frac{n}{3}:n"))).reason
    )


WINDOWS = '''
def f(a, v):
    r"""Windows.

    .. math:: c_k = \\sum_j a_{{k {sign} j}} v_j
    """
    return jnp.{code}
'''.replace("\\\\", "\\")


@pytest.mark.parametrize(("sign", "code"), [("-", "convolve(a, v)"), ("+", "correlate(a, v)")])
def test_windows_are_checked_where_no_entry_is_missing(library: Path, sign: str, code: str) -> None:
    claim = only(bound(library, WINDOWS.format(sign=sign, code=code)))
    assert "j starts at 0, as in Python" in claim.notes
    size = {"n": 3, "m": 2, "k": 1}
    assert size in [{name: found[name] for name in size} for found in sizes(claim.spec)]
    ordered = next(found for found in sizes(claim.spec) if found == size)
    assert check(claim.spec, ordered, Limits(max_points=40), lambda _: None).verdict.holds
    twin = only(bound(library, WINDOWS.format(sign=sign, code=code.replace("(a, v)", "(a, v[::-1])"))))
    assert check(twin.spec, ordered, Limits(max_points=40), lambda _: None).verdict is Verdict.REFUTED


COVARIANCE = '''
def f(data, other=None):
    r"""Covariance.

    Given an array of *N* observations of the variables :math:`X_i` and :math:`X_j`, it is

    .. math:: C_{ij} = \\frac{1}{N - 1} \\sum_{n=1}^N (X_{in} - \\overline{X_i})(X_{jn} - \\overline{X_j})

    Where :math:`\\overline{X_i} = \\frac{1}{MEAN} \\sum_{k=1}^N X_{ik}` is the mean.

    Args:
      data: array of shape ``(M, N)`` representing ``N`` observations of ``M`` variables.
      other: an array of further observations.

    Returns:
      A matrix, or a scalar with shape ``()`` if ``M = 1``.
    """
    return jnp.cov(data)
'''.replace("\\\\", "\\")


def test_entries_that_another_formula_defines(library: Path) -> None:
    claim = only(bound(library, COVARIANCE.replace("MEAN", "N")))
    assert claim.spec.bind["data"].item.base.label.name == "X"
    assert "X_overline is defined in line 16" in claim.notes
    size = {"m": 2, "N": 2, "i": 1, "j": 2}
    assert sizes(claim.spec)[1] == size
    assert all(found["m"] > 1 and found["N"] > 1 for found in sizes(claim.spec))
    assert check(claim.spec, size, Limits(max_points=40), lambda _: None).verdict is Verdict.PROVED
    twin = only(bound(library, COVARIANCE.replace("MEAN", "{N + 1}")))
    assert check(twin.spec, size, Limits(max_points=40), lambda _: None).verdict is Verdict.REFUTED


def test_data_that_two_parameters_could_be_is_refused(library: Path) -> None:
    text = COVARIANCE.replace("MEAN", "N").replace("an array of further observations", "an array of observations of other variables")
    assert "the symbol X matches no parameter" in refused(bound(library, text)).reason


def test_a_formula_of_a_record_is_no_claim(library: Path) -> None:
    text = 'class f(NamedTuple):\n    r"""Axes.\n\n    .. math:: x W = y\n\n    """\n    axis: int = 0\n'
    found = refused(bound(library, "from typing import NamedTuple\n\n" + text))
    assert (found.verdict, "is a record" in found.reason) == (Verdict.NOT_A_CLAIM, True)
    for method in ("def __call__(self, x):", "def scaled(self, x):", "@property\n    def value(self):"):
        computes = refused(bound(library, f"from typing import NamedTuple\n\n{text}    {method}\n        return 1\n"))
        assert computes.verdict is Verdict.UNREADABLE, method
    called = refused(bound(library, 'def f(x):\n    r"""Axes.\n\n    .. math:: x W = y\n\n    """\n'))
    assert called.verdict is Verdict.UNREADABLE


INHERITED = '''
import dataclasses


@dataclasses.dataclass
class Base:
    scale: float = 1.0

    def __call__(self, x):
        return self.scale * x


@dataclasses.dataclass
class f(Base):
    r"""A kernel.

    .. math:: x W = y
    """
'''


def test_a_class_that_inherits_a_method_is_no_record(library: Path) -> None:
    assert refused(bound(library, INHERITED)).verdict is Verdict.UNREADABLE
    alone = INHERITED.replace("    def __call__(self, x):\n        return self.scale * x\n", "")
    assert refused(bound(library, alone)).verdict is Verdict.NOT_A_CLAIM


NEIGHBOUR = '''
def f(x):
    """A function with a short name."""
    return x


def other(x):
    r"""The density.

    .. math:: NAME(x) = x^2
    """
    return x**2
'''


def test_a_letter_that_is_also_a_function_is_not_taken_for_it(library: Path) -> None:
    found = refused(bound(library, NEIGHBOUR.replace("NAME", "f"), "other"))
    assert (found.verdict, found.reason) == (Verdict.UNREADABLE, "f(x) may be a value of other, or of the function f beside it")
    assert only(bound(library, NEIGHBOUR.replace("NAME", "g"), "other")).spec.target.endswith("other")


NOISE = '''
def f(x, gamma=1.0):
    r"""Noise.

    .. math:: u_t \\leftarrow STEP

    .. math:: \\sigma_t^2 = x \\gamma

    """
    return x
'''.replace("\\\\", "\\")


def test_a_value_inside_a_step_is_no_claim(library: Path) -> None:
    _, told = bound(library, NOISE.replace("STEP", r"-g_t + N(0, \sigma_t^2)"))
    assert isinstance(told, Refused)
    assert (told.verdict, "for a step that another formula describes" in told.reason) == (Verdict.NOT_A_CLAIM, True)
    _, alone = bound(library, NOISE.replace("STEP", "-g_t"))
    assert isinstance(alone, Refused)
    assert alone.verdict is Verdict.UNREADABLE


KINKED = '''
def g(x):
    r"""Another."""
    return x

def f(x, alpha=2.0):
    r"""Value.

    .. math:: \\nabla f({at}) = {value}

    .. math:: \\nabla g(0) = 1
    """
    return jnp.where(x > 3, alpha * x, -x)
'''.replace("\\\\", "\\")


@pytest.mark.parametrize(("condition", "read"), [("x > 0", True), ("q > 0", False)])
def test_a_condition_with_a_name_that_nothing_explains_is_not_dropped(library: Path, condition: str, read: bool) -> None:
    text = f'''
def f(x):
    r"""Value.

    .. math:: x \\quad \\text{{if }} {condition}
    """
    return jnp.abs(x)
'''.replace("\\\\", "\\")
    (claim,) = bound(library, text)
    assert isinstance(claim, Bound) is read
    if isinstance(claim, Bound):
        assert verdicts(claim) <= {Verdict.PROVED, Verdict.TESTED}


def test_a_derivative_at_a_number(library: Path) -> None:
    claim, other = bound(library, KINKED.format(at=4, value=2))
    assert isinstance(claim, Bound)
    assert (claim.spec.derivative, claim.spec.bind) == ("x", {"x": 4.0})
    assert "alpha=2.0 is left at its default" in claim.notes
    assert verdicts(claim) == {Verdict.PROVED}
    assert isinstance(other, Refused)
    assert (other.verdict, "of a function other than f" in other.reason) == (Verdict.NOT_A_CLAIM, True)
    twin = bound(library, KINKED.format(at=3, value=2))[0]
    assert isinstance(twin, Bound)
    (found,) = [check(twin.spec, size, Limits(max_points=20), lambda _: None) for size in sizes(twin.spec)]
    assert found.verdict is Verdict.REFUTED
    assert found.counterexample is not None
    assert found.counterexample.call == "import jax, documents; print(jax.grad(lambda x: documents.f(x=x))(3.0))"


def test_a_derivative_at_a_symbol_is_compared_everywhere(library: Path) -> None:
    claim = bound(library, KINKED.format(at="x", value="-1"))[0]
    assert isinstance(claim, Bound)
    assert verdicts(claim) == {Verdict.REFUTED}
    right = bound(library, KINKED.format(at="x", value="-1").replace("jnp.where(x > 3, alpha * x, -x)", "-x"))[0]
    assert isinstance(right, Bound)
    assert verdicts(right) <= {Verdict.PROVED, Verdict.TESTED}


LINKED = (
    COVARIANCE
    + '''

def g(data):
    r"""Correlation, from the {word} computed by :func:`documents.f`.

    For a sample covariance :math:`C_{ij}`, it is

    .. math:: R_{ij} = \\frac{C_{ij}}{\\sqrt{C_{ii} C_{JJ}}}

    Args:
      data: array of shape ``(M, N)``.
    """
    return jnp.corrcoef(data)
'''.replace("\\\\", "\\")
)


def test_entries_that_the_text_links_to_another_function(library: Path) -> None:
    text = LINKED.replace("MEAN", "N")
    claim = only(bound(library, text.replace("{word}", "sample covariance").replace("JJ", "jj"), "g"))
    assert "C is documents.f, as it is documented" in claim.notes
    size = {"m": 2, "N": 2, "i": 1, "j": 2}
    assert {name: sizes(claim.spec)[1][name] for name in size} == size
    assert check(claim.spec, sizes(claim.spec)[1], Limits(max_points=40), lambda _: None).verdict.holds
    twin = only(bound(library, text.replace("{word}", "sample covariance").replace("JJ", "ii"), "g"))
    assert check(twin.spec, sizes(twin.spec)[1], Limits(max_points=40), lambda _: None).verdict is Verdict.REFUTED
    other = refused(bound(library, text.replace("{word}", "matrix").replace("JJ", "jj"), "g"))
    assert "the symbol C matches no parameter" in other.reason


RESTATED = '''
def f(x):
    r"""Value.

    .. math:: z^2 + z

    This is our f({argument}).
    """
    return (1 - x) ** 2 / 4 + (1 - x) / 2
'''


def test_the_words_after_a_formula_say_what_it_is(library: Path) -> None:
    claim = only(bound(library, RESTATED.format(argument="1 - 2z")))
    assert "it is f(1 - 2z), as the text says" in claim.notes
    assert verdicts(claim) == {Verdict.PROVED}
    assert verdicts(only(bound(library, RESTATED.format(argument="1 + 2z")))) == {Verdict.REFUTED}


@pytest.mark.parametrize("argument", ["z^2", "y", "1 - z + y", "x z"])
def test_an_argument_that_does_not_tell_the_symbol_is_refused(library: Path, argument: str) -> None:
    found = refused(bound(library, RESTATED.format(argument=argument)))
    assert found.reason == f"the text says that the formula is f({argument}), and that does not tell the value at x"
    assert found.suggestion == "write the formula for f(x)"


TOTAL = r'''
def f(x):
    r"""F.

    .. math:: \sum_{ENDS x_i

    Args:
        x: a vector.
    """
    return jnp.sum(x)
'''


@pytest.mark.parametrize("ends", ["i=2}^n", "i=1}^{n-1}", "i=3}^{n}"])
def test_a_sum_over_part_of_an_axis_does_not_tell_the_axis(library: Path, ends: str) -> None:
    """Whether x has an entry before or behind these is not said."""
    text = TOTAL.replace("ENDS", ends).replace("jnp.sum(x)", "jnp.sum(x[1:])")
    assert "may not be all entries of the axis" in refused(bound(library, text)).reason


@pytest.mark.parametrize("ends", ["i=1}^n", "i=0}^{n-1}", "i=0}^n"])
def test_a_sum_over_the_whole_axis_does(library: Path, ends: str) -> None:
    text = TOTAL.replace("ENDS", ends)
    assert verdicts(only(bound(library, text))) == {Verdict.PROVED}
    assert verdicts(only(bound(library, text.replace("jnp.sum(x)", "jnp.sum(x[1:])")))) >= {Verdict.REFUTED}
