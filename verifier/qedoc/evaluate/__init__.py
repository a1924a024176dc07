"""Values: rigorous enclosures of formulas, and executions of the real code."""
