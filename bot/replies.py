"""Replies owed: rendered for the channel, noted in Redis with the session, sent after, cleared when sent.

Stored first, sent after: a crash in between repeats a reply at worst. A debt is sealed like a session; the citizen's
address is inside it and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from dialogs.capabilities import Capabilities
from dialogs.effects import Revise, Send, Settle, Words
from dialogs.events import MessageRef
from dialogs.messages import Kind, Part
from dialogs.rendering import render
from privacy.chance import drawing

ID_BYTES = 8
"""Of a reply's random name."""
REPLIES_OWED_LIMIT = 40
"""Parts owed to one conversation; older ones are dropped (their questions are asked again anyway)."""


class Reply(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """One part for the channel: a new message, or in place of `message`."""

    part: Part
    message: MessageRef | None = None
    anchor: bool = False
    """It is the question that stands: its handle is kept for a later edit."""
    id: str = ""
    """Random, made with the debt: sent again after a crash, it is known to a messenger that can tell."""


class Debt(msgspec.Struct, frozen=True, array_like=True):
    """All replies owed to one conversation."""

    channel: str
    address: bytes
    """The sealed form of the citizen's address (see `privacy.addresses`)."""
    replies: tuple[Reply, ...]


_reply_id = drawing(ID_BYTES)
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Debt)


def encode(debt: Debt) -> bytes:
    return _encoder.encode(debt)


def decode(data: bytes) -> Debt:
    """Raises `msgspec.DecodeError` for what this version did not write."""
    return _decoder.decode(data)


_QUESTIONS = frozenset({Kind.QUESTION, Kind.REFUSAL, Kind.REVIEW})


def merged(owed: Sequence[Reply], fresh: Sequence[Reply]) -> tuple[Reply, ...]:
    """What is still owed, then what is said now. An old question is not put once more where a new one stands."""
    if any(reply.anchor for reply in fresh):
        owed = [reply for reply in owed if reply.part.kind not in _QUESTIONS]
    return (*owed, *fresh)[-REPLIES_OWED_LIMIT:]


def plan(words: Iterable[Words], channel: Capabilities, anchor: MessageRef | None) -> tuple[Reply, ...]:
    """Render words for the channel. `anchor`: handle of the question that stands, if it is known."""
    replies: list[Reply] = []
    for effect in words:
        match effect:
            case Send():
                replies += _posts(render(effect.say, channel), effect.anchor)
            case Revise():
                replies += _in_place(effect, channel, anchor) or _posts(render(effect.say, channel), is_anchor=True)
            case Settle():
                replies += _in_place(effect, channel, anchor)
    return tuple(msgspec.structs.replace(reply, id=_reply_id().hex()) for reply in replies[-REPLIES_OWED_LIMIT:])


def _in_place(effect: Revise | Settle, channel: Capabilities, anchor: MessageRef | None) -> list[Reply]:
    """The words in place of an earlier message; nothing where that cannot be."""
    target = effect.message or anchor
    if not channel.edits or target is None:
        return []
    parts = render(effect.say, channel)
    return [Reply(parts[0], target)] if len(parts) == 1 else []


def _posts(parts: Sequence[Part], is_anchor: bool) -> list[Reply]:
    """A long text becomes several messages; the last carries the buttons and is the one to edit."""
    last = len(parts) - 1
    return [Reply(part, anchor=is_anchor and index == last) for index, part in enumerate(parts)]
