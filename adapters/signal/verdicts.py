"""What an error of the daemon means for us. Pure.

A message to one person either succeeds or fails as a call; how is in the error's `data.response.results`, and only
where that is missing in its code (signal-cli's SignalJsonRpcCommandHandler and SendMessageResultUtils). The daemon's
words are passed on nowhere: they name the recipient.
"""

from __future__ import annotations

from typing import Final

from adapters.base import Sign
from adapters.errors import Blocked, Busy, ChannelError, Gone, Rejected, Unreachable
from adapters.signal.rpc import Misdirected, NoAccount, RpcError, SendResult

USER_ERROR: Final = -1
IO_ERROR: Final = -3
UNTRUSTED_KEY: Final = -4
RATE_LIMIT: Final = -5
CAPTCHA_REJECTED: Final = -6
NO_METHOD: Final = -32601
BAD_PARAMS: Final = -32602
BAD_REQUEST: Final = -32600

UNREGISTERED: Final = "is not registered"
"""The one thing that a user error without results can say of the recipient, by its words only."""

RETRY_AFTER_DEFAULT: Final = 300.0
"""Seconds to wait when Signal says "too many" and the daemon (before 0.14.3) does not say how long."""
CHALLENGE_SECONDS: Final = 3600.0
"""Between two tries while a captcha waits to be solved, where Signal names no time."""
LONGEST_WAIT: Final = 7 * 24 * 3600.0


class Challenged(Blocked):
    """Signal wants a person to solve a captcha before anything more is sent. `token` names the challenge."""

    def __init__(self, retry_after: float, token: str) -> None:
        super().__init__(retry_after)
        self.token = token


class Untrusted(ChannelError):
    """The recipient has a new safety number: trust it and send again."""

    def __init__(self) -> None:
        super().__init__("the safety number has changed")


class NoSignal(Unreachable):
    """The daemon answers, and could not reach Signal."""

    def __init__(self) -> None:
        super().__init__("signal-cli could not reach Signal for this message")


class NoMethod(Rejected):
    """The daemon is too old for the call."""

    def __init__(self) -> None:
        super().__init__("the daemon does not know the call")


def verdict(error: RpcError) -> ChannelError:
    """The error as the rest of the house knows it."""
    for result in error.results:
        return of_result(result)
    match error.code:
        case _ if error.code == UNTRUSTED_KEY:
            return Untrusted()
        case _ if error.code == RATE_LIMIT:
            return Busy(RETRY_AFTER_DEFAULT)
        case _ if error.code == CAPTCHA_REJECTED:
            return Challenged(CHALLENGE_SECONDS, "")
        case _ if error.code == BAD_PARAMS:
            return NoAccount()
        case _ if error.code == NO_METHOD:
            return NoMethod()
        case _ if error.code == USER_ERROR and UNREGISTERED in error.words:
            return Gone("no longer at Signal")
        case _ if error.code == IO_ERROR:
            return NoSignal()
        case _ if error.code in (USER_ERROR, BAD_REQUEST):
            return Rejected("the daemon does not take it")
        case _:
            return Unreachable(f"the daemon answered {error.code}")


def of_result(result: SendResult) -> ChannelError:
    """One recipient's failure."""
    if result.token:
        return Challenged(_seconds(result.retry_after_seconds, CHALLENGE_SECONDS), result.token)
    match result.type:
        case "UNREGISTERED_FAILURE":
            return Gone("no longer at Signal")
        case "IDENTITY_FAILURE":
            return Untrusted()
        case "RATE_LIMIT_FAILURE":
            return Busy(_seconds(result.retry_after_seconds, RETRY_AFTER_DEFAULT))
        case _:
            return NoSignal()


def _seconds(said: float | None, default: float) -> float:
    return min(said, LONGEST_WAIT) if said is not None and said > 0 else default


def sign_of(problem: ChannelError | None) -> tuple[Sign, str]:
    """What a call that ended so says of the channel as a whole, with a hint for the operator; None: it went through."""
    match problem:
        case Challenged():
            return Sign.BLOCKED, captcha_hint(problem.token)
        case Busy():
            return Sign.SLOW, "Signal asks to wait: too many messages at once. It ends by itself."
        case NoAccount() | Misdirected():
            return Sign.BLOCKED, f"{str(problem)[:1].upper()}{str(problem)[1:]}."
        case NoSignal():
            return Sign.LOST, "signal-cli runs, and does not reach Signal. Does its machine reach chat.signal.org?"
        case Unreachable():
            return Sign.LOST, "The signal-cli daemon does not answer. Is it running, and is ZURUF_SIGNAL_URL right?"
        case _:
            return Sign.WORKS, ""


def captcha_hint(token: str) -> str:
    """What an operator does about a challenge. The token is Signal's name of it; it says nothing about anybody."""
    challenge = token if token and all(letter.isalnum() or letter in "-_" for letter in token[:100]) else "…"
    return (
        "Signal wants a captcha: solve it at signalcaptchas.org/challenge/generate.html, then run"
        f" zuruf signal captcha {challenge[:100]} signalcaptcha://…"
    )
