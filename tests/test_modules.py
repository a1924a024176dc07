"""Arrays that modules hold are symbols: right formulas, wrong twins, and arrays that a formula leaves out."""

from collections.abc import Iterator
from pathlib import Path

import equinox
import haiku
import numpy as np
import pytest
from fixture_modules import Claims, judged_claim, written
from flax import linen, nnx

from qedoc.bind.records import Bound, Refused
from qedoc.bind.stacks import of_parts
from qedoc.claims.members import Member, member
from qedoc.claims.modules import module
from qedoc.results.verdict import CaseResult, Verdict
from qedoc.sources.arguments import Argument

HOLDS = {Verdict.PROVED, Verdict.TESTED}
DENSE = '''
import jax
import jax.numpy as jnp


class Dense:
    r"""A layer.

    .. math:: y_i = FORMULA
    """

    def __init__(self, n_in, n_out, key):
        self.weight = jax.random.normal(key, (n_out, n_in))
        self.bias = jnp.zeros(n_out)

    def __call__(self, x):
        return self.weight @ x + self.bias
'''
NORM = '''
import jax.numpy as jnp


class Norm:
    r"""A layer.

    .. math:: \\frac{x - \\mathbb{E}[x]}{DIVISOR} \\gamma + \\beta

    where :math:`\\gamma` is a learned array, and :math:`\\gamma = 1` if there is none.
    """

    def __init__(self, shape: int, eps=1e-5):
        self.scale, self.bias, self.eps = jnp.ones(shape), jnp.zeros(shape), eps

    def __call__(self, x):
        return (x - jnp.mean(x)) / jnp.sqrt(jnp.var(x) + self.eps) * self.scale + self.bias
'''
ROOT = '''
import jax.numpy as jnp


class Root:
    r"""A layer.

    .. math:: \\frac{x}{\\sqrt{\\varepsilon + \\frac{1}{n} \\| x \\|_2^2}} \\gamma

    where :math:`LENGTH` and :math:`\\gamma` has the same shape as :math:`x`.
    """

    def __init__(self, shape: int, eps=1e-5):
        self.gamma, self.eps = jnp.ones(shape), eps

    def __call__(self, x):
        return x / jnp.sqrt(jnp.mean(x**2) + self.eps) * self.gamma
'''


class Dense:
    def __init__(self, n_in: int, n_out: int) -> None:
        self.weight, self.bias = np.ones((n_out, n_in)), np.zeros(n_out)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return self.weight @ x + self.bias


@pytest.fixture
def claims_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Claims]:
    yield from written(tmp_path, monkeypatch, "modules")


def judged(claims_of: Claims, text: str, name: str) -> CaseResult:
    (claim,) = claims_of(text, name)
    return judged_claim(claim)


def test_a_layer_is_compared_for_all_its_weights(claims_of: Claims) -> None:
    assert judged(claims_of, DENSE.replace("FORMULA", r"\sum_j W_{ij} x_j + b_i"), "Dense").verdict is Verdict.PROVED
    wrong = judged(claims_of, DENSE.replace("FORMULA", r"\sum_j W_{ij} x_j - b_i"), "Dense")
    assert wrong.verdict is Verdict.REFUTED


def test_a_formula_without_an_array_is_no_claim_about_its_first_value(claims_of: Claims) -> None:
    claim = judged(claims_of, DENSE.replace("FORMULA", r"\sum_j W_{ij} x_j"), "Dense")
    assert claim.verdict is Verdict.UNREADABLE
    assert "what the bias of" in claim.reason


def test_letters_of_a_normalisation_are_its_scale_and_its_offset(claims_of: Claims) -> None:
    right = NORM.replace("DIVISOR", r"\sqrt{\mathrm{Var}[x] + \varepsilon}")
    assert judged(claims_of, right, "Norm").verdict in HOLDS
    wrong = NORM.replace("DIVISOR", r"\sqrt{\mathrm{Var}[x]} + \varepsilon").replace(", and :math:`\\gamma = 1` if there is none", "")
    assert judged(claims_of, wrong, "Norm").verdict is Verdict.REFUTED


def test_the_text_says_which_symbol_is_the_length_of_an_array(claims_of: Claims) -> None:
    assert judged(claims_of, ROOT.replace("LENGTH", r"n = \dim(x)"), "Root").verdict in HOLDS
    assert judged(claims_of, ROOT.replace("LENGTH", "n = 2"), "Root").verdict not in HOLDS


