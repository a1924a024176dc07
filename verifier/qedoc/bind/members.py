"""Which method or property of an object a formula is about, and how its value follows from the formula.

Sources: the tables of probability distributions of Wikipedia and of SciPy for f, F, S, the quantile function and the moments;
ISO 80000-2 for E and Var; Rasmussen and Williams, "Gaussian Processes" (2006) for kernels; Kobyzev, Prince and Brubaker, "Normalizing
Flows" (2021) for bijectors; Wainwright and Jordan, "Graphical Models, Exponential Families, and Variational Inference" (2008) for t.
"""

import dis
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sympy as sp

from qedoc.bind.conventions import stands_for
from qedoc.claims.members import CALL, member, parameters
from qedoc.errors import QedocError
from qedoc.read import Application
from qedoc.sources.objects import named

_X = sp.Symbol("x")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A quantity that documentation gives a formula for.

    Args:
        name: its name.
        heads: the plain names that left sides use for it.
        event: the relations of `P(X = k)` that make it.
        members: for each method or property that gives it, its value in terms of the quantity x.
        words: a pattern of the words that introduce its formula.
    """

    name: str
    heads: str = ""
    event: str = ""
    members: dict[str, str]
    words: str = ""


SLOPE = "forward_log_det_jacobian"
"""The method of a bijector that gives the logarithm of its derivative."""

DENSITY = Quantity(
    name="density",
    heads="f p pdf pmf prob density",
    event="=",
    members={
        **dict.fromkeys(("prob", "pdf", "pmf", "density"), "x"),
        **dict.fromkeys(("log_prob", "logpdf", "logpmf", "log_pdf", "log_pmf", "log_density"), "log(x)"),
        SLOPE: "log(x)",
    },
    words=r"density|pdf|pmf|probability mass|mass function",
)
FUNCTIONS = (
    DENSITY,
    Quantity(
        name="distribution function",
        heads="F cdf CDF I",
        event="<=",
        members={"cdf": "x", "log_cdf": "log(x)", "logcdf": "log(x)", "sf": "1 - x", "survival_function": "1 - x"},
        words=r"cdf|(?:cumulative )?distribution function|cumulative distribution",
    ),
    Quantity(
        name="survival function",
        heads="S sf survival_function",
        event=">",
        members={
            **dict.fromkeys(("survival_function", "sf"), "x"),
            **dict.fromkeys(("log_survival_function", "logsf"), "log(x)"),
            "cdf": "1 - x",
        },
        words=r"survival",
    ),
    Quantity(
        name="quantile function",
        heads="F^-1 Q quantile icdf ppf",
        members=dict.fromkeys(("icdf", "quantile", "ppf", "inverse_cdf"), "x"),
        words=r"quantile|inverse cdf|icdf|percent point|inverse cumulative",
    ),
    Quantity(
        name="sufficient statistics",
        heads="t T",
        members=dict.fromkeys(("sufficient_statistics", "sufficient_statistic", "sufficient_stats"), "x"),
        words=r"sufficient statistic",
    ),
)
"""The quantities that are a function of a value."""

MOMENTS = (
    Quantity(name="mean", heads="E Mean mean", members={"mean": "x"}, words=r"\bmean|expect"),
    Quantity(
        name="variance",
        heads="Var V var Variance variance",
        members={"variance": "x", "var": "x", "stddev": "sqrt(x)", "std": "sqrt(x)"},
        words=r"variance",
    ),
    Quantity(
        name="standard deviation",
        heads="Std std SD sd stddev",
        members={"stddev": "x", "std": "x", "variance": "x**2", "var": "x**2"},
        words=r"standard deviation",
    ),
    Quantity(name="mode", heads="Mode mode", members={"mode": "x"}, words=r"\bmode\b"),
    Quantity(name="median", heads="Median median", members={"median": "x"}, words=r"\bmedian\b"),
    Quantity(name="entropy", heads="H h Entropy entropy", members={"entropy": "x"}, words=r"entropy"),
    Quantity(name="skewness", heads="Skew Skewness skewness", members={"skewness": "x", "skew": "x"}, words=r"skew"),
    Quantity(name="kurtosis", heads="Kurt Kurtosis kurtosis", members={"kurtosis": "x"}, words=r"kurtosis"),
)
"""The quantities that are one number of the distribution."""

_FREE = frozenset("fghpqy")
"""Letters of a left side that may be any function: the words say which."""

_OUTPUTS = frozenset({"out", "output", "outputs", "result", "results"})
_RESULTS = _OUTPUTS | {"y", "f", "z"}
"""Names of the value of an object that is a function. A word for it says what a formula gives, whatever introduces the formula."""

_LOSSES = ("loss", "penalty", "regularization", "cost")
"""The methods that give the value of an object that is a loss or a penalty, and the names of the quantity."""

_LOSS_LETTERS = frozenset({"L", "ell", "cal_L", *_LOSSES})
"""What left sides call a loss or a penalty. Source: Goodfellow et al., "Deep Learning" (2016)."""

VALUES = ("evaluate", CALL, "forward", "transform", "value", "apply", "get_lr")
"""The methods that give the value of an object that is a function: a layer, a kernel, a bijector, a schedule."""

ORIGINALS = ("surrogate_fun", "surrogate_function", "primitive_function", "primitive", "original_function", "smooth_function")
"""The methods that give the function whose derivative an object uses in place of that of its value."""

_ORIGINAL = re.compile(r"\b(?:original|primitive|surrogate|smooth(?:ed)?) function\b", re.IGNORECASE)
_KERNEL = re.compile(r"kernel|covariance", re.IGNORECASE)
_ORIGINAL_HEADS = ("origin", "original", "orig", "primitive")
_ANNOUNCED = re.compile(
    r"^(?:the )?(?:forward|original|primitive|surrogate|smooth(?:ed)?) (?:function|pass|computation)"
    r"(?: is)?(?: (?:defined|given|computed)(?: as| by)?)?(?: as follows)?\s*[:.]?$",
    re.IGNORECASE,
)
"""Words that say which of the functions of an object a formula gives, and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """The method or property that a formula is about.

    Args:
        member: its name.
        quantity: the quantity that the formula gives.
        value: the value of the member in terms of the right side x.
        words: why.
        by_head: whether the left side says it.
        entry: the position of the value in the result of the member; empty for a number.
        steps: the parameter of the constructor that counts the steps that the object made; empty if none does.
        part: for the next value of a part of a state, its letter before the step, and the parameter that it then is; else empty.
    """

    member: str
    quantity: str
    value: str
    words: str
    by_head: bool = False
    entry: tuple[int, ...] = ()
    steps: str = ""
    part: tuple[str, ...] = ()


