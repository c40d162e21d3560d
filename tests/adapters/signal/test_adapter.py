"""Acts in, messages out, over a real listener and a real line."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import pytest

from adapters.base import Envelope, File, Identity, Key, Occasion, Post, Replace, Sign
from adapters.errors import Blocked, Busy, Gone, Rejected, Uncertain, Unreachable
from adapters.signal import doubts
from adapters.signal.emulator import (
    Captcha,
    Emulator,
    IoError,
    NetworkFailure,
    Refused,
    ResetAfter,
    ResetBefore,
    ServerError,
    Slow,
    TooMany,
)
from dialogs.events import (
    Edited,
    MediaKind,
    MediaRef,
    MediaSent,
    MessageRef,
    Reacted,
    Retracted,
    Said,
    Unreadable,
    Voted,
)
from dialogs.messages import Action, Button, Document, Language, Part, Picture, Poll
from privacy.addresses import Address

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def part(text: str = "Wie fahren Sie?", **fields: Any) -> Part:
    return Part(text, **fields)


def asked(*labels: str, multiple: bool = False, before: str = "") -> Part:
    options = tuple(Button(Action(f"o.{n}"), label) for n, label in enumerate(labels))
    listed = "\n".join(f"{n}. {label}" for n, label in enumerate(labels, 1))
    return Part(f"Wie?\n{listed}", poll=Poll("Wie?", options, multiple, before))


def reply(envelope: Envelope) -> Address:
    return envelope.person.address


async def greet(bot: Any, emulator: Emulator, **citizen: Any) -> tuple[Any, Address]:
    """A citizen who has said hello, and where to answer."""
    somebody = emulator.citizen(**citizen)
    somebody.says("hallo")
    taken = await bot.host.takes(len(bot.host.taken) + 1)
    return somebody, reply(taken[-1])


async def test_every_act_of_a_citizen_arrives(bot: Any, emulator: Emulator) -> None:
    ada, _ = await greet(bot, emulator)
    ada.sends_file(PNG, "image/png", text="mein Foto")
    ada.sends_file(b"\xff\xf1", "audio/aac")
    ada.sends_sticker()
    ada.sends_contact()
    ada.edits("doch anders")
    ada.deletes()
    taken = await bot.host.takes(7)
    assert [type(e.event) for e in taken] == [Said, MediaSent, MediaSent, MediaSent, Unreadable, Edited, Retracted]
    assert [e.event.kind for e in taken[1:4]] == [MediaKind.PHOTO, MediaKind.VOICE, MediaKind.STICKER]
    assert taken[1].event.caption == "mein Foto"
    assert len({e.mark for e in taken}) == 7


async def test_people_are_known_by_their_account_and_never_by_a_number(bot: Any, emulator: Emulator) -> None:
    hidden, there = await greet(bot, emulator)
    shown, here = await greet(bot, emulator, number="+4915112345678")
    assert (there.reveal(), here.reveal()) == (hidden.uuid, shown.uuid)
    shown.number = None
    shown.says("ohne Nummer")
    assert reply((await bot.host.takes(3))[2]) == here


async def test_what_nobody_said_is_not_answered(bot: Any, emulator: Emulator) -> None:
    ada, _ = await greet(bot, emulator)
    at = ada.sent[-1]
    ada.deliver({"receiptMessage": {"when": at, "isDelivery": True, "isRead": False, "isViewed": False}}, at + 1)
    ada.deliver({"typingMessage": {"action": "STARTED", "timestamp": at}}, at + 2)
    ada.deliver({"callMessage": {"offerMessage": {"id": 1, "type": "AUDIO_CALL", "opaque": ""}}}, at + 3)
    ada.deliver({"storyMessage": {"allowsReplies": True}}, at + 4)
    ada.deliver({"syncMessage": {"sentMessage": {"message": "an andere"}}}, at + 5)
    ada.says(None)
    ada.sets_timer(3600)
    ada.says("noch da?")
    assert [e.event for e in await bot.host.takes(2)] == [Said("hallo"), Said("noch da?")]


async def test_a_message_says_everything_at_once(bot: Any, emulator: Emulator) -> None:
    ada, address = await greet(bot, emulator)
    bot.host.pictures["bus.png"] = File("bus.png", "image/png", PNG)
    pictures = (Picture("f", "bus.png", "Ein Bus 🚌"), Picture("f", "missing.png", "fehlt"))
    document = Document('meine";daten\r\n.json', "application/json", b"{}")
    ref = await bot.adapter.deliver(
        address, Post(part("Kennen Sie *ihn*?", title="Teil <1>", pictures=pictures, document=document))
    )
    (shown,) = await ada.reads()
    assert shown.text == "(Ein Bus 🚌)\nTeil <1>\nKennen Sie *ihn*?"
    assert shown.styled == (("BOLD", "Teil <1>"),)
    assert shown.files == (("bus.png", "image/png", PNG), ("meinedaten.json", "application/json", b"{}"))
    assert ref == str(shown.timestamp)
    assert len(emulator.called("send")) == 1
    assert emulator.daemon.rejected == []


async def test_an_empty_message_is_not_sent(http: Any, emulator: Emulator) -> None:
    _, address = await greet(http, emulator)
    assert await http.adapter.deliver(address, Post(part(""))) is None
    assert emulator.called("send") == []


async def test_a_message_in_place_of_another_is_a_new_one(http: Any, emulator: Emulator) -> None:
    ada, address = await greet(http, emulator)
    await http.adapter.deliver(address, Replace(part("neu"), MessageRef("17")))
    assert (await ada.reads())[0].text == "neu"


# -- polls, signs


async def test_a_choice_is_asked_as_a_poll_and_its_vote_is_an_act(bot: Any, emulator: Emulator) -> None:
    ada, address = await greet(bot, emulator)
    ref = await bot.adapter.deliver(address, Post(asked("Bus", "Rad", "Zu Fuß", multiple=True)))
    (poll,) = await ada.reads()
    assert (poll.text, poll.options, poll.multiple) == ("Wie?", ("Bus", "Rad", "Zu Fuß"), True)
    ada.votes("Rad", "Zu Fuß")
    assert (await bot.host.takes(2))[1].event == Voted(("o.1", "o.2"), ref)
    ada.votes()
    assert (await bot.host.takes(3))[2].event == Voted((), ref)
    assert emulator.daemon.rejected == []


async def test_whoever_answers_a_poll_in_words_is_asked_by_numbers(http: Any, emulator: Emulator) -> None:
    ada, address = await greet(http, emulator)
    ada.polls = False
    await http.adapter.deliver(address, Post(asked("Bus", "Rad")))
    ada.says("?")
    await http.host.takes(2)
    await http.adapter.deliver(address, Post(asked("Bus", "Rad")))
    assert [m.text for m in await ada.reads(2)] == [
        "This message cannot be shown by your version of Signal.",
        "Wie?\n1. Bus\n2. Rad",
    ]


async def test_a_vote_in_a_poll_from_before_a_restart_is_read_as_numbers(
    start_bot: Any, emulator: Emulator, folder: Path
) -> None:
    async with start_bot(emulator, emulator.socket_url, folder) as first:
        ada, address = await greet(first, emulator)
        await first.adapter.deliver(address, Post(asked("Bus", "Rad", "Zu Fuß", multiple=True)))
    ada.votes("Bus", "Zu Fuß")
    async with start_bot(emulator, emulator.socket_url, folder) as second:
        assert (await second.host.takes(1))[0].event == Said("1 3")


async def test_a_vote_for_what_is_not_there_is_a_vote_for_nothing(http: Any, emulator: Emulator) -> None:
    ada, address = await greet(http, emulator)
    ref = await http.adapter.deliver(address, Post(asked("Bus", "Rad")))
    ada.says(None, pollVote={"targetSentTimestamp": int(ref), "optionIndexes": [7, -1, 0], "voteCount": 1})
    assert (await http.host.takes(2))[1].event == Voted(("o.0",), ref)


@pytest.mark.parametrize("version", ["0.13.19", "0.13.22"])
async def test_a_daemon_without_polls_is_asked_for_numbers(start_bot: Any, folder: Path, version: str) -> None:
    async with Emulator(version=version, data=folder) as emulator, start_bot(emulator, emulator.url, folder) as bot:
        ada, address = await greet(bot, emulator)
        await bot.adapter.deliver(address, Post(asked("Bus", "Rad")))
        assert (await ada.reads())[0].text == "Wie?\n1. Bus\n2. Rad"
        assert emulator.called("sendPollCreate") == []


async def test_a_poll_that_the_daemon_refuses_is_asked_by_numbers(http: Any, emulator: Emulator) -> None:
    ada, address = await greet(http, emulator)
    emulator.faults.add(Refused(-1, "Poll option exceeds the maximum length"), method="sendPollCreate")
    await http.adapter.deliver(address, Post(asked("Bus", "Rad")))
    await http.adapter.deliver(address, Post(asked("Bus", "Rad")))
    assert [bool(m.options) for m in await ada.reads(2)] == [False, True]


async def test_polls_can_be_switched_off(start_bot: Any, emulator: Emulator, folder: Path) -> None:
    async with start_bot(emulator, emulator.url, folder, polls=False) as bot:
        ada, address = await greet(bot, emulator)
        await bot.adapter.deliver(address, Post(asked("Bus", "Rad")))
        assert not (await ada.reads())[0].options


async def test_a_choice_that_takes_more_than_a_poll_says_it_by_numbers(http: Any, emulator: Emulator) -> None:
    ada, address = await greet(http, emulator)
    await http.adapter.deliver(address, Post(asked("Bus", "Rad", before="Lange Vorrede")))
    assert not (await ada.reads())[0].options


async def test_a_sign_names_the_message_it_is_on(bot: Any, emulator: Emulator) -> None:
    ada, address = await greet(bot, emulator)
    ref = await bot.adapter.deliver(address, Post(part("Einverstanden?")))
    await ada.reads()
    ada.reacts("👍")
    ada.reacts("👍", remove=True)
    ada.says("danach")
    taken = await bot.host.takes(3)
    assert [e.event for e in taken[1:]] == [Reacted("👍", ref), Said("danach")]


# -- timers


async def test_replies_disappear_as_the_citizen_set_it(bot: Any, emulator: Emulator) -> None:
    """The daemon keeps the timer with the contact and puts it on every message; we keep nothing."""
    ada, address = await greet(bot, emulator)
    ada.sets_timer(30)
    ada.says("bitte")
    await bot.host.takes(2)
    await bot.adapter.deliver(address, Post(part("gern")))
    await bot.adapter.deliver(address, Post(asked("Bus", "Rad")))
    assert [m.expires for m in await ada.reads(2)] == [30, 30]


# -- files


def stored(bot: Any) -> list[str]:
    folder = bot.data / "attachments"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


async def test_a_photo_is_read_in_its_turn_and_gone_from_the_disk_after_it(
    bot: Any, emulator: Emulator, until: Any
) -> None:
    ada, _ = await greet(bot, emulator)
    read: list[bytes] = []

    async def keep(envelope: Envelope) -> None:
        assert isinstance(envelope.event, MediaSent)
        read.append(await bot.adapter.fetch(envelope.event.media, limit=1000))

    bot.host.on_act = keep
    ada.sends_file(PNG, "image/png")
    await bot.host.takes(2)
    await until(lambda: not stored(bot))
    assert read == [PNG]


@pytest.mark.parametrize("kind", ["unasked", "group", "story"])
async def test_a_file_that_nobody_asked_for_is_gone_as_well(
    http: Any, emulator: Emulator, kind: str, until: Any
) -> None:
    ada, _ = await greet(http, emulator)
    name = emulator._keep_file(PNG, "png")
    attachment = {"contentType": "image/png", "id": name, "size": len(PNG)}
    match kind:
        case "unasked":
            ada.says("schau", attachments=[attachment])
        case "group":
            emulator.group(ada).says("schau", attachments=[attachment])
        case "story":
            ada.deliver({"storyMessage": {"allowsReplies": True, "fileAttachment": attachment}}, emulator._now())
    await until(lambda: not stored(http))


async def test_a_file_waits_while_its_turn_is_not_taken(http: Any, emulator: Emulator) -> None:
    ada, _ = await greet(http, emulator)
    http.host.refusals = 1
    read: list[bytes] = []

    async def keep(envelope: Envelope) -> None:
        read.append(await http.adapter.fetch(envelope.event.media, limit=1000))

    http.host.on_act = keep
    ada.sends_file(PNG, "image/png")
    await http.host.takes(2)
    assert read == [PNG]


async def test_without_the_folder_files_are_asked_from_the_daemon(start_bot: Any, folder: Path) -> None:
    async with Emulator() as emulator, start_bot(emulator, emulator.url, folder, data="") as bot:
        ada, _ = await greet(bot, emulator)
        ada.sends_file(PNG, "image/png")
        sent = (await bot.host.takes(2))[1].event
        assert await bot.adapter.fetch(sent.media, limit=len(PNG)) == PNG
        with pytest.raises(Rejected, match="larger"):
            await bot.adapter.fetch(sent.media, limit=8)
        with pytest.raises(Rejected):
            await bot.adapter.fetch(MediaRef("nowhere.png"), limit=1000)


async def test_a_file_beyond_the_limit_is_not_kept(http: Any, emulator: Emulator) -> None:
    name = emulator._keep_file(PNG * 100, "png")
    with pytest.raises(Rejected, match="larger"):
        await http.adapter.fetch(MediaRef(name), limit=1000)


@pytest.mark.parametrize("name", ["../account.db", "/etc/passwd", "..", "", "a/b", "a\\b", "a\0b"])
async def test_files_come_from_their_folder_only(http: Any, name: str) -> None:
    with pytest.raises(Rejected):
        await http.adapter.fetch(MediaRef(name), limit=10_000_000)


async def test_old_files_are_swept_at_the_start(start_bot: Any, emulator: Emulator, folder: Path, until: Any) -> None:
    old = []
    for place in ("attachments", "avatars", "stickers/pack"):
        (folder / place).mkdir(parents=True)
        old.append(folder / place / "x")
        old[-1].write_bytes(b"citizen")
        os.utime(old[-1], (time.time() - 7200,) * 2)
    young = folder / "attachments" / "y"
    young.write_bytes(b"of a turn under way")
    async with start_bot(emulator, emulator.url, folder):
        await until(lambda: not any(path.exists() for path in old))
    assert young.exists()


async def test_a_long_text_comes_whole(bot: Any, emulator: Emulator, until: Any) -> None:
    ada, _ = await greet(bot, emulator)
    text = "Der Bus fährt zu früh. " * 200
    ada.says(text)
    assert (await bot.host.takes(2))[1].event == Said(text)
    ada.says(text[:1000], attachments=[{"contentType": "text/x-signal-plain", "id": "gone.txt", "size": 9}])
    assert (await bot.host.takes(3))[2].event == Unreadable()
    await until(lambda: not stored(bot))


# -- groups


async def test_a_group_is_told_once_and_left(bot: Any, emulator: Emulator) -> None:
    group = emulator.group(emulator.citizen())
    group.invites()
    async with asyncio.timeout(5):
        await group.left.wait()
    group.says("rufbus")
    await greet(bot, emulator)
    assert len(group.texts) == 1
    assert "unter vier Augen" in group.texts[0]
    assert [e.event for e in bot.host.taken] == [Said("hallo")]


# -- trouble on the way


@pytest.mark.parametrize("fault", [ServerError(), NetworkFailure(), IoError(), ResetBefore(), ResetAfter()])
async def test_what_fails_on_the_way_is_tried_again(bot: Any, emulator: Emulator, fault: Any) -> None:
    ada, address = await greet(bot, emulator)
    emulator.faults.add(fault, times=1, method="send")
    assert await bot.adapter.deliver(address, Post(part("einmal")))
    processed = 2 if isinstance(fault, ResetAfter) else 1
    assert [m.text for m in await ada.reads(processed)] == ["einmal"] * processed


async def test_trying_again_ends(http: Any, emulator: Emulator) -> None:
    _, address = await greet(http, emulator)
    emulator.faults.add(ServerError(), times=1000, method="send")
    with pytest.raises(Unreachable):
        await http.adapter.deliver(address, Post(part()))
    assert len(emulator.called("send")) == 0
    assert http.host.signs[-1][0] is Sign.LOST


@pytest.mark.parametrize("fault", [NetworkFailure(), IoError()])
async def test_where_only_signal_is_out_of_reach_the_operator_is_not_sent_to_the_daemon(
    http: Any, emulator: Emulator, fault: Any
) -> None:
    _, address = await greet(http, emulator)
    emulator.faults.add(fault, method="send")
    await http.adapter.deliver(address, Post(part()))
    (hint,) = [hint for sign, hint in http.host.signs if sign is Sign.LOST]
    assert "does not reach Signal" in hint


async def test_who_is_no_longer_at_signal_is_gone_and_forgotten_by_the_daemon(
    bot: Any, emulator: Emulator, until: Any
) -> None:
    ada, address = await greet(bot, emulator)
    ada.registered = False
    with pytest.raises(Gone):
        await bot.adapter.deliver(address, Post(part()))
    await until(lambda: emulator.town.forgotten == [ada.uuid])
    emulator.faults.add(Refused(-1, f"The user {ada.uuid} is not registered."), method="send")
    ada.registered = True
    with pytest.raises(Gone) as caught:
        await bot.adapter.deliver(address, Post(part()))
    assert ada.uuid not in f"{caught.value!r}{caught.value.__context__!r}{caught.value.__cause__!r}"


async def test_a_new_safety_number_is_trusted_and_the_message_sent(
    bot: Any, emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    ada, address = await greet(bot, emulator)
    ada.changes_key()
    await bot.adapter.deliver(address, Post(part("trotzdem")))
    assert (await ada.reads())[0].text == "trotzdem"
    assert emulator.town.trusted == [ada.uuid]
    assert bot.host.notes == ["safety_number_changed"]
    said = capsys.readouterr()
    assert "safety_number_changed" in said.out + said.err
    assert ada.uuid not in said.out + said.err


async def test_a_message_under_a_new_safety_number_is_read_once_it_is_trusted(bot: Any, emulator: Emulator) -> None:
    ada, _ = await greet(bot, emulator)
    ada.changes_key()
    ada.says("von meinem neuen Telefon")
    assert (await bot.host.takes(2))[1].event == Said("von meinem neuen Telefon")
    assert ada.trusted


async def test_what_the_telephone_sends_once_more_is_read_and_nobody_is_asked_to(bot: Any, emulator: Emulator) -> None:
    ada, _ = await greet(bot, emulator)
    ada.is_unreadable()
    ada.says("ohne Schlüssel")
    ada.says("noch etwas")
    assert [one.event for one in (await bot.host.takes(3))[1:]] == [Said("ohne Schlüssel"), Said("noch etwas")]


async def test_typing_without_keys_is_nothing_once_something_can_be_read(
    bot: Any, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody sends it once more: a telephone does so with messages alone."""
    monkeypatch.setattr(doubts, "AGAIN_SECONDS", 0.2)
    ada, _ = await greet(bot, emulator)
    ada.is_unreadable(again=False)
    ada.deliver({"typingMessage": {"action": "STARTED"}}, 1_700_000_000_000)
    ada.says("da bin ich wieder")
    await bot.host.takes(2)
    ben = emulator.citizen()
    ben.is_unreadable(again=False)
    ben.says("verloren")  # when that is told, the doubt before it would have been
    assert [one.event for one in (await bot.host.takes(3))[1:]] == [
        Said("da bin ich wieder"),
        Unreadable(encrypted=True, perhaps=True),
    ]
    assert bot.host.taken[2].person.address.reveal() == ben.uuid


