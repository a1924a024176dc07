"""The ways in which symbols that nothing explains can be parameters that no other symbol is."""

import inspect
import re

from qedoc.bind.absent import absences, may_lack
from qedoc.bind.annotations import is_single, no_number
from qedoc.bind.apposed import apposed, before
from qedoc.bind.callables import callables
from qedoc.bind.context import Context
from qedoc.bind.conventions import assignments, learned, may_be_held, means, with_order
from qedoc.bind.descriptions import explanation, in_same_words
from qedoc.bind.entries import bases
from qedoc.bind.records import Obstruction, Unexplained
from qedoc.bind.stacks import of_parts, surplus
from qedoc.bind.symbols import at_numbers, by_place, direct
from qedoc.interpret.choices import Choice, Choices, Sure
from qedoc.interpret.lexicon import opposed
from qedoc.read import Application, Equation
from qedoc.sources.arguments import Argument as Described


def assigned(context: Context, equation: Equation, said: Choices, lacking: Unexplained) -> list[tuple[Choice, ...]]:
    """Returns the ways in which the symbols that nothing explains can be parameters, the most conventional first.

    Args:
        context: the docstring.
        equation: the equation.
        said: what the text says.
        lacking: the symbols.

    Raises:
        Obstruction: for more letters of gates than the layer holds parts of arrays for.
    """
    alike = _in_same_words(context, lacking)
    told = {name: text for name, _ in lacking.symbols if (text := _conventionally(context, name, said))}
    clear = {name for name, text in lacking.symbols if learned(text) or any(means(text, parameter) for parameter in context.parameters)}
    clear |= {*told, *alike}
    if any(choice.sure is Sure.OPAQUE for name, _ in lacking.symbols if name not in clear for choice in said.meanings.get(name, ())):
        return []
    symbols = [
        (name, "" if _SAYS_NOTHING.fullmatch(text) or learned(text) else text or told.get(name, "") or said.explained.get(name, ""))
        for name, text in lacking.symbols
    ]
    known = {*lacking.known, *context.bound.values(), *at_numbers(context, equation.left), *context.settings}
    left = [p for p in context.parameters.values() if p.name not in known | callables(context.record)]
    required = [p.name for p in left if p.default is inspect.Parameter.empty and not no_number(p.annotation)]
    numbers = [p.name for p in left if _is_number(p)]
    held = [p.name for p in left if p.axes >= 0]
    lengths = {p.name: len(p.lengths) for p in left if p.lengths}
    ranks = bases(equation.right)
    single = [p.name for p in left if is_single(p.annotation)]
    barred = {(symbol, name) for symbol, _ in symbols if symbol in ranks for name in single}

    explained = {name: explanation(context, name, said) or before(context, name) for name, _ in symbols}
    described = {p.name: f"{p.name.replace('_', ' ')} {p.text}" for p in left}
    barred |= {(symbol, name) for symbol, text in explained.items() for name, words in described.items() if text and opposed(text, words)}

    def fits(symbol: str, name: str) -> bool:
        if lengths and may_be_held(symbol) != (name in held):
            return False  # a bias is no input
        return not lengths or ranks.get(symbol, lengths.get(name, 0)) == lengths.get(name, 0)

    parts = [p for p in left if p.part is not None]
    stacked = [name for name, _ in symbols if parts and may_be_held(name)]
    others = [one for one in symbols if one[0] not in stacked]
    needed = [name for name in required if name not in {p.name for p in parts}]
    named = apposed(context, [name for name, text in others if not text], [*needed, *numbers])
    made = assignments(others, needed, numbers, held, fits, told=named, alike=alike, barred=barred)
    if parts:
        lacks = surplus(stacked, parts, fits) if len(stacked) > len(parts) else []
        if len(stacked) > len(parts) + len(lacks) or (lacks and not may_lack(context, lacks)):
            arrays = ", ".join(dict.fromkeys(p.part[0] for p in parts if p.part is not None))
            what = (
                f"the layer holds {len(parts)} parts of {arrays}, and the formula has {len(stacked)} letters for them: {', '.join(stacked)}"
            )
            raise Obstruction(what, "leave out the letters of arrays that the layer does not hold", cause="unbound")
        order = [name.partition("_")[0] for name in context.definitions]
        present = [name for name in stacked if name not in lacks]
        whole = context.aim is None or not context.aim.part
        rows = of_parts(present, parts, order, fits, whole=whole)
        return [(*row, *other, *absences(lacks)) for row in rows for other in made]
    placed = _by_order(context, equation, lacking)
    return with_order(made, placed if barred.isdisjoint(placed.items()) else {}, weak=context.aim is None)


def _in_same_words(context: Context, lacking: Unexplained) -> dict[str, str]:
    """The parameter of each symbol whose explanation is how the description of this parameter alone begins: `the peak learning rate`."""
    fitting = {
        name: [p.name for p in context.parameters.values() if p.name not in lacking.known and in_same_words(text, p.text)]
        for name, text in lacking.symbols
    }
    return {name: names[0] for name, names in fitting.items() if len(names) == 1}


def _conventionally(context: Context, name: str, said: Choices) -> str:
    """The words that say of a symbol just what a parameter of some name conventionally is: `h is the output of the previous step`."""
    for choice in said.meanings.get(name, ()):
        found = re.search(rf"\b{re.escape(name)} is ((?:(?! and \w+ (?:is|are) )[^.,;:])+)", choice.words)
        if found and any(means(found[1], parameter) for parameter in context.parameters):
            return found[1]
    return ""


def _is_number(described: Described) -> bool:
    """Whether a parameter with a default can be a number: by the default, or by the annotation where the default is None."""
    if described.default is None:
        return not no_number(described.annotation)
    return isinstance(described.default, int | float) and not isinstance(described.default, bool)


_SAYS_NOTHING = re.compile(r"(?:an?|the)\s+(?:\w+\s+)?(?:parameter|constant|number|scalar|value|hyperparameter)\W*", re.IGNORECASE)
"""Descriptions that tell no parameter from another one."""


def _by_order(context: Context, equation: Equation, lacking: Unexplained) -> dict[str, str]:
    """The parameters in the order of `f(x; a, b)` or `f(x, y)`, for the symbols that nothing explains; empty if they do not fit."""
    left = equation.left
    names = [name for name, _ in lacking.symbols]
    if context.aim is None:
        placed = by_place(context, left, equation.right, {name: name for name in lacking.known})
        return {name: placed[name] for name in names} if all(name in placed for name in names) else {}
    if not isinstance(left, Application) or not left.given:
        return {}
    made = [p.name for p in context.parameters.values() if p.made and (p.default is inspect.Parameter.empty or _is_number(p))]
    order = dict(zip((str(argument) for argument in left.arguments[-left.given :]), made, strict=False))
    told = {name: parameter for name in order if (parameter := direct(context, name))}
    fits = left.given == len(made) and all(order[name] == parameter for name, parameter in told.items())
    fits = fits and not {order[name] for name, _ in lacking.symbols if name in order} & set(lacking.known)
    return {name: order[name] for name in names} if fits and all(name in order for name in names) else {}
