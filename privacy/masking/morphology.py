"""What a word looks like by itself: its class, and how much it looks like a proper name.

HanTa (the Hannover Tagger, LGPL-3.0-or-later) describes a word as a chain of morphemes, a hidden Markov model of
second order; its German and English models lie inside its wheel, so nothing is fetched. The tables are read where
they are installed and the best chain is searched here: HanTa's own code needs numpy and takes several times as long,
for lemmas that masking never asks for. What a word means in its sentence is judged in `evidence.py`.

The model is a pickle; only plain containers and numbers are let in, nothing else can be loaded from it.
"""

from __future__ import annotations

import gzip
import importlib.util
import math
import pickle
import struct
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Final

MODELS: Final = {"de": "morphmodel_ger.pgz", "en": "morphmodel_en.pgz"}
NAME_TAGS: Final = {"de": "NE", "en": "NP0"}
"""What each model's tag set (STTS, BNC's C5) calls a proper name."""

LONGEST_WORD: Final = 32
"""Letters. Searching is cubic in them at worst; a longer word is no name, or not one that a model can tell."""

SHORTEST_HEAD: Final = 3
"""Letters of each part of a compound at least."""

FARTHEST_MARGIN: Final = 12.0
"""Margins are cut here (natural logarithms): beyond, nothing can be learnt from them."""

BEAM: Final = 3
"""States that are followed at each letter, and those hardly worse than the last of them."""

UNKNOWN_MORPHEME_FROM: Final = 3
"""Letters an unknown morpheme has at least, in words that are not shorter than four."""

MOST_ENDINGS: Final = 20_000
"""Endings of up to four letters that are kept for each tag; too short to tell a word."""

WHOLE_WORD_UNKNOWN: Final = 4.6
"""Price (natural logarithm) of holding a whole word for one unknown morpheme."""


_States = list[tuple[tuple[int, int], float]]
"""The last two tags, and the log odds of the best way there."""

_START: Final = (0, 1)
_NEVER: Final = -math.inf
_NOWHERE: Final[Mapping[int, float]] = {}


class WordClass(Enum):
    """Parts of speech as coarse as the neighbours of a name need them."""

    NAME = "name"
    NOUN = "noun"
    VERB = "verb"
    ADJECTIVE = "adjective"
    ADVERB = "adverb"
    ARTICLE = "article"
    POSSESSIVE = "possessive"
    PREPOSITION = "preposition"
    PREPOSITION_WITH_ARTICLE = "preposition with article"
    PRONOUN = "pronoun"
    CONJUNCTION = "conjunction"
    NUMBER = "number"
    MARK = "mark"
    FOREIGN = "foreign"
    OTHER = "other"


_CLASSES: Final[Mapping[str, tuple[tuple[str, WordClass], ...]]] = {
    "de": (
        ("NE", WordClass.NAME), ("NN", WordClass.NOUN), ("VV", WordClass.VERB), ("VA", WordClass.VERB),
        ("VM", WordClass.VERB), ("ADJ", WordClass.ADJECTIVE), ("ADV", WordClass.ADVERB), ("ART", WordClass.ARTICLE),
        ("PPOSAT", WordClass.POSSESSIVE), ("APPRART", WordClass.PREPOSITION_WITH_ARTICLE),
        ("APPR", WordClass.PREPOSITION), ("P", WordClass.PRONOUN), ("KO", WordClass.CONJUNCTION),
        ("CARD", WordClass.NUMBER), ("$", WordClass.MARK), ("FM", WordClass.FOREIGN), ("XY", WordClass.FOREIGN),
    ),
    "en": (
        ("NP", WordClass.NAME), ("NN", WordClass.NOUN), ("V", WordClass.VERB), ("AJ", WordClass.ADJECTIVE),
        ("AV", WordClass.ADVERB), ("AT", WordClass.ARTICLE), ("DPS", WordClass.POSSESSIVE),
        ("PR", WordClass.PREPOSITION), ("PN", WordClass.PRONOUN), ("DT", WordClass.PRONOUN),
        ("CJ", WordClass.CONJUNCTION), ("CRD", WordClass.NUMBER), ("PU", WordClass.MARK), ("UNC", WordClass.FOREIGN),
    ),
}  # fmt: skip
"""Beginnings of tags, the longer before the shorter."""


