"""Subscriptions at work: a person meets the contact book, and leaves a random number behind.

Consent first, address after: what is erased stops to count before it is gone. Not here: what is said
(`dialogs/subscriptions.py`), who gets what (`storage/sql/audiences.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from dialogs.effects import AskOutcome, FindSubscription
from dialogs.events import NewsAim, SubscriptionFound
from dialogs.follows import Subscription
from dialogs.messages import Language
from privacy.addresses import Address, Person
from privacy.contacts import ContactPurpose
from storage.clock import Clock
from storage.contactbook import ContactBook
from storage.contacts import ContactId
from storage.news import Subscriptions


class Following:
    """Finds, stores and ends what one person follows. All raise `storage.errors.StorageError`."""

    def __init__(self, book: ContactBook, subscriptions: Subscriptions, clock: Clock) -> None:
        self._book = book
        self._subscriptions = subscriptions
        self._clock = clock

    async def found(self, query: FindSubscription, person: Person, surveys: Iterable[str]) -> SubscriptionFound:
        outcomes = await self.outcomes(person, surveys) if query.aim is NewsAim.STOP else ()
        return SubscriptionFound(query.aim, await self.of(person), query.argument, outcomes)

    async def of(self, person: Person) -> Subscription | None:
        cid = await self._contact(person.address)
        return None if cid is None else await self._subscriptions.get(cid)

    async def subscribe(self, person: Person, channel: str, subscription: Subscription) -> None:
        cid = await self._book.add(person.address, ContactPurpose.SUBSCRIPTION, self._clock.today())
        await self._subscriptions.put(cid, channel, subscription)

    async def unsubscribe(self, person: Person) -> None:
        cid = await self._contact(person.address)
        if cid is not None:
            await self.end([cid])

    async def end(self, cids: Sequence[ContactId]) -> int:
        """From the first line on nothing is sent to them any more."""
        ended = await self._subscriptions.remove(cids)
        await self._book.forget(cids)
        return ended

    async def speak(self, person: Person, channel: str, language: Language) -> None:
        cid = await self._contact(person.address)
        standing = None if cid is None else await self._subscriptions.get(cid)
        if cid is not None and standing is not None:
            await self._subscriptions.put(cid, channel, replace(standing, language=language))

    async def ask_outcome(self, act: AskOutcome, person: Person, channel: str) -> None:
        """A contact of its own for each survey: two wishes of one person have nothing in common."""
        cid = await self._book.add(person.address, ContactPurpose.OUTCOME, self._clock.today(), act.survey)
        await self._subscriptions.wish(cid, act.survey, channel, act.language)

    async def outcomes(self, person: Person, surveys: Iterable[str]) -> tuple[str, ...]:
        """Of these surveys, those of which the person wants to know what becomes of them."""
        return tuple([survey for survey in surveys if await self._wish(person, survey) is not None])

    async def forget_outcome(self, person: Person, survey: str) -> None:
        cid = await self._wish(person, survey)
        if cid is not None:
            await self.told([cid])

    async def _wish(self, person: Person, survey: str) -> ContactId | None:
        return await self._book.find(person.address, ContactPurpose.OUTCOME, self._clock.today(), survey)

    async def told(self, cids: Sequence[ContactId]) -> None:
        """What became of a survey was said: the wish and the address that was kept for it go."""
        await self._subscriptions.remove_wishes(cids)
        await self._book.forget(cids)

    async def _contact(self, address: Address) -> ContactId | None:
        return await self._book.find(address, ContactPurpose.SUBSCRIPTION, self._clock.today())
