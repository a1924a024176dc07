"""Matrices that are written out, complex values, cross products, and the words around such formulas, from docstring to verdict."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sympy as sp

from qedoc.bind import Bound, claims
from qedoc.claims.limits import Limits
from qedoc.errors import SpecError
from qedoc.judge.readings import check_readings
from qedoc.lock.reach import closure
from qedoc.read import Names, Reading, Unreadable, read
from qedoc.results.verdict import Verdict, weakest
from qedoc.sources.docstrings import documented
from qedoc.sources.specfiles import sizes

HOLDS = {Verdict.PROVED, Verdict.TESTED}
Judge = Callable[[str, str, str], Verdict]


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    """Judges the first formula of a docstring at each of its sizes: the signature, the docstring and the code."""
    monkeypatch.syspath_prepend(str(tmp_path))
    count = 0

    def judged(signature: str, doc: str, code: str) -> Verdict:
        nonlocal count
        count += 1
        module = f"matrix_{count}"
        told = "\n".join(f"    {line}" if line else "" for line in doc.split("\n"))
        text = f'import jax\nimport jax.numpy as jnp\n\n\ndef {signature}:\n    r"""{told.strip()}\n    """\n    return {code}\n'
        (tmp_path / f"{module}.py").write_text(text)
        (record,) = documented(module)
        claim = claims(record)[0]
        if not isinstance(claim, Bound):
            return claim.verdict
        assert claim.readings is not None
        found: list[Verdict] = []
        for size in sizes(claim.spec):
            try:
                found.append(check_readings(claim.readings, size, Limits(max_points=20), lambda _: None).verdict)
            except SpecError:  # as for a case of a docstring
                return Verdict.UNDECIDED
            if found[-1] is Verdict.REFUTED:
                return Verdict.REFUTED
        return weakest(found)

    yield judged
    for module in [name for name in sys.modules if name.startswith("matrix_")]:
        del sys.modules[module]


def display(latex: str, summary: str = "F.") -> str:
    return f"{summary}\n\n.. math:: {latex}"


TURN = r"R(\theta) = \begin{pmatrix} \cos\theta & -\sin\theta \\ \sin\theta & \cos\theta \end{pmatrix}"
TURNED = "jnp.array([[jnp.cos(theta), -jnp.sin(theta)], [jnp.sin(theta), jnp.cos(theta)]])"


def test_a_matrix_that_is_written_out(judge: Judge) -> None:
    assert judge("f(theta)", display(TURN), TURNED) in HOLDS
    assert judge("f(theta)", display(TURN), f"{TURNED}.T") is Verdict.REFUTED
    assert judge("f(theta)", display(TURN), f"jnp.eye(3).at[:2, :2].set({TURNED})") is Verdict.UNDECIDED  # of another shape


def test_a_multiple_of_a_constant_matrix(judge: Judge) -> None:
    latex = r"H = \frac{1}{\sqrt{2}} \begin{bmatrix} 1 & 1 \\ 1 & -1 \end{bmatrix}"
    assert judge("f()", display(latex), "jnp.array([[1, 1], [1, -1]]) / jnp.sqrt(2)") in HOLDS
    assert judge("f()", display(latex), "jnp.array([[1, 1], [1, 1]]) / jnp.sqrt(2)") is Verdict.REFUTED


@pytest.mark.parametrize("code", ["jnp.array([x, 2 * x, x + y])", "jnp.array([[x], [2 * x], [x + y]])"])
def test_a_column_is_a_vector_or_has_two_axes(judge: Judge, code: str) -> None:
    assert judge("f(x, y)", display(r"f = \begin{pmatrix} x \\ 2 x \\ x + y \end{pmatrix}"), code) in HOLDS
    assert judge("f(x, y)", display(r"f = \begin{pmatrix} x \\ 2 x \\ x - y \end{pmatrix}"), code) is Verdict.REFUTED


def test_an_array_in_square_brackets(judge: Judge) -> None:
    assert judge("f(x, y)", display(r"f = [x, x + y]"), "jnp.array([x, x + y])") in HOLDS
    assert judge("f(x, y)", display(r"f = [x, x + y]"), "jnp.array([x + y, x])") is Verdict.REFUTED
    assert judge("f(x, y)", display(r"f = [x, x + y]"), "jnp.array([x, x + y, y])") is Verdict.UNDECIDED  # of another shape
    assert judge("f(x, y)", display(r"f \in [x, x + y]"), "x") is Verdict.NOT_A_CLAIM


def test_all_entries_of_a_large_matrix_are_compared(judge: Judge) -> None:
    rows = [[int(row == column) for column in range(5)] for row in range(5)]
    lines = r" \\ ".join(" & ".join(map(str, row)) for row in rows)
    latex = rf"E = \begin{{pmatrix}} {lines} \end{{pmatrix}}"
    assert judge("f()", display(latex), "jnp.eye(5).at[4, 4].set(2)") is Verdict.REFUTED


@pytest.mark.parametrize(
    ("latex", "right", "wrong"),
    [
        (r"f(\theta) = e^{i\theta}", "jnp.exp(1j * theta)", "jnp.exp(-1j * theta)"),
        (r"f(\theta) = \frac{1}{1 + \mathrm{i} \theta}", "1 / (1 + 1j * theta)", "1 / (1 - 1j * theta)"),
        (r"f(\theta) = \cos(i \theta) + i", "jnp.cos(1j * theta) + 1j", "jnp.cos(theta) + 1j"),
        (r"f(\theta) = (2 + i\theta)^2", "(2 + 1j * theta)**2", "(2 + 1j * theta)**3"),
    ],
)
def test_complex_values_by_their_parts(judge: Judge, latex: str, right: str, wrong: str) -> None:
    assert judge("f(theta)", display(latex), right) in HOLDS
    assert judge("f(theta)", display(latex), wrong) is Verdict.REFUTED


def test_complex_constants(judge: Judge) -> None:
    latex = r"\sigma_y = \begin{pmatrix} 0 & -i \\ i & 0 \end{pmatrix}"
    assert judge("f()", display(latex), "jnp.array([[0, -1j], [1j, 0]])") in HOLDS
    assert judge("f()", display(latex), "jnp.array([[0, 1j], [-1j, 0]])") is Verdict.REFUTED


@pytest.mark.parametrize("latex", ["y_i = i x_i", "f(x) = i x_{ij}", r"f(x) = \sum_i i x"])
def test_an_i_that_is_an_index_is_no_imaginary_unit(latex: str) -> None:
    found = read(latex, Names(functions=frozenset({"f"}), parameters=("x",)))
    assert isinstance(found, Unreadable) or (not found.equations[0].right.has(sp.I) and "i" not in found.taken)


@pytest.mark.parametrize("code", ["jnp.cos(2 * jnp.pi * 3 / x)", "jnp.cosh(2 * jnp.pi * 3 / x)"])
def test_an_i_beside_real_code_may_be_an_index(judge: Judge, code: str) -> None:
    assert judge("f(x)", display(r"f(x) = \cos(2 \pi i / x)"), code) is Verdict.UNDECIDED


def test_a_real_matrix_of_complex_code(judge: Judge) -> None:
    latex = r"F = \begin{pmatrix} 1 & 0 \\ 0 & 2 \end{pmatrix}"
    assert judge("f()", display(latex), "jnp.diag(jnp.array([1, 2 + 0j]))") in HOLDS
    assert judge("f()", display(latex), "jnp.diag(jnp.array([1, 2 + 1j]))") is Verdict.REFUTED
    assert judge("f(x)", display("f(x) = x^2"), "x**2 + 1j") is Verdict.UNSUPPORTED


def test_functions_of_complex_numbers_without_known_parts(judge: Judge) -> None:
    assert judge("f(x)", display(r"f(x) = \sqrt{1 + \mathrm{i} x}"), "jnp.sqrt(1 + 1j * x)") is Verdict.UNDECIDED
    assert judge("f(x)", display(r"f(x) = \frac{\mathrm{i}}{x}"), "1j / x") is Verdict.UNDECIDED  # its real part has no value at 0


@pytest.mark.parametrize(
    ("latex", "found"),
    [
        (r"\begin{pmatrix} 1 & 2 \\ 3 & x \end{pmatrix} \begin{pmatrix} x \\ y \end{pmatrix}", "[[x + 2*y], [3*x + x*y]]"),
        (r"2 \begin{bmatrix} 1 & x \\ y & 1 \end{bmatrix}", "[[2, 2*x], [2*y, 2]]"),
    ],
)
def test_reads_each_entry(latex: str, found: str) -> None:
    reading = read(latex, Names(parameters=("x", "y")))
    assert isinstance(reading, Reading)
    (equation,) = reading.equations
    wanted = sp.Matrix(sp.sympify(found))
    for place in range(len(wanted)):
        at = divmod(place, wanted.shape[1]) if len(equation.entry) == 2 else (place,)
        put = {index: number + 1 for (index, _), number in zip(equation.entry, at, strict=True)}
        assert sp.expand(equation.right.subs(put).doit() - wanted[place]) == 0


@pytest.mark.parametrize(
    ("latex", "what"),
    [
        (r"\begin{pmatrix} x & y \end{pmatrix}", "do not combine"),  # with one axis or with two
        (r"\begin{pmatrix} x & y \\ x \end{pmatrix}", "rows of different lengths"),
        (r"\begin{pmatrix} x & \\ x & y \end{pmatrix}", "an empty entry"),
        (r"\begin{pmatrix} x & \dots & y \end{pmatrix}", "an ellipsis"),
        (r"\begin{pmatrix} v & v \end{pmatrix}", "a matrix of matrices or vectors"),
        (r"\begin{pmatrix} x & y \\ y & x \end{pmatrix} + 1", "do not combine"),
    ],
)
def test_refuses_matrices_without_a_sure_reading(latex: str, what: str) -> None:
    found = read(latex, Names(parameters=("x", "y", "v"), vectors=frozenset({"v"})))
    assert isinstance(found, Unreadable)
    assert what in found.what


CROSS = display(r"\mathbf{a} \times \mathbf{b}") + "\n\nArgs:\n    a: a vector with 3 entries.\n    b: a vector with 3 entries."


def test_a_cross_between_vectors(judge: Judge) -> None:
    assert judge("f(a, b)", CROSS, "jnp.cross(a, b)") in HOLDS
    assert judge("f(a, b)", CROSS, "a * b") is Verdict.UNDECIDED
    assert judge("f(a, b)", CROSS, "jnp.cross(b, a)") is Verdict.REFUTED


LABELLED = r"U_1(\chi, \alpha) = \chi (1 + \alpha)"


def test_a_left_side_with_a_label_and_all_parameters(judge: Judge) -> None:
    assert judge("lengthened(chi, alpha)", display(LABELLED), "chi * (1 + alpha)") in HOLDS
    assert judge("lengthened(chi, alpha)", display(LABELLED), "chi * (1 - alpha)") is Verdict.REFUTED
    assert judge("lengthened(chi, alpha, beta)", display(LABELLED), "chi * (1 + alpha) + beta") is Verdict.UNREADABLE
    two = display(LABELLED) + "\n\n.. math:: " + r"V_1(\chi, \alpha) = \chi"
    assert judge("lengthened(chi, alpha)", two, "chi * (1 + alpha)") is Verdict.UNREADABLE


PERIOD = "Returns the orbital period.\n\nNotes\n    {words}\n\n    .. math:: P = 2 \\pi \\sqrt{{a / m}}"


@pytest.mark.parametrize(
    "words",
    [
        "The orbital period is calculated using the formula:",
        "The orbital period is calculated using equation (3.24):",
        "The orbital period is obtained using Kepler's third law:",
    ],
)
def test_words_that_only_say_that_a_formula_follows(judge: Judge, words: str) -> None:
    assert judge("orbit(a, m)", PERIOD.format(words=words), "2 * jnp.pi * jnp.sqrt(a / m)") in HOLDS
    assert judge("orbit(a, m)", PERIOD.format(words=words), "jnp.pi * jnp.sqrt(a / m)") is Verdict.REFUTED


@pytest.mark.parametrize("words", ["The error of the orbital period is calculated using the formula:", "The inverse orbital period is:"])
def test_words_about_something_else(judge: Judge, words: str) -> None:
    assert judge("orbit(a, m)", PERIOD.format(words=words), "jnp.pi * jnp.sqrt(a / m)") is not Verdict.REFUTED


NAMED = """F.

