"""The sentence to fill in for the symbols that nothing explains."""

import pytest

from qedoc.errors import Location
from qedoc.repair.legends import with_legend
from qedoc.results.legend import request, requested

RST = '''\
def f(x):
    r"""A line.

    .. math::

        f(x) = a x
            + \\sigma

    More.
    """
    return x
'''
RST_SENTENCE = "\n\n    where :math:`a` is ... (``...``) and\n    :math:`s` is ... (``...``).\n"
SENTENCE = "\n\n    where $a$ is ... (`...`) and\n    $s$ is ... (`...`).\n"
BLOCKS = {
    "a directive": (RST, 6, "f(x) = a x\n    + \\sigma", "    + \\sigma" + RST_SENTENCE + "\n    More."),
    "a directive of one line": ('def f(x):\n    """L.\n\n    .. math:: a x\n    """\n', 4, "a x", "a x" + RST_SENTENCE + '    """'),
    "dollar signs": (
        'def f(x):\n    r"""L.\n\n    $$\n    a x\n    $$\n    More.\n    """\n',
        5,
        "a x",
        "    $$" + SENTENCE + "\n    More.",
    ),
    "dollar signs on one line": ('def f(x):\n    r"""L.\n\n    $$ a x $$\n    """\n', 4, "a x", "a x $$" + SENTENCE + '    """'),
    "a fence": ('def f(x):\n    r"""L.\n\n    ```math\n    a x\n    ```\n    """\n', 5, "a x", "    ```" + SENTENCE + '    """'),
}


@pytest.mark.parametrize("kind", BLOCKS)
def test_the_sentence_stands_below_the_formula(kind: str) -> None:
    text, line, written, expected = BLOCKS[kind]
    found = with_legend(text, Location(path="a.py", line=line), written, ["a", "s"])
    assert found is not None
    assert expected in found
    added = found.replace(SENTENCE[1:], "").replace(RST_SENTENCE[1:], "")
    assert added.replace("\n\n    More", "\n    More") == text.replace("\n\n    More", "\n    More")


def test_no_sentence_for_a_formula_that_is_not_there() -> None:
    assert with_legend(RST, Location(path="a.py", line=6), "f(x) = b x", ["b"]) is None
    assert with_legend(RST.replace(".. math::", "It is"), Location(path="a.py", line=6), "f(x) = a x\n    + \\sigma", ["a"]) is None


def test_what_is_asked_for_is_read_back() -> None:
    assert request(["Q"]) == "say what Q is: where :math:`Q` is ... (``parameter``)"
    assert requested(f"the symbols match nothing; {request(['Q', 'sigma', 'eta_2'])}") == ("Q", r"\sigma", r"\eta_{2}")
    assert requested("the symbol Q matches no parameter") == ()
