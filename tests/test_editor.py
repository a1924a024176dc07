"""The language server, as an editor meets it."""

import os
import select
from collections.abc import Iterator
from pathlib import Path

import pytest
from editing import PATIENCE, Editor
from lsprotocol import types as lsp

from qedoc.config.table import Config
from qedoc.editor.documents import Document, Kind, document
from qedoc.editor.places import span
from qedoc.editor.preferences import preferences
from qedoc.editor.units import Units
from qedoc.errors import Location, QedocError

SOURCE = Path(__file__).parents[1] / "verifier"

RATES = '''\
import jax.numpy as jnp


def decay(rate, t):
    r"""Falls with time.

    .. math::

        f(t) = e^{\\lambda t}

    Args:
        rate: :math:`\\lambda`, the rate.
        t: the time.
    """
    return jnp.exp(-rate * t)


def twice(x):
    r"""Doubles x.

    .. math::

        f(x) = 2 x
    """
    return 2 * x


def vague(x):
    r"""Something.

    .. math::

        f(x) = q x
    """
    return 3 * x
'''

BAD = '''\
import os, signal


def killed(x):
    r"""Ends its process.

    .. math::

        f(x) = x + 1
    """
    os.kill(os.getpid(), signal.SIGKILL)


def endless(x):
    r"""Never returns.

    .. math::

        f(x) = x + 2
    """
    while True:
        pass


def right(x):
    r"""Is right.

    .. math::

        f(x) = x + 4
    """
    return x + 3
'''

PAGE = """\
Rates
=====

Doubling is :func:`rates.twice`.

.. math::

    f(x) = 2 x
"""

