"""JAX code to SymPy: the formula that a function really computes."""
