r"""Other objects that a formula names: `F_{\mathrm{Cauchy}}(x; 0, s)`, `\mathrm{Gamma}(x \mid a, b)`, `f_{\mathcal{N}}(x; m, s)`.

Source of the one-letter names: the notation of Wikipedia's tables of probability distributions.
"""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from qedoc.bind.conventions import stands_for
from qedoc.bind.members import DENSITY, FUNCTIONS, Quantity, has
from qedoc.bind.records import Obstruction
from qedoc.claims.members import member, parameters
from qedoc.errors import QedocError
from qedoc.results.verdict import Verdict
from qedoc.sources.objects import named

SHORT = {
    "N": "Normal", "cal_N": "Normal", "U": "Uniform", "cal_U": "Uniform", "Exp": "Exponential", "Ga": "Gamma", "Be": "Beta",
    "Bern": "Bernoulli", "Bin": "Binomial", "Cat": "Categorical", "Dir": "Dirichlet", "Po": "Poisson", "Pois": "Poisson",
    "Mult": "Multinomial", "NB": "NegativeBinomial", "NB2": "NegativeBinomial2", "IG": "InverseGamma", "IGa": "InverseGamma",
    "IW": "InverseWishart", "t": "StudentT",
}  # fmt: skip
"""The short names of distributions."""

_NORMAL = frozenset({"N", "cal_N"})
"""The names of the normal distribution whose second parameter is the variance."""

_DEVIATIONS = frozenset({"scale", "stddev", "std", "sigma"})
"""The usual names of a parameter that is a standard deviation."""

_SPREADS = _DEVIATIONS | {"rate", "inverse_scale", "precision", "variance", "cov", "covariance"}
"""The names of parameters for which other texts write another one at the same place: a scale for a rate, a variance for a deviation."""

_QUANTITY = (
    r"(?P<quantity>(?:probability )?density(?: function)?|pdf|pmf|(?:probability )?mass function|cdf|(?:cumulative )?distribution function)"
)
_FAMILY = r"(?P<family>[A-Za-z][\w -]*?)"
_DESCRIBED = (
    rf"(?:the |an? )?(?:univariate |usual )?{_FAMILY} {_QUANTITY}",
    rf"(?:the )?{_QUANTITY} of (?:the |an? )?(?:univariate )?{_FAMILY} (?:distribution|random variable|variable)",
)
"""Words that say that a letter is the density or the distribution function of a family."""

_AFTER = r"(?: with (?:mean|location|scale|parameters?)\b[^.]*)?(?: \(a function\))?\W*"
_OTHERWISE = re.compile(r"\b(?:variance|precision|covariance|squared?|inverse|log\w*|rate)\b", re.IGNORECASE)
"""Words about the parameters of a family that may give them another meaning than the names of the class do."""

_UNDO = {"x": "x", "log(x)": "exp(x)", "1 - x": "1 - x", "sqrt(x)": "x**2", "x**2": "sqrt(x)"}
"""Inverse functions. Each key computes a quantity from the value x of a member, and its value computes the member from the quantity x."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """A quantity of another object at given arguments.

    Args:
        path: the dotted path of the method that gives it.
        arguments: what is handed to each parameter of the constructor and of the method.
        value: the quantity in terms of the method's value x.
    """

    path: str
    arguments: dict[str, sp.Expr]
    value: str


def other_object(owner: str, call: Any, meant: Mapping[str, str], told: str = "") -> Other | None:
    """Returns what a call in a formula stands for, if its name is that of a class next to another one; None if it is not.

    Args:
        owner: the dotted path of the class whose documentation has the formula.
        call: the application of an undefined function.
        meant: the parameter of each symbol that the text explains.
        told: what the text says of the function, as in `the univariate Normal density`.

    Raises:
        Obstruction: for an argument that may be another parameter than the one at its place.
    """
    head, _, name = call.func.__name__.partition("_")
    name = name.partition("^")[0]
    head = f"{head}^-1" if "^-1" in call.func.__name__ else head
    quantity = next((quantity for quantity in FUNCTIONS if name and head in quantity.heads.split()), None)
    path = _sibling(owner, name) if quantity is not None else _sibling(owner, call.func.__name__)
    if not path:
        quantity, path = _described(owner, told)
    if not path:
        return None
    wanted = quantity or DENSITY
    found = _giving(path, wanted)
    made = [key for key, p in parameters(named(path)).items() if p.default is inspect.Parameter.empty or isinstance(p.default, int | float)]
    given = call.args[1:]
    if not found or not call.args or len(given) > len(made):
        return None
    method = member(named(path), found)
    takes = list(method.takes) if method is not None else []
    normal = name in _NORMAL or (quantity is None and call.func.__name__ in _NORMAL)
    placed = {key: _argument(key, value, path, meant, normal=normal) for key, value in zip(made, given, strict=False)}
    arguments = {takes[0]: call.args[0], **placed} if takes else {}
    return Other(path=f"{path}.{found}", arguments=arguments, value=_UNDO[wanted.members[found]]) if arguments else None


def description(docstring: str, text: str) -> str:
    """What a docstring says of a function; nothing if the rest of the sentence may give its arguments other meanings."""
    words, said = " ".join(docstring.split()), " ".join(text.removesuffix(" (a function)").split())
    rest = words.partition(said)[2].partition(". ")[0] if said else ""
    return "" if said not in words or _OTHERWISE.search(rest) else text


def _described(owner: str, text: str) -> tuple[Quantity | None, str]:
    """The quantity and the class that words describe, `the univariate Normal density`; an empty path if they describe none."""
    for pattern in _DESCRIBED:
        found = re.fullmatch(pattern + _AFTER, " ".join(text.split()), re.IGNORECASE)
        parts = re.split(r"[ -]", found["family"]) if found else []
        path = _sibling(owner, "".join(part[:1].upper() + part[1:] for part in parts)) if parts else ""
        if found and path:
            return FUNCTIONS[1] if re.search("cdf|distribution", found["quantity"], re.IGNORECASE) else DENSITY, path
    return None, ""


def _argument(name: str, value: sp.Expr, path: str, meant: Mapping[str, str], *, normal: bool) -> sp.Expr:
    """What is handed to a parameter of the constructor. The order alone tells no rate from a scale, and no scale from a variance."""
    deviation = normal and name in _DEVIATIONS
    if deviation and isinstance(value, sp.Pow) and value.exp == 2:
        return value.base  # the normal distribution is usually written with its variance
    symbols = value.free_symbols
    letter = next(iter(symbols)).name if len(symbols) == 1 else ""
    own = letter and (name in (letter, meant.get(letter)) or stands_for(letter, name))
    if (value.is_number and (value == 1 or name not in _SPREADS)) or (own and (value / sp.Symbol(letter)).is_Rational):
        return value
    raise Obstruction(
        f"it is not clear that {value} is {name} of {path}, whose parameters come in this order",
        "write the function out",
        Verdict.UNDECIDED,
    )


def _giving(path: str, quantity: Quantity) -> str:
    return next((name for name in quantity.members if has(path, name)), "")


def _sibling(owner: str, name: str) -> str:
    """The class with a name, or with what the name is short for, in the module of another class."""
    module = owner.rpartition(".")[0]
    for candidate in (name, SHORT.get(name, "")):
        for spelled in (candidate, f"{candidate}Probs") if candidate else ():
            try:
                if inspect.isclass(named(f"{module}.{spelled}")):
                    return f"{module}.{spelled}"
            except QedocError:
                continue
    return ""
