"""What is claimed: a spec with its symbols and domain goes in, cases with fixed sizes come out."""
