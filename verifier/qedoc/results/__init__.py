"""Plain records of results, shared by all stages, reports, the lock file and documentation pages."""