def quantity_of(left: Any) -> Quantity | None:
    """The quantity of a random variable that a left side names; None if it names none."""
    if not isinstance(left, Application):
        return None
    base = left.name.partition("_")[0]
    if left.event:
        return next((quantity for quantity in FUNCTIONS if left.event == quantity.event), None)
    if "^" in left.variable:
        return None
    found = next((quantity for quantity in (MOMENTS if left.variable else FUNCTIONS) if base in quantity.heads.split()), None)
    named_ = not left.variable and len(left.name) > 2 and all(isinstance(argument, sp.Symbol) for argument in left.arguments)
    if found is None and named_ and left.arguments:  # `mean(loc, scale)` is the mean as a function of the parameters
        return next((quantity for quantity in MOMENTS if left.name in quantity.heads.split()), None)
    return found


def moment_of(owner: str, name: str) -> Quantity | None:
    """The moment of a distribution that a word on a left side gives, `variance = ...`; None for a name that is no moment of it."""
    if len(name) < 3 or name in parameters_of(owner):
        return None
    found = next((quantity for quantity in MOMENTS if name in quantity.members and name in quantity.heads.split()), None)
    return found if found is not None and _giving(owner, found, "") is not None else None


def parameters_of(owner: str) -> dict[str, inspect.Parameter]:
    """The parameters of the constructor of a class, by name."""
    made = named(owner)
    return parameters(made) if isinstance(made, type) else {}


