"""Sealed values open with their key at their place, and their size says little."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.answers import open_answer, seal_answer
from privacy.files import NoFileName, locator, new_file_name, open_file, seal_file, without_key
from privacy.keyring import new_key
from privacy.sealing import OVERHEAD, SESSION_STEP, TEXT_STEP, Sealer, Unsealable, pad, seal, unpad, unseal

KEY = new_key()


@given(st.binary(max_size=2000), st.sampled_from([64, 128, 512, 4096]))
def test_what_is_padded_comes_back_and_fills_whole_steps(data: bytes, step: int) -> None:
    padded = pad(data, step)
    assert unpad(padded) == data
    assert (len(padded) + OVERHEAD) % step == 0
    assert len(padded) - len(data) <= step


@given(st.binary(max_size=200))
def test_what_was_not_padded_is_refused(data: bytes) -> None:
    if not data.rstrip(b"\x00").endswith(b"\x80"):
        with pytest.raises(Unsealable):
            unpad(data)


def test_a_session_of_450_bytes_fits_the_first_step_and_one_of_900_the_second() -> None:
    assert len(seal(KEY, pad(bytes(450)), b"")) == SESSION_STEP
    assert len(seal(KEY, pad(bytes(482)), b"")) == SESSION_STEP
    assert len(seal(KEY, pad(bytes(483)), b"")) == 2 * SESSION_STEP
    assert len(seal(KEY, pad(bytes(900)), b"")) == 1024


@given(st.binary(max_size=300), st.binary(max_size=30))
def test_it_opens_with_its_key_at_its_place_only(data: bytes, place: bytes) -> None:
    sealed = seal(KEY, data, place)
    assert unseal(KEY, sealed, place) == data
    with pytest.raises(Unsealable):
        unseal(KEY, sealed, place + b"x")
    with pytest.raises(Unsealable):
        unseal(new_key(), sealed, place)


@given(st.integers(min_value=0, max_value=10_000), st.integers(min_value=1, max_value=255))
def test_any_changed_byte_is_noticed(at: int, by: int) -> None:
    sealed = bytearray(seal(KEY, b"answer", b""))
    sealed[at % len(sealed)] ^= by
    with pytest.raises(Unsealable):
        unseal(KEY, bytes(sealed), b"")


@given(st.binary(max_size=60))
def test_garbage_is_refused(garbage: bytes) -> None:
    with pytest.raises(Unsealable):
        unseal(KEY, garbage, b"")


def test_the_same_value_is_never_sealed_alike() -> None:
    assert len({seal(KEY, b"yes", b"") for _ in range(100)}) == 100


def test_a_sealer_shows_and_stores_no_key() -> None:
    assert repr(Sealer(KEY)) == "<Sealer>"
    with pytest.raises(TypeError):
        pickle.dumps(Sealer(KEY))
    with pytest.raises(ValueError):
        Sealer(b"short")


def test_an_answer_opens_under_its_question_only_and_short_ones_are_alike() -> None:
    sealer = Sealer(KEY)
    assert open_answer(sealer, "/q", seal_answer(sealer, "/q", "Äpfel \ud800")) == "Äpfel \ud800"
    with pytest.raises(Unsealable):
        open_answer(sealer, "/other", seal_answer(sealer, "/q", "yes"))
    assert len(seal_answer(sealer, "/q", "a")) == len(seal_answer(sealer, "/q", "a longer one")) == TEXT_STEP


def test_a_files_name_opens_the_file_and_its_stored_name_does_not() -> None:
    name = new_file_name(".jpg")
    sealed = seal_file(name, b"pixels")
    assert open_file(name, sealed) == b"pixels"
    stored = without_key(name)
    assert locator(stored) == locator(name)
    assert len(stored) < len(name) - 40
    with pytest.raises(NoFileName):
        open_file(stored, sealed)
    with pytest.raises(Unsealable):
        open_file(new_file_name(".jpg"), sealed)


@pytest.mark.parametrize("name", ["", "x.jpg", "../../etc/passwd", "a" * 32 + "-short.jpg", "0" * 32 + "/x"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(NoFileName):
        locator(name)
