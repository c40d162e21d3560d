"""Files of pilots and news: what they say is read; what is wrong is said in a sentence that helps."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from bot.voice import terminal_voice
from dialogs.broadcasts import QuestionSort
from dialogs.pilots import Needed, Pilot, PilotState, Sort, missing
from storage.acts.errors import ActError
from storage.acts.newsfile import read_news
from storage.acts.pilotfile import read_pilot, read_toml

VOICE = terminal_voice({"LANG": "en"})
TODAY = date(2026, 11, 28)
NEWS = Path(__file__).parents[2] / "scenarios" / "news"
LIVE = (NEWS / "rufbus.toml").read_text("utf-8")


def pilot(folder: Path, text: str, known: Pilot | None = None) -> Pilot:
    path = folder / "pilot.toml"
    path.write_text(text, "utf-8")
    return read_pilot(read_toml(path, VOICE), known, TODAY, VOICE)


def news(folder: Path, text: str):  # type: ignore[no-untyped-def]
    path = folder / "news.md"
    path.write_text(text, "utf-8")
    return read_news(path, "de", VOICE)


def test_a_pilot_goes_live_with_everything_it_needs_and_its_steps_are_remembered(tmp_path: Path) -> None:
    live = pilot(tmp_path, LIVE)
    assert live.state is PilotState.ON_TRIAL
    assert missing(live) == ()
    assert [(entry.sort, entry.day.day) for entry in live.timeline] == [(Sort.SETBACK, 12), (Sort.STEP, 28)]
    again = pilot(tmp_path, LIVE, live)
    assert again == live


@pytest.mark.parametrize("need", Needed)
def test_a_pilot_that_lacks_anything_does_not_go_live(tmp_path: Path, need: Needed) -> None:
    tree = dict(read_toml(NEWS / "rufbus.toml", VOICE))
    del tree[need.value]
    with pytest.raises(ActError, match=need.value):
        read_pilot(tree, None, TODAY, VOICE)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ('state = "evaluated"', "Say why"),
        ('state = "adopted"\nreason = "x"', "cannot become adopted"),
        ('state = "gone"', "There is no state"),
        ('state = "on trial"\ncolour = "red"', "There is no “colour”"),
        ('state = "on trial"\nfindings_days = 0', "findings_days"),
    ],
)
def test_a_pilots_file_that_cannot_be_is_refused_with_what_to_do(tmp_path: Path, change: str, says: str) -> None:
    live = pilot(tmp_path, LIVE)
    with pytest.raises(ActError, match=says):
        pilot(tmp_path, LIVE.replace('state = "on trial"', change), live)


def test_news_are_read_with_title_languages_question_and_time(tmp_path: Path) -> None:
    read = news(tmp_path, "+++\nsend_at = 2026-12-01T10:00:00\n+++\n# de\n## Titel\nText\n# en\nText only\n")
    assert read.send_at == datetime(2026, 12, 1, 10)
    assert read.broadcast.texts["de"].title == "Titel"
    assert read.broadcast.texts["en"].title == ""
    assert read.broadcast.fallback == "de"
    asked = read_news(NEWS / "abends.md", "de", VOICE).broadcast.question
    assert asked is not None
    assert asked.sort is QuestionSort.SCALE
    assert [option.labels["de"] if "de" in option.labels else option.labels[""] for option in asked.options] == [
        "1 (gar nicht)", "2", "3", "4", "5 (sehr)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Hallo", "must begin with its settings"),
        ("+++\nx = \n+++\n# de\nHallo", "not valid TOML"),
        ("+++\ncolour = 1\n+++\n# de\nHallo", "There is no “colour”"),
        ("+++\n+++\nHallo", "one section for each language"),
        ("+++\n+++\n# de\n", "it is empty"),
        ("+++\n+++\n# de\n" + "x" * 3001, "3,001 characters"),
        ("+++\n+++\n# de\n[hier](http://unsafe.example)", "links begin with https://"),
        ("+++\n+++\n# de\nA\n# de\nB", "stands there twice"),
        ('+++\npicture = "a.jpg"\n+++\n# de\nA', "needs picture_alt"),
        ('+++\nfallback = "fr"\n+++\n# de\nA', "fr, which is missing"),
        ('+++\n[question]\nkind = "buttons"\ntext = "?"\n+++\n# de\nA', "2 to 6 options"),
        ('+++\n[question]\nkind = "survey"\n+++\n# de\nA', "Name the survey"),
        ("+++\nexpires_hours = 0\n+++\n# de\nA", "from 1 to 336"),
        ('+++\nsend_at = "morgen"\n+++\n# de\nA', "must be a day and time"),
    ],
)
def test_news_that_cannot_be_are_refused_with_what_to_do(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ActError, match=says):
        news(tmp_path, text)
