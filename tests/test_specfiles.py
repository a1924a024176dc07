import sys
from pathlib import Path
from textwrap import dedent

import pytest

from qedoc.errors import Location, SpecError
from qedoc.sources.specfiles import SpecFile, duplicates, find, load, sizes

HEAD = """\
from sympy import symbols
from qedoc import Parameter, Reals, Size, Spec
x, n = symbols("x n")

def doubled(name):
    return Spec(target="m.double", name=name, formula=2 * x, symbols=[Parameter(x, "x", Reals(), "input")])

"""


def spec(body: str, path: str = "spec/made.py") -> SpecFile:
    return SpecFile(path=path, text=HEAD + dedent(body))


def test_a_folder_gives_its_python_files_in_order_without_hidden_and_private_ones(tmp_path: Path) -> None:
    for name in ("b.py", "a/z.py", "a.py", "_draft.py", ".hidden/c.py", "__pycache__/d.py", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    files, errors = find([str(tmp_path)])
    assert [Path(file.path).relative_to(tmp_path).as_posix() for file in files] == ["a/z.py", "a.py", "b.py"]
    assert errors == []


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "_named.py").write_text("text")
    files, _ = find(["_named.py", "./_named.py", str(tmp_path / "_named.py")])
    assert files == [SpecFile(path="_named.py", text="text")]


def test_each_bad_path_is_an_error_and_the_good_ones_are_found(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "good.py").write_text("")
    (tmp_path / "page.md").write_text("")
    (tmp_path / "latin.py").write_bytes(b"# \xe9")
    names = ["empty", "absent.py", "page.md", "latin.py", "good.py"]
    files, errors = find([str(tmp_path / name) for name in names])
    assert [Path(file.path).name for file in files] == ["good.py"]
    messages = [error.message.removeprefix(f"{tmp_path}/") for error in errors]
    assert messages[:3] == [
        "empty: expected spec files (*.py) in this folder, found none",
        "absent.py: expected a spec file or a folder of them, found nothing at this path",
        "page.md: expected a Python file, found the suffix '.md'; specs are written in .py files",
    ]
    assert messages[3].startswith("latin.py: the file cannot be read as UTF-8 text: ")


def test_claims_come_in_order_of_definition_each_once() -> None:
    found = load(spec('b = doubled("b")\nlater = [doubled("c"), doubled("a"), 7]\nalias = b\npair = (b, doubled("d"))'))
    assert [claim.id for claim in found] == ["m.double#b", "m.double#c", "m.double#a", "m.double#d"]


def test_a_claim_knows_the_line_of_its_own_spec() -> None:
    assert load(spec('one = doubled("1")'))[0].location == Location(path="spec/made.py", line=6)


def test_files_with_the_same_name_do_not_share_a_module() -> None:
    first, second = (load(spec("here = doubled(__name__)", f"{folder}/same.py"))[0] for folder in "ab")
    assert first.name != second.name
    assert {first.name, second.name} <= set(sys.modules)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("x = 1\ndef f(:\n    pass\n", 2, "syntax error: invalid syntax"),
        ("a = 1\n\nb = a / 0\n", 3, "the spec does not run: ZeroDivisionError: division by zero; fix this line, or install what it needs"),
        ("import no_such_module_anywhere\n", 1, "the spec does not run: ModuleNotFoundError: No module named 'no_such_module_anywhere'"),
        ("def f():\n    return {}['k']\n\nf()\n", 2, "the spec does not run: KeyError: 'k'"),
        ("import json\n\njson.loads('{')\n", 3, "the spec does not run: JSONDecodeError"),
        ("x = 1\nraise SystemExit(3)\n", 2, "the spec exits Python (SystemExit: 3); a spec file may only define"),
        ("x = 1\n", 1, "expected a Spec, or a list of them, at module level; found none"),
        ("", 1, "expected a Spec, or a list of them, at module level; found none"),
        ("from qedoc import Reals\nr = Reals(least=0, above=1)\n", 2, "the spec does not run: ValueError: use least= or above=, not both"),
    ],
)
def test_a_file_that_gives_no_claims_is_refused_at_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        load(SpecFile(path="spec/broken.py", text=text))
    assert caught.value.location == Location(path="spec/broken.py", line=line)
    assert caught.value.message.startswith(message)


def test_a_symbol_without_declaration_is_refused_at_the_spec() -> None:
    with pytest.raises(SpecError, match=r"^spec/made.py:9: m.f: formula contains the undeclared symbol n; declared symbols: x"):
        load(spec('\nf = Spec(target="m.f", formula=n * x, symbols=[Parameter(x, "x", Reals(), "")])'))


def test_what_is_loaded_is_the_text_that_was_found(tmp_path: Path) -> None:
    path = tmp_path / "changed.py"
    path.write_text(HEAD + 'one = doubled("before")')
    (file,), _ = find([str(path)])
    path.write_text("1 / 0")
    assert [claim.name for claim in load(file)] == ["before"]
    assert list(tmp_path.iterdir()) == [path]


def test_sizes_are_listed_as_the_cases_are() -> None:
    (made,) = load(spec('m = symbols("m")\nf = Spec(target="m.f", formula=n * m, symbols=[Size(n, range(2), ""), Size(m, [5, 7], "")])'))
    from qedoc.claims.case import cases

    assert sizes(made) == [{"n": 0, "m": 5}, {"n": 0, "m": 7}, {"n": 1, "m": 5}, {"n": 1, "m": 7}]
    assert sizes(made) == [dict(case.sizes) for case in cases(made)]
    assert sizes(load(spec('one = doubled("")'))[0]) == [{}]


def test_a_size_without_values_is_refused() -> None:
    (made,) = load(spec('f = Spec(target="m.f", formula=n, symbols=[Size(n, [], "")])'))
    with pytest.raises(SpecError, match=r"m\.f: size n has no values; give at least one"):
        sizes(made)


def test_the_later_of_two_equal_ids_is_an_error() -> None:
    places = [Location(path="a.py", line=3), Location(path="b.py", line=4), Location(path="c.py", line=5)]
    (error,) = duplicates(zip(["f", "g", "f"], places, strict=True))
    assert str(error) == "c.py:5: f: duplicate spec id, already used at a.py:3; give one of the specs a name="
