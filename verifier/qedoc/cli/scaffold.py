"""What a project begins with: the table in pyproject.toml, and a spec that is proved."""

from collections.abc import Iterator
from pathlib import Path

from qedoc.config.table import FILE, TABLE, Config, configuration
from qedoc.errors import QedocError
from qedoc.lock.store import replace

HEAD = f"""\
[{TABLE}]
# Spec files and folders of them; all other keys, with their defaults: docs/ci.md
specs = ["spec"]
"""

NAME = "softplus.py"

SPEC = '''\
"""The first spec: a formula, what its symbols are, and where it holds. `qedoc check` proves it."""

from sympy import exp, log, symbols

from qedoc import Bounds, NonDecreasing, Parameter, Reals, Spec

x = symbols("x")

softplus = Spec(
    target="jax.nn.softplus",
    formula=log(1 + exp(x)),
    symbols=[Parameter(x, "x", Reals(), "input")],
    properties=[Bounds(lower=0), NonDecreasing(x)],
    source="docstring of jax.nn.softplus",
)
'''


def start(folder: Path) -> Iterator[str]:
    """Writes the table and the spec; says what was written.

    Args:
        folder: the project's root.

    Raises:
        QedocError: if the table is there already, or a file cannot be written.
    """
    file = folder / FILE
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    if configuration(folder).found and TABLE in before:
        raise QedocError(f"{file}: has [{TABLE}] already; change it there")
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    try:
        replace(file, f"{before}{gap}{HEAD}".encode())
        yield f"wrote [{TABLE}] to {FILE}"
        specs = folder / Config().specs[0]
        if any(specs.rglob("*.py")):
            yield f"left {specs.name}/ as it is: it has specs"
            return
        specs.mkdir(exist_ok=True)
        replace(specs / NAME, SPEC.encode())
        yield f"wrote {specs.name}/{NAME}; check it: qedoc check"
    except OSError as error:
        raise QedocError(f"{error.filename}: cannot be written: {error.strerror}") from None
