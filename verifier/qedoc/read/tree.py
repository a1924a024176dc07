"""Nests tokens into groups: braces, brackets, environments and bars, each with its matching closer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from qedoc.read.reading import Obstacle, Refused
from qedoc.read.tokens import FONTS, Kind, Token

DEEPEST = 40
MOST_BARS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    r"""The content between two delimiters.

    Args:
        opener: `{`, `(`, `[`, `\{`, `|`, `\|`, `floor`, `ceil`, `angle`, `.` or `begin`.
        closer: the delimiter at the other end, in the same spelling.
        name: the environment's name, for `begin`.
        items: the nodes inside.
        start: offset of the opening delimiter.
        end: offset after the closing delimiter.
    """

    opener: str
    closer: str
    items: tuple["Node", ...]
    start: int
    end: int
    name: str = ""

    def is_char(self, *_: str) -> bool:
        """Always False, because a group is not a character."""
        return False

    def is_macro(self, *_: str) -> bool:
        """Always False, because a group is not a macro."""
        return False


Node: TypeAlias = Token | Group

_OPEN = {"(": "(", "[": "[", r"\{": r"\{", r"\lbrace": r"\{", r"\lbrack": "[", r"\lfloor": "floor", r"\lceil": "ceil"}
_OPEN |= {r"\langle": "angle", r"\lvert": "|", r"\lVert": r"\|", "<": "angle"}
_CLOSE = {")": "(", "]": "[", r"\}": r"\{", r"\rbrace": r"\{", r"\rbrack": "[", r"\rfloor": "floor", r"\rceil": "ceil"}
_CLOSE |= {r"\rangle": "angle", r"\rvert": "|", r"\rVert": r"\|", ">": "angle"}
_BAR = {"|": "|", r"\vert": "|", r"\|": r"\|", r"\Vert": r"\|"}
_JOINING = frozenset({"if", "for", "when", "where", "with", "and", "or", "otherwise", "else"})
"""Words that separate pieces of mathematics. A word alone is a name otherwise."""
_SIZES = {prefix + side for prefix in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")}

RELATIONS = {
    "=": "=", "<": "<", ">": ">", "leq": "<=", "le": "<=", "leqslant": "<=", "leqq": "<=", "geq": ">=", "ge": ">=", "geqslant": ">=",
    "geqq": ">=", "lt": "<", "gt": ">", "neq": "!=", "ne": "!=", "equiv": "=", "coloneqq": "=", "triangleq": "=", "in": "in",
    "notin": "notin", "approx": "~", "sim": "~", "simeq": "~", "cong": "~", "propto": "~", "approxeq": "~", "leftarrow": "<-",
    "gets": "<-", "to": "->", "rightarrow": "->", "mapsto": "->", "Rightarrow": "->", "implies": "->", "iff": "->", "ll": "~", "gg": "~",
    "subset": "set", "subseteq": "set", "mid": "mid", "longleftarrow": "<-", "Leftrightarrow": "->", "leftrightarrow": "->",
    "doteq": "=", "coloneq": "=", "eqqcolon": "=", "eqdef": "=", "defeq": "=",
    "longrightarrow": "->", "ni": "in", "perp": "set", "parallel": "set", "prec": "set", "preceq": "set", "succ": "set", "succeq": "set",
}  # fmt: skip

_GREEK = """alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi omicron pi varpi rho varrho sigma
varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell"""
SYMBOLS = frozenset(_GREEK.split())
"""Macros that are letters."""
_ENDS_OPERAND = SYMBOLS | {"infty", "ldots", "cdots", "dots", "prime"}


def relation(node: Node) -> str:
    """The relation that a node stands for (`=`, `<=`, `in`, `<-`, ...), or an empty string."""
    if isinstance(node, Token) and node.kind in (Kind.CHAR, Kind.MACRO):
        return RELATIONS.get(node.text, "") if (node.kind is Kind.MACRO) == node.text.isalpha() else ""
    return ""


def letter(nodes: Sequence[Node], *, upright: bool = False) -> str:
    r"""The name of a lone letter, such as `x` or `\alpha`; an empty string for anything else.

    Args:
        nodes: what may be a letter.
        upright: whether a letter in text, as in `\mathrm{x}`, counts too.
    """
    lone = nodes[0] if len(nodes) == 1 else None
    if not isinstance(lone, Token):
        return ""
    plain = (lone.kind is Kind.WORD or (upright and lone.kind is Kind.TEXT)) and len(lone.text) == 1
    return lone.text if plain or (lone.kind is Kind.MACRO and lone.text in SYMBOLS) else ""


@dataclass(slots=True)
class _Frame:
    opener: str
    strict: bool
    start: int
    items: list[Node]
    name: str = ""


def nest(tokens: Sequence[Token]) -> tuple[Node, ...]:
    """Builds the tree of groups.

    Raises:
        Refused: for a delimiter without a match, bars that can be paired in two ways, or nesting deeper than `DEEPEST`.
    """
    stack = [_Frame(opener="", strict=True, start=0, items=[])]
    at = 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        side = token.text if token.is_macro("left", "right") else ""
        if token.is_macro("middle"):
            raise Refused(Obstacle.UNSUPPORTED, r"\middle", token.start, "")
        if side and at < len(tokens):
            delimiter = tokens[at]
            at += 1
            _sided(stack, side, token, delimiter)
        elif token.is_macro(*_SIZES):
            if at < len(tokens) and token.text[-1] in "lr" and _spelling(tokens[at]) in _BAR:
                bar = _BAR[_spelling(tokens[at])]
                _plain(stack, tokens[at], bar if token.text[-1] == "l" else "", bar if token.text[-1] == "r" else "")
                at += 1
        else:
            _single(stack, token)
        if len(stack) > DEEPEST:
            raise Refused(Obstacle.LIMIT, f"nested more than {DEEPEST} levels deep", token.start, "define names for the inner parts")
    if len(stack) > 1:
        raise Refused(Obstacle.MALFORMED, f"{_shown(stack[-1])} is never closed", stack[-1].start, "close it")
    return _barred(stack[0].items)


def _spelling(token: Token) -> str:
    if token.kind is Kind.MACRO:
        return "\\" + token.text
    return token.text if token.kind is Kind.CHAR else ""


def _shown(frame: _Frame) -> str:
    return rf"\begin{{{frame.name}}}" if frame.opener == "begin" else frame.opener


def _sided(stack: list[_Frame], side: str, macro: Token, delimiter: Token) -> None:
    r"""`\left(` or `\right)`."""
    text = _spelling(delimiter)
    known = {**_OPEN, **_BAR, ".": "."} if side == "left" else {**_CLOSE, **_BAR, ".": "."}
    crossed = {**_CLOSE, **_OPEN}
    if text not in known and text not in crossed:
        raise Refused(Obstacle.MALFORMED, rf"\{side} without a delimiter", macro.start, "")
    opener = known.get(text) or crossed[text] + "!"
    if side == "left":
        stack.append(_Frame(opener=opener, strict=True, start=macro.start, items=[], name="left"))
    elif stack[-1].name == "left" and stack[-1].strict:
        _close(stack, opener, delimiter.end)
    elif any(frame.name == "left" for frame in stack):
        raise Refused(Obstacle.MALFORMED, f"{_shown(stack[-1])} is never closed", stack[-1].start, rf"close it before \right{text}")
    else:
        raise Refused(Obstacle.MALFORMED, rf"\right{text} without \left", macro.start, "")


def _single(stack: list[_Frame], token: Token) -> None:
    text = _spelling(token)
    match token.kind:
        case Kind.OPEN:
            stack.append(_Frame(opener="{", strict=True, start=token.start, items=[]))
        case Kind.CLOSE:
            _expect(stack, "{", token)
            _close(stack, "{", token.end)
        case Kind.BEGIN:
            stack.append(_Frame(opener="begin", strict=True, start=token.start, items=[], name=token.text))
        case Kind.END:
            _expect(stack, "begin", token, token.text)
            _close(stack, "begin", token.end)
        case _ if text in _OPEN and text != "<":
            _plain(stack, token, _OPEN[text], "")
        case _ if text in _CLOSE and text != ">":
            _plain(stack, token, "", _CLOSE[text])
        case _:
            stack[-1].items.append(token)


def _plain(stack: list[_Frame], token: Token, opener: str, closer: str) -> None:
    if opener:
        stack.append(_Frame(opener=opener, strict=False, start=token.start, items=[]))
        return
    top = stack[-1]
    if top.strict or (top.opener != closer and {top.opener, closer} != {"(", "["}):
        raise Refused(Obstacle.MALFORMED, f"unmatched {token.text}", token.start, "open it, or remove it")
    _close(stack, closer, token.end)


def _expect(stack: list[_Frame], opener: str, token: Token, name: str = "") -> None:
    top = stack[-1]
    if top.opener == opener and top.name == name:
        return
    if len(stack) > 1 and any(frame.opener == opener for frame in stack[1:]):
        raise Refused(Obstacle.MALFORMED, f"{_shown(top)} is not closed before {token.text}", top.start, "close it")
    raise Refused(Obstacle.MALFORMED, f"unmatched {token.text}", token.start, "open it, or remove it")


def _close(stack: list[_Frame], closer: str, end: int) -> None:
    frame = stack.pop()
    name = "" if frame.name == "left" else frame.name
    items = _barred(_conditional(frame.items) if frame.opener == "(" else frame.items)
    stack[-1].items.append(Group(opener=frame.opener, closer=closer, items=items, start=frame.start, end=end, name=name))


def _conditional(items: Sequence[Node]) -> Sequence[Node]:
    r"""The items of a round bracket, where a bar alone separates arguments: `p(x | n)`, `p(x \mid n)`, `D(p || q)`, `D(p \mid\mid q)`."""
    middle = [place for place, item in enumerate(items) if item.is_macro("mid")]
    bars = middle or [place for place, item in enumerate(items) if isinstance(item, Token) and _spelling(item) in _BAR]
    single = bool(middle) or all(_spelling_at(items, bar) == "|" for bar in bars)
    double = len(bars) == 2 and bars[1] == bars[0] + 1 and single
    if not (len(bars) == 1 or double) or bars[0] == 0 or bars[-1] == len(items) - 1:
        return items
    bar = items[bars[0]]
    assert isinstance(bar, Token)  # for mypy: a bar is a token
    return [*items[: bars[0]], replace(bar, kind=Kind.CHAR, text=";"), *items[bars[-1] + 1 :]]


def _barred(items: Sequence[Node]) -> tuple[Node, ...]:
    """The items with each pair of bars made a group; pieces between relations, commas and cells stand alone."""
    if not any(isinstance(item, Token) and _spelling(item) in _BAR for item in items):
        return tuple(items)
    made: list[Node] = []
    piece: list[Node] = []
    for item in items:
        if _separates(item):
            made += [*_pair(piece), item]
            piece = []
        else:
            piece.append(item)
    return (*made, *_pair(piece))


def _separates(node: Node) -> bool:
    if isinstance(node, Group):
        return False
    prose = node.kind is Kind.TEXT and node.font not in FONTS and (" " in node.text or node.text.strip(" ,.;").lower() in _JOINING)
    return bool(relation(node)) or prose or node.is_char(",", ";", "&") or node.kind in (Kind.BREAK, Kind.WIDE, Kind.PARAGRAPH)


def _pair(piece: Sequence[Node]) -> list[Node]:
    """Pairs the bars of a piece in the only way that leaves an operand between and around them."""
    bars = [n for n, item in enumerate(piece) if isinstance(item, Token) and _spelling(item) in _BAR]
    if not bars:
        return list(piece)
    first = piece[bars[0]].start
    if len(bars) > MOST_BARS:
        raise Refused(Obstacle.LIMIT, f"more than {MOST_BARS} bars at one level", first, r"write \left| and \right|")
    ways: list[tuple[tuple[int, int], ...]] = []

    def extend(n: int, opened: tuple[int, ...], pairs: tuple[tuple[int, int], ...]) -> None:
        if len(ways) > 1 or len(opened) > len(bars) - n:
            return
        if n == len(bars):
            ways.append(pairs)
            return
        bar = bars[n]
        partner = {close: start for start, close in pairs}
        before = piece[bar - 1] if bar else None
        empty = before is None or (bar - 1 in bars and bar - 1 not in partner) or (bar - 1 not in bars and not _ends_operand(before))
        if not empty and opened and _spelling_at(piece, opened[-1]) == _spelling_at(piece, bar):
            extend(n + 1, opened[:-1], (*pairs, (opened[-1], bar)))
        follower = piece[bar + 1] if bar + 1 < len(piece) else None
        if follower is None or not follower.is_char("_", "^"):  # a bar with a script closes
            extend(n + 1, (*opened, bar), pairs)

    extend(0, (), ())
    if not ways:
        raise Refused(Obstacle.UNSUPPORTED, "a bar without a matching bar", first, "conditions after a bar are not supported")
    if len(ways) > 1:
        raise Refused(Obstacle.AMBIGUOUS, "bars that can be paired in two ways", first, r"write \left| and \right|")
    return _grouped(piece, dict(ways[0]))


def _spelling_at(piece: Sequence[Node], at: int) -> str:
    item = piece[at]
    return _BAR[_spelling(item)] if isinstance(item, Token) else ""


def _ends_operand(node: Node) -> bool:
    if isinstance(node, Group):
        return True
    if node.kind is Kind.MACRO:
        return node.text in _ENDS_OPERAND
    return node.kind in (Kind.NUMBER, Kind.WORD, Kind.TEXT) or node.is_char("!", "'", ".")


def _grouped(piece: Sequence[Node], closes: dict[int, int]) -> list[Node]:
    """The piece with each pair of bars made a group; `closes` gives the closing place of each opening one."""
    frames: list[tuple[int, list[Node]]] = [(-1, [])]
    for place, item in enumerate(piece):
        if place in closes:
            frames.append((place, []))
        elif len(frames) > 1 and closes[frames[-1][0]] == place:
            opened, items = frames.pop()
            bar = _spelling_at(piece, opened)
            frames[-1][1].append(Group(opener=bar, closer=bar, items=tuple(items), start=piece[opened].start, end=item.end))
        else:
            frames[-1][1].append(item)
    return frames[0][1]


def equated(items: Sequence[Node]) -> list[list[Node]]:
    """Splits items at the equality signs."""
    found: list[list[Node]] = [[]]
    for node in items:
        if relation(node) == "=":
            found.append([])
        else:
            found[-1].append(node)
    return found


def walk(nodes: Sequence[Node]) -> Iterator[Sequence[Node]]:
    """Yields each sequence of nodes in the tree."""
    waiting = [nodes]
    while waiting:
        items = waiting.pop()
        yield items
        waiting += [item.items for item in items if isinstance(item, Group)]


def spelled(node: Node) -> str:
    """The text of a node without its delimiters."""
    return "".join(map(spelled, node.items)) if isinstance(node, Group) else node.text


def contents(node: Node) -> Sequence[Node]:
    """The content of a TeX argument: the inside of braces, or the node itself."""
    return node.items if isinstance(node, Group) and node.opener == "{" else (node,)
