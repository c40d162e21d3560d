"""From an invitation to the first login, and everything that must not let anybody in."""

from __future__ import annotations

import re

import pytest
from e2e.deskdoor import GOOD, Browser, invited, set_up

from desk import codes
from desk.first import first_link
from desk.sessions import COOKIE
from desk.slowing import KNOWN_COOKIE
from dialogs.roles import Role


async def test_somebody_new_comes_from_the_invitation_to_the_first_page(desk) -> None:
    await set_up(desk)
    assert [entry.act for entry in await desk.home.audit.entries()] == ["staff.accept", "desk.login", "staff.codes"]


async def test_then_they_log_in_with_password_and_code(desk) -> None:
    _, secret = await set_up(desk)
    desk.clock.move(minutes=1)
    browser = Browser(desk)
    asked = await browser.post("/login", name="anna", password=GOOD, next="/account")
    pending = re.search(r'name="pending" value="([^"]+)"', await asked.text())
    assert pending is not None
    assert COOKIE not in browser.cookies
    code = codes.code_at(secret, desk.clock.now())
    entered = await browser.post("/login/code", pending=pending[1], code=f"{code[:3]} {code[3:]}")
    assert entered.headers["Location"] == "/account"
    assert (await browser.get("/account")).status == 200
    cookie = next(line for line in entered.headers.getall("Set-Cookie") if line.startswith(COOKIE))
    assert COOKIE.startswith("__Host-")
    for word in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert word in cookie
    assert "Domain" not in cookie


async def test_a_code_serves_once(desk) -> None:
    _, secret = await set_up(desk)
    desk.clock.move(minutes=1)
    code = codes.code_at(secret, desk.clock.now())
    answers = []
    for _ in range(2):
        browser = Browser(desk)
        asked = await browser.post("/login", name="anna", password=GOOD)
        pending = re.search(r'name="pending" value="([^"]+)"', await asked.text())
        assert pending is not None
        answers.append((await browser.post("/login/code", pending=pending[1], code=code)).status)
    assert answers == [303, 422]


@pytest.mark.parametrize(("name", "password"), [("anna", "vier andere Wörter hier"), ("nobody", GOOD), ("", "")])
async def test_wrong_words_say_the_same_whoever_it_is(desk, name: str, password: str) -> None:
    await set_up(desk)
    answer = await Browser(desk).post("/login", name=name, password=password)
    assert answer.status == 422
    assert "do not belong together" in await answer.text()


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("kurz", "at least 12"),
        ("Passwort1234", "tried first"),
        ("passwortpasswort", "tried first"),
        ("aaaaaaaaaaaaaaa", "tried first"),
        ("Musterstadt 2026", "the town"),
        ("anna-anna-anna", "tried first"),
    ],
)
async def test_a_password_that_many_have_is_not_taken(desk, password: str, why: str) -> None:
    answer = await Browser(desk).post(await invited(desk), password=password, again=password)
    assert answer.status == 422
    assert why in await answer.text()


async def test_a_password_needs_no_capital_no_digit_and_no_sign(desk) -> None:
    answer = await Browser(desk).post(
        await invited(desk), password="moos auf alten ziegeln", again="moos auf alten ziegeln"
    )
    assert answer.status == 303


async def test_an_invitation_serves_once_and_for_three_days(desk) -> None:
    path = await invited(desk)
    assert (await Browser(desk).get(path)).status == 200
    await Browser(desk).post(path, password=GOOD, again=GOOD)
    assert (await Browser(desk).post(path, password=GOOD, again=GOOD)).status == 404
    late = await invited(desk, "berta")
    desk.clock.move(days=3, minutes=1)
    assert (await Browser(desk).get(late)).status == 404


async def test_the_first_administrator_comes_by_the_printed_link_and_no_second_one_does(desk) -> None:
    link = await first_link(desk.config, desk.home, desk.clock)
    path = link.removeprefix(desk.config.desk_address)
    answer = await Browser(desk).post(path, name="carla", password=GOOD, again=GOOD)
    assert answer.status == 303
    assert (await desk.home.people.get("carla")).roles == {Role.ADMINISTRATOR}
    assert await first_link(desk.config, desk.home, desk.clock) == ""


