"""A fingerprint of what one claim says, however its file is written."""

import uuid
from collections.abc import Mapping
from typing import Any

import sympy as sp

from qedoc.domain import Functions
from qedoc.lock.syntax import digest
from qedoc.properties import Property
from qedoc.spec import Dict, ForAll, List, Size, Spec


def content(spec: Spec) -> str:
    """The same for two specs that say the same; a part that cannot be written down makes it different each time."""
    return digest(
        "\n".join(
            [
                *(spec.target, spec.name, spec.source, _text(spec.formula)),
                *(_declaration(declaration) for declaration in spec.symbols),
                *(_text(part) for part in (spec.bind, spec.where)),
                *map(_promise, spec.properties),
            ]
        )
    )


def _declaration(declaration: Any) -> str:
    told = [type(declaration).__name__, _text(declaration.symbol), getattr(declaration, "name", ""), declaration.meaning]
    if isinstance(declaration, Size):
        return " ".join([*told, *map(str, declaration.values)])
    domain = declaration.domain
    if isinstance(domain, Functions):
        return " ".join([*told, "functions"])
    ends = (_text(domain.lower), _text(domain.upper), str(domain.lower_open), str(domain.upper_open))
    return " ".join([*told, type(domain).__name__, *ends])


def _promise(promise: Property) -> str:
    return " ".join([type(promise).__name__, *(f"{name}={_text(getattr(promise, name))}" for name in promise.__slots__)])


def _text(value: Any) -> str:
    match value:
        case sp.Basic():
            return str(sp.srepr(value))
        case None | bool() | int() | float() | complex() | str() | bytes():
            return f"{type(value).__name__}:{value!r}"
        case Mapping():
            return f"{{{', '.join(f'{_text(key)}: {_text(item)}' for key, item in value.items())}}}"
        case list() | tuple():
            return f"{type(value).__name__}[{', '.join(map(_text, value))}]"
        case List():
            return f"List({_text(value.item)}, {_text(value.index)})"
        case Dict():
            return f"Dict({_text(value.key)}, {_text(value.value)}, {_text(value.index)})"
        case ForAll():
            return f"ForAll({_text(value.condition)}, {_text(value.index)})"
        case _:  # a function's body, an array: nothing says that it is what it was
            return uuid.uuid4().hex