@dataclass(frozen=True, slots=True)
class Look:
    """A word alone. `margin`: log odds of a proper name against the next best class; `known`: in the word list."""

    margin: float
    word_class: WordClass
    known: bool


BLANK: Final = Look(0.0, WordClass.OTHER, known=False)


@cache
def model_of(language: str) -> Morphology:
    """The model for a language, read once; German for languages without one. Raises `ModuleNotFoundError`."""
    language = language if language in MODELS else "de"
    found = importlib.util.find_spec("HanTa")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("the package HanTa, which holds the word models, is not installed", name="HanTa")
    with gzip.open(Path(found.origin).with_name(MODELS[language])) as file:
        tables = _PlainUnpickler(file).load()
    return Morphology(tables, language)


class Morphology:
    """The tables of one model, turned so that a word is searched quickly. Immutable once made."""

    def __init__(self, tables: tuple[Any, ...], language: str) -> None:
        (_, names, endings, lengths, unknown, once, follows, morphemes, _, _, tag_odds, cases, *_, words) = tables
        self._name: Final[int] = next(tag for tag, name in names.items() if name == NAME_TAGS[language])
        self._classes = {tag: _class_of(name, _CLASSES[language]) for tag, name in names.items()}
        self._words: dict[str, list[tuple[int, float]]] = words
        self._nouns = frozenset(
            word
            for word, scores in words.items()
            if scores and len(word) >= SHORTEST_HEAD and self._classes[max(scores, key=_odds)[0]] is WordClass.NOUN
        )
        self._cases: dict[int, dict[bool, float]] = cases
        self._tag_odds: dict[int, float] = tag_odds
        self._morphemes: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for tag, known in morphemes.items():
            for morpheme, odds in known.items():
                self._morphemes[morpheme].append((tag, odds))
        self._longest_morpheme = max(map(len, self._morphemes))
        # Of an unknown morpheme only its tag, its length and its last letters count.
        guessed = {
            tag: (unknown + odds, _padded(lengths[tag]), _Endings(endings[tag]))
            for tag, odds in once.items()
            if tag in endings
        }
        self._known: dict[int, dict[str, float]] = {tag: morphemes[tag] for tag in guessed}
        self._on = {state: {tag: odds for tag, odds in after.items() if tag > 0} for state, after in follows.items()}
        self._out = {state: [(tag, odds) for tag, odds in after.items() if tag < 0] for state, after in follows.items()}
        self._unknown_after = {
            state: [(tag, odds, *guessed[tag]) for tag, odds in after.items() if tag in guessed]
            for state, after in self._on.items()
        }

    def look(self, word: str) -> Look:
        """How `word` looks by itself; being written large or small counts."""
        return self._seen(word.lower(), large=word[:1].isupper())

    def look_aside_from_case(self, word: str) -> Look:
        """The same where capitals say nothing: at the beginning of a sentence, in a text without any."""
        return self._seen(word.lower(), large=None)

    def ends_in_noun(self, small: str) -> bool:
        """Whether a word in small letters ends in a noun of the model's list: `sperrmüll`, `kulturamt`."""
        least = SHORTEST_HEAD
        return any(small[at:] in self._nouns for at in range(least, len(small) - least + 1))

    def recall(self, word: str) -> Look:
        """How a word of the model's list looks; blank for others. Costs nothing."""
        scores = self._words.get(word.lower())
        return BLANK if scores is None else self._judge(scores, large=word[:1].isupper(), known=True)

    def _seen(self, small: str, *, large: bool | None) -> Look:
        scores = self._words.get(small)
        if scores is not None:
            return self._judge(scores, large=large, known=True)
        if not small or len(small) > LONGEST_WORD:
            return BLANK
        return self._judge(self._search(small), large=large, known=False)

    def _judge(self, scores: list[tuple[int, float]], *, large: bool | None, known: bool) -> Look:
        if not scores:
            return BLANK
        cased = [
            (odds if large is None else odds + self._cases[tag].get(large, 0.0), tag)
            for tag, odds in scores
            if tag in self._cases
        ]
        if not cased:
            return Look(0.0, self._classes.get(scores[0][0], WordClass.OTHER), known)
        name = max((odds for odds, tag in cased if tag == self._name), default=-math.inf)
        other = max((odds for odds, tag in cased if tag != self._name), default=-math.inf)
        margin = min(max(name - other, -FARTHEST_MARGIN), FARTHEST_MARGIN) if name != other else 0.0
        return Look(margin, self._classes.get(max(cased)[1], WordClass.OTHER), known)

    def _search(self, word: str) -> list[tuple[int, float]]:
        """Log odds of the whole word for each tag it may have: Viterbi over the ways to cut it into morphemes."""
        size = len(word)
        rows: list[dict[tuple[int, int], float]] = [{} for _ in range(size + 1)]
        rows[0][_START] = 0.0
        for start in range(size):
            if rows[start]:
                states = _best(rows[start])
                self._add_known(states, word, start, rows)
                self._add_unknown(states, word, start, rows)
        found: dict[int, float] = {}
        for state, odds in rows[size].items():
            for tag, step in self._out.get(state, ()):
                found[-tag] = max(found.get(-tag, -math.inf), odds + step)
        return [(tag, odds) for tag, odds in found.items() if odds > -math.inf]

    def _add_known(self, states: _States, word: str, start: int, rows: list[dict[tuple[int, int], float]]) -> None:
        """What the states become when a morpheme of the list comes next."""
        for end in range(start + 1, min(len(word), start + self._longest_morpheme) + 1):
            for tag, lexical in self._morphemes.get(word[start:end], ()):
                row = rows[end]
                for state, odds in states:
                    step = self._on.get(state, _NOWHERE).get(tag)
                    if step is not None and odds + step + lexical > row.get((state[1], tag), _NEVER):
                        row[state[1], tag] = odds + step + lexical

    def _add_unknown(self, states: _States, word: str, start: int, rows: list[dict[tuple[int, int], float]]) -> None:
        """What the states become when a morpheme comes next that is in no list. The innermost loop of masking."""
        size = len(word)
        shortest = 1 if size <= UNKNOWN_MORPHEME_FROM else UNKNOWN_MORPHEME_FROM
        if start + shortest > size:
            return
        parts = []
        for end in range(start + shortest, size + 1):
            part = word[start:end]
            parts.append((rows[end], end - start, part, part[-4:], part in self._morphemes))
        for state, odds in states:
            last = state[1]
            for tag, step, base, lengths, endings in self._unknown_after.get(state, ()):
                known, reached, becomes = self._known[tag], odds + step + base, (last, tag)
                for row, length, part, tail, listed in parts:
                    if listed and part in known:
                        continue
                    new = reached + lengths[length] + endings[tail]
                    if length == size:
                        new -= WHOLE_WORD_UNKNOWN
                    if new > row.get(becomes, _NEVER):
                        row[becomes] = new