.. math:: f = 2 U_1 + p

where :math:`U_1` is the universal function U1 and :math:`p` is the {word}.

Args:
    U1: The universal function U1.
    p: Semiparameter of the orbit."""


def test_explanations_in_the_words_of_the_parameter(judge: Judge) -> None:
    same = NAMED.format(word="semiparameter")
    assert judge("g(U1, p)", same, "2 * U1 + p") in HOLDS
    assert judge("g(U1, p)", same, "U1 + p") is Verdict.REFUTED
    other = NAMED.format(word="inverse semiparameter")
    assert judge("g(U1, p)", other, "2 * U1 + 1 / p") is not Verdict.REFUTED


INLINE = r"""Returns the gate :math:`\text{S}`.

It is defined by :math:`\text{S} = \begin{pmatrix} 1 & 0 \\ 0 & i \end{pmatrix}`."""


def test_an_inline_definition_of_what_the_summary_names(judge: Judge) -> None:
    assert judge("gate()", INLINE, "jnp.array([[1, 0], [0, 1j]])") in HOLDS
    assert judge("gate()", INLINE, "jnp.array([[1, 0], [0, -1j]])") is Verdict.REFUTED


HELD = """
import jax
import jax.numpy as jnp
import numpy as np


@jax.tree_util.register_pytree_node_class
class Crossed:
    # The two diagonals of a matrix: what it holds has the shape of the matrix, and is not the matrix.
    def __init__(self, diagonals): self.diagonals, self.shape = diagonals, (2, 2)
    def tree_flatten(self): return (self.diagonals,), None
    @classmethod
    def tree_unflatten(cls, _, held): return cls(*held)
    def __array__(self, dtype=None, copy=None):
        (right, _), (_, left) = np.asarray(self.diagonals)
        return np.array([[0, right], [left, 0]], dtype=dtype)


