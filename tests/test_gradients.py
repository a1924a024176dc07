"""Formulas for derivatives: whose derivative they are, and which points refute them."""

from collections.abc import Iterator
from pathlib import Path

import jax
import jax.numpy as jnp
import pytest
from fixture_modules import Claims, result, verdict, written

from qedoc.bind.gradients import gradient
from qedoc.bind.records import Bound, Refused
from qedoc.judge.derivatives import Support, has_own_derivative, support
from qedoc.read import Application, Names, Reading, read
from qedoc.results.verdict import Verdict

SURROGATE = '''
import jax
import jax.numpy as jnp


@jax.custom_jvp
def _step(x, slope):
    return jnp.where(x >= 0, 1.0, 0.0)


@_step.defjvp
def _step_jvp(primals, tangents):
    x, slope = primals
    return _step(x, slope), slope * tangents[0]


class Spike:
    r"""A step with a gradient of its own.

    The forward function:

    .. math:: g(x) = \\begin{cases} 1, & x \\ge 0 \\\\ 0, & x < 0 \\end{cases}

    The original function:

    .. math:: g(x) = FUNCTION

    Backward function:

    .. math:: g'(x) = GRADIENT

    Args:
        w: The width.
    """

    def __init__(self, w=2.0):
        self.w = w

    def __call__(self, x):
        return _step(x, self.surrogate_grad(x))

    def surrogate_fun(self, x):
        return jnp.where(jnp.abs(x) > self.w, jnp.sign(x), x / self.w)

    def surrogate_grad(self, x):
        return jnp.where(jnp.abs(x) > self.w, 0.0, 1 / self.w)
'''

FUNCTION = r"\begin{cases} \mathrm{sign}(x), & |x| > w \\ x / w, & |x| \le w \end{cases}"
GRADIENT = r"\begin{cases} 0, & |x| > w \\ 1 / w, & |x| \le w \end{cases}"


@pytest.fixture
def claims_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Claims]:
    yield from written(tmp_path, monkeypatch, "gradients")


def spike(function: str = FUNCTION, derivative: str = GRADIENT) -> str:
    return SURROGATE.replace("FUNCTION", function).replace("GRADIENT", derivative)


def test_the_words_above_a_formula_decide_between_members(claims_of: Claims) -> None:
    found = claims_of(spike(), "Spike")
    specs = [claim.spec for claim in found if isinstance(claim, Bound)]
    assert [spec.target.rpartition(".")[2] for spec in specs] == ["__call__", "surrogate_fun", "__call__"]
    assert [spec.derivative for spec in specs] == ["", "", "x"]
    assert [verdict(claim) for claim in found] == [Verdict.PROVED] * 3


def test_a_wrong_gradient_of_a_step_function_is_refuted(claims_of: Claims) -> None:
    *_, claim = claims_of(spike(derivative=GRADIENT.replace("1 / w", "2 / w")), "Spike")
    found = result(claim)
    assert found.verdict is Verdict.REFUTED
    assert found.counterexample is not None
    assert found.counterexample.call.startswith("import jax, gradients_")
    assert "print(jax.grad(lambda x: gradients_" in found.counterexample.call


def test_a_wrong_original_function_is_refuted(claims_of: Claims) -> None:
    claim = claims_of(spike(function=FUNCTION.replace("x / w", "2 x / w")), "Spike")[1]
    assert verdict(claim) is Verdict.REFUTED


def test_the_derivative_of_the_values_is_not_refuted_by_a_gradient_of_its_own(claims_of: Claims) -> None:
    r"""The step is constant, so `g'(x) = 0` is true of its values, and false of what `jax.grad` gives."""
    *_, claim = claims_of(spike(derivative="0"), "Spike")
    found = result(claim)
    assert found.verdict is Verdict.UNDECIDED
    assert "do not confirm what jax.grad gives" in found.reason


def test_a_class_without_the_original_function_says_so(claims_of: Claims) -> None:
    head = "def surrogate_fun(self, x):"
    text = spike().replace(head, f"{head}\n        raise NotImplementedError  # abstract\n\n    def other(self, x):")
    claim = claims_of(text, "Spike")[1]
    assert isinstance(claim, Refused)
    assert "nothing says which method" in claim.reason


