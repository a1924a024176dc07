"""Formulas that say that the result is a minimiser: how they are taken apart, and which points refute them."""

from collections.abc import Iterator
from pathlib import Path

import jax
import jax.numpy as jnp
import pytest
import sympy as sp
from fixture_modules import Claims, result, verdict, written
from pasting import paste

from qedoc.bind.minimisers import problem
from qedoc.bind.records import Bound, Refused
from qedoc.claims.domain import Reals
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Array, Minimum, Size, Spec, Variable
from qedoc.judge.check import check
from qedoc.results.verdict import CaseResult, Verdict

MODULE = '''
import jax.numpy as jnp


def ball(x, radius):
    r"""Projection onto a ball.

    .. math:: \\underset{y}{\\text{argmin}} ~ \\|x - y\\|_2^2 \\quad \\text{subject to} \\quad BALL

    Args:
      x: the array to project.
      radius: the radius.
    """
    return x * jnp.minimum(1.0, radius / jnp.maximum(jnp.linalg.norm(x), 1e-30))


def shrink(x, weight=1.0):
    r"""Proximal operator of the absolute value.

    .. math:: \\operatorname{argmin}_y PROX
    """
    return jnp.sign(x) * jnp.maximum(jnp.abs(x) - weight, 0.0)


def simplex(values, hyperparams=None):
    r"""Projection onto the set of nonnegative vectors with a given weighted sum.

    .. math:: \\arg\\min_{p \\ge 0} \\|x - p\\|^2

    Args:
      values: the array to project.
    """
    return jnp.maximum(values, 0.0)


def weighted(x, hyperparams):
    r"""Projection onto a plane, with one mistake.

    .. math:: \\underset{y}{\\mathrm{argmin}} \\|x - y\\|_2^2 \\quad \\textrm{s.t.} \\quad a^\\top y = b

    Args:
      x: the array to project.
      hyperparams: a tuple ``(a, b)``. Moreover, ``a`` should be positive.
    """
    a, b = hyperparams
    return x - (jnp.vdot(a, x) - b) / jnp.vdot(a, a) * jnp.abs(a)


def plane(x, hyperparams):
    r"""Projection onto a plane.

    .. math:: \\underset{y}{\\mathrm{argmin}} \\|x - y\\|_2^2 \\quad \\textrm{s.t.} \\quad a^\\top y = RIGHT

    Args:
      x: the array to project.
      hyperparams: a tuple ``(a, b)``.
    """
    a, b = hyperparams
    return x - (jnp.vdot(a, x) - b) / jnp.vdot(a, a) * a


def smallest(x, radius):
    r"""The smallest value, which is no minimiser.

    .. math:: \\underset{y}{\\text{argmin}} ~ \\|x - y\\|_2^2 \\quad \\text{subject to} \\quad y \\in C
    """
    return jnp.min(x)


def named(x, first, second):
    r"""Two numbers that nothing tells apart.

    .. math:: \\underset{y}{\\text{argmin}} ~ \\|x - y\\|_2^2 \\quad \\text{subject to} \\quad \\|y\\|_1 \\le s
    """
    return x
'''


@pytest.fixture
def claims_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Claims]:
    yield from written(tmp_path, monkeypatch, "minimisers")


def module(
    ball: str = r"\|y\|_2 \le \text{radius}", prox: str = r"\frac{1}{2} \|x - y\|_2^2 + \text{weight} \|y\|_1", right: str = "b"
) -> str:
    return MODULE.replace("BALL", ball).replace("PROX", prox).replace("RIGHT", right)


