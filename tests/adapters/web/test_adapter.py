"""The chat over a real listener: nothing lost, nothing doubled, and nobody in who should not be."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket

import pytest
from aiohttp import ClientSession, CookieJar, FormData, WSServerHandshakeError

from adapters.base import File, Post
from adapters.errors import Rejected, Unreachable
from adapters.web import codec, settings
from adapters.web.stage import Opened, Stage, opened
from dialogs.capabilities import WEB
from dialogs.events import MediaKind, MediaRef, MediaSent, Placed, Reopened, Said, Started
from dialogs.messages import Part
from privacy.addresses import Address

from .conftest import Client, client


async def begun(citizen: Client) -> None:
    """Up to the first question."""
    await citizen.connect()
    await citizen.do("started", code="bus")
    await citizen.quiet()
    assert "Haben Sie den Bus benutzt?" in citizen.texts()[-1]


# -- talking


async def test_a_survey_is_answered_to_the_end(citizen: Client, stage: Stage) -> None:
    await begun(citizen)
    await citizen.do("pressed", **citizen.button("Ja"))
    await citizen.quiet()
    await citizen.do("pressed", **citizen.button("Arbeit"))
    await citizen.quiet()
    await citizen.do("pressed", **citizen.button("Weiter"))
    await citizen.do("placed", latitude=51.3, longitude=9.1, accuracy=30)
    for words in ("überspringen", "gestern", "Danke"):
        await citizen.do("said", text=words)
    await citizen.quiet()
    await citizen.do("pressed", **citizen.button("Absenden"))
    await citizen.quiet()
    [sent] = stage.submitted("bus")
    assert sent == {
        "/data/used": "yes", "/data/why": "work", "/data/place": "51.3 9.1 0.0 30.0",
        "/data/day": "2026-11-22", "/data/words": "Danke",
    }  # fmt: skip


async def test_an_answered_question_is_settled_in_place(citizen: Client) -> None:
    await begun(citizen)
    question = citizen.heard[-1]["ref"]
    await citizen.do("pressed", **citizen.button("Ja"))
    await citizen.quiet()
    [settled] = [frame for frame in citizen.heard if frame["t"] == "replace"]
    assert settled["ref"] == question
    assert "buttons" not in settled["part"]
    assert "Ja" in settled["part"]["text"]


async def test_the_acknowledgement_means_committed(citizen: Client, stage: Stage) -> None:
    await citizen.connect()
    answer = await citizen.do("started", code="bus", id_="my-own-id")
    assert answer == {"t": "ack", "id": "my-own-id"}
    assert stage.committed == [Started("bus")]


async def test_what_was_not_committed_is_asked_for_again(citizen: Client, stage: Stage) -> None:
    await citizen.connect()
    stage.refusals = 1
    answer = await citizen.do("started", code="bus", id_="the-same-id")
    assert (answer["t"], answer["id"]) == ("again", "the-same-id")
    assert answer["after"] > 0
    assert (await citizen.do("started", code="bus", id_="the-same-id"))["t"] == "ack"
    assert stage.committed == [Started("bus")]


async def test_the_same_act_sent_five_times_counts_once(citizen: Client, stage: Stage) -> None:
    await begun(citizen)
    for _ in range(5):
        await citizen.say("said", id_="doubled-doubled", text="Ja")
    for _ in range(5):
        assert (await citizen.acknowledged("doubled-doubled"))["t"] == "ack"
    assert stage.committed.count(Said("Ja")) == 1


async def test_acts_are_taken_in_the_order_in_which_they_were_said(citizen: Client, stage: Stage) -> None:
    await begun(citizen)
    last = ""
    for number in range(10):
        last = await citizen.say("said", text=str(number))
    await citizen.acknowledged(last)
    assert [act.text for act in stage.committed if isinstance(act, Said)] == [str(n) for n in range(10)]


async def test_two_tabs_of_one_citizen_hear_the_same(citizen: Client) -> None:
    await begun(citizen)
    second = citizen.other_tab()
    welcome = await second.connect()
    assert welcome["resumed"] is False
    await citizen.do("pressed", **citizen.button("Ja"))
    await second.quiet()
    assert "Wofuer?" in second.texts()[-1]
    await second.close()


async def test_the_language_of_the_page_is_the_hint_of_the_turn(citizen: Client) -> None:
    citizen.ws = await citizen.http.ws_connect(citizen.address + "/chat/socket")
    await citizen.ws.send_json({"t": "hello", "lang": "en"})
    await citizen.receive()
    await citizen.do("started", code="bus")
    await citizen.quiet()
    assert "Have you used the bus?" in citizen.texts()[-1]


# -- losing the line


async def test_what_was_said_while_the_line_was_cut_comes_after(citizen: Client) -> None:
    await begun(citizen)
    await citizen.say("pressed", **citizen.button("Ja"))
    await citizen.drop()
    welcome = await citizen.connect()
    assert welcome["resumed"] is True
    await citizen.quiet()
    assert "Wofuer?" in citizen.texts()[-1]
    assert len(citizen.texts()) == len(set(citizen.texts()))


async def test_an_act_whose_acknowledgement_was_lost_is_sent_again_and_counts_once(
    citizen: Client, stage: Stage
) -> None:
    await begun(citizen)
    button = citizen.button("Ja")
    await citizen.say("pressed", id_="lost-acknowledgement", **button)
    await citizen.drop()
    await citizen.connect()
    await citizen.say("pressed", id_="lost-acknowledgement", **button)
    assert (await citizen.acknowledged("lost-acknowledgement"))["t"] == "ack"
    await citizen.quiet()
    assert sum("Wofuer?" in text for text in citizen.texts()) == 1


async def test_after_a_restart_the_dialogue_says_again_what_stands(stage: Stage) -> None:
    port = free_port()
    async with opened(stage, port=port) as town:
        citizen = Client(town.address)
        await citizen.open()
        await begun(citizen)
        await citizen.do("pressed", **citizen.button("Ja"))
        await citizen.quiet()
    async with opened(stage, port=port):
        await citizen.open()
        assert (await citizen.connect())["resumed"] is False
        await citizen.do("reopened")
        await citizen.quiet()
        assert "Wofuer?" in citizen.texts()[-1]
        await citizen.do("said", text="Arbeit")
        assert Reopened() in stage.committed
        await citizen.close()


async def test_a_restart_between_commit_and_reply_loses_nothing_and_doubles_nothing(stage: Stage) -> None:
    port = free_port()
    async with opened(stage, port=port) as town:
        citizen = Client(town.address)
        await citizen.open()
        await begun(citizen)
        stage.crash_after_commit = True
        button = citizen.button("Ja")
        await citizen.say("pressed", id_="killed-in-between", **button)
        await asyncio.wait_for(stage.crashed.wait(), 5)
    stage.crash_after_commit = False
    async with opened(stage, port=port):
        await citizen.open()
        assert (await citizen.connect())["resumed"] is False
        assert (await citizen.do("reopened"))["t"] == "ack"
        assert (await citizen.do("pressed", id_="killed-in-between", **button))["t"] == "ack"
        await citizen.quiet()
        assert any("Wofuer?" in text for text in citizen.texts())
        assert sum(type(act).__name__ == "Pressed" for act in stage.committed) == 1
        await citizen.close()


async def test_a_ring_that_ran_over_is_told_as_lost_and_not_as_complete(citizen: Client, stage: Stage) -> None:
    await begun(citizen)
    await citizen.drop()
    assert stage.adapter is not None
    [address] = stage._citizens
    for number in range(settings.RING_FRAMES + 5):
        await stage.adapter.deliver(address, Post(Part(str(number))))
    assert (await citizen.connect())["resumed"] is False


async def test_a_reply_to_a_chat_that_is_not_open_here_stays_owed(town: Opened) -> None:
    with pytest.raises(Unreachable):
        await town.adapter.deliver(Address(WEB.channel, "", "0" * 32), Post(Part("x")))


# -- plain HTTP


async def test_post_and_poll_carry_the_same_conversation(citizen: Client, stage: Stage) -> None:
    [welcome] = await citizen.poll()
    assert welcome["resumed"] is False
    assert (await citizen.post("started", code="bus"))["t"] == "ack"
    await citizen.poll()
    assert "Haben Sie den Bus benutzt?" in citizen.texts()[-1]
    await citizen.post("pressed", **citizen.button("Nein"))
    await citizen.poll()
    assert "Wofuer?" in citizen.texts()[-1]
    assert len(citizen.texts()) == len(set(citizen.texts()))


async def test_a_poll_waits_for_news(citizen: Client) -> None:
    await citizen.poll()
    waiting = asyncio.create_task(citizen.poll())
    other = citizen.other_tab()
    await other.post("started", code="bus")
    frames = await asyncio.wait_for(waiting, 5)
    assert any(frame["t"] == "post" for frame in frames)
    await other.close()


async def test_a_chat_goes_on_by_poll_where_the_socket_ended(citizen: Client) -> None:
    await begun(citizen)
    button = citizen.button("Ja")
    await citizen.drop()
    await citizen.post("pressed", **button)
    await citizen.poll()
    assert "Wofuer?" in citizen.texts()[-1]


# -- who may speak


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://127.0.0.1:1", "http://localhost"])
async def test_a_foreign_page_gets_no_token_and_no_socket(town: Opened, origin: str) -> None:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers={"Origin": origin}) as http:
        for path in ("/chat/open", "/chat/send", "/chat/poll", "/chat/upload?id=0123456789"):
            async with http.post(town.address + path, data="{}") as answer:
                assert answer.status == 403
                assert "Set-Cookie" not in answer.headers
        with pytest.raises(WSServerHandshakeError) as refusal:
            await http.ws_connect(town.address + "/chat/socket")
        assert refusal.value.status == 403


async def test_a_request_without_an_origin_is_refused(town: Opened) -> None:
    async with ClientSession() as http, http.post(town.address + "/chat/open") as answer:
        assert answer.status == 403


async def test_a_foreign_host_name_is_refused_even_if_the_origin_fits_it(town: Opened) -> None:
    headers = {"Host": "rebound.example", "Origin": "http://rebound.example"}
    async with ClientSession() as http, http.post(town.address + "/chat/open", headers=headers) as answer:
        assert answer.status == 403


async def test_the_browser_says_cross_site_and_is_refused(town: Opened) -> None:
    headers = {"Origin": town.address, "Sec-Fetch-Site": "cross-site"}
    async with ClientSession() as http, http.post(town.address + "/chat/open", headers=headers) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("cookie", ["", "x", "0" * 31, "0" * 33, "G" * 32, "../../etc/passwd"])
async def test_without_a_token_of_ours_nothing_is_taken(town: Opened, cookie: str) -> None:
    headers = {"Origin": town.address, "Cookie": f"zuruf={cookie}"}
    async with ClientSession() as http, http.post(town.address + "/chat/send", data="{}", headers=headers) as answer:
        assert answer.status == 401


async def test_the_cookie_is_random_and_out_of_reach_of_scripts(town: Opened) -> None:
    tokens = set()
    for _ in range(3):
        headers = {"Origin": town.address}
        async with ClientSession() as http, http.post(town.address + "/chat/open", headers=headers) as answer:
            cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("zuruf=")
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert "Path=/" in cookie
        tokens.add(cookie.split(";")[0])
    assert len(tokens) == 3


async def test_a_known_citizen_keeps_the_token(citizen: Client) -> None:
    before = [cookie.value for cookie in citizen.http.cookie_jar]
    await citizen.open()
    assert [cookie.value for cookie in citizen.http.cookie_jar] == before


async def test_leaving_ends_the_conversation_and_takes_the_cookie_away(citizen: Client, stage: Stage) -> None:
    await begun(citizen)
    await citizen.post("left")
    assert [cookie.value for cookie in citizen.http.cookie_jar if cookie.value] == []
    assert stage.adapter is not None
    with pytest.raises(Unreachable):
        await stage.adapter.deliver(next(iter(stage._citizens)), Post(Part("x")))


# -- bad input


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"null", b"[" * 50_000, b'{"t":"hello"}'])
async def test_a_post_that_is_no_act_is_a_bad_request(citizen: Client, body: bytes) -> None:
    async with citizen.http.post(citizen.address + "/chat/send", data=body) as answer:
        assert answer.status == 400


async def test_ten_megabytes_of_frame_are_refused(citizen: Client) -> None:
    async with citizen.http.post(citizen.address + "/chat/send", data=b"x" * 10_000_000) as answer:
        assert answer.status == 413


async def test_ten_megabytes_in_one_socket_frame_close_the_socket_and_nothing_else(citizen: Client) -> None:
    await citizen.connect()
    assert citizen.ws is not None
    with contextlib.suppress(ConnectionError):
        await citizen.ws.send_str("x" * 10_000_000)
    assert (await citizen.ws.receive(5)).type.name in {"CLOSE", "CLOSED", "CLOSING", "ERROR"}
    assert (await citizen.connect())["t"] == "welcome"


async def test_malformed_frames_end_a_socket_after_a_few(citizen: Client, stage: Stage) -> None:
    await citizen.connect()
    assert citizen.ws is not None
    for _ in range(settings.BAD_FRAMES):
        await citizen.ws.send_str("{")
    assert (await citizen.ws.receive(5)).type.name in {"CLOSE", "CLOSED", "CLOSING"}
    assert stage.acts == []


async def test_a_socket_that_does_not_say_hello_is_closed(citizen: Client) -> None:
    socket_ = await citizen.http.ws_connect(citizen.address + "/chat/socket")
    await socket_.send_str('{"t":"said","id":"0123456789","text":"x"}')
    assert (await socket_.receive(5)).type.name in {"CLOSE", "CLOSED", "CLOSING"}


async def test_lone_surrogates_reach_the_dialogue_as_text(citizen: Client, stage: Stage) -> None:
    await begun(citizen)
    assert citizen.ws is not None
    await citizen.ws.send_str('{"t":"said","id":"0123456789","text":"Ja \\ud800"}')
    assert (await citizen.acknowledged("0123456789"))["t"] == "ack"
    assert stage.committed[-1] == Said("Ja \ufffd")


async def test_a_text_of_100_000_characters_gets_a_helpful_word(citizen: Client) -> None:
    await begun(citizen)
    assert (await citizen.do("said", text="x" * 100_000))["t"] == "ack"
    await citizen.quiet()
    assert "lang" in citizen.texts()[-1]


async def test_a_flood_is_told_to_wait_and_is_taken_after(citizen: Client, stage: Stage) -> None:
    await begun(citizen)
    answers = [await citizen.do("said", text="Ja")]
    while answers[-1]["t"] != "again":
        assert len(answers) < 20 * settings.ACTS_BURST, "what was spent comes back with time, and not so fast"
        answers.append(await citizen.do("said", text="Ja"))
    slowed = [answer for answer in answers if answer["t"] == "again"]
    assert len(answers) >= settings.ACTS_BURST, "to begin was the first"
    assert all(0 < answer["after"] <= 1 for answer in slowed)
    taken = sum(answer["t"] == "ack" for answer in answers)
    assert sum(isinstance(act, Said) for act in stage.acts) == taken


async def test_tabs_of_one_citizen_are_limited(citizen: Client) -> None:
    tabs = [
        await citizen.http.ws_connect(citizen.address + "/chat/socket") for _ in range(settings.CONNECTIONS_PER_CHAT)
    ]
    with pytest.raises(WSServerHandshakeError) as refusal:
        await citizen.http.ws_connect(citizen.address + "/chat/socket")
    assert refusal.value.status == 429
    assert not any(tab.closed for tab in tabs)


async def test_new_tokens_from_one_address_are_limited(town: Opened) -> None:
    statuses = []
    async with ClientSession(headers={"Origin": town.address}) as http:
        for _ in range(int(settings.OPENS_BURST) + 5):
            http.cookie_jar.clear()
            async with http.post(town.address + "/chat/open") as answer:
                statuses.append(answer.status)
    assert statuses[0] == 204
    assert statuses[-1] == 429


# -- uploads

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 5000


async def up_to_photo(citizen: Client) -> None:
    await begun(citizen)
    for words in ("Ja", "überspringen", "überspringen"):
        await citizen.do("said", text=words)
    await citizen.quiet()
    assert citizen.heard[-1]["part"]["expects"] == "photo"


async def test_a_photo_is_fetched_in_its_turn_and_forgotten_after(citizen: Client, stage: Stage) -> None:
    await up_to_photo(citizen)
    url = citizen.address + "/chat/upload?id=photo-upload-1"
    async with citizen.http.post(url, data=PNG, headers={"Content-Type": "image/png"}) as answer:
        assert await answer.json() == {"t": "ack", "id": "photo-upload-1"}
    assert stage.files() == [PNG]
    event = stage.committed[-1]
    assert isinstance(event, MediaSent)
    assert (event.kind, event.mime, event.size) == (MediaKind.PHOTO, "image/png", len(PNG))
    assert stage.adapter is not None
    with pytest.raises(Unreachable):
        await stage.adapter.fetch(event.media, 10)
    assert len(stage.adapter._uploads) == 0


async def test_the_same_upload_twice_counts_once(citizen: Client, stage: Stage) -> None:
    await up_to_photo(citizen)
    url = citizen.address + "/chat/upload?id=photo-upload-2"
    for _ in range(2):
        async with citizen.http.post(url, data=PNG, headers={"Content-Type": "image/png"}) as answer:
            assert (await answer.json())["t"] == "ack"
    assert sum(isinstance(act, MediaSent) for act in stage.committed) == 1


async def test_an_upload_that_is_too_large_is_refused_for_good(citizen: Client, stage: Stage) -> None:
    await up_to_photo(citizen)
    url = citizen.address + "/chat/upload?id=photo-upload-3"
    body = b"0" * (settings.PHOTO_LIMIT + 1)
    async with citizen.http.post(url, data=body, headers={"Content-Type": "image/jpeg"}) as answer:
        assert answer.status == 413
        assert await answer.json() == {"t": "refused", "id": "photo-upload-3", "why": "too_large"}
    assert not any(isinstance(act, MediaSent) for act in stage.acts)


async def test_an_upload_without_a_length_is_bounded_too(citizen: Client) -> None:
    async def endless() -> object:
        for _ in range(400):
            yield b"0" * 65536

    await up_to_photo(citizen)
    url = citizen.address + "/chat/upload?id=photo-upload-4"
    async with citizen.http.post(url, data=endless(), headers={"Content-Type": "image/jpeg"}) as answer:
        assert answer.status == 413


async def test_an_upload_needs_an_id(citizen: Client) -> None:
    async with citizen.http.post(citizen.address + "/chat/upload", data=FormData({"a": "b"})) as answer:
        assert answer.status == 400


async def test_fetch_refuses_more_than_was_asked_for(town: Opened) -> None:
    with town.adapter._uploads.hold(b"123456") as ref:
        with pytest.raises(Rejected):
            await town.adapter.fetch(ref, 5)
        assert await town.adapter.fetch(ref, 6) == b"123456"
    with pytest.raises(Unreachable):
        await town.adapter.fetch(MediaRef("unknown"), 5)


# -- pictures, places


async def test_a_forms_picture_is_served_and_a_drawing_that_could_hold_a_script_is_not(
    citizen: Client, stage: Stage
) -> None:
    stage.picture_file = File("bus.png", "image/png", PNG)
    async with citizen.http.get(citizen.address + "/chat/picture/f0/bus.png") as answer:
        assert (answer.status, answer.content_type, await answer.read()) == (200, "image/png", PNG)
    stage.picture_file = File("bus.svg", "image/svg+xml", b"<svg/>")
    async with citizen.http.get(citizen.address + "/chat/picture/f0/bus.svg") as answer:
        assert answer.status == 404


async def test_a_place_keeps_its_accuracy(citizen: Client, stage: Stage) -> None:
    await citizen.connect()
    await citizen.do("placed", latitude=51.3, longitude=9.1, accuracy=120)
    assert stage.committed == [Placed(51.3, 9.1, 120.0)]


async def test_typing_is_shown_to_who_is_connected(citizen: Client, stage: Stage) -> None:
    await begun(citizen)
    assert stage.adapter is not None
    await stage.adapter.typing(next(iter(stage._citizens)))
    assert (await citizen.receive())["t"] == "typing"


async def test_every_answer_carries_the_protection(citizen: Client) -> None:
    for method, path in (("POST", "/chat/open"), ("POST", "/chat/send"), ("GET", "/nowhere/at/all"), ("GET", "/")):
        async with citizen.http.request(method, citizen.address + path) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Cache-Control"] == "no-store"


async def test_two_citizens_never_hear_each_other(town: Opened) -> None:
    async with client(town.address) as one, client(town.address) as other:
        await begun(one)
        await begun(other)
        await one.do("pressed", **one.button("Ja"))
        await other.quiet()
        assert "Haben Sie den Bus benutzt?" in other.texts()[-1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_frames_are_bounded_well_above_the_longest_text() -> None:
    assert len(json.dumps("\x00" * 10_000)) < codec.FRAME_LIMIT
