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
from qedoc.claims.domain import Domain
from qedoc.claims.spec import Parameter, Spec
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import documented

Judged: TypeAlias = Callable[[Sequence[Rule]], list[Bound | Refused]]

Number: TypeAlias = mpmath.mpf

G = sp.IndexedBase("g")
"""The gradient of each step."""

STEPS = 6
"""The number of steps that are compared."""

TRIED = 100
"""The number of points at which twins and rules are compared."""

ZEROS = 0.1
"""The share of zeros among the numbers that may be zero."""

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


class Simulated:
    """A rule that is run with many digits.

    Args:
        spec: its claim.
    """

    def __init__(self, spec: Spec) -> None:
        self.rule = spec.formula
        self.names = {str(d.symbol): d.name for d in spec.symbols if isinstance(d, Parameter)}
        self.symbols = sorted((s for s in self.rule.free_symbols if str(s) in self.names), key=str)
        self.lines = [(left, sorted(right.atoms(sp.Indexed), key=str), self._compiled(right)) for left, right in self.rule.lines]

    def _compiled(self, right: sp.Expr) -> Callable[..., Number]:
        places = {entry: sp.Dummy() for entry in sorted(right.atoms(sp.Indexed), key=str)}
        code: Callable[..., Number] = sp.lambdify([self.rule.step, *self.symbols, *places.values()], right.xreplace(places), "mpmath")
        return code

    def outputs(self, point: dict[str, Number], gradients: Sequence[Number]) -> list[Number | None]:
        """The outputs at the first steps; None where the rule has no value.

        Args:
            point: the value of each parameter.
            gradients: the gradient of each step.
        """
        own = [point[self.names[str(s)]] for s in self.symbols]
        values: dict[sp.Indexed, Number | None] = {G[k]: gradient for k, gradient in enumerate(gradients, start=1)}
        for base, start in self.rule.start.items():
            if not isinstance(start, sp.Indexed):
                values[base[0]] = sp.lambdify(self.symbols, start, "mpmath")(*own) + mpmath.mpf(0)
            elif start.base == G:
                values[base[0]] = gradients[0]
        found = []
        for k in range(1, len(gradients) + 1):
            for left, entries, code in self.lines:
                needed = [values[entry.subs(self.rule.step, k)] for entry in entries]
                values[left.subs(self.rule.step, k)] = value = None if None in needed else real(code, k, *own, *needed)
                if k == 1 and self.rule.start.get(left.base) == left.base[1]:
                    values[left.base[0]] = value
            found.append(values[self.rule.output.subs(self.rule.step, k)])
        return found


def real(code: Callable[..., Number], *arguments: Number) -> Number | None:
    """The value of a function; None if it has no real one."""
    try:
        value = code(*arguments)
    except ZeroDivisionError:
        return None
    return value if mpmath.im(value) == 0 and mpmath.isfinite(value) else None


def has_zero(domain: Domain) -> bool:
    """Whether zero is in a domain."""
    symbol = sp.Symbol("x")
    return all(condition.subs(symbol, 0) == sp.true for condition in domain.conditions(symbol))


def differs(right: Rule, one: Spec, other: Spec) -> bool:
    """Whether two rules differ at random points, where letters that only one of them has are the defaults."""
    drawn = random.Random(1)
    defaults = {p.name: p.default for p in inspect.signature(getattr(optax, right.target)).parameters.values()}
    first, second = Simulated(one), Simulated(other)
    domains = [{d.name: d.domain for d in spec.symbols if isinstance(d, Parameter)} for spec in (one, other)]
    with mpmath.workdps(50):
        for _ in range(TRIED):
            point = {}
            for name in sorted({*domains[0], *domains[1]}):
                drawn_here = all(name in known for known in domains)
                number = drawn.randint(1, 99) * (not (has_zero(domains[0][name]) and drawn.random() < ZEROS)) if drawn_here else 0
                point[name] = mpmath.mpf(number) / 100 if drawn_here else mpmath.mpf(str(defaults[name]))
            gradients = [mpmath.mpf(drawn.randint(-99, 99) or 1) / 10 ** drawn.randint(0, 4) for _ in range(STEPS)]
            for a, b in zip(first.outputs(point, gradients), second.outputs(point, gradients), strict=True):
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
        if isinstance(claim, Refused):  # such as a line that uses a value two steps before
            counts["refused"] += 1
            continue
        result = judged_claim(claim)
        apart = differs(rule, own.spec, claim.spec)
        counts[str(result.verdict) if apart else f"equivalent, {result.verdict}"] += 1
        if (result.verdict is not Verdict.REFUTED) if apart else (result.verdict is Verdict.REFUTED):
            wrong.append(f"{twin}: {result.verdict}: {result.reason}")
    record_property("twins", dict(counts))
    assert counts["refused"] <= 2
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
