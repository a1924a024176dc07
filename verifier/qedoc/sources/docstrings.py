"""Finds the documented objects of an installed package, each once, with their formulas and what the text says about the symbols."""

import inspect
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

from qedoc.claims.consulted import remembered
from qedoc.claims.given_objects import with_object
from qedoc.claims.measured import Measured
from qedoc.claims.members import member
from qedoc.errors import Location, TargetError
from qedoc.sources import fields, locations, markup, plain_legend, prose, silenced, values, worded
from qedoc.sources.arguments import Argument, argument_of, arguments_of, descriptions, of_object
from qedoc.sources.objects import Lost, attribute, classes, docstring_of, ignored, loaded, named, own_docstring, public, unwrapped, walk
from qedoc.sources.pages import Passage
from qedoc.sources.subjects import names, subjects


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A formula of a docstring.

    Args:
        latex: the formula, without its markup.
        location: the file and line where it starts.
        display: whether it stands alone rather than inside a sentence.
        line: the line of its display in the docstring, from 0.
        notation: `plain` for plain text, `words` for a sentence, `comment` for a formula that is not printed; empty for LaTeX.
        value: whether a sentence in running text says that it is the object's value.
        label: what distinguishes its claim from those of the docstring, for a formula of a page.
    """

    latex: str
    location: Location
    display: bool
    line: int
    notation: str = ""
    value: bool = False
    label: str = ""


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
        target: the dotted path of what a formula is about, if that is a method or property of the documented class; empty otherwise.
        owner: for a class, a method and a property, the dotted path of the class; empty for anything else.
        beside: the docstrings of the class and its constructor, for a method or property.
        pairs: the letters of the keys and of the values of each parameter that is a dict, according to the text.
        module: the module whose docstring has the formulas; empty if they stand in the object's own docstring.
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
    target: str = ""
    owner: str = ""
    beside: tuple[str, ...] = ()
    pairs: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    module: str = ""

    @property
    def path(self) -> str:
        """The dotted path of what the formulas are about."""
        return self.target or self.name

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters, in order."""
        return tuple(argument.name for argument in self.arguments)


def documented(target: str, load: Callable[[str], ModuleType | None] = loaded, lost: Lost = ignored) -> list[Documented]:
    """Returns the documented objects at a dotted path: one object, or a package or module with its public contents.

    Args:
        target: a path such as `optax`, `jax.nn` or `optax.adam`.
        load: imports a module inside the target. Returns None for a module to skip.
        lost: is told each public name that cannot be read.

    Raises:
        TargetError: if nothing importable is at the path.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # packages warn when their deprecated names are accessed
        return _documented(target, load, lost)


def _documented(target: str, load: Callable[[str], ModuleType | None], lost: Lost) -> list[Documented]:
    found = dict(walk(target, load, lost))
    root, reached = target.partition(".")[0], classes(found.values())
    by_object: dict[tuple[int, str], list[str]] = {}
    for path, value in found.items():
        if docstring := docstring_of(value, root, reached):
            by_object.setdefault((id(unwrapped(value)), docstring), []).append(path)
    named = {tuple(sorted(paths, key=_rank)): docstring for (_, docstring), paths in by_object.items() if docstring.strip()}
    sharing: dict[str, list[str]] = {}
    for paths, docstring in named.items():
        sharing.setdefault(docstring, []).extend(paths)
    records = []
    for (name, *aliases), docstring in named.items():
        copies = sorted({*sharing[docstring]} - {name, *aliases}, key=_rank)
        records.append(replace(_record(name, tuple(aliases), found[name], docstring), copies=tuple(copies)))
    records = [_without(record, found[record.name]) for record in records] + list(_in_modules(found, root))
    return sorted((_with_siblings(record, found) for record in records), key=lambda record: _rank(record.name))


def _without(record: Documented, value: Any) -> Documented:
    """The record of a module without the displays that are about one of its functions or classes. Any other record stays as it is."""
    if not isinstance(value, ModuleType) or not any(formula.display for formula in record.formulas):
        return record
    elsewhere = subjects(value, fields.lines(value, record.docstring))
    return replace(record, formulas=tuple(formula for formula in record.formulas if not formula.display or formula.line not in elsewhere))


def _in_modules(found: Mapping[str, Any], root: str) -> Iterator[Documented]:
    """The records of functions and classes with the formulas about them in the docstring of their module."""
    paths: dict[str, dict[int, list[str]]] = {}
    for path, value in found.items():
        home = getattr(unwrapped(value), "__module__", None)
        if isinstance(home, str) and home.partition(".")[0] == root and (inspect.isclass(value) or callable(value)):
            paths.setdefault(home, {}).setdefault(id(unwrapped(value)), []).append(path)
    for home, objects in paths.items():
        module = sys.modules.get(home)
        docstring = own_docstring(module)
        lines = fields.lines(module, docstring) if docstring else []
        if module is None or not markup.blocks(lines):
            continue
        of = subjects(module, lines)
        places = {first: number for number, first in enumerate(dict.fromkeys(block.first for block in markup.blocks(lines)), start=1)}
        for name in names(of.values()):
            known = sorted(objects.get(id(unwrapped(vars(module)[name])), []), key=_rank)
            if known:
                yield _in_module(known, found[known[0]], module, {first: places[first] for first, one in of.items() if name in one})


def _in_module(paths: list[str], value: Any, module: ModuleType, displays: Mapping[int, int]) -> Documented:
    """The record of an object with some displays of its module's docstring, each with its number."""
    told = own_docstring(value)
    record = _record(paths[0], tuple(paths[1:]), value, own_docstring(module), own=(told,) if told else ())
    formulas = [
        replace(formula, label=f"{module.__name__}:{displays[formula.line]}" if formula.display else "")
        for formula in record.formulas
        if not formula.display or formula.line in displays
    ]
    return replace(record, formulas=tuple(formulas), module=module.__name__)


