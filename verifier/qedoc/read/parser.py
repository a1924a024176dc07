"""Parses expressions: sums of terms, terms of factors, and factors with their scripts. Each macro has its own rule."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import NoReturn, TypeAlias

import sympy as sp

from qedoc.read import arithmetic, sequences
from qedoc.read.continued import going_on
from qedoc.read.factor import Factor, Shape, Term
from qedoc.read.listening import heard
from qedoc.read.neighbours import check, check_citation, check_vectors, of_sum, refuse_loose
from qedoc.read.products import joined
from qedoc.read.reading import Obstacle, Option, Refused
from qedoc.read.refusals import PRODUCTS, keyword, refusal
from qedoc.read.scope import Scope
from qedoc.read.tokens import FONTS, Kind, Token, after_first
from qedoc.read.tree import SYMBOLS, Group, Node

DEEPEST = 48


Rule: TypeAlias = Callable[["Parser", Token], Factor]

RULES: dict[str, Rule] = {}
BRACKETS: dict[str, Callable[["Parser", Group], Factor]] = {}
NAMES: list[Rule] = []
NUMBERS: list[Callable[["Parser", Token], Factor | None]] = []
PREFIXED: list[tuple[Callable[[Sequence[Node]], bool], Callable[["Parser", int], Factor]]] = []
SCRIPTS: list[Callable[["Parser", Factor], Factor]] = []

ARGUMENTS = {"frac": 2, "tfrac": 2, "dfrac": 2, "cfrac": 2, "binom": 2, "dbinom": 2, "tbinom": 2, "sqrt": 1}
ARGUMENTS |= dict.fromkeys(FONTS, 1)


def rule(*macros: str) -> Callable[[Rule], Rule]:
    """Registers the rule of macros that start a factor."""

    def register(function: Rule) -> Rule:
        RULES.update(dict.fromkeys(macros, function))
        return function

    return register


class Parser:
    """Reads one sequence of nodes.

    Args:
        items: the nodes.
        scope: what names mean.
        end: offset after the sequence, where a missing part would stand.
        depth: number of enclosing parsers.
    """

    def __init__(self, items: Sequence[Node], scope: Scope, end: int, depth: int = 0) -> None:
        self.items = list(items)
        self.scope = scope
        self.end = end
        self.depth = depth
        self.at = 0
        self.stops: Callable[[Parser], bool] = lambda _: False
        if depth > DEEPEST:
            raise Refused(
                Obstacle.LIMIT,
                f"nested more than {DEEPEST} levels deep",
                items[0].start if items else end,
                "define names for the inner parts",
            )

    def peek(self, ahead: int = 0) -> Node | None:
        """Returns the node `ahead` of the current one, or None at the end."""
        return self.items[self.at + ahead] if self.at + ahead < len(self.items) else None

    def take(self) -> Node:
        """Returns the current node and moves on."""
        node = self.peek()
        if node is None:
            raise self.missing()
        self.at += 1
        return node

    def takes(self, *spellings: str) -> bool:
        """Moves on if the current node is one of these characters or macros, and says whether it did."""
        node = self.peek()
        found = node is not None and (node.is_char(*spellings) or node.is_macro(*spellings))
        self.at += found
        return found

    def here(self) -> int:
        """The offset of the current node."""
        node = self.peek()
        return self.end if node is None else node.start

    def missing(self) -> Refused:
        """Creates the refusal of a formula that ends too early."""
        return Refused(Obstacle.MALFORMED, "an expression is missing here", self.end, "")

    def refuse(self, obstacle: Obstacle, what: str, suggestion: str = "", at: int | None = None) -> Refused:
        """Creates a refusal at the current node or at an offset."""
        return Refused(obstacle, what, self.here() if at is None else at, suggestion)

    def inside(self, items: Sequence[Node], end: int) -> "Parser":
        """Creates a parser for a part."""
        return Parser(items, self.scope, end, self.depth + 1)

    def within(self, group: Group) -> "Parser":
        """Creates a parser for the inside of a group."""
        return self.inside(group.items, group.end - 1)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Counts a nesting step without a delimiter, such as the argument of a bare function."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.refuse(Obstacle.LIMIT, f"nested more than {DEEPEST} levels deep", "define names for the inner parts")
        yield
        self.depth -= 1

    def built(self, start: int, make: Callable[..., sp.Expr], *arguments: sp.Expr) -> sp.Expr:
        """Builds a value from its parts, or refuses it at `start`."""
        try:
            return make(*arguments)
        except arithmetic.Impossible as error:
            raise Refused(Obstacle.LIMIT if error.limit else Obstacle.UNSUPPORTED, error.what, start) from error

    def value(self) -> sp.Expr:
        """Reads the value of the whole sequence."""
        start = self.here()
        value = heard(self.total(self.terms()), start, self._before())
        if self.peek() is not None:
            self.refuse_here()
        alone = self.items[0] if len(self.items) == 1 else None
        if isinstance(alone, Group) and alone.opener == "[":
            raise self.refuse(
                Obstacle.AMBIGUOUS, "a single value in square brackets: a list, or grouping", "remove the brackets", alone.start
            )
        return value

    def total(self, terms: Sequence[Term]) -> sp.Expr:
        """Adds terms, none of which may use the index of a preceding sum."""
        remainder = of_sum(terms, self.scope)
        captured: frozenset[str] = frozenset()
        for place, term in enumerate(terms):
            stray = captured & {str(symbol) for symbol in term.value.free_symbols}
            if stray and not stray & self.scope.running and (whole := going_on(self.scope, terms, place)) is not None:
                return whole
            if stray:
                what = f"{min(stray)} is the index of the preceding sum, which may or may not include this term"
                raise self.refuse(Obstacle.AMBIGUOUS, what, "put the sum, or what belongs to it, in parentheses", term.start)
            captured |= term.captured
        if remainder:
            return self._remainder(terms)
        if len(terms) == 1:
            return terms[0].value
        return self.built(terms[0].start, lambda *values: arithmetic.add(values), *(term.value for term in terms))

    def _remainder(self, terms: Sequence[Term]) -> sp.Expr:
        """The remainder of a whole sum, whose last term holds the divisor."""
        last = terms[-1].value
        negative = not isinstance(last, sp.Mod)
        dividend, divisor = (-last if negative else last).args
        parts = [*(term.value for term in terms[:-1]), -dividend if negative else dividend]
        total = self.built(terms[0].start, lambda *values: arithmetic.add(values), *parts)
        return self.built(terms[0].start, lambda a, b: arithmetic.unevaluated(sp.Mod, a, b), total, divisor)

    def terms(self) -> list[Term]:
        """Reads terms up to something that is not part of a sum."""
        found = [self.term(signed=True)]
        while not self.stops(self) and self._sign():
            following = self.peek(1)
            if self._sign() == "+" and following is not None and following.is_macro("ldots", "cdots", "dots"):
                found = [self._continued(found)]
            else:
                found.append(self.term(signed=True))
        return found

    def _continued(self, found: Sequence[Term]) -> Term:
        """The sum that dots stand in, which must be the whole so far."""
        self.take()
        at = self.here()
        self.take()
        refused = refusal(self.items[self.at - 1])  # type: ignore[arg-type]  # dots are a token
        if self._sign() != "+":
            raise refused
        last = self.term(signed=True)
        values = [term.value for term in (*found, last)]
        taken = {str(atom) for value in values for atom in value.atoms(sp.Symbol)} | self.scope.symbols | self.scope.letters
        index = sp.Symbol(next((name for name in "kijlmn" if name not in taken), "index"))
        total = sequences.continued(values[:-1], values[-1], index)
        if total is None:
            raise refused
        return Term(value=total, factors=(Factor(value=total, shape=Shape.LOOSE_SUM, start=at),), start=found[0].start)

    def _sign(self) -> str:
        node = self.peek()
        return node.text if isinstance(node, Token) and node.is_char("+", "-") else ""

    def term(self, *, signed: bool = False) -> Term:
        """Reads a product of factors, with its sign if `signed`."""
        start = self.here()
        sign = self._sign() if signed else ""
        if sign:
            self.take()
            if self._sign():
                raise self.refuse(Obstacle.MALFORMED, "two signs in a row", "put the second one in parentheses")
        check_citation(self.items[self.at :], self.items[: self.at])
        factors = [self.factor()]
        operations = ["*"]
        while not self.stops(self):
            operation = self.operation()
            if not operation and not self.starts():
                break
            at = self.here()
            if operation:
                self.take()
            else:
                check_citation(self.items[self.at :], self.items[: self.at])
            negative = operation in ("*", ".", "/") and self._sign() == "-"
            if negative:
                self.take()
            factor = self.factor()
            check(factors, operations, operation, factor, at, self.scope)
            if not operation and operations[-1] == "mod":
                factors[-1] = self._modulus(factors[-1], factor)
                continue
            if not operation and operations[-1] == "/":
                operation = self.beside_quotient()
            factors.append(replace(factor, value=-factor.value) if negative else factor)
            operations.append(operation)
        if sign and len(factors) == 1 and factors[0].shape is Shape.NUMBER and factors[0].value == 0:
            raise self.refuse(Obstacle.UNSUPPORTED, "a signed zero", "write 0", start)
        value = self._product(factors, operations)
        if sign == "-":
            if factors[0].shape is Shape.LOOSE_SUM:
                refuse_loose(factors[0])
            value = self.built(start, lambda v: arithmetic.multiply((sp.Integer(-1), v)), value)
        hidden = len(factors) == 1 and factors[0].shape is Shape.LOOSE_PRODUCT and isinstance(value, sp.Mod)
        remainder = "mod" in operations or hidden
        return Term(value=heard(value, start, self._before()), factors=tuple(factors), start=start, signed=bool(sign), remainder=remainder)

    def _modulus(self, number: Factor, factor: Factor) -> Factor:
        r"""The modulus of a remainder, with the factors beside its number: `x \bmod 2\pi`."""
        value = self.built(number.start, lambda a, b: arithmetic.multiply((a, b)), number.value, factor.value)
        return replace(number, value=value)

    def beside_quotient(self) -> str:
        """The operation of a factor after a quotient: `1/2 x` is x/2 or 1/(2x)."""
        ways = (
            Option(value="beside the quotient", why="operations of equal rank go from left to right", sure="possible"),
            Option(value="in the denominator", why="a product without a sign may bind more than a quotient", sure="possible"),
        )
        return "/" if self.scope.choose("a factor after a quotient", *ways) == "in the denominator" else ""

    def operation(self) -> str:
        """The operation that comes next, as in `PRODUCTS`; empty for anything else."""
        node = self.peek()
        if isinstance(node, Token) and node.kind is Kind.TEXT and node.text.strip() == "mod" and not self.scope.declared("mod"):
            return "mod"
        if not isinstance(node, Token) or node.kind not in (Kind.CHAR, Kind.MACRO):
            return ""
        return PRODUCTS.get(node.text, "") if node.text.isalpha() == (node.kind is Kind.MACRO) else ""

    def _product(self, factors: Sequence[Factor], operations: Sequence[str]) -> sp.Expr:
        if len(factors) == 1:
            return factors[0].value
        if "mod" in operations:
            if len(factors) > 2:
                raise self.refuse(Obstacle.AMBIGUOUS, "mod next to other factors", "put it in parentheses", factors[0].start)
            return self.built(factors[0].start, lambda a, b: arithmetic.unevaluated(sp.Mod, a, b), factors[0].value, factors[1].value)
        factors, operations = joined(factors, operations, self.scope)
        check_vectors(factors, operations, self.scope)
        parts = []
        for factor, operation in zip(factors, operations, strict=True):
            inverse = operation == "/"
            one = sp.Integer(1)
            parts.append(self.built(factor.start, arithmetic.divide, one, factor.value) if inverse else factor.value)
        return self.built(factors[0].start, lambda *values: arithmetic.multiply(values), *parts)

    def starts(self) -> bool:
        """Whether the current node can start a factor."""
        node = self.peek()
        match node:
            case None:
                return False
            case Group():
                return True
            case Token(kind=Kind.NUMBER):
                return True
            case Token(kind=Kind.WORD | Kind.TEXT):
                return keyword(node, self.scope) == ""
            case Token(kind=Kind.MACRO):
                return node.text in RULES or node.text in SYMBOLS
            case Token(text="_"):
                return PREFIXED[0][0](self.items[self.at :])
            case _:
                return False

    def factor(self) -> Factor:
        """Reads a factor with its scripts."""
        node = self.peek()
        if node is None:
            raise self.missing()
        if not self.starts():
            self.refuse_here()
        with self.deeper():
            factor = self._heard(self._primary(self.take()), node.start)
            for script in SCRIPTS:
                factor = script(self, factor)
        return self._heard(factor, node.start)

    def _heard(self, factor: Factor, start: int) -> Factor:
        value = heard(factor.value, start, self._before())
        return factor if value is factor.value else replace(factor, value=value)

    def _before(self) -> int:
        """The offset after what was read last."""
        return self.items[self.at - 1].end if self.at else self.here()

    def factor_alone(self) -> Factor:
        """Reads the whole sequence as one factor."""
        factor = self.factor()
        if self.peek() is not None:
            raise self.refuse(Obstacle.AMBIGUOUS, "more than one factor", "use parentheses")
        return factor

    def _primary(self, node: Node) -> Factor:
        if isinstance(node, Group) and node.opener == "{" and not node.items and PREFIXED[0][0](self.items[self.at :]):
            return PREFIXED[0][1](self, node.start)
        if node.is_char("_"):
            self.at -= 1
            return PREFIXED[0][1](self, node.start)
        if isinstance(node, Group):
            if node.opener not in BRACKETS or (node.closer != node.opener and (node.opener, node.closer) != (r"\{", ".")):
                raise Refused(Obstacle.UNSUPPORTED, "delimiters that do not enclose one value", node.start, "")
            return BRACKETS[node.opener](self, node)
        if node.kind is Kind.NUMBER:
            found = next((found for reader in NUMBERS if (found := reader(self, node)) is not None), None)
            return found or Factor(value=self.number(node), shape=Shape.NUMBER, start=node.start)
        if node.kind is Kind.MACRO and node.text in RULES:
            return RULES[node.text](self, node)
        return NAMES[0](self, node)

    def number(self, token: Token) -> sp.Expr:
        """Reads digits as an exact value."""
        if len(token.text) > 1 and token.text[0] == "0" and token.text[1] != ".":
            raise Refused(Obstacle.AMBIGUOUS, f"the number {token.text}", token.start, "remove leading zeros and thousands separators")
        return self.built(token.start, lambda: arithmetic.number(token.text))

    def argument(self) -> tuple[Node, ...]:
        """Reads a TeX argument: the content of braces, or one letter, digit or macro."""
        node = self.take()
        if isinstance(node, Group):
            if node.opener == "{":
                return node.items
            raise Refused(Obstacle.MALFORMED, "an argument without braces", node.start, "put it in braces")
        if node.kind is Kind.MACRO and node.text in ARGUMENTS:
            return (node, *(self._whole() for _ in range(ARGUMENTS[node.text])))
        if node.kind is Kind.NUMBER and "." in node.text:
            raise Refused(Obstacle.MALFORMED, "a decimal number as an argument without braces", node.start, "put it in braces")
        if node.kind in (Kind.WORD, Kind.NUMBER) and len(node.text) > 1:
            self.at -= 1
            self.items[self.at : self.at + 1] = after_first(node)
            return (replace(node, text=node.text[0], end=node.start + 1),)
        return (node,)

    def _whole(self) -> Node:
        """A TeX argument as one node."""
        start = self.here()
        items = self.argument()
        end = items[-1].end if items else start
        return Group(opener="{", closer="{", items=items, start=start, end=end)

    def part(self, items: Sequence[Node], start: int) -> sp.Expr:
        """Reads the value of a TeX argument that starts at `start`."""
        return self.inside(items, items[-1].end if items else start + 1).value()

    def refuse_here(self) -> NoReturn:
        """Refuses the current node, which cannot continue what stands before it."""
        node = self.peek()
        if node is None:
            raise self.missing()
        if isinstance(node, Group):
            raise self.refuse(Obstacle.MALFORMED, "an unexpected bracket")
        raise refusal(node, RULES)
