"""The keyring at work: keys by purpose, unwrapped, made by whoever needs one first.

Two workers that make the same key at once agree on the row that stands. Only epochs, rate keys, peppers and staging
keys stay in memory; a response's key is fetched when it is needed. When the root key is rotated (`rotation.py`), the
first row that says so makes the keychain read the root keys' files again; nobody waits for it. Not here: how keys rest
(`sql/keys.py`), what they do (`privacy/`), the contact book's keys (`contactbook.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, TypeVar

from privacy.keyring import (
    KeyKind,
    Purpose,
    Ring,
    SessionEpoch,
    UnknownRoot,
    channel_key,
    is_expired,
    live_days,
    new_key,
    rate_window,
    response_key,
    return_code_salt,
    session_epoch,
    staging_key,
    subject_of,
    survey_pepper,
)
from storage.errors import StaleRoot
from storage.keys import Grave, Keys
from storage.redis import DEBT_SECONDS, MARK_SECONDS

T = TypeVar("T")

CACHED_KEYS: Final = 1000

ROOT_TRIES: Final = 3
"""A rotation may name the next root key between the look at the files and the look at the keyring."""

RATE_DAYS: Final = 2
"""Rate keys older than this many days are destroyed."""


class Keychain:
    """Unwrapped keys over a store of wrapped ones. All calls raise `Unavailable` when the store is away."""

    def __init__(
        self, ring: Ring, keys: Keys, session_ttl: timedelta, reread: Callable[[], Ring] | None = None
    ) -> None:
        """`session_ttl`: the longest life of a draft that is configured. `reread`: reads the root keys' files again."""
        self._ring = ring
        self._reread = reread
        self._keys = keys
        self._longest = max(session_ttl, timedelta(seconds=MARK_SECONDS), timedelta(seconds=DEBT_SECONDS))
        self._cache: dict[Purpose, bytes] = {}
        self._epochs: dict[date, SessionEpoch] = {}

    async def learn_roots(self) -> None:
        """Read the root keys' files again, and wrap under the one that is current. Raises `StaleRoot` if the keyring
        is wrapped under a root key that is not here."""
        for _ in range(ROOT_TRIES):
            ring = self._ring if self._reread is None else await asyncio.to_thread(self._reread)
            current = await self._keys.adopt_root(ring.root)
            if current in ring.roots:
                self._ring = ring.under(current)
                return
        raise StaleRoot("the keyring is wrapped under a root key that is not here")

    async def epochs(self, today: date) -> tuple[SessionEpoch, ...]:
        """Epochs in which an entry may be alive, today's first (made if there is none)."""
        days = live_days(today, self._longest)
        if days[0] not in self._epochs:
            await self._learn_epochs(days)
        return tuple(self._epochs[day] for day in days if day in self._epochs)

    async def pepper(self, survey: str, today: date) -> bytes:
        return await self._cached(survey_pepper(survey), today)

    async def pepper_if_any(self, survey: str) -> bytes | None:
        """None before anybody took part and after the grace: then there is nobody to find."""
        purpose = survey_pepper(survey)
        return self._cache.get(purpose) or await self.existing(purpose)

    async def peppers(self, surveys: Iterable[str]) -> Mapping[str, bytes]:
        """The peppers that live, by survey: one look for all."""
        return await self._living({survey_pepper(survey): survey for survey in surveys})

    async def return_code_salts(self, surveys: Iterable[str]) -> Mapping[str, bytes]:
        """The salts that live, by survey."""
        return await self._living({return_code_salt(survey): survey for survey in surveys})

    async def return_code_salt(self, survey: str, today: date) -> bytes:
        return await self._cached(return_code_salt(survey), today)

    async def staging(self, survey: str, today: date) -> bytes:
        return await self._cached(staging_key(survey), today)

    async def rate(self, today: date) -> bytes:
        return await self._cached(rate_window(today), today)

    async def channel(self, channel: str, today: date) -> bytes:
        """The key of a messenger's account, made if there is none."""
        return await self._make(channel_key(channel), today)

    async def channel_if_any(self, channel: str) -> bytes | None:
        return await self.existing(channel_key(channel))

    async def response(self, response: bytes, today: date, grave: Grave | None = None) -> bytes:
        """The key of a response, made before its first row is stored. Raises `Conflict` if it lies in its grave."""
        return await self.put_new(response_key(response), new_key(), today, grave)

    async def response_if_any(self, response: bytes) -> bytes | None:
        """None once it was destroyed: what it sealed is gone."""
        return await self.existing(response_key(response))

    async def responses(self, responses: Iterable[bytes]) -> Mapping[bytes, bytes]:
        """The keys that live, by response: one look for all."""
        found = await self._living({response_key(response): response.hex() for response in responses})
        return {bytes.fromhex(response): key for response, key in found.items()}

    async def destroy_responses(self, responses: Sequence[bytes]) -> None:
        """Originals and the copies that staff read: neither opens any more."""
        await self._keys.destroy([response_key(response) for response in responses])
        await self._keys.forget_readings(responses)

    async def destroy_survey(self, survey: str) -> None:
        """Pepper (and with it the tombstones' meaning), return code salt and staging key of a survey."""
        purposes = [survey_pepper(survey), return_code_salt(survey), staging_key(survey)]
        for purpose in purposes:
            self._cache.pop(purpose, None)
        await self._keys.destroy(purposes)

    async def expire(self, today: date) -> int:
        """Destroy the keys of days that are over; returns how many."""
        over = [
            purpose
            for kind, longest in ((KeyKind.EPOCH, self._longest), (KeyKind.RATE, timedelta(days=RATE_DAYS)))
            for purpose in await self._keys.purposes(f"{kind.value}/")
            if is_expired(date.fromisoformat(subject_of(purpose)), today, longest)
        ]
        await self._keys.destroy(over)
        for day in [day for day in self._epochs if is_expired(day, today, self._longest)]:
            del self._epochs[day]
        for purpose in over:
            self._cache.pop(Purpose(purpose), None)
        return len(over)

    async def _learn_epochs(self, days: Sequence[date]) -> None:
        for day in days:
            purpose = session_epoch(day)
            key = await self._make(purpose, day) if day == days[0] else await self.existing(purpose)
            if key is not None and day not in self._epochs:
                self._epochs[day] = SessionEpoch.derive(day, key)

    async def _cached(self, purpose: Purpose, today: date) -> bytes:
        key = self._cache.get(purpose)
        if key is None:
            key = await self._make(purpose, today)
            if len(self._cache) >= CACHED_KEYS:
                self._cache.clear()
            self._cache[purpose] = key
        return key

    async def _living(self, subjects: Mapping[Purpose, str]) -> Mapping[str, bytes]:
        async def read() -> dict[str, bytes]:
            wrapped = await self._keys.get_all(list(subjects))
            return {
                subject: self._ring.unwrap(purpose, wrapped[purpose])
                for purpose, subject in subjects.items()
                if purpose in wrapped
            }

        return await self._under_the_root(read)

    async def existing(self, purpose: Purpose) -> bytes | None:
        """None if there is none (any more)."""

        async def read() -> bytes | None:
            wrapped = await self._keys.get(purpose)
            return None if wrapped is None else self._ring.unwrap(purpose, wrapped)

        return await self._under_the_root(read)

    async def _make(self, purpose: Purpose, today: date) -> bytes:
        return await self.put_new(purpose, new_key(), today)

    # -- for the contact book

    async def put_new(self, purpose: Purpose, key: bytes, today: date, grave: Grave | None = None) -> bytes:
        """Store a key, or bytes that open like one, unless there is one; returns what stands."""

        async def store() -> bytes:
            wrapped = await self._keys.put_new(purpose, self._ring.wrap(purpose, key), today, grave)
            return self._ring.unwrap(purpose, wrapped)

        return await self._under_the_root(store)

    async def unwrap(self, purpose: Purpose, wrapped: bytes) -> bytes:
        """A row as it was read. Raises `Unsealable` if no root key that is here opens it."""

        async def read() -> bytes:
            return self._ring.unwrap(purpose, wrapped)

        return await self._under_the_root(read)

    async def change(self, purpose: Purpose, change: Callable[[bytes], bytes]) -> bool:
        """Store what `change` makes of a key in its place. False if there is none, or if it was changed meanwhile."""

        async def exchange() -> bool:
            wrapped = await self._keys.get(purpose)
            if wrapped is None:
                return False
            changed = change(self._ring.unwrap(purpose, wrapped))
            return bool(await self._keys.exchange({purpose: (wrapped, self._ring.wrap(purpose, changed))}))

        return await self._under_the_root(exchange)

    async def _under_the_root(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do it; if the root key was rotated meanwhile, read its file and do it again. Raises `Unsealable` for a row
        that was changed by other hands, `StaleRoot` if its root key is not here."""
        for _ in range(ROOT_TRIES):
            try:
                return await work()
            except (StaleRoot, UnknownRoot):
                await self.learn_roots()
        return await work()
