"""Staff at the command line: they answer cases, send news, look at results, take rows, backups and papers."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from canary.phones import answers_the_town, follows, has_a_case
from canary.scene import Scene
from canary.sealed import copied
from canary.search import files_of, nowhere, patterns
from canary.telegram_and_web import has_a_tied_case
from e2e.test_forms_in_telegram import TelegramChat

from bot.backing_up import back_up, restore
from bot.feedback import reply, set_status, show_case
from bot.home import opened
from bot.keys import back_up_keyring
from bot.privacy_record import write_record
from bot.staff import close_survey, export_rows, show_results, show_surveys
from bot.voice import terminal_voice
from dialogs.broadcasts import Broadcast, BroadcastState, Outcome, Text
from dialogs.moderation import CaseStatus
from privacy.contacts import ContactPurpose
from storage.backups import Copy, copy_of

PATIENCE = 120.0


async def the_town_writes(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """Staff answer every case whose reporter can be reached, say how it stands, and look at it; citizens answer."""
    voice = terminal_voice({"LANG": "de"})
    async with opened(scene.config) as home:
        ids = [case.stored.id for case in await home.cases.all()]
        tied = [id_.hex() for id_ in ids if await home.ties.is_tied(id_)]
    assert len(tied) >= 2, "some wish for a reply"
    for case in tied:
        await reply(scene.config, case, "Ist es noch so?", voice)
        await set_status(scene.config, case, CaseStatus.WITH_OFFICE, "Bauhof", "", voice)
        await show_case(scene.config, case, voice)
    for person in scene.people:
        citizen = scene.citizens.get(person.number)
        if citizen is None or person.number % 5 in {0, 1} or not has_a_tied_case(person):
            continue
        chat = TelegramChat(citizen)
        await chat.until("Ist es noch so?")
        await citizen.says(f"{person.words} noch immer")
        await chat.until("weitergegeben")
    for person, phone in (*scene.signals.items(), *scene.matrix.items()):
        if has_a_case(person) and person not in scene.people:
            await answers_the_town(person, phone)
    shown = capsys.readouterr()
    nowhere({"show": shown.out.encode() + shown.err.encode()}, scene.addresses())


async def told(scene: Scene) -> None:
    """The town sends news to everybody who asked for them."""
    async with opened(scene.config) as home, asyncio.timeout(PATIENCE):
        now = datetime.now(ZoneInfo("Europe/Berlin"))
        number = await home.broadcasts.announce(
            Broadcast({"de": Text("", "Am Samstag ist Markt.")}, "de"), "canary", now
        )
        assert number is not None
        while True:
            stored = await home.broadcasts.get(number)
            if stored is not None and stored.state is BroadcastState.SENT:
                break
            await asyncio.sleep(0.1)
        told = Counter[tuple[str, Outcome]]()
        for count in await home.deliveries.counts(number):
            told[count.channel, count.outcome] += count.people
        at_telegram = sum(number % 5 in {2, 3} for number in scene.citizens)
        elsewhere = sum(follows(person) for person in (*scene.signals, *scene.matrix) if person not in scene.people)
        assert sum(told.values()) == at_telegram + elsewhere, "everybody who asked has a delivery"
        tied = [case.stored.id for case in await home.cases.all() if await home.ties.is_tied(case.stored.id)]
        purposes = await home.database.read(
            lambda connection: connection.exec_driver_sql("select purpose from contacts").scalars().all()
        )
        assert Counter(purposes) == {
            ContactPurpose.SUBSCRIPTION: at_telegram + elsewhere,
            ContactPurpose.OUTCOME: at_telegram,
            ContactPurpose.CASE: len(tied),
        }, "nobody else is in the contact book"
        reached = {channel for channel, outcome in told if outcome is Outcome.ACCEPTED}
        assert {"telegram", "signal", *(["matrix"] if scene.homeserver else [])} <= reached


async def staff_see_no_address(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    voice = terminal_voice({"LANG": "de"})
    capsys.readouterr()
    await show_surveys(scene.config, voice)
    await show_results(scene.config, "platz", (), voice)
    shown = capsys.readouterr()
    places = {"results": shown.out.encode() + shown.err.encode()}
    nowhere(places, scene.addresses() | scene.words())
    async with opened(scene.config) as home:
        is_open = "platz" in {survey.code for survey in await home.surveys.all() if not survey.closed}
    if is_open:  # the desk closed it, unless a backup of before was put back
        await close_survey(scene.config, "platz", voice)
    target = scene.folder / "platz.csv"
    await export_rows(scene.config, "platz", target, voice)
    shown = capsys.readouterr()
    places = {"export": target.read_bytes(), "close": shown.out.encode() + shown.err.encode()}
    assert len(places["export"].splitlines()) > 5
    nowhere(places, scene.addresses())
    tokens = patterns([])
    for token in (await copied(scene.config)).tokens["platz"]:
        tokens |= {token: "token", token.hex().encode(): "token"}
    nowhere(places, tokens)


async def backed_up(scene: Scene) -> Path | None:
    """The records as they are now; None on PostgreSQL, whose own `pg_dump` is looked at elsewhere."""
    if scene.config.database.url:
        return None
    folder = scene.folder / "kept" / "records"
    folder.mkdir(parents=True)
    await back_up(scene.config, folder, terminal_voice({"LANG": "de"}))
    return next(path for path in folder.iterdir() if copy_of(path) is Copy.RECORDS)


async def restored(scene: Scene, backup: Path) -> None:
    """Put the backup back, as an operator does after Zuruf has ended."""
    await restore(scene.config, backup, terminal_voice({"LANG": "de"}))


async def backups_and_papers_hold_nothing(scene: Scene) -> None:
    voice = terminal_voice({"LANG": "de"})
    kept = scene.folder / "kept"
    for part in ("keyring", "papers"):
        (kept / part).mkdir(parents=True)
    await back_up_keyring(scene.config, kept / "keyring", voice)
    for language, kind in (("de", "html"), ("en", "md")):
        await write_record(scene.config, language, kind, kept / "papers", voice)
    places = {f"backup {name}": data for name, data in files_of(kept).items()}
    assert len(places) >= 2
    nowhere(places, scene.addresses() | scene.words())
