"""The objective function of a solver in the formulas of its docstring, and the options of which their words speak."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from qedoc.bind.context import Context
from qedoc.claims.solvers import solver
from qedoc.claims.target import resolve
from qedoc.read.steps import Lines, read_steps, step_letter
from qedoc.sources.arguments import Argument
from qedoc.sources.docstrings import Formula

_NAMED = r"(?:\\(?:text|mathrm|operatorname|mathit|mathcal|textrm)\s*\{\s*\\?(\w+)\s*\}|\\(ell)\b|([A-Za-z]))"
_SLOPE = re.compile(rf"\\nabla\s*(?:_\s*(?:\{{[^{{}}]*\}}|\\?\w+)\s*)?{_NAMED}")
"""The gradient of a function, with its name."""

_IS_OBJECTIVE = re.compile(r"\b(?:function|objective|loss|cost|energy|fun)\b", re.IGNORECASE)
_IS_ANOTHER = re.compile(r"\b(?:regulari[sz]\w*|penalty|prox\w*|constraints?|smooth(?:ed)? part|surrogate|dual|averaged?)\b", re.IGNORECASE)
_QUOTED = re.compile(r"``([^`\s]+)``|[\"']([\w+-]+)[\"']")
_OTHERS = re.compile(r"\b(?:not|unlike|except|other|others|without|instead|rather|but|than|contrast)\b", re.IGNORECASE)
"""Words that say that an option is another one."""

_DIRECTIVE = re.compile(r"\.\. math\s*::.*$", re.DOTALL)


_POLE = re.compile(r"(?:and )?(?:the )?(?:[\w-]+ ){1,3}is (?:zero|0) (?:whenever|when|if|where) :math:`([^`]+)` is (?:zero|0)\.?")
"""A sentence about the points at which a divisor is zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    r"""The objective of a class of solvers in its docstring.

    Args:
        parameter: the parameter of the constructor that is the objective; empty for an object that is no solver.
        function: the name of the objective in the formulas; empty if they do not name it.
        unclear: why nothing says which function it is; empty if the text says it.
        options: the values that the description of each parameter lists, if its default is one of them.
        definitions: the displays that give a name without a step, `\gamma = ...`, which a later display of lines uses.
    """

    parameter: str = ""
    function: str = ""
    unclear: str = ""
    options: Mapping[str, frozenset[str]] = field(default_factory=dict)
    definitions: Mapping[Formula, Lines] = field(default_factory=dict)


def objective_of(context: Context) -> Objective:
    """Returns the objective of a docstring.

    Args:
        context: the docstring of a class of solvers, or of anything else.
    """
    found = solver(resolve(context.record.path))
    if found is None:
        return Objective()
    function = _function_of(context, found.objective)
    return Objective(
        parameter=found.objective,
        function=function or "",
        unclear=f"nothing says which function of the formulas is {found.objective}, the objective" if function is None else "",
        options=_options(context.parameters),
        definitions=_definitions(context, function or ""),
    )


def _function_of(context: Context, objective: str) -> str | None:
    """The name of the objective in the formulas, of which they take the gradient; None if nothing says which one it is."""
    latex = [formula.latex for formula in context.record.formulas if formula.display]
    named = {next(filter(None, found)) for text in latex for found in _SLOPE.findall(text)}
    named = named or {objective} & set(re.findall(r"\w+", " ".join(latex)))
    if len(named) > 1:
        return None
    for name in named:
        said = context.legend.get(name, "")
        if name != objective and said and (not _IS_OBJECTIVE.search(said) or _IS_ANOTHER.search(said)):
            return None
        return name
    return ""


def _options(parameters: Mapping[str, Argument]) -> dict[str, frozenset[str]]:
    """The values that the description of each parameter lists: `"best"` or `"fast"`."""
    found = {}
    for p in parameters.values():
        choices = p.annotation if "Literal" in p.annotation else ""
        listed = {next(filter(None, one)) for one in _QUOTED.findall(f"{choices} {p.text}")}
        if isinstance(p.default, str) and (p.default in listed or not listed):
            found[p.name] = frozenset({p.default, *listed} - set(parameters))
    return found


def said_option(lines: Sequence[str], known: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """Returns the option for which lines before a display state it: "for the ``fast`` variant, it is" names a value of `variant`.

    Args:
        lines: the lines between the display before and this one.
        known: the values of each parameter.
    """
    paragraph = re.split(r"\n\s*\n", _DIRECTIVE.sub("", "\n".join(lines)).strip())[-1]
    last = " ".join(re.split(r"(?<=[.!?])\s+(?=[A-Z])", paragraph.strip())[-1].split())
    found = set[tuple[str, str]]()
    if _OTHERS.search(last):
        return {}
    for name, values in known.items():
        for value in values:
            quoted = rf"(?:``{re.escape(value)}``|[\"']{re.escape(value)}[\"'])"
            if re.search(rf"{quoted} `*{name}\b|\b{name}`*\s*=?=?\s*`*{quoted}|\b{name}\s*=\s*{re.escape(value)}``", last):
                found.add((name, value))
    return dict(found) if len(found) == 1 else {}


def is_about_pole(words: str, latex: str) -> bool:
    r"""Whether a sentence is about the points alone at which a divisor of a formula is zero: "the step is zero whenever `\|g\|` is zero".

    Args:
        words: the sentence.
        latex: the formula.
    """
    said = _POLE.fullmatch(" ".join(words.split()))
    return said is not None and f"}}{{{''.join(said[1].split())}}}" in "".join(latex.split())


def _definitions(context: Context, function: str) -> dict[Formula, Lines]:
    """The displays that give a name without a step its value, which a later display uses."""
    displays = [formula for formula in context.record.formulas if formula.display and not formula.notation]
    letter = next(filter(None, (step_letter(formula.latex) for formula in displays)), "")
    found: dict[Formula, Lines] = {}
    for place, formula in enumerate(displays):
        if step_letter(formula.latex) or not letter or "=" not in formula.latex:
            continue
        left = formula.latex.partition("=")[0].strip().removesuffix("&").strip()
        used = any(step_letter(other.latex) and left in other.latex for other in displays[place + 1 :])
        read = read_steps(formula.latex, context.names, function, letter) if used else None
        if isinstance(read, Lines) and all(line.left.shift is None for line in read.lines):
            found[formula] = read
    return found


def variants(
    parts: Mapping[Formula, Lines], said: Mapping[Formula, Mapping[str, str]]
) -> Iterator[tuple[dict[str, Any], dict[Formula, Lines]]]:
    """Yields the options for which earlier displays give different lines, each with the displays that hold for it.

    Args:
        parts: the lines of earlier displays.
        said: the option for which the words before a display state it.
    """
    told = list(dict.fromkeys(tuple(chosen.items()) for formula, chosen in said.items() if chosen and formula in parts))
    for chosen in told or [()]:
        yield dict(chosen), {formula: read for formula, read in parts.items() if tuple(said.get(formula, {}).items()) in ((), chosen)}
