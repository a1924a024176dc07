r"""Formulas that state which distribution a method returns: `p(y \mid z) = \mathcal{N}(y \mid H z + d, R)` in the docstring of a model.

The logarithm of the density that the right side names is compared with the log density of the distribution. All axes have the same
length. Sources of the notation: Särkkä, "Bayesian Filtering and Smoothing" (2013); Murphy, "Probabilistic Machine Learning" (2022).
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import sympy as sp

from qedoc.bind.aimed import introduction
from qedoc.bind.context import Context
from qedoc.bind.densities import Entries, Family, Unread, check_order, evaluated, family
from qedoc.bind.letters import Found, Name, found, name_of
from qedoc.bind.records import Bound
from qedoc.bind.supplied import Supplied, supplied
from qedoc.claims.assumption import Assumption
from qedoc.claims.domain import Domain, Integers, Reals
from qedoc.claims.readings import Alternative, Readings
from qedoc.claims.returned import LENGTH, LOG_DENSITY, VALUE, Returned, methods, returned
from qedoc.claims.spec import Spec, Variable
from qedoc.read import Application, Equation, Reading, read
from qedoc.sources.docstrings import Formula
from qedoc.sources.objects import named

_SUPPORTS: Mapping[str, Domain] = {
    "real": Reals(), "positive": Reals(above=0), "count": Integers(least=0), "bit": Integers(least=0, most=1),
}  # fmt: skip
_BEFORE = "before"
"""What the name of the value one step earlier ends with."""

_FUNCTION = re.compile(
    r"\b(?:inverse|precision|log\w*|transpos\w*|squared?|roots?|cholesky|reciprocal|negat\w*|half|factors?|exp\w*)\b", re.IGNORECASE
)
"""Words that say that a letter may be a function of an array, and not the array."""

_RELATION = re.compile(r"[<>]|\\(?:le|ge|lt|gt|leq|geq|ne|neq|succ)\b|\b(?:must|only|if|unless|except|not)\b")


@dataclass(slots=True, kw_only=True)
class _Bindings:
    """What was found out about the symbols of a formula."""

    of: Returned
    context: Context
    supplied: Supplied
    value: Name
    pointer: Any = None
    arguments: dict[str, str] = field(default_factory=dict)
    arrays: dict[str, Found] = field(default_factory=dict)
    entries: dict[str, Entries] = field(default_factory=dict)
    guessed: list[str] = field(default_factory=list)


def distribution(context: Context, formula: Formula, equation: Equation, name: str) -> Bound | None:
    """Binds a formula that names the distribution that a method returns; None for any other formula.

    Args:
        context: the docstring of a class.
        formula: the formula.
        equation: the formula as read.
        name: distinguishes the claims of one docstring.
    """
    record, left = context.record, equation.left
    if record.owner != record.name or not isinstance(left, Application) or left.name != "p" or left.logarithm or not left.arguments:
        return None
    again = read(formula.latex.replace(r"\mathcal{N}", r"\mathrm{Normal}"), context.names)  # not as the density of a number
    if isinstance(again, Reading) and len(again.equations) == 1:
        (equation,) = again.equations
    left = equation.left
    if not isinstance(left, Application) or equation.condition != sp.true:
        return None
    called = _called(equation.right)
    owner = named(record.owner)
    if called is None or not isinstance(owner, type):
        return None
    of = _aimed(context, formula, left, owner)
    if of is None:
        return None
    try:
        left, right = _apart(left, equation.right)
        known = _bindings(context, of, left, right)
        check_order(formula.latex, _axes(known, right))
        return _bound(known, formula, replace(equation, left=left, right=right), name, _called(right) or called)
    except Unread:
        return None


def _apart(left: Application, right: Any) -> tuple[Application, Any]:
    """The formula with a name of its own for the value one step earlier, which has the letter of the value: `p(z_t | z_{t-1})`."""
    value, *given = map(name_of, left.arguments)
    same = [atom for atom, one in zip(left.arguments[1:], given, strict=True) if one.letter == value.letter]
    if len(same) > 1 or any(name_of(atom) == value for atom in same):
        raise Unread
    renamed = {atom: sp.Symbol(f"{value.letter}{_BEFORE}") for atom in same}
    return replace(left, arguments=tuple(renamed.get(atom, atom) for atom in left.arguments)), right.xreplace(renamed)


def _called(right: Any) -> tuple[Any, Family] | None:
    """The one application of a family in a right side, and the family."""
    calls = [(call, family(call.func.__name__)) for call in right.atoms(sp.core.function.AppliedUndef)]
    listed = [(call, one) for call, one in calls if one is not None]
    return listed[0] if len(listed) == 1 else None


def _aimed(context: Context, formula: Formula, left: Application, owner: type) -> Returned | None:
    """The method whose distribution a left side names, by the words and by its indices: `p(z_1)` is the initial distribution."""
    value, *given = map(name_of, left.arguments)
    earlier = any(other.letter == value.letter and _steps(other, value) == (1,) for other in given)
    if any(other.letter == value.letter for other in given) and not earlier:
        return None
    words = _words(context, formula, left)
    said = [name for name in methods(owner) if re.search(rf"\b{_stem(name)}s? distribution\b", words, re.IGNORECASE)]
    if earlier:
        kinds = [name for name in methods(owner) if re.match(r"transition|dynamics", name)]
    elif not left.given and value.indices in ((sp.Integer(1),), (sp.Integer(0),)):
        kinds = [name for name in methods(owner) if re.match(r"initial|prior", name)]
    else:
        meaning = context.legend.get(str(left.arguments[0]), "")
        kinds = [name for name in methods(owner) if re.search(rf"\b{_stem(name)}s?\b", meaning, re.IGNORECASE)]
    chosen = said or kinds
    return returned(owner, chosen[0]) if len(chosen) == 1 else None


def _steps(earlier: Name, later: Name) -> tuple[Any, ...]:
    """How far apart the indices of two names are."""
    return tuple(sp.expand(last - first) for first, last in zip(earlier.indices, later.indices, strict=False))


def _words(context: Context, formula: Formula, left: Application) -> str:
    """The words that introduce a formula: for `or equivalently`, those of the formula with the same left side above it."""
    words = introduction(context, formula)
    if not re.fullmatch(r"(?:or|and|that is|i\.e\.)?,? ?(?:equivalently)?[,:]?", words):
        return words
    above = [
        other
        for other, reading in context.readings.items()
        if other.line < formula.line and isinstance(reading, Reading) and [one.left for one in reading.equations] == [left]
    ]
    return introduction(context, above[-1]) if above else words


def _stem(method: str) -> str:
    return method.partition("_")[0]


def _bindings(context: Context, of: Returned, left: Application, right: Any) -> _Bindings:
    value, *given = map(name_of, left.arguments)
    atoms = _atoms(right)
    indices = {index for atom in atoms for index in atom.indices}
    pointers = [atom for atom, one in zip(left.arguments[1:], given, strict=True) if atom in indices and one.indices == value.indices]
    if len(pointers) > 1:
        raise Unread
    known = _Bindings(of=of, context=context, supplied=supplied(of, indexed=bool(pointers)), value=value)
    known.pointer = pointers[0] if pointers else None
    free = [name for name in of.takes if name in known.supplied.arguments]
    if pointers and free:
        known.arguments[name_of(pointers[0]).letter] = free.pop(0)
    letters = {atom.letter for atom in atoms} - {value.letter, *known.arguments}
    arrays = {letter: found(of, context.record, letter, known.supplied.used) for letter in sorted(letters)}
    conditions = {one.letter for one in given}
    known.arrays = {letter: array for letter, array in arrays.items() if array is not None and (array.stated or letter not in conditions)}
    known.guessed += [array.words for array in known.arrays.values() if not array.stated]
    known.guessed += [f"{letter} is {words}" for letter, words in context.legend.items() if letter in letters and _FUNCTION.search(words)]
    if len({array.array for array in known.arrays.values()}) < len(known.arrays):
        raise Unread
    others = sorted(letters - set(known.arrays))
    if "I" not in context.legend:
        others = [letter for letter in others if letter != "I"]
    _match(known, others, free)
    return known


def _match(known: _Bindings, letters: list[str], free: list[str]) -> None:
    """Finds the argument of the method that each letter is: by what the text calls it, or because one of each is left.

    Raises:
        Unread: if nothing says what a letter is.
    """
    for letter in letters:
        meanings = [
            words for symbol, words in known.context.legend.items() if name_of(sp.Symbol(symbol)).letter == letter.removesuffix(_BEFORE)
        ]
        says = [name for name in free if any(re.match(rf"(?:an? |the )?(?:\w+ )?{name.rstrip('s')}s?\b(?!-)", words) for words in meanings)]
        if len(says) == 1:
            known.arguments[letter] = says[0]
            free.remove(says[0])
    left = [letter for letter in letters if letter not in known.arguments]
    if len(left) == len(free) == 1:
        known.arguments[left[0]] = free[0]
        known.guessed.append(f"{left[0]} is {free[0]}")
    elif left:
        raise Unread


def _atoms(right: Any) -> list[Name]:
    """The symbols of a right side, without the indices of products, the ends of their ranges, and the labels of indexed symbols."""
    calls = right.atoms(sp.core.function.AppliedUndef) or {right}
    inside = [atom for call in calls for atom in call.atoms(sp.Indexed)]
    hidden = {part for atom in inside for part in (*atom.base.free_symbols, *(s for i in atom.indices for s in i.free_symbols))}
    plain = [atom for call in calls for atom in call.atoms(sp.Symbol) if atom not in hidden]
    return [name_of(atom) for atom in dict.fromkeys((*inside, *plain))]


def _bound(known: _Bindings, formula: Formula, equation: Equation, name: str, called: tuple[Any, Family]) -> Bound:
    _, kind = called
    variables, where = _declared(known, called)
    alternatives, specs = [], []
    conventions = _conventions(known, called)
    for meaning, plausible in conventions:
        density = kind.conventions[meaning]
        spec = Spec(
            target=f"{known.context.record.name}.{known.of.method}.{LOG_DENSITY}",
            formula=_whole(known, equation.right, density),
            symbols=list(variables.values()),
            bind=_templates(known),
            where=where,
            natural=True,
            name=name,
            documented=known.context.record.name,
            source=f"docstring of {known.context.record.name}",
            origin=formula.location,
        )
        specs.append(spec)
        alternatives.append(
            Alternative(
                assumptions=tuple(_said(known, meaning, sure="suggested" if plausible else "possible")),
                plausible=plausible, outer=spec, inner=None, unsettled=_unsettled(known, formula),
                unsaid=tuple(symbol for symbol in map(str, variables) if symbol.startswith("other_")),
            )
        )  # fmt: skip
    notes = (
        f"the formula is the density of {known.of.method}(...), whose logarithm is compared",
        f"all axes have the length {LENGTH}",
        *(f"{letter} is {array.array} of the parameters" for letter, array in known.arrays.items()),
        *(f"{letter} is {argument}" for letter, argument in known.arguments.items()),
    )
    readings = Readings(alternatives=tuple(alternatives))
    return Bound(formula=formula, reading=str(equation), spec=specs[0], notes=notes, readings=readings)


def _conventions(known: _Bindings, called: tuple[Any, Family]) -> Iterator[tuple[str, bool]]:
    """What the last parameter of the family can mean, and whether this is plausible. The name of its array may say it."""
    call, kind = called
    arrays = [known.arrays[one.letter].array for one in _atoms(call.args[-1]) if one.letter in known.arrays]
    said = [meaning for meaning in kind.conventions if any(meaning in array for array in arrays)]
    for place, meaning in enumerate(said or kind.conventions):
        yield meaning, place == 0 or kind.support == "positive"


def _said(known: _Bindings, meaning: str, *, sure: str) -> Iterator[Assumption]:
    words = f"{known.of.method} returns this distribution"
    yield Assumption(about="quantity", subject="", value=f"the density that {known.of.method} returns", words=words, sure="stated")
    yield Assumption(about="reading", subject="the last parameter of the distribution", value=meaning, words="a convention", sure=sure)
    for letter, array in known.arrays.items():
        yield Assumption(
            about="symbol", subject=letter, value=array.array, words=array.words, sure="stated" if array.stated else "suggested"
        )
    for letter, argument in known.arguments.items():
        yield Assumption(about="symbol", subject=letter, value=argument, words="the text, or its place on the left side", sure="suggested")


def _unsettled(known: _Bindings, formula: Formula) -> str:
    """Why a difference does not refute the formula: only conventions say what a letter is, or words may restrict it."""
    if known.guessed:
        return f"only a convention or vague words say that {known.guessed[0]}"
    said = known.context.text.choices(formula.line)
    letters = {*known.arrays, *known.arguments, known.value.letter}
    for choice in (*said.doubtful, *said.unclear, *said.domain):
        inside = set(
            re.findall(r"[A-Za-z]+", re.sub(r"\\(?:in|mathbb|math\w+|left|right)\b", " ", " ".join(re.findall(r"`([^`]*)`", choice.words))))
        )
        if inside & letters and _RELATION.search(re.sub(r"non-negative|\\succeq\s*0", "", choice.words)):
            return f"it is not clear how '{choice.words}' restricts the formula"
    return ""


def _axes(known: _Bindings, right: Any) -> dict[str, int]:
    """The number of axes that each letter has in the formula."""
    called = _called(right)
    pointed = {letter for letter in known.arrays if called is not None and known.pointer and _is_pointed(known, letter, called[0])}
    axes = {letter: len(known.supplied.shapes[array.array]) - (letter in pointed) for letter, array in known.arrays.items()}
    return axes | {letter.removesuffix(_BEFORE): len(known.supplied.arguments[argument]) for letter, argument in known.arguments.items()}


def _declared(known: _Bindings, called: tuple[Any, Family]) -> tuple[dict[sp.Symbol, Variable], list[sp.Basic]]:
    """The symbols of all entries, and the relations between them."""
    call, kind = called
    spread = {one.letter for place in kind.spreads if place < len(call.args) for one in _atoms(call.args[place])}
    variables: dict[sp.Symbol, Variable] = {}
    where: list[sp.Basic] = []

    def declare(label: str, shape: tuple[int, ...], domain: Domain, meaning: str, *, symmetric: bool = False) -> None:
        entries = np.empty(shape, dtype=object)
        for at in itertools.product(*map(range, shape)):
            place = (*at[:-2], *sorted(at[-2:])) if symmetric else at
            symbol = sp.Symbol("_".join((label, *(str(k + 1) for k in place))))
            own = Reals() if symmetric and place[-1] != place[-2] else domain
            variables.setdefault(symbol, Variable(symbol, own, meaning))
            entries[at] = symbol
        known.entries[label] = entries if shape else entries[()]
        if symmetric:
            blocks = entries.reshape(-1, LENGTH, LENGTH)
            where.extend(block[0, 0] * block[1, 1] > block[0, 1] ** 2 for block in blocks)

    for letter, array in known.arrays.items():
        shape = known.supplied.shapes[array.array]
        inner = shape[1:] if known.pointer is not None and len(shape) > 0 and _is_pointed(known, letter, call) else shape
        limits: Domain = Reals()
        if letter in spread:
            limits = Reals(above=0, below=1) if kind.chance else Reals(above=0)
        declare(letter, shape, limits, array.array, symmetric=letter in spread and len(inner) == 2)
    for letter, argument in known.arguments.items():
        indexed = known.pointer is not None and letter == name_of(known.pointer).letter
        domain: Domain = Integers(least=0, most=LENGTH - 1) if indexed else Reals()
        declare(letter, known.supplied.arguments[argument], domain, argument)
    declare(known.value.letter, known.supplied.event, _SUPPORTS[kind.support], "the argument of the density")
    for other in known.supplied.others(known.arrays.values(), known.arguments.values()):
        symbol = sp.Symbol(f"other_{other}")
        variables[symbol] = Variable(symbol, Reals(above=1, below=2), f"a factor for {other}, which the formula does not contain")
        known.entries[f"other_{other}"] = known.supplied.scaled(other, symbol)
    return variables, where


def _is_pointed(known: _Bindings, letter: str, call: Any) -> bool:
    return any(one.letter == letter and known.pointer in one.indices for one in _atoms(call))


def _templates(known: _Bindings) -> dict[str, Any]:
    listed = {array.array: letter for letter, array in known.arrays.items()}
    listed |= {argument: letter for letter, argument in known.arguments.items()} | {VALUE: known.value.letter}
    listed |= {label.removeprefix("other_"): label for label in known.entries if label.startswith("other_")}
    return {key: value.tolist() if isinstance(value := known.entries[label], np.ndarray) else value for key, label in listed.items()}


def _whole(known: _Bindings, right: Any, density: Any) -> sp.Expr:
    """The log density that the right side names, for each value of the pointer."""
    if known.pointer is None:
        return _log(known, right, density, None, {})
    symbol = known.entries[name_of(known.pointer).letter]
    values = [(_log(known, right, density, place, {}), sp.Eq(symbol, place)) for place in range(LENGTH)]
    return sp.Piecewise(*values[:-1], (values[-1][0], True))


def _log(known: _Bindings, right: Any, density: Any, pointed: int | None, at: Mapping[Any, int]) -> sp.Expr:
    if isinstance(right, sp.Product) and len(right.limits) == 1:
        index, first, last = right.limits[0]
        if first != 1 or not isinstance(last, sp.Symbol) or known.supplied.event != (LENGTH,) or at:
            raise Unread
        if not known.supplied.is_length(known.context.record, str(last)):
            raise Unread
        return sp.Add(*(_log(known, right.function, density, pointed, {index: place}) for place in range(LENGTH)))
    if not isinstance(right, sp.core.function.AppliedUndef) or family(right.func.__name__) is None:
        raise Unread

    def atom(written: Any) -> Entries:
        return _entries(known, name_of(written), pointed, at)

    values = [evaluated(argument, atom) for argument in right.args]
    first_ = right.args[0]
    own = name_of(first_) if isinstance(first_, sp.Symbol | sp.Indexed) else None
    if own is None or own.letter != known.value.letter or (np.shape(values[0]) != known.supplied.event and not at):
        raise Unread
    try:
        return density(*values)
    except TypeError:
        raise Unread from None


def _entries(known: _Bindings, one: Name, pointed: int | None, at: Mapping[Any, int]) -> Entries:
    """The entries that a symbol stands for: its pointer, its time and the index of a product are taken off."""
    if one.letter == "I" and one.letter not in known.entries:
        return np.array(sp.eye(LENGTH).tolist(), dtype=object)
    entries, indices = known.entries[one.letter], list(one.indices)
    if one.letter == known.value.letter or one.letter in known.arguments:
        steps = 1
        if tuple(indices[: len(known.value.indices)]) != known.value.indices and (indices or not one.letter.endswith(_BEFORE)):
            raise Unread
    else:
        steps = 0 if indices and indices[0] == known.pointer else int(bool(indices) and tuple(indices[:1]) == known.value.indices)
    for index in indices[steps:]:
        place = pointed if index == known.pointer and known.pointer is not None else at.get(index)
        if place is None or not np.ndim(entries):
            raise Unread
        entries = entries[place]
    return entries
