"""The lock file: stores results and decides whether they are still valid."""
