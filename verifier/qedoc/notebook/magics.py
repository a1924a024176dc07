"""The magics `%qedoc` and `%%qedoc`."""

import atexit
import re
import sys
from collections.abc import Sequence
from typing import Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, line_cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from qedoc.cli.run import given, question
from qedoc.config.options import Settings, settled, with_repair
from qedoc.engine import schedule
from qedoc.engine.carried import Carrying
from qedoc.engine.pool import Workers
from qedoc.engine.spare import Fresh, Spare
from qedoc.errors import QedocError
from qedoc.notebook.answers import Answer, Lifted, named
from qedoc.notebook.shipping import Shipment, shipped
from qedoc.results.outcome import Outcome

JOBS = 2
"""The number of worker processes."""

COMMANDS = ("check", "lift")

_FENCE = re.compile(r"\s*(?:\$\$|\\\[)?(.*?)(?:\$\$|\\\])?\s*", re.DOTALL)


@magics_class
class QedocMagics(Magics):
    """Checks formulas of functions in the namespace of a notebook, in worker processes."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._names = shell
        self._spare = Spare(JOBS)
        atexit.register(self.close)

    def close(self) -> None:
        """Ends the worker processes."""
        self._spare.close()

    @magic_arguments()
    @argument("words", nargs="+", metavar="[check|lift] NAME", help="What to do, and the name of a function.")
    @argument("--bind", action="append", default=[], metavar="SYMBOL=PARAMETER", help="Bind a symbol to a parameter; repeatable.")
    @argument("--where", action="append", default=[], metavar="CONDITIONS", help="Conditions such as 'T > 0'; repeatable.")
    @argument("--set", action="append", default=[], dest="values", metavar="PARAMETER=VALUE", help="Fix a parameter; repeatable.")
    @argument("--timeout", type=float, metavar="SECONDS", help="Time limit.")
    @line_cell_magic
    def qedoc(self, line: str, cell: str | None = None) -> Answer | Lifted:
        r"""Check formulas of a function, or read off what it computes.

        `%qedoc lift f` gives the formula that f computes. `%qedoc check f` checks the formulas in its docstring. `%%qedoc f`, with LaTeX
        in the lines below, checks this formula.
        """
        options = parse_argstring(self.qedoc, line)
        words, bind, where, values = (
            [_unquoted(one) for one in found] for found in (options.words, options.bind, options.where, options.values)
        )
        command, name = self._asked(words, cell)
        try:
            shipment = shipped(name, self._names.user_ns)
            settings = with_repair(settled(timeout=options.timeout, max_points=None, seed=None, jobs=JOBS), None)
            if command == "lift":
                return self._lifted(shipment, settings, bind, values)
            if cell is None:
                outcome = self._checked(shipment, settings)
            else:
                asked = question([shipment.target], _formula(cell), bind, where, values)
                with self._workers(shipment) as pool:
                    outcome = schedule.given(asked, limits=settings.limits, jobs=JOBS, pool=pool)
        except QedocError as error:
            raise UsageError(named(str(error))) from None
        finally:
            self._spare.prepare()
        return _answer(outcome)

    def _asked(self, words: Sequence[str], cell: str | None) -> tuple[str, str]:
        command, rest = (words[0], words[1:]) if words[0] in COMMANDS and len(words) > 1 else ("check", words)
        if len(rest) != 1:
            raise UsageError(f"%qedoc: expected one function, as in %qedoc lift f, found {' '.join(rest)}")
        if cell is not None and command == "lift":
            raise UsageError("%%qedoc lift: the lines below are a formula, which lift does not need; write %qedoc lift " + rest[0])
        return command, rest[0]

    def _workers(self, shipment: Shipment) -> Workers:
        fresh = Fresh(self._spare)
        return fresh if shipment.carried is None else Carrying(fresh, shipment.carried)

    def _checked(self, shipment: Shipment, settings: Settings) -> Outcome:
        with self._workers(shipment) as pool:
            return schedule.audit([shipment.target], limits=settings.wide, jobs=JOBS, pool=pool)

    def _lifted(self, shipment: Shipment, settings: Settings, bind: Sequence[str], values: Sequence[str]) -> Lifted:
        letters, fixed = given(bind, values)
        with self._workers(shipment) as pool:
            found, errors = schedule.lift(shipment.target, [], settings.limits, letters, fixed, pool=pool)
        if errors:
            raise errors[0]
        return Lifted(found)


def _unquoted(word: str) -> str:
    """A word of the line without quotes around it, which IPython leaves."""
    quoted = len(word) > 1 and word[0] == word[-1] and word[0] in "'\""
    return word[1:-1] if quoted else word


def _formula(cell: str) -> str:
    """The LaTeX of a cell, without the signs around a display."""
    match = _FENCE.fullmatch(cell)
    return match[1] if match else cell


def _answer(outcome: Outcome) -> Answer:
    for remark in outcome.remarks:
        print(f"warning: {remark}", file=sys.stderr)  # noqa: T201  # the notebook shows it beside the result
    if outcome.errors:
        raise UsageError(named("; ".join(map(str, outcome.errors))))
    if outcome.stopped:
        raise UsageError(outcome.interruption)
    return Answer(outcome)


def load(shell: Any) -> None:
    """Registers the magics.

    Args:
        shell: the shell of IPython.
    """
    shell.register_magics(QedocMagics(shell))
