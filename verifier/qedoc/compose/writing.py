"""Makes a block for the docstring of a function from its code. What it returns was read back and judged."""

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from qedoc.algebra.satisfiable import Facts
from qedoc.bind.symbols import returned_arguments
from qedoc.claims.spec import Parameter, Spec
from qedoc.compose import blocks, reading
from qedoc.compose.blocks import Block
from qedoc.compose.code import Lifted, lifted
from qedoc.compose.folded import folded
from qedoc.compose.latex import latex
from qedoc.compose.letters import Named, letters
from qedoc.compose.tidied import ways
from qedoc.errors import QedocError, TargetError
from qedoc.results.verdict import Verdict
from qedoc.results.written import Written
from qedoc.sources.arguments import Argument as Described
from qedoc.sources.docstrings import Documented, record_of
from qedoc.sources.markup import WORDS
from qedoc.sources.objects import named

INDEX = "i"
"""The index of products and sums."""

HEAD = "f"
"""What the value of a returned function is called."""

_NUMERIC = re.compile(r"\b(?:ArrayLike|Array|ndarray|Numeric|Scalar|float|int)\b")
_DICT = re.compile(r"^(?:typing\.)?(?:Optional\[)?(?:typing\.)?(?:[dD]ict|Mapping)\[")
_LETTER = re.compile(r"\\[A-Za-z]+|[A-Za-z]")


def written(target: str) -> Written:
    """Makes a block from the code of a function.

    Args:
        target: dotted path of the function.

    Raises:
        QedocError: for a target that is no function, cannot be lifted, or whose formula cannot be confirmed.
    """
    value = named(target)
    if inspect.isclass(value) or not callable(value):
        kind = "a class" if inspect.isclass(value) else f"an object of type {type(value).__name__}"
        raise TargetError(f"{target} is {kind}; expected a function, such as optax.squared_error")
    record = record_of(target)
    return _Writer(record).best()


