"""What CI and developers run: `nox` for all, `nox -s lint` for one."""

import nox

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["verify", "tests", "types", "lint", "docs"]

PYPROJECT = nox.project.load_toml("pyproject.toml")


def install(session: nox.Session, group: str) -> None:
    """Installs qedoc, editable, and a dependency group, with any version of pip."""
    session.install("--editable", ".", *nox.project.dependency_groups(PYPROJECT, group))


@nox.session
def verify(session: nox.Session) -> None:
    """Checks the specs of spec/ against the installed libraries; arguments go to `qedoc check`."""
    install(session, "optax")
    session.run("qedoc", "check", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Runs the tests; arguments go to pytest."""
    install(session, "test")
    session.run("pytest", *session.posargs)


@nox.session
def types(session: nox.Session) -> None:
    """Checks types, strictly."""
    install(session, "types")
    session.run("mypy", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Checks style and format; changes nothing."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def docs(session: nox.Session) -> None:
    """Builds the documentation; a warning is an error."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "docs"))
    session.run("sphinx-build", "-W", "--keep-going", "-b", "html", "docs", "docs/_build/html", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measures speed; arguments go to pytest-benchmark."""
    install(session, "bench")
    session.run("pytest", "-n0", "-s", "tests/benchmarks/bench_check.py", "tests/benchmarks/bench_unchanged.py", *session.posargs)
