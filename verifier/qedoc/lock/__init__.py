"""What was found before: results go in, and come out again as long as all that they rest on is the same."""
