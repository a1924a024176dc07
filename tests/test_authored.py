"""Specs keep the LaTeX of their author, which is read back and must mean the same as the formula."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import sympy as sp
from sphinx_project import environment

from qedoc import Argument, Dict, Functions, Integers, List, Parameter, Reals, Rule, Size, Spec, Variable
from qedoc.errors import Location, SpecError
from qedoc.judge.authored import check_latex
from qedoc.judge.describe import describe

a, p, t, T = sp.symbols("alpha p t T")
n, i, x = sp.symbols("n i x")
b, f = sp.IndexedBase("b"), sp.IndexedBase("f")
s = sp.Function("s")

DECAY = sp.Piecewise((a + (1 - t / T) ** p, t <= T), (a, True))


def decay(latex: str) -> Spec:
    symbols = [
        Parameter(a, "alpha", Reals(), "floor"),
        Parameter(p, "power", Reals(above=0), "power"),
        Parameter(T, "steps", Integers(least=1), "steps"),
        Argument(t, "count", Integers(least=0), "step"),
    ]
    return Spec(target="lib.decay", formula=DECAY, symbols=symbols, latex=latex, origin=Location(path="spec/decay.py", line=7))


def scaled(latex: str) -> Spec:
    symbols = [
        Size(n, (0, 1, 2), "number of boundaries"),
        Variable(b[i], Integers(least=0), "boundary"),
        Variable(f[i], Reals(), "factor"),
        Argument(t, "count", Integers(least=0), "step"),
    ]
    formula = sp.Product(sp.Piecewise((f[i], t >= b[i]), (1, True)), (i, 1, n))
    return Spec(target="lib.f", formula=formula, symbols=symbols, bind={"d": Dict(b[i], f[i], (i, 1, n))}, latex=latex)


@pytest.mark.parametrize(
    "spec",
    [
        decay(r"\alpha + \left( 1 - \frac{\min(t, T)}{T} \right)^p"),
        decay(r"\begin{cases} (1 - t/T)^p + \alpha & \text{, if } t < T \\ \alpha & \text{, if } t \geq T \end{cases}"),
        decay(r"r(t) = \alpha + (1 - \min(t, T) / T)^p"),
        scaled(r"\prod_{i=1}^n \begin{cases} f_i & \text{if } b_i \leq t \\ 1 & \text{if } t < b_i \end{cases}"),
    ],
)
def test_author_s_latex_is_shown_if_it_means_the_same(spec: Spec) -> None:
    assert describe(spec).formula.latex == spec.latex


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (decay(r"\alpha + \left( 1 - \frac{t}{T} \right)^p"), "not the formula: at"),
        (decay(r"\alpha + \left( 1 - \frac{\max(t, T)}{T} \right)^p"), "not the formula: at"),
        (decay(r"\begin{cases} (1 - t/T)^p + \alpha & \text{, if } t < T \\ \alpha & \text{, if } t > T \end{cases}"), "it gives no value"),
        (
            scaled(r"\prod_{i=1}^n \begin{cases} f_i & \text{if } b_i < t \\ 1 & \text{if } t \leq b_i \end{cases}"),
            "not the formula: at b=[",
        ),
        (decay(r"(1 - t/T)^p + \alpha, \quad t \leq T"), "states the condition"),
        (
            decay(r"\alpha + \left( 1 - \frac{\min(t, S)}{S} \right)^p"),
            "contains S, which the spec does not declare; declared symbols: alpha, p",
        ),
        (decay(r"\alpha + \left( 1 - \frac{t}{T"), "cannot be read: line 1, column"),
        (decay(r"r(0) = \alpha + (1 - \min(t, T) / T)^p"), "states a value of r"),
        (decay(r"\alpha + T = \alpha + (1 - \min(t, T) / T)^p"), "states a value of"),
    ],
)
def test_latex_that_means_something_else_is_an_error_with_file_and_line(spec: Spec, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        check_latex(spec)
    assert message in caught.value.message
    assert caught.value.location == spec.location


def test_functions_keep_their_index_and_argument() -> None:
    symbols = [
        Size(n, (1, 2), "number of parts"),
        Variable(s, Functions(), "the parts"),
        Argument(t, "count", Reals(), "place"),
    ]
    bind = {"parts": List(sp.Lambda(x, s(i, x)), (i, 1, n))}
    right = Spec(target="lib.f", formula=sp.Sum(s(i, t), (i, 1, n)), symbols=symbols, bind=bind, latex=r"\sum_{i=1}^n s(i, t)")
    wrong = Spec(target="lib.f", formula=sp.Sum(s(i, t), (i, 1, n)), symbols=symbols, bind=bind, latex=r"\sum_{i=1}^n s(i, 2 t)")
    assert describe(right).formula.latex == right.latex
    with pytest.raises(SpecError, match="not"):
        describe(wrong)


def test_rule_is_written_from_its_lines() -> None:
    u, g = sp.IndexedBase("u"), sp.IndexedBase("g")
    with pytest.raises(SpecError, match=r"latex= says nothing of a Rule"):
        Spec(target="lib.f", formula=Rule(output=u[t], gradient=g[t], lines={u[t]: -g[t]}), symbols=[], latex="-g_t")


SPEC = r"""
from sympy import Min, symbols
from qedoc import Parameter, Reals, Spec

x, T = symbols("x T")
ramp = Spec(
    target="small.ramp",
    formula=Min(x, T),
    latex=r"\LATEX\left\{ x, T \right\}",
    symbols=[Parameter(x, "x", Reals(), "input"), Parameter(T, "top", Reals(), "top")],
)
"""


@pytest.mark.parametrize(("word", "code"), [("min", 0), ("max", 2)])
def test_command_line_keeps_the_latex_or_says_where_it_is_wrong(tmp_path: Path, word: str, code: int) -> None:
    (tmp_path / "small.py").write_text("import jax.numpy as jnp\n\ndef ramp(x, top):\n    return jnp.minimum(x, top)\n")
    (tmp_path / "ramp.py").write_text(SPEC.replace("LATEX", word))
    command = [sys.executable, "-m", "qedoc", "check", "--quiet", "--no-lock", "--format", "json", "ramp.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    if code:
        assert "ramp.py:6: small.ramp: latex= is not the formula: at" in done.stderr
    else:
        (claim,) = json.loads(done.stdout)["claims"]
        assert (claim["verdict"], claim["formula"]["latex"]) == ("proved", r"\min\left\{ x, T \right\}")
