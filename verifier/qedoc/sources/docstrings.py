"""Finds the documented objects of an installed package, each once, with their formulas and what the text says about the symbols."""

import inspect
import sys
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

from qedoc.errors import Location
from qedoc.sources import locations, markup, plain_legend, prose, worded
from qedoc.sources.objects import attribute, loaded, public, unwrapped, walk


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A formula of a docstring.

    Args:
        latex: the formula, without its markup.
        location: the file and line where it starts.
        display: whether it stands alone rather than inside a sentence.
        line: the line of its display in the docstring, from 0.
        notation: `plain` for plain text, `words` for a sentence, `comment` for a formula that is not printed; empty for LaTeX.
    """

    latex: str
    location: Location
    display: bool
    line: int
    notation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """A parameter of a documented function.

    Args:
        name: its name.
        default: its default, or `inspect.Parameter.empty`.
        annotation: its annotation as written; empty if there is none.
        text: its description in the docstring.
        keyword: whether it is keyword-only.
    """

    name: str
    default: Any
    annotation: str
    text: str
    keyword: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """An object with a docstring.

    Args:
        name: its dotted path, the shortest of its public ones.
        aliases: its other public paths.
        copies: paths of other objects with the same docstring, each of which has its own record.
        location: where it is defined.
        docstring: its docstring at run time.
        arguments: its parameters, in order; empty for a module.
        formulas: display and inline formulas, in the order written.
        legend: the text's explanation of each symbol, by the symbol's LaTeX.
        bound: symbols that the text identifies with a parameter, by the symbol's LaTeX.
        siblings: names of the documented functions next to it.
        vectors: symbols and parameters that have entries according to the text.
        matrices: symbols and parameters that are matrices according to the text.
        pairs: the letters of the keys and of the values of each parameter that is a dict, according to the text.
    """

    name: str
    aliases: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    location: Location
    docstring: str
    arguments: tuple[Argument, ...] = ()
    formulas: tuple[Formula, ...] = ()
    legend: Mapping[str, str] = field(default_factory=dict)
    bound: Mapping[str, str] = field(default_factory=dict)
    siblings: frozenset[str] = frozenset()
    vectors: frozenset[str] = frozenset()
    matrices: frozenset[str] = frozenset()
    pairs: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters, in order."""
        return tuple(argument.name for argument in self.arguments)


