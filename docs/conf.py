"""Configuration of the documentation: verified formulas come from the lock files, wrong ones are verified when the pages are built."""

project = "qedoc"
author = "The qedoc developers"
copyright = author
html_title = "qedoc"
html_theme = "furo"
html_theme_options = {"navigation_with_keys": True}

extensions = ["myst_parser", "qedoc.sphinx"]
qedoc_projects = [".", "story"]
qedoc_verify = "stale"
qedoc_help = "verdicts"
myst_enable_extensions = ["amsmath", "deflist", "dollarmath"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
nitpicky = True
