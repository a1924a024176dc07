"""Plants slips in right formulas and counts how many of them qedoc corrects."""
