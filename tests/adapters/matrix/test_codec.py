"""Matrix events to acts, parts to events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Post, Replace
from adapters.errors import Busy, Gone, Rejected, Unreachable
from adapters.matrix.codec import Decoded, Nothing, Polls, Send, decode, encode
from adapters.matrix.cross_signing import CrossSigning, canonical, is_signed, master_key
from adapters.matrix.keys import Keys
from adapters.matrix.media import closed, locate, located_by, placed
from adapters.matrix.polls import vote_of
from adapters.matrix.rooms import invitation
from adapters.matrix.settings import MatrixSettings
from adapters.matrix.verdicts import RETRY_AFTER_DEFAULT, TokenRefused, verdict
from adapters.secret import Secret
from dialogs.events import (
    TEXT_LIMIT,
    Edited,
    MediaKind,
    MediaRef,
    MediaSent,
    MessageRef,
    Placed,
    Retracted,
    Said,
    Unreadable,
    Voted,
)
from dialogs.formatting import parse
from dialogs.messages import Action, Button, Part, Poll

BOT, SOMEONE = "@zuruf:town.test", "@someone:town.test"
CAPTURED = Path(__file__).parents[2] / "channels" / "captured" / "matrix.json"


def event(content: dict[str, Any], type_: str = "m.room.message", **more: Any) -> dict[str, Any]:
    return {"type": type_, "sender": SOMEONE, "event_id": "$1", "origin_server_ts": 1500, "content": content, **more}


def act(content: dict[str, Any], type_: str = "m.room.message", **more: Any) -> object:
    decoded = decode(event(content, type_, **more), BOT)
    return decoded.act if isinstance(decoded, Decoded) else None


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"msgtype": "m.text", "body": "ja"}, Said("ja")),
        ({"msgtype": "m.emote", "body": "winkt"}, Said("winkt")),
        ({"msgtype": "m.notice", "body": "Ich bin ein Bot"}, None),
        ({"msgtype": "m.text", "body": "!hilfe"}, Said("/hilfe")),
        ({"msgtype": "m.text", "body": "!!"}, Said("!!")),
        ({"msgtype": "m.text"}, Said("")),
        ({"msgtype": "m.text", "body": "x" * (TEXT_LIMIT + 5)}, Said("x" * (TEXT_LIMIT + 1))),
        ({"msgtype": "m.text", "body": "ab\ud800cd"}, Said("ab?cd")),
        (
            {
                "msgtype": "m.text",
                "body": "> <@b:c> Frage?\n> mehr\n\nja",
                "m.relates_to": {"m.in_reply_to": {"event_id": "$0"}},
            },
            Said("ja"),
        ),
        ({"msgtype": "m.text", "body": "> kein Zitat"}, Said("> kein Zitat")),
        ({"msgtype": "m.location", "geo_uri": "geo:51.05,13.74"}, Placed(51.05, 13.74)),
        ({"msgtype": "m.location", "geo_uri": "geo:51.05,-13.74,113;crs=wgs84;u=35"}, Placed(51.05, -13.74, 35.0)),
        ({"msgtype": "m.location", "m.location": {"uri": "geo:1,2;u=5"}}, Placed(1.0, 2.0, 5.0)),
        ({"msgtype": "m.location", "geo_uri": "geo:95,13.74"}, Unreadable()),
        ({"msgtype": "m.location", "geo_uri": "somewhere"}, Unreadable()),
        ({"msgtype": "m.image"}, Unreadable()),
        ({"msgtype": "m.key.verification.request"}, Unreadable()),
        ({}, None),
    ],
)
def test_messages_are_read(content: dict[str, Any], expected: object) -> None:
    assert act(content) == expected


def test_our_own_words_and_those_of_nobody_are_nothing() -> None:
    assert decode({**event({"msgtype": "m.text", "body": "x"}), "sender": BOT}, BOT) == Nothing()
    assert decode({"type": "m.room.message", "content": {"body": "x"}}, BOT) == Nothing()
    assert decode({}, BOT) == Nothing()


def test_an_edit_and_a_deletion_name_their_message() -> None:
    relation = {"rel_type": "m.replace", "event_id": "$0"}
    content = {"msgtype": "m.text", "body": "* neu", "m.new_content": {"body": "neu"}, "m.relates_to": relation}
    assert decode(event(content), BOT) == Decoded(SOMEONE, Edited("neu"), "$1", 1.5, "$0")
    assert decode(event({"redacts": "$0"}, "m.room.redaction"), BOT) == Decoded(SOMEONE, Retracted(), "$1", 1.5, "$0")
    assert decode(event({}, "m.room.redaction", redacts="$0"), BOT) == Decoded(SOMEONE, Retracted(), "$1", 1.5, "$0")


def test_a_reaction_is_no_answer_since_it_is_never_encrypted() -> None:
    relation = {"rel_type": "m.annotation", "event_id": "$0", "key": "👍"}
    assert act({"m.relates_to": relation}, "m.reaction") is None


def test_a_vote_is_read_under_both_names() -> None:
    relation = {"m.relates_to": {"rel_type": "m.reference", "event_id": "$p"}}
    unstable = "org.matrix.msc3381.poll.response"
    assert act({**relation, unstable: {"answers": ["a", "b", "a"]}}, unstable) == Voted(("a", "b"), MessageRef("$p"))
    assert act({**relation, "m.selections": ["a"]}, "m.poll.response") == Voted(("a",), MessageRef("$p"))
    assert act({**relation, "m.selections": []}, "m.poll.response") == Voted((), MessageRef("$p"))
    assert vote_of("m.poll.response", {"m.selections": ["a"]}) is None
    assert vote_of("m.poll.response", {**relation, "m.selections": "a"}) is None


def test_a_poll_of_somebody_else_gets_a_word() -> None:
    assert act({"m.poll": {}}, "m.poll.start") == Unreadable()


def test_an_encrypted_file_comes_and_goes_through_its_handle() -> None:
    secret, keys = closed(b"Ogg of a voice")
    located = placed("mxc://town.test/abc", keys)
    assert located is not None
    content = {
        "msgtype": "m.audio",
        "body": "Zur Haltestelle",
        "filename": "voice.ogg",
        "info": {"mimetype": "audio/ogg", "size": 14},
        **located.fields(),
    }
    heard = act(content)
    assert heard == MediaSent(MediaKind.VOICE, located.ref(), "audio/ogg", 14, "Zur Haltestelle")
    assert isinstance(heard, MediaSent)
    assert located_by(heard.media).opened(secret) == b"Ogg of a voice"
    with pytest.raises(Rejected):
        located_by(heard.media).opened(secret[:-1] + b"?")
    with pytest.raises(Rejected):
        located_by(MediaRef("elsewhere"))


@pytest.mark.parametrize("address", ["https://evil.test/x", "mxc://town.test/../../x", "mxc:///x", "", None, 7])
def test_a_file_lies_on_a_homeserver_or_nowhere(address: object) -> None:
    assert locate({"url": address}) is None


def test_a_photo_sent_as_a_file_is_a_photo() -> None:
    content = {"msgtype": "m.file", "body": "a.jpg", "url": "mxc://t.test/a", "info": {"mimetype": "image/jpeg"}}
    heard = act(content)
    assert isinstance(heard, MediaSent)
    assert (heard.kind, heard.size, heard.caption) == (MediaKind.PHOTO, 0, "")


@given(st.sampled_from(json.loads(CAPTURED.read_text("utf-8"))), st.data())
def test_nothing_that_is_bent_raises(captured: dict[str, Any], data: st.DataObject) -> None:
    junk = st.one_of(st.none(), st.integers(), st.text(max_size=5), st.lists(st.none(), max_size=1), st.just({}))
    bent = {**captured, "content": {**captured["content"]}}
    for _ in range(2):
        holder = data.draw(st.sampled_from([bent, bent["content"]] if isinstance(bent["content"], dict) else [bent]))
        if holder:
            holder[data.draw(st.sampled_from(sorted(holder)))] = data.draw(junk)
    decode(bent, BOT)


# -- out


QUESTION = Part(
    "1 von 2 · Fehlt eine Bank?\n1. Ja\n2. Nein",
    title="Der Platz",
    question=(10, 26),
    poll=Poll("1 von 2 · Fehlt eine Bank?", (Button(Action("o.1.0"), "Ja"), Button(Action("o.1.1"), "Nein"))),
)


def kinds(part: Part, polls: Polls) -> list[str]:
    return [step.type for step in encode(Post(part), polls) if isinstance(step, Send)]


def test_a_choice_is_said_by_numbers_with_a_poll_or_as_a_poll() -> None:
    poll = "org.matrix.msc3381.poll.start"
    assert kinds(QUESTION, Polls.NEVER) == ["m.room.message"]
    assert kinds(QUESTION, Polls.BESIDE) == ["m.room.message", poll]
    assert kinds(QUESTION, Polls.ALONE) == [poll]


def test_a_poll_carries_the_actions_as_its_answers_ids_under_both_names() -> None:
    (step,) = encode(Post(QUESTION), Polls.ALONE)
    assert isinstance(step, Send)
    unstable = step.content["org.matrix.msc3381.poll.start"]
    assert [each["id"] for each in unstable["answers"]] == ["o.1.0", "o.1.1"]
    assert [each["m.id"] for each in step.content["m.poll"]["answers"]] == ["o.1.0", "o.1.1"]
    assert unstable["max_selections"] == 1
    assert "2. Nein" in step.content["org.matrix.msc1767.text"]


def test_news_are_formatted_and_say_a_link_in_words_where_html_is_not_shown() -> None:
    text, spans = parse("<b>Ab</b> **Montag** *neu*:\n[hier](https://a.example/?x=1&y=2)")
    (step,) = encode(Post(Part(text, spans=spans)), Polls.NEVER)
    assert isinstance(step, Send)
    assert step.content["body"] == "<b>Ab</b> Montag neu:\nhier (https://a.example/?x=1&y=2)"
    assert step.content["formatted_body"] == (
        "&lt;b&gt;Ab&lt;/b&gt; <strong>Montag</strong> <em>neu</em>:<br>"
        '<a href="https://a.example/?x=1&amp;y=2">hier</a>'
    )


def test_titles_are_strong_and_nothing_in_a_text_is_markup_or_a_mention() -> None:
    (step,) = encode(Post(Part("a < b & @room\nc", title="<Titel>")), Polls.NEVER)
    assert isinstance(step, Send)
    assert step.content["body"] == "<Titel>\na < b & @room\nc"
    assert step.content["formatted_body"] == "<strong>&lt;Titel&gt;</strong><br>a &lt; b &amp; @room<br>c"
    assert step.content["m.mentions"] == {}


def test_a_message_is_replaced_as_matrix_does_it() -> None:
    (step,) = encode(Replace(Part("neu"), MessageRef("$0")), Polls.NEVER)
    assert isinstance(step, Send)
    assert step.content["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$0"}
    assert step.content["m.new_content"]["body"] == "neu"


# -- what surrounds it


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2500}, Busy),
        (429, {}, Busy),
        (401, {"errcode": "M_UNKNOWN_TOKEN"}, TokenRefused),
        (403, {"errcode": "M_FORBIDDEN"}, Gone),
        (404, {"errcode": "M_NOT_FOUND"}, Gone),
        (413, {}, Rejected),
        (400, {"errcode": "M_BAD_JSON"}, Rejected),
        (502, {}, Unreachable),
        (404, {}, Unreachable),
    ],
)
def test_refusals_are_sorted_by_what_can_be_done(status: int, body: dict[str, Any], expected: type) -> None:
    assert type(verdict(status, body)) is expected


@pytest.mark.parametrize(("given_ms", "seconds"), [(2500, 2.5), (-1, 5.0), ("x", 5.0), (None, 5.0), (10**12, 3600.0)])
def test_a_pause_is_as_long_as_asked_within_reason(given_ms: object, seconds: float) -> None:
    busy = verdict(429, {"retry_after_ms": given_ms})
    assert isinstance(busy, Busy)
    assert busy.retry_after == seconds
    assert RETRY_AFTER_DEFAULT == 5.0


def member(direct: bool) -> dict[str, Any]:
    content = {"membership": "invite", "is_direct": direct}
    return {"type": "m.room.member", "state_key": BOT, "content": content}


def test_invitations_to_one_person_are_told_from_others() -> None:
    named = {"type": "m.room.name", "state_key": "", "content": {"name": "Stammtisch"}}
    public = {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "public"}}
    space = {"type": "m.room.create", "state_key": "", "content": {"type": "m.space"}}
    assert invitation([member(direct=True)], BOT).is_one_to_one
    assert invitation([member(direct=True), named], BOT).is_one_to_one
    assert invitation([member(direct=False)], BOT).is_one_to_one
    assert not invitation([member(direct=False), named], BOT).is_one_to_one
    assert not invitation([member(direct=True), public], BOT).is_one_to_one
    assert not invitation([member(direct=True), space], BOT).is_one_to_one
    assert invitation([{"type": 7}, {}], BOT).is_one_to_one


def test_cross_signing_hangs_together_and_is_the_same_from_the_same_key() -> None:
    keys = Keys(bytes(range(32)), BOT)
    ours = CrossSigning.of(keys, BOT)
    assert CrossSigning.of(Keys(bytes(range(32)), BOT), BOT).fingerprint == ours.fingerprint
    assert CrossSigning.of(Keys(bytes(range(32)), SOMEONE), SOMEONE).fingerprint != ours.fingerprint
    body = ours.upload("DEVICE", lambda text: "signed")
    assert is_signed(body["self_signing_key"], BOT, ours.master.public)
    assert not is_signed(body["self_signing_key"], BOT, ours.user_signing.public)
    assert body["master_key"]["signatures"][BOT]["ed25519:DEVICE"] == "signed"
    queried = {"master_keys": {BOT: body["master_key"]}, "device_keys": {BOT: {"DEVICE": {"device_id": "DEVICE"}}}}
    assert master_key(queried, BOT) == ours.master.public
    missing = ours.signatures("DEVICE", queried, lambda text: "signed")
    assert missing is not None
    assert is_signed(missing[BOT]["DEVICE"], BOT, ours.self_signing.public)
    assert canonical({"b": 1, "a": "ü", "unsigned": 1}) == '{"a":"ü","b":1}'.encode()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"homeserver": "town.test"}, "ZURUF_MATRIX_HOMESERVER"),
        ({"user": "zuruf"}, "ZURUF_MATRIX_USER"),
        ({"password": Secret("")}, "ZURUF_MATRIX_PASSWORD"),
    ],
)
def test_settings_that_cannot_work_say_what_to_do(change: dict[str, Any], says: str) -> None:
    good: dict[str, Any] = {
        "homeserver": "https://town.test",
        "user": BOT,
        "password": Secret("x"),
        "store": Path("x"),
        "key": Secret("00" * 32),
    }
    assert MatrixSettings(**good).link == "https://matrix.to/#/@zuruf:town.test"
    with pytest.raises(ValueError, match=says):
        MatrixSettings(**{**good, **change})
