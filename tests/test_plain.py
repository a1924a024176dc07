"""Mathematics in plain text: how blocks are divided, what is mathematics, how it is read, and what is said beside it."""

import sys
import textwrap
import tomllib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from fixture_modules import judged_claim

from qedoc.bind import Bound, Refused, claims
from qedoc.claims.limits import Limits
from qedoc.judge.pair import Pair
from qedoc.judge.readings import check_readings
from qedoc.read import PLAIN, Names, NotAClaim, Reading, Unreadable, read
from qedoc.results.verdict import Verdict
from qedoc.sources import markup, plain_legend, prose
from qedoc.sources.docstrings import documented
from qedoc.sources.plain_math import statements

ROWS = tomllib.loads((Path(__file__).parent / "formulas" / "plain.toml").read_text())["formula"]


def names(row: dict[str, Any]) -> Names:
    vectors, matrices = frozenset(row.get("vectors", ())), frozenset(row.get("matrices", ()))
    return Names(parameters=tuple(row.get("parameters", ())), legend=row.get("legend", {}), vectors=vectors, matrices=matrices)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"].strip())
def test_reads_or_refuses(row: dict[str, Any]) -> None:
    text = row["text"].strip()
    found = read(text, names(row), PLAIN)
    if "readings" in row:
        assert isinstance(found, Reading), str(found)
        assert [str(reading) for reading in (found, *found.others)] == row["readings"]
    elif "silent" in row:
        assert isinstance(found, NotAClaim), str(found)
        assert row["silent"] in found.why
    else:
        assert isinstance(found, Unreadable), str(found)
        assert row["refused"] in found.what
        assert text[found.offset :].startswith(row["at"]), text[found.offset :]


def test_a_long_text_and_a_deep_one_are_refused() -> None:
    for text in ("f(x) = x" + " + x" * 2000, "f(x) = " + "(" * 60 + "x" + ")" * 60):
        found = read(text, Names(), PLAIN)
        assert isinstance(found, Unreadable)


def parts(text: str, *, marked: bool = True) -> list[str]:
    lines = textwrap.dedent(text).strip("\n").split("\n")
    found = statements(lines, marked=marked)
    for one in found:
        assert lines[one.first].strip()
        assert one.first <= one.last < len(lines)
    return [one.text for one in found]


def test_a_block_is_divided_into_its_formulas() -> None:
    block = """
        pdf(x; df, loc) = (1 + y**2 / df)**(-0.5 (df + 1)) / Z
        where,
        y = (x - loc) / scale     # the standardised value
        Z = sqrt(df pi)
            * Gamma(0.5 df) /
            Gamma(0.5 (df + 1))
        """
    assert parts(block) == [
        "pdf(x; df, loc) = (1 + y**2 / df)**(-0.5 (df + 1)) / Z",
        "y = (x - loc) / scale",
        "Z = sqrt(df pi)\n    * Gamma(0.5 df) /\n    Gamma(0.5 (df + 1))",
    ]


def test_rows_of_cases_stay_together_and_the_next_formula_does_not_join_them() -> None:
    block = """
        mean(df, loc) =
            loc + m, when df > 1
            NaN, when df <= 1
        where m = 2 df
        |x| = -x
        """
    assert parts(block) == ["mean(df, loc) =\n    loc + m, when df > 1\n    NaN, when df <= 1", "m = 2 df", "|x| = -x"]


def test_values_by_cases_without_a_left_side_are_one_formula() -> None:
    assert parts("df / (df - 2), when df > 2\ninfinity, when 1 < df <= 2\nNaN, when df <= 1") == [
        "df / (df - 2), when df > 2\ninfinity, when 1 < df <= 2\nNaN, when df <= 1"
    ]


def test_a_formula_with_an_open_bracket_does_not_swallow_the_next() -> None:
    assert parts("f(x) = ((x + 1)\ny = x") == ["f(x) = ((x + 1)", "y = x"]


def test_what_is_said_of_a_random_variable_belongs_to_its_distribution() -> None:
    assert parts("X ~ Normal(loc=0, scale=1)\nscale = s\nY = loc + scale * X") == [
        "X ~ Normal(loc=0, scale=1)\nscale = s\nY = loc + scale * X"
    ]
    assert parts("Y ~ Rayleigh(scale)\npdf(y; scale) = y / scale") == ["Y ~ Rayleigh(scale)", "pdf(y; scale) = y / scale"]


