"""Formulas of objects: of a class, a method or a property. Each rule has a right formula and a wrong twin, and some an ambiguous one."""

import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fixture_modules import judged_claim
from pasting import paste

from qedoc.bind import claims
from qedoc.bind.records import Bound
from qedoc.claims.case import instantiate
from qedoc.claims.members import member, parameters
from qedoc.claims.target import resolve
from qedoc.errors import TargetError
from qedoc.results.verdict import CaseResult, Verdict
from qedoc.sources.docstrings import documented

HOLDS = {Verdict.PROVED, Verdict.TESTED}
HEAD = """
import jax
import jax.numpy as jnp


class Above:
    def __init__(self, bound):
        self.bound = bound

    def __call__(self, x):
        return x > self.bound


class Between:
    def __init__(self, low, high):
        self.low, self.high = low, high

    def __call__(self, x):
        return (x >= self.low) & (x <= self.high)


def whole(x):
    return (x >= 0) & (x == jnp.floor(x))
"""
LAPLACE = '''
class Laplace:
    r"""The Laplace distribution with location :math:`\\mu` (:attr:`loc`).

    The density is

    .. math:: f(x; \\mu, b) = DENSITY

    where :math:`b > 0` is the scale (:attr:`scale`).
    """

    arg_constraints = {"loc": lambda x: x == x, "scale": Above(0)}

    def __init__(self, loc=0.0, scale=1.0):
        self.loc, self.scale = loc, scale

    def log_prob(self, value):
        return -jnp.abs(value - self.loc) / self.scale - jnp.log(2 * self.scale)

    def cdf(self, value):
        r"""The distribution function.

        Letting :math:`z = (x - \\mu)/b`,

        .. math:: F(x \\mid \\mu, b) = CDF
        """
        z = (value - self.loc) / self.scale
        return 0.5 - 0.5 * jnp.sign(z) * jnp.expm1(-jnp.abs(z))

    def icdf(self, q):
        r"""The quantile function.

        .. math:: F^{-1}(q) = QUANTILE
        """
        a = q - 0.5
        return self.loc - self.scale * jnp.sign(a) * jnp.log1p(-2 * jnp.abs(a))

    @property
    def mean(self):
        r"""The mean.

        .. math:: \\mathbb{E}[X] = MEAN
        """
        return self.loc

    @property
    def variance(self):
        r"""The variance.

        .. math:: \\mathrm{Var}(X) = VARIANCE
        """
        return 2 * self.scale**2

    def entropy(self):
        r"""The entropy.

        .. math:: H(X) = ENTROPY
        """
        return jnp.log(2 * self.scale) + 1
'''
RIGHT = {
    "DENSITY": r"\frac{1}{2 b} \exp\!\left(-\frac{|x - \mu|}{b}\right)",
    "CDF": r"\frac{1}{2} - \frac{1}{2} \operatorname{sgn}(z) (e^{-|z|} - 1)",
    "QUANTILE": r"\mu - b\,\mathrm{sgn}(q - \frac{1}{2}) \ln(1 - 2 |q - \frac{1}{2}|)",
    "MEAN": r"\mu",
    "VARIANCE": "2 b^2",
    "ENTROPY": r"\ln(2 b) + 1",
}
WRONG = {
    "DENSITY": r"\frac{1}{b} \exp\!\left(-\frac{|x - \mu|}{b}\right)",
    "CDF": r"\frac{1}{2} + \frac{1}{2} \operatorname{sgn}(z) (e^{-|z|} - 1)",
    "QUANTILE": r"\mu + b\,\mathrm{sgn}(q - \frac{1}{2}) \ln(1 - 2 |q - \frac{1}{2}|)",
    "MEAN": r"\mu + b",
    "VARIANCE": "b^2",
    "ENTROPY": r"\ln(b) + 1",
}
ABOUT = {"DENSITY": "", "CDF": ".cdf", "QUANTILE": ".icdf", "MEAN": ".mean", "VARIANCE": ".variance", "ENTROPY": ".entropy"}
Judge = Callable[..., CaseResult]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """Writes a module, and returns its name."""
    monkeypatch.syspath_prepend(str(tmp_path))
    count = 0

    def written(text: str) -> str:
        nonlocal count
        count += 1
        name = f"objects_{count}_{tmp_path.name}".replace("-", "_")
        (tmp_path / f"{name}.py").write_text(HEAD + text)
        return name

    yield written
    for name in [name for name in sys.modules if name.startswith("objects_")]:
        del sys.modules[name]


@pytest.fixture
def judge(library: Callable[[str], str]) -> Judge:
    """Judges one formula of the objects that a text defines."""

    def judged(text: str, path: str, number: int = 0) -> CaseResult:
        module = library(text)
        record = next(record for record in documented(module) if record.name == f"{module}.{path}")
        return judged_claim(claims(record)[number])

    return judged


