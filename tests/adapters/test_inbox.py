"""The gate: nothing behind it knows who wrote."""

from __future__ import annotations

import pickle

import pytest

from adapters.inbox import Gate
from dialogs.events import Said


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
