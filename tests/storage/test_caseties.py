"""The tie between a case and whoever reported it: found from both ends with keys, from neither without, and mortal."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from made_tables import database_of

from dialogs.moderation import MOST_TIED
from privacy.addresses import Address
from privacy.contacts import CASE_SLOTS, ContactPurpose
from privacy.keyring import KeyKind, Ring, case_key, new_key
from storage.cases import CaseId
from storage.caseties import CASE_DAYS, CaseTies
from storage.contactbook import OLD_KEYS_DAYS, ContactBook, Sender
from storage.contacts import Contact, ContactId, Contacts
from storage.errors import Conflict
from storage.keychain import Keychain
from storage.keys import Keys
from storage.memory_contacts import MemoryContacts
from storage.memory_records import MemoryKeys
from storage.sql.contacts import SqlContacts
from storage.sql.database import open_database
from storage.sql.keys import SqlKeys

TODAY = date(2026, 11, 22)
NEXT_YEAR = date(2027, 1, 1)


def person(number: int = 1) -> Address:
    return Address("telegram", "townbot", f"canary-{number}")


@dataclass
class House:
    contacts: Contacts
    keys: Keys
    keychain: Keychain
    book: ContactBook
    sender: Sender
    ties: CaseTies

    async def case(self) -> CaseId:
        """A case as far as a tie needs it: its key."""
        case = CaseId(os.urandom(16))
        await self.keychain.put_new(case_key(case), new_key(), TODAY)
        return case

    async def rows(self) -> list[Contact]:
        return list(await self.contacts.page(ContactPurpose.CASE, ContactId(b""), 100))

    async def reaches(self, case: CaseId) -> Address | None:
        cid = await self.ties.contact_of(case)
        return None if cid is None else await self.sender.address(cid)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    keys: Keys = MemoryKeys()
    contacts: Contacts = MemoryContacts()
    database = None
    if request.param != "memory":
        url = database_of(request)
        database = await open_database(url, tmp_path)
        keys, contacts = SqlKeys(database), SqlContacts(database)
    keychain = Keychain(Ring(new_key()), keys, timedelta(days=1))
    book = ContactBook(contacts, keychain, keys)
    sender = Sender(contacts, keychain, keys, book)
    yield House(contacts, keys, keychain, book, sender, CaseTies(contacts, keychain, keys, book))
    if database is not None:
        await database.close()


async def test_a_tie_is_found_from_the_case_and_from_the_person(house: House) -> None:
    case, other = await house.case(), await house.case()
    assert await house.ties.tie(case, person(), TODAY)
    assert await house.reaches(case) == person()
    assert await house.ties.cases_of(person(), TODAY) == [case]
    assert await house.ties.cases_of(person(2), TODAY) == []
    assert await house.ties.is_tied(case)
    assert not await house.ties.is_tied(other)


async def test_the_rows_tie_nothing_to_anything(house: House) -> None:
    cases = [await house.case() for _ in range(3)]
    for case in cases:
        assert await house.ties.tie(case, person(), TODAY)
    rows = await house.rows()
    assert len({row.cidx for row in rows}) == len({row.sealed for row in rows}) == len(rows) == 3
    everything = b"".join(row.cid + row.cidx + row.sealed + (row.about or b"") for row in rows)
    assert not any(case in everything for case in cases)
    assert b"canary" not in everything


async def test_a_tie_moves_to_another_conversation_and_leaves_nothing_behind(house: House) -> None:
    case = await house.case()
    await house.ties.tie(case, person(1), TODAY)
    before = await house.rows()
    assert await house.ties.tie(case, person(2), TODAY)
    assert await house.reaches(case) == person(2)
    assert await house.ties.cases_of(person(1), TODAY) == []
    assert len(await house.rows()) == 1
    await house.contacts.remove([row.cid for row in before])
    await house.contacts.add(before[0])  # as a restored backup would
    with pytest.raises(Exception, match="another key"):
        await house.reaches(case)


async def test_a_tie_is_cut_at_a_word_and_with_the_case(house: House) -> None:
    case = await house.case()
    await house.ties.tie(case, person(), TODAY)
    assert await house.ties.untie([case]) == 1
    assert await house.ties.untie([case]) == 0
    assert not await house.keys.purposes(f"{KeyKind.CONTACT.value}/")
    await house.ties.tie(case, person(), TODAY)
    assert await house.ties.settle({}) == 1
    assert await house.rows() == []
    await house.keys.destroy([case_key(case)])
    assert await house.ties.contact_of(case) is None
    with pytest.raises(Conflict):
        await house.ties.tie(case, person(), TODAY)


async def test_a_person_has_so_many_ties_and_no_more(house: House) -> None:
    assert CASE_SLOTS == MOST_TIED
    cases = [await house.case() for _ in range(CASE_SLOTS + 1)]
    for case in cases[:-1]:
        assert await house.ties.tie(case, person(), TODAY)
    assert not await house.ties.tie(cases[-1], person(), TODAY)
    assert await house.ties.tie(cases[-1], person(2), TODAY)
    await house.ties.untie(cases[:1])
    assert await house.ties.tie(cases[0], person(), TODAY)


async def test_ninety_days_after_the_close_nobody_is_reached_any_more(house: House) -> None:
    case = await house.case()
    await house.ties.tie(case, person(), TODAY)
    assert await house.ties.settle({case: None}) == 0
    assert await house.ties.settle({case: TODAY}) == 1
    assert await house.ties.settle({case: TODAY}) == 0
    assert await house.ties.settle({case: None}) == 1, "opened again: no last day"
    await house.ties.settle({case: TODAY})
    assert await house.book.forget_over(TODAY + timedelta(days=CASE_DAYS)) == 0
    assert await house.reaches(case) == person()
    assert await house.book.forget_over(TODAY + timedelta(days=CASE_DAYS + 1)) == 1
    assert await house.reaches(case) is None
    assert await house.ties.cases_of(person(), TODAY) == []


async def test_a_new_year_loses_no_tie(house: House) -> None:
    cases = [await house.case() for _ in range(3)]
    for case in cases[:2]:
        await house.ties.tie(case, person(), TODAY)
    assert await house.ties.tie(cases[2], person(), NEXT_YEAR), "beside those that are not carried over yet"
    assert set(await house.ties.cases_of(person(), NEXT_YEAR)) == set(cases)
    assert await house.sender.renew(NEXT_YEAR) == 2
    await house.sender.renew(NEXT_YEAR + timedelta(days=OLD_KEYS_DAYS))
    assert set(await house.ties.cases_of(person(), NEXT_YEAR)) == set(cases)
    assert [await house.reaches(case) for case in cases] == [person()] * 3
    assert {row.keyver for row in await house.rows()} == {2027}
    assert await house.ties.settle(dict.fromkeys(cases)) == 0
