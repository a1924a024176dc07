"""One case: a formula and the code that it documents go in, a verdict with its evidence comes out."""
