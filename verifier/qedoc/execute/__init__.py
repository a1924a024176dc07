"""Runs the real code: a function and points go in, the values in each dtype and bounds of their rounding errors come out."""