def test_lengths_follow_the_shapes_of_arrays() -> None:
    found = module(Dense)
    assert found is not None
    assert found.arrays == {"weight": ("n_out", "n_in"), "bias": ("n_out",)}
    called = member(Dense, "__call__")
    assert isinstance(called, Member)
    call = called.written("m.Dense", {"weight": "jnp.array([[1.0, 2.0]])", "bias": "jnp.array([0.0])", "x": "jnp.array([1.0, 1.0])"})
    assert "n_in=2" in call
    assert "n_out=1" in call


def test_arrays_of_flax_are_found_in_their_boxes() -> None:
    found = module(nnx.Linear)
    assert found is not None
    assert found.arrays == {"kernel": ("in_features", "out_features"), "bias": ("out_features",)}


def test_arrays_of_equinox_are_attributes() -> None:
    found = module(equinox.nn.Linear)
    assert found is not None
    assert found.arrays == {"weight": ("out_features", "in_features"), "bias": ("out_features",)}


def test_what_a_constructor_is_given_is_no_array_of_the_object() -> None:
    class Affine:
        def __init__(self, weight: float, n: int = 3) -> None:
            self.weight, self.n = weight, n

    assert module(Affine) is None


CELL = '''
import haiku as hk
import jax.numpy as jnp


class Cell(hk.Module):
    r"""A recurrent cell.

    Given :math:`x_t` and the previous hidden state :math:`h_{t-1}` the cell computes

    .. math:: h_t = FORMULA
    """

    def __init__(self, hidden_size: int, name=None):
        super().__init__(name=name)
        self.hidden_size = hidden_size

    def __call__(self, inputs, prev_state):
        out = jnp.tanh(hk.Linear(self.hidden_size)(inputs) + hk.Linear(self.hidden_size, with_bias=False)(prev_state))
        return out, out
'''
LINEN = '''
import flax.linen as nn
import jax.numpy as jnp


class Cell(nn.Module):
    r"""A recurrent cell.

    .. math:: h' = FORMULA

    where x is the input and h is the output of the previous time step.
    """

    features: int
    residual: bool = False

    @nn.compact
    def __call__(self, carry, inputs):
        i, h = nn.Dense(self.features, name="i"), nn.Dense(self.features, use_bias=False, name="h")
        out = jnp.tanh(i(inputs) + h(carry)) + (carry if self.residual else 0)
        return out, out
'''


@pytest.mark.parametrize(
    ("formula", "holds"),
    [
        (r"\tanh(w_i x_t + b_i + w_h h_{t-1})", True),
        (r"\tanh(w_i x_t - b_i + w_h h_{t-1})", False),
        (r"\tanh(w_i x_t + b_i) + w_h h_{t-1}", False),
    ],
)
def test_a_cell_of_haiku_is_compared_through_transform(claims_of: Claims, formula: str, holds: bool) -> None:
    found = judged(claims_of, CELL.replace("FORMULA", formula), "Cell").verdict
    assert found in HOLDS if holds else found is Verdict.REFUTED


@pytest.mark.parametrize(
    ("formula", "holds"),
    [(r"\tanh(W_i x + b_i + W_h h)", True), (r"\tanh(W_i x + b_i - W_h h)", False), (r"\tanh(W_h x + b_i + W_i h)", False)],
)
def test_a_cell_of_linen_is_compared_through_apply(claims_of: Claims, formula: str, holds: bool) -> None:
    found = judged(claims_of, LINEN.replace("FORMULA", formula), "Cell").verdict
    assert (found in HOLDS) == holds


def test_words_before_a_formula_set_a_switch_of_a_layer(claims_of: Claims) -> None:
    text = LINEN.replace(".. math", "If `residual` is `True`, it computes\n\n    .. math").replace(
        "FORMULA", r"\tanh(W_i x + b_i + W_h h) + h"
    )
    assert judged(claims_of, text, "Cell").verdict in HOLDS


def test_an_array_of_a_layer_that_the_formula_leaves_out_prevents_a_claim(claims_of: Claims) -> None:
    assert judged(claims_of, CELL.replace("FORMULA", r"\tanh(w_i x_t + w_h h_{t-1})"), "Cell").verdict not in {*HOLDS, Verdict.REFUTED}


