"""Plain records of what was found: stages fill them in, reports, lock files and pages read them."""
