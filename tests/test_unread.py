"""Formulas whose left side is not understood: their right side may hold as the value, and is never refuted."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fixture_modules import Judge, judging

from qedoc.results.verdict import Verdict


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    with judging(tmp_path, monkeypatch, "unread") as judged:
        yield judged


def holds(found: list[Verdict]) -> bool:
    (verdict,) = found
    return verdict.holds


@pytest.mark.parametrize(
    "left",
    [
        r"\sum_{s \le x} \ell(s, y)",  # a sum over a set
        r"\mathbb{E}_{q(f)}[\log p(y \mid f)]",
        r"H^2(p, q)",
        r"\hat{\tau}_{-i}(x)",
    ],
)
def test_the_right_side_may_hold_but_is_not_refuted(judge: Judge, left: str) -> None:
    assert holds(judge("x, y", rf".. math:: {left} = x^2 + 3 y", "x**2 + 3 * y"))
    assert judge("x, y", rf".. math:: {left} = x^2 + 3 y", "x**2 - 3 * y")[0] not in (Verdict.PROVED, Verdict.TESTED, Verdict.REFUTED)


@pytest.mark.parametrize(
    "latex",
    [
        r"H^2(p, q) = x",  # a single name: no more than a coincidence
        r"H^2(p, q) \approx x^2 + 3 y",
        r"H^2(p, q) \le G^2(p, q) = x^2 + 3 y",
        r"H^2(p, q) = G^2(p, q) = x^2 + 3 y",
    ],
)
def test_what_states_no_value_or_too_little(judge: Judge, latex: str) -> None:
    assert not judge("x, y", f".. math:: {latex}", "x if False else x**2 + 3 * y")[0].holds


def test_the_name_of_another_function_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fixture_modules import judged_claim

    from qedoc.bind.claims import claims
    from qedoc.sources.docstrings import documented

    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "unread_beside.py").write_text(
        'def area(x):\n    r"""Area.\n\n    .. math:: \\mathrm{border}^2(x)_0 = x^2\n    """\n    return x**2\n\n\n'
        'def border(x):\n    """Border."""\n    return 4 * x\n'
    )
    (record,) = [one for one in documented("unread_beside") if one.name.endswith("area")]
    assert not [claim for claim in claims(record) if judged_claim(claim).verdict.holds]
