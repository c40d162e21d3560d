"""Fifty texts moderated by keyboard by two people at once, said on every channel. (`test_queue_in_browser.py` has keys
one by one, over texts that nobody said.)"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from e2e.desk.hands import Hands
from e2e.desk.job import Job, Way, at_work
from e2e.desk.test_survey import on_matrix, on_the_web
from e2e.talking import benches, talkers
from playwright.async_api import expect

from dialogs.roles import Role
from dialogs.text_states import TextState

ON_TELEGRAM = 48


@pytest.mark.browser
@pytest.mark.long
async def test_two_people_clear_fifty_texts_at_once(by_keyboard: Way, tmp_path: Path, valkey_url: str) -> None:
    async with at_work(by_keyboard, tmp_path, valkey_url) as job:
        await job.town.publish(benches(tmp_path), "baenke")
        people = talkers(job.town.telegram, ON_TELEGRAM)
        await asyncio.gather(on_the_web(job), on_matrix(job), *(each.walks() for each in people))
        await job.hour_passes()
        both = [await begins(job, name) for name in ("eva", "ali")]
        read = await asyncio.gather(*(clears(hands) for hands in both))
        assert not set(read[0]) & set(read[1]), "nobody reads what the other one has"
        assert {*read[0], *read[1]} == {*(each.words for each in people), "Schatten am Bildschirm", "Schatten im Raum"}
        assert min(map(len, read)) > ON_TELEGRAM // 5, "they worked at once"
        counts = await job.desk.home.room.moderation.counts("baenke")
        by_state = {state: sum(n for (_, _, each), n in counts.items() if each is state) for state in TextState}
        assert by_state[TextState.WAITING] == 0
        assert by_state[TextState.QUOTE] == 2
        assert by_state[TextState.HIDDEN] == 2
        assert by_state[TextState.READ] == ON_TELEGRAM + 2 - 4


async def begins(job: Job, name: str) -> Hands:
    """From the first page to the first text."""
    hands = await job.hands(name, Role.MODERATOR)
    await hands.follows("Texte")
    await hands.follows(hands.page.get_by_role("main").get_by_role("link", name="Lesen"))
    await expect(hands.page.locator(".said-text")).to_be_visible()
    return hands


async def clears(hands: Hands) -> list[str]:
    """Text after text until none is left, each by its key: the first a quote, the second hidden, the others read."""
    page, read = hands.page, []
    while await page.locator(".said-text").count():
        read.append(await page.locator(".said-text").inner_text())
        number = re.search(r"Text [0-9a-f]{8}", await page.locator("article.text").inner_text())
        assert number is not None
        for key in {1: "q", 2: "h1"}.get(len(read), "r"):
            await page.keyboard.press(key)
        await expect(page.locator("#card")).not_to_contain_text(number[0])
    return read
