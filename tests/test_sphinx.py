import json
import os
import re
import shutil
import time
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from sphinx_project import SPEC, build, built, check, write
from test_mathml import case, with_cases

from qedoc.errors import QedocError
from qedoc.lock.points import curve_of
from qedoc.lock.seals import sealed
from qedoc.lock.store import load
from qedoc.sphinx import figures, lock_reader, verification
from qedoc.sphinx.builders import mathml
from qedoc.sphinx.details import facts, grounds
from qedoc.sphinx.docstring_marks import matching
from qedoc.sphinx.domain import anchor
from qedoc.sphinx.rendering import _code


@pytest.fixture(scope="session")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose lock file is fresh."""
    folder = write(tmp_path_factory.mktemp("sphinx") / "small", wrong=True)
    assert check(folder) == 1
    return folder


@pytest.fixture
def project(checked: Path, tmp_path: Path) -> Path:
    """A copy without the wrong claim's page; times stay, as in a clone that is built twice."""
    return Path(shutil.copytree(checked, tmp_path / "small"))


def never(folder: Path) -> None:
    """No verification: the process under test can import no jax, and this one is not to wait."""
    conf = folder / "docs" / "conf.py"
    conf.write_text(conf.read_text() + 'qedoc_verify = "never"\n')


def page(folder: Path, text: str) -> None:
    (folder / "docs" / "other.rst").write_text(f"Other\n=====\n\n{text}\n")


def mark(name: str) -> re.Pattern[str]:
    """The mark of a status: a link with one sentence on its meaning."""
    return re.compile(rf'<a class="qedoc-status qedoc-{name}" title="[^"]+" href="[^"]+">{name}</a>')


def html(folder: Path, name: str = "ramp") -> str:
    return (folder / "built" / "html" / f"{name}.html").read_text()


def names(folder: Path) -> str:
    return next(id_ for id_ in lock_reader.read([folder]).entries if id_.startswith("small.decay#"))


def test_formula_with_status_symbols_properties_code_and_picture(project: Path) -> None:
    built(project)
    shown = html(project)
    assert re.search(r'<a class="qedoc-status qedoc-proved" title="A proof shows[^"]*" href="https://[^"]*/verdicts.md">proved</a>', shown)
    shown = shown.replace("<wbr>", "")
    for text in (
        r"\[\min\left(T, x\right)\]",
        "greatest value",
        "the value is at most",
        "A proof shows that the code computes this formula.",
        "1 path",
        "docstring of small.ramp",
        "spec/ramp.py:9",
    ):
        assert text in shown
    assert '<details class="qedoc-fold">' in shown
    assert "<summary>What the code computes</summary>" in shown
    assert 'role="img"' in shown
    assert "<desc" in shown
    assert 'href="ramp.html#formula-small.ramp"' in html(project, "index")
    assert "2 formulas: 2 proved" in html(project, "index")
    assert "small.ramp" in html(project, "qedoc-formulas")


def test_all_builders_tell_the_same_of_a_formula(project: Path) -> None:
    entry = lock_reader.read([project]).entries["small.ramp"]
    told = [text for symbol in entry.result.symbols for text in (symbol.name, symbol.meaning)]
    for fact in (*facts(entry), *grounds(entry)):
        told += [fact.name, *(piece.latex or piece.text for line in fact.lines for piece in line.pieces)]
    assert len(told) > 12
    for builder, name in (("html", "ramp.html"), ("pseudoxml", "ramp.pseudoxml")):
        shown = unescape((built(project, builder) / name).read_text()).replace("<wbr>", "")
        assert [text for text in told if text not in shown] == []


def test_meaning_of_a_symbol_is_found_by_the_search(project: Path) -> None:
    build(project)
    index = json.loads((project / "built" / "html" / "searchindex.js").read_text().removeprefix("Search.setIndex(").removesuffix(")"))
    assert index["terms"]["greatest"] == index["docnames"].index("ramp")


def test_formula_that_is_no_longer_known_is_said_and_its_page_still_built(project: Path) -> None:
    never(project)
    build(project)
    lock = load(project / "qedoc.lock")
    del lock.claims["small.ramp"]
    (project / "qedoc.lock").write_text(lock.text())
    done = build(project)
    assert done.returncode == 0
    assert "ramp.rst:4: WARNING: no formula 'ramp'" in done.stderr


