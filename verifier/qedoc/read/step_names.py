r"""Names at a step in a tree of LaTeX: `m_t`, `\hat m_{t-1}`, `E[g^2]_t`, `w_t^{(i)}`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qedoc.read.scope import ACCENTS
from qedoc.read.tokens import BOLD, FONTS, Kind, Token
from qedoc.read.tree import SYMBOLS, Group, Node, contents, relation

RUNNING = ("sum", "max", "min")
"""The macros of operators that run over the steps so far."""

_OPERATIONS = ("+", "-", "*", "/")


@dataclass(frozen=True, slots=True)
class Timed:
    """A name at a step.

    Args:
        base: the name without its index, such as `m_hat` or `E[g^2]`.
        shift: its step, counted from the current one; None for a name without a step.
        raised: whether the step is a superscript, `m^{(t)}`, which for a number is a power.
        running: whether its step is the index of a sum.
        slope: whether it is the gradient at the value of the name.
        height: whether it is the value of the function there. Without a step, the name is that of the parameters of the step.
    """

    base: str
    shift: int | None
    raised: bool = False
    running: bool = False
    slope: bool = False
    height: bool = False


def indices(items: Sequence[Node]) -> Iterator[Node]:
    r"""The indices of the sums and extremes in a sequence of nodes: tau of `\sum_{\tau=1}^t`."""
    for head, mark, script in zip(items, items[1:], items[2:], strict=False):
        inside = contents(script)
        if head.is_macro(*RUNNING) and mark.is_char("_") and len(inside) > 1 and relation(inside[1]) == "=":
            yield inside[0]


def up_to(items: Sequence[Node], letter: str) -> list[Node]:
    r"""The nodes with `\max_{k=1}^t` for `\max_{k \leq t}`, which is over all steps so far.

    Args:
        items: the nodes.
        letter: the letter of the step.
    """
    found: list[Node] = []
    rest = [replace(node, items=tuple(up_to(node.items, letter))) if isinstance(node, Group) else node for node in items]
    while rest:
        head = rest.pop(0)
        found.append(head)
        inside = contents(rest[1]) if head.is_macro(*RUNNING) and len(rest) > 1 and rest[0].is_char("_") else ()
        if len(inside) != 3 or relation(inside[1]) != "<=" or spelled(inside[2:]) != letter or not isinstance(inside[0], Token):
            continue
        at = inside[1].start
        first = [inside[0], Token(kind=Kind.CHAR, text="=", start=at, end=at), Token(kind=Kind.NUMBER, text="1", start=at, end=at)]
        script = rest[1]
        assert isinstance(script, Group)  # it has three nodes
        found += [rest[0], replace(script, items=tuple(first)), Token(kind=Kind.CHAR, text="^", start=at, end=at), inside[2]]
        rest = rest[2:]
    return found


def base_of(nodes: Sequence[Node]) -> tuple[str, list[Node]]:
    r"""The name at the beginning of nodes, without its scripts: `m`, `\hat m`, `\Delta w`, `E[g^2]`; and what follows."""
    first = nodes[0] if nodes else None
    if not isinstance(first, Token):
        return "", list(nodes)
    rest = list(nodes[1:])
    if first.kind is Kind.MACRO and first.text in (ACCENTS | BOLD) and rest:
        inner, after = base_of(contents(rest[0]))
        label = suffix(after[1]) if len(after) == 2 and after[0].is_char("_") else ""
        if not inner or (after and not label):
            return "", list(nodes)
        inner = f"{inner}_{label}" if label else inner
        return (f"{inner}_{first.text.removeprefix('wide')}" if first.text in ACCENTS else inner), rest[1:]
    if first.is_macro("Delta", "delta") and rest:
        inner, after = base_of(rest)
        return (f"{first.text} {inner}", after) if inner else ("", list(nodes))
    if first.kind is Kind.TEXT and first.font in FONTS and first.text.isalnum():
        return first.text, rest
    if first.kind is Kind.WORD and len(first.text) == 1:
        group = rest[0] if rest else None
        if first.text in "EvV" and isinstance(group, Group) and group.opener == "[":
            return f"{first.text}[{spelled(group.items)}]", rest[1:]
        return first.text, rest
    if first.kind is Kind.MACRO and first.text in SYMBOLS:
        return first.text, rest
    return "", list(nodes)


def numbered(nodes: Sequence[Node]) -> tuple[Timed | None, list[Node]]:
    """A name with a number, `beta_1`, at the beginning of nodes, and what follows."""
    base, rest = base_of(nodes)
    label = suffix(rest[1]) if base and len(rest) > 1 and rest[0].is_char("_") else ""
    return (Timed(f"{base}_{label}", None), rest[2:]) if label.isdigit() else (None, list(nodes))


def untimed(nodes: Sequence[Node]) -> tuple[Timed | None, list[Node]]:
    r"""A name without a step at the beginning of nodes, `\gamma` or `\rho_{\max}`, and what follows."""
    base, rest = base_of(nodes)
    first = nodes[0] if nodes else None
    if isinstance(first, Token) and first.kind is Kind.TEXT and first.text.isidentifier():
        base, rest = first.text, list(nodes[1:])
    label = suffix(rest[1]) if base and len(rest) > 1 and rest[0].is_char("_") else ""
    base = f"{base}_{label}" if label else base
    return (Timed(base, None), rest[2:] if label else rest) if base else (None, list(nodes))


def spelled(nodes: Sequence[Node]) -> str:
    """The text of nodes, with parentheses around groups."""
    return "".join(node.text if isinstance(node, Token) else f"({spelled(node.items)})" for node in nodes)


def suffix(script: Node) -> str:
    """A subscript that is a part of a name: a number or a word."""
    inside = contents(script)
    lone = inside[0] if len(inside) == 1 else None
    if isinstance(lone, Token) and (lone.kind in (Kind.NUMBER, Kind.TEXT) or (lone.kind is Kind.WORD and len(lone.text) > 1)):
        return lone.text
    return ""


def is_entry(script: Node) -> bool:
    """Whether a superscript numbers the entries of an array, `(i)`: a rule holds for each of them."""
    inside = contents(script)
    lone = inside[0] if len(inside) == 1 else None
    letters = lone.items if isinstance(lone, Group) and lone.opener == "(" else ()
    return len(letters) == 1 and isinstance(letters[0], Token) and letters[0].kind is Kind.WORD and len(letters[0].text) == 1


def goes_on(node: Node) -> bool:
    """Whether a node is an operation, so that a row that begins or ends with it is no row of its own."""
    return node.is_char(*_OPERATIONS) or node.is_macro("cdot", "times", "circ", "odot")
