"""The GitHub Actions report: one workflow command per finding, which annotates the line of the formula."""

from collections.abc import Iterator, Sequence

from qedoc.report.corrections import lines
from qedoc.report.findings import Notice
from qedoc.results.codes import Level

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def annotations(found: Sequence[Notice], base: str) -> str:
    """Returns the workflow commands, one per line.

    Args:
        found: the findings.
        base: the folder to which paths are relative.
    """
    return "".join(f"{_line(notice, base)}\n" for notice in found)


def _line(notice: Notice, base: str) -> str:
    properties = {**dict(_place(notice, base)), "title": f"{notice.code.code} {notice.code.title}"}
    parameters = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    corrected = [*lines(notice.formula, notice.corrections, carets=False), *_suggestion(notice)]
    text = "\n".join([notice.message, *notice.details, *corrected, *([f"replay: {notice.replay}"] if notice.replay else [])])
    return f"::{_COMMANDS[notice.code.level]} {parameters}::{_message(text)}"


def _place(notice: Notice, base: str) -> Iterator[tuple[str, str]]:
    from qedoc.report.paths import relative

    if notice.location is not None:
        yield "file", relative(notice.location.path, base)
        yield "line", str(notice.location.line)


def _suggestion(notice: Notice) -> Iterator[str]:
    """The best correction as a block that a comment on these lines of a pull request can contain."""
    from qedoc.report.suggestions import suggestion

    if notice.location is None or not notice.corrections:
        return
    made = suggestion(notice.location, notice.formula, notice.corrections[0])
    if made is not None:
        yield f"line {made.first}:" if made.first == made.last else f"lines {made.first} to {made.last}:"
        yield from ("```suggestion", made.text, "```")


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
