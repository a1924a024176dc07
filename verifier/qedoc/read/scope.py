"""Resolves the names in a formula: declared values, bound variables, indices and functions."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

import sympy as sp

from qedoc.read.columns import compared, multiplied, paired, quadratic, transposed
from qedoc.read.functions import LETTERS
from qedoc.read.matrices import COLUMN, MATRIX, SCALAR, Opener
from qedoc.read.reading import Names, Option
from qedoc.read.standard import is_changed, is_standard
from qedoc.read.tokens import BOLD, Kind, Token
from qedoc.read.tree import SYMBOLS, Group, Node, contents, equated, relation, spelled, walk
from qedoc.read.turned import KINDS, assignments, is_identity

ACCENTS = frozenset({"hat", "bar", "tilde", "widehat", "widetilde", "dot", "check", "breve", "acute", "grave", "mathring"})
TRANSPOSE = "a transpose"
"""The notation of a transpose of letters that nothing calls vectors."""
CONVENTIONAL = frozenset("ijklmn")
SYLLABLES = frozenset({"min", "in", "ln", "lim", "kl", "nil", "mil", "ml", "mm", "nm", "km", "ill", "mn"})

KNOWN_LETTERS = frozenset(name for name, _ in LETTERS)

_USUAL = {
    "Gamma": r"\bgamma\b",
    "gamma": r"\bgamma\b",
    "B": r"\bbeta\b",
    "psi": r"\b(di|poly)gamma\b(?!.*\border\b)|\bpsi function\b",
    "zeta": r"\bzeta\b",
    "Phi": r"^(?=.*\b(cdf|cumulative|distribution function)\b)(?!.*\b(log|logarithm|inverse|tail|minus|derivative)\b).*\b(normal|Gauss\w*)",
    "sigma": r"^\W*(the\s+)?(standard\s+)?(logistic(\s+sigmoid)?|sigmoid)(\s+(activation\s+)?function)?\b(?!\s+distribution)",
}
"""What a text says of a letter that stands for the function that it usually stands for."""

_BESSEL = {
    "I": r"\bmodified bessel function\b(?!.*\bsecond kind)",
    "K": r"\bmodified bessel function\b(?!.*\bfirst kind)",
    "J": r"(?<!modified )\bbessel function\b(?!.*\bsecond kind)",
    "Y": r"(?<!modified )\bbessel function\b(?!.*\bfirst kind)",
}
"""What a text says of a letter with a subscript, `I_k`, that is a Bessel function of this order."""

_OPERATORS = ("sum", "prod", "max", "min")
_DISTRIBUTION_LETTERS = frozenset("fFpPS")
_LONE = re.compile(r"(?<![A-Za-z])[a-z](?![A-Za-z])")
"""Letters in the text, which may be names in other formulas."""

_FUNCTION = re.compile(r"\bfunctions?\b", re.IGNORECASE)
_MEAN = re.compile(r"\b(mean|average)\b", re.IGNORECASE)
_CONJUGATE = re.compile(r"\bconjugate\b", re.IGNORECASE)
_OVERLINED = re.compile(r"\\overline\{\\?([A-Za-z]+)")
_STYLE = re.compile(r"\\(mathrm|mathit|mathbf|mathtt|mathsf|boldsymbol|bm|text\w*|operatorname\*?|vec)\s*\{([^{}]*)\}")
_ACCENT = re.compile(r"\\(" + "|".join(sorted(ACCENTS)) + r")\s*(\{([^{}]*)\}|\\?[A-Za-z]+)")
_CALLIGRAPHIC = re.compile(r"\\(mathcal|mathscr)\s*\{([^{}]*)\}")


_DIFFERENCE = re.compile(r"^\\(Delta)\s*(?:\s|(?=\\))\s*\\?([A-Za-z]+)$")
"""A letter with a Delta before it, which is one name."""


def plain(name: str) -> str:
    r"""The plain form of a name: `\beta_1` is beta_1, `\hat{m}` is m_hat, `f_{pdf}` is f_pdf, `\Delta t` is Delta_t."""
    name = _STYLE.sub(r"\2", _DIFFERENCE.sub(r"\1_\2", name.strip()))
    name = _CALLIGRAPHIC.sub(r"cal_\2", name)
    name = _ACCENT.sub(lambda m: f"{plain(m.group(3) or m.group(2))}_{m.group(1).removeprefix('wide')}", name)
    return re.sub(r"[\\{}\s]", "", name.replace("\\_", "_"))


_COUNTED = re.compile(
    r"^(?!.*\b(?:vector|matrix|matrices|array|each|per)\b).*\b(?:number|count|dimension\w*|scalar|size|constant|rate|rank|order|length)\b",
    re.IGNORECASE,
)
"""What a text says of a letter that is a number."""

DEFINED = "defined by a formula"
"""The explanation of a symbol that the left side of a formula defines."""


class Scope:
    """The names of one reading. It grows while the left sides are read."""

    def __init__(self, names: Names, nodes: Sequence[Node]) -> None:
        self.own = {plain(name) for name in names.functions}
        self.functions = set(self.own)
        self.siblings = {plain(name) for name in names.siblings}
        self.legend = {plain(name): text for name, text in names.legend.items()}
        self.usual = {name for name, text in self.legend.items() if _is_usual(name, text)}
        given = {plain(name).replace("_", "") for name in names.parameters}
        values = {name for name in self.legend if name.replace("_", "") in given and not is_applied(nodes, name)}  # U_2 is the parameter U2
        explained = {name for name, text in self.legend.items() if _FUNCTION.search(text) and name not in values} | self.usual
        self.functions |= explained - self.usual
        for name in explained:
            del self.legend[name]
        self.nodes, self.about = nodes, names.about
        self.said = (*names.legend.values(), *names.descriptions)
        self.constants = {plain(name): value for name, value in names.constants.items()}
        self.parameters = {plain(name) for name in names.parameters} - self.own
        self.conjugates = {found[1] for name, text in names.legend.items() if _CONJUGATE.search(text) and (found := _OVERLINED.match(name))}
        self.mean = any("langle" in name and _MEAN.search(text) for name, text in names.legend.items())
        self.step, self.group, self.channel = names.step, names.group, names.channel
        self.weights = {plain(name) for name in names.weights}
        self.matrices = {plain(name) for name in names.matrices} | self.weights
        self.vectors = {plain(name) for name in names.vectors} | set(_bold(nodes)) | (set(_averaged(nodes)) if self.mean else set())
        self.columns = {plain(name) for name in names.columns}
        self.vectors |= {name for name in _numbered(nodes) if name in self.legend}
        self.vectors |= self.matrices | set(quadratic(nodes, self.matrices))
        self.vectors |= set(multiplied(nodes, self.vectors - self.matrices))
        self.decisions = names.decisions
        self.open: dict[str, tuple[Option, ...]] = {}
        self.transposed = set(transposed(nodes, self.vectors | self.matrices | set(names.legend) | self.parameters)) - self.vectors
        self.paired = set(paired(nodes, CONVENTIONAL))
        self.paired = set() if self.paired & (self.vectors | self.matrices | self.own) else self.paired
        self.identities: set[str] = set()
        self.flipped: frozenset[str] = frozenset()
        self.turned = self._turned(names)
        self.vectors |= self._columns() | self._paired()
        self.symbols = {*self.parameters, *self.legend, *self.constants, *self.vectors} - self.own
        self.letters = index_letters(nodes) | (set(compared(nodes)) & _on_the_left(nodes) & CONVENTIONAL)
        self.families = set(_families(nodes))
        self.bound: list[str] = []
        self.running = _on_the_left(nodes)
        self.pointers: set[str] = set()
        self.random = ""
        self.implied: dict[sp.Basic, None] = {}
        self.over_entries: set[str] = set()
        self.notes: dict[str, None] = {}
        words = [item for items in walk(nodes) for item in items if isinstance(item, Token) and item.kind in (Kind.WORD, Kind.TEXT)]
        elsewhere = set(_LONE.findall(names.about))
        self.opener = Opener(self, self.symbols.union(elsewhere, *((word.text, *word.text) for word in words)))

    def choose(self, notation: str, *options: Option) -> str:
        """Chooses how to read a notation: as decided, or else in the first way. Remembers the options.

        Args:
            notation: the notation, which is read in the same way everywhere in the formula.
            options: the ways to read it, the most usual first.
        """
        self.open[notation] = options
        decided = self.decisions.get(notation)
        return next((option.value for option in options if option.value == decided), options[0].value)

    def _columns(self) -> set[str]:
        """The letters with a transpose that nothing calls vectors, if they are read as vectors."""
        if not self.transposed:
            return set()
        vectors = Option(value="of vectors", why="a transpose is of a vector or a matrix", sure="possible")
        numbers = Option(value="of numbers", why="a number is its own transpose", sure="possible")
        return self.transposed if self.choose(TRANSPOSE, vectors, numbers) == vectors.value else set()

    def _paired(self) -> set[str]:
        """The parameters in angle brackets of two values, if they are read as vectors."""
        if not self.paired:
            return set()
        vectors = Option(value="of vectors", why="angle brackets around two values are an inner product", sure="suggested")
        numbers = Option(value="of numbers", why="the inner product of two numbers is their product", sure="possible")
        return self.paired if self.choose("an inner product", vectors, numbers) == vectors.value else set()

    def _turned(self, names: Names) -> bool:
        """Whether letters are taken as matrices and vectors because of transposes and traces. Declares them."""
        told = {plain(name) for name in names.vectors} | self.weights | self.columns
        known = dict.fromkeys(told, COLUMN) | dict.fromkeys(self.matrices, MATRIX)
        texts = {**dict(text.partition(": ")[::2] for text in names.descriptions), **self.legend}
        ways = assignments(self.nodes, known, {name for name, text in texts.items() if _COUNTED.search(text)})
        if not ways or set(ways[0].kinds) <= self.transposed:
            return False
        self.transposed = set()
        chosen = self.choose(KINDS, *(way.option for way in ways))
        way = next(way for way in ways if way.option.value == chosen)
        self.identities = {name for name in way.kinds if is_identity(name) and name not in {*self.parameters, *known}}
        self.matrices |= {name for name, kind in way.kinds.items() if kind == MATRIX}
        self.vectors = (self.vectors - set(way.kinds)) | {name for name, kind in way.kinds.items() if kind != SCALAR} | told
        self.flipped = way.flipped
        return True

    def declared(self, name: str) -> bool:
        """Whether the name is known to stand for a value."""
        return name in self.symbols or name in self.bound or name in self.letters

    def explained(self, name: str) -> bool:
        """Whether more than a parameter's name explains the symbol."""
        return name in self.legend or name in self.constants or name in self.bound or name in self.vectors

    def is_function(self, name: str, *, letters: bool = True) -> bool:
        """Whether the name stands for a function. `letters` says that it is written in letters and not as a Greek macro."""
        if name in self.functions:
            return True
        base, _, suffix = name.partition("_")
        member = len(base) == 1 and base in _DISTRIBUTION_LETTERS and suffix in self.siblings
        return letters and (member or name in self.siblings) and not self.declared(name)

    def symbol(self, name: str) -> sp.Expr:
        """The symbol, or the constant that it stands for."""
        return self.constants.get(name, sp.Symbol(name))

    @contextmanager
    def binding(self, names: Iterable[str]) -> Iterator[None]:
        """Declares the bound variables of a sum, product or integral."""
        before = len(self.bound)
        self.bound += names
        try:
            yield
        finally:
            del self.bound[before:]


