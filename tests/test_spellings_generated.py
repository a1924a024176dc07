"""Formulas with spellings that can be read in more than one way, joined at random, each beside code of a known truth.

Code that computes one of the readings is never refuted. Code that computes none of them never holds. The suite checks a sample;
the variable QEDOC_SPELLINGS sets the number of formulas.
"""

import itertools
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from fixture_modules import judged_claim, tally

from qedoc.bind import claims
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import documented

COUNT = int(os.environ.get("QEDOC_SPELLINGS", "48"))

NUMBERS: dict[str, tuple[str, ...]] = {
    r"\log x^2": ("np.log(x**2)",),
    r"\log a x": ("np.log(a * x)", "np.log(a) * x"),
    r"\sin a x + b": ("np.sin(a * x) + b", "np.sin(a) * x + b"),
    r"\tanh x / 2": ("np.tanh(x / 2)", "np.tanh(x) / 2"),
    r"x / 2 a": ("x / (2 * a)", "x / 2 * a"),
    r"a / b x": ("a / (b * x)", "a / b * x"),
    r"1 / a (x + b)": ("1 / (a * (x + b))", "(x + b) / a"),
    r"\sin^{-1} (x / (1 + x))": ("np.arcsin(x / (1 + x))",),
    r"\tanh^2 x": ("np.tanh(x) ** 2",),
    r"\log^2 (x + 1)": ("np.log(x + 1) ** 2",),
    r"e^{-x} / a b": ("np.exp(-x) / (a * b)", "np.exp(-x) / a * b"),
    r"\exp -x a": ("np.exp(-x * a)", "np.exp(-x) * a"),
    r"\cos x \cdot a": ("np.cos(x * a)", "np.cos(x) * a"),
    r"\log (x) (a + 1)": ("np.log(x) * (a + 1)",),
    r"|a - x| b |x|": ("np.abs(a - x) * b * np.abs(x)", "np.abs(a - x * np.abs(b) * x)"),
    r"a^x b": ("a**x * b",),
    r"\log_2 x a": ("np.log2(x * a)", "np.log2(x) * a"),
    r"x^2 / 2 b^2": ("x**2 / (2 * b**2)", "x**2 / 2 * b**2"),
    r"\sqrt{x} a / 2 b": ("np.sqrt(x) * a / (2 * b)", "np.sqrt(x) * a / 2 * b"),
    r"a(x + b)": ("a * (x + b)",),
    r"\exp(x)^2": ("np.exp(x) ** 2",),
    r"\frac12 x a": ("x * a / 2",),
}
"""LaTeX over positive numbers, and all that a reader may take it for. Conventions leave one reading to some of them."""

ENTRIES: dict[str, tuple[str, ...]] = {
    r"\sum_{i=1}^n x_i + b": ("np.sum(x) + b",),
    r"\sum_{i=1}^n a x_i - b": ("np.sum(a * x) - b",),
    r"\sum_{i=1}^n x_i^2 / 2 a": ("np.sum(x**2) / (2 * a)", "np.sum(x**2) / 2 * a"),
    r"\log \sum_{i=1}^n x_i + a": ("np.log(np.sum(x)) + a",),
    r"\prod_{i=1}^n x_i + a": ("np.prod(x) + a",),
    r"\max_i x_i - a": ("np.max(x) - a",),
    r"\|x\|^2 / 2 b": ("np.sum(x**2) / (2 * b)", "np.sum(x**2) / 2 * b"),
}
"""The same over the entries of a vector x."""

