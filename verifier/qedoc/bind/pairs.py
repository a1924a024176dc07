"""Binds formulas over the entries of a dict, whose keys and values the text names: `(b_i, f_i)` are the entries in `boundaries`."""

import inspect
import re
from collections.abc import Mapping
from typing import Any

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.records import Bound, Obstruction
from qedoc.claims.domain import Integers, Reals
from qedoc.claims.spec import Argument, Declaration, Dict, ForAll, Parameter, Size, Spec, Variable
from qedoc.claims.target import call_by_name, resolve
from qedoc.errors import attempt
from qedoc.read import Equation, Extent
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import Formula

SIZES = range(5)
"""The numbers of entries to check."""

_INT = re.compile(r"\bint\b")
_COUNTED = re.compile(r"\b(?:steps?|iterations?|counts?|epochs?|index)\b", re.IGNORECASE)
_BEFORE_LETTER = re.compile(r"\b(non-?negative|positive)(?:\s+[\w-]+){0,3}\s+(?:``?|:math:`)(\w+?)_\w+`", re.IGNORECASE)
"""The sign of an entry, before its letter: ``non-negative factors `f_i` ``."""
_OF_ALL = re.compile(
    r"\ball(?:\s+``?(?P<name>\w+)``?)?\s+(?P<noun>keys?|values?)\s+(?:must\s+be|should\s+be|have\s+to\s+be|are)\s+"
    r"(?P<sign>non-?negative|positive)\s*(?=[.;]|$)",
    re.IGNORECASE,
)
"""The sign of all keys or values, which a code span may name: ``All `scale` values must be non-negative.``"""
_ENTRY = re.compile(r"`\{\s*(\w+)\s*:\s*(\w+)\s*\}`")
"""The names of key and value: `` `{step: scale}` ``."""
_RESTRICTS = re.compile(r"\b(?:must|only|if|unless|assum\w*|requires?|valid|otherwise|except|less|greater|between)\b|[<>≤≥]", re.IGNORECASE)
_SIGNED = re.compile(r"\b(?:non-?negative|positive|negative)\b", re.IGNORECASE)


def pairs_of(context: Context, equation: Equation) -> Mapping[str, tuple[str, str]]:
    """The dict parameters whose keys or values an equation contains, with their letters."""
    names = {entry.base.label.name for entry in equation.right.atoms(sp.Indexed)}
    return {name: pair for name, pair in context.record.pairs.items() if names & set(pair) and name in context.parameters}


def paired(context: Context, formula: Formula, equation: Equation, name: str) -> Bound:
    """Binds an equation over the entries of one dict, for several numbers of entries.

    Args:
        context: the docstring.
        formula: the formula as written.
        equation: the equation as read.
        name: distinguishes the claims of one docstring.

    Raises:
        Obstruction: for words that may restrict the formula, and for a symbol that is nothing known.
    """
    ((parameter, (key, value)),) = _single(pairs_of(context, equation))
    signs = _signs(context, parameter, key, value)
    size = sp.Symbol("n")
    extents = equation.right.atoms(Extent)
    right = equation.right.xreplace(dict.fromkeys(extents, size))
    bases = {entry.base.label.name for entry in right.atoms(sp.Indexed)}
    if bases - {key, value} or size in equation.right.free_symbols or len(extents) > 1:
        raise Obstruction("the formula has other entries than those of one dict", verdict=Verdict.UNDECIDED)
    index = sp.Symbol("i")
    keys, values = (sp.IndexedBase(sp.Symbol(letter))[index] for letter in (key, value))
    described = context.parameters[parameter]
    declared: list[Declaration] = [
        *_symbols(context, right, {size, sp.Symbol(key), sp.Symbol(value)}, formula),
        Size(size, SIZES, "number of entries", least=SIZES[0]),
        Variable(keys, _set(signs.get(key, ""), integer=bool(_INT.search(described.annotation.partition(",")[0]))), "key of an entry"),
        Variable(values, _set(signs.get(value, "")), "value of an entry"),
    ]
    spec = Spec(
        target=context.record.name,
        formula=right,
        symbols=declared,
        bind={parameter: Dict(keys, values, (index, 1, size))},
        where=[ForAll(sp.Lt(keys, keys.subs(index, index + 1)), (index, 1, size - 1))],
        natural=True,
        name=name,
        source=f"docstring of {context.record.name}",
        origin=formula.location,
    )
    notes = (f"({key}_i, {value}_i) are the entries of {parameter}, as the text says", "the entries are given in the order of their keys")
    return Bound(formula=formula, reading=str(equation), spec=spec, notes=notes)


