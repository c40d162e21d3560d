"""Words of a text as they are counted: in small letters, without masks and everyday words, by their stems.

Stems are Snowball's (German, English); whoever reads gets the form that was written most. Not here: what is counted.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import snowballstemmer

from desk.themes.stopwords import STOP_WORDS
from privacy.masking.kinds import MASKS
from privacy.masking.words import language_of, pieces

LANGUAGES: Final = {"de": "german", "en": "english"}
SHORTEST: Final = 3
"""Letters of a word that is counted."""
LONGEST_TEXT: Final = 4000
"""Characters of a text that are looked at."""

_WORD: Final = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(slots=True)
class Lexis:
    """Stems with the forms in which they were written."""

    _forms: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _stems: dict[tuple[str, str], str] = field(default_factory=dict)

    def stems(self, text: str, language: str) -> list[str]:
        """The text's words, in order, as stems."""
        found = []
        for match in _WORD.finditer(MASKS.sub(" ", text[:LONGEST_TEXT])):
            written = match.group()
            word = written.lower()
            if len(word) < SHORTEST or _is_stop(word, language):
                continue
            stem = self._stem(word, language)
            self._forms[stem][written if written[:1].isupper() and not written.isupper() else word] += 1
            found.append(stem)
        return found

    def form(self, stem: str) -> str:
        """As it was written most often; with a capital if a third of those who wrote it so took one."""
        forms = self._forms.get(stem)
        if not forms:
            return stem
        together: Counter[str] = Counter()
        for form, number in forms.items():
            together[form.lower()] += number
        word, number = max(together.items(), key=lambda item: (item[1], -len(item[0]), item[0]))
        capital = word[:1].upper() + word[1:]
        return capital if forms[capital] * 3 >= number else word

    def _stem(self, word: str, language: str) -> str:
        known = self._stems.get((language, word))
        if known is None:
            known = self._stems[language, word] = _stemmer(language).stemWord(word)
        return known


def spoken(text: str, expected: str) -> str:
    """`de` or `en`: which a text is written in. People answer in the one they like."""
    wanted = "en" if expected.split("-")[0] == "en" else "de"
    return language_of(pieces(text[:LONGEST_TEXT]), wanted)


def plain(word: str) -> str:
    """A word as it is compared: `Straße` and `STRASSE` are one."""
    return word.lower().translate(_UMLAUTS)


def same_words(texts: Iterable[str]) -> list[frozenset[str]]:
    """Each text's words for comparing texts with one another, everyday words too."""
    return [frozenset(plain(match.group()) for match in _WORD.finditer(text[:LONGEST_TEXT])) for text in texts]


def _is_stop(word: str, language: str) -> bool:
    return word in STOP_WORDS.get(language, frozenset())


@cache
def _stemmer(language: str) -> Any:
    return snowballstemmer.stemmer(LANGUAGES.get(language, "german"))
