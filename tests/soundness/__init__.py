"""Pairs of documented formulas, one right and one wrong, for generated code: `python -m soundness` counts what qedoc says of them."""
