"""A survey played in a terminal, from a file of answers."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.terminal.player import play, prompted
from dialogs.capabilities import TERMINAL
from dialogs.events import Started
from dialogs.forms.model import compile_form
from dialogs.forms.xlsform import to_xform
from dialogs.player import FILE_LIMIT, Player
from dialogs.world import Survey, Town, World

FORMS = Path(__file__).parent.parent.parent / "scenarios" / "forms"


def world(name: str) -> World:
    compiled = to_xform(f"{name}.md", (FORMS / f"{name}.md").read_bytes())
    form = compile_form(compiled.xform, compiled.attachments)
    return World(
        now=datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Berlin")),
        rng=random.Random(1),
        town=Town("Musterstadt"),
        channel=TERMINAL,
        surveys={name: Survey(name, form.hash, {"": form.title})},
        forms={form.hash: form},
        language_hint="de",
    )


def test_a_survey_is_played_to_the_end() -> None:
    here, written = world("kurz"), list[str]()
    player = Player(lambda: here)
    play(player, "kurz", iter(["nein", "Am Teich", "44", "absenden"]), written.append)
    text = "".join(written)
    assert "1 von 2 · Gibt es genug Bänke?" in text
    assert "Danke, das hilft." in text
    assert {value.ref: value.text for value in player.sent["kurz"].values} == {
        "/data/bank": "nein",
        "/data/wo": "Am Teich",
        "/data/alter": "44",
    }
    assert player.session is None


def test_a_file_is_named_by_its_path() -> None:
    here, written = world("alles"), list[str]()
    files = {"gut.jpg": b"x", "riesig.jpg": b"x" * (FILE_LIMIT + 1)}
    player = Player(lambda: here, files.get)
    before = ["1", "3 1 2", "weiter", "2", "weiter", "weiter", "weiter", "/weiter", "nein"]
    play(player, "alles", iter([*before, "foto: fehlt.jpg", "foto: riesig.jpg", "foto: gut.jpg"]), written.append)
    text = "".join(written)
    assert "Diese Datei konnte ich nicht öffnen" in text
    assert "Diese Datei ist zu groß" in text
    assert list(player.files.values()) == [b"x"]


def test_the_end_of_input_ends_the_play() -> None:
    answers = iter(["a", "b"])

    def read_line(prompt: str) -> str:
        del prompt
        try:
            return next(answers)
        except StopIteration:
            raise EOFError from None

    assert list(prompted(read_line)) == ["a", "b"]


def test_a_conversation_is_kept_between_turns() -> None:
    here = world("kurz")
    player = Player(lambda: here)
    assert player.parts(Started("kurz"))
    assert player.session is not None
