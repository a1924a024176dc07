"""Shows verdicts where formulas are written: a language server, and a loop that checks again when a file is saved."""
