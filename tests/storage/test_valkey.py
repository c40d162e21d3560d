"""The embedded server: its life, its privacy on disk, and what happens when it is killed."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
import redis.asyncio

from privacy.keyring import Entry, SessionEpoch, new_key
from storage.conversations import SessionName
from storage.errors import Unavailable
from storage.redis import RedisConversations
from storage.valkey import SOCKET_PATH_LIMIT, EmbeddedValkey, ServerFailed, StateInUse

HOUR = 3600


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedValkey]:
    made = EmbeddedValkey(tmp_path)
    await made.start()
    yield made
    await made.stop()


async def write(url: str, name: SessionName, sealed: bytes) -> None:
    conversations = RedisConversations(url)
    loaded = await conversations.load([name], [])
    assert loaded is not None
    await conversations.save([name], loaded, sealed, HOUR, None, None)
    await conversations.close()


async def read(url: str, name: SessionName) -> bytes | None:
    conversations = RedisConversations(url)
    loaded = await conversations.load([name], [])
    assert loaded is not None
    await conversations.release([name], loaded)
    await conversations.close()
    return loaded.sealed


async def until_available(url: str) -> None:
    conversations = RedisConversations(url)
    async with asyncio.timeout(10):
        while True:
            try:
                await conversations.ping()
            except Unavailable:
                await asyncio.sleep(0.02)
            else:
                break
    await conversations.close()


async def until_logged(url: str) -> None:
    """On a slow disk the log is written up to two seconds late: that much of a draft may be lost with the server."""
    async with redis.asyncio.Redis.from_url(url) as client, asyncio.timeout(10):
        while (about := await client.info("persistence"))["aof_buffer_length"] or about["aof_pending_bio_fsync"]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def socket_of(server: EmbeddedValkey) -> Path:
    return Path(server.url.removeprefix("unix://"))


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


async def test_state_survives_a_restart(tmp_path: Path) -> None:
    name = SessionName(os.urandom(16))
    for expected in (None, b"draft"):
        server = EmbeddedValkey(tmp_path)
        await server.start()
        assert await read(server.url, name) == expected
        await write(server.url, name, b"draft")
        await server.stop()


async def test_stopping_ends_the_process_and_removes_the_socket(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path)
    await server.start()
    pid = server.pid
    assert pid is not None
    await server.stop()
    assert gone(pid)
    assert not socket_of(server).exists()


async def test_a_second_owner_is_refused_with_advice(server: EmbeddedValkey, tmp_path: Path) -> None:
    with pytest.raises(StateInUse, match="ZURUF_STATE_DIR"):
        await EmbeddedValkey(tmp_path).start()
    await until_available(server.url)


async def test_a_server_left_by_a_killed_owner_is_ended_and_its_state_kept(tmp_path: Path) -> None:
    name = SessionName(os.urandom(16))
    first = EmbeddedValkey(tmp_path)
    await first.start()
    await write(first.url, name, b"draft")
    left = first.pid
    assert left is not None
    first._disown()  # what the kernel does for a killed owner
    second = EmbeddedValkey(tmp_path)
    await second.start()
    assert gone(left)
    assert await read(second.url, name) == b"draft"
    await second.stop()


async def test_a_stale_socket_is_replaced(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path)
    path = socket_of(server)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")
    await server.start()
    await until_available(server.url)
    await server.stop()


async def test_only_we_may_enter_its_folder(server: EmbeddedValkey, tmp_path: Path) -> None:
    assert (tmp_path / "valkey").stat().st_mode & 0o777 == 0o700


async def test_a_killed_server_comes_back_with_its_state_and_the_same_client_goes_on(
    server: EmbeddedValkey,
) -> None:
    name = SessionName(os.urandom(16))
    conversations = RedisConversations(server.url)
    supervisor = asyncio.create_task(server.supervise())
    loaded = await conversations.load([name], [])
    assert loaded is not None
    await conversations.save([name], loaded, b"draft", HOUR, None, None)
    await until_logged(server.url)
    killed = server.pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    async with asyncio.timeout(10):
        while server.pid == killed:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await until_available(server.url)
    again = await conversations.load([name], [])
    assert again is not None
    assert again.sealed == b"draft"
    supervisor.cancel()
    await conversations.close()


class Hesitant(EmbeddedValkey):
    """Starts, and after a death not at the first try."""

    tries = 0

    async def _spawn(self) -> None:
        self.tries += 1
        if self.tries in (2, 3):
            raise ServerFailed("not just now")
        await super()._spawn()


async def test_a_server_that_does_not_come_back_at_once_is_started_again(tmp_path: Path) -> None:
    server = Hesitant(tmp_path)
    await server.start()
    supervisor = asyncio.create_task(server.supervise())
    died = server.pid
    assert died is not None
    os.kill(died, signal.SIGKILL)
    async with asyncio.timeout(10):
        while server.pid == died:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    supervisor.cancel()
    await asyncio.wait([supervisor])
    await server.stop()


async def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "valkey" / "appendonlydir").mkdir(parents=True)
    (tmp_path / "valkey" / "appendonlydir" / "appendonly.aof.manifest").write_bytes(b"nonsense\n")
    with pytest.raises(ServerFailed):
        await EmbeddedValkey(tmp_path).start()


async def test_a_long_state_path_gets_a_short_private_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 80)
    deep.mkdir()
    server = EmbeddedValkey(deep)
    await server.start()
    path = socket_of(server)
    assert len(os.fsencode(path)) <= SOCKET_PATH_LIMIT
    assert path.parent.stat().st_mode & 0o777 == 0o700
    await server.stop()
    path.parent.rmdir()


async def test_nothing_that_a_citizen_said_is_on_disk(server: EmbeddedValkey, tmp_path: Path) -> None:
    epoch = SessionEpoch.derive(date(2026, 11, 22), new_key())
    name = SessionName(os.urandom(16))
    await write(server.url, name, epoch.seal(Entry.SESSION, name, b"canary-text-4711"))
    async with redis.asyncio.Redis.from_url(server.url) as client:
        await client.bgsave()
    conversations = RedisConversations(server.url)
    await conversations.rewrite_log()
    await conversations.close()
    await server.stop()
    files = [path for path in (tmp_path / "valkey").rglob("*") if path.is_file()]
    content = b"".join(path.read_bytes() for path in files)
    assert name in content, "the test must look where the entries are"
    assert b"canary" not in content
