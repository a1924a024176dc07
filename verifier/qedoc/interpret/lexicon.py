"""The words that qedoc knows, from `lexicon.toml`."""

import itertools
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

_DATA: Mapping[str, Any] = tomllib.loads(files("qedoc.interpret").joinpath("lexicon.toml").read_text(encoding="utf-8"))

Phrases = Mapping[str, Sequence[str]]

KINDS: Phrases = _DATA["kinds"]
"""The phrases of each kind of token."""

SIGNS: Phrases = _DATA["signs"]
"""Adjectives and nouns that restrict a number. The row `unknown` restricts in a way that no relation says."""

NUMBERS: Phrases = _DATA["numbers"]
"""Numbers in words."""

OPERATORS: Phrases = _DATA["operators"]
"""Words for a function of one number, by its value at x."""

AFTER: Phrases = _DATA["after"]
"""Words for a function that follow the number: `the scale squared`."""

UNITS: Phrases = _DATA["units"]
"""Units and scales of a number."""

INTERVALS: Phrases = _DATA["intervals"]
"""Sets in words."""

QUANTITIES: Phrases = _DATA["quantities"]
"""Words for what is made of a whole function."""

CONVERSIONS: Mapping[tuple[str, str], str] = {(a, b): value for a, row in _DATA["conversions"].items() for b, value in row.items()}
"""A number in the second unit, from the number x in the first."""

SCALES: Mapping[str, str] = _DATA["scales"]
"""A number x on a scale, where the text does not say on which scale the parameter is: it may be on this one already."""

ABBREVIATIONS: Mapping[str, str] = _DATA["abbreviations"]
"""What short parts of parameter names are short for."""

SYNONYMS: Phrases = _DATA["synonyms"]
"""What functions are called whose names have these parts."""

OTHERS = frozenset(KINDS["OTHER"])
"""Nouns for things that are not the value that a formula states."""

INEXACT = frozenset(_DATA["words"]["inexact"])
"""Words for a formula that need not be the value exactly."""

NUMERICAL = frozenset(_DATA["words"]["numerical"])
"""Words for how a formula is computed, which say nothing of its value."""

RESULTS = frozenset(_DATA["words"]["results"])
"""Nouns for what the function returns."""

GIVEN = frozenset(_DATA["words"]["given"])
"""Participles that do not say what is done to a number."""

CHANGING = frozenset(_DATA["words"]["changing"])
"""Nouns that make another value of what they describe."""

COMPUTING = frozenset(_DATA["words"]["computing"])
"""Verbs that say that a function computes what follows."""

COUNTED = frozenset(_DATA["words"]["counted"])
"""Parameters that are a number of things. `The step` is one of the steps, and not their number."""

SUMMING = frozenset(_DATA["words"]["summing"])
"""Words after which `from` and `to` are the ends of a sum or an integral."""

PAST = frozenset(_DATA["words"]["past"])
"""Words that say that a formula is that of another version."""

ENGLISH = frozenset(_DATA["words"]["english"])
"""Words that nearly every English sentence has."""

FOREIGN = frozenset(_DATA["words"]["foreign"])
"""Words that nearly every sentence in another European language has."""

CONTRAST = frozenset(_DATA["words"]["contrast"])
"""Words that say that a formula may be that of something with which the function is compared."""

SPREADING = frozenset(_DATA["words"]["spreading"])
"""Verbs that say where the mass of a distribution lies."""

MASSES = frozenset(_DATA["words"]["masses"])
"""What such a verb spreads."""

CONTAINERS = frozenset(_DATA["words"]["containers"])
"""What has a length, a size or a shape."""

JOINING = frozenset(_DATA["words"]["joining"])
"""Words that only join two formulas."""

OPPOSITES: Sequence[Sequence[frozenset[str]]] = [[frozenset(side) for side in sides] for sides in _DATA["opposites"].values()]
"""Lists of words that exclude each other."""

KIN: Sequence[frozenset[str]] = [frozenset(words) for words in _DATA["kin"].values()]
"""Nouns for the same number, in the singular."""

PLAIN = frozenset(word for kind in ("THING", "DET", "SELF") for phrase in KINDS[kind] for word in phrase.split())
"""Words that do not say what a number is."""

COMBINING = frozenset(_DATA["words"]["combining"])
"""Verbs that make a symbol of other numbers."""

TAKING = frozenset(_DATA["words"]["taking"])
"""Words after which a display is only an operand."""

ADJUSTING = frozenset(_DATA["words"]["adjusting"])
"""Words that make another number of the one before them: `the number of entries less one`."""

EQUATING = frozenset(_DATA["words"]["equating"])
"""Words before `to` or `of` after which a display is the value."""

STATING = frozenset(_DATA["words"]["stating"])
"""Words with `-ing` after which a display is the value."""

FRAME = frozenset(_DATA["words"]["frame"])
"""The words of an introduction that name nothing."""

SPECIFYING = frozenset(_DATA["words"]["specifying"])
"""Participles after which an entry only says what its number is for."""

_ENDS = tuple(_DATA["words"]["changing_ends"])
_DESCRIBING = frozenset(
    word for kind in ("THING", "NEUT", "FILL", "DET", "SELF") for phrase in KINDS[kind] for word in phrase.split()
) | frozenset(_DATA["words"]["describing"])


def changes(words: Sequence[str]) -> bool:
    """Whether some of the words may make another value of what they describe: adjectives, participles, and nouns such as `sum`."""
    return any(_changes(word) for run in words for word in run.split())


def _changes(word: str) -> bool:
    if word in _DESCRIBING:
        return False
    return word in CHANGING or (len(word) > 3 and word.endswith(_ENDS))


def opposed(one: str, other: str) -> bool:
    """Whether two descriptions cannot be of the same number: `the probability to keep` and `the dropout probability`.

    Args:
        one: a description.
        other: another description, or the name of a parameter.
    """
    return any(
        _says(one, a) and _says(other, b) and not (_says(one, b) or _says(other, a))
        for sides in OPPOSITES
        for a, b in itertools.permutations(sides, 2)
    )


@cache
def _side(phrases: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z-])(?:{'|'.join(map(re.escape, sorted(phrases)))})(?![a-z])", re.IGNORECASE)


def _says(text: str, phrases: frozenset[str]) -> bool:
    return bool(_side(phrases).search(text))
