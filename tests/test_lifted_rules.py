"""Tests of rules that are lifted: what code computes at each step."""

import importlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import sympy as sp

from qedoc.algebra.recurrences import Recurrence
from qedoc.claims.domain import Reals
from qedoc.claims.spec import Array, Parameter, Size, Spec, Variable
from qedoc.claims.steps import Steps
from qedoc.claims.target import resolve
from qedoc.errors import QedocError, TargetError, UnsupportedError
from qedoc.judge.induction import induct
from qedoc.judge.lifted_rules import inferred, lifted_rule
from qedoc.judge.lifting import lifted

GRADIENTS = (0.5, -1.25, 2.0, 0.0, -0.75)
"""Gradients with both signs, a zero, and different sizes."""

SIMPLE = ["sgd", "adam", "adamw", "nadam", "adamax", "adabelief", "lion", "rmsprop", "adagrad", "sign_sgd", "signum"]
OTHERS = [
    "adamaxw", "nadamw", "amsgrad", "yogi", "radam", "rprop", "adadelta", "adan", "optimistic_gradient_descent", "optimistic_adam_v2",
    "contrib.acprop", "contrib.ademamix", "contrib.adopt", "contrib.madgrad", "contrib.schedule_free_adamw", "contrib.simplified_ademamix",
]  # fmt: skip


def rule_of(name: str) -> Recurrence:
    target = f"optax.{name}"
    steps = resolve(f"{target}.update")
    assert isinstance(steps, Steps)
    return lifted_rule(target, steps, inferred(target, steps))


def simulated(rule: Recurrence, values: Mapping[str, float], gradients: Sequence[float]) -> list[float]:
    """The updates that a rule gives, for parameters that start at 1/2."""
    t, params = rule.step, 0.5
    known: dict[sp.Basic, sp.Expr] = {sp.IndexedBase("theta")[0]: sp.Float(params)}
    letters = {s: sp.Float(values[s.name]) for s in rule.free_symbols if s.name in values}
    known |= {base[0]: value.xreplace(letters).xreplace(known) for base, value in rule.start.items()}
    found = []
    for k, gradient in enumerate(gradients, start=1):
        known |= {sp.IndexedBase("g")[k]: sp.Float(gradient), sp.IndexedBase("theta")[k - 1]: sp.Float(params)}
        for left, right in rule.lines:
            value = right.subs(t, k).xreplace(letters).xreplace(known)
            known[left.subs(t, k)] = sp.N(value.doit())
        found.append(float(known[rule.output.subs(t, k)]))
        params += found[-1]
    return found


def ran(name: str, values: Mapping[str, float], gradients: Sequence[float]) -> list[float]:
    """The updates of the code."""
    factory: Any = optax
    for part in name.split("."):
        factory = getattr(factory, part)
    with jax.enable_x64(True):
        made, params = factory(**values), jnp.asarray(0.5)
        state, found = made.init(params), []
        for gradient in gradients:
            change, state = made.update(jnp.asarray(gradient), state, params)
            params = params + change
            found.append(float(change))
    return found


@pytest.mark.parametrize("name", [*SIMPLE, *OTHERS])
def test_the_rule_gives_the_updates_of_the_code(name: str) -> None:
    rule = rule_of(name)
    letters = sorted(s.name for s in rule.free_symbols if s.name in inspect.signature(_factory(name)).parameters)
    values = {letter: 0.25 + 0.125 * place for place, letter in enumerate(letters)}
    values |= {letter: number for letter, number in {"b2": 0.9, "threshold": 5.0}.items() if name == "radam"}
    np.testing.assert_allclose(simulated(rule, values, GRADIENTS), ran(name, values, GRADIENTS), rtol=1e-6, atol=1e-12)


def _factory(name: str) -> Callable[..., Any]:
    module, _, function = f"optax.{name}".rpartition(".")
    factory: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return factory


