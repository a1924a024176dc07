"""Lifts a function whose loop over the entries of a dict multiplies or adds them up: as a product or sum over any number of entries."""

from dataclasses import dataclass

import sympy as sp

from qedoc.claims.spec import Size, Spec
from qedoc.compose.latex import latex
from qedoc.errors import UnsupportedError
from qedoc.judge.cases import flattened
from qedoc.judge.folds import Stuck
from qedoc.judge.paths import Branch
from qedoc.judge.unsized import AFTER, BEFORE, Unsized

_ONE_STEP = "what its loop does to the entries is neither a product nor a sum of them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """A product or sum over the entries of a dict.

    Args:
        start: what the entries are multiplied with or added to.
        sign: `prod` or `sum`.
        term: the factor or term of an entry.
        condition: which entries count.
        index: the letter of the index.
    """

    start: sp.Expr
    sign: str
    term: sp.Expr
    condition: sp.Basic
    index: str

    def latex(self) -> str:
        """The formula in LaTeX."""
        letters = {
            part: _entry(part) for value in (self.term, self.condition) for part in value.free_symbols if isinstance(part, sp.Indexed)
        }
        names = {sp.Symbol(str(part)): text for part, text in letters.items()}
        term, condition = (value.xreplace({part: sp.Symbol(str(part)) for part in letters}) for value in (self.term, self.condition))
        below = self.index if condition == sp.true else f"{self.index} : {latex(condition, names)}"
        written = latex(term, names)
        total = rf"\{self.sign}_{{{below}}} " + (rf"\left({written}\right)" if isinstance(term, sp.Add) else written)
        neutral = self.start == (1 if self.sign == "prod" else 0)
        start = latex(self.start)
        if neutral:
            return total
        if self.sign == "sum":
            return f"{start} + {total}"
        return (rf"\left({start}\right) " if isinstance(self.start, sp.Add | sp.Piecewise) else f"{start} ") + total


def folded(spec: Spec, index: str) -> Fold:
    """Returns what the loop of a function computes of all entries.

    Args:
        spec: a claim about a dict; its formula does not matter.
        index: the letter of the index.

    Raises:
        UnsupportedError: for code that is no such loop.
    """
    try:
        unsized = Unsized(spec)
        _, code, _ = unsized.read()
    except Stuck as stuck:
        raise UnsupportedError(f"{spec.target}: {stuck}") from stuck
    if set(code) != {"end", "start 0", "step 0"} or any(len(branches) != 1 for branches in code.values()):
        raise UnsupportedError(f"{spec.target}: {_ONE_STEP}")
    end, start, step = (_value(*code[name]) for name in ("end", "start 0", "step 0"))
    if end != AFTER[0]:
        raise UnsupportedError(f"{spec.target}: what it does after its loop has no rule here")
    sign, term = _term(spec, step)
    letter = sp.Symbol(index)
    places = {symbol: entry.base[letter] for symbol, entry in unsized.entries.items() if symbol in term.free_symbols}
    facts = unsized.facts(0, sp.Symbol("size"))
    value = flattened(_by_signs(term), facts)
    value, condition = _of_some(value, 1 if sign == "prod" else 0)
    sizes = {d.symbol for d in spec.symbols if isinstance(d, Size)}
    if sizes & start.free_symbols:
        raise UnsupportedError(f"{spec.target}: its loop starts from a number that depends on the number of entries")
    return Fold(start=start, sign=sign, term=value.xreplace(places), condition=condition.xreplace(places), index=index)


def _value(branch: Branch) -> sp.Expr:
    if branch.path.raised is not None:
        raise UnsupportedError("the code raises")
    return sp.sympify(branch.path.value)


def _term(spec: Spec, step: sp.Expr) -> tuple[str, sp.Expr]:
    """The factor or term that one more entry gives."""
    state = BEFORE[0]
    factor, added = step.subs(state, 1), step.subs(state, 0)
    if added == 0 and sp.expand(step - state * factor) == 0:
        return "prod", factor
    if sp.expand(step - state - added) == 0:
        return "sum", added
    raise UnsupportedError(f"{spec.target}: {_ONE_STEP}")


def _by_signs(value: sp.Expr) -> sp.Expr:
    """A formula by cases in place of one that computes with the sign of a number."""
    found = sorted(value.atoms(sp.sign), key=sp.default_sort_key)
    if not found:
        return value
    (one, *_) = found
    (inner,) = one.args
    rows = [(_by_signs(value.xreplace({one: sp.Integer(sign)})), relation) for sign, relation in ((1, inner > 0), (0, sp.Eq(inner, 0)))]
    return sp.Piecewise(*rows, (_by_signs(value.xreplace({one: sp.Integer(-1)})), True), evaluate=False)


def _of_some(value: sp.Expr, neutral: int) -> tuple[sp.Expr, sp.Basic]:
    """The value of the entries that count, and which those are."""
    if isinstance(value, sp.Piecewise) and len(value.args) == 2:
        (first, condition), (second, _) = value.args
        if second == neutral:
            return first, condition
        if first == neutral:
            return second, sp.Not(condition)
    return value, sp.true


def _entry(part: sp.Indexed) -> str:
    return f"{part.base.label}_{part.indices[0]}"
