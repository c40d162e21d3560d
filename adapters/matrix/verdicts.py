"""What a homeserver's refusal means for us. Pure. Texts of the server are never passed on: they may quote ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from adapters.errors import Busy, ChannelError, Gone, Rejected, Unreachable

RETRY_AFTER_DEFAULT: Final = 5.0
"""Seconds, where a 429 does not say."""
RETRY_AFTER_MOST: Final = 3600.0

_NOT_THERE: Final = frozenset({"M_FORBIDDEN", "M_NOT_FOUND"})
_TOKEN: Final = frozenset({"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"})


class TokenRefused(ChannelError):
    """The session is over; the password makes a new one for the same device."""


class LoginRefused(Rejected):
    """What an operator must mend; trying again does not help."""

    def __init__(self) -> None:
        super().__init__("the homeserver does not accept ZURUF_MATRIX_USER and ZURUF_MATRIX_PASSWORD: check both")


def verdict(status: int, body: Mapping[str, Any]) -> ChannelError:
    """The answer of a request that failed, as the rest of the house knows it."""
    code = body.get("errcode")
    if status == 429 or code == "M_LIMIT_EXCEEDED":
        return Busy(_pause(body.get("retry_after_ms")))
    if code in _TOKEN or status == 401:
        return TokenRefused("the session is not accepted any more")
    if code == "M_TOO_LARGE" or status == 413:
        return Rejected("the homeserver does not take it: too large")
    if status in (403, 404) and code in _NOT_THERE:
        return Gone("not in the room, or there is none")
    if 400 <= status < 500 and isinstance(code, str) and code.startswith("M_"):
        return Rejected(f"the homeserver does not take it: {status}")
    return Unreachable(f"the homeserver answered {status}")


def _pause(milliseconds: object) -> float:
    if isinstance(milliseconds, int | float) and not isinstance(milliseconds, bool) and milliseconds > 0:
        return min(milliseconds / 1000.0, RETRY_AFTER_MOST)
    return RETRY_AFTER_DEFAULT