async def test_who_could_not_be_read_in_the_end_gets_a_word(
    bot: Any, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubts, "AGAIN_SECONDS", 0.0)
    ada, _ = await greet(bot, emulator)
    ada.is_unreadable(again=False)
    ada.says("verloren")
    assert (await bot.host.takes(2))[1].event == Unreadable(encrypted=True, perhaps=True)


async def test_nobody_is_kept_waiting_where_too_many_wait_or_the_channel_ends(
    start_bot: Any, emulator: Emulator, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubts, "MOST", 1)
    async with start_bot(emulator, emulator.socket_url, folder) as bot:
        for _ in range(2):
            ada = emulator.citizen()
            ada.is_unreadable(again=False)
            ada.says("verloren")
        assert (await bot.host.takes(1))[0].event == Unreadable(encrypted=True, perhaps=True)
    assert [one.event for one in bot.host.taken] == [Unreadable(encrypted=True, perhaps=True)] * 2


async def test_a_pause_is_kept_by_all_chats(http: Any, emulator: Emulator) -> None:
    chats = [await greet(http, emulator) for _ in range(5)]
    emulator.faults.add(TooMany(retry_after=0.3), method="send")
    await http.adapter.deliver(chats[0][1], Post(part("0")))
    emulator.faults.add(TooMany(retry_after=0.3), method="send")
    with pytest.raises(Busy):
        await http.adapter.deliver(chats[0][1], Post(part("News"), occasion=Occasion.PUSH))
    await asyncio.gather(*(http.adapter.deliver(a, Post(part(str(n)))) for n, (_, a) in enumerate(chats) if n))
    assert [(await c.reads())[0].text for c, _ in chats] == ["0", "1", "2", "3", "4"]
    assert emulator.daemon.early == []
    assert Sign.SLOW in [sign for sign, _ in http.host.signs]
    assert http.host.signs[-1][0] is Sign.WORKS


