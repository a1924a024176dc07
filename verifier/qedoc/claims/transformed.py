"""Modules whose arrays of parameters are known after a call: those of dm-haiku, through `transform`, and of Flax Linen, through `init`.

Modules that hold other modules are called too, because their arrays may have any length.

The method is called once with arrays of ones, which tells the parameters and their shapes. From then on they are arguments of `apply`.
"""

import inspect
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from qedoc.claims.modules import GROUPS, Module, T, constructed, holding, imports_of, inner_arrays, keys_of, new_key, untraced
from qedoc.errors import attempt

Tree: TypeAlias = dict[str, Any]
Place: TypeAlias = tuple[str, ...]

_BASES = {("haiku", "Module"): "haiku", ("flax.linen", "Module"): "linen"}
"""The classes from which modules inherit, by their package and name."""

_OBJECT = "object"
"""The kind of a module that holds other modules with arrays."""

_PLAIN = re.compile(r"(?:dense|linear|lin|fc|layer|proj)_(?=\w)|_+$")
"""Parts of the name of an inner module that say nothing of what it is for."""

_PARAMETERS = "params"
"""The collection of variables of Linen that has the parameters."""

_STATE = re.compile(r"carry|state|hidden")
"""What the argument of a recurrent cell is called that has as many entries as the result."""

_LENGTHS = (3, 5, 7, 11, 13, 17)
"""Lengths that tell which axis of an array has which length."""

_AXES = ("axis", "axes")
"""What the parameter of a constructor is called that has the axes over which a layer computes."""

_PARTS = range(2, 5)
"""How many parts an axis may have: the gates of a recurrent cell are often made of one array."""

_EXAMPLES: dict[object, object] = {float: 0.5, "float": 0.5, bool: True, "bool": True}
"""Values of other parameters of a constructor, by their annotation."""


@dataclass(frozen=True, slots=True)
class State:
    """An argument that is a tuple of arrays, such as the hidden state and the memory of a cell.

    Args:
        names: what its parts are called.
        make: what makes the tuple; None for a plain tuple.
    """

    names: tuple[str, ...]
    make: type | None = None

    def of(self, parts: Sequence[Any]) -> Any:
        """The tuple."""
        return tuple(parts) if self.make is None else self.make(*parts)

    def written(self, parts: Sequence[str]) -> str:
        """The tuple in Python."""
        return f"{'' if self.make is None else f'{self.make.__module__}.{self.make.__qualname__}'}({', '.join(parts)})"


