"""What the docstring of a class says about the symbols of its methods and properties."""

import re
from collections.abc import Sequence
from dataclasses import replace

from qedoc.bind.context import Context
from qedoc.claims.modules import Settled
from qedoc.interpret.choices import Choice, Choices, Sure, parameter
from qedoc.read import plain
from qedoc.sources.docstrings import Documented


def told(context: Context, line: int) -> Choices:
    """What the text says about the display at a line: the docstring, and that of the class for symbols that it does not explain.

    What stands in the docstring of a module is about an object with a docstring of its own. What is not clear there counts as well.

    Args:
        context: the docstring.
        line: the line of the display, from 0.
    """
    settled = [argument.text for argument in context.record.arguments if isinstance(argument.default, Settled) and argument.text]
    said = _without(context.text.choices(line), (*context.aside, *settled))
    record = context.record
    if not record.owner and not record.module:
        return said
    lettered = _lettered(context, {name for name, choices in said.meanings.items() if choices})
    if context.owner is None:
        return replace(said, meanings=dict(said.meanings) | lettered)
    beside = context.owner.text.choices(-1)
    own = {name for name, choices in said.meanings.items() if choices}
    known = set(context.parameters)
    meanings = {
        name: choices for name, choices in beside.meanings.items() if name not in own and choices and name not in context.definitions
    }
    domain = tuple(choice for choice in beside.domain if _is_of(choice, known, {*meanings, *own}))
    if record.module:
        said = replace(said, doubtful=(*said.doubtful, *beside.doubtful), unclear=(*said.unclear, *beside.unclear))
    return replace(
        said,
        meanings=lettered | dict(said.meanings) | meanings,
        domain=tuple(dict.fromkeys((*said.domain, *domain))),
        explained={name: words for name, words in beside.explained.items() if name not in own} | dict(said.explained),
    )


def _without(said: Choices, aside: Sequence[str]) -> Choices:
    """What the text says, without the sentences of descriptions that are not about the formula."""
    texts = [" ".join(text.split()) for text in aside]

    def kept(choices: Sequence[Choice]) -> tuple[Choice, ...]:
        return tuple(choice for choice in choices if not any(" ".join(choice.words.split()) in text for text in texts))

    return replace(said, domain=kept(said.domain), doubtful=kept(said.doubtful), unclear=kept(said.unclear)) if texts else said


def _lettered(context: Context, own: set[str]) -> dict[str, tuple[Choice, ...]]:
    """Returns what letters mean in the docstring of the class. The docstring of the member overrides it."""
    words = f"as in {context.record.owner}"
    return {
        name: (Choice(about="symbol", subject=name, value=parameter(to), words=words, sure=Sure.SUGGESTED),)
        for name, to in context.lettered.items()
        if name not in own and to in context.parameters and name not in context.definitions
    }


def letters_of_name(record: Documented) -> dict[str, str]:
    r"""The letters of the parameters of the constructor, from a place where the text writes the object: `X \sim \mathrm{Gamma}(a, b)`.

    Args:
        record: the docstring of a class or of one of its members.
    """
    name = record.owner.rpartition(".")[2]
    made = [argument.name for argument in record.arguments if argument.made or record.owner == record.name]
    for text in (record.docstring, *record.beside):
        for found in re.finditer(_OBJECT.format(name=re.escape(name)), text):
            letters = [letter.strip() for letter in re.split(r"[,;]", found[1])]
            if 0 < len(letters) <= len(made) and all(map(_LETTER.fullmatch, letters)):
                return {plain(letter): parameter_ for letter, parameter_ in zip(letters, made, strict=False)}
    return {}


_OBJECT = r"\\(?:mathrm|operatorname|text|mathsf|textrm|mathcal)\s*\{{\s*{name}\s*\}}\s*(?:\\left)?\(([^()]*?)(?:\\right)?\)"
_LETTER = re.compile(r"\\?[A-Za-z]+(?:_(?:\w|\{\w+\}))?")


def _is_of(choice: Choice, parameters: set[str], symbols: set[str]) -> bool:
    """Whether a relation is only about the parameters and the symbols that the class explains."""
    return all(symbol.name.removeprefix("@") in parameters or symbol.name in symbols for symbol in choice.value.free_symbols)
