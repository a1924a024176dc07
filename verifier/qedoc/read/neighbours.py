"""Checks which factors may stand next to each other, and refuses neighbours with two possible meanings."""

from collections.abc import Sequence
from typing import NoReturn

import sympy as sp
from sympy.core.function import AppliedUndef

from qedoc.read.factor import Factor, Shape, Term, has_vector
from qedoc.read.products import are_vectors
from qedoc.read.reading import Obstacle, Option, Refused
from qedoc.read.scope import Scope
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import SYMBOLS, Group, Node

_ARGUMENT = "put the function's argument in parentheses"


def refuse_loose(factor: Factor) -> NoReturn:
    """Refuses braces around more than one term or factor where their limits matter."""
    what = "invisible braces around several terms or factors, which look ungrouped"
    raise Refused(Obstacle.AMBIGUOUS, what, factor.start, "write parentheses")


def _ambiguous(what: str, at: int, suggestion: str) -> NoReturn:
    raise Refused(Obstacle.AMBIGUOUS, what, at, suggestion)


def check(factors: Sequence[Factor], operations: Sequence[str], operation: str, factor: Factor, at: int, scope: Scope) -> None:
    """Refuses a factor that may not follow the others, although TeX prints it.

    Args:
        factors: the preceding factors, at least one.
        operations: the operation before each of them.
        operation: the operation before `factor`; empty if there is none.
        factor: the factor that follows.
        at: the offset of the operation or of the factor.
        scope: what names mean.
    """
    last = factors[-1]
    for either in (last, factor):
        if either.shape is Shape.LOOSE_SUM or (either.shape is Shape.LOOSE_PRODUCT and isinstance(either.value, sp.Mod)):
            refuse_loose(either)
    if operation:
        _check_operation(last, operations[-1], operation, factor, at, scope)
    else:
        _check_beside(last, operations[-1], factor, at, scope)


_AFTER_CALL = "a bracket after a function's argument"
_PLACES = (
    Option(value="a factor", why="a function takes the first bracket after its name", sure="suggested"),
    Option(value="in the argument", why="the argument may go on", sure="possible"),
)


def _check_beside(last: Factor, before: str, factor: Factor, at: int, scope: Scope) -> None:
    if factor.shape is Shape.NUMBER:
        _ambiguous("a number after a factor: a product, a power or an index", at, r"write \cdot, ^ or _")
    if before == "mod" and not (last.value.is_Rational and factor.value.is_number and factor.shape is Shape.NAME):
        _ambiguous("a factor after mod: in the modulus, or beside the remainder", at, "put the modulus in parentheses")
    alone = "a factor" in (scope.decisions.get(notation) for notation in scope.open if notation.startswith("a factor after"))
    if last.shape is Shape.BARE_CALL and factor.shape not in (Shape.BARE_CALL, Shape.NAMED_CALL) and not alone:
        _ambiguous("a factor after a function without parentheses", at, _ARGUMENT)
    if last.shape is Shape.NAMED_CALL and factor.shape is Shape.BRACKET and scope.choose(_AFTER_CALL, *_PLACES) != _PLACES[0].value:
        _ambiguous("a bracket after a function's argument: a factor inside or outside of it", at, r"write \cdot")
    returned = isinstance(last.value, AppliedUndef) and last.value.func.__name__ not in SYMBOLS  # a Greek letter returns none
    if last.shape is Shape.CALL and factor.shape is Shape.BRACKET and returned:
        _ambiguous("a bracket after a function's argument: a factor, or the argument of the returned function", at, r"write \cdot")
    if last.shape is Shape.NUMBER and factor.shape is Shape.FRACTION and factor.value.is_number:
        _ambiguous("a number before a fraction: a product or a mixed number", at, r"write \cdot or +")
    names = [_unexplained(last, scope), _unexplained(factor, scope)]
    if all(names) and any(name[0].isupper() for name in names):
        _ambiguous("a product of unexplained letters: of numbers, or of matrices", at, "explain the letters")


