"""Who gets a broadcast, one delivery each; claimed by many workers, begun with consent read anew, ended once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, Insert, Table, Update, event

from dialogs.broadcasts import Act, Audience, Broadcast, BroadcastId, BroadcastState, Outcome, Reason, Text
from dialogs.follows import SILENCE, Frequency, Interest, InterestKind, Subscription
from dialogs.messages import Language
from dialogs.pilots import Pilot, PilotState
from dialogs.quiet import QuietHours
from dialogs.world import Survey
from storage.contacts import ContactId
from storage.errors import Conflict
from storage.news import Result, Step
from storage.records import FormVersion
from storage.sql.broadcasts import SqlBroadcasts
from storage.sql.database import Database, open_database
from storage.sql.deliveries import LEASE, SqlDeliveries
from storage.sql.pilots import SqlPilots
from storage.sql.subscriptions import SqlSubscriptions
from storage.sql.surveys import SqlSurveys

NOW = datetime(2026, 11, 27, 11, 0, tzinfo=UTC)
TODAY = NOW.date()
TEXTS = {"de": Text("", "Hallo")}
ME, OTHER = b"worker-1", b"worker-2"


class Town:
    def __init__(self, database: Database) -> None:
        self.broadcasts = SqlBroadcasts(database)
        self.deliveries = SqlDeliveries(database)
        self.subscriptions = SqlSubscriptions(database)
        self.pilots = SqlPilots(database)
        self.surveys = SqlSurveys(database)

    async def follows(self, *interests: str, channel: str = "telegram", **changes: object) -> ContactId:
        cid = ContactId(os.urandom(16))
        followed = frozenset(
            Interest(InterestKind(kind), what) for kind, _, what in (i.partition(":") for i in interests)
        )
        subscription = Subscription(followed, Language("de"), TODAY, **changes)  # type: ignore[arg-type]
        await self.subscriptions.put(cid, channel, subscription)
        return cid

    async def sending(self, broadcast: Broadcast) -> BroadcastId:
        number = await self.broadcasts.announce(broadcast, os.urandom(4).hex(), NOW)
        assert number is not None
        expires = NOW + timedelta(hours=48)
        await self.broadcasts.step(number, Step(BroadcastState.APPROVED, Act.SCHEDULE, NOW, due=NOW, expires=expires))
        await self.broadcasts.step(number, Step(BroadcastState.SCHEDULED, Act.BEGIN, NOW))
        while not await self.deliveries.enrol(number, TODAY):
            pass
        return number

    async def gets(self, broadcast: Broadcast) -> set[ContactId]:
        number = await self.sending(broadcast)
        claimed = [
            each.cid
            for channel in ("telegram", "matrix")
            for each in await self.deliveries.claim(number, channel, ME, NOW, 100)
        ]
        assert len(claimed) == len(set(claimed))
        return set(claimed)

    async def outcomes(self, number: BroadcastId) -> dict[Outcome, int]:
        found: dict[Outcome, int] = {}
        for count in await self.deliveries.counts(number):
            found[count.outcome] = found.get(count.outcome, 0) + count.people
        return found


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    database = await open_database(database_url, tmp_path)
    yield Town(database)
    await database.close()


def news(**changes: object) -> Broadcast:
    return Broadcast(TEXTS, "de", **changes)  # type: ignore[arg-type]


async def test_each_broadcast_finds_those_who_follow_it(town: Town) -> None:
    everything = await town.follows("all:")
    bus = await town.follows("pilot:rufbus")
    traffic = await town.follows("topic:verkehr", channel="matrix")
    north = await town.follows("district:Nord", "topic:verkehr")
    south = await town.follows("district:Süd", "topic:verkehr")
    await town.follows("all:", paused_until=TODAY)
    awake = await town.follows("all:", paused_until=TODAY - timedelta(days=1))

    assert await town.gets(news()) == {everything, awake}
    assert await town.gets(news(pilot="rufbus")) == {everything, awake, bus}
    about = Audience(topics=("verkehr",))
    assert await town.gets(news(pilot="rufbus", audience=about)) == {everything, awake, bus, traffic, north, south}
    there = Audience(topics=("verkehr",), districts=("Nord",))
    assert await town.gets(news(audience=there)) == {everything, awake, traffic, north}
    assert await town.gets(news(audience=Audience(districts=("Süd",)))) == {everything, awake, south}
    assert await town.gets(news(pilot="rufbus", goodbye=True)) == {bus}


async def test_the_people_of_a_broadcast_are_counted_before_it_is_approved(town: Town) -> None:
    await town.follows("all:")
    await town.follows("all:", frequency=Frequency.WEEKLY)
    await town.follows("all:", channel="matrix")
    people = await town.deliveries.audience(news(), TODAY)
    assert people == {"telegram": {"at_once": 1, "weekly": 1}, "matrix": {"at_once": 1}}


async def test_a_weekly_message_holds_what_waited_for_it_and_goes_once(town: Town) -> None:
    weekly = await town.follows("all:", frequency=Frequency.WEEKLY)
    first, second = await town.sending(news()), await town.sending(news())
    assert await town.deliveries.waiting(first) == {}
    digest = await town.sending(news(is_digest=True))
    (claimed,) = await town.deliveries.claim(digest, "telegram", ME, NOW, 10)
    begun = await town.deliveries.begin(digest, ME, [claimed.cid], (), NOW, TODAY)
    assert [ready.items for ready in begun.ready] == [(first, second)]
    third = await town.sending(news())
    await town.deliveries.record(digest, ME, [Result(weekly, Outcome.ACCEPTED, items=begun.ready[0].items)])
    assert await town.deliveries.digests_wait(), "what came meanwhile waits for the next one"
    again = await town.sending(news(is_digest=True))
    await town.deliveries.claim(again, "telegram", ME, NOW, 10)
    (ready,) = (await town.deliveries.begin(again, ME, [weekly], (), NOW, TODAY)).ready
    assert ready.items == (third,)
    await town.deliveries.record(again, ME, [Result(weekly, Outcome.ACCEPTED, items=ready.items)])
    assert not await town.deliveries.digests_wait()


async def test_a_correction_goes_to_those_who_got_the_error_or_may_have(town: Town) -> None:
    got, unsure, failed = [await town.follows("all:") for _ in range(3)]
    number = await town.sending(news())
    await town.deliveries.claim(number, "telegram", ME, NOW, 10)
    await town.deliveries.begin(number, ME, [got, unsure, failed], (), NOW, TODAY)
    await town.deliveries.record(
        number,
        ME,
        [
            Result(got, Outcome.ACCEPTED),
            Result(unsure, Outcome.UNKNOWN),
            Result(failed, Outcome.FAILED, Reason.REJECTED),
        ],
    )
    await town.follows("all:")
    assert await town.gets(news(corrects=number)) == {got, unsure}


async def test_workers_that_claim_at_once_get_different_people(town: Town) -> None:
    people = {await town.follows("all:") for _ in range(40)}
    number = await town.sending(news())
    claims = await asyncio.gather(*(town.deliveries.claim(number, "telegram", os.urandom(8), NOW, 7) for _ in range(8)))
    taken = [each.cid for claim in claims for each in claim]
    assert len(taken) == len(set(taken))
    assert set(taken) <= people
    assert len(taken) == 40


async def test_consent_is_read_again_when_it_begins(town: Town) -> None:
    stays, leaves, pauses = [await town.follows("all:") for _ in range(3)]
    number = await town.sending(news())
    await town.deliveries.claim(number, "telegram", ME, NOW, 10)
    await town.subscriptions.remove([leaves])
    standing = await town.subscriptions.get(pauses)
    assert standing is not None
    away = Subscription(standing.interests, standing.language, TODAY, paused_until=TODAY)
    await town.subscriptions.put(pauses, "telegram", away)
    begun = await town.deliveries.begin(number, ME, [stays, leaves, pauses], (), NOW, TODAY)
    assert [ready.cid for ready in begun.ready] == [stays]
    assert await town.outcomes(number) == {Outcome.SENDING: 1, Outcome.UNSUBSCRIBED: 2}


async def test_a_late_call_learns_who_left_since_it_began(town: Town) -> None:
    stays, leaves = [await town.follows("all:") for _ in range(2)]
    number = await town.sending(news())
    await town.deliveries.claim(number, "telegram", ME, NOW, 10)
    await town.deliveries.begin(number, ME, [stays, leaves], (), NOW, TODAY)
    await town.subscriptions.remove([leaves])
    wanted = [await town.deliveries.is_wanted(number, cid, NOW, TODAY) for cid in (stays, leaves)]
    assert wanted == [True, False]


async def test_whoever_set_quiet_hours_waits_until_they_are_over(town: Town) -> None:
    """Nobody holds their delivery meanwhile, and nobody looks at it again and again."""
    sleeps = await town.follows("all:", quiet=QuietHours(11, 14))
    awake = await town.follows("all:", quiet=QuietHours(20, 9))
    number = await town.sending(news())
    await town.deliveries.claim(number, "telegram", ME, NOW, 10)
    begun = await town.deliveries.begin(number, ME, [sleeps, awake], (), NOW, TODAY)
    assert [ready.cid for ready in begun.ready] == [awake]
    await town.deliveries.record(number, ME, [Result(awake, Outcome.ACCEPTED)])
    await town.deliveries.release(number, ME)
    assert not await town.deliveries.claim(number, "telegram", ME, NOW + timedelta(hours=1), 10)
    assert await town.deliveries.waiting(number) == {"telegram": 1}, "the broadcast is not through"
    later = NOW.replace(hour=14, minute=1)
    assert [each.cid for each in await town.deliveries.claim(number, "telegram", ME, later, 10)] == [sleeps]
    begun = await town.deliveries.begin(number, ME, [sleeps], (), later, TODAY)
    assert [ready.cid for ready in begun.ready] == [sleeps]


@pytest.mark.parametrize("quiet", [QuietHours(20, 9), None])
async def test_quiet_hours_are_kept_with_the_subscription(town: Town, quiet: QuietHours | None) -> None:
    standing = await town.subscriptions.get(await town.follows("all:", quiet=quiet))
    assert standing is not None
    assert standing.quiet == quiet


@pytest.mark.parametrize("act", [Act.STOP, Act.PAUSE])
async def test_nothing_begins_once_it_is_stopped_or_paused(town: Town, act: Act) -> None:
    person = await town.follows("all:")
    number = await town.sending(news())
    await town.deliveries.claim(number, "telegram", ME, NOW, 10)
    await town.broadcasts.step(number, Step(BroadcastState.SENDING, act, NOW))
    begun = await town.deliveries.begin(number, ME, [person], (), NOW, TODAY)
    assert begun.ready == ()
    assert await town.outcomes(number) == {Outcome.WAITING: 1}


async def test_nothing_begins_when_it_is_too_late_to_be_news(town: Town) -> None:
    person = await town.follows("all:")
    number = await town.sending(news())
    await town.deliveries.claim(number, "telegram", ME, NOW, 10)
    late = NOW + timedelta(hours=48)
    assert (await town.deliveries.begin(number, ME, [person], (), late, TODAY)).state is BroadcastState.EXPIRED


@pytest.mark.parametrize(
    ("state", "day", "goodbye", "goes"),
    [
        (PilotState.ON_TRIAL, date(2026, 11, 30), False, True),
        (PilotState.ON_TRIAL, date(2026, 12, 1), False, False),
        (PilotState.ENDED, date(2026, 11, 30), False, False),
        (PilotState.ENDED, date(2026, 12, 1), True, True),
        (PilotState.ENDED, date(2027, 1, 29), True, True),
        (PilotState.ENDED, date(2027, 1, 30), True, False),
    ],
)
async def test_nothing_of_a_pilot_begins_after_its_end(
    town: Town, state: PilotState, day: date, goodbye: bool, goes: bool
) -> None:
    await town.pilots.put(Pilot("rufbus", ends=date(2026, 11, 30), state=state))
    person = await town.follows("pilot:rufbus")
    number = await town.sending(news(pilot="rufbus", goodbye=goodbye))
    await town.deliveries.claim(number, "telegram", ME, NOW, 10)
    begun = await town.deliveries.begin(number, ME, [person], (), NOW, day)
    assert bool(begun.ready) is goes


async def test_what_a_dead_worker_was_sending_is_unknown_and_what_it_had_claimed_goes_on(town: Town) -> None:
    sent, claimed = [await town.follows("all:") for _ in range(2)]
    number = await town.sending(news())
    await town.deliveries.claim(number, "telegram", ME, NOW, 10)
    await town.deliveries.begin(number, ME, [sent], (), NOW, TODAY)
    assert await town.deliveries.claim(number, "telegram", OTHER, NOW, 10) == ()
    later = NOW + LEASE + timedelta(seconds=1)
    await town.deliveries.recover(later, ())
    assert [each.cid for each in await town.deliveries.claim(number, "telegram", OTHER, later, 10)] == [claimed]
    assert await town.outcomes(number) == {Outcome.UNKNOWN: 1, Outcome.WAITING: 1}
    await town.deliveries.record(number, ME, [Result(sent, Outcome.ACCEPTED)])
    assert (await town.outcomes(number))[Outcome.UNKNOWN] == 1


async def test_where_a_repetition_is_known_a_dead_workers_message_waits_again_for_half_an_hour(town: Town) -> None:
    person = await town.follows("all:", channel="matrix")
    number = await town.sending(news())
    await town.deliveries.claim(number, "matrix", ME, NOW, 10)
    await town.deliveries.begin(number, ME, [person], (), NOW, TODAY)
    await town.deliveries.recover(NOW + timedelta(minutes=20), ["matrix"])
    assert await town.outcomes(number) == {Outcome.WAITING: 1}
    await town.deliveries.claim(number, "matrix", ME, NOW, 10)
    await town.deliveries.begin(number, ME, [person], (), NOW, TODAY)
    await town.deliveries.recover(NOW + timedelta(minutes=31), ["matrix"])
    assert await town.outcomes(number) == {Outcome.UNKNOWN: 1}
    assert await town.deliveries.ask_again(number) == 1


async def test_the_rest_of_a_stopped_broadcast_is_closed_and_becomes_a_number(town: Town) -> None:
    for _ in range(3):
        await town.follows("all:")
    number = await town.sending(news())
    await town.broadcasts.step(number, Step(BroadcastState.SENDING, Act.STOP, NOW))
    assert await town.deliveries.close_rest(number, Outcome.STOPPED) == 3
    assert await town.deliveries.forget(NOW + timedelta(days=1)) == 3
    assert await town.outcomes(number) == {Outcome.STOPPED: 3}


async def old_consent(town: Town, **changes: object) -> ContactId:
    cid = await town.follows("all:")
    everything = frozenset({Interest(InterestKind.EVERYTHING)})
    standing = Subscription(everything, Language("de"), date(2026, 5, 1), **changes)  # type: ignore[arg-type]
    await town.subscriptions.put(cid, "telegram", standing)
    return cid


async def asked(town: Town, cid: ContactId, outcome: Outcome) -> None:
    number = await town.sending(news(is_renewal=True))
    assert [each.cid for each in await town.deliveries.claim(number, "telegram", ME, NOW, 10)] == [cid]
    await town.deliveries.begin(number, ME, [cid], (), NOW, TODAY)
    await town.deliveries.record(number, ME, [Result(cid, outcome)])


LATE = TODAY + SILENCE + timedelta(days=1)


async def test_old_consent_is_asked_for_again_and_silence_ends_it(town: Town) -> None:
    old = await old_consent(town)
    await town.follows("all:")
    assert await town.subscriptions.due_for_renewal(TODAY)
    await asked(town, old, Outcome.ACCEPTED)
    assert not await town.subscriptions.due_for_renewal(TODAY)
    assert await town.subscriptions.silent(TODAY + SILENCE, 10) == []
    assert await town.subscriptions.silent(LATE, 10) == [old]


async def test_whom_the_question_about_consent_never_reached_is_not_silent_and_asked_again(town: Town) -> None:
    old = await old_consent(town)
    await asked(town, old, Outcome.FAILED)
    assert not await town.subscriptions.due_for_renewal(TODAY)
    assert await town.subscriptions.silent(LATE, 10) == []
    assert await town.subscriptions.due_for_renewal(LATE)


async def test_whoever_paused_is_asked_about_their_consent_when_the_pause_is_over(town: Town) -> None:
    old = await old_consent(town, paused_until=TODAY)
    assert not await town.subscriptions.due_for_renewal(TODAY)
    assert await town.gets(news(is_renewal=True)) == set()
    assert await town.subscriptions.silent(LATE, 10) == []
    assert await town.subscriptions.due_for_renewal(TODAY + timedelta(days=1))
    await town.subscriptions.remove([old])
    assert not await town.subscriptions.due_for_renewal(TODAY + timedelta(days=1))


async def test_whoever_followed_only_a_pilot_follows_nothing_when_it_ends(town: Town) -> None:
    only = await town.follows("pilot:rufbus")
    await town.follows("pilot:rufbus", "topic:verkehr")
    assert await town.subscriptions.drop(Interest(InterestKind.PILOT, "rufbus")) == 2
    assert await town.subscriptions.aimless(10) == [only]


async def test_a_step_that_may_not_be_is_refused(town: Town) -> None:
    number = await town.sending(news())
    with pytest.raises(Conflict):
        await town.broadcasts.step(number, Step(BroadcastState.SENDING, Act.APPROVE, NOW))
    with pytest.raises(Conflict):
        await town.broadcasts.step(number, Step(BroadcastState.SCHEDULED, Act.BEGIN, NOW))


async def test_a_yes_publishes_the_question_with_it_and_neither_without_the_other(town: Town) -> None:
    number = await town.broadcasts.draft(news(), None, "anna", NOW, "1")
    await town.broadcasts.step(number, Step(BroadcastState.DRAFT, Act.SUBMIT, NOW, "anna"))
    asked, form = Survey("news_1", "f" * 64, {"": "?"}), FormVersion("f" * 64, b"<h:html/>", {}, "q.md", b"q")
    stale = Step(BroadcastState.SUBMITTED, Act.APPROVE, NOW, "bert", submitted=NOW - timedelta(hours=1))
    with pytest.raises(Conflict):
        await town.broadcasts.approve(number, stale, asked, form)
    looked_at = replace(stale, submitted=NOW)
    for table in ("broadcasts", "forms", "surveys"):
        with breaking(table), pytest.raises(ZeroDivisionError):
            await town.broadcasts.approve(number, looked_at, asked, form)
        assert await town.surveys.all() == []
        standing = await town.broadcasts.get(number)
        assert standing is not None
        assert standing.state is BroadcastState.SUBMITTED, "whoever tries again finds it as it was"
    assert await town.broadcasts.approve(number, looked_at, asked, form) is BroadcastState.APPROVED
    assert [each.code for each in await town.surveys.all()] == ["news_1"]


@contextmanager
def breaking(table: str) -> Iterator[None]:
    """The process ends as this table has been written."""

    def end(_connection: Connection, statement: object, *_rest: object) -> None:
        written = statement.table if isinstance(statement, Insert | Update) else None
        if isinstance(written, Table) and written.name == table:
            raise ZeroDivisionError

    event.listen(Engine, "after_execute", end)
    try:
        yield
    finally:
        event.remove(Engine, "after_execute", end)


async def test_two_who_store_a_pilot_at_once_do_not_overwrite_each_other(town: Town) -> None:
    planned, offices = Pilot("rufbus"), ("Amt 1", "Amt 2", "Amt 3")
    for before in (None, planned):
        new = [planned] * 3 if before is None else [replace(planned, office=office) for office in offices]
        done = await asyncio.gather(*(town.pilots.put(each, before) for each in new), return_exceptions=True)
        assert [type(each) for each in done if each is not None] == [Conflict, Conflict]
        assert await town.pilots.all() == [new[done.index(None)]]


async def test_what_the_bot_announces_by_itself_is_announced_once(town: Town) -> None:
    made = await asyncio.gather(*(town.broadcasts.announce(news(), "digest 2026-11-27", NOW) for _ in range(5)))
    assert len([number for number in made if number is not None]) == 1
