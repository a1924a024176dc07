"""Places of formulas: inline formulas of Markdown, comments by mistake, code spans, words around code, and pages."""

import json
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from qedoc.bind import Bound, Refused, claims
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Spec
from qedoc.engine import collect_tasks
from qedoc.engine.messages import Failure
from qedoc.errors import QedocError
from qedoc.judge.readings import check_readings
from qedoc.results.verdict import Verdict
from qedoc.sources import markup
from qedoc.sources.docstrings import documented, page_record
from qedoc.sources.pages import Passage, is_pages, pages, passages
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


SCHEDULE = '''
from collections.abc import Callable


def f(init_value: float, boundaries_and_scales: dict[int, float] | None = None) -> Callable:
    """Piecewise constant schedule.

    {sentence}

    Args:
      init_value: {start}
      boundaries_and_scales: {entries}

    Returns:
      A function that maps step index to schedule value.
    """

    def schedule(count):
        v = init_value
        for boundary, scale in sorted((boundaries_and_scales or {}).items()):
            v = v * jnp.where(count >= boundary, scale, 1.0)
        return v

    return schedule
'''
NOW = """At each step `t`, this schedule returns `init_value` scaled by the product
    of all factors `f_i` such that `t >= b_i`, where `(b_i, f_i)` are the
    entries in `boundaries_and_scales`."""
BEFORE = """A map from boundaries ``b_i`` to non-negative scaling
        factors ``f_i``. For any step count `s`, the schedule returns ``init_v``
        scaled by the product of all factors ``f_i`` such that ``b_i {relation} s``."""


def schedule(sentence: str, start: str = "The starting value.", entries: str = "All values must be non-negative.") -> str:
    return SCHEDULE.replace("{sentence}", sentence).replace("{start}", start).replace("{entries}", entries)


def test_a_product_in_words_over_the_entries_of_a_dict_holds(library: Path) -> None:
    (claim,) = found(library, schedule(NOW))
    assert verdicts(claim) == {Verdict.PROVED}
    assert str(spec(claim).formula) == "init_value*Product(Piecewise((f[i], t >= b[i]), (1, True)), (i, 1, n))"
    assert [str(declared.domain) for declared in spec(claim).symbols if str(declared.symbol) in ("t", "f[i]")] == [
        "integers in [0, oo)",
        "reals in [0, oo)",
    ]


@pytest.mark.parametrize(("relation", "verdict"), [("<=", Verdict.PROVED), ("<", Verdict.REFUTED)])
def test_the_boundary_of_a_product_in_words_decides(library: Path, relation: str, verdict: Verdict) -> None:
    (claim,) = found(library, schedule("It is fine.", "An initial value ``init_v``.", BEFORE.replace("{relation}", relation)))
    assert verdict in verdicts(claim)
    assert verdicts(claim) <= {verdict, Verdict.PROVED}  # without entries there is no boundary


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("such that `t >= b_i`", "such that `t > b_i`"),
        ("`init_value` scaled by the product", "`init_value` divided by the product"),
        ("scaled by the product\n    of all", "plus the sum\n    of all"),
    ],
)
def test_wrong_words_are_refuted(library: Path, old: str, new: str) -> None:
    assert old in NOW
    (claim,) = found(library, schedule(NOW.replace(old, new)))
    assert Verdict.REFUTED in verdicts(claim)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("scaled by", "roughly scaled by"),
        ("this schedule returns", "this schedule never returns"),
        ("of all factors", "of most of the larger factors"),
        ("At each step `t`,", "At each step `t` after the warm-up,"),
        (" such that `t >= b_i`,", ","),
        ("`init_value`", "about `init_value`"),
    ],
)
def test_words_that_are_not_understood_make_no_formula(library: Path, old: str, new: str) -> None:
    assert old in NOW
    assert found(library, schedule(NOW.replace(old, new, 1))) == ()


def test_a_symbol_without_a_meaning_is_refused(library: Path) -> None:
    (refused,) = found(library, schedule(NOW.replace("`init_value`", "`start`")))
    assert isinstance(refused, Refused)
    assert "start" in refused.reason


def test_words_that_may_restrict_a_product_leave_it_undecided(library: Path) -> None:
    (refused,) = found(library, schedule(NOW, entries="Must have at least two entries."))
    assert isinstance(refused, Refused)
    assert refused.verdict is Verdict.UNDECIDED


@pytest.mark.parametrize(
    ("entries", "key", "value"),
    [
        ("Dict of `{step: scale}`. All `scale` values must be non-negative.", "integers", "reals in [0, oo)"),
        ("Dict of `{step: scale}`. All `step` values must be positive.", "integers in (0, oo)", "reals"),
        ("All keys are positive. All values must be positive.", "integers in (0, oo)", "reals in (0, oo)"),
        ("A map from boundaries to positive factors `f_i`.", "integers", "reals in (0, oo)"),
    ],
)
def test_the_sign_of_keys_or_values(library: Path, entries: str, key: str, value: str) -> None:
    (claim,) = found(library, schedule(NOW, entries=entries))
    domains = {str(declared.symbol): str(declared.domain) for declared in spec(claim).symbols if "[" in str(declared.symbol)}
    assert domains == {"b[i]": key, "f[i]": value}


