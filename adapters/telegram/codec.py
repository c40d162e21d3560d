"""Telegram's payloads to acts, parts to Bot API calls. Pure: no I/O, no clock, no logger.

A payload that is not as the Bot API says decodes to `Nothing`; no exception leaves `decode`. A chat's id is spoken
here and in the adapter, and turned into a `Person` by the gate right after.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final, assert_never

import msgspec

from adapters.base import File, Outgoing, Post, Replace
from adapters.telegram import updates
from adapters.telegram.text import CAPTION_LIMIT, TEXT_LIMIT, cut, escape, marked_up, split, width
from dialogs.events import TEXT_LIMIT as READ_LIMIT
from dialogs.events import (
    Act,
    Edited,
    Gone,
    MediaKind,
    MediaRef,
    MediaSent,
    MessageRef,
    Placed,
    Pressed,
    Said,
    Started,
    Unreadable,
)
from dialogs.letters import well_formed
from dialogs.messages import ACTION_LIMIT, Button, Document, Part, Picture

# -- in


@dataclass(frozen=True, slots=True)
class Decoded:
    """An act in a private chat. `chat` is the native id; `callback` waits for `answerCallbackQuery`."""

    chat: str
    act: Act
    mark: str
    language_hint: str = ""
    callback: str = ""
    written: float = 0.0
    """Seconds since 1970; 0 for taps, of which Telegram does not say when they were made."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Something in a group or channel, where a conversation would be read by others: refuse politely, leave.

    `invited` is true once: when the bot was added.
    """

    chat: int
    invited: bool
    language_hint: str = ""
    callback: str = ""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nobody said anything, or it is no update at all. A tapped button's spinner still wants its end."""

    callback: str = ""


Incoming = Decoded | Elsewhere | Nothing

_UPDATE: Final = msgspec.json.Decoder(updates.Update)
_COMMAND: Final = re.compile(r"(/[A-Za-z0-9_]{1,32})(?:@[A-Za-z0-9_]{1,64})?(?:\s+(.*))?", re.DOTALL)
_START_LIMIT: Final = 64  # characters of a deep link's payload
_REACHABLE: Final = frozenset({"member", "administrator", "creator", "restricted"})
_PRIVATE: Final = "private"


def decode(payload: bytes) -> Incoming:
    """One `Update` as JSON. Raises `ValueError` only if it is no JSON at all (cut short on the way)."""
    try:
        update = _UPDATE.decode(payload)
    except msgspec.ValidationError:
        return Nothing()
    except (ValueError, RecursionError):
        return _decode_leniently(payload)
    return _read(update, payload)


def update_id(payload: bytes) -> int:
    """The id alone, of an update whose rest may be malformed. Raises `ValueError`."""
    return msgspec.json.decode(payload, type=_Numbered).update_id


class _Numbered(msgspec.Struct):
    update_id: int


def _decode_leniently(payload: bytes) -> Incoming:
    """For half a surrogate pair or bytes that are no UTF-8, which a strict reader refuses as a whole."""
    clean = well_formed(payload)
    try:
        return _read(_UPDATE.decode(clean), clean)
    except (ValueError, RecursionError):
        return Nothing()


def _read(update: updates.Update, payload: bytes) -> Incoming:
    mark = str(update.update_id)
    if update.callback_query is not None:
        return _read_press(update.callback_query, mark)
    if update.message is not None:
        return _read_message(update.message, mark, payload)
    if update.edited_message is not None:
        return _read_edit(update.edited_message, mark)
    if update.my_chat_member is not None:
        return _read_membership(update.my_chat_member, mark)
    return Nothing()


def _read_press(query: updates.CallbackQuery, mark: str) -> Incoming:
    message = query.message
    if message is None:
        return Nothing(query.id)
    hint = query.from_.language_code
    if message.chat.type != _PRIVATE:
        return Elsewhere(message.chat.id, invited=False, language_hint=hint, callback=query.id)
    act = Pressed(query.data, MessageRef(str(message.message_id)))
    return Decoded(str(message.chat.id), act, mark, hint, query.id)


def _read_message(message: updates.Message, mark: str, payload: bytes) -> Incoming:
    hint = message.from_.language_code if message.from_ else ""
    if message.chat.type != _PRIVATE:
        return Elsewhere(message.chat.id, invited=False, language_hint=hint)
    act = _act(message)
    if act is None:
        if _is_service(payload):
            return Nothing()
        act = Unreadable()
    return Decoded(str(message.chat.id), act, mark, hint, written=float(message.date))


