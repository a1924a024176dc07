r"""The letter `n` beside a sum over the entries of one array is their number, unless the text or a parameter gives it another meaning."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fixture_modules import functions, judged_claim

from qedoc.bind import Refused, claims
from qedoc.claims.limits import Limits
from qedoc.judge.readings import check_readings
from qedoc.results.verdict import CaseResult, Verdict
from qedoc.sources.specfiles import sizes

HOLDS = {Verdict.PROVED, Verdict.TESTED}
Judge = Callable[..., CaseResult]


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    """Judges the formula of a function that is given by its parameters, docstring and code, for arrays of two and three entries."""
    with functions(tmp_path, monkeypatch, "counted") as record:

        def judged(parameters: str, latex: str, code: str, text: str = "") -> CaseResult:
            (claim,) = claims(record(parameters, f"It is this:\n\n.. math::\n    {latex}\n\n{text}", code))
            if isinstance(claim, Refused):
                return judged_claim(claim)
            chosen = [size for size in sizes(claim.spec) if min(size.values()) > 1]
            found = [check_readings(claim.readings, size, Limits(max_points=40), print) for size in chosen]
            return next((one for one in found if one.verdict not in HOLDS), found[0])

        yield judged


MEAN = r"\frac{1}{n} \sum_i |x_i|"


@pytest.mark.parametrize("letter", ["n", "N"])
def test_n_is_the_length_of_the_only_array(judge: Judge, letter: str) -> None:
    found = judge("x", MEAN.replace("n}", f"{letter}}}"), "jnp.mean(jnp.abs(x))")
    assert found.verdict in HOLDS
    chosen = [one for one in found.interpretations[0].assumptions if one.subject == letter]
    assert [(one.value, one.sure) for one in chosen] == [("the length of x", "suggested")]


@pytest.mark.parametrize("code", ["jnp.sum(jnp.abs(x))", "jnp.sum(jnp.abs(x)) / (x.shape[0] + 1)", "-jnp.mean(jnp.abs(x))"])
def test_another_divisor_refutes_it(judge: Judge, code: str) -> None:
    assert judge("x", MEAN, code).verdict is Verdict.REFUTED


def test_a_sum_without_one_entry_is_over_the_same_array(judge: Judge) -> None:
    latex = r"\frac{\sum_{i \neq y} \max(0, w_y (m - x_y SIGN x_i))}{n}"
    code = "(jnp.sum(jnp.maximum(0.0, w[y] * (margin - x[y] + x))) - jnp.maximum(0.0, w[y] * margin)) / x.shape[0]"
    assert judge("x, y, w, margin=1.0", latex.replace("SIGN", "+"), code).verdict in HOLDS
    assert judge("x, y, w, margin=1.0", latex.replace("SIGN", "-"), code).verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ("x, n", "jnp.sum(jnp.abs(x)) / n"),  # its own name
        ("x, num_items", "jnp.sum(jnp.abs(x)) / num_items"),  # the only parameter that is left
        ("x, count", "jnp.sum(jnp.abs(x)) / count"),
    ],
)
def test_n_is_a_parameter_that_is_left(judge: Judge, parameters: str, code: str) -> None:
    assert judge(parameters, MEAN, code).verdict in HOLDS
    assert judge(parameters, MEAN, code.replace("jnp.sum", "jnp.mean")).verdict not in HOLDS


def test_n_may_be_a_parameter_of_any_name_or_the_length(judge: Judge) -> None:
    assert judge("x, blarg", MEAN, "jnp.mean(jnp.abs(x)) + 0 * blarg").verdict is not Verdict.REFUTED
    assert judge("x, blarg", MEAN, "jnp.sum(jnp.abs(x)) / blarg").verdict in HOLDS
    assert judge("x, blarg", MEAN, "3 * jnp.sum(jnp.abs(x)) + 0 * blarg").verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("parameters", "latex", "text"),
    [
        ("x", MEAN, "Here n is the size of a batch."),
        ("x", MEAN, "where :math:`n` is the number of rooms."),
        ("x, w", r"\frac{1}{n} \sum_i w_i x_i", ""),  # n may be the number of weights that are not zero
        ("x", r"\frac{1}{n} \sum_{i: x_i > 0} x_i", ""),  # or of the entries that satisfy the condition
        ("x", r"\frac{1}{q} \sum_i |x_i|", ""),  # no letter of a number
    ],
)
def test_where_n_may_be_something_else_nothing_is_refuted(judge: Judge, parameters: str, latex: str, text: str) -> None:
    assert judge(parameters, latex, "jnp.mean(jnp.abs(x)) + 1", text).verdict not in {*HOLDS, Verdict.REFUTED}


INDICES = r"|\{i : x_i > a\}|"
ENTRIES = r"|\{v \in x : v > a\}|"


@pytest.mark.parametrize(
    ("latex", "code", "verdicts"),
    [
        (INDICES, "jnp.sum(x > a)", HOLDS),
        (INDICES, "jnp.sum(x >= a)", {Verdict.REFUTED}),
        (INDICES, "jnp.sum(x < a)", {Verdict.REFUTED}),
        (ENTRIES, "jnp.sum(x > a)", HOLDS),
        (ENTRIES, "jnp.sum(x < a)", {Verdict.REFUTED, Verdict.UNDECIDED}),
        (ENTRIES, "jnp.sum(jnp.unique(x, size=x.shape[0], fill_value=a) > a)", {Verdict.UNDECIDED}),  # it does
        (rf"2^{{{ENTRIES}}}", "2 ** jnp.sum(x > a)", HOLDS),
        (r"|\{i : i > a\}|", "jnp.sum(x > a)", {Verdict.UNREADABLE}),  # a set of numbers
        (r"|\{v \in q : v > a\}|", "jnp.sum(x > a)", {Verdict.UNREADABLE}),  # nothing says what q is
        (r"|\{x\}|", "jnp.sum(x > a)", {Verdict.UNREADABLE}),
    ],
)
def test_the_number_of_elements_of_a_set(judge: Judge, latex: str, code: str, verdicts: set[Verdict]) -> None:
    text = "Args:\n  x: a vector.\n  a: a number."
    assert judge("x, a", latex, f"{code} + 0 * a", text).verdict in verdicts
