"""Many claims: specs and docstrings go in, worker processes check them, an outcome comes out."""
