"""What the docstring of a class says about the symbols of its methods and properties."""

from dataclasses import replace

from qedoc.bind.context import Context
from qedoc.interpret.choices import Choice, Choices, Sure, parameter
from qedoc.sources.docstrings import record_of


def told(context: Context, line: int) -> Choices:
    """What the text says about the display at a line: the docstring, and that of the class for symbols that it does not explain.

    Args:
        context: the docstring.
        line: the line of the display, from 0.
    """
    said = context.text.choices(line)
    record = context.record
    if not record.owner or record.owner == record.name:
        return said
    beside = Context(record_of(record.owner)).text.choices(-1)
    own = {name for name, choices in said.meanings.items() if choices}
    known = set(context.parameters)
    meanings = {name: choices for name, choices in beside.meanings.items() if name not in own and choices and name not in context.definitions}
    lettered = {
        name: (Choice(about="symbol", subject=name, value=parameter(to), words=f"as in {record.owner}", sure=Sure.SUGGESTED),)
        for name, to in context.lettered.items()
        if name not in own and name not in meanings and to in known and name not in context.definitions
    }
    domain = tuple(choice for choice in beside.domain if _is_of(choice, known, {*meanings, *own}))
    return replace(
        said,
        meanings=dict(said.meanings) | meanings | lettered,
        domain=tuple(dict.fromkeys((*said.domain, *domain))),
        explained={name: words for name, words in beside.explained.items() if name not in own} | dict(said.explained),
    )


def _is_of(choice: Choice, parameters: set[str], symbols: set[str]) -> bool:
    """Whether a relation is only about the parameters and the symbols that the class explains."""
    return all(symbol.name.removeprefix("@") in parameters or symbol.name in symbols for symbol in choice.value.free_symbols)
