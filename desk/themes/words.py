"""Frequent words of a question, and words that stand out in a group; only such as five people or more used.

A word that fewer used is not told, nor how many did: its name alone would tell. What stands out is told by the weighted
log odds of a group against all others (Monroe, Colaresi and Quinn 2008), with everybody's words as the prior, so that
rare words do not shout. People are counted, not mentions. Not here: themes (`topics.py`).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from desk.themes.lexis import Lexis, spoken
from desk.themes.saying import Saying
from privacy.disclosure import DESK

LEAST: Final = DESK.least_cell
"""People, and texts, that have to share a word."""
LEAST_GROUP: Final = DESK.least_respondents
"""People of a group whose words are told, and of all others together."""
MOST_WORDS: Final = 40
MOST_OUTSTANDING: Final = 8
CLEAR: Final = 1.96
"""Standard deviations of the log odds from nought."""
PRIOR: Final = 500.0
"""People's worth of everybody's words that each group is believed to begin with, at most."""


class Word(msgspec.Struct, frozen=True, array_like=True):
    """A word as it is written most, and how many people used it; 0 where that would tell how few others did."""

    word: str
    people: int


@dataclass(slots=True)
class Use:
    """Who used which stem, in which texts."""

    people: dict[str, set[bytes]]
    texts: Counter[str]

    def shared(self) -> dict[str, int]:
        """Stems that people enough share, with how many people."""
        return {
            stem: len(people)
            for stem, people in self.people.items()
            if len(people) >= LEAST and self.texts[stem] >= LEAST
        }


def frequent_words(texts: Iterable[Saying], most: int = MOST_WORDS) -> list[Word]:
    """The words that most people used, the most used first; nothing of fewer than ten people."""
    lexis = Lexis()
    sayings = list(texts)
    if len({each.person for each in sayings}) < LEAST_GROUP:
        return []
    shared = use_of(sayings, lexis).shared()
    order = sorted(shared, key=lambda stem: (-shared[stem], stem))
    return [Word(lexis.form(stem), shared[stem]) for stem in order[:most]]


def standing_out(texts: Sequence[Saying], facet: str) -> dict[str, list[Word]]:
    """By value of a facet, what its people say more than all others; groups of fewer than ten people say nothing."""
    lexis = Lexis()
    by_value: dict[str, list[Saying]] = defaultdict(list)
    for each in texts:
        if value := each.groups.get(facet, ""):
            by_value[value].append(each)
    uses = {value: use_of(sayings, lexis) for value, sayings in by_value.items()}
    people = {value: len({each.person for each in sayings}) for value, sayings in by_value.items()}
    everybody: Counter[str] = Counter()
    for use in uses.values():
        everybody.update({stem: len(who) for stem, who in use.people.items()})
    found: dict[str, list[tuple[str, int]]] = {}
    for value, use in uses.items():
        rest = sum(people.values()) - people[value]
        if people[value] >= LEAST_GROUP and rest >= LEAST_GROUP:
            found[value] = _outstanding(use, everybody)
    untold = _untold(found, everybody)
    return {
        value: [Word(lexis.form(stem), 0 if (value, stem) in untold else n) for stem, n in words]
        for value, words in found.items()
    }


def _untold(found: Mapping[str, Sequence[tuple[str, int]]], everybody: Mapping[str, int]) -> set[tuple[str, str]]:
    """Numbers, by group and stem, that are left out: with everybody's number, which is told elsewhere, they would tell
    how few people of all other groups used the word."""
    by_stem: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for value, words in found.items():
        for stem, number in words:
            by_stem[stem].append((number, value))
    left_out = set()
    for stem, told in by_stem.items():
        others = everybody[stem] - sum(number for number, _ in told)
        if 0 < others < LEAST:
            left_out.add((min(told)[1], stem))
    return left_out


def use_of(texts: Iterable[Saying], lexis: Lexis) -> Use:
    """Who used which stem."""
    people: dict[str, set[bytes]] = defaultdict(set)
    counted: Counter[str] = Counter()
    for each in texts:
        for stem in set(lexis.stems(each.text, spoken(each.text, each.language))):
            people[stem].add(each.person)
            counted[stem] += 1
    return Use(people, counted)


def _outstanding(use: Use, everybody: Mapping[str, int]) -> list[tuple[str, int]]:
    mine = {stem: len(who) for stem, who in use.people.items()}
    all_mine, all_of_all = sum(mine.values()), sum(everybody.values())
    all_others = all_of_all - all_mine
    weight = min(PRIOR, all_of_all) / max(1, all_of_all)
    scored = []
    for stem, number in use.shared().items():
        prior = weight * everybody[stem]
        others = everybody[stem] - number
        here = math.log((number + prior) / (all_mine + weight * all_of_all - number - prior))
        there = math.log((others + prior) / (all_others + weight * all_of_all - others - prior))
        score = (here - there) / math.sqrt(1 / (number + prior) + 1 / (others + prior))
        if score >= CLEAR:
            scored.append((score, stem, number))
    scored.sort(key=lambda each: (-each[0], each[1]))
    return [(stem, number) for _, stem, number in scored[:MOST_OUTSTANDING]]
