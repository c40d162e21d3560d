"""Real Signal's part of `benchmarks.channels`: Zuruf and a plain echo with a real signal-cli that encrypts for them.

The daemon is counted with the bot that it serves, as nio's cryptography is within a Matrix bot. Signal's servers stand
on loopback (`tests/servers/signal`); they and the citizens, accounts of a second daemon, are not counted. One daemon
serves all rounds; each bot has it for a while before anything is measured, for a program in Java gets faster as it
runs. Needs `make real-signal`.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from servers.signal import daemon as daemons
from servers.signal.citizen import Citizen
from servers.signal.daemon import JAVA, PHONE, PROGRAM, Daemon
from servers.signal.service import serving
from servers.signal.trust import Trust

from adapters.signal.emulator import ACCOUNT
from benchmarks.channel import (
    AGAIN,
    FIRST,
    WORDS,
    Contender,
    Round,
    Walk,
    echo,
    in_memory,
    over_and_over,
    running,
    turns,
    zuruf,
)
from benchmarks.channel_signal import CEILING

FLOOR = "signal-cli echo"
CITIZENS = 40
"""So many that none of them writes faster than Zuruf takes from one person (`bot/flood.py`)."""
WARM_SECONDS = 15.0
AS_DEPLOYED: tuple[str, ...] = ()
"""No option for Java's compilers."""


@dataclass
class Signal:
    """The town's daemon, and citizens with phones."""

    town: Daemon
    people: Sequence[Citizen]


@asynccontextmanager
async def signal() -> AsyncIterator[Signal]:
    async with contextlib.AsyncExitStack() as stack:
        folder = stack.enter_context(in_memory())
        trust = Trust(folder)
        service = await stack.enter_async_context(serving(trust, trust.prepare(PROGRAM, JAVA / "keytool")))
        town = await stack.enter_async_context(daemons.running(service, folder / "town", java=AS_DEPLOYED))
        phones = await stack.enter_async_context(daemons.running(service, folder / "phones", PHONE))
        account = await town.register(ACCOUNT)
        people = [await Citizen.new(phones, account) for _ in range(CITIZENS)]
        yield Signal(town, people)


async def town(signal: Signal, seconds: float) -> Round:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        environ = {
            "ZURUF_SIGNAL_ACCOUNT": ACCOUNT,
            "ZURUF_SIGNAL_URL": f"unix:{signal.town.socket}",
            "ZURUF_SIGNAL_DATA": str(signal.town.data),
            "ZURUF_SIGNAL_CEILING": CEILING,
            "ZURUF_SIGNAL_POLLS": "false",
        }
        async with zuruf(Path(name), environ) as contender:
            return await _measured(signal, replace(contender, walk=FIRST), AGAIN, seconds)


async def floor(signal: Signal, seconds: float) -> Round:
    bot = replace(echo("signal_echo", str(signal.town.socket), ACCOUNT), walk=WORDS)
    return await _measured(signal, bot, WORDS, seconds)


CONTENDERS = {"Zuruf": town, FLOOR: floor}


async def _measured(signal: Signal, contender: Contender, again: Walk, seconds: float) -> Round:
    """One round of one bot, started from nothing."""
    async with running(contender) as pid:
        await asyncio.gather(*(turns(person, contender.walk, Round()) for person in signal.people))
        measured = partial(over_and_over, signal.people, pid, again, beside=signal.town.process.pid)
        await measured(WARM_SECONDS)
        return await measured(seconds)
