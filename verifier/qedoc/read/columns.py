"""Letters that only vectors can be, by the products of matrices that they stand in."""

from collections.abc import Collection, Iterator, Sequence

from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import SYMBOLS, Group, Node, contents, letter, relation, spelled, walk

TRANSPOSES = ("T", "top", "intercal")


def quadratic(nodes: Sequence[Node], matrices: set[str]) -> Iterator[str]:
    r"""The letters of `u` in `(u)^T A (u)`, where A is a matrix: only vectors make this a value."""
    for items in walk(nodes):
        for place, item in enumerate(items[:-3]):
            if not isinstance(item, Group) or item.opener != "(" or not items[place + 1].is_char("^"):
                continue
            mark, matrix = contents(items[place + 2]), items[place + 3]
            scripted = place + 4 < len(items) and items[place + 4].is_char("^")
            last = place + (6 if scripted else 4)
            again = items[last] if last < len(items) else None
            transposed = len(mark) == 1 and isinstance(mark[0], Token) and mark[0].text in TRANSPOSES
            if transposed and isinstance(matrix, Token) and matrix.text in matrices and _same(item, again):
                yield from (t.text for t in item.items if isinstance(t, Token) and (t.kind is Kind.WORD or t.text in SYMBOLS))


def multiplied(nodes: Sequence[Node], vectors: set[str]) -> Iterator[str]:
    """The letters of `x - m` in `A @ (x - m)`, where m is a vector: only vectors are subtracted from one in a matrix product."""
    for items in walk(nodes):
        for place, item in enumerate(items):
            near = {items[at].is_char("@") for at in (place - 1, place + 1, place + 3) if 0 <= at < len(items)}
            if isinstance(item, Group) and item.opener == "(" and True in near:
                letters = [token.text for token in item.items if isinstance(token, Token) and not token.is_char("+", "-")]
                if len(letters) < len(item.items) and vectors & set(letters):
                    yield from (letter for letter in letters if letter.isidentifier())


def transposed(nodes: Sequence[Node], known: set[str]) -> Iterator[str]:
    r"""The small letters of `a^T b`, of which nothing is known to be a vector or a matrix."""
    if any(
        isinstance(item, Token) and item.text == "T" and not _is_script(items, place)
        for items in walk(nodes)
        for place, item in enumerate(items)
    ):
        return
    for items in walk(nodes):
        for place, item in enumerate(items[:-3]):
            mark, other = contents(items[place + 2]), items[place + 3]
            turned = items[place + 1].is_char("^") and len(mark) == 1 and isinstance(mark[0], Token) and mark[0].text in TRANSPOSES
            letters = [one.text for one in (item, other) if isinstance(one, Token) and _is_small(one)]
            if turned and len(letters) == 2 and "T" not in known:
                yield from letters


def compared(nodes: Sequence[Node]) -> Iterator[str]:
    r"""The letters in an order under an operator, such as j and i in `\sum_{j \le i}`."""
    for items in walk(nodes):
        for operator, mark, script in zip(items, items[1:], items[2:], strict=False):
            inside = contents(script)
            if operator.is_macro("sum", "prod", "max", "min") and mark.is_char("_") and len(inside) == 3 and relation(inside[1]) in ORDERS:
                yield from (letter([inside[0]]), letter([inside[2]]))


ORDERS = frozenset({"<", "<=", ">", ">="})


def paired(nodes: Sequence[Node], indices: Collection[str]) -> Iterator[str]:
    r"""The letters of `\langle x, y \rangle`, without pairs of indices."""
    for items in walk(nodes):
        for item in items:
            if isinstance(item, Group) and item.opener == "angle" and len(item.items) == 3 and item.items[1].is_char(","):
                letters = [spelled(item.items[0]), spelled(item.items[2])]
                if all(_is_letter(part) for part in (item.items[0], item.items[2])) and not set(letters) & set(indices):
                    yield from letters


def _is_letter(node: Node) -> bool:
    return isinstance(node, Token) and (node.kind is Kind.WORD or node.text in SYMBOLS)


def _is_script(items: Sequence[Node], place: int) -> bool:
    return place == 0 or items[place - 1].is_char("^")


def _is_small(token: Token) -> bool:
    """Whether a token is one small letter."""
    return (token.kind is Kind.WORD and len(token.text) == 1 and token.text.islower()) or (
        token.kind is Kind.MACRO and token.text in SYMBOLS and token.text[0].islower()
    )


def _same(one: Group, other: Node | None) -> bool:
    """Whether two brackets hold the same text."""

    def spelled(group: Group) -> list[str]:
        return [token.text for items in walk([group]) for token in items if isinstance(token, Token)]

    return isinstance(other, Group) and other.opener == one.opener and spelled(one) == spelled(other)
