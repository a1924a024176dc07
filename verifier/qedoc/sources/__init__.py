"""Finds claims in spec files, packages and docstrings, and returns specs and formulas with their locations."""
