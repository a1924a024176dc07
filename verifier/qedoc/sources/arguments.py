"""The parameters of documented objects: those of functions, of methods with the constructors of their classes, and of modules."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from qedoc.claims.members import member, parameters
from qedoc.claims.surroundings import settings_of
from qedoc.sources import markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """A parameter of a documented function.

    Args:
        name: its name.
        default: its default, or `inspect.Parameter.empty`.
        annotation: its annotation as written; empty if there is none.
        text: its description in the docstring.
        keyword: whether it is keyword-only.
        made: whether it is a parameter of the constructor of the object whose method or property is documented.
        lengths: for such an array, and for an argument that must fit one, what the length of each axis is called.
        axes: for an array that the object holds, the number of its axes; -1 for anything else.
        part: for a part of an array that the object holds, the name of the array, its number, and the number of parts; else None.
    """

    name: str
    default: Any
    annotation: str
    text: str
    keyword: bool
    made: bool = False
    axes: int = -1
    lengths: tuple[str, ...] = ()
    part: tuple[str, int, int] | None = None


def descriptions(lines: Sequence[str]) -> dict[str, str]:
    """The description of each parameter in a docstring.

    Args:
        lines: the docstring without its indentation.
    """
    return {name: text for name, (text, _) in markup.arguments(lines).items()}


def of_object(owner: type, name: str, told: Mapping[str, str]) -> list[Argument]:
    """The parameters of a constructor, and of the method if there is a name.

    Args:
        owner: the class.
        name: the method or property; empty for none.
        told: the description of each parameter.
    """
    found = member(owner, name) if name else None
    made = parameters(owner) if found is None else found.made_of
    takes = {} if found is None else found.takes
    listed = [argument_of(key, p, told.get(p.name, ""), made=key in made) for key, p in {**made, **takes}.items()]
    if found is None or found.holds is None:
        return listed
    fitted = found.holds.inputs
    listed = [replace(one, lengths=(fitted[one.name],)) if one.name in fitted else one for one in listed]
    held = [argument_of(key, p, told.get(key, ""), made=False) for key, p in found.held.items()]
    arrays, part_of = found.holds.arrays, found.holds.part_of
    return listed + [replace(one, axes=len(arrays[one.name]), lengths=arrays[one.name], part=part_of(one.name)) for one in held]


def arguments_of(value: Any, told: Mapping[str, str]) -> list[Argument]:
    """The parameters of a function, and the settings that its code reads from its surroundings.

    Args:
        value: the function.
        told: the description of each parameter.
    """
    try:
        listed = list(inspect.signature(value).parameters.values()) if callable(value) else []
    except (TypeError, ValueError):
        listed = []
    if len(listed) > 1:
        listed = [p for p in listed if p.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)]
    own = [argument_of(p.name, p, told.get(p.name, ""), made=False) for p in listed if p.name not in ("self", "cls")]
    read = (
        Argument(name=name, default=inspect.Parameter.empty, annotation="", text=f"a setting of {place}", keyword=True)
        for name, (_, place) in settings_of(value).items()
    )
    return [*own, *read]


def argument_of(name: str, parameter: inspect.Parameter, text: str, *, made: bool) -> Argument:
    """One parameter.

    Args:
        name: its name.
        parameter: its entry in the signature.
        text: its description.
        made: whether it is a parameter of a constructor.
    """
    return Argument(
        name=name,
        default=parameter.default,
        annotation="" if parameter.annotation is inspect.Parameter.empty else str(parameter.annotation),
        text=text,
        keyword=parameter.kind is inspect.Parameter.KEYWORD_ONLY,
        made=made,
    )
