"""Computes rigorous enclosures: balls that contain the exact value of an expression at a point."""
