"""`python -m qedoc` is `qedoc`."""

if __name__ == "__main__":  # worker processes import this module too, and need no command line
    from qedoc.cli.main import main

    main(prog_name="qedoc")