async def test_a_session_ends_after_thirty_minutes_of_silence_and_after_twelve_hours(desk) -> None:
    browser, _ = await set_up(desk)
    for _ in range(23):
        desk.clock.move(minutes=29)
        assert (await browser.get("/")).status == 200
    desk.clock.move(minutes=31)
    assert (await browser.get("/")).headers["Location"] == "/login?next=/"
    other, _ = await set_up(desk, "berta")
    for _ in range(24):
        desk.clock.move(minutes=29)
        await other.get("/")
    desk.clock.move(minutes=25)
    assert (await other.get("/")).headers["Location"] == "/login?next=/"


async def test_a_restart_of_the_desk_logs_nobody_out_and_the_database_knows_no_cookie(desk) -> None:
    from desk.sessions import Sessions

    browser, _ = await set_up(desk)
    cookie = browser.cookies[COOKIE]
    again = await Sessions(desk.home.people).find(cookie, desk.clock.now())
    assert again is not None
    assert again.staff.name == "anna"
    assert cookie.encode() not in (desk.home.state / "zuruf.sqlite").read_bytes()


async def test_a_login_gives_a_new_cookie_and_ends_the_old_one(desk) -> None:
    browser, secret = await set_up(desk)
    before = browser.cookies[COOKIE]
    desk.clock.move(minutes=1)
    asked = await browser.post("/login", name="anna", password=GOOD)
    pending = re.search(r'name="pending" value="([^"]+)"', await asked.text())
    assert pending is not None
    await browser.post("/login/code", pending=pending[1], code=codes.code_at(secret, desk.clock.now()))
    assert browser.cookies[COOKIE] != before
    browser.cookies[COOKIE] = before
    assert (await browser.get("/")).status == 303


async def test_logging_out_ends_it_on_the_server(desk) -> None:
    browser, _ = await set_up(desk)
    cookie = browser.cookies[COOKIE]
    await browser.post("/logout")
    browser.cookies[COOKIE] = cookie
    assert (await browser.get("/")).headers["Location"] == "/login?next=/"


async def test_whoever_is_removed_is_out_at_once(desk) -> None:
    browser, _ = await set_up(desk)
    await desk.home.people.remove("anna")
    assert (await browser.get("/")).headers["Location"] == "/login?next=/"


@pytest.mark.parametrize(
    "next_", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\r\nX: y"]
)
async def test_a_login_leads_to_no_other_site(desk, next_: str) -> None:
    browser = Browser(desk)
    await browser.post(await invited(desk), password=GOOD, again=GOOD)
    other = Browser(desk)
    answer = await other.post("/login", name="anna", password=GOOD, next=next_)
    assert answer.headers["Location"] == "/"


async def test_a_changed_password_logs_out_every_other_browser(desk) -> None:
    first, secret = await set_up(desk)
    desk.clock.move(minutes=1)
    second = Browser(desk)
    asked = await second.post("/login", name="anna", password=GOOD)
    pending = re.search(r'name="pending" value="([^"]+)"', await asked.text())
    assert pending is not None
    await second.post("/login/code", pending=pending[1], code=codes.code_at(secret, desk.clock.now()))
    assert (await second.get("/account")).status == 200
    new = "regen trommelt aufs dach"
    changed = await first.post("/account/password", now=GOOD, password=new, again=new)
    assert changed.headers["Location"] == "/account"
    assert (await first.get("/account")).status == 200
    assert (await second.get("/account")).status == 303


async def test_a_browser_that_was_there_before_is_not_slowed_by_strangers(desk) -> None:
    from desk.slowing import lane_of

    browser, _ = await set_up(desk)
    mark = browser.cookies[KNOWN_COOKIE]
    key = desk.home.desk_key
    assert lane_of(key, "anna", mark) != lane_of(key, "anna", "") == lane_of(key, "anna", "forged.sign")
    assert lane_of(key, "berta", mark) == lane_of(key, "berta", "")
