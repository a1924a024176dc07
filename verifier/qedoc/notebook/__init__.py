"""The IPython extension: formulas of functions that are defined in a notebook."""
