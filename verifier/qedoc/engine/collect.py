"""The claims of spec files, docstrings and command lines, as worker processes read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from qedoc.engine import collect_tasks
from qedoc.engine.collect_docstrings import DocstringReader
from qedoc.engine.dispatch import Dispatcher
from qedoc.engine.history import History
from qedoc.engine.messages import Claim, Survey
from qedoc.engine.pool import settled
from qedoc.errors import Location, QedocError, UnknownTargetError, meant, question
from qedoc.results.outcome import Unread
from qedoc.sources.specfiles import SpecFile, duplicates

AT_DOCSTRING = "@docstring"
"""The end of a claim's id whose docstring is checked beside a spec of the same name."""


def object_of(name: str) -> str:
    """The object of a target or of the id of a claim."""
    return name.removesuffix(AT_DOCSTRING).partition("#")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """Where the claims of a run come from; what cannot be read is an error of the dispatcher.

    Attributes:
        dispatcher: where the reading is done.
        history: hears of what was read.
    """

    dispatcher: Dispatcher
    history: History = field(default_factory=History)

    def collect(self, files: Sequence[SpecFile]) -> list[Claim]:
        """The claims of all files, in order; of several with one id the first."""
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

    def survey(self, names: Sequence[str]) -> list[Claim]:
        """The claims in the docstrings of all names; what two names share comes once."""
        readings = [(name, DocstringReader(dispatcher=self.dispatcher, name=name)) for name in names]
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

    def asked(self, names: Sequence[str]) -> list[Claim]:
        """The claims in the docstrings of all names, of which some may be ids of claims, such as `mylib.loss#2`."""
        claims = self.survey(list(dict.fromkeys(object_of(name) for name in names)))
        ids = {name.removesuffix(AT_DOCSTRING) for name in names if "#" in name}
        for name in sorted(ids - {claim.id for claim in claims}):
            known = ", ".join(claim.id for claim in claims if claim.target == object_of(name))
            self.dispatcher.errors.append(QedocError(f"no formula has the id {name}; the ids there are {known or 'none'}"))
        partly = {object_of(name) for name in ids} - {*names}
        return [claim for claim in claims if claim.id in ids or claim.target not in partly]

    def beside(self, names: Sequence[str], written: Sequence[Claim]) -> list[Claim]:
        """The claims in docstrings, with ids that the claims of spec files do not have."""
        taken = {claim.id for claim in written}
        found: dict[str, Claim] = {}
        for name in names:
            errors, unread = len(self.dispatcher.errors), len(self.dispatcher.unread)
            claims = [replace(claim, id=f"{claim.id}{AT_DOCSTRING}") if claim.id in taken else claim for claim in self.survey([name])]
            if len(self.dispatcher.errors) == errors:
                self.history.surveyed(name, claims, self.dispatcher.unread[unread:])
            for claim in claims:
                found.setdefault(claim.id, claim)
        return list(found.values())

    def given(self, target: str, latex: str, bind: Mapping[str, str], where: Sequence[str]) -> list[Claim]:
        """The claims of a formula."""
        reply = settled(self.dispatcher.submit(collect_tasks.given, target, latex, dict(bind), tuple(where)))
        if unanswered := self.dispatcher.unanswered(reply, "reading the formula"):
            if unanswered.ends or unanswered.trace:
                self.dispatcher.refuse(unanswered, target, None)
            return [collect_tasks.undecided(target, latex, unanswered.message)]
        return list(self.dispatcher.accept(reply, f"reading the formula for {target}", None) or ())

    def select(self, claims: list[Claim], wanted: Sequence[str], *, alone: bool) -> list[Claim]:
        """The claims that are wanted; a name that no claim has is an error, and so is a second target for one picture.

        Args:
            claims: all claims.
            wanted: targets or claim ids; all if empty.
            alone: whether they must all be of one target.
        """
        names = sorted({name for claim in claims for name in (claim.id, claim.target)})
        self.dispatcher.errors += [unknown(name, names) for name in wanted if name not in names]
        chosen = [claim for claim in claims if not wanted or claim.id in wanted or claim.target in wanted]
        targets = {claim.target for claim in chosen}
        if alone and len(targets) > 1:
            raise QedocError(f"a picture shows the claims of one target, found {len(targets)} targets; name one")
        return chosen


def _empty(name: str, survey: Survey) -> list[Unread]:
    """Says that a name has no display formula, if it has none."""
    if survey.claims:
        return []
    looked = f"{survey.looked} docstring{'' if survey.looked == 1 else 's'}"
    reason = f"{name}: no display formula in {looked} (.. math::, $$, \\[ or a math fence)"
    return [Unread(name=name, reason=reason, empty=True)]


def unknown(name: str, names: Sequence[str]) -> UnknownTargetError:
    """The error for a name that is neither a target nor a claim, with the near ones."""
    file = "" if "." in name else ", and no file or folder has this name"
    return UnknownTargetError(f"no spec has the target {name}{file}; {_near(name, names)}", name)


def _near(name: str, names: Sequence[str]) -> str:
    """The targets whose last part is spelled alike; else all of them."""
    if not names:
        return "no spec could be read"
    last = {known: known.rpartition(".")[2] for known in names if "#" in name or "#" not in known}
    alike = meant(name.rpartition(".")[2], last.values(), most=3)
    near = [known for part in alike for known in last if last[known] == part]
    return question(near) or f"the targets are {', '.join(last)}"