@dataclass(frozen=True, slots=True)
class Transformed(Module):
    """What a module holds once a method was called.

    Args:
        kind: the library through which it is called.
        places: where the tree of parameters has each array.
        parts: for each array that is a part of another one along its last axis, which part it is, and of how many.
        states: for each argument of the method that is a tuple of arrays, what its parts are called here, and what makes the tuple.
        output: where the one result is among those of the method, as in `return state, state`; None if it has several results.
        carried: where the next value of the only tuple of arrays is among them; None if nothing tells it.
    """

    kind: str = ""
    places: Mapping[str, Place] = field(default_factory=dict)
    parts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    states: Mapping[str, State] = field(default_factory=dict)
    output: tuple[int, ...] | None = ()
    carried: int | None = None

    def part_of(self, name: str) -> tuple[str, int, int] | None:
        """For a part of an array: the name of the array, which part it is, and of how many; None for a whole array."""
        return (_name(self.kind, self.places[name]), *self.parts[name]) if name in self.parts else None

    def applied(self, owner: Callable[..., Any], name: str, made: Mapping[str, Any], held: Tree, given: Mapping[str, Any]) -> Any:
        """The value of a method.

        Args:
            owner: the class.
            name: the name of the method.
            made: the arguments of the constructor that are given.
            held: the arrays, by name.
            given: the arguments of the method.
        """
        settings = self.settings(made, held, given)
        given = {key: value[None] if self.batch and key in self.inputs else value for key, value in given.items()}
        tree = _tree(self._leaves(held, _joined))
        given = _together(given, self.states, State.of)
        value = _pair(self.kind, owner, name, settings)[1](tree, given)
        return value[0] if self.batch else value

    def call(self, object_: str, name: str, held: Mapping[str, str], given: Mapping[str, str]) -> str:
        """The call of a method in Python.

        Args:
            object_: the text that makes the object.
            name: the name of the method.
            held: the text of each array.
            given: the text of each argument of the method.
        """
        leaves = self._leaves(held, lambda parts: f"jnp.concatenate([{', '.join(parts)}], axis=-1)")
        if self.kind == _OBJECT:
            put = ", ".join(f"{'.'.join(place)!r}: {value}" for place, value in leaves.items())
            object_ = f"{holding.__module__}.{holding.__name__}({object_}, **{{{put}}})"
        tree = _text(_tree(leaves))
        first = "[0]" if self.batch else ""
        given = {key: f"{value}{'[None]' if self.batch and key in self.inputs else ''}" for key, value in given.items()}
        listed = ", ".join(f"{key}={value}" for key, value in _together(given, self.states, State.written).items())
        if self.kind == "haiku":
            called = object_ if name == "__call__" else f"{object_}.{name}"
            return f"haiku.transform(lambda: {called}({listed})).apply({tree}, None){first}"
        if self.kind == _OBJECT:
            return f"{object_}{'' if name == '__call__' else f'.{name}'}({listed})"
        method = "" if name == "__call__" else f", method={name!r}"
        return f"{object_}.apply({{{_PARAMETERS!r}: {tree}}}, {listed}{method}){first}"

    def _leaves(self, held: Mapping[str, T], join: Callable[[list[T]], T]) -> dict[Place, T]:
        """What the tree of parameters has at each place, with the parts of each array put together."""
        of: dict[Place, dict[int, T]] = {}
        for key, value in held.items():
            of.setdefault(self.places[key], {})[self.parts.get(key, (0, 1))[0]] = value
        whole = {self.places[key] for key in held if key not in self.parts}
        return {place: found[0] if place in whole else join([found[k] for k in sorted(found)]) for place, found in of.items()}

    @property
    def imports(self) -> tuple[str, ...]:
        """The modules that `call` needs."""
        makers = {state.make.__module__ for state in self.states.values() if state.make is not None}
        needed = {"haiku": ("haiku",), _OBJECT: (holding.__module__, *imports_of(self.keys))}
        return tuple(sorted({*makers, *needed.get(self.kind, ())}))


def _together(given: Mapping[str, T], states: Mapping[str, State], make: Callable[[State, Sequence[T]], T]) -> dict[str, T]:
    """Arguments with a tuple in place of its parts."""
    parts = {name for state in states.values() for name in state.names}
    made = {key: make(state, [given[name] for name in state.names]) for key, state in states.items() if state.names[0] in given}
    return {key: value for key, value in given.items() if key not in parts} | made


def is_transformed(owner: type) -> bool:
    """Whether the methods of a class run inside a function of its library only."""
    return bool(_kind(owner))


def transformed(
    owner: type,
    name: str,
    makes: Mapping[str, inspect.Parameter],
    takes: Mapping[str, inspect.Parameter],
    settings: Mapping[str, Any] | None = None,
) -> Transformed | None:
    """Returns what a module holds once a method was called; None if no call tells it, or if no length tells the shape of an array.

    Args:
        owner: the class.
        name: the name of the method.
        makes: the parameters of its constructor.
        takes: the parameters of the method.
        settings: arguments of the constructor that are no lengths.
    """
    inputs = {key: p for key, p in takes.items() if p.default is inspect.Parameter.empty}
    found = _called(owner, name, makes, list(inputs), {}, settings or {})
    for key, p in inputs.items():
        if found is None and _STATE.search(key):
            maker = p.annotation if isinstance(p.annotation, type) and hasattr(p.annotation, "_fields") else None
            state = State(tuple(f"{key}_{field_ or k + 1}" for k, field_ in enumerate(getattr(maker, "_fields", ("", "")))), maker)
            split = [one for other in inputs for one in (state.names if other == key else (other,))]
            found = _called(owner, name, makes, split, {key: state}, settings or {})
    return found