async def test_news_leave_the_last_of_the_ceiling_to_whoever_writes(
    start_bot: Any, emulator: Emulator, folder: Path
) -> None:
    async with start_bot(emulator, emulator.url, folder, ceiling=5) as bot:
        ada, address = await greet(bot, emulator)
        for number in range(3):
            await bot.adapter.push(address, Post(part(f"Nachricht {number}")))
        with pytest.raises(Busy) as caught:
            await bot.adapter.push(address, Post(part("zu viel")))
        assert caught.value.retry_after <= 300
        await bot.adapter.deliver(address, Post(part("Antwort")))
        assert [m.text for m in await ada.reads(4)] == ["Nachricht 0", "Nachricht 1", "Nachricht 2", "Antwort"]


@pytest.mark.parametrize(
    ("fault", "ends"), [(NetworkFailure(), Unreachable), (ResetAfter(), Uncertain), (TooMany(9), Busy)]
)
async def test_news_are_tried_once(bot: Any, emulator: Emulator, fault: Any, ends: type[Exception]) -> None:
    ada, address = await greet(bot, emulator)
    emulator.faults.add(fault, method="send")
    with pytest.raises(ends):
        await bot.adapter.push(address, Post(part("Nachricht")))
    assert len(emulator.called("send")) == 1
    ada.registered = False
    emulator.faults.clear()


