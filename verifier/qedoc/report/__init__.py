"""Reports: turns the outcome of a run into text, JSON, JUnit, SARIF, annotations, badges and plots."""
