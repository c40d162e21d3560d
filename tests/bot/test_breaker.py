"""A channel stops when errors rise, and "gone" is not believed when everybody is."""

from __future__ import annotations

from bot.breaker import FIRST_PAUSE, LONGEST_PAUSE, Breaker, Verdict


def noted(*verdicts: tuple[Verdict, int]) -> Breaker:
    breaker = Breaker()
    for verdict, times in verdicts:
        for _ in range(times):
            breaker.note(verdict)
    return breaker


def test_some_gone_and_some_errors_are_life() -> None:
    assert noted((Verdict.TAKEN, 44), (Verdict.GONE, 3), (Verdict.ERROR, 3)).is_well
    assert noted((Verdict.GONE, 9)).is_well


def test_many_errors_or_many_gone_are_an_outage() -> None:
    assert not noted((Verdict.TAKEN, 10), (Verdict.ERROR, 10)).is_well
    assert not noted((Verdict.TAKEN, 20), (Verdict.GONE, 10)).is_well


def test_after_a_pause_one_message_decides_and_pauses_grow_to_an_end() -> None:
    breaker = noted((Verdict.ERROR, 20))
    pauses = []
    for _ in range(8):
        pauses.append(breaker.trip())
        breaker.note(Verdict.ERROR)
        assert not breaker.is_well
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE
    breaker.trip()
    breaker.note(Verdict.TAKEN)
    assert breaker.is_well
    assert not breaker.probing