@pytest.mark.parametrize("retry_after", [None, -5, 86_400])
async def test_a_long_pause_is_passed_on(http: Any, emulator: Emulator, retry_after: float | None) -> None:
    _, address = await greet(http, emulator)
    emulator.faults.add(TooMany(retry_after), method="send")
    with pytest.raises(Busy) as caught:
        await http.adapter.deliver(address, Post(part()))
    assert caught.value.retry_after > (86_000 if retry_after == 86_400 else 290)
    with pytest.raises(Busy):
        await http.adapter.deliver(address, Post(part()))
    assert len(emulator.called("send")) == 1


async def test_a_captcha_blocks_the_channel_and_tells_the_operator_what_to_do(http: Any, emulator: Emulator) -> None:
    ada, address = await greet(http, emulator)
    captcha = Captcha()
    emulator.faults.add(captcha, method="send")
    for _ in range(3):
        with pytest.raises(Blocked):
            await http.adapter.deliver(address, Post(part("geschuldet")))
    assert len(emulator.called("send")) == 1  # nothing more was tried
    sign, hint = http.host.signs[-1]
    assert sign is Sign.BLOCKED
    assert f"zuruf signal captcha {captcha.token}" in hint
    assert "captcha" in await http.adapter.check()
    emulator.cut()
    await http.host.until(lambda: http.host.signs[-1][0] is Sign.LOST)
    emulator.citizen().says("die Leitung steht wieder")
    await http.host.takes(2)
    assert http.host.signs[-1][0] is not Sign.WORKS, "the block stands"
    with pytest.raises(Busy):
        await http.adapter.solve(captcha.token, "nonsense")
    await http.adapter.solve(captcha.token, "signalcaptcha://solved")
    assert emulator.town.solved == [captcha.token]
    assert ada.unread() == 0


