"""The JUnit XML report for CI servers: one suite per target, one test case per claim and per property."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from xml.etree import ElementTree as ET

from qedoc.report.corrections import lines
from qedoc.report.findings import Excused, Notice, of_claim
from qedoc.report.paths import relative
from qedoc.report.terminal import promises
from qedoc.results.codes import UNREAD, Level
from qedoc.results.outcome import Outcome
from qedoc.results.verdict import ClaimResult

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(
    outcome: Outcome, found: Sequence[Notice], *, strict: bool, base: str, fail_on: Collection[str] = (), excused: Sequence[Excused] = ()
) -> str:
    """Returns the XML document.

    Args:
        outcome: the outcome of the run.
        found: the reported findings. A claim or property without a reported finding passes.
        strict: whether a claim without an answer fails.
        base: the folder to which paths are relative.
        fail_on: the finding codes that fail too.
        excused: the accepted and suppressed findings. Their test cases are skipped.
    """
    suites = ET.Element("testsuites", name="qedoc", time=f"{outcome.seconds:.3f}")
    shown: dict[str, Notice | Excused] = {notice.fingerprint: notice for notice in found}
    shown |= {one.notice.fingerprint: one for one in excused if one.notice.code.level is not Level.NOTE}
    for target in dict.fromkeys(claim.target for claim in outcome.claims):
        suite = ET.SubElement(suites, "testsuite", name=target)
        for claim in outcome.claims:
            if claim.target == target:
                _claim(suite, claim, shown, strict=strict, fail_on=fail_on, base=base)
        _count(suite)
    others = [notice for notice in found if notice.code is UNREAD or notice.code.code.startswith(("QED4", "QED5"))]
    if others:
        suite = ET.SubElement(suites, "testsuite", name="qedoc")
        for notice in others:
            case = ET.SubElement(
                suite,
                "testcase",
                classname="qedoc",
                name=_clean(notice.claim or (notice.subject if notice.code is UNREAD else notice.code.name)),
                time="0.000",
            )
            _add_result(case, notice, strict=strict, fail_on=fail_on, base=base)
        _count(suite)
    _count(suites)
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _claim(
    suite: ET.Element, claim: ClaimResult, shown: dict[str, Notice | Excused], *, strict: bool, fail_on: Collection[str], base: str
) -> None:
    place = {"file": relative(claim.location.path, base), "line": str(claim.location.line)}
    made = {notice.subject: shown[notice.fingerprint] for notice in of_claim(claim) if notice.fingerprint in shown}
    case = ET.SubElement(suite, "testcase", {**place, "classname": claim.target, "name": _clean(claim.id), "time": f"{claim.seconds:.3f}"})
    _add_result(case, made.get(""), strict=strict, fail_on=fail_on, base=base)
    for promise in promises(claim):
        name = _clean(f"{claim.id}: {promise.statement}")
        case = ET.SubElement(suite, "testcase", {**place, "classname": claim.target, "name": name, "time": "0.000"})
        _add_result(case, made.get(promise.statement), strict=strict, fail_on=fail_on, base=base)


def _add_result(case: ET.Element, notice: Notice | Excused | None, *, strict: bool, fail_on: Collection[str], base: str) -> None:
    """Adds an error, failure or skip to a test case. A test case without a finding, or with a note, passes."""
    if isinstance(notice, Excused):
        result = ET.SubElement(case, "skipped", message=_clean(f"{notice.word}: {notice.reason}"))
        result.text = _clean(f"{notice.notice.code.code} {notice.notice.code.title}\n{notice.notice.message}")
        return
    if notice is None or (notice.code.level is Level.NOTE and not notice.fails(strict=strict, fail_on=fail_on)):
        return
    kind = "error" if notice.code.code.startswith("QED5") else "failure" if notice.fails(strict=strict, fail_on=fail_on) else "skipped"
    result = ET.SubElement(case, kind, message=_clean(notice.message))
    if kind != "skipped":
        result.set("type", notice.code.code)
    place = [f"{relative(notice.location.path, base)}:{notice.location.line}"] if notice.location else []
    replay = [f"replay: {notice.replay}"] if notice.replay else []
    corrected = lines(notice.formula, notice.corrections)
    told = [f"{notice.code.code} {notice.code.title}", *place, notice.message, *notice.details, *corrected, *replay]
    result.text = _clean("\n".join(told))


def _count(suite: ET.Element) -> None:
    counts = Counter(child.tag for case in suite.iter("testcase") for child in case)
    suite.set("tests", str(sum(1 for _ in suite.iter("testcase"))))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(counts[tag]))


def _clean(text: str) -> str:
    """Replaces characters that are not allowed in XML."""
    return _NO_XML.sub("\ufffd", text)