JOINED = {r"\left( {} \right) + \left( {} \right)": "({}) + ({})", r"\left( {} \right) \cdot \left( {} \right)": "({}) * ({})"}
CHANGED = ("({}) + b", "2 * ({})", "-({})", "({}) * x", "({}) + x", "({}) / a", "({}) ** 2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A formula with code.

    Args:
        latex: the formula.
        readings: the code of each way to read it.
        code: what the function computes.
        right: whether that is one of the readings.
        vector: whether x is a vector.
    """

    latex: str
    readings: tuple[str, ...]
    code: str
    right: bool
    vector: bool

    def __str__(self) -> str:
        return f"{self.latex}\n{self.code}\n{self.readings}"


def values(code: str, *, vector: bool) -> np.ndarray:
    """The values of code at several points; one entry of the result is enough."""
    draw = np.random.default_rng(7)
    found = []
    for _ in range(12):
        x = draw.uniform(0.3, 3, 3) if vector else draw.uniform(0.3, 3)
        point = {"np": np, "x": x, "a": draw.uniform(0.3, 3), "b": draw.uniform(0.3, 3)}
        with np.errstate(all="ignore"):
            found.append(np.sum(eval(code, point)))  # noqa: S307  # the code is made by the generator in this file
    return np.nan_to_num(np.array(found), nan=-7e7, posinf=7e7)


def differs(code: str, other: str, *, vector: bool) -> bool:
    return not np.allclose(values(code, vector=vector), values(other, vector=vector), rtol=1e-3)


def formula(random_: random.Random, *, vector: bool) -> tuple[str, tuple[str, ...]]:
    """A spelling, or two that are joined, with its readings."""
    table = ENTRIES if vector else NUMBERS
    first, *more = random_.sample(sorted(table), 1 if random_.random() < 0.5 else 2)
    if not more:
        return first, table[first]
    joined = random_.choice(sorted(JOINED))
    latex = joined.replace("{}", first, 1).replace("{}", more[0], 1)
    pairs = list(itertools.product(table[first], table[more[0]]))
    if "/" in first and "/" in more[0]:  # one notation is read in the same way everywhere in a formula
        some, others = table[first], table[more[0]]
        pairs = [(some[k % len(some)], others[k % len(others)]) for k in range(max(len(some), len(others)))]
    return latex, tuple(JOINED[joined].format(*two) for two in pairs)


def made(count: int, seed: int) -> Iterator[Made]:
    random_ = random.Random(seed)
    for number in range(count):
        vector, right = number % 4 == 3, random_.random() < 0.5
        latex, readings = formula(random_, vector=vector)
        code = random_.choice(readings)
        while not right and not all(differs(code, other, vector=vector) for other in readings):
            changed = [one for one in CHANGED if not (vector and "x" in one)]
            code = random_.choice(changed).format(random_.choice(readings))
        yield Made(latex=latex, readings=readings, code=code, right=right, vector=vector)


def judged(batch: list[Made], name: str, folder: Path) -> list[Verdict]:
    functions = []
    for k, one in enumerate(batch):
        x = "a vector of positive numbers" if one.vector else "a positive number"
        text = (
            f"F.\n\n    .. math:: {one.latex}\n\n    Args:\n      x: {x}.\n      a: a positive number.\n      b: a positive number.\n    "
        )
        code = one.code.replace("np.", "jnp.")
        functions.append(f'def f{k}(x, a, b):\n    r"""{text}"""\n    return {code}\n')
    (folder / f"{name}.py").write_text("import jax.numpy as jnp\n\n\n" + "\n\n".join(functions), encoding="utf-8")
    found = {record.name: record for record in documented(name)}
    return [judged_claim(claims(found[f"{name}.f{k}"])[0]).verdict for k in range(len(batch))]


def test_no_verdict_on_an_ambiguous_spelling_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    counts, wrong = tally(list(made(COUNT, seed=COUNT)), judged, "spelled", tmp_path)
    told = Counter({f"{'right' if right else 'wrong'} {verdict}": many for (right, verdict), many in counts.items()})
    sys.stdout.write(f"{COUNT} spellings: {dict(told)}\n")
    assert not wrong, "\n\n".join(wrong)
    assert any(right and verdict.holds for right, verdict in counts)
    assert any(not right and verdict is Verdict.REFUTED for right, verdict in counts)


def test_the_readings_of_a_spelling_differ() -> None:
    for table, vector in ((NUMBERS, False), (ENTRIES, True)):
        for latex, readings in table.items():
            for one, other in itertools.combinations(readings, 2):
                assert differs(one, other, vector=vector), latex
