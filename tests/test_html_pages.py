"""The HTML report of a small library: what it shows, that it is valid, and that no docstring becomes markup."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from pages_project import REASON, VERDICTS, VERIFIER, qedoc, write
from test_report import PROVED, REFUTED, outcome

from qedoc.config.table import Config
from qedoc.errors import Location, QedocError
from qedoc.report import formats, html_pages
from qedoc.report.cards import evidence, module_of, readings, unique
from qedoc.report.places import place_of
from qedoc.results import codes
from qedoc.results.curve import Curve
from qedoc.results.outcome import Outcome, Unread
from qedoc.results.verdict import ClaimResult, Formula, Verdict

HTML = "{http://www.w3.org/1999/xhtml}"
MATH = "{http://www.w3.org/1998/Math/MathML}"
SVG = "{http://www.w3.org/2000/svg}"


def parsed(text: str) -> Element:
    """The tree of a page, which must be valid for a strict parser."""
    tree: Element = html5lib.HTMLParser(strict=True).parse(text)
    return tree


def classes(node: Element) -> set[str]:
    return set(node.get("class", "").split())


def with_class(tree: Element, name: str) -> list[Element]:
    return [node for node in tree.iter() if name in classes(node)]


def words(node: Element) -> str:
    return " ".join("".join(node.itertext()).split())


def titled(card: Element, title: str) -> Element:
    """The fold with a title."""
    (found,) = (node for node in card.iter(f"{HTML}details") if words(node[0]) == title)
    return found


def reported(found: Outcome, folder: Path, **options: Any) -> dict[str, str]:
    made = formats.report(found, Config(root=folder), select=options.pop("select", ()), ignore=(), strict=False)
    return html_pages.pages(made, folder / "report", options)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write(tmp_path_factory.mktemp("project"))
    done = qedoc(folder, "check", "--format", "html", "--output", "report")
    assert done.stdout == "report/index.html: 7 formulas: 2 proved, 1 tested, 2 refuted, 1 unreadable, 1 not a claim\n", done.stderr
    assert done.returncode == 1
    return folder


@pytest.fixture(scope="module")
def pages(project: Path) -> dict[str, Element]:
    return {file.name: parsed(file.read_text(encoding="utf-8")) for file in sorted((project / "report").glob("*.html"))}


@pytest.fixture(scope="module")
def cards(pages: dict[str, Element]) -> dict[str, Element]:
    return {card.get("id", ""): card for card in with_class(pages["tiny.html"], "card")}


# the overview


def test_the_overview_counts_modules_and_names_every_formula(pages: dict[str, Element]) -> None:
    assert set(pages) == {"index.html", "tiny.html"}
    (module,) = next(pages["index.html"].iter(f"{HTML}tbody"))
    cells = {node.get("data-title"): words(node) for node in module if node.get("data-title")}
    assert cells == {"formulas": "7", "proved": "2", "tested": "1", "refuted": "2", "unreadable": "1", "not a claim": "1"}
    rows = {words(with_class(row, "name")[0]): row.get("data-verdict") for row in with_class(pages["index.html"], "item")}
    assert rows == VERDICTS
    widths = [node.get("style") for node in with_class(pages["index.html"], "bar")[0]]
    assert widths == [f"flex-grow: {many}" for many in (2, 1, 2, 1, 1)]


def test_formulas_without_an_answer_are_grouped_by_cause(pages: dict[str, Element]) -> None:
    unreadable, silent = with_class(pages["index.html"], "cause")
    assert words(next(unreadable.iter(f"{HTML}summary"))).endswith("What to do: Use another notation, or write a spec.")
    assert "tiny.strange" in words(unreadable)
    assert "1 a distribution" in words(silent)


def test_codes_are_explained_where_links_lead(pages: dict[str, Element]) -> None:
    ids = {name: [node.get("id", "") for node in page.iter() if node.get("id")] for name, page in pages.items()}
    assert all(len(found) == len(set(found)) for found in ids.values())
    links = [(name, link.get("href", "")) for name, page in pages.items() for link in page.iter(f"{HTML}a")]
    inside = [(name, *link.partition("?")[0].partition("#")[::2]) for name, link in links if ".py" not in link]
    assert {link for _, _, link in inside} >= {"QED101", "QED201", "QED303", "tiny.decay"}
    for name, page, anchor in inside:
        assert not anchor or anchor in ids[page.partition("?")[0] or name]


# a formula


def test_each_formula_is_shown_as_mathematics_beside_that_of_the_code(cards: dict[str, Element]) -> None:
    assert {name: card.get("data-verdict") for name, card in cards.items()} == VERDICTS
    documented, computed = with_class(cards["tiny.energy"], "formula")
    assert [words(part) for part in documented.iter(f"{MATH}mfrac")] == ["12"]  # the macro of the project is known
    assert [words(part) for part in computed.iter(f"{MATH}msup")] == ["v2"]
    assert r"\half m v^2" in words(titled(with_class(cards["tiny.energy"], "sides")[0][0], "LaTeX"))


def test_a_refuted_formula_has_its_counterexample_its_correction_and_a_picture(cards: dict[str, Element]) -> None:
    card = cards["tiny.decay"]
    (difference,) = with_class(card, "difference")
    assert words(difference).startswith("Where they differ rate1t1documented2.718")
    assert "import tiny; print(tiny.decay(" in words(difference)
    (fix,) = with_class(card, "fix")
    assert "proved" in words(with_class(fix, "mark")[0])
    assert [words(node) for node in fix.iter(f"{HTML}ins")] == ["-"]
    assert "qedoc fix --write tiny.decay" in words(fix)
    assert len(list(titled(card, "Picture").iter(f"{SVG}svg"))) == 1
    assert titled(card, "Picture").get("open") is not None
    assert titled(cards["tiny.energy"], "Picture").get("open") is None
    place = with_class(card, "place")[0]
    assert words(place).startswith("tiny/__init__.py:")
    assert re.fullmatch(r"\.\./tiny/__init__\.py#L\d+", place.get("href", ""))


def test_what_was_understood_is_said(cards: dict[str, Element]) -> None:
    understood = titled(cards["tiny.energy"], "How it was understood")
    rows = [[words(cell) for cell in row] for row in understood.iter(f"{HTML}tr")][1:]
    assert rows == [
        ["m", "m", "reals", "the mass."],
        ["v", "v", "reals", """the "velocity", <b>not</b> 'speed', costs $5 or </svg> more."""],
    ]
    assert "Interpretation 1 proved" in words(understood)
    assert "seed 0" in words(titled(cards["tiny.energy"], "Evidence"))


def test_an_accepted_formula_says_why(cards: dict[str, Element], pages: dict[str, Element]) -> None:
    assert REASON in words(with_class(cards["tiny.shifted"], "accepted-because")[0])
    assert [words(node) for node in with_class(cards["tiny.shifted"], "accepted")] == ["accepted"]
    assert not with_class(cards["tiny.decay"], "accepted")
    assert "1 finding accepted in qedoc-baseline.json" in words(with_class(pages["index.html"], "summary")[0])


def test_a_claim_about_arrays_shows_one_formula_of_the_code(cards: dict[str, Element]) -> None:
    labels = [words(node) for node in with_class(cards["tiny.softened"], "label")]
    assert [label for label in labels if label.startswith("The code computes")] == ["The code computes for n=2, i=2"]


# hostile text


def test_no_docstring_becomes_markup(project: Path, pages: dict[str, Element], cards: dict[str, Element]) -> None:
    for page in pages.values():
        assert [node.tag for node in page.iter() if node.tag in (f"{HTML}img", f"{HTML}b", f"{HTML}iframe")] == []
        assert [name for node in page.iter() for name in node.attrib if name.startswith("on")] == []
        (script,) = page.iter(f"{HTML}script")
        assert (script.text or "").strip() == (VERIFIER / "qedoc/report/templates/report.js").read_text().strip()
        links = [link.get("href", "") for link in page.iter(f"{HTML}a")]
        assert all(re.match(r"[\w.-]*(?:\?verdict=[\w-]+)?(?:#[\w.-]+)?$|\.\./tiny/__init__\.py#L\d+$", link) for link in links)
    assert '<script>alert("1")</script></svg><img src=x onerror=alert(2)>' in words(with_class(cards["tiny.strange"], "formula")[0])
    assert "<script>alert" not in (project / "report" / "tiny.html").read_text()


HOSTILE = """"'><script>alert(1)</script></style></svg></title>\\href{javascript:alert(1)}{x}\x00\x1b{{ 7 * 7 }}{% raw %}"""

