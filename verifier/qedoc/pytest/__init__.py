"""Claims as pytest items: spec files and documented modules go in, one test for each formula and property comes out."""
