"""Writes SymPy's text as LaTeX, without SymPy: pages read formulas, conditions and domains from the lock file as text."""

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

_NONE: Mapping[str, str] = MappingProxyType({})

GREEK = frozenset({
    "alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
    "vartheta", "mu", "nu", "xi", "pi", "varpi", "omicron", "rho", "varrho", "sigma", "varsigma", "ell", "tau",
    "upsilon", "phi", "varphi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma",
    "Upsilon", "Phi", "Psi", "Omega",
})  # fmt: skip
NAMED = {
    "acos": r"\arccos", "asin": r"\arcsin", "atan": r"\arctan", "cos": r"\cos", "cosh": r"\cosh", "coth": r"\coth", "exp": r"\exp",
    "log": r"\log", "sin": r"\sin", "sinh": r"\sinh", "tan": r"\tan", "tanh": r"\tanh", "Max": r"\max", "Min": r"\min",
}  # fmt: skip
"""Functions with a LaTeX command."""
AROUND = {
    "Abs": (r"\left|", r"\right|"), "floor": (r"\left\lfloor", r"\right\rfloor"), "ceiling": (r"\left\lceil", r"\right\rceil"),
    "sqrt": (r"\sqrt{", "}"),
}  # fmt: skip
"""Functions that are written around their argument."""
RELATIONS: Mapping[type, str] = {ast.Lt: "<", ast.LtE: r"\leq", ast.Gt: ">", ast.GtE: r"\geq", ast.Eq: "=", ast.NotEq: r"\neq"}
CALLED = {"Eq": "=", "Ne": r"\neq", "Le": r"\leq", "Ge": r"\geq", "Lt": "<", "Gt": ">"}

_SUM, _PRODUCT, _POWER, _ATOM = range(1, 5)
_OR, _AND, _RELATION = -2, -1, 0


class Unwritten(Exception):
    """Ends the conversion of a text that is no formula."""


def tex(text: str, letters: Mapping[str, str] = _NONE) -> str | None:
    r"""Converts a formula or condition as SymPy prints it, such as `Ne(P, 0)` or `b[i] <= T*alpha`, to LaTeX.

    Args:
        text: the text.
        letters: the LaTeX of symbols, by name.

    Returns:
        the LaTeX; None if SymPy does not print such a text.
    """
    try:
        return _Writer(letters).written(ast.parse(text.strip(), mode="eval").body, _OR)
    except (Unwritten, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def clauses(text: str) -> tuple[str, list[str]]:
    """Divides a condition at its outermost `&` or `|`: the word between the parts, `and` or `or`, and the parts.

    Args:
        text: the condition as SymPy prints it.
    """
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "", [text]
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.BitAnd | ast.BitOr):
        return "", [text]
    return "and" if isinstance(node.op, ast.BitAnd) else "or", list(map(ast.unparse, _flat(node, type(node.op))))


def _flat(node: ast.expr, kind: type[ast.operator]) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, kind):
        return [*_flat(node.left, kind), *_flat(node.right, kind)]
    return [node]


def letter(name: str, letters: Mapping[str, str] = _NONE) -> str:
    r"""The LaTeX of a symbol: `beta_1` is `\beta_{1}`, and a name of several letters is upright.

    Args:
        name: the name of the symbol.
        letters: the LaTeX of symbols, by name.
    """
    if name in letters:
        return letters[name]
    head, *scripts = name.strip("_").split("_") if name.strip("_") else [name]
    made = _one(head)
    return f"{made}_{{{','.join(map(_one, scripts))}}}" if scripts else made


def _one(part: str) -> str:
    known = re.fullmatch(r"([A-Za-z]+?)(\d*)", part)
    if known is None:
        return part if part.isdigit() else rf"\mathrm{{{part}}}"
    word, digits = known.groups()
    made = rf"\{word}" if word in GREEK else word if len(word) == 1 else rf"\mathrm{{{word}}}"
    return f"{made}_{{{digits}}}" if digits else made


