"""The magics in a shell of IPython, and in a notebook with a kernel of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from qedoc.errors import QedocError
from qedoc.notebook.answers import Answer, Lifted
from qedoc.notebook.shipping import shipped

SOURCE = Path(__file__).parents[1] / "verifier"

CELL = '''\
import threading

import jax.numpy as jnp
from jax.nn import softplus

scale = 3.0


def scaled(x):
    return scale * x


def curve(x, a=1.0):
    r"""A parabola.

    .. math::

        f(x) = 2 a x^2
    """
    return scaled(x) * a * x


def stepped(scales: dict, x):
    r"""Scaled.

    The values of ``scales`` are :math:`v_i`: the :math:`(b_i, v_i)` are the entries of ``scales``.

    .. math::

        f(x) = x + \\sum_i v_i
    """
    for value in scales.values():
        x = x + value
    return x


lock = threading.Lock()


def locked(x):
    with lock:
        return x
'''


@pytest.fixture(scope="module")
def shell() -> Iterator[InteractiveShell]:
    """A shell with the cell above."""
    made = InteractiveShell()
    main = sys.modules["__main__"]
    made.run_cell("%load_ext qedoc")
    made.run_cell(CELL)
    yield made
    made.magics_manager.registry["QedocMagics"].close()
    sys.modules["__main__"] = main


def result(shell: InteractiveShell, code: str) -> Any:
    done = shell.run_cell(code)
    assert done.error_before_exec is None
    assert done.error_in_exec is None
    return done.result


def refused(shell: InteractiveShell, code: str) -> str:
    done = shell.run_cell(code)
    return str(done.error_in_exec or done.error_before_exec)


def test_formula_of_a_function_without_a_file(shell: InteractiveShell) -> None:
    found = result(shell, "%qedoc lift curve")
    assert isinstance(found, Lifted)
    assert (found.latex, found.sympy) == ("3 a x^{2}", "3*a*x**2")
    assert found._repr_latex_() == "$$3 a x^{2}$$"
    assert repr(found).startswith("curve\n")


def test_formulas_below_the_magic(shell: InteractiveShell) -> None:
    right = result(shell, "%%qedoc curve\n$$3 a x^2$$")
    assert isinstance(right, Answer)
    assert right.verdict == "proved"
    wrong = result(shell, "%%qedoc curve\n\\[ 3 a x^2 + a \\]\n")
    assert wrong.verdict == "refuted"
    card = wrong._repr_markdown_()
    assert "$$\n3 a x^{2}\n$$" in card
    assert "print(curve(a=1.0, x=1.0))" in card
    assert "qedoc_notebook" not in card + repr(wrong)
    bound = result(shell, "%%qedoc curve --bind b=a --where 'b > 0'\n3 b x^2")
    assert bound.verdict == "proved"


def test_formulas_of_docstrings_and_of_libraries(shell: InteractiveShell) -> None:
    assert result(shell, "%qedoc check curve").verdict == "refuted"
    assert result(shell, "%qedoc check stepped").verdict in ("proved", "tested")  # a loop over a dict is read from the source of the cell
    assert result(shell, "%%qedoc softplus\n\\log(1 + e^x)").verdict == "proved"


def test_a_new_definition_counts(shell: InteractiveShell) -> None:
    result(shell, "scale = 5.0")
    assert result(shell, "%qedoc lift curve").sympy == "5*a*x**2"
    result(shell, "scale = 3.0")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("%qedoc lift curv", "curv is not defined in this notebook; run the cell that defines it; did you mean curve?"),
        ("%qedoc lift curve scaled", "expected one function"),
        ("%qedoc lift 1x", "expected the name of a function"),
        ("%%qedoc lift curve\nx", "write %qedoc lift curve"),
        ("%%qedoc curve\n3 q x^2", "the symbol q is no parameter of curve"),
        ("%qedoc lift locked", "cannot pickle '_thread.lock' object"),
        ("%qedoc lift curve.absent", "absent"),
    ],
)
def test_mistakes(shell: InteractiveShell, code: str, message: str) -> None:
    found = refused(shell, code)
    assert message in found
    assert "qedoc_notebook" not in found


def test_without_cloudpickle_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cloudpickle", None)
    with pytest.raises(QedocError, match=r"pip install 'qedoc\[notebook\]'"):
        shipped("f", {"f": lambda x: x})


def test_notebook_with_a_kernel(tmp_path: Path) -> None:
    program = """\
import sys
import nbclient, nbformat
from nbformat.v4 import new_code_cell, new_notebook

cells = ["%load_ext qedoc", "def f(x):\\n    return 2 * x", "%%qedoc f\\n2 x", "%qedoc lift f"]
book = new_notebook(cells=[new_code_cell(cell) for cell in cells])
nbclient.NotebookClient(book, kernel_name="python3", timeout=300).execute()
for cell in book.cells[2:]:
    print(cell.outputs)
"""
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "**proved**" in done.stdout
    assert "'text/latex': '$$2 x$$'" in done.stdout
