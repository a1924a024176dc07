"""Log densities of the distributions that methods return: an object is made, then its parameters, then the distribution.

A model keeps its parameters in a tree of its own (named tuples, dataclasses, dicts), which a method such as `initialize` makes.
The arrays of the tree become parameters of the log density, each named by its path: `params.emissions.means` is `emissions_means`.
"""

import inspect
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from qedoc.claims.members import parameters
from qedoc.claims.modules import untraced
from qedoc.errors import attempt

LOG_DENSITY = "log_prob"
"""The method of a distribution that gives the logarithm of its density or mass."""

VALUE = "value"
"""The name of the parameter that is the argument of the density."""

FACTORIES = ("initialize", "init_params", "initialize_params", "default_params", "init")
"""The methods that make the parameters of a model."""

TREES = frozenset({"params", "parameters", "variables"})
"""What the parameter of a method is called that takes the tree."""

LENGTH = 2
"""The length of every axis."""


class Returned:
    """The log density of the distribution that a method of a class returns, as a function of keywords.

    Args:
        owner: the class.
        method: the name of the method.
        lengths: other lengths than `LENGTH`, by the parameter of the constructor.
    """

    def __init__(self, owner: type, method: str, lengths: Mapping[str, int] | None = None) -> None:
        self.owner, self.method, self._given = owner, method, dict(lengths or {})
        self.__name__ = f"{method}.{LOG_DENSITY}"
        self.__module__ = owner.__module__
        self.__wrapped__ = getattr(owner, method)

    @cached_property
    def lengths(self) -> dict[str, int]:
        """The arguments of the constructor: each length that it needs, or sets to zero if it is not given."""
        return {
            name: self._given.get(name, LENGTH)
            for name, p in parameters(self.owner).items()
            if p.default is inspect.Parameter.empty or (type(p.default) is int and p.default == 0 and name.endswith(("dim", "size")))
        }

    @cached_property
    def made(self) -> tuple[Any, Any]:
        """The object and the tree of its parameters."""
        found: tuple[Any, Any] = untraced(lambda: _made(self.owner, tuple(self.lengths.items())))
        return found

    @cached_property
    def arrays(self) -> dict[str, Any]:
        """The arrays of the tree, by name."""
        return dict(_leaves(self.made[1]))

    @cached_property
    def takes(self) -> dict[str, inspect.Parameter]:
        """The parameters of the method beside the tree, by name."""
        listed = list(inspect.signature(getattr(self.owner, self.method)).parameters.values())[2:]
        return {p.name: p for p in listed if p.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)}

    @property
    def __signature__(self) -> inspect.Signature:
        names = [*self.arrays, *self.takes, VALUE]
        return inspect.Signature([inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in names])

    def distribution(self, arguments: Mapping[str, Any]) -> Any:
        """The distribution for arrays and arguments of the method.

        Args:
            arguments: those that differ from what the object starts with, by keyword; an array may be nested lists of its entries.

        Raises:
            ValueError: if an array does not have the shape of the array of the tree.
        """
        made, tree = self.made
        given = {name: _array(value) for name, value in arguments.items() if name in self.takes}
        arrays = {name: _array(value) for name, value in arguments.items() if name in self.arrays}
        for name, array in arrays.items():
            if np.shape(array) != np.shape(self.arrays[name]):
                raise ValueError(f"{name} has the shape {np.shape(array)}, expected {np.shape(self.arrays[name])}")
        return getattr(made, self.method)(_with(tree, arrays), **given)

    def __call__(self, **arguments: Any) -> Any:
        """Makes the distribution and returns its log density at the value."""
        return getattr(self.distribution(arguments), LOG_DENSITY)(_array(arguments[VALUE]))

    def written(self, arguments: Mapping[str, str]) -> str:
        """The call in Python.

        Args:
            arguments: the text of each argument, by keyword.
        """
        path = f"{self.owner.__module__}.{self.owner.__name__}.{self.method}.{LOG_DENSITY}"
        return f"qedoc.claims.target.resolve({path!r})({', '.join(f'{name}={text}' for name, text in arguments.items())})"


