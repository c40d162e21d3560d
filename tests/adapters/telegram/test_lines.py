"""Connections to a server that does what the test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from yarl import URL

from adapters.telegram.lines import BrokenOff, Lines, Unsent

REQUEST = b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def lines_to(serve: Serve, most: int = 2, idle: float = 60.0) -> AsyncIterator[tuple[Lines, list[int]]]:
    """Lines to a server, and the number of connections that it saw."""
    seen: list[int] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(len(seen))
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    lines = Lines(URL(f"http://127.0.0.1:{port}"), most=most, connect_seconds=5.0, idle_seconds=idle)
    try:
        yield lines, seen
    finally:
        await lines.close()
        server.close()


async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)


async def ask(lines: Lines, seconds: float = 10.0) -> bytes:
    return (await lines.ask(REQUEST, seconds, 100)).body


@asynccontextmanager
async def holding(lines: Lines, asked: asyncio.Event) -> AsyncIterator[None]:
    """Somebody who asks and gets no answer has the place."""
    holder = asyncio.create_task(ask(lines))
    try:
        await asked.wait()
        yield
    finally:
        holder.cancel()
        await asyncio.wait([holder])


async def test_one_connection_carries_one_request_after_the_other() -> None:
    async with lines_to(answering) as (lines, seen):
        assert [await ask(lines) for _ in range(3)] == [b"ok"] * 3
    assert len(seen) == 1


async def test_no_more_connections_than_allowed_and_everybody_is_answered() -> None:
    async with lines_to(answering, most=2) as (lines, seen):
        assert await asyncio.gather(*(ask(lines) for _ in range(20))) == [b"ok"] * 20
    assert len(seen) == 2


async def test_a_connection_that_was_idle_too_long_is_not_used_again() -> None:
    async with lines_to(answering, idle=-1.0) as (lines, seen):
        await ask(lines)
        await ask(lines)
    assert len(seen) == 2


async def test_who_closes_after_the_answer_is_asked_on_another_connection() -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n"))

    async with lines_to(once) as (lines, seen):
        assert [await ask(lines) for _ in range(2)] == [b"ok"] * 2
    assert len(seen) == 2


async def test_a_request_that_left_and_got_no_answer_says_so_and_the_next_one_goes() -> None:
    broken = [True]

    async def breaks_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if broken:
            broken.clear()
            writer.write(ANSWER[:20])
            return
        writer.write(ANSWER)

    async with lines_to(breaks_once) as (lines, _):
        with pytest.raises(BrokenOff):
            await ask(lines)
        assert await ask(lines) == b"ok"


async def test_an_answer_that_does_not_come_in_time_is_none_and_its_place_is_free_again() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with lines_to(silent, most=1) as (lines, seen):
        broken: list[str] = []
        seconds = 0.05
        while len(broken) < 2:
            try:
                await ask(lines, seconds)
            except BrokenOff as error:
                broken.append(str(error))
            except Unsent:  # a busy machine is not even connected in so short a time
                seconds *= 2
    assert all("TimeoutError" in problem for problem in broken)
    assert len(seen) >= 2


async def test_a_caller_that_gives_up_frees_its_place_and_nobody_reads_its_answer() -> None:
    asked = asyncio.Event()

    async def first_is_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if not asked.is_set():
            asked.set()
            await reader.read()
        writer.write(ANSWER)

    async with lines_to(first_is_silent, most=1) as (lines, _):
        patient, waits = asyncio.create_task(ask(lines)), asyncio.create_task(ask(lines))
        gone = asyncio.create_task(ask(lines))
        await asked.wait()
        gone.cancel()
        patient.cancel()
        assert await waits == b"ok"
        await asyncio.wait([gone, patient])


async def test_whoever_waits_too_long_for_a_place_has_sent_nothing() -> None:
    asked = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()

    async with lines_to(silent, most=1) as (lines, _), holding(lines, asked):
        with pytest.raises(Unsent, match="TimeoutError"):
            await ask(lines, 0.05)


async def test_without_a_server_nothing_is_sent() -> None:
    with pytest.raises(Unsent):
        await ask(Lines(URL("http://127.0.0.1:1"), most=1, connect_seconds=5.0, idle_seconds=60.0))


async def test_what_waits_when_the_lines_close_is_refused() -> None:
    asked = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()

    async with lines_to(silent, most=1) as (lines, _), holding(lines, asked):
        waits = asyncio.create_task(ask(lines))
        await asyncio.sleep(0)
        await lines.close()
        with pytest.raises(Unsent, match="closed"):
            await waits


async def test_what_nobody_asked_for_closes_the_connection() -> None:
    async def talkative(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER + ANSWER)
        await reader.read()

    async with lines_to(talkative) as (lines, seen):
        assert [await ask(lines) for _ in range(2)] == [b"ok"] * 2
    assert len(seen) == 2
