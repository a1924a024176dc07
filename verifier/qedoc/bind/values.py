"""Determines what an equation says about the function's result: its value, its logarithm, or one of several results."""

import inspect
import re
from dataclasses import is_dataclass
from typing import Any

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.members import FUNCTIONS, MOMENTS, Aim, is_expression, logarithm, quantity_of, through_logarithm, transformed
from qedoc.bind.metrics import is_square
from qedoc.bind.records import Obstruction
from qedoc.bind.samplers import is_family
from qedoc.bind.symbols import direct, returns
from qedoc.claims.modules import Settled
from qedoc.claims.target import resolve
from qedoc.errors import QedocError
from qedoc.read import Application, Equation, NotAClaim, Reading, Silence
from qedoc.results.verdict import Verdict

_LOGARITHM = re.compile(r"^log(pdf|pmf|cdf|sf)$")
_GENERIC = re.compile(r"^[A-Za-z]$|^ell$|^(?:[fFPpS]_\w+|[A-Z]{2,4}|F\^-1|(?:L|ell)_\w+)$")
_LABELLED = re.compile(r"^[A-Za-z]_\w+$")
_KIND = re.compile(r"_(?:metric|score|measure|index|coefficient|divergence|distance|similarity|statistic)$")
"""What a quantity is, at the end of the name of the function that computes it: `opa_metric` computes OPA."""

_RESULTS = re.compile(r"^Returns?:?[ \t]*\n(?:-+[ \t]*\n)?((?:(?!^\w[\w ]*:?[ \t]*\n(?:[ \t]+\S|-{3}))[^\n]*\n?)*)", re.MULTILINE)
"""The section on results, up to the next section."""

_RESULT = re.compile(r"^([ \t]*)([A-Za-z_]\w*)[ \t]*(?:\([^()]*\))?[ \t]*:[ \t]*\S", re.MULTILINE)
"""A result with its name, at the beginning of a line."""

_CHANGED = re.compile(
    r"\b(?:minus|negat\w+|opposite|invers\w+|reciprocal|log\w*|squared?|roots?|half|twice|doubled?|scaled|shifted|rescaled|times|"
    r"either|or|if|unless|otherwise|when|depending|dict\w*|mapping|revers\w+|swapped|transposed)\b",
    re.IGNORECASE,
)
"""Words by which a result is something else than the letter of its name, or one of several."""

_SCALAR = re.compile(r"\bscalar\b[^.]*?\bif\s+`{0,2}\w+\s*==?\s*1\b")


def target_value(context: Context, equation: Equation) -> tuple[sp.Expr, tuple[int, ...], tuple[str, ...]]:
    """Returns the value of the object that an equation states.

    Returns:
        the value, the position in the object's several results, and the assumptions.

    Raises:
        Obstruction: if it is the value of something else.
    """
    if context.aim is not None:
        return _aimed(context.aim, equation)
    left, name = equation.left, context.record.name.rpartition(".")[2]
    _check_left(context, equation)
    if isinstance(left, Application) and (left.variable or left.logarithm) and left.name not in context.own:
        return _of_variable(name, left, equation)
    kind = _LOGARITHM.match(name)
    if kind and isinstance(left, Application) and left.name not in context.own:
        suffix = left.name.partition("_")[2]
        if suffix and suffix != kind[1]:
            raise Obstruction(f"{name} is a logarithm, but not of {left}", cause="left-side")
        return logarithm(equation.right), (), (f"{name} is the logarithm of {left}",)
    return equation.right, *_which(context, left)


def _aimed(aim: Aim, equation: Equation) -> tuple[sp.Expr, tuple[int, ...], tuple[str, ...]]:
    """The value of a method or property that a formula states."""
    return transformed(aim.value, equation.right), aim.entry, (f"{aim.member} is compared: {aim.words}",)


def _of_variable(name: str, left: Application, equation: Equation) -> tuple[sp.Expr, tuple[int, ...], tuple[str, ...]]:
    """The value of a function that gives a quantity of a random variable, from the formula of one: `E[X]`, `P(X = k)`, `log f(x)`."""
    quantity = quantity_of(left)
    member = _quantity_named(name)
    if quantity is None or member not in quantity.members:
        other = quantity is None or any(member in one.members for one in (*FUNCTIONS, *MOMENTS))
        verdict = Verdict.NOT_A_CLAIM if other else Verdict.UNREADABLE  # what is no quantity itself may return what has this one
        raise Obstruction(f"the text does not say that {left} is {name}", rf"write \mathrm{{{name}}} on the left", verdict)
    value = quantity.members[member]
    return transformed(through_logarithm(value) if left.logarithm else value, equation.right), (), (f"{left} is the {quantity.name}",)


