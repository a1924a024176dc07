"""The HTML report: a folder of pages, each of which is self-contained. Needs the extra `html`."""

from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

from qedoc import __version__
from qedoc.errors import QedocError, attempt
from qedoc.lock.versions import installed
from qedoc.report.formats import Report
from qedoc.report.layout import count
from qedoc.results import codes
from qedoc.results.verdict import Verdict

WANTED = ("jinja2", "latex2mathml")
"""The distributions of the extra."""


def check_installed() -> None:
    """Checks that the extra is installed.

    Raises:
        QedocError: if it is not.
    """
    missing = [name for name in WANTED if name not in installed(WANTED)]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise QedocError(
            f"--format html needs {' and '.join(missing)}, which {verb} not installed; install with: pip install 'qedoc[html]'"
        )


def can_draw() -> bool:
    """Whether pictures can be drawn."""
    return bool(installed(["matplotlib"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module on the overview.

    Args:
        name: its dotted name.
        page: the file name of its page.
        counts: the number of formulas with each verdict.
    """

    name: str
    page: str
    counts: Mapping[Verdict, int]

    @property
    def total(self) -> int:
        """The number of its formulas."""
        return sum(self.counts.values())


def pages(made: Report, folder: Path, macros: Mapping[str, "str | tuple[Any, ...]"]) -> dict[str, str]:
    """Returns the text of each file of the report by name.

    Args:
        made: the report.
        folder: the folder that the pages will be written to, for links to files.
        macros: the macros of the project.
    """
    from qedoc.report.cards import Maker, unique

    cards = Maker(report=made, folder=folder, macros=macros, pictures=_pictures(made)).cards()
    taken = {"index"}
    names = dict.fromkeys(sorted(card.module for card in cards))
    modules = [
        Module(name=name, page=f"{unique(name, taken)}.html", counts=Counter(card.verdict for card in cards if card.module == name))
        for name in names
    ]
    page_of = {module.name: module.page for module in modules}
    counts = Counter(card.verdict for card in cards)
    shared = {
        "version": __version__,
        "title": _title(made),
        "pictures": can_draw(),
        "page_of": page_of,
        "told": _told(cards),
    }
    environment = _environment()
    index = environment.get_template("index.html").render(
        **shared,
        report=made,
        outcome=made.outcome,
        modules=modules,
        cards=cards,
        counts=counts,
        elsewhere=[notice for notice in made.found if notice.code in (codes.UNREAD, codes.EMPTY, codes.STALE, codes.GONE)],
        causes=_causes(cards),
        folder=folder,
    )
    found = {"index.html": index}
    module_page = environment.get_template("module.html")
    for module in modules:
        inside = [card for card in cards if card.module == module.name]
        found[module.page] = module_page.render(**shared, module=module, counts=module.counts, cards=inside)
    return {**found, ".gitignore": "*\n"}


def counted(made: Report) -> str:
    """Counts the formulas of a report with each verdict, in one line."""
    from qedoc.report.audit_summary import blocks

    found = Counter(block.verdict for block in blocks(made.outcome.claims))
    told = ", ".join(f"{found[verdict]} {str(verdict).replace('-', ' ')}" for verdict in Verdict if found[verdict])
    ended = f"; {made.outcome.interruption}" if made.outcome.stopped else ""
    return count(found.total(), "formula") + (f": {told}" if told else "") + ended


def _title(made: Report) -> str:
    names = made.outcome.audited
    return f"qedoc: {', '.join(names[:3])}{' ...' if len(names) > 3 else ''}" if names else "qedoc report"


def _told(cards: Sequence[Any]) -> list[codes.Code]:
    """The kinds of findings in the report, which the overview explains."""
    found = {flag.code.code for card in cards for flag in card.flags}
    return [code for code in codes.CODES if code.code in found]


def _causes(cards: Sequence[Any]) -> list[tuple[Verdict, list[tuple[Any, list[str], list[Any]]]]]:
    """For each verdict without an answer: each cause, its most frequent constructs, and the claims with their cards."""
    from qedoc.report.audit_summary import OPEN, by_cause, constructs
    from qedoc.report.cards import selected

    rows = []
    for verdict in (*OPEN, Verdict.NOT_A_CLAIM):
        found = {entry.claim.id: (card, entry) for card, entry in selected(cards, (verdict,))}
        groups = by_cause([entry.claim for _, entry in found.values()])
        if groups:
            rows.append((verdict, [(cause, constructs(group), [found[claim.id] for claim in group]) for cause, group in groups]))
    return rows


def _pictures(made: Report) -> dict[str, Any]:
    """The picture of each case that has one. One that cannot be drawn is left out: no verdict rests on it."""
    if not (made.outcome.curves and can_draw()):
        return {}
    from markupsafe import Markup

    from qedoc.report.picture import for_pages
    from qedoc.report.plot import draw

    found = {}
    for k, curve in enumerate(made.outcome.curves):
        untitled = replace(curve, claim="")  # its card has the title
        drawn = attempt(partial(draw, [untitled], Path("picture.svg")), None)
        if drawn is not None:
            found[curve.claim] = Markup(for_pages(drawn.decode(), curve, f"picture-{k}"))  # noqa: S704  # the drawing escapes text
    return found


def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("qedoc.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_clean,
    )
    folder = files("qedoc.report").joinpath("templates")
    script = folder.joinpath("report.js").read_text(encoding="utf-8")
    environment.globals |= {
        "verdicts": tuple(Verdict),
        "style": Markup(folder.joinpath("report.css").read_text(encoding="utf-8")),  # noqa: S704  # a file of this package
        "script": Markup(script),  # noqa: S704  # as above
        "script_hash": b64encode(sha256(script.encode()).digest()).decode(),
    }
    environment.filters |= {"words": lambda verdict: str(verdict).replace("-", " "), "breakable": _breakable, "sentence": _sentence}
    environment.filters["grouped"] = lambda items: [(key, list(group)) for key, group in groupby(items)]
    return environment


def _clean(value: Any) -> Any:
    """Replaces characters that HTML does not allow."""
    if isinstance(value, str) and not value.isprintable():
        kept = "".join(letter if letter in "\n\t" or (letter >= " " and not "\x7f" <= letter <= "\x9f") else "\ufffd" for letter in value)
        return type(value)(kept)
    return value


def _breakable(name: str) -> Any:
    """A dotted name or a path that may be broken after a dot, a slash and an underscore."""
    from markupsafe import Markup, escape

    text = str(escape(name))
    for mark in "._/":
        text = text.replace(mark, f"{mark}<wbr>")
    return Markup(text)  # noqa: S704  # escaped above


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".") if text else ""