@pytest.mark.parametrize("name", ["adam", "adamax", "lion", "rmsprop"])
def test_the_rule_is_proved_for_every_step(name: str) -> None:
    """What was lifted is read as a rule again, and proved by induction."""
    steps = resolve(f"optax.{name}.update")
    assert isinstance(steps, Steps)
    spec = inferred(f"optax.{name}", steps)
    rule = lifted_rule(f"optax.{name}", steps, spec)
    plain = {s: sp.Symbol(s.name) for s in {rule.step, *rule.free_symbols} if isinstance(s, sp.Symbol)}
    theta, t = sp.IndexedBase("theta"), sp.Symbol("t")
    lines = [(left.xreplace(plain), right.xreplace(plain).xreplace({theta[t - 1]: theta[t]})) for left, right in rule.lines]
    start = {base: value.xreplace(plain) for base, value in rule.start.items()}
    if any(right.has(theta) for _, right in lines):
        lines.insert(0, (theta[t], theta[t - 1] + lines[-1][0].base[t - 1]))
        start |= {theta: sp.Symbol("params_0"), lines[-1][0].base: sp.S.Zero}
    domains = {"b1": Reals(least=0, below=1), "b2": Reals(least=0, below=1), "decay": Reals(least=0, below=1)}
    symbols = [replace(d, domain=domains.get(str(d.symbol), d.domain)) if isinstance(d, Parameter) else d for d in spec.symbols]
    whole = replace(spec, formula=Recurrence(lines[-1][0], lines, start, (t, sp.Symbol("steps"))), symbols=symbols)
    assert not induct(whole, steps).reason


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("sgd", ["u[t] = -learning_rate*g[t]"]),
        (
            "adam",
            [
                "mu[t] = b1*mu[t - 1] + (1 - b1)*g[t]",
                "nu[t] = b2*nu[t - 1] + (1 - b2)*g[t]**2",
                "u[t] = -learning_rate*mu[t]/((1 - b1**t)*(eps + sqrt(eps_root + nu[t]/(1 - b2**t))))",
                "mu[0] = 0",
                "nu[0] = 0",
            ],
        ),
        (
            "lion",
            [
                "mu[t] = b2*mu[t - 1] + (1 - b2)*g[t]",
                "u[t] = -learning_rate*(weight_decay*theta[t - 1] + sign(b1*mu[t - 1] + (1 - b1)*g[t]))",
                "mu[0] = 0",
            ],
        ),
    ],
)
def test_the_rule_reads_as_people_write_it(name: str, lines: list[str]) -> None:
    assert lifted(f"optax.{name}", None).sympy.split("; ") == lines


def test_the_state_has_its_field_names_in_latex() -> None:
    latex = lifted("optax.adam", None).latex
    assert latex.startswith(r"\begin{aligned} {\mu}_{t} &= b_{1}\, {\mu}_{t - 1} + ")
    assert r"\mathrm{learning\_rate}" in latex
    assert r" \\ {\nu}_{0} &= 0 \end{aligned}" in latex


def test_a_first_step_of_its_own_is_a_case() -> None:
    found = lifted("optax.adan", None).sympy.split("; ")
    assert "v[t] = Piecewise((0, Eq(t, 1)), (b2*v[t - 1] + (1 - b2)*(-g[t - 1] + g[t]), True))" in found
    assert not found[3].startswith("u[t] = Piecewise")  # the update is the same at each step


def test_letters_and_values_of_parameters() -> None:
    found = lifted("optax.sgd", None, {"momentum": "mu", "learning_rate": "alpha"}, {"nesterov": True}).sympy
    assert found.split("; ") == ["trace[t] = mu*trace[t - 1] + g[t]", "u[t] = -alpha*(mu*trace[t] + g[t])", "trace[0] = 0"]
    with pytest.raises(TargetError, match="no parameter 'momentums'"):
        lifted("optax.sgd", None, {"momentums": "mu"})
    with pytest.raises(TargetError, match="--bind and --set are for optimizers"):
        lifted("math.sqrt", None, {"x": "y"})


