"""What is stored of one person, found and deleted through the real store: nothing late or double brings it back."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from made_tables import with_tables

from bot.config import load
from bot.following import Following
from bot.holdings import FILES_LIMIT
from bot.home import Home, opened
from bot.interpreter import Interpreter
from bot.reports import Reports
from dialogs.effects import Erase, FindEverything, FindParticipation, Submit, Value
from dialogs.events import Aim, Everything, MediaName
from dialogs.forms.xlsform import to_xform
from dialogs.world import Mode, Survey
from privacy.addresses import Address, Person
from privacy.files import new_file_name, seal_file
from storage.acts.library import Library
from storage.errors import Conflict
from storage.records import FormVersion
from storage.sandbox import Sandbox

FORM = Path(__file__).parent.parent / "scenarios" / "forms" / "kurz.md"
NOW = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Europe/Berlin"))
CODE = "1234567890123456"
ANNA, BERT = (Person(Address("telegram", "bot", native)) for native in ("101", "102"))


class Standing:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW

    def today(self) -> date:
        return NOW.date()


@dataclass
class Town:
    home: Home
    interpreter: Interpreter

    async def everything(self, person: Person, aim: Aim = Aim.MY_DATA, *codes: tuple[str, str]) -> Everything:
        found = await self.interpreter.ask(FindEverything(aim, codes), person, None)  # type: ignore[arg-type]
        return cast(Everything, found)

    async def send(self, person: Person, survey: str, *values: Value, code: str = "") -> Submit:
        submit = Submit(survey, self.form, os.urandom(16), "de", values, code, informed="1")
        await self.interpreter.commit(person, "telegram", [submit])
        return submit

    form: str = ""


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    config = load(environ={"ZURUF_STATE_DIR": str(with_tables(tmp_path / "state"))})
    made = to_xform(FORM.name, FORM.read_bytes())
    sandbox = Sandbox()
    async with opened(config) as home:
        form = FormVersion("a" * 64, made.xform.encode(), {}, FORM.name, FORM.read_bytes())
        card = Survey("bus", form.hash, {"": "Bus"}, closes=date(2026, 12, 24))
        await home.surveys.publish(card, form)
        await home.surveys.publish(replace(card, code="park"), form)
        await home.surveys.publish(replace(card, code="strict", mode=Mode.STRICT), form)
        library = Library(home.surveys)
        await library.refresh()
        reports = Reports(home.cases, home.ties, Standing())
        following = Following(home.book, home.subscriptions, Standing())
        movings: Any = None  # nobody moves here
        interpreter = Interpreter(
            home.responses, home.media, home.keychain, library, sandbox, Standing(), reports, following, movings
        )
        yield Town(home, interpreter, form.hash)
    await sandbox.close()


def text(words: str) -> Value:
    return Value("/data/wo", words, sealed=True)


async def test_everything_of_one_person_is_found_in_one_look(town: Town) -> None:
    await town.send(ANNA, "bus", Value("/data/bank", "ja", sealed=False), text("Am Teich"))
    await town.send(ANNA, "park", text("Am Brunnen"))
    await town.send(BERT, "bus", text("Nirgends"))
    found = await town.everything(ANNA)
    assert {each.survey: each.answers for each in found.found} == {
        "bus": (("/data/bank", "ja"), ("/data/wo", "Am Teich")),
        "park": (("/data/wo", "Am Brunnen"),),
    }
    assert {(each.informed, each.day) for each in found.found} == {("1", NOW.date())}


async def test_of_a_strict_survey_only_the_participation_is_known(town: Town) -> None:
    await town.send(ANNA, "strict", text("Geheim"))
    (found,) = (await town.everything(ANNA)).found
    assert (found.survey, found.response, found.answers) == ("strict", b"", ())


async def test_what_was_deleted_is_found_no_more_and_does_not_come_back(town: Town) -> None:
    late = await town.send(ANNA, "bus", text("Am Teich"))
    await town.send(ANNA, "park", text("Am Brunnen"))
    await town.interpreter.commit(ANNA, "telegram", [Erase("bus"), Erase("park")])
    assert (await town.everything(ANNA)).found == ()
    assert await town.home.keychain.response_if_any(late.response) is None
    with pytest.raises(Conflict):
        await town.interpreter.commit(ANNA, "telegram", [late])
    await town.interpreter.commit(ANNA, "telegram", [Erase("bus")])
    assert (await town.everything(ANNA)).found == ()


async def test_a_return_code_finds_its_survey_from_anywhere(town: Town) -> None:
    await town.send(ANNA, "park", text("Am Brunnen"), code=CODE)
    await town.send(BERT, "bus", text("Nirgends"), code="6543210987654321")
    stranger = Person(Address("web", "", "other browser"))
    found = await town.everything(stranger, Aim.RETURN_CODE, ("", "1234 5678 9012 3456"))
    assert [each.survey for each in found.found] == ["park"]
    assert (await town.everything(stranger, Aim.RETURN_CODE, ("", "0" * 16))).found == ()
    assert (await town.everything(stranger, Aim.MY_DATA, ("park", CODE))).found == found.found
    assert (await town.everything(stranger)).found == ()
    again = await town.interpreter.ask(FindParticipation("park", CODE), stranger, None)  # type: ignore[arg-type]
    assert again == found.found[0]


async def test_files_are_handed_over_as_far_as_they_fit(town: Town) -> None:
    names = [MediaName(new_file_name(".jpg")) for _ in range(2)]
    for name, size in zip(names, (10, FILES_LIMIT), strict=True):
        await town.home.media.keep(name, seal_file(name, b"x" * size), NOW.date())
    values = [Value(f"/data/foto{at}", name, sealed=True, media=True) for at, name in enumerate(names)]
    await town.send(ANNA, "bus", *values)
    found = await town.everything(ANNA)
    assert [(file.survey, file.mime, file.data) for file in found.files] == [("bus", "image/jpeg", b"x" * 10)]
    assert found.left_out == 1
    assert names[0].startswith(found.files[0].name.removesuffix(".jpg"))
    assert "-" not in found.files[0].name  # the key of the file is no part of the name that is shown
    assert (await town.everything(ANNA, Aim.DELETE_ALL)).files == ()
