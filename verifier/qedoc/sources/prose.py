"""Extracts from the text around a formula what its symbols mean."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from qedoc.sources.markup import SILENT, Paragraph

_MATH = r":math:`([^`]+)`"
_SYMBOL = re.compile(
    r"\\?[A-Za-z]+'*|\\(hat|bar|tilde|mathbf|mathrm|vec)\s*\{?\\?[A-Za-z]+\}?|\\langle\s*\\?\w+\s*\\rangle|\\overline\{\\?[A-Za-z]+(?:_\w)?\}"
)
_SCRIPT = r"(_(\\?[A-Za-z0-9]+|\{[^{}]*\}|\\math\w+\{[^{}]*\}))?(\([^()]*\))?"
_LONE = re.compile(rf"(?:\\Delta(?:\s+|(?=\\)))?({_SYMBOL.pattern}){_SCRIPT}")
_MEANS = r"denotes?|represents?|indicates?|stands? for|means|refers? to|contains?|=|:|scales"
_IS = r"(?:is|are|be)\s+(?=(?:the|a|an|its|our|each|some|any|one|set|simply|just)\b|`|:|[a-z]+_[a-z_]+\b)"
_EXPLAINED = re.compile(rf"{_MATH}\s*,?\s*(?:{_IS}|(?:{_MEANS})(?=\W)\s*)(.*)")
_TUPLE = re.compile(r"^:math:`([^`=]+?)\s*=\s*\\?[\[({][^`]*\\(?:l?dots|cdots)[^`]*[\])}]`")
"""A vector with its entries, `a = (a_1, \\dots, a_n)`."""

_PLAIN_LETTER = re.compile(
    r"(?<![^\s(])(?<!-)\b([B-HJ-Zb-hj-z])(?=(?:,? (?:and )?[B-HJ-Zb-hj-z]\b)*(?:\s*,)? (?:is|are|denotes?|represents?) (?:the|an?)\b)",
    re.ASCII,
)
"""A letter without markup that a sentence explains: `where l and h are the limits`."""

_SEVERAL = re.compile(rf"((?:{_MATH}(?:\s*,\s*(?:and\s+)?|\s+and\s+))+{_MATH})\s*,?\s*(?:are|denote|represent|stand for)\s+(?=\w)")
"""Symbols that are explained together."""

_LONGEST = 6
"""Maximum number of words of one of several descriptions."""

_SUPPOSED = re.compile(r"\b(?:if|when|unless|whether|case)\s*$", re.IGNORECASE)
_FOR = re.compile(rf"(?:^|[\s(])[Ff]or {_MATH} (?!and |or |in )([a-z].*)")
_AT = re.compile(rf"\b(iteration|step|time|timestep|index|dimension|length|batch|round)s? {_MATH}")
_DATA = re.compile(r"an? (?:array|vector|matrix|set|sequence|batch) of ", re.IGNORECASE)
_GIVEN = re.compile(rf"\b(?:Given|For) (an? [^:`.;]*?)\s*{_MATH}", re.IGNORECASE)
_QUOTED = re.compile(r"(?::code:)?`{1,2}([A-Za-z_]\w*)`{1,2}")
_HEAD = re.compile(r"\W*(?:(?!of\b|for\b|to\b|with\b|in\b)[\w-]+\s+){0,4}(?:vector|matrix|matrices|tree)\b", re.IGNORECASE)
_MATRIX = re.compile(_HEAD.pattern.replace(r"vector|matrix|matrices|tree", r"matrix|matrices|linear operator"), re.IGNORECASE)
_SPACE = re.compile(r"(?:`+|:math:`)R\^\{?\w+(?: x \w+)?\}?`+\s*")
"""The space of a matrix in plain text, `R^{k x k}`, before the words that say what it is."""
_SHAPE = re.compile(r"(?<!batch )(?<!batch-)\bshape\s*`{0,2}[\[(]([^\])]*)[\])]", re.IGNORECASE)


def sentences(paragraph: Paragraph) -> Iterator[str]:
    """Yields the sentences of a paragraph. A full stop inside a formula or a literal does not end a sentence."""
    start = 0
    hidden = [found.span() for found in re.finditer(r"`[^`]*`", paragraph.text)]
    for stop in re.finditer(r"[.;](?=\s|$)", paragraph.text):
        if not any(left < stop.start() < right for left, right in hidden):
            yield paragraph.text[start : stop.end()].strip()
            start = stop.end()
    if paragraph.text[start:].strip():
        yield paragraph.text[start:].strip()


def legend(paragraphs: Sequence[Paragraph], arguments: Mapping[str, str]) -> dict[str, str]:
    """Returns the text's explanation of each symbol, by the symbol's LaTeX.

    Args:
        paragraphs: the running text.
        arguments: the description of each parameter in the section on arguments. A symbol in it stands for the parameter.
    """
    found: dict[str, str] = {}
    for paragraph in paragraphs:
        if paragraph.section in SILENT:
            continue
        for written in sentences(paragraph):
            sentence = _PLAIN_LETTER.sub(r":math:`\1`", written)
            for symbol, text in (*_respectively(sentence), *_listed(sentence), *_explanations(sentence)):
                name, applied, _ = symbol.partition("(")
                found.setdefault(name, f"{text} (a function)" if applied and "function" not in text else text)
    for name, text in arguments.items():
        for latex in re.findall(rf"\(\s*{_MATH}\s*\)|^{_MATH}|\b(?:parameter|symbol|letter|denoted(?: by)?|called) {_MATH}", text):
            symbol = next(filter(None, latex))
            if _LONE.fullmatch(symbol):
                found.setdefault(symbol, f"``{name}``")
    return found


def _explanations(sentence: str) -> Iterator[tuple[str, str]]:
    given = _GIVEN.search(sentence)
    if given and (indexed := re.fullmatch(r"(\\?[A-Za-z]+)_\{?[i-n]+\}?", given[2])):
        yield indexed[1], given[1].replace("*", "").strip()
    starts = [found.start() for found in re.finditer(_MATH, sentence)]
    for start, end in pairwise([*starts, len(sentence)]):
        piece = sentence[start:end]
        before = sentence[:start]
        if _SUPPOSED.search(before):
            continue
        explained = _EXPLAINED.match(_TUPLE.sub(r":math:`\1`", piece))
        if explained and _LONE.fullmatch(explained[1]):
            following = sentence[end:] if not explained[2].strip(" ,.") else ""
            text = _trimmed(explained[2]) or (f":math:{_first_math(following)}" if following else "")
            if re.search(r"\brespectively\W*$", text) or _SEVERAL.search(f"{before} {piece}"):
                continue  # it explains several symbols, in their order
            yield explained[1], text
            continue
        lone = re.match(_MATH, piece)
        if not lone or not _LONE.fullmatch(lone[1]):
            continue
        described = _FOR.search(before[-5:] + piece)
        named = re.search(r"``(\w+)``\s*\(?$", before)
        timed = _AT.search(before[-12:] + piece)
        if described:
            yield lone[1], _trimmed(described[2])
        elif named:
            yield lone[1], f"``{named[1]}``"
        elif timed:
            yield lone[1], timed[1]


def _first_math(text: str) -> str:
    found = re.match(r"\s*:math:(`[^`]+`)", text)
    return found[1] if found else ""


def _trimmed(text: str) -> str:
    """The description without the connection to the next symbol."""
    return re.sub(r"([\s,;:.(]|\b(and|where|for|with|at|of|to|by|in|in a)\b)*$", "", text.strip())


def _respectively(sentence: str) -> Iterator[tuple[str, str]]:
    r"""Let `\beta_1, \beta_2` and `\varepsilon` represent the arguments ``b1``, ``b2`` and ``eps`` respectively."""
    if "respectively" not in sentence:
        return
    told = re.search(rf"((?:{_MATH}[\s,]*(?:and\s*)?)+)(?:represent|denote|are|stand for)\b((?:(?!:math:).)*?)respectively", sentence)
    if not told:
        return
    yield from _shared_noun(re.findall(_MATH, told[1]), told[0][len(told[1]) :])
    symbols = [symbol.strip() for latex in re.findall(_MATH, told[1]) for symbol in latex.split(",") if symbol.strip()]
    names = _QUOTED.findall(told[0][len(told[1]) :])
    if len(symbols) == len(names):
        yield from ((symbol, f"``{name}``") for symbol, name in zip(symbols, names, strict=True))


def _listed(sentence: str) -> Iterator[tuple[str, str]]:
    r"""`\mu` and `\sigma` are the mean and the standard deviation: as many descriptions as symbols, in the same order."""
    for told in _SEVERAL.finditer(sentence):
        symbols, rest = re.findall(_MATH, told[1]), re.split(r"[.;(]|\b(?:where|which|that|with)\b", sentence[told.end() :])[0]
        listed = re.sub(r"[,\s]*\brespectively\b", "", rest).strip(" ,")
        parts = [part for part in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", listed) if part]
        if len(parts) == len(symbols) and all(len(part.split()) <= _LONGEST for part in parts):
            yield from zip(symbols, _with_noun(parts), strict=True)


def _with_noun(parts: Sequence[str]) -> Sequence[str]:
    """Descriptions that share the last noun: `the lower` and `upper limits`."""
    *sizes, size = (len(re.sub(r"^the\s+", "", part).split()) for part in parts)
    noun = parts[-1].split()[-1]
    if set(sizes) != {1} or size != 2 or not noun.endswith("s"):
        return parts
    return [*(f"{part} {noun.removesuffix('s')}" for part in parts[:-1]), parts[-1]]


def _shared_noun(symbols: Sequence[str], text: str) -> Iterator[tuple[str, str]]:
    """`a` and `b` are the lower and upper bounds respectively: each adjective with the noun belongs to one symbol."""
    told = re.search(r"\b(?:the\s+)?(\w+)\s+and\s+(\w+)\s+(\w+?)s?\W+respectively", text)
    if told and len(symbols) == 2 and not _QUOTED.search(text):
        yield from ((symbol, f"the {adjective} {told[3]}") for symbol, adjective in zip(symbols, told.groups()[:2], strict=True))


def parameter(text: str, parameters: Iterable[str]) -> str:
    """Returns the parameter that a description means, or an empty string if it means none or several.

    The description quotes the parameter (``decay_steps``), or contains each part of its name: 'the initial value' is `init_value`.
    """
    known = list(parameters)
    quoted = [found for found in _QUOTED.finditer(text) if found[1] in known]
    if quoted:
        direct = {found[1] for found in quoted if not re.search(r"\bof\s*(?::\w+:)?$", text[: found.start()])}
        return direct.pop() if len(direct) == 1 else ""
    words = [word.lower() for word in re.findall(r"[A-Za-z]+", _ALIKE.sub(" ", re.sub(r":\w+:`[^`]*`", " ", text)))]
    words = [word for word in words if word not in ("a", "an", "the")]
    fitting = [name for name in known if _spelled(name, words)]
    longest = max((name.count("_") for name in fitting), default=0)
    best = [name for name in fitting if name.count("_") == longest]
    return best[0] if len(best) == 1 and not _is_made_of(words, best[0]) else ""


DERIVED = frozenset(
    {
        "absolute",
        "argmax",
        "argmin",
        "average",
        "ceiling",
        "complement",
        "conjugate",
        "cosine",
        "cube",
        "cumsum",
        "derivative",
        "deviation",
        "difference",
        "doubling",
        "exponent",
        "exponential",
        "floor",
        "fraction",
        "gradient",
        "half",
        "increment",
        "integral",
        "inverse",
        "log",
        "logarithm",
        "logit",
        "maximum",
        "mean",
        "median",
        "minimum",
        "modulus",
        "norm",
        "percentage",
        "power",
        "product",
        "quantile",
        "quotient",
        "rank",
        "reciprocal",
        "remainder",
        "residual",
        "root",
        "sigmoid",
        "sign",
        "sine",
        "softmax",
        "square",
        "sum",
        "transform",
        "transpose",
        "variance",
    }
)
"""Nouns for numbers that are made of others: `the ranks of the learning rates` are no learning rates."""


def _is_made_of(words: Sequence[str], name: str) -> bool:
    """Whether a text names a number that is made of a parameter, with a noun that is not in the parameter's name."""
    noun = words[words.index("of", 1) - 1] if "of" in words[1:] else ""
    return noun.rstrip("s") in DERIVED and not any(_names_part(noun, part) for part in name.lower().split("_") if part)


