"""Finds the packages of a project, their formulas and their functions, from the text of their files alone."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qedoc.config.table import FILE

_OTHERS = frozenset(
    {"tests", "test", "testing", "docs", "doc", "examples", "example", "benchmarks", "scripts", "tools", "spec", "build", "dist"}
    | {"setup", "conftest", "noxfile", "tasks", "versioneer"}
)
"""Names of folders and files that belong to a project and are no library."""

MOST_PARAMETERS = 4
_NUMBERS = frozenset({"float", "int", "Array", "ArrayLike", "ndarray", "Float", "Scalar", "Numeric"})
"""Annotations of parameters that may be numbers, by their last name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function that may be about numbers only.

    Args:
        target: its dotted path.
        parameters: its parameters, each with whether it is an integer.
        meanings: the description of each parameter; empty without one.
        documented: whether its docstring has a formula.
    """

    target: str
    parameters: dict[str, bool]
    meanings: dict[str, str]
    documented: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module.

    Args:
        name: its dotted path.
        formulas: the number of display formulas in its docstrings.
        functions: its public functions that may be about numbers only.
    """

    name: str
    formulas: int
    functions: tuple[Function, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package, or a single module.

    Args:
        name: its name.
        folder: the folder from which it is imported, relative to the project.
        modules: its modules, in the order of their names.
    """

    name: str
    folder: str
    modules: tuple[Module, ...]

    @property
    def formulas(self) -> int:
        """The number of display formulas in its docstrings."""
        return sum(module.formulas for module in self.modules)


def packages(root: Path) -> list[Package]:
    """Returns the packages in a project's folder or in its folder `src`, those with the name of the project alone if there are such.

    Args:
        root: the folder of the project.
    """
    found: list[Package] = []
    for folder in (root / "src", root):
        if not found and folder.is_dir():
            found = [_package(path, folder.relative_to(root).as_posix()) for path in _importable(folder, single=False)]
            found = found or [_package(path, folder.relative_to(root).as_posix()) for path in _importable(folder, single=True)]
    own = [package for package in found if package.name == _project_name(root)]
    return own or found


def _importable(folder: Path, *, single: bool) -> list[Path]:
    """The packages in a folder, or its single modules."""
    if single:
        return [
            path for path in sorted(folder.glob("*.py")) if path.stem.isidentifier() and path.stem not in _OTHERS and path.stem[0] != "_"
        ]
    inside = [path for path in sorted(folder.iterdir()) if path.is_dir() and (path / "__init__.py").is_file()]
    return [path for path in inside if path.name.isidentifier() and path.name not in _OTHERS and path.name[0] != "_"]


def _project_name(root: Path) -> str:
    try:
        project = tomllib.loads((root / FILE).read_text(encoding="utf-8")).get("project", {})
        return str(project.get("name", "")).lower().replace("-", "_").replace(".", "_")
    except (OSError, ValueError, AttributeError):
        return ""


def _package(path: Path, folder: str) -> Package:
    files = [path] if path.is_file() else sorted(path.rglob("*.py"))
    modules = [module for file in files if (module := _module(file, path)) is not None]
    return Package(name=path.stem, folder=folder, modules=tuple(modules))


def _module(file: Path, package: Path) -> Module | None:
    """What a file contains; None for a test and for a file that cannot be read."""
    parts = [package.stem, *file.relative_to(package).with_suffix("").parts] if package.is_dir() else [package.stem]
    if any(part in ("tests", "testing", "conftest") or part.startswith("test_") or part.endswith("_test") for part in parts):
        return None
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return None
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    documented = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
    public = not any(part.startswith("_") for part in name.split("."))
    functions = [function for node in tree.body if public and (function := _function(node, name)) is not None]
    return Module(name=name, formulas=sum(map(_displays, documented)), functions=tuple(functions))


def _displays(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> int:
    """The number of display formulas in a docstring."""
    from qedoc.sources.markup import blocks, dedented

    return len(blocks(dedented(ast.get_docstring(node, clean=False) or "")))


def _function(node: ast.stmt, module: str) -> Function | None:
    """A public function with a few parameters that may be numbers; None for anything else."""
    from qedoc.sources.markup import arguments, dedented

    if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or node.decorator_list:
        return None
    given = node.args
    if given.vararg or given.kwarg or given.kwonlyargs or given.posonlyargs or not 1 <= len(given.args) <= MOST_PARAMETERS:
        return None
    if not all(map(_may_be_number, given.args)) or not all(map(_is_number, given.defaults)):
        return None
    told = arguments(dedented(ast.get_docstring(node, clean=False) or ""))
    return Function(
        target=f"{module}.{node.name}",
        parameters={one.arg: _last_name(one.annotation) == "int" for one in given.args},
        meanings={one.arg: told[one.arg][0].rstrip(".") if one.arg in told else "" for one in given.args},
        documented=bool(_displays(node)),
    )


def _may_be_number(parameter: ast.arg) -> bool:
    return parameter.annotation is None or _last_name(parameter.annotation) in _NUMBERS


def _last_name(annotation: ast.expr | None) -> str:
    """The last part of a dotted name: `Array` of `jax.Array`."""
    text = ast.unparse(annotation) if annotation is not None else ""
    return text.strip("'\"").rpartition(".")[2]


def _is_number(default: ast.expr) -> bool:
    return isinstance(default, ast.Constant) and isinstance(default.value, int | float) and not isinstance(default.value, bool)


def richest(found: list[Package], most: int) -> list[str]:
    """Returns the names of the modules with most formulas.

    Args:
        found: the packages.
        most: the maximum number of modules.
    """
    modules = [module for package in found for module in package.modules if module.formulas]
    return [module.name for module in sorted(modules, key=lambda module: -module.formulas)[:most]]


def candidates(found: list[Package]) -> Iterator[Function]:
    """Yields the functions that a first spec may be about: first those whose docstrings have no formula.

    Args:
        found: the packages.
    """
    functions = [function for package in found for module in package.modules for function in module.functions]
    yield from sorted(functions, key=lambda function: function.documented)