def _read_edit(message: updates.Message, mark: str) -> Incoming:
    if message.location or message.venue or message.chat.type != _PRIVATE:
        return Nothing()  # a live location that moved; words elsewhere are none of ours
    hint = message.from_.language_code if message.from_ else ""
    text = message.text if message.text is not None else message.caption
    return Decoded(str(message.chat.id), Edited(text[: READ_LIMIT + 1]), mark, hint)


def _read_membership(change: updates.ChatMemberUpdated, mark: str) -> Incoming:
    here = change.new_chat_member.status in _REACHABLE
    if change.chat.type != _PRIVATE:
        if not here:
            return Nothing()
        return Elsewhere(change.chat.id, invited=True, language_hint=change.from_.language_code)
    if here:
        return Nothing()  # unblocked: what they say next begins anew
    return Decoded(str(change.chat.id), Gone(), mark)


def _act(message: updates.Message) -> Act | None:
    """What a message says; None if it holds nothing that we read."""
    if message.text is not None:
        return _words(message.text)
    place = message.location or (message.venue.location if message.venue else None)
    if place is not None:
        return _place(place)
    if message.photo:
        best = max(message.photo, key=lambda size: (size.width * size.height, size.file_size))
        return MediaSent(
            MediaKind.PHOTO, MediaRef(best.file_id), "image/jpeg", max(best.file_size, 0), _caption(message)
        )
    return _file(message)


def _words(text: str) -> Act:
    """`/start CODE` opens; other commands lose the bot's name. One character above the limit is kept as a sign."""
    command = _COMMAND.fullmatch(text) if text.startswith("/") else None
    if command is not None:
        name, rest = command[1], (command[2] or "").strip()
        if name.lower() == "/start":
            return Started(rest[:_START_LIMIT])
        text = f"{name} {rest}".rstrip()
    return Said(text[: READ_LIMIT + 1])


def _place(place: updates.Location) -> Act:
    if not (abs(place.latitude) <= 90 and abs(place.longitude) <= 180):
        return Unreadable()
    accuracy = place.horizontal_accuracy
    return Placed(place.latitude, place.longitude, accuracy if math.isfinite(accuracy) and accuracy > 0 else 0.0)


def _file(message: updates.Message) -> Act | None:
    """Videos and GIFs before documents: Telegram repeats a GIF under `document`."""
    found: tuple[tuple[updates.File | None, MediaKind], ...] = (
        (message.voice, MediaKind.VOICE),
        (message.audio, MediaKind.VOICE),
        (message.video, MediaKind.VIDEO),
        (message.video_note, MediaKind.VIDEO),
        (message.animation, MediaKind.VIDEO),
        (message.sticker, MediaKind.STICKER),
        (message.document, MediaKind.FILE),
    )
    for file, kind in found:
        if file is None:
            continue
        if kind is MediaKind.FILE and file.mime_type.startswith("image/"):
            kind = MediaKind.PHOTO  # sent "as a file", without Telegram's compression
        return MediaSent(kind, MediaRef(file.file_id), file.mime_type, max(file.file_size, 0), _caption(message))
    return None


def _caption(message: updates.Message) -> str:
    return message.caption[: READ_LIMIT + 1]


def _is_service(payload: bytes) -> bool:
    """Only asked of the rare message that holds nothing readable, so a second look at the JSON is cheap."""
    message = msgspec.json.decode(payload).get("message", {})
    return not updates.SERVICE.isdisjoint(message)


# -- out


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Bot API with plain JSON parameters. `anchor`: its message is the one to edit later."""

    method: str
    params: dict[str, object]
    anchor: bool = False


@dataclass(frozen=True, slots=True)
class ShowPicture:
    """A form's picture goes here; its bytes are the process's (`Host.picture`)."""

    picture: Picture
    under: Call | None = None
    """The text that the picture carries as its caption, where it fits."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send as `multipart/form-data` under `field`."""

    method: str
    field: str
    file: File
    caption: str
    buttons: dict[str, object] | None = None


Step = Call | ShowPicture | Upload

CHOSEN: Final = "✓ "
_NO_PREVIEW: Final = {"is_disabled": True}


def encode(chat: str, outgoing: Outgoing) -> list[Step]:
    """What to call, in order, to say a part in a chat."""
    match outgoing:
        case Post(part):
            pictures: list[Step] = [ShowPicture(picture) for picture in part.pictures]
            return pictures + _texts(int(chat), part, None) + _documents(part)
        case Replace(part, message):
            return _texts(int(chat), part, message)
        case _:
            assert_never(outgoing)


