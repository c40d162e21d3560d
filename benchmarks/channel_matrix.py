"""Matrix's part of `benchmarks.channels`: Zuruf and a plain nio echo bot on the same real Synapse, encrypted.

A citizen costs a room and an exchange of keys, which is not measured: so a dozen citizens answer one question over and
over, there and back again, two turns. Synapse and the citizens are processes of their own and are not counted. Needs
`make .venv-synapse`.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import vodozemac

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from servers import synapse as servers
from servers.matrix_citizen import Citizen
from servers.synapse import Synapse

from benchmarks.channel import MB, Contender, Round, Walk, cpu_of, echo, memory_of, running, zuruf

FLOOR = "nio echo"
CITIZENS = 12
FIRST: Walk = (("baenke", "Fehlt eine Bank?"), ("1", "Wie viele fehlen?"))
AGAIN: Walk = (("7", "Was noch?"), ("/zurück", "Wie viele fehlen?"))
WORDS: Walk = (("sieben", "sieben"), ("zwei", "zwei"))
"""What the echo is told instead."""
AT_ONCE = 10
"""Rooms that are opened at once."""
OPEN_TRIES = 120
OPEN_PAUSE = 0.5  # seconds


@contextlib.contextmanager
def homeserver() -> Iterator[Synapse]:
    """In memory where the machine has such a folder: it is not what is measured."""
    shared = Path("/dev/shm")
    with (
        tempfile.TemporaryDirectory(prefix="bench-", dir=shared if shared.is_dir() else None) as name,
        servers.running(Path(name)) as synapse,
    ):
        yield synapse


@asynccontextmanager
async def _town(synapse: Synapse) -> AsyncIterator[tuple[str, Contender]]:
    user, password = await asyncio.to_thread(synapse.register, "zuruf")
    environ = {
        "ZURUF_MATRIX_HOMESERVER": synapse.url,
        "ZURUF_MATRIX_USER": user,
        "ZURUF_MATRIX_PASSWORD": password,
    }
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        async with zuruf(Path(name), environ) as contender:
            yield user, replace(contender, walk=FIRST)


async def town(synapse: Synapse, seconds: float) -> Round:
    async with _town(synapse) as (user, contender):
        return await _measured(synapse, user, contender, AGAIN, seconds)


async def floor(synapse: Synapse, seconds: float) -> Round:
    user, password = await asyncio.to_thread(synapse.register, "echo")
    bot = replace(echo("matrix_echo", synapse.url, user, password), walk=(("hallo", "hallo"),))
    return await _measured(synapse, user, bot, WORDS, seconds)


CONTENDERS = {"Zuruf": town, FLOOR: floor}


async def _measured(synapse: Synapse, user: str, contender: Contender, again: Walk, seconds: float) -> Round:
    """One round of one bot, started from nothing."""
    async with running(contender) as pid:
        people = [await asyncio.to_thread(Citizen, synapse, user) for _ in range(CITIZENS)]
        try:
            await asyncio.gather(*(_begin(person, user, (*contender.walk, *again)) for person in people))
            return await _crowd(people, pid, again, seconds)
        finally:
            await asyncio.gather(*(person.client.close() for person in people))


async def _begin(person: Citizen, bot: str, walk: Walk) -> None:
    """The first turns, in which keys are exchanged: not measured."""
    await person.login()
    await person.open_chat()
    await person.until(lambda: person.members.get(bot) == "join")
    for said, answer in walk:
        await person.say(said)
        await person.hears_text(answer)


async def _crowd(people: Sequence[Citizen], pid: int, again: Walk, seconds: float) -> Round:
    result = Round()
    before, begun = cpu_of(pid), time.perf_counter()
    end = begun + seconds

    async def goes_on(person: Citizen) -> None:
        while time.perf_counter() < end:
            for said, answer in again:
                sent = time.perf_counter()
                await person.say(said)
                await person.hears_text(answer)
                result.latencies.append(time.perf_counter() - sent)
                result.turns += 1

    await asyncio.gather(*(goes_on(person) for person in people))
    result.seconds, result.cpu = time.perf_counter() - begun, cpu_of(pid) - before
    result.memory = memory_of(pid)
    return result


# -- many rooms


async def rooms(synapse: Synapse, count: int) -> tuple[int, int]:
    """Bytes resident with one room, and with so many, each encrypted and greeted. Their citizens only listen."""
    async with _town(synapse) as (user, contender), running(contender) as pid:
        first = Citizen(synapse, user)
        await first.login()
        await first.open_chat()
        await first.until(lambda: first.members.get(user) == "join")
        await first.say("baenke")
        await first.hears_text("Fehlt eine Bank?")
        alone = memory_of(pid)
        for start in range(1, count, AT_ONCE):
            many = range(start, min(start + AT_ONCE, count))
            await asyncio.gather(*(asyncio.to_thread(_opens, synapse, user) for _ in many))
            if many[-1] % 100 < AT_ONCE:
                print(f"{many[-1] + 1} rooms: {memory_of(pid) / MB:.0f} MB", file=sys.stderr, flush=True)
        await first.say("/hilfe")
        await first.hears_text("Fehlt eine Bank?")
        await first.client.close()
        return alone, memory_of(pid)


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
    for _ in range(OPEN_TRIES):
        chunk = synapse.call(token, "GET", path)["chunk"]
        if any(event["type"] == "m.room.encrypted" for event in chunk):
            return
        time.sleep(OPEN_PAUSE)
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