def _is_usual(name: str, text: str) -> bool:
    """Whether a text says that a name stands for the function that it usually stands for."""
    if name in _USUAL:
        return bool(re.search(_USUAL[name], text, re.IGNORECASE))
    if name[:1] in _BESSEL and name[1:2] == "_":
        return bool(re.search(_BESSEL[name[0]], text, re.IGNORECASE)) and not is_changed(text)
    return is_standard(name, text)


def is_applied(nodes: Sequence[Node], name: str) -> bool:
    r"""Whether a letter is somewhere followed by a bracket, perhaps with an exponent between them: `\Phi^{-1}(x)`."""
    for items in walk(nodes):
        for place, node in enumerate(items):
            if isinstance(node, Token) and node.text == name and (node.kind is Kind.WORD or name in SYMBOLS):
                after = place + (3 if place + 1 < len(items) and items[place + 1].is_char("^") else 1)
                group = items[after] if after < len(items) else None
                if isinstance(group, Group) and group.opener == "(":
                    return True
    return False


def has_entries(nodes: Sequence[Node], letter: str) -> bool:
    r"""Whether a letter has an index somewhere, as in `\prod_k x_k^{\alpha_k}`, so that it is an array."""
    for items in walk(nodes):
        for node, mark, script in zip(items, items[1:], items[2:], strict=False):
            if spelled(node) == letter and mark.is_char("_"):
                index = spelled(next(iter(contents(script)), script))
                if conventional_index(index):
                    return True
    return False


