"""Checks the environment before a run, without importing JAX: the installed version of JAX, and the device that it would use."""

import os
import re
from pathlib import Path

from qedoc.errors import QedocError
from qedoc.lock.versions import installed

OLDEST = (0, 8)
"""The oldest supported version of JAX, as in pyproject.toml."""

NEWEST = (0, 12)
"""The newest version of JAX that qedoc is tested with."""

PLUGINS = ("jax-cuda12-plugin", "jax-cuda13-plugin", "jax-rocm60-plugin", "jax-rocm7-plugin", "jax-metal", "libtpu")
"""Distributions that let JAX use an accelerator."""


def remarks() -> tuple[str, ...]:
    """Returns warnings about the environment, one line each.

    Raises:
        QedocError: if qedoc does not support the installed version of JAX.
    """
    return (*_about_version(installed(["jax"]).get("jax", "")), *_about_device(os.environ.get("JAX_PLATFORMS", "")))


def _about_version(version: str) -> list[str]:
    found = re.match(r"(\d+)\.(\d+)", version)
    if not found:
        return []  # not installed, or built from source; an import error says more
    number = int(found[1]), int(found[2])
    if number < OLDEST:
        raise QedocError(f"qedoc needs jax {_dotted(OLDEST)} or later, found jax {version}; pip install -U 'jax>={_dotted(OLDEST)}'")
    if number > NEWEST:
        newest = _dotted(NEWEST)
        return [f"jax {version} is newer than {newest}, the newest version that qedoc is tested with; some code may be unsupported"]
    return []


def _about_device(platforms: str) -> list[str]:
    if platforms:
        return [] if platforms == "cpu" else [f"qedoc runs code on the CPU: JAX_PLATFORMS={platforms} does not apply"]
    accelerators = ", ".join(installed(PLUGINS))
    return [f"qedoc runs code on the CPU, although {accelerators} is installed"] if accelerators else []


def cache_folder() -> Path:
    """The folder of compiled code that later runs use again."""
    import platformdirs  # only worker processes and `qedoc cache` need it

    return platformdirs.user_cache_path("qedoc")


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
