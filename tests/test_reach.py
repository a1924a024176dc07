"""What the code of a target reaches: each way to reach a function is followed, and what is not reached does not count."""

import time
from hashlib import sha256
from pathlib import Path

import pytest

from qedoc.lock import clock, reach
from qedoc.lock.effects import effects_of
from qedoc.lock.freshness import Noted
from qedoc.sources import surveyed

CORE = "from lib.parts import scale\n\ndef f(x):\n    return scale(x)\n\ndef other(x):\n    return x\n"
PARTS = "def scale(x):\n    return 2 * x\n\ndef unused(x):\n    return x\n"
INIT = "from lib.core import f\n"


@pytest.fixture
def lib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "src" / "lib"
    folder.mkdir(parents=True)
    monkeypatch.syspath_prepend(str(folder.parent))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(clock, "_BEGAN", [time.time() + 60])
    write(folder, {"__init__": INIT, "core": CORE, "parts": PARTS})
    return folder


def write(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text)
    reach.forget()
    surveyed.forget()


def after(folder: Path, texts: dict[str, str], file: str, old: str, new: str, target: str = "lib.core.f") -> list[str]:
    """What has changed for a target after an edit."""
    write(folder, texts)
    sources = reach.closure(target, [])
    assert reach.changed(sources) == []
    text = (folder / f"{file}.py").read_text()
    assert old in text
    write(folder, {file: text.replace(old, new)})
    return reach.changed(sources)


