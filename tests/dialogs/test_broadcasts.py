"""Lives as tables: no state without a way out or an end, every act with somebody who may do it; quiet hours."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from dialogs import roles
from dialogs.broadcasts import (
    BY_STAFF,
    ENDED,
    FINAL,
    MAY,
    OUTCOMES,
    STEPS,
    Act,
    Broadcast,
    BroadcastState,
    Outcome,
    Text,
    after,
    text_for,
)
from dialogs.pilots import NEXT, OVER, PilotState
from dialogs.quiet import QuietHours, through_at
from dialogs.roles import Role

BERLIN = ZoneInfo("Europe/Berlin")


def test_every_broadcast_reaches_an_end_and_leaves_none() -> None:
    for state in BroadcastState:
        ways = {then for (before, _), then in STEPS.items() if before is state}
        assert bool(ways) is (state not in FINAL)
        assert state in FINAL or after(state, Act.STOP) is BroadcastState.STOPPED


def test_whoever_writes_does_not_approve() -> None:
    assert set(MAY) == BY_STAFF
    assert roles.MAY[MAY[Act.APPROVE]] == {Role.APPROVER}
    assert Role.APPROVER not in roles.MAY[MAY[Act.SUBMIT]]


def test_every_delivery_ends_in_one_of_the_final_outcomes() -> None:
    assert set(OUTCOMES) == set(Outcome)
    assert {outcome for outcome in Outcome if not OUTCOMES[outcome] or outcome is Outcome.UNKNOWN} == ENDED
    assert not any("deliver" in outcome for outcome in Outcome)


def test_a_pilot_goes_one_way() -> None:
    path = [PilotState.PLANNED, PilotState.ON_TRIAL, PilotState.EVALUATED, PilotState.ADOPTED]
    assert all(then in NEXT[now] for now, then in pairwise(path))
    assert {state for state in PilotState if not NEXT[state]} == OVER
    assert not any(earlier in NEXT[later] for earlier, later in pairwise(path))


@pytest.mark.parametrize(
    ("language", "reads"), [("de", "de"), ("de-simple", "de"), ("en", "en"), ("tr", "de"), ("x-plattdeutsch", "de")]
)
def test_everybody_reads_the_nearest_language(language: str, reads: str) -> None:
    broadcast = Broadcast({"de": Text("", "Hallo"), "en": Text("", "Hello")}, "de")
    assert text_for(broadcast, language)[0] == reads


@pytest.mark.parametrize(("hour", "quiet"), [(7, True), (8, False), (20, False), (21, True), (0, True)])
def test_nights_are_quiet(hour: int, quiet: bool) -> None:
    now = datetime(2026, 11, 27, hour, 30, tzinfo=BERLIN)
    assert QuietHours().is_quiet(now) is quiet
    assert not QuietHours().is_quiet(QuietHours().opens(now))
    assert not QuietHours(0, 0).is_quiet(now)


def test_an_honest_end_leaves_the_nights_out() -> None:
    start = datetime(2026, 11, 27, 20, 0, tzinfo=BERLIN)
    assert through_at(start, 3600, 1.0, QuietHours()) == datetime(2026, 11, 27, 21, 0, tzinfo=BERLIN)
    assert through_at(start, 5400, 1.0, QuietHours()) == datetime(2026, 11, 28, 8, 30, tzinfo=BERLIN)
    assert through_at(start, 14 * 3600, 1.0, QuietHours()) == datetime(2026, 11, 28, 21, 0, tzinfo=BERLIN)