def laplace(**other: str) -> str:
    text = LAPLACE
    for name, latex in (RIGHT | other).items():
        text = text.replace(name, latex)
    return text


@pytest.mark.parametrize("what", list(RIGHT))
def test_a_left_side_names_the_member(judge: Judge, what: str) -> None:
    right, wrong = judge(laplace(), f"Laplace{ABOUT[what]}"), judge(laplace(**{what: WRONG[what]}), f"Laplace{ABOUT[what]}")
    assert right.verdict in HOLDS, right.reason
    assert wrong.verdict is Verdict.REFUTED, wrong.reason
    assert wrong.counterexample is not None
    assert ".Laplace(" in wrong.counterexample.call


def test_the_call_of_a_counterexample_gives_its_value(judge: Judge) -> None:
    found = judge(laplace(VARIANCE="b^2"), "Laplace.variance").counterexample
    assert found is not None
    printed: list[Any] = []
    paste(found.call, print=printed.append)
    assert float(printed[0]) == found.actual


WIDE = '''
class Box:
    """A box."""

    arg_constraints = {"width": CONSTRAINT}

    def __init__(self, width):
        self.width = width

    def size(self):
        r"""The size.

        .. math:: \\sqrt{w^2}
        """
        return self.width
'''


def test_the_domain_comes_from_the_constraints(judge: Judge) -> None:
    """w = sqrt(w**2) holds for the positive widths that the class accepts, and not for others."""
    assert judge(WIDE.replace("CONSTRAINT", "Above(0)"), "Box.size").verdict in HOLDS
    assert judge(WIDE.replace("CONSTRAINT", "lambda x: x == x"), "Box.size").verdict is Verdict.REFUTED


COUNT = '''
class Geometric:
    r"""The geometric distribution.

    .. math:: P(X = k; p) = MASS
    """

    arg_constraints = {"probs": Between(0, 1)}
    support = staticmethod(whole)

    def __init__(self, probs):
        self.probs = probs

    def log_prob(self, value):
        return value * jnp.log1p(-self.probs) + jnp.log(self.probs)
'''


def test_a_mass_is_compared_at_integers_of_the_support(judge: Judge) -> None:
    assert judge(COUNT.replace("MASS", "p (1 - p)^k"), "Geometric").verdict in HOLDS
    assert judge(COUNT.replace("MASS", r"p (1 - p)^{\lfloor k \rfloor}"), "Geometric").verdict in HOLDS
    assert judge(COUNT.replace("MASS", "p (1 - p)^{k + 1}"), "Geometric").verdict is Verdict.REFUTED


GAMMA = '''
class Gamma:
    r"""If :math:`X \\sim \\mathrm{Gamma}(\\alpha, \\lambda)`, its mean is known."""

    def __init__(self, concentration, rate=1.0):
        self.concentration, self.rate = concentration, rate

    @property
    def mean(self):
        r"""The mean.

        .. math:: E[X] = MEAN
        """
        return self.concentration / self.rate
'''


def test_the_notation_of_an_object_gives_letters_in_the_order_of_its_parameters(judge: Judge) -> None:
    assert judge(GAMMA.replace("MEAN", r"\frac{\alpha}{\lambda}"), "Gamma.mean").verdict in HOLDS
    assert judge(GAMMA.replace("MEAN", r"\frac{\lambda}{\alpha}"), "Gamma.mean").verdict is Verdict.REFUTED


TWO = '''
class Pair:
    r"""Two shapes.

    .. math:: E[X] = MEAN
    """

    def __init__(self, first, second):
        self.first, self.second = first, second

    @property
    def mean(self):
        return self.first / (self.first + self.second)
'''


def test_letters_that_nothing_explains_are_decided_by_the_code(judge: Judge) -> None:
    """No convention says which parameter u is: one of the two assignments holds, and both fail for the wrong twin."""
    assert judge(TWO.replace("MEAN", r"\frac{u}{u + v}"), "Pair").verdict in HOLDS
    assert judge(TWO.replace("MEAN", r"\frac{v}{u + v}"), "Pair").verdict in HOLDS
    assert judge(TWO.replace("MEAN", r"\frac{u}{u - v}"), "Pair").verdict is Verdict.REFUTED


def test_a_word_is_no_letter(judge: Judge) -> None:
    """Elimination never says that a word is the parameter that is left."""
    assert judge(TWO.replace("MEAN", r"\frac{\mathrm{first}}{\mathrm{first} + \mathrm{whatever}}"), "Pair").verdict is Verdict.UNREADABLE


