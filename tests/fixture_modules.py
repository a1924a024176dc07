"""Small libraries that a test writes, each with a name of its own, because qedoc remembers what it has read of a module."""

import itertools
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeAlias, TypeVar

import pytest

from qedoc.bind.claims import claims
from qedoc.bind.records import Bound, Refused
from qedoc.claims.limits import Limits
from qedoc.judge.check import check
from qedoc.judge.readings import check_readings
from qedoc.results.agreement import agreeing
from qedoc.results.verdict import CaseResult, Verdict, weakest
from qedoc.sources.docstrings import Documented, documented
from qedoc.sources.specfiles import sizes

Claims: TypeAlias = Callable[[str, str], list[Bound | Refused]]

One = TypeVar("One", bound="Generated")
BATCH = 50
"""The number of generated functions in a module."""

_NUMBER = itertools.count(1)


def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stem: str) -> Iterator[Claims]:
    """Yields a function that writes a module and returns the claims of one of its objects."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []

    def claims_of(text: str, name: str) -> list[Bound | Refused]:
        module = f"{stem}_{next(_NUMBER)}"
        made.append(module)
        (tmp_path / f"{module}.py").write_text(text)
        sys.path_importer_cache.clear()
        return [claim for record in documented(f"{module}.{name}") if record.name == f"{module}.{name}" for claim in claims(record)]

    yield claims_of
    for module in made:
        sys.modules.pop(module, None)


@contextmanager
def functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stem: str) -> Iterator[Callable[..., Documented]]:
    """Gives a function that writes a module with one function, and returns its documentation. The modules are STEM_1, STEM_2, ..."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []

    def record(parameters: str, docstring: str, code: str, *, name: str = "f") -> Documented:
        made.append(f"{stem}_{len(made) + 1}")
        lines = "\n".join(f"    {line}".rstrip() for line in docstring.strip("\n").split("\n"))
        text = f'import jax\nimport jax.numpy as jnp\n\n\ndef {name}({parameters}):\n    r"""F.\n\n{lines}\n    """\n    return {code}\n'
        (tmp_path / f"{made[-1]}.py").write_text(text)
        (found,) = documented(made[-1])
        return found

    yield record
    for module in made:
        sys.modules.pop(module, None)


Judge: TypeAlias = Callable[..., list[Verdict]]


@contextmanager
def judging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stem: str) -> Iterator[Judge]:
    """Gives a function that judges the formulas of a function, which is given by its parameters, docstring and code."""
    with functions(tmp_path, monkeypatch, stem) as record:

        def judged(parameters: str, docstring: str, code: str, *, name: str = "f") -> list[Verdict]:
            return [judged_claim(claim).verdict for claim in claims(record(parameters, docstring, code, name=name))]

        yield judged


class Generated(Protocol):
    """A generated function with documentation; its text tells what it was made of."""

    @property
    def right(self) -> bool:
        """Whether the documentation says what the code computes."""


def tally(
    everything: Sequence[One], judged: Callable[[list[One], str, Path], list[Verdict]], stem: str, folder: Path
) -> tuple[Counter[tuple[bool, Verdict]], list[str]]:
    """Counts the verdicts on right and wrong documentation, and describes those that are wrong.

    Args:
        everything: the generated functions.
        judged: writes several of them into a module of a name in a folder, and returns their verdicts.
        stem: the beginning of the names of the modules.
        folder: where the modules go.
    """
    counts: Counter[tuple[bool, Verdict]] = Counter()
    wrong: list[str] = []
    for start in range(0, len(everything), BATCH):
        name, batch = f"{stem}_{start}", list(everything[start : start + BATCH])
        for one, verdict in zip(batch, judged(batch, name, folder), strict=True):
            counts[one.right, verdict] += 1
            if verdict is Verdict.REFUTED if one.right else verdict.holds:
                wrong.append(f"{verdict}, although it is {'right' if one.right else 'wrong'}: {one}")
        sys.modules.pop(name, None)
    return counts, wrong


def result(claim: Bound | Refused, points: int = 60) -> CaseResult:
    """The result that decides about a claim: the weakest of its cases."""
    assert isinstance(claim, Bound), claim
    limits = Limits(max_points=points)
    found = [
        check(claim.spec, size, limits, lambda _: None)
        if claim.readings is None
        else check_readings(claim.readings, size, limits, lambda _: None)
        for size in sizes(claim.spec)
    ]
    return _deciding(found)


def verdict(claim: Bound | Refused, points: int = 60) -> Verdict:
    """The verdict of a claim, bound or not."""
    return claim.verdict if isinstance(claim, Refused) else result(claim, points).verdict


def judged_claim(claim: Bound | Refused) -> CaseResult:
    """The result that decides about the interpretations of a claim, bound or not, for its first two sizes."""
    if isinstance(claim, Refused):
        return CaseResult(id=claim.name, verdict=claim.verdict, reason=claim.reason)
    assert claim.readings is not None
    limits = Limits(max_points=100)
    return _deciding([check_readings(claim.readings, size, limits, lambda _: None) for size in sizes(claim.spec)[:2]])


def _deciding(results: list[CaseResult]) -> CaseResult:
    cases = agreeing(results)
    worst = weakest([one.verdict for one in cases])
    return next(one for one in cases if one.verdict is worst)
