"""What time takes away: each function is one rule of `privacy/retention.py`, idempotent, and returns a count.

A crash between two steps leaves work for the next run, never something half-forgotten that looks whole: rows go first,
keys after, and keys without rows are swept. Not here: when it runs (`bot/housekeeping.py`).
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, bindparam, cast, delete, insert, select, update

from dialogs.world import Mode
from privacy.contacts import ContactPurpose
from privacy.keyring import KeyKind, contact_key, subject_of
from privacy.pseudonyms import tombstone
from privacy.retention import DELIVERY_KEPT, DRAFT_KEPT, ORDER_KEPT, UNMASKED_KEPT, UNMASKING_KEPT
from storage.backups import drop_old_backups
from storage.casebook import CaseBook
from storage.caseties import CaseTies
from storage.contactbook import ContactBook, Sender
from storage.contacts import ContactId
from storage.keychain import Keychain
from storage.keys import Keys
from storage.sql import rows
from storage.sql.barriers import Barriers
from storage.sql.case_copies import CaseCopies
from storage.sql.contacts import SqlContacts
from storage.sql.database import Database
from storage.sql.deliveries import SqlDeliveries
from storage.sql.drafts import SqlDrafts
from storage.sql.feedback import SqlCases
from storage.sql.intakes import Intakes
from storage.sql.orders import SqlOrders
from storage.sql.readings import AT_ONCE as COPIED_AT_ONCE
from storage.sql.readings import Masked, Readings
from storage.sql.scattering import Scattering
from storage.sql.staging import drop_rest, move_batch
from storage.sql.subscriptions import SqlSubscriptions
from storage.sql.surveys import bump
from storage.sql.tables import answers, files, participations, responses, return_codes, surveys, unmaskings
from storage.sql.texts import carry_over

DRAFT_FILE_DAYS: Final = 8
"""A draft lives seven days at most; its files one more."""

ORPHAN_DAYS: Final = 2
"""A response's key may be this much older than its rows before it counts as left over."""

AT_ONCE: Final = 500
_ID_BYTES: Final = 16


