"""Configuration: combines `[tool.qedoc]` and command line options into the settings of a run."""
