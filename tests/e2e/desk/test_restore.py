"""Last night's backup is put back: staff log in as before, results are there, and what somebody erased stays erased."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from commandline import CommandLine, Ran, plain_environment
from e2e.desk.hands import Hands
from e2e.desk.job import Job, Login, Way, at_work
from e2e.talking import benches, talkers
from playwright.async_api import expect

from dialogs.roles import Role

PEOPLE = 12
RECORDS = "zuruf.sqlite"


@pytest.mark.browser
@pytest.mark.long
async def test_the_desk_goes_on_after_a_restore(
    by_keyboard: Way, tmp_path: Path, valkey_url: str, commands: CommandLine
) -> None:
    state, backups = tmp_path / "state", tmp_path / "backups"

    async def zuruf(*words: str) -> Ran:
        environ = {**plain_environment(), "ZURUF_STATE_DIR": str(state), "ZURUF_REDIS_URL": valkey_url}
        return await asyncio.to_thread(commands.run, words, tmp_path, environ)

    async with at_work(by_keyboard, state, valkey_url, codes=True) as job:
        await job.town.publish(benches(tmp_path), "baenke")
        people = talkers(job.town.telegram, PEOPLE)
        await asyncio.gather(*(each.walks() for each in people))
        await job.hour_passes()
        logins = [await job.new_login(name, role) for name, role in (("anna", Role.EDITOR), ("eva", Role.MODERATOR))]
        _, moderator = await results_are_read(job, logins)
        assert await found(moderator, "Schatten") == {each.words for each in people}

        assert (await zuruf("backup", "--to", str(backups))).code == 0
        erased = people[4]
        await erased.citizen.says("löschen baenke")
        await erased.hears("löschen?")
        await erased.citizen.says("ja, löschen")
        await erased.hears("gelöscht")
        (backup,) = backups.glob("zuruf-records-*.sqlite")
        assert "in use" in (await zuruf("restore", str(backup))).err, "the desk would go on with the file that goes"

    for file in state.glob(f"{RECORDS}*"):
        file.write_bytes(b"what the flood left of it")
    restored = await zuruf("restore", str(backup))
    assert restored.code == 0, restored.err
    assert "1 response" in restored.out

    async with at_work(by_keyboard, state, valkey_url, codes=True) as job:
        job.town.clock.moment += timedelta(hours=1)
        await job.hour_passes()
        _, moderator = await results_are_read(job, logins)
        stay = {each.words for each in people if each is not erased}
        assert await found(moderator, "Schatten") == stay
        assert sorted(row["/data/wort"] for row in await job.town.stored("baenke")) == sorted(stay)
        again = talkers(job.town.telegram, PEOPLE)  # the same people: the emulator counts from the start
        assert again[4].citizen.id == erased.citizen.id
        for talker, told in ((again[4], "Ich habe nichts von Ihnen gefunden."), (again[5], "Hier ist alles, was von")):
            await talker.citizen.says("meine daten")
            await talker.hears(told)


async def results_are_read(job: Job, logins: list[Login]) -> list[Hands]:
    """Both log in at the door and look at the results."""
    everybody = [await job.logs_in(login) for login in logins]
    for hands in everybody:
        await hands.follows("Ergebnisse")
        await hands.follows("Bänke")
        await expect(hands.page.get_by_text(f"{PEOPLE} Menschen haben geantwortet.")).to_be_visible()
    return everybody


async def found(moderator: Hands, words: str) -> set[str]:
    """Texts that a search finds."""
    await moderator.follows("Texte")
    await moderator.follows("Bänke")
    await moderator.types("In den Texten suchen", words)
    page, told = moderator.page, moderator.page.get_by_text("diese Wörter")
    while not await told.count():  # a first search opens the texts
        async with page.expect_navigation():
            await moderator.presses("Suchen")
    return {text.strip() for text in await page.locator(".lines .said-text, .lines blockquote").all_inner_texts()}