class Housekeeping:
    """The rules, over one database and its keyring."""

    def __init__(
        self,
        database: Database,
        keychain: Keychain,
        keys: Keys,
        state: Path | None = None,
        readings: Readings | None = None,
        case_copies: CaseCopies | None = None,
    ) -> None:
        """`state`: the folder that remembers where backups were written, and holds the reading key."""
        self._case_copies = case_copies
        self._state = state
        self._database = database
        self._keychain = keychain
        self._keys = keys
        self._contacts = SqlContacts(database)
        self._cases = CaseBook(SqlCases(database), keychain, keys)
        self._book = ContactBook(self._contacts, keychain, keys)
        self._deliveries = SqlDeliveries(database)
        self._drafts = SqlDrafts(database)
        self._subscriptions = SqlSubscriptions(database)
        self._readings = readings or Readings(database, keychain, keys, state)
        self.scattering = Scattering(database)
        self._barriers = Barriers(database, keys, state or Path())
        self._ties = CaseTies(self._contacts, keychain, keys, self._book)

    async def end_case_codes(self, today: date) -> int:
        """Codes of cases that were closed 90 days ago."""
        return await self._cases.end_codes(today)

    async def forget_cases(self, today: date) -> int:
        """Cases that were closed a year ago, and what an erasure cut short or a restored backup left."""
        return await self._cases.forget_old(today) + await self._cases.sweep(today)

    async def copy_cases(self, today: date) -> int:
        """Staff's copies of cases, where one is missing."""
        return 0 if self._case_copies is None else await self._case_copies.make_missing(today)

    async def forget_intakes(self, today: date) -> int:
        """Words of staff that no bot took."""
        return await Intakes(self._database).forget(today - ORDER_KEPT)

    async def forget_barriers(self, today: date) -> int:
        """Reports of barriers, 90 days after they were answered, a year after they came at the latest."""
        return await self._barriers.forget(today)

    async def forget_deliveries(self, today: date) -> int:
        """Who got which broadcast, thirty days after it ended: only numbers remain."""
        return await self._deliveries.forget(datetime.combine(today - DELIVERY_KEPT, time(), UTC))

    async def forget_survey_drafts(self, today: date) -> int:
        """Drafts of surveys, thirty days after they were published or discarded."""
        return await self._drafts.forget(datetime.combine(today - DRAFT_KEPT, time(), UTC))

    async def sweep_subscriptions(self) -> int:
        """Contacts for news that no subscription needs, and subscriptions and wishes whose address is gone."""
        strays = await self._subscriptions.strays(AT_ONCE)
        forgotten = await self._book.forget(strays) if strays else 0
        for purpose in (ContactPurpose.SUBSCRIPTION, ContactPurpose.OUTCOME):
            after = ContactId(b"")
            while page := await self._contacts.page(purpose, after, AT_ONCE):
                after = page[-1].cid
                purposes = {contact_key(contact.cid): contact.cid for contact in page}
                alive = await self._keys.get_all(list(purposes))
                lost = [cid for key, cid in purposes.items() if key not in alive]
                if lost:  # an erasure cut short, or a restored backup
                    await self._subscriptions.remove(lost)
                    await self._subscriptions.remove_wishes(lost)
                    forgotten += await self._contacts.remove(lost)
        return forgotten

    async def close_overdue(self, today: date) -> int:
        """Close surveys whose last day is over."""
        overdue = surveys.c.closed_on.is_(None) & (surveys.c.closes < today)

        def work(connection: Connection) -> int:
            closed = connection.execute(update(surveys).where(overdue).values(closed_on=surveys.c.closes)).rowcount
            if closed:
                bump(connection)
            return closed

        return await self._database.write(work)

    async def move_staged(self, today: date) -> int:
        """Strict surveys: move what waits in shuffled batches; after close, count and forget the rest."""
        wanted = select(surveys.c.code, surveys.c.closed_on).where(surveys.c.mode == Mode.STRICT.value)
        strict = await self._database.read(lambda connection: connection.execute(wanted).all())
        moved = 0
        for survey, closed_on in strict:
            moved += await move_batch(self._database, self._keychain, survey, today)
            if closed_on is not None:
                await self._database.write(partial(drop_rest, survey=survey))
        return moved

    async def copy_texts(self, today: date) -> int:
        """Masked copies for staff, of surveys whose originals are still there."""
        wanted = select(surveys.c.code, surveys.c.closed_on).where(surveys.c.settled.is_(False))
        standing = await self._database.read(lambda connection: connection.execute(wanted).all())
        copied = 0
        for survey, closed_on in standing:
            copied += await self._readings.make(survey, today, closed=closed_on is not None)
        return copied

    async def forget_unmasked(self, today: date) -> int:
        """Unmasked originals the day after they were approved, and a month later that somebody asked."""
        began = datetime.combine(today + timedelta(days=1), time(), UTC)
        asked, approved = began - UNMASKING_KEPT, began - UNMASKED_KEPT

        def work(connection: Connection) -> int:
            over = update(unmaskings).where(unmaskings.c.approved_at < approved, unmaskings.c.sealed.is_not(None))
            shown = connection.execute(over.values(sealed=None)).rowcount
            return shown + connection.execute(delete(unmaskings).where(unmaskings.c.asked_at < asked)).rowcount

        return await self._database.write(work)

    async def drop_draft_files(self, today: date) -> int:
        """Files of drafts that cannot be alive any more."""
        old = delete(files).where(files.c.response.is_(None), files.c.day < today - timedelta(days=DRAFT_FILE_DAYS))
        return await self._database.write(lambda connection: connection.execute(old).rowcount)

    async def expire_keys(self, today: date) -> int:
        """Epochs and rate keys of days that are over."""
        return await self._keychain.expire(today)

    async def settle_ties(self, today: date) -> int:
        """Ties to cases that were closed get their last day, and those to cases that are gone are cut."""
        return await self._ties.settle(await self._cases.closing_days())

    async def forget_contacts(self, today: date) -> int:
        """Contacts whose last day is over."""
        return await self._book.forget_over(today)

    async def renew_contacts(self, today: date) -> int:
        """Once a year: new keys for the contact book."""
        return await Sender(self._contacts, self._keychain, self._keys, self._book).renew(today)

    async def forget_orders(self, today: date) -> int:
        """Orders that ended some weeks ago."""
        return await SqlOrders(self._database).forget(datetime.combine(today - ORDER_KEPT, time(), UTC))

    async def drop_backups(self, today: date) -> int:
        """Copies of records and keyring whose term is over."""
        return 0 if self._state is None else await asyncio.to_thread(drop_old_backups, self._state, today)

    async def scatter_rows(self) -> int:
        """What the order of writing would tell: SQLite's write-ahead logs are emptied, PostgreSQL's rows renewed."""
        await self._database.forget_log()
        return await self.scattering.renew()

    async def sweep_orphans(self, today: date) -> int:
        """Keys of responses that do not exist (a submission that failed, an erasure that was cut short)."""
        candidates = await self._keys.purposes(f"{KeyKind.RESPONSE.value}/", today - timedelta(days=ORPHAN_DAYS))
        ids = [bytes.fromhex(subject_of(purpose)) for purpose in candidates]
        alive = await self._database.read(partial(_existing, ids=ids))
        orphans = [id_ for id_ in ids if id_ not in alive]
        await self._keychain.destroy_responses(orphans)
        copied = await self._keys.readings_before(today - timedelta(days=ORPHAN_DAYS))
        known = await self._database.read(partial(_existing, ids=copied))
        reported = {case.id for case in await SqlCases(self._database).all()} | await self._barriers.ids()
        await self._keys.forget_readings([id_ for id_ in copied if id_ not in known and id_ not in reported])
        return len(orphans)

    async def apply_tombstones(self) -> int:
        """Erase again what a restored backup brought back."""
        wanted = select(surveys.c.code)
        codes = await self._database.read(lambda connection: connection.execute(wanted).scalars().all())
        erased = 0
        for survey in codes:
            buried = await self._keys.buried(survey)
            pepper = await self._keychain.pepper_if_any(survey) if buried else None
            if pepper is not None:
                back = await self._database.write(partial(_erase_buried, survey=survey, pepper=pepper, buried=buried))
                await self._keychain.destroy_responses(back)
                erased += len(back)
        return erased

    async def settle_surveys(self, today: date) -> int:
        """After close and grace: nothing ties answers to people any more, and no key is left that could; originals of
        texts, places and files are gone, and their masked copies stay."""
        ended = select(surveys.c.code, surveys.c.closed_on, surveys.c.grace_days, surveys.c.settled).where(
            surveys.c.closed_on.is_not(None)
        )
        closed = await self._database.read(lambda connection: connection.execute(ended).all())
        settled = 0
        for survey, closed_on, grace, done in closed:
            if closed_on + timedelta(days=grace) >= today:
                continue
            if not done:
                await self._untie_survey(survey, today)
                settled += 1
            if await self._keychain.pepper_if_any(survey) is not None:
                await self._keys.forget_tombstones(survey)
                await self._keychain.destroy_survey(survey)
        return settled

    async def _untie_survey(self, survey: str, today: date) -> None:
        """Forget participations, return codes, originals and files; give every response a new random id, in random
        order, and its copies a new key: no older backup opens with it."""
        wanted = select(responses.c.id).where(responses.c.survey == survey)
        old = list(await self._database.read(lambda connection: connection.execute(wanted).scalars().all()))
        random.SystemRandom().shuffle(old)
        names = {before: os.urandom(_ID_BYTES) for before in old}
        made: list[Masked] = []
        for start in range(0, len(old), COPIED_AT_ONCE):
            some = old[start : start + COPIED_AT_ONCE]
            made += await self._readings.masked({before: names[before] for before in some}, today)
        await self._database.write(partial(_untie, survey=survey, names=names, made=made))
        for batch in _batches(old):
            await self._keychain.destroy_responses(batch)


