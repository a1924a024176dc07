"""Symbols for the parts of arrays that a layer makes its gates of: `W_{iz}` and `W_{ir}` are parts of one array `w_i`."""

import itertools
from collections.abc import Callable, Collection, Mapping, Sequence

from qedoc.bind.conventions import may_be_held
from qedoc.bind.members import Aim
from qedoc.bind.records import Misfit
from qedoc.interpret.choices import Choice, Sure, parameter
from qedoc.sources.arguments import Argument


def of_parts(
    symbols: Sequence[str],
    arguments: Collection[Argument],
    order: Sequence[str],
    fits: Callable[[str, str], bool],
    *,
    whole: bool = True,
) -> list[tuple[Choice, ...]]:
    """Returns the ways in which symbols can be the parts of arrays, the order of the definitions first.

    The last letter of a subscript names the gate. Nothing says which part of an array a gate is, but it is the same one of all arrays.

    Args:
        symbols: the symbols that are arrays which the layer holds.
        arguments: the parts of these arrays.
        order: the letters of the gates, as the docstring defines them.
        fits: whether a symbol has as many axes as a parameter.
        whole: whether the symbols are all parts. The next value of a part of a state need not depend on all gates.
    """
    parts = {argument.part: argument.name for argument in arguments if argument.part is not None}
    counts = {count for _, _, count in parts}
    letters = {symbol: symbol.partition("_")[2][-1:] for symbol in symbols}
    gates = sorted(set(letters.values()), key=lambda letter: (list(order).index(letter) if letter in order else len(order), letter))
    array_of = {symbol: _array(symbol, parts, fits) for symbol in symbols}
    places = {(array_of[symbol], letters[symbol]) for symbol in symbols}
    (count,) = counts if len(counts) == 1 else {0}
    if "" in gates or not all(array_of.values()) or len(places) != len(symbols) or count < len(gates):
        return []
    if whole and (count != len(gates) or len(symbols) != len(parts)):
        return []
    return [
        tuple(
            Choice(
                about="symbol",
                subject=symbol,
                value=parameter(parts[array_of[symbol], at, count]),
                words=f"{symbol} is a part of {array_of[symbol]}",
                sure=Sure.POSSIBLE,
            )
            for symbol in symbols
            for at in (row[gates.index(letters[symbol])],)
        )
        for row in itertools.permutations(range(count), len(gates))
    ]


def check_part(aim: Aim | None, meant: Mapping[str, str]) -> None:
    """Raises Misfit if a formula for the next value of a part of a state takes another part for the value before.

    Args:
        aim: what the formula is about.
        meant: the parameter of each symbol.
    """
    before, part = aim.part if aim is not None and aim.part else ("", "")
    if meant.get(before, part) != part:
        raise Misfit(f"{before} is {meant[before]}, and its next value is compared with that of {part}")


def surplus(symbols: Sequence[str], arguments: Collection[Argument], fits: Callable[[str, str], bool]) -> list[str]:
    """Returns the biases that are parts of no array, where the name of each other symbol says of which one it is a part.

    Such as `b_{hn}` beside `b_{in}`, where the only array of biases is `i_bias`.

    Args:
        symbols: the symbols that are arrays which the layer holds.
        arguments: the parts of these arrays.
        fits: whether a symbol has as many axes as a parameter.
    """
    parts = {argument.part: argument.name for argument in arguments if argument.part is not None}
    left = [symbol for symbol in symbols if len(_named(symbol, parts, fits)[0]) != 1]
    return left if all(symbol.startswith("b_") for symbol in left) and len(symbols) == len(parts) + len(left) else []


def _array(symbol: str, parts: Mapping[tuple[str, int, int], str], fits: Callable[[str, str], bool]) -> str:
    """The array that a symbol is a part of; empty if it may be several."""
    own, found = _named(symbol, parts, fits)
    (only,) = own if len(own) == 1 else found if len(found) == 1 else {""}
    return only if may_be_held(symbol) else ""


def _named(symbol: str, parts: Mapping[tuple[str, int, int], str], fits: Callable[[str, str], bool]) -> tuple[set[str], set[str]]:
    """The arrays that the name of a symbol names, and all that it may be a part of."""
    base, _, suffix = symbol.partition("_")
    found = {array for (array, _, _), name in parts.items() if fits(symbol, name)}
    own = {array for array in found if array.lower() in (f"{base}_{suffix[:-1]}".lower().rstrip("_"), f"{suffix[:-1]}_{base}".lower())}
    return own or {array for array in found if _is_for(array, base, suffix[:-1])}, found


def _is_for(array: str, base: str, letters: str) -> bool:
    """Whether the name of an array begins with the letters of a subscript, and says whether it is a bias: `i_kernel` for `W_{if}`."""
    first, _, last = array.partition("_")
    return bool(letters) and first == letters and (last in ("bias", "b")) == (base == "b")