POWER = '''
class Power:
    """A power law."""

    arg_constraints = {"alpha": lambda x: x == x, "low": Above(0), "high": Above(0)}

    def __init__(self, alpha, low, high):
        self.alpha, self.low, self.high = alpha, low, high

    def cdf(self, value):
        r"""Distribution function.

        Exponent inequal minus one:

        .. math:: FIRST

        Exponent equal minus one:

        .. math:: SECOND

        where :math:`a` and :math:`b` are the lower and upper bounds respectively.
        """
        one = jnp.log(value / self.low) / jnp.log(self.high / self.low)
        e = jnp.where(self.alpha == -1, 1.0, self.alpha + 1)
        other = (value**e - self.low**e) / (self.high**e - self.low**e)
        return jnp.where(self.alpha == -1, one, other)
'''


def test_cases_whose_conditions_are_not_understood_are_judged_together(judge: Judge) -> None:
    first = r"\frac{x^{\alpha + 1} - a^{\alpha + 1}}{b^{\alpha + 1} - a^{\alpha + 1}}"
    text = POWER.replace("FIRST", first)
    right = text.replace("SECOND", r"\frac{\log(x) - \log(a)}{\log(b) - \log(a)}")
    assert [judge(right, "Power.cdf", number).verdict in HOLDS for number in (0, 1)] == [True, True]
    wrong = text.replace("b^{", "2 b^{").replace("SECOND", r"\frac{\log(x) + \log(a)}{\log(b) + \log(a)}")
    assert [judge(wrong, "Power.cdf", number).verdict for number in (0, 1)] == [Verdict.REFUTED, Verdict.REFUTED]


CALLED = '''
class Scaled:
    r"""Scales its input.

    .. math:: y = FORMULA

    Args:
        gain: the gain.
    """

    def __init__(self, gain):
        self.gain = gain

    def __call__(self, x):
        return self.gain * x


class Kernel:
    r"""A kernel.

    .. math:: k(x, y) = KERNEL

    where :math:`\\ell` is the length scale.
    """

    def __init__(self, scale):
        self.scale = scale

    def evaluate(self, x1, x2):
        return jnp.exp(-jnp.abs(x1 - x2) / self.scale)


class Child(Scaled):
    r"""Inherits the constructor and the call.

    .. math:: f(x) = FORMULA
    """
'''


@pytest.mark.parametrize(
    ("path", "right", "wrong"),
    [
        ("Kernel", r"\exp(-|x - y| / \ell)", r"\exp(-|x - y| / \ell^2)"),
        ("Child", r"x \cdot gain", r"x + gain"),
    ],
)
def test_an_object_that_is_called_or_evaluated(judge: Judge, path: str, right: str, wrong: str) -> None:
    def text(formula: str) -> str:
        return CALLED.replace("FORMULA", formula).replace("KERNEL", formula)

    assert judge(text(right), path).verdict in HOLDS
    assert judge(text(wrong), path).verdict is Verdict.REFUTED


def test_an_identity_is_no_claim_about_an_object(judge: Judge) -> None:
    found = judge(laplace(ENTROPY=r"\ln(2 b) + 1").replace("H(X)", r"\ln \binom{n}{k}"), "Laplace.entropy")
    assert found.verdict is Verdict.NOT_A_CLAIM
    assert "an identity" in found.reason


def test_a_moment_that_the_object_does_not_have_is_no_claim(judge: Judge) -> None:
    found = judge(laplace().replace(r"f(x; \mu, b)", "E[X^k]"), "Laplace")
    assert found.verdict is Verdict.NOT_A_CLAIM
    assert found.reason == "Laplace has no method or property that gives E[X^k]"


class Base:
    def __init__(self, scale: float, *, shift: float = 0.0) -> None:
        self.scale, self.shift = scale, shift

    def at(self, x: float, scale: float = 2.0) -> float:
        return (x - self.shift) / self.scale * scale

    @property
    def twice(self) -> float:
        return 2 * self.scale

    @classmethod
    def unit(cls, shift: float) -> float:
        return shift

    @staticmethod
    def helper(x: float) -> float:
        return x


def test_a_method_is_a_function_of_the_parameters_of_both() -> None:
    at = member(Base, "at")
    assert at is not None
    assert list(inspect.signature(at).parameters) == ["self_scale", "shift", "x", "scale"]
    assert at(self_scale=4.0, x=8.0) == 4.0
    assert at.written("lib.Base", {"self_scale": "4.0", "x": "8.0"}) == "lib.Base(scale=4.0).at(x=8.0)"


def test_a_property_is_a_function_of_the_constructor() -> None:
    twice = member(Base, "twice")
    assert twice is not None
    assert twice(scale=4.0) == 8.0
    assert twice.written("lib.Base", {"scale": "4.0"}) == "lib.Base(scale=4.0).twice"


@pytest.mark.parametrize("name", ["unit", "helper"])
def test_what_needs_no_object_is_itself(name: str) -> None:
    assert member(Base, name) is None


def test_an_unknown_keyword_is_an_error() -> None:
    at = member(Base, "at")
    assert at is not None
    with pytest.raises(TypeError, match="unexpected keyword argument 'speed'"):
        at(self_scale=1.0, x=1.0, speed=2.0)


