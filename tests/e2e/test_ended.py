"""The process is asked to end under load: it ends in order, leaves no task and no socket, and nothing is lost."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import psutil
import pytest
import redis.asyncio
from e2e.processes import config_of, environment, nursery, stored_in
from e2e.talking import Talker, benches, eventually, is_complete, talkers
from e2e.town import TOKEN, publish_form, running_town

from adapters.telegram.emulator import Emulator

FULL = os.environ.get("ZURUF_TEST_SCALE") == "full"

COMPLAINTS = ("asyncio", "py.warnings", "_failed ", "Traceback")
"""What the log says of tasks that were destroyed, exceptions that nobody fetched, sockets that nobody closed."""


def _have_heard(everybody: Sequence[Talker], messages: int) -> bool:
    return sum(len(talker.heard) for talker in everybody) >= messages


async def ended_under_load(state: Path, redis_url: str, people: int, times: int) -> None:
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        await client.flushall()
    async with Emulator(token=TOKEN) as telegram, nursery() as zuruf:
        environ = environment(state, redis_url, telegram, CHILD_LOG=str(state / "log"), ZURUF_LOG_LEVEL="debug")
        await publish_form(config_of(environ), benches(state), "baenke")
        everybody = talkers(telegram, people)
        async with asyncio.TaskGroup() as tasks:
            walks = [tasks.create_task(talker.walks()) for talker in everybody]
            for _ in range(times):
                enough = sum(len(talker.heard) for talker in everybody) + people // 2
                async with zuruf.process(environ) as running:
                    await eventually(partial(_have_heard, everybody, enough))
                    await running.ends()
            async with zuruf.process(environ) as running:
                await asyncio.wait(walks)
                await running.ends()
        assert is_complete(await stored_in(config_of(environ), "baenke"), everybody)
        for talker in everybody:
            assert len(talker.heard) == len(set(talker.heard)), "an end in order repeats nothing"
    log = (state / "log").read_text()
    assert log.count("stopped") == times + 1
    for complaint in (
        "asyncio",
        "py.warnings",
        "task_failed",
        "turn_failed",
        "loop_failed",
        "channel_failed",
        "Traceback",
    ):
        assert complaint not in log


async def test_it_is_asked_to_end_under_load(tmp_path: Path, valkey_url: str) -> None:
    await ended_under_load(tmp_path, valkey_url, 10, 2)


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_it_is_asked_to_end_again_and_again(tmp_path: Path, valkey_url: str) -> None:
    await ended_under_load(tmp_path, valkey_url, 50, 4)


async def test_it_is_killed_twice_by_an_impatient_operator(tmp_path: Path, valkey_url: str) -> None:
    """A second SIGTERM while it ends changes nothing."""
    async with Emulator(token=TOKEN) as telegram, nursery() as zuruf:
        environ = environment(tmp_path, valkey_url, telegram, CHILD_LOG=str(tmp_path / "log"))
        await publish_form(config_of(environ), benches(tmp_path), "baenke")
        async with zuruf.process(environ) as running:
            (talker,) = talkers(telegram, 1)
            await talker.begins()
            os.kill(running.pid, signal.SIGTERM)
            await running.ends()


async def test_no_socket_is_left_open(tmp_path: Path, valkey_url: str) -> None:
    """In this process, where the town's parts begin and end like in their own."""
    me = psutil.Process()

    async def live(folder: Path) -> None:
        folder.mkdir()
        async with running_town(folder, valkey_url) as town:
            await town.publish(benches(folder), "baenke")
            (talker,) = talkers(town.telegram, 1)
            await talker.walks()

    await live(tmp_path / "first")  # what is loaded once stays
    before, tasks = me.num_fds(), our_tasks()
    for number in range(2):
        await live(tmp_path / str(number))
    assert me.num_fds() <= before + 1
    assert our_tasks() == tasks


def our_tasks() -> int:
    """Tasks under way, but for calls that the emulator's server still holds (a long poll whose caller is gone)."""
    frames = ([frame.f_code.co_filename for frame in task.get_stack()] for task in asyncio.all_tasks())
    return sum("web_protocol" not in str(files) for files in frames)
