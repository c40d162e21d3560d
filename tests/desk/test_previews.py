"""The chat beside a form: what the bot would send, bounded and forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from desk import previews
from desk.previews import CHANNELS, IDLE, LINES, MOST, Preview, Previews, surroundings, tapped
from dialogs.events import Said, Started
from dialogs.forms.model import compile_form
from dialogs.forms.xlsform import to_xform
from dialogs.player import Player
from dialogs.world import Survey, Town
from storage.ways import ChannelWay

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
FORM = b"""
| survey | | | |
| | type | name | label |
| | select_multiple where | w | Wo fehlt eine Bank? |
| | image | p | Bitte ein Foto. |
| | geopoint | g | Wo genau? |
| choices | | | |
| | list_name | name | label |
| | where | a | Am Markt |
| | where | b | Am See |
"""
COMPILED = compile_form(to_xform("form.md", FORM).xform)
SURVEY = Survey("bank", COMPILED.hash, {"": "Bänke"})
WORLD = surroundings(SURVEY, COMPILED, Town("Musterstadt"), (), "", lambda: NOON)


def begun(channel: str, kept: Previews | None = None, browser: str = "a", draft: int = 1) -> Preview:
    return (kept or Previews()).begin(browser, draft, (channel, "de"), SURVEY, WORLD, NOON)


@pytest.mark.parametrize("channel", [channel.channel for channel in CHANNELS])
def test_it_shows_what_the_bot_would_send_and_nothing_else(channel: str) -> None:
    player = Player(lambda: WORLD((channel, "de")))
    sent = [*player.parts(Started("bank")), *player.parts(Said("2"))]
    preview = begun(channel)
    preview.take(Said("2"), "2")
    shown = [part for line in preview.lines for part in line.parts]
    assert {part.text for part in shown} >= {part.text for part in sent[-1:]}
    if not preview.channel.edits:
        assert shown == sent


def test_where_messages_are_edited_a_toggled_choice_changes_in_place() -> None:
    preview = begun("telegram")
    before = len(preview.lines)
    (action,) = (button.action for button in preview.buttons.values() if button.label == "Am See")
    found = tapped(preview, [action], str(preview.lines[-1].number))
    assert found is not None
    preview.take(*found)
    assert [line.words for line in preview.lines if line.words] == ["Am See"]
    assert len([line for line in preview.lines if line.parts]) == before
    assert [button.chosen for button in preview.buttons.values() if button.label == "Am See"] == [True]


def test_where_there_are_polls_several_options_are_one_vote() -> None:
    preview = begun("signal")
    actions = [button.action for button in preview.buttons.values()]
    found = tapped(preview, actions, str(preview.lines[-1].number))
    assert found is not None
    preview.take(*found)
    assert "2 von 3" in preview.lines[-1].parts[0].text


def test_a_photo_and_a_place_can_be_sent_without_a_phone() -> None:
    preview = begun("web")
    preview.take(Said("1"), "1")
    for what in ("photo", "place"):
        event = previews.sampled(what, Town("Musterstadt"))
        assert event is not None
        preview.take(event, "(ein Muster)")
    assert "Bitte einmal prüfen" in preview.lines[-1].parts[-1].text
    assert previews.sampled("anything", Town("Musterstadt")) is None


def test_it_is_forgotten_in_time_and_never_grows_without_end() -> None:
    kept = Previews()
    first = begun("telegram", kept)
    assert kept.find("a", 1, SURVEY.form, NOON + IDLE) is first
    assert kept.find("a", 1, SURVEY.form, NOON + 2 * IDLE + timedelta(seconds=1)) is None
    for number in range(MOST + 1):
        begun("telegram", kept, draft=number)
    assert kept.find("a", 0, SURVEY.form, NOON) is None
    assert kept.find("a", MOST, SURVEY.form, NOON) is not None
    assert kept.find("a", MOST, "another file", NOON) is None
    long = begun("telegram", kept)
    for _ in range(LINES):
        long.take(Said("hilfe"), "hilfe")
    assert len(long.lines) == LINES


def test_only_channels_that_run_are_named_as_other_ways() -> None:
    running = (ChannelWay("signal", "https://signal.me/#x"), ChannelWay("web", "https://x.example/s/{code}/chat"))
    world = surroundings(SURVEY, COMPILED, Town("Musterstadt"), running, "", lambda: NOON)(("signal", "de"))
    assert [channel.channel for channel in world.channels] == ["signal", "web"]
    assert len(WORLD(("signal", "de")).channels) == len(CHANNELS)