def test_refuted_formula_is_a_warning_with_file_line_and_counterexample(project: Path) -> None:
    page(project, f".. formula:: {names(project)}")
    done = build(project, "html", "-W", "--keep-going")
    assert done.returncode == 1
    assert re.search(
        r"docs/other\.rst:4: WARNING: formula small\.decay.* \(spec/wrong\.py:9\) is refuted: at .*rate=.*: documented .*, code ",
        done.stderr,
    )
    assert "the documented formula gives" in html(project, "other")


def test_build_that_failed_fails_when_it_is_repeated(project: Path) -> None:
    page(project, f".. formula:: {names(project)}")
    told = [build(project, "html", "-W").stderr for _ in range(2)]
    assert "is refuted" in told[0]
    assert told[1] == told[0]


def test_refuted_formula_that_is_expected_to_be_is_no_warning(project: Path) -> None:
    page(project, f".. formula:: {names(project)}\n   :expect: refuted")
    built(project)


def test_accepted_refutation_is_no_warning_and_still_shown(project: Path) -> None:
    never(project)
    page(project, f".. formula:: {names(project)}")
    entry = {"code": "QED101", "claim": names(project), "subject": "", "message": "", "reason": "issue 123"}
    (project / "qedoc-baseline.json").write_text(json.dumps({"baseline": 1, "findings": [entry]}))
    built(project)
    assert "qedoc-status qedoc-refuted" in html(project, "other")
    (project / "qedoc-baseline.json").write_text(json.dumps({"baseline": 1, "findings": [entry | {"claim": "another"}]}))
    assert "is refuted" in build(project, "html").stderr


def test_proved_formula_that_is_expected_to_be_refuted_is_a_warning(project: Path) -> None:
    page(project, ".. formula:: ramp\n   :no-index:\n   :expect: refuted")
    assert "other.rst:4: WARNING: formula small.ramp (spec/ramp.py:9): expected refuted, found proved" in build(project).stderr


def test_nothing_is_injected(project: Path) -> None:
    page(project, f".. formula:: {names(project)}\n   :expect: refuted\n   :code:\n   :plot:")
    for file in built(project).glob("*.html"):
        text = file.read_text()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<strong>time" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html(project, "other")


def corrected(project: Path) -> None:
    """A page with a formula for which the lock file has two corrections, the second with markup in it."""
    never(project)
    page(project, f".. formula:: {names(project)}\n   :expect: refuted\n   :short:")
    lock = load(project / "qedoc.lock")
    kept = lock.claims[names(project)]
    written = kept["formula"]["latex"]
    best = {"latex": written.replace("{", "{- ", 1), "sympy": "exp(-r*t)", "verdict": "proved", "reason": "1 cell", "cost": 1.0}
    other = {**best, "latex": written.replace("t", "<b>"), "verdict": "tested"}
    lock.claims[names(project)] = kept | {"corrections": [best, other], "repair": 20.0}
    (project / "qedoc.lock").write_text(lock.text())


def test_corrections_are_marked_by_more_than_colour(project: Path) -> None:
    corrected(project)
    built(project)
    shown = html(project, "other")
    first, other = re.findall(r'<div class="qedoc-change">(.*?)</div>', shown, re.DOTALL)
    assert re.search(rf'<p class="qedoc-heading">Correction {mark("proved").pattern}</p>', shown)
    assert '<span>written</span> <code class="notranslate">e^{<del></del>r t}</code>' in first
    assert '<span>right</span> <code class="notranslate">e^{<ins>-</ins> r t}</code>' in first
    assert r"\[e^{- r t}\]" in shown
    assert "<summary>Another correction (tested, not proved)</summary>" in shown
    assert "e^{r <del>t</del>}" in other
    assert "e^{r <ins>&lt;b&gt;</ins>}" in other


def test_corrections_are_marked_on_pages_without_colours(project: Path) -> None:
    corrected(project)
    shown = (built(project, "text") / "other.txt").read_text()
    assert "Correction (proved):\n\n   - e^{r t}\n   + e^{- r t}\n        ^\n\n   exp(-r*t)\n" in shown


