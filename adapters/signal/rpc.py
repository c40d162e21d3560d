"""JSON-RPC as the daemon speaks it, whatever carries it (`http.py`, `line.py`): requests, answers, errors.

The daemon's own words in an error may quote a number or a message: they are kept apart for `verdicts.py` and shown
nowhere. Not here: what to call (`codec.py`), what an error means (`verdicts.py`), when to try again (`delivery.py`).
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Sequence
from typing import Final, Protocol

import msgspec

from adapters.errors import Unreachable
from dialogs.letters import well_formed

ANSWER_SECONDS: Final = 45.0
"""For one call: a first message to somebody fetches their keys, which takes the daemon up to half a minute."""
CONNECT_SECONDS: Final = 5.0
SILENCE_SECONDS: Final = 45.0
"""Without a byte until a stream is taken for dead; over HTTP the daemon gives a sign of life each 15 s, and before 0.14
not even its headers come earlier."""
ANSWER_LIMIT: Final = 64 * 1024 * 1024  # bytes; a received file comes as base64 in one answer
EVENT_LIMIT: Final = 1024 * 1024  # bytes; files are not in it


class RpcError(Exception):
    """The daemon said no. `words` and `results` are for `verdicts.py` alone."""

    def __init__(self, code: int, words: str, results: tuple[SendResult, ...]) -> None:
        super().__init__(f"the daemon answered {code}")
        self.code = code
        self.words = words
        self.results = results


class Misdirected(Unreachable):
    """The daemon does not take the host name that we call it by (421, from 0.14.4 on): what an operator must mend."""

    def __init__(self) -> None:
        super().__init__(
            "the daemon refuses the host name of ZURUF_SIGNAL_URL: write 127.0.0.1 or localhost, or the name that its"
            " --http was given"
        )


class NoAccount(Unreachable):
    """The daemon has no such account: what an operator must mend; what is owed stays owed."""

    def __init__(self) -> None:
        super().__init__("the daemon does not know the account: register ZURUF_SIGNAL_ACCOUNT with signal-cli")


class SendResult(msgspec.Struct, frozen=True, rename="camel"):
    """How a message ended for its one recipient; who that is is not read."""

    type: str = ""
    token: str | None = None
    retry_after_seconds: float | None = None


class Sent(msgspec.Struct, frozen=True):
    """What a call that sends answers."""

    timestamp: int = 0
    results: list[SendResult] = msgspec.field(default_factory=list)


class _Response(msgspec.Struct):
    results: list[SendResult] = msgspec.field(default_factory=list)


class _Data(msgspec.Struct):
    response: _Response | None = None


class _Error(msgspec.Struct):
    code: int = 0
    message: str = ""
    data: msgspec.Raw = msgspec.Raw(b"null")


class Answer(msgspec.Struct):
    """A line of the daemon: an answer to a call or, over a socket, a notification."""

    id: str | int | None = None
    result: msgspec.Raw = msgspec.Raw(b"null")
    error: _Error | None = None
    method: str = ""
    params: msgspec.Raw = msgspec.Raw(b"null")


_ANSWER: Final = msgspec.json.Decoder(Answer)
_DATA: Final = msgspec.json.Decoder(_Data)
_ENCODER: Final = msgspec.json.Encoder()


class Rpc(Protocol):
    """The line to one daemon, for one account."""

    async def call(self, method: str, params: dict[str, object], seconds: float = ANSWER_SECONDS) -> msgspec.Raw:
        """The result, still as JSON. Raises `RpcError`, `Unreachable`."""

    def events(self) -> AsyncGenerator[bytes, None]:
        """Envelopes as they come, each as JSON; ends by raising `Unreachable` when the line breaks.

        The next one is read when the consumer asks for it: what we do not take stays with the daemon.
        """

    async def unsubscribe(self) -> bool:
        """Ask the daemon to hand over nothing more: `events` ends when all that is on its way was given. False where it
        cannot be asked."""

    def started_with(self) -> Sequence[str]:
        """The daemon's command line, if the line shows it."""

    async def close(self) -> None: ...


def request(account: str, method: str, params: dict[str, object], number: str) -> bytes:
    """One call as a line. Which account it is for need not be said where the daemon has only one; it always may."""
    whole = params if method in _OF_THE_DAEMON else {"account": account, **params}
    return _ENCODER.encode({"jsonrpc": "2.0", "id": number, "method": method, "params": whole})


_OF_THE_DAEMON: Final = frozenset({"version", "listAccounts"})


def read_answer(payload: bytes) -> Answer:
    """Raises `Unreachable` for what is no answer of the daemon (a proxy's page, half a line)."""
    for clean in (bytes, well_formed):
        with contextlib.suppress(ValueError, RecursionError):
            return _ANSWER.decode(clean(payload))
    raise Unreachable("no answer of a signal-cli daemon")


def result_of(answer: Answer) -> msgspec.Raw:
    """Raises `RpcError`."""
    if answer.error is None:
        return answer.result
    results: tuple[SendResult, ...] = ()
    with contextlib.suppress(ValueError, RecursionError):
        data = _DATA.decode(answer.error.data) if bytes(answer.error.data) != b"null" else None
        results = tuple(data.response.results) if data is not None and data.response is not None else ()
    raise RpcError(answer.error.code, answer.error.message, results)


class _Wrapped(msgspec.Struct):
    subscription: int | None = None
    result: msgspec.Raw = msgspec.Raw(b"")


_WRAPPED: Final = msgspec.json.Decoder(_Wrapped)


def event_of(params: bytes) -> bytes:
    """The envelope of a notification `receive` that we subscribed to; b"" for any other."""
    with contextlib.suppress(ValueError, RecursionError):
        return bytes(_WRAPPED.decode(params).result)
    return b""