async def test_one_message_finds_out_that_a_captcha_was_solved(
    start_bot: Any, emulator: Emulator, folder: Path
) -> None:
    now = time.monotonic()
    async with start_bot(emulator, emulator.url, folder, clock=lambda: now) as bot:
        ada, address = await greet(bot, emulator)
        captcha = Captcha(retry_after=86_400)
        emulator.faults.add(captcha, method="send")
        for _ in range(2):
            with pytest.raises(Blocked):
                await bot.adapter.deliver(address, Post(part("geschuldet")))
        now += 301
        with pytest.raises(Blocked):
            await bot.adapter.deliver(address, Post(part("geschuldet")))
        assert len(emulator.called("send")) == 2
        await bot.adapter.solve(captcha.token, "signalcaptcha://solved")
        now += 301
        await bot.adapter.deliver(address, Post(part("geschuldet")))
        assert (await ada.reads())[0].text == "geschuldet"
        assert bot.host.signs[-1][0] is Sign.WORKS
        assert await bot.adapter.check() == ""


async def test_messages_of_a_chat_keep_their_order_through_faults(http: Any, emulator: Emulator) -> None:
    ada, address = await greet(http, emulator)
    emulator.faults.add(NetworkFailure(), times=2, method="send", share=0.5)
    await asyncio.gather(*(http.adapter.deliver(address, Post(part(str(n)))) for n in range(12)))
    assert [m.text for m in await ada.reads(12)] == [str(n) for n in range(12)]


