"""Decides whether a docstring may state a formula, without importing its object."""

import ast
import re

from qedoc.sources import markup, values, worded


def states(name: str, text: str) -> bool:
    """Whether a docstring may state a formula. If in doubt, it may.

    Args:
        name: the name of the object.
        text: the docstring.
    """
    if not text:
        return False
    lines = markup.dedented(text)
    if markup.blocks(lines) or markup.roles(lines):
        return True
    paragraphs = markup.paragraphs(lines)
    if worded.worded(paragraphs, markup.arguments(lines), name):
        return True
    return bool(values.given_values(paragraphs, name, {*re.findall(r"[^\W\d]\w*", text)}))


_DATA = (*(ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set), *(ast.UnaryOp, ast.BinOp, ast.operator, ast.unaryop, ast.Load))


def is_data(value: ast.expr | None) -> bool:
    """Whether a value is certainly data without a docstring: numbers, short texts, and containers of these.

    Args:
        value: the syntax tree of the value; None if there is none.
    """
    return value is None or all(
        isinstance(node, _DATA)
        and not (isinstance(node, ast.Constant) and isinstance(node.value, str) and ("\n" in node.value or states("", node.value)))
        for node in ast.walk(value)
    )
