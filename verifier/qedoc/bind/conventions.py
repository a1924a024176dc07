"""Which parameter a symbol conventionally is, where neither its name nor the text says it.

Sources: Kingma and Ba, "Adam" (2015) for beta_1, beta_2 and epsilon; Goodfellow et al., "Deep Learning" (2016) for learning rates, weights
and losses; the documentation of PyTorch's losses for x and y; the probability distributions of SciPy and Wikipedia for the parameters of
densities; Rasmussen and Williams, "Gaussian Processes" (2006) for kernels.
"""

import itertools
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import sympy as sp

from qedoc.bind.made_of import is_made_of
from qedoc.interpret.choices import Choice, Sure, parameter
from qedoc.read.tree import SYMBOLS

MOST = 16
"""Maximum number of assignments of symbols to parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A quantity with the symbols and the parameter names that are in use for it.

    Args:
        words: how texts call it.
        symbols: the symbols.
        names: names, or parts of names, of parameters.
        value: the symbol in terms of the parameter x.
    """

    words: str
    symbols: str
    names: str
    value: str = "x"


CONCEPTS = (
    Concept(words="learning rate|step size", symbols="eta alpha gamma lr", names="learning_rate lr step_size stepsize"),
    Concept(words="location|mean", symbols="mu m", names="loc location mean mu center"),
    Concept(words="scale|standard deviation", symbols="sigma s beta b", names="scale std stddev stdev sigma"),
    Concept(words="variance", symbols="sigma", names="variance var", value="sqrt(x)"),
    Concept(words="rate|intensity", symbols="lambda beta", names="rate intensity lam"),
    Concept(words="concentration|shape", symbols="alpha k a c", names="concentration shape"),
    Concept(words="degrees of freedom", symbols="nu n k", names="df dof nu"),
    Concept(words="log-odds|logits|log odds", symbols="alpha ell l logits theta", names="logits logit log_odds"),
    Concept(words="number of trials|trials|total count|number of draws", symbols="n N", names="total_count num_trials trials n count"),
    Concept(words="lower bound|lower limit|minimum|lower end", symbols="a l", names="low lower minval min lo a"),
    Concept(words="upper bound|upper limit|maximum|upper end", symbols="b u", names="high upper maxval max hi b"),
    Concept(words="probability", symbols="p pi theta", names="probs prob probability"),
    Concept(
        words="prediction|predictions|logits|input|output|(?:predicted|model|approximating) (?:distribution|probabilities)",
        symbols="x y_hat hat_y f z",
        names="predictions prediction preds pred logits outputs inputs input",
    ),
    Concept(
        words="target|targets|label|labels|true values?|ground truth|actual values?|observed values?"
        "|(?:target|true) (?:distribution|probabilities)",
        symbols="y t",
        names="targets target labels label",
    ),
    Concept(words="discount|decay|decay rate", symbols="gamma lambda", names="discount decay decay_rate gamma"),
    Concept(words="decay rate of the first moment", symbols="beta_1", names="b1 beta1"),
    Concept(words="decay rate of the second moment", symbols="beta_2", names="b2 beta2"),
    Concept(words="temperature", symbols="tau T", names="temperature tau temp"),
    Concept(words="length scale|lengthscale", symbols="ell l", names="lengthscale length_scale ls scale length"),
    Concept(words="step|iteration|time", symbols="t k", names="step count steps iteration time"),
    Concept(words="epoch|step|iteration", symbols="t k n step epoch", names="last_epoch last_step start_epoch start_step"),
    Concept(
        words="initial (?:value|learning rate)|base learning rate",
        symbols="init_value initial_value init_lr initial_lr eta_0",
        names="base_lr init_lr initial_lr init_value",
    ),
    Concept(words="period", symbols="T P", names="period"),
    Concept(words="threshold", symbols="delta theta tau", names="threshold delta"),
    Concept(words="margin", symbols="m", names="margin"),
    Concept(words="input|inputs", symbols="x x_t", names="inputs input"),
    Concept(
        words="(?:previous )?(?:hidden )?state|carry|output of the previous (?:time )?step",
        symbols="h h_previous",
        names="carry prev_state state hidden hidden_state prev_hidden",
    ),
    Concept(
        words="(?:previous )?(?:memory|cell)(?: cell)?(?: state)?",
        symbols="c c_previous",
        names="carry prev_state state cell cell_state prev_cell",
    ),
    Concept(words="weight|weights", symbols="w W", names="weights weight kernel"),
    Concept(words="bias|offset", symbols="b", names="bias offset"),
    Concept(words="weight decay|regularization|penalty", symbols="lambda", names="weight_decay regularization penalty l2"),
    Concept(
        words="(?:regularization |penalty )?(?:weight|strength|coefficient)", symbols="lambda", names="weight strength coefficient coef"
    ),
    Concept(words="small constant|smoothing term", symbols="epsilon varepsilon", names="eps epsilon"),
    Concept(words="small constant inside the root", symbols="varepsilon_bar epsilon_bar", names="eps_root"),
    Concept(words="momentum", symbols="mu beta", names="momentum"),
    Concept(words="decay rate", symbols="rho", names="decay decay_rate rho"),
    Concept(words="decay rate of the third moment", symbols="beta_3", names="b3 beta3"),
)

