from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram.http11 import HEAD_LIMIT, Malformed, Response

PLAIN = b'HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 11\r\n\r\n{"ok":true}'
CHUNKED = (
    b"HTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\nhello\r\n6;name=x\r\n world\r\n0\r\nTrailer: x\r\n\r\n"
)
IN_PASSING = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + PLAIN


def read(data: bytes, limit: int = 1000) -> Response | None:
    response = Response(limit)
    return response if response.feed(data) else None


@pytest.mark.parametrize(
    ("data", "status", "body"),
    [(PLAIN, 200, b'{"ok":true}'), (CHUNKED, 502, b"hello world"), (IN_PASSING, 200, b'{"ok":true}')],
)
@given(cuts=st.lists(st.integers(0, 150), max_size=6))
def test_however_a_response_is_cut_it_reads_the_same(data: bytes, status: int, body: bytes, cuts: list[int]) -> None:
    response = Response(1000)
    edges = sorted({0, *(cut for cut in cuts if cut < len(data)), len(data)})
    done = [response.feed(data[begin:end]) for begin, end in pairwise(edges)]
    assert done == [False] * (len(done) - 1) + [True]
    assert (response.status, response.body, response.stays) == (status, body, True)


@pytest.mark.parametrize(
    "data",
    [
        PLAIN + b"HTTP/1.1 200 OK\r\n",
        CHUNKED + b"x",
        PLAIN.replace(b"Server: nginx", b"Connection: Close"),
        PLAIN.replace(b"HTTP/1.1", b"HTTP/1.0"),
    ],
)
def test_a_connection_of_which_more_came_or_that_closes_carries_nothing_else(data: bytes) -> None:
    response = read(data)
    assert response is not None
    assert not response.stays


def test_without_a_length_the_body_ends_with_the_connection() -> None:
    response = Response(1000)
    assert not response.feed(b"HTTP/1.1 200 OK\r\n\r\nhal")
    assert not response.feed(b"lo")
    assert response.end()
    assert (response.body, response.stays) == (b"hallo", False)


@pytest.mark.parametrize("data", [b"", PLAIN[:30], PLAIN[:-1], CHUNKED[:-1], CHUNKED[:70]])
def test_what_breaks_off_is_no_response(data: bytes) -> None:
    response = Response(1000)
    assert not response.feed(data)
    assert not response.end()


def test_without_content_there_is_no_body() -> None:
    response = read(b"HTTP/1.1 204 No Content\r\n\r\n")
    assert response is not None
    assert (response.body, response.stays) == (b"", True)


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 999 What\r\n\r\n",
        PLAIN.replace(b"11\r", b"-1\r"),
        PLAIN.replace(b"11\r", b"+11\r"),
        PLAIN.replace(b"11\r", b"1001\r"),
        PLAIN.replace(b"Server: nginx", b"Content-Length: 12"),
        PLAIN.replace(b"Server: nginx", b"Transfer-Encoding: chunked"),
        CHUNKED.replace(b"chunked", b"gzip, chunked"),
        CHUNKED.replace(b"5\r\nhello", b"x\r\nhello"),
        CHUNKED.replace(b"5\r\nhello", b"4\r\nhello"),
        CHUNKED.replace(b"5\r\nhello", b"ffffffff\r\nhello"),
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1001,
        b"x" * (HEAD_LIMIT + 1),
    ],
)
def test_what_is_no_answer_or_too_large_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        read(data)


@given(st.binary(max_size=60))
def test_nothing_that_comes_breaks_it(noise: bytes) -> None:
    for data in (noise, b"HTTP/1.1 200 OK\r\n" + noise, CHUNKED[:62] + noise):
        with suppress(Malformed):
            read(data)
