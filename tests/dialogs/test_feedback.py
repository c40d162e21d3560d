"""What a report need not have: whoever says "no" to it in any way gives none, and words that are a place stay one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from dialogs.events import Said
from dialogs.messages import Language
from dialogs.player import Player
from dialogs.session import FeedbackState, Step
from dialogs.world import Category, Town, World

Make = Callable[..., World]
Play = Callable[[World], Player]

LANGUAGES = ("de", "en", "de-simple")
ROADS = Category("roads", {"": "Straßen", "en": "Roads"}, "Tiefbauamt", located=True)
NONE = (
    "nein", "Nein, danke.", "nö", "keine", "keins", "Weiß nicht", "weiss ich nicht", "keine Ahnung", "keine Angabe",
    "möchte ich nicht sagen", "weiter", "überspringen", "kein Ort", "nirgends", "no", "No thanks", "none", "nope",
    "I don't know", "prefer not to say", "next", "continue", "skip", "no place", "👎", "-", "—", "...",
)  # fmt: skip
PLACES = ("Keine-Weg 3", "Am Neinberg", "weiter hinten am Bach", "Nordplatz, no number", "am Ende", "gegenüber 12")


def at_the_place(play: Play, make_world: Make, language: str = "de") -> Player:
    town = Town("Musterstadt", tuple(map(Language, LANGUAGES)), categories=(ROADS,))
    player = play(replace(make_world("kurz"), town=town, language_hint=language))
    for words in ("/report", "1", "A hole"):
        player.parts(Said(words))
    assert state_of(player).step is Step.PLACE
    return player


def state_of(player: Player) -> FeedbackState:
    assert player.session is not None
    assert player.session.feedback is not None
    return player.session.feedback


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_no_place_and_no_photo(play: Play, make_world: Make, language: str) -> None:
    for words in NONE:
        player = at_the_place(play, make_world, language)
        player.parts(Said(words))
        state = state_of(player)
        assert (state.step, state.place) == (Step.PHOTO, ""), words
        player.parts(Said(words))
        assert (state_of(player).step, state_of(player).photo) == (Step.REPLY, ""), words


@pytest.mark.parametrize("place", PLACES)
def test_words_that_are_a_place_stay_one(play: Play, make_world: Make, place: str) -> None:
    player = at_the_place(play, make_world)
    player.parts(Said(place))
    assert (state_of(player).step, state_of(player).place) == (Step.PHOTO, place)


def test_next_keeps_the_place_that_was_given_and_no_takes_it_back(play: Play, make_world: Make) -> None:
    player = at_the_place(play, make_world)
    for words in ("Nordplatz", "zurück", "weiter"):
        player.parts(Said(words))
    assert (state_of(player).step, state_of(player).place) == (Step.PHOTO, "Nordplatz")
    for words in ("zurück", "nein"):
        player.parts(Said(words))
    assert (state_of(player).step, state_of(player).place) == (Step.PHOTO, "")