def documented(target: str, load: Callable[[str], ModuleType | None] = loaded) -> list[Documented]:
    """Returns the documented objects at a dotted path: one object, or a package or module with its public contents.

    Args:
        target: a path such as `optax`, `jax.nn` or `optax.adam`.
        load: imports a module inside the target. Returns None for a module to skip.

    Raises:
        TargetError: if nothing importable is at the path.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # packages warn when their deprecated names are accessed
        return _documented(target, load)


def _documented(target: str, load: Callable[[str], ModuleType | None]) -> list[Documented]:
    found = dict(walk(target, load))
    by_object: dict[tuple[int, str], list[str]] = {}
    for path, value in found.items():
        if docstring := docstring_of(value):
            by_object.setdefault((id(unwrapped(value)), docstring), []).append(path)
    named = {tuple(sorted(paths, key=_rank)): docstring for (_, docstring), paths in by_object.items() if docstring.strip()}
    sharing: dict[str, list[str]] = {}
    for paths, docstring in named.items():
        sharing.setdefault(docstring, []).extend(paths)
    records = []
    for (name, *aliases), docstring in named.items():
        copies = sorted({*sharing[docstring]} - {name, *aliases}, key=_rank)
        records.append(replace(_record(name, tuple(aliases), found[name], docstring), copies=tuple(copies)))
    return sorted((_with_siblings(record, found) for record in records), key=lambda record: _rank(record.name))


def _rank(path: str) -> tuple[int, str]:
    return path.count("."), path


def docstring_of(value: Any) -> str:
    """The docstring of the object itself; empty if it only has that of its type."""
    text = getattr(value, "__doc__", None)
    if not isinstance(text, str):
        return ""
    inherited = getattr(type(value), "__doc__", None)
    return "" if text == inherited and not inspect.isclass(value) else text


def _record(name: str, aliases: tuple[str, ...], value: Any, docstring: str) -> Documented:
    lines = markup.dedented(docstring)
    path, defined = _home(name, value, docstring) if markup.blocks(lines) or markup.roles(lines) else locations.home(value)
    paragraphs = markup.paragraphs(lines)
    told = markup.arguments(lines)
    spoken = worded.worded(paragraphs, told, name.rpartition(".")[2]) if callable(value) else []
    arguments = _arguments(value, {name: worded.without([text], [one.text for one in spoken])[0] for name, (text, _) in told.items()})
    names = [argument.name for argument in arguments]
    blocks = markup.blocks(lines)
    spans = plain_legend.told(paragraphs if any(block.notation == markup.PLAIN for block in blocks) else [], names)
    named = {symbol: f"``{parameter}``" for symbol, parameter in worded.symbols(told).items()} if spoken else {}
    legend = {**named, **spans.legend, **prose.legend(paragraphs, {name: text for name, (text, _) in told.items()})}
    letters = {symbol: text for symbol, text in legend.items() if "angle" not in symbol}
    said = {argument.name: argument.text for argument in arguments}
    found = ((symbol, prose.parameter(text, names) or prose.described(text, said)) for symbol, text in letters.items())
    bound = {symbol: parameter for symbol, parameter in found if parameter}
    shaped = {argument.name for argument in arguments if prose.shaped(argument.text)}
    square = {argument.name for argument in arguments if prose.matrix(argument.text)}
    matrices = {symbol for symbol, text in legend.items() if prose.matrix(text)} | {s for s, p in bound.items() if p in square} | square
    vectors = {symbol for symbol, text in legend.items() if prose.shaped(text)} | {s for s, p in bound.items() if p in shaped} | shaped

    def place(line: int) -> Location:
        return locations.locate(docstring, line, path, defined)

    formulas = [
        Formula(latex=block.latex, location=place(block.start), display=True, line=block.first, notation=block.notation) for block in blocks
    ]
    formulas += [
        Formula(latex=text, location=place(line), display=False, line=line, notation=markup.PLAIN) for text, line in spans.definitions
    ]
    formulas += [Formula(latex=role.latex, location=place(role.line), display=False, line=role.line) for role in markup.roles(lines)]
    formulas += [Formula(latex=one.text, location=place(one.line), display=True, line=one.line, notation=markup.WORDS) for one in spoken]
    return Documented(
        name=name,
        aliases=aliases,
        location=Location(path=path, line=max(defined, 1)),
        docstring=docstring,
        arguments=tuple(arguments),
        formulas=tuple(sorted(formulas, key=lambda formula: formula.line)),
        legend=legend,
        bound=bound,
        vectors=frozenset(vectors),
        matrices=frozenset(matrices),
        pairs={parameter: pair for one in spoken for parameter, pair in one.pairs.items()},
    )


def _home(name: str, value: Any, docstring: str) -> tuple[str, int]:
    """The file and line of the definition, or of the string if it stands in another file."""
    path, defined = locations.home(value)
    if any(literal.value == docstring for literal in locations.literals(path)):
        return path, defined
    elsewhere, line = locations.find_literal(docstring, name.partition(".")[0])
    return (elsewhere, line) if elsewhere else (path, defined)


def _arguments(value: Any, told: Mapping[str, str]) -> list[Argument]:
    try:
        parameters = list(inspect.signature(value).parameters.values()) if callable(value) else []
    except (TypeError, ValueError):
        parameters = []
    return [
        Argument(
            name=parameter.name,
            default=parameter.default,
            annotation="" if parameter.annotation is inspect.Parameter.empty else str(parameter.annotation),
            text=told.get(parameter.name, ""),
            keyword=parameter.kind is inspect.Parameter.KEYWORD_ONLY,
        )
        for parameter in parameters
        if parameter.name not in ("self", "cls")
    ]


def _with_siblings(record: Documented, found: Mapping[str, Any]) -> Documented:
    """The record with the names of the functions in its modules, as they are written in formulas."""
    folders = {path.rpartition(".")[0] for path in (record.name, *record.aliases, *record.copies)}
    names = {path.rpartition(".")[2] for path, value in found.items() if path.rpartition(".")[0] in folders and callable(value)}
    modules = [sys.modules[folder] for folder in folders if folder in sys.modules]
    for module in modules:
        names |= {name for name in public(module) if _is_function(attribute(module, name))}
    own = record.name.rpartition(".")[2]
    return replace(record, siblings=frozenset(names - {own}))


def _is_function(value: Any) -> bool:
    called: Callable[..., Any] | None = value if callable(value) else None
    return called is not None and not inspect.isclass(called)
