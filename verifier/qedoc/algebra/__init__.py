"""Real arithmetic that knows where it is undefined: expressions and conditions go in, simpler ones with their domains come out."""