CODE = [
    ">>> f(x) = 1",
    "import jax\ny = f(x)",
    "def f(x):\n  return x + 1",
    "y = dist.prob(x)",
    "y = tf.reduce_sum(x)",
    "y = f(x, axis=0)",
    "y = f(*args, **kwargs)",
    "y = x[:3]",
    "y = 'text'",
    "for i in x:\n  y = i",
    "y = lambda x: x",
    "y = f(x)  ==> 3",
]


@pytest.mark.parametrize("text", CODE)
@pytest.mark.parametrize("marked", [False, True])
def test_code_is_never_a_formula(text: str, marked: bool) -> None:
    assert parts(text, marked=marked) == []


@pytest.mark.parametrize(
    "text",
    [
        "| k(1, 1)   ...  k(1, 2) |\n| k(2, 1)   ...  k(2, 2) |",
        "       x + 1\nf(x) = -----\n         2",
        "  ^\nz |   o\n  |  / \\\n0 +------> x",
    ],
)
def test_a_drawing_is_never_a_formula(text: str) -> None:
    assert parts(text) == []


@pytest.mark.parametrize(
    ("text", "mathematics"),
    [
        ("f(x) = x + 1", True),
        ("y = a x + b", True),
        ("y = |x|", True),
        ("x,   if x > 0\n0,   otherwise", True),
        ("y = a * x + b", False),  # may be code
        ("y = f(x)", False),
        ("y = some words here", False),
        ("the result is y = 2 x", False),
        ("a = {0}", False),
        ("f(x) = x + 1\nthen call it", False),
    ],
)
def test_a_block_without_a_language_counts_only_if_it_is_evidently_mathematics(text: str, mathematics: bool) -> None:
    assert bool(parts(text, marked=False)) is mathematics


def blocks(text: str) -> list[tuple[str, str]]:
    lines = markup.dedented(textwrap.dedent(text))
    for block in markup.blocks(lines):
        assert block.first <= block.start <= block.last
        assert lines[block.start].strip().startswith(block.latex.split("\n")[0])
    return [(block.latex, block.notation) for block in markup.blocks(lines)]


def test_fences_literal_blocks_and_indented_blocks_hold_formulas() -> None:
    text = """Title.

    ```none
    f(x) = 2 x
    ```

    ~~~math
    g(x) = 3 x
    ~~~

    ```math
    h(x) = \\frac{x}{2}
    ```

    It computes::

        k(x) = x^2

    The value is

        m(x) = 4 x

    ```python
    z = 5 x
    ```

    .. code-block:: text

       n(x) = 6 x

    .. code-block:: python

       z = 6 x

    Examples:

        Its value is

            z(x) = 7 x
    """
    plain = [("f(x) = 2 x", PLAIN), ("g(x) = 3 x", PLAIN), ("h(x) = \\frac{x}{2}", ""), ("k(x) = x^2", PLAIN)]
    assert blocks(text) == [*plain, ("m(x) = 4 x", PLAIN), ("n(x) = 6 x", PLAIN)]


def test_formulas_of_one_fence_are_one_display_with_their_own_lines() -> None:
    found = markup.blocks(["```none", "f(x) = x / Z", "", "Z = 2", "```", "It is fine."])
    assert [(block.first, block.start, block.last) for block in found] == [(1, 1, 4), (1, 3, 4)]


def test_code_is_no_running_text() -> None:
    text = ["Title.", "", "```python", "x = positive", "```", "", "More."]
    assert [paragraph.text for paragraph in markup.paragraphs(text)] == ["Title.", "More."]


def told(text: str, *parameters: str) -> tuple[dict[str, str], list[str]]:
    found = plain_legend.told(markup.paragraphs(markup.dedented(textwrap.dedent(text))), parameters)
    return found.legend, [formula for formula, _ in found.definitions]


def test_code_spans_bind_symbols_and_explain_names() -> None:
    text = """where:

    * `concentration = alpha`, `alpha > 0`,
    * `b = rate > 0`, and
    * `Z` is the normalization constant, and,
    * `GammaInc` is the [lower incomplete
      gamma function](https://example.org/a_(b)).
    * `B` is the constant aka the [beta function](https://example.org).
    * `g = sqrt(a**2 + 1)`
    """
    legend, definitions = told(text, "concentration", "rate")
    assert legend["alpha"] == "``concentration``"
    assert legend["b"] == "``rate``"
    assert legend["Z"] == "the normalization constant"
    assert legend["GammaInc"].startswith("the lower incomplete gamma function")
    assert legend["B"] == "the constant"
    assert definitions == ["g = sqrt(a**2 + 1)"]


