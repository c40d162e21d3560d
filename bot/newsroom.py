"""Pilots, the latest news and drafts under test in memory, refreshed when the database says that something changed.

Staff change them by way of the database, from another process; a running bot notices within a second. Not here: sending
(`broadcaster.py`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from types import MappingProxyType

from dialogs.broadcasts import FINAL, PUBLIC, BroadcastId
from dialogs.news import PICTURES
from dialogs.outcomes import CHARTS
from dialogs.pilots import Pilot
from dialogs.world import NewsItem, OutcomeCard
from storage.news import Broadcasts, Outcomes, Pilots, StoredBroadcast
from storage.records import Surveys

LATEST_KEPT = 200
"""Broadcasts in memory: for the pages, the feeds and the command "news"."""
PICTURES_KEPT = 8 * 1024 * 1024  # bytes


class Newsroom:
    """Reading is synchronous; `refresh` and `picture` talk to the database."""

    def __init__(self, surveys: Surveys, pilots: Pilots, broadcasts: Broadcasts, outcomes: Outcomes) -> None:
        self._surveys = surveys
        self._pilots_store = pilots
        self._broadcasts = broadcasts
        self._outcomes = outcomes
        self._revision = -1
        self._pictures: OrderedDict[BroadcastId, bytes] = OrderedDict()
        self.pilots: Mapping[str, Pilot] = MappingProxyType({})
        self.outcomes: Mapping[str, OutcomeCard] = MappingProxyType({})
        self.archived: frozenset[str] = frozenset()
        self.news: tuple[NewsItem, ...] = ()
        self.drafts: Mapping[str, NewsItem] = MappingProxyType({})

    async def refresh(self) -> bool:
        """Read what changed; True if anything did. Raises `storage.errors.Unavailable`."""
        revision = await self._surveys.revision()
        if revision == self._revision:
            return False
        self.pilots = MappingProxyType({pilot.code: pilot for pilot in await self._pilots_store.all()})
        self.outcomes = MappingProxyType(dict(await self._outcomes.all()))
        self.archived = await self._outcomes.archived()
        stored = await self._broadcasts.all(most=LATEST_KEPT)
        self.news = tuple(_item(each) for each in stored if _is_public(each))
        self.drafts = MappingProxyType(
            {each.test_code: _item(each) for each in stored if each.test_code and each.state not in FINAL}
        )
        self._pictures.clear()
        self._revision = revision
        return True

    async def picture(self, name: str) -> bytes | None:
        """The picture that a message calls `news-NUMBER`."""
        if name.startswith(CHARTS):
            return await self._outcomes.chart(name.removeprefix(CHARTS))
        digits = name.removeprefix(PICTURES)
        if not name.startswith(PICTURES) or not digits.isdecimal() or len(digits) > 9:
            return None
        number = BroadcastId(int(digits))
        if number in self._pictures:
            self._pictures.move_to_end(number)
            return self._pictures[number]
        data = await self._broadcasts.picture(number)
        if data is not None and len(data) <= PICTURES_KEPT:
            self._pictures[number] = data
            while sum(map(len, self._pictures.values())) > PICTURES_KEPT:
                self._pictures.popitem(last=False)
        return data


def _is_public(stored: StoredBroadcast) -> bool:
    """Told to everybody who asks: what began to be sent, and is no weekly message or question about consent."""
    broadcast = stored.broadcast
    began = stored.state in PUBLIC and stored.began is not None
    return began and not (broadcast.is_digest or broadcast.is_renewal or broadcast.audience.outcome_of)


def _item(stored: StoredBroadcast) -> NewsItem:
    day = (stored.began or stored.created).date()
    return NewsItem(stored.number, stored.broadcast, day)