def _called(
    owner: type,
    name: str,
    makes: Mapping[str, inspect.Parameter],
    inputs: Sequence[str],
    states: Mapping[str, State],
    settings: Mapping[str, Any],
) -> Transformed | None:
    """What a module holds after a call with the given arguments that are arrays, or parts of tuples."""
    kind = _kind(owner) or _OBJECT
    keys = keys_of(owner) if kind == _OBJECT else frozenset[str]()
    probes = iter(_LENGTHS)
    groups = next((key for key, p in makes.items() if p.default is inspect.Parameter.empty and key in GROUPS), "")
    made = {key: _example(p, probes) for key, p in makes.items() if p.default is inspect.Parameter.empty and key not in (groups, *keys)}
    told = {length: key for key, length in made.items() if type(length) is int}
    own = dict(zip(inputs, probes, strict=False))
    if None in made.values() or len(own) < len(inputs) or "parent" in made:
        return None
    fixed = {**made, **({groups: 1} if groups else {}), **settings}
    if kind == _OBJECT and not _inner_arrays(owner, fixed):
        return None
    for lengths in itertools.islice(
        itertools.product(*((*told, own[key]) if _STATE.search(key) else (own[key], *told) for key in inputs)), len(_LENGTHS) ** 2
    ):
        first = _first(kind, owner, name, fixed, dict(zip(inputs, lengths, strict=True)), states)
        if first is not None:
            tree, value = first
            of = {length: _LENGTH_OF.format(key) for key, length in own.items()} | told
            found = _found(kind, dict(_leaves(tree)), of, told)
            fitted = {key: of[length] for key, length in zip(inputs, lengths, strict=True)}
            batch = next((key for key, p in makes.items() if _leaves_out_first(p)), "")
            found = found and replace(found, output=_output(value), carried=_carried(value, states), states=states)
            return found and replace(found, keys=keys, inputs=fitted, groups=groups, batch=batch)
    return None


def _inner_arrays(owner: Callable[..., Any], made: Mapping[str, Any]) -> Tree:
    """The arrays of the modules that are attributes of a new object; empty if it cannot be made."""
    return attempt(lambda: inner_arrays(owner(**made, **{name: new_key(name) for name in keys_of(owner)})), {})


def _leaves_out_first(parameter: inspect.Parameter) -> bool:
    """Whether a parameter of a constructor says by its default that the first axis, the one of the batch, is left out."""
    return parameter.name in _AXES and isinstance(parameter.default, slice) and parameter.default == slice(1, None)


def _output(value: Any) -> tuple[int, ...] | None:
    """Where the one result is among those of a method: all are the same, or the only array is also in the tuple beside it."""
    if not isinstance(value, tuple):
        return ()
    arrays = [place for place, one in enumerate(value) if not isinstance(one, tuple)]
    if len(arrays) == len(value):
        return (0,) if all(one is value[0] for one in value) else None
    inside = [leaf for one in value if isinstance(one, tuple) for leaf in one]
    return (arrays[0],) if len(arrays) == 1 and any(leaf is value[arrays[0]] for leaf in inside) else None


def _carried(value: Any, states: Mapping[str, State]) -> int | None:
    """Where the next value of the only tuple of arrays is among the results: the only tuple with as many parts."""
    if not isinstance(value, tuple) or len(states) != 1:
        return None
    (state,) = states.values()
    found = [place for place, one in enumerate(value) if isinstance(one, tuple)]
    return found[0] if len(found) == 1 and len(value[found[0]]) == len(state.names) else None


_LENGTH_OF = "the length of {}"


def _found(kind: str, arrays: Mapping[Place, Any], of: Mapping[int, str], lengths: Mapping[int, str]) -> Transformed | None:
    """What the arrays of a tree say about a module. An array of the module itself has its own name, others also that of their module."""
    places: dict[str, Place] = {}
    axes: dict[str, tuple[str, ...]] = {}
    parts: dict[str, tuple[int, int]] = {}
    for place, array in arrays.items():
        shape, name = tuple(array.shape), _name(kind, place)
        stacked = _stacked(shape[-1], lengths) if shape and shape[-1] not in of else None
        names = [f"{name}_part_{k + 1}" for k in range(stacked[1])] if stacked is not None else [name]
        last = (stacked[0],) if stacked is not None else tuple(of.get(length, "") for length in shape[-1:])
        places |= dict.fromkeys(names, place)
        axes |= dict.fromkeys(names, (*(of.get(length, "") for length in shape[:-1]), *last))
        parts |= {one: (k, len(names)) for k, one in enumerate(names)} if stacked is not None else {}
    if len(set(places.values())) < len(arrays) or any("" in axis for axis in axes.values()) or not all(map(str.isidentifier, places)):
        return None
    followed = frozenset(lengths.values()) & {axis for listed in axes.values() for axis in listed}
    return Transformed(arrays=axes, lengths=followed, kind=kind, places=places, parts=parts)


