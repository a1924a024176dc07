"""Symbolic equality and properties, cell by cell."""
