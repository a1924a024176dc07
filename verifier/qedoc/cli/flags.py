"""Options that several commands share."""

import click

JOBS = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=0),
    metavar="N",
    help="Number of worker processes [default, and for 0: usable cores, at most 8].",
)

QUIET = click.option("-q", "--quiet", is_flag=True, help="Hide the progress bar; errors are still shown.")

COLORS = ("auto", "always", "never")
COLOR = click.option(
    "--color",
    type=click.Choice(COLORS),
    default=COLORS[0],
    show_default=True,
    help="Whether text has colors and links; auto: on a terminal, or if FORCE_COLOR is set, unless NO_COLOR is set.",
)

STRICT = click.option("--strict", is_flag=True, help="Fail if a claim or property has no answer.")

FAIL_ON = click.option(
    "--fail-on",
    metavar="KINDS",
    help="Comma-separated verdicts (unreadable, unsupported, undecided, tested) or finding codes that fail too, such as unreadable,QED402.",
)

EXIT_ZERO = click.option("--exit-zero", is_flag=True, help="End with exit code 0 although claims fail; what cannot run still ends with 2.")
