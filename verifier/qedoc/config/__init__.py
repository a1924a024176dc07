"""What a project asks for: `[tool.qedoc]` and the options of the command line go in, settings come out."""
