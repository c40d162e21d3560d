"""What staff do with cases on the command line; what a citizen then reads."""

from __future__ import annotations

import asyncio
import os
from datetime import date
from pathlib import Path

import pytest
from made_tables import with_tables
from typer.testing import CliRunner, Result

from bot.barriers import take_barrier
from bot.cli import app
from bot.config import Config, load
from bot.home import opened
from bot.reports import Reports
from dialogs.accessibility import Barrier, Part
from dialogs.effects import AddToCase, EraseCase, FindCase, Report
from dialogs.events import CaseFound, MediaName
from dialogs.moderation import CaseStatus
from privacy.addresses import Address, Person
from privacy.contacts import ContactPurpose
from privacy.files import new_file_name, seal_file
from storage.acts.cases import metres
from storage.acts.categories import categories_of
from storage.clock import TownClock
from storage.contacts import ContactId
from storage.orders import Order, OrderKind
from storage.settings import CategorySection, ConfigError
from storage.sql.townsettings import SqlTownSettings
from storage.townsettings import TownChanges, TownVersion

CODE = "BCDF-GHJK-2345"
SOMEBODY = Person(Address("telegram", "townbot", "4711"))
SPOT, NEXT_TO_IT, AWAY = (51.05, 13.74), (51.0503, 13.7403), (51.06, 13.74)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("ZURUF_STATE_DIR", str(with_tables(tmp_path / "state")))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    return load()


def reported(config: Config, *reports: tuple[str, tuple[float, float] | None, str]) -> None:
    """Cases as citizens open them: words, place, code."""

    async def work() -> None:
        async with opened(config) as home:
            for words, point, code in reports:
                act = Report(os.urandom(16), "roads", "", words, "", point, "", code, "de", "1")
                await home.cases.open(act, date(2026, 11, 22))

    asyncio.run(work())


def looked_up(config: Config, *acts: AddToCase | EraseCase) -> CaseFound:
    async def work() -> CaseFound:
        async with opened(config) as home:
            reports = Reports(home.cases, home.ties, TownClock(config.timezone))
            for act in acts:
                await reports.do(act, SOMEBODY)
            return await reports.found(FindCase(CODE), SOMEBODY)

    return asyncio.run(work())


def zuruf(*words: str) -> Result:
    return CliRunner().invoke(app, ["feedback", *words], env={"COLUMNS": "200"})


def number(words: str) -> str:
    return next(line.split()[0] for line in zuruf("list").output.splitlines() if words in line)


def test_a_town_without_a_desk_reads_barriers_and_notes_that_one_was_answered(config: Config) -> None:
    assert "No report" in zuruf("barriers").output

    async def report() -> None:
        async with opened(config) as home:
            barrier = Barrier(Part.CITIZENS, "de", "Der Kontrast reicht nicht", "/s/bus", "Telefon 4711")
            assert await take_barrier(barrier, home, TownClock(config.timezone))

    asyncio.run(report())
    shown = zuruf("barriers").output
    assert all(words in shown for words in ("Der Kontrast reicht nicht", "/s/bus", "Telefon 4711"))
    assert zuruf("barriers", "--answered", shown[:8]).exit_code == 0
    assert zuruf("barriers", "--answered", shown[:8]).exit_code == 1
    assert "No report" in zuruf("barriers").output


def test_a_category_of_the_desk_is_called_as_the_desk_calls_it(config: Config) -> None:
    async def rename() -> None:
        roads = CategorySection(key="roads", label="Wege und Plätze", labels={"en": "Ways and squares"})
        async with opened(config) as home:
            changes = TownChanges(categories=(roads,))
            await SqlTownSettings(home.database).put(TownVersion(1, date(2026, 11, 28), "alma", changes))

    asyncio.run(rename())
    reported(config, ("Ein Loch im Radweg", SPOT, CODE))
    assert "Ways and squares" in zuruf("list").output
    assert "Ways and squares" in zuruf("show", number("Ein Loch im Radweg")).output


