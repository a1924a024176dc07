"""Rigorous values: an expression and a point go in, a ball that contains the exact value comes out."""
