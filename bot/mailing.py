"""The words of a broadcast for one person, rendered for a channel; made once for each language.

Not here: what is said (`dialogs/news.py`), to whom (`broadcaster.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from bot.newsroom import Newsroom
from dialogs.broadcasts import BroadcastId
from dialogs.capabilities import Capabilities
from dialogs.messages import Language, Part
from dialogs.news import digest_say, news_say
from dialogs.rendering import render
from privacy.pseudonyms import parcel
from storage.clock import Clock
from storage.contacts import ContactId
from storage.news import Ready, StoredBroadcast

KEPT = 500
"""Rendered messages in memory: languages, channels, weekly messages that many people share."""


class Mailing:
    """Messages of broadcasts."""

    def __init__(self, newsroom: Newsroom, clock: Clock) -> None:
        self._newsroom = newsroom
        self._clock = clock
        self._made: dict[tuple[object, ...], tuple[Part, ...]] = {}

    def parts(self, stored: StoredBroadcast, ready: Ready, channel: Capabilities) -> Sequence[Part]:
        """What this person gets; nothing if nothing is left to say (a weekly message whose news are gone)."""
        today = self._clock.today()
        key = (stored.number, stored.state, ready.language, ready.items, channel.channel, today)
        if key not in self._made:
            if len(self._made) >= KEPT:
                self._made.clear()
            self._made[key] = self._render(stored, ready, channel)
        return self._made[key]

    def _render(self, stored: StoredBroadcast, ready: Ready, channel: Capabilities) -> tuple[Part, ...]:
        language, today = Language(ready.language), self._clock.today()
        pilots = self._newsroom.pilots
        if stored.broadcast.is_digest:
            items = [item for item in reversed(self._newsroom.news) if item.number in ready.items]
            return render(digest_say(items, pilots, language, today), channel) if items else ()
        pilot = pilots.get(stored.broadcast.pilot)
        return render(news_say(stored.number, stored.broadcast, pilot, language, today), channel)


def name_of(number: BroadcastId, cid: ContactId, part: int) -> str:
    """How this message is called among all that we send: the same when it is sent again."""
    digest = hashlib.sha256(parcel(b"news/v1", str(number).encode("ascii"), cid)).hexdigest()
    return f"{digest[:32]}-{part}"
