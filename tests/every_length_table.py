"""Writes docs/reference/every-length.inc: the formulas over arrays in some modules, with the lengths for which they are proved.

`python tests/every_length_table.py FILE MODULE...` audits the modules and writes the file.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import jax
import optax


def audited(modules: Iterable[str]) -> list[dict[str, Any]]:
    """The claims of a report about some modules."""
    run = subprocess.run(
        [sys.executable, "-m", "qedoc", "audit", "--repair-timeout", "0", "--format", "json", *modules], check=False, stdout=subprocess.PIPE
    )
    claims: list[dict[str, Any]] = json.loads(run.stdout)["claims"]
    return claims


def is_over_arrays(claim: dict[str, Any]) -> bool:
    """Whether a formula contains arrays of any length."""
    return any(symbol["meaning"] == "length" for symbol in claim["evidence"]["symbols"])


def is_for_every_length(claim: dict[str, Any]) -> bool:
    """Whether a formula is proved for every length."""
    return claim["verdict"] == "proved" and claim["evidence"]["extent"].startswith("every ")


def table(claims: list[dict[str, Any]], modules: Sequence[str]) -> str:
    """The text of the page about some modules."""
    whole = [claim for claim in claims if is_over_arrays(claim)]
    numbers = [claim for claim in claims if not is_over_arrays(claim) and claim["verdict"] in ("proved", "tested", "refuted", "undecided")]
    alone = [claim for claim in numbers if is_for_every_length(claim)]
    proved = [claim for claim in whole if is_for_every_length(claim)]
    lines = [
        f"In {', '.join(f'`{module}`' for module in modules)} of jax {jax.__version__} and Optax {optax.__version__}, {len(whole)} of the",
        "formulas with a verdict contain arrays.",
        f"{len(proved)} of them are proved for every length:",
        "",
        "| Formula of | Formula | Proved for |",
        "|---|---|---|",
        *(f"| `{claim['id']}` | {_code(claim)} | {claim['evidence']['extent']} |" for claim in proved),
        "",
        "The others:",
        "",
        "| Formula of | Verdict | Reason |",
        "|---|---|---|",
        *(f"| `{claim['id']}` | {claim['verdict']} | {_short(claim['reason'])} |" for claim in whole if claim not in proved),
        "",
        f"{len(numbers)} formulas are about numbers. {len(alone)} of them are proved for the entries of arrays of every length too:",
        "",
        *(f"- `{module}` ({len(names)}): {', '.join(f'`{name}`' for name in names)}" for module, names in _by_module(alone).items()),
    ]
    return "\n".join(lines) + "\n"


def _by_module(claims: list[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for claim in claims:
        module = _module(claim)
        found.setdefault(module, []).append(claim["id"].removeprefix(f"{module}."))
    return found


def _code(claim: dict[str, Any]) -> str:
    return f"`{claim['formula']['sympy']}`"


def _short(reason: str, most: int = 160) -> str:
    line = " ".join(reason.split()).replace("|", r"\|")
    return line if len(line) <= most else f"{line[:most].rsplit(' ', 1)[0]} ..."


def _module(claim: dict[str, Any]) -> str:
    parts = claim["target"].split(".")
    return ".".join(parts[:3] if parts[:2] == ["jax", "scipy"] else parts[:2])


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(table(audited(sys.argv[2:]), sys.argv[2:]), encoding="utf-8")
