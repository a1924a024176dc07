"""Seals entries of the lock file, so that one that is put together from two others, by a merge or by hand, is not taken for one of them."""

import json
from collections.abc import Mapping
from typing import Any

from qedoc.lock.syntax import digest

SEAL = "seal"
_ADDED_LATER = (SEAL, "points", "corrections", "repair")


def sealed(entry: dict[str, Any], *parts: str) -> dict[str, Any]:
    """Returns an entry with its seal as the last value.

    Args:
        entry: the entry.
        parts: the keys that the seal covers; by default, all except for plot data and corrections, which are added later.
    """
    return {key: value for key, value in entry.items() if key != SEAL} | {SEAL: _seal(entry, parts)}


def is_broken(entry: Mapping[str, Any], *parts: str) -> bool:
    """Whether an entry has a seal that does not fit its content. An entry of an older version has none.

    Args:
        entry: the entry.
        parts: the keys that the seal covers, as in `sealed`.
    """
    return SEAL in entry and entry[SEAL] != _seal(entry, parts)


def adjusted(entry: dict[str, Any], changes: Mapping[str, Any], *parts: str) -> dict[str, Any]:
    """Returns an entry with other values, as it is compared on this machine. A seal that fits keeps fitting, and a broken one stays broken.

    Args:
        entry: the entry.
        changes: the other values.
        parts: the keys that the seal covers, as in `sealed`.
    """
    made = {**entry, **changes}
    return made if SEAL not in entry or is_broken(entry, *parts) else sealed(made, *parts)


def _seal(entry: Mapping[str, Any], parts: tuple[str, ...]) -> str:
    covered = {key: value for key, value in entry.items() if (key in parts if parts else key not in _ADDED_LATER)}
    return digest(json.dumps(covered, sort_keys=True, ensure_ascii=False))[:12]
