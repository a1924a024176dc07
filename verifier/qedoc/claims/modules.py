"""Modules: objects that hold arrays of parameters, such as the weight and the bias of a layer.

The arrays become parameters of the module's methods. The constructor is called with the lengths of their axes, and the arrays are put in
place of those that it made. Keys of random numbers stay concrete.
"""

import ast
import inspect
import re
import warnings
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, TypeAlias, TypeVar

import numpy as np

from qedoc.errors import attempt

T = TypeVar("T")
Shape: TypeAlias = tuple[int, ...]

_KEYS = frozenset({"key", "rng", "prng_key", "rng_key"})
"""What the parameter of a constructor is called that takes a key of random numbers."""

_STREAMS = "rngs"
"""What it is called in Flax NNX, where it takes an object that makes keys."""

GROUPS = frozenset({"groups", "num_groups", "n_groups", "group_count"})
"""What the parameter of a constructor is called that is a number of groups. A formula for a group is compared for the only group."""

BATCHES = frozenset({"axis_name"})
"""What the parameter of a constructor is called that names the axis of a batch over which a layer is mapped."""

_PROBES = (3, 5, 7, 11)
"""Lengths that tell which axis of an array has which length."""

_NAMES = frozenset({"weight", "weights", "kernel", "scale", "gain", "gamma", "w", "W", "bias", "biases", "offset", "shift", "beta", "b"})
"""What the arrays of parameters are called in Equinox, Flax, Haiku and PyTorch."""

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class Follows:
    """The default of a parameter of a constructor that follows from the arrays."""

    def __repr__(self) -> str:
        return "as the arrays say"


@dataclass(frozen=True, slots=True)
class Settled:
    """The default of a parameter of a constructor for which a formula is compared.

    Args:
        shown: the value.
        why: what it means for the formula.
    """

    shown: str
    why: str

    def __repr__(self) -> str:
        return self.shown


FOLLOWS = Follows()
ONE_GROUP = Settled("1", "the only group is the whole array")
BATCH = Settled("slice(1, None)", "the input is a batch of one, whose axis it leaves out")
MAPPED = Settled("'batch'", "the layer is mapped over a batch, and a state is new: the batch is the first one")


