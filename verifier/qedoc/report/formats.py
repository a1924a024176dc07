"""Builds the report of a run and writes it in one of the output formats."""

import os
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

from qedoc.config.table import Config
from qedoc.records import dataclass
from qedoc.report import baseline, suppressions
from qedoc.report.findings import BASELINE, COMMENT, Excused, Notice, exit_code, notices, reported
from qedoc.report.layout import Excuses, count
from qedoc.results import codes
from qedoc.results.codes import Code
from qedoc.results.outcome import Outcome, spoken

FORMATS = ("concise", "full", "html", "lines", "json", "junit", "github", "markdown", "sarif")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The report of a run.

    Args:
        outcome: the outcome of the run.
        found: the findings that are selected and not accepted.
        excused: the findings that the baseline accepts and those that comments silence.
        baseline: the name of the baseline file.
        strict: whether a claim without an answer fails.
        fail_on: the finding codes that fail too.
        base: the folder to which paths are relative in formats for programs.
        root: the folder of the project, to which paths in JSON are relative.
    """

    outcome: Outcome
    found: tuple[Notice, ...]
    excused: tuple[Excused, ...]
    baseline: str
    strict: bool
    fail_on: frozenset[str] = frozenset()
    base: str
    root: str

    @property
    def exit_code(self) -> int:
        """The exit code of the run."""
        return exit_code(self.outcome, self.found, strict=self.strict, fail_on=self.fail_on)

    def many(self, by: str) -> int:
        """The number of findings that the baseline accepts or that comments silence."""
        return sum(one.by == by for one in self.excused)


def report(
    outcome: Outcome,
    config: Config,
    *,
    select: Sequence[str],
    ignore: Sequence[str],
    strict: bool,
    fail_on: frozenset[str] = frozenset(),
) -> Report:
    """Builds the report of a run, with the findings that are selected and not accepted by the baseline.

    Raises:
        QedocError: if the baseline cannot be read.
    """
    path = config.root / config.baseline
    seen = {claim.id for claim in outcome.claims}
    kept, silenced = suppressions.silenced(notices(outcome), outcome.claims)
    found, accepted = baseline.against(kept, baseline.load(path), seen, path, silenced)
    excused = [one for one in (*silenced, *accepted) if reported([one.notice], select, ignore)]
    return Report(
        outcome=outcome,
        found=tuple(reported(found, select, ignore)),
        excused=tuple(excused),
        baseline=path.name,
        strict=strict,
        fail_on=fail_on,
        base=_base(config),
        root=str(config.root),
    )


def _base(config: Config) -> str:
    """The base folder of paths: the checkout in a GitHub workflow, otherwise the root of the project."""
    checkout = os.environ.get("GITHUB_WORKSPACE", "")
    inside = checkout and config.root.absolute().is_relative_to(Path(checkout).absolute())
    return checkout if inside else str(config.root)


def render(made: Report, style: str, file: IO[str], *, asked: bool, color: str = "auto") -> None:
    """Writes a report.

    Args:
        made: the report.
        style: one of FORMATS, `why` for the interpretations of each formula, or `verbose` for all formulas without an answer.
        file: the file to write to.
        asked: whether the user selected codes. Otherwise the formats lines, github and markdown leave out notes.
        color: `always` or `never` for colors in text reports; `auto` for colors on a terminal.
    """
    if style in ("concise", "verbose", "full", "why"):
        _for_people(made, style, file, color)
    else:
        file.write(_for_programs(made, style, asked=asked))


def _for_programs(made: Report, style: str, *, asked: bool) -> str:
    from qedoc.report import editor_lines, github, json_report, junit, markdown, sarif
    from qedoc.report.paths import with_portable_paths

    match style:
        case "json":
            return json_report.dump(
                with_portable_paths(
                    json_report.document(made.outcome, [finding(notice) for notice in made.found], [excuse(one) for one in made.excused]),
                    made.root,
                )
            )
        case "junit":
            return junit.document(made.outcome, made.found, strict=made.strict, fail_on=made.fail_on, base=made.base, excused=made.excused)
        case "lines":
            return editor_lines.document(_important(made, asked=asked), made.base)
        case "github":
            return github.annotations(_important(made, asked=asked), made.base)
        case "markdown":
            return markdown.document(made.outcome, _important(made, asked=asked), base=made.base, excused=made.excused)
        case _:
            return json_report.dump(sarif.document(made.outcome, made.found, base=made.base, excused=made.excused))


def _important(made: Report, *, asked: bool) -> list[Notice]:
    """The findings, without notes unless the user asks for codes."""
    return [notice for notice in made.found if asked or notice.code.level != "note"]


def finding(notice: Notice) -> dict[str, Any]:
    """A finding as JSON values."""
    from qedoc.report.json_report import source

    return {
        "code": notice.code.code,
        "level": str(notice.code.level),
        "claim": notice.claim,
        "subject": notice.subject,
        "message": notice.message,
        "source": source(notice.location) if notice.location else None,
        "replay": notice.replay,
        "fingerprint": notice.fingerprint,
    }


def excuse(one: Excused) -> dict[str, Any]:
    """A finding that is accepted or suppressed as JSON values."""
    return {**finding(one.notice), "by": one.by, "reason": one.reason}


def _for_people(made: Report, style: str, file: IO[str], color: str) -> None:
    from qedoc.report import terminal
    from qedoc.report.layout import Beside, Plain, Terminal

    write = terminal.full if style == "full" else terminal.concise
    if style == "why":
        from qedoc.report.why import why as write
    if style in ("concise", "verbose") and made.outcome.audited:
        from qedoc.report import audit_summary

        write = audit_summary.verbose if style == "verbose" else audit_summary.concise
    beside = Beside(silent=_silent(made), remarks=_remarks(made), excuses=_excuses(made))
    if isinstance(file, TextIOWrapper):
        file.reconfigure(errors="backslashreplace")  # the terminal's encoding may lack characters of a formula
    if not file.isatty() and (color == "never" or not (color == "always" or os.environ.get("FORCE_COLOR"))):
        write(made.outcome, Plain(file), beside)
        return
    if color == "auto" and not os.environ.get("FORCE_COLOR") and os.environ.get("TERM", "dumb") not in ("dumb", "unknown", ""):
        write(made.outcome, Terminal(file), beside)
        return
    from rich.console import Console

    console = Console(
        file=file,
        highlight=False,
        markup=False,
        emoji=False,
        force_terminal=True if color == "always" else None,
        no_color=False if color == "always" else None,
        color_system=None if color == "never" else "standard" if color == "always" else "auto",
    )
    write(made.outcome, console, beside)


def _silent(made: Report) -> frozenset[str]:
    """The ids of claims without a reported error or warning."""
    failing = {notice.claim for notice in made.found if notice.fails(strict=True)}
    return frozenset(claim.id for claim in made.outcome.claims) - failing


def _remarks(made: Report) -> list[str]:
    """Additional lines of a text report: unread modules, names without a formula, and what the baseline accepts."""
    unread = [line for code in (codes.UNREAD, codes.EMPTY) for line in _unread(made, code)]
    gone = [f"{notice.code.code} {notice.message}" for notice in made.found if notice.code in (codes.GONE, codes.UNUSED)]
    comments = [f"{codes.INVALID.code} {_placed(one)}" for one in made.found if one.code is codes.INVALID]
    accepted, suppressed = (count(made.many(by), "finding") for by in (BASELINE, COMMENT))
    counted = [f"accepted: {accepted}, see {made.baseline}"] if made.many(BASELINE) else []
    counted += [f"suppressed: {suppressed}, by comments below the formulas"] if made.many(COMMENT) else []
    return [*unread, *gone, *comments, *counted]


def _placed(notice: Notice) -> str:
    return f"{notice.location}: {notice.message}" if notice.location else notice.message


def _excuses(made: Report) -> Excuses:
    """How the accepted and suppressed parts of claims are called, and why."""
    return {(one.notice.claim, one.notice.subject): (one.word, one.reason) for one in made.excused}


def _unread(made: Report, code: Code) -> list[str]:
    """One line for all modules and names that were not read for the same reason."""
    reported = {notice.subject for notice in made.found if notice.code is code}
    return [f"{code.code} {line}" for line in spoken([one for one in made.outcome.unread if one.name in reported])]