def test_arrays_of_haiku_and_linen_are_found_by_a_call() -> None:
    called = member(haiku.Linear, "__call__")
    assert isinstance(called, Member)
    assert called.holds is not None
    assert called.holds.arrays == {"w": ("the length of inputs", "output_size"), "b": ("output_size",)}
    call = called.written("haiku.Linear", {"w": "jnp.array([[1.0]])", "b": "jnp.array([2.0])", "inputs": "jnp.array([3.0])"})
    assert "haiku.transform(lambda: haiku.Linear(output_size=1)(inputs=jnp.array([3.0]))).apply({'linear': " in call
    dense = member(linen.Dense, "__call__")
    assert isinstance(dense, Member)
    call = dense.written("flax.linen.Dense", {"kernel": "jnp.array([[1.0]])", "bias": "jnp.array([2.0])", "inputs": "jnp.array([3.0])"})
    assert call.startswith("flax.linen.Dense(features=1).apply({'params': {'kernel': ")


ROWED = '''
import flax.linen as nn
import jax
import jax.numpy as jnp


class Cell(nn.Module):
    r"""A recurrent cell.

    .. math::

        \\begin{array}{ll}
        ROWS
        \\end{array}

    where x is the input, and STATE.
    """

    features: int

    @nn.compact
    def __call__(self, carry, inputs):
CODE'''
GATED = ROWED.replace("STATE", "h is the output of the previous time step").replace(
    "CODE",
    """        def i(name):
            return nn.Dense(self.features, name=name)(inputs)

        def h(name):
            return nn.Dense(self.features, use_bias=False, name=name)(carry)

        z = jax.nn.sigmoid(i("iz") + h("hz"))
        n = jnp.tanh(i("in") + z * h("hn"))
        out = (1 - z) * n + z * carry
        return out, out
""",
)
GATE = r"z = \sigma(W_{iz} x + b_{iz} + W_{hz} h) \\"
NEW = r"n = \tanh(W_{in} x + b_{in} + z * (W_{hn} h)) \\"


@pytest.mark.parametrize(
    ("rows", "holds"),
    [
        (GATE + NEW + r"h' = (1 - z) * n + z * h", True),
        (GATE + NEW + r"h' = (1 - z) \odot n + z \odot h \\", True),
        (GATE + NEW + r"h' = (1 - z) * h + z * n", False),
        (GATE.replace("+ b_{iz}", "- b_{iz}") + NEW + r"h' = (1 - z) * n + z * h", False),
        (GATE + NEW.replace("W_{in}", "W_{iz}").replace("W_{iz} x", "W_{in} h") + r"h' = (1 - z) * n + z * h", False),
        (GATE + NEW.replace("z *", "(1 - z) *") + r"h' = (1 - z) * n + z * h", False),
    ],
)
def test_definitions_above_the_result_of_a_cell_are_put_in(claims_of: Claims, rows: str, holds: bool) -> None:
    *definitions, last = claims_of(GATED.replace("ROWS", rows), "Cell")
    assert [claim.cause for claim in definitions if isinstance(claim, Refused)] == ["definition", "definition"]
    if not holds and isinstance(last, Refused):
        return
    found = judged_claim(last).verdict
    assert found in HOLDS if holds else found is Verdict.REFUTED


STACKED = '''
import haiku as hk
import jax
import jax.numpy as jnp


class Cell(hk.Module):
    r"""A recurrent cell.

    Given :math:`x_t` and the previous state :math:`h_{t-1}` the core computes

    .. math::

        \\begin{array}{ll}
        ROWS
        \\end{array}
    """

    def __init__(self, hidden_size: int, name=None):
        super().__init__(name=name)
        self.hidden_size = hidden_size

    def __call__(self, inputs, state):
        n = self.hidden_size
        w_i = hk.get_parameter("w_i", [inputs.shape[-1], 2 * n], init=jnp.ones)
        w_h = hk.get_parameter("w_h", [n, 2 * n], init=jnp.ones)
        b = hk.get_parameter("b", [2 * n], init=jnp.ones)
        new, gate = jnp.split(inputs @ w_i + state @ w_h + b, 2, axis=-1)
        z = jax.nn.sigmoid(gate)
        out = z * jnp.tanh(new) + (1 - z) * state
        return out, out
'''
PART = r"z_t &= \sigma(W_{iz} x_t + W_{hz} h_{t-1} + b_z) \\"
OTHER = r"a_t &= \tanh(W_{ia} x_t + W_{ha} h_{t-1} + b_a) \\"
STATE = r"h_t &= z_t \odot a_t + (1 - z_t) \odot h_{t-1}"


