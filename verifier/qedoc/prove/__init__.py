"""Compares two formulas on a domain, cell by cell: equal, different or unknown."""
