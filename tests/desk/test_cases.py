"""The desk's pages of cases: who sees which, what can be done, and that nothing typed is lost."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from casehouse import SQUARE, TODAY, House, house_over, rows_of
from casehouse import clerk as clerk_at_work

from bot.orders import Done
from bot.unmasked import Unmasked
from desk.config import DeskConfig
from dialogs.events import MediaName
from dialogs.moderation import CaseStatus
from dialogs.roles import Role
from privacy.files import new_file_name, seal_file
from storage.acts import cases as acts
from storage.cases import CaseId
from storage.orders import OrderKind
from storage.readingkey import destroy_reading_key
from storage.settings import StateSection, TownSection
from storage.sql.case_tables import intakes
from storage.sql.media import SqlMedia

BAUHOF = frozenset({"Bauhof"})


@pytest.fixture
def desk_config(tmp_path: Any) -> DeskConfig:
    outline = tmp_path / "districts.geojson"
    outline.write_text(json.dumps(SQUARE))
    town = TownSection(districts=str(outline))
    return DeskConfig(state=StateSection(dir=str(tmp_path)), town=town)


@pytest.fixture
async def house(desk) -> House:
    return await house_over(desk.home.database, desk.home.state)


@dataclass
class Clerk:
    """A moderator with a page of a case open."""

    person: Any
    case: CaseId

    async def opens(self) -> str:
        answer = await self.person.get(f"/cases/{self.case.hex()}")
        assert answer.status == 200
        self.page = await answer.text()
        return self.page

    async def sends(self, act: str, **fields: str) -> tuple[int, str]:
        """A form of the page that was opened last."""
        looked_at = {name: hidden(self.page, name) for name in ("revision", "last")}
        answer = await self.person.post(f"/cases/{self.case.hex()}/{act}", {**looked_at, **fields})
        return answer.status, await answer.text()


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


async def moderator(desk, case: CaseId, name: str = "meier", offices: frozenset[str] = BAUHOF) -> Clerk:
    clerk = Clerk(desk.as_role(Role.MODERATOR, name=name, offices=offices), case)
    await clerk.opens()
    return clerk


async def test_an_empty_desk_says_how_cases_come(desk) -> None:
    person = desk.as_role(Role.MODERATOR)
    assert "Nobody has reported anything" in await (await person.get("/cases")).text()
    assert "There is no open case" in await (await person.get("/cases/map")).text()


async def test_a_case_is_read_masked_with_its_place_and_photo(desk, house) -> None:
    name = new_file_name(".jpg")
    await SqlMedia(house.database).keep(MediaName(name), seal_file(name, b"pixels"), TODAY)
    case = await house.reported(photo=name)
    clerk = await moderator(desk, case)
    assert "Ein Loch vor der Hauptstraße 7" in clerk.page
    assert "Koch" not in clerk.page
    assert "0171" not in clerk.page
    assert "51.053217, 13.741894" in clerk.page
    assert "Map of the town: the place lies in Altstadt" in clerk.page
    assert '<circle class="spot"' in clerk.page
    photo = await clerk.person.get(f"/cases/{case.hex()}/photo")
    assert (photo.content_type, await photo.read()) == ("image/jpeg", b"pixels")
    assert [each.act for each in await desk.home.audit.entries()] == ["feedback.show", "feedback.photo"]


async def given_to(house: House, case: CaseId, office: str) -> CaseId:
    await acts.step(house.work, clerk_at_work(), await house.file(case), CaseStatus.WITH_OFFICE, office)
    return case


async def test_staff_see_cases_of_their_offices_and_those_that_nobody_has(desk, house) -> None:
    theirs = await given_to(house, await house.reported(words="Deren Schild"), "Tiefbauamt")
    nobodys = await given_to(house, await house.reported(words="Der Platz"), "Amt ohne Leute")
    desk.as_role(Role.MODERATOR, name="tief", offices=frozenset({"Tiefbauamt"}))
    desk.as_role(Role.EDITOR, name="redaktion", offices=frozenset({"Amt ohne Leute"}))  # works on no cases
    person = desk.as_role(Role.MODERATOR, name="bau", offices=BAUHOF)
    listed = await (await person.get("/cases")).text()
    assert "Der Platz" in listed, "no case is lost"
    assert "Deren Schild" not in listed
    for path in ("", "/photo", "/talk"):
        assert (await person.get(f"/cases/{theirs.hex()}{path}")).status == 404
    assert (await person.post(f"/cases/{theirs.hex()}/reply", {"words": "Hallo"})).status == 404
    assert (await person.get(f"/cases/{nobodys.hex()}")).status == 200


async def test_a_reply_goes_to_the_bot_sealed_and_comes_back_into_the_conversation(desk, house) -> None:
    case = await house.reported()
    clerk = await moderator(desk, case)
    status, _ = await clerk.sends("reply", words="Wir kommen am Freitag.")
    assert status == 303
    assert "1 reply is on its way" in await clerk.opens()
    assert 'hx-trigger="every 2s"' in clerk.page
    (waiting,) = await rows_of(house, intakes)
    assert b"Freitag" not in waiting.sealed
    await house.obey()
    talk = await (await clerk.person.get(f"/cases/{case.hex()}/talk")).text()
    assert "Wir kommen am Freitag." in talk
    assert "every 2s" not in talk


async def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(desk, house) -> None:
    clerk = await moderator(desk, await house.reported())
    status, page = await clerk.sends("reply", words="x" * 3001)
    assert (status, "x" * 3001 in page, "at most" in page) == (422, True, True)
    status, page = await clerk.sends("status", then="declined", reason="")
    assert (status, "Say why" in page) == (422, True)
    status, page = await clerk.sends("status", then="with-office", office="")
    assert (status, "Which office" in page) == (422, True)
    status, page = await clerk.sends("due", due="morgen")
    assert (status, "2027-01-31" in page) == (422, True)
    assert (await clerk.sends("status", then="nonsense"))[0] == 404
    assert (await house.file(clerk.case)).status is CaseStatus.RECEIVED


async def test_two_clerks_at_once_the_second_is_told_and_keeps_what_they_typed(desk, house) -> None:
    case = await house.reported()
    one, other = await moderator(desk, case), await moderator(desk, case, "schulz")
    assert (await one.sends("reply", words="Von Meier"))[0] == 303
    status, page = await other.sends("reply", words="Von Schulz")
    assert status == 409
    assert "changed in the meantime" in page
    assert "Von Schulz" in page
    other.page = page
    assert (await other.sends("reply", words="Von Schulz"))[0] == 303, "having read it, they may"
    status, page = await one.sends("status", then="declined", reason="Zu teuer")
    assert (status, "Zu teuer" in page) == (409, True)


async def test_a_case_is_given_to_another_office_and_out_of_sight(desk, house) -> None:
    desk.as_role(Role.MODERATOR, name="tief", offices=frozenset({"Tiefbauamt"}))
    clerk = await moderator(desk, await house.reported())
    answer = await clerk.person.post(
        f"/cases/{clerk.case.hex()}/status",
        {"revision": hidden(clerk.page, "revision"), "then": "with-office", "office": "Tiefbauamt"},
    )
    assert (answer.status, answer.headers["Location"]) == (303, "/cases")
    assert (await house.file(clerk.case)).office == "Tiefbauamt"
    assert (await clerk.person.get(f"/cases/{clerk.case.hex()}")).status == 404


async def test_a_case_is_closed_and_opened_again(desk, house) -> None:
    clerk = await moderator(desk, await house.reported())
    assert "Open it again" not in clerk.page
    assert (await clerk.sends("status", then="done"))[0] == 303
    await clerk.opens()
    assert "It is done" not in clerk.page.split("What becomes of it")[1]
    assert "Open it again" in clerk.page
    assert "No case is like that" in await (await clerk.person.get("/cases")).text()
    assert clerk.case.hex() in await (await clerk.person.get("/cases?need=closed")).text()
    assert (await clerk.sends("status", then="with-office", office="Bauhof"))[0] == 303
    assert (await house.file(clerk.case)).status is CaseStatus.WITH_OFFICE


async def test_a_sentence_is_put_into_the_box_in_the_citizens_language(desk, house) -> None:
    clerk = await moderator(desk, await house.reported())
    status, page = await clerk.sends("reply", words="Guten Tag.", sentence="passed-on")
    assert status == 200
    assert "Guten Tag.\nWir haben das weitergegeben an: Bauhof" in page
    assert await rows_of(house, intakes) == [], "it is not sent"


async def test_what_a_citizen_writes_waits_until_it_is_answered_or_noted(desk, house) -> None:
    case = await house.reported()
    await house.book.add(case, b"m" * 16, "Es ist noch größer", TODAY)
    await house.obey()
    clerk = await moderator(desk, case)
    assert "Es ist noch größer" in clerk.page
    assert case.hex() in await (await clerk.person.get("/cases?need=written")).text()
    assert (await clerk.sends("noted"))[0] == 303
    assert case.hex() not in await (await clerk.person.get("/cases?need=written")).text()


async def test_the_list_is_filtered_sorted_and_in_pages(desk, house) -> None:
    due = TODAY + timedelta(days=1)
    for number in range(26):
        await house.reported(
            "ideas" if number == 3 else "roads", words=f"Sache Nummer {number}", point=None, obey=False
        )
    last = await house.reported("ideas", words="Die Letzte", point=None)
    work = await moderator(desk, last)
    assert (await work.sends("due", due=due.isoformat()))[0] == 303
    desk.clock.move(days=2)
    person = desk.as_role(Role.MODERATOR, name="neu", offices=BAUHOF)
    first = await (await person.get("/cases")).text()
    assert first.index("Die Letzte") < first.index("Sache Nummer"), "overdue first"
    assert "Overdue since" in first
    assert "Page 1 of 2" in first
    assert (await (await person.get("/cases?page=2")).text()).count("Sache Nummer") == 2
    ideas = await (await person.get("/cases?category=ideas")).text()
    assert (ideas.count("Sache Nummer"), "Die Letzte" in ideas) == (1, True)
    assert "Die Letzte" in await (await person.get("/cases?need=overdue")).text()
    assert "Sache" not in await (await person.get("/cases?office=-")).text()
    for odd in ("need=x", "page=0", "page=99999999999", "page=-1", "office=nobody"):
        assert (await person.get(f"/cases?{odd}")).status == 200


async def test_the_first_page_says_what_waits(desk, house) -> None:
    case = await house.reported()
    await house.book.add(case, b"m" * 16, "Noch da", TODAY)
    person = desk.as_role(Role.MODERATOR, offices=BAUHOF)
    page = await (await person.get("/")).text()
    assert "1 citizen has written about a case." in page
    assert "1 case is new." in page
    assert "overdue" not in page
    desk.clock.move(days=30)
    page = await (await desk.as_role(Role.MODERATOR, offices=BAUHOF).get("/")).text()
    assert page.index("1 case is overdue.") < page.index("1 case is new.")
    assert "/cases?need=overdue" in page
    elsewhere = desk.as_role(Role.MODERATOR, name="andere", offices=frozenset({"Bücherei"}))
    assert "is new" not in await (await elsewhere.get("/")).text()
    assert "is new" not in await (await desk.as_role(Role.EDITOR).get("/")).text()


async def test_the_map_shows_each_open_case_and_lists_the_rest(desk, house) -> None:
    await house.reported(words="Auf der Karte")
    await house.reported("ideas", words="Ungefähr hier")
    await house.reported(words="Ohne Ort", point=None)
    person = desk.as_role(Role.MODERATOR, offices=BAUHOF)
    page = await (await person.get("/cases/map")).text()
    assert page.count("<circle") == 2
    assert 'class="spot coarse"' in page
    assert "Without a place in town" in page
    assert page.count("Ohne Ort") == 1


async def test_words_of_citizens_are_shown_as_words(desk, house) -> None:
    evil = "<script>alert(1)</script> \u202eesrever {{ 7*7 }} [x](javascript:alert(1))"
    case = await house.reported(words=evil, place="<b>hier</b>", point=None)
    await house.book.add(case, b"m" * 16, evil, TODAY)
    await house.obey()
    clerk = await moderator(desk, case)
    for page in (
        clerk.page,
        await (await clerk.person.get("/cases")).text(),
        await (await clerk.person.get("/cases/map")).text(),
    ):
        assert "<script>alert" not in page
        assert "<b>hier" not in page
        assert "\u202e" not in page
        assert "{{ 7*7 }}" in page
    assert "[U+202E]" in clerk.page


async def test_an_original_is_read_by_two_with_a_reason(desk, house) -> None:
    case = await house.reported()
    await house.book.add(case, b"m" * 16, "Ich bin Eva Koch, 0171 1234567", TODAY)
    await house.obey()
    clerk = await moderator(desk, case)
    assert f"/cases/{case.hex()}/original/1" in clerk.page
    path = f"/cases/{case.hex()}/original/1"
    assert (await clerk.person.post(path, {"reason": "kurz"})).status == 422
    assert (await clerk.person.post(path, {"reason": "Jemand ist in Gefahr, wir müssen anrufen."})).status == 303
    (asked,) = await desk.home.room.unmaskings.all()
    other = desk.as_role(Role.APPROVER, name="petra")
    listed = await (await other.get("/originals")).text()
    assert "Jemand ist in Gefahr" in listed
    assert "Eva Koch" not in listed
    assert (await other.post(f"/originals/{asked.id.hex()}", {"act": "approve"})).status == 303
    hand = Unmasked(desk.home.room.unmaskings, house.readings, house.copies, desk.clock)
    for order in await house.work.orders.take((OrderKind.UNMASK,), desk.clock.now(), 9):
        assert isinstance(await hand.handlers()[order.kind](order), Done)
    assert "Ich bin Eva Koch, 0171 1234567" in await (await other.get(f"/originals/{asked.id.hex()}")).text()
    assert (await clerk.person.get(f"/cases/{case.hex()}/original/7")).status == 404
    await house.book.erase([case])
    assert await desk.home.room.unmaskings.all() == [], "it goes with the case"


async def test_without_the_reading_key_it_is_said_what_to_do(desk, house) -> None:
    case = await house.reported()
    destroy_reading_key(house.state)
    person = desk.as_role(Role.MODERATOR, offices=BAUHOF)
    for path in ("/cases", f"/cases/{case.hex()}"):
        answer = await person.get(path)
        assert (answer.status, "keys/reading.key" in await answer.text()) == (503, True)
    assert (await person.get("/")).status == 200, "what is counted needs no key"