def _texts(chat: int, part: Part, replaced: MessageRef | None) -> list[Step]:
    """The title and text, in as many messages as needed (one, unless rendering failed to cut); buttons on the last."""
    title = cut(part.title.strip(), TEXT_LIMIT // 4)
    head = f"<b>{escape(title)}</b>\n" if title else ""
    if not part.text.strip() and not title:
        return []
    pieces = split(part.text, TEXT_LIMIT, TEXT_LIMIT - width(title) - 1 if title else None)
    keyboard = _keyboard(part)
    steps: list[Step] = []
    for index, piece in enumerate(pieces):
        last = index == len(pieces) - 1
        params: dict[str, object] = {
            "chat_id": chat,
            "text": (head if index == 0 else "")
            + (marked_up(piece, part.spans) if len(pieces) == 1 else escape(piece)),
            "parse_mode": "HTML",
            "link_preview_options": _NO_PREVIEW,
        }
        if last and keyboard is not None:
            params["reply_markup"] = keyboard
        if index == 0 and replaced is not None:
            params["message_id"] = _message_id(replaced)
            steps.append(Call("editMessageText", params, anchor=last))
        else:
            steps.append(Call("sendMessage", params, anchor=last))
    return steps


def _documents(part: Part) -> list[Step]:
    """The document after its text; without a text it carries the buttons."""
    if part.document is None:
        return []
    document: Document = part.document
    alone = not part.text.strip() and not part.title.strip()
    file = File(document.name, document.mime, document.data)
    return [Upload("sendDocument", "document", file, "", _keyboard(part) if alone else None)]


def pushed(steps: list[Step]) -> list[Step]:
    """News in as few calls as can be, the one that counts first: a short text under its picture, else text first."""
    pictures = [step for step in steps if isinstance(step, ShowPicture)]
    texts: list[Step] = [step for step in steps if not isinstance(step, ShowPicture)]
    if not pictures or not texts:
        return steps
    first = texts[0]
    if len(texts) == 1 and isinstance(first, Call) and width(str(first.params["text"])) <= CAPTION_LIMIT:
        return [ShowPicture(pictures[0].picture, first), *pictures[1:]]
    return [*texts, *pictures]


class _PhotoSize(msgspec.Struct):
    file_id: str = ""


class _SentPhoto(msgspec.Struct):
    photo: list[_PhotoSize] = []


def photo_id(result: bytes | msgspec.Raw) -> str:
    """Telegram's own id of a picture that was just sent, the largest size; '' if it does not say."""
    try:
        sizes = msgspec.json.decode(result, type=_SentPhoto).photo
    except (ValueError, TypeError):
        return ""
    return sizes[-1].file_id if sizes else ""


_SHOWN_AS: Final = (
    (("image/jpeg", "image/png", "image/webp"), "sendPhoto", "photo"),
    (("image/gif",), "sendAnimation", "animation"),
    (("audio/mpeg", "audio/mp4", "audio/x-m4a"), "sendAudio", "audio"),
    (("video/mp4",), "sendVideo", "video"),
)
"""What Telegram shows by itself; everything else goes as a file."""


def show(file: File, alt: str) -> Upload:
    """A form's picture, sound or film, with its description as caption."""
    for mimes, method, field in _SHOWN_AS:
        if file.mime in mimes:
            return Upload(method, field, file, cut(alt, CAPTION_LIMIT))
    return Upload("sendDocument", "document", file, cut(alt, CAPTION_LIMIT))


def as_document(upload: Upload) -> Upload:
    """The way out when Telegram refuses to show a picture (too wide, too large, broken)."""
    return Upload("sendDocument", "document", upload.file, upload.caption, upload.buttons)


def _keyboard(part: Part) -> dict[str, object] | None:
    rows = [[_button(button) for button in row] for row in part.buttons if row]
    return {"inline_keyboard": rows} if rows else None


def _button(button: Button) -> dict[str, str]:
    if not 0 < len(button.action) <= ACTION_LIMIT or not button.action.isascii():
        raise ValueError("an action is 1 to 64 bytes of ASCII: dialogs/messages.py")
    return {"text": (CHOSEN if button.chosen else "") + button.label, "callback_data": button.action}


def _message_id(message: MessageRef) -> int:
    """0 for a handle that is not ours: Telegram answers that there is no such message, and that is no error."""
    return int(message) if message.isdecimal() and len(message) < 19 else 0