@dataclass(frozen=True, slots=True)
class Module:
    """What a class of modules holds.

    Args:
        arrays: for each array, the parameter of the constructor that each of its axes follows.
        lengths: the parameters of the constructor that are lengths.
        keys: the parameters of the constructor that take a key.
        inputs: for each argument of a method that must fit the arrays, what its length is called.
        groups: the parameter of the constructor that is a number of groups; empty if there is none.
        batch: the parameter of the constructor that leaves out the first axis of the input; empty if none does.
        mapped: the parameter of the constructor that names the axis of a batch; empty if there is none.
    """

    arrays: Mapping[str, tuple[str, ...]]
    lengths: frozenset[str]
    keys: frozenset[str] = field(default_factory=frozenset)
    inputs: Mapping[str, str] = field(default_factory=dict)
    groups: str = ""
    batch: str = ""
    mapped: str = ""

    @property
    def settled(self) -> dict[str, Settled]:
        """The parameters of the constructor for which a formula is compared."""
        return {name: why for name, why in ((self.groups, ONE_GROUP), (self.batch, BATCH), (self.mapped, MAPPED)) if name}

    @property
    def follows(self) -> frozenset[str]:
        """The parameters of the constructor that need not be given."""
        return self.lengths | self.keys

    def part_of(self, name: str) -> tuple[str, int, int] | None:
        """For a part of an array: the name of the array, which part it is, and of how many; None for a whole array.

        Args:
            name: the name of what is held.
        """
        return None

    def settings(self, made: Mapping[str, Any], held: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of the constructor, with the lengths that the arrays have. `constructed` adds keys.

        Args:
            made: the arguments that are given.
            held: the arrays that are given.
            inputs: the arguments of the method. The last axis of the first array among them gives the lengths that no array tells.
        """
        lengths = self._lengths(made, {name: _shape(array) for name, array in held.items()}, list(map(_shape, inputs.values())))
        return {**self._one_group(made), **made, **lengths}

    def written(self, made: Mapping[str, str], held: Mapping[str, str], inputs: Mapping[str, str]) -> dict[str, str]:
        """The arguments of the constructor that follow, as `settings` gives them, in Python."""
        shapes = {name: _shape_of_text(text) for name, text in held.items()}
        lengths = self._lengths(made, shapes, list(map(_shape_of_text, inputs.values())))
        keys = {name: "flax.nnx.Rngs(0)" if name == _STREAMS else "jax.random.PRNGKey(0)" for name in self.keys if name not in made}
        return {name: str(length) for name, length in (self._one_group(made) | lengths).items()} | keys

    def _one_group(self, made: Container[str]) -> dict[str, int]:
        return {self.groups: 1} if self.groups and self.groups not in made else {}

    @property
    def imports(self) -> tuple[str, ...]:
        """The modules that `written` needs."""
        return imports_of(self.keys)

    def _lengths(self, made: Container[str], held: Mapping[str, Shape], inputs: Sequence[Shape]) -> dict[str, int]:
        told = {axis: length for name, shape in held.items() for axis, length in zip(self.arrays[name], shape, strict=False)}
        last = next((shape[-1] for shape in inputs if shape), 1)
        return {name: told.get(name, last) for name in self.lengths if name not in made}


def _shape(value: Any) -> Shape:
    return tuple(getattr(value, "shape", ()))


def _shape_of_text(text: str) -> Shape:
    """The shape of an array that is written as `jnp.array([...])`."""
    listed = re.fullmatch(r"jnp\.array\((\[.*\])\)", text)
    shape: list[int] = []
    part = ast.literal_eval(listed[1]) if listed else 0
    while isinstance(part, list):
        shape.append(len(part))
        part = part[0] if part else 0
    return tuple(shape)


@lru_cache(maxsize=256)
def module(owner: type) -> Module | None:
    """Returns what the objects of a class hold; None if they hold no arrays of parameters, or one whose shape no length tells.

    Args:
        owner: the class.
    """
    known = _parameters(owner)
    if not _NAMES & _assigned(owner) - set(known):
        return None
    needed = [p for p in known.values() if p.default is inspect.Parameter.empty]
    keys = keys_of(owner)
    groups = next((p.name for p in needed if p.name in GROUPS), "")
    mapped = next((p.name for p in needed if p.name in BATCHES), "")
    lengths = [p.name for p in needed if p.name not in (*keys, groups, mapped)]
    optional = [p.name for p in known.values() if p.default is None and _is_length(p) and p.annotation is not inspect.Parameter.empty]
    if not all(_is_length(p) for p in needed if p.name in lengths):
        return None
    for listed in (lengths, [*lengths, *optional]):  # some constructors need a length although it has a default
        probes = dict(zip(listed, _PROBES, strict=False))
        found = _held(owner, probes, keys, groups, mapped) if len(listed) <= len(_PROBES) else None
        if found is not None:
            return found
    return None


def _held(owner: type, probes: Mapping[str, int], keys: frozenset[str], groups: str, mapped: str) -> Module | None:
    """What the object of a class holds that is made with the given lengths."""
    fixed: dict[str, Any] = {**({groups: 1} if groups else {}), **({mapped: "batch"} if mapped else {})}
    made = attempt(lambda: owner(**probes, **fixed, **{name: new_key(name) for name in keys}), None)
    if made is None:
        return None
    of = {length: name for name, length in probes.items()}
    found = {name: array for name, array in _arrays(made) if name in _NAMES and name not in _parameters(owner)}
    axes = {name: tuple(of.get(length, "") for length in array.shape) for name, array in found.items()}
    if not axes or any("" in axis for axis in axes.values()):
        return None
    return Module(arrays=axes, lengths=frozenset(probes), keys=keys, groups=groups, mapped=mapped)


def constructed(owner: Callable[..., Any], settings: Mapping[str, Any]) -> Any:
    """Makes a module. Its arrays are computed at once, even where the code around is traced, because keys must be concrete.

    Args:
        owner: the class.
        settings: the arguments of its constructor; keys that it needs are made.
    """
    import jax  # the import takes seconds, and most claims are not about modules

    if any(isinstance(value, jax.core.Tracer) for value in settings.values()):
        return owner(**with_keys(owner, settings))
    return untraced(lambda: owner(**with_keys(owner, settings)))


def with_keys(owner: Callable[..., Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a constructor, with the keys of random numbers that it needs. A stream of keys can only be used where it was made.

    Args:
        owner: the class.
        settings: the other arguments.
    """
    return {**{name: new_key(name) for name in keys_of(owner) if name not in settings}, **settings}


def untraced(call: Callable[[], T]) -> T:
    """Returns the result of a call outside of all traces. JAX keeps the current trace for each thread, so that a new thread has none.

    Args:
        call: what is called.
    """
    import jax  # the import takes seconds, and most claims are not about modules

    wide = bool(jax.numpy.result_type(float) == "float64")

    def run() -> T:
        with jax.enable_x64(wide):
            return call()

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(run).result()


def holding(made: Any, **arrays: Any) -> Any:
    """Puts arrays in place of those that a module holds, and returns it.

    Args:
        made: the module. It is changed.
        arrays: the arrays, by the name of the attribute; `layer.weight` is that of a module inside it.
    """
    for path, array in arrays.items():
        *inside, name = path.split(".")
        owner = made
        for step in inside:
            owner = vars(owner)[step]
        if _is_array(vars(owner)[name]):
            object.__setattr__(owner, name, array)  # a module may be a frozen dataclass
        else:
            _put(owner, name, array)
    return made


def _put(owner: Any, name: str, array: Any) -> None:
    """Puts an array into the box that a module holds. Inside of a trace, a box of Flax from outside of it takes none."""
    box = vars(owner)[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Flax has a new name for the value, and Brainstate only this one
        try:
            box.value = array
        except Exception:
            if not callable(getattr(box, "replace", None)):
                raise
            vars(owner)[name] = box.replace(array)


def inner_arrays(made: Any) -> dict[str, Any]:
    """Returns the arrays of a module and, by the name of the attribute, those of the modules that are attributes of it.

    There are none if it has no such modules, or if it holds any other array: nothing would say what that one does.

    Args:
        made: the module.
    """
    inside = {
        name: value for name, value in getattr(made, "__dict__", {}).items() if not name.startswith("_") and hasattr(value, "__dict__")
    }
    found = {name: {key: array for key, array in _arrays(value) if key in _NAMES} for name, value in inside.items()}
    own = {name: array for name, array in _arrays(made) if name in _NAMES}
    inner = {name: arrays for name, arrays in found.items() if arrays and name not in own}
    known = len(own) + sum(map(len, inner.values()))
    return {**own, **inner} if inner and known == _count(made) else {}


_DEEPEST = 5
"""Maximum number of objects inside each other in which arrays are counted."""


def _count(value: Any, depth: int = 0) -> int:
    """The number of arrays in an object and in all that it holds. What is nested too deep counts as many."""
    if _is_array(value):
        return 1
    if depth > _DEEPEST:
        return 1 << 20
    if isinstance(value, Mapping):
        return sum(_count(one, depth + 1) for one in value.values())
    if isinstance(value, list | tuple):
        return sum(_count(one, depth + 1) for one in value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if _is_array(getattr(value, "value", None)):
            return 1
    if isinstance(value, type) or inspect.isroutine(value) or not hasattr(value, "__dict__"):
        return 0
    return sum(_count(one, depth + 1) for name, one in vars(value).items() if not name.startswith("_"))


def keys_of(owner: Callable[..., Any]) -> frozenset[str]:
    """Returns the parameters of the constructor of a class that need a key of random numbers.

    Args:
        owner: the class.
    """
    needed = [p for p in _parameters(owner).values() if p.default is inspect.Parameter.empty]
    return frozenset(p.name for p in needed if p.name in _KEYS or p.name == _STREAMS)


def _assigned(owner: type) -> set[str]:
    """The names of attributes in the code of the constructors of a class."""
    found: set[str] = set()
    for base in owner.__mro__[:-1]:
        annotations = vars(base).get("__annotations__")
        found |= set(annotations) if isinstance(annotations, dict) else set()  # that of `type` is a descriptor
        for name in ("__init__", "__post_init__", "setup"):
            code = getattr(inspect.unwrap(vars(base)[name]), "__code__", None) if name in vars(base) else None
            found |= set(code.co_names) if code is not None else set()
    return found


def _parameters(owner: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """The parameters of the constructor. Some metaclasses hide its signature, so that `__init__` must tell it."""
    found: list[inspect.Parameter] = []
    for function, own in ((owner, 0), (owner.__init__, 1)):
        try:
            listed = list(inspect.signature(function).parameters.values())
        except (TypeError, ValueError):
            continue
        found = found or [p for p in listed[own:] if p.kind not in _VARIADIC]
    return {p.name: p for p in found}


def _is_length(parameter: inspect.Parameter) -> bool:
    """Whether a parameter may be a length, by its annotation."""
    annotation = parameter.annotation
    return annotation is inspect.Parameter.empty or "int" in str(getattr(annotation, "__name__", annotation)) or "int" in str(annotation)


def imports_of(keys: Iterable[str]) -> tuple[str, ...]:
    """The modules that make keys for some parameters of a constructor.

    Args:
        keys: the parameters.
    """
    return tuple(sorted({"flax.nnx" if name == _STREAMS else "jax" for name in keys}))


def new_key(name: str) -> Any:
    """A key of random numbers for a parameter of a constructor.

    Args:
        name: the parameter.
    """
    if name == _STREAMS and find_spec("flax") is not None:
        from flax import nnx  # its modules have such a parameter

        return nnx.Rngs(0)
    import jax  # the import takes seconds, and most claims need no key

    return untraced(lambda: jax.random.PRNGKey(0))


def _arrays(made: Any) -> Iterator[tuple[str, Any]]:
    """Yields the arrays that are attributes of an object, or the values of attributes, as of `flax.nnx.Param`."""
    for name, value in getattr(made, "__dict__", {}).items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            array = value if _is_array(value) else getattr(value, "value", None)
        if _is_array(array):
            yield name, array


def _is_array(value: Any) -> bool:
    """Whether a value is an array of real numbers, itself and not in a box."""
    import jax  # the import takes seconds, and most claims are not about modules

    return isinstance(value, jax.Array | np.ndarray) and "float" in str(value.dtype)
