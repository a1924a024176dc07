"""The pytest plugin: collects one test item for each formula and each property."""