_ALIKE = re.compile(r"\b(?:of |with |in )?(?:the )?same (?:shape|size|length|dtype|type)s? as\b", re.IGNORECASE)
"""Words that compare something with something else, and are not its name."""


def described(text: str, arguments: Mapping[str, str]) -> str:
    """The only parameter whose description has all long words (at least three) of a text about an array, or an empty string."""
    words = _long_words(text) if _DATA.match(text) else set()
    fitting = [name for name, told in arguments.items() if words <= _long_words(told)]
    return fitting[0] if len(words) >= 3 and len(fitting) == 1 else ""


_SWITCH = re.compile(
    r"(?:python\s+|an?\s+)?`{0,2}bool(?:ean)?`{0,2}(?:\s+flag)?,?\s+(?:indicating|determining|specifying|controlling|whether|if|that|which|to)\b"
    r"|(?:whether|flag)\b",
    re.IGNORECASE,
)
_SETTING = re.compile(r"(?:if|when)\s+(?:it\s+is\s+|set\s+to\s+|this\s+is\s+)?`{0,2}(true|false)`{0,2}(?=[\s,])", re.IGNORECASE)


def of_default(text: str, default: bool) -> str:
    """The description of a switch without the sentences that only say what it is, or what its other setting does.

    Args:
        text: the description.
        default: the setting that counts.
    """
    kept: list[str] = []
    for sentence in sentences(Paragraph(text=text, line=0, section="")):
        other = _SETTING.match(sentence)
        if not _SWITCH.match(sentence) and not (other and (other[1].lower() == "true") != default):
            kept.append(sentence)
    return " ".join(kept)