FUNCTIONS = '''
import jax
import jax.numpy as jnp


@jax.custom_jvp
def clipped(x):
    r"""A staircase.

    The gradient is

    .. math:: f'(x) = GRADIENT
    """
    return jnp.round(x)


clipped.defjvps(lambda t, ans, x: jnp.where(jnp.abs(x) <= 1, 1.0, 0.0) * t)


def square(x):
    r"""A square.

    .. math:: LEFT = RIGHT
    """
    return x**2


def square_grad(x):
    r"""The derivative of the square.

    .. math:: f'(x) = RIGHT
    """
    return 2 * x


def area(x, y):
    r"""An area.

    .. math:: A(x, y) = x y^2

    .. math:: \\frac{\\partial A}{\\partial y} = RIGHT
    """
    return x * y**2


def rate(v, t):
    r"""The right side of an equation.

    .. math:: \\frac{dv}{dt} = -v
    """
    return -v


def newton(x):
    r"""One step.

    .. math:: x - f(x) / f'(x)

    The derivative is

    .. math:: f'(x) = 2 x
    """
    return x - (x**2 - 2) / (2 * x)
'''


def functions(left: str = "f(x)", right: str = "x^2", derivative: str = "0") -> str:
    return FUNCTIONS.replace("LEFT", left).replace("RIGHT", right).replace("GRADIENT", derivative)


def test_the_gradient_that_a_function_defines(claims_of: Claims) -> None:
    right = r"\begin{cases} 1, & |x| \le 1 \\ 0, & |x| > 1 \end{cases}"
    assert verdict(claims_of(functions(derivative=right), "clipped")[0]).holds
    assert verdict(claims_of(functions(derivative=right.replace("1,", "2,")), "clipped")[0]) is Verdict.REFUTED


@pytest.mark.parametrize(
    "left",
    [r"\frac{d}{dx} \mathrm{square}(x)", r"\nabla \mathrm{square}(x)", r"\mathrm{square}'(x)", r"\frac{d\,\mathrm{square}(x)}{dx}"],
)
def test_a_derivative_of_the_function_itself(claims_of: Claims, left: str) -> None:
    claim = claims_of(functions(left, "2 x"), "square")[0]
    assert isinstance(claim, Bound)
    assert claim.spec.derivative == "x"
    assert verdict(claim) is Verdict.PROVED
    assert verdict(claims_of(functions(left, "x"), "square")[0]) is Verdict.REFUTED


def test_a_derivative_by_one_of_two_parameters(claims_of: Claims) -> None:
    *_, claim = claims_of(functions(right="2 x y"), "area")
    assert isinstance(claim, Bound)
    assert claim.spec.derivative == "y"
    assert verdict(claim) is Verdict.PROVED
    assert verdict(claims_of(functions(right="x y"), "area")[1]) is Verdict.REFUTED


def test_a_function_that_computes_a_derivative_is_not_differentiated_again(claims_of: Claims) -> None:
    (claim,) = claims_of(functions(right="2 x"), "square_grad")
    assert isinstance(claim, Bound)
    assert claim.spec.derivative == ""
    assert verdict(claim) is Verdict.PROVED
    assert verdict(claims_of(functions(right="3 x"), "square_grad")[0]) is Verdict.REFUTED


def test_the_derivative_of_something_else_is_no_claim_about_the_function(claims_of: Claims) -> None:
    assert all(isinstance(claim, Refused) for claim in claims_of(functions(), "rate"))
    assert all(isinstance(claim, Refused) for claim in claims_of(functions(), "newton"))


@pytest.mark.parametrize(
    ("latex", "name", "by"),
    [
        (r"g'(x) = 2 x", "g", "x"),
        (r"g^{\prime}(x) = 2 x", "g", "x"),
        (r"\frac{dg}{dx} = 2 x", "g", "x"),
        (r"\frac{\partial g(x, y)}{\partial y} = 2 x", "g", "y"),
        (r"\nabla g(x) = 2 x", "g", "x"),
        (r"\nabla_x g(x, y) = 2 x", "g", "x"),
        (r"\frac{\mathrm{d}}{\mathrm{d}x} g(x) = 2 x", "g", "x"),
        (r"g'(x; a) = 2 a x", "g", "x"),
        (r"\mathrm{grad}(x) = 2 x", "", "x"),
    ],
)
def test_left_sides_that_name_a_derivative(latex: str, name: str, by: str) -> None:
    reading = read(latex, Names(parameters=("x", "y", "a")))
    assert isinstance(reading, Reading)
    found = gradient(reading.equations[0].left)
    assert found is not None
    assert (found.function, found.by) == (name, by)


