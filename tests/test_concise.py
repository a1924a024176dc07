"""What the concise report leaves out of long fields, what a line to paste imports, and a class in place of a domain."""

import sys
from io import StringIO
from pathlib import Path

import pytest
import sympy as sp

from qedoc import Parameter, Reals, Spec
from qedoc.errors import SpecError
from qedoc.judge.inputs import imported
from qedoc.report.layout import MOST_LINES, Page, Plain


def written(lines: int, most: int | None) -> list[str]:
    file = StringIO()
    Page(Plain(file=file), most).field("formula", [f"line {k}" for k in range(lines)])
    return file.getvalue().splitlines()


def test_a_long_field_is_shortened() -> None:
    found = written(MOST_LINES + 2, MOST_LINES)
    assert found[-1].strip() == "... 2 more lines; --format full shows them"
    assert len(found) == MOST_LINES + 1
    assert len(written(MOST_LINES + 1, MOST_LINES)) == MOST_LINES + 1
    assert "more lines" not in "".join(written(MOST_LINES + 1, MOST_LINES))
    assert len(written(200, None)) == 200


def test_a_line_to_paste_imports_the_module_that_its_package_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package, text in (("bare_one", None), ("empty_one", ""), ("eager_one", "from eager_one import part\n")):
        folder = tmp_path / package
        folder.mkdir()
        if text is not None:
            (folder / "__init__.py").write_text(text)
        (folder / "part.py").write_text("def f(x):\n    return x\n")
    monkeypatch.syspath_prepend(tmp_path)
    for package in ("bare_one", "empty_one", "eager_one"):
        __import__(f"{package}.part")
    assert imported("bare_one.part.f") == "bare_one.part"
    assert imported("empty_one.part.f") == "empty_one.part"
    assert imported("eager_one.part.f") == "eager_one"
    assert imported("empty_one.f") == "empty_one"
    for name in [name for name in sys.modules if name.partition(".")[0] in ("bare_one", "empty_one", "eager_one")]:
        monkeypatch.delitem(sys.modules, name)


def test_the_class_of_a_domain_is_refused_with_what_to_write() -> None:
    x = sp.Symbol("x")
    with pytest.raises(SpecError, match=r"the domain of x is the class Reals; write Reals\(\)"):
        Spec(target="jax.nn.relu", formula=x, symbols=[Parameter(x, "x", Reals, "i")])  # type: ignore[arg-type]
    assert Spec(target="jax.nn.relu", formula=x, symbols=[Parameter(x, "x", Reals(), "i")]).symbols