def _long_words(text: str) -> set[str]:
    return {word.rstrip("s") for word in re.findall(r"[a-z]{4,}", text.lower())}


def _spelled(name: str, words: Sequence[str]) -> bool:
    parts = [part for part in name.lower().split("_") if part]
    return len(name) > 1 and bool(parts) and all(any(_names_part(word, part) for word in words) for part in parts)


def _names_part(word: str, part: str) -> bool:
    return word == part or (len(part) >= 3 and word.startswith(part)) or _is_short(part, word)


def _is_short(part: str, word: str) -> bool:
    """Whether a part of a name is short for a plural: `probs` for `probabilities`."""
    return len(part) > 3 and part.endswith("s") and word.endswith("s") and word.startswith(part[:-1]) and len(word) > len(part) + 3


_SHORT = re.compile(r"(?<!`)(`{1,2})([A-Za-z]\w*)\1 \((`{1,2})([A-Za-z]\w*)\3\)(?!`)")
"""A name with a short one in parentheses, `concentration` (`con`)."""

_INITIALS = re.compile(r"\b([A-Z]{2,5})\s+\(([A-Za-z]+(?:[ -][A-Za-z]+)+)\)|\b((?:[A-Za-z]+[ -])+[A-Za-z]+)\s+\(([A-Z]{2,5})\)")
"""Initials beside the words that they stand for, `TP (true positives)`, or words with their initials in parentheses."""


