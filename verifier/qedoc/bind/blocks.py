"""The rules of a docstring: blocks of lines with the changes that later displays make to them."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.objectives import objective_of, said_option, variants
from qedoc.bind.pieces import completed, lacking, letters, said_settings
from qedoc.bind.roles import GRADIENT, output_of, roles
from qedoc.claims.solvers import solver
from qedoc.claims.steps import holder, is_transformation
from qedoc.claims.target import resolve
from qedoc.errors import QedocError
from qedoc.read import Names, Reading, Unreadable
from qedoc.read.diagonals import without_diagonal, without_outer
from qedoc.read.step_names import Timed
from qedoc.read.steps import Line, Lines, read_start, read_step_size, read_steps, read_sum, step_letter
from qedoc.sources.docstrings import Documented, Formula, record_of

_SETTING = re.compile(r"`*\b(\w+)\s*=\s*(True|False)\b`*")
_QUOTED = re.compile(r"\breplac\w*\s+(?:the\s+)?(?:\w+\s+)?(?:assignment|line|rule|update|step)s?\s*:?\s*$", re.IGNORECASE)
"""Words before a display that quotes a line of another rule, which is replaced."""

PART = "it is a part of the rule that a later display completes"

_REWRITTEN = re.compile(r"\bcan (?:also |equivalently )?be (?:re)?written as\W*$")
"""The end of the words before a display that states the rule above in another way."""

_SIZE = re.compile(r"\b(?:step[- ]?size|learning[- ]rate)s?(?: :math:`[^`]*`)? (?:as|to|is|by)(?: follows)?:?$", re.IGNORECASE)
"""The end of the words before a display that gives the step size."""

_OBJECTIVE = re.compile(
    r"(?:the|a) (?:(?:objective|loss|cost) )?(?:function|objective|loss)"
    r"(?: (?:from which (?:a|the) gradient is computed|to (?:be )?minimi[sz]ed?))?$",
    re.IGNORECASE,
)
"""What the function is called whose gradient a step is given."""

_DIRECTIVE = re.compile(r"\.\. math\s*::.*$")
_LINKED = re.compile(r":(?:func|class|meth|obj):`[~.]?(?:[^`<]*<)?([\w.]+)>?`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A rule as a docstring states it.

    Args:
        formula: the display that states it, or that changes an earlier one.
        lines: its lines.
        names: the name at a step that each symbol stands for.
        step: the letter of the step.
        settings: the values of parameters for which it is stated.
        of: the object whose docstring has the lines that a display changes; empty for this one.
        gradients: the names of the gradient that a step is given.
        moved: the names of the parameters.
        sure: whether nothing says that the rule is about other settings than the defaults.
        repeats: whether a row that repeats the end of the row above was left out.
        parts: the displays before it that give lines of it.
        values: whether each step is given the value of the function beside its gradient.
        objective: the parameter of the constructor that is the function, for a class of solvers; empty for an optimizer.
    """

    formula: Formula
    lines: tuple[Line, ...]
    names: Mapping[sp.Symbol, Timed]
    step: sp.Symbol
    settings: Mapping[str, Any] = field(default_factory=dict)
    of: str = ""
    gradients: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()
    sure: bool = True
    repeats: bool = False
    parts: tuple[Formula, ...] = ()
    values: bool = False
    objective: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A display of a rule that is no claim of its own.

    Args:
        reason: why, in words, or the place that cannot be read.
        quoted: whether it only quotes a line that another display changes.
    """

    reason: Unreadable | str
    quoted: bool = False


def has_rule(path: str) -> bool:
    """Whether formulas of an object may be rules with a state.

    Args:
        path: its dotted path.
    """
    return factory_of(path) != ""


def factory_of(path: str) -> str:
    """The path of the factory of gradient transformations, or of the class of solvers, that an object is; empty for anything else.

    Args:
        path: its dotted path.
    """
    try:
        value = resolve(path)
    except QedocError:
        return ""
    held = holder(value)
    return path if is_transformation(value) or solver(value) else "" if held is None else f"{path}.{held.attribute}"


def blocks(context: Context) -> dict[Formula, tuple[Block, ...] | Unread]:
    """Returns the rules of a docstring, by the display that states them: one for each setting that its lines name.

    Args:
        context: the docstring of a factory of gradient transformations, or of a class of solvers.
    """
    found: dict[Formula, tuple[Block, ...] | Unread] = {}
    last: Block | None = None
    parts: dict[Formula, Lines] = {}
    objective = objective_of(context)
    said: dict[Formula, dict[str, str]] = {}
    before = -1
    for formula in context.record.formulas:
        if not formula.display or formula.notation:
            continue
        between = context.lines[before + 1 : formula.line + 1]
        said[formula] = said_option(between, objective.options)
        if formula in objective.definitions:
            parts[formula], before = objective.definitions[formula], formula.line
            continue
        if not step_letter(formula.latex):
            if (made_of := _step_size(context, formula, between, objective.function)) is not None:
                found[formula] = (replace(made_of, objective=objective.parameter, settings=said[formula]),)
            continue
        if objective.unclear:
            found[formula] = Unread(objective.unclear)
            continue
        words = _DIRECTIVE.sub("", " ".join(between)).strip()
        read = read_steps(formula.latex, context.names, objective.function)
        entries, matrices = without_diagonal(formula.latex)
        if matrices and isinstance(made_read := read_steps(entries, context.names), Lines):
            defined = _defined(context, before, formula, matrices, made_read)
            read, parts = (made_read, {**parts, **defined}) if len(defined) == len(matrices) else (read, parts)
        before = formula.line
        if isinstance(read, Unreadable):
            if not isinstance(context.readings.get(formula), Reading):  # else it is a formula at a step
                found[formula] = Unread(read)
            continue
        if output_of(read.lines, roles(context, read)[1]) is not None:
            settings, sure = said_settings(between, {p.name: p.default for p in context.parameters.values()})
            sure = (sure and (last is None or bool(_REWRITTEN.search(words)))) or bool(settings)
            joined = _completed(context, formula, read, parts, said, objective.parameter, sure=sure, settings=settings)
            if isinstance(joined, Unread):
                found[formula] = joined
                continue
            used = {part for block in joined for part in block.parts if part.display}
            found |= {part: Unread(PART, quoted=True) for part in parts if part in used and part not in found}
            found[formula], last = joined, last or joined[0]
            parts[formula] = read
            continue
        changes = _change(context, formula, read, last, words)
        found |= changes
        if not changes:
            parts[formula] = read
    return found


def _completed(
    context: Context,
    formula: Formula,
    read: Lines,
    parts: Mapping[Formula, Lines],
    said: Mapping[Formula, Mapping[str, str]],
    objective: str,
    *,
    settings: Mapping[str, Any],
    sure: bool,
) -> tuple[Block, ...] | Unread:
    """The rules of a display with an output, one for each setting, with the lines that earlier displays give."""
    joined: list[Block] = []
    for chosen, own in variants(parts, said):
        gradients, moved = roles(context, read)
        whole, used = completed(read, own, moved, {*gradients, GRADIENT})
        of = ""
        if missing := lacking(whole, {*gradients, *moved, GRADIENT}):
            whole, of = _with_sibling(context, whole, missing, {*gradients, *moved, GRADIENT})
        twice = letters(whole.lines) & {line.left.base for part in own.values() for line in part.lines if line.left.shift is None}
        if objective and (twice := twice - {line.left.base for line in whole.lines}):
            return Unread(f"several displays give {min(twice)}, and nothing says which one counts")
        gradients, moved = roles(context, whole)
        joined += [
            replace(
                block,
                gradients=gradients,
                moved=moved,
                settings={**settings, **chosen, **said[formula], **block.settings},
                sure=sure and not whole.repeats and not of,
                repeats=whole.repeats,
                parts=tuple(used),
                of=of,
                values=any(name.height for name in whole.names.values()),
                objective=objective,
            )
            for block in _for_settings(formula, whole)
        ]
    return tuple(joined)


def _defined(context: Context, before: int, formula: Formula, matrices: Collection[str], read: Lines) -> dict[Formula, Lines]:
    """The formulas in the text before a display that define matrices whose diagonals it has: sums of outer products of the gradients."""
    found: dict[Formula, Lines] = {}
    for other in context.record.formulas:
        if other.display or not before < other.line <= formula.line:
            continue
        lines = read_sum(without_outer(other.latex), context.names, read.step)
        if isinstance(lines, Lines) and lines.lines[0].left.base in matrices and without_outer(other.latex) != other.latex:
            found[other] = lines
    return found


def _step_size(context: Context, formula: Formula, between: Sequence[str], function: str) -> Block | None:
    """The rule of gradient descent with a step size that a display gives, "It sets the step-size as"; None for any other display.

    The value of the function at the parameters, `f(x)`, is an input of each step: update takes it as `value=`.
    """
    said = " ".join("\n".join(between).rpartition(".. math::")[0].split())
    functions = [function] if function else [letter for letter, words in context.legend.items() if _OBJECTIVE.match(words)]
    if not _SIZE.search(said) or len(functions) != 1:
        return None
    read = read_step_size(formula.latex, context.names, functions[0])
    if isinstance(read, Unreadable):
        return None
    (point,) = {name.base for name in read.names.values() if name.slope}
    return Block(
        formula=formula,
        lines=read.lines,
        names=read.names,
        step=read.step,
        moved=frozenset({point}),
        values=any(name.height for name in read.names.values()),
    )


def _change(context: Context, formula: Formula, read: Lines, last: Block | None, words: str) -> dict[Formula, tuple[Block, ...] | Unread]:
    """What a display without an output is: a change of the rule before it, or of the one rule that the docstring links to."""
    bases = [last] if last is not None else _linked(context, formula)
    made = [changed for base in bases if (changed := _changed(base, formula, read, _said(words))) is not None]
    if not made:
        return {}  # a formula at a step that is no rule
    if _QUOTED.search(words):
        return {formula: Unread("it quotes a line of another rule, which the text replaces", quoted=True)}
    if len(made) > 1:
        return {formula: Unread("the text links to several rules with this line, and does not say which one it changes")}
    if last is not None and not made[0].settings:
        return {formula: Unread("nothing says for which arguments this line replaces the one above; name them, as in nesterov=True")}
    return {formula: (made[0],)}


def _for_settings(formula: Formula, read: Lines) -> list[Block]:
    settings = [setting for line in read.lines for setting, _ in line.values if setting is not None]
    made = []
    for chosen in dict.fromkeys(settings) or [None]:
        lines = tuple(replace(line, values=tuple(value for value in line.values if value[0] in (None, chosen))) for line in read.lines)
        if all(len(line.values) == 1 for line in lines):
            made.append(Block(formula=formula, lines=lines, names=read.names, step=read.step, settings=dict([chosen] if chosen else [])))
    return made or [Block(formula=formula, lines=read.lines, names=read.names, step=read.step)]


def _said(words: str) -> dict[str, Any]:
    """The setting that words before a display name, if there is one."""
    found = {name: value == "True" for name, value in _SETTING.findall(words)}
    return found if len(found) == 1 else {}


def _changed(base: Block, formula: Formula, read: Lines, settings: Mapping[str, Any]) -> Block | None:
    """A rule with some of its lines replaced; None if it has no such lines."""
    known = {line.left for line in base.lines}
    new = {line.left: line for line in read.lines}
    if not set(new) <= known or base.step != read.step:
        return None
    fresh = {symbol: sp.Symbol(f"{symbol.name}_new") for symbol in read.names}
    renamed = {
        left: replace(line, values=tuple((setting, value.xreplace(fresh)) for setting, value in line.values)) for left, line in new.items()
    }
    return replace(
        base,
        formula=formula,
        lines=tuple(renamed.get(line.left, line) for line in base.lines),
        names={**base.names, **{fresh[symbol]: name for symbol, name in read.names.items()}},
        settings={**base.settings, **settings},
    )


def _linked(context: Context, formula: Formula) -> list[Block]:
    """The rules of the objects that the docstring links to before a display."""
    found: list[Block] = []
    for path in dict.fromkeys(_LINKED.findall("\n".join(context.lines[: formula.line]))):
        record = _record(path)
        if record is not None and record.name != context.record.name and has_rule(record.name):
            made = next((made for made in blocks(Context(record)).values() if isinstance(made, tuple)), ())
            found += [replace(block, of=record.name) for block in made[:1]]
    return found


def _with_sibling(context: Context, read: Lines, missing: Collection[str], known: Collection[str]) -> tuple[Lines, str]:
    """A rule with the lines that it lacks, from the one rule beside it that the text names and that has all of them; and its name.

    "AdamW modifies the standard Adam algorithm" says that the means are those of Adam.
    """
    home, _, own = context.record.name.rpartition(".")
    found: list[tuple[Lines, str]] = []
    for word in dict.fromkeys(re.findall(r"\b[A-Za-z]\w{2,}\b", " ".join(context.lines))):
        path = f"{home}.{word}"
        if word == own or not (word[0].isupper() or f"`{word}`" in " ".join(context.lines)) or not has_rule(path):
            continue
        record = _record(path)
        if record is None:
            continue
        other = Context(record)
        texts = [formula for formula in record.formulas if formula.display and not formula.notation and step_letter(formula.latex)]
        parts = {text: lines for text in texts if isinstance(lines := read_steps(text.latex, other.names), Lines)}
        whole, used = completed(read, parts, known)
        if used and not lacking(whole, known) and set(missing) <= {line.left.base for line in whole.lines}:
            found.append((whole, record.name))
    return found[0] if len(found) == 1 else (read, "")


def _record(path: str) -> Documented | None:
    try:
        return record_of(path)
    except QedocError:
        return None


def starts(context: Context) -> dict[str, sp.Expr]:
    """The values at the step 0 that formulas of the text state, by name.

    Args:
        context: the docstring.
    """
    found: dict[str, sp.Expr] = {}
    names = Names(parameters=context.record.parameters, legend=context.record.legend)
    for formula in context.record.formulas:
        if not formula.display and "0" in formula.latex:
            found |= {name: value for name, value in read_start(formula.latex, names).items() if name not in found}
    return found