class _Writer:
    """Writes the nodes of a Python expression.

    Args:
        letters: the LaTeX of symbols, by name.
    """

    def __init__(self, letters: Mapping[str, str]) -> None:
        self.letters = letters

    def written(self, node: ast.expr, at_least: int) -> str:
        """The LaTeX of a node, in parentheses if it binds less than its surroundings require."""
        level, made = self._node(node)
        return made if level >= at_least else rf"\left({made}\right)"

    def _node(self, node: ast.expr) -> tuple[int, str]:
        match node:
            case ast.Constant(value=bool()):
                return _ATOM, r"\text{always}" if node.value else r"\text{never}"
            case ast.Constant(value=int() | float()):
                digits, scientific, power = str(node.value).partition("e")
                return (_PRODUCT, rf"{digits} \cdot 10^{{{int(power)}}}") if scientific else (_ATOM, digits)
            case ast.Name(id="oo"):
                return _ATOM, r"\infty"
            case ast.Name(id="E"):
                return _ATOM, self.letters.get("E", "E")
            case ast.Name(id=name):
                return _ATOM, letter(name, self.letters)
            case ast.Attribute():
                return _ATOM, rf"\mathrm{{{ast.unparse(node)}}}".replace("_", r"\_")
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _SUM, f"-{self.written(operand, _PRODUCT)}"
            case ast.UnaryOp(op=ast.Invert(), operand=operand):
                return _RELATION, rf"\text{{not }} {self.written(operand, _ATOM)}"
            case ast.BinOp():
                return self._operation(node)
            case ast.Compare(left=left, ops=operators, comparators=others):
                signs = [_known(RELATIONS, type(one)) for one in operators]
                parts = [self.written(part, _SUM) for part in (left, *others)]
                return _RELATION, " ".join([parts[0], *(f"{sign} {part}" for sign, part in zip(signs, parts[1:], strict=True))])
            case ast.Subscript(value=ast.Name(id=name), slice=index):
                places = index.elts if isinstance(index, ast.Tuple) else [index]
                return _ATOM, f"{letter(name, self.letters)}_{{{','.join(self.written(place, _SUM) for place in places)}}}"
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(name, arguments)
        raise Unwritten

    def _operation(self, node: ast.BinOp) -> tuple[int, str]:
        left, right = node.left, node.right
        match node.op:
            case ast.Add():
                return _SUM, f"{self.written(left, _SUM)} + {self.written(right, _SUM)}"
            case ast.Sub():
                return _SUM, f"{self.written(left, _SUM)} - {self.written(right, _PRODUCT)}"
            case ast.Mult():
                second = self.written(right, _PRODUCT)
                between = r" \cdot " if second[0].isdigit() else r"\, "
                return _PRODUCT, f"{self.written(left, _PRODUCT)}{between}{second}"
            case ast.Div():
                return _PRODUCT, rf"\frac{{{self.written(left, _SUM)}}}{{{self.written(right, _SUM)}}}"
            case ast.Pow():
                return _POWER, f"{self.written(left, _ATOM)}^{{{self.written(right, _SUM)}}}"
            case ast.BitAnd():
                return _AND, rf"{self.written(left, _AND)} \text{{ and }} {self.written(right, _AND)}"
            case ast.BitOr():
                inside = [
                    self.written(side, _OR if isinstance(side, ast.BinOp) and isinstance(side.op, ast.BitOr) else 0)
                    for side in (left, right)
                ]
                return _OR, r" \text{ or } ".join(inside)
        raise Unwritten

    def _call(self, name: str, arguments: Sequence[ast.expr]) -> tuple[int, str]:
        if name in CALLED and len(arguments) == 2:
            whole = arguments[1] if name == "Eq" else None
            if isinstance(whole, ast.Call) and ast.unparse(whole) == f"floor({ast.unparse(arguments[0])})":
                return _RELATION, rf"{self.written(arguments[0], _SUM)} \in \mathbb{{Z}}"
            return _RELATION, f"{self.written(arguments[0], _SUM)} {CALLED[name]} {self.written(arguments[1], _SUM)}"
        if name in AROUND and len(arguments) == 1:
            begin, end = AROUND[name]
            return _ATOM, f"{begin} {self.written(arguments[0], _SUM)} {end}"
        if name in ("Sum", "Product") and len(arguments) == 2:
            sign = r"\sum" if name == "Sum" else r"\prod"
            return _PRODUCT, f"{sign}{self._range(arguments[1])} {self.written(arguments[0], _PRODUCT)}"
        if name == "Piecewise":
            return _ATOM, self._cases(arguments)
        head = NAMED.get(name) or (letter(name, self.letters) if len(name) == 1 else rf"\operatorname{{{name}}}".replace("_", r"\_"))
        return _ATOM, rf"{head}\left({', '.join(self.written(argument, _SUM) for argument in arguments)}\right)"

    def _range(self, node: ast.expr) -> str:
        if not isinstance(node, ast.Tuple) or len(node.elts) != 3:
            raise Unwritten
        index, first, last = (self.written(part, _SUM) for part in node.elts)
        return f"_{{{index}={first}}}^{{{last}}}"

    def _cases(self, rows: Sequence[ast.expr]) -> str:
        made = []
        for row in rows:
            if not isinstance(row, ast.Tuple) or len(row.elts) != 2:
                raise Unwritten
            value, condition = row.elts
            last = isinstance(condition, ast.Constant) and condition.value is True
            said = r"\text{otherwise}" if last else rf"\text{{if }} {self.written(condition, _OR)}"
            made.append(f"{self.written(value, _SUM)} & {said}")
        return r"\begin{cases} " + r" \\ ".join(made) + r" \end{cases}"


def _known(table: Mapping[type, str], kind: type) -> str:
    if kind not in table:
        raise Unwritten
    return table[kind]


_PLAIN: Sequence[tuple[str, str | Callable[[re.Match[str]], str]]] = (
    (r"\bNe\(([^(),]+), ([^(),]+)\)", r"\1 ≠ \2"),
    (r"\bEq\(([^(),]+), floor\(\1\)\)", r"\1 is an integer"),
    (r"\bEq\(([^(),]+), ([^(),]+)\)", r"\1 = \2"),
    (r"\boo\b", "∞"),
    (r"<=", "≤"),
    (r">=", "≥"),
    (r" & ", " and "),
    (r" \| ", " or "),
    (r"\*\*", "^"),
)


def plain(text: str) -> str:
    """A formula or condition as SymPy prints it, for pages without mathematics: `t >= 0` is `t ≥ 0`.

    Args:
        text: the text.
    """
    for pattern, shown in _PLAIN:
        text = re.sub(pattern, shown, text)
    return text
