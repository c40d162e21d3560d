"""Passwords: the list of common ones, argon2id, and as long a look for nobody as for somebody."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from desk.passwords import COST, Passwords, common, fault, is_common


def test_the_list_holds_three_thousand_words_german_ones_among_them() -> None:
    assert len(common()) >= 3000
    assert {"passwort", "ichliebedich", "schalke", "münchen", "qwertzuiop", "password", "letmein"} <= common()


@pytest.mark.parametrize(
    "password",
    [
        "Passwort2026!", "P455w0rt!!!!", "123456789012", "qwertzuiop12", "Schalke04Schalke", "SommerSommer26",
        "Ichliebedich1", "hallo hallo hallo", "!!!Willkommen!!!", "Stadtverwaltung1", "München-2026-!",
    ],
)  # fmt: skip
def test_what_everybody_tries_first_is_common(password: str) -> None:
    assert is_common(password)


@pytest.mark.parametrize(
    "password",
    [
        "vier Wörter ohne Sinn",
        "moos auf alten ziegeln",
        "sommer regen dach katze",
        "kX9#mQ2$vL7!",
        "二〇二六年の夏の雨音と猫",
    ],
)
def test_sentences_and_random_signs_are_not(password: str) -> None:
    assert not is_common(password)
    assert fault(password, "anna", "Musterstadt") is None


def test_a_password_is_kept_as_argon2id_with_the_memory_that_owasp_asks() -> None:
    hash_ = PasswordHasher(**COST).hash("x")
    assert extract_parameters(hash_).type is Type.ID
    assert not Passwords().is_outdated(hash_)
    assert Passwords().is_outdated(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x"))


async def test_the_same_letters_composed_otherwise_are_the_same_password() -> None:
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    assert await passwords.check(await passwords.hash("Bu\u0308rgerinnen am See"), "B\u00fcrgerinnen am See")


async def test_for_nobody_a_hash_is_computed_too() -> None:
    counted = []

    class Counting(PasswordHasher):
        def verify(self, hash, password):  # noqa: A002
            counted.append(hash)
            return super().verify(hash, password)

    passwords = Passwords(Counting(time_cost=1, memory_cost=8, parallelism=1))
    assert not await passwords.check(None, "nobody has this password")
    assert len(counted) == 1