def test_parameters_of_a_constructor_leave_out_self() -> None:
    assert list(parameters(Base)) == ["scale", "shift"]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("fractions.Fraction.nothing", "has no attribute 'nothing'"),
        ("fractions.Fraction.numerator.real", "is a method or property; an attribute of its value is no target"),
    ],
)
def test_a_wrong_member_is_refused_with_what_is_wrong(target: str, message: str) -> None:
    with pytest.raises(TargetError, match=message):
        resolve(target)


CLIPPED = '''
class Coin:
    """A coin."""

    arg_constraints = {"probs": Between(0, 1)}

    def __init__(self, probs):
        self.probs = probs

    @property
    def logits(self):
        r"""The log-odds.

        .. math:: \\ln \\frac{p}{1 - p}
        """
        p = jnp.clip(self.probs, CLIP, 1 - CLIP)
        return jnp.log(p) - jnp.log1p(-p)

    @property
    def least(self):
        r"""The value.

        .. math:: \\ln (1 - p)
        """
        return jnp.log1p(-jnp.clip(self.probs, CLIP, 1 - CLIP))
'''


@pytest.mark.parametrize("name", ["logits", "least"])
def test_a_clip_by_the_rounding_unit_is_no_other_function(judge: Judge, name: str) -> None:
    """The logarithm is infinite at the ends. A clip within the rounding of the input keeps away from them, a larger one is visible."""
    assert judge(CLIPPED.replace("CLIP", "jnp.finfo(jnp.result_type(float)).eps"), f"Coin.{name}").verdict in HOLDS
    assert judge(CLIPPED.replace("CLIP", "1e-3"), f"Coin.{name}").verdict is Verdict.REFUTED


STATIONARY = '''
class Kernel:
    """A kernel."""


class Exp(Kernel):
    r"""An exponential kernel.

    .. math:: FORMULA

    MORE

    Args:
        scale: The parameter :math:`\\\\ell` above.
        gamma: the roughness.
    """

    def __init__(self, scale, gamma):
        self.scale, self.gamma = scale, gamma

    def __call__(self, xs, ys=None):
        raise NotImplementedError  # it gives the matrix of all pairs of points, and the formula is about evaluate

    def evaluate(self, x1, x2):
        return jnp.exp(-self.gamma * (x1 - x2) ** 2 / self.scale**2)
'''.replace("\\\\", "\\")


@pytest.mark.parametrize(
    ("right", "wrong", "more"),
    [
        (r"k(x_i, x_j) = \exp(-\Gamma |x_i - x_j|^2 / \ell^2)", r"k(x_i, x_j) = \exp(-\Gamma |x_i - x_j|^2 / \ell)", ""),
        (r"k(\tau) = e^{-\Gamma \tau^2 / \ell^2}", r"k(\tau) = e^{-\Gamma \tau / \ell}", ""),
        (r"k(x_i, x_j) = e^{-\Gamma r^2}", r"k(x_i, x_j) = e^{-\Gamma r}", "where\n\n    .. math:: r^2 = |x_i - x_j|^2 / \\ell^2"),
    ],
)
def test_a_kernel_of_two_points_or_of_their_lag(judge: Judge, right: str, wrong: str, more: str) -> None:
    """`evaluate` gives the value of a kernel, a letter in a description is the parameter, and a capital Greek letter may name it."""
    assert judge(STATIONARY.replace("FORMULA", right).replace("MORE", more), "Exp").verdict in HOLDS
    assert judge(STATIONARY.replace("FORMULA", wrong).replace("MORE", more), "Exp").verdict is Verdict.REFUTED


EVALUATED = '''
class Distance:
    r"""A distance.

    .. math:: FORMULA
    """

    def evaluate(self, x1, x2):
        return x1 - x2


class Identity:
    r"""A line.

    .. math:: f(x) = |x|
    """

    def evaluate(self, x):
        return x
'''


def test_a_class_that_is_no_kernel_has_no_lag(judge: Judge) -> None:
    """Only the argument of a kernel is a distance, which has no sign, and only a kernel is one of two points."""
    assert judge(EVALUATED, "Identity").verdict is Verdict.REFUTED
    assert judge(EVALUATED.replace("FORMULA", "f(t) = t"), "Distance").verdict not in HOLDS


def test_a_value_of_an_object_that_no_member_is_known_to_have_is_unreadable(judge: Judge) -> None:
    """It states a value: `\\eta_t` in the docstring of a schedule, or the square of a distance. A part of another formula does not."""
    value = 'class Decay:\n    r"""D.\n\n    .. math:: LEFT = g^t\n\nMORE    """\n\n    def __init__(self, g):\n        self.g = g\n'
    for left in (r"\eta_t", "W_2^2"):
        found = judge(value.replace("LEFT", left).replace("MORE", ""), "Decay")
        assert found.verdict is Verdict.UNREADABLE
        assert "nothing says which method or property of Decay" in found.reason
    part = value.replace("LEFT", "Z").replace("MORE", "    .. math:: q(x) = 1 / Z\n")
    assert judge(part, "Decay").verdict is Verdict.NOT_A_CLAIM


