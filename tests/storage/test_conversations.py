"""One contract for every implementation of `Conversations`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator

import pytest
import redis

from storage.conversations import Claim, Conversations, Counted, Loaded, Mark, OfferName, SessionName
from storage.errors import Lost, Unavailable
from storage.memory import MemoryConversations
from storage.redis import (
    DAY_SECONDS,
    DEBTS_AT_ONCE,
    LOCK_SECONDS,
    MARK_SECONDS,
    RATE_SECONDS,
    TOLD_SECONDS,
    RedisConversations,
    Space,
    key,
)

HOUR = 3600


def name() -> SessionName:
    return SessionName(os.urandom(16))


def mark() -> Mark:
    return Mark(os.urandom(16))


@pytest.fixture(params=["memory", "valkey", "redis"])
async def conversations(request: pytest.FixtureRequest) -> AsyncIterator[Conversations]:
    made: Conversations
    if request.param == "memory":
        made = MemoryConversations()
    else:
        made = RedisConversations(request.getfixturevalue(f"{request.param}_url"))
    yield made
    await made.close()


async def taken(conversations: Conversations, *names: SessionName) -> Loaded:
    loaded = await conversations.load(names, [])
    assert loaded is not None
    assert not loaded.duplicate
    return loaded


async def test_a_new_conversation_is_empty_and_locked(conversations: Conversations) -> None:
    mine = name()
    loaded = await taken(conversations, mine)
    assert (loaded.found, loaded.sealed, loaded.anchor, loaded.debt) == (None, None, None, None)
    assert await conversations.load([mine], []) is None


async def test_what_was_saved_is_found_again_and_the_lock_is_free(conversations: Conversations) -> None:
    mine = name()
    await conversations.save([mine], await taken(conversations, mine), b"draft", HOUR, None, b"owed")
    loaded = await taken(conversations, mine)
    assert (loaded.found, loaded.sealed, loaded.debt) == (mine, b"draft", b"owed")


async def test_a_message_that_was_committed_is_a_duplicate(conversations: Conversations) -> None:
    mine, seen = name(), mark()
    await conversations.save([mine], await taken(conversations, mine), b"draft", HOUR, seen, None)
    again = await conversations.load([mine], [seen])
    assert again is not None
    assert again.duplicate
    assert (await taken(conversations, mine)).sealed == b"draft", "a duplicate must not hold the lock"


async def test_a_message_of_yesterdays_epoch_is_a_duplicate_today(conversations: Conversations) -> None:
    mine, today, yesterday = name(), mark(), mark()
    await conversations.save([mine], await taken(conversations, mine), b"draft", HOUR, yesterday, None)
    again = await conversations.load([mine], [today, yesterday])
    assert again is not None
    assert again.duplicate


async def test_a_message_whose_turn_was_not_committed_may_come_again(conversations: Conversations) -> None:
    mine, seen = name(), mark()
    loaded = await conversations.load([mine], [seen])
    assert loaded is not None
    await conversations.release([mine], loaded)
    again = await conversations.load([mine], [seen])
    assert again is not None
    assert not again.duplicate


async def test_a_conversation_moves_to_the_new_epoch(conversations: Conversations) -> None:
    new, old = name(), name()
    await conversations.save([old], await taken(conversations, old), b"draft", HOUR, None, b"owed")
    loaded = await taken(conversations, new, old)
    assert (loaded.found, loaded.sealed, loaded.debt) == (old, b"draft", b"owed")
    await conversations.save([new, old], loaded, b"moved", HOUR, None, None)
    assert (await taken(conversations, new)).sealed == b"moved"
    assert (await taken(conversations, old)).found is None


async def test_two_workers_on_both_sides_of_midnight_exclude_each_other(conversations: Conversations) -> None:
    today, yesterday, before = name(), name(), name()
    await taken(conversations, today, yesterday)
    assert await conversations.load([yesterday, before], []) is None


async def test_a_lock_that_was_lost_changes_nothing(conversations: Conversations) -> None:
    mine, seen = name(), mark()
    await conversations.save([mine], await taken(conversations, mine), b"draft", HOUR, None, None)
    late = Loaded(lock=b"x" * 16)
    with pytest.raises(Lost):
        await conversations.save([mine], late, b"wrong", HOUR, seen, b"wrong")
    loaded = await conversations.load([mine], [seen])
    assert loaded is not None
    assert (loaded.duplicate, loaded.sealed, loaded.debt) == (False, b"draft", None)


async def test_releasing_anothers_lock_does_nothing(conversations: Conversations) -> None:
    mine = name()
    await taken(conversations, mine)
    await conversations.release([mine], Loaded(lock=b"x" * 16))
    assert await conversations.load([mine], []) is None


async def test_a_lock_is_renewed_by_its_holder_alone(conversations: Conversations) -> None:
    mine, other = name(), name()
    loaded = await taken(conversations, mine, other)
    assert await conversations.renew([mine, other], loaded)
    assert not await conversations.renew([mine, other], Loaded(lock=b"x" * 16))
    await conversations.release([mine, other], loaded)
    assert not await conversations.renew([mine, other], loaded), "what was freed is not taken again"


async def test_only_one_of_two_racing_workers_holds_the_lock(conversations: Conversations) -> None:
    mine = name()
    results = await asyncio.gather(*(conversations.load([mine], []) for _ in range(20)))
    assert sum(result is not None for result in results) == 1


async def test_a_conversation_can_be_forgotten_while_a_reply_is_owed(conversations: Conversations) -> None:
    mine = name()
    await conversations.save([mine], await taken(conversations, mine), b"draft", HOUR, None, None)
    await conversations.save([mine], await taken(conversations, mine), None, HOUR, None, b"goodbye")
    loaded = await taken(conversations, mine)
    assert (loaded.found, loaded.sealed, loaded.anchor, loaded.debt) == (None, None, None, b"goodbye")


async def test_settling_clears_the_debt_and_keeps_the_questions_handle(conversations: Conversations) -> None:
    mine = name()
    await conversations.save([mine], await taken(conversations, mine), b"draft", HOUR, None, b"owed")
    await conversations.settle(mine, b"handle", b"owed")
    loaded = await taken(conversations, mine)
    assert (loaded.anchor, loaded.debt) == (b"handle", None)
    assert mine not in [debt.name for debt in await conversations.debts(0)]
    await conversations.save([mine], loaded, b"draft 2", HOUR, None, None)
    assert (await taken(conversations, mine)).anchor == b"handle"


async def test_a_late_settlement_leaves_the_later_turn_alone(conversations: Conversations) -> None:
    mine = name()
    await conversations.save([mine], await taken(conversations, mine), b"1", HOUR, None, b"owed 1")
    await conversations.save([mine], await taken(conversations, mine), b"2", HOUR, None, b"owed 2")
    await conversations.settle(mine, b"handle 2", None)
    await conversations.settle(mine, b"handle 1", b"owed 1")
    loaded = await taken(conversations, mine)
    assert (loaded.anchor, loaded.debt) == (b"handle 2", b"owed 2")


async def test_a_handle_of_a_forgotten_conversation_is_not_kept(conversations: Conversations) -> None:
    mine = name()
    await conversations.settle(mine, b"handle", None)
    await conversations.save([mine], await taken(conversations, mine), b"new", HOUR, None, None)
    assert (await taken(conversations, mine)).anchor is None


async def test_replies_owed_are_found_after_a_crash(conversations: Conversations) -> None:
    mine = name()
    await conversations.save([mine], await taken(conversations, mine), b"draft", HOUR, None, b"owed")
    for _ in range(2):  # who found them may have crashed as well
        assert [debt.sealed for debt in await conversations.debts(0) if debt.name == mine] == [b"owed"]
    assert mine not in [debt.name for debt in await conversations.debts(60)]


async def test_days_on_which_somebody_paused_are_known(conversations: Conversations) -> None:
    paused, other = name(), name()
    await conversations.note_long(paused, HOUR)
    assert list(await conversations.noted_long([other, paused])) == [False, True]
    assert list(await conversations.noted_long([])) == []


async def test_messages_of_a_budget_are_counted_in_one_sliding_window(conversations: Conversations) -> None:
    assert [await conversations.spend(b"signal", 2, 60) for _ in range(2)] == [0.0, 0.0]
    left = await conversations.spend(b"signal", 2, 60)
    assert 0 < left <= 60
    assert 0 < await conversations.spend(b"signal", 1, 60) <= 60  # the younger of the two must go first
    assert await conversations.spend(b"other", 1, 60) == 0.0


async def test_what_is_behind_the_window_counts_no_more(conversations: Conversations) -> None:
    assert await conversations.spend(b"brief", 1, 60) == 0.0
    assert [await conversations.spend(b"brief", 1, 0) for _ in range(3)] == [0.0] * 3


async def test_what_a_messenger_asked_for_closes_a_budget_and_is_never_shortened(conversations: Conversations) -> None:
    await conversations.shut(b"closed", 500)
    await conversations.shut(b"closed", 1)
    assert 490 < await conversations.spend(b"closed", 30, 300) <= 500
    assert await conversations.spend(b"open", 30, 300) == 0.0


async def test_a_ping_is_answered(conversations: Conversations) -> None:
    await conversations.ping()


# -- Redis and Valkey only


async def test_every_key_has_an_end(conversation_url: str) -> None:
    conversations = RedisConversations(conversation_url)
    mine, seen = name(), mark()
    await conversations.save([mine], await taken(conversations, mine), b"draft", HOUR, seen, b"owed")
    await conversations.settle(mine, b"handle", None)
    who = os.urandom(16)
    other = await conversations.load([mine], [], Counted(who, file=True))
    assert other is not None
    await conversations.save([mine], other, b"draft", HOUR, seen, b"owed", who)
    await conversations.settle(mine, b"handle", None)
    await conversations.once(who, TOLD_SECONDS)
    assert [await conversations.opened(who), await conversations.opened(who)] == [1, 2]
    await taken(conversations, mine)
    await conversations.note_long(name(), HOUR)
    await conversations.spend(b"signal", 30, 300)
    await conversations.shut(b"signal", 86_400)
    await conversations.offer(OfferName(os.urandom(16)), b"where", HOUR)
    await conversations.claim([OfferName(os.urandom(16))], os.urandom(16), 5, HOUR)
    await conversations.close()
    with redis.Redis.from_url(conversation_url) as client:
        ends = {found: client.ttl(found) for found in client.scan_iter()}
    assert len(ends) == len(set(Space) - {Space.PACE, Space.DOOR})  # those: test_paces.py
    assert all(0 < ttl <= MARK_SECONDS for ttl in ends.values())
    assert ends[key(Space.LOCK, mine)] <= LOCK_SECONDS
    assert ends[key(Space.SESSION, mine)] <= HOUR
    assert ends[key(Space.ANCHOR, mine)] <= HOUR


async def test_what_could_not_be_sent_does_not_hide_what_is_owed_to_others(conversation_url: str) -> None:
    conversations = RedisConversations(conversation_url)
    names = [name() for _ in range(DEBTS_AT_ONCE + 20)]
    for mine in names:
        await conversations.save([mine], await taken(conversations, mine), b"draft", HOUR, None, b"owed")
    with redis.Redis.from_url(conversation_url) as client:
        for mine in names:
            client.zadd(key(Space.OWED), {mine: 1}, xx=True)
    first, second, third = [[debt.name for debt in await conversations.debts(60)] for _ in range(3)]
    await conversations.close()
    assert len(first) == DEBTS_AT_ONCE
    assert {*first, *second} >= set(names)
    assert third == []


async def test_scripts_survive_a_server_that_forgot_them(conversation_url: str) -> None:
    conversations = RedisConversations(conversation_url)
    mine = name()
    await conversations.release([mine], await taken(conversations, mine))
    with redis.Redis.from_url(conversation_url) as client:
        client.script_flush()
    await taken(conversations, mine)
    await conversations.close()


async def test_load_and_save_are_one_command_each(conversation_url: str) -> None:
    conversations = RedisConversations(conversation_url)
    mine, seen = name(), mark()
    await conversations.release([mine], await taken(conversations, mine))
    await conversations.save([mine], await taken(conversations, mine), b"", HOUR, None, None)
    with redis.Redis.from_url(conversation_url) as client:
        client.config_resetstat()
        loaded = await conversations.load([mine], [seen])
        assert loaded is not None
        await conversations.save([mine], loaded, b"draft", HOUR, seen, b"owed")
        calls = client.info("commandstats")["cmdstat_evalsha"]["calls"]
    await conversations.close()
    assert calls == 2


async def test_a_full_server_refuses_and_throws_nothing_away(conversation_url: str) -> None:
    conversations = RedisConversations(conversation_url)
    mine = name()
    await conversations.save([mine], await taken(conversations, mine), b"draft", HOUR, None, None)
    with redis.Redis.from_url(conversation_url) as client:
        client.config_set("maxmemory", 1)
        with pytest.raises(Unavailable):
            await conversations.load([name()], [])
        client.config_set("maxmemory", 0)
    assert (await taken(conversations, mine)).sealed == b"draft"
    await conversations.close()


async def test_many_turns_at_once_share_the_connection(conversation_url: str) -> None:
    conversations = RedisConversations(conversation_url)
    await asyncio.gather(*(taken(conversations, name()) for _ in range(200)))
    await conversations.close()


async def test_a_silent_server_is_unavailable_in_time() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    conversations = RedisConversations(f"redis://127.0.0.1:{port}/0", call_seconds=0.1)
    with pytest.raises(Unavailable):
        await asyncio.wait_for(conversations.load([name()], []), 2)
    await conversations.close()
    server.close()


# -- how much somebody writes


async def test_acts_of_a_person_are_counted_by_all_workers_together(conversations: Conversations) -> None:
    mine, counted = name(), Counted(os.urandom(16))
    for number in range(1, 4):
        loaded = await conversations.load([mine], [], counted)
        assert loaded is not None
        assert (loaded.acts, loaded.files, loaded.reports) == (number, 0, 0)
        await conversations.release([mine], loaded)
    other = await conversations.load([name()], [], Counted(os.urandom(16), file=True))
    assert other is not None
    assert (other.acts, other.files) == (1, 1)


async def test_what_comes_twice_or_finds_the_lock_taken_is_not_counted(conversations: Conversations) -> None:
    mine, seen, counted = name(), mark(), Counted(os.urandom(16))
    loaded = await conversations.load([mine], [seen], counted)
    assert loaded is not None
    assert await conversations.load([mine], [mark()], counted) is None
    await conversations.save([mine], loaded, b"draft", HOUR, seen, None)
    again = await conversations.load([mine], [seen], counted)
    assert again is not None
    assert again.duplicate
    third = await conversations.load([mine], [mark()], counted)
    assert third is not None
    assert third.acts == 2


async def test_reports_are_counted_when_they_are_saved(conversations: Conversations) -> None:
    mine, who = name(), os.urandom(16)
    for number in range(3):
        loaded = await conversations.load([mine], [], Counted(who))
        assert loaded is not None
        assert loaded.reports == number
        await conversations.save([mine], loaded, None, 0, mark() if number else None, None, who)


async def test_only_the_first_of_many_workers_says_it(conversations: Conversations) -> None:
    who = os.urandom(16)
    assert [await conversations.once(who, 60) for _ in range(3)] == [True, False, False]
    assert await conversations.once(os.urandom(16), 60)


async def test_counters_end(conversation_url: str) -> None:
    store, who = RedisConversations(conversation_url), os.urandom(16)
    mine = name()
    loaded = await store.load([mine], [], Counted(who, file=True))
    assert loaded is not None
    await store.save([mine], loaded, None, 0, None, None, who)
    await store.once(who, TOLD_SECONDS)
    limits = {
        Space.ACTS: RATE_SECONDS,
        Space.FILES: DAY_SECONDS,
        Space.REPORTS: DAY_SECONDS,
        Space.TOLD: TOLD_SECONDS,
    }
    with redis.Redis.from_url(conversation_url) as client:
        for space, limit in limits.items():
            assert 0 < client.ttl(key(space, who)) <= limit  # type: ignore[operator]
    await store.close()


async def test_an_offer_is_claimed_once_under_whichever_name_it_has(conversations: Conversations) -> None:
    yesterdays, todays = OfferName(os.urandom(16)), OfferName(os.urandom(16))
    await conversations.offer(yesterdays, b"where", 900)
    both, me = [todays, yesterdays], os.urandom(16)
    claims = await asyncio.gather(*(conversations.claim(both, os.urandom(16), 5, 900) for _ in range(3)))
    assert sorted(claims, key=lambda claim: claim.sealed is None) == [Claim(1, b"where"), Claim(), Claim()]
    assert await conversations.claim(both, me, 5, 900) == Claim()


async def test_after_five_wrong_names_nothing_is_looked_at(conversations: Conversations) -> None:
    offered, me = OfferName(os.urandom(16)), os.urandom(16)
    await conversations.offer(offered, b"where", 900)
    for _ in range(5):
        assert await conversations.claim([OfferName(os.urandom(16))], me, 5, 900) == Claim()
    assert await conversations.claim([offered], me, 5, 900) == Claim(refused=True)
    assert await conversations.claim([offered], os.urandom(16), 5, 900) == Claim(0, b"where"), "others are not hindered"


async def test_an_offer_and_its_tries_end_by_themselves(valkey_url: str) -> None:
    store = RedisConversations(valkey_url)
    offered, me = OfferName(os.urandom(16)), os.urandom(16)
    await store.offer(offered, b"where", 900)
    await store.claim([OfferName(os.urandom(16))], me, 5, 900)
    with redis.Redis.from_url(valkey_url) as client:
        assert 0 < client.ttl(key(Space.OFFER, offered)) <= 900
        assert 0 < client.ttl(key(Space.TRIES, me)) <= 900
    await store.close()
