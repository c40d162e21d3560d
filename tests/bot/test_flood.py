"""Who floods is not read until they were quiet; nobody else notices."""

from __future__ import annotations

from bot.flood import QUIET, REMEMBERED, Floods


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_nobody_is_dropped_before_they_flood() -> None:
    floods = Floods(Seconds())
    assert not floods.drops(b"one")
    assert floods.begin(b"one")
    assert floods.drops(b"one")
    assert not floods.drops(b"other")


def test_a_flood_is_begun_once_however_often_it_is_noticed() -> None:
    floods = Floods(Seconds())
    assert [floods.begin(b"one") for _ in range(3)] == [True, False, False]


def test_somebody_is_read_again_after_some_quiet_and_not_before() -> None:
    clock = Seconds()
    floods = Floods(clock)
    floods.begin(b"one")
    for _ in range(10):
        clock.now += QUIET - 1
        assert floods.drops(b"one"), "writing goes on"
    clock.now += QUIET
    assert not floods.drops(b"one")
    assert len(floods) == 0
    assert floods.begin(b"one")


def test_only_so_many_are_remembered() -> None:
    floods = Floods(Seconds())
    for number in range(REMEMBERED + 5):
        floods.begin(number.to_bytes(16, "big"))
    assert len(floods) == REMEMBERED
