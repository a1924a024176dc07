"""Where claims stand: spec files, packages and their docstrings go in, specs and formulas with their places come out."""
