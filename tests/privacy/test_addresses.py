"""A native id has nowhere to slip out."""

from __future__ import annotations

import copy
import dataclasses
import json
import logging
import pickle
import pprint
from collections.abc import Callable
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.addresses import Address, Person, open_address, seal_address
from privacy.keyring import SessionEpoch, new_key
from privacy.sealing import Unsealable

ID = "4711000815"
DAY = date(2026, 11, 22)


def address(native: str = ID) -> Address:
    return Address("telegram", "bot1", native)


def epoch(day: date = DAY) -> SessionEpoch:
    return SessionEpoch.derive(day, new_key())


SUBJECTS = [pytest.param(address(), id="address"), pytest.param(Person(address()), id="person")]


@dataclasses.dataclass
class Holder:
    who: object


@pytest.mark.parametrize("who", SUBJECTS)
@pytest.mark.parametrize(
    "leak",
    [
        pickle.dumps,
        copy.copy,
        copy.deepcopy,
        json.dumps,
        msgspec.json.encode,
        msgspec.msgpack.encode,
        list,
        dict,
        "{}".format,
        lambda who: f"{who}",
        lambda who: f"{who:>20}",
        lambda who: "".join(who),
        vars,
        dataclasses.asdict,
        lambda who: dataclasses.asdict(Holder(who)),
        lambda who: who.__getstate__(),
        lambda who: setattr(who, "channel", "x"),
        lambda who: who.native,
        lambda who: who.__native,
    ],
)
def test_it_refuses_every_way_out(who: object, leak: Callable[[object], object]) -> None:
    with pytest.raises((TypeError, AttributeError, ValueError)) as refusal:
        leak(who)
    assert ID not in str(refusal.value)


@pytest.mark.parametrize("who", SUBJECTS)
@pytest.mark.parametrize("show", [repr, str, pprint.pformat, lambda who: "%s" % who, lambda who: repr([who])])  # noqa: UP031
def test_what_is_shown_is_a_mask(who: object, show: Callable[[object], str]) -> None:
    assert ID not in show(who)
    assert "bot1" not in show(who)


def test_a_log_line_shows_a_mask(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").warning("%s %r", address(), Person(address()))
    assert ID not in caplog.text


def test_only_reveal_reveals() -> None:
    assert address().reveal() == ID
    assert address().channel == "telegram"


def test_addresses_are_equal_by_value_and_persons_only_to_themselves() -> None:
    assert address() == address()
    assert hash(address()) == hash(address())
    assert address() != address("5")
    assert address() != ID
    assert Person(address()) != Person(address())


PARTS = st.tuples(st.text(), st.text(), st.text())


@given(PARTS, PARTS)
def test_two_addresses_have_the_same_material_only_if_they_are_the_same(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assert (Address(*one).material() == Address(*other).material()) == (one == other)


def test_parts_that_run_together_are_told_apart() -> None:
    assert Address("a", "bc", "d").material() != Address("ab", "c", "d").material()


@given(st.text(st.characters(codec=None), max_size=50))
def test_broken_characters_raise_nothing_that_quotes_them(native: str) -> None:
    one = epoch()
    assert open_address(one, seal_address(one, Address("web", "", native))).reveal() == native


def test_a_sealed_address_opens_in_its_epoch_only_and_shows_nothing() -> None:
    one, other = epoch(), epoch()
    sealed = seal_address(one, address())
    assert ID.encode() not in sealed
    assert len(sealed) == len(seal_address(one, Address("signal", "+49", "0" * 36))), "the length names no channel"
    assert open_address(one, sealed) == address()
    with pytest.raises(Unsealable):
        open_address(other, sealed)


def test_names_follow_the_epochs_and_say_nothing_of_each_other() -> None:
    epochs = [epoch(DAY), epoch(date(2026, 11, 21))]
    names = Person(address()).names(epochs)
    assert names == Person(address()).names(epochs)
    assert len(set(names)) == 2
    assert all(len(name) == 16 for name in names)
    assert names != Person(address("5")).names(epochs)


def test_marks_differ_by_person_message_and_epoch() -> None:
    one, other = epoch(), epoch()
    marks = {
        Person(address()).mark(one, "1"),
        Person(address()).mark(one, "2"),
        Person(address("5")).mark(one, "1"),
        Person(address()).mark(other, "1"),
    }
    assert len(marks) == 4
    assert Person(address()).marks([one, other], "1")[0] in marks


def test_tokens_of_two_surveys_share_nothing() -> None:
    """Without the peppers, matching the tokens of two surveys is guessing."""
    people = [Person(address(str(number))) for number in range(200)]
    first, second = new_key(), new_key()
    one, two = [p.token(first) for p in people], [p.token(second) for p in people]
    assert len(set(one) | set(two)) == 400

    def distance(a: bytes, b: bytes) -> int:
        return (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).bit_count()

    same = sum(distance(a, b) for a, b in zip(one, two, strict=True)) / 200
    others = sum(distance(a, b) for a, b in zip(one, two[1:] + two[:1], strict=True)) / 200
    assert abs(same - 64) < 3
    assert abs(same - others) < 4


def test_each_use_of_a_key_has_its_own_names() -> None:
    key = new_key()
    person = Person(address())
    assert person.token(key) != person.rate_key(key)
