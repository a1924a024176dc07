"""Collects the claims of a run from spec files, docstrings and the command line."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from qedoc.claims.request import Request
from qedoc.engine import collect_tasks
from qedoc.engine.collect_docstrings import DocstringReader
from qedoc.engine.dispatch import Dispatcher
from qedoc.engine.history import History
from qedoc.engine.messages import Claim, Survey
from qedoc.engine.pool import settled
from qedoc.errors import Location, QedocError, UnknownTargetError, meant, question
from qedoc.results.outcome import Unread
from qedoc.sources.pages import is_pages, page_of
from qedoc.sources.specfiles import SpecFile, duplicates

AT_DOCSTRING = "@docstring"
"""Suffix of the id of a docstring's claim, if a spec has a claim with the same id."""


def object_of(name: str) -> str:
    """Returns the dotted path of the object in a target or claim id."""
    return name.removesuffix(AT_DOCSTRING).partition("#")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """Collects claims in worker processes. Errors are added to those of the dispatcher.

    Attributes:
        dispatcher: runs the tasks.
        history: is notified of the collected claims.
    """

    dispatcher: Dispatcher
    history: History = field(default_factory=History)

    def collect(self, files: Sequence[SpecFile]) -> list[Claim]:
        """Returns the claims of all spec files, in order. If several claims have the same id, returns the first and adds an error."""
        replies = [(file, self.dispatcher.submit(collect_tasks.collect, file)) for file in files]
        claims: list[Claim] = []
        for file, future in replies:
            reply = settled(future)
            claims += self.dispatcher.accept(reply, "running the spec file", Location(path=file.path, line=1)) or ()
        self.dispatcher.errors += duplicates((claim.id, claim.location) for claim in claims)
        first: dict[str, Claim] = {}
        for claim in claims:
            first.setdefault(claim.id, claim)
        self.history.collected(claims)
        return list(first.values())

    def survey(self, names: Sequence[str], within: str = "") -> list[Claim]:
        """Returns the claims in the docstrings of all names, without duplicates. If a file is given, only those in this file."""
        readings = [(name, DocstringReader(dispatcher=self.dispatcher, name=name, within=within)) for name in names]
        found: dict[tuple[Location, str], Claim] = {}
        for name, reading in readings:
            survey = reading.result()
            if survey is None:
                continue
            for unread in (*survey.unread, *_empty(name, survey)):
                self.dispatcher.leave_out(unread)
            for failure in survey.failures:
                self.dispatcher.refuse(failure, f"reading the docstrings of {name}", failure.location)
            for claim in survey.claims:
                found.setdefault((claim.location, claim.id), claim)
        return list(found.values())

    def asked(self, names: Sequence[str], within: str = "") -> list[Claim]:
        """Returns the claims in the docstrings of all names. A name can also be the id of a claim, such as `mylib.loss#2`.

        Args:
            names: the names.
            within: the file that contains the claims; empty for all claims.
        """
        claims = self.survey(list(dict.fromkeys(page_of(name) or object_of(name) for name in names)), within)
        ids = {name.removesuffix(AT_DOCSTRING) for name in names if "#" in name}
        for name in sorted(ids - {claim.id for claim in claims}):
            known = ", ".join(claim.id for claim in claims if claim.target == object_of(name))
            self.dispatcher.errors.append(QedocError(f"no formula has the id {name}; existing ids: {known or 'none'}"))
        only_ids = {page_of(name) or object_of(name) for name in ids} - {*names}
        return [claim for claim in claims if claim.id in ids or not only_ids & {claim.target, claim.location.path}]

    def beside(self, names: Sequence[str], written: Sequence[Claim]) -> list[Claim]:
        """Returns the claims in docstrings, with ids that differ from those of the claims in spec files."""
        taken = {claim.id for claim in written}
        found: dict[str, Claim] = {}
        for name in names:
            errors, unread = len(self.dispatcher.errors), len(self.dispatcher.unread)
            claims = [_apart(claim, taken) for claim in self.survey([name])]
            if len(self.dispatcher.errors) == errors:
                self.history.surveyed(name, claims, self.dispatcher.unread[unread:])
            for claim in claims:
                found.setdefault(claim.id, claim)
        return list(found.values())

    def given(self, request: Request) -> list[Claim]:
        """Returns the claims of a formula from the command line."""
        reply = settled(self.dispatcher.submit(collect_tasks.given, request))
        if unanswered := self.dispatcher.unanswered(reply, "reading the formula"):
            if unanswered.ends or unanswered.trace:
                self.dispatcher.refuse(unanswered, request.target, None)
            return [collect_tasks.undecided(request, unanswered.message)]
        return list(self.dispatcher.accept(reply, f"reading the formula for {request.target}", None) or ())

    def select(self, claims: list[Claim], wanted: Sequence[str], *, alone: bool) -> list[Claim]:
        """Selects the wanted claims. A name without a claim adds an error.

        Args:
            claims: all claims.
            wanted: targets or claim ids; empty for all.
            alone: whether all selected claims must have the same target.

        Raises:
            QedocError: if `alone` is set and there are several targets.
        """
        names = sorted({name for claim in claims for name in (claim.id, claim.target)})
        self.dispatcher.errors += [unknown(name, names) for name in wanted if name not in names]
        chosen = [claim for claim in claims if not wanted or claim.id in wanted or claim.target in wanted]
        targets = {claim.target for claim in chosen}
        if alone and len(targets) > 1:
            raise QedocError(f"a plot can only show the claims of one target, found {len(targets)} targets; name one target")
        return chosen


def _apart(claim: Claim, taken: Collection[str]) -> Claim:
    """The claim of a docstring, with ids that differ from those of claims in spec files."""
    apart = {id_: f"{id_}{AT_DOCSTRING}" for id_ in (claim.id, *claim.part_of) if id_ in taken}
    return replace(claim, id=apart.get(claim.id, claim.id), part_of=tuple(apart.get(id_, id_) for id_ in claim.part_of))


def _empty(name: str, survey: Survey) -> list[Unread]:
    """Reports a name whose docstrings have no display formula."""
    if survey.claims:
        return []
    number = f"{survey.looked} docstring{'' if survey.looked == 1 else 's'}"
    if is_pages(name):
        number = "these pages"
    reason = f"{name}: no display formula in {number} (.. math::, $$, \\[ or a math fence)"
    return [Unread(name=name, reason=reason, empty=True)]


def unknown(name: str, names: Sequence[str]) -> UnknownTargetError:
    """Returns the error for a name that is neither a target nor a claim, with similar names."""
    file = "" if "." in name else ", and no file or folder has this name"
    return UnknownTargetError(f"no spec has the target {name}{file}; {_near(name, names)}", name)


def _near(name: str, names: Sequence[str]) -> str:
    """Suggests the targets whose last part has a similar spelling; otherwise lists all targets."""
    if not names:
        return "no spec could be read"
    last = {known: known.rpartition(".")[2] for known in names if "#" in name or "#" not in known}
    alike = meant(name.rpartition(".")[2], last.values(), most=3)
    near = [known for part in alike for known in last if last[known] == part]
    return question(near) or f"the targets are {', '.join(last)}"
