"""Nox sessions for CI and developers: `nox` runs the default sessions, `nox -s lint` runs one."""

import runpy
import tempfile
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["verify", "tests", "types", "lint", "docs"]

PYPROJECT = nox.project.load_toml("pyproject.toml")


def install(session: nox.Session, group: str) -> None:
    """Installs qedoc in editable mode together with a dependency group. Works with every version of pip."""
    session.install("--editable", ".", *nox.project.dependency_groups(PYPROJECT, group))


@nox.session
def verify(session: nox.Session) -> None:
    """Checks the specs in spec/ against the installed libraries. Arguments are passed to `qedoc check` and replace `--all`."""
    install(session, "optax")
    session.run("qedoc", "check", *(session.posargs or ["--all"]))


@nox.session
def tests(session: nox.Session) -> None:
    """Runs the tests. Arguments are passed to pytest."""
    install(session, "test")
    session.run("pytest", *session.posargs)


@nox.session
def soundness(session: nox.Session) -> None:
    """Counts right and wrong verdicts on 5000 generated pairs of claims. Arguments replace `run` in `python -m soundness run`."""
    install(session, "test")
    session.run("python", "-m", "soundness", *(session.posargs or ["run"]), env={"PYTHONPATH": "tests"})


COMPATIBILITY = [
    "tests/test_lift.py",
    "tests/test_rules.py",
    "tests/test_agreement.py",
    "tests/test_lockstep.py",
    "tests/test_specs.py",
    "tests/test_audit.py",
    "tests/test_plugin.py",
    "tests/test_sphinx.py",
]
"""The tests that depend on the versions of Python and JAX: the lifter, executions, specs, audits and both plugins."""


@nox.session(venv_backend="none")
@nox.parametrize(
    "python,jax",
    [("3.11", "0.8"), ("3.11", "0.9"), ("3.11", "0.10"), ("3.12", "0.11"), ("3.13", "0.12"), ("newest", "newest")],
    ids=[
        "python-3.11, jax-0.8",
        "python-3.11, jax-0.9",
        "python-3.11, jax-0.10",
        "python-3.12, jax-0.11",
        "python-3.13, jax-0.12",
        "newest",
    ],
)
def matrix(session: nox.Session, python: str, jax: str) -> None:
    """Runs the compatibility tests with one pair of Python and JAX versions. Skips a version of Python that is not installed."""
    found = runpy.run_path("tests/compatibility/interpreters.py")["interpreters"]()
    version = max(found) if python == "newest" else tuple(map(int, python.split(".")))
    if version not in found:
        session.skip(f"there is no Python {python} on this machine, only {', '.join('.'.join(map(str, known)) for known in found)}")
    folder = Path(session.create_tmp()) / "venv"
    session.env["TMPDIR"] = tempfile.gettempdir()  # the tests make projects of their own, which must not be inside of this one
    session.run(str(found[version]), "-m", "venv", "--clear", str(folder), external=True)
    run = [str(folder / "bin" / "python"), "-m"]
    session.run(*run, "pip", "install", "-q", "-U", "pip", external=True)
    wanted = ["jax"] if jax == "newest" else [f"jax=={jax}.*"]
    groups = nox.project.dependency_groups(PYPROJECT, "test")
    session.run(*run, "pip", "install", "-q", "--editable", ".", *groups, *wanted, external=True)
    session.run(*run, "pip", "list", external=True)
    session.run(*run, "pytest", *(session.posargs or COMPATIBILITY), external=True)


@nox.session
def types(session: nox.Session) -> None:
    """Checks types with mypy in strict mode."""
    install(session, "types")
    session.run("mypy", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Checks style and formatting without changing files."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def docs(session: nox.Session) -> None:
    """Builds the documentation. Warnings are errors, and a formula that does not hold is a warning."""
    install(session, "docs")
    session.run("sphinx-build", "-W", "--keep-going", "-n", "-b", "html", "docs", "docs/_build/html", *session.posargs)


@nox.session
@nox.parametrize("sphinx", ["6.2", "7.4", "8.1", "9.0"])
def pages(session: nox.Session, sphinx: str) -> None:
    """Tests the Sphinx extension and all its builders with one version of Sphinx."""
    install(session, "test")
    session.install(f"sphinx~={sphinx}.0")
    session.run("pytest", "-n0", "tests/test_sphinx.py", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """Tests an HTML report and the built documentation in a browser.

    Build the documentation first with `nox -s docs`. The argument is the path of Chromium.
    """
    install(session, "test")
    session.install("playwright>=1.49")
    packages = Path(session.create_tmp())
    session.run("npm", "install", "--prefix", str(packages), "axe-core@4", "mathjax@4", external=True)
    session.run("python", "tests/browser/report.py", str(packages / "node_modules"), str(packages), *session.posargs)
    session.run("python", "tests/browser/pages.py", "docs/_build/html", str(packages / "node_modules"), str(packages), *session.posargs)


@nox.session
def wordings(session: nox.Session) -> None:
    """Checks 5,000 generated docstrings of known truth, and says how many have the right verdict. Takes about half an hour."""
    install(session, "test")
    session.run("pytest", "-n0", "-s", "tests/test_wordings_generated.py", *session.posargs, env={"QEDOC_WORDINGS": "5000"})


@nox.session
def slips(session: nox.Session) -> None:
    """Plants slips in the formulas of docstrings that hold, and counts how many of them are corrected. Takes hours.

    Arguments are passed to `python -m slips`.
    """
    install(session, "test")
    reports = []
    for module in ("jax.scipy.stats", "jax.scipy.special", "jax.nn", "optax", "numpyro.distributions", "corpus"):
        reports.append(str(Path(session.create_tmp()) / f"{module}.json"))
        audit = ["qedoc", "audit", module, "--repair-timeout", "0", "--format", "json", "--output", reports[-1]]
        session.run(*audit, env={"PYTHONPATH": "tests"}, success_codes=[0, 1])
    session.run("python", "-m", "slips", *reports, *session.posargs, env={"PYTHONPATH": "tests"})


@nox.session
def lengths(session: nox.Session) -> None:
    """Audits modules with formulas over arrays and writes the list in docs/reference/every-length.md. Takes about ten minutes."""
    install(session, "test")
    modules = ["jax.nn", "jax.numpy", "jax.scipy", "optax.losses"]
    session.run("python", "tests/every_length_table.py", "docs/reference/every-length.inc", *modules)


@nox.session
def release(session: nox.Session) -> None:
    """Sets the version that is given, if any, builds the distributions and checks them. A tag with the version publishes it."""
    session.install("build>=1.2", "twine>=6.1")
    session.run("python", ".ci/release.py", *session.posargs)
    folder = Path(session.create_tmp()) / "dist"
    session.run("python", "-m", "build", "--outdir", str(folder))
    session.run("twine", "check", "--strict", *map(str, sorted(folder.iterdir())))


@nox.session
def bench(session: nox.Session) -> None:
    """Runs the benchmarks and writes the table in docs/reference/benchmarks.md.

    Arguments are passed to pytest. With `--rounds 2` the session takes less than an hour.
    """
    install(session, "bench")
    files = sorted(map(str, Path("tests/benchmarks").glob("bench_*.py")))
    session.run("pytest", "-n0", "-s", "--table", "docs/reference/benchmarks.inc", *files, *session.posargs)