def test_a_moment_by_other_moments_states_a_value(judge: Judge) -> None:
    found = judge(laplace(VARIANCE=r"E[X^2] - E[X]^2"), "Laplace.variance")
    assert found.verdict is Verdict.UNREADABLE


SUMMARY = '''
class Tanh:
    r"""Tanh bijection :math:`y = FORMULA`."""

    def transform(self, x):
        return jnp.tanh(x)
'''


def test_a_summary_with_an_equation_states_the_value(judge: Judge) -> None:
    assert judge(SUMMARY.replace("FORMULA", r"\tanh(x)"), "Tanh").verdict in HOLDS
    assert judge(SUMMARY.replace("FORMULA", r"\tanh(2 x)"), "Tanh").verdict is Verdict.REFUTED


LOGARITHMIC = '''
class Normal:
    r"""The normal distribution."""

    def __init__(self, loc, scale):
        self.loc, self.scale = loc, scale

    def log_prob(self, x):
        return jax.scipy.stats.norm.logpdf(x, self.loc, self.scale)


class LogNormal:
    r"""The log-normal distribution.

    .. math:: f(x; \\mu, \\sigma) = \\frac{1}{x} \\mathcal{N}(\\ln x; PARAMETERS)

    Args:
        mu: the mean of the logarithm.
        sigma: the standard deviation of the logarithm. Positive.
        rate: the rate.
    """

    arg_constraints = {"sigma": Above(0)}

    def __init__(self, mu, sigma, rate=1.0):
        self.mu, self.sigma, self.rate = mu, sigma, rate

    def log_prob(self, x):
        return Normal(self.mu, self.sigma).log_prob(jnp.log(x)) - jnp.log(x)
'''.replace("\\\\", "\\")


def test_the_density_of_another_class_is_handed_what_its_parameters_are_called(judge: Judge) -> None:
    """The normal distribution is written with its variance."""
    assert judge(LOGARITHMIC.replace("PARAMETERS", r"\mu, \sigma^2"), "LogNormal").verdict in HOLDS
    wrong = LOGARITHMIC.replace("PARAMETERS", r"\mu, \sigma^2").replace(r"\frac{1}{x}", r"\frac{2}{x}")
    assert judge(wrong, "LogNormal").verdict is Verdict.REFUTED


@pytest.mark.parametrize("parameters", [r"\mu, 1 / \mathrm{rate}", r"\sigma, \mu"])
def test_the_order_of_parameters_alone_does_not_tell_what_they_are(judge: Judge, parameters: str) -> None:
    text = LOGARITHMIC.replace("PARAMETERS", parameters)
    found = judge(text.replace(r"\mathcal{N}", r"\mathrm{Normal}"), "LogNormal")
    assert found.verdict is Verdict.UNDECIDED
    assert "it is not clear that" in found.reason
    assert judge(text, "LogNormal").verdict is Verdict.REFUTED  # the usual letter has a mean, and a variance or a deviation


CHI_SQUARED = '''
class Gamma:
    r"""The gamma distribution."""

    def __init__(self, concentration, rate):
        self.concentration, self.rate = concentration, rate

    def prob(self, x):
        return jax.scipy.stats.gamma.pdf(x, self.concentration, scale=1 / self.rate)


class ChiSquared:
    r"""The distribution of a sum of squares.

    .. math:: f(x) = FACTOR \\mathrm{Gamma}(x; 3 / 2, PARAMETER)
    """

    def prob(self, x):
        return jax.scipy.stats.gamma.pdf(x, 1.5, scale=SCALE)
'''.replace("\\\\", "\\")


@pytest.mark.parametrize(("parameter", "scale"), [("2", "2"), ("1 / 2", "2"), ("2", "0.5")])
def test_a_number_may_be_a_scale_as_well_as_a_rate(judge: Judge, parameter: str, scale: str) -> None:
    text = CHI_SQUARED.replace("FACTOR", "").replace("PARAMETER", parameter).replace("SCALE", scale)
    assert judge(text, "ChiSquared").verdict is Verdict.UNDECIDED


def test_a_rate_of_one_is_also_a_scale_of_one(judge: Judge) -> None:
    text = CHI_SQUARED.replace("PARAMETER", "1").replace("SCALE", "1")
    assert judge(text.replace("FACTOR", ""), "ChiSquared").verdict in HOLDS
    assert judge(text.replace("FACTOR", "2"), "ChiSquared").verdict is Verdict.REFUTED