def _stacked(length: int, lengths: Mapping[int, str]) -> tuple[str, int] | None:
    """The length of each part of an axis of several parts, by its name, and their number; None if nothing tells them."""
    found = [(name, length // part) for part, name in lengths.items() if length % part == 0 and length // part in _PARTS]
    return found[0] if len(found) == 1 else None


def _joined(parts: list[Any]) -> Any:
    import jax.numpy as jnp  # the import takes seconds, and most claims are not about modules

    return jnp.concatenate(parts, axis=-1)


def _name(kind: str, place: Place) -> str:
    parts = [part for step in place for part in step.split("/") if part != "~"]
    if kind == _OBJECT:
        return "_".join((_PLAIN.sub("", parts[0]), *parts[1:]))
    return "_".join(parts[1:] if kind == "haiku" else parts)


def _kind(owner: type) -> str:
    for base in owner.__mro__:
        for (package, name), kind in _BASES.items():
            if base.__name__ == name and f"{base.__module__}.".startswith(f"{package}."):
                return kind
    return ""


def _example(parameter: inspect.Parameter, lengths: Iterator[int]) -> Any:
    """A value for a parameter of a constructor; None if its annotation tells none."""
    annotation = parameter.annotation
    if annotation in (int, "int", inspect.Parameter.empty):
        return next(lengths, None)
    return _EXAMPLES.get(annotation) if isinstance(annotation, type | str) else None


def _pair(
    kind: str, owner: Callable[..., Any], name: str, made: Mapping[str, Any]
) -> tuple[Callable[..., Any], Callable[[Tree, Mapping[str, Any]], Any]]:
    """The function that makes the parameters from a key and arguments, and the one that uses them."""
    if kind == "haiku":
        import haiku  # only its modules are called through it

        def called(given: Mapping[str, Any]) -> Any:
            return getattr(owner(**made), name)(**given)  # haiku makes a module inside its function only

        both = haiku.transform(called)
        return both.init, (lambda tree, given: both.apply(tree, None, given))
    if kind == _OBJECT:

        def use(tree: Tree, given: Mapping[str, Any]) -> Any:
            arrays = {".".join(place): array for place, array in _leaves(tree)}
            return getattr(holding(constructed(owner, made), **arrays), name)(**given)

        return (lambda key, given: _inner_arrays(owner, made)), use
    layer = owner(**made)
    return (
        lambda key, given: layer.init(key, method=name, **given),
        lambda tree, given: layer.apply({_PARAMETERS: tree}, method=name, **given),
    )


def _first(
    kind: str, owner: type, name: str, made: Mapping[str, Any], lengths: Mapping[str, int], states: Mapping[str, State]
) -> tuple[Tree, Any] | None:
    """The parameters after a call with vectors of ones, and the value.

    There are none if the call fails, needs a key, or changes other variables.
    """
    import jax  # the import takes seconds, and most claims are not about modules
    import jax.numpy as jnp

    def run() -> tuple[Tree, Any] | None:
        given = _together({key: jnp.ones(length) for key, length in lengths.items()}, states, State.of)
        init, apply = _pair(kind, owner, name, made)
        tree: Tree = dict(init(jax.random.PRNGKey(0), given))
        if kind == "linen":
            if set(tree) - {_PARAMETERS}:
                return None
            tree = dict(tree.get(_PARAMETERS, {}))
        return tree, apply(tree, given)

    return attempt(lambda: untraced(run), None)


def _leaves(tree: Mapping[str, Any], above: Place = ()) -> Iterator[tuple[Place, Any]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key), value


def _tree(leaves: Mapping[Place, Any]) -> Tree:
    made: Tree = {}
    for place, value in leaves.items():
        _branch(made, place[:-1])[place[-1]] = value
    return made


def _branch(tree: Tree, steps: Sequence[str]) -> Tree:
    for step in steps:
        tree = tree.setdefault(step, {})
    return tree


def _text(tree: Tree) -> str:
    return "{" + ", ".join(f"{key!r}: {_text(value) if isinstance(value, dict) else value}" for key, value in tree.items()) + "}"