@pytest.mark.parametrize("name", ["ball", "shrink", "simplex", "plane"])
def test_minimisers_hold(claims_of: Claims, name: str) -> None:
    (claim,) = claims_of(module(), name)
    found = result(claim)
    assert found.verdict is Verdict.TESTED, found.reason
    assert "no point with a lower objective was found" in found.reason


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        ({"ball": r"\|y\|_2 \le 2 \cdot \text{radius}"}, "ball", "satisfies the constraints, has"),
        ({"ball": r"\|y\|_2 \le \text{radius} / 2"}, "ball", "violates"),
        ({"ball": r"\|y\|_1 \le \text{radius}"}, "ball", "violates"),
        ({"prox": r"\|x - y\|_2^2 + \text{weight} \|y\|_1"}, "shrink", "satisfies the constraints, has"),
        ({"prox": r"\frac{1}{2} \|x - y\|_2^2 + \text{weight} \|y\|_2^2"}, "shrink", "satisfies the constraints, has"),
        ({"right": "2 b"}, "plane", "violates"),
    ],
)
def test_wrong_problems_are_refuted(claims_of: Claims, changes: dict[str, str], name: str, words: str) -> None:
    (claim,) = claims_of(module(**changes), name)
    found = result(claim)
    assert found.verdict is Verdict.REFUTED, found.reason
    assert words in found.reason
    assert found.counterexample is not None


def test_the_line_of_a_refutation_prints_both_objectives(claims_of: Claims, capsys: pytest.CaptureFixture[str]) -> None:
    (claim,) = claims_of(module(prox=r"\|x - y\|_2^2 + \text{weight} \|y\|_1"), "shrink")
    found = result(claim).counterexample
    assert found is not None
    paste(found.call)
    *_, actual, lower = capsys.readouterr().out.replace("[", " ").replace("]", " ").split()
    assert float(actual) == pytest.approx(float(str(found.actual)), rel=1e-5)
    assert float(lower) == pytest.approx(float(str(found.documented)), rel=1e-5)
    assert float(lower) < float(actual)


def test_words_that_restrict_the_problem_prevent_a_refutation(claims_of: Claims) -> None:
    (claim,) = claims_of(module(), "weighted")
    found = result(claim)
    assert found.verdict is Verdict.UNDECIDED
    assert "'Moreover, ``a`` should be positive.'" in found.reason or "tuple" in found.reason
    plain = module().replace(" Moreover, ``a`` should be positive.", "")
    assert verdict(claims_of(plain, "weighted")[0]) is Verdict.REFUTED


def test_parameters_that_are_found_are_told(claims_of: Claims) -> None:
    (claim,) = claims_of(module(), "simplex")
    assert isinstance(claim, Bound)
    assert "x is taken as values, the first parameter" in claim.notes
    assert "the result is the p that minimises the formula subject to p[i] >= 0" in claim.notes
    (claim,) = claims_of(module(), "plane")
    assert isinstance(claim, Bound)
    assert isinstance(claim.spec.bind["hyperparams"], tuple)


def test_problems_that_are_not_read(claims_of: Claims) -> None:
    (unnamed,) = claims_of(module(), "named")
    assert isinstance(unnamed, Refused)
    assert "the symbols s of the problem match no parameter" in unnamed.reason
    (in_a_set,) = claims_of(module(), "smallest")
    assert isinstance(in_a_set, Refused)
    assert in_a_set.verdict is Verdict.NOT_A_CLAIM


@pytest.mark.parametrize(
    ("latex", "variable", "constraints"),
    [
        (r"\underset{y \ge 0}{\text{argmin}} ~ f(y)", "y", (r"y \ge 0",)),
        (r"\arg\min_{y \in \mathbb{R}^n} f(y)", "y", ()),
        (r"P(x) = \operatorname*{arg\,min}_p g(p) \text{ subject to } p \ge 0, \|p\|_1 \le 1", "p", (r"p \ge 0", r"\|p\|_1 \le 1")),
        (r"\arg\min_{p \in \mathbb{R}^n_+} f(p)", "p", (r"p \ge 0",)),
        (r"\arg\min_{p \in \mathbb{R}_{+}, \|p\|_1 \le 1} f(p)", "p", (r"p \ge 0", r"\|p\|_1 \le 1")),
        (r"\arg\min_{p \in \R^n, p \ge 0} f(p)", "p", (r"p \ge 0",)),
        (r"\argmin_y f(y) \quad \text{s.t.} \quad \langle a, y \rangle = b", "y", (r"\langle a, y \rangle = b",)),
    ],
)
def test_problems_are_taken_apart(latex: str, variable: str, constraints: tuple[str, ...]) -> None:
    found = problem(latex)
    assert found is not None
    assert (found.variable, found.constraints) == (variable, constraints)


