"""Docstrings made of the wordings in `wordings/`, formulas and code, each with a known truth: no verdict may be wrong.

The suite checks a sample. `nox -s wordings` checks 5,000 docstrings, and prints how many right ones hold and wrong ones are refuted.
"""

import os
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sympy as sp
from fixture_modules import tally
from test_wordings import PLAIN, rows

from qedoc.bind import Bound, Refused, claims
from qedoc.claims.limits import Limits
from qedoc.judge.readings import check_readings
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import documented
from qedoc.sources.specfiles import sizes

COUNT = int(os.environ.get("QEDOC_WORDINGS", "60"))
FORMULAS = {"x^2 + 3": "x**2 + 3", "2 x - 1": "2 * x - 1", "x^3": "x**3", "x^2 - x": "x**2 - x"}
"""LaTeX and code of the formulas."""

PARAMETERS = "x, temperature, scale, rate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A generated docstring.

    Args:
        docstring: its text.
        parameters: the parameters of its function.
        code: the expression that the function returns.
        right: whether the docstring says what the code computes.
        why: the row and the rule that it was made from.
    """

    docstring: str
    parameters: str
    code: str
    right: bool
    why: str

    def __str__(self) -> str:
        return f"{self.why}\n{self.docstring}\n{self.code}"


def code_of(relation: sp.Basic) -> str:
    """A relation on x as an expression of JAX."""
    match relation:
        case sp.And():
            return " & ".join(f"({code_of(part)})" for part in relation.args)
        case sp.Or():
            return " | ".join(f"({code_of(part)})" for part in relation.args)
        case sp.Ne():
            return f"{relation.lhs} != {relation.rhs}"
    return str(relation)


def of_domains(random_: random.Random) -> Made:
    """A formula with a domain in words. The code differs outside of it, or, in the wrong twin, inside of it too."""
    place, words, stated = random_.choice([row for row in rows("domains", 3) if row[2] != "?"])
    latex, code = random_.choice([*FORMULAS.items()])
    inside = code_of(sp.sympify(stated, locals=PLAIN))
    right = random_.random() < 0.5
    differs = f"jnp.where({inside}, {code}, {code} + 1)" if right else f"jnp.where({inside}, {code} + 1, {code})"
    display = f"\n\n.. math::\n    {latex}\n\n"
    match place:
        case "after":
            text = f"F.{display}{words}"
        case "before":
            text = f"F.\n\n{words}{display}"
        case "alone":
            text = f"F.\n\n{words}\n\nIt is this:{display}"
        case _:
            text = f"F.{display}Args:\n  x: {words}"
    return Made(docstring=text, parameters="x", code=differs, right=right, why=f"domain: {words}")


def of_legends(random_: random.Random) -> Made:
    """A symbol with a legend. In the wrong twin, the code uses another expression of the same parameters."""
    words, symbol, meaning = random_.choice([row for row in rows("legends", 3) if row[2] != "?"])
    names = {name: sp.Symbol(name) for name in PARAMETERS.split(", ")}
    value = sp.sympify(meaning, locals=names)
    right = random_.random() < 0.5
    other = random_.choice([2 * value, value + 1, -value, value**2])
    code = sp.pycode(value if right else other, fully_qualified_modules=False)
    for name in ("exp", "log", "sqrt", "cos", "tanh"):
        code = code.replace(f"{name}(", f"jnp.{name}(")
    code = code.replace("abs(", "jnp.abs(")
    text = f"F.\n\n.. math::\n    {symbol} x^2\n\n{words}"
    return Made(docstring=text, parameters=PARAMETERS, code=f"({code}) * x**2", right=right, why=f"legend: {words}")


def of_others(random_: random.Random) -> Made:
    """A sentence about something else beside a formula. It restricts nothing: code that differs anywhere is wrong."""
    (words,) = random_.choice(rows("others", 1))
    latex, code = random_.choice([*FORMULAS.items()])
    right = random_.random() < 0.5
    differs = code if right else f"jnp.where(x > {random_.choice([0, 1, 10])}, {code}, {code} + 1)"
    text = f"F.\n\n.. math::\n    {latex}\n\n{words}"
    return Made(docstring=text, parameters="x", code=differs, right=right, why=f"other: {words}")


UNDONE = {"log(x)": "jnp.exp({})", "exp(x)": "jnp.log({})", "1/x": "1 / ({})", "x**2": "jnp.sqrt({})", "sqrt(x)": "({}) ** 2"}
DONE = {
    "log(x)": "jnp.log({})",
    "sqrt(x)": "jnp.sqrt({})",
    "x**2": "({}) ** 2",
    "exp(x)": "jnp.exp({})",
    "1/x": "1 / ({})",
    "sin(x)": "jnp.sin({})",
}


def of_introductions(random_: random.Random) -> Made:
    """A display that is not the value. Code that computes the display itself is wrong."""
    table = [(words, *what.split(" is ")) for words, what in rows("introductions", 2) if " is " in what]
    words, kind, operator = random_.choice([row for row in table if row[2] in (UNDONE if row[1] == "display" else DONE)])
    latex, code = "x^2 + 3", "x**2 + 3"
    right = random_.random() < 0.5
    meant = (UNDONE if kind == "display" else DONE)[operator].format(code)
    text = f"F.\n\n{words}\n\n.. math::\n    {latex}\n"
    return Made(docstring=text, parameters="x", code=meant if right else code, right=right, why=f"introduction: {words}")


KINDS = (of_domains, of_legends, of_others, of_introductions)


def made(count: int, seed: int) -> Iterator[Made]:
    random_ = random.Random(seed)
    for number in range(count):
        yield KINDS[number % len(KINDS)](random_)


def judged(batch: list[Made], name: str, folder: Path) -> list[Verdict]:
    functions = []
    for k, one in enumerate(batch):
        lines = "\n".join(f"    {line}".rstrip() for line in one.docstring.split("\n"))
        functions.append(f'def f{k}({one.parameters}):\n    r"""{lines.lstrip()}\n    """\n    return {one.code}\n')
    (folder / f"{name}.py").write_text("import jax.numpy as jnp\n\n\n" + "\n\n".join(functions), encoding="utf-8")
    found = {record.name: record for record in documented(name)}
    return [_verdict(claims(found[f"{name}.f{k}"])) for k in range(len(batch))]


def _verdict(found: tuple[Bound | Refused, ...]) -> Verdict:
    (claim,) = found
    if isinstance(claim, Refused):
        return claim.verdict
    assert claim.readings is not None
    (size, *_) = sizes(claim.spec)
    return check_readings(claim.readings, size, Limits(max_points=40), lambda _: None).verdict


def test_no_verdict_on_a_generated_docstring_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    counts, wrong = tally(list(made(COUNT, seed=COUNT)), judged, "generated", tmp_path)
    rights = sum(many for (right, _), many in counts.items() if right)
    holds = sum(many for (right, verdict), many in counts.items() if right and verdict.holds)
    refuted = sum(many for (right, verdict), many in counts.items() if not right and verdict is Verdict.REFUTED)
    sys.stdout.write(f"{COUNT} docstrings: {holds} of {rights} right ones hold, {refuted} of {COUNT - rights} wrong ones are refuted\n")
    assert not wrong, "\n\n".join(wrong)
    assert holds >= 0.75 * rights
    assert refuted >= 0.75 * (COUNT - rights)
