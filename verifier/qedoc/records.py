"""Records: the dataclasses of what a run without changes needs. They are made ten times as fast, because no code is generated for them.

They have the options `frozen`, `slots` and `kw_only`, and fields with a default or a factory. The functions of `dataclasses` work on them,
and type checkers take them for dataclasses.
"""

from typing import TYPE_CHECKING, Any

__all__ = ["asdict", "dataclass", "field", "replace"]

if TYPE_CHECKING:
    from dataclasses import asdict, dataclass, field, replace
else:

    class _Factory:
        __slots__ = ("make",)

        def __init__(self, make: Any) -> None:
            self.make = make

    def field(*, default_factory: Any) -> Any:
        """A field whose default is made for each record."""
        return _Factory(default_factory)

    def replace(record: Any, /, **changes: Any) -> Any:
        """Returns a copy of a record with other values."""
        return type(record)(**{name: getattr(record, name) for name in type(record).__record__ if name not in changes}, **changes)

    def asdict(record: Any) -> dict[str, Any]:
        """Returns the values of a record by name, those of the records inside of it too."""
        return {name: _plain(getattr(record, name)) for name in type(record).__record__}

    def _plain(value: Any) -> Any:
        if isinstance(value, list | tuple) and type(value) in (list, tuple):
            return type(value)(map(_plain, value))
        if isinstance(value, dict):
            return {key: _plain(item) for key, item in value.items()}
        return asdict(value) if hasattr(type(value), "__record__") else value

    class _Fields:
        """The fields as `dataclasses` describes them. They are made when they are asked for."""

        def __get__(self, record: Any, owner: Any) -> Any:
            import dataclasses  # not needed in a run without changes

            found = {}
            for name, default in owner.__record__.items():
                made = default is not _Missing
                factory = {"default_factory": default.make} if isinstance(default, _Factory) else {"default": default} if made else {}
                found[name] = dataclasses.field(**factory, kw_only=not owner.__match_args__)
                found[name].name, found[name].type = name, owner.__annotations__.get(name, Any)
                found[name]._field_type = dataclasses._FIELD  # noqa: SLF001  # `dataclasses` has no public way to describe a field
            return found

    class _Missing:
        """Stands for no default."""

    def dataclass(*, frozen: bool = False, slots: bool = False, kw_only: bool = False) -> Any:
        """Decorates a class, as `dataclasses.dataclass` does."""

        def decorate(cls: Any) -> Any:
            inherited = {name: default for base in reversed(cls.__mro__[1:]) for name, default in vars(base).get("__record__", {}).items()}
            own = {name: vars(cls).get(name, _Missing) for name in vars(cls).get("__annotations__", ())}
            space = {name: value for name, value in vars(cls).items() if name not in own or isinstance(own[name], property)}
            if not slots:
                space |= {name: value for name, value in own.items() if value is not _Missing and not isinstance(value, _Factory)}
            else:
                space["__slots__"] = tuple(own)
            space |= {
                "__record__": inherited | own,
                "__match_args__": () if kw_only else (*inherited, *own),
                "__dataclass_fields__": _Fields(),
            }
            space |= {name: value for name, value in _METHODS.items() if name not in space}
            space.setdefault("__hash__", _hash if frozen else None)
            if space["__hash__"] is None and frozen:
                space["__hash__"] = _hash
            if frozen:
                space |= {"__setattr__": _refuse, "__delattr__": _refuse}
            for name in ("__dict__", "__weakref__"):
                space.pop(name, None)
            return type(cls)(cls.__name__, cls.__bases__, space)

        return decorate

    def _init(self: Any, /, *args: Any, **values: Any) -> None:
        known = type(self).__record__
        if args:
            order = type(self).__match_args__
            if len(args) > len(order) or not values.keys().isdisjoint(order[: len(args)]):
                raise TypeError(f"{type(self).__name__}() takes {len(order)} positional arguments, each once; {len(args)} were given")
            values |= zip(order, args, strict=False)
        for name, default in known.items():
            if name in values:
                value = values[name]
            elif default is _Missing:
                raise TypeError(f"{type(self).__name__}() misses the argument {name!r}")
            else:
                value = default.make() if isinstance(default, _Factory) else default
            object.__setattr__(self, name, value)
        if len(values) > len(known) or not values.keys() <= known.keys():
            raise TypeError(f"{type(self).__name__}() got unexpected arguments: {', '.join(sorted(values.keys() - known.keys()))}")
        if hasattr(self, "__post_init__"):
            self.__post_init__()

    def _values(self: Any) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in type(self).__record__)

    def _eq(self: Any, other: object) -> Any:
        return _values(self) == _values(other) if other.__class__ is self.__class__ else NotImplemented

    def _hash(self: Any) -> int:
        return hash(_values(self))

    def _repr(self: Any) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in type(self).__record__)})"

    def _refuse(self: Any, name: str, *value: Any) -> None:
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot change field {name!r}")

    def _setstate(self: Any, state: tuple[Any, ...]) -> None:
        for name, value in zip(type(self).__record__, state, strict=True):
            object.__setattr__(self, name, value)

    _METHODS = {
        "__init__": _init,
        "__eq__": _eq,
        "__repr__": _repr,
        "__getstate__": _values,
        "__setstate__": _setstate,
        "__replace__": replace,
    }
