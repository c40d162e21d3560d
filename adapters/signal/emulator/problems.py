"""Answers of the daemon that are no success, with its own codes and words."""

from __future__ import annotations

from typing import Any, Final

USER_ERROR: Final = -1
IO_ERROR: Final = -3
UNTRUSTED_KEY: Final = -4
RATE_LIMIT: Final = -5
CAPTCHA_REJECTED: Final = -6
PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602
INTERNAL_ERROR: Final = -32603


class Problem(Exception):
    """`data` holds `{"response": …}` where the command had written something before it failed."""

    def __init__(self, code: int, message: str, data: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "data": self.data}


def no_method() -> Problem:
    return Problem(METHOD_NOT_FOUND, "Method not implemented")


def unknown_account() -> Problem:
    return Problem(INVALID_PARAMS, "Specified account does not exist")


def no_account() -> Problem:
    return Problem(INVALID_PARAMS, "Method requires valid account parameter")
