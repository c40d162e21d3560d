"""The Matrix channel at a real Synapse, with citizens whose client nobody here wrote."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest
from conftest import missing
from nio import AsyncClient, AsyncClientConfig
from nio.store import SqliteMemoryStore
from servers import strict_client
from servers.between import Trouble, line_to
from servers.matrix_bot import Bot, Host, up
from servers.matrix_citizen import Citizen, citizen
from servers.synapse import Synapse

from adapters.base import File, Post
from adapters.errors import Busy, Rejected
from adapters.errors import Gone as GoneError
from adapters.matrix.media import Located
from adapters.matrix.settings import MatrixSettings, Unencrypted
from dialogs.events import Edited, Gone, MediaKind, MediaSent, Placed, Said, Started, Unreadable, Voted
from dialogs.messages import Document, Part, Picture

Make = Callable[..., MatrixSettings]


async def plain_messages(person: Citizen) -> list[str]:
    """Types of the events in the chat that are no state."""
    return [event["type"] for event in await person.history() if "state_key" not in event]


# -- a conversation


async def test_who_opens_a_chat_is_greeted_and_answers_by_numbers_all_of_it_encrypted(
    bot: Bot, someone: Citizen
) -> None:
    await someone.hears_text("Hier fragt Musterstadt")
    await someone.hears_text("1. Ja, mehrmals")
    await someone.say("3")
    await someone.hears_text("2 von")
    assert set(await plain_messages(someone)) == {"m.room.encrypted"}


async def test_who_writes_at_once_is_answered_and_not_greeted_twice(bot: Bot) -> None:
    async with citizen(bot.synapse, bot.user) as person:
        await person.open_chat()
        await person.say("hallo")
        await person.hears_text("1. Ja, mehrmals")
        acts = await bot.host.takes(1)
        assert acts.count(Started()) + acts.count(Said("hallo")) <= 2


async def test_a_program_that_votes_gets_polls_without_numbers_and_the_vote_is_the_answer(
    bot: Bot, someone: Citizen
) -> None:
    await someone.hears_text("1. Ja, mehrmals")
    poll, answers = await someone.hears_poll()
    await someone.vote(poll, answers["Ja, einmal"])
    second, answers = await someone.hears_poll()
    assert "Mehreres ist möglich" in str(someone.heard) or answers["Weiter"]
    await someone.vote(second, answers["Arbeit"], stable=True)
    await someone.vote(second, answers["Arbeit"], answers["Arzt"], stable=True)
    await someone.vote(second, answers["Arbeit"], answers["Arzt"], answers["Weiter"], stable=True)
    await someone.hears_text("3 von")
    assert [type(act) for act in bot.host.acts] == [Started, Voted, Voted, Voted, Voted]


async def test_a_vote_that_is_changed_later_corrects_the_answer(bot: Bot, someone: Citizen) -> None:
    poll, answers = await someone.hears_poll()
    await someone.vote(poll, answers["Ja, einmal"])
    await someone.hears_poll()
    await someone.vote(poll, answers["Nein"])
    await someone.hears_text("Ich habe Ihre Antwort geändert: Nein.")


async def test_a_program_that_shows_no_polls_is_asked_by_numbers_only_after_a_few_of_them(
    bot: Bot, someone: Citizen
) -> None:
    await someone.hears_poll()
    await someone.say("1")
    await someone.hears_poll()
    await someone.say("1")
    await someone.hears_text("3 von")
    await someone.say("zurück")
    await someone.hears_poll()
    await someone.say("hilfe")
    await someone.hears_text("2 von")
    assert not [event for event in someone.heard if "poll" in event["type"]]


async def test_an_edit_corrects_the_answer(bot: Bot, someone: Citizen) -> None:
    await someone.hears_text("1. Ja, mehrmals")
    said = await someone.say("1")
    await someone.hears_text("2 von")
    await someone.edit(said, "2")
    await someone.hears_text("Ich habe Ihre letzte Antwort geändert: Ja, einmal.")
    assert Edited("2") in bot.host.acts


async def test_what_was_read_gets_a_receipt(bot: Bot, someone: Citizen) -> None:
    await someone.hears_text("1. Ja, mehrmals")
    said = await someone.say("3")
    await someone.until(lambda: said in someone.receipts)


async def test_typing_is_shown(bot: Bot, someone: Citizen) -> None:
    await someone.hears_text("1. Ja, mehrmals")
    await bot.adapter.typing(bot.host.addresses[0])
    await someone.until(lambda: someone.typing > 0)


# -- files and places


async def test_photo_voice_file_and_place_arrive_decrypted(bot: Bot, someone: Citizen) -> None:
    bot.host.deaf = True
    voice = {"org.matrix.msc3245.voice": {}}
    await someone.send_file("m.image", "halt.jpg", "image/jpeg", b"JPEG of a stop")
    await someone.send_file("m.audio", "voice.ogg", "audio/ogg", b"Ogg of a voice", **voice)
    await someone.send_file("m.file", "plan.pdf", "application/pdf", b"%PDF of a plan", filename="plan.pdf")
    await someone.send("m.room.message", {"msgtype": "m.location", "body": "hier", "geo_uri": "geo:51.05,13.74;u=12"})
    acts = (await bot.host.takes(5))[-4:]
    kinds = [(act.kind, act.mime, act.size) for act in acts if isinstance(act, MediaSent)]
    assert kinds == [
        (MediaKind.PHOTO, "image/jpeg", 14),
        (MediaKind.VOICE, "audio/ogg", 14),
        (MediaKind.FILE, "application/pdf", 14),
    ]
    assert acts[-1] == Placed(51.05, 13.74, 12.0)
    assert bot.host.files == [b"JPEG of a stop", b"Ogg of a voice", b"%PDF of a plan"]


async def test_a_file_that_is_too_large_is_refused(bot: Bot, someone: Citizen) -> None:
    bot.host.deaf = True
    address = await someone.upload(b"x" * 1_000_001)
    server, _, media = address.removeprefix("mxc://").partition("/")
    with pytest.raises(Rejected, match="larger than allowed"):
        await bot.adapter.fetch(Located(server, media).ref(), 1_000_000)


async def test_pictures_and_documents_leave_encrypted(bot: Bot, someone: Citizen) -> None:
    await someone.hears_poll()
    picture = File("halt.png", "image/png", b"PNG of a stop")
    bot.host.pictures["halt.png"] = picture
    document = Document("meine-daten.txt", "text/plain", b"everything")
    part = Part("Bitte sehr.", pictures=(Picture("f", "halt.png", "Die Haltestelle"),), document=document)
    await bot.adapter.deliver(bot.host.addresses[0], Post(part, "one"))
    shown, said, given = await someone.hears(3)
    assert (shown["content"]["msgtype"], shown["content"]["body"]) == ("m.image", "Die Haltestelle")
    assert said["content"]["body"] == "Bitte sehr."
    assert given["content"]["filename"] == "meine-daten.txt"
    for event, plain in ((shown, picture.data), (given, document.data)):
        stored = await someone.download(event["content"]["file"]["url"])
        assert plain not in stored
        keys = event["content"]["file"]
        assert decrypted(stored, keys) == plain


def decrypted(stored: bytes, keys: dict[str, object]) -> bytes:
    from nio.crypto import decrypt_attachment

    return bytes(decrypt_attachment(stored, keys["key"]["k"], keys["hashes"]["sha256"], keys["iv"]))  # type: ignore[index]


# -- sending once


async def test_what_is_sent_again_under_its_name_appears_once(make_settings: Make, synapse: Synapse) -> None:
    """The answer to a send is lost; it is sent again, also by the next process."""
    settings = make_settings()
    async with line_to(synapse.url) as line:
        through = MatrixSettings(
            line.url, settings.user, settings.password, settings.store, settings.key, unencrypted=Unencrypted.OFFER
        )
        host = Host()
        async with up(through, host, synapse) as bot, citizen(synapse, bot.user) as person:
            await person.open_chat()
            await person.hears_poll()
            lost = [2]

            def fault(request: object) -> Trouble | None:
                if "/send/" in str(getattr(request, "path", "")) and lost[0]:
                    lost[0] -= 1
                    return Trouble(passes=True)
                return None

            line.fault = fault
            await bot.adapter.deliver(host.addresses[0], Post(Part("Nur einmal."), "reply-7"))
            line.fault = lambda request: None
        async with up(through, host, synapse) as again:
            await again.adapter.deliver(host.addresses[0], Post(Part("Nur einmal."), "reply-7"))
            await again.adapter.deliver(host.addresses[0], Post(Part("Und weiter."), "reply-8"))
            said: list[str] = []
            while "Und weiter." not in said:
                said += [event["content"].get("body", "") for event in await person.hears()]
            assert said.count("Nur einmal.") == 1
    assert lost == [0]


async def test_a_429_is_waited_out_and_then_the_message_goes(make_settings: Make, synapse: Synapse) -> None:
    settings = make_settings()
    async with line_to(synapse.url) as line:
        through = MatrixSettings(line.url, settings.user, settings.password, settings.store, settings.key)
        host = Host()
        async with up(through, host, synapse) as bot, citizen(synapse, bot.user) as person:
            await person.open_chat()
            await person.hears_text("1. Ja, mehrmals")
            refused = [1]
            limit = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too many", "retry_after_ms": 300}

            def once(request: object) -> Trouble | None:
                if "/send/" in str(getattr(request, "path", "")) and refused[0]:
                    refused[0] -= 1
                    return Trouble(429, limit)
                return None

            line.fault = once
            await bot.adapter.deliver(host.addresses[0], Post(Part("Danach."), "later"))
            await person.hears_text("Danach.")
            line.fault = lambda request: Trouble(429, {**limit, "retry_after_ms": 600_000})
            with pytest.raises(Busy) as busy:
                await bot.adapter.deliver(host.addresses[0], Post(Part("Nie."), "never"))
            assert busy.value.retry_after > 60


# -- rooms


async def test_a_group_is_refused_politely_and_nothing_of_it_is_kept(bot: Bot) -> None:
    async with citizen(bot.synapse, bot.user) as person, citizen(bot.synapse, bot.user) as other:
        await person.open_chat(others=(other.user,))
        await person.hears_text("nur unter vier Augen")
        await person.until(lambda: person.members.get(bot.user) == "leave")
        assert bot.host.acts == []
        assert list(bot.adapter.store_counts().values()).count(0) >= 2


async def test_an_invitation_to_a_named_group_is_declined_with_a_word(bot: Bot) -> None:
    async with citizen(bot.synapse, bot.user) as person:
        await person.open_chat(name="Stammtisch")
        await person.until(lambda: person.members.get(bot.user) == "leave")
        events = [event for event in await person.history() if event.get("state_key") == bot.user]
        assert "vier Augen" in events[0]["content"]["reason"]


async def test_a_chat_that_becomes_a_group_is_left(bot: Bot, someone: Citizen) -> None:
    await someone.hears_text("1. Ja, mehrmals")
    third, _ = bot.synapse.register("third")
    await someone.client.room_invite(someone.room, third)
    await someone.until(lambda: someone.members.get(bot.user) == "leave")
    with pytest.raises(GoneError):
        await bot.adapter.deliver(bot.host.addresses[0], Post(Part("x")))


async def test_who_leaves_ends_the_conversation_and_is_forgotten(bot: Bot, someone: Citizen) -> None:
    await someone.hears_text("1. Ja, mehrmals")
    await someone.client.room_leave(someone.room)
    assert (await bot.host.takes(2))[-1] == Gone()
    assert bot.adapter.store_counts()["person"] == 0
    with pytest.raises(GoneError):
        await bot.adapter.deliver(bot.host.addresses[0], Post(Part("x")))


async def test_in_an_unencrypted_chat_an_encrypted_one_is_offered_and_the_talk_goes_on(bot: Bot) -> None:
    async with citizen(bot.synapse, bot.user) as person:
        await person.open_chat(encrypted=False)
        await person.hears_text("nicht verschlüsselt")
        await person.until(lambda: person.invited)
        await person.say("3")
        await person.hears_text("2 von")
        await person.client.join(person.invited[0])
        person.room = person.invited[0]
        await person.say("zurück")
        await person.hears_text("1. Ja, mehrmals")
        assert "m.room.message" not in await plain_messages(person)


async def test_where_it_is_set_so_nothing_is_taken_in_an_unencrypted_chat(
    make_settings: Make, synapse: Synapse
) -> None:
    host = Host()
    async with up(make_settings(Unencrypted.REFUSE), host, synapse) as bot, citizen(synapse, bot.user) as person:
        await person.open_chat(encrypted=False)
        await person.hears_text("nehme ich hier nichts entgegen")
        await person.say("Das soll niemand lesen.")
        await person.until(lambda: person.invited)
        await person.client.join(person.invited[0])
        person.room = person.invited[0]
        await person.say("start")
        await person.hears_text("1. Ja, mehrmals")
        assert Said("Das soll niemand lesen.") not in host.acts


# -- restarts, gaps, keys


async def test_after_a_restart_the_same_device_goes_on_where_it_was_and_repeats_nothing(
    make_settings: Make, synapse: Synapse
) -> None:
    settings, host = make_settings(), Host()
    async with up(settings, host, synapse) as bot, citizen(synapse, bot.user) as person:
        await person.open_chat()
        await person.hears_text("1. Ja, mehrmals")
        device = bot.adapter.device
        await bot.stop()
        await person.say("3")  # said while the bot was away
        before = len(host.acts)
        async with up(settings, host, synapse) as again:
            await person.hears_text("2 von")
            assert again.adapter.device == device
            assert host.acts[before:] == [Said("3")]
            await person.say("1")
            await person.hears_text("3 von")


async def test_a_fresh_device_skips_what_was_said_before(make_settings: Make, synapse: Synapse) -> None:
    settings, host = make_settings(), Host()
    async with up(settings, host, synapse) as bot, citizen(synapse, bot.user) as person:
        await person.open_chat(encrypted=False)
        await person.hears_text("1. Ja, mehrmals")
        await person.say("3")
        await person.hears_text("2 von")
        await bot.stop()
        before = len(host.acts)
        settings.store.unlink()
        settings.store.touch()
        async with up(settings, host, synapse):
            await person.say("zurück")
            await person.hears_text("1 von")
            assert host.acts[before:] == [Said("zurück")]


@pytest.mark.long
async def test_more_messages_than_one_sync_carries_are_all_read(make_settings: Make, synapse: Synapse) -> None:
    settings, host = make_settings(), Host(deaf=True)
    async with up(settings, host, synapse) as bot, citizen(synapse, bot.user) as person:
        await person.open_chat()
        await host.takes(1)
        await bot.stop()
        for number in range(60):
            await person.say(f"Nummer {number}")
        async with up(settings, host, synapse):
            await host.takes(61)
        assert host.acts[1:] == [Said(f"Nummer {number}") for number in range(60)]


async def test_a_message_without_its_key_gets_one_helpful_word(make_settings: Make, synapse: Synapse) -> None:
    hasty = up(make_settings(), Host(), synapse, clock=lambda: time.monotonic() * 8)
    async with hasty as bot, citizen(synapse, bot.user) as someone:
        await someone.open_chat()
        await hear_no_more_than_one_word(bot, someone)


async def hear_no_more_than_one_word(bot: Bot, someone: Citizen) -> None:
    await someone.hears_text("1. Ja, mehrmals")
    await someone.client.joined_members(someone.room)
    assert someone.client.olm is not None
    someone.client.olm.create_outbound_group_session(someone.room)
    someone.client.olm.outbound_group_sessions[someone.room].shared = True  # it is not
    await someone.say("Das liest niemand.")
    await someone.say("Und das auch nicht.")
    await someone.hears_text("nicht entschlüsseln")
    someone.client.olm.outbound_group_sessions.pop(someone.room)
    await someone.say("3")
    await someone.hears_text("2 von")
    assert [act for act in bot.host.acts if isinstance(act, Unreadable)] == [Unreadable(encrypted=True)]


async def test_a_message_whose_key_comes_late_is_read(bot: Bot, someone: Citizen) -> None:
    await someone.hears_text("1. Ja, mehrmals")
    await someone.client.joined_members(someone.room)
    olm = someone.client.olm
    assert olm is not None
    await bot.host.takes(1)
    await someone.client.keys_claim(someone.client.get_missing_sessions(someone.room))
    users = list(someone.client.rooms[someone.room].users)
    ((_, messages),) = olm.share_group_session_parallel(someone.room, users, ignore_unverified_devices=True)
    olm.outbound_group_sessions[someone.room].shared = True
    await someone.say("3")
    await someone.until(lambda: bot.adapter.is_waiting)
    path = "/sendToDevice/m.room.encrypted/late"
    await asyncio.to_thread(synapse_put, someone, path, messages)
    await someone.hears_text("2 von")
    assert Unreadable(encrypted=True) not in bot.host.acts


async def test_words_that_the_server_puts_into_an_encrypted_chat_are_no_answer(bot: Bot, someone: Citizen) -> None:
    await someone.hears_text("1. Ja, mehrmals")
    path = f"/rooms/{someone.room}/send/m.room.message/forged"
    body = {"msgtype": "m.text", "body": "3"}
    await asyncio.to_thread(synapse_put, someone, path, body)
    await someone.hears_text("nicht entschlüsseln")
    assert Said("3") not in bot.host.acts


def synapse_put(person: Citizen, path: str, body: dict[str, object]) -> None:
    person.synapse.call(person.client.access_token, "PUT", path, body)


async def test_a_changed_cross_signing_key_is_an_operators_event(bot: Bot, someone: Citizen) -> None:
    await someone.hears_text("1. Ja, mehrmals")
    await someone.cross_sign(b"1" * 32)
    await someone.say("hilfe")
    await someone.hears_text("1. Ja, mehrmals")
    assert bot.host.events == []
    await someone.cross_sign(b"2" * 32)
    await someone.until(lambda: bot.host.events == ["key_changed"])


async def test_a_device_beside_ours_is_an_operators_event_and_gets_no_key_from_us(bot: Bot, someone: Citizen) -> None:
    """Somebody who knows the password logs in beside the bot."""
    await someone.hears_text("1. Ja, mehrmals")
    assert bot.host.events == []
    async with beside(bot) as intruder:
        await someone.until(lambda: "foreign_device" in bot.host.events)
        assert bot.adapter._live is not None
        assert bot.adapter._live.client.olm is not None
        bot.adapter._live.client.olm.outbound_group_sessions.clear()  # the next words are under a new key
        await someone.say("hilfe")
        await someone.hears_text("1. Ja, mehrmals")
        await asks_for_every_key(intruder.access_token, bot, someone, intruder.device_id)
        await someone.say("hilfe")
        await someone.hears_text("1. Ja, mehrmals")
        await intruder.sync(timeout=0)
        assert intruder.olm is not None
        assert ours(intruder, someone, bot) == []
        assert ours(someone.client, someone, bot) != []


async def test_who_asks_for_the_key_of_a_chat_gets_none(bot: Bot, someone: Citizen) -> None:
    await someone.hears_text("1. Ja, mehrmals")
    async with citizen(bot.synapse, bot.user) as thief:
        await asks_for_every_key(thief.client.access_token, bot, someone, thief.client.device_id or "")
        await asks_for_every_key(thief.client.access_token, bot, someone, "UNHEARD OF")
        await someone.say("hilfe")
        await someone.hears_text("1. Ja, mehrmals")
        response = await thief.client.sync(timeout=0)
        assert response.to_device_events == []
        assert ours(thief.client, someone, bot) == []


@contextlib.asynccontextmanager
async def beside(bot: Bot) -> AsyncIterator[AsyncClient]:
    """Another device of the bot's own account."""
    config = AsyncClientConfig(store=SqliteMemoryStore, encryption_enabled=True)
    client = AsyncClient(bot.synapse.url, bot.user, config=config)
    try:
        await client.login(bot.settings.password.reveal())
        await client.keys_upload()
        await client.sync(timeout=0)
        yield client
    finally:
        await client.close()