def stands_alone(nodes: Sequence[Node], letter: str, suffix: str) -> bool:
    """Whether a letter with a subscript is an operand somewhere: not before a bracket, not a whole side, and not a whole argument."""
    waiting = [(nodes, True)]
    while waiting:
        items, separate = waiting.pop()
        for place, node in enumerate(items):
            before = items[place - 1] if place else None
            scripted = before is not None and before.is_char("_", "^")
            if isinstance(node, Group):
                waiting.append((node.items, node.opener != "{" or scripted))
            elif not scripted and spelled(node) == letter and _is_operand(items, place, suffix, separate=separate):
                return True
    return False


def _is_operand(items: Sequence[Node], place: int, suffix: str, *, separate: bool) -> bool:
    """Whether the letter at a place is an operand. In `separate` items, such as arguments, a letter alone is none."""
    after = place + 1
    if suffix:
        if after + 1 >= len(items) or not items[after].is_char("_") or spelled(items[after + 1]) != suffix:
            return False
        after += 2
    following = items[after] if after < len(items) else None
    if isinstance(following, Group) and following.opener in ("(", "[", "{"):
        return False
    if following is not None and (following.is_char("_", "'") or (following.is_char("^") and _applied_power(items, after))):
        return False
    return not (separate and _is_edge(items[place - 1] if place else None) and _is_edge(following))


