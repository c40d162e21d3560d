"""Envelopes to acts, parts to calls: pure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.base import File
from adapters.signal.codec import Decoded, Elsewhere, Nothing, Unopened, Vote, attached, decode, message, poll
from adapters.signal.text import styled, width, without_mentions
from dialogs.capabilities import SIGNAL
from dialogs.events import TEXT_LIMIT, Edited, MediaKind, MediaSent, Placed, Reacted, Retracted, Said, Unreadable
from dialogs.formatting import Style, parse
from dialogs.messages import Action, Button, Part, Poll, Say
from dialogs.rendering import render

UUID = "c1712e00-0000-4000-8000-00000000a1b2"
NUMBER = "+4915112345678"
CAPTURED = json.loads((Path(__file__).parent / "captured_envelopes.json").read_text("utf-8"))


def event(data: Any = None, **content: Any) -> bytes:
    envelope = {
        "source": NUMBER, "sourceNumber": NUMBER, "sourceUuid": UUID, "sourceName": "Ada", "sourceDevice": 2,
        "timestamp": 1700000000123, "serverReceivedTimestamp": 1700000000125, **content,
    }  # fmt: skip
    if data is not None:
        envelope["dataMessage"] = {"timestamp": 1700000000123, "message": None, "expiresInSeconds": 0, **data}
    return json.dumps({"account": "+4930", "envelope": envelope}).encode()


def act(data: Any = None, **content: Any) -> Any:
    decoded = decode(event(data, **content))
    assert isinstance(decoded, Decoded), decoded
    return decoded.act


def test_a_text_is_said() -> None:
    decoded = decode(event({"message": "Guten Tag 🚌"}))
    assert decoded == Decoded(UUID, Said("Guten Tag 🚌"), "1700000000123.2", 1700000000125)


def test_no_number_and_no_name_leaves_the_codec() -> None:
    data = {
        "message": "hallo \ufffc",
        "mentions": [{"name": NUMBER, "number": NUMBER, "uuid": UUID, "start": 6, "length": 1}],
        "quote": {"id": 1, "author": NUMBER, "authorNumber": NUMBER, "text": "geheim"},
    }
    shown = repr(decode(event(data)))
    assert NUMBER not in shown
    assert "Ada" not in shown
    assert "geheim" not in shown
    assert "hallo @…" in shown


@pytest.mark.parametrize("uuid", [None, "", NUMBER, "not-a-uuid", "c1712e00", UUID + "0"])
def test_whoever_has_no_account_id_is_nobody(uuid: str | None) -> None:
    assert decode(event({"message": "x"}, sourceUuid=uuid)) == Nothing()


def test_one_account_has_one_spelling() -> None:
    decoded = decode(event({"message": "x"}, sourceUuid=UUID.upper()))
    assert isinstance(decoded, Decoded)
    assert decoded.sender == UUID


@pytest.mark.parametrize(
    ("mime", "kind"),
    [
        ("image/jpeg", MediaKind.PHOTO),
        ("audio/aac", MediaKind.VOICE),
        ("audio/mp4", MediaKind.VOICE),
        ("video/mp4", MediaKind.VIDEO),
        ("application/pdf", MediaKind.FILE),
        (None, MediaKind.FILE),
    ],
)
def test_files_are_told_apart_by_their_type(mime: str | None, kind: MediaKind) -> None:
    data = {"message": "dazu", "attachments": [{"contentType": mime, "id": "ab_c-1.jpg", "size": 9}]}
    assert act(data) == MediaSent(kind, "ab_c-1.jpg", mime or "", 9, "dazu")


def test_of_several_files_the_first_counts_and_all_are_dropped() -> None:
    files = [{"contentType": "image/png", "id": f"{n}.png", "size": 1} for n in range(3)]
    decoded = decode(event({"attachments": files}))
    assert isinstance(decoded, Decoded)
    assert decoded.act == MediaSent(MediaKind.PHOTO, "0.png", "image/png", 1)
    assert decoded.files == ("0.png", "1.png", "2.png")


@pytest.mark.parametrize("name", ["../account.db", "/etc/passwd", "a/b", "..", ".hidden", "", "x" * 300])
def test_a_file_name_that_leads_elsewhere_is_none(name: str) -> None:
    decoded = decode(event({"attachments": [{"contentType": "image/png", "id": name, "size": 1}]}))
    assert isinstance(decoded, Decoded)
    assert decoded.act == MediaSent(MediaKind.PHOTO, "", "image/png", 1)
    assert decoded.files == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Marktplatz\nhttps://maps.google.com/maps?q=51.05%2C13.73", Placed(51.05, 13.73)),
        ("https://maps.google.com/maps?q=-33.8,151.2 ", Placed(-33.8, 151.2)),
        ("https://maps.google.com/maps?q=91.0%2C13.7", Said("https://maps.google.com/maps?q=91.0%2C13.7")),
        ("https://maps.google.com/maps?q=Rathaus", Said("https://maps.google.com/maps?q=Rathaus")),
        (
            "https://maps.google.com/maps?q=1.0,2.0 ist falsch",
            Said("https://maps.google.com/maps?q=1.0,2.0 ist falsch"),
        ),
    ],
)
def test_a_shared_place_is_a_place(text: str, expected: object) -> None:
    assert act({"message": text}) == expected


def test_the_map_beside_a_shared_place_is_dropped() -> None:
    link = "https://maps.google.com/maps?q=51.05%2C13.73"
    decoded = decode(event({"message": link, "attachments": [{"contentType": "image/jpeg", "id": "map.jpg"}]}))
    assert isinstance(decoded, Decoded)
    assert decoded.act == Placed(51.05, 13.73)
    assert decoded.files == ("map.jpg",)


def test_the_rest_of_what_people_do() -> None:
    assert act({"sticker": {"packId": "x", "stickerId": 1}}).kind is MediaKind.STICKER
    assert act({"reaction": {"emoji": "👍", "targetSentTimestamp": 7}}) == Reacted("👍", "7")
    assert act({"pollVote": {"targetSentTimestamp": 7, "optionIndexes": [2, 0]}}) == Vote("7", (2, 0))
    assert act({"remoteDelete": {"timestamp": 7}}) == Retracted()
    assert act({"contacts": [{"name": {}}]}) == Unreadable()
    assert act({"payment": {"note": "", "receipt": ""}}) == Unreadable()
    assert act({"pollCreate": {"question": "?", "options": ["a"]}}) == Unreadable()
    assert act({"message": ""}) == Said("")
    assert act(editMessage={"targetSentTimestamp": 7, "dataMessage": {"timestamp": 8, "message": "neu"}}) == Edited(
        "neu"
    )
    long = act({"message": "x" * (TEXT_LIMIT + 50)})
    assert len(long.text) == TEXT_LIMIT + 1


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"typingMessage": {"action": "STARTED"}},
        {"receiptMessage": {"isRead": True}},
        {"callMessage": {}},
        {"syncMessage": {"sentMessage": {"message": "x"}}},
        {"storyMessage": {"allowsReplies": True}},
        {"dataMessage": {"message": None}},
        {"dataMessage": {"message": "", "isExpirationUpdate": True}},
        {"dataMessage": {"message": "zur Story", "storyContext": {"authorUuid": UUID}}},
        {"dataMessage": {"reaction": {"emoji": "👍", "targetSentTimestamp": 7, "isRemove": True}}},
        {"dataMessage": {"pollTerminate": {"targetSentTimestamp": 7}}},
        {"dataMessage": {"pinMessage": {"targetSentTimestamp": 7}}},
        {"editMessage": {"targetSentTimestamp": 7}},
    ],
)
def test_what_nobody_said_to_us_is_nothing(content: Any) -> None:
    assert decode(event(**content)) == Nothing()


@pytest.mark.parametrize("field", ["groupInfo", "groupV2"])
def test_a_group_is_elsewhere_whatever_is_said_there(field: str) -> None:
    data = {"message": "geheim", field: {"groupId": "R3J1cHBl=="}, "attachments": [{"id": "a.png"}]}
    assert decode(event(data)) == Elsewhere("R3J1cHBl==", ("a.png",))
    edit = {"targetSentTimestamp": 7, "dataMessage": data}
    assert isinstance(decode(event(editMessage=edit)), Elsewhere)


def test_a_message_that_could_not_be_opened_is_known_by_its_mark() -> None:
    def failed(kind: str) -> Any:
        document = json.loads(event())
        document["exception"] = {"message": f"from {NUMBER}", "type": kind}
        return decode(json.dumps(document).encode())

    mark, sent = "1700000000123.2", 1700000000125
    assert failed("UntrustedIdentityException") == Unopened(UUID, mark, sent, untrusted=True)
    assert failed("ProtocolNoSessionException") == Unopened(UUID, mark, sent)
    assert failed("ProtocolDuplicateMessageException") == Nothing()


@pytest.mark.parametrize("one", CAPTURED, ids=[one["source"] for one in CAPTURED])
def test_captured_envelopes_decode_to_what_they_are(one: Any) -> None:
    decoded = decode(json.dumps(one["event"]).encode())
    assert type(decoded).__name__ == one["is"]
    if isinstance(decoded, Decoded):
        assert type(decoded.act).__name__ == one["act"]


def test_what_nobody_said_tells_at_least_of_whom_something_can_be_read() -> None:
    typing = decode(event(typingMessage={"action": "STARTED"}))
    assert isinstance(typing, Nothing)
    assert typing.sender == UUID


def test_what_is_sent_once_more_bears_the_mark_of_what_could_not_be_opened() -> None:
    unopened, again = (
        decode(json.dumps(one["event"]).encode()) for one in CAPTURED if "sent once more" in one["source"]
    )
    assert isinstance(unopened, Unopened)
    assert isinstance(again, Decoded)
    assert (unopened.sender, unopened.mark) == (again.sender, again.mark)


@given(st.binary(max_size=400))
def test_any_bytes_are_no_json_or_nothing(data: bytes) -> None:
    try:
        decode(data)
    except ValueError:
        return


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = st.sampled_from(
    ["message", "attachments", "reaction", "pollVote", "mentions", "groupInfo", "sticker", "remoteDelete", "contacts",
     "timestamp", "isExpirationUpdate", "pollCreate"]
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(_FIELDS, _VALUES, max_size=5), st.sampled_from(["dataMessage", "editMessage", "storyMessage"]))
def test_any_shape_of_an_envelope_is_read_or_passed_over(fields: Any, kind: str) -> None:
    decode(event(**{kind: fields}))


@given(st.text(st.characters(codec=None), max_size=40))
def test_broken_characters_are_replaced(text: str) -> None:
    decoded = decode(event({"message": text}))
    assert isinstance(decoded, Decoded)
    assert isinstance(decoded.act, Said)
    decoded.act.text.encode("utf-8")


# -- out


def test_a_title_is_strong_where_it_stands() -> None:
    call = message(Part("Frage?", title="Teil 🚌"), (), ["Ein Bild"])
    assert call is not None
    assert call.params == {"message": "(Ein Bild)\nTeil 🚌\nFrage?", "textStyle": ["11:7:BOLD"]}


def test_news_are_bold_and_italic_where_they_say_so_and_a_link_stands_in_words() -> None:
    text, spans = parse("🚌 Ab **Montag** mehr [hier](https://a.example/x), *bald*")
    (part,) = render(Say(text, title="Rufbus", spans=spans), SIGNAL)
    call = message(part, (), ())
    assert call is not None
    assert call.params["message"] == "Rufbus\n🚌 Ab Montag mehr hier (https://a.example/x), bald"
    units = "Rufbus\n🚌 Ab Montag mehr hier (https://a.example/x), bald".encode("utf-16-le")
    shown = []
    for style in call.params["textStyle"]:  # type: ignore[attr-defined]
        start, length, name = style.split(":")
        shown.append((name, units[2 * int(start) : 2 * (int(start) + int(length))].decode("utf-16-le")))
    assert shown == [("BOLD", "Rufbus"), ("BOLD", "Montag"), ("ITALIC", "bald")]


@given(st.text(max_size=50), st.text(min_size=1, max_size=20))
def test_a_style_covers_its_words_as_signal_counts(before: str, strong: str) -> None:
    start, length, _ = styled(width(before), strong, Style.STRONG).split(":")
    units = (before + strong).encode("utf-16-le")
    assert units[2 * int(start) : 2 * (int(start) + int(length))].decode("utf-16-le") == strong


def test_nothing_to_say_is_no_call() -> None:
    assert message(Part("  "), (), ()) is None


def test_a_poll_lists_its_options() -> None:
    options = (Button(Action("a"), "Ja"), Button(Action("b"), "Nein"))
    assert poll(Poll("Gut?", options)).params == {"question": "Gut?", "option": ["Ja", "Nein"], "noMulti": True}


def test_a_file_name_cannot_end_the_header_it_stands_in() -> None:
    assert attached(File('a";b,c/\r\n.txt', "text/html;x", b"1")) == (
        "data:application/octet-stream;filename=abc.txt;base64,MQ=="
    )


def test_mentions_become_somebody() -> None:
    assert without_mentions("\ufffc und \ufffc", [object()] * 2) == "@… und @…"  # type: ignore[list-item]
    assert without_mentions("\ufffc", ()) == "\ufffc"
