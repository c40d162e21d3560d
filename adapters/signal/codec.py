"""The daemon's envelopes to acts, parts to calls. Pure: no I/O, no clock, no logger.

A payload that is not as signal-cli says decodes to `Nothing`; no exception leaves `decode`. An account's UUID is spoken
here and in the adapter and turned into a `Person` by the gate right after; a number is never read (`envelopes.py`).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from adapters.base import File
from adapters.signal.envelopes import Attachment, DataMessage, Envelope, Received
from adapters.signal.text import clean, styled, styles_of, width, without_mentions
from dialogs.events import TEXT_LIMIT as READ_LIMIT
from dialogs.events import (
    Act,
    Edited,
    MediaKind,
    MediaRef,
    MediaSent,
    MessageRef,
    Placed,
    Reacted,
    Retracted,
    Said,
    Unreadable,
)
from dialogs.formatting import Style
from dialogs.letters import well_formed
from dialogs.messages import Part, Poll

LONG_TEXT: Final = "text/x-signal-plain"
"""A text beyond Signal's 2,000 bytes comes as this attachment; the message holds its beginning."""
FILE_NAME: Final = re.compile(r"[A-Za-z0-9_=-][A-Za-z0-9._=-]{0,199}")
"""Names that the daemon gives received files; no way leads out of their folder."""
VOTES_READ: Final = 64
"""Options of a vote that are read; a poll of ours has ten."""
UNTRUSTED: Final = "UntrustedIdentityException"
QUIET_FAULTS: Final = frozenset({"DuplicateMessageException", "ProtocolDuplicateMessageException", "SelfSendException"})
"""Faults behind which there is no message of a citizen that was not read before."""

# -- in


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote in a poll of ours; which options they are only the adapter knows."""

    poll: MessageRef
    chosen: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Decoded:
    """What somebody did in a chat of two. `sender` is the native id; `sent`: when it reached Signal (ms since 1970)."""

    sender: str
    act: Act | Vote
    mark: str
    sent: int
    files: tuple[str, ...] = ()
    """Everything that the daemon stored of it."""
    long_text: str = ""
    """The file that holds the whole text, where the message holds its beginning only."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Something in a group, where a conversation would be read by others: refuse politely, leave, keep nothing."""

    group: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unopened:
    """The daemon cannot open the message: it has no keys for it, or does not trust them yet (a new safety number)."""

    sender: str
    mark: str
    sent: int
    untrusted: bool = False


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nobody said anything to us (a receipt, somebody typing, a call, a story, our other devices); or no envelope."""

    files: tuple[str, ...] = ()
    sender: str = field(default="", compare=False)


Incoming = Decoded | Elsewhere | Unopened | Nothing


_RECEIVED: Final = msgspec.json.Decoder(Received)


def decode(payload: bytes) -> Incoming:
    """One event as JSON: `{"account", "envelope", "exception"?}`. Raises `ValueError` only if it is no JSON at all."""
    try:
        received = _RECEIVED.decode(payload)
    except msgspec.ValidationError:
        return Nothing()
    except (ValueError, RecursionError):
        received = _decode_leniently(payload)
    return _read(received)


def _decode_leniently(payload: bytes) -> Received:
    """For half a surrogate pair or bytes that are no UTF-8, which a strict reader refuses as a whole."""
    clean = well_formed(payload)
    try:
        return _RECEIVED.decode(clean)
    except (ValueError, RecursionError):
        return Received()


def _read(received: Received) -> Incoming:
    envelope = received.envelope
    if envelope is None:
        return Nothing()
    files = _files(envelope)
    data = envelope.data_message or (envelope.edit_message.data_message if envelope.edit_message else None)
    group = (data.group_info or data.group_v2) if data is not None else None
    if group is not None:
        return Elsewhere(group.group_id, files)
    sender = _account(envelope.source_uuid)
    if not sender:
        return Nothing(files)
    mark = f"{envelope.timestamp}.{envelope.source_device or 0}"
    sent = envelope.server_received_timestamp or envelope.timestamp
    if received.exception is not None:
        return _unread(received.exception.type, sender, mark, sent)
    act = _act(envelope)
    if act is None:
        return Nothing(files, sender)
    long_text = _long_text(data) if data is not None and isinstance(act, Said | Edited) else ""
    return Decoded(sender, act, mark, sent, files, long_text)


def _account(uuid: str | None) -> str:
    """The account's UUID in its one canonical form; '' for anything else (a number, an unknown sender)."""
    canonical = uuid.lower() if uuid is not None else ""
    return canonical if _UUID.fullmatch(canonical) else ""


_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _unread(fault: str, sender: str, mark: str, sent: int) -> Incoming:
    if fault in QUIET_FAULTS or not fault:
        return Nothing()
    return Unopened(sender, mark, sent, fault == UNTRUSTED)


