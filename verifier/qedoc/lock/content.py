"""Computes the fingerprint of a claim's content, independent of the layout of its file."""

import uuid
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import sympy as sp

from qedoc.claims.readings import Readings
from qedoc.claims.spec import Spec, is_literal
from qedoc.lock.syntax import digest

PLACES = ("location", "line")
"""The fields that are not part of the content of a claim."""


def content(claim: Spec | Readings) -> str:
    """Returns a fingerprint that is equal for two claims with the same content.

    Every field of every record counts, including fields that are added in the future. If a part has no textual form (a Python function, for
    example), the fingerprint is different on each call.
    """
    return digest(_text(claim))


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
        case type() if issubclass(value, sp.Basic):  # an opaque function
            return f"{value.__module__}.{value.__name__}"
        case _ if is_dataclass(value):
            items = (f"{field.name}={_text(getattr(value, field.name))}" for field in fields(value) if field.name not in PLACES)
            return f"{type(value).__name__}({', '.join(items)})"
        case _:  # a Python function or an array: a change of it could not be detected
            return uuid.uuid4().hex