def test_page_chooses_values_and_range_of_a_picture(project: Path) -> None:
    page(project, ".. formula:: ramp\n   :no-index:\n   :at: top=2\n   :range: -3, 3")
    shown = (built(project) / "other.html").read_text()
    assert "Other inputs: top=2. The formula goes from -3 at x=-3 to 2 at x=3" in shown
    never(project)
    shutil.rmtree(project / "built")
    assert "The formula goes from -3 at x=-3 to 2" in (built(project) / "other.html").read_text()  # the data is kept beside the lock file
    shutil.rmtree(project / "qedoc.lock.d" / "views")
    told = build(project, "html", "-E").stderr
    assert "other.rst:4: WARNING: the plot of small.ramp at 'top=2' has no data in" in told


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (":at: y=", ":at 'y=': expected values such as x=1, y=0.5 or b=[1, 2], found 'y='"),
        (":at: y=1", ":at: 'y=1': the formula small.ramp has no input 'y'; it has x, top"),
        (":range: 3, -3", ":range '3, -3': the first number must be less than the second; write -3, 3"),
    ],
)
def test_bad_values_and_ranges_are_said_with_file_and_line(project: Path, options: str, message: str) -> None:
    never(project)
    page(project, f".. formula:: ramp\n   :no-index:\n   {options}")
    assert f"other.rst:4: WARNING: {message}" in build(project).stderr


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("Min(x, T)", "Min(x, -T)", "the spec file has changed"),
        ("return jnp.minimum(x, top)", "return jnp.maximum(x, top)", "the code has changed: small.py: ramp"),
    ],
)
def test_changed_spec_or_code_is_stale(project: Path, old: str, new: str, reason: str) -> None:
    never(project)
    file = project / ("spec/ramp.py" if old in SPEC else "small.py")
    file.write_text(file.read_text().replace(old, new))
    done = build(project, "html", "-W", "--keep-going")
    assert done.returncode == 1
    message = f"ramp.rst:4: WARNING: formula small.ramp (spec/ramp.py:9) is stale: {reason}; run qedoc check"
    assert message in done.stderr
    assert mark("stale").search(html(project))


def test_changed_spec_is_verified_before_pages_are_read(project: Path) -> None:
    (project / "spec" / "ramp.py").write_text(SPEC.replace("Min(x, T)", "Min(x, T) + x - x * x"))
    done = build(project, "html", "-W", "--keep-going")
    assert done.returncode == 1
    assert re.search(
        r"ramp\.rst:4: WARNING: formula small\.ramp \(spec/ramp\.py:9\) is refuted: at .*top=.*: documented .*, code ", done.stderr
    )


def test_spec_that_does_not_run_is_a_warning(project: Path) -> None:
    (project / "spec" / "ramp.py").write_text("1 / 0\n")
    assert "ended with exit code 2: error: spec/ramp.py:1: the spec does not run: ZeroDivisionError" in build(project).stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (".. formula:: rammp", "other.rst:4: WARNING: no formula 'rammp' in qedoc.lock; did you mean ramp?"),
        (".. formula:: ramp", "ramp.rst:4: WARNING: duplicate description of formula small.ramp, other instance in other"),
        (":formula:`nowhere`", "other.rst:4: WARNING: no page shows the formula nowhere"),
        (".. qedoc:status:: nowhere", "other.rst:4: WARNING: no formula begins with 'nowhere'"),
        (".. formula:: ramp\n   :no-index:\n   :expect: fine", 'Error in "formula" directive'),
    ],
)
def test_bad_input_is_said_with_file_and_line(project: Path, text: str, message: str) -> None:
    page(project, text)
    assert message in build(project, "dummy").stderr


def test_bad_configuration_is_said(project: Path) -> None:
    assert (
        "qedoc_verify: expected one of 'stale', 'never', 'always', found 'sometimes'"
        in build(project, "html", "-D", "qedoc_verify=sometimes").stderr
    )


def test_lock_file_with_merge_conflict_is_said(project: Path) -> None:
    (project / "qedoc.lock").write_text("<<<<<<< ours\n")
    assert "the lock file has merge conflicts" in build(project, "dummy", "-D", "qedoc_verify=never").stderr


def test_formula_of_a_library_that_is_not_installed_here_still_stands(project: Path) -> None:
    never(project)
    (project / "small.py").unlink()
    lock = load(project / "qedoc.lock")
    for id_, kept in lock.claims.items():
        lock.claims[id_] = sealed(kept | {"versions": kept["versions"] | {"a-distribution-that-is-nowhere": "1"}})
    (project / "qedoc.lock").write_text(lock.text())
    built(project)
    assert mark("proved").search(html(project))


def test_formula_verified_with_another_version_is_stale(project: Path) -> None:
    never(project)
    lock = load(project / "qedoc.lock")
    kept = lock.claims["small.ramp"]
    lock.claims["small.ramp"] = sealed(kept | {"versions": kept["versions"] | {"sphinx": "1.0"}})
    (project / "qedoc.lock").write_text(lock.text())
    assert "is stale: verified with sphinx 1.0, but " in build(project).stderr