def _rank(path: str) -> tuple[int, str]:
    return path.count("."), path


def with_docstring(path: str, docstring: str) -> Documented:
    """Returns the record of one object with another docstring.

    Args:
        path: its dotted path.
        docstring: the docstring.

    Raises:
        TargetError: if nothing importable is at the path.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _record(path, (), named(path), docstring)


def page_record(passage: Passage) -> Documented:
    """Returns the record of a function with the formulas of a page in place of those of its docstring, whose text still counts.

    Args:
        passage: the formulas of a section about one function.

    Raises:
        TargetError: if nothing importable is at the function's path.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = named(passage.function)
        told = own_docstring(value)
        record = _record(passage.function, (), value, "\n".join(passage.lines), own=(told,) if told else ())
    formulas = [
        replace(formula, location=place, label=f"{place.path}:{place.line}")
        for formula in record.formulas
        if not formula.display or formula.line in passage.displays
        for place in [passage.page.location(passage.start + max(formula.line, 0))]
    ]
    return replace(record, formulas=tuple(formulas), location=passage.page.location(passage.start))


def _record(name: str, aliases: tuple[str, ...], value: Any, docstring: str, own: tuple[str, ...] = ()) -> Documented:
    written, docstring = docstring, "\n".join(silenced.without(docstring.split("\n")))
    lines = fields.lines(value, docstring)
    path, defined = _home(name, value, written) if markup.blocks(lines) or markup.roles(lines) else locations.home(value)
    owner = _owner(name, value)
    beside = own + tuple(text for of in _texts(owner, value) if (text := own_docstring(of)) and text not in (written, *own))
    spoken = worded.worded(markup.paragraphs(lines), markup.arguments(lines), name.rpartition(".")[2]) if callable(value) else []
    blocks = markup.blocks(lines)
    described: dict[str, str] = {}
    legend: dict[str, str] = {}
    for part in (lines, *map(markup.dedented, beside)):
        legend = prose.legend(markup.paragraphs(part), descriptions(part)) | legend
        described = descriptions(part) | described
    placed, described = plain_legend.placed(described)
    described = {name: worded.without([text], [one.text for one in spoken])[0] for name, text in described.items()}
    arguments = (
        arguments_of(value, described) if owner is None else of_object(owner, "" if owner is value else name.rpartition(".")[2], described)
    )
    names = [argument.name for argument in arguments]
    plain = any(block.notation == markup.PLAIN for block in blocks)
    spans = plain_legend.told(markup.paragraphs(lines) if plain else [], names)
    quoted = {symbol: f"``{parameter}``" for symbol, parameter in worded.symbols(markup.arguments(lines)).items()} if spoken else {}
    legend = {**placed, **quoted, **prose.short_names(docstring, names), **spans.legend, **legend}
    letters = {symbol: text for symbol, text in legend.items() if "angle" not in symbol}
    said = {argument.name: argument.text for argument in arguments}
    found = ((symbol, prose.parameter(text, names) or prose.described(text, said)) for symbol, text in letters.items())
    bound = {symbol: parameter for symbol, parameter in found if parameter}
    shaped = {argument.name for argument in arguments if prose.shaped(argument.text)}
    square = {argument.name for argument in arguments if prose.matrix(argument.text) or argument.name.endswith("_matrix")}
    matrices = {symbol for symbol, text in legend.items() if prose.matrix(text)} | {s for s, p in bound.items() if p in square} | square
    vectors = {symbol for symbol, text in legend.items() if prose.shaped(text)} | {s for s, p in bound.items() if p in shaped} | shaped

    def place(line: int) -> Location:
        return locations.locate(written, line, path, defined)

    formulas = [
        Formula(latex=block.latex, location=place(block.start), display=True, line=block.first, notation=block.notation) for block in blocks
    ]
    formulas += [
        Formula(latex=text, location=place(line), display=False, line=line, notation=markup.PLAIN) for text, line in spans.definitions
    ]
    formulas += [Formula(latex=role.latex, location=place(role.line), display=False, line=role.line) for role in markup.roles(lines)]
    formulas += [Formula(latex=one.text, location=place(one.line), display=True, line=one.line, notation=markup.WORDS) for one in spoken]
    if callable(value) and not any(formula.display for formula in formulas):
        formulas += [
            Formula(latex=one.text, location=place(one.line), display=False, line=one.line or -1, notation=one.notation, value=True)
            for one in values.given_values(markup.paragraphs(lines), name.rpartition(".")[2], names, is_class=inspect.isclass(value))
        ]
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
        owner="" if owner is None else name if owner is value else name.rpartition(".")[0],
        beside=beside,
        pairs=worded.pairs(markup.paragraphs(lines), names) | {parameter: pair for one in spoken for parameter, pair in one.pairs.items()},
    )