@pytest.mark.parametrize("latex", [r"g''(x) = 2", r"g(x) = 2 x", r"\frac{d^2 g(x)}{dx^2} = 2", r"\frac{a}{b} = 2"])
def test_left_sides_that_name_none(latex: str) -> None:
    reading = read(latex, Names(parameters=("x", "a", "b"), functions=frozenset({"g"})))
    assert isinstance(reading, Reading)
    assert gradient(reading.equations[0].left) is None


def test_a_quotient_of_differentials_is_a_quotient_where_d_is_a_symbol() -> None:
    reading = read(r"\frac{d a}{d x} = 2", Names(parameters=("d", "a", "x")))
    left = reading.equations[0].left if isinstance(reading, Reading) else None
    assert not isinstance(left, Application)


def test_doubled_backslashes_are_read_as_single_ones() -> None:
    doubled, single = (read(text, Names(parameters=("a", "x"))) for text in (r"\\frac{a}{2} e^{-a |x|}", r"\frac{a}{2} e^{-a |x|}"))
    assert isinstance(doubled, Reading)
    assert isinstance(single, Reading)
    assert doubled.equations[0].right == single.equations[0].right
    assert "doubled backslashes" in doubled.notes[0]
    mixed = read(r"y = \frac{a}{2} \\ z = a", Names(parameters=("a", "x")))
    assert isinstance(mixed, Reading)
    assert len(mixed.equations) == 2


def test_values_near_a_point_and_its_derivative() -> None:
    plain = support(lambda h: (1 + h) ** 2, said=3.0, slope=2.0, function=lambda h: (1 + h) ** 2)
    kink = support(abs, said=-1.0, slope=1.0, function=jnp.abs)
    step = support(lambda h: 1.0, said=3.0, slope=2.0, function=lambda h: 1.0 + jax.lax.stop_gradient(h))
    by_values = support(lambda h: 1.0, said=0.0, slope=2.0, function=lambda h: 1.0 + jax.lax.stop_gradient(h))
    strange = support(lambda h: 1.0, said=3.0, slope=2.0, function=lambda h: 1.0 + 0 * h)
    assert [plain, kink, step, by_values, strange] == [
        Support.CONFIRMED, Support.KINK, Support.CONFIRMED, Support.UNCONFIRMED, Support.UNCONFIRMED,
    ]  # fmt: skip


def test_code_with_a_derivative_of_its_own() -> None:
    @jax.custom_vjp
    def own(x: jax.Array) -> jax.Array:
        return x

    own.defvjp(lambda x: (x, None), lambda _, g: (2 * g,))
    assert has_own_derivative(own)
    assert has_own_derivative(lambda x: jax.jit(own)(x) + 1)
    assert has_own_derivative(lambda x: x + jax.lax.stop_gradient(jnp.round(x) - x))
    assert not has_own_derivative(lambda x: jnp.sin(x) + x**2)


BESIDE = '''
import jax
import jax.numpy as jnp


def sigmoid(x, alpha=4.0):
    """A step, which is not the logistic function."""
    return jnp.where(x >= 0, 1.0, 0.0)


def smooth(x):
    r"""A smooth step.

    .. math:: \\mathrm{sigmoid}(2 x)
    """
    return CODE
'''


def test_a_function_beside_the_object_does_not_replace_the_usual_function_of_its_name(claims_of: Claims) -> None:
    assert verdict(claims_of(BESIDE.replace("CODE", "jax.nn.sigmoid(2 * x)"), "smooth")[0]).holds
    assert not verdict(claims_of(BESIDE.replace("CODE", "sigmoid(2 * x)"), "smooth")[0]).holds
    assert not verdict(claims_of(BESIDE.replace("CODE", "jax.nn.sigmoid(x)"), "smooth")[0]).holds