@pytest.mark.parametrize(
    ("rows", "holds"),
    [
        (PART + OTHER + STATE, True),  # the code has the gates in the other order
        (PART + OTHER + STATE.replace("h_{t-1}", "z_t"), False),
        (PART + OTHER.replace("W_{ha}", "W_{hz}").replace("tanh", "sin") + STATE, False),
        (PART.replace("+ b_z", "- b_z") + OTHER + STATE, False),
    ],
)
def test_gates_are_parts_of_one_array(claims_of: Claims, rows: str, holds: bool) -> None:
    *_, last = claims_of(STACKED.replace("ROWS", rows), "Cell")
    found = judged_claim(last).verdict if not isinstance(last, Refused) else last.verdict
    assert (found in HOLDS) == holds


def test_a_wrong_formula_of_gates_is_refuted_in_all_orders(claims_of: Claims) -> None:
    *_, last = claims_of(STACKED.replace("ROWS", PART + OTHER + STATE.replace("(1 - z_t)", "z_t")), "Cell")
    assert judged_claim(last).verdict is Verdict.REFUTED


def test_a_letter_of_an_array_that_a_cell_lacks_is_told(claims_of: Claims) -> None:
    *_, last = claims_of(STACKED.replace("ROWS", PART + OTHER.replace("+ b_a", "+ b_a + b_c") + STATE), "Cell")
    assert isinstance(last, Refused)
    assert "the layer holds 6 parts of w_i, w_h, b, and the formula has 7 letters for them" in last.reason


def test_the_first_letters_of_a_subscript_name_the_array() -> None:
    names = [(array, k) for array in ("i_kernel", "h_kernel", "h_bias") for k in range(2)]
    arguments = [
        Argument(name=f"{array}_part_{k + 1}", default=None, annotation="", text="", keyword=True, part=(array, k, 2)) for array, k in names
    ]
    rows = of_parts(["W_if", "W_ig", "W_hf", "W_hg", "b_hf", "b_hg"], arguments, ["f", "g"], lambda symbol, name: True)
    found = [[str(choice.value).removeprefix("@") for choice in row] for row in rows]
    first = ["i_kernel_part_1", "i_kernel_part_2", "h_kernel_part_1", "h_kernel_part_2", "h_bias_part_1", "h_bias_part_2"]
    assert found == [first, [first[k] for k in (1, 0, 3, 2, 5, 4)]]
    assert of_parts(["V_uf", "V_ug"], arguments, ["f", "g"], lambda symbol, name: True) == []


def test_parts_of_an_array_are_put_together_in_the_call() -> None:
    haiku = pytest.importorskip("haiku")
    called = member(haiku.GRU, "__call__")
    assert isinstance(called, Member)
    held = {
        f"{array}_part_{k}": f"jnp.array({[[float(k)]] if array != 'b' else [float(k)]})"
        for array in ("w_i", "w_h", "b")
        for k in (1, 2, 3)
    }
    call = called.written("haiku.GRU", {**held, "inputs": "jnp.array([1.0])", "state": "jnp.array([2.0])"})
    assert "'b': jnp.concatenate([jnp.array([1.0]), jnp.array([2.0]), jnp.array([3.0])], axis=-1)" in call
    assert call.startswith("haiku.transform(lambda: haiku.GRU(hidden_size=1)(inputs=jnp.array([1.0]), state=jnp.array([2.0])))")


GROUPED = '''
import jax
import jax.numpy as jnp


class Grouped:
    r"""A layer.

    It splits an array :math:`x` into ``groups`` arrays :math:`x_i`.

    .. math:: FORMULA

    where :math:`\\gamma_i` and :math:`\\beta_i` are learned arrays.
    """

    def __init__(self, groups: int, channels: int | None = None, eps: float = 1e-5):
        if channels is None:
            raise ValueError("the number of channels is needed")
        self.groups, self.eps = groups, eps
        self.weight, self.bias = jnp.ones(channels), jnp.zeros(channels)

    def __call__(self, x):
        y = x.reshape(self.groups, -1)
        y = (y - y.mean(axis=1, keepdims=True)) / jnp.sqrt(y.var(axis=1, keepdims=True) + self.eps)
        return y.reshape(x.shape) * self.weight + self.bias
'''


