"""Runs of the real code: a function and a point go in, values in each dtype and what rounding may do to them come out."""
