"""Brings words to a contact: opens the sealed address just before the send, hands over, and knows what an answer means.

    gone      the person blocked the bot or left: the contact is forgotten
    outage    nothing is known: try again; a contact never ends by it
    rejected  a defect of ours in one part: the others are sent

At least once: a process that dies in between sends again. Not here: when and how often (`bot/orders.py`), what is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import structlog

from adapters.base import Adapter, Attended, Occasion
from bot.delivery import Delivery, HandedOver
from bot.replies import Reply, plan
from dialogs.effects import Send
from dialogs.messages import Say
from privacy.addresses import Person
from privacy.sealing import Unsealable
from storage.contactbook import ContactBook, Sender
from storage.contacts import ContactId

log = structlog.get_logger()


class Brought(Enum):
    """How it ended."""

    HANDED_OVER = "handed_over"
    GONE = "gone"
    """The messenger says that nobody is there any more; the contact is forgotten."""
    FORGOTTEN = "forgotten"
    """There is no such contact (any more): it ended, or the citizen ended it."""
    LATER = "later"
    """The messenger does not answer, nobody is there to read it, or its channel does not run here: try again."""


@dataclass(frozen=True, slots=True)
class Reach:
    """A contact, opened for one send: who it is, for the length of it, and on which channel."""

    contact: ContactId
    person: Person
    adapter: Adapter


class Courier:
    """For the process that sends."""

    def __init__(self, sender: Sender, book: ContactBook, delivery: Delivery, adapters: Mapping[str, Adapter]) -> None:
        """`adapters` by channel; may be filled later."""
        self._sender = sender
        self._book = book
        self._delivery = delivery
        self._adapters = adapters

    async def bring(self, contact: ContactId, says: Sequence[Say]) -> Brought:
        """Send new messages, in order. Raises `StorageError` if a store is away."""
        reach = await self.reach(contact)
        if not isinstance(reach, Reach):
            return reach
        replies = plan([Send(say) for say in says], reach.adapter.capabilities, None)
        return await self.verdict(reach, await self.hand_over(reach, replies))

    async def reach(self, contact: ContactId) -> Reach | Brought:
        """Open the address. `Brought.FORGOTTEN` or `Brought.LATER` if there is nothing to open or nobody to send."""
        try:
            address = await self._sender.address(contact)
        except Unsealable:  # keys were lost: nobody can be reached by it any more
            log.error("contact_unsealable")
            return Brought.FORGOTTEN
        if address is None:
            return Brought.FORGOTTEN
        adapter = self._adapters.get(address.channel)
        if adapter is None or (isinstance(adapter, Attended) and not adapter.attends(address)):
            return Brought.LATER
        return Reach(contact, Person(address), adapter)

    async def hand_over(self, reach: Reach, replies: Sequence[Reply]) -> HandedOver:
        return await self._delivery.hand_over(reach.adapter, reach.person.address, replies, Occasion.PUSH)

    async def verdict(self, reach: Reach, outcome: HandedOver) -> Brought:
        """What a delivery means for the contact."""
        if outcome.gone:
            await self._book.forget([reach.contact])
            return Brought.GONE
        return Brought.HANDED_OVER if outcome.done else Brought.LATER