def ours(client: AsyncClient, someone: Citizen, bot: Bot) -> list[str]:
    """Sessions of the bot in the citizen's chat that this client can open."""
    assert client.olm is not None
    assert someone.client.olm is not None
    (device,) = (each for each in someone.client.device_store.devices(bot.user) if each == bot.adapter.device)
    key = someone.client.device_store[bot.user][device].curve25519
    store = client.olm.inbound_group_store._entries
    return list(store.get(someone.room, {}).get(key, {}))


async def asks_for_every_key(token: str, bot: Bot, someone: Citizen, device: str) -> None:
    """To the bot's device, as clients ask their own."""
    sender_key = someone.client.device_store[bot.user][bot.adapter.device].curve25519
    for session in ours(someone.client, someone, bot):
        body = {
            "algorithm": "m.megolm.v1.aes-sha2",
            "room_id": someone.room,
            "sender_key": sender_key,
            "session_id": session,
        }
        request = {
            "action": "request",
            "body": body,
            "request_id": f"{session[:8]} {device}",
            "requesting_device_id": device,
        }
        messages = {"messages": {bot.user: {bot.adapter.device: request}}}
        path = f"/sendToDevice/m.room_key_request/{uuid4().hex}"
        await asyncio.to_thread(bot.synapse.call, token, "PUT", path, messages)


# -- a strict client


async def test_a_strict_client_reads_the_bot_and_is_read_by_it(bot: Bot) -> None:
    """matrix-js-sdk with Rust crypto, which gives nothing to a device that its owner did not sign (MSC4153)."""
    if not strict_client.is_installed():
        missing("the strict client (make .venv-synapse)")
    async with strict_client.strict(bot.synapse, bot.user, "3") as person:
        said = await person.hears("Hier fragt Musterstadt")
        assert (said["wire"], said["shield"]) == ("m.room.encrypted", 0), "no warning is shown beside the bot's words"
        await person.hears("2 von")
