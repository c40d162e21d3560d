"""What can be followed, as choices: everything, pilots, topics, districts. The dialogue is `subscriptions.py`."""

from __future__ import annotations

from typing import Final

from dialogs.follows import Interest, InterestKind
from dialogs.i18n import Voice
from dialogs.pilots import can_be_followed, name_of
from dialogs.wording import in_language
from dialogs.world import World

SEPARATOR: Final = ":"
"""Between the kind of an interest and what it is."""


def follow_choices(world: World, voice: Voice) -> list[tuple[str, str]]:
    """What can be followed: value and label; everything, pilots, topics, districts."""
    today = world.now.date()
    found = [(value_of(Interest(InterestKind.EVERYTHING)), voice.t("All news"))]
    found += [
        (value_of(Interest(InterestKind.PILOT, pilot.code)), name_of(pilot, voice))
        for pilot in world.pilots.values()
        if can_be_followed(pilot, today)
    ]
    found += [
        (value_of(Interest(InterestKind.TOPIC, topic.key)), in_language(topic.labels, voice) or topic.key)
        for topic in world.town.topics
    ]
    found += [
        (value_of(Interest(InterestKind.DISTRICT, place.name)), voice.t("District {name}", name=place.name))
        for place in world.town.places
    ]
    return found


def value_of(interest: Interest) -> str:
    return f"{interest.kind}{SEPARATOR}{interest.value}"
