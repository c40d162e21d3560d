"""An original needs a reason, a second person, and the bot; it is read by the two, and every step is noted."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.orders import Done, Dropped
from bot.unmasked import Unmasked
from desk.config import DeskConfig
from dialogs.roles import Role
from storage.keychain import Keychain
from storage.orders import OrderKind
from storage.records import ResponseId
from storage.settings import StaffSection, StateSection
from storage.sql.keys import SqlKeys
from storage.sql.readings import Readings
from storage.sql.responses import SqlResponses

from .answering import Citizens

NAME = re.compile(r'href="/texts/bench/t/([0-9a-f]{8})/original"')
ID = re.compile(r'action="/originals/([0-9a-f]+)"')
REASON = "Somebody may be in danger, and the place is masked"


@pytest.fixture
async def citizens(desk: Any, tmp_path: Path) -> Citizens:
    (tmp_path / "keys").mkdir(exist_ok=True)
    made = Citizens(desk.home)
    await made.publish()
    await made.answer([f"Frau Eva Koch wohnt bei Bank {at}" for at in range(12)])
    return made


def keychain(citizens: Citizens) -> Keychain:
    return Keychain(citizens.ring, SqlKeys(citizens.home.database), timedelta(days=1))


async def bot_works(desk: Any, citizens: Citizens) -> list[Any]:
    """What a running bot would do with the orders."""
    keys = SqlKeys(desk.home.database)
    readings = Readings(desk.home.database, keychain(citizens), keys, desk.home.state)
    handler = Unmasked(desk.home.room.unmaskings, readings, citizens.copies(), desk.clock).handlers()[OrderKind.UNMASK]
    taken = await desk.home.orders.take((OrderKind.UNMASK,), desk.clock.now(), 10)
    return [await handler(order) for order in taken]


async def page(person: Any, path: str, status: int = 200) -> str:
    answer = await person.get(path)
    assert answer.status == status, path
    return await answer.text()


async def asked(eva: Any, reason: str = REASON) -> str:
    """The id of a request."""
    name = NAME.findall(await page(eva, "/texts/bench/queue"))[0]
    answer = await eva.post(f"/texts/bench/t/{name}/original", {"reason": reason})
    return str(ID.findall(await page(eva, answer.headers["Location"]))[0])


async def test_two_people_and_the_bot_open_an_original_for_the_two(desk: Any, citizens: Citizens) -> None:
    eva, ali, uwe = (desk.as_role(Role.MODERATOR, name=name) for name in ("eva", "ali", "uwe"))
    id_ = await asked(eva)
    assert REASON in await page(ali, "/originals")
    refused = await eva.post(f"/originals/{id_}", {"act": "approve"})
    assert "somebody else has to approve" in await page(eva, refused.headers["Location"])
    early = await eva.get(f"/originals/{id_}")
    assert "not approved yet" in await page(eva, early.headers["Location"])
    await ali.post(f"/originals/{id_}", {"act": "approve"})
    assert "The bot is opening it" in await page(eva, f"/originals/{id_}")
    assert await bot_works(desk, citizens) == [Done()]
    assert "Frau Eva Koch wohnt bei Bank" in await page(eva, f"/originals/{id_}")
    assert "Frau Eva Koch wohnt bei Bank" in await page(ali, f"/originals/{id_}")
    other = await uwe.get(f"/originals/{id_}")
    assert "Only those who asked and approved" in await page(uwe, other.headers["Location"])
    acts = [
        (each.actor, each.act)
        for each in await desk.home.audit.entries()
        if "original" in each.act or "approve" in each.act
    ]
    assert acts == [
        ("eva", "text.ask_original"), ("ali", "text.approve"),
        ("eva", "text.show_original"), ("ali", "text.show_original"),
    ]  # fmt: skip
    assert not [each for each in await desk.home.audit.entries() if "Koch" in each.detail]


async def test_the_password_is_asked_for_again(desk: Any, citizens: Citizens) -> None:
    eva = desk.as_role(Role.MODERATOR, name="eva")
    id_ = await asked(eva)
    desk.clock.move(minutes=10)
    for path in ("/originals", f"/originals/{id_}"):
        answer = await eva.get(path)
        assert answer.status == 403
        assert 'action="/prove' in await answer.text()


async def test_a_request_without_a_reason_is_refused_and_nothing_typed_is_lost(desk: Any, citizens: Citizens) -> None:
    eva = desk.as_role(Role.MODERATOR, name="eva")
    name = NAME.findall(await page(eva, "/texts/bench/queue"))[0]
    answer = await eva.post(f"/texts/bench/t/{name}/original", {"reason": "why <b>"})
    text = await answer.text()
    assert answer.status == 422
    assert "in a sentence" in text
    assert "why &lt;b&gt;" in text
    assert await desk.home.room.unmaskings.all() == []


async def test_what_was_declined_or_erased_is_not_opened(desk: Any, citizens: Citizens) -> None:
    eva, ali = desk.as_role(Role.MODERATOR, name="eva"), desk.as_role(Role.APPROVER, name="ali")
    declined = await asked(eva)
    await ali.post(f"/originals/{declined}", {"act": "decline"})
    await page(eva, f"/originals/{declined}", 404)
    id_ = await asked(eva)
    request = (await desk.home.room.unmaskings.all())[0]
    await ali.post(f"/originals/{id_}", {"act": "approve"})
    keys = SqlKeys(desk.home.database)
    await SqlResponses(desk.home.database, keychain(citizens), keys).erase("bench", ResponseId(request.response))
    assert await bot_works(desk, citizens) == [Dropped()]
    await page(eva, f"/originals/{id_}", 404)


class TestATownWithOneClerk:
    @pytest.fixture
    def desk_config(self, tmp_path: Path) -> DeskConfig:
        return DeskConfig(state=StateSection(dir=str(tmp_path)), staff=StaffSection(alone=True))

    async def test_waits_ten_minutes_and_types_the_number(self, desk: Any, citizens: Citizens) -> None:
        eva = desk.as_role(Role.MODERATOR, name="eva")
        id_ = await asked(eva)
        hasty = await eva.post(f"/originals/{id_}", {"act": "approve", "typed": id_[:8]})
        assert "ten minutes" in await page(eva, hasty.headers["Location"])
        desk.clock.move(minutes=11)
        eva = desk.as_role(Role.MODERATOR, name="eva")
        wrong = await eva.post(f"/originals/{id_}", {"act": "approve", "typed": "yes"})
        assert "Nothing was approved" in await page(eva, wrong.headers["Location"])
        await eva.post(f"/originals/{id_}", {"act": "approve", "typed": id_[:8]})
        assert await bot_works(desk, citizens) == [Done()]
        assert "Koch" in await page(eva, f"/originals/{id_}")
        details = [each.detail for each in await desk.home.audit.entries() if each.act == "text.approve"]
        assert details == [f"{id_[:8]} by the same person, alone"]


async def test_whoever_asked_is_told_on_their_first_page_that_it_was_approved(desk: Any, citizens: Citizens) -> None:
    eva, ali = (desk.as_role(Role.MODERATOR, name=name) for name in ("eva", "ali"))
    id_ = await asked(eva)
    assert "that you asked for can be read" not in await page(eva, "/")
    await ali.post(f"/originals/{id_}", {"act": "approve"})
    assert "1 original that you asked for can be read." in await page(eva, "/")
    assert "that you asked for can be read" not in await page(ali, "/")