def _quantity_named(name: str) -> str:
    """The quantity in the name of a function: `entropy` of `bernoulli_entropy`, and the whole name where no distribution is before it.

    `cross_entropy` and `bernoulli_cross_entropy` are other quantities.
    """
    parts = name.split("_")
    ends = ("_".join(parts[at:]) for at in range(1, len(parts)) if is_family("_".join(parts[:at]).lower()))
    return next((end for end in ends if any(end in one.members for one in (*FUNCTIONS, *MOMENTS))), name)


def about_nothing(context: Context, equation: Equation) -> Obstruction:
    """The obstruction for a formula that is about no method or property of its object."""
    name = context.record.owner.rpartition(".")[2]
    named = isinstance(equation.left, sp.Pow) and isinstance(equation.left.base, sp.Symbol)  # `W^2` may be the value itself
    if is_expression(equation.left) and not (named and not _is_auxiliary(context, equation)):
        return Obstruction(f"an identity: both sides are expressions, and none names a value of {name}", verdict=Verdict.NOT_A_CLAIM)
    if isinstance(equation.left, Application) and equation.left.variable:
        return Obstruction(f"{name} has no method or property that gives {equation.left}", verdict=Verdict.NOT_A_CLAIM)
    if isinstance(equation.left, sp.Symbol) and _is_auxiliary(context, equation):
        return Obstruction(f"it gives {equation.left}, which names no method or property of {name}", verdict=Verdict.NOT_A_CLAIM)
    what = "the formula" if equation.left is None else str(equation.left)
    return Obstruction(
        f"nothing says which method or property of {name} {what} is", "move the formula into the docstring of the method", cause="left-side"
    )


def _is_auxiliary(context: Context, equation: Equation) -> bool:
    """Whether what an equation gives is a parameter, or part of another formula."""
    symbol = equation.left.base if isinstance(equation.left, sp.Pow) else equation.left
    if not isinstance(symbol, sp.Symbol) or symbol.name in {*context.parameters, *context.bound}:
        return True
    formulas = [formula for formula in context.readings if equation.latex in formula.latex]
    written = {formula.latex.partition("=")[0].strip(" &") for formula in formulas if "=" in formula.latex}
    used = [other.latex.partition("=")[2] or other.latex for other in context.readings if other not in formulas]
    return any(left and left in latex for left in written for latex in used)


def named_results(docstring: str) -> list[str]:
    """Returns the names of the results that the section on them lists, if there are several: `alpha (array): the angle`.

    Args:
        docstring: the docstring.
    """
    section = _RESULTS.search(inspect.cleandoc(docstring))
    if section is not None and _CHANGED.search(section[1]):
        return []  # what is returned may be something else than the letter
    listed = _RESULT.findall(section[1]) if section is not None else []
    listed = [(indent, name) for indent, name in listed if name.lower() not in ("tuple", "note", "notes")]
    found = [name for indent, name in listed if indent == listed[0][0]]  # what is indented further is the description of one
    return found if len(found) > 1 and len(set(found)) == len(found) else []


def _which(context: Context, left: Any) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Which of the object's results a left side is, if it has several."""
    named_ = named_results(context.record.docstring)
    if isinstance(left, sp.Symbol) and left.name in named_:
        return (named_.index(left.name),), (f"{left} is one of the results that the docstring names",)
    results = re.fullmatch(r"tuple\[(.*)\]", returns(context))
    if not results:
        return (), ()
    readings = [reading for reading in context.readings.values() if isinstance(reading, Reading)]
    named = list(dict.fromkeys(e.left.name for r in readings for e in r.equations if isinstance(e.left, Application)))
    if not isinstance(left, Application) or left.name in context.own or len(named) != results[1].count(",") + 1:
        raise Obstruction(f"{context.record.name} has several results, and the formula does not say which one it describes")
    told = context.record.docstring.partition("Returns:")[2]
    places = {name: found.start() for name in named if (found := re.search(rf"\b{name}\b", told))}
    if len(places) == len(named):
        return (sorted(named, key=lambda name: places[name]).index(left.name),), ()
    return (named.index(left.name),), ("the results are in the order of their formulas",)


