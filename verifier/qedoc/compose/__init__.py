"""Writes the formula that code computes as a block of a docstring, which is read back and proved before anyone sees it."""
