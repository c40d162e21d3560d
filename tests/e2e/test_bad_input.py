"""What no citizen would send, and what some do: the conversation goes on, and nothing ends as a fault or a 500."""

from __future__ import annotations

import asyncio
import concurrent.futures
import http.client
import json
import os
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from e2e.network import free_port
from e2e.talking import Talker, benches, faults, quiet, talkers, webhook
from e2e.town import SECRET, TownUnderTest, running_town
from e2e.webchat import web_citizen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FULL = os.environ.get("ZURUF_TEST_SCALE") == "full"
EXAMPLES = 100_000 if FULL else 80
PATH = "/hooks/telegram"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
BIDI = "\u202e\u2066abc\u200f\u202d\ufeff"
CONTROLS = "a\x00b\x01\x07\x1b[2J\x7f\x85\r\n\t"
LONELY = "halb \ud83d, \udc00 und \ud800\ud800"
FOR_NOBODY = ("chat not found", "query ID is invalid")
"""How Telegram refuses answers to people and taps that do not exist."""
LONG = "Langer Atem. " * 7_700  # 100,100 characters


together = pytest.mark.asyncio(loop_scope="module")
"""All these tests meet one town: what one of them leaves behind must not harm the next either."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory, valkey_url: str) -> AsyncIterator[TownUnderTest]:
    folder = tmp_path_factory.mktemp("town")
    async with running_town(folder, valkey_url, None, **webhook(free_port())) as running:
        await running.publish(benches(folder), "baenke")
        yield running


@dataclass
class Odd:
    """A form of message that says nothing to a survey; `answered`: a helpful word is due."""

    fields: dict[str, Any]
    answered: bool = True


ODDITIES = {
    "100,000 characters": Odd({"text": LONG}),
    "control characters": Odd({"text": CONTROLS}),
    "bidi overrides": Odd({"text": BIDI}),
    "lone surrogates": Odd({"text": LONELY}),
    "only white space": Odd({"text": " \u00a0\u2003\u200b "}),
    "an endless number": Odd({"text": "9" * 5000}),
    "markup": Odd({"text": "<b>&amp;</b> *_`[x](tg://user?id=1) </script><script>alert(1)</script>"}),
    "a template": Odd({"text": "{0} {name} %s %(x)s ${zahl} {{7*7}} %n%n%n"}),
    "a dice": Odd({"dice": {"emoji": "🎲", "value": 4}}),
    "a poll": Odd({"poll": {"id": "1", "question": "?", "options": []}}),
    "a game": Odd({"game": {"title": "x", "description": "y", "photo": []}}),
    "a place that is none": Odd({"location": {"latitude": 9999, "longitude": 1e308}}),
    "an empty photo": Odd({"photo": []}),
    "a document without a name": Odd({"document": {"file_id": "nope", "file_unique_id": "n", "file_size": -5}}),
    "a payment": Odd({"successful_payment": {"currency": "EUR"}}, answered=False),
}


@together
@pytest.mark.parametrize("oddity", list(ODDITIES))
async def test_an_odd_message_gets_a_helpful_word_and_harms_nothing(oddity: str, town: TownUnderTest) -> None:
    odd = ODDITIES[oddity]
    (talker,) = talkers(town.telegram, 1)
    await talker.begins()
    talker.citizen.sends(**odd.fields)
    if odd.answered:
        said = (await talker.citizen.reads(1, 30))[0].text
        assert said.strip()
        assert "Traceback" not in said
        assert "Fehler" not in said
    await _goes_on(talker, town)


@together
@pytest.mark.parametrize("kind", ["control characters", "bidi overrides", "lone surrogates", "markup", "a template"])
async def test_odd_characters_are_kept_as_an_answer_where_words_are_asked(kind: str, town: TownUnderTest) -> None:
    (talker,) = talkers(town.telegram, 1)
    await talker.begins()
    await talker.citizen.presses("Ja", talker.last)
    await talker.hears("Wie viele fehlen?")
    await talker.citizen.says(str(talker.number))
    await talker.hears("Was noch?")
    talker.citizen.sends(**ODDITIES[kind].fields)
    await talker.sends()
    await quiet(town.app)
    (row,) = [row for row in await town.stored("baenke") if row["/data/zahl"] == str(talker.number)]
    words = row["/data/wort"]
    assert words.encode("utf-8"), "what is stored is well formed"
    assert not set("\x00\x01\x07\x1b\x7f") & set(words)
    if kind in {"markup", "a template"}:
        assert words == ODDITIES[kind].fields["text"], "nothing is run, nothing is changed"


@together
async def test_a_message_of_100000_characters_is_refused_as_an_answer_and_not_cut(town: TownUnderTest) -> None:
    (talker,) = talkers(town.telegram, 1)
    await talker.begins()
    await talker.citizen.presses("Ja", talker.last)
    await talker.hears("Wie viele fehlen?")
    await talker.citizen.says(str(talker.number))
    await talker.hears("Was noch?")
    talker.citizen.sends(text=LONG)
    await talker.hears("Was noch?")
    await talker.citizen.says(talker.words)
    await talker.sends()
    assert talker.given in await town.stored("baenke")


@together
async def test_taps_edits_and_stickers_lead_nowhere_wrong(town: TownUnderTest) -> None:
    """Double taps, taps on old buttons, on none, with data that we never made."""
    (talker,) = talkers(town.telegram, 1)
    citizen = talker.citizen
    await talker.begins()
    first = talker.last
    assert first is not None
    data = first.find("Ja")
    assert data is not None
    for _ in range(3):
        await citizen.presses("Ja", first)
    await talker.hears("Wie viele fehlen?")
    citizen.presses_data(data["callback_data"], first)
    citizen.presses_data(data["callback_data"])
    for odd in ("", "x", "\u202e", "a" * 64, "0|0|0", data["callback_data"] + "x", data["callback_data"][:-1]):
        citizen.presses_data(odd, talker.last)
    await citizen.edits("Nein")
    await citizen.sends_sticker()
    await citizen.sends_contact()
    await citizen.spinner_ends(60)
    await quiet(town.app)
    await citizen.says(str(talker.number))
    await talker.hears("Was noch?")
    await citizen.says(talker.words)
    await talker.sends()
    await quiet(town.app)
    assert talker.given in await town.stored("baenke")
    assert faults(town.app) == 0


UPDATES: dict[str, Any] = {
    "no update": {},
    "a kind of the year 2040": {"telepathy": {"from": {"id": 1}, "chat": {"id": 1, "type": "private"}}},
    "a reaction": {"message_reaction": {"chat": {"id": 1, "type": "private"}, "message_id": 1}},
    "an inline query": {"inline_query": {"id": "1", "from": {"id": 1}, "query": "x", "offset": ""}},
    "a channel post": {"channel_post": {"message_id": 1, "chat": {"id": -100, "type": "channel"}, "text": "x"}},
    "a message without a chat": {"message": {"message_id": 1, "text": "x"}},
    "a message that is a list": {"message": [1, 2, 3]},
    "a chat with words for an id": {"message": {"message_id": 1, "chat": {"id": "x", "type": "private"}, "text": "x"}},
    "a huge id": {"message": {"message_id": 1, "chat": {"id": 10**30, "type": "private"}, "text": "x"}},
    "a press without a message": {"callback_query": {"id": "1", "from": {"id": 1}, "data": "x"}},
}


@together
@pytest.mark.parametrize("kind", list(UPDATES))
async def test_an_unknown_update_is_taken_and_forgotten(kind: str, town: TownUnderTest) -> None:
    assert await _brings(town, json.dumps({"update_id": 77, **UPDATES[kind]}).encode()) == 200
    (talker,) = talkers(town.telegram, 1)
    await talker.begins()
    await _goes_on(talker, town)


BODIES = {
    "cut short": (b'{"update_id": 1, "message": {"te', {400}),
    "nothing": (b"", {400}),
    "no UTF-8": (b'{"update_id": 1, "message": "\xff\xfe\xed\xa0\x80"}', {200, 400}),
    "a deep well": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, {200, 400}),
    "ten megabytes": (b'{"update_id": 1, "x": "' + b"a" * 10_000_000 + b'"}', {413}),
    "a number without end": (b'{"update_id": ' + b"9" * 100_000 + b"}", {200, 400}),
}


@together
@pytest.mark.parametrize("kind", list(BODIES))
async def test_a_body_that_is_no_update_is_refused(kind: str, town: TownUnderTest) -> None:
    body, statuses = BODIES[kind]
    assert await _brings(town, body) in statuses
    assert faults(town.app) == 0


@together
@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], SECRET.upper(), "ü"])
async def test_a_wrong_secret_finds_no_page(secret: str | None, town: TownUnderTest) -> None:
    talker = talkers(town.telegram, 1)[0]
    message = {"message_id": 1, "chat": {"id": talker.citizen.id, "type": "private"}, "text": "/start baenke"}
    body = json.dumps({"update_id": 5, "message": message}).encode()
    assert await _brings(town, body, secret) == 404
    assert await _brings(town, b"x" * 10_000_000, secret) == 404
    await quiet(town.app)
    assert talker.citizen.unread() == 0


async def _brings(town: TownUnderTest, body: bytes, secret: str | None = SECRET) -> int:
    headers = {} if secret is None else {HEADER: secret}
    async with ClientSession() as session:
        url = f"http://127.0.0.1:{town.app.port}{PATH}"
        async with session.post(url, data=body, headers=headers) as answer:
            text = await answer.text()
            assert "Traceback" not in text
            return answer.status


async def _goes_on(talker: Talker, town: TownUnderTest) -> None:
    """From the first question to the receipt, with this citizen's answers and nothing else."""
    await quiet(town.app)
    await talker.citizen.says("Ja")
    await talker.hears("Wie viele fehlen?")
    await talker.citizen.says(str(talker.number))
    await talker.hears("Was noch?")
    await talker.citizen.says(talker.words)
    await talker.sends()
    await quiet(town.app)
    assert talker.given in await town.stored("baenke")
    assert faults(town.app) == 0
    assert [refused for refused in town.telegram.rejected if not refused.endswith(FOR_NOBODY)] == []


