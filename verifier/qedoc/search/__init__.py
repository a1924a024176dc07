"""Points of a domain: simple ones, edges, random ones, and the simplest at which a claim fails."""
