"""Explanations that make something else of a parameter: `the softmax of the logits`."""

import re

from qedoc.interpret.lexicon import PLAIN

_FUNCTION_OF = r"(?<![\w-])(?P<what>[a-z][a-z-]+) (?:applied )?(?:of|to|over) (?:the |its |all |input |given )*[`$:.a-z]*[`$]*{}(?!\w)"
_SAME = frozenset(
    {
        *("length", "size", "shape", "dimension", "dimensions", "row", "rows", "column", "columns", "vector", "matrix"),
        *("tensor", "list", "set", "sequence", "batch", "batches", "component", "components", "name", "names", "distribution"),
        *("version", "part", "members", "axis", "function", "level", "copy", "estimate", "estimates", "choice", "result"),
        *("content", "contents", "type", "kind", "respect", "according", "equal", "corresponds", "corresponding", "equals"),
        *("refers", "belongs", "applied", "probability", "degree", "order", "support", "one"),
    }
)
"""Nouns before `of the scale` that leave the number as it is, beside those of the lexicon."""


def is_made_of(text: str, name: str) -> bool:
    """Whether an explanation makes something else of a parameter: `the softmax of the logits` beside `logits`.

    Args:
        text: the explanation.
        name: the parameter.
    """
    found = re.search(_FUNCTION_OF.format(re.escape(name.lower())), text.lower())
    return found is not None and found["what"] not in _SAME | PLAIN and not found["what"].endswith("ing")
