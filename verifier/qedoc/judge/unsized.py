"""A spec whose containers have an unknown number of entries: symbols and facts for a few entries, and the loop of the code."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from qedoc.algebra.satisfiable import Facts
from qedoc.claims.case import Scalar, combinations, instantiate
from qedoc.claims.domain import Functions, Integers, Reals
from qedoc.claims.settings import Imported
from qedoc.claims.spec import Dict, ForAll, List, Size, Spec, base
from qedoc.claims.target import call_by_name, resolve
from qedoc.errors import UnsupportedError
from qedoc.judge.folds import Stuck
from qedoc.judge.paths import Branch, Code
from qedoc.lift.containers import ANY, DONE, SIZE, Entries, Loop, Table, Watch, converting
from qedoc.lift.opaque import opaque
from qedoc.lift.pure import impurity
from qedoc.lift.trace import run
from qedoc.search.sampling import Plan
from qedoc.search.strategies import seeded

MOST_STATE = 3
"""Maximum number of variables that a loop may change."""

MOST_ENTRIES = 12
"""Maximum number of entries that are looked at beside each other."""

_NEXT, _ANY = 1000, 2000
"""How the numbers of unknown functions say that they stand at the next entry, or at an arbitrary one."""

BEFORE = tuple(sp.Symbol(f"before_{place}", real=True) for place in range(MOST_STATE))
AFTER = tuple(sp.Symbol(f"after_{place}", real=True) for place in range(MOST_STATE))
"""The variables of the loop before a step, and after the loop."""


class Unsized:
    """A spec with an unknown number of entries.

    Args:
        spec: the claim.

    Raises:
        Stuck: for a spec of another form.
    """

    def __init__(self, spec: Spec) -> None:
        sizes = [d for d in spec.symbols if isinstance(d, Size)]
        containers = [template for template in spec.bind.values() if isinstance(template, List | Dict)]
        if len(sizes) != 1 or not containers or spec.entry or spec.whole or spec.derivative or spec.beside:
            raise Stuck("only lists and dicts of one size, and one number as the result, are read with any number of entries")
        self.spec, self.size = spec, sizes[0].symbol
        if any(isinstance(relation, sp.Basic) and self.size in relation.free_symbols for relation in spec.where):
            raise Stuck(f"a relation restricts {self.size}")
        self.declared = {
            base(d.symbol): (d.symbol, d.domain)
            for d in spec.symbols
            if isinstance(d.symbol, sp.Indexed) and not isinstance(d, Size) and not isinstance(d.domain, Functions)
        }
        if any(len(symbol.indices) != 1 for symbol, _ in self.declared.values()):
            raise Stuck("entries with two indices are not read with any number of entries")
        least = next(iter(combinations(spec)))[self.size]
        self.case = instantiate(spec, {self.size: least})
        self.plain = [scalar for scalar in self.case.scalars if not scalar.indices]
        self._of_plain = {sp.Symbol(scalar.symbol.name): scalar.symbol for scalar in self.plain}
        self.target = resolve(spec.target)
        if (reason := impurity(self.target)) is not None:
            raise Stuck(reason)
        self._entries: dict[sp.Indexed, sp.Symbol] = {}
        self._missing: sp.Indexed | None = None

    # Symbols and facts

    def scalars(self, part: Any) -> Any:
        """An expression with a symbol for each entry."""
        if not isinstance(part, sp.Basic):
            return sp.sympify(part)
        made = part.xreplace({entry: self._symbol(entry) for entry in part.atoms(sp.Indexed)}).xreplace(self._of_plain)
        calls = made.atoms(AppliedUndef)
        return made.xreplace({call: sp.Function(call.func.__name__, real=True)(*map(sp.expand, call.args)) for call in calls})

    @property
    def entries(self) -> Mapping[sp.Symbol, sp.Indexed]:
        """The entries that were met, by the symbol that stands for each."""
        return {symbol: entry for entry, symbol in self._entries.items()}

    def facts(self, least: int, size: sp.Expr) -> Facts:
        """The domain of the plain symbols and of the entries that were met.

        Args:
            least: the smallest number of entries that the loop has seen.
            size: the number of all entries, by the number of those seen.
        """
        own = {scalar.symbol for scalar in self.plain}
        plain = [condition for condition in self.case.domain() if condition.free_symbols <= own]
        entries = [condition for entry in tuple(self._entries) for condition in self._of_entry(entry, least)]
        counts = [sp.Ge(DONE, least), sp.Ge(SIZE, size)]
        return Facts([*counts, *plain, *entries, *self._relations(least, size)])

    def _symbol(self, entry: sp.Indexed) -> sp.Symbol:
        (place,) = map(sp.expand, entry.indices)
        if place.free_symbols - {DONE, ANY} or entry.base.label not in self.declared:
            raise Stuck(f"the entry {entry} is at no place that is known")
        entry = entry.base[place]
        _, domain = self.declared[entry.base.label]
        return self._entries.setdefault(entry, sp.Symbol(f"{entry.base.label}_[{place}]", **domain.assumptions()))

    def _of_entry(self, entry: sp.Indexed, least: int) -> Iterator[sp.Basic]:
        symbol, domain = self.declared[entry.base.label]
        for condition in domain.conditions(self._entries[entry]):
            made = condition.subs(symbol.indices[0], entry.indices[0])
            if made is not sp.true and not made.has(sp.Indexed) and self.size not in made.free_symbols:
                yield _where_it_exists(made, entry.indices[0], 1, least)

    def _relations(self, least: int, size: sp.Expr) -> Iterator[sp.Basic]:
        places = {entry.indices[0] for entry in self._entries}
        for relation in self.spec.where:
            if not isinstance(relation, ForAll):
                continue
            index, first, last = relation.index[0], *map(sp.sympify, relation.index[1:])
            for place in {sp.expand(p + shift) for p in places for shift in (-1, 0, 1)}:
                made = relation.condition.subs(index, place)
                met = {e.base[sp.expand(e.indices[0])] for e in made.atoms(sp.Indexed)}
                left = sp.expand(last.subs(self.size, size) - place) if place != ANY else sp.S.Zero
                if met and met <= set(self._entries) and first.is_Integer:
                    held = _where_it_exists(self.scalars(made), place, int(first), least)
                    yield held if left.is_nonnegative or sp.ask(sp.Q.nonnegative(left)) else sp.Implies(left >= 0, held)

    # The code

    def ordered(self, item: Any, index: sp.Symbol) -> bool:
        """Whether entries are sorted, by the template of one entry; equal first parts of a tuple leave its order open."""
        key, strict = (item[0], len(item) > 1) if isinstance(item, tuple) else (item, False)
        if not isinstance(key, sp.Basic):
            return False
        one, other = (self.scalars(key.subs(index, place)) for place in (ANY, ANY + 1))
        return self.facts(0, DONE).entails(one < other if strict else one <= other)

    def different_keys(self) -> bool:
        """Whether the keys of each dict differ, so that it has one entry for each value of the index."""
        for template in self.spec.bind.values():
            if isinstance(template, Dict):
                key, index = template.key, template.index[0]
                one, other = (self.scalars(key.subs(index, place)) for place in (ANY, ANY + 1))
                facts = self.facts(0, DONE)
                if not facts.entails(one < other) and not facts.entails(one > other):
                    return False
        return True

    def read(self) -> tuple[Loop, Mapping[str, list[Branch]], int]:
        """Reads the loop of the code.

        Returns:
            the loop, the paths of each of its formulas by its name, and the largest fixed place that the code reads.

        Raises:
            Stuck: if the loop cannot be read.
        """
        if not self.different_keys():
            raise Stuck("the keys of a dict may be equal")
        with converting() as convert:
            try:
                function = convert(self.target)
            except Exception as error:  # malt raises many kinds of errors for code that it cannot convert
                raise Stuck(f"the code could not be converted: {type(error).__name__}") from error
            loop, farthest = self._discovered(function)
            formulas = {
                name: self._explored(function, name)
                for name in ("end", *(f"{kind} {place}" for kind in ("start", "step") for place in range(len(loop.names))))
            }
        return loop, formulas, farthest

    def _discovered(self, function: Any) -> tuple[Loop, int]:
        """The loop as a first run meets it. The run is repeated until it has a symbol for each entry that it takes."""
        seen: list[Watch] = []
        for _ in range(MOST_ENTRIES):
            seen.clear()
            self._missing = None
            try:
                path = run(lambda values: self._called(function, values, seen)["end"], self._plan().point(self._row()))
            except UnsupportedError:
                if self._missing is None:
                    raise
                self._symbol(self._missing)
                continue
            if path.raised is not None:
                raise Stuck(f"the code raises {type(path.raised).__name__}")
            (watch,) = seen
            if watch.problem is not None or not watch.loops:
                raise Stuck("the code has no loop over the entries" if watch.problem is None else watch.problem.message)
            return watch.loops[0], watch.farthest
        raise Stuck(f"the code looks at more than {MOST_ENTRIES} entries beside each other")

    def _explored(self, function: Any, name: str) -> list[Branch]:
        seen: list[Watch] = []
        code = Code(lambda values: self._called(function, values, seen)[name], self._plan())
        code.explore(self.facts(0, DONE))
        for watch in seen:
            if watch.problem is not None:
                raise Stuck(watch.problem.message)
        if not code.covered:
            raise Stuck(f"the paths of the loop do not cover the domain: {', '.join(code.uncovered) or 'they hold for single values only'}")
        facts = self.facts(0, DONE)
        arbitrary = {symbol for entry, symbol in self._entries.items() if entry.indices[0].has(ANY)}
        for branch in code.branches:
            if any(c.free_symbols & arbitrary and not facts.entails(c) for c in branch.path.conditions):
                raise Stuck("what the code asks of all entries is not known of them")
        return code.branches

    def placed(self, value: sp.Basic) -> sp.Basic:
        """A formula of the code, with the places of its unknown functions."""
        calls = sorted(value.atoms(AppliedUndef), key=lambda call: call.count_ops())
        for call in calls:
            number, *arguments = call.args
            if number.is_Integer and number >= _NEXT:
                place = DONE + number - _NEXT if number < _ANY else ANY + number - _ANY
                made = sp.Function(call.func.__name__, real=True)(place, *map(sp.expand, arguments))
            else:
                made = sp.Function(call.func.__name__, real=True)(number, *map(sp.expand, arguments))
            value = value.xreplace({call: made})
        return value

    def fixed(self, value: sp.Basic, done: int) -> sp.Basic:
        """A formula in scalars at a fixed number of entries seen: with the symbols of the entries at fixed places."""
        put = {
            symbol: self._symbol(entry.base[entry.indices[0].subs(DONE, done)])
            for entry, symbol in tuple(self._entries.items())
            if entry.indices[0].has(DONE) and entry.indices[0].subs(DONE, done) >= 1
        }
        return value.xreplace(put).subs(DONE, done)

    def _plan(self) -> Plan:
        state = [Scalar(symbol=s, domain=Reals(), meaning="", name=s.name) for s in (*BEFORE, *AFTER)]
        counts = [Scalar(symbol=s, domain=Integers(least=0), meaning="", name=s.name) for s in (DONE, SIZE)]
        entries = [
            Scalar(symbol=symbol, domain=_with_fixed_ends(self.declared[entry.base.label][1]), meaning="", name=symbol.name)
            for entry, symbol in self._entries.items()
        ]
        own = {scalar.symbol for scalar in self.plain}
        curried = set(self.case.curried)
        ordered = sorted(self.plain, key=lambda scalar: scalar.symbol in curried)
        where = [condition for condition in self.case.where if condition.free_symbols <= own]
        return Plan([*entries, *ordered, *state, *counts], where, [])

    def _row(self) -> Sequence[Any]:
        plan = self._plan()
        found = next(plan.simple(1), None) or next(iter(seeded(plan, 1, seed=0)), None)
        if found is None:
            raise Stuck("no point of the domain was found")
        return found

    def _called(self, function: Any, values: Mapping[sp.Symbol, Any], seen: list[Watch]) -> dict[str, Any]:
        watch = Watch(
            value=lambda template, place: self._built(template, values, watch),
            ordered=self.ordered,
            before=[values[s] for s in BEFORE],
            after=[values[s] for s in AFTER],
            done=values[DONE],
            size=values[SIZE],
        )
        seen.append(watch)
        own = {name: template for name, template in self.case.keywords.items() if name not in self.spec.bind}
        keywords = {name: self._built(template, values, watch) for name, template in own.items()}
        for name, template in self.spec.bind.items():
            match template:
                case List(item=item, index=(index, first, last)):
                    keywords[name] = Entries(watch, item, index, int(first), self._shortfall(first, last))
                case Dict(key=key, value=value, index=(index, first, last)):
                    keywords[name] = Table(watch, (key, value), index, int(first), self._shortfall(first, last))
                case Imported():
                    keywords[name] = template.value
                case _:
                    keywords[name] = self._built(template, values, watch)
        result = call_by_name(function, keywords)
        curried = [values[s] for s in self.case.curried]
        end = result(*curried) if curried else result
        found = {"end": end}
        for loop in watch.loops:
            found |= {f"start {k}": value for k, value in enumerate(loop.start)} | {f"step {k}": value for k, value in enumerate(loop.step)}
        return found

    def _shortfall(self, first: sp.Expr, last: sp.Expr) -> int:
        """By how much a container is shorter than the size."""
        short = sp.expand(self.size - (sp.sympify(last) - sp.sympify(first) + 1))
        if not short.is_Integer:
            raise Stuck("the containers have no common size")
        return int(short)

    def _built(self, template: Any, values: Mapping[sp.Symbol, Any], watch: Watch) -> Any:
        match template:
            case Mapping():
                return {self._built(key, values, watch): self._built(value, values, watch) for key, value in template.items()}
            case list() | tuple():
                return type(template)(self._built(item, values, watch) for item in template)
            case sp.Lambda():
                return self._unknown(template)
            case sp.Indexed():
                (place,) = map(sp.expand, template.indices)
                symbol = self._entries.get(template.base[place])
                if symbol is None or symbol not in values:
                    self._missing = template
                    raise watch.stuck(f"the entry {template} is not known")
                return values[symbol]
            case sp.Symbol():
                return values[template] if template in values else values[sp.Symbol(template.name, **self._assumed(template))]
            case sp.Integer():
                return int(template)
            case sp.Expr() if template.is_number:
                return float(template)
            case sp.Basic():
                raise watch.stuck(f"the argument {template} is not read with any number of entries")
            case _:
                return template

    def _assumed(self, symbol: sp.Symbol) -> Mapping[str, Any]:
        found = next((s.symbol for s in self.plain if s.symbol.name == symbol.name), None)
        if found is None:
            raise Stuck(f"{symbol} is no number")
        return dict(found.assumptions0)

    def _unknown(self, template: sp.Lambda) -> Any:
        place = sp.expand(template.expr.args[0])
        if not isinstance(template.expr, AppliedUndef) or tuple(template.expr.args[1:]) != tuple(template.variables):
            raise Stuck("an item that is a function must be an unknown function at an index")
        if place.is_Integer:
            number = int(place)
        elif (place - DONE).is_Integer:
            number = _NEXT + int(place - DONE)
        elif (place - ANY).is_Integer:
            number = _ANY + int(place - ANY)
        else:
            raise Stuck(f"the place {place} of a function is not known")
        name = template.expr.func.__name__
        return lambda *arguments: opaque(name, number, *arguments)


def _where_it_exists(condition: sp.Basic, place: sp.Expr, first: int, least: int) -> sp.Basic:
    """A condition on an entry that need not exist: the first loop step has no entry before it."""
    if not place.has(DONE) or sp.expand(place - DONE) + least >= first:
        return condition
    return sp.Implies(place >= first, condition)


def _with_fixed_ends(domain: Any) -> Any:
    """The domain of an entry without ends that are not numbers."""
    lower = {} if not domain.lower.is_number or domain.lower == -sp.oo else {"above" if domain.lower_open else "least": domain.lower}
    upper = {} if not domain.upper.is_number or domain.upper == sp.oo else {"below" if domain.upper_open else "most": domain.upper}
    return type(domain)(**lower, **upper)
