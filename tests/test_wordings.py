"""What wordings of domains, legends and introductions must give, and sentences that must give nothing (`wordings/*.txt`).

Each row becomes a docstring of its own. The tables grow with every wording that somebody writes and qedoc does not understand.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from qedoc.bind.context import Context
from qedoc.interpret.asides import is_aside
from qedoc.interpret.choices import Choice, Choices, Sure, parameter
from qedoc.sources.docstrings import documented

TABLES = Path(__file__).parent / "wordings"
SYMBOLS = {name: parameter(name) for name in ("x", "temperature", "scale", "rate")}
PLAIN = {"x": sp.Symbol("x", real=True)}
DISPLAY = "\n\n    .. math::\n        x^2 + b\n\n"


def rows(table: str, columns: int) -> list[tuple[str, ...]]:
    """The rows of a table, without comments."""
    lines = (TABLES / f"{table}.txt").read_text(encoding="utf-8").splitlines()
    found = [tuple(cell.strip() for cell in line.split(" | ")) for line in lines if line and not line.startswith("#")]
    assert all(len(row) == columns for row in found), [row for row in found if len(row) != columns]
    return found


def plain(relation: sp.Basic) -> sp.Basic:
    """A relation on x, whether it is about the symbol or the parameter."""
    return relation.xreplace({SYMBOLS["x"]: PLAIN["x"], sp.Symbol("x"): PLAIN["x"]})


def unmarked(choices: Sequence[Choice]) -> list[sp.Basic]:
    """The relations of choices, with the same symbol for a parameter and for the symbol of its name."""
    return [choice.value.xreplace({s: sp.Symbol(s.name.removeprefix("@")) for s in choice.value.free_symbols}) for choice in choices]


def docstring(place: str, words: str) -> str:
    """A docstring with the words in their place: a continued or an introduced display, a sentence of its own, or the entry of x."""
    match place:
        case "after":
            return f"A function.{DISPLAY}    {words}\n"
        case "before":
            return f"A function.\n\n    {words}{DISPLAY}"
        case "alone":
            return f"A function.\n\n    {words}\n\n    It is this:{DISPLAY}"
        case "entry":
            return f"A function.{DISPLAY}    Args:\n      x: {words}\n"
    raise ValueError(place)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Said"]:
    folder = tmp_path_factory.mktemp("wordings")
    sys.path.insert(0, str(folder))
    yield Said(folder)
    sys.path.remove(str(folder))


class Said:
    """Interprets many docstrings, which stand in one module."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, name: str, docstrings: list[str], parameters: str) -> list[Choices]:
        functions = [f'def f{k}({parameters}):\n    r"""{text}    """\n    return x\n' for k, text in enumerate(docstrings)]
        (self.folder / f"{name}.py").write_text("\n\n".join(functions), encoding="utf-8")
        found = {record.name: Context(record) for record in documented(name)}
        contexts = [found[f"{name}.f{k}"] for k in range(len(docstrings))]
        return [context.text.choices(next(iter(context.readings)).line) for context in contexts]


def test_domains(said: Said) -> None:
    table = rows("domains", 3)
    found = said("domains", [docstring(place, words) for place, words, _ in table], "x")
    wrong = []
    for (place, words, expected), choices in zip(table, found, strict=True):
        stated = sp.And(*(plain(choice.value) for choice in choices.domain if choice.sure is Sure.STATED))
        others = [choice for choice in (*choices.domain, *choices.doubtful) if choice.sure is not Sure.STATED]
        if expected == "?":
            good = stated is sp.true and bool(others or choices.unclear)
        else:
            good = stated.as_set() == sp.And(sp.sympify(expected, locals=PLAIN)).as_set() and not others and not choices.unclear
        if not good:
            wrong.append((place, words, expected, stated, [str(choice.value) for choice in others], len(choices.unclear)))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize(
    ("words", "stated", "doubtful"),
    [
        (r"It is defined for :math:`x \ge 0` and :math:`a > 0`.", ["(a > 0) & (x >= 0)"], []),
        (
            r"for :math:`0<c<1`, and where normalization is on the domain :math:`0\le x\le 2\pi`.",
            [],
            ["(0 < c) & (c < 1)", "(0 <= x) & (x <= 2*pi)"],
        ),
        (r"Where :math:`\Gamma` is the gamma function, and :math:`a > 0` is the rate.", [], ["a > 0"]),
        (r"This function is undefined for :math:`x < 0`.", ["x >= 0"], []),
        (r"especially for :math:`a < 2`.", [], ["a < 2"]),
        (r"Setting :math:`a > c` penalizes more.", [], ["a > c"]),
        (r"Small :math:`a < 10`: direct summation.", [], []),
        (r"where :math:`p(k) = 1`.", [], []),
    ],
)
def test_a_condition_is_stated_or_doubtful(said: Said, words: str, stated: list[str], doubtful: list[str]) -> None:
    (choices,) = said(f"conditions_{abs(hash(words))}", [docstring("after", words)], "x, a, c")
    assert unmarked(choices.domain) == [sp.sympify(relation) for relation in stated]
    assert unmarked(choices.doubtful) == [sp.sympify(relation) for relation in doubtful]