SURROGATE = "\udc80"
"""Half a character, as in text that was decoded with `surrogateescape`."""


def hostile(result: ClaimResult) -> ClaimResult:
    """The result with hostile text in every field of text."""
    case = replace(result.cases[0], reason=HOSTILE + SURROGATE, id=HOSTILE, verdict=Verdict.UNREADABLE, counterexample=None)
    return replace(
        result,
        id=HOSTILE,
        target=HOSTILE,
        location=Location(path=f"javascript:alert(1)//{HOSTILE.replace(chr(0), '')}", line=1),
        formula=Formula(latex=HOSTILE, sympy=HOSTILE, pretty=HOSTILE),
        symbols=tuple(replace(one, latex=HOSTILE, symbol=HOSTILE, name=HOSTILE, domain=HOSTILE, meaning=HOSTILE) for one in result.symbols),
        domain=(HOSTILE,),
        source=HOSTILE + SURROGATE,
        notes=(HOSTILE,),
        cases=(case,),
        versions={HOSTILE: HOSTILE},
    )


CURVE = Curve(
    claim=HOSTILE,
    variable="x --> <!-- $",
    meaning="$ </svg> <script>alert(1)</script> \\frac{",
    fixed={"a<b": 1},
    formula=(((0.0, 0.0), (1.0, 1.0)),),
    executed=((0.0, 0.0),),
)


