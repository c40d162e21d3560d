"""The token is in every URL and nowhere else; words and ids are in no log."""

from __future__ import annotations

import asyncio
import logging
import pickle
import traceback
from typing import Any

import pytest

from adapters.base import File, Host, Post
from adapters.errors import ChannelError
from adapters.secret import Secret
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.emulator import Emulator, Refused, ResetBefore, ServerError
from adapters.telegram.settings import TelegramSettings
from dialogs.events import MediaRef
from dialogs.messages import Document, Language, Part, Picture

WORDS = "Canary-Words-4711"
PNG = b"\x89PNG\r\n\x1a\n"


def shown(error: BaseException) -> str:
    """All that a log or a crash reporter could make of an exception, suppressed causes included."""
    seen: list[str] = []
    todo: list[BaseException | None] = [error]
    while todo:
        one = todo.pop()
        if one is not None:
            seen += [repr(one), str(one), repr(one.args), "".join(traceback.format_exception(one))]
            todo += [one.__cause__, one.__context__]
    return "\n".join(seen)


async def test_no_log_holds_the_token_a_word_or_an_id(
    hooked: Any, emulator: Emulator, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("telegram", "telegram.Bot", "aiohttp", "aiohttp.client", "httpx", "asyncio"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    ada = emulator.citizen(first_name="CanaryName")
    await ada.says(WORDS)
    address = (await hooked.host.takes(1))[0].person.address
    hooked.host.pictures["p"] = File("p.png", "image/png", PNG)
    document = Document("d.txt", "text/plain", WORDS.encode())
    emulator.faults.add(ServerError(), times=2)
    await hooked.adapter.deliver(address, Post(Part(WORDS, pictures=(Picture("f", "p", WORDS),), document=document)))
    await hooked.adapter.introduce([Language("de")])
    await hooked.adapter.check()
    for fault in (Refused(400, f"Bad Request: {WORDS}"), Refused(401, "Unauthorized"), ResetBefore()):
        emulator.faults.add(fault, times=6)
        with pytest.raises(ChannelError):
            await hooked.adapter.deliver(address, Post(Part(WORDS, document=document)))
        emulator.faults.clear()

    async def stumble(envelope: object) -> None:
        raise RuntimeError("a defect")

    hooked.host.on_act = stumble
    await ada.says(WORDS)
    await emulator.updates.all_taken(20)
    logged = caplog.text + "".join(map(str, capsys.readouterr()))
    assert "turn_failed" in logged
    for canary in (emulator.token, emulator.token.partition(":")[2], WORDS, str(ada.id), "CanaryName"):
        assert canary not in logged


@pytest.mark.parametrize("api_base", ["http://127.0.0.1:1", "http://no-such-host.invalid", "https://127.0.0.1:1"])
async def test_no_exception_holds_the_token(api_base: str) -> None:
    token = "4242:CanaryToken_xyz"
    settings = TelegramSettings(Secret(token), api_base)
    host: Host = None  # type: ignore[assignment]  # nothing is received here
    adapter = TelegramAdapter(settings, host)
    with pytest.raises(ChannelError) as caught:
        async with asyncio.timeout(60):
            await adapter.fetch(MediaRef("x"), 1)
    problem = await adapter.check()
    await adapter.close()
    assert "ZURUF_TELEGRAM_API_BASE" in problem
    for text in (shown(caught.value), problem, repr(adapter), repr(adapter.__dict__), repr(settings)):
        assert "CanaryToken" not in text


async def test_a_refused_token_is_not_repeated_by_the_library(hooked: Any, emulator: Emulator) -> None:
    emulator.faults.add(Refused(401, f"Unauthorized {emulator.token}"), times=100)
    with pytest.raises(ChannelError) as caught:
        await hooked.adapter.introduce([Language("de")])
    assert emulator.token not in shown(caught.value)


def test_a_secret_shows_a_mask() -> None:
    secret = Secret("Canary")
    assert "Canary" not in f"{secret} {secret!r} {secret!s:>20} {[secret]}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert secret == Secret("Canary")
    assert secret != Secret("other")
    assert not Secret("")


@pytest.mark.parametrize(
    ("values", "setting"),
    [
        ({"token": Secret("Canary")}, "ZURUF_TELEGRAM_TOKEN"),
        ({"token": Secret("")}, "ZURUF_TELEGRAM_TOKEN"),
        ({"api_base": "api.telegram.org"}, "ZURUF_TELEGRAM_API_BASE"),
        ({"api_base": "ftp://x"}, "ZURUF_TELEGRAM_API_BASE"),
        ({"api_base": "https://x/?a=b"}, "ZURUF_TELEGRAM_API_BASE"),
        ({"webhook_url": "/telegram", "webhook_secret": Secret("x")}, "ZURUF_TELEGRAM_WEBHOOK_URL"),
        ({"webhook_url": "https://x/telegram"}, "ZURUF_TELEGRAM_WEBHOOK_SECRET"),
        ({"webhook_url": "https://x/t", "webhook_secret": Secret("Canary ä")}, "ZURUF_TELEGRAM_WEBHOOK_SECRET"),
        ({"webhook_url": "https://x/t", "webhook_secret": Secret("Canary" * 50)}, "ZURUF_TELEGRAM_WEBHOOK_SECRET"),
    ],
)
def test_a_setting_that_cannot_work_is_named_and_not_quoted(values: dict[str, Any], setting: str) -> None:
    with pytest.raises(ValueError, match=setting) as caught:
        TelegramSettings(**({"token": Secret("1:abc")} | values))
    assert "Canary" not in shown(caught.value)


def test_nothing_goes_elsewhere_than_to_the_api_base() -> None:
    settings = TelegramSettings(Secret("1:abc"), "http://127.0.0.1:9/")
    assert settings.method_base == "http://127.0.0.1:9/bot1:abc/"
    assert settings.file_base == "http://127.0.0.1:9/file/bot1:abc/"
    assert TelegramSettings(Secret("1:abc")).method_base == "https://api.telegram.org/bot1:abc/"
