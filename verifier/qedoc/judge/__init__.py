"""Checks one case: takes a formula and the code it documents, returns a verdict with its evidence."""
