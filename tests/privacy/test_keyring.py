"""Keys: wrapped for a purpose, under a root that is safe, and for no longer than needed."""

from __future__ import annotations

import pickle
import stat
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy import keyring
from privacy.keyring import (
    Entry,
    Purpose,
    Ring,
    SessionEpoch,
    UnknownRoot,
    UnsafeRoot,
    check_root,
    is_expired,
    live_days,
    new_key,
)
from privacy.pseudonyms import canonical_return_code, parcel, return_code_hash, unparcel
from privacy.sealing import Unsealable

DAY = date(2026, 11, 22)
FILE = stat.S_IFREG


@pytest.mark.parametrize("mode", [0o404, 0o440 | 0o004, 0o644, 0o420, 0o402])
def test_a_root_key_that_others_can_read_or_change_is_refused(mode: int) -> None:
    with pytest.raises(UnsafeRoot, match="chmod"):
        check_root(new_key(), FILE | mode)


@pytest.mark.parametrize("raw", [b"", bytes(32), b"password" * 4, bytes(31), bytes(range(33))])
def test_a_root_key_that_was_not_drawn_is_refused_and_not_quoted(raw: bytes) -> None:
    with pytest.raises(UnsafeRoot) as refusal:
        check_root(raw, FILE | 0o400)
    assert "password" not in str(refusal.value)


def test_a_safe_root_key_is_taken() -> None:
    key = new_key()
    assert check_root(key, FILE | 0o400) == check_root(key, FILE | 0o440) == key


def test_a_wrapped_key_opens_for_its_purpose_under_its_root_only() -> None:
    ring, key = Ring(new_key()), new_key()
    pepper = keyring.survey_pepper("bus")
    wrapped = ring.wrap(pepper, key)
    assert ring.unwrap(pepper, wrapped) == key
    assert key not in wrapped
    with pytest.raises(Unsealable):
        ring.unwrap(keyring.survey_pepper("park"), wrapped)
    with pytest.raises(Unsealable):
        Ring(new_key()).unwrap(pepper, wrapped)


def test_a_rotation_of_the_root_stops_nobody() -> None:
    old, new, key = new_key(), new_key(), new_key()
    purpose = keyring.rate_window(DAY)
    wrapped = Ring(old).wrap(purpose, key)
    both = Ring(new, old)
    assert both.unwrap(purpose, wrapped) == key
    assert not both.is_current(wrapped)
    rewrapped = both.wrap(purpose, key)
    assert both.is_current(rewrapped)
    assert Ring(new).unwrap(purpose, rewrapped) == key
    with pytest.raises(UnknownRoot):
        Ring(new).unwrap(purpose, wrapped)


def test_a_ring_wraps_under_any_of_its_roots_and_no_other() -> None:
    old, new = new_key(), new_key()
    both = Ring(new, old)
    assert both.roots == {Ring(old).root, Ring(new).root}
    assert both.under(Ring(old).root).wrap(Purpose("rate/x"), new_key()).startswith(Ring(old).root)
    assert both.root == Ring(new).root
    with pytest.raises(UnknownRoot):
        both.under(Ring(new_key()).root)


def test_purposes_name_their_kind_and_subject() -> None:
    purposes = [
        keyring.survey_pepper("a/b"),
        keyring.return_code_salt("a"),
        keyring.response_key(b"\x01" * 16),
        keyring.staging_key("a"),
        keyring.session_epoch(DAY),
        keyring.rate_window(DAY),
        keyring.contact_index_key(2026),
        keyring.contact_public_key(2026),
        keyring.contact_private_key(2026),
        keyring.contact_key(b"\x01" * 16),
        keyring.case_key(b"\x01" * 16),
        keyring.case_codes_salt(),
        keyring.reading_public_key(),
        keyring.channel_key("matrix"),
        keyring.intake_key(),
    ]
    assert {keyring.kind_of(purpose) for purpose in purposes} == set(keyring.KeyKind)
    assert keyring.subject_of(purposes[0]) == "a/b"
    with pytest.raises(ValueError):
        keyring.kind_of(Purpose("other/x"))


@pytest.mark.parametrize("secret", [Ring(new_key()), SessionEpoch.derive(DAY, new_key())])
def test_keys_are_neither_shown_nor_pickled(secret: object) -> None:
    assert "key" not in repr(secret)
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_an_epoch_opens_an_entry_at_its_name_and_kind_only() -> None:
    epoch = SessionEpoch.derive(DAY, new_key())
    sealed = epoch.seal(Entry.SESSION, b"n" * 16, b"draft")
    assert epoch.unseal(Entry.SESSION, b"n" * 16, sealed) == b"draft"
    for entry, name in ((Entry.DEBT, b"n" * 16), (Entry.SESSION, b"m" * 16)):
        with pytest.raises(Unsealable):
            epoch.unseal(entry, name, sealed)


def test_the_epoch_that_fits_is_found() -> None:
    epochs = [SessionEpoch.derive(DAY, new_key()) for _ in range(3)]
    sealed = epochs[1].seal(Entry.DEBT, b"n", b"owed")
    assert keyring.unseal_any(epochs, Entry.DEBT, b"n", sealed) == (epochs[1], b"owed")
    with pytest.raises(Unsealable):
        keyring.unseal_any(epochs[:1], Entry.DEBT, b"n", sealed)


@given(st.integers(1, 200), st.integers(0, 20))
def test_no_epoch_is_destroyed_while_an_entry_of_it_may_be_alive(hours: int, later: int) -> None:
    longest, today = timedelta(hours=hours), DAY + timedelta(days=later)
    last_moment = DAY + timedelta(days=1) + longest
    if DAY in live_days(today, longest):
        assert not is_expired(DAY, today, longest)
    if today + timedelta(days=1) <= last_moment:
        assert DAY in live_days(today, longest)


def test_epochs_do_not_stay_longer_than_needed() -> None:
    assert live_days(DAY, timedelta(hours=24)) == (DAY, DAY - timedelta(days=1))
    assert is_expired(DAY - timedelta(days=4), DAY, timedelta(days=2))


@given(st.lists(st.binary(max_size=20), max_size=5), st.lists(st.binary(max_size=20), max_size=5))
def test_parcels_are_unambiguous(one: list[bytes], other: list[bytes]) -> None:
    assert (parcel(*one) == parcel(*other)) == (one == other)
    assert unparcel(parcel(*one)) == tuple(one)


@given(st.binary(max_size=40))
def test_broken_parcels_are_refused_or_whole(joined: bytes) -> None:
    try:
        parts = unparcel(joined)
    except ValueError:
        return
    assert parcel(*parts) == joined


@pytest.mark.parametrize(
    "typed", ["1234 5678 9012 3456", "1234-5678-9012-3456", "1234567890123456", " 1234567890123456 "]
)
def test_a_return_code_may_be_typed_with_spaces_and_dashes(typed: str) -> None:
    assert canonical_return_code(typed) == "1234567890123456"


@pytest.mark.parametrize("typed", ["", "123", "12345678901234567", "١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦", "123456789012345x"])
def test_other_words_are_no_return_codes(typed: str) -> None:
    assert canonical_return_code(typed) is None


def test_a_return_code_is_hashed_under_the_surveys_salt() -> None:
    salt = new_key()
    assert return_code_hash(salt, "1" * 16) == return_code_hash(salt, "1" * 16)
    assert return_code_hash(salt, "1" * 16) != return_code_hash(new_key(), "1" * 16)
    assert len(return_code_hash(salt, "1" * 16)) == 16