def test_a_spec_gives_the_letters() -> None:
    t, n, i, alpha, mu, theta = sp.symbols("t n i alpha mu theta_0")
    m, u, g = map(sp.IndexedBase, "mug")
    spec = Spec(
        target="optax.sgd.apply_updates",
        formula=Recurrence(m[t], [(u[t], -alpha * g[t]), (m[t], m[t - 1] + u[t])], {m: theta}, (t, n)),
        symbols=[
            Parameter(alpha, "learning_rate", Reals(above=0), ""),
            Parameter(mu, "momentum", Reals(least=0, below=1), ""),
            Parameter(theta, "params", Reals(), ""),
            Variable(g[i], Reals(), ""),
            Size(n, [3], ""),
        ],
        bind={"updates": Array(g[i], (i, 1, n))},
        entry=(n - 1,),
    )
    found = lifted("optax.sgd", spec).sympy.split("; ")
    assert found == ["trace[t] = mu*trace[t - 1] + g[t]", "u[t] = -alpha*trace[t]", "m[t] = m[t - 1] + u[t]", "trace[0] = 0"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("lamb", "depends on the other entries"),
        ("novograd", "depends on the other entries"),
        ("contrib.prodigy", "depends on the other entries"),
        ("adafactor", r"the part v_row of the state is float\d+\[1\]"),
        ("polyak_sgd", "missing 1 required keyword-only argument"),
        ("lookahead", "cannot be called with numbers"),
    ],
)
def test_what_is_no_rule_of_an_entry_is_refused(name: str, reason: str) -> None:
    with pytest.raises(UnsupportedError, match=reason):
        lifted(f"optax.{name}", None)


CODE = """import jax.numpy as jnp
import optax

CALLS = []


def impure(learning_rate):
    def update(g, state, params=None):
        CALLS.append(1)
        return -learning_rate * g * len(CALLS), state

    return optax.GradientTransformation(lambda params: params, update)


def late(learning_rate: float):
    def update(g, state, params=None):
        return -learning_rate * g * jnp.where(state > 999, 2, 1), state + 1

    return optax.GradientTransformation(lambda params: jnp.zeros((), jnp.int32), update)


def mixing(learning_rate: float):
    def update(g, state, params=None):
        return -learning_rate * (g - jnp.where(jnp.abs(g).max() > 100, jnp.mean(g), 0)), state

    return optax.GradientTransformation(lambda params: (), update)


def forks(learning_rate: float = 0.5):
    def update(g, state, params=None):
        return (-learning_rate * g if learning_rate < 1 else -g), state

    return optax.GradientTransformation(lambda params: (), update)


def step(carry, x, decay: float = 0.5):
    carry = decay * carry + x
    return carry, jnp.tanh(carry)


def moments(state, x):
    m, v = state
    m = m / 2 + x
    v = v + m**2
    return (m, v), m / jnp.sqrt(v)


def several(a, b):
    return a + b, (a * b, a)


def keyed(carry, x):
    return carry["k"] + x, x
"""


def test_code_that_no_annotation_tells_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "lifted_targets.py").write_text(CODE)

    def told(name: str) -> str:
        return lifted(f"lifted_targets.{name}", None).sympy

    with pytest.raises(UnsupportedError, match="outside of its state"):
        told("impure")
    with pytest.raises(UnsupportedError, match="other entries"):
        told("mixing")
    assert told("late") == "u[t] = -learning_rate*Piecewise((2, t > 1000), (1, True))*g[t]"
    assert told("forks") == "u[t] = Piecewise((-g[t], learning_rate >= 1), (-learning_rate*g[t], True))"
    assert told("step") == "carry[t] = decay*carry[t - 1] + x[t]; y[t] = tanh(carry[t])"
    assert told("moments").split("; ") == [
        "state_1[t] = state_1[t - 1]/2 + x[t]",
        "state_2[t] = state_1[t]**2 + state_2[t - 1]",
        "y[t] = state_1[t]/sqrt(state_2[t])",
    ]
    assert told("several") == "y[1] = a + b; y[2, 1] = a*b; y[2, 2] = a"
    with pytest.raises(QedocError, match="cannot be called with numbers"):
        told("keyed")
