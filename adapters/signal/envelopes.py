"""Of the daemon's envelopes, the fields that are read: everything else is never decoded.

A citizen's number and name are in every envelope (`source`, `sourceNumber`, `sourceName`) and in reactions, quotes and
mentions; no field here takes them, so they end with the bytes that they came in. Names and types are those of
signal-cli's own records (checked against its program by tests/adapters/signal/test_real_daemon.py).
"""

from __future__ import annotations

import msgspec


class Attachment(msgspec.Struct, frozen=True, rename="camel"):
    id: str | None = None
    """Name of the file in the daemon's `attachments` folder; none if it was not downloaded."""
    content_type: str | None = None
    size: int | None = None


class Mention(msgspec.Struct, frozen=True, rename="camel"):
    start: int = 0
    length: int = 0
    """UTF-16 code units; the text holds U+FFFC there."""


class Reaction(msgspec.Struct, frozen=True, rename="camel"):
    emoji: str = ""
    target_sent_timestamp: int = 0
    is_remove: bool = False


class PollVote(msgspec.Struct, frozen=True, rename="camel"):
    target_sent_timestamp: int = 0
    option_indexes: list[int] = msgspec.field(default_factory=list)
    vote_count: int = 0


class RemoteDelete(msgspec.Struct, frozen=True, rename="camel"):
    timestamp: int = 0


class GroupInfo(msgspec.Struct, frozen=True, rename="camel"):
    group_id: str = ""


class Something(msgspec.Struct, frozen=True):
    """That it is there is all that counts."""


class DataMessage(msgspec.Struct, frozen=True, rename="camel"):
    timestamp: int = 0
    message: str | None = None
    is_expiration_update: bool | None = None
    reaction: Reaction | None = None
    mentions: list[Mention] | None = None
    attachments: list[Attachment] | None = None
    sticker: Something | None = None
    remote_delete: RemoteDelete | None = None
    contacts: list[Something] | None = None
    payment: Something | None = None
    poll_create: Something | None = None
    poll_vote: PollVote | None = None
    group_info: GroupInfo | None = None
    group_v2: GroupInfo | None = None
    story_context: Something | None = None


class EditMessage(msgspec.Struct, frozen=True, rename="camel"):
    target_sent_timestamp: int = 0
    data_message: DataMessage | None = None


class StoryMessage(msgspec.Struct, frozen=True, rename="camel"):
    file_attachment: Attachment | None = None


class Envelope(msgspec.Struct, frozen=True, rename="camel"):
    source_uuid: str | None = None
    source_device: int | None = None
    timestamp: int = 0
    server_received_timestamp: int = 0
    data_message: DataMessage | None = None
    edit_message: EditMessage | None = None
    story_message: StoryMessage | None = None


class Fault(msgspec.Struct, frozen=True, rename="camel"):
    """Why the daemon could not read an envelope; what it says in words may hold an address and is not read."""

    type: str = ""


class Received(msgspec.Struct, frozen=True, rename="camel"):
    """One event: `params` of the notification `receive`, or its `result` where the client subscribed."""

    envelope: Envelope | None = None
    exception: Fault | None = None
