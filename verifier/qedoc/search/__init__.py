"""Points of a domain: symbols with their sets go in, points at which formula and code are compared come out."""
