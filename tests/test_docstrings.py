"""Documented objects: what is public, each docstring once, formulas at their lines, and what the text says of the symbols."""

import inspect
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from docutils import nodes
from docutils.core import publish_doctree

from qedoc.bind.context import Context
from qedoc.errors import TargetError
from qedoc.sources import markup, prose
from qedoc.sources.docstrings import Documented, documented

SCHEDULES = r'''
"""Schedules."""

from library._inner import borrowed, decay, later

__all__ = ["Rate", "borrowed", "copied", "decay", "later", "twice"]


def twice(x):
    r"""Twice the input.

    Computes :math:`f(x) = 2 x` for :math:`x \ge 0`.

    Examples:
      >>> twice(1)
      :math:`z` is the silence of examples.
    """
    return 2 * x


def copied(x):
    r"""Twice the input.

    Computes :math:`f(x) = 2 x` for :math:`x \ge 0`.

    Examples:
      >>> twice(1)
      :math:`z` is the silence of examples.
    """
    return 2 * x


class Rate:
    r"""A rate.

    $$
    r = \frac{a}{b}
    $$
    """

    def __call__(self, t):
        r"""The rate at a time.

        \[ r(t) = t^2 \]
        """
        return t**2

    def _hidden(self):
        """.. math:: x"""
'''