HELD = (
    Concept(words="weight|scale|gain|kernel", symbols="gamma g w W", names="weight weights scale gain kernel gamma w W"),
    Concept(words="bias|shift|offset", symbols="beta b", names="bias biases offset shift beta b"),
)
"""The arrays that a layer holds. Source: Ioffe and Szegedy, "Batch normalization" (2015) for gamma and beta."""

_GREEK = {"lambda": "l", "ell": "l", "varepsilon": "e", "vartheta": "t", "varphi": "p"}


def assignments(
    unknown: Sequence[tuple[str, str]],
    required: Sequence[str],
    optional: Sequence[str],
    held: Collection[str] = (),
    fits: Callable[[str, str], bool] = lambda symbol, name: True,
    *,
    told: Mapping[str, Choice] = MappingProxyType({}),
    alike: Mapping[str, str] = MappingProxyType({}),
    barred: Collection[tuple[str, str]] = (),
) -> list[tuple[Choice, ...]]:
    """Returns the ways in which symbols can be parameters, the most conventional first.

    A symbol with one conventional parameter is suggested to be it, and so is the last symbol if one required parameter is left. Other
    assignments are possible. A symbol that the text explains in other words is only what the words conventionally mean.

    Args:
        unknown: the symbols, each with the words that explain it.
        required: the parameters without a default that no symbol is yet.
        optional: the other parameters that no symbol is yet.
        held: those of the required parameters that are arrays which the object holds.
        fits: whether a symbol has as many axes as a parameter.
        told: the parameters that the text names right before symbols.
        alike: the parameter that the text describes in the words of a symbol, by symbol.
        barred: symbols that have entries, each with a parameter that is one number.
    """
    slots: list[list[Choice]] = []
    for symbol, text in unknown:
        if symbol in told:
            slots.append([told[symbol]])
            continue
        if symbol in alike:
            slots.append([_choice(symbol, alike[symbol], text, Sure.SUGGESTED)])
            continue
        usable = [name for name in required if fits(symbol, name) and (symbol, name) not in barred]
        numbers = [name for name in optional if (symbol, name) not in barred]
        known = [choice for name in usable for choice in _conventional(symbol, text, name, HELD if name in held else CONCEPTS)]
        known = known or [choice for name in numbers for choice in _conventional(symbol, text, name)]
        others = [] if text or is_word(symbol) else [choice for name in usable for choice in _unsaid(symbol, name)]
        own = [choice for choice in known if choice.sure is Sure.SUGGESTED and may_be_held(symbol) and "_" in symbol]
        if len(own) == 1:  # `W_h` is the weight of `h` and of nothing else
            known, others = own, []
        others += [_choice(symbol, 1 / one.value, "its reciprocal", Sure.POSSIBLE) for one in others if _may_invert(symbol, _owner(one))]
        if len(known) > 1 and not all(_square_end(symbol, _owner(choice)) for choice in known):
            exact = [choice for choice in known if stands_for(symbol, _owner(choice))]
            sure = exact[0] if len(exact) == 1 and exact[0].sure is Sure.SUGGESTED else None
            known = [c if c is sure else _choice(symbol, c.value, c.words, Sure.POSSIBLE) for c in known]
        slots.append([*known, *(choice for choice in others if not any(_owner(choice) == _owner(one) for one in known))])
    made = [row for row in itertools.islice(itertools.product(*slots), 64 * MOST) if len({_owner(choice) for choice in row}) == len(row)]
    made = list(dict.fromkeys(_completed(row, required) for row in made))
    made.sort(key=lambda row: sum(choice.sure is Sure.POSSIBLE for choice in row))
    return made


_RATES = frozenset({"rate", "frequency", "precision", "beta", "lam", "lambda", "lambd", "inverse"})
_SCALES = frozenset({"scale", "period", "temperature", "temp", "theta", "tau", "constant"})
_OF_RATES = frozenset({"lambda", "beta", "omega", "nu", "f"})
_OF_SCALES = frozenset({"tau", "theta", "T", "sigma", "s"})