def _check_operation(last: Factor, before: str, operation: str, factor: Factor, at: int, scope: Scope) -> None:
    if operation == "/" and factor.shape in (Shape.LOOSE_PRODUCT, Shape.LARGE):
        _ambiguous("a quotient by a product without parentheses", at, r"write \frac or parentheses")
    chosen = last.decided and operation != "mod"
    calls = last.shape is factor.shape is Shape.BARE_CALL and operation == "/"
    ends = operation in ("/", "mod") or factor.shape in (Shape.NAME, Shape.NUMBER)
    if last.shape is Shape.BARE_CALL and ends and not chosen and not calls:
        _ambiguous("an operation after a function without parentheses", at, _ARGUMENT)
    if (
        operation == "x"
        and last.shape is factor.shape is Shape.NAME
        and not are_vectors(last, factor, scope)
        and _may_cross(last, factor, scope)
    ):
        _ambiguous("a product or a cross product", at, r"write \cdot for a product of numbers")
    if operation == "mod" and before != "*":
        _ambiguous("mod next to other factors", at, "put it in parentheses")


def _may_cross(last: Factor, factor: Factor, scope: Scope) -> bool:
    r"""Whether `\times` may be a cross product: a vector is beside it, or bold or capital letters that nothing explains."""
    if has_vector(last.value, scope) or has_vector(factor.value, scope):
        return True
    return any(_unexplained(one, scope)[:1].isupper() for one in (last, factor))


def check_citation(following: Sequence[Node], before: Sequence[Node]) -> None:
    """Refuses `[1]` or `[2, 3]` next to a factor, and `[Smith2020]_`, because a citation is not a value."""
    group = following[0] if following else None
    if not isinstance(group, Group) or group.opener != "[" or group.closer != "[":
        return
    whole = all(isinstance(item, Token) and (item.kind is Kind.NUMBER or item.is_char(",", "-", ";")) for item in group.items)
    marked = len(following) > 1 and following[1].is_char("_") and len(following) == 2
    if (whole and (before or len(following) > 1)) or marked:
        what = "numbers in square brackets: a citation, an entry, or a factor" if not marked else "a citation in the formula"
        _ambiguous(what, group.start, "write a citation in the text, an entry as a subscript, a factor in round brackets")


def of_sum(terms: Sequence[Term], scope: Scope) -> bool:
    r"""Whether the remainder at the end of a sum is one of the whole sum: `i + 1 \bmod n` may mean (i + 1) mod n or i + (1 mod n).

    Raises:
        Refused: for a remainder in another place.
    """
    mixed = [place for place, term in enumerate(terms) if term.remainder and (len(terms) > 1 or term.signed)]
    if not mixed:
        return False
    value = -terms[-1].value if terms[-1].value.could_extract_minus_sign() else terms[-1].value
    if mixed != [len(terms) - 1] or not isinstance(value, sp.Mod):
        what = "mod next to other terms: the remainder of the whole sum, or of one term of it"
        _ambiguous(what, terms[mixed[0]].start, r"write brackets: (a + b) \bmod n, or a + (b \bmod n)")
    ways = (
        Option(value="of the whole sum", why="mod after a sum may take all of it", sure="possible"),
        Option(value="of the last term", why="mod may bind like a product", sure="possible"),
    )
    return scope.choose("mod after a sum", *ways) == "of the whole sum"


def _unexplained(factor: Factor, scope: Scope) -> str:
    """The letter that a factor is, perhaps to a power, if nothing declares it; else an empty string."""
    base = factor.value.as_base_exp()[0] if factor.shape in (Shape.NAME, Shape.OTHER) else None
    if not isinstance(base, sp.Symbol) or scope.declared(base.name):
        return ""
    return str(base.name) if len(base.name.partition("_")[0]) == 1 else ""


def check_vectors(factors: Sequence[Factor], operations: Sequence[str], scope: Scope) -> None:
    """Refuses a product of two vectors, which may be elementwise, an inner product or a matrix product."""
    if "@" in operations:
        what = "a matrix product of something that is not known to be a matrix, or of two vectors"
        _ambiguous(what, factors[operations.index("@")].start, "say in the text that it is a matrix, or write the product with indices")
    vectors = [f for f, o in zip(factors, operations, strict=True) if o not in ("/", "o") and has_vector(f.value, scope)]
    if len(vectors) > 1:
        what = "a product of vectors or matrices: elementwise, inner, or matrix product"
        _ambiguous(what, vectors[1].start, r"write it with indices, or \odot if it is elementwise")
