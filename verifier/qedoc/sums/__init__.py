"""Decides whether two formulas over arrays are equal for every length."""
