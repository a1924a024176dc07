"""Sets up a project for `qedoc init`: the table in pyproject.toml, the lines in .gitignore, and a first spec."""

import ast
import re
from collections.abc import Sequence
from pathlib import Path

from qedoc.cli.packages import Function, Package
from qedoc.config.table import FILE, TABLE, Config, configuration
from qedoc.errors import QedocError
from qedoc.lock.store import replace
from qedoc.results import links

HEAD = f"""\
[{TABLE}]
# All keys and their defaults: {links.page("ci.md#configuration")}
specs = ["spec"]  # spec files, and folders of spec files
"""

IGNORED = (".qedoc.lock.guard", ".qedoc.lock.journal")
"""Files beside the lock file that belong to no commit."""

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
"""The spec for a folder without a library."""

_KNOWN = frozenset(
    {"Abs", "Max", "Min", "Mod", "Piecewise", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "ceiling", "cos", "cosh"}
    | {"erf", "erfc", "exp", "floor", "log", "pi", "sign", "sin", "sinh", "sqrt", "tan", "tanh"}
)
"""The names of SymPy that a first spec may use."""


def table(folder: Path, found: Sequence[Package]) -> str:
    """Adds the table to pyproject.toml, and returns what was done.

    Args:
        folder: the root of the project.
        found: its packages.

    Raises:
        QedocError: if the table already exists, or the file cannot be written.
    """
    file = folder / FILE
    try:
        before = file.read_text(encoding="utf-8") if file.exists() else ""
    except (OSError, ValueError) as error:
        raise QedocError(f"{file}: cannot be read as UTF-8 text: {error}") from None
    if configuration(folder).found and TABLE in before:
        raise QedocError(f"{file}: already contains [{TABLE}]; edit this table")
    named = [package.name for package in found if package.formulas]
    listed = "[" + ", ".join(f'"{name}"' for name in named) + "]"
    line = f"docstrings = {listed}  # packages, modules and objects whose docstrings are checked\n" if named else ""
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    _write(file, f"{before}{gap}{HEAD}{line}")
    return f"wrote [{TABLE}] to {FILE}" + (f", with docstrings = {listed}" if named else "")


def ignored(folder: Path) -> str:
    """Adds the files that belong to no commit to .gitignore, and returns what was done; empty without a change.

    Args:
        folder: the root of the project.

    Raises:
        QedocError: if the file cannot be written.
    """
    file = folder / ".gitignore"
    if not file.exists() and not any((parent / ".git").exists() for parent in (folder, *folder.parents)):
        return ""
    before = file.read_text(encoding="utf-8", errors="surrogateescape") if file.exists() else ""
    missing = [name for name in IGNORED if name not in before.splitlines()]
    if not missing:
        return ""
    gap = "" if not before or before.endswith("\n") else "\n"
    _write(file, before + gap + "".join(f"{name}\n" for name in missing))
    return f"added {' and '.join(missing)} to .gitignore"


def spec(function: Function, formula: str) -> str | None:
    """Returns the text of a spec of a function; None if its formula is not simple enough for a first spec.

    Args:
        function: the function.
        formula: the formula that its code computes, in SymPy's notation and in its parameters.
    """
    try:
        tree = ast.parse(formula, mode="eval")
    except SyntaxError:
        return None
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    imported = used - {*function.parameters}
    simple = not any(isinstance(node, ast.Subscript | ast.BitOr | ast.BitAnd | ast.Invert) for node in ast.walk(tree))
    if not simple or not imported <= _KNOWN or {*function.parameters} & (_KNOWN | {"symbols", "Spec"}):
        return None
    exact = _Exact()
    written = ast.unparse(exact.visit(tree))
    names = list(function.parameters)
    name = function.target.rpartition(".")[2]
    domains = sorted({"Integers" if integer else "Reals" for integer in function.parameters.values()})
    rows = [
        f'        Parameter({one}, "{one}", {"Integers" if integer else "Reals"}(), {_quoted(function.meanings[one] or one)}),'
        for one, integer in function.parameters.items()
    ]
    return "\n".join(
        [
            f'"""What `{function.target}` computes. Replace the formula by the one that you document, and `qedoc check` compares them.',
            "",
            f"How to write specs: {links.page('spec-language.md')}",
            '"""',
            "",
            f"from sympy import {', '.join([*sorted(imported | ({'Rational'} if exact.used else set()), key=str.lower), 'symbols'])}",
            "",
            f"from qedoc import {', '.join(sorted([*domains, 'Parameter', 'Spec']))}",
            "",
            f'{", ".join(names)} = symbols("{" ".join(names)}")',
            "",
            f"{name + '_spec' if name in names or name in imported else name} = Spec(",
            f'    target="{function.target}",',
            f"    formula={written},",
            "    symbols=[",
            *rows,
            "    ],",
            ")",
            "",
        ]
    )


class _Exact(ast.NodeTransformer):
    """Writes fractions of integers as rational numbers, which Python would round."""

    def __init__(self) -> None:
        self.used = False

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:  # ast prescribes the name
        """Replaces a fraction of two integers."""
        match node:
            case ast.BinOp(left=ast.Constant(value=int() as above), op=ast.Div(), right=ast.Constant(value=int() as below)):
                self.used = True
                return ast.parse(f"Rational({above}, {below})", mode="eval").body
        self.generic_visit(node)
        return node


def _quoted(text: str) -> str:
    """A description as a Python string of one line."""
    words = re.sub(r"[\\`\"]", "", " ".join(text.split()))
    return f'"{words[:77] + "..." if len(words) > 80 else words}"'


def place(folder: Path, function: Function | None = None) -> Path | None:
    """Returns where the first spec is written; None if there are specs already.

    Args:
        folder: the root of the project.
        function: the function; None for the example.
    """
    specs = folder / Config().specs[0]
    if any(specs.rglob("*.py")):
        return None
    return specs / (NAME if function is None else f"{function.target.rpartition('.')[2]}.py")


def write_spec(file: Path, text: str) -> None:
    """Writes a spec, and its folder if needed.

    Raises:
        QedocError: if it cannot be written.
    """
    try:
        file.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise QedocError(f"{error.filename}: cannot be written: {error.strerror}") from None
    _write(file, text)


def _write(file: Path, text: str) -> None:
    try:
        replace(file, text.encode(errors="surrogateescape"))
    except OSError as error:
        raise QedocError(f"{error.filename}: cannot be written: {error.strerror}") from None