def test_a_code_span_that_is_supposed_or_a_call_says_nothing() -> None:
    assert told("If `loc = mu`, it is fine. Set `x = loc` and call `f(a=b)`. Here `loc = 0`.", "loc", "scale") == ({}, [])
    assert told("It returns `y = g(x, 1)` if so.", "x") == ({}, [])


HEAD = "import jax.numpy as jnp\n"


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path / "plain_documents.py"
    sys.modules.pop("plain_documents", None)
    sys.path_importer_cache.clear()


def verdicts(library: Path, text: str) -> dict[str, Verdict]:
    library.write_text(HEAD + text)
    sys.modules.pop("plain_documents", None)
    found: dict[str, Verdict] = {}
    for record in documented("plain_documents"):
        for claim in claims(record):
            if isinstance(claim, Bound):
                assert claim.readings is not None
                found[claim.spec.id.removeprefix("plain_documents.")] = check_readings(
                    claim.readings, {}, Limits(max_points=60), lambda _: None
                ).verdict
            else:
                assert isinstance(claim, Refused)
                found[claim.name.removeprefix("plain_documents.")] = claim.verdict
    return found


NORMAL = '''
def pdf(x, loc, scale):
    """Density of the normal distribution.

    ```none
    pdf(x; mu, sigma) = exp(-0.5 (x - mu)**2 / {squared}) / Z
    Z = (2 pi sigma**2)**0.5
    ```

    where `loc = mu` is the mean, `scale = sigma` is the std. deviation, and, `Z`
    is the normalization constant.

    Args:
      x: a number.
      loc: the mean.
      scale: Positive scale.
    """
    return jnp.exp(-0.5 * ((x - loc) / scale) ** 2) / (jnp.sqrt(2 * jnp.pi) * scale)
'''


def test_a_fenced_formula_holds_and_its_wrong_twin_is_refuted(library: Path) -> None:
    right = verdicts(library, NORMAL.format(squared="sigma**2"))
    assert right == {"pdf#1": Verdict.PROVED, "pdf#2": Verdict.NOT_A_CLAIM}
    assert verdicts(library, NORMAL.format(squared="sigma"))["pdf#1"] is Verdict.REFUTED


HALF = '''
def half(x, y):
    """Half.

    ```none
    half(x, y) = {text}
    ```
    """
    return {code}
'''


@pytest.mark.parametrize(
    ("text", "code", "verdict"),
    [
        ("1 / 2 x + y", "x / 2 + y", Verdict.PROVED),  # the code decides between two equal readings
        ("1 / 2 x + y", "1 / (2 * x) + y", Verdict.PROVED),
        ("1 / 2 x + y", "x / 3 + y", Verdict.REFUTED),
        ("1 / 2 * x + y", "x / 2 + y", Verdict.PROVED),
        ("x if x > 0 else y", "jnp.where(x > 0, x, y)", Verdict.PROVED),
        ("x if x > 0 else y", "jnp.where(x > 1, x, y)", Verdict.REFUTED),
        ("1[x > y] x", "jnp.where(x > y, x, 0.0)", Verdict.PROVED),
        ("1[x > y] x", "jnp.where(x < y, x, 0.0)", Verdict.REFUTED),
        ("|x| + 2^y", "jnp.abs(x) + 2.0**y", Verdict.PROVED),
        ("|x| + 2^y", "jnp.abs(x) - 2.0**y", Verdict.REFUTED),
    ],
)
def test_notations_of_plain_text(library: Path, text: str, code: str, verdict: Verdict) -> None:
    found = verdicts(library, HALF.format(text=text, code=code))
    assert found["half"] is verdict


TWO = '''
def f(x):
    """Two blocks, each with its own z.

    ```none
    f(x) = z + 1
    z = 2 x
    ```

    It is also

    ```none
    f(x) = z - 1
    z = 2 x + {end}
    ```
    """
    return 2 * x + 1
'''


