r"""Formulas that define the result as a minimiser: `\underset{y}{\text{argmin}} ~ \|x - y\|_2^2 \quad \text{subject to} \quad \|y\| \le s`.

Projections and proximal operators are documented in this way. Sources of the notation: Boyd and Vandenberghe, "Convex Optimization" (2004),
and Parikh and Boyd, "Proximal Algorithms" (2014).
"""

import inspect
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.records import Bound, Obstruction
from qedoc.bind.symbols import direct
from qedoc.claims.assumption import Assumption
from qedoc.claims.domain import Reals
from qedoc.claims.readings import Alternative, Readings
from qedoc.claims.spec import Array, Declaration, ForAll, Minimum, Parameter, Size, Spec, Variable
from qedoc.read import Extent, Names, Reading, plain, read, read_condition
from qedoc.results.verdict import Verdict
from qedoc.sources.arguments import Argument
from qedoc.sources.docstrings import Formula

LENGTHS = (1, 2, 3)
"""The lengths of the vectors that are checked."""

_INDEX, _LENGTH = sp.Symbol("i"), sp.Symbol("n")

_ARGMIN = r"arg\s*(?:\\[,;!:]|~)?\s*min"
_NAMED = rf"\\(?:text|textrm|mathrm|operatorname\*?|mathop)\s*\{{\s*\\?{_ARGMIN}\s*\}}"
_HEAD = re.compile(rf"\\underset\s*(?=\{{)|(?:{_NAMED}|\\arg\s*\\min|\\argmin)(?:\\limits)?\s*_")
_SUBJECT = re.compile(r"\\(?:text|textrm|mathrm|mbox)\s*\{\s*(?:subject\s+to|such\s+that|s\.\s*t\.?|with)\s*:?\s*\}|\bs\.t\.")
_SPACE = re.compile(r"\\(?:quad|qquad|[,;:! ])|~")
_AND = re.compile(r"\\(?:text|textrm|mathrm)\s*\{\s*(?:and|,)\s*\}")
_LETTER = r"(?:\\[A-Za-z]+|[A-Za-z])(?:_(?:\w|\{\w+\}))?"
_ONES = re.compile(rf"({_LETTER})\s*\^\s*(?:\\top|T|\{{\s*(?:\\top|T)\s*\}})\s*(?:\\math(?:bf|bb)\s*(?:\{{\s*1\s*\}}|1)|1(?![\d.]))")
_REAL_SPACE = re.compile(
    rf"\s*({_LETTER})\s*\\in\s*(?:\\mathbb\s*(?:\{{\s*R\s*\}}|R)|\\RR?(?![A-Za-z]))(?:\s*\^\s*(?:[A-Za-z]|\{{\s*[A-Za-z]\s*\}}))?"
    r"(?P<sign>\s*_\s*(?:\+|\{\s*\+\s*\}))?\s*$"
)
r"""A space of vectors: `p \in \mathbb{R}^n`, or `p \in \mathbb{R}^n_+`, whose vectors have no negative entries."""
_TUPLE = re.compile(r"\(\s*(\w+(?:\s*,\s*\w+)+)\s*\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An optimisation problem as written.

    Args:
        left: what stands before it; empty if nothing does.
        variable: the name of the point that is looked for.
        objective: the LaTeX of the objective.
        constraints: the LaTeX of each constraint.
    """

    left: str
    variable: str
    objective: str
    constraints: tuple[str, ...]


def problem(latex: str) -> Problem | None:
    """Takes apart a formula that says that the result is a minimiser; None for any other formula.

    Args:
        latex: the formula.
    """
    head = _HEAD.search(latex)
    if head is None or len(_HEAD.findall(latex)) != 1:
        return None
    under, at = _argument(latex, head.end())
    if head.group().startswith(r"\underset"):
        said, at = _argument(latex, at)
        if not re.fullmatch(rf"\s*(?:{_NAMED}|\\arg\s*\\min|\\argmin)\s*", said):
            return None
    left, body = latex[: head.start()].strip(), latex[at:]
    if left and not left.endswith(("=", r"\coloneqq")):
        return None
    objective, *more = _SUBJECT.split(body)
    if len(more) > 1:
        return None
    restricted = re.match(rf"\s*({_LETTER})(.*)$", under, re.DOTALL)
    if restricted is None:
        return None
    variable = restricted[1]
    texts = [own for part in _split(",".join((under, *more))) for own in _constraint(part, variable)]
    objective = _cleaned(objective)
    if not objective or re.search(r"(?<![<>\\])=", objective) or any(re.search(r"\\in(?![A-Za-z])", text) for text in texts):
        return None
    return Problem(left=left, variable=plain(variable), objective=objective, constraints=tuple(map(_cleaned, texts)))


def _constraint(text: str, variable: str) -> list[str]:
    """A part of a list of constraints without what only names the variable, or the space that it is in."""
    space = _REAL_SPACE.match(text)
    if space is None or space[1] != variable:
        return [text] if text.strip() != variable else []
    return [rf"{variable} \ge 0"] if space["sign"] else []


def _argument(latex: str, at: int) -> tuple[str, int]:
    """The argument of a macro or of a subscript, and the place after it."""
    rest = latex[at:]
    start = at + len(rest) - len(rest.lstrip())
    if latex[start : start + 1] != "{":
        found = re.match(r"\\[A-Za-z]+|.", latex[start:], re.DOTALL)
        return (found[0], start + found.end()) if found else ("", start)
    depth = 0
    for place in range(start, len(latex)):
        depth += {"{": 1, "}": -1}.get(latex[place], 0)
        if depth == 0:
            return latex[start + 1 : place], place + 1
    return "", len(latex)


def _split(text: str) -> list[str]:
    """The constraints of a list: at commas outside of brackets, and at `and`."""
    parts, depth, start = list[str](), 0, 0
    text = _AND.sub(",", text)
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        depth += text.startswith(r"\langle", place) - text.startswith(r"\rangle", place)
        if sign == "," and depth == 0 and text[place - 1 : place] != "\\":
            parts.append(text[start:place])
            start = place + 1
    return [part for part in (*parts, text[start:]) if _cleaned(part)]


def _cleaned(text: str) -> str:
    return re.sub(r"[.,;\s]+$", "", _SPACE.sub(" ", text)).strip()


def minimum(context: Context, formula: Formula, name: str) -> Bound | None:
    """Binds a formula that says that the function's result is a minimiser; None for a formula that is none.

    Args:
        context: the docstring.
        formula: the formula.
        name: distinguishes the claims of one docstring.

    Raises:
        Obstruction: if it cannot be read, or a symbol is no parameter.
    """
    found = problem(formula.latex)
    if found is None or context.record.owner or not context.record.arguments:
        return None
    if found.left and not _names_result(context, found.left):
        return None
    vectors = _vectors(context, found)
    objective, relations = _read(context, found, vectors)
    entries = objective.atoms(sp.Indexed)
    flat = sp.Symbol(found.variable) in objective.xreplace({entry: sp.Dummy() for entry in entries}).free_symbols
    if flat and entries:
        raise Obstruction(f"the objective takes {found.variable} as a number and as a vector", verdict=Verdict.UNDECIDED)
    if flat:
        vectors = frozenset[str]()
        objective, relations = _read(context, found, vectors)
    restricted = [_entrywise(relation, vectors) for relation in relations]
    objective = _sized(objective)
    _check_vectors(objective, found.variable, vectors)
    read_ = _Read(variable=found.variable, objective=objective, constraints=tuple(restricted), vectors=vectors)
    spec, notes = _assembled(context, formula, name, read_)
    spec, unsettled = _restricted(context, formula, spec)
    said = Assumption(about="quantity", subject="", value=f"the {found.variable} that minimises the formula", words="argmin", sure="stated")
    one = Alternative(assumptions=(said,), plausible=True, outer=spec, inner=None, unsettled=unsettled)
    reading = f"argmin over {found.variable} of {objective}"
    return Bound(formula=formula, reading=reading, spec=spec, notes=notes, readings=Readings(alternatives=(one,)))


def _restricted(context: Context, formula: Formula, spec: Spec) -> tuple[Spec, str]:
    """The claim where the text says that it holds, and the words that may restrict it and were not understood."""
    said = context.text.choices(formula.line)
    symbols = {f"@{d.name}": d.symbol for d in spec.symbols if isinstance(d, Parameter)}
    symbols |= {str(d.symbol): d.symbol for d in spec.symbols if isinstance(d, Parameter)}
    where: list[Any] = []
    vague = [choice.words for choice in (*said.doubtful, *said.unclear)]
    for choice in said.domain:
        if all(str(s) in symbols for s in choice.value.free_symbols):
            where.append(choice.value.xreplace({s: symbols[str(s)] for s in choice.value.free_symbols}))
        else:
            vague.append(choice.words)
    unsettled = f"it is not clear how '{vague[0]}' restricts the formula" if vague else ""
    return replace(spec, where=where, origin=spec.location), unsettled


def _names_result(context: Context, left: str) -> bool:
    """Whether a left side can name the result: it is a function of parameters, or one word."""
    names = re.findall(r"[A-Za-z]+", re.sub(r"\\(?:text|mathrm|operatorname\*?|mathbf|left|right|coloneqq|mathcal)\b", " ", left))
    return not any(name in context.parameters for name in names[:1])


def _vectors(context: Context, found: Problem) -> frozenset[str]:
    """The names that stand for vectors, because they are added to the variable or multiplied with it."""
    own = re.escape(found.variable) if len(found.variable) == 1 else rf"\\{re.escape(found.variable)}"
    whole = " ".join((found.objective, *found.constraints))
    patterns = (
        rf"({_LETTER})\s*[-+]\s*{own}(?![A-Za-z])", rf"(?<![A-Za-z\\]){own}\s*[-+]\s*({_LETTER})", rf"\\langle\s*({_LETTER})\s*,\s*{own}",
        rf"\\langle\s*{own}\s*,\s*({_LETTER})", rf"({_LETTER})\s*\^\s*\{{?(?:\\top|T)\}}?\s*{own}(?![A-Za-z])",
        rf"(?<![A-Za-z\\]){own}\s*\^\s*\{{?(?:\\top|T)\}}?\s*({_LETTER})",
    )  # fmt: skip
    letters = {plain(letter) for pattern in patterns for letter in re.findall(pattern, whole)}
    return frozenset({found.variable, *(letter for letter in letters if not letter.startswith("math"))})


def _read(context: Context, found: Problem, vectors: frozenset[str]) -> tuple[sp.Expr, list[Any]]:
    names = replace(
        context.names,
        vectors=(context.names.vectors & vectors) | vectors,
        matrices=frozenset[str](),
        legend={found.variable: "a vector" if vectors else "a number", **context.names.legend},
    )
    reading = read(found.objective, names)
    if not isinstance(reading, Reading) or len(reading.equations) != 1 or reading.equations[0].left is not None:
        raise Obstruction(f"the objective {found.objective} cannot be read: {reading}")
    equation = reading.equations[0]
    if equation.entry or equation.condition != sp.true:
        raise Obstruction(f"the objective {found.objective} is no number", verdict=Verdict.UNDECIDED)
    return equation.right, [_relation(text, names, vectors) for text in found.constraints]


def _relation(text: str, names: Names, vectors: frozenset[str]) -> Any:
    summed = _ONES.sub(lambda ones: rf"\sum_{{k}} {ones[1]}_{{k}}" if plain(ones[1]) in vectors else ones[0], text)
    relation = read_condition(summed, names)
    if not isinstance(relation, sp.Basic):
        raise Obstruction(f"the constraint {text} cannot be read: {relation.what}", relation.suggestion)
    if not all(isinstance(part, sp.Eq | sp.Le | sp.Lt | sp.Ge | sp.Gt) for part in sp.And.make_args(relation)):
        raise Obstruction(f"the constraint {text} is no equation and no inequality", verdict=Verdict.UNDECIDED)
    return relation


def _sized(expression: Any) -> Any:
    """The expression with one length for all its vectors."""
    return expression.xreplace(dict.fromkeys(expression.atoms(Extent), _LENGTH))


def _entrywise(relation: Any, vectors: frozenset[str]) -> Any:
    """The relation for each entry, if it compares vectors: `p >= 0`."""
    relation = _sized(relation)
    bare = {s for s in relation.free_symbols if isinstance(s, sp.Symbol) and s.name in vectors}
    entries = {entry.base.label for entry in relation.atoms(sp.Indexed)}
    bare -= entries
    if not bare:
        return relation
    parts = sp.And.make_args(relation)
    sides = [side for part in parts for side in (part.lhs, part.rhs)]
    if entries or any(isinstance(part, sp.Eq) for part in parts) or any(side.free_symbols & bare and side not in bare for side in sides):
        raise Obstruction(f"the constraint {relation} compares vectors in a way that is not read", verdict=Verdict.UNDECIDED)
    return ForAll(relation.xreplace({s: sp.IndexedBase(s)[_INDEX] for s in bare}), (_INDEX, 1, _LENGTH))


def _check_vectors(objective: sp.Expr, variable: str, vectors: frozenset[str]) -> None:
    entries = {entry.base.label for entry in objective.atoms(sp.Indexed)}
    loose = {s.name for s in objective.free_symbols if isinstance(s, sp.Symbol) and s not in entries} & vectors
    names = {label.name for label in entries} or {s.name for s in objective.free_symbols}
    if loose or variable not in names:
        raise Obstruction(f"the objective {objective} is no number that depends on {variable}", verdict=Verdict.UNDECIDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """An optimisation problem that was read.

    Args:
        variable: the name of the point that is looked for.
        objective: the objective.
        constraints: the constraints.
        vectors: the names that stand for vectors.
    """

    variable: str
    objective: sp.Expr
    constraints: tuple[Any, ...]
    vectors: frozenset[str]

    @property
    def arrays(self) -> set[str]:
        """The vectors that occur."""
        return _labels((self.objective, *self.constraints)) & self.vectors

    @property
    def names(self) -> list[str]:
        """The names of the inputs."""
        return sorted(_free((self.objective, *self.constraints)) - {self.variable, _LENGTH.name})

    @property
    def weights(self) -> set[str]:
        """The numbers of the objective of a problem with vectors, which are positive by convention."""
        return {s.name for s in self.objective.free_symbols} & set(self.names) - self.vectors if self.arrays else set()


def _assembled(context: Context, formula: Formula, name: str, found: _Read) -> tuple[Spec, tuple[str, ...]]:
    matched = _parameters(context, found)
    declared: list[Declaration] = [Size(_LENGTH, LENGTHS, "length")] if found.arrays else []
    templates: dict[str, Any] = {}
    for symbol in (*found.names, found.variable):
        own, meaning = sp.Symbol(symbol), context.legend.get(symbol, "")
        domain = Reals(above=0) if symbol in found.weights else Reals()
        if symbol in found.arrays:
            entry = sp.IndexedBase(own)[_INDEX]
            declared.append(Variable(entry, domain, meaning))
            templates[symbol] = Array(entry, (_INDEX, 1, _LENGTH))
        elif symbol in matched.parameters:
            declared.append(Parameter(own, matched.parameters[symbol], domain, meaning))
        else:
            declared.append(Variable(own, domain, meaning))
            templates[symbol] = own
    bind: dict[str, Any] = {parameter: templates[symbol] for symbol, parameter in matched.parameters.items() if symbol in templates}
    bind |= {parameter: tuple(templates[part] for part in parts) for parameter, parts in matched.tuples.items()}
    left = [p for p in context.parameters.values() if p.name not in {*bind, *matched.parameters.values()}]
    if missing := [p.name for p in left if p.default is inspect.Parameter.empty]:
        raise Obstruction(f"the formula does not say what {' and '.join(missing)} of {context.record.path} is", "name it in the text")
    spec = Spec(
        target=context.record.path,
        formula=found.objective,
        symbols=declared,
        bind=bind,
        minimum=Minimum(point=templates[found.variable], constraints=found.constraints),
        name=name,
        source=f"docstring of {context.record.name}",
        origin=formula.location,
    )
    subject = " subject to " + " and ".join(_said(r) for r in found.constraints) if found.constraints else ""
    notes = (
        f"the result is the {found.variable} that minimises the formula{subject}",
        *matched.notes,
        *(f"{s} > 0, as a weight of the objective" for s in sorted(found.weights)),
        *(f"{p.name}={p.default!r} is left at its default" for p in left),
    )
    return spec, notes


def _said(relation: Any) -> str:
    return str(relation.condition) if isinstance(relation, ForAll) else str(relation)


def _labels(parts: Iterable[Any]) -> set[str]:
    inside = [part.condition if isinstance(part, ForAll) else part for part in parts]
    return {entry.base.label.name for part in inside for entry in part.atoms(sp.Indexed)}


def _free(parts: Iterable[Any]) -> set[str]:
    """The names of the symbols and vectors, without indices."""
    found: set[str] = set()
    for part in parts:
        inside = part.condition if isinstance(part, ForAll) else part
        plainly = inside.xreplace({entry: entry.base.label for entry in inside.atoms(sp.Indexed)})
        bound = {limit[0] for large in inside.atoms(sp.Sum, sp.Product) for limit in large.limits}
        found |= {s.name for s in plainly.free_symbols if isinstance(s, sp.Symbol) and s not in bound}
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matched:
    """The parameters of the symbols.

    Args:
        parameters: the parameter of each symbol.
        tuples: the symbols of each parameter that is a tuple.
        notes: what only the number of symbols and parameters says.
    """

    parameters: dict[str, str]
    tuples: dict[str, tuple[str, ...]]
    notes: tuple[str, ...]


def _parameters(context: Context, found: _Read) -> _Matched:
    known = {name: told for name in found.names if (told := direct(context, name))}
    tuples: dict[str, tuple[str, ...]] = {}
    for parameter in context.parameters.values():
        for parts in (tuple(re.split(r"\s*,\s*", listed)) for listed in _TUPLE.findall(parameter.text)):
            if set(parts) <= set(found.names) - set(known) and parameter.name not in known.values():
                tuples.setdefault(parameter.name, parts)
    held = {part for parts in tuples.values() for part in parts}
    notes: list[str] = []
    left = [name for name in found.names if name not in known and name not in held]
    first = next(iter(context.parameters.values()))
    taken = {*known.values(), *tuples}
    for name in [name for name in left if name in found.vectors][:1]:
        if first.name not in taken and first.default is inspect.Parameter.empty:
            known[name] = first.name
            notes.append(f"{name} is taken as {first.name}, the first parameter")
    left = [name for name in left if name not in known]
    free = [p.name for p in context.parameters.values() if p.name not in {*known.values(), *tuples} and _is_number(p)]
    if len(left) == len(free) == 1 and left[0] not in found.vectors:
        known[left[0]] = free[0]
        notes.append(f"{left.pop()} is taken as {free[0]}, the only number that is left")
    if left:
        has = ", ".join(context.parameters)
        raise Obstruction(f"the symbols {', '.join(left)} of the problem match no parameter of {context.record.path} (it has {has})")
    return _Matched(parameters=known, tuples=tuples, notes=tuple(notes))


def _is_number(parameter: Argument) -> bool:
    default: Any = parameter.default
    return default is inspect.Parameter.empty or (isinstance(default, int | float) and not isinstance(default, bool))