def _act(envelope: Envelope) -> Act | Vote | None:
    """What was done; None if nobody said anything to us."""
    if envelope.edit_message is not None:
        edited = envelope.edit_message.data_message
        return Edited(_text(edited)) if edited is not None and edited.message is not None else None
    data = envelope.data_message
    if data is None or data.is_expiration_update or data.story_context is not None:
        return None  # the new timer is the daemon's to keep
    if data.reaction is not None:
        target = MessageRef(str(data.reaction.target_sent_timestamp))
        return None if data.reaction.is_remove else Reacted(data.reaction.emoji[:READ_LIMIT], target)
    if data.poll_vote is not None:
        return Vote(
            MessageRef(str(data.poll_vote.target_sent_timestamp)), tuple(data.poll_vote.option_indexes[:VOTES_READ])
        )
    if data.remote_delete is not None:
        return Retracted()
    return _message(data)


def _message(data: DataMessage) -> Act | None:
    place = _place(data.message or "")
    if place is not None:
        return place
    attached = [each for each in data.attachments or () if each.content_type != LONG_TEXT]
    if data.sticker is not None:
        return MediaSent(MediaKind.STICKER, MediaRef(""))
    if attached:
        return _media(attached[0], _text(data))
    if data.contacts or data.payment is not None or data.poll_create is not None:
        return Unreadable()
    return Said(_text(data)) if data.message is not None else None


def _place(text: str) -> Act | None:
    """Signal's "share location" is a text that ends with a link to a map, beside a picture of the map."""
    link = _MAP.search(text)
    if link is None:
        return None
    latitude, longitude = float(link[1]), float(link[2])
    return Placed(latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


_MAP: Final = re.compile(
    r"https://maps\.google\.com/maps\?q=(-?[0-9]{1,3}(?:\.[0-9]{1,20})?)(?:,|%2[Cc])(-?[0-9]{1,3}(?:\.[0-9]{1,20})?)\s*\Z"
)


def _media(attachment: Attachment, caption: str) -> Act:
    """The first file of a message; more than one is no answer to any question."""
    mime = (attachment.content_type or "").lower()
    name = attachment.id or ""
    kind = next((kind for prefix, kind in _KINDS if mime.startswith(prefix)), MediaKind.FILE)
    return MediaSent(kind, MediaRef(name if FILE_NAME.fullmatch(name) else ""), mime, attachment.size or 0, caption)


_KINDS: Final = (("image/", MediaKind.PHOTO), ("audio/", MediaKind.VOICE), ("video/", MediaKind.VIDEO))


def _text(data: DataMessage) -> str:
    """One character above the limit is kept as a sign that there was more."""
    return without_mentions(data.message or "", data.mentions or ())[: READ_LIMIT + 1]


def _long_text(data: DataMessage) -> str:
    names = (each.id or "" for each in data.attachments or () if each.content_type == LONG_TEXT)
    return next((name for name in names if FILE_NAME.fullmatch(name)), "")


def _files(envelope: Envelope) -> tuple[str, ...]:
    """Names of everything that the daemon stored of an envelope, whatever it is."""
    found: list[Attachment] = []
    edited = envelope.edit_message.data_message if envelope.edit_message else None
    for data in (envelope.data_message, edited):
        found += (data.attachments or ()) if data is not None else ()
    if envelope.story_message is not None and envelope.story_message.file_attachment is not None:
        found.append(envelope.story_message.file_attachment)
    return tuple(each.id for each in found if each.id is not None and FILE_NAME.fullmatch(each.id))


# -- out


@dataclass(frozen=True, slots=True)
class Call:
    """One JSON-RPC call, without account and recipient."""

    method: str
    params: dict[str, object]


def message(part: Part, files: Sequence[File], captions: Sequence[str]) -> Call | None:
    """One message with everything in it: each counts against a tight limit. None if there is nothing to say.

    `files` go along; `captions` say in words what the pictures show.
    """
    title = clean(part.title.strip())
    lines = [f"({clean(caption)})" for caption in captions if caption.strip()]
    start = width("\n".join(lines)) + 1 if lines else 0
    words = clean(part.text)
    text = "\n".join([*lines, *filter(None, (title, words))])
    if not text.strip() and not files:
        return None
    params: dict[str, object] = {"message": text}
    styles = [styled(start, title, Style.STRONG)] if title else []
    styles += styles_of(start + (width(title) + 1 if title else 0), words, part.spans)
    if styles:
        params["textStyle"] = styles
    if files:
        params["attachments"] = [attached(file) for file in files]
    return Call("send", params)


def poll(asked: Poll) -> Call:
    """A choice as Signal's own poll."""
    return Call(
        "sendPollCreate",
        {
            "question": clean(asked.question),
            "option": [clean(option.label) for option in asked.options],
            "noMulti": not asked.multiple,
        },
    )


def attached(file: File) -> str:
    """Bytes as the daemon takes them without a file: https://datatracker.ietf.org/doc/html/rfc2397."""
    name = "".join(letter for letter in file.name if letter.isprintable() and letter not in ";,\"'\\/")
    mime = file.mime if re.fullmatch(r"[\w.+-]+/[\w.+-]+", file.mime) else "application/octet-stream"
    return f"data:{mime};filename={name};base64,{base64.b64encode(file.data).decode('ascii')}"
