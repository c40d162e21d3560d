"""Acts in, messages out, over a real listener and a real connection."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from adapters.base import Envelope, File, Identity, Post, Replace
from adapters.errors import Busy, Gone, Rejected, Unreachable
from adapters.telegram.emulator import (
    Emulator,
    Refused,
    ResetAfter,
    ResetBefore,
    ServerError,
    Slow,
    TooMany,
)
from dialogs.events import Gone as GoneAct
from dialogs.events import MediaRef, MediaSent, MessageRef, Placed, Pressed, Said, Started, Unreadable
from dialogs.messages import Action, Button, Document, Language, Part, Picture
from dialogs.triggers import MENU, Trigger, slashed
from privacy.addresses import Address

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def part(text: str = "Wie fahren Sie?", *labels: str, **fields: Any) -> Part:
    rows = tuple((Button(Action(f"o.{n}"), label),) for n, label in enumerate(labels))
    return Part(text, buttons=rows, **fields)


def reply(envelope: Envelope) -> Address:
    return envelope.person.address


async def greet(bot: Any, emulator: Emulator) -> tuple[Any, Address]:
    """A citizen who has said hello, and where to answer."""
    citizen = emulator.citizen()
    await citizen.says("/start")
    taken = await bot.host.takes(len(bot.host.taken) + 1)
    return citizen, reply(taken[-1])


async def test_every_act_of_a_citizen_arrives(bot: Any, emulator: Emulator) -> None:
    ada = emulator.citizen(language_code="uk")
    await ada.says("/start shuttle")
    await ada.says("Guten Tag")
    await ada.sends_location(50.1, 8.6, accuracy=12)
    await ada.sends_photo(PNG, "mein Foto")
    await ada.sends_voice(b"OggS")
    await ada.sends_contact()
    taken = await bot.host.takes(6)
    assert [type(e.event) for e in taken] == [Started, Said, Placed, MediaSent, MediaSent, Unreadable]
    assert taken[0].event == Started("shuttle")
    assert {e.language_hint for e in taken} == {"uk"}
    assert len({e.mark for e in taken}) == 6


async def test_a_question_is_shown_tapped_and_edited(bot: Any, emulator: Emulator) -> None:
    ada, address = await greet(bot, emulator)
    question = part("Wie <fahren> Sie & wann?", "Bus", "Rad", title="Teil <1>")
    ref = await bot.adapter.deliver(address, Post(question))
    shown = (await ada.reads())[0]
    assert shown.text == "Teil <1>\nWie <fahren> Sie & wann?"
    assert shown.bold == ["Teil <1>"]
    assert shown.labels == ["Bus", "Rad"]

    await ada.presses("Rad")
    tap = (await bot.host.takes(2))[1]
    assert tap.event == Pressed("o.1", ref)
    await ada.spinner_ends()

    chosen = Part("Wie?", buttons=((Button(Action("o.1"), "Rad", chosen=True),),))
    assert await bot.adapter.deliver(address, Replace(chosen, ref)) == ref
    edited = await ada.sees_edit()
    assert edited.id == shown.id
    assert edited.labels == ["✓ Rad"]
    assert emulator.rejected == []


async def test_the_same_content_again_is_no_error(bot: Any, emulator: Emulator) -> None:
    _, address = await greet(bot, emulator)
    ref = await bot.adapter.deliver(address, Post(part()))
    assert await bot.adapter.deliver(address, Replace(part(), ref)) == ref


@pytest.mark.parametrize("ref", ["999999", "0", "nonsense", "9" * 40, ""])
async def test_a_message_that_is_gone_is_no_error(hooked: Any, emulator: Emulator, ref: str) -> None:
    _, address = await greet(hooked, emulator)
    await hooked.adapter.deliver(address, Replace(part("neu"), MessageRef(ref)))


async def test_blocking_ends_quietly(bot: Any, emulator: Emulator) -> None:
    ada, address = await greet(bot, emulator)
    await ada.blocks()
    assert (await bot.host.takes(2))[1].event == GoneAct()
    with pytest.raises(Gone):
        await bot.adapter.deliver(address, Post(part()))


@pytest.mark.parametrize(
    ("code", "description"),
    [
        (403, "Forbidden: user is deactivated"),
        (403, "Forbidden: bot can't initiate conversation with a user"),
        (400, "Bad Request: chat not found"),
        (400, "Bad Request: PEER_ID_INVALID"),
    ],
)
async def test_who_cannot_be_reached_is_gone(hooked: Any, emulator: Emulator, code: int, description: str) -> None:
    _, address = await greet(hooked, emulator)
    emulator.faults.add(Refused(code, description), method="sendMessage")
    with pytest.raises(Gone):
        await hooked.adapter.deliver(address, Post(part()))


async def test_a_refusal_says_its_kind_and_no_words(hooked: Any, emulator: Emulator) -> None:
    _, address = await greet(hooked, emulator)
    quoting = 'Bad Request: can\'t parse entities: Unsupported start tag "geheim" at byte offset 3'
    emulator.faults.add(Refused(400, quoting), method="sendMessage")
    with pytest.raises(Rejected, match="markup") as caught:
        await hooked.adapter.deliver(address, Post(part("geheim")))
    assert "geheim" not in f"{caught.value!r}{caught.value.__context__!r}{caught.value.__cause__!r}"


@pytest.mark.parametrize("fault", [ServerError(), ServerError(500), ResetBefore(), ResetAfter()])
async def test_what_fails_on_the_way_is_tried_again(hooked: Any, emulator: Emulator, fault: Any) -> None:
    ada, address = await greet(hooked, emulator)
    emulator.faults.add(fault, times=2, method="sendMessage")
    assert await hooked.adapter.deliver(address, Post(part("einmal")))
    processed = 3 if isinstance(fault, ResetAfter) else 1
    assert [m.text for m in await ada.reads(processed)] == ["einmal"] * processed


async def test_trying_again_ends(hooked: Any, emulator: Emulator) -> None:
    _, address = await greet(hooked, emulator)
    emulator.faults.add(ServerError(), times=1000, method="sendMessage")
    with pytest.raises(Unreachable):
        await hooked.adapter.deliver(address, Post(part()))
    assert len(emulator.called("sendMessage")) == 6


@pytest.mark.long
async def test_an_answer_that_does_not_come_in_time_is_asked_for_again(hooked: Any, emulator: Emulator) -> None:
    ada, address = await greet(hooked, emulator)
    emulator.faults.add(Slow(30), method="sendMessage")
    await hooked.adapter.deliver(address, Post(part("einmal")))
    assert [m.text for m in await ada.reads(2)] == ["einmal"] * 2  # at least once: the first was processed


async def test_a_pause_is_kept_by_all_chats(hooked: Any, emulator: Emulator) -> None:
    chats = [await greet(hooked, emulator) for _ in range(5)]
    emulator.faults.add(TooMany(retry_after=1), method="sendMessage")
    await hooked.adapter.deliver(chats[0][1], Post(part("0")))
    emulator.faults.add(TooMany(retry_after=1), method="sendMessage")
    await asyncio.gather(*(hooked.adapter.deliver(a, Post(part(str(n)))) for n, (_, a) in enumerate(chats)))
    assert [(await c.reads())[0].text for c, _ in chats[1:]] == ["1", "2", "3", "4"]
    sent = [made.at for made in emulator.calls if made.method == "sendMessage"]
    assert sent[1] - sent[0] >= 1.0


async def test_a_pause_of_a_day_is_passed_on(hooked: Any, emulator: Emulator) -> None:
    _, address = await greet(hooked, emulator)
    emulator.faults.add(TooMany(retry_after=86_400), method="sendMessage")
    with pytest.raises(Busy) as caught:
        await hooked.adapter.deliver(address, Post(part()))
    assert caught.value.retry_after > 86_000


@pytest.mark.parametrize("retry_after", [None, -5, 0])
async def test_a_pause_without_a_sensible_length_lasts_a_second(
    hooked: Any, emulator: Emulator, retry_after: float | None
) -> None:
    _, address = await greet(hooked, emulator)
    emulator.faults.add(TooMany(retry_after), method="sendMessage")
    await hooked.adapter.deliver(address, Post(part()))
    first, second = (made.at for made in emulator.calls if made.method == "sendMessage")
    assert 0.9 <= second - first < 3


async def test_messages_of_a_chat_keep_their_order_through_faults(hooked: Any, emulator: Emulator) -> None:
    ada, address = await greet(hooked, emulator)
    emulator.faults.add(ServerError(), times=4, method="sendMessage", share=0.5)
    await asyncio.gather(*(hooked.adapter.deliver(address, Post(part(str(n)))) for n in range(20)))
    assert [m.text for m in await ada.reads(20)] == [str(n) for n in range(20)]


async def test_a_text_too_long_is_split_and_keeps_its_buttons_at_the_end(hooked: Any, emulator: Emulator) -> None:
    ada, address = await greet(hooked, emulator)
    text = "\n".join(f"Zeile {n} mit 🚌 & <Zeichen>" for n in range(400))
    ref = await hooked.adapter.deliver(address, Post(part(text, "Weiter", title="Kopf")))
    pieces = await ada.reads(len(emulator.called("sendMessage")))
    assert "\n".join(m.text for m in pieces) == "Kopf\n" + text
    assert [m.labels for m in pieces[:-1]] == [[]] * (len(pieces) - 1)
    assert pieces[-1].labels == ["Weiter"]
    assert ref == str(pieces[-1].id)
    assert emulator.rejected == []


async def test_pictures_come_before_the_text_with_their_description(hooked: Any, emulator: Emulator) -> None:
    ada, address = await greet(hooked, emulator)
    hooked.host.pictures["bus.png"] = File("bus.png", "image/png", PNG)
    pictures = (Picture("f", "bus.png", "Ein Bus & <Fahrgäste>"), Picture("f", "missing.png", "fehlt"))
    await hooked.adapter.deliver(address, Post(part("Kennen Sie ihn?", "Ja", pictures=pictures)))
    photo, question = await ada.reads(2)
    assert (photo.file_kind, photo.file, photo.file_name) == ("photo", PNG, "bus.png")
    assert photo.text == "Ein Bus & <Fahrgäste>"
    assert question.labels == ["Ja"]
    assert emulator.rejected == []


async def test_a_picture_that_telegram_cannot_show_goes_as_a_file(hooked: Any, emulator: Emulator) -> None:
    ada, address = await greet(hooked, emulator)
    hooked.host.pictures["odd.png"] = File("odd.png", "image/png", b"not really a PNG")
    await hooked.adapter.deliver(address, Post(part(pictures=(Picture("f", "odd.png", "Plan"),))))
    assert (await ada.reads(2))[0].file_kind == "document"


@pytest.mark.parametrize(
    ("mime", "kind"),
    [("audio/mpeg", "audio"), ("video/mp4", "video"), ("image/gif", "animation"), ("image/svg+xml", "document")],
)
async def test_sounds_and_films_go_their_own_way(hooked: Any, emulator: Emulator, mime: str, kind: str) -> None:
    ada, address = await greet(hooked, emulator)
    hooked.host.pictures["x"] = File("x", mime, b"bytes")
    await hooked.adapter.deliver(address, Post(part(pictures=(Picture("f", "x", "Alt"),))))
    assert (await ada.reads(2))[0].file_kind == kind
    assert emulator.rejected == []


async def test_a_document_is_uploaded_whole(hooked: Any, emulator: Emulator) -> None:
    ada, address = await greet(hooked, emulator)
    data = bytes(range(256)) * 4096
    document = Document('meine"daten\r\n.json', "application/json", data)
    await hooked.adapter.deliver(address, Post(part("Ihre Daten", document=document)))
    text, file = await ada.reads(2)
    assert text.text == "Ihre Daten"
    assert (file.file, file.file_kind) == (data, "document")
    assert file.file_name == "meinedaten.json"
    assert emulator.rejected == []


async def test_an_upload_is_tried_again_too(hooked: Any, emulator: Emulator) -> None:
    ada, address = await greet(hooked, emulator)
    emulator.faults.add(ServerError(), times=2, method="sendDocument")
    document = Document("a.txt", "text/plain", b"abc")
    await hooked.adapter.deliver(address, Post(part("", document=document)))
    assert (await ada.reads())[0].file == b"abc"


async def test_a_photo_is_fetched_in_its_largest_size(bot: Any, emulator: Emulator) -> None:
    ada, _ = await greet(bot, emulator)
    await ada.sends_photo(PNG)
    sent = (await bot.host.takes(2))[1].event
    assert await bot.adapter.fetch(sent.media, limit=1000) == PNG
    assert sent.size == len(PNG)


async def test_a_file_beyond_the_limit_is_not_read(hooked: Any, emulator: Emulator) -> None:
    ada, _ = await greet(hooked, emulator)
    await ada.sends_photo(PNG * 100)
    sent = (await hooked.host.takes(2))[1].event
    with pytest.raises(Rejected, match="larger"):
        await hooked.adapter.fetch(sent.media, limit=1000)


async def test_a_file_that_lies_about_its_size_is_cut_off(hooked: Any, emulator: Emulator) -> None:
    ada, _ = await greet(hooked, emulator)
    await ada.sends_photo(PNG)
    sent = (await hooked.host.takes(2))[1].event
    path, _ = emulator.town.files[sent.media]
    emulator.town.files["other"] = (path, b"")
    emulator.town.files[sent.media] = (path, PNG)
    with pytest.raises(Rejected, match="larger"):
        await hooked.adapter.fetch(sent.media, limit=len(PNG) - 1)


@pytest.mark.parametrize(
    "path", ["../../getMe", "/etc/passwd", "http://evil.example/x", "//evil.example/x", "a?b", "a\\..\\b", "a#b"]
)
async def test_files_come_from_the_bot_api_only(hooked: Any, emulator: Emulator, path: str) -> None:
    emulator.town.files["odd"] = (path, b"")
    with pytest.raises(Rejected, match="outside"):
        await hooked.adapter.fetch(MediaRef("odd"), limit=1000)


async def test_an_unknown_file_is_refused(hooked: Any) -> None:
    with pytest.raises(Rejected):
        await hooked.adapter.fetch(MediaRef("nowhere"), limit=1000)


async def test_typing_is_shown_and_never_fails(hooked: Any, emulator: Emulator) -> None:
    ada, address = await greet(hooked, emulator)
    emulator.faults.add(Refused(400, "Bad Request: nonsense"), method="sendChatAction")
    await hooked.adapter.typing(address)
    await hooked.adapter.typing(address)
    await hooked.adapter.close()  # waits for errands under way
    assert ada.actions == ["typing"]


async def test_a_group_is_told_once_and_left(bot: Any, emulator: Emulator) -> None:
    group = emulator.group(emulator.citizen(language_code="en"))
    await group.invites()
    async with asyncio.timeout(20):
        await group.left.wait()
    await group.says("/start shuttle")
    await greet(bot, emulator)
    assert len(group.texts) == 1
    assert "one to one" in group.texts[0]
    assert [type(e.event) for e in bot.host.taken] == [Started]


async def test_the_bot_introduces_itself_in_every_language(hooked: Any, emulator: Emulator) -> None:
    await hooked.adapter.introduce([Language("de"), Language("en"), Language("de-simple")])
    assert set(emulator.town.commands) == {"", "de", "en"}
    assert emulator.town.commands[""] == emulator.town.commands["de"]
    assert emulator.town.commands["de"] != emulator.town.commands["en"]
    for language in ("de", "en"):
        assert emulator.town.descriptions["setMyDescription", language]
        assert emulator.town.descriptions["setMyShortDescription", language]
    assert emulator.rejected == []


async def test_every_command_of_the_menu_is_understood_as_written(hooked: Any, emulator: Emulator) -> None:
    await hooked.adapter.introduce([Language("de"), Language("en")])
    for commands in emulator.town.commands.values():
        assert [slashed("/" + command["command"]) for command in commands] == [Trigger(c) for c in MENU]


async def test_the_bot_knows_its_name(hooked: Any) -> None:
    identity = await hooked.adapter.identity()
    assert identity == Identity("@zuruf_test_bot", "https://t.me/zuruf_test_bot?start={code}")


async def test_the_check_is_silent_when_all_is_well(bot: Any) -> None:
    assert await bot.adapter.check() == ""


async def test_the_check_says_what_to_do(hooked: Any, emulator: Emulator) -> None:
    emulator.faults.add(Refused(401, "Unauthorized"))
    assert "ZURUF_TELEGRAM_TOKEN" in await hooked.adapter.check()
    emulator.faults.add(ResetBefore())
    assert "ZURUF_TELEGRAM_API_BASE" in await hooked.adapter.check()
    emulator.updates.set_hook(None)
    assert "ZURUF_TELEGRAM_WEBHOOK_URL" in await hooked.adapter.check()
