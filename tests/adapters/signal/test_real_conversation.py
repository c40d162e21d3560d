"""Zuruf and a citizen talk through two real signal-cli daemons, end-to-end encrypted by libsignal on both sides.

Signal's servers between them are the tests' own (`tests/servers/signal`). The town's daemon is started as
docs/deploy.md tells operators. One way through a survey is in every run, the rest in the long one, where the rows of
the contract go this way as well (`tests/channels/real_signal.py`).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from channels.base import until
from conftest import short_folder
from e2e.talking import BENCHES
from e2e.town import Noon, TownUnderTest, publish_form, settings
from e2e.walking import photo
from servers.signal import daemon as daemons
from servers.signal.citizen import Citizen
from servers.signal.daemon import PHONE
from servers.signal.running import TOWN, Signal, signal
from servers.signal.service import Answer

from adapters.signal import doubts, options, receiving
from adapters.signal.adapter import SignalAdapter
from bot.app import running
from bot.signalling import solve_captcha
from bot.voice import terminal_voice
from dialogs.channels.state import ChannelState

together = pytest.mark.asyncio(loop_scope="module")

WORDS = "Schattenplatz Quittenallee"
"""What nobody else says, and no program has in it."""
STREET = "Mirabellensteig"
FILE = "haltestelle-mirabelle.jpg"
PATIENCE = 60.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real() -> AsyncIterator[Signal]:
    with short_folder() as folder:
        async with signal(folder) as both:
            yield both


@asynccontextmanager
async def zuruf(real: Signal, folder: Path, redis_url: str, **more: str) -> AsyncIterator[TownUnderTest]:
    """A town whose survey is published, with Signal as its one messenger; `more`: further settings."""
    arms = folder / "wappen.jpg"
    arms.write_bytes(photo())
    looks = {"ZURUF_TOWN_NAME": "Musterstadt", "ZURUF_SIGNAL_PICTURE": str(arms)}
    config = settings(folder, redis_url, None, **{**looks, **real.settings(), **more})
    form = folder / "baenke.md"
    form.write_text(BENCHES, "utf-8")
    await publish_form(config, form, "baenke")
    async with running(config, Noon()) as app:
        yield TownUnderTest(app, None, config)  # type: ignore[arg-type]


@pytest_asyncio.fixture(loop_scope="module")
async def town(real: Signal, tmp_path: Path, valkey_url: str) -> AsyncIterator[TownUnderTest]:
    """One a test: two that listen to one account would answer each other's citizens."""
    async with zuruf(real, tmp_path, valkey_url) as running_one:
        yield running_one


async def answers(citizen: Citizen, words: str = WORDS) -> None:
    await citizen.says("baenke")
    await citizen.hears("Fehlt eine Bank?")
    await citizen.says("1")
    await citizen.hears("Wie viele fehlen?")
    await citizen.says("7")
    await citizen.hears("Was noch?")
    await citizen.says(words)
    await citizen.hears("Absenden")
    await citizen.says("absenden")
    await citizen.hears("Beleg")


@together
async def test_a_citizen_answers_a_survey_and_nothing_of_it_is_written_down_by_the_daemon(
    real: Signal, town: TownUnderTest
) -> None:
    """Nor who it was, but for what the protocol needs: ids in the daemon's own database."""
    ada = await real.citizen()
    await answers(ada)
    await ada.says("melden")
    await ada.hears("Worum geht es?")
    for act in (ada.says("2"), ada.says(f"Im {STREET} fehlt Licht"), ada.sends_file(photo(), "image/jpeg", FILE)):
        heard = len(ada.shown)
        await act
        while len(ada.shown) == heard:
            await ada.stirs()
    await ada.says("stopp")
    await ada.hears("Meldung ist vergessen")
    await ada.says("stopp")
    await ada.hears("Auf Wiedersehen")
    (row,) = await town.stored("baenke")
    assert {"/data/bank": "ja", "/data/zahl": "7", "/data/wort": WORDS}.items() <= row.items()
    assert await written(real, *WORDS.split(), STREET, FILE, "Fehlt eine Bank?", "Auf Wiedersehen") == {}
    places = await written(real, ada.number, ada.aci)
    assert [place for found in places.values() for place in found if "account.db" not in place] == []
    assert await town.app.adapters["signal"].check() == ""