@pytest.mark.parametrize(
    ("formula", "holds"),
    [
        (r"\frac{x_i - \mathbb{E}[x_i]}{\sqrt{\mathrm{Var}[x_i] + \varepsilon}} \gamma_i + \beta_i", True),
        (r"\frac{x_i - \mathbb{E}[x_i]}{\sqrt{\mathrm{Var}[x_i]} + \varepsilon} \gamma_i + \beta_i", False),
        (r"\frac{x_i}{\sqrt{\mathrm{Var}[x_i] + \varepsilon}} \gamma_i + \beta_i", False),
    ],
)
def test_a_formula_for_groups_is_compared_for_one_group(claims_of: Claims, formula: str, holds: bool) -> None:
    (claim,) = claims_of(GROUPED.replace("FORMULA", formula), "Grouped")
    assert isinstance(claim, Bound)
    assert "groups=1: the only group is the whole array" in claim.notes
    found = judged_claim(claim).verdict
    assert found in HOLDS if holds else found is Verdict.REFUTED


def test_a_subscript_without_groups_is_no_group(claims_of: Claims) -> None:
    text = NORM.replace("DIVISOR", r"\\sqrt{\\mathrm{Var}[x] + \\varepsilon}").replace(r"{x -", r"{x_i -")
    text = text.replace("A layer.", "This layer splits the work into parts :math:`x_i`.")
    (claim,) = claims_of(text, "Norm")
    assert not isinstance(claim, Bound)


SOFT = '''
import jax.numpy as jnp


class Soft:
    r"""An activation.

    .. math:: FORMULA
    """

    def __init__(self, scale: float = 1.0):
        self.scale = scale

    def __call__(self, x):
        return jnp.exp(x) / jnp.sum(jnp.exp(x))
'''
LOSS = '''
import jax.numpy as jnp


class Ridge:
    r"""A penalty.

    .. math:: FORMULA

    where :math:`N` is the number of elements.
    """

    def __init__(self, weight: float = 1.0):
        self.weight = weight

    def METHOD(self, value):
        return self.weight * (jnp.sum(value**2) + value.size)
'''


@pytest.mark.parametrize(
    ("formula", "holds"),
    [
        (r"\text{Soft}(x_i) = \frac{\exp(x_i)}{\sum_j \exp(x_j)}", True),
        (r"\text{Soft}(x_{i}) = \frac{\exp(x_i)}{\sum_k \exp(x_k)}", True),
        (r"\text{Soft}(x_i) = \frac{\exp(-x_i)}{\sum_j \exp(-x_j)}", False),
        (r"\text{Soft}(x_i) = \frac{\exp(x_i)}{1 + \sum_j \exp(x_j)}", False),
    ],
)
def test_an_activation_of_an_entry_is_the_entry_of_the_result(claims_of: Claims, formula: str, holds: bool) -> None:
    found = judged(claims_of, SOFT.replace("FORMULA", formula), "Soft").verdict
    assert found in HOLDS if holds else found is Verdict.REFUTED


@pytest.mark.parametrize(
    ("formula", "holds"),
    [
        (r"L = \lambda \left[ \sum_i x_i^2 + N \right]", True),
        (r"L = \lambda \left( \sum_i x_i^2 + N \right)", True),
        (r"L = \lambda \left[ \sum_i x_i^2 - N \right]", False),
        (r"L = \lambda \left[ \sum_i |x_i| + N \right]", False),
    ],
)
def test_the_loss_of_an_object_is_its_method_of_this_name(claims_of: Claims, formula: str, holds: bool) -> None:
    found = judged(claims_of, LOSS.replace("FORMULA", formula).replace("METHOD", "loss"), "Ridge").verdict
    assert found in HOLDS if holds else found is Verdict.REFUTED


def test_a_loss_is_no_other_method(claims_of: Claims) -> None:
    text = LOSS.replace("FORMULA", r"L = \lambda \left[ \sum_i x_i^2 - N \right]").replace("METHOD", "measure")
    (claim,) = claims_of(text, "Ridge")
    assert isinstance(claim, Refused)