@lru_cache(maxsize=64)
def returned(owner: type, method: str) -> Returned | None:
    """Returns the log density of the distribution that a method returns; None if it returns none, or nothing makes its parameters.

    Args:
        owner: the class.
        method: the name of the method.
    """
    held = getattr(owner, method, None)
    if not inspect.isfunction(held) or not _is_distribution(held):
        return None
    listed = list(inspect.signature(held).parameters)
    if len(listed) < 2 or listed[1] not in TREES or factory(owner) is None:
        return None
    found = Returned(owner, method)
    arrays = attempt(lambda: found.arrays, {})
    names = [*arrays, *found.takes, VALUE]
    return found if arrays and len(set(names)) == len(names) else None


def with_lengths(of: Returned, lengths: Mapping[str, int]) -> Returned:
    """The same log density for other lengths.

    Args:
        of: the log density.
        lengths: the lengths, by the parameter of the constructor.
    """
    return Returned(of.owner, of.method, lengths)


def methods(owner: type) -> tuple[str, ...]:
    """The methods of a class that return a distribution for a tree of parameters."""
    names = [name for base in owner.__mro__ for name in vars(base) if not name.startswith("_")]
    return tuple(name for name in dict.fromkeys(names) if returned(owner, name) is not None)


def factory(owner: type) -> str | None:
    """The method of a class that makes its parameters; None if it has none."""
    return next((name for name in FACTORIES if inspect.isfunction(getattr(owner, name, None))), None)


def keyword_array(of: Returned, keyword: str) -> str:
    """The array that a keyword of the factory sets; empty if it sets none. It is tried out: only this array may change, into what is given.

    Args:
        of: the log density.
        keyword: the keyword.
    """
    make = getattr(of.made[0], factory(of.owner) or "")
    likely = sorted(of.arrays, key=lambda name: -len(_pieces(name) & _pieces(keyword)))
    return next((name for name in likely if _sets(make, keyword, name, of.arrays)), "")


def _sets(make: Callable[..., Any], keyword: str, name: str, arrays: Mapping[str, Any]) -> bool:
    """Whether a keyword of a factory sets an array, and nothing else."""
    given = np.asarray(arrays[name]) * np.float32(0.875) + np.float32(1 / 32)
    after = attempt(lambda: dict(_leaves(_tree(make(**{keyword: given})))), {})
    if set(after) != set(arrays):
        return False
    return all(
        after[key].shape == array.shape and bool(np.all(after[key] == (given if key == name else array))) for key, array in arrays.items()
    )


def _pieces(name: str) -> set[str]:
    return {word[:3] for word in name.split("_")}


def _is_distribution(function: Callable[..., Any]) -> bool:
    """Whether the annotation of a function says that it returns a distribution."""
    annotation = inspect.signature(function).return_annotation
    if isinstance(annotation, type):
        return hasattr(annotation, LOG_DENSITY)
    return bool(re.fullmatch(r"(?:\w+\.)*\w*Distribution", annotation)) if isinstance(annotation, str) else False


@lru_cache(maxsize=64)
def _made(owner: type, lengths: Sequence[tuple[str, int]]) -> tuple[Any, Any]:
    made = owner(**dict(lengths))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return made, _tree(getattr(made, factory(owner) or "")())


def _tree(result: Any) -> Any:
    """The tree that a factory makes: its result, or the first one of a plain tuple."""
    return result[0] if type(result) is tuple and result else result


def _leaves(tree: Any) -> list[tuple[str, Any]]:
    import jax  # the import takes seconds

    found = jax.tree_util.tree_flatten_with_path(tree)[0]
    return [(_name(path), leaf) for path, leaf in found if isinstance(leaf, jax.Array | np.ndarray) and "float" in str(leaf.dtype)]


def _name(path: Sequence[Any]) -> str:
    return "_".join(str(getattr(key, "name", getattr(key, "key", getattr(key, "idx", key)))) for key in path)


def _array(value: Any) -> Any:
    """An array from nested lists of its entries; any other value as it is."""
    import jax.numpy as jnp  # the import takes seconds

    return jnp.stack([jnp.asarray(_array(part)) for part in value]) if isinstance(value, list) else value


def _with(tree: Any, arrays: Mapping[str, Any]) -> Any:
    """The tree with other arrays."""
    import jax  # the import takes seconds

    return jax.tree_util.tree_map_with_path(lambda path, leaf: arrays.get(_name(path), leaf), tree)