# -- chance: one town in a thread, thousands of requests


@dataclass
class Target:
    town: TownUnderTest
    cookie: str

    def posts(self, path: str, body: bytes, headers: dict[str, str]) -> int:
        line = http.client.HTTPConnection("127.0.0.1", self.town.app.port, timeout=30)
        try:
            line.request("POST", path, body, headers)
            answer = line.getresponse()
            assert b"Traceback" not in answer.read()
            return answer.status
        finally:
            line.close()


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory, valkey_url: str) -> Iterator[Target]:
    """A town in another thread, for tests that are no coroutines."""
    ready: concurrent.futures.Future[tuple[Target, asyncio.AbstractEventLoop, asyncio.Event]] = (
        concurrent.futures.Future()
    )

    async def live() -> None:
        folder = tmp_path_factory.mktemp("target")
        over = asyncio.Event()
        async with running_town(folder, valkey_url, None, **webhook(free_port())) as town:
            await town.publish(benches(folder), "baenke")
            async with web_citizen(town.app.port) as browser:
                await browser.opens()
                target = Target(town, "; ".join(f"{one.key}={one.value}" for one in browser.http.cookie_jar))
            ready.set_result((target, asyncio.get_running_loop(), over))
            await over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(live()))
    thread.start()
    target, loop, over = ready.result(60)
    yield target
    loop.call_soon_threadsafe(over.set)
    thread.join(60)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=40)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
