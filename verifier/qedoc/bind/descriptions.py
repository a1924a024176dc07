"""Compares how the text explains a symbol with how it describes the parameter of that name."""

import re

from qedoc.bind.apposed import before
from qedoc.bind.context import Context
from qedoc.interpret import lexicon
from qedoc.interpret.choices import Choices
from qedoc.interpret.lexicon import opposed
from qedoc.read import conventional_index
from qedoc.read.tree import SYMBOLS
from qedoc.sources import markup
from qedoc.sources.prose import DERIVED

ARTICLES = frozenset({"the", "a", "an"})
PREPOSITIONS = frozenset({"of", "per", "for", "in", "on", "at", "to", "from", "with", "over", "by", "between", "that", "which"})

_TYPES = frozenset(
    {
        "int",
        "float",
        "scalar",
        "array",
        "array_like",
        "arraylike",
        "ndarray",
        "number",
        "real",
        "or",
        "optional",
        "jax",
        "jnp",
        "list",
        "of",
    }
)
"""Words before a description: its type, `float, optional`."""

_TYPE_LINE = re.compile(
    rf"^(?:(?:{'|'.join(sorted(_TYPES - {'or', 'of'}))}|[A-Za-z_]\w*(?:\.\w+)+)(?:\[[^\]]*\])?(?:,? or |,? of |, | ))+"
    r"(?:optional,? )?(?:\(?default\s*[=:]?\s*[^\s,]+\)?,? )?(?=[A-Z])"
)
"""The type of a parameter and its default before the description: `float or jax.Array, default=1.0 Threshold parameter`."""

_KINDS = frozenset(
    {"positive", "negative", "nonnegative", "non", "strictly", "finite", "small", "large", "valued", "constant", "arbitrary", "given"}
)
"""Adjectives of numbers, which do not tell what a number is."""

_SAID = re.compile(r"(?:is|are|denotes?|represents?|counts?|means)\b")
_STEM = 5
"""How many letters two forms of a word have in common: `smooth` and `smoothing`."""

_OPERATIONS = frozenset(phrase for phrases in lexicon.OPERATORS.values() for phrase in phrases if " " not in phrase)
"""Adjectives that make another number: `inverse temperature`."""

Phrase = tuple[frozenset[str], frozenset[str]]
"""A noun, and what stands before it."""

_NO_NOUN = re.compile(r"(?:as in|see|defined|given|specified|described)\b|\W*$")
_MARKUP = re.compile(r":[\w:]*:?`[^`]*`|`+[^`]*`+|\$[^$]*\$|\([^)]*\)")
_GOVERNING = re.compile(r"(?<=parameter) (?:that |which )?(?:control|determin|govern|set|specif|tun|regulat)\w* .*", re.IGNORECASE)
"""What a parameter is for, which is not what it is: `a parameter controlling the transition`."""

_THINGS = r"\b(?:inputs?|values|arguments?|data|entries|elements|numbers|samples|observations|array|vector)\b"
"""Words for given numbers: what is made of them is something else."""

_CLAUSE = re.compile(r"[,;:(]|\.(?=\s|$)")

_MADE = re.compile(
    r"\b(?:half|halved|twice|double|triple|quarter|third|square|root|log(?:arithm)?|(?:one|two|three|\d+) (?:less|fewer|more)|minus|plus|"
    r"times|divided|multiplied|except|without|excluding|apart from)\b",
    re.IGNORECASE,
)
_ADJUSTED = re.compile(r"\b(?:less|minus|plus|times|reduced by|increased by|divided by|without|excluding)\b(?! than)", re.IGNORECASE)


def makes_another(text: str) -> bool:
    """Whether words make another number of what they name: `one less than the length of x`.

    Args:
        text: the explanation of a symbol.
    """
    return bool(_MADE.search(re.split(r"\bof\b", text, maxsplit=1)[0]) or _ADJUSTED.search(text))


def explanation(context: Context, name: str, said: Choices) -> str:
    """The words that explain a symbol; empty if nothing explains it."""
    told = next((choice.words for choice in said.meanings.get(name, ())), "")
    entry = next((text for key, text in context.legend.items() if key.rpartition("_")[0] == name and conventional_index(key[-1:])), "")
    return context.legend.get(name, "") or said.explained.get(name, "") or told or entry


def disagreement(context: Context, name: str, same: str, said: Choices) -> str:
    """The words that explain a symbol as something else than the parameter of its name; empty if there are none.

    Args:
        context: the docstring.
        name: the symbol.
        same: the parameter.
        said: what the text says.
    """
    words, own = explanation(context, name, said), _TYPE_LINE.sub("", context.parameters[same].text)
    clauses = re.split(r"[;.]\s", own)
    if words and any(opposed(words, clause) for clause in clauses):
        return words
    is_letter = len(same) == 1 or same in SYMBOLS  # the letter itself tells nothing: `the parameter mu`
    described = re.sub(rf"(?<!\w){same}(?!\w)", " ", clauses[0]) if is_letter else clauses[0]
    if words and _is_other(_noun(context, name, words), described):
        return words
    if re.search(rf"\b(?:one|zero|half|\d) (?:if|when|unless|where)\b.*(?<![\w\\]){re.escape(same)}(?!\w)", words):
        return words
    if aside := next((clause for clause in _clauses_with(context, name) if opposed(clause, clauses[0])), ""):
        return aside
    noun = before(context, name)
    if noun and _is_function_of(_words(noun), _words(clauses[0])):
        return noun
    itself = [clause for clause in clauses[1:] if re.match(rf"\W*(?::math:)?[`$]*{re.escape(name)}[`$]*\s+(?:is|denotes)\b", clause)]
    return next((clause for clause in itself if opposed(clause, clauses[0])), "")