def test_a_definition_holds_for_the_formulas_of_its_own_block(library: Path) -> None:
    found = verdicts(library, TWO.format(end="2"))
    assert found["f#1"] is found["f#3"] is Verdict.PROVED
    found = verdicts(library, TWO.format(end="3"))
    assert (found["f#1"], found["f#3"]) == (Verdict.PROVED, Verdict.REFUTED)


def test_entries_place_symbols_in_a_formula() -> None:
    described = {
        "rate": "The rate. This is `r` in `Y = g(X) = 1 - exp(-r X)`.",
        "scale": "This is `scale` in `y = scale x`.",
        "x": "This is `y`.",
    }
    legend, rest = plain_legend.placed(described)
    assert legend == {"r": "``rate``"}
    assert rest == {"rate": "The rate.", "scale": "", "x": "This is `y`."}


@pytest.mark.parametrize(
    ("text", "default", "kept"),
    [
        ("Python `bool` indicating whether arguments should be positive.", False, ""),
        ("If `True`, x must be positive.", False, ""),
        ("If `True`, x must be positive.", True, "If `True`, x must be positive."),
        ("When False the value must be less than 1. It must be odd.", True, "It must be odd."),
        ("Whether x must be positive.", True, ""),
        ("It must be positive.", False, "It must be positive."),
    ],
)
def test_the_entry_of_a_switch_says_what_its_default_does(text: str, default: bool, kept: str) -> None:
    assert prose.of_default(text, default) == kept


CDF = '''
class Bend:
    """Computes `Y = g(X) = 1 - exp(-c X)`, the {name}.

    This bijector maps inputs from `[0, inf]` to `[0, 1]`.

    ```none
    pdf(y; c) = c exp({exponent})
    ```

    Args:
      rate: A positive number. This is `c` in `Y = g(X) = 1 - exp(-c X)`.
      validate_args: Python `bool` indicating whether arguments must be checked.
    """

    def __init__(self, rate, validate_args=False):
        self.rate = rate

    def forward(self, x):
        return 1 - jnp.exp(-self.rate * x)

    def forward_log_det_jacobian(self, x):
        return jnp.log(self.rate) - self.rate * x
'''


@pytest.mark.parametrize(("exponent", "verdict"), [("-c y", Verdict.PROVED), ("-y", Verdict.REFUTED)])
def test_the_density_beside_a_bijector_that_is_a_distribution_function_is_its_slope(library: Path, exponent: str, verdict: Verdict) -> None:
    found = verdicts(library, CDF.replace("{name}", "exponential CDF").replace("{exponent}", exponent))
    assert found["Bend"] is verdict


def test_the_density_beside_another_bijector_says_nothing_of_its_slope(library: Path) -> None:
    for exponent in ("-c y", "-y"):
        found = verdicts(library, CDF.replace("{name}", "bend").replace("{exponent}", exponent))
        assert found["Bend"] is Verdict.UNREADABLE


def test_a_definition_is_a_part_of_the_formulas_that_use_it(library: Path) -> None:
    library.write_text(HEAD + TWO.format(end="2"))
    (record,) = (record for record in documented("plain_documents") if record.formulas)
    found = claims(record)
    assert [claim.part_of for claim in found if isinstance(claim, Refused)] == [("plain_documents.f#1",), ("plain_documents.f#3",)]


def test_a_definition_of_a_formula_that_cannot_be_read_is_no_value(library: Path) -> None:
    text = CDF.replace("{name}", "exponential CDF").replace("pdf(y; c) = c exp({exponent})", "pdf(y; c) = c @ exp(z)\n    z = -c y")
    assert verdicts(library, text) == {"Bend#1": Verdict.UNREADABLE, "Bend#2": Verdict.NOT_A_CLAIM}


TWICE = '''
class Shifted:
    """A distribution.

    ```none
    pdf(x; mu) = exp({shift} - x)
    mean(mu) = mu + {mean}
    ```

    where `loc = mu`.
    """

    def __init__(self, loc):
        self.loc = loc

    def log_prob(self, value):
        return self.loc - value

    def mean(self):
        return self.loc + 1
'''


@pytest.mark.parametrize(
    ("shift", "mean", "verdicts_"),
    [
        ("2 mu - loc", "1", [Verdict.PROVED, Verdict.PROVED]),  # two names of one parameter
        ("mu + loc", "1", [Verdict.REFUTED, Verdict.PROVED]),
        ("loc", "2", [Verdict.PROVED, Verdict.REFUTED]),
    ],
)
def test_two_names_of_a_parameter_and_moments_as_functions_of_parameters(
    library: Path, shift: str, mean: str, verdicts_: list[Verdict]
) -> None:
    found = verdicts(library, TWICE.replace("{shift}", shift).replace("{mean}", mean))
    assert [found["Shifted#1"], found["Shifted#2"]] == verdicts_


