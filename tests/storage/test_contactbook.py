"""The contact book: whoever stores an address cannot read it; whoever is forgotten is forgotten everywhere."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_tables import database_of

from privacy.addresses import Address
from privacy.contacts import (
    ADDRESS_STEP,
    ContactPurpose,
    contact_index,
    open_contact,
    seal_contact,
)
from privacy.keyring import KeyKind, Ring, contact_key, contact_private_key, new_key
from privacy.pairs import new_private, open_for, public_of, seal_for
from privacy.retention import CONTACT_KEYS
from privacy.sealing import Unsealable
from storage.contactbook import OLD_KEYS_DAYS, OUTCOME_DAYS, ContactBook, Sender
from storage.contacts import ContactId, Contacts
from storage.keychain import Keychain
from storage.keys import Keys
from storage.memory_contacts import MemoryContacts
from storage.memory_records import MemoryKeys
from storage.sql.contacts import SqlContacts
from storage.sql.database import open_database
from storage.sql.keys import SqlKeys

TODAY = date(2026, 11, 22)
NEXT_YEAR = date(2027, 1, 1)
NEWS, CASE, OUTCOME = ContactPurpose.SUBSCRIPTION, ContactPurpose.CASE, ContactPurpose.OUTCOME


def person(number: int = 1) -> Address:
    return Address("telegram", "townbot", f"canary-{number}")


@dataclass
class House:
    contacts: Contacts
    keys: Keys
    keychain: Keychain
    book: ContactBook
    sender: Sender


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
    yield House(contacts, keys, keychain, book, Sender(contacts, keychain, keys, book))
    if database is not None:
        await database.close()


async def test_the_sender_reads_what_the_book_took(house: House) -> None:
    cid = await house.book.add(person(), NEWS, TODAY)
    assert await house.sender.address(cid) == person()
    assert await house.book.find(person(), NEWS, TODAY) == cid
    assert await house.book.find(person(2), NEWS, TODAY) is None


async def test_one_person_is_one_row_for_one_purpose(house: House) -> None:
    first = await house.book.add(person(), NEWS, TODAY)
    assert await house.book.add(person(), NEWS, TODAY) == first
    assert await house.book.add(person(), CASE, TODAY) != first
    assert len(await house.contacts.page(NEWS, ContactId(b""), 10)) == 1
    assert len(await house.keys.purposes("contact/")) == 2


async def test_two_turns_at_once_agree_on_the_row(house: House) -> None:
    found = await asyncio.gather(*(house.book.add(person(), NEWS, TODAY) for _ in range(5)))
    assert len(set(found)) == 1
    assert len(await house.keys.purposes("contact/")) == 1
    assert await house.sender.address(found[0]) == person()


async def test_a_persons_rows_for_two_purposes_have_nothing_in_common(house: House) -> None:
    for purpose in ContactPurpose:
        await house.book.add(person(), purpose, TODAY)
    rows = [row for purpose in ContactPurpose for row in await house.contacts.page(purpose, ContactId(b""), 10)]
    assert len({row.cidx for row in rows}) == len({row.sealed for row in rows}) == len(ContactPurpose)
    assert {len(row.sealed) for row in rows} == {ADDRESS_STEP}


async def test_forgetting_destroys_key_and_row(house: House) -> None:
    cid = await house.book.add(person(), NEWS, TODAY)
    assert await house.book.forget([cid]) == 1
    assert await house.book.forget([cid]) == 0
    assert await house.sender.address(cid) is None
    assert await house.book.find(person(), NEWS, TODAY) is None
    assert not await house.keys.purposes("contact/")


async def test_a_row_that_a_backup_brings_back_opens_nothing(house: House) -> None:
    cid = await house.book.add(person(), NEWS, TODAY)
    row = await house.contacts.get(cid)
    assert row is not None
    await house.book.forget([cid])
    await house.contacts.add(row)
    assert await house.sender.address(cid) is None


async def test_pages_lead_through_the_whole_book(house: House) -> None:
    made = {await house.book.add(person(number), NEWS, TODAY) for number in range(7)}
    seen: list[ContactId] = []
    while page := await house.contacts.page(NEWS, seen[-1] if seen else ContactId(b""), 3):
        seen += [row.cid for row in page]
    assert (set(seen), len(seen)) == (made, 7)


# -- terms


async def test_an_outcome_ends_after_a_year_and_news_do_not(house: House) -> None:
    outcome = await house.book.add(person(), OUTCOME, TODAY)
    news = await house.book.add(person(), NEWS, TODAY)
    assert await house.book.forget_over(TODAY + timedelta(days=OUTCOME_DAYS)) == 0
    assert await house.book.forget_over(TODAY + timedelta(days=OUTCOME_DAYS + 1)) == 1
    assert await house.contacts.get(outcome) is None
    assert await house.contacts.get(news) is not None
    assert await house.keys.purposes("contact/") == [contact_key(news)]


async def test_keys_that_a_crash_left_without_a_row_are_swept(house: House) -> None:
    await house.keychain.put_new(contact_key(os.urandom(16)), new_key(), TODAY)
    assert await house.book.forget_over(TODAY + timedelta(days=2)) == 0
    assert not await house.keys.purposes("contact/")


# -- a new year


async def test_a_new_year_has_new_keys_and_nobody_is_lost(house: House) -> None:
    made = {number: await house.book.add(person(number), NEWS, TODAY) for number in range(5)}
    before = {row.cidx for row in await house.contacts.page(NEWS, ContactId(b""), 10)}
    assert await house.book.find(person(1), NEWS, NEXT_YEAR) == made[1], "found before the book is carried over"
    assert await house.book.add(person(1), NEWS, NEXT_YEAR) == made[1], "and not stored twice"
    assert await house.sender.renew(NEXT_YEAR) == 5
    assert await house.sender.renew(NEXT_YEAR) == 0
    assert {row.cidx for row in await house.contacts.page(NEWS, ContactId(b""), 10)} & before == set()
    await house.sender.renew(NEXT_YEAR + timedelta(days=OLD_KEYS_DAYS))
    for number, cid in made.items():
        assert await house.book.find(person(number), NEWS, NEXT_YEAR) == cid
        assert await house.sender.address(cid) == person(number)
    for kind in (KeyKind.CONTACT_INDEX, KeyKind.CONTACT_PUBLIC, KeyKind.CONTACT_PRIVATE):
        assert await house.keys.purposes(f"{kind.value}/") == [f"{kind.value}/2027"]


async def test_old_keys_are_gone_within_their_limit(house: House) -> None:
    first_day = date(2026, 1, 1)
    await house.book.add(person(), NEWS, first_day)
    await house.sender.renew(first_day + CONTACT_KEYS)
    assert await house.keys.purposes(contact_private_key(2026)) == []


async def test_a_crash_between_key_and_row_is_carried_on(house: House) -> None:
    cid = await house.book.add(person(), NEWS, TODAY)
    sealed = await house.keychain.existing(contact_key(cid))
    private = await house.keychain.existing(contact_private_key(2026))
    assert sealed is not None
    assert private is not None
    key = open_for(private, sealed, cid)
    public = await house.book.public(NEXT_YEAR)
    assert await house.keychain.change(contact_key(cid), lambda _: seal_for(public, key, cid))
    assert await house.sender.renew(NEXT_YEAR) == 1
    assert await house.sender.address(cid) == person()
    assert await house.book.find(person(), NEWS, NEXT_YEAR) == cid


# -- the seal


@given(st.text(max_size=60), st.sampled_from(ContactPurpose))
def test_every_address_comes_back_and_only_in_its_place(native: str, purpose: ContactPurpose) -> None:
    private, cid, address = new_private(), os.urandom(16), Address("web", "", native)
    sealed = seal_contact(public_of(private), cid, purpose, address)
    key = open_for(private, sealed.key, cid)
    assert open_contact(key, cid, purpose, sealed.address) == address
    other = next(each for each in ContactPurpose if each is not purpose)
    for contact, use in ((os.urandom(16), purpose), (cid, other)):
        with pytest.raises(Unsealable):
            open_contact(key, contact, use, sealed.address)
    with pytest.raises(Unsealable):
        open_for(private, sealed.key, os.urandom(16))
    with pytest.raises(Unsealable):
        open_for(new_private(), sealed.key, cid)


@given(st.binary(max_size=120))
def test_what_was_not_sealed_is_refused(data: bytes) -> None:
    with pytest.raises(Unsealable):
        open_for(new_private(), data, b"c" * 16)


def test_the_public_part_opens_nothing() -> None:
    private, cid = new_private(), os.urandom(16)
    public = public_of(private)
    sealed = seal_contact(public, cid, NEWS, person())
    with pytest.raises(Unsealable):
        open_for(public, sealed.key, cid)
    assert b"canary" not in sealed.address + sealed.key
    assert "canary" not in repr(sealed)


def test_the_index_needs_its_key_and_its_purpose() -> None:
    key = new_key()
    assert contact_index(key, NEWS, person()) == contact_index(key, NEWS, person())
    assert len({contact_index(k, p, person()) for k in (key, new_key()) for p in ContactPurpose}) == 6