def test_a_case_goes_its_way_and_the_citizen_reads_it(config: Config) -> None:
    reported(config, ("Ein Loch im Radweg", SPOT, CODE))
    case = number("Ein Loch im Radweg")
    assert zuruf("status", case, "with-office", "--office", "Tiefbauamt").exit_code == 0
    assert zuruf("reply", case, "Vor oder hinter der Ampel?").exit_code == 0
    found = looked_up(config, AddToCase(CODE, b"m" * 16, "Dahinter"))
    assert (found.status, found.office) == (CaseStatus.WITH_OFFICE, "Tiefbauamt")
    assert [(each.by_town, each.words) for each in found.messages] == [
        (True, "Vor oder hinter der Ampel?"),
        (False, "Dahinter"),
    ]
    shown = zuruf("show", case).output
    assert "Dahinter" in shown
    assert "51.05" in shown
    assert zuruf("status", case, "declined", "--because", "Der Weg gehört dem Land.").exit_code == 0
    assert looked_up(config).reason == "Der Weg gehört dem Land."
    assert case not in zuruf("list").output
    assert case in zuruf("list", "--all").output


def test_what_does_not_fit_is_said_and_changes_nothing(config: Config) -> None:
    reported(config, ("Ein Loch", None, CODE))
    case = number("Ein Loch")
    for words in (
        ("status", case, "declined"),
        ("status", case, "received"),
        ("reply", case, " "),
        ("show", "ffffffffffff"),
        ("show", ""),
    ):
        assert zuruf(*words).exit_code != 0, words
    assert looked_up(config).status is CaseStatus.RECEIVED


def test_reports_of_the_same_thing_nearby_are_suggested(config: Config) -> None:
    reported(config, ("Loch", SPOT, CODE), ("Grube", NEXT_TO_IT, "BCDF-GHJK-2346"), ("Riss", AWAY, "BCDF-GHJK-2347"))
    listed = zuruf("list").output
    assert listed.count("The same as") == 2
    assert f"The same as {number('Grube')}?" in listed
    assert number("Riss") not in listed.split("The same as", 1)[1].split("?")[0]


def test_fifty_metres_are_measured_on_the_ground() -> None:
    assert 35 < metres(SPOT, NEXT_TO_IT) < 45
    assert 1100 < metres(SPOT, AWAY) < 1120


def test_each_act_of_staff_is_noted_without_a_word_of_the_citizen(config: Config) -> None:
    reported(config, ("Ein Loch", None, CODE))
    case = number("Ein Loch")
    zuruf("show", case)
    zuruf("reply", case, "Danke")
    zuruf("status", case, "done")

    async def notes() -> list[tuple[str, str]]:
        async with opened(config) as home:
            return [(entry.act, entry.subject + entry.detail) for entry in await home.audit.entries()]

    noted = asyncio.run(notes())
    assert [act for act, _ in noted][-3:] == ["feedback.show", "feedback.reply", "feedback.status"]
    assert not any("Loch" in about or "Danke" in about for _, about in noted)


def test_a_case_goes_at_the_citizens_word(config: Config) -> None:
    reported(config, ("Ein Loch", None, CODE))
    assert looked_up(config, EraseCase(CODE)).status is None
    assert looked_up(config, EraseCase(CODE), AddToCase(CODE, b"m" * 16, "zu spät")).status is None
    assert "There are no cases." in zuruf("list", "--all").output


def test_a_town_names_its_own_categories(tmp_path: Path) -> None:
    file = tmp_path / "zuruf.toml"
    entry = '[[feedback.categories]]\nkey = "weg"\nlabel = "Wege"\nlabels = {en = "Paths"}\noffice = "Bauhof"\n'
    file.write_text(entry + "located = true\n", "utf-8")
    (category,) = categories_of(load(file, {}))
    assert (category.key, category.office, category.located) == ("weg", "Bauhof", True)
    assert category.labels == {"": "Wege", "en": "Paths"}
    file.write_text(entry + entry, "utf-8")
    with pytest.raises(ConfigError, match="once"):
        load(file, {})


def test_categories_that_fit_most_towns_speak_every_language() -> None:
    categories = categories_of(load(environ={}))
    assert {category.labels["de"] for category in categories} >= {"Straßen und Wege", "Etwas anderes"}
    assert all({"de", "en", "de-simple"} <= set(category.labels) for category in categories)
    assert categories_of(load(environ={"ZURUF_FEEDBACK_ENABLED": "false"})) == ()