def test_lock_file_that_is_not_whole_is_verified_anew_or_said(project: Path) -> None:
    lock = load(project / "qedoc.lock")
    del lock.claims["small.ramp"]["formula"]
    (project / "qedoc.lock").write_text(lock.text())
    told = build(project, "dummy", "-D", "qedoc_verify=never").stderr
    assert "no formula 'ramp' in qedoc.lock (qedoc.lock is damaged (QedocError: " in told
    (read,) = lock_reader.read([project]).projects
    assert verification.is_wanted(verification.When.STALE, read)


@pytest.mark.parametrize("builder", ["text", "man"])
def test_plain_builders_show_readable_formulas(project: Path, builder: str) -> None:
    shown = "".join(file.read_text() for file in built(project, builder).iterdir())
    assert "Min(T, x)" in shown.replace("\\-", "-")
    assert "\\min" not in shown
    assert "The formula goes from" in shown


def test_formula_of_a_man_page_begins_a_paragraph(project: Path) -> None:
    page(project, "Before it.\n\n.. formula:: ramp\n   :no-index:")
    build(project, "man")
    assert "Before it.\n.sp\n\\fBsmall.ramp\\fP proved\n" in (project / "built" / "man" / "small.1").read_text()


def test_latex_has_picture_and_formula(project: Path) -> None:
    folder = built(project, "latex")
    shown = (folder / "small.tex").read_text()
    assert r"\min\left(T, x\right)" in shown
    picture = re.search(r"includegraphics\[.*\]\{\{(qedoc-\w+)\}\.pdf\}", shown)
    assert picture
    assert (folder / f"{picture[1]}.pdf").read_bytes().startswith(b"%PDF")


def test_book_has_mathml(project: Path) -> None:
    shown = (built(project, "epub") / "ramp.xhtml").read_text()
    assert "<math" in shown
    assert r"\min" not in shown


def test_tex_without_mathml_is_refused() -> None:
    assert mathml(r"\frac{1}{2}", block=True) is not None
    assert mathml(r"\nosuchmacro{", block=True) is None


