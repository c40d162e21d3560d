"""Orders are done, tried again or given up; words reach a contact, and only a definite answer ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from adapters.base import Outgoing
from adapters.errors import Busy, ChannelError, Gone, Unreachable
from bot.channel_states import ChannelStates
from bot.courier import Brought, Courier
from bot.delivery import Delivery, Tasks
from bot.metrics import Metrics
from bot.orders import AT_ONCE, Done, Dropped, GoOn, Later, OrderWorker, Outcome
from dialogs.capabilities import TELEGRAM, Capabilities
from dialogs.events import MessageRef
from dialogs.messages import Say
from privacy.addresses import Address
from privacy.contacts import ContactPurpose
from privacy.keyring import KeyKind, Ring, new_key
from storage.contactbook import ContactBook, Sender
from storage.contacts import ContactId
from storage.errors import Unavailable
from storage.keychain import Keychain
from storage.memory_contacts import MemoryContacts
from storage.memory_orders import MemoryOrders
from storage.memory_records import MemoryKeys
from storage.orders import LEASE, MOST_TRIES, Order, OrderKind, OrderState

TODAY = date(2026, 11, 22)
KIND = OrderKind.CASE_MESSAGE


class Channel:
    """A channel that notes what it is given, and fails where told to."""

    capabilities: Capabilities = TELEGRAM

    def __init__(self, *failures: ChannelError | None) -> None:
        self.sent: list[str] = []
        self._failures = list(failures)

    async def deliver(self, to: Address, outgoing: Outgoing) -> MessageRef | None:
        failure = self._failures.pop(0) if self._failures else None
        if failure is not None:
            raise failure
        self.sent.append(outgoing.part.text)
        return MessageRef(f"m{len(self.sent)}")


class MovedClock:
    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def today(self) -> date:
        return self.time.date()


class Town:
    """A worker whose only handler does what the test says."""

    def __init__(self, *outcomes: Outcome | Exception) -> None:
        self.clock = MovedClock()
        self.orders = MemoryOrders()
        self.tasks = Tasks(Metrics())
        self.outcomes = list(outcomes)
        self.worker = OrderWorker(self.orders, {KIND: self._do}, self.clock, self.tasks)
        self.done: list[str] = []

    async def _do(self, order: Order) -> Outcome:
        self.done.append(order.subject)
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def look(self) -> int:
        taken = await self.worker.look()
        await self.tasks.drain(5)
        return taken

    async def state(self) -> OrderState:
        (order,) = await self.orders.about("one")
        return order.state


@pytest.mark.parametrize(("outcome", "state"), [(Done(), OrderState.DONE), (Dropped(), OrderState.DROPPED)])
async def test_an_order_is_done_once(outcome: Outcome, state: OrderState) -> None:
    town = Town(outcome)
    await town.orders.put(Order(KIND, "one", town.clock.now()))
    assert await town.look() == 1
    assert await town.state() is state
    assert await town.look() == 0


@pytest.mark.parametrize("trouble", [Later(), Unavailable("away"), RuntimeError("a defect")])
async def test_what_fails_is_tried_again_later(trouble: Outcome | Exception) -> None:
    town = Town(trouble, Done())
    await town.orders.put(Order(KIND, "one", town.clock.now()))
    await town.look()
    assert await town.state() is OrderState.WAITING
    assert await town.look() == 0
    town.clock.time += timedelta(seconds=10)
    await town.look()
    assert await town.state() is OrderState.DONE


async def test_a_messenger_that_says_wait_is_waited_for() -> None:
    town = Town(Later(120.0), Done())
    await town.orders.put(Order(KIND, "one", town.clock.now()))
    await town.look()
    town.clock.time += timedelta(seconds=119)
    assert await town.look() == 0


async def test_an_order_is_given_up_after_its_bound_and_not_before() -> None:
    town = Town(Later())
    await town.orders.put(Order(KIND, "one", town.clock.now()))
    for _ in range(MOST_TRIES):
        assert await town.look() == 1
        town.clock.time += timedelta(hours=2)
    assert await town.state() is OrderState.FAILED
    assert await town.look() == 0


async def test_an_order_in_parts_goes_on_however_many_there_are() -> None:
    town = Town(*[GoOn()] * (MOST_TRIES + 1), Done())
    await town.orders.put(Order(KIND, "one", town.clock.now()))
    while await town.look():
        pass
    assert await town.state() is OrderState.DONE
    assert len(town.done) == MOST_TRIES + 2


async def test_a_worker_takes_no_more_than_it_can_do_at_once() -> None:
    town, release = Town(Done()), asyncio.Event()

    async def wait(order: Order) -> Outcome:
        await release.wait()
        return Done()

    worker = OrderWorker(town.orders, {KIND: wait}, town.clock, town.tasks)
    for _ in range(AT_ONCE + 5):
        await town.orders.put(Order(KIND, "one", town.clock.now()))
    assert await worker.look() == AT_ONCE
    assert await worker.look() == 0
    release.set()
    await town.tasks.drain(5)
    assert await worker.look() == 5
    await town.tasks.drain(5)


async def test_a_worker_that_ends_gives_back_what_it_held() -> None:
    town = Town(Done())

    async def stuck(order: Order) -> Outcome:
        await asyncio.Event().wait()
        return Done()

    await town.orders.put(Order(KIND, "one", town.clock.now()))
    await OrderWorker(town.orders, {KIND: stuck}, town.clock, town.tasks).look()
    await asyncio.sleep(0)
    await town.tasks.drain(0.01)
    assert await town.look() == 1
    assert town.clock.now() - datetime(2026, 11, 22, 12, tzinfo=UTC) < LEASE


# -- words to a contact


class Post:
    def __init__(self, *failures: ChannelError | None) -> None:
        self.channel = Channel(*failures)
        self.keys, self.rows = MemoryKeys(), MemoryContacts()
        keychain = Keychain(Ring(new_key()), self.keys, timedelta(days=1))
        self.book = ContactBook(self.rows, keychain, self.keys)
        sender = Sender(self.rows, keychain, self.keys, self.book)
        metrics = Metrics()
        delivery = Delivery(metrics, ChannelStates(MovedClock(), metrics))
        self.courier = Courier(sender, self.book, delivery, {"telegram": self.channel})  # type: ignore[dict-item]

    async def contact(self, channel: str = "telegram") -> ContactId:
        return await self.book.add(Address(channel, "1", "2"), ContactPurpose.CASE, TODAY)

    async def bring(self, contact: ContactId, *words: str) -> Brought:
        return await self.courier.bring(contact, [Say(each) for each in words])

    async def kept(self) -> Sequence[str]:
        return await self.keys.purposes(f"{KeyKind.CONTACT.value}/")


async def test_words_reach_a_contact_in_order() -> None:
    post = Post()
    assert await post.bring(await post.contact(), "Guten Tag", "Es ist erledigt") is Brought.HANDED_OVER
    assert post.channel.sent == ["Guten Tag", "Es ist erledigt"]


async def test_whoever_blocked_the_bot_is_forgotten() -> None:
    post = Post(Gone("blocked"))
    contact = await post.contact()
    assert await post.bring(contact, "Hallo") is Brought.GONE
    assert not await post.kept()
    assert await post.bring(contact, "Hallo") is Brought.FORGOTTEN


@pytest.mark.parametrize("outage", [Unreachable("no answer"), Busy(86_400.0)])
async def test_an_outage_never_ends_a_contact(outage: ChannelError) -> None:
    post = Post(outage)
    contact = await post.contact()
    assert await post.bring(contact, "Hallo") is Brought.LATER
    assert await post.bring(contact, "Hallo") is Brought.HANDED_OVER
    assert post.channel.sent == ["Hallo"]


async def test_a_channel_that_does_not_run_here_is_waited_for() -> None:
    post = Post()
    assert await post.bring(await post.contact("signal"), "Hallo") is Brought.LATER
    assert await post.kept()


async def test_a_contact_whose_keys_were_lost_is_as_good_as_forgotten() -> None:
    post = Post()
    contact = await post.contact()
    await post.keys.destroy(await post.keys.purposes(f"{KeyKind.CONTACT_PRIVATE.value}/"))
    assert await post.bring(contact, "Hallo") is Brought.FORGOTTEN
