"""The part of the Bot API's objects that Zuruf reads, and nothing more: other fields are skipped unread.

Names and shapes are the Bot API's own (https://core.telegram.org/bots/api#getting-updates), checked in the tests
against python-telegram-bot and aiogram. Names of people (first name, username) are left out on purpose.
"""

from __future__ import annotations

from typing import Final

import msgspec


class User(msgspec.Struct, frozen=True):
    id: int
    language_code: str = ""


class Chat(msgspec.Struct, frozen=True):
    id: int
    type: str


class File(msgspec.Struct, frozen=True):
    file_id: str
    file_size: int = 0
    mime_type: str = ""


class PhotoSize(msgspec.Struct, frozen=True):
    file_id: str
    width: int = 0
    height: int = 0
    file_size: int = 0


class Location(msgspec.Struct, frozen=True):
    latitude: float
    longitude: float
    horizontal_accuracy: float = 0.0


class Venue(msgspec.Struct, frozen=True):
    location: Location


class Message(msgspec.Struct, frozen=True):
    """Also stands for an inaccessible one (date 0), which has only its chat and id."""

    message_id: int
    chat: Chat
    date: int = 0
    """Seconds since 1970."""
    from_: User | None = msgspec.field(name="from", default=None)
    text: str | None = None
    caption: str = ""
    location: Location | None = None
    venue: Venue | None = None
    photo: list[PhotoSize] = []
    voice: File | None = None
    audio: File | None = None
    video: File | None = None
    video_note: File | None = None
    animation: File | None = None
    sticker: File | None = None
    document: File | None = None


class CallbackQuery(msgspec.Struct, frozen=True):
    id: str
    from_: User = msgspec.field(name="from")
    message: Message | None = None
    data: str = ""


class ChatMember(msgspec.Struct, frozen=True):
    status: str


class ChatMemberUpdated(msgspec.Struct, frozen=True):
    chat: Chat
    from_: User = msgspec.field(name="from")
    new_chat_member: ChatMember


class Update(msgspec.Struct, frozen=True):
    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: CallbackQuery | None = None
    my_chat_member: ChatMemberUpdated | None = None


ALLOWED_UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member")
"""All that Telegram is asked to send. Reactions, polls, payments, inline queries, channel posts … stay with it."""

SERVICE: Final = frozenset(
    {
        "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo",
        "group_chat_created", "supergroup_chat_created", "channel_chat_created", "message_auto_delete_timer_changed",
        "migrate_to_chat_id", "migrate_from_chat_id", "pinned_message", "successful_payment", "refunded_payment",
        "connected_website", "write_access_allowed", "proximity_alert_triggered", "boost_added", "chat_background_set",
        "forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened",
        "general_forum_topic_hidden", "general_forum_topic_unhidden", "giveaway_created", "giveaway_completed",
        "paid_message_price_changed", "direct_message_price_changed", "suggested_post_approved",
        "suggested_post_approval_failed", "suggested_post_declined", "suggested_post_paid", "suggested_post_refunded",
        "checklist_tasks_done", "checklist_tasks_added", "gift_upgrade_sent", "video_chat_scheduled",
        "video_chat_started", "video_chat_ended", "video_chat_participants_invited", "chat_owner_left",
        "chat_owner_changed",
    }
)  # fmt: skip
"""Marks messages that Telegram makes itself: nobody said anything, so nobody is answered."""