def contents(folder: Path) -> dict[str, object]:
    """All files; the search index, which older versions of Sphinx write in the order of the processes, by what it says."""
    found: dict[str, object] = {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    index = (folder / "searchindex.js").read_text()
    found["searchindex.js"] = json.loads(index[index.index("{") : index.rindex("}") + 1])
    return {name: content for name, content in found.items() if name != ".buildinfo"}


def test_parallel_build_gives_the_same_bytes(project: Path) -> None:
    for k in range(8):
        (project / "docs" / f"more{k}.rst").write_text(f":orphan:\n\nMore {k}\n{'=' * 20}\n\n.. formula:: ramp\n   :no-index:\n   :plot:\n")
    serial, parallel = (built(project, "html", "-j", jobs, out=f"with-{jobs}") for jobs in ("1", "2"))
    assert contents(serial) == contents(parallel)


def read_pages(told: str) -> str:
    found = re.search(r"(\d+) added, (\d+) changed, (\d+) removed", told)
    assert found, told
    return found[0]


def test_formulas_are_linked_from_other_documentation(project: Path, tmp_path: Path) -> None:
    build(project)
    other = tmp_path / "other"
    (other / "docs").mkdir(parents=True)
    (other / "pyproject.toml").touch()
    inventory = project / "built" / "html" / "objects.inv"
    mapping = f'intersphinx_mapping = {{"small": ("https://example.org/", {str(inventory)!r})}}'
    (other / "docs" / "conf.py").write_text(f'extensions = ["sphinx.ext.intersphinx", "qedoc.sphinx"]\n{mapping}\nqedoc_verify = "never"\n')
    (other / "docs" / "index.rst").write_text("Other\n=====\n\n:formula:`small.ramp`\n")
    built(other)
    assert 'href="https://example.org/ramp.html#formula-small.ramp"' in html(other, "index")


def test_second_build_finds_its_configuration_as_it_was(project: Path) -> None:
    for _ in range(2):
        told = build(project).stdout
    assert "configuration has changed" not in told
    assert (project / "built" / "html" / "_static" / "qedoc.css").is_file()


def test_second_build_reads_nothing_and_a_touched_spec_only_its_page(project: Path) -> None:
    assert read_pages(build(project).stdout) == "3 added, 0 changed, 0 removed"
    assert read_pages(build(project).stdout) == "0 added, 0 changed, 0 removed"
    later = time.time() + 100  # than the page was read, however long that took
    os.utime(project / "spec" / "ramp.py", (later, later))
    touched = build(project).stdout
    assert read_pages(touched) == "0 added, 1 changed, 0 removed"
    assert "reading sources... [100%] ramp" in touched


def edit_lock(folder: Path, id_: str) -> None:
    lock = load(folder / "qedoc.lock")
    lock.claims[id_]["source"] += ", second edition"
    (folder / "qedoc.lock").write_text(lock.text())


def test_changed_lock_rereads_the_pages_that_show_what_changed(project: Path) -> None:
    never(project)
    build(project)
    edit_lock(project, "small.ramp")
    assert read_pages(build(project).stdout) == "0 added, 2 changed, 0 removed"  # the page of the formula and the page with the summary


def test_other_formula_of_the_lock_rereads_no_page_of_this_one(project: Path) -> None:
    never(project)
    (project / "docs" / "index.rst").write_text("Small\n=====\n\n.. toctree::\n\n   ramp\n   other\n")
    build(project)
    edit_lock(project, names(project))
    assert read_pages(build(project).stdout) == "0 added, 0 changed, 0 removed"


def test_pictures_have_the_same_bytes_and_are_kept(project: Path, tmp_path: Path) -> None:
    points = lock_reader.read([project]).entries["small.ramp"].points
    first, second = (figures.svg(points, tmp_path / name) for name in ("a", "b"))
    assert first == second
    assert figures.pdf(points, tmp_path / "a").read_bytes() == figures.pdf(points, tmp_path / "b").read_bytes()
    (kept,) = (tmp_path / "a").glob("*.svg")
    kept.write_text("kept")
    assert figures.svg(points, tmp_path / "a") == "kept"


def test_picture_follows_the_colours_of_the_page(project: Path, tmp_path: Path) -> None:
    drawn = figures.svg(lock_reader.read([project]).entries["small.ramp"].points, tmp_path)
    assert "var(--qedoc-documented" in drawn
    assert 'fill="currentColor"' in drawn
    assert re.findall(r"(?<!, )#[0-9a-f]{6}\b", drawn) == []
    assert "<style" not in drawn


def test_numbers_that_are_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "points.json").write_text('{"claim": "x"}')
    with pytest.raises(QedocError, match=r"points\.json: cannot read the data of the plot"):
        curve_of(tmp_path / "points.json")


API = """\
import sys

sys.path.insert(0, "..")
extensions = ["sphinx.ext.autodoc", "qedoc.sphinx"]
autodoc_mock_imports = ["jax"]
"""


def autodoc(folder: Path, options: str = "") -> str:
    """The warnings of a build in which autodoc shows the library's docstrings."""
    conf = folder / "docs" / "conf.py"
    conf.write_text(conf.read_text() + API + options)
    page(folder, ".. autofunction:: small.ramp\n.. autofunction:: small.decay")
    return build(folder, "html", "--keep-going").stderr


def test_formulas_in_docstrings_have_marks(project: Path) -> None:
    told = autodoc(project)
    assert re.search(
        r"small\.py:docstring of small\.decay:\d+: WARNING: formula of small\.decay \(small\.py:24\) is refuted: at .*: doc", told
    )
    assert "small.ramp" not in told
    marks = re.findall(r'<p class="qedoc-mark"><a class="[^"]*" title="[^"]*" href="[^"]*">(\w+)</a>', html(project, "other"))
    assert marks == ["proved", "refuted"]
    assert r"\exp(<ins>-</ins>\mathrm{rate} \cdot t).</code>" in html(project, "other")


def test_marks_that_warned_warn_again(project: Path) -> None:
    told = autodoc(project)
    assert "is refuted" in told
    assert build(project, "html", "--keep-going").stderr == told


def test_marks_are_chosen_and_lead_where_the_project_says(project: Path) -> None:
    autodoc(project, 'qedoc_marks = ["refuted"]\nqedoc_help = "ramp#{verdict}"\nqedoc_verify = "never"\n')
    marks = re.findall(r'<p class="qedoc-mark"><a class="[^"]*" title="([^"]*)" href="([^"]*)">', html(project, "other"))
    assert marks == [("The code does not compute this formula: there is an input with another result.", "ramp.html#refuted")]


