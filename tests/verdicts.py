"""Short ways to ask for a verdict, for tests of many formulas about one function."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import sympy as sp

from qedoc.claims.limits import Limits
from qedoc.claims.spec import Spec
from qedoc.judge.check import search
from qedoc.judge.inputs import named
from qedoc.judge.pair import Pair
from qedoc.judge.proof import prove
from qedoc.results.verdict import Inputs, Verdict
from qedoc.sources import specfiles

SPECS = Path(__file__).parent.parent / "spec" / "optax"


def specs(topic: str = "*") -> list[Spec]:
    """The specs of a topic, or of all topics, in the order of their files."""
    files, errors = specfiles.find([str(path) for path in sorted(SPECS.glob(f"{topic}.py"))])
    assert not errors
    return [spec for file in files for spec in specfiles.load(file)]


def spec(id_: str) -> Spec:
    """The spec of that id."""
    return next(found for found in specs() if found.id == id_)


def told(of: Spec, formula: sp.Expr) -> Spec:
    """The same claim with another formula, and no properties."""
    return replace(of, formula=formula, properties=())


def compared(claim: Spec, sizes: Mapping[str, int], limits: Limits) -> tuple[Verdict, Inputs | None]:
    """Formula against code, by proof and by enclosures; the runs in all dtypes are left out, which no refutation rests on."""
    pair = Pair(claim, sizes)
    pair.code.explore(pair.facts)
    proof = prove(pair)
    row = search(pair, proof, limits)
    if row is not None:
        assert not proof.complete
        return Verdict.REFUTED, named(pair.case, pair.plan.point(row))
    return (Verdict.PROVED if proof.complete and not pair.gaps else Verdict.TESTED), None