SPEC = """\
from sympy import symbols

from qedoc import Parameter, Reals, Spec

x = symbols("x")
twice = Spec(
    target="rates.twice",
    formula=2 * x + 1,
    symbols=[Parameter(x, "x", Reals(), "place")],
)
"""


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """An editor with a project, in which each test has files of its own."""
    folder = tmp_path_factory.mktemp("edited")
    (folder / "spec").mkdir()
    texts = {"rates.py": RATES, "bad.py": BAD, "page.rst": PAGE, "spec/twice.py": SPEC, "pyproject.toml": "[tool.qedoc]\nmax-points = 40\n"}
    for name, text in texts.items():
        (folder / name).write_text(text)
    environment = os.environ | {"PYTHONPATH": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1"}
    opened = Editor(folder, environment, {"timeout": 6, "maxPoints": 40, "repairTimeout": 120, "severity": {"QED203": "warning"}})
    yield opened
    opened.kill()


def codes(diagnostics: list[lsp.Diagnostic]) -> list[tuple[str, str]]:
    """The code of each diagnostic, with the object that it is about."""
    return [(str(one.code), one.message.partition(":")[0]) for one in diagnostics]


def test_a_wrong_formula_is_marked_explained_and_corrected(editor: Editor) -> None:
    found = editor.open("rates.py")
    assert codes(found) == [("QED101", "rates.decay"), ("QED201", "rates.vague")]
    wrong, vague = found
    assert wrong.severity == lsp.DiagnosticSeverity.Error
    assert vague.severity == lsp.DiagnosticSeverity.Information
    assert wrong.range == lsp.Range(start=lsp.Position(line=8, character=8), end=lsp.Position(line=8, character=28))
    assert wrong.code_description is not None
    assert wrong.code_description.href.endswith("findings.md#qed101")
    card = editor.hover("rates.py", "e^{")
    assert card.startswith("**refuted**")
    assert "read as\n\n$$\ne^{\\lambda t}\n$$" in card
    assert "the code computes\n\n$$\ne^{- \\lambda t}\n$$" in card
    assert "rate=1, t=1" in card
    assert "- lambda: `rate` (stated" in card
    assert editor.hover("rates.py", "2 x").startswith("**proved**")
    assert editor.hover("rates.py", "return 2") == ""
    (action,) = editor.actions("rates.py", "e^{")
    assert action.is_preferred
    assert editor.actions("rates.py", "2 x") == []
    editor.edit("rates.py", "# A line above.\n" + RATES)  # not saved: the fix is for the text in the editor
    (action,) = editor.actions("rates.py", "e^{")
    editor.apply("rates.py", action)
    assert "e^{-\\lambda t}" in editor.texts[editor.folder / "rates.py"]
    assert editor.actions("rates.py", "e^{") == []
    assert editor.hover("rates.py", "e^{") == ""
    since = editor.save("rates.py")
    assert codes(editor.checked("rates.py", since)) == [("QED201", "rates.vague")]


def test_a_page_and_a_spec_follow_the_code(editor: Editor) -> None:
    module = editor.folder / "rates.py"
    module.write_text(RATES.replace("e^{", "e^{-"))
    editor.open("rates.py")
    assert editor.open("page.rst") == []
    (wrong,) = editor.open("spec/twice.py")
    assert (wrong.code, wrong.range.start.line, wrong.range.start.character) == ("QED101", 7, 12)
    assert wrong.range.end.character == len("    formula=2 * x + 1")
    editor.edit("rates.py", editor.texts[module].replace("return 2 * x", "return 2 * x + 1"))
    since = editor.save("rates.py")
    assert [code for code, _ in codes(editor.checked("page.rst", since))] == ["QED101"]
    assert editor.checked("spec/twice.py", since) == []
    assert ("QED101", "rates.twice") in codes(editor.checked("rates.py", since))


def test_code_that_kills_its_process_or_hangs_stops_nothing(editor: Editor) -> None:
    found = {one.message.partition(":")[0]: one for one in editor.open("bad.py")}
    assert "signal 9" in found["bad.killed"].message
    assert "time limit" in found["bad.endless"].message
    assert found["bad.killed"].severity == lsp.DiagnosticSeverity.Warning
    assert found["bad.right"].code == "QED101"
    editor.edit("bad.py", "def f(:\n" + BAD)
    (broken,) = editor.checked("bad.py", editor.save("bad.py"))
    assert (broken.code, broken.range.start.line) == ("QED501", 0)
    assert "syntax error" in broken.message
    editor.edit("bad.py", "import absent_library\n" + BAD)
    (broken,) = editor.checked("bad.py", editor.save("bad.py"))
    assert "absent_library" in broken.message
    assert broken.code == "QED501"
    editor.edit("bad.py", BAD.partition("def killed")[0] + "def right" + BAD.partition("def right")[2].replace("x + 4", "x + 3"))
    assert editor.checked("bad.py", editor.save("bad.py")) == []


def test_a_save_stops_the_check_that_runs(editor: Editor) -> None:
    slow = "\n\n".join(BAD.partition("def endless")[2].partition("def right")[0].join([f"def endless{k}", ""]) for k in range(20))
    (editor.folder / "slow.py").write_text(slow)
    path, start = editor.folder / "slow.py", len(editor.came)
    editor.texts[path], editor.versions[path] = slow, 1
    opened = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": slow}
    editor.notify("textDocument/didOpen", textDocument=opened)
    editor.until(lambda method, params: method == "$/progress" and str(params.value.get("message", "")).startswith("1 of 20"), start)
    editor.edit("slow.py", "x = 1\n")
    since = editor.save("slow.py")
    assert editor.checked("slow.py", since) == []
    reports = [params.value.get("message", "") for method, params in editor.came[start:] if method == "$/progress"]
    assert not any(report.startswith("20 of 20") for report in reports)


def test_the_server_leaves_no_process(editor: Editor) -> None:
    started = [os.pidfd_open(pid) for pid in descendants(editor.process.pid)]
    assert started
    assert editor.quit() == 0
    assert [one for one in started if not select.select([one], [], [], PATIENCE)[0]] == []
    for one in started:
        os.close(one)
    assert "Traceback" not in editor.log.read_text()


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that these have started."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents.setdefault(int((folder / "stat").read_text().rpartition(") ")[2].split()[1]), []).append(int(folder.name))
        except OSError:  # it has ended
            continue
    found = list(parents.get(pid, []))
    for one in found:
        found += parents.get(one, [])
    return found