def test_bad_settings_of_marks_are_said(project: Path) -> None:
    never(project)
    conf = project / "docs" / "conf.py"
    text = conf.read_text()
    conf.write_text(text + 'qedoc_marks = ["prooved"]\n')
    assert "qedoc_marks: expected some of proved, tested, refuted" in build(project).stderr
    conf.write_text(text + 'qedoc_help = "nowhere"\n')
    assert "WARNING: qedoc_help: expected the address of a page (https://...) or the name of a page" in build(project).stderr


def test_table_of_one_project(project: Path) -> None:
    never(project)
    page(project, ".. qedoc:status::\n   :project: .\n   :counts:\n\n.. qedoc:status::\n   :project: elsewhere")
    told = build(project).stderr
    assert "other.rst:8: WARNING: :project: 'elsewhere': expected one of qedoc_projects: '.'" in told
    assert "4 formulas" in html(project, "other")


def test_role_that_leads_nowhere_is_a_warning(project: Path) -> None:
    never(project)
    page(project, "See :formula:`small.nothing` and :formula:`small.ramp`.")
    told = build(project, "html", "-W", "--keep-going", nitpicky=False)
    assert told.returncode == 1
    assert "other.rst:4: WARNING: no page shows the formula small.nothing; add a directive for it, or correct the name" in told.stderr
    assert "small.ramp;" not in told.stderr


def test_changed_docstring_has_no_mark_of_the_formula_that_it_had(project: Path) -> None:
    never(project)
    file = project / "small.py"
    file.write_text(file.read_text().replace(r"\min(x,", r"\max(x,"))
    autodoc(project)
    assert re.findall(r'<p class="qedoc-mark"><a class="[^"]*" title="[^"]*" href="[^"]*">(\w+)</a>', html(project, "other")) == ["refuted"]


def test_formula_of_the_spec_can_be_rendered_into_the_docstring(project: Path) -> None:
    autodoc(project, "qedoc_autodoc_formulas = True\n")
    assert r"\[\min\left(T, x\right)\]" in html(project, "other")


def test_formula_of_another_file_is_not_marked(project: Path) -> None:
    entries = [lock_reader.read([project]).entries["small.ramp@docstring"]]
    latex = "\\min(x, \\mathrm{top})."
    assert matching(entries, latex, f"{project}/small.py:docstring of small.ramp") == entries
    assert matching(entries, latex, "/else/where.py:docstring of small.ramp") == entries
    assert matching(entries, latex, "/else/where.py:docstring of large.ramp") == []
    assert matching(entries, latex + "y", f"{project}/small.py:docstring of small.ramp") == []


def test_objects_of_one_name_are_told_apart(project: Path) -> None:
    entries = lock_reader.read([project]).entries
    ramp = entries["small.ramp"]
    twin = replace(ramp, result=replace(ramp.result, id="small.b.ramp", target="small.b.ramp"))
    shelf = lock_reader.Library({"small.ramp": ramp})
    assert shelf.of("small.inner.ramp") == [ramp]
    assert shelf.of("other.ramp") == []
    assert lock_reader.Library({"small.ramp": ramp, "small.b.ramp": twin}).of("small.b.ramp") == [twin]
    assert lock_reader.Library({"small.ramp": ramp, "small.b.ramp": twin}).of("small.b.c.ramp") == []
    assert lock_reader.Library({"small.b.ramp": twin}).of("small.a.ramp") == []


def test_anchors_differ_where_ids_do() -> None:
    ids = ["a.b", "a.b#c", "a.b-c", "a.b#c d", "a.b#c-d", "a.b#é", "a.b#è", "a.b#<", "a.b#>"]
    assert len({anchor(id_) for id_ in ids}) == len(ids)
    assert anchor("optax.exponential_decay#staircase") == "formula-optax.exponential_decay-staircase"


def test_name_of_several_formulas_is_refused() -> None:
    assert lock_reader.Library().entries == {}
    with pytest.raises(LookupError, match="run qedoc check"):
        lock_reader.Library().find("x")


def test_a_claim_about_arrays_shows_one_formula_of_the_code() -> None:
    result = with_cases(case("n=1"), case("n=2"), case("n=3"))
    entry = lock_reader.Entry(
        result=result, stale="", file=Path("x.py"), points=None, lock=Path("qedoc.lock"), shown={}, in_docstring=False
    )
    (fold,) = _code(entry, (None, None))
    assert fold.astext().startswith("What the code computes, for n=2")
    assert _code(replace(entry, result=with_cases(case("n=1", code=None))), (None, None)) == []
