"""`python -m benchmarks.channel_matrix`: what a turn costs on Matrix, with a plain nio echo bot as the floor.

Both talk to the same real Synapse with the same encrypted citizens, one after the other, in rounds that alternate. A
turn is one message of a citizen and the bot's answer, read and decrypted. Synapse and the citizens are processes of
their own and are not counted. What the figures mean: benchmarks/README.md. Needs `make .venv-synapse`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psutil
import vodozemac
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from servers import synapse as servers
from servers.matrix_citizen import Citizen
from servers.synapse import Synapse

from benchmarks.valkey import Valkey

GOAL = 2.0
"""Times the floor's CPU seconds per 1,000 turns, at most."""
MEMORY_GOAL_MB = 300
STOP_LIMIT = 20.0
CITIZENS = 12
FORM = """
| survey | | | | |
| | type | name | label | required |
| | integer | zahl | Wie viele fehlen? | yes |
| | text | wort | Was noch? | yes |
| settings | | | |
| | form_title | form_id | default_language |
| | Bänke | baenke | de |
"""
FIRST = (("baenke", "Wie viele fehlen?"),)
AGAIN = (("7", "Was noch?"), ("/zurück", "Wie viele fehlen?"))
"""What a citizen says over and over, and what the answer to it holds: there and back again, two turns."""
MB = 2**20


@dataclass
class Round:
    """What one bot did in one round."""

    turns: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    latencies: list[float] = field(default_factory=list)

    @property
    def cpu_per_thousand(self) -> float:
        return self.cpu / max(self.turns, 1) * 1000


@dataclass(frozen=True)
class Contender:
    """A bot that runs: its account, its process, and what is said to it."""

    user: str
    pid: int
    first: Sequence[tuple[str, str]]
    again: Sequence[tuple[str, str]]


Make = Callable[[Path, Synapse], AbstractAsyncContextManager[Contender]]


@asynccontextmanager
async def _process(command: Sequence[str], environ: dict[str, str]) -> AsyncIterator[int]:
    process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **environ}, stdout=subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        process.terminate()
        async with asyncio.timeout(STOP_LIMIT):
            await process.wait()


@asynccontextmanager
async def echo(folder: Path, synapse: Synapse) -> AsyncIterator[Contender]:
    """The floor."""
    user, password = await asyncio.to_thread(synapse.register, "echo")
    command = (sys.executable, "-m", "benchmarks.peers.matrix_echo", synapse.url, user, password)
    async with _process(command, {}) as pid:
        yield Contender(user, pid, (("hallo", "hallo"),), (("sieben", "sieben"), ("zwei", "zwei")))


@asynccontextmanager
async def zuruf(folder: Path, synapse: Synapse) -> AsyncIterator[Contender]:
    """As a town runs it, with a Valkey of its own."""
    user, password = await asyncio.to_thread(synapse.register, "zuruf")
    valkey = Valkey(folder / "valkey")
    environ = {
        "ZURUF_STATE_DIR": str(folder / "state"),
        "ZURUF_REDIS_URL": f"unix://{valkey.socket}",
        "ZURUF_WEB_ENABLED": "false",
        "ZURUF_HTTP_PORT": "0",
        "ZURUF_LOG_LEVEL": "error",
        "ZURUF_MATRIX_HOMESERVER": synapse.url,
        "ZURUF_MATRIX_USER": user,
        "ZURUF_MATRIX_PASSWORD": password,
    }
    form = folder / "baenke.md"
    form.write_text(FORM, "utf-8")
    program = str(Path(sys.executable).parent / "zuruf")
    publish = (program, "survey", "publish", str(form), "--code", "baenke")
    try:
        await asyncio.to_thread(
            subprocess.run, publish, env={**os.environ, **environ}, check=True, capture_output=True, timeout=120
        )
        async with _process((program, "run"), environ) as pid:
            yield Contender(user, pid, FIRST, AGAIN)
    finally:
        valkey.stop()


async def measured(make: Make, synapse: Synapse, seconds: float, citizens: int = CITIZENS) -> Round:
    """One round of one bot, started from nothing."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        async with make(Path(name), synapse) as bot:
            people = [await asyncio.to_thread(Citizen, synapse, bot.user) for _ in range(citizens)]
            try:
                await asyncio.gather(*(_begin(person, bot) for person in people))
                return await _crowd(people, bot, seconds)
            finally:
                await asyncio.gather(*(person.client.close() for person in people))


async def _begin(person: Citizen, bot: Contender) -> None:
    """The first turns, in which keys are exchanged: not measured."""
    await person.login()
    await person.open_chat()
    await person.until(lambda: person.members.get(bot.user) == "join")
    for said, answer in (*bot.first, *bot.again):
        await person.say(said)
        await person.hears_text(answer)


async def _crowd(people: Sequence[Citizen], bot: Contender, seconds: float) -> Round:
    result = Round()
    before, begun = _cpu(bot.pid), time.perf_counter()
    end = begun + seconds

    async def goes_on(person: Citizen) -> None:
        while time.perf_counter() < end:
            for said, answer in bot.again:
                sent = time.perf_counter()
                await person.say(said)
                await person.hears_text(answer)
                result.latencies.append(time.perf_counter() - sent)
                result.turns += 1

    await asyncio.gather(*(goes_on(person) for person in people))
    result.seconds = time.perf_counter() - begun
    result.cpu = _cpu(bot.pid) - before
    result.memory = _memory(bot.pid)
    return result


def _cpu(pid: int) -> float:
    process = psutil.Process(pid)
    return sum(each.cpu_times().user + each.cpu_times().system for each in (process, *process.children(recursive=True)))


def _memory(pid: int) -> int:
    process = psutil.Process(pid)
    return int(sum(each.memory_info().rss for each in (process, *process.children(recursive=True))))


# -- many rooms


async def rooms(make: Make, synapse: Synapse, count: int) -> tuple[int, int]:
    """Bytes resident with one room, and with so many, each encrypted and greeted. Their citizens only listen."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        async with make(Path(name), synapse) as bot:
            first = Citizen(synapse, bot.user)
            await first.login()
            await first.open_chat()
            await first.until(lambda: first.members.get(bot.user) == "join")
            await first.say("baenke")
            await first.hears_text("Wie viele")
            alone = _memory(bot.pid)
            for start in range(1, count, 10):
                many = range(start, min(start + 10, count))
                await asyncio.gather(*(asyncio.to_thread(_opens, synapse, bot.user) for _ in many))
                print(f"{many[-1] + 1} rooms: {_memory(bot.pid) / MB:.0f} MB", file=sys.stderr)
            await first.say("/hilfe")
            await first.hears_text("Wie viele")
            await first.client.close()
            return alone, _memory(bot.pid)