@pytest.mark.parametrize(
    ("head", "right"), [(r"\text{HardShrink}(x)", True), (r"\text{hardshrink}(x)", True), (r"\text{SoftShrink}(x)", False)]
)
def test_a_name_in_another_spelling_is_the_function(claims_of: Claims, head: str, right: bool) -> None:
    text = f'import jax.numpy as jnp\n\n\ndef hard_shrink(x):\n    r"""Shrinks.\n\n    .. math:: {head} = x^2\n    """\n    return x**2\n'
    (claim,) = claims_of(text, "hard_shrink")
    assert isinstance(claim, Bound) is right


BATCHED = '''
import haiku as hk
import jax.numpy as jnp


class Normal(hk.Module):
    r"""A layer.

    It transforms the input ``x`` into:

    .. math:: FORMULA

    Where :math:`\\mu` and :math:`\\sigma` are respectively the mean and standard deviation of ``x``MORE.
    """

    def __init__(self, groups: int, axis=slice(1, None), eps: float = 1e-5, name=None):
        super().__init__(name=name)
        self.groups, self.axis, self.eps = groups, axis, eps

    def __call__(self, x, scale=None):
        if scale is not None:
            raise ValueError("the layer has a scale")
        scale = hk.get_parameter("scale", [x.shape[-1]], init=jnp.ones)
        y = x.reshape(x.shape[0], self.groups, -1)
        y = (y - y.mean(axis=2, keepdims=True)) / CODE
        return y.reshape(x.shape) * scale
'''
PLUS_EPS = r"\d{outputs} = \d{scale} \dfrac{x - \mu}{\sigma + \epsilon}"
INSIDE = "jnp.sqrt(y.var(axis=2, keepdims=True) + self.eps)"
OUTSIDE = "(y.std(axis=2, keepdims=True) + self.eps)"


@pytest.mark.parametrize(("code", "holds"), [(OUTSIDE, True), (INSIDE, False)])
def test_a_batch_of_one_is_normalised(claims_of: Claims, code: str, holds: bool) -> None:
    (claim,) = claims_of(BATCHED.replace("FORMULA", PLUS_EPS).replace("CODE", code).replace("MORE", ""), "Normal")
    assert isinstance(claim, Bound)
    assert "axis=slice(1, None): the input is a batch of one, whose axis it leaves out" in claim.notes
    found = judged_claim(claim).verdict
    assert found in HOLDS if holds else found is Verdict.REFUTED


@pytest.mark.parametrize("more", [" over the other half of the axis", ", weighted by their distance", ", if no mask is given"])
def test_a_statistic_over_something_else_is_not_the_one_of_all_entries(claims_of: Claims, more: str) -> None:
    text = BATCHED.replace("FORMULA", PLUS_EPS).replace("CODE", OUTSIDE).replace("MORE", more)
    (claim,) = claims_of(text, "Normal")
    assert isinstance(claim, Refused)
    assert "mu and sigma" in claim.reason


def test_an_accent_on_a_letter_may_be_a_differential(claims_of: Claims) -> None:
    text = BATCHED.replace("FORMULA", PLUS_EPS.replace("scale", "s").replace("outputs", "y")).replace("CODE", OUTSIDE).replace("MORE", "")
    (claim,) = claims_of(text, "Normal")
    assert isinstance(claim, Refused)
    assert r"unknown command \d" in claim.reason


TUPLE = ROWED.replace("STATE", "h is the output of the previous time step, and c is the memory").replace(
    "CODE",
    """        c, h = carry
        f = jax.nn.sigmoid(nn.Dense(self.features, name="f")(inputs) + nn.Dense(self.features, use_bias=False, name="h")(h))
        new = f * c + (1 - f) * h
        out = jnp.tanh(new)
        return (new, out), out
""",
)
FORGET = r"f = \sigma(W_f x + b_f + W_h h) \\"


@pytest.mark.parametrize(
    ("rows", "holds"),
    [
        (FORGET + r"c' = f * c + (1 - f) * h \\ h' = \tanh(c')", True),
        (FORGET + r"c' = f * c - (1 - f) * h \\ h' = \tanh(c')", False),
        (FORGET + r"c' = f * c + (1 - f) * h \\ h' = \tanh(c') * f", False),
    ],
)
def test_the_parts_of_a_state_are_arguments(claims_of: Claims, rows: str, holds: bool) -> None:
    *_, last = claims_of(TUPLE.replace("ROWS", rows), "Cell")
    found = judged_claim(last).verdict
    assert found in HOLDS if holds else found is Verdict.REFUTED