def function_given_by(name: str) -> Quantity | None:
    """The function of a random variable that a method or property gives."""
    return next((quantity for quantity in FUNCTIONS if name in quantity.members), None)


def aims(owner: str, name: str, left: Any, words: str) -> Iterator[Aim]:
    """Yields what a formula can be about, the likeliest first.

    Args:
        owner: the dotted path of the class.
        name: the method or property whose docstring has the formula; empty for the docstring of the class.
        left: the left side; None for a bare expression.
        words: the words that introduce the formula.
    """
    quantity = quantity_of(left)
    logarithm = isinstance(left, Application) and left.logarithm
    found = None if quantity is None else _giving(owner, quantity, name)
    if found == SLOPE and not name and len(left.name) == 1 and not re.search(DENSITY.words, words, re.IGNORECASE):
        quantity = found = None  # `f(x) = ...` of a bijector may be its value
    if quantity is not None and found is not None:
        value = through_logarithm(quantity.members[found]) if logarithm else quantity.members[found]
        what = f"the logarithm of the {quantity.name}" if logarithm else f"the {quantity.name}"
        yield Aim(member=found, quantity=what, value=value, words=f"{left} is {what}", by_head=True)
        return
    if quantity is not None and quantity in FUNCTIONS and len(left.name.partition("_")[0]) > 1:
        return  # `pdf(x) = ...` is not the value of an object without a density
    if (isinstance(left, Application) and left.variable) or is_expression(left):
        return
    if name:
        named_ = isinstance(left, sp.Symbol) and (left.name == name or stands_for(left.name, name))
        words = f"{left} is {name}" if named_ else f"the docstring of {name}"
        yield Aim(member=name, quantity="value", value="x", words=words, by_head=named_)
        return
    if loss := _loss(owner, left):
        yield Aim(member=loss, quantity="value", value="x", words=f"{left} is conventionally the {loss}", by_head=left.name == loss)
        return
    if isinstance(left, sp.Symbol) and left.name not in _RESULTS:
        if (moment := moment_of(owner, left.name)) is not None:
            found = _giving(owner, moment, "")
            yield Aim(
                member=found or "", quantity=moment.name, value=moment.members[found or ""], words=f"{left} is its name", by_head=True
            )
        return
    announced = bool(_ANNOUNCED.match(words))
    if _ORIGINAL.search(words) or _heads_original(left):
        if found := original(owner):
            said = words if announced else f"{left} is the original function"
            yield Aim(member=found, quantity="value", value="x", words=said, by_head=announced or _heads_original(left))
        return
    for quantity in () if isinstance(left, Application) and left.name not in _FREE else (*FUNCTIONS, *MOMENTS):
        if re.search(quantity.words, words, re.IGNORECASE) and (found := _giving(owner, quantity, "")) is not None:
            yield Aim(member=found, quantity=quantity.name, value=quantity.members[found], words=words)
            return
    is_loss = isinstance(left, Application) and left.name in LOSSES
    if value := value_member(owner) or (_only_method(owner) if is_loss else ""):
        said = words if announced else f"{value} gives the value of an object"
        output = isinstance(left, sp.Symbol) and left.name in _OUTPUTS
        yield Aim(member=value, quantity="value", value="x", words=said, by_head=announced or output)


def _loss(owner: str, left: Any) -> str:
    """The method that gives the loss or the penalty that a left side names; empty if it names none, or the class has none."""
    named_ = isinstance(left, sp.Symbol) and left.name in _LOSS_LETTERS and left.name not in parameters_of(owner)
    return next((one for one in _LOSSES if has(owner, one)), "") if named_ else ""


def value_member(owner: str) -> str:
    """The method that gives the value of an object that is a function; empty if its class has none."""
    return next((one for one in VALUES if has(owner, one)), "")


LOSSES = frozenset({"ell", "l", "L", "loss", "cal_L"})
"""Left sides of the value of a loss."""