@pytest.mark.parametrize(
    "latex",
    [
        r"\arg\min_{y \in \mathbb{R}^n_-} f(y)",
        r"\arg\min_{y \in \mathbb{R}^n \setminus 0} f(y)",
        r"\min_y f(y)",
        r"\arg\max_y f(y)",
        r"\underset{y}{\text{argmin}} f(y) = x",
        r"\arg\min_{y \in C} f(y)",
        r"x + \arg\min_y f(y)",
    ],
)
def test_other_formulas_are_no_problems(latex: str) -> None:
    assert problem(latex) is None


SPACES = '''
import jax.numpy as jnp


def clipped(x):
    r"""Projection.

    .. math:: \\underset{p \\in SPACE}{\\text{argmin}} ~ \\|x - p\\|_2^2

    Args:
      x: the array to project.
    """
    return jnp.maximum(x, 0)


def same(x):
    r"""Projection.

    .. math:: \\underset{p \\in SPACE}{\\text{argmin}} ~ \\|x - p\\|_2^2

    Args:
      x: the array to project.
    """
    return x
'''.replace("\\\\", "\\")


@pytest.mark.parametrize(
    ("space", "clipped", "same"),
    [
        (r"\mathbb{R}^n_+", Verdict.TESTED, Verdict.REFUTED),
        (r"\mathbb{R}^n, p \ge 0", Verdict.TESTED, Verdict.REFUTED),
        (r"\mathbb{R}^n", Verdict.REFUTED, Verdict.TESTED),
    ],
)
def test_the_space_of_the_variable_restricts_it(claims_of: Claims, space: str, clipped: Verdict, same: Verdict) -> None:
    text = SPACES.replace("SPACE", space)
    assert [verdict(claims_of(text, name)[0]) for name in ("clipped", "same")] == [clipped, same]


def test_a_constraint_that_is_no_equation_and_no_inequality_is_refused(claims_of: Claims) -> None:
    (claim,) = claims_of(SPACES.replace("SPACE", r"\mathbb{R}^n, p \ne 0"), "same")
    assert isinstance(claim, Refused)
    assert claim.verdict is Verdict.UNDECIDED
    assert "is no equation and no inequality" in claim.reason


def rough(x: jax.Array) -> jax.Array:
    """Nearest point up to a small error, as an iteration gives it."""
    return jnp.clip(x, 0.0, 1.0) + 1e-9


def test_errors_of_an_iteration_refute_nothing() -> None:
    assert judged(rough).verdict is Verdict.TESTED


def clumsy(x: jax.Array) -> jax.Array:
    """A point of the box that is not the nearest one."""
    return jnp.clip(x, 0.25, 1.0)


def test_a_point_that_is_not_the_nearest_refutes() -> None:
    found = judged(clumsy)
    assert found.verdict is Verdict.REFUTED
    assert found.counterexample is not None
    assert float(str(found.counterexample.documented)) < float(str(found.counterexample.actual))


def fails(x: jax.Array) -> jax.Array:
    """Raises for every input."""
    raise ValueError("no")


def test_code_that_raises_is_not_judged() -> None:
    found = judged(fails)
    assert found.verdict is Verdict.UNDECIDED
    assert "the code raises ValueError" in found.reason


def judged(function: object) -> CaseResult:
    """The result for the projection onto [0, 1] in two dimensions."""
    x, y = sp.IndexedBase("x"), sp.IndexedBase("y")
    i, n = sp.symbols("i n")
    spec = Spec(
        target=f"{__name__}.{getattr(function, '__name__', '')}",
        formula=sp.Sum((x[i] - y[i]) ** 2, (i, 1, n)),
        symbols=[Size(n, (2,), ""), Variable(x[i], Reals(), ""), Variable(y[i], Reals(), "")],
        bind={"x": Array(x[i], (i, 1, n))},
        minimum=Minimum(
            point=Array(y[i], (i, 1, n)), constraints=(sp.Ge(sp.Min(*(y[k] for k in (1, 2))), 0), sp.Le(sp.Max(y[1], y[2]), 1))
        ),
    )
    return check(spec, {"n": 2}, Limits(), lambda _: None)
