"""A small library with a formula of every verdict, some of them hostile, and its HTML report."""

import json
import os
import subprocess
import sys
from pathlib import Path

VERIFIER = Path(__file__).parents[1] / "verifier"

LIBRARY = r'''
"""Functions with formulas of every verdict."""

import jax
import jax.numpy as jnp


def energy(v, m):
    r"""The kinetic energy.

    .. math::

        \mathrm{energy}(v, m) = \half m v^2

    Args:
        v: the "velocity", <b>not</b> 'speed', costs $5 or </svg> more.
        m: the mass.
    """
    return 0.5 * m * v**2


def decay(t, rate):
    r"""An exponential decay.

    .. math::

        \mathrm{decay}(t, \mathrm{rate}) = e^{\mathrm{rate} \, t}
    """
    return jnp.exp(-rate * t)


def shifted(x):
    r"""A shift.

    .. math::

        \mathrm{shifted}(x) = x + 2
    """
    return x + 1


def strange(x):
    r"""A formula that nobody can read.

    .. math::

        \mathrm{strange}(x) = x \star \text{<script>alert("1")</script></svg><img src=x onerror=alert(2)>}
    """
    return x


def noise(x):
    r"""Noise.

    .. math::

        x \sim \mathcal{N}(0, 1)
    """
    return x


def doubled(x):
    r"""Twice a number, computed where JAX cannot look.

    .. math::

        \mathrm{doubled}(x) = 2 x
    """
    return jax.pure_callback(lambda v: 2 * v, jax.ShapeDtypeStruct(jnp.shape(x), jnp.result_type(x)), x, vmap_method="expand_dims")


def softened(x):
    r"""A softmax.

    .. math::

        \mathrm{softened}(x)_i = \frac{e^{x_i}}{\sum_{j=1}^n e^{x_j}}

    Args:
        x: a vector.
    """
    return jax.nn.softmax(x)
'''

VERDICTS = {
    "tiny.energy": "proved",
    "tiny.decay": "refuted",
    "tiny.shifted": "refuted",
    "tiny.strange": "unreadable",
    "tiny.noise": "not-a-claim",
    "tiny.doubled": "tested",
    "tiny.softened": "proved",
}

TABLE = """\
[tool.qedoc]
docstrings = ["tiny"]
macros = { half = '\\frac{1}{2}' }
"""

REASON = "said so: \"<b>upstream</b>\" & 'soon'"

BASELINE = {
    "baseline": 1,
    "findings": [{"code": "QED101", "claim": "tiny.shifted", "subject": "", "message": "it was wrong", "reason": REASON}],
}


def write(folder: Path) -> Path:
    """Writes the project; gives its folder."""
    (folder / "tiny").mkdir(parents=True)
    (folder / "tiny" / "__init__.py").write_text(LIBRARY)
    (folder / "pyproject.toml").write_text(TABLE)
    (folder / "qedoc-baseline.json").write_text(json.dumps(BASELINE))
    return folder


def qedoc(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    paths = {"PYTHONPATH": os.pathsep.join([str(VERIFIER), str(folder), *sys.path])}
    command = [sys.executable, "-m", "qedoc", *arguments]
    return subprocess.run(command, cwd=folder, env=os.environ | paths | environment, capture_output=True, text=True, check=False)