def _may_invert(symbol: str, name: str) -> bool:
    """Whether a symbol is usual for the reciprocal of a parameter of this name: a time constant for a rate, or the reverse."""
    parts = {name.lower(), *name.lower().split("_")}
    return bool((symbol in _OF_SCALES and parts & _RATES) or (symbol in _OF_RATES and parts & _SCALES))


def _unsaid(symbol: str, name: str) -> Iterator[Choice]:
    """What a symbol without a description may be of a parameter: the parameter, or the number of which it is the logarithm."""
    yield _choice(symbol, name, "a parameter that no symbol is", Sure.POSSIBLE)
    if name.lower().startswith(LOGARITHM):
        yield _choice(symbol, sp.exp(parameter(name)), f"{name} is a logarithm by its name", Sure.POSSIBLE)


LOGARITHM = "log_"
"""How the name of a parameter begins that holds a logarithm."""


def is_held(symbol: str, name: str) -> bool:
    """Whether a symbol conventionally is an array of this name that a layer holds."""
    return any(symbol in concept.symbols.split() and name in concept.names.split() for concept in HELD)


def may_be_held(symbol: str) -> bool:
    """Whether a symbol conventionally is some array that a layer holds: `W_i` is a weight, whatever the array is called."""
    return any(symbol.partition("_")[0] in concept.symbols.split() for concept in HELD)


def learned(text: str) -> bool:
    """Whether a description only says that a symbol is an array that the layer learns: `a learnable parameter`."""
    return bool(_LEARNED.match(text))


_LEARNED = re.compile(
    r"\W*(?:an?|the|optional|\s)*\s*(?:learned|learnable|trainable|(?:elementwise |learnable )?affine)\s+(?:\w+\s+)?"
    r"(?:array|parameter|vector|weight|bias|scale|offset|shift)s?\b",
    re.IGNORECASE,
)


def means(text: str, name: str) -> bool:
    """Whether a description is no more than what a parameter of this name conventionally is: `the lower bound` of `low`."""
    bare = re.sub(r"^(?:the|a|an)\s+", "", text.strip().lower()).rstrip(" .,;")
    parts = [name.lower(), *filter(None, name.lower().split("_"))]
    return any(
        concept.value == "x" and re.fullmatch(concept.words, bare) and set(parts) & set(concept.names.split()) for concept in CONCEPTS
    )


def is_word(symbol: str) -> bool:
    """Whether a symbol is a word rather than a letter: `total`, and not `p`, `alpha` or `x_max`."""
    base = symbol.partition("_")[0]
    return len(base) > 2 and base.isalpha() and base not in SYMBOLS and base != "lambda"


def stands_for(symbol: str, name: str) -> bool:
    """Whether a symbol conventionally is a quantity of this name: `p` is `probs`."""
    return any(symbol in concept.symbols.split() and name.lower() in concept.names.split() for concept in CONCEPTS)


def is_usual(symbol: str, name: str) -> bool:
    """Whether a symbol that nothing explains conventionally is a parameter of this name, or abbreviates it."""
    return any(_conventional(symbol, "", name))


def with_order(rows: list[tuple[Choice, ...]], order: Mapping[str, str], *, weak: bool = False) -> list[tuple[Choice, ...]]:
    """Adds to the assignments the one by the order of arguments, which no other one then has more reason for.

    Args:
        rows: the assignments.
        order: the parameter of each symbol by its place; empty if the order tells nothing.
        weak: whether other conventions are as strong as the order. Where they disagree, both assignments are suggested.
    """
    if not order:
        return rows
    by_order = {(name, parameter(to)) for name, to in order.items()}
    ordered = tuple(_choice(name, to, "the order of the arguments", Sure.SUGGESTED) for name, to in order.items())
    conflict = any(all(c.sure is not Sure.POSSIBLE for c in row) and {(c.subject, c.value) for c in row} != by_order for row in rows)
    others = [
        tuple(_choice(c.subject, c.value, c.words, Sure.POSSIBLE) for c in row)
        for row in rows
        if {(c.subject, c.value) for c in row} != by_order
    ]
    if conflict and weak:
        return [ordered, *(row for row in rows if {(c.subject, c.value) for c in row} != by_order)]
    first = tuple(_choice(c.subject, c.value, c.words, Sure.POSSIBLE) for c in ordered) if conflict else ordered
    return [first, *others]


def _completed(row: tuple[Choice, ...], required: Sequence[str]) -> tuple[Choice, ...]:
    """An assignment in which the last symbol and the last required parameter belong together, if the others are suggested."""
    open_ = [choice for choice in row if choice.sure is Sure.POSSIBLE]
    taken = {_owner(choice) for choice in row if choice.sure is not Sure.POSSIBLE}
    left = [name for name in required if name not in taken]
    if len(open_) != 1 or left != [_owner(open_[0])] or not isinstance(open_[0].value, sp.Symbol):
        return row
    if _square_end(open_[0].subject, left[0]):
        return row
    return tuple(_choice(c.subject, c.value, "the only parameter that is left", Sure.SUGGESTED) if c is open_[0] else c for c in row)