def test_the_same_place_in_the_same_words_is_suggested_too(config: Config) -> None:
    async def work() -> None:
        async with opened(config) as home:
            for words, place in (("Loch", "Hauptstraße 7"), ("Grube", "Hauptstrasse 7!"), ("Riss", "Am Teich")):
                report = Report(os.urandom(16), "roads", "", words, place, None, "", os.urandom(8).hex(), "de", "1")
                await home.cases.open(report, date(2026, 11, 22))

    asyncio.run(work())
    assert zuruf("list").output.count("The same as") == 2
    assert f"The same as {number('Grube')}?" in zuruf("show", number("Loch")).output
    assert "The same as" not in zuruf("show", number("Riss")).output


def with_a_tie(config: Config, photo: bytes = b"") -> str:
    """A case of somebody who wishes for a reply; returns its id as staff may name it."""

    async def work() -> str:
        async with opened(config) as home:
            name = new_file_name(".jpg") if photo else ""
            if photo:
                await home.media.keep(MediaName(name), seal_file(name, photo), date(2026, 11, 22))
            act = Report(os.urandom(16), "roads", "", "Ein Loch", "", None, name, CODE, "de", "1", reply=True)
            await Reports(home.cases, home.ties, TownClock(config.timezone)).do(act, SOMEBODY)
            return act.case.hex()

    return asyncio.run(work())


def orders_of(config: Config, case: str) -> list[Order]:
    async def work() -> list[Order]:
        async with opened(config) as home:
            return list(await home.orders.about(case))

    kinds = (OrderKind.CASE_MESSAGE, OrderKind.CASE_STATUS, OrderKind.CASE_QUESTION)
    return [order for order in asyncio.run(work()) if order.kind in kinds]


def test_what_staff_write_is_ordered_only_for_those_who_can_be_told(config: Config) -> None:
    reported(config, ("Ohne Wunsch", None, "BCDF-GHJK-2346"))
    tied, untied = with_a_tie(config), number("Ohne Wunsch")
    assert "told in the chat" in zuruf("reply", tied, "Wo genau?").output
    assert "told in the chat" not in zuruf("reply", untied, "Wo genau?").output
    assert "told in the chat" in zuruf("status", tied, "done").output
    assert [order.kind for order in orders_of(config, tied)] == [
        OrderKind.CASE_MESSAGE,
        OrderKind.CASE_STATUS,
        OrderKind.CASE_QUESTION,
    ]
    assert not any("Wo genau" in order.subject + order.detail for order in orders_of(config, tied))
    shown = zuruf("show", tied).output
    assert "Wo genau?” (waits to be brought)" in shown
    assert "can be written to" in shown


def test_a_case_that_goes_takes_its_orders_and_its_tie_along(config: Config) -> None:
    tied = with_a_tie(config)
    zuruf("reply", tied, "Wo genau?")
    looked_up(config, EraseCase(CODE))
    assert orders_of(config, tied) == []

    async def left() -> int:
        async with opened(config) as home:
            return len(await home.contacts.page(ContactPurpose.CASE, ContactId(b""), 10))

    assert asyncio.run(left()) == 0


def test_the_photo_of_a_case_is_handed_to_staff_as_a_noted_act(config: Config, tmp_path: Path) -> None:
    case, file = with_a_tie(config, b"\xff\xd8 pixels"), tmp_path / "loch.jpg"
    assert zuruf("photo", case, "--to", str(file)).exit_code == 0
    assert file.read_bytes() == b"\xff\xd8 pixels"
    assert file.stat().st_mode & 0o077 == 0
    assert zuruf("photo", case, "--to", str(file)).exit_code != 0, "nothing is written over"
    reported(config, ("Ohne Foto", None, "BCDF-GHJK-2346"))
    assert zuruf("photo", number("Ohne Foto"), "--to", str(tmp_path / "x.jpg")).exit_code != 0

    async def acts() -> list[str]:
        async with opened(config) as home:
            return [entry.act for entry in await home.audit.entries()]

    assert "feedback.photo" in asyncio.run(acts())