def test_positions_count_code_units() -> None:
    text = "a\n\U0001d465 \u03b1 = b\r\nc"
    offset = text.index("=")
    assert [Units(encoding).position(text, offset).character for encoding in ("utf-8", "utf-16", "utf-32")] == [8, 5, 4]
    for encoding in ("utf-8", "utf-16", "utf-32"):
        units = Units(encoding)
        assert [units.offset(text, units.position(text, k)) for k in range(len(text))] == list(range(len(text)))
        assert units.offset(text, lsp.Position(line=9, character=9)) == len(text)


@pytest.mark.parametrize(
    ("text", "line", "written", "marked"),
    [
        ('def f(x):\n    """F.\n\n    .. math::\n\n        x^2\n        + 1\n    """\n', 6, "x^2\n+ 1", "x^2\n        + 1"),
        ('def f(x):\n    """F.\n\n    $$\\\\exp x$$\n    """\n', 4, r"\exp x", r"\\exp x"),
        ("a = Spec(target='f', formula=x + 1)\n", 1, "", "x + 1"),
        ("a = [\n    Spec(target='f', formula=[\u03b1, x]),\n    Spec(target='g', formula=x)]\n", 2, "", "[\u03b1, x]"),
    ],
)
def test_exact_place_of_a_formula(text: str, line: int, written: str, marked: str) -> None:
    found = span(text, Location(path="f.py", line=line), written)
    assert found is not None
    assert text[slice(*found)] == marked


def test_a_formula_that_has_changed_has_no_place() -> None:
    assert span('def f(x):\n    """$$x^3$$"""\n', Location(path="f.py", line=2), "x^2") is None
    assert span("a = Spec(target='f')\n", Location(path="f.py", line=1), "") is None
    assert span("def f(:\n", Location(path="f.py", line=1), "x") is None


def test_kinds_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "src")
    package = tmp_path / "src" / "found" / "inner"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    shown = 'def f(x):\n    r"""F.\n\n    .. math:: f(x) = x\n    """\n'
    texts = {"losses.py": shown, "plain.py": "x = 1\n", "__init__.py": shown}
    for name, text in texts.items():
        (package / name).write_text(text)
    config = Config(root=tmp_path)

    def kind(path: Path, text: str) -> object:
        made = document(path, text, config)
        return (made.kind, made.name) if isinstance(made, Document) else made

    assert kind(package / "losses.py", shown) == (Kind.MODULE, "found.inner.losses")
    assert kind(package / "__init__.py", shown) == (Kind.MODULE, "found.inner")
    assert kind(package / "plain.py", "x = 1\n") == ""
    assert kind(tmp_path / "spec" / "_a.py", "x = 1\n") == ""
    assert kind(tmp_path / "spec" / "a.py", "x = 1\n") == (Kind.SPEC, str(tmp_path / "spec" / "a.py"))
    assert kind(tmp_path / "b.py", "from qedoc import Spec\n") == (Kind.SPEC, str(tmp_path / "b.py"))
    assert kind(tmp_path / "p.md", "$$x = 1$$\n") == (Kind.PAGE, str(tmp_path / "p.md"))
    assert kind(tmp_path / "p.md", "nothing\n") == ""
    lost = tmp_path / "else-where"
    lost.mkdir()
    (lost / "losses.py").write_text(shown)
    assert "pip install -e ." in str(kind(lost / "losses.py", shown))
    with pytest.raises(QedocError, match="syntax error"):
        document(package / "losses.py", shown + "def g(:\n", config)


def test_options_of_an_editor() -> None:
    chosen, wrong = preferences({"timeout": 3, "jobs": 1, "severity": {"unreadable": "off", "QED302": "hint"}})
    assert (chosen.timeout, chosen.jobs, wrong) == (3.0, 1, [])
    assert chosen.severity == {"unreadable": "off", "QED302": "hint"}
    for given, message in (
        ({"severty": {}}, "did you mean severity?"),
        ({"severity": {"refuted": "red"}}, "expected error or warning"),
        ({"severity": 1}, "expected an object"),
        ({"jobs": 0}, "expected a positive number"),
        ({"timeout": -1}, "positive number of seconds"),
        ([], "expected an object"),
    ):
        assert message in preferences(given)[1][0]
