"""Decides whether a docstring may state a formula, without importing its object."""

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
