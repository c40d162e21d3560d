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
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import vodozemac

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from servers import synapse as servers
from servers.matrix_citizen import Citizen
from servers.synapse import Synapse

from benchmarks.channel import (
    AGAIN,
    FIRST,
    MB,
    WORDS,
    Contender,
    Round,
    Walk,
    echo,
    in_memory,
    memory_of,
    over_and_over,
    running,
    turns,
    zuruf,
)

FLOOR = "nio echo"
CITIZENS = 12
AT_ONCE = 10
"""Rooms that are opened at once."""
OPEN_TRIES = 120
OPEN_PAUSE = 0.5  # seconds


@contextlib.contextmanager
def homeserver() -> Iterator[Synapse]:
    with in_memory() as folder, servers.running(folder) as synapse:
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


@dataclass(frozen=True)
class MatrixTalk:
    citizen: Citizen

    async def says(self, text: str) -> None:
        await self.citizen.say(text)

    async def hears(self, text: str) -> None:
        await self.citizen.hears_text(text)


async def _measured(synapse: Synapse, user: str, contender: Contender, again: Walk, seconds: float) -> Round:
    """One round of one bot, started from nothing."""
    async with running(contender) as pid:
        people = [await asyncio.to_thread(Citizen, synapse, user) for _ in range(CITIZENS)]
        try:
            await asyncio.gather(*(_begin(person, user, (*contender.walk, *again)) for person in people))
            return await over_and_over([MatrixTalk(person) for person in people], pid, again, seconds)
        finally:
            await asyncio.gather(*(person.client.close() for person in people))


async def _begin(person: Citizen, bot: str, walk: Walk) -> None:
    """The first turns, in which keys are exchanged: not measured."""
    await person.login()
    await person.open_chat()
    await person.until(lambda: person.members.get(bot) == "join")
    await turns(MatrixTalk(person), walk, Round())


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
