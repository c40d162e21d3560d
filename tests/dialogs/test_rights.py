"""Rights: the corners that no transcript shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from dialogs.actions import Tap, Verb, encode
from dialogs.capabilities import TERMINAL, WEB
from dialogs.effects import FindEverything, FindParticipation, Submit
from dialogs.engine import resume
from dialogs.events import Aim, CodeEntered, Everything, Participated, Placed, Pressed, Reopened, Said, Started
from dialogs.messages import Document
from dialogs.pausing import day_meant
from dialogs.player import Player
from dialogs.session import Asked
from dialogs.triggers import Command
from dialogs.world import World

Make = Callable[..., World]
Play = Callable[[World], Player]
MONDAY = date(2026, 11, 23)


def say(player: Player, *texts: str) -> list[str]:
    """What the bot said to the last of these."""
    said: list[str] = []
    for text in texts:
        said = [part.text for part in player.parts(Said(text))]
    return said


def documents(player: Player, text: str) -> list[Document]:
    return [part.document for part in player.parts(Said(text)) if part.document is not None]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("bis Freitag", date(2026, 11, 27)),
        ("Montag", date(2026, 11, 30)),
        ("until friday", date(2026, 11, 27)),
        ("bis zum 3.12.", date(2026, 12, 3)),
        ("morgen", date(2026, 11, 24)),
        ("für 3 Tage", date(2026, 11, 26)),
        ("3 days", date(2026, 11, 26)),
        ("irgendwann", None),
        ("", None),
    ],
)
def test_the_day_of_a_pause_is_understood(text: str, day: date | None) -> None:
    assert day_meant(text, "de", MONDAY) == day


def test_any_word_ends_a_pause_and_counts(make_world: Make, play: Play) -> None:
    player = play(make_world("kurz"))
    say(player, "start", "pause")
    assert player.session is not None
    assert player.session.paused_until == date(2026, 11, 29)
    say(player, "nein")
    after = player.session
    assert after.paused_until is None
    assert after.survey is not None
    assert after.survey.cursor == "/data/wo"


@pytest.mark.parametrize("event", [Said("weiter"), Said("/start"), Started("kurz"), Reopened()])
def test_coming_back_from_a_pause_skips_no_question(make_world: Make, play: Play, event: Said) -> None:
    player = play(make_world("kurz"))
    say(player, "start", "nein", "/pause")
    player.take(event)
    assert player.session is not None
    assert player.session.survey is not None
    assert player.session.survey.cursor == "/data/wo"
    assert player.session.paused_until is None


def test_a_draft_is_kept_from_its_first_question_on_not_from_the_first_word(make_world: Make, play: Play) -> None:
    worlds = [make_world("kurz")]
    player = Player(lambda: worlds[0])
    say(player, "hilfe")
    assert player.session is not None
    assert player.session.began == 0
    later = worlds[0].now + timedelta(days=3)
    worlds[0] = make_world("kurz", now=later)
    say(player, "start")
    assert player.session.began == int(later.timestamp()) // 3600
    say(player, "ja")
    assert player.session.began == int(later.timestamp()) // 3600
    say(player, "stopp")
    assert player.session.began == 0


def test_my_data_is_a_file_for_machines_as_well(make_world: Make, play: Play) -> None:
    player = play(make_world("kurz"))
    say(player, "start", "nein", "Am Teich", "44", "absenden")
    readable, machine = documents(player, "my data")
    assert readable.name == "meine-daten.txt"
    tree = json.loads(machine.data)
    assert tree["town"] == "Musterstadt"
    assert [(each["survey"], each["day"], each["notice_version"]) for each in tree["sent"]] == [
        ("kurz", "2026-11-23", "1")
    ]
    assert [(each["ref"], each["answer"], each["stored"]) for each in tree["sent"][0]["answers"]] == [
        ("/data/bank", "Nein", "nein"),
        ("/data/wo", "„Am Teich“", "Am Teich"),
        ("/data/alter", "44", "44"),
    ]


def test_long_words_are_handed_over_whole(make_world: Make, play: Play) -> None:
    player = play(make_world("kurz"))
    say(player, "start", "nein", "Bank " * 100, "44", "absenden")
    readable, _ = documents(player, "meine daten")
    assert ("Bank " * 100).strip() in readable.data.decode()


def test_photos_are_handed_over_and_their_keys_are_not(make_world: Make) -> None:
    world = make_world("kurz")
    name = "0" * 32 + "-" + "k" * 43 + ".jpg"
    found = Participated("kurz", b"r" * 16, "f" * 64, (("/data/foto", name),), "de", MONDAY, "1")
    turn = resume(None, Said("meine daten"), world)
    assert turn.effects == (FindEverything(Aim.MY_DATA),)
    said = resume(turn.session, Everything(Aim.MY_DATA, (found,)), world)
    assert "k" * 43 not in str(said.effects)


def test_a_channel_without_files_gets_the_text_in_the_chat(make_world: Make, play: Play) -> None:
    player = play(make_world("kurz", channel=TERMINAL))
    say(player, "start", "nein", "Am Teich", "44", "absenden")
    assert "– Wo fehlt eine Bank?: „Am Teich“" in say(player, "meine daten")[0]


@pytest.mark.parametrize(
    ("language", "word", "expected"),
    [
        ("english", "my data", "Here is everything that is stored of you"),
        ("english", "delete everything", "Delete everything of yours: “Bänke im Park”?"),
        ("leichte sprache", "meine daten", "Hier ist alles, was von Ihnen gespeichert ist."),
        ("leichte sprache", "alles löschen", "Soll ich alles löschen: „Bänke im Park“?"),
        ("deutsch", "delete everything", "Alles von Ihnen löschen: „Bänke im Park“?"),
    ],
)
def test_rights_speak_every_language(make_world: Make, play: Play, language: str, word: str, expected: str) -> None:
    player = play(make_world("kurz"))
    say(player, "start", "nein", "Am Teich", "44", "absenden", "/sprache", language)
    assert say(player, word)[0].startswith(expected)


def test_deleting_asks_which_where_there_are_several(make_world: Make, play: Play) -> None:
    player = play(make_world("kurz", "alles"))
    say(player, "/start kurz", "nein", "Am Teich", "44", "absenden")
    assert player.session is not None
    player.session = replace(player.session, last="")
    player.sent["alles"] = Submit("alles", next(iter(player.world().forms)), b"a" * 16, "de", ())
    assert say(player, "löschen")[0].startswith("Was soll ich löschen?")
    say(player, "Bänke im Park", "ja")
    assert set(player.sent) == {"alles"}
    assert say(player, "löschen")[0].startswith("Alle Ihre Antworten zu")


def test_deleting_everything_reaches_all_surveys_and_the_draft(make_world: Make, play: Play) -> None:
    player = play(make_world("kurz", "alles"))
    say(player, "/start kurz", "nein", "Am Teich", "44", "absenden", "/start alles")
    assert say(player, "alles löschen", "ja")[0].startswith("3 Antworten sind gelöscht")
    assert player.sent == {}
    assert player.session is not None
    assert player.session.survey is None
    assert documents(player, "meine daten") == []


def test_nothing_is_said_to_be_deleted_if_the_store_does_not_take_it(make_world: Make, play: Play) -> None:
    player = play(make_world("kurz"))
    say(player, "/start kurz", "nein", "Am Teich", "44", "absenden", "alles löschen")
    player.failing = True
    assert "gelöscht" not in " ".join(say(player, "ja"))
    assert set(player.sent) == {"kurz"}


def test_correcting_opens_what_was_sent_or_asks_which(make_world: Make, play: Play) -> None:
    player = play(make_world("kurz", "alles"))
    say(player, "/start kurz", "nein", "Am Teich", "44", "absenden")
    assert player.session is not None
    player.session = replace(player.session, last="")
    assert say(player, "korrigieren")[0].startswith("Sie haben „Bänke im Park“ schon beantwortet")
    say(player, "so lassen")
    player.session = replace(player.session, last="")
    player.sent["alles"] = player.sent["kurz"]
    assert say(player, "korrigieren")[0].startswith("Welche Antworten möchten Sie ändern?")


def test_a_return_code_is_tried_in_every_survey_where_it_is_not_clear_which(make_world: Make) -> None:
    world = make_world("kurz", "alles", channel=WEB)
    turn = resume(None, CodeEntered("1234 5678 9012 3456"), world)
    assert turn.effects == (FindEverything(Aim.RETURN_CODE, (("", "1234567890123456"),)),)
    form = world.surveys["kurz"].form
    found = Participated("kurz", b"r" * 16, form, (("/data/bank", "ja"),), "de", MONDAY, "1")
    again = resume(turn.session, Everything(Aim.RETURN_CODE, (found,)), world)
    assert again.effects == (FindParticipation("kurz", "1234567890123456"),)
    unknown = resume(turn.session, Everything(Aim.RETURN_CODE), world)
    assert unknown.session is not None
    assert unknown.session.returning == ""


def test_a_return_code_opens_my_data_too(make_world: Make, play: Play) -> None:
    first = play(make_world("kurz", channel=WEB))
    say(first, "/start kurz", "nein", "Am Teich", "44", "absenden")
    player = play(make_world("kurz", channel=WEB))
    player.sent = first.sent
    say(player, first.sent["kurz"].return_code, "so lassen")
    assert player.session is not None
    turn = resume(player.session, Said("meine daten"), player.world())
    assert turn.effects == (FindEverything(Aim.MY_DATA, (("kurz", first.sent["kurz"].return_code),)),)
    say(player, "ändern")
    assert player.session.survey is not None
    assert player.session.survey.amends


@pytest.mark.parametrize(
    "event",
    [
        Said("vielleicht"),
        Said("zurück"),
        Placed(51.0, 13.7),
        Pressed(encode(Tap(Verb.COMMAND, Command.SKIP))),
        Pressed(encode(Tap(Verb.CHOOSE, "deadbeef", 0))),
    ],
)
def test_no_answer_is_taken_under_a_notice_that_has_changed(make_world: Make, play: Play, event: Said) -> None:
    player = play(make_world("kurz"))
    say(player, "start")
    assert player.session is not None
    old = player.session = replace(player.session, noticed="0")
    for _ in range(2):
        player.take(event)
        assert player.session.asked is Asked.NOTICE
        assert player.session.survey == old.survey
    say(player, "weitermachen")
    assert player.session.noticed == "1"
    assert player.session.noticed_on == MONDAY


@pytest.mark.parametrize("word", ["hilfe", "stopp", "datenschutz", "meine daten", "alles löschen", "mensch"])
def test_rights_need_no_consent(make_world: Make, play: Play, word: str) -> None:
    player = play(make_world("kurz"))
    say(player, "start")
    assert player.session is not None
    player.session = replace(player.session, noticed="0")
    assert not say(player, word)[0].startswith("Unser Hinweis")


def test_answers_given_under_an_older_notice_are_changed_only_under_the_new_one(make_world: Make, play: Play) -> None:
    player = play(make_world("kurz"))
    say(player, "/start kurz", "nein", "Am Teich", "44", "absenden")
    sent = player.sent["kurz"]
    player.sent["kurz"] = Submit(sent.survey, sent.form, sent.response, "de", sent.values, informed="0")
    say(player, "ändern", "ändern")
    assert say(player, "absenden")[0].startswith("Unser Hinweis")
    say(player, "ja", "absenden")
    assert player.sent["kurz"].informed == "1"