@pytest.mark.parametrize(
    "entries",
    [
        "All `rate` values must be positive.",
        "All values must be positive or the schedule stops.",
        "The first value must be positive.",
        "Positive steps are skipped.",
        "All values must not be positive.",
    ],
)
def test_a_sign_of_something_else_leaves_a_product_undecided(library: Path, entries: str) -> None:
    (refused,) = found(library, schedule(NOW, entries=entries))
    assert isinstance(refused, Refused)
    assert refused.verdict is Verdict.UNDECIDED


POSITIVE = '''
def f(x):
    """Total of some entries.

    It returns the sum of all entries `x_i` such that `x_i > {bound}`.

    Args:
      x: a vector.
    """
    return jnp.sum(jnp.where(x > 0, x, 0.0))
'''


@pytest.mark.parametrize(("bound", "verdict"), [("0", Verdict.PROVED), ("1", Verdict.REFUTED)])
def test_a_sum_in_words_over_the_entries_of_an_array(library: Path, bound: str, verdict: Verdict) -> None:
    (claim,) = found(library, POSITIVE.replace("{bound}", bound))
    assert verdict in verdicts(claim)


VALUE = '''
def f(x, scale):
    r"""{sentence}

    Args:
      x: a number.
      scale: a number.
    """
    return {code}
'''


@pytest.mark.parametrize(
    ("sentence", "right", "wrong"),
    [
        ("Returns ``scale * max(x, 0)``.", "scale * jnp.maximum(x, 0)", "jnp.maximum(x, 0)"),
        ("Computes ``log(1 + x**2) + scale`` accurately.", "jnp.log1p(x * x) + scale", "jnp.log(2 + x * x) + scale"),
        ("It computes ``y = scale * x + 1``.", "scale * x + 1", "scale * x - 1"),
        ("Computes :math:`s + x^2` ...", "scale + x**2", ""),
        ("Computes :math:`x^2 + \\mathit{scale}` element-wise.", "scale + x**2", "scale - x**2"),
        ("The result is ``f(x, scale) = |x| scale``.", "jnp.abs(x) * scale", "x * scale"),
        ("Scaling. The output is given by ``out = scale * x``.", "x * scale", "x + scale"),
        ("Equivalent to `scale * (1 - x)`.", "scale - x * scale", "scale - x"),
    ],
)
def test_values_in_running_text(library: Path, sentence: str, right: str, wrong: str) -> None:
    if not wrong:
        assert found(library, VALUE.replace("{sentence}", sentence).replace("{code}", right)) == ()
        return
    (claim,) = found(library, VALUE.replace("{sentence}", sentence).replace("{code}", right))
    assert verdicts(claim) == {Verdict.PROVED}
    (claim,) = found(library, VALUE.replace("{sentence}", sentence).replace("{code}", wrong))
    assert verdicts(claim) == {Verdict.REFUTED}


@pytest.mark.parametrize(
    "sentence",
    [
        "Computes the gradient of ``x**2 + scale``.",
        "Returns ``x`` if ``x > 0``.",
        "Returns ``f(x)``.",
        "Returns ``x``.",
        "Returns ``z = x + scale``.",
        "Returns ``x = 2 * scale``.",
        "Returns ``jnp.exp(x)``.",
        "Returns ``x.sum() + 1``.",
        "Returns ``x[0] + scale`` for small ``x``.",
        "Returns ``(x, scale)``.",
        "Returns ``x + unknown``.",
        "Returns ``'a' + 'b'``.",
        "It may return ``x + scale``.",
        "It is like ``x + scale``.",
    ],
)
def test_other_code_in_running_text_is_no_claim(library: Path, sentence: str) -> None:
    assert found(library, VALUE.replace("{sentence}", sentence).replace("{code}", "x + scale")) == ()


def test_a_display_comes_before_values_in_running_text(library: Path) -> None:
    text = VALUE.replace("{sentence}", "Returns ``x + scale``.\n\n    .. math:: x + scale").replace("{code}", "x + scale")
    (claim,) = found(library, text)
    assert verdicts(claim) == {Verdict.PROVED}


def test_a_display_that_the_running_text_contradicts_is_undecided(library: Path) -> None:
    text = VALUE.replace("{sentence}", "Returns ``x - scale``.\n\n    .. math:: x + scale").replace("{code}", "x + scale")
    (claim,) = found(library, text)
    assert verdicts(claim) == {Verdict.UNDECIDED}


RST = """
Schedules
=========

The schedule :func:`place_documents.f` is

.. math::

   s e^{-x}

where :math:`s` is the ``scale``.

.. qedoc: place_documents.f

.. math:: s e^{-2 x}

No function
-----------

.. math:: e^{i} = 1

Both :func:`place_documents.f` and :class:`place_documents.g` are

.. math:: x^2

.. currentmodule:: place_documents

Here :func:`f` is

.. math:: scale / e^x

and :func:`missing` is

.. math:: x
"""

