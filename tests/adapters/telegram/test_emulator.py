"""The emulator itself: as strict as Telegram, and understood by two libraries that know nothing of it."""

from __future__ import annotations

import json
from typing import Any

import aiogram.types
import aiohttp
import pytest
import telegram

from adapters.telegram.emulator import Citizen, Emulator, Slow
from adapters.telegram.emulator.entities import parse_html
from adapters.telegram.emulator.problems import BadRequest


async def call(emulator: Emulator, method: str, **params: Any) -> tuple[int, str]:
    url = f"{emulator.api_base}/bot{emulator.token}/{method}"
    async with aiohttp.ClientSession() as session, session.post(url, json=params) as response:
        document = await response.json()
        return response.status, document.get("description", "")


@pytest.fixture
async def ada(emulator: Emulator) -> Citizen:
    citizen = emulator.citizen(username="ada_l")
    await citizen.says("/start")
    return citizen


KEYBOARD = {"inline_keyboard": [[{"text": "Ja", "callback_data": "a"}]]}


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"text": "<b>offen", "parse_mode": "HTML"}, "can't parse entities"),
        ({"text": "a < b", "parse_mode": "HTML"}, "can't parse entities"),
        ({"text": "<font>x</font>", "parse_mode": "HTML"}, "Unsupported start tag"),
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "🚌" * 2049}, "message is too long"),
        ({"text": "x", "chat_id": 1}, "chat not found"),
        ({"text": "x", "colour": "red"}, "sendMessage has no colour"),
        (
            {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "J", "callback_data": "x" * 65}]]}},
            "BUTTON_DATA",
        ),
        ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": " ", "callback_data": "x"}]]}}, "non-empty"),
        ({"text": "x", "reply_markup": {"inline_keyboard": [[{"label": "J"}]]}}, "schema"),
        ({"text": "x", "reply_markup": KEYBOARD | {"size": 3}}, "has no reply_markup.size"),
        ({"text": "x", "link_preview_options": {"off": True}}, "has no link_preview_options.off"),
        ({"text": ["x"]}, "schema"),
        ({}, "schema"),
    ],
)
async def test_a_bad_message_is_refused(
    emulator: Emulator, ada: Citizen, params: dict[str, Any], description: str
) -> None:
    status, said = await call(emulator, "sendMessage", **({"chat_id": ada.id} | params))
    assert status == 400
    assert description in said
    assert len(emulator.rejected) == 1


@pytest.mark.parametrize(
    ("method", "params", "description"),
    [
        ("editMessageText", {"message_id": 99, "text": "x"}, "message to edit not found"),
        ("answerCallbackQuery", {"callback_query_id": "1-1"}, "query is too old"),
        ("getFile", {"file_id": "x"}, "invalid file_id"),
        ("sendPhoto", {"photo": "some-file-id"}, "wrong remote file identifier"),
        ("setMyCommands", {"commands": [{"command": "Groß", "description": "x"}]}, "BOT_COMMAND_INVALID"),
    ],
)
async def test_a_bad_call_is_refused(
    emulator: Emulator, ada: Citizen, method: str, params: dict[str, Any], description: str
) -> None:
    if "message_id" in params or method == "sendPhoto":
        params = params | {"chat_id": ada.id}
    status, said = await call(emulator, method, **params)
    assert (status, description in said) == (400, True)


async def test_an_unknown_method_or_token_is_refused(emulator: Emulator) -> None:
    assert (await call(emulator, "sendSmoke"))[0] == 404
    emulator.token = "1:other"
    url = f"{emulator.api_base}/bot1:wrong/getMe"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == 401


async def test_the_same_content_is_not_modified(emulator: Emulator, ada: Citizen) -> None:
    await call(emulator, "sendMessage", chat_id=ada.id, text="x", reply_markup=KEYBOARD)
    number = (await ada.reads())[0].id
    same = {"chat_id": ada.id, "message_id": number, "text": "x"}
    assert "is not modified" in (await call(emulator, "editMessageText", **same, reply_markup=KEYBOARD))[1]
    assert (await call(emulator, "editMessageText", **same))[0] == 200
    assert (await ada.sees_edit()).labels == []


async def test_who_blocked_or_never_began_is_not_reached(emulator: Emulator, ada: Citizen) -> None:
    stranger = emulator.citizen()
    assert await call(emulator, "sendMessage", chat_id=stranger.id, text="x") == (
        403, "Forbidden: bot can't initiate conversation with a user",
    )  # fmt: skip
    await ada.blocks()
    assert (await call(emulator, "sendMessage", chat_id=ada.id, text="x"))[
        1
    ] == "Forbidden: bot was blocked by the user"


