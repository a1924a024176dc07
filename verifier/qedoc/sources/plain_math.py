"""Divides a block of plain text into formulas, and tells mathematics from code, drawings and prose."""

import re
from collections.abc import Iterable, Iterator, Sequence

from qedoc.records import dataclass, replace
from qedoc.sources.plain_lexemes import GREEK, Bracket, Item, Lexeme, Unbalanced, lexemes, nested

_PROGRAM_LINE = re.compile(
    r"^\s*(?:>>>|\.\.\. |@\w|(?:def|class|import|from|return|while|assert|print|raise|try|except|yield|elif|async|await|del|pass)\b)"
    r"|^\s*(?:for|if|with)\b.*:\s*$|==>|=>"
)
"""A line that only a program has."""
_CODE = re.compile(
    r"[\"`$\\?%]|'\w+'|\blambda\s*\w*\s*:|\bNone\b|\bTrue\b|\bFalse\b|\bself\b|\w\[[^\]]*:[^\]]*\]|[(,]\s*\*{1,2}[A-Za-z]"
    r"|[\w\])]\.(?!T\b)[A-Za-z_]"
)
"""Signs of a program: strings, slices, attributes, arguments that are unpacked."""
_KEYWORD = re.compile(r"[(,]\s*[A-Za-z_]\w*\s*=(?!=)")
_DRAWN = re.compile(r"-{3,}|\.{4,}|_{3,}|/\s*\\|\\\s*/|\|\s{3,}\||\^\s{2,}\^|<-+o|o-+|~{2,}")
_BRACES = re.compile(r"(?<![_^*\s])\s?\{|[=(,]\s*\{(?=[^\n]*\})")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_CONNECTS = re.compile(r"^\s*(?:where|with|and|i\.e\.|or)\s*[,:]?\s*$", re.IGNORECASE)
_LEAD = re.compile(r"^(\s*)(?:where|with|and)\s+(?=\S)", re.IGNORECASE)
_GOES_ON = re.compile(r"^\s*(?:=|:=|==|~=|[*/](?!\s*$)|\+|-(?!-)|\{|\|(?!.*=)|(?:if|when|for|else|otherwise)\b)")
_UNFINISHED = re.compile(r"(?:[-=+*/^(\[{]|\band|\bor)\s*$")
_CONDITION = re.compile(r"[\s,]\s*(?:if|when|for)\s|\botherwise\b")
_EQUATION = re.compile(r"(?<![<>!=~:])(?:=|:=)(?!=)|==")
_RANDOM = re.compile(r"^\s*\(?\s*([A-Za-z]\w*)\b[^=]*?~")
_NO_WORDS = frozenset(
    {"if", "when", "for", "otherwise", "else", "and", "or", "in", "choose", "log", "exp", "sum", "max", "min", *GREEK.values()}
)
_KNOWN = re.compile(r"(?:a?(?:sin|cos|tan)h?|exp|log|sqrt|abs|max|min|erfc?|floor|ceil)\(.*\)$")
_PROGRAM = frozenset({"jnp", "np", "tf", "tfd", "tfb", "tfp", "jax", "lax", "plt", "torch"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One formula of a block.

    Args:
        text: the formula, with its line breaks.
        first: its first line in the block, from 0.
        last: its last line.
    """

    text: str
    first: int
    last: int


def statements(lines: Sequence[str], *, marked: bool) -> list[Statement]:
    """Returns the formulas of a block of plain text, in the order written.

    Args:
        lines: the block.
        marked: whether the block's markup says that it is plain text. Without that, only a block that is mathematics throughout counts.
    """
    text = "\n".join(lines)
    if _is_drawing(lines) or any(_PROGRAM_LINE.search(line) for line in lines) or (not marked and _is_code(text)):
        return []
    found = list(_with_random(_parts(lines)))
    kept = [part for part in found if _stated(part.text)]
    if marked:
        return [part for part in kept if not _is_code(part.text)]
    sure = [part for part in kept if _is_mathematics(part.text)]
    return sure if len(sure) == len(found) and any(_evident(part.text) for part in sure) else []


def _is_drawing(lines: Sequence[str]) -> bool:
    """Whether a block is a picture made of characters, such as a matrix, a tree or a fraction over several lines."""
    return any(_DRAWN.search(_COMMENT.sub("", line)) for line in lines)


def _is_code(text: str) -> bool:
    """Whether a text is a program, or a part of one."""
    plain = "\n".join(_COMMENT.sub("", line) for line in text.split("\n"))
    if any(_CODE.search(line) for line in plain.split("\n")) or _PROGRAM & set(re.findall(r"\w+(?=\.)", plain)):
        return True
    head, sign, rest = plain.partition("=") if _leading_call(plain) else ("", "", plain)
    return "~" not in plain and bool(_KEYWORD.search(rest if sign else head + rest))


def _leading_call(text: str) -> bool:
    """Whether a text begins with a function and its arguments, as in `p(x=1; q) = ...`, where an argument may have a value."""
    return bool(re.match(r"\s*[A-Za-z]\w*\s*[(\[]", text))


def _stated(text: str) -> bool:
    """Whether a text states something: an equation, a distribution, or values by cases."""
    return bool(_EQUATION.search(text) or "~" in text or (_CONDITION.search(text) and "\n" in text))


def _is_mathematics(text: str) -> bool:
    """Whether a text can only be mathematics: its signs and brackets are those of formulas, and it has few words."""
    try:
        items = nested(lexemes(text))
    except Unbalanced:
        return False
    odd = any(lexeme.kind == "odd" for lexeme in lexemes(text)) or bool(_BRACES.search(text))
    return not odd and not _prose(items) and not _is_code(text)


def is_expression(text: str) -> bool:
    """Whether a code span is a formula: mathematics with an operation or a function, and no name or call of a program alone."""
    if "\n" in text or not _is_mathematics(text) or _KEYWORD.search(text):
        return False
    return any(lexeme.is_op("+", "-", "*", "/", "^", "|") for lexeme in lexemes(text)) or bool(_KNOWN.match(text.strip()))


def _prose(items: Sequence[Item]) -> bool:
    """Whether two words in a row stand among items: they are a sentence rather than a product."""
    before = False
    for item in items:
        if isinstance(item, Bracket):
            if _prose(item.items):
                return True
            before = False
            continue
        word = item.kind == "name" and len(item.text) > 1 and item.text.isalpha() and item.text not in _NO_WORDS
        if word and before:
            return True
        before = word
    return False


def _evident(text: str) -> bool:
    """Whether a text is no valid assignment of a program: `f(x) = ...`, products without a sign, bars, or values by cases."""
    left, sign, right = text.partition("=")
    if not sign:
        return True
    called = bool(re.match(r"\s*\w+\s*\(", left)) and not left.rstrip().endswith((":", "<", ">", "!"))
    try:
        compile(right.strip(), "", "eval", dont_inherit=True)
    except (SyntaxError, ValueError):
        return True
    return called


def _parts(lines: Sequence[str]) -> Iterator[Statement]:
    """The statements of a block. A line goes on with the one before if a bracket is open, if it begins with a sign, or by its indent."""
    run: list[tuple[int, str]] = []
    for place, raw in enumerate(lines):
        line = _COMMENT.sub("", raw).rstrip()
        if not line.strip() or _CONNECTS.match(line):
            if run and not _open(run):
                yield _statement(run)
                run = []
            continue
        line = _LEAD.sub(lambda lead: lead[1] + " " * (lead.end() - lead.end(1)), line)
        if run and not _continues(run, line):
            yield _statement(run)
            run = []
        run.append((place, line))
    if run:
        yield _statement(run)


def _open(run: Sequence[tuple[int, str]]) -> bool:
    text = "\n".join(line for _, line in run)
    return sum(text.count(mark) for mark in "([") > sum(text.count(mark) for mark in ")]")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _continues(run: Sequence[tuple[int, str]], line: str) -> bool:
    """Whether a line belongs to the statement that the lines before it began."""
    before = run[-1][1]
    margin = _indent(run[0][1])
    starts = bool(re.match(r"\s*[A-Za-z]\w*\s*(?:[(\[][^=]*[)\]]\s*)?(?::?=)", line))
    if _UNFINISHED.search(before) and not starts:
        return True
    if _open(run):
        return not (starts and _indent(line) <= margin)  # a bracket that is never closed does not swallow what follows
    if _GOES_ON.match(line):
        return True
    if _indent(line) > margin and not starts and "~" not in line:
        return True
    rows = bool(_CONDITION.search(before)) and bool(_CONDITION.search(line))
    return rows and not starts and not _EQUATION.search(run[0][1].split(" if ")[0].split(" when ")[0])


def _statement(run: Sequence[tuple[int, str]]) -> Statement:
    margin = min(_indent(line) for _, line in run)
    text = "\n".join(line[margin:] for _, line in run)
    return Statement(text=text.rstrip(" ,;").lstrip(), first=run[0][0], last=run[-1][0])


def _with_random(parts: Iterable[Statement]) -> Iterator[Statement]:
    """The statements, from each distribution to the last one that uses its variable as one: about random variables, they state no value."""
    rest = list(parts)
    while rest:
        part = rest.pop(0)
        drawn = _RANDOM.match(part.text)
        variables = {drawn[1]} if drawn else set[str]()
        last = -1
        for place, other in enumerate(rest):
            again = _RANDOM.match(other.text)
            if variables and (variables & set(re.findall(r"[A-Za-z]\w*", other.text)) or (again and last == place - 1)):
                variables |= {name for name in (again[1] if again else "", _assigned(other.text)) if name}
                last = place
        joined, rest = [part, *rest[: last + 1]], rest[last + 1 :]
        yield Statement(text="\n".join(one.text for one in joined), first=part.first, last=joined[-1].last)


def _assigned(text: str) -> str:
    found = re.match(r"\s*([A-Za-z]\w*)\s*:?=", text)
    return found[1] if found else ""


def items_of(text: str) -> tuple[list[Lexeme], tuple[Item, ...]]:
    """The pieces of a formula, and the same pieces with brackets as one item.

    Raises:
        Unbalanced: for a bracket without a partner.
    """
    found = _without_braces(lexemes(text))
    while found and found[-1].is_op(".", ",", ";"):
        found.pop()
    return found, nested(found)


def _without_braces(found: list[Lexeme]) -> list[Lexeme]:
    """The pieces without the braces before the rows of a formula by cases, which are never closed."""
    if any(piece.kind == "close" and piece.text == "}" for piece in found):
        return found
    kept: list[Lexeme] = []
    dropped = False
    for piece in found:
        if piece.kind == "open" and piece.text == "{":
            dropped = True
        else:
            kept.append(replace(piece, broken=True) if dropped else piece)
            dropped = False
    return kept
