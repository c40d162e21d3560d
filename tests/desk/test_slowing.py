"""Guessing is slowed and nobody is locked out; time stands still unless the test moves it."""

from __future__ import annotations

import pytest

from desk.slowing import FREE_TRIES, LANES, LONGEST_PAUSE, NETWORK_TRIES, PATIENCE, Slowing, TooManyTries, network_of


class Time:
    def __init__(self) -> None:
        self.at = 0.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def slowing(time: Time) -> Slowing:
    return Slowing(time.now, time.sleep)


async def guess(slowing: Slowing, account: str = "anna", network: str = "net") -> None:
    await slowing.turn(account, network)
    slowing.wrong(account, network)


async def test_five_tries_are_free_then_each_waits_twice_as_long(slowing: Slowing, time: Time) -> None:
    for _ in range(FREE_TRIES + 3):
        await guess(slowing)
    assert time.slept == [1.0, 2.0, 4.0][: len(time.slept)]
    assert time.slept


async def test_a_day_of_guessing_is_about_fifteen_hundred_tries(slowing: Slowing, time: Time) -> None:
    tries = 0
    while time.at < 24 * 3600:
        try:
            await guess(slowing, network=f"net {tries}")
            tries += 1
        except TooManyTries as error:
            time.at += min(error.seconds, LONGEST_PAUSE)
    assert tries < 1600


async def test_many_tries_at_once_do_not_slip_through(slowing: Slowing, time: Time) -> None:
    for _ in range(FREE_TRIES + 2):
        slowing.wrong("anna", "net")
    let_in = 0
    for _ in range(100):
        try:
            await slowing.turn("anna", "other net")
            let_in += 1
        except TooManyTries:
            pass
        time.at -= time.slept.pop() if time.slept else 0.0  # all in the same moment
    assert let_in <= PATIENCE


async def test_the_right_password_is_taken_after_a_pause_however_many_were_wrong(slowing: Slowing, time: Time) -> None:
    for _ in range(1000):
        slowing.wrong("anna", "net")
    time.at += LONGEST_PAUSE
    await slowing.turn("anna", "net")
    slowing.right("anna")
    await slowing.turn("anna", "another net")
    assert time.slept == []


async def test_guessing_one_password_at_many_names_is_slowed_by_network(slowing: Slowing, time: Time) -> None:
    for person in range(NETWORK_TRIES + 2):
        await guess(slowing, f"person {person}")
    assert time.slept


async def test_what_is_remembered_is_bounded(slowing: Slowing) -> None:
    for number in range(LANES + 50):
        slowing.wrong(f"account {number}", f"network {number}")
    assert len(slowing) <= LANES


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.0.2.77", "192.0.2.0/24"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("", "unknown"), ("x", "unknown")],
)
def test_a_network_is_what_one_attacker_has(address: str, network: str) -> None:
    assert network_of(address) == network
