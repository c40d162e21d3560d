"""A new member of staff from the invitation to the first login with a code; a town's colours and texts, taken over."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from e2e.desk.hands import Hands
from e2e.desk.job import Job, Login, Way, at_work
from e2e.newsdesk import until
from e2e.talking import benches, talkers
from playwright.async_api import expect

from desk.codes import code_at
from desk.config import load
from desk.first import first_link
from dialogs.roles import Role

PASSWORD = "vier Wörter ohne Sinn"
NOTICE = "Wir lesen jeden Montag."


@pytest.mark.browser
async def test_a_new_colleague_is_invited_sets_up_codes_and_logs_in_with_one(
    way: Way, tmp_path: Path, valkey_url: str
) -> None:
    async with at_work(way, tmp_path, valkey_url, codes=True) as job:
        now = job.town.clock.now()
        admin = await job.stranger()
        await joins(admin, await link_of_the_first(job), code_now=now, name="alma")
        await admin.follows("Personal")
        await admin.follows("Jemanden einladen")
        await admin.types("Name", "neu.mann")
        await admin.ticks("Moderation")
        await admin.presses("Einladen")
        link = job.desk.address + urlsplit(await admin.page.locator("code.secret").inner_text()).path

        colleague = await job.stranger()
        secret = await joins(colleague, link, code_now=now)
        await expect(colleague.page.get_by_role("link", name="Texte").first).to_be_visible()
        await expect(colleague.page.get_by_role("link", name="Personal")).to_have_count(0)
        refused = await colleague.page.goto(f"{job.desk.address}/people")
        assert refused is not None
        assert refused.status == 403

        job.town.clock.moment += timedelta(seconds=30)  # the next code
        later = await job.logs_in(Login("neu.mann", PASSWORD, secret))
        await expect(later.page.get_by_role("link", name="Texte").first).to_be_visible()
        again = await job.stranger()
        await again.page.goto(link)
        await expect(again.page.get_by_label("Neues Passwort")).to_have_count(0)  # the link has served


@pytest.mark.browser
async def test_a_towns_colours_and_texts_are_changed_and_citizens_see_them(
    way: Way, tmp_path: Path, valkey_url: str
) -> None:
    async with at_work(way, tmp_path, valkey_url) as job:
        await job.town.publish(benches(tmp_path), "baenke")
        admin = await job.hands("alma", Role.ADMINISTRATOR)
        names = {"Name der Stadt": "Neustadt am Rand", "Wie man einen Menschen": "Rathaus, Zimmer 4"}
        await changes(admin, "Name und Kontakt ändern", names)
        await expect(admin.page.locator(".town")).to_have_text("Neustadt am Rand")
        await changes(admin, "Farbe ändern", {"Akzentfarbe": "#7a1f5c"})
        assert await admin.page.evaluate(BUTTONS) == "rgb(122, 31, 92)", "the desk wears it, too"
        await changes(admin, "Hinweis ändern", {"Deutsch": NOTICE})
        await changes(admin, "Themen ändern", {"Deutsch": "Neues Rathaus"})

        (talker,) = talkers(job.town.telegram, 1)
        await until(lambda: knows_it_all(job))
        await talker.citizen.says("/start baenke")
        greeting = await talker.hears("Neustadt am Rand")
        assert NOTICE in greeting.text
        await talker.hears("Fehlt eine Bank?")
        await talker.citizen.says("nachrichten bekommen")
        await talker.hears("Neues Rathaus")
        if job.homeserver is not None:
            chat = await job.on_matrix()
            await chat.says("baenke")
            assert NOTICE in await chat.until("Neustadt am Rand")
            await chat.citizen.client.close()

        context = await job.chromium.new_context(locale="de-DE")
        citizen = await context.new_page()
        await citizen.goto(f"{job.public}/s/baenke")
        text = await citizen.inner_text("body")
        assert "Neustadt am Rand" in text
        assert "Rathaus, Zimmer 4" in text
        assert await citizen.evaluate("getComputedStyle(document.body).borderTopColor") == "rgb(122, 31, 92)"
        await context.close()
        chat = await job.web_chat()
        await chat.begin("baenke")
        await chat.until("Neustadt am Rand", NOTICE)


BUTTONS = "getComputedStyle(document.querySelector('main a')).color"


async def changes(admin: Hands, link: str, words: dict[str, str]) -> None:
    """On the page of the town, one thing."""
    await admin.follows(admin.page.get_by_role("navigation").get_by_role("link", name="Stadt"))
    await admin.follows(link)
    for label, typed in words.items():
        await admin.types(label, typed)
    await admin.presses("Speichern")
    await expect(admin.page.get_by_role("link", name=link)).to_be_visible()


async def knows_it_all(job: Job) -> bool:
    """Whether the running bot has learned of the last change."""
    return bool(job.town.app.turns._worlds.town.topics)


async def link_of_the_first(job: Job) -> str:
    """What `zuruf desk` prints when nobody can log in yet."""
    return job.desk.address + urlsplit(await first_link(load(environ={}), job.desk.home, job.town.clock)).path


async def joins(hands: Hands, link: str, *, code_now: datetime, name: str = "") -> bytes:
    """Sets a password and codes; the secret on the phone."""
    await hands.page.goto(link)
    if name:
        await hands.types("Ihr Name hier", name)
    await hands.types("Neues Passwort", PASSWORD)
    await hands.types("Noch einmal dasselbe", PASSWORD)
    await hands.presses("Passwort setzen")
    spelled = await hands.page.locator("code.secret").inner_text()
    secret = base64.b32decode(spelled.replace(" ", ""))
    await hands.types("Code", code_at(secret, code_now))
    await hands.presses("Weiter")
    await expect(hands.page.get_by_role("heading", name="Was jetzt ansteht")).to_be_visible()
    return secret
