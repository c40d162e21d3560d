"""Six months on the bot asks whether news are still wanted: a plain yes or no is the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from dialogs.broadcasts import Broadcast, BroadcastId, Option, Question, QuestionSort, Text
from dialogs.effects import Send
from dialogs.events import Said
from dialogs.follows import Interest, InterestKind, Subscription
from dialogs.messages import Language
from dialogs.player import Player
from dialogs.session import Session
from dialogs.world import NewsItem, Survey, World

EVERYTHING = frozenset({Interest(InterestKind.EVERYTHING)})


@pytest.fixture
def citizen(make_world: Callable[..., World], play: Callable[[World], Player]) -> Player:
    """Was asked a week ago, and has said nothing since."""
    world = make_world("kurz")
    player = play(world)
    player.session = Session(Language("de"), noticed="1")
    today = world.now.date()
    player.subscription = Subscription(
        EVERYTHING, Language("de"), today - timedelta(days=190), asked=today - timedelta(days=7)
    )
    return player


def hears(player: Player, text: str) -> str:
    return [effect.say for effect in player.take(Said(text)) if isinstance(effect, Send)][-1].text


@pytest.mark.parametrize("text", ["ja", "Ja, gerne", "ja bitte", "jo", "yes"])
def test_yes_keeps_them(citizen: Player, text: str) -> None:
    assert "Sie bekommen Nachrichten \u00fcber" in hears(citizen, text)
    assert citizen.subscription is not None
    assert citizen.subscription.asked is None
    assert citizen.subscription.consented == citizen.world().now.date()


@pytest.mark.parametrize("text", ["nein", "nein danke", "n\u00f6"])
def test_no_ends_them(citizen: Player, text: str) -> None:
    assert "keine Nachrichten mehr" in hears(citizen, text)
    assert citizen.subscription is None


def test_whoever_was_not_asked_keeps_what_they_have(citizen: Player) -> None:
    assert citizen.subscription is not None
    citizen.subscription = standing = replace(citizen.subscription, asked=None)
    for text in ("ja", "nein"):
        hears(citizen, text)
        assert citizen.subscription == standing


def test_a_later_question_under_the_news_has_the_word(citizen: Player) -> None:
    world = citizen.world()
    labels = [Option("y", {"de": "Ja"}), Option("n", {"de": "Nein"})]
    question = Question(QuestionSort.BUTTONS, {"de": "Hilft das?"}, tuple(labels), survey="news_a")
    item = NewsItem(BroadcastId(1), Broadcast({"de": Text("", "Neu.")}, "de", question=question), world.now.date())
    card = Survey("news_a", world.surveys["kurz"].form, {"": "Hilft das?"}, attached=True)
    citizen.world = lambda: replace(world, news=(item,), surveys={**world.surveys, "news_a": card})
    assert "Danke. Ihre Antwort: Nein" in hears(citizen, "nein")
    assert citizen.subscription is not None