VALUE_OR_DENSITY = '''
class ExponentialCDF:
    r"""WORDS

    .. math:: f(x) = 1 - e^{-x}
    """

    def forward(self, x):
        return 1 - jnp.exp(-x)

    def forward_log_det_jacobian(self, x):
        return -x
'''


def test_the_letter_f_of_a_distribution_function_is_its_density_if_the_words_say_so(judge: Judge) -> None:
    assert judge(VALUE_OR_DENSITY.replace("WORDS", "The bijector."), "ExponentialCDF").verdict in HOLDS
    assert judge(VALUE_OR_DENSITY.replace("WORDS", "Its density is"), "ExponentialCDF").verdict is Verdict.REFUTED


HALF = '''
class Half:
    r"""A distribution.

    .. math:: f(x; m) = DENSITY

    The support of the distribution is given by the interval `SUPPORT`.

    Args:
        loc: the location :math:`m`.
    """

    def __init__(self, loc):
        self.loc = loc

    def log_prob(self, value):
        return jnp.where(value >= self.loc, self.loc - value, -jnp.inf)
'''


@pytest.mark.parametrize(
    ("density", "support", "holds", "refuted"),
    [
        ("e^{m - x}", "[loc, infinity)", True, False),
        ("e^{2 (m - x)}", "[loc, infinity)", False, True),
        ("e^{m - x}", "(-infinity, loc]", False, False),  # outside of the support of the code
        ("e^{m - x}", "[start, infinity)", False, False),  # an end that is nothing here
    ],
)
def test_the_text_of_a_class_gives_the_support(judge: Judge, density: str, support: str, holds: bool, refuted: bool) -> None:
    found = judge(HALF.replace("DENSITY", density).replace("SUPPORT", support), "Half").verdict
    assert (found in HOLDS, found is Verdict.REFUTED) == (holds, refuted)


HALVED = '''
class Cauchy:
    arg_constraints = {"scale": Above(0)}

    def __init__(self, loc, scale):
        self.loc, self.scale = loc, scale

    def log_prob(self, value):
        return -jnp.log(self.scale) - jnp.log1p(((value - self.loc) / self.scale) ** 2) - jnp.log(jnp.pi)


class HalfCauchy:
    r"""A distribution.

    Args:
        scale: the scale :math:`\\sigma`.
    """

    arg_constraints = {"scale": Above(0)}
    support = SUPPORT

    def __init__(self, scale):
        self.scale = scale
        self._cauchy = Cauchy(0.0, scale)

    def log_prob(self, value):
        r"""The logarithm of the density.

        .. math:: \\log f(x; \\sigma) = \\log f_{\\mathrm{Cauchy}}(x; 0, \\sigma) + \\log NUMBER
        """
        return jnp.where(value > 0, self._cauchy.log_prob(value) + jnp.log(2), -jnp.inf)
'''


@pytest.mark.parametrize(
    ("support", "number", "verdicts"),
    [
        ("Above(0)", "2", HOLDS),
        ("Above(0)", "3", {Verdict.REFUTED}),
        ("Above(-1)", "2", {Verdict.REFUTED}),  # at 0, which this support contains
    ],
)
def test_the_cases_of_another_density_say_nothing_of_the_support(judge: Judge, support: str, number: str, verdicts: set[Verdict]) -> None:
    assert judge(HALVED.replace("SUPPORT", support).replace("NUMBER", number), "HalfCauchy.log_prob").verdict in verdicts


def test_a_power_of_a_symbol_on_the_left_that_names_no_value_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    text = '''
class Slow:
    r"""An optimizer.

    .. math:: \\theta^{t+k} = \\theta^t + \\alpha (\\phi^{t+k} - \\theta^t)
    """

    def __init__(self, alpha=0.5):
        self.alpha = alpha

    def update(self, grads):
        return grads
'''
    (tmp_path / "slow_weights.py").write_text(text)
    (record,) = [record for record in documented("slow_weights") if record.formulas]
    (claim,) = claims(record)
    assert claim.verdict in (Verdict.UNREADABLE, Verdict.NOT_A_CLAIM)
    sys.modules.pop("slow_weights", None)


WALK = '''
def halved(x):
    return x


class Steps:
    r"""A walk :math:`\\mathbf{X} = (X_0, \\ldots, X_{n-1})` of :math:`n` steps.

    The density is

    .. math:: p(\\mathbf{x}) = f(x_0; 0, \\sigma) \\prod_{t=1}^{n-1} DENSITY

    where :math:`f(\\cdot; \\mu, \\sigma)` is WORDS.

    :param scale: Scale (:math:`\\sigma`).
    :param count: Number of steps (:math:`n`).
    """

    arg_constraints = {"scale": Above(0)}

    def __init__(self, scale: float, count: int = 1):
        self.scale, self.count = scale, count

    def log_prob(self, value):
        laplace = Laplace(0.0, self.scale)
        return laplace.log_prob(value[0]) + jnp.sum(laplace.log_prob(value[1:] - value[:-1]))

    @property
    def variance(self):
        r"""The variance.

        .. math:: \\mathrm{Var}(X_t) = VARIANCE, \\qquad t = 0, \\ldots, n - 1.
        """
        return 2 * self.scale**2 * jnp.arange(1, self.count + 1)
'''
IN_WORDS = "the univariate Laplace density with location :math:`\\\\mu` and scale :math:`\\\\sigma`"