def flip():
    r\"\"\"Flip.

    .. math:: F = {matrix}
    \"\"\"
    return Crossed(jnp.array([[1, 0], [0, 1]]))


def scaled(s):
    r\"\"\"Flip.

    .. math:: F = {scaled}
    \"\"\"
    return Crossed(jnp.array([[s, 0], [0, 2 * s]]))
"""


@pytest.mark.parametrize(
    ("matrix", "scaled", "holds"),
    [
        (r"\begin{pmatrix} 0 & 1 \\ 1 & 0 \end{pmatrix}", r"\begin{pmatrix} 0 & s \\ 2 s & 0 \end{pmatrix}", True),
        (r"\begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}", r"\begin{pmatrix} s & 0 \\ 0 & 2 s \end{pmatrix}", False),
    ],
)
def test_a_container_is_the_array_that_it_converts_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, matrix: str, scaled: str, holds: bool
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    module = f"matrix_held_{int(holds)}"
    (tmp_path / f"{module}.py").write_text(HELD.replace("{matrix}", matrix).replace("{scaled}", scaled).replace("\\n", "\n"))
    found = [claim for record in documented(module) for claim in claims(record)]
    assert len(found) == 2
    for claim in found:
        assert isinstance(claim, Bound)
        assert claim.readings is not None
        verdicts = [check_readings(claim.readings, size, Limits(max_points=20), lambda _: None).verdict for size in sizes(claim.spec)]
        assert (set(verdicts) <= HOLDS) is holds
        assert (Verdict.REFUTED in verdicts) is not holds


def test_modules_that_import_everything_of_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (folder := tmp_path / "circled").mkdir()
    (folder / "__init__.py").write_text("from .one import *\nfrom .two import *\n")
    (folder / "one.py").write_text("from .two import *\n\n\ndef first(x):\n    return second(x) + len([unknown])\n")
    (folder / "two.py").write_text("from .one import *\n\n\ndef second(x):\n    return 2 * x\n")
    found = closure("circled.first", [])
    assert {name for names in found.values() for name in names} >= {"first", "second"}
