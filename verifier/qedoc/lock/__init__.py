"""What was verified before, what it rested on, and whether that is still so."""
