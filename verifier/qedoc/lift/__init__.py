"""JAX code to SymPy: a function and a point go in, the formula of the path that the function takes there comes out."""
