"""The options that an editor sends when it starts the server."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from qedoc.config.options import Settings, settled, with_repair
from qedoc.errors import QedocError, meant, question
from qedoc.report.findings import Notice
from qedoc.results.codes import CODES, Level
from qedoc.results.verdict import Verdict

SEVERITIES = ("error", "warning", "information", "hint", "off")
"""How a finding may be shown."""

_BY_LEVEL = {Level.ERROR: "error", Level.WARNING: "information", Level.NOTE: "off"}

_USUAL = {
    "refuted": "error",
    "unreadable": "information",
    "unsupported": "information",
    "undecided": "information",
    "tested": "hint",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What the user of an editor chose. The names in the editor are in camel case.

    Args:
        timeout: time limit per case in seconds; None for the usual ones.
        max_points: maximum number of points per claim; None for the usual ones.
        repair_timeout: time limit in seconds for the correction of a refuted formula; None for that of the project.
        jobs: the number of worker processes.
        severity: how findings are shown, by verdict or by code.
    """

    timeout: float | None = None
    max_points: int | None = None
    repair_timeout: float | None = None
    jobs: int = 2
    severity: Mapping[str, str] = field(default_factory=dict)

    def settings(self) -> Settings:
        """The settings of a run in the current folder.

        Raises:
            QedocError: if a limit is out of range, or the table of the project is invalid.
        """
        made = settled(timeout=self.timeout, max_points=self.max_points, seed=None, jobs=self.jobs)
        return with_repair(made, self.repair_timeout)

    def shown(self, notice: Notice, verdict: Verdict | None) -> str:
        """Returns how a finding is shown.

        Args:
            notice: the finding.
            verdict: the verdict on its formula, if the finding is about the formula itself.
        """
        if (chosen := self.severity.get(notice.code.code)) is not None:
            return chosen
        if verdict is not None and not notice.subject:
            return self.severity.get(verdict, _USUAL.get(verdict, "off"))
        return _BY_LEVEL[notice.code.level]


def preferences(given: Any) -> tuple[Preferences, list[str]]:
    """Reads the options. Returns them, and what is wrong with those that are left out.

    Args:
        given: the value of `initializationOptions`.
    """
    if given is None:
        return Preferences(), []
    if not isinstance(given, Mapping):
        return Preferences(), [f"initializationOptions: expected an object, found {given!r}"]
    names = {_camel(one.name): one.name for one in fields(Preferences)}
    made, wrong = Preferences(), list[str]()
    for key, value in given.items():
        if key not in names:
            wrong.append(f"initializationOptions.{key}: unknown; {question(meant(key, names))} the options are {', '.join(names)}")
        elif key == "severity":
            kept, more = _severities(value)
            made, wrong = replace(made, severity=kept), wrong + more
        elif isinstance(value, bool) or not isinstance(value, (int, float)) or (names[key] in ("jobs", "max_points") and value < 1):
            wrong.append(f"initializationOptions.{key}: expected a positive number, found {value!r}")
        else:
            chosen: Any = int(value) if names[key] in ("jobs", "max_points") else float(value)
            made = replace(made, **{names[key]: chosen})
    try:
        made.settings()
    except QedocError as error:
        wrong.append(str(error))
    return made, wrong


def _severities(given: Any) -> tuple[dict[str, str], list[str]]:
    keys = [*map(str, Verdict), *(code.code for code in CODES)]
    if not isinstance(given, Mapping):
        return {}, [f'initializationOptions.severity: expected an object such as {{"unreadable": "hint"}}, found {given!r}']
    wrong = [
        f"initializationOptions.severity.{key}: expected {' or '.join(SEVERITIES)} for a verdict or a code, found {value!r}"
        for key, value in given.items()
        if key not in keys or value not in SEVERITIES
    ]
    return {key: value for key, value in given.items() if key in keys and value in SEVERITIES}, wrong


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