@pytest.mark.long
async def test_a_daemon_that_takes_half_a_minute_is_waited_for(bot: Any, emulator: Emulator) -> None:
    ada, address = await greet(bot, emulator)
    emulator.faults.add(Slow(30), method="send")
    await bot.adapter.deliver(address, Post(part("einmal")))
    assert [m.text for m in await ada.reads(1)] == ["einmal"]
    assert ada.unread() == 0


async def test_typing_is_shown_and_never_fails(http: Any, emulator: Emulator) -> None:
    ada, address = await greet(http, emulator)
    await http.adapter.typing(address)
    emulator.faults.add(Refused(-1, "nonsense"), method="sendTyping")
    await http.adapter.typing(address)
    await http.adapter._errands.close()
    assert ada.typing == 1


# -- the account itself


async def test_the_profile_is_set_from_the_settings(start_bot: Any, emulator: Emulator, folder: Path) -> None:
    async with start_bot(emulator, emulator.url, folder, name="Musterstadt", picture="/srv/wappen.png") as bot:
        await bot.adapter.introduce([Language("de"), Language("en")])
    assert emulator.town.profile["givenName"] == "Musterstadt"
    assert emulator.town.profile["avatar"] == "/srv/wappen.png"
    assert 0 < len(emulator.town.profile["about"]) <= 140
    assert emulator.town.configuration["readReceipts"] is False
    assert emulator.daemon.rejected == []


