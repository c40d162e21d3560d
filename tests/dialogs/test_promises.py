"""What the town promises, in every language and at every length."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from dialogs.capabilities import TELEGRAM, TERMINAL, WEB, Capabilities
from dialogs.i18n import Voice, house_languages
from dialogs.messages import Language
from dialogs.promises import NOTICE_LIMIT, clipped, deletable_until, details, in_language, minutes, notice
from dialogs.world import Mode, Survey, Town, World

TODAY = date(2026, 11, 23)
LONG_TOWN = "Große Kreisstadt Garmisch-Partenkirchen am Alpenrand in Oberbayern"
LONG_TITLE = "Wie der Rufbus, die Leihräder und der neue Platz vor dem Bahnhof zusammenpassen und was noch fehlt"


def world(channel: Capabilities = TELEGRAM, town: str = LONG_TOWN) -> World:
    return World(
        now=datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Berlin")),
        rng=random.Random(1),
        town=Town(town, contact="Rathaus, Zimmer 3", privacy_url="https://example.org/datenschutz"),
        channel=channel,
        surveys={},
        forms={},
    )


@pytest.mark.parametrize("language", [*house_languages(), "fr"])
@pytest.mark.parametrize("channel", [TELEGRAM, WEB, TERMINAL], ids=lambda channel: channel.channel)
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("closes", [None, date(2027, 9, 30)])
def test_the_notice_fits_three_hundred_characters(
    language: Language, channel: Capabilities, mode: Mode, closes: date | None
) -> None:
    survey = Survey("rufbus", "hash", {"": LONG_TITLE}, closes=closes, mode=mode)
    long = replace(channel, label="Ein Messenger GmbH")
    text = notice(survey, 142, world(long), Voice(language, TODAY))
    assert len(text) <= NOTICE_LIMIT
    assert LONG_TOWN[:20] in text
    assert LONG_TITLE[:14] in text
    assert "{" not in text


def test_the_notice_says_what_is_kept_how_long_and_who_reads() -> None:
    survey = Survey("rufbus", "hash", {"": "Rufbus"}, closes=date(2027, 3, 31))
    text = notice(survey, 8, world(town="Musterstadt"), Voice(Language("de"), TODAY))
    assert "ohne Namen und Nummer" in text
    assert "14. April 2027" in text
    assert "Telegram selbst kann diesen Chat mitlesen" in text


def test_answers_can_be_deleted_for_the_grace_period_after_the_end() -> None:
    assert deletable_until(Survey("a", "", {}, closes=date(2027, 3, 31))) == date(2027, 4, 14)
    assert deletable_until(Survey("a", "", {})) is None


def test_a_title_is_taken_in_the_nearest_language() -> None:
    titles = {"": "Bus", "de": "Rufbus"}
    assert in_language(titles, Voice(Language("de-simple"), TODAY)) == "Rufbus"
    assert in_language(titles, Voice(Language("fr"), TODAY)) == "Bus"
    assert in_language({}, Voice(Language("fr"), TODAY)) == ""


@pytest.mark.parametrize("language", house_languages())
def test_the_details_never_promise_to_be_anonymous(language: Language) -> None:
    for mode in Mode:
        survey = Survey("rufbus", "hash", {"": "Rufbus"}, closes=date(2027, 3, 31), mode=mode)
        text = "\n".join(details(survey, world(), Voice(language, TODAY))).lower()
        assert "anonym" not in text
        assert "rathaus, zimmer 3" in text
        assert "https://example.org/datenschutz" in text


def test_a_strict_survey_promises_neither_change_nor_deletion() -> None:
    survey = Survey("rufbus", "hash", {"": "Rufbus"}, closes=date(2027, 3, 31), mode=Mode.STRICT)
    text = "\n".join(details(survey, world(), Voice(Language("en"), TODAY)))
    assert "You can change" not in text
    assert "Once sent, nothing can be changed or deleted" in text


def test_short_surveys_take_at_least_a_minute() -> None:
    assert [minutes(questions) for questions in (0, 1, 3, 4, 8, 42)] == [1, 1, 1, 2, 3, 14]


def test_a_text_is_clipped_with_an_ellipsis() -> None:
    assert clipped("eins zwei drei", 9) == "eins zwe…"
    assert clipped("eins\n zwei", 20) == "eins zwei"
