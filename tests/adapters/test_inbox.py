"""The gate: nothing behind it knows who wrote."""

from __future__ import annotations

import pickle
import re

import pytest

from adapters.inbox import Gate
from dialogs.events import (
    Act,
    CodeEntered,
    Edited,
    MediaKind,
    MediaRef,
    MediaSent,
    MessageRef,
    Pressed,
    Reacted,
    Said,
    Started,
    Voted,
)


def test_an_act_passes_with_a_person_instead_of_an_id() -> None:
    envelope = Gate("telegram", "42").admit("5000000001", Said("Guten Tag"), "7", "de")
    assert envelope.event == Said("Guten Tag")
    assert (envelope.mark, envelope.language_hint) == ("7", "de")
    assert "5000000001" not in f"{envelope!r} {envelope.person!r} {envelope.person.address!r}"
    with pytest.raises(TypeError):
        pickle.dumps(envelope.person)


def test_the_same_account_is_the_same_person_and_nobody_else() -> None:
    gate = Gate("telegram", "42")

    def address(other: Gate, native: str) -> object:
        return other.admit(native, Said(""), "1").person.address

    assert address(gate, "1") == address(gate, "1")
    assert address(gate, "1") != address(gate, "2")
    assert address(gate, "1") != address(Gate("telegram", "43"), "1")
    assert address(gate, "1") != address(Gate("matrix", "42"), "1")


def test_nobody_cannot_pass() -> None:
    with pytest.raises(ValueError, match="sender"):
        Gate("telegram", "42").admit("", Said(""), "1")


@pytest.mark.parametrize(
    "act",
    [
        Started("bus\0"),
        Said("Guten\0 Tag\ud800"),
        Pressed("a\0\udfff", MessageRef("1\0")),
        Voted(("a\0", "b\ud83d"), MessageRef("2")),
        Edited("\0"),
        Reacted("👍\0", MessageRef("3")),
        MediaSent(MediaKind.PHOTO, MediaRef("4"), "image/jpeg\0", 5, "am \0Bach\udc00"),
        CodeEntered("123\0"),
    ],
    ids=lambda act: type(act).__name__,
)
def test_what_no_database_keeps_does_not_pass(act: Act) -> None:
    envelope = Gate("matrix", "1").admit("@a:b", act, "7", "de\0")
    assert type(envelope.event) is type(act)
    told = repr(envelope.event)
    assert "\\x00" not in told
    assert not re.search(r"\\ud[89a-f]", told)
    assert envelope.language_hint == "de"
    assert Gate("matrix", "1").admit("@a:b", Said("Grün 👍\n"), "7").event == Said("Grün 👍\n")
