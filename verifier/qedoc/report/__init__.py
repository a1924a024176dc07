"""Results for people and programs: an outcome goes in, text, JSON, JUnit, SARIF, annotations and pictures come out."""