def _existing(connection: Connection, ids: Sequence[bytes]) -> frozenset[bytes]:
    found: set[bytes] = set()
    for some in _batches(ids):
        found.update(connection.execute(select(responses.c.id).where(responses.c.id.in_(some))).scalars())
    return frozenset(found)


def _erase_buried(connection: Connection, survey: str, pepper: bytes, buried: frozenset[bytes]) -> Sequence[bytes]:
    found = connection.execute(select(responses.c.id).where(responses.c.survey == survey)).scalars()
    back = [id_ for id_ in found if tombstone(pepper, id_) in buried]
    for id_ in back:
        rows.untie(connection, id_)
    for some in _batches(back):
        rows.remove(connection, some)
    return back


def _untie(connection: Connection, survey: str, names: dict[bytes, bytes], made: Sequence[Masked]) -> None:
    connection.execute(delete(participations).where(participations.c.survey == survey))
    connection.execute(delete(return_codes).where(return_codes.c.survey == survey))
    connection.execute(delete(unmaskings).where(unmaskings.c.survey == survey))
    if names:
        _forget_originals(connection, list(names), made)
        copies = ((each.response, at, copy) for each in made for at, (_, copy) in each.copies.items())
        carry_over(connection, survey, names, copies)
        _rename(connection, [{"old": old, "new": new} for old, new in names.items()])
    connection.execute(update(surveys).where(surveys.c.code == survey).values(settled=True))
    bump(connection)


def _forget_originals(connection: Connection, ids: Sequence[bytes], made: Sequence[Masked]) -> None:
    for some in _batches(ids):
        connection.execute(delete(files).where(files.c.response.in_(some)))
        gone = update(answers).where(answers.c.response.in_(some), answers.c.plain.is_(None))
        connection.execute(gone.values(sealed=None, file=None, masked=None))
    copies = [
        {"of": each.response, "at": position, "copy": copy}
        for each in made
        for position, (_, copy) in each.copies.items()
    ]
    if copies:
        here = (answers.c.response == bindparam("of")) & (answers.c.position == bindparam("at"))
        connection.execute(update(answers).where(here).values(masked=bindparam("copy")), copies)


def _rename(connection: Connection, pairs: Sequence[dict[str, bytes]]) -> None:
    same = [column for column in responses.c if column.name != "id"]
    new_id = cast(bindparam("new"), responses.c.id.type)
    copied = select(new_id, *same).where(responses.c.id == bindparam("old"))
    connection.execute(insert(responses).from_select(["id", *(column.name for column in same)], copied), pairs)
    moved = update(answers).where(answers.c.response == bindparam("old")).values(response=bindparam("new"))
    connection.execute(moved, pairs)
    connection.execute(delete(responses).where(responses.c.id == bindparam("old")), pairs)


def _batches(ids: Sequence[bytes]) -> Iterable[Sequence[bytes]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