def _check_left(context: Context, equation: Equation) -> None:
    """Raises for an equation whose left side is something else than the object."""
    left, right = equation.left, equation.right
    name = context.record.name.rpartition(".")[2]
    match left:
        case None:
            return
        case Application():
            if left.name in context.own:
                return
            _check_copied(context, left)
            suffix = left.name.partition("_")[2]
            if len(left.name) == 1 and left.name in context.record.siblings:
                reason = f"{left} may be a value of {name}, or of the function {left.name} beside it"
                raise Obstruction(reason, rf"write \mathrm{{{name}}} on the left", cause="left-side")
            if left.name in context.record.siblings or (
                suffix in context.record.siblings and suffix not in (name, name.removeprefix("log"))
            ):
                raise Obstruction(f"{left} is a value of a function other than {name}", verdict=Verdict.NOT_A_CLAIM)
            several = returns(context).startswith("tuple[")
            short = _is_short(left.name, name) or _is_variant(context, left.name, name)
            quantity = quantity_of(left) if left.variable else None
            named = quantity is not None and _quantity_named(name) in quantity.members
            if not (_GENERIC.match(left.name) or short or several or named or _takes_everything(context, left)):
                raise Obstruction(
                    f"the text does not say that {left.name} is {name}", rf"write \mathrm{{{name}}} on the left", cause="left-side"
                )
        case sp.Symbol():
            if left in right.free_symbols or left.name in context.parameters or left.name in context.bound:
                raise Obstruction(
                    f"{left} is on both sides, or a parameter, so the formula gives no value of {name}", verdict=Verdict.NOT_A_CLAIM
                )
        case sp.Indexed(base=base) if base.label.name in context.parameters and base in {e.base for e in right.atoms(sp.Indexed)}:
            step = f"write {base.label} without a step, and \\mathrm{{{name}}} on the left"
            raise Obstruction(f"{left} is the value of {name} after one step from the parameter {base.label}", step, cause="index")
        case sp.Indexed():
            if left.base.label in {entry.base.label for entry in right.atoms(sp.Indexed)} or left.base.label.name in context.bound:
                raise Obstruction(
                    f"{left.base.label} is on both sides: a recurrence without an initial value", verdict=Verdict.NOT_A_CLAIM, cause="step"
                )
        case sp.Mul() if _juxtaposed(context, left):
            return
        case sp.Pow() if is_square(left, name) and left.base.name not in {*context.parameters, *context.bound}:
            return
        case sp.Pow(base=sp.Symbol()) if _of_a_step(context, equation):
            raise Obstruction(f"it defines {left} for a step that another formula describes", verdict=Verdict.NOT_A_CLAIM, cause="step")
        case _:
            raise Obstruction(
                f"the left side {left} does not name a value of {name}", rf"write \mathrm{{{name}}} on the left", cause="left-side"
            )


def _is_short(short: str, name: str) -> bool:
    """Whether a left side is the name of a function, `HardShrink`, or short for it: OPA or I_OPA for `opa_index`."""
    kind = _KIND.search(name.lower())
    bare = _KIND.sub("", name.lower())
    letter, _, suffix = short.lower().partition("_")
    same = short.replace("_", "").lower() == name.replace("_", "").lower() and len(short) > 2
    return same or short.lower() in (name.lower(), bare) or (kind is not None and letter == kind[0][1] and suffix == bare)


def _takes_everything(context: Context, left: Application) -> bool:
    r"""Whether a left side such as `R_x(\theta)` is the function: a letter with a label, of exactly the parameters that it must be given.

    No other formula of the docstring has another function on its left side.
    """
    readings = [reading for reading in context.readings.values() if isinstance(reading, Reading)]
    heads = {e.left.name for r in readings for e in r.equations if isinstance(e.left, Application)}
    given = [direct(context, str(argument)) for argument in left.arguments]
    needed = {p.name for p in context.parameters.values() if p.default is inspect.Parameter.empty}
    return bool(_LABELLED.match(left.name)) and heads == {left.name} and bool(given) and "" not in given and needed <= set(given)


