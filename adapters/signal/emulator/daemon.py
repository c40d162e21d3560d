"""What the daemon does with one line, whichever door it came through: parse, find the account, fault, answer.

Order and words are those of signal-cli 0.13/0.14 (JsonRpcReader, SignalJsonRpcCommandHandler): the method first, then
the account, then the command's own parameters.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from adapters.faults import Refused, Slow, TooMany
from adapters.signal.emulator import problems
from adapters.signal.emulator.chats import Json
from adapters.signal.emulator.faults import Captcha, Fault, Faults, IoError, NetworkFailure
from adapters.signal.emulator.methods import SENDING, SINGLE, Method, Town, failed, send_poll
from adapters.signal.emulator.problems import Problem

CALLS_KEPT: Final = 10_000
POLLS_FROM: Final = (0, 13, 23)
RETRY_AFTER_FROM: Final = (0, 14, 3)


@dataclass(frozen=True, slots=True)
class Subscribed:
    """Where a subscription is possible (over a socket): its number."""

    number: int


@dataclass(frozen=True, slots=True)
class Made:
    """A call that arrived, in the order of arrival."""

    method: str
    params: Mapping[str, Any]
    at: float
    """Seconds, monotonic."""


class Daemon:
    """One daemon in multi-account mode, with one account or none."""

    def __init__(self, town: Town, faults: Faults, *, registered: bool) -> None:
        self._town = town
        self._faults = faults
        self.registered = registered
        self.calls: deque[Made] = deque(maxlen=CALLS_KEPT)
        """Every call that was understood, faults included."""
        self.rejected: list[str] = []
        """Words of all refusals that a well-behaved bot never meets."""
        self.early: list[str] = []
        """What was sent before a `retry_after` was over."""
        self._closed_until = 0.0
        self._captcha: Captcha | None = None
        version = tuple(map(int, town.version.split(".")))
        self._methods: dict[str, Method] = dict(SINGLE)
        if version >= POLLS_FROM:
            self._methods["sendPollCreate"] = send_poll
        self._says_when = version >= RETRY_AFTER_FROM

    def strike(self, method: str) -> Fault | None:
        return self._faults.strike(method)

    @staticmethod
    def read(line: bytes) -> Any:
        """A document, or what is wrong with it. Raises `Problem`."""
        if not line.strip():
            raise Problem(problems.PARSE_ERROR, "Empty input line")
        try:
            return json.loads(line)
        except ValueError:
            raise Problem(problems.PARSE_ERROR, "Unrecognized token: was expecting JSON") from None

    def answer(self, document: Any, fault: Fault | Subscribed | None) -> Json | None:
        """The answer to one request; None to a notification."""
        if not isinstance(document, dict):
            return _error(problems.INVALID_REQUEST, "unexpected type: MISSING", None)
        if document.get("jsonrpc") != "2.0":
            return _error(problems.INVALID_REQUEST, "only jsonrpc version 2.0 is supported", None)
        number, method = document.get("id"), document.get("method")
        if method is None:
            return _error(problems.INVALID_REQUEST, "method field must be set", number)
        params = document.get("params") or {}
        self.calls.append(Made(method, params, time.monotonic()))
        try:
            result = self._run(method, dict(params) if isinstance(params, dict) else {}, fault)
        except Problem as problem:
            return None if number is None else {"jsonrpc": "2.0", "error": problem.as_json(), "id": number}
        return None if number is None else {"jsonrpc": "2.0", "result": result, "id": number}

    def _run(self, method: str, params: Json, fault: Fault | Subscribed | None) -> Any:
        if method == "version":
            return {"version": self._town.version}
        if method == "listAccounts":
            return [{"number": self._town.account}] if self.registered else []
        if method in ("subscribeReceive", "unsubscribeReceive") and isinstance(fault, Subscribed):
            account = params.get("account")
            if account is not None and not (self.registered and account == self._town.account):
                raise problems.unknown_account()
            return fault.number
        command = self._methods.get(method)
        if command is None:
            raise problems.no_method()
        account = params.pop("account", None)
        if account is not None and not (self.registered and account == self._town.account):
            raise problems.unknown_account()
        if not self.registered:
            raise problems.no_account()
        if method in SENDING and not isinstance(fault, Subscribed):
            self._limit(method, params, fault)
        if isinstance(fault, Refused):
            raise Problem(fault.code, fault.message)
        if isinstance(fault, IoError):
            raise Problem(problems.IO_ERROR, "Failed to send message: Connection closed! (IOException)")
        return self._do(command, params)

    def _do(self, command: Method, params: Json) -> Any:
        try:
            return command(self._town, params)
        except (KeyError, ValueError, TypeError) as error:
            problem = Problem(problems.INTERNAL_ERROR, f"emulator: {error!r}")
        except Problem as error:
            problem = error
        if "emulator:" in problem.message:
            self.rejected.append(problem.message)
        raise problem

    def _limit(self, method: str, params: Json, fault: Fault | None) -> None:
        """Signal's own limits. Raises `Problem`."""
        (to,) = params.get("recipient") or ("",)
        if time.monotonic() < self._closed_until:
            self.early.append(method)
        if isinstance(fault, Captcha):
            self._captcha = fault
        if self._captcha is not None and self._captcha.token in self._town.solved:
            self._captcha = None
        if self._captcha is not None:
            more = {"token": self._captcha.token, "retryAfterSeconds": self._captcha.retry_after}
            raise failed(self._town.now(), to, None, "RATE_LIMIT_FAILURE", **more)
        if isinstance(fault, TooMany):
            self._closed_until = max(self._closed_until, time.monotonic() + max(fault.retry_after or 0, 0))
            seconds = fault.retry_after if self._says_when else None
            raise failed(self._town.now(), to, None, "RATE_LIMIT_FAILURE", retryAfterSeconds=seconds)
        if isinstance(fault, NetworkFailure):
            raise failed(self._town.now(), to, None, "NETWORK_FAILURE")


def _error(code: int, message: str, number: Any) -> Json:
    return {"jsonrpc": "2.0", "error": Problem(code, message).as_json(), "id": number}


def pause_of(fault: Fault | None) -> float:
    """Seconds that the answer takes."""
    return fault.seconds if isinstance(fault, Slow) else 0.0


def method_of(document: Any) -> str:
    return str(document.get("method", "")) if isinstance(document, dict) else ""
