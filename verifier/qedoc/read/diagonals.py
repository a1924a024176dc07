r"""Writes the diagonal of a sum of outer products by its entries: `\text{diag}(G + \epsilon I)` is `(G + \epsilon)`, with `g_t^2` in G."""

import re

_NAME = r"\\?[A-Za-z]+(?:_(?:\w|\{[^{}]*\}))?"
_OUTER = re.compile(rf"({_NAME})\s*\1\s*\^\s*(?:\\top|\\intercal|T|\{{\s*(?:\\top|\\intercal|T)\s*\}})(?![A-Za-z])")
_DIAGONAL = re.compile(r"(?:\\(?:text|mathrm|operatorname|textrm)\{diag\}|\\diag)\s*(?:\\left)?\(([^()]*?)(?:\\right)?\)")
_TERM = re.compile(r"\s*(?:(?P<factor>\d*\s*(?:\\[a-z]+)?)\s*(?:\\cdot\s*)?(?P<unit>I)|(?P<matrix>[A-Z]))\s*")


def without_outer(latex: str) -> str:
    r"""The diagonal of a sum of outer products: `g_t g_t^\top` becomes `g_t^2`.

    Args:
        latex: the formula.
    """
    return _OUTER.sub(lambda found: f"{found[1]}^2", latex)


def without_diagonal(latex: str) -> tuple[str, frozenset[str]]:
    r"""A formula with the entries of diagonals, and the letters of the matrices. Diagonals of anything but sums of letters and `c I` stay.

    Args:
        latex: the formula.
    """
    matrices = set[str]()

    def written(found: re.Match[str]) -> str:
        terms = [_TERM.fullmatch(term) for term in found[1].split("+")]
        if not all(terms):
            return found[0]
        matrices.update(term["matrix"] for term in terms if term is not None and term["matrix"])
        return f"({' + '.join(_entry(term) for term in terms if term is not None)})"

    made = _DIAGONAL.sub(written, latex)
    bare = _DIAGONAL.sub("", latex)
    alone = not any(re.search(rf"(?<![A-Za-z\\]){letter}(?![A-Za-z])", bare) for letter in matrices)
    return (made, frozenset(matrices)) if alone else (latex, frozenset())


def _entry(term: re.Match[str]) -> str:
    return term["matrix"] or term["factor"].strip() or "1"
