"""Sets up a new project for `qedoc init`: the table in pyproject.toml and an example spec."""

from collections.abc import Iterator
from pathlib import Path

from qedoc.config.table import FILE, TABLE, Config, configuration
from qedoc.errors import QedocError
from qedoc.lock.store import replace

HEAD = f"""\
[{TABLE}]
# Spec files and folders of spec files. For all keys and their defaults, see docs/ci.md.
specs = ["spec"]
"""

NAME = "softplus.py"

SPEC = '''\
"""An example spec: a formula, its symbols and its domain. `qedoc check` proves it."""

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
    """Writes the table and the spec. Yields one message for each step.

    Args:
        folder: the root of the project.

    Raises:
        QedocError: if the table already exists, or a file cannot be written.
    """
    file = folder / FILE
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    if configuration(folder).found and TABLE in before:
        raise QedocError(f"{file}: already contains [{TABLE}]; edit this table")
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    try:
        replace(file, f"{before}{gap}{HEAD}".encode())
        yield f"wrote [{TABLE}] to {FILE}"
        specs = folder / Config().specs[0]
        if any(specs.rglob("*.py")):
            yield f"left {specs.name}/ unchanged, because it contains specs"
            return
        specs.mkdir(exist_ok=True)
        replace(specs / NAME, SPEC.encode())
        yield f"wrote {specs.name}/{NAME}; check it with: qedoc check"
    except OSError as error:
        raise QedocError(f"{error.filename}: cannot be written: {error.strerror}") from None
