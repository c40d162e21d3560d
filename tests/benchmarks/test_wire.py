"""The benchmark's HTTP reader: messages arrive whole, however the network cuts them."""

from __future__ import annotations

import pytest

from benchmarks.wire import WireError, _Reader, header

PLAIN = b"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
EMPTY = b"HTTP/1.1 200 OK\r\nServer: y\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n6;a=b\r\npedia!\r\n0\r\n\r\n"


@pytest.mark.parametrize(("raw", "body"), [(PLAIN, b"hello"), (EMPTY, b""), (CHUNKED, b"Wikipedia!")])
@pytest.mark.parametrize("step", [1, 3, 1000])
def test_a_message_is_read_however_it_is_cut(raw: bytes, body: bytes, step: int) -> None:
    reader = _Reader()
    stream = raw * 2
    heard = [m for at in range(0, len(stream), step) for m in reader.feed(stream[at : at + step])]
    assert [message.body for message in heard] == [body, body]
    assert heard[0].first_line == raw.split(b"\r\n")[0]


def test_a_header_is_found_whatever_its_case() -> None:
    (message,) = _Reader().feed(PLAIN)
    assert header(message.headers, b"content-length") == b"5"
    assert header(message.headers, b"connection") == b""


def test_headers_without_end_are_refused() -> None:
    with pytest.raises(WireError):
        _Reader().feed(b"x" * 100_000)
