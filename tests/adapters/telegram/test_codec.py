"""Payloads to acts, parts to calls: tables, and anything at all."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Post, Replace
from adapters.telegram.codec import Call, Decoded, Elsewhere, Nothing, Upload, decode, encode
from adapters.telegram.emulator.entities import parse_html
from adapters.telegram.text import TEXT_LIMIT, width
from adapters.telegram.updates import SERVICE
from dialogs.events import (
    TEXT_LIMIT as READ_LIMIT,
)
from dialogs.events import (
    Act,
    Edited,
    Gone,
    MediaKind,
    MediaRef,
    MediaSent,
    MessageRef,
    Placed,
    Pressed,
    Said,
    Started,
    Unreadable,
)
from dialogs.messages import Action, Button, Document, Part

PRIVATE = {"id": 77, "type": "private", "first_name": "Ada"}
GROUP = {"id": -100, "type": "supergroup", "title": "X"}
ADA = {"id": 77, "is_bot": False, "first_name": "Ada", "language_code": "de"}
FILE = {"file_id": "F", "file_unique_id": "u", "file_size": 9}


def message(chat: dict[str, Any] = PRIVATE, **fields: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": 1, "chat": chat, "from": ADA, **fields}


def update(**fields: Any) -> bytes:
    return json.dumps({"update_id": 900, **fields}).encode()


def act_of(**fields: Any) -> Act:
    decoded = decode(update(message=message(**fields)))
    assert isinstance(decoded, Decoded)
    assert (decoded.chat, decoded.mark, decoded.language_hint) == ("77", "900", "de")
    return decoded.act


@pytest.mark.parametrize(
    ("fields", "act"),
    [
        ({"text": "Ja"}, Said("Ja")),
        ({"text": ""}, Said("")),
        ({"text": "/start"}, Started()),
        ({"text": "/start shuttle-2026"}, Started("shuttle-2026")),
        ({"text": "/START@zuruf_bot  shuttle "}, Started("shuttle")),
        ({"text": "/start " + "x" * 500}, Started("x" * 64)),
        ({"text": "/startling"}, Said("/startling")),
        ({"text": "/hilfe@zuruf_bot"}, Said("/hilfe")),
        ({"text": "/change@zuruf_bot 3"}, Said("/change 3")),
        ({"text": "/ was?"}, Said("/ was?")),
        ({"text": "x" * 100_000}, Said("x" * (READ_LIMIT + 1))),
        ({"text": "\u202eabc\x00\u200b"}, Said("\u202eabc\x00\u200b")),
        ({"location": {"latitude": 50.1, "longitude": 8.6, "horizontal_accuracy": 9}}, Placed(50.1, 8.6, 9.0)),
        ({"location": {"latitude": 50, "longitude": 8, "live_period": 900}}, Placed(50.0, 8.0)),
        ({"location": {"latitude": 91, "longitude": 8}}, Unreadable()),
        (
            {"venue": {"location": {"latitude": 1, "longitude": 2}, "title": "t", "address": "a"}},
            Placed(1.0, 2.0),
        ),
        ({"voice": {**FILE, "mime_type": "audio/ogg"}}, MediaSent(MediaKind.VOICE, MediaRef("F"), "audio/ogg", 9)),
        ({"audio": FILE}, MediaSent(MediaKind.VOICE, MediaRef("F"), "", 9)),
        ({"video": FILE, "caption": "c"}, MediaSent(MediaKind.VIDEO, MediaRef("F"), "", 9, "c")),
        ({"video_note": FILE}, MediaSent(MediaKind.VIDEO, MediaRef("F"), "", 9)),
        ({"animation": FILE, "document": FILE}, MediaSent(MediaKind.VIDEO, MediaRef("F"), "", 9)),
        ({"sticker": FILE}, MediaSent(MediaKind.STICKER, MediaRef("F"), "", 9)),
        (
            {"document": {**FILE, "mime_type": "application/pdf"}},
            MediaSent(MediaKind.FILE, MediaRef("F"), "application/pdf", 9),
        ),
        (
            {"document": {**FILE, "mime_type": "image/png"}},
            MediaSent(MediaKind.PHOTO, MediaRef("F"), "image/png", 9),
        ),
        ({"contact": {"phone_number": "1", "first_name": "x"}}, Unreadable()),
        ({"dice": {"emoji": "🎲", "value": 1}}, Unreadable()),
        ({"poll": {"id": "1", "question": "?"}}, Unreadable()),
        ({"game": {}}, Unreadable()),
        ({"story": {}}, Unreadable()),
        ({"checklist": {}}, Unreadable()),
        ({"something_telegram_invents_tomorrow": {}}, Unreadable()),
    ],
)
def test_a_message_means_an_act(fields: dict[str, Any], act: Act) -> None:
    assert act_of(**fields) == act


def test_of_a_photo_the_largest_size_counts() -> None:
    sizes = [
        {"file_id": name, "file_unique_id": name, "width": side, "height": side, "file_size": side}
        for name, side in [("m", 320), ("l", 1280), ("s", 90)]
    ]
    assert act_of(photo=sizes, caption="Loch") == MediaSent(MediaKind.PHOTO, MediaRef("l"), "image/jpeg", 1280, "Loch")


@pytest.mark.parametrize("kind", sorted(SERVICE))
def test_what_telegram_says_itself_is_nobodys_act(kind: str) -> None:
    assert decode(update(message=message(**{kind: True}))) == Nothing()


@pytest.mark.parametrize(
    "kind",
    [
        "channel_post", "edited_channel_post", "business_connection", "business_message", "edited_business_message",
        "deleted_business_messages", "guest_message", "message_reaction", "message_reaction_count", "inline_query",
        "chosen_inline_result", "shipping_query", "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer",
        "chat_member", "chat_join_request", "chat_boost", "removed_chat_boost", "managed_bot", "subscription",
        "stopped_message_generation", "of_tomorrow",
    ],
)  # fmt: skip
def test_other_updates_are_ignored_on_purpose(kind: str) -> None:
    assert decode(update(**{kind: message(text="x")})) == Nothing()


def test_every_update_type_that_aiogram_knows_is_decided_upon(schema: object) -> None:
    from aiogram.types import Update

    listed = test_other_updates_are_ignored_on_purpose.pytestmark[0].args[1]  # type: ignore[attr-defined]
    read = {"message", "edited_message", "callback_query", "my_chat_member"}
    assert set(Update.model_fields) - {"update_id"} <= {*listed, *read}


def test_an_edit_is_an_edit() -> None:
    assert decode(update(edited_message=message(text="neu"))) == Decoded("77", Edited("neu"), "900", "de")
    photo = [{"file_id": "F", "file_unique_id": "u", "width": 1, "height": 1}]
    captioned = update(edited_message=message(photo=photo, caption="neu"))
    assert decode(captioned) == Decoded("77", Edited("neu"), "900", "de")


def test_a_live_location_that_moves_is_not_a_new_answer() -> None:
    moved = message(location={"latitude": 1, "longitude": 2, "live_period": 60})
    assert decode(update(edited_message=moved)) == Nothing()


def test_a_tap_names_its_button_and_message() -> None:
    query = {"id": "q1", "from": ADA, "chat_instance": "1", "data": "o.ab.1", "message": message(text="?")}
    decoded = decode(update(callback_query=query))
    assert decoded == Decoded("77", Pressed("o.ab.1", MessageRef("5")), "900", "de", "q1")


def test_a_tap_on_a_message_that_is_too_old_still_counts() -> None:
    gone = {"message_id": 5, "chat": PRIVATE, "date": 0}
    decoded = decode(update(callback_query={"id": "q", "from": ADA, "data": "x", "message": gone}))
    assert isinstance(decoded, Decoded)
    assert decoded.act == Pressed("x", MessageRef("5"))


def test_a_tap_without_a_message_only_ends_its_spinner() -> None:
    assert decode(update(callback_query={"id": "q", "from": ADA, "inline_message_id": "i"})) == Nothing("q")


@pytest.mark.parametrize(("status", "decoded"), [("kicked", Decoded("77", Gone(), "900")), ("member", Nothing())])
def test_blocking_is_an_act_and_unblocking_none(status: str, decoded: object) -> None:
    change = {"chat": PRIVATE, "from": ADA, "date": 1, "new_chat_member": {"status": status}}
    assert decode(update(my_chat_member=change)) == decoded


def test_groups_are_refused_and_greeted_only_when_they_invite() -> None:
    change = {"chat": GROUP, "from": ADA, "date": 1, "new_chat_member": {"status": "member"}}
    assert decode(update(my_chat_member=change)) == Elsewhere(-100, invited=True, language_hint="de")
    assert decode(update(message=message(GROUP, text="/start x"))) == Elsewhere(-100, False, "de")
    left = change | {"new_chat_member": {"status": "left"}}
    assert decode(update(my_chat_member=left)) == Nothing()


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    payload = update(message=message(text="SPLIT")).replace(b"SPLIT", b"ab\\ud83dcd")
    assert decode(payload) == Decoded("77", Said("ab?cd"), "900", "de", written=1.0)


def test_bytes_that_are_no_utf8_are_replaced() -> None:
    payload = update(message=message(text="SPLIT")).replace(b"SPLIT", b"ab\xffcd")
    assert decode(payload) == Decoded("77", Said("ab\ufffdcd"), "900", "de", written=1.0)


@pytest.mark.parametrize("payload", [b"", b"{", b"not json", b'{"update_id": 1', b"\xff\xfe"])
def test_what_is_no_json_is_said_to_be_none(payload: bytes) -> None:
    with pytest.raises(ValueError):
        decode(payload)


@pytest.mark.parametrize(
    "payload",
    [
        b"[]", b"null", b"1", b'"x"', b"{}", b'{"update_id":"x"}', b'{"update_id":1,"message":[]}',
        b'{"update_id":1,"message":{"chat":{"id":1e999,"type":"private"}}}', b"[" * 100_000 + b"]" * 100_000,
        b'{"update_id":1,"message":{"message_id":1,"chat":{"id":1,"type":"private"},"text":5}}',
    ],
)  # fmt: skip
def test_what_is_no_update_is_nothing(payload: bytes) -> None:
    assert decode(payload) == Nothing()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
_fields = st.sampled_from(
    ["text", "caption", "location", "venue", "photo", "voice", "audio", "video", "document", "sticker", "from", "chat"]
)


@given(st.dictionaries(_fields, json_values), st.sampled_from(["message", "edited_message", "callback_query", "x"]))
def test_no_payload_raises(fields: dict[str, Any], kind: str) -> None:
    base = {"message_id": 1, "date": 1, "chat": PRIVATE, "from": ADA, "id": "q", "data": "d", "message": message()}
    decoded = decode(json.dumps({"update_id": 1, kind: base | fields}).encode())
    assert isinstance(decoded, Decoded | Elsewhere | Nothing)


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_value_error(payload: bytes) -> None:
    with contextlib.suppress(ValueError):
        decode(payload)


# -- out


def calls(outgoing: Post | Replace) -> list[Call]:
    return [step for step in encode("77", outgoing) if isinstance(step, Call)]


texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12_000)


@given(st.text(max_size=300), texts)
def test_any_text_fits_is_shown_as_it_is_and_never_read_as_markup(title: str, text: str) -> None:
    part = Part(text, title=title, buttons=((Button(Action("a"), "A"),),))
    shown = []
    for call in calls(Post(part)):
        visible, entities = parse_html(str(call.params["text"]))
        assert width(visible) <= TEXT_LIMIT
        assert {entity["type"] for entity in entities} <= {"bold"}
        shown.append(visible)
    assert "".join("".join(shown).split()) == "".join((title + text).split())


@given(texts)
def test_only_the_last_message_has_the_buttons(text: str) -> None:
    part = Part("x" + text, buttons=((Button(Action("a"), "A"),),))
    made = calls(Post(part))
    assert ["reply_markup" in call.params for call in made] == [False] * (len(made) - 1) + [True]
    assert [call.anchor for call in made] == [False] * (len(made) - 1) + [True]


def test_a_short_question_is_one_call() -> None:
    rows = ((Button(Action("a"), "Ja", chosen=True), Button(Action("b"), "Nein")),)
    (call,) = calls(Post(Part("1 < 2 & 3", title="T", buttons=rows)))
    assert call.method == "sendMessage"
    assert call.params == {
        "chat_id": 77,
        "text": "<b>T</b>\n1 &lt; 2 &amp; 3",
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        "reply_markup": {
            "inline_keyboard": [[{"text": "✓ Ja", "callback_data": "a"}, {"text": "Nein", "callback_data": "b"}]]
        },
    }


def test_an_edit_that_grew_too_long_goes_on_in_new_messages() -> None:
    made = calls(Replace(Part("Wort " * 2000), MessageRef("12")))
    assert [call.method for call in made] == ["editMessageText", "sendMessage", "sendMessage"]
    assert made[0].params["message_id"] == 12


def test_an_edit_without_buttons_takes_them_away() -> None:
    (call,) = calls(Replace(Part("fertig"), MessageRef("12")))
    assert "reply_markup" not in call.params


def test_a_document_alone_carries_the_buttons() -> None:
    part = Part("", document=Document("a.txt", "text/plain", b"x"), buttons=((Button(Action("a"), "A"),),))
    (step,) = encode("77", Post(part))
    assert isinstance(step, Upload)
    assert step.buttons == {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}


@pytest.mark.parametrize("action", ["", "x" * 65, "ä"])
def test_an_action_that_telegram_would_refuse_is_a_defect(action: str) -> None:
    with pytest.raises(ValueError, match="action"):
        encode("77", Post(Part("x", buttons=((Button(Action(action), "A"),),))))
