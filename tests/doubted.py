"""What the tests of misleading documentation share: the verdicts that are no error, and docstrings with one display."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fixture_modules import judging

from qedoc.results.verdict import Verdict

HOLDS = {Verdict.PROVED, Verdict.TESTED}
RIGHT = set(Verdict) - {Verdict.REFUTED}
WRONG = set(Verdict) - HOLDS
REFUTED = {Verdict.REFUTED}

Judge = Callable[[str, str, str], Verdict]


def first_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stem: str) -> Iterator[Judge]:
    """Yields a function that judges the first formula of a function, which is given by its parameters, docstring and code."""
    with judging(tmp_path, monkeypatch, stem) as verdicts:

        def judged(parameters: str, docstring: str, code: str) -> Verdict:
            return verdicts(parameters, docstring, code)[0]

        yield judged


def shown(latex: str, before: str = "", after: str = "", **entries: str) -> str:
    """A docstring with a display."""
    told = "\n".join(f"    {name}: {text}" for name, text in entries.items())
    return "\n\n".join(part for part in (before, f".. math:: {latex}", after, f"Args:\n{told}" if told else "") if part)
