"""Claims: the spec language, its domains and properties, and the expansion of a spec into cases with fixed sizes."""