def in_same_words(text: str, description: str, *, one: bool = False) -> bool:
    """Whether an explanation of a symbol is how the description of a parameter begins: `the maximum number of steps`.

    Args:
        text: the explanation.
        description: the description.
        one: whether one word is enough, `the semiparameter`, as for the parameter that has the name of the symbol.
    """
    said, described = ([word for word in re.findall(r"\w+", one.lower()) if word not in ARTICLES] for one in (text, description))
    start = next((place for place, word in enumerate(described) if word not in _TYPES), len(described))
    rest = described[start + len(said) :]
    whole = len(said) > 1 or (one and len(said) == 1 and (not rest or rest[0] in PREPOSITIONS))
    return whole and described[start : start + len(said)] == said and "`" not in text


def _clauses_with(context: Context, name: str) -> list[str]:
    """The clauses of the running text in which a symbol stands."""
    told = [paragraph.text for paragraph in markup.paragraphs(context.lines) if paragraph.section not in markup.ARGUMENTS]
    symbol = re.compile(rf"(?::math:`|\$)\\?{re.escape(name)}[`$]")
    return [clause for text in told for clause in re.split(r"[.;,](?=\s|$)", text) if symbol.search(clause)]


def _noun(context: Context, name: str, words: str) -> str:
    """What a text calls a symbol: its explanation, or in a sentence the words after it, `:math:`t` counts epochs`, or before it."""
    if words == context.legend.get(name, ""):
        return words
    spelled = re.search(rf"(?::math:)?[`$]+\\?{re.escape(name)}[`$]+", words)
    if spelled is None:
        return ""
    after = words[spelled.end() :].lstrip()
    verb = _SAID.match(after)
    after = after[verb.end() :].lstrip() if verb else after
    noun = re.match(r"(?:the|an?|its)\s+", after)
    if noun or verb:
        return after if not _NO_NOUN.match(after) else ""
    return re.split(r"[,;:.]", words[: spelled.start()])[-1] if re.match(r"[.,;]", after) else ""


def _is_other(said: str, described: str) -> bool:
    """Whether two noun phrases have no word in common, or one noun with other adjectives: `epochs` and `iteration`.

    Words that say nothing about what a number is do not count: articles, types, `parameter`. Nor do two phrases of which one has no other.
    """
    one, other = (_words(text) for text in (said, described))
    if not (one[0] and other[0]):
        return bool(one[0]) and _is_made(said) and re.search(_THINGS, described, re.IGNORECASE) is not None
    if _is_function_of(one, other):
        return True
    if not _shared(one[0] | one[1], other[0] | other[1]):
        return True
    return bool(one[1] and other[1]) and _shared(one[0], other[0]) and not _shared(one[1], other[1])


def _is_made(said: str) -> bool:
    """Whether a noun phrase names numbers that are made of inputs. One number may be a parameter itself: `the exponent`, `the mean`."""
    nouns = re.findall(rf"[a-z]+(?= of (?:all |the |its )*{_THINGS})|[a-z]+(?=s\b)", said.lower())
    return any(noun in DERIVED or noun.rstrip("s") in DERIVED for noun in nouns)


def _is_function_of(one: Phrase, other: Phrase) -> bool:
    """Whether one of two phrases has an adjective that makes another number of the noun in both: `inverse temperature`."""
    return _shared(one[0], other[0]) and bool((one[1] ^ other[1]) & _OPERATIONS)


def _words(text: str) -> Phrase:
    """The noun that the first clause of a text begins with, and what stands before it."""
    clause = _CLAUSE.split(_MARKUP.sub(" ", text).strip(), maxsplit=1)[0]
    words = re.findall(r"[^\W\d_]+", _GOVERNING.sub("", clause).lower())
    place = next((k for k, word in enumerate(words) if word in PREPOSITIONS and k > 0), len(words))
    named = [word for word in words[:place] if word not in ARTICLES | _TYPES | lexicon.PLAIN]
    if not named:
        named = [word for word in words[place:] if word not in ARTICLES | _TYPES | lexicon.PLAIN | PREPOSITIONS]
    while named and named[-1] in _KINDS:
        named.pop()  # the noun was a type: `a positive number`
    return frozenset(named[-1:]), frozenset(named[:-1])


def _shared(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether a word of one set and a word of another are forms of one word, or may be called each other."""
    return any(_alike(a.rstrip("s"), b.rstrip("s")) for a in one for b in other)


def _alike(one: str, other: str) -> bool:
    same_start = min(len(one), len(other)) >= _STEM and one[:_STEM] == other[:_STEM]
    return one == other or same_start or any({one, other} <= kin for kin in lexicon.KIN)
