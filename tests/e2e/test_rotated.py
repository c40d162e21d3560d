"""The root key is rotated by another process while Zuruf runs and people answer: nobody notices, nothing is lost."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from e2e.processes import config_of, environment, nursery, stored_in
from e2e.talking import benches, is_complete, talkers
from e2e.town import ROOT, TOKEN, publish_form

from adapters.telegram.emulator import Emulator
from storage.rootkey import open_root

PEOPLE = 16
ROTATIONS = 2


async def _rotated(environ: Mapping[str, str]) -> str:
    """`zuruf keys rotate`, as an operator types it; returns what it says."""
    base = {name: value for name, value in os.environ.items() if not name.startswith(("ZURUF_", "LC_", "LANG"))}
    command = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "keys", "rotate",
        env={**base, **environ}, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await command.communicate()
    assert command.returncode == 0, said.decode()
    return said.decode()


async def test_people_answer_while_the_root_key_is_rotated(tmp_path: Path, valkey_url: str, database_url: str) -> None:
    import redis.asyncio

    async with redis.asyncio.Redis.from_url(valkey_url) as client:
        await client.flushall()
    async with Emulator(token=TOKEN) as telegram, nursery() as zuruf:
        environ = environment(tmp_path, valkey_url, telegram, ZURUF_DATABASE_URL=database_url)
        await publish_form(config_of(environ), benches(tmp_path), "baenke")
        everybody = talkers(telegram, PEOPLE)
        roots = {open_root(tmp_path)}
        async with zuruf.process(environ) as running:
            early, late = everybody[: PEOPLE // 2], everybody[PEOPLE // 2 :]
            await asyncio.gather(*(talker.begins() for talker in early))
            async with asyncio.TaskGroup() as tasks:
                for talker in early:
                    tasks.create_task(talker.answers())
                for _ in range(ROTATIONS):
                    assert "wrapped under a new root key" in await _rotated(environ)
                    roots.add(open_root(tmp_path))
                for talker in late:
                    tasks.create_task(talker.walks())
            await running.ends()
        assert len(roots) == ROTATIONS + 1
        assert is_complete(await stored_in(config_of(environ), "baenke"), everybody)
        assert [path.name for path in (tmp_path / "keys").glob("*root*")] == ["root.key"]
        on_disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert [root in on_disk for root in roots].count(True) == 1, "old root keys are nowhere"