DEEP = ("parts", "2 * x", "3 * x")
WAYS: dict[str, tuple[dict[str, str], tuple[str, str, str], str]] = {
    "direct": ({}, DEEP, "lib/parts.py: scale"),
    "alias": ({"core": "from lib.parts import scale as s\ndef f(x): return s(x)"}, DEEP, "lib/parts.py: scale"),
    "module alias": ({"core": "import lib.parts as p\ndef f(x): return p.scale(x)"}, DEEP, "lib/parts.py: scale"),
    "relative": ({"core": "from . import parts\ndef f(x): return parts.scale(x)"}, DEEP, "lib/parts.py: scale"),
    "inside of a function": ({"core": "def f(x):\n    from lib import parts\n    return parts.scale(x)"}, DEEP, "lib/parts.py: scale"),
    "import that is assigned": (
        {"core": "def f(x):\n    from lib.parts import scale\n    scale = scale or x\n    return scale(x)"},
        DEEP,
        "lib/parts.py: scale",
    ),
    "name of a module variable": ({"core": "from lib.parts import scale\ng = scale\ndef f(x): return g(x)"}, DEEP, "lib/parts.py: scale"),
    "method": (
        {"core": "from lib.parts import scale\nclass A:\n    def g(self, x): return scale(x)\ndef f(x): return A().g(x)"},
        DEEP,
        "lib/parts.py: scale",
    ),
    "method itself": (
        {"core": "class A:\n    def g(self, x): return 2 * x\ndef f(x): return A().g(x)"},
        ("core", "2 * x", "3 * x"),
        "lib/core.py: A",
    ),
    "class attribute": ({"core": "class A:\n    k = 2\ndef f(x): return A.k * x"}, ("core", "k = 2", "k = 3"), "lib/core.py: A"),
    "inherited": (
        {
            "parts": "class B:\n    def g(self, x): return 2 * x",
            "core": "from lib.parts import B\nclass A(B): pass\ndef f(x): return A().g(x)",
        },
        DEEP,
        "lib/parts.py: B",
    ),
    "property": (
        {"core": "class A:\n    @property\n    def k(self): return 2\ndef f(x): return A().k * x"},
        ("core", "return 2", "return 3"),
        "lib/core.py: A",
    ),
    "decorator": ({"core": "from lib.parts import scale\n@scale\ndef f(x): return x"}, DEEP, "lib/parts.py: scale"),
    "default argument": ({"core": "from lib.parts import scale\ndef f(x, g=scale): return g(x)"}, DEEP, "lib/parts.py: scale"),
    "default of a lambda": ({"core": "from lib.parts import scale\nf = lambda x, g=scale: g(x)"}, DEEP, "lib/parts.py: scale"),
    "constant": ({"core": "K = 2\ndef f(x): return K * x"}, ("core", "K = 2", "K = 3"), "lib/core.py: K"),
    "constant of a parameter's name elsewhere": (
        {"core": "K = 2\ndef f(x):\n    def g(K): return K\n    return K * g(x)"},
        ("core", "K = 2", "K = 3"),
        "lib/core.py: K",
    ),
    "global of a function": (
        {"core": "K = 2\ndef f(x):\n    global K\n    K = K + 1\n    return K * x"},
        ("core", "K = 2", "K = 3"),
        "lib/core.py: K",
    ),
    "global behind a comprehension": (
        {"core": "K = 2\ndef f(x):\n    return sum(K for K in [x]) + K"},
        ("core", "K = 2", "K = 3"),
        "lib/core.py: K",
    ),
    "partial": (
        {"core": "from functools import partial\nfrom lib.parts import scale\ng = partial(scale)\ndef f(x): return g(x)"},
        DEEP,
        "lib/parts.py: scale",
    ),
    "re-export": (
        {"__init__": "from lib.parts import scale", "core": "import lib\ndef f(x): return lib.scale(x)"},
        DEEP,
        "lib/parts.py: scale",
    ),
    "star": ({"core": "from lib.parts import *\ndef f(x): return scale(x)"}, DEEP, "lib/parts.py: scale"),
    "star of a star": (
        {"middle": "from lib.parts import *", "core": "from lib.middle import *\ndef f(x): return scale(x)"},
        DEEP,
        "lib/parts.py: scale",
    ),
    "star that replaces a name": (
        {"core": "def scale(x): return x\nfrom lib.parts import *\ndef f(x): return scale(x)"},
        DEEP,
        "lib/parts.py: scale",
    ),
    "name that a star gives from now on": (
        {"parts": "", "core": "from lib.parts import *\ndef f(x): return abs(x)"},
        ("parts", "", "def abs(x): return 2 * x"),
        "lib/parts.py: abs",
    ),
    "built-in that is replaced": (
        {"core": "def f(x): return abs(x)\n"},
        ("core", "def f", "def abs(x): return x\ndef f"),
        "lib.core: what it imports, or what these modules do on import",
    ),
    "closure": (
        {"core": "from lib.parts import scale\ndef make():\n    def g(x): return scale(x)\n    return g\nf = make()"},
        DEEP,
        "lib/parts.py: scale",
    ),
    "dispatch dict": (
        {"core": "from lib.parts import scale\nTABLE = {'a': scale}\ndef f(x, kind='a'): return TABLE[kind](x)"},
        DEEP,
        "lib/parts.py: scale",
    ),
    "registry that another module fills": (
        {
            "core": "TABLE = {}\ndef f(x): return TABLE['a'](x)",
            "fill": "from lib.core import TABLE\nTABLE['a'] = lambda x: 2 * x",
            "__init__": "import lib.fill",
        },
        ("fill", "2 * x", "3 * x"),
        "lib/fill.py: module level",
    ),
    "decorator that registers": (
        {
            "core": "TABLE = {}\ndef put(g):\n    TABLE['a'] = g\n    return g\ndef f(x): return TABLE['a'](x)",
            "fill": "from lib.core import put\n@put\ndef g(x): return 2 * x",
            "__init__": "from lib import fill",
        },
        ("fill", "2 * x", "3 * x"),
        "lib/fill.py: g",
    ),
    "module that fills a registry from now on": (
        {
            "core": "TABLE = {}\ndef f(x): return TABLE.get('a', abs)(x)",
            "fill": "from lib.core import TABLE\nTABLE['a'] = abs",
            "__init__": "import lib.core\n",
        },
        ("__init__", "import lib.core", "import lib.core, lib.fill"),
        "lib.core: what it imports, or what these modules do on import",
    ),
    "replaced from outside": (
        {
            "core": "def g(x): return x\ndef f(x): return g(x)",
            "fill": "import lib.core\nlib.core.g = lambda x: 2 * x",
            "__init__": "import lib.fill",
        },
        ("fill", "2 * x", "3 * x"),
        "lib/fill.py: module level",
    ),
    "singledispatch": (
        {
            "core": "from functools import singledispatch\n@singledispatch\ndef f(x): return x",
            "fill": "from lib.core import f\n@f.register\ndef g(x: int): return 2 * x",
            "__init__": "import lib.fill",
        },
        ("fill", "2 * x", "3 * x"),
        "lib/fill.py: g",
    ),
    "getattr on a module": (
        {"core": "from lib import parts\ndef f(x): return getattr(parts, 'sc' + 'ale')(x)"},
        DEEP,
        "lib/parts.py: scale",
    ),
    "names of a module": (
        {"core": "from lib import parts\ndef f(x): return parts.__dict__['scale'](x)"},
        DEEP,
        "lib/parts.py: anything in it",
    ),
    "globals": ({"core": "def g(x): return 2 * x\ndef f(x): return globals()['g'](x)"}, ("core", "2 * x", "3 * x"), "lib/core.py: g"),
    "exec": ({"core": "def f(x):\n    exec('from lib.parts import scale')\n    return locals()['scale'](x)"}, DEEP, "lib/parts.py: scale"),
    "import by name": (
        {"core": "import importlib\ndef f(x): return importlib.import_module('lib.' + 'parts').scale(x)"},
        DEEP,
        "lib/parts.py: scale",
    ),
    "loaded modules": ({"core": "import sys\ndef f(x): return sys.modules['lib.parts'].scale(x)"}, DEEP, "lib/parts.py: scale"),
    "name that a module makes": (
        {"parts": "globals()['sc' + 'ale'] = lambda x: 2 * x", "core": "from lib.parts import scale\ndef f(x): return scale(x)"},
        DEEP,
        "lib/parts.py: anything in it",
    ),
    "lazy import": (
        {
            "__init__": "from importlib import import_module\ndef __getattr__(name): return getattr(import_module('lib.parts'), name)",
            "core": "import lib\ndef f(x): return lib.scale(x)",
        },
        DEEP,
        "lib/parts.py: scale",
    ),
    "class that knows its subclasses": (
        {
            "core": "class A:\n    def __init_subclass__(cls): A.last = cls\ndef f(x): return A.last().g(x)",
            "fill": "from lib.core import A\nclass B(A):\n    def g(self, x): return 2 * x",
            "__init__": "import lib.fill",
        },
        ("fill", "2 * x", "3 * x"),
        "lib/fill.py: B",
    ),
    "branch for readers with another": (
        {"core": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    K = 1\nelse:\n    K = 2\ndef f(x): return K * x"},
        ("core", "K = 2", "K = 3"),
        "lib/core.py: K",
    ),
    "value of a call that sets something": (
        {
            "__init__": "from lib import core\nREADY = core.configure(2.0)",
            "core": "STATE = {}\ndef configure(k): STATE['k'] = k\ndef f(x): return STATE['k'] * x",
        },
        ("__init__", "2.0", "3.0"),
        "lib/__init__.py: READY",
    ),
    "constant that is set elsewhere": (
        {
            "__init__": "import jax.numpy as jnp\nSCALE = 2.0\njnp.my_scale = SCALE",
            "core": "import jax.numpy as jnp\ndef f(x): return jnp.my_scale * x",
        },
        ("__init__", "2.0", "3.0"),
        "lib.core: what it imports, or what these modules do on import",
    ),
    "globals of a function": (
        {"core": "K = 2\ndef g(x): return x\ndef f(x): return g.__globals__['K'] * x"},
        ("core", "K = 2", "K = 3"),
        "lib/core.py: anything in it",
    ),
    "modules by another name": (
        {"core": "import sys as _sys\nK = 2\ndef f(x): return _sys.modules['lib.core'].K * x"},
        ("core", "K = 2", "K = 3"),
        "lib/core.py: anything in it",
    ),
    "eval of builtins": (
        {"core": "import builtins\nK = 2\ndef f(x): return builtins.eval('K') * x"},
        ("core", "K = 2", "K = 3"),
        "lib/core.py: anything in it",
    ),
    "eval of builtins by another name": (
        {"core": "import builtins as b\nK = 2\ndef f(x): return b.eval('K') * x"},
        ("core", "K = 2", "K = 3"),
        "lib/core.py: anything in it",
    ),
    "eval by another name": (
        {"core": "def f(x):\n    from builtins import eval as value\n    return value('K') * x\nK = 2"},
        ("core", "K = 2", "K = 3"),
        "lib/core.py: anything in it",
    ),
    "eval that another module hands on": (
        {"parts": "from builtins import eval as value", "core": "from lib.parts import value\nK = 2\ndef f(x): return value('K') * x"},
        ("core", "K = 2", "K = 3"),
        "lib/core.py: anything in it",
    ),
    "globals by another name": (
        {"core": "from builtins import globals as names\nK = 2\ndef f(x): return names()['K'] * x"},
        ("core", "K = 2", "K = 3"),
        "lib/core.py: anything in it",
    ),
    "import by name by another name": (
        {"core": "from importlib import import_module as load\ndef f(x): return load('lib.' + 'parts').scale(x)"},
        DEEP,
        "lib/parts.py: scale",
    ),
    "loaded modules by another name": (
        {"core": "from sys import modules as loaded\ndef f(x): return loaded['lib.parts'].scale(x)"},
        DEEP,
        "lib/parts.py: scale",
    ),
    "imported constant": (
        {"parts": "K = 2", "core": "from lib.parts import K\ndef f(x): return K * x"},
        ("parts", "K = 2", "K = 3"),
        "lib/parts.py: K",
    ),
    "imported constant by another name": (
        {"parts": "K = 2", "core": "from .parts import K as k\ndef f(x): return k * x"},
        ("parts", "K = 2", "K = 3"),
        "lib/parts.py: K",
    ),
    "constant that is made of imported ones": (
        {"parts": "A = 2\nK = A + 1", "core": "from lib.parts import K\nL = K + 1\ndef f(x): return L * x"},
        ("parts", "A = 2", "A = 3"),
        "lib/parts.py: A",
    ),
    "imported constant of a branch": (
        {"parts": "try:\n    K = 2\nexcept ImportError:\n    K = 1", "core": "from lib.parts import K\ndef f(x): return K * x"},
        ("parts", "K = 2", "K = 3"),
        "lib/parts.py: K",
    ),
    "imported constant that is handed on": (
        {"parts": "K = 2", "__init__": "from lib.parts import K", "core": "import lib\ndef f(x): return lib.K * x"},
        ("parts", "K = 2", "K = 3"),
        "lib/parts.py: K",
    ),
    "imported constant as a default": (
        {"parts": "K = 2", "core": "from lib.parts import K\ndef f(x, k=K): return k * x"},
        ("parts", "K = 2", "K = 3"),
        "lib/parts.py: K",
    ),
    "imported constant that is changed in place": (
        {"parts": "K = 2\nK += 1", "core": "from lib.parts import K\ndef f(x): return K * x"},
        ("parts", "K += 1", "K += 2"),
        "lib/parts.py: K",
    ),
    "imported field of a constant": (
        {
            "parts": "class Config:\n    k: int = 2\nCONFIG = Config()",
            "core": "from lib.parts import CONFIG\ndef f(x): return CONFIG.k * x",
        },
        ("parts", "k: int = 2", "k: int = 3"),
        "lib/parts.py: Config",
    ),
    "module by its name": (
        {"core": "import importlib\ndef f(x): return importlib.import_module('lib.parts').scale(x)"},
        DEEP,
        "lib/parts.py: scale",
    ),
    "inline": ({"core": "def f(x): return [g(x) for g in (lambda y: 2 * y,)][0]"}, ("core", "2 * y", "3 * y"), "lib/core.py: f"),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_to_reach_code_is_followed(lib: Path, way: str) -> None:
    texts, edit, named = WAYS[way]
    assert named in after(lib, texts, *edit)


FRESH: dict[str, tuple[dict[str, str], tuple[str, str, str]]] = {
    "another function": ({}, ("core", "def other(x):\n    return x", "def other(x):\n    return 2 * x")),
    "another function elsewhere": ({}, ("parts", "def unused(x):\n    return x", "def unused(x):\n    return 2 * x")),
    "new helper": ({}, ("core", "def other", "def helper(x):\n    return abs(x)\n\ndef other")),
    "new helper elsewhere": ({}, ("parts", "def unused", "def helper(x):\n    return abs(x)\n\ndef unused")),
    "new import of a library": ({}, ("core", "def other", "import math\n\ndef other")),
    "comment and layout": ({}, ("core", "return scale(x)", "# twice\n    return scale( x )")),
    "docstring": ({}, ("core", "def f(x):\n", 'def f(x):\n    """Scales."""\n')),
    "docstring of the module": ({}, ("core", "from lib", '"""Core."""\n\nfrom lib')),
    "parameter with the name of a function": (
        {"core": "def g(x): return 2 * x\ndef f(x, g): return g + x"},
        ("core", "2 * x", "3 * x"),
    ),
    "variable with the name of a function": (
        {"core": "def g(x): return 2 * x\ndef f(x):\n    g = x\n    return g"},
        ("core", "2 * x", "3 * x"),
    ),
    "variable of a comprehension": (
        {"core": "def g(x): return 2 * x\ndef f(x): return sum(g for g in [x])"},
        ("core", "2 * x", "3 * x"),
    ),
    "attribute with the name of a function": (
        {"core": "def real(x): return 2 * x\ndef f(x): return x.real"},
        ("core", "2 * x", "3 * x"),
    ),
    "registration that the target does not use": (
        {"fill": "TABLE = {}\nTABLE['a'] = lambda x: 2 * x\n@TABLE.get\ndef g(x): return 2 * x", "__init__": "import lib.fill"},
        ("fill", "def g(x): return 2 * x", "def g(x): return 3 * x"),
    ),
    "name that a star does not give to the target": (
        {"core": "from lib.parts import *\ndef f(x): return scale(x)"},
        ("parts", "def unused", "def helper(x):\n    return x\n\ndef unused"),
    ),
    "imported constant that the target does not use": (
        {"parts": "K = 2\nL = 2", "core": "from lib.parts import K, L\ndef f(x): return K * x\ndef other(x): return L * x"},
        ("parts", "L = 2", "L = 3"),
    ),
    "built-in function by another name": (
        {"core": "from builtins import abs as size\ndef f(x): return size(x)\ndef g(x): return x"},
        ("core", "def g(x): return x", "def g(x): return 2 * x"),
    ),
    "main block": ({"core": "def f(x): return x\nif __name__ == '__main__':\n    print(f(2))"}, ("core", "print(f(2))", "print(f(3))")),
}


@pytest.mark.parametrize("way", FRESH)
def test_what_a_target_does_not_reach_does_not_count(lib: Path, way: str) -> None:
    texts, edit = FRESH[way]
    assert after(lib, texts, *edit) == []


def test_the_version_of_a_library_counts_that_the_code_imports(lib: Path) -> None:
    write(lib, {"core": "import click\nimport math\nimport rich\ndef f(x): return click.style(x)"})
    sources = reach.closure("lib.core.f", [])
    assert [key for key in sources if key.startswith(reach.VERSION)] == ["version of click"]
    assert reach.changed(sources) == []
    sources["version of click"] = {"": "0.1"}
    (told,) = reach.changed(sources)
    assert told.startswith("click ")
    assert told.endswith(" instead of 0.1")


def test_a_spec_that_imports_a_module_by_its_path_rests_on_it(lib: Path) -> None:
    sources = reach.imported("import lib.parts\n\nK = lib.parts.scale(2)\n")
    write(lib, {"parts": PARTS.replace("2 * x", "3 * x")})
    assert "lib/parts.py: scale" in reach.changed(sources)


def test_what_a_spec_file_does_when_it_is_run_is_a_part_of_its_claims(lib: Path) -> None:
    assert effects_of("from lib.core import f\n") == ""
    assert effects_of("import lib\nlib.core.P = 2.0\n") != effects_of("import lib\nlib.core.P = 3.0\n")
    write(lib, {"patch": "from lib import core\ncore.P = 2.0\n"})
    before = [effects_of("import lib.patch\n"), effects_of("from lib import patch\n")]
    assert all(before)
    write(lib, {"patch": "from lib import core\ncore.P = 3.0\n"})
    assert [effects_of("import lib.patch\n"), effects_of("from lib import patch\n")] != before
    assert effects_of("syntax error (\n") == ""


def test_modules_of_a_namespace_package_may_reach_each_other(tmp_path: Path, lib: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = lib.parent / "space"
    folder.mkdir()
    text = "import importlib\nNAME = 'space' + '.b'\ndef f(x): return importlib.import_module(NAME).C * x\n"
    write(folder, {"a": text, "b": "C = 2\n"})
    sources = reach.closure("space.a.f", [])
    write(folder, {"b": "C = 3\n"})
    assert any(told.startswith("space/b.py") for told in reach.changed(sources))


def fingerprint(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:20]


def test_a_text_of_another_package_that_was_read_counts(tmp_path: Path, lib: Path) -> None:
    words, formula = "The temperature is at least 1.", "Doubles.\n\n.. math:: f(x) = 2 x"
    indented = formula.replace("\n", "\n    ")
    write(lib, {"__init__": f'from base import g\ndef f(x):\n    r"""{indented}\n    """\n    return 2 * x\n'})
    write(lib.parent, {"base": f'def g(x):\n    """{words}"""\n    return x\n'})
    read = (("base", "g", fingerprint(words)), ("lib", "f", fingerprint(formula)))
    noted = Noted(id="lib.f", target="lib.f", content="c", line=4, properties=(), path=str(lib / "__init__.py"), read=read)
    entry = surveyed.docstrings_entry("lib", [noted])

    def stale() -> list[str]:
        found = surveyed.claims_in("lib", entry)
        return [found] if isinstance(found, str) else [claim.stale for claim in found]

    assert stale() == [""]
    assert stale() == [""]  # from the cache
    write(lib.parent, {"base": 'def g(x):\n    """The temperature is at most 1."""\n    return x\n'})
    (told,) = stale()
    assert told


def test_modules_beside_a_single_module_count_if_it_computes_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(clock, "_BEGAN", [time.time() + 60])
    core = {"alone_core": "import importlib\ndef f(x): return importlib.import_module('alone_' + 'part').scale(x)\ndef g(x): return x"}
    found = after(tmp_path, {**core, "alone_part": PARTS}, "alone_part", "2 * x", "3 * x", target="alone_core.f")
    assert "alone_part.py: scale" in found
    assert after(tmp_path, {"alone_part": PARTS}, "alone_part", "2 * x", "3 * x", target="alone_core.g") == []
    sources = reach.closure("alone_core.f", [])
    write(tmp_path, {"alone_new": "K = 1"})
    assert reach.changed(sources) == ["alone_core: its files"]
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "__init__.py").write_text("def scale(x): return 2 * x\n")
    (tmp_path / "venv" / "lib").mkdir(parents=True)
    (tmp_path / "venv" / "lib" / "far.py").write_text("")
    write(tmp_path, {"alone_core": core["alone_core"].replace("'alone_' + 'part'", "'in' + 'ner'")})
    sources = reach.closure("alone_core.f", [])
    assert "inner/__init__.py" in sources
    assert not any("far.py" in key for key in sources)
