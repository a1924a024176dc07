"""The lines of a rule with a state, with an indexed name for each value at a step."""

import re
from collections.abc import Sequence

import sympy as sp

from qedoc.algebra.large import LARGE, WRITTEN_OUT, Largest, Smallest
from qedoc.bind.blocks import Block
from qedoc.bind.coupled import is_over_entries, without_entries
from qedoc.bind.records import Obstruction
from qedoc.bind.roles import GRADIENT, output_of
from qedoc.read.reading import Extent
from qedoc.read.step_names import Timed
from qedoc.read.steps import Line

INPUT = sp.IndexedBase("g")
"""The gradient that each step is given."""

OBJECTIVE = sp.IndexedBase("f")
"""The value of the function at the parameters, which a step may be given beside the gradient."""

BEGIN = sp.Symbol("theta_0")
"""The parameters before the first step."""


EMPTY = {sp.Sum: sp.S.Zero, Largest: -sp.oo, Smallest: sp.oo}
"""The value of a sum or an extreme of no values."""


class RuleLines:
    """A rule whose names are sorted into values, inputs, parameters and hyperparameters.

    Args:
        block: the rule.

    Raises:
        Obstruction: for a line that is no step from the values before.
    """

    def __init__(self, block: Block) -> None:
        self.block = block
        output = output_of(block.lines, block.moved)
        assert output is not None  # blocks have one
        self.output = output
        self.applied = output.base in block.moved
        self.shifts = {line.left.base: line.left.shift or 0 for line in block.lines}
        if len(self.shifts) < len(block.lines):
            raise Obstruction("two lines of the rule give the same name a value", "give each value a name of its own")
        self.defined = {line.left.base for line in block.lines if line.left.shift is None}
        self.letters: dict[str, sp.Symbol] = {}
        self.sums: dict[str, sp.Expr] = {}
        self.empty: dict[str, sp.Expr] = {}
        self.over: dict[str, str] = {}
        self.averages: dict[str, str] = {}
        self._complete()
        lines = [(line.left.base, self._translated(line)) for line in block.lines]
        lines += [(base, self._like(base, lines)) for base in self.averages]
        self.lines = self._ordered([*self.sums.items(), *lines])

    # Names

    def symbols(self, base: str) -> sp.IndexedBase:
        """The indexed name of a value; one that the rule calls g, as it calls the gradient, has another name."""
        return sp.IndexedBase("g_used" if base == GRADIENT else base.replace(" ", "_"))

    def source(self, base: str) -> sp.IndexedBase:
        """The indexed name of a value or of the gradient."""
        return INPUT if base in (*self.block.gradients, GRADIENT) and base not in self.shifts else self.symbols(base)

    def _translated(self, line: Line) -> sp.Expr:
        """The value of a line, with an indexed name for each value at a step and a symbol for each letter."""
        ((_, value),) = line.values
        value = without_entries(self._running(value))
        own = {symbol for symbol in value.free_symbols if symbol in self.block.names}
        put = {symbol: self._put(line, self.block.names[symbol]) for symbol in own}
        inside = {e for e in value.free_symbols if isinstance(e, sp.Indexed)}
        for symbol in value.free_symbols - value.atoms(Extent) - own - inside - {e.base.label for e in inside} - {self.block.step}:
            if symbol.name in self.defined:
                put[symbol] = self.symbols(symbol.name)[self.block.step]
            else:
                self.letters.setdefault(symbol.name, sp.Symbol(symbol.name))
        return value.xreplace(put)

    def _put(self, line: Line, name: Timed) -> sp.Expr:
        t = self.block.step
        if name.slope:
            return INPUT[t - self._lag_of_gradient(name)]
        if name.height:
            if self._lag_of_gradient(name):
                raise Obstruction("a line uses the value of the function at the parameters of an earlier step", "use the value at the step")
            return OBJECTIVE[t]
        if name.base in self.shifts and name.shift is not None:
            lag = self.shifts[name.base] - name.shift
            own = name.base == line.left.base and lag == 0
            if own and not line.assigns:
                raise Obstruction(f"{name.base} at the same step is on both sides", "write the value before as the one at t - 1")
            if own and name.base in self.block.gradients:
                return INPUT[t]
            lag = 1 if own else lag
            if lag not in (0, 1):
                raise Obstruction(f"a line uses {name.base} {lag} steps before" if lag > 1 else f"a line uses {name.base} of a later step")
            return self.symbols(name.base)[t - lag]
        if name.base in self.block.gradients and name.shift is not None:
            if name.shift not in (0, -1):
                raise Obstruction(f"a line uses the gradient of step {self.block.step + name.shift}", "use g_t and g_{t-1}")
            return INPUT[t + name.shift]
        if name.base in self.block.moved and name.shift in (0, -1):
            return self.symbols(name.base)[t]  # the parameters before the step, whichever number they have
        if name.shift is None and name.base.removesuffix("_0") in self.block.moved and name.base.endswith("_0"):
            return BEGIN
        if name.shift is None and name.base in self.defined:
            return self.symbols(name.base)[t]
        letter = sp.Symbol(name.base)
        self.letters.setdefault(name.base, letter)
        return letter ** (t + name.shift) if name.raised and name.shift is not None else letter

    def _lag_of_gradient(self, name: Timed) -> int:
        """How many steps ago the gradient or the value at some parameters was fed in: 0 for those before the step.

        Raises:
            Obstruction: for the gradient at anything else, such as the parameters after the step.
        """
        if name.base not in self.block.moved:
            raise Obstruction(f"the gradient is taken at {name.base}, which is not called parameters", "write it as g_t")
        if name.shift is None:
            return 0
        lag = self.shifts[name.base] - name.shift - 1 if name.base in self.shifts else 0
        if lag not in (0, 1):
            raise Obstruction("the gradient is taken at parameters that are not known at the step", "write it as g_t")
        return lag

    def _complete(self) -> None:
        """Finds the running averages that no line gives, `E[x^2]` beside `E[g^2]`: they are averages like the one that a line gives."""
        given = [base for base in self.shifts if base.startswith("E[")]
        missing = {name.base for name in self.block.names.values() if name.base.startswith("E[") and name.base not in self.shifts}
        if len(given) == 1:
            self.averages = dict.fromkeys(sorted(missing), given[0])
            self.shifts |= dict.fromkeys(self.averages, self.shifts[given[0]])

    def _like(self, base: str, lines: Sequence[tuple[str, sp.Expr]]) -> sp.Expr:
        """The line of a running average, from the one of another value: `E[x^2]_t` from `E[g^2]_t`."""
        other = self.averages[base]
        names = {name.replace(" ", ""): name for name in (*self.shifts, GRADIENT)}
        of, by = (re.fullmatch(r"E\[(.+?)(?:\^2)?\]", name) for name in (base, other))
        squared = {name.endswith("^2]") for name in (base, other)}
        if of is None or by is None or len(squared) > 1 or of[1] not in names or by[1] not in names:
            raise Obstruction(f"nothing gives {base}", "write its line too")
        t = self.block.step
        put = {self.symbols(other)[t - 1]: self.symbols(base)[t - 1], self.source(names[by[1]])[t]: self.source(names[of[1]])[t]}
        return dict(lines)[other].xreplace(put)

    def _running(self, value: sp.Expr) -> sp.Expr:
        r"""A value with a name for each sum or extreme over all steps so far, `\sum_{k=1}^t g_k^2`."""
        t = self.block.step
        for total in value.atoms(*EMPTY):
            *inner, (index, first, last) = total.limits
            names = {
                s: self.block.names[s] for s in total.function.atoms(sp.Symbol) if s in self.block.names and self.block.names[s].running
            }
            if first != 1 or last != t or total.function.has(index) or not names:
                continue
            body = without_entries(total.func(total.function, *inner)) if inner else total.function
            base = f"{'sum' if isinstance(total, sp.Sum) else 'extreme'}_{len(self.sums) + 1}"
            put = {symbol: self.source(name.base)[t] for symbol, name in names.items()}
            joined = WRITTEN_OUT[type(total)]
            self.sums[base] = joined(self.symbols(base)[t - 1], body.xreplace(put))
            self.empty[base] = EMPTY[type(total)]
            self.over |= {base: names[body].base} if body in names else {}
            self.shifts[base] = 0
            value = value.xreplace({total: self.symbols(base)[t]})
        large = [part for part in value.atoms(*LARGE) if not is_over_entries(part)]
        if large or value.has(sp.Integral, sp.core.function.AppliedUndef):
            raise Obstruction(
                "a line has a sum over the steps or an unknown function", "write the sum as a value of its own, s_t = s_{t-1} + ..."
            )
        return value

    def _ordered(self, lines: Sequence[tuple[str, sp.Expr]]) -> list[tuple[str, sp.Expr]]:
        """The lines in an order in which each uses what the lines before it give."""
        t = self.block.step
        done: list[tuple[str, sp.Expr]] = []
        waiting = list(lines)
        while waiting:
            missing = {self.symbols(base)[t] for base, _ in waiting}
            ready = next((line for line in waiting if not line[1].atoms(sp.Indexed) & missing), None)
            if ready is None:
                raise Obstruction("the lines of the rule need one another's values at the same step")
            waiting.remove(ready)
            done.append(ready)
        return done

    @property
    def is_at_sure_points(self) -> bool:
        """Whether each point without a step, as in `f(x)`, must be the parameters before it: those after it depend on its line."""
        t, (output,) = self.block.step, [self.output.base]
        loose = {
            line.left.base
            for line in self.block.lines
            for symbol in line.values[0][1].free_symbols
            if (name := self.block.names.get(symbol)) is not None and (name.slope or name.height) and name.shift is None
        }
        used = {output}
        for base, value in reversed(self.lines):
            used |= {other for other, _ in self.lines if base in used and value.has(self.symbols(other)[t])}
        return loose <= used

    @property
    def used_before(self) -> list[str]:
        """The names whose value before the first step the lines use, the gradient among them."""
        t = self.block.step
        found = {e.base for _, value in self.lines for e in value.atoms(sp.Indexed) if e.indices == (t - 1,)}
        if INPUT in found and GRADIENT in self.shifts:
            raise Obstruction(
                f"the rule changes {GRADIENT} and uses the one before", f"call what is made of the gradient other than {GRADIENT}"
            )
        names = {name: self.symbols(name) for name in self.shifts} | ({} if INPUT not in found else {"": INPUT})
        return [name for name, base in names.items() if base in found and not (self.applied and name == self.output.base)]
