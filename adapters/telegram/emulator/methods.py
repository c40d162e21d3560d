"""The methods of the Bot API that Zuruf and its peers in the benchmark call, with Telegram's own refusals.

Descriptions are the Bot API's, word for word, since bots tell one 400 from another by them.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.telegram.emulator.chats import BotMessage, Citizen, Group
from adapters.telegram.emulator.entities import parse_html
from adapters.telegram.emulator.problems import BadRequest, Problem
from adapters.telegram.emulator.updates import Hook, Updates
from adapters.telegram.text import CAPTION_LIMIT, TEXT_LIMIT, width

CALLBACK_DATA_LIMIT: Final = 64  # bytes
KEYBOARD_LIMIT: Final = 100  # buttons
ROW_LIMIT: Final = 8
COMMANDS_LIMIT: Final = 100
DOWNLOAD_LIMIT: Final = 20 * 1024 * 1024  # bytes

Params = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    data: bytes


@dataclass(slots=True)
class Town:
    """All that the methods act upon."""

    bot: dict[str, Any]
    updates: Updates
    next_message_id: Callable[[], int]
    citizens: dict[int, Citizen] = field(default_factory=dict)
    groups: dict[int, Group] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """file_id -> (path, bytes)"""
    commands: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """language code ('' for everybody) -> commands"""
    descriptions: dict[tuple[str, str], str] = field(default_factory=dict)
    """(method, language code) -> text"""
    sent: int = 0
    """Messages made, edits not counted."""


async def get_me(town: Town, params: Params) -> Any:
    return town.bot | {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}


async def get_updates(town: Town, params: Params) -> Any:
    if town.updates.hook is not None:
        raise Problem(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
    town.updates.allowed = tuple(params.get("allowed_updates") or town.updates.allowed)
    limit = min(max(int(params.get("limit", 100)), 1), 100)
    return await town.updates.read(int(params.get("offset", 0)), limit, float(params.get("timeout", 0)))


async def set_webhook(town: Town, params: Params) -> Any:
    if not params["url"]:
        town.updates.set_hook(None)
        return True
    town.updates.set_hook(
        Hook(
            params["url"],
            params.get("secret_token", ""),
            int(params.get("max_connections", 40)),
            tuple(params.get("allowed_updates") or ()),
        )
    )
    return True


async def delete_webhook(town: Town, params: Params) -> Any:
    town.updates.set_hook(None)
    return True


async def get_webhook_info(town: Town, params: Params) -> Any:
    hook = town.updates.hook
    return {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": town.updates.pending,
    }


async def send_message(town: Town, params: Params) -> Any:
    chat = _chat(town, params)
    text, entities = _text(params, "text", TEXT_LIMIT, "message is too long")
    if not text:
        raise BadRequest("message text is empty")
    return _send(town, chat, BotMessage(town.next_message_id(), text, entities, _keyboard(params)))


async def edit_message_text(town: Town, params: Params) -> Any:
    message, citizen = _own_message(town, params)
    if message.file_kind:
        raise BadRequest("there is no text in the message to edit")
    text, entities = _text(params, "text", TEXT_LIMIT, "MESSAGE_TOO_LONG")
    if not text:
        raise BadRequest("message text is empty")
    return _edit(town, citizen, message, text, entities, _keyboard(params))


async def edit_message_caption(town: Town, params: Params) -> Any:
    message, citizen = _own_message(town, params)
    text, entities = _text(params, "caption", CAPTION_LIMIT, "message caption is too long")
    return _edit(town, citizen, message, text, entities, _keyboard(params))


async def edit_message_reply_markup(town: Town, params: Params) -> Any:
    message, citizen = _own_message(town, params)
    return _edit(town, citizen, message, message.text, message.entities, _keyboard(params))


async def delete_message(town: Town, params: Params) -> Any:
    message, citizen = _own_message(town, params, "message to delete not found")
    message.deleted = True
    del citizen.shown[message.id]
    return True


async def answer_callback_query(town: Town, params: Params) -> Any:
    query = str(params["callback_query_id"])
    citizen = town.citizens.get(int(query.partition("-")[0])) if query.partition("-")[0].isdecimal() else None
    if citizen is None or query not in citizen.pending:
        raise BadRequest("query is too old and response timeout expired or query ID is invalid")
    citizen.see_answered(query)
    return True


async def send_chat_action(town: Town, params: Params) -> Any:
    chat = _chat(town, params)
    if isinstance(chat, Citizen):
        chat.actions.append(params["action"])
    return True


def _sender(kind: str) -> Callable[[Town, Params], Awaitable[Any]]:
    async def send(town: Town, params: Params) -> Any:
        chat = _chat(town, params)
        file = params[kind]
        if not isinstance(file, Upload):
            raise BadRequest("wrong remote file identifier specified: Wrong string length")
        if not file.data:
            raise BadRequest("file must be non-empty")
        if kind == "photo" and not file.data.startswith((b"\xff\xd8", b"\x89PNG", b"RIFF")):
            raise BadRequest("IMAGE_PROCESS_FAILED")
        text, entities = _text(params, "caption", CAPTION_LIMIT, "message caption is too long")
        message = BotMessage(town.next_message_id(), text, entities, _keyboard(params), file.data, kind, file.name)
        return _send(town, chat, message)

    return send


async def get_file(town: Town, params: Params) -> Any:
    found = town.files.get(params["file_id"])
    if found is None:
        raise BadRequest("invalid file_id")
    path, data = found
    if len(data) > DOWNLOAD_LIMIT:
        raise BadRequest("file is too big")
    file_id = params["file_id"]
    return {"file_id": file_id, "file_unique_id": file_id[-8:], "file_size": len(data), "file_path": path}


async def set_my_commands(town: Town, params: Params) -> Any:
    commands = params["commands"]
    if len(commands) > COMMANDS_LIMIT:
        raise BadRequest("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        name, about = command["command"], command["description"]
        if not (0 < len(name) <= 32 and name.isascii() and name.replace("_", "a").isalnum() and name == name.lower()):
            raise BadRequest("BOT_COMMAND_INVALID")
        if not 0 < len(about) <= 256:
            raise BadRequest("BOT_COMMAND_DESCRIPTION_INVALID")
    town.commands[params.get("language_code") or ""] = commands
    return True


def _describer(method: str, field_name: str, limit: int) -> Callable[[Town, Params], Awaitable[Any]]:
    async def describe(town: Town, params: Params) -> Any:
        text = params.get(field_name) or ""
        if len(text) > limit:
            raise BadRequest("BOT_INFO_TOO_LONG")
        town.descriptions[method, params.get("language_code") or ""] = text
        return True

    return describe


async def leave_chat(town: Town, params: Params) -> Any:
    group = town.groups.get(int(params["chat_id"]))
    if group is None:
        raise BadRequest("chat not found")
    group.left.set()
    return True


METHODS: Final[dict[str, Callable[[Town, Params], Awaitable[Any]]]] = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "sendMessage": send_message,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
    "sendChatAction": send_chat_action,
    "sendPhoto": _sender("photo"),
    "sendDocument": _sender("document"),
    "sendAnimation": _sender("animation"),
    "sendAudio": _sender("audio"),
    "sendVideo": _sender("video"),
    "sendVoice": _sender("voice"),
    "getFile": get_file,
    "setMyCommands": set_my_commands,
    "setMyDescription": _describer("setMyDescription", "description", 512),
    "setMyShortDescription": _describer("setMyShortDescription", "short_description", 120),
    "leaveChat": leave_chat,
}


# -- what they share


def _chat(town: Town, params: Params) -> Citizen | Group:
    number = int(params["chat_id"])
    if number in town.groups:
        group = town.groups[number]
        if group.left.is_set():
            raise Problem(403, "Forbidden: bot is not a member of the supergroup chat")
        return group
    citizen = town.citizens.get(number)
    if citizen is None:
        raise BadRequest("chat not found")
    if citizen.deactivated:
        raise Problem(403, "Forbidden: user is deactivated")
    if citizen.blocked:
        raise Problem(403, "Forbidden: bot was blocked by the user")
    if not citizen.started:
        raise Problem(403, "Forbidden: bot can't initiate conversation with a user")
    return citizen


def _text(params: Params, name: str, limit: int, too_long: str) -> tuple[str, list[dict[str, object]]]:
    raw = str(params.get(name) or "")
    mode = params.get("parse_mode") or ""
    if mode.lower() == "html":
        text, entities = parse_html(raw)
    elif mode:
        raise BadRequest(f"unsupported parse_mode {mode}")
    else:
        text, entities = raw, list(params.get("entities") or ())
    if width(text) > limit:
        raise BadRequest(too_long)
    return text.rstrip() if text.strip() else "", entities


def _keyboard(params: Params) -> list[list[dict[str, Any]]]:
    markup = params.get("reply_markup") or {}
    rows: list[list[dict[str, Any]]] = markup.get("inline_keyboard") or []
    if sum(map(len, rows)) > KEYBOARD_LIMIT or any(len(row) > ROW_LIMIT for row in rows):
        raise BadRequest("reply markup is too long")
    for button in (button for row in rows for button in row):
        if not button.get("text", "").strip():
            raise BadRequest("inline keyboard button text must be non-empty")
        if "callback_data" in button and not 0 < len(button["callback_data"].encode()) <= CALLBACK_DATA_LIMIT:
            raise BadRequest("BUTTON_DATA_INVALID")
    return rows


def _own_message(town: Town, params: Params, missing: str = "message to edit not found") -> tuple[BotMessage, Citizen]:
    chat = _chat(town, params)
    message = chat.shown.get(int(params["message_id"])) if isinstance(chat, Citizen) else None
    if message is None or not isinstance(chat, Citizen):
        raise BadRequest(missing)
    return message, chat


def _send(town: Town, chat: Citizen | Group, message: BotMessage) -> Any:
    town.sent += 1
    if isinstance(chat, Citizen):
        chat.receive(message)
    else:
        chat.texts.append(message.text)
    return _payload(town, chat, message)


def _edit(
    town: Town,
    citizen: Citizen,
    message: BotMessage,
    text: str,
    entities: list[dict[str, object]],
    keyboard: list[list[dict[str, Any]]],
) -> Any:
    if (message.text, message.entities, message.keyboard) == (text, entities, keyboard):
        raise BadRequest(
            "message is not modified: specified new message content and reply markup are exactly the same"
            " as a current content and reply markup of the message"
        )
    message.text, message.entities, message.keyboard = text, entities, keyboard
    citizen.see_edited(message)
    return _payload(town, citizen, message)


def _payload(town: Town, chat: Citizen | Group, message: BotMessage) -> dict[str, Any]:
    now = int(time.time())
    payload: dict[str, Any] = {"message_id": message.id, "from": town.bot, "chat": chat.chat, "date": now}
    if message.edits:
        payload["edit_date"] = now
    if message.keyboard:
        payload["reply_markup"] = {"inline_keyboard": message.keyboard}
    prefix = "caption_" if message.file_kind else ""
    if message.text:
        payload["caption" if message.file_kind else "text"] = message.text
    if message.entities:
        payload[f"{prefix}entities"] = message.entities
    if message.file is not None:
        size = len(message.file)
        file = {"file_id": f"sent{message.id}", "file_unique_id": f"u{message.id}", "file_size": size}
        payload |= _file_payload(message.file_kind, file)
    return payload


def _file_payload(kind: str, file: dict[str, Any]) -> dict[str, Any]:
    match kind:
        case "photo":
            return {"photo": [file | {"width": 640, "height": 480}]}
        case "animation" | "video":
            return {kind: file | {"width": 640, "height": 480, "duration": 1}}
        case "audio" | "voice":
            return {kind: file | {"duration": 1}}
        case _:
            return {kind: file}
