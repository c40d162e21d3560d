"""The public pages about the channels: how they are, who reads along, posters, and whether it is really the town."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from aiohttp import ClientSession
from e2e.town import running_town

from adapters.telegram.emulator import Refused
from adapters.web.stage import Opened, Stage, opened
from dialogs.capabilities import EVERY, ReadsAlong
from dialogs.channels.facts import Phone, Sees, facts_of
from dialogs.channels.state import ChannelState
from dialogs.forms.model import Form
from dialogs.world import UNENCRYPTED, Survey
from privacy.statement import TownKey, canonical, grouped, is_signed
from storage.townkey import open_town_key

SEED = bytes(range(32))


@pytest.fixture
def stage(small_form: Form) -> Stage:
    return Stage([Survey("bus", small_form.hash, {"": "Kleiner Bus"})], [small_form])


@pytest.fixture
async def town(stage: Stage) -> AsyncIterator[Opened]:
    async with opened(stage) as running:
        yield running


async def page_of(town: Opened, path: str, status: int = 200) -> str:
    async with ClientSession() as http, http.get(town.address + path) as answer:
        assert answer.status == status
        return " ".join((await answer.text()).split())


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ChannelState.WORKING, "Alle Wege funktionieren."),
        (ChannelState.SLOW, "Telegram ist zurzeit langsam."),
        (ChannelState.DOWN, "Telegram ist zurzeit nicht zu erreichen."),
        (ChannelState.BLOCKED, "Telegram lässt uns zurzeit nicht durch."),
    ],
)
async def test_citizens_read_how_each_channel_is(stage: Stage, town: Opened, state: ChannelState, said: str) -> None:
    stage.state = state
    assert said in await page_of(town, "/channels?lang=de")
    assert (said in await page_of(town, "/s/bus?lang=de")) == (state is not ChannelState.WORKING)


async def test_every_channel_has_its_privacy_card_with_sources(town: Opened) -> None:
    page = await page_of(town, "/channels?lang=de")
    assert "Nicht Ende-zu-Ende-verschlüsselt: Telegram selbst kann mitlesen." in page
    assert "Betrieben von Telegram Messenger Inc. (Telegram Group Inc., British Virgin Islands)." in page
    assert "Sie brauchen ein Konto mit Telefonnummer." in page
    assert 'href="https://telegram.org/privacy"' in page
    assert "@musterstadt_bot" in page


@pytest.mark.parametrize("record", EVERY, ids=lambda record: record.channel)
def test_the_facts_of_a_channel_have_sources_and_agree_with_its_record(record) -> None:  # type: ignore[no-untyped-def]
    facts = facts_of(record.channel)
    assert facts.sources
    assert all(source.title and source.says for source in facts.sources)
    assert facts.checked >= date(2026, 11, 28), "who changes a fact reads its sources, and says when"
    assert facts.end_to_end == (record.reads_along is ReadsAlong.NOBODY)
    assert (Sees.WORDS in facts.sees) == (record.reads_along is ReadsAlong.OPERATOR)
    assert (facts.phone is Phone.NO) == (Sees.PHONE not in facts.sees)


@pytest.mark.parametrize("language", ["de", "en", "de-simple"])
async def test_a_poster_shows_each_way_with_its_code_and_how_to_check_it(town: Opened, language: str) -> None:
    page = await page_of(town, f"/s/bus/poster?lang={language}")
    assert "Kleiner Bus" in page
    assert page.count("/s/bus/qr/") == 2
    assert "/channels/town.svg" in page
    assert "@musterstadt_bot" in page
    assert "http://localhost/bus" in page
    assert await page_of(town, "/s/nothing/poster", status=404)


async def test_a_poster_leaves_out_channels_on_which_the_survey_is_barred(small_form: Form) -> None:
    barred = Survey("bus", small_form.hash, {"": "Bus"}, barred_channels=frozenset({UNENCRYPTED}))
    async with opened(Stage([barred], [small_form])) as town:
        assert "/s/bus/qr/" not in await page_of(town, "/s/bus/poster")


async def test_codes_are_drawn_for_the_town_and_for_keys_that_there_are(town: Opened) -> None:
    async with ClientSession() as http:
        async with http.get(town.address + "/channels/town.svg") as answer:
            assert answer.content_type == "image/svg+xml"
        async with http.get(town.address + "/channels/telegram/matrix_master_key.svg") as answer:
            assert answer.status == 404


def test_a_signature_holds_for_its_own_key_and_its_own_words_only() -> None:
    key, other = TownKey(SEED), TownKey(SEED[::-1])
    document = key.sign({"town": "Musterstadt", "channels": [{"name": "@musterstadt_bot"}]})
    assert is_signed(document, key.public)
    assert not is_signed(document, other.public)
    assert not is_signed(document.replace(b"@musterstadt_bot", b"@mustersladt_bot"), key.public)
    assert not is_signed(b"{}", key.public)
    assert not is_signed(document, "no key")
    assert canonical({"b": 1, "a": "ö"}) == '{"a":"ö","b":1}'.encode()
    assert SEED.hex() not in repr(key)


def test_the_towns_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    first = open_town_key(tmp_path)
    assert open_town_key(tmp_path).public == first.public
    assert (tmp_path / "keys" / "town.key").stat().st_mode & 0o777 == 0o400


async def test_the_town_publishes_who_it_is_signed(tmp_path: Path, valkey_url: str) -> None:
    async with running_town(tmp_path, valkey_url) as town:
        citizen = town.telegram.citizen()
        await citizen.says("/start")  # the bot has spoken with Telegram
        address = f"http://127.0.0.1:{town.app.port}"
        async with ClientSession() as http:

            async def document() -> bytes:
                async with http.get(address + "/.well-known/zuruf.json") as answer:
                    assert answer.content_type == "application/json"
                    return await answer.read()

            while b"@zuruf_test_bot" not in (signed := await document()):
                pass
            assert is_signed(signed, town.app.home.town_key.public)
            channels = {one["channel"]: one for one in json.loads(signed)["statement"]["channels"]}
            assert channels["telegram"]["name"] == "@zuruf_test_bot"
            assert channels["web"]["keys"] == {"town": town.app.home.town_key.public}

            async def channels_page() -> str:
                async with http.get(address + "/channels?lang=de") as answer:
                    return await answer.text()

            town.telegram.faults.add(Refused(401, "Unauthorized"), times=1_000_000)
            await citizen.says("Hallo")  # the poll that stands comes back
            async with asyncio.timeout(60):
                while "lässt uns zurzeit nicht durch" not in await channels_page():
                    pass
            async with http.get(address + "/healthz") as answer:
                said = await answer.json()
                assert set(said["channels"]["telegram"]) == {"state", "since"}, "no hint for the public"


def test_the_check_in_the_documents_works(tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "docs" / "privacy.md").read_text("utf-8")
    (script,) = re.findall(r"```python\n(# check\.py.*?)```", text, re.DOTALL)
    key = TownKey(SEED)
    (tmp_path / "zuruf.json").write_bytes(key.sign({"town": "Mustörstadt"}))
    for shown, code in ((grouped(key.public), 0), (TownKey(SEED[::-1]).public, 1)):
        command = [sys.executable, "-c", script, str(tmp_path / "zuruf.json"), shown]
        assert subprocess.run(command, capture_output=True, timeout=60).returncode == code