def _owner(choice: Choice) -> str:
    (symbol,) = choice.value.free_symbols
    return str(symbol.name[1:])


def _choice(symbol: str, value: str | sp.Expr, words: str, sure: Sure) -> Choice:
    made = parameter(value) if isinstance(value, str) else value
    return Choice(about="symbol", subject=symbol, value=made, words=words, sure=sure)


def _conventional(symbol: str, text: str, name: str, concepts: Sequence[Concept] = CONCEPTS) -> Iterator[Choice]:
    """The reasons why a symbol is conventionally a parameter, or the number of which the parameter is the logarithm by its name."""
    bare = name.lower().removeprefix(LOGARITHM)
    if bare == name.lower() or (text and _LOG.search(text)) or (not text and symbol[0].lower() == "l"):
        yield from _by_concept(symbol, text, name, concepts)
    elif text and (any(_by_concept(symbol, text, bare, concepts)) or re.search(rf"\b{bare.replace('_', '')[:6]}", text.lower())):
        yield _choice(symbol, sp.exp(parameter(name)), text, Sure.SUGGESTED)
        if not _CHANCES.search(text):
            yield _choice(symbol, name, text, Sure.SUGGESTED)  # `the predictions` may be logarithms too


def _square_end(symbol: str, name: str) -> str:
    """The end of the name of the square of a symbol, `2` in `sigma2` and `_sq` in `sigma_sq`; empty for any other name."""
    end = name.lower().removeprefix(symbol.lower())
    return end if end != name.lower() and end.strip("_") in ("2", "sq", "squared", "square") else ""


def _by_concept(symbol: str, text: str, name: str, concepts: Sequence[Concept]) -> Iterator[Choice]:
    """The reasons, at most one, why a symbol is conventionally a parameter."""
    parts = [part for part in name.lower().split("_") if part]
    if is_made_of(text, name):
        return
    if end := _square_end(symbol, name):
        yield _choice(symbol, sp.sqrt(parameter(name)), text or f"{name} is {symbol} squared, by its name", Sure.SUGGESTED)
        if "2" in end:  # it may be the second one too
            yield _choice(symbol, name, text or f"{name} is a number of {symbol}, by its name", Sure.SUGGESTED)
        return
    for concept in concepts:
        named = any(one in (name.lower(), *parts) for one in concept.names.split())
        base, _, suffix = symbol.partition("_")
        told = bool(text) and re.search(rf"\b(?:{concept.words})\b", text.lower()) is not None
        composed = suffix and name.lower() in {f"{suffix}_{one}" for one in concept.names.split()}
        if composed and base in concept.symbols.split() and (told or not text):
            what = concept.words.partition("|")[0]
            yield _choice(symbol, name, text or f"{base} is conventionally the {what}, and {suffix} names it", Sure.SUGGESTED)
            return
        if named and not text and concepts is HELD and suffix and base in concept.symbols.split() and len(parts) > 1:
            own = suffix == "_".join(parts[:-1])
            words = f"{symbol} is conventionally {'the' if own else 'a'} {parts[-1]}{f' of {suffix}' if own else ''}"
            yield _choice(symbol, name, words, Sure.SUGGESTED if own else Sure.POSSIBLE)
            return
        if named and (told if text else symbol in concept.symbols.split()):
            value = sp.sympify(concept.value).xreplace({sp.Symbol("x"): parameter(name)})
            what = concept.words.partition("|")[0]
            words = text or f"{symbol} is conventionally the {what}"
            yield _choice(symbol, value, words, Sure.SUGGESTED)
            return
    if not text and _abbreviates(symbol, name, parts):
        yield _choice(symbol, name, f"{symbol} abbreviates {name}", Sure.SUGGESTED)


_LOG = re.compile(r"\blog", re.IGNORECASE)
_CHANCES = re.compile(r"\b(?:distribution|probabilit(?:y|ies)|density|densities|likelihood)\b", re.IGNORECASE)
"""Words for numbers that are no logarithms."""


def _abbreviates(symbol: str, name: str, parts: Sequence[str]) -> bool:
    base, _, suffix = symbol.partition("_")
    if symbol.replace("_", "").lower() == name.replace("_", "").lower():
        return True
    letter = _GREEK.get(base, base[0]).lower()
    if suffix:
        return name.lower() in (f"{letter}{suffix}", f"{letter}_{suffix}", f"{base}{suffix}")
    short = len(base) == 1 or base in _GREEK
    return short and any(part.startswith(letter) for part in parts)