def _applied_power(items: Sequence[Node], at: int) -> bool:
    """Whether a bracket follows an exponent: `f^{-1}(x)`."""
    return at + 2 < len(items) and isinstance(group := items[at + 2], Group) and group.opener == "("


def _is_edge(node: Node | None) -> bool:
    """Whether a node is not part of an operand's neighbourhood: an end, a mark or a relation."""
    if node is None:
        return True
    wide = isinstance(node, Token) and node.kind not in (Kind.WORD, Kind.NUMBER, Kind.TEXT, Kind.MACRO, Kind.CHAR)
    return wide or bool(relation(node)) or node.is_char(",", ";", "&", ".")


def spelled_all(nodes: Sequence[Node]) -> str:
    """The text of nodes without their delimiters."""
    return "".join(map(spelled, nodes))


def _bold(nodes: Sequence[Node]) -> Iterator[str]:
    for items in walk(nodes):
        for place, item in enumerate(items):
            if not isinstance(item, Token):
                continue
            if item.kind is Kind.TEXT and item.font in BOLD:
                yield item.text
            elif item.is_macro(*BOLD) and place + 1 < len(items):
                yield from (t.text for t in contents(items[place + 1]) if isinstance(t, Token) and t.text in SYMBOLS)


def _numbered(nodes: Sequence[Node]) -> Iterator[str]:
    r"""The names of bold letters with a subscript, such as `x_i` for `\mathbf{x}_i`: vectors, where the text says what they are."""
    for items in walk(nodes):
        for item, mark, script in zip(items, items[1:], items[2:], strict=False):
            if isinstance(item, Token) and item.kind is Kind.TEXT and item.font in BOLD and mark.is_char("_"):
                yield f"{item.text}_{spelled(script)}"


def _averaged(nodes: Sequence[Node]) -> Iterator[str]:
    """Symbols alone in angle brackets."""
    for items in walk(nodes):
        for item in items:
            if isinstance(item, Group) and item.opener == "angle" and len(item.items) == 1 and isinstance(item.items[0], Token):
                yield item.items[0].text