def test_a_case_that_is_described_in_words_is_not_required(said: Said) -> None:
    words = "Number of steps. If ``x <= 0``, then the value is held fixed. If ``other > 1``, nothing."
    (choices,) = said("held_fixed", [docstring("entry", words)], "x")
    assert not choices.domain
    assert all(choice.sure is Sure.SUGGESTED for choice in choices.doubtful)


def test_a_condition_before_each_formula_is_about_that_formula(said: Said) -> None:
    text = f"It is so. For :math:`x > 0`,{DISPLAY}    {{words}}{DISPLAY}    It is defined for :math:`a > 0`.\n"
    expected = {
        "and if :math:`x < 0`,": (["x > 0", "a > 0"], ["x < 0", "a > 0"]),
        "which is": (["x > 0", "a > 0"], ["a > 0"]),
    }
    for number, (words, (first, second)) in enumerate(expected.items()):
        name = f"each_{number}"
        (said.folder / f"{name}.py").write_text(
            f'def f(x, a):\n    r"""{text.format(words=words)}    """\n    return x\n', encoding="utf-8"
        )
        (record,) = documented(name)
        context = Context(record)
        lines = [formula.line for formula in record.formulas if formula.display]
        domains = [unmarked(context.text.choices(line).domain) for line in lines]
        assert domains == [[sp.sympify(relation) for relation in stated] for stated in (first, second)], words


def test_legends(said: Said) -> None:
    table = rows("legends", 3)
    found = said("legends", [docstring("after", words) for words, *_ in table], "x, temperature, scale, rate")
    wrong = []
    for (words, symbol, expected), choices in zip(table, found, strict=True):
        meanings = choices.meanings.get(symbol, ())
        if expected == "?":
            good = any(choice.value is None and choice.sure is Sure.OPAQUE for choice in meanings)
        else:
            good = [choice.value for choice in meanings] == [sp.sympify(expected, locals=SYMBOLS)] and meanings[0].sure is Sure.STATED
        if not good:
            wrong.append((words, expected, [(str(choice.value), choice.sure.name) for choice in meanings]))
    assert not wrong, "\n".join(map(str, wrong))


def test_introductions_of_something_else(said: Said) -> None:
    table = rows("introductions", 2)
    found = said("introductions", [docstring("before", words) for words, _ in table], "x, y")
    wrong = []
    for (words, expected), choices in zip(table, found, strict=True):
        quantities = [_spoken(choice.value) for choice in choices.quantities]
        good = expected in quantities and "value" not in quantities if expected != "?" else choices.quantities[0].sure is Sure.OPAQUE
        if not good:
            wrong.append((words, expected, quantities))
    assert not wrong, "\n".join(map(str, wrong))


def _spoken(value: Any) -> str:
    match value:
        case ("value",):
            return "value"
        case ("related", how):
            return str(how)
        case (kind, parts):
            return f"{kind} {' '.join('derivative' if about == 'derivative' else name for about, name in parts)}"
    return "?"


def test_sentences_about_something_else(said: Said) -> None:
    table = [words for (words,) in rows("others", 1)]
    found = said("others", [docstring("alone", words) for words in table], "x")
    wrong = [
        (words, [str(choice.value) for choice in choices.domain])
        for words, choices in zip(table, found, strict=True)
        if choices.domain or [choice.value for choice in choices.quantities] != [("value",)]
    ]
    assert not wrong, "\n".join(map(str, wrong))


def test_a_table_without_a_column_is_refused() -> None:
    with pytest.raises(AssertionError):
        rows("others", 2)


@pytest.mark.parametrize(
    "words",
    [
        "Only one of `a` or `b` should be positive.",
        "Exactly one of `a` and `b` must be zero.",
        "Either `a` or `b` must be set to zero.",
        "`a` and `b` must match.",
        "`a` and `b` must be equal.",
        "`a` and `b` must have the same sign.",
        "`a` and `b` must have the same shape and be positive.",
        "The parameters `a` and `b` must be shaped in a way that supports broadcasting (e.g. `a < b` is a valid operation).",
        "The values of `a` and `b` must match.",
        "`a` must be given in degrees.",
        "At most one of `a` and `b` may be used with `x > 0`.",
        "`a` and `b` cannot be negative.",
        "Use either `a` or `-a`.",
        "The shape `a` must be equal to `b`.",
        "The shape should be (3, n).",
        "The shape must be (n,) and positive.",
        "Constraint: a=1, b=2",
        "Valid for: a=1, b=2",
        "Only: a=1, b=2",
        "Warmup: a=1, b=2, c>3",
        "Warmup: a=1, b=2 (a > 0)",
        "Warmup: a=1",
    ],
)
def test_a_sentence_that_says_more_than_shapes_or_what_is_given_is_no_aside(words: str) -> None:
    assert not is_aside(words)