KEYS = (
    "message", "edited_message", "callback_query", "my_chat_member", "chat", "from", "text", "caption", "photo",
    "voice", "document", "location", "venue", "sticker", "video", "file_id", "file_size", "width", "latitude",
    "longitude", "new_chat_member", "status", "data", "id", "type", "date", "update_id",
)  # fmt: skip
keys = st.sampled_from(KEYS)
near = st.recursive(
    scalars | st.just("private"), lambda inner: st.dictionaries(keys, inner, max_size=6) | st.lists(inner, max_size=3)
)
chance = settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def updates(draw: st.DrawFn) -> bytes:
    """Nearly right: a real citizen's private chat, with anything in the places of the rest."""
    chat = {"id": draw(st.integers(1, 3) | st.integers()), "type": "private"}
    inner = {"message_id": 1, "chat": chat, "from": {"id": 1}, **draw(st.dictionaries(keys, near, max_size=4))}
    kind = draw(st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"]))
    if kind == "callback_query":
        inner = {"id": "1", "from": {"id": 1}, "message": inner, "data": draw(st.text(max_size=70) | near)}
    return json.dumps({"update_id": draw(st.integers(0, 2**40)), kind: inner}).encode()


@chance
@given(body=st.binary(max_size=200) | anything.map(lambda one: json.dumps(one).encode()) | updates())
def test_anything_brought_by_webhook_is_taken_or_refused(body: bytes, target: Target) -> None:
    assert target.posts(PATH, body, {HEADER: SECRET}) in {200, 400, 413}
    assert faults(target.town.app) == 0


@st.composite
def frames(draw: st.DrawFn) -> bytes:
    """Nearly right frames of the web chat."""
    kinds = ["hello", "started", "said", "pressed", "placed", "reopened", "code", "left", "x"]
    fields = st.sampled_from(["chat", "seen", "lang", "code", "text", "action", "ref", "latitude", "longitude"])
    frame = {"t": draw(st.sampled_from(kinds)), "id": draw(st.just("client-id-1") | st.text(max_size=70))}
    return json.dumps({**frame, **draw(st.dictionaries(fields, scalars | st.just("baenke"), max_size=5))}).encode()


@chance
@given(
    path=st.sampled_from(["/chat/send", "/chat/upload?id=client-id-2", "/chat/upload", "/chat/open"]),
    body=st.binary(max_size=200) | anything.map(lambda one: json.dumps(one).encode()) | frames(),
    mime=st.sampled_from(["image/jpeg", "audio/ogg", "application/json", "text/html", ""]),
    known=st.booleans(),
)
def test_anything_sent_to_the_web_chat_is_taken_or_refused(
    path: str, body: bytes, mime: str, known: bool, target: Target
) -> None:
    headers = {"Origin": f"http://127.0.0.1:{target.town.app.port}"} | ({"Content-Type": mime} if mime else {})
    if known:
        headers["Cookie"] = target.cookie
    assert target.posts(path, body, headers) in {200, 204, 400, 401, 403, 413, 429}
    assert faults(target.town.app) == 0
