"""Barriers are reported without a login, read by those who answer, and forgotten."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer
from casehouse import House, house_over, rows_of
from e2e.deskdoor import CHEAP
from sqlalchemy import insert

from desk.app import create_app
from desk.passwords import Passwords
from desk.sessions import COOKIE
from desk.slowing import Slowing
from dialogs.accessibility import ANSWER_WEEKS, Barrier, Part
from dialogs.roles import Role
from storage.readingkey import destroy_reading_key
from storage.sql.barriers import DAY_MOST, Barriers
from storage.sql.desk_tables import barriers
from storage.sql.key_tables import readings

SAID = {"what": "Die Karte lässt sich nicht bedienen", "where": "/cases/map", "contact": "Telefon 0171 4444444"}
CITIZEN = Barrier(Part.CITIZENS, "de", "Der Kontrast <b>reicht</b> nicht", "", "")


@pytest.fixture
async def house(desk) -> House:
    return await house_over(desk.home.database, desk.home.state)


@pytest.fixture
async def keyed(desk, house: House) -> House:
    await house.readings.public(desk.clock.today())
    return house


def rows(day: date) -> list[dict[str, object]]:
    """As many as a day takes."""
    row = {"day": day, "part": "desk", "language": "de", "sealed": b"", "answered_by": ""}
    return [{**row, "id": os.urandom(16)} for _ in range(DAY_MOST)]


async def report(desk, fields: dict[str, str], site: str = "same-origin") -> tuple[int, str]:
    headers = {"Sec-Fetch-Site": site, "Accept-Language": "en"}
    answer = await desk.client.post("/accessibility/report", data=fields, headers=headers, allow_redirects=False)
    return answer.status, await answer.text()


async def test_whoever_cannot_log_in_reports_and_staff_read_it_as_it_was_written(desk, keyed: House) -> None:
    assert (await report(desk, SAID))[0] == 303
    assert await desk.home.barriers.report(CITIZEN, desk.clock.today(), await desk.home.reading_public())
    mona = desk.as_role(Role.MODERATOR, name="mona")
    assert "2 barriers were reported" in await (await mona.get("/")).text()
    page = await (await mona.get("/barriers")).text()
    assert all(words in page for words in SAID.values())
    assert "&lt;b&gt;reicht" in page
    assert "Nobody said how to reach them." in page
    kept = await rows_of(keyed, barriers)
    assert not [row for row in kept if b"Karte" in row.sealed or b"0171" in row.sealed]
    assert [entry.detail for entry in await desk.home.audit.entries() if entry.act == "barriers.read"] == ["2"]


async def test_nobody_else_reads_them(desk, keyed: House) -> None:
    for role in (Role.ADMINISTRATOR, Role.EDITOR, Role.APPROVER, Role.READER):
        assert (await desk.as_role(role, name=role.value).get("/barriers")).status == 403
    answer = await desk.client.get("/barriers", headers={"Cookie": f"{COOKIE}=x"}, allow_redirects=False)
    assert answer.status == 303


async def test_an_answer_is_noted_once_and_ends_it(desk, keyed: House) -> None:
    await report(desk, SAID)
    mona, otto = desk.as_role(Role.MODERATOR, name="mona"), desk.as_role(Role.MODERATOR, name="otto")
    ((id_, *_),) = await rows_of(keyed, barriers)
    assert (await mona.post(f"/barriers/{id_.hex()}/answered")).status == 303
    await otto.post(f"/barriers/{id_.hex()}/answered")
    page = await (await otto.get("/barriers")).text()
    assert "Somebody else has noted it" in page
    assert "by mona" in page
    assert "barrier" not in await (await mona.get("/")).text()
    assert (await mona.post("/barriers/nonsense/answered")).status == 303
    today = desk.clock.today()
    assert await keyed.rules.forget_barriers(today + timedelta(days=90)) == 0
    assert await keyed.rules.forget_barriers(today + timedelta(days=91)) == 1
    assert not await rows_of(keyed, readings), "and no older backup opens it"


async def test_what_nobody_answers_is_late_after_six_weeks_and_goes_after_a_year(desk, keyed: House) -> None:
    await report(desk, SAID)
    mona = desk.as_role(Role.MODERATOR, name="mona")
    began = desk.clock.today()
    assert 'class="late"' not in await (await mona.get("/")).text()
    desk.clock.move(weeks=ANSWER_WEEKS, days=1)
    assert 'class="late"' in await (await desk.as_role(Role.MODERATOR, name="mia").get("/")).text()
    await keyed.rules.sweep_orphans(desk.clock.today())
    assert (await desk.home.barriers.all(1))[0].barrier is not None, "its key is no orphan"
    assert await keyed.rules.forget_barriers(began + timedelta(days=366)) == 1


async def test_it_is_bounded_and_what_is_not_taken_comes_back(desk, keyed: House) -> None:
    status, page = await report(desk, {**SAID, "what": ""})
    assert status == 422
    assert "Write what stood in your way." in page
    assert SAID["contact"] in page
    assert (await report(desk, SAID, "cross-site"))[0] == 403
    small = Barriers(keyed.database, keyed.keys, keyed.state, day_most=2)
    today, public = desk.clock.today(), await desk.home.reading_public()
    assert [await small.report(CITIZEN, today, public) for _ in range(3)] == [True, True, False]
    assert await small.report(CITIZEN, today + timedelta(days=1), public), "tomorrow is another day"
    await desk.home.database.write(lambda connection: connection.execute(insert(barriers), rows(today)))
    status, page = await report(desk, SAID)
    assert (status, SAID["contact"] in page) == (503, True)


async def test_a_network_that_sends_many_waits_and_logging_in_does_not(desk, keyed: House) -> None:
    async def at_once(_: float) -> None:
        """Time stands still."""

    slowing = Slowing(lambda: 0.0, at_once)
    app = create_app(desk.config, desk.home, desk.clock, desk.sessions, Passwords(CHEAP), slowing)
    async with TestClient(TestServer(app)) as client:
        slow = replace(desk, client=client)
        sent = [await report(slow, SAID) for _ in range(12)]
        assert [status for status, _ in sent[:6]] == [303] * 6
        assert sent[-1][0] == 429
        assert "in ten minutes" in sent[-1][1]
        assert SAID["what"] in sent[-1][1]
        await slowing.turn("account mona", "network 127.0.0.0/24")


async def test_without_the_reading_key_whoever_reports_is_told(desk, keyed: House) -> None:
    destroy_reading_key(desk.home.state)
    status, page = await report(desk, SAID)
    assert (status, SAID["what"] in page) == (503, True)
    mona = desk.as_role(Role.MODERATOR, name="mona")
    assert (await mona.get("/barriers")).status == 200, "nothing is there to be opened"
