"""Words that many people used in answer to one question, counted once for each of them: what a word chart shows.

Made of masked copies, never of originals. A word leaves only if at least as many people used it as the smallest cell
of the audience has; how often it came in one text is not counted. Not here: themes, typical quotes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from privacy.disclosure import DESK, Policy

MOST_WORDS: Final = 20
SHORTEST: Final = 3
"""Letters of a word that is counted."""

_MADE_HERE: Final = object()
_MASK: Final = re.compile(r"\[[^\]\n]{1,40}\]")
_WORD: Final = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_COMMON: Final = frozenset(
    """
    a aber about after all alle allem allen aller alles als also am an and andere anderen any are aren't as at auch
    auf aus be because been before bei beim being between bin bis bisher bist bitte both but by can can't cannot
    could da damit dann das dass dein dem den denn der des deshalb did die dies diese diesem diesen dieser dieses
    do doch does doesn't doing don't dort down du durch during each ein eine einem einen einer eines einfach einige
    einmal er es etwas euch euer few for from further für ganz gar gegen get gibt habe haben had has hat hatte have
    having he her here hers hier him hin his how hätte i i'm ich if ihm ihn ihnen ihr ihre ihrem ihren ihrer im
    immer in ins into is isn't ist it it's its ja jede jedem jeden jeder jedes jetzt just kann kein keine keinem
    keinen keiner können könnte lassen leider let machen macht mal man me mehr mein meine meinem meinen meiner mich
    mir mit mochte more most muss my möchte müssen nach nein nicht nichts no noch nor not now nun nur ob oder of
    off ohne on once only or other our out over own please same schon sehr sein seine seinem seinen seiner seit
    selbst she should sich sie sind so sogar soll sollen sollte sollten some sondern sonst such than that that's
    the their them then there these they this those through to too um und under uns unser unsere unter until up
    very viel viele vom von vor war waren was we weg weil wenn wer werden were what when where which while who why
    wie wieder will wir wird with wo wollen worden would wurde wurden wäre würde würden you your yours zu zum zur
    zwar zwischen über
    """.split()  # noqa: SIM905  # a list of two hundred lines is not easier to read
)
"""Words of German and English that say nothing of a subject."""


class SafeWords:
    """Words with the number of people who used each, the most used first. Made by `common_words` only."""

    __slots__ = ("_counts", "_least", "_texts")

    def __init__(self, texts: int, least: int, counts: tuple[tuple[str, int], ...], made_by: object = None) -> None:
        if made_by is not _MADE_HERE:
            raise TypeError("SafeWords are made by privacy.vocabulary and by nobody else")
        self._texts = texts
        self._least = least
        self._counts = counts

    @property
    def texts(self) -> int:
        """How many people's texts were looked at."""
        return self._texts

    @property
    def least(self) -> int:
        """How many people used each of the words, at least."""
        return self._least

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        return self._counts

    def as_json(self) -> dict[str, Any]:
        return {"texts": self._texts, "least": self._least, "counts": [list(each) for each in self._counts]}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> SafeWords:
        """Words that were made earlier and kept. Raises KeyError or ValueError for anything else."""
        return cls(
            int(kept["texts"]),
            int(kept["least"]),
            tuple((str(word), int(count)) for word, count in kept["counts"]),
            _MADE_HERE,
        )


def common_words(texts: Iterable[str], policy: Policy = DESK) -> SafeWords:
    """One text a person, masked. Empty where fewer people wrote than the audience's least."""
    people: Counter[str] = Counter()
    spelled: dict[str, Counter[str]] = {}
    number = 0
    for text in texts:
        number += 1
        seen: dict[str, str] = {}
        for word in words_of(text):
            seen.setdefault(word.casefold(), word)
        people.update(seen.keys())
        for folded, word in seen.items():
            spelled.setdefault(folded, Counter())[word] += 1
    if number < policy.least_respondents:
        return SafeWords(number, policy.least_cell, (), _MADE_HERE)
    found = [(word, count) for word, count in people.items() if count >= policy.least_cell]
    found.sort(key=lambda each: (-each[1], each[0]))
    named = tuple((_spelling(spelled[word]), count) for word, count in found[:MOST_WORDS])
    return SafeWords(number, policy.least_cell, named, _MADE_HERE)


def words_of(text: str) -> Iterable[str]:
    """Words that may say what a text is about: no masks, no numbers, nothing short or common."""
    for match in _WORD.finditer(_MASK.sub(" ", text)):
        word = match.group()
        if len(word) >= SHORTEST and word.casefold() not in _COMMON:
            yield word


def _spelling(forms: Counter[str]) -> str:
    """As most people wrote it; of equals the one with fewer capitals."""
    return min(forms, key=lambda word: (-forms[word], sum(sign.isupper() for sign in word), word))
