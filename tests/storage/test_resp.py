"""The shared connection to Redis: what travels together, in which order, and how it heals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from storage.redis_url import Endpoint, endpoint_of
from storage.resp import Broken, Line, ServerError


class Listener:
    """A server that notes what comes together, and says what it was told to say."""

    def __init__(self) -> None:
        self.trips: list[int] = []
        """Commands in each read."""
        self.heard: list[bytes] = []
        self.greetings = 0
        self.answers = True
        self.answer = b"+OK\r\n"
        self._writer: asyncio.StreamWriter | None = None
        self._news = asyncio.Condition()

    async def hears(self, word: bytes) -> None:
        """Until the word has come."""
        async with self._news, asyncio.timeout(5):
            await self._news.wait_for(lambda: word in self.heard)

    def says_now(self) -> None:
        """The answer that was held back."""
        assert self._writer is not None
        self._writer.write(self.answer)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.greetings += 1
        self._writer = writer
        while data := await reader.read(1 << 20):
            words = data.split(b"\r\n")
            commands = sum(word.startswith(b"*") for word in words)
            self.trips.append(commands)
            self.heard += [word for word in words if word.startswith(b"say-")]
            async with self._news:
                self._news.notify_all()
            if self.answers:
                writer.write(self.answer * commands)
        writer.close()


@asynccontextmanager
async def listening(reply_seconds: float = 2.0) -> AsyncIterator[tuple[Listener, Line]]:
    listener = Listener()
    server = await asyncio.start_server(listener.serve, "127.0.0.1", 0)
    endpoint = Endpoint(host="127.0.0.1", port=server.sockets[0].getsockname()[1])
    line = Line(endpoint, connect_seconds=1.0, reply_seconds=reply_seconds)
    try:
        await line.ask("PING")
        yield listener, line
    finally:
        await line.close()
        server.close()


async def test_what_is_asked_in_one_moment_travels_together() -> None:
    async with listening() as (listener, line):
        await asyncio.gather(*(line.ask(f"say-{number}") for number in range(50)))
        assert listener.trips == [1, 50]
        assert listener.heard == [b"say-%d" % number for number in range(50)]


async def test_what_is_asked_while_a_trip_is_on_its_way_goes_together_afterwards() -> None:
    async with listening() as (listener, line):
        listener.answers = False
        first = asyncio.create_task(line.ask("say-1"))
        await listener.hears(b"say-1")
        later = [asyncio.create_task(line.ask(f"say-{number}")) for number in (2, 3, 4)]
        await asyncio.wait(later, timeout=0.05)
        assert listener.trips == [1, 1]
        listener.answers = True
        listener.says_now()
        assert await asyncio.gather(first, *later) == [b"OK"] * 4
        assert listener.trips == [1, 1, 3]


async def test_a_patient_command_goes_with_the_next_and_before_it() -> None:
    async with listening() as (listener, line):
        patient = asyncio.create_task(line.ask("say-1", patience=30.0))
        await asyncio.sleep(0)
        await line.ask("say-2")
        await patient
        assert listener.trips == [1, 2]
        assert listener.heard == [b"say-1", b"say-2"]


async def test_a_patient_command_goes_alone_when_its_time_is_over() -> None:
    async with listening() as (listener, line):
        assert await asyncio.wait_for(line.ask("say-1", patience=0.02), 5) == b"OK"
        assert listener.trips == [1, 1]


async def test_what_waits_is_sent_before_the_line_is_closed() -> None:
    async with listening() as (listener, line):
        patient = asyncio.create_task(line.ask("say-1", patience=30.0))
        await asyncio.sleep(0)
        await line.close()
        assert await patient == b"OK"
        assert listener.heard == [b"say-1"]


async def test_a_server_that_falls_silent_is_given_up_and_asked_again_on_a_new_connection() -> None:
    async with listening(reply_seconds=0.05) as (listener, line):
        listener.answers = False
        told = await asyncio.gather(line.ask("say-1"), line.ask("say-2"), return_exceptions=True)
        assert [type(error) for error in told] == [Broken, Broken]
        listener.answers = True
        assert await line.ask("say-3") == b"OK"
        assert listener.greetings == 2


async def test_an_answer_that_is_none_ends_the_connection() -> None:
    async with listening() as (listener, line):
        listener.answer = b"HTTP/1.1 400 Bad Request\r\n"
        with pytest.raises(Broken):
            await line.ask("say-1")


async def test_an_error_of_the_server_is_for_who_asked_alone() -> None:
    async with listening() as (listener, line):
        listener.answer = b"-OOM no\r\n"
        with pytest.raises(ServerError, match="OOM"):
            await line.ask("say-1")
        listener.answer = b"+OK\r\n"
        assert await line.ask("say-2") == b"OK"
        assert listener.greetings == 1


async def test_a_caller_who_gave_up_takes_nobody_elses_answer() -> None:
    async with listening() as (listener, line):
        impatient = asyncio.create_task(line.ask("say-1"))
        await asyncio.sleep(0)
        impatient.cancel()
        listener.answer = b":1\r\n"
        assert await line.ask("say-2") == 1


async def test_nobody_there_is_said_at_once() -> None:
    line = Line(Endpoint(path="/nowhere/socket"), connect_seconds=1.0, reply_seconds=1.0)
    with pytest.raises(Broken):
        await line.ask("PING")


# -- addresses


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://example.org", Endpoint(host="example.org")),
        ("redis://:p%40ss@host:7000/2", Endpoint("host", 7000, login=(("AUTH", "p@ss"), ("SELECT", "2")))),
        ("redis://town:secret@[::1]/0", Endpoint("::1", login=(("AUTH", "town", "secret"),))),
        ("unix:///run/redis.sock", Endpoint(path="/run/redis.sock")),
        ("unix://:secret@/run/x?db=3", Endpoint(path="/run/x", login=(("AUTH", "secret"), ("SELECT", "3")))),
    ],
)  # fmt: skip
def test_addresses_are_read_as_operators_write_them(url: str, expected: Endpoint) -> None:
    assert endpoint_of(url) == expected


def test_a_line_with_tls_checks_who_answers() -> None:
    context = endpoint_of("rediss://example.org").tls
    assert context is not None
    assert context.check_hostname


@pytest.mark.parametrize(
    "url", ["example.org:6379", "http://x", "redis://:secret@x/one", "redis://:secret@x?timeout=1"]
)
def test_an_address_that_is_none_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="address of Redis") as refused:
        endpoint_of(url)
    assert "secret" not in str(refused.value)
    assert "secret" not in repr(endpoint_of("redis://:secret@x"))