def test_text_is_escaped_wherever_it_comes_from(tmp_path: Path) -> None:
    unread = Unread(name=HOSTILE, reason=HOSTILE)
    error = QedocError(HOSTILE, Location(path=HOSTILE, line=1))
    found = Outcome(claims=(hostile(PROVED),), errors=(error,), unread=(unread,), audited=(HOSTILE,), curves=(CURVE,))
    made = reported(found, tmp_path)
    for name, text in made.items():
        if name.endswith(".html"):
            page = parsed(text.encode("utf-8", "replace").decode())
            assert len(list(page.iter(f"{HTML}script"))) == 1
            assert len(list(page.iter(f"{HTML}style"))) == 1
            assert "49" not in words(next(page.iter(f"{HTML}h1")))  # the text is no template
            assert not any(link.get("href", "").startswith("javascript") for link in page.iter(f"{HTML}a"))
    assert "<svg" in next(text for name, text in made.items() if name not in ("index.html", ".gitignore"))


# the run


def test_a_second_run_has_the_pictures_of_the_lock_file(project: Path) -> None:
    before = {file.name: file.read_text() for file in (project / "report").glob("*.html")}
    done = qedoc(project, "check", "--locked", "--format", "html", "--output", "report")
    assert done.returncode == 1, done.stderr
    after = {file.name: file.read_text() for file in (project / "report").glob("*.html")}
    assert re.sub(r" \d unchanged since[^<]*", "", after["index.html"]) == re.sub(r" \d unchanged since[^<]*", "", before["index.html"])
    assert after["tiny.html"].count("<svg") == before["tiny.html"].count("<svg") > 3


def test_a_damaged_picture_is_a_warning(project: Path, tmp_path: Path) -> None:
    damaged = next((project / "qedoc.lock.d").glob("tiny.decay*.json"))
    kept = damaged.read_text()
    damaged.write_text("{}")
    try:
        done = qedoc(project, "check", "--locked", "--format", "html", "--output", str(tmp_path / "report"))
    finally:
        damaged.write_text(kept)
    assert f"{damaged.name}: cannot read the data of the plot" in done.stderr
    assert done.returncode == 1
    assert (tmp_path / "report" / "tiny.html").read_text().count("<svg") > 2


def test_an_audit_writes_pages_too(project: Path, tmp_path: Path) -> None:
    done = qedoc(project, "audit", "tiny.shifted", "--format", "html", "--output", str(tmp_path / "out"), "--quiet")
    assert (done.returncode, done.stdout) == (0, "")  # the finding is accepted
    page = parsed((tmp_path / "out" / "index.html").read_text())
    assert words(next(page.iter(f"{HTML}h1"))) == "tiny.shifted"
    assert (tmp_path / "out" / "tiny.html").read_text().count("<svg") == 1


def test_a_folder_that_is_no_report_is_left_alone(project: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    done = qedoc(project, "check", "--format", "html", "--output", str(tmp_path / "mine"))
    assert done.returncode == 2
    assert "is no report of qedoc, because it contains notes.txt; name another folder, or delete this one" in done.stderr
    assert (tmp_path / "mine" / "notes.txt").read_text() == "mine"


def test_a_run_that_is_interrupted_leaves_a_whole_report_that_says_so(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    (tmp_path / "stays.py").write_text(
        f"import pathlib, time\n\n\ndef stays(x):\n    r'''\n    .. math:: x\n    '''\n"
        f"    pathlib.Path({str(begun)!r}).touch()\n    time.sleep(1000)\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(VERIFIER), str(tmp_path), *sys.path])}
    command = [sys.executable, "-m", "qedoc", "audit", "stays", "--timeout", "1000", "--format", "html", "--output", "report"]
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in test_isolation
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not begun.exists() and process.poll() is None:
            assert not (tmp_path / "report").exists()
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said == b"report/index.html: 0 formulas; interrupted: 0 of 1 claim finished\n"
    page = parsed((tmp_path / "report" / "index.html").read_text())
    assert words(with_class(page, "warning")[0]) == "Interrupted: 0 of 1 claim finished. The rest is missing."


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "html"], "--format html writes a folder of pages; add --output FOLDER, such as --output report/"),
        (["--format", "html", "--output", "pyproject.toml"], "expected a folder, found a file; --format html writes several pages"),
        (["--format", "html", "--output", "no/where"], "does not exist"),
        (["--format", "html", "--output", "."], "expected a folder of its own, found the current folder or one that contains it"),
    ],
)
def test_mistakes_are_named_before_anything_is_checked(project: Path, arguments: list[str], said: str) -> None:
    done = qedoc(project, "check", *arguments)
    assert said in done.stderr
    assert (done.returncode, done.stdout) == (2, "")


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_pages, "WANTED", ("jinja2", "not-installed-anywhere"))
    with pytest.raises(
        QedocError, match=r"needs not-installed-anywhere, which is not installed; install with: pip install 'qedoc\[html\]'"
    ):
        html_pages.check_installed()