async def test_a_slow_answer_is_slow_and_counts(emulator: Emulator, ada: Citizen) -> None:
    emulator.faults.add(Slow(0.2), method="sendMessage")
    assert (await call(emulator, "sendMessage", chat_id=ada.id, text="x"))[0] == 200
    assert ada.unread() == 1


async def test_swapped_updates_come_the_other_way_round(emulator: Emulator, ada: Citizen) -> None:
    emulator.faults.swaps = True
    await ada.says("eins")
    await ada.says("zwei")
    updates = await emulator.updates.read(0, 100, 1)
    assert [update["message"]["text"] for update in updates] == ["/start", "zwei", "eins"]


def test_a_button_that_is_not_there_says_what_is(emulator: Emulator) -> None:
    async def press() -> None:
        await emulator.citizen().presses("Nein")

    with pytest.raises(AssertionError, match="no button 'Nein'"):
        press().send(None)


@pytest.mark.parametrize(
    ("markup", "visible", "entities"),
    [
        ("a &lt; b &amp;&amp; c &unknown; &#128652;", "a < b && c &unknown; 🚌", []),
        ("<b>fett</b> 🚌 <i>k</i>", "fett 🚌 k", [("bold", 0, 4), ("italic", 8, 1)]),
        ('<a href="https://x.example">Link</a>', "Link", [("text_link", 0, 4)]),
        ("<b><i>x</i></b>", "x", [("italic", 0, 1), ("bold", 0, 1)]),
        ("<b></b>leer", "leer", []),
    ],
)
def test_markup_is_read_as_telegram_reads_it(markup: str, visible: str, entities: list[Any]) -> None:
    text, found = parse_html(markup)
    assert text == visible
    assert [(e["type"], e["offset"], e["length"]) for e in found] == entities


@pytest.mark.parametrize("markup", ["<b>", "</b>", "<b><i></b></i>", "<x>y</x>", "<", "1<2", "<span>x</span>"])
def test_wrong_markup_is_refused(markup: str) -> None:
    with pytest.raises(BadRequest, match="can't parse entities"):
        parse_html(markup)


async def every_update(emulator: Emulator) -> list[dict[str, Any]]:
    """One of each sort that citizens can make."""
    ada = emulator.citizen(username="ada")
    await ada.says("/start shuttle")
    await ada.says("Guten Tag 🚌")
    await ada.edits("Guten Abend")
    await ada.sends_photo(b"jpeg", "Loch")
    await ada.sends_document("a.pdf", "application/pdf", b"pdf", "Plan")
    await ada.sends_voice(b"ogg")
    await ada.sends_location(50.1, 8.6, 12)
    await ada.sends_contact()
    await ada.sends_sticker()
    await call(emulator, "sendMessage", chat_id=ada.id, text="Bus?", reply_markup=KEYBOARD)
    await ada.presses("Ja")
    ada.presses_data("alt")
    await ada.blocks()
    await ada.unblocks()
    group = emulator.group(ada)
    await group.invites()
    await group.says("Hallo")
    return await emulator.updates.read(0, 100, 1)


async def test_every_update_is_what_both_libraries_expect(emulator: Emulator) -> None:
    updates = await every_update(emulator)
    assert len(updates) == 15
    for update in updates:
        theirs = telegram.Update.de_json(json.loads(json.dumps(update)))
        kind = next(name for name in update if name != "update_id")
        assert getattr(theirs, kind) is not None
        assert theirs.effective_user is not None
        assert theirs.effective_chat is not None
        parsed = aiogram.types.Update.model_validate(update)
        assert getattr(parsed, kind) is not None
        assert getattr(parsed, kind).model_extra == {}


async def test_every_answer_is_what_python_telegram_bot_expects(emulator: Emulator, ada: Citizen) -> None:
    bot = telegram.Bot(
        emulator.token, base_url=f"{emulator.api_base}/bot", base_file_url=f"{emulator.api_base}/file/bot"
    )
    async with bot:
        assert bot.username == "zuruf_test_bot"
        sent = await bot.send_message(ada.id, "<b>Hallo</b>", parse_mode="HTML")
        assert sent.text_html == "<b>Hallo</b>"
        edited = await bot.edit_message_text("neu", ada.id, sent.message_id)
        assert isinstance(edited, telegram.Message)
        photo = await bot.send_photo(ada.id, b"\x89PNG....", caption="Bild")
        assert photo.photo[0].file_size == 8
        await ada.sends_photo(b"bytes of a photo")
        update = (await bot.get_updates())[-1]
        file = await bot.get_file(update.message.photo[-1].file_id)
        assert bytes(await file.download_as_bytearray()) == b"bytes of a photo"
        assert (await bot.get_webhook_info()).url == ""
