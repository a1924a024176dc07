"""The order of imports is that of the table in ARCHITECTURE.md, and what needs neither jax nor sympy does not import them."""

import ast
import re
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "verifier"
HEAVY = {"jax", "numpy", "sympy", "flint", "z3", "hypothesis", "matplotlib", "optax"}


def name(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name(path): path for path in sorted((SOURCE / "qedoc").rglob("*.py"))}


def order() -> list[str]:
    """The modules in the order of the table, and the folders that it gives as a whole."""
    table = (ROOT / "ARCHITECTURE.md").read_text().partition("## Modules")[2]
    found = []
    for row in re.findall(r"^\|(.*)\|$", table, re.MULTILINE)[2:]:
        folder, modules, _ = row.split("|")
        prefix = f"qedoc.{folder.strip(' `/')}".rstrip(".")
        found += [f"{prefix}.{module}" for module in re.findall(r"`(\w+)`", modules)] or [prefix]
    return found


def imports(text: str, known: set[str]) -> set[str]:
    """The modules among `known` that a program imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Import(names=names):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(module), names=names, level=0):
                submodules = {f"{module}.{alias.name}" for alias in names} & known
                found |= submodules or {module}
            case ast.ImportFrom():
                raise AssertionError("imports are absolute")
    return found & known


def place(module: str, ranks: list[str]) -> str:
    """The entry that a module stands under: itself, or its folder."""
    return module if module in ranks else module.rpartition(".")[0]


def offences(modules: dict[str, str], ranks: list[str]) -> list[str]:
    """Imports of what does not stand above.

    A package file may import what is inside its folder, and the modules of a folder that the table gives as a whole each other.
    """
    found = []
    for module, text in modules.items():
        for target in sorted(imports(text, set(modules)) - {module}):
            own, other = place(module, ranks), place(target, ranks)
            if own != other and not target.startswith(f"{module}.") and ranks.index(other) > ranks.index(own):
                found.append(f"{module} imports {target}")
    return found


def test_table_lists_each_module_once() -> None:
    listed = order()
    assert sorted(set(listed)) == sorted(listed)
    packages = {name(path) for path in MODULES.values() if path.name == "__init__.py"}
    assert [module for module in MODULES if module not in packages and place(module, listed) not in listed] == []
    assert [entry for entry in listed if entry not in MODULES] == []


def test_each_folder_has_one_row_so_folders_import_in_one_direction() -> None:
    folders = [module.rpartition(".")[0] for module in order() if module.count(".") > 1]
    assert [name for name, _ in groupby(folders)] == list(dict.fromkeys(folders))


def test_the_root_holds_folders_and_little_else() -> None:
    assert sorted(path.name for path in (SOURCE / "qedoc").iterdir() if path.is_file()) == [
        "__init__.py",
        "__main__.py",
        "errors.py",
        "py.typed",
        "records.py",
    ]


def test_each_module_imports_only_what_stands_above_it() -> None:
    listed = order()
    assert offences({module: path.read_text() for module, path in MODULES.items() if place(module, listed) in listed}, listed) == []


@pytest.mark.parametrize(
    "line",
    [
        "import qedoc.cli.main",
        "from qedoc.cli import main",
        "from qedoc.cli.main import main",
        "def f():\n  from qedoc.cli.main import main",
    ],
)
def test_import_from_below_is_caught(line: str) -> None:
    assert offences({"qedoc.claims.spec": line, "qedoc.cli.main": ""}, ["qedoc.claims.spec", "qedoc.cli.main"]) == [
        "qedoc.claims.spec imports qedoc.cli.main"
    ]


def loaded(line: str) -> set[str]:
    """Which of the heavy libraries a fresh interpreter has after a line."""
    program = f"{line}\nimport sys\nprint(*sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=SOURCE)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "module",
    ["qedoc", "qedoc.cli.main", "qedoc.engine.schedule", "qedoc.report.json_report", "qedoc.report.terminal", "qedoc.results.verdict"],
)
def test_front_needs_no_heavy_library(module: str) -> None:
    assert loaded(f"import {module}") == set()


def test_the_pytest_plugin_imports_nothing_of_the_package_until_it_is_needed() -> None:
    program = "import sys; before = {*sys.modules}; import qedoc_pytest; print(*sorted({*sys.modules} - before))"
    done = subprocess.run(
        [sys.executable, "-c", f"import pathlib, typing; {program}"], capture_output=True, text=True, check=True, cwd=SOURCE
    )
    assert done.stdout.split() == ["qedoc_pytest"]


def test_heavy_library_is_noticed() -> None:
    assert "sympy" in loaded("from qedoc import Spec")
