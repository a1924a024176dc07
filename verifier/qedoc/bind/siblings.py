r"""Other objects that a formula names: `F_{\mathrm{Cauchy}}(x; 0, s)`, `\mathrm{Gamma}(x \mid a, b)`, `f_{\mathcal{N}}(x; m, s)`.

Source of the one-letter names: the notation of Wikipedia's tables of probability distributions.
"""

import inspect
from dataclasses import dataclass
from typing import Any

import sympy as sp

from qedoc.bind.members import DENSITY, FUNCTIONS, Quantity, has
from qedoc.claims.members import member, parameters
from qedoc.errors import QedocError
from qedoc.sources.objects import named

SHORT = {
    "N": "Normal", "cal_N": "Normal", "U": "Uniform", "cal_U": "Uniform", "Exp": "Exponential", "Ga": "Gamma", "Be": "Beta",
    "Bern": "Bernoulli", "Bin": "Binomial", "Cat": "Categorical", "Dir": "Dirichlet", "Po": "Poisson", "Pois": "Poisson",
    "Mult": "Multinomial", "NB": "NegativeBinomial", "NB2": "NegativeBinomial2", "IG": "InverseGamma", "IGa": "InverseGamma",
    "IW": "InverseWishart", "t": "StudentT",
}  # fmt: skip
"""The short names of distributions."""

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


def other_object(owner: str, call: Any) -> Other | None:
    """Returns what a call in a formula stands for, if its name is that of a class next to another one; None if it is not.

    Args:
        owner: the dotted path of the class whose documentation has the formula.
        call: the application of an undefined function.
    """
    head, _, name = call.func.__name__.partition("_")
    name = name.partition("^")[0]
    head = f"{head}^-1" if "^-1" in call.func.__name__ else head
    quantity = next((quantity for quantity in FUNCTIONS if name and head in quantity.heads.split()), None)
    path = _sibling(owner, name) if quantity is not None else _sibling(owner, call.func.__name__)
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
    arguments = {takes[0]: call.args[0], **dict(zip(made, given, strict=False))} if takes else {}
    return Other(path=f"{path}.{found}", arguments=arguments, value=_UNDO[wanted.members[found]]) if arguments else None


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
