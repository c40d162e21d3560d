"""Quiet hours: what people mean by them, when they are, when a long run is through in spite of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.quiet import QuietHours, hours_meant, through_at

NOON = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Berlin"))
HOURS = st.builds(QuietHours, st.integers(0, 23), st.integers(0, 23))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        *((text, "de") for text in ("20-9", "20 – 9", "von 20 bis 9 Uhr", "20:00-09:00", "acht abends bis 9")),
        *((text, "en") for text in ("20-9", "from 8 pm to 9 am", "8pm - 9am", "between 20 and 9")),
    ],
)
def test_hours_are_understood_as_people_write_them(text: str, language: str) -> None:
    assert hours_meant(text, language) == QuietHours(20, 9)


@pytest.mark.parametrize("text", ["", "abends", "20", "20-", "25-3", "20:30-9", "20-9-10", "-5"])
def test_anything_else_is_not_guessed(text: str) -> None:
    assert hours_meant(text, "de") is None


@given(HOURS, st.integers(0, 24 * 60))
def test_it_opens_at_the_first_moment_that_is_not_quiet(quiet: QuietHours, minutes: int) -> None:
    now = NOON + timedelta(minutes=minutes)
    opens = quiet.opens(now)
    assert not quiet.is_quiet(opens)
    assert opens >= now
    assert opens == now or quiet.is_quiet(opens - timedelta(minutes=1))


@given(HOURS)
def test_a_day_has_as_many_quiet_hours_as_it_says(quiet: QuietHours) -> None:
    assert sum(quiet.is_quiet(NOON + timedelta(hours=hour)) for hour in range(24)) == quiet.length


def test_nights_are_left_out_of_an_honest_end_time() -> None:
    assert through_at(NOON, 3600 * 10, 1.0, QuietHours(21, 8)) == NOON.replace(day=24, hour=9)
