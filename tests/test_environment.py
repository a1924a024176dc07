"""What qedoc says about the environment: a JAX that it cannot use, one that it does not know, and other devices than the CPU."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qedoc.engine import environment

SPEC = """
from sympy import symbols
from qedoc import Parameter, Reals, Spec
x = symbols("x")
square = Spec(target="my_square.square", formula=x**2, symbols=[Parameter(x, "x", Reals(), "input")])
"""


def project(folder: Path) -> Path:
    (folder / "my_square.py").write_text("import jax.numpy as jnp\n\n\ndef square(x):\n    return jnp.square(x)\n")
    (folder / "spec").mkdir()
    (folder / "spec" / "square.py").write_text(SPEC)
    return folder


def install(folder: Path, name: str, version: str) -> None:
    """Puts the metadata of a distribution on the path, as an installer does."""
    metadata = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def check(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    known = {name: value for name, value in os.environ.items() if name != "JAX_PLATFORMS"}
    command = [sys.executable, "-m", "qedoc", "check", "--all", "--jobs", "1"]
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.run(
        command, cwd=folder, env=known | {"PYTHONPATH": path} | variables, capture_output=True, text=True, timeout=300, check=False
    )


def test_a_jax_that_is_too_old_is_one_clear_error(tmp_path: Path) -> None:
    install(project(tmp_path), "jax", "0.7.2")
    run = check(tmp_path)
    assert run.returncode == 2
    assert "qedoc needs jax 0.8 or later, found jax 0.7.2; pip install -U 'jax>=0.8'" in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "qedoc.lock").exists()


def test_a_jax_that_is_newer_than_the_tested_ones_is_one_warning(tmp_path: Path) -> None:
    install(project(tmp_path), "jax", "0.99.0")
    run = check(tmp_path)
    assert run.returncode == 0, run.stderr
    assert (run.stdout + run.stderr).count("jax 0.99.0 is newer than 0.12, the newest version that qedoc is tested with") == 1
    assert "1 proved" in run.stdout


@pytest.mark.parametrize(
    ("variables", "remark"),
    [
        ({"JAX_PLATFORMS": "cuda"}, "qedoc runs code on the CPU: JAX_PLATFORMS=cuda does not apply"),
        ({"JAX_PLATFORMS": "cpu"}, ""),
        ({}, ""),
    ],
)
def test_code_runs_on_the_cpu_whatever_the_variable_says(tmp_path: Path, variables: dict[str, str], remark: str) -> None:
    run = check(project(tmp_path), **variables)
    assert run.returncode == 0, run.stderr
    said = [line for line in (run.stdout + run.stderr).splitlines() if "on the CPU" in line]
    assert [remark in line for line in said] == ([True] if remark else [])


def remarks(folder: Path, **variables: str) -> list[str]:
    """The remarks of a process of its own, because qedoc reads the installed versions once in each process."""
    known = {name: value for name, value in os.environ.items() if name != "JAX_PLATFORMS"}
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-c", "from qedoc.engine import environment\nprint(*environment.remarks(), sep='\\n')"]
    return subprocess.run(
        command, env=known | {"PYTHONPATH": path} | variables, capture_output=True, text=True, timeout=60, check=True
    ).stdout.split("\n")[:-1]


def test_an_installed_accelerator_is_one_line(tmp_path: Path) -> None:
    install(tmp_path, "jax-cuda12-plugin", "0.10.2")
    assert remarks(tmp_path) == ["qedoc runs code on the CPU, although jax-cuda12-plugin is installed"]
    assert remarks(tmp_path, JAX_PLATFORMS="cpu") == [""]


def test_a_version_that_is_no_number_is_no_error(tmp_path: Path) -> None:
    install(tmp_path, "jax", "main")
    assert remarks(tmp_path) == [""]


def test_the_oldest_supported_jax_is_the_one_of_the_package() -> None:
    pyproject = (Path(__file__).parent.parent / "pyproject.toml").read_text()
    assert f'"jax>={".".join(map(str, environment.OLDEST))}"' in pyproject