def _opens(synapse: Synapse, bot: str) -> None:
    """The least that a client does: keys, a room, an invitation; returns when the bot has written."""
    user, password = synapse.register("listener")
    login = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": user}, "password": password}
    session = synapse.call("", "POST", "/login", login)
    token, device = session["access_token"], session["device_id"]
    synapse.call(token, "POST", "/keys/upload", _keys(user, device))
    encryption = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
    made = synapse.call(
        token, "POST", "/createRoom", {"is_direct": True, "invite": [bot], "initial_state": [encryption]}
    )
    path = f"/rooms/{made['room_id']}/messages?dir=b&limit=5"
    for _ in range(200):
        chunk = synapse.call(token, "GET", path)["chunk"]
        if any(event["type"] == "m.room.encrypted" for event in chunk):
            return
        time.sleep(0.5)
    raise RuntimeError("the bot did not write")


def _keys(user: str, device: str) -> dict[str, Any]:
    from adapters.matrix.cross_signing import canonical

    account = vodozemac.Account()
    account.generate_one_time_keys(2)
    keys: dict[str, Any] = {
        "algorithms": ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
        "device_id": device,
        "user_id": user,
        "keys": {
            f"curve25519:{device}": account.curve25519_key.to_base64(),
            f"ed25519:{device}": account.ed25519_key.to_base64(),
        },
    }
    keys["signatures"] = {user: {f"ed25519:{device}": account.sign(canonical(keys)).to_base64()}}
    once = {}
    for id_, key in account.one_time_keys.items():
        signed = {"key": key.to_base64()}
        signature = account.sign(canonical(signed)).to_base64()
        once[f"signed_curve25519:{id_}"] = {**signed, "signatures": {user: {f"ed25519:{device}": signature}}}
    return {"device_keys": keys, "one_time_keys": once}


# -- the table


async def compare(count: int, seconds: float) -> dict[str, list[Round]]:
    """Zuruf and the echo, in turns, each time on the same homeserver."""
    makers: dict[str, Make] = {"Zuruf": zuruf, "nio echo": echo}
    found: dict[str, list[Round]] = {name: [] for name in makers}
    with tempfile.TemporaryDirectory(prefix="bench-") as name, servers.running(Path(name)) as synapse:
        for _ in range(count):
            for title, make in makers.items():
                found[title].append(await measured(make, synapse, seconds))
    return found


def row(name: str, found: Sequence[Round]) -> list[str]:
    cuts = quantiles(sorted(value for one in found for value in one.latencies), n=100)
    return [
        name,
        f"{median(one.turns / one.seconds for one in found):.0f}",
        f"{cuts[49] * 1000:.0f} ms",
        f"{cuts[98] * 1000:.0f} ms",
        f"{median(one.cpu_per_thousand for one in found):.2f}",
        f"{median(one.memory for one in found) / MB:.0f} MB",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--rooms", type=int, default=0, help="measure memory with so many rooms instead")
    parser.add_argument("--check", action="store_true", help="a missed goal is an error")
    options = parser.parse_args()
    console = Console()
    if options.rooms:
        with tempfile.TemporaryDirectory(prefix="bench-") as name, servers.running(Path(name)) as synapse:
            alone, many = asyncio.run(rooms(zuruf, synapse, options.rooms))
        console.print(
            f"1 room: {alone / MB:.0f} MB; {options.rooms} rooms: {many / MB:.0f} MB (goal: {MEMORY_GOAL_MB})"
        )
        raise SystemExit(1 if options.check and many > MEMORY_GOAL_MB * MB else 0)
    found = asyncio.run(compare(options.rounds, options.seconds))
    table = Table("Matrix", "turns/s", "p50", "p99", "CPU s per 1,000 turns", "memory")
    for name, results in found.items():
        table.add_row(*row(name, results))
    console.print(table)
    cost = {name: median(one.cpu_per_thousand for one in results) for name, results in found.items()}
    ratio = cost["Zuruf"] / cost["nio echo"]
    missed = ratio > GOAL
    console.print(
        f"Zuruf takes {ratio:.2f} times the CPU of the echo (goal {GOAL:.0f}): {'missed' if missed else 'reached'}"
    )
    if options.check and missed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
