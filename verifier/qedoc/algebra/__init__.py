"""Real arithmetic that tracks where expressions are undefined, and tools for conditions and closed forms."""
