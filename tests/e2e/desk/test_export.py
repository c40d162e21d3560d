"""An export reused by pandas: taken out in Chromium after the password and a code, read as a user reads it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pandas
import pytest
from e2e.desk.hands import download
from e2e.desk.job import Job, Way, at_work
from e2e.talking import Talker, talkers
from e2e.walking import Answer, Pressed, Written

from bot.staff import close_survey
from bot.voice import terminal_voice
from desk.codes import code_at
from dialogs.roles import Role

FORM = """
| survey | | | | |
| | type | name | label | required |
| | select_one d | district | Wo wohnen Sie? | yes |
| | select_multiple tun | was | Was tun Sie dort? | yes |
| | begin_group | weg | Ihr Weg | |
| | integer | minuten | Wie viele Minuten? | no |
| | decimal | km | Wie viele Kilometer? | yes |
| | end_group | | | |
| | date | tag | Wann zuletzt? | yes |
| | text | wort | Was noch? | yes |
| choices | | | |
| | list_name | name | label |
| | d | nord | Nord |
| | d | sued | Süd |
| | tun | sitzen | Sitzen |
| | tun | spielen | Spielen |
| | tun | gehen | Gehen |
| settings | | | |
| | form_title | form_id | default_language |
| | Platz | platz | de |
"""
QUESTIONS = ("Wo wohnen", "Was tun", "Wie viele Minuten", "Wie viele Kilometer", "Wann zuletzt", "Was noch", "Absenden")
PEOPLE = 12
SAID = "=SUMME(A1); ich bin Eva Koch, 0171 2345678"


def script(number: int) -> Sequence[Answer]:
    """What one citizen says, question by question."""
    north = number % 2 == 0
    minutes = "/überspringen" if number == 3 else str(number)
    words = ("1" if north else "2", "1, 3" if north else "2", minutes, f"{number},5", "3. Mai 2024", SAID)
    return [*map(Written, words), Pressed(("Absenden",), "Absenden")]


async def on_telegram(talker: Talker, number: int) -> None:
    await talker.citizen.says("/start platz")
    for question, answer in zip(QUESTIONS, script(number), strict=True):
        await talker.hears(question)
        if isinstance(answer, Written):
            await talker.citizen.says(answer.words)
    await talker.citizen.presses("Absenden", talker.last)
    await talker.hears("Beleg")


async def on_the_web(job: Job, number: int) -> None:
    chat = await job.web_chat()
    await chat.begin("platz")
    for question, answer in zip(QUESTIONS, script(number), strict=True):
        await chat.until(question)
        await chat.give(answer)
    await chat.until("Beleg")


@pytest.mark.browser
@pytest.mark.long
async def test_an_export_is_read_by_pandas(way: Way, tmp_path: Path, valkey_url: str) -> None:
    async with at_work(way, tmp_path / "state", valkey_url, codes=True) as job:
        form = tmp_path / "platz.md"
        form.write_text(FORM, "utf-8")
        await job.town.publish(form, "platz")
        people = talkers(job.town.telegram, PEOPLE - 1)
        await asyncio.gather(*(on_telegram(each, number) for number, each in enumerate(people)))
        await on_the_web(job, PEOPLE - 1)
        await close_survey(job.town.config, "platz", terminal_voice({"LANG": "de"}))
        await job.hour_passes()

        login = await job.new_login("anna", Role.EDITOR)
        clerk = await job.logs_in(login)
        job.town.clock.moment += timedelta(minutes=6)  # the password was typed a while ago
        await clerk.follows("Ergebnisse")
        await clerk.follows("Platz")
        await clerk.follows("Einzelne Antworten")
        await clerk.types("Passwort", login.password)
        await clerk.types("Code aus der App", code_at(login.secret, job.town.clock.now()))
        await clerk.presses("Weiter")
        await clerk.ticks("Text mit Kommas (CSV)")
        text = await download(clerk, "Datei herunterladen", tmp_path)
        await clerk.ticks("Tabelle (XLSX)")
        sheet = await download(clerk, "Datei herunterladen", tmp_path)
        await clerk.follows("Zurück zu den Ergebnissen")
        async with clerk.page.expect_download() as started:
            await clerk.follows("Tabellen für die Tabellenkalkulation")
        tables = tmp_path / "tables.xlsx"
        await (await started.value).save_as(tables)

    as_numbers_and_days(pandas.read_csv(text, parse_dates=["tag"]))
    as_numbers_and_days(pandas.read_excel(sheet))
    as_safe_numbers(pandas.read_excel(tables, sheet_name="Ergebnisse"))


def as_numbers_and_days(frame: pandas.DataFrame) -> None:
    """Rows of single answers, as somebody works with them."""
    assert list(frame.columns) == ["language", "district", "was", "weg/minuten", "weg/km", "tag", "wort"]
    assert len(frame) == PEOPLE
    assert set(frame["language"]) == {"de"}
    assert pandas.api.types.is_numeric_dtype(frame["weg/minuten"])
    assert frame["weg/minuten"].isna().sum() == 1, "who did not answer has no number"
    assert frame["weg/km"].mean() == pytest.approx(sum(range(PEOPLE)) / PEOPLE + 0.5)
    assert pandas.api.types.is_datetime64_any_dtype(frame["tag"])
    assert set(frame["tag"].dt.strftime("%d.%m.%Y")) == {"03.05.2024"}
    chosen = frame["was"].str.get_dummies(sep=" ")
    assert chosen.sum().to_dict() == {"gehen": 6, "sitzen": 6, "spielen": 6}
    assert frame.groupby("district")["weg/km"].count().to_dict() == {"nord": 6, "sued": 6}
    for said in frame["wort"]:
        assert said.startswith("'=SUMME"), "no spreadsheet runs it"
        assert "Koch" not in said
        assert "2345678" not in said


def as_safe_numbers(frame: pandas.DataFrame) -> None:
    """The tables that the page of results shows."""
    assert list(frame.columns[:3]) == ["Frage", "Antwort", "Anzahl"]
    known = frame.set_index(["Frage", "Antwort"])["Anzahl"]
    assert pandas.api.types.is_numeric_dtype(known)
    assert known["Wo wohnen Sie?", "Nord"] == 6
