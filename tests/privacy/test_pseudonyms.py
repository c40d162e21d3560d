"""Pseudonyms of the same people in two surveys: without the peppers they have nothing in common."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from argon2.low_level import Type, hash_secret_raw
from conftest import CODE_COST

from privacy import pseudonyms
from privacy.addresses import Address, Person

PEOPLE = 600
"""An AUC of so many pairs has a standard error of 0.012: 0.05 is four of them."""


def tokens_of(survey: int) -> list[bytes]:
    pepper = random.Random(survey).randbytes(32)
    return [Person(Address("telegram", "4242", str(7_318_220_001 + number))).token(pepper) for number in range(PEOPLE)]


def auc(first: list[bytes], second: list[bytes], alike: Callable[[int, int], float]) -> float:
    """How often a true pair looks more alike than a false one."""
    wins = 0.0
    for person in range(len(first)):
        true = alike(person, person)
        for other in range(len(second)):
            if other != person:
                false = alike(person, other)
                wins += 1.0 if true > false else 0.5 if true == false else 0.0
    return wins / (len(first) * (len(second) - 1))


def test_two_surveys_link_nobody() -> None:
    first, second = tokens_of(1), tokens_of(2)
    assert not set(first) & set(second)
    bits = [[int.from_bytes(token) for token in tokens] for tokens in (first, second)]
    ranks = [[sorted(tokens).index(token) for token in tokens] for tokens in (first, second)]
    assert abs(auc(first, second, lambda one, other: -(bits[0][one] ^ bits[1][other]).bit_count()) - 0.5) <= 0.05
    assert abs(auc(first, second, lambda one, other: -abs(ranks[0][one] - ranks[1][other])) - 0.5) <= 0.05


def test_the_measure_finds_people_who_can_be_linked() -> None:
    """With one pepper for both, everybody is found."""
    tokens = tokens_of(1)
    assert auc(tokens, tokens, lambda one, other: float(tokens[one] == tokens[other])) > 0.99


def test_whoever_guesses_return_codes_pays_argon2id_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """As OWASP asks it: 19 MiB, two rounds."""
    monkeypatch.setattr(pseudonyms, "CODE_COST", CODE_COST)
    salt = bytes(range(32))
    expected = hash_secret_raw(b"1234567890123456", salt, 2, 19 * 1024, 1, 16, Type.ID)
    assert pseudonyms.return_code_hash(salt, "1234567890123456") == expected
