"""`zuruf desk` as it runs: a process of its own that says where it is, serves, and ends in order."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from e2e.deskdoor import GOOD

from privacy.keyring import Ring
from storage.keychain import Keychain

PATIENCE = 60.0  # seconds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_it_prints_where_it_is_makes_the_first_administrator_and_ends_in_order(tmp_path: Path) -> None:
    port = free_port()
    environ = {
        **os.environ,
        "ZURUF_STATE_DIR": str(tmp_path / "state"),
        "ZURUF_DESK_PORT": str(port),
        "LANG": "C.UTF-8",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "desk", env=environ, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            said = [(await process.stdout.readline()).decode() for _ in range(3)]
            assert said[0] == f"The desk runs: http://localhost:{port}\n"
            link = re.search(r"http\S+/invitation/\S+", said[2])
            assert link is not None
            async with ClientSession() as http:
                fields = {"name": "alma", "password": GOOD, "again": GOOD}
                same = {"Sec-Fetch-Site": "same-origin"}
                done = await http.post(link[0], data=fields, headers=same, allow_redirects=False)
                assert (done.status, done.headers["Location"]) == (303, "/")
                assert (await http.get(link[0])).status == 404
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    key = tmp_path / "state" / "keys" / "desk.key"
    assert key.stat().st_mode & 0o777 == 0o400
    assert not (tmp_path / "state" / "keys" / "root.key").exists()


def held(thing: Any, seen: set[int], depth: int = 0) -> Iterator[Any]:
    """Everything that hangs on an object."""
    if id(thing) in seen or depth > 8:
        return
    seen.add(id(thing))
    yield thing
    values = [getattr(thing, name, None) for name in getattr(type(thing), "__slots__", ())]
    for each in [*values, *vars(thing).values()] if hasattr(thing, "__dict__") else values:
        yield from held(each, seen, depth + 1)


@pytest.mark.parametrize("kind", [Ring, Keychain])
def test_an_open_desk_holds_no_key_of_the_bots(desk: Any, kind: type) -> None:
    assert not any(isinstance(each, kind) for each in held(desk.home, set()))