INNER = r'''
import functools


def decay(init_value, decay_steps, *, alpha=0.0, power: int = 1):
    r"""Decay.

    The rate at iteration :math:`t` is given by

    .. math::
      :label: decay

      I \left(1 - \frac{t}{T}\right)^p + \alpha,

      \quad t \le T

    where :math:`T` is the number of decay steps (``decay_steps``), :math:`p` is
    the power and :math:`I` is the initial value. It is undefined for :math:`T < 0`.

    Args:
      init_value: must be positive. The value at the start.
      decay_steps: Positive integer - how many steps,
        and then no more.
      alpha (float): Multiplier in range `(0, 1]`.
      power: Must be ``>= 1``.
    """
    return lambda t: 0


def borrowed(x):
    """Text to replace."""


borrowed.__doc__ += "\n\n.. math::\n\n  y = 3 \\cdot x\n"


def _documented(function):
    function.__doc__ = _LATER
    return function


_LATER = """Assembled.

.. math:: y = \\\\
  4 x

The \
line goes on.

.. math::

  y = 5 x
"""


@functools.lru_cache
@_documented
def later(x):
    return x
'''


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""A library."""\n\nfrom library import schedules\nfrom library.schedules import twice\n')
    (folder / "schedules.py").write_text(SCHEDULES)
    (folder / "_inner.py").write_text(INNER)
    (folder / "broken.py").write_text("import a_module_that_is_missing\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "library"]:
        del sys.modules[name]


def record(records: list[Documented], name: str) -> Documented:
    return next(record for record in records if record.name == name)


def line_at(record: Documented, number: int) -> str:
    location = record.formulas[number].location
    return Path(location.path).read_text().splitlines()[location.line - 1].strip()


def test_each_object_once_with_aliases_and_copies(library: Path) -> None:
    records = documented("library")
    names = [record.name for record in records]
    assert names == [
        "library", "library.schedules", "library.twice",
        "library.schedules.Rate", "library.schedules.borrowed", "library.schedules.copied", "library.schedules.decay",
        "library.schedules.later",
        "library.schedules.Rate.__call__",
    ]  # fmt: skip
    twice = record(records, "library.twice")
    assert twice.aliases == ("library.schedules.twice",)
    assert twice.copies == ("library.schedules.copied",)
    assert record(records, "library.schedules.copied").copies == ("library.twice", "library.schedules.twice")
    assert record(records, "library.schedules.copied").location != twice.location
    assert twice.siblings >= {"decay", "borrowed", "copied"}
    assert "twice" not in twice.siblings


OTHERS = '''
import functools


def plain(x):
    """One docstring."""
    return x


@functools.wraps(plain)
def wrapped(x):
    return plain(x)


def copy(x):
    """One docstring."""
    return x


def template(x):
    return x


template.__doc__ = plain.__doc__


class Parent:
    """A class."""

    def method(self):
        """One method."""


class Child(Parent):
    """Another class."""

    renamed = Parent.method
'''


def test_a_copied_docstring_is_of_each_function_and_an_alias_is_not(library: Path) -> None:
    (library / "others.py").write_text(OTHERS)
    found = {r.name.removeprefix("library.others."): r for r in documented("library.others")}
    assert sorted(found) == ["Child", "Child.renamed", "Parent", "copy", "plain", "template"]
    assert found["plain"].aliases == ("library.others.wrapped",)
    assert found["plain"].copies == ("library.others.copy", "library.others.template")
    assert found["copy"].copies == ("library.others.plain", "library.others.template", "library.others.wrapped")
    assert found["Child.renamed"].aliases == ("library.others.Parent.method",)


def test_one_object(library: Path) -> None:
    (decay,) = documented("library.schedules.decay")
    assert decay.location.path == str(library / "_inner.py")
    assert inspect.cleandoc(decay.docstring).startswith("Decay.")
    assert [formula.latex for formula in decay.formulas if formula.display] == [
        "I \\left(1 - \\frac{t}{T}\\right)^p + \\alpha,\n\n\\quad t \\le T"
    ]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("no_such_library", "no module named 'no_such_library' is installed"),
        ("library.nothing", "library has no 'nothing'"),
        ("library.broken", "library.broken cannot be imported"),
    ],
)
def test_a_missing_target_is_named(library: Path, target: str, message: str) -> None:
    with pytest.raises(TargetError, match=message):
        documented(target)


def test_formulas_of_every_markup(library: Path) -> None:
    records = documented("library.schedules")
    rate = record(records, "library.schedules.Rate")
    call = record(records, "library.schedules.Rate.__call__")
    assert [formula.latex for formula in rate.formulas] == [r"r = \frac{a}{b}"]
    assert [formula.latex for formula in call.formulas] == ["r(t) = t^2"]
    twice = record(records, "library.schedules.copied")
    assert twice.copies == ("library.schedules.twice",)
    assert [(formula.latex, formula.display) for formula in twice.formulas][:2] == [("f(x) = 2 x", False), (r"x \ge 0", False)]


def test_a_formula_is_found_in_its_file(library: Path) -> None:
    records = documented("library.schedules")
    assert line_at(record(records, "library.schedules.decay"), 1) == r"I \left(1 - \frac{t}{T}\right)^p + \alpha,"
    assert line_at(record(records, "library.schedules.Rate.__call__"), 0) == r"\[ r(t) = t^2 \]"


def test_a_docstring_put_together_is_found_in_its_file(library: Path) -> None:
    records = documented("library.schedules")
    later = record(records, "library.schedules.later")
    assert [line_at(later, number) for number in range(2)] == [".. math:: y = \\\\\\\\", "y = 5 x"]
    borrowed = record(records, "library.schedules.borrowed")
    assert "3 \\\\cdot x" in line_at(borrowed, 0)


def test_signature_legend_and_conditions(library: Path) -> None:
    (decay,) = documented("library.schedules.decay")
    assert decay.parameters == ("init_value", "decay_steps", "alpha", "power")
    alpha = decay.arguments[2]
    assert (alpha.default, alpha.keyword, alpha.text) == (0.0, True, "Multiplier in range `(0, 1]`.")
    assert decay.arguments[1].text == "Positive integer - how many steps, and then no more."
    assert decay.arguments[3].annotation == "<class 'int'>"
    assert decay.legend["T"] == "the number of decay steps (``decay_steps``)"
    assert decay.bound == {"T": "decay_steps", "p": "power", "I": "init_value"}
    stated = Context(decay).text.choices(next(formula.line for formula in decay.formulas if formula.display)).domain
    assert {str(choice.value).replace("@", "") for choice in stated} == {
        "T >= 0",
        "init_value > 0",
        "(decay_steps > 0) & Eq(decay_steps, floor(decay_steps))",
        "(1 >= alpha) & (0 < alpha)",
        "power >= 1",
    }


def read_prose(text: str) -> list[markup.Paragraph]:
    return markup.paragraphs(markup.dedented(textwrap.dedent(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"where :math:`\alpha` = :code:`negative_slope`.", {r"\alpha": ":code:`negative_slope`"}),
        (r"Let :math:`x` denote the ``logits`` and :math:`y` the rest.", {"x": "the ``logits``"}),
        (
            r"""Let :math:`\eta` represent the rate and :math:`\beta_1, \beta_2`, :math:`\varepsilon` represent the arguments
            ``b1``, ``b2`` and ``eps`` respectively.""",
            {r"\eta": "the rate", r"\beta_1": "``b1``", r"\beta_2": "``b2``", r"\varepsilon": "``eps``"},
        ),
        (r"for :math:`k` degrees of freedom, and more", {"k": "degrees of freedom, and more"}),
        (r"where :math:`f_{cdf}(x)` is the distribution function.", {"f_{cdf}": "the distribution function"}),
        (r"if :math:`x` is a negative integer, NaN is returned.", {}),
        (r"the loss :math:`x` is given by", {}),
        ("- :math:`P_c`: a weight\n- :math:`T_c`: another", {"P_c": "a weight", "T_c": "another"}),
    ],
)  # fmt: skip
def test_legend(text: str, expected: dict[str, str]) -> None:
    assert prose.legend(read_prose(text), {}) == expected


def test_text_after_an_indented_section_is_no_part_of_it() -> None:
    indented = "F.\n\nArgs:\n  x: The input.\n\nFor x > 0:\n\nReturns:\n  A value.\n\nIt is finite."
    assert [p.text for p in read_prose(indented) if not p.section] == ["F.", "For x > 0:", "It is finite."]
    flat = "F.\n\nArgs:\nx: The input.\n\nParameters\n----------\nx : float\n    The input."
    assert [p.text for p in read_prose(flat) if not p.section] == ["F."]


def test_a_symbol_in_an_argument_is_the_parameter() -> None:
    assert prose.legend([], {"loc": r"distribution offset (:math:`\mu`) (default 0)", "x": "a value"}) == {r"\mu": "``loc``"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the initial value", "init_value"),
        ("the number of steps (``decay_steps``)", "decay_steps"),
        ("the transition begin", "transition_begin"),
        ("a value", ""),
        ("the end", ""),
        ("``decay_steps`` or ``init_value``", ""),
        ("the representation of ``init_value``", ""),
    ],
)
def test_a_description_names_a_parameter_or_none(text: str, name: str) -> None:
    assert prose.parameter(text, ["init_value", "decay_steps", "transition_begin", "a"]) == name


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("a vector of numbers", True),
        ("array of shape ``(N, M)``", True),
        ("the size of the matrix", False),
        ("input array", False),
        ("Array of shape `[..., ]`", False),
    ],
)
def test_what_has_entries(text: str, *, entries: bool) -> None:
    assert prose.shaped(text) is entries


def test_numpy_sections() -> None:
    lines = markup.dedented(
        "Text.\n\nParameters\n----------\nx : float\n    The input.\nn, m : int\n    Sizes.\n\nReturns\n-------\ny : float\n"
    )
    assert {name: text for name, (text, _) in markup.arguments(lines).items()} == {
        "x": "float. The input.",
        "n": "int. Sizes.",
        "m": "int. Sizes.",
    }


def test_an_empty_directive_is_no_formula() -> None:
    assert markup.blocks([".. math::", "", "Text."]) == []
    assert [block.latex for block in markup.blocks([".. math:: a", "Text."])] == ["a"]
    assert [block.latex for block in markup.blocks(["```{math}", ":label: x", "a = b", "```"])] == ["a = b"]


@pytest.mark.parametrize("target", ["optax", "jax.nn", "jax.scipy.stats"])
def test_every_formula_of_a_library_is_found_in_its_file(target: str) -> None:
    """The line that is named holds the first line of the formula, also where decorators and copies stand between."""
    found = [formula for record in documented(target) for formula in record.formulas if formula.display]
    assert len(found) > 20
    for formula in found:
        written = Path(formula.location.path).read_text().splitlines()[formula.location.line - 1]
        first = formula.latex.split("\n")[0]
        if formula.notation == markup.WORDS:  # a sentence has the line where its paragraph begins
            first = " ".join(first.split()[:3])
        assert first in written or first in written.replace("\\\\", "\\"), f"{formula.location}: {written!r}"


DOCUTILS = {
    "plain": ".. math::\n\n   a = b\n",
    "blank before the colons": ".. math ::\n\n   a = b\n",
    "blanks after the dots": "..   math::\n\n   a = b\n",
    "capitals": ".. Math::\n\n   a = b\n",
    "on the line": ".. math:: a = b\n",
    "on the line and below": ".. math:: a =\n   b\n",
    "two parts": ".. math::\n\n   a =\n\n   b\n",
    "an option": ".. math::\n   :name: one\n\n   a = b\n",
    "an option after a blank": ".. math ::\n   :class: wide\n   :name: two\n\n   a = b\n",
    "in a list": "- .. math:: a = b\n",
    "in a numbered list": "1. Text\n\n   .. math::\n\n      a = b\n\n   Text\n",
    "in a quotation": "Text\n\n   .. math::\n\n      a = b\n\n   Text\n",
    "two in a row": ".. math:: a\n.. math ::\n\n  b\n",
    # and what Docutils takes for a comment, or for text
    "two blanks before the colons": ".. math  ::\n\n   a = b\n",
    "no blank after the colons": ".. math::a = b\n",
    "one colon": ".. math:\n\n   a = b\n",
    "no blank after the dots": "..math::\n\n   a = b\n",
    "another directive": ".. maths::\n\n   a = b\n",
}


@pytest.mark.parametrize("name", DOCUTILS)
def test_directives_are_those_of_docutils(name: str) -> None:
    settings = {"report_level": 5, "halt_level": 5, "input_encoding": "unicode"}
    document = publish_doctree(DOCUTILS[name], settings_overrides=settings)
    shown = [node.astext().split() for node in document.findall(nodes.math_block)]
    found = markup.blocks(DOCUTILS[name].split("\n"))
    if name == "two parts":  # Docutils shows two formulas there
        shown = [[word for part in shown for word in part]]
    assert [block.latex.split() for block in found if block.notation != markup.COMMENT] == shown


def test_an_option_after_a_formula_on_the_line_is_no_part_of_it() -> None:
    """So Sphinx reads it; Docutils allows no argument there."""
    (block,) = markup.blocks([".. math:: a = b", "   :label: one", "", "   + c"])
    assert (block.latex.split(), block.first, block.last) == (["a", "=", "b", "+", "c"], 0, 3)


@pytest.mark.parametrize("colons", ["::", " ::"])
def test_other_directives_end_a_paragraph(colons: str) -> None:
    assert [p.text for p in read_prose(f"One.\n.. note{colons}\n\n    Two.")] == ["One.", "Two."]