def _single(pairs: Mapping[str, tuple[str, str]]) -> list[tuple[str, tuple[str, str]]]:
    if len(pairs) != 1:
        raise Obstruction(f"the formula is about the entries of {' and '.join(pairs)}", verdict=Verdict.UNDECIDED)
    return list(pairs.items())


def _signs(context: Context, parameter: str, key: str, value: str) -> dict[str, str]:
    """The signs of keys and values that the text tells, by letter. Raises for other words that may restrict the formula."""
    signs: dict[str, str] = {}
    for name, argument in context.parameters.items():
        text = argument.text
        if name == parameter:
            names = dict(zip(_ENTRY.findall(text)[0], (key, value), strict=True)) if _ENTRY.search(text) else {}
            names |= {"key": key, "value": value, key: key, value: value}
            for told in (*_BEFORE_LETTER.finditer(text), *_OF_ALL.finditer(text)):
                sign, letter = _sign(told, names)
                if letter:
                    signs[letter] = sign
                    text = text.replace(told.group(), "")
        if found := _RESTRICTS.search(text) or (_SIGNED.search(text) if name == parameter else None):
            what = f"it is not clear how '{found.group()}' in the description of {name} restricts the formula"
            raise Obstruction(what, "write it into the formula", Verdict.UNDECIDED)
    return signs


def _sign(found: re.Match[str], names: Mapping[str, str]) -> tuple[str, str]:
    """The sign that words tell, and the letter of the entries that they are about; it is empty for entries of an unknown name."""
    if found.re is _BEFORE_LETTER:
        return found[1].lower(), names.get(found[2], "")
    noun = found["noun"].lower().removesuffix("s")
    return found["sign"].lower(), names.get(found["name"] or noun, "")


def _set(sign: str, *, integer: bool = False) -> Reals | Integers:
    """The set of the keys or values, of which the text may tell the sign."""
    ends: dict[str, Any] = {"above" if sign == "positive" else "least": 0} if sign else {}
    return Integers(**ends) if integer else Reals(**ends)


def _symbols(context: Context, right: sp.Expr, known: set[sp.Symbol], formula: Formula) -> list[Declaration]:
    """The parameters in a formula, and its only other symbol, which is the argument of the function that the target returns."""
    bound = {limit[0] for total in right.atoms(sp.Sum, sp.Product) for limit in total.limits}
    free = sorted({s for s in right.free_symbols if isinstance(s, sp.Symbol)} - known - bound, key=str)
    free = [symbol for symbol in free if not isinstance(symbol, sp.Indexed)]
    parameters = {symbol: context.bound.get(symbol.name, symbol.name) for symbol in free}
    declared: list[Declaration] = [
        Parameter(symbol, name, Reals(), context.parameters[name].text) for symbol, name in parameters.items() if name in context.parameters
    ]
    others = [symbol for symbol, name in parameters.items() if name not in context.parameters]
    arguments = _arguments(context) if others else []
    if len(others) != len(arguments) or len(others) > 1:
        names = ", ".join(map(str, others)) or "none"
        raise Obstruction(f"the symbols {names} are no parameter of {context.record.name}, which returns a function of {arguments}")
    noun = formula.latex.partition(f"`{others[0]}`")[0].rstrip("`") if others else ""
    counted = bool(_COUNTED.search(" ".join(noun.split()[-2:])))
    return declared + [
        Argument(symbol, name, Integers(least=0) if counted else Reals(), noun) for symbol, name in zip(others, arguments, strict=True)
    ]


def _arguments(context: Context) -> list[str]:
    """The arguments of the function that the target returns, when its dicts are empty and its numbers are 1."""
    required = [p for p in context.parameters.values() if p.default is inspect.Parameter.empty or p.name in context.record.pairs]
    values: dict[str, Any] = {p.name: {} if p.name in context.record.pairs else 1 for p in required}

    def needed() -> list[str]:
        made = call_by_name(resolve(context.record.name), values)
        taken = inspect.signature(made).parameters.values() if callable(made) else ()
        return [p.name for p in taken if p.default is inspect.Parameter.empty]

    return attempt(needed, [])