def short_names(text: str, names: Sequence[str]) -> dict[str, str]:
    """The short names that parentheses give parameters: an abbreviation in a code span, and the initials of the name.

    Args:
        text: the docstring.
        names: the names of the parameters.
    """
    line = " ".join(text.split())
    found = ((span[2], span[4]) for span in _SHORT.finditer(line))
    short = {short: f"``{name}``" for name, short in found if name in names and short not in names and name.startswith(short)}
    return short | {initials: f"``{name}``" for initials, name in _initials(line, names) if initials not in names}


def _initials(line: str, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Initials that a text gives names of parameters: TP of `true_positives`, where it says `TP (true positives)`."""
    parts = {name: name.lower().split("_") for name in names}
    for found in _INITIALS.finditer(line):
        initials, spoken = found[1] or found[4], re.split(r"[ -]", (found[2] or found[3]).lower())
        words = spoken if found[1] else spoken[-len(initials) :]
        if "".join(word[0] for word in words).upper() == initials:
            yield from ((initials, name) for name, own in parts.items() if own == words)


def shaped(text: str) -> bool:
    """Whether a description says that something has entries: a vector, a matrix, a tree, an array of a stated shape."""
    shape = _SHAPE.search(text)
    sizes = [size.strip() for size in shape[1].split(",")] if shape is not None else []
    return bool(_HEAD.match(_SPACE.sub("", text))) or (
        any(re.search(r"[A-Za-z]", size) for size in sizes) and not any(re.search(r"\w\s+\w", size) for size in sizes)
    )


def matrix(text: str) -> bool:
    """Whether a description says that something is a matrix, so that two neighbours form a matrix product."""
    return bool(_MATRIX.match(_SPACE.sub("", text)))
