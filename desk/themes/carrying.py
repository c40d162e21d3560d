"""A new suggestion meets what moderators named, merged and split: their themes stay, with their texts.

    a text of a held theme stays where it is
    a suggested theme that shares texts enough with a held one brings its other texts there
    what is left of the other suggestions is new

Not here: finding themes (`topics.py`), rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from desk.themes.topics import Topic
from desk.themes.words import LEAST

ENOUGH: Final = 0.25
"""Share of a suggestion's texts in one held theme from which on it is the same theme: as many may be new."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A theme after the meeting. `held`: the id of the moderators' theme; None if it is new."""

    held: bytes | None
    topic: Topic


def carry(held: Mapping[bytes, Topic], suggested: Sequence[Topic]) -> list[Carried]:
    """`held`: what moderators touched, by id, with the texts that still stand."""
    at = {number: id_ for id_, topic in held.items() for number in topic.members}
    joined: dict[bytes, list[bytes]] = {id_: list(topic.members) for id_, topic in held.items()}
    new: list[Carried] = []
    for topic in suggested:
        known = Counter(at[number] for number in topic.members if number in at)
        free = [number for number in topic.members if number not in at]
        id_, number = known.most_common(1)[0] if known else (None, 0)
        if id_ is not None and number >= ENOUGH * len(topic.members):
            joined[id_] += free
        elif len(free) >= LEAST:
            new.append(Carried(None, Topic(topic.language, topic.words, free)))
    kept = [Carried(id_, Topic(topic.language, topic.words, joined[id_])) for id_, topic in held.items()]
    return kept + sorted(new, key=lambda each: -len(each.topic.members))