# parts


def test_equal_results_give_equal_pages(tmp_path: Path) -> None:
    found = outcome(PROVED, REFUTED, curves=(replace(CURVE, claim=PROVED.id),))
    assert reported(found, tmp_path) == reported(found, tmp_path)


def test_codes_that_are_not_selected_are_not_shown(tmp_path: Path) -> None:
    assert "#QED101" in reported(outcome(REFUTED), tmp_path)["optax.html"]
    assert "#QED101" not in reported(outcome(REFUTED), tmp_path, select=("QED3",))["optax.html"]


def test_without_matplotlib_a_page_says_why_it_has_no_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = outcome(REFUTED, curves=(replace(CURVE, claim=REFUTED.id),))
    assert "<svg" in reported(found, tmp_path)["optax.html"]
    monkeypatch.setattr(html_pages, "can_draw", lambda: False)
    page = reported(found, tmp_path)["optax.html"]
    assert "<svg" not in page
    assert "There is no picture because matplotlib is not installed" in page


def test_modules_that_were_not_read_are_listed(tmp_path: Path) -> None:
    unread = Unread(name="optax.gone", reason="optax.gone cannot be imported")
    page = parsed(reported(outcome(PROVED, unread=(unread,)), tmp_path)["index.html"])
    assert "QED206 Optax.gone cannot be imported." in words(page)
    assert [node for node in page.iter() if node.get("id") == codes.UNREAD.code]


def names() -> Iterator[tuple[str, str, str]]:
    yield "optax.constant_schedule", "optax.constant_schedule", "optax"
    yield "optax.adam", "optax.adam.update", "optax"
    yield "lib.sub.Normal.log_prob", "lib.sub.Normal.log_prob", "lib.sub"
    yield "lonely", "lonely", "lonely"
    yield "", "", "other"


@pytest.mark.parametrize(("id_", "target", "module"), list(names()))
def test_claims_are_listed_under_modules(id_: str, target: str, module: str) -> None:
    assert module_of(replace(PROVED, id=id_, target=target)) == module


def test_names_of_files_and_anchors_are_safe_and_unique() -> None:
    taken = {"index"}
    found = [unique(name, taken) for name in ("index", "Index", "a/../b", "a#2", "", "../..", "a b")]
    assert found == ["index-2", "Index-3", "a-..-b", "a-2", "formula", "formula-2", "a-b"]


def test_places_are_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA"):
        monkeypatch.delenv(name, raising=False)
    inside = Location(path=str(tmp_path / "src" / 'a "b#.py'), line=3)
    place = place_of(inside, base=str(tmp_path), folder=tmp_path / "report")
    assert (place.text, place.link) == ('src/a "b#.py:3', "../src/a%20%22b%23.py#L3")
    outside = place_of(Location(path=json.__file__, line=7), base=str(tmp_path), folder=tmp_path / "report")
    assert (outside.text, outside.link) == ("json/__init__.py:7", f"{Path(json.__file__).as_uri()}#L7")
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_REPOSITORY", "one/two")
    monkeypatch.setenv("GITHUB_SHA", "abc")
    assert place_of(inside, base=str(tmp_path), folder=tmp_path).link == "https://github.com/one/two/blob/abc/src/a%20%22b%23.py#L3"


def test_evidence_and_readings_are_plain_text() -> None:
    found = dict(evidence(REFUTED))
    assert found["Properties"] == ("refuted: constant for t >= T (differs, at t=2)", "proved: continuous in t")
    assert found["Findings"] == ("the code raises ValueError, at decay_steps=0",)
    assert readings(()) == []
