"""Events come whole in whatever pieces their bytes arrive."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.signal.sse import Reader, TooLong

STREAM = (
    b':\nevent:receive\ndata:{"a":1}\n\n:\n\nevent:other\ndata:x\n\nevent: receive\r\ndata: {"b":\r\ndata: 2}\r\n\r\n'
)
EVENTS = [b'{"a":1}', b'{"b":\n2}']


def read(*chunks: bytes) -> list[bytes]:
    reader = Reader(1000)
    return [event for chunk in chunks for event in reader.feed(chunk)]


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_pieces_make_no_difference(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(STREAM)]
    assert read(*(STREAM[a:b] for a, b in pairwise(places))) == EVENTS


def test_an_event_without_its_end_is_not_one() -> None:
    assert read(b'event:receive\ndata:{"a":1}\n') == []


def test_an_event_without_data_or_of_another_kind_is_passed_over() -> None:
    assert read(b"event:receive\n\ndata:x\n\nid:3\nretry\ndata\n\n") == []


@pytest.mark.parametrize("stream", [b"x" * 1001, b"data:" + b"x" * 999 + b"\ndata:xxx\n"])
def test_an_endless_event_is_cut_off(stream: bytes) -> None:
    with pytest.raises(TooLong):
        read(stream)


@given(st.binary(max_size=300))
def test_any_bytes_do_no_harm(data: bytes) -> None:
    read(data)
