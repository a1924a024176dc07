"""Nothing of a library is missed in silence: what cannot be read is reported, what is public is read, what is another library's is not."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qedoc.errors import TargetError
from qedoc.read import Obstacle, Silence
from qedoc.results.causes import CAUSES, cause_of
from qedoc.results.outcome import Unread, spoken
from qedoc.results.verdict import CaseResult, Verdict
from qedoc.sources.docstrings import documented

# What cannot be read

RIGHT = '''
def half(x):
    r"""Half of the input.

    .. math:: \\mathrm{half}(x) = x / 2
    """
    return x / 2
'''

PARTLY = {
    "__init__.py": """
        __all__ = ["Lazy", "deep", "half", "missing", "plots", "wrong_version"]

        from partly.good import half

        def __getattr__(name):
            if name == "Lazy":
                from surely_not_installed import Lazy
                return Lazy
            raise AttributeError(name)
    """,
    "good.py": RIGHT,
    "plots.py": "import surely_not_installed.pyplot",
    "more_plots.py": "import surely_not_installed.pyplot",
    "raises.py": "raise RuntimeError('no licence')",
    "wrong_version.py": "from json import no_such_name",
    "own.py": "import partly.was_renamed",
    "by_dependency.py": "import half_installed",
    "deep/__init__.py": "from partly.deep.core import value",
    "deep/core.py": "value = 1 / 0",
    "_private.py": "import surely_not_installed",
}

LACKING = (
    " cannot be imported: ModuleNotFoundError: No module named 'surely_not_installed'; "
    "install the package that provides surely_not_installed"
)

ABSENT = {"__init__.py": "", "a.py": "import surely_not_installed", "b/__init__.py": "import surely_not_installed"}


def write(folder: Path, name: str, files: dict[str, str]) -> None:
    for path, text in files.items():
        file = folder / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = text.split("\n")
        margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
        file.write_text("\n".join(line[margin:] for line in lines), encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("completeness")
    write(made, "partly", PARTLY)
    write(made, "absent", ABSENT)
    write(made, "half_installed", {"__init__.py": "raise ImportError('half_installed needs another version of jax')"})
    return made


def qedoc(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), *sys.path]), "COLUMNS": "120"}
    command = [sys.executable, "-m", "qedoc", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def report(folder: Path) -> subprocess.CompletedProcess[str]:
    return qedoc("audit", "partly", "--format", "json", "-j1", folder=folder)


def test_each_way_of_failing_is_reported_with_its_reason_and_what_to_do(report: subprocess.CompletedProcess[str]) -> None:
    found = json.loads(report.stdout)
    assert {one["name"].removeprefix("partly."): one["reason"].removeprefix(one["name"]) for one in found["unread"]} == {
        "Lazy": " cannot be read: ModuleNotFoundError: No module named 'surely_not_installed'; "
        "install the package that provides surely_not_installed",
        "missing": " cannot be read: partly does not define what its __all__ lists; define it, or remove it from __all__",
        "plots": LACKING,
        "more_plots": LACKING,
        "raises": " cannot be imported: RuntimeError: no licence; import it in Python to see the traceback",
        "wrong_version": " cannot be imported: ImportError: cannot import name 'no_such_name' from 'json' "
        f"({json.__file__}); install a version of partly for this version of Python",
        "own": " cannot be imported: ModuleNotFoundError: No module named 'partly.was_renamed'; "
        "partly lacks a part of its own: correct this import, or install partly again",
        "by_dependency": " cannot be imported: ImportError: half_installed needs another version of jax; "
        "install versions of partly and half_installed that work together",
        "deep": " cannot be imported: ZeroDivisionError: division by zero; import it in Python to see the traceback",
    }
    assert not any(one["empty"] for one in found["unread"])
    assert {f["subject"] for f in found["findings"] if f["code"] == "QED206"} == {one["name"] for one in found["unread"]}


def test_the_readable_part_is_checked_and_strict_wants_the_whole(report: subprocess.CompletedProcess[str], folder: Path) -> None:
    assert [(claim["id"], claim["verdict"]) for claim in json.loads(report.stdout)["claims"]] == [("partly.half", "proved")]
    assert report.returncode == 0
    assert qedoc("audit", "partly", "--strict", "-j1", folder=folder).returncode == 1


def test_the_terminal_says_once_what_several_modules_lack(folder: Path) -> None:
    lines = qedoc("audit", "partly", "-j1", folder=folder).stdout.splitlines()
    assert [line for line in lines if "partly.plots" in line] == [f"QED206 partly.more_plots, partly.plots{LACKING}"]
    assert lines[-1].startswith("1 formula: 1 proved; incomplete: 9 not read; ")


def test_a_library_of_which_nothing_can_be_read_cannot_be_checked(folder: Path) -> None:
    done = qedoc("audit", "absent", "-j1", folder=folder)
    assert done.returncode == 2
    assert "nothing was checked: absent.a, absent.b cannot be imported: ModuleNotFoundError" in done.stderr
    assert "install the package that provides surely_not_installed" in done.stderr


def test_a_named_module_that_cannot_be_imported_says_what_to_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(folder))
    with pytest.raises(TargetError, match=r"absent\.a cannot be imported: No module .*; install the package that provides surely"):
        documented("absent.a")


def test_many_names_with_one_reason_are_counted() -> None:
    unread = [Unread(name=f"lib.{letter}", reason=f"lib.{letter} cannot be read: why") for letter in "abcde"]
    assert spoken([*unread, Unread(name="x", reason="x is hidden")]) == [
        "lib.a, lib.b, lib.c and 2 more cannot be read: why",
        "x is hidden",
    ]


# What is public

PUBLIC = '''
"""A module."""
import functools
from functools import cached_property
from typing import NamedTuple

import foreign
from foreign import borrowed, relu

__all__ = ["Pair", "Shape", "instance", "listed", "other_instance", "own_words", "passed_on", "renamed", "same"]


def listed(x):
    """Listed."""


def unlisted(x):
    """Not listed."""


def undocumented(x):
    pass


def _private(x):
    """Private."""


same = listed
passed_on = functools.wraps(foreign.relu)(lambda x: x)
renamed = functools.wraps(foreign.relu)(lambda x: x)
renamed.__module__ = __name__
own_words = functools.wraps(foreign.relu)(lambda x: x)
own_words.__doc__ = "Own words about a wrapped function."
partial = functools.partial(foreign.relu)


class Shape:
    """A shape."""

    activation = foreign.relu
    size: int = 3

    def __init__(self, size):
        """Made with a size."""

    def __mul__(self, other):
        """A scaled shape."""

    def __add__(self, other):
        pass

    def __init_subclass__(cls):
        """About classes."""

    @cached_property
    def area(self):
        """The area."""

    @property
    def perimeter(self):
        """The perimeter."""

    @classmethod
    def unit(cls):
        """The unit shape."""

    @staticmethod
    def helper(x):
        """A helper."""

    def _hidden(self):
        """Hidden."""

    class Corner:
        """A corner."""

        def angle(self):
            """The angle."""

        class Tip:
            """A tip."""

    outer = listed


@functools.wraps(foreign.relu)
def _method(self, x):
    return x


Shape.copied = _method


class Pair(NamedTuple):
    """A pair."""

    left: float
    right: float


class _Ramp:
    """The class of an instance."""

    def __call__(self, x):
        """The value."""

    def slope(self, x):
        """The slope."""


class Exported:
    pass


instance = _Ramp()
other_instance = Shape(1)
'''

FOREIGN = '''
"""Another library."""


def relu(x):
    """Rectified."""


def borrowed(x):
    """Borrowed."""
'''


@pytest.fixture
def public(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    write(tmp_path, "shapes", {"__init__.py": PUBLIC})
    write(tmp_path, "foreign", {"__init__.py": FOREIGN})
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in ("shapes", "foreign"):
        sys.modules.pop(name, None)


def test_all_that_is_public_is_read_once_and_nothing_else(public: Path) -> None:
    records = documented("shapes")
    assert {record.name.removeprefix("shapes."): record.docstring.strip() for record in records} == {
        "shapes": "A module.",
        "listed": "Listed.",
        "unlisted": "Not listed.",
        "own_words": "Own words about a wrapped function.",
        "Shape": "A shape.",
        "Shape.__init__": "Made with a size.",
        "Shape.__mul__": "A scaled shape.",
        "Shape.area": "The area.",
        "Shape.perimeter": "The perimeter.",
        "Shape.unit": "The unit shape.",
        "Shape.helper": "A helper.",
        "Shape.Corner": "A corner.",
        "Shape.Corner.angle": "The angle.",
        "Shape.Corner.Tip": "A tip.",
        "Pair": "A pair.",
        "instance": "The class of an instance.",
        "instance.__call__": "The value.",
        "instance.slope": "The slope.",
    }
    listed = next(record for record in records if record.name == "shapes.listed")
    assert set(listed.aliases) == {"shapes.same", "shapes.Shape.outer"}


def test_the_place_of_a_cached_property_is_its_function(public: Path) -> None:
    area = next(record for record in documented("shapes") if record.name == "shapes.Shape.area")
    line = (public / "shapes" / "__init__.py").read_text().splitlines()[area.location.line - 1]
    assert line.strip() == "@cached_property"


def test_an_object_of_another_library_is_read_if_it_is_named(public: Path) -> None:
    assert [record.name for record in documented("shapes.relu")] == ["shapes.relu"]


# Why there is no answer

MANY = '''
import jax.numpy as jnp
from typing import NamedTuple

{functions}


def unexplained(x):
    r"""A symbol that is no parameter.

    .. math:: \\mathrm{{unexplained}}(x) = a b x
    """
    return x


def random(x):
    r"""A sample.

    .. math:: x \\sim \\mathcal{{N}}(0, 1)
    """
    return x


def up_to(x):
    r"""A density.

    .. math:: f(x) \\propto e^{{-x}}
    """
    return x


class Pair(NamedTuple):
    r"""A pair.

    .. math:: x + \\ldots + y
    """

    left: float


def other(x):
    r"""An unknown command.

    .. math:: \\mathrm{{other}}(x) = \\unheard x
    """
    return x
'''

DOTS = '''
def dots_{number}(x):
    r"""Dots.

    .. math:: x + {dots} + x^n
    """
    return x
'''


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("many")
    functions = [DOTS.format(number=number, dots=r"\ldots" if number < 4 else r"\lim x").replace("\\\\", "\\") for number in range(5)]
    text = MANY.replace("\\\\", "\\").format(functions="\n".join(functions))
    (made / "many_causes.py").write_text(text, encoding="utf-8")
    return made


def test_formulas_without_an_answer_are_grouped_by_their_cause(many: Path) -> None:
    done = qedoc("audit", "many_causes", "-j1", folder=many)
    lines = done.stdout.splitlines()
    start = lines.index("unreadable")
    assert lines[start + 1 : start + 4] == [
        "  5  a notation that qedoc does not read",
        "    4 x an ellipsis, whose omitted terms are unknown",
        "    1 x a limit",
    ]
    examples = lines[start + 4 : start + 6]
    assert [line.rpartition("many_causes.")[2].partition(":")[0] for line in examples] == ["dots_0", "dots_1"]
    assert all("many_causes.py:" in line for line in examples)
    assert lines[start + 6 : start + 8] == [
        "    and 3 more; --verbose lists them",
        "    what to do: use another notation, or write a spec",
    ]
    assert "dots_2" not in done.stdout
    assert "  1  a symbol that is no parameter and that nothing explains" in lines
    assert "  1  an unknown command or name" in lines
    end = lines.index("not a claim")
    assert sorted(lines[end + 1 : end + 4]) == [
        "  1  a distribution", "  1  a proportionality", "  1  the documentation of a record, which computes no value",
    ]  # fmt: skip


def test_verbose_lists_every_formula_with_its_reason(many: Path) -> None:
    done = qedoc("audit", "many_causes", "--verbose", "-j1", folder=many)
    assert all(f"many_causes.dots_{number}: line 1, column" in done.stdout for number in range(5))
    assert r"many_causes.random: a distribution: \sim says how something is distributed" in done.stdout
    assert r"many_causes.up_to: a proportionality: \propto gives the value only up to a factor" in done.stdout
    assert "more; --verbose" not in done.stdout


def test_the_json_report_names_the_cause(many: Path) -> None:
    claims = json.loads(qedoc("audit", "many_causes", "--format", "json", "-j1", folder=many).stdout)["claims"]
    causes = {claim["id"].removeprefix("many_causes."): claim["cause"] for claim in claims}
    assert causes == {f"dots_{number}": "unsupported" for number in range(5)} | {
        "unexplained": "unexplained-symbol", "random": "distribution", "up_to": "proportion", "Pair": "record", "other": "unknown",
    }  # fmt: skip
    assert set(causes.values()) <= set(CAUSES)


def test_verbose_is_for_the_list_on_the_terminal(many: Path) -> None:
    done = qedoc("audit", "many_causes", "--verbose", "--format", "json", folder=many)
    assert done.returncode == 2
    assert "--verbose is for the format concise" in done.stderr


@pytest.mark.parametrize(
    ("case", "slug"),
    [
        (CaseResult(id="f", verdict=Verdict.PROVED, reason=""), None),
        (CaseResult(id="f", verdict=Verdict.REFUTED, reason=""), None),
        (CaseResult(id="f", verdict=Verdict.UNSUPPORTED, reason=""), "code"),
        (CaseResult(id="f", verdict=Verdict.UNREADABLE, reason=""), "unbound"),
        (CaseResult(id="f", verdict=Verdict.UNREADABLE, reason="", cause="ambiguous"), "ambiguous"),
        (CaseResult(id="f", verdict=Verdict.UNDECIDED, reason="", points=3), "open"),
        (CaseResult(id="f", verdict=Verdict.UNDECIDED, reason="", paths=2), "no-value"),
        (CaseResult(id="f", verdict=Verdict.UNDECIDED, reason="", paths=2, cause="time"), "time"),
        (CaseResult(id="f", verdict=Verdict.UNDECIDED, reason="", cause="a cause of a later version"), "open"),
        (CaseResult(id="f", verdict=Verdict.NOT_A_CLAIM, reason=""), "other"),
    ],
)
def test_every_case_without_an_answer_has_a_cause(case: CaseResult, slug: str | None) -> None:
    found = cause_of(case)
    assert (found.slug if found else None) == slug


@pytest.mark.parametrize("slug", [*(one.value for one in Obstacle), *(one.name.lower() for one in Silence)])
def test_what_the_reader_finds_is_a_cause(slug: str) -> None:
    assert slug in CAUSES


# Names that `__all__` leaves out

IMPLEMENTED = '''
def kept(x):
    """Kept."""


def forgotten(x):
    """Left out of `__all__`."""


def no_words(x):
    pass
'''


def test_what_a_private_module_documents_for_a_package_is_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "__init__.py": """
            __all__ = ["kept"]

            from forgetful._src.core import forgotten, kept, no_words
            from forgetful.tools import shared
        """,
        "_src/core.py": IMPLEMENTED,
        "tools.py": 'def shared(x):\n    """Reached in its own module."""\n',
    }
    write(tmp_path, "forgetful", files)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert {record.name for record in documented("forgetful")} == {"forgetful.kept", "forgetful.forgotten", "forgetful.tools.shared"}