def walk(density: str = r"f(x_t - x_{t-1}; 0, \sigma)", words: str = IN_WORDS, variance: str = r"2 (t + 1) \sigma^2") -> str:
    return laplace() + WALK.replace("DENSITY", density).replace("WORDS", words).replace("VARIANCE", variance)


def test_a_function_that_the_text_calls_a_density_of_a_family_is_one(judge: Judge) -> None:
    assert judge(walk(), "Steps").verdict in HOLDS
    assert judge(walk(r"f(x_t + x_{t-1}; 0, \sigma)"), "Steps").verdict is Verdict.REFUTED
    for words in (
        "the univariate Laplace density with location :math:`\\\\mu` and precision :math:`\\\\sigma`",
        "the logarithm of the Laplace density",
        "the folded Laplace density",
        "the Laplace entropy",
    ):
        assert judge(walk(words=words), "Steps").verdict is Verdict.UNREADABLE, words


@pytest.mark.parametrize("density", [r"f(x_{t+1} - x_t; 0, \sigma)", r"f(x_t - x_{t-2}; 0, \sigma)"])
def test_entries_at_shifted_indices_that_leave_the_axis_do_not_hold(judge: Judge, density: str) -> None:
    assert judge(walk(density), "Steps").verdict not in HOLDS


def test_the_index_of_a_moment_has_the_range_beside_it(judge: Judge) -> None:
    assert judge(walk(), "Steps.variance").verdict in HOLDS
    assert judge(walk(variance=r"2 t \sigma^2"), "Steps.variance").verdict is Verdict.REFUTED


def test_the_expectation_of_the_same_variable_is_what_the_code_gives(judge: Judge) -> None:
    variance = r"2 b^2 + \mu^2 - (\mathbb{E}[X])^2"
    assert judge(laplace(VARIANCE=variance), "Laplace.variance").verdict in HOLDS
    assert judge(laplace(VARIANCE=variance.replace("- (", "+ (")), "Laplace.variance").verdict is Verdict.REFUTED
    assert judge(laplace(VARIANCE=variance.replace("[X]", "[Y]")), "Laplace.variance").verdict not in {*HOLDS, Verdict.REFUTED}


CATEGORICAL = '''
class Categorical:
    r"""A variable with the probabilities :math:`\\mathbf{p} = LIST` (:attr:`probs`).

    .. math:: P(X = k \\mid \\mathbf{p}) = VALUE, \\quad k \\in \\{0, 1, \\dots, K-1\\}

    where :math:`\\mathbf{p}` is the vector of probabilities (:attr:`probs`) and :math:`K` is the number of categories.
    """

    def __init__(self, probs):
        self.probs = jnp.asarray(probs)

    def prob(self, value):
        return self.probs[value]


class Softmax:
    def __init__(self, logits):
        """:param logits: The scores :math:`\\\\boldsymbol{\\\\alpha}`."""
        self.logits = jnp.asarray(logits)

    def entropy(self):
        r"""The entropy.

        .. math:: H[X] = -\\sum_{k=0}^{K-1} p_k \\ln p_k

        where :math:`p_k = ENTRY`.
        """
        p = jax.nn.softmax(self.logits)
        return -jnp.sum(p * jnp.log(p))


class Coin:
    def __init__(self, logit):
        """:param logit: The logit :math:`\\\\ell`."""
        self.logit = logit

    def entropy(self):
        r"""The entropy.

        .. math:: H[X] = -p \\ln p - q \\ln q

        where :math:`\\ln{p} = -\\ln(1 + e^{-\\ell})` and :math:`\\ln{q} = LOG`.
        """
        p = jax.nn.sigmoid(self.logit)
        return -p * jnp.log(p) - (1 - p) * jnp.log(1 - p)
'''


def categorical(
    listed: str = r"(p_0, p_1, \\dots, p_{K-1})",
    value: str = "p_k",
    entry: str = r"\\mathrm{softmax}(\\boldsymbol{\\alpha})_k",
    log: str = r"-\\ln(1 + e^{\\ell})",
) -> str:
    text = CATEGORICAL.replace("LIST", listed).replace("VALUE", value).replace("ENTRY", entry).replace("LOG", log)
    return text.replace("\\\\", "\\")


