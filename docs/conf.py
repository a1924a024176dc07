"""Configuration of the documentation."""

project = "qedoc"
author = "The qedoc developers"
copyright = author
html_title = "qedoc"

extensions = ["myst_parser"]
myst_enable_extensions = ["amsmath", "deflist", "dollarmath"]
exclude_patterns = ["_build"]
nitpicky = True