def _odds(score: tuple[int, float]) -> float:
    return score[1]


def _best(row: Mapping[tuple[int, int], float]) -> _States:
    if len(row) <= BEAM:
        return list(row.items())
    bound = sorted(row.values(), reverse=True)[BEAM] - 1
    return [(state, odds) for state, odds in row.items() if odds >= bound]


class _Endings(dict[str, float]):
    """Odds by the last four letters or fewer; what is not in the table is found by fewer letters, and kept."""

    def __missing__(self, ending: str) -> float:
        shorter = ending[1:]
        odds = self[shorter] if shorter else self.get("", 0.0)
        if len(self) < MOST_ENDINGS:
            self[ending] = odds
        return odds


def _padded(lengths: list[float]) -> list[float]:
    """One entry for each length a word may have."""
    return lengths + lengths[-1:] * (LONGEST_WORD + 1 - len(lengths))


def _class_of(tag: str, classes: tuple[tuple[str, WordClass], ...]) -> WordClass:
    return next((word_class for start, word_class in classes if tag.startswith(start)), WordClass.OTHER)


class _NumberType:
    """Stands for numpy's description of a number's type; the models hold one number that numpy wrote."""

    def __init__(self, *_: object) -> None: ...
    def __setstate__(self, _: object) -> None: ...


def _number(_: _NumberType, raw: bytes) -> float:
    return float(struct.unpack("<d", raw)[0])


class _PlainUnpickler(pickle.Unpickler):
    """Lets in containers and numbers, and raises `UnpicklingError` for everything else."""

    _ALLOWED: Final = {
        ("collections", "Counter"): Counter,
        ("numpy", "dtype"): _NumberType,
        ("numpy._core.multiarray", "scalar"): _number,
        ("numpy.core.multiarray", "scalar"): _number,
    }

    def find_class(self, module: str, name: str) -> Any:
        try:
            return self._ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError("a word model holds more than containers and numbers") from None