def test_a_list_of_entries_gives_the_length_a_name(judge: Judge) -> None:
    assert judge(categorical(), "Categorical").verdict in HOLDS
    assert judge(categorical(value="1 - p_k"), "Categorical").verdict not in HOLDS
    for other in (r"(p_0, p_1, \\dots, p_K)", r"(q_0, q_1, \\dots, q_{K-1})", r"(p_1, \\dots, p_{K-1})"):
        assert judge(categorical(other), "Categorical").verdict is not Verdict.REFUTED


def test_an_entry_is_defined_by_what_depends_on_its_index(judge: Judge) -> None:
    assert judge(categorical(), "Softmax.entropy").verdict in HOLDS
    assert judge(categorical(entry=r"\\alpha_k"), "Softmax.entropy").verdict not in HOLDS


def test_the_logarithm_of_a_name_defines_it(judge: Judge) -> None:
    assert judge(categorical(), "Coin.entropy").verdict in HOLDS
    assert judge(categorical(log=r"-\\ln(1 + e^{-\\ell})"), "Coin.entropy").verdict is Verdict.REFUTED


GAUSS = '''
class Gauss:
    """The normal distribution on `R^k`.

    The density is

    ```none
    pdf(x; loc, scale) = exp(-0.5 ||y||**2) / Z,
    y = Y,
    Z = (2 pi)**(0.5 k) NORM,
    ```

    where:

    * `loc` is a vector in `R^k`,
    * `scale` is a matrix in `R^{k x k}`,
    * `Z` denotes the normalization constant.

    ```none
    scale = DEFINED
    ```

    Args:
        loc: the location, of shape `[k]`.
        PARAMETER: TEXT
    """

    def __init__(self, loc, PARAMETER):
        self.loc, self.made = jnp.asarray(loc), jnp.asarray(PARAMETER)

    def log_prob(self, value):
        scale = CODE
        y = jnp.linalg.solve(scale, value - self.loc)
        return -0.5 * y @ y - jnp.linalg.slogdet(scale)[1] - 0.5 * len(y) * jnp.log(2 * jnp.pi)
'''
LOWER = {
    "Y": "inv(scale) @ (x - loc)",
    "NORM": "|det(scale)|",
    "DEFINED": "tril",
    "PARAMETER": "tril",
    "CODE": "jnp.tril(self.made)",
    "TEXT": "lower-triangular array of shape `[k, k]` with non-zero diagonal elements.",
}
DIAGONAL = LOWER | {
    "DEFINED": "diag(spread)",
    "PARAMETER": "spread",
    "CODE": "jnp.diag(self.made)",
    "TEXT": "non-zero numbers of shape `[k]`.",
}


def gauss(parts: dict[str, str], **changes: str) -> str:
    text = GAUSS
    for name, said in (parts | changes).items():
        text = text.replace(name, said)
    return text


@pytest.mark.parametrize("parts", [LOWER, DIAGONAL], ids=["lower", "diagonal"])
def test_matrices_in_plain_text(judge: Judge, parts: dict[str, str]) -> None:
    right = judge(gauss(parts), "Gauss")
    assert right.verdict in HOLDS, right.reason
    for wrong in ({"NORM": "|det(scale)|**2"}, {"Y": "inv(scale) @ (x + loc)"}, {"Y": "scale @ (x - loc)"}):
        assert judge(gauss(parts, **wrong), "Gauss").verdict not in HOLDS, wrong


@pytest.mark.parametrize(
    ("text", "zero"),
    [
        (LOWER["TEXT"], True),
        ("array of shape `[k, k]` with an inverse.", False),
        ("array of shape `[k, k]`, whose lower-triangular part is listed elsewhere.", False),
        ("array of shape `[k, k]`, which need not be lower triangular.", False),
        ("array of shape `[k, k]`, unlike a lower-triangular one.", False),
        ("array of shape `[k, k]`, which may be lower triangular.", False),
    ],
)
def test_entries_above_the_diagonal_are_zero_only_if_the_text_says_so(library: Callable[[str], str], text: str, zero: bool) -> None:
    module = library(gauss(LOWER, TEXT=text))
    record = next(record for record in documented(module) if record.name == f"{module}.Gauss")
    claim = claims(record)[0]
    assert isinstance(claim, Bound)
    symbols = {str(symbol) for symbol in instantiate(claim.spec, {"k": 2}).formula.free_symbols}
    assert {"tril_1_1", "tril_2_1", "tril_2_2"} <= symbols
    assert ("tril_1_2" in symbols) is not zero  # code that reads the lower part alone is then another formula


def test_a_matrix_with_a_triangular_factor_is_not_triangular(judge: Judge) -> None:
    text = "covariance matrix of shape `[k, k]` with a lower-triangular factor."
    assert judge(gauss(LOWER, TEXT=text), "Gauss").verdict not in HOLDS
    assert judge(gauss(LOWER, CODE="self.made", TEXT=text), "Gauss").verdict is not Verdict.REFUTED