def test_two_states_that_no_row_uses_may_both_be_the_output(claims_of: Claims) -> None:
    rows = FORGET + r"c' = f * c + (1 - f) * h \\ h' = \tanh(f * c + (1 - f) * h)"
    assert not any(isinstance(claim, Bound) for claim in claims_of(TUPLE.replace("ROWS", rows), "Cell"))


def test_a_tuple_of_states_is_written_in_the_call() -> None:
    linen = pytest.importorskip("flax.linen")
    called = member(linen.LSTMCell, "__call__")
    assert isinstance(called, Member)
    assert list(called.takes) == ["carry_1", "carry_2", "inputs"]
    call = called.written(
        "flax.linen.LSTMCell", {"carry_1": "jnp.array([1.0])", "carry_2": "jnp.array([2.0])", "inputs": "jnp.array([3.0])"}
    )
    assert "inputs=jnp.array([3.0]), carry=(jnp.array([1.0]), jnp.array([2.0]))" in call


SWITCHED = (
    LINEN.replace("    residual: bool = False\n", "    bias: bool = True\n")
    .replace('nn.Dense(self.features, name="i")', 'nn.Dense(self.features, use_bias=self.bias, name="i")')
    .replace("(carry if self.residual else 0)", "0")
    .replace(".. math", "If ``bias`` is false, it computes\n\n    .. math")
)


@pytest.mark.parametrize(
    ("formula", "verdicts"),
    [(r"\tanh(W_i x + W_h h)", HOLDS), (r"\tanh(W_i x - W_h h)", {Verdict.REFUTED}), (r"\tanh(W_i x + W_h h + b_i)", {Verdict.UNREADABLE})],
)
def test_a_layer_does_not_hold_an_array_that_its_settings_leave_out(claims_of: Claims, formula: str, verdicts: set[Verdict]) -> None:
    assert judged(claims_of, SWITCHED.replace("FORMULA", formula), "Cell").verdict in verdicts


INNER = '''
import jax
import jax.numpy as jnp


class Inner:
    def __init__(self, n_in, n_out, key, bias):
        self.weight = jax.random.normal(key, (n_out, n_in))
        if bias:
            self.bias = jnp.ones(n_out)

    def __call__(self, x):
        return self.weight @ x + getattr(self, "bias", 0)


class Cell:
    r"""A recurrent cell.

    .. math:: h' = FORMULA

    where x is the input and h is the output of the previous time step.
    """

    def __init__(self, n_in: int, n_out: int, *, key):
        self.dense_i, self.h = Inner(n_in, n_out, key, True), Inner(n_out, n_out, key, False)
        self.extra = EXTRA

    def __call__(self, carry, inputs):
        out = jnp.tanh(self.dense_i(inputs) + self.h(carry))
        return out, out
'''


@pytest.mark.parametrize(
    ("formula", "holds"),
    [(r"\tanh(W_i x + b_i + W_h h)", True), (r"\tanh(W_i x + b_i - W_h h)", False), (r"\tanh(W_h x + b_i + W_i h)", False)],
)
def test_arrays_of_modules_inside_a_module_are_symbols(claims_of: Claims, formula: str, holds: bool) -> None:
    found = judged(claims_of, INNER.replace("FORMULA", formula).replace("EXTRA", "None"), "Cell").verdict
    assert (found in HOLDS) == holds


def test_a_module_with_an_array_that_nothing_names_is_not_compared(claims_of: Claims) -> None:
    text = INNER.replace("FORMULA", r"\tanh(W_i x + b_i + W_h h)").replace("EXTRA", "[jnp.ones(2)]")
    (claim,) = claims_of(text, "Cell")
    assert isinstance(claim, Refused)


def test_arrays_inside_a_module_are_put_in_by_their_paths() -> None:
    nnx = pytest.importorskip("flax.nnx")
    called = member(nnx.SimpleCell, "__call__")
    assert isinstance(called, Member)
    held = {"h_kernel": "jnp.array([[1.0]])", "i_kernel": "jnp.array([[2.0]])", "i_bias": "jnp.array([3.0])"}
    call = called.written("flax.nnx.SimpleCell", {**held, "carry": "jnp.array([4.0])", "inputs": "jnp.array([5.0])"})
    assert "'dense_h.kernel': jnp.array([[1.0]])" in call
    assert call.endswith("(carry=jnp.array([4.0]), inputs=jnp.array([5.0]))")
