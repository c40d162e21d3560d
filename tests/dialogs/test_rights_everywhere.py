"""Every right in every state, on every channel, in German and English, with a slip of the finger: understood, and
nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest

from dialogs.capabilities import EVERY, Capabilities
from dialogs.events import Said
from dialogs.messages import Language
from dialogs.player import Player
from dialogs.world import Category, Town, World

Make = Callable[..., World]
Play = Callable[[World], Player]

ROADS = Category("roads", {"": "Straßen", "en": "Roads"}, "Tiefbauamt", located=True)

STATES: dict[str, dict[str, tuple[str, ...]]] = {
    "nobody was here before": {"de": (), "en": ()},
    "a choice": {"de": ("start",), "en": ("start",)},
    "a free text": {"de": ("start", "nein"), "en": ("start", "no")},
    "a number": {"de": ("start", "ja"), "en": ("start", "yes")},
    "the review": {"de": ("start", "ja", "41"), "en": ("start", "yes", "41")},
    "which answer to change": {"de": ("start", "ja", "41", "ändern"), "en": ("start", "yes", "41", "change")},
    "sent": {"de": ("start", "ja", "41", "absenden"), "en": ("start", "yes", "41", "send")},
    "a pause": {"de": ("start", "ja", "/pause"), "en": ("start", "yes", "/pause")},
    "really delete?": {
        "de": ("start", "ja", "41", "absenden", "löschen"), "en": ("start", "yes", "41", "send", "delete"),
    },
    "which language?": {"de": ("start", "ja", "/sprache"), "en": ("start", "yes", "/language")},
    "really begin again?": {"de": ("start", "ja", "/von vorne"), "en": ("start", "yes", "/start over")},
    "a report: about what?": {"de": ("start", "/melden"), "en": ("start", "/report")},
    "a report: words": {"de": ("start", "/melden", "Straßen"), "en": ("start", "/report", "Roads")},
    "a report: where?": {"de": ("start", "/melden", "Straßen", "Loch"), "en": ("start", "/report", "Roads", "A hole")},
    "a report: photo": {
        "de": ("start", "/melden", "Straßen", "Loch", "hier"), "en": ("start", "/report", "Roads", "A hole", "here"),
    },
}  # fmt: skip
"""What was said to come there."""

ANY_WORDS = {"a free text", "a report: words", "a report: where?"}
"""States in which words are an answer, and commands have a slash."""

RIGHTS: dict[str, dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "help": {"de": (("hilfe", "hilffe"), ("jederzeit",)), "en": (("help", "hekp"), ("at any time",))},
    "privacy": {
        "de": (("datenschutz", "datnschutz"), ("ohne Ihren Namen", "ohne Namen")),
        "en": (("privacy", "privacz"), ("without your name", "without name")),
    },
    "my data": {
        "de": (("meine daten", "meine datn"), ("nichts von Ihnen gefunden", "von Ihnen gespeichert")),
        "en": (("my data", "my dta"), ("found nothing of you", "stored of you")),
    },
    "delete": {
        "de": (("löschen", "loeschen", "löschn"), ("löschen?", "nichts gespeichert", "sind gelöscht")),
        "en": (("delete", "delte"), ("Delete all", "Nothing of yours is stored", "are deleted")),
    },
    "delete everything": {
        "de": (("alles löschen", "alles löshen"), ("Alles von Ihnen löschen", "nichts von Ihnen gefunden")),
        "en": (("delete everything", "delete everthing"), ("Delete everything", "found nothing of you")),
    },
    "language": {
        "de": (("sprache", "spache"), ("Welche Sprache",)), "en": (("language", "langauge"), ("Which language",)),
    },
    "pause": {
        "de": (("pause", "pausse"), ("eine Pause", "nichts zu unterbrechen")),
        "en": (("pause", "pausse"), ("a pause", "nothing to pause", "nothing to interrupt")),
    },
    "talk to a person": {
        "de": (("mit einem menschen sprechen", "mit einem mensch sprechen"), ("Mensch",)),
        "en": (("talk to a person", "talk to a persn"), ("person",)),
    },
    "correct": {
        "de": (("ändern", "korrigieren", "korigieren"), ("ändern",)),
        "en": (("change", "correct", "corect"), ("change",)),
    },
    "stop": {
        "de": (("stopp", "stop"), ("Auf Wiedersehen", "vergessen")),
        "en": (("stop", "stopp"), ("Goodbye", "forgotten")),
    },
}  # fmt: skip
"""By language: how it is written, the last ways with a slip; and what the bot says then, one of it."""

ENDS_IT = {"stop", "correct", "delete", "delete everything", "pause", "language"}
"""What puts something else in the place of what stood."""


@pytest.mark.parametrize("channel", EVERY, ids=lambda channel: channel.channel)
@pytest.mark.parametrize(("language", "state"), [*product(["de", "en"], STATES)])
def test_every_right_is_understood(
    make_world: Make, play: Play, language: str, state: str, channel: Capabilities
) -> None:
    town = Town("Musterstadt", (Language("de"), Language("en")), categories=(ROADS,))
    world = replace(make_world("kurz"), town=town, language_hint=language, channel=channel)
    wrong = []
    for right, (ways, replies) in ((right, by[language]) for right, by in RIGHTS.items()):
        for way in ways:
            player = play(world)
            for words in STATES[state][language]:
                player.parts(Said(words))
            before = player.session
            said = [part.text for part in player.parts(Said("/" + way if state in ANY_WORDS else way))]
            if not any(reply in text for reply in replies for text in said):
                wrong.append((right, way, said))
            if right not in ENDS_IT and before is not None and before.survey is not None:
                after = player.session
                assert after is not None
                assert after.survey is not None, "a look at one's rights ends no survey"
                assert after.survey.record == before.survey.record
    assert wrong == []
