"""Open chats: what is kept, for how long, and how much of it."""

from __future__ import annotations

import json

import pytest

from adapters.base import Post, Replace
from adapters.web import settings
from adapters.web.chats import Chat, Chats, Cursor, NoRoom, Token
from adapters.web.codec import Hello
from dialogs.events import MessageRef
from dialogs.messages import Part


def heard(cursor: Cursor) -> list[object]:
    frames = [json.loads(frame) for frame in cursor.frames()]
    return [frame.get("n") if frame["t"] in ("post", "replace") else frame["t"] for frame in frames]


def test_numbers_grow_and_refs_name_the_ring() -> None:
    chat = Chat(0.0)
    first, second = chat.say(Post(Part("a"))), chat.say(Post(Part("b")))
    assert (first, second) == (f"{chat.name}.1", f"{chat.name}.2")
    assert chat.say(Replace(Part("c"), first)) == first
    assert chat.last == 3


def test_a_newcomer_is_not_told_what_another_tab_heard() -> None:
    chat = Chat(0.0)
    chat.say(Post(Part("before")))
    cursor = Cursor(chat, Hello())
    assert heard(cursor) == ["welcome"]
    chat.say(Post(Part("after")))
    assert heard(cursor) == [2]


def test_who_comes_back_is_told_the_rest_and_nothing_twice() -> None:
    chat = Chat(0.0)
    for text in "abcd":
        chat.say(Post(Part(text)))
    cursor = Cursor(chat, Hello(chat.name, 2))
    assert heard(cursor) == ["welcome", 3, 4]
    assert heard(cursor) == []


def test_a_client_of_an_older_ring_begins_anew() -> None:
    chat = Chat(0.0)
    chat.say(Post(Part("a")))
    assert not chat.knows("another-ring", 1)
    assert heard(Cursor(chat, Hello("another-ring", 1))) == ["welcome"]


def test_a_client_that_claims_to_have_seen_more_than_there_was_begins_anew() -> None:
    chat = Chat(0.0)
    assert not chat.knows(chat.name, 1)


def test_a_slow_client_that_lost_the_thread_is_told_so() -> None:
    chat = Chat(0.0)
    cursor = Cursor(chat, Hello())
    assert heard(cursor) == ["welcome"]
    for _ in range(settings.RING_FRAMES + 1):
        chat.say(Post(Part("x")))
    assert heard(cursor) == ["welcome"]


def test_the_ring_is_bounded_in_bytes_and_keeps_the_newest() -> None:
    chat = Chat(0.0)
    for _ in range(10):
        chat.say(Post(Part("x" * (settings.RING_BYTES // 3))))
    assert sum(len(one.data) for one in chat.unseen(0)) <= settings.RING_BYTES
    chat.say(Post(Part("x" * settings.RING_BYTES * 2)))
    assert [one.number for one in chat.unseen(0)] == [11]


def test_an_idle_chat_is_forgotten_and_a_connected_one_is_not() -> None:
    chats = Chats()
    chats.open(Token("idle"), 0.0)
    chats.open(Token("busy"), 0.0).connections = 1
    chats.sweep(settings.CHAT_IDLE)
    assert len(chats) == 2
    chats.sweep(settings.CHAT_IDLE + 1)
    assert chats.find(Token("idle")) is None
    assert chats.find(Token("busy")) is not None


def test_when_there_is_no_room_the_longest_unused_chat_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "OPEN_CHATS", 2)
    chats = Chats()
    for now, name in enumerate(("first", "second", "first", "third")):
        chats.open(Token(name), float(now))
    assert chats.find(Token("second")) is None
    for name in ("first", "third"):
        found = chats.find(Token(name))
        assert found is not None
        found.connections = 1
    with pytest.raises(NoRoom):
        chats.open(Token("fourth"), 9.0)


def test_a_message_of_an_older_ring_can_still_be_replaced() -> None:
    chat = Chat(0.0)
    chat.say(Replace(Part("settled"), MessageRef("older-ring.4")))
    [frame] = [json.loads(one.data) for one in chat.unseen(0)]
    assert frame["ref"] == "older-ring.4"
