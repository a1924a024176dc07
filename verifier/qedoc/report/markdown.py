"""The Markdown report for comments on pull requests and job summaries: one section per finding, and what would be right as a suggestion."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from qedoc.report.corrections import lines
from qedoc.report.findings import Excused, Notice
from qedoc.report.layout import count
from qedoc.report.paths import relative
from qedoc.report.suggestions import suggestion
from qedoc.results.corrections import described
from qedoc.results.outcome import Outcome
from qedoc.results.verdict import Verdict

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~$@])")


def document(outcome: Outcome, found: Sequence[Notice], *, base: str, excused: Sequence[Excused] = ()) -> str:
    """Returns the document.

    Args:
        outcome: the outcome of the run.
        found: the reported findings.
        base: the folder to which paths are relative.
        excused: the accepted and suppressed findings.
    """
    counts = Counter(claim.verdict for claim in outcome.claims)
    verdicts = ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict])
    title = f"qedoc: {count(len(outcome.claims), 'claim')}{f' ({verdicts})' if verdicts else ''}, {count(len(found), 'finding')}"
    known = Counter(one.word for one in excused)
    title += "".join(f", {known[word]} {word}" for word in sorted(known))
    ended = [outcome.interruption.capitalize()] if outcome.stopped else []
    return "\n\n".join([f"## {title}", *ended, *("\n\n".join(_section(notice, base)) for notice in found), *_excused(excused)]) + "\n"


def _excused(excused: Sequence[Excused]) -> Iterator[str]:
    """The accepted and suppressed findings, one item for each."""
    if excused:
        yield "### Accepted and suppressed findings"
        yield "\n".join(
            f"- {one.notice.code.code} {_code(one.notice.claim)}, {one.word}: {plain(' '.join(one.reason.split()))}" for one in excused
        )


def _section(notice: Notice, base: str) -> Iterator[str]:
    place = f" at {_code(f'{relative(notice.location.path, base)}:{notice.location.line}')}" if notice.location else ""
    yield f"### {notice.code.code} {notice.code.title}"
    yield f"{_code(notice.claim) if notice.claim else notice.code.level.capitalize()}{place}"
    yield plain(notice.message.removeprefix(f"{notice.claim}: "))
    if notice.details:
        yield _block("text", "\n".join(notice.details))
    for number, correction in enumerate(notice.corrections):
        made = suggestion(notice.location, notice.formula, correction) if number == 0 and notice.location else None
        if made is None:
            title, *changed = lines(notice.formula, [correction], carets=False)
            yield "Or" + title.removeprefix("correction") if number else title.capitalize()
            yield _block("diff", "\n".join(line.removeprefix("  ") for line in changed))
        else:
            where = f"line {made.first}" if made.first == made.last else f"lines {made.first} to {made.last}"
            yield f"Correction ({described(correction)}) of {where}:"
            yield _block("suggestion", made.text)
    if notice.replay:
        yield f"Replay: {_code(notice.replay)}"


def _block(kind: str, text: str) -> str:
    fence = _fence(text, 3)
    return f"{fence}{kind}\n{text}\n{fence}"


def _code(text: str) -> str:
    fence, space = _fence(text, 1), " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{' '.join(text.split())}{space}{fence}"


def _fence(text: str, least: int) -> str:
    """More backticks than stand together anywhere in a text."""
    return "`" * max([least, *(len(run) + 1 for run in re.findall("`+", text))])


def plain(text: str) -> str:
    """Returns a text in which Markdown reads no marks, such as the underscores of `decay_steps`.

    Args:
        text: the text.
    """
    return _MARKUP.sub(r"\\\1", text)
