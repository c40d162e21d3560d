"""A lean Telegram Bot API: takes what a bot says and hands it to the citizen whose chat it is.

Made for speed, not for rigour: requests are not validated (the emulator of the tests does that,
`adapters/telegram/emulator`), and only what the three bots of the benchmark call has a real answer.
"""

from __future__ import annotations

import time
from asyncio import AbstractServer, get_running_loop
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from benchmarks.wire import ServerConnection, WireError

HOST = "127.0.0.1"
BOT = {"id": 4242, "is_bot": True, "first_name": "Town", "username": "town_bot", "can_join_groups": False}
TOKEN = f"{BOT['id']}:AAE-benchmark-token-of-no-real-bot-00000"

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """A message as the citizen sees it now."""

    message: dict[str, Any]
    """As the Bot API would hand it to the bot again with a tapped button."""
    text: str
    buttons: tuple[tuple[str, str], ...]
    """Label and callback data of the inline keyboard."""
    edited: bool
    """It stands in place of what was said before."""


Hear = Callable[[Said], None]


class BotApi:
    """Chats by id; each is the ear of one citizen."""

    def __init__(self) -> None:
        self._ears: dict[int, Hear] = {}
        self._messages: dict[int, dict[int, dict[str, Any]]] = {}
        self._last_message = 0
        self.calls: Counter[str] = Counter()
        """By method."""

    async def serve(self, delay: float = 0.0) -> tuple[AbstractServer, str]:
        """Listen on a free port; returns the listener and its address.

        `delay`: seconds until each answer; the real Bot API takes some 50 ms.
        """
        server = await get_running_loop().create_server(lambda: ServerConnection(self.answer, delay), HOST, 0)
        port = server.sockets[0].getsockname()[1]
        return server, f"http://{HOST}:{port}"

    def enter(self, chat: int, hear: Hear) -> None:
        """From now on `hear` is told what the bot says in this chat."""
        self._ears[chat] = hear
        self._messages[chat] = {}

    def leave(self, chat: int) -> None:
        """The citizen is gone; what the bot still says is taken and forgotten."""
        self._ears.pop(chat, None)
        self._messages.pop(chat, None)

    def next_message_id(self) -> int:
        """Message ids grow, whoever speaks."""
        self._last_message += 1
        return self._last_message

    def answer(self, path: bytes, content_type: bytes, body: bytes) -> bytes:
        """Answer one call: `/bot<token>/<method>`, fields as JSON or as a form."""
        route, _, query = path.decode().partition("?")
        method = route.rpartition("/")[2]
        self.calls[method] += 1
        fields = dict(parse_qsl(query)) | _fields(content_type, body)
        return msgspec.json.encode({"ok": True, "result": self._result(method.lower(), fields)})

    def take_within(self, body: bytes) -> None:
        """A call that stands in the answer to an update, if it is one."""
        fields: dict[str, Any] = msgspec.json.decode(body)
        method = fields.pop("method", "")
        if method:
            self.calls[method] += 1
            self._result(method.lower(), fields)

    def _result(self, method: str, fields: Fields) -> object:
        if method.startswith("send") and method != "sendchataction":
            return self._say(fields)
        if method.startswith("editmessage"):
            return self._edit(fields)
        match method:
            case "getme":
                return BOT
            case "getwebhookinfo":
                return {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
            case "getmycommands" | "getupdates":
                return []
            case _:
                return True

    def _say(self, fields: Fields) -> dict[str, Any]:
        chat = int(fields["chat_id"])
        message: dict[str, Any] = {
            "message_id": self.next_message_id(),
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private", "first_name": "Citizen"},
            "from": BOT,
            "text": fields.get("text") or fields.get("caption") or "",
        }
        self._show(chat, message, _keyboard(fields), edited=False)
        return message

    def _edit(self, fields: Fields) -> object:
        chat, message_id = int(fields["chat_id"]), int(fields["message_id"])
        message = dict(self._messages.get(chat, {}).get(message_id, {}))
        if not message:  # the citizen has left
            return True
        message["text"] = fields.get("text", message["text"])
        message.pop("reply_markup", None)
        self._show(chat, message, _keyboard(fields), edited=True)
        return message

    def _show(self, chat: int, message: dict[str, Any], keyboard: Fields, *, edited: bool) -> None:
        rows = keyboard.get("inline_keyboard", ())
        if rows:
            message["reply_markup"] = keyboard
        hear = self._ears.get(chat)
        if hear is None:
            return
        self._messages[chat][message["message_id"]] = message
        buttons = tuple((button["text"], button.get("callback_data", "")) for row in rows for button in row)
        hear(Said(message, message["text"], buttons, edited))


def _keyboard(fields: Fields) -> Fields:
    """The reply markup, which comes as JSON within a form."""
    markup = fields.get("reply_markup") or {}
    decoded: Fields = msgspec.json.decode(markup) if isinstance(markup, str) else markup
    return decoded


def _fields(content_type: bytes, body: bytes) -> dict[str, Any]:
    if content_type.startswith(b"application/json"):
        decoded: dict[str, Any] = msgspec.json.decode(body) if body else {}
        return decoded
    if content_type.startswith(b"multipart/form-data"):
        return _parts(body)
    if b"urlencoded" in content_type or not body:
        return dict(parse_qsl(body.decode()))
    raise WireError(f"unexpected content type {content_type!r}")


def _parts(body: bytes) -> dict[str, Any]:
    """Text fields of a multipart form; files are dropped.

    The boundary is read from the body: headers arrive in lower case here, and a boundary minds its case.
    """
    boundary = body[: body.index(b"\r\n")]
    fields: dict[str, Any] = {}
    for part in body.split(boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        if b'filename="' in head or b'name="' not in head:
            continue
        fields[head.split(b'name="')[1].split(b'"')[0].decode()] = content.removesuffix(b"\r\n").decode()
    return fields
