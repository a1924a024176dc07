"""A small library with specs and pages, and builds of its pages in processes that can import neither jax nor sympy."""

import os
import subprocess
import sys
from pathlib import Path

VERIFIER = Path(__file__).parents[1] / "verifier"

LIBRARY = r'''\
"""A small library."""

import jax.numpy as jnp


def ramp(x, top):
    r"""A ramp.

    .. math:: \min(x, \mathrm{top})

    Args:
        x: input
        top: greatest value
    """
    return jnp.minimum(x, top)


def decay(rate, t):
    r"""A decay.

    .. math::

       \exp(\mathrm{rate} \cdot t).

    That is what was meant.
    """
    return jnp.exp(-rate * t)
'''

SPEC = '''\
"""Claims about the small library."""

from sympy import Min, symbols

from qedoc import Bounds, NonDecreasing, Parameter, Reals, Spec

x, T = symbols("x T")

ramp = Spec(
    target="small.ramp",
    formula=Min(x, T),
    symbols=[
        Parameter(x, "x", Reals(), "input"),
        Parameter(T, "top", Reals(), "greatest value"),
    ],
    properties=[Bounds(upper=T), NonDecreasing(x)],
    source="docstring of small.ramp",
)
'''

WRONG = '''\
"""A wrong claim, under a name that would like to be markup."""

from sympy import exp, symbols

from qedoc import Parameter, Reals, Spec

r, t = symbols("r t")

wrong = Spec(
    target="small.decay",
    formula=exp(r * t),
    symbols=[
        Parameter(r, "rate", Reals(), "<script>alert(1)</script> \\"rate\\" 'of' \\\\]<img src=x onerror=alert(2)>"),
        Parameter(t, "t", Reals(), "**time** `now` :doc:`nowhere` |sub| $x$"),
    ],
    name="<script>alert('3')</script>\\"",
    source="</style><script>alert(4)</script>",
)
'''

CONF = """\
project = "small"
author = "nobody"
copyright = "nobody"
version = release = "1"
extensions = ["qedoc.sphinx"]

epub_show_urls = "no"
exclude_patterns = ["_*"]
"""

INDEX = """\
Small
=====

.. toctree::

   ramp
   other

See :formula:`small.ramp`, :qedoc:formula:`the ramp <ramp>`.

.. qedoc:status:: small.ramp

.. qedoc:status:: small.ramp
   :counts:
"""

RAMP = """\
Ramp
====

.. formula:: ramp
   :code:
   :plot:
"""

OTHER = """\
Other
=====

Nothing is claimed here, :formula:`small.ramp` is elsewhere.
"""

PROGRAM = """\
import sys
from importlib.abc import MetaPathFinder

class Blocked(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"jax", "jaxlib", "sympy", "hypothesis", "flint", "z3", "optax"}:
            raise ImportError(f"{name} is blocked here")

sys.meta_path.insert(0, Blocked())
from sphinx.cmd.build import main
code = main(sys.argv[1:])
assert not {"jax", "sympy", "hypothesis"} & set(sys.modules)
sys.exit(code)
"""


def write(folder: Path, *, wrong: bool = False) -> Path:
    """The library, its specs and its pages."""
    (folder / "spec").mkdir(parents=True)
    (folder / "docs").mkdir()
    texts = {
        "small.py": LIBRARY,
        "pyproject.toml": '[tool.qedoc]\nspecs = ["spec"]\ndocstrings = ["small"]\nrepair-timeout = 120\n',
        "spec/ramp.py": SPEC,
        "docs/conf.py": CONF,
        "docs/index.rst": INDEX,
        "docs/ramp.rst": RAMP,
        "docs/other.rst": OTHER,
    }
    for name, text in (texts | ({"spec/wrong.py": WRONG} if wrong else {})).items():
        (folder / name).write_text(text)
    return folder


def environment() -> dict[str, str]:
    places = [str(VERIFIER), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(places), "PYTHONHASHSEED": "random", "NO_COLOR": "1"}


def check(folder: Path) -> int:
    """Runs `qedoc check` in the project's folder."""
    done = subprocess.run(
        [sys.executable, "-m", "qedoc", "check", "--quiet"], cwd=folder, env=environment(), capture_output=True, check=False
    )
    return done.returncode


def build(folder: Path, builder: str = "html", *options: str, out: str = "", nitpicky: bool = True) -> subprocess.CompletedProcess[str]:
    """Builds the pages; warnings are on standard error."""
    place = folder / "built" / (out or builder)
    arguments = [
        *(["-n"] if nitpicky else []),
        "-b",
        builder,
        "-d",
        str(folder / "built" / f"{out or builder}-trees"),
        *options,
        str(folder / "docs"),
        str(place),
    ]
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)


def built(folder: Path, builder: str = "html", *options: str, out: str = "") -> Path:
    """Builds the pages, which gives no warning; where they stand."""
    done = build(folder, builder, "-W", "--keep-going", *options, out=out)
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "built" / (out or builder)