async def test_the_account_shows_its_half_of_every_safety_number(http: Any, emulator: Emulator) -> None:
    identity = await http.adapter.identity()
    keys = ((Key.SIGNAL_SAFETY_NUMBER, emulator.town.safety_half),)
    assert identity == Identity(emulator.account, f"https://signal.me/#p/{emulator.account}", keys)


async def test_the_check_is_silent_when_all_is_well(bot: Any, emulator: Emulator) -> None:
    await greet(bot, emulator)
    assert await bot.adapter.check() == ""


async def test_the_check_says_what_to_do(start_bot: Any, emulator: Emulator, folder: Path) -> None:
    async with start_bot(emulator, emulator.url, folder / "nowhere") as bot:
        assert "ZURUF_SIGNAL_DATA" in await bot.adapter.check()
    async with Emulator(registered=False) as empty, start_bot(empty, empty.url, folder) as bot:
        assert "ZURUF_SIGNAL_ACCOUNT" in await bot.adapter.check()
        await bot.host.until(lambda: any(sign is Sign.BLOCKED for sign, _ in bot.host.signs))
    async with start_bot(emulator, emulator.url.replace("127.0.0.1", "127.0.0.2"), folder) as bot:
        assert await bot.adapter.check()


async def test_a_daemon_that_refuses_our_name_for_it_says_so(start_bot: Any, folder: Path) -> None:
    async with (
        Emulator(names=frozenset({"signal.example"})) as emulator,
        start_bot(emulator, emulator.url, folder) as bot,
    ):
        assert "ZURUF_SIGNAL_URL" in await bot.adapter.check()
