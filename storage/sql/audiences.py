"""Who gets a broadcast, as a query: by what they follow, by what they got, by what they asked for.

Not here: giving them their delivery (`deliveries.py`).
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, false, literal, or_, select

from dialogs.broadcasts import Broadcast, Outcome
from dialogs.follows import RENEW_AFTER, SILENCE, Frequency, InterestKind
from storage.sql.news_tables import broadcasts, deliveries, digest_items, interests, subscriptions
from storage.sql.tables import outcome_wishes

GOT_IT: Final = (Outcome.ACCEPTED.value, Outcome.UNKNOWN.value)
"""Who got the error, or may have."""


def audience(broadcast: Broadcast, today: date) -> Select[Any]:
    """cid, channel, language, frequency of everybody who gets it, if it began on this day."""
    if broadcast.audience.outcome_of:
        at_once = literal(Frequency.AT_ONCE.value).label("frequency")
        wanted = select(outcome_wishes.c.cid, outcome_wishes.c.channel, outcome_wishes.c.language, at_once)
        return wanted.where(outcome_wishes.c.survey == broadcast.audience.outcome_of)
    columns = (subscriptions.c.cid, subscriptions.c.channel, subscriptions.c.language)
    if broadcast.corrects or broadcast.is_digest or broadcast.is_renewal or broadcast.goodbye:
        at_once = literal(Frequency.AT_ONCE.value).label("frequency")
        return select(*columns, at_once).where(is_awake(today), _chosen(broadcast, today))
    return select(*columns, subscriptions.c.frequency).where(
        is_awake(today), _follows(broadcast), _lives_there(broadcast)
    )


def is_awake(today: date) -> ColumnElement[bool]:
    """Whether a subscription is not paused."""
    return or_(subscriptions.c.paused_until.is_(None), subscriptions.c.paused_until < today)


def is_old_consent(today: date) -> ColumnElement[bool]:
    """Whether somebody has to be asked whether they still want news: not yet, or in vain, for it never reached them."""
    in_vain = and_(subscriptions.c.asked < today - SILENCE, ~_was_asked())
    return and_(subscriptions.c.consented <= today - RENEW_AFTER, or_(subscriptions.c.asked.is_(None), in_vain))


def is_silent(today: date) -> ColumnElement[bool]:
    """Whether somebody was asked, and has not answered in time. Who paused has not been silent."""
    return and_(is_awake(today), subscriptions.c.asked < today - SILENCE, _was_asked())


def _was_asked() -> ColumnElement[bool]:
    """Whether the question reached them, or may have. (Deliveries are forgotten some days after `SILENCE` is over.)"""
    is_renewal = and_(deliveries.c.broadcast == broadcasts.c.number, broadcasts.c.card.contains('"is_renewal":true'))
    return exists().where(deliveries.c.cid == subscriptions.c.cid, deliveries.c.outcome.in_(GOT_IT), is_renewal)


def _chosen(broadcast: Broadcast, today: date) -> ColumnElement[bool]:
    """A message that does not wait for the weekly one."""
    cid = subscriptions.c.cid
    if broadcast.corrects:
        got = and_(deliveries.c.broadcast == broadcast.corrects, deliveries.c.outcome.in_(GOT_IT))
        return exists().where(deliveries.c.cid == cid, got)
    if broadcast.is_digest:
        return exists().where(digest_items.c.cid == cid)
    if broadcast.is_renewal:
        return is_old_consent(today)
    return _has(InterestKind.PILOT, broadcast.pilot)


def _has(kind: InterestKind, *values: str) -> ColumnElement[bool]:
    this = and_(interests.c.cid == subscriptions.c.cid, interests.c.kind == kind.value)
    return exists().where(this, interests.c.value.in_(values)) if values else exists().where(this)


def _follows(broadcast: Broadcast) -> ColumnElement[bool]:
    to = broadcast.audience
    ways = [
        _has(InterestKind.EVERYTHING),
        _has(InterestKind.TOPIC, *to.topics) if to.topics else false(),
        _has(InterestKind.PILOT, broadcast.pilot) if broadcast.pilot else false(),
        _has(InterestKind.DISTRICT, *to.districts) if to.districts else false(),
    ]
    return or_(*ways)


def _lives_there(broadcast: Broadcast) -> ColumnElement[bool]:
    """Whoever named districts gets what concerns them; whoever named none gets it all."""
    if not broadcast.audience.districts:
        return ~false()
    return or_(~_has(InterestKind.DISTRICT), _has(InterestKind.DISTRICT, *broadcast.audience.districts))
