"""The wire of the web chat."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Post, Replace
from adapters.web import codec
from adapters.web.codec import Hello, Malformed, Sent, decode, encode_outgoing
from dialogs.events import (
    TEXT_LIMIT,
    CodeEntered,
    Gone,
    MessageRef,
    Placed,
    Pressed,
    Reopened,
    Said,
    Started,
)
from dialogs.formatting import parse
from dialogs.messages import Action, Button, Document, Expects, Kind, Language, Part, Picture, Progress

ID = "0123456789abcdef"


@pytest.mark.parametrize(
    ("frame", "event"),
    [
        ({"t": "started", "code": "bus"}, Started("bus")),
        ({"t": "started"}, Started("")),
        ({"t": "said", "text": "so um die zwölf"}, Said("so um die zwölf")),
        ({"t": "pressed", "action": "o.1", "ref": "a.7"}, Pressed("o.1", MessageRef("a.7"))),
        ({"t": "pressed", "action": "garbage \x00"}, Pressed("garbage \x00", None)),
        ({"t": "placed", "latitude": 51.3, "longitude": 9.1, "accuracy": 12}, Placed(51.3, 9.1, 12.0)),
        ({"t": "reopened"}, Reopened()),
        ({"t": "code", "code": "1234 5678 9012 3456"}, CodeEntered("1234 5678 9012 3456")),
        ({"t": "left"}, Gone()),
    ],
)
def test_each_act_is_read(frame: dict[str, Any], event: object) -> None:
    assert decode(json.dumps({"id": ID, **frame})) == Sent(ID, event)  # type: ignore[arg-type]


def test_a_hello_says_what_was_seen() -> None:
    assert decode('{"t":"hello","chat":"abc","seen":7,"lang":"de"}') == Hello("abc", 7, "de")


@pytest.mark.parametrize(
    "data",
    [
        "", "null", "[]", "{}", "[" * 100_000, '{"t":"said"}', '{"t":"said","id":"short","text":""}',
        '{"t":"said","id":"with spaces in it","text":""}', '{"t":"said","id":"0123456789\\n","text":""}',
        '{"t":"shout","id":"0123456789","text":"x"}', '{"t":"said","id":"0123456789","text":7}',
        '{"t":"placed","id":"0123456789","latitude":91,"longitude":0}',
        '{"t":"placed","id":"0123456789","latitude":NaN,"longitude":0}',
        '{"t":"placed","id":"0123456789","latitude":1e999,"longitude":0}',
        '{"t":"hello","seen":-1}', '{"t":"hello","chat":"' + "x" * 65 + '"}', b"\xff\xfe", "\x00" * 50,
        '{"t":"pressed","id":"0123456789","action":"' + "x" * 257 + '"}',
        '{"t":"said","id":"0123456789","text":"' + "x" * codec.FRAME_LIMIT + '"}',
    ],
)  # fmt: skip
def test_what_is_no_frame_is_malformed(data: str | bytes) -> None:
    with pytest.raises(Malformed) as refusal:
        decode(data)
    assert refusal.value.__cause__ is None


def test_lone_surrogates_are_replaced_and_pairs_are_kept() -> None:
    sent = decode('{"t":"said","id":"0123456789","text":"a\\ud800b\\ud83d\\ude80c\\udc00"}')
    assert isinstance(sent, Sent)
    assert sent.event == Said("a\ufffdb🚀c\ufffd")


def test_a_text_that_is_too_long_still_shows_that_it_is() -> None:
    sent = decode(json.dumps({"t": "said", "id": ID, "text": "x" * 100_000}))
    assert isinstance(sent, Sent)
    assert isinstance(sent.event, Said)
    assert len(sent.event.text) == TEXT_LIMIT + 1


def test_the_longest_text_fits_into_a_frame_however_it_is_escaped() -> None:
    sent = decode(json.dumps({"t": "said", "id": ID, "text": "🚀" * TEXT_LIMIT}, ensure_ascii=True))
    assert isinstance(sent, Sent)
    assert sent.event == Said("🚀" * TEXT_LIMIT)


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_any_bytes_are_a_frame_or_malformed(data: bytes | str) -> None:
    with contextlib.suppress(Malformed):
        decode(data)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


_tags = st.sampled_from(["hello", "started", "said", "pressed", "placed", "reopened", "code", "left"])
_fields = st.sampled_from(["text", "code", "action", "ref", "latitude", "longitude", "accuracy", "chat", "seen"])


@given(_tags, st.dictionaries(_fields, _json))
def test_any_fields_are_an_act_or_malformed_and_what_is_read_is_well_formed(t: str, fields: dict[str, Any]) -> None:
    try:
        found = decode(json.dumps({"t": t, "id": ID, **fields}))
    except Malformed:
        return
    repr(found).encode()
    if isinstance(found, Sent) and isinstance(found.event, Said):
        found.event.text.encode()


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=50))
def test_every_text_comes_through_as_utf_8(text: str) -> None:
    sent = decode(json.dumps({"t": "said", "id": ID, "text": text}))
    assert isinstance(sent, Sent)
    assert isinstance(sent.event, Said)
    assert sent.event.text == text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def test_formatting_is_counted_as_scripts_count() -> None:
    text, spans = parse("🚌 **Montag** [hier](https://a.example/x)")
    frame = json.loads(encode_outgoing(1, MessageRef("a.1"), Post(Part(text, spans=spans))))
    assert frame["part"]["spans"] == [
        {"start": 3, "end": 9, "style": "strong"},
        {"start": 10, "end": 14, "style": "link", "href": "https://a.example/x"},
    ]


def test_a_message_says_all_that_a_part_says() -> None:
    part = Part(
        "1 von 8 · 🚀 Wofür?\nMehreres ist möglich.",
        Kind.QUESTION,
        "Abschnitt",
        ((Button(Action("s.x.0"), "Arzt", chosen=True), Button(Action("d.x.0"), "Weiter", done=True)),
         (Button(Action("c.back.0"), "Zurück", secondary=True),)),
        (Picture("f0", "karte 1.png", "Karte"),),
        Document("daten.json", "application/json", b"{}"),
        Expects.CHOICES,
        (10, 19),
        Progress(1, 8),
        Language("de"),
    )  # fmt: skip
    assert json.loads(encode_outgoing(3, MessageRef("r.3"), Post(part))) == {
        "t": "post", "n": 3, "ref": "r.3",
        "part": {
            "text": part.text, "kind": "question", "lang": "de", "dir": "ltr", "title": "Abschnitt",
            "buttons": [[{"action": "s.x.0", "label": "Arzt", "chosen": True},
                         {"action": "d.x.0", "label": "Weiter", "done": True}],
                        [{"action": "c.back.0", "label": "Zurück", "secondary": True}]],
            "pictures": [{"src": "/chat/picture/f0/karte%201.png", "alt": "Karte"}],
            "document": {"name": "daten.json", "mime": "application/json", "data": "e30="},
            "expects": "choices", "progress": [1, 8], "question": [10, 20],
        },
    }  # fmt: skip


def test_a_replacement_names_the_message_it_takes_the_place_of() -> None:
    frame = json.loads(encode_outgoing(9, MessageRef("r.9"), Replace(Part("neu"), MessageRef("r.4"))))
    assert (frame["t"], frame["n"], frame["ref"]) == ("replace", 9, "r.4")


def test_the_direction_follows_the_language() -> None:
    for language, direction in {"de": "ltr", "de-simple": "ltr", "ar": "rtl", "fa": "rtl", "he": "rtl"}.items():
        frame = json.loads(encode_outgoing(1, MessageRef("r"), Post(Part("x", language=Language(language)))))
        assert frame["part"]["dir"] == direction


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_whatever_a_citizen_wrote_can_be_said_back(text: str) -> None:
    json.loads(encode_outgoing(1, MessageRef("r"), Post(Part(text, title=text))))
