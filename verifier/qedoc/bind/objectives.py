"""The objective function of a solver in the formulas of its docstring, and the options of which their words speak."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qedoc.bind.context import Context
from qedoc.read.steps import Lines, read_steps, step_letter
from qedoc.sources.docstrings import Argument, Formula

_NAMED = r"(?:\\(?:text|mathrm|operatorname|mathit|mathcal|textrm)\s*\{\s*\\?(\w+)\s*\}|\\(ell)\b|([A-Za-z]))"
_SLOPE = re.compile(rf"\\nabla\s*(?:_\s*(?:\{{[^{{}}]*\}}|\\?\w+)\s*)?{_NAMED}")
"""The gradient of a function, with its name."""

_IS_OBJECTIVE = re.compile(r"\b(?:function|objective|loss|cost|energy|fun)\b", re.IGNORECASE)
_IS_ANOTHER = re.compile(r"\b(?:regulari[sz]\w*|penalty|prox\w*|constraints?|smooth(?:ed)? part|surrogate|dual|averaged?)\b", re.IGNORECASE)
_QUOTED = re.compile(r"``([^`\s]+)``|[\"']([\w+-]+)[\"']")
_DIRECTIVE = re.compile(r"\.\. math\s*::.*$", re.DOTALL)


def function_of(context: Context, objective: str) -> str | None:
    """Returns the name of the objective in the formulas; empty if they do not name it, and None if nothing says which one it is.

    It is the function of which they take the gradient.

    Args:
        context: the docstring of a class of solvers.
        objective: the parameter of the constructor that is the objective.
    """
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


def options(parameters: Mapping[str, Argument]) -> dict[str, frozenset[str]]:
    """Returns the values that the description of each parameter lists, if its default is one of them: `"best"` or `"fast"`.

    Args:
        parameters: the parameters, by name.
    """
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
    found = set()
    for name, values in known.items():
        for value in values:
            quoted = rf"(?:``{re.escape(value)}``|[\"']{re.escape(value)}[\"'])"
            if re.search(rf"{quoted} `*{name}\b|\b{name}`*\s*=?=?\s*`*{quoted}|\b{name}\s*=\s*{re.escape(value)}``", last):
                found.add((name, value))
    return dict(found) if len(found) == 1 else {}


def definitions(context: Context, function: str) -> dict[Formula, Lines]:
    r"""Returns the displays that give a name without a step, `\gamma = ...`, which a later display of lines uses.

    Args:
        context: the docstring of a class of solvers.
        function: the name of the objective.
    """
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


def variants(parts: Mapping[Formula, Lines], said: Mapping[Formula, Mapping[str, str]]) -> Iterator[tuple[dict[str, Any], dict[Formula, Lines]]]:
    """Yields the options for which earlier displays give different lines, each with the displays that hold for it.

    Args:
        parts: the lines of earlier displays.
        said: the option for which the words before a display state it.
    """
    told = list(dict.fromkeys(tuple(chosen.items()) for formula, chosen in said.items() if chosen and formula in parts))
    for chosen in told or [()]:
        yield dict(chosen), {formula: read for formula, read in parts.items() if tuple(said.get(formula, {}).items()) in ((), chosen)}
