"""One mistake in a formula, made at random."""

from dataclasses import replace
from random import Random

from soundness.tree import Node, number

OTHER = {
    "add": ("sub", "mul"),
    "sub": ("add",),
    "mul": ("add", "div"),
    "div": ("mul",),
    "min": ("max",),
    "max": ("min",),
    "sin": ("cos",),
    "cos": ("sin",),
    "tanh": ("sin",),
    "floor": ("ceil",),
    "<": ("<=", ">"),
    "<=": ("<",),
    ">": (">=",),
    ">=": (">", "<="),
    "=": ("<=", ">="),
    "!=": ("<",),
}
"""What an operator is mistaken for."""


def mutated(node: Node, rng: Random) -> Node:
    """The formula with one mistake; it may be equal to the formula all the same."""
    place = rng.randrange(sum(1 for _ in node.nodes()))
    return _at(node, place, rng)


def _at(node: Node, place: int, rng: Random) -> Node:
    if place == 0:
        return _mistaken(node, rng)
    place -= 1
    children = list(node.args)
    for k, child in enumerate(children):
        size = sum(1 for _ in child.nodes())
        if place < size:
            children[k] = _at(child, place, rng)
            break
        place -= size
    return replace(node, args=tuple(children))


def _mistaken(node: Node, rng: Random) -> Node:
    if node.op == "number":
        return number(_near(node.name, rng))
    if node.op == "variable":
        return Node("neg", (node,)) if rng.random() < 0.5 else Node("add", (node, number(1)))
    if node.op == "size":
        return Node("add", (node, number(1)))
    if node.op == "entry":
        return Node("pow", (node, number(2)))
    if node.op == "cases" and len(node.args) >= 3:
        if rng.random() < 0.5:
            return replace(node, args=node.args[2:]) if len(node.args) > 3 else node.args[2]
        first, *rest = node.args
        values = rest[::2]
        rng.shuffle(values)
        rest[::2] = values
        return replace(node, args=(first, *rest))
    if node.op in OTHER and (rng.random() < 0.6 or len(node.args) < 2):
        return replace(node, op=rng.choice(OTHER[node.op]))
    if len(node.args) == 2 and node.op not in ("pow", "cases"):
        if node.op in ("add", "sub", "mul", "div") and rng.random() < 0.6:
            return node.args[0]
        return replace(node, args=node.args[::-1])
    if node.op == "pow":
        return replace(node, args=(node.args[0], number(int(node.args[1].name) + rng.choice((1, -1)))))
    if node.op in ("exp", "sqrt", "abs", "log") and rng.random() < 0.5:
        return node.args[0]
    return Node("neg", (node,))


def _near(text: str, rng: Random) -> str:
    """A number that is mistaken for another: a sign, a neighbour, a digit."""
    if "." in text:
        return rng.choice((text + "1", text[:-1] + str((int(text[-1]) + 1) % 10), text.replace(".", ".0")))
    return rng.choice((str(int(text) + 1), str(int(text) - 1), str(-int(text)), str(2 * int(text))))
