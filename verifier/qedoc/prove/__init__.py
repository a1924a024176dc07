"""Proofs, cell by cell: two formulas and a domain go in, equal, different or unknown comes out."""