def _owner(name: str, value: Any) -> type | None:
    """The class of a method or property, or the class itself; None for anything else."""
    if inspect.isclass(value):
        return value
    path, _, last = name.rpartition(".")
    try:
        found = named(path) if path else None
        return found if inspect.isclass(found) and member(found, last) is not None else None
    except TargetError:
        return None


def _texts(owner: type | None, value: Any) -> tuple[Any, ...]:
    """What else explains the symbols of a documented object: the constructor, and for a method or property the class."""
    if owner is None:
        return ()
    return (owner.__init__,) if owner is value else (owner, owner.__init__)  # type: ignore[misc]  # the constructor of this very class


@remembered()
def record_of(path: str) -> Documented:
    """Returns the record of one object, with its docstring or without.

    Args:
        path: its dotted path.

    Raises:
        TargetError: if nothing importable is at the path.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = named(path)
        return _record(path, (), value, own_docstring(value))


def about(record: Documented, name: str) -> Documented:
    """Returns the record of a class, or of one of its members, as one whose formulas are about a method or property of the class.

    Args:
        record: the record.
        name: the method or property.
    """
    owner = named(record.owner)
    told = {argument.name: argument.text for argument in record.arguments}
    static = isinstance(inspect.getattr_static(owner, name, None), staticmethod)
    arguments = arguments_of(getattr(owner, name), told) if static else of_object(owner, name, told)
    return replace(record, target=f"{record.owner}.{name}", arguments=tuple(arguments))


def of_metric(record: Documented, metric: Measured) -> Documented:
    """Returns the record of a class that is a metric as one whose formulas are about the value that it computes from arrays.

    Args:
        record: the record of the class.
        metric: the value of the metric.
    """
    told = descriptions(markup.dedented(own_docstring(metric.method)))
    arguments = tuple(argument_of(name, p, told.get(name, ""), made=False) for name, p in metric.takes.items())
    texts = {argument.name: argument.text for argument in arguments}
    found = {symbol: prose.parameter(text, list(texts)) or prose.described(text, texts) for symbol, text in record.legend.items()}
    bound = {symbol: parameter for symbol, parameter in found.items() if parameter}
    shaped = {name for name, text in texts.items() if prose.shaped(text)}
    vectors = record.vectors | shaped | {symbol for symbol, parameter in bound.items() if parameter in shaped}
    return replace(record, target=f"{record.owner}.{metric.name}", arguments=arguments, bound=bound, vectors=vectors)


def of_objects(record: Documented, parameter: str) -> Documented:
    """Returns the record of a function that takes an object as one whose formulas are about what the object is made of.

    Args:
        record: the record.
        parameter: the parameter that takes the object.
    """
    function = with_object(named(record.name), parameter)
    assert function is not None  # the caller has seen that it takes one
    told = {argument.name: argument.text for argument in record.arguments}
    texts = (own_docstring(function.made), own_docstring(function.made.__dict__.get("__init__")))
    described = {name: text for one in texts for name, text in descriptions(markup.dedented(one)).items()}
    made = [argument_of(name, p, described.get(name, ""), made=True) for name, p in function.makes.items()]
    taken = [argument_of(name, p, told.get(name, ""), made=False) for name, p in function.takes.items()]
    return replace(record, target=f"{record.name}.{parameter}", arguments=(*made, *taken))


def _home(name: str, value: Any, docstring: str) -> tuple[str, int]:
    """The file and line of the definition, or of the string if it stands in another file."""
    path, defined = locations.home(value)
    if any(literal.value == docstring for literal in locations.literals(path)):
        return path, defined
    elsewhere, line = locations.find_literal(docstring, name.partition(".")[0])
    return (elsewhere, line) if elsewhere else (path, defined)


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
