"""A formula that is bound once. Other right sides of its equation are put into its place, without binding them again."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import sympy as sp
from sympy.core.function import AppliedUndef

from qedoc.bind.claims import lettered, stated_domains
from qedoc.bind.context import Context
from qedoc.bind.functions import expanded
from qedoc.bind.records import Bound, Obstruction
from qedoc.claims.spec import Spec
from qedoc.read import Reading, read
from qedoc.read.listening import Hear, listening
from qedoc.repair.marked import FAILS, Places, Span, bound_as, equations
from qedoc.repair.printed import Place
from qedoc.sources.docstrings import Documented

MOST_NEW = 3
"""Maximum number of symbols of a right side that binding gives another name, such as the last value of an index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A bound formula with a hole where the author's right side is.

    Args:
        context: the docstring.
        claim: the claim.
        outside: the bound formula, with `hole` for the right side.
        hole: stands for the right side.
        number: the position of the equation among those of the formula.
        names: the symbols of the claim, by their names in the text.
    """

    context: Context
    claim: Bound
    outside: sp.Expr
    hole: sp.Symbol
    number: int
    names: dict[str, sp.Expr]

    def written(self) -> dict[str, str]:
        """The names in the text of the symbols that have another name in the claim."""
        return {str(symbol): name for name, symbol in self.names.items() if str(symbol) != name}

    def right(self, value: sp.Expr) -> sp.Expr | None:
        """The right side with which the whole formula is an expression; None if this is not known.

        Args:
            value: the expression.
        """
        if self.outside == self.hole:
            return value
        return sp.exp(value) if self.outside == sp.log(self.hole) else None

    def spec(self, latex: str, hear: Hear | None = None) -> Spec | None:
        """Returns the claim with the right side of another text, for computing its values only; None if it cannot be put in.

        Args:
            latex: the formula with another right side.
            hear: hears each value while the text is read, as in `listening`.
        """
        try:
            if hear is None:
                reading = read(latex, self.context.names, self.claim.formula.notation)
            else:
                with listening(latex, hear):
                    reading = read(latex, self.context.names, self.claim.formula.notation)
            found = list(equations(reading)) if isinstance(reading, Reading) else []
            right = _named(_expanded(self.context, found[self.number].right), self.names) if self.number < len(found) else None
            formula = self.outside.xreplace({self.hole: right}) if right is not None else None
        except (*FAILS, Obstruction):
            return None
        return None if formula is None else replace(self.claim.spec, formula=formula, natural=False, origin=self.claim.spec.location)


def framed(record: Documented, claim: Bound, within: Span) -> Frame | None:
    """Returns a claim with a hole for its right side; None if binding changes more of it than the names of symbols.

    Args:
        record: the docstring.
        claim: the claim.
        within: the part of the text that is the right side.
    """
    context = Context(record, lettered=lettered(record) if record.owner else {})
    reading = context.readings.get(claim.formula)
    found = list(equations(reading)) if isinstance(reading, Reading) else []
    number = next((k for k, equation in enumerate(found) if str(equation) == claim.reading), None)
    if number is None:
        return None
    try:
        right, hole = _expanded(context, found[number].right), sp.Dummy("hole")
    except (*FAILS, Obstruction):
        return None
    whole = _rebuilt(claim.spec.formula)
    known = {s.name: s for s in claim.spec.formula.free_symbols if isinstance(s, sp.Symbol)}
    known |= {d.symbol.name: d.symbol for d in claim.spec.symbols if isinstance(d.symbol, sp.Symbol)}
    for names in _meanings(right, known):
        value = _named(right, names)
        if value is not None and not value.is_number and whole.has(value):
            outside = whole.xreplace({value: hole})
            if not outside.free_symbols & value.free_symbols:
                return Frame(context=context, claim=claim, outside=outside, hole=hole, number=number, names=names)
    marked = _marked(record, claim, within)
    marks = marked.atoms(Place) if marked is not None else set()
    if marked is None or len(marks) != 1:
        return None
    (mark,) = marks
    for names in _meanings(right, known):
        if _named(right, names) == _rebuilt(mark.args[1]):
            outside = marked.xreplace({mark: hole})
            return Frame(context=context, claim=claim, outside=outside, hole=hole, number=number, names=names)
    return None


def _marked(record: Documented, claim: Bound, within: Span) -> sp.Expr | None:
    """The formula with a mark around its right side, for a right side that SymPy has merged with what stands around it."""
    places = Places(claim.formula.latex, within)

    def hear(value: sp.Expr, start: int, end: int) -> sp.Expr:
        return places.mark(value, start, end) if (start, end) == within else value

    with listening(claim.formula.latex, hear):
        bound = bound_as(record, claim.formula, claim.formula.latex, claim.spec.id)
    return None if bound is None else bound.spec.formula


def _meanings(right: sp.Expr, known: dict[str, sp.Symbol]) -> Iterator[dict[str, sp.Expr]]:
    """The symbols of a claim for the names of a right side. Names that the claim lacks may be any of those that the right side lacks."""
    written = {s.name for s in right.free_symbols if isinstance(s, sp.Symbol)}
    new, left = sorted(written - set(known)), sorted(set(known) - written)
    if len(new) > MOST_NEW or len(new) > len(left):
        return
    for chosen in itertools.permutations(left, len(new)):
        yield {**known, **{name: known[other] for name, other in zip(new, chosen, strict=True)}}


def _named(right: sp.Expr, names: dict[str, sp.Expr]) -> sp.Expr | None:
    """A right side in the symbols of the claim; None if one of its symbols is not known."""
    symbols = {s for s in right.free_symbols if isinstance(s, sp.Symbol)}
    if any(symbol.name not in names for symbol in symbols):
        return None
    return _rebuilt(right, {symbol: names[symbol.name] for symbol in symbols})


def _rebuilt(value: sp.Expr, names: Mapping[sp.Symbol, sp.Expr] | None = None) -> sp.Expr:
    """An expression with symbols replaced, in SymPy's own order of terms. The reader keeps that of the text."""
    names = {s: s for s in value.free_symbols if isinstance(s, sp.Symbol)} if names is None else names
    stand_ins = {symbol: sp.Dummy(symbol.name) for symbol in names}
    made: sp.Expr = value.xreplace(stand_ins).xreplace({stand_in: names[symbol] for symbol, stand_in in stand_ins.items()})
    return made


def _expanded(context: Context, right: sp.Expr) -> sp.Expr:
    """A right side in which each named function is written out, as binding does."""
    return expanded(context, right, stated_domains).value if right.atoms(AppliedUndef) else right
