"""What an error of the Bot API means for us. Pure.

Telegram's descriptions are its only way to tell one 400 from another (https://core.telegram.org/bots/api#making-requests
says they may change), so they are matched by stable fragments; what is not known is `Rejected("unknown")`. No
description is passed on: it may quote the message.
"""

from __future__ import annotations

from typing import Final

from adapters.base import Sign
from adapters.errors import Busy, ChannelError, Gone, Rejected, Unreachable
from adapters.telegram.wire import ApiError

RETRY_AFTER_DEFAULT: Final = 1.0
"""Seconds to wait when Telegram says "too many" without a number, or with one that is none."""


class NoEffect(ChannelError):
    """The chat is as we want it already, or the message is not there to be changed: all is well."""


_GONE: Final = (
    "chat not found", "user not found", "user is deactivated", "bot was blocked", "bot was kicked", "peer_id_invalid",
    "input_user_deactivated", "user_is_blocked", "group chat was upgraded", "have no rights to send",
)  # fmt: skip
_NO_EFFECT: Final = (
    "message is not modified", "message to edit not found", "message can't be edited", "message_id_invalid",
    "no text in the message to edit", "message identifier is not specified", "query is too old", "query_id_invalid",
)  # fmt: skip
_KINDS: Final = (
    ("can't parse entities", "markup"),
    ("message is too long", "length"),
    ("message_too_long", "length"),
    ("caption is too long", "length"),
    ("message text is empty", "empty"),
    ("button_data_invalid", "button"),
    ("reply markup", "button"),
    ("photo_invalid", "picture"),
    ("image_process_failed", "picture"),
    ("wrong file", "file"),
    ("file is too big", "size"),
    ("too large", "size"),
    ("webhook", "webhook"),
)


class TokenRefused(Rejected):
    """What an operator must mend; trying again does not help."""

    def __init__(self) -> None:
        super().__init__("Telegram does not accept the token: check ZURUF_TELEGRAM_TOKEN")


def sign_of(problem: ChannelError | None) -> tuple[Sign, str]:
    """What a call that ended so says of the channel as a whole, with a hint for the operator; None: it went through."""
    match problem:
        case None:
            return Sign.WORKS, ""
        case TokenRefused():
            return Sign.BLOCKED, f"{problem}."
        case Busy():
            return Sign.SLOW, "Telegram asks to wait: too many messages at once. It ends by itself."
        case _:
            return Sign.LOST, "Telegram does not answer. Check the network and ZURUF_TELEGRAM_API_BASE."


def verdict(error: ApiError) -> ChannelError:
    """The error as the rest of the house knows it."""
    words = error.description.lower()
    match error.code:
        case 429:
            wait = error.retry_after
            return Busy(wait if wait is not None and wait > 0 else RETRY_AFTER_DEFAULT)
        case 401 | 404:
            return TokenRefused()
        case 403:
            return Gone("blocked, deactivated or left")
        case 400 | 413:
            return _refusal(words)
        case _:
            return Unreachable(f"Telegram answered {error.code}")


def _refusal(words: str) -> ChannelError:
    if any(fragment in words for fragment in _NO_EFFECT):
        return NoEffect("nothing to change")
    if any(fragment in words for fragment in _GONE):
        return Gone("no such chat")
    kind = next((kind for fragment, kind in _KINDS if fragment in words), "unknown")
    return Rejected(f"Telegram does not take it: {kind}")
