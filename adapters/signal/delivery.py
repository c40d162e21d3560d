"""Calls that send, tried again within bounds and within the pace.

A message that was sent and whose answer was lost cannot be told from one that never left: it is sent again (a reply
twice is better than none; reliability.md, "at least once"). A new safety number is trusted once and the message sent
again; the operator is told. Order within a chat: the adapter holds the chat's place.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

import msgspec
import structlog

from adapters.backoff import backoff
from adapters.errors import Busy, ChannelError, Uncertain, Unreachable
from adapters.signal.codec import Call
from adapters.signal.pace import Pace, Rank
from adapters.signal.rpc import Misdirected, NoAccount, Rpc, RpcError, Sent
from adapters.signal.verdicts import Challenged, Untrusted, of_result, verdict

TRIES: Final = 4
"""Calls made for one message at most when the daemon or Signal does not answer."""
PATIENCE: Final = 60.0
"""Seconds for one message, pauses included; what is not sent by then stays owed."""
LONGEST_PAUSE: Final = 15.0  # seconds between two tries
PROBE_SECONDS: Final = 300.0
"""Between two messages that find out whether a captcha was solved."""

UNTRUSTED: Final = "UNTRUSTED"

Notice = Callable[[ChannelError | None], None]
"""Told how each call ended; None: it went through."""
Note = Callable[[str], None]
"""Counts something that an operator should know of."""

log = structlog.get_logger()


class _Identity(msgspec.Struct, rename="camel"):
    trust_level: str = ""


def _pause(problem: Busy) -> float:
    """A captcha may be solved at any time, and nobody tells us: one message in a while finds out."""
    return min(problem.retry_after, PROBE_SECONDS) if isinstance(problem, Challenged) else problem.retry_after


class Delivery:
    """One account's outgoing messages."""

    def __init__(self, rpc: Rpc, pace: Pace, notice: Notice, note: Note, clock: Callable[[], float]) -> None:
        self._rpc = rpc
        self._pace = pace
        self._notice = notice
        self._note = note
        self._clock = clock

    async def send(self, to: str, call: Call, rank: Rank = Rank.REPLY) -> int:
        """Send to one account; the message's time, which names it. Raises `ChannelError`: `Busy` or `Unreachable` when
        the bounds are reached."""
        deadline = self._clock() + PATIENCE
        failures, trusted = 0, False
        while True:
            await self._pace.wait(rank, deadline - self._clock())
            problem = await self._try(to, call)
            if not isinstance(problem, ChannelError):
                self._notice(None)
                return problem
            self._notice(problem)
            if isinstance(problem, Busy):
                await self._pace.too_many(_pause(problem))
                if rank is not Rank.REPLY or isinstance(problem, Challenged):
                    raise problem
                continue  # ends by the deadline: `wait` raises Busy
            if isinstance(problem, Untrusted) and not trusted:
                trusted = True
                await self.trust(to)
                continue
            failures += 1
            pause = backoff(failures, LONGEST_PAUSE)
            if not problem.retryable or failures >= TRIES or self._clock() + pause > deadline:
                raise problem if not isinstance(problem, Untrusted) else Unreachable("a safety number stays untrusted")
            await asyncio.sleep(pause)

    async def push(self, to: str, call: Call) -> int:
        """One attempt at what nobody waits for and what must not come twice. Raises `ChannelError`: `Uncertain` if the
        daemon did not say how it ended."""
        await self._pace.wait(Rank.PUSH, 0.0)
        problem = await self._try(to, call)
        if isinstance(problem, Untrusted):
            await self.trust(to)
            await self._pace.wait(Rank.PUSH, 0.0)
            problem = await self._try(to, call)
        if not isinstance(problem, ChannelError):
            self._notice(None)
            return problem
        self._notice(problem)
        if isinstance(problem, Busy):
            await self._pace.too_many(_pause(problem))
        raise problem

    async def distrusts(self, whom: str) -> bool:
        """Whether the daemon has a key of somebody that nobody trusts yet. Raises `ChannelError`."""
        answer = await self.call("listIdentities", {"number": whom})
        with contextlib.suppress(ValueError):
            return any(one.trust_level == UNTRUSTED for one in msgspec.json.decode(answer, type=list[_Identity]))
        return False

    async def trust(self, whom: str) -> None:
        """Trust a new safety number, as on first use, and tell the operator that it happened. Raises `ChannelError`."""
        await self.call("trust", {"recipient": whom, "trustAllKnownKeys": True})
        log.warning("safety_number_changed", channel="signal")
        self._note("safety_number_changed")

    async def forget(self, whom: str) -> None:
        """The daemon need not know somebody any more: id, profile, keys, timer. Raises `ChannelError`."""
        await self.call("removeContact", {"recipient": whom, "forget": True})

    async def call(self, method: str, params: dict[str, object]) -> msgspec.Raw:
        """Something that sends nothing, tried once. Raises `ChannelError`."""
        problem: ChannelError
        try:
            return await self._rpc.call(method, params)
        except RpcError as error:
            problem = verdict(error)
        raise problem

    async def _try(self, to: str, call: Call) -> int | ChannelError:
        try:
            answer = await self._rpc.call(call.method, {"recipient": [to], **call.params})
            sent = msgspec.json.decode(answer, type=Sent)
        except RpcError as error:
            return verdict(error)
        except Unreachable as error:
            return error if isinstance(error, NoAccount | Misdirected) else Uncertain(str(error))
        except ChannelError as error:
            return error
        except ValueError:
            return Uncertain("the daemon does not say whether it sent")
        failed = next((result for result in sent.results if result.type != "SUCCESS"), None)
        return of_result(failed) if failed is not None else sent.timestamp
