"""A draft that staff try: begun by its code alone, and nothing of it is kept or offered afterwards."""

from __future__ import annotations

import random
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from dialogs.capabilities import TELEGRAM, WEB, Capabilities
from dialogs.events import Said, Started
from dialogs.forms.model import compile_form
from dialogs.forms.xlsform import to_xform
from dialogs.i18n import Voice
from dialogs.messages import Language
from dialogs.player import Player
from dialogs.promises import details
from dialogs.world import Survey, Town, World

FORM = b"| survey | | | |\n| | type | name | label |\n| | text | wort | Was fehlt? |\n"
COMPILED = compile_form(to_xform("form.md", FORM).xform)
NOW = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Berlin"))
TRIAL = Survey("test-abc", COMPILED.hash, {"": "Bänke"}, closes=date(2026, 1, 1), trial=True, uses={"": "Bänke bauen."})


def citizen(channel: Capabilities = TELEGRAM) -> Player:
    def world() -> World:
        return World(
            now=NOW,
            rng=random.Random(1),
            town=Town("Musterstadt"),
            channel=channel,
            surveys={TRIAL.code: TRIAL},
            forms={COMPILED.hash: COMPILED},
            language_hint="de",
        )

    return Player(world)


def said(player: Player, event: Started | Said) -> str:
    return "\n".join(part.text for part in player.parts(event))


def test_it_is_in_no_list_and_begins_by_its_code_whatever_its_days_say() -> None:
    player = citizen()
    assert "Was fehlt?" not in said(player, Started(""))
    begun = said(player, Said("TEST-ABC"))
    assert begun.startswith("Ein Entwurf zum Ausprobieren")
    assert "Was fehlt?" in begun


@pytest.mark.parametrize("channel", [TELEGRAM, WEB], ids=lambda channel: channel.channel)
def test_at_its_end_nothing_is_promised_that_is_not_kept(channel: Capabilities) -> None:
    player = citizen(channel)
    said(player, Started("test-abc"))
    said(player, Said("Schatten"))
    end = said(player, Said("absenden"))
    assert "Das war der Test. Davon wurde nichts gespeichert oder gezählt" in end
    assert "Beleg" not in end
    assert "Rückkehr" not in end
    assert player.session is not None
    assert player.session.last == ""


def test_what_will_be_done_with_the_answers_is_among_the_details() -> None:
    world = citizen().world()
    assert "Was mit den Antworten geschieht: Bänke bauen." in details(TRIAL, world, Voice(Language("de"), NOW.date()))
