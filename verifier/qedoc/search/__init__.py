"""Draws points from a domain, at which formula and code are compared."""