class _Writer:
    """The search for a block of one function."""

    def __init__(self, record: Documented) -> None:
        self.record, self.target = record, record.name
        self.docstring = record.docstring or blocks.summary(record.name)
        self.markdown = blocks.is_markdown(self.docstring)
        self.arguments = returned_arguments(self.target)
        self.pair: tuple[str, ...] = ()
        self.chosen = [argument for argument in record.arguments if _is_unknown(argument, record.arguments)]
        self.fixed = [
            (a.name, repr(a.default)) for a in record.arguments if a not in self.chosen and a.default is not inspect.Parameter.empty
        ]
        self.dicts = [argument for argument in record.arguments if _is_dict(argument)]
        self.fixed = [one for one in self.fixed if one[0] not in [argument.name for argument in self.dicts]]
        self.letters = self._letters()
        self.failed = ""

    def best(self) -> Written:
        """The first block that is proved, or else one that is tested.

        Raises:
            QedocError: if there is none.
        """
        tested: Written | None = None
        for block in self._blocks():
            made = self._judged(block)
            if made is not None and made.verdict is Verdict.PROVED:
                return made
            tested = tested or made
        if tested is None:
            raise QedocError(f"{self.target}: no formula of its code could be confirmed: {self.failed or 'its code gives none'}")
        return tested

    def _letters(self) -> dict[str, str]:
        if len(self.dicts) > 1:
            raise TargetError(f"{self.target} takes {len(self.dicts)} dicts; qedoc write knows functions of one dict")
        things = [Named(name=a.name, whole=a.annotation in ("int", "<class 'int'>")) for a in self.chosen]
        things += [Named(name=name, argument=True) for name in self.arguments]
        known = {name: letter for letter, name in self.record.bound.items() if _LETTER.fullmatch(letter)}
        avoided = [letter for letter in self.record.legend if letter not in known.values()]
        made = letters(things, known, [*avoided, *(letter for pair in self.record.pairs.values() for letter in pair)])
        self.pair = self.record.pairs.get(self.dicts[0].name, ()) if self.dicts else ()
        if self.dicts and not self.pair:
            words = (self.dicts[0].name.partition("_")[0], f"{self.dicts[0].name}_value".rpartition("_and_")[2])
            both = letters([Named(name=f"{words[0]}_key"), Named(name=words[1])], {}, [*avoided, *made.values()])
            self.pair = tuple(both.values())
        return made

    # From the code to blocks

    def _blocks(self) -> Iterator[Block]:
        if self.dicts:
            yield self._of_dict()
            return
        plain = replace(self._block(self._placeholder()), fixed=())
        conditions = self._conditions(self._spec(plain, alone=False))
        code, conditions = self._lifted(plain, conditions)
        stated = [latex(condition) for condition in conditions]
        for value in ways(code.value, code.facts):
            for head in dict.fromkeys((self._head(), *([] if self.arguments else [self._call()]))):
                yield replace(self._block(head + latex(value)), conditions=stated)

    def _of_dict(self) -> Block:
        """The block of a function that multiplies or adds up the entries of a dict."""
        plain = self._block(self._head() + " + ".join([*self.letters.values(), rf"\prod_{{{INDEX}}} {self.pair[1]}_{INDEX}"]))
        spec = self._spec(plain, alone=True)
        if spec is None:
            raise TargetError(f"{self.target}: its parameters cannot be bound: {self.failed}")
        return self._block(self._head() + folded(spec, INDEX).latex())

    def _lifted(self, plain: Block, conditions: Sequence[Relational]) -> tuple[Lifted, list[Relational]]:
        """The formula of the code on the domain that a block with these conditions states, and the conditions that it needs."""
        stated = list(conditions)
        for _ in range(3):
            spec = self._spec(replace(plain, conditions=[latex(condition) for condition in stated]), alone=True)
            if spec is None:
                raise TargetError(f"{self.target}: its parameters cannot be bound: {self.failed}")
            code = lifted(spec)
            more = [condition for condition in map(reading.plain, code.needed) if condition not in stated]
            if not more:
                break
            stated += more
        return code, _independent(stated)

    def _placeholder(self) -> str:
        return (self._head() or self._call()) + " + ".join(self.letters.values())

    def _head(self) -> str:
        return self._call() if self.arguments else ""

    def _call(self) -> str:
        takes = self.arguments or [argument.name for argument in self.chosen]
        return f"{HEAD}({', '.join(self.letters[name] for name in takes)}) = "

    def _block(self, formula: str) -> Block:
        legend = [(self.letters[a.name], a.name) for a in self.chosen if self.letters[a.name] != a.name]
        entries = [(f"({self.pair[0]}_{INDEX}, {self.pair[1]}_{INDEX})", self.dicts[0].name)] if self.dicts else []
        return Block(latex=formula, legend=legend, entries=entries, fixed=self.fixed)

    # Reading back

    def _spec(self, block: Block, *, alone: bool) -> Spec | None:
        """The claim that a block is read as; None, with the reason noted, if it cannot be bound."""
        claim = reading.bound(self.target, self._alone(block) if alone else self._inside(block), block.latex)
        if isinstance(claim, str):
            self.failed = claim
            return None
        return reading.spec_of(claim)

    def _judged(self, block: Block) -> Written | None:
        """The block, if it holds by itself, with what its docstring makes of it; None if it does not hold, or the docstring refutes it."""
        meant = {letter.removeprefix("\\"): name for name, letter in self.letters.items()}
        found = []
        texts = (self._alone(block), self._inside(block))
        for text in texts[1:] if self.dicts else texts:  # what is said of the entries of a dict stands in the rest of the text
            claim = reading.bound(self.target, text, block.latex)
            if isinstance(claim, str):
                found.append(reading.Judged(verdict=Verdict.UNREADABLE, reason=claim))
            else:
                found.append(reading.judged(claim, meant))
            if not found[0].verdict.holds:
                break
        if not found[0].verdict.holds or found[-1].verdict is Verdict.REFUTED:
            self.failed = f"{block.latex.replace(chr(10), ' ')} is {found[-1].verdict}: {found[-1].reason}"
            return None
        alone, inside = found[0], found[-1]
        verdict = Verdict.TESTED if inside.verdict is Verdict.TESTED else alone.verdict
        return Written(
            target=self.target,
            text=block.text(markdown=self.markdown),
            docstring=self._inside(block),
            documented=bool(self.record.docstring),
            place=self.record.location,
            verdict=verdict,
            reason=alone.reason,
            warning="" if inside.verdict.holds else inside.reason,
            other=next((f.location.line for f in self.record.formulas if f.display and f.notation != WORDS), 0),
        )

    def _alone(self, block: Block) -> str:
        text = block.text(markdown=self.markdown)
        if not self.dicts:
            return blocks.inserted("The value.", 1, text, "    ")
        lines = self.docstring.split("\n")  # what the text says of the entries stands in the sections
        kept = "\n".join(["The value.", "", *lines[blocks.place(self.docstring) :]])
        return blocks.inserted(kept, 1, text, blocks.margin(self.docstring, "    "))

    def _inside(self, block: Block) -> str:
        text = block.text(markdown=self.markdown)
        return blocks.inserted(self.docstring, blocks.place(self.docstring), text, blocks.margin(self.docstring, "    "))

    # The domain that the text states

    def _conditions(self, spec: Spec | None) -> list[Relational]:
        """The conditions of the docstring on the parameters, wide enough for their defaults."""
        if spec is None:
            return []
        made = list(dict.fromkeys(self._wide(condition, spec) for condition in reading.conditions_of(spec)))
        if not Facts(made).empty():
            return made
        inequalities = [condition for condition in made if not isinstance(condition, sp.Eq)]  # a parameter has rarely a single value
        return [] if Facts(inequalities).empty() else inequalities

    def _wide(self, condition: Relational, spec: Spec) -> Relational:
        """A strict condition that the default of a parameter just fails, without its strictness: positive, 0 by default."""
        defaults: Mapping[sp.Basic, Any] = {
            sp.Symbol(d.symbol.name, real=True): a.default
            for d in spec.symbols
            if isinstance(d, Parameter)
            for a in self.chosen
            if a.name == d.name and isinstance(a.default, int | float)
        }
        wide = {sp.StrictGreaterThan: sp.Ge, sp.StrictLessThan: sp.Le}.get(type(condition))
        if wide is None or not condition.free_symbols <= set(defaults):
            return condition
        return (
            wide(*condition.args) if condition.subs(defaults) == sp.false and wide(*condition.args).subs(defaults) == sp.true else condition
        )


def _is_unknown(argument: Described, all_of_them: Sequence[Described]) -> bool:
    """Whether a parameter is a letter of the formula: it has no default, a number, or none right after those that must be given."""
    if _is_dict(argument):
        return False
    if argument.default is inspect.Parameter.empty:
        return True
    if isinstance(argument.default, int | float) and not isinstance(argument.default, bool):
        return True
    before = all_of_them[: all_of_them.index(argument)]
    given = all(one.default is inspect.Parameter.empty for one in before)
    return argument.default is None and given and bool(_NUMERIC.search(argument.annotation))


def _is_dict(argument: Described) -> bool:
    return argument.default in (inspect.Parameter.empty, None) and bool(_DICT.search(argument.annotation))


def _independent(conditions: Sequence[Relational]) -> list[Relational]:
    """The conditions without those that follow from others."""
    kept = list(conditions)
    for condition in conditions:
        others = [other for other in kept if other != condition]
        if Facts(others).entails(condition):
            kept = others
    return kept
