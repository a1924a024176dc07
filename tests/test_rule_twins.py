"""Soundness of rules with a state: no wrong twin of an update rule of Optax is proved, and each one that is not equivalent is refuted.

Whether a twin is equivalent is decided here by mpmath, which the engine does not use: at the first steps, with random numbers, the twin and
the right rule are compared.
"""

import inspect
import itertools
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import mpmath
import optax
import pytest
import sympy as sp
from fixture_modules import judged_claim
from twins import RULES, Rule, spellings, twins

from qedoc.bind.claims import claims
from qedoc.bind.records import Bound, Refused
from qedoc.claims.spec import Parameter, Spec
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import documented

Judged: TypeAlias = Callable[[Sequence[Rule]], list[Bound | Refused]]

STEPS = 4
"""The number of steps that are compared."""

TRIED = 4
"""The number of points at which twins and rules are compared."""

APART = mpmath.mpf(10) ** -25
"""The smallest relative difference that counts."""

CODE = '''
def f{number}({parameters}) -> "optax.GradientTransformation":
    r"""An optimizer.

    {doc}
    """
    return optax.{target}({arguments})
'''

_NUMBER = itertools.count(1)


def function(rule: Rule, number: int) -> str:
    """The text of a function with a rule, which returns the optimizer."""
    own = [p for p in inspect.signature(getattr(optax, rule.target)).parameters.values() if "dtype" not in p.name and p.name != "mask"]
    own = [p for p in own if p.name not in rule.bind]
    parameters = [
        f'{p.name}: "{"float" if p.default is None or p.default is p.empty else type(p.default).__name__}"'
        + ("" if p.default is p.empty else f" = {p.default!r}")
        for p in own
    ]
    arguments = [f"{p.name}={p.name}" for p in own] + [f"{name}={value!r}" for name, value in rule.bind.items()]
    return CODE.format(number=number, parameters=", ".join(parameters), doc=rule.doc, target=rule.target, arguments=", ".join(arguments))


@pytest.fixture
def bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judged]:
    """Writes a module with a function for each rule, and returns the claim of each of them."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []

    def claims_of(rules: Sequence[Rule]) -> list[Bound | Refused]:
        made.append(f"rule_twins_{next(_NUMBER)}")
        functions = [function(rule, number) for number, rule in enumerate(rules)]
        (tmp_path / f"{made[-1]}.py").write_text("import optax\n" + "".join(functions))
        sys.path_importer_cache.clear()
        found = {record.name: claims(record) for record in documented(made[-1])}
        return [one for number in range(len(rules)) for one in found[f"{made[-1]}.f{number}"]]

    yield claims_of
    for module in made:
        sys.modules.pop(module, None)


def outputs(spec: Spec, point: dict[str, mpmath.mpf], gradients: Sequence[mpmath.mpf]) -> list[mpmath.mpf | None]:
    """The outputs of a rule at the first steps, with many digits; None where it has no value."""
    rule = spec.formula
    t, g = rule.step, sp.IndexedBase("g")
    letters = {str(d.symbol): d.name for d in spec.symbols if isinstance(d, Parameter)}
    symbols = {s: point[letters[str(s)]] for s in rule.free_symbols if str(s) in letters}
    values = {g[k]: gradients[k - 1] for k in range(1, STEPS + 1)}
    lines = [(left, sorted(right.atoms(sp.Indexed), key=str), right) for left, right in rule.lines]
    compiled = [
        (
            left,
            entries,
            sp.lambdify(
                [t, *symbols, *(places := [sp.Dummy() for _ in entries])], right.xreplace(dict(zip(entries, places, strict=True))), "mpmath"
            ),
        )
        for left, entries, right in lines
    ]
    for base, value in rule.start.items():
        if not isinstance(value, sp.Indexed):
            values[base[0]] = mpmath.mpf(sp.N(value.xreplace({s: sp.Float(str(x), 50) for s, x in symbols.items()}), 50))
        elif value.base == g:
            values[base[0]] = gradients[0]
    found: list[mpmath.mpf | None] = []
    for k in range(1, STEPS + 1):
        for left, entries, code in compiled:
            own = rule.start.get(left.base)
            try:
                needed = [values[entry.subs(t, k)] for entry in entries]
                value = None if None in needed else code(k, *symbols.values(), *needed)
            except ZeroDivisionError:
                value = None
            values[left.subs(t, k)] = value if value is not None and mpmath.im(value) == 0 and mpmath.isfinite(value) else None
            if k == 1 and own == left.base[1]:
                values[left.base[0]] = values[left.subs(t, 1)]
        found.append(values[rule.output.subs(t, k)])
    return found


def differs(right: Rule, one: Spec, other: Spec) -> bool:
    """Whether two rules differ at random points, where letters that only one of them has are the defaults."""
    drawn = random.Random(1)
    defaults = {p.name: p.default for p in inspect.signature(getattr(optax, right.target)).parameters.values()}
    named = [{d.name for d in spec.symbols if isinstance(d, Parameter)} for spec in (one, other)]
    with mpmath.workdps(50):
        for _ in range(TRIED):
            point = {
                name: mpmath.mpf(drawn.randint(1, 99)) / 100 if all(name in names for names in named) else mpmath.mpf(str(defaults[name]))
                for name in named[0] | named[1]
            }
            gradients = [mpmath.mpf(drawn.randint(-99, 99) or 1) / 50 for _ in range(STEPS)]
            for a, b in zip(outputs(one, point, gradients), outputs(other, point, gradients), strict=True):
                if a is not None and b is not None and abs(a - b) > APART * (1 + abs(a) + abs(b)):
                    return True
    return False


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.target}{''.join(map(str, rule.bind.values()))}")
def test_wrong_twins_are_refuted_and_never_proved(rule: Rule, bound: Judged, record_property: Callable[[str, object], None]) -> None:
    counts: Counter[str] = Counter()
    wrong = []
    wanted = list(twins(rule))
    own, *found = bound([rule, *wanted])
    assert isinstance(own, Bound), own
    assert judged_claim(own).verdict is Verdict.PROVED
    for twin, claim in zip(wanted, found, strict=True):
        result = judged_claim(claim)
        apart = isinstance(claim, Refused) or differs(rule, own.spec, claim.spec)
        counts[str(result.verdict) if apart else f"equivalent, {result.verdict}"] += 1
        if (result.verdict is not Verdict.REFUTED) if apart else (result.verdict is Verdict.REFUTED):
            wrong.append(f"{twin}: {result.verdict}: {result.reason}")
    record_property("twins", dict(counts))
    assert not wrong, "\n".join(wrong)


def test_there_are_enough_twins() -> None:
    assert sum(1 for rule in RULES for _ in twins(rule)) >= 240
    assert len(list(spellings())) >= 20


def test_equivalent_spellings_are_proved(bound: Judged) -> None:
    wanted = list(spellings())
    results = [judged_claim(claim) for claim in bound(wanted)]
    lost = [
        f"{rule}: {result.verdict}: {result.reason}"
        for rule, result in zip(wanted, results, strict=True)
        if result.verdict is not Verdict.PROVED
    ]
    assert not lost, "\n".join(lost)
