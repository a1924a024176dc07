"""The alternatives of one equation: what each symbol and the display can mean, the most plausible first."""

import inspect
import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.conventions import learned, means
from qedoc.bind.descriptions import ARTICLES, PREPOSITIONS, disagreement, in_same_words, makes_another
from qedoc.bind.symbols import direct, in_other_case, of_head, spellings
from qedoc.interpret.choices import Choice, Choices, Sure, parameter
from qedoc.interpret.findings import CASE, DEVIATES, UNKNOWN, VALUE
from qedoc.interpret.lexicon import AFTER, INEXACT, OPERATORS, changes, opposed
from qedoc.read import Application, Equation

MOST = 16
"""Maximum number of alternatives of one equation."""

_INVERSE = ("value is", (("quantity", "inverse"),))
_RECIPROCAL = ("value is", (("operator", "1/x"),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One way to understand an equation.

    Args:
        choices: the choices for its symbols and for what it states.
    """

    choices: tuple[Choice, ...]

    @property
    def plausible(self) -> bool:
        """Whether a proof must hold for it: all its choices are stated or suggested, or it may be something else altogether.

        Words in a formula that only may restrict it are no reason against a proof without them.
        """
        return all(choice.sure is not Sure.POSSIBLE and not _restricts(choice) for choice in self.choices)

    @property
    def doubt(self) -> int:
        """How far its choices are from being stated."""
        return sum(Sure.STATED - choice.sure for choice in self.choices)

    @property
    def opaque(self) -> Choice | None:
        """The choice that says that the meaning is unknown, if there is one."""
        return next((one for one in self.choices if one.value is None or one.value in (UNKNOWN, DEVIATES) or _restricts(one)), None)

    @property
    def quantity(self) -> Any:
        """What the display states."""
        return next((choice.value for choice in self.choices if choice.about == "quantity"), VALUE)

    @property
    def symbols(self) -> Mapping[str, Any]:
        """The meaning of each symbol, as an expression over parameters."""
        return {choice.subject: choice.value for choice in self.choices if choice.about == "symbol"}


def _restricts(choice: Choice) -> bool:
    """Whether a choice says that words in the formula, which were not understood, may restrict it."""
    return choice.about == "reading" and choice.sure is Sure.OPAQUE


def alternatives(
    context: Context, equation: Equation, said: Choices, settings: Sequence[list[Choice]], *, is_case: bool
) -> tuple[list[Alternative], bool]:
    """Returns the alternatives of an equation, and whether there were more than are tried.

    Args:
        context: the docstring.
        equation: the equation.
        said: what the text says.
        settings: the values of each parameter that the equation does not mention and the text lists.
        is_case: whether words that were not understood tell the equation and others apart as cases of one value.
    """
    own = of_head(context, equation.left)
    slots = [options for name in sorted(_names(equation) - set(own)) if (options := _symbol(context, name, said))]
    quantities = _quantities(context, equation, said)
    slots.append([_as_case(choice) for choice in quantities] if is_case else quantities)
    slots += settings
    count = 1
    for options in slots:
        count *= len(options)
    made = [Alternative(choices=choices) for choices in itertools.islice(itertools.product(*slots), 4 * MOST)]
    made = [one for one in made if _distinct(one)] or made
    made.sort(key=lambda one: one.doubt)
    return made[:MOST], count > 4 * MOST or len(made) > MOST


def _distinct(alternative: Alternative) -> bool:
    """Whether no two symbols are the same parameter."""
    plain = [value for value in alternative.symbols.values() if isinstance(value, sp.Symbol)]
    return len(plain) == len(set(plain))


def _names(equation: Equation) -> set[str]:
    sides = [equation.right, equation.condition]
    if isinstance(equation.left, Application):
        sides += equation.left.arguments
    bases = {entry.base.label.name for side in sides for entry in side.atoms(sp.Indexed)}
    return bases | {s.name for side in sides for s in side.free_symbols if isinstance(s, sp.Symbol)}


def _symbol(context: Context, name: str, said: Choices) -> list[Choice]:
    """What the text says that a symbol is; empty if it says nothing that the name does not say too."""
    if name in context.given or name in context.called or name in context.determined:
        return []
    if learned(context.legend.get(name, "")) and not context.bound.get(name):
        return []  # it may be any of the arrays that the object holds
    told = [choice for choice in said.meanings.get(name, ()) if choice.value is None or not _circular(choice.value, name)]
    told = [choice for choice in told if not _is_function(context, choice.value)]
    known = list({choice.value: choice for choice in reversed(told) if choice.value is not None}.values())[::-1]
    stated = [choice for choice in known if choice.sure is Sure.STATED]
    same = _of_same_name(context, name)
    by_noun = bool(same) and [choice.value for choice in stated] == [parameter(same)] and not _names_parameter(stated[0].words)
    if stated and not by_noun:
        return stated
    if same:
        if against := disagreement(context, name, same, said):
            return [Choice(about="symbol", subject=name, value=None, words=against, sure=Sure.OPAQUE)]
        if stated:
            return stated
        own = Choice(about="symbol", subject=name, value=parameter(same), words="the parameter of the same name", sure=Sure.STATED)
        unclear = any(choice.value is None and choice.sure is Sure.OPAQUE for choice in told)
        if {choice.value for choice in known} <= {own.value} and in_same_words(
            context.legend.get(name, ""), context.parameters[same].text, one=True
        ):
            return [own]
        if not unclear:
            return [own] if not known else [*known, own]
        return [*known, own, *(choice for choice in told if choice.value is None)][:3]
    unknown = [choice for choice in told if choice.value is None]
    identified = _identified(context, name)
    if identified is not None and all(choice.value == identified.value for choice in known):
        return [identified]
    if known:
        return [*known, *unknown[:1]]
    if context.bound.get(name):
        return [*_by_words(context, name, said), *unknown[:1]]
    return [choice for choice in unknown[:1] if makes_another(_explaining(choice.words, name))]


def _names_parameter(words: str) -> bool:
    """Whether an explanation names a parameter in code, and not only with a noun: `the standard deviation`."""
    return "`" in re.sub(r":math:`[^`]*`", "", words)


def _explaining(words: str, name: str) -> str:
    """The end of a sentence in which a symbol is explained: `t is the epoch` in `it follows 2 t, where t is the epoch`."""
    verb = rf"(?<![\w\\])\\?{re.escape(name)}[`$]*,?\s+(?:is|are|denotes?|represents?|means|counts?)\b"
    found = re.search(verb, words)
    return words[found.end() :] if found else words


def _of_same_name(context: Context, name: str) -> str:
    """The parameter with the name of a symbol, or with another spelling of it; empty if there is none."""
    if name in context.parameters:
        return name
    if name not in context.bound and (same := direct(context, name)) in spellings(context, name):
        return same
    return in_other_case(context, name) if context.legend.get(name) else ""


def _is_function(context: Context, value: Any) -> bool:
    """Whether a meaning is a parameter that takes a function by default, which no letter for a number is: `scores s using ``rank_fn```."""
    name = value.name[1:] if isinstance(value, sp.Symbol) else ""
    return name in context.parameters and inspect.isfunction(context.parameters[name].default)


def _identified(context: Context, name: str) -> Choice | None:
    """The parameter that a description names in parentheses, `the scale (``sigma``)`, or conventionally means, `the lower bound`."""
    bound, text = context.bound.get(name, ""), context.legend.get(name, "")
    if not bound or not text:
        return None
    named = _IN_PARENTHESES.search(text)
    words = set(re.findall(r"[a-z]+", _IN_PARENTHESES.sub(" ", text).lower()))
    plain = not (words - set(bound.lower().split("_"))) & _OPERATORS
    if named and named[1] == bound and (plain or _names_head(_IN_PARENTHESES.sub(" ", text), bound)):
        return Choice(about="symbol", subject=name, value=parameter(bound), words=text, sure=Sure.STATED)
    if means(text, bound) or _counts(words, bound):
        return Choice(about="symbol", subject=name, value=parameter(bound), words=text, sure=Sure.SUGGESTED)
    return None


def _counts(words: Collection[str], name: str) -> bool:
    """Whether a description says no more than that a number is counted by its name: `the total number of steps` of `total_steps`."""
    return "number" in words and name.endswith("s") and {*words} - {"the", "a", "number", "of"} == set(name.lower().split("_"))


def _names_head(text: str, name: str) -> bool:
    """Whether the noun that a description begins with is the name of a parameter: `probs` in `the success probability per trial`.

    Words after a preposition only say more about the noun, unless they are the name too, or compute something.
    """
    words = re.findall(r"[a-z]+|[^a-z\s]", text.lower())
    place = next((k for k, word in enumerate(words) if word in PREPOSITIONS), len(words))
    before, rest = words[: max(place - 1, 0)], words[place + 1 :]
    if not (words[:place] and _is_akin(words[place - 1], name)) or any(_is_akin(word, name) for word in rest):
        return False
    said = {*before, *rest} - ARTICLES
    return all(word.isalpha() for word in words) and _COMPUTED.isdisjoint(said) and not changes(before)


def _is_akin(word: str, name: str) -> bool:
    """Whether a word is a part of a name, or one is a short form of the other: `probability` and `probs`."""
    parts = [part.rstrip("s") for part in name.lower().split("_")]
    return len(word) > 3 and any(len(part) > 3 and (word.startswith(part) or part.startswith(word.rstrip("s"))) for part in parts)


_IN_PARENTHESES = re.compile(r"\(\s*(?:the\s+)?(?::\w+:)?`{1,2}~?\.?(\w+)`{1,2}\s*\)\W*$")
_OPERATORS = {"derivative", "gradient", "integral", "inverse"}
_OPERATORS |= {word for phrases in (*OPERATORS.values(), *AFTER.values()) for phrase in phrases for word in phrase.split() if len(word) > 2}
"""Words that make another number of a parameter."""

_COMPUTED = _OPERATORS - {"the", "value", "function", "part", "positive", "probability", "density"}
_COMPUTED |= {"plus", "minus", "times", "multiplied", "divided", "product", "ratio", "quotient", "difference", "sum"}
"""Words that compute something of a parameter, wherever they stand in a description that was not understood."""


def _by_words(context: Context, name: str, said: Choices) -> Iterator[Choice]:
    """The parameter whose name the description contains, where the description as a whole was not understood."""
    text = context.legend.get(name, "")
    bound = context.bound[name]
    if bound in context.parameters and opposed(text, f"{bound.replace('_', ' ')} {context.parameters[bound].text}"):
        yield Choice(about="symbol", subject=name, value=None, words=text, sure=Sure.OPAQUE)
        return
    yield Choice(about="symbol", subject=name, value=parameter(bound), words=text, sure=Sure.SUGGESTED)
    if name not in said.meanings:
        left = _left(text, bound)
        if changes(tuple(left)) or not _COMPUTED.isdisjoint(left):
            yield Choice(about="symbol", subject=name, value=None, words=text, sure=Sure.OPAQUE)


def _left(text: str, name: str) -> list[str]:
    """The words of a description that are not part of the parameter's name."""
    parts = [part for part in name.lower().split("_") if part]
    words = re.findall(r"[a-z]+", re.sub(r":\w+:`[^`]*`|`[^`]*`", " ", text.lower()))
    return [word for word in words if not any(word.startswith(part) or part.startswith(word) for part in parts)]


def _circular(value: Any, name: str) -> bool:
    return sp.Symbol(name) in value.free_symbols


def _quantities(context: Context, equation: Equation, said: Choices) -> list[Choice]:
    surest: dict[Any, Choice] = {}
    if context.slope is not None:
        told: Iterable[Choice] = _of_head(said, context.slope.words)
    elif context.aim is not None and context.aim.by_head:
        told = _of_head(said, context.aim.words)
    elif context.names_value(equation):
        told = _named(said, alone=context.stated == 1)
    else:
        told = said.quantities
    if equation.unread:
        told = [*_doubtful(told), Choice(about="quantity", subject="", value=UNKNOWN, words=equation.unread, sure=Sure.POSSIBLE)]
    for choice in (_of_setting(one, equation) for one in told):
        known = surest.get(choice.value)
        surest[choice.value] = choice if known is None or choice.sure < known.sure else known
    found = list(surest.values())
    if isinstance(equation.left, Application) and (words := _of_something_else(context, equation.left.name)):
        found.append(Choice(about="quantity", subject="", value=DEVIATES, words=words, sure=Sure.OPAQUE))
    values = [choice.value for choice in found]
    if _INVERSE in values and _RECIPROCAL in values and equation.left is not None:
        found = [choice for choice in found if choice.value != _RECIPROCAL]
    return found


def _doubtful(told: Iterable[Choice]) -> Iterator[Choice]:
    """What a display can state whose left side is not understood: what the words say is only suggested."""
    for choice in told:
        yield replace(choice, sure=min(choice.sure, Sure.SUGGESTED))


def _of_something_else(context: Context, name: str) -> str:
    """The words that explain the function on a left side as one that is made of the documented one: `g is the inverse of the function`."""
    text = context.legend.get(name, "")
    made = re.search(r"\b(?:inverse|derivative|gradient|integral|reciprocal|negative|logarithm)s? of (?:the|this|our) (\w+)", text)
    return text if made and made[1] in ("function", "result", "output", "value", *context.own) else ""


def _of_setting(choice: Choice, equation: Equation) -> Choice:
    """What a display states. Words that only say for which setting it holds say nothing else of a case that has this setting."""
    said = _ONLY_SETTING.fullmatch(choice.words.strip()) if choice.value == UNKNOWN and equation.settings else None
    own = dict(equation.settings).get(said["name"]) if said is not None else None
    fits = said is not None and own is not None and (own != said["value"]) == bool(said["no"])
    return replace(choice, value=VALUE, sure=Sure.STATED) if fits else choice


_ONLY_SETTING = re.compile(
    r"(?:If|When|For)\s+(?::\w+:)?`{1,2}(?P<name>\w+)`{1,2}\s+is\s+(?P<no>not\s+)?`{0,2}['\"](?P<value>\w+)['\"]`{0,2}"
    r"(?:\s*\(default[^()]*\))?\s*,?(?:\s*then)?\s*:?",
    re.IGNORECASE,
)
"""A condition on the name that a parameter has, and nothing else: `If :attr:`reduction` is not 'none' (default 'mean'), then:`."""


def _as_case(choice: Choice) -> Choice:
    return replace(choice, value=CASE, sure=Sure.SUGGESTED) if choice.value == UNKNOWN else choice


def _of_head(said: Choices, head: str) -> Iterator[Choice]:
    """What a display can state whose left side names a quantity, `F(x) = ...`: that quantity, unless the words make it inexact."""
    yield Choice(about="quantity", subject="", value=VALUE, words=head, sure=Sure.STATED)
    for choice in said.quantities:
        inexact = choice.value == UNKNOWN and not INEXACT.isdisjoint(choice.words.lower().split())
        if inexact or choice.value in (("related", "up to a constant"), ("related", "up to a factor")):
            yield replace(choice, sure=min(choice.sure, Sure.POSSIBLE))
        elif choice.value == DEVIATES:
            yield choice


def _named(said: Choices, *, alone: bool) -> Iterator[Choice]:
    """What a display can state whose left side names the function: `f(x) = ...`.

    Words that were not understood do not make it something else. They still prevent a refutation if some of them may change a value, or
    if another formula has such a left side too: the words may say when each of them holds.
    """
    vague = [choice for choice in said.quantities if choice.value == UNKNOWN]
    yield from (choice for choice in said.quantities if choice.value != UNKNOWN)
    if len(vague) == len(said.quantities):
        yield Choice(about="quantity", subject="", value=VALUE, words="its left side", sure=Sure.STATED)
    for choice in vague:
        if not alone or choice.sure is Sure.OPAQUE or not INEXACT.isdisjoint(choice.words.lower().split()):
            yield replace(choice, sure=Sure.POSSIBLE)


def placed(context: Context, alternative: Alternative) -> tuple[dict[str, str], dict[sp.Symbol, sp.Expr]]:
    """The parameters that symbols are, by name, and the expressions that other symbols are, over the symbols of a formula.

    A parameter that is no symbol of the formula keeps its name, unless a symbol of that name is something else.
    """
    bound: dict[str, str] = {}
    put: dict[sp.Symbol, sp.Expr] = {}
    for name, value in alternative.symbols.items():
        if isinstance(value, sp.Symbol) and value.name.startswith("@"):
            bound[name] = value.name[1:]
    of = {parameter_: name for name, parameter_ in bound.items()}
    taken = set(alternative.symbols)
    for name, value in alternative.symbols.items():
        if name in bound or value is None:
            continue
        replaced: dict[sp.Symbol, sp.Expr] = {}
        for symbol in value.free_symbols:
            if symbol.name.startswith("@"):
                own = symbol.name[1:]
                if own not in of:
                    short = own if own not in taken else f"{own}_"
                    of[own] = short
                    bound[short] = own
                replaced[symbol] = sp.Symbol(of[own])
        put[sp.Symbol(name)] = value.xreplace(replaced)
    for _ in range(3):
        put = {symbol: value.xreplace({s: t for s, t in put.items() if s != symbol}) for symbol, value in put.items()}
    return bound, put


def substituted(expression: Any, put: Mapping[sp.Symbol, sp.Expr]) -> Any:
    """The expression with the symbols replaced; an entry of a replaced vector becomes the expression at that entry."""
    made = {}
    for entry in expression.atoms(sp.Indexed):
        label = entry.base.label
        if label in put:
            made[entry] = put[label].xreplace({s: sp.IndexedBase(s)[entry.indices] for s in put[label].free_symbols})
    expression = expression.xreplace(made) if made else expression
    plain = {s: put[sp.Symbol(s.name)] for s in expression.free_symbols if isinstance(s, sp.Symbol) and sp.Symbol(s.name) in put}
    return expression.xreplace(plain) if plain else expression
