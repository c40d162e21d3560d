"""How many texts moderators hid for which reason, for the public page of moderation rules."""

from __future__ import annotations

from collections.abc import Mapping

from dialogs.text_states import HideReason
from storage.errors import StorageError
from storage.sql.database import Database
from storage.sql.moderation import Moderation


async def hidden_texts(database: Database) -> Mapping[HideReason, int] | None:
    """None while the database is away: the page is shown without numbers."""
    try:
        return await Moderation(database).hidden_by_reason()
    except StorageError:
        return None
