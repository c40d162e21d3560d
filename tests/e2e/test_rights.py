"""Rights and feedback through everything: Telegram, Redis, database; each answered within a second at rest."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from e2e.talking import benches, faults, quiet, talkers
from e2e.town import Noon, TownUnderTest, running_town
from PIL import Image

from bot.feedback import reply, set_status
from bot.voice import terminal_voice
from dialogs.moderation import CaseStatus

SURVEYS = 30
"""Seconds for a right, with the person's answers in so many surveys' reach."""
GERMAN = terminal_voice({"LANG": "de"})


def photo() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (64, 48), (200, 30, 30)).save(data, "JPEG")
    return data.getvalue()


async def test_everything_is_handed_over_deleted_and_found_no_more(tmp_path: Path, valkey_url: str) -> None:
    async with running_town(tmp_path, valkey_url) as town:
        await town.publish(benches(tmp_path), "baenke")
        await _more_surveys(town)
        (talker,) = talkers(town.telegram, 1)
        await talker.walks()

        async def asks(text: str, answer: str) -> None:
            await talker.citizen.says(text)
            await talker.hears(answer)

        await asks("meine daten", "Hier ist alles")
        files = [await talker.hears("") for _ in range(3)]
        documents = {message.file_name: message.file for message in files if message.file_kind == "document"}
        assert set(documents) == {"meine-daten.txt", "meine-daten.json"}
        assert talker.words.encode() in (documents["meine-daten.txt"] or b"")
        await asks("datenschutz", "Telegram selbst kann")
        await asks("hilfe", "Ich stelle eine Frage")
        await asks("alles löschen", "Das lässt sich nicht")
        await asks("ja", "3 Antworten sind gelöscht")
        await asks("auskunft", "Ich habe nichts von Ihnen gefunden")
        await quiet(town.app)
        assert await town.stored("baenke") == []
        assert faults(town.app) == 0


async def _more_surveys(town: TownUnderTest) -> None:
    """Others' answers give each survey its pepper."""
    home, card = town.app.home, town.app.library.surveys["baenke"]
    version = await home.surveys.form(card.form)
    assert version is not None
    for number in range(SURVEYS):
        await home.surveys.publish(replace(card, code=f"nr{number}"), version)
        await home.keychain.pepper(f"nr{number}", Noon().today())
    await town.app.library.refresh()


async def test_a_report_gets_its_answer_and_goes_at_a_word(tmp_path: Path, valkey_url: str) -> None:
    async with running_town(tmp_path, valkey_url) as town:
        (talker,) = talkers(town.telegram, 1)
        citizen = talker.citizen
        await citizen.says("melden")
        await talker.hears("Worum geht es?")
        await citizen.presses("Straßen und Wege", talker.last)
        await talker.hears("Was ist es?")
        await citizen.says("Ein Loch im Radweg")
        await talker.hears("Wo ist es?")
        await citizen.sends_location(51.05, 13.74)
        await talker.hears("Foto davon")
        await citizen.sends_photo(photo())
        await talker.hears("hier dazu schreiben?")
        await citizen.says("nein")
        await talker.hears("Bitte einmal prüfen")
        await citizen.presses("Absenden", talker.last)
        receipt = await talker.hears("Ihr Fallcode")
        code = receipt.text.split("Ihr Fallcode: ")[1].split()[0]
        (case,) = await town.app.home.cases.all()
        number = case.stored.id.hex()[:8]
        assert case.reported.photo
        await reply(town.config, number, "Vor oder hinter der Ampel?", GERMAN)
        await set_status(town.config, number, CaseStatus.WITH_OFFICE, "Tiefbauamt", "", GERMAN)
        await citizen.says(code.lower())
        told = await talker.hears("Ihre Meldung vom")
        assert "Tiefbauamt" in told.text
        assert "Vor oder hinter der Ampel?" in told.text
        await citizen.presses("Etwas ergänzen", talker.last)
        await talker.hears("ergänzen")
        await citizen.says("Dahinter")
        await talker.hears("findet das bei Ihrer Meldung")
        (stranger,) = talkers(town.telegram, 1)
        await stranger.citizen.says(code)
        assert "Dahinter" in (await stranger.hears("Ihre Meldung vom")).text
        await stranger.citizen.presses("Meldung löschen", stranger.last)
        await stranger.hears("gelöscht")
        await quiet(town.app)
        assert await town.app.home.cases.all() == []
        left = await town.app.home.database.read(
            lambda connection: connection.exec_driver_sql("select count(*) from files").scalar()
        )
        assert left == 0
        assert faults(town.app) == 0