@pytest.mark.long
@together
async def test_a_daemon_that_writes_words_down_is_noticed(real: Signal) -> None:
    """The one that plays telephones is started without what the handbook says."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(real.phones.socket))
        told = options.problem(options.command_of(line))
    assert all(option in told for option in options.WANTED)


async def written(real: Signal, *canaries: str) -> dict[str, list[str]]:
    """Where each stands in what the town's daemon keeps or prints, in plain UTF-8 or UTF-16."""
    return await asyncio.to_thread(_written, real.town.folder, canaries)


def _written(folder: Path, canaries: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        for canary in canaries:
            if canary.encode() in data or canary.encode("utf-16-le") in data or canary in path.name:
                found.setdefault(canary, []).append(str(path.relative_to(folder)))
    return found


@pytest.mark.long
@together
async def test_the_profile_shows_the_town_before_anybody_answers(real: Signal, town: TownUnderTest) -> None:
    """Name, about text and picture are sealed for contacts; a telephone opens them with the key that came with a
    message."""
    ada = await real.citizen()
    await ada.says("hilfe")
    await ada.hears("Ich stelle eine Frage nach der anderen")
    profile = await ada.knows_of_the_town()
    assert profile["givenName"] == "Musterstadt"
    assert profile["about"].startswith("Umfragen der Stadt")
    assert profile["hasAvatar"]


@pytest.mark.long
@together
async def test_both_sides_show_the_safety_number_that_the_town_publishes(real: Signal, town: TownUnderTest) -> None:
    adapter = town.app.adapters["signal"]
    published = await adapter.identity()
    assert published is not None
    ((_, half),) = published.keys
    ada = await real.citizen()
    await ada.says("hilfe")
    await ada.hears("Ich stelle eine Frage nach der anderen")
    shown = (await ada.safety_number()).replace(" ", "")
    assert half in (shown[:30], shown[30:])


@pytest.mark.long
@together
async def test_disappearing_messages_disappear_as_the_citizen_set_them(real: Signal, town: TownUnderTest) -> None:
    ada = await real.citizen()
    await ada.sets_timer(3600)
    await ada.says("hilfe")
    assert (await ada.hears("Ich stelle eine Frage nach der anderen")).expires == 3600


@pytest.mark.long
@together
async def test_a_citizen_answers_where_the_daemon_is_reached_over_http(
    real: Signal, tmp_path: Path, valkey_url: str
) -> None:
    async with zuruf(real, tmp_path, valkey_url, ZURUF_SIGNAL_URL=real.url) as town:
        await answers(await real.citizen(), "über HTTP")
        assert [row["/data/wort"] for row in await town.stored("baenke")] == ["über HTTP"]


@pytest.mark.long
async def test_a_daemon_that_is_killed_and_comes_back_has_lost_nothing(tmp_path: Path, valkey_url: str) -> None:
    """What is written meanwhile waits with Signal; what was begun goes on."""
    with short_folder() as folder:
        async with signal(folder) as real, zuruf(real, tmp_path, valkey_url):
            ada = await real.citizen()
            await ada.says("baenke")
            await ada.hears("Fehlt eine Bank?")
            real.town.process.kill()
            await asyncio.to_thread(real.town.process.wait, 10)
            await ada.says("1")
            async with daemons.running(real.service, real.town.folder):
                await ada.hears("Wie viele fehlen?")
                await ada.says("7")
                await ada.hears("Was noch?")


@pytest.mark.long
async def test_a_number_that_somebody_registered_elsewhere_blocks_the_channel(
    tmp_path: Path, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can write then, so nobody would ever notice: the daemon keeps the line and says nothing."""
    monkeypatch.setattr(receiving, "WATCH_SECONDS", 0.2)
    with short_folder() as folder:
        async with signal(folder) as real, zuruf(real, tmp_path, valkey_url) as town:
            ada = await real.citizen()
            await ada.says("hilfe")
            await ada.hears("Ich stelle eine Frage nach der anderen")
            real.service.accounts[TOWN].password = "of another telephone"
            real.town.way.cut()
            real.town.way.mend()
            await until(lambda: town.app.states["signal"].state is ChannelState.BLOCKED, "the channel to be blocked")
            assert "does not know the account" in town.app.states["signal"].hint


@pytest.mark.long
@together
async def test_a_new_telephone_is_trusted_and_its_owner_goes_on(
    real: Signal, town: TownUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same account with new keys: what was begun is still there, the first message is read as soon as anybody
    writes, nobody is asked to write it again, and the operator learns that it happened."""
    logged: list[str] = []

    def is_trusted() -> bool:
        logged.extend(capsys.readouterr())
        return any("safety_number_changed" in one for one in logged)

    ada, ben = await real.citizen(), await real.citizen()
    await ada.says("baenke")
    await ada.hears("Fehlt eine Bank?")
    async with daemons.running(real.service, real.town.folder.parent / "new-phone", PHONE) as phone:
        again = await Citizen.new(phone, real.account, ada.number)
        assert again.aci == ada.aci
        await again.says("1")
        await until(is_trusted, "the new keys to be trusted")
        await ben.says("hilfe")
        await again.hears("Wie viele fehlen?")
        assert len(again.shown) == 1


@pytest.mark.long
@together
async def test_who_deletes_everything_is_forgotten_by_the_daemon_and_can_come_again(
    real: Signal, tmp_path: Path, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Id, profile, keys are gone; the next message cannot be read then, and the telephone brings it once more. That
    they are typing, nobody brings again: it was nothing."""
    monkeypatch.setattr(doubts, "AGAIN_SECONDS", 0.5)
    ada = await real.citizen()
    async with zuruf(real, tmp_path, valkey_url):
        await answers(ada)
        assert ada.aci in await real.known()
        await ada.says("alles löschen")
        await ada.hears("Alles von Ihnen löschen")
        await ada.says("ja")
        await ada.hears("gelöscht")
    assert ada.aci not in await real.known()
    async with zuruf(real, tmp_path, valkey_url) as town:
        shown = len(ada.shown)
        await ada.types()
        adapter = town.app.adapters["signal"]
        assert isinstance(adapter, SignalAdapter)
        await until(lambda: adapter.intake.doubts == 1, "what cannot be read")
        await until(lambda: not adapter.intake.doubts and not adapter.intake.under_way, "its end")
        await real.town.call("removeContact", account=TOWN, recipient=ada.aci, forget=True)
        await ada.says("hilfe")
        await ada.hears("Ich stelle eine Frage nach der anderen")
        assert len(ada.shown) == shown + 1, "nobody is asked to write again"


@pytest.mark.long
@together
async def test_a_captcha_blocks_the_channel_until_an_operator_solves_it(real: Signal, town: TownUnderTest) -> None:
    ada = await real.citizen()
    real.service.refusals[ada.aci] = Answer(428, {"token": "wanted-1", "options": ["captcha"]})
    await ada.says("hilfe")
    await until(lambda: town.app.states["signal"].state is ChannelState.BLOCKED, "the channel to be blocked")
    assert "zuruf signal captcha wanted-1" in town.app.states["signal"].hint
    await solve_captcha(town.config, "wanted-1", "signalcaptcha://solved", terminal_voice({"LANG": "en"}))
    assert real.service.solved == ["wanted-1"]
