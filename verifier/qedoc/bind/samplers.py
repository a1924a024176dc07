"""Formulas of the density in the docstring of a function that draws samples: they are compared with the density of `jax.scipy.stats`.

Samples do not tell their density. The density of the same distribution does, so that it is compared in their place. It is found by the
name of the sampler. For another library than JAX, nothing is proved or refuted: its sampler may follow another convention.
Sources of the names: NumPy and JAX for the samplers, SciPy for the distributions.
"""

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from qedoc.bind.annotations import no_number
from qedoc.bind.context import Context
from qedoc.bind.members import DENSITY, FUNCTIONS, Aim, quantity_of
from qedoc.bind.records import Obstruction
from qedoc.claims.spec import Declaration, Parameter, Spec
from qedoc.claims.target import resolve
from qedoc.errors import QedocError
from qedoc.interpret.choices import Choice, Sure
from qedoc.interpret.findings import UNKNOWN
from qedoc.read import Equation
from qedoc.results.verdict import Verdict
from qedoc.sources.arguments import Argument
from qedoc.sources.docstrings import Documented

LIBRARY = "jax.scipy.stats"
"""The library of densities."""

NAMES = {
    "normal": "norm", "standard_normal": "norm", "randn": "norm", "exponential": "expon", "standard_exponential": "expon",
    "binomial": "binom", "geometric": "geom", "chisquare": "chi2", "chi_square": "chi2", "gumbel": "gumbel_r", "student_t": "t",
    "standard_t": "t", "negative_binomial": "nbinom", "generalized_normal": "gennorm", "truncated_normal": "truncnorm",
    "standard_cauchy": "cauchy", "standard_gamma": "gamma", "lognormal": "lognorm", "weibull": "weibull_min", "wald": "invgauss",
    "beta_binomial": "betabinom", "von_mises": "vonmises", "rand": "uniform", "random": "uniform",
}  # fmt: skip
"""The name of a distribution in SciPy, for each name of a sampler that differs from it."""

_ANY = frozenset({"rand", "random"})
"""Names of samplers that are no names of distributions."""

_KEYS = frozenset({"key", "rng", "rng_key", "prng_key", "random_key", "seed"})
_CONTROLS = _KEYS | {"shape", "sample_shape", "size", "dtype", "method", "out_sharding", "axis", "unroll"}
"""Parameters of samplers that are no parameters of the distribution."""

_SAMPLES = re.compile(r"\b(?:sampl\w*|random\w*|draws?|drawn|generat\w*|variates?)\b", re.IGNORECASE)
_ALIKE = (
    {"loc", "mean", "mu", "location"},
    {"scale", "sigma", "std", "stddev"},
    {"df", "nu"},
    {"p", "prob", "probs", "probability"},
    {"a", "concentration", "alpha", "shape"},
    {"lam", "rate", "mu", "lambda_"},
    {"cov", "covariance", "covariance_matrix"},
)
"""Names that mean one thing. The lists are tried for names of a sampler that the density does not have."""


def is_sampler(record: Documented) -> bool:
    """Whether an object is a function that draws samples: it takes the key of a random generator, or its summary says that it draws."""
    summary = record.docstring.strip().partition("\n\n")[0]
    names = {argument.name for argument in record.arguments}
    return not record.owner and bool(names & _KEYS) and bool(_SAMPLES.search(summary))