COIN = '''
class Coin:
    """A coin.

    ```none
    p(x=1; q) = {text}
    ```
    """

    def __init__(self, q):
        self.q = q

    def prob(self, x):
        return jnp.where(x == 1, self.q, 1 - self.q)
'''


@pytest.mark.parametrize(("text", "verdict"), [("q", Verdict.PROVED), ("1 - q", Verdict.REFUTED)])
def test_the_density_at_a_number(library: Path, text: str, verdict: Verdict) -> None:
    assert verdicts(library, COIN.replace("{text}", text))["Coin"] is verdict


AVERAGE = '''
class Walk:
    """A walk.

    ```none
    mean(loc) = loc + E(Y)
    E({variable}) = 3
    ```
    """

    def __init__(self, loc):
        self.loc = loc

    def mean(self):
        return self.loc + 3
'''


def test_an_expectation_is_put_in_for_its_own_variable_alone(library: Path) -> None:
    assert verdicts(library, AVERAGE.replace("{variable}", "Y"))["Walk#1"] is Verdict.PROVED
    assert verdicts(library, AVERAGE.replace("{variable}", "X"))["Walk#1"] is Verdict.UNREADABLE


WAIT = '''
class Wait:
    """A waiting time.

    ```none
    {text}
    ```

    where `rate = beta`.
    """

    def __init__(self, rate):
        self._rate = rate

    @property
    def rate(self):
        return self._rate

    def mean(self):
        return jnp.where(self._rate > 1, 1 / self._rate, jnp.inf)

    def variance(self):
        return 1 / self._rate**2
'''


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("rate = mean / variance", Verdict.PROVED),  # the mean is finite for rates above 1 only
        ("beta = mean / variance", Verdict.PROVED),
        ("rate = mean**2 / variance", Verdict.REFUTED),
        ("variance = 1 / beta**2", Verdict.PROVED),
        ("variance = 1 / beta", Verdict.REFUTED),
        ("rate = beta", Verdict.NOT_A_CLAIM),
        ("scale = mean / variance", Verdict.UNREADABLE),
    ],
)
def test_parameters_are_given_by_moments_and_moments_by_parameters(library: Path, text: str, verdict: Verdict) -> None:
    assert verdicts(library, WAIT.replace("{text}", text))["Wait"] is verdict


SQUARE = '''
class Square:
    """Computes the square.

    ```none
    forward(y; 0, 1) = {text}
    ```
    """

    def __init__(self, {parameters}validate_args=False):
        pass

    def forward(self, x):
        return x**2
'''


@pytest.mark.parametrize(
    ("parameters", "text", "verdict"),
    [
        ("", "y^2", Verdict.PROVED),
        ("", "y", Verdict.REFUTED),
        ("loc=0.0, scale=1.0, ", "y^2", Verdict.UNDECIDED),  # nothing says which parameters have these values
    ],
)
def test_numbers_for_parameters(library: Path, parameters: str, text: str, verdict: Verdict) -> None:
    found = verdicts(library, SQUARE.replace("{parameters}", parameters).replace("{text}", text))
    assert found["Square"] is verdict


def test_a_batch_shape_makes_no_vector() -> None:
    assert prose.shaped("A tensor with shape `[n, k]`.")
    assert not prose.shaped("A tensor having batch shape [B1, ... Bn] broadcastable with the mean.")


LENGTH = '''
def kernel(x, loc, scale):
    """A kernel.

    ```none
    kernel(x; loc, scale) = exp(-||y||**2)
    y = {text}
    ```

    Args:
      x: a vector.
      loc: a vector.
      scale: a number.
    """
    return jnp.exp(-jnp.sum(((x - loc) / scale) ** 2))
'''


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("(x - loc) / scale", "holds"),
        ("(x + loc) / scale", "refuted"),
        ("(x - loc) / scale**2", "refuted"),
        ("inv(scale) (x - loc)", "unreadable"),  # the inverse of a matrix, perhaps
        ("scale", "undecided"),  # the norm of a number, or a vector that is not told
    ],
)
def test_the_definition_of_a_vector_is_put_in_entry_by_entry(library: Path, text: str, verdict: str) -> None:
    library.write_text(HEAD + LENGTH.replace("{text}", text))
    sys.modules.pop("plain_documents", None)
    (record,) = (record for record in documented("plain_documents") if record.formulas)
    claim = claims(record)[0]
    found = judged_claim(claim).verdict
    assert ("holds" if found.holds else str(found)) == verdict


