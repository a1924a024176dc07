"""The command line: arguments go in, a report and an exit code come out."""
