"""News go as fast as the town's settings say, and staff are told by that pace when they are through."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from bot.config import load
from bot.paces import news_paces
from dialogs.broadcasts import Broadcast, BroadcastId, BroadcastState, Text
from storage.acts.broadcast_report import reach
from storage.news import StoredBroadcast

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))


class Moment:
    def now(self) -> datetime:
        return NOON

    def today(self) -> date:
        return NOON.date()


class Following:
    """Deliveries of which only the audience is known."""

    async def audience(self, *_: object) -> Mapping[str, Mapping[str, int]]:
        return {"signal": {"at_once": 360}, "telegram": {"at_once": 360}}


@pytest.mark.parametrize(("ceiling", "minutes"), [("30", 100), ("300", 10)])
async def test_who_raises_the_ceiling_of_signal_is_told_an_earlier_end(ceiling: str, minutes: int) -> None:
    config = load(environ={"ZURUF_SIGNAL_CEILING": ceiling, "ZURUF_TELEGRAM_NEWS_PER_SECOND": "6"})
    standing = StoredBroadcast(
        BroadcastId(1), BroadcastState.DRAFT, Broadcast({"de": Text("", "Hallo")}, "de"), "anna", "", NOON
    )
    signal, telegram = await reach(config, cast(Any, Following()), standing, cast(Any, Moment()), news_paces(config))
    assert signal.through is not None
    assert telegram.through is not None
    assert (signal.through - NOON).total_seconds() == pytest.approx(minutes * 60)
    assert (telegram.through - NOON).total_seconds() == pytest.approx(60)


def test_nothing_is_pushed_where_a_channel_cannot() -> None:
    paces = news_paces(load(environ={}))
    assert paces["web"] == paces["terminal"] == 0
    assert paces["signal"] == pytest.approx(0.06)