POLYA = '''
class Polya:
    """Polya distribution.

    ```none
    pmf(n; alpha, N) = {text}
    ```

    where:

    * `concentration = alpha`,
    * `total = N`, and,
    * {legend}
    """

    def __init__(self, concentration, total, validate_args=False):
        self.concentration, self.total = concentration, total

    def prob(self, value):
        def log_beta(a):
            return jnp.sum(jax.scipy.special.gammaln(a)) - jax.scipy.special.gammaln(jnp.sum(a))

        a, ways = self.concentration, jnp.sum(jax.scipy.special.gammaln(1 + value))
        return jnp.exp(log_beta(a + value) - log_beta(a) + jax.scipy.special.gammaln(1 + self.total) - ways)
'''


@pytest.mark.parametrize(
    ("text", "legend", "verdict"),
    [
        ("N! Beta(alpha + n) / Beta(alpha) / (prod_j n_j!)", "`N!` is `N` factorial.", "holds"),
        ("N! Beta(alpha + n) / Beta(alpha) / (prod_j n_j)", "`N!` is `N` factorial.", "refuted"),
        ("N! Beta(alpha) / Beta(alpha + n) / (prod_j n_j!)", "`N!` is `N` factorial.", "refuted"),
        ("N! Beta(alpha + n) / Beta(alpha) / (prod_j n_j!)", "`N` is the residual factorial.", "undecided"),  # N may be anything
    ],
)
def test_the_beta_function_of_a_vector(library: Path, text: str, legend: str, verdict: str) -> None:
    library.write_text(f"import jax\n{HEAD}" + POLYA.replace("{text}", text).replace("{legend}", legend))
    sys.modules.pop("plain_documents", None)
    (record,) = (record for record in documented("plain_documents") if record.formulas)
    found = judged_claim(claims(record)[0]).verdict
    assert ("holds" if found.holds else str(found)) == verdict


NARROW = '''
def ramp(x, c):
    """A ramp.

    ```none
    ramp(x, c) = {more}(1 + c (x - 0.1) / 0.3)**(-1 / c - 1), 0.1 <= x <= 0.7, -1 < c < 0
    ```
    """
    x = x if hasattr(x, "dtype") else jnp.float32(x)
    y = 1 / c + 1
    return jnp.exp(-jnp.where(y == 0, y, y * jnp.log1p(c * ((x - 0.1) / 0.3))))
'''


def test_code_that_computes_python_numbers_in_float32_is_not_refuted_by_its_rounding(library: Path) -> None:
    for more, refuted in (("", False), ("1 + ", True)):
        library.write_text(HEAD + NARROW.replace("{more}", more))
        sys.modules.pop("plain_documents", None)
        (record,) = (record for record in documented("plain_documents") if record.formulas)
        (claim,) = claims(record)
        assert isinstance(claim, Bound)
        pair = Pair(claim.spec, {})
        pair.code.explore(pair.facts)
        at = {"x": Fraction(7, 10), "c": Fraction(-1, 2)}
        assert pair.refuted_at(tuple(at[symbol.name] for symbol in pair.plan.symbols)) is refuted


PLURAL = '''
class Skewed:
    """A distribution.

    ```none
    f(x; s, t) = {text}
    s = skewness
    t = tailweight
    ```

    Args:
      skewness: Skewness of the distribution(s).
      tailweight: Tail weight of the distribution(s).
    """

    def __init__(self, skewness, tailweight):
        self.skewness, self.tailweight = skewness, tailweight

    def __call__(self, x):
        return self.skewness + self.tailweight * x
'''


@pytest.mark.parametrize(("text", "verdict"), [("s + t x", Verdict.PROVED), ("t + s x", Verdict.REFUTED)])
def test_the_bracket_of_a_plural_is_no_symbol(library: Path, text: str, verdict: Verdict) -> None:
    assert verdicts(library, PLURAL.replace("{text}", text))["Skewed#1"] is verdict
