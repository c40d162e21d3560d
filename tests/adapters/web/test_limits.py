"""Counting."""

from __future__ import annotations

import pytest

from adapters.web.limits import Bucket, Buckets, Marks, Places, TooMany


def test_a_bucket_gives_a_burst_and_then_its_rate() -> None:
    bucket = Bucket(rate=2.0, burst=3.0, now=0.0)
    assert [bucket.take(0.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert bucket.take(0.0) == pytest.approx(0.5)
    assert bucket.take(0.5) == 0.0
    assert bucket.take(0.5) > 0


def test_a_clock_that_steps_back_gives_nothing_extra() -> None:
    bucket = Bucket(rate=1.0, burst=1.0, now=100.0)
    assert bucket.take(100.0) == 0.0
    assert bucket.take(50.0) > 0


def test_each_name_has_its_own_bucket() -> None:
    buckets = Buckets(1.0, 1.0)
    assert buckets.take(b"a", 0.0) == 0.0
    assert buckets.take(b"a", 0.0) > 0
    assert buckets.take(b"b", 0.0) == 0.0


def test_places_are_limited_for_one_and_for_all() -> None:
    places = Places(each=1, total=2)
    with places.hold(b"a"):
        with pytest.raises(TooMany), places.hold(b"a"):
            pass
        with places.hold(b"b"), pytest.raises(TooMany), places.hold(b"c"):
            pass
    with places.hold(b"a"):
        pass


def test_marks_hide_addresses_and_put_a_household_of_ipv6_together() -> None:
    marks = Marks()
    assert b"192" not in marks.mark("192.0.2.7")
    assert marks.mark("192.0.2.7") != Marks().mark("192.0.2.7")
    assert marks.mark("2001:db8:1:2:aaaa::1") == marks.mark("2001:db8:1:2:bbbb::2")
    assert marks.mark("2001:db8:1:2::1") != marks.mark("2001:db8:1:3::1")