def densities(context: Context, equation: Equation, said: str) -> list[tuple[Context, tuple[Choice, ...]]]:
    """Returns the docstring of a sampler as one about the density of its distribution; empty if the formula is about something else.

    Args:
        context: the docstring.
        equation: an equation of it.
        said: the words that introduce the formula.
    """
    quantity = quantity_of(equation.left)
    if equation.left is None and re.search(DENSITY.words, said, re.IGNORECASE):
        quantity = DENSITY
    if quantity is None or not is_sampler(context.record) or quantity not in FUNCTIONS:
        return []
    name = context.record.name.rpartition(".")[2]
    path = f"{LIBRARY}.{NAMES.get(name, name)}"
    member = next((one for one in quantity.members if _exists(f"{path}.{one}")), "")
    words = f"the {quantity.name} of the distribution that {name} samples"
    choice = Choice(about="target", subject="", value=f"{path}.{member}", words=words, sure=Sure.SUGGESTED)
    if not member:
        return [(replace(context, lacking=f"{LIBRARY} has no {quantity.name} of the distribution that {name} samples"), (choice,))]
    aim = Aim(
        member=f"{path}.{member}", quantity=quantity.name, value=quantity.members[member], words=f"{words}, not the samples", by_head=True
    )
    try:
        own = _of_distribution(context.record)
        taken, renamed = _arguments(own, f"{path}.{member}")
    except Obstruction as found:
        return [(replace(context, lacking=found.reason), (choice,))]
    record = replace(context.record, target=f"{path}.{member}", arguments=taken)
    aside = tuple(argument.text for argument in context.record.arguments if argument not in own and argument.text)
    seen = replace(context, record=record, aim=aim, renamed=renamed, aside=aside)
    if context.record.name.partition(".")[0] == LIBRARY.partition(".")[0]:
        return [(seen, (choice,))]
    foreign = Choice(about="quantity", subject="", value=UNKNOWN, words=f"a distribution other than that of {path}", sure=Sure.SUGGESTED)
    return [(seen, (choice,)), (seen, (choice, foreign))]


def is_family(name: str) -> bool:
    """Whether a name is that of a distribution: `bernoulli`, `chi2`, `student_t`."""
    known = {*NAMES, *NAMES.values()} - _ANY
    return name in known or any(_exists(f"{LIBRARY}.{name}.{density}") for density in ("logpdf", "logpmf"))


def _exists(path: str) -> bool:
    try:
        return callable(resolve(path))
    except QedocError:
        return False


def _of_distribution(record: Documented) -> list[Argument]:
    """The parameters of a sampler that are those of the distribution."""
    return [argument for argument in record.arguments if argument.name not in _CONTROLS and not no_number(argument.annotation)]


def _arguments(own: Sequence[Argument], path: str) -> tuple[tuple[Argument, ...], Mapping[str, str]]:
    """The argument of a density with the parameters of the sampler, and the density's names for them.

    Raises:
        Obstruction: if a parameter of the sampler is none of the density, or the density needs one that the sampler does not have.
    """
    first, *others = inspect.signature(resolve(path)).parameters.values()
    renamed = dict(_matched([argument.name for argument in own], [p.name for p in others]))
    left = [argument.name for argument in own if argument.name not in renamed]
    needed = [p.name for p in others if p.default is inspect.Parameter.empty and p.name not in renamed.values()]
    if len(left) != len(needed):
        names = ", ".join(left) or "of the sampler"
        what = f"the parameters {names} cannot be matched with those of {path} ({', '.join(needed) or 'no more'})"
        raise Obstruction(what, verdict=Verdict.UNDECIDED)
    renamed |= dict(zip(left, needed, strict=True))
    made = tuple(replace(argument, made=True) for argument in own)
    integer = "int" if path.rpartition(".")[2].endswith("pmf") else ""
    return (Argument(name=first.name, default=inspect.Parameter.empty, annotation=integer, text="", keyword=False), *made), renamed


def _matched(names: Sequence[str], others: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The parameters of the density that have the name of one of the sampler, or a name that means the same."""
    taken = set(names) & set(others)
    for name in names:
        if name in others:
            yield name, name
            continue
        alike = [other for other in others if other not in taken and any({name, other} <= group for group in _ALIKE)]
        if len(alike) == 1:
            taken.add(alike[0])
            yield name, alike[0]


def with_names(context: Context, spec: Spec) -> Spec:
    """The claim with the density's names of the sampler's parameters.

    Args:
        context: the docstring, as one about the density.
        spec: the claim with the sampler's names.
    """
    names = context.renamed
    declared: list[Declaration] = [replace(d, name=names.get(d.name, d.name)) if isinstance(d, Parameter) else d for d in spec.symbols]
    bind: dict[str, Any] = {names.get(name, name): template for name, template in spec.bind.items()}
    return replace(spec, symbols=declared, bind=bind, origin=spec.location)