def index_letters(nodes: Sequence[Node]) -> set[str]:
    """Letters that occur as an index: bound by a sum, or in a subscript that can only hold indices."""
    found: set[str] = set()
    for items in walk(nodes):
        found |= set(summed(items))
        for place, item in enumerate(items[:-1]):
            if not item.is_char("_"):
                continue
            if not (place and items[place - 1].is_macro(*_OPERATORS)):
                found |= set(_letters(contents(items[place + 1])))
    return found


def _on_the_left(nodes: Sequence[Node]) -> set[str]:
    """Letters that are a subscript before the first equality sign, so that the formula is about each of their values."""
    left, *rights = equated(nodes)
    found = index_letters(left) if rights else set()
    for items in walk(left) if rights else ():
        for mark, script in pairwise(items):
            if mark.is_char("_"):
                found |= {one.text for one in contents(script) if isinstance(one, Token) and one.kind is Kind.WORD and len(one.text) == 1}
    return found


def _families(nodes: Sequence[Node]) -> Iterator[str]:
    r"""Names whose other subscripts are indices too, because one is.

    That is an index that is summed over (`\sum_j x_j` beside `x_i`), computed (`p_{M-1}`), or counted with dots (`p_0` and `p_n`).
    """
    sequences = list(walk(nodes))
    over = {letter for items in sequences for letter in summed(items)}
    dots = any(node.is_macro("ldots", "cdots", "dots") for items in sequences for node in items)
    numbered: dict[str, set[str]] = {}
    for items in sequences:
        for base, mark, script in zip(items, items[1:], items[2:], strict=False):
            if not mark.is_char("_") or not isinstance(base, Token):
                continue
            inside = contents(script)
            if len(inside) == 1 and isinstance(inside[0], Token) and inside[0].text in over:
                yield base.text
            letters = any(isinstance(node, Token) and node.text.isalpha() for node in inside)
            if letters and any(node.is_char("+", "-") for node in inside[1:]):
                yield base.text
            if len(inside) == 1 and isinstance(inside[0], Token) and inside[0].kind is Kind.NUMBER:
                numbered.setdefault(base.text, set()).add(inside[0].text)
    yield from (base for base, numbers in numbered.items() if dots and len(numbers) > 1)


def summed(items: Sequence[Node]) -> Iterator[str]:
    """Yields the letters that are the index of a sum, a product or a maximum among some nodes."""
    for mark, script, before in zip(items[1:], items[2:], items, strict=False):
        if mark.is_char("_") and before.is_macro(*_OPERATORS):
            yield from (t.text for t in contents(script)[:1] if isinstance(t, Token) and t.kind is Kind.WORD and len(t.text) == 1)


def _letters(inside: Sequence[Node]) -> Iterator[str]:
    words = [item for item in inside if isinstance(item, Token) and item.kind is Kind.WORD]
    if len(inside) == 1:
        yield from (letter for word in words if conventional(word.text) for letter in word.text)
        return
    for place, item in enumerate(inside):
        based = place + 1 < len(inside) and inside[place + 1].is_char("_")
        letters = isinstance(item, Token) and item.kind is Kind.WORD and (len(item.text) == 1 or conventional(item.text))
        if isinstance(item, Token) and letters and not based:
            yield from item.text


_NUMBER_OF = re.compile(r"\W*(?:the\s+)?(?:total\s+)?(?:number|count)\s+of\s+[\w-]+(?:\s+[\w-]+)?\W*", re.IGNORECASE)


def is_number_of(text: str) -> bool:
    """Whether a text says that a symbol counts things, and no more: `the number of classes`."""
    return bool(_NUMBER_OF.fullmatch(text))


def conventional_index(letter: str) -> bool:
    """Whether a letter is conventionally an index."""
    return letter in CONVENTIONAL


def conventional(run: str) -> bool:
    """Whether a run of letters is conventionally read as indices, like `ij`."""
    return 1 < len(run) <= 3 and set(run) <= CONVENTIONAL and run not in SYLLABLES
