"""The public rules of moderation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import ClientSession

from adapters.web.stage import Opened, Stage, opened
from dialogs.forms.model import Form
from dialogs.text_states import HIDDEN_BECAUSE, HideReason

from .conftest import survey


async def page(town: Opened, language: str) -> str:
    async with ClientSession() as http, http.get(f"{town.address}/moderation?lang={language}") as answer:
        assert answer.status == 200
        return await answer.text()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("How we moderate", "insults somebody", "Criticism stays", "Bürgerbüro")),
        ("de", ("Wie wir moderieren", "jemanden beleidigt", "Kritik bleibt", "Bürgerbüro")),
        ("de-simple", ("Regeln für Texte", "Der Text beleidigt einen Menschen.", "Sie dürfen die Stadt kritisieren.")),
    ],
)
async def test_citizens_read_the_rules_in_their_language(town: Opened, language: str, words: tuple[str, ...]) -> None:
    text = await page(town, language)
    assert not [each for each in words if each not in text]


async def test_every_reason_of_the_list_is_public(town: Opened) -> None:
    text = await page(town, "en")
    assert not [because for because in HIDDEN_BECAUSE.values() if because not in text]


async def test_numbers_under_five_are_not_told_and_change_once_a_day(small_form: Form) -> None:
    stage = Stage([survey(small_form)], [small_form])
    stage.hidden = {HideReason.INSULT: 7, HideReason.HATE: 4}
    async with opened(stage) as town:
        text = await page(town, "en")
        assert "<dt>insults somebody</dt><dd>7</dd>" in text
        assert "<dt>degrades people for who they are</dt><dd>fewer than 5</dd>" in text
        assert text.count("<dd>fewer than 5</dd>") == len(HideReason) - 1
        stage.hidden[HideReason.INSULT] = 8
        assert "<dd>7</dd>" in await page(town, "en")
        stage.now += timedelta(days=1)
        assert "<dd>8</dd>" in await page(town, "en")


async def test_every_page_leads_to_the_rules(town: Opened) -> None:
    async with ClientSession() as http, http.get(town.address + "/?lang=de") as answer:
        assert 'href="/moderation?lang=de"' in await answer.text()
