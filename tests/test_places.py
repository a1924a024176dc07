"""Places of formulas: inline formulas of Markdown, comments by mistake, code spans, words around code, and pages."""

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from qedoc.bind import Bound, Refused, claims
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Spec
from qedoc.judge.readings import check_readings
from qedoc.results.verdict import Verdict
from qedoc.sources import markup
from qedoc.sources.docstrings import documented
from qedoc.sources.specfiles import sizes


def canonical(text: str) -> str:
    lines = markup.dedented(textwrap.dedent(text))
    assert len(lines) == len(text.split("\n"))
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "inline"),
    [
        ("The rate $r$ at $t$.", ["r", "t"]),
        ("The $n$th value, $x_1, \\dots, x_n$, and $f(x) = 2 x$.", ["n", "x_1, \\dots, x_n", "f(x) = 2 x"]),
        ("Over a line: $a +\nb$ ends.", ["a + b"]),
        ("A value $$x^2$$ in the text.", ["x^2"]),
        ("MyST: {math}`a_1` and {math}`b`.", ["a_1", "b"]),
        ("LaTeX: \\(x^2\\) and \\( y \\).", ["x^2", "y"]),
        (":math:`a\n+ b` over a line", ["a + b"]),
        ("It costs $5 and $6, or $7$8.", []),
        ("From $5,000 to $6,000 = $x.", []),
        ("Set $HOME/bin:$PATH and $a/$b.", []),
        ("Run ${HOME} and $(pwd)$.", []),
        ("Code `$x$` and ``$y$`` and `a $b` c $d.", []),
        ("An amount of 3$ and 4$.", []),
        ("The word $not a formula at all$ here.", []),
        ("Escaped \\$x\\$ dollars.", []),
        ("Both :math:`x` and $y$.", ["x"]),
        (">>> print('$x$')", []),
        ("```python\nx = '$y$'\n```", []),
        ("A paragraph $x\n\nends before y$.", []),
    ],
)
def test_inline_formulas_of_markdown(text: str, inline: list[str]) -> None:
    canonical(text)
    assert [role.latex for role in markup.roles(markup.dedented(text))] == inline


def test_a_display_in_dollars_stays_one() -> None:
    text = ["Title.", "", "$$", "x = $y$", "$$", "", "$$z = 2$$"]
    assert [block.latex for block in markup.blocks(markup.dedented("\n".join(text)))] == ["x = $y$", "z = 2"]


def test_one_colon_makes_a_comment_with_the_place_of_the_formula() -> None:
    lines = ["Title.", "", ".. math:", "", "    x = 2", "", ".. math: y = 3", "", ".. math ::", "", "   z = 4", "", ".. maths:", "   no"]
    found = [(block.latex, block.notation) for block in markup.blocks(lines)]
    assert found == [("x = 2", markup.COMMENT), ("y = 3", markup.COMMENT), ("z = 4", "")]
    assert all("x = 2" not in paragraph.text for paragraph in markup.paragraphs(lines))


HEAD = """
import jax.numpy as jnp

"""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path / "place_documents.py"
    sys.modules.pop("place_documents", None)
    sys.path_importer_cache.clear()


def found(library: Path, text: str, name: str = "f") -> tuple[Bound | Refused, ...]:
    library.write_text(HEAD + text)
    sys.modules.pop("place_documents", None)
    (record,) = [record for record in documented("place_documents") if record.name == f"place_documents.{name}"]
    return claims(record)


def verdicts(claim: Bound | Refused) -> set[Verdict]:
    assert isinstance(claim, Bound), claim
    assert claim.readings is not None
    cases = sizes(claim.spec)[:4]
    return {check_readings(claim.readings, size, Limits(max_points=60), lambda _: None).verdict for size in cases}


def spec(claim: Bound | Refused) -> Spec:
    assert isinstance(claim, Bound), claim
    return claim.spec


MARKDOWN = '''
def f(x, rate):
    r"""Growth.

    The value is

    $$
    a x^{power}
    $$

    where $a$ is the `rate` and $x$ is the input.
    """
    return rate * x**2
'''


def test_a_legend_in_dollars_binds(library: Path) -> None:
    (right,) = found(library, MARKDOWN.replace("{power}", "2"))
    assert verdicts(right) == {Verdict.PROVED}
    (wrong,) = found(library, MARKDOWN.replace("{power}", "3"))
    assert verdicts(wrong) == {Verdict.REFUTED}


def test_money_beside_a_formula_is_no_symbol(library: Path) -> None:
    text = MARKDOWN.replace("{power}", "2").replace("is the input.", "is the input. It costs $5 at rate $6.")
    (right,) = found(library, text)
    assert verdicts(right) == {Verdict.PROVED}


def test_a_formula_that_is_a_comment_is_reported(library: Path) -> None:
    text = MARKDOWN.replace("$$\n    a x^{power}\n    $$", ".. math:\n\n        a x^2")
    (refused,) = found(library, text)
    assert isinstance(refused, Refused)
    assert refused.verdict is Verdict.UNREADABLE
    assert "does not print" in refused.reason
    assert "'.. math::'" in refused.suggestion
