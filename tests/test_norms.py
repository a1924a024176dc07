r"""Left sides that are a norm: `\|x\|_1 = ...` states the value of a class that is a norm, and an identity of any other one."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module, invalidate_caches
from itertools import count
from pathlib import Path

import pytest
from fixture_modules import judged_claim

from qedoc.bind import claims
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import record_of

HOLDS = {Verdict.PROVED, Verdict.TESTED}
REFUTED = {Verdict.REFUTED}
IDENTITY = {Verdict.NOT_A_CLAIM}
NUMBERS = count()


@contextmanager
def defined(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, latex: str, code: str) -> Iterator[str]:
    """The path of a class with a formula and a method that is called."""
    text = (
        f'import jax.numpy as jnp\n\n\nclass {name}:\n    r"""A norm.\n\n    .. math:: {latex}\n    """\n\n'
        f"    def __call__(self, x):\n        return {code}\n"
    )
    module = f"normed_{next(NUMBERS)}"
    (folder / f"{module}.py").write_text(text)
    monkeypatch.syspath_prepend(str(folder))
    invalidate_caches()
    import_module(module)
    yield f"{module}.{name}"


@pytest.mark.parametrize(
    ("name", "latex", "code", "verdicts"),
    [
        ("L1Norm", r"\|x\|_1 = \sum_i |x_i|", "jnp.sum(jnp.abs(x))", HOLDS),
        ("L1Norm", r"\|x\|_1 = \sum_i |x_i|^2", "jnp.sum(jnp.abs(x))", REFUTED),
        ("L1Norm", r"\|x\|_2 = \sqrt{\sum_i x_i^2}", "jnp.sum(jnp.abs(x))", IDENTITY),
        ("SquaredL2Norm", r"\lVert x \rVert_2^2 = \sum_i x_i^2", "jnp.sum(x**2)", HOLDS),
        ("LayerNorm", r"\|x\|_2 = \sqrt{\sum_i x_i^2}", "x / jnp.sqrt(jnp.sum(x**2))", IDENTITY),
        ("L1Norm", r"\lVert x \rVert_1 + 1 = 1 + \sum_i |x_i|", "jnp.sum(jnp.abs(x))", IDENTITY),
        ("L1Norm", r"2 \|x\|_1 = \sum_i 2 |x_i|", "jnp.sum(jnp.abs(x))", IDENTITY),
    ],
)
def test_the_norm_on_a_left_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, latex: str, code: str, verdicts: set[Verdict]
) -> None:
    with defined(tmp_path, monkeypatch, name, latex, code) as path:
        (claim,) = claims(record_of(path))
        assert judged_claim(claim).verdict in verdicts
