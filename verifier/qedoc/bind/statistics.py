r"""Symbols that the text calls the mean, the variance or the standard deviation of an array: `where :math:`\mu` is the mean of ``x```."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import replace

import sympy as sp

from qedoc.bind.context import Context
from qedoc.interpret.choices import Choice, Sure
from qedoc.read import Equation, extent, plain

_SYMBOL = r"(?::math:`|\$)([^`$]+)[`$]"
_ARRAY = r"(?::math:`|`{1,2}|\$)([A-Za-z_]\w*)(?:`{1,2}|\$)"
_STATISTIC = r"(?:the )?(mean|average|variance|standard deviation)"
_IS = r"(?:is|are|denotes?|represents?)(?: respectively)?"
_ENDS = r"(?=\s*(?:,? respectively)?\s*(?:[.,;]|$))"
_ONE = re.compile(rf"{_SYMBOL} {_IS} {_STATISTIC} of {_ARRAY}{_ENDS}", re.IGNORECASE)
_TWO = re.compile(rf"{_SYMBOL} and {_SYMBOL} {_IS} {_STATISTIC} and {_STATISTIC} of {_ARRAY}{_ENDS}", re.IGNORECASE)

_QUALIFIED = re.compile(
    r"\b(?:weighted|trimmed|moving|running|exponential\w*|geometric|harmonic|unless|if|when|except|without|excluding|after|before|only|not|"
    r"never|clipped|masked|smoothed|squared)\b",
    re.IGNORECASE,
)
"""Words in the same sentence that may make another number of a statistic: `the mean of x, weighted by w`."""

_POPULATION = ("of a population", "the squares are divided by the number of entries by convention", Sure.SUGGESTED)
_SAMPLE = ("of a sample", "the squares may be divided by the number of entries less one", Sure.POSSIBLE)


def with_statistics(context: Context, equation: Equation) -> Iterator[tuple[Equation, tuple[Choice, ...]]]:
    """Yields an equation with the statistics of arrays in place of the symbols that the text calls so, in each way to divide squares.

    Args:
        context: the docstring, with what the equation is about.
        equation: the equation as read.
    """
    used = {symbol.name for symbol in equation.right.free_symbols}
    told = {
        symbol: (statistic, array)
        for symbol, statistic, array in _told(context.record.docstring)
        if symbol in used and symbol not in {*context.parameters, *context.bound} and _is_input(context, array)
    }
    if not told:
        yield equation, ()
        return
    ways = (_POPULATION, _SAMPLE) if any(statistic not in ("mean", "average") for statistic, _ in told.values()) else (None,)
    for way in ways:
        put = {sp.Symbol(symbol): _value(statistic, array, way != _SAMPLE) for symbol, (statistic, array) in told.items()}
        choices = [
            Choice(
                about="symbol",
                subject=symbol,
                value=put[sp.Symbol(symbol)],
                words=f"{symbol} is the {statistic} of {array}",
                sure=Sure.STATED,
            )
            for symbol, (statistic, array) in told.items()
        ]
        if way is not None:
            choices.append(Choice(about="reading", subject="a variance of an array", value=way[0], words=way[1], sure=way[2]))
        yield replace(equation, right=equation.right.xreplace(put)), tuple(choices)


def _told(docstring: str) -> Iterator[tuple[str, str, str]]:
    """The symbols of which a text says that they are a statistic, with the statistic and the array."""
    text = " ".join(docstring.split())
    for found in filter(_is_plain, _TWO.finditer(text)):
        first, second, one, other, array = found.groups()
        yield from ((plain(first), one.lower(), array), (plain(second), other.lower(), array))
    for found in filter(_is_plain, _ONE.finditer(text)):
        yield plain(found[1]), found[2].lower(), found[3]


def _is_plain(found: re.Match[str]) -> bool:
    """Whether the sentence around a statistic says nothing else of it."""
    before, after = re.split(r"[.;]\s", found.string[: found.start()])[-1], re.split(r"[.;](?:\s|$)", found.string[found.end() :])[0]
    return not _QUALIFIED.search(before) and not _QUALIFIED.search(after)


def _is_input(context: Context, name: str) -> bool:
    argument = context.parameters.get(name)
    return argument is not None and argument.default is inspect.Parameter.empty and argument.axes < 0


def _value(statistic: str, array: str, population: bool) -> sp.Expr:
    i, j = sp.Symbol("i"), sp.Symbol("j")
    base = sp.IndexedBase(sp.Symbol(array))
    if statistic in ("mean", "average"):
        return sp.Sum(base[i], (i, 1, extent("i"))) / extent("i")
    mean = sp.Sum(base[j], (j, 1, extent("j"))) / extent("j")
    variance = sp.Sum((base[i] - mean) ** 2, (i, 1, extent("i"))) / (extent("i") - (0 if population else 1))
    return variance if statistic == "variance" else sp.sqrt(variance)
