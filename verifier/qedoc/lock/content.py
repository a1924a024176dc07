"""A fingerprint of what one claim says, however its file is written."""

import uuid
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import sympy as sp

from qedoc.claims.spec import Spec, is_literal
from qedoc.lock.syntax import digest

PLACE = "location"
"""The one field of a spec that says nothing of its claim."""


def content(spec: Spec) -> str:
    """The same for two specs that say the same; a part that cannot be written down makes it different each time.

    Every field of every record counts, also one that is added after this was written.
    """
    return digest(_text(spec))


def _text(value: Any) -> str:
    match value:
        case sp.Basic():
            literals = sorted((str(s), str(s.midpoint), str(s.radius)) for s in value.atoms(sp.Symbol) if is_literal(s))
            return f"{sp.srepr(value)}{literals or ''}"
        case None | bool() | int() | float() | complex() | str() | bytes() | range():
            return f"{type(value).__name__}:{value!r}"
        case Mapping():
            return f"{{{', '.join(f'{_text(key)}: {_text(item)}' for key, item in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(_text, value))}]"
        case type() if issubclass(value, sp.Basic):  # a function about which nothing is assumed
            return f"{value.__module__}.{value.__name__}"
        case _ if is_dataclass(value):
            told = (f"{field.name}={_text(getattr(value, field.name))}" for field in fields(value) if field.name != PLACE)
            return f"{type(value).__name__}({', '.join(told)})"
        case _:  # a function's body, an array: nothing says that it is what it was
            return uuid.uuid4().hex
