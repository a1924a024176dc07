"""Runs the command line with `python -m qedoc`."""

if __name__ == "__main__":  # worker processes also import this module; they must not start the command line
    from qedoc.cli.start import main

    main()