def _only_method(owner: str) -> str:
    """The only public method of a class that takes arguments; empty if there are others, or properties."""
    made = named(owner)
    bases = made.__mro__[:-1] if isinstance(made, type) else ()
    members = {name: value for base in reversed(bases) for name, value in vars(base).items()}
    public = [name for name, value in members.items() if not name.startswith("_") and not _is_data(value)]
    method = members[public[0]] if len(public) == 1 else None
    takes = inspect.isfunction(method) and len(inspect.signature(method).parameters) > 1
    return public[0] if takes and has(owner, public[0]) else ""


def _is_data(value: Any) -> bool:
    """Whether a member of a class is a value that the class holds, and no method or property."""
    return not callable(value) and not hasattr(value, "__get__")


def is_kernel(owner: str) -> bool:
    """Whether a class is a kernel, a function of two points: by its name, by that of a class that it inherits from, or by its summary."""
    made = named(owner)
    if not isinstance(made, type):
        return False
    summary = (made.__doc__ or "").strip().partition("\n")[0]
    return any(_KERNEL.search(name) for name in (*(base.__name__ for base in made.__mro__), summary))


def original(owner: str) -> str:
    """The method that gives the function whose derivative an object uses in place of that of its value; empty if its class has none."""
    return next((one for one in ORIGINALS if has(owner, one)), "")


def _heads_original(left: Any) -> bool:
    r"""Whether a left side names the original function by its subscript: `g_{origin}(x)`."""
    return isinstance(left, Application) and left.name.partition("_")[2] in _ORIGINAL_HEADS


def is_expression(left: Any) -> bool:
    r"""Whether a left side is an expression, `\ln\binom{n}{k}`: the equation is an identity, not about an object."""
    return isinstance(left, sp.Expr) and not isinstance(left, sp.Symbol | sp.Indexed) and not left.has(sp.Derivative, sp.Subs)


def through_logarithm(value: str) -> str:
    """The value of a member in terms of the logarithm of the quantity."""
    return "x" if value == "log(x)" else value.replace("x", "exp(x)")


def _giving(owner: str, quantity: Quantity, name: str) -> str | None:
    """The member that gives a quantity: the documented one, or else the first that the class has."""
    if name in quantity.members:
        return name
    return next((one for one in quantity.members if has(owner, one) and (one != SLOPE or _is_distribution_function(owner))), None)


def _is_distribution_function(owner: str) -> bool:
    """Whether a bijector is a distribution function by its documentation. Then the density is its derivative."""
    return bool(re.search(r"CDF\b|\bcumulative\b|\bdistribution function\b", f"{owner}\n{named(owner).__doc__ or ''}"))


def has(owner: str, name: str) -> bool:
    """Whether a class has a method or property that can give a value, for its objects or without one."""
    try:
        made = named(owner)
        if isinstance(static := inspect.getattr_static(made, name, None), staticmethod):
            return not _only_raises(static.__func__)
        found = member(made, name) if isinstance(made, type) and name not in vars(object) and hasattr(made, name) else None
    except QedocError:
        return False
    return found is not None and not _only_raises(found.method)


def _only_raises(method: Any) -> bool:
    """Whether a method never returns, as one that a subclass has to define: its code has no instruction that returns."""
    code = getattr(inspect.unwrap(method), "__code__", None) if method is not None else None
    return code is not None and not any(instruction.opname.startswith("RETURN") for instruction in dis.get_instructions(code))


def transformed(value: str, right: sp.Expr) -> sp.Expr:
    """The value of a member, from the right side."""
    return logarithm(right) if value == "log(x)" else sp.sympify(value).xreplace({_X: right})


def logarithm(value: sp.Expr) -> sp.Expr:
    """Takes the logarithm, piece by piece. It is undefined where the value is, and has no value where that is zero or infinite."""
    if isinstance(value, sp.Piecewise):
        return sp.Piecewise(*((logarithm(part), condition) for part, condition in value.args), evaluate=False)
    if value is sp.nan:
        return sp.nan
    return sp.zoo if value == 0 or value.has(sp.oo, sp.nan) else sp.log(value)