MD = """# Decay

`place_documents.f(x, scale)` is

$$
scale e^{-x}
$$

````{note}
```python
$$
x = 1
$$
```
````

```{math}
scale e^{-3 x}
```
<!-- qedoc: place_documents.f -->

```none
f(x; scale) = scale exp(-x)
```

% qedoc: place_documents.f
"""


def written(folder: Path) -> dict[str, Passage]:
    return {
        f"{page.path.rpartition('/')[2]}:{page.places[one.start + line]}": one
        for page in pages(str(folder))
        for one in passages(page)
        for line in one.displays
    }


@pytest.fixture
def documentation(library: Path) -> Path:
    library.write_text(f'{HEAD}def f(x, scale):\n    """Decay."""\n    return scale * jnp.exp(-x)\n')
    sys.modules.pop("place_documents", None)
    folder = library.parent / "docs"
    (folder / "_build").mkdir(parents=True)
    (folder / "_build" / "copy.md").write_text(MD)
    (folder / "index.rst").write_text(RST.lstrip())
    (folder / "page.md").write_text(MD)
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["The function `place_documents.f` is\n", "\n", "$$ scale e^{-x} $$"]},
        {"cell_type": "code", "metadata": {}, "source": ["$$ x $$"], "outputs": [], "execution_count": None},
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "notes.ipynb").write_text(json.dumps(notebook, indent=1))
    return folder


def test_the_text_before_a_formula_or_a_comment_names_its_function(documentation: Path) -> None:
    found = {place: (one.function, one.reason) for place, one in written(documentation).items()}
    assert found == {
        "index.rst:8": ("place_documents.f", ""),
        "index.rst:14": ("place_documents.f", ""),
        "index.rst:19": ("", "the text before it names no function"),
        "index.rst:23": ("", "the text before it names place_documents.f, place_documents.g"),
        "index.rst:29": ("place_documents.f", ""),
        "index.rst:33": ("place_documents.missing", ""),
        "notes.ipynb:9": ("place_documents.f", ""),
        "page.md:5": ("place_documents.f", ""),
        "page.md:18": ("place_documents.f", ""),
        "page.md:23": ("place_documents.f", ""),
    }


def test_formulas_of_pages_hold_or_are_refuted(documentation: Path) -> None:
    found: dict[str, set[Verdict]] = {}
    for one in {id(one): one for one in written(documentation).values() if one.function == "place_documents.f"}.values():
        for claim in claims(page_record(one)):
            assert claim.formula.location.path == one.page.path
            assert isinstance(claim, Bound)
            assert claim.spec.id == f"place_documents.f#{claim.formula.location.path}:{claim.formula.location.line}"
            found[f"{Path(one.page.path).name}:{claim.formula.location.line}"] = verdicts(claim)
    wrong = {place for place, answers in found.items() if answers == {Verdict.REFUTED}}
    assert wrong == {"index.rst:14", "page.md:18"}
    assert all(answers == {Verdict.PROVED} for place, answers in found.items() if place not in wrong)
    assert len(found) == 7


def test_a_folder_audits_each_page_and_reports_formulas_without_a_function(documentation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(documentation.parent)
    reply = collect_tasks.survey_pages("docs/", 30.0, {}, frozenset(), documentation.parent)
    assert not isinstance(reply, Failure)
    reasons = [claim.answer.cases[0].reason for claim in reply.claims if claim.answer is not None]
    assert len(reply.claims) == 10
    assert len(reasons) == 3
    assert "names no function; add '.. qedoc: package.function'" in reasons[0]
    assert "names place_documents.f, place_documents.g" in reasons[1]
    assert "has no 'missing'" in reasons[2]


def test_what_is_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("x")
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "a.md").write_text("x")
    (tmp_path / "package" / "a.py").write_text("x")
    assert [name for name in ("docs", "docs/", "docs/a.md", "no.rst", "package/") if is_pages(name)] == [
        "docs", "docs/", "docs/a.md", "no.rst", "package/",
    ]  # fmt: skip
    assert not any(is_pages(name) for name in ("package", "optax", "optax.adam", "docs/a.txt"))


def test_a_page_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "bad.ipynb").write_text("{")
    (tmp_path / "bad.md").write_bytes(b"\xff\xfe")
    for name, message in [
        ("bad.ipynb", "expected a Jupyter notebook"),
        ("bad.md", "UTF-8"),
        ("no.rst", "found nothing"),
        ("", "cannot|expected"),
    ]:
        with pytest.raises(QedocError, match=message):
            pages(str(tmp_path / name) if name != "" else str(tmp_path))
    (tmp_path / "empty").mkdir()
    with pytest.raises(QedocError, match="found none"):
        pages(str(tmp_path / "empty"))


def test_a_folder_without_pages_is_a_namespace_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("space/inner", "guide/inner"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "space" / "inner" / "module.py").write_text("")
    (tmp_path / "guide" / "inner" / "page.md").write_text("")
    assert not is_pages("space")
    assert is_pages("guide")
    assert is_pages("./space")