def _is_variant(context: Context, short: str, name: str) -> bool:
    """Whether a left side is short for a function that is named after another one beside it.

    D_convex is `convex_kl_divergence` beside `kl_divergence`. D_KL is `kl_divergence_with_log_targets`, the same quantity from the
    parameter `log_targets`.
    """
    for other in context.record.siblings:
        before, after = name.removesuffix(f"_{other}"), name.removeprefix(f"{other}_")
        kind = _KIND.search(f"_{other}")
        letter, _, suffix = short.lower().partition("_")
        if before != name and kind is not None and letter == kind[0][1] and suffix == before.lower():
            return True
        argument = context.parameters.get(re.sub(r"^(?:with|from)_", "", after)) if re.match(r"(?:with|from)_", after) else None
        if after != name and argument is not None and argument.default is inspect.Parameter.empty and _is_short(short, other):
            return True
    return False


def _check_copied(context: Context, left: Application) -> None:
    """Raises for a formula that bears the name of another function with the same docstring, where none bears the object's own."""
    if left.name not in context.others:
        return
    readings = [reading for reading in context.readings.values() if isinstance(reading, Reading)]
    heads = {e.left.name for r in readings for e in r.equations if isinstance(e.left, Application)}
    if not heads & context.own:
        name = context.record.name.rpartition(".")[2].replace("_", r"\_")
        reason = f"the docstring also belongs to {', '.join(context.record.copies)}, and the formula is named {left.name}"
        raise Obstruction(reason, rf"write \mathrm{{{name}}} on the left, or remove the left side", cause="left-side")
    raise Obstruction(f"{left} is a value of another function with the same docstring", verdict=Verdict.NOT_A_CLAIM)


def _of_a_step(context: Context, equation: Equation) -> bool:
    """Whether the left side of an equation is written in a formula that is a step of an algorithm."""
    steps = [f.latex for f, r in context.readings.items() if isinstance(r, NotAClaim) and r.silence is Silence.STEP]
    written = [f.latex.partition("=")[0].strip() for f in context.readings if equation.latex in f.latex]
    return any(left and left in step for left in written for step in steps)


def _juxtaposed(context: Context, left: sp.Mul) -> bool:
    r"""Whether a product is the beginning of the object's name before its parameter: `\mathrm{proj}_a x` of projection_vector."""
    words = [
        symbol.name.partition("_")[0] for symbol in left.args if isinstance(symbol, sp.Symbol) and symbol.name not in context.parameters
    ]
    others = [symbol for symbol in left.args if isinstance(symbol, sp.Symbol) and symbol.name in context.parameters]
    (word, *more), name = words or [""], context.record.name.rpartition(".")[2]
    return len(left.args) == 2 and len(others) == 1 and not more and len(word) > 2 and name.startswith(word)


def is_record(path: str) -> bool:
    """Whether an object is a class that only holds values: a dataclass or a named tuple without methods."""
    try:
        value: Any = resolve(path)
    except QedocError:
        return False
    if not inspect.isclass(value) or not (hasattr(value, "_fields") or is_dataclass(value)):
        return False
    return not any(_computes(name, member, owner) for owner in value.__mro__[:-1] for name, member in vars(owner).items())


def _computes(name: str, member: Any, owner: type) -> bool:
    """Whether a member of a class is a method, a property or `__call__` that is written in the class, not generated for its fields."""
    function = getattr(member, "__func__", getattr(member, "fget", getattr(member, "func", member)))
    written = getattr(inspect.unwrap(function) if callable(function) else function, "__globals__", {}).get("__name__", "")
    return (name == "__call__" or not name.startswith("_")) and written.partition(".")[0] == owner.__module__.partition(".")[0]


def single(context: Context) -> bool:
    """Whether the text says that a result with one entry is a number rather than an array: 'or a scalar if ``M = 1``'."""
    return bool(_SCALAR.search(context.record.docstring))


def defaults(context: Context, given: set[str]) -> tuple[str, ...]:
    """Notes on the parameters that keep their defaults, as `axis=-1`, and on those for which the formula is compared.

    Raises:
        Obstruction: for a parameter without a default that the formula does not name.
    """
    left = [p for p in context.parameters.values() if p.name not in given]
    missing = [p.name for p in left if p.default is inspect.Parameter.empty]
    if missing:
        raise Obstruction(
            f"the formula does not say what {' and '.join(missing)} of {context.record.path} is", "name the parameter in the text"
        )
    return tuple(
        f"{p.name}={p.default}: {p.default.why}"
        if isinstance(p.default, Settled)
        else f"{p.name}={getattr(p.default, '__qualname__', repr(p.default))} is left at its default"
        for p in left
    )
